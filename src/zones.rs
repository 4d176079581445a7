//! Zones: parts of a text where nothing is to be found (URLs and their kin), and the parts of a news page around the article's body.

use crate::{
    document::{Zone, ZoneKind},
    machine::{self, Block, Set, Tools, Visitor},
    span::Span,
};

/// Fills `zones` with the zones of a text, sorted by start. A pure function of the text; time is linear.
///
/// ```
/// use wiretag::{ZoneKind, zones};
/// let mut found = Vec::new();
/// zones("KYIV, Ukraine (Reuters) - See https://example.org/iran-deal now.", &mut found);
/// assert_eq!((found[0].kind, found[0].span.end), (ZoneKind::Dateline, 26));
/// assert_eq!((found[1].kind, found[1].span.start, found[1].span.end), (ZoneKind::NoMatch, 30, 59));
/// ```
pub fn zones(text: &str, zones: &mut Vec<Zone>) {
    zones.clear();
    let scan = machine::visit(
        text.as_bytes(),
        Scan {
            text,
            zones,
            line_start: 0,
            run: 0,
            run_done: 0,
            name_run: NameRun::default(),
            address_end: 0,
        },
    );
    scan.finish();
    zones.sort_unstable_by_key(|z| (z.span.start, z.span.end, rank(z.kind)));
    zones.dedup();
}

/// The order of zones with one span.
fn rank(kind: ZoneKind) -> u8 {
    match kind {
        ZoneKind::NoMatch => 0,
        ZoneKind::Dateline | ZoneKind::Byline | ZoneKind::Boilerplate => 1,
        ZoneKind::Credit => 2,
    }
}

/// One pass over the text, which looks closer where a byte says that a zone may be near.
struct Scan<'a> {
    text: &'a str,
    zones: &'a mut Vec<Zone>,
    line_start: usize,
    /// How many bytes before the block are a run without stops.
    run: usize,
    /// The end of the last long run.
    run_done: usize,
    /// The last run of bytes that may be the name of a file or a host.
    name_run: NameRun,
    /// The end of the last zone that a URL, a host or a file has. Whatever starts in it would end in it, and need not be looked at:
    /// so a long chain of hosts is read once, not once for each of them.
    address_end: usize,
}

/// Bytes that may be the name of a file or a host, as many as stand together.
#[derive(Clone, Copy, Debug, Default)]
struct NameRun {
    start: usize,
    end: usize,
    /// The first digit or underscore; the end where there is none.
    first_sign: usize,
}

/// What no URL, path or file name holds.
const STOPS: Set = Set::of(
    b"\0\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f \
      \"<>`|{}[]",
);
/// Where zones start, lines end, or an address has its sign.
const MARKS: Set = Set::of(b"@<](\n");
/// What hosts, files and URLs have inside, so that no stop is behind it.
const JOINTS: Set = Set::of(b".:");

/// Shorter runs of bytes without stops are words.
const LONG: usize = 20;

impl Visitor for Scan<'_> {
    const SETS: [Set; 3] = [STOPS, MARKS, JOINTS];

    #[inline(always)]
    fn block(&mut self, at: usize, block: Block, _: &impl Tools) {
        let [stops, marks, joints] = block.sets;
        let mut marks = marks | joints & !(stops >> 1);
        while marks != 0 {
            self.mark(at + marks.trailing_zeros() as usize);
            marks &= marks - 1;
        }
        let run = !stops;
        let over_start = self.run + run.trailing_ones() as usize;
        // Where 2, 4, 8, 12, 20 bytes from a byte on are part of a run.
        let mut long = run & run >> 1;
        long &= long >> 2;
        long &= long >> 4;
        long &= long >> 4;
        long &= long >> 8;
        if over_start >= LONG || long != 0 {
            self.long_runs(at, over_start, long);
        }
        self.run = if stops == 0 {
            over_start
        } else {
            run.leading_ones() as usize
        };
    }
}

