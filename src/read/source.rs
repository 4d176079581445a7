//! Where documents come from: files, the files of folders, patterns, standard input.

use crate::error::Problem;
use std::{
    collections::VecDeque,
    path::{Component, Path, PathBuf},
};

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
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        self.next()
    }

    /// Opens a file or folder; ids are relative to `base`.
    fn open(&mut self, path: PathBuf, base: PathBuf) -> Option<Result<Source, Problem>> {
        if path.is_dir() {
            let files = walkdir::WalkDir::new(&path)
                .follow_links(true)
                .sort_by_file_name()
                .into_iter();
            self.folder = Some((base, files));
            return self.next();
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
            if entry.depth() > 0 && is_hidden(entry.path()) {
                if entry.file_type().is_dir() {
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

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|n| n.to_string_lossy().starts_with('.'))
}
