//! Facts: the columns of a batch as truths and lanes.

use super::super::batch::{Column, Values, sensible};
use super::super::bits::{Bitmap, WORD};
use super::super::chunk::{Chunk, Rows};
use super::super::lanes::{self, Block, Proof, Side};
use super::super::program::Instr;
use super::super::segments::{Test, cover};
use super::{Job, Reg, Size, Worker};
use crate::scalar::{V, is_open};

/// A test of a column that needs no lanes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question<'a> {
    Stands(Side, i64),
    /// In order.
    IsIn(&'a [i64]),
    IsKnown,
}

impl Question<'_> {
    fn of(self, value: V) -> V {
        match self {
            Self::Stands(side, constant) => side.of(value, constant),
            Self::IsIn(values) => value.is_in(values),
            Self::IsKnown => V::bool(value.is_known()),
        }
    }

    /// The answers for values that are known, or their opposites: which of them is given. `spare` is as long as `out`.
    #[inline(always)]
    fn answer<T: Copy + Ord + Default + TryFrom<i64>>(
        self,
        out: &mut [u64],
        spare: &mut [u64],
        values: &[T],
    ) -> bool {
        match self {
            Self::Stands(side, constant) => lanes::stand(out, values, side, constant),
            // a list without a hole is from its first to its last
            Self::IsIn(&[first, .., last]) if is_run(first, last, self) => {
                let from = turn(lanes::stand(out, values, Side::From, first));
                let up_to = turn(lanes::stand(spare, values, Side::UpTo, last));
                for (word, more) in out.iter_mut().zip(&*spare) {
                    *word = (*word ^ from) & (*more ^ up_to);
                }
                false
            }
            Self::IsIn(list) => {
                out.fill(0);
                for value in list {
                    let not = turn(lanes::stand(spare, values, Side::Same, *value));
                    for (word, more) in out.iter_mut().zip(&*spare) {
                        *word |= *more ^ not;
                    }
                }
                false
            }
            Self::IsKnown => {
                out.fill(u64::MAX);
                false
            }
        }
    }
}

/// What turns bits into their opposites, or leaves them.
const fn turn(not: bool) -> u64 {
    (not as u64).wrapping_neg()
}

/// Whether a list in order is every number from the first to the last.
fn is_run(first: i64, last: i64, list: Question<'_>) -> bool {
    let Question::IsIn(values) = list else {
        return false;
    };
    last.checked_sub(first) == i64::try_from(values.len() - 1).ok()
}

