//! Does a command have the shape of one? What fails here leaves no trace, so that nonsense cannot fill the ledger.

use super::command::*;
use super::limits;
use super::names::Names;
use super::refusal::{Code, Refusal};
use crate::units::Instant;

impl Body {
    /// Looks at what can be seen without the state. O(lines).
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        match self {
            Body::Register(_, names) => Names::inspect(names),
            Body::OpenCells(cells) => count(cells.len(), limits::AT_ONCE),
            Body::Settings(settings) => settings.inspect(),
            Body::Channel(_, terms) => within(terms.prefix.len() as u64, 0, limits::NAME_BYTES as u64),
            Body::Node(..) | Body::ConfirmClock | Body::Release(_) => Ok(()),
            Body::Safety(_, qty) => within(*qty, 0, limits::UNITS),
            Body::Fence(terms) => {
                count(terms.channels.len(), limits::FENCE_CHANNELS)?;
                let rises = terms.channels.windows(2).all(|pair| pair[0] < pair[1]);
                rises.then_some(()).ok_or(Refusal::new(Code::Malformed, 0u32, 0u32))?;
                within(terms.qty, 0, limits::UNITS)
            }
            Body::Stock(event) => event.inspect(),
            Body::Place(place) => {
                count(place.lines.len(), limits::LINES)?;
                lines(&place.lines)?;
                within(place.life, 1, limits::LONGEST_LIFE)?;
                match place.claims.len() <= limits::CLAIMS {
                    true => place
                        .claims
                        .iter()
                        .enumerate()
                        .try_for_each(|(row, claim)| claim.inspect().map_err(|refusal| refusal.on(row))),
                    false => {
                        Err(Refusal::new(Code::TooMany, place.claims.len() as u64, limits::CLAIMS as u64))
                    }
                }
            }
            Body::Adjust(adjust) => {
                count(adjust.drops.len() + adjust.adds.len(), limits::LINES)?;
                lines(&adjust.drops)?;
                lines(&adjust.adds)
            }
            Body::Extend(extend) => within(extend.life, 1, limits::LONGEST_LIFE),
            Body::Fulfil(fulfil) => {
                if !fulfil.lines.is_empty() {
                    count(fulfil.lines.len(), limits::LINES)?;
                }
                lines(&fulfil.lines)
            }
            Body::Parcels(parcels) => parcels.inspect(),
            Body::Pack(_) | Body::Arrive(_) | Body::SendOn(_) | Body::Merge(_) => Ok(()),
            Body::HandOver(hand) => hand.inspect(),
            Body::Back(back) => back.inspect(),
            Body::Labels(labels) => {
                labels.terms.inspect()?;
                within(labels.count, 1, limits::UNITS)
            }
            Body::Group(bodies) => {
                count(bodies.len(), limits::GROUP)?;
                bodies.iter().enumerate().try_for_each(|(row, body)| {
                    let found = match body.may_be_grouped() {
                        true => body.inspect(),
                        false => Err(Refusal::new(Code::Malformed, 0u32, 0u32)),
                    };
                    found.map_err(|refusal| refusal.of_command(row))
                })
            }
            Body::Forget(forget) => within(forget.most, 1, limits::FORGET_AT_ONCE),
        }
    }
}

impl Settings {
    fn inspect(&self) -> Result<(), Refusal> {
        within(self.longest_life, 1, limits::LONGEST_LIFE)?;
        if self.rules.len() > limits::RULES {
            return Err(Refusal::new(Code::TooMany, self.rules.len() as u64, limits::RULES as u64));
        }
        let mut rules = self.rules.iter().enumerate();
        rules.try_for_each(|(row, rule)| rule.inspect().map_err(|refusal| refusal.on(row)))
    }
}

impl Rule {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        within(self.window, 1, limits::WINDOW)?;
        if self.measure == Measure::Unbought {
            within(self.limit, 1, limits::IN_A_ROW)?;
            if self.scope == Scope::Sku {
                return Err(Refusal::new(Code::Malformed, 0u32, 0u32));
            }
        }
        Ok(())
    }
}

impl LabelTerms {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        within(self.extension, 0, 9)
    }
}

impl StockEvent {
    fn inspect(&self) -> Result<(), Refusal> {
        within(self.sequence, 1, u64::MAX - 1)?;
        match self.what {
            StockChange::Receipt(_, qty)
            | StockChange::Sale(_, qty)
            | StockChange::Return(_, qty)
            | StockChange::WriteOff(_, qty) => within(qty, 1, limits::UNITS),
            StockChange::Move(from, to, qty) => {
                if from == to {
                    return Err(Refusal::new(Code::Malformed, to.0, from.0));
                }
                within(qty, 1, limits::UNITS)
            }
            StockChange::Count(_, qty) | StockChange::Announced(_, qty, _) | StockChange::Arrived(_, qty) => {
                within(qty, 0, limits::UNITS)
            }
        }
    }
}

impl Claim {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        match *self {
            Claim::Departure { .. } => Ok(()),
            Claim::NodeDay { parcels, lines, .. } => {
                within(parcels, 0, limits::UNITS)?;
                within(lines, 0, limits::UNITS)
            }
            Claim::Buffer { from, until, .. } | Claim::Point { from, until, .. } => {
                if from < until && from > Instant::ALWAYS && until < Instant::NEVER {
                    return Ok(());
                }
                Err(Refusal::new(Code::Malformed, 0u32, 1u32))
            }
        }
    }
}

fn lines(lines: &[Wanted]) -> Result<(), Refusal> {
    let in_turn = lines.iter().enumerate();
    in_turn
        .map(|(row, line)| (row, within(line.qty, 1, limits::UNITS)))
        .try_for_each(|(row, found)| found.map_err(|refusal| refusal.on(row)))
}

pub(super) fn count(found: usize, most: usize) -> Result<(), Refusal> {
    match found {
        0 => Err(Refusal::new(Code::Empty, 0u32, 1u32)),
        found if found > most => Err(Refusal::new(Code::TooMany, found as u64, most as u64)),
        _ => Ok(()),
    }
}

pub(super) fn within<N: Into<u64>>(found: N, least: N, most: N) -> Result<(), Refusal> {
    let (found, least, most) = (found.into(), least.into(), most.into());
    match found {
        found if found < least => Err(Refusal::new(Code::OutOfRange, found, least)),
        found if found > most => Err(Refusal::new(Code::OutOfRange, found, most)),
        _ => Ok(()),
    }
}
