//! The orders of the marketplace as they stand in the tables.

use std::collections::HashMap;
use std::path::Path;
use volok_examples::Failure;
use volok_examples::rows::{count, number, rows};

/// Degrees.
pub type Place = (f64, f64);

/// A product that some order asks for.
pub struct Product {
    pub key: String,
    pub category: String,
    pub grams: i64,
    pub size_mm: Option<[i64; 3]>,
    /// What a unit was sold for, in centavos.
    pub price: i64,
}

/// A seller that some order buys from.
pub struct Seller {
    pub key: String,
    pub name: String,
    pub at: Place,
}

/// A city where some customer lives.
pub struct City {
    pub key: String,
    pub at: Place,
}

/// Units of a product, and the seller they came from.
pub struct Item {
    pub product: usize,
    pub seller: usize,
    pub qty: i64,
}

/// An order: local times as written.
pub struct Wish {
    pub key: String,
    pub customer: String,
    pub city: usize,
    pub placed: String,
    pub promised: String,
    pub items: Vec<Item>,
}

/// All of it; only what orders mention.
#[derive(Default)]
pub struct Data {
    pub products: Vec<Product>,
    pub sellers: Vec<Seller>,
    pub cities: Vec<City>,
    pub orders: Vec<Wish>,
}

/// Centre of the country, for the few prefixes that no table places.
const MIDDLE: Place = (-15.78, -47.93);

/// Reads the tables of a folder.
pub fn read(folder: &Path, limit: usize) -> Result<Data, Failure> {
    let places = Places::read(folder)?;
    let index = |name: &str| -> Result<HashMap<String, csv::StringRecord>, Failure> {
        Ok(rows(folder, name)?.into_iter().map(|row| (row[0].to_owned(), row)).collect())
    };
    let (sellers, customers, products) = (index("sellers")?, index("customers")?, index("products")?);
    let mut items: HashMap<String, Vec<csv::StringRecord>> = HashMap::new();
    for row in rows(folder, "order_items")? {
        items.entry(row[0].to_owned()).or_default().push(row);
    }
    let mut data = Data::default();
    let mut known: [Known; 3] = Default::default();
    for row in rows(folder, "orders")? {
        let (Some(items), Some(customer)) = (items.get(&row[0]), customers.get(&row[1])) else { continue };
        if data.orders.len() >= limit {
            break;
        }
        let city = format!("{}/{}", &customer[3], &customer[4]);
        let city = known[0].row(&city, || {
            data.cities.push(City { key: city.clone(), at: places.find(&customer[2], &city) });
        });
        let mut wanted: Vec<Item> = Vec::new();
        for item in items {
            let price = (number(item, 5).unwrap_or(0.0) * 100.0).round() as i64;
            let product = known[1]
                .row(&item[2], || data.products.push(product(&item[2], products.get(&item[2]), price)));
            let seller = known[2].row(&item[3], || {
                let (at, name) = sellers.get(&item[3]).map_or((MIDDLE, String::new()), |row| {
                    let city = format!("{}/{}", &row[2], &row[3]);
                    (places.find(&row[1], &city), city)
                });
                data.sellers.push(Seller { key: item[3].to_owned(), name, at });
            });
            match wanted.iter_mut().find(|item| (item.product, item.seller) == (product, seller)) {
                Some(item) => item.qty += 1,
                None => wanted.push(Item { product, seller, qty: 1 }),
            }
        }
        data.orders.push(Wish {
            key: row[0].to_owned(),
            customer: customer[1].to_owned(),
            city,
            placed: row[3].to_owned(),
            promised: row[7].to_owned(),
            items: wanted,
        });
    }
    Ok(data)
}

/// Keys with their rows, in the order in which they were met.
#[derive(Default)]
struct Known(HashMap<String, usize>);

impl Known {
    fn row(&mut self, key: &str, add: impl FnOnce()) -> usize {
        let rows = &mut self.0;
        if let Some(&row) = rows.get(key) {
            return row;
        }
        add();
        rows.insert(key.to_owned(), rows.len());
        rows.len() - 1
    }
}

/// A product; what is not told of it is that of a small box of half a kilogram.
fn product(key: &str, row: Option<&csv::StringRecord>, price: i64) -> Product {
    let told = |field| row.and_then(|row| number(row, field)).map(|value| value.round() as i64);
    let grams = told(2).filter(|&grams| grams > 0).unwrap_or(500);
    let sides = [told(3), told(4), told(5)].map(|side| side.filter(|&side| side > 0).map(|side| side * 10));
    let size_mm = match sides {
        [Some(length), Some(height), Some(width)] => Some([length, height, width]),
        _ => None,
    };
    let category = row.map_or("", |row| &row[1]).to_owned();
    Product { key: key.to_owned(), category, grams, size_mm, price }
}

/// Where zip prefixes are; where a city is, for prefixes that are nowhere.
struct Places {
    prefixes: HashMap<usize, Place>,
    cities: HashMap<String, Place>,
}

impl Places {
    fn read(folder: &Path) -> Result<Places, Failure> {
        let (mut prefixes, mut cities) = (HashMap::new(), HashMap::new());
        for row in rows(folder, "geolocation_by_zip_prefix")? {
            let (Some(lat), Some(lon)) = (number(&row, 1), number(&row, 2)) else { continue };
            prefixes.insert(count(&row, 0), (lat, lon));
            cities.entry(format!("{}/{}", &row[3], &row[4])).or_insert((lat, lon));
        }
        Ok(Places { prefixes, cities })
    }

    fn find(&self, prefix: &str, city: &str) -> Place {
        let prefix = prefix.parse().ok().and_then(|prefix: usize| self.prefixes.get(&prefix));
        prefix.or_else(|| self.cities.get(city)).copied().unwrap_or(MIDDLE)
    }
}
