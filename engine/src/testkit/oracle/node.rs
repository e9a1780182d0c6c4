//! Everything one node can do for an order: which units from which cells, in which parcels.

use super::clock::Clock;
use super::parcel::{Contents, Item};
use super::{Best, ByParcels, Map, TooBig, Units, join};
use crate::stock::{Cell, CellIx, Stock};
use crate::units::Index;
use crate::world::{NodeIx, Order, SellerIx, SkuIx, World};

/// Units by item: (line, cell).
pub(super) type Picked = Vec<u8>;

/// Units of one fenced (SKU, seller) by start of pick.
pub(super) type Tally = Vec<(SkuIx, SellerIx, i64, u32)>;

/// A storing node as one order sees it.
pub(super) struct Node<'a> {
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    clock: &'a Clock<'a>,
    at: NodeIx,
    /// What each line could take.
    pub(super) items: Vec<Item<'a>>,
    /// Cells here of the order's SKUs that have free units.
    pub(super) cells: Vec<(SkuIx, CellIx, &'a Cell)>,
    /// What single parcels cost, by contents and by which cells stay.
    known: Map<(Picked, Vec<bool>), Option<Best>>,
    /// What sets of parcels cost, by contents, which cells stay, and what fenced units were taken before.
    splits: Map<(Picked, Vec<bool>, Tally), ByParcels>,
}

