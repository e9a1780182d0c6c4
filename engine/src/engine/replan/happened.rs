//! Where is each parcel of the old plan, and what of it can still go as planned?

use super::ReplanError;
use crate::plan::{Disruption, Parcel, Pick, Plan};
use crate::stock::{CellIx, Stock};
use crate::transit::Transit;
use crate::units::{Index, Instant, Quantity, Seconds};
use crate::world::{Line, Order, World};
use smallvec::SmallVec;

/// Goods of a parcel, as far as they were found.
pub(super) type Picks = SmallVec<[Pick; 4]>;

/// A parcel of the old plan as of now.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    /// The parcel it is to be merged into, or was.
    pub whole: Option<usize>,
    /// It is there: packed or being packed, or merged.
    pub there: bool,
    /// It was merged into another that is there.
    pub merged: bool,
    /// Legs it has departed on.
    pub gone: usize,
    /// It was not on one of its legs.
    pub missed: bool,
    /// What was found of its picks.
    pub picks: Picks,
    /// Fewer units were found than planned.
    pub short: bool,
    /// Nothing of it can be undone: it has left, was merged or handed over.
    pub fixed: bool,
    /// When it is ready, nodes closed or not; nothing when never.
    pub ready: Option<Instant>,
    /// Whether all its legs can be ridden as planned.
    pub as_planned: bool,
}

/// The world with nodes closed; the hours as they were, with their world; the hours as they are.
pub(super) type Hours<'a> = (&'a World, (&'a Transit, &'a World), &'a Transit);

/// The old plan as of now.
pub(super) struct Happened<'a> {
    pub order: &'a Order,
    pub plan: &'a Plan,
    pub now: Instant,
    pub stands: Vec<Stand>,
    /// Cells that have no more than what was found of them for parcels that have not left.
    pub empty: Vec<CellIx>,
}

