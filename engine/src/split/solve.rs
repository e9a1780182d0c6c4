//! The front door: takes a problem apart, sends each part where it is solved fastest, puts the answers together.

use super::branch;
use super::budget::{Budget, Meter};
use super::components::Components;
use super::core::{Core, NEVER};
use super::lattice::{Lattice, Packed};
use super::located::Located;
use super::packing::{Laid, Packing};
use super::problem::{NO_GROUP, Parcel, Problem, Solution};
use super::supply;
use super::tiered;
use super::trees::{self, Trees};

/// Memory of one solving thread.
#[derive(Debug, Default)]
pub struct Scratch {
    core: Core,
    lattice: Lattice,
    located: Located,
    packing: Packing,
    packed: Vec<Packed>,
    skipped: Vec<u32>,
    components: Components,
    trees: Trees,
}

/// A sum of costs left 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("costs of the problem sum to more than 2^60")]
pub struct Overflow;

/// Costs of a problem sum to less than this, so that no sum the search forms can overflow.
const MOST_COST: i64 = 1 << 60;

/// Solves a problem: the cheapest solution known and a proven bound, equal when proven. Deterministic: the same
/// problem and steps give the same answer.
///
/// # Errors
/// [`Overflow`] when the problem's costs are too large to be summed.
pub fn solve(
    problem: &Problem<'_>,
    budget: Budget<'_>,
    scratch: &mut Scratch,
    solution: &mut Solution,
) -> Result<(), Overflow> {
    check_sums(problem)?;
    let mut meter = Meter::new(budget);
    if trees::is_flat(problem) && problem.necks.is_empty() {
        solve_flat(problem, &mut meter, scratch, solution);
        #[cfg(feature = "last-resort")]
        if budget.last_resort && solution.bound < solution.cost {
            super::last_resort::tighten(problem, solution);
            sort(solution);
        }
    } else {
        let mut memory = std::mem::take(&mut scratch.trees);
        let mut flat = |problem: &Problem<'_>, meter: &mut Meter<'_>, solution: &mut Solution| {
            solve_flat(problem, meter, scratch, solution);
        };
        trees::solve(problem, &mut meter, &mut flat, &mut memory, solution);
        scratch.trees = memory;
    }
    solution.steps = meter.spent();
    Ok(())
}

/// Solves a small problem with hubs as if supplies were ample: a bound and what a plan with a merge in each hub costs at
/// least, if that is less than what is known. `parts` says that units of one line may have to part for reasons that are not
/// in the problem. False when the problem is too large.
///
/// # Errors
/// [`Overflow`] when the problem's costs are too large to be summed.
pub fn relax(
    problem: &Problem<'_>,
    parts: bool,
    scratch: &mut Scratch,
    solution: &mut Solution,
    through: &mut Vec<i64>,
) -> Result<bool, Overflow> {
    check_sums(problem)?;
    Ok(trees::relax(problem, parts, &mut scratch.trees, solution, through))
}

/// Solves a problem without hubs.
fn solve_flat(problem: &Problem<'_>, meter: &mut Meter<'_>, scratch: &mut Scratch, solution: &mut Solution) {
    solution.parcels.clear();
    solution.merges.clear();
    solution.skipped.clear();
    solution.skipped.extend(problem.lines.iter().map(|line| line.qty));
    let nothing: i64 = problem.lines.iter().map(|line| line.skip * i64::from(line.qty)).sum();
    solution.cost = nothing;
    solution.bound = nothing;
    if problem.rules.max_parcels > 0 && !problem.offers.is_empty() {
        let mut parts = std::mem::take(&mut scratch.components);
        parts.find(problem);
        solve_components(problem, &parts, meter, scratch, solution);
        scratch.components = parts;
    }
    sort(solution);
}

fn sort(solution: &mut Solution) {
    solution.parcels.sort_by(|one, other| (one.way, &one.takes).cmp(&(other.way, &other.takes)));
}

fn check_sums(problem: &Problem<'_>) -> Result<(), Overflow> {
    let mut sum = 0i64;
    let mut add = |cost: Option<i64>| -> Result<(), Overflow> {
        sum = cost.and_then(|cost| sum.checked_add(cost)).filter(|&sum| sum < MOST_COST).ok_or(Overflow)?;
        Ok(())
    };
    for line in &problem.lines {
        add(line.skip.checked_mul(i64::from(line.qty)))?;
    }
    for offer in &problem.offers {
        let qty = i64::from(problem.lines[offer.line as usize].qty);
        add(offer.unit_cost.checked_abs().and_then(|cost| cost.checked_mul(qty)))?;
        add(Some(offer.line_cost))?;
    }
    for fixed in problem.ways.iter().map(|way| way.fixed).chain(problem.hubs.iter().map(|hub| hub.fixed)) {
        add(Some(fixed))?;
        add(Some(problem.rules.parcel_penalty))?;
    }
    Ok(())
}

