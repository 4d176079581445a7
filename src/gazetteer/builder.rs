//! [`GazetteerBuilder`]: what files and programs say of entities, collected in order.

use super::{
    AliasKind, Case, Gazetteer, Validity,
    assembly::Assembly,
    builtin, compiled,
    draft::{Draft, RoleName, default_id},
    image::Image,
    source::{self, SourceDefaults},
};
use crate::{
    error::{Error, Problem},
    span::Label,
};
use rayon::prelude::*;
use std::{fmt, io::Write, path::Path, sync::Arc};

/// Collects entries, from files or one by one, and makes a [`Gazetteer`] of them.
///
/// The order in which entries are added is the order that breaks ties: what comes first wins.
///
/// ```
/// use wiretag::{Alias, Entry, Gazetteer, Label};
/// let mut builder = Gazetteer::builder();
/// builder.add(Entry::new("org/iaea", Label::new("ORG")?, "International Atomic Energy Agency").alias(Alias::new("IAEA")));
/// let gazetteer = builder.build()?;
/// assert_eq!(gazetteer.alias_count(), 2);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct GazetteerBuilder {
    sources: Vec<Source>,
    problems: Vec<Problem>,
    /// Were the built-in gazetteers added?
    builtin: bool,
}

/// What was added.
#[derive(Debug)]
enum Source {
    Draft(Box<Draft>),
    Compiled(Arc<Image>),
}

/// An entity and its names, as they are added to a [`GazetteerBuilder`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub(super) id: Arc<str>,
    pub(super) role: RoleName,
    pub(super) name: String,
    /// Its names, the canonical one included.
    pub aliases: Vec<Alias>,
    pub(super) attributes: Vec<(Arc<str>, String)>,
}

/// One name of an [`Entry`], and when it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub text: String,
    /// What it is to the entity. Default: a full name.
    pub kind: AliasKind,
    /// In which case it matches. Default: what [`Case::of`] says.
    pub case: Option<Case>,
    /// Does it match as a part of a hyphen compound (`Iran-backed`)? Default: not where it matches in any case.
    pub hyphen: Option<bool>,
    /// Does it match inside longer words? Default: no.
    pub substring: bool,
    /// Competes before everything of lower priority. Default: 0.
    pub priority: i8,
    /// What must or must not stand around it; names of a list often share it. Default: nothing.
    pub contexts: Arc<[Context]>,
    /// On which days of documents it counts. Default: all.
    pub validity: Validity,
}

/// Words that must stand near an alias, or must not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Context {
    /// Where.
    pub place: ContextPlace,
    /// Do the words forbid the match? Else they allow it.
    pub negative: bool,
    /// The words or phrases; `@NAME` stands for every word of a lexicon.
    pub words: Vec<String>,
}

/// Where the words of a [`Context`] are looked for; always in the sentence of the alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContextPlace {
    /// Within so many tokens on either side.
    Near(u8),
    /// Directly behind.
    FollowedBy,
    /// Directly before.
    PrecededBy,
}

impl ContextPlace {
    /// How far `near` looks when it does not say.
    pub(super) const NEAR: ContextPlace = ContextPlace::Near(8);
}

impl fmt::Display for ContextPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            &ContextPlace::NEAR => f.pad("near"),
            ContextPlace::Near(distance) => write!(f, "near {distance}"),
            ContextPlace::FollowedBy => f.pad("followed by"),
            ContextPlace::PrecededBy => f.pad("preceded by"),
        }
    }
}

impl fmt::Display for Context {
    /// As a list writes it: `not near 3: a, b`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negative { "not " } else { "" };
        write!(f, "{not}{}: {}", self.place, self.words.join(", "))
    }
}

impl Entry {
    /// An entity whose canonical name is an alias too.
    pub fn new(id: impl Into<Arc<str>>, label: Label, name: impl Into<String>) -> Entry {
        let name = name.into();
        let aliases = vec![Alias::new(name.clone())];
        Entry {
            id: id.into(),
            role: RoleName::Entity(label),
            name,
            aliases,
            attributes: Vec::new(),
        }
    }

