//! AK/SK signatures. The verifier is otcdb-core's; this is the only place that knows it.

use otcdb_core::sign::Parts;
use otcdb_core::sign::verify::verify as verify_signature;

use crate::cloud::Cloud;
use crate::request::Request;
use crate::service_error::ServiceError;

/// Checks the Authorization header and, for a temporary key, its security token.
pub(super) fn verify(cloud: &Cloud, request: &Request) -> Result<(), ServiceError> {
    let parts = Parts::new(request.method.as_str(), &request.path, &request.headers)
        .query(request.query.as_deref())
        .body(&request.body);
    let secret = |access_key: &str| {
        let (secret, _) = cloud.accounts.secret_key(access_key)?;
        Some(secret.to_owned())
    };
    let verified = verify_signature(parts, secret, request.now).map_err(|refusal| {
        ServiceError::BadSignature(format!("verify aksk signature fail: {refusal}"))
    })?;
    let expected = cloud
        .accounts
        .secret_key(&verified.access_key)
        .and_then(|(_, token)| token);
    let sent = request
        .headers
        .get("x-security-token")
        .map(|value| value.as_bytes());
    if expected.map(str::as_bytes) != sent {
        return Err(ServiceError::BadSignature(
            "the security token does not belong to the access key".to_owned(),
        ));
    }
    Ok(())
}
