//! `volok generate`: the same seed, the same bytes.

use crate::shell::{directory, run};
use std::fs;

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let directory = directory("generate");
    for preset in ["three-items", "country", "grocery", "hostile", "small", "crossed", "crowded"] {
        let write = |seed: &str, out: &str| {
            let arguments = ["generate", "--preset", preset, "--seed", seed, "--out", out];
            let told = run(&directory, &arguments).well();
            assert!(told.contains(&format!("{out}/world.json: ")), "{told}");
            let read = |name: &str| fs::read(directory.join(out).join(name)).unwrap();
            (read("world.json"), read("orders.jsonl"))
        };
        let first = write("7", "first");
        assert_eq!(first, write("7", "again"), "{preset}");
        if preset != "three-items" {
            assert_ne!(first, write("8", "other"), "{preset}");
        }
    }
}

#[test]
fn as_many_orders_as_asked_for() {
    let directory = directory("generate_orders");
    let arguments = ["generate", "--preset", "grocery", "--seed", "1", "--orders", "25", "--out", "w"];
    run(&directory, &arguments).well();
    assert_eq!(fs::read_to_string(directory.join("w/orders.jsonl")).unwrap().lines().count(), 25);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let directory = directory("generate_nowhere");
    fs::write(directory.join("file"), "").unwrap();
    let run = run(&directory, &["generate", "--preset", "small", "--seed", "1", "--out", "file/w"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("file/w"), "{}", run.err);
}
