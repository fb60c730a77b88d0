//! Signatures against vectors of another implementation, and against our own verifier.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use otcdb_core::credentials::AccessKey;
use otcdb_core::sign::verify::{SignatureError, verify};
use otcdb_core::sign::{self, Form, Parts, Scheme, Scope};
use proptest::prelude::*;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde_json::Value;
use url::Url;

const NOW: &str = "2026-01-02T03:04:05Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("signing-vectors.json")).unwrap()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The request of a vector as a caller of ours would build it.
fn request_of(input: &Value) -> (Request, Bytes) {
    let mut url: Url = format!(
        "{}://{}{}",
        text(&input["scheme"]),
        text(&input["host"]),
        text(&input["resource_path"])
    )
    .parse()
    .unwrap();
    let pairs = input["query"].as_array().unwrap();
    if !pairs.is_empty() {
        url.query_pairs_mut()
            .extend_pairs(pairs.iter().map(|pair| (text(&pair[0]), text(&pair[1]))));
    }
    let mut request = Request::new(text(&input["method"]).parse().unwrap(), url);
    for (name, value) in input["headers"].as_object().unwrap() {
        request.headers_mut().insert(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_bytes(text(value).as_bytes()).unwrap(),
        );
    }
    let body = match &input["body"] {
        Value::Null => Bytes::new(),
        body => text(body).into(),
    };
    (request, body)
}

#[test]
fn every_vector_is_reproduced_byte_for_byte() {
    let file = vectors();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 8);
    for vector in vectors {
        let name = text(&vector["name"]);
        let mut keys = AccessKey::new(text(&file["ak"]), text(&file["sk"]));
        if let Some(token) = vector["options"]["security_token"].as_str() {
            keys = keys.with_security_token(token);
        }
        let scope = match vector["credentials"].as_str() {
            Some("basic") => Scope::Project(text(&file["project_id"])),
            _ => Scope::Domain(text(&file["domain_id"])),
        };
        let (mut request, body) = request_of(&vector["input"]);
        let signature = sign::sign(
            &mut request,
            &body,
            &keys,
            &Scheme::SdkHmacSha256,
            &scope,
            now(),
        )
        .unwrap();

        let canonical = String::from_utf8(signature.canonical_request).unwrap();
        assert_eq!(canonical, text(&vector["canonical_request"]), "{name}");
        assert_eq!(
            signature.string_to_sign,
            text(&vector["string_to_sign"]),
            "{name}"
        );
        let signed: Vec<_> = vector["signed_headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect();
        assert_eq!(signature.signed_headers, signed, "{name}");
        assert_eq!(
            signature.authorization,
            text(&vector["output"]["authorization"]),
            "{name}"
        );
        assert_eq!(
            request.url().as_str(),
            text(&vector["output"]["url"]),
            "{name}"
        );
        for (header, value) in vector["output"]["headers_latin1_view"].as_object().unwrap() {
            let sent: String = request.headers()[header.as_str()]
                .as_bytes()
                .iter()
                .map(|byte| char::from(*byte))
                .collect();
            assert_eq!(sent.trim(), text(value), "{name}: {header}");
        }
    }
}

#[test]
fn the_published_signature_follows_from_the_published_text() {
    let vector = &vectors()["published_vector"];
    // The guide gives no request, only what was signed; the last line of that is a hash, not invertible.
    let mac = {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(text(&vector["sk"]).as_bytes()).unwrap();
        mac.update(text(&vector["string_to_sign"]).as_bytes());
        hex::encode(mac.finalize().into_bytes())
    };
    assert_eq!(mac, text(&vector["signature"]));
}

/// The expected values were computed step by step with another language's HMAC and SHA-256.
#[test]
fn the_sigv4_form_moves_the_query_of_a_bodyless_post_into_the_payload() {
    let url =
        "https://dcs.eu-de.otc.t-systems.com/v2/p/instances/i/redislog?query_time=7&log_type=run";
    let scheme = Scheme::SigV4 {
        region: "eu-de".into(),
        service: "dcs".into(),
    };
    let keys = AccessKey::new("AK", "SK");
    let mut request = Request::new(Method::POST, url.parse().unwrap());
    let signature = sign::sign(
        &mut request,
        &Bytes::new(),
        &keys,
        &scheme,
        &Scope::None,
        now(),
    )
    .unwrap();
    let canonical = String::from_utf8(signature.canonical_request).unwrap();
    assert_eq!(
        canonical,
        "POST\n/v2/p/instances/i/redislog/\n\nhost:dcs.eu-de.otc.t-systems.com\nx-sdk-date:20260102T030405Z\n\n\
         host;x-sdk-date\n22765e6cf018c633efd82779e6b00d19ea2d9fa24675210a9f977b9a15fbdafb"
    );
    assert_eq!(
        signature.authorization,
        "SDK-HMAC-SHA256 Credential=AK/20260102/eu-de/dcs/sdk_request, SignedHeaders=host;x-sdk-date, \
         Signature=832a0a01306e2ab034f2f5b38baec5fd9962abe1b7214c4e754d8fe259eb09cb"
    );
}

