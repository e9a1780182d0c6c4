//! Acting a scene: each step is sent to a ledger of its own, and its answer held against the one in the file.

use super::names::{cell, lines, moment, name, number, receipt, state, written};
use super::{Answer, Cell, Event, Lacks, Measure, Part, Remainder, Request, Scene, Scope, Seen, Step};
use crate::ledger::store::MemoryStore;
use crate::ledger::*;
use crate::{spec, stock, world};
use std::collections::BTreeMap;

/// Whatever a client calls a request, here it has a number.
#[derive(Default)]
struct Keys {
    named: BTreeMap<String, u128>,
    used: u128,
}

impl Keys {
    fn of(&mut self, name: Option<&str>) -> Key {
        self.used += 1;
        let fresh = self.used;
        Key(name.map_or(fresh, |name| *self.named.entry(name.to_owned()).or_insert(fresh)))
    }
}

struct Stage {
    ledger: Ledger,
    keys: Keys,
    holds: BTreeMap<String, HoldId>,
    /// Customers, by when they first came.
    customers: Vec<String>,
    /// The last report.
    report: u64,
}

const SHOP: Tenant = Tenant(0);

pub(super) fn act(scene: &Scene, document: &spec::World) -> Result<(), String> {
    let mut stage = Stage::set(scene, document)?;
    for (row, step) in scene.steps.iter().enumerate() {
        stage.step(step).map_err(|wrong| format!("step {} ({}): {wrong}", row + 1, step.at))?;
    }
    Ok(())
}

/// What is different, as it would stand in the file.
fn compare<T: PartialEq + serde::Serialize>(expected: &T, came_out: &T) -> Result<(), String> {
    if expected == came_out {
        return Ok(());
    }
    let written = |it: &T| serde_json::to_string(it).unwrap_or_default();
    Err(format!("expected {}, but {} came out", written(expected), written(came_out)))
}

