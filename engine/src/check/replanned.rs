//! A plan made again: what had left is untouched, and what went wrong is respected.

use super::case::Case;
use super::history::History;
use super::judge;
use super::violation::{Notes, Rule, Violation};
use super::words::letters;
use crate::plan::{Disruption, Plan};
use crate::stock::Stock;
use crate::world::{Closing, Order, World};

/// Everything that is wrong with a plan that takes the place of another after something went wrong, judged as if it were
/// the only one. `stranded` are old parcels that have left and are said not to reach the customer. Nothing when it is
/// right.
pub fn check_replanned(
    world: &World,
    stock: &Stock,
    order: &Order,
    (old, disruption): (&Plan, &Disruption),
    (new, stranded): (&Plan, &[u16]),
) -> Vec<Violation> {
    let later = |closing: &Closing| Closing { from: closing.from.max(disruption.now), ..*closing };
    let closings: Vec<Closing> = disruption.closed.iter().map(later).collect();
    let closed = world.closing(&closings);
    let history = History::new(old, disruption, new);
    let stock = history.stock(stock, disruption, stranded);
    let case = match Case::new(&closed, &stock, order, new, Some(&history)) {
        Ok(case) => case,
        Err(violation) => return vec![violation],
    };
    let mut notes = vec![Notes::of(order)];
    if let Some(notes) = notes.first_mut() {
        check_untouched(&history, old, (new, stranded), notes);
    }
    judge(&[case], &mut notes);
    notes.into_iter().flat_map(Notes::sorted).collect()
}

/// What has left is there, with all legs it departed on; only what has left can be stranded.
fn check_untouched(history: &History<'_>, old: &Plan, (new, stranded): (&Plan, &[u16]), notes: &mut Notes) {
    for (row, parcel) in old.parcels.iter().enumerate() {
        let is_stranded = stranded.contains(&(row as u16));
        if is_stranded && !history.fixed[row] {
            let text = format!("parcel {} is said to be stranded and has not left", letters(row));
            notes.plan(Rule::F6, text);
        }
        if !history.fixed[row] || is_stranded {
            continue;
        }
        let Some(now) = history.follows.iter().position(|follows| *follows == Some(row)) else {
            let text = format!("parcel {} of the old plan has left and is not in the new one", letters(row));
            notes.plan(Rule::F6, text);
            continue;
        };
        let gone = history.gone[row];
        if history.kept_legs(now, &new.parcels[now]) < gone {
            let text = format!("has departed on {gone} legs as {}, and they are others now", letters(row));
            notes.parcel(Rule::F6, now, text);
        }
        if new.parcels[now].ready_at != parcel.ready_at {
            let text =
                format!("was ready as {} when it left, and is said to be at another time", letters(row));
            notes.parcel(Rule::F6, now, text);
        }
    }
}
