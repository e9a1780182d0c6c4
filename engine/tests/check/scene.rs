//! A small world with one order and its right plan, all arithmetic done by hand.
//!
//! Moscow, Monday 2026-03-02, 10:15: two cartons of milk and three pens, of which one is not delivered.
//! Parcel A leaves `w1` with the milk and a pen that lies in the fridge too; parcel B leaves `w2` with a pen.

use serde_json::{Value, json};
use smallvec::smallvec;
use volok::check::{Rule, Violation, check};
use volok::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Unfilled};
use volok::stock::{CellIx, Stock};
use volok::units::{CubicCentimetres, Grams, Index, Instant, Money, Quantity, Temperatures};
use volok::world::{EntityIx, LaneIx, LineIx, NodeIx, Order, World};

/// Documents that a test may change before they are built, and the plan.
pub struct Scene {
    pub world: Value,
    pub order: Value,
    pub plan: Plan,
}

/// Documents as built.
pub struct Built {
    pub world: World,
    pub stock: Stock,
    pub order: Order,
}

pub fn built(world: &Value, order: &Value) -> Built {
    let document: volok::spec::World = serde_json::from_value(world.clone()).expect("a world document");
    let world = volok::world::build(&document).unwrap_or_else(|defects| panic!("{defects}"));
    let stock = volok::stock::build(&world, &document).unwrap_or_else(|defects| panic!("{defects}"));
    let order: volok::spec::Order = serde_json::from_value(order.clone()).expect("an order document");
    let order = world.order(&order).unwrap_or_else(|defects| panic!("{defects}"));
    Built { world, stock, order }
}

impl Scene {
    pub fn judged(&self) -> Vec<Violation> {
        let built = built(&self.world, &self.order);
        check(&built.world, &built.stock, &built.order, &self.plan)
    }

    /// The rules broken, each once.
    pub fn broken(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = self.judged().iter().map(|violation| violation.rule).collect();
        rules.dedup();
        rules
    }
}

/// Moscow wall time of March 2026: `at(2, "10:15:00")`.
pub fn at(day: u32, time: &str) -> Instant {
    let text = format!("2026-03-{day:02}T{time}+03:00");
    Instant(text.parse::<jiff::Timestamp>().expect("a time").as_second())
}

