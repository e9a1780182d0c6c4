//! What the suites share.

use volok::ledger::store::Store;
use volok::ledger::*;
use volok::testkit::ledger::{Commands, World};

/// Believes every clock: the plain ledger knows no jumps.
pub const ANY: ClockTerms = ClockTerms { longest_jump: u32::MAX };

/// A switch of the environment.
pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// An open ledger.
pub fn open(store: impl Store + 'static) -> Ledger {
    opened(store).unwrap_or_else(|error| panic!("{error}")).0
}

/// A ledger, if it opens.
pub fn opened(store: impl Store + 'static) -> Result<(Ledger, Recovery), RecoverError> {
    Ledger::open(Box::new(store), ANY)
}

/// Hash of the state.
pub fn hash(ledger: &Ledger) -> Chain {
    ledger.look(State::hash).expect("it has not stopped")
}

/// Batches of a seed, with what the clock shows: the same for the same seed, whatever the store. Even seeds are busy with
/// parcels.
pub fn batches(seed: u64, count: usize, size: usize) -> Vec<(Vec<Command>, Stamp)> {
    let mut state = State::default();
    let mut batches = Vec::new();
    for tenant in [Tenant(0), Tenant(1)] {
        let opening = World::opening(tenant);
        opening.iter().for_each(|command| {
            state.apply(command, Stamp(0), ANY);
        });
        batches.push((opening, Stamp(0)));
    }
    let mut commands = if seed.is_multiple_of(2) { Commands::of_parcels(seed) } else { Commands::new(seed) };
    for _ in 0..count {
        let mut batch = Vec::new();
        let mut clock = Stamp(0);
        for _ in 0..size {
            let (command, now) = commands.next(&state);
            clock = clock.max(now);
            let outcome = state.apply(&command, clock, ANY).outcome;
            commands.heard(&command, &outcome);
            batch.push(command);
        }
        batches.push((batch, clock));
    }
    batches
}