impl<'a> Node<'a> {
    pub(super) fn new(
        world: &'a World,
        stock: &'a Stock,
        order: &'a Order,
        clock: &'a Clock<'a>,
        at: NodeIx,
    ) -> Node<'a> {
        let mut node = Node {
            world,
            stock,
            order,
            clock,
            at,
            items: Vec::new(),
            cells: Vec::new(),
            known: Map::default(),
            splits: Map::default(),
        };
        if world.channels()[order.channel].nodes.as_ref().is_some_and(|nodes| !nodes.contains(&at)) {
            return node;
        }
        for (line, wish) in order.lines.iter().enumerate() {
            let (first, rows) = stock.of(wish.sku);
            for (offset, row) in rows.iter().enumerate() {
                let cell = CellIx::of(first.row() + offset);
                if row.node != at || row.free() == 0 {
                    continue;
                }
                if node.cells.iter().all(|&(_, known, _)| known != cell) {
                    node.cells.push((wish.sku, cell, row));
                }
                let accepted = wish.sellers.as_ref().is_none_or(|sellers| sellers.contains(&row.seller));
                let start = row.available_at.0.max(order.placed_at.0);
                if !accepted || start > order.latest().0 {
                    continue;
                }
                if let Some(ready) = clock.ready(row.zone, start) {
                    node.items.push(Item { line, cell, row, start, ready });
                }
            }
        }
        node
    }

    /// For each number of units by line that it can deliver, the best by number of parcels.
    pub(super) fn offers(mut self, most: usize, steps: &mut u64) -> Result<Map<Units, ByParcels>, TooBig> {
        let mut offers: Map<Units, ByParcels> = Map::default();
        let mut picked: Picked = vec![0; self.items.len()];
        // An odometer over all numbers of units: the empty one is left out because that is not giving anything.
        while self.turn(&mut picked) {
            *steps = steps.checked_sub(1).ok_or(TooBig)?;
            let Some(gives) = self.allowed(&picked) else { continue };
            let stays = self.stays(&picked);
            let split = self.split(&picked, &stays, &Tally::new(), most, steps)?;
            let row = offers.entry(gives).or_insert_with(|| vec![None; most + 1]);
            for (slot, entry) in row.iter_mut().zip(split) {
                *slot = [*slot, entry].into_iter().flatten().min();
            }
        }
        offers.retain(|_, row| row.iter().any(Option::is_some));
        Ok(offers)
    }

    /// The next number of units for each item; false after the last.
    fn turn(&self, picked: &mut Picked) -> bool {
        for row in 0..picked.len() {
            let item = &self.items[row];
            let wanted = self.order.lines[item.line].qty.0;
            let in_line: u32 = (0..picked.len())
                .filter(|&other| self.items[other].line == item.line)
                .map(|other| u32::from(picked[other]))
                .sum();
            if in_line < wanted && u32::from(picked[row]) < item.row.free() {
                picked[row] += 1;
                return true;
            }
            picked[row] = 0;
        }
        false
    }

    /// Units by line, if cells have so many and groups come whole.
    fn allowed(&self, picked: &Picked) -> Option<Units> {
        if !self.has(picked) {
            return None;
        }
        let mut gives: Units = vec![0; self.order.lines.len()];
        for (item, units) in self.items.iter().zip(picked) {
            gives[item.line] += units;
        }
        let whole = self.order.policy.together.iter().all(|group| {
            let rows = || group.iter().map(|line| line.row());
            rows().all(|line| gives[line] == 0)
                || rows().all(|line| u32::from(gives[line]) == self.order.lines[line].qty.0)
        });
        whole.then_some(gives)
    }

    /// Whether cells have so many.
    pub(super) fn has(&self, picked: &Picked) -> bool {
        self.cells.iter().all(|&(_, cell, row)| self.taken(picked, cell) <= row.free())
    }

    fn taken(&self, picked: &Picked, cell: CellIx) -> u32 {
        let of_cell = self.items.iter().zip(picked).filter(|(item, _)| item.cell == cell);
        of_cell.map(|(_, &units)| u32::from(units)).sum()
    }

    /// Which cells have units left that the channel could take, where that matters: beside another cell of the same
    /// place.
    pub(super) fn stays(&self, picked: &Picked) -> Vec<bool> {
        let place = |&(sku, _, row): &(SkuIx, CellIx, &Cell)| (sku, row.seller, row.zone);
        self.cells
            .iter()
            .map(|this| {
                let alone = self.cells.iter().filter(|other| place(other) == place(this)).count() == 1;
                !alone && self.taken(picked, this.1) < this.2.free() && self.could_take(picked, this)
            })
            .collect()
    }

    /// Whether anything of the goods of a cell could still be promised to the channel when a pick of it starts.
    fn could_take(&self, picked: &Picked, this: &(SkuIx, CellIx, &Cell)) -> bool {
        let start = this.2.available_at.0.max(self.order.placed_at.0);
        let there = self.cells.iter().filter(|(sku, _, row)| {
            *sku == this.0 && row.seller == this.2.seller && row.available_at.0 <= start
        });
        let left: u64 = there.map(|(_, cell, row)| u64::from(row.free() - self.taken(picked, *cell))).sum();
        left > self.fenced(this.0, this.2.seller)
    }

    /// The best ways to put all these units into parcels, by number of parcels.
    fn split(
        &mut self,
        picked: &Picked,
        stays: &[bool],
        tally: &Tally,
        most: usize,
        steps: &mut u64,
    ) -> Result<ByParcels, TooBig> {
        let Some(first) = picked.iter().position(|&units| units > 0) else {
            let mut row = vec![None; most + 1];
            row[0] = self.fences_allow(tally).then_some((0, i64::MIN));
            return Ok(row);
        };
        let key = (picked.clone(), stays.to_vec(), tally.clone());
        if let Some(row) = self.splits.get(&key) {
            return Ok(row.clone());
        }
        let mut row: ByParcels = vec![None; most + 1];
        // One of the parcels holds a unit of the first item: try all contents it can have.
        let mut parcel: Picked = vec![0; picked.len()];
        parcel[first] = 1;
        loop {
            *steps = steps.checked_sub(1).ok_or(TooBig)?;
            if let Some(cost) = self.parcel(&parcel, stays) {
                let rest: Picked = picked.iter().zip(&parcel).map(|(all, part)| all - part).collect();
                let rest = self.split(&rest, stays, &self.tallied(tally, &parcel), most, steps)?;
                join(&vec![None, Some(cost)], &rest, &mut row);
            }
            let Some(next) = (0..picked.len()).find(|&item| parcel[item] < picked[item]) else { break };
            parcel[next] += 1;
            for (item, units) in parcel.iter_mut().enumerate().take(next) {
                *units = u8::from(item == first);
            }
        }
        self.splits.insert(key, row.clone());
        Ok(row)
    }

    fn parcel(&mut self, parcel: &Picked, stays: &[bool]) -> Option<Best> {
        let key = (parcel.clone(), stays.to_vec());
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let left: Vec<(SkuIx, CellIx, &Cell)> =
            self.cells.iter().zip(stays).filter(|(_, stays)| **stays).map(|(cell, _)| *cell).collect();
        let picks = self.items.iter().zip(parcel.iter().copied()).filter(|&(_, units)| units > 0).collect();
        let Node { world, order, clock, at: node, .. } = *self;
        let best = Contents { world, order, clock, node, picks, left: &left }.best();
        self.known.insert(key, best);
        best
    }

    fn fenced(&self, sku: SkuIx, seller: SellerIx) -> u64 {
        let fences = self.stock.fences(sku, seller, self.at).iter();
        let others = fences.filter(|fence| !fence.channels.contains(&self.order.channel));
        others.map(|fence| u64::from(fence.left)).sum()
    }

    /// Adds what a parcel takes of fenced goods, at the start of each pick.
    pub(super) fn tallied(&self, tally: &Tally, parcel: &Picked) -> Tally {
        let mut all = tally.clone();
        for (item, &units) in self.items.iter().zip(parcel) {
            let (sku, seller) = (self.order.lines[item.line].sku, item.row.seller);
            if units > 0 && self.fenced(sku, seller) > 0 {
                all.push((sku, seller, item.start, u32::from(units)));
            }
        }
        all.sort_unstable();
        all
    }

    /// At each start, what was taken up to then is no more than what was there by then less what is fenced.
    pub(super) fn fences_allow(&self, tally: &Tally) -> bool {
        tally.iter().all(|&(sku, seller, t, _)| {
            let by_then = tally.iter().filter(|take| (take.0, take.1) == (sku, seller) && take.2 <= t);
            let taken: u64 = by_then.map(|take| u64::from(take.3)).sum();
            let due = self
                .cells
                .iter()
                .filter(|&&(known, _, row)| known == sku && row.seller == seller && row.available_at.0 <= t);
            let there: u64 = due.map(|(_, _, row)| u64::from(row.free())).sum();
            taken <= there.saturating_sub(self.fenced(sku, seller))
        })
    }
}