pub fn world() -> Value {
    let tariff_lane = |id: &str, from: &str, schedule: Value, cut_off: i64, transit: i64| {
        json!({
            "id": id, "from": from, "to": "p1", "schedule": schedule, "cut_off_minutes": cut_off,
            "transit_minutes": transit, "tariff": "small",
            "compartments": [{"id": "chilled", "temperature": [2, 6]}, {"id": "dry", "temperature": [15, 25]}]
        })
    };
    let cell = |seller: &str, sku: &str, node: &str, zone: &str, lot: Option<(&str, u32)>, price: i64| {
        json!({
            "seller": seller, "sku": sku, "node": node, "zone": zone, "on_hand": 5, "price": price,
            "lot": lot.map(|(lot, _)| lot),
            "expires": lot.map(|(_, day)| format!("2026-03-{day:02}T10:00:00+03:00")),
        })
    };
    json!({
        "volok": 1,
        "sellers": [{"id": "books"}, {"id": "dairy"}],
        "skus": [
            {"id": "milk", "grams": 1000, "size_mm": [100, 100, 100], "temperature": [2, 6], "class": "food"},
            {"id": "pen", "grams": 10, "size_mm": [10, 150, 10], "temperature": [-30, 40]},
            {"id": "soap", "grams": 200, "class": "chemistry"}
        ],
        "segregation": [["chemistry", "food"]],
        "calendars": [
            {"id": "shop", "zone": "Europe/Moscow", "weekly": {
                "mon": [["10:00", "20:00"]], "tue": [["10:00", "20:00"]], "wed": [["10:00", "20:00"]]}},
            {"id": "work", "zone": "Europe/Moscow", "weekly": {
                "mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]], "wed": [["09:00", "18:00"]]}}
        ],
        "tariffs": [{"id": "small", "base": 100, "per_kg_above": 20, "cm3_per_kg": 5000,
            "steps": [{"up_to_grams": 1000, "price": 10}, {"up_to_grams": 5000, "price": 50}]}],
        "nodes": [
            {"id": "hub", "stores": {"zones": [{"id": "any", "temperature": [15, 25]}]}},
            {"id": "p1", "legal_entity": "shop", "hands_over": {
                "calendar": "shop", "cost_per_parcel": 25, "largest": {"grams": 20000, "size_mm": [400, 300, 200]},
                "storages": [{"id": "fridge", "temperature": [2, 6]}, {"id": "shelf", "temperature": [15, 25]}]}},
            {"id": "w1", "legal_entity": "shop", "stores": {"calendar": "work", "cost_per_parcel": 30, "zones": [
                {"id": "cold", "temperature": [2, 6], "lead_minutes": 60, "cost_per_line": 5, "cost_per_unit": 1}]}},
            {"id": "w2", "legal_entity": "shop", "stores": {"cost_per_parcel": 30, "zones": [
                {"id": "dry", "temperature": [15, 25], "lead_minutes": 30, "cost_per_line": 4,
                 "cost_per_unit": 2}]}}
        ],
        "lanes": [
            tariff_lane("w1-p1", "w1", json!({"weekly": {"zone": "Europe/Moscow", "at": {
                "mon": ["12:00", "18:00"], "tue": ["12:00", "18:00"]}}}), 60, 120),
            tariff_lane("w2-p1", "w2", json!({"every": {"minutes": 60}}), 0, 180)
        ],
        "channels": [
            {"id": "partner", "prefix": "PT-"},
            {"id": "web", "legal_entity": "shop"}
        ],
        "stock": [
            cell("dairy", "milk", "w1", "cold", Some(("L1", 10)), 3),
            cell("dairy", "milk", "w1", "cold", Some(("L2", 20)), 3),
            cell("books", "pen", "w1", "cold", None, 0),
            cell("books", "pen", "w2", "dry", None, -1)
        ]
    })
}

pub fn order() -> Value {
    json!({
        "id": "1001", "channel": "web", "placed_at": "2026-03-02T10:15:00+03:00", "to": "p1",
        "deadline": "2026-03-05T00:00:00+03:00", "promise": "2026-03-02T13:00:00+03:00", "late_per_hour": 7,
        "lines": [
            {"sku": "milk", "qty": 2, "sellers": ["dairy"], "min_shelf_life_days": 3, "unfilled_penalty": 500},
            {"sku": "pen", "qty": 3, "unfilled_penalty": 100}
        ],
        "policy": {"delivery_penalty": 40, "latest_useful_hours": 48}
    })
}

/// Rows by the order of keys: cells as in the stock list, nodes hub, p1, w1, w2.
pub const MILK_L1: CellIx = CellIx(0);
pub const MILK_L2: CellIx = CellIx(1);
pub const PEN_W1: CellIx = CellIx(2);
pub const PEN_W2: CellIx = CellIx(3);
pub const HUB: NodeIx = NodeIx(0);
pub const P1: NodeIx = NodeIx(1);
pub const W1: NodeIx = NodeIx(2);
pub const W2: NodeIx = NodeIx(3);
pub const W1_P1: LaneIx = LaneIx(0);
pub const W2_P1: LaneIx = LaneIx(1);
/// Lines of the order.
pub const MILK: LineIx = LineIx(0);
pub const PEN: LineIx = LineIx(1);

pub fn pick(line: LineIx, cell: CellIx, qty: u32) -> Pick {
    Pick { line, cell, qty: Quantity(qty) }
}

pub fn shop(built: &World) -> EntityIx {
    built.entity_names().find("shop").expect("the shop")
}

/// The right plan.
pub fn plan() -> Plan {
    let shop = shop(&built(&world(), &order()).world);
    // Placed 10:15, an hour of work: 11:15. Cut-off an hour: 12:00 is missed, 18:00 arrives at 20:00, when the shop
    // has just closed; handed over at 10:00 on Tuesday.
    let milk = Parcel {
        node: W1,
        picks: smallvec![pick(MILK, MILK_L1, 2), pick(PEN, PEN_W1, 1)],
        parts: smallvec![],
        temperature: Temperatures::new(2, 6).expect("not empty"),
        grams: Grams(2010),
        cm3: CubicCentimetres(2015),
        ready_at: at(2, "11:15:00"),
        legs: smallvec![Leg {
            lane: W1_P1,
            compartment: 0,
            departs_at: at(2, "18:00:00"),
            arrives_at: at(2, "20:00:00"),
            // Above a kilogram: 100 + 50.
            cost: Money(150),
        }],
        hand_over: Some(HandOver { at: at(3, "10:00:00"), storage: 0, fiscal: Fiscal::Online(shop) }),
    };
    // Half an hour: 10:45; on the hour 11:00; three hours: 14:00.
    let pen = Parcel {
        node: W2,
        picks: smallvec![pick(PEN, PEN_W2, 1)],
        parts: smallvec![],
        temperature: Temperatures::new(-30, 40).expect("not empty"),
        grams: Grams(10),
        cm3: CubicCentimetres(15),
        ready_at: at(2, "10:45:00"),
        legs: smallvec![Leg {
            lane: W2_P1,
            compartment: 1,
            departs_at: at(2, "11:00:00"),
            arrives_at: at(2, "14:00:00"),
            cost: Money(110),
        }],
        hand_over: Some(HandOver { at: at(2, "14:00:00"), storage: 1, fiscal: Fiscal::Online(shop) }),
    };
    let costs = Costs {
        pick_units: Money(2 + 1 + 2),
        pick_lines: Money(5 + 5 + 4),
        packing: Money(30 + 30),
        carriage: Money(150 + 110),
        handling: Money(0),
        merging: Money(0),
        hand_over: Money(25 + 25),
        extra_deliveries: Money(40),
        // The milk 21 hours late, the pen one.
        lateness: Money(21 * 7 + 7),
        unfilled: Money(100),
        stock: Money(2 * 3 - 1),
    };
    Plan {
        parcels: smallvec![milk, pen],
        unfilled: vec![Unfilled { line: PEN, qty: Quantity(1), reasons: Vec::new() }],
        costs,
        bound: costs.total(),
        steps: 12,
    }
}

pub fn scene() -> Scene {
    Scene { world: world(), order: order(), plan: plan() }
}

#[test]
fn rows_stand_where_the_constants_say() {
    let built = built(&world(), &order());
    let node = |key| built.world.node_names().find(key).expect("a node");
    assert_eq!([node("hub"), node("p1"), node("w1"), node("w2")], [HUB, P1, W1, W2]);
    let lot = |cell: CellIx| built.stock.lot(built.stock.cell(cell)).map(str::to_owned);
    assert_eq!([lot(MILK_L1), lot(MILK_L2)], [Some("L1".to_owned()), Some("L2".to_owned())]);
    assert_eq!([built.stock.cell(PEN_W1).node, built.stock.cell(PEN_W2).node], [W1, W2]);
    assert_eq!(built.world.lane_names().of(W2_P1), "w2-p1");
    assert_eq!(built.world.lanes()[W1_P1].from.row(), W1.row());
}

#[test]
fn the_right_plan_passes() {
    assert_eq!(scene().judged(), []);
}
