//! The same questions to both, in turn; every answer compared.

use std::time::{Duration, Instant};

use serde_json::Value;
use volok::testkit::Random;
use volok::transit::router::{Router, Search, StopIx};
use volok::units::Instant as Moment;

use super::expanded::{Expanded, Memory};
use crate::figure::Figure;
use crate::sample::{Sample, nanoseconds_since, thousandths};

/// From where, when, to where.
pub type Question = (StopIx, Moment, StopIx);

/// Answers that differ.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("from {from} at {at} to {to}: the router says {router:?}, the plain search {plain:?}")]
pub struct Differs {
    /// From where.
    pub from: u32,
    /// When.
    pub at: i64,
    /// To where.
    pub to: u32,
    /// What the router says.
    pub router: Option<i64>,
    /// What the plain search says.
    pub plain: Option<i64>,
}

/// Random questions: two different stops and a second of the first week.
pub fn draw(stops: &[StopIx], first: Moment, many: usize, seed: u64) -> Vec<Question> {
    let mut random = Random::part(seed, "questions");
    let one = |_| {
        let from = random.row(stops.len());
        let to = (from + 1 + random.row(stops.len().saturating_sub(1))) % stops.len();
        (stops[from], Moment(first.0 + random.between(0, 7 * 86_400 - 1)), stops[to])
    };
    (0..many).map(one).collect()
}

/// Asks every question so many times, and tells the round in which the router's slow answers were fastest.
///
/// # Errors
///
/// An answer that differs.
pub fn run(
    suite: &'static str,
    case: &str,
    (router, plain): (&Router, &Expanded),
    questions: &[Question],
    rounds: usize,
    (laid_out, expanding): (Duration, Duration),
) -> Result<Vec<Figure>, Differs> {
    let (mut search, mut memory) = (Search::default(), Memory::default());
    let mut best: Option<Round> = None;
    let (mut reached, mut legs) = (0, 0);
    for _ in 0..rounds.max(1) {
        let (mut ours, mut told, mut theirs) = (Sample::default(), Sample::default(), Sample::default());
        let (mut answers, mut times) = (Vec::new(), Vec::new());
        let mut reached_by = (Sample::default(), Sample::default());
        for &(from, at, to) in questions {
            let begin = Instant::now();
            let answer = router.earliest(from, at, to, &mut search);
            times.push(nanoseconds_since(begin));
            answers.push(answer.map(|arrives| arrives.0));
        }
        (reached, legs) = (0, 0);
        for &(from, at, to) in questions {
            let begin = Instant::now();
            let answer = router.earliest(from, at, to, &mut search);
            let journey = router.journey(&search);
            told.push(nanoseconds_since(begin));
            reached += usize::from(answer.is_some());
            legs += journey.map_or(0, |journey| journey.rides.len());
        }
        for ((&(from, at, to), &answer), &time) in questions.iter().zip(&answers).zip(&times) {
            ours.push(time);
            let begin = Instant::now();
            let plain = plain.earliest(from.0, at.0, to.0, &mut memory);
            let plain_time = nanoseconds_since(begin);
            theirs.push(plain_time);
            if plain.is_some() {
                reached_by.0.push(time);
                reached_by.1.push(plain_time);
            }
            if plain != answer {
                return Err(Differs { from: from.0, at: at.0, to: to.0, router: answer, plain });
            }
        }
        let slow = ours.quantile((99, 100));
        if best.as_ref().is_none_or(|known| slow < known.slow) {
            best = Some(Round { slow, ours, told, theirs, reached: reached_by });
        }
    }
    let Some(Round { mut ours, mut told, mut theirs, reached: (mut ours_there, mut theirs_there), .. }) =
        best
    else {
        return Ok(Vec::new());
    };
    let mut ratio =
        |share| thousandths(nanoseconds_at(&mut theirs_there, share), nanoseconds_at(&mut ours_there, share));
    let (middle, slow) = (ratio((1, 2)), ratio((99, 100)));
    let mean = thousandths(theirs_there.sum(), ours_there.sum());
    let figure = |name: &str, sample: &mut Sample| Figure {
        suite,
        case: format!("{case}: {name}"),
        value: sample.median().into(),
        unit: "ns",
        n: sample.len(),
        facts: sample.facts(),
    };
    let milliseconds = |time: Duration| Value::from(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    Ok(vec![
        figure("router", &mut ours),
        figure("router, journey told", &mut told),
        figure("time-expanded Dijkstra", &mut theirs),
        figure("router, where there is a way", &mut ours_there),
        figure("Dijkstra, where there is a way", &mut theirs_there),
        Figure {
            suite,
            case: format!("{case}: ratio of means, where there is a way"),
            value: mean.into(),
            unit: "‰",
            n: questions.len(),
            facts: vec![
                ("ratio_p50", middle.into()),
                ("ratio_p99", slow.into()),
                ("equal", questions.len().into()),
                ("reached", reached.into()),
                ("legs", legs.into()),
                ("stops", router.stops().into()),
                ("lines", router.lines().into()),
                ("events", plain.events().into()),
                ("lay_out_ms", milliseconds(laid_out)),
                ("expand_ms", milliseconds(expanding)),
            ],
        },
    ])
}

/// Times of one round.
struct Round {
    /// Time that 99 of 100 answers of the router did not pass.
    slow: u64,
    ours: Sample,
    told: Sample,
    theirs: Sample,
    /// Of both, questions that have an answer only.
    reached: (Sample, Sample),
}

fn nanoseconds_at(sample: &mut Sample, share: (usize, usize)) -> i64 {
    i64::try_from(sample.quantile(share)).unwrap_or(i64::MAX)
}
