//! Renders every page of a folder as portal text, as plain text and as HTML,
//! reads them back, and says where the facts differ from the page's own.
//!
//! `cargo run --release --example forms -- FOLDER`

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::path::{Path, PathBuf};

use otcdb_apidocs::{
    Cell, Content, Document, Facts, Field, Hint, Mark, Part, Stated, Table, Text, document, read,
};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rst")
            && path.file_name().is_some_and(|n| n != "index.rst")
        {
            out.push(path);
        }
    }
    out.sort();
}

fn portal(doc: &Document, sign: &str, gap: &str) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
        out.push_str(gap);
    };
    for block in &doc.blocks {
        match &block.content {
            Content::Heading(_, text) => line(&format!("{}{sign}", text.plain())),
            Content::Paragraph(text, item) => {
                let bullet = if *item {
                    if gap.is_empty() { "- " } else { "  • " }
                } else {
                    ""
                };
                line(&format!("{bullet}{}", text.plain()));
            }
            Content::Code(code) => line(code),
            Content::Table(table) => {
                if let Some(caption) = &table.caption {
                    line(&format!("{caption}{sign}"));
                }
                for cell in &table.header {
                    line(&cell.plain());
                }
                for cell in table.rows.iter().flat_map(|r| &r.cells) {
                    for part in &cell.parts {
                        match part {
                            Part::Para(t) => line(&t.plain()),
                            Part::Item(t) => line(&format!(
                                "{}{}",
                                if gap.is_empty() { "- " } else { "    • " },
                                t.plain()
                            )),
                            Part::Code(c) => line(c),
                        }
                    }
                }
            }
        }
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn html_text(text: &Text) -> String {
    text.spans
        .iter()
        .map(|s| {
            let t = escape(&s.text);
            match &s.mark {
                Mark::Plain => t,
                Mark::Strong => format!("<strong>{t}</strong>"),
                Mark::Emphasis => format!("<em>{t}</em>"),
                Mark::Code => format!("<code>{t}</code>"),
                Mark::Link(to) => format!("<a href=\"#{}\">{t}</a>", escape(to)),
            }
        })
        .collect()
}

fn html_cell(cell: &Cell) -> String {
    let mut out = String::new();
    for part in &cell.parts {
        match part {
            Part::Para(t) => out.push_str(&format!("<p>{}</p>\n", html_text(t))),
            Part::Item(t) => out.push_str(&format!("<ul><li>{}</li></ul>\n", html_text(t))),
            Part::Code(c) => out.push_str(&format!("<pre>{}</pre>\n", escape(c))),
        }
    }
    out
}

fn html_table(table: &Table, anchors: &[String]) -> String {
    let mut out = String::new();
    for anchor in anchors {
        out.push_str(&format!("<a name=\"{anchor}\"></a>"));
    }
    out.push_str("<table>");
    if let Some(caption) = &table.caption {
        out.push_str(&format!("<caption><b>{}</b></caption>", escape(caption)));
    }
    out.push_str("<thead><tr>");
    for cell in &table.header {
        out.push_str(&format!("<th><p>{}</p></th>\n", escape(&cell.plain())));
    }
    out.push_str("</tr></thead>\n<tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for cell in &row.cells {
            out.push_str(&format!("<td>{}</td>\n", html_cell(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
    out
}

fn html(doc: &Document) -> String {
    let id = doc.page_id.clone().unwrap_or_default();
    let mut out = format!("<a name=\"{id}\"></a>\n");
    let mut open = 0usize;
    for block in &doc.blocks {
        let depth = block.labels.len();
        while open > depth {
            out.push_str("</li></ul>\n");
            open -= 1;
        }
        let anchors: String = block
            .anchors
            .iter()
            .map(|a| format!("<a name=\"{a}\"></a>"))
            .collect();
        match &block.content {
            Content::Heading(level, text) => out.push_str(&format!(
                "<h{0}>{1}</h{0}>\n",
                if *level == 1 { 1 } else { 4 },
                html_text(text)
            )),
            Content::Paragraph(text, true) => {
                out.push_str(&format!("<ul><li>{anchors}{}\n", html_text(text)));
                open += 1;
            }
            Content::Paragraph(text, false) => {
                out.push_str(&format!("<p>{anchors}{}</p>\n", html_text(text)))
            }
            Content::Code(code) => out.push_str(&format!("<pre>{}</pre>\n", escape(code))),
            Content::Table(table) => out.push_str(&html_table(table, &block.anchors)),
        }
    }
    out
}

fn bare(fields: &mut [Field], lossy: bool) {
    for field in fields {
        field.line = 0;
        if lossy {
            field.values.clear();
            field.limits.clear();
            field.default = Stated::Missing;
            field.text.clear();
        }
        bare(&mut field.fields, lossy);
    }
}

fn normal(mut facts: Facts, lossy: bool) -> Facts {
    facts.page.format = otcdb_apidocs::Format::Rst;
    facts.page.sha256.clear();
    facts.page.text.clear();
    facts.page.id = None;
    if let Stated::Value(op) = &mut facts.operation {
        op.line = 0;
    }
    bare(&mut facts.parameters.items, lossy);
    for form in &mut facts.request.forms {
        form.line = 0;
        bare(&mut form.fields, lossy);
    }
    for response in &mut facts.responses {
        response.line = 0;
        bare(&mut response.headers, lossy);
        for form in &mut response.body.forms {
            form.line = 0;
            bare(&mut form.fields, lossy);
        }
    }
    for e in &mut facts.request_examples {
        e.line = 0;
    }
    for e in &mut facts.response_examples {
        e.line = 0;
    }
    facts
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_default();
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    let mut same = [0usize; 3];
    let mut total = 0;
    for path in &paths {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        let (Ok(doc), Ok(own)) = (document(&bytes), read(&bytes, &Hint::default())) else {
            continue;
        };
        total += 1;
        let forms = [
            ("portal", portal(&doc, "¶", "\n")),
            ("plain", portal(&doc, "", "")),
            ("html", html(&doc)),
        ];
        for (slot, (name, text)) in same.iter_mut().zip(forms) {
            let lossy = name != "html";
            match read(text.as_bytes(), &Hint::default()) {
                Err(refusal) => println!("{} {name}: {refusal}", path.display()),
                Ok(reading) => {
                    let (a, b) = (
                        normal(own.facts.clone(), lossy),
                        normal(reading.facts, lossy),
                    );
                    let changes = otcdb_apidocs::diff(&a, &b);
                    if a == b || changes.is_empty() {
                        *slot += 1;
                    } else {
                        println!("{} {name}", path.display());
                        for change in changes.iter().take(6) {
                            println!("    {change}");
                        }
                        if changes.len() > 6 {
                            println!("    and {} more", changes.len() - 6);
                        }
                    }
                }
            }
        }
    }
    println!(
        "{total} pages: portal {} plain {} html {}",
        same[0], same[1], same[2]
    );
}
