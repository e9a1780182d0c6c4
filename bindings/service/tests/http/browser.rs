//! A real browser: Chromium without a window, spoken to over a pipe in its own protocol (DevTools).
//!
//! No port, no driver, no library: messages are JSON documents with a zero byte between them. When the test is over, or
//! dies, the pipe breaks and the browser ends by itself.

use crate::client::directory;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// What everything that is awaited may take at most: this is no measurement, it only ends what would never end.
const PATIENCE: Duration = Duration::from_secs(90);

/// Widths at which pages are looked at: a telephone's, and a desk's.
const WIDTHS: [u32; 2] = [360, 1400];

/// A browser with one page.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    told: Receiver<Value>,
    next: u64,
    page: Option<String>,
    /// What the browser told without being asked, in its order.
    events: Vec<Value>,
}

/// The browser there is: the one of `VOLOK_CHROMIUM` (none when that is empty), else one by a usual name.
fn found() -> Option<PathBuf> {
    if let Some(said) = std::env::var_os("VOLOK_CHROMIUM") {
        return Some(PathBuf::from(said)).filter(|path| !path.as_os_str().is_empty());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.exists())
}

impl Browser {
    /// Starts one with an empty page; nothing where there is none, which is said.
    pub fn start(name: &str) -> Option<Browser> {
        let Some(program) = found() else {
            println!("skipped: there is no Chromium; `make chromium` installs it, where it may");
            return None;
        };
        // The shell only lays the pipes where the browser reads and writes: numbers 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"])
            .args([
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--hide-scrollbars",
            ])
            .arg(format!("--user-data-dir={}", directory(&format!("browser-{name}")).display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let (tells, told) = channel();
        let output = BufReader::new(child.stdout.take().expect("it tells something"));
        std::thread::spawn(move || {
            for message in output.split(0) {
                let read = message.ok().and_then(|message| serde_json::from_slice(&message).ok());
                if read.is_none_or(|message: Value| tells.send(message).is_err()) {
                    break;
                }
            }
        });
        let input = child.stdin.take().expect("it listens");
        let mut browser = Browser { child, input, told, next: 0, page: None, events: Vec::new() };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached =
            browser.ask("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        browser.page = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser.look(WIDTHS[1], "light");
        Some(browser)
    }

    /// Asks the browser, or its page once there is one.
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let told = self.try_ask(method, parameters);
        assert!(told["error"].is_null(), "{method}: {}", told["error"]);
        told["result"].clone()
    }

    /// Asks, and gives the answer whatever it is.
    fn try_ask(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": parameters});
        if let Some(page) = &self.page {
            message["sessionId"] = page.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).expect("the browser listens");
        loop {
            let told = self.told.recv_timeout(PATIENCE);
            let told = told.unwrap_or_else(|error| panic!("{method}: the browser says nothing: {error}"));
            if told["id"] == self.next {
                return told;
            }
            self.events.push(told);
        }
    }

    /// Goes somewhere.
    pub fn go(&mut self, address: &str) {
        self.ask("Page.navigate", json!({ "url": address }));
    }

    /// What an expression is in the page.
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let told = self.try_value(expression);
        assert!(told["result"]["result"].is_object(), "{expression}: {told}");
        assert!(told["result"]["exceptionDetails"].is_null(), "{expression}: {told}");
        told["result"]["result"]["value"].clone()
    }

    fn try_value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        self.try_ask("Runtime.evaluate", asked)
    }

    /// Waits until an expression holds in the page; while a page gives way to another there is none to ask.
    #[track_caller]
    pub fn until(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let asked = format!("Boolean({expression})");
        while self.try_value(&asked)["result"]["result"]["value"] != true {
            if Instant::now() > end {
                let shown = self.value("location.href + '\\n' + document.body.innerText");
                let shown = shown.as_str().unwrap_or_default();
                panic!("it never came to be that {expression}; the page shows:\n{shown}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until something is there that has said all it has to say, and reads it.
    #[track_caller]
    pub fn read(&mut self, selector: &str) -> String {
        let one = format!("document.querySelector({})", json!(selector));
        self.until(&format!("{one} && !{one}.matches('[aria-busy]') && !{one}.querySelector('[aria-busy]')"));
        let text = self.value(&format!("{one}.textContent"));
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Types into a field, and presses Enter.
    #[track_caller]
    pub fn enter(&mut self, selector: &str, text: &str) {
        let one = format!("document.querySelector({})", json!(selector));
        self.until(&one);
        self.value(&format!("{one}.focus(), {one}.select()"));
        self.ask("Input.insertText", json!({ "text": text }));
        for kind in ["keyDown", "keyUp"] {
            let key = json!({"type": kind, "key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13});
            self.ask("Input.dispatchKeyEvent", key);
        }
    }

    /// Follows the link that says so.
    #[track_caller]
    pub fn follow(&mut self, within: &str, text: &str) {
        let links = format!("[...document.querySelectorAll({})]", json!(format!("{within} a")));
        let one = format!("{links}.find((link) => link.textContent === {})", json!(text));
        self.until(&one);
        self.value(&format!("{one}.click()"));
    }

    fn look(&mut self, width: u32, paper: &str) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let paper = json!([{"name": "prefers-color-scheme", "value": paper}]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": paper }));
    }

    /// Looks at the page on every width and paper: nothing is wider than the window. With `VOLOK_PAGE_PICTURES` pictures
    /// of it are kept in that folder.
    #[track_caller]
    pub fn look_around(&mut self, name: &str) {
        let folder = std::env::var_os("VOLOK_PAGE_PICTURES").map(PathBuf::from);
        for width in WIDTHS {
            for paper in ["light", "dark"] {
                self.look(width, paper);
                let wide = self.value("document.documentElement.scrollWidth").as_u64();
                assert!(wide <= Some(u64::from(width)), "{name} is {wide:?} wide on a window of {width}");
                let Some(folder) = &folder else { continue };
                let height = self.value("document.documentElement.scrollHeight");
                let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
                let asked = json!({"captureBeyondViewport": true, "clip": clip});
                let taken = self.ask("Page.captureScreenshot", asked);
                let picture = STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64");
                std::fs::create_dir_all(folder).expect("a folder for pictures");
                std::fs::write(folder.join(format!("{name}-{width}-{paper}.png")), picture)
                    .expect("a picture");
            }
        }
        self.look(WIDTHS[1], "light");
    }

    /// What the page complained of: errors, warnings, what its policy forbade; and refusals of the service, where those are
    /// not part of the story.
    pub fn complaints(&mut self, with_refusals: bool) -> Vec<String> {
        // Whatever was said until now has been heard.
        self.value("0");
        let is_complaint = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => {
                ["error", "warning", "assert"].contains(&event["params"]["type"].as_str().unwrap_or_default())
            }
            Some("Log.entryAdded") => {
                let entry = &event["params"]["entry"];
                ["error", "warning"].contains(&entry["level"].as_str().unwrap_or_default())
                    && (with_refusals || entry["source"] != "network")
            }
            _ => false,
        };
        self.events.iter().filter(is_complaint).map(Value::to_string).collect()
    }

    /// Where the page asked.
    pub fn asked(&self) -> Vec<String> {
        let requests = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let address = |event: &Value| event["params"]["request"]["url"].as_str().map(str::to_owned);
        requests.filter_map(address).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
