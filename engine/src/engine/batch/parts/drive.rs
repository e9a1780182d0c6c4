//! The one who decides: asks workers, moves prices, deals out orders and stock, and takes the plans.

use super::super::shelves::Shelves;
use super::super::{Batch, BatchProgress, BatchTerms, CellPrice, Prices, clamp};
use super::settle::settle;
use super::share::{self, Units};
use crate::batch::{Progress, Seek, Wished, Wishes};
use crate::engine::planner::Planner;
use crate::engine::taking::take;
use crate::engine::{Engine, PlanError};
use crate::load::Load;
use crate::plan::{self, Plan};
use crate::spec::{self, Given, PartAnswer, PartAsked, PartWork};
use crate::stock::{CellIx, Stock};
use crate::units::{Index, Money};
use crate::world::Order;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// Workers that have the same world, stock and orders as the one who asks them.
pub trait Workers {
    /// Why they cannot be asked any more.
    type Lost;

    /// How many there are; at least one.
    fn count(&self) -> usize;

    /// Their answers to questions, one for each in their order ([`Engine::answer_parts`]). A worker that was lost may be
    /// replaced, and the new one asked the same: it answers the same.
    ///
    /// # Errors
    /// When there is no worker to ask; the batch ends with it.
    fn ask(&mut self, questions: Vec<PartAsked>) -> Result<Vec<PartAnswer>, Self::Lost>;
}

/// Why a batch in parts has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PartsError<Lost> {
    /// Workers could not be asked any more.
    #[error("the workers are lost")]
    Lost(Lost),
    /// A worker answered something else than it was asked.
    #[error(
        "worker {worker} answered something else than it was asked: it has another world or other orders"
    )]
    Strange {
        /// Which, from 0.
        worker: usize,
    },
}

/// Times that orders come together in new groups and hand out among themselves what they have.
const TIMES: usize = 8;

impl Engine {
    /// As [`Engine::batch`], with the orders' problems on workers: here are the prices, what each order has, and at last
    /// the plans. The answer depends on the number of workers, not on how quick they are. Room on departures, days, buffers
    /// and at points has no price: the bound holds without it, and an order that finds none is planned after the others.
    ///
    /// Memory here: some hundred bytes an order beside the plans.
    ///
    /// # Errors
    /// See [`PartsError`].
    pub fn batch_in_parts<W: Workers>(
        &self,
        orders: &[Order],
        terms: &BatchTerms<'_>,
        workers: &mut W,
        watch: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
    ) -> Result<Batch, PartsError<W::Lost>> {
        let mut rows: Vec<usize> = (0..orders.len()).collect();
        rows.sort_by(|&one, &other| {
            let key = |row: usize| (Reverse(orders[row].priority), orders[row].placed_at, &orders[row].id);
            key(one).cmp(&key(other))
        });
        let mut plans: Vec<Option<Result<Plan, PlanError>>> = orders.iter().map(|_| None).collect();
        let (mut stock, mut load) = (self.stock.clone(), self.load.clone());
        let (mut cost, mut bound, mut rounds, mut decided) = (0i64, 0i64, 0, 0);
        let mut prices = Prices::default();
        for class in rows.chunk_by(|&one, &other| orders[one].priority == orders[other].priority) {
            decided += class.len();
            let mut told = |progress: &Progress| {
                watch(&BatchProgress {
                    orders: decided,
                    round: progress.rounds,
                    cost: Money(clamp(progress.cost).saturating_add(cost)),
                    bound: Money(clamp(progress.bound).saturating_add(bound)),
                })
            };
            let drive = Drive::new(self, (&stock, &load), orders, class, terms, workers, &mut told);
            let found = drive.decide()?;
            bound = bound.saturating_add(found.bound);
            rounds = rounds.max(found.rounds);
            prices.add(found.prices);
            for (&row, plan) in class.iter().zip(found.plans) {
                if let Ok(plan) = &plan {
                    let taken = take(&self.world, &orders[row], plan, &mut stock, &mut load);
                    debug_assert!(taken.is_ok(), "plans fit together");
                    cost = cost.saturating_add(plan.cost().0);
                }
                plans[row] = Some(plan);
            }
        }
        Ok(Batch { plans: plans.into_iter().flatten().collect(), bound: Money(bound), prices, rounds })
    }
}

