//! Small pages of a made-up API, in the layouts that real pages have.

use otcdb_apidocs::{Facts, Field, Finding, Hint, Kind, ReadError, Reading, Stated, read};

/// A grid table without indentation.
pub(crate) fn grid(header: &[&str], rows: &[&[&str]]) -> String {
    let columns = header.len();
    let cell = |row: &[&str], at: usize| -> Vec<String> {
        row.get(at)
            .map_or_else(Vec::new, |c| c.lines().map(str::to_owned).collect())
    };
    let width = |at: usize| {
        std::iter::once(&header)
            .map(|h| h.to_vec())
            .chain(rows.iter().map(|r| r.to_vec()))
            .flat_map(|r| cell(&r, at))
            .map(|l| l.chars().count())
            .max()
            .unwrap_or(1)
            + 2
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let border = |c: char| {
        let mut line = String::from("+");
        for w in &widths {
            line.extend(std::iter::repeat_n(c, *w));
            line.push('+');
        }
        line.push('\n');
        line
    };
    let body = |row: &[&str]| {
        let height = (0..columns)
            .map(|at| cell(row, at).len())
            .max()
            .unwrap_or(1)
            .max(1);
        let mut out = String::new();
        for line in 0..height {
            out.push('|');
            for (at, w) in widths.iter().enumerate() {
                let text = cell(row, at).get(line).cloned().unwrap_or_default();
                let blanks = w - 1 - text.chars().count();
                out.push_str(&format!(" {text}{}|", " ".repeat(blanks)));
            }
            out.push('\n');
        }
        out
    };
    let mut out = border('-');
    out.push_str(&body(header));
    out.push_str(&border('='));
    for row in rows {
        out.push_str(&body(row));
        out.push_str(&border('-'));
    }
    out
}

/// Indents every line that is not blank.
pub(crate) fn indent(text: &str, by: usize) -> String {
    let margin = " ".repeat(by);
    text.lines()
        .map(|l| {
            if l.is_empty() {
                "\n".to_owned()
            } else {
                format!("{margin}{l}\n")
            }
        })
        .collect()
}

/// A table directive.
pub(crate) fn table(caption: &str, header: &[&str], rows: &[&[&str]]) -> String {
    format!(
        ".. table:: {caption}\n\n{}\n",
        indent(&grid(header, rows), 3)
    )
}

/// A heading with its underline.
pub(crate) fn heading(text: &str) -> String {
    format!("{text}\n{}\n\n", "-".repeat(text.len().max(4)))
}

/// The first lines of a page.
pub(crate) fn top(id: &str, title: &str) -> String {
    format!(
        ":original_name: {id}.html\n\n.. _{id}:\n\n{title}\n{}\n\n",
        "=".repeat(title.len())
    )
}

/// A list item with something under it.
pub(crate) fn item(label: &str, body: &str) -> String {
    format!("-  {label}\n\n{}\n", indent(body, 3))
}

/// A code block.
pub(crate) fn code(text: &str) -> String {
    format!(".. code-block::\n\n{}\n", indent(text, 3))
}

/// A page of the layout that RDS uses: everything under list labels.
pub(crate) struct Listed {
    /// What stands behind `URI format`.
    pub(crate) uri: String,
    /// Parameter table of the URI, or nothing.
    pub(crate) parameters: String,
    /// Under `Request`.
    pub(crate) request: String,
    /// Under `Response`.
    pub(crate) response: String,
    /// The status of normal responses.
    pub(crate) status: String,
}

impl Default for Listed {
    fn default() -> Self {
        Self {
            uri: "GET https://{*Endpoint*}/v3/{project_id}/kettles/{kettle_id}".to_owned(),
            parameters: table(
                "**Table 1** Parameter description",
                &["Name", "Mandatory", "Description"],
                &[
                    &["project_id", "Yes", "Project."],
                    &["kettle_id", "Yes", "Kettle."],
                ],
            ),
            request: item("Request parameters", "None\n"),
            response: item(
                "Normal response",
                &table(
                    "**Table 2** Parameter description",
                    &["Name", "Type", "Description"],
                    &[&["state", "String", "How it is."]],
                ),
            ),
            status: "200".to_owned(),
        }
    }
}

impl Listed {
    /// The page.
    pub(crate) fn page(&self) -> String {
        let mut out = top("tea_01_0001", "Looking at a Kettle");
        out.push_str(&heading("Function"));
        out.push_str("Looks at one kettle.\n\n");
        out.push_str(&heading("URI"));
        out.push_str(&item("URI format", &format!("{}\n", self.uri)));
        if !self.parameters.is_empty() {
            out.push_str(&item("Parameter description", &self.parameters));
        }
        out.push_str(&heading("Request"));
        out.push_str(&self.request);
        out.push_str(&heading("Response"));
        out.push_str(&self.response);
        out.push_str(&item("Abnormal response", "See elsewhere.\n"));
        out.push_str(&heading("Status Code"));
        out.push_str(&item("Normal", &format!("{}\n", self.status)));
        out.push_str(&item("Abnormal", "See elsewhere.\n"));
        out
    }
}

/// Reads a page that has to be readable.
pub(crate) fn reading(page: &str) -> Reading {
    read(page.as_bytes(), &Hint::default()).unwrap_or_else(|r| panic!("{r}\n{page}"))
}

/// Its facts.
pub(crate) fn facts(page: &str) -> Facts {
    reading(page).facts
}

/// Reads a page that has to be refused.
pub(crate) fn refusal(page: &str) -> ReadError {
    read(page.as_bytes(), &Hint::default()).expect_err("the page was read")
}

/// `name type mandatory` of each field, nested ones indented.
pub(crate) fn outline(fields: &[Field]) -> Vec<String> {
    let mut out = Vec::new();
    for field in fields {
        let kind = match &field.type_word {
            Stated::Nothing => "none".to_owned(),
            Stated::Value(word) => word.clone(),
            _ => "?".to_owned(),
        };
        let mandatory = match field.mandatory {
            Stated::Value(true) => "yes",
            Stated::Value(false) => "no",
            _ => "?",
        };
        let place = field
            .place
            .map_or(String::new(), |p| format!("{} ", p.as_str()));
        out.push(format!("{place}{}: {kind} {mandatory}", field.name));
        out.extend(outline(&field.fields).into_iter().map(|l| format!("  {l}")));
    }
    out
}

/// The places of the findings of a kind.
pub(crate) fn places(findings: &[Finding], kind: Kind) -> Vec<String> {
    findings
        .iter()
        .filter(|f| f.kind == kind)
        .map(|f| f.place.clone())
        .collect()
}
