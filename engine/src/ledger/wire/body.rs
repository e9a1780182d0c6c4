//! Commands.

use super::later::{read_later, write_later};
use super::{Damage, Reader, Writer};
use crate::ledger::command::*;
use crate::ledger::number::*;
use crate::units::{CubicCentimetres, Grams};

/// Writes what is asked.
pub(in crate::ledger) fn write_body(body: &Body, to: &mut Writer) {
    match body {
        Body::Register(kind, names) => {
            to.byte(1);
            to.byte(*kind as u8);
            to.number(names.len() as u64);
            names.iter().for_each(|name| to.text(name));
        }
        Body::OpenCells(cells) => {
            to.byte(2);
            to.number(cells.len() as u64);
            cells.iter().for_each(|facts| write_facts(facts, to));
        }
        Body::Settings(settings) => {
            to.byte(3);
            write_settings(settings, to);
        }
        Body::Channel(channel, terms) => {
            to.byte(4);
            to.number(channel.0);
            write_terms(terms, to);
        }
        Body::Node(node, entity) => {
            to.byte(5);
            to.number(node.0);
            to.number(entity.0);
        }
        Body::Safety(cell, qty) => {
            to.byte(6);
            to.number(cell.0);
            to.number(*qty);
        }
        Body::Fence(terms) => {
            to.byte(7);
            to.number(terms.sku.0);
            to.number(terms.seller.0);
            to.number(terms.node.0);
            to.number(terms.channels.len() as u64);
            terms.channels.iter().for_each(|channel| to.number(channel.0));
            to.number(terms.qty);
        }
        Body::Stock(event) => {
            to.byte(8);
            to.number(event.source.0);
            to.number(event.sequence);
            write_change(&event.what, to);
        }
        Body::Place(place) => {
            to.byte(9);
            to.number(place.channel.0);
            to.option(place.customer.map(|customer| customer.0));
            to.number(place.node.0);
            write_lines(&place.lines, to);
            to.number(place.life);
            to.byte(place.priority);
            to.option(place.instead_of.map(|hold| hold.0));
            to.number(place.claims.len() as u64);
            place.claims.iter().for_each(|claim| write_claim(claim, to));
        }
        Body::Adjust(adjust) => {
            to.byte(10);
            write_hold(adjust.hold, adjust.version, to);
            write_lines(&adjust.drops, to);
            write_lines(&adjust.adds, to);
        }
        Body::Extend(extend) => {
            to.byte(11);
            write_hold(extend.hold, extend.version, to);
            to.number(extend.life);
        }
        Body::Fulfil(fulfil) => {
            to.byte(12);
            write_hold(fulfil.hold, fulfil.version, to);
            write_lines(&fulfil.lines, to);
            to.flag(fulfil.remainder == Remainder::Release);
            to.number(fulfil.by.0);
        }
        Body::Release(release) => {
            to.byte(13);
            write_hold(release.hold, release.version, to);
        }
        Body::Forget(forget) => {
            to.byte(14);
            to.number(forget.before.0);
            to.number(forget.most);
        }
        Body::ConfirmClock => to.byte(15),
        later => write_later(later, to),
    }
}

/// Reads what is asked.
pub(in crate::ledger) fn read_body(from: &mut Reader<'_>) -> Result<Body, Damage> {
    let number = from.byte()?;
    read_numbered(number, from)
}

/// Reads what is asked, behind its number.
pub(super) fn read_numbered(number: u8, from: &mut Reader<'_>) -> Result<Body, Damage> {
    Ok(match number {
        1 => Body::Register(read_kind(from)?, from.list(|from| Ok(from.text()?.into()))?),
        2 => Body::OpenCells(from.list(read_facts)?),
        3 => Body::Settings(read_settings(from)?),
        4 => Body::Channel(ChannelNo(from.small()?), read_terms(from)?),
        5 => Body::Node(NodeNo(from.small()?), EntityNo(from.small()?)),
        6 => Body::Safety(CellNo(from.small()?), from.small()?),
        7 => Body::Fence(FenceTerms {
            sku: SkuNo(from.small()?),
            seller: SellerNo(from.small()?),
            node: NodeNo(from.small()?),
            channels: from.list(|from| Ok(ChannelNo(from.small()?)))?,
            qty: from.small()?,
        }),
        8 => Body::Stock(StockEvent {
            source: SourceNo(from.small()?),
            sequence: from.number()?,
            what: read_change(from)?,
        }),
        9 => Body::Place(Place {
            channel: ChannelNo(from.small()?),
            customer: from.option()?.map(Customer),
            node: NodeNo(from.small()?),
            lines: read_lines(from)?,
            life: from.small()?,
            priority: from.byte()?,
            instead_of: from.option()?.map(HoldId),
            claims: from.list(read_claim)?,
        }),
        10 => {
            let (hold, version) = read_hold(from)?;
            Body::Adjust(Adjust { hold, version, drops: read_lines(from)?, adds: read_lines(from)? })
        }
        11 => {
            let (hold, version) = read_hold(from)?;
            Body::Extend(Extend { hold, version, life: from.small()? })
        }
        12 => {
            let (hold, version) = read_hold(from)?;
            let lines = read_lines(from)?;
            let remainder = if from.flag()? { Remainder::Release } else { Remainder::Keep };
            Body::Fulfil(Fulfil { hold, version, lines, remainder, by: NodeNo(from.small()?) })
        }
        13 => {
            let (hold, version) = read_hold(from)?;
            Body::Release(Release { hold, version })
        }
        14 => Body::Forget(Forget { before: Second(from.small()?), most: from.small()? }),
        15 => Body::ConfirmClock,
        later => return read_later(later, from),
    })
}