/// How orders of one priority were decided.
struct Decided {
    plans: Vec<Result<Plan, PlanError>>,
    bound: i64,
    prices: Prices,
    rounds: u32,
}

/// Orders of one priority on their way to plans.
struct Drive<'d, 'b, W: Workers> {
    engine: &'d Engine,
    stock: &'d Stock,
    load: &'d Load,
    orders: &'d [Order],
    class: &'d [usize],
    terms: &'d BatchTerms<'b>,
    workers: &'d mut W,
    told: &'d mut dyn FnMut(&Progress) -> ControlFlow<()>,
    shelves: Shelves,
    /// By row of prices, the first cell.
    firsts: Vec<CellIx>,
    /// Units that orders of higher priority took.
    taken: Units,
    /// Orders of each worker.
    parts: Vec<Vec<u32>>,
    /// By worker, what its orders wished for when last asked, and at the best prices.
    wanted: Vec<Vec<(u32, u64)>>,
    wanted_at_best: Vec<Vec<(u32, u64)>>,
    /// By order of all, what it is given in the best handing out, and what that costs in sum.
    given: Vec<Given>,
    cost: i128,
    error: Option<PartsError<W::Lost>>,
    ended: bool,
}

impl<'d, 'b, W: Workers> Drive<'d, 'b, W> {
    fn new(
        engine: &'d Engine,
        (stock, load): (&'d Stock, &'d Load),
        orders: &'d [Order],
        class: &'d [usize],
        terms: &'d BatchTerms<'b>,
        workers: &'d mut W,
        told: &'d mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Drive<'d, 'b, W> {
        let shelves = Shelves::of(stock, class.iter().map(|&row| &orders[row]));
        let less = |cell: &CellIx| {
            let (before, now) = (engine.stock.cell(*cell).free(), stock.cell(*cell).free());
            (before > now).then_some((cell.0, before - now))
        };
        let mut taken: Units = shelves.cells.iter().filter_map(less).collect();
        taken.sort_unstable();
        let parts = share::dealt(class, workers.count().max(1));
        Drive {
            engine,
            stock,
            load,
            orders,
            class,
            terms,
            workers,
            told,
            firsts: shelves.firsts(),
            shelves,
            taken,
            parts,
            wanted: Vec::new(),
            wanted_at_best: Vec::new(),
            given: vec![Given::default(); orders.len()],
            cost: i128::MAX,
            error: None,
            ended: false,
        }
    }

    fn decide(mut self) -> Result<Decided, PartsError<W::Lost>> {
        let goods = self.shelves.goods.clone();
        let mut seek = Seek::new(&goods, self.terms.rounds);
        let start = match self.terms.prices {
            Some(prices) => self.shelves.rows(prices),
            None => vec![0; goods.rows()],
        };
        // Each step breaks when it is enough, or when workers are lost.
        let _ = self.seek(&mut seek, &start);
        let prices = seek.prices().to_vec();
        if self.ended {
            // Perhaps before anything was handed out at these prices.
            let _ = self.hand_out(&prices, &seek);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let alone = self.plans()?;
        let planner = self.planner();
        let orders: Vec<&Order> = self.class.iter().map(|&row| &self.orders[row]).collect();
        let plans = settle(planner, &orders, &alone, self.terms.budget);
        let cost: i64 = plans.iter().flatten().fold(0, |sum, plan| sum.saturating_add(plan.cost().0));
        let bound = clamp(seek.bound()).min(cost);
        let prices = self.prices(&prices, &plans)?;
        Ok(Decided { plans, bound, prices, rounds: seek.asked() })
    }

    fn planner(&self) -> Planner<'d> {
        Planner { stock: self.stock, load: self.load, ..self.engine.planner() }
    }

    /// Prices and a handing out, better and better.
    fn seek(&mut self, seek: &mut Seek<'_>, start: &[i64]) -> ControlFlow<()> {
        let wished = self.at(start)?;
        seek.hear(start, wished);
        self.wanted_at_best = self.wanted.clone();
        self.hand_out(start, seek)?;
        seek.by_clock(self)?;
        self.hand_out(seek.prices(), seek)?;
        seek.by_volume(self.cost, self)?;
        let prices = seek.prices().to_vec();
        self.hand_out(&prices, seek)?;
        let rounds = self.terms.rounds.saturating_sub(seek.asked()) / TIMES as u32;
        for time in 0..TIMES {
            self.parts = share::regrouped(self.class, &self.given, time, self.parts.len());
            let shares = share::by_holding(&self.shelves, &self.parts, &self.given, time);
            let has = self.parts.iter().map(|part| self.of_part(part)).collect();
            self.ask_for(&prices, shares, has, rounds, time)?;
            self.enough(seek.bound(), seek.asked().saturating_add(rounds * (time as u32 + 1)))?;
        }
        ControlFlow::Continue(())
    }

