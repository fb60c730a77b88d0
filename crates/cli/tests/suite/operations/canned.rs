//! A service that says what it is told to say.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread::JoinHandle;

/// A command with an identity for a service at this place.
pub(super) fn at(mut command: Command, endpoint: &str) -> Command {
    command
        .env("OTCDB_TOKEN", "t")
        .env("OTCDB_REGION", "eu-de")
        .env("OTCDB_PROJECT_ID", "p")
        .env("OTCDB_DCS_ENDPOINT", endpoint);
    command
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
