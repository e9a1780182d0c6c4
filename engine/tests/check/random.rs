//! Any one number of a right plan changed is noticed, or does no harm; any plan at all is judged without a panic.

use crate::scene::*;
use proptest::prelude::*;
use smallvec::smallvec;
use std::sync::LazyLock;
use volok::check::check;
use volok::plan::{Fiscal, Leg, Plan};
use volok::units::{Index, Instant, Temperatures};
use volok::world::{EntityIx, LaneIx, LineIx, NodeIx};

static HERE: LazyLock<Built> = LazyLock::new(|| built(&world(), &order()));
static RIGHT: LazyLock<Plan> = LazyLock::new(plan);

/// Gives every number of a plan to `change`, by name. What comes back is put in its place, cut to its width.
fn each_number(plan: &mut Plan, change: &mut dyn FnMut(&'static str, i64) -> i64) {
    macro_rules! number {
        ($name:literal, $place:expr, $type:ty) => {
            $place = change($name, $place as i64) as $type
        };
    }
    for parcel in &mut plan.parcels {
        number!("node", parcel.node.0, u32);
        for pick in &mut parcel.picks {
            number!("pick line", pick.line.0, u32);
            number!("pick cell", pick.cell.0, u32);
            number!("pick qty", pick.qty.0, u32);
        }
        for part in &mut parcel.parts {
            number!("part", *part, u16);
        }
        let (mut lo, mut hi) = (parcel.temperature.lo(), parcel.temperature.hi());
        number!("coldest", lo, i8);
        number!("warmest", hi, i8);
        parcel.temperature = Temperatures::new(lo, hi).unwrap_or(parcel.temperature);
        number!("grams", parcel.grams.0, u64);
        number!("cm3", parcel.cm3.0, u64);
        number!("ready", parcel.ready_at.0, i64);
        for leg in &mut parcel.legs {
            number!("lane", leg.lane.0, u32);
            number!("compartment", leg.compartment, u8);
            number!("departs", leg.departs_at.0, i64);
            number!("arrives", leg.arrives_at.0, i64);
            number!("leg cost", leg.cost.0, i64);
        }
        if let Some(end) = &mut parcel.hand_over {
            number!("handed over", end.at.0, i64);
            number!("storage", end.storage, u8);
            if let Fiscal::Online(entity) = &mut end.fiscal {
                number!("receipt", entity.0, u32);
            }
        }
    }
    for unfilled in &mut plan.unfilled {
        number!("unfilled line", unfilled.line.0, u32);
        number!("unfilled qty", unfilled.qty.0, u32);
    }
    let costs = &mut plan.costs;
    number!("pick_units", costs.pick_units.0, i64);
    number!("pick_lines", costs.pick_lines.0, i64);
    number!("packing", costs.packing.0, i64);
    number!("carriage", costs.carriage.0, i64);
    number!("handling", costs.handling.0, i64);
    number!("merging", costs.merging.0, i64);
    number!("hand_over", costs.hand_over.0, i64);
    number!("extra_deliveries", costs.extra_deliveries.0, i64);
    number!("lateness", costs.lateness.0, i64);
    number!("unfilled", costs.unfilled.0, i64);
    number!("stock", costs.stock.0, i64);
    number!("bound", plan.bound.0, i64);
    number!("steps", plan.steps, u64);
}

fn value() -> impl Strategy<Value = i64> {
    prop_oneof![-5i64..5, -100_000i64..100_000, any::<i64>(), Just(i64::MIN), Just(i64::MAX)]
}

proptest! {
    #[test]
    fn one_changed_number_is_noticed_or_does_no_harm(
        chosen in any::<prop::sample::Index>(),
        by in value(),
        replaced in any::<bool>(),
    ) {
        let mut count = 0;
        each_number(&mut RIGHT.clone(), &mut |_, old| { count += 1; old });
        let chosen = chosen.index(count);
        let (mut k, mut changed) = (0, "");
        let mut plan = RIGHT.clone();
        each_number(&mut plan, &mut |name, old| {
            let here = k == chosen;
            k += 1;
            if !here {
                return old;
            }
            changed = name;
            if replaced { by } else { old.wrapping_add(by) }
        });
        let found = check(&HERE.world, &HERE.stock, &HERE.order, &plan);
        // Steps are told for interest, a bound that claims less is still a bound, and a pen may stand anywhere.
        let pen = &plan.parcels[1];
        let pen_elsewhere = (changed == "compartment" && pen.legs[0].compartment == 0)
            || (changed == "storage" && pen.hand_over.is_some_and(|end| end.storage == 0));
        let harmless = plan == *RIGHT
            || changed == "steps"
            || pen_elsewhere
            || (changed == "bound" && plan.bound <= RIGHT.bound);
        prop_assert_eq!(found.is_empty(), harmless, "{}: {:?}", changed, found);
    }

    #[test]
    fn a_stranger_may_say_anything(
        values in prop::collection::vec(value(), 1..60),
        changes in prop::collection::vec(any::<bool>(), 1..60),
        parts in prop::collection::vec(prop::collection::vec(0u16..5, 0..4), 4),
    ) {
        let mut plan = RIGHT.clone();
        let again = plan.parcels.clone();
        plan.parcels.extend(again);
        for (parcel, parts) in plan.parcels.iter_mut().zip(parts) {
            parcel.parts = parts.into();
            let leg = parcel.legs[0];
            parcel.legs.push(leg);
        }
        let (mut values, mut changes) = (values.iter().cycle(), changes.iter().cycle());
        each_number(&mut plan, &mut |_, old| {
            if changes.next() == Some(&true) { *values.next().unwrap_or(&0) } else { old }
        });
        prop_assert!(!check(&HERE.world, &HERE.stock, &HERE.order, &plan).is_empty());
    }
}

#[test]
fn a_stranger_may_say_the_most_extreme_things() {
    for extreme in [i64::MIN, -1, 0, 1, i64::MAX] {
        let mut plan = RIGHT.clone();
        each_number(&mut plan, &mut |_, _| extreme);
        assert!(!check(&HERE.world, &HERE.stock, &HERE.order, &plan).is_empty());
    }
    let mut plan = RIGHT.clone();
    plan.parcels[0].node = NodeIx(u32::MAX);
    plan.parcels[0].picks[0].line = LineIx(u32::MAX);
    plan.parcels[0].parts = smallvec![0, 1, u16::MAX, 1];
    plan.parcels[1].legs =
        smallvec![Leg { lane: LaneIx::of(7), departs_at: Instant::NEVER, ..RIGHT.parcels[1].legs[0] }];
    plan.parcels[1].hand_over.as_mut().unwrap().fiscal = Fiscal::Counter(EntityIx(u32::MAX));
    let said: Vec<String> =
        check(&HERE.world, &HERE.stock, &HERE.order, &plan).iter().map(ToString::to_string).collect();
    assert!(!said.is_empty());
}
