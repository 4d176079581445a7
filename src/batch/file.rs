//! [`OutputFile`]: a file that a run writes, that survives the end of the run at any moment.

use super::{
    Summary,
    packing::Packing,
    state::{Job, Progress, State},
};
use crate::error::Error;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

/// The output of a run as a file: `FILE.part` grows, `FILE.state` says how much of it is whole, and at the end the part is renamed
/// to `FILE` and the state removed.
///
/// A name that ends in `.gz` or `.zst` asks for packed output, in independent frames. Every so often the part is flushed to the
/// disk, then the state is replaced, each time by a whole new file: whenever the run ends (killed, out of disk space, the power gone),
/// [`OutputFile::resume`] cuts the part to the length that the state tells and goes on, and the output is, byte for byte, that of a
/// run without a break.
#[derive(Debug)]
pub struct OutputFile {
    names: Names,
    /// The part, locked.
    file: File,
    packing: Packing,
    /// What the state says; without it there is none.
    job: Option<Job>,
    keep_state: bool,
    /// Is all in the part that will be?
    whole: bool,
    length: u64,
    progress: Progress,
    checkpoint: u64,
}

/// What [`OutputFile::resume`] found.
#[derive(Debug)]
pub enum Resumed {
    /// A run to begin or to go on with.
    Open(Box<OutputFile>),
    /// The output of this very job, whole, and what the run did.
    Finished(Summary),
}

/// The files of an output.
#[derive(Clone, Debug)]
struct Names {
    whole: PathBuf,
    part: PathBuf,
    state: PathBuf,
    /// A state that is being written.
    new_state: PathBuf,
}

/// So much output is written between two states. At a hundred megabytes a second that is a third of a second's work to do again,
/// and each costs a flush to the disk, that the work does not wait for.
const CHECKPOINT: u64 = 32 << 20;

impl OutputFile {
    /// Starts a file anew; one of this name stays as it is until the new one is whole. Without a job there is no state, and the run
    /// can't go on after a break.
    ///
    /// # Errors
    /// When it can't be made, or another run writes it.
    pub fn create(path: impl AsRef<Path>, job: Option<Job>) -> Result<OutputFile, Error> {
        let names = Names::of(path.as_ref())?;
        let file = names.lock_part()?;
        let out = OutputFile {
            packing: Packing::of(&names.whole),
            names,
            file,
            job,
            keep_state: false,
            whole: false,
            length: 0,
            progress: Progress::default(),
            checkpoint: CHECKPOINT,
        };
        // A state that tells of nothing goes with whatever is in the part; so it comes first.
        match &out.job {
            Some(job) => {
                let state = State::to_bytes(job, false, 0, &out.progress);
                out.names.replace_state(&state)?;
            }
            None => remove(&out.names.state)?,
        }
        out.cut(0)?;
        Ok(out)
    }

    /// Goes on with a file where a run of the same job stopped, or starts it if there is nothing yet. The state stays beside the
    /// finished file, so that the same call then finds it finished.
    ///
    /// # Errors
    /// When what is there belongs to another job, is not what its state says or is written by another run; says which.
    pub fn resume(path: impl AsRef<Path>, job: Job) -> Result<Resumed, Error> {
        let names = Names::of(path.as_ref())?;
        let locked = names.part.exists().then(|| names.lock_part()).transpose()?;
        let part = match &locked {
            Some(file) => Some(len(file.metadata(), &names.part)?),
            None => None,
        };
        let state = match (names.read_state()?, part) {
            // A run may have ended between making the part and the state.
            (None, None | Some(0)) if names.whole.exists() => {
                return refused(
                    &names.whole,
                    "is there without a state that says what it is",
                );
            }
            (None, Some(1..)) => return refused(&names.part, "has no state beside it"),
            (None, None | Some(0)) => None,
            (Some(state), part) => {
                if let Some(difference) = job.difference(&state.job) {
                    let why = format!("is the state of another run: {difference}");
                    return refused(&names.state, &why);
                }
                let changed = |file: &Path, len: u64| {
                    let told = state.length;
                    let why =
                        format!("has {len} bytes where its state says {told}: it was changed");
                    refused(file, &why)
                };
                match part {
                    Some(0) | None if state.finished => {
                        let len = len(fs::metadata(&names.whole), &names.whole)?;
                        if len == state.length {
                            return Ok(Resumed::Finished(state.progress.summary));
                        }
                        return changed(&names.whole, len);
                    }
                    Some(len) if len < state.length => return changed(&names.part, len),
                    None if state.length > 0 => {
                        return refused(&names.part, "is gone, but its state is there");
                    }
                    None => None,
                    Some(_) => Some(state),
                }
            }
        };
        let mut out = match (state, locked) {
            (Some(state), Some(file)) => OutputFile {
                packing: Packing::of(&names.whole),
                names,
                file,
                job: Some(job),
                keep_state: true,
                whole: state.finished,
                length: state.length,
                progress: state.progress,
                checkpoint: CHECKPOINT,
            },
            // The lock is taken anew.
            (_, locked) => {
                drop(locked);
                OutputFile::create(path, Some(job))?
            }
        };
        out.keep_state = true;
        out.cut(out.length)?;
        Ok(Resumed::Open(Box::new(out)))
    }

