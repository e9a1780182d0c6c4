//! In the database of a ledger that several processes share, in tables beside those of its log.
//!
//! As there: only what databases share that speak PostgreSQL's language, and calls that bear being done twice, because a
//! connection that broke leaves it open whether they were.

use super::pool::Pool;
use super::{Beside, Kept, Mark, Row, Token, Tokens, Trouble, World};
use crate::failure::Failure;
use std::collections::BTreeMap;
use std::time::Duration;
use volok::ledger::store::{Link, Patience, Try};
use volok::ledger::{HoldId, Tenant};

/// What is kept in a database.
pub struct Database {
    pool: Pool,
    /// For what is only shown beside something: who asks does without it when the database cannot be reached.
    glances: Pool,
    ledger: String,
    secret: [u8; 32],
}

const TABLES: [&str; 9] = [
    "CREATE TABLE IF NOT EXISTS volok_world (
        ledger TEXT NOT NULL, tenant INTEGER NOT NULL, version TEXT NOT NULL, sequence BIGINT NOT NULL,
        document BYTEA NOT NULL, PRIMARY KEY (ledger, tenant))",
    "CREATE TABLE IF NOT EXISTS volok_paper (
        ledger TEXT NOT NULL, tenant INTEGER NOT NULL, hold BIGINT NOT NULL, order_id TEXT NOT NULL,
        placed TEXT NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (ledger, tenant, hold))",
    "CREATE INDEX IF NOT EXISTS volok_paper_of_order ON volok_paper (ledger, tenant, order_id)",
    "CREATE TABLE IF NOT EXISTS volok_request (
        ledger TEXT NOT NULL, tenant INTEGER NOT NULL, key BYTEA NOT NULL, digest BYTEA NOT NULL,
        at BIGINT NOT NULL, PRIMARY KEY (ledger, tenant, key))",
    "CREATE TABLE IF NOT EXISTS volok_draft (
        ledger TEXT NOT NULL, tenant INTEGER NOT NULL, key BYTEA NOT NULL, order_id TEXT NOT NULL,
        placed TEXT NOT NULL, plan TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (ledger, tenant, key))",
    "CREATE TABLE IF NOT EXISTS volok_proof (
        ledger TEXT NOT NULL, tenant INTEGER NOT NULL, digest BYTEA NOT NULL, hold BIGINT NOT NULL,
        PRIMARY KEY (ledger, tenant, digest, hold))",
    "CREATE INDEX IF NOT EXISTS volok_proof_of_hold ON volok_proof (ledger, tenant, hold)",
    "CREATE TABLE IF NOT EXISTS volok_token (
        ledger TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (ledger, name))",
    // Last: where this one is, all are. `tokens` counts changes of tokens: 0 where there never was one.
    "CREATE TABLE IF NOT EXISTS volok_service (
        ledger TEXT PRIMARY KEY, secret BYTEA NOT NULL, tokens BIGINT NOT NULL)",
];

const REGISTER: &str =
    "INSERT INTO volok_service (ledger, secret, tokens) VALUES ($1, $2, 0) ON CONFLICT (ledger) DO NOTHING";
const SECRET: &str = "SELECT secret FROM volok_service WHERE ledger = $1";

// One statement: of two at the same moment the second one gets what the first one claimed.
const CLAIM: &str = "INSERT INTO volok_request (ledger, tenant, key, digest, at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ledger, tenant, key) DO UPDATE SET at = volok_request.at RETURNING digest";
const FORGET: [&str; 2] = [
    "DELETE FROM volok_request WHERE ledger = $1 AND at < $2",
    "DELETE FROM volok_draft WHERE ledger = $1 AND at < $2",
];

const DRAFT: &str = "INSERT INTO volok_draft (ledger, tenant, key, order_id, placed, plan, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (ledger, tenant, key)
    DO UPDATE SET order_id = EXCLUDED.order_id, placed = EXCLUDED.placed, plan = EXCLUDED.plan, at = EXCLUDED.at";
const DRAFTED: &str =
    "SELECT order_id, placed, plan FROM volok_draft WHERE ledger = $1 AND tenant = $2 AND key = $3";

