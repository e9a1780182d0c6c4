//! Ways and hubs of several sourcings of one order, each kind once.

use crate::load::{Scarce, local_date};
use crate::sourcing::stages::Selection;
use crate::sourcing::{Class, Ground, HubRow, NO_STOPS, Sheet, WayRow, When};
use crate::split::{Hub, NO_HUB, Offer, Problem, Way};
use crate::transit::Legs;
use crate::units::Instant;
use crate::world::{LaneIx, NodeIx};

/// A way with all that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joint {
    pub place: u16,
    pub lane: Option<LaneIx>,
    /// What it stands in, and its departures; a direct way has no selection.
    pub selection: Option<Selection>,
    pub legs: Legs,
    pub class: Class,
    pub way: Way,
    pub row: WayRow,
    /// The row of the hub it ends in, among those gathered.
    pub into: u16,
    /// When a merge could be done with its parcels there.
    pub merged: Instant,
    /// On which date its parcels become ready, where that counts.
    pub date: Option<i32>,
    /// Of which sourcing it is.
    pub sourcing: u16,
    pub offers: Vec<Offer>,
}

/// A hub with what it stands for; what it ends in is a row of those gathered.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub hub: Hub,
    pub row: HubRow,
    /// When a merge could be done with its parcels where they end, if that is a hub.
    pub merged: Instant,
    /// Whether it counts when the merge is ready.
    pub by_moment: bool,
}

/// What several sourcings found. Pools, cells and places are those of the first, in which nothing is used up: the
/// others have no more.
pub(super) struct Gathered<'g> {
    ground: Ground<'g>,
    scarce: &'g [Scarce],
    /// By place its node; by pool its item, zone and seller; by pool the first supply and the cells.
    places: Vec<NodeIx>,
    pools: Vec<(u16, u32, u32)>,
    cells: Vec<Vec<u32>>,
    firsts: Vec<u32>,
    supplies: usize,
    /// Units by supply.
    free: Vec<u32>,
    pub ways: Vec<Joint>,
    /// Hubs after those they end in.
    pub hubs: Vec<Meeting>,
    /// Sets of cells, by pool, that a cap is on, with its units.
    pub capped: Vec<(u32, Vec<(u32, u64)>)>,
    /// By sourcing, then supply, when its picks are ready.
    pub readies: Vec<Vec<When>>,
}

fn key_of(sheet: &Sheet, pool: usize) -> (u16, u32, u32) {
    let source = &sheet.sources[pool];
    (sheet.stands[source.stand as usize].item, source.zone.0, source.seller.0)
}

