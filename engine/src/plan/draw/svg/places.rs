//! Where nodes stand on the map: by latitude and longitude where all of them are known, else in columns by how many
//! rides they are from where parcels are packed.

use super::{MARGIN, WIDTH};
use crate::plan::Plan;
use crate::plan::draw::tree;
use crate::world::{NodeIx, Order, World};

/// What a node does for this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Packs,
    CrossDocks,
    HandsOver,
}

/// A node on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub node: NodeIx,
    pub role: Role,
    pub x: i64,
    pub y: i64,
}

/// The nodes of a plan on a map.
pub struct Places {
    pub spots: Vec<Spot>,
    /// Space they take from top to bottom, from zero, names among it.
    pub height: i64,
    /// They stand as on the globe, not in columns.
    pub known: bool,
}

/// Space for names right and left of the outermost nodes, above the uppermost and below the lowest.
const SIDE: i64 = 110;
const ABOVE: i64 = 40;
const BELOW: i64 = 56;
/// Space between rows, and the least between any two nodes.
const ROW: i64 = 92;
const APART: i64 = 110;
/// The map is at most so high.
const HIGHEST: i64 = 330;
/// Nodes that stand too near each other are pushed apart so many times at most.
const ROUNDS: usize = 64;

/// Places the nodes of a plan.
pub fn places(world: &World, order: &Order, plan: &Plan) -> Places {
    let mut spots: Vec<Spot> = Vec::new();
    let mut put = |node: NodeIx, role: Role| {
        let role = if node == order.to { Role::HandsOver } else { role };
        match spots.iter_mut().find(|spot| spot.node == node) {
            Some(spot) if spot.role == Role::CrossDocks => spot.role = role,
            Some(_) => (),
            None => spots.push(Spot { node, role, x: 0, y: 0 }),
        }
    };
    for (row, _) in tree(plan) {
        let parcel = &plan.parcels[row];
        put(parcel.node, if parcel.parts.is_empty() { Role::Packs } else { Role::CrossDocks });
        for leg in &parcel.legs {
            put(world.lanes()[leg.lane].to, Role::CrossDocks);
        }
    }
    put(order.to, Role::HandsOver);

    let known = on_the_globe(world, &mut spots);
    if known {
        part(&mut spots);
    } else {
        in_columns(world, plan, &mut spots);
    }
    let (top, bottom) = (spots.iter().map(|spot| spot.y).min(), spots.iter().map(|spot| spot.y).max());
    let (top, bottom) = (top.unwrap_or(0), bottom.unwrap_or(0));
    for spot in &mut spots {
        spot.y += ABOVE - top;
    }
    Places { spots, height: bottom - top + ABOVE + BELOW, known }
}

/// Degrees east and south, in millionths and to one scale, of nodes in the middle of the picture. Degrees of longitude
/// are as much shorter than those of latitude as they are on the globe halfway between the nodes.
#[allow(clippy::float_arithmetic, reason = "a drawing: no decision reads what comes out")]
fn degrees(world: &World, spots: &[Spot]) -> Option<Vec<(i64, i64)>> {
    let mut at: Vec<[f64; 2]> =
        spots.iter().map(|spot| world.nodes()[spot.node].at).collect::<Option<_>>()?;
    if at.iter().flatten().any(|degree| !degree.is_finite() || degree.abs() > 360.0) {
        return None;
    }
    let ends = |at: &[[f64; 2]], side: usize| {
        let of = || at.iter().map(|place| place[side]);
        (of().fold(f64::INFINITY, f64::min), of().fold(f64::NEG_INFINITY, f64::max))
    };
    let (west, east) = ends(&at, 1);
    if east - west > 180.0 {
        // The short way round crosses the date line.
        at.iter_mut().filter(|place| place[1] < 0.0).for_each(|place| place[1] += 360.0);
    }
    let (south, north) = ends(&at, 0);
    // A series of its own, because the cosine of the machine may differ in its last digits between machines.
    let half = ((south + north) / 2.0).clamp(-85.0, 85.0).to_radians();
    let square = half * half;
    let cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
    let million = |degree: f64| (degree * 1_000_000.0).round() as i64;
    Some(at.iter().map(|place| (million(place[1] * cosine), million(-place[0]))).collect())
}

