//! The stub as a client sees it that is none of a library.

#![allow(clippy::unwrap_used)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use otcdb_stub::{Response, Stub};
use serde_json::json;

/// Sends these bytes, and gives all that comes back.
fn ask(stub: &Stub, request: &str) -> String {
    let mut stream = TcpStream::connect(stub.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8(all).unwrap()
}

fn get(stub: &Stub, target: &str) -> String {
    ask(stub, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"))
}

#[test]
fn the_first_route_that_fits_and_has_a_response_left_answers() {
    let stub = Stub::start();
    stub.on("GET", "/v2/{project}/things")
        .in_turn([Response::empty(204), Response::json(503, json!({}))]);
    stub.on("GET", "/v2/{project}/things")
        .respond(200, json!([1]));
    stub.on("POST", "/v2/p/things").with(Response::empty(202));
    for (target, status) in [
        ("/v2/p/things?limit=1", 204),
        ("/v2/p/things/t", 418),
        ("/v2/q/things", 503),
        ("/v2/q/things", 200),
        ("/v2/q/things", 200),
    ] {
        let said = get(&stub, target);
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
    }
    let said = ask(&stub, "POST /v2/p/things HTTP/1.1\r\n\r\n");
    assert!(said.starts_with("HTTP/1.1 202 Accepted\r\n"), "{said}");
    let said = get(&stub, "/none?a=b");
    assert!(
        said.ends_with("no response is left for GET /none?a=b"),
        "{said}"
    );
}

#[test]
fn requests_are_kept_as_they_were_sent() {
    let stub = Stub::answering(|request| Response::json(200, request.number));
    let head = "PUT /a%20b?c=d+%2B&e HTTP/1.1\r\nX-One: 1\r\nX-Two:  2 \r\nContent-Length: 7";
    let said = ask(&stub, &format!("{head}\r\n\r\n{{\"a\":1}}and more"));
    assert!(said.ends_with("\r\n\r\n0"), "{said}");
    let request = stub.only();
    assert_eq!(request.head, head);
    assert_eq!((&*request.method, request.path()), ("PUT", "/a%20b"));
    assert_eq!(request.query(), Some("c=d+%2B&e"));
    let pairs: Vec<_> = request.pairs().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(pairs, [pair("c", "d +"), pair("e", "")]);
    assert_eq!(
        (request.header("x-two"), request.header("none")),
        (Some("2"), None)
    );
    assert_eq!(request.body, b"{\"a\":1}");
    assert_eq!(request.json(), json!({ "a": 1 }));
    assert!(get(&stub, "/").ends_with("\r\n\r\n1"));
    assert_eq!(stub.count(), 2);
}

#[test]
fn what_is_no_request_is_told_so_and_not_kept() {
    let stub = Stub::answering(|_| Response::empty(200));
    for (bytes, status) in [
        ("\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ] {
        let said = ask(&stub, bytes);
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
    }
    assert_eq!(stub.count(), 0);
}

#[test]
fn faults_are_on_the_wire() {
    let body = json!({ "a": 1 });
    let stub = Stub::in_turn([
        Response::close(),
        Response::json(200, body.clone()).header("X-A", "b"),
        Response::json(200, body.clone()).cut_at(2),
        Response::raw("HTTP/9 nothing\n"),
    ]);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let rest = "Content-Length: 7\r\nConnection: close\r\n\r\n";
    assert_eq!(get(&stub, "/"), "");
    assert_eq!(get(&stub, "/"), format!("{head}X-A: b\r\n{rest}{body}"));
    assert_eq!(get(&stub, "/"), format!("{head}{rest}{{\""));
    assert_eq!(get(&stub, "/"), "HTTP/9 nothing\n");
}

#[test]
fn what_does_not_end_goes_on_until_the_stub_ends() {
    let stub = Stub::in_turn([
        Response::bytes(200, "text/plain", "a").then_endlessly("b", Duration::from_millis(1)),
        Response::bytes(200, "text/plain", "abc")
            .cut_at(2)
            .then_stall(),
        Response::stall(),
    ]);
    let begin = |length: usize| {
        let mut stream = TcpStream::connect(stub.address()).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut first = vec![0; length];
        stream.read_exact(&mut first).unwrap();
        (stream, String::from_utf8(first).unwrap())
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    let announced = format!("{head}Content-Length: 3\r\nConnection: close\r\n\r\nab");
    let endless = format!("{head}Connection: close\r\n\r\nabbbb");
    let (_first, said) = begin(endless.len());
    assert_eq!(said, endless);
    let (mut second, said) = begin(announced.len());
    assert_eq!(said, announced);
    let (mut third, _) = begin(0);
    while stub.count() < 3 {
        std::thread::yield_now();
    }
    for stalled in [&second, &third] {
        stalled.set_nonblocking(true).unwrap();
        let error = (&*stalled).read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        stalled.set_nonblocking(false).unwrap();
    }
    stub.stop();
    for stream in [&mut second, &mut third] {
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    }
}
