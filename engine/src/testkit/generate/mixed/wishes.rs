//! Orders of a mixed world: every policy, on the edge of what the world can do.

use super::Knobs;
use crate::spec::{self, Policy};
use crate::testkit::Random;
use crate::testkit::generate::parts::{line, moment, order};

const HOUR: i64 = 3_600;

pub(super) fn draw(world: &spec::World, knobs: &Knobs, placed: i64, random: &mut Random) -> Vec<spec::Order> {
    (0..knobs.orders).map(|k| one(world, knobs, (k, placed + k * 60), random)).collect()
}

fn one(world: &spec::World, knobs: &Knobs, (k, base): (i64, i64), random: &mut Random) -> spec::Order {
    let placed = base + random.between(0, 47) * HOUR / 2 + random.of(&[0, 0, 1, 59]);
    let ends: Vec<&str> =
        world.nodes.iter().filter(|node| node.hands_over.is_some()).map(|node| node.id.as_str()).collect();
    let mut rows: Vec<usize> = (0..world.skus.len()).collect();
    random.shuffle(&mut rows);
    let most = knobs.lines.min(rows.len() as i64);
    let many = random.between(1, most).max(random.between(1, most)) as usize;
    let mut lines: Vec<spec::Line> =
        rows[..many].iter().map(|&row| wish(world, knobs, &world.skus[row].id, random)).collect();
    // Two lines of one SKU count together.
    if many < knobs.lines as usize && random.percent(12) {
        lines.push(wish(world, knobs, &lines[0].sku.clone(), random));
    }
    let to = random.one(&ends);
    let mut order = order(&format!("{}", 1_001 + k), "web", moment(placed), to, lines);
    if random.percent(20) {
        order.channel = "app".to_owned();
    }
    if random.percent(25) {
        order.deadline = Some(moment(edge(placed, random)));
    }
    if random.percent(35) {
        order.promise = Some(moment(edge(placed, random)));
        order.late_per_hour = knobs.cost(random, 8);
    }
    order.policy = policy(knobs, order.lines.len() as i64, random);
    order
}

/// A moment on the second at which something often happens: an opening, a departure, a full hour after placement.
fn edge(placed: i64, random: &mut Random) -> i64 {
    let day = placed - placed.rem_euclid(24 * HOUR);
    let moment = match random.below(3) {
        0 => placed + random.between(6, 96) * HOUR,
        1 => day + random.between(1, 4) * 24 * HOUR + random.between(0, 23) * HOUR,
        _ => placed + random.of(&[15, 60, 300, 1_500, 3_000, 6_000]) * 60,
    };
    moment.max(placed) + random.of(&[0, 0, 0, -1]).max(placed - moment)
}

fn wish(world: &spec::World, knobs: &Knobs, sku: &str, random: &mut Random) -> spec::Line {
    let qty = random.of(&[1, 1, 1, 2, 2, 3]);
    // Most penalties are worth avoiding; a few are cheaper than any parcel.
    let penalty = if random.percent(80) { random.between(200, 1_500) } else { knobs.cost(random, 60) };
    let mut line = line(sku, qty, penalty);
    if random.percent(15) {
        line.sellers = Some(vec![world.sellers[random.row(world.sellers.len())].id.clone()]);
    }
    if random.percent(30) {
        line.min_shelf_life_days = Some(random.between(0, 8));
    }
    line
}

fn policy(knobs: &Knobs, lines: i64, random: &mut Random) -> Policy {
    let mut policy = Policy {
        partial: !random.percent(20),
        max_deliveries: random.percent(25).then(|| random.between(1, 3)),
        delivery_penalty: if random.percent(50) { knobs.cost(random, 60) } else { 0 },
        together: Vec::new(),
        quantity_split: !random.percent(20),
        latest_useful_hours: random.percent(60).then(|| random.of(&[24, 48, 96, 240, 480])),
    };
    if lines >= 2 && random.percent(20) {
        let mut numbers: Vec<i64> = (1..=lines).collect();
        random.shuffle(&mut numbers);
        let mut group = numbers[..2].to_vec();
        group.sort_unstable();
        policy.together.push(group);
        if lines >= 4 && random.percent(40) {
            let mut group = numbers[2..4].to_vec();
            group.sort_unstable();
            policy.together.push(group);
        }
    }
    policy
}

/// Wants one unit less of the line that wants most, or drops groups and the last line; false when there is
/// but one unit.
pub(super) fn shrink(order: &mut spec::Order) -> bool {
    let largest = order.lines.iter_mut().max_by_key(|line| line.qty);
    if let Some(line) = largest.filter(|line| line.qty > 1) {
        line.qty -= 1;
        return true;
    }
    order.policy.together.clear();
    order.lines.len() > 1 && order.lines.pop().is_some()
}
