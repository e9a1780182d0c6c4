//! An order over several regions, its bytes, and the keys of its steps.

use super::RegionError;
use crate::ledger::command::{Body, Place};
use crate::ledger::number::*;
use crate::ledger::wire::{Damage, Reader, Writer, read_body, write_body};

/// A region: the number of its ledger among [`super::Regions`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RegionNo(pub u16);

/// What an order takes of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub region: RegionNo,
    /// The hold there, in the numbers of that ledger. How long it lives is the order's business, whatever it says.
    pub place: Place,
}

/// An order over several regions. The first part's region is its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionalOrder {
    /// Whose.
    pub tenant: Tenant,
    /// What the client calls it: one fate per key.
    pub key: Key,
    /// Seconds it is held from when all of it is. Ledgers allow a life of that and twice [`super::Regions::pending`].
    pub life: u32,
    /// What is held, each region once.
    pub parts: Vec<Part>,
}

/// A step of an order in one region.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Place = 1,
    Confirm = 2,
    GiveUp = 3,
    Release = 4,
}

const VERSION: u8 = 1;

impl RegionalOrder {
    /// That each region comes once, and there are at least two.
    pub(super) fn inspect(&self, regions: usize, pending: u32) -> Result<(), RegionError> {
        if self.life < pending {
            return Err(RegionError::Malformed(
                "an order lives at least as long as it may take to confirm it",
            ));
        }
        let mut rows: Vec<u16> = self.parts.iter().map(|part| part.region.0).collect();
        rows.sort_unstable();
        if rows.len() < 2 {
            return Err(RegionError::Malformed(
                "an order of one region is a hold of that region; name two at least",
            ));
        }
        if rows.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(RegionError::Malformed(
                "a region comes twice; put what is taken of it into one part",
            ));
        }
        match rows.last() {
            Some(&last) if usize::from(last) < regions => Ok(()),
            _ => Err(RegionError::Malformed(
                "a region has a number that is not known; name one that was given",
            )),
        }
    }

    /// The key of a step in the region of a part. But for the first one they depend on the whole order: another order
    /// under the same key shares the hold at home and nothing else, so at most one of them is confirmed.
    pub(super) fn key_of(&self, part: usize, step: Step) -> Key {
        let mut form = Writer::default();
        form.0.extend_from_slice(b"volok order over regions");
        form.wide(self.key.0);
        form.byte(step as u8);
        if part > 0 || !matches!(step, Step::Place) {
            form.number(part as u64);
            self.write(&mut form);
        }
        let hash: [u8; 32] = blake3::hash(&form.0).into();
        Key(u128::from_le_bytes(<[u8; 16]>::try_from(&hash[..16]).unwrap_or_default()))
    }

    fn write(&self, to: &mut Writer) {
        to.byte(VERSION);
        to.number(self.tenant.0);
        to.wide(self.key.0);
        to.number(self.life);
        to.number(self.parts.len() as u64);
        for part in &self.parts {
            to.number(part.region.0);
            write_body(&Body::Place(part.place.clone()), to);
        }
    }

    /// The order's bytes, the same for the same order.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut form = Writer::default();
        self.write(&mut form);
        form.0
    }

    /// The order of some bytes.
    ///
    /// # Errors
    /// Where they are not those of an order.
    pub fn from_bytes(bytes: &[u8]) -> Result<RegionalOrder, Damage> {
        let mut from = Reader::new(bytes);
        if from.byte()? != VERSION {
            return Err(from.damage("an order over regions begins with the version 1"));
        }
        let (tenant, key, life) = (Tenant(from.small()?), Key(from.wide()?), from.small()?);
        let parts = from.list(|from| {
            let region = RegionNo(from.small()?);
            match read_body(from)? {
                Body::Place(place) => Ok(Part { region, place }),
                _ => Err(from.damage("a part of an order is a place")),
            }
        })?;
        from.end()?;
        Ok(RegionalOrder { tenant, key, life, parts })
    }
}
