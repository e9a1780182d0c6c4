//! Groups of records: what one commit writes. Each carries the hash of the one before it and of itself, so that a hole,
//! a swap or a changed bit is seen.

use super::{Damage, Reader, Writer, read_body, read_outcome, write_outcome};
use crate::ledger::command::Command;
use crate::ledger::number::*;
use crate::ledger::outcome::Outcome;

/// Hash of a group, of all before it, too.
pub type Chain = [u8; 32];

const MAGIC: &[u8; 4] = b"vlk\x01";
const HASH: usize = 32;

/// An operation as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was asked.
    pub command: Command,
    /// What was answered, and when.
    pub outcome: Outcome,
}

/// A group being written.
#[derive(Debug, Default)]
pub(in crate::ledger) struct GroupWriter {
    records: Writer,
    count: u64,
    last: i64,
}

impl GroupWriter {
    /// Adds an operation; `form` is the form of its body.
    pub fn push(&mut self, command: &Command, form: &[u8], outcome: &Outcome) {
        self.records.number(command.tenant.0);
        self.records.wide(command.key.0);
        // Times rise, so differences are short.
        self.records.number((outcome.at.0 - self.last) as u64);
        self.last = outcome.at.0;
        self.records.0.extend_from_slice(form);
        write_outcome(&outcome.result, &mut self.records);
        self.count += 1;
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    /// Bytes of the operations so far.
    pub fn bytes(&self) -> usize {
        self.records.0.len()
    }

    /// The group's bytes and its hash, after so many operations and the group of this hash. Empty again afterwards.
    pub fn finish(&mut self, after: u64, previous: &Chain) -> (Vec<u8>, Chain) {
        let mut group = Writer(Vec::with_capacity(self.records.0.len() + 96));
        group.0.extend_from_slice(MAGIC);
        group.0.extend_from_slice(previous);
        group.number(after);
        group.number(self.count);
        group.0.append(&mut self.records.0);
        (self.count, self.last) = (0, 0);
        let chain: Chain = blake3::hash(&group.0).into();
        group.0.extend_from_slice(&chain);
        (group.0, chain)
    }
}

/// A group as read.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct Group {
    pub after: u64,
    pub previous: Chain,
    pub chain: Chain,
    pub records: Vec<Record>,
}

/// Reads a group; its hash is checked before anything in it is believed.
pub(in crate::ledger) fn read_group(bytes: &[u8]) -> Result<Group, Damage> {
    let body = bytes.len().checked_sub(HASH).filter(|&body| body >= MAGIC.len() + HASH);
    let body = body.ok_or(Damage { at: bytes.len(), what: "a group is longer than this" })?;
    let (bytes, hash) = bytes.split_at(body);
    if &bytes[..MAGIC.len()] != MAGIC {
        return Err(Damage { at: 0, what: "a group begins with `vlk` and the version 1" });
    }
    let chain: Chain = blake3::hash(bytes).into();
    if chain != hash && !planted!(BitsUnchecked) {
        return Err(Damage { at: body, what: "the hash should be that of the bytes before it" });
    }
    let mut from = Reader::new(bytes);
    from.take(MAGIC.len())?;
    let previous = Chain::try_from(from.take(HASH)?).unwrap_or_default();
    let after = from.number()?;
    let count = from.count()?;
    let mut last = 0i64;
    let mut records = Vec::with_capacity(count);
    for _ in 0..count {
        let tenant = Tenant(from.small()?);
        let key = Key(from.wide()?);
        let later = i64::try_from(from.number()?).map_err(|_| from.damage("a time beyond all numbers"))?;
        last = last.checked_add(later).ok_or(from.damage("a time beyond all numbers"))?;
        let body = read_body(&mut from)?;
        let result = read_outcome(&mut from)?;
        let outcome = Outcome { at: Stamp(last), result };
        records.push(Record { command: Command { tenant, key, body }, outcome });
    }
    from.end()?;
    Ok(Group { after, previous, chain, records })
}