/// One part's answer, its cost with every parcel's penalty in it unless it was solved alone; [`NEVER`] when nothing
/// was found that delivers all that must be delivered.
struct Part {
    cost: i64,
    bound: i64,
    parcels: Vec<Parcel>,
    skipped: Vec<(u16, u32)>,
}

/// Who pays the penalty of parcels: each, or each but the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Penalty {
    Each,
    AllButFirst,
}

fn solve_components(
    problem: &Problem<'_>,
    parts: &Components,
    meter: &mut Meter<'_>,
    scratch: &mut Scratch,
    solution: &mut Solution,
) {
    let penalty = problem.rules.parcel_penalty;
    if parts.len() == 1 {
        let alone = solve_part(problem, parts.lines(0), Penalty::AllButFirst, meter, scratch);
        return accept(alone.cost, alone.bound, [alone], solution);
    }
    let each = |row| solve_part(problem, parts.lines(row), Penalty::Each, meter, scratch);
    let mut answers: Vec<Part> = (0..parts.len()).map(each).collect();
    let sent: usize = answers.iter().map(|part| part.parcels.len()).sum();
    if sent > problem.rules.max_parcels as usize {
        // The parts together send more parcels than may be sent: they are one problem after all.
        let all: Vec<u16> = (0..problem.lines.len() as u16).collect();
        let apart = answers.iter().map(|part| part.bound).fold(0, saturating_sum).saturating_sub(penalty);
        let mut alone = solve_part(problem, &all, Penalty::AllButFirst, meter, scratch);
        alone.bound = alone.bound.max(apart).min(alone.cost);
        return accept(alone.cost, alone.bound, [alone], solution);
    }
    let cost = answers.iter().map(|part| part.cost).fold(0, saturating_sum);
    let bound = answers.iter().map(|part| part.bound).fold(0, saturating_sum);
    if sent > 0 || penalty == 0 {
        let discount = if sent > 0 { penalty } else { 0 };
        return accept(cost - discount, bound.saturating_sub(penalty), answers, solution);
    }
    // No part sends a parcel when each parcel pays; but the first of all pays nothing. So at most one part sends
    // anything: the one that gains most.
    let mut best: Option<(i64, usize, Part)> = None;
    let mut least = cost;
    for (row, answer) in answers.iter().enumerate() {
        let alone = solve_part(problem, parts.lines(row), Penalty::AllButFirst, meter, scratch);
        let others = |sum: i64, own: i64| sum.saturating_sub(own);
        least = least.min(others(bound, answer.bound).saturating_add(alone.bound));
        let with_it = others(cost, answer.cost).saturating_add(alone.cost);
        if with_it < best.as_ref().map_or(cost, |best| best.0) {
            best = Some((with_it, row, alone));
        }
    }
    let mut reached = cost;
    if let Some((with_it, row, alone)) = best {
        reached = with_it;
        answers[row] = alone;
    }
    accept(reached, least, answers, solution);
}

fn saturating_sum(one: i64, other: i64) -> i64 {
    one.saturating_add(other).min(NEVER)
}

/// Takes over what was found when it beats sending nothing; `solution` holds that until then.
fn accept(cost: i64, bound: i64, answers: impl IntoIterator<Item = Part>, solution: &mut Solution) {
    let nothing = solution.cost;
    solution.bound = bound.min(cost).min(nothing);
    if cost >= nothing {
        return;
    }
    solution.cost = cost;
    solution.skipped.fill(0);
    for part in answers {
        solution.parcels.extend(part.parcels);
        for (line, units) in part.skipped {
            solution.skipped[line as usize] = units;
        }
    }
}

