//! What requests say: bodies, queries, keys, versions. What has not the right shape is told with its place.

use super::problem::Problem;
use super::random;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use volok::ledger::Key;

/// Bytes of a body beyond which reading it is no work for a thread that answers the network.
const LARGE: usize = 1 << 16;

/// A body of JSON.
pub struct Json<T>(pub T);

/// A body as it came.
pub struct Raw(pub Bytes);

/// What stands behind the question mark.
pub struct Query<T>(pub T);

/// Parts of the path.
pub struct Path<T>(pub T);

/// What the client calls a request: one effect per tenant and key.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// As it was sent, or made up for a request that came without.
    pub name: String,
    /// As the ledger knows it.
    pub key: Key,
}

/// The version the client saw, if it says one.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<u32>);

fn unread(rejection: &BytesRejection) -> Problem {
    let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { "body_too_large" } else { "body" };
    Problem::new(rejection.status(), code, "The body cannot be read", rejection.to_string())
}

/// JSON of a shape; the place of the first thing that is wrong is told.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let place = error.path().to_string();
        Problem::malformed(&place, &error.inner().to_string(), "see /openapi.json")
    })?;
    text.end().map_err(|error| Problem::malformed(".", &error.to_string(), "one JSON document"))?;
    Ok(read)
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Raw, Problem> {
        Bytes::from_request(request, state).await.map(Raw).map_err(|rejection| unread(&rejection))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send + 'static> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        if bytes.len() < LARGE {
            return json(&bytes).map(Json);
        }
        let read = tokio::task::spawn_blocking(move || json(&bytes));
        read.await.unwrap_or_else(|_| Err(Problem::internal())).map(Json)
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query
            .map(|query| Query(query.0))
            .map_err(|rejection| Problem::malformed("query", &rejection.body_text(), "see /openapi.json"))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        // What cannot be a number or a code names nothing.
        path.map(|path| Path(path.0)).map_err(|_| Problem::missing("thing"))
    }
}

/// Bytes of a key, at most.
const KEY_BYTES: usize = 255;

/// The key the ledger has for a name.
pub fn key_of(name: &str) -> Key {
    let mut digest = blake3::Hasher::new_derive_key("volok service: key of a request");
    digest.update(name.as_bytes());
    let mut bytes = [0; 16];
    digest.finalize_xof().fill(&mut bytes);
    Key(u128::from_be_bytes(bytes))
}

/// A key of one of several commands that one request leads to.
pub fn key_within(name: &str, what: &str) -> Key {
    key_of(&format!("{name}\u{1f}{what}"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<Result<&'h str, Problem>> {
    let value = headers.get(name)?;
    let right = "visible ASCII";
    Some(value.to_str().map_err(|_| Problem::malformed(name, "bytes that are no text", right)))
}

impl<S: Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Idempotency, Problem> {
        let name = match text(&parts.headers, "idempotency-key").transpose()? {
            Some(name) if name.is_empty() || name.len() > KEY_BYTES => {
                let found = format!("{} bytes", name.len());
                return Err(Problem::malformed("Idempotency-Key", &found, "1 to 255 bytes"));
            }
            Some(name) => name.to_owned(),
            None => random::hex::<16>().ok_or_else(Problem::internal)?,
        };
        let key = key_of(&name);
        Ok(Idempotency { name, key })
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfMatch, Problem> {
        let wanted = text(&parts.headers, header::IF_MATCH.as_str()).transpose()?;
        let right = "the version as the ETag has it, in double quotes, as \"3\"";
        match wanted {
            None | Some("*") => Ok(IfMatch(None)),
            Some(tag) => {
                let number = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
                let number = number.filter(|tag| tag.bytes().all(|byte| byte.is_ascii_digit()));
                let number = number.and_then(|tag| tag.parse().ok());
                number
                    .map(|number| IfMatch(Some(number)))
                    .ok_or_else(|| Problem::malformed("If-Match", tag, right))
            }
        }
    }
}

/// The value of If-Match as it was sent, quotes off: for versions that are no numbers.
pub fn if_match(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(header::IF_MATCH)?.to_str().ok()?;
    Some(tag.trim_matches('"').to_owned())
}
