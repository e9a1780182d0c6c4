//! Random commands on a world so small that everything collides.

use crate::ledger::*;
use crate::testkit::Random;
use crate::units::Instant;

/// A book's first commands: names, cells, channels.
pub struct World;

impl World {
    /// Commands that open a book of two SKUs, two sellers, two nodes, three channels (the last takes simple holds only)
    /// and eight cells, of which the last two are announced.
    pub fn opening(tenant: Tenant) -> Vec<Command> {
        let names = |kind: Kind, names: &[&str]| {
            Body::Register(kind, names.iter().map(|&name| name.into()).collect())
        };
        let cell = |sku, seller, node, lot: Option<u32>, expires, due: Option<u32>| CellFacts {
            sku: SkuNo(sku),
            seller: SellerNo(seller),
            node: NodeNo(node),
            zone: ZoneNo(0),
            lot: lot.map(LotNo),
            expires: Instant(expires),
            due: due.map(Second),
        };
        let never = Instant::NEVER.0;
        let terms = |mode, prefix: &str, prepaid| ChannelTerms {
            mode,
            prefix: prefix.into(),
            entity: Some(EntityNo(0)),
            prepaid,
            without_receipt: prefix == "W-",
        };
        let bodies = vec![
            names(Kind::Sku, &["pen", "pan"]),
            names(Kind::Seller, &["anna", "boris"]),
            names(Kind::Node, &["shop", "store"]),
            names(Kind::Zone, &["shelf"]),
            names(Kind::Lot, &["early", "late"]),
            names(Kind::Channel, &["web", "app", "till"]),
            names(Kind::Entity, &["one", "other"]),
            names(Kind::Source, &["warehouse", "shop"]),
            Body::OpenCells(vec![
                cell(0, 0, 0, None, never, None),
                cell(0, 1, 0, None, never, None),
                cell(0, 0, 0, Some(1), 60, None),
                cell(0, 0, 0, Some(0), 30, None),
                cell(1, 0, 0, None, never, None),
                cell(1, 0, 1, None, never, None),
                cell(0, 0, 0, None, never, Some(40)),
                cell(1, 0, 1, None, never, Some(50)),
            ]),
            Body::Channel(ChannelNo(0), terms(Mode::Multi, "W-", true)),
            Body::Channel(ChannelNo(1), terms(Mode::Multi, "A-", false)),
            Body::Channel(ChannelNo(2), terms(Mode::Simple, "", true)),
            Body::Node(NodeNo(0), EntityNo(0)),
            Body::Node(NodeNo(1), EntityNo(1)),
            Body::Settings(Settings { longest_life: 60, rules: Vec::new() }),
        ];
        let numbered = bodies.into_iter().enumerate();
        numbered.map(|(row, body)| Command { tenant, key: Key(row as u128), body }).collect()
    }
}

/// An endless run of commands of a seed.
pub struct Commands {
    pub(super) random: Random,
    now: i64,
    next_key: u128,
    sent: Vec<Command>,
    reports: [[u64; 2]; 2],
    /// Mostly of parcels.
    of_parcels: bool,
    /// What comes next is one of a group.
    in_group: bool,
}

const NANO: i64 = 1_000_000_000;

impl Commands {
    /// The run of a seed.
    pub fn new(seed: u64) -> Commands {
        Commands {
            random: Random::new(seed),
            now: NANO,
            next_key: 1_000,
            sent: Vec::new(),
            reports: [[0; 2]; 2],
            of_parcels: false,
            in_group: false,
        }
    }

    /// The run of a seed in a busy town: there is stock, holds live long, and most of it is packed and goes its way.
    pub fn of_parcels(seed: u64) -> Commands {
        Commands { of_parcels: true, ..Commands::new(seed) }
    }

    /// The next command, and the time the client's clock shows; clocks of clients differ and jump back.
    pub fn next(&mut self, ledger: &State) -> (Command, Stamp) {
        let random = &mut self.random;
        if random.percent(40) {
            self.now += random.between(0, 4 * NANO);
        }
        if random.percent(1) {
            // Four days on, so that there is something to forget.
            self.now += 4 * 86_400 * NANO;
        }
        let now = Stamp(self.now - if random.percent(10) { random.between(0, 9 * NANO) } else { 0 });
        if !self.sent.is_empty() && random.percent(5) {
            let mut again = self.sent[random.row(self.sent.len())].clone();
            if random.percent(30) {
                again.body = Body::ConfirmClock;
            }
            return (again, now.max(Stamp(0)));
        }
        let tenant = Tenant(random.below(2) as u16);
        let body = self.body(ledger, tenant);
        self.next_key += 1;
        let command = Command { tenant, key: Key(self.next_key), body };
        self.sent.push(command.clone());
        if self.sent.len() > 50 {
            self.sent.remove(0);
        }
        (command, now.max(Stamp(0)))
    }

