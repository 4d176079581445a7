//! The walk over the tokens of a text through the prefix-hash table of a gazetteer.

use crate::{
    gazetteer::Gazetteer,
    tokens::{Gap, Tokens, extend_key},
};

/// No name reaches over these.
const HARD: Gap = Gap::PARAGRAPH.or(Gap::CELL);

/// Calls `found(first, last, key)` for every run of tokens that the table takes for a key.
pub(super) fn find(gazetteer: &Gazetteer, tokens: &Tokens, found: &mut impl FnMut(usize, usize, u32)) {
    let index = gazetteer.index();
    for (first, &hash) in tokens.hashes().iter().enumerate() {
        let bits = index.may_start(hash);
        if bits == 0 {
            continue;
        }
        if bits & 1 != 0 {
            if let Some(key) = index.get(hash).and_then(|slot| slot.key()) {
                found(first, first, key);
            }
        }
        if bits & 2 == 0 {
            continue;
        }
        let (mut key, mut last) = (hash, first);
        while last + 1 < tokens.len() && !tokens.gap(last + 1).has(HARD) {
            last += 1;
            key = extend_key(key, tokens.hash(last));
            if last == first + 1 && !index.may_go_on(key) {
                break;
            }
            let Some(slot) = index.get(key) else { break };
            if let Some(key) = slot.key() {
                found(first, last, key);
            }
            // A stranger that the table takes for a prefix ends here too: no name is longer.
            if !slot.continues() || last + 1 - first >= gazetteer.longest() {
                break;
            }
        }
    }
}
