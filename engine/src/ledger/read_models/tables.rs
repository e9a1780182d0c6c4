//! The tables and views, each column with its name and kind.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Number => "BIGINT",
            Text => "TEXT",
            Flag => "BOOLEAN",
        }
    }
}

/// A table: its columns behind `ledger`, the first of which make its key together with that.
#[derive(Debug)]
pub(super) struct Table {
    pub name: &'static str,
    pub keys: usize,
    pub columns: &'static [(&'static str, Kind)],
}

use Kind::{Flag, Number, Text};

pub(super) const CELLS: Table = Table {
    name: "volok_cell",
    keys: 2,
    columns: &[
        ("tenant", Number),
        ("cell", Number),
        ("sku", Text),
        ("seller", Text),
        ("node", Text),
        ("zone", Text),
        ("lot", Text),
        ("expires", Number),
        ("due", Number),
        ("awaited", Flag),
        ("on_hand", Number),
        ("safety", Number),
    ],
};

pub(super) const HOLDS: Table = Table {
    name: "volok_hold",
    keys: 2,
    columns: &[
        ("tenant", Number),
        ("hold", Number),
        ("channel", Text),
        ("customer", Text),
        ("node", Text),
        ("priority", Number),
        ("state", Text),
        ("version", Number),
        ("created", Number),
        ("expires", Number),
    ],
};

pub(super) const LINES: Table = Table {
    name: "volok_hold_line",
    keys: 3,
    columns: &[
        ("tenant", Number),
        ("hold", Number),
        ("line", Number),
        ("cell", Number),
        ("requested", Number),
        ("fulfilled", Number),
        ("released", Number),
    ],
};

pub(super) const PARCELS: Table = Table {
    name: "volok_parcel",
    keys: 3,
    columns: &[
        ("tenant", Number),
        ("order_no", Number),
        ("parcel", Number),
        ("code", Text),
        ("label", Text),
        ("hold", Number),
        ("state", Text),
        ("version", Number),
        ("node", Text),
        ("last_node", Text),
        ("since", Number),
        ("merged_into", Number),
        ("is_return", Flag),
        ("kept", Number),
    ],
};

pub(super) const CONTENTS: Table = Table {
    name: "volok_parcel_line",
    keys: 4,
    columns: &[
        ("tenant", Number),
        ("order_no", Number),
        ("parcel", Number),
        ("cell", Number),
        ("inside", Number),
        ("handed_over", Number),
        ("gone_back", Number),
    ],
};

pub(super) const SALES: Table = Table {
    name: "volok_sale",
    keys: 2,
    columns: &[
        ("tenant", Number),
        ("sale", Number),
        ("sold_at", Number),
        ("hold", Number),
        ("channel", Text),
        ("node", Text),
        ("customer", Text),
        ("units", Number),
        ("receipt", Text),
        ("entity", Text),
    ],
};

pub(super) const ALL: [&Table; 6] = [&CELLS, &HOLDS, &LINES, &PARCELS, &CONTENTS, &SALES];

const POSITIONS: &str = "CREATE TABLE IF NOT EXISTS volok_position (
    ledger TEXT PRIMARY KEY, sequence BIGINT NOT NULL, ledger_time BIGINT NOT NULL)";

/// Holds as they stand at the ledger's time: what has run out has expired.
const HOLDS_NOW: &str = "CREATE OR REPLACE VIEW volok_hold_now AS
    SELECT h.ledger, h.tenant, h.hold, h.channel, h.customer, h.node, h.priority,
        CASE WHEN h.state IN ('active', 'partial') AND h.expires <= p.ledger_time THEN 'expired' ELSE h.state END AS state,
        h.version, h.created, h.expires
    FROM volok_hold h JOIN volok_position p ON p.ledger = h.ledger";

