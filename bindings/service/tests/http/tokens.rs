//! Who may do what, and whose goods are seen.

use crate::client::{Service, directory};
use crate::worlds::{order, pens, shop};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const SCOPES: [&str; 7] = ["read", "plan", "hold", "stock", "parcel", "world", "operate"];

/// Makes a token.
pub fn token(folder: &Path, name: &str, scopes: &[&str], more: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_volok"))
        .args(["token", "create", "--name", name, "--scope", &scopes.join(","), "--data"])
        .arg(folder)
        .args(more)
        .output()
        .expect("the binary runs");
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).expect("text").trim().to_owned()
}

/// The scope that an operation should want, said a second time: by what it is about.
fn scope(method: &str, path: &str) -> Option<&'static str> {
    let reads = method == "get";
    Some(match path {
        "/healthz" | "/readyz" => return None,
        "/metrics" => "operate",
        "/v1/world" if reads => "plan",
        "/v1/world" | "/v1/clock/confirm" => "world",
        path if path.starts_with("/v1/batches") => "plan",
        "/v1/quote" | "/v1/plan" | "/v1/explain" | "/v1/check" | "/v1/replan" => "plan",
        _ if reads => "read",
        path if path.starts_with("/v1/holds") => "hold",
        path if path.starts_with("/v1/stock") || path.starts_with("/v1/sources") => "stock",
        path if path.starts_with("/v1/notices") || path == "/v1/till-receipts" => "stock",
        path if path.starts_with("/v1/parcels") || path.starts_with("/v1/shipments") => "parcel",
        "/v1/labels" => "parcel",
        path => panic!("nobody said which scope {method} {path} wants"),
    })
}

