//! reStructuredText into blocks.
//!
//! Only the constructs that API reference pages use are read; one that may
//! hide facts and is not known refuses the page.

mod inline;
mod lines;
mod table;

use lines::{Line, adornment, bullet, dedent, indented, join, paragraph_lines, paragraph_text};

use crate::block::{Block, Builder, Cell, Content, Document, Format, Part, Row, Table};
use crate::read_error::{ReadError, Reason};

/// How deep lists, directives and cells may nest.
const MAX_DEPTH: usize = 24;

/// Reads a page.
///
/// # Errors
/// A construct that cannot be read exactly refuses the page.
pub(crate) fn read(source: &str) -> Result<Document, ReadError> {
    let expanded = source.replace('\t', "        ");
    let lines: Vec<Line<'_>> = expanded
        .lines()
        .zip(1u32..)
        .map(|(text, number)| Line { number, text })
        .collect();
    let mut reader = Reader {
        out: Builder::new(),
        page_id: None,
        adornments: Vec::new(),
    };
    reader.blocks(&lines, 0)?;
    Ok(Document {
        format: Format::Rst,
        page_id: reader.page_id,
        blocks: reader.out.finish(),
    })
}

struct Reader {
    out: Builder,
    page_id: Option<String>,
    /// Heading adornments in the order they were first used.
    adornments: Vec<(char, bool)>,
}

impl Reader {
    fn blocks(&mut self, lines: &[Line<'_>], depth: usize) -> Result<(), ReadError> {
        if depth > MAX_DEPTH {
            let line = lines.first().map_or(0, |l| l.number);
            return Err(ReadError::at(
                Reason::TooDeep,
                line,
                "lists or directives are nested too deeply",
            ));
        }
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let rest = lines.get(at..).unwrap_or_default();
            at += if line.is_blank() {
                1
            } else if line.text.starts_with(' ') {
                let body = indented(rest, 1);
                let taken = body.len();
                self.blocks(&dedent(body), depth + 1)?;
                taken.max(1)
            } else if line.text.starts_with(".. ") || line.text == ".." {
                self.explicit(rest, depth)?
            } else if table::is_grid_border(line.text) {
                self.table(table::grid(rest)?, None, line.number)?
            } else if table::is_simple_border(line.text) {
                self.table(table::simple(rest)?, None, line.number)?
            } else if let Some(taken) = self.title(rest, depth) {
                taken
            } else if let Some(taken) = self.field(rest, depth) {
                taken
            } else if let Some(width) = bullet(line.text) {
                self.item(rest, width, depth)?
            } else {
                self.paragraph(rest, depth, false)?
            };
        }
        Ok(())
    }

