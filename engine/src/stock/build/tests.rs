//! Stories of stock, sound and broken.

use crate::spec;
use crate::stock::{Cell, Row, Rows, Stock, StockBuilder, build, build_rows};
use crate::units::{Index, Instant, Money};
use crate::world::{self, Defects, World, fixture};

fn stock(change: impl FnOnce(&mut spec::World)) -> (World, Result<Stock, Defects>) {
    let mut document = fixture::world();
    change(&mut document);
    let world = world::build(&document).unwrap();
    let stock = build(&world, &document);
    (world, stock)
}

fn defects(change: impl FnOnce(&mut spec::World)) -> Vec<(String, &'static str)> {
    let Defects(defects) = stock(change).1.unwrap_err();
    defects.into_iter().map(|defect| (defect.place, defect.code)).collect()
}

fn one(place: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(place.to_owned(), code)]
}

#[test]
fn all_defects_of_stock_come_at_once_in_the_order_of_the_document() {
    let found = defects(|world| {
        world.stock[0].zone = "freezer".to_owned();
        world.stock[0].on_hand = -1;
        world.stock[1].node = "pickup".to_owned();
        world.stock[2].sku = "mlik".to_owned();
        world.stock.push(world.stock[3].clone());
        world.inbound[0].available_at = "tomorrow".to_owned();
        world.inbound[1].qty = 1 << 32;
        world.ring_fences[0].channels.clear();
    });
    let wanted = [
        ("stock[0].zone", "unknown"),
        ("stock[0].on_hand", "out_of_range"),
        ("stock[1].zone", "unknown"),
        ("stock[2].sku", "unknown"),
        ("stock[4].lot", "duplicate"),
        ("inbound[0].available_at", "malformed"),
        ("inbound[1].qty", "out_of_range"),
        ("ring_fences[0].channels", "empty"),
    ];
    assert_eq!(found, wanted.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn lots_of_one_zone_have_one_price() {
    assert_eq!(defects(|world| world.stock[2].price = 5), one("stock[2].price", "conflict"));
    // Announced supply joins the same zone, so it has the same price.
    let announced = |world: &mut spec::World| {
        let mut row = world.inbound[0].clone();
        (row.node, row.price) = ("klin".to_owned(), 1);
        world.inbound.push(row);
    };
    assert_eq!(defects(announced), one("inbound[2].price", "conflict"));
}

#[test]
fn a_lot_expires_at_one_moment() {
    let found = defects(|world| {
        world.inbound[0].node = "klin".to_owned();
        world.inbound[0].lot = Some("a".to_owned());
        world.inbound[0].expires = Some("2026-04-01T00:00:00Z".to_owned());
    });
    assert_eq!(found, one("inbound[0].expires", "conflict"));
}

#[test]
fn announcements_without_a_lot_are_told_apart_by_their_moment() {
    let expires = Some("2026-04-01T00:00:00Z".to_owned());
    let found = defects(|world| world.inbound[1].expires = expires.clone());
    assert_eq!(found, one("inbound[1].expires", "conflict"));
    let (_, later) = stock(|world| {
        world.inbound[1].expires = expires;
        world.inbound[1].available_at = "2026-03-04T06:00:00Z".to_owned();
    });
    assert_eq!(later.unwrap().len(), 6);
}

#[test]
fn supply_that_passes_the_count_is_refused() {
    let found = defects(|world| {
        world.inbound[0].qty = u32::MAX.into();
        world.inbound[1].qty = u32::MAX.into();
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "out_of_range");
}

#[test]
fn a_fence_stated_twice_is_found() {
    assert_eq!(
        defects(|world| world.ring_fences.push(world.ring_fences[0].clone())),
        one("ring_fences[1]", "duplicate")
    );
}

#[test]
fn more_held_than_there_is_is_a_shortage_and_no_defect() {
    let (world, stock) = stock(|_| {});
    let stock = stock.unwrap();
    let (_, milk) = stock.of(world.sku_names().find("milk").unwrap());
    assert_eq!((milk[0].on_hand, milk[0].held, milk[0].free()), (7, 9, 0));
}

#[test]
fn rows_made_without_a_document_are_the_same_stock() {
    let (world, from_document) = stock(|_| {});
    let from_document = from_document.unwrap();
    let mut rows = StockBuilder::default();
    for sku in world.skus().indices() {
        for cell in from_document.of(sku).1.iter().rev() {
            let lot = from_document.lot(cell).map_or(u32::MAX, |lot| rows.lot(lot));
            rows.cell(sku, Cell { lot, ..cell.clone() });
        }
        for fence in world
            .sellers()
            .indices()
            .flat_map(|seller| world.nodes().indices().flat_map(move |node| [(seller, node)]))
        {
            from_document.fences(sku, fence.0, fence.1).iter().for_each(|fence| rows.fence(fence.clone()));
        }
    }
    assert_eq!(rows.finish(&world).unwrap(), from_document);
}

#[test]
fn rows_of_another_world_are_refused() {
    let (world, stock) = stock(|_| {});
    let stock = stock.unwrap();
    let sound = stock.of(world.sku_names().find("pen").unwrap()).1[0].clone();
    let sku = world.sku_names().find("pen").unwrap();
    let elsewhere = world::ZoneIx(0);
    for broken in [
        Cell { zone: elsewhere, ..sound.clone() },
        Cell { zone: world::ZoneIx(99), ..sound.clone() },
        Cell { lot: 0, ..sound.clone() },
        Cell { price: Money(i64::MAX), ..sound.clone() },
        Cell { price: Money(i64::MIN), ..sound.clone() },
        Cell { seller: world::SellerIx(7), ..sound.clone() },
    ] {
        let mut rows = StockBuilder::default();
        rows.cell(sku, broken);
        assert!(rows.finish(&world).is_err());
    }
}

#[test]
fn a_cell_is_found_by_its_names() {
    let (world, stock) = stock(|_| {});
    let stock = stock.unwrap();
    let sku = world.sku_names().find("milk").unwrap();
    let (klin, dairy) =
        (world.node_names().find("klin").unwrap(), world.seller_names().find("dairy").unwrap());
    let fridge = world.zone(klin, "fridge").unwrap();
    let found = stock.find(sku, (klin, fridge, dairy), Some("b"), Instant::ALWAYS).unwrap();
    assert_eq!(stock.cell(found).on_hand, 5);
    assert_eq!(stock.find(sku, (klin, fridge, dairy), None, Instant::ALWAYS), None);
}

/// A world with so many SKUs that their cells are sorted in several parts, and two rows of each in no order.
fn many_skus() -> spec::World {
    let mut document = fixture::world();
    let sku = document.skus[0].clone();
    let row = document.stock.iter().find(|row| row.lot.is_none()).expect("a row without a lot").clone();
    document
        .skus
        .extend((0..9_001).map(|number| spec::Sku { id: format!("many-{number:04}"), ..sku.clone() }));
    let cells = (0..2 * 9_001_i64).map(|turn| {
        let (number, lot) = (turn * 7_919 % 9_001, turn / 9_001);
        let (sku, lot) = (format!("many-{number:04}"), Some(format!("lot-{lot}")));
        spec::Cell { sku, lot, on_hand: number + 1, held: 0, safety: 0, ..row.clone() }
    });
    document.stock.extend(cells);
    document
}

#[test]
fn cells_of_many_skus_are_found_whatever_the_order_of_rows() {
    let mut document = many_skus();
    let world = world::build(&document).unwrap();
    let stock = build(&world, &document).unwrap();
    for number in 0..9_001 {
        let sku = world.sku_names().find(&format!("many-{number:04}")).unwrap();
        let cells = stock.of(sku).1;
        let found: Vec<_> = cells.iter().map(|cell| (cell.on_hand, stock.lot(cell).unwrap())).collect();
        assert_eq!(found, [(number + 1, "lot-0"), (number + 1, "lot-1")]);
    }
    document.stock.reverse();
    assert_eq!(build(&world, &document).unwrap(), stock);

    // Rows that cannot be read stand between the others, and two say the same.
    let rows = document.stock.len();
    document.stock[10].sku = "mlik".to_owned();
    document.stock[9_000].zone = "freezer".to_owned();
    let twice = document.stock[77].clone();
    document.stock.push(twice);
    let Defects(found) = build(&world, &document).unwrap_err();
    let found: Vec<(String, &str)> = found.into_iter().map(|defect| (defect.place, defect.code)).collect();
    let wanted = [
        ("stock[10].sku".to_owned(), "unknown"),
        ("stock[9000].zone".to_owned(), "unknown"),
        (format!("stock[{rows}].lot"), "duplicate"),
    ];
    assert_eq!(found, wanted);
}

/// Rows as a program has them that counts seconds itself.
struct Counted<'a>(&'a [spec::Cell], i64);

impl<'a> Rows<Row<'a>> for Counted<'a> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn row(&self, at: usize) -> Row<'a> {
        let rows = self.0;
        Row { expires: Some(spec::Moment::At(Instant(self.1))), ..rows.row(at) }
    }
}

#[test]
fn rows_from_elsewhere_are_checked_as_those_of_a_document() {
    let mut document = fixture::world();
    let world = world::build(&document).unwrap();
    let inbound: &[spec::Inbound] = &[];
    let of = |document: &spec::World, expires| {
        build_rows(&world, &Counted(&document.stock, expires), &inbound, &[])
    };

    let expires = spec::instant("2026-05-01T00:00:00Z").unwrap();
    let stock = of(&document, expires.0).unwrap();
    assert_eq!(stock.len(), document.stock.len());
    assert!((0..stock.len()).all(|cell| stock.cell(Index::of(cell)).expires == expires));

    document.stock[1].sku = "mlik".to_owned();
    document.stock[2].held = -1;
    let found = of(&document, -1).unwrap_err();
    let found: Vec<(&str, &str)> = found.0.iter().map(|defect| (&*defect.place, defect.code)).collect();
    let early = |row: usize| format!("stock[{row}].expires");
    let early: Vec<String> = (0..document.stock.len()).map(early).collect();
    for place in &early {
        assert!(found.contains(&(place, "out_of_range")), "{place}");
    }
    assert!(
        found.contains(&("stock[1].sku", "unknown")) && found.contains(&("stock[2].held", "out_of_range"))
    );
}
