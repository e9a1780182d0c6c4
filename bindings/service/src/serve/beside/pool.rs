//! A few connections that threads share, each used by one at a time.

use super::Trouble;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use volok::ledger::store::{Link, Try};

/// A few connections.
pub struct Pool {
    free: Mutex<Receiver<Link>>,
    back: SyncSender<Link>,
}

impl Pool {
    /// A pool of connections that open when they are used first.
    pub fn of(links: Vec<Link>) -> Pool {
        let (back, free) = sync_channel(links.len());
        // There is room for all of them.
        links.into_iter().for_each(|link| drop(back.try_send(link)));
        Pool { free: Mutex::new(free), back }
    }

    /// Does a call on a connection, as [`Link::again`] does; waits for a free one.
    pub fn again<T>(
        &self,
        call: impl FnMut(&mut Try<'_>) -> Result<T, postgres::Error>,
    ) -> Result<T, Trouble> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let mut link = free.map_err(|_| Trouble("no connection is left".to_owned()))?;
        let done = link.again(call);
        drop(self.back.try_send(link));
        done.map_err(|error| Trouble(error.to_string()))
    }
}
