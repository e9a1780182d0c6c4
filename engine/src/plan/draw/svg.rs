//! A plan as one picture that needs nothing else: where its parcels go, and what happens to each of them when.
//!
//! The picture has no scripts and no fonts of its own, and is readable on light and on dark paper. What a colour says is
//! also said in words: in the legend, in what each shape says when pointed at, and in the description that is read aloud.

mod axis;
mod canvas;
mod course;
mod hours;
mod legend;
mod map;
mod places;
mod timeline;

use super::{parts, whole_of};
use crate::plan::Plan;
use crate::plan::words::Words;
use crate::plan::words::letters::{clean, cut, wrap};
use crate::stock::Stock;
use crate::units::Money;
use crate::world::{Order, World};
use canvas::Canvas;
pub(super) use canvas::escaped;

/// Width of the picture; its height depends on the plan.
const WIDTH: i64 = 960;
/// Space around everything.
const MARGIN: i64 = 20;
/// Columns of the caption.
const CAPTION: usize = 130;

/// A plan as an SVG document: a caption, a map, and a timeline of each parcel. Times are local at the hand-over node
/// when its calendar tells the zone.
pub fn svg(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> String {
    let words = Words::of(world, order);
    let mut canvas = Canvas::default();
    let mut y = caption(&mut canvas, &words, plan);
    let courses = course::courses(world, order, plan);
    y = map::draw(&mut canvas, &words, plan, y);
    y = legend::draw(&mut canvas, plan, &courses, world, y);
    y = timeline::draw(&mut canvas, &words, stock, plan, &courses, y);
    let title = format!("{}: {}", heading(&words), verdict(&words, plan));
    canvas.document(WIDTH, y + MARGIN, &title, &told(&words, plan))
}

fn heading(words: &Words<'_>) -> String {
    format!("Order {} to {}", clean(&words.order.id), words.place(words.order.to))
}

/// What it costs, and how sure that is.
fn verdict(words: &Words<'_>, plan: &Plan) -> String {
    let cost = words.amount(plan.cost());
    if plan.is_optimal() {
        format!("costs {cost}, proven optimal")
    } else {
        let gap = words.amount(Money(plan.cost().0.saturating_sub(plan.bound.0)));
        format!("costs {cost}, not proven: at most {gap} may still be saved")
    }
}

/// The caption; gives back where it ends.
fn caption(canvas: &mut Canvas, words: &Words<'_>, plan: &Plan) -> i64 {
    let order = words.order;
    canvas.text("head", MARGIN, 38, &cut(&heading(words), 60));
    let channel = clean(words.world.channel_names().of(order.channel));
    let placed = format!("placed {} by {channel}", words.wall.date_time(order.placed_at));
    let mut lines = vec![("ink", format!("{}. {}.", first_up(&verdict(words, plan)), first_up(&placed)))];
    if !plan.unfilled.is_empty() {
        let left: Vec<String> =
            plan.unfilled.iter().map(|left| format!("{} × {}", left.qty, words.goods(left.line))).collect();
        lines.push(("bad", format!("Not delivered: {}.", left.join(", "))));
    }
    let mut y = 60;
    for (class, line) in lines {
        for row in wrap(&line, CAPTION) {
            canvas.text(class, MARGIN, y, &row);
            y += 18;
        }
    }
    y
}

fn first_up(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The picture in sentences, for those who hear it.
fn told(words: &Words<'_>, plan: &Plan) -> String {
    let mut said = Vec::new();
    for (row, parcel) in plan.parcels.iter().enumerate() {
        let mut sentence = words.code(row);
        let place = words.place(parcel.node);
        let ready = words.moment(parcel.ready_at);
        sentence += &match parcel.parts.is_empty() {
            true => format!(" is packed at {place}, ready {ready}"),
            false => format!(" is merged from {} at {place}, ready {ready}", parts(words, plan, parcel)),
        };
        for leg in &parcel.legs {
            let lane = clean(words.world.lane_names().of(leg.lane));
            let arrives = words.wall.after(leg.departs_at, leg.arrives_at);
            sentence += &format!(", rides {lane} {} to {arrives}", words.moment(leg.departs_at));
        }
        if let Some(end) = &parcel.hand_over {
            sentence += &format!(", is handed over from {}", words.moment(end.at));
        } else if let Some(whole) = whole_of(plan, row) {
            sentence += &format!(", becomes part of {}", words.code(whole));
        }
        said.push(sentence + ".");
    }
    said.push(format!("All times are those of {}.", words.zone()));
    said.join(" ")
}

/// The letter of a parcel within its order.
fn letter(words: &Words<'_>, row: usize) -> String {
    let code = words.code(row);
    code.rsplit('-').next().unwrap_or(&code).to_owned()
}
