//! `volok demo` and `volok schema`: what a newcomer types first.

use crate::shell::{directory, run};
use serde_json::Value;

#[test]
fn the_demonstration_draws_proves_and_explains() {
    let text = run(&directory("demo"), &["demo"]).well();
    for wanted in [
        "┌ 1001-A ─",
        "┌ 1001-B ─",
        "Pen, blue",
        "Costs 229.00 RUB",
        "Proven optimal",
        "Why these parcels",
        "What was possible and lost",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing:\n{text}");
    }
    let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 100, "{widest}");
}

#[test]
fn the_demonstration_is_data_too() {
    let directory = directory("demo_data");
    let json: Value = serde_json::from_str(&run(&directory, &["demo", "--format", "json"]).well()).unwrap();
    assert_eq!(json["plan"]["cost"], 22_900);
    assert_eq!(json["plan"]["bound"], 22_900);
    assert_eq!(json["plan"]["completes_at"], "2026-03-03T06:00:00Z");
    assert_eq!(json["order"]["id"], json["advice"]["order"]);
    let dot = run(&directory, &["demo", "--format", "dot"]).well();
    assert!(dot.starts_with("digraph \"order 1001\" {\n") && dot.ends_with("}\n"), "{dot}");
    let svg = run(&directory, &["demo", "--format", "svg"]).well();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    let page = run(&directory, &["demo", "--format", "html"]).well();
    assert!(
        page.contains(&svg) && page.contains("Why these parcels") && page.ends_with("</html>\n"),
        "{page}"
    );
}

#[test]
fn schemas_are_printed() {
    let directory = directory("schema");
    for document in ["world", "order", "plan", "disruption", "replanned"] {
        let schema: Value = serde_json::from_str(&run(&directory, &["schema", document]).well()).unwrap();
        assert_eq!(schema["type"], "object", "{document}");
    }
    let run = run(&directory, &["schema", "parcel"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("world, order, plan, disruption, replanned"), "{}", run.err);
}

#[test]
fn the_exit_codes_are_in_the_help() {
    let help = run(&directory("help"), &["plan", "--help"]).well();
    assert!(help.contains("Exit codes:") && help.contains("1  some orders had defects"), "{help}");
}
