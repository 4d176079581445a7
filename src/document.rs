//! What goes through the core: [`Document`] in, [`Annotation`] out, and the small types between.

use crate::span::{Label, Span};
use serde_json::value::RawValue;
use std::fmt;

/// An article: its id, its text and what else is known about it.
///
/// The text is final: every offset is a byte of it.
///
/// ```
/// let doc = wiretag::Document::new("a1", "Iran denied it.");
/// assert_eq!(doc.id(), "a1");
/// assert_eq!(doc.text(), "Iran denied it.");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Document {
    id: String,
    text: String,
    meta: Meta,
}

/// The fields of a record that are neither its id nor its text: names and raw JSON values, in the order in which they came.
pub type Meta = Vec<(String, Box<RawValue>)>;

/// The JSON value of a field of a meta.
pub(crate) fn field_of<'m>(meta: &'m [(String, Box<RawValue>)], field: &str) -> Option<&'m str> {
    let (_, value) = meta.iter().find(|(name, _)| name == field)?;
    Some(value.get())
}

impl Document {
    /// A document without meta.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Document {
        Document {
            id: id.into(),
            text: text.into(),
            meta: Meta::new(),
        }
    }

    /// The same document with this meta.
    pub fn with_meta(self, meta: Meta) -> Document {
        Document { meta, ..self }
    }

    /// The id, unique in its batch if the input is sane.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What else is known.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A part of a text that is read in another way than the body of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Where it is.
    pub span: Span,
    /// What it is.
    pub kind: ZoneKind,
}

/// The kinds of [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneKind {
    /// URLs, link targets, e-mail addresses, handles, hashes, file names: nothing is ever found in them.
    NoMatch,
    /// `KYIV, Ukraine (Reuters) -` at the start of a paragraph.
    Dateline,
    /// `By Jane Doe, The Associated Press`.
    Byline,
    /// `(AP Photo/Jane Doe)`.
    Credit,
    /// `Skip to content`, `All rights reserved`.
    Boilerplate,
}

impl ZoneKind {
    /// The word that the record uses.
    pub fn as_str(self) -> &'static str {
        match self {
            ZoneKind::NoMatch => "no-match",
            ZoneKind::Dateline => "dateline",
            ZoneKind::Byline => "byline",
            ZoneKind::Credit => "credit",
            ZoneKind::Boilerplate => "boilerplate",
        }
    }
}

impl fmt::Display for ZoneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A label on a span, and where it comes from. Candidates and results are the same type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Bytes of the document's text.
    pub span: Span,
    /// What it is.
    pub label: Label,
    /// Who it is, where a gazetteer knows. When several entries have this span and label, the first of them; the others are in
    /// [`Found::also`](crate::Found::also).
    pub entry: Option<EntryId>,
    /// What found it.
    pub origin: Origin,
    /// The zone that the span lies in, if any.
    pub zone: Option<ZoneKind>,
    /// How likely it is right.
    pub score: Score,
}

/// How likely an annotation is right: a share of 1 in steps of 0.01, from 0.01 to 0.99. What it rests on is in docs/accuracy.md.
///
/// ```
/// use wiretag::Score;
/// assert_eq!(Score::new(0.956).as_f64(), 0.96);
/// assert_eq!(Score::new(2.0).to_string(), "0.99");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Score(u8);

impl Score {
    /// The nearest score.
    pub fn new(share: f64) -> Score {
        Score((share * 100.0).round().clamp(1.0, 99.0) as u8)
    }

    /// The tenth that it lies in: 9 is 0.90 to 0.99.
    pub(crate) fn tenth(self) -> u8 {
        self.0 / 10
    }

    /// The score as a share of 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Default for Score {
    fn default() -> Score {
        Score(99)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}

/// What found an [`Annotation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// An alias of an entry of the gazetteer.
    Alias(AliasId),
    /// A rule.
    Rule(Rule),
    /// A pattern of the user's.
    Pattern(PatternId),
}

/// Declares [`Rule`]: a rule is a variant, a name and a sentence.
macro_rules! rules {
    ($($rule:ident $name:literal $about:literal)*) => {
        /// The rules: what finds entities besides the names of the lists. [`Rule::about`] says what each does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $about] $rule,)*
        }

        impl Rule {
            /// All rules, family by family.
            pub const ALL: &[Rule] = &[$(Rule::$rule),*];

            /// The name, `person-title`.
            pub fn as_str(self) -> &'static str {
                match self { $(Rule::$rule => $name,)* }
            }

            /// What it does, with an example.
            pub fn about(self) -> &'static str {
                match self { $(Rule::$rule => $about,)* }
            }

            /// What the origin of its spans is called, `rule:person-title`.
            fn origin(self) -> &'static str {
                match self { $(Rule::$rule => concat!("rule:", $name),)* }
            }
        }
    };
}

