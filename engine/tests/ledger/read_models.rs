//! Tables for people who ask in SQL: they show what the ledger shows, and written anew from the log they are the same.

use crate::support::{batches, number, open};
use postgres::{Client, NoTls};
use std::collections::BTreeMap;
use volok::ledger::store::{MemoryStore, Patience, SharedStore};
use volok::ledger::*;
use volok::testkit::postgres::Server;

const TABLES: [&str; 7] = [
    "volok_cell",
    "volok_hold",
    "volok_hold_line",
    "volok_parcel",
    "volok_parcel_line",
    "volok_sale",
    "volok_position",
];

fn connect(server: &Server) -> Client {
    Client::connect(&server.address(), NoTls).expect("the database is there")
}

fn models(server: &Server, ledger: &str) -> ReadModels {
    let models = ReadModels::connect(&server.address(), ledger, Patience::default());
    models.unwrap_or_else(|error| panic!("{error}"))
}

/// Every row of every table of a ledger, as text.
fn dump(client: &mut Client, ledger: &str) -> Vec<(&'static str, Vec<String>)> {
    let dump = TABLES.map(|table| {
        let rows = client
            .query(&format!("SELECT t::TEXT FROM {table} t WHERE ledger = $1 ORDER BY 1"), &[&ledger])
            .expect("a table");
        (table, rows.iter().map(|row| row.get::<_, String>(0)).collect())
    });
    dump.into()
}

fn long(number: i64) -> u32 {
    u32::try_from(number).expect("no more than there is")
}

/// That the views show what the state shows.
fn compare(client: &mut Client, ledger: &str, state: &State) {
    let at = state.at().second();
    for tenant in state.tenants() {
        let book = state.book(tenant).expect("a book");
        let number = i64::from(tenant.0);
        let rows = client
            .query(
                "SELECT cell, on_hand, held, safety, free, awaited, sku FROM volok_stock_now
                 WHERE ledger = $1 AND tenant = $2 ORDER BY cell",
                &[&ledger, &number],
            )
            .expect("a view");
        assert_eq!(rows.len(), book.cells());
        for row in rows {
            let cell = CellNo(long(row.get(0)));
            let view = book.cell_at(cell, at).expect("a cell");
            let shown = [row.get(1), row.get(2), row.get(3), row.get(4)].map(long);
            assert_eq!(shown, [view.on_hand, view.held, view.safety, view.free()], "{cell:?}");
            assert_eq!((row.get(5), book.name(Kind::Sku, view.facts.sku.0)), (view.awaited, row.get(6)));
        }
        let rows = client
            .query(
                "SELECT hold, state, version, expires FROM volok_hold_now WHERE ledger = $1 AND tenant = $2",
                &[&ledger, &number],
            )
            .expect("a view");
        let rows = rows.iter().map(|row| {
            let shown: (String, i64, i64) = (row.get(1), row.get(2), row.get(3));
            (HoldId(row.get::<_, i64>(0) as u64), shown)
        });
        let shown: BTreeMap<HoldId, (String, i64, i64)> = rows.collect();
        for hold in book.holds_at(at) {
            let state = format!("{:?}", hold.state).to_lowercase();
            let right = (state, i64::from(hold.version), i64::from(hold.expires.0));
            assert_eq!(shown.get(&hold.id), Some(&right), "{:?}", hold.id);
        }
        let rows = client
            .query(
                "SELECT p.order_no, p.parcel, p.code, p.version, p.state,
                    (SELECT CAST(COALESCE(SUM(l.inside), 0) AS BIGINT) FROM volok_parcel_line l WHERE l.ledger = p.ledger
                     AND l.tenant = p.tenant AND l.order_no = p.order_no AND l.parcel = p.parcel)
                 FROM volok_parcel p WHERE p.ledger = $1 AND p.tenant = $2",
                &[&ledger, &number],
            )
            .expect("a table");
        let rows = rows.iter().map(|row| {
            let shown: (String, i64, String, i64) = (row.get(2), row.get(3), row.get(4), row.get(5));
            ((long(row.get(0)), long(row.get(1))), shown)
        });
        let shown: BTreeMap<(u32, u32), (String, i64, String, i64)> = rows.collect();
        for order in book.orders() {
            for parcel in book.parcels_of(order, at) {
                let stage = match parcel.stage {
                    Stage::Expected | Stage::Lapsed => "expected",
                    Stage::UnderWay => "under_way",
                    Stage::Waiting | Stage::Here | Stage::Overdue => "here",
                    Stage::Merged => "merged",
                    Stage::HandedOver => "handed_over",
                    Stage::Returned => "returned",
                };
                let inside = parcel.contents.iter().map(|content| i64::from(content.inside)).sum();
                let right = (parcel.code, i64::from(parcel.version), stage.to_owned(), inside);
                assert_eq!(shown.get(&(order.0, u32::from(parcel.id.row))), Some(&right), "{:?}", parcel.id);
            }
        }
        let rows = client
            .query(
                "SELECT sale, units, hold FROM volok_sale WHERE ledger = $1 AND tenant = $2",
                &[&ledger, &number],
            )
            .expect("a table");
        for row in rows {
            if let Some(sale) = book.sale(SaleNo(long(row.get(0)))) {
                assert_eq!((row.get(1), row.get::<_, i64>(2)), (sale.units as i64, sale.hold.0 as i64));
            }
        }
    }
}

