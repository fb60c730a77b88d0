//! TLS: whom to trust, and what does the cryptography.
//!
//! A session brings the provider of its cryptography along, so that nothing of the process is changed and a program is
//! free to install another for itself. Only where the program configures reqwest's builder, that is left to reqwest, which
//! knows no other provider than that of the process.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use super::system_trust::SystemTrust;
use crate::error::{Error, Result};
use crate::transport::NO_AUTHORITIES_HINT;

/// Certificates of authorities in PEM, and the place that errors name.
#[derive(Clone, Debug)]
pub(super) struct Authorities {
    pub(super) place: String,
    pub(super) pem: String,
}

impl Authorities {
    /// # Errors
    /// The text holds no certificate, or is no PEM.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>> {
        let found: Vec<_> = CertificateDer::pem_slice_iter(self.pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| self.refuse("it is no PEM").with_source(error))?;
        if found.is_empty() {
            return Err(self.refuse("there are none"));
        }
        Ok(found)
    }

    fn refuse(&self, why: &str) -> Error {
        let place = &self.place;
        Error::invalid_argument(format!("the certificates in {place} cannot be used: {why}"))
            .with_hint("name a file with the authority's certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")
    }

    /// What is said where the HTTP client cannot be set up with them.
    pub(super) fn broken(&self) -> Error {
        self.refuse("one of them is no certificate")
    }
}

/// Trusts the authorities of the system, and these.
///
/// # Errors
/// A certificate that is none, no provider, or, where there are more authorities, none of the system.
pub(super) fn config(authorities: Option<&Authorities>) -> Result<ClientConfig> {
    let provider = provider()?;
    let verifier: Arc<dyn ServerCertVerifier> = match authorities {
        None => Arc::new(SystemTrust::new(provider.clone())),
        Some(authorities) => {
            let extra = authorities.certificates()?;
            let verifier = Verifier::new_with_extra_roots(extra, provider.clone())
                .map_err(|error| authorities.broken().with_source(error))?;
            Arc::new(verifier)
        }
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error.to_string()).with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Sees to it that the process has a provider, for reqwest to find.
///
/// # Errors
/// There is none.
pub(super) fn install_provider() -> Result<()> {
    if CryptoProvider::get_default().is_none() {
        // That another thread was faster is as good.
        let _ = own()?.install_default();
    }
    Ok(())
}

/// That of the process, if the program has chosen one, or else that of the features.
fn provider() -> Result<Arc<CryptoProvider>> {
    match CryptoProvider::get_default() {
        Some(provider) => Ok(provider.clone()),
        None => own().map(Arc::new),
    }
}

#[cfg(feature = "aws-lc")]
fn own() -> Result<CryptoProvider> {
    Ok(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
fn own() -> Result<CryptoProvider> {
    Ok(rustls::crypto::ring::default_provider())
}

#[cfg(not(any(feature = "ring", feature = "aws-lc")))]
fn own() -> Result<CryptoProvider> {
    let what = "otcdb-core was built without a provider for TLS";
    Err(Error::invalid_argument(what).with_hint(
        "enable its feature ring or aws-lc, or install a rustls::crypto::CryptoProvider when the program starts",
    ))
}

/// The error of an HTTP client that cannot be set up.
pub(super) fn unusable(why: &str) -> Error {
    Error::invalid_argument(format!("the HTTP client could not be set up: {why}"))
        .with_hint(NO_AUTHORITIES_HINT)
}
