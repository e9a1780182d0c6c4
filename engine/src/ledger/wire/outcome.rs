//! Outcomes.

use super::later::read_sscc;
use super::{Damage, Reader, Writer};
use crate::ledger::number::*;
use crate::ledger::outcome::{Done, State};
use crate::ledger::refusal::{Code, Refusal};

const STATES: [State; 5] = [State::Active, State::Partial, State::Fulfilled, State::Released, State::Expired];

/// Numbers of refusals in the log. A number once given is never given to another.
const CODES: [(u8, Code); 32] = [
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
];

/// Writes an outcome without its time.
pub(in crate::ledger) fn write_outcome(result: &Result<Done, Refusal>, to: &mut Writer) {
    match result {
        Err(refusal) => {
            to.byte(0);
            let number = CODES.iter().find(|known| known.1 == refusal.code).map_or(0, |known| known.0);
            to.byte(number);
            to.number(refusal.line);
            to.number(refusal.asked);
            to.number(refusal.there_is);
        }
        Ok(Done::Numbered { first }) => {
            to.byte(1);
            to.number(*first);
        }
        Ok(Done::Set) => to.byte(2),
        Ok(Done::Stocked { on_hand, short }) => {
            to.byte(3);
            to.number(*on_hand);
            to.number(*short);
        }
        Ok(Done::KnownReport) => to.byte(4),
        Ok(Done::Held { hold, version, expires, state }) => {
            to.byte(5);
            to.number(hold.0);
            to.number(*version);
            to.number(expires.0);
            to.byte(*state as u8);
        }
        Ok(Done::Sold { hold, version, state, sale }) => {
            to.byte(6);
            to.number(hold.0);
            to.number(*version);
            to.byte(*state as u8);
            to.number(sale.0);
        }
        Ok(Done::Forgotten { keys, holds, sales }) => {
            to.byte(7);
            to.number(*keys);
            to.number(*holds);
            to.number(*sales);
        }
        Ok(Done::ClockConfirmed) => to.byte(8),
        Ok(Done::Labelled { first, count }) => {
            to.byte(9);
            to.number(first.number());
            to.number(*count);
        }
    }
}

/// Reads an outcome without its time.
pub(in crate::ledger) fn read_outcome(from: &mut Reader<'_>) -> Result<Result<Done, Refusal>, Damage> {
    Ok(Ok(match from.byte()? {
        0 => {
            let number = from.byte()?;
            let code = CODES.iter().find(|known| known.0 == number).map(|known| known.1);
            let code = code.ok_or(from.damage("no refusal has this number"))?;
            let refusal =
                Refusal { code, line: from.small()?, asked: from.number()?, there_is: from.number()? };
            return Ok(Err(refusal));
        }
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
        7 => Done::Forgotten { keys: from.small()?, holds: from.small()?, sales: from.small()? },
        8 => Done::ClockConfirmed,
        9 => Done::Labelled { first: read_sscc(from)?, count: from.small()? },
        _ => return Err(from.damage("no outcome has this number")),
    }))
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
            let result = Err(Refusal { code, line: 3, asked: u64::MAX, there_is: 0 });
            let mut to = Writer::default();
            write_outcome(&result, &mut to);
            assert_eq!(read_outcome(&mut Reader::new(&to.0)), Ok(result));
        }
    }

    #[test]
    fn states_stand_under_their_numbers() {
        for (number, state) in STATES.into_iter().enumerate() {
            assert_eq!(state as usize, number);
        }
    }
}
