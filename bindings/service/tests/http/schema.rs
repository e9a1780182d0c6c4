//! The service against its own document: every answer is one that is documented, whatever is asked.
//!
//! The asking is schemathesis's, which the Makefile sets up (`make http-tools`); without it this test says so and is over.

use crate::client::{Service, directory};
use crate::worlds::town;
use serde_json::json;
use std::path::Path;
use std::process::Command;

#[test]
fn every_answer_is_documented_whatever_is_asked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tool = root.join("target/venv-http/bin/schemathesis");
    if !tool.exists() {
        println!("skipped: there is no {}; `make http-tools` sets it up", tool.display());
        return;
    }
    let folder = directory("schema");
    let service = Service::with_world(&folder, &town(), &[]);
    service.well("/v1/sources", &json!({"source": "wms"}));
    let order = json!({
        "id": "1001", "channel": "web", "placed_at": "2026-03-02T08:00:00Z", "to": "point",
        "lines": [{"sku": "pen", "qty": 1, "unfilled_penalty": 1_000}],
    });
    service.well("/v1/holds/planned", &json!({"order": order, "life": 86_400}));
    let examples = std::env::var("VOLOK_HTTP_EXAMPLES").unwrap_or_else(|_| "4".to_owned());
    let run = Command::new(&tool)
        .args(["--config-file", "schemathesis.toml"])
        .args(["run", &format!("http://{}/openapi.json", service.address)])
        .args([
            "--max-examples",
            &examples,
            "--seed",
            &std::env::var("VOLOK_SEED").unwrap_or_else(|_| "1".to_owned()),
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("schemathesis runs");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}\n{}", String::from_utf8_lossy(&run.stderr));
    println!(
        "{}",
        told.lines().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    );
    // And it still works.
    assert_eq!(service.get("/readyz").0, 200);
}
