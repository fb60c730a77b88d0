#![allow(unreachable_pub, reason = "the macro is for types that others see")]

use std::collections::{BTreeSet, HashSet};

use super::*;

/// What is generated for `enum: [FINISH, EXPORTING, Replica, running]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Status {
    Finish,
    Exporting,
    Replica,
    Running,
}

impl TextEnum for Status {
    const DESCRIPTION: &'static str = "State of a task.";
    const VALUES: &'static [Self] = &[Self::Finish, Self::Exporting, Self::Replica, Self::Running];
    const TEXTS: &'static [&'static str] = &["FINISH", "EXPORTING", "Replica", "running"];

    fn index(self) -> usize {
        self as usize
    }
}

crate::text_enum!(Status);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Response {
    #[serde(default, skip_serializing_if = "Open::is_absent")]
    status: Open<Status>,
    previous: Option<Open<Status>>,
}

#[test]
fn every_spelling_of_a_documented_value_is_known() {
    for (text, value) in [
        ("FINISH", Status::Finish),
        ("finish", Status::Finish),
        ("Finish", Status::Finish),
        ("RUNNING", Status::Running),
        ("running", Status::Running),
        ("Replica", Status::Replica),
        ("replica", Status::Replica),
        ("REPLICA", Status::Replica),
    ] {
        let open = Open::<Status>::new(text);
        assert_eq!(open.known(), Some(value), "{text}");
        assert!(open.is(value));
        assert_eq!(open, value);
        assert_eq!(open.as_str(), text);
        assert_eq!(open.to_string(), text);
    }
}

#[test]
fn other_text_is_unknown_and_kept() {
    for text in ["", " ", "FINISHED", "ßinish", "\u{1F980}", "é"] {
        let open = Open::<Status>::new(text);
        assert_eq!(open.known(), None);
        assert_ne!(open, Status::Finish);
        assert_eq!((open.as_str(), open.is_absent()), (text, false));
        assert_eq!(format!("{open:?}"), format!("Unknown({text:?})"));
    }
}

#[test]
fn a_response_is_encoded_as_it_was_received() {
    for text in [
        r#"{"status":"finish","previous":"EXPORTING"}"#,
        r#"{"status":"FINISH","previous":null}"#,
        r#"{"status":"never heard of","previous":""}"#,
    ] {
        let response: Response = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&response).unwrap(), text);
    }
}

#[test]
fn what_is_missing_or_null_is_absent() {
    for text in ["{}", r#"{"status":null}"#, r#"{"status":{}}"#] {
        let response: Response = serde_json::from_str(text).unwrap();
        assert!(response.status.is_absent(), "{text}");
        assert_eq!(
            (response.status.as_str(), response.status.known()),
            ("", None)
        );
        assert_eq!(format!("{:?}", response.status), "Absent");
        let written = serde_json::to_string(&response).unwrap();
        assert_eq!(written, r#"{"previous":null}"#);
    }
    assert_ne!(Open::<Status>::default(), Open::new(""));
    assert_ne!(Open::<Status>::default(), Status::Finish);
}

#[test]
fn a_number_is_a_text_and_a_list_is_none() {
    let read = serde_json::from_str::<Open<Status>>;
    assert_eq!(read("7").unwrap().as_str(), "7");
    let error = read("[]").unwrap_err();
    assert!(error.to_string().contains("expected a string"), "{error}");
}

#[test]
fn a_closed_value_is_told_with_its_choices() {
    let error = "Finish".parse::<Status>().unwrap_err().to_string();
    assert_eq!(
        error,
        r#""Finish" is none of FINISH, EXPORTING, Replica, running"#
    );
    let error = serde_json::from_str::<Status>(r#""x""#)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with(r#""x" is none of FINISH"#), "{error}");
    assert_eq!(Status::VALUES.len(), Status::TEXTS.len());
    for value in Status::VALUES {
        assert_eq!(value.as_str().parse(), Ok(*value));
        assert_eq!(serde_json::to_value(value).unwrap(), value.as_ref());
        assert_eq!(value.to_string(), value.as_str());
    }
}

#[test]
fn a_value_from_code_is_spelled_as_documented() {
    let open = Open::from(Status::Exporting);
    assert_eq!(serde_json::to_string(&open).unwrap(), r#""EXPORTING""#);
    assert_eq!(format!("{open:>11}|"), "  EXPORTING|");
    assert_eq!(format!("{open:?}"), "Known(Exporting)");
}

#[test]
fn equality_hash_and_order_agree() {
    let spelled = [
        "FINISH",
        "finish",
        "zzz",
        "aaa",
        "exporting",
        "EXPORTING",
        "aaa",
    ];
    let open = || spelled.iter().map(|text| Open::<Status>::new(*text));
    let sorted: Vec<_> = open().collect::<BTreeSet<_>>().into_iter().collect();
    let hashed: HashSet<_> = open().collect();
    assert_eq!(hashed.len(), sorted.len());
    let texts: Vec<_> = sorted.iter().map(|o| o.as_str().to_uppercase()).collect();
    assert_eq!(texts, ["FINISH", "EXPORTING", "AAA", "ZZZ"]);
}

#[test]
fn a_known_value_differs_from_any_unknown_one() {
    assert_ne!(Open::<Status>::new("FINISH"), Open::new("FINISHED"));
    assert_ne!(Open::<Status>::new("unheard"), Open::new("UNHEARD"));
}

#[cfg(feature = "schemars")]
#[test]
fn the_schema_is_that_of_the_documented_values() {
    use schemars::schema_for;
    assert_eq!(schema_for!(Open<Status>), schema_for!(Status));
    #[derive(schemars::JsonSchema)]
    #[allow(dead_code)]
    struct Plain {
        status: Status,
    }
    #[derive(schemars::JsonSchema)]
    #[schemars(rename = "Plain")]
    #[allow(dead_code)]
    struct Tolerant {
        status: Open<Status>,
    }
    assert_eq!(schema_for!(Tolerant), schema_for!(Plain));
}
