//! A service of its own on a free port, and a client that says what it means.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A directory of its own for each test, empty at the start.
pub fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("http").join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a folder for the test");
    directory
}

/// A count from the environment, or the usual one.
pub fn count(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A service; it ends with the test.
pub struct Service {
    pub child: Child,
    pub address: String,
    pub token: Option<String>,
}

impl Service {
    /// Starts one on a data folder.
    pub fn start(folder: &Path, arguments: &[&str]) -> Service {
        Service::of(&[&["--data", folder.to_str().expect("a folder of text")], arguments].concat())
    }

    /// Starts one on whatever the arguments name.
    pub fn of(arguments: &[&str]) -> Service {
        let mut child = Command::new(env!("CARGO_BIN_EXE_volok"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stderr.take().expect("it tells something")).lines();
        let mut told = String::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else { panic!("it ended: {told}") };
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.to_owned();
            }
            told += &line;
        };
        // Whatever else it tells is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Service { child, address, token: None }
    }

    /// Starts one with a world.
    pub fn with_world(folder: &Path, world: &Value, arguments: &[&str]) -> Service {
        let service = Service::start(folder, arguments);
        let (status, told) = service.put("/v1/world", world);
        assert_eq!(status, 200, "{told}");
        service
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    /// Asks, with headers besides the usual ones.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body).expect("an answer")
    }

    /// Asks; nothing where no whole answer came.
    pub fn try_ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        // A body past the limit may be refused before all of it is sent.
        let _ = stream.write_all(&self.request(method, path, headers, body));
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::of(&bytes)
    }

    /// A request as it goes over the wire.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if headers.iter().all(|(name, _)| *name != "host") {
            head += &format!("host: {}\r\n", self.address);
        }
        if let Some(token) = &self.token {
            head += &format!("authorization: Bearer {token}\r\n");
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, &[], b"").json()
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, &[], body.to_string().as_bytes()).json()
    }

    pub fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("PUT", path, &[], body.to_string().as_bytes()).json()
    }

    /// Posts with a key of its own.
    pub fn keyed(&self, key: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, &[("idempotency-key", key)], body.to_string().as_bytes()).json()
    }

    /// What a request answers that goes well.
    #[track_caller]
    pub fn well(&self, path: &str, body: &Value) -> Value {
        let (status, told) = self.post(path, body);
        assert!((200..300).contains(&status), "{path}: {status} {told}");
        told
    }

    /// What there is, where it is.
    #[track_caller]
    pub fn there(&self, path: &str) -> Value {
        let (status, told) = self.get(path);
        assert_eq!(status, 200, "{path}: {told}");
        told
    }

    /// Ends it as an operator does; whether it ended well.
    pub fn end(mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        told.is_ok_and(|told| told.success()) && self.child.wait().is_ok_and(|status| status.success())
    }

    /// Ends it as a loss of power does, but for the disk's cache.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer out of what came; nothing where it was cut.
    pub fn of(bytes: &[u8]) -> Option<Answer> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?.to_lowercase();
        let body = bytes[end + 4..].to_vec();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.is_some_and(|length| length.parse() != Ok(body.len())) {
            return None;
        }
        Some(Answer { status: head.split(' ').nth(1)?.parse().ok()?, head, body })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn json(&self) -> (u16, Value) {
        let read = serde_json::from_slice(&self.body);
        (
            self.status,
            read.unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.body).into_owned())),
        )
    }
}
