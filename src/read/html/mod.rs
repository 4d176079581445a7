//! HTML: the article on a page, its headline at the top; where there is none, what the page says as a whole.

mod layout;
mod tree;

use super::{Parsed, Raw, ReadOptions, Reader, decode::decode, stream, string_meta};
use crate::document::Document;
use dom_query::{Document as Page, NodeRef};
use dom_smoothie::{Config, Readability};
use encoding_rs::Encoding;
use serde_json::Value;

pub(super) struct Html;

impl Reader for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn looks_like(&self, start: &str) -> bool {
        let start = start.trim_start_matches('\u{feff}').trim_start();
        let starts = |text: &str, with: &str| {
            text.get(..with.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(with))
        };
        let xml = starts(start, "<?xml").then(|| start.split_once("?>").map_or("", |x| x.1));
        let page = xml.unwrap_or(start).trim_start();
        starts(page, "<!doctype html") || starts(page, "<html")
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn stream::Cutter> {
        Box::new(stream::Whole::default())
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let (page, warning) = decode(&raw.bytes, options.encoding, declared(&raw.bytes));
        let article = match Article::of(&page) {
            Ok(article) => article,
            Err(message) => return Parsed::error(raw, message),
        };
        let warning = warning.or_else(|| {
            article
                .text
                .is_empty()
                .then(|| "a page without text".to_owned())
        });
        let document = Document::new(&*raw.id, article.text).with_meta(string_meta(article.meta));
        Parsed::document(document, raw, warning)
    }
}

