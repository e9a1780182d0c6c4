//! What is left to decide when some parcels are taken over: an order of the rest, and its stock.

use super::bundle::Bundle;
use super::happened::Happened;
use super::scene::Scene;
use crate::stock::{CellIx, Stock};
use crate::units::{Index, Money, Quantity, Seconds, limits};
use crate::world::{Line, LineIx, NodeIx, Order, SellerIx};
use std::collections::BTreeMap;

/// Which parcels are taken over, which are not packed after all, and which have left for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Bundles.
    pub bundles: Vec<usize>,
    /// Parcels of the old plan whose goods can no longer be had.
    pub stranded: Vec<usize>,
    /// Parcels of the old plan that do not stay as they were, at least.
    pub changed: u32,
}

/// An order of the rest.
pub(super) struct Rest {
    pub order: Order,
    /// What each of its lines stands for.
    pub lines: Vec<Stands>,
}

/// What a line of the rest stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// Units of a line of the order.
    Line(LineIx),
    /// A bundle.
    Bundle(usize),
}

impl Rest {
    /// The order without what the chosen bundles bring, and with a line for each of them that nothing is worth leaving
    /// behind.
    pub fn new(
        order: &Order,
        happened: &Happened<'_>,
        scene: &Scene,
        bundles: &[Bundle],
        choice: &Choice,
    ) -> Rest {
        let mut rest =
            Rest { order: Order { lines: Default::default(), ..order.clone() }, lines: Vec::new() };
        for (row, line) in order.lines.iter().enumerate() {
            let ix = LineIx::of(row);
            let brought = choice.bundles.iter().flat_map(|&bundle| &bundles[bundle].units);
            let brought: u32 = brought.filter(|(line, _)| *line == ix).map(|&(_, units)| units).sum();
            let left = line.qty.0.saturating_sub(brought);
            if left == 0 {
                continue;
            }
            let bound_to = match order.policy.quantity_split {
                true => None,
                false => taken_at(happened, bundles, choice, ix),
            };
            let sellers = sellers(scene, line, bound_to);
            let sku = scene.skus[&line.sku];
            rest.lines.push(Stands::Line(ix));
            rest.order.lines.push(Line { sku, qty: Quantity(left), sellers, ..line.clone() });
        }
        let several = choice.bundles.len().max(1) as i64;
        for &number in &choice.bundles {
            let spot = scene.spots[number];
            rest.lines.push(Stands::Bundle(number));
            rest.order.lines.push(Line {
                sku: spot.sku,
                qty: Quantity(1),
                sellers: Some(vec![spot.seller].into()),
                min_life: Seconds::ZERO,
                unit_value: Money::ZERO,
                unfilled_penalty: Money(limits::MONEY.min(limits::MONEY_PER_ORDER / several)),
            });
        }
        rest.order.policy.together = rest.together(order, bundles);
        rest
    }

    /// Groups with bundles in the place of the lines they bring. A bundle that brings of two groups joins them.
    fn together(&self, order: &Order, bundles: &[Bundle]) -> Vec<Vec<LineIx>> {
        let mut groups: Vec<Vec<LineIx>> = Vec::new();
        for group in &order.policy.together {
            let belongs = |stands: &Stands| match *stands {
                Stands::Line(line) => group.contains(&line),
                Stands::Bundle(bundle) => bundles[bundle].units.iter().any(|(line, _)| group.contains(line)),
            };
            let rows = self.lines.iter().enumerate().filter(|(_, stands)| belongs(stands));
            let mut lines: Vec<LineIx> = rows.map(|(row, _)| LineIx::of(row)).collect();
            // Groups are few and short.
            while let Some(other) =
                groups.iter().position(|other| other.iter().any(|line| lines.contains(line)))
            {
                lines.extend(groups.swap_remove(other));
            }
            lines.sort_unstable();
            lines.dedup();
            groups.push(lines);
        }
        groups.retain(|group| group.len() > 1);
        groups.sort();
        groups
    }

    /// The bundle a line stands for.
    pub fn bundle(&self, line: LineIx) -> Option<usize> {
        match self.lines[line.row()] {
            Stands::Bundle(bundle) => Some(bundle),
            Stands::Line(_) => None,
        }
    }
}

/// Where bundles take a line from.
fn taken_at(happened: &Happened<'_>, bundles: &[Bundle], choice: &Choice, line: LineIx) -> Option<NodeIx> {
    let rows = choice.bundles.iter().flat_map(|&bundle| &bundles[bundle].rows);
    rows.into_iter()
        .find(|&&row| happened.stands[row].picks.iter().any(|pick| pick.line == line))
        .map(|&row| happened.plan.parcels[row].node)
}

/// The scene's sellers that a line accepts, at one node where it is bound to one.
fn sellers(scene: &Scene, line: &Line, bound_to: Option<NodeIx>) -> Option<Box<[SellerIx]>> {
    if line.sellers.is_none() && bound_to.is_none() {
        return None;
    }
    let accepted = scene.sellers.iter().filter(|((seller, node), _)| {
        line.sellers.as_ref().is_none_or(|sellers| sellers.contains(seller))
            && bound_to.is_none_or(|bound| bound == *node)
    });
    let mut sellers: Vec<SellerIx> = accepted.map(|(_, &seller)| seller).collect();
    sellers.sort_unstable();
    Some(sellers.into())
}

/// What is free of each cell that old parcels pick from, when some are taken over: what they take is not, and a cell that
/// was found short has no more than was found in it.
pub(super) fn free(
    stock: &Stock,
    happened: &Happened<'_>,
    bundles: &[Bundle],
    choice: &Choice,
) -> BTreeMap<CellIx, (u32, u32)> {
    let mut taken: BTreeMap<CellIx, u32> = BTreeMap::new();
    let mut found: BTreeMap<CellIx, u32> = BTreeMap::new();
    let kept = choice.bundles.iter().flat_map(|&bundle| bundles[bundle].rows.iter().copied());
    let stays: Vec<usize> = kept.chain(choice.stranded.iter().copied()).collect();
    for (row, stand) in happened.stands.iter().enumerate() {
        for pick in &stand.picks {
            let empty = happened.empty.binary_search(&pick.cell).is_ok();
            if empty && stand.fixed {
                continue;
            }
            if empty {
                *found.entry(pick.cell).or_default() += pick.qty.0;
            }
            if stays.contains(&row) {
                *taken.entry(pick.cell).or_default() += pick.qty.0;
            }
        }
    }
    let cells = taken.keys().chain(&happened.empty).copied();
    cells
        .map(|cell| {
            let taken = taken.get(&cell).copied().unwrap_or(0);
            let there = match happened.empty.binary_search(&cell) {
                Ok(_) => found.get(&cell).copied().unwrap_or(0),
                Err(_) => stock.cell(cell).free(),
            };
            (cell, (there.max(taken), taken))
        })
        .collect()
}