/// Puts nodes as on the globe, as large as there is space; whether it can be done.
fn on_the_globe(world: &World, spots: &mut [Spot]) -> bool {
    let Some(at) = degrees(world, spots) else { return false };
    let ends = |side: fn(&(i64, i64)) -> i64| {
        let of = || at.iter().map(side);
        (of().min().unwrap_or(0), of().max().unwrap_or(0))
    };
    let ((west, east), (north, south)) = (ends(|at| at.0), ends(|at| at.1));
    let (wide, high) = (WIDTH - 2 * (MARGIN + SIDE), HIGHEST - ABOVE - BELOW);
    // Below a thousandth of a degree they are one place.
    if (east - west).max(south - north) < 1_000 {
        return false;
    }
    // As a fraction: pixels over millionths of degrees.
    let by_width = (wide, (east - west).max(1));
    let by_height = (high, (south - north).max(1));
    let (pixels, degrees) =
        if by_width.0 * by_height.1 <= by_height.0 * by_width.1 { by_width } else { by_height };
    let left = (WIDTH - (east - west) * pixels / degrees) / 2;
    for (spot, at) in spots.iter_mut().zip(&at) {
        spot.x = left + (at.0 - west) * pixels / degrees;
        spot.y = (at.1 - north) * pixels / degrees;
    }
    true
}

/// Pushes nodes apart that stand too near to be told from each other.
fn part(spots: &mut [Spot]) {
    for _ in 0..ROUNDS {
        let mut moved = false;
        for one in 0..spots.len() {
            for other in one + 1..spots.len() {
                let (mut x, mut y) = (spots[other].x - spots[one].x, spots[other].y - spots[one].y);
                if x == 0 && y == 0 {
                    (x, y) = (1, 0);
                }
                let far = (x * x + y * y).isqrt().max(1);
                if far >= APART {
                    continue;
                }
                let push = (APART - far + 1) / 2;
                let step = ((x * push) / far, (y * push) / far);
                let step = if step == (0, 0) { (x.signum(), y.signum()) } else { step };
                for (spot, sign) in [(one, -1), (other, 1)] {
                    let spot = &mut spots[spot];
                    spot.x = (spot.x + sign * step.0).clamp(MARGIN + SIDE / 2, WIDTH - MARGIN - SIDE / 2);
                    spot.y += sign * step.1;
                }
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}

/// Puts nodes in columns: each right of all that parcels come to it from, the hand-over node last.
fn in_columns(world: &World, plan: &Plan, spots: &mut [Spot]) {
    let count = spots.len();
    let place = |node: NodeIx| spots.iter().position(|spot| spot.node == node);
    let lanes = plan.parcels.iter().flat_map(|parcel| &parcel.legs).map(|leg| &world.lanes()[leg.lane]);
    let ways: Vec<(usize, usize)> = lanes.filter_map(|lane| place(lane.from).zip(place(lane.to))).collect();
    let mut column = vec![0; count];
    for _ in 0..count {
        for &(from, to) in &ways {
            // Ways in a circle end at the last column there can be.
            column[to] = column[to].max((column[from] + 1).min(count - 1));
        }
    }
    let last = column.iter().copied().max().unwrap_or(0);
    for (spot, column) in spots.iter().zip(&mut column) {
        if spot.role == Role::HandsOver {
            *column = last;
        }
    }
    for this in 0..=last {
        let mut rows: Vec<(i64, usize)> = Vec::new();
        for spot in (0..count).filter(|&spot| column[spot] == this) {
            let from: Vec<i64> = ways
                .iter()
                .filter(|way| way.1 == spot && column[way.0] < this)
                .map(|way| spots[way.0].y)
                .collect();
            let middle = match from.len() as i64 {
                0 => rows.len() as i64 * ROW,
                many => from.iter().sum::<i64>() / many,
            };
            rows.push((middle, spot));
        }
        rows.sort_by_key(|&(middle, _)| middle);
        let mut free = i64::MIN;
        for (middle, spot) in rows {
            spots[spot].y = middle.max(free);
            free = spots[spot].y + ROW;
            spots[spot].x = match last as i64 {
                0 => WIDTH / 2,
                last => MARGIN + SIDE + (WIDTH - 2 * (MARGIN + SIDE)) * this as i64 / last,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_in_one_place_are_told_apart() {
        let spot = |x, y| Spot { node: NodeIx(0), role: Role::Packs, x, y };
        let mut spots = vec![spot(300, 0), spot(300, 0), spot(310, 5), spot(800, 0)];
        part(&mut spots);
        for (row, one) in spots.iter().enumerate() {
            for other in &spots[row + 1..] {
                let (x, y) = (one.x - other.x, one.y - other.y);
                assert!(x * x + y * y > 60 * 60, "{one:?} {other:?}");
            }
        }
        assert_eq!(spots[3], spot(800, 0), "nobody pushed it");
    }
}
