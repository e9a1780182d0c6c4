//! An order whose problem is laid out once and asked again at other prices and with less left.

use crate::batch::{Bid, Goods, Left, price_of};
use crate::split::{self, Budget, Measure, Neck, Offer, Problem, Solution};

/// A problem with the numbers of the goods its rows take.
#[derive(Debug)]
pub(super) struct Laid<'e> {
    problem: Problem<'e>,
    /// By row of the problem's free units, which thing they are.
    things: Vec<u32>,
    passes: Vec<Pass>,
    /// What delivering nothing costs.
    nothing: i64,
}

/// Something with limited room that parcels of some ways and hubs pass.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    /// Which thing.
    pub thing: u32,
    /// What of a parcel counts.
    pub counts: Counts,
    /// Parcels of which ways, rising.
    pub ways: Vec<u16>,
    /// Merged parcels of which hubs, rising.
    pub hubs: Vec<u16>,
}

/// What of a parcel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counts {
    /// One each.
    Parcels,
    /// The lines it holds units of.
    Lines,
    /// Grams.
    Grams,
    /// Cubic centimetres.
    Cm3,
}

impl Counts {
    /// As people say it.
    pub fn word(self) -> &'static str {
        match self {
            Counts::Parcels => "parcels",
            Counts::Lines => "lines",
            Counts::Grams => "grams",
            Counts::Cm3 => "cm3",
        }
    }
}

/// Memory for asking.
#[derive(Debug, Default)]
pub(super) struct Memory {
    problem: Problem<'static>,
    search: split::Scratch,
    solution: Solution,
    free: Vec<u32>,
    rows: Vec<u32>,
}

/// Values of one limit of weight or volume at most.
const STEPS: u64 = 64;

