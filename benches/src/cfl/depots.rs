//! Two stages as bidders: depots take customers' demand and plants' room; all plants together take what is not made.

use volok::batch::{Bid, Bidders, Goods, Left};

use super::check::{Fault, Flow, of_stages};
use super::cover::cover;
use super::flow::Network;
use super::market::Market;
use super::problem::Stages;

/// Depots, each a bidder, and after them one more: who decides which plants stay shut. A shut plant's room is taken by
/// nobody else, so what depots take comes from open plants.
pub struct Depots<'s> {
    stages: &'s Stages,
    fine: i64,
    /// What there is: each customer's demand, then each plant's room.
    goods: Goods,
    /// What a unit that nobody brings costs.
    penalty: i64,
}

/// What opening a place costs for each unit, if it is full.
fn when_full(&(room, fixed): &(u32, i64)) -> i64 {
    fixed / i64::from(room.max(1))
}

/// What a bidder works with.
#[derive(Default)]
pub struct Memory {
    /// Things a depot could bring and fetch, each with what a unit costs.
    brought: Vec<(i64, u32)>,
    fetched: Vec<(i64, u32)>,
    /// By plant, whether it is open.
    open: Vec<bool>,
}

impl<'s> Depots<'s> {
    /// Costs are counted `fine` times as finely as the problem's. A unit that nobody brings costs `dear` times as much as by
    /// the dearest plant and depot, if those are full; bounds hold whatever it costs.
    pub fn new(stages: &'s Stages, fine: i64, dear: i64) -> Depots<'s> {
        let mut goods = Goods::default();
        for (customer, &demand) in stages.demand.iter().enumerate() {
            let row = goods.add_row(1, customer as u32);
            goods.add(u64::from(demand), row);
        }
        for (plant, &(room, _)) in stages.plants.iter().enumerate() {
            let row = goods.add_row(1, (stages.demand.len() + plant) as u32);
            goods.add(u64::from(room), row);
        }
        let dearest = |places: &[(u32, i64)]| places.iter().map(when_full).max().unwrap_or(0);
        let most = |costs: &[i64]| costs.iter().max().copied().unwrap_or(0);
        let penalty =
            dearest(&stages.plants) + dearest(&stages.depots) + most(&stages.inward) + most(&stages.outward);
        Depots { stages, fine, goods, penalty: fine * dear * penalty }
    }

    /// What a thing costs a depot: a unit of a customer's demand to bring, less the penalty; of a plant's room to fetch.
    fn unit(&self, depot: usize, thing: u32) -> i64 {
        let Stages { depots, demand, inward, outward, .. } = self.stages;
        let (thing, customers) = (thing as usize, demand.len());
        match thing.checked_sub(customers) {
            None => self.fine * outward[depot * customers + thing] - self.penalty,
            Some(plant) => self.fine * inward[plant * depots.len() + depot],
        }
    }

    /// Which plants stay shut. Together the open ones must make all that is wanted, which no prices say.
    fn plants(&self, prices: &[i64], left: Option<&Left<'_>>, memory: &mut Memory, bid: &mut Bid) {
        let customers = self.stages.demand.len();
        let fixed = |plant: usize| self.fine * self.stages.plants[plant].1;
        let room = |plant: usize| u64::from(self.stages.plants[plant].0);
        let saved = |plant: usize| prices[customers + plant] * room(plant) as i64;
        let in_use =
            |plant: usize| left.is_some_and(|left| left.of((customers + plant) as u32) < room(plant));
        let values: Vec<(i64, u64)> = (0..self.stages.plants.len())
            .map(|plant| {
                (if in_use(plant) { i64::MIN / 4 } else { fixed(plant) - saved(plant) }, room(plant))
            })
            .collect();
        let need = self.stages.demand.iter().map(|&units| u64::from(units)).sum();
        cover(&values, need, &mut memory.open);
        bid.takes.clear();
        bid.cost = 0;
        bid.bound = 0;
        for plant in 0..values.len() {
            if memory.open[plant] {
                bid.cost += fixed(plant);
                bid.bound += fixed(plant);
            } else {
                bid.takes.push(((customers + plant) as u32, room(plant)));
                bid.bound += saved(plant);
            }
        }
    }
}

impl Depots<'_> {
    /// Adds to a bid what a depot takes of a thing.
    fn take(&self, depot: usize, thing: u32, amount: u64, bid: &mut Bid) {
        if amount > 0 {
            bid.takes.push((thing, amount));
            bid.cost += self.unit(depot, thing) * amount as i64;
        }
    }
}

