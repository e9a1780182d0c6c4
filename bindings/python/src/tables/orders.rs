//! Orders in columns: a table of orders and one of lines, or one table of lines with the orders' columns.

use crate::columns::{Flags, Found, Incoming, Lists, Moments, Need, Numbers, Reader, Spot, Texts};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use volok::Engine;
use volok::spec::{self, Moment, instant_text};
use volok::world::{Defects, Order};

/// What a row says of a whole order.
struct Heads<'t> {
    table: &'t Incoming,
    id: Texts<'t>,
    channel: Texts<'t>,
    customer: Texts<'t>,
    placed_at: Moments<'t>,
    to: Texts<'t>,
    deadline: Moments<'t>,
    promise: Moments<'t>,
    late_per_hour: Numbers<'t>,
    priority: Numbers<'t>,
    partial: Flags<'t>,
    max_deliveries: Numbers<'t>,
    delivery_penalty: Numbers<'t>,
    quantity_split: Flags<'t>,
    latest_useful_hours: Numbers<'t>,
}

impl<'t> Heads<'t> {
    fn of(table: &'t Incoming, id: &'static str, reader: &mut Reader<'t, '_>) -> Heads<'t> {
        Heads {
            table,
            id: reader.texts(id, Need::Always),
            channel: reader.texts("channel", Need::Always),
            customer: reader.texts("customer", Need::Maybe),
            placed_at: reader.moments("placed_at", Need::Always),
            to: reader.texts("to", Need::Always),
            deadline: reader.moments("deadline", Need::Maybe),
            promise: reader.moments("promise", Need::Maybe),
            late_per_hour: reader.numbers("late_per_hour", Need::Maybe),
            priority: reader.numbers("priority", Need::Maybe),
            partial: reader.flags("partial", Need::Maybe),
            max_deliveries: reader.numbers("max_deliveries", Need::Maybe),
            delivery_penalty: reader.numbers("delivery_penalty", Need::Maybe),
            quantity_split: reader.flags("quantity_split", Need::Maybe),
            latest_useful_hours: reader.numbers("latest_useful_hours", Need::Maybe),
        }
    }

    /// The order of a row, with its lines.
    fn order(&self, row: usize, lines: &Lines<'_>, rows: &[u32]) -> spec::Order {
        let spot = self.table.spot(row);
        spec::Order {
            id: self.id.of(spot).to_owned(),
            channel: self.channel.of(spot).to_owned(),
            customer: self.customer.at(spot).map(str::to_owned),
            placed_at: said(self.placed_at.of(spot)),
            to: self.to.of(spot).to_owned(),
            lines: rows.iter().map(|&row| lines.line(lines.table.spot(row as usize))).collect(),
            deadline: self.deadline.at(spot).map(said),
            promise: self.promise.at(spot).map(said),
            late_per_hour: self.late_per_hour.of(spot),
            priority: self.priority.of(spot),
            policy: spec::Policy {
                partial: self.partial.at(spot).unwrap_or(true),
                max_deliveries: self.max_deliveries.at(spot),
                delivery_penalty: self.delivery_penalty.of(spot),
                together: lines.together(rows),
                quantity_split: self.quantity_split.at(spot).unwrap_or(true),
                latest_useful_hours: self.latest_useful_hours.at(spot),
            },
        }
    }

    /// The first column in which two rows say different things of one order.
    fn differs(&self, one: usize, other: usize) -> Option<&'static str> {
        let (one, other) = (self.table.spot(one), self.table.spot(other));
        let text = |column: &Texts<'_>| column.at(one) != column.at(other);
        let number = |column: &Numbers<'_>| column.at(one) != column.at(other);
        let flag = |column: &Flags<'_>| column.at(one) != column.at(other);
        let moment = |column: &Moments<'_>| column.at(one).map(said) != column.at(other).map(said);
        let columns = [
            ("channel", text(&self.channel)),
            ("customer", text(&self.customer)),
            ("placed_at", moment(&self.placed_at)),
            ("to", text(&self.to)),
            ("deadline", moment(&self.deadline)),
            ("promise", moment(&self.promise)),
            ("late_per_hour", number(&self.late_per_hour)),
            ("priority", number(&self.priority)),
            ("partial", flag(&self.partial)),
            ("max_deliveries", number(&self.max_deliveries)),
            ("delivery_penalty", number(&self.delivery_penalty)),
            ("quantity_split", flag(&self.quantity_split)),
            ("latest_useful_hours", number(&self.latest_useful_hours)),
        ];
        columns.into_iter().find(|&(_, differs)| differs).map(|(column, _)| column)
    }
}

