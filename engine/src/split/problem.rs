//! The problem on arrays, and what a solution of it is.

use super::Staircase;

/// A line in no group.
pub const NO_GROUP: u16 = u16::MAX;

/// No hub: a parcel that goes to the customer.
pub const NO_HUB: u16 = u16::MAX;

/// Units wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Units; at least one.
    pub qty: u32,
    /// Cost of each unit not delivered; not negative.
    pub skip: i64,
    /// Weight of a unit, grams.
    pub grams: u64,
    /// Volume of a unit, cubic centimetres.
    pub cm3: u64,
    /// Lines of one group travel whole in one parcel or not at all; [`NO_GROUP`] when free.
    pub group: u16,
}

/// A kind of parcel that can be sent, any number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Cost of each parcel apart from carriage; not negative.
    pub fixed: i64,
    /// Which staircase prices its carriage.
    pub staircase: u32,
    /// Most grams in one parcel.
    pub max_grams: u64,
    /// Most cubic centimetres in one parcel.
    pub max_cm3: u64,
    /// Ways of one origin leave from one place.
    pub origin: u32,
    /// When its parcels arrive; only breaks ties.
    pub arrives: i64,
}

/// A kind of merged parcel: parcels that end in its yard become one, any number of times. At least two of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hub {
    /// Cost of each merged parcel apart from carriage; not negative.
    pub fixed: i64,
    /// Which staircase prices its carriage.
    pub staircase: u32,
    /// Most grams in one merged parcel.
    pub max_grams: u64,
    /// Most cubic centimetres in one merged parcel.
    pub max_cm3: u64,
    /// When its parcels arrive; only breaks ties.
    pub arrives: i64,
    /// Which lines may be in its parcels, a bit each; lines without a bit may.
    pub lines: u64,
    /// Where its parts come together. Hubs of one yard stand together, yards rising, and take the same parts; mostly each
    /// hub has one of its own, of the same number.
    pub yard: u16,
    /// The yard its parcels end in, a later one; [`NO_HUB`] when they go to the customer.
    pub into: u16,
}

/// A way to bring units of a line: by which way, from which pool, at what price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// For which line.
    pub line: u16,
    /// By which way.
    pub way: u16,
    /// From which pool.
    pub pool: u32,
    /// Which of the pool's cells it may draw from; bit k is the pool's cell k.
    pub cells: u64,
    /// Most units: what those cells hold and caps allow, and no more than the line wants; at least one.
    pub most: u32,
    /// Cost of each unit; may be negative.
    pub unit_cost: i64,
    /// Cost of taking any unit by this offer into one parcel; not negative.
    pub line_cost: i64,
}

/// Where offers draw from: a run of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// First cell in [`Problem::free`].
    pub first: u32,
    /// How many cells, at most 64.
    pub cells: u32,
}

/// A limit on what several offers take together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Most units.
    pub most: u32,
    /// Which offers, rising.
    pub offers: Vec<u32>,
}

/// What of a parcel counts where several kinds of parcels share something narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// One each.
    Parcels,
    /// The lines it holds units of.
    Lines,
    /// Whole multiples of so many grams. Of a limit of weight it says no more than is true.
    Grams(u64),
    /// The same of cubic centimetres.
    Cm3(u64),
}

/// A limit on what parcels of several ways and hubs take together of something they all pass. A merged parcel counts
/// beside its parts, each for its own way or hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neck {
    /// What counts.
    pub measure: Measure,
    /// How much of it, at most.
    pub most: u32,
    /// Parcels of which ways, rising.
    pub ways: Vec<u16>,
    /// Merged parcels of which hubs, rising.
    pub hubs: Vec<u16>,
}

/// How the whole may be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether part may be delivered; else all units or none.
    pub partial: bool,
    /// Most parcels.
    pub max_parcels: u32,
    /// Cost of each parcel after the first; not negative.
    pub parcel_penalty: i64,
    /// Whether units of one line may come from several origins.
    pub several_origins: bool,
}

/// The problem. Arrays are reused from order to order.
#[derive(Clone, Debug)]
pub struct Problem<'w> {
    /// What is wanted.
    pub lines: Vec<Line>,
    /// What carries.
    pub ways: Vec<Way>,
    /// By way the yard of hubs its parcels end in, [`NO_HUB`] for the customer. Empty when all go to the customer; ways
    /// that end in yards stand after those that do not.
    pub into: Vec<u16>,
    /// Where parcels can be merged; usually nowhere. What one parcel alone can do through a hub is a way of its own,
    /// no dearer.
    pub hubs: Vec<Hub>,
    /// Prices of carriage.
    pub staircases: &'w [Staircase],
    /// What brings what, by line, then way, then pool.
    pub offers: Vec<Offer>,
    /// Where offers draw from.
    pub pools: Vec<Pool>,
    /// Units in each cell of each pool.
    pub free: Vec<u32>,
    /// Limits that reach over pools; usually none.
    pub caps: Vec<Cap>,
    /// Pairs of lines that may not share a parcel, each pair once, smaller line first; usually none.
    pub apart: Vec<(u16, u16)>,
    /// What parcels pass that takes only so many of them; nearly always nothing.
    pub necks: Vec<Neck>,
    /// What some plan is known to cost, where hubs are: plans that cost more need not be found.
    pub known: i64,
    /// How the whole may be served.
    pub rules: Rules,
}

impl Default for Problem<'_> {
    fn default() -> Self {
        Problem::new(&[])
    }
}

