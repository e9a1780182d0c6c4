//! Small batches against one mixed-integer programme of the whole problem, written from the rules of the model apart from
//! the engine: stock, departures and days that do not suffice for all.
//!
//! The bound is never above the optimum and the answer never below it; so the gap that is stated holds.

// The other solver reckons in floating point; what it says is rounded to whole units before it is compared.
#![allow(clippy::float_arithmetic)]

use good_lp::{Expression, Solution as _, SolverModel, Variable, WithMipGap, microlp, variable, variables};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use volok::plan::Plan;
use volok::spec::{self, Capacity};
use volok::testkit::Random;
use volok::testkit::generate::parts::{
    DAILY, MONDAY, cell, channel, hands_over, lane, line, moment, node, order, seller, sku, stores, tariff,
    weekly, world, zone,
};
use volok::testkit::generate::{Generated, built};
use volok::units::{Instant, Money};
use volok::world::Order;
use volok::{BatchTerms, Budget, Engine, RebatchTerms, Standing, check_all};

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// Days on which anything departs that is of use.
const DAYS: i64 = 3;

/// A warehouse, its stock, and its one lane to the point: departs at an hour of each day, takes some hours.
struct Warehouse {
    packing: i64,
    unit: i64,
    tariff: i64,
    departs: i64,
    takes: i64,
    /// Parcels of one departure.
    room: Option<i64>,
    /// Parcels made ready on one day.
    day: Option<i64>,
    /// By SKU.
    stock: Vec<i64>,
}

struct Case {
    warehouses: Vec<Warehouse>,
    orders: Vec<Wish>,
}

/// An order: what it wants of each SKU, with what a unit left out costs.
struct Wish {
    lines: Vec<(usize, i64, i64)>,
    placed: i64,
    penalty: i64,
    promise: i64,
    late: i64,
}

fn case(seed: u64) -> Case {
    let random = &mut Random::part(seed, "batch");
    let skus = 2 + random.row(3);
    let (rooms, days) = random.of(&[(false, false), (true, false), (false, true), (true, false)]);
    let warehouses: Vec<Warehouse> = (0..2 + random.row(2))
        .map(|_| Warehouse {
            packing: random.between(0, 40),
            unit: random.between(0, 5),
            tariff: random.between(20, 120),
            departs: random.between(8, 20),
            takes: random.between(2, 30),
            room: (rooms && random.percent(70)).then(|| random.between(1, 3)),
            day: (days && random.percent(70)).then(|| random.between(1, 3)),
            stock: (0..skus).map(|_| if random.percent(75) { random.between(1, 5) } else { 0 }).collect(),
        })
        .collect();
    let many = if random.percent(25) { random.between(7, 12) } else { random.between(2, 6) };
    let orders = (0..many)
        .map(|_| {
            let mut lines: Vec<(usize, i64, i64)> = Vec::new();
            for sku in 0..skus {
                if random.percent(60) {
                    lines.push((sku, random.between(1, 3), random.between(40, 250)));
                }
            }
            Wish {
                lines: if lines.is_empty() { vec![(0, 1, 100)] } else { lines },
                placed: MONDAY + random.between(0, 7) * HOUR,
                penalty: random.of(&[0, 0, 15, 60]),
                promise: MONDAY + random.between(10, 60) * HOUR,
                late: random.of(&[0, 1, 3]),
            }
        })
        .collect();
    Case { warehouses, orders }
}

