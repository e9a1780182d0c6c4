//! Rows by columns: many rows of a table are written by one statement.

use super::tables::{Kind, Table};
use postgres::Transaction;
use postgres::types::ToSql;

/// A value of a row.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Flag(bool),
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(Some(number.into()))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        // Numbers of holds have their highest bit free as long as no row was used two thousand million times.
        Value::Number(Some(number as i64))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Number(number)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Value {
        Value::Text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Flag(flag)
    }
}

#[derive(Debug)]
enum Column {
    Numbers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Flags(Vec<bool>),
}

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Batch {
    table: &'static Table,
    columns: Vec<Column>,
    rows: usize,
}

/// Rows written by one statement.
const AT_ONCE: usize = 50_000;

impl Batch {
    pub fn of(table: &'static Table) -> Batch {
        let columns = table.columns.iter().map(|column| match column.1 {
            Kind::Number => Column::Numbers(Vec::new()),
            Kind::Text => Column::Texts(Vec::new()),
            Kind::Flag => Column::Flags(Vec::new()),
        });
        Batch { table, columns: columns.collect(), rows: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row: a value for each column of the table, in their order.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}", self.table.name);
        for (column, value) in self.columns.iter_mut().zip(row) {
            match (column, value) {
                (Column::Numbers(column), Value::Number(value)) => column.push(value),
                (Column::Texts(column), Value::Text(value)) => column.push(value),
                (Column::Flags(column), Value::Flag(value)) => column.push(value),
                (column, value) => debug_assert!(false, "{}: {value:?} in {column:?}", self.table.name),
            }
        }
        self.rows += 1;
    }

    /// Writes the rows, new or instead of those of the same keys.
    pub fn write(&self, transaction: &mut Transaction<'_>, ledger: &str) -> Result<(), postgres::Error> {
        let statement = transaction.prepare(&self.table.upsert())?;
        for begin in (0..self.rows).step_by(AT_ONCE) {
            let end = (begin + AT_ONCE).min(self.rows);
            let parts: Vec<Box<dyn ToSql + Sync + '_>> = self
                .columns
                .iter()
                .map(|column| -> Box<dyn ToSql + Sync + '_> {
                    match column {
                        Column::Numbers(column) => Box::new(&column[begin..end]),
                        Column::Texts(column) => Box::new(&column[begin..end]),
                        Column::Flags(column) => Box::new(&column[begin..end]),
                    }
                })
                .collect();
            let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&ledger];
            parameters.extend(parts.iter().map(|part| &**part));
            transaction.execute(&statement, &parameters)?;
        }
        Ok(())
    }
}
