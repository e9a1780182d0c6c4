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

macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $kind:ident: $builder:ty, $new:expr, $arrow:expr;)+) => {
        /// What is in a column.
        #[derive(Clone, Copy)]
        pub enum Kind {
            $($(#[doc = $about])+ $kind,)+
        }

        impl Kind {
            fn arrow(self) -> DataType {
                match self {
                    $(Kind::$kind => $arrow,)+
                }
            }

            fn builder(self, rows: usize) -> Builder {
                match self {
                    $(Kind::$kind => Builder::$kind($new(rows)),)+
                }
            }
        }

        enum Builder {
            $($kind($builder),)+
        }

        impl Builder {
            fn finish(&mut self) -> ArrayRef {
                match self {
                    $(Builder::$kind(builder) => Arc::new(builder.finish()),)+
                }
            }
        }
    };
}

kinds! {
    /// UTF-8.
    Text: StringBuilder, |rows| StringBuilder::with_capacity(rows, rows * 8), DataType::Utf8;
    /// Lists of UTF-8.
    Texts: ListBuilder<StringBuilder>, |rows| ListBuilder::with_capacity(StringBuilder::new(), rows), texts();
    /// Yes or no.
    Flag: BooleanBuilder, BooleanBuilder::with_capacity, DataType::Boolean;
    /// 64 bits with sign: money.
    Int: Int64Builder, Int64Builder::with_capacity, DataType::Int64;
    /// 8 bits with sign: degrees.
    Small: Int8Builder, Int8Builder::with_capacity, DataType::Int8;
    /// 32 bits: quantities and numbers of lines.
    Count: UInt32Builder, UInt32Builder::with_capacity, DataType::UInt32;
    /// 64 bits without sign: grams and sums of units.
    Large: UInt64Builder, UInt64Builder::with_capacity, DataType::UInt64;
    /// UTC in microseconds, the unit that libraries of frames share.
    Moment: TimestampMicrosecondBuilder, moments, moment();
}

fn texts() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn moments(rows: usize) -> TimestampMicrosecondBuilder {
    TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC")
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
        let about = HashMap::from([("description".to_owned(), column.about.to_owned())]);
        Field::new(column.name, column.kind.arrow(), column.may_lack).with_metadata(about)
    };
    Schema::new(columns.iter().map(field).collect::<Vec<Field>>())
}

/// Rows on their way into columns. Every method writes the next value of a row; a value of another kind than its column
/// is a mistake of this program.
pub struct Writer {
    columns: &'static [Column],
    builders: Vec<Builder>,
    at: usize,
}

/// Methods that write a value of a kind, or none where its column may lack some.
macro_rules! writes {
    ($($(#[doc = $about:literal])+ $method:ident($kind:ident, $value:ty) $append:ident;)+) => {
        $(
            $(#[doc = $about])+
            pub fn $method(&mut self, value: $value) {
                match self.next() {
                    Builder::$kind(builder) => builder.$append(value),
                    _ => debug_assert!(false, "a value in a column of another kind"),
                }
            }
        )+
    };
}

impl Writer {
    /// No rows yet, with room for some.
    pub fn of(columns: &'static [Column], rows: usize) -> Writer {
        let builder = |column: &Column| column.kind.builder(rows);
        Writer { columns, builders: columns.iter().map(builder).collect(), at: 0 }
    }

    fn next(&mut self) -> &mut Builder {
        let at = self.at;
        self.at = if at + 1 == self.builders.len() { 0 } else { at + 1 };
        &mut self.builders[at]
    }

    writes! {
        /// The next text.
        text(Text, &str) append_value;
        /// The next text, or none.
        maybe_text(Text, Option<&str>) append_option;
        /// The next yes or no.
        flag(Flag, bool) append_value;
        /// The next amount of money, or any number with a sign.
        int(Int, i64) append_value;
        /// The next number with a sign, or none.
        maybe_int(Int, Option<i64>) append_option;
        /// The next degree.
        small(Small, i8) append_value;
        /// The next quantity or number of a line.
        count(Count, u32) append_value;
        /// The next quantity, or none.
        maybe_count(Count, Option<u32>) append_option;
        /// The next weight, volume or sum of units.
        large(Large, u64) append_value;
        /// The next weight, volume or sum of units, or none.
        maybe_large(Large, Option<u64>) append_option;
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

    /// The next moment, or none.
    pub fn moment(&mut self, value: Option<Instant>) {
        match self.next() {
            Builder::Moment(builder) => builder.append_option(value.map(|at| at.0.saturating_mul(1_000_000))),
            _ => debug_assert!(false, "a moment in a column of another kind"),
        }
    }

    /// The rows written so far.
    pub fn finish(mut self) -> Option<RecordBatch> {
        let arrays = self.builders.iter_mut().map(Builder::finish);
        RecordBatch::try_new(Arc::new(schema(self.columns)), arrays.collect()).ok()
    }
}
