//! Three processes on one PostgreSQL are one service: whichever is asked, it is the same shop.

use crate::client::{Answer, Service};
use crate::worlds::{order, pens, shop, town};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use volok::testkit::postgres::{Proxy, Server, address};

/// A replica on a database.
pub fn replica(database: &str, arguments: &[&str]) -> Service {
    Service::of(&[&["--store", database], arguments].concat())
}

/// Waits for what comes sooner or later.
#[track_caller]
pub fn wait<T>(what: &str, until: impl Fn() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = until() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}: waited for a minute");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a replica writes, if it says so.
pub fn writes(replica: &Service) -> Option<bool> {
    let (status, ready) = replica.try_ask("GET", "/readyz", &[], b"")?.json();
    (status == 200).then(|| ready["writes"] == true)
}

/// A server, and three replicas: the one that writes first.
fn three(name: &str) -> Option<(Server, [Service; 3])> {
    let server = Server::start(name)?;
    let replicas: [Service; 3] = std::array::from_fn(|_| replica(&server.address(), &[]));
    let role = |row: usize| wait("it is ready", || writes(&replicas[row]));
    assert_eq!([role(0), role(1), role(2)], [true, false, false]);
    Some((server, replicas))
}

/// The operation by which an answer is.
#[track_caller]
fn sequence(answer: &Answer) -> String {
    answer.header("volok-sequence").unwrap_or_else(|| panic!("no sequence: {answer:?}")).to_owned()
}

/// Asks a replica that has come to where another one was.
fn after(replica: &Service, other: &Answer, method: &str, path: &str, body: &Value) -> Answer {
    let at_least = sequence(other);
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    replica.ask(method, path, &[("volok-at-least", &at_least)], &body)
}

fn posted(replica: &Service, path: &str, body: &Value) -> Answer {
    let answer = replica.ask("POST", path, &[], body.to_string().as_bytes());
    assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
    answer
}

#[test]
fn what_is_written_through_one_replica_is_read_through_any_other() {
    let Some((_server, [writer, second, third])) = three("replicas") else { return };
    // A world comes through one that follows, and everyone plans on it.
    assert_eq!(second.post("/v1/plan", &order("1", 1)).1["code"], "no_world");
    let put = second.ask("PUT", "/v1/world", &[], shop(50).to_string().as_bytes());
    assert_eq!(put.status, 200, "{put:?}");
    for (row, replica) in [&writer, &second, &third].into_iter().enumerate() {
        let plan = after(replica, &put, "POST", "/v1/plan", &order("1", 2));
        assert_eq!(
            (plan.status, &plan.json().1["status"]),
            (200, &json!("optimal")),
            "{row}: {} after {}",
            sequence(&plan),
            sequence(&put)
        );
        assert!(sequence(&plan).parse::<u64>().ok() >= sequence(&put).parse().ok());
    }
    // Nobody waits for what was never done.
    for replica in [&writer, &third] {
        let never = replica.ask("GET", "/v1/stock", &[("volok-at-least", "999999")], b"");
        assert_eq!((never.status, &never.json().1["code"]), (503, &json!("behind")), "{never:?}");
    }
    // A hold through the second is there for the third, and has its key everywhere.
    let held =
        second.ask("POST", "/v1/holds", &[("idempotency-key", "basket")], pens(3).to_string().as_bytes());
    let hold = held.json().1["hold"].clone();
    let read = after(&third, &held, "GET", &format!("/v1/holds/{hold}"), &Value::Null);
    assert_eq!((read.status, read.header("etag")), (200, Some("\"1\"")), "{read:?}");
    for replica in [&writer, &second, &third] {
        let (status, told) = replica.keyed("basket", "/v1/holds", &pens(3));
        assert_eq!((status, &told["hold"]), (201, &hold));
        assert_eq!(replica.keyed("basket", "/v1/holds", &pens(4)).1["code"], "key_reused");
        assert_eq!(replica.there("/v1/operations/basket")["hold"]["hold"], hold);
    }
    // Versions hold through whoever passes it on.
    let path = format!("/v1/holds/{hold}/extend");
    let extend = |version| second.ask("POST", &path, &[("if-match", version)], br#"{"life": 7200}"#).status;
    assert_eq!([extend("\"7\""), extend("\"1\"")], [412, 200]);
    // What was done is told by those who follow, too.
    let released = posted(&third, &format!("/v1/holds/{hold}/release"), &json!({}));
    let events = after(&second, &released, "GET", "/v1/events?limit=1000", &Value::Null).json().1;
    let kinds: Vec<&Value> =
        events["events"].as_array().expect("events").iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds[kinds.len() - 3..], ["place", "extend", "release"], "{events}");
    // A batch is watched where it is decided: its place says where that is.
    let begun =
        third.ask("POST", "/v1/batches", &[], json!({"orders": [order("1", 1)]}).to_string().as_bytes());
    let place = begun.header("location").expect("a place");
    let path = place.strip_prefix(&format!("http://{}", third.address)).expect(place).to_owned();
    wait("the batch", || (third.there(&path)["state"] == "done").then_some(()));
    assert_eq!(second.get(&path).0, 404);
}

