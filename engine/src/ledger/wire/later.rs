//! Commands that came after the first version of the log, under numbers of their own: a log without them reads as ever.

use super::body::{read_claim, read_numbered, write_body, write_claim};
use super::{Damage, Reader, Writer};
use crate::ledger::command::*;
use crate::ledger::number::*;
use crate::ledger::sscc::{CompanyPrefix, Sscc};

const GROUP: u8 = 24;

/// Writes what is asked; what the first version knew is written elsewhere.
pub(super) fn write_later(body: &Body, to: &mut Writer) {
    match body {
        Body::Labels(labels) => {
            to.byte(16);
            write_label(&labels.terms, to);
            to.number(labels.count);
        }
        Body::Parcels(parcels) => {
            to.byte(17);
            to.number(parcels.hold.0);
            to.option(parcels.version.map(u64::from));
            to.text(&parcels.order);
            to.flag(parcels.together);
            to.number(parcels.kept);
            write_labels(parcels.labels, to);
            to.number(parcels.parcels.len() as u64);
            parcels.parcels.iter().for_each(|parcel| write_terms(parcel, to));
        }
        Body::Pack(handled) | Body::SendOn(handled) => {
            to.byte(if matches!(body, Body::Pack(_)) { 18 } else { 20 });
            write_seen(handled.parcel, handled.version, to);
        }
        Body::Arrive(arrive) => {
            to.byte(19);
            write_seen(arrive.parcel, arrive.version, to);
            to.number(arrive.node.0);
        }
        Body::Merge(merge) => {
            to.byte(21);
            write_seen(merge.parcel, merge.version, to);
            to.flag(merge.without_missing);
        }
        Body::HandOver(hand) => {
            to.byte(22);
            write_seen(hand.parcel, hand.version, to);
            to.number(hand.by.0);
            write_units(&hand.taken, to);
            match &hand.rest {
                Rest::Keep => to.byte(0),
                Rest::Back(back) => write_back_to(back, to),
            }
        }
        Body::Back(back) => {
            to.byte(23);
            write_seen(back.parcel, back.version, to);
            write_units(&back.units, to);
            write_back_to(&back.to, to);
        }
        Body::Group(bodies) => {
            to.byte(GROUP);
            to.number(bodies.len() as u64);
            bodies.iter().for_each(|body| write_body(body, to));
        }
        Body::Register(..)
        | Body::OpenCells(_)
        | Body::Settings(_)
        | Body::Channel(..)
        | Body::Node(..)
        | Body::Safety(..)
        | Body::Fence(_)
        | Body::Stock(_)
        | Body::Place(_)
        | Body::Adjust(_)
        | Body::Extend(_)
        | Body::Fulfil(_)
        | Body::Release(_)
        | Body::Forget(_)
        | Body::ConfirmClock => {}
    }
}

/// Reads what is asked, behind its number.
pub(super) fn read_later(number: u8, from: &mut Reader<'_>) -> Result<Body, Damage> {
    Ok(match number {
        16 => Body::Labels(Labels { terms: read_label(from)?, count: from.small()? }),
        17 => Body::Parcels(Parcels {
            hold: HoldId(from.number()?),
            version: from.option()?,
            order: from.text()?.into(),
            together: from.flag()?,
            kept: from.small()?,
            labels: read_labels(from)?,
            parcels: from.list(read_terms)?,
        }),
        18 | 20 => {
            let (parcel, version) = read_seen(from)?;
            let handled = Handled { parcel, version };
            if number == 18 { Body::Pack(handled) } else { Body::SendOn(handled) }
        }
        19 => {
            let (parcel, version) = read_seen(from)?;
            Body::Arrive(Arrive { parcel, version, node: NodeNo(from.small()?) })
        }
        21 => {
            let (parcel, version) = read_seen(from)?;
            Body::Merge(Merge { parcel, version, without_missing: from.flag()? })
        }
        22 => {
            let (parcel, version) = read_seen(from)?;
            let (by, taken) = (NodeNo(from.small()?), from.list(read_units)?);
            let rest = match from.byte()? {
                0 => Rest::Keep,
                way => Rest::Back(read_back_to(way, from)?),
            };
            Body::HandOver(HandOver { parcel, version, by, taken, rest })
        }
        23 => {
            let (parcel, version) = read_seen(from)?;
            let (units, way) = (from.list(read_units)?, from.byte()?);
            Body::Back(Back { parcel, version, units, to: read_back_to(way, from)? })
        }
        GROUP => Body::Group(from.list(|from| match from.byte()? {
            GROUP => Err(from.damage("a group is in no other group")),
            number => read_numbered(number, from),
        })?),
        _ => return Err(from.damage("no command has this number")),
    })
}

