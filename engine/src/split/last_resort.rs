//! What does a general solver make of what the search left open?
//!
//! The problem written as a mixed-integer programme, for callers who would rather wait than live with a gap
//! ([`Budget::last_resort`](super::Budget)). The solver reckons in floating point and is not believed: its parcels
//! are checked and priced anew in whole numbers, and of its bound only what is safe from rounding is taken. So a plan
//! is called proven only where whole numbers meet.
//!
//! Refused, and left as the search left it: programmes of more than [`MOST_VARIABLES`] variables, and prices, weights
//! or quantities above [`MOST_NUMBER`], where the solver's tolerances would blur whole units.

// The one room that hands numbers to a foreign solver; nothing is decided by them before it is checked in integers.
#![allow(clippy::float_arithmetic)]

use super::problem::{NO_GROUP, Parcel, Problem, Solution};
use super::supply::shortfall;
use good_lp::{
    Constraint, Expression, ProblemVariables, Solution as _, SolverModel, Variable, WithMipGap, variable,
};

/// Largest programme that is tried.
const MOST_VARIABLES: usize = 4_000;

/// Largest number that is handed over.
const MOST_NUMBER: i64 = 1_000_000_000;

/// What the solver's optimum may be off by, as a share of it.
const TOLERANCE: f64 = 1e-6;

#[cfg(feature = "highs")]
fn solver(programme: good_lp::variable::UnsolvedProblem) -> good_lp::solvers::highs::HighsProblem {
    // One thread: the same programme, the same answer.
    good_lp::highs(programme).set_threads(1)
}
#[cfg(not(feature = "highs"))]
use good_lp::microlp as solver;

/// Makes a solution cheaper or its bound higher, where the solver can.
pub(super) fn tighten(problem: &Problem<'_>, solution: &mut Solution) {
    let Some((optimum, parcels)) = Programme::of(problem, solution.cost).and_then(Programme::solved) else {
        return;
    };
    let known = solution.cost;
    if let Some((cost, skipped)) = priced(problem, &parcels)
        && cost < solution.cost
    {
        (solution.parcels, solution.skipped, solution.cost) = (parcels, skipped, cost);
    }
    // Costs are whole: no plan costs less than the next whole number above what the optimum is at least.
    let bound = (optimum - TOLERANCE * optimum.abs().max(1.0)).ceil() as i64;
    // A bound above a plan that is known to be right is a mistake of the solver's.
    if bound <= known {
        solution.bound = solution.bound.max(bound.min(solution.cost));
    }
}

/// A parcel that may be sent.
struct Slot {
    way: u16,
    used: Variable,
    /// Units by offer.
    takes: Vec<(u32, Variable)>,
}

struct Programme<'a> {
    problem: &'a Problem<'a>,
    all: ProblemVariables,
    rules: Vec<Constraint>,
    cost: Expression,
    slots: Vec<Slot>,
}

