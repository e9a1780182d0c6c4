//! Random commands about handling units.

use super::random::Commands;
use crate::ledger::*;

impl Commands {
    /// Labels out of ranges so short that they are used up.
    pub(super) fn labels(&mut self) -> Body {
        let count = self.random.between(1, 300_000) as u32;
        Body::Labels(Labels { terms: self.label(), count })
    }

    pub(super) fn label(&mut self) -> LabelTerms {
        let number = self.random.of(&[1_234_567_890, 42]);
        let digits = if number == 42 { 9 } else { 10 };
        let prefix = CompanyPrefix::new(number, digits).unwrap_or_else(|error| panic!("{error}"));
        LabelTerms { prefix, extension: self.random.below(2) as u8 }
    }
}
