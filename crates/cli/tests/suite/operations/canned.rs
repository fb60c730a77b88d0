//! A service that says what it is told to say.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// A command with an identity for a service at this place.
pub(crate) fn at(mut command: Command, endpoint: &str) -> Command {
    command
        .env("OTCDB_TOKEN", "t")
        .env("OTCDB_REGION", "eu-de")
        .env("OTCDB_PROJECT_ID", "p")
        .env("OTCDB_DCS_ENDPOINT", endpoint);
    command
}

/// A service that answers every request as the function says, which is told the target: status, content type and body.
pub(crate) struct Serving {
    pub(crate) endpoint: String,
    stopped: Arc<AtomicBool>,
    address: SocketAddr,
    server: Option<JoinHandle<()>>,
}

impl Serving {
    pub(crate) fn new(
        answer: impl Fn(&str) -> (u16, &'static str, Vec<u8>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stopped);
        let server = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::Acquire) {
                    break;
                }
                // Whoever has heard enough goes.
                let _ = stream.and_then(|stream| converse(stream, &answer));
            }
        });
        Self {
            endpoint: format!("http://{address}"),
            stopped,
            address,
            server: Some(server),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address);
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

fn converse(
    mut stream: TcpStream,
    answer: &impl Fn(&str) -> (u16, &'static str, Vec<u8>),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let target = first.split(' ').nth(1).unwrap_or_default();
    let (status, content_type, body) = answer(target);
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

/// A service that gives these answers in turn, and then the lines of the requests.
pub(super) fn answer_with(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let answer = |body: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim() {
                    "" => break,
                    line => lines.push(line.to_owned()),
                }
            }
            let length = lines.iter().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            reader
                .read_exact(&mut vec![0; length.unwrap_or(0)])
                .unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
            lines.swap_remove(0)
        };
        answers.into_iter().map(answer).collect()
    });
    (endpoint, server)
}
