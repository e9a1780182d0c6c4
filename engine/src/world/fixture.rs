//! A small world for the tests of reading: two warehouses, a pickup point, a store, goods warm and cold.

use crate::spec;
use serde_json::Value;

/// Sound; tests break it.
pub(crate) const WORLD: &str = r#"{
  "volok": 1,
  "currency": "RUB",
  "max_legs": 5,
  "sellers": [{"id": "volga"}, {"id": "dairy", "legal_entity": "ooo-moloko"}],
  "skus": [
    {"id": "pen", "name": "Pen, blue", "grams": 10, "size_mm": [140, 10, 11], "temperature": [-30, 40], "value": 5000},
    {"id": "milk", "grams": 1000, "cm3": 1030, "temperature": [2, 6], "class": "food", "shelf_life_days": 10},
    {"id": "bleach", "grams": 1200, "class": "chemistry"}
  ],
  "segregation": [["food", "chemistry"]],
  "calendars": [
    {"id": "day", "zone": "Europe/Moscow", "weekly": {
      "mon": [["09:00", "13:00"], ["13:00", "18:00"]], "fri": [["22:00", "24:00"]], "sat": [["00:00", "02:00"]]},
      "closed": ["2026-01-01"]},
    {"id": "always", "zone": "Europe/Berlin"}
  ],
  "tariffs": [{"id": "post", "base": 10000, "steps": [{"up_to_grams": 1000, "price": 0},
    {"up_to_grams": 5000, "price": 9000}], "per_kg_above": 2000, "cm3_per_kg": 5000}],
  "nodes": [
    {"id": "tver", "at": [56.86, 35.92], "stores": {"calendar": "day", "cost_per_parcel": 1500,
      "parcels_per_day": 900, "lines_per_day": 4000, "zones": [
      {"id": "shelf", "temperature": [15, 25], "lead_minutes": 60, "cost_per_line": 300, "cost_per_unit": 20},
      {"id": "fridge", "temperature": [2, 6], "lead_minutes": 30, "cost_per_unit": 40}]}},
    {"id": "klin", "owner": "dairy", "legal_entity": "ooo-moloko", "stores": {"zones": [
      {"id": "fridge", "temperature": [2, 4]}]}, "cross_docks": {"calendar": "day", "handling_minutes": 20,
      "cost_per_parcel": 200, "merge_minutes": 15, "cost_per_merge": 500, "buffer_parcels": 60, "keeps": [
      {"id": "floor", "temperature": [10, 25]},
      {"id": "cold", "temperature": [2, 6], "longest_dwell_minutes": 720}]}},
    {"id": "pickup", "hands_over": {"calendar": "always", "storages": [
      {"id": "shelf", "temperature": [15, 25]}, {"id": "fridge", "temperature": [2, 6]}],
      "largest": {"grams": 20000, "size_mm": [600, 400, 400]}, "cost_per_parcel": 2500, "kept_days": 7,
      "holds_parcels": 80, "expected_stay_days": 3}}
  ],
  "lanes": [
    {"id": "tver-pickup", "from": "tver", "to": "pickup", "compartments": [
      {"id": "van", "temperature": [15, 25]},
      {"id": "box", "temperature": [2, 6], "capacity": {"grams": 200000, "cm3": 500000, "parcels": 30}}],
      "schedule": {"weekly": {"zone": "Europe/Moscow", "at": {"mon": ["18:00"], "thu": ["08:30", "18:00"]}}},
      "cut_off_minutes": 30, "transit_minutes": 240, "tariff": "post"},
    {"id": "klin-pickup", "from": "klin", "to": "pickup", "compartments": [{"id": "box", "temperature": [2, 6]}],
      "schedule": {"every": {"minutes": 120, "calendar": "day"}}, "transit_minutes": 90,
      "largest": {"grams": 30000}}
  ],
  "channels": [
    {"id": "site"},
    {"id": "market", "prefix": "MK-", "legal_entity": "market-llc", "payment": "on_delivery", "nodes": ["tver"]}
  ],
  "stock": [
    {"seller": "volga", "sku": "pen", "node": "tver", "zone": "shelf", "on_hand": 100, "safety": 2},
    {"seller": "dairy", "sku": "milk", "node": "klin", "zone": "fridge", "lot": "b", "expires": "2026-03-12T00:00:00+03:00", "on_hand": 5},
    {"seller": "dairy", "sku": "milk", "node": "klin", "zone": "fridge", "lot": "a", "expires": "2026-03-09T00:00:00+03:00", "on_hand": 7, "held": 9},
    {"seller": "volga", "sku": "bleach", "node": "tver", "zone": "shelf", "on_hand": 3, "price": -100}
  ],
  "inbound": [
    {"seller": "dairy", "sku": "milk", "node": "tver", "zone": "fridge", "qty": 40, "available_at": "2026-03-03T06:00:00+03:00"},
    {"seller": "dairy", "sku": "milk", "node": "tver", "zone": "fridge", "qty": 2, "held": 1, "available_at": "2026-03-03T06:00:00+03:00"}
  ],
  "ring_fences": [{"seller": "volga", "sku": "pen", "node": "tver", "channels": ["market"], "qty": 10}]
}"#;

