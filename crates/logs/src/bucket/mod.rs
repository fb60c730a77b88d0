//! Buckets of OBS, S3 and what speaks like it.

mod error;
mod http;
mod upload;

use std::collections::HashMap;
use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};
use otcdb_core::credentials::AccessKey;
use otcdb_core::limits::Limits;
use otcdb_core::{Error, Result, Session, redact};
use tokio::sync::Semaphore;

use crate::files::Files;
use crate::remote::{Object, Remote, Version, Written};
use error::{failed, is_conflict, is_unknown_here};
use http::Connector;

/// How many requests of a pull a store is asked at once, at most.
const REQUESTS: usize = 32;

/// A bucket, and the beginning of the keys in it: the place of an output folder. The keys are this beginning and the
/// paths that files have in a folder.
#[derive(Clone, Debug)]
pub struct Bucket {
    url: String,
    name: String,
    prefix: String,
    key: Option<AccessKey>,
    endpoint: Option<String>,
    allows_plain: bool,
}

impl Bucket {
    /// Reads `s3://bucket/prefix`; the prefix may be left out.
    ///
    /// # Errors
    /// It is no such address.
    pub fn parse(url: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::invalid_argument(format!("{:?} is no bucket: {why}", redact::line(url)))
                .with_hint("write s3://BUCKET/PREFIX")
        };
        let rest = url
            .strip_prefix("s3://")
            .ok_or_else(|| wrong("it does not begin with s3://"))?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if name.len() < 3 || !name.bytes().all(is_name) {
            return Err(wrong(
                "the name of a bucket has letters, digits, - and . only",
            ));
        }
        let prefix = prefix.trim_end_matches('/');
        if prefix.starts_with('/') || Path::parse(prefix).is_err() {
            return Err(wrong("a prefix has no empty parts, and no . and .."));
        }
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            key: None,
            endpoint: None,
            allows_plain: false,
        })
    }

    /// Where the store is, whatever `AWS_ENDPOINT_URL` says: an address to which the name of the bucket is added.
    #[must_use]
    pub fn endpoint(self, url: impl Into<String>) -> Self {
        Self {
            endpoint: Some(url.into()),
            ..self
        }
    }

    /// Whether the store may be one without TLS, whatever `AWS_ALLOW_HTTP` says.
    #[must_use]
    pub fn allow_plain_http(self, allow: bool) -> Self {
        Self {
            allows_plain: allow,
            ..self
        }
    }

    /// The access key of the cloud's own store, OBS, for where the variables `AWS_…` name none.
    #[must_use]
    pub fn access_key(self, key: Option<AccessKey>) -> Self {
        Self { key, ..self }
    }

    /// The store, as the variables `AWS_…` say: see `AmazonS3Builder::from_env` of the crate `object_store`. Where they name
    /// neither credentials nor an endpoint, it is OBS of the session's region, with the access key.
    pub(crate) fn open(&self, session: &Session) -> Result<Arc<dyn Remote>> {
        for secret in ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_TOKEN"] {
            if let Ok(secret) = env::var(secret) {
                redact::register(&secret);
            }
        }
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&self.name)
            .with_http_connector(Connector(session.http_client().clone()));
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if self.allows_plain {
            builder = builder.with_allow_http(true);
        }
        let says = |builder: &AmazonS3Builder, keys: &[AmazonS3ConfigKey]| {
            (keys.iter()).any(|key| builder.get_config_value(key).is_some())
        };
        let has_credentials = says(
            &builder,
            &[
                AmazonS3ConfigKey::AccessKeyId,
                AmazonS3ConfigKey::SecretAccessKey,
                AmazonS3ConfigKey::WebIdentityTokenFile,
                AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
                AmazonS3ConfigKey::ContainerCredentialsFullUri,
            ],
        );
        if let Some(key) = self.key.as_ref().filter(|_| !has_credentials) {
            redact::register(key.secret.expose());
            builder = builder
                .with_access_key_id(&key.id)
                .with_secret_access_key(key.secret.expose());
            if let Some(token) = &key.security_token {
                builder = builder.with_token(token.expose());
            }
            let region = session.region();
            let domain = region.cloud().domain();
            if !says(&builder, &[AmazonS3ConfigKey::Endpoint]) {
                builder = match self.name.contains('.') {
                    // A certificate holds for one more name before the host's, not for two.
                    true => builder.with_endpoint(format!("https://obs.{region}.{domain}")),
                    false => builder
                        .with_endpoint(format!("https://{}.obs.{region}.{domain}", self.name))
                        .with_virtual_hosted_style_request(true),
                };
            }
            if !says(
                &builder,
                &[AmazonS3ConfigKey::Region, AmazonS3ConfigKey::DefaultRegion],
            ) {
                builder = builder.with_region(region.as_str());
            }
        }
        let store = builder.build().map_err(|error| {
            Error::invalid_argument(format!(
                "{} cannot be used: {}",
                self.url,
                redact::line(&error.to_string())
            ))
            .with_hint("check the variables that begin with AWS_")
        })?;
        Ok(Arc::new(Opened {
            shown: self.url.clone(),
            prefix: self.prefix.clone(),
            store,
            turns: Semaphore::new(Limits::of_process().calls.min(REQUESTS)),
            memory: Semaphore::new(upload::MEMORY),
            heeds_versions: AtomicBool::new(true),
        }))
    }
}

