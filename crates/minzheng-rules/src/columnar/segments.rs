//! Aggregates over the rows below: branch-light where it is proved, by the scalar tally where it is not.

use super::bits::{Truths, WORD};
use super::lanes::{Block, Lanes, View, is_open, pick, spread};
use crate::ir::AggK;
use crate::lang::Type;
use crate::scalar::{Tally, V};

/// The truths of the rows below as an aggregate reads them: one value for all, or bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Test<'a> {
    Const(V),
    Bits(&'a [u64], &'a [u64]),
}

impl Test<'_> {
    #[inline(always)]
    pub(super) fn get(&self, row: usize) -> V {
        match self {
            Self::Const(v) => *v,
            Self::Bits(t, f) => {
                let bit = |words: &[u64]| (words[row / WORD] >> (row % WORD) & 1) as i64;
                V {
                    lo: bit(t),
                    hi: 1 - bit(f),
                }
            }
        }
    }
}

/// How many bits of rows `from..to` are set.
#[inline(always)]
fn count(words: &[u64], from: usize, to: usize) -> i64 {
    let (first, last) = (from / WORD, to / WORD);
    let low = u64::MAX << (from % WORD);
    let high = (1_u64 << (to % WORD)) - 1;
    if first == last {
        return i64::from((words[first] & low & high).count_ones());
    }
    let mut n = (words[first] & low).count_ones();
    for word in &words[first + 1..last] {
        n += word.count_ones();
    }
    if high != 0 {
        n += (words[last] & high).count_ones();
    }
    i64::from(n)
}

/// The rows below every row above.
#[inline(always)]
fn segments(offsets: &[u32]) -> impl Iterator<Item = (usize, usize)> + '_ {
    offsets.windows(2).map(|w| (w[0] as usize, w[1] as usize))
}

/// Whether all, or any, rows below hold; `bits` are the truths of the rows below, already filtered.
#[inline(always)]
pub(super) fn quantify(
    out: &mut Truths,
    offsets: &[u32],
    all: bool,
    bits: (&[u64], &[u64]),
    whole: Test<'_>,
) {
    out.t.fill(0);
    out.f.fill(0);
    let (t, f) = bits;
    if t.is_empty() {
        // no row below: all of none hold, none of none does, as far as none is missing
        for (w, (is, is_not)) in out.t.iter_mut().zip(&mut out.f).enumerate() {
            let complete = match whole {
                Test::Const(v) => u64::from(v.lo == 1).wrapping_neg(),
                Test::Bits(t, _) => t[w],
            };
            *(if all { is } else { is_not }) = complete;
        }
        return;
    }
    for (row, (from, to)) in segments(offsets).enumerate() {
        let rows = (to - from) as i64;
        let (yes, no) = if from == to {
            (0, 0)
        } else {
            (count(t, from, to), count(f, from, to))
        };
        let complete = whole.get(row).lo == 1;
        let (is, is_not) = if all {
            (yes == rows && complete, no > 0)
        } else {
            (yes > 0, no == rows && complete)
        };
        out.t[row / WORD] |= u64::from(is) << (row % WORD);
        out.f[row / WORD] |= u64::from(is_not) << (row % WORD);
    }
}

/// How many rows below hold.
#[inline(always)]
pub(super) fn number(out: &mut Lanes, offsets: &[u32], bits: (&[u64], &[u64]), whole: Test<'_>) {
    let (t, f) = bits;
    for (row, (from, to)) in segments(offsets).enumerate() {
        let rows = (to - from) as i64;
        let (yes, no) = if from == to {
            (0, 0)
        } else {
            (count(t, from, to), count(f, from, to))
        };
        let hi = if whole.get(row).lo == 1 {
            rows - no
        } else {
            i64::MAX
        };
        out.set(row, V { lo: yes, hi });
    }
    out.measure(offsets.len() - 1);
}

/// The sum of a value over the rows below that hold.
#[inline(always)]
pub(super) fn total(
    out: &mut Lanes,
    offsets: &[u32],
    keep: Test<'_>,
    value: View<'_>,
    whole: Test<'_>,
    bounds: V,
    scratch: &mut Lanes,
) {
    let above = offsets.len() - 1;
    let below = offsets.last().map_or(0, |n| *n as usize);
    let far = i128::from(value.proof.min)
        .abs()
        .max(i128::from(value.proof.max).abs());
    let fits = !value.proof.open && far.saturating_mul(below as i128) < i128::from(i64::MAX);
    if !fits {
        return tally(
            out,
            offsets,
            AggK::Sum,
            keep,
            |row| value.get(row),
            whole,
            bounds,
            Type::Count,
        );
    }
    for w in 0..below.div_ceil(WORD) {
        let (lo, hi) = (value.lo(w), value.hi(w));
        match keep {
            Test::Const(V::TRUE) => {
                scratch.lo[w] = *lo;
                scratch.hi[w] = *hi;
            }
            Test::Const(_) => {
                for lane in 0..WORD {
                    scratch.lo[w][lane] = lo[lane].min(0);
                    scratch.hi[w][lane] = hi[lane].max(0);
                }
            }
            Test::Bits(t, f) => {
                contribution(&mut scratch.lo[w], lo, t[w], f[w], i64::min);
                contribution(&mut scratch.hi[w], hi, t[w], f[w], i64::max);
            }
        }
    }
    let (lows, highs) = (scratch.lo.as_flattened(), scratch.hi.as_flattened());
    let (open_lo, open_hi) = (
        if bounds.lo >= 0 { None } else { Some(i64::MIN) },
        if bounds.hi <= 0 { None } else { Some(i64::MAX) },
    );
    for (row, (from, to)) in segments(offsets).enumerate() {
        let (mut lo, mut hi) = (0_i64, 0_i64);
        for at in from..to {
            lo = lo.wrapping_add(lows[at]);
            hi = hi.wrapping_add(highs[at]);
        }
        if whole.get(row).lo != 1 {
            (lo, hi) = (open_lo.unwrap_or(lo), open_hi.unwrap_or(hi));
        }
        out.set(row, V { lo, hi });
    }
    out.measure(above);
}

/// What a row adds: its value where it counts, nothing where it does not, either where that is not known.
#[inline(always)]
fn contribution(out: &mut Block, value: &Block, t: u64, f: u64, end: impl Fn(i64, i64) -> i64) {
    for lane in 0..WORD {
        let maybe = pick(spread(f, lane), 0, end(value[lane], 0));
        out[lane] = pick(spread(t, lane), value[lane], maybe);
    }
}

/// Any aggregate, by its scalar definition.
#[expect(
    clippy::too_many_arguments,
    reason = "one call for all that the definition needs"
)]
#[inline(always)]
pub(super) fn tally(
    out: &mut Lanes,
    offsets: &[u32],
    kind: AggK,
    keep: Test<'_>,
    value: impl Fn(usize) -> V,
    whole: Test<'_>,
    bounds: V,
    ty: Type,
) {
    for (row, (from, to)) in segments(offsets).enumerate() {
        let mut all = Tally::new(kind);
        for at in from..to {
            let kept = keep.get(at);
            if kept != V::FALSE {
                all.take(kept, value(at));
            }
        }
        out.set(row, all.close(whole.get(row) == V::TRUE, bounds, ty));
    }
    out.measure(offsets.len() - 1);
    debug_assert!(
        !out.proof.point || !is_open(out.proof.min),
        "a known sum has bounds"
    );
}
