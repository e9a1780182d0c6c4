//! What comes in may be nonsense, slow, or too much.

use crate::client::{Answer, Service, count, directory};
use crate::worlds::{order, pens, shop};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

/// Numbers that follow from a seed (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// The hash of the state that a folder's log leads to.
fn state_of(folder: &Path) -> String {
    let out =
        Command::new(env!("CARGO_BIN_EXE_volok")).args(["ledger", "verify", "--data"]).arg(folder).output();
    let out = out.expect("it runs");
    assert!(out.status.success(), "{out:?}");
    let text = String::from_utf8(out.stdout).expect("text");
    text.lines().find(|line| line.starts_with("state")).expect("a hash").to_owned()
}

/// A body that is no right one: cut, with a byte changed, with a value of another kind, or mere bytes.
fn broken(right: &Value, random: &mut Random) -> Vec<u8> {
    let text = right.to_string().into_bytes();
    match random.below(5) {
        0 => text[..random.below(text.len().max(1))].to_vec(),
        1 => {
            // Braces and quotes are what holds it together.
            let places: Vec<usize> = (0..text.len()).filter(|&at| b"{}[]\":,".contains(&text[at])).collect();
            let mut text = text;
            if !places.is_empty() {
                let at = places[random.below(places.len())];
                text[at] = b'\xff';
            }
            text
        }
        2 => {
            let mut value = right.clone();
            if let Some(object) = value.as_object_mut() {
                let names: Vec<String> = object.keys().cloned().collect();
                if let Some(name) = names.get(random.below(names.len().max(1))) {
                    object[name] = json!({"not": ["what", "is", random.below(9)]});
                }
            }
            value["surprise"] = json!(1);
            value.to_string().into_bytes()
        }
        3 => format!("{}1{}", "[".repeat(300 + random.below(3_000)), "]".repeat(300)).into_bytes(),
        _ => (0..random.below(200)).map(|_| random.next() as u8).collect(),
    }
}

#[test]
fn malformed_bodies_are_told_so_and_leave_the_state_as_it_was() {
    let (folder, seed) = (directory("malformed"), count("VOLOK_SEED", 1));
    let service = Service::with_world(&folder, &shop(5), &[]);
    service.well("/v1/holds", &pens(2));
    let openapi = service.there("/openapi.json");
    assert!(service.end());
    let before = state_of(&folder);
    let service = Service::start(&folder, &[]);
    let mut random = Random(seed as u64);
    let mut doors = Vec::new();
    for (path, methods) in openapi["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let kinds = operation["requestBody"]["content"].as_object();
            if let Some((kind, content)) = kinds
                .and_then(|kinds| kinds.iter().next())
                .filter(|(kind, _)| *kind != "application/x-ndjson")
            {
                doors.push((
                    method.to_uppercase(),
                    path.replace("{hold}", "0").replace("{parcel}", "1-A"),
                    kind.clone(),
                    content["example"].clone(),
                ));
            }
        }
    }
    assert!(doors.len() > 15, "{}", doors.len());
    let mut told = std::collections::BTreeMap::<u16, usize>::new();
    for _ in 0..count("VOLOK_HTTP_BODIES", 600) {
        let (method, path, kind, right) = &doors[random.below(doors.len())];
        let body = broken(right, &mut random);
        let answer = service.ask(method, path, &[("content-type", kind)], &body);
        assert!(
            (400..500).contains(&answer.status),
            "{method} {path}: {answer:?} for {:?}",
            String::from_utf8_lossy(&body)
        );
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
        *told.entry(answer.status).or_default() += 1;
    }
    println!("malformed bodies, seed {seed}: {told:?}");
    assert!(service.end());
    assert_eq!(state_of(&folder), before);
}

#[test]
fn what_is_too_large_or_too_deep_is_not_read() {
    let service = Service::with_world(&directory("large"), &shop(5), &["--body-bytes", "5000"]);
    let long = vec![b' '; 5_001];
    assert_eq!(service.ask("POST", "/v1/plan", &[], &long).status, 413);
    let deep = format!("{{\"id\": {}{}}}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(service.ask("POST", "/v1/plan", &[], deep.as_bytes()).status, 400);
    let name = "k".repeat(256);
    assert_eq!(
        service
            .ask("POST", "/v1/holds", &[("idempotency-key", &name)], pens(1).to_string().as_bytes())
            .status,
        400
    );
}

#[test]
fn slow_clients_are_let_go_and_others_do_not_wait_for_them() {
    let arguments = ["--slow-seconds", "1", "--deadline", "2", "--concurrent", "8"];
    let service = Service::with_world(&directory("slow"), &shop(5), &arguments);
    // Some never finish their head, some never send their body.
    let mut heads: Vec<_> = (0..20).map(|_| service.connect()).collect();
    heads
        .iter_mut()
        .for_each(|stream| stream.write_all(b"POST /v1/plan HTTP/1.1\r\nhost: 127").expect("it listens"));
    let mut bodies: Vec<_> = (0..6).map(|_| service.connect()).collect();
    let whole = service.request("POST", "/v1/plan", &[], order("1", 1).to_string().as_bytes());
    bodies.iter_mut().for_each(|stream| stream.write_all(&whole[..whole.len() - 5]).expect("it listens"));
    assert_eq!(service.post("/v1/plan", &order("1", 1)).0, 200);
    for stream in &mut heads {
        let mut rest = Vec::new();
        // It is closed, with or without a word.
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(&rest));
    }
    for stream in &mut bodies {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        let answer = Answer::of(&rest).expect("a whole answer");
        assert_eq!((answer.status, answer.json().1["code"].clone()), (504, json!("deadline")));
    }
    assert_eq!(service.post("/v1/plan", &order("1", 1)).0, 200);
}

#[test]
fn too_much_is_refused_at_once_and_what_is_let_in_is_right() {
    let service = Service::with_world(&directory("overload"), &shop(100_000), &["--concurrent", "2"]);
    let asked = json!({"order": order("1", 1), "life": 600}).to_string();
    let outcomes: Vec<Answer> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24)
            .map(|_| {
                let (service, asked) = (&service, &asked);
                scope.spawn(move || {
                    let ask = || service.ask("POST", "/v1/holds/planned", &[], asked.as_bytes());
                    (0..count("VOLOK_HTTP_OVERLOAD", 12)).map(|_| ask()).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let held = outcomes.iter().filter(|answer| answer.status == 201).count() as u64;
    let refused: Vec<_> = outcomes.iter().filter(|answer| answer.status != 201).collect();
    assert!(held > 0 && !refused.is_empty(), "{held} held, {} refused", refused.len());
    for answer in refused {
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{answer:?}");
        assert_eq!(answer.json().1["code"], "overloaded");
    }
    // It is over: everyone is let in again, and just what was answered is held.
    assert_eq!(
        service.well("/v1/holds/planned", &json!({"order": order("2", 1), "life": 600}))["hold"]["version"],
        1
    );
    assert_eq!(service.there("/v1/stock?sku=pen")["items"][0]["held"], held + 1);
}