/// A bucket that is used.
#[derive(Debug)]
struct Opened {
    shown: String,
    prefix: String,
    store: AmazonS3,
    /// Each request holds one.
    turns: Semaphore,
    /// What is read of files to be sent holds as many as it takes.
    memory: Semaphore,
    heeds_versions: AtomicBool,
}

impl Opened {
    fn key(&self, path: &str) -> Result<Path> {
        let key = match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        Path::parse(&key).map_err(|error| {
            Error::invalid_argument(format!("{} can have no key {key:?}", self.shown))
                .with_source(error)
        })
    }

    /// The path of a key.
    fn path<'a>(&self, key: &'a Path) -> Option<&'a str> {
        let path = key.as_ref().strip_prefix(self.prefix.as_str())?;
        Some(path.trim_start_matches('/'))
    }

    fn failed(&self, what: &str, path: &str, error: object_store::Error) -> Error {
        failed(&format!("cannot {what} {}/{path}", self.shown), &error)
    }

    /// Makes one request in its turn.
    async fn ask<T>(
        &self,
        what: &str,
        path: &str,
        request: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T> {
        let _turn = self.turns.acquire().await;
        request
            .await
            .map_err(|error| self.failed(what, path, error))
    }

    async fn put(
        &self,
        path: &str,
        content: Vec<u8>,
        replaces: Option<&Version>,
    ) -> Result<Written> {
        let key = self.key(path)?;
        let mode = match replaces {
            _ if !self.heeds_versions() => PutMode::Overwrite,
            None => PutMode::Create,
            Some(version) => PutMode::Update(UpdateVersion {
                e_tag: Some(version.0.clone()),
                version: None,
            }),
        };
        let _turn = self.turns.acquire().await;
        let options = PutOptions::from(mode);
        match self.store.put_opts(&key, content.into(), options).await {
            Ok(put) => Ok(Written::Done(put.e_tag.map(Version))),
            Err(error) if is_conflict(&error) => Ok(Written::Conflict),
            Err(error) if self.heeds_versions() && is_unknown_here(&error) => {
                tracing::debug!(%error, "the store knows no conditions");
                self.heeds_versions.store(false, Ordering::Relaxed);
                Ok(Written::Conflict)
            }
            Err(error) => Err(self.failed("write", path, error)),
        }
    }
}

impl Remote for Opened {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn folders<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Vec<String>>> {
        async move {
            let key = self.key(path)?;
            let list = self.store.list_with_delimiter(Some(&key));
            let listed = self.ask("list", path, list).await?;
            let names = listed.common_prefixes.iter();
            Ok(names
                .filter_map(|key| key.filename().map(str::to_owned))
                .collect())
        }
        .boxed()
    }

    fn sizes<'a>(&'a self, folder: &'a str) -> BoxFuture<'a, Result<HashMap<String, u64>>> {
        async move {
            let key = self.key(folder)?;
            let list = self.store.list(Some(&key));
            let listed = list.try_fold(HashMap::new(), |mut sizes, one: ObjectMeta| {
                if let Some(path) = self.path(&one.location) {
                    sizes.insert(path.to_owned(), one.size);
                }
                futures_util::future::ok(sizes)
            });
            self.ask("list", folder, listed).await
        }
        .boxed()
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        async move {
            let key = self.key(path)?;
            let get = async {
                let got = match self.store.get(&key).await {
                    Err(object_store::Error::NotFound { .. }) => return Ok(None),
                    got => got?,
                };
                let version = got.meta.e_tag.clone().map(Version);
                let content = got.bytes().await?.to_vec();
                Ok(Some(Object { content, version }))
            };
            self.ask("read", path, get).await
        }
        .boxed()
    }

    fn write<'a>(
        &'a self,
        path: &'a str,
        content: Vec<u8>,
        replaces: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Written>> {
        self.put(path, content, replaces).boxed()
    }

    fn heeds_versions(&self) -> bool {
        self.heeds_versions.load(Ordering::Relaxed)
    }

    fn ignores_versions(&self) {
        self.heeds_versions.store(false, Ordering::Relaxed);
    }

    fn upload<'a>(
        &'a self,
        files: &'a Files,
        path: &'a str,
        size: u64,
    ) -> BoxFuture<'a, Result<()>> {
        upload::upload(self, files, path, size).boxed()
    }

    fn download<'a>(&'a self, files: &'a Files, path: &'a str) -> BoxFuture<'a, Result<()>> {
        upload::download(self, files, path).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_an_address() {
        let bucket = Bucket::parse("s3://logs/otc/eu-de/").unwrap();
        assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("logs", "otc/eu-de")
        );
        assert_eq!(Bucket::parse("s3://logs").unwrap().prefix, "");
        for wrong in [
            "logs",
            "s3://",
            "s3://a b/c",
            "s3://logs//a",
            "s3://logs/../a",
            "gs://logs",
        ] {
            let error = Bucket::parse(wrong).unwrap_err();
            assert!(error.hint().is_some(), "{wrong}: {error}");
        }
    }
}
