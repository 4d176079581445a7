//! Markdown to text: what a reader of the page sees. Text of links without their targets, cells of tables apart, code kept. Front
//! matter is no text: its fields are meta, and its title stands above the page unless the first heading says the same.

use super::{
    Parsed, Raw, ReadOptions, Reader, decode::decode, front_matter, html, stream, string_meta,
};
use crate::document::Document;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

pub(super) struct Markdown;

impl Reader for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdown", "mkd"]
    }

    fn looks_like(&self, start: &str) -> bool {
        looks_like_markdown(start)
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn stream::Cutter> {
        Box::new(stream::Whole::default())
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let (page, warning) = decode(&raw.bytes, options.encoding, None);
        let (fields, body) = front_matter::split(&page).unwrap_or((Vec::new(), &page));
        let Text { mut text, heading } = match extract(body) {
            Ok(text) => text,
            Err(message) => return Parsed::error(raw, message),
        };
        let title = fields.iter().find(|(name, _)| name == "title");
        if let Some((_, title)) = title
            && !title.trim().is_empty()
            && heading.as_deref() != Some(title.trim())
        {
            text = format!("{}\n\n{text}", title.trim());
        }
        let warning =
            warning.or_else(|| text.trim().is_empty().then(|| "an empty file".to_owned()));
        let document = Document::new(&*raw.id, text).with_meta(string_meta(fields));
        Parsed::document(document, raw, warning)
    }
}

/// The text of a page, and the first heading in it.
struct Text {
    text: String,
    heading: Option<String>,
}

/// The text of a page: blocks parted by a blank line, items of a list and rows of a table by a line break, cells by ` | `.
fn extract(page: &str) -> Result<Text, String> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut out = String::with_capacity(page.len());
    let mut html = String::new();
    let mut first_cell = true;
    let (mut heading_start, mut heading) = (0, None);
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Start(tag) => match tag {
                Tag::Heading { .. } => {
                    block(&mut out);
                    heading_start = out.len();
                }
                Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Table(_) => {
                    block(&mut out)
                }
                Tag::Item | Tag::TableRow | Tag::TableHead => {
                    line(&mut out);
                    first_cell = true;
                }
                Tag::TableCell if !std::mem::take(&mut first_cell) => {
                    out.push_str(" | ");
                }
                Tag::List(_) if out.ends_with("\n\n") || out.is_empty() => {}
                Tag::List(_) => line(&mut out),
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Heading(_) => {
                    heading.get_or_insert_with(|| out[heading_start..].trim().to_owned());
                    block(&mut out);
                }
                TagEnd::Paragraph | TagEnd::Table | TagEnd::List(_) => block(&mut out),
                TagEnd::CodeBlock => block(&mut out),
                TagEnd::HtmlBlock => {
                    block(&mut out);
                    out.push_str(&html::fragment_text(&std::mem::take(&mut html))?);
                    block(&mut out);
                }
                _ => {}
            },
            Event::Text(text)
            | Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => out.push_str(&text),
            Event::Html(text) => html.push_str(&text),
            // Tags inside a line part nothing: `U.<b>S.</b>`. A break does.
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("<br") => line(&mut out),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::SoftBreak | Event::HardBreak => line(&mut out),
            Event::Rule => block(&mut out),
        }
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    Ok(Text { text: out, heading })
}

/// Starts a new block.
fn block(out: &mut String) {
    out.truncate(out.trim_end_matches([' ', '\n']).len());
    if !out.is_empty() {
        out.push_str("\n\n");
    }
}

/// Starts a new line.
fn line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Is a text plainly a page of Markdown? Links with targets count most; a heading or a list alone is what plain text has too.
fn looks_like_markdown(start: &str) -> bool {
    /// Evidence below this is weak: one link and one heading, or three links, are enough.
    const PLAINLY: usize = 3;
    let mut evidence = 0;
    for line in start.lines().take(400) {
        let body = line.trim_start();
        let heading = body.trim_start_matches('#');
        if heading.len() < body.len() && body.len() - heading.len() <= 6 && heading.starts_with(' ')
        {
            evidence += 1;
        }
        if body.starts_with("```") || body.starts_with("~~~") {
            evidence += 1;
        }
        if body.starts_with('|')
            && body.len() > 4
            && body.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
        {
            evidence += PLAINLY;
        }
        evidence += links(body);
        if evidence >= PLAINLY {
            return true;
        }
    }
    false
}

/// Twice the number of links: one link alone may be a quotation, with a heading it is a page.
fn links(line: &str) -> usize {
    line.match_indices("](")
        .filter(|(at, _)| {
            let target = line[at + 2..].split(')').next().unwrap_or_default();
            line[..*at].contains('[')
                && (target.starts_with(['/', '#', '.'])
                    || target.contains("://")
                    || target.ends_with(".md"))
        })
        .count()
        * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(page: &str) -> String {
        super::extract(page).unwrap().text
    }

    #[test]
    fn text_of_links_without_their_targets() {
        let page = "# [2017](/a/index.md)\n\n1. [Iran fires *two* missiles](/news/iran-missiles.md) _Context: Iran_\n2. [U.S.](x.md)\n";
        assert_eq!(
            extract(page),
            "2017\n\nIran fires two missiles Context: Iran\nU.S.\n"
        );
    }

    #[test]
    fn cells_of_tables_are_apart() {
        assert_eq!(
            extract("| Country | Weapon |\n|---|---|\n| Iran | Shahab-3 |\n"),
            "Country | Weapon\nIran | Shahab-3\n"
        );
    }

    #[test]
    fn code_is_kept_and_html_loses_its_tags() {
        assert_eq!(
            extract(
                "a\n\n```json\n{\"x\": 1}\n```\n\n<div>Iran &amp; <script>no()</script></div>\n\nU.<b>S.</b>\n"
            ),
            "a\n\n{\"x\": 1}\n\nIran &\n\nU.S.\n"
        );
    }

    #[test]
    fn images_leave_their_description() {
        assert_eq!(
            extract("![A tank in Kyiv](tank.jpg) rolls"),
            "A tank in Kyiv rolls\n"
        );
    }

    #[test]
    fn only_plain_evidence_makes_markdown_of_a_text() {
        assert!(looks_like_markdown(
            "### [2017](/news/index.md)\n\n# Title\n"
        ));
        assert!(looks_like_markdown("| a | b |\n|---|---|\n"));
        assert!(!looks_like_markdown(
            "# 1 in the polls\n\n* one\n* two\n[sic](and so on)\n"
        ));
        assert!(!looks_like_markdown(
            "He said [it](https://example.org) once.\n"
        ));
    }
}