/// Solves some lines alone.
fn solve_part(
    problem: &Problem<'_>,
    lines: &[u16],
    pays: Penalty,
    meter: &mut Meter<'_>,
    scratch: &mut Scratch,
) -> Part {
    let whole = scratch.core.rebuild(problem, lines, !problem.rules.partial);
    let Scratch { core, located, .. } = &mut *scratch;
    let scarce = core.arcs.iter().any(|arc| arc.most < core.atoms[arc.atom as usize].units);
    let weight_matters = located.weight_matters(problem, core);
    let plain = whole && !core.coupled;
    // Units of one atom may pay to part when some arc cannot bring them all, or when a parcel's weight matters.
    let splits = (scarce || weight_matters) && core.atoms.iter().any(|atom| atom.units > 1);
    if plain && !scarce && !weight_matters && core.apart.is_empty() && core.atoms.len() > LATTICE_ATOMS {
        if let Some(part) = solve_by_location(problem, pays, meter, scratch) {
            return part;
        }
    } else {
        // Units of a line that part may come from several origins.
        let free = !splits || problem.rules.several_origins;
        let many = core.atoms.len() > LATTICE_ATOMS;
        let fits = whole && Lattice::fits(core, splits);
        let quick = fits && Lattice::is_quick(problem, core, splits);
        let at_once = quick && !many;
        let by_tiers = whole && problem.rules.several_origins && many;
        if at_once && plain && free {
            return solve_by_lattice(problem, splits, pays, meter, scratch);
        }
        // Where atoms compete for a pool, units may part though each atom alone would stay whole.
        let parted = splits || core.coupled && core.atoms.iter().any(|atom| atom.units > 1);
        let packs = whole && (!parted || problem.rules.several_origins);
        let (mut floor, mut known) = (None, None);
        // Few contents are packed at once; many only where sets of parcels leave something open.
        let sparse = packs && scratch.packing.is_sparse(problem, &scratch.core, parted);
        // Where each way has most of the goods, the lattice has less to look at than packing has.
        let sparse =
            sparse && !(quick && scratch.packing.contents() > Lattice::pairs(&scratch.core, splits) / 4);
        let dense = packs && !sparse && many;
        let quick = quick && !at_once && !sparse;
        let searches = [
            (Search::Lattice, at_once),
            (Search::Packing, sparse),
            (Search::Lattice, quick),
            (Search::Tiers, by_tiers),
            (Search::Packing, dense),
            (Search::Lattice, fits && !at_once && !quick),
        ];
        let mut by_sets = false;
        for (search, _) in searches.into_iter().filter(|(_, fit)| *fit) {
            let found = match search {
                Search::Lattice => Some(solve_by_lattice(problem, splits, pays, meter, scratch)),
                Search::Packing => solve_by_packing(problem, parted, pays, meter, scratch),
                Search::Tiers => solve_by_tiers(problem, pays, meter, scratch),
            };
            let Some(found) = found else { continue };
            if search == Search::Lattice && !(plain && free) && !stands(problem, &scratch.core, &found) {
                // As if alone, parcels took too much: what they cost is a bound.
                floor = Some(found.cost);
                continue;
            }
            by_sets |= search == Search::Tiers;
            let best = better(known.take(), found);
            if best.cost == best.bound {
                return best;
            }
            known = Some(best);
        }
        if by_sets {
            // Branching seldom closes what sets of parcels leave open. But its first bound, by straight lines under
            // the staircases, may be the highest of all, and its first plan the cheapest.
            meter.add(1);
            let mut ended = Meter::new(Budget { steps: 0, ..Budget::default() });
            let found = solve_by_branching(problem, whole, pays, floor, &mut ended, scratch);
            return better(known, found);
        }
        let found = solve_by_branching(problem, whole, pays, floor, meter, scratch);
        return better(known, found);
    }
    solve_by_branching(problem, whole, pays, None, meter, scratch)
}

/// Searches that settle a part or say that they cannot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    Lattice,
    Packing,
    Tiers,
}

/// The cheaper of two answers to one part, with the higher of their bounds.
fn better(one: Option<Part>, other: Part) -> Part {
    let Some(one) = one else { return other };
    let bound = one.bound.max(other.bound);
    let best = if one.cost <= other.cost { one } else { other };
    Part { bound: bound.min(best.cost), ..best }
}

