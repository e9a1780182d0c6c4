//! What every request passes: a name, a place, a token, a deadline; counted and told.

use super::access::{Caller, Scope};
use super::operation::{By, Pace};
use super::problem::Problem;
use super::random;
use super::replicas::SPARE;
use super::service::Shared;
use super::tokens::Found;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use tracing::Instrument;

/// What stands before an operation.
#[derive(Clone)]
pub struct Guard {
    /// All that requests share.
    pub service: Shared,
    /// What the token must allow.
    pub scope: Option<Scope>,
    /// How long it may take.
    pub pace: Pace,
    /// What it is called.
    pub operation: &'static str,
    /// Who answers it.
    pub by: By,
    /// Whether it has one effect per `Idempotency-Key`.
    pub keyed: bool,
}

/// Deadlines that a large body may take.
const BULK_DEADLINES: u32 = 20;

const REQUEST_ID: &str = "x-request-id";

/// The operation by which an answer is: what it shows was there then, and what was done by then is in it.
const SEQUENCE: HeaderName = HeaderName::from_static("volok-sequence");

/// The operation by which a request wants to be answered, at the least.
const AT_LEAST: &str = "volok-at-least";

/// Lets a request pass, or says why not.
pub async fn pass(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let span = tracing::info_span!(
        "request",
        id = %id,
        operation = guard.operation,
        trace = request.headers().get("traceparent").and_then(|trace| trace.to_str().ok()),
    );
    let let_in = let_in(&guard, &mut request);
    let caller = request.extensions().get::<Caller>().map(|caller| caller.name.clone());
    let mut response = match let_in {
        Ok(place) => {
            // A replica that it is passed on to calls it the same.
            if let Ok(id) = HeaderValue::from_str(&id) {
                request.headers_mut().insert(REQUEST_ID, id);
            }
            let response = answer(&guard, request, next).instrument(span.clone()).await;
            drop(place);
            response
        }
        Err(problem) => problem.into_response(),
    };
    let (status, took) = (response.status(), began.elapsed());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    // Of one that was passed on it is that of whoever answered.
    headers.entry(SEQUENCE).or_insert_with(|| guard.service.ledger.sequence().into());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let labels = [("operation", guard.operation.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("volok_requests_total", &labels).increment(1);
    metrics::histogram!("volok_request_seconds", "operation" => guard.operation).record(took.as_secs_f64());
    span.in_scope(|| {
        let caller = caller.as_deref().unwrap_or("nobody");
        let (status, micros) = (status.as_u16(), took.as_micros() as u64);
        match status {
            500.. => tracing::warn!(caller, status, micros, "answered"),
            _ => tracing::debug!(caller, status, micros, "answered"),
        }
    });
    response
}

/// Answers, here or where somebody writes, before the deadline.
async fn answer(guard: &Guard, request: Request, next: Next) -> Response {
    let (service, began) = (&guard.service, tokio::time::Instant::now());
    let at_least = match at_least(request.headers()) {
        Ok(at_least) => at_least,
        Err(problem) => return problem.into_response(),
    };
    let answered = async {
        match &service.replicas {
            Some(replicas) if guard.by == By::Writer => {
                let end = began + deadline(guard).unwrap_or_else(|| service.limits.deadline());
                replicas.at_the_writer(service, (guard.keyed, at_least), request, next, end).await
            }
            replicas => {
                let heard = service.ledger.heard();
                let found = *heard.borrow();
                let reached = match replicas {
                    _ if found >= at_least => Ok(()),
                    None => Err(Problem::behind(at_least, found)),
                    Some(replicas) => {
                        let end = began + service.limits.deadline() - SPARE;
                        replicas.reached(heard, at_least, end).await
                    }
                };
                match reached {
                    Ok(()) => next.run(request).await,
                    Err(problem) => problem.into_response(),
                }
            }
        }
    };
    match deadline(guard) {
        None => answered.await,
        Some(deadline) => match tokio::time::timeout_at(began + deadline, answered).await {
            Ok(response) => response,
            Err(_) => late().into_response(),
        },
    }
}

fn at_least(headers: &HeaderMap) -> Result<u64, Problem> {
    let Some(said) = headers.get(AT_LEAST) else { return Ok(0) };
    let number = said.to_str().ok().and_then(|said| said.parse().ok());
    let wrong = || {
        let found = String::from_utf8_lossy(said.as_bytes());
        Problem::malformed("Volok-At-Least", &found, "the number that an answer had in Volok-Sequence")
    };
    number.ok_or_else(wrong)
}

fn deadline(guard: &Guard) -> Option<std::time::Duration> {
    match guard.pace {
        Pace::Usual => Some(guard.service.limits.deadline()),
        Pace::Bulk => Some(guard.service.limits.deadline() * BULK_DEADLINES),
        Pace::Waits => None,
    }
}

/// As the client calls it, where that is harmless; else a name of ours.
fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    sent.filter(harmless).map(str::to_owned).or_else(random::hex::<8>).unwrap_or_default()
}

/// A place for the request, and who asks.
fn let_in(
    guard: &Guard,
    request: &mut Request,
) -> Result<Option<tokio::sync::OwnedSemaphorePermit>, Problem> {
    let Some(scope) = guard.scope else { return Ok(None) };
    let service = &guard.service;
    let headers = request.headers();
    if service.keyring.is_open() {
        from_here(headers)?;
    }
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")));
    let caller = match service.keyring.find(token.map(str::trim)) {
        Found::Caller(caller) => caller,
        Found::TooOften(seconds) => {
            let detail = "more requests a second than this token may send";
            let problem =
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_often", "Too many requests", detail);
            return Err(problem.retry(seconds));
        }
        Found::Nobody => {
            let detail = "send `Authorization: Bearer TOKEN`; `volok token create` makes one";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A token is wanted", detail));
        }
    };
    request.extensions_mut().insert(caller.clone());
    caller.may(scope)?;
    if guard.pace == Pace::Waits {
        return Ok(None);
    }
    let place = service.places.clone().try_acquire_owned();
    let full = "as many requests are under way as the service answers at one time; come again";
    place.map(Some).map_err(|_| Problem::overloaded(full))
}

/// Without tokens only programs of this machine are let in. A page of some site that a browser of this machine shows is
/// not one of them: it says where it is from, or comes by a name that is not this machine's.
fn from_here(headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let ours = ["localhost", "volok", ""].contains(&name)
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let from = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let same = from.is_none_or(|from| from.split_once("://").is_some_and(|(_, origin)| origin == host));
    match ours && same {
        true => Ok(()),
        false => {
            let detail =
                "without tokens only programs of this machine are answered; `volok token create` makes one";
            Err(Problem::new(StatusCode::FORBIDDEN, "not_local", "Not from this machine", detail))
        }
    }
}

/// It took too long.
pub fn late() -> Problem {
    let detail = "it was not answered in time; if it changes something, GET /v1/operations/{key} tells what became of it";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "deadline", "Too late", detail)
}
