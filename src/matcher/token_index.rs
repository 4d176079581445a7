//! The walk over the tokens of a text through the prefix-hash table of a gazetteer.

use super::Look;
use crate::{
    gazetteer::{Aliases, Index, Part},
    tokens::{Gap, Tokens, extend_key},
};

/// No name reaches over this.
const HARD: Gap = Gap::PARAGRAPH;

/// Memory for the walk.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    starts: Vec<u32>,
    open: Vec<Open>,
}

/// A run of tokens that longer names may start with.
#[derive(Clone, Copy, Debug)]
struct Open {
    first: u32,
    last: u32,
    key: u64,
}

/// Collects every run of tokens that the table takes for a key. `hashes` are those of the tokens for the part's seed.
///
/// The table is larger than the caches, and a look-up that waits for memory takes as long as all the rest for a name. So names are
/// not walked one after the other: all of a text go on by one token at a time, and what the next step reads is asked for in this one.
pub(super) fn find(
    part: &Part,
    tokens: &Tokens,
    hashes: &[u64],
    scratch: &mut Scratch,
    found: &mut Vec<Look>,
) {
    let walk = Walk {
        index: part.index(),
        aliases: part.aliases(),
        tokens,
        hashes,
    };
    let Scratch { starts, open } = scratch;
    // The filter alone, without branches that nobody could predict.
    starts.resize(hashes.len(), 0);
    let mut n = 0;
    for (i, &hash) in hashes.iter().enumerate() {
        starts[n] = i as u32;
        n += usize::from(walk.index.may_start(hash) != 0);
    }
    let starts = &starts[..n];
    open.clear();
    for &first in starts {
        let key = hashes[first as usize];
        let at = Open {
            first,
            last: first,
            key,
        };
        let bits = walk.index.may_start(key);
        if bits & 1 != 0 {
            walk.index.prefetch(key);
        }
        if bits & 2 != 0
            && let Some(longer) = walk.longer(at)
        {
            walk.index.prefetch_second(longer.key);
            open.push(longer);
        }
    }
    for &first in starts {
        let key = hashes[first as usize];
        if walk.index.may_start(key) & 1 != 0 {
            walk.look_up(
                Open {
                    first,
                    last: first,
                    key,
                },
                found,
            );
        }
    }
    open.retain(|longer| {
        let goes_on = walk.index.may_go_on(longer.key);
        if goes_on {
            walk.index.prefetch(longer.key);
        }
        goes_on
    });
    for _ in 1..part.longest() {
        let mut kept = 0;
        for i in 0..open.len() {
            if walk.look_up(open[i], found)
                && let Some(longer) = walk.longer(open[i])
            {
                walk.index.prefetch(longer.key);
                open[kept] = longer;
                kept += 1;
            }
        }
        open.truncate(kept);
        if open.is_empty() {
            break;
        }
    }
}

/// The tokens of a text, and what a part of a gazetteer has for them.
struct Walk<'a> {
    index: Index<'a>,
    aliases: Aliases<'a>,
    tokens: &'a Tokens,
    hashes: &'a [u64],
}

impl Walk<'_> {
    /// Looks a run of tokens up. Do longer names start so?
    #[inline]
    fn look_up(&self, at: Open, found: &mut Vec<Look>) -> bool {
        let Some(slot) = self.index.get(at.key) else {
            return false;
        };
        if let Some(alias) = slot.alias() {
            self.aliases.prefetch(alias);
            found.push(Look {
                first: at.first,
                last: at.last,
                alias,
            });
        }
        slot.continues()
    }

    /// The run of tokens that is longer by one, if a name may reach over the gap between.
    #[inline]
    fn longer(&self, at: Open) -> Option<Open> {
        let last = at.last as usize + 1;
        let reaches = last < self.hashes.len() && !self.tokens.gap(last).has(HARD);
        reaches.then(|| Open {
            first: at.first,
            last: last as u32,
            key: extend_key(at.key, self.hashes[last]),
        })
    }
}
