//! One thing a plan does that it may not.

use super::words::letters;
use crate::units::Index;
use crate::world::{LineIx, Order};
use std::fmt;

/// The rules of a right plan, as numbered in `docs/model.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Every unit picked once or reported; the order's policy obeyed.
    F1,
    /// No more taken than is available to promise.
    F2,
    /// Shelf life, and first-expiry-first-out.
    F3,
    /// Segregation.
    F4,
    /// Temperatures.
    F5,
    /// Places and times.
    F6,
    /// Capacities.
    F7,
    /// Size and weight.
    F8,
    /// The channel's nodes and receipts.
    F9,
    /// Costs equal their definitions.
    F10,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A broken rule: which, where, and in words what was found and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// Key of the order.
    pub order: Box<str>,
    /// Row of [`crate::plan::Plan::parcels`], if it is about one parcel.
    pub parcel: Option<usize>,
    /// Which line, if it is about one.
    pub line: Option<LineIx>,
    /// What was found and what would be right.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: order {}", self.rule, self.order)?;
        if let Some(parcel) = self.parcel {
            write!(f, ", parcel {}", letters(parcel))?;
        }
        if let Some(line) = self.line {
            write!(f, ", line {}", line.row() + 1)?;
        }
        write!(f, ": {}", self.text)
    }
}

/// What the rules note about one order's plan.
pub(super) struct Notes {
    order: Box<str>,
    found: Vec<Violation>,
}

impl Notes {
    pub(super) fn of(order: &Order) -> Notes {
        Notes { order: order.id.clone(), found: Vec::new() }
    }

    /// Notes something about the whole plan.
    pub(super) fn plan(&mut self, rule: Rule, text: String) {
        self.note(rule, None, None, text);
    }

    /// Notes something about one parcel.
    pub(super) fn parcel(&mut self, rule: Rule, parcel: usize, text: String) {
        self.note(rule, Some(parcel), None, text);
    }

    /// Notes something about one line.
    pub(super) fn line(&mut self, rule: Rule, line: LineIx, text: String) {
        self.note(rule, None, Some(line), text);
    }

    /// Notes something about one line in one parcel.
    pub(super) fn pick(&mut self, rule: Rule, parcel: usize, line: LineIx, text: String) {
        self.note(rule, Some(parcel), Some(line), text);
    }

    fn note(&mut self, rule: Rule, parcel: Option<usize>, line: Option<LineIx>, text: String) {
        self.found.push(Violation { rule, order: self.order.clone(), parcel, line, text });
    }

    /// All of it: by rule, parcel, line, text.
    pub(super) fn sorted(mut self) -> Vec<Violation> {
        self.found.sort();
        self.found
    }
}
