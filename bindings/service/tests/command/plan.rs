//! `volok plan`: orders in, plans out.

use crate::shell::{directory, run, run_with, volok};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A directory with a generated world and orders.
pub fn world(name: &str, preset: &str) -> PathBuf {
    let directory = directory(name);
    let mut arguments = vec!["generate", "--preset", preset, "--seed", "5", "--out", "."];
    if preset == "grocery" {
        // Enough to compete and to fill a pipe, few enough for a build that is not optimised.
        arguments.extend(["--orders", "30"]);
    }
    run(&directory, &arguments).well();
    directory
}

pub fn orders(directory: &Path) -> Vec<Value> {
    let text = fs::read_to_string(directory.join("orders.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const PLAN: [&str; 5] = ["plan", "--world", "world.json", "--orders", "orders.jsonl"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    PLAN.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn plans_come_in_the_order_of_the_orders() {
    let directory = world("plan_order", "grocery");
    let mut orders = orders(&directory);
    orders.reverse();
    let lines: Vec<String> = orders.iter().map(Value::to_string).collect();
    fs::write(directory.join("orders.jsonl"), lines.join("\n\n")).unwrap();
    for more in [&[][..], &["--alone"], &["--explain"]] {
        let plans = run(&directory, &with(more)).well();
        let keys: Vec<Value> = plans
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|plan| plan.pointer("/plan/order").unwrap_or(&plan["order"]).clone())
            .collect();
        assert_eq!(keys, orders.iter().map(|order| order["id"].clone()).collect::<Vec<_>>(), "{more:?}");
    }
}

#[test]
fn threads_and_reasons_change_no_plan() {
    let directory = world("plan_threads", "grocery");
    let one = run(&directory, &with(&["--threads", "1"])).well();
    assert_eq!(one, run(&directory, &with(&["--threads", "3"])).well());
    let explained = run(&directory, &with(&["--explain"])).well();
    for (plan, explained) in one.lines().zip(explained.lines()) {
        let (plan, explained): (Value, Value) =
            (serde_json::from_str(plan).unwrap(), serde_json::from_str(explained).unwrap());
        assert_eq!(plan, explained["plan"]);
    }
    let alone = run(&directory, &with(&["--alone", "--threads", "1"])).well();
    assert_eq!(alone, run(&directory, &with(&["--alone", "--threads", "2"])).well());
}

#[test]
fn the_table_has_a_line_a_parcel() {
    let directory = world("plan_table", "three-items");
    let table = run(&directory, &with(&["--format", "table"])).well();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("PARCEL") && lines[1].starts_with("1001-A"), "{table}");
    assert!(lines[1].ends_with("229.00 optimal"), "{table}");
    let graph = run(&directory, &with(&["--format", "dot"])).well();
    assert!(graph.starts_with("digraph"), "{graph}");
}

#[test]
fn pictures_of_one_order_and_of_several() {
    let directory = world("plan_pictures", "three-items");
    let svg = run(&directory, &with(&["--format", "svg"])).well();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    let first = fs::read_to_string(directory.join("orders.jsonl")).unwrap();
    let mut second: Value = serde_json::from_str(&first).unwrap();
    second["id"] = "1002".into();
    fs::write(directory.join("orders.jsonl"), format!("{}\n{second}\n", first.trim())).unwrap();
    for alone in [&["--format", "html"][..], &["--format", "html", "--alone", "--explain"]] {
        let page = run(&directory, &with(alone)).well();
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
        assert_eq!(page.matches("<svg ").count(), 2);
        assert!(page.contains(&svg), "the first order has the stock it had alone");
        assert_eq!(page.contains("Why these parcels"), alone.contains(&"--explain"));
    }
    let refused = run(&directory, &with(&["--format", "svg"]));
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("line 2") && refused.err.contains("--format html"), "{}", refused.err);
}

#[test]
fn standard_input_is_read_and_files_are_written() {
    let directory = world("plan_pipe", "three-items");
    let order = fs::read_to_string(directory.join("orders.jsonl")).unwrap();
    let arguments = ["plan", "--world", "world.json", "--orders", "-", "--out", "plans.jsonl"];
    let done = run_with(&directory, &arguments, &order);
    assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (Some(0), "", ""));
    let plan: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("plans.jsonl")).unwrap()).unwrap();
    assert_eq!((&plan["cost"], &plan["status"]), (&22_900.into(), &"optimal".into()));
}

