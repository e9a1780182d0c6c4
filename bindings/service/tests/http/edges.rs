//! What other systems say: warehouses, suppliers, tills, and the customer at the counter.

use crate::client::{Service, directory};
use crate::worlds::town;
use serde_json::{Value, json};

fn order(id: &str) -> Value {
    let line = |sku: &str| json!({"sku": sku, "qty": 1, "unfilled_penalty": 100_000});
    json!({"id": id, "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": [line("pen"), line("ice-cream")]})
}

/// An order that is held and whose parcels are written down; its hold.
fn held(service: &Service, id: &str) -> u64 {
    let asked = json!({"order": order(id), "customer": 7, "life": 86_400});
    let held = service.well("/v1/holds/planned", &asked);
    let hold = held["hold"]["hold"].as_u64().expect("a number");
    service.well(&format!("/v1/holds/{hold}/parcels"), &json!({"labels": {"prefix": "4601234"}}));
    hold
}

fn shipments(service: &Service, query: &str) -> Vec<Value> {
    service.there(&format!("/v1/shipments?{query}"))["items"].as_array().expect("a list").clone()
}

#[test]
fn a_warehouse_packs_ships_and_picks_short() {
    let service = Service::with_world(&directory("warehouse"), &town(), &[]);
    service.well("/v1/sources", &json!({"source": "wms"}));
    let hold = held(&service, "1001");
    let north = shipments(&service, "node=north&stage=expected");
    assert_eq!(north.len(), 1, "{north:?}");
    let pen = &north[0];
    assert_eq!(
        (&pen["lines"][0]["sku"], &pen["lines"][0]["qty"], &pen["to"]),
        (&json!("pen"), &json!(1), &json!("centre"))
    );
    assert_eq!((&pen["order"], pen["hold"].as_u64()), (&json!("WB-1001"), Some(hold)));
    assert!(pen["ready_by"].as_str() <= pen["departs_at"].as_str() && pen["label"].is_string(), "{pen}");
    assert!(
        shipments(&service, "node=north&ready_by=2026-03-02T07:00:00Z").is_empty(),
        "nothing is due so early"
    );
    let south = shipments(&service, "node=south");
    let report = |shipment: &Value, event: Value| {
        let code = shipment["shipment"].as_str().expect("a code");
        service.post(&format!("/v1/shipments/{code}/events"), &event)
    };

    // The ice cream is packed, leaves, comes and is handed over.
    let ice = &south[0];
    for (event, stage) in [
        (json!({"event": "packed"}), "under_way"),
        (json!({"event": "shipped"}), "under_way"),
        (json!({"event": "arrived", "node": "point"}), "here"),
        (json!({"event": "handed_over", "by": "point"}), "handed_over"),
    ] {
        let (status, done) = report(ice, event);
        assert_eq!((status, &done["stage"]), (200, &json!(stage)), "{done}");
    }

    // The north finds no pen: the cell is counted, its hold is short and is planned again.
    let cell = pen["lines"][0]["cell"].clone();
    let short = json!({"event": "picked_short", "source": "wms", "found": [{"cell": cell, "qty": 0}]});
    let code = pen["shipment"].as_str().expect("a code");
    let path = format!("/v1/shipments/{code}/events");
    let (status, told) = service.keyed("short-1", &path, &short);
    assert_eq!((status, &told["short"][0]["node"]), (200, &json!("north")), "{told}");
    assert_eq!(service.keyed("short-1", &path, &short).0, 200, "sent again it is known");
    assert_eq!(service.there("/v1/sources/wms")["reported"], 1, "and nothing was counted twice");
    let lines = json!({"event": "picked_short", "source": "wms", "found": [{"cell": 99, "qty": 0}]});
    let (status, wrong) = report(pen, lines);
    assert_eq!((status, &wrong["defects"][0]["code"]), (422, &json!("unknown")), "{wrong}");
    assert_eq!(service.there("/v1/shortages")["items"][0]["holds"][0]["hold"].as_u64(), Some(hold));
}

#[test]
fn a_notice_is_promised_from_and_what_did_not_come_is_told() {
    let service = Service::with_world(&directory("notices"), &town(), &[]);
    let line = |sku: &str, lot: &str, qty: u32| json!({"seller": "boris", "sku": sku, "zone": "hall", "lot": lot, "qty": qty});
    let notice = json!({"source": "asn", "node": "south", "due": "2026-03-01T06:00:00Z",
        "lines": [line("tea", "L1", 10), line("tea", "L2", 5)]});
    let (status, noticed) = service.keyed("asn-77", "/v1/notices", &notice);
    assert_eq!(status, 201, "{noticed}");
    assert_eq!(service.keyed("asn-77", "/v1/notices", &notice).1["cells"], noticed["cells"], "sent again");
    let other = json!({"source": "asn", "node": "south", "due": "2026-03-01T06:00:00Z", "lines": [line("tea", "L1", 11)]});
    assert_eq!(service.keyed("asn-77", "/v1/notices", &other).1["code"], "key_reused");
    let cells = noticed["cells"].as_array().expect("cells");
    let received = service.well(
        "/v1/notices/receipts",
        &json!({"source": "asn", "lines": [{"cell": cells[0], "received": 9}, {"cell": cells[1], "received": 6}]}),
    );
    let difference = |row: usize| received["lines"][row]["difference"].as_i64();
    assert_eq!((difference(0), difference(1)), (Some(-1), Some(1)), "{received}");
    let tea = service.there("/v1/stock?sku=tea&node=south");
    let there: u64 = tea["items"]
        .as_array()
        .expect("cells")
        .iter()
        .map(|cell| cell["on_hand"].as_u64().expect("units"))
        .sum();
    assert_eq!(there, 15);
    assert_eq!(
        service
            .post(
                "/v1/notices",
                &json!({"source": "asn", "node": "south", "due": "2026-03-01T06:00:00Z", "lines": []})
            )
            .0,
        422
    );
}

