//! The tables, and every statement on them.
//!
//! Only what databases share that speak PostgreSQL's language: no sequences, no advisory locks, no procedures, no
//! notifications. Each change is one statement, so nothing is left half done by a connection that breaks, and no lock
//! outlives a statement. A change and the check of the epoch are one statement, too: the row of `volok_ledger` is locked
//! by both, so an append and a taking of the seat come one after the other.

/// The format of the tables.
pub(super) const FORMAT: i64 = 1;

pub(super) const CREATE: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS volok_log (
        ledger TEXT NOT NULL,
        begins BIGINT NOT NULL,
        ends BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (ledger, begins))",
    "CREATE TABLE IF NOT EXISTS volok_snapshot (
        ledger TEXT NOT NULL,
        sequence BIGINT NOT NULL,
        piece BIGINT NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (ledger, sequence, piece))",
    // Last: where this one is, all are.
    "CREATE TABLE IF NOT EXISTS volok_ledger (
        name TEXT PRIMARY KEY,
        format BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        beat BIGINT NOT NULL,
        writer TEXT NOT NULL,
        ends BIGINT NOT NULL,
        snapshot BIGINT NOT NULL,
        snapshot_bytes BIGINT NOT NULL)",
];

pub(super) const REGISTER: &str = "INSERT INTO volok_ledger
        (name, format, epoch, beat, writer, ends, snapshot, snapshot_bytes)
        VALUES ($1, $2, 0, 0, '', 0, 0, 0) ON CONFLICT (name) DO NOTHING";

pub(super) const FORMAT_OF: &str = "SELECT format FROM volok_ledger WHERE name = $1";

pub(super) const SEAT: &str = "SELECT epoch, beat, ends, writer FROM volok_ledger WHERE name = $1";

pub(super) const TAKE: &str = "UPDATE volok_ledger SET epoch = epoch + 1, beat = beat + 1, writer = $5
        WHERE name = $1 AND epoch = $2 AND beat = $3 AND ends = $4";

pub(super) const BEAT: &str = "UPDATE volok_ledger SET beat = beat + 1 WHERE name = $1 AND epoch = $2";

pub(super) const LEAVE: &str = "UPDATE volok_ledger SET writer = '' WHERE name = $1 AND epoch = $2";

pub(super) const APPEND: &str = "WITH seat AS (
            UPDATE volok_ledger SET ends = $3, beat = beat + 1
            WHERE name = $1 AND epoch = $4 AND ends = $2 RETURNING name)
        INSERT INTO volok_log (ledger, begins, ends, epoch, body)
        SELECT name, $2::BIGINT, $3::BIGINT, $4::BIGINT, $5::BYTEA FROM seat";

pub(super) const APPENDED: &str = "SELECT epoch, body FROM volok_log WHERE ledger = $1 AND begins = $2";

pub(super) const READ: &str =
    "SELECT begins, body FROM volok_log WHERE ledger = $1 AND begins >= $2 ORDER BY begins LIMIT $3";

pub(super) const CUT: &str = "WITH seat AS (
            UPDATE volok_ledger SET ends = $2 WHERE name = $1 AND epoch = $3 RETURNING name)
        DELETE FROM volok_log WHERE ledger IN (SELECT name FROM seat) AND begins >= $2";

pub(super) const PIECE: &str = "INSERT INTO volok_snapshot (ledger, sequence, piece, body)
        SELECT name, $2::BIGINT, $3::BIGINT, $5::BYTEA FROM volok_ledger WHERE name = $1 AND epoch = $4
        ON CONFLICT (ledger, sequence, piece) DO UPDATE SET body = EXCLUDED.body";

pub(super) const PUBLISH: &str = "UPDATE volok_ledger SET snapshot = $2, snapshot_bytes = $3
        WHERE name = $1 AND epoch = $4";

pub(super) const OLD_PIECES: &str = "DELETE FROM volok_snapshot WHERE ledger = $1 AND sequence < $2";

pub(super) const SNAPSHOT: &str = "SELECT snapshot, snapshot_bytes FROM volok_ledger WHERE name = $1";

pub(super) const PIECES: &str =
    "SELECT body FROM volok_snapshot WHERE ledger = $1 AND sequence = $2 AND piece = $3";

pub(super) const SHORTEN: &str = "DELETE FROM volok_log WHERE ledger = $1 AND ends <= $2
        AND ends <= (SELECT snapshot FROM volok_ledger WHERE name = $1 AND epoch = $3)";
