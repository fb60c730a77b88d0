//! Reads cloud API documentation pages into facts, and compares facts.
//!
//! A page of an API reference comes as reStructuredText, as HTML export (bare
//! or seen through a code viewer), as Markdown with HTML tables in Chinese, or
//! as the text of a rendered page. [`read()`] tells the form from the content,
//! turns the page into one list of [`Block`]s, and interprets that once, so
//! that the same page gives the same [`Facts`] from every form that still
//! contains them. Column roles come from header words, never from positions.
//!
//! - Structured forms are read exactly, or the page is refused with a reason.
//! - What contradicts itself inside a page is a [`Finding`], never mended in
//!   silence.
//! - Facts hold no sentence of the page; they are written as YAML in a stable
//!   order ([`to_yaml`], [`from_yaml`]).
//! - [`diff()`] compares two readings in an API sense, [`check()`] compares facts
//!   with an OpenAPI operation, [`coverage`] counts what is described.
//! - Any bytes may be fed in: an error or findings come out, never a panic.
//!
//! The functions of the commands (`import`, `check_document`, `diff_report`)
//! read and write no files.

// Pages are outside input: an index out of range must not end the program.
#![warn(clippy::indexing_slicing)]

mod block;
mod check;
mod commands;
mod coverage;
mod detect;
mod diff;
mod digest;
#[expect(
    clippy::indexing_slicing,
    reason = "members of JSON objects, which a draft makes itself; slices are never indexed"
)]
pub mod draft;
mod facts;
mod finding;
mod html;
mod interpret;
mod json;
mod markdown;
mod permissions;
mod read;
mod read_error;
mod rst;
mod text;
mod type_name;
mod vocabulary;
mod yaml;

pub use block::{Block, Cell, Content, Document, Format, Mark, Part, Row, Run, Table, Text};
pub use check::{
    Deviation, DeviationError, Discrepancy, Settled, Target, check, deviations, settle,
};
pub use commands::{
    Checked, CheckedOperation, DiffReport, ImportError, Imported, Source, check_document,
    check_with_permissions, diff_report, documents, file_name, import, page_ids,
};
pub use coverage::{Coverage, Described, Known, SectionCoverage, coverage};
pub use diff::{Change, Class, FolderDiff, PageChange, PageDiff, diff, diff_folders, pair};
pub use facts::{
    Body, Facts, Field, Form, Header, Limit, Limited, Operation, Page, Parameters, Payload, Place,
    RequestExample, Response, ResponseExample, State, Stated,
};
pub use finding::{Finding, Kind};
pub use interpret::contradictions::of_facts as contradictions;
pub use interpret::uri::{anonymous, fits};
pub use interpret::{Hint, pairing_key};
pub use json::{Parsed, Repair, parse as parse_json};
pub use permissions::{Permission, Permissions, diff_permissions, permissions};
pub use read::{MAX_PAGE_BYTES, Reading, document, read};
pub use read_error::{ReadError, Reason};
pub use type_name::{Shape, entry_type, item_type, shape};
pub use yaml::{YamlError, from_yaml, permissions_from_yaml, permissions_to_yaml, to_yaml};