/// Whether the parcels of a part take no more than there is, and units of each line from as many origins as allowed.
fn stands(problem: &Problem<'_>, core: &Core, part: &Part) -> bool {
    let mut takes: Vec<(u32, u32)> =
        part.parcels.iter().flat_map(|parcel| parcel.takes.iter().copied()).collect();
    takes.sort_unstable();
    if core.coupled && supply::shortfall(problem, &takes).is_some() {
        return false;
    }
    if problem.rules.several_origins {
        return true;
    }
    let origin = |offer: u32| problem.ways[problem.offers[offer as usize].way as usize].origin;
    takes.windows(2).all(|pair| {
        let same = problem.offers[pair[0].0 as usize].line == problem.offers[pair[1].0 as usize].line;
        !same || origin(pair[0].0) == origin(pair[1].0)
    })
}

/// Up to so many atoms the lattice is as fast as any other search, and breaks ties better.
const LATTICE_ATOMS: usize = 4;

/// Nothing when there are too many sets of parcels, or when the first parcel's discount might change the answer.
fn solve_by_tiers(
    problem: &Problem<'_>,
    pays: Penalty,
    meter: &mut Meter<'_>,
    scratch: &Scratch,
) -> Option<Part> {
    let found = tiered::solve(problem, &scratch.core, problem.rules.parcel_penalty, meter)?;
    discounted(problem, &scratch.core, pays, found)
}

/// Nothing when there are too many parcels that could pay, when the answer has more of them than may be sent, or
/// when the first parcel's discount might change it.
fn solve_by_packing(
    problem: &Problem<'_>,
    splits: bool,
    pays: Penalty,
    meter: &mut Meter<'_>,
    scratch: &mut Scratch,
) -> Option<Part> {
    let Scratch { core, packing, .. } = scratch;
    let found = packing.solve(problem, core, splits, problem.rules.parcel_penalty, meter)?;
    if found.parcels.len() > problem.rules.max_parcels as usize {
        return None;
    }
    discounted(problem, core, pays, found)
}

/// Takes the first parcel's penalty off; nothing when no parcel is sent and one might be at that price.
fn discounted(problem: &Problem<'_>, core: &Core, pays: Penalty, found: Laid) -> Option<Part> {
    let penalty = problem.rules.parcel_penalty;
    if pays == Penalty::Each || penalty == 0 {
        return Some(part_of(problem, core, found.parcels, found.cost, found.bound));
    }
    if found.parcels.is_empty() {
        return None;
    }
    // With everything skipped there is no first parcel and no discount.
    let bound = (found.bound - penalty).min(cost_of_skipping(core));
    Some(part_of(problem, core, found.parcels, found.cost - penalty, bound))
}

/// Nothing when the answer does not settle the part: too many parcels, or none where the first might be free.
fn solve_by_location(
    problem: &Problem<'_>,
    pays: Penalty,
    meter: &mut Meter<'_>,
    scratch: &mut Scratch,
) -> Option<Part> {
    let Scratch { core, located, .. } = scratch;
    let penalty = problem.rules.parcel_penalty;
    let placed = located.solve(problem, core, penalty, meter)?;
    let parcels = located.parcels(core);
    if parcels.len() > problem.rules.max_parcels as usize {
        return None;
    }
    discounted(problem, core, pays, Laid { cost: placed.cost, bound: placed.bound, parcels })
}

fn solve_by_lattice(
    problem: &Problem<'_>,
    splits: bool,
    pays: Penalty,
    meter: &mut Meter<'_>,
    scratch: &mut Scratch,
) -> Part {
    meter.add(1);
    let Scratch { core, lattice, packed, skipped, .. } = scratch;
    let (penalty, most) = (problem.rules.parcel_penalty, problem.rules.max_parcels);
    let Some(mut cost) = lattice.solve(problem, core, splits, penalty, most, packed, skipped) else {
        return Part { cost: NEVER, bound: NEVER, parcels: Vec::new(), skipped: Vec::new() };
    };
    if pays == Penalty::Each && !packed.is_empty() {
        cost += penalty;
        let idle = cost_of_skipping(core);
        if cost >= idle {
            cost = idle;
            packed.clear();
            skipped.clear();
            skipped.extend(core.atoms.iter().map(|atom| atom.units));
        }
    }
    let parcels = packed.iter().map(|parcel| unpack(core, parcel)).collect();
    Part { cost, bound: cost, parcels, skipped: skipped_lines(problem, core, skipped) }
}

