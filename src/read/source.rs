//! Where documents come from: files, the files of folders, patterns, standard input.

use crate::error::Problem;
use std::{
    collections::VecDeque,
    fmt, fs,
    path::{Component, Path, PathBuf},
    time::UNIX_EPOCH,
};
use xxhash_rust::xxh3::Xxh3;

/// One file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file; none for standard input.
    pub path: Option<PathBuf>,
    /// What messages call it: the path as the user would write it.
    pub name: String,
    /// The id of the document in it: the path relative to the argument that led here, with `/` and all extensions.
    pub id: String,
}

impl Source {
    /// A file whose id is its path relative to `base`.
    fn file(path: PathBuf, base: &Path) -> Source {
        let parts = path.strip_prefix(base).unwrap_or(&path).components();
        let id: Vec<_> = parts
            .map(|c| c.as_os_str().to_string_lossy().into_owned())
            .collect();
        Source {
            name: path.display().to_string(),
            id: id.join("/"),
            path: Some(path),
        }
    }
}

/// The sources that arguments name, one after the other: a folder's files in the order of their names, hidden ones left out.
pub struct Sources {
    arguments: VecDeque<String>,
    /// The files of a folder, and what their ids are relative to.
    folder: Option<(PathBuf, walkdir::IntoIter)>,
    /// What a pattern found, and the part of it without a wildcard.
    matched: VecDeque<PathBuf>,
    fixed: PathBuf,
    /// Files and folders that are no sources, wherever they are found.
    left_out: Vec<PathBuf>,
}

/// What sources are, as far as their names, sizes and times of change tell: two that are equal hold the same documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Files, those included that can't be read.
    pub files: u64,
    /// Their bytes, as they are on disk.
    pub bytes: u64,
    /// A hash of their names, sizes and times of change, in order.
    pub fingerprint: u64,
    /// Is one of them a stream (standard input, a pipe), that can be read once and has no identity?
    pub streams: bool,
}

impl fmt::Display for Inventory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} file{} of {} bytes, names, sizes and times {:016x}",
            self.files,
            if self.files == 1 { "" } else { "s" },
            self.bytes,
            self.fingerprint
        )
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

impl Sources {
    /// The sources of these arguments: `-` is standard input; what is no file and has `*`, `?` or `[` is a pattern.
    pub fn new(arguments: impl IntoIterator<Item = impl Into<String>>) -> Sources {
        Sources {
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder: None,
            matched: VecDeque::new(),
            fixed: PathBuf::new(),
            left_out: Vec::new(),
        }
    }

