//! Orders over several regions, with someone dying at every step: whole or nothing, and all books agree.

use crate::support::{ANY, number, open};
use std::cell::{Cell, RefCell};
use volok::ledger::regions::{Fate, Intents, MemoryIntents, Part, Region, RegionNo, RegionalOrder, Regions};
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;

const CELLS: u32 = 3;
const SECOND: i64 = 1_000_000_000;
/// Seconds within which an order is confirmed or given up.
const PENDING: u32 = 60;
/// Seconds it lives then.
const LIFE: u32 = 3_600;

/// Someone dies at a call: before it is done, or after it is done and before its answer is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// The region's process: it is started anew from its log.
    RegionBefore,
    RegionAfter,
    /// Whoever drives the order.
    DriverBefore,
    DriverAfter,
}

/// Counts calls, and lets someone die at one of them.
#[derive(Default)]
struct Faults {
    calls: Cell<u32>,
    dies: Cell<Option<(u32, Death)>>,
    driver_is_dead: Cell<bool>,
}

/// A region in a process of its own, in pretence: it can die, and comes back with its log.
struct Process<'a> {
    store: MemoryStore,
    ledger: RefCell<Ledger>,
    fate: &'a Faults,
}

impl<'a> Process<'a> {
    fn new(fate: &'a Faults, units: u32) -> Process<'a> {
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        let mut commands = World::opening(Tenant(0));
        for cell in 0..CELLS {
            let what = StockChange::Receipt(CellNo(cell), units);
            let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: u64::from(cell) + 1, what });
            commands.push(Command { tenant: Tenant(0), key: Key(500 + u128::from(cell)), body });
        }
        let settings = Settings { longest_life: 86_400, rules: Vec::new() };
        commands.push(Command { tenant: Tenant(0), key: Key(600), body: Body::Settings(settings) });
        ledger.submit(commands, Stamp(0)).expect("memory does not fail");
        Process { store, ledger: RefCell::new(ledger), fate }
    }

    fn dies(&self) {
        self.ledger.replace(Ledger::open(Box::new(self.store.clone()), ANY).expect("its log is whole").0);
    }

    /// What happens around a call.
    fn call<T>(&self, call: impl Fn(&Ledger) -> T) -> Result<T, String> {
        if self.fate.driver_is_dead.get() {
            return Err("nobody asks any more".to_owned());
        }
        let number = self.fate.calls.get();
        self.fate.calls.set(number + 1);
        let death = self.fate.dies.get().filter(|dies| dies.0 == number).map(|dies| dies.1);
        if death == Some(Death::RegionBefore) {
            self.dies();
            return Err("no answer".to_owned());
        }
        if death == Some(Death::DriverBefore) {
            self.fate.driver_is_dead.set(true);
            return Err("nobody asks any more".to_owned());
        }
        let done = call(&self.ledger.borrow());
        match death {
            Some(Death::RegionAfter) => {
                self.dies();
                Err("no answer".to_owned())
            }
            Some(Death::DriverAfter) => {
                self.fate.driver_is_dead.set(true);
                Err("nobody hears it any more".to_owned())
            }
            _ => Ok(done),
        }
    }

    /// Live holds, and free units of each cell.
    fn shows(&self, now: Stamp) -> (Vec<HoldView>, Vec<u32>) {
        let ledger = self.ledger.borrow();
        // Time goes on in a ledger with its operations only.
        ledger
            .submit(
                vec![Command {
                    tenant: Tenant(0),
                    key: Key(now.0 as u128),
                    body: Body::Safety(CellNo(0), 0),
                }],
                now,
            )
            .expect("memory does not fail");
        let shows = ledger.look(|state| {
            let (book, at) = (state.book(Tenant(0)).expect("a book"), state.at().second());
            assert_eq!(state.audit(), None);
            let live = book.holds_at(at).filter(|hold| hold.state.is_live()).collect();
            let free =
                (0..CELLS).map(|cell| book.cell_at(CellNo(cell), at).expect("a cell").free()).collect();
            (live, free)
        });
        shows.expect("it runs")
    }
}

