//! Tables side by side: the rows of the same households out of each.

use std::collections::VecDeque;

use arrow_array::{Array as _, RecordBatch, UInt64Array, cast::AsArray, types::UInt64Type};

use crate::error::Error;
use crate::files::Batches;
use crate::import::{Key, KeyCells};

/// The key of a household on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Own {
    Number(i128),
    Text(String),
}

impl Own {
    pub(crate) fn of(key: Key<'_>) -> Self {
        match key {
            Key::Number(number) => Self::Number(number),
            Key::Text(text) => Self::Text(text.to_owned()),
        }
    }

    pub(crate) fn key(&self) -> Key<'_> {
        match self {
            Self::Number(number) => Key::Number(*number),
            Self::Text(text) => Key::Text(text),
        }
    }
}

/// One table in the order of households.
pub(crate) struct Cursor {
    from: Batches,
    /// Index of the key of the household.
    key: usize,
    /// Index of the column with the numbers of rows, where they are not in the order of the table.
    numbers: Option<usize>,
    buffer: VecDeque<RecordBatch>,
    buffered: usize,
    is_end: bool,
    entity: usize,
    total: u64,
    read: u64,
    limit: usize,
}

impl Cursor {
    pub(crate) fn new(from: Batches, key: usize, numbers: Option<usize>) -> Self {
        Self {
            from,
            key,
            numbers,
            buffer: VecDeque::new(),
            buffered: 0,
            is_end: false,
            entity: 0,
            total: 0,
            read: 0,
            limit: 1,
        }
    }

    /// Says whose rows these are, how many there are, how many were read before, and how many are decided at a time.
    pub(crate) const fn set(&mut self, entity: usize, total: u64, read: u64, limit: usize) {
        self.entity = entity;
        self.total = total;
        self.read = read;
        self.limit = limit;
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    /// Passes over rows.
    pub(crate) fn leave_out(&mut self, mut rows: u64) -> Result<(), Error> {
        while rows > 0 && self.fill(1)? {
            let many = usize::try_from(rows)
                .unwrap_or(usize::MAX)
                .min(self.buffered);
            drop(self.take(many));
            rows = rows.saturating_sub(u64::try_from(many).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    /// Reads on until so many rows wait; whether there are as many.
    fn fill(&mut self, rows: usize) -> Result<bool, Error> {
        while self.buffered < rows && !self.is_end {
            match self.from.next().transpose()? {
                None => self.is_end = true,
                Some(batch) => {
                    self.buffered = self.buffered.saturating_add(batch.num_rows());
                    self.buffer.push_back(batch);
                }
            }
        }
        Ok(self.buffered >= rows)
    }

    /// The key of a waiting row; null comes first.
    fn key_at(&self, mut row: usize) -> Option<Own> {
        for batch in &self.buffer {
            if let Some(rest) = row.checked_sub(batch.num_rows()) {
                row = rest;
                continue;
            }
            let one = batch.column(self.key).slice(row, 1);
            return KeyCells::of(one.as_ref())?.get(0).map(Own::of);
        }
        None
    }

    /// How many waiting rows come before a key.
    fn before(&self, end: Option<&Own>) -> usize {
        let end = end.map(Own::key);
        let mut total = 0_usize;
        for batch in &self.buffer {
            let Some(cells) = KeyCells::of(batch.column(self.key).as_ref()) else {
                return total;
            };
            let (mut low, mut high) = (0, cells.rows());
            while low < high {
                let middle = low.midpoint(high);
                if cells.get(middle) < end {
                    low = middle.saturating_add(1);
                } else {
                    high = middle;
                }
            }
            total = total.saturating_add(low);
            if low < cells.rows() {
                break;
            }
        }
        total
    }

    /// Takes waiting rows.
    fn take(&mut self, rows: usize) -> Taken {
        let first = self.read;
        let (mut out, mut left) = (Vec::new(), rows);
        while left > 0 {
            let Some(batch) = self.buffer.pop_front() else {
                break;
            };
            let many = batch.num_rows();
            if many > left {
                out.push(batch.slice(0, left));
                self.buffer
                    .push_front(batch.slice(left, many.saturating_sub(left)));
                left = 0;
            } else {
                out.push(batch);
                left = left.saturating_sub(many);
            }
        }
        let rows = rows.saturating_sub(left);
        self.buffered = self.buffered.saturating_sub(rows);
        self.read = first.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        let numbers = self.numbers.map(|at| {
            let lists = out.iter().filter_map(|b| b.columns().get(at));
            let lists = lists.filter_map(|a| a.as_primitive_opt::<UInt64Type>());
            lists.flat_map(UInt64Array::values).copied().collect()
        });
        Taken {
            entity: self.entity,
            batches: out,
            first,
            numbers,
        }
    }
}

/// Rows of one table.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) entity: usize,
    pub(crate) batches: Vec<RecordBatch>,
    /// The number of the first row in the order of households.
    pub(crate) first: u64,
    /// The numbers of the rows in their table, where that is another order.
    pub(crate) numbers: Option<Vec<u64>>,
}

impl Taken {
    pub(crate) fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// All tables.
pub(crate) struct Cursors {
    list: Vec<Cursor>,
    at_once: usize,
}

impl Cursors {
    /// Tables, the households first; so many batches are given at once.
    pub(crate) const fn new(list: Vec<Cursor>, at_once: usize) -> Self {
        Self { list, at_once }
    }

    /// How many rows of a table were given.
    pub(crate) fn read(&self, at: usize) -> u64 {
        self.list.get(at).map_or(0, |c| c.read)
    }

    /// Whether nothing is left.
    pub(crate) fn is_end(&self) -> bool {
        self.list.iter().all(|c| c.is_end && c.buffered == 0)
    }

    /// The next batches, with so many households in all; none where nothing is left.
    pub(crate) fn next(&mut self, mut households: usize) -> Result<Vec<Vec<Taken>>, Error> {
        let mut out = Vec::new();
        while out.len() < self.at_once && households > 0 {
            let Some(batch) = self.batch(households)? else {
                break;
            };
            households = households.saturating_sub(batch.first().map_or(0, Taken::rows));
            out.push(batch);
        }
        Ok(out)
    }

    /// The rows of the next households: as many as every table allows. Where it ends follows from where it begins and the tables
    /// alone, so that an interrupted run cuts as an unbroken one.
    fn batch(&mut self, households: usize) -> Result<Option<Vec<Taken>>, Error> {
        let mut factor = 1_usize;
        loop {
            let mut end: Option<Option<Own>> = None;
            for (at, cursor) in self.list.iter_mut().enumerate() {
                let most = if at == 0 {
                    cursor.limit.min(households)
                } else {
                    cursor.limit
                };
                let most = most.saturating_mul(factor);
                if cursor.fill(most.saturating_add(1))? {
                    let key = cursor.key_at(most);
                    end = Some(match end {
                        Some(before) if before <= key => before,
                        _ => key,
                    });
                }
            }
            let rows = |c: &Cursor| end.as_ref().map_or(c.buffered, |e| c.before(e.as_ref()));
            let counts: Vec<usize> = self.list.iter().map(rows).collect();
            if counts.iter().any(|n| *n > 0) {
                let taken = self.list.iter_mut().zip(counts).map(|(c, n)| c.take(n));
                return Ok(Some(taken.collect()));
            }
            if end.is_none() {
                return Ok(None);
            }
            // one household has more rows than are taken at a time
            factor = factor.saturating_mul(2);
        }
    }
}
