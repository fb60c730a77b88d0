//! From the values of a response to those that may be asked for.

use anyhow::Result;
use heck::ToSnakeCase as _;
use quote::{format_ident, quote};
use syn::Item;

use super::Models;
use super::enums::texts;

/// A conversion from each enumeration that is sent to each that is given and means the same: its values are among those
/// that are sent, and its name but for the last word (`InstanceStatusFilter`) is in the other's.
pub(super) fn items(models: &Models<'_>) -> Result<Vec<Item>> {
    let enums = || {
        let schemas = models.schemas.iter();
        schemas.filter(|(_, schema)| !texts(schema).is_empty())
    };
    let mut items = Vec::new();
    for (from, sent) in enums().filter(|(name, _)| models.sent.contains(*name)) {
        for (to, asked) in enums().filter(|(name, _)| !models.sent.contains(*name)) {
            let (sent, asked) = (texts(sent), texts(asked));
            let is_in =
                |texts: &[&str], text: &str| texts.iter().any(|one| one.eq_ignore_ascii_case(text));
            if !means_the_same(from, to) || !asked.iter().all(|text| is_in(&sent, text)) {
                continue;
            }
            let (from, to) = (format_ident!("{from}"), format_ident!("{to}"));
            items.push(syn::parse2(quote! {
                /// The value with the same text, which may be none of those that can be asked for.
                impl ::std::convert::From<#from> for otcdb_core::Open<#to> {
                    fn from(value: #from) -> Self {
                        Self::new(value.as_str())
                    }
                }
            })?);
        }
    }
    Ok(items)
}

fn means_the_same(sent: &str, asked: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        name.to_snake_case().split('_').map(str::to_owned).collect()
    };
    let (sent, mut asked) = (words(sent), words(asked));
    asked.pop();
    !asked.is_empty() && asked.iter().all(|word| sent.contains(word))
}

#[cfg(test)]
mod tests {
    use super::means_the_same;

    #[test]
    fn names_tell_what_means_the_same() {
        for (sent, asked, expected) in [
            ("InstanceStatus", "InstanceStatusFilter", true),
            ("TemplateCacheMode", "CacheModeChoice", true),
            ("JobStatus", "KeyScanStatusFilter", false),
            ("ZoneResourceAvailability", "TextFlag", false),
            ("Status", "Filter", false),
        ] {
            assert_eq!(means_the_same(sent, asked), expected, "{sent} {asked}");
        }
    }
}