impl<'g> Gathered<'g> {
    pub fn new(ground: Ground<'g>, scarce: &'g [Scarce], sheet: &Sheet) -> Gathered<'g> {
        let pools = 0..sheet.sources.len();
        Gathered {
            ground,
            scarce,
            places: sheet.places.iter().map(|place| place.node).collect(),
            pools: pools.clone().map(|pool| key_of(sheet, pool)).collect(),
            cells: pools
                .map(|pool| sheet.supplies_of(pool).iter().map(|supply| supply.cell.0).collect())
                .collect(),
            firsts: sheet.sources.iter().map(|source| source.first).collect(),
            supplies: sheet.supplies.len(),
            free: sheet.supplies.iter().map(|supply| supply.free).collect(),
            ways: Vec::new(),
            hubs: Vec::new(),
            capped: Vec::new(),
            readies: Vec::new(),
        }
    }

    /// Adds what one more sourcing found.
    pub fn add(&mut self, sheet: &Sheet, problem: &Problem<'_>) {
        let pools: Vec<Option<usize>> = (0..sheet.sources.len())
            .map(|pool| self.pools.iter().position(|known| *known == key_of(sheet, pool)))
            .collect();
        // By pool, then cell, the bit of the same cell in the first sourcing.
        let bits: Vec<Vec<Option<usize>>> = pools
            .iter()
            .enumerate()
            .map(|(pool, known)| {
                let cells = sheet.supplies_of(pool).iter();
                let bit = |cell: u32| self.cells[(*known)?].iter().position(|&known| known == cell);
                cells.map(|supply| bit(supply.cell.0)).collect()
            })
            .collect();
        let mut readies = vec![When { at: Instant::NEVER, along: false }; self.supplies];
        for (pool, known) in pools.iter().enumerate() {
            for (supply, bit) in sheet.supplies_of(pool).iter().zip(&bits[pool]) {
                if let Some((known, bit)) = known.zip(*bit) {
                    readies[self.firsts[known] as usize + bit] = supply.when();
                }
            }
        }
        let sourcing = match self.readies.iter().position(|known| *known == readies) {
            Some(known) => known,
            None => {
                self.readies.push(readies);
                self.readies.len() - 1
            }
        };
        let translated = |pool: u32, cells: u64| {
            let known = pools[pool as usize]? as u32;
            let there = bits[pool as usize].iter().enumerate().filter(|(bit, _)| cells >> bit & 1 == 1);
            let cells = there.fold(0u64, |mask, (_, bit)| mask | bit.map_or(0, |bit| 1 << bit));
            (cells != 0).then_some((known, cells))
        };
        for cap in &problem.caps {
            let mut inside: Vec<(u32, u64)> = Vec::new();
            for offer in cap.offers.iter().map(|&offer| &problem.offers[offer as usize]) {
                let Some((pool, cells)) = translated(offer.pool, offer.cells) else { continue };
                match inside.iter_mut().find(|known| known.0 == pool) {
                    Some(known) => known.1 |= cells,
                    None => inside.push((pool, cells)),
                }
            }
            inside.sort_unstable();
            if !self.capped.contains(&(cap.most, inside.clone())) {
                self.capped.push((cap.most, inside));
            }
        }
        let hubs = self.add_hubs(sheet, problem);
        let mut by_way: Vec<Vec<Offer>> = vec![Vec::new(); problem.ways.len()];
        for offer in &problem.offers {
            if let Some((pool, cells)) = translated(offer.pool, offer.cells) {
                by_way[usize::from(offer.way)].push(Offer { pool, cells, ..*offer });
            }
        }
        for (way, offers) in by_way.into_iter().enumerate().filter(|(_, offers)| !offers.is_empty()) {
            let into = problem.yard_of(way);
            let into = if into == NO_HUB { NO_HUB } else { hubs[usize::from(into)] };
            self.add_way(sheet, problem, (way, into, sourcing as u16), offers);
        }
    }

    /// Adds the hubs of a sourcing; which of those gathered each is.
    fn add_hubs(&mut self, sheet: &Sheet, problem: &Problem<'_>) -> Vec<u16> {
        let mut rows = vec![NO_HUB; problem.hubs.len()];
        // Hubs stand before those they end in.
        for hub in (0..problem.hubs.len()).rev() {
            let (terms, row) = (&problem.hubs[hub], &sheet.hubs[hub]);
            let into = if terms.into == NO_HUB { NO_HUB } else { rows[usize::from(terms.into)] };
            let terms = Hub { yard: 0, into, ..*terms };
            let alike = |known: &Meeting| {
                let (one, other) = (&known.row, row);
                known.hub == terms
                    && (one.node, one.storage, one.hand_over, one.longest)
                        == (other.node, other.storage, other.hand_over, other.longest)
                    && one.lanes == other.lanes
                    && one.compartments == other.compartments
                    && one.legs == other.legs
            };
            let known = self.hubs.iter().position(alike).unwrap_or_else(|| {
                let arrives = row.legs.last().map(|leg| leg.arrives);
                let end = self.hubs.get(usize::from(into)).map(|end| end.row.node);
                let merged =
                    end.zip(arrives).and_then(|(node, at)| self.ground.transit.mergeable_at(node, at));
                let waits = |thing: &Scarce| match *thing {
                    Scarce::Buffer { node, .. } => node == row.node,
                    // What is merged where it is handed over is there from that moment on.
                    Scarce::Point { .. } => row.legs.is_empty(),
                    _ => false,
                };
                let by_moment = self.scarce.iter().any(waits);
                let merged = merged.unwrap_or(Instant::NEVER);
                self.hubs.push(Meeting { hub: terms, row: row.clone(), merged, by_moment });
                self.hubs.len() - 1
            });
            rows[hub] = known as u16;
        }
        rows
    }

    fn add_way(
        &mut self,
        sheet: &Sheet,
        problem: &Problem<'_>,
        (way, into, sourcing): (usize, u16, u16),
        offers: Vec<Offer>,
    ) {
        let (row, route, place) = sheet.way(way as u16);
        let class = sheet.classes[row.class as usize];
        let selection = (row.stops != NO_STOPS).then(|| sheet.selections[row.stops as usize].clone());
        let legs = selection.as_ref().and_then(|_| sheet.rides.get(class.ride as usize).cloned());
        let legs = legs.unwrap_or_default();
        let merged = self.hubs.get(usize::from(into)).and_then(|end| match legs.last() {
            Some(leg) => self.ground.transit.mergeable_at(end.row.node, leg.arrives),
            None => self.ground.transit.merged_at(end.row.node, class.ready_by),
        });
        // Sourcings in which its picks are ready at the same moments are one to it.
        let alike = |other: u16| {
            offers.iter().all(|offer| {
                let mut bits = (0..64usize).filter(|bit| offer.cells >> bit & 1 == 1);
                bits.all(|bit| self.when(other, offer.pool, bit) == self.when(sourcing, offer.pool, bit))
            })
        };
        let sourcing = (0..sourcing).find(|&other| alike(other)).unwrap_or(sourcing);
        let node = place.node;
        let Some(number) = self.places.iter().position(|&known| known == node) else { return };
        let joint = Joint {
            place: number as u16,
            lane: route.lane,
            selection,
            legs,
            // Its parcels leave with it and no other.
            class: Class { ride: 0, ..class },
            way: problem.ways[way],
            row: WayRow { route: 0, class: 0, masks: 0, stops: 0, ..*row },
            into,
            merged: merged.unwrap_or(Instant::NEVER),
            date: None,
            sourcing,
            offers,
        };
        let counts = |thing: &Scarce| matches!(thing, Scarce::Day { node: at, .. } if *at == node);
        if !self.scarce.iter().any(counts) {
            return self.keep(joint);
        }
        for date in self.dates(&joint, node) {
            let offers = joint.offers.iter().filter_map(|offer| self.by_date(offer, &joint, node, date));
            let offers: Vec<Offer> = offers.collect();
            if !offers.is_empty() {
                self.keep(Joint { date: Some(date), offers, ..joint.clone() });
            }
        }
    }

    /// The dates on which picks of a way are ready, each once.
    fn dates(&self, joint: &Joint, node: NodeIx) -> Vec<i32> {
        let cells = joint.offers.iter().flat_map(|offer| {
            let bits = (0..64usize).filter(move |bit| offer.cells >> bit & 1 == 1);
            bits.map(move |bit| self.ready(joint.sourcing, offer.pool, bit))
        });
        let mut dates: Vec<i32> = cells.map(|ready| local_date(self.ground.world, node, ready)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// An offer without the cells whose picks are ready after a date.
    fn by_date(&self, offer: &Offer, joint: &Joint, node: NodeIx, date: i32) -> Option<Offer> {
        let bits = (0..64usize).filter(|bit| offer.cells >> bit & 1 == 1);
        let early = bits.filter(|&bit| {
            let ready = self.ready(joint.sourcing, offer.pool, bit);
            local_date(self.ground.world, node, ready) <= date
        });
        let (mut cells, mut there) = (0u64, 0u32);
        for bit in early {
            cells |= 1 << bit;
            there = there.saturating_add(self.free[self.firsts[offer.pool as usize] as usize + bit]);
        }
        let most = offer.most.min(there);
        (most > 0).then_some(Offer { cells, most, ..*offer })
    }

    fn ready(&self, sourcing: u16, pool: u32, bit: usize) -> Instant {
        self.when(sourcing, pool, bit).at
    }

    fn when(&self, sourcing: u16, pool: u32, bit: usize) -> When {
        self.readies[usize::from(sourcing)][self.firsts[pool as usize] as usize + bit]
    }

    fn keep(&mut self, joint: Joint) {
        if !self.ways.contains(&joint) {
            self.ways.push(joint);
        }
    }
}
