//! Connections: so many, none slow, all answered before the end.

use super::limits::Limits;
use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

/// How long requests under way may take once the service is to end.
const LAST: Duration = Duration::from_secs(20);

/// A rest after a connection could not be taken, say because no file may be opened any more.
const REST: Duration = Duration::from_millis(50);

/// Answers until `end`; then what is under way is answered, and nothing else.
pub async fn listen(listener: TcpListener, router: Router, limits: &Limits, end: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.slow()).max_headers(64);
    let mut end = std::pin::pin!(end);
    loop {
        let taken = async {
            let place = places.clone().acquire_owned().await.ok()?;
            match listener.accept().await {
                Ok((stream, _)) => Some((place, stream)),
                Err(error) => {
                    tracing::warn!(%error, "no connection");
                    tokio::time::sleep(REST).await;
                    None
                }
            }
        };
        let (place, stream) = tokio::select! {
            () = &mut end => break,
            Some(taken) = taken => taken,
            else => continue,
        };
        // Small answers are not kept back to be sent with later ones.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.slow()));
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests took too long and are cut");
    }
}

/// Ends at Ctrl-C, or at the signal with which services are told to end; heard from the call on, awaited or not.
pub fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = end.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
