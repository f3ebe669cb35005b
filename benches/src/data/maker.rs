//! Columns of facts that are missing here and there.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray};

use super::{Amounts, Stream, truths};

/// 2026-01-01 as a day since 1970: the day decided.
pub(super) const ON: i32 = 20_454;

/// Makes columns of facts; of a thousand values `missing` are.
pub(super) struct Maker {
    /// What the names of its streams begin with.
    pub(super) under: &'static str,
    pub(super) rows: u32,
}

impl Maker {
    pub(super) fn numbers<T: ArrowPrimitiveType>(
        &self,
        name: &str,
        missing: u32,
        value: impl Fn(Stream, u32) -> T::Native,
    ) -> ArrayRef {
        let (stream, gone) = self.streams(name);
        let value = |row| (gone.below(row, 1_000) >= missing).then(|| value(stream, row));
        Arc::new((0..self.rows).map(value).collect::<PrimitiveArray<T>>())
    }

    /// Days from `first` to `last` before the day decided, negative after it.
    pub(super) fn dates(&self, name: &str, first: i32, last: i32, missing: u32) -> ArrayRef {
        self.numbers::<Date32Type>(name, missing, |stream, row| {
            ON - first + stream.below(row, (first - last) as u32) as i32
        })
    }

    pub(super) fn counts(&self, name: &str, counts: &[i32], missing: u32) -> ArrayRef {
        self.numbers::<Int32Type>(name, missing, |stream, row| stream.one_of(row, counts))
    }

    pub(super) fn codes(&self, name: &str, codes: &[u8], missing: u32) -> ArrayRef {
        self.numbers::<UInt8Type>(name, missing, |stream, row| stream.one_of(row, codes))
    }

    pub(super) fn money(&self, name: &str, percent: u32, top: u64, missing: u32) -> ArrayRef {
        let amounts = Amounts::new(&format!("{}.{name}", self.under), percent, top);
        self.numbers::<Int64Type>(name, missing, |_, row| amounts.at(row))
    }

    pub(super) fn truths(&self, name: &str, percent: u32, missing: u32) -> ArrayRef {
        let (stream, gone) = self.streams(name);
        let yes = |row| stream.below(row, 100) < percent;
        if missing == 0 {
            return truths(self.rows, yes);
        }
        let value = |row| (gone.below(row, 1_000) >= missing).then(|| yes(row));
        Arc::new((0..self.rows).map(value).collect::<BooleanArray>())
    }

    /// The values of a column, and which of them are missing.
    fn streams(&self, name: &str) -> (Stream, Stream) {
        (
            Stream::new(&format!("{}.{name}", self.under)),
            Stream::new(&format!("{}.{name}!", self.under)),
        )
    }
}
