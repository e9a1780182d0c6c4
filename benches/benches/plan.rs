//! Whole plans: the story of three items, and orders of a country.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use volok::testkit::generate::{built, preset};
use volok::{Budget, Engine, Scratch};

fn plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for name in ["three-items", "country", "grocery"] {
        let Some(made) = preset(name, 3, None) else { continue };
        let Ok((world, stock, orders)) = built(&made) else { continue };
        let (engine, mut scratch) = (Engine::new(world, stock), Scratch::default());
        let mut turn = orders.iter().cycle();
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let order = turn.next().unwrap_or(&orders[0]);
                engine.plan(black_box(order), Budget::default(), &mut scratch)
            });
        });
    }
    group.finish();
}

criterion_group!(plans, plan);
criterion_main!(plans);