impl<'a> Programme<'a> {
    /// The programme of a problem of which a plan of some cost is known; nothing when it is refused.
    fn of(problem: &'a Problem<'a>, known: i64) -> Option<Programme<'a>> {
        if !in_range(problem) {
            return None;
        }
        let mut programme = Programme {
            problem,
            all: ProblemVariables::new(),
            rules: Vec::new(),
            cost: Expression::from(0),
            slots: Vec::new(),
        };
        for way in 0..problem.ways.len() {
            let offers: Vec<u32> = (0..problem.offers.len() as u32)
                .filter(|&offer| usize::from(problem.offers[offer as usize].way) == way)
                .collect();
            let load = Load::of(problem, &offers);
            let most = load.most_parcels(problem, way, &offers, known);
            let room = MOST_VARIABLES.checked_sub(programme.all.len())?;
            if most.checked_mul(1 + 2 * offers.len())? > room {
                return None;
            }
            for place in 0..most {
                programme.slot(way, &offers, &load, place > 0);
            }
        }
        programme.parcels();
        programme.lines();
        programme.groups();
        programme.pools();
        (programme.all.len() <= MOST_VARIABLES).then_some(programme)
    }

    fn binary(&mut self) -> Variable {
        self.all.add(variable().binary())
    }

    /// A parcel by a way; of several by one way the later ones are used only after the earlier.
    fn slot(&mut self, way: usize, offers: &[u32], load: &Load, later: bool) {
        let problem = self.problem;
        let terms = &problem.ways[way];
        let used = self.binary();
        if later && let Some(earlier) = self.slots.last() {
            self.rules.push((Expression::from(used) - earlier.used).leq(0));
        }
        self.cost += terms.fixed as f64 * used;
        let (mut grams, mut cm3) = (Expression::from(0), Expression::from(0));
        let mut takes = Vec::with_capacity(offers.len());
        let mut picked = Vec::new();
        for &row in offers {
            let offer = &problem.offers[row as usize];
            let line = &problem.lines[usize::from(offer.line)];
            let most = f64::from(offer.most.min(line.qty));
            let units = self.all.add(variable().integer().min(0).max(most));
            let apart = problem.apart.iter().any(|pair| pair.0 == offer.line || pair.1 == offer.line);
            let sign = if offer.line_cost > 0 || apart { self.binary() } else { used };
            self.rules.push((units - most * sign).leq(0));
            if sign != used {
                self.rules.push((Expression::from(sign) - used).leq(0));
                self.cost += offer.line_cost as f64 * sign;
            }
            if apart {
                picked.push((offer.line, sign));
            }
            self.cost += offer.unit_cost as f64 * units;
            grams += line.grams as f64 * units;
            cm3 += line.cm3 as f64 * units;
            takes.push((row, units));
        }
        for (at, &(one, first)) in picked.iter().enumerate() {
            for &(other, second) in &picked[at + 1..] {
                if problem.apart.contains(&(one.min(other), one.max(other))) {
                    self.rules.push((Expression::from(first) + second).leq(1));
                }
            }
        }
        if load.grams > terms.max_grams {
            self.rules.push((grams.clone() - terms.max_grams as f64 * used).leq(0));
        }
        if load.cm3 > terms.max_cm3 {
            self.rules.push((cm3.clone() - terms.max_cm3 as f64 * used).leq(0));
        }
        self.carriage(way, used, grams, cm3, load);
        self.slots.push(Slot { way: way as u16, used, takes });
    }

    /// The staircase of a parcel: it stands on one step, which must hold its weight.
    fn carriage(&mut self, way: usize, used: Variable, grams: Expression, cm3: Expression, load: &Load) {
        let staircase = &self.problem.staircases[self.problem.ways[way].staircase as usize];
        self.cost += staircase.base as f64 * used;
        if staircase.steps.is_empty() && staircase.per_kg_above.is_none() {
            return;
        }
        let most = staircase.chargeable(load.grams, load.cm3);
        let (mut stands, mut room) = (Expression::from(0), Expression::from(0));
        let mut highest = (0, 0);
        for &(up_to, price) in &staircase.steps {
            let step = self.binary();
            self.cost += price as f64 * step;
            stands += step;
            room += up_to.min(most) as f64 * step;
            highest = (up_to, price);
            if up_to >= most {
                break;
            }
        }
        if let Some(rate) = staircase.per_kg_above
            && (highest.0 < most || staircase.steps.is_empty())
        {
            let started = (most - highest.0).div_ceil(1000) as f64;
            let (above, kilograms) = (self.binary(), self.all.add(variable().integer().min(0).max(started)));
            self.cost += highest.1 as f64 * above + rate as f64 * kilograms;
            stands += above;
            room += highest.0 as f64 * above + 1000.0 * kilograms;
            self.rules.push((kilograms - started * above).leq(0));
        }
        self.rules.push((stands - used).eq(0));
        if let Some(divisor) = staircase.cm3_per_kg {
            // ⌈cm³ × 1000 / divisor⌉ stays below a whole room exactly when cm³ × 1000 / divisor does.
            let divisor = f64::from(divisor.max(1));
            self.rules.push((cm3 - divisor / 1000.0 * room.clone()).leq(0));
        }
        self.rules.push((grams - room).leq(0));
    }

    /// How many parcels, and what they cost beyond the first.
    fn parcels(&mut self) {
        let rules = &self.problem.rules;
        let parcels: Expression = self.slots.iter().map(|slot| slot.used).sum();
        if (rules.max_parcels as usize) < self.slots.len() {
            self.rules.push(parcels.clone().leq(f64::from(rules.max_parcels)));
        }
        if rules.parcel_penalty > 0 {
            let first = self.all.add(variable().min(0).max(1));
            self.rules.push((Expression::from(first) - parcels.clone()).leq(0));
            self.cost += rules.parcel_penalty as f64 * (parcels - first);
        }
    }

    /// Units of the offers that satisfy a condition, over all parcels.
    fn brought(&self, wanted: impl Fn(u32) -> bool) -> Expression {
        let takes = self.slots.iter().flat_map(|slot| &slot.takes);
        takes.filter(|take| wanted(take.0)).map(|take| take.1).sum()
    }

    /// What each line gets, what it costs to leave the rest, and from how many places it comes.
    fn lines(&mut self) {
        let problem = self.problem;
        let whole = (!problem.rules.partial).then(|| self.binary());
        for (row, line) in problem.lines.iter().enumerate() {
            let of_line = |offer: u32| usize::from(problem.offers[offer as usize].line) == row;
            let (qty, brought) = (f64::from(line.qty), self.brought(of_line));
            self.cost += line.skip as f64 * (qty - brought.clone());
            match whole {
                Some(whole) => self.rules.push((brought - qty * whole).eq(0)),
                None => self.rules.push(brought.leq(qty)),
            }
            if problem.rules.several_origins {
                continue;
            }
            let mut origins: Vec<u32> = problem
                .offers_of(row as u16)
                .map(|(_, offer)| problem.ways[usize::from(offer.way)].origin)
                .collect();
            origins.sort_unstable();
            origins.dedup();
            let mut chosen = Expression::from(0);
            for origin in origins {
                let from = self.binary();
                chosen += from;
                let of_origin = |offer: u32| {
                    let terms = &problem.offers[offer as usize];
                    of_line(offer) && problem.ways[usize::from(terms.way)].origin == origin
                };
                let brought = self.brought(of_origin);
                self.rules.push((brought - qty * from).leq(0));
            }
            self.rules.push(chosen.leq(1));
        }
        for row in 0..problem.offers.len() as u32 {
            let brought = self.brought(|offer| offer == row);
            self.rules.push(brought.leq(f64::from(problem.offers[row as usize].most)));
        }
    }

    /// Lines of a group come whole in one parcel, or not at all.
    fn groups(&mut self) {
        let problem = self.problem;
        let mut groups: Vec<u16> =
            problem.lines.iter().map(|line| line.group).filter(|&group| group != NO_GROUP).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            let mut places = Expression::from(0);
            for slot in 0..self.slots.len() {
                let here = self.binary();
                places += here;
                for (row, line) in problem.lines.iter().enumerate().filter(|(_, line)| line.group == group) {
                    let takes = self.slots[slot].takes.iter();
                    let of_line =
                        takes.filter(|take| usize::from(problem.offers[take.0 as usize].line) == row);
                    let units: Expression = of_line.map(|take| take.1).sum();
                    self.rules.push((units - f64::from(line.qty) * here).eq(0));
                }
            }
            self.rules.push(places.leq(1));
        }
    }

    /// Pools and caps give no more than they have.
    fn pools(&mut self) {
        let problem = self.problem;
        for (pool, terms) in problem.pools.iter().enumerate() {
            let rows = 0..problem.offers.len() as u32;
            let offers: Vec<u32> =
                rows.filter(|&row| problem.offers[row as usize].pool as usize == pool).collect();
            let kinds = |row: &u32| problem.offers[*row as usize].cells;
            let Some(first) = offers.first().map(kinds) else { continue };
            if offers.iter().all(|row| kinds(row) == first) {
                let brought = self.brought(|offer| offers.binary_search(&offer).is_ok());
                self.rules.push(brought.leq(problem.units_of(pool as u32, first) as f64));
                continue;
            }
            // Different offers may draw from different cells: a flow from cells to offers.
            let mut given = vec![Expression::from(0); terms.cells as usize];
            for row in &offers {
                let mut drawn = Expression::from(0);
                for (cell, given) in
                    given.iter_mut().enumerate().filter(|(cell, _)| kinds(row) >> cell & 1 == 1)
                {
                    let most = f64::from(problem.free[terms.first as usize + cell]);
                    let flow = self.all.add(variable().min(0).max(most));
                    *given += flow;
                    drawn += flow;
                }
                let brought = self.brought(|offer| offer == *row);
                self.rules.push((brought - drawn).eq(0));
            }
            for (cell, given) in given.into_iter().enumerate() {
                self.rules.push(given.leq(f64::from(problem.free[terms.first as usize + cell])));
            }
        }
        for cap in &problem.caps {
            let brought = self.brought(|offer| cap.offers.binary_search(&offer).is_ok());
            self.rules.push(brought.leq(f64::from(cap.most)));
        }
    }

    /// The optimum and its parcels as the solver states them; nothing when it did not get there.
    fn solved(self) -> Option<(f64, Vec<Parcel>)> {
        let cost = self.cost.clone();
        let mut model = self.all.minimise(self.cost).using(solver).with_mip_gap(0.0).ok()?;
        for rule in self.rules {
            model.add_constraint(rule);
        }
        let found = model.solve().ok()?;
        if !matches!(found.status(), good_lp::solvers::SolutionStatus::Optimal) {
            return None;
        }
        let parcels = self.slots.iter().filter_map(|slot| {
            let takes: Vec<(u32, u32)> = slot
                .takes
                .iter()
                .map(|&(offer, units)| (offer, found.value(units).round().max(0.0) as u32))
                .filter(|take| take.1 > 0)
                .collect();
            (!takes.is_empty()).then_some(Parcel { way: slot.way, takes })
        });
        let (optimum, parcels) = (found.eval(&cost), parcels.collect());
        optimum.is_finite().then_some((optimum, parcels))
    }
}

