//! Repeat limits of the plain ledger.

use super::*;

impl Plain {
    /// Units of each SKU that lines ask for.
    pub(super) fn asked(&self, lines: &[Wanted]) -> Result<Vec<(SkuNo, u32)>, Refusal> {
        let mut asked: Vec<(SkuNo, u32)> = Vec::new();
        for (row, line) in lines.iter().enumerate() {
            let on = |refusal: Refusal| Refusal { line: row as u16, ..refusal };
            let sku = match line.what {
                Want::Cell(cell) => self.cell(cell).map_err(on)?.facts.sku,
                Want::Sku(sku, node) => {
                    self.named(Kind::Sku, sku.0).map_err(on)?;
                    self.named(Kind::Node, node.0).map_err(on)?;
                    sku
                }
            };
            match asked.iter_mut().find(|known| known.0 == sku) {
                Some(known) => known.1 += line.qty,
                None => asked.push((sku, line.qty)),
            }
        }
        Ok(asked)
    }

    /// Whether rules allow units; `is_hold` when a new hold asks for them.
    pub(super) fn allowed(
        &self,
        customer: Option<Customer>,
        asked: &[(SkuNo, u32)],
        replaced: Option<HoldId>,
        is_hold: bool,
        at: Second,
    ) -> Result<(), Refusal> {
        for (row, rule) in self.settings.rules.iter().enumerate() {
            if !is_hold && rule.measure != Measure::Units {
                continue;
            }
            let counts: Vec<u64> = match (rule.scope, customer) {
                (Scope::Sku, _) => asked.iter().map(|&(sku, qty)| self.of_sku(rule, sku, qty, at)).collect(),
                (_, None) => continue,
                (Scope::Customer, Some(customer)) => {
                    let qty = asked.iter().map(|asked| asked.1).sum();
                    vec![self.of_customer(rule, customer, None, qty, replaced, at)]
                }
                (Scope::CustomerSku, Some(customer)) => asked
                    .iter()
                    .map(|&(sku, qty)| self.of_customer(rule, customer, Some(sku), qty, replaced, at))
                    .collect(),
            };
            let most = counts.into_iter().max().unwrap_or(0);
            if most > u64::from(rule.limit) {
                return Err(no(Code::LimitReached, row, most, rule.limit));
            }
        }
        Ok(())
    }

    fn of_sku(&self, rule: &Rule, sku: SkuNo, qty: u32, at: Second) -> u64 {
        let recent = self.placed.iter().filter(|placed| placed.0 == sku && placed.1.0 + rule.window > at.0);
        match rule.measure {
            Measure::Units => recent.map(|placed| u64::from(placed.2)).sum::<u64>() + u64::from(qty),
            _ => recent.filter(|placed| placed.3).count() as u64 + 1,
        }
    }

    fn of_customer(
        &self,
        rule: &Rule,
        customer: Customer,
        sku: Option<SkuNo>,
        qty: u32,
        replaced: Option<HoldId>,
        at: Second,
    ) -> u64 {
        let units = |hold: &PlainHold| -> u64 {
            let of = hold.units.iter().filter(|units| sku.is_none_or(|sku| *units.0 == sku));
            of.map(|units| u64::from(*units.1)).sum()
        };
        let counts = |hold: &&PlainHold| {
            let is_replaced = hold.replaced || (replaced == Some(hold.id) && !hold.forgotten);
            hold.noted && hold.place.customer == Some(customer) && units(hold) > 0 && !is_replaced
        };
        let recent = |second: Second| second.0 + rule.window > at.0;
        let holds = self.holds.iter().filter(counts);
        match rule.measure {
            Measure::Holds => holds.filter(|hold| recent(hold.created)).count() as u64 + 1,
            Measure::Units => {
                holds.filter(|hold| recent(hold.created)).map(units).sum::<u64>() + u64::from(qty)
            }
            Measure::Unbought => {
                let newest_first = holds.rev().take_while(|hold| !hold.bought);
                let ended = newest_first.filter(|hold| match hold.state {
                    HoldState::Released => recent(hold.ended),
                    _ => hold.expires <= at && recent(hold.expires),
                });
                ended.count() as u64 + 1
            }
        }
    }
}
