//! `volok check`: what is right passes, what is wrong is named.

use crate::plan::world;
use crate::shell::{Run, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn check(directory: &Path, plans: &str) -> Run {
    fs::write(directory.join("plans.jsonl"), plans).unwrap();
    run(directory, &["check", "--world", "world.json", "--orders", "orders.jsonl", "--plans", "plans.jsonl"])
}

fn plans(directory: &Path, more: &[&str]) -> String {
    let mut arguments = vec!["plan", "--world", "world.json", "--orders", "orders.jsonl"];
    arguments.extend(more);
    run(directory, &arguments).well()
}

#[test]
fn own_plans_keep_every_rule() {
    let directory = world("check_own", "grocery");
    for more in [&[][..], &["--explain"]] {
        let verdict = check(&directory, &plans(&directory, more)).well();
        assert!(verdict.ends_with("every rule is kept\n"), "{verdict}");
    }
    fs::write(directory.join("alone.jsonl"), plans(&directory, &["--alone"])).unwrap();
    let arguments =
        ["check", "--world", "world.json", "--orders", "orders.jsonl", "--plans", "alone.jsonl", "--alone"];
    run(&directory, &arguments).well();
}

#[test]
fn foreign_plans_are_judged() {
    let directory = world("check_foreign", "three-items");
    let plan: Value = serde_json::from_str(&plans(&directory, &[])).unwrap();

    let mut early = plan.clone();
    early["parcels"][0]["legs"][0]["departs_at"] = "2026-03-02T10:00:00Z".into();
    let judged = check(&directory, &early.to_string());
    assert_eq!(judged.code, Some(1));
    assert!(judged.out.contains("F6: order 1001"), "{}", judged.out);

    let mut cheap = plan.clone();
    cheap["costs"]["carriage"] = 1.into();
    let judged = check(&directory, &cheap.to_string());
    assert_eq!(judged.code, Some(1));
    assert!(judged.out.contains("plans.jsonl:1: cost: found 22900"), "{}", judged.out);

    let mut stranger = plan;
    stranger["order"] = "1009".into();
    let judged = check(&directory, &stranger.to_string());
    assert_eq!(judged.code, Some(1));
    assert!(judged.out.contains("plans.jsonl:1: order: found \"1009\""), "{}", judged.out);
    assert!(judged.out.contains("orders.jsonl:1: order \"1001\" has no plan"), "{}", judged.out);

    let judged = check(&directory, "{\"volok\":1\n[]\n\u{0}");
    assert_eq!(judged.code, Some(1));
    assert!(judged.out.contains("plans.jsonl:2: column"), "{}", judged.out);
}
