//! Where the services are.

use std::str::FromStr;

use url::{Host, Url};

use crate::error::{Error, Result};
use crate::generated::Server;
use crate::region::{Cloud, Region};
use crate::service::Service;

/// Here and not beside the type: errors name services, so that nothing about services may know errors.
impl FromStr for Service {
    type Err = Error;

    /// # Errors
    ///
    /// Any other text than the names of services.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|service| service.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::as_str).join(", ");
                Error::invalid_argument(format!("{text:?} is no service; use one of {known}"))
            })
    }
}

/// The base URLs of the services.
///
/// They follow from the region, and each can be replaced. The URL of a service says where its calls, and with
/// them the credentials, may go: nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// One for each service, in the order of [`Service::ALL`].
    urls: Vec<Url>,
}

impl Endpoints {
    /// The public endpoints of a region.
    ///
    /// Those of `eu-ch2` are not confirmed for DCS and RDS.
    ///
    /// # Errors
    ///
    /// None for a [`Region`] that could be made; the URL parser has the last word.
    pub fn of_region(region: &Region) -> Result<Self> {
        let urls = Service::ALL.map(|service| public(service, region));
        Ok(Self {
            urls: urls.into_iter().collect::<Result<_>>()?,
        })
    }

    /// One base URL for all services, such as a simulator's.
    ///
    /// # Errors
    ///
    /// See [`parse`].
    pub fn all_at(url: &str) -> Result<Self> {
        let url = parse(url)?;
        Ok(Self {
            urls: vec![url; Service::ALL.len()],
        })
    }

    /// Replaces the base URL of one service.
    ///
    /// # Errors
    ///
    /// See [`parse`].
    pub fn set(&mut self, service: Service, url: &str) -> Result<()> {
        let url = parse(url)?;
        self.urls[service as usize] = match service {
            Service::IDENTITY => without_version(url)?,
            _ => url,
        };
        Ok(())
    }

    /// The base URL of a service, without a slash at its end unless it is a bare host.
    pub fn get(&self, service: Service) -> &Url {
        &self.urls[service as usize]
    }

    /// Whether any of them is plain HTTP.
    pub(crate) fn any_plain(&self) -> bool {
        Service::ALL
            .into_iter()
            .any(|service| self.get(service).scheme() == "http")
    }

    /// The first service whose secrets would cross a network in the clear.
    pub(crate) fn exposed(&self) -> Option<Service> {
        Service::ALL.into_iter().find(|service| {
            let url = self.get(*service);
            url.scheme() == "http" && !is_loopback(url)
        })
    }
}

const REGION: &str = "{region}";

/// Where a service is in a region: at the server that its description has for that region, or else for others of the
/// same cloud. One of another cloud is never taken, since it would be sent what proves an identity of this one.
fn public(service: Service, region: &Region) -> Result<Url> {
    let best = service
        .servers()
        .iter()
        .filter(|server| cloud_of(server).is_none_or(|cloud| cloud == region.cloud()))
        .min_by_key(|server| {
            let has_region = server.url.contains(REGION);
            if server.regions.contains(&region.as_str()) {
                0
            } else if has_region && server.regions.is_empty() {
                1
            } else if has_region {
                2
            } else {
                3
            }
        });
    match best {
        Some(server) => parse(&server.url.replace(REGION, region.as_str())),
        // Described for another cloud only: under the name that services of this cloud have.
        None => parse(&format!(
            "https://{service}.{region}.{}",
            region.cloud().domain()
        )),
    }
}

fn cloud_of(server: &Server) -> Option<Cloud> {
    let (_, rest) = server.url.split_once("://")?;
    Cloud::of_host(rest.split(['/', ':']).next()?)
}