/// Whether every number can be handed over without being blurred.
fn in_range(problem: &Problem<'_>) -> bool {
    let fits = |number: i64| number.abs() <= MOST_NUMBER;
    let lines = problem.lines.iter().all(|line| {
        fits(line.skip)
            && i64::from(line.qty) <= 1_000_000
            && line.grams.max(line.cm3) <= MOST_NUMBER as u64 / u64::from(line.qty.max(1))
    });
    let offers = problem.offers.iter().all(|offer| fits(offer.unit_cost) && fits(offer.line_cost));
    let ways = problem.ways.iter().all(|way| {
        let staircase = &problem.staircases[way.staircase as usize];
        fits(way.fixed)
            && fits(staircase.base)
            && staircase.steps.iter().all(|step| fits(step.1))
            && staircase.per_kg_above.is_none_or(fits)
    });
    lines && offers && ways && fits(problem.rules.parcel_penalty)
}

/// All that offers of one way can bring.
struct Load {
    units: u64,
    grams: u64,
    cm3: u64,
}

impl Load {
    fn of(problem: &Problem<'_>, offers: &[u32]) -> Load {
        let mut load = Load { units: 0, grams: 0, cm3: 0 };
        for (row, line) in problem.lines.iter().enumerate() {
            let of_line = offers.iter().map(|&offer| &problem.offers[offer as usize]);
            let most: u64 = of_line
                .filter(|offer| usize::from(offer.line) == row)
                .map(|offer| u64::from(offer.most))
                .sum();
            let units = most.min(u64::from(line.qty));
            load.units += units;
            load.grams += units * line.grams;
            load.cm3 += units * line.cm3;
        }
        load
    }

