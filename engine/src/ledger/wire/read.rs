//! Reading: nothing is believed, nothing is allocated on the word of a length alone.

use crate::units::Instant;

/// What cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct Damage {
    /// Where, in bytes from the start of the record or snapshot.
    pub at: usize,
    /// What was found, or what would be right.
    pub what: &'static str,
}

/// Bytes being read.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Found<T> = Result<T, Damage>;

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    pub fn damage(&self, what: &'static str) -> Damage {
        Damage { at: self.at, what }
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// That nothing is left.
    pub fn end(&self) -> Found<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.damage("nothing should follow")) }
    }

    pub fn take(&mut self, len: usize) -> Found<&'a [u8]> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or(self.damage("the end came too early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Found<u8> {
        Ok(self.take(1)?[0])
    }

    pub fn number(&mut self) -> Found<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                return Err(self.damage("a number should be written in its one form"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damage("a number has 64 bits at most"))
    }

    pub fn small<N: TryFrom<u64>>(&mut self) -> Found<N> {
        let number = self.number()?;
        N::try_from(number).map_err(|_| self.damage("a number is larger than its kind"))
    }

    pub fn signed(&mut self) -> Found<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub fn wide(&mut self) -> Found<u128> {
        Ok(u128::from_le_bytes(<[u8; 16]>::try_from(self.take(16)?).unwrap_or_default()))
    }

    pub fn bytes(&mut self) -> Found<&'a [u8]> {
        let len = self.small::<usize>()?;
        self.take(len)
    }

    pub fn text(&mut self) -> Found<&'a str> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.damage("text should be UTF-8"))
    }

    pub fn flag(&mut self) -> Found<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damage("a flag is 0 or 1")),
        }
    }

    pub fn instant(&mut self) -> Found<Instant> {
        self.signed().map(Instant)
    }

    pub fn option<N: TryFrom<u64>>(&mut self) -> Found<Option<N>> {
        if self.flag()? { self.small().map(Some) } else { Ok(None) }
    }

    /// A count of things of which each takes a byte at the least.
    pub fn count(&mut self) -> Found<usize> {
        let count = self.small::<usize>()?;
        match count <= self.bytes.len() - self.at {
            true => Ok(count),
            false => Err(self.damage("more is announced than follows")),
        }
    }

    /// Several of a kind.
    pub fn list<T, L: FromIterator<T>>(
        &mut self,
        mut one: impl FnMut(&mut Reader<'a>) -> Found<T>,
    ) -> Found<L> {
        let count = self.count()?;
        (0..count).map(|_| one(self)).collect()
    }
}
