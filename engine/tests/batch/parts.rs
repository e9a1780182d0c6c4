//! Batches whose orders are spread over workers: no worse judged, no less proven, whoever answers.

use crate::properties::{decide, engine, judged, worlds};
use std::ops::ControlFlow;
use volok::spec::{PartAnswer, PartAsked, PartWork};
use volok::testkit::generate::{self, Size};
use volok::world::Order;
use volok::{Batch, BatchTerms, Budget, Engine, PartsError, Workers};

/// Workers of this process, who know nothing from one question to the next.
struct Forgetful<'e> {
    engine: &'e Engine,
    orders: &'e [Order],
    count: usize,
    /// What becomes of answers on their way.
    on_the_way: fn(usize, PartAnswer) -> Option<PartAnswer>,
    asked: usize,
}

impl<'e> Forgetful<'e> {
    fn new(engine: &'e Engine, orders: &'e [Order], count: usize) -> Forgetful<'e> {
        Forgetful { engine, orders, count, on_the_way: |_, answer| Some(answer), asked: 0 }
    }
}

/// A worker was lost.
#[derive(Debug, PartialEq)]
struct Gone;

impl Workers for Forgetful<'_> {
    type Lost = Gone;

    fn count(&self) -> usize {
        self.count
    }

    fn ask(&mut self, questions: Vec<PartAsked>) -> Result<Vec<PartAnswer>, Gone> {
        let mut answers = Vec::new();
        for question in questions {
            self.asked += 1;
            // As it goes over a wire.
            let mut question = PartAsked::from_bytes(&question.to_bytes());
            let mut tell = |answer: PartAnswer| {
                let sent =
                    PartAnswer::from_bytes(&answer.to_bytes()).expect("an answer is read as it is written");
                assert_eq!(sent, answer);
                answers.extend((self.on_the_way)(self.asked, sent));
            };
            self.engine.answer_parts(self.orders, Budget::default(), &mut || question.take(), &mut tell);
        }
        if answers.is_empty() { Err(Gone) } else { Ok(answers) }
    }
}

fn in_parts(workers: &mut Forgetful<'_>, rounds: u32) -> Result<Batch, PartsError<Gone>> {
    let terms = BatchTerms { gap: 0, rounds, ..BatchTerms::default() };
    let (engine, orders) = (workers.engine, workers.orders);
    engine.batch_in_parts(orders, &terms, workers, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn plans_made_apart_fit_together_and_cost_no_less_than_the_bound() {
    let mut wrong = Vec::new();
    for (name, made) in worlds() {
        let (engine, orders) = engine(&made);
        let batch = in_parts(&mut Forgetful::new(&engine, &orders, 3), 30).expect("workers that answer");
        assert_eq!(batch.plans.len(), orders.len(), "{name}");
        wrong.extend(judged(&engine, &orders, &batch).into_iter().map(|told| format!("{name}: {told}")));
        if batch.bound > batch.cost() {
            wrong.push(format!("{name}: bound {} above {}", batch.bound, batch.cost()));
        }
        // Whatever else fits together costs no less than the bound either.
        let whole = decide(&engine, &orders, 30);
        let one_class = orders.iter().all(|order| order.priority == orders[0].priority);
        if one_class && batch.bound > whole.cost() {
            wrong.push(format!("{name}: bound {} above {} of one machine", batch.bound, whole.cost()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

#[test]
fn orders_that_compete_get_about_the_same_apart_as_together() {
    let size = Size { skus: 40, storing: 12, hand_over: 6, orders: 400, docks: 0, limited: false };
    for seed in 1..3 {
        let made = generate::competing(seed, size);
        let (engine, orders) = engine(&made);
        let together = decide(&engine, &orders, 120);
        for count in [1, 2, 4] {
            let apart =
                in_parts(&mut Forgetful::new(&engine, &orders, count), 120).expect("workers that answer");
            let cost = |batch: &Batch| batch.cost().0;
            let dearer = 1_000 * (cost(&apart) - cost(&together)) / cost(&together);
            assert!(dearer <= 20, "seed {seed}: {dearer} thousandths dearer with {count} workers");
            assert!(apart.gap() < 60_000, "seed {seed}: {} millionths with {count} workers", apart.gap());
            assert!(!apart.prices.cells.is_empty());
        }
    }
}

#[test]
fn one_that_remembers_answers_as_those_who_forget() {
    let size = Size { skus: 20, storing: 8, hand_over: 4, orders: 80, docks: 0, limited: false };
    let made = generate::competing(5, size);
    let (engine, orders) = engine(&made);
    let mut forgetful = Forgetful::new(&engine, &orders, 2);
    let batch = in_parts(&mut forgetful, 40).expect("workers that answer");
    assert!(forgetful.asked > 40, "everyone is asked again and again");

    let wishes = |orders: &[u32]| PartAsked {
        orders: orders.to_vec(),
        taken: Vec::new(),
        work: PartWork::Wishes { prices: Vec::new() },
    };
    let asked = [wishes(&[0, 1, 2]), wishes(&[0, 1, 2]), wishes(&[3, 4]), wishes(&[0, 1, 2])];
    let (mut at_once, mut questions) = (Vec::new(), asked.clone().into_iter());
    engine.answer_parts(&orders, Budget::default(), &mut || questions.next(), &mut |answer| {
        at_once.push(answer)
    });
    let mut one_by_one = Vec::new();
    for question in asked {
        let mut question = Some(question);
        let tell = &mut |answer| one_by_one.push(answer);
        engine.answer_parts(&orders, Budget::default(), &mut || question.take(), tell);
    }
    assert_eq!(at_once, one_by_one);
    assert_eq!(at_once[0], at_once[3]);

    let again = in_parts(&mut Forgetful::new(&engine, &orders, 2), 40).expect("workers that answer");
    assert_eq!((again.plans, again.bound, again.prices), (batch.plans, batch.bound, batch.prices));
}

#[test]
fn lost_and_strange_workers_are_told() {
    let made = generate::competing(
        5,
        Size { skus: 20, storing: 8, hand_over: 4, orders: 20, docks: 0, limited: false },
    );
    let (engine, orders) = engine(&made);
    let mut lost = Forgetful { on_the_way: |_, _| None, ..Forgetful::new(&engine, &orders, 2) };
    assert!(matches!(in_parts(&mut lost, 20), Err(PartsError::Lost(Gone))));
    // The second worker of the third round answers about nothing.
    let strange = |asked, answer| Some(if asked == 6 { PartAnswer::Takers(Vec::new()) } else { answer });
    let mut strange = Forgetful { on_the_way: strange, ..Forgetful::new(&engine, &orders, 2) };
    let told = in_parts(&mut strange, 20);
    assert!(matches!(told, Err(PartsError::Strange { worker: 1 })), "{told:?}");
    // One with fewer orders is found by the number of its answers.
    let few = &orders[..10];
    let mut few = Forgetful { engine: &engine, orders: few, ..Forgetful::new(&engine, &orders, 2) };
    let terms = BatchTerms::default();
    let told = engine.batch_in_parts(&orders, &terms, &mut few, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(told, Err(PartsError::Strange { .. })));
    // Nobody wants anything.
    let nobody = in_parts(&mut Forgetful::new(&engine, &[], 2), 20).expect("nothing to ask");
    assert!(nobody.plans.is_empty());
}
