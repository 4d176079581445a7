//! Compiled gazetteers as files: opening one, and saying what is wrong with it.

use super::image::{Bytes, Damage, Image, MAGIC, VERSION};
use crate::{error::Error, machine};
use std::{fs::File, io::Read, path::Path};

/// Maps a compiled gazetteer into memory; nothing if the file is something else.
///
/// # Errors
/// When it can't be read, is damaged, or is of another version of wiretag.
pub(super) fn open(path: &Path) -> Result<Option<Image>, Error> {
    let io = |e| Error::io(path, e);
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(io)?;
    let mut magic = Vec::new();
    let start = (&mut file).take(MAGIC.len() as u64);
    { start }.read_to_end(&mut magic).map_err(io)?;
    let by_name = path.extension().is_some_and(|e| e == "gaz");
    if magic != MAGIC && !by_name {
        return Ok(None);
    }
    let bytes = machine::map(&file).map_err(io)?;
    read(&path.to_string_lossy(), bytes).map(Some)
}

/// Opens bytes; `name` is what messages call them.
pub(super) fn read(name: &str, bytes: Bytes) -> Result<Image, Error> {
    Image::open(bytes).map_err(|damage| explain(name, damage))
}

/// Reads a whole compiled gazetteer and says whether it is as it was written.
///
/// # Errors
/// When it can't be read, is no compiled gazetteer, of another version, or damaged.
///
/// ```no_run
/// wiretag::verify_compiled("names.gaz")?;
/// # Ok::<(), wiretag::Error>(())
/// ```
pub fn verify_compiled(path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let bytes = machine::map(&file).map_err(|e| Error::io(path, e))?;
    read(&name, bytes)?
        .verify()
        .map_err(|damage| explain(&name, damage))
}

fn explain(name: &str, damage: Damage) -> Error {
    let again = "make it again with \"wiretag gazetteer compile\"";
    Error::invalid(match damage {
        Damage::Magic => format!("{name}: not a compiled gazetteer; {again}"),
        Damage::Version(found) => format!(
            "{name}: a compiled gazetteer of format {found}, this wiretag reads format {VERSION}; {again}"
        ),
        Damage::Length { said, found } => format!(
            "{name}: {found} bytes where its header says {said}: cut off, or written to; copy it or {again}"
        ),
        Damage::Header => format!("{name}: the header is damaged; copy it or {again}"),
        Damage::Body => format!("{name}: the names are damaged; copy it or {again}"),
    })
}

#[cfg(test)]
mod tests {
    use crate::gazetteer::{
        Gazetteer,
        image::{Damage, Image},
    };

    #[test]
    fn verification_finds_every_changed_byte() {
        let image = Gazetteer::image_of("# label: X\nname\nAcme Arms\nAcme\n", 77);
        let mut bytes = Vec::new();
        image.write(&mut bytes).expect("memory");
        let verify = |bytes: Vec<u8>| Image::open(Box::new(bytes)).and_then(|i| i.verify());
        assert_eq!(verify(bytes.clone()), Ok(()));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let found = verify(damaged);
            assert!(
                matches!(found, Err(damage) if at < 8 || damage != Damage::Magic),
                "byte {at}: {found:?}"
            );
        }
    }
}
