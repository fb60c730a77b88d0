//! Proof of identity for every call: a token that is kept fresh, or a signature.

mod issue;
mod token;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::sync::OnceCell;
use url::Url;

use crate::clock::Clock;
use crate::credentials::{AccessKey, Agency, AgencyBase, Credentials, Password};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::secret::Secret;
use crate::service::Service;
use crate::sign::{self, Form, Scheme, Scope};
use crate::transport::{Anonymous, Authorize, Transport};
pub(crate) use issue::TokenScope;
pub(crate) use issue::{below, is_id};
use token::{Token, TokenCache};

pub(crate) const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Everything that decides how a call proves who makes it.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) transport: Transport,
    pub(crate) credentials: Credentials,
    pub(crate) endpoint: Url,
    pub(crate) scope: TokenScope,
    /// Given by the user; otherwise it is looked up.
    pub(crate) project_id: Option<String>,
    /// The name under which a project that is not given is looked up.
    pub(crate) project_name: String,
    pub(crate) domain_id: Option<String>,
    pub(crate) form: Form,
    /// For the credential scope of the SigV4-like form.
    pub(crate) region: String,
    pub(crate) clock: Clock,
    pub(crate) tokens: TokenCache,
    /// The token of the user that takes an agency.
    pub(crate) base_tokens: TokenCache,
    pub(crate) looked_up: OnceCell<String>,
}

/// What an identity was found to be good for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The project that calls go to.
    pub project_id: String,
    /// When the token ends, if one was issued. It is renewed before that.
    pub token_expires_at: Option<Timestamp>,
}

impl Identity {
    async fn issue(&self, body: serde_json::Value, with: Option<&Secret>) -> Result<Token> {
        let call = issue::token_call(&self.endpoint, &body, with)?;
        let received = self.transport.send(&call, &Anonymous).await?;
        issue::read_token(&received, self.clock.now())
    }

    async fn issue_for_user(&self, password: &Password) -> Result<Token> {
        self.issue(issue::by_password(password, &self.scope), None)
            .await
    }