impl<'e> Laid<'e> {
    pub fn new(problem: Problem<'e>, things: Vec<u32>, passes: Vec<Pass>, nothing: i64) -> Laid<'e> {
        Laid { problem, things, passes, nothing }
    }

    /// What it takes at prices.
    pub fn bid(
        &self,
        (goods, prices): (&Goods, &[i64]),
        left: Option<&Left<'_>>,
        budget: Budget<'_>,
        memory: &mut Memory,
        bid: &mut Bid,
    ) {
        let Memory { problem: kept, search, solution, free, rows } = memory;
        let mut problem = std::mem::take(kept).over(self.problem.staircases);
        problem.take_all(&self.problem);
        let price = |thing: u32| prices[goods.row[thing as usize] as usize];
        for offer in &mut problem.offers {
            let pool = &problem.pools[offer.pool as usize];
            offer.unit_cost = offer.unit_cost.saturating_add(price(self.things[pool.first as usize]));
        }
        for pass in self.passes.iter().filter(|pass| price(pass.thing) > 0) {
            self.charge(pass, goods, price(pass.thing), &mut problem);
        }
        if let Some(left) = left {
            self.keep_to(left, &mut problem, rows);
        }
        bid.takes.clear();
        (bid.cost, bid.bound) = (self.nothing, i64::MIN / 4);
        if split::solve(&problem, budget, search, solution).is_ok() {
            bid.bound = solution.bound;
            if self.draw(&problem, solution, free, bid) && left.is_none_or(|left| bid.fits(left)) {
                bid.cost = solution.cost - self.charged(goods, prices, &problem, solution);
            } else {
                bid.takes.clear();
            }
        }
        *kept = problem.over(&[]);
    }

    /// Puts the price of something into what passes it.
    fn charge(&self, pass: &Pass, goods: &Goods, price: i64, problem: &mut Problem<'_>) {
        let passes = |way: u16| pass.ways.binary_search(&way).is_ok();
        match pass.counts {
            Counts::Parcels => {
                for &way in &pass.ways {
                    let fixed = &mut problem.ways[usize::from(way)].fixed;
                    *fixed = fixed.saturating_add(price);
                }
                for &hub in &pass.hubs {
                    let fixed = &mut problem.hubs[usize::from(hub)].fixed;
                    *fixed = fixed.saturating_add(price);
                }
            }
            Counts::Lines => {
                for row in 0..problem.offers.len() {
                    if passes(problem.offers[row].way) && self.is_only(row) {
                        let cost = &mut problem.offers[row].line_cost;
                        *cost = cost.saturating_add(price);
                    }
                }
            }
            Counts::Grams | Counts::Cm3 => {
                for offer in problem.offers.iter_mut().filter(|offer| passes(offer.way)) {
                    let line = &problem.lines[usize::from(offer.line)];
                    let charge = self.of_a_unit(pass, goods, price, line);
                    offer.unit_cost = offer.unit_cost.saturating_add(charge);
                }
            }
        }
    }

    fn of_a_unit(&self, pass: &Pass, goods: &Goods, price: i64, line: &split::Line) -> i64 {
        let amount = if pass.counts == Counts::Grams { line.grams } else { line.cm3 };
        price_of(price, amount, goods.step[goods.row[pass.thing as usize] as usize])
    }

    /// Whether a line comes by a way from one pool only: then its price is that of the line in the parcel.
    fn is_only(&self, row: usize) -> bool {
        let offers = &self.problem.offers;
        let same = |other: &Offer| (other.line, other.way) == (offers[row].line, offers[row].way);
        !(row > 0 && same(&offers[row - 1]) || offers.get(row + 1).is_some_and(same))
    }

    /// What of the cost of a solution is prices.
    fn charged(&self, goods: &Goods, prices: &[i64], problem: &Problem<'_>, solution: &Solution) -> i64 {
        let price = |thing: u32| prices[goods.row[thing as usize] as usize];
        let mut charged = 0i64;
        let mut add = |amount: i64| charged = charged.saturating_add(amount);
        for parcel in &solution.parcels {
            for &(offer, units) in &parcel.takes {
                let pool = &problem.pools[problem.offers[offer as usize].pool as usize];
                add(price(self.things[pool.first as usize]).saturating_mul(i64::from(units)));
            }
        }
        for pass in self.passes.iter().filter(|pass| price(pass.thing) > 0) {
            let through =
                solution.parcels.iter().filter(|parcel| pass.ways.binary_search(&parcel.way).is_ok());
            match pass.counts {
                Counts::Parcels => {
                    let merged =
                        solution.merges.iter().filter(|merge| pass.hubs.binary_search(&merge.hub).is_ok());
                    let parcels = (through.count() + merged.count()) as i64;
                    add(price(pass.thing).saturating_mul(parcels));
                }
                Counts::Lines => {
                    let line = |&&(offer, _): &&(u32, u32)| {
                        let offer = &problem.offers[offer as usize];
                        self.comes_only_once(offer)
                    };
                    let lines: usize = through.map(|parcel| parcel.takes.iter().filter(line).count()).sum();
                    add(price(pass.thing).saturating_mul(lines as i64));
                }
                Counts::Grams | Counts::Cm3 => {
                    for &(offer, units) in through.flat_map(|parcel| &parcel.takes) {
                        let line = &problem.lines[usize::from(problem.offers[offer as usize].line)];
                        let charge = self.of_a_unit(pass, goods, price(pass.thing), line);
                        add(charge.saturating_mul(i64::from(units)));
                    }
                }
            }
        }
        charged
    }

    fn comes_only_once(&self, offer: &Offer) -> bool {
        let same = |other: &&Offer| (other.line, other.way) == (offer.line, offer.way);
        self.problem.offers.iter().filter(same).count() == 1
    }

    /// Leaves in a problem what there is still enough of.
    fn keep_to(&self, left: &Left<'_>, problem: &mut Problem<'_>, rows: &mut Vec<u32>) {
        for (free, &thing) in problem.free.iter_mut().zip(&self.things) {
            *free = (*free).min(u32::try_from(left.of(thing)).unwrap_or(u32::MAX));
        }
        let units: u64 = problem.lines.iter().map(|line| u64::from(line.qty)).sum();
        let mut shut: Vec<&Pass> = Vec::new();
        problem.necks.clear();
        for pass in &self.passes {
            let left = left.of(pass.thing);
            let (whole, step) = match pass.counts {
                Counts::Parcels | Counts::Lines => (units, 1),
                Counts::Grams => (weighed(problem, |line| line.grams), left.div_ceil(STEPS).max(1)),
                Counts::Cm3 => (weighed(problem, |line| line.cm3), left.div_ceil(STEPS).max(1)),
            };
            if left == 0 {
                shut.push(pass);
            } else if left < whole {
                let measure = match pass.counts {
                    Counts::Parcels => Measure::Parcels,
                    Counts::Lines => Measure::Lines,
                    Counts::Grams => Measure::Grams(step),
                    Counts::Cm3 => Measure::Cm3(step),
                };
                let most = u32::try_from(left / step).unwrap_or(u32::MAX);
                problem.necks.push(Neck { measure, most, ways: pass.ways.clone(), hubs: pass.hubs.clone() });
            }
        }
        for hub in shut.iter().flat_map(|pass| &pass.hubs) {
            // A merged parcel of nothing is none.
            problem.hubs[usize::from(*hub)].max_grams = 0;
            problem.hubs[usize::from(*hub)].lines = 0;
        }
        rows.clear();
        let mut kept = 0u32;
        for row in 0..problem.offers.len() {
            let mut offer = problem.offers[row];
            let there = problem.units_of(offer.pool, offer.cells);
            offer.most = offer.most.min(u32::try_from(there).unwrap_or(u32::MAX));
            let open = offer.most > 0 && !shut.iter().any(|pass| pass.ways.binary_search(&offer.way).is_ok());
            rows.push(if open { kept } else { u32::MAX });
            if open {
                problem.offers[kept as usize] = offer;
                kept += 1;
            }
        }
        problem.offers.truncate(kept as usize);
        for cap in &mut problem.caps {
            cap.offers.retain_mut(|row| {
                *row = rows[*row as usize];
                *row != u32::MAX
            });
        }
    }

    /// Notes which things a solution takes; whether all of it could be had from its cells.
    fn draw(&self, problem: &Problem<'_>, solution: &Solution, free: &mut Vec<u32>, bid: &mut Bid) -> bool {
        free.clear();
        free.extend_from_slice(&problem.free);
        // Those with the fewest cells to choose from first.
        let mut takes: Vec<(u32, u32, u32)> = Vec::new();
        for parcel in &solution.parcels {
            for &(offer, units) in &parcel.takes {
                takes.push((problem.offers[offer as usize].cells.count_ones(), offer, units));
            }
        }
        if takes.iter().any(|take| take.0 > 1) {
            takes.sort_unstable();
        }
        let mut whole = true;
        for (_, offer, units) in takes {
            let offer = &problem.offers[offer as usize];
            let pool = &problem.pools[offer.pool as usize];
            let mut wanted = units;
            for cell in (0..pool.cells).filter(|cell| offer.cells >> cell & 1 == 1) {
                let row = (pool.first + cell) as usize;
                let units = free[row].min(wanted);
                if units > 0 {
                    free[row] -= units;
                    wanted -= units;
                    note(self.things[row], u64::from(units), &mut bid.takes);
                }
            }
            whole &= wanted == 0;
        }
        for pass in &self.passes {
            let amount = self.amount(pass, problem, solution);
            if amount > 0 {
                note(pass.thing, amount, &mut bid.takes);
            }
        }
        whole
    }

    /// How much of something a solution takes.
    fn amount(&self, pass: &Pass, problem: &Problem<'_>, solution: &Solution) -> u64 {
        let of_parcel = |parcel: &split::Parcel| -> u64 {
            let takes = parcel.takes.iter().map(|&(offer, units)| (&problem.offers[offer as usize], units));
            let line = |offer: &Offer| &problem.lines[usize::from(offer.line)];
            match pass.counts {
                Counts::Parcels => 1,
                Counts::Lines => {
                    let mut lines: Vec<u16> = takes.map(|(offer, _)| offer.line).collect();
                    lines.sort_unstable();
                    lines.dedup();
                    lines.len() as u64
                }
                Counts::Grams => takes.map(|(offer, units)| line(offer).grams * u64::from(units)).sum(),
                Counts::Cm3 => takes.map(|(offer, units)| line(offer).cm3 * u64::from(units)).sum(),
            }
        };
        let through = solution.parcels.iter().filter(|parcel| pass.ways.binary_search(&parcel.way).is_ok());
        let direct: u64 = through.map(of_parcel).sum();
        let mut merged = 0u64;
        let mut of_merge = vec![0u64; solution.merges.len()];
        for (row, merge) in solution.merges.iter().enumerate() {
            let parts = merge.parcels.iter().map(|&part| of_parcel(&solution.parcels[part as usize]));
            let within = merge.merges.iter().map(|&part| of_merge[part as usize]);
            of_merge[row] = parts.chain(within).sum();
            if pass.hubs.binary_search(&merge.hub).is_ok() {
                merged += if pass.counts == Counts::Parcels { 1 } else { of_merge[row] };
            }
        }
        direct + merged
    }
}

fn weighed(problem: &Problem<'_>, of: impl Fn(&split::Line) -> u64) -> u64 {
    problem.lines.iter().fold(0, |sum, line| sum.saturating_add(of(line).saturating_mul(u64::from(line.qty))))
}

/// Adds an amount to what is taken of a thing.
pub(super) fn note(thing: u32, amount: u64, takes: &mut Vec<(u32, u64)>) {
    match takes.iter_mut().find(|take| take.0 == thing) {
        Some(take) => take.1 += amount,
        None => takes.push((thing, amount)),
    }
}
