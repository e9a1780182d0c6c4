//! From a store to the state: snapshot, then what was appended since; every group checked, every answer given again and
//! compared.

use super::limits;
use super::state::State;
use super::store::{Row, Store, StoreError};
use super::wire::{Chain, Damage, Record, read_group, read_snapshot};

/// What was found while a ledger was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The operation the snapshot was as of; 0 without one.
    pub snapshot: u64,
    /// Operations done again after it.
    pub replayed: u64,
    /// What was cut off the end of the log.
    pub cut: Option<Cut>,
}

/// A torn end: a commit that nobody was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last operation that is whole.
    pub after: u64,
    /// Bytes removed.
    pub bytes: usize,
    /// What is wrong with them.
    pub damage: Damage,
}

/// Why a ledger cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something in the middle of the log is not what was written.
    #[error(
        "the group after operation {after} is damaged, and more follow it: {damage}; restore the log from a copy"
    )]
    Damaged {
        /// Operations before it.
        after: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A group is missing, or stands elsewhere.
    #[error("after operation {expected} the log goes on at {found}; restore the missing part from a copy")]
    Hole {
        /// Where it should go on.
        expected: u64,
        /// Where it goes on.
        found: u64,
    },
    /// A group follows one that it was not written after.
    #[error("the group after operation {after} belongs to another log; restore the log from a copy")]
    OtherLog {
        /// Operations before it.
        after: u64,
    },
    /// The snapshot is not what was written.
    #[error(
        "the snapshot as of operation {sequence} is damaged: {damage}; remove it, and the log is read from its start"
    )]
    Snapshot {
        /// The operation it says it is as of.
        sequence: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// An operation done again has another answer than it had.
    #[error(
        "operation {sequence} is answered otherwise than it was; open the log with the version that wrote it"
    )]
    Diverged {
        /// Which.
        sequence: u64,
    },
}

/// Rows read at a time: few, because each may have millions of bytes.
pub(super) const ROWS: usize = 16;

/// The state of a store, and the hash of its last group. A torn end is cut in the store too.
pub(super) fn recover(store: &mut dyn Store) -> Result<(State, Chain, Recovery), RecoverError> {
    let (mut state, mut chain) = (State::default(), Chain::default());
    let mut recovery = Recovery::default();
    if let Some(read) = snapshot_of(store)? {
        (state, chain) = read;
        recovery.snapshot = state.sequence();
    }
    let first = state.sequence();
    let torn = walk(store, first, &mut chain, &mut |records| again(&mut state, records, &mut |_| {}))?;
    recovery.replayed = state.sequence() - first;
    if let Some((row, damage)) = torn {
        if !planted!(TornEndStays) {
            store.cut(row.after)?;
        }
        recovery.cut = Some(Cut { after: row.after, bytes: row.bytes.len(), damage });
    }
    Ok((state, chain, recovery))
}

/// The state of a store's snapshot, and the hash of the last group before it.
pub(super) fn snapshot_of(store: &dyn Store) -> Result<Option<(State, Chain)>, RecoverError> {
    let Some((sequence, bytes)) = store.snapshot()? else { return Ok(None) };
    let broken = |damage| RecoverError::Snapshot { sequence, damage };
    let (state, chain) = read_snapshot(&bytes).map_err(broken)?;
    match state.sequence() == sequence {
        true => Ok(Some((state, chain))),
        false => Err(broken(Damage { at: 0, what: "it is as of another operation than it says" })),
    }
}

/// Does operations again, and compares their answers; `each` sees the state after each.
pub(super) fn again(
    state: &mut State,
    records: &[Record],
    each: &mut dyn FnMut(&State),
) -> Result<(), RecoverError> {
    for part in records.chunks(limits::AHEAD) {
        state.look_ahead(part.iter().map(|record| &record.command));
        for Record { command, outcome } in part {
            let sequence = state.sequence() + 1;
            match state.again(command, outcome.at) {
                Some(again) if again == *outcome || planted!(AnswersNotCompared) => each(state),
                _ => return Err(RecoverError::Diverged { sequence }),
            }
        }
    }
    Ok(())
}

/// Reads the log from an operation on; the last row if it is torn. Nothing is changed.
pub(super) fn walk(
    store: &dyn Store,
    first: u64,
    chain: &mut Chain,
    each: &mut dyn FnMut(&[Record]) -> Result<(), RecoverError>,
) -> Result<Option<(Row, Damage)>, RecoverError> {
    let mut after = first;
    let mut from = first;
    let mut torn: Option<(Row, Damage)> = None;
    loop {
        let rows = store.read(from, ROWS)?;
        let Some(last) = rows.last() else { return Ok(torn) };
        from = last.after + 1;
        for row in rows {
            if let Some((row, damage)) = torn {
                planted!(DamageTakenForTorn => return Ok(Some((row, damage))));
                return Err(RecoverError::Damaged { after: row.after, damage });
            }
            if row.after != after && !planted!(HoleUnseen) {
                return Err(RecoverError::Hole { expected: after, found: row.after });
            }
            let group = match read_group(&row.bytes) {
                Ok(group) => group,
                Err(damage) => {
                    torn = Some((row, damage));
                    continue;
                }
            };
            if group.after != after || (group.previous != *chain && !planted!(OtherLogTaken)) {
                return Err(RecoverError::OtherLog { after });
            }
            each(&group.records)?;
            after += group.records.len() as u64;
            *chain = group.chain;
        }
    }
}
