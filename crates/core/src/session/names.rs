//! Looking up names of hosts without the system's libraries, which a program that is linked statically cannot load: in
//! /etc/hosts, then at the servers that /etc/resolv.conf names.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use hickory_resolver::config::{LookupIpStrategy, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::parse_resolv_conf;
use hickory_resolver::{Hosts, TokioResolver};
use reqwest::dns::{Addrs, Resolve, Resolving};

const HOSTS: &str = "/etc/hosts";
const SERVERS: &str = "/etc/resolv.conf";

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The names that this machine can look up. What it knows of them is read when one is first asked for.
#[derive(Clone, Default)]
pub(super) struct Names(Arc<OnceLock<Known>>);

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    /// The addresses of a name.
    pub(super) async fn lookup(&self, host: &str) -> Result<Vec<SocketAddr>, BoxError> {
        let known = self.0.get_or_init(Known::of_system);
        let found = known.lookup(host).await?.into_iter();
        Ok(found.map(|address| SocketAddr::new(address, 0)).collect())
    }

    /// Has a client look names up like this.
    pub(super) fn resolve(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.dns_resolver(self.clone())
    }
}

impl Resolve for Names {
    fn resolve(&self, name: reqwest::dns::Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let found: Addrs = Box::new(names.lookup(name.as_str()).await?.into_iter());
            Ok(found)
        })
    }
}

struct Known {
    hosts: Hosts,
    /// Or why there are none.
    servers: Result<TokioResolver, String>,
}

impl Known {
    fn of_system() -> Self {
        Self::read(std::fs::read(HOSTS), std::fs::read(SERVERS))
    }

    fn read(hosts: io::Result<Vec<u8>>, servers: io::Result<Vec<u8>>) -> Self {
        let servers = match servers {
            Ok(text) => parse_resolv_conf(text).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        Self::new(hosts, servers)
    }

    fn new(
        hosts: io::Result<Vec<u8>>,
        servers: Result<(ResolverConfig, ResolverOpts), String>,
    ) -> Self {
        let mut known = Hosts::default();
        // Without the file, or behind what cannot be read in it, there are no such names.
        if let Ok(text) = hosts {
            let _ = known.read_hosts_conf(text.as_slice());
        }
        let resolver = servers.and_then(|(config, mut options)| {
            options.use_hosts_file = ResolveHosts::Never;
            options.ip_strategy = LookupIpStrategy::Ipv6AndIpv4;
            let provider = TokioRuntimeProvider::default();
            let builder = TokioResolver::builder_with_config(config, provider);
            let built = builder.with_options(options).build();
            built.map_err(|error| error.to_string())
        });
        Self {
            hosts: known,
            servers: resolver,
        }
    }

    async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, BoxError> {
        let bare = host.trim_end_matches('.').to_ascii_lowercase();
        if bare == "localhost" || bare.ends_with(".localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let failed = |why: &dyn fmt::Display| format!("the name {host} cannot be looked up: {why}");
        let name = Name::from_str_relaxed(host).map_err(|error| failed(&error))?;
        let found = self.in_hosts(&name);
        if !found.is_empty() {
            return Ok(found);
        }
        let resolver = self.servers.as_ref().map_err(|why| {
            failed(&format_args!(
                "{SERVERS}, which says what servers to ask, cannot be used: {why}"
            ))
        })?;
        match resolver.lookup_ip(name).await {
            Ok(found) => Ok(found.iter().collect()),
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => {
                Err(failed(&"no server knows it").into())
            }
            Err(error) => Err(failed(&error).into()),
        }
    }

    fn in_hosts(&self, name: &Name) -> Vec<IpAddr> {
        let of_type = |of_type| {
            let query = Query::query(name.clone(), of_type);
            let found = self.hosts.lookup_static_host(&query)?;
            let addresses = found.answers().iter();
            Some(addresses.filter_map(|one| one.data.ip_addr()).collect())
        };
        let kinds = [RecordType::A, RecordType::AAAA];
        kinds
            .into_iter()
            .filter_map(of_type)
            .flat_map(|found: Vec<IpAddr>| found)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::config::NameServerConfig;
    use tokio::net::UdpSocket;

    use super::*;

    const HOSTS: &str = "127.0.0.1 localhost\n192.0.2.7 Machine.example other # and its name\n2001:db8::7 machine.example\n";

    fn missing() -> io::Error {
        io::Error::from(io::ErrorKind::NotFound)
    }

    fn told(result: Result<Vec<IpAddr>, BoxError>) -> String {
        match result {
            Ok(found) => found.iter().map(|one| format!("{one} ")).collect(),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn what_stands_in_hosts_needs_no_server() {
        let known = Known::read(Ok(HOSTS.into()), Err(missing()));
        assert_eq!(
            told(known.lookup("machine.example").await),
            "192.0.2.7 2001:db8::7 "
        );
        assert_eq!(told(known.lookup("OTHER").await), "192.0.2.7 ");
    }

    #[tokio::test]
    async fn without_any_file_this_machine_is_known_and_all_else_says_why_not() {
        let known = Known::read(Err(missing()), Err(missing()));
        for name in ["localhost", "LocalHost.", "a.localhost"] {
            assert_eq!(told(known.lookup(name).await), "127.0.0.1 ::1 ", "{name}");
        }
        let why = told(known.lookup("rds.example").await);
        assert!(
            why.starts_with("the name rds.example cannot be looked up: /etc/resolv.conf"),
            "{why}"
        );
        let empty = Known::read(Err(missing()), Ok(b"# nothing\n".to_vec()));
        let why = told(empty.lookup("rds.example").await);
        assert!(why.contains("/etc/resolv.conf"), "{why}");
    }

    /// Answers each question of `rds.example` with an address, and all others with: no such name.
    async fn server() -> SocketAddr {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut packet = [0; 512];
            while let Ok((size, from)) = socket.recv_from(&mut packet).await {
                let asked = &packet[..size];
                let end = 12 + asked[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
                let is_known = asked[12..end].starts_with(b"\x03rds\x07example\0\0\x01");
                let mut answer = asked[..end].to_vec();
                answer[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
                match is_known {
                    true => {
                        answer[7] = 1;
                        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
                    }
                    false => answer[3] |= 3,
                }
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn all_else_is_asked_of_the_servers() {
        let address = server().await;
        let mut server = NameServerConfig::udp(address.ip());
        server.connections[0].port = address.port();
        let config = ResolverConfig::from_name_servers(vec![server]);
        let known = Known::new(Err(missing()), Ok((config, ResolverOpts::default())));
        assert_eq!(told(known.lookup("rds.example").await), "192.0.2.1 ");
        let why = told(known.lookup("no.example").await);
        assert_eq!(
            why,
            "the name no.example cannot be looked up: no server knows it"
        );
    }
}
