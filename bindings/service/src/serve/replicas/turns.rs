//! The thread that takes a replica's turns.

use super::stale::{Changed, Stale};
use super::{TURN, writes};
use crate::serve::keeper::Keeper;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
use volok::ledger::store::PostgresStore;
use volok::ledger::{Replica, Stamp, Standing};

/// What the thread works with.
pub struct Turns {
    /// This process.
    pub replica: Arc<Replica<PostgresStore>>,
    /// Who hears how it stands.
    pub told: watch::Sender<Standing>,
    /// When the last turn began that ended well.
    pub turned: Arc<Mutex<Option<Instant>>>,
    /// Who asks for a turn.
    pub poked: Receiver<()>,
    /// What shops do not show yet.
    pub stale: Arc<Stale>,
}

impl Turns {
    /// Takes turns as long as anyone may ask for one.
    pub fn run(self, keeper: &Keeper) {
        let (begin, mut before, mut is_cut) = (Instant::now(), self.replica.standing(), false);
        loop {
            // Only differences of this clock count, so it is one that never jumps.
            let now = Stamp(i64::try_from(begin.elapsed().as_nanos()).unwrap_or(i64::MAX));
            let (mut changed, mut seen, began) = (Changed::default(), 0, Instant::now());
            let turned = self.replica.turn_each(now, &mut |records, _| {
                seen += records.len() as u64;
                records.iter().for_each(|record| changed.note(record.command.tenant, &record.command.body));
                Ok(())
            });
            let standing = match turned {
                Ok(standing) => {
                    is_cut = false;
                    standing
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_cut, true) {
                        tracing::error!(%error, "the shared ledger cannot be reached");
                    }
                    self.replica.standing()
                }
            };
            let wrote = writes(&before) && writes(&standing);
            if !wrote && standing.sequence != before.sequence + seen {
                (changed.all, changed.worlds) = (true, true);
            }
            // A new writer may have put a world before it ended, and said so nowhere else.
            changed.worlds |= standing.epoch != before.epoch;
            self.tell(&before, &standing);
            if !is_cut {
                // After what it showed is told.
                *self.turned.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
            }
            if let Some(sequence) = self.stale.read(standing.sequence, changed) {
                keeper.hear(sequence);
            }
            before = standing;
            if let Err(RecvTimeoutError::Disconnected) = self.poked.recv_timeout(TURN) {
                return;
            }
        }
    }

    fn tell(&self, before: &Standing, standing: &Standing) {
        let lag = standing.last.saturating_sub(standing.sequence);
        metrics::gauge!("volok_replica_writer").set(f64::from(u8::from(writes(standing))));
        metrics::gauge!("volok_replica_lag").set(lag as f64);
        metrics::gauge!("volok_sequence").set(standing.sequence as f64);
        if writes(before) != writes(standing) {
            let writer = standing.writer.as_deref().unwrap_or_default();
            tracing::info!(writes = writes(standing), epoch = standing.epoch, writer, "the seat changed");
        }
        self.told.send_if_modified(|told| {
            // How far it is, is told otherwise.
            let is_new =
                (told.role, told.epoch, &told.writer) != (standing.role, standing.epoch, &standing.writer);
            told.clone_from(standing);
            is_new
        });
    }
}
