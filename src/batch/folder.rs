//! [`OutputFolder`]: a folder that a run writes, and that appears when it is whole.

use crate::{error::Error, write::Files};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// The output of a run as a folder: `FOLDER.part` grows, and at the end it is renamed to `FOLDER`.
///
/// What is there already is never touched: the folder must not exist, or be empty. A run that ends before its time leaves the part,
/// and the next one starts it anew: there is no state to go on from, since what the last files hold is not known.
#[derive(Debug)]
pub struct OutputFolder {
    whole: PathBuf,
    part: PathBuf,
    /// The mark that the part is ours, locked.
    mark: File,
    replaced: bool,
    /// The file that was added to last.
    open: Option<(String, BufWriter<File>)>,
}

/// The file in a part that says who made it.
const MARK: &str = ".wiretag";

impl OutputFolder {
    /// Starts a folder; the part of an interrupted run is removed.
    ///
    /// # Errors
    /// When it can't be made, when something is there, or another run writes it.
    pub fn create(path: impl AsRef<Path>) -> Result<OutputFolder, Error> {
        let whole = path.as_ref().to_owned();
        if let Ok(there) = fs::metadata(&whole) {
            let is_empty = there.is_dir()
                && fs::read_dir(&whole).is_ok_and(|mut entries| entries.next().is_none());
            if !is_empty {
                return Err(Error::invalid(format!(
                    "{}: is there and not empty: remove it, or name another folder",
                    whole.display()
                )));
            }
        }
        let part = OutputFolder::part_of(&whole);
        let replaced = part.exists();
        if replaced {
            // Held until the old part is gone, so that nobody writes it.
            let _mark = lock(&part, false)?;
            fs::remove_dir_all(&part).map_err(|e| Error::io(&part, e))?;
        }
        fs::create_dir(&part).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                let e = io::Error::new(e.kind(), "its folder is not there");
                Error::io(&whole, e)
            }
            _ => Error::io(&part, e),
        })?;
        let mark = lock(&part, true)?;
        Ok(OutputFolder {
            whole,
            part,
            mark,
            replaced,
            open: None,
        })
    }

    /// The folder that grows where an output of this name is written.
    pub fn part_of(path: impl AsRef<Path>) -> PathBuf {
        // `out/` is `out`.
        let path = path.as_ref().components().collect::<PathBuf>();
        let mut part = path.into_os_string();
        part.push(".part");
        PathBuf::from(part)
    }

    /// Was there a part of an interrupted run, that was removed?
    pub fn replaced(&self) -> bool {
        self.replaced
    }

    /// The folder that grows.
    pub fn part(&self) -> &Path {
        &self.part
    }

    fn close(&mut self) -> Result<(), Error> {
        match self.open.take() {
            Some((name, mut file)) => {
                let flushed = file.flush();
                flushed.map_err(|e| Error::io(self.part.join(name), e))
            }
            None => Ok(()),
        }
    }

    /// Takes away what was written.
    pub(crate) fn discard(self) {
        // What stays is told as the part of an interrupted run the next time.
        let _ = fs::remove_dir_all(&self.part);
    }

    /// Gives the folder its name.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.close()?;
        let mark = self.part.join(MARK);
        fs::remove_file(&mark).map_err(|e| Error::io(&mark, e))?;
        drop(self.mark);
        // An empty folder of this name is replaced; some systems want it gone.
        if self.whole.is_dir() {
            fs::remove_dir(&self.whole).map_err(|e| Error::io(&self.whole, e))?;
        }
        fs::rename(&self.part, &self.whole).map_err(|e| Error::io(&self.whole, e))
    }
}

impl Files for OutputFolder {
    fn name(&self) -> String {
        let name = self.whole.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        if self.open.as_ref().is_none_or(|(open, _)| open != name) {
            self.close()?;
            let path = self.part.join(name);
            let at = |e| Error::io(&path, e);
            if let Some(folder) = path.parent().filter(|f| *f != self.part) {
                fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
            }
            let file = OpenOptions::new().append(true).create(true).open(&path);
            self.open = Some((name.to_owned(), BufWriter::new(file.map_err(at)?)));
        }
        match &mut self.open {
            Some((_, file)) => file
                .write_all(bytes)
                .map_err(|e| Error::io(self.part.join(name), e)),
            None => Ok(()),
        }
    }
}

/// Opens the mark of a part for this process alone.
fn lock(part: &Path, new: bool) -> Result<File, Error> {
    let path = part.join(MARK);
    let file = OpenOptions::new().write(true).create_new(new).open(&path);
    let file = file.map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Error::invalid(format!(
            "{}: is in the way and was not made by an interrupted run: remove it, or name another folder",
            part.display()
        )),
        _ => Error::io(&path, e),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::invalid(format!(
            "{}: another run writes it",
            part.display()
        ))),
        // Some file systems have no locks.
        Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(e)) => Err(Error::io(&path, e)),
    }
}
