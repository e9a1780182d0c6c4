//! A plan for the terminal: the order, its parcels on their way, the costs, the proof.

use super::{contents, parts, tree, whole_of};
use crate::plan::words::Words;
use crate::plan::words::letters::{clean, cut, ends, grouped, left, volume, weight, width as columns, wrap};
use crate::plan::{Parcel, Plan, reason};
use crate::stock::Stock;
use crate::units::Money;
use crate::world::{LineIx, Order, World};

/// Columns by which a part stands further in than its whole, and how many merges deep that is shown.
const INDENT: (usize, usize) = (2, 4);

/// Fewer columns than this cannot hold a parcel, more are hard to read across.
const WIDTHS: (usize, usize) = (60, 110);

/// A plan as lines of text for a terminal of `width` columns. Times are local at the hand-over node when its calendar
/// tells the zone.
pub fn text(world: &World, stock: &Stock, order: &Order, plan: &Plan, width: usize) -> String {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let words = Words::of(world, order);
    let mut sheet = Sheet { words, stock, order, plan, width, indent: 0, out: String::new() };
    sheet.order();
    for (row, merges) in tree(plan) {
        sheet.indent = INDENT.0 * merges.min(INDENT.1);
        sheet.width = width - sheet.indent;
        sheet.parcel(row, &plan.parcels[row]);
    }
    (sheet.indent, sheet.width) = (0, width);
    sheet.unfilled();
    sheet.costs();
    sheet.proof();
    sheet.out
}

struct Sheet<'a> {
    words: Words<'a>,
    stock: &'a Stock,
    order: &'a Order,
    plan: &'a Plan,
    /// Columns for what is put, right of the indent.
    width: usize,
    indent: usize,
    out: String,
}

