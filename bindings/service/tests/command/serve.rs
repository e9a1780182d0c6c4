//! `volok serve`: over a socket of this machine.

use crate::shell::{directory, volok};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// A service on a free port; it ends with the test.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(name: &str) -> Service {
        let mut command = volok(&directory(name));
        command.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("listening")).unwrap();
        // Whatever else it tells is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let address = told.strip_prefix("listening on http://").expect(&told).to_owned();
        Service { child, address }
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: volok\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A body past the limit may be refused before all of it is sent.
        let _ = stream.write_all(body);
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect(&text);
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.ask("POST", path, body.to_string().as_bytes());
        (answer.status, serde_json::from_str(&answer.body).expect(&answer.body))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn order() -> Value {
    let line = |sku: &str, qty: u32| json!({"sku": sku, "qty": qty, "unfilled_penalty": 30_000});
    json!({
        "id": "1001", "channel": "site", "placed_at": "2026-03-02T10:15:00+03:00", "to": "msk-tverskaya",
        "lines": [line("pen", 1), line("pasta", 2), line("sour-cream", 1)],
        "policy": {"delivery_penalty": 2_000},
    })
}

#[test]
fn an_order_is_planned_and_quoted() {
    let service = Service::start("serve_plan");
    assert_eq!(service.ask("GET", "/healthz", b"").status, 200);
    let (status, plan) = service.post("/v1/plan", &order());
    assert_eq!((status, &plan["cost"], &plan["status"]), (200, &json!(22_900), &json!("optimal")));
    let (status, quote) = service.post("/v1/quote", &order());
    let mut quote = quote;
    let frontier = quote.as_object_mut().and_then(|quote| quote.remove("frontier")).expect("a frontier");
    let expected = json!({
        "order": "1001", "cost": 22_900, "bound": 22_900, "completes_at": "2026-03-03T06:00:00Z",
        "deliveries": 2, "unfilled": 0,
    });
    assert_eq!(status, 200);
    let mut first = expected.clone();
    first.as_object_mut().expect("an object").remove("order");
    assert_eq!((&quote, &frontier[0]), (&expected, &first));
}

#[test]
fn what_is_wrong_is_told_as_a_problem() {
    let service = Service::start("serve_problems");
    let mut bad = order();
    bad["to"] = "tver".into();
    bad["lines"][2]["sku"] = "sour-creme".into();
    let (status, problem) = service.post("/v1/plan", &bad);
    assert_eq!((status, &problem["status"]), (422, &json!(422)));
    let places: Vec<&str> = problem["defects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|defect| defect["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["to", "lines[2].sku"], "{problem}");
    assert!(problem["defects"][1]["right"].as_str().unwrap().contains("sour-cream"), "{problem}");

    let answer = service.ask("POST", "/v1/plan", b"{\"id\": 7}");
    assert_eq!(answer.status, 400);
    assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
    for (method, path, body, status) in [
        ("POST", "/v1/plan", &b"\xff"[..], 400),
        ("POST", "/v1/quote", b"", 400),
        ("GET", "/v1/plan", b"", 405),
        ("GET", "/nowhere", b"", 404),
    ] {
        let answer = service.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}");
        let problem: Value = serde_json::from_str(&answer.body).expect(&answer.body);
        assert_eq!(problem["status"], status);
    }
    // The claimed length alone is refused; the body need not be sent.
    let long = vec![b' '; (1 << 20) + 1];
    let answer = service.ask("POST", "/v1/plan", &long);
    assert_eq!(answer.status, 413, "{}", answer.body);
}

#[cfg(unix)]
#[test]
fn it_ends_when_told_to() {
    let mut service = Service::start("serve_end");
    let told = std::process::Command::new("kill").args(["-TERM", &service.child.id().to_string()]).status();
    assert!(told.unwrap().success());
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
}