    /// Parcels by a way, at most, in some plan that costs no more than the one known.
    fn most_parcels(&self, problem: &Problem<'_>, way: usize, offers: &[u32], known: i64) -> usize {
        let terms = &problem.ways[way];
        let staircase = &problem.staircases[terms.staircase as usize];
        let penalty = problem.rules.parcel_penalty;
        if self.units == 0 {
            return 0;
        }
        let lines = || offers.iter().map(|&offer| problem.offers[offer as usize].line);
        let apart = problem
            .apart
            .iter()
            .any(|pair| lines().any(|line| line == pair.0) && lines().any(|line| line == pair.1));
        let most = staircase.chargeable(self.grams, self.cm3);
        let holds_all = self.grams <= terms.max_grams && self.cm3 <= terms.max_cm3;
        if !apart
            && holds_all
            && most <= staircase.heaviest()
            && staircase.light_enough_to_merge(most, terms.fixed + penalty).is_none()
        {
            // Two parcels laid together never cost more than apart.
            return 1;
        }
        let mut parcels = self.units.min(u64::from(problem.rules.max_parcels));
        let gained: i64 = problem
            .lines
            .iter()
            .enumerate()
            .map(|(row, line)| {
                let least = problem.offers_of(row as u16).map(|(_, offer)| offer.unit_cost).min();
                least.unwrap_or(0).min(0) * i64::from(line.qty)
            })
            .sum();
        let each = terms.fixed + penalty + staircase.price(0, 0).unwrap_or(0);
        if each > 0 {
            let spent = known - gained + penalty;
            parcels = parcels.min(u64::try_from(spent / each).unwrap_or(0));
        }
        usize::try_from(parcels).unwrap_or(usize::MAX)
    }
}

