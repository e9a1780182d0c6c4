//! The order's lines as the problem's lines, in an order of their own.
//!
//! Lines stand by SKU, quantity and wishes, so that two orders that differ only in the order of their lines are one
//! problem. Lines alike in all that still differ in whom they travel with are told apart by their groups, and groups
//! by the lines in them.

use super::sheet::{Item, Sheet, Wanted};
use crate::split::{Line, NO_GROUP, Problem};
use crate::units::Index;
use crate::world::{self, LineIx, Order, World};
use std::cmp::Ordering;

/// Memory for putting groups in order.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Each group's number and the ranks of its lines.
    members: Vec<(Vec<u16>, u16)>,
    /// Rank of each line of the order among the wishes.
    rank: Vec<u16>,
    /// Group of each line of the order.
    of: Vec<u16>,
}

fn wishes(one: &world::Line, other: &world::Line) -> Ordering {
    let key = |line: &world::Line| (line.sku, line.qty, line.unfilled_penalty, line.min_life);
    key(one).cmp(&key(other)).then_with(|| one.sellers.cmp(&other.sellers))
}

pub(super) fn write(world: &World, order: &Order, sheet: &mut Sheet, problem: &mut Problem<'_>) {
    let line_of = |line: LineIx| &order.lines[line.row()];
    for (row, line) in order.lines.iter().enumerate() {
        sheet.lines.push(Wanted { line: LineIx::of(row), sku: line.sku, min_life: line.min_life });
    }
    // Short lists, nearly always in order already.
    sheet.lines.sort_by(|one, other| wishes(line_of(one.line), line_of(other.line)));
    let grouped = !order.policy.together.is_empty();
    if grouped {
        group(order, sheet);
    }

    for (row, wanted) in sheet.lines.iter().enumerate() {
        let line = line_of(wanted.line);
        if sheet.items.last().is_none_or(|item| item.sku != wanted.sku) {
            let (stand, storages) = (0, 0);
            sheet.items.push(Item {
                sku: wanted.sku,
                line: row as u16,
                lines: 0,
                stand,
                stands: 0,
                storages,
            });
        }
        if let Some(item) = sheet.items.last_mut() {
            item.lines += 1;
        }
        problem.lines.push(Line {
            qty: line.qty.0,
            skip: line.unfilled_penalty.0,
            grams: 0,
            cm3: 0,
            group: if grouped { sheet.groups.of[wanted.line.row()] } else { NO_GROUP },
        });
    }

    let storages = world.nodes()[order.to].hands_over.as_ref().map_or(&[][..], |point| &point.storages);
    for item in &mut sheet.items {
        let sku = &world.skus()[item.sku];
        for line in &mut problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)] {
            line.grams = u64::from(sku.grams);
            line.cm3 = u64::from(sku.cm3);
        }
        let kept = storages.iter().take(8).enumerate();
        item.storages = kept.fold(0, |mask, (bit, storage)| {
            mask | u8::from(sku.temperature.tolerates(storage.temperature)) << bit
        });
    }
    keep_apart(world, sheet, problem);
}

/// Numbers groups by the lines in them, and lines that are alike by their groups.
fn group(order: &Order, sheet: &mut Sheet) {
    let Groups { members, rank, of } = &mut sheet.groups;
    rank.clear();
    rank.resize(order.lines.len(), 0);
    of.clear();
    of.resize(order.lines.len(), NO_GROUP);
    let mut next = 0;
    for pair in 0..sheet.lines.len() {
        let line = |at: usize| &order.lines[sheet.lines[at].line.row()];
        if pair > 0 && wishes(line(pair - 1), line(pair)).is_ne() {
            next = pair as u16;
        }
        rank[sheet.lines[pair].line.row()] = next;
    }
    members.clear();
    for (number, group) in order.policy.together.iter().enumerate() {
        let mut ranks: Vec<u16> = group.iter().map(|line| rank[line.row()]).collect();
        ranks.sort_unstable();
        members.push((ranks, number as u16));
    }
    members.sort();
    for (place, (_, number)) in members.iter().enumerate() {
        for line in &order.policy.together[usize::from(*number)] {
            of[line.row()] = place as u16;
        }
    }
    sheet.lines.sort_by_key(|wanted| (rank[wanted.line.row()], of[wanted.line.row()]));
}

/// Notes which lines may not share a parcel.
fn keep_apart(world: &World, sheet: &Sheet, problem: &mut Problem<'_>) {
    for (row, one) in sheet.items.iter().enumerate() {
        let sku = &world.skus()[one.sku];
        if !sku.ships_alone && sku.class.is_none() {
            continue;
        }
        // Pairs of two particular items are met twice; the later meets the earlier.
        for (other_row, other) in sheet.items.iter().enumerate() {
            let next = &world.skus()[other.sku];
            let particular = next.ships_alone || next.class.is_some();
            if other_row == row || (particular && other_row > row) {
                continue;
            }
            let segregated = match (sku.class, next.class) {
                (Some(class), Some(next)) => world.segregated(class, next),
                _ => false,
            };
            if sku.ships_alone || next.ships_alone || segregated {
                for line in one.line..one.line + one.lines {
                    for with in other.line..other.line + other.lines {
                        problem.apart.push((line.min(with), line.max(with)));
                    }
                }
            }
        }
    }
    problem.apart.sort_unstable();
}
