//! Certificates of authorities that this system does not know.

use std::sync::Arc;

#[cfg(feature = "files")]
use otcdb_core::RetryPolicy;
#[cfg(feature = "files")]
use otcdb_core::config::{Key, Layer, Settings};
use otcdb_core::{Credentials, Endpoints, ErrorKind, Region, Secret, Session};
use otcdb_stub::Stub;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

#[cfg(feature = "files")]
use crate::fixture::world;

/// A server behind TLS, and the certificate of the authority that vouches for it.
struct Secured {
    url: String,
    authority: String,
    _server: Stub,
}

fn secured() -> Secured {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
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
    Secured {
        url: format!("https://{}", server.address()),
        authority: authority.pem(),
        _server: server,
    }
}

#[cfg(feature = "files")]
async fn project(settings: &Settings) -> otcdb_core::Result<String> {
    let once = RetryPolicy::default().attempts(1);
    settings.session()?.retry(once).build()?.project_id().await
}

#[cfg(feature = "files")]
#[tokio::test]
async fn an_authority_is_trusted_where_a_file_names_it() {
    let server = secured();
    let entry = |more: &str| {
        format!(
            "clouds: {{c: {{region_name: eu-de, auth: {{token: t, auth_url: '{}/v3'}}{more}}}}}",
            server.url
        )
    };
    let discover = |variables: &[(&str, &str)], entry: &str| {
        let files = [
            ("clouds.yaml", entry),
            ("/home/u/ca.pem", &server.authority),
            ("other.pem", "no certificate"),
            (
                "broken.pem",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
        ];
        let flags = Layer::new().flag(Key::Cloud, "--os-cloud", Some("c"));
        Settings::discover(flags, &world(variables, &files)).unwrap()
    };
    let error = project(&discover(&[], &entry(""))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let hint = error.hint().unwrap();
    for way in ["cacert", "OS_CACERT", "SSL_CERT_FILE"] {
        assert!(hint.contains(way), "{hint}");
    }

    let own = entry(", cacert: ~/ca.pem");
    for (variables, entry) in [
        (&[][..], own.as_str()),
        (&[("OS_CACERT", "/home/u/ca.pem")], &entry("")),
        (&[("OTCDB_CACERT", "~/ca.pem")], &entry("")),
        // The entry knows its own authority best.
        (&[("OS_CACERT", "/home/u/none.pem")], &own),
    ] {
        assert_eq!(project(&discover(variables, entry)).await.unwrap(), "p1");
    }

    for (path, says) in [
        ("none.pem", "names none.pem, which is not there"),
        ("other.pem", "cannot be used: there are none"),
        (
            "broken.pem",
            "cannot be used: one of them is no certificate",
        ),
    ] {
        let error = project(&discover(&[], &entry(&format!(", cacert: {path}"))))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let shown = error.to_string();
        assert!(shown.contains(says) && shown.contains("cacert"), "{shown}");
        assert!(shown.contains("clouds.yaml (clouds.c)"), "{shown}");
    }
}

#[tokio::test]
async fn downloads_trust_the_same_authority() {
    let server = secured();
    let builder = || {
        Session::builder(
            Credentials::Token("t".into()),
            Region::new("eu-de").unwrap(),
        )
        .endpoints(Endpoints::all_at("https://127.0.0.1:1").unwrap())
    };
    let trusting = builder().authorities("a test", server.authority.as_str());
    let link = Secret::from(server.url.as_str());
    let get = |session: Session| session.download(&link).attempts(1).bytes();
    let error = get(builder().build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    // Over a connection that is trusted comes what is no file.
    let error = get(trusting.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{error}");
}
