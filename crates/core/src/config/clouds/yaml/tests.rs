//! What is read of an entry, and how faults are told.

use super::super::error::QUOTES;
use super::*;

fn read_otc(text: &str) -> Result<Entry, Fault> {
    let is_text = |name: &str| ["username", "password", "verify"].contains(&name);
    read(text, "clouds", "otc", is_text).map(|found| found.entry.unwrap_or_default())
}

fn password(text: &str) -> Option<String> {
    read_otc(text).unwrap().auth.get("password").cloned()
}

#[test]
fn null_is_nothing_and_other_entries_may_have_any_form() {
    for text in [
        "clouds: {otc: {auth: null, regions: ~, region_name: }, other: 5, list: [1]}",
        "clouds:\n  otc:\n    auth:\n  other: !vault {auth: {a: 1, a: 2}}\n",
        "other: [1]\nclouds:\n  otc: {auth: {password: null, username: ''}}\n",
        "clouds:\n",
        "",
        "# nothing\n",
    ] {
        let entry = read_otc(text).unwrap();
        assert!(entry.auth.is_empty() && entry.beside.is_empty(), "{text}");
    }
    let found = read("clouds: {a: , b: 1}", "clouds", "otc", |_| true).unwrap();
    assert_eq!(found.others, ["a", "b"]);
    assert!(found.entry.is_none());
}

#[test]
fn texts_stay_as_they_are_spelled() {
    for (written, read) in [
        ("007", "007"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("True", "True"),
        ("'null'", "null"),
        ("'@a'", "@a"),
        ("!!str 5", "5"),
        ("a#b", "a#b"),
        ("&anchor a", "a"),
        ("|-\n        two words", "two words"),
    ] {
        let text = format!("clouds:\r\n  otc:\r\n    auth:\r\n      password: {written}\r\n");
        assert_eq!(password(&text).as_deref(), Some(read), "{written}");
    }
    assert_eq!(
        password("\u{feff}clouds: {otc: {auth: {password: a}}}").as_deref(),
        Some("a")
    );
}

#[test]
fn anchors_and_merge_keys_reach_into_the_entry() {
    let text = "base: &base\n  auth: &auth\n    username: u\n    password: p\nclouds:\n  otc:\n    <<: *base\n    verify: no\n";
    let entry = read_otc(text).unwrap();
    assert_eq!(entry.auth["password"], "p");
    assert_eq!(entry.beside["verify"], "no");
    let text = "clouds:\n  other:\n    auth: &a {password: p}\n  otc:\n    auth:\n      <<: *a\n      username: u\n";
    assert_eq!(password(text).as_deref(), Some("p"));
}

#[test]
fn a_special_character_is_pointed_at_and_the_text_is_not_quoted() {
    for first in ["@", "`", "%", "!", "&", "*", "#", "|", ",", "'", "[", "{"] {
        for (text, line) in [
            (
                format!(
                    "clouds:\n  otc:\n    auth:\n      password: {first}hunter2\n      username: u\n"
                ),
                4,
            ),
            (
                format!("clouds:\n  otc:\n    auth: {{username: u, password: {first}hunter2}}\n"),
                3,
            ),
        ] {
            // There a `#` hides the end of the line, and `{…}` is a mapping.
            if ["#", "{"].contains(&first) && line == 3 {
                continue;
            }
            let fault = read_otc(&text).expect_err(&text);
            let says = format!(
                "the value of password begins with `{first}`, which means something to YAML"
            );
            assert_eq!((fault.line, fault.what), (Some(line), says), "{text}");
            assert_eq!(fault.hint, QUOTES);
        }
    }
    let text = "clouds:\n  otc:\n    auth:\n      password: # in secure.yaml\n";
    assert_eq!(password(text), None);
}

#[test]
fn a_fault_says_where_and_what_is_expected() {
    for (text, line, what) in [
        (
            "clouds:\n  otc:\n    auth: hunter2\n",
            3,
            "clouds.otc.auth has to be a mapping",
        ),
        (
            "clouds:\n  otc: hunter2\n",
            2,
            "clouds.otc has to be a mapping",
        ),
        (
            "clouds:\n  otc:\n    auth:\n      password:\n      - a\n",
            5,
            "clouds.otc.auth.password has to be a text",
        ),
        (
            "clouds:\n  otc:\n\tauth: a\n",
            3,
            "the line is indented by a tab",
        ),
        (
            "clouds:\n  otc:\n    auth:\n      password: a\n      password: hunter2\n",
            5,
            "password is given twice",
        ),
        (
            "clouds:\n  otc:\n    verify: 1\n\tauth: a\n",
            4,
            "the line is indented by a tab",
        ),
        (
            "clouds:\n  otc:\n    auth:\n      password: a: hunter2\n",
            4,
            "the value of password holds `: `, which means something to YAML",
        ),
        (
            "clouds:\n  otc:\n    auth:\n      username: u\n      password: hunter2:\n",
            5,
            "the value of password ends with `:`, which means something to YAML",
        ),
        (
            "clouds: {otc: {region_name: 'eu-de', auth: {password: @hunter2}}}\n",
            1,
            "the value of password begins with `@`, which means something to YAML",
        ),
        (
            "clouds:\n  otc: {}\n  otc: {auth: {password: hunter2}}\n",
            3,
            "otc is given twice",
        ),
        (
            "clouds: {}\n---\nclouds: {otc: }\n",
            2,
            "it has more than one document",
        ),
        (
            "clouds: hunter2\n",
            1,
            "it needs a mapping of clouds, each with auth and region_name",
        ),
    ] {
        let fault = read_otc(text).unwrap_err();
        assert_eq!(
            (fault.line, fault.what.as_str()),
            (Some(line), what),
            "{text}"
        );
    }
}

#[test]
fn regions_are_names_or_mappings() {
    let text = "clouds:\n  otc:\n    regions:\n    - eu-de\n    - name: eu-nl\n      values:\n        auth: {password: 007}\n        verify: 1\n    - name: eu-ch2\n";
    let entry = read_otc(text).unwrap();
    let names: Vec<_> = entry
        .regions
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["eu-de", "eu-nl", "eu-ch2"]);
    assert_eq!(entry.regions[1].1.auth["password"], "007");
    for written in ["eu-de, eu-nl", "[eu-de, eu-nl]"] {
        let entry = read_otc(&format!("clouds:\n  otc:\n    region_name: {written}\n")).unwrap();
        assert_eq!(entry.regions.len(), 2);
    }
}
