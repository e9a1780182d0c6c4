//! Slots: the parcels a search may open. A way has as many as could ever pay.

use crate::split::core::Core;
use crate::split::problem::Problem;

/// A parcel that may be opened.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// By which way.
    pub way: u16,
    /// The slot of the same way that may open once this one has.
    pub next: u32,
}

/// No slot.
pub const NO_SLOT: u32 = u32::MAX;

/// Slots a way gets at most. Where more might pay, the search says so and proves only its relaxation.
const SLOTS_PER_WAY: u64 = 64;

/// Lays out the slots of a core; says whether every way got as many as could ever pay.
pub fn lay_out(
    problem: &Problem<'_>,
    core: &Core,
    max_parcels: u32,
    penalty: i64,
    slots: &mut Vec<Slot>,
) -> bool {
    slots.clear();
    let mut complete = true;
    for way in 0..problem.ways.len() {
        let wanted = worthwhile(problem, core, way, penalty).min(u64::from(max_parcels));
        complete &= wanted <= SLOTS_PER_WAY;
        let count = wanted.min(SLOTS_PER_WAY);
        for copy in 0..count {
            let next = if copy + 1 < count { slots.len() as u32 + 1 } else { NO_SLOT };
            slots.push(Slot { way: way as u16, next });
        }
    }
    complete
}

/// How many parcels of one way an optimal plan may have. Two parcels of a way are laid together when that is allowed
/// and costs no more; so in some optimal plan every two of them are kept apart by a limit or by contents.
fn worthwhile(problem: &Problem<'_>, core: &Core, way: usize, penalty: i64) -> u64 {
    let (mut units, mut grams, mut cm3) = (0u64, 0u64, 0u64);
    let mut on_way = vec![0u64; core.atoms.len()];
    for arc in core.arcs.iter().filter(|arc| arc.way as usize == way) {
        on_way[arc.atom as usize] += u64::from(arc.most);
    }
    for (on_way, atom) in on_way.iter_mut().zip(&core.atoms) {
        *on_way = (*on_way).min(u64::from(atom.units));
        units += *on_way;
        grams = grams.saturating_add(atom.grams.saturating_mul(*on_way));
        cm3 = cm3.saturating_add(atom.cm3.saturating_mul(*on_way));
    }
    if units <= 1 {
        return units;
    }
    let terms = &problem.ways[way];
    let staircase = &problem.staircases[terms.staircase as usize];
    let total = staircase.chargeable(grams, cm3);
    let mut count = 1u64;
    let mut tight = false;
    // Laying two parcels together may climb a step that costs more than a parcel saves; but not two light ones.
    if let Some(light) = staircase.light_enough_to_merge(total, terms.fixed.saturating_add(penalty)) {
        count = count.saturating_add(total / (light + 1));
        tight = true;
    }
    if grams > terms.max_grams {
        count = count.saturating_add((2 * grams).div_ceil(terms.max_grams.max(1)));
        tight = true;
    }
    if cm3 > terms.max_cm3 {
        count = count.saturating_add((2 * cm3).div_ceil(terms.max_cm3.max(1)));
        tight = true;
    }
    let heaviest = staircase.heaviest();
    let chargeable = staircase.chargeable(grams, cm3);
    if chargeable > heaviest {
        count = count.saturating_add((2 * (chargeable + 1)).div_ceil(heaviest.max(1)));
        tight = true;
    }
    // Contents that must stay apart: each parcel beyond the first holds a unit that some other parcel's keeps away.
    // Where weight costs nothing, units of one atom lie together and count as one.
    let tight = tight || staircase.price(0, 0) != staircase.price(grams, cm3);
    let quarrels: u64 = (0..core.atoms.len())
        .filter(|&atom| on_way[atom] > 0)
        .filter(|&atom| {
            core.apart.iter().any(|&(one, other)| {
                (one as usize == atom && on_way[other as usize] > 0)
                    || (other as usize == atom && on_way[one as usize] > 0)
            })
        })
        .map(|atom| if tight { on_way[atom] } else { 1 })
        .sum();
    count.saturating_add(quarrels.saturating_sub(u64::from(quarrels > 0))).min(units)
}
