//! Outcomes.

use super::later::{read_label_code, read_parcel_id, read_sscc, write_parcel_id};
use super::{Damage, Reader, Writer};
use crate::ledger::number::*;
use crate::ledger::outcome::{Done, State};
use crate::ledger::parcels::Stage;
use crate::ledger::refusal::{Code, Refusal};
use crate::ledger::sscc::Sscc;

const STATES: [State; 5] = [State::Active, State::Partial, State::Fulfilled, State::Released, State::Expired];

const STAGES: [Stage; 9] = [
    Stage::Expected,
    Stage::Lapsed,
    Stage::UnderWay,
    Stage::Waiting,
    Stage::Here,
    Stage::Overdue,
    Stage::Merged,
    Stage::HandedOver,
    Stage::Returned,
];

/// Numbers of refusals in the log. A number once given is never given to another.
const CODES: [(u8, Code); 47] = [
    (1, Code::Poisoned),
    (2, Code::ClockOutOfRange),
    (3, Code::UnknownTenant),
    (4, Code::Empty),
    (5, Code::TooMany),
    (6, Code::OutOfRange),
    (7, Code::Malformed),
    (8, Code::KeyReused),
    (9, Code::Unknown),
    (10, Code::AlreadyKnown),
    (11, Code::Mismatch),
    (12, Code::Crowded),
    (13, Code::OutOfOrder),
    (14, Code::UnknownHold),
    (15, Code::HoldEnded),
    (16, Code::VersionConflict),
    (17, Code::OtherCustomer),
    (18, Code::SimpleOnly),
    (19, Code::LimitReached),
    (20, Code::WouldShorten),
    (21, Code::LifeCapped),
    (22, Code::NotHeld),
    (23, Code::NothingLeft),
    (24, Code::NotArrived),
    (25, Code::NotOnHand),
    (26, Code::CellFull),
    (27, Code::CellShort),
    (28, Code::NotEnough),
    (29, Code::Fenced),
    (30, Code::Full),
    (31, Code::TooYoung),
    (32, Code::CodesUsedUp),
    (33, Code::UnknownParcel),
    (34, Code::OtherKind),
    (35, Code::PackedAlready),
    (36, Code::NotPacked),
    (37, Code::MergedAlready),
    (38, Code::HandedOverAlready),
    (39, Code::WentBack),
    (40, Code::ArrivedAlready),
    (41, Code::NotExpectedHere),
    (42, Code::NotHere),
    (43, Code::GoesNoFurther),
    (44, Code::NotForHandOver),
    (45, Code::Incomplete),
    (46, Code::NotKept),
    (47, Code::NotInside),
];

/// Writes an outcome without its time.
pub(in crate::ledger) fn write_outcome(result: &Result<Done, Refusal>, to: &mut Writer) {
    match result {
        Ok(done) => write_done(done, to),
        Err(refusal) => {
            // Before there were groups their commands were not written.
            to.byte(if refusal.command.is_none() { 0 } else { 16 });
            if let Some(command) = refusal.command {
                to.number(command);
            }
            let number = CODES.iter().find(|known| known.1 == refusal.code).map_or(0, |known| known.0);
            to.byte(number);
            to.number(refusal.line);
            to.number(refusal.asked);
            to.number(refusal.there_is);
        }
    }
}

fn write_done(done: &Done, to: &mut Writer) {
    match done {
        Done::Numbered { first } => {
            to.byte(1);
            to.number(*first);
        }
        Done::Set => to.byte(2),
        Done::Stocked { on_hand, short } => {
            to.byte(3);
            to.number(*on_hand);
            to.number(*short);
        }
        Done::KnownReport => to.byte(4),
        Done::Held { hold, version, expires, state } => {
            to.byte(5);
            to.number(hold.0);
            to.number(*version);
            to.number(expires.0);
            to.byte(*state as u8);
        }
        Done::Sold { hold, version, state, sale } => {
            to.byte(6);
            to.number(hold.0);
            to.number(*version);
            to.byte(*state as u8);
            to.number(sale.0);
        }
        Done::Forgotten { keys, holds, sales, orders } => {
            // Before orders could be forgotten their number was not written.
            to.byte(if *orders == 0 { 7 } else { 14 });
            to.number(*keys);
            to.number(*holds);
            to.number(*sales);
            if *orders > 0 {
                to.number(*orders);
            }
        }
        Done::ClockConfirmed => to.byte(8),
        Done::Labelled { first, count } => {
            to.byte(9);
            to.number(first.number());
            to.number(*count);
        }
        Done::Written { order, parcels, label } => {
            to.byte(10);
            to.number(order.0);
            to.number(*parcels);
            to.option(label.map(Sscc::number));
        }
        Done::Parcel { parcel, version, stage } => {
            to.byte(11);
            write_parcel(*parcel, *version, *stage, to);
        }
        Done::HandedOver { parcel, version, stage, sale, back } => {
            to.byte(12);
            write_parcel(*parcel, *version, *stage, to);
            to.number(sale.0);
            to.option(back.map(u64::from));
        }
        Done::WentBack { parcel, version, stage, into } => {
            to.byte(13);
            write_parcel(*parcel, *version, *stage, to);
            to.option(into.map(u64::from));
        }
        Done::Group(each) => {
            to.byte(GROUP);
            to.number(each.len() as u64);
            each.iter().for_each(|done| write_done(done, to));
        }
    }
}

