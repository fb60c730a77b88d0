//! Method and path, as stated and as used by examples.

use percent_encoding::percent_decode_str;

use crate::vocabulary;

/// A request line taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The method.
    pub(crate) method: String,
    /// The path from `/`, without scheme, host and query.
    pub(crate) path: String,
    /// Query parameters: name and value or placeholder.
    pub(crate) query: Vec<(String, String)>,
    /// Whether white space had to be taken out of a placeholder.
    pub(crate) spaced: bool,
    /// The URL as written, white space collapsed.
    pub(crate) url: String,
}

/// No page's URL is longer; the bound keeps odd input cheap.
const LONGEST: usize = 8_192;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];

/// Whether a text is a method and nothing else.
pub(crate) fn is_method(text: &str) -> bool {
    METHODS.contains(&text)
}

/// Reads `METHOD URL`; the URL may be a path, or carry scheme and host.
pub(crate) fn request_line(text: &str) -> Option<Target> {
    let text = vocabulary::visible(text);
    let text = text.trim();
    let method = METHODS.iter().find(|m| {
        text.strip_prefix(**m)
            .is_some_and(|rest| rest.starts_with([' ', '/', '\u{a0}']))
    })?;
    let rest = text.get(method.len()..)?.trim();
    url(rest).map(|target| Target {
        method: (*method).to_owned(),
        ..target
    })
}

/// Reads a URL or a path; the method is left empty.
pub(crate) fn url(text: &str) -> Option<Target> {
    let text = vocabulary::visible(text);
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let (joined, spaced) = close_braces(text);
    let (joined, rest) = match joined.split_once(char::is_whitespace) {
        // An example's URL broken by a blank, "…/instances/ 49b9…".
        Some((head, tail)) if continues_url(head, tail) => {
            (format!("{head}{}", tail.trim_start()), "")
        }
        Some((head, tail)) => (head.to_owned(), tail.trim()),
        None => (joined, ""),
    };
    if !rest.is_empty() && !rest.eq_ignore_ascii_case("http/1.1") {
        return None;
    }
    let path_and_query = match joined.split_once("://") {
        Some(("http" | "https", rest)) => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        Some(_) => return None,
        None => joined.as_str(),
    };
    // A bare endpoint placeholder in front of the path.
    let path_and_query = match path_and_query.split_once("}/") {
        Some((head, tail)) if head.starts_with('{') && head.to_lowercase().contains("endpoint") => {
            format!("/{tail}")
        }
        _ => path_and_query.to_owned(),
    };
    if !path_and_query.starts_with('/') {
        return None;
    }
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, query),
        None => (path_and_query.as_str(), ""),
    };
    let query = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (pair.to_owned(), String::new()),
        })
        .collect();
    let path = path.trim_end_matches(['.', ',']);
    let path = match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter,
        _ => path,
    };
    Some(Target {
        method: String::new(),
        path: path.to_owned(),
        query,
        spaced,
        url: joined,
    })
}

fn continues_url(head: &str, tail: &str) -> bool {
    let tail = tail.trim();
    !tail.contains(char::is_whitespace)
        && (head.ends_with('/') || tail.starts_with('/'))
        && !tail.is_empty()
}

/// Takes white space out of `{…}`, and says whether there was any.
fn close_braces(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0usize;
    let mut spaced = false;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 && c.is_whitespace() {
            spaced = true;
        } else {
            out.push(c);
        }
    }
    if depth > 0 {
        return (text.to_owned(), false);
    }
    (out, spaced)
}

/// Names of the placeholders of a path, in order.
pub(crate) fn placeholders(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|segment| {
            let inner = segment.strip_prefix('{')?.strip_suffix('}')?;
            Some(inner.to_owned())
        })
        .collect()
}

/// Whether a value of an example request stands for any value, such as `{id}`, `<id>`, `$ID`, `xxx` or `***`.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = percent_decode_str(value).decode_utf8_lossy();
    let bracketed = |open: char, close: char| {
        // Some pages close a bracket twice.
        value
            .strip_prefix(open)
            .is_some_and(|rest| rest.trim_end_matches(close).len() < rest.len())
    };
    // One `*` or `x` alone may be meant.
    let crossed_out =
        value.chars().all(|c| "xX*.-".contains(c)) && value.replace('-', "").len() > 2;
    bracketed('{', '}') || bracketed('<', '>') || value.starts_with('$') || crossed_out
}

/// The path with the names of its placeholders taken out, for pairing.
pub fn anonymous(path: &str) -> String {
    path.split('/')
        .map(|segment| {
            if segment.starts_with('{') && segment.ends_with('}') {
                "{}"
            } else {
                segment
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Whether a path of an example can have come from a template.
pub fn fits(template: &str, path: &str) -> bool {
    let mut left = template.split('/');
    let mut right = path.split('/');
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(l), Some(r)) => {
                let open = l.starts_with('{') && l.ends_with('}');
                if !(l == r || (open && !r.is_empty())) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{anonymous, fits, is_placeholder, request_line};

    #[test]
    fn host_scheme_and_query_are_taken_off() {
        for line in [
            "GET https://{Endpoint}/v3/{project_id}/kettles?id={id}",
            "GET /v3/{project_id}/kettles?id={id}",
            "GET {endpoint}/v3/{project_id}/kettles?id={id}",
            "GET https://db.example.org/v3/{project_id}/kettles?id={id}",
        ] {
            let target = request_line(line).unwrap();
            assert_eq!(target.method, "GET");
            assert_eq!(target.path, "/v3/{project_id}/kettles");
            assert_eq!(target.query, [("id".to_owned(), "{id}".to_owned())]);
            assert!(!target.spaced);
        }
    }

    #[test]
    fn blanks_in_placeholders_and_broken_urls_are_closed() {
        let target = request_line("GET /v3/{project_id}/x?begin={begin _time}").unwrap();
        assert!(target.spaced);
        assert_eq!(target.query.first().unwrap().1, "{begin_time}");
        let target = request_line("PUT https://h/v3/p/instances/ 49b9/switch").unwrap();
        assert_eq!(target.path, "/v3/p/instances/49b9/switch");
    }

    #[test]
    fn what_stands_for_any_value_is_a_placeholder() {
        for value in [
            "{project_id}",
            "{project_id}}",
            "<id>",
            "%3Cid%3E",
            "$ID",
            "${id}",
            "xxx",
            "***",
            "XXXX-XX",
            "...",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in [
            "",
            "*",
            "---",
            "0483b6b1",
            "10",
            "x1",
            "a{b}",
            "2018-08-06T10:41:14+0800",
            "rds001=001",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn prose_is_no_request_line() {
        assert_eq!(request_line("GET the list of jobs"), None);
        assert_eq!(request_line("Getting /v3/jobs"), None);
        assert_eq!(request_line("POST"), None);
    }

    #[test]
    fn paths_fit_their_template() {
        assert!(fits("/v3/{project_id}/jobs", "/v3/0483/jobs"));
        assert!(!fits("/v3/{project_id}/jobs", "/v3/0483/job"));
        assert!(!fits("/v3/{project_id}/jobs", "/v3/0483/jobs/1"));
        assert_eq!(anonymous("/v3/{p}/jobs/{id}"), "/v3/{}/jobs/{}");
    }
}
