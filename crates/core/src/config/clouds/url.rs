//! URLs as they are written for other clients.

use crate::config::Source;
use crate::config::layer::refused;
use crate::error::Result;

/// The URL with the region filled in, and without the path of a call.
pub(super) fn auth_url(url: &str, region: &str, source: &Source) -> Result<String> {
    let url = url
        .trim()
        .replace("{region_name}", region)
        .replace("%(region_name)s", region);
    let base = url.trim_end_matches('/');
    if base.ends_with("/v2.0") || base.ends_with("/v2") {
        return Err(refused(
            source,
            "auth_url names version 2 of the identity API, which these clouds do not have",
            "end it with /v3",
        ));
    }
    Ok(base.strip_suffix("/auth/tokens").unwrap_or(base).to_owned())
}

/// An endpoint without what openstacksdk wants at its end, version and project, which the paths of calls bring themselves.
pub(super) fn base_of(url: &str) -> String {
    let mut parts: Vec<_> = url.trim().trim_end_matches('/').split('/').collect();
    // Behind `https:`, nothing and the host.
    let is_project = |part: &str| {
        part.contains("project_id")
            || part.contains("tenant_id")
            || (part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|number| {
            !number.is_empty()
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    };
    if parts.len() > 3 && parts.last().is_some_and(|part| is_project(part)) {
        parts.pop();
    }
    if parts.len() > 3 && parts.last().is_some_and(|part| is_version(part)) {
        parts.pop();
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_lose_version_and_project() {
        for (given, base) in [
            ("https://service.example.com", "https://service.example.com"),
            (
                "https://service.example.com/v3/%(project_id)s",
                "https://service.example.com",
            ),
            (
                "https://service.example.com/v3/$(tenant_id)s/",
                "https://service.example.com",
            ),
            (
                "https://service.example.com/v1.0/0123456789abcdef0123456789abcdef",
                "https://service.example.com",
            ),
            (
                "https://gateway.example.com/service/v3",
                "https://gateway.example.com/service",
            ),
            ("https://v3", "https://v3"),
        ] {
            assert_eq!(base_of(given), base);
        }
    }
}
