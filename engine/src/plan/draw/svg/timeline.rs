//! The timeline: a row for each parcel, parts above their whole, with what happens to it when.

use super::axis::Axis;
use super::canvas::{Canvas, pixels};
use super::course::{Course, Doing, Span};
use super::{MARGIN, WIDTH};
use crate::plan::Plan;
use crate::plan::draw::{contents, parts, tree};
use crate::plan::words::Words;
use crate::plan::words::letters::{clean, cut, weight};
use crate::stock::Stock;
use crate::units::{Instant, Temperatures};

/// Columns of what a parcel is.
const WHAT: usize = 36;
/// Where time begins, and where it ends: the rest is for the moment of the last hand-over.
const LEFT: i64 = 256;
const RIGHT: i64 = WIDTH - MARGIN - 124;
/// Height of a row, of a bar, and where the bar stands in its row.
const ROW: i64 = 58;
const BAR: i64 = 20;
const DOWN: i64 = 10;

/// Puts the timeline below `y`; gives back where it ends.
pub fn draw(
    canvas: &mut Canvas,
    words: &Words<'_>,
    stock: &Stock,
    plan: &Plan,
    courses: &[Course],
    y: i64,
) -> i64 {
    let rows: Vec<usize> = tree(plan).into_iter().map(|(row, _)| row).collect();
    if rows.is_empty() {
        canvas.text("soft", MARGIN, y + 20, "No parcel leaves.");
        return y + 28;
    }
    let axis = axis(words, courses);
    let top = y + 34;
    let bottom = top + rows.len() as i64 * ROW;
    for (place, _) in rows.iter().enumerate().filter(|(place, _)| place % 2 == 0) {
        canvas.rect("band", (MARGIN, top + place as i64 * ROW), (WIDTH - 2 * MARGIN, ROW), 4);
    }
    marks(canvas, words, &axis, top, bottom);
    let end = limits(canvas, words, &axis, top, bottom);
    let place = |row: usize| rows.iter().position(|&other| other == row).unwrap_or(0) as i64;
    let middle = |row: usize| top + place(row) * ROW + DOWN + BAR / 2;
    for (row, course) in courses.iter().enumerate() {
        let Some((at, whole)) = course.joins else { continue };
        let (x, from, to) = (axis.x(at), middle(row), middle(whole));
        let says = format!("{} becomes part of {}, {}", words.code(row), words.code(whole), words.moment(at));
        canvas.titled(&says, |canvas| {
            let head = if to > from { to - BAR / 2 } else { to + BAR / 2 };
            canvas.line("join", (x, from), (x, head));
            canvas.circle("merging", (x, from), 4);
        });
    }
    for &row in &rows {
        what(canvas, words, stock, plan, row, top + place(row) * ROW);
        bars(canvas, words, plan, row, &courses[row], &axis, top + place(row) * ROW);
    }
    end
}

/// From the order to the last hand-over; promise and deadline too where they are not far off.
fn axis(words: &Words<'_>, courses: &[Course]) -> Axis {
    let start = words.order.placed_at;
    let ends = courses.iter().filter_map(|course| course.spans.last()).map(|span| span.to);
    let mut end = ends.max().unwrap_or(start).max(start);
    let far = Instant(end.0.saturating_add(end.0.saturating_sub(start.0) / 4 * 3));
    for limit in [words.order.promise, words.order.deadline].into_iter().flatten() {
        if limit <= far {
            end = end.max(limit);
        }
    }
    Axis::new(start, end, LEFT, RIGHT - LEFT)
}

fn marks(canvas: &mut Canvas, words: &Words<'_>, axis: &Axis, top: i64, bottom: i64) {
    canvas.text("soft", MARGIN, top - 20, &cut(&format!("Times of {}", words.zone()), WHAT));
    for mark in axis.times(&words.wall) {
        canvas.line("grid", (mark.x, top), (mark.x, bottom));
        canvas.text("soft middle", mark.x, top - 5, &words.wall.time(mark.at));
    }
    let days = axis.days(&words.wall);
    // The day on which it begins, where the next leaves room for its name.
    if days.first().is_none_or(|day| day.x >= LEFT + 84) {
        canvas.text("name", LEFT, top - 20, &words.wall.day(words.order.placed_at));
    }
    for day in days {
        canvas.line("day", (day.x, top - 30), (day.x, bottom));
        canvas.text("name", day.x + 4, top - 20, &words.wall.day(day.at));
    }
}

/// Promise and deadline; gives back where they end.
fn limits(canvas: &mut Canvas, words: &Words<'_>, axis: &Axis, top: i64, bottom: i64) -> i64 {
    let mut y = bottom;
    let limits = [("promise", words.order.promise), ("deadline", words.order.deadline)];
    for (name, at) in limits.into_iter().filter_map(|(name, at)| at.map(|at| (name, at))) {
        y += 18;
        let says = format!("{name} {}", words.moment(at));
        if axis.has(at) {
            let (x, half) = (axis.x(at), pixels(&says, 12) / 2);
            canvas.line(name, (x, top), (x, y - 12));
            canvas.text("soft middle", x.min(WIDTH - MARGIN - half), y, &says);
        } else if at < words.order.placed_at {
            canvas.text("soft", LEFT, y, &format!("← {says}"));
        } else {
            canvas.text("soft end", WIDTH - MARGIN, y, &format!("{says} →"));
        }
    }
    y
}