impl Scan<'_> {
    fn add(&mut self, start: usize, end: usize, kind: ZoneKind) {
        if start < end {
            self.zones.push(Zone {
                span: Span { start, end },
                kind,
            });
        }
    }

    /// Looks closer at a byte that is a mark or a joint.
    fn mark(&mut self, at: usize) {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut add = |start, end| self.add(start, end, ZoneKind::NoMatch);
        match bytes[at] {
            b'\n' => {
                self.line(at);
                self.line_start = at + 1;
            }
            b'(' => {
                if let Some(len) = credit_in_brackets(&text[at..]) {
                    self.add(at, at + len, ZoneKind::Credit);
                }
            }
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                self.file_or_host(at);
            }
            b':' if bytes[at..].starts_with(b"://") => self.url(at),
            b'@' => address(bytes, at, &mut add),
            b'<' => tag(bytes, at, &mut add),
            b']' => link_target(bytes, at, &mut add),
            _ => {}
        }
    }

    /// The line that ends at `end`.
    fn line(&mut self, end: usize) {
        let line = self.text[self.line_start..end].trim_start();
        let (at, trimmed) = (end - line.len(), line.trim_end());
        if trimmed.is_empty() {
            return;
        }
        if let Some(kind) = line_zone(trimmed) {
            self.add(at, at + trimmed.len(), kind);
        } else if let Some(len) = dateline(trimmed) {
            self.add(at, at + len, ZoneKind::Dateline);
        }
    }

    /// Slugs, paths and hashes: the long runs in a block, the first of which may have started before it.
    #[cold]
    fn long_runs(&mut self, base: usize, over_start: usize, long: u64) {
        if over_start >= LONG {
            self.long_run(base);
        }
        let mut long = long;
        while long != 0 {
            self.long_run(base + long.trailing_zeros() as usize);
            long &= long - 1;
        }
    }

    /// The run that holds byte `at`.
    fn long_run(&mut self, at: usize) {
        let bytes = self.text.as_bytes();
        if at < self.run_done || at >= bytes.len() || STOPS.has(bytes[at]) {
            return;
        }
        let before = bytes[self.run_done..at].iter().rev();
        let start = at - before.take_while(|b| !STOPS.has(**b)).count();
        let end = at + bytes[at..].iter().take_while(|b| !STOPS.has(**b)).count();
        self.run_done = end;
        // The first 20 bytes of a text alone are no run.
        if end - start >= LONG && end > LONG && bytes[start..end].is_ascii() {
            machine_made(&bytes[start..end], &mut |from, to| {
                self.add(start + from, start + to, ZoneKind::NoMatch);
            });
        }
    }

    /// `https://example.org/iran`: `at` is its colon.
    fn url(&mut self, at: usize) {
        if at < self.address_end {
            return;
        }
        let bytes = self.text.as_bytes();
        let scheme = bytes[..at].iter().rev();
        let start = at - scheme.take_while(|b| b.is_ascii_alphanumeric()).count();
        self.address_end = url_end(bytes, at + 3);
        self.add(start, self.address_end, ZoneKind::NoMatch);
    }

    /// `example.org/iran`, `www.example.org`, `iran-launch.jpg`: `at` is a period before a letter or digit.
    fn file_or_host(&mut self, at: usize) {
        if at < self.address_end {
            return;
        }
        let bytes = self.text.as_bytes();
        let run = self.name_run(at);
        if let Some(end) = end_of_file_or_host(bytes, at, run) {
            self.address_end = end;
            self.add(run.start, end, ZoneKind::NoMatch);
        }
    }

    /// The run that holds byte `at`, a period. Periods are asked for in their order.
    fn name_run(&mut self, at: usize) -> NameRun {
        if at >= self.name_run.end {
            let bytes = self.text.as_bytes();
            let in_name = |b: &&u8| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'%')
            };
            let start = at - bytes[..at].iter().rev().take_while(in_name).count();
            let end = at + bytes[at..].iter().take_while(in_name).count();
            let is_sign = |b: &u8| b.is_ascii_digit() || *b == b'_';
            let first_sign = bytes[start..end].iter().position(is_sign);
            count_work(end - start);
            self.name_run = NameRun {
                start,
                end,
                first_sign: first_sign.map_or(end, |n| start + n),
            };
        }
        self.name_run
    }

    fn finish(mut self) {
        self.line(self.text.len());
    }
}

// Where nothing is found.

/// The end of a URL that runs on from `from`: punctuation of the sentence and a bracket that the URL did not open are not in it.
fn url_end(bytes: &[u8], from: usize) -> usize {
    let (mut end, mut depth) = (from, 0);
    while end < bytes.len() && !STOPS.has(bytes[end]) {
        match bytes[end] {
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            _ => {}
        }
        end += 1;
    }
    count_work(end - from);
    // Typographic punctuation and no-break spaces behind a URL are not in it either.
    if let Some(wide) = bytes[from..end]
        .windows(2)
        .position(|w| w == b"\xe2\x80" || w == b"\xc2\xa0")
    {
        end = from + wide;
    }
    while end > from
        && matches!(
            bytes[end - 1],
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\''
        )
    {
        end -= 1;
    }
    end
}

