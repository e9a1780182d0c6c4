//! Logs and snapshots with bytes of the fuzzer's choosing.

use std::sync::LazyLock;
use volok::ledger::store::{MemoryStore, Row, Store};
use volok::ledger::*;
use volok::testkit::ledger::{Commands, World};

/// Length of the hash at the end of a group and of a snapshot.
const HASH: usize = 32;
const CLOCK: ClockTerms = ClockTerms { longest_jump: u32::MAX };

/// A right log, with a snapshot halfway, and what is sent to whatever comes of it.
struct Known {
    rows: Vec<Row>,
    snapshot: (u64, Vec<u8>),
    next: Vec<Command>,
    now: Stamp,
}

static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| {
    let store = MemoryStore::default();
    let (ledger, _) = Ledger::open(Box::new(store.clone()), CLOCK).ok()?;
    let mut commands = Commands::new(3);
    let mut now = Stamp(0);
    ledger.submit([Tenant(0), Tenant(1)].into_iter().flat_map(World::opening).collect(), now).ok()?;
    let mut one = |now: &mut Stamp| {
        let (command, shown) = ledger.look(|state| commands.next(state)).ok()?;
        *now = shown.max(*now);
        Some(command)
    };
    for row in 0..160 {
        let command = one(&mut now)?;
        ledger.submit(vec![command], now).ok()?;
        if row == 120 {
            ledger.snapshot().ok()?;
        }
    }
    let next = (0..40).filter_map(|_| one(&mut now)).collect();
    Some(Known { rows: store.rows(), snapshot: store.snapshot().ok()??, next, now })
});

/// Bytes as changes of a log or of a snapshot: what is not right is refused, and nothing panics.
pub fn ledger(bytes: &[u8]) {
    let (Some(known), Some((&what, changes))) = (KNOWN.as_ref(), bytes.split_first()) else { return };
    let mut rows = known.rows.clone();
    match what % 4 {
        // Whatever stands in the log instead of a group.
        0 => {
            rows.truncate(usize::from(what) % rows.len());
            let after = rows.len() as u64;
            rows.push(Row { after, bytes: changes.to_vec() });
            look(MemoryStore::of_rows(rows), known);
        }
        // The first groups of the log, one of them changed, its hash right again: its chain, numbers and bodies are not.
        1 => {
            let row = usize::from(what / 4) % rows.len();
            rows.truncate(row + 1);
            change(&mut rows[row].bytes, changes, true);
            look(MemoryStore::of_rows(rows), known);
        }
        // A snapshot changed, its hash right again or not.
        _ => {
            let (sequence, mut bytes) = known.snapshot.clone();
            change(&mut bytes, changes, what % 4 == 2);
            let mut store = MemoryStore::default();
            if store.put_snapshot(sequence, &bytes).is_ok() {
                look(store, known);
            }
        }
    }
}

/// Sets bytes, each by two bytes of place and one of value; a place beyond the end cuts the last byte off.
fn change(bytes: &mut Vec<u8>, changes: &[u8], right_hash: bool) {
    let mut body = bytes.len().saturating_sub(HASH);
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]])) % (body + 8).max(1);
        match bytes[..body].get_mut(place) {
            Some(byte) => *byte = change[2],
            None => {
                body = body.saturating_sub(1);
                bytes.remove(body);
            }
        }
    }
    if right_hash {
        let hash = blake3::hash(&bytes[..body]);
        bytes[body..].copy_from_slice(hash.as_bytes());
    }
}

/// Opens a store and, where that works, reads all of it and goes on.
fn look(store: MemoryStore, known: &Known) {
    let _ = verify(&store);
    let Ok((ledger, _)) = Ledger::open(Box::new(store), CLOCK) else { return };
    let _ = ledger.look(|state| (state.hash(), state.audit()));
    let _ = ledger.view(Tenant(0));
    let _ = ledger.submit(known.next.clone(), known.now);
    let _ = ledger.snapshot();
    let _ = ledger.look(|state| (state.hash(), state.audit()));
}