fn documents(case: &Case) -> Generated {
    let mut all = world();
    all.sellers = vec![seller("s")];
    all.channels = vec![channel("web")];
    for k in 0..case.warehouses[0].stock.len() {
        all.skus.push(sku(&format!("sku-{k}"), "", 100, 100, None));
    }
    for (k, house) in case.warehouses.iter().enumerate() {
        let id = format!("wh-{k}");
        let mut place = node(&id, "");
        let mut stores = stores(None, house.packing, vec![zone("shelf", [15, 25], (0, 0, house.unit))]);
        stores.parcels_per_day = house.day;
        place.stores = Some(stores);
        all.nodes.push(place);
        all.tariffs.push(tariff(&format!("t-{k}"), house.tariff, &[], None));
        let time = format!("{:02}:00", house.departs);
        let mut lane = lane(
            &format!("lane-{k}"),
            (&id, "point"),
            &[("body", [15, 25])],
            weekly("UTC", DAILY, &[&time]),
            (0, house.takes * 60),
            Some(&format!("t-{k}")),
        );
        lane.compartments[0].capacity =
            house.room.map(|parcels| Capacity { parcels: Some(parcels), ..Capacity::default() });
        all.lanes.push(lane);
        for (sku, &units) in house.stock.iter().enumerate().filter(|(_, units)| **units > 0) {
            all.stock.push(cell("s", &format!("sku-{sku}"), (&id, "shelf"), units));
        }
    }
    let mut point = node("point", "");
    point.hands_over = Some(hands_over(None, 0, &[("shelf", [15, 25])]));
    all.nodes.push(point);
    let orders = case.orders.iter().enumerate();
    let orders = orders.map(|(k, wish)| {
        let lines =
            wish.lines.iter().map(|&(sku, qty, skip)| line(&format!("sku-{sku}"), qty, skip)).collect();
        let mut order = order(&format!("o-{k:02}"), "web", moment(wish.placed), "point", lines);
        order.promise = Some(moment(wish.promise));
        order.late_per_hour = wish.late;
        order.policy.delivery_penalty = wish.penalty;
        order.policy.latest_useful_hours = Some(DAYS * 24);
        order
    });
    Generated { orders: orders.collect::<Vec<spec::Order>>(), world: all }
}

/// How an order was decided before: one parcel.
struct Old {
    house: usize,
    ready_day: i64,
    departure_day: i64,
    /// By line.
    units: Vec<i64>,
    /// What the parcel costs.
    cost: i64,
    /// When it arrives, which was promised.
    arrives: i64,
}

impl Old {
    /// A plan as one parcel; nothing when it has none or several.
    fn of(engine: &Engine, wish: &Wish, plan: &Plan) -> Option<Old> {
        let [parcel] = &plan.parcels[..] else { return None };
        let (leg, mut units) = (parcel.legs[0], vec![0; wish.lines.len()]);
        parcel.picks.iter().for_each(|pick| units[pick.line.0 as usize] += i64::from(pick.qty.0));
        let house = engine.world().node_names().of(parcel.node).trim_start_matches("wh-").parse();
        Some(Old {
            house: house.expect("a warehouse"),
            ready_day: (parcel.ready_at.0 - MONDAY) / DAY,
            departure_day: (leg.departs_at.0 - MONDAY) / DAY,
            units,
            cost: plan.cost().0 - plan.costs.unfilled.0,
            arrives: leg.arrives_at.0,
        })
    }
}

/// As of when orders are decided again, by order what it has, and the price of a change.
struct Again {
    now: i64,
    olds: Vec<Option<Old>>,
    change: i64,
}

impl Again {
    fn never(case: &Case) -> Again {
        Again { now: 0, olds: case.orders.iter().map(|_| None).collect(), change: 0 }
    }
}

