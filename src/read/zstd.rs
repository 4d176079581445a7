//! .zst as a stream: frames one after the other, in bounded memory, their checksums compared.

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};
use std::{
    error::Error,
    io::{self, BufReader, Read},
};

/// A stream that unpacks another. A frame may ask for a window of 128 MiB at most, as the `zstd` program allows.
pub(super) struct Zstd<R> {
    packed: BufReader<R>,
    decoder: FrameDecoder,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Inside,
    Failed,
}

impl<R: Read> Zstd<R> {
    pub(super) fn new(packed: R) -> Zstd<R> {
        Zstd {
            packed: BufReader::new(packed),
            decoder: FrameDecoder::new(),
            state: State::Between,
        }
    }

    /// Goes to the start of the next frame's data; false at the end.
    fn open_frame(&mut self) -> io::Result<bool> {
        loop {
            let mut magic = [0; 4];
            if self.packed.read(&mut magic[..1])? == 0 {
                return Ok(false);
            }
            self.packed.read_exact(&mut magic[1..])?;
            match self.decoder.init(magic.chain(&mut self.packed)) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.packed).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(FrameDecoderError::ReadFrameHeaderError(
                    ReadFrameHeaderError::BadMagicNumber(_),
                )) => return Err(bad("what stands behind the last frame is no zstd")),
                Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                    return Err(bad("it asks for a window of more than 128 MiB"));
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => {
                    return Err(bad("it needs a dictionary, which is not read"));
                }
                Err(e) => return Err(io_error(&e)),
            }
        }
    }

    fn unpack(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.state == State::Between {
                if !self.open_frame()? {
                    return Ok(0);
                }
                self.state = State::Inside;
            }
            // Block by block: what is unpacked waits in a buffer of the window's size.
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder
                    .decode_blocks(&mut self.packed, one)
                    .map_err(|e| io_error(&e))?;
            }
            let n = self.decoder.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            self.state = State::Between;
            let told = self.decoder.get_checksum_from_data();
            if told.is_some() && told != self.decoder.get_calculated_checksum() {
                return Err(bad("the checksum of a frame is wrong"));
            }
        }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.state == State::Failed {
            return Ok(0);
        }
        let read = self.unpack(buffer);
        if read.is_err() {
            self.state = State::Failed;
        }
        read
    }
}

/// Do these bytes start a .zst, be it with a frame to skip?
pub(super) fn starts(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x28\xb5\x2f\xfd")
        || bytes.len() >= 8 && bytes[0] & 0xf0 == 0x50 && bytes[1..4] == *b"\x2a\x4d\x18"
}

fn bad(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// The error of the stream below, where that is the cause: its end inside a frame is another fault than damage.
fn io_error(error: &FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(e) = cause {
        if let Some(e) = e.downcast_ref::<io::Error>() {
            return io::Error::new(e.kind(), e.to_string());
        }
        cause = e.source();
    }
    bad(&error.to_string())
}
