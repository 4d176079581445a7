//! The text of a tree as a reader of the page sees it: blocks parted by a blank line, items of a list and rows of a table by a line
//! break, cells by ` | `, space collapsed.

use super::tree::name_of;
use dom_query::NodeRef;

/// The text below a node, without a line break at its end.
pub(super) fn text(root: NodeRef) -> String {
    let mut layout = Layout::default();
    let mut node = root;
    loop {
        if layout.enter(&node) {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            layout.leave(&node);
        }
        loop {
            if node.id == root.id {
                return layout.out;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                return layout.out;
            };
            node = parent;
            layout.leave(&node);
        }
    }
}

/// Elements whose text is no part of the page's.
const UNSEEN: [&str; 24] = [
    "script", "style", "noscript", "template", "head", "title", "nav", "iframe", "object", "embed",
    "svg", "canvas", "audio", "video", "select", "button", "textarea", "input", "datalist",
    "dialog", "map", "menu", "footer", "aside",
];

/// Elements that stand in lines of their own.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "main",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "caption",
];

/// Words in classes and ids of the windows that ask for consent.
const CONSENT: [&str; 5] = ["cookie", "consent", "gdpr", "onetrust", "privacy-banner"];

/// A form, or a window that asks for consent, has less than this below it.
const MAX_FURNITURE_BYTES: usize = 3000;
const MAX_FURNITURE_NODES: usize = 1000;

/// Windows inside each other are counted again and again, up to so many nodes of a page.
const MAX_WEIGHED: usize = 2_000_000;

/// What parts the text before from the text to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Block,
}

#[derive(Default)]
struct Layout {
    out: String,
    gap: Gap,
    /// Is this the start of a cell or an item, so that a block inside starts no new paragraph?
    fresh: bool,
    /// Does ` | ` stand before the text to come?
    cell: bool,
    preformatted: u32,
    lists: u32,
    /// The rows that are open.
    rows: Vec<Row>,
    /// Nodes that were counted to tell furniture from articles.
    weighed: usize,
}

/// What a row of a table has so far.
#[derive(Clone, Copy, Default)]
struct Row {
    has_text: bool,
    has_lines: bool,
}

impl Layout {
    /// Starts a node; false if what is below it is left out.
    fn enter(&mut self, node: &NodeRef) -> bool {
        if node.is_text() {
            self.push(&node.text());
            return false;
        }
        let Some(name) = name_of(node) else {
            return true;
        };
        let name = &*name;
        if UNSEEN.contains(&name) || is_hidden(node) || self.is_furniture(node, name) {
            return false;
        }
        match name {
            "br" if self.gap == Gap::Line => self.want(Gap::Block),
            "br" => self.want(Gap::Line),
            "ul" | "ol" => {
                self.want(if self.lists > 0 {
                    Gap::Line
                } else {
                    Gap::Block
                });
                self.lists += 1;
            }
            "li" => {
                self.part(Gap::Line);
                self.fresh = true;
            }
            "tr" => {
                self.part(Gap::Line);
                self.rows.push(Row::default());
            }
            "td" | "th" => {
                let row = self.rows.last().copied().unwrap_or_default();
                // A table that lays a page out has paragraphs in its cells, and no rows that could be read on one line.
                if row.has_lines {
                    self.part(Gap::Block);
                } else if row.has_text {
                    self.cell = true;
                }
                self.fresh = true;
            }
            "pre" => {
                self.want(Gap::Block);
                self.preformatted += 1;
            }
            _ if BLOCKS.contains(&name) => self.want(Gap::Block),
            _ => {}
        }
        true
    }

    /// Ends a node that was not left out.
    fn leave(&mut self, node: &NodeRef) {
        let Some(name) = name_of(node) else {
            return;
        };
        match &*name {
            "ul" | "ol" => {
                self.lists = self.lists.saturating_sub(1);
                self.part(if self.lists > 0 {
                    Gap::Line
                } else {
                    Gap::Block
                });
            }
            "li" => self.part(Gap::Line),
            "tr" => {
                let inner = self.rows.pop().unwrap_or_default();
                if let Some(row) = self.rows.last_mut() {
                    // A table in a cell.
                    row.has_text |= inner.has_text;
                    row.has_lines |= inner.has_text;
                }
                self.cell = false;
                self.part(Gap::Line);
            }
            "table" => self.part(Gap::Block),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.want(Gap::Block);
            }
            name if BLOCKS.contains(&name) => self.want(Gap::Block),
            _ => {}
        }
    }

    /// Is it part of the page's furniture: a way to somewhere else, a form, a window that asks for consent?
    fn is_furniture(&mut self, node: &NodeRef, name: &str) -> bool {
        if ["html", "body", "main", "article", "p"].contains(&name) {
            return false;
        }
        let role = node.attr("role");
        if role.is_some_and(|r| {
            ["navigation", "search", "dialog", "alertdialog", "menu"].contains(&&*r)
        }) {
            return true;
        }
        let asks = || {
            let words = [node.attr("class"), node.attr("id")];
            words.into_iter().flatten().any(|words| {
                let words = words.to_ascii_lowercase();
                CONSENT.iter().any(|c| words.contains(c))
            })
        };
        // Some servers put whole pages into a form, and some pages carry in a class that they ask.
        (name == "form" || asks()) && self.is_small(node)
    }

    /// Is what is below a node too little for an article?
    fn is_small(&mut self, node: &NodeRef) -> bool {
        let (mut nodes, mut bytes) = (0, 0);
        for below in node.descendants_it() {
            nodes += 1;
            self.weighed += 1;
            if below.is_text() {
                bytes += below.text().len();
            }
            let holds = name_of(&below).is_some_and(|n| ["article", "main", "h1"].contains(&&*n));
            if holds
                || nodes > MAX_FURNITURE_NODES
                || bytes > MAX_FURNITURE_BYTES
                || self.weighed > MAX_WEIGHED
            {
                return false;
            }
        }
        true
    }

    /// A gap of this size, unless a cell or an item has just started.
    fn want(&mut self, gap: Gap) {
        if !self.fresh {
            self.gap = self.gap.max(gap);
        }
    }

    /// A gap of this size in any case.
    fn part(&mut self, gap: Gap) {
        self.fresh = false;
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, text: &str) {
        if self.preformatted > 0 {
            let text = if self.gap > Gap::Space {
                text.trim_start_matches('\n')
            } else {
                text
            };
            if !text.is_empty() {
                self.fill_gap();
                self.out.push_str(text.trim_end_matches('\n'));
                if text.ends_with('\n') {
                    self.gap = Gap::Line;
                }
            }
            return;
        }
        // The white space of HTML alone: a space that does not break is a character.
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        for part in text.split_inclusive(is_space) {
            let word = part.trim_end_matches(is_space);
            if !word.is_empty() {
                self.fill_gap();
                self.out.push_str(word);
            }
            if word.len() < part.len() {
                self.gap = self.gap.max(Gap::Space);
            }
        }
    }

    fn fill_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        self.fresh = false;
        if let Some(row) = self.rows.last_mut() {
            row.has_lines |= row.has_text && gap >= Gap::Line && !self.cell;
            row.has_text = true;
        }
        if std::mem::take(&mut self.cell) {
            self.out.push_str(" | ");
        } else if !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Block => "\n\n",
            });
        }
    }
}

fn is_hidden(node: &NodeRef) -> bool {
    node.has_attr("hidden")
        || node.attr("aria-hidden").is_some_and(|v| &*v == "true")
        || node.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}
