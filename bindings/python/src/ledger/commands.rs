//! Commands in names, as documents: each becomes a body of numbers.

use super::asked::{self, CellAsked, LineAsked, Words, Wrong, second, wrong};
use serde::Deserialize;
use volok::ledger::{
    Adjust, Arrive, Back, BackTo, Body, CellFacts, ChannelTerms, CompanyPrefix, Customer, EntityNo, Extend,
    FenceTerms, Forget, Fulfil, HandOver, Handled, HoldId, Kind, LabelTerms, Labels, LotNo, Measure, Merge,
    Mode, NodeNo, ParcelId, Place, Release, Remainder, Rest, Rule, Scope, Second, SellerNo, Settings, SkuNo,
    SourceNo, StockChange, StockEvent,
};
use volok::units::Instant;

/// A command; `do` names it as the ledger does.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Asked {
    /// Gives numbers to names.
    Register { kind: String, names: Vec<String> },
    /// Opens empty cells.
    OpenCells { cells: Vec<FactsAsked> },
    /// How holds are treated.
    Settings { longest_life: u32, rules: Vec<RuleAsked> },
    /// How holds of a channel are treated.
    Channel {
        channel: String,
        multi: bool,
        prefix: String,
        entity: Option<String>,
        prepaid: bool,
        without_receipt: bool,
    },
    /// Who signs at a node.
    Node { node: String, entity: String },
    /// Units never promised.
    Safety { cell: CellAsked, qty: u32 },
    /// Units kept for channels.
    Fence { sku: String, seller: String, node: String, channels: Vec<String>, qty: u32 },
    /// Something happened to stock.
    Stock(Box<StockAsked>),
    /// A new hold.
    Place(PlaceAsked),
    /// Swaps, adds or drops lines.
    Adjust { hold: u64, drops: Vec<LineAsked>, adds: Vec<LineAsked>, version: Option<u32> },
    /// A longer life.
    Extend { hold: u64, life: u32, version: Option<u32> },
    /// Units handed over.
    Fulfil { hold: u64, lines: Vec<LineAsked>, by: Option<String>, keep: bool, version: Option<u32> },
    /// The end of a hold.
    Release { hold: u64, version: Option<u32> },
    /// Forgets what is old.
    Forget { before: String, most: u32 },
    /// The clock is right.
    ConfirmClock,
    /// Codes for handling units.
    Labels { labels: LabelsAsked, count: u32 },
    /// A parcel was packed.
    Pack { parcel: String, version: Option<u32> },
    /// A parcel came to a node.
    Arrive { parcel: String, node: Option<String>, version: Option<u32> },
    /// A parcel left for its next stop.
    SendOn { parcel: String, version: Option<u32> },
    /// Parts became one parcel.
    Merge { parcel: String, without_missing: bool, version: Option<u32> },
    /// The customer has a parcel, or some of it.
    HandOver {
        parcel: String,
        units: Vec<LineAsked>,
        by: Option<String>,
        rest: Option<BackAsked>,
        version: Option<u32>,
    },
    /// Units of a parcel go back.
    Back { parcel: String, units: Vec<LineAsked>, to: BackAsked, version: Option<u32> },
    /// Several as one.
    Group { commands: Vec<Asked> },
}

/// A new hold.
#[derive(Deserialize)]
pub struct PlaceAsked {
    channel: String,
    node: String,
    lines: Vec<LineAsked>,
    customer: Option<u64>,
    life: u32,
    priority: u8,
    instead_of: Option<u64>,
}

/// Something happened to stock.
#[derive(Deserialize)]
pub struct StockAsked {
    source: String,
    sequence: u64,
    what: String,
    qty: u32,
    cell: CellAsked,
    into: Option<CellAsked>,
    due: Option<String>,
}

/// A cell to be opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactsAsked {
    seller: String,
    sku: String,
    node: String,
    zone: String,
    lot: Option<String>,
    expires: Option<String>,
    due: Option<String>,
}

/// A rule against repeated holding.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleAsked {
    scope: String,
    measure: String,
    window: u32,
    limit: u32,
}

