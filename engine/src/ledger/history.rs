//! Who holds again and again without buying? Repeat rules, and what they count.
//!
//! Nothing is recorded while a book has no rules.

use super::before::Before;
use super::command::{Measure, Rule, Scope};
use super::limits;
use super::number::*;
use super::refusal::{Code, Refusal};
use smallvec::SmallVec;
use std::collections::{BTreeMap, VecDeque};

/// How a remembered hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Not, or by its time.
    Open,
    /// Given back without a unit bought.
    Unbought(Second),
    /// A unit of it was bought.
    Bought,
    /// Another hold of the same customer took its place.
    Replaced,
}

/// A hold of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Past {
    pub hold: HoldId,
    pub created: Second,
    pub expires: Second,
    pub end: End,
    /// Units of each SKU, placed and added.
    pub units: SmallVec<[(SkuNo, u32); 2]>,
}

/// What was placed on an SKU, for one rule: by second, and in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub by_second: VecDeque<(Second, u64)>,
    pub total: u64,
}

/// What repeat rules count. Ordered maps, because they are written out.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub customers: BTreeMap<Customer, VecDeque<Past>>,
    pub skus: BTreeMap<(u8, SkuNo), Count>,
    /// The customer at whom the next forgetting looks first; from the beginning where there is none.
    pub cursor: Option<Customer>,
    customers_before: Before<Customer, Option<VecDeque<Past>>>,
    skus_before: Before<(u8, SkuNo), Option<Count>>,
}

/// Units asked for, by SKU.
pub(super) type Asked = SmallVec<[(SkuNo, u32); 4]>;

/// Adds units of an SKU to a list by SKU.
pub(super) fn note(asked: &mut Asked, sku: SkuNo, qty: u32) {
    match asked.iter_mut().find(|known| known.0 == sku) {
        Some(known) => known.1 = known.1.saturating_add(qty),
        None => asked.push((sku, qty)),
    }
}

impl History {
    /// Whether the rules allow one more hold of these units, `replaced` apart; else the first rule that does not.
    pub fn allows(
        &mut self,
        rules: &[Rule],
        customer: Option<Customer>,
        asked: &[(SkuNo, u32)],
        replaced: Option<HoldId>,
        at: Second,
    ) -> Result<(), Refusal> {
        for (row, rule) in rules.iter().enumerate() {
            let past = match customer {
                Some(_) if planted!(LimitOfAnyone) => self.customers.values().next(),
                customer => customer.and_then(|customer| self.customers.get(&customer)),
            };
            let most = match (rule.scope, past) {
                (Scope::Customer, _) if customer.is_none() => continue,
                (Scope::CustomerSku, _) if customer.is_none() => continue,
                (Scope::Customer, past) => {
                    let units = asked.iter().map(|asked| u64::from(asked.1)).sum();
                    past.map_or(0, |past| counted(rule, past, None, replaced, at)) + one_more(rule, units)
                }
                (Scope::CustomerSku, past) => asked
                    .iter()
                    .map(|&(sku, units)| {
                        past.map_or(0, |past| counted(rule, past, Some(sku), replaced, at))
                            + one_more(rule, u64::from(units))
                    })
                    .max()
                    .unwrap_or(0),
                (Scope::Sku, _) => asked
                    .iter()
                    .map(|&(sku, units)| {
                        let count = self.skus.get_mut(&(row as u8, sku));
                        count.map_or(0, |count| count.within(rule.window, at))
                            + one_more(rule, u64::from(units))
                    })
                    .max()
                    .unwrap_or(0),
            };
            if most > u64::from(rule.limit) {
                return Err(Refusal::new(Code::LimitReached, most, rule.limit).on(row));
            }
        }
        Ok(())
    }

    /// Whether units added to a hold stay within the rules that count units.
    pub fn allows_more(
        &mut self,
        rules: &[Rule],
        customer: Option<Customer>,
        asked: &[(SkuNo, u32)],
        at: Second,
    ) -> Result<(), Refusal> {
        for (row, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.measure == Measure::Units) {
            let refused = match rule.scope {
                Scope::Sku => {
                    let counts = asked.iter().map(|&(sku, units)| {
                        let count = self.skus.get_mut(&(row as u8, sku));
                        count.map_or(0, |count| count.within(rule.window, at)) + u64::from(units)
                    });
                    match counts.max().unwrap_or(0) {
                        most if most > u64::from(rule.limit) => {
                            Err(Refusal::new(Code::LimitReached, most, rule.limit))
                        }
                        _ => Ok(()),
                    }
                }
                _ => self.allows(&[*rule], customer, asked, None, at),
            };
            refused.map_err(|refusal| refusal.on(row))?;
        }
        Ok(())
    }

