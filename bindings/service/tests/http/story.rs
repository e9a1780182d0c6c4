//! The whole story of an order, told over HTTP.

use crate::client::{Service, directory};
use crate::worlds::town;
use serde_json::{Value, json};

fn line(sku: &str, qty: u32) -> Value {
    json!({"sku": sku, "qty": qty, "unfilled_penalty": 100_000})
}

/// What is free of the cells of an SKU at a node.
fn free(service: &Service, sku: &str, node: &str) -> u64 {
    let page = service.there(&format!("/v1/stock?sku={sku}&node={node}"));
    page["items"].as_array().expect("cells").iter().map(|cell| cell["free"].as_u64().expect("a count")).sum()
}

fn cell(service: &Service, sku: &str, node: &str) -> u64 {
    service.there(&format!("/v1/stock?sku={sku}&node={node}"))["items"][0]["cell"].as_u64().expect("a cell")
}

/// Codes of parcels of an order, by the SKU that is packed into them; the merged one by what it is made of.
fn code_of(parcels: &Value, sku: &str) -> String {
    let packed = |parcel: &&Value| parcel["picks"][0]["sku"] == sku;
    let found = parcels.as_array().expect("parcels").iter().find(packed);
    found.expect("a parcel of it")["parcel"].as_str().expect("a code").to_owned()
}