    /// How much output is written between two states. Default: 32 MiB.
    pub fn checkpoint(&mut self, bytes: u64) -> &mut OutputFile {
        self.checkpoint = bytes;
        self
    }

    /// What the run did before it stopped; nothing if it is new.
    pub fn before(&self) -> &Summary {
        &self.progress.summary
    }

    /// The files that a run of this output writes: the part, its state and the next state; the output itself is not among them.
    pub fn working_files(path: impl AsRef<Path>) -> [PathBuf; 3] {
        let names = Names::at(followed(path.as_ref()));
        [names.part, names.state, names.new_state]
    }

    /// Takes away a file in which there is nothing yet.
    pub(super) fn discard(self) {
        // What stays is told as the part of an interrupted run the next time.
        let _ = fs::remove_file(&self.names.part);
        let _ = fs::remove_file(&self.names.state);
    }

    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    pub(super) fn take_progress(&mut self) -> Progress {
        std::mem::take(&mut self.progress)
    }

    fn cut(&self, length: u64) -> Result<(), Error> {
        let cut = self.file.set_len(length);
        let cut = cut.and_then(|()| (&self.file).seek(SeekFrom::Start(length)));
        cut.map_err(|e| Error::io(&self.names.part, e))?;
        Ok(())
    }

    fn sync(&self) -> Result<(), Error> {
        sync(&self.file).map_err(|e| Error::io(&self.names.part, e))
    }
}

/// A file that a run is writing.
pub(super) struct Writing {
    file: OutputFile,
    /// Output since the last state.
    since: u64,
    saver: Option<Saver>,
}

impl Writing {
    pub(super) fn new(file: OutputFile) -> Result<Writing, Error> {
        let saver = match file.job {
            Some(_) => Some(Saver::start(&file)?),
            None => None,
        };
        Ok(Writing {
            file,
            since: 0,
            saver,
        })
    }

    /// Writes a frame.
    pub(super) fn write(&mut self, frame: &[u8]) -> Result<(), Error> {
        let written = (&self.file.file).write_all(frame);
        written.map_err(|e| Error::io(&self.file.names.part, e))?;
        self.file.length += frame.len() as u64;
        self.since += frame.len() as u64;
        Ok(())
    }

    /// Saves the state if it is time to, beside the work.
    pub(super) fn wrote(&mut self, progress: &Progress) -> Result<(), Error> {
        let (Some(saver), Some(job)) = (&mut self.saver, &self.file.job) else {
            return Ok(());
        };
        // The ids are written each time: they must stay a small part of all that is written.
        let due = self.file.checkpoint.max(64 * progress.ids.len() as u64);
        if self.since < due || saver.busy.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.since = 0;
        let state = State::to_bytes(job, false, self.file.length, progress);
        match saver.states.send(state) {
            Ok(()) => Ok(()),
            // It ended with an error.
            Err(_) => self.stop_saver(),
        }
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> u64 {
        self.file.length
    }

    /// Was all written by a run that stopped before it gave the part its name?
    pub(super) fn is_whole(&self) -> bool {
        self.file.whole
    }

    /// Makes the output whole, and writes the file beside it, if there is one: the ending of its name, and its content.
    pub(super) fn finish(
        mut self,
        progress: &Progress,
        beside: Option<(&str, Vec<u8>)>,
    ) -> Result<(), Error> {
        self.stop_saver()?;
        if self.file.length == 0 {
            // A packed file without a frame is no file of its kind.
            let frame = self.file.packing.packer();
            let frame = frame.and_then(|mut p| p.frame(Vec::new()));
            let frame = frame.map_err(|e| Error::io(&self.file.names.part, e))?;
            self.write(&frame)?;
        }
        let OutputFile {
            names, job, length, ..
        } = &self.file;
        if let Some((ending, content)) = beside {
            names.replace_beside(ending, &content)?;
        }
        self.file.sync()?;
        if let Some(job) = job {
            let saved = names.replace_state(&State::to_bytes(job, true, *length, progress));
            // A state that will be removed is not worth a failure.
            saved.or_else(|e| if self.file.keep_state { Err(e) } else { Ok(()) })?;
        }
        fs::rename(&names.part, &names.whole).map_err(|e| Error::io(&names.whole, e))?;
        names.sync_folder();
        if !self.file.keep_state {
            remove(&names.state)?;
        }
        Ok(())
    }

    /// Leaves the output as it is: cuts off what is not whole, and saves how far it got.
    pub(super) fn leave(mut self, progress: &Progress) -> Result<(), Error> {
        let stopped = self.stop_saver();
        self.file.cut(self.file.length)?;
        stopped?;
        self.file.sync()?;
        match &self.file.job {
            Some(job) => {
                let state = State::to_bytes(job, false, self.file.length, progress);
                self.file.names.replace_state(&state)
            }
            None => Ok(()),
        }
    }

    fn stop_saver(&mut self) -> Result<(), Error> {
        self.saver.take().map_or(Ok(()), Saver::stop)
    }
}

/// Flushes the part and replaces the state in a thread of its own: a disk is slow, and the work need not wait for it.
struct Saver {
    states: SyncSender<Vec<u8>>,
    busy: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), Error>>,
}