const GROUP: u8 = 15;

/// Reads an outcome without its time.
pub(in crate::ledger) fn read_outcome(from: &mut Reader<'_>) -> Result<Result<Done, Refusal>, Damage> {
    Ok(match from.byte()? {
        0 => Err(read_refusal(None, from)?),
        16 => {
            let command = from.small()?;
            Err(read_refusal(Some(command), from)?)
        }
        GROUP => Ok(Done::Group(from.list(|from| match from.byte()? {
            GROUP => Err(from.damage("a group is in no other group")),
            number => read_done(number, from),
        })?)),
        number => Ok(read_done(number, from)?),
    })
}

fn read_refusal(command: Option<u16>, from: &mut Reader<'_>) -> Result<Refusal, Damage> {
    let number = from.byte()?;
    let code = CODES.iter().find(|known| known.0 == number).map(|known| known.1);
    let code = code.ok_or(from.damage("no refusal has this number"))?;
    Ok(Refusal { code, command, line: from.small()?, asked: from.number()?, there_is: from.number()? })
}

/// Reads what was done, behind its number.
fn read_done(number: u8, from: &mut Reader<'_>) -> Result<Done, Damage> {
    Ok(match number {
        1 => Done::Numbered { first: from.small()? },
        2 => Done::Set,
        3 => Done::Stocked { on_hand: from.small()?, short: from.small()? },
        4 => Done::KnownReport,
        5 => Done::Held {
            hold: HoldId(from.number()?),
            version: from.small()?,
            expires: Second(from.small()?),
            state: read_state(from)?,
        },
        6 => Done::Sold {
            hold: HoldId(from.number()?),
            version: from.small()?,
            state: read_state(from)?,
            sale: SaleNo(from.small()?),
        },
        7 => Done::Forgotten { keys: from.small()?, holds: from.small()?, sales: from.small()?, orders: 0 },
        8 => Done::ClockConfirmed,
        9 => Done::Labelled { first: read_sscc(from)?, count: from.small()? },
        10 => Done::Written {
            order: OrderNo(from.small()?),
            parcels: from.small()?,
            label: read_label_code(from)?,
        },
        11 => {
            let (parcel, version, stage) = read_parcel(from)?;
            Done::Parcel { parcel, version, stage }
        }
        12 => {
            let (parcel, version, stage) = read_parcel(from)?;
            Done::HandedOver { parcel, version, stage, sale: SaleNo(from.small()?), back: from.option()? }
        }
        13 => {
            let (parcel, version, stage) = read_parcel(from)?;
            Done::WentBack { parcel, version, stage, into: from.option()? }
        }
        14 => Done::Forgotten {
            keys: from.small()?,
            holds: from.small()?,
            sales: from.small()?,
            orders: from.small()?,
        },
        _ => return Err(from.damage("no outcome has this number")),
    })
}

fn write_parcel(parcel: ParcelId, version: u32, stage: Stage, to: &mut Writer) {
    write_parcel_id(parcel, to);
    to.number(version);
    to.byte(stage as u8);
}

fn read_parcel(from: &mut Reader<'_>) -> Result<(ParcelId, u32, Stage), Damage> {
    let (parcel, version, stage) = (read_parcel_id(from)?, from.small()?, from.byte()?);
    let stage = STAGES.get(usize::from(stage)).copied().ok_or(from.damage("no stage has this number"))?;
    Ok((parcel, version, stage))
}

/// Reads the state of a hold.
pub(in crate::ledger) fn read_state(from: &mut Reader<'_>) -> Result<State, Damage> {
    let number = from.byte()?;
    STATES.get(usize::from(number)).copied().ok_or(from.damage("no state has this number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_number_and_comes_back() {
        assert_eq!(CODES.len(), Code::ALL.len());
        for &code in Code::ALL {
            for command in [None, Some(99)] {
                let result = Err(Refusal { code, command, line: 3, asked: u64::MAX, there_is: 0 });
                let mut to = Writer::default();
                write_outcome(&result, &mut to);
                assert_eq!(read_outcome(&mut Reader::new(&to.0)), Ok(result));
            }
        }
    }

    #[test]
    fn states_stand_under_their_numbers() {
        for (number, state) in STATES.into_iter().enumerate() {
            assert_eq!(state as usize, number);
        }
        for (number, stage) in STAGES.into_iter().enumerate() {
            assert_eq!(stage as usize, number);
        }
    }
}
