//! Contradictions and oddities inside one page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of finding it is. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// The type of a value in an example is not the documented one.
    ExampleType,
    /// An example has a field that no table lists.
    ExampleField,
    /// A value in an example is not among the documented values.
    ExampleValue,
    /// A value in an example is a documented one in other letter case.
    ExampleCase,
    /// A mandatory field is not in an example request.
    ExampleMandatory,
    /// The method of an example request is not the one of the URI.
    ExampleMethod,
    /// The path of an example request does not fit the one of the URI.
    ExamplePath,
    /// A query parameter of an example request is in no table.
    ExampleQuery,
    /// The status of an example is listed nowhere.
    ExampleStatus,
    /// JSON that had to be repaired.
    JsonRepaired,
    /// An example that is not JSON and could not be repaired.
    JsonBroken,
    /// A parameter of the table that is not in the URI.
    ParameterNotInUri,
    /// A parameter of the URI that no table lists.
    ParameterNotInTable,
    /// A query template whose placeholder has another name than the parameter.
    PlaceholderName,
    /// White space inside a placeholder of the URI.
    PlaceholderSpace,
    /// The place of a parameter is not stated and was told from its name,
    /// the URI or the examples.
    PlaceInferred,
    /// A parameter is listed twice.
    DuplicateParameter,
    /// A table of fields that no field leads to.
    TableNotReached,
    /// A field is said to have its fields in a table that is not there.
    TableMissing,
    /// A field of an object type without any documented fields.
    ObjectWithoutFields,
    /// A table among those of fields that lists none.
    TableLeftOut,
    /// The mandatory column states a condition.
    MandatoryIf,
    /// A name with a character that nobody sees.
    InvisibleCharacter,
    /// An operation that is stated under several versions.
    OtherVersion,
    /// A status is documented with a body but not listed.
    StatusNotListed,
    /// Something that the form of the page has lost.
    Lost,
}

impl Kind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ExampleType => "example-type",
            Kind::ExampleField => "example-field",
            Kind::ExampleValue => "example-value",
            Kind::ExampleCase => "example-case",
            Kind::ExampleMandatory => "example-mandatory",
            Kind::ExampleMethod => "example-method",
            Kind::ExamplePath => "example-path",
            Kind::ExampleQuery => "example-query",
            Kind::ExampleStatus => "example-status",
            Kind::JsonRepaired => "json-repaired",
            Kind::JsonBroken => "json-broken",
            Kind::ParameterNotInUri => "parameter-not-in-uri",
            Kind::ParameterNotInTable => "parameter-not-in-table",
            Kind::PlaceholderName => "placeholder-name",
            Kind::PlaceholderSpace => "placeholder-space",
            Kind::PlaceInferred => "place-inferred",
            Kind::DuplicateParameter => "duplicate-parameter",
            Kind::TableNotReached => "table-not-reached",
            Kind::TableMissing => "table-missing",
            Kind::ObjectWithoutFields => "object-without-fields",
            Kind::TableLeftOut => "table-left-out",
            Kind::MandatoryIf => "mandatory-if",
            Kind::InvisibleCharacter => "invisible-character",
            Kind::OtherVersion => "other-version",
            Kind::StatusNotListed => "status-not-listed",
            Kind::Lost => "lost",
        }
    }
}

/// A contradiction or oddity of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// What it is about, `response 200 list[].status` for instance.
    pub place: String,
    /// Line of the page, counted from 1.
    pub line: u32,
    /// What was found, in one clause.
    pub what: String,
}

impl Finding {
    /// A finding.
    pub(crate) fn new(
        kind: Kind,
        place: impl Into<String>,
        line: u32,
        what: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            place: place.into(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_str();
        // What a page has lost stands in no line.
        match self.line {
            0 => write!(f, "{kind}: ")?,
            line => write!(f, "{kind} at line {line}: ")?,
        }
        write!(f, "{}: {}", self.place, self.what)
    }
}
