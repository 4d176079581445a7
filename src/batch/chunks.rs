//! The input in chunks: documents that travel together, and where in the input a chunk ends.

use super::run::{Items, Task};
use crate::{
    error::{Error, Problem},
    read::{Raw, Sources},
};
use std::{
    fmt, fs, iter,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A part of the input for one of several runs: of the documents in their order, every `count`-th.
///
/// Documents are numbered as they are cut off the input, those included that can't be read. Shard 1 of 3 takes the documents 1, 4,
/// 7 …: no document is in two shards, all shards together have all, and each keeps the order of the input. Every shard reads (and
/// unpacks) the whole input, and parses and annotates its own documents alone.
///
/// ```
/// use wiretag::Shard;
/// let shard: Shard = "2/3".parse()?;
/// assert_eq!(shard.to_string(), "2/3");
/// assert!("4/3".parse::<Shard>().is_err());
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Shard `index` (counted from 1) of `count`.
    ///
    /// # Errors
    /// When there is no such shard.
    pub fn new(index: u32, count: u32) -> Result<Shard, Error> {
        if index == 0 || index > count {
            return Err(Error::invalid(format!(
                "no shard {index}/{count}: write 1/{0} to {0}/{0}",
                count.max(1)
            )));
        }
        Ok(Shard { index, count })
    }

    /// Does the document with so many before it belong to this shard?
    fn takes(self, before: u64) -> bool {
        before % u64::from(self.count) == u64::from(self.index - 1)
    }
}

impl Default for Shard {
    fn default() -> Shard {
        Shard { index: 1, count: 1 }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Shard, Error> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        let Some((index, count)) = numbers else {
            return Err(Error::invalid("write 1/4, the first of four"));
        };
        Shard::new(index, count)
    }
}

/// A place between two documents of the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// Sources before it.
    pub(super) source: u64,
    /// Documents of the next source before it, those included that can't be read.
    pub(super) item: u64,
    /// Documents of all sources before it.
    pub(super) number: u64,
}

/// Documents that travel together.
#[derive(Debug)]
pub(super) struct Chunk {
    /// How many chunks there were before.
    pub(super) number: u64,
    pub(super) items: Vec<Result<Raw, Problem>>,
    /// Where the next chunk starts.
    pub(super) end: Position,
}

/// A chunk ends when its documents have so many bytes: large enough to be packed well and to be handed on seldom, small enough
/// that all threads have work and a few chunks are no burden. Where chunks end depends on the input alone, and so do the frames of
/// packed output.
const CHUNK_BYTES: usize = 256 << 10;

/// What a document costs besides its bytes.
const ITEM_BYTES: usize = 64;

/// Cuts the input into chunks.
pub(super) struct Chunks<'t> {
    sources: Sources,
    task: &'t dyn Task,
    bytes_read: Arc<AtomicU64>,
    shard: Shard,
    /// Where the first chunk starts.
    start: Position,
    at: Position,
    /// The source that is being read.
    open: Option<Items>,
    chunks: u64,
}

impl<'t> Chunks<'t> {
    pub(super) fn new(
        sources: Sources,
        task: &'t dyn Task,
        bytes_read: &Arc<AtomicU64>,
        shard: Shard,
        start: Position,
    ) -> Chunks<'t> {
        Chunks {
            sources,
            task,
            bytes_read: bytes_read.clone(),
            shard,
            start,
            at: Position {
                number: start.number,
                ..Position::default()
            },
            open: None,
            chunks: 0,
        }
    }

    /// The next chunk; none at the end of the input. The last one may be empty.
    ///
    /// # Errors
    /// When the start lies behind the end of its source.
    pub(super) fn next(&mut self) -> Result<Option<Chunk>, Error> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        let before = self.at;
        while bytes < CHUNK_BYTES {
            let Some(open) = &mut self.open else {
                if !self.open_next()? {
                    break;
                }
                continue;
            };
            let Some(item) = open.next() else {
                self.open = None;
                self.at.source += 1;
                self.at.item = 0;
                continue;
            };
            if self.shard.takes(self.at.number) {
                bytes += ITEM_BYTES + item.as_ref().map_or(0, |raw| raw.bytes.len());
                items.push(item);
            }
            self.at.item += 1;
            self.at.number += 1;
        }
        if self.at == before && items.is_empty() {
            return Ok(None);
        }
        let number = self.chunks;
        self.chunks += 1;
        Ok(Some(Chunk {
            number,
            items,
            end: self.at,
        }))
    }

    /// Opens the next source that has documents behind the start; false if there is none.
    fn open_next(&mut self) -> Result<bool, Error> {
        while let Some(source) = self.sources.next() {
            if self.at.source < self.start.source {
                // It was read whole: it need not be opened again.
                let path = source.ok().and_then(|s| s.path);
                let len = path
                    .and_then(|p| fs::metadata(p).ok())
                    .map_or(0, |m| m.len());
                self.bytes_read.fetch_add(len, Ordering::Relaxed);
                self.at.source += 1;
                continue;
            }
            let name = match &source {
                Ok(source) => source.name.clone(),
                Err(problem) => problem.path.clone(),
            };
            let items = source.and_then(|s| self.task.open(&s, &self.bytes_read));
            let mut items: Items =
                items.unwrap_or_else(|problem| Box::new(iter::once(Err(problem))));
            if self.at.source == self.start.source {
                for _ in 0..self.start.item {
                    if items.next().is_none() {
                        return Err(Error::invalid(format!(
                            "{name}: has fewer than the {} documents that were read before: it was changed; run without --resume to start anew",
                            self.start.item
                        )));
                    }
                }
                self.at = self.start;
            }
            self.open = Some(items);
            return Ok(true);
        }
        Ok(false)
    }
}
