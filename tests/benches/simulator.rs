//! How many calls the simulator answers, beside Prism with the same document: `cargo bench -p otcdb-tests --bench simulator`.
//!
//! Prism is looked for in the search path, or where `PRISM` says; without it only rates are shown. Eight connections ask for a
//! list, each one request after the other, of both in turns. Prism answers with one documented example whatever is asked.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use otcdb_core::Service;
use otcdb_simulator::Simulator;
use support::ratios::Ratios;
use support::{clock, in_turns};

const CONNECTIONS: usize = 8;
const ROUNDS: usize = 7;
/// Requests of each connection in a round.
const OURS: usize = 1000;
const PRISMS: usize = 50;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let prism = Prism::start();
    let mut ratios = Ratios::default();
    let mut of_one = None;
    for instances in [1, 6, 60] {
        let cloud = Simulator::builder()
            .redis(instances, 0, 0)
            .databases(0, 0, 0)
            .keep_requests(false);
        let cloud = runtime.block_on(cloud.start()).unwrap();
        let ours = Target {
            address: address(&cloud.url(Service::Dcs)),
            path: format!("/v2/{}/instances", cloud.project_id()),
            token: cloud.token().to_owned(),
        };
        let theirs = prism.as_ref().map(|prism| Target {
            address: prism.address,
            ..ours.clone()
        });
        let (ours, theirs) = in_turns(
            ROUNDS,
            &mut (),
            |()| ours.load(OURS),
            |()| theirs.as_ref().map_or(0.0, |target| target.load(PRISMS)),
        );
        let rate = |requests: usize, seconds: f64| (requests * CONNECTIONS) as f64 / seconds;
        let ours = rate(OURS, ours);
        let of_one = *of_one.get_or_insert(ours);
        let name = format!("simulator, list of {instances}");
        if prism.is_some() {
            let theirs = rate(PRISMS, theirs);
            let of = format!("{ours:.0} calls a second, and {theirs:.0} of Prism");
            ratios.say(&format!("{name}, beside Prism"), ours / theirs, &of);
        }
        if instances > 1 {
            let of = format!("{ours:.0} calls a second, and {of_one:.0} with one");
            ratios.say(&format!("{name}, beside a list of one"), ours / of_one, &of);
        }
        runtime.block_on(cloud.shutdown());
    }
    drop(prism);
    ratios.end();
}

/// Host and port of a URL.
fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

/// What is asked for, and where.
#[derive(Clone)]
struct Target {
    address: SocketAddr,
    path: String,
    token: String,
}

impl Target {
    /// Seconds that it takes until each connection has got so many responses.
    fn load(&self, requests: usize) -> f64 {
        let Self {
            address,
            path,
            token,
        } = self;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {token}\r\nAccept: application/json\r\n\r\n"
        );
        clock(|| {
            thread::scope(|scope| {
                for _ in 0..CONNECTIONS {
                    scope.spawn(|| ask(*address, request.as_bytes(), requests));
                }
            });
        })
    }
}

fn ask(address: SocketAddr, request: &[u8], requests: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 1 << 20];
    for _ in 0..requests {
        stream.write_all(request).unwrap();
        let mut length = 0;
        let mut whole = None;
        while whole.is_none_or(|whole| length < whole) {
            let read = stream.read(&mut buffer[length..]).unwrap();
            assert!(read > 0, "the connection was closed");
            length += read;
            whole = whole.or_else(|| end_of(&buffer[..length]));
        }
    }
}

/// How long a response is, if its head is there.
fn end_of(response: &[u8]) -> Option<usize> {
    let head = response.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&response[..head]).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let mut fields = text.lines().filter_map(|line| line.split_once(": "));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    // Both state it.
    let (_, length) = length.unwrap();
    Some(head + length.parse::<usize>().unwrap())
}

/// Prism, until it is dropped.
struct Prism {
    process: Child,
    address: SocketAddr,
}

impl Prism {
    /// `None`, with a word of it, if it is not installed.
    fn start() -> Option<Self> {
        let program = std::env::var_os("PRISM").unwrap_or_else(|| "prism".into());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/dist/dcs.yaml");
        let mut command = Command::new(program);
        command
            .args(["mock", "--verboseLevel", "silent", "--port"])
            .arg(address.port().to_string())
            .arg(document)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(process) = command.spawn() else {
            println!(
                "Prism is left out: it is not installed (npm package @stoplight/prism-cli), or PRISM does not name it"
            );
            return None;
        };
        let prism = Self { process, address };
        for _ in 0..300 {
            if TcpStream::connect(address).is_ok() {
                return Some(prism);
            }
            thread::sleep(Duration::from_millis(100));
        }
        println!("Prism is left out: it does not listen");
        None
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