fn write_seen(parcel: ParcelId, version: Option<u32>, to: &mut Writer) {
    write_parcel_id(parcel, to);
    to.option(version.map(u64::from));
}

fn read_seen(from: &mut Reader<'_>) -> Result<(ParcelId, Option<u32>), Damage> {
    Ok((read_parcel_id(from)?, from.option()?))
}

pub(super) fn write_parcel_id(parcel: ParcelId, to: &mut Writer) {
    to.number(parcel.order.0);
    to.number(parcel.row);
}

pub(super) fn read_parcel_id(from: &mut Reader<'_>) -> Result<ParcelId, Damage> {
    Ok(ParcelId { order: OrderNo(from.small()?), row: from.small()? })
}

fn write_terms(parcel: &ParcelTerms, to: &mut Writer) {
    to.number(parcel.stops.len() as u64);
    parcel.stops.iter().for_each(|node| to.number(node.0));
    write_units(&parcel.picks, to);
    to.number(parcel.parts.len() as u64);
    parcel.parts.iter().for_each(|&part| to.number(part));
    to.option(parcel.wait_until.map(|until| u64::from(until.0)));
    to.number(parcel.claims.len() as u64);
    parcel.claims.iter().for_each(|claim| write_claim(claim, to));
}

fn read_terms(from: &mut Reader<'_>) -> Result<ParcelTerms, Damage> {
    Ok(ParcelTerms {
        stops: from.list(|from| Ok(NodeNo(from.small()?)))?,
        picks: from.list(read_units)?,
        parts: from.list(Reader::small)?,
        wait_until: from.option()?.map(Second),
        claims: from.list(read_claim)?,
    })
}

fn write_units(units: &[CellUnits], to: &mut Writer) {
    to.number(units.len() as u64);
    for unit in units {
        to.number(unit.cell.0);
        to.number(unit.qty);
    }
}

fn read_units(from: &mut Reader<'_>) -> Result<CellUnits, Damage> {
    Ok(CellUnits { cell: CellNo(from.small()?), qty: from.small()? })
}

fn write_back_to(back: &BackTo, to: &mut Writer) {
    match back {
        BackTo::Stock(cells) => {
            to.byte(1);
            to.number(cells.len() as u64);
            cells.iter().for_each(|cell| to.number(cell.0));
        }
        BackTo::Parcel(node, labels) => {
            to.byte(2);
            to.number(node.0);
            write_labels(*labels, to);
        }
    }
}

fn read_back_to(way: u8, from: &mut Reader<'_>) -> Result<BackTo, Damage> {
    Ok(match way {
        1 => BackTo::Stock(from.list(|from| Ok(CellNo(from.small()?)))?),
        2 => BackTo::Parcel(NodeNo(from.small()?), read_labels(from)?),
        _ => return Err(from.damage("no way back has this number")),
    })
}

fn write_labels(terms: Option<LabelTerms>, to: &mut Writer) {
    to.flag(terms.is_some());
    if let Some(terms) = terms {
        write_label(&terms, to);
    }
}

fn read_labels(from: &mut Reader<'_>) -> Result<Option<LabelTerms>, Damage> {
    from.flag()?.then(|| read_label(from)).transpose()
}

pub(super) fn write_label(terms: &LabelTerms, to: &mut Writer) {
    to.byte(terms.prefix.digits());
    to.number(terms.prefix.number());
    to.byte(terms.extension);
}

pub(super) fn read_label(from: &mut Reader<'_>) -> Result<LabelTerms, Damage> {
    let (digits, number) = (from.byte()?, from.number()?);
    let prefix = CompanyPrefix::new(number, digits);
    let prefix = prefix.map_err(|_| from.damage("no company has this prefix"))?;
    Ok(LabelTerms { prefix, extension: from.byte()? })
}

pub(super) fn read_sscc(from: &mut Reader<'_>) -> Result<Sscc, Damage> {
    Sscc::from_number(from.number()?).map_err(|_| from.damage("no handling unit has this code"))
}

/// A code that may be missing.
pub(super) fn read_label_code(from: &mut Reader<'_>) -> Result<Option<Sscc>, Damage> {
    from.flag()?.then(|| read_sscc(from)).transpose()
}
