//! The rows of some cases, close together: which rows of the batch they are, who stands above whom.

use core::cell::OnceCell;
use core::ops::Range;

use super::batch::{Batch, NO_ROW};
use super::bits::{WORD, words};
use super::run::Size;
use crate::pack::PackSet;

/// Rows of a batch.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// One after the other.
    Range(usize, usize),
    /// Picked.
    List(Vec<u32>),
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Range(_, n) => *n,
            Self::List(rows) => rows.len(),
        }
    }

    pub(super) fn get(&self, at: usize) -> usize {
        match self {
            Self::Range(start, _) => start + at,
            Self::List(rows) => rows.get(at).map_or(0, |r| *r as usize),
        }
    }
}

/// Which regime the cases of a chunk are under.
#[derive(Debug, Clone)]
pub(super) enum Law {
    One(usize),
    Each(Vec<u32>),
}

/// One entity of a chunk.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) rows: Rows,
    parent: Option<usize>,
    /// Found when it is first asked for: what looks at single rows needs none of it.
    below: OnceCell<Below>,
}

/// How the rows of an entity stand below those of its parent.
#[derive(Debug, Clone, Default)]
pub(super) struct Below {
    /// For every row above in the chunk, its first row; and the number of rows at the end.
    pub(super) offsets: Vec<u32>,
    /// The row above of every row.
    pub(super) above: Vec<u32>,
    /// The last row of every row above that has any.
    pub(super) ends: Vec<u64>,
}

impl Below {
    /// Of rows that begin at `offsets`.
    pub(super) fn new(offsets: Vec<u32>) -> Self {
        let rows = offsets.last().map_or(0, |last| *last as usize);
        // one more at every place where the rows of the next row above begin, added up
        let mut above = vec![0_u32; rows];
        for start in offsets.iter().skip(1) {
            if let Some(slot) = above.get_mut(*start as usize) {
                *slot += 1;
            }
        }
        let mut up = 0;
        for slot in &mut above {
            up += *slot;
            *slot = up;
        }
        let mut ends = vec![0_u64; words(rows)];
        for (from, to) in offsets.iter().zip(offsets.iter().skip(1)) {
            if to > from {
                let last = *to as usize - 1;
                ends[last / WORD] |= 1 << (last % WORD);
            }
        }
        Self {
            offsets,
            above,
            ends,
        }
    }

    /// Of the rows below some rows of a table; `all` are the offsets of the table.
    fn of(all: &[u32], parents: &Rows) -> Self {
        let offsets = match parents {
            Rows::Range(start, n) => {
                let spans = all.get(*start..=start + n).unwrap_or_default();
                let first = spans.first().copied().unwrap_or(0);
                spans.iter().map(|o| o.wrapping_sub(first)).collect()
            }
            Rows::List(list) => {
                let mut sum = 0;
                let mut offsets = vec![0];
                offsets.extend(list.iter().map(|row| {
                    let rows = span(all, *row as usize);
                    sum += rows.len() as u32;
                    sum
                }));
                offsets
            }
        };
        Self::new(offsets)
    }
}

/// The rows below a row, by the offsets of their table.
fn span(offsets: &[u32], row: usize) -> Range<usize> {
    let at = |row: usize| offsets.get(row).map_or(0, |o| *o as usize);
    at(row)..at(row + 1)
}

/// How the rows of an entity stand below those of one above.
#[derive(Debug, Default)]
pub(super) struct Climb {
    /// The row above of every row.
    pub(super) above: Vec<u32>,
    /// For every row above, its first row; and the number of rows at the end.
    pub(super) starts: Vec<u32>,
}

/// Some cases of a batch.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) parts: Vec<Part>,
    pub(super) law: Law,
}

