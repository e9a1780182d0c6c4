//! Small worlds: the cost is the exhaustive oracle's, and the judge finds nothing.
//!
//! `VOLOK_WORLDS=20000 cargo test --release --test oracle --features testkit` looks at as many worlds;
//! `VOLOK_SEED` says from which seed on.

#![cfg(feature = "testkit")]

use volok::plan::Plan;
use volok::stock::Stock;
use volok::testkit::generate::{self, Generated};
use volok::testkit::oracle;
use volok::units::Money;
use volok::world::{Order, World};
use volok::{Budget, Engine, Scratch, check};

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn engine(made: &Generated) -> (Engine, Vec<Order>) {
    let (world, stock, orders) = generate::built(made).expect("no defects");
    (Engine::new(world, stock), orders)
}

/// Plans the order of each world, and holds it against what an oracle says. How many worlds it could judge, and how
/// many plans merge and lack a proof.
fn agree(
    worlds: u64,
    generate: fn(u64) -> Generated,
    cheapest: fn(&World, &Stock, &Order) -> Result<Money, oracle::TooBig>,
) -> (u64, u64, u64) {
    let first = number("VOLOK_SEED", 1);
    let mut scratch = Scratch::default();
    let (mut wrong, mut judged, mut merging, mut unproven) = (Vec::new(), 0, 0, 0);
    for seed in first..first + number("VOLOK_WORLDS", worlds) {
        let made = generate(seed);
        let (engine, orders) = engine(&made);
        for order in &orders {
            let mut tell = |what: String| wrong.push(format!("seed {seed}, {}: {what}", short(&made)));
            let plan = match engine.plan(order, Budget::default(), &mut scratch) {
                Ok(plan) => plan,
                Err(error) => {
                    tell(error.to_string());
                    continue;
                }
            };
            for violation in check::check(engine.world(), engine.stock(), order, &plan) {
                tell(violation.to_string());
            }
            let Ok(right) = cheapest(engine.world(), engine.stock(), order) else { continue };
            judged += 1;
            merging += u64::from(merges(&plan));
            unproven += u64::from(!plan.is_optimal());
            if plan.cost() != right || plan.bound > right {
                tell(format!("costs {}, bound {}, cheapest {right}", plan.cost(), plan.bound));
            }
        }
    }
    let told = wrong[..wrong.len().min(20)].join("\n");
    assert!(wrong.is_empty(), "{} of {judged} wrong:\n{told}", wrong.len());
    (judged, merging, unproven)
}

fn merges(plan: &Plan) -> bool {
    plan.parcels.iter().any(|parcel| !parcel.parts.is_empty())
}

/// What kind of world it is.
fn short(made: &Generated) -> String {
    let docks = made.world.nodes.iter().filter(|node| node.cross_docks.is_some()).count();
    let lines = made.orders.iter().map(|order| order.lines.len()).max().unwrap_or(0);
    let (nodes, lanes) = (made.world.nodes.len(), made.world.lanes.len());
    format!("{nodes} nodes, {docks} cross-docks, {lanes} lanes, {lines} lines")
}

#[test]
fn small_worlds_cost_what_the_oracle_says() {
    let direct = |world: &World, stock: &Stock, order: &Order| {
        oracle::cheapest(world, stock, order).map(|cheapest| cheapest.cost)
    };
    let (judged, _, unproven) = agree(300, generate::small, direct);
    assert!(judged > 0 && unproven * 100 <= judged, "{unproven} of {judged} unproven");
}

#[test]
fn crossed_worlds_cost_what_the_oracle_of_merges_says() {
    let (judged, merging, unproven) = agree(600, generate::crossed, oracle::cheapest_forest);
    assert!(judged > 0 && unproven * 200 <= judged, "{unproven} of {judged} unproven");
    assert!(judged < 200 || merging * 40 > judged, "{merging} of {judged} merge");
}

/// What came of worlds in which there is not room for everything.
#[derive(Default, Debug)]
struct Crowd {
    judged: u64,
    unproven: u64,
    /// Plans that would cost less if there were room enough.
    dearer: u64,
    merging: u64,
}

#[test]
fn crowded_worlds_cost_what_the_oracle_of_claims_says() {
    let first = number("VOLOK_SEED", 1);
    let crowd = crowded(first..first + number("VOLOK_WORLDS", 400));
    assert!(crowd.judged > 0 && crowd.unproven * 100 <= crowd.judged, "{crowd:?}");
    assert!(crowd.judged < 200 || crowd.dearer > 0 && crowd.merging > 0, "nothing was in the way: {crowd:?}");
}

