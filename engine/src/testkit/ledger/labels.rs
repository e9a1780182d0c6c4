//! Codes of handling units in the plain ledger: written digit by digit.

use super::*;

impl Plain {
    /// The code of a serial reference.
    fn code(terms: LabelTerms, serial: u64) -> Sscc {
        let width = 16 - usize::from(terms.prefix.digits());
        let digits = format!("{}{}{serial:0width$}", terms.extension, terms.prefix);
        let mut sum = 0;
        for (place, digit) in digits.bytes().enumerate() {
            // Seventeen digits: the first one counts three times, the next once, and so on.
            let weight = if place % 2 == 0 { 3 } else { 1 };
            sum += u32::from(digit - b'0') * weight;
        }
        let check = (0..10).find(|check| (sum + check) % 10 == 0).unwrap_or(0);
        format!("{digits}{check}").parse().unwrap_or_else(|error| panic!("{digits}{check}: {error}"))
    }

    /// Gives codes; the first of them.
    pub(super) fn give(&mut self, terms: LabelTerms, count: u32) -> Result<Sscc, Refusal> {
        let given = self.given.iter().filter(|given| given.0 == terms).map(|given| u64::from(given.1)).sum();
        let all: u64 =
            format!("1{}", "0".repeat(16 - usize::from(terms.prefix.digits()))).parse().unwrap_or(0);
        if given + u64::from(count) > all {
            return Err(no(Code::CodesUsedUp, 0, count, all - given));
        }
        self.given.push((terms, count));
        Ok(Plain::code(terms, given))
    }
}
