//! What is kept of a planned hold and shown again; orders by whatever they are called; what to look at first.

use crate::client::{Service, directory};
use crate::tokens::token;
use crate::worlds::{pens, shop, town};
use serde_json::{Value, json};

fn order(id: &str, lines: &[(&str, u32)]) -> Value {
    let line = |&(sku, qty): &(&str, u32)| json!({"sku": sku, "qty": qty, "unfilled_penalty": 100_000});
    json!({"id": id, "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": lines.iter().map(line).collect::<Vec<_>>()})
}

fn held(service: &Service, order: &Value, life: u32) -> Value {
    service.well("/v1/holds/planned", &json!({"order": order, "life": life}))
}

/// Numbers of the holds of a page.
fn holds(service: &Service, query: &str) -> Vec<u64> {
    let page = service.there(&format!("/v1/holds?{query}"));
    page["items"].as_array().expect("holds").iter().filter_map(|hold| hold["hold"].as_u64()).collect()
}

#[test]
fn a_planned_hold_shows_its_plan_its_picture_and_its_reasons() {
    let service = Service::with_world(&directory("kept"), &town(), &[]);
    let wanted = order("1001", &[("pen", 2), ("ice-cream", 1)]);
    let made = held(&service, &wanted, 86_400);
    let kept = service.there("/v1/holds/0/plan");
    assert_eq!((&kept["plan"], &kept["order"]["id"]), (&made["plan"], &json!("1001")));
    // Amounts are the plan's own, in words.
    let costs: i64 =
        kept["plan"]["costs"].as_object().expect("costs").values().filter_map(Value::as_i64).sum();
    assert_eq!(Some(costs), kept["plan"]["cost"].as_i64());
    let (whole, part) = (costs / 100, costs % 100);
    assert_eq!(kept["amounts"]["cost"], format!("{whole}.{part:02} RUB"));
    assert_eq!(
        (&kept["amounts"]["bound"], &kept["amounts"]["gap"]),
        (&kept["amounts"]["cost"], &json!("0.00 RUB"))
    );
    let kinds = kept["amounts"]["costs"].as_array().expect("kinds").len();
    assert_eq!(kinds, kept["plan"]["costs"].as_object().expect("costs").len());

    let drawing = service.ask("GET", "/v1/holds/0/drawing", &[], b"");
    let picture = String::from_utf8(drawing.body.clone()).expect("text");
    assert_eq!((drawing.status, drawing.header("content-type")), (200, Some("image/svg+xml")));
    assert!(
        drawing.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert!(
        picture.starts_with("<svg") && picture.contains("WB-1001-A") && picture.contains("north"),
        "{picture}"
    );

    let reasons = service.there("/v1/holds/0/reasons");
    let because = reasons["because"].to_string();
    assert!(because.contains("WB-1001-A from") && because.contains("that is proven"), "{because}");
    let west = reasons["instead"].as_array().expect("sources").iter().find(|row| row["node"] == "west");
    let west = west.expect("pens could come from the west");
    assert_eq!((&west["sku"], &west["seller"]), (&json!("pen"), &json!("anna")));
    assert_ne!(west["dearer"], "0.00 RUB");

    // Once its goods have left, all of it is told as it was.
    service.well("/v1/holds/0/fulfil", &json!({}));
    assert_eq!(service.there("/v1/holds/0/plan"), kept);
    assert_eq!(service.there("/v1/holds/0/reasons"), reasons);
    assert_eq!(service.ask("GET", "/v1/holds/0/drawing", &[], b"").body, drawing.body);
    // Another world that has no west and no ice cream: costs are known, a picture cannot be made.
    assert_eq!(service.put("/v1/world", &shop(5)).0, 200);
    assert_eq!(service.there("/v1/holds/0/plan")["plan"], made["plan"]);
    for what in ["drawing", "reasons"] {
        let (status, told) = service.get(&format!("/v1/holds/0/{what}"));
        assert_eq!((status, &told["code"]), (422, &json!("defects")), "{what}: {told}");
    }
}

#[test]
fn a_hold_without_a_plan_and_a_seller_without_all_the_goods_are_told_the_same() {
    let folder = directory("kept_sellers");
    let mut service = Service::with_world(&folder, &town(), &[]);
    held(&service, &order("1001", &[("pen", 1), ("ice-cream", 1)]), 86_400);
    held(&service, &order("1002", &[("pen", 1)]), 86_400);
    // Tea is nowhere: of this order only the pen is held, and the rest is nobody's.
    held(&service, &order("1003", &[("pen", 1), ("tea", 1)]), 86_400);
    service.well("/v1/holds", &json!({"channel": "web", "node": "point", "life": 60, "lines": [{"sku": "pen", "node": "west", "qty": 1}]}));
    let statuses = |service: &Service, hold: u32| {
        ["plan", "drawing", "reasons"].map(|what| service.get(&format!("/v1/holds/{hold}/{what}")).0)
    };
    assert_eq!(
        [0, 1, 2, 3, 9].map(|hold| statuses(&service, hold)),
        [[200; 3], [200; 3], [200; 3], [404; 3], [404; 3]]
    );
    let anna = token(&folder, "anna", &["read"], &["--seller", "anna"]);
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    service.token = Some(anna);
    // Her own order she sees planned; why, would tell her of everybody's goods.
    let seen = [0, 1, 2, 3, 9].map(|hold| statuses(&service, hold));
    assert_eq!(seen, [[404; 3], [200, 200, 404], [404; 3], [404; 3], [404; 3]]);
    assert_eq!(service.there("/v1/holds/0")["lines"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_order_is_found_by_what_people_read_off_it() {
    let service = Service::with_world(&directory("called"), &town(), &[]);
    held(&service, &order("1001", &[("pen", 1)]), 86_400);
    let mut other = order("1001", &[("pen", 1)]);
    other["channel"] = "site".into();
    held(&service, &other, 86_400);
    // The shop's number is that of both channels; with the prefix it is the one, with and without a parcel's letter.
    assert_eq!(holds(&service, "order=1001"), [0, 1]);
    let called = |hold: u32| service.there(&format!("/v1/holds/{hold}"))["order"].clone();
    assert_eq!([called(0), called(1)], [json!("WB-1001"), json!("1001")]);
    service.well("/v1/holds", &json!({"channel": "web", "node": "point", "life": 60, "lines": [{"sku": "pen", "node": "west", "qty": 1}]}));
    assert!(called(2).is_null(), "nobody planned it");
    for name in ["WB-1001", "WB-1001-A", "WB-1"] {
        assert_eq!(holds(&service, &format!("order={name}")), [0], "{name}");
    }
    assert_eq!(holds(&service, "order=1001-A"), [0, 1]);
    for name in ["WB-1002", "1001-a", "WB-", "-A", ""] {
        assert!(holds(&service, &format!("order={name}")).is_empty(), "{name}");
    }
    // What has ended is found here, and not at the counter.
    service.well("/v1/holds/0/release", &json!({}));
    assert_eq!(holds(&service, "order=WB-1001"), [0]);
    assert_eq!(service.there("/v1/pickups?order=WB-1001")["items"], json!([]));
    assert_eq!(service.there("/v1/pickups?order=1001")["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_runs_out_first_is_shown_first() {
    let service = Service::with_world(&directory("soonest"), &shop(50), &[]);
    for life in [900, 300, 600, 1_200] {
        let mut asked = pens(1);
        asked["life"] = life.into();
        service.well("/v1/holds", &asked);
    }
    assert_eq!(holds(&service, "soonest=true"), [1, 2, 0, 3]);
    assert_eq!(holds(&service, "soonest=true&limit=2&state=active&node=shop"), [1, 2]);
    assert!(service.there("/v1/holds?soonest=true&limit=2")["next"].is_null());
    assert_eq!(service.get("/v1/holds?soonest=true&after=1").0, 422);
    assert_eq!(service.get("/v1/holds?node=nowhere").0, 422);
}

#[test]
fn parcels_at_a_stage_are_shown_wherever_they_stand() {
    let service = Service::with_world(&directory("stages"), &town(), &[]);
    for (id, kept) in [("1001", 7_200), ("1002", 3_600)] {
        let hold = held(&service, &order(id, &[("ice-cream", 1)]), 86_400)["hold"]["hold"].clone();
        service.well(&format!("/v1/holds/{hold}/parcels"), &json!({"kept": kept}));
        service.well(&format!("/v1/parcels/WB-{id}-A/pack"), &json!({}));
        service.well(&format!("/v1/parcels/WB-{id}-A/arrive"), &json!({"node": "point"}));
    }
    held(&service, &order("1003", &[("pen", 1)]), 86_400);
    service.well("/v1/holds/2/parcels", &json!({}));
    let codes = |query: &str| -> Vec<String> {
        let page = service.there(&format!("/v1/parcels?{query}"));
        let items = page["items"].as_array().expect("parcels");
        items.iter().filter_map(|parcel| parcel["parcel"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(codes("stage=here"), ["WB-1002-A", "WB-1001-A"], "whose time ends first");
    assert_eq!(codes("stage=expected"), ["WB-1003-A"]);
    assert!(codes("stage=here&node=centre").is_empty());
    assert_eq!(service.get("/v1/parcels").0, 422);
}
