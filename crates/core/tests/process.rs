//! What a session takes from its process, and what it leaves alone there.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;
use std::sync::Arc;

use otcdb_core::{Credentials, Endpoints, Session, SessionBuilder};
use otcdb_stub::Stub;
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server behind TLS, and its certificate, which is its own authority.
fn secured() -> (Stub, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Stub::over(move |stream| acceptor.accept(stream));
    server
        .any()
        .respond(200, json!({"projects": [{"id": "p1", "name": "eu-de"}]}));
    (server, certificate.pem())
}

/// One test, since what is installed stays.
#[tokio::test]
async fn a_provider_is_installed_for_reqwest_only() {
    let (server, pem) = secured();
    let builder = || -> SessionBuilder {
        let url = format!("https://{}", server.address());
        Session::builder(Credentials::token("t"), "eu-de".parse().unwrap())
            .endpoints(Endpoints::all_at(&url).unwrap())
            .retry(otcdb_core::RetryPolicy::never())
    };
    let untrusting = builder().build().unwrap();
    assert!(untrusting.project_id().await.is_err());
    let trusting = builder().authorities("a test", pem.as_str()).build();
    assert_eq!(trusting.unwrap().project_id().await.unwrap(), "p1");
    assert!(CryptoProvider::get_default().is_none());

    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let trusting = builder()
        .http(move |http| http.tls_certs_merge([authority.clone()]))
        .build();
    assert_eq!(trusting.unwrap().project_id().await.unwrap(), "p1");
    let both = builder()
        .authorities("a test", pem)
        .http(|http| http.no_proxy())
        .build();
    assert_eq!(both.unwrap().project_id().await.unwrap(), "p1");
}

/// What this test program says of a session of these variables.
fn said(variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "run by others, in an environment of its own"]
async fn child() {
    match Session::from_env().await {
        Ok(session) => println!("made: {} in {}", session.method(), session.region()),
        Err(error) => println!("refused: {error}"),
    }
}

#[test]
fn a_session_of_the_environment() {
    let region = ("OS_REGION_NAME", "eu-nl");
    let made = said(&[("OTCDB_TOKEN", "t"), region]);
    assert!(made.contains("made: token in eu-nl"), "{made}");
    let none = said(&[region]);
    assert!(
        none.contains("refused: no credentials were found"),
        "{none}"
    );
    let named = said(&[("OS_CLOUD", "none"), ("OTCDB_TOKEN", "t"), region]);
    assert!(named.contains("refused:"), "{named}");
    #[cfg(not(feature = "files"))]
    assert!(named.contains("OS_CLOUD"), "{named}");
}
