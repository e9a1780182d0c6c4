//! Which rows cannot all be true?

use super::Cell;
use super::arrange::{NAMELESS, Origin};
use crate::spec::instant_text;
use crate::units::Instant;
use crate::world::{Inspection, Place};

/// Notes a defect of a row under the name it had in the input.
pub(super) fn note(
    found: &mut Inspection,
    origin: Origin<'_>,
    row: u32,
    field: &str,
    code: &'static str,
    shown: &str,
    right: String,
) {
    let (section, list, row) = origin(row as usize);
    found.rank(section, row);
    found.note(&Place::Document.at(list).row(row).at(field), code, shown, right);
}

/// Rows of one seller's SKU in one zone that cannot all be true.
pub(super) fn contradictions(
    cells: &[Cell],
    rows: &[u32],
    scratch: &mut Vec<u32>,
    found: &mut Inspection,
    origin: Origin<'_>,
) {
    if rows.len() < 2 {
        return;
    }
    let cell = |row: u32| &cells[row as usize];
    let name = |row: u32| {
        let (_, list, row) = origin(row as usize);
        Place::Document.at(list).row(row).to_string()
    };
    let earliest = rows.iter().copied().min().unwrap_or(rows[0]);
    for &row in rows.iter().filter(|&&row| cell(row).price != cell(earliest).price) {
        let right = format!(
            "{}, the price at {}: which lot of a zone goes is decided by expiry, so one price holds for all",
            cell(earliest).price,
            name(earliest)
        );
        note(found, origin, row, "price", "conflict", &cell(row).price.to_string(), right);
    }
    scratch.clear();
    scratch.extend_from_slice(rows);
    scratch.sort_unstable_by_key(|&row| (cell(row).lot, row));
    for batch in scratch.chunk_by(|&one, &other| cell(one).lot == cell(other).lot) {
        let of_batch = batch[0];
        let nameless = cell(of_batch).lot == NAMELESS;
        // Announcements without a lot are batches of their own, told apart by when they are due.
        if !nameless {
            for &row in batch.iter().filter(|&&row| cell(row).expires != cell(of_batch).expires) {
                let right = format!("the expiry at {}: a lot expires at one moment", name(of_batch));
                let shown = instant_text(cell(row).expires);
                note(found, origin, row, "expires", "conflict", &shown, right);
            }
        }
    }
    scratch.sort_unstable_by_key(|&row| (cell(row).lot, cell(row).available_at, row));
    let moment = |row: u32| (cell(row).lot, cell(row).available_at);
    for same in scratch.chunk_by(|&one, &other| moment(one) == moment(other)) {
        for &row in &same[1..] {
            if cell(row).available_at == Instant::ALWAYS {
                let right =
                    format!("one row per seller, SKU, node, zone and lot; {} is the same", name(same[0]));
                note(found, origin, row, "lot", "duplicate", "the same batch again", right);
            } else if cell(row).lot == NAMELESS && cell(row).expires != cell(same[0]).expires {
                let right =
                    format!("a `lot` to tell it from {}, which is due at the same moment", name(same[0]));
                note(found, origin, row, "expires", "conflict", "another expiry", right);
            }
        }
    }
}
