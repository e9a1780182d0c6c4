//! What can be ordered, whose it is, and what is kept for whom, in columns.

use crate::columns::{Found, Incoming, Need, Reader};
use volok::spec;

/// Rows of `sellers`.
pub fn sellers(table: &Incoming, found: &mut Found) -> Vec<spec::Seller> {
    let mut reader = Reader::of(table, found);
    let id = reader.texts("id", Need::Always);
    let legal_entity = reader.texts("legal_entity", Need::Maybe);
    reader.finish();
    let seller = |row| {
        let spot = table.spot(row);
        spec::Seller { id: id.of(spot).to_owned(), legal_entity: legal_entity.at(spot).map(str::to_owned) }
    };
    (0..table.rows()).map(seller).collect()
}

/// Rows of `skus`. An interval of temperature is two columns, sides are three: each all there in a row or none.
pub fn skus(table: &Incoming, found: &mut Found) -> Vec<spec::Sku> {
    let mut reader = Reader::of(table, found);
    let id = reader.texts("id", Need::Always);
    let name = reader.texts("name", Need::Maybe);
    let grams = reader.numbers("grams", Need::Always);
    let sides = ["length_mm", "width_mm", "height_mm"].map(|side| reader.numbers(side, Need::Maybe));
    let cm3 = reader.numbers("cm3", Need::Maybe);
    let degrees = ["temperature_lo", "temperature_hi"].map(|end| reader.numbers(end, Need::Maybe));
    let class = reader.texts("class", Need::Maybe);
    let ships_alone = reader.flags("ships_alone", Need::Maybe);
    let shelf_life_days = reader.numbers("shelf_life_days", Need::Maybe);
    let value = reader.numbers("value", Need::Maybe);
    reader.finish();
    let mut sku = |row| {
        let spot = table.spot(row);
        let sides = [sides[0].at(spot), sides[1].at(spot), sides[2].at(spot)];
        let degrees = [degrees[0].at(spot), degrees[1].at(spot)];
        spec::Sku {
            id: id.of(spot).to_owned(),
            name: name.at(spot).map(str::to_owned),
            grams: grams.of(spot),
            size_mm: all_or_none(sides, || format!("skus[{row}].size_mm"), "all three sides or none", found),
            cm3: cm3.at(spot),
            temperature: all_or_none(
                degrees,
                || format!("skus[{row}].temperature"),
                "both ends or none",
                found,
            ),
            class: class.at(spot).map(str::to_owned),
            ships_alone: ships_alone.at(spot).unwrap_or(false),
            shelf_life_days: shelf_life_days.at(spot),
            value: value.of(spot),
        }
    };
    (0..table.rows()).map(&mut sku).collect()
}

/// Values of several columns that only mean something together.
fn all_or_none<const N: usize>(
    values: [Option<i64>; N],
    place: impl Fn() -> String,
    right: &str,
    found: &mut Found,
) -> Option<[i64; N]> {
    let there = values.iter().flatten().count();
    if there == 0 {
        return None;
    }
    if there < N {
        found.note(place(), "missing", "null", right);
        return None;
    }
    Some(values.map(Option::unwrap_or_default))
}

/// Rows of `ring_fences`.
pub fn ring_fences(table: &Incoming, found: &mut Found) -> Vec<spec::RingFence> {
    let mut reader = Reader::of(table, found);
    let seller = reader.texts("seller", Need::Always);
    let sku = reader.texts("sku", Need::Always);
    let node = reader.texts("node", Need::Always);
    let channels = reader.lists("channels", Need::Always);
    let qty = reader.numbers("qty", Need::Always);
    reader.finish();
    let fence = |row| {
        let spot = table.spot(row);
        spec::RingFence {
            seller: seller.of(spot).to_owned(),
            sku: sku.of(spot).to_owned(),
            node: node.of(spot).to_owned(),
            channels: channels.at(spot).unwrap_or_default(),
            qty: qty.of(spot),
        }
    };
    (0..table.rows()).map(fence).collect()
}
