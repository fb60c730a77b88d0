//! How many calls the simulator answers, beside Prism with the same document: `cargo bench -p otcdb-tests --bench simulator`.
//!
//! Prism is looked for in the search path, or where `PRISM` says; without it, it is left out. Eight connections ask for a list,
//! each one request after the other, of both in turns. Prism answers with one documented example whatever is asked.
//!
//! Everywhere, a list is measured beside a server that knows nothing but how to send the same bytes, and a list of six beside
//! a list of one.

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
use otcdb_simulator::{Running, Simulator};
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
    let start = |instances| {
        let cloud = Simulator::builder()
            .redis(instances, 0, 0)
            .databases(0, 0, 0)
            .keep_requests(false);
        runtime.block_on(cloud.start()).unwrap()
    };
    let clouds = [1, 6, 60].map(|instances| (instances, start(instances)));
    let of_one = Target::of(&clouds[0].1);
    for (instances, cloud) in &clouds {
        let ours = Target::of(cloud);
        let mut beside = |peer: &str, theirs: &Target, requests: usize| {
            let (ours, theirs) = in_turns(
                ROUNDS,
                &mut (),
                |()| OURS as f64 / ours.load(OURS),
                |()| requests as f64 / theirs.load(requests),
            );
            let [ours, theirs] = [ours, theirs].map(|rate| rate * CONNECTIONS as f64);
            ratios.say(
                &format!("simulator, list of {instances}, beside {peer}"),
                ours / theirs,
                &format!("{ours:.0} calls a second, and {theirs:.0}"),
            );
        };
        if let Some(prism) = &prism {
            beside("Prism", &ours.at(prism.address), PRISMS);
        }
        beside("the same bytes", &ours.at(repeat(ours.response())), OURS);
        if *instances == 6 {
            beside("a list of one", &of_one, OURS);
        }
    }
    drop(prism);
    for (_, cloud) in clouds {
        runtime.block_on(cloud.shutdown());
    }
    ratios.end();
}

/// Where a server listens that sends the same response to whatever it is asked: what the kernel and the benchmark itself take. It
/// ends with the benchmark.
fn repeat(response: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let response: &'static [u8] = response.leak();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap(), response));
        }
    });
    address
}

/// Sends a response for each request, until the other side has no more.
fn answer(mut stream: TcpStream, response: &[u8]) {
    stream.set_nodelay(true).unwrap();
    let mut request = [0; 4096];
    let mut length = 0;
    loop {
        match stream.read(&mut request[length..]).unwrap() {
            0 => return,
            read => length += read,
        }
        if request[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(response).unwrap();
            length = 0;
        }
    }
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
    /// The list of a cloud.
    fn of(cloud: &Running) -> Self {
        Self {
            address: address(&cloud.url(Service::Dcs)),
            path: format!("/v2/{}/instances", cloud.project_id()),
            token: cloud.token().to_owned(),
        }
    }

    /// The same of another server.
    fn at(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    fn request(&self) -> String {
        let Self {
            address,
            path,
            token,
        } = self;
        format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {token}\r\nAccept: application/json\r\n\r\n"
        )
    }

    /// What is sent for it, with its head.
    fn response(&self) -> Vec<u8> {
        ask(self.address, self.request().as_bytes(), 1)
    }

    /// Seconds that it takes until each connection has got so many responses.
    fn load(&self, requests: usize) -> f64 {
        let request = self.request();
        clock(|| {
            thread::scope(|scope| {
                for _ in 0..CONNECTIONS {
                    scope.spawn(|| ask(self.address, request.as_bytes(), requests));
                }
            });
        })
    }
}

/// Sends a request so many times, each after the response to the one before. The last response is what it gives.
fn ask(address: SocketAddr, request: &[u8], requests: usize) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    for _ in 0..requests {
        stream.write_all(request).unwrap();
        length = 0;
        let mut whole = None;
        while whole.is_none_or(|whole| length < whole) {
            let read = stream.read(&mut buffer[length..]).unwrap();
            assert!(read > 0, "the connection was closed");
            length += read;
            whole = whole.or_else(|| end_of(&buffer[..length]));
        }
    }
    buffer.truncate(length);
    buffer
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
