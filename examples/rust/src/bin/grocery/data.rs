//! The baskets as they stand in the tables.

use std::collections::HashMap;
use std::path::Path;
use volok_examples::Failure;
use volok_examples::rows::{count, rows};

/// How cold a product must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cold {
    Ambient,
    Chilled,
    Frozen,
}

/// A product, its aisle resolved.
pub struct Product {
    pub key: String,
    pub name: String,
    pub aisle: String,
    pub department: String,
    pub cold: Cold,
}

/// A basket: products by row of [`Data::products`].
pub struct Basket {
    pub key: String,
    pub products: Vec<usize>,
}

/// All of it.
pub struct Data {
    pub products: Vec<Product>,
    pub baskets: Vec<Basket>,
}

/// Reads the tables of a folder.
pub fn read(folder: &Path) -> Result<Data, Failure> {
    let field = |row: &csv::StringRecord, field: usize| row.get(field).unwrap_or_default().to_owned();
    let mut aisles = HashMap::new();
    for row in rows(folder, "aisle_temperature")? {
        let cold = match row.get(3) {
            Some("frozen") => Cold::Frozen,
            Some("chilled") => Cold::Chilled,
            _ => Cold::Ambient,
        };
        aisles.insert(field(&row, 0), (field(&row, 1), field(&row, 2), cold));
    }
    let mut place = HashMap::new();
    let mut products = Vec::new();
    for row in rows(folder, "products")? {
        let unknown = || ("missing".to_owned(), "missing".to_owned(), Cold::Ambient);
        let (aisle, department, cold) = aisles.get(&field(&row, 2)).cloned().unwrap_or_else(unknown);
        place.insert(count(&row, 0), products.len());
        products.push(Product {
            key: format!("p{}", &row[0]),
            name: field(&row, 1),
            aisle,
            department,
            cold,
        });
    }
    let mut baskets: Vec<Basket> = Vec::new();
    for row in rows(folder, "order_products")? {
        let key = format!("b{}", &row[0]);
        if baskets.last().is_none_or(|basket| basket.key != key) {
            baskets.push(Basket { key, products: Vec::new() });
        }
        if let (Some(basket), Some(&product)) = (baskets.last_mut(), place.get(&count(&row, 1))) {
            basket.products.push(product);
        }
    }
    Ok(Data { products, baskets })
}
