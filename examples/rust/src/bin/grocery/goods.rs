//! What the data does not say of a product, in plain sight: weight and volume by department, life by temperature.

use crate::data::{Cold, Product};
use volok::spec::{Sku, Temperature};
use volok::testkit::Random;

/// By department: lightest and heaviest product in grams, cubic centimetres of 100 grams.
const SIZES: [(&str, i64, i64, i64); 21] = [
    ("alcohol", 750, 2_000, 130),
    ("babies", 100, 2_000, 300),
    ("bakery", 200, 700, 350),
    ("beverages", 330, 2_000, 110),
    ("breakfast", 250, 900, 350),
    ("bulk", 300, 1_500, 150),
    ("canned goods", 200, 800, 100),
    ("dairy eggs", 150, 1_500, 120),
    ("deli", 150, 800, 150),
    ("dry goods pasta", 300, 1_000, 150),
    ("frozen", 250, 1_000, 150),
    ("household", 100, 2_500, 250),
    ("international", 100, 700, 120),
    ("meat seafood", 300, 1_200, 120),
    ("missing", 100, 800, 150),
    ("other", 100, 800, 150),
    ("pantry", 100, 900, 120),
    ("personal care", 50, 800, 180),
    ("pets", 300, 3_000, 200),
    ("produce", 150, 1_200, 200),
    ("snacks", 50, 400, 400),
];

/// Aisles whose smell or spill food must not meet.
const CHEMISTRY: [&str; 4] = ["air fresheners candles", "cleaning products", "dish detergents", "laundry"];

/// Departments that nobody eats.
const NO_FOOD: [&str; 3] = ["household", "personal care", "pets"];

/// Zone, what it keeps, what its goods tolerate.
pub const ZONES: [(&str, Temperature, Temperature); 3] =
    [("shelf", [15, 25], [5, 30]), ("fridge", [2, 6], [1, 7]), ("freezer", [-22, -18], [-30, -17])];

/// Row of [`ZONES`].
pub fn zone_of(cold: Cold) -> usize {
    match cold {
        Cold::Ambient => 0,
        Cold::Chilled => 1,
        Cold::Frozen => 2,
    }
}

/// The product as an SKU; the same for ever for a seed.
pub fn sku(product: &Product, random: &mut Random) -> Sku {
    let size = SIZES.iter().find(|size| size.0 == product.department).unwrap_or(&SIZES[14]);
    let grams = random.between(size.1 / 10, size.2 / 10) * 10;
    let food = !NO_FOOD.contains(&product.department.as_str());
    let life = match product.cold {
        Cold::Ambient if !food => None,
        Cold::Ambient => Some(random.between(60, 400)),
        Cold::Chilled => Some(random.between(6, 30)),
        Cold::Frozen => Some(random.between(90, 300)),
    };
    let class = match CHEMISTRY.contains(&product.aisle.as_str()) {
        true => Some("chemistry".to_owned()),
        false => food.then(|| "food".to_owned()),
    };
    Sku {
        id: product.key.clone(),
        name: Some(product.name.clone()),
        grams,
        size_mm: None,
        cm3: Some(grams * size.3 / 100),
        temperature: Some(ZONES[zone_of(product.cold)].2),
        class,
        ships_alone: false,
        shelf_life_days: life,
        value: random.between(5_000, 90_000),
    }
}