/// What parcels cost and what they leave behind, in whole numbers; nothing when they are not allowed.
fn priced(problem: &Problem<'_>, parcels: &[Parcel]) -> Option<(i64, Vec<u32>)> {
    let rules = &problem.rules;
    let mut skipped: Vec<u32> = problem.lines.iter().map(|line| line.qty).collect();
    let mut origins = vec![None; problem.lines.len()];
    let mut places = vec![None; problem.lines.len()];
    let mut taken: Vec<(u32, u32)> = Vec::new();
    let mut cost = rules.parcel_penalty * (parcels.len() as i64 - 1).max(0);
    if parcels.len() > rules.max_parcels as usize {
        return None;
    }
    for (place, parcel) in parcels.iter().enumerate() {
        let way = &problem.ways[usize::from(parcel.way)];
        let (mut grams, mut cm3) = (0, 0);
        for &(row, units) in &parcel.takes {
            let offer = &problem.offers[row as usize];
            let line = usize::from(offer.line);
            skipped[line] = skipped[line].checked_sub(units)?;
            grams += problem.lines[line].grams * u64::from(units);
            cm3 += problem.lines[line].cm3 * u64::from(units);
            cost += offer.unit_cost * i64::from(units) + offer.line_cost;
            let elsewhere = *origins[line].get_or_insert(way.origin) != way.origin && !rules.several_origins;
            let another = *places[line].get_or_insert(place) != place;
            if offer.way != parcel.way || elsewhere || (another && problem.lines[line].group != NO_GROUP) {
                return None;
            }
            let lines = parcel.takes.iter().map(|take| problem.offers[take.0 as usize].line);
            if lines.into_iter().any(|other| problem.apart.contains(&(offer.line, other))) {
                return None;
            }
        }
        taken.extend(&parcel.takes);
        cost += way.fixed + problem.carriage(usize::from(parcel.way), grams, cm3)?;
    }
    taken.sort_unstable();
    if shortfall(problem, &taken).is_some() {
        return None;
    }
    for (row, (line, &left)) in problem.lines.iter().zip(&skipped).enumerate() {
        cost += line.skip * i64::from(left);
        let group = problem
            .lines
            .iter()
            .zip(&places)
            .zip(&skipped)
            .filter(|((other, _), _)| line.group != NO_GROUP && other.group == line.group);
        if group.into_iter().any(|((_, place), _)| *place != places[row])
            || (line.group != NO_GROUP && left != 0 && left != line.qty)
        {
            return None;
        }
    }
    let some_left = skipped.iter().any(|&left| left > 0);
    (rules.partial || !some_left || parcels.is_empty()).then_some((cost, skipped))
}
