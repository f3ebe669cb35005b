//! Facts: the columns of a batch as truths and lanes.

use super::super::batch::{Column, Values, sensible};
use super::super::bits::{WORD, tail};
use super::super::chunk::{Chunk, Rows};
use super::super::lanes::{self, Block, Proof, Side, ends, pick, spread};
use super::super::program::Instr;
use super::super::segments::Test;
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
    /// A fact: as a column for as long as only tests with constants read it.
    #[inline(always)]
    pub(super) fn load_later(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        fact: usize,
        instr: &Instr,
        size: Size,
    ) -> Reg<'b> {
        let column = job.batch.columns.get(fact).and_then(Option::as_ref);
        let part = &chunk.parts[instr.entity].rows;
        match (column, part) {
            (Some(column), Rows::Range(..))
                if !instr.kept
                    && column.wild().is_none()
                    && !matches!(column.values(), Values::Bool(_)) =>
            {
                Reg::Column(fact)
            }
            _ => self.load(job, chunk, fact, instr, size),
        }
    }

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
                known.copy_range(start, size.rows, &mut spare.t);
                let (yes, no) = Test::Const(question.of(missing)).word(0);
                for ((t, f), known) in out.t.iter_mut().zip(&mut out.f).zip(&spare.t) {
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
        match &chunk.parts[instr.entity].rows {
            Rows::Range(start, _) => {
                let lent = lent(column, *start, size);
                self.load_range(column, *start, (missing, bounds), size, lent)
            }
            Rows::List(list) => {
                self.load_range(&column.pick(list), 0, (missing, bounds), size, None)
            }
        }
    }

    #[inline(always)]
    fn load_range(
        &mut self,
        column: &Column<'_>,
        start: usize,
        missing: (V, V),
        size: Size,
        lent: Option<&'b [Block]>,
    ) -> Reg<'b> {
        let rows = start..start + size.rows;
        match column.values() {
            Values::Bool(values) => {
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
            Values::Small(v) => self.load_numbers(column, start, missing, (&v[rows], None), size),
            Values::Medium(v) => self.load_numbers(column, start, missing, (&v[rows], None), size),
            Values::Large(v) => self.load_numbers(column, start, missing, (&v[rows], lent), size),
        }
    }

    #[inline(always)]
    fn load_numbers<T: Copy + Ord + Into<i64>>(
        &mut self,
        column: &Column<'_>,
        start: usize,
        (missing, bounds): (V, V),
        (values, lent): (&[T], Option<&'b [Block]>),
        size: Size,
    ) -> Reg<'b> {
        let mut out = self.lanes(size);
        let mut validity = self.bits(size);
        match column.known() {
            Some(known) => known.copy_range(start, size.rows, &mut validity.t),
            None => validity.t.fill(u64::MAX),
        }
        let point = (0..size.words).all(|w| {
            let rows = if w + 1 == size.words {
                tail(size.rows)
            } else {
                u64::MAX
            };
            validity.t[w] & rows == rows
        });
        let strange = column.wild().filter(|w| w.any_in(start, size.rows));
        let (mut min, mut max) = (i64::MAX, i64::MIN);
        let (blocks, rest) = values.as_chunks::<WORD>();
        let wide = |value: T| -> i64 { value.into() };
        // nothing is known of what is missing: its values, whatever they are, stay where they stand
        let gaps = !point && missing == V::UNKNOWN && strange.is_none();
        if point || gaps {
            (min, max) = ends(values);
        }
        let gaps = gaps && !is_open(min) && !is_open(max);
        let lent = lent.filter(|_| strange.is_none());
        if (point || gaps) && lent.is_none() {
            for (lo, values) in out.lo.iter_mut().zip(blocks) {
                for lane in 0..WORD {
                    lo[lane] = wide(values[lane]);
                }
            }
            if let Some(lo) = out.lo.get_mut(blocks.len()) {
                for (slot, value) in lo.iter_mut().zip(rest) {
                    *slot = wide(*value);
                }
            }
        }
        if !point && !gaps {
            let words = out.lo.iter_mut().zip(&mut out.hi).zip(&validity.t);
            for (((lo, hi), known), values) in words.zip(blocks) {
                for lane in 0..WORD {
                    let (is, value) = (spread(*known, lane), wide(values[lane]));
                    lo[lane] = pick(is, value, missing.lo);
                    hi[lane] = pick(is, value, missing.hi);
                }
            }
            if let (Some(lo), Some(hi), Some(known)) = (
                out.lo.get_mut(blocks.len()),
                out.hi.get_mut(blocks.len()),
                validity.t.get(blocks.len()),
            ) {
                for (lane, value) in rest.iter().enumerate() {
                    let (is, value) = (spread(*known, lane), wide(*value));
                    lo[lane] = pick(is, value, missing.lo);
                    hi[lane] = pick(is, value, missing.hi);
                }
            }
        }
        if gaps {
            out.gaps = true;
            out.known.clone_from(&validity.t);
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
            if min > max {
                (min, max) = (0, 0);
            }
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
            Some(lo) if point || gaps => Reg::Lent(out, lo),
            _ => Reg::Lanes(out),
        }
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