    /// What makes a number one that no hold of a group gets: the plain ledger hears those only of groups that were done.
    pub(super) fn nobodys(&self) -> u64 {
        if self.in_group { 1 << 40 } else { 0 }
    }

    /// Some commands as one; their reports follow each other.
    fn group(&mut self, ledger: &State, tenant: Tenant) -> Body {
        let reports = self.reports;
        self.in_group = true;
        let mut bodies = Vec::new();
        while bodies.len() < 2 || (bodies.len() < 5 && self.random.percent(50)) {
            let body = self.body(ledger, tenant);
            if let Body::Stock(event) = &body {
                self.reports[usize::from(tenant.0)][event.source.0 as usize] = event.sequence;
            }
            if body.may_be_grouped() {
                bodies.push(body);
            }
        }
        (self.reports, self.in_group) = (reports, false);
        Body::Group(bodies)
    }

    fn body(&mut self, ledger: &State, tenant: Tenant) -> Body {
        if !self.in_group && self.random.percent(6) {
            return self.group(ledger, tenant);
        }
        let random = &mut self.random;
        let holds: Vec<HoldView> =
            ledger.book(tenant).map(|book| book.holds_at(ledger.at().second()).collect()).unwrap_or_default();
        let live: Vec<&HoldView> = holds.iter().filter(|hold| hold.state.is_live()).collect();
        let hold = match live.is_empty() || random.percent(8) {
            true if holds.is_empty() => None,
            true => Some(&holds[random.row(holds.len())]),
            false => Some(live[random.row(live.len())]),
        };
        let (some, nobodys) = (random.below(3), self.nobodys());
        let random = &mut self.random;
        let id = hold.map_or(HoldId(some | nobodys), |hold| hold.id);
        let version = match random.below(10) {
            0 => Some(random.below(3) as u32),
            1..4 => hold.map(|hold| hold.version),
            _ => None,
        };
        if self.of_parcels && random.percent(85) {
            return self.busy(ledger, tenant, hold);
        }
        match random.below(112) {
            100..102 => self.labels(),
            102..105 => self.parcels(ledger, tenant, hold),
            105.. => self.parcel_step(ledger, tenant),
            0..35 => self.place(hold),
            35..50 => {
                Body::Adjust(Adjust { hold: id, version, drops: self.picks(hold), adds: self.lines(0) })
            }
            50..58 => Body::Extend(Extend { hold: id, version, life: random.between(1, 40) as u32 }),
            58..68 => Body::Fulfil(Fulfil {
                hold: id,
                version,
                lines: if random.percent(40) { Lines::new() } else { self.picks(hold) },
                remainder: if self.random.percent(50) { Remainder::Keep } else { Remainder::Release },
                by: NodeNo(self.random.below(2) as u32),
            }),
            68..74 => Body::Release(Release { hold: id, version }),
            74..92 => self.report(tenant),
            92..94 => Body::Safety(CellNo(random.below(9) as u32), random.below(3) as u32),
            94..96 => Body::Fence(FenceTerms {
                sku: SkuNo(0),
                seller: SellerNo(random.below(2) as u32),
                node: NodeNo(0),
                channels: random
                    .of(&[&[0][..], &[1], &[0, 1], &[2]])
                    .iter()
                    .map(|&row| ChannelNo(row))
                    .collect(),
                qty: random.below(5) as u32,
            }),
            96..98 => self.settings(),
            _ => Body::Forget(Forget {
                before: Second(self.now.div_euclid(NANO).saturating_sub(3 * 86_400 + 60).max(0) as u32),
                most: limits::FORGET_AT_ONCE,
            }),
        }
    }

    fn settings(&mut self) -> Body {
        let random = &mut self.random;
        let rules = (0..random.below(4)).map(|_| {
            let scope = random.of(&[Scope::CustomerSku, Scope::Customer, Scope::Sku]);
            let measure = match scope {
                Scope::Sku => random.of(&[Measure::Holds, Measure::Units]),
                _ => random.of(&[Measure::Unbought, Measure::Holds, Measure::Units]),
            };
            Rule { scope, measure, window: 50, limit: random.between(1, 9) as u32 }
        });
        Body::Settings(Settings { longest_life: 60, rules: rules.collect() })
    }

