//! What can be asked about parcels: their codes, and each step of their way.

use super::command::Claim;
use super::number::*;
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

/// The parcels of a held order, as its plan wants them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcels {
    /// The hold their units come out of when they are packed.
    pub hold: HoldId,
    /// The version of the hold the client saw.
    pub version: Option<u32>,
    /// What the client calls the order; empty for the number of the hold. The channel's prefix comes before it unless it
    /// is there.
    pub order: Box<str>,
    /// Nothing is handed over before all parcels have come that still come; else each as it arrives.
    pub together: bool,
    /// Seconds a parcel is kept where it is handed over.
    pub kept: u32,
    /// Each parcel gets the next code out of this range.
    pub labels: Option<LabelTerms>,
    /// The parcels, a merged one after its parts.
    pub parcels: Vec<ParcelTerms>,
}

/// A parcel as its plan wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParcelTerms {
    /// Where it is packed or merged, where it comes through, and where it ends: where it is merged into another parcel, or
    /// handed over. One node when it ends where it begins.
    pub stops: Vec<NodeNo>,
    /// What is packed into it; none for a merged parcel.
    pub picks: Vec<CellUnits>,
    /// Parcels merged into it, by their place in the list; none for one that is packed.
    pub parts: Vec<u16>,
    /// Until when its parts wait for each other; then they may be merged without what has not come. Nothing: for ever.
    pub wait_until: Option<Second>,
    /// Which of the hold's capacity claims are for this parcel.
    pub claims: Vec<Claim>,
}

/// Units of one cell: for what is in a parcel, the cell they were packed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellUnits {
    /// Which cell.
    pub cell: CellNo,
    /// How many units.
    pub qty: u32,
}

/// Something was done to a parcel: packed, or sent on to its next stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    /// Which.
    pub parcel: ParcelId,
    /// The version the client saw.
    pub version: Option<u32>,
}

/// A parcel came to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrive {
    /// Which.
    pub parcel: ParcelId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// Where.
    pub node: NodeNo,
}

/// Parts were merged into their parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The parcel they were merged into.
    pub parcel: ParcelId,
    /// The version of it the client saw.
    pub version: Option<u32>,
    /// Without parts that never come, or for which the others have waited long enough: those go on by themselves.
    pub without_missing: bool,
}

/// A parcel, or some of what is in it, was given to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Which.
    pub parcel: ParcelId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// The node that handed it over: the sale is credited to it too.
    pub by: NodeNo,
    /// What the customer took; none means all that is in it.
    pub taken: Vec<CellUnits>,
    /// What becomes of the rest.
    pub rest: Rest,
}

/// What becomes of what a customer does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It stays in the parcel.
    Keep,
    /// It goes back.
    Back(BackTo),
}

/// Where units go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackTo {
    /// Into cells of the node they are at: of the cells named, the first of the same SKU, owner and batch.
    Stock(Vec<CellNo>),
    /// Into a parcel of their own, on its way to a node, with a code out of a range.
    Parcel(NodeNo, Option<LabelTerms>),
}

/// Units go back: refused by the customer, or kept long enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// Out of which parcel.
    pub parcel: ParcelId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// Which units; none means all that is in it.
    pub units: Vec<CellUnits>,
    /// Where to.
    pub to: BackTo,
}