/// `jane@example.org`, `@handle`.
fn address(bytes: &[u8], at: usize, add: &mut impl FnMut(usize, usize)) {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'+');
    let start = at - bytes[..at].iter().rev().take_while(|b| in_name(b)).count();
    let mut end = at + 1 + bytes[at + 1..].iter().take_while(|b| in_name(b)).count();
    while end > at + 1 && matches!(bytes[end - 1], b'.' | b'-' | b'+') {
        end -= 1;
    }
    if end > at + 1 {
        add(start, end);
    }
}

/// `<a href="…">`, left over in a text.
fn tag(bytes: &[u8], at: usize, add: &mut impl FnMut(usize, usize)) {
    const LONGEST: usize = 1000;
    if bytes
        .get(at + 1)
        .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!'))
    {
        let window = &bytes[at..bytes.len().min(at + LONGEST)];
        if let Some(len) = memchr::memchr(b'>', window) {
            add(at, at + len + 1);
        }
    }
}

/// The target of `[text](target)`, left over in a text.
fn link_target(bytes: &[u8], at: usize, add: &mut impl FnMut(usize, usize)) {
    if bytes.get(at + 1) != Some(&b'(') {
        return;
    }
    // Brackets in brackets end somewhere, or a line of nothing else would be read again for each of them.
    const DEEPEST: usize = 32;
    let (start, mut depth) = (at + 2, 1);
    for (i, &b) in bytes[start..].iter().enumerate() {
        count_work(1);
        match b {
            b'\n' => return,
            b'(' if depth == DEEPEST => return,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let target = &bytes[start..start + i];
            let path = target.split(|b| *b == b' ').next().unwrap_or(target);
            // `[she](sic)` is no link.
            if path.iter().any(|b| matches!(b, b'/' | b'.' | b'#' | b':')) {
                add(start, start + i);
            }
            return;
        }
    }
}

/// Endings of file names and hosts that news pages leave in their text.
const ENDINGS: [&str; 44] = [
    "avi", "biz", "co", "com", "csv", "doc", "docx", "edu", "eu", "exe", "gif", "gov", "gz", "htm",
    "html", "info", "int", "io", "ir", "jpeg", "jpg", "js", "json", "kp", "md", "mil", "mov",
    "mp3", "mp4", "net", "org", "pdf", "php", "png", "ru", "svg", "tv", "txt", "ua", "uk", "us",
    "webp", "xml", "zip",
];

/// Where a file or a host of a run ends if the period `at` shows that there is one.
fn end_of_file_or_host(bytes: &[u8], at: usize, run: NameRun) -> Option<usize> {
    let behind = &bytes[at + 1..];
    let len = behind
        .iter()
        .take(8)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let (behind, end) = (&behind[..len], at + 1 + len);
    let has_upper = behind.iter().any(u8::is_ascii_uppercase);
    let is_upper = behind.iter().all(|b| !b.is_ascii_lowercase());
    // `in Kyiv.Us` lacks a space; a host is written in small letters.
    if has_upper && !is_upper {
        return None;
    }
    let mut lower = [0; 8];
    lower[..len].copy_from_slice(behind);
    lower.make_ascii_lowercase();
    let ending = std::str::from_utf8(&lower[..len]).unwrap_or_default();
    let is_ending = ENDINGS.binary_search(&ending).is_ok();
    // Of names in capitals those with a digit or the like: `IMG_0042.JPG`.
    let is_name = is_ending && (!has_upper || run.first_sign < at);
    if run.start == at || !is_name && !bytes[run.start..].starts_with(b"www.") {
        return None;
    }
    // `example.com` at a sentence's end, `example.com/path`, `a.b.com`.
    let goes_on = matches!(
        bytes.get(end),
        Some(b'/' | b'?' | b'#' | b':' | b'.' | b'-')
    );
    let end = if goes_on { url_end(bytes, end) } else { end };
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    (!bytes.get(end).is_some_and(is_word)).then_some(end)
}

