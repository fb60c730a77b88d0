//! A server on loopback that answers from a script, also with what no HTTP library would send.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use otcdb_core::sign::Parts;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One answer, or accident.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Answer {
        code: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        /// Announce the whole body but send half of it.
        cut: bool,
    },
    /// Close the connection without an answer.
    Reset,
    /// Never answer.
    Hang,
    /// Begin an answer, and send its body byte by byte for ever.
    Drip,
}

impl Step {
    pub(crate) fn status(code: u16) -> Self {
        Self::Answer {
            code,
            headers: vec![],
            body: Vec::new(),
            cut: false,
        }
    }

    pub(crate) fn text(code: u16, content_type: &str, body: &str) -> Self {
        Self::bytes(code, content_type, body)
    }

    pub(crate) fn bytes(code: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer {
            code,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
            cut: false,
        }
    }

    pub(crate) fn json(code: u16, body: serde_json::Value) -> Self {
        Self::text(code, "application/json", &body.to_string())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }

    pub(crate) fn cut(mut self) -> Self {
        if let Self::Answer { cut, .. } = &mut self {
            *cut = true;
        }
        self
    }

    pub(crate) fn code(&self) -> u16 {
        match self {
            Self::Answer { code, .. } => *code,
            Self::Reset | Self::Hang | Self::Drip => 0,
        }
    }
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub method: String,
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Seen {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts {
            method: &self.method,
            path: self.path(),
            query: self.target.split_once('?').map(|(_, query)| query),
            headers: &self.headers,
            body: &self.body,
        }
    }
}

type Answering = dyn Fn(Seen, usize) -> Pin<Box<dyn Future<Output = Step> + Send>> + Send + Sync;

pub(crate) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers with these steps in turn, and then with 418.
    pub(crate) async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps = Mutex::new(steps.into_iter().collect::<VecDeque<_>>());
        Self::routed(move |_| {
            steps
                .lock()
                .unwrap()
                .pop_front()
                .unwrap_or(Step::status(418))
        })
        .await
    }

    pub(crate) async fn routed(answer: impl Fn(&Seen) -> Step + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::routed_async(move |seen, _| {
            let answer = Arc::clone(&answer);
            async move { answer(&seen) }
        })
        .await
    }

    /// Answers as the function says, which is told how many requests came before.
    pub(crate) async fn routed_async<F, A>(answer: F) -> Self
    where
        F: Fn(Seen, usize) -> A + Send + Sync + 'static,
        A: Future<Output = Step> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answering> = Arc::new(move |seen, number| Box::pin(answer(seen, number)));
        let log = Arc::clone(&seen);
        let count = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer, count) =
                    (Arc::clone(&log), Arc::clone(&answer), Arc::clone(&count));
                connections.spawn(async move {
                    serve(stream, &log, &answer, &count).await;
                });
            }
        });
        Self { port, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen[0].clone()
    }

    /// Frees the port.
    pub(crate) async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    answer: &Arc<Answering>,
    count: &AtomicUsize,
) {
    let Some(seen) = receive(&mut stream).await else {
        return;
    };
    log.lock().unwrap().push(seen.clone());
    let number = count.fetch_add(1, Ordering::SeqCst);
    match answer(seen, number).await {
        Step::Reset => {}
        Step::Hang => std::future::pending().await,
        Step::Drip => {
            let head = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n";
            let mut more = stream.write_all(head).await.is_ok();
            // Whoever reads it to its end is to fail, not to hang.
            let mut left = 1000_u32;
            while more && left > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                more = stream.write_all(b" ").await.is_ok();
                left -= 1;
            }
        }
        Step::Answer {
            code,
            headers,
            body,
            cut,
        } => {
            let mut text = format!("HTTP/1.1 {code} X\r\nConnection: close\r\n");
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            if code != 204 {
                text.push_str(&format!("Content-Length: {}\r\n", body.len()));
            }
            text.push_str("\r\n");
            let end = if cut { body.len() / 2 } else { body.len() };
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.write_all(&body[..end]).await;
            let _ = stream.shutdown().await;
        }
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Seen> {
    let mut data = Vec::new();
    let end = loop {
        if let Some(end) = data.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut data).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(data[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap().split(' ');
    let (method, target) = (
        words.next().unwrap().to_owned(),
        words.next().unwrap().to_owned(),
    );
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value.trim()).unwrap(),
        );
    }
    let length: usize = headers
        .get("content-length")
        .map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let mut body = data[end + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen {
        method,
        target,
        headers,
        body,
    })
}
