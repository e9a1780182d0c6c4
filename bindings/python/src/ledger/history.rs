//! Every operation of a log, in its order, as a table.

use crate::table::Table;
use crate::writer::{Column, Kind as In, Writer};
use volok::ledger::store::Store;
use volok::ledger::{Done, HoldId, Record, RecoverError, records};

const HISTORY: &[Column] = &[
    Column::of("operation", In::Large, "number of the operation, from 1"),
    Column::of("at", In::Moment, "ledger time, UTC, whole seconds"),
    Column::of("at_nanoseconds", In::Int, "ledger time, nanoseconds since 1970: no two are equal"),
    Column::of("tenant", In::Count, "whose book"),
    Column::of("key", In::Text, "the request's key, 32 hexadecimal digits"),
    Column::of("asked", In::Text, "what was asked, as in docs/ledger.md: `place`, `release` …"),
    Column::maybe("hold", In::Large, "number of the hold it was about, as far as the answer names one"),
    Column::maybe("refused", In::Text, "code of the refusal; null when it was done"),
    Column::maybe("line", In::Count, "of a refusal: the line that was refused, from 0"),
    Column::maybe("wanted", In::Large, "of a refusal: the number asked for"),
    Column::maybe("there_is", In::Large, "of a refusal: the number there is"),
    Column::of("body", In::Text, "all that was asked, in the book's numbers"),
];

fn hold(done: &Done) -> Option<HoldId> {
    match done {
        Done::Held { hold, .. } | Done::Sold { hold, .. } => Some(*hold),
        _ => None,
    }
}

fn write(operation: u64, Record { command, outcome }: &Record, row: &mut Writer) {
    let refusal = outcome.result.as_ref().err();
    row.large(operation);
    row.moment(Some(outcome.at.second().instant()));
    row.int(outcome.at.0);
    row.count(u32::from(command.tenant.0));
    row.text(&format!("{:032x}", command.key.0));
    row.text(command.body.name());
    row.maybe_large(outcome.result.as_ref().ok().and_then(hold).map(|hold| hold.0));
    row.maybe_text(refusal.map(|refusal| refusal.code.code()));
    row.maybe_count(refusal.map(|refusal| u32::from(refusal.line)));
    row.maybe_large(refusal.map(|refusal| refusal.asked));
    row.maybe_large(refusal.map(|refusal| refusal.there_is));
    row.text(&format!("{:?}", command.body));
}

/// The operations of a log; a torn end is left out.
pub fn read(store: &dyn Store) -> Result<Table, RecoverError> {
    let mut result = Ok(None);
    let table = Table::of(HISTORY, 0, |row| {
        let mut operation = 0;
        result = records(store, &mut |record| {
            operation += 1;
            write(operation, record, row);
            Ok(())
        });
    });
    result.map(|_| table)
}