#[test]
fn what_leaves_a_full_buffer_as_it_comes_is_merged_there() {
    // A merge ready at the very moment of its departure, and parts that come then, take no place.
    let crowd = crowded([3740, 6550, 11501]);
    assert_eq!(crowd.unproven, 0, "{crowd:?}");
}

#[test]
fn a_parcel_comes_to_a_full_buffer_just_as_it_can_ride_on() {
    // Not only when places come free: by a lane that departs when it is wanted it is there as the next vehicle leaves.
    assert_eq!(crowded([5685]).unproven, 0);
}

#[test]
fn goods_handed_over_where_they_lie_are_there_as_soon_as_they_are_ready() {
    // Their way could have waited for goods that are ready later, and none of those are in the parcel.
    crowded([3840, 5856, 7063, 7921, 11293]);
}

#[test]
fn a_pick_ready_on_a_full_date_rides_with_one_ready_on_a_later_date() {
    // What counts is the date on which the last pick of a parcel is ready, by itself (5190) or put off (11921). Who is
    // in whose parcel is known too late for the first: its bound has to be honest.
    let crowd = crowded([5190, 11921]);
    assert!(crowd.unproven <= 1, "{crowd:?}");
}

#[test]
fn a_parcel_put_off_by_a_full_date_comes_as_another_leaves_the_full_point() {
    // Days and places at the point are scarce at once: each has to know the moments of those that do without the other.
    assert_eq!(crowded([11527]).unproven, 0);
}

/// Plans the orders of crowded worlds one after another, and holds each against what the oracle says.
fn crowded(seeds: impl IntoIterator<Item = u64>) -> Crowd {
    let mut scratch = Scratch::default();
    let (mut wrong, mut crowd) = (Vec::new(), Crowd::default());
    for seed in seeds {
        let made = generate::crowded(seed);
        let (mut engine, mut orders) = engine(&made);
        let fresh = engine.stock().clone();
        orders.sort_by(|one, other| (one.placed_at, &one.id).cmp(&(other.placed_at, &other.id)));
        let mut plans: Vec<Plan> = Vec::new();
        for order in &orders {
            let mut tell =
                |what: String| wrong.push(format!("seed {seed}, {}, {}: {what}", order.id, short(&made)));
            let plan = match engine.plan(order, Budget::default(), &mut scratch) {
                Ok(plan) => plan,
                Err(error) => {
                    tell(error.to_string());
                    break;
                }
            };
            let right = oracle::cheapest_in_crowd(engine.world(), engine.stock(), engine.load(), order);
            if let Ok(right) = right {
                crowd.judged += 1;
                crowd.merging += u64::from(merges(&plan));
                crowd.unproven += u64::from(!plan.is_optimal());
                if plan.cost() < right || plan.bound > right || plan.is_optimal() && plan.cost() != right {
                    tell(format!("costs {}, bound {}, cheapest {right}", plan.cost(), plan.bound));
                }
                let world = generate::built(&made).expect("no defects").0;
                let alone = Engine::new(world, engine.stock().clone());
                let alone = alone.plan(order, Budget::default(), &mut scratch).expect("a plan");
                crowd.dearer += u64::from(alone.cost() < right);
            }
            engine.take(order, &plan).expect("there is room for it");
            plans.push(plan);
        }
        let all: Vec<(&Order, &Plan)> = orders.iter().zip(&plans).collect();
        for violation in check::check_all(engine.world(), &fresh, &all) {
            wrong.push(format!("seed {seed}, {}: {violation}", short(&made)));
        }
    }
    let told = wrong[..wrong.len().min(20)].join("\n");
    assert!(wrong.is_empty(), "{} of {} wrong:\n{told}", wrong.len(), crowd.judged);
    crowd
}

