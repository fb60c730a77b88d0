//! Who sends a request.

mod signature;

use otcdb_core::sync::unpoisoned;

use crate::accounts::{BadToken, Scope};
use crate::cloud::Cloud;
use crate::principal::Principal;
use crate::request::Request;
use crate::service_error::ServiceError;
use crate::spec::Service;

/// Checks token or signature.
pub(crate) fn authenticate(cloud: &Cloud, request: &Request) -> Result<Principal, ServiceError> {
    if !cloud.options.require_auth {
        return Ok(Principal::Anyone);
    }
    if let Some(token) = request.headers.get("x-auth-token") {
        let token = String::from_utf8_lossy(token.as_bytes());
        let tokens = unpoisoned(cloud.tokens.lock());
        return match tokens.check(&token, request.now) {
            Ok(grant) => Ok(Principal::Token(grant.scope.clone())),
            Err(BadToken::Unknown) => Err(ServiceError::BadToken),
            Err(BadToken::Expired) => Err(ServiceError::ExpiredToken),
        };
    }
    if request.headers.contains_key("authorization") {
        signature::verify(cloud, request)?;
        let project = request
            .headers
            .get("x-project-id")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        return Ok(Principal::Key(project));
    }
    Err(ServiceError::NoToken)
}

/// Checks that the caller may touch the project in the path.
pub(crate) fn authorize(
    cloud: &Cloud,
    principal: &Principal,
    service: Service,
    project: Option<&str>,
) -> Result<(), ServiceError> {
    const FORBIDDEN: ServiceError =
        ServiceError::Forbidden("You are not authorized to perform the requested action.");
    let Some(project) = project.filter(|_| service != Service::IDENTITY) else {
        return Ok(());
    };
    let own = || {
        cloud
            .accounts
            .projects()
            .any(|own| own.id == project && own.enabled)
    };
    let good = match principal {
        Principal::Anyone => true,
        Principal::Token(Scope::Project(scope)) => scope == project,
        Principal::Token(Scope::Domain) => false,
        Principal::Key(scope) => scope.as_deref().is_none_or(|scope| scope == project) && own(),
    };
    match good {
        true => Ok(()),
        false => Err(FORBIDDEN),
    }
}
