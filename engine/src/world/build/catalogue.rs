//! What can be ordered, and whose is it?

use super::keys::{Keys, signer};
use super::section;
use crate::spec;
use crate::units::{Index, IndexVec, Temperatures, limits};
use crate::world::{ClassIx, EntityIx, Inspection, Names, Place, Seller, SellerIx, Sku, SkuIx};
use hashbrown::HashMap;

pub(super) fn sellers(
    world: &spec::World,
    keys: &Keys,
    found: &mut Inspection,
) -> IndexVec<SellerIx, Seller> {
    let section = Place::Document.at("sellers");
    let build = |&row: &u32| {
        let (seller, place) = (&world.sellers[row as usize], section.row(row as usize));
        found.rank(section::SELLERS, row as usize);
        Seller { entity: entity(keys, &place, &seller.id, seller.legal_entity.as_deref(), found) }
    };
    keys.sellers.rows.iter().map(build).collect()
}

/// The legal entity that signs for a row.
pub(super) fn entity(
    keys: &Keys,
    place: &Place<'_>,
    id: &str,
    stated: Option<&str>,
    found: &mut Inspection,
) -> EntityIx {
    if let Some(stated) = stated {
        found.key(&place.at("legal_entity"), stated);
    }
    keys.entities.find(signer(id, stated)).unwrap_or(EntityIx(0))
}

pub(super) fn skus(world: &spec::World, keys: &Keys, found: &mut Inspection) -> IndexVec<SkuIx, Sku> {
    let section = Place::Document.at("skus");
    let mut rows = Vec::with_capacity(keys.skus.rows.len());
    for &row in &keys.skus.rows {
        found.rank(section::SKUS, row as usize);
        rows.push(sku(&world.skus[row as usize], &section.row(row as usize), &keys.classes, found));
    }
    IndexVec::new(rows)
}

fn sku(sku: &spec::Sku, place: &Place<'_>, classes: &Names<ClassIx>, found: &mut Inspection) -> Sku {
    let grams = found.number(&place.at("grams"), sku.grams, 0..=limits::GRAMS_PER_UNIT);
    let size_mm = sku.size_mm.map_or([0; 3], |sides| sides_mm(&place.at("size_mm"), sides, found));
    let cm3 = match sku.cm3 {
        Some(cm3) => found.number(&place.at("cm3"), cm3, 0..=limits::CUBIC_CENTIMETRES_PER_UNIT),
        // A thousand cubic millimetres, begun, are a cubic centimetre: goods are never taken for smaller.
        None => found.number(
            &place.at("size_mm"),
            cubic_millimetres(size_mm).div_ceil(1000) as i64,
            0..=limits::CUBIC_CENTIMETRES_PER_UNIT,
        ),
    };
    let temperature = match sku.temperature {
        Some(interval) => found.temperature(&place.at("temperature"), interval),
        None => Temperatures::ANY,
    };
    if let Some(class) = &sku.class {
        found.key(&place.at("class"), class);
    }
    if let Some(days) = sku.shelf_life_days {
        found.number(&place.at("shelf_life_days"), days, 1..=limits::DAYS);
    }
    Sku {
        value: found.money_per_unit(&place.at("value"), sku.value),
        grams: grams as u32,
        cm3: cm3 as u32,
        size_mm,
        temperature,
        ships_alone: sku.ships_alone,
        class: sku.class.as_deref().and_then(|class| classes.find(class)),
    }
}

/// Three sides, rising.
pub(super) fn sides_mm(place: &Place<'_>, sides: [i64; 3], found: &mut Inspection) -> [u32; 3] {
    let mut rising = [0; 3];
    for (k, side) in sides.into_iter().enumerate() {
        rising[k] = found.number(&place.row(k), side, 1..=limits::MILLIMETRES) as u32;
    }
    rising.sort_unstable();
    rising
}

pub(super) fn cubic_millimetres(sides: [u32; 3]) -> u64 {
    // Three sides of at most 10^5 millimetres: 10^15.
    sides.into_iter().map(u64::from).product()
}

/// Names for people, where they differ from the key. Filled in the order of keys, so that equal worlds print alike.
pub(super) fn labels(
    world: &spec::World,
    keys: &Keys,
) -> HashMap<SkuIx, Box<str>, foldhash::fast::FixedState> {
    let mut labels = HashMap::with_hasher(foldhash::fast::FixedState::default());
    for (index, &row) in keys.skus.rows.iter().enumerate() {
        if let Some(name) = &world.skus[row as usize].name {
            labels.insert(SkuIx::of(index), name.as_str().into());
        }
    }
    labels
}

/// Symmetric matrix of the classes that may not share a parcel.
pub(super) fn segregated(world: &spec::World, keys: &Keys, found: &mut Inspection) -> Vec<bool> {
    let (section, classes) = (Place::Document.at("segregation"), keys.classes.len());
    let mut apart = vec![false; classes * classes];
    for (row, pair) in world.segregation.iter().enumerate() {
        found.rank(section::SEGREGATION, row);
        for (side, class) in pair.iter().enumerate() {
            found.key(&section.row(row).row(side), class);
        }
        let [one, other] = pair.each_ref().map(|class| keys.classes.find(class));
        if let (Some(one), Some(other)) = (one, other) {
            apart[one.row() * classes + other.row()] = true;
            apart[other.row() * classes + one.row()] = true;
        }
    }
    apart
}