    /// `:original_name: X.html`.
    fn field(&mut self, lines: &[Line<'_>], depth: usize) -> Option<usize> {
        let line = lines.first()?;
        let rest = line.text.strip_prefix(':')?;
        let (name, value) = rest.split_once(": ")?;
        if depth > 0 || name.contains([' ', '`']) {
            return None;
        }
        if name == "original_name" && self.page_id.is_none() {
            let value = value.trim();
            let id = value.strip_suffix(".html").unwrap_or(value);
            self.page_id = Some(id.to_owned());
        }
        Some(1)
    }

    fn title(&mut self, lines: &[Line<'_>], depth: usize) -> Option<usize> {
        if depth > 0 {
            return None;
        }
        let (over, text, under, taken) = match lines {
            [a, b, c, ..] if adornment(a.text).is_some() => (Some(a), b, c, 3),
            [a, b, ..] => (None, a, b, 2),
            _ => return None,
        };
        let mark = adornment(under.text)?;
        if text.is_blank() || (over.is_none() && adornment(text.text).is_some()) {
            return None;
        }
        if over.is_some_and(|o| adornment(o.text) != Some(mark)) {
            return None;
        }
        let width = text.text.trim().chars().count();
        if under.text.trim_end().chars().count() < width.min(4) {
            return None;
        }
        let key = (mark, over.is_some());
        let level = match self.adornments.iter().position(|a| *a == key) {
            Some(level) => level,
            None => {
                self.adornments.push(key);
                self.adornments.len() - 1
            }
        };
        self.out
            .heading(level + 1, inline::parse(text.text.trim()), text.number);
        Some(taken)
    }

    /// Everything that begins with `.. `.
    fn explicit(&mut self, lines: &[Line<'_>], depth: usize) -> Result<usize, ReadError> {
        let Some(first) = lines.first() else {
            return Ok(1);
        };
        let head = first.text.get(2..).unwrap_or_default().trim();
        if let Some(target) = head.strip_prefix('_')
            && let Some(name) = target.split(':').next()
            && target.contains(':')
        {
            self.out.anchor(name.trim_matches('`'));
            return Ok(1);
        }
        let body = indented(lines.get(1..).unwrap_or_default(), 1);
        let taken = 1 + body.len();
        let Some((name, argument)) = head.split_once("::") else {
            return Ok(taken); // a comment
        };
        if name.is_empty() || name.contains(' ') {
            return Ok(taken);
        }
        self.directive(name, argument.trim(), body, first.number, depth)?;
        Ok(taken)
    }

    fn directive(
        &mut self,
        name: &str,
        argument: &str,
        body: &[Line<'_>],
        number: u32,
        depth: usize,
    ) -> Result<(), ReadError> {
        match name {
            "code-block" | "code" | "sourcecode" | "parsed-literal" => {
                let inner = dedent(body);
                let start = inner
                    .iter()
                    .position(|l| !l.text.starts_with(':') || l.is_blank())
                    .unwrap_or(inner.len());
                self.code(inner.get(start..).unwrap_or_default());
                Ok(())
            }
            "table" => self.captioned(argument, &dedent(body), number),
            "toctree" | "contents" | "image" | "only" => Ok(()),
            "list-table" | "csv-table" | "include" | "raw" | "literalinclude" => {
                Err(ReadError::at(
                    Reason::Construct,
                    number,
                    format!(
                        "the directive {name} may hold facts and is not read; write a grid table"
                    ),
                ))
            }
            _ => {
                if !argument.is_empty() {
                    self.out
                        .push(number, Content::Paragraph(inline::parse(argument), false));
                }
                self.blocks(&dedent(body), depth + 1)
            }
        }
    }

    /// The table directive: caption over as many lines as it takes, a blank
    /// line, the table.
    fn captioned(
        &mut self,
        argument: &str,
        body: &[Line<'_>],
        number: u32,
    ) -> Result<(), ReadError> {
        let mut caption = argument.to_owned();
        let mut at = 0;
        while let Some(line) = body.get(at).filter(|l| !l.is_blank()) {
            if table::is_grid_border(line.text) || table::is_simple_border(line.text) {
                break;
            }
            if !line.text.starts_with(':') {
                caption.push(' ');
                caption.push_str(line.text.trim());
            }
            at += 1;
        }
        while body.get(at).is_some_and(Line::is_blank) {
            at += 1;
        }
        let rest = body.get(at..).unwrap_or_default();
        let Some(first) = rest.first() else {
            return Err(ReadError::at(
                Reason::Table,
                number,
                "a table directive without a table",
            ));
        };
        let raw = if table::is_grid_border(first.text) {
            table::grid(rest)?
        } else if table::is_simple_border(first.text) {
            table::simple(rest)?
        } else {
            return Err(ReadError::at(
                Reason::Table,
                first.number,
                "a table directive whose table is neither a grid nor a simple table",
            ));
        };
        let caption = inline::parse(&caption).plain();
        self.table(raw, Some(caption).filter(|c| !c.is_empty()), number)?;
        Ok(())
    }

    fn table(
        &mut self,
        raw: table::RawTable<'_>,
        caption: Option<String>,
        number: u32,
    ) -> Result<usize, ReadError> {
        let mut header = Vec::new();
        for cell in raw.header.iter().flatten() {
            header.push(read_cell(cell)?);
        }
        let mut rows = Vec::new();
        for row in &raw.rows {
            let line = row
                .first()
                .and_then(|c| c.first())
                .map_or(number, |l| l.number);
            let mut cells = Vec::new();
            for cell in row {
                cells.push(read_cell(cell)?);
            }
            rows.push(Row { line, cells });
        }
        self.out.push(
            number,
            Content::Table(Table {
                caption,
                header,
                rows,
            }),
        );
        Ok(raw.taken.max(1))
    }

    fn code(&mut self, lines: &[Line<'_>]) {
        let mut lines = lines;
        while let [first, rest @ ..] = lines
            && first.is_blank()
        {
            lines = rest;
        }
        while let [rest @ .., last] = lines
            && last.is_blank()
        {
            lines = rest;
        }
        let Some(number) = lines.first().map(|l| l.number) else {
            return;
        };
        let text: Vec<&str> = dedent(lines).iter().map(|l| l.text.trim_end()).collect();
        self.out.push(number, Content::Code(text.join("\n")));
    }

    fn item(&mut self, lines: &[Line<'_>], width: usize, depth: usize) -> Result<usize, ReadError> {
        let Some(first) = lines.first() else {
            return Ok(1);
        };
        let more = indented(lines.get(1..).unwrap_or_default(), width);
        let taken = 1 + more.len();
        let mut inner = vec![Line {
            number: first.number,
            text: first.text.get(width..).unwrap_or_default(),
        }];
        inner.extend(more.iter().map(|l| Line {
            number: l.number,
            text: l.text.get(width..).unwrap_or_default(),
        }));
        // The label is the item's first paragraph; anchors may stand before it.
        let mut at = 0;
        while let Some(line) = inner.get(at) {
            let target = line
                .text
                .strip_prefix(".. _")
                .and_then(|t| t.strip_suffix(':'));
            if let Some(name) = target {
                self.out.anchor(name.trim_matches('`'));
            } else if !line.is_blank() {
                break;
            }
            at += 1;
        }
        let body = inner.get(at..).unwrap_or_default();
        let starts_with_text = body.first().is_some_and(|l| {
            !l.text.starts_with(' ')
                && !l.text.starts_with(".. ")
                && bullet(l.text).is_none()
                && !table::is_grid_border(l.text)
                && !table::is_simple_border(l.text)
        });
        let (label, used) = if starts_with_text {
            let used = self.paragraph(body, depth + 1, true)?;
            (paragraph_text(body), used)
        } else {
            (String::new(), 0)
        };
        self.out.enter(label);
        let result = self.blocks(body.get(used..).unwrap_or_default(), depth + 1);
        self.out.leave();
        result?;
        Ok(taken)
    }

    fn paragraph(
        &mut self,
        lines: &[Line<'_>],
        depth: usize,
        item: bool,
    ) -> Result<usize, ReadError> {
        let count = paragraph_lines(lines);
        let Some(first) = lines.first() else {
            return Ok(1);
        };
        let source = join(lines, count);
        let literal = source.ends_with("::");
        let source = if literal {
            source.strip_suffix(':').unwrap_or(&source)
        } else {
            &source
        };
        self.out.push(
            first.number,
            Content::Paragraph(inline::parse(source), item),
        );
        let mut taken = count;
        if literal {
            let body = indented(lines.get(count..).unwrap_or_default(), 1);
            self.code(&dedent(body));
            taken += body.len();
        } else if let Some(next) = lines.get(count)
            && next.text.starts_with(' ')
            && !next.is_blank()
        {
            // The body of a definition.
            let body = indented(lines.get(count..).unwrap_or_default(), 1);
            self.blocks(&dedent(body), depth + 1)?;
            taken += body.len();
        }
        Ok(taken.max(1))
    }
}

fn read_cell(lines: &[Line<'_>]) -> Result<Cell, ReadError> {
    let mut reader = Reader {
        out: Builder::new(),
        page_id: None,
        adornments: Vec::new(),
    };
    // Depth 1: a cell holds no headings.
    reader.blocks(lines, 1)?;
    let mut parts = Vec::new();
    for block in reader.out.finish() {
        parts.push(cell_part(block)?);
    }
    Ok(Cell { parts })
}

fn cell_part(block: Block) -> Result<Part, ReadError> {
    match block.content {
        Content::Paragraph(text, true) => Ok(Part::Item(text)),
        Content::Paragraph(text, false) | Content::Heading(_, text) => Ok(Part::Para(text)),
        Content::Code(code) => Ok(Part::Code(code)),
        Content::Table(_) => Err(ReadError::at(
            Reason::Table,
            block.line,
            "a table stands inside a cell of another table",
        )),
    }
}