/// A call of an operation that names nothing there is.
fn call(service: &Service, method: &str, path: &str, operation: &Value) -> u16 {
    let path = path.replace("{hold}", "999").replace("{sale}", "999");
    let path = path.split('/').map(|part| if part.starts_with('{') { "nothing-Z" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let content = &operation["requestBody"]["content"];
    let body = content.as_object().and_then(|kinds| kinds.values().next()).map_or(Vec::new(), |kind| {
        match &kind["example"] {
            Value::String(text) => text.as_bytes().to_vec(),
            example => example.to_string().into_bytes(),
        }
    });
    service.ask(&method.to_uppercase(), &path, &[], &body).status
}

#[test]
fn every_token_opens_what_its_scopes_say_and_nothing_else() {
    let folder = directory("tokens_matrix");
    let mut service = Service::with_world(&folder, &shop(50), &[]);
    let openapi = service.there("/openapi.json");
    let names = SCOPES.map(|scope| (scope, token(&folder, scope, &[scope], &[])));
    let elsewhere = token(&folder, "elsewhere", &SCOPES, &["--tenant", "3"]);
    // A running service hears of tokens within a second.
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    let mut cases = 0;
    for (path, methods) in openapi["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let wanted = scope(method, path);
            let mut expect = |token: Option<&str>, status: Option<u16>| {
                service.token = token.map(str::to_owned);
                let answer = call(&service, method, path, operation);
                cases += 1;
                match status {
                    Some(status) => assert_eq!(answer, status, "{method} {path} with {token:?}"),
                    None => assert!(
                        ![401, 403, 500].contains(&answer),
                        "{method} {path} with {token:?}: {answer}"
                    ),
                }
            };
            let open = wanted.is_none();
            expect(None, (!open).then_some(401));
            expect(Some("volok_000000000000_0"), (!open).then_some(401));
            // The right name of a token with a wrong secret.
            let forged = names[0].1.split_at(names[0].1.len() - 4).0.to_owned() + "0000";
            expect(Some(&forged), (!open).then_some(401));
            for (scope, token) in &names {
                expect(Some(token), wanted.filter(|wanted| wanted != scope).map(|_| 403));
            }
            expect(Some(&elsewhere), None);
        }
    }
    assert!(cases > 300, "{cases}");
}

#[test]
fn tenants_share_nothing() {
    let folder = directory("tokens_tenants");
    let mut service = Service::with_world(&folder, &shop(5), &[]);
    let (ours, theirs) =
        (token(&folder, "ours", &SCOPES, &[]), token(&folder, "theirs", &SCOPES, &["--tenant", "1"]));
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    service.token = Some(theirs.clone());
    assert_eq!(service.post("/v1/holds", &pens(1)).1["code"], "no_world");
    assert_eq!(service.put("/v1/world", &shop(9)).0, 200);
    service.token = Some(ours.clone());
    let (status, held) = service.keyed("same", "/v1/holds", &pens(5));
    assert_eq!(status, 201);
    let planned = service.well("/v1/batches", &json!({"orders": [order("1", 1)]}));
    let batch = planned["batch"].as_str().expect("a name").to_owned();
    // The same key is another request for another tenant, and its pens are its own.
    service.token = Some(theirs);
    let (status, own) = service.keyed("same", "/v1/holds", &pens(9));
    assert_eq!((status, &own["hold"]), (201, &held["hold"]));
    let seen = service.there("/v1/holds/0");
    assert_eq!(seen["lines"][0]["held"], 9);
    for path in [format!("/v1/batches/{batch}"), "/v1/holds/1".to_owned(), "/v1/operations/other".to_owned()]
    {
        assert_eq!(service.get(&path).0, 404, "{path}");
    }
    let events = service.there("/v1/events?limit=1000");
    let places = events["events"].as_array().expect("events").iter().filter(|event| event["kind"] == "place");
    assert_eq!(places.count(), 1);
    service.token = Some(ours);
    assert_eq!(service.there("/v1/holds/0")["lines"][0]["held"], 5);
}

#[test]
fn a_seller_sees_its_own_goods_and_nobody_elses() {
    let folder = directory("tokens_seller");
    let mut service = Service::with_world(&folder, &shop(5), &[]);
    service.well("/v1/sources", &json!({"source": "wms"}));
    let mut both = pens(2);
    both["lines"].as_array_mut().expect("lines").push(json!({"sku": "pan", "qty": 1}));
    service.well("/v1/holds", &both);
    service.well("/v1/holds", &pens(1));
    let refused = Command::new(env!("CARGO_BIN_EXE_volok"))
        .args(["token", "create", "--name", "no", "--scope", "hold", "--seller", "boris", "--data"])
        .arg(&folder)
        .output();
    assert_eq!(refused.expect("it runs").status.code(), Some(2));
    let boris = token(&folder, "boris", &["read", "stock", "parcel"], &["--seller", "boris"]);
    let nobody = token(&folder, "nobody", &["read", "stock"], &["--seller", "nobody"]);
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    service.token = Some(boris);
    let stock = service.there("/v1/stock");
    assert_eq!(
        (stock["items"].as_array().map(Vec::len), &stock["items"][0]["sku"]),
        (Some(1), &json!("pan"))
    );
    // Of a hold on goods of several it sees its own lines; one without its goods looks as if there were none.
    let holds = service.there("/v1/holds");
    assert_eq!(
        (holds["items"].as_array().map(Vec::len), &holds["items"][0]["lines"][0]["sku"]),
        (Some(1), &json!("pan"))
    );
    assert_eq!(service.there("/v1/holds/0")["lines"].as_array().map(Vec::len), Some(1));
    assert_eq!((service.get("/v1/holds/1").0, service.get("/v1/holds/77").0), (404, 404));
    let cell =
        |seller: &str, sku: &str| json!({"seller": seller, "sku": sku, "node": "shop", "zone": "shelf"});
    let event = |sequence: u32, cell: Value| json!({"source": "wms", "sequence": sequence, "what": "receipt", "qty": 1, "cell": cell});
    for strange in [cell("anna", "pen"), json!(1), json!(9_999)] {
        let (status, told) = service.post("/v1/stock/events", &event(1, strange));
        assert_eq!((status, &told["defects"][0]["code"]), (422, &json!("unknown")));
    }
    assert_eq!(service.post("/v1/stock/events", &event(1, cell("boris", "pan"))).0, 200);
    let feed = service.there("/v1/events?limit=1000");
    let told = feed["events"].to_string();
    assert!(told.contains("pan") && !told.contains("pen"), "{told}");
    assert_eq!(service.post("/v1/plan", &order("1", 1)).0, 403);
    service.token = Some(nobody);
    assert_eq!(service.there("/v1/stock")["items"], json!([]));
    assert_eq!(service.get("/v1/holds/0").0, 404);
}

#[test]
fn others_than_this_machine_are_answered_once_there_is_a_token() {
    let folder = directory("tokens_open");
    let serve = |listen: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_volok"));
        command.args(["serve", "--listen", listen, "--data"]).arg(&folder);
        command.output().expect("it runs")
    };
    let refused = serve("0.0.0.0:0");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("volok token create"), "{refused:?}");
    let mut service = Service::with_world(&folder, &shop(5), &[]);
    // A page of some site in a browser of this machine is not this machine.
    let body = pens(1).to_string();
    for strange in [("origin", "https://shop.example"), ("host", "shop.example:80")] {
        assert_eq!(service.ask("POST", "/v1/holds", &[strange], body.as_bytes()).status, 403, "{strange:?}");
    }
    let secret = token(&folder, "one", &["read"], &[]);
    let kept = std::fs::read_to_string(folder.join("tokens.json")).expect("the file");
    assert!(
        !kept.contains(&secret) && !kept.contains(secret.rsplit('_').next().expect("a secret")),
        "{kept}"
    );
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert_eq!(service.get("/v1/holds").0, 401);
    service.token = Some(secret);
    assert_eq!(service.get("/v1/holds").0, 200);
    let removed = Command::new(env!("CARGO_BIN_EXE_volok"))
        .args(["token", "remove", "--name", "one", "--data"])
        .arg(&folder)
        .status();
    assert!(removed.expect("it runs").success());
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    // Without its last token a service is shut, not open.
    assert_eq!(service.get("/v1/holds").0, 401);
    service.token = None;
    assert_eq!(service.get("/v1/holds").0, 401);
}

#[test]
fn one_token_may_ask_so_often_and_no_oftener() {
    let service = Service::with_world(&directory("tokens_rate"), &shop(5), &["--rate", "5"]);
    let answers: Vec<_> = (0..40).map(|_| service.ask("GET", "/v1/holds", &[], b"")).collect();
    let late: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!late.is_empty() && late.iter().all(|answer| answer.header("retry-after") == Some("1")));
    assert!(answers.iter().any(|answer| answer.status == 200));
}