/// What a parcel is: code, temperature, weight, contents.
fn what(canvas: &mut Canvas, words: &Words<'_>, stock: &Stock, plan: &Plan, row: usize, y: i64) {
    let parcel = &plan.parcels[row];
    let mut facts = vec![weight(parcel.grams.0)];
    if parcel.temperature != Temperatures::ANY {
        facts.insert(0, parcel.temperature.to_string());
    }
    let code = cut(&words.code(row), 18);
    let mut lines: Vec<String> = contents(words, stock, parcel)
        .into_iter()
        .map(|pick| format!("{} × {}", pick.qty, pick.goods))
        .collect();
    if !parcel.parts.is_empty() {
        lines.push(format!("merged from {}", parts(words, plan, parcel)));
    }
    canvas.titled(&format!("{}: {}", words.code(row), lines.join(", ")), |canvas| {
        canvas.text("name", MARGIN + 6, y + 17, &code);
        canvas.text("soft", MARGIN + 14 + pixels(&code, 15), y + 17, &facts.join(", "));
        if lines.len() > 2 {
            let more = lines.len() - 1;
            lines.truncate(1);
            lines.push(format!("and {more} more"));
        }
        for (line, y) in lines.iter().zip([y + 34, y + 50]) {
            canvas.text("soft", MARGIN + 6, y, &cut(line, WHAT));
        }
    });
}

fn bars(
    canvas: &mut Canvas,
    words: &Words<'_>,
    plan: &Plan,
    row: usize,
    course: &Course,
    axis: &Axis,
    y: i64,
) {
    let middle = y + DOWN + BAR / 2;
    for span in &course.spans {
        let (x, to) = (axis.x(span.from), axis.x(span.to));
        // A moment's work is still seen.
        let (corner, size) = ((x, y + DOWN), ((to - x).max(2), BAR));
        let (class, name, says) = named(words, plan, row, span);
        let times = format!("{} → {}", words.moment(span.from), words.wall.after(span.from, span.to));
        canvas.titled(&format!("{}: {says}, {times}", words.code(row)), |canvas| {
            match span.doing {
                Doing::Waiting => canvas.line(class, (x, middle), (to, middle)),
                Doing::Opening => canvas.rect(class, (x, y + DOWN + 3), (size.0, BAR - 6), 2),
                _ => canvas.rect(class, corner, size, 2),
            }
            if pixels(&name, 11) + 8 <= size.0 && span.doing != Doing::Waiting && span.doing != Doing::Opening
            {
                canvas.text("on middle", (x + to) / 2, middle + 4, &name);
            }
        });
    }
    rides(canvas, words, plan, row, course, axis, y + DOWN + BAR + 15);
    if let Some(end) = &plan.parcels[row].hand_over {
        let x = axis.x(end.at);
        canvas.titled(
            &format!("{} is handed over from {}", words.code(row), words.moment(end.at)),
            |canvas| {
                canvas.circle("place", (x, middle), 6);
                canvas.circle("dot", (x, middle), 2);
                canvas.text("ink halo", x + 11, middle + 5, &words.moment(end.at));
            },
        );
    }
}

/// Class, short name and full name of what happens.
fn named(words: &Words<'_>, plan: &Plan, row: usize, span: &Span) -> (&'static str, String, String) {
    let both = |class, name: &str, says: &str| (class, name.to_owned(), says.to_owned());
    match span.doing {
        Doing::Picking => both("picking", "picking", "picked until ready"),
        Doing::Waiting => both("waiting", "", "waits"),
        Doing::Handling => both("handling", "handling", "handled"),
        Doing::Merging => both("merging", "merging", "merged"),
        Doing::Opening => both("opening", "", "waits until it opens"),
        Doing::Riding(kept, leg) => {
            let lane = clean(words.world.lane_names().of(plan.parcels[row].legs[leg].lane));
            let says = format!("rides {lane}, {}", kept.name());
            (kept.name(), lane, says)
        }
    }
}

/// Below the bars: which rides, and when, as much as there is room for before the next.
fn rides(
    canvas: &mut Canvas,
    words: &Words<'_>,
    plan: &Plan,
    row: usize,
    course: &Course,
    axis: &Axis,
    y: i64,
) {
    let rides: Vec<(&Span, usize)> = course
        .spans
        .iter()
        .filter_map(|span| match span.doing {
            Doing::Riding(_, leg) => Some((span, leg)),
            _ => None,
        })
        .collect();
    for (place, (span, leg)) in rides.iter().enumerate() {
        let from = axis.x(span.from);
        let next = rides.get(place + 1).map_or(WIDTH - MARGIN, |(next, _)| axis.x(next.from) - 6);
        let lane = clean(words.world.lane_names().of(plan.parcels[row].legs[*leg].lane));
        let times = format!("{} → {}", words.wall.time(span.from), words.wall.after(span.from, span.to));
        let inside = pixels(&lane, 11) + 8 <= axis.x(span.to) - from;
        let full = if inside { times.clone() } else { format!("{lane} {times}") };
        let fits = |text: &String| from + pixels(text, 12) <= next;
        if let Some(text) = [full, times, words.wall.time(span.from)].into_iter().find(fits) {
            canvas.text("soft halo", from, y, &text);
        }
    }
}