    /// The same without these files and folders: a run must not read what it writes.
    pub fn without(mut self, files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Sources {
        let files = files.into_iter().map(|f| absolute(&f.into()));
        self.left_out.extend(files);
        self
    }

    /// Goes through all sources without opening one. Costs a walk and a look at each file's size and time.
    pub fn inventory(self) -> Inventory {
        let (mut files, mut bytes, mut streams) = (0, 0, false);
        let mut hash = Xxh3::new();
        for source in self {
            files += 1;
            match source {
                Ok(source) => {
                    hash.update(source.name.as_bytes());
                    hash.update(b"\0");
                    hash.update(source.id.as_bytes());
                    let Some(path) = source.path else {
                        streams = true;
                        continue;
                    };
                    match fs::metadata(path) {
                        Ok(m) => {
                            streams |= !m.is_file() && !m.is_dir();
                            bytes += m.len();
                            let time = m.modified().ok();
                            let time = time.and_then(|t| t.duration_since(UNIX_EPOCH).ok());
                            hash.update(&m.len().to_le_bytes());
                            hash.update(&time.unwrap_or_default().as_nanos().to_le_bytes());
                        }
                        Err(_) => hash.update(b"unreadable"),
                    }
                }
                Err(problem) => hash.update(problem.to_string().as_bytes()),
            }
            hash.update(b"\n");
        }
        Inventory {
            files,
            bytes,
            fingerprint: hash.digest(),
            streams,
        }
    }

    fn next_argument(&mut self) -> Option<Result<Source, Problem>> {
        let argument = self.arguments.pop_front()?;
        if argument == "-" {
            return Some(Ok(Source {
                path: None,
                name: "standard input".into(),
                id: "stdin".into(),
            }));
        }
        let path = PathBuf::from(&argument);
        if !path.exists() && argument.contains(['*', '?', '[']) {
            return self.open_pattern(&argument);
        }
        let base = if path.is_dir() {
            Some(&*path)
        } else {
            path.parent()
        };
        let base = base.unwrap_or(Path::new("")).to_owned();
        self.open(path, base)
    }

    fn open_pattern(&mut self, pattern: &str) -> Option<Result<Source, Problem>> {
        let problem = |message: String| Some(Err(Problem::error(pattern, None, message)));
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths,
            Err(e) => return problem(format!("bad pattern: {e}")),
        };
        self.matched = paths
            .filter_map(Result::ok)
            .filter(|p| !is_hidden(p))
            .collect();
        if self.matched.is_empty() {
            return problem("no file fits this pattern".to_owned());
        }
        let has_wildcard =
            |c: &Component<'_>| c.as_os_str().to_string_lossy().contains(['*', '?', '[']);
        self.fixed = Path::new(pattern)
            .components()
            .take_while(|c| !has_wildcard(c))
            .collect();
        self.next_found()
    }

    /// Opens a file or folder; ids are relative to `base`.
    fn open(&mut self, path: PathBuf, base: PathBuf) -> Option<Result<Source, Problem>> {
        if path.is_dir() {
            let files = walkdir::WalkDir::new(&path)
                .follow_links(true)
                .sort_by_file_name()
                .into_iter();
            self.folder = Some((base, files));
            return self.next_found();
        }
        Some(Ok(Source::file(path, &base)))
    }

    fn next_in_folder(&mut self) -> Option<Result<Source, Problem>> {
        let (folder, files) = self.folder.as_mut()?;
        loop {
            let entry = match files.next()? {
                Ok(entry) => entry,
                Err(e) => {
                    let path = e.path().unwrap_or(folder).display().to_string();
                    let message = e
                        .io_error()
                        .map_or_else(|| e.to_string(), ToString::to_string);
                    return Some(Err(Problem::error(&path, None, message)));
                }
            };
            let is_folder = entry.file_type().is_dir();
            let is_left_out = is_folder && is_among(&self.left_out, entry.path());
            if entry.depth() > 0 && (is_hidden(entry.path()) || is_left_out) {
                if is_folder {
                    files.skip_current_dir();
                }
                continue;
            }
            // What is neither a folder nor a file (a socket, a pipe) would block the run.
            if !entry.file_type().is_file() {
                continue;
            }
            return Some(Ok(Source::file(entry.into_path(), folder)));
        }
    }
}

impl Iterator for Sources {
    type Item = Result<Source, Problem>;

    fn next(&mut self) -> Option<Result<Source, Problem>> {
        loop {
            let next = self.next_found()?;
            let path = next.as_ref().ok().and_then(|s| s.path.as_deref());
            if !path.is_some_and(|p| is_among(&self.left_out, p)) {
                return Some(next);
            }
        }
    }
}

impl Sources {
    fn next_found(&mut self) -> Option<Result<Source, Problem>> {
        if self.folder.is_some() {
            if let Some(next) = self.next_in_folder() {
                return Some(next);
            }
            self.folder = None;
        }
        match self.matched.pop_front() {
            Some(path) => {
                let fixed = self.fixed.clone();
                self.open(path, fixed)
            }
            None => self.next_argument(),
        }
    }
}

/// Is a path one of these, which are absolute?
fn is_among(paths: &[PathBuf], path: &Path) -> bool {
    let mut named = paths.iter();
    named.any(|l| l.file_name() == path.file_name() && *l == absolute(path))
}

/// A path with its folder as the root has it; links in its last part are not followed.
fn absolute(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

/// Is it none of the documents of a folder? Spark leaves an empty `_SUCCESS` beside what it writes.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|n| n == "_SUCCESS" || n.to_string_lossy().starts_with('.'))
}
