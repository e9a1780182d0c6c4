//! Is it allowed?
//!
//! Rules F1–F10 of `docs/model.md`, derived once more from world, stock, order and plan alone, slowly and plainly.
//! This room shares no code with what makes plans: it has never met a solver, a route finder or the tables of
//! offsets they read. Calendars are walked day by day in civil time from the zone's name; tariffs, sums and working
//! time are computed anew. What both sides get wrong in the same way would have to be thought wrong twice.
//!
//! A plan may come from a stranger: an index that leads nowhere is a violation, never a panic, and sums that a
//! stranger's numbers could overflow are formed in wider integers.
//!
//! Each rule reads what the plan states about the others' business (lateness is counted from the stated hand-over,
//! and whether that hand-over is right is asked once, by F6), so that one wrong number is told as few times as it
//! does harm.
//!
//! | rule | asked in | what is judged |
//! | --- | --- | --- |
//! | F1 | `quantity`, `policy` | every unit once, by an accepted seller; partial, together, deliveries, split |
//! | F2 | `available` | units per cell and, where there are fences, per set of channels over time, for all plans |
//! | F3 | `shelf_life` | life at hand-over; first-expiry-first-out |
//! | F4 | `segregation` | what shares a parcel |
//! | F5 | `temperature`, `cross_dock` | zones, compartments, waits and storage inside the parcel's interval |
//! | F6 | `route`, `time`, `merge`, `cross_dock` | places connect, departures exist and are reached, times and waits add up |
//! | F7 | `capacity` | departures, days, buffers and hand-over points hold what all plans bring |
//! | F8 | `limits` | weight, volume and sides against lanes and the hand-over node |
//! | F9 | `channel` | who may serve, and the receipt |
//! | F10 | `cost` | every component, every tariff, the bound |
//!
//! **Several plans** ([`check_all`]): each order in turn (`placed_at`, then key) sees what the earlier ones left.
//! F2 asks conditions that hold whichever order took first, so it may let pass what one particular sequence would
//! have refused, and never refuses what a sequence allowed. F3 calls a lot passed over only when units of it are
//! left after *all* plans: those were left when the order took its own, too. A lot that a later order emptied is
//! not told, because it cannot be known from plans alone that it was not claimed in between.
//! F7 counts in that sequence too: the first that finds no room is told, and takes none from those after it.
//!
//! **A plan made again** ([`check_replanned`]): what had left by then is there untouched (rule F6), nothing new began
//! before, and what went wrong is respected: nodes are closed, cells have what was found in them, and nobody rides what
//! was missed. All other rules hold as ever; lots of parcels taken over went out first-expiry-first-out when those were
//! planned, and are not asked about again.
//! Units held for the very order that is planned are not known to the stock yet and count as held.

mod available;
mod capacity;
mod case;
mod channel;
mod civil;
mod cost;
mod cross_dock;
mod history;
mod limits;
mod merge;
mod policy;
mod quantity;
mod replanned;
mod route;
mod schedule;
mod segregation;
mod shelf_life;
mod tariff;
mod temperature;
mod time;
mod violation;
mod words;

pub use replanned::check_replanned;
pub use violation::{Rule, Violation};

use crate::plan::Plan;
use crate::stock::Stock;
use crate::world::{Order, World};
use case::Case;
use violation::Notes;

/// Everything that is wrong with one plan, judged as if it were the only one. Nothing when it is right.
pub fn check(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> Vec<Violation> {
    check_all(world, stock, &[(order, plan)])
}

/// Everything that is wrong with plans that share one stock: by order (`placed_at`, then key), then by rule, parcel
/// and line. The sequence in which the pairs are given cannot be seen, but for orders of one time and key.
pub fn check_all(world: &World, stock: &Stock, orders_and_plans: &[(&Order, &Plan)]) -> Vec<Violation> {
    let mut sequence = orders_and_plans.to_vec();
    sequence.sort_by(|(one, _), (other, _)| (one.placed_at, &one.id).cmp(&(other.placed_at, &other.id)));

    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut notes: Vec<Notes> = Vec::new();
    let mut strangers: Vec<(usize, Violation)> = Vec::new();
    for (order, plan) in sequence {
        match Case::new(world, stock, order, plan, None) {
            Ok(case) => {
                cases.push(case);
                notes.push(Notes::of(order));
            }
            Err(violation) => strangers.push((cases.len(), violation)),
        }
    }

    judge(&cases, &mut notes);

    let mut found = Vec::new();
    let mut strangers = strangers.into_iter().peekable();
    for (k, notes) in notes.into_iter().enumerate() {
        while let Some((_, violation)) = strangers.next_if(|&(before, _)| before <= k) {
            found.push(violation);
        }
        found.extend(notes.sorted());
    }
    found.extend(strangers.map(|(_, violation)| violation));
    found
}

/// Every rule, of all cases.
fn judge(cases: &[Case<'_>], notes: &mut [Notes]) {
    for (case, notes) in cases.iter().zip(notes.iter_mut()) {
        quantity::check(case, notes);
        policy::check(case, notes);
        shelf_life::check_life(case, notes);
        segregation::check(case, notes);
        temperature::check(case, notes);
        cross_dock::check(case, notes);
        merge::check(case, notes);
        route::check(case, notes);
        time::check(case, notes);
        limits::check(case, notes);
        channel::check(case, notes);
        cost::check(case, notes);
    }
    let taken = available::taken(cases);
    available::check_cells(cases, notes);
    available::check_fences(cases, notes);
    capacity::check(cases, notes);
    shelf_life::check_first_expiry(cases, &taken, notes);
}
