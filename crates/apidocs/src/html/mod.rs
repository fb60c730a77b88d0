//! HTML exports into blocks, through `scraper`.

mod guard;
pub(crate) mod gutter;
mod inline;

use scraper::node::{Element, Node};
use scraper::{ElementRef, Html};

use inline::{has_blocks, inline, is_block, undented};

use crate::block::{Block, Builder, Cell, Content, Document, Format, Mark, Part, Row, Table, Text};
use crate::read_error::{ReadError, Reason};

/// How deep elements may nest.
const MAX_DEPTH: usize = 200;
/// The attribute that carries the source line of an element through the
/// parser, which keeps none.
const LINE: &str = "data-source-line";

/// Reads a page. `numbers` gives for each line of the text its line in the
/// page, where a code viewer or the Markdown around it made them differ.
///
/// # Errors
/// Tables with spanning cells, and elements nested too deeply.
pub(crate) fn read(source: &str, numbers: &[u32]) -> Result<Document, ReadError> {
    let mut walk = Walk::new(true);
    walk.whole(source, numbers)?;
    Ok(Document {
        format: Format::Html,
        page_id: walk.page_id,
        blocks: walk.out.finish(),
    })
}

/// Reads tables that stand in another format.
///
/// # Errors
/// As for a page.
pub(crate) fn fragment(source: &str, numbers: &[u32]) -> Result<Vec<Block>, ReadError> {
    let mut walk = Walk::new(false);
    walk.whole(source, numbers)?;
    Ok(walk.out.finish())
}

struct Walk {
    out: Builder,
    /// Levels of the headings above, `h1` being 1.
    levels: Vec<u8>,
    page_id: Option<String>,
    /// Whether the page id is still looked for: it is the first anchor.
    looking: bool,
    line: u32,
}

impl Walk {
    fn new(looking: bool) -> Self {
        Self {
            out: Builder::new(),
            levels: Vec::new(),
            page_id: None,
            looking,
            line: 1,
        }
    }

    fn whole(&mut self, source: &str, numbers: &[u32]) -> Result<(), ReadError> {
        guard::check(source)?;
        let html = Html::parse_document(&guard::with_lines(source, numbers, LINE));
        self.children(html.root_element(), 0)
    }

    /// Reads the blocks of an element; text between them is a paragraph.
    fn children(&mut self, element: ElementRef<'_>, depth: usize) -> Result<(), ReadError> {
        let mut text = Text::default();
        self.mixed(element, depth, &mut text)?;
        self.paragraph(text, false);
        Ok(())
    }

