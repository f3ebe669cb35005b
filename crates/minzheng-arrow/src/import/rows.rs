//! Rows in their places: people below their household, records below their person.

use super::keys::{Key, KeyCells};
use super::row32;

/// The rows of one table that are in the batch.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// The rows of the table in the order of the batch; `None`: all, as they come.
    pub(super) order: Option<Vec<u32>>,
    /// How many rows.
    pub(super) rows: usize,
    /// Where the rows of every household begin, and the number of rows.
    pub(super) starts: Vec<u32>,
    /// Where the rows of every row above begin, and the number of rows, where the row above is no household.
    pub(super) below: Vec<u32>,
}

impl Placed {
    /// The row of the table that stands at a place of the batch.
    pub(super) fn source(&self, at: usize) -> usize {
        self.order
            .as_ref()
            .map_or(at, |order| order.get(at).map_or(usize::MAX, |row| ix(*row)))
    }

    /// The rows of the batch that belong to a household.
    pub(super) fn of_case(&self, case: usize) -> core::ops::Range<usize> {
        let at = |case: usize| self.starts.get(case).map_or(self.rows, |s| ix(*s));
        at(case)..at(case.saturating_add(1))
    }

    /// The household of every row of the table; `u32::MAX`: none.
    pub(super) fn cases(&self, table_rows: usize) -> Vec<u32> {
        let mut cases = vec![u32::MAX; table_rows];
        for case in 0..self.starts.len().saturating_sub(1) {
            for at in self.of_case(case) {
                if let Some(slot) = cases.get_mut(self.source(at)) {
                    *slot = row32(case);
                }
            }
        }
        cases
    }
}

