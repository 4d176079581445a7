//! Properties over random gazetteers and random texts, from a seeded generator.
//!
//! The search in [`naive`] is written from the definitions in `gazetteers/README.md` and of
//! [`Tokens`], character by character, and shares no code with the crate: where the two differ, one
//! of them is wrong.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use wiretag::{
    Annotation, Annotator, Case, Document, Engine, EntryId, Explained, Found, Gap, Gazetteer,
    Label, Lost, Match, Matcher, Matches, OffsetUnit, Outcome, Overlaps, Refusal, Scratch,
    SourceDefaults, Span, Tokens, ZoneKind,
};

type Random = fastrand::Rng;

// The engines against the naive search.

#[test]
fn index_automaton_and_naive_search_find_the_same_names() {
    let (mut names, mut texts) = (0, 0);
    for seed in 0..2500 {
        let mut random = Random::with_seed(seed);
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
        let mut random = Random::with_seed(seed);
        let mut list = random_list(&mut random);
        let engines = Engines::of(&list);
        let text = random_text(&mut random, &list);
        let found = naive::search(&list, &text);
        let Some((_, _, alias, entry)) = found.first() else {
            continue;
        };
        list.retain(|l| l.entry != *entry || !l.forms().contains(alias));
        assert!(
            engines.compare(&list, &text).is_err(),
            "seed {seed}: nobody misses {alias:?}"
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
        let automaton = Matcher::with_engine(gazetteer.clone(), Engine::AhoCorasick);
        Engines {
            index: Matcher::new(gazetteer),
            automaton,
        }
    }

    /// How many names all three searches find, or what they disagree about.
    fn compare(&self, list: &[Listed], text: &str) -> Result<usize, String> {
        let gazetteer = self.index.gazetteer();
        let name = |m: &Match| {
            let (alias, entry) = (
                gazetteer.alias_text(m.alias),
                gazetteer.alias_entry(m.alias),
            );
            let entry = gazetteer.entry_id(entry).into_owned();
            (m.span.start, m.span.end, alias.to_owned(), entry.to_owned())
        };
        let (index, automaton) = (matches(&self.index, text), matches(&self.automaton, text));
        if index.names() != automaton.names() {
            let names = |all: &[Match]| all.iter().map(name).collect::<Vec<_>>();
            let (index, automaton) = (names(index.names()), names(automaton.names()));
            return Err(format!(
                "the index finds {index:?}\nthe automaton {automaton:?}"
            ));
        }
        let found: Names = index.names().iter().map(name).collect();
        let expected = naive::search(list, text);
        if found != expected {
            let (extra, missed) = (&found - &expected, &expected - &found);
            return Err(format!(
                "the engines find {extra:?} too\nand miss {missed:?}"
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
        // A line needs its name, and contexts need the lexicon.
        let is_beside = |l: &&Listed| l.file == list[i].file && l.entry == list[i].entry;
        let is_name = list[i].column == 0 && list.iter().filter(is_beside).count() > 1;
        let of_lexicon = list.iter().filter(|l| l.file == LEXICON).count();
        if is_name || list[i].file == LEXICON && of_lexicon == 1 {
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
    for w in work() {
        let mut behind = 0;
        for a in w.annotator.annotate(&w.doc) {
            let at = format!("seed {}: {a:?} in {:?}", w.seed, w.doc.text());
            assert!(behind <= a.span.start && !a.span.is_empty(), "{at}");
            assert!(w.doc.text().get(a.span.range()).is_some(), "{at}");
            behind = a.span.end;
        }
    }
}

#[test]
fn reused_memory_and_threads_change_no_annotation() {
    let work = work();
    let (mut scratch, mut found) = (Scratch::default(), Found::default());
    for w in &work {
        let mut fresh = Found::default();
        w.annotator.annotate_into(&mut scratch, &w.doc, &mut found);
        w.annotator
            .annotate_into(&mut Scratch::default(), &w.doc, &mut fresh);
        let all = |f: &Found| format!("{:?}", (&f.annotations, &f.also, &f.lost, &f.zones));
        assert_eq!(all(&found), all(&fresh), "seed {}", w.seed);
    }
    let annotator = &work.last().expect("there is work").annotator;
    let docs: Vec<Document> = work.iter().map(|w| w.doc.clone()).collect();
    let one_by_one: Vec<Vec<Annotation>> = docs.iter().map(|d| annotator.annotate(d)).collect();
    assert_eq!(annotator.annotate_batch(&docs), one_by_one);
}

#[test]
fn every_candidate_is_annotated_or_beside_an_annotation_or_lost() {
    let mut total = 0;
    for w in work() {
        let text = w.doc.text();
        let at = format!("seed {}: {text:?}", w.seed);
        let mut found = Found::default();
        w.annotator
            .annotate_into(&mut Scratch::default(), &w.doc, &mut found);
        let of = |a: &Annotation| (a.span, a.label, a.entry);
        let mut all: BTreeSet<(Span, Label, Option<EntryId>)> = BTreeSet::new();
        // What rules add comes on top.
        let listed = |a: &&Annotation| matches!(a.origin, wiretag::Origin::Alias(_));
        all.extend(found.annotations.iter().filter(listed).map(of));
        all.extend(
            found
                .lost
                .iter()
                .map(|l| &l.annotation)
                .filter(listed)
                .map(of),
        );
        for &(n, entry) in &found.also {
            let beside = found.annotations[n as usize];
            all.insert((beside.span, beside.label, Some(entry)));
        }
        let won = |l: &Lost| l.winner.overlaps(l.annotation.span);
        assert!(found.lost.iter().all(won), "{at}: {:?}", found.lost);
        // From the stages before: names with a label that touch no zone in which nothing is found.
        let mut zones = Vec::new();
        wiretag::zones(text, &mut zones);
        zones.retain(|z| z.kind == ZoneKind::NoMatch);
        let mut candidates = BTreeSet::new();
        for m in matches(&Matcher::new(w.gazetteer.clone()), text).names() {
            let entry = w.gazetteer.alias_entry(m.alias);
            let label = w.gazetteer.entry_label(entry);
            let label = label.filter(|_| !zones.iter().any(|z| z.span.overlaps(m.span)));
            candidates.extend(label.map(|label| (m.span, label, Some(entry))));
        }
        total += candidates.len();
        assert_eq!(all, candidates, "{at}");
        // The record tells all of it.
        let spans = w.annotator.record(&w.doc, &found, OffsetUnit::Byte).spans;
        let told: usize = spans.iter().map(|m| 1 + m.also.len()).sum();
        let known = found.annotations.len() + found.also.len() + found.lost.len();
        assert_eq!(told, known, "{at}: {:?}", found.also);
    }
    assert!(total > 2000, "only {total} candidates");
}

#[test]
fn an_explanation_agrees_with_what_the_stages_give() {
    let (mut refused, mut matched) = (0, 0);
    for w in work() {
        let at = format!("seed {}: {:?}", w.seed, w.doc.text());
        let mut found = Found::default();
        w.annotator
            .annotate_into(&mut Scratch::default(), &w.doc, &mut found);
        let why = w.annotator.explain(&w.doc);
        let all = |f: &Found| format!("{:?}", (&f.annotations, &f.also, &f.lost, &f.zones));
        assert_eq!(all(&why.found), all(&found), "{at}");
        let of = |e: &Explained| (e.span, e.label, e.origin);
        let is_won = |e: &&Explained| e.outcome == Outcome::Won && e.label.is_some();
        let won: Vec<_> = why.candidates.iter().filter(is_won).map(of).collect();
        let annotated = found.annotations.iter();
        let annotated: Vec<_> = annotated
            .map(|a| (a.span, Some(a.label), a.origin))
            .collect();
        assert_eq!(won, annotated, "{at}");
        for e in &why.candidates {
            match e.outcome {
                Outcome::Lost { winner, .. } => {
                    let winner = &why.candidates[winner];
                    assert!(
                        winner.outcome == Outcome::Won && winner.span.overlaps(e.span),
                        "{at}"
                    );
                }
                Outcome::Agrees { winner } => {
                    let winner = &why.candidates[winner];
                    assert_eq!((winner.span, winner.label), (e.span, e.label), "{at}");
                }
                Outcome::InNoMatchZone => {
                    let touches =
                        |z: &wiretag::Zone| z.kind == ZoneKind::NoMatch && z.span.overlaps(e.span);
                    assert!(found.zones.iter().any(touches), "{at}");
                }
                _ => {}
            }
        }
        // An alias stands where it was found or where it was refused, not both.
        let text = w.doc.text();
        let names = matches(&Matcher::new(w.gazetteer.clone()), text);
        for r in &why.refused {
            assert!(text.get(r.span.range()).is_some(), "{at}: {r:?}");
            let same = |m: &Match| m.alias == r.alias && m.span.overlaps(r.span);
            assert!(!names.names().iter().any(same), "{at}: {r:?}");
            let label = w.gazetteer.entry_label(w.gazetteer.alias_entry(r.alias));
            refused += usize::from(label.is_some());
        }
        matched += names.names().len();
    }
    assert!(
        refused > 500 && matched > 2000,
        "{refused} refused, {matched} found"
    );
}

#[test]
fn refusals_are_what_keeps_names_from_matching() {
    // An alias has the policy that refused it, and what is said to stand beside it does.
    for w in work() {
        for r in w.annotator.explain(&w.doc).refused {
            let (case, text) = (
                w.gazetteer.alias_case(r.alias),
                &w.doc.text()[r.span.range()],
            );
            match r.refusal {
                Refusal::Case => assert!(case != Case::Any, "{text:?}"),
                Refusal::Missing | Refusal::Forbidden { .. } => {
                    assert!(!w.gazetteer.alias_contexts(r.alias).is_empty(), "{text:?}");
                }
                Refusal::Hyphen(_) => assert!(!w.gazetteer.alias_hyphen(r.alias), "{text:?}"),
                Refusal::Gap(gap) => assert!(r.span.contains(gap), "{text:?}"),
                Refusal::Touched(beside) | Refusal::Number(beside) => {
                    assert!(!beside.is_empty() && !beside.overlaps(r.span), "{text:?}");
                }
                _ => {}
            }
        }
    }
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
    let builtin = || Arc::new(Gazetteer::builtin().expect("the shipped lists are sound"));
    let builtin = BUILTIN.get_or_init(builtin);
    let annotator = |gazetteer: &Arc<Gazetteer>| {
        let annotator = Annotator::builder()
            .overlaps(Overlaps::All)
            .build(gazetteer.clone());
        Arc::new(annotator.expect("no labels are asked for"))
    };
    let of = |seed, annotator, gazetteer: &Arc<Gazetteer>, text| Work {
        seed,
        annotator,
        gazetteer: gazetteer.clone(),
        doc: Document::new("w", text),
    };
    let of_builtin = annotator(builtin);
    let mut work = Vec::new();
    for seed in 0..300 {
        let mut random = Random::with_seed(seed);
        let list = random_list(&mut random);
        let text = random_text(&mut random, &list);
        for (list, text) in [(list, text), crowd(&mut random)] {
            let gazetteer = gazetteer(&list);
            work.push(of(seed, annotator(&gazetteer), &gazetteer, text));
        }
        let text = garbage(&mut random, 300);
        work.push(of(seed, of_builtin.clone(), builtin, text));
    }
    work
}

/// Many entries with names of the same few words, and a text of nothing else: spans overlap in
/// chains, and several entries share one.
fn crowd(random: &mut Random) -> (Vec<Listed>, String) {
    let mut words = |most: usize| -> String {
        let words = 0..random.usize(1..=most);
        let words: Vec<&str> = words.map(|_| pick(random, "Kim¦Jong¦Park¦Lee")).collect();
        words.join(" ")
    };
    let text = words(30);
    // One label, two entries to each name, and a block.
    let listed = |n: usize, file: usize, text: &str| Listed {
        file,
        entry: format!("e/{n}"),
        text: text.to_owned(),
        ..Listed::default()
    };
    let mut list = vec![listed(99, BLOCK, &words(3))];
    for n in 0..12 {
        let name = words(3);
        list.extend([listed(n, 0, &name), listed(n + 20, 0, &name)]);
    }
    (list, text)
}

// Tokens.

#[test]
fn tokens_are_what_their_definition_says() {
    for (seed, text) in texts() {
        let tokens = Tokens::of(&text);
        let span = |i| (tokens.span(i).start, tokens.span(i).end);
        let found: Vec<(usize, usize)> = (0..tokens.len()).map(span).collect();
        let expected = naive::spans(&text);
        let first = found.iter().zip(&expected).find(|(a, b)| a != b);
        assert!(found == expected, "seed {seed}: {first:?} of {text:?}");
    }
}

#[test]
fn tokens_are_sorted_and_a_gap_is_none_where_nothing_can_be_seen_between_them() {
    for (seed, text) in texts() {
        let tokens = Tokens::of(&text);
        let mut behind = 0;
        for i in 0..tokens.len() {
            let (span, at) = (tokens.span(i), format!("seed {seed}, token {i}: {text:?}"));
            assert!(behind <= span.start && !span.is_empty(), "{at}");
            assert!(text.get(span.range()).is_some(), "{at}");
            let unseen = text[behind..span.start].chars().all(naive::shows_nothing);
            assert_eq!(tokens.gap(i) == Gap::NONE, unseen, "{at}");
            assert_eq!(tokens.first_after(span.start), i, "{at}");
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
            let shown = |tokens: &Tokens, by: usize| {
                let span = |i| (tokens.span(i).start + by, tokens.span(i).end + by);
                let form = |i| (tokens.hash(i), tokens.shape(i), tokens.gap(i + 1));
                (0..tokens.len())
                    .map(|i| (span(i), form(i)))
                    .collect::<Vec<_>>()
            };
            let (padded, plain) = (shown(&padded, 0), shown(&plain, pad));
            assert_eq!(padded, plain, "seed {seed}, {pad} spaces: {text:?}");
        }
    }
}

fn texts() -> Vec<(u64, String)> {
    let of_seed = |seed| {
        let mut random = Random::with_seed(seed);
        let list = random_list(&mut random);
        [random_text(&mut random, &list), garbage(&mut random, 200)].map(|text| (seed, text))
    };
    (0..400).flat_map(of_seed).collect()
}

// Random gazetteers.

/// One alias of a gazetteer, as a line of a file writes it.
#[derive(Clone, Debug, Default)]
struct Listed {
    /// Index of [`FILES`].
    file: usize,
    entry: String,
    /// Index of the columns.
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

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Near(usize),
    FollowedBy,
    PrecededBy,
}

/// The headers of the files.
const FILES: [&str; 5] = [
    "# label: A\n",
    "# label: B\n# plural: yes\n# hyphen: no\n",
    "# label: A\n# case: title\n# a comment\n\n",
    "# block: yes\n# case: any\n# hyphen: yes\n",
    "# lexicon: title\n",
];
const BLOCK: usize = 3;
const LEXICON: usize = 4;

const COLUMNS: &str = "name\taliases\tshort\tacronyms\tdemonyms\tformer\tplurals";
const DEMONYMS: usize = 4;
const PLURALS: usize = 6;

/// What names are made of.
const PIECES: &str = "Köln¦O'Neill¦İstanbul¦ﬁre¦ﬂeet¦e\u{301}cole¦AT&T¦U.S.¦D.P.R.K.¦É.U.¦东京¦美¦\
    Москва¦Зеленский¦إيران¦ＮＡＴＯ¦Uk\u{ad}raine¦NATO¦ICBM¦SAM¦US¦us¦Xi¦Iran¦Iran¦Korea¦tank¦missile¦body¦\
    torch¦Hwasong¦T¦AK¦47¦14¦72¦B3¦Workers'¦Yahoo!¦Jr.¦Co.,¦Ltd.¦St.¦(Brazzaville)¦[sic]¦C++¦ที่¦Αθήνας¦\
    Straße¦Łódź¦ISIS-K¦No.¦3.5¦of¦the¦'n'¦Rock¦ÆON¦कि¦ﹱa¦٣¦Gunman¦al-Qaida";

/// What stands around names, and in contexts.
const FILLERS: &str = "Gen.¦gen¦President¦president¦Prime¦minister¦army¦Army¦The¦the¦It¦said¦Japan¦\
    in¦of¦14¦Who¦U.S.¦met¦W.¦Ofc.¦club¦launched¦A";

/// One of the parts of a list.
fn pick<'a>(random: &mut Random, list: &'a str) -> &'a str {
    let parts: Vec<&str> = list.split('¦').collect();
    parts[random.usize(..parts.len())]
}

/// True once in `n` times.
fn once_in(random: &mut Random, n: usize) -> bool {
    random.usize(..n) == 0
}

fn random_list(random: &mut Random) -> Vec<Listed> {
    // Few pieces a list, so that names share their starts and texts are full of them.
    let pieces: Vec<&str> = (0..6).map(|_| pick(random, PIECES)).collect();
    let mut pieces = pieces.join("¦") + "¦Iran¦of";
    // Some lists have a word of any script.
    let word = garbage(random, 8).replace(|c: char| !c.is_alphanumeric(), "");
    if once_in(random, 2) && !naive::spans(&word).is_empty() {
        pieces += "¦";
        pieces += &word;
    }
    let mut list = Vec::new();
    for file in 0..FILES.len() {
        for entry in 0..random.usize(1..4) {
            for column in 0..=PLURALS {
                if column > 0 && !once_in(random, 4) {
                    continue;
                }
                let is_filler = file == LEXICON && random.bool();
                let case = [Case::Exact, Case::Title, Case::Any][random.usize(..3)];
                let contexts = 0..[0, 0, 1, 2][random.usize(..4)];
                list.push(Listed {
                    file,
                    entry: format!("e/{entry}"),
                    column,
                    text: match is_filler {
                        true => pick(random, FILLERS).to_owned(),
                        false => random_name(random, &pieces),
                    },
                    case: once_in(random, 4).then_some(case),
                    plural: once_in(random, 4).then(|| random.bool()),
                    hyphen: once_in(random, 4).then(|| random.bool()),
                    contexts: contexts.map(|_| random_context(random, &pieces)).collect(),
                });
            }
        }
    }
    list
}

fn random_name(random: &mut Random, pieces: &str) -> String {
    let mut name = String::new();
    if once_in(random, 16) {
        name += pick(random, "(¦'¦.¦@¦+¦\u{200e}¦«");
    }
    for i in 0..[1, 1, 1, 2, 2, 2, 3, 3, 4, 5][random.usize(..10)] {
        if i > 0 {
            name += pick(random, " ¦ ¦ ¦ ¦ ¦-¦-¦-¦¦\u{a0}¦, ¦ & ¦/¦–¦ (¦: ");
        }
        name += pick(random, pieces);
    }
    if once_in(random, 8) {
        name += pick(random, "!¦.¦)¦++¦'¦\u{ad}¦?¦.)¦s¦\u{200f}");
    }
    name
}

fn random_context(random: &mut Random, pieces: &str) -> Context {
    let places = [
        Place::Near(8),
        Place::Near(2),
        Place::FollowedBy,
        Place::PrecededBy,
    ];
    let word = |random: &mut Random| {
        let word = match random.u8(..8) {
            0 => return "@title".to_owned(),
            // A comma would end the word.
            1 => pick(random, pieces).replace(',', ""),
            _ => pick(random, FILLERS).to_owned(),
        };
        if once_in(random, 6) {
            word + " " + pick(random, FILLERS)
        } else {
            word
        }
    };
    Context {
        place: places[random.usize(..4)],
        negative: once_in(random, 3),
        words: (0..random.usize(1..4)).map(|_| word(random)).collect(),
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
        let mine: Vec<&Listed> = list.iter().filter(|l| l.file == file).collect();
        let entries: BTreeSet<&str> = mine.iter().map(|l| l.entry.as_str()).collect();
        let mut source = format!("{}id\t{COLUMNS}\n", FILES[file]);
        for entry in entries {
            source += entry;
            for column in 0..=PLURALS {
                let of_cell = mine
                    .iter()
                    .filter(|l| l.entry == entry && l.column == column);
                let cell: Vec<String> = of_cell.map(|l| l.written()).collect();
                source += &format!("\t{}", cell.join(" | "));
            }
            source.push('\n');
        }
        source
    };
    (0..FILES.len()).map(source).collect()
}

impl Listed {
    /// The alias with its policies, as a cell has it.
    fn written(&self) -> String {
        let mut policies = Vec::new();
        policies.extend(self.case.map(|case| format!("{case:?}").to_lowercase()));
        for (policy, wanted) in [("plural", self.plural), ("hyphen", self.hyphen)] {
            policies.extend(wanted.map(|yes| if yes { "" } else { "no " }.to_owned() + policy));
        }
        for context in &self.contexts {
            let place = match context.place {
                Place::Near(8) => "near".to_owned(),
                Place::Near(n) => format!("near {n}"),
                Place::FollowedBy => "followed by".to_owned(),
                Place::PrecededBy => "preceded by".to_owned(),
            };
            let not = if context.negative { "not " } else { "" };
            policies.push(format!("{not}{place}: {}", context.words.join(", ")));
        }
        let text = self.text.replace('|', "\\|");
        if policies.is_empty() {
            text
        } else {
            format!("{text} {{{}}}", policies.join("; "))
        }
    }

    /// The alias, and its plural where that stands for it too: by the rules of English.
    fn forms(&self) -> Vec<String> {
        let name = &self.text;
        let mut forms = vec![name.clone()];
        let by_default = FILES[self.file].contains("plural: yes")
            && self.column != DEMONYMS
            && self.column != PLURALS;
        let letter = |n: usize| name.chars().rev().nth(n).unwrap_or(' ');
        let letters = name.chars().count();
        let cut = |n: usize| name.chars().take(letters - n).collect::<String>();
        let (last, before) = (letter(0), letter(1));
        // A capital S is a plural already, as in ATACMS.
        let has_plural = last.is_alphabetic() && last != 'S' || last.is_ascii_digit();
        if self.plural.unwrap_or(by_default) && has_plural {
            forms.push(match last {
                'y' if before.is_alphabetic() && !"aeiou".contains(before) => cut(1) + "ies",
                's' | 'x' | 'z' => cut(0) + "es",
                'h' if "sc".contains(before) => cut(0) + "es",
                'n' if name.ends_with("man") && !name.ends_with("German") => cut(2) + "en",
                _ => cut(0) + "s",
            });
        }
        forms
    }
}

// Random texts.

/// Names of the list, whole, in parts and in other forms, between words and punctuation.
fn random_text(random: &mut Random, list: &[Listed]) -> String {
    let mut text = String::new();
    for _ in 0..random.usize(3..24) {
        let alias = &list[random.usize(..list.len())];
        let mut piece = match random.u8(..8) {
            0..=1 => pick(random, FILLERS).to_owned(),
            2 => pick(random, PIECES).to_owned(),
            3 => {
                // A name's start: walks through the index end early.
                let words: Vec<&str> = alias.text.split_inclusive([' ', '-', '\u{a0}']).collect();
                words[..random.usize(..words.len()) + 1].concat()
            }
            _ => {
                let forms = alias.forms();
                let name = &forms[random.usize(..forms.len())];
                // The word that a context asks for often stands beside the name.
                let context = alias.contexts.first().map_or("", |c| &c.words[0]);
                match random.u8(..8) {
                    0 => format!("{context} {name}"),
                    1 => format!("{name} {context}"),
                    _ => name.clone(),
                }
            }
        };
        for _ in 0..[0, 0, 1, 2][random.usize(..4)] {
            piece = vary(random, &piece);
        }
        text += &piece;
        text += pick(
            random,
            " ¦ ¦ ¦ ¦ ¦ ¦ ¦ ¦ ¦ ¦ ¦ ¦\n¦\r\n¦\n\n¦-¦–¦ - ¦--¦ — ¦, ¦,¦. ¦.¦! ¦; ¦'¦’s ¦' ¦ “¦” ¦ (¦) \
            ¦/¦_¦ *¦* ¦@¦ $¦ & ¦&¦ | ¦\t¦",
        );
    }
    // In a text with a long line, lines are paragraphs.
    if once_in(random, 8) {
        text += &" more".repeat(50);
    }
    text
}

/// Another form of a name, or the name with something that touches it.
fn vary(random: &mut Random, name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    const SPACES: &str = " ¦. ¦-¦\u{a0}¦\n¦  ¦–¦¦\n\n¦ - ¦\t¦_¦\u{2011}¦\n\t¦\u{2060}";
    const BEHIND: &str =
        "s¦'s¦’s¦'x¦’ll¦14¦-14¦x¦-backed¦-Backed¦_y¦_¦*¦$¦@¦&x¦.5¦,5¦.x¦'¦\u{ad}¦美";
    const BEFORE: &str =
        "x¦3¦3.¦7,¦anti-¦Anti–¦l'¦x’¦@¦$¦_¦x_¦*¦x&¦(¦\"¦美¦ที่¦--¦'¦\u{301}¦東\u{fe00}";
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        _ => c,
    };
    match random.u8(..20) {
        0 => name.to_uppercase(),
        1 => name.to_lowercase(),
        2 => {
            let words = name.to_lowercase();
            let mut before = ' ';
            let capital = |c: char| match std::mem::replace(&mut before, c) {
                ' ' => c.to_ascii_uppercase(),
                _ => c,
            };
            words.chars().map(capital).collect()
        }
        3 => name.replace(' ', pick(random, SPACES)),
        4 => name.replacen(' ', pick(random, SPACES), 1),
        5 => name.replace('-', pick(random, SPACES)),
        6 => name.nfd().collect(),
        7 => name.nfc().collect(),
        8 => name.chars().map(wide).collect(),
        9 => {
            let at = name.floor_char_boundary(random.usize(..=name.len()));
            let inside = pick(random, "\u{ad}¦\u{ad}¦\u{200b}¦\u{301}¦\u{fe0f}¦x¦7¦ ");
            [&name[..at], inside, &name[at..]].concat()
        }
        10 => name.replace('\'', pick(random, "’¦`¦´¦ʼ¦¦' ¦''")),
        11 => name.replace('.', pick(random, "¦. ¦．¦..")),
        12 => name.replace(',', pick(random, "¦ ,¦，¦,\n¦.,")),
        13..=15 => name.to_owned() + pick(random, BEHIND),
        16..=18 => pick(random, BEFORE).to_owned() + name,
        _ => name.replace('ß', "ss").replace('ö', "o").replace('İ', "I"),
    }
}

/// Characters of all blocks: words, marks without a letter, emoji, direction and control characters.
fn garbage(random: &mut Random, most: usize) -> String {
    const BLOCKS: &str = "0-7f¦20-7e¦30-39¦41-5a¦61-7a¦61-7a¦80-ff¦c0-17f¦180-2af¦2b0-2ff¦300-36f¦370-3ff¦\
        400-52f¦530-5ff¦600-6ff¦900-9ff¦e00-eff¦1000-109f¦10a0-10ff¦13a0-13ff¦1780-17ff¦1d00-1dff¦\
        1e00-1fff¦2000-206f¦2070-20ff¦2100-218f¦2460-24ff¦2e00-2e7f¦3000-30ff¦4e00-4eff¦a780-a7ff¦\
        ac00-acff¦e000-e010¦f900-faff¦fb00-fdff¦fe00-feff¦ff00-ffef¦1d400-1d7ff¦1f1e6-1f1ff¦1f3fb-1f680¦\
        20000-20050";
    const CHUNKS: &str = "North Korea¦Iran¦U.S.¦👩\u{200d}👩\u{200d}👧¦🇰🇵¦\u{202e}Iran\u{202c}¦\u{feff}¦\0¦\
        https://example.org/iran¦@iran¦AK-47s¦\r\n¦e\u{301}\u{301}¦ﷺ¦北朝鲜¦Kim Jong Un";
    let number = |hex| u32::from_str_radix(hex, 16).expect("blocks are written in hex");
    let (mut text, mut block) = (String::new(), pick(random, BLOCKS));
    for _ in 0..random.usize(..most) {
        let (first, last) = block.split_once('-').expect("a block has two ends");
        match random.u8(..12) {
            0 => text.push(' '),
            1 => text += pick(random, CHUNKS),
            2 => block = pick(random, BLOCKS),
            _ => text.extend(char::from_u32(random.u32(number(first)..=number(last)))),
        }
    }
    text
}

/// The search that follows the definitions and nothing else. Slow.
mod naive {
    use super::{Case, Context, FILES, LEXICON, Listed, Names, PLURALS, Place};
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

    /// Every name of the list in a text.
    pub(super) fn search(list: &[Listed], text: &str) -> Names {
        let text = Text::of(text);
        let lexicon = list.iter().filter(|l| l.file == LEXICON);
        let titles: Vec<Found> = lexicon.flat_map(|l| text.find(l)).collect();
        let mut names = Names::new();
        for alias in list.iter().filter(|l| l.file != LEXICON) {
            for found in text.find(alias) {
                let (not, wanted): (Vec<&Context>, Vec<&Context>) =
                    alias.contexts.iter().partition(|c| c.negative);
                let holds = |c: &&Context| text.context_holds(c, &found, &titles);
                if !not.iter().any(holds) && (wanted.is_empty() || wanted.iter().any(holds)) {
                    names.insert((found.start, found.end, found.name, alias.entry.clone()));
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

    /// Soft hyphen, zero-width, direction marks, variation selectors, tatweel.
    pub(super) fn shows_nothing(c: char) -> bool {
        matches!(c as u32, 0xad | 0x61c | 0x640 | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xfe00..=0xfe0f | 0xfeff)
    }

    fn is_apostrophe(c: char) -> bool {
        "'’‘‛ʼʻʽʾʿʹ´`′＇ꞌ".contains(c)
    }

    /// Han, Hiragana, Thai, Lao, Khmer and Myanmar put no space between words.
    fn is_unspaced(c: char) -> bool {
        c.is_alphabetic()
            && matches!(c as u32, 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff
                | 0x3005..=0x3007 | 0x3041..=0x309f | 0x3400..=0x4dbf | 0x4e00..=0x9fff
                | 0xf900..=0xfaff | 0x20000..=0x3fffd)
    }

    fn digit(c: char) -> Option<char> {
        let of = |zero: char| char::from_digit((c as u32).checked_sub(zero as u32)?, 10);
        "0０٠۰०০".chars().find_map(of)
    }

    /// Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic.
    fn is_accent(c: char) -> bool {
        matches!(c as u32, 0x300..=0x36f | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670
            | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
    }

    /// A word without what does not matter, its case kept.
    fn plain(word: &str) -> String {
        const STROKES: &str =
            "ßss ẞSS øo ØO łl ŁL đd ðd ĐD ÐD ħh ĦH ıi æae ÆAE œoe ŒOE þth ÞTH əe ƏE";
        let mut plain = String::new();
        for c in word
            .nfkd()
            .filter(|&c| c != '.' && !is_accent(c) && !shows_nothing(c))
        {
            match STROKES.split(' ').find_map(|s| s.strip_prefix(c)) {
                Some(letters) if !c.is_ascii() => plain += letters,
                _ => plain.push(digit(c).unwrap_or(c)),
            }
        }
        plain
    }

    fn folded(plain: &str) -> String {
        let lower = plain
            .chars()
            .flat_map(char::to_lowercase)
            .filter(|&c| !is_accent(c));
        // The sigma that ends a Greek word has no capital of its own.
        lower.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
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
    struct Text<'a> {
        text: &'a str,
        words: Vec<Word>,
        lines_are_paragraphs: bool,
        is_plural: bool,
    }

    /// A place where a name stands: bytes, and its first and last word.
    struct Found {
        name: String,
        start: usize,
        end: usize,
        first: usize,
        last: usize,
    }

    /// Runs of letters, runs of digits, and single characters of scripts without spaces.
    fn runs(text: &str) -> Vec<(usize, usize, Kind)> {
        let mut runs: Vec<(usize, usize, Kind)> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            let before = runs.last_mut().filter(|run| run.1 == at);
            let kind = match c {
                _ if is_apostrophe(c) || "ªº".contains(c) => continue,
                _ if shows_nothing(c) || is_combining_mark(c) => {
                    before.into_iter().for_each(|run| run.1 = end);
                    continue;
                }
                _ if digit(c).is_some() => Kind::Digits,
                _ if is_unspaced(c) => Kind::Single,
                _ if c.is_alphabetic() => Kind::Letters,
                _ => continue,
            };
            match before {
                Some(run) if run.2 == kind && kind != Kind::Single => run.1 = end,
                _ => runs.push((at, end, kind)),
            }
        }
        runs
    }

    impl<'a> Text<'a> {
        fn of(text: &'a str) -> Text<'a> {
            let runs = runs(text);
            let touches = |k: usize| k > 0 && k < runs.len() && runs[k - 1].1 == runs[k].0;
            let is_initial = |k: usize| {
                let shown = |c: &char| !shows_nothing(*c) && !is_combining_mark(*c);
                let run = runs.get(k).filter(|run| run.2 == Kind::Letters);
                run.is_some_and(|run| text[run.0..run.1].chars().filter(shown).count() == 1)
            };
            // Single letters with nothing but one period between them are one word.
            let goes_on = |k: usize| {
                let parts = is_initial(k) && is_initial(k + 1) && !touches(k + 2);
                parts && text[runs[k].1..runs[k + 1].0] == *"."
            };
            let (mut words, mut k) = (Vec::new(), 0);
            while k < runs.len() {
                let (start, mut end, mut kind) = runs[k];
                if !touches(k) && goes_on(k) {
                    while goes_on(k) {
                        k += 1;
                    }
                    (end, kind) = (runs[k].1, Kind::Dotted);
                    end += usize::from(text[end..].starts_with('.'));
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
                text,
                words,
                lines_are_paragraphs,
                is_plural: false,
            }
        }

        /// What stands before word `i`.
        fn gap(&self, i: usize) -> &'a str {
            let start = if i == 0 { 0 } else { self.words[i - 1].end };
            &self.text[start..self.words.get(i).map_or(self.text.len(), |w| w.start)]
        }

        fn marks(&self, i: usize) -> String {
            marks(self.gap(i))
        }

        /// A blank line, or a line break where lines are paragraphs.
        fn is_paragraph(&self, i: usize) -> bool {
            let gap = self.gap(i).replace("\r\n", "\n");
            let lines = gap.matches(is_line).count();
            lines > 1 || lines == 1 && self.lines_are_paragraphs || gap.contains('\u{2029}')
        }

        /// Does a sentence end before word `i`?
        fn ends_sentence(&self, i: usize) -> bool {
            // Of the words that a period belongs to, and of those that start a sentence even so,
            // these stand in the lists above.
            const ABBREVIATED: [&str; 7] = ["gen", "co", "ltd", "jr", "st", "no", "inc"];
            const STARTERS: [&str; 9] = ["The", "It", "Its", "A", "As", "At", "Who", "In", "No"];
            if i == 0 || i == self.words.len() || self.is_paragraph(i) {
                return self.is_paragraph(i) || i > 0;
            }
            let (last, next, marks) = (&self.words[i - 1], &self.words[i], self.marks(i));
            let word = &self.text[last.start..last.end];
            let stop = marks.contains(['.', '!']);
            if next.has_lower && !next.is_capitalised {
                return false;
            }
            if !marks.contains([' ', '\n']) {
                // `end.Next` lacks its space; `3.5` and `U.S.-led` do not.
                let is_number = next.kind == Kind::Digits;
                return stop && within(&marks, ".!\"") && last.has_lower && !is_number;
            }
            let abbreviated = last.kind == Kind::Dotted
                || word.chars().count() == 1 && last.kind != Kind::Digits
                || ABBREVIATED.contains(&word.to_lowercase().as_str());
            let period = stop || last.kind == Kind::Dotted && word.ends_with('.');
            let starts = STARTERS.contains(&&self.text[next.start..next.end]);
            marks.contains('!') || period && (!abbreviated || starts)
        }

        /// Spaces, or one hyphen, or nothing.
        fn is_soft(&self, i: usize) -> bool {
            let marks = self.marks(i);
            let is_dash = marks.contains('-') && marks.contains(' ');
            within(&marks, " \n-") && !is_dash && !self.is_paragraph(i) && !self.ends_sentence(i)
        }

        /// Where an alias stands, contexts apart.
        fn find(&self, alias: &Listed) -> Vec<Found> {
            let header = |line: &str| FILES[alias.file].contains(line);
            // A plural goes with the policies of its singular.
            let case = alias.case.unwrap_or_else(|| match () {
                _ if header("case: title") => Case::Title,
                _ if header("case: any") => Case::Any,
                _ => default_case(&alias.text),
            });
            let by_default = header("hyphen: yes") || !header("hyphen: no") && case != Case::Any;
            let hyphen = alias.hyphen.unwrap_or(by_default);
            let mut found = Vec::new();
            for form in alias.forms() {
                let is_plural = form != alias.text || alias.column == PLURALS;
                let name = Text {
                    is_plural,
                    ..Text::of(&form)
                };
                let places = (0..self.words.len()).filter(|&first| self.spells(first, &name));
                found.extend(places.filter_map(|first| self.find_at(first, &name, case, hyphen)));
            }
            found
        }

        /// Are the words from `first` on those of a name, whatever their case and gaps?
        fn spells(&self, first: usize, name: &Text) -> bool {
            let words = self.words[first..].iter().zip(&name.words);
            words.filter(|(a, b)| a.folded == b.folded).count() == name.words.len()
        }

        fn find_at(&self, first: usize, name: &Text, case: Case, hyphen: bool) -> Option<Found> {
            let last = first + name.words.len() - 1;
            let mut inner = (first + 1..=last).zip(1..);
            // No name reaches over the end of a paragraph.
            if (first + 1..=last).any(|i| self.is_paragraph(i)) {
                return None;
            }
            let (mut start, mut end) = (self.words[first].start, self.words[last].end);
            if self.text[start..end] != *name.text {
                let gaps_allow = inner.all(|(i, k)| self.gap_allows(i, name, k));
                if !gaps_allow || !self.case_allows(first, name, case) {
                    return None;
                }
                for wanted in name.gap(0).chars().rev().filter(|&c| !shows_nothing(c)) {
                    let found = self.text[..start].chars().next_back();
                    start -= found.filter(|&c| is_same(c, wanted))?.len_utf8();
                }
                let trail = name.gap(name.words.len()).chars();
                for wanted in trail.filter(|&c| !shows_nothing(c)) {
                    match self.text[end..].chars().next() {
                        Some(found) if is_same(found, wanted) => end += found.len_utf8(),
                        _ if wanted == '.' || wanted.is_whitespace() => {}
                        _ => return None,
                    }
                }
                // A word may not touch punctuation of the name; a period is given up then.
                let next = self.text[end..].chars().next();
                let touched = next.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
                if touched && end > self.words[last].end {
                    let period = self.text[..end].chars().next_back();
                    end -= period.filter(|c| ['.', '．'].contains(c))?.len_utf8();
                }
            }
            let (left, right) = (&self.text[..start], &self.text[end..]);
            let in_handle = left.ends_with(['@', '$']) || right.starts_with(['@', '$']);
            let left = first == 0
                || start < self.words[first].start
                || self.allows_border(first, hyphen, false);
            let right = last + 1 == self.words.len()
                || end > self.words[last].end
                || self.allows_border(last + 1, hyphen, true);
            let name = name.text.to_owned();
            (!in_handle && left && right).then_some(Found {
                name,
                start,
                end,
                first,
                last,
            })
        }

        fn case_allows(&self, first: usize, name: &Text, case: Case) -> bool {
            let mut words = self.words[first..].iter().zip(&name.words);
            match case {
                Case::Any => true,
                Case::Title => words.all(|(a, b)| a.is_capitalised || !b.is_capitalised),
                Case::Exact => {
                    let (found, wanted): (Vec<&str>, Vec<&str>) =
                        words.map(|(a, b)| (&*a.plain, &*b.plain)).unzip();
                    let (found, wanted) = (found.concat(), wanted.concat());
                    // In capitals the ending of a plural is a capital too: `F-16S`.
                    let as_capital = wanted.strip_suffix('s').map(|stem| stem.to_owned() + "S");
                    found == wanted || name.is_plural && as_capital == Some(found)
                }
            }
        }

        /// Does the gap before word `i` have what the name has before its word `k`?
        fn gap_allows(&self, i: usize, name: &Text, k: usize) -> bool {
            let (named, wanted) = (name.marks(k), punctuation(name.gap(k)));
            let marks = self.marks(i);
            match () {
                _ if within(&named, " \n-") && !name.ends_sentence(k) => self.is_soft(i),
                // `Workers' Party` has a space that `O'Neill` has not.
                _ if wanted == "'" && !named.contains(' ') => is_only(&marks, "'"),
                _ if wanted.is_empty() => within(&marks, " \n."),
                // No name reaches from one cell of a table to the next.
                _ if marks.contains('|') && !wanted.contains('|') => false,
                _ => punctuation(self.gap(i)) == wanted,
            }
        }

        /// May a name end (`is_end`) or else start at the border between word `i` and that before?
        fn allows_border(&self, i: usize, hyphen: bool, is_end: bool) -> bool {
            let (left, right, marks) = (&self.words[i - 1], &self.words[i], self.marks(i));
            let digits = [left, right].map(|w| w.kind == Kind::Digits);
            let single = [left, right].iter().any(|w| w.kind == Kind::Single);
            let behind = self.text[right.start..right.end].to_ascii_lowercase();
            let clitic = ["s", "ll", "d", "re", "ve", "t", "m"].contains(&behind.as_str());
            match () {
                // Words of scripts without spaces touch, and some stand right behind `U.S.`.
                _ if marks.is_empty() => {
                    single || left.kind == Kind::Dotted && self.text[..left.end].ends_with('.')
                }
                // `US-2` is another thing than `US`.
                _ if is_only(&marks, "-") => hyphen && !(is_end && digits[1]),
                _ if is_only(&marks, "'") => is_end && clitic,
                _ if is_only(&marks, ".") || is_only(&marks, ",") => digits != [true, true],
                // `Iran&rsquo;s` is an entity that was left in the text.
                _ if is_only(&marks, "&") => is_end && self.text[right.end..].starts_with(';'),
                _ => !["_", "@"].iter().any(|c| is_only(&marks, c)),
            }
        }

        fn context_holds(&self, context: &Context, found: &Found, titles: &[Found]) -> bool {
            let (first, last, place) = (found.first, found.last, context.place);
            // Where words stand side by side there may be spaces, a hyphen, a period, a slash,
            // quotation marks, brackets and markup between them.
            let is_beside = |i: usize| within(&self.marks(i), " \n-./\"'()*_");
            if place == Place::FollowedBy && (!is_beside(last + 1) || self.ends_sentence(last + 1))
                || place == Place::PrecededBy && (!is_beside(first) || self.ends_sentence(first))
            {
                return false;
            }
            let stands = |at: usize, len: usize| match place {
                Place::FollowedBy => at == last + 1,
                Place::PrecededBy => at + len == first,
                Place::Near(n) => {
                    let before = at + len <= first && first - at <= n;
                    let behind = last < at && at + len - 1 - last <= n;
                    let between = if before {
                        at + 1..first + 1
                    } else {
                        last + 1..at + len
                    };
                    (before || behind) && !between.into_iter().any(|i| self.ends_sentence(i))
                }
            };
            context.words.iter().any(|word| {
                if word == "@title" {
                    return titles.iter().any(|t| stands(t.first, t.last + 1 - t.first));
                }
                let (phrase, case) = (Text::of(word), default_case(word));
                let len = phrase.words.len();
                (0..self.words.len()).any(|at| {
                    self.spells(at, &phrase)
                        && stands(at, len)
                        && self.case_allows(at, &phrase, case)
                        && !(at + 1..at + len).any(|i| self.ends_sentence(i))
                })
            })
        }
    }

    fn default_case(name: &str) -> Case {
        let is_letter = |c: &char| c.is_alphanumeric() && !is_combining_mark(*c);
        match () {
            _ if !name.contains(char::is_uppercase) => Case::Any,
            _ if name.chars().filter(is_letter).count() <= 3 => Case::Exact,
            _ if !name.contains(char::is_lowercase) => Case::Exact,
            _ => Case::Title,
        }
    }

    // What stands between words.

    fn is_line(c: char) -> bool {
        "\n\r\u{85}\u{2028}".contains(c)
    }

    /// One ASCII character for each that can be seen in a gap: what is of one kind looks the same.
    fn marks(gap: &str) -> String {
        let pairs = || gap.chars().zip(gap.chars().skip(1)).filter(|(a, b)| a == b);
        let (quoted, dashed) = (pairs().any(|(a, _)| is_apostrophe(a)), gap.contains("--"));
        // A tab behind a line break is an indent, in a line a border of a cell.
        let indented = gap.contains(is_line) && !gap.contains('|');
        // Each kind behind the character that stands for it; nothing asks for the others.
        const KINDS: &str = "(（[［{【<《〈 )）]］}】>》〉 .． !！?？。…؟۔। ,，、، /／\\⁄ \
            \"＂“”„‟«»‹›‚″「」『』 &＆ @＠ _＿ | * -‐‑‒–−﹣－֊⸗";
        let mark = |c: char| match c {
            _ if is_apostrophe(c) => {
                if quoted {
                    '"'
                } else {
                    '\''
                }
            }
            '\t' => {
                if indented {
                    ' '
                } else {
                    '|'
                }
            }
            _ if is_line(c) || c == '\u{2029}' => '\n',
            _ if c.is_whitespace() => ' ',
            _ => match KINDS.split(' ').find(|kind| kind.contains(c)) {
                Some(kind) if !(dashed && kind.starts_with('-')) => {
                    kind.chars().next().unwrap_or(c)
                }
                _ => '=',
            },
        };
        let shown = gap.chars().filter(|&c| !shows_nothing(c));
        shown.map(mark).collect()
    }

    fn within(marks: &str, all: &str) -> bool {
        marks.chars().all(|c| all.contains(c))
    }

    fn is_only(marks: &str, mark: &str) -> bool {
        !marks.is_empty() && within(marks, mark)
    }

    /// The punctuation of a gap that must be the same in name and text.
    fn punctuation(gap: &str) -> String {
        let one_kind = |c: char| match c {
            _ if is_apostrophe(c) => '\'',
            '\u{2010}'..='\u{2013}' | '\u{2212}' => '-',
            '“' | '”' | '„' | '«' | '»' => '"',
            _ => c,
        };
        let matters = |c: &char| !c.is_whitespace() && *c != '.' && !shows_nothing(*c);
        gap.chars().map(one_kind).nfkc().filter(matters).collect()
    }

    fn is_same(found: char, wanted: char) -> bool {
        let kind = |c: char| punctuation(c.encode_utf8(&mut [0; 4]));
        let periods = wanted == '.' && found == '．';
        found == wanted || periods || !kind(found).is_empty() && kind(found) == kind(wanted)
    }
}
