//! The page for people: a [`Report`] in lines, what overlaps in one paragraph.

use super::{Alias, Candidate, Entity, FoundBy, NearAlias, Place, RefusedAlias, Report, shortened};
use crate::write::view::label_style;
use anstyle::{AnsiColor, Color, Style};
use std::fmt::Write;

/// So many names that a word almost is are shown.
const MOST_NEAR: usize = 5;

/// A report as text, with escape sequences for the colours or without.
pub(super) fn page(report: &Report, coloured: bool) -> String {
    let mut out = String::new();
    let mut page = Page {
        out: &mut out,
        coloured,
    };
    let heading = page.style(Style::new().bold().underline());
    page.line(format_args!("{heading}{}{heading:#}", shown(&report.id)));
    match &report.words {
        None => page.whole(report),
        Some(_) => page.words(report),
    }
    out
}

struct Page<'a> {
    out: &'a mut String,
    coloured: bool,
}

/// What a paragraph is made of.
#[derive(Clone, Copy)]
enum Item<'a> {
    Candidate(&'a Candidate),
    Refused(&'a RefusedAlias),
}

impl Item<'_> {
    fn place(&self) -> &Place {
        match self {
            Item::Candidate(c) => &c.place,
            Item::Refused(r) => &r.place,
        }
    }

    /// Winners come first, what was refused last.
    fn rank(&self) -> u8 {
        match self {
            Item::Candidate(c) => match c.outcome {
                "found" | "blocks" => 0,
                _ => 1,
            },
            Item::Refused(_) => 2,
        }
    }
}

fn items(report: &Report) -> Vec<Item<'_>> {
    let candidates = report.candidates.iter().map(Item::Candidate);
    let refused = report.refused.iter().map(Item::Refused);
    let mut items: Vec<Item<'_>> = candidates.chain(refused).collect();
    items.sort_by_key(|i| (i.place().start, std::cmp::Reverse(i.place().end)));
    items
}