const KEEP: &str = "WITH held AS (DELETE FROM volok_draft WHERE ledger = $1 AND tenant = $2 AND key = $7)
    INSERT INTO volok_paper (ledger, tenant, hold, order_id, placed, plan)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (ledger, tenant, hold)
    DO UPDATE SET order_id = EXCLUDED.order_id, placed = EXCLUDED.placed, plan = EXCLUDED.plan";
const OF_HOLD: &str =
    "SELECT order_id, placed, plan FROM volok_paper WHERE ledger = $1 AND tenant = $2 AND hold = $3";
const KEYS_OF: &str =
    "SELECT hold, order_id FROM volok_paper WHERE ledger = $1 AND tenant = $2 AND hold = ANY($3)";
const HOLDS_OF: &str =
    "SELECT hold FROM volok_paper WHERE ledger = $1 AND tenant = $2 AND order_id = $3 ORDER BY hold DESC";

const UNPROVE: &str = "DELETE FROM volok_proof WHERE ledger = $1 AND tenant = $2 AND hold = $3";
const PROVE: &str = "INSERT INTO volok_proof (ledger, tenant, hold, digest) VALUES ($1, $2, $3, $4)
    ON CONFLICT (ledger, tenant, digest, hold) DO NOTHING";
const PROVEN: &str =
    "SELECT hold FROM volok_proof WHERE ledger = $1 AND tenant = $2 AND digest = $3 ORDER BY hold DESC";

const WORLDS: &str = "SELECT tenant, version, sequence FROM volok_world WHERE ledger = $1 ORDER BY tenant";
const DOCUMENT: &str = "SELECT document FROM volok_world WHERE ledger = $1 AND tenant = $2";
// One statement with the check of the epoch: a writer that was replaced puts no world over a later one.
const PUT_WORLD: &str = "INSERT INTO volok_world (ledger, tenant, version, sequence, document)
    SELECT name, $2::INTEGER, $3::TEXT, $4::BIGINT, $5::BYTEA FROM volok_ledger
    WHERE name = $1 AND epoch = $6 ON CONFLICT (ledger, tenant)
    DO UPDATE SET version = EXCLUDED.version, sequence = EXCLUDED.sequence, document = EXCLUDED.document";

const CHANGES: &str = "SELECT tokens FROM volok_service WHERE ledger = $1";
const TOKENS: &str = "SELECT body FROM volok_token WHERE ledger = $1 ORDER BY name";
const CHANGED: &str = "UPDATE volok_service SET tokens = tokens + 1 WHERE ledger = $1";
const ADD: &str = "INSERT INTO volok_token (ledger, name, body) VALUES ($1, $2, $3)
    ON CONFLICT (ledger, name) DO NOTHING";
const TOKEN: &str = "SELECT body FROM volok_token WHERE ledger = $1 AND name = $2";
const REMOVE: &str = "DELETE FROM volok_token WHERE ledger = $1 AND name = $2";

/// Connections of a process: what is kept beside the ledger waits for no more than that.
const CONNECTIONS: usize = 4;
const GLANCES: usize = 2;

/// Once more on a new connection, where the one of before was broken.
const GLANCE: Patience = Patience { tries: 2, pause: Duration::from_millis(10) };

impl Database {
    /// Opens what is beside a ledger of a database, by its name; makes the tables where there are none.
    pub fn open(address: &str, ledger: &str) -> Result<Database, Failure> {
        let pool = |connections: usize, patience: Patience| {
            let links: Result<Vec<Link>, _> =
                (0..connections).map(|_| Link::new(address, ledger, patience)).collect();
            links.map(Pool::of).map_err(|error| Failure::Other(error.to_string()))
        };
        let (glances, pool) = (pool(GLANCES, GLANCE)?, pool(CONNECTIONS, Patience::default())?);
        let fresh: [u8; 32] = crate::serve::random::bytes().ok_or_else(super::folder::no_random)?;
        let known = pool.again(|on| {
            TABLES.iter().try_for_each(|table| on.client.execute(*table, &[]).map(drop))?;
            on.client.execute(REGISTER, &[&ledger, &&fresh[..]])?;
            on.client.query_one(SECRET, &[&ledger])?.try_get::<_, Vec<u8>>(0)
        })?;
        let secret = known.try_into();
        let secret =
            secret.map_err(|_| Failure::Other("volok_service.secret: 32 bytes are wanted".to_owned()))?;
        Ok(Database { pool, glances, ledger: ledger.to_owned(), secret })
    }

