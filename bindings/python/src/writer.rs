//! Writes rows into columns. What a table has is said once, as a list of columns; rows are written value by value in the
//! order of that list.

use arrow_array::builder::{
    BooleanBuilder, Int8Builder, Int64Builder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
    UInt32Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use std::collections::HashMap;
use std::sync::Arc;
use volok::units::Instant;

/// A column of a table that goes out.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What is in it.
    pub kind: Kind,
    /// Whether values may be absent.
    pub may_lack: bool,
    /// What it says, with its unit.
    pub about: &'static str,
}

/// What is in a column.
#[derive(Clone, Copy)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Lists of UTF-8.
    Texts,
    /// Yes or no.
    Flag,
    /// 64 bits with sign: money.
    Int,
    /// 8 bits with sign: degrees.
    Small,
    /// 32 bits: quantities and numbers of lines.
    Count,
    /// 64 bits without sign: grams and sums of units.
    Large,
    /// UTC in microseconds, the unit that libraries of frames share.
    Moment,
}

impl Column {
    /// A column without nulls.
    pub const fn of(name: &'static str, kind: Kind, about: &'static str) -> Column {
        Column { name, kind, may_lack: false, about }
    }

    /// A column with nulls.
    pub const fn maybe(name: &'static str, kind: Kind, about: &'static str) -> Column {
        Column { name, kind, may_lack: true, about }
    }
}

/// The schema of columns, with what they say as metadata.
pub fn schema(columns: &[Column]) -> Schema {
    let field = |column: &Column| {
        let kind = match column.kind {
            Kind::Text => DataType::Utf8,
            Kind::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
            Kind::Flag => DataType::Boolean,
            Kind::Int => DataType::Int64,
            Kind::Small => DataType::Int8,
            Kind::Count => DataType::UInt32,
            Kind::Large => DataType::UInt64,
            Kind::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        };
        let about = HashMap::from([("description".to_owned(), column.about.to_owned())]);
        Field::new(column.name, kind, column.may_lack).with_metadata(about)
    };
    Schema::new(columns.iter().map(field).collect::<Vec<Field>>())
}

enum Builder {
    Text(StringBuilder),
    Texts(ListBuilder<StringBuilder>),
    Flag(BooleanBuilder),
    Int(Int64Builder),
    Small(Int8Builder),
    Count(UInt32Builder),
    Large(UInt64Builder),
    Moment(TimestampMicrosecondBuilder),
}

/// Rows on their way into columns. Every method writes the next value of a row; a value of another kind than its column
/// is a mistake of this program.
pub struct Writer {
    columns: &'static [Column],
    builders: Vec<Builder>,
    at: usize,
}

impl Writer {
    /// No rows yet, with room for some.
    pub fn of(columns: &'static [Column], rows: usize) -> Writer {
        let builder = |column: &Column| match column.kind {
            Kind::Text => Builder::Text(StringBuilder::with_capacity(rows, rows * 8)),
            Kind::Texts => Builder::Texts(ListBuilder::with_capacity(StringBuilder::new(), rows)),
            Kind::Flag => Builder::Flag(BooleanBuilder::with_capacity(rows)),
            Kind::Int => Builder::Int(Int64Builder::with_capacity(rows)),
            Kind::Small => Builder::Small(Int8Builder::with_capacity(rows)),
            Kind::Count => Builder::Count(UInt32Builder::with_capacity(rows)),
            Kind::Large => Builder::Large(UInt64Builder::with_capacity(rows)),
            Kind::Moment => Builder::Moment(TimestampMicrosecondBuilder::with_capacity(rows)),
        };
        Writer { columns, builders: columns.iter().map(builder).collect(), at: 0 }
    }

    fn next(&mut self) -> &mut Builder {
        let at = self.at;
        self.at = if at + 1 == self.builders.len() { 0 } else { at + 1 };
        &mut self.builders[at]
    }

    /// The next text.
    pub fn text(&mut self, value: &str) {
        self.maybe_text(Some(value));
    }

    /// The next text, or none.
    pub fn maybe_text(&mut self, value: Option<&str>) {
        match self.next() {
            Builder::Text(builder) => builder.append_option(value),
            _ => debug_assert!(false, "a text in a column of another kind"),
        }
    }

    /// The next list of texts, or none.
    pub fn maybe_texts(&mut self, value: Option<&[String]>) {
        match self.next() {
            Builder::Texts(builder) => match value {
                Some(texts) => builder.append_value(texts.iter().map(Some)),
                None => builder.append_null(),
            },
            _ => debug_assert!(false, "texts in a column of another kind"),
        }
    }

    /// The next yes or no.
    pub fn flag(&mut self, value: bool) {
        match self.next() {
            Builder::Flag(builder) => builder.append_value(value),
            _ => debug_assert!(false, "a flag in a column of another kind"),
        }
    }

    /// The next amount of money, or any number with a sign.
    pub fn int(&mut self, value: i64) {
        self.maybe_int(Some(value));
    }

    /// The next number with a sign, or none.
    pub fn maybe_int(&mut self, value: Option<i64>) {
        match self.next() {
            Builder::Int(builder) => builder.append_option(value),
            _ => debug_assert!(false, "money in a column of another kind"),
        }
    }

    /// The next degree.
    pub fn small(&mut self, value: i8) {
        match self.next() {
            Builder::Small(builder) => builder.append_value(value),
            _ => debug_assert!(false, "degrees in a column of another kind"),
        }
    }

    /// The next quantity or number of a line.
    pub fn count(&mut self, value: u32) {
        self.maybe_count(Some(value));
    }

    /// The next quantity, or none.
    pub fn maybe_count(&mut self, value: Option<u32>) {
        match self.next() {
            Builder::Count(builder) => builder.append_option(value),
            _ => debug_assert!(false, "a quantity in a column of another kind"),
        }
    }

    /// The next weight, volume or sum of units.
    pub fn large(&mut self, value: u64) {
        self.maybe_large(Some(value));
    }

    /// The next weight, volume or sum of units, or none.
    pub fn maybe_large(&mut self, value: Option<u64>) {
        match self.next() {
            Builder::Large(builder) => builder.append_option(value),
            _ => debug_assert!(false, "a sum in a column of another kind"),
        }
    }

    /// The next moment, or none.
    pub fn moment(&mut self, value: Option<Instant>) {
        match self.next() {
            Builder::Moment(builder) => builder.append_option(value.map(|at| at.0.saturating_mul(1_000_000))),
            _ => debug_assert!(false, "a moment in a column of another kind"),
        }
    }

    /// The rows written so far.
    pub fn finish(mut self) -> Option<RecordBatch> {
        let arrays = self.builders.iter_mut().map(|builder| -> ArrayRef {
            match builder {
                Builder::Text(builder) => Arc::new(builder.finish()),
                Builder::Texts(builder) => Arc::new(builder.finish()),
                Builder::Flag(builder) => Arc::new(builder.finish()),
                Builder::Int(builder) => Arc::new(builder.finish()),
                Builder::Small(builder) => Arc::new(builder.finish()),
                Builder::Count(builder) => Arc::new(builder.finish()),
                Builder::Large(builder) => Arc::new(builder.finish()),
                Builder::Moment(builder) => Arc::new(builder.finish().with_timezone("UTC")),
            }
        });
        RecordBatch::try_new(Arc::new(schema(self.columns)), arrays.collect()).ok()
    }
}
