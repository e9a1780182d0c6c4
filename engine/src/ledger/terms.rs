//! What can be asked about handling units: their codes.

use super::sscc::CompanyPrefix;

/// Whose codes are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelTerms {
    /// The company that labels.
    pub prefix: CompanyPrefix,
    /// The digit in front, 0 to 9: another one makes another range of codes.
    pub extension: u8,
}

/// Codes for handling units that are no parcels of an order: pallets, roll cages, totes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Out of which range.
    pub terms: LabelTerms,
    /// How many.
    pub count: u32,
}
