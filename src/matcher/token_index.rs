//! The walk over the tokens of a text through the prefix-hash table of a gazetteer.

use super::Look;
use crate::{
    gazetteer::{Index, Part, Slot},
    tokens::{Gap, Tokens, extend_key},
};

/// No name reaches over this.
const HARD: Gap = Gap::PARAGRAPH;

/// Memory for the walk. Lists may be longer than what they have.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    starts: Vec<u32>,
    whole: Vec<u32>,
    open: Vec<Open>,
    found: Vec<(u32, Look)>,
    /// For each start, the place of the next name that starts there.
    places: Vec<u32>,
}

/// A run of tokens that longer names may start with.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    /// Its first token, by its number among those that may start a name.
    start: u32,
    last: u32,
    key: u64,
}

/// Collects every run of tokens that the table takes for a key, sorted by the first token, longer ones first. `hashes` are those of
/// the tokens for the part's seed.
///
/// The table is larger than the caches, and a look-up that waits for memory takes as long as all the rest for a name. So names are
/// not walked one after the other: all of a text go on by one token at a time, and what the next step reads is asked for in this one.
/// Nobody can predict which of them go on: so each is written to the list of the next step, and the list gets longer if it does.
pub(super) fn find(
    part: &Part,
    tokens: &Tokens,
    hashes: &[u64],
    scratch: &mut Scratch,
    looks: &mut Vec<Look>,
) {
    let walk = Walk {
        index: part.index(),
        tokens,
        hashes,
    };
    let Scratch {
        starts,
        whole,
        open,
        found,
        places,
    } = scratch;
    make_room(starts, hashes.len());
    let starts_len = walk.index.starts(hashes, starts);
    let starts = &starts[..starts_len];
    make_room(whole, starts_len);
    make_room(open, starts_len);
    let (mut whole_len, mut open_len) = (0, 0);
    for (start, &first) in starts.iter().enumerate() {
        let key = hashes[first as usize];
        let bits = walk.index.may_start(key) as usize;
        whole[whole_len] = start as u32;
        whole_len += bits & 1;
        let at = Open {
            start: start as u32,
            last: first,
            key,
        };
        let (longer, reaches) = walk.longer(at);
        walk.index.prefetch_second(longer.key);
        open[open_len] = longer;
        open_len += bits >> 1 & usize::from(reaches);
    }
    let whole = &whole[..whole_len];
    for &start in whole {
        walk.index.prefetch(hashes[starts[start as usize] as usize]);
    }
    let mut kept = 0;
    for i in 0..open_len {
        open[kept] = open[i];
        kept += usize::from(walk.index.may_go_on(open[i].key));
    }
    open_len = kept;
    for longer in &open[..open_len] {
        walk.index.prefetch(longer.key);
    }
    let mut found_len = 0;
    let mut add = |start: u32, last: u32, slot: Slot, found: &mut Vec<(u32, Look)>| {
        let alias = slot.alias();
        let look = Look {
            first: starts[start as usize],
            last,
            alias: alias.unwrap_or_default(),
        };
        found[found_len] = (start, look);
        found_len += usize::from(alias.is_some());
        found_len
    };
    make_room(found, whole_len);
    let mut len = 0;
    for &start in whole {
        let first = starts[start as usize];
        let slot = walk.index.get(hashes[first as usize]);
        len = add(start, first, slot, found);
    }
    for _ in 1..part.longest() {
        if open_len == 0 {
            break;
        }
        make_room(found, len + open_len);
        let mut kept = 0;
        for i in 0..open_len {
            let at = open[i];
            let slot = walk.index.get(at.key);
            len = add(at.start, at.last, slot, found);
            let (longer, reaches) = walk.longer(at);
            open[kept] = longer;
            kept += usize::from(slot.continues() & reaches);
        }
        open_len = kept;
        for longer in &open[..open_len] {
            walk.index.prefetch(longer.key);
        }
    }
    sort(&found[..len], starts_len, places, looks);
    let aliases = part.aliases();
    for look in &*looks {
        aliases.prefetch(look.alias);
    }
}

fn make_room<T: Clone + Default>(list: &mut Vec<T>, len: usize) {
    if list.len() < len {
        list.resize(len, T::default());
    }
}

/// Sorts what was found, shorter names before longer ones, by where it starts, longer ones first: how many there are of each start
/// says where those of the next one begin.
fn sort(found: &[(u32, Look)], starts: usize, places: &mut Vec<u32>, looks: &mut Vec<Look>) {
    places.clear();
    places.resize(starts + 1, 0);
    for (start, _) in found {
        places[*start as usize + 1] += 1;
    }
    let mut before = 0;
    for place in &mut *places {
        before += *place;
        *place = before;
    }
    looks.clear();
    looks.resize(found.len(), Look::default());
    for (start, look) in found.iter().rev() {
        let place = &mut places[*start as usize];
        looks[*place as usize] = *look;
        *place += 1;
    }
}

/// The tokens of a text, and what a part of a gazetteer has for them.
struct Walk<'a> {
    index: Index<'a>,
    tokens: &'a Tokens,
    hashes: &'a [u64],
}

impl Walk<'_> {
    /// The run of tokens that is longer by one; may a name reach over the gap between?
    #[inline(always)]
    fn longer(&self, at: Open) -> (Open, bool) {
        let last = at.last as usize + 1;
        let Some(&hash) = self.hashes.get(last) else {
            return (at, false);
        };
        let longer = Open {
            last: last as u32,
            key: extend_key(at.key, hash),
            ..at
        };
        (longer, !self.tokens.gap(last).has(HARD))
    }
}
