//! Where a link may lead.
//!
//! A service names the host from which a file is fetched, and that host may name another. A response that was tampered
//! with could lead a request to this machine, or to the address at which clouds give a machine its credentials, and
//! what comes back would be kept as a log. Those addresses are refused, in a link, in a redirection and in what a name
//! resolves to, unless the services themselves are there, as a simulated cloud is.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::names::Names;
use crate::endpoint::Endpoints;
use crate::error::{Error, ErrorKind, Result};
use crate::service::Service;

/// How many names are looked up at once: the system's way takes a thread for each, for as long as it lasts.
const LOOKUPS: usize = 4;

/// Addresses that links have no business at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// This machine.
    Here,
    /// The same cable, where clouds put their metadata service.
    LinkLocal,
    /// A metadata service elsewhere.
    Metadata,
    /// No single machine: unspecified, broadcast, multicast.
    Nowhere,
}

impl Place {
    fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => match embedded(address) {
                Some(inner) => Self::of_v4(inner),
                None => Self::of_v6(address),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        // Alibaba Cloud's, Oracle Cloud's and Azure's, which clouds of other vendors have copied.
        const METADATA: [Ipv4Addr; 3] = [
            Ipv4Addr::new(100, 100, 100, 200),
            Ipv4Addr::new(192, 0, 0, 192),
            Ipv4Addr::new(168, 63, 129, 16),
        ];
        if address.is_loopback() {
            Some(Self::Here)
        } else if address.is_link_local() {
            Some(Self::LinkLocal)
        } else if METADATA.contains(&address) {
            Some(Self::Metadata)
        } else if address.octets()[0] == 0 || address.is_multicast() || address.is_broadcast() {
            Some(Self::Nowhere)
        } else {
            None
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        // Amazon's metadata service, and its neighbours of the same prefix.
        let metadata = address.segments().starts_with(&[0xfd00, 0xec2, 0, 0]);
        // What Google's network uses for the same.
        let google = address.segments() == [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254];
        if address.is_loopback() {
            Some(Self::Here)
        } else if address.is_unicast_link_local() {
            Some(Self::LinkLocal)
        } else if metadata || google {
            Some(Self::Metadata)
        } else if address.is_unspecified() || address.is_multicast() {
            Some(Self::Nowhere)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Here => "this machine",
            Self::LinkLocal => "a link-local address, where clouds have their metadata service",
            Self::Metadata => "the address of a cloud's metadata service",
            Self::Nowhere => "no single machine",
        }
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, or translated (RFC 4291, 6052, 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(v4(g, h)),
        [0, 0, 0, 0, 0, 0] if (g, h) > (0, 1) => Some(v4(g, h)),
        [0x2002, ..] => Some(v4(b, c)),
        _ => None,
    }
}

/// Where links of a session may lead.
#[derive(Clone, Debug)]
pub(crate) struct Destinations(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// Where the services are.
    places: Vec<Place>,
    /// Hosts of the services, and proxies, which a person has named.
    trusted: Vec<String>,
    plain_http: bool,
    names: Names,
    lookups: Semaphore,
}

impl Destinations {
    pub(super) fn new(endpoints: &Endpoints, plain_http: bool, names: Names) -> Self {
        let urls = || {
            Service::ALL
                .into_iter()
                .map(|service| endpoints.get(service))
        };
        let trusted = urls().filter_map(|url| url.host_str().map(str::to_ascii_lowercase));
        Self(Arc::new(Rules {
            places: urls().filter_map(place).collect(),
            trusted: trusted.chain(proxies()).collect(),
            plain_http,
            names,
            lookups: Semaphore::new(LOOKUPS),
        }))
    }

    /// Whether a link leads to this machine, and may.
    pub(crate) fn is_here(&self, url: &Url) -> bool {
        place(url) == Some(Place::Here) && self.0.places.contains(&Place::Here)
    }

    /// Looks at scheme and host of a link. What a name stands for is looked at when the connection is made.
    ///
    /// # Errors
    /// It leads to an address that links have no business at, or is plain HTTP where that is not allowed.
    pub(crate) fn check(&self, url: &Url) -> Result<()> {
        let refused = |what: String| {
            let shown = url.host_str().unwrap_or_default();
            Error::new(
                ErrorKind::UndocumentedResponse,
                format!("the link leads to {shown}, which is {what}; it is not followed"),
            )
        };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(Error::new(
                ErrorKind::UndocumentedResponse,
                "the service's link is no address of a file",
            ));
        }
        if let Some(place) = place(url)
            && !self.allows(place)
        {
            return Err(refused(place.name().to_owned()).with_hint(
                "check that the endpoint is the service's own and that no proxy changes its responses",
            ));
        }
        if url.scheme() == "http" && !self.0.plain_http && !self.is_here(url) {
            let error =
                refused("asked for by plain HTTP, which anyone on the way can read".to_owned());
            return Err(error.with_hint("--allow-plain-http allows it, for a test environment"));
        }
        Ok(())
    }

    /// What a failed request says of a host to which no link may lead, if that is why it failed: no other try will go
    /// better.
    pub(crate) fn refusal(error: &(dyn std::error::Error + 'static)) -> Option<String> {
        let mut cause = Some(error);
        while let Some(inner) = cause {
            if let Some(NoDestination(why)) = inner.downcast_ref() {
                return Some(why.clone());
            }
            cause = inner.source();
        }
        None
    }

    fn allows(&self, place: Place) -> bool {
        place != Place::Nowhere && self.0.places.contains(&place)
    }

    fn is_trusted(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.0
            .trusted
            .iter()
            .any(|it| it.eq_ignore_ascii_case(host))
    }

    /// The addresses of a name that may be connected to.
    async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, BoxError> {
        let _turn = self.0.lookups.acquire().await.map_err(BoxError::from)?;
        let found = self.0.names.lookup(host).await?;
        self.only(host, found)
    }

    fn only(&self, host: &str, mut found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, BoxError> {
        if self.is_trusted(host) {
            return Ok(found);
        }
        let mut refused = None;
        found.retain(|address| match Place::of(address.ip()) {
            Some(place) if !self.allows(place) => {
                refused = Some((address.ip(), place));
                false
            }
            _ => true,
        });
        match refused {
            Some((address, place)) if found.is_empty() => {
                Err(BoxError::from(NoDestination(format!(
                    "{host} is {address}, {}, to which no link may lead",
                    place.name()
                ))))
            }
            _ => Ok(found),
        }
    }
}

impl Resolve for Destinations {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.clone();
        Box::pin(async move {
            let found = rules.addresses(name.as_str()).await?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The error of a name that resolves to where no link may lead.
#[derive(Debug)]
struct NoDestination(String);

impl fmt::Display for NoDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoDestination {}

/// The place that a URL's host says by itself.
fn place(url: &Url) -> Option<Place> {
    match url.host()? {
        Host::Ipv4(address) => Place::of(address.into()),
        Host::Ipv6(address) => Place::of(address.into()),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            (name == "localhost" || name.ends_with(".localhost")).then_some(Place::Here)
        }
    }
}

/// The hosts of proxies that the environment names: connections go there in place of where links lead.
fn proxies() -> Vec<String> {
    let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    let both = names
        .into_iter()
        .flat_map(|name| [name.to_owned(), name.to_ascii_lowercase()]);
    both.filter_map(|name| host_of_proxy(&std::env::var(name).ok()?))
        .collect()
}

fn host_of_proxy(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    let url = url.or_else(|| Url::parse(&format!("http://{text}")).ok())?;
    url.host_str().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destinations(endpoint: &str, plain_http: bool) -> Destinations {
        let endpoints = Endpoints::all_at(endpoint).unwrap();
        Destinations::new(&endpoints, plain_http, Names::default())
    }

    fn refusal(destinations: &Destinations, link: &str) -> Option<String> {
        let link = link.parse().unwrap();
        destinations
            .check(&link)
            .err()
            .map(|error| error.to_string())
    }

    #[test]
    fn links_do_not_lead_to_this_machine_or_to_a_metadata_service_however_they_are_written() {
        let real = destinations("https://service.eu-de.otc.t-systems.com", true);
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "localhost",
            "LocalHost.",
            "a.localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "0.0.0.0",
            "0",
            "[::]",
            "169.254.169.254",
            "0xa9fea9fe",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fe80::1]",
            "[febf::1]",
            "[fd00:ec2::254]",
            "100.100.100.200",
            "192.0.0.192",
            "224.0.0.1",
            "255.255.255.255",
            "[ff02::1]",
        ] {
            for scheme in ["https", "http"] {
                let why = refusal(&real, &format!("{scheme}://{host}/f?Signature=s"));
                assert!(why.is_some_and(|why| !why.contains("Signature")), "{host}");
            }
        }
        for host in [
            "obs.eu-de.otc.t-systems.com",
            "100.125.1.1",
            "10.0.0.5",
            "192.168.1.1",
            "[2a00::1]",
            "[fd00::5]",
        ] {
            assert_eq!(refusal(&real, &format!("https://{host}/f")), None, "{host}");
        }
    }

    #[test]
    fn where_the_services_are_links_may_lead_too() {
        let here = destinations("http://127.0.0.1:8080", false);
        for link in [
            "http://127.0.0.1:9/f",
            "http://localhost/f",
            "http://[::1]/f",
            "https://127.0.0.2/f",
        ] {
            assert_eq!(refusal(&here, link), None, "{link}");
        }
        assert!(refusal(&here, "http://169.254.169.254/").is_some());
        assert!(refusal(&here, "http://0.0.0.0/").is_some());
        let cable = destinations("https://169.254.1.1", false);
        assert_eq!(refusal(&cable, "https://169.254.1.2/f"), None);
        assert!(refusal(&cable, "https://127.0.0.1/f").is_some());
    }

    #[test]
    fn plain_http_to_another_machine_is_allowed_only_where_it_is_said() {
        let link = "http://obs.example.com/f";
        let why = refusal(&destinations("https://service.example.com", false), link).unwrap();
        assert!(why.contains("plain HTTP"), "{why}");
        assert_eq!(
            refusal(&destinations("https://service.example.com", true), link),
            None
        );
        let why = refusal(&destinations("http://127.0.0.1:1", false), link).unwrap();
        assert!(why.contains("plain HTTP"), "{why}");
        assert!(
            refusal(
                &destinations("https://service.example.com", true),
                "file:///etc/passwd"
            )
            .is_some()
        );
    }

    #[test]
    fn a_name_is_what_it_resolves_to() {
        let real = destinations("https://service.example.com", false);
        let found = |addresses: &[&str]| {
            addresses
                .iter()
                .map(|it| SocketAddr::new(it.parse().unwrap(), 0))
                .collect()
        };
        let error = real
            .only("evil.example.com", found(&["169.254.169.254", "::1"]))
            .unwrap_err();
        assert!(error.to_string().contains("evil.example.com is"), "{error}");
        // One that has good addresses too keeps those.
        let left = real
            .only("evil.example.com", found(&["127.0.0.1", "10.0.0.1"]))
            .unwrap();
        assert_eq!(left, found(&["10.0.0.1"]));
        // The services' own host was named by a person, wherever it is.
        let left = real
            .only("service.example.com", found(&["127.0.0.1"]))
            .unwrap();
        assert_eq!(left.len(), 1);
        let here = destinations("http://127.0.0.1:8080", false);
        assert_eq!(here.only("x.test", found(&["127.0.0.1"])).unwrap().len(), 1);
    }

    #[tokio::test]
    async fn the_client_for_links_looks_at_what_a_name_resolves_to() {
        // This machine's own name for itself, which every system resolves.
        let real = destinations("https://service.example.com", false);
        assert!(real.addresses("localhost").await.is_err());
        let here = destinations("http://127.0.0.1:1", false);
        assert!(!here.addresses("localhost").await.unwrap().is_empty());
    }

    #[test]
    fn proxies_are_read_with_and_without_a_scheme() {
        assert_eq!(
            host_of_proxy("http://u:p@Proxy.corp:3128").as_deref(),
            Some("proxy.corp")
        );
        assert_eq!(
            host_of_proxy("127.0.0.1:3128").as_deref(),
            Some("127.0.0.1")
        );
        assert_eq!(host_of_proxy("proxy:3128").as_deref(), Some("proxy"));
        assert_eq!(host_of_proxy(""), None);
    }
}
