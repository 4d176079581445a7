//! .zst as a stream: frames one after the other, in bounded memory, their checksums compared.

use std::io::{self, BufReader, Read};
use zstd::stream::read::Decoder;

/// A stream that unpacks another. A frame may ask for a window of 128 MiB at most, as the `zstd` program allows.
pub(super) struct Zstd<R: Read> {
    decoder: Decoder<'static, BufReader<R>>,
    failed: bool,
}

impl<R: Read> Zstd<R> {
    pub(super) fn new(packed: R) -> io::Result<Zstd<R>> {
        let decoder = Decoder::new(packed)?;
        Ok(Zstd {
            decoder,
            failed: false,
        })
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(0);
        }
        let read = self.decoder.read(buffer);
        self.failed = read
            .as_ref()
            .is_err_and(|e| e.kind() != io::ErrorKind::Interrupted);
        read.map_err(explain)
    }
}

/// Do these bytes start a .zst, be it with a frame to skip?
pub(super) fn starts(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x28\xb5\x2f\xfd")
        || bytes.len() >= 8 && bytes[0] & 0xf0 == 0x50 && bytes[1..4] == *b"\x2a\x4d\x18"
}

/// An error of the decoder in words that say more; one of the stream below as it is.
fn explain(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::Other || error.raw_os_error().is_some() {
        return error;
    }
    let message = match error.to_string() {
        m if m.contains("checksum") => "the checksum of a frame is wrong".to_owned(),
        m if m.contains("Unknown frame") => {
            "what stands behind the last frame is no zstd".to_owned()
        }
        m if m.contains("too much memory") => {
            "it asks for a window of more than 128 MiB".to_owned()
        }
        m if m.contains("Dictionary") => "it needs a dictionary, which is not read".to_owned(),
        m => m.to_lowercase(),
    };
    io::Error::new(io::ErrorKind::InvalidData, message)
}