/// What a page has for its readers.
pub(super) struct Article {
    /// The headline, then the article.
    pub(super) text: String,
    /// `title`, `date` and `url`, where the page tells them.
    pub(super) meta: Vec<(&'static str, String)>,
}

/// More elements than this are not weighed against each other for the article: that takes a few tenths of a second for so many, and
/// up to four rounds. What a page says as a whole is taken from larger ones.
const MAX_WEIGHED: usize = 50_000;

/// Less text than this is no article but what was left when everything else was thrown away. (The extractor's own measure for what
/// can be read.)
const MIN_ARTICLE: usize = 140;

impl Article {
    /// The article on a page, or what is too much about the page.
    pub(super) fn of(html: &str) -> Result<Article, String> {
        let page = tree::page(html)?;
        let body = text_of_all(&page);
        let headlines: Vec<String> = page
            .select("h1")
            .nodes()
            .iter()
            // A page has one, as a rule.
            .take(16)
            .map(|h1| layout::text(*h1).replace('\n', " "))
            .filter(|h1| !h1.is_empty())
            .collect();
        let config = Config {
            max_elements_to_parse: MAX_WEIGHED,
            // We look for the classes of what asks for consent.
            keep_classes: true,
            // Read below, by a parser that has limits.
            disable_json_ld: true,
            ..Config::default()
        };
        let linked = linked_data(&page);
        let url = url(&page, linked.as_ref());
        let date_tags = date(&page);
        let mut reader = Readability::with_document(page, None, Some(config))
            .map_err(|e| format!("HTML that can't be read: {e}"))?;
        let told = reader.get_article_metadata(None);
        let title = field(linked.as_ref(), "headline").unwrap_or_else(|| told.title.clone());
        let title = collapse(&title);
        let date = field(linked.as_ref(), "datePublished")
            .or(told.published_time)
            .or(date_tags);
        let mut text = match reader.parse() {
            Ok(article) => layout::text(tree::fragment(&article.content)?.root()),
            Err(_) => String::new(),
        };
        if text.len() < MIN_ARTICLE && !body.is_empty() {
            text = body;
        }
        // The page's own headline rather than the title, which has the name of the site, or is another for those who search.
        let related = |h1: &&String| title.contains(h1.as_str()) || h1.contains(&title);
        let headline = headlines.iter().find(related).unwrap_or(&title);
        if !headline.is_empty() && !starts_with_headline(&text, headline) {
            text = if text.is_empty() {
                headline.clone()
            } else {
                format!("{headline}\n\n{text}")
            };
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let title = Some(title).filter(|t| !t.is_empty());
        let meta = [("title", title), ("date", date), ("url", url)];
        let meta = meta.into_iter().filter_map(|(name, value)| {
            let value = value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
            Some((name, value?))
        });
        Ok(Article {
            text,
            meta: meta.collect(),
        })
    }
}

/// The text of a part of a page that stands in a page of another format.
pub(super) fn fragment_text(html: &str) -> Result<String, String> {
    Ok(layout::text(tree::fragment(html)?.root()))
}

/// What the page says as a whole: its main part if it names one.
fn text_of_all(page: &Page) -> String {
    ["main, [role=main]", "article", "body"]
        .iter()
        .map(|part| page.select(part))
        // Several articles are a list of them, of which the body is the whole.
        .filter(|part| part.length() == 1)
        .filter_map(|part| part.nodes().first().map(|node| layout::text(*node)))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// Does a text have its headline at its start, perhaps below a line or two?
fn starts_with_headline(text: &str, headline: &str) -> bool {
    let mut blocks = text.split("\n\n").take(3);
    blocks.any(|block| block.replace('\n', " ").eq_ignore_ascii_case(headline))
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address that a page gives as its own.
fn url(page: &Page, linked: Option<&Value>) -> Option<String> {
    let attribute = |selector: &str, name: &str| {
        page.select(selector)
            .nodes()
            .first()
            .and_then(|node: &NodeRef| node.attr(name))
            .map(|v| v.to_string())
    };
    attribute("link[rel=canonical]", "href")
        .or_else(|| attribute("meta[property=\"og:url\"]", "content"))
        .or_else(|| field(linked, "url"))
        .filter(|url| url.starts_with("http://") || url.starts_with("https://"))
}

/// The date of publication in places that the extractor does not look at.
fn date(page: &Page) -> Option<String> {
    [
        (
            "meta[name=date], meta[name=pubdate], meta[name=\"dc.date\"], meta[name=\"DC.date\"]",
            "content",
        ),
        ("meta[itemprop=datePublished]", "content"),
        ("time[itemprop=datePublished], time[pubdate]", "datetime"),
    ]
    .iter()
    .find_map(|(selector, name)| page.select(selector).nodes().first()?.attr(name))
    .map(|v| v.to_string())
}

/// The page's description of its article in JSON-LD.
fn linked_data(page: &Page) -> Option<Value> {
    page.select("script[type=\"application/ld+json\"]")
        .nodes()
        .iter()
        .find_map(|script| {
            let mut waiting: Vec<Value> = vec![serde_json::from_str(&script.text()).ok()?];
            while let Some(mut value) = waiting.pop() {
                match value {
                    Value::Array(values) => waiting.extend(values.into_iter().rev()),
                    Value::Object(ref mut fields) => {
                        let kind = fields.get("@type").map(Value::to_string);
                        if kind.is_some_and(|k| k.contains("Article") || k.contains("BlogPosting"))
                        {
                            return Some(value);
                        }
                        waiting.extend(fields.remove("@graph"));
                    }
                    _ => {}
                }
            }
            None
        })
}

fn field(linked: Option<&Value>, name: &str) -> Option<String> {
    let value = linked?.get(name)?.as_str()?;
    // Many systems escape it for HTML although it is none.
    if !value.contains('&') {
        return Some(value.to_owned());
    }
    Some(fragment_text(&value.replace('<', "&lt;")).unwrap_or_else(|_| value.to_owned()))
}

/// The encoding that a page declares, in a `<meta>` tag or the first line of XML.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    /// Browsers look at 1,024 bytes; some pages have more comments than that.
    const PRESCAN: usize = 8192;
    let start = bytes[..bytes.len().min(PRESCAN)].to_ascii_lowercase();
    let xml = start.starts_with(b"<?xml");
    let tags = memchr::memmem::find_iter(&start, b"<meta");
    let xml = xml.then_some((0, &b"encoding"[..]));
    let mut tags = xml.into_iter().chain(tags.map(|at| (at, &b"charset"[..])));
    tags.find_map(|(at, name)| {
        let tag = start[at..].split(|&b| b == b'>').next()?;
        let value = &tag[memchr::memmem::find(tag, name)? + name.len()..];
        let value = value
            .trim_ascii_start()
            .strip_prefix(b"=")?
            .trim_ascii_start();
        let end =
            |b: &u8| matches!(b, b'"' | b'\'' | b';' | b'/' | b'?') || b.is_ascii_whitespace();
        let value = value
            .strip_prefix(b"\"")
            .or(value.strip_prefix(b"'"))
            .unwrap_or(value);
        let label = value.split(end).next()?;
        let encoding = Encoding::for_label(label)?;
        // The tag could be read, so that it can't be true; what it means is UTF-8, as the standard has it.
        let is_16 = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&encoding);
        (!is_16).then_some(encoding)
    })
}