fn read_kind(from: &mut Reader<'_>) -> Result<Kind, Damage> {
    let number = from.byte()?;
    Kind::ALL.get(usize::from(number)).copied().ok_or(from.damage("no kind of names has this number"))
}

/// Writes the facts of a cell.
pub(in crate::ledger) fn write_facts(facts: &CellFacts, to: &mut Writer) {
    to.number(facts.sku.0);
    to.number(facts.seller.0);
    to.number(facts.node.0);
    to.number(facts.zone.0);
    to.option(facts.lot.map(|lot| u64::from(lot.0)));
    to.instant(facts.expires);
    to.option(facts.due.map(|due| u64::from(due.0)));
}

/// Reads the facts of a cell.
pub(in crate::ledger) fn read_facts(from: &mut Reader<'_>) -> Result<CellFacts, Damage> {
    Ok(CellFacts {
        sku: SkuNo(from.small()?),
        seller: SellerNo(from.small()?),
        node: NodeNo(from.small()?),
        zone: ZoneNo(from.small()?),
        lot: from.option()?.map(LotNo),
        expires: from.instant()?,
        due: from.option()?.map(Second),
    })
}

/// Writes the settings of a book.
pub(in crate::ledger) fn write_settings(settings: &Settings, to: &mut Writer) {
    to.number(settings.longest_life);
    to.number(settings.rules.len() as u64);
    for rule in &settings.rules {
        to.byte(rule.scope as u8);
        to.byte(rule.measure as u8);
        to.number(rule.window);
        to.number(rule.limit);
    }
}

/// Reads the settings of a book.
pub(in crate::ledger) fn read_settings(from: &mut Reader<'_>) -> Result<Settings, Damage> {
    const SCOPES: [Scope; 3] = [Scope::CustomerSku, Scope::Customer, Scope::Sku];
    const MEASURES: [Measure; 3] = [Measure::Unbought, Measure::Holds, Measure::Units];
    Ok(Settings {
        longest_life: from.small()?,
        rules: from.list(|from| {
            let (scope, measure) = (from.byte()?, from.byte()?);
            let scope = SCOPES.get(usize::from(scope)).copied();
            let measure = MEASURES.get(usize::from(measure)).copied();
            Ok(Rule {
                scope: scope.ok_or(from.damage("no scope has this number"))?,
                measure: measure.ok_or(from.damage("no measure has this number"))?,
                window: from.small()?,
                limit: from.small()?,
            })
        })?,
    })
}

/// Writes the terms of a channel.
pub(in crate::ledger) fn write_terms(terms: &ChannelTerms, to: &mut Writer) {
    to.flag(terms.mode == Mode::Multi);
    to.text(&terms.prefix);
    to.option(terms.entity.map(|entity| u64::from(entity.0)));
    to.flag(terms.prepaid);
    to.flag(terms.without_receipt);
}

/// Reads the terms of a channel.
pub(in crate::ledger) fn read_terms(from: &mut Reader<'_>) -> Result<ChannelTerms, Damage> {
    Ok(ChannelTerms {
        mode: if from.flag()? { Mode::Multi } else { Mode::Simple },
        prefix: from.text()?.into(),
        entity: from.option()?.map(EntityNo),
        prepaid: from.flag()?,
        without_receipt: from.flag()?,
    })
}

fn write_change(change: &StockChange, to: &mut Writer) {
    let mut of_cell = |number: u8, cell: &CellNo, qty: &u32| {
        to.byte(number);
        to.number(cell.0);
        to.number(*qty);
    };
    match change {
        StockChange::Receipt(cell, qty) => of_cell(1, cell, qty),
        StockChange::Sale(cell, qty) => of_cell(2, cell, qty),
        StockChange::Return(cell, qty) => of_cell(3, cell, qty),
        StockChange::Move(from, into, qty) => {
            of_cell(4, from, qty);
            to.number(into.0);
        }
        StockChange::WriteOff(cell, qty) => of_cell(5, cell, qty),
        StockChange::Count(cell, qty) => of_cell(6, cell, qty),
        StockChange::Announced(cell, qty, due) => {
            of_cell(7, cell, qty);
            to.number(due.0);
        }
        StockChange::Arrived(cell, qty) => of_cell(8, cell, qty),
    }
}

