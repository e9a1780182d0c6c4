//! From offers to rows of stock: which SKU, which node, which zone.

use super::commerceml::Offer;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use volok::spec::{Cell, Sku, Temperature, World, Zone};
use volok::world::Defects;

/// What of an offer is the key of an SKU.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Key {
    /// `Ид`.
    Id,
    /// `Артикул`.
    Article,
    /// `Штрихкод`.
    Barcode,
}

/// Stock of one seller at some nodes, as it is to be.
pub struct Shelves<'a> {
    seller: &'a str,
    /// By warehouse, its node.
    nodes: HashMap<&'a str, &'a str>,
    /// By node, the zone that is meant where several would do.
    meant: HashMap<&'a str, &'a str>,
    zones: HashMap<String, Vec<Zone>>,
    skus: HashMap<String, Sku>,
    /// By (SKU, node), in which zone it lies already, and whether it is kept by batches.
    known: HashMap<(String, String), (String, bool)>,
    /// By (SKU, node): zone and units.
    counts: BTreeMap<(String, String), (String, i64)>,
    /// Whether everything was counted.
    whole: bool,
    /// Counts at warehouses that are not named.
    passed: usize,
}

impl<'a> Shelves<'a> {
    /// What there is before.
    ///
    /// # Errors
    /// A seller, node or zone that is not in the world.
    pub fn new(
        world: &World,
        seller: &'a str,
        warehouses: &'a [(String, String)],
        zones: &'a [(String, String)],
    ) -> Result<Shelves<'a>, String> {
        if !world.sellers.iter().any(|known| known.id == seller) {
            return Err(format!("--seller {seller}: the world has no such seller"));
        }
        let of_node = |node: &volok::spec::Node| {
            node.stores.as_ref().map(|stores| (node.id.clone(), stores.zones.clone()))
        };
        let all: HashMap<String, Vec<Zone>> = world.nodes.iter().filter_map(of_node).collect();
        for (warehouse, node) in warehouses {
            if !all.contains_key(node) {
                return Err(format!(
                    "--warehouse {warehouse}={node}: the world has no node {node} that stores"
                ));
            }
        }
        for (node, zone) in zones {
            if !all.get(node).is_some_and(|zones| zones.iter().any(|known| known.id == *zone)) {
                return Err(format!("--zone {node}={zone}: the world has no such zone there"));
            }
        }
        let mut known = HashMap::new();
        for row in world.stock.iter().filter(|row| row.seller == seller) {
            let at =
                known.entry((row.sku.clone(), row.node.clone())).or_insert_with(|| (row.zone.clone(), false));
            at.1 |= row.lot.is_some() || row.expires.is_some();
        }
        let keys =
            |pairs: &'a [(String, String)]| pairs.iter().map(|(one, other)| (&**one, &**other)).collect();
        Ok(Shelves {
            seller,
            nodes: keys(warehouses),
            meant: keys(zones),
            zones: all,
            skus: world.skus.iter().map(|sku| (sku.id.clone(), sku.clone())).collect(),
            known,
            counts: BTreeMap::new(),
            whole: false,
            passed: 0,
        })
    }

    /// Takes the counts of a file; later files count more than earlier ones.
    pub fn take(&mut self, offers: &[Offer], only_changes: bool, key: Key, defects: &mut Defects) {
        if !only_changes {
            self.whole = true;
            self.counts.clear();
        }
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for offer in offers {
            let sku = match key {
                Key::Id => Some(&offer.id),
                Key::Article => offer.article.as_ref(),
                Key::Barcode => offer.barcode.as_ref(),
            };
            let Some(sku) = sku.filter(|sku| self.skus.contains_key(*sku)) else {
                let found = sku.map_or("none".to_owned(), |sku| format!("{sku:?}"));
                defects.note(
                    offer.place.clone(),
                    "unknown",
                    &found,
                    "the key of an SKU of the world (--key)",
                );
                continue;
            };
            for (warehouse, units) in &offer.units {
                let Some(&node) = self.nodes.get(&**warehouse) else {
                    self.passed += 1;
                    continue;
                };
                let at = (sku.clone(), node.to_owned());
                if !seen.insert(at.clone()) {
                    let right = "one count of an SKU at a node in each file";
                    defects.note(offer.place.clone(), "twice", &format!("{sku:?} at {node:?} again"), right);
                    continue;
                }
                match self.zone(&at) {
                    Ok(zone) => _ = self.counts.insert(at, (zone, *units)),
                    // Nothing of it lies nowhere.
                    Err(_) if *units == 0 => {}
                    Err((found, right)) => defects.note(offer.place.clone(), "zone", &found, right),
                }
            }
        }
    }

    /// In which zone an SKU lies at a node: where it lies already, else the one zone that suits it.
    fn zone(&self, at: &(String, String)) -> Result<String, (String, String)> {
        let (sku, node) = at;
        match self.known.get(at) {
            Some((_, true)) => {
                let right = "stock by batch, which CommerceML does not tell: report it to the ledger";
                return Err((format!("{sku:?} at {node:?} is kept by batches"), right.to_owned()));
            }
            Some((zone, false)) => return Ok(zone.clone()),
            None => {}
        }
        let tolerates = self.skus[sku].temperature;
        let suits = |zone: &&Zone| tolerates.is_none_or(|range| is_inside(zone.temperature, range));
        let fitting: Vec<&Zone> = self.zones[node].iter().filter(suits).collect();
        if let Some(meant) = self.meant.get(&**node)
            && fitting.iter().any(|zone| zone.id == **meant)
        {
            return Ok((*meant).to_owned());
        }
        match fitting[..] {
            [one] => Ok(one.id.clone()),
            [] => Err((format!("{sku:?} at {node:?}"), "an SKU that a zone of the node suits".to_owned())),
            _ => {
                let names: Vec<&str> = fitting.iter().map(|zone| &*zone.id).collect();
                let right = format!("one zone: say --zone {node}=ZONE ({})", names.join(", "));
                Err((format!("{sku:?} at {node:?}"), right))
            }
        }
    }

    /// Puts the counts into a world; how many rows were written and how many counts were passed over. Rows of batches,
    /// and what is held, stay.
    pub fn write(self, world: &mut World) -> (usize, usize) {
        let named: BTreeSet<&str> = self.nodes.values().copied().collect();
        let mut counts = self.counts;
        let mut rows = 0;
        world.stock.retain_mut(|row| {
            if row.seller != self.seller
                || !named.contains(&*row.node)
                || row.lot.is_some()
                || row.expires.is_some()
            {
                return true;
            }
            match counts.remove(&(row.sku.clone(), row.node.clone())) {
                Some((_, units)) => {
                    row.on_hand = units;
                    rows += 1;
                    true
                }
                // What somebody holds is told as none there, not forgotten.
                None if self.whole => {
                    row.on_hand = 0;
                    row.held > 0 || row.safety > 0
                }
                None => true,
            }
        });
        for ((sku, node), (zone, on_hand)) in counts.into_iter().filter(|(_, (_, units))| *units > 0) {
            rows += 1;
            world.stock.push(Cell {
                seller: self.seller.to_owned(),
                sku,
                node,
                zone,
                lot: None,
                expires: None,
                on_hand,
                held: 0,
                safety: 0,
                price: 0,
            });
        }
        (rows, self.passed)
    }
}

fn is_inside(zone: Temperature, range: Temperature) -> bool {
    range[0] <= zone[0] && zone[1] <= range[1]
}