#[test]
fn a_till_s_receipt_counts_once() {
    let service = Service::with_world(&directory("tills"), &town(), &[]);
    let receipt = |number: &str, what: &str, qty: u32| json!({"till": "north-1", "receipt": number, "node": "north", "what": what, "lines": [{"sku": "pen", "qty": qty}]});
    let pens = || service.there("/v1/stock?sku=pen&node=north")["items"][0]["on_hand"].as_u64();
    let sold = service.well("/v1/till-receipts", &receipt("17", "sale", 2));
    assert_eq!((&sold["known"], &sold["moved"][0]["on_hand"], pens()), (&json!(false), &json!(3), Some(3)));
    let again = service.well("/v1/till-receipts", &receipt("17", "sale", 2));
    assert_eq!((&again["known"], pens()), (&json!(true), Some(3)));
    let (status, other) = service.post("/v1/till-receipts", &receipt("17", "sale", 1));
    assert_eq!((status, &other["code"]), (422, &json!("key_reused")));
    service.well("/v1/till-receipts", &receipt("18", "return", 1));
    assert_eq!(pens(), Some(4));
    let (status, none) = service.post("/v1/till-receipts", &receipt("19", "sale", 9));
    assert_eq!((status, &none["code"]), (409, &json!("not_on_hand")), "{none}");
    // Lines add up: two lines of one article want no more than is there.
    let twice = |number: &str, each: u32| {
        let line = json!({"sku": "pen", "qty": each});
        let mut asked = receipt(number, "sale", 1);
        asked["lines"] = json!([line, line]);
        service.post("/v1/till-receipts", &asked)
    };
    let (status, none) = twice("21", 3);
    assert_eq!((status, &none["code"], pens()), (409, &json!("not_on_hand"), Some(4)), "{none}");
    let (status, both) = twice("22", 1);
    let moved = both["moved"].as_array().map(Vec::len);
    assert_eq!((status, moved, &both["moved"][0]["on_hand"]), (200, Some(1), &json!(2)), "{both}");
    // What the first line leaves too little of, the second takes from another batch.
    service.well("/v1/sources", &json!({"source": "wms"}));
    let batch = json!({"seller": "anna", "sku": "pen", "node": "north", "zone": "hall", "lot": "L7"});
    let cell = service.well("/v1/stock/cells", &json!({"cells": [batch]}))["cells"][0].clone();
    let came = json!({"source": "wms", "sequence": 1, "what": "receipt", "qty": 3, "cell": cell});
    service.well("/v1/stock/events", &came);
    let (status, both) = twice("23", 2);
    let left: Vec<_> = both["moved"].as_array().into_iter().flatten().map(|cell| &cell["on_hand"]).collect();
    assert_eq!((status, left), (200, vec![&json!(0), &json!(1)]), "{both}");
    let (status, unknown) = service.post(
        "/v1/till-receipts",
        &json!({"till": "north-1", "receipt": "20", "node": "north",
        "what": "sale", "lines": [{"sku": "tea", "qty": 1}]}),
    );
    assert_eq!((status, &unknown["defects"][0]["code"]), (422, &json!("no_cell")), "{unknown}");
}

#[test]
fn a_customer_is_found_by_what_they_show() {
    let service = Service::with_world(&directory("counter"), &town(), &[]);
    let hold = held(&service, "1001");
    let proofs = json!({"phone": "+7 (921) 555-01-23", "pin": "4711", "barcode": "QR-77"});
    assert_eq!(service.put(&format!("/v1/holds/{hold}/proofs"), &proofs).0, 204);
    let found = |query: &str| -> Vec<u64> {
        let page = service.there(&format!("/v1/pickups?{query}"));
        let of = |item: &Value| item["hold"]["hold"].as_u64().expect("a number");
        page["items"].as_array().expect("a list").iter().map(of).collect()
    };
    let parcel = shipments(&service, "node=south")[0].clone();
    let (code, label) =
        (parcel["shipment"].as_str().expect("a code"), parcel["label"].as_str().expect("a label"));
    for query in [
        "order=1001",
        "order=WB-1001",
        &format!("order={code}"),
        "phone=8%20921%20555%2001%2023",
        "barcode=QR-77",
        &format!("barcode={label}"),
        "pin=4711&node=point",
    ] {
        assert_eq!(found(query), [hold], "{query}");
    }
    for query in
        ["order=1002", "phone=9215550124", "barcode=QR-7", "pin=4712&node=point", "pin=4711&node=north"]
    {
        assert!(found(query).is_empty(), "{query}");
    }
    assert_eq!(service.get("/v1/pickups?pin=4711").0, 422, "a PIN is worth something at its node only");
    assert_eq!(service.get("/v1/pickups?order=1001&phone=9215550123").0, 422);
    assert_eq!(service.put(&format!("/v1/holds/{hold}/proofs"), &json!({"pin": "47a1"})).0, 422);
    assert_eq!(service.put("/v1/holds/99/proofs", &proofs).0, 404);
}