pub(super) fn ix(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// The households: which rows are kept, and what is wrong with the others.
#[derive(Debug)]
pub(super) struct Households {
    pub(super) placed: Placed,
    /// Households in the order of their keys, where that is not the order of the batch.
    by_key: Option<Vec<u32>>,
    /// Rows without a key.
    pub(super) nameless: Vec<u32>,
    /// Rows whose key an earlier row has: the row, and the household that is kept.
    pub(super) twice: Vec<(u32, u32)>,
}

impl Households {
    /// Reads the keys of the root table. Where they rise, nothing is sorted.
    pub(super) fn new(keys: &KeyCells<'_>) -> Self {
        let rows = keys.rows();
        let mut last: Option<Key<'_>> = None;
        let rise = (0..rows).all(|row| {
            let key = keys.get(row);
            let rises = key.is_some() && last < key;
            last = key;
            rises
        });
        let mut out = Self {
            placed: Placed::default(),
            by_key: None,
            nameless: Vec::new(),
            twice: Vec::new(),
        };
        if rise {
            out.placed.rows = rows;
            out.placed.starts = (0..=row32(rows)).collect();
            return out;
        }
        let mut sorted: Vec<u32> = Vec::with_capacity(rows);
        for row in 0..rows {
            if keys.get(row).is_some() {
                sorted.push(row32(row));
            } else {
                out.nameless.push(row32(row));
            }
        }
        // equal keys stay in the order of their rows
        sorted.sort_by(|a, b| keys.get(ix(*a)).cmp(&keys.get(ix(*b))));
        let mut first: Option<u32> = None;
        let mut twice: Vec<(u32, u32)> = Vec::new();
        sorted.retain(|row| {
            if let Some(first) = first.filter(|f| keys.get(ix(*f)) == keys.get(ix(*row))) {
                twice.push((*row, first));
                return false;
            }
            first = Some(*row);
            true
        });
        let mut order = sorted.clone();
        order.sort_unstable();
        let case_of = |row: u32| order.binary_search(&row).map_or(u32::MAX, row32);
        out.by_key = Some(sorted.iter().map(|row| case_of(*row)).collect());
        out.twice = twice
            .into_iter()
            .map(|(row, first)| (row, case_of(first)))
            .collect();
        out.placed.rows = order.len();
        out.placed.starts = (0..=row32(order.len())).collect();
        out.placed.order = (order.len() < rows).then_some(order);
        out
    }

    /// The household with a key.
    fn find(&self, keys: &KeyCells<'_>, key: Key<'_>) -> Option<usize> {
        let at = |case: usize| keys.get(self.placed.source(case));
        let (mut low, mut high) = (0, self.placed.rows);
        while low < high {
            let middle = low.midpoint(high);
            let case = match &self.by_key {
                None => middle,
                Some(by_key) => ix(*by_key.get(middle)?),
            };
            match at(case).cmp(&Some(key)) {
                core::cmp::Ordering::Equal => return Some(case),
                core::cmp::Ordering::Less => low = middle.saturating_add(1),
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// Rows below households, and those that are below none.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) placed: Placed,
    /// Rows whose household key is null.
    pub(super) nameless: Vec<u32>,
    /// Rows whose household is not there.
    pub(super) orphans: Vec<u32>,
}

/// Groups the rows of a table by household. Where they come in the order of the households, nothing is sorted.
pub(super) fn group(homes: &Households, home_keys: &KeyCells<'_>, keys: &KeyCells<'_>) -> Grouped {
    let (cases, rows) = (homes.placed.rows, keys.rows());
    let mut starts = Vec::with_capacity(cases.saturating_add(1));
    starts.push(0);
    let mut at = 0;
    for case in 0..cases {
        let home = home_keys.get(homes.placed.source(case));
        while at < rows && keys.get(at) == home {
            at = at.saturating_add(1);
        }
        starts.push(row32(at));
    }
    let mut out = Grouped::default();
    if at == rows {
        out.placed = Placed {
            order: None,
            rows,
            starts,
            below: Vec::new(),
        };
        return out;
    }
    let mut case_of = Vec::with_capacity(rows);
    let mut last: (Option<Key<'_>>, Option<usize>) = (None, None);
    for row in 0..rows {
        let key = keys.get(row);
        if key != last.0 {
            last = (key, key.and_then(|key| homes.find(home_keys, key)));
        }
        match (key, last.1) {
            (None, _) => out.nameless.push(row32(row)),
            (_, None) => out.orphans.push(row32(row)),
            _ => {}
        }
        case_of.push(last.1.map_or(u32::MAX, row32));
    }
    (out.placed.starts, out.placed.order) = spread(cases, &case_of);
    out.placed.rows = out.placed.order.as_ref().map_or(rows, Vec::len);
    out
}

/// Puts rows into buckets, in their order: where each bucket begins, and the rows bucket by bucket. `u32::MAX`: no bucket.
fn spread(buckets: usize, bucket_of: &[u32]) -> (Vec<u32>, Option<Vec<u32>>) {
    let mut starts = vec![0_u32; buckets.saturating_add(1)];
    for bucket in bucket_of {
        if let Some(count) = starts.get_mut(ix(*bucket).saturating_add(1)) {
            *count = count.saturating_add(1);
        }
    }
    let mut sum = 0_u32;
    for start in &mut starts {
        sum = sum.saturating_add(*start);
        *start = sum;
    }
    let mut next = starts.clone();
    let mut order = vec![0_u32; ix(sum)];
    for (row, bucket) in bucket_of.iter().enumerate() {
        if ix(*bucket) >= buckets {
            continue;
        }
        if let Some(at) = next.get_mut(ix(*bucket)) {
            if let Some(slot) = order.get_mut(ix(*at)) {
                *slot = row32(row);
            }
            *at = at.saturating_add(1);
        }
    }
    let whole = order.len() == bucket_of.len() && order.is_sorted();
    (starts, (!whole).then_some(order))
}

/// The row of a household whose key is `key`, looked for from `from` on and round. Rows without keys of their own are
/// numbered from 1.
pub(super) fn find_in(
    span: core::ops::Range<usize>,
    from: usize,
    keys: Option<&KeyCells<'_>>,
    placed: &Placed,
    key: Key<'_>,
) -> Option<usize> {
    match keys {
        None => {
            let number = usize::try_from(key.number()?).ok()?.checked_sub(1)?;
            let at = span.start.checked_add(number)?;
            span.contains(&at).then_some(at)
        }
        Some(keys) => {
            let from = from.clamp(span.start, span.end);
            let mut round = (from..span.end).chain(span.start..from);
            round.find(|at| keys.get(placed.source(*at)) == Some(key))
        }
    }
}

/// Rows grouped by household go below rows of the table above: `above_of` has for every place of the batch the place of the row
/// above, `u32::MAX` for none.
pub(super) fn settle(placed: Placed, above: &Placed, above_of: &[u32]) -> Placed {
    let (below, order) = spread(above.rows, above_of);
    let rows = order.as_ref().map_or(placed.rows, Vec::len);
    let order = match (order, placed.order) {
        (None, own) => own,
        (Some(order), None) => Some(order),
        (Some(order), Some(own)) => Some(
            order
                .iter()
                .map(|at| own.get(ix(*at)).copied().unwrap_or(u32::MAX))
                .collect(),
        ),
    };
    let starts = above
        .starts
        .iter()
        .map(|start| below.get(ix(*start)).copied().unwrap_or(0))
        .collect();
    Placed {
        order,
        rows,
        starts,
        below,
    }
}
