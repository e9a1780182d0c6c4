//! Plans to begin with: atoms laid one by one into parcels of a chosen set of ways, the set improved by leaving ways
//! out, taking ways in and swapping them, every plan priced by the true rules.

use super::search::{Content, Search};
use crate::split::core::NEVER;

/// A plan under construction.
#[derive(Clone, Debug, Default)]
struct Draft {
    parcels: Vec<Laid>,
    /// Units left in each cell of the problem.
    free: Vec<u32>,
    /// Units left under each cap.
    caps: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Laid {
    way: u16,
    grams: u64,
    cm3: u64,
    carriage: i64,
    arcs: Vec<(u32, u32)>,
}

impl Search<'_> {
    /// Finds a good plan before the search: from the ways of the relaxation's primal, then by moves on the set.
    pub(super) fn build_incumbent(&mut self) {
        let ways = self.problem.ways.len();
        let mut chosen = vec![false; ways];
        for (k, variable) in self.variables.iter().enumerate() {
            if self.relaxed.units.get(k).is_some_and(|&units| units > 0) {
                chosen[self.slots[variable.slot as usize].way as usize] = true;
            }
        }
        self.try_set(&chosen);
        self.try_set(&vec![true; ways]);
        let mut cost = self.best_cost();
        // Moves on the set, the first that helps; a plan's cost falls each time, so this ends.
        let mut moves_left = 40 * ways.min(64);
        let mut improved = true;
        while improved && moves_left > 0 {
            improved = false;
            for way in 0..ways {
                moves_left = moves_left.saturating_sub(1);
                if moves_left == 0 {
                    break;
                }
                chosen[way] = !chosen[way];
                self.try_set(&chosen);
                if self.best_cost() < cost {
                    cost = self.best_cost();
                    self.set_of_best(&mut chosen);
                    improved = true;
                } else {
                    chosen[way] = !chosen[way];
                }
            }
            if !improved && ways <= 24 {
                improved = self.try_swaps(&mut chosen, &mut cost);
            }
        }
    }

    fn try_swaps(&mut self, chosen: &mut [bool], cost: &mut i64) -> bool {
        for out in 0..chosen.len() {
            for into in 0..chosen.len() {
                if !chosen[out] || chosen[into] {
                    continue;
                }
                (chosen[out], chosen[into]) = (false, true);
                self.try_set(chosen);
                if self.best_cost() < *cost {
                    *cost = self.best_cost();
                    self.set_of_best(chosen);
                    return true;
                }
                (chosen[out], chosen[into]) = (true, false);
            }
        }
        false
    }

    fn set_of_best(&self, chosen: &mut [bool]) {
        chosen.fill(false);
        if let Some((_, parcels)) = &self.best {
            for (way, _) in parcels {
                chosen[*way as usize] = true;
            }
        }
    }

    /// Lays every atom, hardest first, by ways of the set; keeps the plan when it is the best known.
    fn try_set(&mut self, chosen: &[bool]) {
        let mut draft = Draft {
            parcels: Vec::new(),
            free: self.problem.free.clone(),
            caps: self.problem.caps.iter().map(|cap| cap.most).collect(),
        };
        let mut cost = 0i64;
        let mut order: Vec<usize> = (0..self.core.atoms.len()).collect();
        order.sort_by_key(|&atom| {
            let terms = &self.core.atoms[atom];
            let ways = self.core.arcs_of(atom).iter().filter(|arc| chosen[arc.way as usize]).count();
            (ways, std::cmp::Reverse(terms.grams.saturating_mul(u64::from(terms.units))), atom)
        });
        for atom in order {
            let Some(laid) = self.lay(&mut draft, atom, chosen) else { return };
            cost += laid;
            if cost >= self.best_cost() {
                return;
            }
        }
        cost += draft.parcels.iter().map(|parcel| parcel.carriage + self.fixed_of(parcel.way)).sum::<i64>();
        if cost < self.best_cost() && draft.parcels.len() <= self.max_parcels as usize {
            let parcels: Vec<Content> =
                draft.parcels.into_iter().map(|parcel| (parcel.way, parcel.arcs)).collect();
            self.best = Some((cost, parcels));
        }
    }