    /// The same with an id made of label and name, as for a line of a list that has none.
    ///
    /// ```
    /// use wiretag::{Entry, Gazetteer, Label};
    /// let ship = Entry::named(Label::new("SHIP")?, "Severodvinsk (K-560)");
    /// let gazetteer = Gazetteer::builder().add(ship).build()?;
    /// assert_eq!(gazetteer.entry_id(wiretag::EntryId(0)), "ship/severodvinsk-k-560");
    /// # Ok::<(), wiretag::Error>(())
    /// ```
    pub fn named(label: Label, name: impl Into<String>) -> Entry {
        let (name, mut id) = (name.into(), String::new());
        default_id(label.as_str(), &name, &mut id);
        Entry::new(id, label, name)
    }

    /// The same with one more alias.
    pub fn alias(mut self, alias: Alias) -> Entry {
        self.aliases.push(alias);
        self
    }

    /// The same with one more attribute.
    pub fn attribute(mut self, key: impl Into<Arc<str>>, value: impl Into<String>) -> Entry {
        self.attributes.push((key.into(), value.into()));
        self
    }
}

impl Alias {
    /// A full name with default policies.
    pub fn new(text: impl Into<String>) -> Alias {
        Alias {
            text: text.into(),
            kind: AliasKind::Full,
            case: None,
            hyphen: None,
            substring: false,
            priority: 0,
            contexts: Arc::default(),
            validity: Validity::default(),
        }
    }
}

impl GazetteerBuilder {
    /// A builder without entries.
    pub fn new() -> GazetteerBuilder {
        GazetteerBuilder::default()
    }

    /// Adds the shipped gazetteers.
    pub fn add_builtin(&mut self) -> &mut GazetteerBuilder {
        let parse =
            |(path, text): &(&str, &str)| source::parse(path, text, &SourceDefaults::default());
        let files: Vec<Draft> = builtin::FILES.par_iter().map(parse).collect();
        self.sources
            .extend(files.into_iter().map(|f| Source::Draft(Box::new(f))));
        self.builtin = true;
        self
    }

    /// Adds a file, or the `.tsv` and `.txt` files of a folder in the order of their names. A file may be a compiled gazetteer
    /// ([`GazetteerBuilder::compile`]): it is mapped into memory, whatever its size, and must not be written to while it is used.
    ///
    /// # Errors
    /// When a file can't be read, or is a compiled one that is damaged or of another version. Bad lines are reported by
    /// [`GazetteerBuilder::build`], all in one go.
    pub fn add_path(
        &mut self,
        path: impl AsRef<Path>,
        defaults: &SourceDefaults,
    ) -> Result<&mut GazetteerBuilder, Error> {
        let path = path.as_ref();
        match compiled::open(path)? {
            Some(image) => self.sources.push(Source::Compiled(Arc::new(image))),
            None => source::read_path(path, &mut |name, text| match text {
                Ok(text) => {
                    self.add_source(name, &text, defaults);
                }
                Err(problem) => self.problems.push(problem),
            })?,
        }
        Ok(self)
    }

    /// Adds the bytes of a compiled gazetteer. `name` is what messages call them.
    ///
    /// # Errors
    /// When they are damaged or of another version.
    pub fn add_compiled(
        &mut self,
        name: &str,
        bytes: impl AsRef<[u8]> + Send + Sync + 'static,
    ) -> Result<&mut GazetteerBuilder, Error> {
        let image = compiled::read(name, Box::new(bytes))?;
        self.sources.push(Source::Compiled(Arc::new(image)));
        Ok(self)
    }

    /// Adds the text of a gazetteer file. `path` is what messages call it.
    pub fn add_source(
        &mut self,
        path: &str,
        text: &str,
        defaults: &SourceDefaults,
    ) -> &mut GazetteerBuilder {
        let draft = source::parse(path, text, defaults);
        self.sources.push(Source::Draft(Box::new(draft)));
        self
    }

    /// Adds an entry. One with the id and label of an earlier one adds its aliases to that.
    pub fn add(&mut self, entry: Entry) -> &mut GazetteerBuilder {
        // Entries that a program adds one after the other share a draft.
        if let Some(Source::Draft(draft)) = self.sources.last_mut()
            && draft.path.is_empty()
        {
            draft.add_entry(&entry);
            return self;
        }
        let mut draft = Draft::new("");
        draft.add_entry(&entry);
        self.sources.push(Source::Draft(Box::new(draft)));
        self
    }

    /// Was all that was added compiled before?
    pub fn is_compiled(&self) -> bool {
        self.problems.is_empty() && self.sources.iter().all(|s| s.draft().is_none())
    }

