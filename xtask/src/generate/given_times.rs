//! Times that callers give, from `x-time`.

use otcdb_openapi::{TIME, TimeForm};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

/// The forms in which a date and time without an offset is written, by what stands for them in the description: ISO 8601
/// counts where that says nothing.
const WITHOUT_OFFSET: [(&str, &str); 5] = [
    ("2018-08-06T10:41:14", "%Y-%m-%dT%H:%M:%S"),
    ("2018-08-06 10:41:14", "%Y-%m-%d %H:%M:%S"),
    ("2018/08/06 10:41:14", "%Y/%m/%d %H:%M:%S"),
    ("20180806104114", "%Y%m%d%H%M%S"),
    ("201808061041", "%Y%m%d%H%M"),
];

/// A time that a caller gives.
pub(super) struct GivenTime {
    /// What a setter takes.
    pub(super) ty: TokenStream,
    /// What is done to that for the value to be sent.
    pub(super) write: TokenStream,
    /// Whether that is a number, and no text.
    pub(super) is_number: bool,
    /// What a setter says of it.
    pub(super) doc: &'static str,
}

impl GivenTime {
    /// `None` where the keywords of a schema are those of no time.
    pub(super) fn of<'a>(
        keyword: impl Fn(&str) -> Option<&'a Value>,
        description: &str,
    ) -> Option<Self> {
        let keyword = |name: &str| keyword(name).and_then(Value::as_str);
        let form: TimeForm = keyword(TIME)?.parse().ok()?;
        let is_number = match (keyword("type")?, keyword("format")) {
            ("string", _) => false,
            ("integer", Some("int64")) => true,
            _ => return None,
        };
        let (ty, write, doc) = match (form, is_number) {
            (TimeForm::Milliseconds, true) => (
                quote!(otcdb_core::time::Milliseconds),
                quote!(.0),
                "The number, or a `jiff::Timestamp`.",
            ),
            (TimeForm::Seconds, true) => (
                quote!(otcdb_core::time::Seconds),
                quote!(.0),
                "The number, or a `jiff::Timestamp`.",
            ),
            (_, true) => return None,
            (TimeForm::Local, _) => {
                let form = without_offset(keyword("pattern"), description);
                (
                    quote!(otcdb_core::time::Given<::otcdb_core::jiff::civil::DateTime>),
                    quote!(.local(#form)),
                    "A text in that form, or a `jiff::civil::DateTime`.",
                )
            }
            (TimeForm::Date, _) => (
                quote!(otcdb_core::time::Given<::otcdb_core::jiff::civil::Date>),
                quote!(.date()),
                "A text in that form, or a `jiff::civil::Date`.",
            ),
            (TimeForm::Utc, _) => {
                let form = without_offset(keyword("pattern"), description);
                (instant(), quote!(.utc(#form)), INSTANT)
            }
            (
                TimeForm::Rfc3339 | TimeForm::Offset | TimeForm::Milliseconds | TimeForm::Seconds,
                _,
            ) => {
                let name = format_ident!("{}", form.name());
                (instant(), quote!(.#name()), INSTANT)
            }
        };
        Some(Self {
            ty,
            write,
            is_number,
            doc,
        })
    }
}

const INSTANT: &str = "A text in that form, or a `jiff::Timestamp`.";

fn instant() -> TokenStream {
    quote!(otcdb_core::time::Given<::otcdb_core::jiff::Timestamp>)
}

/// The form that matches the pattern, or looks like what the description shows as code, a time or letters in its place.
fn without_offset(pattern: Option<&str>, description: &str) -> &'static str {
    let pattern = pattern.and_then(|pattern| regress::Regex::new(pattern).ok());
    let shape = |text: &str| text.replace(|c: char| c.is_ascii_alphanumeric(), "0");
    let shown: Vec<String> = description
        .split('`')
        .skip(1)
        .step_by(2)
        .map(shape)
        .collect();
    let is_meant = |sample: &str| match &pattern {
        Some(pattern) => pattern.find(sample).is_some(),
        None => shown.contains(&shape(sample)),
    };
    let mut forms = WITHOUT_OFFSET.iter();
    let found = forms.find(|(sample, _)| is_meant(sample));
    found.unwrap_or(&WITHOUT_OFFSET[0]).1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_without_an_offset_is_written_as_described() {
        for (pattern, description, expected) in [
            (
                Some(r"^\d{14}$"),
                "In the form of start_time.",
                "%Y%m%d%H%M%S",
            ),
            (None, "As `yyyyMMddHHmm`.", "%Y%m%d%H%M"),
            (None, "As `YYYY-MM-DD HH:MM:SS`.", "%Y-%m-%d %H:%M:%S"),
            (
                None,
                "The field `at`, such as `2020/01/02 03:04:05`.",
                "%Y/%m/%d %H:%M:%S",
            ),
            (None, "In UTC.", "%Y-%m-%dT%H:%M:%S"),
        ] {
            assert_eq!(without_offset(pattern, description), expected);
        }
    }

    #[test]
    fn what_is_no_time_is_given_as_it_is() {
        for schema in [
            json!({ "type": "string" }),
            json!({ "type": "integer", "format": "int32", "x-time": "seconds" }),
        ] {
            assert!(
                GivenTime::of(|name| schema.get(name), "").is_none(),
                "{schema}"
            );
        }
    }
}
