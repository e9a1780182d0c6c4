//! Errors over HTTP: RFC 9457 problem documents that list every defect.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use volok::PlanError;
use volok::spec::ReadError;
use volok::world::Defects;

/// What went wrong, for a program and for people.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<Defect>,
}

/// One thing that is wrong with the document sent.
#[derive(Debug, Serialize)]
struct Defect {
    place: String,
    code: &'static str,
    found: String,
    right: String,
}

impl Problem {
    /// A problem without defects.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        Problem { kind, title, status: status.as_u16(), detail: detail.into(), defects: Vec::new() }
    }

    /// Something of ours broke; the request is not to blame.
    pub fn internal() -> Problem {
        let detail = "the request could not be answered; sent again, it may be";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "urn:volok:internal", "Internal error", detail)
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Problem {
        let detail = error.to_string();
        let place = format!("{} (line {}, column {})", error.place, error.line, error.column);
        let defect = Defect {
            place,
            code: "malformed",
            found: error.text,
            right: "a document of the shape that `volok schema order` prints".to_owned(),
        };
        let status = StatusCode::BAD_REQUEST;
        Problem {
            defects: vec![defect],
            ..Problem::new(status, "urn:volok:malformed", "Not an order document", detail)
        }
    }
}

impl From<Defects> for Problem {
    fn from(defects: Defects) -> Problem {
        let detail = defects.to_string();
        let listed = defects.0.into_iter().map(|defect| Defect {
            place: defect.place,
            code: defect.code,
            found: defect.found,
            right: defect.right,
        });
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Problem::new(status, "urn:volok:defects", "The order has defects", detail);
        Problem { defects: listed.collect(), ..problem }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Problem {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem::new(status, "urn:volok:no-plan", "The order cannot be planned", error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