#[test]
fn tables_kept_step_by_step_show_what_the_ledger_shows_and_are_those_written_anew() {
    let Some(server) = Server::start("models") else { return };
    let mut client = connect(&server);
    for seed in 1..=number("VOLOK_LEDGER_RUNS", 5).div_ceil(2) + 1 {
        let name = format!("seed {seed}");
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        let mut kept = models(&server, &name);
        for (row, (batch, now)) in batches(seed, 60, 6).into_iter().enumerate() {
            ledger.submit(batch, now).expect("memory does not fail");
            if row % 7 == 0 {
                kept.keep(&store).expect("the database is there");
                ledger.look(|state| compare(&mut client, &name, state)).expect("it runs");
            }
            match row {
                // The follower is started anew, beside a snapshot that is behind the tables, and ahead of them.
                20 | 40 => {
                    ledger.snapshot().expect("memory does not fail");
                }
                24 | 41 => kept = models(&server, &name),
                _ => {}
            }
        }
        kept.keep(&store).expect("the database is there");
        ledger.look(|state| compare(&mut client, &name, state)).expect("it runs");
        let shown = dump(&mut client, &name);
        assert!(shown.iter().all(|(table, rows)| !rows.is_empty() || table.contains("parcel")), "{shown:?}");
        kept.clear().expect("the database is there");
        assert!(
            dump(&mut client, &name)
                .iter()
                .all(|(table, rows)| rows.len() == usize::from(*table == "volok_position"))
        );
        let sequence = ledger.look(State::sequence).expect("it runs");
        assert_eq!(models(&server, &name).keep(&store), Ok(sequence));
        assert_eq!(dump(&mut client, &name), shown, "seed {seed}");
    }
    // Of two that keep the same tables, the one that comes late is told.
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    let (mut one, mut other) = (models(&server, "two"), models(&server, "two"));
    let mut all = batches(3, 3, 2).into_iter();
    let (batch, now) = all.next().expect("batches");
    ledger.submit(batch, now).expect("memory does not fail");
    one.keep(&store).expect("it is alone");
    let (batch, now) = all.next().expect("batches");
    ledger.submit(batch, now).expect("memory does not fail");
    one.keep(&store).expect("it is alone");
    let late = other.keep(&store);
    assert!(
        matches!(&late, Err(RecoverError::Store(error)) if error.to_string().contains("one process")),
        "{late:?}"
    );
    assert_eq!(models(&server, "two").position(), ledger.look(State::sequence).expect("it runs"));
}

#[test]
fn a_log_that_was_shortened_leads_to_tables_of_all_that_its_snapshot_shows() {
    let Some(server) = Server::start("models-short") else { return };
    let mut client = connect(&server);
    let ledger = open(server.store("short"));
    for (batch, now) in batches(4, 30, 5) {
        ledger.submit(batch, now).expect("the database is there");
    }
    ledger.snapshot().expect("the database is there");
    server.store("short").shorten(u64::MAX).expect("it has the seat");
    let mut kept = models(&server, "short");
    kept.keep(&server.reader("short")).expect("the database is there");
    assert_eq!(kept.position(), ledger.look(State::sequence).expect("it runs"));
    ledger.look(|state| compare(&mut client, "short", state)).expect("it runs");
    // A connection that breaks while they are written is no matter.
    let again = open(server.store("short"));
    for (row, (batch, now)) in batches(4, 50, 5).into_iter().enumerate().skip(32) {
        again.submit(batch, now).expect("the database is there");
        if row % 6 == 0 {
            let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            client.execute(others, &[]).expect("the user may");
        }
        kept.keep(&server.reader("short")).expect("the database is there");
    }
    again.look(|state| compare(&mut client, "short", state)).expect("it runs");
}

#[test]
fn every_query_of_the_page_is_answered() {
    let Some(server) = Server::start("models-page") else { return };
    let mut client = connect(&server);
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    for (batch, now) in batches(2, 60, 6) {
        ledger.submit(batch, now).expect("memory does not fail");
    }
    models(&server, "shop").keep(&store).expect("the database is there");
    let page = include_str!("../../../docs/read-models.md");
    let queries: Vec<&str> =
        page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap_or("")).collect();
    assert!(queries.len() >= 6);
    for query in queries {
        let rows = client.query(query, &[]).unwrap_or_else(|error| panic!("{query}\n{error:?}"));
        println!("{} rows: {}", rows.len(), query.lines().next().unwrap_or(""));
    }
    // Every column is on the page.
    let columns = client
        .query(
            "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns WHERE table_name LIKE 'volok%'",
            &[],
        )
        .expect("the catalogue");
    for row in columns {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let section = page
            .split(&format!("\n| `{table}`"))
            .nth(1)
            .unwrap_or_else(|| panic!("{table} is not on the page"));
        let section = section.split("\n| `volok").next().unwrap_or("");
        assert!(
            column == "ledger" || table.ends_with("_now") || section.contains(&column),
            "{table}.{column}"
        );
    }
}
