//! Random commands, answer for answer as a plain ledger gives them; and every short run of commands on one cell.

use crate::support::{ANY, number};
use volok::ledger::*;
use volok::testkit::ledger::{Commands, Model, World};

fn step(ledger: &mut State, model: &mut Model, command: &Command, now: Stamp) -> Result<Outcome, String> {
    let applied = ledger.apply(command, now, ANY);
    model.expect(command, now, &applied.outcome)?;
    model.compare(ledger)?;
    Ok(applied.outcome)
}

/// The first seed at whose first command the two differ, with what differs.
fn run(seed: u64, mut commands: Commands, operations: u64) -> Result<(), String> {
    let (mut ledger, mut model) = (State::default(), Model::default());
    for tenant in [Tenant(0), Tenant(1)] {
        for command in World::opening(tenant) {
            step(&mut ledger, &mut model, &command, Stamp(0))?;
        }
    }
    for operation in 0..operations {
        let (command, now) = commands.next(&ledger);
        let outcome = step(&mut ledger, &mut model, &command, now)
            .map_err(|broken| format!("seed {seed}, operation {operation}: {broken}"))?;
        commands.heard(&command, &outcome);
    }
    Ok(())
}

#[test]
fn random_commands_are_answered_as_a_plain_ledger_answers() {
    let (first, seeds) = (number("VOLOK_SEED", 1), number("VOLOK_LEDGER_SEEDS", 60));
    println!("seeds {first}..{}", first + seeds);
    for seed in first..first + seeds {
        if let Err(broken) = run(seed, Commands::new(seed), 250) {
            panic!("{broken}");
        }
    }
}

#[test]
fn random_parcels_lie_where_a_plain_ledger_has_every_single_unit_of_them() {
    let (first, seeds) = (number("VOLOK_SEED", 1), number("VOLOK_LEDGER_SEEDS", 60));
    println!("seeds {first}..{}", first + seeds);
    for seed in first..first + seeds {
        if let Err(broken) = run(seed, Commands::of_parcels(seed), 250) {
            panic!("{broken}");
        }
    }
}