/// Tests count the bytes that are read again and again.
#[inline(always)]
fn count_work(_bytes: usize) {
    #[cfg(test)]
    tests::WORK.set(tests::WORK.get() + _bytes);
}

/// Adds the parts of a run without spaces that no person wrote as words.
fn machine_made(run: &[u8], add: &mut impl FnMut(usize, usize)) {
    let slashes = run.iter().filter(|b| matches!(b, b'/' | b'\\')).count();
    if slashes >= 3 || run.starts_with(b"/") && slashes >= 2 {
        let end = run.len()
            - run
                .iter()
                .rev()
                .take_while(|b| matches!(b, b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'\''))
                .count();
        let start = run.iter().take_while(|b| **b == b'(').count();
        return add(start, end);
    }
    // Brackets, commas and dashes part what belongs to the sentence from what does not.
    let mut start = 0;
    for piece in run.split(|b| {
        !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.' | b'%' | b'='))
    }) {
        let end = start + piece.len();
        let parts = piece
            .split(|b| matches!(b, b'-' | b'_'))
            .filter(|p| !p.is_empty())
            .count();
        let slug = parts >= 6 && !piece.iter().any(u8::is_ascii_uppercase);
        let hash = piece.split(|b| !b.is_ascii_alphanumeric()).any(|part| {
            let digits = part.iter().filter(|b| b.is_ascii_digit()).count();
            part.len() >= 16 && digits >= 4 && digits < part.len()
        });
        if slug || hash {
            add(start, end);
        }
        start = end + 1;
    }
}

// The parts of a news page.

/// The kind of a whole line that is no part of the article's body.
fn line_zone(line: &str) -> Option<ZoneKind> {
    const LONGEST: usize = 240;
    if line.len() > LONGEST {
        return None;
    }
    let words = match line.as_bytes().first() {
        Some(b) if b.is_ascii_alphabetic() => line,
        _ => line.trim_start_matches(['*', '_', '#', '>', '-', '|', ' ']),
    };
    if BOILERPLATE_STARTS.of(words).is_some()
        || !line.is_ascii() && line.contains('©')
        || has_boilerplate(line)
    {
        return Some(ZoneKind::Boilerplate);
    }
    if CREDIT_STARTS.of(words).is_some() {
        return Some(ZoneKind::Credit);
    }
    if let Some(by) = BYLINE_STARTS.of(words)
        && (by.len() > 3 || is_names(&words[by.len()..]))
    {
        return Some(ZoneKind::Byline);
    }
    let agency = AGENCIES.iter().any(|a| {
        // Their last bytes differ from that of most lines.
        line.as_bytes().last() == a.as_bytes().last()
            && line
                .strip_suffix(a)
                .is_some_and(|head| head.trim_end_matches("The ").ends_with(", "))
    });
    (agency && is_names(line)).then_some(ZoneKind::Byline)
}

/// Starts of lines in small letters, those with the same first letter side by side.
struct Heads {
    heads: &'static [&'static str],
    /// For each letter where those that start with it begin, and behind `z` the end.
    of_letter: [u8; 27],
}

impl Heads {
    const fn new(heads: &'static [&'static str]) -> Heads {
        let mut of_letter = [0; 27];
        let (mut i, mut letter) = (0, 0);
        while letter < 26 {
            of_letter[letter] = i as u8;
            while i < heads.len() && heads[i].as_bytes()[0] == b'a' + letter as u8 {
                i += 1;
            }
            letter += 1;
        }
        assert!(i == heads.len(), "heads are sorted and start with a letter");
        of_letter[26] = i as u8;
        Heads { heads, of_letter }
    }

    /// The head that a text starts with, in whatever case.
    fn of(&self, text: &str) -> Option<&'static str> {
        let (first, second) = match text.as_bytes() {
            [first, second, ..] => (first.to_ascii_lowercase(), second.to_ascii_lowercase()),
            _ => return None,
        };
        let letter = first.wrapping_sub(b'a') as usize;
        let [from, to] = *self.of_letter.get(letter..)?.first_chunk()?;
        let mut heads = self.heads[from as usize..to as usize].iter();
        heads
            .find(|head| head.as_bytes()[1] == second && starts_with(text, head))
            .copied()
    }
}

