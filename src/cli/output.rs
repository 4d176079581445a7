//! Where output goes: standard output, or a file that appears whole; and what goes to standard error.

use flate2::{Compression, write::GzEncoder};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    fmt::Display,
    fs,
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::NamedTempFile;
use wiretag::Error;

/// Says on standard error what is wrong.
pub(super) fn complain(what: &dyn Display) {
    for line in what.to_string().lines() {
        // If nobody can hear us there is nobody to tell.
        let _ = writeln!(anstream::stderr(), "wiretag: {line}");
    }
}

/// The file that a signal must not leave behind.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Takes the unfinished output away when the process is told to stop.
fn clean_up_on_signals() {
    // A second handler can't be set; the first does the same.
    let _ = ctrlc::set_handler(|| {
        let unfinished = UNFINISHED.lock().map(|mut path| path.take());
        if let Ok(Some(path)) = unfinished {
            let _ = fs::remove_file(path);
        }
        // What shells report for a process that SIGINT ended.
        std::process::exit(130);
    });
}

/// An output that is being written.
pub(super) enum Output {
    Stdout(BufWriter<io::Stdout>),
    /// A file that is renamed to its name when it is whole.
    File {
        file: Compressor,
        path: PathBuf,
    },
    /// What can't be renamed over: a device, a pipe.
    Device(BufWriter<fs::File>),
}

/// A file beside the one that it will be, compressed if the name says so.
pub(super) enum Compressor {
    Plain(BufWriter<NamedTempFile>),
    Gzip(GzEncoder<BufWriter<NamedTempFile>>),
}

impl Output {
    /// Standard output, or a file.
    pub(super) fn open(path: Option<&Path>) -> Result<Output, Error> {
        let Some(path) = path.filter(|p| *p != Path::new("-")) else {
            return Ok(Output::Stdout(BufWriter::with_capacity(
                256 << 10,
                io::stdout(),
            )));
        };
        let at = |e: io::Error| {
            Error::from(io::Error::new(e.kind(), format!("{}: {e}", path.display())))
        };
        // Through a link, so that the link stays and its target is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(m) if m.is_dir() => {
                return Err(at(io::Error::new(
                    io::ErrorKind::IsADirectory,
                    "is a folder; give the name of a file",
                )));
            }
            Ok(m) if !m.is_file() => {
                let file = fs::OpenOptions::new().write(true).open(&path).map_err(at)?;
                return Ok(Output::Device(BufWriter::new(file)));
            }
            _ => {}
        }
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".wiretag-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What the umask leaves of it, as for any new file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = BufWriter::with_capacity(256 << 10, builder.tempfile_in(folder).map_err(at)?);
        if let Ok(mut unfinished) = UNFINISHED.lock() {
            *unfinished = Some(file.get_ref().path().to_owned());
        }
        clean_up_on_signals();
        let file = match path.extension().is_some_and(|e| e == "gz") {
            true => Compressor::Gzip(GzEncoder::new(file, Compression::default())),
            false => Compressor::Plain(file),
        };
        Ok(Output::File { file, path })
    }

    /// Makes the output whole.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        match self {
            Output::Stdout(_) | Output::Device(_) => self.flush()?,
            Output::File { file, path } => {
                let buffered = match file {
                    Compressor::Plain(file) => file,
                    Compressor::Gzip(encoder) => encoder.finish()?,
                };
                let file = buffered
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)?;
                if let Ok(mut unfinished) = UNFINISHED.lock() {
                    *unfinished = None;
                }
                file.persist(&path).map_err(|e| {
                    io::Error::new(e.error.kind(), format!("{}: {}", path.display(), e.error))
                })?;
            }
        }
        Ok(())
    }
}

impl Output {
    /// The same fault, with the name of what could not be written.
    fn named(&self, e: io::Error) -> io::Error {
        let name = match self {
            Output::Stdout(_) => "standard output".to_owned(),
            Output::Device(_) => "the output".to_owned(),
            Output::File { path, .. } => path.display().to_string(),
        };
        io::Error::new(e.kind(), format!("{name}: {e}"))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self {
            Output::Stdout(out) => out.write(bytes),
            Output::Device(out) => out.write(bytes),
            Output::File {
                file: Compressor::Plain(file),
                ..
            } => file.write(bytes),
            Output::File {
                file: Compressor::Gzip(file),
                ..
            } => file.write(bytes),
        };
        written.map_err(|e| self.named(e))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match self {
            Output::Stdout(out) => out.flush(),
            Output::Device(out) => out.flush(),
            // Whole or not at all: `finish` does it.
            Output::File { .. } => Ok(()),
        };
        flushed.map_err(|e| self.named(e))
    }
}

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
