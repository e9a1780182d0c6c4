//! Each kind of thing, asked for and changed.

use crate::client::{Service, directory};
use crate::worlds::{order, pens, shop, town};
use serde_json::{Value, json};

#[test]
fn a_fresh_folder_says_what_to_do_and_then_works() {
    let folder = directory("fresh");
    let service = Service::start(&folder, &[]);
    assert_eq!(service.there("/readyz"), json!({"ready": true, "worlds": 0, "sequence": 0}));
    for (status, told) in [
        service.post("/v1/holds", &pens(1)),
        service.get("/v1/stock"),
        service.post("/v1/plan", &order("1", 1)),
    ] {
        assert_eq!((status, &told["code"]), (409, &json!("no_world")), "{told}");
        assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("PUT /v1/world")));
    }
    assert_eq!(service.put("/v1/world", &shop(5)).0, 200);
    let held = service.well("/v1/holds", &pens(2));
    assert!(service.end());
    // All of it is there again.
    let service = Service::start(&folder, &[]);
    let hold = service.there(&format!("/v1/holds/{}", held["hold"]));
    assert_eq!((&hold["state"], &hold["lines"][0]["held"]), (&json!("active"), &json!(2)));
    assert_eq!(service.well("/v1/quote", &order("1", 3))["unfilled"], 0);
    assert_eq!(service.well("/v1/quote", &order("1", 4))["unfilled"], 1);
}

#[test]
fn a_hold_is_changed_in_the_version_that_was_seen() {
    let service = Service::with_world(&directory("holds"), &shop(5), &[]);
    let held = service.well("/v1/holds", &pens(2));
    assert_eq!((&held["version"], &held["code"]), (&json!(1), &json!("1")));
    let change = |step: &str, seen: &str, body: Value| {
        let path = format!("/v1/holds/0/{step}");
        service.ask("POST", &path, &[("if-match", seen)], body.to_string().as_bytes())
    };
    let adds = json!({"adds": [{"sku": "pan", "qty": 1}]});
    let adjusted = change("adjust", "\"1\"", adds.clone());
    assert_eq!((adjusted.status, adjusted.header("etag")), (200, Some("\"2\"")));
    assert_eq!(change("adjust", "\"1\"", adds.clone()).status, 412);
    assert_eq!(change("adjust", "1", adds).status, 400);
    assert_eq!(change("extend", "\"2\"", json!({"life": 7_200})).status, 200);
    assert_eq!(change("extend", "*", json!({"life": 60})).json().1["code"], "would_shorten");
    let sold = change("fulfil", "\"3\"", json!({"lines": [{"sku": "pen", "qty": 1}], "keep": true}));
    let (_, sold) = sold.json();
    assert_eq!((&sold["state"], &sold["sale"]["by"]), (&json!("partial"), &json!("shop")), "{sold}");
    assert_eq!(service.there(&format!("/v1/sales/{}", sold["sale"]["sale"]))["units"], 1);
    assert_eq!(change("release", "*", json!({})).status, 200);
    let (status, ended) = service.post("/v1/holds/0/release", &json!({}));
    assert_eq!((status, &ended["code"]), (409, &json!("hold_ended")));
    let hold = service.there("/v1/holds/0");
    let sums: Vec<u64> = hold["lines"][0]
        .as_object()
        .expect("a line")
        .iter()
        .filter(|(name, _)| ["held", "fulfilled", "released", "expired"].contains(&name.as_str()))
        .map(|(_, units)| units.as_u64().expect("units"))
        .collect();
    assert_eq!(sums.iter().sum::<u64>(), hold["lines"][0]["requested"].as_u64().expect("units"));
    assert_eq!(service.get("/v1/holds/12").0, 404);
    assert_eq!(service.get("/v1/holds/not-a-number").0, 404);
}

#[test]
fn a_key_has_one_effect_and_tells_it_afterwards() {
    let service = Service::with_world(&directory("keys"), &shop(5), &[]);
    let (status, first) = service.keyed("a key", "/v1/holds", &pens(2));
    assert_eq!(status, 201);
    assert_eq!(service.keyed("a key", "/v1/holds", &pens(2)), (201, first.clone()));
    assert_eq!(service.keyed("a key", "/v1/holds", &pens(3)).1["code"], "key_reused");
    // A refusal is remembered too: units that came free since do not change it.
    let (status, refused) = service.keyed("another", "/v1/holds", &pens(4));
    assert_eq!(
        (status, &refused["code"], &refused["refusal"]["there_is"]),
        (409, &json!("not_enough"), &json!(3))
    );
    service.well("/v1/holds/0/release", &json!({}));
    assert_eq!(service.keyed("another", "/v1/holds", &pens(4)), (409, refused));
    let told = service.there("/v1/operations/a%20key");
    assert_eq!((&told["done"], &told["hold"]["hold"]), (&json!(true), &json!(0)));
    assert_eq!(service.there("/v1/operations/another")["problem"]["code"], "not_enough");
    assert_eq!(service.get("/v1/operations/never").0, 404);
}

