//! Why this plan and not another: a sentence for each parcel, and for each source that was possible and not chosen
//! what the whole order would have cost with the line taken from there as far as it can.
//!
//! Nothing is guessed: each rejected source is a problem of its own, the order's with the line's other offers taken
//! away, and its answer's bound is what is told. Beside them stand what each merge saves, why parcels that meet are not
//! merged, and which departures were missed.

mod apart;
mod merged;
mod missed;

use super::words::Words;
use super::{Costs, Draws, Parcel, Plan, assemble};
use crate::sourcing::{Ground, Sheet};
use crate::spec::{Advice, Missed, Rejected};
use crate::split::{self, Budget, Problem, Solution};
use crate::units::{Index, Money};
use crate::world::{LineIx, NodeIx, Order, SellerIx};

/// Rejected sources told of at most; each is a search.
const SOURCES: usize = 1000;

/// Search steps for each of them.
const STEPS: u64 = 5_000;

/// Explains a plan of an order whose worksheet and problem are given. The problem has every plan that costs less than
/// `complete_below`; nothing when it has all of them.
pub fn explain(
    ground: Ground<'_>,
    order: &Order,
    plan: &Plan,
    sheet: &Sheet,
    (problem, complete_below): (&Problem<'_>, Option<Money>),
    search: &mut split::Scratch,
) -> Advice {
    let words = Words::of(ground.world, order);
    let mut advice = Advice { order: order.id.to_string(), ..Advice::default() };
    let mut draws = Draws::default();
    for (row, parcel) in plan.parcels.iter().enumerate() {
        let missed = missed::missed(ground, &words, plan, row);
        advice.because.push(sentence(&words, row, parcel, &missed));
        advice.missed.extend(missed);
        if !parcel.parts.is_empty() {
            let sheet = (sheet, problem);
            let merged = merged::merged(ground, &words, order, plan, row, sheet, search, &mut draws);
            advice.because.extend(merged.iter().map(|merged| merged.text.clone()));
            advice.merged.extend(merged);
        }
    }
    advice.apart = apart::apart(ground, &words, order, plan);
    advice.because.extend(advice.apart.iter().map(|apart| apart.text.clone()));
    advice.because.push(verdict(&words, plan));

    let mut rejected: Vec<Rejected> = Vec::new();
    for (line, node, seller) in sources(sheet, problem).into_iter().take(SOURCES) {
        let wanted = sheet.lines[line].line;
        let chosen = plan.parcels.iter().any(|parcel| {
            let from =
                |pick: &super::Pick| ground.stock.cell(pick.cell).seller == seller && pick.line == wanted;
            parcel.node == node && parcel.picks.iter().any(from)
        });
        if chosen {
            continue;
        }
        let source =
            Instead { ground, words: &words, order, plan, sheet, complete_below, line, node, seller };
        rejected.extend(source.told(problem, search, &mut draws));
    }
    rejected.sort_by(|one, other| {
        let key = |told: &Rejected| (told.loses_by, told.line);
        key(one).cmp(&key(other)).then_with(|| (&one.node, &one.seller).cmp(&(&other.node, &other.seller)))
    });
    advice.rejected = rejected;
    advice
}

/// Lines of the problem with the places and sellers that offer something for them.
fn sources(sheet: &Sheet, problem: &Problem<'_>) -> Vec<(usize, NodeIx, SellerIx)> {
    let mut sources: Vec<(usize, NodeIx, SellerIx)> = problem
        .offers
        .iter()
        .map(|offer| {
            let node = sheet.way(offer.way).2.node;
            (usize::from(offer.line), node, sheet.sources[offer.pool as usize].seller)
        })
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// Lines whose goods are named; the rest are counted.
const NAMED: usize = 4;

fn sentence(words: &Words<'_>, row: usize, parcel: &Parcel, missed: &[Missed]) -> String {
    let mut lines: Vec<(LineIx, u64)> = Vec::new();
    for pick in &parcel.picks {
        match lines.iter_mut().find(|(line, _)| *line == pick.line) {
            Some((_, units)) => *units += u64::from(pick.qty.0),
            None => lines.push((pick.line, u64::from(pick.qty.0))),
        }
    }
    let named = if lines.len() > NAMED { NAMED - 1 } else { lines.len() };
    let mut goods: Vec<String> =
        lines[..named].iter().map(|&(line, units)| format!("{units} × {}", words.goods(line))).collect();
    if lines.len() > named {
        goods.push(format!("{} more lines", lines.len() - named));
    }
    let (named, place) = (words.code(row), words.place(parcel.node));
    let mut text = match parcel.parts.is_empty() {
        true => format!("{named} from {place} holds {}", listed(&goods)),
        false => {
            let parts: Vec<String> = parcel.parts.iter().map(|&part| words.code(usize::from(part))).collect();
            format!("{named} is merged from {} at {place}", listed(&parts))
        }
    };
    for leg in &parcel.legs {
        text += &format!(
            "; it leaves {} by {} for {}",
            words.moment(leg.departs_at),
            words.lane(leg.lane),
            words.amount(leg.cost)
        );
    }
    for missed in missed {
        text += &format!("; {}", missed.text);
    }
    if let Some(end) = &parcel.hand_over {
        text += &format!("; it is handed over {}", words.moment(end.at));
    }
    text + "."
}

fn verdict(words: &Words<'_>, plan: &Plan) -> String {
    let (cost, bound) = (words.amount(plan.cost()), words.amount(plan.bound));
    let mut text = match plan.is_optimal() {
        true => format!("Together this costs {cost}, and no plan costs less: that is proven."),
        false => format!(
            "Together this costs {cost}; no plan costs less than {bound}, so at most {} could still be saved.",
            words.amount(Money(plan.cost().0 - plan.bound.0))
        ),
    };
    if !plan.parcels.is_empty() {
        text += &format!(" All times are those of {}.", words.zone());
    }
    text
}

/// One line taken from one source instead.
struct Instead<'a> {
    ground: Ground<'a>,
    words: &'a Words<'a>,
    order: &'a Order,
    plan: &'a Plan,
    sheet: &'a Sheet,
    complete_below: Option<Money>,
    line: usize,
    node: NodeIx,
    seller: SellerIx,
}

impl Instead<'_> {
    fn told(
        &self,
        problem: &Problem<'_>,
        search: &mut split::Scratch,
        draws: &mut Draws,
    ) -> Option<Rejected> {
        let asked = problem.lines[self.line].qty;
        let (mut instead, units) = self.problem(problem);
        // Leaving the line out must cost more than anything it could save.
        let force = self.plan.cost().0.saturating_abs().saturating_mul(2).clamp(1_000_000, 1_000_000_000_000);
        let force = force.min(1_000_000_000_000_000 / i64::from(units.max(1)));
        let line = &mut instead.lines[self.line];
        line.skip = line.skip.saturating_add(force);
        let mut found = Solution::default();
        split::solve(&instead, Budget { steps: STEPS, ..Budget::default() }, search, &mut found).ok()?;
        let left = found.skipped.get(self.line).copied().unwrap_or(0);
        let unforced = force.checked_mul(i64::from(left))?;
        let at_least = found.bound.checked_sub(unforced)?;
        // Plans with merges that are not in the problem cost so much at least.
        let at_least =
            self.complete_below.map_or(at_least, |below| at_least.min(below.0)).max(self.plan.bound.0);
        let loses_by = (at_least - self.plan.cost().0).max(0);
        let (in_all, more) = (self.words.amount(Money(at_least)), self.words.amount(Money(loses_by)));

        let mut text = self.place();
        if units < asked {
            text += &format!(" (it has {units} of the {asked} units)");
        }
        if left > 0 {
            text += &format!(" would leave {} of it behind", counted(u64::from(left), "unit"));
            text += &format!(" and cost at least {in_all} in all");
        } else if loses_by == 0 {
            text += &format!(" would cost {in_all} in all, as much as the plan: ties are settled by ");
            text += "completion, then by parcels, then by keys";
        } else {
            text += &format!(" would cost at least {in_all} in all, {more} more than the plan");
        }
        if left == 0
            && units == asked
            && let Ok(other) = assemble(self.ground, self.order, self.sheet, &instead, &found, draws)
        {
            text += &differences(self.words, &self.plan.costs, &other.costs);
            let parcels = other.parcels.len() as i64 - self.plan.parcels.len() as i64;
            match parcels {
                1.. => text += &format!(", {} more", counted(parcels as u64, "parcel")),
                ..=-1 => text += &format!(", {} fewer", counted(parcels.unsigned_abs(), "parcel")),
                0 => {}
            }
        }
        text += match loses_by {
            0 => ".",
            _ => ". It wins when its picks, packing or carriage fall by more than that, or the others' rise.",
        };
        let world = self.ground.world;
        Some(Rejected {
            line: self.sheet.lines[self.line].line.row() + 1,
            node: world.node_names().of(self.node).to_owned(),
            seller: world.seller_names().of(self.seller).to_owned(),
            cost_at_least: at_least,
            loses_by,
            text,
        })
    }

    /// The order's problem with the line taken from the source as far as it has units, and how many those are. What
    /// it lacks becomes a line of its own, for the other sources.
    fn problem<'p>(&self, problem: &Problem<'p>) -> (Problem<'p>, u32) {
        let mut instead = problem.clone();
        // Limits over several offers only make plans dearer, so leaving them out keeps the bound a bound.
        instead.caps.clear();
        instead.offers.retain(|offer| usize::from(offer.line) != self.line || self.is_source(offer));
        let units = self.units(&instead);
        let line = problem.lines[self.line];
        if units < line.qty {
            let (this, rest) = (self.line as u16, instead.lines.len() as u16);
            instead.lines[self.line].qty = units;
            instead.lines.push(split::Line { qty: line.qty - units, ..line });
            for offer in problem.offers.iter().filter(|offer| offer.line == this && !self.is_source(offer)) {
                let most = offer.most.min(line.qty - units);
                instead.offers.push(split::Offer { line: rest, most, ..*offer });
            }
            for &(one, other) in &problem.apart {
                if one == this || other == this {
                    instead.apart.push((if one == this { other } else { one }, rest));
                }
            }
            instead.apart.sort_unstable();
            for offer in instead.offers.iter_mut().filter(|offer| offer.line == this) {
                offer.most = offer.most.min(units);
            }
        }
        (instead, units)
    }

    fn is_source(&self, offer: &split::Offer) -> bool {
        self.sheet.way(offer.way).2.node == self.node
            && self.sheet.sources[offer.pool as usize].seller == self.seller
    }

    /// Units of the line the source has, by any way.
    fn units(&self, instead: &Problem<'_>) -> u32 {
        let mut cells: Vec<(u32, u64)> = Vec::new();
        for offer in instead.offers.iter().filter(|offer| usize::from(offer.line) == self.line) {
            match cells.iter_mut().find(|known| known.0 == offer.pool) {
                Some(known) => known.1 |= offer.cells,
                None => cells.push((offer.pool, offer.cells)),
            }
        }
        let units: u64 = cells
            .iter()
            .map(|&(pool, cells)| {
                let supplies = self.sheet.supplies_of(pool as usize).iter().enumerate();
                let admitted = supplies.filter(|(bit, _)| cells >> bit & 1 == 1);
                admitted.map(|(_, supply)| u64::from(supply.free)).sum::<u64>()
            })
            .sum();
        units.min(u64::from(instead.lines[self.line].qty)) as u32
    }

    fn place(&self) -> String {
        format!(
            "{} from {} of {}",
            self.words.goods(self.sheet.lines[self.line].line),
            self.words.place(self.node),
            self.words.world.seller_names().of(self.seller),
        )
    }
}

/// What differs between two plans' costs, the greatest first.
fn differences(words: &Words<'_>, ours: &Costs, other: &Costs) -> String {
    let mut by_component: Vec<(i64, &str)> = ours
        .components()
        .iter()
        .zip(other.components())
        .map(|(ours, other)| (other.1.0.saturating_sub(ours.1.0), ours.0))
        .filter(|(difference, _)| *difference != 0)
        .collect();
    by_component.sort_by_key(|&(difference, name)| (std::cmp::Reverse(difference.saturating_abs()), name));
    let said: Vec<String> = by_component
        .iter()
        .take(3)
        .map(|&(difference, name)| {
            format!("{} {}", name.replace('_', " "), words.difference(Money(difference)))
        })
        .collect();
    if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) }
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => "nothing".to_owned(),
    }
}
