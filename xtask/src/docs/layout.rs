//! Where in the text of a YAML document its nodes stand.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use granit_parser::{Event, Parser, Span, StructureStyle};
use otcdb_openapi::pointer::unescape;

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset behind its last byte; of a block collection, behind that of its last child.
    pub(super) end: usize,
    /// Column of its first character, or of the `-` before it.
    pub(super) column: usize,
    /// Whether it is a collection between brackets.
    pub(super) flow: bool,
    pub(super) shape: Shape,
}

#[derive(Debug)]
pub(super) enum Shape {
    Scalar(String),
    Sequence(Vec<Node>),
    Mapping(Vec<Member>),
}

/// A member of a mapping.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) key: String,
    /// Column of the key.
    pub(super) column: usize,
    pub(super) value: Node,
}

impl Node {
    /// The node at a step of a pointer.
    pub(super) fn at(&self, step: &str) -> Option<&Self> {
        match &self.shape {
            Shape::Mapping(members) => {
                let found = members.iter().find(|member| member.key == step);
                found.map(|member| &member.value)
            }
            Shape::Sequence(elements) => elements.get(step.parse::<usize>().ok()?),
            Shape::Scalar(_) => None,
        }
    }
}

/// The line of a file at which the key or element that a JSON pointer leads to begins, counted from 1. `None` if there is
/// nothing there.
pub(super) fn line_of(file: &Path, pointer: &str) -> Option<usize> {
    let text = std::fs::read_to_string(file).ok()?;
    let root = read(&text).ok()?;
    let mut node = &root;
    let mut key = String::new();
    for step in pointer.split('/').skip(1) {
        key = unescape(step);
        node = node.at(&key)?;
    }
    let before = text.get(..node.start)?;
    let line = before.matches('\n').count() + 1;
    // The value of a key may begin below it.
    let is_key = |text: &str| {
        let (name, _) = text.trim_start().split_once(':').unwrap_or_default();
        name.trim_matches(['"', '\'']) == key
    };
    let lines: Vec<&str> = text.lines().take(line).collect();
    let found = lines.iter().rposition(|line| is_key(line));
    Some(found.map_or(line, |place| place + 1))
}

/// Reads the one document of a text.
///
/// # Errors
/// A text that is no YAML, or has aliases, whose place is another's.
pub(super) fn read(text: &str) -> Result<Node> {
    let mut events = Vec::new();
    for next in Parser::new_from_str(text) {
        let (event, span) = next?;
        match event {
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..) => {}
            other => events.push((other, span)),
        }
    }
    let mut events = events.into_iter();
    let reader = Reader { text };
    let (event, span) = events.next().context("the document is empty")?;
    reader.node(event, span, &mut events)
}

struct Reader<'t> {
    text: &'t str,
}

impl<'t> Reader<'t> {
    fn node(
        &self,
        event: Event<'t>,
        span: Span,
        events: &mut impl Iterator<Item = (Event<'t>, Span)>,
    ) -> Result<Node> {
        let range = span.byte_range().context("a node has no place")?;
        let mut node = Node {
            start: range.start,
            end: range.end,
            column: self.column(range.start),
            flow: false,
            shape: Shape::Scalar(String::new()),
        };
        match event {
            Event::Scalar(value, ..) => node.shape = Shape::Scalar(value.into_owned()),
            Event::SequenceStart(style, ..) => {
                let mut elements: Vec<Node> = Vec::new();
                loop {
                    let (event, span) = events.next().context("a list has no end")?;
                    if matches!(event, Event::SequenceEnd) {
                        self.close(&mut node, style, &span, elements.last().map(|one| one.end))?;
                        break;
                    }
                    let mut element = self.node(event, span, events)?;
                    element.column = self.dash(element.start);
                    elements.push(element);
                }
                node.shape = Shape::Sequence(elements);
            }
            Event::MappingStart(style, ..) => {
                let mut members: Vec<Member> = Vec::new();
                loop {
                    let (event, span) = events.next().context("a mapping has no end")?;
                    if matches!(event, Event::MappingEnd) {
                        let last = members.last().map(|member| member.value.end);
                        self.close(&mut node, style, &span, last)?;
                        break;
                    }
                    let key = self.node(event, span, events)?;
                    let (event, span) = events.next().context("a key has no value")?;
                    let mut value = self.node(event, span, events)?;
                    // A value that is not there ends where its key does.
                    value.end = value.end.max(key.end);
                    let Shape::Scalar(name) = key.shape else {
                        bail!("a key is no text");
                    };
                    members.push(Member {
                        key: name,
                        column: key.column,
                        value,
                    });
                }
                node.shape = Shape::Mapping(members);
            }
            _ => bail!("an alias stands for another place; write it out"),
        }
        Ok(node)
    }

    fn close(
        &self,
        node: &mut Node,
        style: StructureStyle,
        span: &Span,
        last: Option<usize>,
    ) -> Result<()> {
        node.flow = style == StructureStyle::Flow;
        node.end = match last {
            Some(end) if !node.flow => end,
            _ => span.byte_range().context("a node has no end")?.end,
        };
        Ok(())
    }

    /// Characters between the beginning of the line and an offset.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.chars().count()
    }

    /// The column of the dash before an element of a block sequence.
    fn dash(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        match before.rfind('-') {
            Some(dash) => self.column(dash),
            None => self.column(offset),
        }
    }
}
