//! Direct parcels planned again cost what trying everything says.
//!
//! For every old parcel: unchanged, as packed by any other departure, or not packed at all; and for each such choice the
//! exhaustive oracle for what is then still wanted. The oracle knows neither the search nor how an order is planned again:
//! what stays is an order of its own, on a stock of just its goods and in a world with just its lane.

use super::random::number;
use volok::plan::{Disruption, Plan, ShortPick};
use volok::spec;
use volok::stock::{CellIx, Stock, StockBuilder};
use volok::testkit::generate::{self, Generated};
use volok::testkit::{Random, oracle};
use volok::units::{Index, Instant, Money, Quantity, Seconds};
use volok::world::{self, Closing, LaneIx, NodeIx, Order, World};
use volok::{Budget, Engine, Scratch, check};

/// More than any plan of these worlds costs.
const NEVER: i64 = 1_000_000_000;

struct Case<'a> {
    made: &'a Generated,
    engine: &'a Engine,
    order: &'a Order,
    plan: &'a Plan,
    disruption: &'a Disruption,
    /// By parcel: units found of each pick.
    found: Vec<Vec<(usize, CellIx, u32)>>,
}

/// What becomes of an old parcel.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Unchanged,
    AsPacked,
    NotPacked,
}

impl Case<'_> {
    fn left(&self, row: usize) -> bool {
        let parcel = &self.plan.parcels[row];
        let missed = self.disruption.missed.iter().any(|missed| usize::from(missed.parcel) == row);
        let at = parcel.legs.first().map_or(parcel.hand_over.expect("direct").at, |leg| leg.departs_at);
        at <= self.disruption.now && !missed
    }

    fn short(&self, row: usize) -> bool {
        self.disruption.short_picks.iter().any(|short| usize::from(short.parcel) == row)
    }

    fn closed(&self) -> Option<NodeIx> {
        self.disruption.closed.first().map(|closing| closing.node)
    }

    /// The world with these lanes only, and with or without lead times.
    fn world(&self, lanes: impl Fn(LaneIx) -> bool, leads: bool) -> World {
        let names = self.engine.world().lane_names();
        let mut document: spec::World = self.made.world.clone();
        document.lanes.retain(|lane| lanes(names.find(&lane.id).expect("a lane")));
        if !leads {
            let stores = document.nodes.iter_mut().filter_map(|node| node.stores.as_mut());
            stores.flat_map(|stores| &mut stores.zones).for_each(|zone| zone.lead_minutes = 0);
        }
        world::build(&document).expect("no defects")
    }

    fn open(&self, lane: LaneIx) -> bool {
        let lane = &self.engine.world().lanes()[lane];
        self.closed().is_none_or(|node| lane.from != node && lane.to != node)
    }

    /// A stock with so many free units of each cell.
    fn stock(&self, world: &World, free: impl Fn(CellIx) -> u32, fences: bool) -> Stock {
        let mut builder = StockBuilder::default();
        let stock = self.engine.stock();
        for lot in stock.lots() {
            builder.lot(lot);
        }
        for row in 0..stock.len() {
            let (ix, mut cell) = (CellIx::of(row), stock.cell(CellIx::of(row)).clone());
            (cell.on_hand, cell.held, cell.safety) = (free(ix), 0, 0);
            builder.cell(stock.sku_of(ix), cell);
        }
        if fences {
            stock.all_fences().iter().for_each(|fence| builder.fence(fence.clone()));
        }
        builder.finish(world).expect("a stock")
    }

    fn wanted(&self, units: &[u32], from: Instant) -> Order {
        let mut order = self.order.clone();
        order.lines = Default::default();
        for (line, &units) in self.order.lines.iter().zip(units) {
            if units > 0 {
                order.lines.push(world::Line { qty: Quantity(units), ..line.clone() });
            }
        }
        let useful = self.order.placed_at.after(self.order.policy.latest_useful).expect("a moment");
        order.placed_at = from;
        order.policy.latest_useful = Seconds(useful.0 - from.0);
        order
    }

    /// What a parcel of just what was found costs, ready at a moment, by these lanes; nothing when it cannot.
    fn alone(&self, row: usize, ready: Instant, lanes: impl Fn(LaneIx) -> bool) -> Option<i64> {
        let world = self.world(lanes, false);
        let mut units = vec![0; self.order.lines.len()];
        self.found[row].iter().for_each(|&(line, _, qty)| units[line] += qty);
        if self.found[row].is_empty() {
            return None;
        }
        let given =
            |cell: CellIx| self.found[row].iter().filter(|found| found.1 == cell).map(|found| found.2).sum();
        let mut order = self.wanted(&units, ready);
        if order.policy.latest_useful < Seconds::ZERO {
            return None;
        }
        order.lines.iter_mut().for_each(|line| line.unfilled_penalty = Money(NEVER));
        order.policy.max_deliveries = Some(1);
        order.policy.partial = false;
        let cost = oracle::cheapest(&world, &self.stock(&world, given, false), &order).ok()?.cost.0;
        (cost < NEVER).then_some(cost)
    }

    /// What an old parcel costs as it comes, apart from being changed.
    fn cost_of(&self, row: usize, fate: Fate) -> Option<i64> {
        let parcel = &self.plan.parcels[row];
        let now = self.disruption.now;
        let leg = parcel.legs.first();
        match fate {
            Fate::NotPacked => (!self.left(row)).then_some(0),
            Fate::Unchanged => {
                let missed = self.disruption.missed.iter().any(|missed| usize::from(missed.parcel) == row);
                let closed = leg.is_some_and(|leg| !self.open(leg.lane)) && !self.left(row);
                if missed || closed {
                    return None;
                }
                match leg {
                    Some(leg) => {
                        let by = leg.departs_at.before(self.engine.world().lanes()[leg.lane].cut_off)?;
                        self.alone(row, by, |lane| lane == leg.lane)
                    }
                    None => self.alone(row, self.ready(row)?, |_| false),
                }
            }
            Fate::AsPacked => {
                if self.left(row) || leg.is_none() {
                    return None;
                }
                self.alone(row, self.ready(row)?.max(now), |lane| self.open(lane))
            }
        }
    }

    /// Picking goes on as planned whatever is found: nodes are closed for good here, or not at all.
    fn ready(&self, row: usize) -> Option<Instant> {
        Some(self.plan.parcels[row].ready_at)
    }

    /// The least any choice costs, changes counted.
    fn cheapest(&self) -> Result<i64, oracle::TooBig> {
        let parcels = self.plan.parcels.len();
        let mut best = i64::MAX;
        for number in 0..3usize.pow(parcels as u32) {
            let fates: Vec<Fate> = (0..parcels)
                .map(|row| {
                    [Fate::Unchanged, Fate::AsPacked, Fate::NotPacked][number / 3usize.pow(row as u32) % 3]
                })
                .collect();
            let costs: Option<Vec<i64>> =
                fates.iter().enumerate().map(|(row, &fate)| self.cost_of(row, fate)).collect();
            let Some(costs) = costs else { continue };
            let changed =
                (0..parcels).filter(|&row| fates[row] != Fate::Unchanged || self.short(row)).count() as i64;
            if let Some(rest) = self.rest(&fates)? {
                let changes = changed * self.disruption.change_price.0;
                best = best.min(costs.iter().sum::<i64>() + rest + changes);
            }
        }
        Ok(best)
    }

    /// What is still wanted costs so much beside what stays.
    fn rest(&self, fates: &[Fate]) -> Result<Option<i64>, oracle::TooBig> {
        let world = self.world(|lane| self.open(lane), true);
        let stays = |row: usize| fates[row] != Fate::NotPacked;
        let already = (0..fates.len()).filter(|&row| stays(row)).count();
        let mut units: Vec<u32> = self.order.lines.iter().map(|line| line.qty.0).collect();
        let mut taken: Vec<(CellIx, u32)> = Vec::new();
        for row in (0..fates.len()).filter(|&row| stays(row)) {
            for &(line, cell, qty) in &self.found[row] {
                units[line] -= qty;
                taken.push((cell, qty));
            }
        }
        let empty: Vec<CellIx> = self
            .disruption
            .short_picks
            .iter()
            .flat_map(|short| {
                let picks = self.plan.parcels[usize::from(short.parcel)].picks.iter();
                picks.filter(|pick| pick.line == short.line).map(|pick| pick.cell)
            })
            .collect();
        let given = |cell: CellIx| {
            let of = |rows: &dyn Fn(usize) -> bool| -> u32 {
                let rows = (0..fates.len()).filter(|&row| rows(row));
                rows.flat_map(|row| &self.found[row])
                    .filter(|found| found.1 == cell)
                    .map(|found| found.2)
                    .sum()
            };
            let node = self.engine.stock().cell(cell).node;
            if empty.contains(&cell) {
                // What has left of it took its own.
                return of(&|_| true);
            }
            if self.closed() == Some(node) { of(&stays) } else { self.engine.stock().cell(cell).free() }
        };
        let mut stock = self.stock(&world, given, true);
        stock.take(self.order.channel, &taken).expect("what stays is there");
        let mut order = self.wanted(&units, self.disruption.now);
        order.policy.max_deliveries = match order.policy.max_deliveries {
            Some(most) if (most as usize) < already => return Ok(None),
            most => most.map(|most| most - already as u32),
        };
        let all = !order.policy.partial && already > 0;
        if all {
            order.policy.partial = true;
            order.lines.iter_mut().for_each(|line| line.unfilled_penalty = Money(NEVER));
        }
        if order.policy.latest_useful < Seconds::ZERO {
            order.policy.latest_useful = Seconds::ZERO;
            order.deadline = Some(Instant::ALWAYS);
        }
        let cost = oracle::cheapest_beside(&world, &stock, &order, already)?.cost.0;
        Ok((!all || cost < NEVER).then_some(cost))
    }
}