    fn row(&self, select: &str, tenant: i32, of: &(dyn postgres::types::ToSql + Sync)) -> Kept<Option<Row>> {
        self.pool.again(|on| {
            let row = on.client.query_opt(select, &[&self.ledger, &tenant, of])?;
            let read = |row: postgres::Row| {
                Ok(Row { order_id: row.try_get(0)?, placed: row.try_get(1)?, plan: row.try_get(2)? })
            };
            row.map(read).transpose()
        })
    }

    fn holds(&self, select: &str, of: [&(dyn postgres::types::ToSql + Sync); 2]) -> Kept<Vec<HoldId>> {
        let [tenant, what] = of;
        self.pool.again(|on| {
            let rows = on.client.query(select, &[&self.ledger, tenant, what])?;
            rows.iter().map(|row| Ok(HoldId(row.try_get::<_, i64>(0)?.cast_unsigned()))).collect()
        })
    }
}

fn number(tenant: Tenant) -> i32 {
    i32::from(tenant.0)
}

impl Beside for Database {
    fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    fn claim(&self, tenant: Tenant, key: u128, digest: &[u8], at: i64) -> Kept<Vec<u8>> {
        let (tenant, key) = (number(tenant), key.to_be_bytes());
        self.pool.again(|on| {
            let row = on.client.query_one(CLAIM, &[&self.ledger, &tenant, &&key[..], &digest, &at])?;
            row.try_get(0)
        })
    }

    fn forget(&self, before: i64) -> Kept<()> {
        self.pool.again(|on| {
            FORGET.iter().try_for_each(|old| on.client.execute(*old, &[&self.ledger, &before]).map(drop))
        })
    }

    fn draft(&self, tenant: Tenant, key: u128, row: &Row, at: i64) -> Kept<()> {
        let (tenant, key) = (number(tenant), key.to_be_bytes());
        self.pool.again(|on| {
            let with: [&(dyn postgres::types::ToSql + Sync); 7] =
                [&self.ledger, &tenant, &&key[..], &row.order_id, &row.placed, &row.plan, &at];
            on.client.execute(DRAFT, &with).map(drop)
        })
    }

    fn drafted(&self, tenant: Tenant, key: u128) -> Kept<Option<Row>> {
        let key = key.to_be_bytes();
        self.row(DRAFTED, number(tenant), &&key[..])
    }

    fn keep(&self, tenant: Tenant, hold: HoldId, key: u128, row: &Row) -> Kept<()> {
        let (tenant, hold, key) = (number(tenant), hold.0.cast_signed(), key.to_be_bytes());
        self.pool.again(|on| {
            let with: [&(dyn postgres::types::ToSql + Sync); 7] =
                [&self.ledger, &tenant, &hold, &row.order_id, &row.placed, &row.plan, &&key[..]];
            on.client.execute(KEEP, &with).map(drop)
        })
    }

    fn of_hold(&self, tenant: Tenant, hold: HoldId) -> Kept<Option<Row>> {
        self.row(OF_HOLD, number(tenant), &hold.0.cast_signed())
    }

    fn keys_of(&self, tenant: Tenant, holds: &[HoldId]) -> Kept<Vec<Option<String>>> {
        let asked: Vec<i64> = holds.iter().map(|hold| hold.0.cast_signed()).collect();
        let known: BTreeMap<i64, String> = self.glances.again(|on| {
            let rows = on.client.query(KEYS_OF, &[&self.ledger, &number(tenant), &asked])?;
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
        })?;
        Ok(asked.iter().map(|hold| known.get(hold).cloned()).collect())
    }

    fn holds_of(&self, tenant: Tenant, order: &str) -> Kept<Vec<HoldId>> {
        self.holds(HOLDS_OF, [&number(tenant), &order])
    }

