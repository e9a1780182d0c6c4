//! What of the old plan can be taken over as one piece: a parcel on its way, as packed, or with all its legs.

use super::happened::{Happened, Picks};
use crate::load::Claim;
use crate::plan::{Costs, Parcel, Plan, claims};
use crate::stock::Stock;
use crate::transit;
use crate::units::{CubicCentimetres, Grams, Instant, Money, Quantity, Temperatures};
use crate::world::{LineIx, NodeIx, Order, SkuIx, World};
use smallvec::SmallVec;

/// How a parcel is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// With all its legs as planned.
    Whole,
    /// As it is; only legs it has departed on are settled.
    AsItIs,
}

/// A parcel taken over, with all that is merged into it.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    /// The parcel, and before it what is merged into it: rows of the old plan.
    pub rows: Vec<usize>,
    pub kind: Kind,
    /// Its parcels as they stay, in the order of `rows`; parts name places in it. The last has its settled legs only.
    pub parcels: Vec<Parcel>,
    /// It cannot be undone.
    pub fixed: bool,
    /// It is handed over alone.
    pub alone: bool,
    /// Where its settled legs end, or where it stands.
    pub at: NodeIx,
    /// When it is there.
    pub since: Instant,
    /// Whether it stands where it was packed or merged, and no leg is settled.
    pub stands: bool,
    /// Where it stands since it was merged: the last moment at which none of its goods waited too long.
    pub leave_by: Instant,
    /// Legs behind its goods, most of all its parts.
    pub legs: usize,
    /// Units by line.
    pub units: Vec<(LineIx, u32)>,
    pub skus: Vec<SkuIx>,
    pub temperature: Temperatures,
    pub grams: u64,
    pub cm3: u64,
    pub size_mm: [u32; 3],
    /// The last moment at which all of it lives long enough.
    pub lives: Instant,
    /// What it has cost, or will as far as settled.
    pub costs: Costs,
    /// What it takes of capacities, as far as settled.
    pub claims: Vec<Claim>,
}

impl Bundle {
    pub fn top(&self) -> usize {
        self.rows[self.rows.len() - 1]
    }

    /// A parcel of the old plan as a bundle; nothing when a leg cannot carry what was found, or it never gets ready.
    pub fn of(
        (world, stock, order): (&World, &Stock, &Order),
        happened: &Happened<'_>,
        top: usize,
        kind: Kind,
    ) -> Option<Bundle> {
        let rows = happened.within(top);
        let stand = &happened.stands[top];
        let settled = match kind {
            Kind::Whole => happened.plan.parcels[top].legs.len(),
            Kind::AsItIs => stand.gone,
        };
        let mut parcels: Vec<Parcel> = Vec::with_capacity(rows.len());
        for &row in &rows {
            let legs = if row == top { settled } else { usize::MAX };
            let mut parcel = as_found(world, happened, row, legs)?;
            let place = |part: &u16| rows.iter().position(|&row| row == usize::from(*part));
            parcel.parts = parcel.parts.iter().filter_map(place).map(|place| place as u16).collect();
            parcels.push(parcel);
        }
        let last = parcels.last()?;
        let ends = &happened.plan.parcels[top];
        let alone = kind == Kind::Whole && ends.hand_over.is_some();
        let (at, since) = match last.legs.last() {
            Some(leg) => (world.lanes()[leg.lane].to, leg.arrives_at),
            None => (last.node, last.ready_at),
        };
        let stands = last.legs.is_empty() && !(alone && at == order.to);
        let picks: Picks = rows.iter().flat_map(|&row| happened.stands[row].picks.iter().copied()).collect();
        let mut units: Vec<(LineIx, u32)> = Vec::new();
        let (mut skus, mut size_mm, mut lives) = (Vec::new(), [0; 3], Instant::NEVER);
        for pick in &picks {
            match units.iter_mut().find(|known| known.0 == pick.line) {
                Some(known) => known.1 += pick.qty.0,
                None => units.push((pick.line, pick.qty.0)),
            }
            let line = happened.line(pick);
            skus.push(line.sku);
            for (side, more) in size_mm.iter_mut().zip(world.skus()[line.sku].size_mm) {
                *side = more.max(*side);
            }
            let expires = stock.cell(pick.cell).expires;
            if expires != Instant::NEVER {
                lives = lives.min(expires.before(line.min_life).unwrap_or(Instant::ALWAYS));
            }
        }
        units.sort_unstable();
        skus.sort_unstable();
        skus.dedup();
        let (temperature, grams, cm3) = (last.temperature, last.grams.0, last.cm3.0);
        let mut bundle = Bundle {
            leave_by: if stands { leave_by(world, &parcels) } else { Instant::NEVER },
            legs: longest(&parcels),
            kind,
            fixed: stand.fixed,
            alone,
            at,
            since,
            stands,
            units,
            skus,
            temperature,
            grams,
            cm3,
            size_mm,
            lives,
            costs: Costs::default(),
            claims: Vec::new(),
            parcels,
            rows,
        };
        bundle.costs = bundle.settled_costs((world, stock, order))?;
        bundle.claims = bundle.settled_claims(world, order);
        Some(bundle)
    }

