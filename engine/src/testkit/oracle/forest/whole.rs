//! The cheapest way to put handed-over parcels together to an order: every number of units of every item, parted in
//! every way.

use super::goods::{Key, Sets, contents, first, one, parts, units};
use super::rides::Roots;
use super::{NO_WAY, Scene, sum};
use crate::testkit::oracle::node::{Picked, Tally};
use crate::testkit::oracle::{Map, TooBig};

/// Picks of whole orders looked at, at most.
const MOST_PICKS: usize = 200_000;

struct Whole<'s, 'a> {
    scene: &'s Scene<'a>,
    sets: &'s Sets<'s>,
    roots: &'s Roots,
    items: Vec<(usize, usize)>,
    /// Parcels handed over, at most.
    most: usize,
    /// By node and what is picked there: cells that keep units the channel could take; nothing when that may not be
    /// picked.
    stays: Map<(usize, Key), Option<u64>>,
    /// By set and cells that stay: the least cost handed over in one parcel.
    single: Map<(u32, u64), i64>,
    /// By units and cells that stay: the least cost by number of parcels.
    parted: Map<(Key, u64), Vec<i64>>,
}

pub(super) fn cheapest(scene: &Scene<'_>, sets: &Sets<'_>, roots: &Roots) -> Result<i64, TooBig> {
    let policy = &scene.order.policy;
    let mut whole = Whole::new(scene, sets, roots);
    let Picks { nothing, some } = whole.picks()?;
    let mut best = nothing;
    for (picked, stays, unfilled) in some {
        for (parcels, cost) in whole.parted(picked, stays).into_iter().enumerate() {
            if cost < NO_WAY {
                let extra = parcels.saturating_sub(1) as i64 * policy.delivery_penalty.0;
                best = best.min(cost + extra + unfilled);
            }
        }
    }
    Ok(best)
}

/// Every number of units of every item that may be picked.
pub(super) struct Picks {
    /// What it costs to pick nothing.
    pub(super) nothing: i64,
    /// Units, cells that then keep units the channel could take, and the cost of what is unfilled.
    pub(super) some: Vec<(Key, u64, i64)>,
}

/// Everything that may be picked for an order.
pub(super) fn picks(scene: &Scene<'_>, sets: &Sets<'_>) -> Result<Picks, TooBig> {
    Whole::new(scene, sets, &Roots::new()).picks()
}

impl<'s, 'a> Whole<'s, 'a> {
    fn new(scene: &'s Scene<'a>, sets: &'s Sets<'s>, roots: &'s Roots) -> Self {
        let wanted: usize = scene.order.lines.iter().map(|line| line.qty.0 as usize).sum();
        let most = scene.order.policy.max_deliveries.map_or(wanted, |most| wanted.min(most as usize));
        let (stays, single, parted) = (Map::default(), Map::default(), Map::default());
        Whole { scene, sets, roots, items: scene.items(), most, stays, single, parted }
    }

    fn picks(&mut self) -> Result<Picks, TooBig> {
        let (mut picked, mut some): (Key, _) = (0, Vec::new());
        for _ in 0..MOST_PICKS {
            let Some(next) = self.next(picked) else { return Ok(Picks { nothing: self.unfilled(0), some }) };
            picked = next;
            if let Some(stays) = self.allowed(picked) {
                some.push((picked, stays, self.unfilled(picked)));
            }
        }
        Err(TooBig)
    }
}

impl Whole<'_, '_> {
    /// Units of a line.
    fn of_line(&self, picked: Key, line: usize) -> u32 {
        let of =
            |&(_, &(node, item)): &(usize, &(usize, usize))| self.scene.nodes[node].items[item].line == line;
        self.items.iter().enumerate().filter(of).map(|(row, _)| u32::from(units(picked, row))).sum()
    }

    /// The next number of units of each item, as on an odometer; nothing after the last.
    fn next(&self, mut picked: Key) -> Option<Key> {
        for (row, &(node, item)) in self.items.iter().enumerate() {
            let item = &self.scene.nodes[node].items[item];
            let wanted = self.scene.order.lines[item.line].qty.0;
            if self.of_line(picked, item.line) < wanted && u32::from(units(picked, row)) < item.row.free() {
                return Some(picked + one(row));
            }
            picked -= Key::from(units(picked, row)) << (4 * row);
        }
        None
    }