static BOILERPLATE_STARTS: Heads = Heads::new(&[
    "accept cookies",
    "advertisement",
    "all rights reserved",
    "already a subscriber",
    "be the first to",
    "by signing up",
    "click here",
    "copyright ",
    "create a free account",
    "download our app",
    "download the app",
    "enable push",
    "follow us",
    "get the latest",
    "get our newsletter",
    "join our",
    "listen:",
    "log in",
    "manage preferences",
    "more from ",
    "more stories",
    "most popular",
    "most read",
    "no thanks",
    "privacy policy",
    "push icon",
    "read more",
    "recommended",
    "related articles",
    "related stories",
    "share on",
    "share this",
    "sign in",
    "sign up",
    "skip to ",
    "story continues below",
    "subscribe",
    "terms of ",
    "this article was originally",
    "watch:",
    "we use cookies",
]);

/// Phrases of boilerplate, and in each the place of a letter between two others that seldom stand so in other text.
const BOILERPLATE_INSIDE: [(&str, usize); 5] = [
    ("all rights reserved", 16),
    ("may not be published, broadcast, rewritten", 35),
    ("our newsletter", 6),
    ("terms of use", 3),
    ("| share", 3),
];

/// Is a phrase of boilerplate in a line?
fn has_boilerplate(line: &str) -> bool {
    let scan = BoilerplateScan { line, found: false };
    machine::visit(line.as_bytes(), scan).found
}

struct BoilerplateScan<'a> {
    line: &'a str,
    found: bool,
}

impl Visitor for BoilerplateScan<'_> {
    /// The letters of the phrases, what stands before them and what behind.
    const SETS: [Set; 3] = [
        Set::of(b"vVwWmMhH"),
        Set::of(b"rReEsS"),
        Set::of(b"eErRsSaA"),
    ];

    #[inline(always)]
    fn block(&mut self, at: usize, block: Block, _: &impl Tools) {
        let [letters, before, behind] = block.sets;
        // What stands in other blocks is not known.
        let mut places = letters & (before << 1 | 1) & (behind >> 1 | 1 << 63);
        while places != 0 {
            self.look(at + places.trailing_zeros() as usize);
            places &= places - 1;
        }
    }
}

impl BoilerplateScan<'_> {
    /// Looks for the phrases around a letter.
    fn look(&mut self, at: usize) {
        let bytes = self.line.as_bytes();
        self.found |= BOILERPLATE_INSIDE.iter().any(|(phrase, place)| {
            bytes[at].eq_ignore_ascii_case(&phrase.as_bytes()[*place])
                && at
                    .checked_sub(*place)
                    .and_then(|start| bytes.get(start..start + phrase.len()))
                    .is_some_and(|here| here.eq_ignore_ascii_case(phrase.as_bytes()))
        });
    }
}

/// Does a text start with a head in small letters, in whatever case?
fn starts_with(text: &str, head: &str) -> bool {
    text.as_bytes()
        .get(..head.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(head.as_bytes()))
}

/// Does a text hold a phrase in small letters, in whatever case?
fn has(text: &str, phrase: &str) -> bool {
    let (bytes, first) = (text.as_bytes(), phrase.as_bytes()[0]);
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes).any(|at| {
        bytes
            .get(at..at + phrase.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(phrase.as_bytes()))
    })
}

static CREDIT_STARTS: Heads = Heads::new(&[
    "credit:",
    "file photo",
    "getty images",
    "image credit",
    "image:",
    "photo by",
    "photo credit",
    "photo:",
    "photograph:",
    "photos by",
    "picture:",
    "source: getty",
]);

static BYLINE_STARTS: Heads = Heads::new(&[
    "additional reporting by ",
    "by ",
    "compiled by ",
    "editing by ",
    "reporting by ",
    "written by ",
]);

const AGENCIES: [&str; 10] = [
    "Associated Press",
    "Reuters",
    "AFP",
    "Agence France-Presse",
    "Bloomberg",
    "Interfax",
    "Kyodo News",
    "TASS",
    "Xinhua",
    "Yonhap",
];

/// Is a line nothing but capitalised names and the small words between them?
fn is_names(line: &str) -> bool {
    let small = [
        "and", "in", "of", "for", "the", "at", "with", "de", "van", "von", "der", "al", "el", "la",
        "bin", "|", "-", "–", "—", "&",
    ];
    let words: Vec<&str> = line.split_whitespace().collect();
    let end_of_sentence = line.ends_with('.') && !line.ends_with("Jr.");
    (1..=16).contains(&words.len())
        && !end_of_sentence
        && words.iter().all(|w| {
            small.contains(w)
                || w.trim_start_matches(['(', '@', '"', '“'])
                    .chars()
                    .next()
                    .is_some_and(char::is_uppercase)
        })
        && words
            .iter()
            .any(|w| w.chars().next().is_some_and(char::is_uppercase))
}

