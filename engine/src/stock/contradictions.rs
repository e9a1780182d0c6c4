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

/// Cells of one seller's SKU in one zone that cannot all be true; `rows` says which row of the input each was.
pub(super) fn contradictions(
    cells: &[Cell],
    rows: &[u32],
    scratch: &mut Vec<usize>,
    found: &mut Inspection,
    origin: Origin<'_>,
) {
    if cells.len() < 2 {
        return;
    }
    let name = |at: usize| {
        let (_, list, row) = origin(rows[at] as usize);
        Place::Document.at(list).row(row).to_string()
    };
    let earliest = (0..cells.len()).min_by_key(|&at| rows[at]).unwrap_or(0);
    for at in (0..cells.len()).filter(|&at| cells[at].price != cells[earliest].price) {
        let right = format!(
            "{}, the price at {}: which lot of a zone goes is decided by expiry, so one price holds for all",
            cells[earliest].price,
            name(earliest)
        );
        note(found, origin, rows[at], "price", "conflict", &cells[at].price.to_string(), right);
    }
    scratch.clear();
    scratch.extend(0..cells.len());
    scratch.sort_unstable_by_key(|&at| (cells[at].lot, rows[at]));
    for batch in scratch.chunk_by(|&one, &other| cells[one].lot == cells[other].lot) {
        let of_batch = batch[0];
        let nameless = cells[of_batch].lot == NAMELESS;
        // Announcements without a lot are batches of their own, told apart by when they are due.
        if !nameless {
            for &at in batch.iter().filter(|&&at| cells[at].expires != cells[of_batch].expires) {
                let right = format!("the expiry at {}: a lot expires at one moment", name(of_batch));
                let shown = instant_text(cells[at].expires);
                note(found, origin, rows[at], "expires", "conflict", &shown, right);
            }
        }
    }
    scratch.sort_unstable_by_key(|&at| (cells[at].lot, cells[at].available_at, rows[at]));
    let moment = |at: usize| (cells[at].lot, cells[at].available_at);
    for same in scratch.chunk_by(|&one, &other| moment(one) == moment(other)) {
        for &at in &same[1..] {
            let cell = &cells[at];
            if cell.available_at == Instant::ALWAYS {
                let right =
                    format!("one row per seller, SKU, node, zone and lot; {} is the same", name(same[0]));
                note(found, origin, rows[at], "lot", "duplicate", "the same batch again", right);
            } else if cell.lot == NAMELESS && cell.expires != cells[same[0]].expires {
                let right =
                    format!("a `lot` to tell it from {}, which is due at the same moment", name(same[0]));
                note(found, origin, rows[at], "expires", "conflict", "another expiry", right);
            }
        }
    }
}