    fn mixed(
        &mut self,
        element: ElementRef<'_>,
        depth: usize,
        text: &mut Text,
    ) -> Result<(), ReadError> {
        if depth > MAX_DEPTH {
            return Err(ReadError::at(
                Reason::TooDeep,
                self.line,
                "elements are nested too deeply",
            ));
        }
        for child in element.children() {
            match child.value() {
                Node::Text(run) => text.push(run, Mark::Plain),
                Node::Element(inner) => {
                    let Some(reference) = ElementRef::wrap(child) else {
                        continue;
                    };
                    self.mark_line(inner);
                    if is_block(inner.name()) {
                        let before = std::mem::take(text);
                        self.paragraph(before, false);
                        self.block(reference, depth + 1)?;
                    } else if has_blocks(reference) {
                        self.mixed(reference, depth + 1, text)?;
                    } else {
                        self.anchor_of(inner);
                        inline(reference, text, &Mark::Plain, 0);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn block(&mut self, element: ElementRef<'_>, depth: usize) -> Result<(), ReadError> {
        let line = self.line;
        let value = element.value();
        match value.name() {
            "script" | "style" | "head" | "nav" | "footer" => Ok(()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading(element, line);
                Ok(())
            }
            "pre" => {
                let code: String = element.text().collect();
                let code = code.trim_matches('\n').trim_end();
                let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
                let code = undented(&lines);
                if !code.trim().is_empty() {
                    self.out.push(line, Content::Code(code));
                }
                Ok(())
            }
            "table" => self.table(element, depth),
            "li" => self.item(element, depth),
            _ => {
                self.anchor_of(value);
                self.children(element, depth)
            }
        }
    }

    fn heading(&mut self, element: ElementRef<'_>, line: u32) {
        let level = element
            .value()
            .name()
            .as_bytes()
            .get(1)
            .map_or(1, |b| b.saturating_sub(b'0'));
        while self.levels.last().is_some_and(|l| *l >= level) {
            self.levels.pop();
        }
        self.levels.push(level);
        let mut text = Text::default();
        inline(element, &mut text, &Mark::Plain, 0);
        self.looking = false;
        if !text.is_blank() {
            self.out.heading(self.levels.len(), text, line);
        }
    }

    /// A list item: its text up to the first block is its label.
    fn item(&mut self, element: ElementRef<'_>, depth: usize) -> Result<(), ReadError> {
        self.anchor_of(element.value());
        let line = self.line;
        let mut label = Text::default();
        let mut rest = Vec::new();
        for child in element.children() {
            let opens = child
                .value()
                .as_element()
                .is_some_and(|e| is_block(e.name()));
            if rest.is_empty() && !opens {
                match child.value() {
                    Node::Text(run) => label.push(run, Mark::Plain),
                    Node::Element(inner) => {
                        self.anchor_of(inner);
                        if let Some(reference) = ElementRef::wrap(child) {
                            inline(reference, &mut label, &Mark::Plain, 0);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            // An item that begins with a paragraph has it as its label.
            if rest.is_empty()
                && label.is_blank()
                && child.value().as_element().is_some_and(|e| e.name() == "p")
                && let Some(reference) = ElementRef::wrap(child)
            {
                self.anchor_of(reference.value());
                inline(reference, &mut label, &Mark::Plain, 0);
                continue;
            }
            rest.push(child);
        }
        let name = label.plain();
        self.out.push(line, Content::Paragraph(label, true));
        self.out.enter(name);
        let mut result = Ok(());
        let mut text = Text::default();
        for child in rest {
            match child.value() {
                Node::Text(run) => text.push(run, Mark::Plain),
                Node::Element(inner) => {
                    self.mark_line(inner);
                    if let Some(reference) = ElementRef::wrap(child) {
                        if is_block(inner.name()) {
                            let before = std::mem::take(&mut text);
                            self.paragraph(before, false);
                            result = result.and_then(|()| self.block(reference, depth + 1));
                        } else {
                            self.anchor_of(inner);
                            inline(reference, &mut text, &Mark::Plain, 0);
                        }
                    }
                }
                _ => {}
            }
        }
        self.paragraph(text, false);
        self.out.leave();
        result
    }

    fn paragraph(&mut self, text: Text, item: bool) {
        self.out.push(self.line, Content::Paragraph(text, item));
    }

    fn mark_line(&mut self, element: &Element) {
        if let Some(line) = element.attr(LINE).and_then(|l| l.parse().ok()) {
            self.line = line;
        }
    }

    fn anchor_of(&mut self, element: &Element) {
        let name = element.attr("name").filter(|_| element.name() == "a");
        for anchor in [name, element.attr("id")].into_iter().flatten() {
            if self.looking && element.name() == "a" {
                self.page_id = Some(anchor.to_owned());
                self.looking = false;
                return;
            }
            self.out.anchor(anchor);
        }
    }

    fn table(&mut self, element: ElementRef<'_>, depth: usize) -> Result<(), ReadError> {
        let line = self.line;
        self.anchor_of(element.value());
        let mut table = Table::default();
        let mut width = 0;
        for row in rows(element) {
            self.mark_line(row.value());
            let number = self.line;
            let mut cells = Vec::new();
            let mut all_heads = true;
            for cell in row.children().filter_map(ElementRef::wrap) {
                let name = cell.value().name();
                if name != "td" && name != "th" {
                    continue;
                }
                all_heads &= name == "th";
                let spans = |attribute: &str| {
                    cell.value()
                        .attr(attribute)
                        .is_some_and(|v| v.trim() != "1")
                };
                if spans("rowspan") || spans("colspan") {
                    return Err(ReadError::at(
                        Reason::Table,
                        number,
                        "a cell of this table spans rows or columns; split it into plain cells",
                    ));
                }
                cells.push(read_cell(cell, depth, number)?);
            }
            if cells.is_empty() {
                continue;
            }
            let in_head = row
                .parent()
                .and_then(|p| p.value().as_element().map(|e| e.name() == "thead"))
                .unwrap_or(false);
            if table.header.is_empty() && table.rows.is_empty() && (all_heads || in_head) {
                width = cells.len();
                table.header = cells;
                continue;
            }
            if width > 0 && cells.len() != width {
                return Err(ReadError::at(
                    Reason::Table,
                    number,
                    "a row of this table has another number of cells than its header",
                ));
            }
            table.rows.push(Row {
                line: number,
                cells,
            });
        }
        table.caption = caption(element);
        self.out.push(line, Content::Table(table));
        Ok(())
    }
}

fn caption(table: ElementRef<'_>) -> Option<String> {
    let caption = table
        .children()
        .filter_map(ElementRef::wrap)
        .find(|e| e.value().name() == "caption")?;
    let mut text = Text::default();
    inline(caption, &mut text, &Mark::Plain, 0);
    Some(text.plain()).filter(|t| !t.is_empty())
}

/// The rows of a table, not those of tables inside it.
fn rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut out = Vec::new();
    for child in table.children().filter_map(ElementRef::wrap) {
        match child.value().name() {
            "tr" => out.push(child),
            "thead" | "tbody" | "tfoot" => out.extend(
                child
                    .children()
                    .filter_map(ElementRef::wrap)
                    .filter(|e| e.value().name() == "tr"),
            ),
            _ => {}
        }
    }
    out
}

fn read_cell(cell: ElementRef<'_>, depth: usize, line: u32) -> Result<Cell, ReadError> {
    let mut walk = Walk::new(false);
    walk.line = line;
    walk.children(cell, depth + 1)?;
    let mut parts = Vec::new();
    for block in walk.out.finish() {
        parts.push(match block.content {
            Content::Paragraph(text, true) => Part::Item(text),
            Content::Paragraph(text, false) | Content::Heading(_, text) => Part::Para(text),
            Content::Code(code) => Part::Code(code),
            Content::Table(_) => {
                return Err(ReadError::at(
                    Reason::Table,
                    line,
                    "a table stands inside a cell of another table",
                ));
            }
        });
    }
    Ok(Cell { parts })
}
