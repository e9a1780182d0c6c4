//! A request as it is passed on to the process that writes, and its answer.

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};
use axum::response::Response;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;

/// Says that a request was passed on once, and by whom: whoever gets it does not pass it on again.
pub const FORWARDED: HeaderName = HeaderName::from_static("volok-forwarded");

/// How long a connection may take to come about: who writes is not far.
const CONNECT: Duration = Duration::from_secs(1);

/// How long a connection stays open that nobody uses: less than the other side lets one wait.
const IDLE: Duration = Duration::from_secs(4);

/// Headers that are about one connection, besides those that `Connection` names.
const OF_THE_CONNECTION: [HeaderName; 8] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// The request certainly was not taken: there was no connection.
    NotTaken,
    /// It may have been.
    Unknown,
}

/// Passes requests on.
pub struct Forwarder {
    client: Client<HttpConnector, Body>,
    name: HeaderValue,
}

impl Forwarder {
    /// In the name of a process.
    pub fn new(name: &str) -> Forwarder {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        let name = HeaderValue::from_str(name).unwrap_or_else(|_| HeaderValue::from_static("a replica"));
        Forwarder { client, name }
    }

    /// Sends a request to an address; the whole answer.
    pub async fn send(&self, address: &str, parts: &Parts, body: &Bytes) -> Result<Response, Unanswered> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri: Uri = format!("{address}{path}").parse().map_err(|_| Unanswered::NotTaken)?;
        let mut request = Request::new(Body::from(body.clone()));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri;
        // `Host` and `Origin` stay as the client sent them: whoever writes judges them, and the token, by its own rules.
        *request.headers_mut() = end_to_end(&parts.headers);
        request.headers_mut().insert(FORWARDED, self.name.clone());
        let answer = self.client.request(request).await.map_err(|error| match error.is_connect() {
            true => Unanswered::NotTaken,
            false => Unanswered::Unknown,
        })?;
        let (mut head, body) = answer.into_parts();
        head.headers = end_to_end(&head.headers);
        // Whole, so that an answer that breaks off is none.
        let body =
            axum::body::to_bytes(Body::new(body), usize::MAX).await.map_err(|_| Unanswered::Unknown)?;
        Ok(Response::from_parts(head, Body::from(body)))
    }
}

/// Headers that are not about one connection.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    let stays = |name: &HeaderName| {
        !OF_THE_CONNECTION.contains(name)
            // What is sent has a length of its own.
            && ![header::CONTENT_LENGTH, header::EXPECT, FORWARDED].contains(name)
            && !named.iter().any(|named| named == name.as_str())
    };
    headers
        .iter()
        .filter(|(name, _)| stays(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::end_to_end;
    use axum::http::HeaderMap;

    #[test]
    fn what_is_about_the_connection_is_not_passed_on() {
        let sent = [
            ("connection", "keep-alive, X-Secret"),
            ("x-secret", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("content-length", "7"),
            ("volok-forwarded", "someone"),
            ("authorization", "Bearer one"),
            ("idempotency-key", "k"),
            ("if-match", "\"3\""),
            ("host", "shop.example"),
            ("origin", "http://shop.example"),
            ("traceparent", "00-0-0-00"),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(name, value.parse().expect("a header"));
        }
        let passed = end_to_end(&headers);
        let mut names: Vec<&str> = passed.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "host", "idempotency-key", "if-match", "origin", "traceparent"]);
    }
}
