//! Clients of a ledger, and a book for them.

use volok::ledger::*;
use volok::testkit::Random;

/// Cells that a fifth of all lines are on.
const HOT: u32 = 1_000;
/// Nanoseconds of a second.
pub const NANO: i64 = 1_000_000_000;
/// Whatever the clock says is believed.
pub const CLOCK: ClockTerms = ClockTerms { longest_jump: u32::MAX };
const TENANT: Tenant = Tenant(0);

/// Makes commands with keys that never repeat.
#[derive(Debug)]
pub struct Client {
    random: Random,
    key: u128,
    cells: u32,
}

impl Client {
    /// A client of its own number, for a book of so many cells.
    pub fn new(number: u32, cells: u32) -> Client {
        Client { random: Random::new(number.into()), key: u128::from(number) << 64, cells }
    }

    /// A command with the next key.
    pub fn command(&mut self, body: Body) -> Command {
        // Digests of requests are spread over all keys.
        self.key += 1;
        Command {
            tenant: TENANT,
            key: Key(self.key.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
            body,
        }
    }

    /// A hold of one to four lines, a fifth of them on hot cells.
    pub fn place(&mut self, life: u32) -> Command {
        let lines = (0..self.random.between(1, 4)).map(|_| {
            let hot = self.random.percent(20);
            let cell = self.random.below(u64::from(if hot { HOT.min(self.cells) } else { self.cells }));
            Wanted { what: Want::Cell(CellNo(cell as u32)), qty: 1 }
        });
        let lines = lines.collect();
        self.hold(lines, life)
    }

    /// A hold on these lines.
    pub fn hold(&mut self, lines: Lines, life: u32) -> Command {
        let customer = Some(Customer(self.random.below(1 << 20)));
        self.command(Body::Place(Place {
            channel: ChannelNo(0),
            customer,
            node: NodeNo(0),
            lines,
            life,
            priority: 0,
            instead_of: None,
            claims: Vec::new(),
        }))
    }
}

/// A book of so many cells, each with a million units.
pub fn book(cells: u32, client: &mut Client, each: &mut dyn FnMut(Vec<Command>)) {
    let names = |client: &mut Client, kind, count: u32, each: &mut dyn FnMut(Vec<Command>)| {
        let all: Vec<u32> = (0..count).collect();
        for part in all.chunks(limits::AT_ONCE) {
            let names = part.iter().map(|number| number.to_string().into()).collect();
            let command = client.command(Body::Register(kind, names));
            each(vec![command]);
        }
    };
    for kind in [Kind::Seller, Kind::Zone, Kind::Channel, Kind::Source] {
        names(client, kind, 1, each);
    }
    let skus = cells.div_ceil(10).max(1);
    names(client, Kind::Sku, skus, each);
    names(client, Kind::Node, 10, each);
    let all: Vec<u32> = (0..cells).collect();
    let mut sequence = 0;
    for part in all.chunks(limits::AT_ONCE) {
        let facts = |&number: &u32| CellFacts {
            sku: SkuNo(number % skus),
            seller: SellerNo(0),
            node: NodeNo(number / skus),
            zone: ZoneNo(0),
            lot: None,
            expires: volok::Instant::NEVER,
            due: None,
        };
        let command = client.command(Body::OpenCells(part.iter().map(facts).collect()));
        each(vec![command]);
        let receipts = part.iter().map(|&number| {
            sequence += 1;
            let what = StockChange::Receipt(CellNo(number), 1_000_000);
            client.command(Body::Stock(StockEvent { source: SourceNo(0), sequence, what }))
        });
        let receipts = receipts.collect();
        each(receipts);
    }
}