rules! {
    PersonTitle "person-title" "A name behind a title, a rank or an office: `Gen. Ivan Petrov`, `Foreign Minister Lavrov`."
    PersonRole "person-role" "A name behind a role in lower case, or behind it and a comma: `spokesman Dmitry Peskov`, `the foreign minister, Li Wen,`."
    PersonGivenName "person-given-name" "A given name with what follows it: `Amina Yusuf`, `Jean-Pierre van der Meer Jr.`."
    PersonFamilyName "person-family-name" "A family name with an unknown word before it: `Tarquin Hughes`."
    PersonFamilyFirst "person-family-first" "A family name that comes first, and syllables of its language: `Kim Yo-jong`, `Zhao Lijian`."
    PersonInitial "person-initial" "Initials and a name: `V. Petrov`, `J.J. Smith`."
    PersonParticle "person-particle" "A name held together by a particle: `Abu Omar al-Ansari`, `Nabil bin Hasan`."
    PersonApposition "person-apposition" "A name before a comma and a role or an age: `Oona Brack, an analyst at`, `Oona Brack, 44,`."
    PersonSpeech "person-speech" "A name beside a verb of speech: `said Brack`, `Oona Brack told`."
    PersonShort "person-short" "A part of the name of a person whom the text names in full: `Petrov`."
    OrganizationHead "organization-head" "A name that ends in the head noun of an organization: `Kent Fire and Rescue Service`, `Iranian Chess Federation`."
    OrganizationOf "organization-of" "A head noun and what it is of or for: `Ministry of Defence of the Russian Federation`, `Institute for the Study of War`."
    OrganizationSuffix "organization-suffix" "A name with a company's suffix: `Dongfang Precision Machinery Co., Ltd.`."
    OrganizationUnit "organization-unit" "A unit with a number: `3rd Battalion`, `Task Force 150`."
    OrganizationAcronym "organization-acronym" "An acronym that brackets define, and what it stands for: `Pacific Trade Watch (PTW)`."
    OrganizationShort "organization-short" "A short form of an organization that the text names in full: `the Ministry`."
    NameAndKind "name-and-kind" "The name of a weapon and the common noun of its kind behind it: `Hwasong-12 missile`."
    WeaponNewName "weapon-new-name" "An unknown name and the kind of a weapon behind it: `the Oreshnik missile`."
    WeaponFamily "weapon-family" "A variant or unknown member of a known family: `Hwasong-20`, `T-72B3M`, `Su-27/30`."
    WeaponMaker "weapon-maker" "A maker and a designation: `Sukhoi Su-24`."
    WeaponKind "weapon-kind" "A kind of weapon with the words that say which: `short-range anti-ship missile`, `cruise and ballistic missiles`."
    WeaponShip "weapon-ship" "A ship's prefix and name: `USS Example`."
    PlaceHead "place-head" "A name with the noun for what kind of place it is: `Kherson Oblast`, `Lake Example`, `the town of Example`."
    Language "language" "The name of a language is no nationality: `speaks Croatian and German`."
    TitleOfWork "title-of-work" "The title of a work in quotation marks holds no names: `“A Passage to India”`."
    NamedThing "named-thing" "A thing that is named after a people or a place: `the French Defence`, `Chinese New Year`."
    PlaceState "place-state" "A place before its state or country: `Belvidere, Illinois`."
}

impl Rule {
    /// The rule of this name.
    ///
    /// ```
    /// use wiretag::Rule;
    /// assert_eq!(Rule::of_name("person-title"), Some(Rule::PersonTitle));
    /// assert_eq!(Rule::of_name("title"), None);
    /// ```
    pub fn of_name(name: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|r| r.as_str() == name)
    }

    /// What it is about: `person`, `organization`, `weapon`, `place`; `phrase` for what keeps names from being found.
    pub fn family(self) -> &'static str {
        match self {
            Rule::NameAndKind => "weapon",
            Rule::Language | Rule::TitleOfWork | Rule::NamedThing => "phrase",
            _ => self.as_str().split('-').next().unwrap_or_default(),
        }
    }
}

impl Origin {
    /// The words that the record uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Alias(_) => "alias",
            Origin::Rule(rule) => rule.origin(),
            Origin::Pattern(_) => "pattern",
        }
    }
}

/// Number of an entry in its [`Gazetteer`](crate::Gazetteer): its place in the order that breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub u32);

/// Number of an alias in its [`Gazetteer`](crate::Gazetteer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasId(pub u32);

/// Number of a pattern in its [`Patterns`](crate::Patterns): its place in the order that breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatternId(pub u32);
