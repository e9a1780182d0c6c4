//! Every short run of commands on a cell of two units, held against the plain ledger.

use crate::support::{ANY, number};
use smallvec::smallvec;
use volok::ledger::*;
use volok::testkit::ledger::{Model, World};

/// Commands that all meet on two cells and two holds, each with how far the clock goes on, in seconds.
fn alphabet() -> Vec<(Body, i64)> {
    let first = HoldId(0);
    let one = |cell| Lines::from_iter([Wanted { what: Want::Cell(CellNo(cell)), qty: 1 }]);
    let place = |lines, life, instead_of| {
        Body::Place(Place {
            channel: ChannelNo(0),
            customer: Some(Customer(1)),
            node: NodeNo(0),
            lines,
            life,
            priority: 0,
            instead_of,
            claims: Vec::new(),
        })
    };
    let two: Lines = smallvec![
        Wanted { what: Want::Cell(CellNo(0)), qty: 1 },
        Wanted { what: Want::Cell(CellNo(0)), qty: 1 }
    ];
    let fulfil = |lines, remainder| {
        Body::Fulfil(Fulfil { hold: first, version: None, lines, remainder, by: NodeNo(0) })
    };
    vec![
        (place(one(0), 10, None), 0),
        (place(two, 10, None), 0),
        (place(one(0), 10, Some(first)), 0),
        (Body::Adjust(Adjust { hold: first, version: None, drops: one(0), adds: one(1) }), 0),
        (Body::Adjust(Adjust { hold: first, version: None, drops: one(0), adds: Lines::new() }), 0),
        (Body::Adjust(Adjust { hold: first, version: Some(1), drops: Lines::new(), adds: one(0) }), 0),
        (Body::Extend(Extend { hold: first, version: None, life: 12 }), 0),
        (fulfil(one(0), Remainder::Keep), 0),
        (fulfil(Lines::new(), Remainder::Release), 0),
        (Body::Release(Release { hold: first, version: None }), 0),
        (Body::Release(Release { hold: first, version: Some(2) }), 10),
        (place(one(0), 10, None), 9),
    ]
}

fn go_on(
    (ledger, model): (&State, &Model),
    run: &mut Vec<usize>,
    now: i64,
    depth: u64,
    counted: &mut u64,
    alphabet: &[(Body, i64)],
) {
    if depth == 0 {
        return;
    }
    for (letter, (body, seconds)) in alphabet.iter().enumerate() {
        let (mut ledger, mut model) = (ledger.clone(), model.clone());
        run.push(letter);
        let now = now + seconds * 1_000_000_000;
        let command = Command { tenant: Tenant(0), key: Key(1_000 + run.len() as u128), body: body.clone() };
        let outcome = ledger.apply(&command, Stamp(now), ANY).outcome;
        let held = model.expect(&command, Stamp(now), &outcome).and_then(|()| model.compare(&ledger));
        held.unwrap_or_else(|broken| panic!("run {run:?}: {broken}"));
        *counted += 1;
        go_on((&ledger, &model), run, now, depth - 1, counted, alphabet);
        run.pop();
    }
}

#[test]
fn every_short_run_of_commands_is_answered_as_a_plain_ledger_answers() {
    let (mut ledger, mut model) = (State::default(), Model::default());
    let mut opening = World::opening(Tenant(0));
    for (row, cell) in [(0, CellNo(0)), (1, CellNo(1))] {
        let what = StockChange::Receipt(cell, 2);
        let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: row + 1, what });
        opening.push(Command { tenant: Tenant(0), key: Key(500 + u128::from(row)), body });
    }
    for command in &opening {
        let outcome = ledger.apply(command, Stamp(0), ANY).outcome;
        model.expect(command, Stamp(0), &outcome).unwrap_or_else(|broken| panic!("{broken}"));
    }
    let (depth, mut counted) = (number("VOLOK_LEDGER_DEPTH", 3), 0);
    let start = 1_000_000_000;
    go_on((&ledger, &model), &mut Vec::new(), start, depth, &mut counted, &alphabet());
    println!("{counted} commands in runs of up to {depth}");
    assert!(counted >= 12);
}
