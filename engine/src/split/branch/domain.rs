//! What is still open at a node of the search: slots, staircase floors and ceilings, units by arc and slot. Changes
//! are noted on a trail and taken back when the search leaves the node.

use super::slots::{NO_SLOT, Slot};

/// State of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// May be opened.
    Free,
    /// Its fixed cost is paid.
    Open,
    /// Not used, or not yet to be used because an earlier slot of its way is not open.
    Closed,
}

/// One change that can be taken back.
#[derive(Clone, Copy, Debug)]
enum Change {
    State(u32, State),
    Floor(u32, u64),
    Ceiling(u32, u64),
    Lo(u32, u32),
    Hi(u32, u32),
}

/// The domain of a node.
#[derive(Debug, Default)]
pub struct Domain {
    /// By slot.
    pub states: Vec<State>,
    /// By slot: the price of this chargeable weight is paid at least.
    pub floors: Vec<u64>,
    /// By slot: the most chargeable weight.
    pub ceilings: Vec<u64>,
    /// By variable: the fewest units.
    pub lo: Vec<u32>,
    /// By variable: the most units.
    pub hi: Vec<u32>,
    trail: Vec<Change>,
}

impl Domain {
    /// Starts over: first slots of ways free, later ones closed, all units possible.
    pub fn reset(&mut self, slots: &[Slot], most: impl Iterator<Item = u32>) {
        self.trail.clear();
        self.states.clear();
        self.states.resize(slots.len(), State::Free);
        for slot in slots {
            if slot.next != NO_SLOT {
                self.states[slot.next as usize] = State::Closed;
            }
        }
        self.floors.clear();
        self.floors.resize(slots.len(), 0);
        self.ceilings.clear();
        self.ceilings.resize(slots.len(), u64::MAX);
        self.hi.clear();
        self.hi.extend(most);
        self.lo.clear();
        self.lo.resize(self.hi.len(), 0);
    }

    /// A mark to come back to.
    pub fn mark(&self) -> usize {
        self.trail.len()
    }

    /// Takes back every change since a mark.
    pub fn back_to(&mut self, mark: usize) {
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some(Change::State(slot, old)) => self.states[slot as usize] = old,
                Some(Change::Floor(slot, old)) => self.floors[slot as usize] = old,
                Some(Change::Ceiling(slot, old)) => self.ceilings[slot as usize] = old,
                Some(Change::Lo(variable, old)) => self.lo[variable as usize] = old,
                Some(Change::Hi(variable, old)) => self.hi[variable as usize] = old,
                None => return,
            }
        }
    }

    /// Opens a slot, and frees the next of its way.
    pub fn open(&mut self, slots: &[Slot], slot: usize) {
        self.set_state(slot, State::Open);
        let next = slots[slot].next;
        if next != NO_SLOT {
            self.set_state(next as usize, State::Free);
        }
    }

    /// Closes a slot; those after it of its way are closed already.
    pub fn close(&mut self, slot: usize) {
        self.set_state(slot, State::Closed);
    }

    fn set_state(&mut self, slot: usize, state: State) {
        if self.states[slot] != state {
            self.trail.push(Change::State(slot as u32, self.states[slot]));
            self.states[slot] = state;
        }
    }

    /// Raises the floor of a slot.
    pub fn raise_floor(&mut self, slot: usize, weight: u64) {
        if weight > self.floors[slot] {
            self.trail.push(Change::Floor(slot as u32, self.floors[slot]));
            self.floors[slot] = weight;
        }
    }

    /// Lowers the ceiling of a slot.
    pub fn lower_ceiling(&mut self, slot: usize, weight: u64) {
        if weight < self.ceilings[slot] {
            self.trail.push(Change::Ceiling(slot as u32, self.ceilings[slot]));
            self.ceilings[slot] = weight;
        }
    }

    /// Asks for more units; whether that is possible.
    pub fn raise_lo(&mut self, variable: usize, units: u32) -> bool {
        if units > self.lo[variable] {
            self.trail.push(Change::Lo(variable as u32, self.lo[variable]));
            self.lo[variable] = units;
        }
        self.lo[variable] <= self.hi[variable]
    }

    /// Allows fewer units; whether that is possible.
    pub fn lower_hi(&mut self, variable: usize, units: u32) -> bool {
        if units < self.hi[variable] {
            self.trail.push(Change::Hi(variable as u32, self.hi[variable]));
            self.hi[variable] = units;
        }
        self.lo[variable] <= self.hi[variable]
    }
}