    /// Lays the units of one atom where each chunk costs least; the cost of arcs and skips, or nothing.
    fn lay(&self, draft: &mut Draft, atom: usize, chosen: &[bool]) -> Option<i64> {
        let wanted = &self.core.atoms[atom];
        let mut left = wanted.units;
        let mut cost = 0i64;
        let mut origin = None;
        while left > 0 {
            let mut best: Option<(i64, i64, u32, usize, u32)> = None; // per-unit cost ×2^10, cost, arc, parcel, units
            for row in wanted.first_arc..wanted.end_arc {
                let arc = &self.core.arcs[row as usize];
                if !chosen[arc.way as usize]
                    || (!self.problem.rules.several_origins
                        && origin.is_some_and(|origin| origin != self.problem.ways[arc.way as usize].origin))
                {
                    continue;
                }
                let there = self.holds(draft, row).min(left).min(arc.most);
                if there == 0 {
                    continue;
                }
                for place in 0..=draft.parcels.len() {
                    let Some((units, carriage)) = self.fits(draft, atom, row, place, there) else { continue };
                    let fresh = !draft
                        .parcels
                        .get(place)
                        .is_some_and(|parcel| parcel.arcs.iter().any(|&(known, _)| known == row));
                    let line = if fresh { arc.line_cost } else { 0 };
                    let extra = arc.unit_cost * i64::from(units) + line + carriage;
                    let each = (i128::from(extra) * 1024 / i128::from(units)) as i64;
                    if best.is_none_or(|(known, ..)| each < known) {
                        best = Some((each, extra - carriage, row, place, units));
                    }
                }
            }
            match best {
                Some((each, extra, row, place, units)) if each / 1024 <= wanted.skip => {
                    let arc = &self.core.arcs[row as usize];
                    origin = Some(self.problem.ways[arc.way as usize].origin);
                    self.put(draft, atom, row, place, units);
                    cost += extra;
                    left -= units;
                }
                _ if wanted.skip < NEVER => {
                    cost += wanted.skip * i64::from(left);
                    left = 0;
                }
                _ => return None,
            }
        }
        Some(cost)
    }

    /// Units an arc can still bring, as pools and caps stand.
    fn holds(&self, draft: &Draft, arc: u32) -> u32 {
        let arc = &self.core.arcs[arc as usize];
        if arc.parts.len() > 1 {
            // A group's parts may share pools: whether one unit can be drawn is tried on a copy.
            let mut copy = Draft { parcels: Vec::new(), ..draft.clone() };
            return u32::from(self.draw(&mut copy, &arc.parts, 1));
        }
        let mut most = u32::MAX;
        for &(row, per) in &arc.parts {
            let offer = &self.problem.offers[row as usize];
            let pool = &self.problem.pools[offer.pool as usize];
            let there: u64 = (0..pool.cells)
                .filter(|cell| offer.cells >> cell & 1 == 1)
                .map(|cell| u64::from(draft.free[(pool.first + cell) as usize]))
                .sum();
            most = most.min((there / u64::from(per)).min(u64::from(u32::MAX)) as u32);
            for (cap, &left) in self.problem.caps.iter().zip(&draft.caps) {
                if cap.offers.binary_search(&row).is_ok() {
                    most = most.min(left / per);
                }
            }
        }
        most
    }

