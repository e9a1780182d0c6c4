//! Errors over HTTP: RFC 9457 problem documents with a stable code, made of what the engine says.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use volok::ledger::{Code, FeedError, Refusal, SubmitError};
use volok::world::Defects;
use volok::{HoldError, PlanError, ReplanError};

/// What went wrong, for a program and for people.
///
/// Boxed, so that a result is no larger for what may go wrong.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Problem(Box<Content>);

/// What a problem says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
struct Content {
    /// `urn:volok:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// Stable code: programs decide by it.
    code: String,
    /// The kind of problem in words.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What was found, and what would be right or help.
    detail: String,
    /// Everything that is wrong with the document sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<Defect>,
    /// What the ledger refused, in numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refused>,
    #[serde(skip)]
    retry_after: Option<u32>,
    #[serde(skip)]
    outcome: Option<&'static str>,
}

/// The header that says, where an operation was not answered, whether something may have come of it: [`NONE`] or [`UNKNOWN`].
pub const OUTCOME: HeaderName = HeaderName::from_static("volok-outcome");

/// Nothing was done.
pub const NONE: &str = "none";

/// It was done, or will be, or nothing came of it.
pub const UNKNOWN: &str = "unknown";

/// One thing that is wrong with the document sent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Defect {
    /// Where, as `lines[2].sku`.
    place: String,
    /// Stable code.
    code: String,
    /// What was found there.
    found: String,
    /// What would be right.
    right: String,
}

/// A refusal of the ledger in numbers.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
struct Refused {
    /// The command of a group, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<u16>,
    /// The line of the request, from 0.
    line: u16,
    /// The number asked for.
    asked: u64,
    /// The number there is.
    there_is: u64,
}

impl Problem {
    /// A problem with nothing but words.
    pub fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Content {
            kind: format!("urn:volok:{code}"),
            code: code.to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            defects: Vec::new(),
            refusal: None,
            retry_after: None,
            outcome: None,
        }))
    }

    /// Something of ours broke; the request is not to blame.
    pub fn internal() -> Problem {
        let detail = "the request could not be answered; sent again with the same key, it may be";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail)
    }

    /// There is no such thing, or it is somebody else's.
    pub fn missing(what: &str) -> Problem {
        let detail = format!("there is no such {what}, or it was forgotten");
        Problem::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    /// More is asked than can be done now.
    pub fn overloaded(detail: &str) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Overloaded", detail).retry(1)
    }

    /// One place of the request is wrong.
    pub fn at(
        place: impl Into<String>,
        code: &'static str,
        found: &str,
        right: impl Into<String>,
    ) -> Problem {
        let mut defects = Defects::default();
        defects.note(place, code, found, right);
        defects.into()
    }

    /// The request has not the shape it should have.
    pub fn malformed(place: &str, found: &str, right: &str) -> Problem {
        let mut problem = Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "Not what this operation reads",
            format!("{place}: {found}; {right}"),
        );
        let defect = Defect {
            place: place.to_owned(),
            code: "malformed".to_owned(),
            found: found.to_owned(),
            right: right.to_owned(),
        };
        problem.0.defects = vec![defect];
        problem
    }

    /// Another process writes. Nothing was done.
    pub fn elsewhere() -> Problem {
        let detail = "this replica does not write now; send it to another one, or again";
        let problem =
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "elsewhere", "Another replica writes", detail);
        problem.retry(1).came(NONE)
    }

    /// Nobody knows what came of it.
    pub fn outcome_unknown() -> Problem {
        let detail = "the replica that writes fell silent while it had the request; with an Idempotency-Key it can be sent again";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = Problem::new(status, "outcome_unknown", "The outcome is not known", detail);
        problem.retry(1).came(UNKNOWN)
    }

    /// Nobody writes, as far as this process knows. Nothing was done.
    pub fn no_writer() -> Problem {
        let detail = "no replica writes now, as far as this one knows; come again";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_writer", "Nobody writes", detail);
        problem.retry(1).came(NONE)
    }

    /// This replica is not by the operation that was asked for.
    pub fn behind(asked: u64, found: u64) -> Problem {
        let detail = format!(
            "Volok-At-Least is {asked}, and this replica has read {found} operations; ask another one, or come again"
        );
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "behind", "Not as far yet", detail).retry(1)
    }

    /// Says whether something came of it.
    fn came(mut self, outcome: &'static str) -> Problem {
        self.0.outcome = Some(outcome);
        self
    }

    /// Says after how many seconds to come again.
    pub fn retry(mut self, seconds: u32) -> Problem {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl From<Defects> for Problem {
    fn from(defects: Defects) -> Problem {
        let detail = defects.to_string();
        let listed = defects.0.into_iter().map(|defect| Defect {
            place: defect.place,
            code: defect.code.to_owned(),
            found: defect.found,
            right: defect.right,
        });
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = Problem::new(status, "defects", "The document has defects", detail);
        problem.0.defects = listed.collect();
        problem
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Problem {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem::new(status, "no_plan", "The order cannot be planned", error.to_string())
    }
}

impl From<ReplanError> for Problem {
    fn from(error: ReplanError) -> Problem {
        HoldError::from(error).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let status = match refusal.code {
            Code::VersionConflict => StatusCode::PRECONDITION_FAILED,
            Code::UnknownHold | Code::UnknownParcel => StatusCode::NOT_FOUND,
            Code::Poisoned | Code::ClockOutOfRange => StatusCode::SERVICE_UNAVAILABLE,
            Code::Empty
            | Code::TooMany
            | Code::OutOfRange
            | Code::Malformed
            | Code::KeyReused
            | Code::Unknown => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        };
        let mut problem =
            Problem::new(status, refusal.code.code(), "The ledger says no", refusal.to_string());
        let Refusal { command, line, asked, there_is, .. } = refusal;
        problem.0.refusal = Some(Refused { command, line, asked, there_is });
        problem
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Problem {
        let (status, code) = match error {
            SubmitError::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_many"),
            SubmitError::OutcomeUnknown(_) => (StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown"),
            SubmitError::Stopped(_) => (StatusCode::SERVICE_UNAVAILABLE, "stopped"),
        };
        let problem = Problem::new(status, code, "The ledger cannot answer", error.to_string()).retry(5);
        match status {
            StatusCode::SERVICE_UNAVAILABLE => problem.came(UNKNOWN),
            _ => problem,
        }
    }
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Problem {
        match error {
            FeedError::Stopped(error) => error.into(),
            FeedError::Log(error) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Problem::new(status, "log", "The log cannot be read", error.to_string())
            }
        }
    }
}

impl From<HoldError> for Problem {
    fn from(error: HoldError) -> Problem {
        let words = error.to_string();
        let conflict = |code, title| Problem::new(StatusCode::CONFLICT, code, title, words);
        match error {
            HoldError::Plan(error) => error.into(),
            HoldError::Refused(refused) => refused.0.into(),
            HoldError::Ledger(error) => error.into(),
            HoldError::Contradiction(_) => conflict("contradiction", "It does not fit the plan"),
            HoldError::Nothing { .. } => conflict("nothing_to_hold", "The plan delivers nothing"),
            HoldError::StockChanged { .. } => conflict("stock_changed", "Others were quicker"),
            HoldError::Unbound(_) => conflict("unbound", "The ledger has not heard of it"),
            HoldError::Stock(_) => conflict("stock_contradicts", "Cells contradict each other"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after, outcome) = (self.status(), self.0.retry_after, self.0.outcome);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(outcome) = outcome {
            headers.insert(OUTCOME, HeaderValue::from_static(outcome));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
