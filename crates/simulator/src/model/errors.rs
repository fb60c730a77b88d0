//! The errors that a service documents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::yaml;

/// An error as a service's table of error codes has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DocumentedError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

/// What any service may have to refuse.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Common {
    UnknownPath,
    UnknownMethod,
    NoToken,
    BadToken,
    ExpiredToken,
    Forbidden,
    EmptyBody,
    NotJson,
    BadParameter,
    NoInstance,
    NoObject,
    OtherEngine,
    Internal,
}

/// The errors of a service by their codes, behind which come those that services share.
#[derive(Debug, Default)]
pub(crate) struct Errors(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    documented: DocumentedError,
    written: Written,
}

/// An error in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    status: u16,
    message: String,
    /// The problems that it answers.
    #[serde(default)]
    answers: Vec<Common>,
    /// Members of bodies with which something is wrong then.
    #[serde(default)]
    fields: Vec<String>,
    /// Members of which there are too many then.
    #[serde(default)]
    too_many: Vec<String>,
}

fn shared() -> &'static Errors {
    static SHARED: LazyLock<Errors> = LazyLock::new(|| {
        // A test reads it, too.
        Errors::read(include_str!("../../models/errors.yaml")).unwrap_or_default()
    });
    &SHARED
}

impl Errors {
    pub(crate) const NONE: Self = Self(BTreeMap::new());

    /// Reads a file of errors. They live as long as the process.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let written: BTreeMap<String, Written> = yaml::read(text)?;
        let entry = |(code, written): (String, Written)| {
            let documented = DocumentedError {
                status: written.status,
                code: Box::leak(code.clone().into_boxed_str()),
                message: Box::leak(written.message.clone().into_boxed_str()),
            };
            let entry = Entry {
                documented,
                written,
            };
            (code, entry)
        };
        Ok(Self(written.into_iter().map(entry).collect()))
    }

    /// The error with a code.
    pub(crate) fn get(&self, code: &str) -> Option<DocumentedError> {
        let found = self.0.get(code).or_else(|| shared().0.get(code));
        found.map(|entry| entry.documented)
    }

    /// What is answered to a problem that any service may have.
    pub(crate) fn of(&self, common: Common) -> Option<DocumentedError> {
        let answers = |error: &Written| error.answers.contains(&common);
        self.find(answers).or_else(|| shared().find(answers))
    }

    /// The error for a member of a body, where there is one of its own.
    pub(crate) fn of_field(&self, field: &str, too_many: bool) -> Option<DocumentedError> {
        let has = |fields: &[String]| fields.iter().any(|own| own == field);
        let of_number = self.find(|error| too_many && has(&error.too_many));
        of_number.or_else(|| self.find(|error| has(&error.fields)))
    }

    fn find(&self, is: impl Fn(&Written) -> bool) -> Option<DocumentedError> {
        let mut entries = self.0.values();
        let found = entries.find(|entry| is(&entry.written));
        found.map(|entry| entry.documented)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_the_services_own_or_one_that_services_share() {
        let own = Errors::read(
            "A.1: {status: 400, message: m, fields: [name], answers: [no_object]}\n\
             A.2: {status: 400, message: m, too_many: [name]}",
        );
        let own = own.unwrap();
        let code = |found: Option<DocumentedError>| found.map(|error| error.code);
        assert_eq!(code(own.of(Common::NoObject)), Some("A.1"));
        assert_eq!(code(own.of(Common::NotJson)), Some("DBS.280001"));
        assert_eq!(code(own.of_field("name", false)), Some("A.1"));
        assert_eq!(code(own.of_field("name", true)), Some("A.2"));
        assert_eq!(code(own.of_field("size", true)), None);
        assert_eq!(code(own.get("DBS.200543")), Some("DBS.200543"));
        assert!(Errors::read("A.1: {status: 400}").is_err());
    }
}
