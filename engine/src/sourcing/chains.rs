//! What sourcing reads of chains of lanes again and again, laid out once: limits and prices.

use super::gaps::Gaps;
use super::terms::Road;
use crate::split::Staircase;
use crate::transit::{Head, Transit};
use crate::units::{CubicCentimetres, Grams, Index, Money, Temperatures};
use crate::world::{LaneIx, NodeIx, ParcelLimit, Sku, World};
use hashbrown::HashMap;

/// Limits and prices of a chain of lanes through cross-docks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    /// Most grams in one parcel.
    pub max_grams: u64,
    /// Most cubic centimetres in one parcel.
    pub max_cm3: u64,
    /// Longest sides of one unit, rising.
    pub sides: [u32; 3],
    /// Which staircase prices all its legs.
    pub staircase: u32,
    /// Cost of being handled between its legs.
    pub handling: i64,
}

impl Chain {
    /// No lane at all: a parcel that stays where it is.
    pub fn none(free: u32) -> Chain {
        Chain { max_grams: u64::MAX, max_cm3: u64::MAX, sides: [u32::MAX; 3], staircase: free, handling: 0 }
    }

    /// Takes over a limit.
    pub fn within(mut self, limit: &ParcelLimit) -> Chain {
        self.max_grams = self.max_grams.min(limit.grams.unwrap_or(Grams(u64::MAX)).0);
        self.max_cm3 = self.max_cm3.min(limit.cm3.unwrap_or(CubicCentimetres(u64::MAX)).0);
        if let Some(sides) = limit.size_mm {
            // Both limits have rising sides, so fitting each is fitting the smaller of each pair.
            for (most, side) in self.sides.iter_mut().zip(sides) {
                *most = side.min(*most);
            }
        }
        self
    }

    /// Whether one unit fits by its sides, weight and volume, and the tariffs carry it.
    pub fn takes(&self, sku: &Sku, staircases: &[Staircase]) -> bool {
        let (grams, cm3) = (u64::from(sku.grams), u64::from(sku.cm3));
        grams <= self.max_grams
            && cm3 <= self.max_cm3
            && sku.size_mm.iter().zip(self.sides).all(|(&side, most)| side <= most)
            && staircases[self.staircase as usize].price(grams, cm3).is_some()
    }
}

/// Chains of all heads, the lanes that leave cross-docks for customers, and sums of staircases.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    by_head: Vec<Chain>,
    /// Temperatures that goods tolerate, each once.
    regimes: Vec<Temperatures>,
    /// By head which of them can ride it and wait where it passes and ends, a bit each.
    rides: Vec<u64>,
    /// By head whether another from and to the same nodes serves as well where time does not matter.
    spared: Vec<bool>,
    /// Nodes that cross-dock.
    docks: Vec<NodeIx>,
    /// By node the lanes to it from cross-docks.
    tails: Vec<LaneIx>,
    tails_start: Vec<u32>,
    sums: HashMap<(u32, u32), u32, foldhash::fast::FixedState>,
    /// Sums by what they are: many pairs have the same.
    alike: HashMap<Staircase, u32, foldhash::fast::FixedState>,
    free: u32,
}

impl Chains {
    /// Lays out chains; sums of staircases are appended to `staircases`. `free` is the one that costs nothing.
    pub fn new(
        world: &World,
        transit: &Transit,
        free: u32,
        priced: &dyn Fn(LaneIx) -> u32,
        staircases: &mut Vec<Staircase>,
    ) -> Chains {
        let mut chains = Chains { free, ..Chains::default() };
        chains.tails_start.push(0);
        for (node, row) in world.nodes().enumerated() {
            let from_dock = |lane: &&LaneIx| world.nodes()[world.lanes()[**lane].from].cross_docks.is_some();
            if row.hands_over.is_some() {
                chains.tails.extend(world.lanes_to(node).iter().filter(from_dock));
            }
            chains.tails_start.push(chains.tails.len() as u32);
            chains.docks.extend(row.cross_docks.is_some().then_some(node));
        }
        // By cross-dock the prices at which parcels leave it for customers.
        let mut leaving: Vec<Vec<u32>> = vec![Vec::new(); world.nodes().len()];
        for &lane in &chains.tails {
            let prices = &mut leaving[world.lanes()[lane].from.row()];
            if !prices.contains(&priced(lane)) {
                prices.push(priced(lane));
            }
        }
        for head in transit.heads() {
            let mut chain = Chain::none(free);
            for (row, &lane) in head.lanes.iter().enumerate() {
                chain = chain.within(&world.lanes()[lane].largest);
                chain.staircase = chains.sum(chain.staircase, priced(lane), staircases);
                if row + 1 < head.lanes.len() {
                    chain.handling = chain.handling.saturating_add(handling(world, world.lanes()[lane].to).0);
                }
            }
            for &price in &leaving[head.to.row()] {
                chains.sum(chain.staircase, price, staircases);
            }
            chains.by_head.push(chain);
        }
        chains.regimes = regimes(world);
        chains.rides = transit.heads().iter().map(|head| chains.rides_of(head, world)).collect();
        chains
    }