    /// Remembers a hold that was placed.
    pub fn placed(&mut self, rules: &[Rule], customer: Option<Customer>, past: Past) {
        self.count(rules, &past.units, past.created, true);
        let Some(customer) = customer else { return };
        let customers = &self.customers;
        self.customers_before.note(customer, || customers.get(&customer).cloned());
        let longest = rules.iter().map(|rule| rule.window).max().unwrap_or(0);
        let holds = self.customers.entry(customer).or_default();
        let at = past.created;
        holds.push_back(past);
        // What no rule looks back to any more, whatever became of it.
        while holds.len() > limits::HISTORY || holds.front().is_some_and(|past| past.is_before(longest, at)) {
            holds.pop_front();
        }
    }

    /// Forgets holds of customers that came long ago and not since: those that no rule may look back to. O(`most`).
    pub fn forget(&mut self, most: u32, at: Second) {
        let from = self.cursor.take().unwrap_or(Customer(0));
        let mut gone = Vec::new();
        for (row, (&customer, holds)) in (0..).zip(self.customers.range_mut(from..)) {
            if row == most {
                self.cursor = Some(customer);
                break;
            }
            while holds.front().is_some_and(|past| past.is_before(limits::WINDOW, at)) {
                holds.pop_front();
            }
            if holds.is_empty() {
                gone.push(customer);
            }
        }
        for customer in gone {
            self.customers.remove(&customer);
        }
    }

    /// Remembers units added to a hold.
    pub fn added(
        &mut self,
        rules: &[Rule],
        customer: Option<Customer>,
        hold: HoldId,
        units: &[(SkuNo, u32)],
        at: Second,
    ) {
        self.count(rules, units, at, false);
        if let Some(past) = self.find(customer, hold) {
            for &(sku, qty) in units {
                match past.units.iter_mut().find(|known| known.0 == sku) {
                    Some(known) => known.1 = known.1.saturating_add(qty),
                    None => past.units.push((sku, qty)),
                }
            }
        }
    }

    /// Remembers how a hold ended, or that it ends later.
    pub fn changed(&mut self, customer: Option<Customer>, hold: HoldId, expires: Second, end: Option<End>) {
        if let Some(past) = self.find(customer, hold) {
            past.expires = expires;
            match (past.end, end) {
                // What was bought stays bought.
                (End::Bought, Some(End::Unbought(_))) | (_, None) => {}
                (_, Some(end)) => past.end = end,
            }
        }
    }

    /// A hold of a customer.
    fn find(&mut self, customer: Option<Customer>, hold: HoldId) -> Option<&mut Past> {
        let (customer, customers) = (customer?, &mut self.customers);
        self.customers_before.note(customer, || customers.get(&customer).cloned());
        customers.get_mut(&customer)?.iter_mut().rev().find(|past| past.hold == hold)
    }

    pub fn begin_group(&mut self) {
        self.customers_before.begin();
        self.skus_before.begin();
    }

    pub fn keep_group(&mut self) {
        self.customers_before.end();
        self.skus_before.end();
    }

    pub fn undo_group(&mut self) {
        restore(&mut self.customers, self.customers_before.end());
        restore(&mut self.skus, self.skus_before.end());
    }

    fn count(&mut self, rules: &[Rule], units: &[(SkuNo, u32)], at: Second, is_hold: bool) {
        for (row, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.scope == Scope::Sku) {
            for &(sku, qty) in units {
                let more = match rule.measure {
                    Measure::Units => u64::from(qty),
                    _ => u64::from(is_hold),
                };
                if more == 0 {
                    continue;
                }
                let (key, skus) = ((row as u8, sku), &self.skus);
                self.skus_before.note(key, || skus.get(&key).cloned());
                let count = self.skus.entry(key).or_default();
                count.within(rule.window, at);
                count.total += more;
                match count.by_second.back_mut() {
                    Some(last) if last.0 == at => last.1 += more,
                    _ => count.by_second.push_back((at, more)),
                }
            }
        }
    }
}

/// Puts rows of a table back as they were.
fn restore<K: Ord, V>(rows: &mut BTreeMap<K, V>, before: BTreeMap<K, Option<V>>) {
    for (key, before) in before {
        match before {
            Some(before) => drop(rows.insert(key, before)),
            None => drop(rows.remove(&key)),
        }
    }
}

impl Past {
    /// Whether nothing of it lies within so many seconds before a moment.
    fn is_before(&self, window: u32, at: Second) -> bool {
        let end = match self.end {
            End::Unbought(end) => end.max(self.created),
            _ => self.created.max(self.expires),
        };
        end.later(window) < at
    }
}

impl Count {
    /// What counts still at a moment; what does not is dropped, for time never turns back.
    fn within(&mut self, window: u32, at: Second) -> u64 {
        while let Some(&(second, count)) = self.by_second.front() {
            if second.later(window) > at {
                break;
            }
            self.total -= count;
            self.by_second.pop_front();
        }
        self.total
    }
}

fn one_more(rule: &Rule, units: u64) -> u64 {
    match rule.measure {
        Measure::Units => units,
        Measure::Holds | Measure::Unbought => 1,
    }
}