    /// Takes the agency with a token of the user's own domain, which is kept as long as it is good.
    async fn issue_for_agency(&self, agency: &Agency) -> Result<Token> {
        let body = issue::by_agency(agency, &self.scope);
        match &agency.base {
            AgencyBase::Token(token) => self.issue(body, Some(token)).await,
            AgencyBase::Password(password) => {
                let scope = TokenScope::Domain(password.domain.clone());
                let issue = || self.issue(issue::by_password(password, &scope), None);
                let own = self.base_tokens.get(self.clock.now(), issue()).await?;
                match self.issue(body.clone(), Some(&own.secret)).await {
                    Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
                        let own = self.base_tokens.renew(own.serial(), issue()).await?;
                        self.issue(body, Some(&own.secret)).await
                    }
                    outcome => outcome,
                }
            }
        }
    }

    async fn token(&self) -> Result<Option<Token>> {
        let Some(issue) = self.issue_anew() else {
            return Ok(None);
        };
        self.tokens.get(self.clock.now(), issue).await.map(Some)
    }

    /// What issues a token, if one can be issued. Boxed: it is large, every call could need it, and nearly none does.
    fn issue_anew(&self) -> Option<BoxFuture<'_, Result<Token>>> {
        match &self.credentials {
            Credentials::Password(password) => Some(self.issue_for_user(password).boxed()),
            Credentials::Agency(agency) => Some(self.issue_for_agency(agency).boxed()),
            Credentials::Token(_) | Credentials::AccessKey(_) => None,
        }
    }

    /// The project of calls: given, or that of the token, or looked up by name once.
    pub(crate) async fn project_id(&self) -> Result<String> {
        if let Some(id) = &self.project_id {
            return Ok(id.clone());
        }
        if let Some(id) = self.token().await?.and_then(|token| token.project_id) {
            return Ok(id);
        }
        self.looked_up
            .get_or_try_init(|| self.look_up_project())
            .await
            .cloned()
    }

    /// The same identity with tokens of another scope, and in this project if there is one.
    pub(crate) fn scoped(&self, scope: TokenScope, project: Option<&Project>) -> Self {
        Self {
            transport: self.transport.clone(),
            credentials: self.credentials.clone(),
            endpoint: self.endpoint.clone(),
            scope,
            project_id: project.map(|project| project.id.clone()),
            project_name: project
                .map_or(&self.project_name, |project| &project.name)
                .clone(),
            domain_id: self.domain_id.clone(),
            form: self.form,
            region: self.region.clone(),
            clock: self.clock.clone(),
            tokens: <_>::default(),
            base_tokens: <_>::default(),
            looked_up: OnceCell::new(),
        }
    }

    /// This identity on its way to IAM, before any project is known.
    fn without_project(&self) -> Caller<'_> {
        Caller {
            identity: self,
            service: Service::IDENTITY,
            scope: self.domain_id.clone().map_or(Scope::None, Scope::Domain),
        }
    }

    /// The projects that it can enter.
    pub(crate) async fn projects(&self) -> Result<Vec<Project>> {
        let call = issue::projects_call(&self.endpoint);
        let received = self.transport.send(&call, &self.without_project()).await?;
        issue::read_projects(&received)
    }

    async fn look_up_project(&self) -> Result<String> {
        let call = issue::project_call(&self.endpoint, &self.project_name);
        let received = self.transport.send(&call, &self.without_project()).await?;
        issue::read_project(&received, &self.project_name)
    }

    /// One call that shows that the identity is accepted.
    pub(crate) async fn prove(&self) -> Result<Proof> {
        if let Some(token) = self.token().await? {
            return Ok(Proof {
                token_expires_at: Some(token.expires_at),
                project_id: self.project_id().await?,
            });
        }
        // A token or key that was given has not been shown to anyone yet, so ask even for a known project.
        let found = self.look_up_project().await;
        let project_id = match (found, &self.project_id) {
            (Ok(_), Some(given)) => given.clone(),
            (Ok(found), None) => found,
            // The identity was accepted; that the region's own project is not visible is no fault then.
            (Err(error), Some(given)) if error.kind() == crate::ErrorKind::NotFound => {
                given.clone()
            }
            (Err(error), _) => return Err(error),
        };
        Ok(Proof {
            project_id,
            token_expires_at: None,
        })
    }

    /// This identity on its way to a service. A signature for a service other than IAM names the project, which may
    /// have to be looked up first.
    pub(crate) async fn caller(&self, service: Service) -> Result<Caller<'_>> {
        match self.caller_at_hand(service) {
            Some(caller) => Ok(caller),
            None => Ok(Caller {
                identity: self,
                service,
                scope: Scope::Project(self.project_id().await?),
            }),
        }
    }

    /// The same, if nothing has to be looked up.
    pub(crate) fn caller_at_hand(&self, service: Service) -> Option<Caller<'_>> {
        let scope = match (&self.credentials, service, &self.domain_id) {
            (Credentials::AccessKey(_), Service::IDENTITY, Some(domain)) => {
                Scope::Domain(domain.clone())
            }
            (Credentials::AccessKey(_), Service::IDENTITY, None) => Scope::None,
            (Credentials::AccessKey(_), _, _) => Scope::Project(self.project_id.clone()?),
            _ => Scope::None,
        };
        Some(Caller {
            identity: self,
            service,
            scope,
        })
    }

    fn sign(
        &self,
        request: &mut reqwest::Request,
        body: &Bytes,
        keys: &AccessKey,
        service: Service,
        scope: &Scope,
    ) -> Result<()> {
        let scheme = match self.form {
            Form::SdkHmacSha256 => Scheme::SdkHmacSha256,
            Form::SigV4 => Scheme::SigV4 {
                region: self.region.clone(),
                service: service.as_str().to_owned(),
            },
        };
        sign::sign(request, body, keys, &scheme, scope, self.clock.now())?;
        Ok(())
    }
}

/// An identity on its way to one service.
pub(crate) struct Caller<'a> {
    identity: &'a Identity,
    service: Service,
    scope: Scope,
}

impl Authorize for Caller<'_> {
    /// The serial number of the token that was used, if it can be renewed.
    type Grant = Option<u64>;

    async fn authorize(&self, request: &mut reqwest::Request, body: &Bytes) -> Result<Option<u64>> {
        match &self.identity.credentials {
            Credentials::AccessKey(keys) => {
                self.identity
                    .sign(request, body, keys, self.service, &self.scope)?;
                Ok(None)
            }
            Credentials::Token(token) => {
                request
                    .headers_mut()
                    .insert(X_AUTH_TOKEN, secret_value(token)?);
                Ok(None)
            }
            Credentials::Password(_) | Credentials::Agency(_) => {
                let token = self.identity.token().await?;
                if let Some(token) = &token {
                    request
                        .headers_mut()
                        .insert(X_AUTH_TOKEN, secret_value(&token.secret)?);
                }
                Ok(token.map(|token| token.serial()))
            }
        }
    }

    async fn renew(&self, grant: Option<u64>) -> Result<bool> {
        let Some(refused) = grant else {
            return Ok(false);
        };
        let Some(issue) = self.identity.issue_anew() else {
            return Ok(false);
        };
        self.identity.tokens.renew(refused, issue).await?;
        Ok(true)
    }
}

/// A header value that never shows in debug output.
fn secret_value(secret: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose().trim()).map_err(|_| {
        Error::invalid_argument("the token holds a character that no header may hold")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_header_does_not_show() {
        let value = secret_value(&" hunter2\n".into()).unwrap();
        assert_eq!(value, "hunter2");
        assert!(!format!("{value:?}").contains("hunter2"));
        let error = secret_value(&"hunter2\r\nX-Other: 1".into()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