/// A range of codes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelsAsked {
    prefix: String,
    extension: u8,
}

/// Where units go back to.
#[derive(Deserialize)]
pub struct BackAsked {
    into: Option<Vec<CellAsked>>,
    node: Option<String>,
    labels: Option<LabelsAsked>,
}

impl RuleAsked {
    /// The rule.
    pub fn rule(&self, place: &str) -> Result<Rule, Wrong> {
        let at = |field: &str| format!("{place}.{field}");
        let scope = match &*self.scope {
            "customer_sku" => Scope::CustomerSku,
            "customer" => Scope::Customer,
            "sku" => Scope::Sku,
            scope => {
                return Err(wrong(
                    at("scope"),
                    "unknown",
                    &format!("{scope:?}"),
                    "customer_sku, customer or sku",
                ));
            }
        };
        let measure = match &*self.measure {
            "unbought" => Measure::Unbought,
            "holds" => Measure::Holds,
            "units" => Measure::Units,
            measure => {
                return Err(wrong(
                    at("measure"),
                    "unknown",
                    &format!("{measure:?}"),
                    "unbought, holds or units",
                ));
            }
        };
        Ok(Rule { scope, measure, window: self.window, limit: self.limit })
    }
}

impl LabelsAsked {
    /// The range.
    pub fn terms(&self) -> Result<LabelTerms, Wrong> {
        let prefix = self.prefix.parse::<CompanyPrefix>();
        let prefix = prefix.map_err(|error| {
            wrong("labels.prefix", "malformed", &format!("{:?}", self.prefix), error.to_string())
        })?;
        Ok(LabelTerms { prefix, extension: self.extension })
    }
}

impl BackAsked {
    fn goal(&self, words: &Words<'_>, at: Second) -> Result<BackTo, Wrong> {
        match (&self.into, &self.node) {
            (Some(cells), None) => {
                let cell = |(row, cell): (usize, &CellAsked)| words.cell(cell, &format!("into[{row}]"), at);
                Ok(BackTo::Stock(cells.iter().enumerate().map(cell).collect::<Result<_, Wrong>>()?))
            }
            (None, Some(node)) => {
                let labels = self.labels.as_ref().map(LabelsAsked::terms).transpose()?;
                Ok(BackTo::Parcel(words.node(node, "node")?, labels))
            }
            _ => Err(wrong("into", "conflict", "", "cells to go `into`, or a `node` to go to: one of them")),
        }
    }
}

impl FactsAsked {
    fn facts(&self, words: &Words<'_>, place: &str) -> Result<CellFacts, Wrong> {
        let at = |field: &str| format!("{place}.{field}");
        let number = |kind, name: &str, field: &str, what| words.number(kind, name, &at(field), what);
        let zone = words.0.zone(&self.node, &self.zone);
        let zone = zone.ok_or_else(|| {
            let right = format!("a zone of {:?} the ledger has heard of", self.node);
            wrong(at("zone"), "unknown", &format!("{:?}", self.zone), right)
        })?;
        let expires = self.expires.as_deref().map(|text| second(text, &at("expires"))).transpose()?;
        Ok(CellFacts {
            sku: SkuNo(number(Kind::Sku, &self.sku, "sku", "an SKU")?),
            seller: SellerNo(number(Kind::Seller, &self.seller, "seller", "a seller")?),
            node: words.node(&self.node, &at("node"))?,
            zone,
            lot: self
                .lot
                .as_ref()
                .map(|lot| number(Kind::Lot, lot, "lot", "a lot").map(LotNo))
                .transpose()?,
            expires: expires.map_or(Instant::NEVER, Second::instant),
            due: self.due.as_deref().map(|text| second(text, &at("due"))).transpose()?,
        })
    }
}

