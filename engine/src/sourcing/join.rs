//! What if not everyone finds room? Ways with and without what is scarce, side by side in one problem.
//!
//! When parcels of one order together pass a capacity, some of them must do without. What those do instead is found by
//! sourcing the order again as if nothing of it were left. Several scarce things are sourced in every combination, and
//! all ways and hubs go into one problem. In a right plan each parcel passes some of the scarce things; sourced with
//! exactly those left, it has a way no dearer that passes no others. So nothing is missed, and how many parcels pass
//! each thing together is a limit of the problem ([`Neck`](crate::split::Neck)).
//!
//! For that to be counted every way claims the same whatever its parcel holds:
//! - it keeps the departures it was priced with;
//! - where a date of a storing node is scarce, a way of picks that are ready on several dates stands once for each: with
//!   what is ready by then, counted on that date;
//! - where a buffer is scarce, a hub stands once for each moment at which its merge can be ready: with what can be merged
//!   by then, and its parts wait until that moment.
//!
//! Sourcings double with each thing that is scarce, [`SCARCE`] at most. A hand-over point is another matter: parcels stay
//! there so long that one moment after another would turn out scarce. So the order is sourced once for each moment from
//! which on a parcel may arrive ([`arrivals`]).

mod arrivals;
mod gather;
mod hubs;
mod necks;
mod write;

pub use necks::Passing;

use super::{Breadth, Fences, Ground, Sheet, TooBig, When, source};
use crate::load::Scarce;
use crate::split::Problem;
use crate::world::Order;

/// Scarce things of one order at most, moments at the hand-over point apart.
pub const SCARCE: usize = 5;

/// Sourcings of one joined problem at most.
const SOURCINGS: usize = 160;

/// Ways and hubs of one joined problem at most.
const WAYS: usize = 20_000;
const HUBS: usize = 4_000;

/// Which sourcing each way is of.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// By way the sourcing.
    by_way: Vec<u16>,
    /// By sourcing, then supply, when its picks are ready.
    readies: Vec<Vec<When>>,
}

impl Joined {
    pub(super) fn clear(&mut self) {
        self.by_way.clear();
        self.readies.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.readies.is_empty()
    }

    pub(super) fn when(&self, way: u16, supply: u32) -> Option<When> {
        let sourcing = *self.by_way.get(usize::from(way))?;
        self.readies[usize::from(sourcing)].get(supply as usize).copied()
    }
}

/// Writes an order as a problem in which things that are scarce take no more than they do, and says which ways and hubs
/// pass each of them. Nothing when the problem would be too large.
///
/// # Errors
/// See [`TooBig`].
pub fn join(
    ground: Ground<'_>,
    order: &Order,
    fences: Fences,
    breadth: Breadth,
    scarce: &[Scarce],
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<Option<Vec<Passing>>, TooBig> {
    let is_point = |thing: &&Scarce| matches!(thing, Scarce::Point { .. });
    let others: Vec<Scarce> = scarce.iter().filter(|thing| !is_point(thing)).copied().collect();
    if others.len() > SCARCE {
        return Ok(None);
    }
    source(ground, order, fences, breadth, sheet, problem)?;
    let mut gathered = gather::Gathered::new(ground, scarce, sheet);
    gathered.add(sheet, problem);
    let (mut other_sheet, mut other) = (Sheet::default(), Problem::new(problem.staircases));
    let mut sourcings = 1;
    // Whoever comes as another goes may have had to do without something else: all ask for the same moments.
    let mut moments = arrivals::Moments::new(scarce.iter().any(|thing| is_point(&thing)));
    while let Some(not_before) = moments.next() {
        for used_up in 0u32..1 << others.len() {
            if sourcings > SOURCINGS {
                return Ok(None);
            }
            sourcings += 1;
            let mut load = ground.load.clone();
            for (_, thing) in others.iter().enumerate().filter(|(row, _)| used_up >> row & 1 == 1) {
                thing.used_up(ground.world, &mut load);
            }
            arrivals::close_until(ground.world, order, not_before, &mut load);
            let without = Ground { load: &load, ..ground };
            source(without, order, fences, breadth, &mut other_sheet, &mut other)?;
            sheet.unseen = sheet.unseen.min(other_sheet.unseen);
            gathered.add(&other_sheet, &other);
            moments.note(ground.world, order, not_before, &other_sheet, &other);
            if gathered.ways.len() > WAYS || gathered.hubs.len() > HUBS {
                return Ok(None);
            }
        }
    }
    let Some(copies) = hubs::copies(&gathered) else { return Ok(None) };
    let Some(()) = write::write(gathered, &copies, sheet, problem) else { return Ok(None) };
    let passing = necks::passing(ground, order, scarce, &copies, sheet, problem);
    necks::write(ground, &passing, problem);
    Ok(Some(passing))
}
