//! What was held and not bought, and what a tighter rule would have changed.

use crate::stories::{Shop, held};
use crate::support::{ANY, batches, number};
use volok::ledger::*;
use volok::testkit::{Random, ledger::World};

const PEN: CellNo = CellNo(0);
const PAN: CellNo = CellNo(4);

fn place(customer: u64, lines: &[(CellNo, u32)], life: u32) -> Body {
    let lines = lines.iter().map(|&(cell, qty)| Wanted { what: Want::Cell(cell), qty }).collect();
    let (channel, node, customer) = (ChannelNo(0), NodeNo(0), Some(Customer(customer)));
    let (priority, instead_of, claims) = (0, None, Vec::new());
    Body::Place(Place { channel, customer, node, lines, life, priority, instead_of, claims })
}

fn fulfil(hold: HoldId) -> Body {
    let (version, lines, remainder) = (None, Lines::new(), Remainder::Keep);
    Body::Fulfil(Fulfil { hold, version, lines, remainder, by: NodeNo(0) })
}

fn rule(scope: Scope, measure: Measure, window: u32, limit: u32) -> Rule {
    Rule { scope, measure, window, limit }
}

fn trial(shop: &Shop, rule: Rule) -> Trial {
    let found = shop.ledger.look(|state| {
        let book = state.book(Tenant(0))?;
        Some(book.trial(&rule, Second(0), Second(u32::MAX), state.at().second()))
    });
    found.expect("it runs").expect("a book").expect("a rule")
}

#[test]
fn one_customer_holds_three_times_and_buys_once() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(PEN, 20));
    shop.report(StockChange::Receipt(PAN, 20));
    shop.at(10).ask(place(1, &[(PEN, 2)], 10)).expect("free");
    let second = held(shop.at(30).ask(place(1, &[(PEN, 2), (PAN, 1)], 50)).expect("free"));
    shop.at(40).ask(Body::Release(Release { hold: second, version: None })).expect("live");
    let third = held(shop.at(50).ask(place(1, &[(PEN, 1)], 50)).expect("free"));
    shop.at(55).ask(fulfil(third)).expect("hers");
    shop.at(60).ask(place(2, &[(PAN, 2)], 60)).expect("free");
    shop.at(70).report(StockChange::Receipt(PEN, 1));
    let found = shop.ledger.look(|state| {
        let book = state.book(Tenant(0)).expect("a book");
        book.unbought(Second(0), Second(u32::MAX), state.at().second())
    });
    let found = found.expect("it runs");
    // 2 pens for 10 seconds, 3 units for 10, nothing of what was bought, 2 pans for 10 so far.
    let whole = Tally { holds: 4, units: 8, bought: 1, released: 3, expired: 2, held: 2, unit_seconds: 70 };
    assert_eq!((found.since, found.book), (Some(Second(10)), whole));
    let hers = Tally { holds: 3, units: 6, held: 0, unit_seconds: 50, ..whole };
    assert_eq!(found.customers[0], (Customer(1), hers));
    let pans = Tally { holds: 2, units: 3, bought: 0, released: 1, expired: 0, held: 2, unit_seconds: 30 };
    assert_eq!(found.skus[1], (SkuNo(1), pans));

    // After two unbought holds in a row the third would have been refused: it was the one she bought of.
    let strict = trial(&shop, rule(Scope::Customer, Measure::Unbought, 1_000, 2));
    let cost = Trial { holds: 4, refused: 1, units: 1, unit_seconds: 0, bought: 1, bought_units: 1 };
    assert_eq!(strict, cost);
    // After one: the second too, and what was refused does not count against the third.
    let stricter = trial(&shop, rule(Scope::Customer, Measure::Unbought, 1_000, 1));
    assert_eq!(stricter, Trial { refused: 2, units: 4, unit_seconds: 30, ..cost });
    // Half a minute later the first one is forgiven.
    let short = trial(&shop, rule(Scope::Customer, Measure::Unbought, 9, 1));
    assert_eq!((short.refused, short.bought), (0, 0));
    let no_rule = rule(Scope::Sku, Measure::Unbought, 1_000, 1);
    let refused = shop.ledger.look(|state| {
        state.book(Tenant(0)).map(|book| book.trial(&no_rule, Second(0), Second(1), Second(1)))
    });
    assert_eq!(refused.expect("it runs").expect("a book").expect_err("no row").code, Code::Malformed);
}

