//! The bare problem, for research: which parcels are cheapest, on arrays, without a world.

use crate::watch::watched;
use crate::world::budget;
use crate::{documents, errors};
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};
use volok::split::{self, NO_GROUP, Problem, Rules, Scratch, Solution, Staircase};
use volok::units::limits;
use volok::world::Defects;

/// The problem as a document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    lines: Vec<Line>,
    ways: Vec<Way>,
    offers: Vec<Offer>,
    pools: Vec<Vec<u32>>,
    #[serde(default)]
    staircases: Vec<Stairs>,
    #[serde(default)]
    apart: Vec<(u16, u16)>,
    #[serde(default = "yes")]
    partial: bool,
    #[serde(default)]
    max_parcels: Option<u32>,
    #[serde(default)]
    parcel_penalty: i64,
    #[serde(default = "yes")]
    several_origins: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    qty: u32,
    skip: i64,
    #[serde(default)]
    grams: u64,
    #[serde(default)]
    cm3: u64,
    #[serde(default)]
    group: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    fixed: i64,
    #[serde(default)]
    staircase: Option<usize>,
    #[serde(default)]
    max_grams: Option<u64>,
    #[serde(default)]
    max_cm3: Option<u64>,
    #[serde(default)]
    origin: Option<u32>,
    #[serde(default)]
    arrives: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    line: usize,
    way: usize,
    pool: usize,
    #[serde(default)]
    unit_cost: i64,
    #[serde(default)]
    line_cost: i64,
    #[serde(default)]
    most: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stairs {
    #[serde(default)]
    base: i64,
    #[serde(default)]
    steps: Vec<(u64, i64)>,
    #[serde(default)]
    per_kg_above: Option<i64>,
    #[serde(default)]
    cm3_per_kg: Option<u32>,
}

fn yes() -> bool {
    true
}

/// The answer as a document.
#[derive(Serialize)]
struct Answer {
    cost: i64,
    bound: i64,
    steps: u64,
    parcels: Vec<Parcel>,
    skipped: Vec<u32>,
}

#[derive(Serialize)]
struct Parcel {
    way: u16,
    takes: Vec<Take>,
}

#[derive(Serialize)]
struct Take {
    offer: usize,
    line: u16,
    qty: u32,
}

/// The cheapest parcels of a bare problem.
#[pyfunction]
#[pyo3(signature = (problem, *, steps = None))]
pub fn solve_split<'py>(
    py: Python<'py>,
    problem: &Bound<'py, PyAny>,
    steps: Option<u64>,
) -> PyResult<Bound<'py, PyAny>> {
    let text = documents::text(problem)?;
    let asked: Asked =
        serde_json::from_str(&text).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let staircases = asked.staircases();
    let (problem, rows) = asked.problem(&staircases).map_err(|found| errors::defects(py, &found))?;
    let solved = watched(py, 1, None, |watch| {
        let (stop, mut solution) = (|| watch.is_stopped(), Solution::default());
        split::solve(&problem, budget(steps, &stop), &mut Scratch::default(), &mut solution)
            .map(|()| solution)
    })?;
    let solution = solved.map_err(|error| PyOverflowError::new_err(error.to_string()))?;
    let parcel = |parcel: &split::Parcel| Parcel {
        way: parcel.way,
        takes: parcel
            .takes
            .iter()
            .map(|&(offer, qty)| {
                let line = problem.offers[offer as usize].line;
                Take { offer: rows[offer as usize], line, qty }
            })
            .collect(),
    };
    let answer = Answer {
        cost: solution.cost,
        bound: solution.bound,
        steps: solution.steps,
        parcels: solution.parcels.iter().map(parcel).collect(),
        skipped: solution.skipped.clone(),
    };
    documents::loaded(py, &answer)
}

impl Asked {
    /// Staircases; the first one costs nothing and is that of ways without one.
    fn staircases(&self) -> Vec<Staircase> {
        let stairs = self.staircases.iter().map(|stairs| Staircase {
            base: stairs.base,
            steps: stairs.steps.clone(),
            per_kg_above: stairs.per_kg_above,
            cm3_per_kg: stairs.cm3_per_kg,
            and: None,
        });
        std::iter::once(Staircase::default()).chain(stairs).collect()
    }