#[test]
fn forms_that_are_not_built_are_named_in_the_error() {
    assert_eq!("SIGV4".parse::<Form>().unwrap(), Form::SigV4);
    assert_eq!(
        "sdk-hmac-sha256".parse::<Form>().unwrap(),
        Form::SdkHmacSha256
    );
    for (text, named) in [
        ("SDK-HMAC-SM3", "SDK-HMAC-SM3"),
        ("v11-hmac-sha256", "V11-HMAC-SHA256"),
    ] {
        let error = text.parse::<Form>().unwrap_err();
        assert_eq!(error.kind(), otcdb_core::ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(named), "{error}");
    }
    assert!("aws4".parse::<Form>().is_err());
}

fn parts<'a>(request: &'a Request, body: &'a [u8]) -> Parts<'a> {
    let url = request.url();
    Parts::new(request.method().as_str(), url.path(), request.headers())
        .query(url.query())
        .body(body)
}

fn check(request: &Request, body: &[u8], at: Timestamp) -> Result<String, SignatureError> {
    let secret_of = |key: &str| (key == "AK").then(|| "SK".into());
    verify(parts(request, body), secret_of, at).map(|verified| verified.access_key)
}

fn signed(scheme: &Scheme) -> Request {
    let url = "https://h.example.com/v2/p?b=1&a=2";
    let mut request = Request::new(Method::GET, url.parse().unwrap());
    let keys = AccessKey::new("AK", "SK");
    sign::sign(
        &mut request,
        &Bytes::new(),
        &keys,
        scheme,
        &Scope::None,
        now(),
    )
    .unwrap();
    request
}

fn schemes() -> [Scheme; 3] {
    let sigv4 = |region: &str, service: &str| Scheme::SigV4 {
        region: region.into(),
        service: service.into(),
    };
    [Scheme::SdkHmacSha256, sigv4("eu-de", "rds"), sigv4("", "")]
}

#[test]
fn a_signature_is_good_for_fifteen_minutes_either_way() {
    for scheme in schemes() {
        let request = signed(&scheme);
        for (seconds, good) in [
            (-901, false),
            (-900, true),
            (0, true),
            (900, true),
            (901, false),
        ] {
            let at = now() + SignedDuration::from_secs(seconds);
            let outcome = check(&request, b"", at);
            if good {
                assert_eq!(outcome.unwrap(), "AK");
            } else {
                assert!(
                    matches!(outcome, Err(SignatureError::Stale { .. })),
                    "{outcome:?}"
                );
            }
        }
    }
}

#[test]
fn wrong_and_missing_signatures_are_refused_with_the_reason() {
    let refusal = |change: &dyn Fn(&mut Request)| {
        let mut request = signed(&Scheme::SdkHmacSha256);
        change(&mut request);
        check(&request, b"", now()).unwrap_err()
    };
    let with = |value: &'static str| {
        move |request: &mut Request| {
            request
                .headers_mut()
                .insert(AUTHORIZATION, HeaderValue::from_static(value));
        }
    };
    let remove = |name: &'static str| {
        move |request: &mut Request| {
            request.headers_mut().remove(name);
        }
    };
    assert_eq!(refusal(&remove("authorization")), SignatureError::Missing);
    assert_eq!(
        refusal(&remove("x-sdk-date")),
        SignatureError::HeaderNotSent("x-sdk-date".into())
    );
    assert_eq!(
        refusal(&with(
            "SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=00"
        )),
        SignatureError::Algorithm("SDK-HMAC-SM3".into())
    );
    assert_eq!(
        refusal(&with(
            "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=00"
        )),
        SignatureError::NotSigned("x-sdk-date")
    );
    assert_eq!(
        refusal(&with(
            "SDK-HMAC-SHA256 Access=other, SignedHeaders=host;x-sdk-date, Signature=00"
        )),
        SignatureError::UnknownAccessKey
    );
    for broken in [
        "",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 ",
        "SDK-HMAC-SHA256 Access=AK",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=zz",
        "SDK-HMAC-SHA256 Access=AK, Access=AK, SignedHeaders=host;x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Credential=AK/x, SignedHeaders=host;x-sdk-date, Signature=00",
    ] {
        let refusal = refusal(&with(broken));
        assert!(
            matches!(refusal, SignatureError::Malformed(_)),
            "{broken}: {refusal:?}"
        );
    }
}

/// Node's signer sends the query as it came and signs it sorted; Go's leaves Content-Type out.
#[test]
fn signed_headers_are_honoured_as_sent_and_the_query_in_any_order() {
    let mut request = signed(&Scheme::SdkHmacSha256);
    assert_eq!(request.url().query(), Some("a=2&b=1"));
    request.url_mut().set_query(Some("b=1&a=2"));
    request
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("text/plain"));
    request
        .headers_mut()
        .insert("via", HeaderValue::from_static("1.1 proxy"));
    assert!(check(&request, b"", now()).is_ok());
}

