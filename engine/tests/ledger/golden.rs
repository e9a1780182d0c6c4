//! A log that was written once is read for ever: the golden logs in this folder, and the hashes they lead to. The first was
//! written before there were parcels, the second before there were groups; a state without parcels has the hash it always had.
//!
//! New commands get a new golden log; none is ever changed. Only the last one, until it is published, is written again:
//! `VOLOK_REWRITE=1 cargo test -p volok --features testkit --test ledger golden`.

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

/// Reads a golden log, and compares the hashes it leads to with those it was written with.
fn is_read_as_ever(name: &str) {
    let golden = std::fs::read_to_string(folder().join(name)).expect("the golden log is there");
    let rows = rows(&golden);
    let (ledger, recovery) = opened(MemoryStore::of_rows(rows.clone())).expect("it is read");
    assert!(recovery.cut.is_none() && recovery.replayed > 150, "{recovery:?}");
    assert_eq!(text(&rows, &ledger.chain(), &hash(&ledger)), golden);
}

#[test]
fn the_golden_log_is_read_as_ever() {
    is_read_as_ever("golden-1.log");
}

#[test]
fn the_golden_log_with_parcels_is_read_as_ever() {
    is_read_as_ever("golden-2.log");
}

#[test]
fn the_golden_log_with_groups_is_read_as_ever() {
    let name = "golden-3.log";
    if std::env::var_os("VOLOK_REWRITE").is_some_and(|value| value == "1") {
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        for (batch, now) in batches(4, 120, 5) {
            ledger.submit(batch, now).expect("memory does not fail");
        }
        std::fs::write(folder().join(name), text(&store.rows(), &ledger.chain(), &hash(&ledger)))
            .expect("it can be written");
    }
    is_read_as_ever(name);
    let (mut done, mut refused) = (0, 0);
    let golden = std::fs::read_to_string(folder().join(name)).expect("the golden log is there");
    let found = records(&MemoryStore::of_rows(rows(&golden)), &mut |record| {
        match (&record.command.body, &record.outcome.result) {
            (Body::Group(_), Ok(_)) => done += 1,
            (Body::Group(_), Err(_)) => refused += 1,
            _ => {}
        }
        Ok(())
    });
    assert!(found == Ok(None) && done > 3 && refused > 10, "{done} groups were done, {refused} refused");
}
