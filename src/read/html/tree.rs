//! A page as a tree, within bounds: a parser of HTML must take everything, and some pages are made to exhaust it.

use dom_query::{Document, NodeId, NodeRef};
use html5ever::{
    Attribute, LocalName, ParseOpts, QualName, TokenizerResult,
    buffer_queue::BufferQueue,
    local_name, ns,
    tendril::StrTendril,
    tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
    tree_builder::{Tracer, TreeBuilder, TreeBuilderOpts, TreeSink},
};
use std::cell::Cell;

/// Elements inside each other. Browsers stop at 512; the parser walks up for most tags, so that its time grows with depth.
const MAX_DEPTH: usize = 512;

/// Nodes of a tree, a hundred bytes each at least. A tag of three bytes can be worth hundreds of nodes: `<p>` opens all unclosed
/// `<b>` and `<i>` again.
const MAX_NODES: usize = 2_000_000;

/// Comparisons of attributes: the parser compares each of a tag with all before it. Those of tags with few are not counted.
const MAX_COMPARED: u64 = 1_000_000_000;
const FEW_ATTRIBUTES: u64 = 64;

/// `<html>` and `<body>` tags that are looked at; each adds its attributes to those of the first.
const MAX_ROOTS: u32 = 16;

/// The tree of a whole page, or what is too much about it.
pub(super) fn page(html: &str) -> Result<Document, String> {
    let options = tree_options();
    parse(html, TreeBuilder::new(Document::default(), options))
}

/// The tree of a part of a page.
pub(super) fn fragment(html: &str) -> Result<Document, String> {
    let sink = Document::fragment_sink();
    let name = QualName::new(None, ns!(html), local_name!("body"));
    let context = sink.create_element(name, Vec::<Attribute>::new(), Default::default());
    let options = tree_options();
    parse(
        html,
        TreeBuilder::new_for_fragment(sink, context, None, options),
    )
}

fn tree_options() -> TreeBuilderOpts {
    TreeBuilderOpts {
        // What stands in <noscript> is parsed, so that it can be left out.
        scripting_enabled: false,
        ..ParseOpts::default().tree_builder
    }
}

fn parse(html: &str, builder: TreeBuilder<NodeId, Document>) -> Result<Document, String> {
    if has_many_attributes(html.as_bytes()) {
        return Err("HTML with tags of too many attributes".to_owned());
    }
    let guard = Guard {
        builder,
        tokens: Cell::new(0),
        roots: Cell::new(0),
        fault: Cell::new(None),
    };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    while let TokenizerResult::Script(_) | TokenizerResult::EncodingIndicator(_) =
        tokenizer.feed(&input)
    {}
    tokenizer.end();
    let guard = tokenizer.sink;
    guard.check();
    if let Some(fault) = guard.fault.get() {
        return Err(fault.message());
    }
    let document = guard.builder.sink;
    match is_deep(&document) {
        true => Err(Fault::Deep.message()),
        false => Ok(document),
    }
}

/// Where in a tag the tokenizer may be, as the standard has it.
#[derive(Clone, Copy)]
enum At {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
}

impl At {
    const ALL: [At; 8] = [
        At::TagName,
        At::BeforeName,
        At::Name,
        At::AfterName,
        At::BeforeValue,
        At::DoubleQuoted,
        At::SingleQuoted,
        At::Unquoted,
    ];

    /// Where a byte leads; none out of the tag.
    fn after(self, byte: u8) -> Option<At> {
        let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0xc);
        Some(match (self, byte) {
            (At::DoubleQuoted, b'"') | (At::SingleQuoted, b'\'') => At::BeforeName,
            (At::DoubleQuoted | At::SingleQuoted, _) => self,
            (_, b'>') => return None,
            (At::TagName | At::Unquoted, _) if is_space => At::BeforeName,
            (At::TagName, b'/') => At::BeforeName,
            (At::TagName | At::Unquoted, _) => self,
            (At::BeforeValue, b'"') => At::DoubleQuoted,
            (At::BeforeValue, b'\'') => At::SingleQuoted,
            (At::BeforeValue, _) if is_space => self,
            (At::BeforeValue, _) => At::Unquoted,
            (At::BeforeName | At::Name | At::AfterName, b'/') => At::BeforeName,
            (At::BeforeName, _) if is_space => self,
            (At::Name | At::AfterName, _) if is_space => At::AfterName,
            (At::Name | At::AfterName, b'=') => At::BeforeValue,
            (At::BeforeName | At::Name | At::AfterName, _) => At::Name,
        })
    }
}

