//! A plan for the terminal: the order, its parcels on their way, the costs, the proof.

use super::letters::{cut, ends, grouped, left, money, volume, weight, width as columns, wrap};
use super::local::Wall;
use super::{clean, code, contents, fiscal, goods, parts, place, tree, wall, whole_of};
use crate::plan::reason::words;
use crate::plan::{Parcel, Plan};
use crate::stock::Stock;
use crate::world::{LineIx, Order, World};

/// Columns by which a part stands further in than its whole, and how many merges deep that is shown.
const INDENT: (usize, usize) = (2, 4);

/// Fewer columns than this cannot hold a parcel, more are hard to read across.
const WIDTHS: (usize, usize) = (60, 110);

/// A plan as lines of text for a terminal of `width` columns. Times are local at the hand-over node when its calendar
/// tells the zone.
pub fn text(world: &World, stock: &Stock, order: &Order, plan: &Plan, width: usize) -> String {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let wall = wall(world, order);
    let mut sheet = Sheet { world, stock, order, plan, width, indent: 0, wall, out: String::new() };
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
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    plan: &'a Plan,
    /// Columns for what is put, right of the indent.
    width: usize,
    indent: usize,
    wall: Wall,
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

    fn amount(&self, minor: i64) -> String {
        let amount = money(minor, self.world.currency());
        match self.world.currency() {
            "" => amount,
            currency => format!("{amount} {}", clean(currency)),
        }
    }

    fn order(&mut self) {
        let order = self.order;
        let channel = clean(self.world.channel_names().of(order.channel));
        let placed = format!("placed {} by {channel}", self.wall.date_time(order.placed_at));
        self.put(&ends(&format!("Order {}", clean(&order.id)), &placed, self.width));
        let mut to = format!("to {}", place(self.world, order.to));
        if let Some(customer) = &order.customer {
            to = format!("{to} for {}", clean(customer));
        }
        let until = match (order.promise, order.deadline) {
            (Some(promise), _) => format!("promised by {}", self.wall.day_time(promise)),
            (None, Some(deadline)) => format!("not after {}", self.wall.day_time(deadline)),
            (None, None) => String::new(),
        };
        self.put(&ends(&to, &until, self.width));
        for (row, line) in order.lines.iter().enumerate() {
            let line = format!("  {} × {}", line.qty, goods(self.world, order, LineIx(row as u32)));
            self.put(&cut(&line, self.width));
        }
    }

    fn parcel(&mut self, row: usize, parcel: &Parcel) {
        let inner = self.width - 4;
        let (name, goods) = (code(self.world, self.order, row), facts(parcel));
        let bar = self.width.saturating_sub(columns(&name) + columns(&goods) + 6);
        self.put("");
        self.put(&format!("┌ {name} {} {goods} ┐", "─".repeat(bar)));
        let ready = format!("ready {}", self.wall.day_time(parcel.ready_at));
        self.put(&format!(
            "│ {} │",
            ends(&format!("from {}", place(self.world, parcel.node)), &ready, inner)
        ));
        for pick in contents(self.world, self.stock, self.order, parcel) {
            let mut whence = format!("{}, {}", pick.seller, pick.zone);
            if !pick.lots.is_empty() {
                whence = format!("{whence}, lot {}", pick.lots.join(" + "));
            }
            let whence = cut(&whence, inner / 2);
            let line = ends(&format!("  {} × {}", pick.qty, pick.goods), &whence, inner);
            self.put(&format!("│ {line} │"));
        }
        if !parcel.parts.is_empty() {
            let merged = format!("  merged from {}", parts(self.world, self.order, self.plan, parcel));
            self.put(&format!("│ {} │", left(&merged, inner)));
        }
        self.put(&format!("└─┬{}┘", "─".repeat(self.width - 4)));
        self.way(row, parcel);
    }

    fn way(&mut self, row: usize, parcel: &Parcel) {
        for leg in &parcel.legs {
            let lane = &self.world.lanes()[leg.lane];
            let compartment = lane.compartments.get(usize::from(leg.compartment));
            let compartment = compartment.map_or_else(String::new, |kept| format!(", {}", clean(&kept.name)));
            let by = format!("  │ {}{compartment}", clean(self.world.lane_names().of(leg.lane)));
            let departs = self.wall.day_time(leg.departs_at);
            let times = format!("{departs} → {}", self.wall.after(leg.departs_at, leg.arrives_at));
            let cost = self.amount(leg.cost.0);
            self.columns(&by, &times, &cost);
        }
        match &parcel.hand_over {
            Some(end) => {
                let point = self.world.nodes()[self.order.to].hands_over.as_ref();
                let storage = point.and_then(|point| point.storages.get(usize::from(end.storage)));
                let storage = storage.map_or_else(String::new, |kept| format!(", {}", clean(&kept.name)));
                let place = format!("  ▼ {}{storage}", place(self.world, self.order.to));
                let at = format!("from {}", self.wall.day_time(end.at));
                self.columns(&place, &at, &fiscal(self.world, end.fiscal));
            }
            None => {
                let Some(whole) = whole_of(self.plan, row) else { return };
                let at = place(self.world, self.plan.parcels[whole].node);
                let into = format!("  ▼ {at}, merged into {}", code(self.world, self.order, whole));
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
            let goods = goods(self.world, self.order, unfilled.line);
            self.put(&cut(&format!("  {} × {goods}", unfilled.qty), self.width));
            for reason in &unfilled.reasons {
                let (text, help) = words(self.world, self.order, unfilled.line, reason);
                for (mark, said) in [("·", text), ("→", help)] {
                    for (row, line) in wrap(&clean(&said), self.width - 6).iter().enumerate() {
                        self.put(&format!("    {} {line}", if row == 0 { mark } else { " " }));
                    }
                }
            }
        }
    }

    fn costs(&mut self) {
        let currency = self.world.currency();
        let rows: Vec<(&str, i64)> =
            self.plan.costs.components().iter().map(|&(name, cost)| (name, cost.0)).collect();
        let total = self.amount(self.plan.cost().0);
        let most = rows.iter().map(|(_, cost)| cost.unsigned_abs()).max().unwrap_or(0).max(1);
        let room = rows.iter().map(|(_, cost)| columns(&money(*cost, currency))).max().unwrap_or(0);
        let room = room.max(columns(&money(self.plan.cost().0, currency)));
        let bar = (self.width - 22).saturating_sub(room + 4).min(40) as u64;
        self.put("");
        self.put(&format!("Costs {total}"));
        for (name, cost) in rows.into_iter().filter(|(_, cost)| *cost != 0) {
            let filled = (u128::from(cost.unsigned_abs()) * u128::from(bar) / u128::from(most)).max(1);
            let cost = money(cost, currency);
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
        let (cost, bound) = (self.plan.cost().0, self.plan.bound.0);
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
                    self.wall.day_time(at),
                    clean(self.wall.name())
                )
            }
            None => {
                "Nothing is delivered: what could be costs more than it saves, or nothing could.".to_owned()
            }
        };
        let proof = if self.plan.is_optimal() {
            format!("Proven optimal in {steps}: no plan costs less than {}.", self.amount(bound))
        } else {
            format!(
                "Not proven: no plan costs less than {}, so at most {} may still be saved. The budget ended after \
                 {steps}; a larger one would tell.",
                self.amount(bound),
                self.amount(cost.saturating_sub(bound)),
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
