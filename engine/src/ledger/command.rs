//! What can be asked of the ledger.

use super::number::*;
pub use super::terms::*;
use crate::units::{CubicCentimetres, Grams, Instant};
use smallvec::SmallVec;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Whose book.
    pub tenant: Tenant,
    /// What the client calls it: one effect per tenant and key.
    pub key: Key,
    /// What is asked.
    pub body: Body,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Gives the next numbers of a kind to names; a tenant's first registration opens its book.
    Register(Kind, Vec<Box<str>>),
    /// Opens empty cells, which get the next numbers.
    OpenCells(Vec<CellFacts>),
    /// Says how a book treats holds in general.
    Settings(Settings),
    /// Says how holds of a channel are treated.
    Channel(ChannelNo, ChannelTerms),
    /// Says which legal entity signs for what a node hands over.
    Node(NodeNo, EntityNo),
    /// Sets the units of a cell that are never promised.
    Safety(CellNo, u32),
    /// Keeps units of a (seller, sku, node) for some channels, or changes how many.
    Fence(FenceTerms),
    /// Something happened to physical or announced stock.
    Stock(StockEvent),
    /// A new hold.
    Place(Place),
    /// Swaps, adds or drops lines of a hold, all of it or nothing.
    Adjust(Adjust),
    /// Lets a hold live longer.
    Extend(Extend),
    /// Hands units over: they are sold.
    Fulfil(Fulfil),
    /// Ends a hold and gives back what it holds.
    Release(Release),
    /// Forgets keys, sales, ended holds and customers older than what must be kept.
    Forget(Forget),
    /// Says that the clock is right although it jumped.
    ConfirmClock,
    /// Gives the next codes to handling units.
    Labels(Labels),
    /// Writes the parcels of a held order down; they get their codes.
    Parcels(Parcels),
    /// A parcel was packed: its units leave their cells and the hold.
    Pack(Handled),
    /// A parcel came to its next stop.
    Arrive(Arrive),
    /// A parcel left for its next stop.
    SendOn(Handled),
    /// Parts were merged into one parcel.
    Merge(Merge),
    /// A parcel, or part of it, was given to the customer: that is sold.
    HandOver(HandOver),
    /// Units of a parcel go back.
    Back(Back),
    /// Commands on holds, stock and parcels, done in turn as one: all of them, or nothing.
    Group(Vec<Body>),
}

impl Body {
    /// What is asked, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Body::Register(..) => "register",
            Body::OpenCells(_) => "open_cells",
            Body::Settings(_) => "settings",
            Body::Channel(..) => "channel",
            Body::Node(..) => "node",
            Body::Safety(..) => "safety",
            Body::Fence(_) => "fence",
            Body::Stock(_) => "stock",
            Body::Place(_) => "place",
            Body::Adjust(_) => "adjust",
            Body::Extend(_) => "extend",
            Body::Fulfil(_) => "fulfil",
            Body::Release(_) => "release",
            Body::Forget(_) => "forget",
            Body::ConfirmClock => "confirm_clock",
            Body::Labels(_) => "labels",
            Body::Parcels(_) => "parcels",
            Body::Pack(_) => "pack",
            Body::Arrive(_) => "arrive",
            Body::SendOn(_) => "send_on",
            Body::Merge(_) => "merge",
            Body::HandOver(_) => "hand_over",
            Body::Back(_) => "back",
            Body::Group(_) => "group",
        }
    }

    /// Whether it may be one of a group: what is done with goods may, what says how a book is, or forgets, may not.
    pub fn may_be_grouped(&self) -> bool {
        match self {
            Body::Safety(..)
            | Body::Stock(_)
            | Body::Place(_)
            | Body::Adjust(_)
            | Body::Extend(_)
            | Body::Fulfil(_)
            | Body::Release(_)
            | Body::Labels(_)
            | Body::Parcels(_)
            | Body::Pack(_)
            | Body::Arrive(_)
            | Body::SendOn(_)
            | Body::Merge(_)
            | Body::HandOver(_)
            | Body::Back(_) => true,
            Body::Register(..)
            | Body::OpenCells(_)
            | Body::Settings(_)
            | Body::Channel(..)
            | Body::Node(..)
            | Body::Fence(_)
            | Body::Forget(_)
            | Body::ConfirmClock
            | Body::Group(_) => false,
        }
    }
}