    fn prove(&self, tenant: Tenant, hold: HoldId, digests: &[Vec<u8>]) -> Kept<()> {
        let (tenant, hold) = (number(tenant), hold.0.cast_signed());
        self.pool.again(|on| {
            let mut all = on.client.transaction()?;
            all.execute(UNPROVE, &[&self.ledger, &tenant, &hold])?;
            for digest in digests {
                all.execute(PROVE, &[&self.ledger, &tenant, &hold, digest])?;
            }
            all.commit()
        })
    }

    fn proven(&self, tenant: Tenant, digest: &[u8]) -> Kept<Vec<HoldId>> {
        self.holds(PROVEN, [&number(tenant), &digest])
    }

    fn worlds(&self) -> Kept<Vec<World>> {
        self.pool.again(|on| {
            let rows = on.client.query(WORLDS, &[&self.ledger])?;
            let read = |row: &postgres::Row| {
                let tenant = Tenant(u16::try_from(row.try_get::<_, i32>(0)?).unwrap_or(u16::MAX));
                let sequence = row.try_get::<_, i64>(2)?.cast_unsigned();
                Ok(World { tenant, version: row.try_get(1)?, sequence })
            };
            rows.iter().map(read).collect()
        })
    }

    fn document(&self, tenant: Tenant) -> Kept<Option<Vec<u8>>> {
        self.pool.again(|on| {
            let row = on.client.query_opt(DOCUMENT, &[&self.ledger, &number(tenant)])?;
            row.map(|row| row.try_get(0)).transpose()
        })
    }

    fn put_world(&self, world: &World, epoch: u64, document: &[u8]) -> Kept<bool> {
        let (tenant, sequence) = (number(world.tenant), world.sequence.cast_signed());
        let epoch = epoch.cast_signed();
        self.pool.again(|on| {
            let with: [&(dyn postgres::types::ToSql + Sync); 6] =
                [&self.ledger, &tenant, &world.version, &sequence, &document, &epoch];
            Ok(on.client.execute(PUT_WORLD, &with)? == 1)
        })
    }
}

/// How often tokens changed so far.
fn changes(on: &mut Try<'_>, ledger: &str) -> Result<i64, postgres::Error> {
    on.client.query_one(CHANGES, &[&ledger])?.try_get(0)
}

impl Tokens for Database {
    fn tokens(&self, seen: Option<&Mark>) -> Kept<Option<(Mark, Vec<Token>)>> {
        let found = self.pool.again(|on| {
            // Counted first: what changes in between is read again the next time.
            let count = changes(on, &self.ledger)?;
            let mark = count.to_string();
            if count == 0 || seen == Some(&mark) {
                return Ok(None);
            }
            let rows = on.client.query(TOKENS, &[&self.ledger])?;
            let bodies = rows.iter().map(|row| row.try_get::<_, String>(0));
            Ok(Some((mark, bodies.collect::<Result<Vec<_>, _>>()?)))
        })?;
        let Some((mark, bodies)) = found else { return Ok(None) };
        let read = |body: &String| serde_json::from_str(body);
        let tokens: Result<Vec<Token>, _> = bodies.iter().map(read).collect();
        tokens.map(|tokens| Some((mark, tokens))).map_err(|error| Trouble(format!("volok_token: {error}")))
    }

    fn add(&self, token: &Token) -> Kept<bool> {
        let body = serde_json::to_string(token).map_err(|error| Trouble(error.to_string()))?;
        self.pool.again(|on| {
            let mut both = on.client.transaction()?;
            let mut is_there = both.execute(ADD, &[&self.ledger, &token.name, &body])? == 1;
            if is_there {
                both.execute(CHANGED, &[&self.ledger])?;
            } else {
                // An earlier try may have done it.
                is_there =
                    both.query_one(TOKEN, &[&self.ledger, &token.name])?.try_get::<_, &str>(0)? == body;
            }
            both.commit().map(|()| is_there)
        })
    }

    fn remove(&self, name: &str) -> Kept<bool> {
        self.pool.again(|on| {
            let again = on.is_again;
            let mut both = on.client.transaction()?;
            let was_there = both.execute(REMOVE, &[&self.ledger, &name])? > 0;
            if was_there {
                both.execute(CHANGED, &[&self.ledger])?;
            }
            both.commit().map(|()| was_there || again)
        })
    }
}