fn solve_by_branching(
    problem: &Problem<'_>,
    whole: bool,
    pays: Penalty,
    floor: Option<i64>,
    meter: &mut Meter<'_>,
    scratch: &Scratch,
) -> Part {
    let core = &scratch.core;
    let (penalty, most) = (problem.rules.parcel_penalty, problem.rules.max_parcels);
    // The floor as the search counts, with every parcel's penalty in it.
    let discount = if pays == Penalty::AllButFirst { penalty } else { 0 };
    let counted = floor.map_or(i64::MIN, |floor| floor.saturating_add(discount).min(cost_of_skipping(core)));
    let found = branch::solve(problem, core, penalty, most, None, counted, meter);
    let (mut cost, mut bound, mut parcels) = (found.cost, found.bound, found.parcels);
    if pays == Penalty::AllButFirst && penalty > 0 {
        if cost >= NEVER {
            bound = bound.saturating_sub(if bound >= NEVER { 0 } else { penalty });
        } else if parcels.is_empty() {
            // Only without the first penalty might a parcel pay: ask of each arc what a plan with it costs.
            for arc in 0..core.arcs.len() as u32 {
                let wish = branch::Wish { arc, below: cost.saturating_add(penalty) };
                let wished = branch::solve(problem, core, penalty, most, Some(wish), i64::MIN, meter);
                bound = bound.min(wished.bound.saturating_sub(penalty));
                if !wished.parcels.is_empty() && wished.cost - penalty < cost {
                    cost = wished.cost - penalty;
                    parcels = wished.parcels;
                }
            }
        } else {
            cost -= penalty;
            // With everything skipped there is no first parcel and no discount.
            bound = (bound - penalty).min(cost_of_skipping(core));
        }
    }
    if !whole {
        bound = bound.min(floor_of(problem, core));
    }
    bound = bound.max(floor.unwrap_or(i64::MIN)).min(cost);
    part_of(problem, core, parcels, cost, bound)
}

/// Parcels by arc as parcels by offer.
fn part_of(
    problem: &Problem<'_>,
    core: &Core,
    parcels: Vec<(u16, Vec<(u32, u32)>)>,
    cost: i64,
    bound: i64,
) -> Part {
    let mut left: Vec<u32> = core.atoms.iter().map(|atom| atom.units).collect();
    let mut sent = Vec::with_capacity(parcels.len());
    for (way, arcs) in parcels {
        let mut takes: Vec<(u32, u32)> = Vec::new();
        for (arc, units) in arcs {
            let arc = &core.arcs[arc as usize];
            left[arc.atom as usize] -= units;
            takes.extend(arc.parts.iter().map(|&(offer, per)| (offer, per * units)));
        }
        sent.push(Parcel { way, takes: merged(takes) });
    }
    Part { cost, bound: bound.min(cost), parcels: sent, skipped: skipped_lines(problem, core, &left) }
}

/// What a core cannot cost less than, however its groups are made up: every unit at its cheapest, nothing for ways.
fn floor_of(problem: &Problem<'_>, core: &Core) -> i64 {
    core.lines
        .iter()
        .flatten()
        .map(|&line| {
            let wanted = &problem.lines[line as usize];
            let cheapest = problem.offers_of(line).map(|(_, offer)| offer.unit_cost).min();
            cheapest.map_or(wanted.skip, |cheapest| cheapest.min(wanted.skip)) * i64::from(wanted.qty)
        })
        .sum()
}

fn cost_of_skipping(core: &Core) -> i64 {
    core.atoms.iter().fold(0i64, |sum, atom| {
        if sum >= NEVER || atom.skip >= NEVER { NEVER } else { sum + atom.skip * i64::from(atom.units) }
    })
}

fn skipped_lines(problem: &Problem<'_>, core: &Core, skipped: &[u32]) -> Vec<(u16, u32)> {
    let mut lines = Vec::new();
    for (atom, &units) in skipped.iter().enumerate() {
        for &line in &core.lines[atom] {
            let grouped = problem.lines[line as usize].group != NO_GROUP;
            let units = if grouped { units * problem.lines[line as usize].qty } else { units };
            if units > 0 {
                lines.push((line, units));
            }
        }
    }
    lines
}

fn unpack(core: &Core, (way, atoms): &Packed) -> Parcel {
    let mut takes: Vec<(u32, u32)> = Vec::new();
    for &(atom, units) in atoms {
        for (arc, units) in Lattice::arcs_for(core, atom as usize, *way, units) {
            takes.extend(core.arcs[arc as usize].parts.iter().map(|&(offer, per)| (offer, per * units)));
        }
    }
    Parcel { way: *way, takes: merged(takes) }
}

fn merged(mut takes: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    takes.sort_unstable();
    takes.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    takes
}