/// Reads a base URL: `http` or `https`, a host, possibly a port and a path; no user, query or fragment.
///
/// # Errors
///
/// Anything else.
pub fn parse(text: &str) -> Result<Url> {
    let refuse = |why: &str| {
        // The text may hold a password in its authority.
        Err(Error::invalid_argument(format!(
            "the endpoint {} cannot be used: {why}",
            crate::redact::line(text)
        )))
    };
    let mut url = match text.trim().parse::<Url>() {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return refuse("it needs a scheme, as in https://SERVICE.eu-de.otc.t-systems.com");
        }
        Err(error) => return refuse(&error.to_string()),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("the scheme must be https or http");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it must not hold a user or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("it must not have a query or fragment");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// The identity endpoint is often given with `/v3` at its end, or as that of the call for a token; paths of calls bring
/// version and call themselves.
///
/// # Errors
///
/// Another version.
fn without_version(mut url: Url) -> Result<Url> {
    let path = url.path().trim_end_matches("/auth/tokens").to_owned();
    if path.ends_with("/v2.0") || path.ends_with("/v2") {
        return Err(Error::invalid_argument(format!(
            "the identity endpoint {} names version 2 of the API, which these clouds do not have",
            crate::redact::url(&url)
        ))
        .with_hint("end it with /v3"));
    }
    url.set_path(path.strip_suffix("/v3").unwrap_or(&path));
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether a request to `url` stays with the service at `base`: the same scheme, host and port, and a path below.
pub(crate) fn belongs_to(url: &Url, base: &Url) -> bool {
    let prefix = base.path().trim_end_matches('/');
    url.origin() == base.origin()
        && url
            .path()
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_follow_from_the_region() {
        for (region, dcs, iam) in [
            (
                "eu-de",
                "https://dcs.eu-de.otc.t-systems.com/",
                "https://iam.eu-de.otc.t-systems.com/",
            ),
            (
                "eu-nl",
                "https://dcs.eu-nl.otc.t-systems.com/",
                "https://iam.eu-nl.otc.t-systems.com/",
            ),
            (
                "eu-ch2",
                "https://dcs.eu-ch2.sc.otc.t-systems.com/",
                "https://iam-pub.eu-ch2.sc.otc.t-systems.com/",
            ),
            (
                "ap-southeast-3",
                "https://dcs.ap-southeast-3.myhuaweicloud.com/",
                "https://iam.ap-southeast-3.myhuaweicloud.com/",
            ),
        ] {
            let endpoints = Endpoints::of_region(&Region::new(region).unwrap()).unwrap();
            assert_eq!(endpoints.get(Service::Dcs).as_str(), dcs);
            assert_eq!(endpoints.get(Service::Iam).as_str(), iam);
        }
    }

    #[test]
    fn every_service_is_in_the_cloud_of_the_region() {
        for region in ["eu-de", "eu-nl", "eu-ch2", "cn-north-4", "ap-southeast-3"] {
            let region = Region::new(region).unwrap();
            let endpoints = Endpoints::of_region(&region).unwrap();
            for service in Service::ALL {
                let url = endpoints.get(service);
                assert_eq!(url.scheme(), "https");
                let host = url.host_str().unwrap();
                let known = service.servers().iter().any(|one| cloud_of(one).is_some());
                assert!(
                    !known || Cloud::of_host(host) == Some(region.cloud()),
                    "{service} of {region} is at {host}"
                );
            }
        }
    }

    #[test]
    fn a_region_that_is_no_host_label_is_refused() {
        for name in [
            "",
            "eu de",
            "eu-de.evil.example",
            "EU-DE",
            "-a",
            "a/b",
            "a@b",
        ] {
            assert!(Region::new(name).is_err(), "{name}");
        }
    }

    #[test]
    fn overrides_are_checked_and_normalised() {
        let mut endpoints = Endpoints::all_at("http://127.0.0.1:8080/").unwrap();
        endpoints
            .set(Service::Iam, "https://iam.example.com/v3/")
            .unwrap();
        assert_eq!(
            endpoints.get(Service::Iam).as_str(),
            "https://iam.example.com/"
        );
        for (given, base) in [
            (
                "https://iam.example.com/v3/auth/tokens",
                "https://iam.example.com/",
            ),
            (
                "https://iam.example.com/iam/v3",
                "https://iam.example.com/iam",
            ),
        ] {
            endpoints.set(Service::Iam, given).unwrap();
            assert_eq!(endpoints.get(Service::Iam).as_str(), base);
        }
        let error = endpoints
            .set(Service::Iam, "https://iam.example.com/v2.0/")
            .unwrap_err();
        assert!(error.to_string().contains("version 2"), "{error}");
        endpoints
            .set(Service::Rds, "https://gateway.example.com/rds/")
            .unwrap();
        assert_eq!(
            endpoints.get(Service::Rds).as_str(),
            "https://gateway.example.com/rds"
        );
        for bad in [
            "",
            "dcs.eu-de.otc.t-systems.com",
            "ftp://example.com",
            "https://u:hunter2@example.com",
            "https://example.com/?a=b",
            "https://",
        ] {
            let error = endpoints.set(Service::Dcs, bad).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert_eq!(
            endpoints.get(Service::Dcs).as_str(),
            "http://127.0.0.1:8080/"
        );
    }

    #[test]
    fn plain_http_is_told_apart_by_host() {
        for (url, exposed) in [
            ("http://127.0.0.1:1", false),
            ("http://[::1]:1", false),
            ("http://localhost", false),
            ("https://example.com", false),
            ("http://example.com", true),
            ("http://localhost.example.com", true),
        ] {
            assert_eq!(
                Endpoints::all_at(url).unwrap().exposed().is_some(),
                exposed,
                "{url}"
            );
        }
    }

    #[test]
    fn only_urls_below_the_base_belong_to_it() {
        let base = parse("https://h.example.com/rds").unwrap();
        for (url, belongs) in [
            ("https://h.example.com/rds/v3/x", true),
            ("https://h.example.com/rdsx/v3", false),
            ("https://h.example.com/dcs", false),
            ("http://h.example.com/rds/v3", false),
            ("https://h.example.com:444/rds/v3", false),
            ("https://h.example.com.evil.example/rds/v3", false),
        ] {
            assert_eq!(belongs_to(&url.parse().unwrap(), &base), belongs, "{url}");
        }
    }
}
