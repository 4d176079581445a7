//! The `wiretag` program.

mod cli;

use std::process::ExitCode;

/// Start-up makes a hundred thousand small strings and drops most of them again; the system's allocator takes half as long again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