impl Bidders for Depots<'_> {
    type Memory = Memory;

    fn count(&self) -> usize {
        self.stages.depots.len() + 1
    }

    fn bid(&self, depot: usize, prices: &[i64], left: Option<&Left<'_>>, memory: &mut Memory, bid: &mut Bid) {
        let Some(&(room, fixed)) = self.stages.depots.get(depot) else {
            return self.plants(prices, left, memory, bid);
        };
        let customers = self.stages.demand.len() as u32;
        let things = self.goods.most.len() as u32;
        let there = |thing: u32| left.map_or(self.goods.most[thing as usize], |left| left.of(thing));
        let priced = |thing: u32| (self.unit(depot, thing) + prices[thing as usize], thing);
        // What is brought costs less than nothing, what is fetched more: the best of one is matched with the best of the
        // other, as long as that pays and there is room. Any plant may serve any customer, so nothing is better.
        memory.brought.clear();
        memory.brought.extend((0..customers).map(priced).filter(|thing| thing.0 < 0));
        memory.brought.sort_unstable();
        memory.fetched.clear();
        memory.fetched.extend((customers..things).map(priced));
        memory.fetched.sort_unstable();
        let mut room = u64::from(room);
        let mut in_all = self.fine * fixed;
        bid.takes.clear();
        bid.cost = in_all;
        let mut sources = memory.fetched.iter().map(|&(cost, plant)| (cost, plant, there(plant)));
        let mut source = sources.next();
        let mut fetched = 0;
        for &(gain, customer) in &memory.brought {
            let (mut wanted, before) = (there(customer).min(room), room);
            while let Some((cost, plant, most)) = source
                && wanted > 0
                && gain + cost < 0
            {
                let amount = wanted.min(most - fetched);
                fetched += amount;
                wanted -= amount;
                room -= amount;
                in_all += (gain + cost) * amount as i64;
                if fetched == most {
                    self.take(depot, plant, fetched, bid);
                    fetched = 0;
                    source = sources.next();
                }
            }
            self.take(depot, customer, before - room, bid);
        }
        if let Some((_, plant, _)) = source {
            self.take(depot, plant, fetched, bid);
        }
        if in_all >= 0 {
            bid.cost = 0;
            bid.takes.clear();
        }
        bid.bound = in_all.min(0);
    }
}

impl Market for Depots<'_> {
    fn goods(&self) -> &Goods {
        &self.goods
    }

    fn fine(&self) -> i64 {
        self.fine
    }

    fn nothing(&self) -> i128 {
        let all: u64 = self.stages.demand.iter().map(|&demand| u64::from(demand)).sum();
        i128::from(self.penalty) * i128::from(all)
    }

    /// Plants cost what they cost when full; customers what is then left of the penalty.
    fn first_prices(&self) -> Vec<i64> {
        let Stages { plants, depots, demand, .. } = self.stages;
        let customers = demand.len();
        let of_plant = |plant: usize| self.fine * when_full(&plants[plant]);
        let cheapest = |depot: usize, customer: usize| {
            let made = |plant: usize| self.unit(depot, (customers + plant) as u32) + of_plant(plant);
            (0..plants.len()).map(made).min().unwrap_or(0)
                + self.unit(depot, customer as u32)
                + self.fine * when_full(&depots[depot])
        };
        let of_customer = |customer: usize| {
            let cost = (0..depots.len()).map(|depot| cheapest(depot, customer)).min().unwrap_or(0);
            (-cost).max(0)
        };
        (0..customers).map(of_customer).chain((0..plants.len()).map(of_plant)).collect()
    }

    fn as_bid(&self, bids: &[Bid]) -> Result<i128, Fault> {
        let customers = self.stages.demand.len();
        let (mut inward, mut outward): (Vec<Flow>, Vec<Flow>) = (Vec::new(), Vec::new());
        for (depot, bid) in bids[..self.stages.depots.len()].iter().enumerate() {
            for &(thing, units) in &bid.takes {
                match (thing as usize).checked_sub(customers) {
                    None => outward.push((depot, thing as usize, units)),
                    Some(plant) => inward.push((plant, depot, units)),
                }
            }
        }
        of_stages(self.stages, &inward, &outward)
    }

    fn at_best(&self, bids: &[Bid]) -> Result<Option<i128>, Fault> {
        let Stages { plants, depots, demand, inward, outward } = self.stages;
        let customers = demand.len();
        // Each depot is two nodes, so that no more passes it than it has room for.
        let (enters, leaves) = (plants.len(), plants.len() + depots.len());
        let wants = leaves + depots.len();
        let (source, sink) = (wants + customers, wants + customers + 1);
        let mut network = Network::new(sink + 1);
        let mut used = vec![false; plants.len()];
        for &(thing, _) in bids[..depots.len()].iter().flat_map(|bid| &bid.takes) {
            if let Some(plant) = (thing as usize).checked_sub(customers) {
                used[plant] = true;
            }
        }
        let open: Vec<usize> = (0..depots.len()).filter(|&depot| !bids[depot].takes.is_empty()).collect();
        let (mut ins, mut outs) = (Vec::new(), Vec::new());
        for (plant, &(room, _)) in plants.iter().enumerate().filter(|(plant, _)| used[*plant]) {
            network.add(source, plant, room.into(), 0);
            for &depot in &open {
                let arc =
                    network.add(plant, enters + depot, room.into(), inward[plant * depots.len() + depot]);
                ins.push((arc, plant, depot));
            }
        }
        for &depot in &open {
            network.add(enters + depot, leaves + depot, depots[depot].0.into(), 0);
            for customer in 0..customers {
                let cost = outward[depot * customers + customer];
                let arc = network.add(leaves + depot, wants + customer, demand[customer].into(), cost);
                outs.push((arc, depot, customer));
            }
        }
        for (customer, &units) in demand.iter().enumerate() {
            network.add(wants + customer, sink, units.into(), 0);
        }
        if network.send(source, sink) < demand.iter().map(|&units| u64::from(units)).sum() {
            return Ok(None);
        }
        let flows = |arcs: Vec<(usize, usize, usize)>| -> Vec<Flow> {
            arcs.into_iter().map(|(arc, from, to)| (from, to, network.flow(arc))).collect()
        };
        of_stages(self.stages, &flows(ins), &flows(outs)).map(Some)
    }
}
