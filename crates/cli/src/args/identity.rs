//! Flags that choose identity, region and endpoints, and the ways of calls.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::values::{self, Endpoint};
use crate::complete;
use crate::record::Recorder;

/// Who makes calls, and where to. There is no flag for a secret itself: everyone on a machine can read its command
/// lines.
#[derive(Debug, Args)]
#[command(next_help_heading = super::IDENTITY)]
pub(crate) struct Identity {
    /// The entry of clouds.yaml; can be repeated where logs are pulled [env: OTCDB_CLOUD, OS_CLOUD]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) os_cloud: Vec<String>,
    /// The region, such as eu-de [env: OTCDB_REGION, OS_REGION_NAME]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// The project [env: OTCDB_PROJECT_ID, OS_PROJECT_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) project_id: Option<String>,
    /// The project, by its name; can be repeated where logs are pulled [env: OTCDB_PROJECT_NAME, OS_PROJECT_NAME] [default: the
    /// region's name]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        conflicts_with = "project_id",
        add = ArgValueCompleter::new(complete::projects)
    )]
    pub(crate) project_name: Vec<String>,
    /// The user; the password comes from OTCDB_PASSWORD or OS_PASSWORD, or a file [env: OTCDB_USERNAME, OS_USERNAME]
    #[arg(long, global = true, value_name = "NAME", alias = "user")]
    pub(crate) username: Option<String>,
    /// The user's domain [env: OTCDB_DOMAIN_NAME, OS_USER_DOMAIN_NAME]
    #[arg(long, global = true, value_name = "NAME", alias = "domain")]
    pub(crate) domain_name: Option<String>,
    /// The user's domain, by its id [env: OTCDB_DOMAIN_ID, OS_USER_DOMAIN_ID]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "ID",
        conflicts_with = "domain_name"
    )]
    pub(crate) domain_id: Option<String>,
    /// The agency to take [env: OTCDB_AGENCY_NAME, OS_AGENCY_NAME]
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) agency_name: Option<String>,
    /// The domain that delegates to the agency [env: OTCDB_AGENCY_DOMAIN_NAME, OS_AGENCY_DOMAIN_NAME]
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) agency_domain_name: Option<String>,
    /// The domain that delegates to the agency, by its id [env: OTCDB_AGENCY_DOMAIN_ID]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "ID",
        conflicts_with = "agency_domain_name"
    )]
    pub(crate) agency_domain_id: Option<String>,
    /// A file with the user's password
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// A file with a token
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// A file with an access key (AK)
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) access_key_file: Option<PathBuf>,
    /// A file with the secret key (SK) of the access key
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) secret_key_file: Option<PathBuf>,
    /// A file with the security token of a temporary access key
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) security_token_file: Option<PathBuf>,
    /// The identity endpoint, with or without /v3 [env: OTCDB_AUTH_URL, OS_AUTH_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) auth_url: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "SERVICE=URL",
        value_parser = values::endpoint,
        help = format!(
            "The endpoint of a service ({}), or of all without SERVICE=; can be repeated",
            values::services()
        )
    )]
    pub(crate) endpoint: Vec<Endpoint>,
    /// The form of signatures that access keys make [env: OTCDB_SIGNATURE_FORM] [default: sdk-hmac-sha256]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_enum,
        value_name = "FORM"
    )]
    pub(crate) signature: Option<Signature>,
}

impl Identity {
    /// A flag that was given.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        [
            ("--os-cloud", !self.os_cloud.is_empty()),
            ("--region", self.region.is_some()),
            ("--project-id", self.project_id.is_some()),
            ("--project-name", !self.project_name.is_empty()),
            ("--username", self.username.is_some()),
            ("--domain-name", self.domain_name.is_some()),
            ("--domain-id", self.domain_id.is_some()),
            ("--agency-name", self.agency_name.is_some()),
            ("--agency-domain-name", self.agency_domain_name.is_some()),
            ("--agency-domain-id", self.agency_domain_id.is_some()),
            ("--password-file", self.password_file.is_some()),
            ("--token-file", self.token_file.is_some()),
            ("--access-key-file", self.access_key_file.is_some()),
            ("--secret-key-file", self.secret_key_file.is_some()),
            ("--security-token-file", self.security_token_file.is_some()),
            ("--auth-url", self.auth_url.is_some()),
            ("--endpoint", !self.endpoint.is_empty()),
            ("--signature", self.signature.is_some()),
        ]
        .into_iter()
        .find_map(|(flag, is_given)| is_given.then_some(flag))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Signature {
    /// Access=…, SignedHeaders=…, Signature=…
    #[value(name = "sdk-hmac-sha256", alias = "sdk-hmac")]
    SdkHmacSha256,
    /// Credential=…/date/region/service/sdk_request
    #[value(name = "sigv4")]
    SigV4,
}

impl Signature {
    /// The name that settings know it by.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SdkHmacSha256 => "sdk-hmac-sha256",
            Self::SigV4 => "sigv4",
        }
    }
}

/// How calls are made.
#[derive(Debug, Args)]
#[command(next_help_heading = super::CALLS)]
pub(crate) struct Calls {
    /// How long a connection may take to be made
    #[arg(long, global = true, hide_short_help = true, value_name = "DURATION", default_value = "10s", value_parser = values::positive)]
    pub(crate) connect_timeout: Duration,
    /// How long a response may pause
    #[arg(long, global = true, hide_short_help = true, value_name = "DURATION", default_value = "60s", value_parser = values::positive)]
    pub(crate) read_timeout: Duration,
    /// How long a call may take with all its retries; downloads are not bounded by it
    #[arg(long, global = true, hide_short_help = true, value_name = "DURATION", default_value = "5m", value_parser = values::positive)]
    pub(crate) call_timeout: Duration,
    /// How many times a call is sent at most, or a download asked for without progress; 1 means no retry.
    /// Refusals for too many calls do not count: such a call waits, with all of its service, and goes on until --call-timeout
    #[arg(long, global = true, hide_short_help = true, value_name = "NUMBER", default_value = "4",
        value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) attempts: u32,
    /// Allow endpoints and links to files on other machines without TLS, for test environments: secrets and logs can then be
    /// read on the way
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) allow_plain_http: bool,
    /// Write all requests and responses to a new file, as an HTTP archive (HAR 1.2). Secrets, ids, names and contents are masked;
    /// which fields there are and what they are like stays
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Who records.
    #[arg(skip)]
    pub(crate) recorder: Option<Arc<Recorder>>,
}
