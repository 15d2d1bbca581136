//! `lotse lambda` against a stand-in for the runtime of AWS Lambda.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::amazon::{contact, utterance};
use crate::common::{lotse, stderr};
use crate::support::Lotse;

/// The runtime's side: hands out one event, and takes its answer.
struct Runtime {
    listener: TcpListener,
}

impl Runtime {
    fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").expect("a port") }
    }

    fn start(&self, forward: &str) -> Child {
        let address = self.listener.local_addr().expect("an address").to_string();
        lotse()
            .args(["lambda", "--forward", forward])
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "lotse")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts")
    }

    /// Serves requests until the answer to `event` has come: whether it is one, or an error.
    fn invoke(&self, event: &Value) -> (bool, Value) {
        let id = uuid::Uuid::new_v4().to_string();
        loop {
            let (stream, _) = self.listener.accept().expect("a connection");
            if let Some(answer) = serve(&stream, event, &id) {
                return answer;
            }
        }
    }
}

/// Serves a connection: `GET …/next` gets the event once, `POST …/ID/response` or `…/error` brings
/// its answer.
fn serve(stream: &TcpStream, event: &Value, id: &str) -> Option<(bool, Value)> {
    let mut input = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    input.read_exact(&mut body).expect("a body");
    let request = head.lines().next().expect("a request");
    let mut output = stream;
    if request.starts_with("GET /2018-06-01/runtime/invocation/next") {
        let body = event.to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: 4000000000000\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:1:function:lotse\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        output.write_all(answer.as_bytes()).expect("an event");
        return None;
    }
    let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    output.write_all(answer).expect("an answer");
    let is_answer = request.contains(&format!("/invocation/{id}/response"));
    assert!(is_answer || request.contains(&format!("/invocation/{id}/error")), "{request}");
    Some((is_answer, serde_json::from_slice(&body).expect("JSON")))
}

#[test]
fn events_are_passed_on() {
    let service = Lotse::start();
    let runtime = Runtime::new();
    let mut function = runtime.start(&service.server.url(""));
    let words = json!({ "text": "wie lange kann ich was zurückschicken" });
    let (is_answer, answer) = runtime.invoke(&contact("lambda-1", "VOICE", &words));
    assert!(is_answer, "{answer}");
    assert_eq!(answer["LotseIntent"], "return_item");
    let (is_answer, answer) = runtime.invoke(&utterance("lambda-2", "hallo", &json!({})));
    assert!(is_answer, "{answer}");
    assert_eq!(answer["sessionState"]["dialogAction"]["type"], "ElicitIntent");
    let (is_answer, error) = runtime.invoke(&json!({ "Records": [] }));
    assert!(!is_answer);
    assert_eq!(error["errorType"], "UnknownEvent");
    let bad = contact("lambda-3", "VOICE", &json!({ "state": "turn=x" }));
    let (is_answer, error) = runtime.invoke(&bad);
    assert!(
        !is_answer && error["errorMessage"].as_str().expect("words").contains("turn"),
        "{error}"
    );
    function.kill().expect("the function ends");
    function.wait().expect("it ended");
}

#[test]
fn without_a_service_callers_are_handed_over() {
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let runtime = Runtime::new();
    let mut function = runtime.start(&format!("http://user:password@{gone}"));
    let (is_answer, answer) = runtime.invoke(&utterance("s", "hallo", &json!({ "a": "b" })));
    assert!(is_answer, "{answer}");
    let state = &answer["sessionState"];
    assert_eq!(state["dialogAction"]["type"], "Close");
    assert_eq!(state["intent"]["state"], "Failed");
    assert_eq!(state["sessionAttributes"], json!({ "a": "b", "LotseAction": "transfer" }));
    let (is_answer, error) = runtime.invoke(&contact("c", "VOICE", &json!({})));
    assert!(!is_answer);
    assert_eq!(error["errorType"], "NotAnswered");
    assert!(!error.to_string().contains("password"), "{error}");
    function.kill().expect("the function ends");
    function.wait().expect("it ended");
}

/// AWS starts the program under this name and without arguments.
#[cfg(unix)]
#[test]
fn a_program_named_bootstrap_is_the_function() {
    use std::os::unix::process::CommandExt;

    let output = lotse()
        .arg0("/var/task/bootstrap")
        .env("LOTSE_FORWARD", "https://lotse.example")
        .env_remove("AWS_LAMBDA_RUNTIME_API")
        // It starts itself again to set this, and must still know its name.
        .env_remove("CANDLE_NUM_THREADS")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("runs inside AWS Lambda"), "{}", stderr(&output));
}

#[test]
fn elsewhere_it_says_where_it_belongs() {
    let output = lotse()
        .args(["lambda", "--forward", "https://lotse.example"])
        .env_remove("AWS_LAMBDA_RUNTIME_API")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("runs inside AWS Lambda"), "{}", stderr(&output));
}