#[test]
fn sums_over_customers_and_skus_are_those_of_the_holds() {
    for seed in 1..=number("VOLOK_LEDGER_RUNS", 5) {
        let mut state = State::default();
        for (batch, now) in batches(seed, 40, 5) {
            for command in &batch {
                state.apply(command, now, ANY);
            }
        }
        let at = state.at().second();
        let book = state.book(Tenant(0)).expect("a book");
        let found = book.unbought(Second(0), Second(u32::MAX), at);
        let mut whole = Tally::default();
        for hold in book.holds_at(at) {
            whole.holds += 1;
            let end = match hold.state {
                HoldState::Expired => Some(hold.expires),
                _ => None,
            };
            for line in &hold.lines {
                whole.units += u64::from(line.requested);
                whole.bought += u64::from(line.fulfilled);
                whole.released += u64::from(line.released);
                whole.expired += u64::from(line.expired);
                whole.held += u64::from(line.held);
                let end = end.or(hold.state.is_live().then_some(at));
                let seconds = end.map_or(0, |end| end.0 - hold.created.0);
                whole.unit_seconds += u64::from(line.requested - line.fulfilled) * u64::from(seconds);
            }
        }
        let sum = |tallies: &mut dyn Iterator<Item = &Tally>| {
            tallies.fold((0, 0), |sum, tally| (sum.0 + tally.units, sum.1 + tally.unit_seconds))
        };
        assert_eq!((whole.holds, whole.units), (found.book.holds, found.book.units));
        assert_eq!((whole.bought, whole.released), (found.book.bought, found.book.released));
        assert_eq!((whole.expired, whole.held), (found.book.expired, found.book.held));
        // Of holds given back a view does not show when.
        assert!(whole.unit_seconds <= found.book.unit_seconds);
        let skus = sum(&mut found.skus.iter().map(|sku| &sku.1));
        assert_eq!(skus, (found.book.units, found.book.unit_seconds));
        let customers = sum(&mut found.customers.iter().map(|customer| &customer.1));
        assert!(customers.0 <= found.book.units && customers.1 <= found.book.unit_seconds);
    }
}

/// Holds of three customers, placed and ended at seconds of their own, with a rule in force or with none; how many were
/// refused by it.
fn run(seed: u64, in_force: Option<Rule>) -> (State, u64) {
    let mut random = Random::new(seed);
    let (mut state, mut key, mut second, mut refused) = (State::default(), 1_000, 1i64, 0);
    for command in World::opening(Tenant(0)) {
        state.apply(&command, Stamp(0), ANY);
    }
    let mut ask = |state: &mut State, second: i64, body| {
        key += 1;
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        state.apply(&command, Stamp(second * 1_000_000_000), ANY).outcome.result
    };
    for (row, cell) in [PEN, PAN].into_iter().enumerate() {
        let (sequence, what) = (row as u64 + 1, StockChange::Receipt(cell, 1_000_000));
        ask(&mut state, 1, Body::Stock(StockEvent { source: SourceNo(0), sequence, what })).expect("stock");
    }
    let settings = Settings { longest_life: 60, rules: in_force.into_iter().collect() };
    ask(&mut state, 1, Body::Settings(settings)).expect("settings");
    let mut holds: Vec<Option<HoldId>> = Vec::new();
    for _ in 0..120 {
        second += random.between(1, 6);
        let (what, customer, qty, life) =
            (random.below(4), random.below(3), random.between(1, 5), random.between(1, 40));
        let (cell, row) = (random.of(&[PEN, PAN]), random.row(holds.len().max(1)));
        if what < 2 || holds.is_empty() {
            let placed = ask(&mut state, second, place(customer, &[(cell, qty as u32)], life as u32));
            refused += u64::from(placed.as_ref().is_err_and(|refusal| refusal.code == Code::LimitReached));
            holds.push(placed.ok().map(held));
        } else if let Some(hold) = holds[row] {
            // An ended one is refused: nothing happens.
            let end = Body::Release(Release { hold, version: None });
            let _ = ask(&mut state, second, if what == 2 { end } else { fulfil(hold) });
        }
    }
    (state, refused)
}

#[test]
fn a_trial_refuses_what_the_rule_would_have_refused() {
    let rules = [
        rule(Scope::Customer, Measure::Unbought, 60, 2),
        rule(Scope::CustomerSku, Measure::Unbought, 200, 1),
        rule(Scope::Customer, Measure::Holds, 40, 3),
        rule(Scope::CustomerSku, Measure::Units, 50, 6),
        rule(Scope::Sku, Measure::Units, 30, 12),
        rule(Scope::Sku, Measure::Holds, 20, 2),
    ];
    let mut all = 0;
    for seed in 1..=10 {
        let (free, _) = run(seed, None);
        for rule in rules {
            let (_, refused) = run(seed, Some(rule));
            let book = free.book(Tenant(0)).expect("a book");
            let trial = book.trial(&rule, Second(0), Second(u32::MAX), free.at().second()).expect("a rule");
            assert_eq!(trial.refused, refused, "seed {seed}, {rule:?}");
            all += refused;
        }
    }
    assert!(all > 500, "{all} refusals say little");
}