/// An order against it.
pub(crate) const ORDER: &str = r#"{"id": "1001", "channel": "market", "customer": "anna", "placed_at": "2026-03-02T10:15:00+03:00",
  "to": "pickup", "deadline": "2026-03-08T21:00:00+03:00", "promise": "2026-03-05T21:00:00+03:00", "late_per_hour": 100,
  "lines": [{"sku": "pen", "qty": 2, "unfilled_penalty": 3000},
            {"sku": "milk", "qty": 1, "unfilled_penalty": 9000, "sellers": ["dairy"], "min_shelf_life_days": 3}],
  "policy": {"max_deliveries": 2, "delivery_penalty": 500}}"#;

/// The document.
pub(crate) fn world() -> spec::World {
    spec::world_from_str(WORLD).expect("a sound document")
}

/// The document.
pub(crate) fn order() -> spec::Order {
    serde_json::from_str(ORDER).expect("a sound document")
}

/// All places of a document, as steps from its root.
fn places(value: &Value, here: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    all.push(here.clone());
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(rows) => rows.iter().enumerate().map(|(k, value)| (k.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (step, value) in inner {
        here.push(step);
        places(value, here, all);
        here.pop();
    }
}

fn at<'a>(value: &'a mut Value, steps: &[String]) -> Option<&'a mut Value> {
    steps.iter().try_fold(value, |value, step| match value {
        Value::Object(fields) => fields.get_mut(step),
        Value::Array(rows) => rows.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// One act of vandalism.
pub(crate) fn spoil(document: &mut Value, pick: usize, act: u8, number: i64, text: &str) {
    let mut all = Vec::new();
    places(document, &mut Vec::new(), &mut all);
    let steps = &all[pick % all.len()];
    let Some((last, before)) = steps.split_last() else { return };
    let Some(parent) = at(document, before) else { return };
    match (act % 6, parent) {
        (0, Value::Object(fields)) => drop(fields.remove(last)),
        (1, Value::Array(rows)) => {
            if let Some(row) = last.parse::<usize>().ok().and_then(|row| rows.get(row).cloned()) {
                rows.push(row);
            }
        }
        (2, Value::Array(rows)) => rows.clear(),
        (_, parent) => {
            let Some(value) = at(parent, std::slice::from_ref(last)) else { return };
            *value = match value {
                Value::Number(old) if act.is_multiple_of(2) => {
                    Value::from(old.as_i64().map_or(number, i64::wrapping_neg))
                }
                Value::Number(_) => Value::from(number),
                Value::String(_) => Value::from(text),
                _ => return,
            };
        }
    }
}
