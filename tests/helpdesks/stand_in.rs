//! A system outside, as far as it can be told over HTTP.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// A call that came in.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a readable header"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// What the system does with a call.
pub(crate) enum Reply {
    /// Answers.
    Answer(u16, Value),
    /// Answers with one header more.
    With(u16, &'static str, String),
    /// Ends the connection without a word.
    Cut,
    /// Answers nothing for longer than anybody waits.
    Silence,
}

/// A running stand-in.
pub(crate) struct StandIn {
    pub(crate) address: String,
    calls: Arc<Mutex<Vec<Call>>>,
    task: tokio::task::JoinHandle<()>,
}

impl StandIn {
    /// Starts one that does with each call what `answer` says; the calls are numbered from 0.
    pub(crate) async fn start(
        answer: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_slow(Duration::ZERO, answer).await
    }

    /// As [`StandIn::start`], and takes this long to answer what it has done at once.
    pub(crate) async fn start_slow(
        delay: Duration,
        answer: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (answer, seen) = (Arc::new(answer), Arc::clone(&calls));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                    async move { serve(request, &*answer, &seen, delay).await }
                });
                tokio::spawn(async move {
                    // A connection that the caller or the script ends is none of ours.
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, calls, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no stand-in panicked").clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

async fn serve(
    request: Request<Incoming>,
    answer: &(dyn Fn(&Call, usize) -> Reply + Send + Sync),
    seen: &Mutex<Vec<Call>>,
    delay: Duration,
) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), usize::MAX).await.map_err(|_| Cut)?;
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    let reply = {
        let mut calls = seen.lock().expect("no stand-in panicked");
        calls.push(call.clone());
        let number = calls.len() - 1;
        drop(calls);
        answer(&call, number)
    };
    tokio::time::sleep(delay).await;
    let (status, header, body) = match reply {
        Reply::Answer(status, body) => (status, None, body),
        Reply::With(status, name, value) => (status, Some((name, value)), Value::Null),
        Reply::Cut => return Err(Cut),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            return Err(Cut);
        }
    };
    let mut response =
        Response::builder().status(status).header("content-type", "application/json");
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    Ok::<_, Infallible>(response.body(body).expect("an answer")).map_err(|never| match never {})
}
