//! `volok simulate`: the same orders under several policies, or in a changed world.

use crate::shell::{directory, run};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A small country in which orders compete.
fn country(name: &str) -> PathBuf {
    let directory = directory(name);
    let generate = ["generate", "--preset", "country", "--seed", "5", "--out", "."];
    let size = ["--skus", "8", "--storing", "4", "--hand-over", "4", "--orders", "60"];
    run(&directory, &[&generate[..], &size].concat()).well();
    directory
}

const SIMULATE: [&str; 7] =
    ["simulate", "--world", "world.json", "--orders", "orders.jsonl", "--rounds", "10"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SIMULATE[..], more].concat()
}

#[test]
fn the_table_has_a_line_a_policy() {
    let directory = country("simulate_table");
    let table = run(&directory, &with(&[])).well();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 13, "{table}");
    assert!(lines[0].starts_with("POLICY") && lines[1].starts_with("myopic exact"), "{table}");
    assert!(lines[11].starts_with("hindsight") && lines[12].starts_with("no policy costs less"), "{table}");
    assert!(lines[1..12].iter().all(|line| line.ends_with(" 0")), "no rule is broken: {table}");
    assert_eq!(table, run(&directory, &with(&["--seed", "1"])).well());
}

#[test]
fn some_policies_as_json() {
    let directory = country("simulate_json");
    let more = ["--policies", "nearest-source,windowed", "--window", "240", "--json", "--learn", "50"];
    let table: Value = serde_json::from_str(&run(&directory, &with(&more)).well()).unwrap();
    let names: Vec<&str> =
        table["rows"].as_array().unwrap().iter().map(|row| row["policy"].as_str().unwrap()).collect();
    assert_eq!(names, ["myopic exact", "nearest source", "batched every 240 min", "hindsight"]);
    assert_eq!(table["orders"], 30, "the first half is the past");
    let costs = table["rows"].as_array().unwrap().iter().map(|row| row["score"]["cost"].as_i64().unwrap());
    let bound = table["bound"].as_i64().unwrap();
    assert!(costs.into_iter().all(|cost| cost >= bound), "{table}");
}

#[test]
fn orders_of_before_teach_and_less_stock_costs_more() {
    let directory = country("simulate_past");
    let played = |more: &[&str]| -> Value {
        let usual = ["--policies", "priced", "--past", "orders.jsonl", "--json"];
        serde_json::from_str(&run(&directory, &with(&[&usual[..], more].concat())).well()).unwrap()
    };
    let (all, half) = (played(&[]), played(&["--stock", "50"]));
    assert_eq!(all["orders"], 60, "none is left out");
    let cost = |table: &Value| table["rows"][0]["score"]["cost"].as_i64().unwrap();
    assert!(cost(&half) > cost(&all), "{half}");
}

#[test]
fn a_changed_world_is_told_by_differences() {
    let directory = country("simulate_changed");
    let mut world: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("world.json")).unwrap()).unwrap();
    for node in world["nodes"].as_array_mut().unwrap() {
        if let Some(stores) = node.get_mut("stores") {
            stores["cost_per_parcel"] = (stores["cost_per_parcel"].as_i64().unwrap() + 1_000).into();
        }
    }
    fs::write(directory.join("dearer.json"), world.to_string()).unwrap();
    let told = run(&directory, &with(&["--changed", "dearer.json"])).well();
    assert!(told.starts_with("myopic exact: 42 orders in both worlds, paired by 4 blocks"), "{told}");
    // With enough for all, each parcel costs ten roubles more, in every block.
    let more =
        ["--changed", "dearer.json", "--json", "--policies", "myopic,highest-stock", "--stock", "1000"];
    let lines = run(&directory, &with(&more)).well();
    for line in lines.lines() {
        let difference: Value = serde_json::from_str(line).unwrap();
        assert!(difference["cost"]["per_order"]["low"].as_f64().unwrap() > 0.0, "{line}");
    }
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn a_changed_world_that_cannot_read_the_orders_is_no_pair() {
    let directory = country("simulate_unpaired");
    let mut world: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("world.json")).unwrap()).unwrap();
    world["channels"].as_array_mut().unwrap().pop();
    fs::write(directory.join("fewer.json"), world.to_string()).unwrap();
    let refused = run(&directory, &with(&["--changed", "fewer.json"]));
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--changed: stream 1: its orders are not those"), "{}", refused.err);
    let twice = ["simulate", "--world", "world.json", "--orders", "-", "--changed", "world.json"];
    let refused = run(&directory, &twice);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("give a file"), "{}", refused.err);
}
