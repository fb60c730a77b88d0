//! What a call with a typed answer costs, beside reqwest alone with a document: `cargo bench -p otcdb-tests --bench call`.
//!
//! One task calls one server, over one connection. Both clients get the same answer, and the one of reqwest sends no more than
//! it must.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use otcdb_core::{Credentials, Endpoints, Region, Session};
use serde_json::Value;
use support::ratios::Ratios;
use support::{clock, in_turns, shown};
use tokio::runtime::Builder;

const CALLS: u32 = 2000;
const ROUNDS: usize = 15;

fn main() {
    // On one thread, so that no time goes into waking others.
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let example = otcdb_bundles::operation("dcs", "ShowInstance")
        .unwrap()
        .unwrap();
    let example = &example.response(200).unwrap().examples[0].value;
    let address = serve(&example.to_string());
    println!(
        "an answer of {} bytes, {CALLS} calls a round, {ROUNDS} rounds in turns",
        example.to_string().len()
    );

    let mut ratios = Ratios::default();
    for (name, credentials) in [
        ("call with a token", Credentials::token("t")),
        (
            "call signed",
            Credentials::AccessKey(otcdb_core::credentials::AccessKey::new("a", "s")),
        ),
    ] {
        let session = Session::builder(credentials, "eu-de".parse::<Region>().unwrap())
            .endpoints(Endpoints::all_at(&format!("http://{address}")).unwrap())
            .project_id("p")
            // So that the process has a provider for TLS, without which reqwest alone builds no client.
            .http(|builder| builder)
            .build()
            .unwrap();
        let dcs = otcdb_dcs::Client::connect(&session);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{address}/v2/p/instances/i");
        let (ours, raw) = in_turns(
            ROUNDS,
            &mut (),
            |()| {
                clock(|| {
                    runtime.block_on(async {
                        for _ in 0..CALLS {
                            let answer = dcs.show_instance().instance_id("i").await.unwrap();
                            assert!(
                                answer.instance_id == *example["instance_id"].as_str().unwrap()
                            );
                        }
                    });
                })
            },
            |()| {
                clock(|| {
                    runtime.block_on(async {
                        for _ in 0..CALLS {
                            let request = client.get(&url).header("X-Auth-Token", "t");
                            let answer = request.send().await.unwrap().error_for_status().unwrap();
                            let answer: Value = answer.json().await.unwrap();
                            assert!(answer["instance_id"] == example["instance_id"]);
                        }
                    });
                })
            },
        );
        let of_call = |seconds: f64| shown(seconds / f64::from(CALLS));
        let of = format!("{} a call, and {} of reqwest", of_call(ours), of_call(raw));
        ratios.say(name, raw / ours, &of);
    }
    ratios.end();
}

/// A server that has one answer.
fn serve(body: &str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    thread::spawn(move || {
        for stream in listener.incoming() {
            let response = response.clone();
            thread::spawn(move || respond(stream.unwrap(), response.as_bytes()));
        }
    });
    address
}

fn respond(mut stream: TcpStream, response: &[u8]) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = [0; 16 * 1024];
    let mut length = 0;
    while let Ok(count @ 1..) = stream.read(&mut buffer[length..]) {
        length += count;
        if buffer[..length].ends_with(b"\r\n\r\n") {
            length = 0;
            stream.write_all(response).unwrap();
        }
    }
}