/// A moment as a document says it. One that no year holds is said so that it is told as such.
fn said(moment: Moment<'_>) -> String {
    match moment {
        Moment::Text(text) => text.to_owned(),
        Moment::At(moment) => instant_text(moment),
    }
}

/// What a row says of a line.
struct Lines<'t> {
    table: &'t Incoming,
    sku: Texts<'t>,
    qty: Numbers<'t>,
    sellers: Lists<'t>,
    min_shelf_life_days: Numbers<'t>,
    unit_value: Numbers<'t>,
    unfilled_penalty: Numbers<'t>,
    together: Numbers<'t>,
}

impl<'t> Lines<'t> {
    fn of(table: &'t Incoming, reader: &mut Reader<'t, '_>) -> Lines<'t> {
        Lines {
            table,
            sku: reader.texts("sku", Need::Always),
            qty: reader.numbers("qty", Need::Always),
            sellers: reader.lists("sellers", Need::Maybe),
            min_shelf_life_days: reader.numbers("min_shelf_life_days", Need::Maybe),
            unit_value: reader.numbers("unit_value", Need::Maybe),
            unfilled_penalty: reader.numbers("unfilled_penalty", Need::Always),
            together: reader.numbers("together", Need::Maybe),
        }
    }

    fn line(&self, spot: Spot) -> spec::Line {
        spec::Line {
            sku: self.sku.of(spot).to_owned(),
            qty: self.qty.of(spot),
            sellers: self.sellers.at(spot),
            min_shelf_life_days: self.min_shelf_life_days.at(spot),
            unit_value: self.unit_value.at(spot),
            unfilled_penalty: self.unfilled_penalty.of(spot),
        }
    }

    /// Lines of an order with one number in `together` are handed over together.
    fn together(&self, rows: &[u32]) -> Vec<Vec<i64>> {
        let mut groups: Vec<(i64, Vec<i64>)> = Vec::new();
        for (line, &row) in (1..).zip(rows) {
            let Some(group) = self.together.at(self.table.spot(row as usize)) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((group, vec![line])),
            }
        }
        groups.into_iter().map(|(_, lines)| lines).collect()
    }
}

/// Rows of orders by their keys; which is where in it nobody sees.
type Known<'t> = HashMap<&'t str, u32, foldhash::fast::RandomState>;

