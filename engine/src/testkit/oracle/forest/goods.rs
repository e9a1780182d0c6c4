//! Every set of units that may share a parcel, and what the model says about each whatever way it goes.

use super::Scene;
use crate::stock::{Cell, CellIx};
use crate::testkit::oracle::parcel::{Contents, Item};
use crate::testkit::oracle::{Map, TooBig};
use crate::units::{Index, Temperatures};
use crate::world::{LaneIx, NodeIx, SkuIx};

/// Units of each item, four bits an item: taking a part away is taking its number away.
pub(super) type Key = u128;

/// Items a key can hold.
const ITEMS: usize = 32;

/// Sets an order may have here, and ways to part them.
const MOST_SETS: usize = 4_000;
const MOST_SPLITS: usize = 300_000;

pub(super) fn units(key: Key, item: usize) -> u8 {
    (key >> (4 * item) & 15) as u8
}

pub(super) fn one(item: usize) -> Key {
    1 << (4 * item)
}

/// The first item a set has units of.
pub(super) fn first(key: Key) -> usize {
    key.trailing_zeros() as usize / 4
}

/// Every part of a set but nothing and the whole.
pub(super) fn parts(whole: Key) -> impl Iterator<Item = Key> {
    let mut part: Key = 0;
    std::iter::from_fn(move || {
        let next = (0..ITEMS).find(|&item| units(part, item) < units(whole, item))?;
        let below = one(next) - 1;
        part = (part & !below) + one(next);
        (part != whole).then_some(part)
    })
}

/// Units that may share a parcel.
pub(super) struct Set {
    pub(super) key: Key,
    /// Where all of them lie, when they are ready there in one parcel and what picking and packing cost.
    pub(super) packed: Option<(NodeIx, i64, i64)>,
    /// By lane: what carriage costs, if the lane carries them in one parcel.
    pub(super) carriage: Vec<Option<i64>>,
    /// By node: the longest wait at its cross-dock (`i64::MAX` when there is none), if there is where to wait.
    pub(super) dwell: Vec<Option<i64>>,
    /// What handing them over in one parcel costs, if that may be.
    pub(super) desk: Option<i64>,
    /// The last moment at which all of them live long enough.
    pub(super) lives: i64,
    /// Cells (rows of [`Sets::cells`]) that must not keep units while these are taken from others.
    pub(super) instead: u64,
    /// Every way to part them in two, as rows: one part, the rest, and whether the part has a unit of the first item.
    pub(super) splits: Vec<(u32, u32, bool)>,
}

/// All sets of an order.
pub(super) struct Sets<'a> {
    pub(super) rows: Vec<Set>,
    pub(super) by_key: Map<Key, u32>,
    /// Cells of all nodes.
    pub(super) cells: Vec<(SkuIx, CellIx, &'a Cell)>,
}

/// A set as the contents of a parcel.
pub(super) fn contents<'a>(
    scene: &'a Scene<'a>,
    items: &[(usize, usize)],
    key: Key,
    left: &'a [(SkuIx, CellIx, &'a Cell)],
) -> Contents<'a, 'a> {
    let at = items[first(key)].0;
    let picks = items
        .iter()
        .enumerate()
        .map(|(row, &(node, item))| (&scene.nodes[node].items[item], units(key, row)))
        .filter(|&(_, units)| units > 0)
        .collect();
    Contents { world: scene.world, order: scene.order, clock: scene.clock, node: NodeIx::of(at), picks, left }
}