#[test]
fn a_stated_body_hash_has_to_be_true() {
    let keys = AccessKey::new("AK", "SK");
    let mut request = Request::new(Method::POST, "https://h.example.com/".parse().unwrap());
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    request
        .headers_mut()
        .insert("x-sdk-content-sha256", HeaderValue::from_static(hash));
    let body = Bytes::from_static(b"test");
    sign::sign(
        &mut request,
        &body,
        &keys,
        &Scheme::SdkHmacSha256,
        &Scope::None,
        now(),
    )
    .unwrap();
    assert!(check(&request, b"test", now()).is_ok());
    assert_eq!(check(&request, b"tesu", now()), Err(SignatureError::Body));
}

/// Python's signer hashes an empty body even though it announces an unsigned payload; a verifier takes both.
#[test]
fn an_empty_body_of_another_type_is_hashed_all_the_same() {
    let keys = AccessKey::new("AK", "SK");
    let url = "https://h.example.com/".parse().unwrap();
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("text/plain"));
    let scheme = Scheme::SdkHmacSha256;
    let signature = sign::sign(
        &mut request,
        &Bytes::new(),
        &keys,
        &scheme,
        &Scope::None,
        now(),
    )
    .unwrap();
    assert_eq!(
        request.headers()["x-sdk-content-sha256"],
        "UNSIGNED-PAYLOAD"
    );
    let hash = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(signature.canonical_request.ends_with(hash));
    assert!(check(&request, b"", now()).is_ok());
}

#[test]
fn secrets_of_a_signed_request_do_not_show_in_its_debug_form() {
    let keys = AccessKey::new("AKAKAK", "SKSKSK").with_security_token("STSTST");
    let mut request = Request::new(Method::GET, "https://h.example.com/".parse().unwrap());
    sign::sign(
        &mut request,
        &Bytes::new(),
        &keys,
        &Scheme::SdkHmacSha256,
        &Scope::None,
        now(),
    )
    .unwrap();
    let shown = format!("{request:?} {keys:?}");
    for secret in ["SKSKSK", "STSTST", "Signature="] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

prop_compose! {
    fn any_request()(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PATCH"]),
        path in "(/[A-Za-z0-9 %äé日._~:@!$&'()*+,;=-]{0,12}){1,5}",
        pairs in prop::collection::vec(("[a-zA-Z0-9 +&=%ü_.~]{1,6}", "[ -~äü日]{0,8}"), 0..5),
        headers in prop::collection::btree_map("x-[a-z][a-z0-9_-]{0,8}", "[ -~]{0,12}", 0..4),
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) -> (Request, Bytes) {
        let mut url: Url = "https://h.example.com:8443".parse().unwrap();
        url.set_path(&path);
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let mut request = Request::new(method.parse().unwrap(), url);
        for (name, value) in headers {
            request.headers_mut().insert(
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_str(&value).unwrap(),
            );
        }
        (request, body.into())
    }
}

proptest! {
    #[test]
    fn whatever_is_signed_verifies((mut request, body) in any_request(), which in 0..3usize) {
        let keys = AccessKey::new("AK", "SK");
        let scope = Scope::Project("p".into());
        sign::sign(&mut request, &body, &keys, &schemes()[which], &scope, now()).unwrap();
        prop_assert_eq!(check(&request, &body, now()), Ok("AK".to_owned()));
        // A second attempt replaces the first signature.
        let later = now() + SignedDuration::from_mins(20);
        sign::sign(&mut request, &body, &keys, &schemes()[which], &scope, later).unwrap();
        prop_assert_eq!(check(&request, &body, later), Ok("AK".to_owned()));
    }

    #[test]
    fn whatever_is_changed_does_not(
        (mut request, body) in any_request(),
        which in 0..3usize,
        change in 0..6usize,
        byte in any::<u8>(),
    ) {
        let keys = AccessKey::new("AK", "SK");
        sign::sign(&mut request, &body, &keys, &schemes()[which], &Scope::Project("p".into()), now())
            .unwrap();
        let mut body = body.to_vec();
        match change {
            0 => *request.method_mut() = Method::OPTIONS,
            1 => {
                let path = format!("{}x", request.url().path());
                request.url_mut().set_path(&path);
            }
            2 => {
                request.url_mut().query_pairs_mut().append_pair("extra", "1");
            }
            3 => {
                request.headers_mut().insert("x-project-id", HeaderValue::from_static("q"));
            }
            4 => {
                request.headers_mut().insert("host", HeaderValue::from_static("evil.example.com"));
            }
            _ => body.push(byte),
        }
        let outcome = check(&request, &body, now());
        prop_assert!(outcome.is_err(), "{:?}", outcome);
    }

    #[test]
    fn no_header_makes_the_verifier_panic(value in "[ -~]{0,80}") {
        let mut request = signed(&Scheme::SdkHmacSha256);
        for text in [value.clone(), format!("SDK-HMAC-SHA256 {value}")] {
            request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_str(&text).unwrap());
            prop_assert!(check(&request, b"", now()).is_err());
        }
    }
}
