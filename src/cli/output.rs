//! Where output goes: standard output, a device or a file; and what goes to standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    fmt::Display,
    fs,
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use wiretag::{Error, Label, OffsetUnit, OutputFolder, eval::Table, write::OutputFormat};

/// Says on standard error what is wrong.
pub(super) fn complain(what: &dyn Display) {
    for line in what.to_string().lines() {
        // If nobody can hear us there is nobody to tell.
        let _ = writeln!(anstream::stderr(), "wiretag: {line}");
    }
}

/// Where output goes.
pub(super) enum Output {
    /// Standard output, or what can't be renamed over: a device, a pipe.
    Stream(Named),
    /// A file, or the place for one.
    File(PathBuf),
    /// The place for a folder, of formats that are one.
    Folder(PathBuf),
}

impl Output {
    /// Standard output, or what has this name; a file is not opened yet.
    pub(super) fn of(path: Option<PathBuf>, format: OutputFormat) -> Result<Output, Error> {
        let path = path.filter(|p| p != Path::new("-"));
        if format.is_folder() {
            return path.map(Output::Folder).ok_or_else(|| {
                Error::invalid(format!(
                    "the format {format} is a folder of files: name it with -o"
                ))
            });
        }
        let Some(path) = path else {
            return Ok(Output::Stream(stdout()));
        };
        match fs::metadata(&path) {
            Ok(m) if !m.is_file() && !m.is_dir() => {
                let name = path.display().to_string();
                let device = fs::OpenOptions::new().write(true).open(&path);
                let device = device.map_err(|e| named(&name, &e))?;
                Ok(Output::Stream(Named::new(name, device)))
            }
            _ => Ok(Output::File(path)),
        }
    }
}

/// Starts a folder.
pub(super) fn open_folder(path: &Path, quiet: bool) -> Result<OutputFolder, Error> {
    let folder = OutputFolder::create(path)?;
    if folder.replaced() && !quiet {
        let part = folder.part().display();
        complain(&format!("{part}: of an interrupted run, is started anew"));
    }
    Ok(folder)
}

/// What offsets count in a format, if it leaves it open as `--offsets` says.
pub(super) fn offset_unit(
    format: OutputFormat,
    asked: Option<OffsetUnit>,
) -> Result<OffsetUnit, Error> {
    let refuse = |counts: &str| {
        Err(Error::invalid(format!(
            "the format {format} counts {counts}: leave --offsets out"
        )))
    };
    match (format.writer().unit(), asked) {
        (Some(fixed), Some(asked)) if fixed != asked => refuse(fixed.as_str()),
        (Some(fixed), _) => Ok(fixed),
        (None, Some(OffsetUnit::Byte)) if format == OutputFormat::Bdocjs => {
            refuse("codepoint or utf16")
        }
        (None, asked) => Ok(asked.unwrap_or_default()),
    }
}

/// Writes a file that appears when it is whole: written beside, then renamed.
pub(super) fn persist(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<tempfile::NamedTempFile>) -> Result<(), Error>,
) -> Result<(), Error> {
    let at = |e: io::Error| Error::from(named(&path.display().to_string(), &e));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".wiretag-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What the umask leaves of it, as for any new file.
        temporary.permissions(fs::Permissions::from_mode(0o666));
    }
    let folder = folder.unwrap_or(Path::new("."));
    let file = temporary.tempfile_in(folder).map_err(at)?;
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    let file = out.into_inner().map_err(|e| at(e.into_error()))?;
    file.as_file().sync_all().map_err(at)?;
    file.persist(path).map_err(|e| at(e.error))?;
    Ok(())
}

/// The name of a label's file where there is one for each: `names.tsv` for ORG is `names-org.tsv`.
pub(super) fn with_label(path: &Path, label: Label) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.tsv", label.as_str().to_lowercase()))
}

/// Standard output, buffered: to be flushed at the end.
pub(super) fn stdout() -> Named {
    Named::new("standard output".to_owned(), io::stdout())
}

/// Writes tables below their titles, which are bold on a terminal.
pub(super) fn write_tables(out: &mut Named, tables: &[Table], markdown: bool) -> io::Result<()> {
    let bold = !markdown
        && io::stdout().is_terminal()
        && anstream::stdout().current_choice() != anstream::ColorChoice::Never;
    let style = match bold {
        true => anstyle::Style::new().bold(),
        false => anstyle::Style::new(),
    };
    for (i, table) in tables.iter().enumerate() {
        let gap = if i == 0 { "" } else { "\n" };
        let title = &table.title;
        match markdown {
            true => write!(out, "{gap}**{title}**\n\n{}", table.markdown())?,
            false => write!(out, "{gap}{style}{title}{style:#}\n{}", table.aligned())?,
        }
    }
    Ok(())
}

/// A stream whose errors say what could not be written.
pub(super) struct Named {
    name: String,
    out: BufWriter<Box<dyn Write + Send>>,
}

impl Named {
    fn new(name: String, out: impl Write + Send + 'static) -> Named {
        let out = BufWriter::with_capacity(256 << 10, Box::new(out) as _);
        Named { name, out }
    }
}

impl Write for Named {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).map_err(|e| named(&self.name, &e))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|e| named(&self.name, &e))
    }
}

/// The error with what could not be written.
pub(super) fn named(name: &str, e: &io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{name}: {e}"))
}

/// What a signal to stop sets: the first ends the run behind the documents under way, the second at once. A write behind the limit
/// of a file's size becomes an error like that of a full disk, where else a signal would end the process without a word.
pub(super) fn stop_on_signals() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    {
        use signal_hook::{consts, flag};
        for signal in [consts::SIGINT, consts::SIGTERM, consts::SIGHUP] {
            // Where a handler can't be set the signal ends the process, as it does everywhere.
            let _ = flag::register_conditional_shutdown(signal, STOPPED.into(), stop.clone());
            let _ = flag::register(signal, stop.clone());
        }
        let _ = flag::register(consts::SIGXFSZ, Arc::default());
    }
    stop
}

/// The exit code of a run that was told to stop: what shells report for a process that SIGINT ended.
pub(super) const STOPPED: u8 = 130;

/// A bar on standard error that appears when work takes long and somebody looks.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that follows `done` towards `total` bytes (a spinner if that is not known).
    pub(super) fn new(done: Arc<AtomicU64>, total: Option<u64>, quiet: bool) -> Progress {
        if quiet || !io::stderr().is_terminal() {
            return Progress {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(8));
        let template = match total {
            Some(_) => "{bar:32} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        bar.set_style(
            ProgressStyle::with_template(template)
                .expect("the template is a constant that was tried"),
        );
        let ticker = bar.downgrade();
        std::thread::spawn(move || {
            // Short work shows no bar.
            std::thread::sleep(Duration::from_millis(700));
            while let Some(bar) = ticker.upgrade().filter(|b| !b.is_finished()) {
                bar.set_position(done.load(Ordering::Relaxed));
                drop(bar);
                std::thread::sleep(Duration::from_millis(120));
            }
        });
        Progress { bar }
    }

    /// Says something above the bar.
    pub(super) fn complain(&self, what: &dyn Display) {
        self.bar.suspend(|| complain(what));
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// Makes rayon's pool, which all share, have so many threads; 0 for one a core.
pub(super) fn use_threads(threads: usize) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_global()
        .map_err(|e| Error::invalid(format!("can't start threads: {e}")))
}

/// `3 documents`
pub(super) fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// `17.4 kB`
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

/// So many characters of a line, for who reads it in a terminal.
pub(super) fn shortened(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}
