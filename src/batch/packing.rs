//! How output is packed: in independent frames, so that what ends with a frame is a whole file.

use flate2::{Compression, write::GzEncoder};
use std::{
    io::{self, Write},
    path::Path,
};

/// How an output file is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Packing {
    #[default]
    Plain,
    /// Members of gzip, one after the other.
    Gzip,
    /// Frames of zstd with checksums, one after the other.
    Zstd,
}

impl Packing {
    /// What the name of a file asks for.
    pub(super) fn of(path: &Path) -> Packing {
        match path.extension().and_then(|e| e.to_str()) {
            Some("gz") => Packing::Gzip,
            Some("zst") => Packing::Zstd,
            _ => Packing::Plain,
        }
    }

    /// What packs frames; one for each thread.
    pub(super) fn packer(self) -> io::Result<Packer> {
        Ok(match self {
            Packing::Plain => Packer::Plain,
            Packing::Gzip => Packer::Gzip,
            Packing::Zstd => {
                let mut compressor = zstd::bulk::Compressor::new(zstd::DEFAULT_COMPRESSION_LEVEL)?;
                compressor.include_checksum(true)?;
                Packer::Zstd(Box::new(compressor))
            }
        })
    }
}

/// Packs frames: the same bytes in, the same bytes out.
pub(super) enum Packer {
    Plain,
    Gzip,
    Zstd(Box<zstd::bulk::Compressor<'static>>),
}

impl Packer {
    pub(super) fn frame(&mut self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Packer::Plain => Ok(bytes),
            Packer::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(&bytes)?;
                encoder.finish()
            }
            Packer::Zstd(compressor) => compressor.compress(&bytes),
        }
    }
}