impl<'a> Happened<'a> {
    /// Reads what happened.
    ///
    /// # Errors
    /// [`ReplanError::Contradiction`] where the plan says otherwise.
    pub fn read(
        hours: Hours<'_>,
        stock: &Stock,
        order: &'a Order,
        plan: &'a Plan,
        disruption: &Disruption,
    ) -> Result<Happened<'a>, ReplanError> {
        let now = disruption.now;
        let mut stands = Vec::with_capacity(plan.parcels.len());
        for parcel in &plan.parcels {
            let departed = parcel.legs.iter().take_while(|leg| leg.departs_at <= now).count();
            stands.push(Stand {
                whole: None,
                there: parcel.parts.is_empty(),
                merged: false,
                gone: departed,
                missed: false,
                picks: parcel.picks.clone(),
                short: false,
                fixed: false,
                ready: Some(parcel.ready_at),
                as_planned: false,
            });
        }
        for missed in &disruption.missed {
            let legs = plan.parcels.get(usize::from(missed.parcel)).map_or(&[][..], |parcel| &parcel.legs);
            if legs.get(usize::from(missed.leg)).is_none_or(|leg| leg.departs_at >= now) {
                return Err(ReplanError::Contradiction("a departure is missed when it has departed"));
            }
            let stand = stands.get_mut(usize::from(missed.parcel)).ok_or(NO_PARCEL)?;
            stand.gone = stand.gone.min(usize::from(missed.leg));
            stand.missed = true;
        }
        let mut happened = Happened { order, plan, now, stands, empty: Vec::new() };
        for row in 0..plan.parcels.len() {
            happened.locate(row)?;
        }
        happened.find(stock, disruption)?;
        for row in 0..plan.parcels.len() {
            happened.look_ahead(row, hours);
        }
        Ok(happened)
    }

    /// Whether a parcel is there, and whether anything of it can be undone. Parts come before their whole.
    fn locate(&mut self, row: usize) -> Result<(), ReplanError> {
        let parcel = &self.plan.parcels[row];
        for &part in &parcel.parts {
            let part = usize::from(part);
            if part >= row || self.stands[part].whole.is_some() {
                return Err(ReplanError::Contradiction(
                    "parts come before the one parcel they are merged into",
                ));
            }
            self.stands[part].whole = Some(row);
        }
        let arrived = |part: &u16| {
            let (stand, part) = (&self.stands[usize::from(*part)], &self.plan.parcels[usize::from(*part)]);
            stand.there && stand.gone == part.legs.len()
        };
        if !parcel.parts.is_empty() {
            let merged = parcel.ready_at <= self.now && parcel.parts.iter().all(arrived);
            self.stands[row].there = merged;
            if merged {
                for &part in &parcel.parts {
                    let part = &mut self.stands[usize::from(part)];
                    (part.merged, part.fixed) = (true, true);
                }
            } else if self.stands[row].missed && self.stands[row].gone > 0 {
                return Err(ReplanError::Contradiction("a parcel that was not merged did not ride"));
            } else {
                self.stands[row].gone = 0;
            }
        }
        let stand = &mut self.stands[row];
        let handed_over = parcel.hand_over.is_some_and(|end| end.at <= self.now);
        let is_merged = stand.there && !parcel.parts.is_empty();
        stand.fixed |=
            stand.gone > 0 || is_merged || stand.there && handed_over && stand.gone == parcel.legs.len();
        Ok(())
    }

    /// What was found of the picks of parcels that have not left.
    fn find(&mut self, stock: &Stock, disruption: &Disruption) -> Result<(), ReplanError> {
        for short in &disruption.short_picks {
            let stand = self.stands.get_mut(usize::from(short.parcel)).ok_or(NO_PARCEL)?;
            if stand.fixed {
                return Err(ReplanError::Contradiction("nothing can be missing of a parcel that has left"));
            }
            let mut left = short.found;
            for pick in stand.picks.iter_mut().filter(|pick| pick.line == short.line) {
                self.empty.push(pick.cell);
                let found = pick.qty.0.min(left);
                left -= found;
                stand.short |= found < pick.qty.0;
                pick.qty = Quantity(found);
            }
        }
        for shortage in &disruption.shortages {
            let cell = shortage.cell;
            if cell.0 as usize >= stock.len() {
                return Err(ReplanError::Contradiction("a shortage is of a cell the stock has"));
            }
            self.empty.push(cell);
            let waiting = || self.stands.iter().filter(|stand| !stand.fixed).flat_map(|stand| &stand.picks);
            let wanted: u64 =
                waiting().filter(|pick| pick.cell == cell).map(|pick| u64::from(pick.qty.0)).sum();
            let mut there = wanted.saturating_sub(u64::from(shortage.missing));
            for stand in self.stands.iter_mut().filter(|stand| !stand.fixed) {
                for pick in stand.picks.iter_mut().filter(|pick| pick.cell == cell) {
                    let found = u64::from(pick.qty.0).min(there);
                    there -= found;
                    stand.short |= found < u64::from(pick.qty.0);
                    pick.qty = Quantity(found as u32);
                }
            }
        }
        for stand in &mut self.stands {
            stand.picks.retain(|pick| pick.qty.0 > 0);
        }
        self.empty.sort_unstable();
        self.empty.dedup();
        Ok(())
    }

    /// When a parcel is ready, and whether it can ride on as planned.
    fn look_ahead(&mut self, row: usize, hours: Hours<'_>) {
        let (world, _, transit) = hours;
        let parcel = &self.plan.parcels[row];
        let stand = &self.stands[row];
        let ready = match (stand.fixed, parcel.parts.is_empty()) {
            (true, _) => Some(parcel.ready_at),
            (false, true) => self.packed(row, hours),
            (false, false) => self.merged_at(row, transit),
        };
        let stand = &self.stands[row];
        let parts = parcel.parts.iter().map(|&part| &self.stands[usize::from(part)]);
        let whole = stand.there || parts.into_iter().all(|part| part.as_planned && !part.short);
        let as_planned = whole && !stand.missed && rides(parcel, stand.gone, ready, (world, transit));
        let stand = &mut self.stands[row];
        (stand.ready, stand.as_planned) = (ready, as_planned);
    }

    /// When a parcel is ready whose picking goes on as planned: what is left of the work is done in the hours its node is
    /// open in.
    fn packed(&self, row: usize, (world, usual, transit): Hours<'_>) -> Option<Instant> {
        let parcel = &self.plan.parcels[row];
        let stores = |world: &World| world.nodes()[parcel.node].stores.as_ref()?.calendar;
        let planned = parcel.ready_at;
        match stores(world) {
            Some(hours) if planned > self.now => {
                let left = match usual.1.nodes()[parcel.node].stores.as_ref()?.calendar {
                    Some(usual_hours) => usual.0.hours(usual_hours).worked(self.now, planned),
                    None => Seconds(planned.0.checked_sub(self.now.0)?),
                };
                Some(transit.hours(hours).after_working(self.now, left)?.max(planned))
            }
            _ => Some(planned),
        }
    }

    /// When a merge is done as planned.
    fn merged_at(&self, row: usize, transit: &Transit) -> Option<Instant> {
        let parcel = &self.plan.parcels[row];
        let mut last = Instant::ALWAYS;
        for &part in &parcel.parts {
            let legs = &self.plan.parcels[usize::from(part)].legs;
            last = last.max(match legs.last() {
                Some(leg) => transit.handled_at(parcel.node, leg.arrives_at)?,
                None => self.stands[usize::from(part)].ready?,
            });
        }
        Some(transit.merged_at(parcel.node, last)?.max(parcel.ready_at))
    }

    /// The line of the order that a pick is for.
    pub fn line(&self, pick: &Pick) -> &'a Line {
        &self.order.lines[pick.line.row()]
    }

    /// A parcel and all that is merged into it, parts first.
    pub fn within(&self, row: usize) -> Vec<usize> {
        let mut rows = Vec::new();
        for &part in &self.plan.parcels[row].parts {
            rows.extend(self.within(usize::from(part)));
        }
        rows.push(row);
        rows
    }
}

const NO_PARCEL: ReplanError = ReplanError::Contradiction("it speaks of a parcel the plan does not have");

/// Whether legs not departed on yet can be ridden as planned.
fn rides(parcel: &Parcel, gone: usize, ready: Option<Instant>, (world, transit): (&World, &Transit)) -> bool {
    let mut there = match gone {
        0 => ready,
        gone => {
            let before = &parcel.legs[gone - 1];
            transit.handled_at(world.lanes()[before.lane].to, before.arrives_at)
        }
    };
    if parcel.legs.len() == gone {
        return ready.is_some();
    }
    for leg in &parcel.legs[gone..] {
        let lane = &world.lanes()[leg.lane];
        let by = leg.departs_at.before(lane.cut_off);
        let takes_place = transit.timetable(leg.lane).is_departure(leg.departs_at);
        if !takes_place || there.zip(by).is_none_or(|(there, by)| there > by) {
            return false;
        }
        there = transit.handled_at(lane.to, leg.arrives_at);
    }
    true
}
