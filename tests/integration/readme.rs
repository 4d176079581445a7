//! Every `$ wiretag …` in the README, and in pages of the documentation, prints what is shown there.

use std::{fs, path::Path, process::Command};

const PAGES: [&str; 2] = ["README.md", "docs/coming-from.md"];

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

/// A page with the real output of its console blocks.
fn fresh(page: &str, root: &Path) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::os::unix::fs::symlink(root.join("examples"), folder.path().join("examples"))
        .expect("a link can be made");
    let mut fresh = String::new();
    let mut rest = page;
    while let Some(at) = rest.find("```console\n") {
        let (before, block) = rest.split_at(at + "```console\n".len());
        let end = block.find("```").expect("every block ends");
        fresh.push_str(before);
        fresh.push_str(rerun(&block[..end], folder.path()).trim_end());
        fresh.push('\n');
        rest = &block[end..];
    }
    fresh + rest
}

#[test]
fn console_blocks_show_what_the_commands_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in PAGES {
        let page = fs::read_to_string(root.join(name)).expect("the page is there");
        let fresh = fresh(&page, root);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(root.join(name), &fresh).expect("the page can be written");
        } else {
            assert_eq!(
                fresh, page,
                "{name}: run `UPDATE=1 cargo test readme` and read the diff"
            );
        }
    }
}