/// Stock at the ledger's time: what is held, and what is free.
const STOCK_NOW: &str = "CREATE OR REPLACE VIEW volok_stock_now AS
    SELECT c.ledger, c.tenant, c.cell, c.sku, c.seller, c.node, c.zone, c.lot, c.expires, c.due, c.awaited,
        c.on_hand, c.safety, CAST(COALESCE(h.held, 0) AS BIGINT) AS held,
        CAST(GREATEST(c.on_hand - COALESCE(h.held, 0) - c.safety, 0) AS BIGINT) AS free
    FROM volok_cell c LEFT JOIN (
        SELECT l.ledger, l.tenant, l.cell, SUM(l.requested - l.fulfilled - l.released) AS held
        FROM volok_hold_line l
        JOIN volok_hold_now n ON n.ledger = l.ledger AND n.tenant = l.tenant AND n.hold = l.hold
        WHERE n.state IN ('active', 'partial')
        GROUP BY l.ledger, l.tenant, l.cell) h
    ON h.ledger = c.ledger AND h.tenant = c.tenant AND h.cell = c.cell";

/// Keeps queries by cell and by customer from reading everything.
const INDEXES: [&str; 2] = [
    "CREATE INDEX IF NOT EXISTS volok_hold_line_cell ON volok_hold_line (ledger, tenant, cell)",
    "CREATE INDEX IF NOT EXISTS volok_hold_customer ON volok_hold (ledger, tenant, customer)",
];

pub(super) const BEGIN: &str = "INSERT INTO volok_position (ledger, sequence, ledger_time) VALUES ($1, 0, 0)
    ON CONFLICT (ledger) DO NOTHING";

pub(super) const POSITION: &str = "SELECT sequence FROM volok_position WHERE ledger = $1";

pub(super) const MOVE: &str = "UPDATE volok_position SET sequence = $3, ledger_time = $4
    WHERE ledger = $1 AND sequence = $2";

pub(super) const UNPACK: &str =
    "DELETE FROM volok_parcel_line WHERE ledger = $1 AND tenant = $2 AND order_no = ANY($3::BIGINT[])";

/// Statements that make everything that is not there.
pub(super) fn create() -> Vec<String> {
    let tables = ALL.iter().map(|table| table.create());
    let rest = [POSITIONS, INDEXES[0], INDEXES[1], HOLDS_NOW, STOCK_NOW].map(str::to_owned);
    tables.chain(rest).collect()
}

/// Statements that empty everything of a ledger.
pub(super) fn clear() -> Vec<String> {
    let tables = ALL.iter().map(|table| format!("DELETE FROM {} WHERE ledger = $1", table.name));
    let position = "UPDATE volok_position SET sequence = 0, ledger_time = 0 WHERE ledger = $1".to_owned();
    tables.chain([position]).collect()
}

impl Table {
    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.0).collect()
    }

    fn create(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(row, (name, kind))| {
                let must = if row < self.keys { " NOT NULL" } else { "" };
                format!("{name} {}{must}", kind.name())
            })
            .collect();
        format!(
            "CREATE TABLE IF NOT EXISTS {} (ledger TEXT NOT NULL, {}, PRIMARY KEY (ledger, {}))",
            self.name,
            columns.join(", "),
            self.names()[..self.keys].join(", ")
        )
    }

    /// The statement that writes many rows: the ledger, then a list for each column.
    pub fn upsert(&self) -> String {
        let names = self.names();
        let lists: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(row, column)| format!("${}::{}[]", row + 2, column.1.name()))
            .collect();
        let set: Vec<String> =
            names[self.keys..].iter().map(|name| format!("{name} = EXCLUDED.{name}")).collect();
        format!(
            "INSERT INTO {} (ledger, {}) SELECT $1, * FROM unnest({}) AS t({}) ON CONFLICT (ledger, {}) DO UPDATE SET {}",
            self.name,
            names.join(", "),
            lists.join(", "),
            names.join(", "),
            names[..self.keys].join(", "),
            set.join(", ")
        )
    }
}
