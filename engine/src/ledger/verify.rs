//! Is a log whole? Everything from its first operation on is done again, beside whatever the snapshot says.

use super::recover::{Cut, RecoverError, again, walk};
use super::state::State;
use super::store::Store;
use super::wire::{Chain, Record, read_snapshot};

/// What a log says of itself once all of it was done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Operations.
    pub operations: u64,
    /// Hash of the last group.
    pub chain: Chain,
    /// Hash of the state.
    pub state: Chain,
    /// The operation the snapshot is as of, if there is one; its state is the one the log leads to there.
    pub snapshot: Option<u64>,
    /// A torn end, still there.
    pub torn: Option<Cut>,
    /// The first invariant that does not hold, if one does not.
    pub broken: Option<String>,
}

/// Does a whole log again, from its first operation, compares each answer, the snapshot, and every sum. Nothing is
/// changed. O(operations).
///
/// # Errors
/// See [`RecoverError`].
pub fn verify(store: &dyn Store) -> Result<Verified, RecoverError> {
    let snapshot = match store.snapshot()? {
        None => None,
        Some((sequence, bytes)) => {
            let read = read_snapshot(&bytes);
            let (state, _) = read.map_err(|damage| RecoverError::Snapshot { sequence, damage })?;
            Some((sequence, state.hash()))
        }
    };
    let (mut state, mut chain) = (State::default(), Chain::default());
    let mut differs = None;
    let torn = walk(store, 0, &mut chain, &mut |records| {
        again(&mut state, records, &mut |state| {
            let sequence = state.sequence();
            if let Some((_, hash)) = snapshot.filter(|snapshot| snapshot.0 == sequence)
                && hash != state.hash()
            {
                differs = Some(format!("the snapshot as of operation {sequence} is of another state"));
            }
        })
    })?;
    Ok(Verified {
        operations: state.sequence(),
        chain,
        state: state.hash(),
        snapshot: snapshot.map(|snapshot| snapshot.0),
        torn: torn.map(|(row, damage)| Cut { after: row.after, bytes: row.bytes.len(), damage }),
        broken: differs.or_else(|| state.audit()),
    })
}

/// The state a whole log leads to, from its first operation, each answer compared. Nothing is changed; a torn end is left
/// out. O(operations).
///
/// # Errors
/// See [`RecoverError`].
pub fn replay(store: &dyn Store) -> Result<State, RecoverError> {
    let (mut state, mut chain) = (State::default(), Chain::default());
    walk(store, 0, &mut chain, &mut |records| again(&mut state, records, &mut |_| {}))?;
    Ok(state)
}

/// Reads every operation of a log from its first, hashes checked; tells of a torn end.
///
/// # Errors
/// See [`RecoverError`]; or what `each` answers.
pub fn records(
    store: &dyn Store,
    each: &mut dyn FnMut(&Record) -> Result<(), RecoverError>,
) -> Result<Option<Cut>, RecoverError> {
    let torn = walk(store, 0, &mut Chain::default(), &mut |records| records.iter().try_for_each(&mut *each))?;
    Ok(torn.map(|(row, damage)| Cut { after: row.after, bytes: row.bytes.len(), damage }))
}
