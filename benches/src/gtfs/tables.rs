//! One table of a feed: cells by the name of their column.

use super::files::Files;
use super::read::FeedError;

/// A table held as text.
pub(super) struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    table: &'t Table,
    record: &'t csv::StringRecord,
    /// From 2: line 1 has the names of columns.
    pub(super) line: usize,
}

impl Table {
    /// Reads a table; one that is not there has no rows.
    pub(super) fn read(files: &mut Files, name: &'static str) -> Result<Table, FeedError> {
        let Some(bytes) = files.table(name)? else {
            return Ok(Table { name, columns: Vec::new(), rows: Vec::new() });
        };
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text);
        let fails = |cause| FeedError::Table { name, cause };
        let columns = reader.headers().map_err(fails)?.iter().map(str::to_owned).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(fails)?;
        Ok(Table { name, columns, rows })
    }

    /// Its rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().enumerate().map(|(row, record)| Row { table: self, record, line: row + 2 })
    }

    /// How many rows it has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl<'t> Row<'t> {
    /// A cell; empty when it is blank or its column is not there.
    pub(super) fn cell(self, column: &str) -> &'t str {
        let at = self.table.columns.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or("")
    }

    /// A whole number; nothing when the cell is empty.
    pub(super) fn number(self, column: &'static str) -> Result<Option<i64>, FeedError> {
        match self.cell(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.wrong(column)),
        }
    }

    /// A time as `25:10:00`, in seconds; nothing when the cell is empty.
    pub(super) fn time(self, column: &'static str) -> Result<Option<i64>, FeedError> {
        let text = self.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let parts: Vec<i64> = text.split(':').map_while(|part| part.trim().parse().ok()).collect();
        match parts[..] {
            [hours, minutes, seconds] => Ok(Some(hours * 3_600 + minutes * 60 + seconds)),
            _ => Err(self.wrong(column)),
        }
    }

    /// A date as `20261122`.
    pub(super) fn date(self, column: &'static str) -> Result<jiff::civil::Date, FeedError> {
        jiff::civil::Date::strptime("%Y%m%d", self.cell(column)).map_err(|_| self.wrong(column))
    }

    /// That a cell says nothing that can be used.
    pub(super) fn wrong(self, column: &'static str) -> FeedError {
        let (table, line, found) = (self.table.name, self.line, self.cell(column).to_owned());
        FeedError::Cell { table, line, column, found }
    }
}
