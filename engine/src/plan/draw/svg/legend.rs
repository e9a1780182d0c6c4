//! What shapes and colours mean: those that occur, in a row.

use super::canvas::{Canvas, pixels};
use super::course::{Course, Doing, Kept, kept};
use super::{MARGIN, WIDTH};
use crate::plan::Plan;
use crate::world::World;

/// Puts the legend below `y`; gives back where it ends.
pub fn draw(canvas: &mut Canvas, plan: &Plan, courses: &[Course], world: &World, y: i64) -> i64 {
    let (mut x, mut y) = (MARGIN, y + 16);
    let mut put = |canvas: &mut Canvas, class: &str, words: &str| {
        if x + 30 + pixels(words, 12) > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 20);
        }
        match class {
            "waiting" => canvas.line(class, (x, y - 4), (x + 18, y - 4)),
            "place" => {
                canvas.circle(class, (x + 9, y - 4), 6);
                canvas.circle("dot", (x + 9, y - 4), 2);
            }
            _ => canvas.rect(class, (x, y - 10), (18, 12), 2),
        }
        canvas.text("soft", x + 24, y, words);
        x += 24 + pixels(words, 12) + 16;
    };
    let does =
        |wanted: Doing| courses.iter().flat_map(|course| &course.spans).any(|span| span.doing == wanted);
    if does(Doing::Picking) {
        put(canvas, "picking", "picking until ready");
    }
    if does(Doing::Waiting) {
        put(canvas, "waiting", "waiting");
    }
    let rides =
        || plan.parcels.iter().flat_map(|parcel| (0..parcel.legs.len()).map(move |leg| (parcel, leg)));
    for kind in Kept::ALL {
        if rides().any(|(parcel, leg)| kept(world, parcel, leg) == kind) {
            put(canvas, kind.name(), &format!("riding, {}", kind.name()));
        }
    }
    if does(Doing::Handling) {
        put(canvas, "handling", "handling");
    }
    if does(Doing::Merging) {
        put(canvas, "merging", "merging");
    }
    if does(Doing::Opening) {
        put(canvas, "opening", "until it opens");
    }
    if plan.deliveries() > 0 {
        put(canvas, "place", "handed over");
    }
    y + 14
}
