//! What was held and not bought, as a table: of each book, its customers and its SKUs that kept most from others.

use std::str::FromStr;
use volok::Instant;
use volok::ledger::{Book, Kind, Measure, Rule, Scope, Second, State, Tally};

/// Customers and SKUs shown of a book.
const SHOWN: usize = 10;

/// A rule as written on the command line: scope, measure, seconds looked back, and the most that is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Tried(pub Rule);

impl FromStr for Tried {
    type Err = String;

    fn from_str(text: &str) -> Result<Tried, String> {
        let help = || {
            format!(
                "{text:?} is no rule; write SCOPE:MEASURE:SECONDS:LIMIT, as customer:unbought:86400:3, with SCOPE one of \
                 customer_sku, customer, sku, and MEASURE one of unbought, holds, units"
            )
        };
        let parts: Vec<&str> = text.split(':').collect();
        let [scope, measure, window, limit] = parts[..] else { return Err(help()) };
        let scope = match scope {
            "customer_sku" => Scope::CustomerSku,
            "customer" => Scope::Customer,
            "sku" => Scope::Sku,
            _ => return Err(help()),
        };
        let measure = match measure {
            "unbought" => Measure::Unbought,
            "holds" => Measure::Holds,
            "units" => Measure::Units,
            _ => return Err(help()),
        };
        let (window, limit) = (window.parse().map_err(|_| help())?, limit.parse().map_err(|_| help())?);
        Ok(Tried(Rule { scope, measure, window, limit }))
    }
}

/// The tables of all books of a state, and what a rule would have changed, if one is tried.
///
/// # Errors
/// When the rule is none that settings would take, in words.
pub fn tables(state: &State, tried: Option<Tried>) -> Result<String, String> {
    let at = state.at().second();
    let mut text = String::new();
    for tenant in state.tenants() {
        if let Some(book) = state.book(tenant) {
            text += &table(tenant.0, book, tried, at)?;
        }
    }
    Ok(text)
}

fn table(tenant: u16, book: &Book, tried: Option<Tried>, at: Second) -> Result<String, String> {
    let last = Second(u32::MAX);
    let found = book.unbought(Second(0), last, at);
    let Some(since) = found.since else { return Ok(format!("tenant {tenant}: no holds\n")) };
    let day = |second: Second| volok::spec::instant_text(Instant(i64::from(second.0)));
    let mut text = format!(
        "tenant {tenant}: held and not bought, of holds not forgotten: placed from {} on, as of {}\n",
        day(since),
        day(at)
    );
    text += &format!(
        "{:<28}{:>10}{:>12}{:>12}{:>12}{:>12}{:>12}{:>18}\n",
        "", "holds", "units", "bought", "released", "expired", "held now", "unit-hours unsold"
    );
    text += &row("all", &found.book);
    let named = |sku: u32| book.name(Kind::Sku, sku).unwrap_or_default().to_owned();
    let customers =
        found.customers.iter().map(|(customer, tally)| (format!("customer {}", customer.0), *tally));
    let skus = found.skus.iter().map(|(sku, tally)| (format!("SKU {}", named(sku.0)), *tally));
    text += &most(customers.collect(), "customers");
    text += &most(skus.collect(), "SKUs");
    if let Some(Tried(rule)) = tried {
        let trial =
            book.trial(&rule, Second(0), last, at).map_err(|refusal| format!("the rule: {refusal}"))?;
        text += &format!(
            "the rule would have refused {} of {} holds, {} units, {} unit-hours unsold; {} of the refused were bought after \
             all, {} units\n",
            trial.refused,
            trial.holds,
            trial.units,
            trial.unit_seconds / 3_600,
            trial.bought,
            trial.bought_units
        );
    }
    Ok(text)
}

/// The lines of those that kept most from others, and how many are not shown.
fn most(mut tallies: Vec<(String, Tally)>, what: &str) -> String {
    // A stable sort: equal ones stay in the order of their numbers.
    tallies.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.unit_seconds));
    let mut text: String = tallies.iter().take(SHOWN).map(|(name, tally)| row(name, tally)).collect();
    if tallies.len() > SHOWN {
        text += &format!("… and {} more {what}\n", tallies.len() - SHOWN);
    }
    text
}

fn row(name: &str, tally: &Tally) -> String {
    let shown: String =
        name.chars().map(|letter| if letter.is_control() { '·' } else { letter }).take(27).collect();
    let Tally { holds, units, bought, released, expired, held, unit_seconds } = tally;
    let hours = unit_seconds / 3_600;
    format!("{shown:<28}{holds:>10}{units:>12}{bought:>12}{released:>12}{expired:>12}{held:>12}{hours:>18}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use volok::ledger::{ClockTerms, Tenant};
    use volok::testkit::ledger::{Commands, World};

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        let Tried(rule) = "customer_sku:units:3600:12".parse().expect("a rule");
        assert_eq!(
            (rule.scope, rule.measure, rule.window, rule.limit),
            (Scope::CustomerSku, Measure::Units, 3_600, 12)
        );
        for text in ["", "customer:units:3600", "nobody:units:1:1", "sku:prices:1:1", "sku:units:-1:1"] {
            assert!(text.parse::<Tried>().expect_err("no rule").contains("SCOPE:MEASURE:SECONDS:LIMIT"));
        }
    }

    #[test]
    fn the_table_names_the_book_and_what_the_rule_would_do() {
        let mut state = State::default();
        for command in World::opening(Tenant(0)) {
            state.apply(&command, volok::ledger::Stamp(0), ClockTerms::default());
        }
        assert_eq!(tables(&state, None), Ok("tenant 0: no holds\n".to_owned()));
        for command in World::opening(Tenant(1)) {
            state.apply(&command, volok::ledger::Stamp(0), ClockTerms::default());
        }
        let mut commands = Commands::new(1);
        for _ in 0..300 {
            let (command, now) = commands.next(&state);
            let outcome = state.apply(&command, now, ClockTerms { longest_jump: u32::MAX }).outcome;
            commands.heard(&command, &outcome);
        }
        let text = tables(&state, "customer:holds:100:0".parse().ok()).expect("a rule");
        for part in ["tenant 0: held and not bought", "customer 0", "SKU pen", "the rule would have refused"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(
            tables(&state, "sku:unbought:1:1".parse().ok()).expect_err("no such rule").contains("malformed")
        );
    }
}
