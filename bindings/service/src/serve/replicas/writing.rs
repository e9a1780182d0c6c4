//! An operation that only the process that writes may answer: answered here, or there, or by whoever writes next.
//!
//! A request that certainly was not taken is tried again. One that may have been is tried again where that does nothing twice:
//! where it only reads, or has an `Idempotency-Key`; a request that came without one gets one here.

use super::forward::{FORWARDED, Unanswered};
use super::{Replicas, TURN, writes};
use crate::serve::body::Raw;
use crate::serve::problem::{NONE, OUTCOME, Problem, UNKNOWN};
use crate::serve::random;
use crate::serve::service::Shared;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout_at};

/// So long before its deadline a request is given up that waits: its client is told why.
pub const SPARE: std::time::Duration = std::time::Duration::from_millis(50);

const KEY: &str = "idempotency-key";

/// What came of one try.
enum Tried {
    Answered(Response),
    NotTaken,
    Unknown,
}

/// What an answer of this process, or of another one, means.
fn judged(answer: Response) -> Tried {
    match answer.headers().get(OUTCOME).and_then(|outcome| outcome.to_str().ok()) {
        Some(NONE) => Tried::NotTaken,
        Some(UNKNOWN) => Tried::Unknown,
        _ => Tried::Answered(answer),
    }
}

impl Replicas {
    /// Answers a request, here or where somebody writes, before `end`. `keyed` says whether the operation knows keys,
    /// `at_least` by which operation it is to be answered.
    pub async fn at_the_writer(
        &self,
        service: &Shared,
        (keyed, at_least): (bool, u64),
        request: Request,
        next: Next,
        end: Instant,
    ) -> Response {
        let end = end - SPARE;
        let (mut parts, body) = request.into_parts();
        let whole = Raw::from_request(Request::from_parts(parts.clone(), body), service);
        let body = match timeout_at(end, whole).await {
            Ok(Ok(Raw(body))) => body,
            Ok(Err(problem)) => return problem.into_response(),
            Err(_) => return crate::serve::gate::late().into_response(),
        };
        if keyed
            && !parts.headers.contains_key(KEY)
            && let Some(key) = random::hex::<16>().and_then(|key| HeaderValue::from_str(&key).ok())
        {
            parts.headers.insert(KEY, key);
        }
        // What was passed on is tried once: whoever passed it on tries again, elsewhere.
        let is_forwarded = parts.headers.contains_key(FORWARDED);
        let may_repeat = !is_forwarded && (keyed || parts.method.is_safe());
        let mut told = self.told.clone();
        let mut was_taken = false;
        loop {
            let standing = told.borrow_and_update().clone();
            let tried = match standing.writer {
                _ if writes(&standing) => {
                    let here = Request::from_parts(parts.clone(), Body::from(body.clone()));
                    let answered = async {
                        self.reached(service.ledger.heard(), at_least, end).await?;
                        Ok::<Response, Problem>(next.clone().run(here).await)
                    };
                    judged(answered.await.into_response())
                }
                _ if is_forwarded => Tried::NotTaken,
                Some(writer) => self.there(&writer, &parts, &body, end).await,
                None => Tried::NotTaken,
            };
            match tried {
                Tried::Answered(answer) => return answer,
                Tried::Unknown if !may_repeat => return Problem::outcome_unknown().into_response(),
                Tried::Unknown => was_taken = true,
                Tried::NotTaken if is_forwarded => return Problem::elsewhere().into_response(),
                Tried::NotTaken => {}
            }
            self.poke();
            let again = Instant::now() + TURN;
            if again >= end {
                let problem = if was_taken { Problem::outcome_unknown() } else { Problem::no_writer() };
                return problem.into_response();
            }
            // Somebody else may write by then.
            let _ = timeout_at(again, told.changed()).await;
        }
    }

    /// Passes a request on; gives it up where somebody else writes meanwhile.
    async fn there(&self, writer: &str, parts: &Parts, body: &Bytes, end: Instant) -> Tried {
        metrics::counter!("volok_forwarded_total").increment(1);
        let address = writer.split('#').next().unwrap_or_default();
        let mut told = self.told.clone();
        let replaced = async {
            let other =
                |now: &volok::ledger::Standing| now.writer.as_deref().is_some_and(|now| now != writer);
            let _ = told.wait_for(other).await;
            // What it still answers is an answer.
            tokio::time::sleep(TURN).await;
        };
        tokio::select! {
            sent = self.forwarder.send(address, parts, body) => match sent {
                Ok(answer) => judged(answer),
                Err(Unanswered::NotTaken) => Tried::NotTaken,
                Err(Unanswered::Unknown) => Tried::Unknown,
            },
            () = replaced => Tried::Unknown,
            () = tokio::time::sleep_until(end) => Tried::Unknown,
        }
    }
}
