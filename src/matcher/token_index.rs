//! The walk over the tokens of a text through the prefix-hash table of a gazetteer.

use super::Look;
use crate::{
    document::AliasId,
    gazetteer::Gazetteer,
    tokens::{Gap, Tokens, extend_key},
};

/// No name reaches over this.
const HARD: Gap = Gap::PARAGRAPH;

/// Collects every run of tokens that the table takes for a key. `starts` is scratch memory.
pub(super) fn find(
    gazetteer: &Gazetteer,
    tokens: &Tokens,
    starts: &mut Vec<u32>,
    found: &mut Vec<Look>,
) {
    let index = gazetteer.index();
    // First the filters alone, without branches that nobody could predict. What passes is asked for in memory, so that the loads of
    // the look-ups below do not wait for one another.
    starts.resize(tokens.len(), 0);
    let mut n = 0;
    for (i, &hash) in tokens.hashes().iter().enumerate() {
        starts[n] = i as u32;
        n += usize::from(index.may_start(hash) != 0);
    }
    for &first in &starts[..n] {
        index.prefetch(tokens.hash(first as usize));
    }
    for &first in &starts[..n] {
        let first = first as usize;
        let hash = tokens.hash(first);
        let bits = index.may_start(hash);
        if bits & 1 != 0
            && let Some(alias) = index.get(hash).and_then(|slot| slot.alias())
        {
            gazetteer.prefetch_alias(AliasId(alias));
            found.push(Look {
                first: first as u32,
                last: first as u32,
                alias,
            });
        }
        if bits & 2 != 0 {
            walk(gazetteer, tokens, first, found);
        }
    }
}

/// Collects the names of two and more tokens that start at `first`.
fn walk(gazetteer: &Gazetteer, tokens: &Tokens, first: usize, found: &mut Vec<Look>) {
    let index = gazetteer.index();
    let (mut key, mut last) = (tokens.hash(first), first);
    while last + 1 < tokens.len() && !tokens.gap(last + 1).has(HARD) {
        last += 1;
        key = extend_key(key, tokens.hash(last));
        if last == first + 1 && !index.may_go_on(key) {
            break;
        }
        let Some(slot) = index.get(key) else { break };
        if let Some(alias) = slot.alias() {
            gazetteer.prefetch_alias(AliasId(alias));
            found.push(Look {
                first: first as u32,
                last: last as u32,
                alias,
            });
        }
        // A stranger that the table takes for a prefix ends here too: no name is longer.
        if !slot.continues() || last + 1 - first >= gazetteer.longest() {
            break;
        }
    }
}