#[test]
fn bad_orders_are_told_with_their_lines_and_the_others_are_planned() {
    let directory = world("plan_bad", "three-items");
    let good = fs::read_to_string(directory.join("orders.jsonl")).unwrap();
    let mut bad: Value = serde_json::from_str(&good).unwrap();
    bad["id"] = "1002".into();
    bad["to"] = "tver".into();
    bad["lines"][0]["sku"] = "penn".into();
    let text = format!("\n{bad}\n{}\n{{\"id\":\n{}", good.trim(), good.trim());
    fs::write(directory.join("orders.jsonl"), text).unwrap();
    let done = run(&directory, &PLAN);
    assert_eq!(done.code, Some(1));
    assert_eq!(done.out.lines().count(), 1, "{}", done.out);
    let told: Vec<&str> = done.err.lines().collect();
    assert!(told[0].starts_with("orders.jsonl:2: to: found \"tver\""), "{}", done.err);
    assert!(told[1].starts_with("orders.jsonl:2: lines[0].sku: found \"penn\""), "{}", done.err);
    assert!(told[1].contains("did you mean \"pen\"?"), "{}", done.err);
    assert!(told[2].starts_with("orders.jsonl:4: column "), "{}", done.err);
    assert!(told[3].starts_with("orders.jsonl:5: id: found \"1001\", which line 3 has too"), "{}", done.err);
    assert!(told[4].contains("4 defects in 3 orders"), "{}", done.err);
}

#[test]
fn what_cannot_be_used_ends_with_two() {
    let directory = world("plan_unusable", "three-items");
    let nowhere = run(&directory, &["plan", "--world", "nowhere.json", "--orders", "orders.jsonl"]);
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.err.contains("nowhere.json") && nowhere.out.is_empty(), "{}", nowhere.err);

    let mut document: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("world.json")).unwrap()).unwrap();
    document["skus"][0]["grams"] = (-5).into();
    document["lanes"][0]["from"] = "podolks".into();
    fs::write(directory.join("broken.json"), document.to_string()).unwrap();
    let broken = run(&directory, &["plan", "--world", "broken.json", "--orders", "orders.jsonl"]);
    assert_eq!(broken.code, Some(2));
    assert!(broken.err.contains("broken.json: 2 defects"), "{}", broken.err);
    assert!(broken.err.contains("skus[0].grams: found -5"), "{}", broken.err);
    assert!(broken.err.contains("did you mean \"podolsk\"?"), "{}", broken.err);

    for wrong in [&["--seconds", "-1"][..], &["--threads", "0"], &["--format", "xml"]] {
        assert_eq!(run(&directory, &with(wrong)).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let directory = world("plan_head", "grocery");
    let text = fs::read_to_string(directory.join("orders.jsonl")).unwrap();
    fs::write(directory.join("orders.jsonl"), text.repeat(8)).unwrap();
    let mut command = volok(&directory);
    command.args(with(&["--alone"])).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_limit_in_seconds_is_obeyed() {
    let directory = world("plan_seconds", "three-items");
    let plans = run(&directory, &with(&["--seconds", "20", "--steps", "100000"])).well();
    assert!(plans.contains("\"optimal\""), "{plans}");
}

#[test]
fn orders_decided_together_cost_less_and_tell_what_was_scarce() {
    let directory = directory("plan_together");
    let made =
        ["generate", "--preset", "competing", "--seed", "5", "--orders", "60", "--skus", "12", "--out", "."];
    run(&directory, &made).well();
    let cost = |plans: &str| -> i64 {
        let plans = plans.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        plans.map(|plan| plan["cost"].as_i64().unwrap()).sum()
    };
    let in_turn = run(&directory, &with(&[])).well();
    let terms = ["--together", "--rounds", "60", "--prices", "prices.jsonl"];
    let decided = run(&directory, &with(&terms));
    assert_eq!(decided.code, Some(0), "{}", decided.err);
    assert!(decided.err.starts_with("60 orders together cost "), "{}", decided.err);
    let together = decided.out;
    assert_eq!(together.lines().count(), 60);
    assert!(cost(&together) < cost(&in_turn), "{} against {}", cost(&together), cost(&in_turn));
    assert_eq!(together, run(&directory, &with(&terms)).out, "the same seed gives the same plans");
    fs::write(directory.join("plans.jsonl"), &together).unwrap();
    run(
        &directory,
        &["check", "--world", "world.json", "--orders", "orders.jsonl", "--plans", "plans.jsonl"],
    )
    .well();
    let prices = fs::read_to_string(directory.join("prices.jsonl")).unwrap();
    let prices: Vec<Value> = prices.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!prices.is_empty());
    for price in &prices {
        assert!(price["of"] == "stock" && price["price"].as_i64() > Some(0), "{price}");
        let wanted = price["wanted"].as_array().unwrap();
        assert!(!wanted.is_empty() || !price["got"].as_array().unwrap().is_empty(), "{price}");
    }
}