impl Sheet<'_> {
    fn put(&mut self, line: &str) {
        let line = line.trim_end();
        if !line.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
        }
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn order(&mut self) {
        let order = self.order;
        let channel = clean(self.words.world.channel_names().of(order.channel));
        let placed = format!("placed {} by {channel}", self.words.wall.date_time(order.placed_at));
        self.put(&ends(&format!("Order {}", clean(&order.id)), &placed, self.width));
        let mut to = format!("to {}", self.words.place(order.to));
        if let Some(customer) = &order.customer {
            to = format!("{to} for {}", clean(customer));
        }
        let until = match (order.promise, order.deadline) {
            (Some(promise), _) => format!("promised by {}", self.words.moment(promise)),
            (None, Some(deadline)) => format!("not after {}", self.words.moment(deadline)),
            (None, None) => String::new(),
        };
        self.put(&ends(&to, &until, self.width));
        for (row, line) in order.lines.iter().enumerate() {
            let line = format!("  {} × {}", line.qty, self.words.goods(LineIx(row as u32)));
            self.put(&cut(&line, self.width));
        }
    }

    fn parcel(&mut self, row: usize, parcel: &Parcel) {
        let inner = self.width - 4;
        let (name, goods) = (self.words.code(row), facts(parcel));
        let bar = self.width.saturating_sub(columns(&name) + columns(&goods) + 6);
        self.put("");
        self.put(&format!("┌ {name} {} {goods} ┐", "─".repeat(bar)));
        let ready = format!("ready {}", self.words.moment(parcel.ready_at));
        self.put(&format!("│ {} │", ends(&format!("from {}", self.words.place(parcel.node)), &ready, inner)));
        for pick in contents(&self.words, self.stock, parcel) {
            let mut whence = format!("{}, {}", pick.seller, pick.zone);
            if !pick.lots.is_empty() {
                whence = format!("{whence}, lot {}", pick.lots.join(" + "));
            }
            let whence = cut(&whence, inner / 2);
            let line = ends(&format!("  {} × {}", pick.qty, pick.goods), &whence, inner);
            self.put(&format!("│ {line} │"));
        }
        if !parcel.parts.is_empty() {
            let merged = format!("  merged from {}", parts(&self.words, self.plan, parcel));
            self.put(&format!("│ {} │", left(&merged, inner)));
        }
        self.put(&format!("└─┬{}┘", "─".repeat(self.width - 4)));
        self.way(row, parcel);
    }

    fn way(&mut self, row: usize, parcel: &Parcel) {
        for leg in &parcel.legs {
            let lane = &self.words.world.lanes()[leg.lane];
            let compartment = lane.compartments.get(usize::from(leg.compartment));
            let compartment = compartment.map_or_else(String::new, |kept| format!(", {}", clean(&kept.name)));
            let by = format!("  │ {}{compartment}", clean(self.words.world.lane_names().of(leg.lane)));
            let departs = self.words.moment(leg.departs_at);
            let times = format!("{departs} → {}", self.words.wall.after(leg.departs_at, leg.arrives_at));
            let cost = self.words.amount(leg.cost);
            self.columns(&by, &times, &cost);
        }
        match &parcel.hand_over {
            Some(end) => {
                let point = self.words.world.nodes()[self.order.to].hands_over.as_ref();
                let storage = point.and_then(|point| point.storages.get(usize::from(end.storage)));
                let storage = storage.map_or_else(String::new, |kept| format!(", {}", clean(&kept.name)));
                let place = format!("  ▼ {}{storage}", self.words.place(self.order.to));
                let at = format!("from {}", self.words.moment(end.at));
                self.columns(&place, &at, &self.words.fiscal(end.fiscal));
            }
            None => {
                let Some(whole) = whole_of(self.plan, row) else { return };
                let at = self.words.place(self.plan.parcels[whole].node);
                let into = format!("  ▼ {at}, merged into {}", self.words.code(whole));
                self.put(&cut(&into, self.width));
            }
        }
    }

    /// Where, when, and what ends the line; where gives way first.
    fn columns(&mut self, start: &str, middle: &str, end: &str) {
        let first = self.width * 2 / 5;
        let rest = self.width - first;
        let line = if columns(middle) + 2 + columns(end) <= rest {
            left(&cut(start, first - 1), first) + &ends(middle, end, rest)
        } else {
            let line = left(&cut(start, first - 1), first) + middle;
            self.put(&line);
            ends("", end, self.width)
        };
        self.put(&line);
    }

    fn unfilled(&mut self) {
        if self.plan.unfilled.is_empty() {
            return;
        }
        self.put("");
        self.put("Not delivered");
        for unfilled in &self.plan.unfilled {
            let goods = self.words.goods(unfilled.line);
            self.put(&cut(&format!("  {} × {goods}", unfilled.qty), self.width));
            for reason in &unfilled.reasons {
                let (text, help) = reason::words(&self.words, unfilled.line, reason);
                for (mark, said) in [("·", text), ("→", help)] {
                    for (row, line) in wrap(&clean(&said), self.width - 6).iter().enumerate() {
                        self.put(&format!("    {} {line}", if row == 0 { mark } else { " " }));
                    }
                }
            }
        }
    }

    fn costs(&mut self) {
        let rows = self.plan.costs.components();
        let total = self.words.amount(self.plan.cost());
        let most = rows.iter().map(|(_, cost)| cost.0.unsigned_abs()).max().unwrap_or(0).max(1);
        let room = rows.iter().map(|(_, cost)| columns(&self.words.bare(*cost))).max().unwrap_or(0);
        let room = room.max(columns(&self.words.bare(self.plan.cost())));
        let bar = (self.width - 22).saturating_sub(room + 4).min(40) as u64;
        self.put("");
        self.put(&format!("Costs {total}"));
        for (name, cost) in rows.into_iter().filter(|(_, cost)| cost.0 != 0) {
            let filled = (u128::from(cost.0.unsigned_abs()) * u128::from(bar) / u128::from(most)).max(1);
            let cost = self.words.bare(cost);
            let fill = " ".repeat(room - columns(&cost));
            let line = format!(
                "  {} {fill}{cost}  {}",
                left(&name.replace('_', " "), 18),
                "▇".repeat(filled as usize)
            );
            self.put(&line);
        }
    }

    fn proof(&mut self) {
        let (cost, bound) = (self.plan.cost(), self.plan.bound);
        let steps = match self.plan.steps {
            1 => "1 step".to_owned(),
            steps => format!("{} steps", grouped(steps)),
        };
        let complete = match self.plan.completes_at() {
            Some(at) => {
                let late = self.order.promise.is_some_and(|promise| at > promise);
                let late = if late { ", after the promise" } else { "" };
                format!(
                    "Complete from {} on{late}. All times are those of {}.",
                    self.words.moment(at),
                    self.words.zone()
                )
            }
            None => {
                "Nothing is delivered: what could be costs more than it saves, or nothing could.".to_owned()
            }
        };
        let proof = if self.plan.is_optimal() {
            format!("Proven optimal in {steps}: no plan costs less than {}.", self.words.amount(bound))
        } else {
            format!(
                "Not proven: no plan costs less than {}, so at most {} may still be saved. The budget ended after \
                 {steps}; a larger one would tell.",
                self.words.amount(bound),
                self.words.amount(Money(cost.0.saturating_sub(bound.0))),
            )
        };
        self.put("");
        let lines = [wrap(&proof, self.width), wrap(&complete, self.width)];
        for line in lines.concat() {
            self.put(&line);
        }
    }
}

fn facts(parcel: &Parcel) -> String {
    let mut facts = Vec::new();
    if parcel.temperature != crate::units::Temperatures::ANY {
        facts.push(parcel.temperature.to_string());
    }
    facts.push(weight(parcel.grams.0));
    if parcel.cm3.0 > 0 {
        facts.push(volume(parcel.cm3.0));
    }
    facts.join(" · ")
}