/// Kinds of names, each numbered by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Things.
    Sku,
    /// Owners.
    Seller,
    /// Places.
    Node,
    /// Temperature zones.
    Zone,
    /// Batches.
    Lot,
    /// Channels.
    Channel,
    /// Lanes.
    Lane,
    /// Legal entities.
    Entity,
    /// Systems that report stock events.
    Source,
}

impl Kind {
    /// All of them, in the order of their numbers on the wire.
    pub const ALL: [Kind; 9] = [
        Kind::Sku,
        Kind::Seller,
        Kind::Node,
        Kind::Zone,
        Kind::Lot,
        Kind::Channel,
        Kind::Lane,
        Kind::Entity,
        Kind::Source,
    ];
}

/// What never changes about a cell, but for when announced supply is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellFacts {
    /// What.
    pub sku: SkuNo,
    /// Whose.
    pub seller: SellerNo,
    /// Where.
    pub node: NodeNo,
    /// In which zone.
    pub zone: ZoneNo,
    /// Of which batch.
    pub lot: Option<LotNo>,
    /// When the batch expires; [`Instant::NEVER`] when it does not.
    pub expires: Instant,
    /// When announced supply is due; nothing for stock on hand.
    pub due: Option<Second>,
}

/// How a book treats holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seconds from placing after which a hold ends whatever its extensions.
    pub longest_life: u32,
    /// Rules against repeated holding, in the order in which they are asked.
    pub rules: Vec<Rule>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { longest_life: super::limits::USUAL_LIFE, rules: Vec::new() }
    }
}

/// A rule against repeated holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whose holds count together.
    pub scope: Scope,
    /// What is counted of them.
    pub measure: Measure,
    /// Seconds looked back.
    pub window: u32,
    /// The most that is allowed, the hold asked for included.
    pub limit: u32,
}

/// Whose holds count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of one customer on one SKU.
    CustomerSku,
    /// Those of one customer.
    Customer,
    /// Those of everyone on one SKU.
    Sku,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Holds that ended without a unit bought, in a row; not for [`Scope::Sku`], where there is no row.
    Unbought,
    /// Holds placed.
    Holds,
    /// Units placed or added.
    Units,
}

/// How holds of a channel are treated.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChannelTerms {
    /// Simple or multi-reserve.
    pub mode: Mode,
    /// What its order codes begin with.
    pub prefix: Box<str>,
    /// Who holds the contract with the customer.
    pub entity: Option<EntityNo>,
    /// The customer has paid before.
    pub prepaid: bool,
    /// A node of another legal entity may hand prepaid goods over without a receipt.
    pub without_receipt: bool,
}

/// What a hold of a channel may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// One item, never adjusted.
    Simple,
    /// Several items or sizes, adjusted at the counter.
    #[default]
    Multi,
}

/// A ring-fence as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FenceTerms {
    /// What.
    pub sku: SkuNo,
    /// Whose.
    pub seller: SellerNo,
    /// Where.
    pub node: NodeNo,
    /// For whom, rising.
    pub channels: Vec<ChannelNo>,
    /// Units kept from now on, those held out of it included.
    pub qty: u32,
}

/// A report of stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockEvent {
    /// Who reports.
    pub source: SourceNo,
    /// The number of the report: each source counts its own from 1 without gaps.
    pub sequence: u64,
    /// What happened.
    pub what: StockChange,
}

/// What happened to stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockChange {
    /// Units came in.
    Receipt(CellNo, u32),
    /// Units were sold at a till, without a hold.
    Sale(CellNo, u32),
    /// Units came back from a customer.
    Return(CellNo, u32),
    /// Units went from one cell to another of the same SKU and owner.
    Move(CellNo, CellNo, u32),
    /// Units are broken, stolen or spoiled.
    WriteOff(CellNo, u32),
    /// So many were counted.
    Count(CellNo, u32),
    /// So many are announced in all, for then: first announced or changed.
    Announced(CellNo, u32, Second),
    /// So many of what was announced came in: the cell is on hand from now on.
    Arrived(CellNo, u32),
}

