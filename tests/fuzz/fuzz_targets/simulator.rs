//! Any requests to the services of a simulated cloud: each is answered, never with a 5xx, and as it is described.
//!
//! A request is a line `METHOD service target`, lines of headers, an empty line and a body. `CALL service operationId` is
//! what the cloud itself would call the operation with, with the body that stands behind it, if any. The project's id, an
//! instance's and a token are put where their names stand in braces.
#![no_main]

use std::cell::RefCell;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use otcdb_fuzz::parts;
use otcdb_simulator::{Clock, Running, Service, Simulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// After so many requests the cloud is a new one: it remembers what was made.
const REQUESTS: u32 = 2_000;
/// Headers that say how a request is framed; the client below has its own.
const FRAMING: [&str; 6] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "upgrade",
];

struct Cloud {
    runtime: Runtime,
    running: Option<Running>,
    requests: u32,
}

thread_local! {
    static CLOUD: RefCell<Cloud> = RefCell::new(Cloud {
        runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
        running: None,
        requests: 0,
    });
}

fuzz_target!(|bytes: &[u8]| {
    CLOUD.with_borrow_mut(|cloud| {
        for part in parts(bytes) {
            if cloud.running.is_none() || cloud.requests >= REQUESTS {
                cloud.requests = 0;
                let time: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
                let builder = Simulator::builder()
                    .clock(Clock::manual(time))
                    .redis(1, 1, 1);
                let builder = builder.databases(1, 1, 1).entries(3).audit_files(2);
                let started = cloud.runtime.block_on(builder.start());
                cloud.running = Some(started.expect("a cloud"));
            }
            cloud.requests += 1;
            let running = cloud.running.as_ref().expect("a cloud");
            if let Some((service, request)) = request(running, part) {
                let answered = cloud.runtime.block_on(exchange(running, service, &request));
                let shown = String::from_utf8_lossy(&request);
                let answer = answered.unwrap_or_else(|error| panic!("no answer: {error}\n{shown}"));
                let text = String::from_utf8_lossy(&answer);
                let status = text
                    .get(9..12)
                    .and_then(|status| status.parse::<u16>().ok());
                assert!(status.is_some_and(|status| status < 500), "{text}\n{shown}");
                assert_eq!(running.deviations(), [""; 0], "{text}\n{shown}");
                running.clock().advance(std::time::Duration::from_secs(1));
            }
        }
    });
});

/// The request as it is sent, and to which service.
fn request(cloud: &Running, part: &[u8]) -> Option<(Service, Vec<u8>)> {
    let line = part
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(part.len());
    let (line, rest) = part.split_at(line);
    let line = std::str::from_utf8(line).ok()?;
    let (head, body) = match rest.windows(2).position(|window| window == b"\n\n") {
        Some(at) => (&rest[..at], &rest[at + 2..]),
        None => (rest, &[][..]),
    };
    let mut words = line.splitn(3, ' ');
    let (method, service, target) = (words.next()?, words.next()?, words.next()?);
    let service = Service::ALL
        .into_iter()
        .find(|one| one.as_str() == service)?;
    let mut body = body.to_vec();
    let (method, target) = match method {
        "CALL" => {
            let fixture = cloud
                .fixture(&format!("{}.{target}", service.as_str()))
                .ok()?;
            let described = fixture.described()?;
            if let (true, Some(made)) = (body.is_empty(), &fixture.body) {
                body = made.to_string().into_bytes();
            }
            (described.method.to_string(), fixture.target())
        }
        _ => (method.to_owned(), filled(cloud, service, target)),
    };
    let mut request =
        format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    let mut is_known = false;
    for header in String::from_utf8_lossy(head).lines() {
        let Some((name, value)) = header.split_once(':') else {
            continue;
        };
        if !FRAMING.contains(&name.trim().to_ascii_lowercase().as_str()) {
            is_known |=
                ["x-auth-token", "authorization"].contains(&name.to_ascii_lowercase().as_str());
            request += &format!("{name}: {}\r\n", filled(cloud, service, value.trim()));
        }
    }
    if !is_known {
        request += &format!("X-Auth-Token: {}\r\n", cloud.token());
    }
    request += &format!("Content-Length: {}\r\n\r\n", body.len());
    let mut request = request.into_bytes();
    request.extend_from_slice(&body);
    Some((service, request))
}

fn filled(cloud: &Running, service: Service, text: &str) -> String {
    let redis = || cloud.redis_instances().first().map(|one| one.id.clone());
    let database = || cloud.database_instances().first().map(|one| one.id.clone());
    let mut text = text
        .replace("{project_id}", cloud.project_id())
        .replace("{token}", cloud.token());
    if text.contains("{instance_id}") {
        let id = match service.as_str() {
            "dcs" => redis(),
            _ => database(),
        };
        text = text.replace("{instance_id}", &id.unwrap_or_default());
    }
    text
}

async fn exchange(cloud: &Running, service: Service, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let addresses = cloud.addresses();
    let (_, address) = addresses
        .into_iter()
        .find(|(one, _)| *one == service)
        .expect("it listens");
    let mut stream = TcpStream::connect(address).await?;
    // What is refused early is answered before all of it was taken.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(answer),
    }
}
