//! What there is, what is left of it, and what someone would take.

/// What there is: so much of each thing, and the row of prices it is priced by. Things that one price must hold for
/// share a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goods {
    /// By thing, how much there is.
    pub most: Vec<u64>,
    /// By thing, its row of prices.
    pub row: Vec<u32>,
    /// By row of prices, how much of a thing costs the price; 1 where each does. What is measured finely is priced in
    /// larger steps.
    pub step: Vec<u64>,
    /// By row of prices, its kind. Things of one kind do for one another: when all of them together do not suffice, their
    /// prices rise together.
    pub kind: Vec<u32>,
}

impl Goods {
    /// How many rows of prices there are.
    pub fn rows(&self) -> usize {
        self.step.len()
    }

    /// Adds a thing; its number.
    pub fn add(&mut self, most: u64, row: u32) -> u32 {
        self.most.push(most);
        self.row.push(row);
        self.most.len() as u32 - 1
    }

    /// Adds a row of prices; its number.
    pub fn add_row(&mut self, step: u64, kind: u32) -> u32 {
        self.kind.push(kind);
        self.step.push(step.max(1));
        self.step.len() as u32 - 1
    }
}

/// What is left of things: the same for all who look at it, but for some things of which one knows better.
#[derive(Clone, Debug)]
pub struct Left<'a> {
    base: &'a [u64],
    /// Few: a search from the end is faster than a table.
    changed: Vec<(u32, u64)>,
}

impl<'a> Left<'a> {
    /// What is left, by thing.
    pub fn new(base: &'a [u64]) -> Left<'a> {
        Left { base, changed: Vec::new() }
    }

    /// How much of a thing is left.
    pub fn of(&self, thing: u32) -> u64 {
        let changed = self.changed.iter().find(|changed| changed.0 == thing);
        changed.map_or(self.base[thing as usize], |changed| changed.1)
    }

    fn set(&mut self, thing: u32, left: u64) {
        match self.changed.iter_mut().find(|changed| changed.0 == thing) {
            Some(changed) => changed.1 = left,
            None => self.changed.push((thing, left)),
        }
    }

    pub(super) fn give_back(&mut self, takes: &[(u32, u64)]) {
        for &(thing, amount) in takes {
            self.set(thing, self.of(thing) + amount);
        }
    }

    pub(super) fn take(&mut self, takes: &[(u32, u64)]) {
        for &(thing, amount) in takes {
            self.set(thing, self.of(thing).saturating_sub(amount));
        }
    }
}

/// What one bidder would take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bid {
    /// What it costs, prices apart.
    pub cost: i64,
    /// Proven: no choice of this bidder costs less, prices with it. Of all choices, when asked without regard to what is
    /// left.
    pub bound: i64,
    /// How much of which things; each thing once.
    pub takes: Vec<(u32, u64)>,
}

impl Bid {
    /// What is paid for what is taken.
    pub fn paid(&self, goods: &Goods, prices: &[i64]) -> i64 {
        let paid = self.takes.iter().map(|&(thing, amount)| {
            let row = goods.row[thing as usize] as usize;
            price_of(prices[row], amount, goods.step[row])
        });
        paid.fold(0, i64::saturating_add)
    }

    /// Whether there is enough left for it.
    pub fn fits(&self, left: &Left<'_>) -> bool {
        self.takes.iter().all(|&(thing, amount)| left.of(thing) >= amount)
    }
}

/// What an amount costs, rounded down: nobody is charged more than the amount is counted for in the bound.
pub fn price_of(price: i64, amount: u64, step: u64) -> i64 {
    if price == 0 {
        return 0;
    }
    let price = i128::from(price) * i128::from(amount) / i128::from(step);
    i64::try_from(price).unwrap_or(i64::MAX)
}

/// Those who want goods.
pub trait Bidders: Sync {
    /// Memory one thread works with.
    type Memory: Default + Send;

    /// How many there are.
    fn count(&self) -> usize;

    /// What a bidder takes at prices (by row, never negative): what costs it least in all, of everything there is or of
    /// what is left. There is always something: taking nothing.
    fn bid(
        &self,
        bidder: usize,
        prices: &[i64],
        left: Option<&Left<'_>>,
        memory: &mut Self::Memory,
        bid: &mut Bid,
    );

    /// What a bidder has to begin with, if anything. What all have fits together, and they may keep it: what is handed out
    /// costs no more than that.
    fn has(&self, _bidder: usize) -> Option<Bid> {
        None
    }
}
