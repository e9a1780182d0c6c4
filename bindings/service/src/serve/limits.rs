//! What one client may ask of the service, each limit with its reason.

use std::time::Duration;

/// Limits of a service.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// Bytes of a usual body: an order of 500 lines with the longest keys stays below one megabyte.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub body_bytes: usize,
    /// Bytes of a world, of a batch of orders or of stock events in bulk.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub bulk_bytes: usize,
    /// Orders of one batch: each takes some two kilobytes while the batch is decided.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub batch_orders: usize,
    /// Batches decided at one time; a batch takes all cores.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub batches: usize,
    /// Requests answered at one time; more are told at once to come again.
    #[arg(long, value_name = "N", default_value_t = 512)]
    pub concurrent: usize,
    /// Open connections; more wait until one closes.
    #[arg(long, value_name = "N", default_value_t = 2_048)]
    pub connections: usize,
    /// Requests a second of one token, with as many saved up; 0 for as many as come.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub rate: u32,
    /// Seconds in which a request is answered, its body read among them.
    #[arg(long = "deadline", value_name = "SECONDS", default_value_t = 30)]
    pub deadline_seconds: u64,
    /// Seconds in which the head of a request has come, and in which a client takes what it is sent.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub slow_seconds: u64,
}

impl Limits {
    /// In which a request is answered.
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_seconds.max(1))
    }

    /// In which a client sends the head of a request, or takes what it is sent.
    pub fn slow(&self) -> Duration {
        Duration::from_secs(self.slow_seconds.max(1))
    }
}

/// Seconds a long poll waits at the most.
pub const WAIT_SECONDS: u64 = 30;

/// Rows of one page at the most.
pub const PAGE: usize = 1_000;

/// Commands that wait for the writer; more are told at once to come again.
pub const QUEUE: usize = 16_384;

/// Finished batches that are kept.
pub const FINISHED_BATCHES: usize = 64;

/// Plans tried for one hold, at most.
pub const TRIES: u32 = 16;