/// The cheapest that all orders together can cost.
fn optimum(case: &Case, again: &Again) -> i64 {
    let mut all = variables!();
    let mut cost = Expression::from(0);
    let mut rules = Vec::new();
    let mut of_stock: BTreeMap<(usize, usize), Expression> = BTreeMap::new();
    let mut of_departure: BTreeMap<(usize, i64), Expression> = BTreeMap::new();
    let mut of_day: BTreeMap<(usize, i64), Expression> = BTreeMap::new();
    for (wish, old) in case.orders.iter().zip(&again.olds) {
        let mut brought = vec![Expression::from(0); wish.lines.len()];
        let mut parcels = Expression::from(0);
        let keeps = old.as_ref().map(|old| {
            let keeps: Variable = all.add(variable().binary());
            cost += old.cost as f64 * keeps + again.change as f64 * (1 - keeps);
            *of_departure.entry((old.house, old.departure_day)).or_default() += keeps;
            *of_day.entry((old.house, old.ready_day)).or_default() += keeps;
            for (row, &(sku, _, _)) in wish.lines.iter().enumerate() {
                brought[row] += old.units[row] as f64 * keeps;
                *of_stock.entry((old.house, sku)).or_default() += old.units[row] as f64 * keeps;
            }
            parcels += keeps;
            keeps
        });
        let whole = old
            .as_ref()
            .is_some_and(|old| wish.lines.iter().zip(&old.units).all(|(&(_, qty, _), &units)| units == qty));
        for (house_row, house) in case.warehouses.iter().enumerate() {
            // Made ready on a day: at once on the first, else as the day begins.
            for ready_day in 0..if house.day.is_some() { DAYS + 1 } else { 1 } {
                let ready = wish.placed.max(again.now).max(MONDAY + ready_day * DAY);
                for departure_day in 0..=DAYS {
                    let departs = MONDAY + departure_day * DAY + house.departs * HOUR;
                    let arrives = departs + house.takes * HOUR;
                    let promised = old.as_ref().map_or(i64::MAX, |old| old.arrives);
                    if departs < ready || arrives > promised.min(wish.placed + DAYS * DAY) {
                        continue;
                    }
                    let sent: Variable = all.add(variable().binary());
                    let late = (arrives - wish.promise).max(0);
                    let hours = late / HOUR + i64::from(late % HOUR != 0);
                    cost += (house.packing + house.tariff + wish.late * hours) as f64 * sent;
                    parcels += sent;
                    // Beside a parcel that brings everything there is no other; beside one that does not there may be.
                    rules.extend(keeps.filter(|_| whole).map(|keeps| (keeps + sent).leq(1)));
                    *of_departure.entry((house_row, departure_day)).or_default() += sent;
                    *of_day.entry((house_row, ready_day)).or_default() += sent;
                    for (row, &(sku, qty, _)) in wish.lines.iter().enumerate() {
                        let most = qty.min(house.stock[sku]);
                        if most > 0 {
                            let units = all.add(variable().integer().min(0).max(most as f64));
                            rules.push(Expression::from(units).leq(most as f64 * sent));
                            cost += house.unit as f64 * units;
                            brought[row] += units;
                            *of_stock.entry((house_row, sku)).or_default() += units;
                        }
                    }
                }
            }
        }
        for (row, (&(_, qty, skip), brought)) in wish.lines.iter().zip(brought).enumerate() {
            cost += skip as f64 * (qty as f64 - brought.clone());
            rules.extend(old.as_ref().map(|old| brought.clone().geq(old.units[row] as f64)));
            rules.push(brought.leq(qty as f64));
        }
        let more = all.add(variable().min(0));
        cost += wish.penalty as f64 * more;
        rules.push((parcels - more).leq(1));
    }
    for ((house, sku), units) in of_stock {
        rules.push(units.leq(case.warehouses[house].stock[sku] as f64));
    }
    for ((house, _), parcels) in of_departure {
        rules.extend(case.warehouses[house].room.map(|room| parcels.leq(room as f64)));
    }
    for ((house, _), parcels) in of_day {
        rules.extend(case.warehouses[house].day.map(|room| parcels.leq(room as f64)));
    }
    let mut model = all.minimise(cost.clone()).using(microlp).with_mip_gap(0.0).expect("no gap is a gap");
    for rule in rules {
        model.add_constraint(rule);
    }
    let found = model.solve().expect("leaving everything out is a plan");
    found.eval(&cost).round() as i64
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

#[test]
fn small_batches_are_within_the_stated_gap_of_the_optimum() {
    let (first, many) = (number("VOLOK_SEED", 1), number("VOLOK_BATCHES", 40));
    let (mut wrong, mut equal, mut proven) = (Vec::new(), 0, 0);
    for seed in first..first + many {
        let case = case(seed);
        let (world, stock, orders) = built(&documents(&case)).expect("no defects");
        let engine = Engine::new(world, stock);
        let terms = BatchTerms { gap: 0, rounds: 60, ..BatchTerms::default() };
        let batch = engine.batch(&orders, &terms, &mut |_| ControlFlow::Continue(()));
        let pairs: Vec<(&Order, &Plan)> = orders
            .iter()
            .zip(&batch.plans)
            .map(|(order, plan)| (order, plan.as_ref().expect("a plan")))
            .collect();
        let broken = check_all(engine.world(), engine.stock(), &pairs);
        wrong.extend(broken.iter().map(|violation| format!("seed {seed}: {violation}")));
        let optimum = optimum(&case, &Again::never(&case));
        if batch.bound.0 > optimum || batch.cost().0 < optimum {
            let (cost, bound) = (batch.cost(), batch.bound);
            wrong.push(format!("seed {seed}: costs {cost}, bound {bound}, optimum {optimum}"));
        }
        equal += u64::from(batch.cost().0 == optimum);
        proven += u64::from(batch.gap() == 0);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    let told = format!("of {many} batches {equal} cost the optimum, {proven} are proven");
    assert!(equal * 10 >= many * 7 && proven * 10 >= many * 3, "{told}");
    if std::env::var_os("VOLOK_BATCHES").is_some() {
        writeln!(std::io::stdout(), "{told}").expect("someone listens");
    }
}

#[test]
fn small_batches_decided_again_are_within_the_stated_gap_of_the_optimum() {
    let (first, many) = (number("VOLOK_SEED", 1), number("VOLOK_BATCHES", 40));
    let (mut wrong, mut equal, mut proven, mut moved) = (Vec::new(), 0, 0, 0);
    for seed in first..first + many {
        let case = case(seed);
        let (world, stock, orders) = built(&documents(&case)).expect("no defects");
        let engine = Engine::new(world, stock);
        // Some came before, and were decided one after another.
        let before = orders.len() * 2 / 3;
        let first = Engine::new(engine.world().clone(), engine.stock().clone()).plan_in_turn(
            &orders[..before],
            Budget::default(),
            &mut |_| {},
        );
        let random = &mut Random::part(seed, "again");
        let mut again =
            Again { now: MONDAY + 8 * HOUR - 60, change: random.of(&[0, 5, 40]), ..Again::never(&case) };
        let mut standing: Vec<Option<Standing<'_>>> = Vec::new();
        for (row, plan) in first.iter().enumerate() {
            let plan = plan.as_ref().expect("a plan");
            again.olds[row] = Old::of(&engine, &case.orders[row], plan);
            let by = plan.completes_at();
            standing.push(again.olds[row].as_ref().and(by).map(|by| Standing { plan, by }));
        }
        let terms = BatchTerms { gap: 0, rounds: 60, ..BatchTerms::default() };
        let when = RebatchTerms { now: Instant(again.now), change_price: Money(again.change) };
        let found = engine.rebatch(&orders, &standing, &when, &terms, &mut |_| ControlFlow::Continue(()));
        assert!(found.left.is_empty() && found.lost.is_empty());
        let pairs: Vec<(&Order, &Plan)> = found
            .orders
            .iter()
            .zip(&found.batch.plans)
            .map(|(order, plan)| (order, plan.as_ref().expect("a plan")))
            .collect();
        let broken = check_all(engine.world(), engine.stock(), &pairs);
        wrong.extend(broken.iter().map(|violation| format!("seed {seed}: {violation}")));
        for (row, old) in again.olds.iter().enumerate() {
            let Some(old) = old else { continue };
            let plan = pairs[row].1;
            let mut units = vec![0; old.units.len()];
            for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
                units[pick.line.0 as usize] += i64::from(pick.qty.0);
            }
            let late = plan.completes_at().is_none_or(|at| at.0 > old.arrives);
            if late || units.iter().zip(&old.units).any(|(units, promised)| units < promised) {
                wrong.push(format!("seed {seed}: order {row} does not get what it was promised"));
            }
        }
        let optimum = optimum(&case, &again);
        if found.bound.0 > optimum || found.cost().0 < optimum {
            let (cost, bound) = (found.cost(), found.bound);
            wrong.push(format!("seed {seed}: costs {cost}, bound {bound}, optimum {optimum}"));
        }
        equal += u64::from(found.cost().0 == optimum);
        proven += u64::from(found.cost() == found.bound);
        moved += found.changed.iter().filter(|&&changed| changed > 0).count();
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    let told = format!(
        "of {many} batches decided again {equal} cost the optimum, {proven} are proven; {moved} orders moved"
    );
    assert!(equal * 10 >= many * 7 && proven * 10 >= many * 3 && moved > 0, "{told}");
    if std::env::var_os("VOLOK_BATCHES").is_some() {
        writeln!(std::io::stdout(), "{told}").expect("someone listens");
    }
}
