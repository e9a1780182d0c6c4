//! Facilities as bidders, customers' demand as goods: one facility takes what serves it best at prices, exactly.

use volok::batch::{Bid, Bidders, Goods, Left};

use super::check::{Fault, Flow, of_sites};
use super::flow::Network;
use super::market::Market;
use super::problem::Sites;

/// Facilities that bid for customers' demand. What a facility takes it serves; a unit that nobody takes costs a penalty,
/// so that serving it is worth that much.
pub struct Facilities<'s> {
    sites: &'s Sites,
    fine: i64,
    /// What there is to be taken: each customer's demand, priced on its own.
    goods: Goods,
    /// By customer, what a unit that nobody takes costs.
    penalty: Vec<i64>,
    /// Customer by customer, what a unit costs from each facility, rounded down.
    unit: Vec<i64>,
    /// By facility, what opening it costs.
    fixed: Vec<i64>,
}

impl<'s> Facilities<'s> {
    /// Costs are counted `fine` times as finely as the problem's. A unit that nobody takes costs `dear` times as much as from
    /// the dearest facility, if that is full; bounds hold whatever it costs, since an answer has no such unit.
    pub fn new(sites: &'s Sites, fine: i64, dear: i64) -> Facilities<'s> {
        let mut goods = Goods::default();
        let (mut penalty, mut unit) = (Vec::new(), Vec::new());
        let places = 0..sites.room.len();
        for (customer, &demand) in sites.demand.iter().enumerate() {
            let row = goods.add_row(1, customer as u32);
            goods.add(u64::from(demand), row);
            let first = unit.len();
            unit.extend(places.clone().map(|site| fine * sites.cost_of(customer, site) / i64::from(demand)));
            let full = places.clone().map(|site| unit[first + site] + fine * when_full(sites, site));
            penalty.push(dear * full.max().unwrap_or(0));
        }
        let fixed = sites.fixed.iter().map(|fixed| fixed * fine).collect();
        Facilities { sites, fine, goods, penalty, unit, fixed }
    }

    fn unit(&self, customer: usize, site: usize) -> i64 {
        self.unit[customer * self.fixed.len() + site]
    }
}

/// What opening a facility costs for each unit, if it is full.
fn when_full(sites: &Sites, site: usize) -> i64 {
    sites.fixed[site] / i64::from(sites.room[site].max(1))
}

impl Bidders for Facilities<'_> {
    /// Customers that gain, and by how much for a unit.
    type Memory = Vec<(i64, u32)>;

    fn count(&self) -> usize {
        self.fixed.len()
    }

    fn bid(
        &self,
        site: usize,
        prices: &[i64],
        left: Option<&Left<'_>>,
        gains: &mut Vec<(i64, u32)>,
        bid: &mut Bid,
    ) {
        let gain = |customer: usize| self.penalty[customer] - self.unit(customer, site) - prices[customer];
        gains.clear();
        gains.extend((0..self.penalty.len()).map(|row| (gain(row), row as u32)).filter(|gain| gain.0 > 0));
        // A knapsack whose goods may be cut: those that gain most for a unit first.
        gains.sort_unstable_by_key(|&(gain, customer)| (-gain, customer));
        let mut room = u64::from(self.sites.room[site]);
        let mut in_all = self.fixed[site];
        bid.cost = in_all;
        bid.takes.clear();
        for &(gain, customer) in &*gains {
            let there = left.map_or(self.goods.most[customer as usize], |left| left.of(customer));
            let amount = there.min(room);
            if amount > 0 {
                room -= amount;
                in_all -= gain * amount as i64;
                let row = customer as usize;
                bid.cost += (self.unit(row, site) - self.penalty[row]) * amount as i64;
                bid.takes.push((customer, amount));
            }
        }
        if in_all >= 0 {
            bid.cost = 0;
            bid.takes.clear();
        }
        bid.bound = in_all.min(0);
    }
}

impl Market for Facilities<'_> {
    fn goods(&self) -> &Goods {
        &self.goods
    }

    fn fine(&self) -> i64 {
        self.fine
    }

    fn nothing(&self) -> i128 {
        let each = self.penalty.iter().zip(&self.sites.demand);
        each.map(|(&penalty, &demand)| i128::from(penalty) * i128::from(demand)).sum()
    }

    /// What is left of the penalty after the facility that is cheapest when full.
    fn first_prices(&self) -> Vec<i64> {
        let cheapest = |customer: usize| {
            let full = |site: usize| self.unit(customer, site) + self.fine * when_full(self.sites, site);
            (0..self.fixed.len()).map(full).min().unwrap_or(0)
        };
        self.penalty.iter().enumerate().map(|(row, penalty)| (penalty - cheapest(row)).max(0)).collect()
    }

    fn as_bid(&self, bids: &[Bid]) -> Result<i128, Fault> {
        let flows = |(site, bid): (usize, &Bid)| -> Vec<Flow> {
            bid.takes.iter().map(|&(customer, units)| (site, customer as usize, units)).collect()
        };
        let flows: Vec<Flow> = bids.iter().enumerate().flat_map(flows).collect();
        of_sites(self.sites, &flows)
    }

    fn at_best(&self, bids: &[Bid]) -> Result<Option<i128>, Fault> {
        let (sites, customers) = (self.fixed.len(), self.penalty.len());
        let (source, sink) = (sites + customers, sites + customers + 1);
        let mut network = Network::new(sink + 1);
        let mut arcs = Vec::new();
        for site in (0..sites).filter(|&site| !bids[site].takes.is_empty()) {
            network.add(source, site, u64::from(self.sites.room[site]), 0);
            for customer in 0..customers {
                let most = u64::from(self.sites.demand[customer]);
                let arc = network.add(site, sites + customer, most, self.unit(customer, site));
                arcs.push((arc, site, customer));
            }
        }
        for (customer, &demand) in self.sites.demand.iter().enumerate() {
            network.add(sites + customer, sink, u64::from(demand), 0);
        }
        let all: u64 = self.sites.demand.iter().map(|&demand| u64::from(demand)).sum();
        if network.send(source, sink) < all {
            return Ok(None);
        }
        let flows: Vec<Flow> =
            arcs.into_iter().map(|(arc, site, customer)| (site, customer, network.flow(arc))).collect();
        of_sites(self.sites, &flows).map(Some)
    }
}
