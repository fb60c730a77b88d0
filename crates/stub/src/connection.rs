//! One connection: one request, and one response.

use std::sync::Mutex;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use crate::routes::Routes;
use crate::{Request, Response};

/// What bytes are exchanged over.
pub trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

pub(crate) async fn serve(
    mut connection: impl Connection,
    received: &Mutex<Vec<Request>>,
    routes: &Routes,
) {
    let response = match receive(&mut connection).await {
        Ok(mut request) => {
            {
                let mut received = received.lock().unwrap();
                request.number = received.len();
                received.push(request.clone());
            }
            routes.answer(request).await
        }
        Err(Some(refusal)) => refusal,
        Err(None) => return,
    };
    // Whoever has heard enough goes.
    let _ = response.send(&mut connection).await;
}

/// Reads a request. Where there is none, there may be something to say about that.
async fn receive(connection: &mut impl Connection) -> Result<Request, Option<Response>> {
    let refusal = |status, text: &str| Some(Response::bytes(status, "text/plain", text));
    let mut data = Vec::new();
    let end = loop {
        if let Some(end) = data.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        read_more(connection, &mut data).await?;
    };
    let mut body = data.split_off(end + 4);
    data.truncate(end);
    let head = String::from_utf8(data).ok();
    let Some(mut request) = head.and_then(|head| Request::parse(&head)) else {
        return Err(refusal(400, "this is no request"));
    };
    if request.headers.contains_key("transfer-encoding") {
        return Err(refusal(411, "the stub reads only bodies of a known length"));
    }
    let length = request.header("content-length").map(str::parse::<usize>);
    let Ok(length) = length.unwrap_or(Ok(0)) else {
        return Err(refusal(400, "Content-Length is no number"));
    };
    while body.len() < length {
        read_more(connection, &mut body).await?;
    }
    body.truncate(length);
    request.body = body;
    Ok(request)
}

async fn read_more(
    connection: &mut impl Connection,
    data: &mut Vec<u8>,
) -> Result<(), Option<Response>> {
    match connection.read_buf(data).await {
        Ok(0) | Err(_) => Err(None),
        Ok(_) => Ok(()),
    }
}