fn read_change(from: &mut Reader<'_>) -> Result<StockChange, Damage> {
    let (number, cell, qty) = (from.byte()?, CellNo(from.small()?), from.small()?);
    Ok(match number {
        1 => StockChange::Receipt(cell, qty),
        2 => StockChange::Sale(cell, qty),
        3 => StockChange::Return(cell, qty),
        4 => StockChange::Move(cell, CellNo(from.small()?), qty),
        5 => StockChange::WriteOff(cell, qty),
        6 => StockChange::Count(cell, qty),
        7 => StockChange::Announced(cell, qty, Second(from.small()?)),
        8 => StockChange::Arrived(cell, qty),
        _ => return Err(from.damage("no change of stock has this number")),
    })
}

fn write_hold(hold: HoldId, version: Option<u32>, to: &mut Writer) {
    to.number(hold.0);
    to.option(version.map(u64::from));
}

fn read_hold(from: &mut Reader<'_>) -> Result<(HoldId, Option<u32>), Damage> {
    Ok((HoldId(from.number()?), from.option()?))
}

fn write_lines(lines: &Lines, to: &mut Writer) {
    to.number(lines.len() as u64);
    for line in lines {
        match line.what {
            Want::Cell(cell) => {
                to.byte(1);
                to.number(cell.0);
            }
            Want::Sku(sku, node) => {
                to.byte(2);
                to.number(sku.0);
                to.number(node.0);
            }
        }
        to.number(line.qty);
    }
}

fn read_lines(from: &mut Reader<'_>) -> Result<Lines, Damage> {
    from.list(|from| {
        let what = match from.byte()? {
            1 => Want::Cell(CellNo(from.small()?)),
            2 => Want::Sku(SkuNo(from.small()?), NodeNo(from.small()?)),
            _ => return Err(from.damage("no kind of line has this number")),
        };
        Ok(Wanted { what, qty: from.small()? })
    })
}

/// Writes a capacity claim.
pub(in crate::ledger) fn write_claim(claim: &Claim, to: &mut Writer) {
    let number = |most: Option<u32>| most.map(u64::from);
    match *claim {
        Claim::Departure { lane, compartment, departs, grams, cm3, most_grams, most_cm3, most_parcels } => {
            to.byte(1);
            to.number(lane.0);
            to.byte(compartment);
            to.instant(departs);
            to.number(grams.0);
            to.number(cm3.0);
            to.option(most_grams.map(|most| most.0));
            to.option(most_cm3.map(|most| most.0));
            to.option(number(most_parcels));
        }
        Claim::NodeDay { node, date, parcels, lines, most_parcels, most_lines } => {
            to.byte(2);
            to.number(node.0);
            to.signed(i64::from(date));
            to.number(parcels);
            to.number(lines);
            to.option(number(most_parcels));
            to.option(number(most_lines));
        }
        Claim::Buffer { node, from, until, most } | Claim::Point { node, from, until, most } => {
            to.byte(if matches!(claim, Claim::Buffer { .. }) { 3 } else { 4 });
            to.number(node.0);
            to.instant(from);
            to.instant(until);
            to.option(number(most));
        }
    }
}

/// Reads a capacity claim.
pub(in crate::ledger) fn read_claim(from: &mut Reader<'_>) -> Result<Claim, Damage> {
    Ok(match from.byte()? {
        1 => Claim::Departure {
            lane: LaneNo(from.small()?),
            compartment: from.byte()?,
            departs: from.instant()?,
            grams: Grams(from.number()?),
            cm3: CubicCentimetres(from.number()?),
            most_grams: from.option()?.map(Grams),
            most_cm3: from.option()?.map(CubicCentimetres),
            most_parcels: from.option()?,
        },
        2 => Claim::NodeDay {
            node: NodeNo(from.small()?),
            date: i32::try_from(from.signed()?).map_err(|_| from.damage("no date has this number"))?,
            parcels: from.small()?,
            lines: from.small()?,
            most_parcels: from.option()?,
            most_lines: from.option()?,
        },
        3 => Claim::Buffer {
            node: NodeNo(from.small()?),
            from: from.instant()?,
            until: from.instant()?,
            most: from.option()?,
        },
        4 => Claim::Point {
            node: NodeNo(from.small()?),
            from: from.instant()?,
            until: from.instant()?,
            most: from.option()?,
        },
        _ => return Err(from.damage("no claim has this number")),
    })
}
