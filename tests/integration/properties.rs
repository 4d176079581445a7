//! Properties over random gazetteers and random texts, from a seeded generator.
//!
//! The search in [`naive`] is written from the definitions in `gazetteers/README.md` and of [`Tokens`], character by character, and
//! shares no code with the crate: where the two differ, one of them is wrong.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};
use wiretag::{
    Annotation, Annotator, Case, Document, Engine, EntryId, Found, Gap, Gazetteer, Label, Match,
    Matcher, Matches, OffsetUnit, Overlaps, Scratch, SourceDefaults, Tokens, ZoneKind,
};

// The engines against the naive search.

#[test]
fn index_automaton_and_naive_search_find_the_same_names() {
    let (mut names, mut texts) = (0, 0);
    for seed in 0..1500 {
        let mut random = fastrand::Rng::with_seed(seed);
        let list = random_list(&mut random);
        let engines = Engines::of(&list);
        for _ in 0..2 {
            let text = random_text(&mut random, &list);
            texts += 1;
            match engines.compare(&list, &text) {
                Ok(found) => names += found,
                Err(difference) => panic!("seed {seed}: {}", smallest(list, text, difference)),
            }
        }
    }
    // Without matches the comparison would hold of anything.
    assert!(names > 3 * texts, "only {names} names in {texts} texts");
}

#[test]
fn an_alias_that_the_naive_search_does_not_know_is_reported() {
    let mut reported = 0;
    for seed in 0..100 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut list = random_list(&mut random);
        let engines = Engines::of(&list);
        let text = random_text(&mut random, &list);
        let found = naive::search(&list, &text);
        let Some((_, _, alias, entry)) = found.first() else {
            continue;
        };
        list.retain(|l| {
            l.entry != *entry || l.text != *alias && l.plural_text().as_ref() != Some(alias)
        });
        assert!(
            engines.compare(&list, &text).is_err(),
            "seed {seed}: nobody misses {alias:?} in {text:?}"
        );
        reported += 1;
    }
    assert!(reported > 50, "only {reported} texts had a name");
}

/// What is compared: a span, the alias, the id of its entry.
type Names = BTreeSet<(usize, usize, String, String)>;

/// Both matchers of one gazetteer.
struct Engines {
    index: Matcher,
    automaton: Matcher,
}

impl Engines {
    fn of(list: &[Listed]) -> Engines {
        let gazetteer = gazetteer(list);
        Engines {
            index: Matcher::new(gazetteer.clone()),
            automaton: Matcher::with_engine(gazetteer, Engine::AhoCorasick),
        }
    }

    /// How many names all three searches find, or what they disagree about.
    fn compare(&self, list: &[Listed], text: &str) -> Result<usize, String> {
        let gazetteer = self.index.gazetteer();
        let (index, automaton) = (matches(&self.index, text), matches(&self.automaton, text));
        let named = |matches: &Matches| -> Names {
            let entry = |m: &Match| {
                gazetteer
                    .entry_id(gazetteer.alias_entry(m.alias))
                    .to_owned()
            };
            matches
                .names()
                .iter()
                .map(|m| {
                    (
                        m.span.start,
                        m.span.end,
                        gazetteer.alias_text(m.alias).to_owned(),
                        entry(m),
                    )
                })
                .collect()
        };
        let (found, expected) = (named(&index), naive::search(list, text));
        if index.names() != automaton.names() {
            return Err(format!(
                "the index finds {found:?}\nthe automaton {:?}",
                named(&automaton)
            ));
        }
        if found != expected {
            let (extra, missed) = (found.difference(&expected), expected.difference(&found));
            return Err(format!(
                "the engines find {:?} too\nand miss {:?}",
                extra.collect::<Vec<_>>(),
                missed.collect::<Vec<_>>()
            ));
        }
        Ok(found.len())
    }
}

fn matches(matcher: &Matcher, text: &str) -> Matches {
    let (mut tokens, mut matches) = (Tokens::default(), Matches::default());
    tokens.fill(text, matcher.gazetteer().seed());
    matcher.find(text, &tokens, &mut matches);
    matches
}

/// A case in words, without all that can go from it while the searches still differ.
fn smallest(mut list: Vec<Listed>, mut text: String, mut difference: String) -> String {
    for i in (0..list.len()).rev() {
        // Contexts need the lexicon, and a line its name.
        let line = list
            .iter()
            .filter(|l| (l.file, &l.entry) == (list[i].file, &list[i].entry))
            .count();
        if list[i].file == LEXICON || list[i].column == 0 && line > 1 {
            continue;
        }
        let mut fewer = list.clone();
        fewer.remove(i);
        if let Err(d) = Engines::of(&fewer).compare(&fewer, &text) {
            (list, difference) = (fewer, d);
        }
    }
    let engines = Engines::of(&list);
    let mut at = text.len();
    while at > 0 {
        at = text.floor_char_boundary(at - 1);
        let mut shorter = text.clone();
        shorter.remove(at);
        if let Err(d) = engines.compare(&list, &shorter) {
            (text, difference) = (shorter, d);
        }
    }
    format!("\n{}\ntext {text:?}\n{difference}", sources(&list).concat())
}

// The annotator.

#[test]
fn annotations_are_sorted_disjoint_and_on_char_boundaries_in_any_text() {
    for Work {
        seed,
        annotator,
        doc,
        ..
    } in &work()
    {
        let mut behind = 0;
        for a in annotator.annotate(doc) {
            assert!(
                behind <= a.span.start && a.span.start < a.span.end,
                "seed {seed}: {a:?} in {:?}",
                doc.text()
            );
            assert!(
                doc.text().get(a.span.range()).is_some(),
                "seed {seed}: {a:?} in {:?}",
                doc.text()
            );
            behind = a.span.end;
        }
    }
}

#[test]
fn reused_memory_and_threads_change_no_annotation() {
    let work = work();
    let (mut scratch, mut found) = (Scratch::default(), Found::default());
    for Work {
        seed,
        annotator,
        doc,
        ..
    } in &work
    {
        annotator.annotate_into(&mut scratch, doc, &mut found);
        let mut fresh = Found::default();
        annotator.annotate_into(&mut Scratch::default(), doc, &mut fresh);
        assert_eq!(
            found.annotations,
            fresh.annotations,
            "seed {seed}: {:?}",
            doc.text()
        );
        assert_eq!(
            (&found.also, &found.lost, &found.zones),
            (&fresh.also, &fresh.lost, &fresh.zones),
            "seed {seed}: {:?}",
            doc.text()
        );
    }
    let annotator = &work[1].annotator;
    let docs: Vec<Document> = work.iter().map(|w| w.doc.clone()).collect();
    let one_by_one: Vec<Vec<Annotation>> = docs.iter().map(|doc| annotator.annotate(doc)).collect();
    assert_eq!(annotator.annotate_batch(&docs), one_by_one);
}

