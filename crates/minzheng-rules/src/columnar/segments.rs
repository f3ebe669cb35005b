//! Aggregates over the rows below: branch-light where it is proved, by the scalar tally where it is not.

use super::bits::{Truths, WORD, tail};
use super::chunk::Below;
use super::lanes::{Block, Lanes, Proof, View, mask, pick, spread};
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
    /// Where it is true, and where it is false.
    #[inline(always)]
    pub(super) fn word(&self, w: usize) -> (u64, u64) {
        let all = |holds: bool| u64::from(holds).wrapping_neg();
        match self {
            Self::Const(v) => (all(v.lo == 1), all(v.hi == 0)),
            Self::Bits(t, f) => (t[w], f[w]),
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

    /// Whether it is known for so many rows.
    #[inline(always)]
    pub(super) fn decided(&self, rows: usize) -> bool {
        match self {
            Self::Const(v) => v.is_known(),
            Self::Bits(t, f) => cover(rows, |w| t[w] | f[w]),
        }
    }

    /// Whether it is true for so many rows.
    #[inline(always)]
    fn always(&self, rows: usize) -> bool {
        match self {
            Self::Const(v) => *v == V::TRUE,
            Self::Bits(t, _) => cover(rows, |w| t[w]),
        }
    }
}

/// Whether the bits of so many rows are all set.
#[inline(always)]
pub(super) fn cover(rows: usize, word: impl Fn(usize) -> u64) -> bool {
    let last = rows.div_ceil(WORD).saturating_sub(1);
    (0..last).all(|w| word(w) == u64::MAX) && (rows == 0 || word(last) & tail(rows) == tail(rows))
}

/// The most rows below any row above.
#[inline(always)]
fn longest(offsets: &[u32]) -> i64 {
    let ends = offsets.iter().skip(1);
    let sizes = ends.zip(offsets).map(|(to, from)| to.wrapping_sub(*from));
    i64::from(sizes.fold(0, u32::max))
}

/// Marks the rows above the rows whose bits are set, or are not.
///
/// The rows below one row above are bits of one number, which reaches over as many words as it must: added to a number of nothing but
/// ones below its highest bit, it carries into that bit where any is set. So one bit is left for every row above.
fn mark(out: &mut [u64], part: &Below, bits: &[u64], not: bool) {
    out.fill(0);
    let turn = u64::from(not).wrapping_neg();
    let (mut carry, mut word, mut marks) = (false, 0, 0);
    let above = part.above.chunks(WORD);
    for ((ends, bits), above) in part.ends.iter().zip(bits).zip(above) {
        let bits = (bits ^ turn) & tail(above.len());
        let (sum, over) = (bits & !ends).overflowing_add(!ends);
        let (sum, again) = sum.overflowing_add(u64::from(carry));
        carry = over | again;
        let mut left = (sum | bits) & ends;
        while left != 0 {
            let up = above[left.trailing_zeros() as usize] as usize;
            if up / WORD != word {
                out[word] = marks;
                (word, marks) = (up / WORD, 0);
            }
            marks |= 1 << (up % WORD);
            left &= left - 1;
        }
    }
    if let Some(out) = out.get_mut(word) {
        *out = marks;
    }
}

/// The rows below every row above.
#[inline(always)]
fn segments(offsets: &[u32]) -> impl Iterator<Item = (usize, usize)> + '_ {
    offsets.windows(2).map(|w| (w[0] as usize, w[1] as usize))
}

/// What an amount of the rows below is made of.
pub(super) struct Given<'a> {
    pub(super) part: &'a Below,
    /// Which rows count.
    pub(super) keep: Test<'a>,
    pub(super) value: View<'a>,
    /// Above which rows none is missing.
    pub(super) whole: Test<'a>,
    /// What the value of a missing row can be.
    pub(super) bounds: V,
    pub(super) ty: Type,
}

/// Whether all, or any, rows below hold; `bits` are the truths of the rows below, already filtered. One row decides, and
/// such rows are few, so they mark the rows above; the rest follows where no row is missing.
#[inline(always)]
pub(super) fn quantify(out: &mut Truths, part: &Below, all: bool, bits: &Truths, whole: Test<'_>) {
    let (t, f) = (&bits.t, &bits.f);
    let (decided, open) = if all {
        (&mut out.f, &mut out.t)
    } else {
        (&mut out.t, &mut out.f)
    };
    let (decides, agrees) = if all { (f, t) } else { (t, f) };
    mark(decided, part, decides, false);
    if cover(part.above.len(), |w| t[w] | f[w]) {
        // what does not decide agrees
        open.copy_from_slice(decided);
    } else {
        // a row that does not agree keeps the other answer away
        mark(open, part, agrees, true);
    }
    for (w, slot) in open.iter_mut().enumerate() {
        *slot = !*slot & whole.word(w).0;
    }
}

