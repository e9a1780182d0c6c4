//! One day of an outbound network as it stands in the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use volok_examples::Failure;
use volok_examples::rows::{count, number, rows};

/// A plant: what it can send in a day, what storing a unit costs, by which ports it sends.
#[derive(Default)]
pub struct Plant {
    pub a_day: i64,
    /// Cents a unit.
    pub unit: f64,
    pub ports: BTreeSet<String>,
    pub products: BTreeSet<String>,
    /// The customers it serves, if it serves some only.
    pub customers: BTreeSet<String>,
}

/// An order: so many units of one product, for one port.
pub struct Wish {
    pub key: String,
    pub customer: String,
    pub product: String,
    pub service: String,
    pub to: String,
    pub units: i64,
    pub kilograms: f64,
}

/// What a carrier asks from one port to another, for weights from so much up to so much.
pub struct Rate {
    pub from: String,
    pub to: String,
    pub service: String,
    pub weights: (f64, f64),
    /// Cents a kilogram, and at least so many.
    pub each: f64,
    pub least: f64,
}

/// All of it.
#[derive(Default)]
pub struct Data {
    pub plants: BTreeMap<String, Plant>,
    pub orders: Vec<Wish>,
    pub rates: Vec<Rate>,
}

/// Reads the tables of a folder.
pub fn read(folder: &Path, limit: usize) -> Result<Data, Failure> {
    let mut data = Data::default();
    for row in rows(folder, "WhCapacities")? {
        data.plants.entry(row[0].to_owned()).or_default().a_day = count(&row, 1) as i64;
    }
    for row in rows(folder, "WhCosts")? {
        data.plants.entry(row[0].to_owned()).or_default().unit = 100.0 * number(&row, 1).unwrap_or(0.0);
    }
    for row in rows(folder, "PlantPorts")? {
        data.plants.entry(row[0].to_owned()).or_default().ports.insert(row[1].to_owned());
    }
    for row in rows(folder, "ProductsPerPlant")? {
        data.plants.entry(row[0].to_owned()).or_default().products.insert(row[1].to_owned());
    }
    for row in rows(folder, "VmiCustomers")? {
        data.plants.entry(row[0].to_owned()).or_default().customers.insert(row[1].to_owned());
    }
    // One more is named in some tables and can send nothing.
    data.plants.retain(|_, plant| plant.a_day > 0);
    for row in rows(folder, "OrderList")?.into_iter().take(limit) {
        data.orders.push(Wish {
            key: row[0].to_owned(),
            customer: row[8].to_owned(),
            product: row[9].to_owned(),
            service: row[5].to_owned(),
            to: row[11].to_owned(),
            units: count(&row, 12) as i64,
            kilograms: number(&row, 13).unwrap_or(0.0),
        });
    }
    let dollars =
        |text: &str| text.trim().trim_start_matches('$').replace(',', "").parse::<f64>().unwrap_or(0.0);
    for row in rows(folder, "FreightRates")? {
        data.rates.push(Rate {
            from: row[1].to_owned(),
            to: row[2].to_owned(),
            service: row[5].to_owned(),
            weights: (number(&row, 3).unwrap_or(0.0), number(&row, 4).unwrap_or(0.0)),
            each: 100.0 * dollars(&row[7]),
            least: 100.0 * dollars(&row[6]),
        });
    }
    Ok(data)
}

impl Data {
    /// What an order costs from a plant, in cents: storing and the cheapest freight. Nothing when the plant does not have
    /// it, does not serve the customer, or nobody carries it from there.
    pub fn cost(&self, order: &Wish, plant: &Plant) -> Option<i64> {
        let serves = plant.customers.is_empty() || plant.customers.contains(&order.customer);
        if !serves || !plant.products.contains(&order.product) {
            return None;
        }
        // Whose freight the customer sees to pays none here.
        let freight = match order.service.as_str() {
            "CRF" => 0.0,
            service => self
                .rates
                .iter()
                .filter(|rate| {
                    plant.ports.contains(&rate.from)
                        && rate.to == order.to
                        && rate.service == service
                        && (rate.weights.0..=rate.weights.1).contains(&order.kilograms)
                })
                .map(|rate| (rate.each * order.kilograms).max(rate.least))
                .min_by(f64::total_cmp)?,
        };
        Some((plant.unit * order.units as f64 + freight).round() as i64)
    }
}
