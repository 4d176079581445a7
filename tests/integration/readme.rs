//! Every `$ wiretag …` in the README prints what the README shows.

use std::{fs, path::Path, process::Command};

const README: &str = "README.md";

/// Runs the commands of a console block in `folder` and gives the block with their real output.
fn rerun(block: &str, folder: &Path) -> String {
    let mut out = String::new();
    for line in block.lines().filter_map(|l| l.strip_prefix("$ ")) {
        let bin = Path::new(env!("CARGO_BIN_EXE_wiretag"))
            .parent()
            .expect("a binary lies in a folder");
        let path = format!(
            "{}:{}",
            bin.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        // Summaries go to standard error: they have times in them.
        let run = Command::new("sh")
            .args(["-c", line])
            .current_dir(folder)
            .env("PATH", path)
            .output()
            .expect("sh runs");
        assert!(
            run.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        out.push_str(&format!(
            "$ {line}\n{}",
            String::from_utf8_lossy(&run.stdout)
        ));
    }
    out
}

#[test]
fn console_blocks_show_what_the_commands_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join(README)).expect("the README is there");
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::os::unix::fs::symlink(root.join("examples"), folder.path().join("examples"))
        .expect("a link can be made");
    let mut fresh = String::new();
    let mut rest = readme.as_str();
    while let Some(at) = rest.find("```console\n") {
        let (before, block) = rest.split_at(at + "```console\n".len());
        let end = block.find("```").expect("every block ends");
        fresh.push_str(before);
        fresh.push_str(rerun(&block[..end], folder.path()).trim_end());
        fresh.push('\n');
        rest = &block[end..];
    }
    fresh.push_str(rest);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root.join(README), &fresh).expect("the README can be written");
        return;
    }
    assert_eq!(
        fresh, readme,
        "run `UPDATE=1 cargo test readme` and read the diff"
    );
}