/// Has a page tags whose attributes would take the parser more than a second or two to compare?
///
/// What is a tag depends on the tree (in a script nothing is). So every `<a` and `</a` may start one, wherever it stands; those that
/// came to the same place go on as one, with the most attributes of them.
fn has_many_attributes(html: &[u8]) -> bool {
    let mut compared = 0;
    let mut counts: [Option<u64>; 8] = [None; 8];
    let mut at = 0;
    loop {
        if counts.iter().all(Option::is_none) {
            match memchr::memchr(b'<', &html[at..]) {
                Some(next) => at += next,
                None => return false,
            }
        }
        let Some(&byte) = html.get(at) else {
            return false;
        };
        let mut next = [None; 8];
        for (state, count) in At::ALL.into_iter().zip(counts) {
            let (Some(mut count), Some(to)) = (count, state.after(byte)) else {
                continue;
            };
            if matches!((state, to), (At::BeforeName | At::AfterName, At::Name)) {
                count += 1;
                compared += count.saturating_sub(FEW_ATTRIBUTES);
            }
            next[to as usize] = next[to as usize].max(Some(count));
        }
        if byte == b'<' {
            let name = html.get(at + 1).filter(|&&b| b != b'/');
            if name
                .or(html.get(at + 2))
                .is_some_and(u8::is_ascii_alphabetic)
            {
                let tag = &mut next[At::TagName as usize];
                *tag = (*tag).max(Some(0));
            }
        }
        if compared > MAX_COMPARED {
            return true;
        }
        counts = next;
        at += 1;
    }
}

/// Is the tree deeper than what was checked while it grew (what is nested wrongly moves when it is mended)?
fn is_deep(document: &Document) -> bool {
    let root = document.root();
    let (mut node, mut depth) = (root, 0);
    loop {
        if let Some(child) = node.first_child() {
            node = child;
            depth += 1;
            // A little more than the elements that are open at once: text, and what stands around the body.
            if depth > MAX_DEPTH + 8 {
                return true;
            }
            continue;
        }
        loop {
            if node.id == root.id {
                return false;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                return false;
            };
            node = parent;
            depth -= 1;
        }
    }
}

#[derive(Clone, Copy)]
enum Fault {
    Deep,
    Large,
}

impl Fault {
    fn message(self) -> String {
        match self {
            Fault::Deep => format!("HTML nested more than {MAX_DEPTH} deep"),
            Fault::Large => format!("HTML of more than {MAX_NODES} elements and texts"),
        }
    }
}

/// Stands between tokenizer and tree, and lets no more through when there is too much.
struct Guard {
    builder: TreeBuilder<NodeId, Document>,
    tokens: Cell<u64>,
    roots: Cell<u32>,
    fault: Cell<Option<Fault>>,
}

impl Guard {
    fn check(&self) {
        // Nobody reads them, and there may be one a byte.
        self.builder.sink.errors.borrow_mut().clear();
        let open = Count(Cell::new(0));
        self.builder.trace_handles(&open);
        if open.0.get() > MAX_DEPTH {
            self.fault.set(Some(Fault::Deep));
        }
        if self.builder.sink.tree.len() > MAX_NODES {
            self.fault.set(Some(Fault::Large));
        }
    }
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        self.tokens.set(self.tokens.get() + 1);
        if self.fault.get().is_some() {
            return TokenSinkResult::Continue;
        }
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag)
                if tag.kind == TagKind::StartTag
                    && [local_name!("html"), local_name!("body")].contains(&tag.name) =>
            {
                self.roots.set(self.roots.get() + 1);
                if self.roots.get() > MAX_ROOTS {
                    return TokenSinkResult::Continue;
                }
            }
            _ => {}
        }
        let result = self.builder.process_token(token, line);
        // Walking over what is open at each token would cost as much as building the tree.
        if self.tokens.get().is_multiple_of(32) {
            self.check();
        }
        result
    }

    fn end(&self) {
        if self.fault.get().is_none() {
            self.builder.end();
        }
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Counts what the tree builder holds open: elements, and formatting that it opens again.
struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = NodeId;

    fn trace_handle(&self, _: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}

/// The name of an element.
pub(super) fn name_of(node: &NodeRef) -> Option<LocalName> {
    node.qual_name_ref().map(|name| name.local.clone())
}