/// How many rows stand below.
#[inline(always)]
pub(super) fn size(out: &mut Lanes, offsets: &[u32], whole: Test<'_>) {
    let ends = offsets.iter().skip(1).zip(offsets);
    for (slot, (to, from)) in out.lo.as_flattened_mut().iter_mut().zip(ends) {
        *slot = i64::from(to.wrapping_sub(*from));
    }
    close_count(out, offsets, whole, true);
}

/// How many rows below hold. `bits` has a word beyond the last row.
#[inline(always)]
pub(super) fn number(
    out: &mut Lanes,
    offsets: &[u32],
    bits: &Truths,
    whole: Test<'_>,
    spare: &mut Lanes,
) {
    let below = offsets[offsets.len() - 1] as usize;
    ranks(out.lo.as_flattened_mut(), offsets, &bits.t, spare);
    let known = cover(below, |w| bits.t[w] | bits.f[w]);
    if !known {
        ranks(out.hi.as_flattened_mut(), offsets, &bits.f, spare);
        let ends = offsets.iter().skip(1).zip(offsets);
        for (slot, (to, from)) in out.hi.as_flattened_mut().iter_mut().zip(ends) {
            *slot = i64::from(to.wrapping_sub(*from)).wrapping_sub(*slot);
        }
    }
    close_count(out, offsets, whole, known);
}

/// How many bits are set below every row above: the bits of whole words summed up, those of the last counted.
#[inline(always)]
fn ranks(out: &mut [i64], offsets: &[u32], bits: &[u64], spare: &mut Lanes) {
    let sums = spare.lo.as_flattened_mut();
    let mut sum = 0_i64;
    for (slot, word) in sums.iter_mut().zip(bits) {
        *slot = sum;
        sum = sum.wrapping_add(i64::from(word.count_ones()));
    }
    let mut before = 0;
    for (slot, to) in out.iter_mut().zip(offsets.iter().skip(1)) {
        let (word, bit) = (*to as usize / WORD, *to as usize % WORD);
        let low = (bits[word] & ((1 << bit) - 1)).count_ones();
        let upto = sums[word].wrapping_add(i64::from(low));
        *slot = upto.wrapping_sub(before);
        before = upto;
    }
}

/// What holds for numbers of rows; no number is too large where rows may be missing.
#[inline(always)]
fn close_count(out: &mut Lanes, offsets: &[u32], whole: Test<'_>, known: bool) {
    let always = whole.always(offsets.len() - 1);
    if known && always {
        return out.measure_known(offsets.len() - 1);
    }
    if !always {
        if known {
            out.hi.copy_from_slice(&out.lo);
        }
        for (w, hi) in out.hi.iter_mut().enumerate() {
            let complete = whole.word(w).0;
            for (lane, hi) in hi.iter_mut().enumerate() {
                *hi = pick(spread(complete, lane), *hi, i64::MAX);
            }
        }
    }
    out.proof = Proof {
        point: false,
        open: !always,
        min: 0,
        max: longest(offsets),
    };
}

