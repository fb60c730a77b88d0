//! Reading an `Authorization` header.

use super::ALGORITHM;
use super::error::SignatureError;

/// Who signed, and how.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    SdkHmac {
        access_key: String,
    },
    SigV4 {
        access_key: String,
        date: String,
        region: String,
        service: String,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization {
    pub(super) claim: Claim,
    /// As sent: the order is part of the canonical request.
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: Vec<u8>,
}

pub(super) fn parse(text: &str) -> Result<Authorization, SignatureError> {
    let (algorithm, fields) = text
        .trim()
        .split_once(' ')
        .ok_or(SignatureError::Malformed(
            "there is nothing after the algorithm",
        ))?;
    if algorithm != ALGORITHM {
        return Err(SignatureError::Algorithm(crate::redact::identifier(
            algorithm,
        )));
    }
    let mut access = None;
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    for field in fields.split(',') {
        let (name, value) = field
            .trim()
            .split_once('=')
            .ok_or(SignatureError::Malformed("a field has no value"))?;
        let slot = match name {
            "Access" => &mut access,
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => {
                return Err(SignatureError::Malformed(
                    "there is a field of an unknown name",
                ));
            }
        };
        if slot.replace(value).is_some() {
            return Err(SignatureError::Malformed("a field is there twice"));
        }
    }
    let claim = match (access, credential) {
        (Some(key), None) => Claim::SdkHmac {
            access_key: key.to_owned(),
        },
        (None, Some(credential)) => parse_credential(credential)?,
        _ => {
            return Err(SignatureError::Malformed(
                "exactly one of Access and Credential is needed",
            ));
        }
    };
    let signature = signature.ok_or(SignatureError::Malformed("Signature is missing"))?;
    Ok(Authorization {
        claim,
        signed_headers: signed_headers
            .ok_or(SignatureError::Malformed("SignedHeaders is missing"))?
            .split(';')
            .map(str::to_ascii_lowercase)
            .collect(),
        signature: hex::decode(signature)
            .map_err(|_| SignatureError::Malformed("Signature is not hexadecimal"))?,
    })
}

fn parse_credential(credential: &str) -> Result<Claim, SignatureError> {
    match credential.split('/').collect::<Vec<_>>().as_slice() {
        [access_key, date, region, service, "sdk_request"] => Ok(Claim::SigV4 {
            access_key: (*access_key).to_owned(),
            date: (*date).to_owned(),
            region: (*region).to_owned(),
            service: (*service).to_owned(),
        }),
        _ => Err(SignatureError::Malformed(
            "Credential is not key/date/region/service/sdk_request",
        )),
    }
}