impl Stage {
    fn set(scene: &Scene, document: &spec::World) -> Result<Stage, String> {
        let lines = |defects: world::Defects| {
            defects.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let world = world::build(document).map_err(lines)?;
        let stock = stock::build(&world, document).map_err(lines)?;
        // Clocks of scenes jump by days: what happened between the steps is not part of the scene.
        let clock = ClockTerms { longest_jump: u32::MAX };
        let (ledger, _) =
            Ledger::open(Box::new(MemoryStore::default()), clock).map_err(|error| error.to_string())?;
        let mut stage =
            Stage { ledger, keys: Keys::default(), holds: BTreeMap::new(), customers: Vec::new(), report: 0 };
        let mut bodies = opening(&world, &stock);
        bodies.push(Body::Register(Kind::Source, vec!["scene".into()]));
        let rules = scene.settings.rules.iter().map(|rule| Rule {
            scope: match rule.scope {
                Scope::CustomerSku => crate::ledger::Scope::CustomerSku,
                Scope::Customer => crate::ledger::Scope::Customer,
                Scope::Sku => crate::ledger::Scope::Sku,
            },
            measure: match rule.measure {
                Measure::Unbought => crate::ledger::Measure::Unbought,
                Measure::Holds => crate::ledger::Measure::Holds,
                Measure::Units => crate::ledger::Measure::Units,
            },
            window: rule.window,
            limit: rule.limit,
        });
        let longest_life = scene.settings.longest_life.unwrap_or(limits::USUAL_LIFE);
        bodies.push(Body::Settings(Settings { longest_life, rules: rules.collect() }));
        for body in bodies {
            stage.send(None, body, Second(0))?.map_err(|refusal| refusal.to_string())?;
        }
        for channel in &scene.simple {
            let body = stage.look(|book| {
                let channel = ChannelNo(number(book, Kind::Channel, channel)?);
                Ok(Body::Channel(channel, ChannelTerms { mode: Mode::Simple, ..ChannelTerms::default() }))
            })?;
            stage.send(None, body, Second(0))?.map_err(|refusal| refusal.to_string())?;
        }
        Ok(stage)
    }

    fn send(&mut self, key: Option<&str>, body: Body, now: Second) -> Result<Result<Done, Refusal>, String> {
        let command = Command { tenant: SHOP, key: self.keys.of(key), body };
        let outcomes =
            self.ledger.submit(vec![command], Stamp::at(now)).map_err(|error| error.to_string())?;
        outcomes.into_iter().next().map(|outcome| outcome.result).ok_or("no answer".to_owned())
    }

    /// Reads the shop's book.
    fn look<T>(&self, look: impl FnOnce(&Book) -> Result<T, String>) -> Result<T, String> {
        let looked = self.ledger.look(|state| state.book(SHOP).ok_or("no book".to_owned()).and_then(look));
        looked.map_err(|error| error.to_string())?
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let now = moment(&step.at)?;
        let body = self.body(&step.request)?;
        let answer = self.send(step.key.as_deref(), body, now)?;
        if let Ok(done) = &answer {
            self.heard(&step.request, done);
        }
        compare(&step.expect, &self.told(answer)?)?;
        step.then.iter().try_for_each(|seen| compare(seen, &self.seen(seen)?))
    }

    fn heard(&mut self, request: &Request, done: &Done) {
        match (request, done) {
            (Request::Place { hold, .. }, Done::Held { hold: id, .. }) => {
                self.holds.insert(hold.clone(), *id);
            }
            (Request::Stock { report, .. }, Done::Stocked { .. }) => {
                self.report = report.unwrap_or(self.report + 1);
            }
            (Request::Group(requests), Done::Group(each)) => {
                requests.iter().zip(&**each).for_each(|(request, done)| self.heard(request, done));
            }
            _ => {}
        }
    }

    /// Several requests as one; the reports among them follow each other.
    fn group(&mut self, requests: &[Request]) -> Result<Body, String> {
        let last = self.report;
        let mut bodies = Vec::new();
        for request in requests {
            bodies.push(self.body(request)?);
            self.report += u64::from(matches!(request, Request::Stock { report: None, .. }));
        }
        self.report = last;
        Ok(Body::Group(bodies))
    }

    fn hold(&self, name: &str) -> Result<HoldId, String> {
        self.holds.get(name).copied().ok_or_else(|| format!("no hold was called {name:?} yet"))
    }

    fn customer(&mut self, name: &str) -> Customer {
        let known = self.customers.iter().position(|known| known == name);
        let row = known.unwrap_or_else(|| {
            self.customers.push(name.to_owned());
            self.customers.len() - 1
        });
        Customer(row as u64)
    }

    fn body(&mut self, request: &Request) -> Result<Body, String> {
        if let Request::Group(requests) = request {
            return self.group(requests);
        }
        let hold = |name: &String| self.hold(name);
        let replaced = match request {
            Request::Place { instead_of, .. } => instead_of.as_ref().map(hold).transpose()?,
            _ => None,
        };
        let held = match request {
            Request::Adjust { hold: name, .. }
            | Request::Extend { hold: name, .. }
            | Request::Fulfil { hold: name, .. }
            | Request::Release { hold: name, .. } => hold(name)?,
            _ => HoldId(0),
        };
        let customer = match request {
            Request::Place { customer, .. } => customer.as_ref().map(|name| self.customer(name)),
            _ => None,
        };
        let next = self.report + 1;
        self.look(|book| {
            Ok(match request {
                Request::Place { channel, node, lines: wanted, life, priority, .. } => Body::Place(Place {
                    channel: ChannelNo(number(book, Kind::Channel, channel)?),
                    customer,
                    node: NodeNo(number(book, Kind::Node, node)?),
                    lines: lines(book, wanted)?,
                    life: *life,
                    priority: *priority,
                    instead_of: replaced,
                    claims: Vec::new(),
                }),
                Request::Adjust { version, drops, adds, .. } => Body::Adjust(Adjust {
                    hold: held,
                    version: *version,
                    drops: lines(book, drops)?,
                    adds: lines(book, adds)?,
                }),
                Request::Extend { version, life, .. } => {
                    Body::Extend(Extend { hold: held, version: *version, life: *life })
                }
                Request::Fulfil { version, lines: wanted, remainder, by, .. } => Body::Fulfil(Fulfil {
                    hold: held,
                    version: *version,
                    lines: lines(book, wanted)?,
                    remainder: match remainder {
                        Remainder::Keep => crate::ledger::Remainder::Keep,
                        Remainder::Release => crate::ledger::Remainder::Release,
                    },
                    by: NodeNo(number(book, Kind::Node, by)?),
                }),
                Request::Release { version, .. } => Body::Release(Release { hold: held, version: *version }),
                Request::Stock { report, what, cell: at, to, qty, due } => Body::Stock(StockEvent {
                    source: SourceNo(number(book, Kind::Source, "scene")?),
                    sequence: report.unwrap_or(next),
                    what: change(book, *what, (at, to.as_ref()), *qty, due.as_deref())?,
                }),
                Request::Safety { cell: at, qty } => Body::Safety(cell(book, at)?, *qty),
                Request::Fence { seller, sku, node, channels, qty } => {
                    let channel = |name: &String| number(book, Kind::Channel, name).map(ChannelNo);
                    let mut channels = channels.iter().map(channel).collect::<Result<Vec<_>, _>>()?;
                    channels.sort_unstable();
                    Body::Fence(FenceTerms {
                        sku: SkuNo(number(book, Kind::Sku, sku)?),
                        seller: SellerNo(number(book, Kind::Seller, seller)?),
                        node: NodeNo(number(book, Kind::Node, node)?),
                        channels,
                        qty: *qty,
                    })
                }
                Request::Forget { before, most } => {
                    Body::Forget(Forget { before: moment(before)?, most: *most })
                }
                Request::Group(_) => return Err("a group is in a group".to_owned()),
            })
        })
    }

    /// An answer as it would stand in the file.
    fn told(&self, answer: Result<Done, Refusal>) -> Result<Answer, String> {
        let Refusal { code, command, line, asked, there_is } = match answer {
            Err(refusal) => refusal,
            Ok(done) => return self.look(|book| done_in(book, &done, &self.customers)),
        };
        Ok(Answer::Refused { code: code.code().to_owned(), command, line, asked, there_is })
    }

    /// What is seen where a scene looks.
    fn seen(&self, at: &Seen) -> Result<Seen, String> {
        let now = self.ledger.look(|state| state.at().second()).map_err(|error| error.to_string())?;
        self.look(|book| {
            Ok(match at {
                Seen::Cell { cell: meant, .. } => {
                    let view = book.cell_at(cell(book, meant)?, now).ok_or("no cell")?;
                    let (on_hand, held, free) = (view.on_hand, view.held, view.free());
                    Seen::Cell { cell: meant.clone(), on_hand, held, free }
                }
                Seen::Hold { hold, .. } => {
                    let id = self.hold(hold)?;
                    let view =
                        book.hold_at(id, now).ok_or_else(|| format!("the hold {hold:?} is forgotten"))?;
                    let part = |line: &LineView| Part {
                        requested: line.requested,
                        held: line.held,
                        fulfilled: line.fulfilled,
                        released: line.released,
                        expired: line.expired,
                    };
                    Seen::Hold {
                        hold: hold.clone(),
                        code: book.code(id).unwrap_or_default(),
                        state: state(view.state),
                        version: view.version,
                        lines: view.lines.iter().map(part).collect(),
                    }
                }
                Seen::Hit { cell: meant, .. } => {
                    let named = |hit: &Hit| {
                        let name =
                            self.holds.iter().find(|hold| *hold.1 == hit.hold).map(|hold| hold.0.clone());
                        Lacks { hold: name.unwrap_or_default(), lacks: hit.lacks }
                    };
                    let hits = book.hit(cell(book, meant)?, now);
                    Seen::Hit { cell: meant.clone(), holds: hits.iter().map(named).collect() }
                }
            })
        })
    }
}

fn done_in(book: &Book, done: &Done, customers: &[String]) -> Result<Answer, String> {
    Ok(match *done {
        Done::Group(ref each) => {
            let each = each.iter().map(|done| done_in(book, done, customers));
            Answer::Group(each.collect::<Result<_, _>>()?)
        }
        Done::Held { version, expires, state: now, .. } => {
            Answer::Held { version, expires_at: written(expires), state: state(now) }
        }
        Done::Sold { version, state: now, sale, .. } => {
            let sale = book.sale(sale).ok_or("no record of the sale")?;
            Answer::Sold {
                version,
                state: state(now),
                origin: name(book, Kind::Channel, sale.origin.0),
                by: name(book, Kind::Node, sale.by.0),
                customer: sale.customer.and_then(|customer| customers.get(customer.0 as usize).cloned()),
                units: sale.units,
                receipt: receipt(book, sale.receipt),
            }
        }
        Done::Stocked { on_hand, short } => Answer::Stocked { on_hand, short },
        Done::KnownReport => Answer::KnownReport,
        Done::Forgotten { holds, sales, .. } => Answer::Forgotten { holds, sales },
        Done::Set | Done::Numbered { .. } | Done::ClockConfirmed => Answer::Set,
        Done::Labelled { .. }
        | Done::Written { .. }
        | Done::Parcel { .. }
        | Done::HandedOver { .. }
        | Done::WentBack { .. } => return Err("scenes have no words for parcels".to_owned()),
    })
}

fn change(
    book: &Book,
    what: Event,
    (at, to): (&Cell, Option<&Cell>),
    qty: u32,
    due: Option<&str>,
) -> Result<StockChange, String> {
    let at = cell(book, at)?;
    Ok(match what {
        Event::Receipt => StockChange::Receipt(at, qty),
        Event::Sale => StockChange::Sale(at, qty),
        Event::Return => StockChange::Return(at, qty),
        Event::WriteOff => StockChange::WriteOff(at, qty),
        Event::Count => StockChange::Count(at, qty),
        Event::Arrived => StockChange::Arrived(at, qty),
        Event::Move => {
            StockChange::Move(at, cell(book, to.ok_or("a move names where it leads: `to`")?)?, qty)
        }
        Event::Announced => {
            StockChange::Announced(at, qty, moment(due.ok_or("supply is announced for some time: `due`")?)?)
        }
    })
}