    fn unfilled(&self, picked: Key) -> i64 {
        let lines = self.scene.order.lines.iter().enumerate();
        lines
            .map(|(row, line)| i64::from(line.qty.0 - self.of_line(picked, row)) * line.unfilled_penalty.0)
            .sum()
    }

    /// Whether so much may be picked of each item; the cells that then keep units the channel could take.
    fn allowed(&mut self, picked: Key) -> Option<u64> {
        let order = self.scene.order;
        let whole = |line: usize| self.of_line(picked, line) == order.lines[line].qty.0;
        if !order.policy.partial && !(0..order.lines.len()).all(whole) {
            return None;
        }
        let grouped = order.policy.together.iter().all(|group| {
            let rows = || group.iter().map(|line| line.0 as usize);
            rows().all(|line| self.of_line(picked, line) == 0) || rows().all(whole)
        });
        if !grouped || !order.policy.quantity_split && !self.of_one_node_each(picked) {
            return None;
        }
        let mut stays = 0;
        let (mut row, mut cell) = (0, 0);
        for node in 0..self.scene.nodes.len() {
            let (rows, cells) = (self.scene.nodes[node].items.len(), self.scene.nodes[node].cells.len());
            let here: Picked = (row..row + rows).map(|row| units(picked, row)).collect();
            let key = if rows == 0 { 0 } else { (picked >> (4 * row)) & (Key::MAX >> (128 - 4 * rows)) };
            let scene = self.scene;
            let known = self.stays.entry((node, key)).or_insert_with(|| {
                let node = &scene.nodes[node];
                let may = node.has(&here) && node.fences_allow(&node.tallied(&Tally::new(), &here));
                let rows = || node.stays(&here).into_iter().enumerate();
                may.then(|| rows().filter(|row| row.1).fold(0, |mask, (row, _)| mask | 1 << row))
            });
            stays |= (*known)? << cell;
            row += rows;
            cell += cells;
        }
        Some(stays)
    }

    fn of_one_node_each(&self, picked: Key) -> bool {
        (0..self.scene.order.lines.len()).all(|line| {
            let of = |&(row, &(node, item)): &(usize, &(usize, usize))| {
                units(picked, row) > 0 && self.scene.nodes[node].items[item].line == line
            };
            let mut nodes = self.items.iter().enumerate().filter(of).map(|(_, item)| item.0);
            let first = nodes.next();
            nodes.all(|node| Some(node) == first)
        })
    }

    /// The least cost of units in handed-over parcels, by their number.
    fn parted(&mut self, picked: Key, stays: u64) -> Vec<i64> {
        if let Some(known) = self.parted.get(&(picked, stays)) {
            return known.clone();
        }
        let mut best = vec![NO_WAY; self.most + 1];
        if picked == 0 {
            best[0] = 0;
        } else {
            let has_first = |part: &Key| units(*part, first(picked)) > 0;
            for part in parts(picked).filter(has_first).chain([picked]) {
                let Some(&row) = self.sets.by_key.get(&part) else { continue };
                let single = self.single(row, stays);
                if single < NO_WAY {
                    let rest = self.parted(picked - part, stays);
                    for (slot, rest) in best.iter_mut().skip(1).zip(rest) {
                        *slot = sum(rest, single).min(*slot);
                    }
                }
            }
        }
        self.parted.insert((picked, stays), best.clone());
        best
    }

    /// The least cost of a set handed over in one parcel while some cells keep units.
    fn single(&mut self, row: u32, stays: u64) -> i64 {
        let set = &self.sets.rows[row as usize];
        let stays = stays & set.instead;
        if let Some(&known) = self.single.get(&(row, stays)) {
            return known;
        }
        let cells = self.sets.cells.iter().enumerate();
        let left: Vec<_> = cells.filter(|(cell, _)| stays >> cell & 1 == 1).map(|(_, cell)| *cell).collect();
        let goods = contents(self.scene, &self.items, set.key, &left);
        let costs = self.roots[row as usize].iter().filter(|(at, _)| goods.first_expired_first(*at));
        let late = |at: i64| i64::try_from(goods.lateness(at)).unwrap_or(NO_WAY);
        let least = costs.map(|&(at, cost)| cost + late(at)).min().unwrap_or(NO_WAY);
        self.single.insert((row, stays), least);
        least
    }
}
