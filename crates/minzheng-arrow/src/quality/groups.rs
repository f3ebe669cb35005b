//! Rows with one key, seen together: what is there twice, what another table has not, what two tables say differently.

use minzheng::catalog::quality::Check;

use super::gauge::Count;
use super::keys::{Entry, Keys};
use crate::error::Error;

/// What sorted keys come to.
pub(super) enum Sum {
    Rows(Count),
    Distinct { evaluated: u64, distinct: u64 },
}

/// Rows of one key.
#[derive(Debug, Default)]
struct Group {
    own: u64,
    others: u64,
    /// The first rows, as many as a sample and one.
    first: Vec<u64>,
    /// The least and the greatest value in either table.
    ends: Option<(i64, i64)>,
}

impl Group {
    fn add(&mut self, entry: Entry, most: usize) {
        let (low, high) = self.ends.unwrap_or((entry.value, entry.value));
        self.ends = Some((low.min(entry.value), high.max(entry.value)));
        if entry.is_other {
            self.others = self.others.saturating_add(1);
            return;
        }
        self.own = self.own.saturating_add(1);
        if self.first.len() <= most {
            self.first.push(entry.row);
        }
    }

    /// Counts so many failures, the rows of the sample behind so many of the first.
    fn fail(&self, to: &mut Count, failed: u64, skip: usize, most: usize) {
        let shown = self.first.iter().skip(skip);
        let before = to.failed;
        for row in shown.take(usize::try_from(failed).unwrap_or(usize::MAX)) {
            to.fail(*row, "", most);
        }
        to.failed = before.saturating_add(failed);
    }

    fn close(&self, check: &Check, to: &mut Count, most: usize) {
        match check {
            Check::Unique { .. } | Check::Repeated { .. } => {
                to.evaluated = to.evaluated.saturating_add(self.own);
                self.fail(to, self.own.saturating_sub(1), 1, most);
            }
            Check::In { .. } | Check::NotIn { .. } => {
                to.evaluated = to.evaluated.saturating_add(self.own);
                let is_there = self.others > 0;
                if is_there != matches!(check, Check::In { .. }) {
                    self.fail(to, self.own, 0, most);
                }
            }
            Check::Same { .. } if self.own > 0 && self.others > 0 => {
                to.evaluated = to.evaluated.saturating_add(1);
                if self.ends.is_some_and(|(low, high)| low != high) {
                    self.fail(to, 1, 0, most);
                }
            }
            _ => {}
        }
    }
}

/// Goes through the keys of a check in their order.
pub(super) fn sum(check: &Check, keys: Keys, most: usize) -> Result<Sum, Error> {
    let mut count = Count::default();
    let (mut evaluated, mut distinct) = (0_u64, 0_u64);
    let mut open: Option<(super::keys::Datum, Group)> = None;
    for entry in keys.sorted()? {
        let entry = entry?;
        evaluated = evaluated.saturating_add(1);
        if open.as_ref().is_none_or(|(key, _)| *key != entry.key) {
            distinct = distinct.saturating_add(1);
            if let Some((_, group)) = open.replace((entry.key, Group::default())) {
                group.close(check, &mut count, most);
            }
        }
        if let Some((_, group)) = &mut open {
            group.add(entry, most);
        }
    }
    if let Some((_, group)) = open {
        group.close(check, &mut count, most);
    }
    Ok(match check {
        Check::Distinct { .. } => Sum::Distinct {
            evaluated,
            distinct,
        },
        _ => Sum::Rows(count),
    })
}
