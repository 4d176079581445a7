//! The page: markup, style, script and data, in this order, as one file.

use super::sample::Sample;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The markup. `{{policy}}` and the like are filled in; `{{data}}` is where the data goes.
const MARKUP: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
/// The script: files that follow each other, each using what those before it define.
const SCRIPT: &str = concat!(
    include_str!("model.js"),
    include_str!("charts.js"),
    include_str!("views.js"),
    include_str!("compare.js"),
    include_str!("document.js"),
    include_str!("app.js"),
);

/// Writes the page.
pub(super) fn write(
    title: &str,
    summary: &Value,
    sample: &Sample,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (before, behind) = MARKUP
        .split_once("{{data}}")
        .expect("the markup has a place for the data");
    let fill = |part: &str| {
        part.replace("{{policy}}", &policy())
            .replace("{{style}}", STYLE)
            .replace("{{script}}", SCRIPT)
            .replace("{{title}}", &escape(title))
    };
    out.write_all(fill(before).as_bytes())?;
    write_data("summary", out, |out| write_json(&summary.to_string(), out))?;
    write_data("documents", out, |out| {
        out.write_all(b"[")?;
        for (i, document) in sample.in_order().enumerate() {
            out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
            write_json(document, out)?;
        }
        out.write_all(b"]")
    })?;
    out.write_all(fill(behind).as_bytes())
}

/// What the page may do: run its own script and use its own style, nothing else. Browsers know both by their hashes.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// An element with data, which browsers do not run.
fn write_data(
    id: &str,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    write(out)?;
    writeln!(out, "</script>")
}

/// JSON without a `<`, which could end the element that it stands in; in JSON it stands in strings alone.
fn write_json(json: &str, out: &mut dyn Write) -> io::Result<()> {
    for (i, part) in json.split('<').enumerate() {
        if i > 0 {
            out.write_all(b"\\u003c")?;
        }
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

/// Text for markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_holds_nothing_that_could_end_its_element() {
        let json = serde_json::json!({"text": "</script><!--<script>\u{2028}"}).to_string();
        let mut out = Vec::new();
        write_json(&json, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains('<'), "{out}");
        let back: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(back["text"], "</script><!--<script>\u{2028}");
    }

    #[test]
    fn titles_are_text() {
        assert_eq!(escape("<b>\"&"), "&lt;b&gt;&quot;&amp;");
    }
}