    /// The gazetteer.
    ///
    /// # Errors
    /// When anything that was added is bad: every finding with its file and line.
    pub fn build(&mut self) -> Result<Gazetteer, Error> {
        // What stands between two compiled ones becomes one image.
        let pieces: Vec<&[Source]> = self
            .sources
            .chunk_by(|a, b| matches!((a, b), (Source::Draft(_), Source::Draft(_))))
            .collect();
        let lexicons: Vec<&str> = self.sources.iter().flat_map(Source::lexicons).collect();
        let mut problems = self.problems.clone();
        let assemblies: Vec<Assembly<'_>> = pieces
            .iter()
            .filter(|piece| piece[0].draft().is_some())
            .map(|piece| {
                let drafts = piece.iter().filter_map(Source::draft).collect();
                Assembly::of(drafts, lexicons.clone(), &mut problems)
            })
            .collect();
        self.refuse(problems)?;
        let mut assemblies = assemblies.into_iter();
        let mut images: Vec<Arc<Image>> = pieces
            .iter()
            .filter_map(|piece| match &piece[0] {
                Source::Compiled(image) => Some(image.clone()),
                Source::Draft(_) => assemblies.next().map(|a| Arc::new(a.finish())),
            })
            .collect();
        if images.is_empty() {
            let nothing = Assembly::of(Vec::new(), Vec::new(), &mut Vec::new());
            images.push(Arc::new(nothing.finish()));
        }
        let gazetteer = Gazetteer::of(images)?;
        Ok(Gazetteer {
            word_lists: match self.builtin {
                true => builtin::WORD_LISTS,
                false => &[],
            },
            ..gazetteer
        })
    }

    /// Writes what was added as a compiled gazetteer, which opens in constant time, and says how many names it has.
    ///
    /// Names may refer to lexicons of the built-in gazetteers: these must be there when it is used.
    ///
    /// ```
    /// use wiretag::{Gazetteer, SourceDefaults};
    /// let mut builder = Gazetteer::builder();
    /// builder.add_source("ships.tsv", "# label: SHIP\nname\nMoskva\n", &SourceDefaults::default());
    /// let mut bytes = Vec::new();
    /// assert_eq!(builder.compile(&mut bytes)?, 1);
    /// let ships = Gazetteer::builder().add_compiled("ships.gaz", bytes)?.build()?;
    /// assert_eq!(ships.alias_source(wiretag::AliasId(0)), ("ships.tsv", 3));
    /// # Ok::<(), wiretag::Error>(())
    /// ```
    ///
    /// # Errors
    /// When anything that was added is bad or was compiled before, or `out` can't be written.
    pub fn compile(&mut self, out: &mut dyn Write) -> Result<usize, Error> {
        let drafts: Vec<&Draft> = self.sources.iter().filter_map(Source::draft).collect();
        if drafts.len() < self.sources.len() {
            return Err(Error::invalid(
                "a compiled gazetteer can't be compiled into another: give the lists that it was made of",
            ));
        }
        let mut problems = self.problems.clone();
        let assembly = Assembly::of(drafts, builtin::lexicons().collect(), &mut problems);
        self.refuse(problems)?;
        let image = assembly.finish();
        image.write(out)?;
        Ok(image.alias_count())
    }

    /// An error of all problems, if there are any.
    fn refuse(&self, mut problems: Vec<Problem>) -> Result<(), Error> {
        if problems.is_empty() {
            return Ok(());
        }
        // As a reader of the files meets them, whichever step found them.
        let drafts: Vec<&Draft> = self.sources.iter().filter_map(Source::draft).collect();
        let file = |p: &Problem| drafts.iter().position(|d| d.path == p.path);
        problems.sort_by_key(|p| (file(p), p.line));
        Err(Error::problems(problems))
    }
}

impl Source {
    fn draft(&self) -> Option<&Draft> {
        match self {
            Source::Draft(draft) => Some(draft),
            Source::Compiled(_) => None,
        }
    }

    /// The names of its lexicons.
    fn lexicons(&self) -> Vec<&str> {
        match self {
            Source::Draft(draft) => draft
                .roles
                .iter()
                .filter_map(RoleName::as_lexicon)
                .collect(),
            Source::Compiled(image) => image.catalogue.lexicons().collect(),
        }
    }
}
