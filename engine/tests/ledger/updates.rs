//! A catalogue changes, and cells are opened, while the book goes on.

use crate::support::open;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::{Budget, Desk, Engine, Order, Scratch, spec};

fn world(skus: &[&str], stock: &[(&str, u32)]) -> Engine {
    let skus: Vec<String> = skus.iter().map(|sku| format!(r#"{{"id": "{sku}", "grams": 12}}"#)).collect();
    let row = |(sku, qty): &(&str, u32)| {
        format!(r#"{{"seller": "anna", "sku": "{sku}", "node": "shop", "zone": "shelf", "on_hand": {qty}}}"#)
    };
    let stock: Vec<String> = stock.iter().map(row).collect();
    let text = format!(
        r#"{{"volok": 1, "currency": "EUR", "sellers": [{{"id": "anna"}}], "skus": [{}],
            "nodes": [{{"id": "shop", "stores": {{"zones": [{{"id": "shelf", "temperature": [15, 25]}}]}},
                "hands_over": {{"storages": [{{"id": "shelf", "temperature": [15, 25]}}]}}}}],
            "channels": [{{"id": "site"}}], "stock": [{}]}}"#,
        skus.join(", "),
        stock.join(", ")
    );
    Engine::from_document(&spec::world_from_str(&text).expect("a world")).expect("no defects")
}

fn order(engine: &Engine, sku: &str, qty: u32) -> Order {
    let text = format!(
        r#"{{"id": "1", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "shop",
             "lines": [{{"sku": "{sku}", "qty": {qty}, "unfilled_penalty": 5000}}]}}"#
    );
    engine.order(&spec::order_from_str(&text).expect("an order")).expect("no defects")
}

struct Shop {
    ledger: Ledger,
    keys: u128,
}

impl Shop {
    fn new(engine: &Engine) -> Shop {
        let mut shop = Shop { ledger: open(MemoryStore::default()), keys: 0 };
        shop.send(opening(engine.world(), engine.stock()));
        shop
    }

    fn send(&mut self, bodies: Vec<Body>) {
        let first = self.keys;
        self.keys += bodies.len() as u128;
        let command = |(key, body)| Command { tenant: Tenant(0), key: Key(key), body };
        let commands = (first..).zip(bodies).map(command).collect();
        let outcomes = self.ledger.submit(commands, Stamp(first as i64 + 1)).expect("memory does not fail");
        assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    }

    fn missing(&self, engine: &Engine) -> Update {
        let step = |state: &State| {
            let book = state.book(Tenant(0)).expect("a book");
            missing(book, engine.world(), engine.stock())
        };
        self.ledger.look(step).expect("it runs")
    }

    /// Units of an SKU that a desk on the book finds for an order of many.
    fn found(&self, engine: &Engine, sku: &str) -> u32 {
        let mut desk = Desk::on_book(engine.clone(), &self.ledger, Tenant(0)).expect("the book knows it all");
        let order = order(desk.engine(), sku, 100);
        let engine = desk.now(&self.ledger, &order, None).expect("it runs");
        let plan = engine.plan(&order, Budget::default(), &mut Scratch::default()).expect("a plan");
        100 - plan.unfilled.iter().map(|unfilled| unfilled.qty.0).sum::<u32>()
    }
}

#[test]
fn a_book_learns_what_a_later_catalogue_has_and_keeps_what_it_counts() {
    let mut shop = Shop::new(&world(&["pen"], &[("pen", 5)]));
    // "cap" comes before "pen": each row of the world has moved, and none of the book.
    let later = world(&["cap", "pen"], &[("cap", 3), ("pen", 500)]);
    let Update::Names(bodies) = shop.missing(&later) else { panic!("a name is missing") };
    shop.send(bodies);
    let Update::Cells(facts, counts) = shop.missing(&later) else { panic!("a cell is missing") };
    assert_eq!((facts.len(), counts), (1, vec![3]));
    let count = StockEvent { source: SourceNo(0), sequence: 2, what: StockChange::Count(CellNo(1), 3) };
    shop.send(vec![Body::OpenCells(facts), Body::Stock(count)]);
    assert_eq!(shop.missing(&later), Update::Terms(Vec::new()));
    assert_eq!((shop.found(&later, "cap"), shop.found(&later, "pen")), (3, 5));
}

#[test]
fn a_desk_follows_cells_that_were_opened_since_and_supply_that_came() {
    let engine = world(&["pen"], &[("pen", 5)]);
    let mut shop = Shop::new(&engine);
    let facts = |lot, due| CellFacts {
        sku: SkuNo(0),
        seller: SellerNo(0),
        node: NodeNo(0),
        zone: ZoneNo(0),
        lot,
        expires: volok::Instant::NEVER,
        due,
    };
    let stock = |sequence, what| Body::Stock(StockEvent { source: SourceNo(0), sequence, what });
    shop.send(vec![
        Body::Register(Kind::Lot, vec!["L7".into()]),
        Body::OpenCells(vec![facts(Some(LotNo(0)), None), facts(None, Some(Second(4_000_000_000)))]),
        stock(2, StockChange::Receipt(CellNo(1), 7)),
        stock(3, StockChange::Announced(CellNo(2), 11, Second(4_000_000_000))),
    ]);
    // Announced for a century on, it serves nobody; arrived, it is the nameless batch a second time, and counts.
    assert_eq!(shop.found(&engine, "pen"), 12);
    shop.send(vec![stock(4, StockChange::Arrived(CellNo(2), 9))]);
    assert_eq!(shop.found(&engine, "pen"), 21);
    let desk = Desk::on_book(engine, &shop.ledger, Tenant(0)).expect("the book knows it all");
    let lots: Vec<&str> = desk.engine().stock().lots().collect();
    assert_eq!(lots, ["+4000000000", "L7"]);
}