    /// Hands all stock out anew, in the proportion of what parts wish for at the best prices.
    fn hand_out(&mut self, prices: &[i64], seek: &Seek<'_>) -> ControlFlow<()> {
        let shares = share::by_wishes(&self.shelves, &self.wanted_at_best);
        let has = vec![Vec::new(); self.parts.len()];
        self.ask_for(prices, shares, has, 0, 0)?;
        self.enough(seek.bound(), seek.asked())
    }

    fn of_part(&self, part: &[u32]) -> Vec<Given> {
        part.iter().map(|&row| self.given[row as usize].clone()).collect()
    }

    /// Each part hands out its share, or does better with what its orders have; what comes of it is kept if it costs less
    /// than what was known.
    fn ask_for(
        &mut self,
        prices: &[i64],
        shares: Vec<Units>,
        has: Vec<Vec<Given>>,
        rounds: u32,
        time: usize,
    ) -> ControlFlow<()> {
        let named = self.named(prices);
        let seed = self.terms.seed.wrapping_add((time as u64) << 32);
        let work = shares.into_iter().zip(has).map(|(share, has)| PartWork::HandOut {
            prices: named.clone(),
            share,
            has,
            rounds,
            seed,
        });
        let answers = self.ask(work.collect())?;
        let mut found = vec![Given::default(); self.orders.len()];
        let mut cost = 0;
        for (worker, answer) in answers.into_iter().enumerate() {
            let PartAnswer::Given(given) = answer else { return self.strange(worker) };
            if given.len() != self.parts[worker].len() {
                return self.strange(worker);
            }
            for (&row, given) in self.parts[worker].iter().zip(given) {
                cost += i128::from(given.cost);
                found[row as usize] = given;
            }
        }
        if cost < self.cost {
            (self.cost, self.given) = (cost, found);
        }
        ControlFlow::Continue(())
    }

