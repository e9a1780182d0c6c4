//! `volok replan`: a plan and what went wrong in, the new plan out.

use crate::plan::world;
use crate::shell::run;
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_short_pick_is_planned_again_and_printed_in_every_format() {
    let directory = world("replan", "three-items");
    let plans = run(&directory, &["plan", "--world", "world.json", "--orders", "orders.jsonl"]).well();
    let line = plans.lines().next().unwrap();
    fs::write(directory.join("plan.json"), line).unwrap();
    let plan: Value = serde_json::from_str(line).unwrap();
    let parcel = &plan["parcels"][0];
    let short = json!({
        "volok": 1, "now": parcel["ready_at"], "change_price": 100,
        "short_picks": [{"parcel": parcel["code"], "line": parcel["picks"][0]["line"], "found": 0}]
    });
    fs::write(directory.join("short.json"), short.to_string()).unwrap();
    let with = |format: &[&str]| {
        let mut arguments = vec!["replan", "--world", "world.json", "--orders", "orders.jsonl"];
        arguments.extend(["--plan", "plan.json", "--disruption", "short.json"]);
        arguments.extend(format);
        run(&directory, &arguments)
    };
    let again: Value = serde_json::from_str(&with(&[]).well()).unwrap();
    assert_eq!((&again["status"], &again["plan"]["order"]), (&json!("optimal"), &plan["order"]));
    assert!(again["changed"].as_u64().unwrap() >= 1, "{again}");
    let table = with(&["--format", "table"]).well();
    assert!(table.starts_with("PARCEL") && table.contains("changed parcels counted; proven"), "{table}");
    assert!(with(&["--format", "svg"]).well().starts_with("<svg "));
    // What came out is a plan that can be planned again. Nothing went wrong this time, and no change pays.
    fs::write(directory.join("plan.json"), again.to_string()).unwrap();
    let nothing = json!({"volok": 1, "now": parcel["ready_at"], "change_price": 1_000_000});
    fs::write(directory.join("short.json"), nothing.to_string()).unwrap();
    let third: Value = serde_json::from_str(&with(&[]).well()).unwrap();
    assert_eq!(third["changed"], 0, "{third}");
    fs::write(directory.join("short.json"), r#"{"volok": 1, "now": "noon", "missed": [{"parcel": "B"}]}"#)
        .unwrap();
    let wrong = with(&[]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("now: ") && wrong.err.contains("missed[0].parcel: "), "{}", wrong.err);
}
