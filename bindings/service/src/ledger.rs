//! `volok ledger`: is a ledger's log whole, what is in it, and its operations as lines of JSON.

use crate::failure::{FOUND_FAULTS, Failure, count};
use crate::files;
use crate::unbought::{Tried, tables};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use volok::ledger::store::SqliteStore;
use volok::ledger::{Chain, Cut, Record, Verified, records, replay, verify};

/// What to do with which ledger. Nothing is ever changed.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[arg(value_enum)]
    what: What,
    /// The folder with the ledger's data; no process may have it open.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// With `inspect`: what a rule against repeated holding would have refused, as `customer:unbought:86400:3` (scope, measure,
    /// seconds looked back, the most that is allowed).
    #[arg(long, value_name = "SCOPE:MEASURE:SECONDS:LIMIT")]
    rule: Option<Tried>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the log is whole
  1  its end is torn, an invariant is broken, or the log is damaged: told where
  2  arguments or a folder that cannot be used";

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// Does every operation again and compares each answer, the snapshot and every sum.
    Verify,
    /// Verifies, counts operations by what was asked and answered, and tells what was held and not bought.
    Inspect,
    /// Writes every operation as a line of JSON.
    Export,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let file = SqliteStore::file(&arguments.data);
    if !file.exists() {
        return Err(Failure::Other(format!("{}: there is no ledger here; name its folder", file.display())));
    }
    let store = SqliteStore::open(&arguments.data).map_err(|error| Failure::Other(error.to_string()))?;
    let (mut out, place) = files::output(None)?;
    let mut text = String::new();
    let damaged = |error: volok::ledger::RecoverError| error.to_string();
    let found = match arguments.what {
        What::Verify => verify(&store).map_err(damaged).map(|verified| told(&verified, &mut text)),
        What::Inspect => inspect(&store, arguments.rule, &mut text)
            .and_then(|()| verify(&store).map_err(damaged).map(|verified| told(&verified, &mut text))),
        What::Export => {
            let torn = records(&store, &mut |record| {
                text += &line(record);
                Ok(())
            });
            torn.map_err(damaged).map(|torn| torn.is_none())
        }
    };
    let whole = match found {
        Ok(whole) => whole,
        Err(damage) => {
            text += &format!("{}: {damage}\n", Path::display(&file));
            false
        }
    };
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::write(place, cause))?;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

fn hex(hash: &Chain) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells what was found; whether all is well.
fn told(verified: &Verified, text: &mut String) -> bool {
    let Verified { operations, chain, state, snapshot, torn, broken } = verified;
    *text += &format!("{}\n", count(*operations as usize, "operation"));
    *text += &format!("log    {}\nstate  {}\n", hex(chain), hex(state));
    if let Some(snapshot) = snapshot {
        *text += &format!("snapshot as of operation {snapshot}\n");
    }
    if let Some(Cut { after, bytes, damage }) = torn {
        *text += &format!(
            "the end is torn: {bytes} bytes after operation {after} ({damage}); opening the ledger cuts them\n"
        );
    }
    if let Some(broken) = broken {
        *text += &format!("broken: {broken}\n");
    }
    if torn.is_none() && broken.is_none() {
        *text += "whole\n";
    }
    torn.is_none() && broken.is_none()
}

/// Counts operations by what was asked, and by how it was answered; tells what was held and not bought.
fn inspect(store: &SqliteStore, rule: Option<Tried>, text: &mut String) -> Result<(), String> {
    let mut counts = std::collections::BTreeMap::<(&str, &str), usize>::new();
    let each = &mut |record: &Record| {
        let answer = record.outcome.result.as_ref().map_or_else(|refusal| refusal.code.code(), |_| "done");
        *counts.entry((record.command.body.name(), answer)).or_default() += 1;
        Ok(())
    };
    records(store, each).map_err(|error| error.to_string())?;
    for ((asked, answer), times) in counts {
        *text += &format!("{times:>12}  {asked}, {answer}\n");
    }
    let state = replay(store).map_err(|error| error.to_string())?;
    *text += &tables(&state, rule)?;
    Ok(())
}

/// An operation as a line of JSON. Numbers are the book's; names are in its `register` lines.
fn line(record: &Record) -> String {
    let (command, outcome) = (&record.command, &record.outcome);
    let mut object = serde_json::json!({
        "at": outcome.at.0,
        "tenant": command.tenant.0,
        "key": format!("{:032x}", command.key.0),
        "asked": command.body.name(),
        "body": format!("{:?}", command.body),
    });
    match &outcome.result {
        Ok(done) => object["done"] = format!("{done:?}").into(),
        Err(refusal) => {
            object["refused"] = serde_json::json!({
                "code": refusal.code.code(),
                "command": refusal.command,
                "line": refusal.line,
                "asked": refusal.asked,
                "there_is": refusal.there_is,
            });
        }
    }
    format!("{object}\n")
}