impl Page<'_> {
    /// The style, where there are any.
    fn style(&self, style: Style) -> Style {
        match self.coloured {
            true => style,
            false => Style::new(),
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.out, "{line}").expect("writing to a string does not fail");
    }

    fn whole(&mut self, report: &Report) {
        let items = items(report);
        if items.is_empty() {
            self.line(format_args!("\nno name and no rule has anything here"));
        }
        let mut rest = &items[..];
        while let Some(first) = rest.first() {
            let (mut n, mut end) = (1, first.place().end);
            while n < rest.len() && rest[n].place().start < end {
                end = end.max(rest[n].place().end);
                n += 1;
            }
            let (together, behind) = rest.split_at(n);
            rest = behind;
            self.line(format_args!(""));
            self.items(together);
        }
    }

    fn words(&mut self, report: &Report) {
        let items = items(report);
        let mut from = 0;
        for word in report.words.iter().flatten() {
            let Place { start, end, text } = &word.place;
            let bold = self.style(Style::new().bold());
            self.line(format_args!("\n{bold}{text:?}{bold:#} at {start}..{end}"));
            // Words come in order: what ends before one of them is behind us.
            while items.get(from).is_some_and(|i| i.place().end <= *start) {
                from += 1;
            }
            let near = items[from..].iter().take_while(|i| i.place().start < *end);
            let here = near.filter(|i| *start < i.place().end).copied();
            let here: Vec<Item<'_>> = here.collect();
            self.items(&here);
            if here.is_empty() {
                self.verb(GREY, "nothing", format_args!("no name and no rule has it"));
            }
            for lexicon in &word.lexicons {
                let (name, file, line) =
                    (shown(&lexicon.lexicon), shown(&lexicon.file), lexicon.line);
                let text = &lexicon.place.text;
                self.verb(
                    GREY,
                    "lexicon",
                    format_args!("{text:?} is a word of {name}, {file}:{line}"),
                );
            }
            self.near(&word.near);
        }
    }

    fn near(&mut self, near: &[NearAlias]) {
        for nearness in ["one edit", "longer"] {
            let all = near.iter().filter(|n| n.nearness == nearness);
            let count = all.clone().count();
            for n in all.take(MOST_NEAR) {
                let words = &n.place.text;
                let how = match nearness {
                    "longer" => "which goes on".to_owned(),
                    _ => format!("one letter or space from {words:?}"),
                };
                let what = self.what(&n.entity);
                let (text, source) = (&n.alias.text, source(&n.alias));
                self.verb(
                    YELLOW,
                    "near",
                    format_args!("{text:?}, {how}: {what}, {source}"),
                );
            }
            if count > MOST_NEAR {
                let more = count - MOST_NEAR;
                self.verb(GREY, "", format_args!("and {more} more"));
            }
        }
    }

    fn items(&mut self, items: &[Item<'_>]) {
        let mut items = items.to_vec();
        items.sort_by_key(Item::rank);
        for item in items {
            let text = &item.place().text;
            match item {
                Item::Candidate(c) => {
                    let color = match c.outcome {
                        "found" => GREEN,
                        "agrees" => GREY,
                        _ => YELLOW,
                    };
                    let because = c.because.as_ref().map(|b| format!(": {b}"));
                    let because = match c.outcome {
                        "no-match" => {
                            ": nothing is found in links, handles and file names".to_owned()
                        }
                        "blocks" => ": nothing is found here".to_owned(),
                        _ => because.unwrap_or_default(),
                    };
                    let zone = c.zone.filter(|_| c.outcome != "no-match");
                    let zone = zone.map(|z| format!(", in a {z}")).unwrap_or_default();
                    let what = self.what(&c.entity);
                    self.verb(
                        color,
                        c.outcome,
                        format_args!("{text:?} {what}{zone}{because}"),
                    );
                    match &c.found_by {
                        FoundBy::Alias(alias) => self.alias(alias),
                        FoundBy::Rule(rule) => {
                            self.detail(format_args!("rule {}: {}", rule.name, rule.about))
                        }
                    }
                }
                Item::Refused(r) => {
                    let (what, because) = (self.what(&r.entity), &r.because);
                    self.verb(RED, "refused", format_args!("{text:?} {what}: {because}"));
                    self.alias(&r.alias);
                }
            }
        }
    }

    /// A line that starts with what became of something.
    fn verb(&mut self, color: AnsiColor, verb: &str, rest: std::fmt::Arguments<'_>) {
        let style = self.style(Style::new().bold().fg_color(Some(Color::Ansi(color))));
        self.line(format_args!("  {style}{verb:<8}{style:#} {rest}"));
    }

    fn detail(&mut self, detail: std::fmt::Arguments<'_>) {
        let style = self.style(Style::new().dimmed());
        self.line(format_args!("           {style}{detail}{style:#}"));
    }

    fn alias(&mut self, alias: &Alias) {
        let mut policies = format!("{}, {} case", alias.kind, alias.case);
        if !alias.hyphen {
            policies.push_str(", no hyphen");
        }
        if alias.priority != 0 {
            policies.push_str(&format!(", priority {}", alias.priority));
        }
        if let Some(validity) = &alias.validity {
            policies.push_str(&format!("; {validity}"));
        }
        for context in &alias.contexts {
            policies.push_str(&format!("; {}", shown(&shortened(context))));
        }
        let (text, source) = (&alias.text, source(alias));
        self.detail(format_args!("alias {text:?}, {source}: {policies}"));
    }

    /// `COUNTRY country/KP (North Korea)`.
    fn what(&self, entity: &Entity) -> String {
        let Some(label) = entity.label else {
            return "blocking entry".to_owned();
        };
        let style = self.style(label_style(label));
        let mut what = format!("{style}{label}{style:#}");
        if let (Some(id), Some(name)) = (&entity.entity, &entity.name) {
            what.push_str(&format!(" {} ({})", shown(id), shown(name)));
        }
        what
    }
}

const GREEN: AnsiColor = AnsiColor::Green;
const YELLOW: AnsiColor = AnsiColor::Yellow;
const RED: AnsiColor = AnsiColor::Red;
const GREY: AnsiColor = AnsiColor::BrightBlack;

/// File and line of an alias.
fn source(alias: &Alias) -> String {
    format!("{}:{}", shown(&alias.file), alias.line)
}

/// The text without characters that would command the terminal.
fn shown(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
