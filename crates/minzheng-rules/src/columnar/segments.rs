//! Aggregates over the rows below: branch-light where it is proved, by the scalar tally where it is not.

use super::bits::{Truths, WORD, tail};
use super::chunk::Part;
use super::lanes::{Block, Lanes, View, pick, spread};
use crate::ir::AggK;
use crate::lang::Type;
use crate::scalar::{Tally, V, is_open};

/// The truths of the rows below as an aggregate reads them: one value for all, or bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Test<'a> {
    Const(V),
    Bits(&'a [u64], &'a [u64]),
}

impl Test<'_> {
    /// Where it is true.
    #[inline(always)]
    fn complete(&self, w: usize) -> u64 {
        match self {
            Self::Const(v) => u64::from(v.lo == 1).wrapping_neg(),
            Self::Bits(t, _) => t[w],
        }
    }

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
    let (first, shift, rows) = (from / WORD, from % WORD, to - from);
    if rows < WORD {
        let low = words[first] >> shift;
        let high = match words.get(first + 1) {
            Some(next) if shift > 0 => next << (WORD - shift),
            _ => 0,
        };
        return i64::from(((low | high) & ((1 << rows) - 1)).count_ones());
    }
    let mut n = (words[first] >> shift).count_ones();
    for word in &words[first + 1..to / WORD] {
        n += word.count_ones();
    }
    if !to.is_multiple_of(WORD) {
        n += (words[to / WORD] & ((1 << (to % WORD)) - 1)).count_ones();
    }
    i64::from(n)
}

/// Marks the rows above the rows whose bits are set.
#[inline(always)]
fn mark(out: &mut [u64], above: &[u32], bits: impl Fn(usize) -> u64) {
    for (w, above) in above.chunks(WORD).enumerate() {
        let mut left = bits(w) & tail(above.len());
        while left != 0 {
            let up = above[left.trailing_zeros() as usize] as usize;
            out[up / WORD] |= 1 << (up % WORD);
            left &= left - 1;
        }
    }
}

/// The rows below every row above.
#[inline(always)]
fn segments(offsets: &[u32]) -> impl Iterator<Item = (usize, usize)> + '_ {
    offsets.windows(2).map(|w| (w[0] as usize, w[1] as usize))
}

/// Whether all, or any, rows below hold; `bits` are the truths of the rows below, already filtered. One row decides, and
/// such rows are few, so they mark the rows above; the rest follows where no row is missing.
#[inline(always)]
pub(super) fn quantify(
    out: &mut Truths,
    part: &Part,
    all: bool,
    (t, f): (&[u64], &[u64]),
    whole: Test<'_>,
) {
    let (decided, open) = if all {
        (&mut out.f, &mut out.t)
    } else {
        (&mut out.t, &mut out.f)
    };
    let (decides, agrees) = if all { (f, t) } else { (t, f) };
    decided.fill(0);
    open.fill(0);
    mark(decided, &part.above, |w| decides[w]);
    // a row that does not agree keeps the other answer away
    mark(open, &part.above, |w| !agrees[w]);
    for (w, slot) in open.iter_mut().enumerate() {
        *slot = !*slot & whole.complete(w);
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
    let (all_offsets, above) = (offsets, offsets.len() - 1);
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
    let (open_lo, open_hi) = (bounds.lo < 0, bounds.hi > 0);
    running(&mut scratch.lo, below);
    running(&mut scratch.hi, below);
    let (lows, highs) = (scratch.lo.as_flattened(), scratch.hi.as_flattened());
    let so_far = |sums: &[i64], end: usize| if end == 0 { 0 } else { sums[end - 1] };
    for (w, offsets) in offsets[..above].chunks(WORD).enumerate() {
        let complete = whole.complete(w);
        let ends = &all_offsets[w * WORD + 1..];
        for (lane, (from, to)) in offsets.iter().zip(ends).enumerate() {
            let (from, to) = (*from as usize, *to as usize);
            let lo = so_far(lows, to).wrapping_sub(so_far(lows, from));
            let hi = so_far(highs, to).wrapping_sub(so_far(highs, from));
            let whole = complete >> lane & 1 == 1;
            out.lo[w][lane] = if whole | !open_lo { lo } else { i64::MIN };
            out.hi[w][lane] = if whole | !open_hi { hi } else { i64::MAX };
        }
    }
    out.measure(above);
}

/// Turns numbers into the sums of all up to each; a difference of two is exact although the sums may wrap.
#[inline(always)]
fn running(blocks: &mut [Block], rows: usize) {
    let mut sum = 0_i64;
    for value in blocks.as_flattened_mut().iter_mut().take(rows) {
        sum = sum.wrapping_add(*value);
        *value = sum;
    }
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