/// Something that went wrong which this enumeration can tell apart.
fn disruption(random: &mut Random, world: &World, order: &Order, plan: &Plan) -> Disruption {
    let mut disruption = super::disrupt::disruption(random, world, order, plan);
    disruption.shortages.clear();
    disruption.closed.clear();
    if random.percent(25) {
        let node = NodeIx::of(random.row(world.nodes().len()));
        if node != order.to {
            disruption.closed = vec![Closing { node, from: disruption.now, until: Instant::NEVER }];
            disruption.missed.clear();
            disruption.short_picks.clear();
        }
    }
    disruption
}

#[test]
fn direct_parcels_planned_again_cost_what_trying_everything_says() {
    let first = number("VOLOK_SEED", 1);
    let mut scratch = Scratch::default();
    let (mut wrong, mut judged, mut dearer, mut unproven) = (Vec::new(), 0u64, 0u64, 0u64);
    for seed in first..first + number("VOLOK_WORLDS", 300) {
        let made = generate::small(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let mut random = Random::new(seed ^ 0x7265_706c);
        for order in &orders {
            let Ok(plan) = engine.plan(order, Budget::default(), &mut scratch) else { continue };
            let policy = &order.policy;
            let plain = policy.together.is_empty() && policy.quantity_split && plan.parcels.len() <= 4;
            if !plain || plan.parcels.iter().any(|parcel| parcel.hand_over.is_none() || parcel.legs.len() > 1)
            {
                continue;
            }
            let disruption = disruption(&mut random, engine.world(), order, &plan);
            let again = match engine.replan(order, &plan, &disruption, Budget::default(), &mut scratch) {
                Ok(again) => again,
                Err(error) => {
                    wrong.push(format!("seed {seed}: {error}"));
                    continue;
                }
            };
            if !again.stranded.is_empty() {
                continue;
            }
            let found = found(&plan, &disruption);
            let case =
                Case { made: &made, engine: &engine, order, plan: &plan, disruption: &disruption, found };
            let Ok(right) = case.cheapest() else { continue };
            judged += 1;
            dearer += u64::from(again.cost() > plan.cost());
            unproven += u64::from(!again.is_optimal());
            if again.cost().0 != right || again.bound.0 > right {
                wrong.push(format!(
                    "seed {seed}: costs {} with {} changes, bound {}, trying everything {right}; {disruption:?}",
                    again.cost(),
                    again.changed,
                    again.bound
                ));
            }
            let judge = check::check_replanned(
                engine.world(),
                engine.stock(),
                order,
                (&plan, &disruption),
                (&again.plan, &again.stranded),
            );
            wrong.extend(judge.iter().map(|violation| format!("seed {seed}: {violation}")));
        }
    }
    let told = wrong[..wrong.len().min(12)].join("\n");
    assert!(wrong.is_empty(), "{} of {judged} wrong:\n{told}", wrong.len());
    assert!(judged > 0 && unproven * 100 <= judged, "{unproven} of {judged} unproven");
    assert!(judged < 100 || dearer * 20 > judged, "{dearer} of {judged} were hit");
}

/// Units found of each pick: of a short line, those of its first picks.
fn found(plan: &Plan, disruption: &Disruption) -> Vec<Vec<(usize, CellIx, u32)>> {
    let rows = plan.parcels.iter().enumerate().map(|(row, parcel)| {
        let mut left: Vec<(usize, u32)> = disruption
            .short_picks
            .iter()
            .filter(|short: &&ShortPick| usize::from(short.parcel) == row)
            .map(|short| (short.line.row(), short.found))
            .collect();
        let picks = parcel.picks.iter().map(|pick| {
            let line = pick.line.row();
            let qty = match left.iter_mut().find(|short| short.0 == line) {
                Some((_, left)) => {
                    let qty = pick.qty.0.min(*left);
                    *left -= qty;
                    qty
                }
                None => pick.qty.0,
            };
            (line, pick.cell, qty)
        });
        picks.filter(|found| found.2 > 0).collect()
    });
    rows.collect()
}
