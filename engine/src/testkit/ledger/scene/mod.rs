//! Scenes in files: a shop, what is asked of its ledger and when, and what must be answered. Any door to the ledger can
//! act them, whatever language it is written in.
//!
//! One JSON file is one scene:
//! ```json
//! {
//!   "story": "What happens and why it should, in plain words.",
//!   "file": "shop.json",
//!   "settings": { "longest_life": 86400 },
//!   "steps": [
//!     { "at": "2026-03-02T10:00:00Z", "do": { "place": { … } }, "expect": { "held": { … } }, "then": [ … ] }
//!   ]
//! }
//! ```
//! The shop is a world document, written out (`world`) or read from a file beside the scene (`file`); it is written into
//! an empty book as `ledger::opening` does. Everything is called by its name in that document. A hold is called what its
//! `place` says, a cell by as much of (seller, sku, node, zone, lot, available_at) as tells it from the others. Each step
//! is a request under a key of its own, unless it names one. `expect` is the whole answer, `then` what must be seen
//! afterwards.

mod act;
mod names;

use crate::spec;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A scene.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// What happens, in plain words.
    pub story: String,
    /// The shop, written out.
    pub world: Option<spec::World>,
    /// A world document beside this file.
    pub file: Option<String>,
    /// How holds are treated.
    #[serde(default)]
    pub settings: Settings,
    /// Channels that take simple holds only.
    #[serde(default)]
    pub simple: Vec<String>,
    /// What happens, in its order.
    pub steps: Vec<Step>,
}

/// How holds are treated.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Seconds a hold lives at most; thirty days when absent.
    pub longest_life: Option<u32>,
    /// Rules against repeated holding.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// A rule against repeated holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Whose holds count together.
    pub scope: Scope,
    /// What is counted.
    pub measure: Measure,
    /// Seconds looked back.
    pub window: u32,
    /// The most that is allowed.
    pub limit: u32,
}

/// Whose holds count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those of one customer on one SKU.
    CustomerSku,
    /// Those of one customer.
    Customer,
    /// Those of everyone on one SKU.
    Sku,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Holds that ended unbought, in a row.
    Unbought,
    /// Holds.
    Holds,
    /// Units.
    Units,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What the client's clock shows, RFC 3339.
    pub at: String,
    /// Its key, where another step has the same; otherwise each has its own.
    pub key: Option<String>,
    /// What is asked.
    #[serde(rename = "do")]
    pub request: Request,
    /// What is answered.
    pub expect: Answer,
    /// What is seen afterwards.
    #[serde(default)]
    pub then: Vec<Seen>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Request {
    Place {
        /// What the hold is called from now on.
        hold: String,
        channel: String,
        customer: Option<String>,
        node: String,
        lines: Vec<Line>,
        /// Seconds.
        life: u32,
        #[serde(default)]
        priority: u8,
        instead_of: Option<String>,
    },
    Adjust {
        hold: String,
        version: Option<u32>,
        #[serde(default)]
        drops: Vec<Line>,
        #[serde(default)]
        adds: Vec<Line>,
    },
    Extend {
        hold: String,
        version: Option<u32>,
        /// Seconds from now.
        life: u32,
    },
    Fulfil {
        hold: String,
        version: Option<u32>,
        /// All that is held when absent.
        #[serde(default)]
        lines: Vec<Line>,
        #[serde(default)]
        remainder: Remainder,
        by: String,
    },
    Release {
        hold: String,
        version: Option<u32>,
    },
    Stock {
        /// The number of the report; the next one when absent.
        report: Option<u64>,
        what: Event,
        cell: Cell,
        /// Where a move leads.
        to: Option<Cell>,
        qty: u32,
        /// When announced supply is due, RFC 3339.
        due: Option<String>,
    },
    Safety {
        cell: Cell,
        qty: u32,
    },
    Fence {
        seller: String,
        sku: String,
        node: String,
        channels: Vec<String>,
        qty: u32,
    },
    Forget {
        /// RFC 3339.
        before: String,
        most: u32,
    },
    /// All of these, or nothing.
    Group(Vec<Request>),
}

