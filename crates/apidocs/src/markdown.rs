//! Markdown with HTML tables into blocks, through `pulldown-cmark`.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::block::{Builder, Cell, Content, Document, Format, Mark, Part, Row, Table, Text};
use crate::html;
use crate::read_error::{ReadError, Reason};
use crate::vocabulary;

/// How deep containers may nest.
const MAX_DEPTH: usize = 32;

/// Reads a page.
///
/// # Errors
/// HTML tables that cannot be read exactly, and too deep nesting.
pub(crate) fn read(source: &str) -> Result<Document, ReadError> {
    if let Some(line) = deep_line(source) {
        return Err(ReadError::at(
            Reason::TooDeep,
            line,
            "block quotes or lists are nested too deeply",
        ));
    }
    // A blank line would end an HTML block in the middle of its table.
    let source = joined_tables(source);
    let starts = line_starts(&source);
    let mut reader = Reader {
        out: Builder::new(),
        levels: Vec::new(),
        page_id: None,
        text: Text::default(),
        marks: Vec::new(),
        line: 1,
        code: None,
        items: Vec::new(),
        html: None,
        table: None,
        caption: None,
        depth: 0,
    };
    let parser = Parser::new_ext(&source, Options::ENABLE_TABLES);
    for (event, range) in parser.into_offset_iter() {
        let line = line_of(&starts, range.start);
        reader.event(event, line)?;
    }
    reader.flush_html()?;
    reader.caption_alone();
    Ok(Document {
        format: Format::Markdown,
        page_id: reader.page_id,
        blocks: reader.out.finish(),
    })
}

/// The first line that opens more containers than a page has.
fn deep_line(source: &str) -> Option<u32> {
    source.lines().zip(1u32..).find_map(|(line, number)| {
        let markers = line
            .chars()
            .take_while(|c| matches!(c, '>' | ' ' | '\t' | '-' | '*' | '+'))
            .filter(|c| matches!(c, '>' | '-' | '*' | '+'))
            .count();
        // A rule of dashes is no list.
        let rule = line.trim().bytes().all(|b| matches!(b, b'-' | b'*' | b' '));
        let indent = line.len() - line.trim_start().len();
        (!rule && (markers > MAX_DEPTH || indent > 400)).then_some(number)
    })
}

fn joined_tables(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut open = 0usize;
    for line in source.split_inclusive('\n') {
        if open > 0 && line.trim().is_empty() {
            out.push_str("<!-- -->\n");
        } else {
            out.push_str(line);
        }
        open += line.matches("<table").count();
        open = open.saturating_sub(line.matches("</table").count());
    }
    out
}

