//! The one list of blocks that every format is turned into.
//!
//! A page is a flat list of [`Block`]s. What a tree would express (sections,
//! list items) is kept as the path of headings and the path of list labels of
//! each block, because that is all the interpreter asks for and because every
//! form of a page, even its plain text, can supply it.

use std::sync::Arc;

/// How a run of text was marked in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// No mark.
    Plain,
    /// Bold. The pages set values in bold.
    Strong,
    /// Italic.
    Emphasis,
    /// Literal.
    Code,
    /// A link, with its target: an anchor of this page or of another one.
    Link(String),
}

/// A run of text with one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The text as it would be shown.
    pub text: String,
    /// Its mark.
    pub mark: Mark,
}

/// Text with marks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Text {
    /// Runs in reading order.
    pub spans: Vec<Run>,
}

impl Text {
    /// Text of one unmarked run.
    pub fn plain_from(text: &str) -> Self {
        let mut out = Self::default();
        out.push(text, Mark::Plain);
        out
    }

    /// Appends a run, joining it to the last one where the mark is the same.
    pub fn push(&mut self, text: &str, mark: Mark) {
        if text.is_empty() {
            return;
        }
        if let Some(last) = self.spans.last_mut()
            && last.mark == mark
            && mark == Mark::Plain
        {
            last.text.push_str(text);
            return;
        }
        self.spans.push(Run {
            text: text.to_owned(),
            mark,
        });
    }

    /// The text without marks, white space collapsed.
    pub fn plain(&self) -> String {
        let joined: String = self.spans.iter().map(|s| s.text.as_str()).collect();
        collapse(&joined)
    }

    /// Whether nothing but white space is in it.
    pub fn is_blank(&self) -> bool {
        self.spans.iter().all(|s| s.text.trim().is_empty())
    }

    /// Targets of the links in it, in order.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().filter_map(|s| match &s.mark {
            Mark::Link(target) => Some(target.as_str()),
            _ => None,
        })
    }
}

/// Collapses white space to single blanks and trims.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A piece of a table cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A paragraph.
    Para(Text),
    /// The first paragraph of a list item.
    Item(Text),
    /// A code block.
    Code(String),
}

impl Part {
    /// The text of the part without marks.
    pub fn plain(&self) -> String {
        match self {
            Part::Para(t) | Part::Item(t) => t.plain(),
            Part::Code(c) => collapse(c),
        }
    }
}

/// A table cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Cell {
    /// Its parts in reading order.
    pub parts: Vec<Part>,
}

impl Cell {
    /// A cell of one unmarked paragraph; empty for blank text.
    pub fn plain_from(text: &str) -> Self {
        let text = Text::plain_from(text);
        if text.is_blank() {
            return Self::default();
        }
        Self {
            parts: vec![Part::Para(text)],
        }
    }

    /// All text of the cell without marks, parts joined by a blank.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            let text = part.plain();
            if text.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&text);
        }
        out
    }

    /// Targets of all links in the cell.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flat_map(|p| match p {
            Part::Para(t) | Part::Item(t) => t.links().collect::<Vec<_>>(),
            Part::Code(_) => Vec::new(),
        })
    }
}

/// A row with the line it begins on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Line of the page.
    pub line: u32,
    /// As many cells as the table has columns.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Table {
    /// The caption, `Table 3 Tag` for instance.
    pub caption: Option<String>,
    /// Header cells.
    pub header: Vec<Cell>,
    /// Body rows.
    pub rows: Vec<Row>,
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A heading with its depth, 1 being the page's title.
    Heading(u8, Text),
    /// A paragraph; `true` when it begins a list item.
    Paragraph(Text, bool),
    /// A table.
    Table(Table),
    /// A code block, as written.
    Code(String),
}

/// One block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// Headings above it, outermost first.
    pub heading: Arc<[String]>,
    /// Labels of the list items it lies in, outermost first.
    pub labels: Arc<[String]>,
    /// Line of the page it begins on, counted from 1.
    pub line: u32,
    /// Anchors that point at it.
    pub anchors: Vec<String>,
    /// What it holds.
    pub content: Content,
}

/// The form a page came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// reStructuredText.
    Rst,
    /// HTML export, bare or seen through a code viewer.
    Html,
    /// Markdown with HTML tables.
    Markdown,
    /// Text of a rendered page.
    Text,
}

impl Format {
    /// Whether the form still has its tables, so that anything less than an
    /// exact reading is a refusal.
    pub fn is_structured(self) -> bool {
        !matches!(self, Format::Text)
    }
}

/// A page as blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The form it was read from.
    pub format: Format,
    /// The page id, where the form states one.
    pub page_id: Option<String>,
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
}

/// Cuts a heading or label down: paths are copied, so that a long one under
/// which much stands would cost its length many times over.
fn shortened(text: String) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// Collects blocks while the paths of headings and labels change.
#[derive(Debug)]
pub(crate) struct Builder {
    heading: Vec<String>,
    heading_path: Arc<[String]>,
    labels: Vec<String>,
    label_path: Arc<[String]>,
    anchors: Vec<String>,
    blocks: Vec<Block>,
}

impl Builder {
    /// An empty collector.
    pub(crate) fn new() -> Self {
        Self {
            heading: Vec::new(),
            heading_path: Arc::from(Vec::new()),
            labels: Vec::new(),
            label_path: Arc::from(Vec::new()),
            anchors: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Remembers an anchor for the next block.
    pub(crate) fn anchor(&mut self, name: &str) {
        if !name.is_empty() {
            self.anchors.push(name.to_owned());
        }
    }

    /// A heading at a depth counted from 1.
    pub(crate) fn heading(&mut self, depth: usize, text: Text, line: u32) {
        let depth = depth.clamp(1, 16);
        self.heading.truncate(depth - 1);
        while self.heading.len() + 1 < depth {
            self.heading.push(String::new());
        }
        self.heading.push(shortened(text.plain()));
        self.heading_path = Arc::from(self.heading.clone());
        self.labels.clear();
        self.label_path = Arc::from(Vec::new());
        let depth = u8::try_from(depth).unwrap_or(u8::MAX);
        self.push(line, Content::Heading(depth, text));
    }

    /// Enters a list item with this label.
    pub(crate) fn enter(&mut self, label: String) {
        self.labels.push(shortened(label));
        self.label_path = Arc::from(self.labels.clone());
    }

    /// Leaves a list item.
    pub(crate) fn leave(&mut self) {
        self.labels.pop();
        self.label_path = Arc::from(self.labels.clone());
    }

    /// Adds a block; blank paragraphs are dropped.
    pub(crate) fn push(&mut self, line: u32, content: Content) {
        if let Content::Paragraph(text, _) = &content
            && text.is_blank()
        {
            return;
        }
        self.blocks.push(Block {
            heading: Arc::clone(&self.heading_path),
            labels: Arc::clone(&self.label_path),
            line,
            anchors: std::mem::take(&mut self.anchors),
            content,
        });
    }

    /// How many blocks there are.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The blocks.
    pub(crate) fn finish(self) -> Vec<Block> {
        self.blocks
    }
}
