//! The commands, as the shell sees them.

use crate::failure::Failure;
use crate::{check, demo, generate, import, ledger, network, plan, replan, schema, serve, simulate, token};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Which stock, which parcels, by which lanes, at what cost: the cheapest plan of an order, with proof.
#[derive(Parser)]
#[command(name = "volok", version, propagate_version = true, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const FIRST_STEPS: &str = "\
First steps:
  volok demo                                         one order, drawn and explained
  volok generate --preset small --seed 1 --out w     a world and orders to play with
  volok plan --world w/world.json --orders w/orders.jsonl
  volok schema world                                 what a world document may say";

#[derive(Subcommand)]
enum Command {
    /// Draws one order with its parcels, costs, proof and reasons.
    Demo(demo::Arguments),
    /// Plans orders: JSON Lines in, plans out in the same order.
    Plan(plan::Arguments),
    /// Plans an order again after something went wrong: what has left stays, the rest changes as little as pays.
    Replan(replan::Arguments),
    /// Judges plans, own or foreign, by the rules of the model.
    Check(check::Arguments),
    /// Writes a world and orders to play with.
    Generate(generate::Arguments),
    /// Reads stock as other systems write it into a world document.
    Import(import::Arguments),
    /// Plays orders again under several policies, or in a changed world, and tells what each costs.
    Simulate(simulate::Arguments),
    /// Tells what is odd about a network, or draws it.
    Network(network::Arguments),
    /// Holds a ledger's log against itself, or tells what is in it.
    Ledger(ledger::Arguments),
    /// Prints the JSON Schema of a document.
    Schema(schema::Arguments),
    /// Answers over HTTP, with a ledger: `--data DIR` keeps it. GET /docs shows what there is.
    Serve(serve::Arguments),
    /// Says who may ask a service, and what.
    Token(token::Arguments),
}

/// Runs the command the shell asked for.
pub fn run() -> Result<ExitCode, Failure> {
    match Cli::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Replan(arguments) => replan::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Network(arguments) => network::run(&arguments),
        Command::Ledger(arguments) => ledger::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        super::Cli::command().debug_assert();
    }
}
