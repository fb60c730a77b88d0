//! What the runtime checks of values before it sends them.

use otcdb_openapi::Limits;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The elements of the table for a value; none if any is sent.
pub(super) fn tokens(limits: &Limits) -> Vec<TokenStream> {
    let mut tokens = Vec::new();
    if let (least, most) = limits.number
        && (least.is_some() || most.is_some())
    {
        let least = least.map_or(quote!(f64::NEG_INFINITY), number);
        let most = most.map_or(quote!(f64::INFINITY), number);
        tokens.push(quote!(Limit::Number(#least, #most)));
    }
    let counts = [
        (limits.length, quote!(Limit::Length)),
        (limits.items, quote!(Limit::Items)),
    ];
    for ((least, most), limit) in counts {
        if least.is_some() || most.is_some() {
            let least = Literal::u32_unsuffixed(least.unwrap_or(0));
            let most = most.map_or(quote!(u32::MAX), |most| {
                let most = Literal::u32_unsuffixed(most);
                quote!(#most)
            });
            tokens.push(quote!(#limit(#least, #most)));
        }
    }
    // What only a larger engine can read is left to the service.
    let pattern = limits.pattern.as_deref();
    if let Some(pattern) = pattern.filter(|pattern| regex_lite::Regex::new(pattern).is_ok()) {
        tokens.push(quote!(Limit::Pattern(#pattern)));
    }
    if limits.is_secret && !tokens.is_empty() {
        tokens.push(quote!(Limit::Secret));
    }
    tokens
}

fn number(value: f64) -> TokenStream {
    let number = Literal::f64_unsuffixed(value.abs());
    match value.is_sign_negative() {
        true => quote!(-#number),
        false => quote!(#number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_as_the_runtime_has_them() {
        let text = |limits: &Limits| {
            let tokens = tokens(limits);
            quote!(#(#tokens),*).to_string().replace(' ', "")
        };
        let mut limits = Limits::default();
        limits.number = (Some(-1.0), None);
        limits.length = (Some(4), Some(64));
        limits.items = (None, Some(2));
        limits.pattern = Some("^a$".to_owned());
        limits.is_secret = true;
        assert_eq!(
            text(&limits),
            r#"Limit::Number(-1.0,f64::INFINITY),Limit::Length(4,64),Limit::Items(0,2),Limit::Pattern("^a$"),Limit::Secret"#
        );
        let mut beyond = Limits::default();
        beyond.pattern = Some("^(?=a)".to_owned());
        beyond.is_secret = true;
        assert_eq!(text(&beyond), "");
    }
}
