//! Documents in blocks, on all threads, taken in the order of the input: for counts over many documents.

use crate::{
    error::{Error, Problem},
    read::{Raw, Source, Sources},
};
use rayon::prelude::*;
use std::{
    iter,
    sync::atomic::{AtomicBool, Ordering},
};

/// A raw document, or why there is none.
pub(crate) type Piece = Result<Raw, Problem>;

/// The pieces of the input that are worked on at once: bytes enough to keep all threads busy, few enough to hold.
const BLOCK_BYTES: usize = 4 << 20;
const BLOCK_PIECES: usize = 1 << 14;

/// The raw documents of all sources.
pub(crate) fn pieces<P: Iterator<Item = Piece> + Send>(
    mut sources: Sources,
    open: impl Fn(&Source) -> Result<P, Problem> + Send,
) -> impl Iterator<Item = Piece> + Send {
    let mut opened = None;
    iter::from_fn(move || {
        loop {
            let Some(pieces) = &mut opened else {
                match sources.next()?.and_then(|s| open(&s)) {
                    Ok(pieces) => opened = Some(pieces),
                    Err(problem) => return Some(Err(problem)),
                }
                continue;
            };
            match pieces.next() {
                Some(piece) => return Some(piece),
                None => opened = None,
            }
        }
    })
}

/// Makes something of every piece in parallel, with a scratch for each thread, and takes it in the order of the input. Gives whether
/// it came to the end: it was not told to stop.
pub(crate) fn in_blocks<T: Send, S: Default>(
    mut pieces: impl Iterator<Item = Piece> + Send,
    stop: &AtomicBool,
    make: impl Fn(&Piece, &mut S) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), Error>,
) -> Result<bool, Error> {
    let mut block = next_block(&mut pieces);
    while !block.is_empty() {
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        // The next block is read while this one is worked on.
        let work = || {
            let made = block
                .par_iter()
                .map_init(S::default, |scratch, piece| make(piece, scratch));
            made.collect::<Vec<_>>()
        };
        let (made, next) = rayon::join(work, || next_block(&mut pieces));
        made.into_iter().try_for_each(&mut take)?;
        block = next;
    }
    Ok(true)
}

fn next_block(pieces: &mut impl Iterator<Item = Piece>) -> Vec<Piece> {
    let (mut block, mut bytes) = (Vec::new(), 0);
    while bytes < BLOCK_BYTES && block.len() < BLOCK_PIECES {
        let Some(piece) = pieces.next() else { break };
        bytes += piece.as_ref().map_or(0, |raw| raw.bytes.len());
        block.push(piece);
    }
    block
}
