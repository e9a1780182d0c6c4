//! Functions one by one: a price, a departure, small splits.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use volok::Budget;
use volok::split::{Scratch, Solution, Staircase, solve};
use volok::testkit::generate::{built, preset};
use volok::transit::Transit;
use volok::units::{Index, Instant, Seconds};
use volok::world::LaneIx;
use volok_bench::split::draw::Variety;
use volok_bench::split::kinds::Kind;

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .without_plots()
}

fn staircase(criterion: &mut Criterion) {
    let steps = [500, 1_000, 2_000, 5_000, 10_000, 20_000];
    let staircase = Staircase {
        and: None,
        base: 4_900,
        steps: steps.iter().map(|&grams| (grams, grams as i64 / 10)).collect(),
        per_kg_above: Some(900),
        cm3_per_kg: Some(5_000),
    };
    let mut grams = 0;
    criterion.bench_function("staircase price", |bench| {
        bench.iter(|| {
            grams = (grams + 777) % 25_000;
            black_box(&staircase).price(black_box(grams), black_box(1_200))
        });
    });
}

fn split(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("split");
    let (mut scratch, mut solution) = (Scratch::default(), Solution::default());
    for kind in Kind::ALL {
        let staircases = kind.staircases();
        for size in [(2, 6), (4, 12)] {
            let problems: Vec<_> =
                (0..32).map(|seed| kind.problem(Variety::Plane, size, seed, &staircases)).collect();
            let mut turn = problems.iter().cycle();
            let id = BenchmarkId::new(kind.name(), format!("{}x{}", size.0, size.1));
            group.bench_function(id, |bench| {
                bench.iter(|| {
                    let problem = turn.next().unwrap_or(&problems[0]);
                    solve(black_box(problem), Budget::default(), &mut scratch, &mut solution)
                });
            });
        }
    }
}

fn departures(criterion: &mut Criterion) {
    let Some(made) = preset("country", 3, None) else { return };
    let Ok((world, _, orders)) = built(&made) else { return };
    let transit = Transit::new(&world);
    let (lanes, start) = (world.lanes().len(), orders[0].placed_at);
    let mut turn = 0;
    criterion.bench_function("next departure", |bench| {
        bench.iter(|| {
            turn = (turn + 977) % lanes;
            let ready = start.after(Seconds(turn as i64 * 61)).unwrap_or(Instant::ALWAYS);
            transit.next_departure(black_box(LaneIx::of(turn)), black_box(ready))
        });
    });
}

criterion_group! { name = functions; config = quick(); targets = staircase, split, departures }
criterion_main!(functions);
