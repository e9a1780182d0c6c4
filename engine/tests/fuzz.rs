//! The bodies of the fuzz targets on a few inputs.

#![cfg(feature = "testkit")]

#[path = "../../fuzz/src/bodies.rs"]
mod bodies;

use volok::testkit::{Random, generate};

#[test]
fn broken_documents_do_not_panic() {
    let made = generate::three_items();
    let world = serde_json::to_string(&made.world).expect("a document");
    let order = serde_json::to_string(&made.orders[0]).expect("a document");
    let parts = [world.as_bytes(), order.as_bytes(), b"{\"volok\":1}"];
    let whole = parts.join(&bodies::BETWEEN);
    bodies::parse(&whole);
    for cut in (0..whole.len()).step_by(61) {
        bodies::parse(&whole[..cut]);
    }
    let mut random = Random::new(1);
    for _ in 0..400 {
        let mut broken = whole.clone();
        for _ in 0..=random.below(4) {
            let at = random.row(broken.len());
            broken[at] = random.of(b"\0\"-0919[]{},:.eZ\xff");
        }
        bodies::parse(&broken);
    }
}

#[test]
fn plans_of_changed_worlds_are_right() {
    let mut random = Random::new(2);
    for _ in 0..300 {
        let length = random.between(4, 40);
        let bytes: Vec<u8> = (0..length).map(|_| random.bits() as u8).collect();
        bodies::plan_then_check(&bytes);
    }
}

#[test]
fn changed_logs_and_snapshots_do_not_panic() {
    let changes = std::env::var("VOLOK_LEDGER_CHANGES").ok().and_then(|value| value.parse().ok());
    let mut random = Random::new(3);
    for _ in 0..changes.unwrap_or(1_500) {
        let length = random.between(2, 20);
        let bytes: Vec<u8> = (0..length).map(|_| random.bits() as u8).collect();
        bodies::ledger(&bytes);
    }
    // Each byte of the snapshot and of some groups set to small and to large values.
    for what in [2u8, 1, 5, 21, 121] {
        for place in 0..1_500u16 {
            let [low, high] = place.to_le_bytes();
            bodies::ledger(&[what, low, high, random.of(&[0, 1, 0x7f, 0x80, 0xff])]);
        }
    }
}