impl<'b> Worker<'b> {
    /// The answers of a column that was not loaded; `missing` is what an unknown value can be.
    #[inline(always)]
    pub(super) fn ask(
        &mut self,
        column: &Column<'_>,
        start: usize,
        size: Size,
        missing: V,
        question: Question<'_>,
    ) -> Reg<'b> {
        let (mut out, mut spare) = (self.bits(size), self.bits(size));
        let rows = start..start + size.rows;
        let not = turn(match column.values() {
            Values::Bool(_) => false,
            Values::Small(v) => question.answer(&mut out.t, &mut spare.t, &v[rows]),
            Values::Medium(v) => question.answer(&mut out.t, &mut spare.t, &v[rows]),
            Values::Large(v) => question.answer(&mut out.t, &mut spare.t, &v[rows]),
        });
        match column.known() {
            None => {
                for (t, f) in out.t.iter_mut().zip(&mut out.f) {
                    *t ^= not;
                    *f = !*t;
                }
            }
            Some(known) => {
                let known = known.range(start, size.rows, &mut spare.t);
                let (yes, no) = Test::Const(question.of(missing)).word(0);
                for ((t, f), known) in out.t.iter_mut().zip(&mut out.f).zip(known) {
                    let holds = *t ^ not;
                    *t = holds & known | yes & !known;
                    *f = !holds & known | no & !known;
                }
            }
        }
        self.free_bits.push(spare);
        Reg::Bits(out)
    }

    #[inline(always)]
    pub(super) fn load(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        fact: usize,
        instr: &Instr,
        size: Size,
    ) -> Reg<'b> {
        let def = job.set.facts.get(fact);
        let missing = def.map_or(V::UNKNOWN, |f| V::missing(f.ty, f.low, f.high));
        let Some(column) = job.batch.columns.get(fact).and_then(Option::as_ref) else {
            return Reg::Const(missing);
        };
        let bounds = def.map_or(V::UNKNOWN, |f| sensible(job.set, f));
        let picked;
        let (column, start, lent) = match &chunk.parts[instr.entity].rows {
            Rows::Range(start, _) => (column, *start, lent(column, *start, size)),
            Rows::List(list) => {
                picked = column.pick(list);
                (&picked, 0, None)
            }
        };
        match column.values() {
            Values::Bool(values) => self.load_truths(column, values, start, size),
            _ => self.load_numbers(column, start, (missing, bounds), size, lent),
        }
    }

    #[inline(always)]
    fn load_truths(
        &mut self,
        column: &Column<'_>,
        values: &Bitmap,
        start: usize,
        size: Size,
    ) -> Reg<'b> {
        let mut out = self.bits(size);
        values.copy_range(start, size.rows, &mut out.t);
        match column.known() {
            None => {
                for w in 0..size.words {
                    out.f[w] = !out.t[w];
                }
            }
            Some(known) => {
                known.copy_range(start, size.rows, &mut out.f);
                for w in 0..size.words {
                    let (value, known) = (out.t[w], out.f[w]);
                    out.t[w] = value & known;
                    out.f[w] = !value & known;
                }
            }
        }
        Reg::Bits(out)
    }

    #[inline(always)]
    fn load_numbers(
        &mut self,
        column: &Column<'_>,
        start: usize,
        (missing, bounds): (V, V),
        size: Size,
        lent: Option<&'b [Block]>,
    ) -> Reg<'b> {
        let mut out = self.lanes(size);
        let mut validity = self.bits(size);
        let known: &[u64] = match column.known() {
            Some(known) => known.range(start, size.rows, &mut validity.t),
            None => &[],
        };
        let point = column.known().is_none() || cover(size.rows, |w| known[w]);
        let strange = column.wild().filter(|w| w.any_in(start, size.rows));
        let rows = start..start + size.rows;
        // nothing is known of what is missing: its values, whatever they are, stay where they stand
        let gaps = |ends: Option<(i64, i64)>| {
            let bound = ends.is_some_and(|(min, max)| !is_open(min) && !is_open(max));
            bound && !point && missing == V::UNKNOWN && strange.is_none()
        };
        let mut ends = column.ends(rows.clone());
        let lent = lent.filter(|_| strange.is_none() && (point || gaps(ends)));
        if lent.is_none() {
            let lanes = out.lo.as_flattened_mut();
            match column.values() {
                Values::Bool(_) => {}
                Values::Small(values) => widen(lanes, &values[rows]),
                Values::Medium(values) => widen(lanes, &values[rows]),
                Values::Large(values) => widen(lanes, &values[rows]),
            }
            ends = ends.or_else(|| Some(lanes::ends(&out.lo.as_flattened()[..size.rows])));
        }
        let gaps = gaps(ends);
        if gaps {
            out.gaps = true;
            out.known.clear();
            out.known.extend_from_slice(known);
        } else if !point {
            out.hi.clone_from(&out.lo);
            out.put_where_unknown(known, missing);
        }
        self.free_bits.push(validity);
        if let Some(wild) = strange {
            if point {
                out.hi.clone_from(&out.lo);
            }
            for row in (0..size.rows).filter(|row| wild.get(start + row)) {
                out.set(row, V::UNKNOWN);
            }
            out.measure(size.rows);
        } else if point || gaps {
            let (min, max) = ends.filter(|(min, max)| min <= max).unwrap_or_default();
            out.proof = Proof {
                point: true,
                open: false,
                min,
                max,
            };
        } else if is_open(bounds.lo) || is_open(bounds.hi) {
            out.measure(size.rows);
        } else {
            let open = is_open(missing.lo) || is_open(missing.hi);
            out.proof = Proof {
                point,
                open,
                min: bounds.lo,
                max: bounds.hi,
            };
        }
        match lent {
            Some(lo) => Reg::Lent(out, lo),
            None => Reg::Lanes(out),
        }
    }
}

/// Numbers of a column as lanes.
#[inline(always)]
fn widen<T: Copy + Into<i64>>(lanes: &mut [i64], values: &[T]) {
    // one loop over all: over blocks of a fixed size it is unrolled lane by lane
    for (lane, value) in lanes.iter_mut().zip(values) {
        *lane = (*value).into();
    }
}

/// Where numbers stand in a column as lanes stand: each 64 bits wide, and to the end of the last block.
fn lent<'b>(column: &'b Column<'_>, start: usize, size: Size) -> Option<&'b [Block]> {
    let Values::Large(values) = column.values() else {
        return None;
    };
    let values = values.get(start..start + size.words * WORD)?;
    Some(values.as_chunks().0)
}