    fn place(&mut self, replaced: Option<&HoldView>) -> Body {
        let lines = self.lines(1);
        let random = &mut self.random;
        let replaced = replaced.filter(|_| random.percent(10));
        let customer = match replaced.filter(|_| random.percent(80)) {
            Some(hold) => hold.customer,
            None => random.percent(80).then(|| Customer(random.below(2))),
        };
        let mut claims = Vec::new();
        if random.percent(20) {
            claims.push(Claim::NodeDay {
                node: NodeNo(0),
                date: random.below(2) as i32,
                parcels: random.between(0, 2) as u32,
                lines: 1,
                most_parcels: Some(3),
                most_lines: None,
            });
        }
        if random.percent(20) {
            let from = random.between(0, 20);
            claims.push(Claim::Point {
                node: NodeNo(1),
                from: Instant(from),
                until: Instant(from + random.between(1, 10)),
                most: Some(2),
            });
        }
        if random.percent(30) {
            let from = random.between(0, 20);
            claims.push(Claim::Buffer {
                node: NodeNo(random.below(2) as u32),
                from: Instant(from),
                until: Instant(from + random.between(1, 10)),
                most: Some(3),
            });
        }
        Body::Place(Place {
            channel: ChannelNo(random.below(3) as u32),
            customer,
            node: NodeNo(random.below(2) as u32),
            lines,
            life: random.between(1, 61) as u32,
            priority: random.below(2) as u8,
            instead_of: replaced.map(|hold| hold.id),
            claims,
        })
    }

    fn lines(&mut self, least: i64) -> Lines {
        let random = &mut self.random;
        (0..random.between(least, 3))
            .map(|_| {
                // The last one is not there.
                let cells = if random.percent(3) { 9 } else { 8 };
                let what = match random.percent(60) {
                    true => Want::Cell(CellNo(random.below(cells) as u32)),
                    false => Want::Sku(SkuNo(random.below(2) as u32), NodeNo(random.below(2) as u32)),
                };
                Wanted { what, qty: random.between(1, 4) as u32 }
            })
            .collect()
    }

    fn picks(&mut self, hold: Option<&HoldView>) -> Lines {
        let Some(hold) = hold.filter(|hold| !hold.lines.is_empty()) else { return self.lines(1) };
        let random = &mut self.random;
        (0..random.between(1, 2))
            .map(|_| {
                let line = hold.lines[random.row(hold.lines.len())];
                let most = i64::from(line.held.max(1)) + i64::from(random.percent(10));
                Wanted { what: Want::Cell(line.cell), qty: random.between(1, most) as u32 }
            })
            .collect()
    }

    pub(super) fn report(&mut self, tenant: Tenant) -> Body {
        let of_parcels = self.of_parcels;
        let random = &mut self.random;
        let source = random.row(2);
        let next = &mut self.reports[usize::from(tenant.0)][source];
        let sequence = match random.below(20) {
            0 => (*next).max(1),
            1 => *next + 2,
            _ => *next + 1,
        };
        let cell = CellNo(random.below(8) as u32);
        let qty = random.between(1, 6) as u32;
        let what = match random.below(14) {
            0..5 => StockChange::Receipt(cell, qty),
            // Busy towns are well stocked.
            5..14 if of_parcels => StockChange::Receipt(cell, qty + 9),
            5..7 => StockChange::Sale(cell, qty),
            7 => StockChange::Return(cell, qty),
            8 => {
                let to = CellNo(random.below(8) as u32);
                if to == cell { StockChange::Count(cell, qty) } else { StockChange::Move(cell, to, qty) }
            }
            9 => StockChange::WriteOff(cell, qty),
            10..12 => StockChange::Count(cell, qty - 1),
            12 => StockChange::Announced(
                CellNo(6 + random.below(2) as u32),
                qty + 2,
                Second(random.below(90) as u32),
            ),
            _ => StockChange::Arrived(CellNo(if random.percent(10) { 6 } else { cell.0 }), qty),
        };
        // A report that is refused is sent again with its number: the ledger tells which one it waits for.
        let event = StockEvent { source: SourceNo(source as u32), sequence, what };
        Body::Stock(event)
    }

    /// Hears the answer to a command, as its client does.
    pub fn heard(&mut self, command: &Command, outcome: &Outcome) {
        if let Ok(done) = &outcome.result {
            self.heard_of(command.tenant, &command.body, done);
        }
    }

    fn heard_of(&mut self, tenant: Tenant, body: &Body, done: &Done) {
        match (body, done) {
            (Body::Stock(event), Done::Stocked { .. }) => {
                let known = &mut self.reports[usize::from(tenant.0)][event.source.0 as usize];
                *known = (*known).max(event.sequence);
            }
            (Body::Group(bodies), Done::Group(each)) => {
                bodies.iter().zip(&**each).for_each(|(body, done)| self.heard_of(tenant, body, done));
            }
            _ => {}
        }
    }
}
