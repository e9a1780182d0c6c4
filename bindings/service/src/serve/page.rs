//! The page for people: its files are in the binary, ask nothing of the internet, and run nothing but themselves.

use super::service::Shared;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// A file of the page.
struct File {
    path: &'static str,
    media: &'static str,
    text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [File; 10] = [
    File { path: "/", media: "text/html; charset=utf-8", text: include_str!("page/index.html") },
    File { path: "/page/page.css", media: "text/css; charset=utf-8", text: include_str!("page/page.css") },
    File { path: "/page/icon.svg", media: "image/svg+xml", text: include_str!("page/icon.svg") },
    File { path: "/page/page.js", media: SCRIPT, text: include_str!("page/page.js") },
    File { path: "/page/ask.js", media: SCRIPT, text: include_str!("page/ask.js") },
    File { path: "/page/made.js", media: SCRIPT, text: include_str!("page/made.js") },
    File { path: "/page/words.js", media: SCRIPT, text: include_str!("page/words.js") },
    File { path: "/page/drawing.js", media: SCRIPT, text: include_str!("page/drawing.js") },
    File { path: "/page/order.js", media: SCRIPT, text: include_str!("page/order.js") },
    File { path: "/page/day.js", media: SCRIPT, text: include_str!("page/day.js") },
];

/// Only files of the service itself are loaded, nothing is framed, and no text becomes markup: what the page makes of the
/// engine's picture passes the one policy `drawing`, where shapes are copied one by one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types drawing";

/// The page and its files; they are no secret, so they want no token. What they ask for does.
pub fn routes() -> Router<Shared> {
    let mut router = Router::new();
    for file in &FILES {
        let tag = format!("\"{}\"", &blake3::hash(file.text.as_bytes()).to_hex()[..32]);
        let answer = move |headers: HeaderMap| {
            let response = answered(file, &tag, &headers);
            async move { response }
        };
        router = router.route(file.path, get(answer));
    }
    router
}

/// A file, or that it is the one the browser has: each visit asks, so that a new service never runs an old page.
fn answered(file: &File, tag: &str, asked: &HeaderMap) -> Response {
    let headers: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, file.media),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let seen = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|seen| seen.to_str().ok());
    let is_seen = seen.flat_map(|seen| seen.split(',')).any(|seen| {
        let seen = seen.trim();
        seen == "*" || seen.strip_prefix("W/").unwrap_or(seen) == tag
    });
    match is_seen {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, file.text).into_response(),
    }
}