impl Asked {
    /// The body of it in a book.
    pub fn body(&self, words: &Words<'_>, at: Second) -> Result<Body, Wrong> {
        Ok(match self {
            Asked::Register { kind, names } => {
                let right = || super::KINDS.map(|(name, _)| name).join(", ");
                let kind = asked::kind(kind).ok_or_else(|| {
                    wrong("kind", "unknown", &format!("{kind:?}"), format!("one of {}", right()))
                })?;
                Body::Register(kind, names.iter().map(|name| name.as_str().into()).collect())
            }
            Asked::OpenCells { cells } => {
                let facts = |(row, cell): (usize, &FactsAsked)| cell.facts(words, &format!("cells[{row}]"));
                Body::OpenCells(cells.iter().enumerate().map(facts).collect::<Result<_, Wrong>>()?)
            }
            Asked::Settings { longest_life, rules } => {
                let rule = |(row, rule): (usize, &RuleAsked)| rule.rule(&format!("rules[{row}]"));
                let rules = rules.iter().enumerate().map(rule).collect::<Result<_, Wrong>>()?;
                Body::Settings(Settings { longest_life: *longest_life, rules })
            }
            Asked::Channel { channel, multi, prefix, entity, prepaid, without_receipt } => {
                let entity = entity.as_ref().map(|entity| entity_no(words, entity)).transpose()?;
                let terms = ChannelTerms {
                    mode: if *multi { Mode::Multi } else { Mode::Simple },
                    prefix: prefix.as_str().into(),
                    entity,
                    prepaid: *prepaid,
                    without_receipt: *without_receipt,
                };
                Body::Channel(words.channel(channel, "channel")?, terms)
            }
            Asked::Node { node, entity } => Body::Node(words.node(node, "node")?, entity_no(words, entity)?),
            Asked::Safety { cell, qty } => Body::Safety(words.cell(cell, "cell", at)?, *qty),
            Asked::Fence { sku, seller, node, channels, qty } => {
                let channel =
                    |(row, name): (usize, &String)| words.channel(name, &format!("channels[{row}]"));
                let mut channels =
                    channels.iter().enumerate().map(channel).collect::<Result<Vec<_>, Wrong>>()?;
                channels.sort_unstable();
                channels.dedup();
                Body::Fence(FenceTerms {
                    sku: SkuNo(words.number(Kind::Sku, sku, "sku", "an SKU")?),
                    seller: SellerNo(words.number(Kind::Seller, seller, "seller", "a seller")?),
                    node: words.node(node, "node")?,
                    channels,
                    qty: *qty,
                })
            }
            Asked::Stock(event) => event.body(words, at)?,
            Asked::Place(place) => place.body(words)?,
            Asked::Adjust { hold, drops, adds, version } => {
                let hold = HoldId(*hold);
                let node = words.node_of(hold, at);
                let drops = words.lines(drops, node.as_deref(), "drops")?;
                let adds = words.lines(adds, node.as_deref(), "adds")?;
                Body::Adjust(Adjust { hold, version: *version, drops, adds })
            }
            Asked::Extend { hold, life, version } => {
                Body::Extend(Extend { hold: HoldId(*hold), version: *version, life: *life })
            }
            Asked::Fulfil { hold, lines, by, keep, version } => {
                let hold = HoldId(*hold);
                let node = words.node_of(hold, at);
                let by = match by.as_ref().or(node.as_ref()) {
                    Some(by) => words.node(by, "by")?,
                    // The ledger says that there is no such hold.
                    None => NodeNo(0),
                };
                let lines = words.lines(lines, node.as_deref(), "lines")?;
                let remainder = if *keep { Remainder::Keep } else { Remainder::Release };
                Body::Fulfil(Fulfil { hold, version: *version, lines, remainder, by })
            }
            Asked::Release { hold, version } => {
                Body::Release(Release { hold: HoldId(*hold), version: *version })
            }
            Asked::Forget { before, most } => {
                Body::Forget(Forget { before: second(before, "before")?, most: *most })
            }
            Asked::ConfirmClock => Body::ConfirmClock,
            Asked::Labels { labels, count } => Body::Labels(Labels { terms: labels.terms()?, count: *count }),
            Asked::Pack { parcel, version } => {
                Body::Pack(Handled { parcel: words.parcel(parcel, at), version: *version })
            }
            Asked::Arrive { parcel, node, version } => {
                let parcel = words.parcel(parcel, at);
                let node = stands_at(words, parcel, node.as_ref(), "node", at)?;
                Body::Arrive(Arrive { parcel, version: *version, node })
            }
            Asked::SendOn { parcel, version } => {
                Body::SendOn(Handled { parcel: words.parcel(parcel, at), version: *version })
            }
            Asked::Merge { parcel, without_missing, version } => Body::Merge(Merge {
                parcel: words.parcel(parcel, at),
                version: *version,
                without_missing: *without_missing,
            }),
            Asked::HandOver { parcel, units, by, rest, version } => {
                let parcel = words.parcel(parcel, at);
                let by = stands_at(words, parcel, by.as_ref(), "by", at)?;
                let rest = match rest {
                    None => Rest::Keep,
                    Some(back) => Rest::Back(back.goal(words, at)?),
                };
                let taken = words.units(units, parcel, at)?;
                Body::HandOver(HandOver { parcel, version: *version, by, taken, rest })
            }
            Asked::Back { parcel, units, to, version } => {
                let parcel = words.parcel(parcel, at);
                let (units, to) = (words.units(units, parcel, at)?, to.goal(words, at)?);
                Body::Back(Back { parcel, version: *version, units, to })
            }
            Asked::Group { commands } => {
                let body = |(row, asked): (usize, &Asked)| {
                    asked.body(words, at).map_err(|Wrong(mut found)| {
                        for defect in &mut found.0 {
                            defect.place = format!("commands[{row}].{}", defect.place);
                        }
                        Wrong(found)
                    })
                };
                Body::Group(commands.iter().enumerate().map(body).collect::<Result<_, Wrong>>()?)
            }
        })
    }
}