/// The length of a dateline at the start of a line, its dash included: `KYIV, Ukraine (Reuters) - `.
fn dateline(line: &str) -> Option<usize> {
    const LONGEST: usize = 110;
    let window = &line[..line.floor_char_boundary(LONGEST)];
    // A place in capitals, or an agency in brackets: most lines have neither.
    let capitals = window
        .as_bytes()
        .iter()
        .take(2)
        .all(|b| !b.is_ascii_lowercase());
    if !capitals && memchr::memchr(b'(', window.as_bytes()).is_none()
        || memchr::memchr2(b'-', b'\xe2', window.as_bytes()).is_none()
    {
        return None;
    }
    let spaced = |at: usize, dash: &str| {
        let (before, behind) = (&window[..at], &window[at + dash.len()..]);
        let bracket = before.ends_with(')') && dash != "-";
        (bracket || before.ends_with(' ')) && behind.starts_with([' ', '\u{a0}'])
    };
    let dashes = ["—", "–", "―", "--", "-"];
    let (at, dash) = memchr::memchr2_iter(b'-', b'\xe2', window.as_bytes()).find_map(|at| {
        let here = |dash: &&&str| window[at..].starts_with(**dash) && spaced(at, dash);
        Some((at, *dashes.iter().find(here)?))
    })?;
    let end = at
        + dash.len()
        + window[at + dash.len()..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
    let head = window[..at].trim_end();
    let (place, agency) = match head.find('(') {
        Some(open) if head.ends_with(')') => {
            (&head[..open], is_names(&head[open + 1..head.len() - 1]))
        }
        Some(_) => return None,
        None => (head, false),
    };
    let place = place.trim();
    if place.is_empty() || place.contains([':', ';', '"', '“', '?', '!', '[', '|']) {
        return None;
    }
    let city = place.split(',').next().unwrap_or(place);
    let words = city.split_whitespace().count();
    let letters = city.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = letters >= 3 && !city.chars().any(char::is_lowercase);
    let capitalised = city
        .split_whitespace()
        .all(|w| w.chars().next().is_some_and(char::is_uppercase));
    let rest_fits = place.split_whitespace().count() <= 9;
    ((capitals && words <= 4 || agency && capitalised && words <= 4) && rest_fits).then_some(end)
}

/// The length of `(AP Photo/Jane Doe)` at the start of `text`.
fn credit_in_brackets(text: &str) -> Option<usize> {
    const LONGEST: usize = 160;
    let window = &text[..text.floor_char_boundary(LONGEST)];
    let inside = &window[1..memchr::memchr(b')', window.as_bytes())?];
    memchr::memchr3(b'/', b':', b' ', inside.as_bytes())?;
    // Most brackets hold nothing of the kind, which shows without a copy of them.
    if inside.is_ascii()
        && PHOTO.of(inside).is_none()
        && PHOTO_AGENCIES.of(inside).is_none()
        && !has(inside, "getty images")
    {
        return None;
    }
    let lower = inside.to_lowercase();
    let head = lower.split(['/', ' ', ':']).next().unwrap_or_default();
    let is_credit = PHOTO.heads.iter().any(|p| {
        lower.strip_prefix(p).is_some_and(|rest| {
            rest.contains([':', '/']) || rest.starts_with(" by ") || rest.starts_with("s by ")
        })
    }) || PHOTO_AGENCIES.heads.contains(&head)
        && (lower.contains('/') || lower.contains("photo") || lower.contains("via "))
        || lower.contains("getty images");
    is_credit.then_some(inside.len() + 2)
}

static PHOTO: Heads = Heads::new(&["courtesy", "file ", "getty", "image", "photo", "picture"]);

static PHOTO_AGENCIES: Heads = Heads::new(&[
    "afp", "ap", "dpa", "epa", "kcna", "kyodo", "reuters", "sputnik", "tass", "xinhua", "yonhap",
]);

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        pub(super) static WORK: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn no_text_is_read_more_than_a_few_times() {
        for part in [
            "a.",
            "us.",
            "A.US.",
            "a_.US.",
            "us.us(",
            "us.us(x)",
            "a://",
            "a://(",
            "](",
            "](x",
            "](a.b)",
            "a-b.",
            "/a.b",
            "a@",
            "a@b.us/",
            "www.a/?",
            "a.us?b.c:d-e.us)",
        ] {
            for before in ["", "www."] {
                let text = before.to_owned() + &part.repeat(20_000);
                WORK.set(0);
                zones(&text, &mut Vec::new());
                let times = WORK.get() / text.len();
                assert!(times <= 70, "{part:?}: {times} times");
            }
        }
    }

    fn check(marked: &str) {
        let mut text = String::new();
        let mut expected = Vec::new();
        let mut open = None;
        for c in marked.chars() {
            match c {
                '⟦' => open = Some(text.len()),
                '⟧' => expected.push((open.take().unwrap(), text.len())),
                _ => text.push(c),
            }
        }
        let mut found = Vec::new();
        zones(&text, &mut found);
        let mut found: Vec<_> = found.iter().map(|z| (z.span.start, z.span.end)).collect();
        found.dedup();
        // A run may be found for two reasons; what counts is what is covered.
        found.retain(|f| {
            !expected
                .iter()
                .any(|e: &(usize, usize)| e.0 <= f.0 && f.1 <= e.1 && e != f)
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_of_all_kinds_are_no_match_zones() {
        check("see ⟦https://example.org/iran-(x)/a?b=c⟧, or (⟦http://a.b/c⟧).");
        check("mail ⟦jane.doe@example.org⟧. Ask ⟦@IAEAorg⟧! 5 @ 3");
        check("at ⟦www.iran.example⟧ and ⟦news.example.com/korea⟧ or ⟦iran_launch-2.jpg⟧.");
        check("[Iran](⟦/news/2017/08/iran.md⟧) and [he](sic)");
        check("a ⟦<a href=\"/iran\">⟧link⟦</a>⟧ if a < b");
        check("“⟦https://example.org/iran⟧” said");
    }

    #[test]
    fn slugs_paths_and_hashes_are_no_match_zones() {
        check("⟦north-korea-fires-a-missile-near-japan⟧ here");
        check("⟦20240104130140-6596fbc4ab0e128c0986ac9fjpeg⟧");
        check("in ⟦/news/2017/08/5/iran-deal⟧ there");
        check("an over-the-counter counter-counter-measure in Russia-Iran-China-North");
        check("submarine-launched-intercontinental");
    }

    #[test]
    fn words_without_their_space_are_no_hosts() {
        check("in Kyiv.The minister");
        check("in Iran.Us too");
        check("the No.2 of U.S.-led A.I.");
    }

    #[test]
    fn datelines() {
        check("⟦KYIV -- ⟧An anxious");
        check("⟦WASHINGTON (AP) — ⟧U.S.");
        check("⟦SEOUL, South Korea (Reuters) - ⟧It");
        check("⟦VIENNA, March 3 (AP) – ⟧It");
        check("⟦Geneva (AFP) - ⟧It");
        check("The ministry — which denied it - said");
        check("TELL US NOW: US STRIKES IRAN - REPORT");
        check("Iran (which denied it) - said");
    }

    #[test]
    fn phrases_of_boilerplate_are_found_wherever_they_stand_in_a_line() {
        for (phrase, _) in BOILERPLATE_INSIDE {
            for pad in 0..130 {
                let line = format!("{}{phrase}.", " ".repeat(pad));
                assert!(has_boilerplate(&line) && has_boilerplate(&line.to_uppercase()));
                assert!(!has_boilerplate(&line[..pad + phrase.len() - 1]), "{line}");
            }
        }
    }

    #[test]
    fn bylines_credits_and_boilerplate() {
        check("⟦By Jane Doe and John Roe⟧\n\nBy Monday evening it was over.");
        check("⟦Colleen Doe And Aamer Roe, The Associated Press⟧");
        check("⟦Reporting by Jane Doe in Vienna; editing by John Roe⟧");
        check("in Ukraine. ⟦(AP Photo/Jane Doe)⟧ It (the AP) said");
        check("⟦Photo: Jane Doe / Reuters⟧");
        check(
            "⟦Skip to content⟧\nIt\n⟦Read more: Iran tests missile | Share on X | © 2024 Reuters⟧",
        );
    }
}