fn line_starts(source: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(source.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}

fn line_of(starts: &[usize], offset: usize) -> u32 {
    let index = starts.partition_point(|s| *s <= offset);
    u32::try_from(index).unwrap_or(u32::MAX).max(1)
}

struct Reader {
    out: Builder,
    levels: Vec<u8>,
    page_id: Option<String>,
    text: Text,
    marks: Vec<Mark>,
    line: u32,
    code: Option<String>,
    /// One entry per open list item: whether its label has been read.
    items: Vec<bool>,
    /// HTML of the current block with its first line.
    html: Option<(String, u32)>,
    table: Option<Open>,
    /// A paragraph that is a table's caption, waiting for its table.
    caption: Option<(Text, u32)>,
    depth: usize,
}

/// A Markdown table that is being read.
struct Open {
    table: Table,
    cells: Vec<Cell>,
    line: u32,
    row_line: u32,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, line: u32) -> Result<(), ReadError> {
        if !matches!(event, Event::Html(_)) && self.html.is_some() {
            self.flush_html()?;
        }
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH * 3 {
                    return Err(ReadError::at(
                        Reason::TooDeep,
                        line,
                        "block quotes or lists are nested too deeply",
                    ));
                }
                self.start(tag, line);
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(end);
            }
            Event::Text(run) => match &mut self.code {
                Some(code) => code.push_str(&run),
                None => self.run(&run),
            },
            Event::Code(run) => self.text.push(&run, Mark::Code),
            Event::SoftBreak | Event::HardBreak => self.run("\n"),
            Event::Html(html) => {
                let (text, _) = self.html.get_or_insert_with(|| (String::new(), line));
                text.push_str(&html);
            }
            Event::InlineHtml(html) => self.inline_html(&html),
            _ => {}
        }
        Ok(())
    }

    fn run(&mut self, run: &str) {
        let mark = self.marks.last().cloned().unwrap_or(Mark::Plain);
        self.text.push(run, mark);
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Heading { level, .. } => {
                self.loose();
                self.caption_alone();
                self.line = line;
                self.levels_for(level);
            }
            Tag::Paragraph => self.line = line,
            Tag::Strong => self.marks.push(Mark::Strong),
            Tag::Emphasis => self.marks.push(Mark::Emphasis),
            Tag::Link { dest_url, .. } => self.marks.push(Mark::Link(dest_url.to_string())),
            Tag::CodeBlock(_) => {
                self.loose();
                self.line = line;
                self.code = Some(String::new());
            }
            Tag::Item => {
                self.loose();
                self.line = line;
                self.items.push(false);
            }
            Tag::List(_) => self.loose(),
            Tag::Table(_) => {
                self.table = Some(Open {
                    table: Table::default(),
                    cells: Vec::new(),
                    line,
                    row_line: line,
                });
            }
            Tag::TableRow => {
                if let Some(open) = &mut self.table {
                    open.row_line = line;
                }
            }
            _ => {}
        }
    }

    fn levels_for(&mut self, level: HeadingLevel) {
        let level = match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            HeadingLevel::H3 => 3,
            HeadingLevel::H4 => 4,
            HeadingLevel::H5 => 5,
            HeadingLevel::H6 => 6,
        };
        while self.levels.last().is_some_and(|l| *l >= level) {
            self.levels.pop();
        }
        self.levels.push(level);
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => {
                let text = std::mem::take(&mut self.text);
                self.out.heading(self.levels.len(), text, self.line);
            }
            TagEnd::Paragraph => self.loose(),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => {
                self.marks.pop();
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    let code = code.trim_matches('\n').trim_end().to_owned();
                    self.caption_alone();
                    self.out.push(self.line, Content::Code(code));
                }
            }
            TagEnd::Item => {
                self.loose();
                if self.items.pop() == Some(true) {
                    self.out.leave();
                }
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(open) = &mut self.table {
                    let parts = if text.is_blank() {
                        Vec::new()
                    } else {
                        vec![Part::Para(text)]
                    };
                    open.cells.push(Cell { parts });
                }
            }
            TagEnd::TableHead => {
                if let Some(open) = &mut self.table {
                    open.table.header = std::mem::take(&mut open.cells);
                }
            }
            TagEnd::TableRow => {
                if let Some(open) = &mut self.table {
                    let cells = std::mem::take(&mut open.cells);
                    open.table.rows.push(Row {
                        line: open.row_line,
                        cells,
                    });
                }
            }
            TagEnd::Table => {
                if let Some(mut open) = self.table.take() {
                    open.table.caption = self.caption.take().map(|(t, _)| t.plain());
                    self.out.push(open.line, Content::Table(open.table));
                }
            }
            _ => {}
        }
    }

    /// Ends the paragraph that is open, in or outside a list item.
    fn loose(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_blank() || self.table.is_some() {
            return;
        }
        self.caption_alone();
        if let Some(labelled) = self.items.last_mut()
            && !*labelled
        {
            *labelled = true;
            let label = text.plain();
            self.out.push(self.line, Content::Paragraph(text, true));
            self.out.enter(label);
            return;
        }
        let caption = vocabulary::caption(&text.plain());
        if caption.number.is_some() {
            self.caption = Some((text, self.line));
        } else {
            self.out.push(self.line, Content::Paragraph(text, false));
        }
    }

    /// A caption whose table did not come is a paragraph.
    fn caption_alone(&mut self) {
        if let Some((text, line)) = self.caption.take() {
            self.out.push(line, Content::Paragraph(text, false));
        }
    }

    fn inline_html(&mut self, html: &str) {
        let Some(rest) = html.trim().strip_prefix("<a ") else {
            return;
        };
        let name = ["name=\"", "id=\""].iter().find_map(|key| {
            let at = rest.find(key)? + key.len();
            rest.get(at..)?.split('"').next()
        });
        let Some(name) = name else { return };
        if self.page_id.is_none() && self.out.len() == 0 {
            self.page_id = Some(name.to_owned());
        } else {
            self.out.anchor(name);
        }
    }

    fn flush_html(&mut self) -> Result<(), ReadError> {
        let Some((html, line)) = self.html.take() else {
            return Ok(());
        };
        self.loose();
        let count = html.lines().count();
        let numbers: Vec<u32> = (line..).take(count).collect();
        let mut caption = self.caption.take();
        for block in html::fragment(&html, &numbers)? {
            for anchor in &block.anchors {
                self.out.anchor(anchor);
            }
            let content = match block.content {
                Content::Table(mut table) => {
                    if table.caption.is_none() {
                        table.caption = caption.take().map(|(text, _)| text.plain());
                    }
                    Content::Table(table)
                }
                other => other,
            };
            self.out.push(block.line, content);
        }
        self.caption = caption;
        Ok(())
    }
}
