//! The walk over the tokens of a text through the prefix-hash table of a gazetteer.

use super::Look;
use crate::{
    gazetteer::{Aliases, Index, Part},
    tokens::{Gap, Tokens, extend_key},
};

/// No name reaches over this.
const HARD: Gap = Gap::PARAGRAPH;

/// The tokens of a text, and what a part of a gazetteer has for them.
#[derive(Clone, Copy)]
struct Walk<'a> {
    index: Index<'a>,
    aliases: Aliases<'a>,
    longest: usize,
    tokens: &'a Tokens,
    hashes: &'a [u64],
}

/// Collects every run of tokens that the table takes for a key. `hashes` are those of the tokens for the part's seed; `starts` is
/// scratch memory.
pub(super) fn find(
    part: &Part,
    tokens: &Tokens,
    hashes: &[u64],
    starts: &mut Vec<u32>,
    found: &mut Vec<Look>,
) {
    let walk = Walk {
        index: part.index(),
        aliases: part.aliases(),
        longest: part.longest(),
        tokens,
        hashes,
    };
    // First the filters alone, without branches that nobody could predict. What passes is asked for in memory, so that the loads of
    // the look-ups below do not wait for one another.
    starts.resize(hashes.len(), 0);
    let mut n = 0;
    for (i, &hash) in hashes.iter().enumerate() {
        starts[n] = i as u32;
        n += usize::from(walk.index.may_start(hash) != 0);
    }
    for &first in &starts[..n] {
        walk.index.prefetch(hashes[first as usize]);
    }
    for &first in &starts[..n] {
        let hash = hashes[first as usize];
        let bits = walk.index.may_start(hash);
        if bits & 1 != 0
            && let Some(alias) = walk.index.get(hash).and_then(|slot| slot.alias())
        {
            walk.look(first, first, alias, found);
        }
        if bits & 2 != 0 {
            walk.on(first as usize, found);
        }
    }
}

impl Walk<'_> {
    fn look(&self, first: u32, last: u32, alias: u32, found: &mut Vec<Look>) {
        self.aliases.prefetch(alias);
        found.push(Look { first, last, alias });
    }

    /// Collects the names of two and more tokens that start at `first`.
    fn on(&self, first: usize, found: &mut Vec<Look>) {
        let (mut key, mut last) = (self.hashes[first], first);
        while last + 1 < self.hashes.len() && !self.tokens.gap(last + 1).has(HARD) {
            last += 1;
            key = extend_key(key, self.hashes[last]);
            if last == first + 1 && !self.index.may_go_on(key) {
                break;
            }
            let Some(slot) = self.index.get(key) else {
                break;
            };
            if let Some(alias) = slot.alias() {
                self.look(first as u32, last as u32, alias, found);
            }
            // A stranger that the table takes for a prefix ends here too: no name is longer.
            if !slot.continues() || last + 1 - first >= self.longest {
                break;
            }
        }
    }
}