impl StockChange {
    /// The cell it is told of; of a move, the one they left.
    pub(super) fn cell(&self) -> CellNo {
        match *self {
            StockChange::Receipt(cell, _)
            | StockChange::Sale(cell, _)
            | StockChange::Return(cell, _)
            | StockChange::Move(cell, _, _)
            | StockChange::WriteOff(cell, _)
            | StockChange::Count(cell, _)
            | StockChange::Announced(cell, _, _)
            | StockChange::Arrived(cell, _) => cell,
        }
    }
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// Units of one cell.
    Cell(CellNo),
    /// Units of an SKU at a node, on hand, from the batches that expire first.
    Sku(SkuNo, NodeNo),
}

/// Wanted units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub what: Want,
    /// How many.
    pub qty: u32,
}

/// Lines of a command.
pub type Lines = SmallVec<[Wanted; 4]>;

/// A new hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it comes from: what is sold out of it is credited there for ever.
    pub channel: ChannelNo,
    /// Who holds, if known.
    pub customer: Option<Customer>,
    /// Which node hands over.
    pub node: NodeNo,
    /// What is held; lines on one cell count together.
    pub lines: Lines,
    /// Seconds it lives.
    pub life: u32,
    /// Who goes first when there is too little for all; higher is earlier.
    pub priority: u8,
    /// A hold of the same customer that ends in the same instant: its units count as free for this one.
    pub instead_of: Option<HoldId>,
    /// What its plan takes of departures, days, buffers and hand-over points.
    pub claims: Vec<Claim>,
}

/// A part of a capacity that a plan takes, with how much there is in all: the ledger counts, and knows no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// One parcel in one compartment of one departure.
    Departure {
        /// Which lane.
        lane: LaneNo,
        /// Which of its compartments.
        compartment: u8,
        /// When it departs.
        departs: Instant,
        /// Weight of the parcel.
        grams: Grams,
        /// Its volume.
        cm3: CubicCentimetres,
        /// Weight it takes.
        most_grams: Option<Grams>,
        /// Volume it takes.
        most_cm3: Option<CubicCentimetres>,
        /// Parcels it takes.
        most_parcels: Option<u32>,
    },
    /// One parcel that becomes ready at a node on one of its dates.
    NodeDay {
        /// Which node.
        node: NodeNo,
        /// Its local date, as days since 1970-01-01.
        date: i32,
        /// Parcels.
        parcels: u32,
        /// Order lines in them.
        lines: u32,
        /// Parcels it makes ready on one date.
        most_parcels: Option<u32>,
        /// Order lines in them.
        most_lines: Option<u32>,
    },
    /// One parcel's wait at a cross-dock, to before its last moment.
    Buffer {
        /// Which node.
        node: NodeNo,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
        /// Parcels that can wait there.
        most: Option<u32>,
    },
    /// One parcel's stay at a hand-over point, to before its last moment.
    Point {
        /// Which node.
        node: NodeNo,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
        /// Parcels that can stay there.
        most: Option<u32>,
    },
}

/// A change of what is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjust {
    /// Which hold.
    pub hold: HoldId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// What is given back.
    pub drops: Lines,
    /// What is held instead or besides.
    pub adds: Lines,
}

/// A longer life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Which hold.
    pub hold: HoldId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// Seconds it lives from now on.
    pub life: u32,
}

/// Units handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fulfil {
    /// Which hold.
    pub hold: HoldId,
    /// The version the client saw.
    pub version: Option<u32>,
    /// Which units; none means all that is held.
    pub lines: Lines,
    /// What becomes of the rest.
    pub remainder: Remainder,
    /// Which node hands over: the sale is credited to it too.
    pub by: NodeNo,
}

/// What becomes of what is not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remainder {
    /// It stays held until the hold ends.
    Keep,
    /// It is given back at once.
    Release,
}

/// The end of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Which hold.
    pub hold: HoldId,
    /// The version the client saw.
    pub version: Option<u32>,
}

/// Forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget {
    /// What is older than this.
    pub before: Second,
    /// Entries looked at, at most; see [`super::limits::FORGET_AT_ONCE`].
    pub most: u32,
}