/// All sets of units that may share a parcel, parts before wholes.
pub(super) fn sets<'a>(scene: &'a Scene<'a>) -> Result<Sets<'a>, TooBig> {
    let items = scene.items();
    let cells: Vec<_> = scene.nodes.iter().flat_map(|node| node.cells.iter().copied()).collect();
    if items.len() > ITEMS || cells.len() > 64 || scene.order.lines.iter().any(|line| line.qty.0 > 7) {
        return Err(TooBig);
    }
    let mut sets = Sets { rows: Vec::new(), by_key: Map::default(), cells };
    let mut splits = 0;
    // What may not share a parcel may not with more: each set is a smaller one and a unit of a later item.
    let mut grown: Vec<Key> = vec![0];
    while !grown.is_empty() {
        let mut next = Vec::new();
        for key in grown {
            let from = if key == 0 { 0 } else { (127 - key.leading_zeros() as usize) / 4 };
            for item in from..items.len() {
                let key = key + one(item);
                let Some(mut set) = set(scene, &items, key, &sets.cells) else { continue };
                let row = |key: &Key| sets.by_key.get(key).copied().ok_or(TooBig);
                for part in parts(key) {
                    let by_first = units(part, first(key)) > 0;
                    set.splits.push((row(&part)?, row(&(key - part))?, by_first));
                }
                splits += set.splits.len();
                if sets.rows.len() == MOST_SETS || splits > MOST_SPLITS {
                    return Err(TooBig);
                }
                sets.by_key.insert(key, sets.rows.len() as u32);
                sets.rows.push(set);
                next.push(key);
            }
        }
        grown = next;
    }
    Ok(sets)
}

/// A set, if it may share a parcel and there are so many units.
fn set(
    scene: &Scene<'_>,
    items: &[(usize, usize)],
    key: Key,
    cells: &[(SkuIx, CellIx, &Cell)],
) -> Option<Set> {
    let goods = contents(scene, items, key, &[]);
    let wanted = |line: usize| {
        let of_line = goods.picks.iter().filter(|(item, _)| item.line == line);
        of_line.map(|&(_, units)| u32::from(units)).sum::<u32>() <= scene.order.lines[line].qty.0
    };
    let kept = goods.tolerated()?;
    if !goods.may_lie_together() || !(0..scene.order.lines.len()).all(wanted) || !there(&goods.picks) {
        return None;
    }
    let world = scene.world;
    let of_one_node = goods.picks.iter().all(|(item, _)| item.row.node == goods.node);
    let packed = of_one_node.then(|| goods.packed()).flatten();
    let money = |cost: i128| i64::try_from(cost).ok().filter(|cost| cost.abs() < super::NO_WAY / 64);
    let desk = goods.desk(kept).filter(|_| goods.together());
    let end = |item: &Item<'_>| match item.row.expires.0 {
        i64::MAX => i64::MAX,
        expires => expires - scene.order.lines[item.line].min_life.0,
    };
    Some(Set {
        key,
        packed: packed.and_then(|(ready, cost)| Some((goods.node, ready, money(cost)?))),
        carriage: (0..world.lanes().len()).map(|lane| money(goods.leg(LaneIx::of(lane), kept)?)).collect(),
        dwell: (0..world.nodes().len()).map(|node| dwell(world, NodeIx::of(node), kept)).collect(),
        desk: desk.and_then(money),
        lives: goods.picks.iter().map(|(item, _)| end(item)).min().unwrap_or(i64::MAX),
        instead: instead(scene, &goods.picks, cells),
        splits: Vec::new(),
    })
}

/// Whether each cell has what is taken of it.
fn there(picks: &[(&Item<'_>, u8)]) -> bool {
    picks.iter().all(|(item, _)| {
        let of_cell = picks.iter().filter(|(other, _)| other.cell == item.cell);
        of_cell.map(|&(_, units)| u32::from(units)).sum::<u32>() <= item.row.free()
    })
}

fn dwell(world: &crate::world::World, node: NodeIx, kept: Temperatures) -> Option<i64> {
    let dock = world.nodes()[node].cross_docks.as_ref()?;
    let suit = dock.keeps.iter().filter(|keep| kept.tolerates(keep.temperature));
    suit.map(|keep| keep.longest.map_or(i64::MAX, |longest| longest.0)).max()
}

/// Cells of the same goods, seller and zone as one that is taken from.
fn instead(scene: &Scene<'_>, picks: &[(&Item<'_>, u8)], cells: &[(SkuIx, CellIx, &Cell)]) -> u64 {
    let beside = |&(sku, cell, row): &(SkuIx, CellIx, &Cell)| {
        picks.iter().any(|(item, _)| {
            let same = (sku, row.seller, row.zone)
                == (scene.order.lines[item.line].sku, item.row.seller, item.row.zone);
            same && cell != item.cell
        })
    };
    cells.iter().enumerate().filter(|(_, cell)| beside(cell)).fold(0, |mask, (row, _)| mask | 1 << row)
}