#[test]
fn three_sellers_order_from_asn_to_what_goes_back_into_stock() {
    let service = Service::with_world(&directory("story"), &town(), &[]);
    service.well("/v1/sources", &json!({"source": "wms"}));
    let mut reports = 0;
    let mut report = |what: &str, qty: u32, cell: Value, more: Value| {
        reports += 1;
        let mut event = json!({"source": "wms", "sequence": reports, "what": what, "qty": qty, "cell": cell});
        event.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        service.well("/v1/stock/events", &event)
    };

    // Tea is announced for the south by an ASN of ten; nine come in.
    let tea = json!({"seller": "boris", "sku": "tea", "node": "south", "zone": "hall", "due": "2026-03-01T06:00:00Z"});
    let opened = service.well("/v1/stock/cells", &json!({"cells": [tea]}));
    let asn = opened["cells"][0].clone();
    report("announced", 10, asn.clone(), json!({"due": "2026-03-01T06:00:00Z"}));
    let arrived = report("arrived", 9, asn, json!({}));
    assert_eq!(arrived["on_hand"], 9);

    // A pen of Anna's, a tea of Boris's, an ice cream of Vera's: quoted, planned, explained, held.
    let order = json!({
        "id": "1001", "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": [line("pen", 2), line("tea", 1), line("ice-cream", 1)],
    });
    let quote = service.well("/v1/quote", &order);
    let plan = service.well("/v1/plan", &order);
    assert_eq!(
        (&quote["cost"], &quote["deliveries"], &plan["status"]),
        (&plan["cost"], &json!(2), &json!("optimal"))
    );
    let judged = service.well("/v1/check", &json!({"order": order, "plan": plan}));
    assert_eq!(judged["right"], true, "{judged}");
    let explained = service.well("/v1/explain", &json!({"order": order}));
    assert_eq!(explained["plan"]["cost"], plan["cost"]);
    let (status, held) = service.keyed(
        "order-1001",
        "/v1/holds/planned",
        &json!({"order": order, "customer": 7, "life": 86_400}),
    );
    assert_eq!((status, &held["plan"]["cost"]), (201, &plan["cost"]), "{held}");
    let hold = held["hold"]["hold"].as_u64().expect("a number");
    assert_eq!(free(&service, "pen", "north"), 3);
    // Sent again it is the same hold; the same key for another order is told so.
    let again = service.keyed(
        "order-1001",
        "/v1/holds/planned",
        &json!({"order": order, "customer": 7, "life": 86_400}),
    );
    assert_eq!((again.0, &again.1), (201, &held));
    let (status, reused) = service.keyed(
        "order-1001",
        "/v1/holds/planned",
        &json!({"order": order, "customer": 8, "life": 86_400}),
    );
    assert_eq!((status, &reused["code"]), (422, &json!("key_reused")));

    // The north finds no pens: the hold is short, and is planned again from the west.
    let pens = json!({"seller": "anna", "sku": "pen", "node": "north", "zone": "hall"});
    assert_eq!(report("count", 0, pens, json!({}))["short"], 2);
    let short = service.there("/v1/shortages");
    assert_eq!(
        (&short["items"][0]["sku"], &short["items"][0]["holds"][0]["hold"]),
        (&json!("pen"), &json!(hold))
    );
    let replan = json!({"now": "2026-03-02T08:05:00Z", "change_price": 10});
    let fate = service.well(&format!("/v1/holds/{hold}/replan"), &replan);
    assert_eq!(fate["fate"], "adjusted", "{fate}");
    assert_eq!((free(&service, "pen", "west"), &service.there("/v1/shortages")["items"]), (3, &json!([])));

    // Its parcels are written down, packed, and merged at the centre.
    let written = service
        .well(&format!("/v1/holds/{hold}/parcels"), &json!({"kept": 2, "labels": {"prefix": "4601234"}}));
    let parcels = &written["parcels"];
    let (pen, tea, ice) = (code_of(parcels, "pen"), code_of(parcels, "tea"), code_of(parcels, "ice-cream"));
    let merged = parcels.as_array().expect("parcels").iter().find(|parcel| !parcel["parts"].is_null());
    let merged = merged.expect("a merged one")["parcel"].as_str().expect("a code").to_owned();
    assert!(merged.starts_with("WB-1001-"), "{merged}");
    let step =
        |parcel: &str, step: &str, body: Value| service.well(&format!("/v1/parcels/{parcel}/{step}"), &body);
    let at = |node: &str| json!({"node": node});
    for parcel in [&pen, &tea, &ice] {
        assert_eq!(step(parcel, "pack", json!({}))["stage"], "under_way");
    }
    step(&pen, "arrive", at("centre"));
    let waits = service.there("/v1/parcels?node=centre&stage=waiting");
    assert_eq!(waits["items"][0]["waits_for"], json!([tea]), "{waits}");
    let (status, early) = service.post(&format!("/v1/parcels/{merged}/merge"), &json!({}));
    assert_eq!((status, &early["code"]), (409, &json!("incomplete")));
    step(&tea, "arrive", at("centre"));
    assert_eq!(step(&merged, "merge", json!({}))["stage"], "here");

    // It arrives in parts: ice cream first. It is handed over; of the merged parcel a pen is taken.
    step(&ice, "arrive", at("point"));
    let sold = step(&ice, "hand-over", json!({"by": "point"}));
    assert_eq!((&sold["stage"], &sold["sale"]["units"]), (&json!("handed_over"), &json!(1)), "{sold}");
    step(&merged, "send-on", json!({}));
    let stands =
        service.ask("POST", &format!("/v1/parcels/{merged}/arrive"), &[], at("point").to_string().as_bytes());
    let version = stands.header("etag").expect("an ETag").to_owned();
    let west = cell(&service, "pen", "west");
    let one = json!({"by": "point", "taken": [{"cell": west, "qty": 1}]}).to_string();
    let taken = service.ask(
        "POST",
        &format!("/v1/parcels/{merged}/hand-over"),
        &[("if-match", &version)],
        one.as_bytes(),
    );
    assert_eq!(taken.status, 200, "{taken:?}");
    let stale = service.ask(
        "POST",
        &format!("/v1/parcels/{merged}/hand-over"),
        &[("if-match", &version)],
        one.as_bytes(),
    );
    assert_eq!((stale.status, stale.json().1["code"].clone()), (412, json!("version_conflict")));

    // What is left is kept for its time; then it goes back to the centre, and from there into stock.
    let due = loop {
        let due = service.there("/v1/parcels?due_back=true");
        if due["items"] != json!([]) {
            break due;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    };
    assert_eq!(due["items"][0]["parcel"], json!(merged));
    let (status, late) = service.post(&format!("/v1/parcels/{merged}/hand-over"), &json!({"by": "point"}));
    assert_eq!((status, &late["code"]), (409, &json!("not_kept")));
    let back = step(&merged, "back", json!({"to": {"parcel": {"node": "west"}}}));
    let back = back["back"].as_str().expect("a parcel goes back").to_owned();
    step(&back, "arrive", at("west"));
    let into = json!({"units": [{"cell": west, "qty": 1}], "to": {"stock": {"cells": [west]}}});
    step(&back, "back", into);
    assert_eq!(free(&service, "pen", "west"), 4);

    // The change feed tells it in its order.
    let feed = service.there("/v1/events?limit=1000");
    let events = feed["events"].as_array().expect("events");
    let numbers: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().expect("a number")).collect();
    assert!(numbers.is_sorted() && events.iter().map(|event| event["ledger_time"].as_i64()).is_sorted());
    let told: Vec<String> = events
        .iter()
        .filter(|event| {
            !["register", "open_cells", "channel", "node"].contains(&event["kind"].as_str().expect("a kind"))
        })
        .map(|event| {
            let kind = event["kind"].as_str().expect("a kind");
            event["change"].as_str().map_or_else(|| kind.to_owned(), |change| format!("{kind} {change}"))
        })
        .skip_while(|told| told == "stock count")
        .collect();
    let wanted = "stock announced, stock arrived, place, stock count, adjust, parcels, pack, pack, pack, arrive, arrive, \
                  merge, arrive, hand_over, send_on, arrive, hand_over, back, arrive, back";
    assert_eq!(told.join(", "), wanted);
    // Who follows from the middle gets the rest.
    let middle = numbers[numbers.len() - 3];
    let rest = service.there(&format!("/v1/events?from={middle}"));
    assert_eq!(rest["events"].as_array().map(Vec::len), Some(2));
    assert!(service.end());
}
