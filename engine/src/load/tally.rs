//! Claims that are committed and released.

use super::claim::Claim;
use super::occupancy::Occupancy;
use crate::units::{CubicCentimetres, Grams, Instant};
use crate::world::{LaneIx, NodeIx};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// What rides in one compartment of one departure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Their weight.
    pub grams: Grams,
    /// Their volume.
    pub cm3: CubicCentimetres,
    /// How many parcels.
    pub parcels: u32,
}

/// What becomes ready at one node on one date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Source parcels.
    pub parcels: u32,
    /// Order lines in them, each counted in each parcel.
    pub lines: u32,
}

/// Why a claim was not committed or not released; then none of those given with it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It is not, or not so often, among what was committed and not released yet.
    #[error("{0:?} is released more often than it was committed")]
    NotCommitted(Claim),
    /// A sum would pass what its number holds.
    #[error("with {0:?} a sum passes what its number holds")]
    Overflow(Claim),
}

/// What plans have claimed of departures, days, buffers and hand-over points.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// How often each claim is committed now: what can be released.
    committed: HashMap<Claim, u32, FixedState>,
    pub(super) departures: HashMap<(LaneIx, u8, Instant), Taken, FixedState>,
    pub(super) days: HashMap<(NodeIx, i32), Day, FixedState>,
    pub(super) buffers: HashMap<NodeIx, Occupancy, FixedState>,
    pub(super) points: HashMap<NodeIx, Occupancy, FixedState>,
}

impl Load {
    /// Takes what is claimed, whether or not there is room for it: whoever claims has asked before.
    ///
    /// # Errors
    /// [`LoadError::Overflow`]; then nothing is taken.
    pub fn commit(&mut self, claims: &[Claim]) -> Result<(), LoadError> {
        for (k, &claim) in claims.iter().enumerate() {
            if !self.add(claim) {
                for &done in claims[..k].iter().rev() {
                    self.remove(done);
                }
                return Err(LoadError::Overflow(claim));
            }
        }
        Ok(())
    }

    /// Gives back what was claimed.
    ///
    /// # Errors
    /// [`LoadError::NotCommitted`] when one of them was never committed, or was released already; then nothing is
    /// given back.
    pub fn release(&mut self, claims: &[Claim]) -> Result<(), LoadError> {
        for (k, &claim) in claims.iter().enumerate() {
            if !self.committed.contains_key(&claim) {
                for &done in claims[..k].iter().rev() {
                    // It was there a moment ago, so it fits.
                    self.add(done);
                }
                return Err(LoadError::NotCommitted(claim));
            }
            self.remove(claim);
        }
        Ok(())
    }

    /// Whether nothing is claimed.
    pub fn is_empty(&self) -> bool {
        self.committed.is_empty()
    }

    /// What rides in a compartment of a departure.
    pub fn departure(&self, lane: LaneIx, departs: Instant, compartment: u8) -> Taken {
        self.departures.get(&(lane, compartment, departs)).copied().unwrap_or_default()
    }

    /// What becomes ready at a node on one of its dates: see [`super::local_date`].
    pub fn node_day(&self, node: NodeIx, date: i32) -> Day {
        self.days.get(&(node, date)).copied().unwrap_or_default()
    }

    /// The most parcels that wait at a cross-dock at any moment from `from` to before `until`.
    pub fn buffer_peak(&self, node: NodeIx, from: Instant, until: Instant) -> u32 {
        self.buffers.get(&node).map_or(0, |present| present.peak(from, until))
    }

    /// The most parcels that stay at a hand-over point at any moment from `from` to before `until`.
    pub fn point_peak(&self, node: NodeIx, from: Instant, until: Instant) -> u32 {
        self.points.get(&node).map_or(0, |present| present.peak(from, until))
    }

    /// Adds one claim; nothing happens when a sum would pass its number.
    fn add(&mut self, claim: Claim) -> bool {
        let times = self.committed.get(&claim).copied().unwrap_or(0).checked_add(1);
        let Some(times) = times else { return false };
        let fits = match claim {
            Claim::Departure { lane, compartment, departs, grams, cm3 } => {
                let taken = self.departure(lane, departs, compartment);
                let more = taken.with(grams, cm3);
                more.map(|more| self.departures.insert((lane, compartment, departs), more)).is_some()
            }
            Claim::NodeDay { node, date, parcels, lines } => {
                let day = self.node_day(node, date);
                let more = day.parcels.checked_add(parcels).zip(day.lines.checked_add(lines));
                more.map(|(parcels, lines)| self.days.insert((node, date), Day { parcels, lines })).is_some()
            }
            Claim::Buffer { node, from, until } => stay(self.buffers.entry(node).or_default(), from, until),
            Claim::Point { node, from, until } => stay(self.points.entry(node).or_default(), from, until),
        };
        if fits {
            self.committed.insert(claim, times);
        }
        fits
    }

    /// Takes one claim back. It is committed.
    fn remove(&mut self, claim: Claim) {
        match self.committed.get_mut(&claim) {
            Some(times) if *times > 1 => *times -= 1,
            _ => {
                self.committed.remove(&claim);
            }
        }
        match claim {
            Claim::Departure { lane, compartment, departs, grams, cm3 } => {
                let taken = self.departure(lane, departs, compartment).without(grams, cm3);
                let key = (lane, compartment, departs);
                match taken == Taken::default() {
                    true => self.departures.remove(&key),
                    false => self.departures.insert(key, taken),
                };
            }
            Claim::NodeDay { node, date, parcels, lines } => {
                let day = self.node_day(node, date);
                let parcels = day.parcels.saturating_sub(parcels);
                let left = Day { parcels, lines: day.lines.saturating_sub(lines) };
                match left == Day::default() {
                    true => self.days.remove(&(node, date)),
                    false => self.days.insert((node, date), left),
                };
            }
            Claim::Buffer { node, from, until } => leave(&mut self.buffers, node, from, until),
            Claim::Point { node, from, until } => leave(&mut self.points, node, from, until),
        }
    }
}

impl Taken {
    fn with(self, grams: Grams, cm3: CubicCentimetres) -> Option<Taken> {
        Some(Taken {
            grams: self.grams.checked_add(grams)?,
            cm3: self.cm3.checked_add(cm3)?,
            parcels: self.parcels.checked_add(1)?,
        })
    }

    fn without(self, grams: Grams, cm3: CubicCentimetres) -> Taken {
        Taken {
            grams: Grams(self.grams.0.saturating_sub(grams.0)),
            cm3: CubicCentimetres(self.cm3.0.saturating_sub(cm3.0)),
            parcels: self.parcels.saturating_sub(1),
        }
    }
}

fn stay(present: &mut Occupancy, from: Instant, until: Instant) -> bool {
    let fits = present.peak(from, until) < u32::MAX;
    if fits {
        present.add(from, until);
    }
    fits
}

fn leave(present: &mut HashMap<NodeIx, Occupancy, FixedState>, node: NodeIx, from: Instant, until: Instant) {
    if let Some(occupancy) = present.get_mut(&node) {
        occupancy.remove(from, until);
        if occupancy.is_empty() {
            present.remove(&node);
        }
    }
}