impl<'w> Problem<'w> {
    /// An empty problem over a set of staircases.
    pub fn new(staircases: &'w [Staircase]) -> Problem<'w> {
        Problem {
            lines: Vec::new(),
            ways: Vec::new(),
            into: Vec::new(),
            hubs: Vec::new(),
            staircases,
            offers: Vec::new(),
            pools: Vec::new(),
            free: Vec::new(),
            caps: Vec::new(),
            apart: Vec::new(),
            necks: Vec::new(),
            known: i64::MAX,
            rules: Rules { partial: true, max_parcels: u32::MAX, parcel_penalty: 0, several_origins: true },
        }
    }

    /// The same memory over other staircases.
    pub fn over(self, staircases: &[Staircase]) -> Problem<'_> {
        let Problem {
            lines,
            ways,
            into,
            hubs,
            offers,
            pools,
            free,
            caps,
            apart,
            necks,
            known,
            rules,
            staircases: _,
        } = self;
        Problem { lines, ways, into, hubs, staircases, offers, pools, free, caps, apart, necks, known, rules }
    }

    /// Forgets lines, ways, offers, pools, caps and pairs; keeps their memory.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.ways.clear();
        self.into.clear();
        self.hubs.clear();
        self.offers.clear();
        self.pools.clear();
        self.free.clear();
        self.caps.clear();
        self.apart.clear();
        self.necks.clear();
        self.known = i64::MAX;
    }

    /// Offers of a line with their rows. O(log offers).
    pub fn offers_of(&self, line: u16) -> impl Iterator<Item = (u32, &Offer)> {
        let start = self.offers.partition_point(|offer| offer.line < line);
        let run = self.offers[start..].iter().take_while(move |offer| offer.line == line);
        run.enumerate().map(move |(k, offer)| ((start + k) as u32, offer))
    }

    /// Units in some cells of a pool.
    pub fn units_of(&self, pool: u32, cells: u64) -> u64 {
        let pool = &self.pools[pool as usize];
        (0..pool.cells)
            .filter(|cell| cells >> cell & 1 == 1)
            .map(|cell| u64::from(self.free[(pool.first + cell) as usize]))
            .sum()
    }

    /// How many ways go to the customer: they stand before those that end in yards.
    pub fn direct(&self) -> usize {
        self.into.iter().position(|&yard| yard != NO_HUB).unwrap_or(self.ways.len())
    }

    /// Becomes a copy of all but offers, caps, necks and what parcels end in.
    pub fn take_frame(&mut self, of: &Problem<'_>) {
        self.clear();
        self.lines.extend_from_slice(&of.lines);
        self.ways.extend_from_slice(&of.ways);
        self.pools.extend_from_slice(&of.pools);
        self.free.extend_from_slice(&of.free);
        self.apart.extend_from_slice(&of.apart);
        self.rules = of.rules;
    }

    /// Becomes a copy; keeps its memory.
    pub fn take_all(&mut self, of: &Problem<'w>) {
        self.take_frame(of);
        self.into.extend_from_slice(&of.into);
        self.hubs.extend_from_slice(&of.hubs);
        self.offers.extend_from_slice(&of.offers);
        self.caps.extend_from_slice(&of.caps);
        self.necks.extend_from_slice(&of.necks);
        self.staircases = of.staircases;
    }

    /// How many yards hubs have.
    pub fn yards(&self) -> usize {
        self.hubs.last().map_or(0, |hub| usize::from(hub.yard) + 1)
    }

    /// The yard parcels of a way end in, [`NO_HUB`] for the customer.
    pub fn yard_of(&self, way: usize) -> u16 {
        self.into.get(way).copied().unwrap_or(NO_HUB)
    }

    /// What carriage of one merged parcel costs, or nothing when it is not taken.
    pub fn onward(&self, hub: usize, grams: u64, cm3: u64) -> Option<i64> {
        let hub = &self.hubs[hub];
        if grams > hub.max_grams || cm3 > hub.max_cm3 {
            return None;
        }
        self.staircases[hub.staircase as usize].price(grams, cm3)
    }

    /// What carriage of one parcel by a way costs, or nothing when the way does not take it.
    pub fn carriage(&self, way: usize, grams: u64, cm3: u64) -> Option<i64> {
        let way = &self.ways[way];
        if grams > way.max_grams || cm3 > way.max_cm3 {
            return None;
        }
        self.staircases[way.staircase as usize].price(grams, cm3)
    }
}

/// A parcel of a solution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parcel {
    /// By which way.
    pub way: u16,
    /// Units by offer (row of [`Problem::offers`]), rising.
    pub takes: Vec<(u32, u32)>,
}

/// Parcels of a solution that become one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merge {
    /// In which hub.
    pub hub: u16,
    /// Parcels in it (rows of [`Solution::parcels`]), rising.
    pub parcels: Vec<u32>,
    /// Merged parcels in it (rows of [`Solution::merges`], earlier ones), rising.
    pub merges: Vec<u32>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solution {
    /// Parcels sent, by way, then by what they hold.
    pub parcels: Vec<Parcel>,
    /// Merged parcels, parts before their wholes.
    pub merges: Vec<Merge>,
    /// Units of each line not delivered.
    pub skipped: Vec<u32>,
    /// Cost of all of it.
    pub cost: i64,
    /// Proven: nothing costs less.
    pub bound: i64,
    /// Search steps taken.
    pub steps: u64,
}
