//! The cheapest way to put handed-over parcels together to an order, when they are in one another's way.

use super::super::goods::{Key, Sets, contents, first, parts, units};
use super::super::whole::{Picks, picks};
use super::super::{NO_WAY, Scene};
use super::claims::Label;
use super::rides::Roots;
use super::{Bench, TooBig};
use crate::testkit::oracle::Map;

struct Whole<'s, 'a> {
    scene: &'s Scene<'a>,
    sets: &'s Sets<'s>,
    roots: &'s Roots,
    /// Parcels handed over, at most.
    most: usize,
    /// By units and cells that stay: costs and claims by number of parcels.
    parted: Map<(Key, u64), Vec<Vec<Label>>>,
}

pub(super) fn cheapest(
    scene: &Scene<'_>,
    sets: &Sets<'_>,
    roots: &Roots,
    bench: &mut Bench<'_>,
) -> Result<i64, TooBig> {
    let policy = &scene.order.policy;
    let wanted: usize = scene.order.lines.iter().map(|line| line.qty.0 as usize).sum();
    let most = policy.max_deliveries.map_or(wanted, |most| wanted.min(most as usize));
    let mut whole = Whole { scene, sets, roots, most, parted: Map::default() };
    let Picks { nothing, some } = picks(scene, sets)?;
    let mut best = nothing;
    for (picked, stays, unfilled) in some {
        for (parcels, labels) in whole.parted(picked, stays, bench)?.into_iter().enumerate() {
            if let Some(cost) = labels.iter().map(|label| label.cost).min() {
                let extra = parcels.saturating_sub(1) as i64 * policy.delivery_penalty.0;
                best = best.min(cost + extra + unfilled);
            }
        }
    }
    Ok(best)
}

impl Whole<'_, '_> {
    /// Units in handed-over parcels, by their number.
    fn parted(&mut self, picked: Key, stays: u64, bench: &mut Bench<'_>) -> Result<Vec<Vec<Label>>, TooBig> {
        if let Some(known) = self.parted.get(&(picked, stays)) {
            return Ok(known.clone());
        }
        let mut best = vec![Vec::new(); self.most + 1];
        if picked == 0 {
            best[0].push(Label::of(0, []));
        } else {
            let has_first = |part: &Key| units(*part, first(picked)) > 0;
            for part in parts(picked).filter(has_first).chain([picked]) {
                let Some(&row) = self.sets.by_key.get(&part) else { continue };
                let single = self.single(row, stays, bench)?;
                if single.is_empty() {
                    continue;
                }
                let rest = self.parted(picked - part, stays, bench)?;
                for (slot, rest) in best.iter_mut().skip(1).zip(rest) {
                    for rest in &rest {
                        for one in &single {
                            bench.keep(one.with(rest), slot)?;
                        }
                    }
                }
            }
        }
        self.parted.insert((picked, stays), best.clone());
        Ok(best)
    }

    /// A set handed over in one parcel while some cells keep units.
    fn single(&self, row: u32, stays: u64, bench: &mut Bench<'_>) -> Result<Vec<Label>, TooBig> {
        let set = &self.sets.rows[row as usize];
        let stays = stays & set.instead;
        let cells = self.sets.cells.iter().enumerate();
        let left: Vec<_> = cells.filter(|(cell, _)| stays >> cell & 1 == 1).map(|(_, cell)| *cell).collect();
        let items = self.scene.items();
        let goods = contents(self.scene, &items, set.key, &left);
        let mut single = Vec::new();
        for (&at, labels) in self.roots[row as usize].iter().filter(|(at, _)| goods.first_expired_first(**at))
        {
            let late = i64::try_from(goods.lateness(at)).unwrap_or(NO_WAY);
            for label in labels {
                bench.keep(label.and(late, None), &mut single)?;
            }
        }
        Ok(single)
    }
}
