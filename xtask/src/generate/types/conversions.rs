//! From the values of a response to those that may be asked for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use heck::ToSnakeCase as _;
use quote::{format_ident, quote};
use syn::Item;

use super::Models;
use super::enums::texts;

/// A conversion from each enumeration that is sent to each that is given and means the same: its values are among those
/// that are sent, and its name but for the last word (`InstanceStatusFilter`) is in the other's.
pub(super) fn items(models: &Models<'_>) -> Result<Vec<Item>> {
    let enums = models.schemas.iter().filter_map(|(name, schema)| {
        let texts = texts(schema);
        (!texts.is_empty()).then(|| (name, texts, words(name)))
    });
    let (sent, asked): (Vec<_>, Vec<_>) = enums.partition(|(name, ..)| models.sent.contains(*name));
    // Of what is asked for, each is found by the first of its words.
    let mut by_word: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for one in &asked {
        if let [first, _, ..] = one.2.as_slice() {
            by_word.entry(first).or_default().push(one);
        }
    }
    let mut items = Vec::new();
    for (from, sent, words) in &sent {
        let words: BTreeSet<&str> = words.iter().map(String::as_str).collect();
        let found = words.iter().filter_map(|word| by_word.get(word)).flatten();
        let mut found: Vec<_> = found.collect();
        found.sort();
        for (to, asked, asked_words) in found {
            let is_in = |text: &&str| sent.iter().any(|one| one.eq_ignore_ascii_case(text));
            if !means_the_same(&words, asked_words) || !asked.iter().all(is_in) {
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

fn words(name: &str) -> Vec<String> {
    name.to_snake_case().split('_').map(str::to_owned).collect()
}

/// Whether all words of what is asked for, but the last, are among those of what is sent.
fn means_the_same(sent: &BTreeSet<&str>, asked: &[String]) -> bool {
    let asked = asked.split_last().map_or(&[][..], |(_, before)| before);
    !asked.is_empty() && asked.iter().all(|word| sent.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_means_the_same() {
        for (sent, asked, expected) in [
            ("InstanceStatus", "InstanceStatusFilter", true),
            ("TemplateCacheMode", "CacheModeChoice", true),
            ("JobStatus", "KeyScanStatusFilter", false),
            ("ZoneResourceAvailability", "TextFlag", false),
            ("Status", "Filter", false),
        ] {
            let (sent, asked) = (words(sent), words(asked));
            let sent: BTreeSet<&str> = sent.iter().map(String::as_str).collect();
            assert_eq!(
                means_the_same(&sent, &asked),
                expected,
                "{sent:?} {asked:?}"
            );
        }
    }
}
