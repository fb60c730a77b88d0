//! Any bytes at all.

use otcdb_apidocs::{Hint, diff, from_yaml, read, to_yaml};
use proptest::prelude::*;

use crate::common::{Listed, grid, indent, item, refusal};

const PAGES: [&str; 6] = [
    include_str!("pages/brew.rst"),
    include_str!("pages/brew.html"),
    include_str!("pages/brew_viewer.txt"),
    include_str!("pages/brew_portal.txt"),
    include_str!("pages/brew_plain.txt"),
    include_str!("pages/brew_zh.md"),
];

/// Reads, and holds what has to hold of whatever is read.
fn survives(bytes: &[u8]) {
    let Ok(reading) = read(bytes, &Hint::default()) else {
        return;
    };
    let text = to_yaml(&reading.facts).unwrap();
    let back = from_yaml(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(back, reading.facts, "{text}");
    assert_eq!(diff(&reading.facts, &back), []);
}

/// Pieces that pages are made of, sound and broken.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("URI\n---\n\n".to_owned()),
        Just("Request\n-------\n\n".to_owned()),
        Just("Response Parameters\n-------------------\n\n".to_owned()),
        Just("Status Codes\n------------\n\n".to_owned()),
        Just("GET https://{*Endpoint*}/v3/{a}/b?c={d}\n\n".to_owned()),
        Just("**Status code: 200**\n\n".to_owned()),
        Just("+---+---+\n| Name | Type |\n+===+===+\n| a | b |\n+---+---+\n\n".to_owned()),
        Just("+------+--------+\n| Name | Type   |\n+======+========+\n| a    | Map<   |\n+------+--------+\n\n".to_owned()),
        Just("== ==\nName Type\n== ==\na  b\n== ==\n\n".to_owned()),
        Just(".. table:: **Table 2** x\n\n".to_owned()),
        Just(".. code-block::\n\n   {\"a\": [1, 2,], “b”: c}\n\n".to_owned()),
        Just(".. _a:\n\n".to_owned()),
        Just("-  a\n\n   -  b\n\n".to_owned()),
        Just("<table><tr><th>Name</th></tr><tr><td>a</td></tr></table>\n".to_owned()),
        Just("<h1>T</h1><div><h4>URI</h4><p>PUT /v1/x</p>".to_owned()),
        Just("## URI\n\nDELETE /v1/\\{x\\}\n\n".to_owned()),
        Just("|\n".to_owned()),
        Just("URI¶\n\nPOST /v2/x\n\nTable 1 Path Parameters¶\n\nParameter\n\nType\n\nDescription\n\na\n\nString\n\n".to_owned()),
        "\\PC{0,40}\n",
        "[ -~]{0,20}\n",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        survives(&bytes);
    }

    #[test]
    fn arbitrary_pieces(pieces in proptest::collection::vec(piece(), 0..24)) {
        survives(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_pages(
        page in 0..PAGES.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..40, "[ -~\n]{0,12}"), 1..6),
    ) {
        let mut bytes = PAGES[page].as_bytes().to_vec();
        for (at, length, text) in cuts {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, text.into_bytes());
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        survives(&bytes);
        survives(String::from_utf8_lossy(&bytes).as_bytes());
    }

    #[test]
    fn pages_cut_off_anywhere(page in 0..PAGES.len(), at in any::<prop::sample::Index>()) {
        let bytes = PAGES[page].as_bytes();
        survives(&bytes[..at.index(bytes.len())]);
    }
}

/// Input that grows without bound where a reader is careless: nesting, marks
/// that never close, references that multiply. Each one has to end; a reader
/// that is quadratic in any of them would not within this suite's patience.
#[test]
fn deep_and_repetitive_input_ends() {
    let size = 8_000;
    let cases = [
        "- ".repeat(size),
        "* ".repeat(size),
        "> ".repeat(size),
        ">".repeat(size),
        "<div>".repeat(size),
        "<b id=1>".repeat(size),
        "<a href=x><p>".repeat(size / 2),
        "<table><tr><td>".repeat(size / 4),
        "<li><ul>".repeat(size / 2),
        "<p><button>".repeat(size / 2),
        "[".repeat(size),
        "![a](".repeat(size / 2),
        "*a **b ".repeat(size / 4),
        "`a ".repeat(size / 2),
        ":ref:`".repeat(size / 4),
        "\\".repeat(size),
        "{".repeat(size),
        "Table 1 ".repeat(size / 4),
        "GET /".repeat(size / 4),
        "|\n".repeat(size),
        "+-\n".repeat(size / 2),
        "=\n".repeat(size),
        (0..400)
            .map(|n| format!("{}-  x\n\n", " ".repeat(n * 3)))
            .collect(),
        (0..200)
            .map(|n| format!("{}- x\n", "  ".repeat(n)))
            .collect(),
    ];
    let heads = [
        "",
        "# T\n\n## URI\n\nGET /v1/x\n\n",
        "<h1>T</h1>\n<h4>URI</h4>\n<p>GET /v1/x</p>\n",
        ".. _t:\n\nT\n===\n\nURI\n---\n\nGET /v1/x\n\n",
        "T¶\n\nURI¶\n\nGET /v1/x\n\nResponse¶\n\n",
        "T\nURI\nGET /v1/x\nResponse\nTable 1 Parameters\nName\nType\nDescription\na\nString\n",
    ];
    for case in &cases {
        for head in heads {
            survives(format!("{head}{case}\n").as_bytes());
            survives(format!("{head}{}\n", case.replace(' ', "\n")).as_bytes());
        }
    }
}

#[test]
fn values_and_captions_without_end_are_bounded() {
    let many = |text: &str| {
        let page = Listed {
            response: item(
                "Normal response",
                &grid(&["Name", "Type", "Description"], &[&["a", "String", text]]),
            ),
            ..Listed::default()
        };
        survives(page.page().as_bytes());
    };
    many(&"The value is **a**. ".repeat(4_000));
    many(&"Options: **a**, **b**. ".repeat(4_000));
    many(&"value is value is ".repeat(4_000));
    many(
        &(0..4_000)
            .map(|n| format!("-  **v{n}**: x\n"))
            .collect::<String>(),
    );
    many(&"see Table 3 of Table 4 ".repeat(4_000));
    many(&"Maximum: 3\n\n".repeat(2_000));
    let deep = format!("Object {}", "List<".repeat(20_000));
    many(&deep);
}

#[test]
fn references_that_multiply_are_refused() {
    let header = &["Name", "Type", "Description"];
    let mut response = indent(
        &grid(header, &[&["a", "T0 object", ""], &["b", "T0 object", ""]]),
        0,
    );
    for n in 0..20 {
        let next = format!("T{} object", n + 1);
        response.push_str(&format!(
            "\n.. table:: T{n}\n\n{}",
            indent(&grid(header, &[&["a", &next, ""], &["b", &next, ""]]), 3)
        ));
    }
    let page = Listed {
        response: item("Normal response", &response),
        ..Listed::default()
    };
    assert_eq!(
        refusal(&page.page()).reason,
        otcdb_apidocs::Reason::TooLarge
    );
}
