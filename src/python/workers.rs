//! [`Workers`]: the threads of a tagger, which a process that was forked makes anew.

use super::error::invalid;
use crate::{Found, Scratch};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{
    mem,
    panic::resume_unwind,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// How long a signal waits at most.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(50);

/// Threads that are started when they are first needed, and what each of them reuses.
#[derive(Debug)]
pub(super) struct Workers {
    threads: usize,
    /// Locked only while the thread is attached to the interpreter, so that no fork happens meanwhile.
    team: Mutex<Option<Arc<Team>>>,
}

/// The threads of one process.
#[derive(Debug)]
pub(super) struct Team {
    process: u32,
    pool: ThreadPool,
    /// One a thread.
    memory: Vec<Mutex<Memory>>,
    /// For threads of the interpreter.
    spare: Mutex<Vec<Memory>>,
}

/// What a thread reuses from text to text.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) scratch: Scratch,
    pub(super) found: Found,
}

impl Workers {
    /// So many threads; 0 for one a core.
    pub(super) fn new(threads: usize) -> Workers {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        Workers {
            threads: if threads == 0 { cores() } else { threads },
            team: Mutex::default(),
        }
    }

    /// How many threads there are.
    pub(super) fn count(&self) -> usize {
        self.threads
    }

    /// The threads of this process.
    pub(super) fn team(&self, _attached: Python<'_>) -> PyResult<Arc<Team>> {
        let mut team = lock(&self.team);
        if let Some(team) = team.as_ref().filter(|t| t.is_of_this_process()) {
            return Ok(team.clone());
        }
        let pool = ThreadPoolBuilder::new().num_threads(self.threads).build();
        let pool = pool.map_err(|e| invalid(format!("can't start threads: {e}")))?;
        let made = Arc::new(Team {
            process: std::process::id(),
            pool,
            memory: (0..self.threads).map(|_| Mutex::default()).collect(),
            spare: Mutex::default(),
        });
        // The threads of the parent are not there after a fork: nothing may wait for them, so they are never dropped.
        mem::forget(team.replace(made.clone()));
        Ok(made)
    }
}

/// Does long work in another thread, and asks the interpreter for signals meanwhile: Ctrl-C sets `stop`, which ends the work.
///
/// # Errors
/// What the signal raised.
pub(super) fn interruptible<T: Send>(
    py: Python<'_>,
    stop: &AtomicBool,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    thread::scope(|scope| {
        let (done, is_done) = mpsc::channel();
        let worker = scope.spawn(move || {
            let result = work();
            // Nobody waits any more if it was interrupted.
            let _ = done.send(());
            result
        });
        let mut interrupted = Ok(());
        let is_done = Mutex::new(is_done);
        let wait = || lock(&is_done).recv_timeout(BETWEEN_SIGNALS);
        while py.detach(wait) == Err(RecvTimeoutError::Timeout) {
            if let Err(e) = py.check_signals() {
                stop.store(true, Ordering::Relaxed);
                interrupted = Err(e);
            }
        }
        let result = py.detach(|| worker.join());
        interrupted?;
        match result {
            Ok(result) => Ok(result),
            Err(panic) => resume_unwind(panic),
        }
    })
}

/// A lock that was held by a thread that panicked is good enough.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Workers {
    fn drop(&mut self) {
        let team = self.team.get_mut().unwrap_or_else(PoisonError::into_inner);
        if team.as_ref().is_some_and(|t| !t.is_of_this_process()) {
            mem::forget(team.take());
        }
    }
}

impl Team {
    fn is_of_this_process(&self) -> bool {
        self.process == std::process::id()
    }

    /// Does work in these threads: what it splits is shared among them.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// Calls with memory that no other thread uses.
    pub(super) fn with_spare_memory<T>(&self, call: impl FnOnce(&mut Memory) -> T) -> T {
        let mut memory = lock(&self.spare).pop().unwrap_or_default();
        let done = call(&mut memory);
        lock(&self.spare).push(memory);
        done
    }

    /// Calls with the memory of the calling thread, which is one of these.
    pub(super) fn with_memory<T>(&self, call: impl FnOnce(&mut Memory) -> T) -> T {
        let thread = rayon::current_thread_index().expect("the work was split by run");
        let memory = &self.memory[thread];
        let mut memory = memory.lock().unwrap_or_else(|poisoned| {
            let mut memory = poisoned.into_inner();
            *memory = Memory::default();
            memory
        });
        call(&mut memory)
    }
}
