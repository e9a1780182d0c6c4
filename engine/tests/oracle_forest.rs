//! scratch
#![cfg(feature = "testkit")]
use volok::testkit::{generate, oracle};
use volok::{Budget, Engine, Scratch, check};
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}
#[test]
fn crossed() {
    let (first, worlds) = (number("VOLOK_SEED", 1), number("VOLOK_WORLDS", 300));
    let mut scratch = Scratch::default();
    let (mut judged, mut big, mut merged, mut served, mut wrong, mut late, mut unproven) = (0, 0, 0, 0, 0, 0, 0);
    let (mut t1, mut t2) = (0.0, 0.0);
    for seed in first..first + worlds {
        let made = generate::crossed(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let order = &orders[0];
        let start = std::time::Instant::now();
        let best = oracle::cheapest_forest(engine.world(), engine.stock(), order);
        let took = start.elapsed().as_secs_f64();
        t1 += took;
        if took > 1.0 { late += 1; println!("seed {seed}: {took}"); }
        let Ok(best) = best else { big += 1; continue };
        let start = std::time::Instant::now();
        let plan = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| engine.plan(order, Budget::default(), &mut scratch)));
        t2 += start.elapsed().as_secs_f64();
        let plan = match plan { Err(_) => { wrong += 1; scratch = Scratch::default(); println!("seed {seed}: PANIC"); continue }, Ok(plan) => plan };
        let plan = match plan { Err(error) => { wrong += 1; println!("seed {seed}: ERROR {error}"); continue }, Ok(plan) => plan };
        judged += 1;
        let merges = plan.parcels.iter().filter(|p| !p.parts.is_empty()).count();
        merged += usize::from(merges > 0);
        served += usize::from(!plan.parcels.is_empty());
        unproven += usize::from(plan.bound != plan.cost());
        let violations = check::check(engine.world(), engine.stock(), order, &plan);
        if let Some(violation) = violations.first() { wrong += 1; println!("seed {seed}: CHECK {violation}"); }
        if plan.cost() != best || plan.bound > best {
            wrong += 1;
            println!("seed {seed}: costs {}, bound {}, cheapest {best}, merges {merges}, docks {} lanes {}", plan.cost(), plan.bound, made.world.nodes.iter().filter(|n| n.cross_docks.is_some()).count(), made.world.lanes.len());
        }
    }
    println!("{judged} judged, {big} big, {merged} with merges, {served} served, {unproven} unproven, {wrong} wrong, {late} late; oracle {t1:.1} s, engine {t2:.1} s");
}

#[derive(Debug, PartialEq, Clone, Copy)]
enum Kind { Panic, Error, Check, Dear, Cheap, Gap }

fn kind(made: &generate::Generated) -> Option<(Kind, String)> {
    let (world, stock, orders) = generate::built(made).ok()?;
    let engine = Engine::new(world, stock);
    let order = orders.first()?;
    let best = oracle::cheapest_forest(engine.world(), engine.stock(), order).ok()?;
    let plan = std::panic::catch_unwind(|| engine.plan(order, Budget::default(), &mut Scratch::default()));
    let Ok(plan) = plan else { return Some((Kind::Panic, format!("panics; cheapest {best}"))) };
    let plan = match plan { Err(error) => return Some((Kind::Error, format!("{error}; cheapest {best}"))), Ok(plan) => plan };
    let violations = check::check(engine.world(), engine.stock(), order, &plan);
    let told = format!("costs {}, bound {}, cheapest {best}", plan.cost(), plan.bound);
    if let Some(violation) = violations.first() { return Some((Kind::Check, format!("{told}; {violation}"))); }
    if plan.cost() > best { return Some((Kind::Dear, told)); }
    if plan.cost() < best { return Some((Kind::Cheap, told)); }
    if plan.bound != best { return Some((Kind::Gap, told)); }
    None
}

use serde_json::Value;
fn tries(value: &Value, out: &mut Vec<Value>, wrap: &dyn Fn(Value) -> Value) {
    match value {
        Value::Array(rows) => {
            for k in 0..rows.len() {
                let mut less = rows.clone();
                less.remove(k);
                out.push(wrap(Value::Array(less)));
            }
            for (k, row) in rows.iter().enumerate() {
                tries(row, out, &|new| { let mut rows = rows.clone(); rows[k] = new; wrap(Value::Array(rows)) });
            }
        }
        Value::Object(members) => {
            for key in members.keys() {
                let mut less = members.clone();
                less.remove(key);
                out.push(wrap(Value::Object(less)));
            }
            for (key, member) in members {
                if key == "schedule" && !member.to_string().contains("on_demand") {
                    let mut m = members.clone();
                    m.insert(key.clone(), serde_json::json!({"every": {"minutes": 720}}));
                    if &m != members { out.push(wrap(Value::Object(m))); }
                }
                tries(member, out, &|new| { let mut members = members.clone(); members.insert(key.clone(), new); wrap(Value::Object(members)) });
            }
        }
        Value::Number(number) => if let Some(n) = number.as_i64() {
            for m in [0, 1, n / 2, n / 100 * 100, n / 10 * 10] { if m.abs() < n.abs() { out.push(wrap(m.into())); } }
        }
        _ => {}
    }
}

#[test]
#[ignore]
fn shrink() {
    std::panic::set_hook(Box::new(|_| {}));
    let seeds = std::env::var("VOLOK_SHRINK").unwrap();
    for seed in seeds.split(' ') {
        let mut made = generate::crossed(seed.parse().unwrap());
        let Some((wrong, mut told)) = kind(&made) else { println!("{seed}: fine"); continue };
        'again: loop {
            let whole = serde_json::json!({"world": made.world, "order": made.orders[0]});
            let mut all = Vec::new();
            tries(&whole, &mut all, &|value| value);
            all.sort_by_key(|v| v.to_string().len());
            for value in all {
                let Ok(world) = serde_json::from_value(value["world"].clone()) else { continue };
                let Ok(order) = serde_json::from_value(value["order"].clone()) else { continue };
                let smaller = generate::Generated { world, orders: vec![order] };
                if smaller == made { continue; }
                if let Some((kind, t)) = kind(&smaller) && kind == wrong {
                    told = t;
                    made = smaller;
                    continue 'again;
                }
            }
            break;
        }
        println!("{seed}: {wrong:?} {told}");
        let whole = serde_json::json!({"expected": told, "world": made.world, "order": made.orders[0]});
        std::fs::create_dir_all("/tmp/w/h6/bugs").unwrap();
        std::fs::write(format!("/tmp/w/h6/bugs/s{seed}.json"), serde_json::to_string_pretty(&whole).unwrap()).unwrap();
    }
}