#[test]
fn every_candidate_is_annotated_or_beside_an_annotation_or_lost() {
    let mut total = 0;
    for Work {
        seed,
        annotator,
        gazetteer,
        doc,
    } in &work()
    {
        let text = doc.text();
        let mut found = Found::default();
        annotator.annotate_into(&mut Scratch::default(), doc, &mut found);
        let mut all: BTreeSet<(usize, usize, Label, Option<EntryId>)> = BTreeSet::new();
        let mut add =
            |a: &Annotation, entry| all.insert((a.span.start, a.span.end, a.label, entry));
        found.annotations.iter().for_each(|a| _ = add(a, a.entry));
        found
            .also
            .iter()
            .for_each(|&(n, entry)| _ = add(&found.annotations[n as usize], Some(entry)));
        for lost in &found.lost {
            add(&lost.annotation, lost.annotation.entry);
            assert!(
                lost.winner.overlaps(lost.annotation.span),
                "seed {seed}: {lost:?} in {text:?}"
            );
        }
        // The candidates, from the stages before: names with a label that touch no zone in which nothing is found.
        let mut zones = Vec::new();
        wiretag::zones(text, &mut zones);
        zones.retain(|z| z.kind == ZoneKind::NoMatch);
        let mut candidates = BTreeSet::new();
        for m in matches(&Matcher::new(gazetteer.clone()), text).names() {
            let entry = gazetteer.alias_entry(m.alias);
            if let (Some(label), false) = (
                gazetteer.entry_label(entry),
                zones.iter().any(|z| z.span.overlaps(m.span)),
            ) {
                candidates.insert((m.span.start, m.span.end, label, Some(entry)));
            }
        }
        total += candidates.len();
        assert_eq!(all, candidates, "seed {seed}: {text:?}");
        // The record tells all of it.
        let spans = annotator.record(doc, &found, OffsetUnit::Byte).spans;
        let told: usize = spans.iter().map(|m| 1 + m.also.len()).sum();
        let (annotations, also, lost) =
            (found.annotations.len(), found.also.len(), found.lost.len());
        assert_eq!(
            told,
            annotations + also + lost,
            "seed {seed}: also of {text:?} is {:?}, of its record {spans:?}",
            found.also
        );
    }
    assert!(total > 2000, "only {total} candidates");
}

/// A document and who annotates it.
struct Work {
    seed: u64,
    annotator: Arc<Annotator>,
    gazetteer: Arc<Gazetteer>,
    doc: Document,
}

/// Random lists on texts made of their names, and the shipped lists on texts of all scripts.
fn work() -> Vec<Work> {
    static BUILTIN: OnceLock<Arc<Gazetteer>> = OnceLock::new();
    let annotator = |gazetteer: &Arc<Gazetteer>| {
        Arc::new(
            Annotator::builder()
                .overlaps(Overlaps::All)
                .build(gazetteer.clone())
                .expect("no labels are asked for"),
        )
    };
    let builtin = BUILTIN
        .get_or_init(|| Arc::new(Gazetteer::builtin().expect("the shipped lists are sound")));
    let of_builtin = annotator(builtin);
    let mut work = Vec::new();
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let list = random_list(&mut random);
        let gazetteer = gazetteer(&list);
        let doc = Document::new("listed", random_text(&mut random, &list));
        work.push(Work {
            seed,
            annotator: annotator(&gazetteer),
            gazetteer,
            doc,
        });
        let doc = Document::new("garbage", garbage(&mut random, 300));
        work.push(Work {
            seed,
            annotator: of_builtin.clone(),
            gazetteer: builtin.clone(),
            doc,
        });
    }
    work
}

// Tokens.

#[test]
fn tokens_are_what_their_definition_says() {
    for (seed, text) in texts() {
        let tokens = Tokens::of(&text);
        let found: Vec<(usize, usize)> = (0..tokens.len())
            .map(|i| (tokens.span(i).start, tokens.span(i).end))
            .collect();
        assert_eq!(found, naive::spans(&text), "seed {seed}: {text:?}");
    }
}

#[test]
fn tokens_are_sorted_and_a_gap_is_none_where_nothing_can_be_seen_between_them() {
    for (seed, text) in texts() {
        let tokens = Tokens::of(&text);
        let mut behind = 0;
        for i in 0..tokens.len() {
            let span = tokens.span(i);
            assert!(
                behind <= span.start && span.start < span.end,
                "seed {seed}: token {i} of {text:?}"
            );
            let between = text
                .get(behind..span.start)
                .expect("tokens end and start on char boundaries");
            assert!(
                text.get(span.range()).is_some(),
                "seed {seed}: token {i} of {text:?}"
            );
            let unseen = between.chars().all(naive::shows_nothing);
            assert_eq!(
                tokens.gap(i) == Gap::NONE,
                unseen,
                "seed {seed}: gap {between:?} of {text:?}"
            );
            assert_eq!(tokens.first_after(span.start), i, "seed {seed}: {text:?}");
            behind = span.end;
        }
    }
}

#[test]
fn spaces_in_front_shift_tokens_and_change_nothing_else() {
    for (seed, text) in texts().into_iter().step_by(7) {
        // A long first line would make every line a paragraph.
        let text = &text[..text.floor_char_boundary(69)];
        let plain = Tokens::of(text);
        for pad in 0..=130 {
            let padded = Tokens::of(&(" ".repeat(pad) + text));
            assert_eq!(
                padded.len(),
                plain.len(),
                "seed {seed}, {pad} spaces: {text:?}"
            );
            for i in 0..plain.len() {
                let (p, q) = (padded.span(i), plain.span(i));
                assert_eq!(
                    (p.start, p.end),
                    (q.start + pad, q.end + pad),
                    "seed {seed}, {pad} spaces: {text:?}"
                );
                assert_eq!(
                    (padded.hash(i), padded.shape(i)),
                    (plain.hash(i), plain.shape(i)),
                    "seed {seed}, {pad} spaces: {text:?}"
                );
                assert_eq!(
                    padded.gap(i + 1),
                    plain.gap(i + 1),
                    "seed {seed}, {pad} spaces: {text:?}"
                );
            }
        }
    }
}