    /// All terms of the objective that no further decision changes.
    fn settled_costs(&self, (world, stock, _): (&World, &Stock, &Order)) -> Option<Costs> {
        let mut costs = Costs::default();
        let add = |sum: &mut Money, cost: Money| -> Option<()> {
            *sum = sum.checked_add(cost)?;
            Some(())
        };
        let top = self.parcels.len() - 1;
        for (row, parcel) in self.parcels.iter().enumerate() {
            let mut lines: SmallVec<[_; 4]> = SmallVec::new();
            for pick in &parcel.picks {
                let cell = stock.cell(pick.cell);
                let zone = &world.zones()[cell.zone];
                let units = i64::from(pick.qty.0);
                add(&mut costs.pick_units, zone.cost_per_unit.checked_times(units)?)?;
                add(&mut costs.stock, cell.price.checked_times(units)?)?;
                let line = (pick.line, cell.seller, cell.zone);
                if !lines.contains(&line) {
                    lines.push(line);
                    add(&mut costs.pick_lines, zone.cost_per_line)?;
                }
            }
            let node = &world.nodes()[parcel.node];
            match (&node.stores, &node.cross_docks) {
                (Some(stores), _) if parcel.parts.is_empty() => {
                    add(&mut costs.packing, stores.cost_per_parcel)?;
                }
                (_, Some(dock)) if !parcel.parts.is_empty() => add(&mut costs.merging, dock.cost_per_merge)?,
                _ => {}
            }
            // Parts are handled where they are merged; the parcel itself, where its settled legs end, is not yet.
            let handled = if row == top { parcel.legs.len().saturating_sub(1) } else { parcel.legs.len() };
            for (number, leg) in parcel.legs.iter().enumerate() {
                add(&mut costs.carriage, leg.cost)?;
                let dock = world.nodes()[world.lanes()[leg.lane].to].cross_docks.as_ref();
                if let Some(dock) = dock.filter(|_| number < handled) {
                    add(&mut costs.handling, dock.cost_per_parcel)?;
                }
            }
        }
        Some(costs)
    }

    fn settled_claims(&self, world: &World, order: &Order) -> Vec<Claim> {
        let plan = Plan {
            parcels: self.parcels.iter().cloned().collect(),
            unfilled: Vec::new(),
            costs: Costs::default(),
            bound: Money::ZERO,
            steps: 0,
        };
        let mut claims = claims(world, order, &plan);
        // Where it goes from there is not settled.
        claims.retain(|claim| !matches!(claim, Claim::Point { .. }));
        claims
    }
}

/// A parcel of the old plan with what was found, and its first legs at what they cost for that.
fn as_found(world: &World, happened: &Happened<'_>, row: usize, legs: usize) -> Option<Parcel> {
    let (old, stand) = (&happened.plan.parcels[row], &happened.stands[row]);
    let mut parcel = old.clone();
    parcel.legs.truncate(legs);
    parcel.hand_over = None;
    parcel.ready_at = stand.ready?;
    if !stand.short {
        return Some(parcel);
    }
    if stand.picks.is_empty() {
        return None;
    }
    parcel.picks = stand.picks.clone();
    let missing = |pick: &crate::plan::Pick| {
        let found = stand.picks.iter().find(|found| (found.line, found.cell) == (pick.line, pick.cell));
        Quantity(pick.qty.0 - found.map_or(0, |found| found.qty.0))
    };
    for pick in &old.picks {
        let sku = &world.skus()[happened.line(pick).sku];
        let units = u64::from(missing(pick).0);
        parcel.grams = Grams(parcel.grams.0 - units * u64::from(sku.grams));
        parcel.cm3 = CubicCentimetres(parcel.cm3.0 - units * u64::from(sku.cm3));
    }
    let kept = parcel.picks.iter().map(|pick| world.skus()[happened.line(pick).sku].temperature);
    parcel.temperature = kept.fold(Temperatures::ANY, |all, one| all.intersect(one).unwrap_or(all));
    for leg in &mut parcel.legs {
        let tariff = world.lanes()[leg.lane].tariff;
        leg.cost = match tariff {
            Some(tariff) => transit::price(&world.tariffs()[tariff], parcel.grams, parcel.cm3)?,
            None => Money::ZERO,
        };
    }
    Some(parcel)
}

/// Until when what was merged may wait where it was: each part from when it came, the whole from when it is ready, and each
/// as long as the place it tolerates lets it. A parcel that was packed waits as long as it likes.
fn leave_by(world: &World, parcels: &[Parcel]) -> Instant {
    let Some(whole) = parcels.last().filter(|whole| !whole.parts.is_empty()) else { return Instant::NEVER };
    let Some(dock) = world.nodes()[whole.node].cross_docks.as_ref() else { return Instant::NEVER };
    let parts = whole.parts.iter().filter_map(|&part| parcels.get(usize::from(part)));
    let waits = parts.map(|part| (part, part.legs.last().map_or(part.ready_at, |leg| leg.arrives_at)));
    let until = waits.chain([(whole, whole.ready_at)]).map(|(parcel, since)| {
        let suit = dock.keeps.iter().filter(|keep| parcel.temperature.tolerates(keep.temperature));
        let longest = suit.map(|keep| keep.longest.map_or(i64::MAX, |longest| longest.0)).max();
        since.0.saturating_add(longest.unwrap_or(0))
    });
    until.min().map_or(Instant::NEVER, Instant)
}

/// Legs of the last parcel and of the longest chain of parts before it.
fn longest(parcels: &[Parcel]) -> usize {
    let mut legs: Vec<usize> = Vec::with_capacity(parcels.len());
    for parcel in parcels {
        let before = parcel.parts.iter().filter_map(|&part| legs.get(usize::from(part))).max();
        legs.push(before.copied().unwrap_or(0) + parcel.legs.len());
    }
    legs.last().copied().unwrap_or(0)
}
