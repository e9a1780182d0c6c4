//! The cheapest plan of one small order where departures, days, buffers and hand-over points take only so much.
//!
//! What one parcel takes is no longer there for the others of its order. So for each set of units on each departure
//! not only the least cost is kept but every cost with what was claimed for it ([`Label`]), as long as no other costs as
//! little and claims no more. Only what could turn out too little for this order is written down. Two things are more
//! than in the world without capacities:
//! - a parcel of a node that makes only so much ready on a date can be made on a later one;
//! - when a merge is ready says how long its parts and its whole take room, so each such moment is looked at.

mod claims;
mod rides;
mod whole;

use super::super::clock::Clock;
use super::super::{LINES, TooBig};
use super::{Scene, goods};
use crate::load::Load;
use crate::stock::Stock;
use crate::units::{Index, Money};
use crate::world::{NodeIx, Order, World};
use claims::{Label, Room};

/// Labels compared, at most: about a second.
const STEPS: u64 = 3_000_000;

/// Labels being put together, with how much more may be done.
struct Bench<'b> {
    room: &'b Room<'b>,
    steps: u64,
}

impl Bench<'_> {
    /// Adds a label to those of its kind, unless it asks for more than there is or another is as good.
    fn keep(&mut self, label: Label, among: &mut Vec<Label>) -> Result<(), TooBig> {
        self.steps = self.steps.checked_sub(1 + among.len() as u64).ok_or(TooBig)?;
        if among.iter().any(|known| known.serves_as(&label)) || !self.room.is_there(&label.claims) {
            return Ok(());
        }
        among.retain(|known| !label.serves_as(known));
        among.push(label);
        Ok(())
    }
}

/// The cost of the cheapest plan of an order beside what is claimed already, on the stock as it is.
///
/// # Errors
/// When the order is too big to enumerate.
pub fn cheapest_in_crowd(world: &World, stock: &Stock, load: &Load, order: &Order) -> Result<Money, TooBig> {
    if order.lines.len() > LINES {
        return Err(TooBig);
    }
    let clock = Clock::around(world, order);
    let nodes = (0..world.nodes().len())
        .map(|at| super::Node::new(world, stock, order, &clock, NodeIx::of(at)))
        .collect();
    let scene = Scene { world, order, clock: &clock, nodes };
    let sets = goods::sets(&scene)?;
    let room = Room::new(world, load, order);
    let mut bench = Bench { room: &room, steps: STEPS };
    let roots = rides::Rides::new(&scene, &sets, &mut bench)?.roots(&mut bench)?;
    whole::cheapest(&scene, &sets, &roots, &mut bench).map(Money)
}
