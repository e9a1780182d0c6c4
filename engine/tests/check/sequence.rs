//! Orders served one after another as `docs/model.md` says: what each was allowed, the judge allows all together.

use crate::scene::*;
use crate::several::{fenced, served, wish};
use proptest::prelude::*;
use serde_json::{Value, json};
use volok::check::{Rule, check_all};
use volok::plan::Plan;
use volok::stock::CellIx;
use volok::world::{Order, SellerIx, SkuIx};

const CHANNELS: [&str; 3] = ["partner", "web", "yard"];
/// Sellers and SKUs by the order of keys: books, dairy; milk, pen, soap.
const DAIRY: SellerIx = SellerIx(1);
const SKU: SkuIx = SkuIx(0);

/// Five cartons on hand, five of a later lot that is on hand or announced for noon; fences, one per set of channels.
fn world_with(fences: &[i64; 7], announced: bool) -> Value {
    let sets: Vec<Vec<&str>> =
        (1..8usize).map(|set| (0..3).filter(|k| set >> k & 1 == 1).map(|k| CHANNELS[k]).collect()).collect();
    let fences: Vec<(&[&str], i64)> =
        sets.iter().zip(fences).map(|(set, &qty)| (&**set, qty)).filter(|&(_, qty)| qty > 0).collect();
    let mut world = fenced(&fences);
    if announced {
        let l2 = world["stock"].as_array_mut().unwrap().remove(1);
        world["inbound"] = json!([{"seller": "dairy", "sku": "milk", "node": "w1", "zone": "cold", "lot": "L2",
            "expires": l2["expires"], "qty": 5, "price": 3, "available_at": "2026-03-02T12:00:00+03:00"}]);
    }
    world
}

proptest! {
    #[test]
    fn what_a_sequence_allows_is_allowed(
        fences in prop::array::uniform7(prop_oneof![4 => Just(0i64), 1 => 1i64..6]),
        announced in any::<bool>(),
        asked in prop::collection::vec((0usize..3, 0u32..5, 0u32..5), 1..6),
    ) {
        let world = world_with(&fences, announced);
        let mut stock = built(&world, &order()).stock;
        let mut pairs: Vec<(Built, Plan)> = Vec::new();
        for (k, &(channel, first, second)) in asked.iter().enumerate() {
            let cells: Vec<(CellIx, u32)> =
                [(MILK_L1, first), (MILK_L2, second)].into_iter().filter(|&(_, qty)| qty > 0).collect();
            if cells.is_empty() {
                continue;
            }
            let qty = first + second;
            let built = built(&world, &wish(&format!("o{k}"), CHANNELS[channel], k as u32, qty, 3));
            let (node, by) = (W1, built.order.channel);
            // Each pick counts at its own start: of what starts by then, no more than is available then.
            let start = |cell: CellIx| built.order.placed_at.max(stock.cell(cell).available_at);
            let enough = cells.iter().all(|&(cell, _)| {
                let at = start(cell);
                let by_then: u32 =
                    cells.iter().filter(|&&(other, _)| start(other) <= at).map(|&(_, qty)| qty).sum();
                u64::from(by_then) <= stock.available(DAIRY, SKU, node, by, at)
            });
            let allowed = enough && stock.take(by, &cells).is_ok();
            let plan = served(&built, &built.order, &cells);
            if pairs.is_empty() {
                // The first of all sees the stock as it is: then the judge knows exactly what is allowed.
                let found = check_all(&built.world, &built.stock, &[(&built.order, &plan)]);
                prop_assert_eq!(found.iter().all(|violation| violation.rule != Rule::F2), allowed, "{:?}", found);
            }
            if allowed {
                pairs.push((built, plan));
            }
        }
        if let Some((first, _)) = pairs.first() {
            let plans: Vec<(&Order, &Plan)> = pairs.iter().map(|(built, plan)| (&built.order, plan)).collect();
            let found = check_all(&first.world, &first.stock, &plans);
            prop_assert!(found.iter().all(|violation| violation.rule != Rule::F2), "{:?}", found);
        }
    }
}
