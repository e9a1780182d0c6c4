//! Which code is printed on a handling unit? The serial shipping container code of GS1: eighteen digits, the same in every
//! warehouse and van of the world.
//!
//! ```text
//!   1    0614141    234567890    8
//!   │       │           │        └ check digit, modulo 10
//!   │       │           └ serial reference: what 16 digits leave beside the prefix
//!   │       └ company prefix, 7 to 10 digits
//!   └ extension digit: the company's own, 0 to 9
//! ```

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Digits of a code.
const DIGITS: usize = 18;

/// Digits of prefix and serial reference together.
const SHARED: u8 = 16;

/// A serial shipping container code; its check digit is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sscc(NonZeroU64);

/// A company's prefix: 7 to 10 digits that GS1 lent it, leading zeros included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompanyPrefix {
    len: u8,
    number: u64,
}

/// Why something is no code, or no part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SsccError {
    /// Too short or too long.
    #[error("a code has 18 digits, this has {found} characters")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that is no digit.
    #[error("a code has digits only, this has {found:?} at place {place}, counted from 1")]
    NotADigit {
        /// Which place, from 1.
        place: usize,
        /// What stands there.
        found: char,
    },
    /// Someone misread a digit.
    #[error("the check digit of these 17 digits is {right}, not {found}; read the label again")]
    CheckDigit {
        /// The digit found.
        found: u8,
        /// The digit that would be right.
        right: u8,
    },
    /// An extension digit beyond 9.
    #[error("an extension digit is 0 to 9, not {found}")]
    Extension {
        /// The number found.
        found: u8,
    },
    /// A prefix that GS1 lends nobody.
    #[error("a company prefix has 7 to 10 digits and is not all zeros")]
    Prefix,
    /// A serial reference that does not fit beside its prefix.
    #[error("beside this prefix a serial reference is at most {most}, not {found}; take a shorter prefix")]
    Serial {
        /// The number found.
        found: u64,
        /// The largest one.
        most: u64,
    },
}

/// The digit that makes the sum of all digits, every second one from the right threefold, a multiple of ten.
fn check_digit(mut digits: u64) -> u8 {
    let (mut sum, mut weight) = (0, 3);
    while digits > 0 {
        sum += digits % 10 * weight;
        weight = 4 - weight;
        digits /= 10;
    }
    ((10 - sum % 10) % 10) as u8
}

impl CompanyPrefix {
    /// A prefix of so many digits.
    ///
    /// # Errors
    /// [`SsccError::Prefix`] when it has fewer than 7 or more than 10 digits, or only zeros.
    pub fn new(number: u64, len: u8) -> Result<CompanyPrefix, SsccError> {
        match (7..=10).contains(&len) && number > 0 && number < 10u64.pow(u32::from(len)) {
            true => Ok(CompanyPrefix { len, number }),
            false => Err(SsccError::Prefix),
        }
    }

    /// How many digits it has.
    pub fn digits(self) -> u8 {
        self.len
    }

    /// Its digits as a number: those before the first other than 0 are not in it.
    pub fn number(self) -> u64 {
        self.number
    }

    /// How many serial references fit beside it, for each extension digit.
    pub fn serials(self) -> u64 {
        10u64.pow(u32::from(SHARED - self.len))
    }
}

impl fmt::Display for CompanyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.len))
    }
}

impl fmt::Debug for CompanyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CompanyPrefix {
    type Err = SsccError;

    fn from_str(text: &str) -> Result<CompanyPrefix, SsccError> {
        let len = u8::try_from(text.len()).map_err(|_| SsccError::Prefix)?;
        match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => CompanyPrefix::new(text.parse().map_err(|_| SsccError::Prefix)?, len),
            false => Err(SsccError::Prefix),
        }
    }
}

impl Sscc {
    /// The code of a serial reference.
    ///
    /// # Errors
    /// [`SsccError::Extension`] and [`SsccError::Serial`].
    pub fn new(extension: u8, prefix: CompanyPrefix, serial: u64) -> Result<Sscc, SsccError> {
        if extension > 9 {
            return Err(SsccError::Extension { found: extension });
        }
        let most = prefix.serials() - 1;
        if serial > most {
            return Err(SsccError::Serial { found: serial, most });
        }
        let company = prefix.number * prefix.serials() + serial;
        Sscc::checked(u64::from(extension) * 10u64.pow(u32::from(SHARED)) + company).ok_or(SsccError::Prefix)
    }

    /// A code from its 17 digits and the check digit they make.
    fn checked(digits: u64) -> Option<Sscc> {
        NonZeroU64::new(digits * 10 + u64::from(check_digit(digits))).map(Sscc)
    }

    /// A code from its 18 digits.
    ///
    /// # Errors
    /// [`SsccError::Length`] when the number has more digits or is 0, [`SsccError::CheckDigit`] when the last one is wrong.
    pub fn from_number(number: u64) -> Result<Sscc, SsccError> {
        let found = (number % 10) as u8;
        let right = check_digit(number / 10);
        match NonZeroU64::new(number) {
            None => Err(SsccError::Prefix),
            Some(_) if number >= 10u64.pow(DIGITS as u32) => {
                Err(SsccError::Length { found: number.to_string().len() })
            }
            Some(_) if found != right => Err(SsccError::CheckDigit { found, right }),
            Some(number) => Ok(Sscc(number)),
        }
    }

    /// Its digits as a number.
    pub fn number(self) -> u64 {
        self.0.get()
    }

