//! `volok network`: findings and drawings.

use crate::shell::{directory, run};
use std::fs;
use std::path::Path;

fn three_items(name: &str) -> std::path::PathBuf {
    let directory = directory(name);
    run(&directory, &["generate", "--preset", "three-items", "--seed", "1", "--out", "w"]).well();
    directory
}

/// Holds a text against a file; `VOLOK_REWRITE=1` accepts what came out.
#[track_caller]
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/golden").join(name);
    if std::env::var_os("VOLOK_REWRITE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{}", path.display());
}

#[test]
fn the_three_item_world_is_drawn() {
    let directory = three_items("network_drawn");
    let draw =
        |format: &str| run(&directory, &["network", "--world", "w/world.json", "--format", format]).well();
    golden("three_items.dot", &draw("dot"));
    let map = draw("geojson");
    serde_json::from_str::<serde_json::Value>(&map).unwrap();
    golden("three_items.geojson", &map);
}

#[test]
fn nothing_is_odd_about_the_three_item_world_until_a_lane_is_gone() {
    let directory = three_items("network_findings");
    let told = run(&directory, &["network", "--world", "w/world.json"]).well();
    assert_eq!(told, "3 nodes, 3 lanes: 0 findings\n");
    let path = directory.join("w/world.json");
    let mut world: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    world["lanes"].as_array_mut().unwrap().retain(|lane| lane["from"] != "tver");
    fs::write(&path, world.to_string()).unwrap();
    let run = run(&directory, &["network", "--world", "w/world.json"]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.starts_with("leads_nowhere: node \"tver\""), "{}", run.out);
}
