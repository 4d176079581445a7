//! `wiretag completions` and `wiretag man`: for the shell and the manual, from the definition of the command line.

use clap::Command;
use clap_complete::Shell;
use std::{
    io::{self, Write},
    process::ExitCode,
};
use wiretag::Error;

/// Prints a script that completes arguments in a shell.
///
/// Examples:
///   wiretag completions bash > ~/.local/share/bash-completion/completions/wiretag
///   wiretag completions fish > ~/.config/fish/completions/wiretag.fish
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints the manual page, of the program or of one command.
///
/// Examples:
///   wiretag man > ~/.local/share/man/man1/wiretag.1
///   wiretag man annotate | man -l -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Man {
    /// The command (default: the program as a whole)
    command: Option<String>,
}

pub(super) fn completions(args: &Completions, command: &mut Command) -> Result<ExitCode, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "wiretag", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man(args: &Man, command: Command) -> Result<ExitCode, Error> {
    let mut command = command;
    command.build();
    let command = match &args.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(sub) => sub.clone().display_name(format!("wiretag-{name}")),
            None => {
                return Err(Error::invalid(format!(
                    "no command {name:?}, see wiretag --help"
                )));
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    io::stdout().write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}