    /// Extension digit, prefix and serial reference, for a prefix of so many digits: the code does not tell how many.
    ///
    /// # Errors
    /// [`SsccError::Prefix`] when no prefix has so many digits, or these are all zeros.
    pub fn parts(self, prefix_digits: u8) -> Result<(u8, CompanyPrefix, u64), SsccError> {
        let shared = 10u64.pow(u32::from(SHARED));
        let (extension, company) = (self.number() / 10 / shared, self.number() / 10 % shared);
        if !(7..=10).contains(&prefix_digits) {
            return Err(SsccError::Prefix);
        }
        let serials = 10u64.pow(u32::from(SHARED - prefix_digits));
        let prefix = CompanyPrefix::new(company / serials, prefix_digits)?;
        Ok((extension as u8, prefix, company % serials))
    }

    /// The code so many serial references later. Within what one request was given all of them are of its prefix.
    pub fn later(self, serials: u32) -> Option<Sscc> {
        let digits = self.number() / 10 + u64::from(serials);
        (digits < 10u64.pow(DIGITS as u32 - 1)).then(|| Sscc::checked(digits)).flatten()
    }
}

impl fmt::Display for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.0, width = DIGITS)
    }
}

impl fmt::Debug for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sscc {
    type Err = SsccError;

    /// Reads 18 digits, with the application identifier `(00)` before them or without.
    fn from_str(text: &str) -> Result<Sscc, SsccError> {
        let text = text.strip_prefix("(00)").unwrap_or(text);
        let wrong = text.chars().enumerate().find(|(_, letter)| !letter.is_ascii_digit());
        if let Some((place, found)) = wrong {
            return Err(SsccError::NotADigit { place: place + 1, found });
        }
        match (text.len(), text.parse()) {
            (DIGITS, Ok(number)) => Sscc::from_number(number),
            (found, _) => Err(SsccError::Length { found }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prefix(text: &str) -> CompanyPrefix {
        text.parse().expect("a prefix")
    }

    #[test]
    fn the_examples_of_gs1_are_read_and_printed_as_they_stand() {
        // General specifications: extension 1, prefix 0614141, serial 234567890, check digit 8.
        let code = Sscc::new(1, prefix("0614141"), 234_567_890).expect("it fits");
        assert_eq!(code.to_string(), "106141412345678908");
        assert_eq!("(00)106141412345678908".parse(), Ok(code));
        assert_eq!(code.parts(7), Ok((1, prefix("0614141"), 234_567_890)));
        // The check digit calculator: 9 for these 17.
        let code: Sscc = "376104250021234569".parse().expect("it is one");
        assert_eq!(code.parts(10), Ok((3, prefix("7610425002"), 123_456)));
    }

    #[test]
    fn what_is_no_code_says_why() {
        let error = |text: &str| text.parse::<Sscc>().expect_err("it is none");
        assert_eq!(error("10614141234567890"), SsccError::Length { found: 17 });
        assert_eq!(error("10614141234567890X"), SsccError::NotADigit { place: 18, found: 'X' });
        assert_eq!(error("106141412345678907"), SsccError::CheckDigit { found: 7, right: 8 });
        assert_eq!(error("000000000000000000"), SsccError::Prefix);
        let right = prefix("0614141");
        assert_eq!(Sscc::new(10, right, 0), Err(SsccError::Extension { found: 10 }));
        let most = 999_999_999;
        assert_eq!(Sscc::new(0, right, most + 1), Err(SsccError::Serial { found: most + 1, most }));
        for text in ["061414", "06141411234", "0000000", "06141 1", ""] {
            assert_eq!(text.parse::<CompanyPrefix>(), Err(SsccError::Prefix), "{text}");
        }
    }

    #[test]
    fn the_largest_code_is_followed_by_none() {
        let last = Sscc::new(9, prefix("9999999999"), 999_999).expect("it fits");
        assert_eq!((last.later(0), last.later(1)), (Some(last), None));
    }

    proptest! {
        /// Parts make a code, the code is printed and read, and has the same parts; the code after the next has the
        /// serial after the next.
        #[test]
        fn a_code_comes_back_whole(
            extension in 0u8..10, len in 7u8..=10, number in 1u64..10_000_000_000, serial in 0u64..1_000_000_000
        ) {
            let prefix = CompanyPrefix::new(number % 10u64.pow(u32::from(len)).max(1), len);
            prop_assume!(prefix.is_ok());
            let prefix = prefix.unwrap();
            let serial = serial % (prefix.serials() - 2);
            let code = Sscc::new(extension, prefix, serial).unwrap();
            prop_assert_eq!(code.to_string().len(), DIGITS);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.parts(len), Ok((extension, prefix, serial)));
            prop_assert_eq!(code.later(2), Sscc::new(extension, prefix, serial + 2).ok());
        }

        /// Whoever misreads one digit is told so.
        #[test]
        fn one_wrong_digit_is_seen(serial in 0u64..1_000_000, place in 0usize..18, other in 1u8..10) {
            let code = Sscc::new(3, CompanyPrefix::new(7_610_425_002, 10).unwrap(), serial).unwrap();
            let mut digits = code.to_string().into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + other) % 10;
            let misread = String::from_utf8(digits).unwrap().parse::<Sscc>();
            prop_assert!(matches!(misread, Err(SsccError::CheckDigit { .. })), "{:?}", misread);
        }
    }
}