/// The sum of a value over the rows below that hold. `free` has a bit of every row below, `marks` one of every row above.
#[inline(always)]
pub(super) fn total(
    out: &mut Lanes,
    given: &Given<'_>,
    scratch: &mut Lanes,
    free: &mut Truths,
    marks: &mut Truths,
) {
    let Given {
        part,
        keep,
        value,
        whole,
        bounds,
        ..
    } = *given;
    let (offsets, above, below) = (&part.offsets, part.offsets.len() - 1, part.above.len());
    let far = i128::from(value.proof.min)
        .abs()
        .max(i128::from(value.proof.max).abs());
    if far.saturating_mul(below as i128) >= i128::from(i64::MAX) {
        return tally(out, given, AggK::Sum);
    }
    let (always, decided) = (whole.always(above), keep.decided(below));
    let open = value.proof.open;
    let point = value.proof.point && decided && always && !open;
    for w in 0..below.div_ceil(WORD) {
        contribution(&mut scratch.lo[w], value.lo(w), keep.word(w), i64::min);
        if !point {
            contribution(&mut scratch.hi[w], value.hi(w), keep.word(w), i64::max);
        }
        if open {
            free.t[w] = let_go(&mut scratch.lo[w]);
            free.f[w] = let_go(&mut scratch.hi[w]);
        }
    }
    running(scratch.lo.as_flattened_mut(), below);
    steps(
        out.lo.as_flattened_mut(),
        offsets,
        scratch.lo.as_flattened(),
    );
    if !point {
        running(scratch.hi.as_flattened_mut(), below);
        steps(
            out.hi.as_flattened_mut(),
            offsets,
            scratch.hi.as_flattened(),
        );
    }
    if open {
        // a sum has no bound where a number that counts has none
        for (side, free, marks, none) in [
            (&mut out.lo, &free.t, &mut marks.t, i64::MIN),
            (&mut out.hi, &free.f, &mut marks.f, i64::MAX),
        ] {
            mark(marks, part, free, false);
            for (block, marks) in side.iter_mut().zip(marks.iter()) {
                for (lane, slot) in block.iter_mut().enumerate() {
                    *slot = pick(spread(*marks, lane), none, *slot);
                }
            }
        }
    }
    let (open_lo, open_hi) = (bounds.lo < 0, bounds.hi > 0);
    if !always {
        for (w, (lo, hi)) in out.lo.iter_mut().zip(&mut out.hi).enumerate() {
            let complete = whole.word(w).0;
            for lane in 0..WORD {
                let whole = spread(complete, lane);
                lo[lane] = if open_lo {
                    pick(whole, lo[lane], i64::MIN)
                } else {
                    lo[lane]
                };
                hi[lane] = if open_hi {
                    pick(whole, hi[lane], i64::MAX)
                } else {
                    hi[lane]
                };
            }
        }
    }
    // no sum has more terms than the longest row of rows; all of them together fit
    let most = longest(offsets);
    out.proof = Proof {
        point,
        open: open || !always && (open_lo || open_hi),
        min: value.proof.min.min(0).wrapping_mul(most),
        max: value.proof.max.max(0).wrapping_mul(most),
    };
}

/// Puts nothing where a bound has no number; which lanes had none.
#[inline(always)]
fn let_go(bounds: &mut Block) -> u64 {
    let free = mask(|lane| is_open(bounds[lane]));
    for (lane, bound) in bounds.iter_mut().enumerate() {
        *bound &= !spread(free, lane);
    }
    free
}

/// Turns numbers into the sums of all before each, and of all at the end; a difference of two is exact although the sums may
/// wrap.
#[inline(always)]
fn running(numbers: &mut [i64], rows: usize) {
    let mut sum = 0_i64;
    for slot in &mut numbers[..rows] {
        let value = *slot;
        *slot = sum;
        sum = sum.wrapping_add(value);
    }
    numbers[rows] = sum;
}

/// The sum below every row above, from running sums.
#[inline(always)]
fn steps(out: &mut [i64], offsets: &[u32], sums: &[i64]) {
    let mut before = 0;
    for (slot, to) in out.iter_mut().zip(offsets.iter().skip(1)) {
        let upto = sums[*to as usize];
        *slot = upto.wrapping_sub(before);
        before = upto;
    }
}

/// What a row adds: its value where it counts, nothing where it does not, either where that is not known.
#[inline(always)]
fn contribution(out: &mut Block, value: &Block, (t, f): (u64, u64), end: impl Fn(i64, i64) -> i64) {
    if t == u64::MAX {
        *out = *value;
        return;
    }
    if t | f == u64::MAX {
        for lane in 0..WORD {
            out[lane] = value[lane] & spread(t, lane);
        }
        return;
    }
    for lane in 0..WORD {
        let maybe = pick(spread(f, lane), 0, end(value[lane], 0));
        out[lane] = pick(spread(t, lane), value[lane], maybe);
    }
}

