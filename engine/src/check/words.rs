//! Words for a violation's text: names of rows and moments, whatever a stranger's numbers are.

use super::case::Picked;
use crate::units::{Index, Instant};
use crate::world::{Names, World};
use jiff::Timestamp;

/// `A`, `B` … `Z`, `AA` …: how people call a plan's parcels.
pub(super) fn letters(mut row: usize) -> String {
    let mut reversed = Vec::new();
    loop {
        reversed.push(b'A' + (row % 26) as u8);
        if row < 26 {
            break;
        }
        row = row / 26 - 1;
    }
    reversed.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// The key of a row, or its number when there is no such row.
pub(super) fn name<I: Index>(names: &Names<I>, index: I) -> String {
    if index.row() < names.len() { names.of(index).to_owned() } else { format!("#{}", index.row()) }
}

/// A moment in UTC, or its number of seconds when calendars do not reach it.
pub(super) fn moment(at: Instant) -> String {
    match at {
        Instant::ALWAYS => "always".to_owned(),
        Instant::NEVER => "never".to_owned(),
        Instant(second) => match Timestamp::from_second(second) {
            Ok(timestamp) => timestamp.to_string(),
            Err(_) => format!("second {second}"),
        },
    }
}

/// A moment that may not exist.
pub(super) fn moment_or_never(at: Option<Instant>) -> String {
    at.map_or_else(|| "never".to_owned(), moment)
}

/// Where units lie: `milk of dairy at w1, cold, lot L1`.
pub(super) fn place(world: &World, lot: Option<&str>, pick: &Picked<'_>) -> String {
    let mut text = format!(
        "{} of {} at {}, {}",
        name(world.sku_names(), pick.sku_ix),
        name(world.seller_names(), pick.cell.seller),
        name(world.node_names(), pick.cell.node),
        pick.zone.name,
    );
    if let Some(lot) = lot {
        text.push_str(", lot ");
        text.push_str(lot);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_are_lettered_as_columns_are() {
        let said: Vec<String> = [0, 25, 26, 27, 701, 702].into_iter().map(letters).collect();
        assert_eq!(said, ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
