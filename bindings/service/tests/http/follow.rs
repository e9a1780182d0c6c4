//! Those who follow: by long polls, by streams.

use crate::client::{Service, directory};
use crate::worlds::{pens, shop};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};

#[test]
fn a_long_poll_hears_of_what_happens_while_it_waits() {
    let service = Service::with_world(&directory("poll"), &shop(50), &[]);
    let next = service.there("/v1/events?limit=1000")["next"].clone();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| service.there(&format!("/v1/events?from={next}&wait=30")));
        std::thread::sleep(std::time::Duration::from_millis(100));
        service.well("/v1/holds", &pens(3));
        let told = waits.join().expect("no panic");
        let event = &told["events"][0];
        assert_eq!((&event["kind"], &event["units"][0]["qty"]), (&"place".into(), &3.into()), "{told}");
    });
    // Nothing happens, and the wait is over.
    let next = service.there("/v1/events?limit=1000")["next"].clone();
    assert_eq!(service.there(&format!("/v1/events?from={next}&wait=1"))["events"], Value::Array(Vec::new()));
    assert_eq!(service.there("/v1/events?from=999999")["next"], 999_999);
}

#[test]
fn a_stream_goes_on_where_it_broke_off_and_ends_with_the_service() {
    let service = Service::with_world(&directory("stream"), &shop(50), &[]);
    let from = service.there("/v1/events?limit=1000")["next"].as_u64().expect("a number");
    service.well("/v1/holds", &pens(1));
    let open = |last: u64| {
        let mut stream = service.connect();
        let last = last.to_string();
        let headers = [("accept", "text/event-stream"), ("last-event-id", last.as_str())];
        stream.write_all(&service.request("GET", "/v1/events", &headers, b"")).expect("it listens");
        BufReader::new(stream).lines().map_while(Result::ok)
    };
    let next = |lines: &mut dyn Iterator<Item = String>| {
        let mut told = lines.filter_map(|line| line.strip_prefix("data: ").map(str::to_owned));
        let data = told.next().expect("an event");
        serde_json::from_str::<Value>(&data).expect("JSON")
    };
    let mut lines = open(from);
    let first = next(&mut lines);
    assert_eq!(first["kind"], "place");
    service.well("/v1/holds", &pens(2));
    assert_eq!(next(&mut lines)["units"][0]["qty"], 2);
    drop(lines);
    let mut lines = open(first["seq"].as_u64().expect("a number"));
    assert_eq!(next(&mut lines)["units"][0]["qty"], 2);
    // Told to end, it does not wait for those who follow.
    assert!(service.end());
    assert!(lines.all(|line| !line.starts_with("data: ")));
}