    /// Which goods can ride a head and wait where it passes and ends. What is not known to be impossible is possible.
    fn rides_of(&self, head: &Head, world: &World) -> u64 {
        let rides = |goods: &Temperatures| {
            head.lanes.iter().all(|&lane| {
                let lane = &world.lanes()[lane];
                let keeps = world.nodes()[lane.to].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
                lane.compartments.iter().any(|compartment| goods.tolerates(compartment.temperature))
                    && keeps.iter().any(|keep| goods.tolerates(keep.temperature))
            })
        };
        let rows = self.regimes.iter().enumerate();
        rows.fold(u64::MAX, |mask, (bit, goods)| if rides(goods) { mask } else { mask & !(1 << bit) })
    }

    /// Notes which heads others serve as well, once gaps between prices are known.
    pub fn spare(&mut self, world: &World, transit: &Transit, gaps: &Gaps) {
        self.spared = vec![false; self.by_head.len()];
        let heads = transit.heads();
        for run in runs(world, transit) {
            for row in run.clone() {
                let serves = |by: usize, row: usize| {
                    let (one, other) = (&self.by_head[by], &self.by_head[row]);
                    let gap = gaps.of(one.staircase, other.staircase);
                    let dearer =
                        gap.and_then(|gap| gap.checked_add(one.handling)?.checked_sub(other.handling));
                    dearer.is_some_and(|dearer| dearer <= 0)
                        && one.max_grams >= other.max_grams
                        && one.max_cm3 >= other.max_cm3
                        && one.sides.iter().zip(other.sides).all(|(&one, other)| one >= other)
                        && self.rides[row] & !self.rides[by] == 0
                        && heads[by].lanes.len() <= heads[row].lanes.len()
                };
                let mut others = run.clone().filter(|&by| by != row && !self.spared[by]);
                self.spared[row] = others.any(|by| serves(by, row) && (by < row || !serves(row, by)));
            }
        }
    }

    /// Which bit of [`Chains::rides`] goods have, if any.
    pub fn regime(&self, goods: Temperatures) -> Option<usize> {
        self.regimes.iter().position(|&known| known == goods)
    }

    /// Whether goods of a regime may ride a head and wait where it passes and ends.
    pub fn takes_regime(&self, head: u32, regime: Option<usize>) -> bool {
        regime.is_none_or(|bit| self.rides[head as usize] >> bit & 1 == 1)
    }

    /// Whether another head serves as well where time does not matter.
    pub fn is_spared(&self, head: u32) -> bool {
        self.spared[head as usize]
    }

    /// The staircase of two prices together, made where there is none yet. One that leaves the range of prices carries
    /// nothing.
    fn sum(&mut self, one: u32, other: u32, staircases: &mut Vec<Staircase>) -> u32 {
        if let Some(known) = self.joined(one, other) {
            return known;
        }
        let nothing = || Staircase { steps: vec![(0, 0)], ..Staircase::default() };
        let sum = staircases[one as usize].with(&staircases[other as usize]).unwrap_or_else(nothing);
        let next = staircases.len() as u32;
        let row = *self.alike.entry(sum).or_insert_with_key(|sum| {
            staircases.push(sum.clone());
            next
        });
        self.sums.insert((one, other), row);
        row
    }

    /// The staircase of two prices together, where it was laid out.
    pub fn joined(&self, one: u32, other: u32) -> Option<u32> {
        match (one == self.free, other == self.free) {
            (true, _) => Some(other),
            (_, true) => Some(one),
            _ => self.sums.get(&(one, other)).copied(),
        }
    }

    /// Nodes that cross-dock.
    pub fn docks(&self) -> &[NodeIx] {
        &self.docks
    }

    /// The chain of a head.
    pub fn of(&self, head: u32) -> &Chain {
        &self.by_head[head as usize]
    }

    /// Lanes to a node from cross-docks, if it hands over.
    pub fn tails(&self, to: NodeIx) -> &[LaneIx] {
        &self.tails[self.tails_start[to.row()] as usize..self.tails_start[to.row() + 1] as usize]
    }

    /// A chain with a lane to the customer after it. `handled` says what being handled before that lane costs.
    pub fn to_customer(&self, chain: Chain, lane: LaneIx, road: &Road, world: &World) -> Option<Chain> {
        let row = &world.lanes()[lane];
        let mut whole = chain.within(&row.largest);
        if let Some(point) = &world.nodes()[row.to].hands_over {
            whole = whole.within(&point.largest);
        }
        whole.staircase = self.joined(chain.staircase, road.staircase)?;
        Some(whole)
    }

    /// A chain without lanes.
    pub fn none(&self) -> Chain {
        Chain::none(self.free)
    }
}

/// Temperatures that goods tolerate, each once, rising; as many as have a bit.
fn regimes(world: &World) -> Vec<Temperatures> {
    let mut regimes: Vec<Temperatures> = Vec::new();
    for sku in world.skus().iter() {
        if regimes.len() < u64::BITS as usize
            && let Err(row) = regimes.binary_search(&sku.temperature)
        {
            regimes.insert(row, sku.temperature);
        }
    }
    regimes
}

/// Rows of heads from one node to one cross-dock, run by run.
fn runs(world: &World, transit: &Transit) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    for node in world.nodes().indices() {
        let of_node = transit.heads_from(node);
        let mut start = of_node.start as usize;
        for run in transit.heads()[start..of_node.end as usize].chunk_by(|one, other| one.to == other.to) {
            runs.push(start..start + run.len());
            start += run.len();
        }
    }
    runs
}

/// What handling one parcel at a cross-dock costs.
pub(super) fn handling(world: &World, node: NodeIx) -> Money {
    world.nodes()[node].cross_docks.as_ref().map_or(Money::ZERO, |docks| docks.cost_per_parcel)
}