impl Region for Process<'_> {
    fn ask(&self, command: Command, now: Stamp) -> Result<Outcome, String> {
        self.call(|ledger| ledger.submit(vec![command.clone()], now).expect("memory does not fail").remove(0))
    }

    fn answered(&self, tenant: Tenant, key: Key) -> Result<Option<Outcome>, String> {
        self.call(|ledger| ledger.operation(tenant, key).expect("it runs"))
    }
}

fn order(key: u128, parts: &[(u16, u32, u32)]) -> RegionalOrder {
    let part = |&(region, cell, qty): &(u16, u32, u32)| {
        let lines = Lines::from_iter([Wanted { what: Want::Cell(CellNo(cell)), qty }]);
        let (channel, node, claims) = (ChannelNo(0), NodeNo(0), Vec::new());
        let place =
            Place { channel, customer: None, node, lines, life: 0, priority: 0, instead_of: None, claims };
        Part { region: RegionNo(region), place }
    };
    RegionalOrder { tenant: Tenant(0), key: Key(key), life: LIFE, parts: parts.iter().map(part).collect() }
}

/// What is seen of an order in all regions: whether all of it is held.
fn held_in(regions: &[Process<'_>], order: &RegionalOrder, now: Stamp) -> usize {
    let live: Vec<Vec<HoldView>> = regions.iter().map(|region| region.shows(now).0).collect();
    order.parts.iter().filter(|part| !live[usize::from(part.region.0)].is_empty()).count()
}

#[test]
fn whoever_dies_at_whatever_step_an_order_is_whole_or_nothing() {
    let fate = Faults::default();
    // Plenty, or too little in one of the regions.
    for units in [[5, 5, 5], [5, 5, 1], [1, 5, 5], [5, 1, 5]] {
        for (death, step) in
            [Death::RegionBefore, Death::RegionAfter, Death::DriverBefore, Death::DriverAfter]
                .into_iter()
                .flat_map(|death| (0..14).map(move |step| (death, step)))
        {
            for late in [false, true] {
                let told = format!("units {units:?}, {death:?} at call {step}, recovered late: {late}");
                let regions = units.map(|units| Process::new(&fate, units));
                let intents = MemoryIntents::default();
                let all: Vec<&dyn Region> = regions.iter().map(|region| region as &dyn Region).collect();
                let driver = Regions::new(all, &intents, PENDING);
                let order = order(1_000, &[(0, 0, 2), (1, 1, 2), (2, 2, 2)]);
                fate.calls.set(0);
                fate.dies.set(Some((step, death)));
                fate.driver_is_dead.set(false);
                let first = driver.hold(&order, Stamp(SECOND));
                fate.dies.set(None);
                fate.driver_is_dead.set(false);
                // Somebody else finishes it: at once, or when its time is over.
                let now = Stamp(if late { 90 * SECOND } else { 2 * SECOND });
                let finished = driver.recover(10, now).expect("memory does not fail");
                assert_eq!(first.is_err(), finished.len() == 1, "{told}");
                assert!(intents.open(10).expect("memory does not fail").is_empty(), "{told}");
                let came_to = finished.into_iter().next().map_or(first, |one| one.fate).expect(&told);
                let held = held_in(&regions, &order, Stamp(now.0 + SECOND));
                match &came_to {
                    Fate::Held(holds) => assert_eq!((held, holds.len()), (3, 3), "{told}"),
                    Fate::Refused { .. } | Fate::Lapsed => assert_eq!(held, 0, "{told}"),
                }
                if units == [5, 5, 5] && !late {
                    assert!(matches!(came_to, Fate::Held(_)), "{told}");
                }
                // Sent again it has the same fate, later too, and nothing else.
                let again = driver.hold(&order, Stamp(100 * SECOND)).expect(&told);
                match (&again, &came_to) {
                    (Fate::Refused { .. } | Fate::Lapsed, Fate::Refused { .. } | Fate::Lapsed) => {}
                    _ => assert_eq!(again, came_to, "{told}"),
                }
                assert_eq!(held_in(&regions, &order, Stamp(101 * SECOND)), held, "{told}");
                // At the end of its life nothing is held anywhere.
                let end = Stamp((100 + i64::from(LIFE) + 3 * i64::from(PENDING)) * SECOND);
                for (region, units) in regions.iter().zip(units) {
                    assert_eq!(region.shows(end), (Vec::new(), vec![units; CELLS as usize]), "{told}");
                }
            }
        }
    }
}

#[test]
fn without_recovery_nothing_is_half_held_for_longer_than_an_order_lives() {
    let fate = Faults::default();
    for step in 0..4 {
        let regions = [5, 5, 5].map(|units| Process::new(&fate, units));
        let intents = MemoryIntents::default();
        let driver =
            Regions::new(regions.iter().map(|region| region as &dyn Region).collect(), &intents, PENDING);
        let order = order(1_000, &[(0, 0, 2), (1, 1, 2), (2, 2, 2)]);
        fate.calls.set(0);
        fate.dies.set(Some((step, Death::DriverAfter)));
        fate.driver_is_dead.set(false);
        assert!(driver.hold(&order, Stamp(SECOND)).is_err());
        fate.dies.set(None);
        // The hold at home says what the order is: once its time is over it can never be confirmed.
        let home = |now: i64| regions[0].shows(Stamp(now * SECOND)).0.len();
        assert_eq!((home(30), home(90)), (1, usize::from(step == 3)), "step {step}");
        let end = i64::from(LIFE) + 3 * i64::from(PENDING);
        assert!(regions.iter().all(|region| region.shows(Stamp((2 + end) * SECOND)).0.is_empty()));
    }
}

#[test]
fn a_slow_driver_and_recovery_come_to_the_same_end() {
    // The driver stops at a step, recovery gives the order up, and the driver goes on as if nothing had been.
    let fate = Faults::default();
    for step in 0..4 {
        let regions = [5, 5, 5].map(|units| Process::new(&fate, units));
        let intents = MemoryIntents::default();
        let driver =
            Regions::new(regions.iter().map(|region| region as &dyn Region).collect(), &intents, PENDING);
        let order = order(1_000, &[(0, 0, 2), (1, 1, 2), (2, 2, 2)]);
        fate.calls.set(0);
        fate.dies.set(Some((step, Death::DriverBefore)));
        fate.driver_is_dead.set(false);
        assert!(driver.hold(&order, Stamp(SECOND)).is_err());
        fate.dies.set(None);
        fate.driver_is_dead.set(false);
        let recovered = driver.recover(1, Stamp(61 * SECOND)).expect("memory does not fail");
        assert_eq!(recovered[0].fate, Ok(Fate::Lapsed));
        // Its clock still shows a time at which the order was young.
        assert_eq!(driver.hold(&order, Stamp(2 * SECOND)), Ok(Fate::Lapsed), "step {step}");
        assert_eq!(held_in(&regions, &order, Stamp(62 * SECOND)), 0, "step {step}");
    }
}

#[test]
fn two_orders_under_one_key_are_never_both_held_and_a_released_one_is_gone_everywhere() {
    let fate = Faults::default();
    let regions = [5, 5, 5].map(|units| Process::new(&fate, units));
    let intents = MemoryIntents::default();
    let driver =
        Regions::new(regions.iter().map(|region| region as &dyn Region).collect(), &intents, PENDING);
    let one = order(1_000, &[(0, 0, 2), (1, 1, 2)]);
    let other = order(1_000, &[(0, 0, 2), (2, 1, 2)]);
    let held = driver.hold(&one, Stamp(SECOND)).expect("all answer");
    assert!(matches!(held, Fate::Held(_)));
    assert_eq!(driver.hold(&other, Stamp(2 * SECOND)), Ok(Fate::Lapsed));
    assert_eq!(driver.hold(&one, Stamp(3 * SECOND)), Ok(held));
    let live = |now: i64| regions.each_ref().map(|region| region.shows(Stamp(now * SECOND)).0.len());
    assert_eq!(live(4), [1, 1, 0]);
    driver.release(&one, Stamp(5 * SECOND)).expect("all answer");
    driver.release(&one, Stamp(6 * SECOND)).expect("all answer");
    assert_eq!(live(7), [0, 0, 0]);
    // What makes no sense is told.
    for nonsense in
        [order(1, &[(0, 0, 1)]), order(1, &[(0, 0, 1), (0, 1, 1)]), order(1, &[(0, 0, 1), (7, 1, 1)])]
    {
        assert!(driver.hold(&nonsense, Stamp(8 * SECOND)).is_err());
    }
    let bytes = one.to_bytes();
    assert_eq!(RegionalOrder::from_bytes(&bytes), Ok(one));
    assert!((0..bytes.len()).all(|end| RegionalOrder::from_bytes(&bytes[..end]).is_err()));
}

#[test]
fn many_orders_over_regions_with_someone_killed_in_each_leave_books_that_agree() {
    let (count, seed) = (number("VOLOK_LEDGER_REGIONAL", 200), number("VOLOK_SEED", 1));
    println!("{count} orders over regions, seed {seed}");
    let (fate, mut random) = (Faults::default(), Random::new(seed));
    // Too little for all of them.
    let units = (count / 6) as u32;
    let regions = [units, units, units, units].map(|units| Process::new(&fate, units));
    let intents = MemoryIntents::default();
    let driver =
        Regions::new(regions.iter().map(|region| region as &dyn Region).collect(), &intents, PENDING);
    let mut clock = SECOND;
    let mut orders = Vec::new();
    for key in 0..count {
        let mut parts: Vec<(u16, u32, u32)> = (0..4)
            .map(|region| (region, random.below(u64::from(CELLS)) as u32, random.between(1, 3) as u32))
            .collect();
        parts.remove(random.row(4));
        if random.percent(50) {
            parts.remove(random.row(3));
        }
        let home = random.row(parts.len());
        parts.rotate_left(home);
        let order = order(1_000 + u128::from(key), &parts);
        let deaths = [Death::RegionBefore, Death::RegionAfter, Death::DriverBefore, Death::DriverAfter];
        fate.calls.set(0);
        fate.dies.set(Some((random.below(6) as u32, random.of(&deaths))));
        fate.driver_is_dead.set(false);
        let first = driver.hold(&order, Stamp(clock));
        fate.driver_is_dead.set(false);
        fate.dies.set(None);
        clock += random.between(0, 20) * SECOND / 10;
        // Now and then recovery comes by, late or early.
        if random.percent(10) {
            driver.recover(3, Stamp(clock)).expect("memory does not fail");
        }
        orders.push((order, first));
    }
    clock += i64::from(PENDING) * SECOND;
    driver.recover(usize::MAX, Stamp(clock)).expect("memory does not fail");
    assert!(intents.open(1).expect("memory does not fail").is_empty());
    let (mut held, mut taken) = (0, [[0u32; CELLS as usize]; 4]);
    for (order, first) in &orders {
        let came_to = driver.hold(order, Stamp(clock)).expect("all answer");
        if let Ok(first @ Fate::Held(_)) = first {
            assert_eq!(*first, came_to, "what was told is so");
        }
        if let Fate::Held(holds) = came_to {
            held += 1;
            assert_eq!(holds.len(), order.parts.len());
            for part in &order.parts {
                for line in &part.place.lines {
                    let Want::Cell(cell) = line.what else { panic!("cells only") };
                    taken[usize::from(part.region.0)][cell.0 as usize] += line.qty;
                }
            }
        }
    }
    let (mut live, mut parts) = (0, 0);
    for (region, taken) in regions.iter().zip(taken) {
        let (holds, free) = region.shows(Stamp(clock + SECOND));
        live += holds.len();
        for (free, taken) in free.iter().zip(taken) {
            assert_eq!(free + taken, units, "every unit is free or in an order that is held as a whole");
        }
    }
    for (order, _) in &orders {
        if let Ok(Fate::Held(holds)) = driver.hold(order, Stamp(clock)) {
            parts += holds.len();
        }
    }
    println!("{held} held, {} not", orders.len() - held);
    assert_eq!(live, parts);
    assert!(held > orders.len() / 5 && held < orders.len());
}