impl Chunk {
    /// The chunk of some cases, in order.
    pub(super) fn new(set: &PackSet, batch: &Batch<'_>, cases: &Rows, law: Law) -> Self {
        let mut parts: Vec<Part> = Vec::with_capacity(batch.tables.len());
        for (entity, table) in set.entities.iter().zip(&batch.tables) {
            let parent = entity.parent.filter(|p| *p < parts.len());
            let rows = match parent.and_then(|p| parts.get(p)).map(|p| &p.rows) {
                None => cases.clone(),
                Some(Rows::Range(start, n)) => {
                    let first = span(&table.offsets, *start).start;
                    Rows::Range(first, span(&table.offsets, start + n).start - first)
                }
                Some(Rows::List(list)) => {
                    let rows = list
                        .iter()
                        .flat_map(|row| span(&table.offsets, *row as usize));
                    Rows::List(rows.map(|row| row as u32).collect())
                }
            };
            parts.push(Part {
                rows,
                parent,
                below: OnceCell::new(),
            });
        }
        Self { parts, law }
    }

    /// How the rows of an entity stand below those of its parent.
    pub(super) fn below(&self, batch: &Batch<'_>, entity: usize) -> &Below {
        let part = &self.parts[entity];
        part.below.get_or_init(|| {
            let parent = part.parent.and_then(|p| self.parts.get(p));
            let table = batch.tables.get(entity);
            parent
                .zip(table)
                .map_or_else(Below::default, |(parent, table)| {
                    Below::of(&table.offsets, &parent.rows)
                })
        })
    }

    /// How many rows of an entity it has.
    pub(super) fn size(&self, entity: usize) -> Size {
        let rows = self.parts.get(entity).map_or(0, |p| p.rows.len());
        Size {
            rows,
            words: words(rows),
        }
    }

    /// How the rows of an entity stand below those of an entity above.
    pub(super) fn climb(&self, batch: &Batch<'_>, from: usize, to: usize) -> Climb {
        let below = self.below(batch, from);
        let (mut above, mut starts) = (below.above.clone(), below.offsets.clone());
        let mut at = self.parts[from].parent;
        while let Some(entity) = at.filter(|e| *e != to) {
            let below = self.below(batch, entity);
            for row in &mut above {
                *row = below.above.get(*row as usize).copied().unwrap_or(0);
            }
            let start = |row: &u32| starts.get(*row as usize).copied().unwrap_or(0);
            starts = below.offsets.iter().map(start).collect();
            at = self.parts[entity].parent;
        }
        Climb { above, starts }
    }

    /// For every row of an entity, the row of the chunk that a link points to.
    pub(super) fn targets(
        &self,
        batch: &Batch<'_>,
        entity: usize,
        link: usize,
        to: usize,
    ) -> Option<Vec<u32>> {
        let links = batch.tables.get(entity)?.links.get(link)?.as_ref()?;
        let (own, far) = (&self.parts.get(entity)?.rows, &self.parts.get(to)?.rows);
        let local = |target: u32| match far {
            _ if target == NO_ROW => NO_ROW,
            Rows::Range(start, _) => target.wrapping_sub(*start as u32),
            Rows::List(list) => list.binary_search(&target).map_or(NO_ROW, |at| at as u32),
        };
        Some(
            (0..own.len())
                .map(|at| links.get(own.get(at)).map_or(NO_ROW, |t| local(*t)))
                .collect(),
        )
    }
}

/// Cuts cases that stand one after the other into ranges of about so many rows of the largest entity.
pub(super) fn cut(
    set: &PackSet,
    batch: &Batch<'_>,
    cases: Range<usize>,
    rows: usize,
) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = cases.start;
    let widest = |from: usize, to: usize| {
        (0..batch.tables.len())
            .map(|e| batch.rows_of(set, e, from..to).len())
            .max()
            .unwrap_or(0)
    };
    while start < cases.end {
        let (mut low, mut high) = (start + 1, cases.end.min(start + rows).max(start + 1));
        // where nobody has more than one row below, that is all of them
        if widest(start, high) <= rows {
            low = high;
        }
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if widest(start, middle) <= rows {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        out.push(start..low);
        start = low;
    }
    out
}
