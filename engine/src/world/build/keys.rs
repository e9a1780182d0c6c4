//! What is everything called? Keys of every section, sorted before any row is read, so that rows may refer to each
//! other in any order.

use super::{names_of, section};
use crate::spec;
use crate::units::{Index, limits};
use crate::world::{
    CalendarIx, ChannelIx, ClassIx, EntityIx, Inspection, LaneIx, Names, NodeIx, Place, SellerIx, SkuIx,
    TariffIx,
};

/// Keys of one section, and the document's rows in the order of their keys.
pub(super) struct Keyed<I> {
    pub(super) names: Names<I>,
    /// Row of the document for each index. With repeated keys it is longer than the names; nothing is built then.
    pub(super) rows: Vec<u32>,
}

impl<I: Index> Keyed<I> {
    fn of<'a, T>(
        (number, field): (u8, &str),
        rows: &'a [T],
        key: impl Fn(&'a T) -> &'a str,
        found: &mut Inspection,
    ) -> Keyed<I> {
        let section = Place::Document.at(field);
        if rows.len() > limits::ROWS {
            found.rank(number, 0);
            found.note(
                &section,
                "too_many",
                &rows.len().to_string(),
                format!("at most {} rows", limits::ROWS),
            );
            return Keyed { names: Names::default(), rows: Vec::new() };
        }
        let mut sorted: Vec<(&str, u32)> = rows.iter().map(&key).zip(0..).collect();
        for &(id, row) in &sorted {
            found.rank(number, row as usize);
            found.key(&section.row(row as usize).at("id"), id);
        }
        sorted.sort_unstable();
        note_repeats(&sorted, number, &section, found);
        let order = sorted.iter().map(|&(_, row)| row).collect();
        sorted.dedup_by_key(|&mut (id, _)| id);
        let names = Names::from_sorted(sorted.iter().map(|&(id, _)| id));
        Keyed { names: names_or_too_long(names, number, &section, found), rows: order }
    }
}

/// Notes every row whose key an earlier row has already.
fn note_repeats(sorted: &[(&str, u32)], number: u8, section: &Place<'_>, found: &mut Inspection) {
    for same in sorted.chunk_by(|one, other| one.0 == other.0) {
        for &(id, row) in &same[1..] {
            found.rank(number, row as usize);
            let right = format!("an id of its own; {} has this one", section.row(same[0].1 as usize));
            found.note(&section.row(row as usize).at("id"), "duplicate", &format!("{id:?}"), right);
        }
    }
}

fn names_or_too_long<I: Index>(
    names: Option<Names<I>>,
    number: u8,
    section: &Place<'_>,
    found: &mut Inspection,
) -> Names<I> {
    names.unwrap_or_else(|| {
        found.rank(number, 0);
        found.note(section, "too_many", "keys of more than four gigabytes", "shorter keys");
        Names::default()
    })
}

/// Keys of all sections.
pub(super) struct Keys {
    pub(super) sellers: Keyed<SellerIx>,
    pub(super) skus: Keyed<SkuIx>,
    pub(super) calendars: Keyed<CalendarIx>,
    pub(super) tariffs: Keyed<TariffIx>,
    pub(super) nodes: Keyed<NodeIx>,
    pub(super) lanes: Keyed<LaneIx>,
    pub(super) channels: Keyed<ChannelIx>,
    pub(super) entities: Names<EntityIx>,
    pub(super) classes: Names<ClassIx>,
}

impl Keys {
    pub(super) fn of(world: &spec::World, found: &mut Inspection) -> Keys {
        Keys {
            sellers: Keyed::of((section::SELLERS, "sellers"), &world.sellers, |row| &row.id, found),
            skus: Keyed::of((section::SKUS, "skus"), &world.skus, |row| &row.id, found),
            calendars: Keyed::of((section::CALENDARS, "calendars"), &world.calendars, |row| &row.id, found),
            tariffs: Keyed::of((section::TARIFFS, "tariffs"), &world.tariffs, |row| &row.id, found),
            nodes: Keyed::of((section::NODES, "nodes"), &world.nodes, |row| &row.id, found),
            lanes: Keyed::of((section::LANES, "lanes"), &world.lanes, |row| &row.id, found),
            channels: Keyed::of((section::CHANNELS, "channels"), &world.channels, |row| &row.id, found),
            entities: entities(world, found),
            classes: classes(world, found),
        }
    }
}

/// Legal entities are whoever a row says signs for it, else the row itself: no section lists them.
fn entities(world: &spec::World, found: &mut Inspection) -> Names<EntityIx> {
    let sellers = world.sellers.iter().map(|row| (&row.id, &row.legal_entity));
    let nodes = world.nodes.iter().map(|row| (&row.id, &row.legal_entity));
    let channels = world.channels.iter().map(|row| (&row.id, &row.legal_entity));
    let all =
        sellers.chain(nodes).chain(channels).map(|(id, entity)| signer(id, entity.as_deref())).collect();
    names_or_too_long(names_of(all), section::SELLERS, &Place::Document.at("sellers"), found)
}

/// Who signs for a row.
pub(super) fn signer<'a>(id: &'a str, entity: Option<&'a str>) -> &'a str {
    entity.unwrap_or(id)
}

/// Classes are those SKUs name and those segregation keeps apart.
fn classes(world: &spec::World, found: &mut Inspection) -> Names<ClassIx> {
    let of_skus = world.skus.iter().filter_map(|sku| sku.class.as_deref());
    let of_pairs = world.segregation.iter().flatten().map(String::as_str);
    let names: Names<ClassIx> = names_or_too_long(
        names_of(of_skus.chain(of_pairs).collect()),
        section::SEGREGATION,
        &Place::Document.at("segregation"),
        found,
    );
    if names.len() > limits::CLASSES {
        found.rank(section::SEGREGATION, 0);
        let right = format!("at most {} classes", limits::CLASSES);
        found.note(&Place::Document.at("segregation"), "too_many", &names.len().to_string(), right);
        return Names::default();
    }
    names
}