/// The lowest, or the highest, value of the rows below that hold. `certain` is room for a bit of every row above.
#[inline(always)]
pub(super) fn extreme<const LOWEST: bool>(
    out: &mut Lanes,
    given: &Given<'_>,
    scratch: &mut Lanes,
    certain: &mut [u64],
) {
    let Given {
        part,
        keep,
        value,
        whole,
        bounds,
        ty,
    } = *given;
    let (offsets, below) = (part.offsets.as_slice(), part.above.len());
    let none = if LOWEST { i64::MAX } else { i64::MIN };
    let point = value.proof.point && keep.decided(below);
    for w in 0..below.div_ceil(WORD) {
        // what may not count moves no end that must hold
        let (must, not) = keep.word(w);
        let (lo, hi) = if LOWEST { (!not, must) } else { (must, !not) };
        counted(&mut scratch.lo[w], value.lo(w), lo, none);
        if !point {
            counted(&mut scratch.hi[w], value.hi(w), hi, none);
        }
    }
    farthest::<LOWEST>(&mut out.lo, &part.above, &scratch.lo);
    if point {
        out.hi.copy_from_slice(&out.lo);
    } else {
        farthest::<LOWEST>(&mut out.hi, &part.above, &scratch.hi);
    }
    certain.fill(0);
    match keep {
        Test::Bits(holds, _) => mark(certain, part, holds, false),
        Test::Const(V::TRUE) => {
            for (row, (from, to)) in segments(offsets).enumerate() {
                certain[row / WORD] |= u64::from(to > from) << (row % WORD);
            }
        }
        Test::Const(_) => {}
    }
    let plain = V::plain(ty);
    for (w, (lo, hi)) in out.lo.iter_mut().zip(&mut out.hi).enumerate() {
        let (certain, complete) = (certain[w], whole.word(w).0);
        for lane in 0..WORD {
            let (sure, whole) = (spread(certain, lane), spread(complete, lane));
            let (mut low, mut high) = (lo[lane], hi[lane]);
            if LOWEST {
                low = pick(whole, low, low.min(bounds.lo));
            } else {
                high = pick(whole, high, high.max(bounds.hi));
            }
            lo[lane] = pick(sure, low, plain.lo);
            hi[lane] = pick(sure, high, plain.hi);
        }
    }
    out.measure(offsets.len() - 1);
}

/// The values that count.
#[inline(always)]
fn counted(out: &mut Block, value: &Block, counts: u64, none: i64) {
    for lane in 0..WORD {
        out[lane] = pick(spread(counts, lane), value[lane], none);
    }
}

/// The lowest, or the highest, number below every row above: every row moves the end of its own, without a branch on where
/// one ends and the next begins.
#[inline(always)]
fn farthest<const LOWEST: bool>(out: &mut [Block], above: &[u32], numbers: &[Block]) {
    out.fill([if LOWEST { i64::MAX } else { i64::MIN }; WORD]);
    let out = out.as_flattened_mut();
    for (up, number) in above.iter().zip(numbers.as_flattened()) {
        let slot = &mut out[*up as usize];
        *slot = if LOWEST {
            (*slot).min(*number)
        } else {
            (*slot).max(*number)
        };
    }
}

