//! Do the parcels of an order fit together? And does what is said of one have the shape of it?

use super::command::*;
use super::inspect::{count, within};
use super::limits;
use super::refusal::{Code, Refusal};

impl Parcels {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        within(self.order.len() as u64, 0, limits::NAME_BYTES as u64)?;
        within(self.kept, 1, limits::LONGEST_LIFE)?;
        self.labels.map_or(Ok(()), |terms| terms.inspect())?;
        count(self.parcels.len(), limits::PARCELS)?;
        let mut is_part = vec![false; self.parcels.len()];
        let (mut picks, mut claims) = (0, 0);
        for (row, parcel) in self.parcels.iter().enumerate() {
            parcel.inspect().map_err(|refusal| refusal.on(row))?;
            for &part in &parcel.parts {
                let misplaced = Refusal::new(Code::Malformed, part, row as u64).on(row);
                let ends = self.parcels[..row].get(usize::from(part)).and_then(|part| part.stops.last());
                let is_taken = is_part.get_mut(usize::from(part)).map(|taken| std::mem::replace(taken, true));
                if ends != parcel.stops.first() || is_taken != Some(false) {
                    return Err(misplaced);
                }
            }
            picks += parcel.picks.len();
            claims += parcel.claims.len();
        }
        for (found, most) in [(picks, limits::LINES), (claims, limits::CLAIMS)] {
            if found > most {
                return Err(Refusal::new(Code::TooMany, found as u64, most as u64));
            }
        }
        Ok(())
    }
}

impl ParcelTerms {
    fn inspect(&self) -> Result<(), Refusal> {
        count(self.stops.len(), limits::STOPS)?;
        // Packed or merged, not both and not neither; only parts wait for each other.
        if self.picks.is_empty() == self.parts.is_empty()
            || (self.parts.is_empty() && self.wait_until.is_some())
        {
            return Err(Refusal::new(Code::Malformed, self.picks.len() as u64, self.parts.len() as u64));
        }
        self.picks.iter().try_for_each(|pick| within(pick.qty, 1, limits::UNITS))?;
        self.claims.iter().try_for_each(Claim::inspect)
    }
}

/// Units by cell, each cell once.
fn units(units: &[CellUnits]) -> Result<(), Refusal> {
    if units.len() > limits::LINES {
        return Err(Refusal::new(Code::TooMany, units.len() as u64, limits::LINES as u64));
    }
    for (row, unit) in units.iter().enumerate() {
        within(unit.qty, 1, limits::UNITS).map_err(|refusal| refusal.on(row))?;
        if units[..row].iter().any(|other| other.cell == unit.cell) {
            return Err(Refusal::new(Code::Malformed, unit.cell.0, unit.cell.0).on(row));
        }
    }
    Ok(())
}

impl BackTo {
    fn inspect(&self) -> Result<(), Refusal> {
        match self {
            BackTo::Stock(cells) => count(cells.len(), limits::LINES),
            BackTo::Parcel(_, labels) => labels.map_or(Ok(()), |terms| terms.inspect()),
        }
    }
}

impl HandOver {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        units(&self.taken)?;
        match &self.rest {
            Rest::Keep => Ok(()),
            Rest::Back(to) => to.inspect(),
        }
    }
}

impl Back {
    pub(super) fn inspect(&self) -> Result<(), Refusal> {
        units(&self.units)?;
        self.to.inspect()
    }
}