    /// How many units of an atom fit a parcel (the one past the last is a new one), and what carriage rises by; for a
    /// new parcel of a chosen way only its carriage counts, for a further one of the same way its fixed cost too.
    fn fits(&self, draft: &Draft, atom: usize, arc: u32, place: usize, most: u32) -> Option<(u32, i64)> {
        let way = self.core.arcs[arc as usize].way;
        let terms = &self.problem.ways[way as usize];
        let wanted = &self.core.atoms[atom];
        let (grams, cm3, paid) = match draft.parcels.get(place) {
            Some(parcel) if parcel.way != way => return None,
            Some(parcel) => {
                let quarrels = parcel.arcs.iter().any(|&(other, _)| {
                    let other = self.core.arcs[other as usize].atom;
                    let (one, other) = ((atom as u16).min(other), (atom as u16).max(other));
                    self.core.apart.binary_search(&(one, other)).is_ok()
                });
                if quarrels {
                    return None;
                }
                (parcel.grams, parcel.cm3, parcel.carriage)
            }
            None if draft.parcels.len() >= self.max_parcels as usize => return None,
            None => (0, 0, 0),
        };
        let heaviest = self.problem.staircases[terms.staircase as usize].heaviest();
        let room =
            terms.max_grams.min(heaviest).checked_sub(grams)?.checked_div(wanted.grams).unwrap_or(u64::MAX);
        let room = room.min(terms.max_cm3.checked_sub(cm3)?.checked_div(wanted.cm3).unwrap_or(u64::MAX));
        let mut units = u64::from(most).min(room);
        let sums = |units: u64| (grams + wanted.grams * units, cm3 + wanted.cm3 * units);
        // Volume may charge beyond the heaviest step: find the most units that are carried.
        let carried = |units: u64| self.problem.carriage(way as usize, sums(units).0, sums(units).1);
        if carried(units).is_none() {
            let (mut good, mut bad) = (0u64, units);
            while bad - good > 1 {
                let middle = good.midpoint(bad);
                if carried(middle).is_some() {
                    good = middle;
                } else {
                    bad = middle;
                }
            }
            units = good;
        }
        if units == 0 {
            return None;
        }
        let further = place == draft.parcels.len() && draft.parcels.iter().any(|parcel| parcel.way == way);
        let fixed = if further { self.fixed_of(way) } else { 0 };
        Some((units as u32, carried(units)? - paid + fixed))
    }

    fn put(&self, draft: &mut Draft, atom: usize, row: u32, place: usize, units: u32) {
        let arc = &self.core.arcs[row as usize];
        let wanted = &self.core.atoms[atom];
        if place == draft.parcels.len() {
            draft.parcels.push(Laid { way: arc.way, grams: 0, cm3: 0, carriage: 0, arcs: Vec::new() });
        }
        let parcel = &mut draft.parcels[place];
        parcel.grams += wanted.grams * u64::from(units);
        parcel.cm3 += wanted.cm3 * u64::from(units);
        parcel.carriage = self.problem.carriage(arc.way as usize, parcel.grams, parcel.cm3).unwrap_or(NEVER);
        match parcel.arcs.iter_mut().find(|known| known.0 == row) {
            Some(known) => known.1 += units,
            None => parcel.arcs.push((row, units)),
        }
        self.draw(draft, &arc.parts, units);
    }

    /// Draws units of an arc from pools and caps, earlier cells first; whether all of it was there.
    fn draw(&self, draft: &mut Draft, parts: &[(u32, u32)], units: u32) -> bool {
        let mut all = true;
        for &(row, per) in parts {
            let offer = &self.problem.offers[row as usize];
            let pool = &self.problem.pools[offer.pool as usize];
            let mut wanted = per * units;
            for cell in (0..pool.cells).filter(|cell| offer.cells >> cell & 1 == 1) {
                let left = &mut draft.free[(pool.first + cell) as usize];
                let here = wanted.min(*left);
                *left -= here;
                wanted -= here;
            }
            all &= wanted == 0;
            for (cap, left) in self.problem.caps.iter().zip(&mut draft.caps) {
                if cap.offers.binary_search(&row).is_ok() {
                    all &= *left >= per * units;
                    *left = left.saturating_sub(per * units);
                }
            }
        }
        all
    }
}