/// Which rows make which order.
struct Grouping {
    /// The row with an order's own columns.
    heads: Vec<u32>,
    /// Rows of its lines: `rows[starts[order]..starts[order + 1]]`.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

/// Orders of one table, or of two.
///
/// # Errors
/// Everything that is wrong with them, by table, row and column.
pub fn ordered(engine: &Engine, orders: &Incoming, lines: Option<&Incoming>) -> Result<Vec<Order>, Defects> {
    let mut found = Found::default();
    let (heads, lines, keys, two) = match lines {
        Some(table) => {
            let mut reader = Reader::of(orders, &mut found);
            let heads = Heads::of(orders, "id", &mut reader);
            reader.finish();
            let mut reader = Reader::of(table, &mut found);
            let keys = reader.texts("order", Need::Always);
            let lines = Lines::of(table, &mut reader);
            reader.finish();
            (heads, lines, keys, true)
        }
        None => {
            let mut reader = Reader::of(orders, &mut found);
            let heads = Heads::of(orders, "order", &mut reader);
            let lines = Lines::of(orders, &mut reader);
            let keys = reader.texts("order", Need::Always);
            reader.finish();
            (heads, lines, keys, false)
        }
    };
    if found.is_unreadable() {
        return found.and(Defects::default()).or(Vec::new());
    }
    let grouping =
        if two { joined(&heads, &lines, &keys, &mut found) } else { grouped(&heads, &keys, &mut found) };
    let order = |order: usize| {
        let rows = &grouping.rows[grouping.starts[order] as usize..grouping.starts[order + 1] as usize];
        let head = grouping.heads[order] as usize;
        let document = heads.order(head, &lines, rows);
        engine.order(&document).map_err(|defects| placed(defects, head, rows, two))
    };
    let read: Vec<Result<Order, Defects>> =
        (0..grouping.heads.len()).into_par_iter().with_min_len(64).map(order).collect();
    let mut of_rows = Defects::default();
    let mut good = Vec::with_capacity(read.len());
    for order in read {
        match order {
            Ok(order) => good.push(order),
            Err(defects) => of_rows.0.extend(defects.0),
        }
    }
    found.and(of_rows).or(good)
}

/// Lines by the orders of another table.
fn joined(heads: &Heads<'_>, lines: &Lines<'_>, keys: &Texts<'_>, found: &mut Found) -> Grouping {
    let count = heads.table.rows();
    let mut known: Known<'_> =
        HashMap::with_capacity_and_hasher(count, foldhash::fast::RandomState::default());
    for row in 0..count {
        let id = heads.id.of(heads.table.spot(row));
        if let Some(first) = known.insert(id, row as u32).filter(|_| !id.is_empty()) {
            known.insert(id, first);
            let right = format!("an id of its own; orders[{first}] has this one");
            found.note(format!("orders[{row}].id"), "duplicate", &format!("{id:?}"), right);
        }
    }
    let mut before: Option<(&str, Option<u32>)> = None;
    let mut of_lines: Vec<Option<u32>> = Vec::with_capacity(lines.table.rows());
    for row in 0..lines.table.rows() {
        let key = keys.of(lines.table.spot(row));
        let order = match before {
            Some((same, order)) if same == key => order,
            _ => known.get(key).copied(),
        };
        if order.is_none() && !key.is_empty() {
            found.note(format!("lines[{row}].order"), "unknown", &format!("{key:?}"), "the id of an order");
        }
        before = Some((key, order));
        of_lines.push(order);
    }
    sorted((0..count as u32).collect(), &of_lines)
}

/// Lines by the key they have in common; what they say of the order must be the same.
fn grouped(heads: &Heads<'_>, keys: &Texts<'_>, found: &mut Found) -> Grouping {
    let mut known: Known<'_> = HashMap::default();
    let mut first: Vec<u32> = Vec::new();
    let mut of_lines: Vec<Option<u32>> = Vec::with_capacity(heads.table.rows());
    let mut before: Option<(&str, u32)> = None;
    for row in 0..heads.table.rows() {
        let key = keys.of(heads.table.spot(row));
        let order = match before {
            Some((same, order)) if same == key => order,
            _ => *known.entry(key).or_insert_with(|| {
                first.push(row as u32);
                first.len() as u32 - 1
            }),
        };
        let head = first[order as usize] as usize;
        if head != row
            && !key.is_empty()
            && let Some(column) = heads.differs(head, row)
        {
            let right = format!("what orders[{head}].{column} says: both are lines of order {key:?}");
            found.note(format!("orders[{row}].{column}"), "conflict", "something else", right);
        }
        before = Some((key, order));
        of_lines.push(Some(order));
    }
    sorted(first, &of_lines)
}

/// Rows by order, within one in their own order (counting sort).
fn sorted(heads: Vec<u32>, of_lines: &[Option<u32>]) -> Grouping {
    let mut starts = vec![0u32; heads.len() + 1];
    for order in of_lines.iter().flatten() {
        starts[*order as usize + 1] += 1;
    }
    for order in 0..heads.len() {
        starts[order + 1] += starts[order];
    }
    let mut next = starts.clone();
    let mut rows = vec![0; starts.last().map_or(0, |&end| end as usize)];
    for (row, order) in of_lines.iter().enumerate() {
        if let Some(order) = order {
            rows[next[*order as usize] as usize] = row as u32;
            next[*order as usize] += 1;
        }
    }
    Grouping { heads, starts, rows }
}

/// Defects of an order document at the rows and columns it was made of.
fn placed(mut defects: Defects, head: usize, rows: &[u32], two: bool) -> Defects {
    for defect in &mut defects.0 {
        let place = column_of(&defect.place, head, rows, two);
        defect.place = place.into_owned();
    }
    defects
}

fn column_of<'a>(place: &'a str, head: usize, rows: &[u32], two: bool) -> Cow<'a, str> {
    let of_line = place.strip_prefix("lines[").and_then(|rest| rest.split_once("]."));
    if let Some((line, column)) = of_line
        && let Some(row) = line.parse::<usize>().ok().and_then(|line| rows.get(line))
    {
        let table = if two { "lines" } else { "orders" };
        return format!("{table}[{row}].{column}").into();
    }
    let column = match place.strip_prefix("policy.").unwrap_or(place) {
        "id" if !two => "order",
        column => column,
    };
    format!("orders[{head}].{column}").into()
}
