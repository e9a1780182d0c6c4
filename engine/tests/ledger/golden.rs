//! A log that was written once is read for ever: the golden log in this folder, and the hashes it leads to.
//!
//! After a wanted change of the format, which takes a new version number: `VOLOK_REWRITE=1 cargo test -p volok --features
//! testkit --test ledger golden`, and say in the changelog what happens to old logs.

use crate::support::{batches, hash, open, opened};
use std::path::PathBuf;
use volok::ledger::store::{MemoryStore, Row};
use volok::ledger::*;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ledger"))
}

/// Rows as lines: the operation they begin after, and their bytes in hexadecimal; last the hashes.
fn text(rows: &[Row], chain: &Chain, state: &Chain) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut text = String::new();
    for row in rows {
        text += &format!("{} {}\n", row.after, hex(&row.bytes));
    }
    text + &format!("log {}\nstate {}\n", hex(chain), hex(state))
}

fn rows(text: &str) -> Vec<Row> {
    let rows = text.lines().filter_map(|line| {
        let (after, hex) = line.split_once(' ')?;
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        let bytes = || (0..hex.len()).step_by(2).map(byte).collect();
        after.parse().ok().map(|after| Row { after, bytes: bytes() })
    });
    rows.collect()
}

#[test]
fn the_golden_log_is_read_as_ever() {
    let file = folder().join("golden-1.log");
    if std::env::var_os("VOLOK_REWRITE").is_some_and(|value| value == "1") {
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        for (batch, now) in batches(1, 40, 5) {
            ledger.submit(batch, now).expect("memory does not fail");
        }
        std::fs::write(&file, text(&store.rows(), &ledger.chain(), &hash(&ledger)))
            .expect("it can be written");
    }
    let golden = std::fs::read_to_string(&file).expect("the golden log is there");
    let rows = rows(&golden);
    let (ledger, recovery) = opened(MemoryStore::of_rows(rows.clone())).expect("it is read");
    assert!(recovery.cut.is_none() && recovery.replayed > 150, "{recovery:?}");
    assert_eq!(text(&rows, &ledger.chain(), &hash(&ledger)), golden);
}