fn texts() -> Vec<(u64, String)> {
    let of_seed = |seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let list = random_list(&mut random);
        [
            (seed, random_text(&mut random, &list)),
            (seed, garbage(&mut random, 200)),
        ]
    };
    (0..400).flat_map(of_seed).collect()
}

// Random gazetteers.

/// One alias of a gazetteer, as a line of a file writes it.
#[derive(Clone, Debug)]
struct Listed {
    /// Index of [`FILES`].
    file: usize,
    entry: String,
    /// Index of [`COLUMNS`].
    column: usize,
    text: String,
    case: Option<Case>,
    plural: Option<bool>,
    hyphen: Option<bool>,
    contexts: Vec<Context>,
}

#[derive(Clone, Debug)]
struct Context {
    place: Place,
    negative: bool,
    words: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Near(usize),
    FollowedBy,
    PrecededBy,
}

/// A file: its header, and what that says of case, plural and hyphen.
type File = (&'static str, Option<Case>, bool, Option<bool>);

const FILES: [File; 5] = [
    ("# label: A\n", None, false, None),
    (
        "# label: B\n# plural: yes\n# hyphen: no\n",
        None,
        true,
        Some(false),
    ),
    (
        "# label: A\n# case: title\n# a comment\n\n",
        Some(Case::Title),
        false,
        None,
    ),
    (
        "# block: yes\n# case: any\n# hyphen: yes\n",
        Some(Case::Any),
        false,
        Some(true),
    ),
    ("# lexicon: title\n", None, false, None),
];
const LEXICON: usize = 4;

const COLUMNS: [&str; 7] = [
    "name", "aliases", "short", "acronyms", "demonyms", "former", "plurals",
];

/// What names are made of.
const PIECES: [&str; 63] = [
    "Köln",
    "O'Neill",
    "İstanbul",
    "ﬁre",
    "ﬂeet",
    "e\u{301}cole",
    "AT&T",
    "U.S.",
    "D.P.R.K.",
    "É.U.",
    "东京",
    "美",
    "Москва",
    "Зеленский",
    "إيران",
    "ＮＡＴＯ",
    "Uk\u{ad}raine",
    "NATO",
    "ICBM",
    "SAM",
    "US",
    "us",
    "Xi",
    "Iran",
    "Iran",
    "Korea",
    "tank",
    "missile",
    "body",
    "Hwasong",
    "T",
    "AK",
    "47",
    "14",
    "72",
    "B3",
    "Workers'",
    "Yahoo!",
    "Jr.",
    "Co.,",
    "Ltd.",
    "St.",
    "(Brazzaville)",
    "[sic]",
    "C++",
    "ที่",
    "Αθήνας",
    "Straße",
    "Łódź",
    "ISIS-K",
    "No.",
    "3.5",
    "of",
    "the",
    "'n'",
    "Rock",
    "ÆON",
    "कि",
    "ﹱa",
    "٣",
    "Gunman",
    "al-Qaida",
    "torch",
];

/// What stands around names, and in contexts.
const FILLERS: [&str; 24] = [
    "Gen.",
    "gen",
    "President",
    "president",
    "Prime",
    "minister",
    "army",
    "Army",
    "The",
    "the",
    "It",
    "said",
    "Japan",
    "in",
    "of",
    "14",
    "Who",
    "U.S.",
    "met",
    "W.",
    "Ofc.",
    "club",
    "launched",
    "A",
];

fn random_list(random: &mut fastrand::Rng) -> Vec<Listed> {
    // Few pieces a list, so that names share their starts and texts are full of them.
    let pieces: Vec<&str> = (0..6)
        .map(|_| one(random, &PIECES))
        .chain(["Iran", "of"])
        .collect();
    let mut list = Vec::new();
    for file in 0..FILES.len() {
        for entry in 0..random.usize(1..4) {
            for column in std::iter::once(0).chain(
                (1..COLUMNS.len())
                    .filter(|_| random.u8(..4) == 0)
                    .collect::<Vec<_>>(),
            ) {
                let text = if file == LEXICON && random.bool() {
                    one(random, &FILLERS).to_string()
                } else {
                    random_name(random, &pieces)
                };
                let (case, policies) = (
                    one(random, &[Case::Exact, Case::Title, Case::Any]),
                    random.u8(..),
                );
                list.push(Listed {
                    file,
                    entry: format!("e/{entry}"),
                    column,
                    text,
                    case: (policies & 3 == 0).then_some(case),
                    plural: (policies & 12 == 0).then(|| random.bool()),
                    hyphen: (policies & 48 == 0).then(|| random.bool()),
                    contexts: (0..[0, 0, 1, 2][random.usize(..4)])
                        .map(|_| random_context(random, &pieces))
                        .collect(),
                });
            }
        }
    }
    list
}

fn random_name(random: &mut fastrand::Rng, pieces: &[&str]) -> String {
    const JOINTS: [&str; 16] = [
        " ", " ", " ", " ", " ", "-", "-", "-", "", "\u{a0}", ", ", " & ", "/", "–", " (", ": ",
    ];
    let mut name = String::new();
    if random.u8(..16) == 0 {
        name.push_str(one(random, &["(", "'", ".", "@", "+", "\u{200e}", "«"]));
    }
    for i in 0..one(random, &[1, 1, 1, 2, 2, 2, 3, 3, 4, 5]) {
        if i > 0 {
            name.push_str(one(random, &JOINTS));
        }
        name.push_str(one(random, pieces));
    }
    if random.u8(..8) == 0 {
        name.push_str(one(
            random,
            &[
                "!", ".", ")", "++", "'", "\u{ad}", "?", ".)", "s", "\u{200f}",
            ],
        ));
    }
    name
}

fn random_context(random: &mut fastrand::Rng, pieces: &[&str]) -> Context {
    let place = one(
        random,
        &[
            Place::Near(8),
            Place::Near(2),
            Place::FollowedBy,
            Place::PrecededBy,
        ],
    );
    let mut words = Vec::new();
    for _ in 0..random.usize(1..4) {
        let word = match random.u8(..8) {
            0 => "@title",
            1 => one(random, pieces),
            _ => one(random, &FILLERS),
        };
        let second = if random.u8(..6) == 0 && word != "@title" {
            format!(" {}", one(random, &FILLERS))
        } else {
            String::new()
        };
        // A comma would end the word.
        words.push((word.to_owned() + &second).replace(',', ""));
    }
    Context {
        place,
        negative: random.u8(..3) == 0,
        words,
    }
}

fn gazetteer(list: &[Listed]) -> Arc<Gazetteer> {
    let mut builder = Gazetteer::builder();
    for (n, source) in sources(list).iter().enumerate() {
        builder.add_source(&format!("{n}.tsv"), source, &SourceDefaults::default());
    }
    Arc::new(
        builder
            .build()
            .unwrap_or_else(|e| panic!("{e}\n{}", sources(list).concat())),
    )
}

/// The files of a list.
fn sources(list: &[Listed]) -> Vec<String> {
    let source = |file: usize| {
        let mut source = format!("{}id\t{}\n", FILES[file].0, COLUMNS.join("\t"));
        let mine = || list.iter().filter(move |l| l.file == file);
        for entry in mine().map(|l| &l.entry).collect::<BTreeSet<_>>() {
            let cells = (0..COLUMNS.len()).map(|column| {
                let aliases = mine()
                    .filter(|l| (&l.entry, l.column) == (entry, column))
                    .map(Listed::cell);
                aliases.collect::<Vec<_>>().join(" | ")
            });
            source += &format!("{entry}\t{}\n", cells.collect::<Vec<_>>().join("\t"));
        }
        source
    };
    (0..FILES.len()).map(source).collect()
}

impl Listed {
    /// The alias with its policies, as a cell has it.
    fn cell(&self) -> String {
        let mut policies = Vec::new();
        policies.extend(self.case.map(|case| format!("{case:?}").to_lowercase()));
        policies.extend(
            self.plural
                .map(|yes| if yes { "plural" } else { "no plural" }.to_owned()),
        );
        policies.extend(
            self.hyphen
                .map(|yes| if yes { "hyphen" } else { "no hyphen" }.to_owned()),
        );
        for context in &self.contexts {
            let place = match context.place {
                Place::Near(8) => "near".to_owned(),
                Place::Near(n) => format!("near {n}"),
                Place::FollowedBy => "followed by".to_owned(),
                Place::PrecededBy => "preceded by".to_owned(),
            };
            policies.push(format!(
                "{}{place}: {}",
                if context.negative { "not " } else { "" },
                context.words.join(", ")
            ));
        }
        let text: String = self
            .text
            .chars()
            .flat_map(|c| "|{}\\".contains(c).then_some('\\').into_iter().chain([c]))
            .collect();
        if policies.is_empty() {
            text
        } else {
            format!("{text} {{{}}}", policies.join("; "))
        }
    }

    /// The plural form that stands for the alias too, by the rules of English.
    fn plural_text(&self) -> Option<String> {
        let by_default =
            FILES[self.file].2 && !matches!(COLUMNS[self.column], "demonyms" | "plurals");
        if !self.plural.unwrap_or(by_default) {
            return None;
        }
        let name = &self.text;
        let (last, end) = (name.chars().next_back()?, |n: usize| {
            name.chars().rev().nth(n).unwrap_or(' ')
        });
        let cut = |n: usize, ending: &str| {
            Some(
                name.chars()
                    .take(name.chars().count() - n)
                    .collect::<String>()
                    + ending,
            )
        };
        match last {
            'y' if end(1).is_alphabetic() && !matches!(end(1), 'a' | 'e' | 'i' | 'o' | 'u') => {
                cut(1, "ies")
            }
            's' | 'x' | 'z' => cut(0, "es"),
            'h' if matches!(end(1), 's' | 'c') => cut(0, "es"),
            'n' if name.ends_with("man") && !name.ends_with("German") => cut(2, "en"),
            // A capital S is a plural already, as in ATACMS.
            'S' => None,
            _ if last.is_alphabetic() || last.is_ascii_digit() => cut(0, "s"),
            _ => None,
        }
    }
}

// Random texts.

fn one<T: Copy>(random: &mut fastrand::Rng, of: &[T]) -> T {
    of[random.usize(..of.len())]
}

/// Names of the list, whole, in parts and in other forms, between words and punctuation.
fn random_text(random: &mut fastrand::Rng, list: &[Listed]) -> String {
    const JOINTS: [&str; 44] = [
        " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", "\n", "\r\n", "\n\n", "-", "–",
        " - ", "--", " — ", ", ", ",", ". ", ".", "! ", "; ", "'", "’s ", "' ", " “", "” ", " (",
        ") ", "/", "_", " *", "* ", "@", " $", " & ", "&", " | ", "\t", "",
    ];
    let mut text = String::new();
    for _ in 0..random.usize(3..24) {
        let piece = match random.u8(..8) {
            0..=1 => one(random, &FILLERS).to_string(),
            2 => one(random, &PIECES).to_string(),
            3 => {
                // A name's start, so that walks through the index end early.
                let name = &list[random.usize(..list.len())].text;
                let words: Vec<&str> = name.split_inclusive([' ', '-', '\u{a0}']).collect();
                words[..random.usize(..words.len()) + 1].concat()
            }
            _ => {
                let alias = &list[random.usize(..list.len())];
                let name = alias
                    .plural_text()
                    .filter(|_| random.bool())
                    .unwrap_or_else(|| alias.text.clone());
                // The word that a context asks for often stands beside the name.
                let context = alias
                    .contexts
                    .first()
                    .filter(|_| random.bool())
                    .map_or("", |c| &c.words[0]);
                match random.u8(..4) {
                    0 => format!("{context} {name}"),
                    1 => format!("{name} {context}"),
                    _ => name,
                }
            }
        };
        text += &match random.u8(..4) {
            0 => vary(random, &piece),
            1 => {
                let once = vary(random, &piece);
                vary(random, &once)
            }
            _ => piece,
        };
        text += one(random, &JOINTS);
    }
    // In a text with a long line, lines are paragraphs.
    if random.u8(..8) == 0 {
        text += &" more".repeat(50);
    }
    text
}

/// Another form of a name, or the name with something that touches it.
fn vary(random: &mut fastrand::Rng, name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let spaces = [
        " ", ". ", "-", "\u{a0}", "\n", "  ", "–", "", "\n\n", " - ", "\t", "_", "\u{2011}",
        "\n\t", "\u{2060}",
    ];
    match random.u8(..20) {
        0 => name.to_uppercase(),
        1 => name.to_lowercase(),
        2 => {
            let mut words: Vec<String> = name.split(' ').map(str::to_lowercase).collect();
            for word in &mut words {
                *word = word
                    .chars()
                    .enumerate()
                    .map(|(i, c)| if i == 0 { c.to_ascii_uppercase() } else { c })
                    .collect();
            }
            words.join(" ")
        }
        3 => name.replace(' ', one(random, &spaces)),
        4 => name.replacen(' ', one(random, &spaces), 1),
        5 => name.replace('-', one(random, &spaces)),
        6 => name.nfd().collect(),
        7 => name.nfc().collect(),
        8 => name
            .chars()
            .map(|c| {
                if c.is_ascii_graphic() {
                    char::from_u32(c as u32 + 0xfee0).unwrap_or(c)
                } else {
                    c
                }
            })
            .collect(),
        9 => {
            let at = name.floor_char_boundary(random.usize(..=name.len()));
            format!(
                "{}{}{}",
                &name[..at],
                one(
                    random,
                    &[
                        "\u{ad}", "\u{ad}", "\u{200b}", "\u{301}", "\u{fe0f}", "x", "7", " "
                    ]
                ),
                &name[at..]
            )
        }
        10 => name.replace('\'', one(random, &["’", "`", "´", "ʼ", "", "' ", "''"])),
        11 => name.replace('.', one(random, &["", ". ", "．", ".."])),
        12 => name.replace(',', one(random, &["", " ,", "，", ",\n", ".,"])),
        13..=15 => {
            let behind = [
                "s", "'s", "’s", "'x", "’ll", "14", "-14", "x", "-backed", "-Backed", "_y", "_",
                "*", "$", "@", "&x", ".5", ",5", ".x", "'", "\u{ad}", "美",
            ];
            name.to_owned() + one(random, &behind)
        }
        16..=18 => {
            let before = [
                "x",
                "3",
                "3.",
                "7,",
                "anti-",
                "Anti–",
                "l'",
                "x’",
                "@",
                "$",
                "_",
                "x_",
                "*",
                "x&",
                "(",
                "\"",
                "美",
                "ที่",
                "--",
                "'",
                "\u{301}",
                "東\u{fe00}",
            ];
            one(random, &before).to_owned() + name
        }
        _ => name.replace("ß", "ss").replace('ö', "o").replace('İ', "I"),
    }
}

/// Characters of all blocks: words, marks without a letter, emoji sequences, direction and control characters.
fn garbage(random: &mut fastrand::Rng, most: usize) -> String {
    const BLOCKS: [(u32, u32); 41] = [
        (0x00, 0x7f),
        (0x20, 0x7e),
        (0x30, 0x39),
        (0x41, 0x5a),
        (0x61, 0x7a),
        (0x61, 0x7a),
        (0x80, 0xff),
        (0xc0, 0x17f),
        (0x180, 0x2af),
        (0x2b0, 0x2ff),
        (0x300, 0x36f),
        (0x370, 0x3ff),
        (0x400, 0x52f),
        (0x530, 0x5ff),
        (0x600, 0x6ff),
        (0x900, 0x9ff),
        (0xe00, 0xeff),
        (0x1000, 0x109f),
        (0x10a0, 0x11ff),
        (0x13a0, 0x13ff),
        (0x1780, 0x17ff),
        (0x1d00, 0x1dff),
        (0x1e00, 0x1fff),
        (0x2000, 0x206f),
        (0x2070, 0x20ff),
        (0x2100, 0x218f),
        (0x2460, 0x24ff),
        (0x2e00, 0x2e7f),
        (0x3000, 0x30ff),
        (0x4e00, 0x4eff),
        (0xa780, 0xa7ff),
        (0xac00, 0xacff),
        (0xe000, 0xe010),
        (0xf900, 0xfaff),
        (0xfb00, 0xfdff),
        (0xfe00, 0xfeff),
        (0xff00, 0xffef),
        (0x1d400, 0x1d7ff),
        (0x1f1e6, 0x1f1ff),
        (0x1f3fb, 0x1f680),
        (0x20000, 0x20050),
    ];
    const CHUNKS: [&str; 16] = [
        "North Korea",
        "Iran",
        "U.S.",
        "👩\u{200d}👩\u{200d}👧",
        "🇰🇵",
        "\u{202e}Iran\u{202c}",
        "\u{feff}",
        "\0",
        "https://example.org/iran",
        "@iran",
        "AK-47s",
        "\r\n",
        "e\u{301}\u{301}",
        "ﷺ",
        "北朝鲜",
        "Kim Jong Un",
    ];
    let mut text = String::new();
    let mut block = one(random, &BLOCKS);
    for _ in 0..random.usize(..most) {
        match random.u8(..12) {
            0 => text.push(' '),
            1 => text += one(random, &CHUNKS),
            2 => block = one(random, &BLOCKS),
            _ => text.extend(char::from_u32(random.u32(block.0..=block.1))),
        }
    }
    text
}

/// The search that follows the definitions and nothing else. Slow.
mod naive {
    use super::{Case, Context, LEXICON, Listed, Names, Place};
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

    /// Every name of the list in a text.
    pub(super) fn search(list: &[Listed], text: &str) -> Names {
        let text = Text::of(text);
        let forms: Vec<Form> = list.iter().flat_map(Form::of).collect();
        let titles: Vec<Found> = forms
            .iter()
            .filter(|f| f.listed.file == LEXICON)
            .flat_map(|f| text.find(f))
            .collect();
        let mut names = Names::new();
        for form in forms.iter().filter(|f| f.listed.file != LEXICON) {
            for found in text.find(form) {
                let holds = |c: &Context| text.context_holds(c, &found, &titles);
                let contexts = &form.listed.contexts;
                let forbidden = contexts.iter().any(|c| c.negative && holds(c));
                let wanted = contexts.iter().any(|c| !c.negative);
                if !forbidden && (!wanted || contexts.iter().any(|c| !c.negative && holds(c))) {
                    names.insert((
                        found.start,
                        found.end,
                        form.name.text.clone(),
                        form.listed.entry.clone(),
                    ));
                }
            }
        }
        names
    }

    /// The bytes of the tokens of a text.
    pub(super) fn spans(text: &str) -> Vec<(usize, usize)> {
        Text::of(text)
            .words
            .iter()
            .map(|w| (w.start, w.end))
            .collect()
    }

    // Characters.

    pub(super) fn shows_nothing(c: char) -> bool {
        matches!(c as u32, 0xad | 0x61c | 0x640 | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x2066..=0x2069
            | 0xfe00..=0xfe0f | 0xfeff)
    }

    fn is_apostrophe(c: char) -> bool {
        "'’‘‛ʼʻʽʾʿʹ´`′＇ꞌ".contains(c)
    }

    /// Han, Hiragana, Thai, Lao, Khmer and Myanmar put no space between words.
    fn is_unspaced(c: char) -> bool {
        let blocks = [
            ('\u{e00}', '\u{eff}'),
            ('\u{1000}', '\u{109f}'),
            ('\u{1780}', '\u{17ff}'),
            ('々', '〇'),
            ('ぁ', 'ゟ'),
            ('㐀', '\u{4dbf}'),
        ];
        let ideographs = [
            ('一', '\u{9fff}'),
            ('\u{f900}', '\u{faff}'),
            ('\u{20000}', '\u{3fffd}'),
        ];
        c.is_alphabetic()
            && blocks
                .iter()
                .chain(&ideographs)
                .any(|&(first, last)| (first..=last).contains(&c))
    }

    fn digit(c: char) -> Option<char> {
        ['0', '０', '٠', '۰', '०', '০']
            .iter()
            .find_map(|&zero| char::from_digit((c as u32).checked_sub(zero as u32)?, 10))
    }

    /// Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic.
    fn is_accent(c: char) -> bool {
        matches!(c as u32, 0x300..=0x36f | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff
            | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
    }

    /// A word without what does not matter, its case kept.
    fn plain(word: &str) -> String {
        const STROKES: [(char, &str); 20] = [
            ('ß', "ss"),
            ('ẞ', "SS"),
            ('ø', "o"),
            ('Ø', "O"),
            ('ł', "l"),
            ('Ł', "L"),
            ('đ', "d"),
            ('ð', "d"),
            ('Đ', "D"),
            ('Ð', "D"),
            ('ħ', "h"),
            ('Ħ', "H"),
            ('ı', "i"),
            ('æ', "ae"),
            ('Æ', "AE"),
            ('œ', "oe"),
            ('Œ', "OE"),
            ('þ', "th"),
            ('Þ', "TH"),
            ('ə', "e"),
        ];
        let mut plain = String::new();
        for c in word
            .nfkd()
            .filter(|&c| c != '.' && !is_accent(c) && !shows_nothing(c))
        {
            match STROKES.iter().find(|s| s.0 == c) {
                _ if c == 'Ə' => plain.push('E'),
                Some((_, letters)) => plain += letters,
                None => plain.push(digit(c).unwrap_or(c)),
            }
        }
        plain
    }

    fn folded(plain: &str) -> String {
        // The sigma that ends a Greek word has no capital of its own.
        plain
            .chars()
            .flat_map(char::to_lowercase)
            .filter(|&c| !is_accent(c))
            .map(|c| if c == 'ς' { 'σ' } else { c })
            .collect()
    }

    // Texts and names.

    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Letters,
        Digits,
        Single,
        Dotted,
    }

    struct Word {
        start: usize,
        end: usize,
        kind: Kind,
        plain: String,
        folded: String,
        is_capitalised: bool,
        has_lower: bool,
    }

    /// A text or a name: its words, and what stands between them.
    struct Text {
        text: String,
        words: Vec<Word>,
        lines_are_paragraphs: bool,
    }

    impl Text {
        fn of(text: &str) -> Text {
            let mut runs: Vec<(usize, usize, Kind)> = Vec::new();
            for (at, c) in text.char_indices() {
                let touches = runs.last().filter(|r| r.1 == at).map(|r| r.2);
                let kind = match c {
                    _ if is_apostrophe(c) || "ªº".contains(c) => continue,
                    _ if shows_nothing(c) || is_combining_mark(c) => touches,
                    _ if digit(c).is_some() => Some(Kind::Digits),
                    _ if is_unspaced(c) => Some(Kind::Single),
                    _ if c.is_alphabetic() => Some(Kind::Letters),
                    _ => continue,
                };
                let goes_on = kind == touches
                    && (kind != Some(Kind::Single) || !is_unspaced(c) || is_combining_mark(c));
                match (kind, runs.last_mut()) {
                    (Some(_), Some(run)) if goes_on => run.1 = at + c.len_utf8(),
                    (Some(kind), _) => runs.push((at, at + c.len_utf8(), kind)),
                    _ => {}
                }
            }
            let mut words = Vec::new();
            let mut k = 0;
            while k < runs.len() {
                let (start, mut end, mut kind) = runs[k];
                // Single letters with nothing but one period between them are one word.
                let is_initial = |&(start, end, kind): &(usize, usize, Kind)| {
                    kind == Kind::Letters
                        && text[start..end]
                            .chars()
                            .filter(|&c| !shows_nothing(c) && !is_combining_mark(c))
                            .count()
                            == 1
                };
                let free_behind = |k: usize| runs.get(k + 1).is_none_or(|next| next.0 > runs[k].1);
                if is_initial(&runs[k]) && (k == 0 || runs[k - 1].1 < start) {
                    let mut last = k;
                    while runs
                        .get(last + 1)
                        .is_some_and(|next| is_initial(next) && text[runs[last].1..next.0] == *".")
                        && free_behind(last + 1)
                    {
                        last += 1;
                    }
                    if last > k {
                        (k, end, kind) = (last, runs[last].1, Kind::Dotted);
                        end += usize::from(text[end..].starts_with('.'));
                    }
                }
                k += 1;
                let word = text[start..end].trim_end_matches(shows_nothing);
                let plain = plain(word);
                words.push(Word {
                    start,
                    end: start + word.len(),
                    kind,
                    folded: folded(&plain),
                    plain,
                    is_capitalised: word.starts_with(char::is_uppercase),
                    has_lower: word.contains(char::is_lowercase),
                });
            }
            // Nobody wraps lines at more than 200 bytes.
            let lines_are_paragraphs = text.split('\n').any(|line| line.len() > 200);
            Text {
                text: text.to_owned(),
                words,
                lines_are_paragraphs,
            }
        }

        /// What stands before word `i`.
        fn gap(&self, i: usize) -> &str {
            let start = i.checked_sub(1).map_or(0, |before| self.words[before].end);
            &self.text[start..self.words.get(i).map_or(self.text.len(), |w| w.start)]
        }

        fn marks(&self, i: usize) -> String {
            marks(self.gap(i))
        }

        /// A blank line, or a line break where lines are paragraphs.
        fn is_paragraph(&self, i: usize) -> bool {
            let gap = self.gap(i).replace("\r\n", "\n");
            let lines = gap.chars().filter(|&c| is_line(c)).count();
            lines > 1 || lines == 1 && self.lines_are_paragraphs || gap.contains('\u{2029}')
        }

        /// Does a sentence end before word `i`?
        fn ends_sentence(&self, i: usize) -> bool {
            // Words in capitals or small letters before a period that ends no sentence by itself, and words that start one even so: those
            // of this file's names and fillers.
            const ABBREVIATED: [&str; 7] = ["gen", "co", "ltd", "jr", "st", "no", "inc"];
            const STARTERS: [&str; 8] = ["The", "It", "Its", "A", "As", "Who", "In", "No"];
            if self.is_paragraph(i) || i == self.words.len() {
                return true;
            }
            let Some(last) = i.checked_sub(1).map(|last| &self.words[last]) else {
                return false;
            };
            let (next, marks) = (&self.words[i], self.marks(i));
            let word = &self.text[last.start..last.end];
            let stop = marks.contains(['.', '!']);
            if next.has_lower && !next.is_capitalised {
                return false;
            }
            if !marks.contains([' ', '\n']) {
                // `end.Next` lacks its space; `3.5` and `U.S.-led` do not.
                return stop
                    && within(&marks, ".!\"")
                    && last.has_lower
                    && next.kind != Kind::Digits;
            }
            let abbreviated = last.kind == Kind::Dotted
                || word.chars().count() == 1 && last.kind != Kind::Digits
                || ABBREVIATED.contains(&word.to_lowercase().as_str());
            let starts = STARTERS.contains(&&self.text[next.start..next.end]);
            marks.contains('!')
                || (stop || last.kind == Kind::Dotted && word.ends_with('.'))
                    && (!abbreviated || starts)
        }

        /// Spaces, or one hyphen, or nothing.
        fn is_soft(&self, i: usize) -> bool {
            let marks = self.marks(i);
            within(&marks, " \n-")
                && !(marks.contains('-') && marks.contains(' '))
                && !self.is_paragraph(i)
                && !self.ends_sentence(i)
        }

        /// Where a name stands.
        fn find(&self, form: &Form) -> Vec<Found> {
            let name = &form.name.words;
            let starts = (0..self.words.len()).filter(|&i| i + name.len() <= self.words.len());
            let same = starts.filter(|&i| {
                self.words[i..]
                    .iter()
                    .zip(name)
                    .all(|(a, b)| a.folded == b.folded)
            });
            same.filter_map(|first| self.find_at(form, first)).collect()
        }

        fn find_at(&self, form: &Form, first: usize) -> Option<Found> {
            let last = first + form.name.words.len() - 1;
            let inner = || (first + 1..=last).zip(1..);
            // No name reaches over the end of a paragraph or of a table's cell.
            if inner().any(|(i, _)| self.is_paragraph(i) || self.marks(i).contains('|')) {
                return None;
            }
            let (mut start, mut end) = (self.words[first].start, self.words[last].end);
            if self.text[start..end] != form.name.text {
                if !self.case_allows(first, &form.name, form.case)
                    || !inner().all(|(i, k)| self.gap_allows(i, &form.name, k))
                {
                    return None;
                }
                for wanted in form
                    .name
                    .gap(0)
                    .chars()
                    .rev()
                    .filter(|&c| !shows_nothing(c))
                {
                    let found = self.text[..start]
                        .chars()
                        .next_back()
                        .filter(|&c| is_same(c, wanted))?;
                    start -= found.len_utf8();
                }
                for wanted in form
                    .name
                    .gap(form.name.words.len())
                    .chars()
                    .filter(|&c| !shows_nothing(c))
                {
                    match self.text[end..]
                        .chars()
                        .next()
                        .filter(|&c| is_same(c, wanted))
                    {
                        Some(found) => end += found.len_utf8(),
                        None if wanted == '.' || wanted.is_whitespace() => {}
                        None => return None,
                    }
                }
            }
            (self.left_allows(first, start, form.hyphen)
                && self.right_allows(last, end, form.hyphen))
            .then_some(Found {
                start,
                end,
                first,
                last,
            })
        }

        fn case_allows(&self, first: usize, name: &Text, case: Case) -> bool {
            let words = || self.words[first..].iter().zip(&name.words);
            match case {
                Case::Any => true,
                Case::Title => {
                    words().all(|(found, wanted)| found.is_capitalised || !wanted.is_capitalised)
                }
                Case::Exact => words().all(|(found, wanted)| found.plain == wanted.plain),
            }
        }

        /// Does the gap before word `i` have what the name has before its word `k`?
        fn gap_allows(&self, i: usize, name: &Text, k: usize) -> bool {
            let marks = name.marks(k);
            let wanted = punctuation(name.gap(k));
            if within(&marks, " \n-") && !name.ends_sentence(k) {
                self.is_soft(i)
            } else if is_only(&marks, '\'') {
                is_only(&self.marks(i), '\'')
            } else if wanted.is_empty() {
                within(&self.marks(i), " \n.")
            } else {
                punctuation(self.gap(i)) == wanted
            }
        }

        fn left_allows(&self, first: usize, start: usize, hyphen: bool) -> bool {
            if self.text[..start].ends_with(['@', '$']) {
                return false;
            }
            if first == 0 || start < self.words[first].start {
                return true;
            }
            let (marks, digits) = (
                self.marks(first),
                self.words[first - 1..=first]
                    .iter()
                    .all(|w| w.kind == Kind::Digits),
            );
            match () {
                _ if marks.is_empty() => self.may_touch(first),
                _ if is_only(&marks, '-') => hyphen,
                _ if is_only(&marks, '.') || is_only(&marks, ',') => !digits,
                _ => !['\'', '_', '&', '@'].iter().any(|&c| is_only(&marks, c)),
            }
        }

        fn right_allows(&self, last: usize, end: usize, hyphen: bool) -> bool {
            if self.text[end..].starts_with(['@', '$']) {
                return false;
            }
            let Some(next) = self.words.get(last + 1) else {
                return true;
            };
            if end > self.words[last].end {
                return true;
            }
            let (marks, is_number) = (self.marks(last + 1), next.kind == Kind::Digits);
            let clitic = ["s", "ll", "d", "re", "ve", "t", "m"].contains(
                &self.text[next.start..next.end]
                    .to_ascii_lowercase()
                    .as_str(),
            );
            match () {
                _ if marks.is_empty() => self.may_touch(last + 1),
                _ if is_only(&marks, '-') => hyphen && !is_number,
                _ if is_only(&marks, '\'') => clitic,
                _ if is_only(&marks, '.') || is_only(&marks, ',') => {
                    !(is_number && self.words[last].kind == Kind::Digits)
                }
                _ => !['_', '&', '@'].iter().any(|&c| is_only(&marks, c)),
            }
        }

        /// May a name start or end where word `i` touches the one before it?
        fn may_touch(&self, i: usize) -> bool {
            let (left, right) = (&self.words[i - 1], &self.words[i]);
            left.kind == Kind::Single
                || right.kind == Kind::Single
                || left.kind == Kind::Dotted && self.text[..left.end].ends_with('.')
        }

        fn context_holds(&self, context: &Context, found: &Found, titles: &[Found]) -> bool {
            let Found { first, last, .. } = *found;
            // Spaces, hyphen, period, slash, quotation marks, brackets and markup part no words that stand side by side.
            let is_beside =
                |i: usize| within(&self.marks(i), " \n-./\"'()*_") && !self.ends_sentence(i);
            // The words that count: from `from` to before `first`, and behind `last` to before `to`.
            let (from, to) = match context.place {
                Place::Near(n) => {
                    let from = (0..n).fold(first, |from, _| {
                        if from > 0 && !self.ends_sentence(from) {
                            from - 1
                        } else {
                            from
                        }
                    });
                    (
                        from,
                        (0..n).fold(
                            last + 1,
                            |to, _| if self.ends_sentence(to) { to } else { to + 1 },
                        ),
                    )
                }
                Place::FollowedBy if is_beside(last + 1) => (first, self.words.len()),
                Place::PrecededBy if first > 0 && is_beside(first) => (0, last + 1),
                _ => return false,
            };
            let stands = |at: usize, len: usize| match context.place {
                Place::Near(_) => from <= at && at + len <= first || last < at && at + len <= to,
                Place::FollowedBy => at == last + 1,
                Place::PrecededBy => at + len == first,
            };
            context.words.iter().any(|word| {
                if word == "@title" {
                    return titles.iter().any(|t| stands(t.first, t.last + 1 - t.first));
                }
                let (phrase, case) = (Text::of(word), default_case(word));
                let len = phrase.words.len();
                (0..self.words.len())
                    .filter(|&at| at + len <= self.words.len() && stands(at, len))
                    .any(|at| {
                        self.words[at..]
                            .iter()
                            .zip(&phrase.words)
                            .all(|(a, b)| a.folded == b.folded)
                            && self.case_allows(at, &phrase, case)
                            && !(at + 1..at + len).any(|i| self.ends_sentence(i))
                    })
            })
        }
    }

    /// A place where a name stands: bytes, and its first and last word.
    #[derive(Clone, Copy)]
    struct Found {
        start: usize,
        end: usize,
        first: usize,
        last: usize,
    }

    /// One form of an alias: as it is listed, or its plural.
    struct Form<'a> {
        listed: &'a Listed,
        name: Text,
        case: Case,
        hyphen: bool,
    }

    impl Form<'_> {
        fn of(listed: &Listed) -> Vec<Form<'_>> {
            let (_, case, _, hyphen) = super::FILES[listed.file];
            // A plural goes with the policy of its singular.
            let case = listed
                .case
                .or(case)
                .unwrap_or_else(|| default_case(&listed.text));
            let hyphen = listed.hyphen.or(hyphen).unwrap_or(case != Case::Any);
            let texts = std::iter::once(listed.text.clone()).chain(listed.plural_text());
            texts
                .map(|text| Form {
                    listed,
                    name: Text::of(&text),
                    case,
                    hyphen,
                })
                .collect()
        }
    }

    fn default_case(name: &str) -> Case {
        let letters = name
            .chars()
            .filter(|&c| c.is_alphanumeric() && !is_combining_mark(c))
            .count();
        match () {
            _ if !name.contains(char::is_uppercase) => Case::Any,
            _ if letters <= 3 || !name.contains(char::is_lowercase) => Case::Exact,
            _ => Case::Title,
        }
    }

    // What stands between words.

    fn is_line(c: char) -> bool {
        "\n\r\u{85}\u{2028}".contains(c)
    }

    /// One ASCII character for each that can be seen in a gap: all that is of one kind looks the same.
    fn marks(gap: &str) -> String {
        let quoted = gap
            .chars()
            .zip(gap.chars().skip(1))
            .any(|(a, b)| a == b && is_apostrophe(a));
        let mut marks = String::new();
        for c in gap.chars().filter(|&c| !shows_nothing(c)) {
            marks.push(match c {
                _ if is_apostrophe(c) => {
                    if quoted {
                        '"'
                    } else {
                        '\''
                    }
                }
                // A tab behind a line break is an indent, in a line a border of a cell.
                '\t' => {
                    if gap.contains(is_line) && !gap.contains('|') {
                        ' '
                    } else {
                        '|'
                    }
                }
                _ if is_line(c) || c == '\u{2029}' => '\n',
                '-'
                | '\u{2010}'..='\u{2013}'
                | '\u{2212}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{58a}'
                | '\u{2e17}' => {
                    if gap.contains("--") {
                        '='
                    } else {
                        '-'
                    }
                }
                '\\' => '/',
                '[' | '{' | '<' | '【' | '《' | '［' | '〈' | '（' => '(',
                ']' | '}' | '>' | '】' | '》' | '］' | '〉' | '）' => ')',
                '?' | '。' | '…' | '？' | '؟' | '۔' | '।' => '!',
                '、' | '،' => ',',
                '⁄' => '/',
                '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '‚' | '″' | '「' | '」' | '『'
                | '』' => '"',
                '！' | '．' | '，' | '／' | '＆' | '＠' | '＿' | '＂' => {
                    (c as u32 - 0xfee0) as u8 as char
                }
                _ if c.is_whitespace() => ' ',
                '.' | ',' | '/' | '(' | ')' | '!' | '"' | '&' | '@' | '_' | '|' | '*' => c,
                // Nothing asks for the others.
                _ => '=',
            });
        }
        marks
    }

    fn within(marks: &str, all: &str) -> bool {
        marks.chars().all(|c| all.contains(c))
    }

    fn is_only(marks: &str, c: char) -> bool {
        !marks.is_empty() && marks.chars().all(|m| m == c)
    }

    /// The punctuation of a gap that a name must have too.
    fn punctuation(gap: &str) -> String {
        let one_kind = |c: char| match c {
            _ if is_apostrophe(c) => '\'',
            '\u{2010}'..='\u{2013}' | '\u{2212}' => '-',
            '“' | '”' | '„' | '«' | '»' => '"',
            _ => c,
        };
        gap.chars()
            .map(one_kind)
            .nfkc()
            .filter(|&c| !c.is_whitespace() && c != '.' && !shows_nothing(c))
            .collect()
    }

    fn is_same(found: char, wanted: char) -> bool {
        let is_wide = ('\u{ff01}'..='\u{ff5e}').contains(&found);
        found == wanted
            || is_apostrophe(found) && is_apostrophe(wanted)
            || is_wide && std::iter::once(found).nfkc().eq([wanted])
    }
}
