//! What customers show at the counter, kept as digests: whoever reads them alone learns no number.

use super::papers::Papers;
use volok::ledger::{HoldId, Tenant};

/// Something a customer can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    kind: &'static str,
    said: String,
}

/// Digits of a phone number that tell it from others within a country.
const NATIONAL: usize = 10;

/// The digits of a text.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl Proof {
    /// A phone number, by its digits: `8 921 …` and `+7 921 …` are one.
    pub fn phone(digits: &str) -> Proof {
        let national = &digits[digits.len().saturating_sub(NATIONAL)..];
        Proof { kind: "phone", said: national.to_owned() }
    }

    /// A barcode.
    pub fn barcode(text: &str) -> Proof {
        Proof { kind: "barcode", said: text.to_owned() }
    }

    /// A PIN.
    pub fn pin(digits: &str) -> Proof {
        Proof { kind: "pin", said: digits.to_owned() }
    }

    /// Few numbers are possible, so the digest is made with a secret of its own.
    fn digest(&self, secret: &[u8; 32]) -> Vec<u8> {
        let said = format!("{}\u{1f}{}", self.kind, self.said);
        blake3::keyed_hash(secret, said.as_bytes()).as_bytes().to_vec()
    }
}

impl Papers {
    /// Keeps what a customer can show for a hold, instead of what was kept before; whether it could.
    pub fn prove(&self, tenant: Tenant, hold: HoldId, proofs: &[Proof]) -> bool {
        let secret = self.beside().secret();
        let digests: Vec<Vec<u8>> = proofs.iter().map(|proof| proof.digest(secret)).collect();
        let kept = self.beside().prove(tenant, hold, &digests);
        kept.inspect_err(|error| tracing::error!(%error, "proofs")).is_ok()
    }

    /// Holds for which it was kept.
    pub fn proven(&self, tenant: Tenant, proof: &Proof) -> Vec<HoldId> {
        let found = self.beside().proven(tenant, &proof.digest(self.beside().secret()));
        found.inspect_err(|error| tracing::error!(%error, "proofs")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Proof, digits};

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let said = ["+7 (921) 555-01-23", "8 921 555 01 23", "9215550123"];
        let phones = said.map(|said| Proof::phone(&digits(said)));
        assert!(phones.iter().all(|phone| *phone == phones[0]), "{phones:?}");
        assert_ne!(Proof::pin("4711"), Proof::barcode("4711"));
    }
}
