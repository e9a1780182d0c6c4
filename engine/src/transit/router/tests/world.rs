//! A world laid out arrives when its own calendars and schedules say.

use crate::transit::Transit;
use crate::transit::router::{Labels, Prices, Router, Search, StopIx};
use crate::units::{CubicCentimetres, Grams, Instant, Money};
use crate::world::{LaneIx, NodeIx};
use crate::{spec, world};

/// A shop, a dock that handles in its hours, a point, and lanes of all kinds in a row; clocks change on 2026-03-29.
const WORLD: &str = r#"{
  "volok": 1, "currency": "EUR", "sellers": [], "skus": [], "channels": [], "stock": [],
  "tariffs": [{"id": "truck", "base": 700}],
  "calendars": [{"id": "hours", "zone": "Europe/Berlin", "closed": ["2026-03-27"],
    "weekly": {"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "wed": [["08:00", "24:00"]],
      "thu": [["00:00", "06:00"]], "fri": [["08:00", "18:00"]], "sun": [["01:00", "05:00"]]}}],
  "nodes": [
    {"id": "a-shop", "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]}},
    {"id": "b-dock", "cross_docks": {"calendar": "hours", "handling_minutes": 95, "cost_per_parcel": 30,
      "keeps": [{"id": "floor", "temperature": [15, 25]}]}},
    {"id": "c-dock", "cross_docks": {"handling_minutes": 10, "keeps": [{"id": "floor", "temperature": [15, 25]}]}},
    {"id": "d-dock", "cross_docks": {"keeps": [{"id": "floor", "temperature": [15, 25]}]}},
    {"id": "e-point", "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}],
  "lanes": [
    {"id": "1", "from": "a-shop", "to": "b-dock", "compartments": [{"id": "body", "temperature": [15, 25]}],
      "schedule": {"weekly": {"zone": "Europe/Berlin", "closed": ["2026-03-31"], "at": {
        "mon": ["00:10", "06:00", "18:30"], "tue": ["02:30", "23:50"], "fri": ["18:00"], "sun": ["02:30", "03:00"]}}},
      "cut_off_minutes": 200, "transit_minutes": 170, "tariff": "truck"},
    {"id": "2", "from": "b-dock", "to": "c-dock", "compartments": [{"id": "body", "temperature": [15, 25]}],
      "schedule": {"every": {"minutes": 50, "calendar": "hours"}}, "cut_off_minutes": 15, "transit_minutes": 1500},
    {"id": "3", "from": "c-dock", "to": "d-dock", "compartments": [{"id": "body", "temperature": [15, 25]}],
      "schedule": {"every": {"minutes": 55}}, "transit_minutes": 20},
    {"id": "4", "from": "d-dock", "to": "e-point", "compartments": [{"id": "body", "temperature": [15, 25]}],
      "schedule": {"on_demand": {"calendar": "hours"}}, "cut_off_minutes": 30, "transit_minutes": 45}]
}"#;

#[test]
fn a_chain_of_lanes_arrives_when_each_of_them_says() {
    let world = world::build(&spec::world_from_str(WORLD).unwrap()).unwrap();
    let transit = Transit::new(&world);
    let first = spec::instant("2026-03-24T09:00:00+01:00").unwrap();
    let (days, midnight) = (12, first.0.div_euclid(86_400) * 86_400);
    let end = midnight + i64::from(days) * 86_400;
    let router = Router::of_world(&world, &transit, first, days).unwrap();
    let (mut search, mut labels) = (Search::default(), Labels::default());
    let prices = Prices::of_parcel(&world, Grams(1), CubicCentimetres(1));
    let mut arrived = 0;
    for at in (midnight..end).step_by(37 * 60) {
        let mut ready = Some(Instant(at));
        let mut arrives = None;
        for lane in 0..4 {
            let departure = ready.and_then(|ready| transit.next_departure(LaneIx(lane), ready));
            let departure = departure.filter(|departure| departure.departs.0 < end);
            arrives = departure.map(|departure| departure.arrives);
            let docks = world.nodes()[NodeIx(lane + 1)].cross_docks.as_ref();
            ready = arrives.zip(docks).and_then(|(arrives, docks)| match docks.calendar {
                Some(calendar) => transit.hours(calendar).after_working(arrives, docks.handling),
                None => arrives.after(docks.handling),
            });
        }
        let (from, to) = (StopIx(0), StopIx(4));
        assert_eq!(router.earliest(from, Instant(at), to, &mut search), arrives, "ready at {at}");
        let journeys = router.undominated((from, to), Instant(at), 4, &prices, &mut labels);
        let told: Vec<_> = journeys.iter().map(|journey| (journey.arrives, journey.cost)).collect();
        assert_eq!(told, arrives.map(|arrives| (arrives, Money(730))).into_iter().collect::<Vec<_>>());
        assert!(router.undominated((from, to), Instant(at), 3, &prices, &mut labels).is_empty());
        arrived += usize::from(arrives.is_some());
    }
    assert!(arrived > 200, "most moments have an answer: {arrived}");
    assert!(Router::of_world(&world, &transit, first, 401).is_err());
}