fn counted(
    rule: &Rule,
    past: &VecDeque<Past>,
    sku: Option<SkuNo>,
    replaced: Option<HoldId>,
    at: Second,
) -> u64 {
    let recent = |second: Second| second.later(rule.window) > at;
    let mut count = 0;
    for past in past.iter().rev() {
        let units: u64 = past
            .units
            .iter()
            .filter(|units| sku.is_none_or(|sku| units.0 == sku))
            .map(|units| u64::from(units.1))
            .sum();
        if units == 0 || past.end == End::Replaced || replaced == Some(past.hold) {
            continue;
        }
        match rule.measure {
            Measure::Holds => count += u64::from(recent(past.created)),
            Measure::Units => count += if recent(past.created) { units } else { 0 },
            Measure::Unbought => match past.end {
                End::Bought => break,
                End::Unbought(end) => count += u64::from(recent(end)),
                End::Open if past.expires <= at && !planted!(ExpiredNotCounted) => {
                    count += u64::from(recent(past.expires))
                }
                End::Open | End::Replaced => {}
            },
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE_UNBOUGHT: Rule =
        Rule { scope: Scope::Customer, measure: Measure::Unbought, window: 1_000, limit: 3 };
    const ANNA: Option<Customer> = Some(Customer(1));

    fn place(history: &mut History, hold: u64, at: u32, expires: u32) -> Result<(), Refusal> {
        let rules = [THREE_UNBOUGHT];
        history.allows(&rules, ANNA, &[(SkuNo(0), 1)], None, Second(at))?;
        let past = Past {
            hold: HoldId(hold),
            created: Second(at),
            expires: Second(expires),
            end: End::Open,
            units: SmallVec::from_slice(&[(SkuNo(0), 1)]),
        };
        history.placed(&rules, ANNA, past);
        Ok(())
    }

    #[test]
    fn after_three_unbought_holds_the_fourth_is_refused_until_one_is_old() {
        let mut history = History::default();
        for hold in 0..3 {
            place(&mut history, hold, 10 * hold as u32, 10 * hold as u32 + 5).unwrap();
        }
        let refused = place(&mut history, 3, 30, 40).unwrap_err();
        assert_eq!((refused.code, refused.asked, refused.there_is), (Code::LimitReached, 4, 3));
        // The first one ended at 5: at 1,005 it is out of the window.
        assert!(place(&mut history, 3, 1_004, 1_010).is_err());
        place(&mut history, 3, 1_005, 1_010).unwrap();
    }

    #[test]
    fn a_purchase_ends_the_row() {
        let mut history = History::default();
        for hold in 0..3 {
            place(&mut history, hold, 10 * hold as u32, 10 * hold as u32 + 5).unwrap();
        }
        history.changed(ANNA, HoldId(2), Second(25), Some(End::Bought));
        place(&mut history, 3, 30, 40).unwrap();
        history.changed(ANNA, HoldId(2), Second(25), Some(End::Unbought(Second(31))));
        assert_eq!(history.customers[&Customer(1)][2].end, End::Bought);
    }

    #[test]
    fn a_hold_that_still_lives_is_not_unbought() {
        let mut history = History::default();
        for hold in 0..6 {
            place(&mut history, hold, 0, 500).unwrap();
        }
        assert!(place(&mut history, 6, 500, 510).is_err());
    }

    #[test]
    fn who_came_a_year_ago_and_not_since_is_forgotten_a_few_at_a_time() {
        let mut history = History::default();
        let rules = [THREE_UNBOUGHT];
        for customer in 0..10 {
            let units = SmallVec::from_slice(&[(SkuNo(0), 1)]);
            let (created, expires) = (Second(10 * customer), Second(10 * customer + 5));
            let past = Past { hold: HoldId(customer.into()), created, expires, end: End::Open, units };
            history.placed(&rules, Some(Customer(customer.into())), past);
        }
        // The seventh's year is over, the eighth's is not.
        let at = Second(65 + limits::WINDOW + 1);
        history.forget(4, at);
        assert_eq!((history.customers.len(), history.cursor), (6, Some(Customer(4))));
        history.forget(4, at);
        history.forget(4, at);
        assert_eq!((history.customers.len(), history.cursor), (3, None));
        assert_eq!(history.customers.first_key_value().map(|first| *first.0), Some(Customer(7)));
    }

    #[test]
    fn units_of_everyone_on_one_sku_are_counted_while_they_are_recent() {
        let rules = [Rule { scope: Scope::Sku, measure: Measure::Units, window: 100, limit: 5 }];
        let mut history = History::default();
        history.count(&rules, &[(SkuNo(1), 4)], Second(10), true);
        let asks = |history: &mut History, at| {
            history.allows(&rules, None, &[(SkuNo(1), 2)], None, Second(at)).is_ok()
        };
        assert!(!asks(&mut history, 109));
        assert!(asks(&mut history, 110));
    }
}