#[test]
fn what_lies_beside_the_ledger_is_everyones() {
    let Some((_server, [writer, second, third])) = three("beside") else { return };
    assert_eq!(second.put("/v1/world", &town()).0, 200);
    let asked = json!({"id": "77", "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": [{"sku": "pen", "qty": 1, "unfilled_penalty": 1_000}]});
    let held = posted(&second, "/v1/holds/planned", &json!({"order": asked, "life": 86_400}));
    let hold = held.json().1["hold"]["hold"].clone();
    // Order and plan are there for whoever is asked; so is what the customer shows.
    let proofs = json!({"phone": "+7 921 555-01-23"});
    assert_eq!(third.put(&format!("/v1/holds/{hold}/proofs"), &proofs).0, 204);
    let found = after(&second, &held, "GET", "/v1/pickups?phone=89215550123", &Value::Null);
    assert_eq!(found.json().1["items"][0]["hold"]["hold"], hold, "{found:?}");
    let known = after(&third, &held, "GET", "/v1/holds?order=77", &Value::Null).json().1;
    assert_eq!(
        (&known["items"][0]["hold"], &known["items"][0]["order"]),
        (&hold, &json!("WB-77")),
        "{known}"
    );
    let why = after(&third, &held, "GET", &format!("/v1/holds/{hold}/reasons"), &Value::Null);
    assert_eq!(why.status, 200, "{why:?}");
    let written = posted(&third, &format!("/v1/holds/{hold}/parcels"), &json!({}));
    let shipments = after(&second, &written, "GET", "/v1/shipments?node=north", &Value::Null).json().1;
    assert_eq!(shipments["items"][0]["lane"], "north>centre", "{shipments}");
    // A cell that is opened, and goods that come in, are planned with by those who follow.
    posted(&writer, "/v1/sources", &json!({"source": "wms"}));
    let cell = json!({"seller": "vera", "sku": "tea", "node": "south", "zone": "hall"});
    let arrived = json!({"source": "wms", "sequence": 1, "what": "receipt", "qty": 9, "cell": cell});
    posted(&second, "/v1/stock/cells", &json!({"cells": [cell]}));
    let stocked = posted(&third, "/v1/stock/events", &arrived);
    let tea = json!({"id": "78", "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": [{"sku": "tea", "qty": 2, "unfilled_penalty": 9_000}]});
    for replica in [&writer, &second, &third] {
        let plan = after(replica, &stocked, "POST", "/v1/plan", &tea).json().1;
        assert_eq!(plan["unfilled"], Value::Null, "{plan}");
        assert_eq!(plan["parcels"][0]["picks"][0]["qty"], 2, "{plan}");
    }
    // The one that writes ends as it should: another one writes, and has all of it.
    assert!(writer.end());
    let paper = posted(&second, &format!("/v1/holds/{hold}/replan"), &json!({}));
    assert_eq!(paper.json().1["fate"], "untouched", "{paper:?}");
    assert_eq!(third.put("/v1/world", &shop(5)).0, 200);
}

#[test]
fn whoever_asks_through_a_follower_gets_round_no_rule() {
    let Some((server, [writer, mut second, mut third])) = three("rules") else { return };
    assert_eq!(second.put("/v1/world", &shop(50_000)).0, 200);
    // Without tokens: from this machine, and from no page of another.
    let ask =
        |headers: &[(&str, &str)]| second.ask("POST", "/v1/holds", headers, pens(1).to_string().as_bytes());
    assert_eq!(ask(&[("host", "shop.example")]).status, 403);
    assert_eq!(ask(&[("origin", "http://shop.example")]).status, 403);
    assert_eq!(ask(&[("origin", &format!("http://{}", second.address))]).status, 201);
    // What was passed on once is not passed on again.
    let again = ask(&[("volok-forwarded", "somebody")]);
    assert_eq!((again.status, again.header("volok-outcome")), (503, Some("none")), "{again:?}");
    assert_eq!(again.json().1["code"], "elsewhere");
    // Others than this machine are answered once there is a token, as ever.
    let open =
        ["serve", "--listen", "0.0.0.0:0", "--advertise", "http://127.0.0.1:1", "--store", &server.address()];
    let refused = Command::new(env!("CARGO_BIN_EXE_volok")).args(open).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && told.contains("there is no token yet"), "{told}");
    // A token that is made while they run is heard of by all, and wanted by all.
    let token = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_volok"))
            .arg("token")
            .args(arguments)
            .args(["--store", &server.address()])
            .output();
        let out = out.expect("the binary runs");
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).expect("text").trim().to_owned()
    };
    let holds = token(&["create", "--name", "shop", "--scope", "hold"]);
    assert_eq!(token(&["list"]), "shop: tenant 0, hold");
    for replica in [&writer, &second, &third] {
        wait("it hears of the token", || (replica.post("/v1/holds", &pens(1)).0 == 401).then_some(()));
    }
    second.token = Some(holds.clone());
    let (status, told) = second.post("/v1/holds", &pens(1));
    assert_eq!(status, 201, "{told}");
    assert_eq!(second.put("/v1/world", &shop(7)).0, 403);
    token(&["remove", "--name", "shop"]);
    third.token = Some(holds);
    wait("it hears that it is gone", || (third.post("/v1/holds", &pens(1)).0 == 401).then_some(()));
}