/// Any aggregate, by its scalar definition.
fn tally(out: &mut Lanes, given: &Given<'_>, kind: AggK) {
    let offsets = &given.part.offsets;
    for (row, (from, to)) in segments(offsets).enumerate() {
        let mut all = Tally::new(kind);
        for at in from..to {
            let kept = given.keep.get(at);
            if kept != V::FALSE {
                all.take(kept, given.value.get(at));
            }
        }
        let whole = given.whole.get(row) == V::TRUE;
        out.set(row, all.close(whole, given.bounds, given.ty));
    }
    out.measure(offsets.len() - 1);
    debug_assert!(
        !out.proof.point || !is_open(out.proof.min),
        "a known sum has bounds"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columnar::lanes::each;
    use proptest::prelude::*;

    /// Truths of some rows as bits.
    fn bits(rows: &[V], words: usize) -> Truths {
        let mut out = Truths {
            t: vec![0; words],
            f: vec![0; words],
        };
        for (row, v) in rows.iter().enumerate() {
            out.t[row / WORD] |= u64::from(v.lo == 1) << (row % WORD);
            out.f[row / WORD] |= u64::from(v.hi == 0) << (row % WORD);
        }
        out
    }

    fn truth() -> impl Strategy<Value = V> {
        prop_oneof![3 => Just(V::TRUE), 3 => Just(V::FALSE), 1 => Just(V::MAYBE)]
    }

    /// One truth for all rows, or one for each; known ones alone or not.
    fn truths() -> impl Strategy<Value = (Option<V>, Vec<V>, bool)> {
        let one = prop::option::of(truth());
        (one, prop::collection::vec(truth(), 600), any::<bool>())
    }

    fn values() -> impl Strategy<Value = Vec<V>> {
        let known = || (-50_i64..1_000_000).prop_map(V::known);
        let some = prop_oneof![
            4 => known(),
            1 => Just(V { lo: 0, hi: 900 }),
            1 => Just(V { lo: -7, hi: 5 }),
        ];
        let any = prop_oneof![
            6 => known(),
            1 => Just(V::UNKNOWN),
            1 => Just(V { lo: 3, hi: i64::MAX }),
            1 => (i64::MAX - 9..i64::MAX).prop_map(V::known),
        ];
        prop_oneof![
            prop::collection::vec(known(), 600),
            prop::collection::vec(some, 600),
            prop::collection::vec(any, 600),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn aggregates_give_what_the_definition_gives(
            sizes in prop::collection::vec(prop_oneof![8 => 0_usize..7, 1 => 60_usize..70], 1..60),
            (keep_one, mut keep_each, keep_known) in truths(),
            (whole_one, mut whole_each, whole_known) in truths(),
            values in values(),
            (low, high) in (prop_oneof![Just(i64::MIN), Just(-60_i64), Just(0)], prop_oneof![Just(i64::MAX), Just(2_000_000_i64)]),
        ) {
            let mut offsets = vec![0_u32];
            let mut below = 0;
            for size in sizes {
                below = 600.min(below + size);
                offsets.push(below as u32);
            }
            let rows = offsets.len() - 1;
            for (list, known) in [(&mut keep_each, keep_known), (&mut whole_each, whole_known)] {
                list.iter_mut().filter(|v| known && **v == V::MAYBE).for_each(|v| *v = V::TRUE);
            }
            let part = Below::new(offsets);
            let kept = |row: usize| keep_one.unwrap_or(keep_each[row]);
            let complete = |row: usize| whole_one.unwrap_or(whole_each[row]);
            let keep_bits = bits(&keep_each[..below], below / WORD + 1);
            let whole_bits = bits(&whole_each[..rows], rows.div_ceil(WORD));
            let keep = keep_one.map_or(Test::Bits(&keep_bits.t, &keep_bits.f), Test::Const);
            let whole = whole_one.map_or(Test::Bits(&whole_bits.t, &whole_bits.f), Test::Const);
            let mut lanes = Lanes::new(below.div_ceil(WORD));
            each(&mut lanes, below, |row| values[row]);
            let given = Given { part: &part, keep, value: View::lanes(&lanes), whole, bounds: V { lo: low, hi: high }, ty: Type::Count };
            let want = |kind: AggK, row: usize| {
                let (from, to) = (part.offsets[row] as usize, part.offsets[row + 1] as usize);
                let mut all = Tally::new(kind);
                let counts = matches!(kind, AggK::Count | AggK::All | AggK::Exists);
                for at in (from..to).filter(|at| counts || kept(*at) != V::FALSE) {
                    // what is asked of the rows that count: that they do
                    let of_all = matches!(kind, AggK::All);
                    let keep = if of_all { V::TRUE } else { kept(at) };
                    let value = if of_all { kept(at) } else if counts { V::TRUE } else { values[at] };
                    all.take(keep, value);
                }
                let ty = if matches!(kind, AggK::All | AggK::Exists) { Type::Bool } else { Type::Count };
                all.close(complete(row) == V::TRUE, V { lo: low, hi: high }, ty)
            };
            let mut spare = Lanes::new(below / WORD + 2);
            let mut certain = vec![0; rows.div_ceil(WORD)];
            for kind in [AggK::Count, AggK::Sum, AggK::Min, AggK::Max] {
                let mut out = Lanes::new(rows.div_ceil(WORD));
                match kind {
                    AggK::Count if keep_one == Some(V::TRUE) => size(&mut out, &part.offsets, whole),
                    AggK::Count => {
                        let all = bits(&(0..below).map(kept).collect::<Vec<_>>(), below / WORD + 1);
                        number(&mut out, &part.offsets, &all, whole, &mut spare);
                    }
                    AggK::Min => extreme::<true>(&mut out, &given, &mut spare, &mut certain),
                    AggK::Max => extreme::<false>(&mut out, &given, &mut spare, &mut certain),
                    _ => total(&mut out, &given, &mut spare, &mut bits(&[], below.div_ceil(WORD)), &mut bits(&[], rows.div_ceil(WORD))),
                }
                let got = View::lanes(&out);
                for row in 0..rows {
                    let v = got.get(row);
                    prop_assert_eq!(v, want(kind, row), "{:?} of row {}", kind, row);
                    let proof = got.proof;
                    prop_assert!(v.is_known() || !proof.point);
                    for end in [v.lo, v.hi] {
                        prop_assert!(if is_open(end) { proof.open } else { (proof.min..=proof.max).contains(&end) }, "{:?} {:?} {:?}", kind, v, proof);
                    }
                }
            }
            let all = bits(&(0..below).map(kept).collect::<Vec<_>>(), below.div_ceil(WORD));
            for kind in [AggK::All, AggK::Exists] {
                let mut out = bits(&[], rows.div_ceil(WORD));
                quantify(&mut out, &part, kind == AggK::All, &all, whole);
                for row in 0..rows {
                    prop_assert_eq!(Test::Bits(&out.t, &out.f).get(row), want(kind, row), "{:?} of row {}", kind, row);
                }
            }
        }
    }
}