impl Saver {
    fn start(out: &OutputFile) -> Result<Saver, Error> {
        let (states, to_save) = sync_channel::<Vec<u8>>(1);
        let part = &out.names.part;
        let file = out.file.try_clone().map_err(|e| Error::io(part, e))?;
        let (names, busy) = (out.names.clone(), Arc::new(AtomicBool::new(false)));
        let is_busy = busy.clone();
        let thread = thread::Builder::new().spawn(move || {
            for state in to_save {
                // What the state tells must be on the disk before it.
                let saved = sync(&file).map_err(|e| Error::io(&names.part, e));
                let saved = saved.and_then(|()| names.replace_state(&state));
                is_busy.store(false, Ordering::Release);
                saved?;
            }
            Ok(())
        });
        let thread = thread.map_err(|e| Error::invalid(format!("can't start threads: {e}")))?;
        Ok(Saver {
            states,
            busy,
            thread,
        })
    }

    fn stop(self) -> Result<(), Error> {
        drop(self.states);
        let ended = self.thread.join();
        ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Names {
    /// The names for an output that can be made.
    fn of(path: &Path) -> Result<Names, Error> {
        let whole = followed(path);
        if whole.is_dir() {
            let e = io::Error::new(
                io::ErrorKind::IsADirectory,
                "is a folder; give the name of a file",
            );
            return Err(Error::io(path, e));
        }
        let folder = whole.parent().filter(|p| !p.as_os_str().is_empty());
        if folder.is_some_and(|f| !f.is_dir()) {
            let e = io::Error::new(io::ErrorKind::NotFound, "its folder is not there");
            return Err(Error::io(path, e));
        }
        Ok(Names::at(whole))
    }

    fn at(whole: PathBuf) -> Names {
        let with = |ending: &str| {
            let mut name = whole.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        Names {
            part: with(".part"),
            state: with(".state"),
            new_state: with(".state.new"),
            whole,
        }
    }

    /// Opens the part, or makes it, for this process alone.
    fn lock_part(&self) -> Result<File, Error> {
        let at = |e| Error::io(&self.part, e);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        loop {
            let file = options.open(&self.part).map_err(at)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::invalid(format!(
                        "{}: another run writes it",
                        self.part.display()
                    )));
                }
                // Some file systems have no locks.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(e)) => return Err(at(e)),
            }
            // The run that held the lock may have finished in between: then this is its output, and no part any more.
            if is_file_at(&file, &self.part) {
                return Ok(file);
            }
        }
    }

    fn read_state(&self) -> Result<Option<State>, Error> {
        match fs::read(&self.state) {
            Ok(bytes) => match State::from_bytes(&bytes) {
                Ok(state) => Ok(Some(state)),
                Err(why) => refused(&self.state, why),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(&self.state, e)),
        }
    }

    /// Puts another state in the place of the one before: at any moment there is one of the two, whole.
    fn replace_state(&self, state: &[u8]) -> Result<(), Error> {
        let written = File::create(&self.new_state).and_then(|mut file| {
            file.write_all(state)?;
            sync(&file)
        });
        let replaced = written.and_then(|()| fs::rename(&self.new_state, &self.state));
        if let Err(e) = replaced {
            // Half a state on a full disk is in the way.
            let _ = fs::remove_file(&self.new_state);
            return Err(Error::io(&self.state, e));
        }
        self.sync_folder();
        Ok(())
    }

    /// Puts a file beside the output, in the place of one before.
    fn replace_beside(&self, ending: &str, content: &[u8]) -> Result<(), Error> {
        let mut name = self.whole.clone().into_os_string();
        name.push(ending);
        let mut new = name.clone();
        new.push(".part");
        let written = fs::write(&new, content).and_then(|()| fs::rename(&new, &name));
        written.map_err(|e| Error::io(name, e))
    }

    /// Makes renames last. Where folders can't be flushed there is nothing to be done.
    fn sync_folder(&self) {
        let folder = self.whole.parent().filter(|p| !p.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
    }
}

fn refused<T>(file: &Path, why: &str) -> Result<T, Error> {
    Err(Error::invalid(format!(
        "{}: {why}; run without --resume to start anew",
        file.display()
    )))
}

fn len(metadata: io::Result<fs::Metadata>, path: &Path) -> Result<u64, Error> {
    metadata.map(|m| m.len()).map_err(|e| Error::io(path, e))
}

/// The file that a link leads to, so that the link stays and its target is replaced.
fn followed(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(unix)]
fn is_file_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_file_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Flushes a file to the disk, where its file system can.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io(path, e)),
        _ => Ok(()),
    }
}