    /// The problem, and for each of its offers the row it came in.
    fn problem<'s>(&self, staircases: &'s [Staircase]) -> Result<(Problem<'s>, Vec<usize>), Defects> {
        self.inspect()?;
        let mut problem = Problem::new(staircases);
        problem.lines = self.lines.iter().map(Line::of).collect();
        let way = |(row, way): (usize, &Way)| way.of(row);
        problem.ways = self.ways.iter().enumerate().map(way).collect();
        for pool in &self.pools {
            problem.pools.push(split::Pool { first: problem.free.len() as u32, cells: pool.len() as u32 });
            problem.free.extend(pool);
        }
        let mut rows: Vec<usize> = (0..self.offers.len()).collect();
        rows.sort_by_key(|&row| (self.offers[row].line, self.offers[row].way, self.offers[row].pool, row));
        problem.offers = rows.iter().map(|&row| self.offer(row)).collect();
        // What brings nothing is no offer.
        let brings: Vec<bool> = problem.offers.iter().map(|offer| offer.most > 0).collect();
        let mut at = brings.iter();
        rows.retain(|_| *at.next().unwrap_or(&false));
        problem.offers.retain(|offer| offer.most > 0);
        problem.apart = self.apart.iter().map(|&(one, other)| (one.min(other), one.max(other))).collect();
        problem.apart.sort_unstable();
        problem.apart.dedup();
        problem.rules = Rules {
            partial: self.partial,
            max_parcels: self.max_parcels.unwrap_or(u32::MAX),
            parcel_penalty: self.parcel_penalty,
            several_origins: self.several_origins,
        };
        Ok((problem, rows))
    }

    fn offer(&self, row: usize) -> split::Offer {
        let offer = &self.offers[row];
        let pool = &self.pools[offer.pool];
        let there: u64 = pool.iter().map(|&units| u64::from(units)).sum();
        let most =
            u64::from(offer.most.unwrap_or(u32::MAX)).min(there).min(u64::from(self.lines[offer.line].qty));
        split::Offer {
            line: offer.line as u16,
            way: offer.way as u16,
            pool: offer.pool as u32,
            cells: if pool.len() == 64 { u64::MAX } else { (1 << pool.len()) - 1 },
            most: u32::try_from(most).unwrap_or(u32::MAX),
            unit_cost: offer.unit_cost,
            line_cost: offer.line_cost,
        }
    }

    /// Everything that would make it no problem: the search takes what it is given.
    fn inspect(&self) -> Result<(), Defects> {
        let mut found = Found(Defects::default());
        found.number("lines", self.lines.len() as i64, 1, limits::LINES_PER_ORDER as i64);
        found.number("ways", self.ways.len() as i64, 0, i64::from(u16::MAX) - 1);
        found.number("max_parcels", i64::from(self.max_parcels.unwrap_or(1)), 1, i64::from(u32::MAX));
        found.number("parcel_penalty", self.parcel_penalty, 0, limits::MONEY);
        for (row, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("lines[{row}].{field}");
            found.number(&at("qty"), i64::from(line.qty), 1, limits::QUANTITY);
            found.number(&at("skip"), line.skip, 0, limits::MONEY_PER_UNIT);
            found.number(&at("grams"), wide(line.grams), 0, limits::GRAMS_PER_UNIT);
            found.number(&at("cm3"), wide(line.cm3), 0, limits::CUBIC_CENTIMETRES_PER_UNIT);
            found.number(&at("group"), i64::from(line.group.unwrap_or(0)), 0, i64::from(NO_GROUP) - 1);
        }
        for (row, way) in self.ways.iter().enumerate() {
            let at = |field: &str| format!("ways[{row}].{field}");
            found.number(&at("fixed"), way.fixed, 0, limits::MONEY);
            if let Some(staircase) = way.staircase {
                found.row(&at("staircase"), staircase, self.staircases.len());
            }
        }
        for (row, stairs) in self.staircases.iter().enumerate() {
            let at = |field: &str| format!("staircases[{row}].{field}");
            found.number(&at("base"), stairs.base, 0, limits::MONEY);
            found.number(&at("per_kg_above"), stairs.per_kg_above.unwrap_or(0), 0, limits::MONEY);
            found.number(
                &at("cm3_per_kg"),
                i64::from(stairs.cm3_per_kg.unwrap_or(1)),
                1,
                i64::from(u32::MAX),
            );
            let weights = stairs.steps.is_sorted_by(|one, other| one.0 < other.0);
            let prices = stairs.steps.is_sorted_by_key(|step| step.1);
            let first = stairs.steps.first().is_none_or(|step| step.1 >= 0);
            let last = stairs.steps.last().is_none_or(|step| step.1 <= limits::MONEY);
            if !(weights && prices && first && last) {
                let right = "weights that rise, prices that never fall, none below nought";
                found.0.note(at("steps"), "conflict", &format!("{:?}", stairs.steps), right);
            }
        }
        for (row, pool) in self.pools.iter().enumerate() {
            found.number(&format!("pools[{row}]"), pool.len() as i64, 0, 64);
        }
        for (row, offer) in self.offers.iter().enumerate() {
            let at = |field: &str| format!("offers[{row}].{field}");
            found.row(&at("line"), offer.line, self.lines.len());
            found.row(&at("way"), offer.way, self.ways.len());
            found.row(&at("pool"), offer.pool, self.pools.len());
            found.number(&at("unit_cost"), offer.unit_cost, -limits::MONEY_PER_UNIT, limits::MONEY_PER_UNIT);
            found.number(&at("line_cost"), offer.line_cost, 0, limits::MONEY);
        }
        for (row, &(one, other)) in self.apart.iter().enumerate() {
            found.row(&format!("apart[{row}][0]"), usize::from(one), self.lines.len());
            found.row(&format!("apart[{row}][1]"), usize::from(other), self.lines.len());
            if one == other {
                found.0.note(format!("apart[{row}]"), "conflict", &one.to_string(), "two lines");
            }
        }
        found.0.or(())
    }
}

fn wide(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

struct Found(Defects);

impl Found {
    fn number(&mut self, place: &str, number: i64, least: i64, most: i64) {
        if !(least..=most).contains(&number) {
            let right = format!("a whole number from {least} to {most}");
            self.0.note(place, "out_of_range", &number.to_string(), right);
        }
    }

    fn row(&mut self, place: &str, row: usize, rows: usize) {
        if row >= rows {
            self.0.note(place, "unknown", &row.to_string(), format!("a row from 0, of {rows}"));
        }
    }
}

impl Line {
    fn of(&self) -> split::Line {
        let group = self.group.unwrap_or(NO_GROUP);
        split::Line { qty: self.qty, skip: self.skip, grams: self.grams, cm3: self.cm3, group }
    }
}

impl Way {
    fn of(&self, row: usize) -> split::Way {
        split::Way {
            fixed: self.fixed,
            staircase: self.staircase.map_or(0, |staircase| staircase as u32 + 1),
            max_grams: self.max_grams.unwrap_or(u64::MAX),
            max_cm3: self.max_cm3.unwrap_or(u64::MAX),
            origin: self.origin.unwrap_or(row as u32),
            arrives: self.arrives,
        }
    }
}