#[test]
fn one_that_is_cut_off_does_not_say_that_it_is_up_to_date() {
    let Some(server) = Server::start("cut") else { return };
    let behind = server.folder.join("proxy");
    let proxy = Proxy::before(server.socket(), &behind);
    let writer = replica(&server.address(), &["--takeover", "500"]);
    assert_eq!(writer.put("/v1/world", &shop(50)).0, 200);
    let follower = replica(&address(&behind), &["--takeover", "500", "--deadline", "2"]);
    let first = posted(&writer, "/v1/holds", &pens(1));
    assert_eq!(after(&follower, &first, "GET", "/v1/holds/0", &Value::Null).status, 200);
    proxy.refuse(Duration::from_secs(3_600));
    wait("it says that it is cut off", || (follower.get("/readyz").1["code"] == "cut_off").then_some(()));
    let second = posted(&writer, "/v1/holds", &pens(1));
    let behind = after(&follower, &second, "GET", "/v1/holds", &Value::Null);
    assert_eq!((behind.status, &behind.json().1["code"]), (503, &json!("behind")), "{behind:?}");
    assert!(behind.header("retry-after").is_some());
    // Whoever wants it as it was then gets that, with its number.
    let old = follower.ask("GET", "/v1/holds", &[], b"");
    assert_eq!((old.status, old.json().1["items"].as_array().map(Vec::len)), (200, Some(1)), "{old:?}");
    assert_eq!(sequence(&old), sequence(&first));
    // The way to the database is one thing, the way to who writes another.
    assert_eq!(follower.post("/v1/holds", &pens(1)).0, 201);
    proxy.clear();
    wait("it is ready again", || writes(&follower));
    assert_eq!(after(&follower, &second, "GET", "/v1/holds/1", &Value::Null).status, 200);
}

#[test]
fn a_writer_that_was_frozen_takes_nothing_back() {
    let Some((_server, [writer, second, third])) = three("frozen") else { return };
    assert_eq!(second.put("/v1/world", &shop(50)).0, 200);
    let signal = |signal: &str| {
        let sent = Command::new("kill").args([signal, &writer.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()));
    };
    signal("-STOP");
    std::thread::scope(|scope| {
        // Both reach the one that is frozen. What has a key is done by whoever writes next; without one nobody knows.
        let world = scope.spawn(|| third.ask("PUT", "/v1/world", &[], shop(51).to_string().as_bytes()));
        assert_eq!(second.keyed("basket", "/v1/holds", &pens(3)).0, 201);
        let world = world.join().expect("no panic");
        assert_eq!((world.status, world.header("volok-outcome")), (503, Some("unknown")), "{world:?}");
        assert_eq!(world.json().1["code"], "outcome_unknown");
    });
    // It goes on with what it has, and finds that others went on without it.
    signal("-CONT");
    wait("it follows", || (writes(&writer) == Some(false)).then_some(()));
    let last =
        second.ask("POST", "/v1/holds", &[("idempotency-key", "basket")], pens(3).to_string().as_bytes());
    assert_eq!(last.status, 201);
    for replica in [&writer, &second, &third] {
        let stock = after(replica, &last, "GET", "/v1/stock?sku=pen", &Value::Null).json().1;
        assert_eq!(stock["items"][0]["held"], 3, "{stock}");
        assert_eq!(replica.there("/v1/world")["stock"][0]["on_hand"], 50);
    }
}

#[test]
fn tables_for_sql_go_on_where_another_one_writes() {
    let Some(server) = Server::start("tables") else { return };
    let database = server.address();
    let [first, second] = [0, 1].map(|_| replica(&database, &["--read-models", &database]));
    let held = || {
        let mut client = postgres::Client::connect(&database, postgres::NoTls).ok()?;
        let row = client.query_one("SELECT COUNT(*) FROM volok_hold WHERE ledger = 'volok'", &[]).ok()?;
        Some(row.get::<_, i64>(0))
    };
    assert_eq!(second.put("/v1/world", &shop(50)).0, 200);
    assert_eq!(second.post("/v1/holds", &pens(3)).0, 201);
    wait("the hold is in its table", || (held() == Some(1)).then_some(()));
    assert!(first.end());
    assert_eq!(second.post("/v1/holds", &pens(3)).0, 201);
    wait("the other one, too", || (held() == Some(2)).then_some(()));
}