/// Units of something: of a cell, or of an SKU at a node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which cell.
    pub cell: Option<Cell>,
    /// Which SKU, from whichever cells expire first.
    pub sku: Option<String>,
    /// Where.
    pub node: Option<String>,
    /// How many.
    pub qty: u32,
}

/// A cell, by as much as tells it from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What.
    pub sku: String,
    /// Whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// In which zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Of which batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Announced for then, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
}

/// What happened to stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Units came in.
    Receipt,
    /// Units were sold at a till.
    Sale,
    /// Units came back.
    Return,
    /// Units went to another cell.
    Move,
    /// Units are broken, stolen or spoiled.
    WriteOff,
    /// So many were counted.
    Count,
    /// So many are announced.
    Announced,
    /// So many of what was announced came.
    Arrived,
}

/// What becomes of what is not handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remainder {
    /// It stays held.
    #[default]
    Keep,
    /// It is given back.
    Release,
}

/// What is answered, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Answer {
    /// The hold is as told.
    Held {
        version: u32,
        /// RFC 3339.
        expires_at: String,
        state: HoldState,
    },
    /// Units were handed over.
    Sold {
        version: u32,
        state: HoldState,
        /// The channel that is credited.
        origin: String,
        /// The node that is credited.
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<String>,
        units: u64,
        receipt: Receipt,
    },
    /// The cell is as told.
    Stocked { on_hand: u32, short: u32 },
    /// The report was known.
    KnownReport,
    /// It holds from now on.
    Set,
    /// So much was forgotten, keys apart: those of the shop's opening are nobody's business.
    Forgotten { holds: u32, sales: u32 },
    /// All of a group was done.
    Group(Vec<Answer>),
    /// Nothing was done.
    Refused {
        /// Stable name of the reason.
        code: String,
        /// Which command of a group, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<u16>,
        #[serde(default)]
        line: u16,
        asked: u64,
        there_is: u64,
    },
}

/// The receipt that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// Issued online by this entity.
    Online(String),
    /// Issued at the counter by this entity.
    Counter(String),
    /// None is due.
    None,
    /// Nobody signs for the node.
    NotSaid,
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum HoldState {
    Active,
    Partial,
    Fulfilled,
    Released,
    Expired,
}

/// What is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Seen {
    /// Units of a cell: there, held, free to be held.
    Cell { cell: Cell, on_hand: u32, held: u32, free: u32 },
    /// A hold.
    Hold { hold: String, code: String, state: HoldState, version: u32, lines: Vec<Part> },
    /// Holds that a short cell cannot serve, in their order.
    Hit { cell: Cell, holds: Vec<Lacks> },
}

/// A line of a hold: `requested = held + fulfilled + released + expired`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Part {
    pub requested: u32,
    #[serde(default)]
    pub held: u32,
    #[serde(default)]
    pub fulfilled: u32,
    #[serde(default)]
    pub released: u32,
    #[serde(default)]
    pub expired: u32,
}

/// A hold that lacks units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Lacks {
    pub hold: String,
    pub lacks: u32,
}

/// A scene that cannot be acted or does not come true.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {text}", path.display())]
pub struct SceneError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong.
    pub text: String,
}

/// Reads the scene of a file and acts it.
///
/// # Errors
/// When the file is not a scene, names something its shop does not have, or the first step that does not come true.
pub fn act(path: &Path) -> Result<(), SceneError> {
    let error = |text: String| SceneError { path: path.to_owned(), text };
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|broken| error(broken.to_string()));
    let scene: Scene = serde_json::from_str(&read(path)?).map_err(|broken| error(broken.to_string()))?;
    let world = match (&scene.world, &scene.file) {
        (Some(world), None) => world.clone(),
        (None, Some(file)) => {
            let text = read(&path.with_file_name(file))?;
            spec::world_from_str(&text).map_err(|broken| error(broken.to_string()))?
        }
        _ => return Err(error("one of `world` and `file` says what the shop is".to_owned())),
    };
    act::act(&scene, &world).map_err(error)
}
