//! Stories of orders, sound and broken.

use crate::spec;
use crate::units::{Instant, Money, Seconds, limits};
use crate::world::{Defects, LineIx, Order, build, fixture};

fn read(change: impl FnOnce(&mut spec::Order)) -> Result<Order, Defects> {
    let world = build(&fixture::world()).unwrap();
    let mut order = fixture::order();
    change(&mut order);
    world.order(&order)
}

fn defects(change: impl FnOnce(&mut spec::Order)) -> Vec<(String, &'static str)> {
    let Defects(defects) = read(change).unwrap_err();
    defects.into_iter().map(|defect| (defect.place, defect.code)).collect()
}

fn one(place: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(place.to_owned(), code)]
}

#[test]
fn a_sound_order_speaks_in_indices_and_utc() {
    let order = read(|_| {}).unwrap();
    assert_eq!(order.placed_at, Instant(1_772_435_700), "10:15 in Moscow is 07:15 UTC");
    assert_eq!(order.lines[0].unit_value, Money(5000), "the SKU's own value");
    assert_eq!(order.lines[1].min_life, Seconds(3 * 86_400));
    assert_eq!(order.policy.latest_useful, Seconds(limits::HORIZON_DAYS * 86_400));
    assert_eq!(order.latest(), order.deadline.unwrap());
}

#[test]
fn all_defects_of_an_order_come_at_once() {
    let found = defects(|order| {
        order.channel = "markte".to_owned();
        order.placed_at = "2026-03-02 10:15".to_owned();
        order.to = "tver".to_owned();
        order.lines[0].qty = 0;
        order.lines[0].sellers = Some(vec![]);
        order.lines[1].sku = "mlik".to_owned();
        order.lines[1].unfilled_penalty = -1;
        order.policy.max_deliveries = Some(0);
    });
    let places: Vec<_> = found.iter().map(|(place, _)| &**place).collect();
    let wanted = [
        "channel",
        "placed_at",
        "to",
        "lines[0].qty",
        "lines[0].sellers",
        "lines[1].sku",
        "lines[1].unfilled_penalty",
        "policy.max_deliveries",
    ];
    assert_eq!(places, wanted);
}

#[test]
fn ten_thousand_lines_are_one_defect() {
    let found = defects(|order| {
        let line = spec::Line { sku: "no such thing".to_owned(), ..order.lines[0].clone() };
        order.lines = vec![line; 10_000];
        order.policy.together = vec![vec![9_000, 9_001]];
    });
    assert_eq!(found, one("lines", "too_many"));
    assert_eq!(defects(|order| order.lines.clear())[0], ("lines".to_owned(), "empty"));
}

#[test]
fn a_deadline_is_not_before_placement_and_a_promise_may_be() {
    let early = Some("2026-03-01T00:00:00Z".to_owned());
    assert_eq!(defects(|order| order.deadline = early.clone()), one("deadline", "conflict"));
    assert!(read(|order| order.promise = early).is_ok());
}

fn together(groups: &[&[i64]]) -> impl FnOnce(&mut spec::Order) {
    let groups = groups.iter().map(|group| group.to_vec()).collect();
    |order| {
        let line = order.lines[0].clone();
        order.lines.resize(5, line);
        order.policy.together = groups;
    }
}

#[test]
fn groups_are_told_apart_sorted_and_a_group_of_one_is_none() {
    let order = read(together(&[&[5, 3], &[4], &[2, 1]])).unwrap();
    let lines = |group: [u32; 2]| group.map(LineIx).to_vec();
    assert_eq!(order.policy.together, [lines([0, 1]), lines([2, 4])]);
    assert_eq!(defects(together(&[&[0, 1]])), one("policy.together[0][0]", "out_of_range"));
    assert_eq!(defects(together(&[&[1, 6]])), one("policy.together[0][1]", "out_of_range"));
    assert_eq!(defects(together(&[&[1, 2, 1]])), one("policy.together[0][2]", "duplicate"));
}

#[test]
fn groups_that_overlap_are_to_be_merged() {
    let Defects(found) = read(together(&[&[1, 2], &[4, 5], &[2, 3, 1]])).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "policy.together[2]: found line 2, which is in group 1 too; \
         groups that share no line; merge groups 1 and 3 into one"
    );
}

#[test]
fn money_beyond_counting_is_refused() {
    let found = defects(|order| {
        order.lines[0].qty = limits::QUANTITY;
        order.lines[0].unfilled_penalty = limits::MONEY_PER_UNIT;
    });
    assert_eq!(found, one("lines", "out_of_range"));
    let found = defects(|order| {
        order.policy.max_deliveries = None;
        order.lines[0].qty = limits::QUANTITY;
        order.late_per_hour = limits::MONEY;
    });
    assert_eq!(found, one("lines", "out_of_range"));
}

#[test]
fn a_megabyte_of_order_id_is_a_short_defect() {
    let Defects(found) = read(|order| order.id = "x".repeat(1 << 20)).unwrap_err();
    assert!(found[0].to_string().len() < 300);
}