#[test]
fn merging_never_costs_more_than_not_merging() {
    let mut scratch = Scratch::default();
    let (mut gained, first) = (0, number("VOLOK_SEED", 1));
    for seed in first..first + number("VOLOK_WORLDS", 600) {
        let made = generate::crossed(seed);
        let mut without = made.clone();
        for dock in without.world.nodes.iter_mut().flat_map(|node| &mut node.cross_docks) {
            dock.cost_per_merge = 1_000_000_000;
        }
        let mut plan = |made: &Generated| {
            let (engine, orders) = engine(made);
            engine.plan(&orders[0], Budget::default(), &mut scratch).expect("a plan")
        };
        let (with, without) = (plan(&made), plan(&without));
        assert!(!merges(&without), "seed {seed} merges at any cost");
        assert!(
            with.cost() <= without.cost(),
            "seed {seed}: {} with, {} without",
            with.cost(),
            without.cost()
        );
        // Only a plan that merges may gain by it.
        assert!(with.cost() == without.cost() || merges(&with), "seed {seed}: gains without a merge");
        gained += u64::from(with.cost() < without.cost());
    }
    assert!(gained > 0, "no merge was worth it");
}

#[test]
fn the_order_of_rows_cannot_be_seen_in_crossed_worlds() {
    for seed in 1..200 {
        let made = generate::crossed(seed);
        let mut random = volok::testkit::Random::part(seed, "rows");
        let mut other = made.clone();
        let world = &mut other.world;
        random.shuffle(&mut world.sellers);
        random.shuffle(&mut world.skus);
        random.shuffle(&mut world.calendars);
        random.shuffle(&mut world.tariffs);
        random.shuffle(&mut world.lanes);
        random.shuffle(&mut world.stock);
        random.shuffle(&mut world.inbound);
        random.shuffle(&mut world.ring_fences);
        for node in &mut world.nodes {
            node.stores.iter_mut().for_each(|stores| random.shuffle(&mut stores.zones));
            node.cross_docks.iter_mut().for_each(|dock| random.shuffle(&mut dock.keeps));
            node.hands_over.iter_mut().for_each(|desk| random.shuffle(&mut desk.storages));
        }
        random.shuffle(&mut world.nodes);
        let document = |made: &Generated| {
            let (engine, orders) = engine(made);
            let plan = engine.plan(&orders[0], Budget::default(), &mut Scratch::default()).expect("a plan");
            serde_json::to_string(&engine.document(&orders[0], &plan)).expect("JSON")
        };
        assert_eq!(document(&made), document(&other), "seed {seed}");
    }
}

#[test]
fn each_point_of_a_quote_is_the_cheapest_plan_that_completes_by_then() {
    let mut scratch = Scratch::default();
    let first = number("VOLOK_SEED", 1);
    let (mut judged, mut several) = (0, 0);
    for seed in first..first + number("VOLOK_WORLDS", 200) {
        let made = generate::crossed(seed);
        let (engine, orders) = engine(&made);
        let order = &orders[0];
        let quote = engine.quote(order, Budget::default(), &mut scratch).expect("a quote");
        let plan = engine.plan(order, Budget::default(), &mut scratch).expect("a plan");
        assert_eq!((quote.cost, quote.bound), (plan.cost(), plan.bound), "seed {seed}");
        assert_eq!((quote.completes_at, quote.deliveries), (plan.completes_at(), plan.deliveries()));
        assert_eq!(quote.frontier[0].cost, quote.cost, "seed {seed}: the cheapest is first");
        several += u64::from(quote.frontier.len() > 1);
        for pair in quote.frontier.windows(2) {
            assert!(pair[0].cost < pair[1].cost, "seed {seed}: {pair:?}");
            assert!(pair[0].completes_at > pair[1].completes_at, "seed {seed}: {pair:?}");
            assert!(pair[1].unfilled <= quote.unfilled, "seed {seed}: {pair:?}");
        }
        for point in quote.frontier.iter().filter(|point| point.completes_at.is_some()) {
            let mut by_then = order.clone();
            by_then.deadline = point.completes_at;
            let plan = engine.plan(&by_then, Budget::default(), &mut scratch).expect("a plan");
            let violations = check::check(engine.world(), engine.stock(), &by_then, &plan);
            assert!(violations.is_empty(), "seed {seed}: {}", violations[0]);
            assert_eq!((plan.cost(), plan.completes_at()), (point.cost, point.completes_at), "seed {seed}");
            if let Ok(right) = oracle::cheapest_forest(engine.world(), engine.stock(), &by_then) {
                judged += 1;
                assert_eq!(point.cost, right, "seed {seed}: {point:?}");
            }
        }
    }
    assert!(judged > several && several > 0, "{judged} points judged, {several} quotes with several");
}