    /// Tells how far it has come; breaks when that is far enough.
    fn enough(&mut self, bound: i128, rounds: u32) -> ControlFlow<()> {
        let progress = Progress { rounds, cost: self.cost, bound: bound.min(self.cost) };
        if (self.told)(&progress).is_break() || progress.is_within(self.terms.gap) {
            self.ended = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// What is asked of all workers at once; breaks when they are lost.
    fn ask(&mut self, work: Vec<PartWork>) -> ControlFlow<(), Vec<PartAnswer>> {
        let question = |(orders, work): (&Vec<u32>, PartWork)| PartAsked {
            orders: orders.clone(),
            taken: self.taken.clone(),
            work,
        };
        let questions: Vec<PartAsked> = self.parts.iter().zip(work).map(question).collect();
        match self.workers.ask(questions) {
            Ok(answers) if answers.len() == self.parts.len() => ControlFlow::Continue(answers),
            Ok(answers) => self.strange(answers.len().min(self.parts.len())),
            Err(lost) => {
                self.error = Some(PartsError::Lost(lost));
                ControlFlow::Break(())
            }
        }
    }

    fn strange<T>(&mut self, worker: usize) -> ControlFlow<(), T> {
        self.error = Some(PartsError::Strange { worker });
        ControlFlow::Break(())
    }

    /// The same question for each worker.
    fn ask_all(&mut self, work: &PartWork) -> ControlFlow<(), Vec<PartAnswer>> {
        self.ask(vec![work.clone(); self.parts.len()])
    }

    fn named(&self, prices: &[i64]) -> Vec<(u32, i64)> {
        let rows = self.firsts.iter().zip(prices).filter(|(_, price)| **price > 0);
        rows.map(|(first, price)| (first.0, *price)).collect()
    }

    /// The plan of each order of the class from what it was given; nothing where there is none.
    fn plans(&mut self) -> Result<Vec<Option<Plan>>, PartsError<W::Lost>> {
        let each = self.parts.iter().map(|part| PartWork::Plans { given: self.of_part(part) }).collect();
        let ControlFlow::Continue(answers) = self.ask(each) else { return Err(self.why()) };
        let mut documents: Vec<Option<spec::Plan>> = self.orders.iter().map(|_| None).collect();
        for (worker, answer) in answers.into_iter().enumerate() {
            let PartAnswer::Plans(plans) = answer else { return Err(PartsError::Strange { worker }) };
            if plans.len() != self.parts[worker].len() {
                return Err(PartsError::Strange { worker });
            }
            for (&row, plan) in self.parts[worker].iter().zip(plans) {
                documents[row as usize] = plan;
            }
        }
        let (engine, orders) = (self.engine, self.orders);
        let read = |&row: &usize| {
            let document = documents[row].as_ref()?;
            plan::from_document(&engine.world, &engine.stock, &orders[row], document).ok()
        };
        Ok(self.class.par_iter().with_min_len(64).map(read).collect())
    }

    fn why(&mut self) -> PartsError<W::Lost> {
        self.error.take().unwrap_or(PartsError::Strange { worker: 0 })
    }

    /// What stock was worth, who wanted it and who got it.
    fn prices(
        &mut self,
        prices: &[i64],
        plans: &[Result<Plan, PlanError>],
    ) -> Result<Prices, PartsError<W::Lost>> {
        let named = self.named(prices);
        if named.is_empty() {
            return Ok(Prices::default());
        }
        let asked = PartWork::Takers { shelves: named.iter().map(|(first, _)| *first).collect() };
        let ControlFlow::Continue(answers) = self.ask_all(&asked) else { return Err(self.why()) };
        let mut wanted = vec![Vec::new(); named.len()];
        for (worker, answer) in answers.into_iter().enumerate() {
            let PartAnswer::Takers(takers) = answer else { return Err(PartsError::Strange { worker }) };
            if takers.len() != named.len() {
                return Err(PartsError::Strange { worker });
            }
            wanted.iter_mut().zip(takers).for_each(|(wanted, takers)| wanted.extend(takers));
        }
        let (mut there, mut got) = (vec![0; prices.len()], vec![Vec::new(); prices.len()]);
        for (&row, &most) in self.shelves.goods.row.iter().zip(&self.shelves.goods.most) {
            there[row as usize] += most;
        }
        for (&row, plan) in self.class.iter().zip(plans) {
            for (cell, _) in plan.iter().flat_map(Plan::takes) {
                if let Some(shelf) = self.shelves.row(cell) {
                    got[shelf].push(row as u32);
                }
            }
        }
        let cells = named.into_iter().zip(wanted).map(|((first, price), mut wanted)| {
            let cell = CellIx::of(first as usize);
            let row = self.shelves.row(cell).unwrap_or_default();
            let mut got = std::mem::take(&mut got[row]);
            [&mut wanted, &mut got].into_iter().for_each(|orders| {
                orders.sort_unstable();
                orders.dedup();
            });
            CellPrice { cell, price: Money(price), there: there[row], wanted, got }
        });
        let mut cells: Vec<CellPrice> = cells.collect();
        cells.sort_by_key(|row| row.cell);
        Ok(Prices { cells, rooms: Vec::new() })
    }
}

impl<W: Workers> Wishes for Drive<'_, '_, W> {
    fn at(&mut self, prices: &[i64]) -> ControlFlow<(), Wished> {
        let asked = PartWork::Wishes { prices: self.named(prices) };
        let answers = self.ask_all(&asked)?;
        let mut sum = Wished { amounts: vec![0; prices.len()], ..Wished::default() };
        self.wanted.clear();
        for (worker, answer) in answers.into_iter().enumerate() {
            let PartAnswer::Wishes { least, cost, wanted } = answer else { return self.strange(worker) };
            sum.least += i128::from(least);
            sum.cost += i128::from(cost);
            for &(cell, amount) in &wanted {
                match self.shelves.row(CellIx(cell)) {
                    Some(row) => sum.amounts[row] += amount,
                    None => return self.strange(worker),
                }
            }
            self.wanted.push(wanted);
        }
        ControlFlow::Continue(sum)
    }

    fn proven(&mut self, bound: i128, asked: u32, better: bool) -> ControlFlow<()> {
        if better {
            self.wanted_at_best.clone_from(&self.wanted);
        }
        self.enough(bound, asked)
    }
}