#[test]
fn lists_come_in_pages() {
    let service = Service::with_world(&directory("pages"), &shop(50), &[]);
    for customer in 0..25 {
        let mut asked = pens(1);
        asked["customer"] = json!(customer % 5);
        service.well("/v1/holds", &asked);
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/holds?limit=10".to_owned());
    loop {
        let page = service.there(&path);
        seen.extend(page["items"].as_array().expect("holds").iter().map(|hold| hold["hold"].as_u64()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/holds?limit=10&after={next}");
    }
    assert_eq!(seen, (0..25).map(Some).collect::<Vec<_>>());
    assert_eq!(service.there("/v1/holds?customer=3&state=active")["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(service.get("/v1/holds?state=lost").0, 422);
    assert_eq!(service.get("/v1/holds?colour=blue").0, 400);
}

#[test]
fn stock_in_bulk_is_answered_line_by_line() {
    let service = Service::with_world(&directory("bulk"), &shop(5), &[]);
    service.well("/v1/sources", &json!({"source": "wms"}));
    let cell = json!({"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf"});
    let line = |sequence: u32, what: &str| {
        json!({"source": "wms", "sequence": sequence, "what": what, "qty": 2, "cell": cell}).to_string()
    };
    let body = [
        line(1, "receipt"),
        String::new(),
        "{".to_owned(),
        line(2, "sale"),
        line(4, "sale"),
        line(3, "write_off"),
        line(1, "receipt"),
    ]
    .join("\n");
    let bulk =
        || service.ask("POST", "/v1/stock/events/bulk", &[("idempotency-key", "morning")], body.as_bytes());
    let answer = bulk();
    let told: Vec<Value> = String::from_utf8(answer.body.clone())
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let short = |row: &Value| {
        (
            row["line"].as_u64(),
            row["on_hand"].as_u64(),
            row["known"].as_bool(),
            row["problem"]["code"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(
        told.iter().map(short).collect::<Vec<_>>(),
        [
            (Some(1), Some(7), Some(false), None),
            (Some(3), None, None, Some("malformed".to_owned())),
            (Some(4), Some(5), Some(false), None),
            (Some(5), None, None, Some("out_of_order".to_owned())),
            (Some(6), Some(3), Some(false), None),
            (Some(7), None, Some(true), None),
        ]
    );
    assert_eq!(service.there("/v1/sources/wms")["reported"], 3);
    // Sent again, each line gets what it got.
    assert_eq!(bulk().body, answer.body);
    assert_eq!(service.there("/v1/stock?sku=pen")["items"][0]["on_hand"], 3);
}

#[test]
fn a_batch_is_a_job_that_is_watched_read_and_ended() {
    let service = Service::with_world(&directory("batches"), &shop(5), &["--batches", "2"]);
    let orders = |count: usize| (0..count).map(|row| order(&format!("o{row}"), 1)).collect::<Vec<_>>();
    let run = |mode: &str, count: usize| {
        let started = service.ask(
            "POST",
            "/v1/batches",
            &[],
            json!({"orders": orders(count), "mode": mode}).to_string().as_bytes(),
        );
        assert_eq!(started.status, 202);
        started.header("location").expect("a place").to_owned()
    };
    let ended = |place: &str| loop {
        let view = service.there(place);
        if view["state"] != "running" {
            return view;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    for mode in ["in_turn", "alone", "together"] {
        let place = run(mode, 7);
        assert_eq!(ended(&place)["state"], "done", "{mode}");
        let plans = service.ask("GET", &format!("{place}/plans"), &[], b"");
        let plans: Vec<Value> = String::from_utf8(plans.body)
            .expect("text")
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let delivered = plans.iter().filter(|plan| plan["unfilled"].is_null()).count();
        assert_eq!((plans.len(), delivered), (7, if mode == "alone" { 7 } else { 5 }), "{mode}");
    }
    // Nothing was held by it.
    assert_eq!(service.there("/v1/stock?sku=pen")["items"][0]["free"], 5);
    let mut wrong = orders(2);
    wrong[1]["to"] = json!("nowhere");
    let started = service.well("/v1/batches", &json!({"orders": wrong}));
    let place = format!("/v1/batches/{}", started["batch"].as_str().expect("a name"));
    assert_eq!(ended(&place)["state"], "done");
    let plans = service.ask("GET", &format!("{place}/plans"), &[], b"");
    assert!(String::from_utf8_lossy(&plans.body).contains(r#""code":"defects""#));
    let place = run("in_turn", 20_000);
    service.well(&format!("{place}/cancel"), &json!({}));
    assert_ne!(ended(&place)["state"], "failed");
    assert_eq!(service.post("/v1/batches", &json!({"orders": []})).0, 422);
}

#[test]
fn a_new_world_takes_the_place_of_the_old_one_whole() {
    let folder = directory("worlds");
    let service = Service::with_world(&folder, &shop(5), &[]);
    let world = service.ask("GET", "/v1/world", &[], b"");
    let first = world.header("etag").expect("a version").to_owned();
    service.well("/v1/holds", &pens(2));
    // A second shelf, and a cap that nobody knew; what is on hand in cells that are known is the ledger's matter.
    let mut later = shop(500);
    later["skus"].as_array_mut().expect("skus").push(json!({"id": "cap", "grams": 50}));
    later["stock"]
        .as_array_mut()
        .expect("stock")
        .push(json!({"seller": "boris", "sku": "cap", "node": "shop", "zone": "shelf", "on_hand": 3}));
    let stale = service.ask("PUT", "/v1/world", &[("if-match", "\"0\"")], later.to_string().as_bytes());
    assert_eq!(stale.status, 412);
    let taken = service.ask("PUT", "/v1/world", &[("if-match", &first)], later.to_string().as_bytes());
    assert_eq!((taken.status, taken.json().1["cells"].clone()), (200, json!(3)));
    let cells = |service: &Service| {
        let page = service.there("/v1/stock");
        let cells = page["items"].as_array().expect("cells").iter();
        cells
            .map(|cell| (cell["sku"].to_string(), cell["on_hand"].as_u64(), cell["held"].as_u64()))
            .collect::<Vec<_>>()
    };
    let wanted = [
        ("\"pan\"".to_owned(), Some(7), Some(0)),
        ("\"pen\"".to_owned(), Some(5), Some(2)),
        ("\"cap\"".to_owned(), Some(3), Some(0)),
    ];
    let mut seen = cells(&service);
    seen.sort();
    let mut sorted = wanted.to_vec();
    sorted.sort();
    assert_eq!(seen, sorted);
    let mut caps = order("1", 2);
    caps["lines"][0]["sku"] = json!("cap");
    assert_eq!(service.well("/v1/quote", &caps)["unfilled"], 0);
    // Sent again nothing changes; with a defect nothing changes either.
    let before = service.there("/readyz")["sequence"].clone();
    assert_eq!(service.put("/v1/world", &later).0, 200);
    let mut broken = later.clone();
    broken["nodes"][0]["id"] = json!("");
    let (status, told) = service.put("/v1/world", &broken);
    assert_eq!((status, &told["code"]), (422, &json!("defects")));
    assert_eq!(service.there("/readyz")["sequence"], before);
    assert!(service.end());
    let service = Service::start(&folder, &[]);
    assert_eq!(service.well("/v1/quote", &caps)["unfilled"], 0);
}

#[test]
fn orders_in_flight_finish_while_worlds_change() {
    let service = Service::with_world(&directory("swaps"), &shop(10_000), &[]);
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..3)
            .map(|thread| {
                let service = &service;
                scope.spawn(move || {
                    (0..60)
                        .filter(|row| {
                            let asked = json!({"order": order(&format!("{thread}-{row}"), 1), "life": 600});
                            service.post("/v1/holds/planned", &asked).0 == 201
                        })
                        .count()
                })
            })
            .collect();
        for grams in 0..10 {
            let mut world = shop(10_000);
            world["skus"][0]["grams"] = json!(12 + grams);
            assert_eq!(service.put("/v1/world", &world).0, 200);
        }
        let held: usize = asking.into_iter().map(|thread| thread.join().expect("no panic")).sum();
        assert_eq!(held, 180);
    });
    assert_eq!(service.there("/v1/stock?sku=pen")["items"][0]["held"], 180);
}

#[test]
fn a_plan_that_others_took_meanwhile_is_told_and_a_new_one_is_made() {
    let service = Service::with_world(&directory("races"), &shop(5), &[]);
    let plan = service.well("/v1/plan", &order("1", 4));
    service.well("/v1/holds", &pens(3));
    let (status, told) =
        service.post("/v1/holds/planned", &json!({"order": order("1", 4), "plan": plan, "life": 60}));
    assert_eq!((status, &told["code"]), (409, &json!("stock_changed")));
    let held = service.well("/v1/holds/planned", &json!({"order": order("1", 4), "life": 60}));
    assert_eq!(held["plan"]["unfilled"][0]["qty"], 2, "{held}");
}

#[test]
fn what_there_is_is_documented_and_shown_without_the_internet() {
    let service = Service::with_world(&directory("docs"), &town(), &[]);
    let page = service.ask("GET", "/docs", &[], b"");
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert_eq!(page.status, 200);
    assert!(!text.contains("https://") && text.contains("/openapi.json"), "{text}");
    assert!(service.ask("GET", "/docs/swagger-ui-bundle.js", &[], b"").body.len() > 100_000);
    let metrics = String::from_utf8(service.ask("GET", "/metrics", &[], b"").body).expect("text");
    for name in ["volok_requests_total", "volok_request_seconds_bucket"] {
        assert!(metrics.contains(name), "{metrics}");
    }
    let answer = service.ask("GET", "/v1/holds", &[("x-request-id", "mine-7")], b"");
    assert_eq!(answer.header("x-request-id"), Some("mine-7"));
    assert!(
        service.ask("GET", "/v1/holds", &[("x-request-id", "no/good")], b"").header("x-request-id")
            != Some("no/good")
    );
    let wrong = service.ask("DELETE", "/v1/quote", &[], b"");
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("post")));
}