fn entity_no(words: &Words<'_>, name: &str) -> Result<EntityNo, Wrong> {
    words.number(Kind::Entity, name, "entity", "a legal entity").map(EntityNo)
}

/// The node said, or the one a parcel stands at or goes to. Of a parcel nobody has heard of any will do: it is refused.
fn stands_at(
    words: &Words<'_>,
    parcel: ParcelId,
    said: Option<&String>,
    place: &str,
    at: Second,
) -> Result<NodeNo, Wrong> {
    match said {
        Some(node) => words.node(node, place),
        None => Ok(words.0.parcel_at(parcel, at).map_or(NodeNo(0), |view| view.node)),
    }
}

impl PlaceAsked {
    fn body(&self, words: &Words<'_>) -> Result<Body, Wrong> {
        Ok(Body::Place(Place {
            channel: words.channel(&self.channel, "channel")?,
            customer: self.customer.map(Customer),
            node: words.node(&self.node, "node")?,
            lines: words.lines(&self.lines, Some(&self.node), "lines")?,
            life: self.life,
            priority: self.priority,
            instead_of: self.instead_of.map(HoldId),
            claims: Vec::new(),
        }))
    }
}

impl StockAsked {
    fn body(&self, words: &Words<'_>, at: Second) -> Result<Body, Wrong> {
        let source = words.number(Kind::Source, &self.source, "source", "a source")?;
        let cell = words.cell(&self.cell, "cell", at)?;
        let what = match (self.what.as_str(), &self.into, &self.due) {
            ("receipt", None, None) => StockChange::Receipt(cell, self.qty),
            ("sale", None, None) => StockChange::Sale(cell, self.qty),
            ("return", None, None) => StockChange::Return(cell, self.qty),
            ("write_off", None, None) => StockChange::WriteOff(cell, self.qty),
            ("count", None, None) => StockChange::Count(cell, self.qty),
            ("arrived", None, None) => StockChange::Arrived(cell, self.qty),
            ("move", Some(into), None) => StockChange::Move(cell, words.cell(into, "into", at)?, self.qty),
            ("announced", None, Some(due)) => StockChange::Announced(cell, self.qty, second(due, "due")?),
            (what, ..) => {
                let right = "receipt, sale, return, write_off, count, arrived; move with `into`; announced with `due`";
                return Err(wrong("what", "unknown", &format!("{what:?}"), right));
            }
        };
        Ok(Body::Stock(StockEvent { source: SourceNo(source), sequence: self.sequence, what }))
    }
}
