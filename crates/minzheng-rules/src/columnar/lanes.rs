//! Numbers of a chunk as lowest and highest lanes, and the kernels over them.
//!
//! Every kernel runs over whole blocks of 64 lanes; lanes beyond the last row hold anything, so no kernel may trap on a value.
//! Beside the lanes stands what is proved of them: whether all are known, whether any is without a bound, and between which
//! numbers the bounds lie. A sum or product whose proof fits into 64 bits runs without a check; any other runs row by row by
//! the scalar definition.

use super::bits::{Truths, WORD};
use super::wide::{Work, widely};
use crate::scalar::{V, is_open};

/// 64 rows.
pub(super) type Block = [i64; WORD];

/// Where one value that stands for all rows is laid out.
pub(super) type Scratch = Option<[Block; 2]>;

/// What holds for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Lowest and highest are the same: only the lowest are kept.
    pub(super) point: bool,
    /// Some row may have no bound.
    pub(super) open: bool,
    /// Every bound that there is lies between these.
    pub(super) min: i64,
    pub(super) max: i64,
}

impl Proof {
    pub(super) fn of(v: V) -> Self {
        let ends = [v.lo, v.hi].into_iter().filter(|end| !is_open(*end));
        let (min, max) = ends.fold((i64::MAX, i64::MIN), |(min, max), end| {
            (min.min(end), max.max(end))
        });
        Self {
            point: v.is_known(),
            open: is_open(v.lo) || is_open(v.hi),
            min: min.min(max),
            max: max.max(min),
        }
        .without_ends(v)
    }

    /// Where no bound exists, any pair will do: zero makes no trouble.
    fn without_ends(self, v: V) -> Self {
        if is_open(v.lo) && is_open(v.hi) {
            Self {
                min: 0,
                max: 0,
                ..self
            }
        } else {
            self
        }
    }

    /// Whether every bound fits into 32 bits.
    fn is_small(self) -> bool {
        i32::try_from(self.min).is_ok() && i32::try_from(self.max).is_ok()
    }

    /// Whether a number may be zero in a row in which it is known.
    pub(super) const fn may_be_zero(self) -> bool {
        self.min <= 0 && self.max >= 0
    }

    pub(super) fn hull(self, other: Self) -> Self {
        Self {
            point: self.point && other.point,
            open: self.open || other.open,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// The proof of a sum, where it fits.
    fn sum(self, min: i64, max: i64, other: Self) -> Option<Self> {
        let (min, max) = (self.min.checked_add(min)?, self.max.checked_add(max)?);
        let fits = !is_open(min) && !is_open(max);
        fits.then_some(Self {
            point: self.point && other.point,
            open: self.open || other.open,
            min,
            max,
        })
    }

    /// The proof of a product with one number, where it fits.
    pub(super) fn times(self, factor: i64) -> Option<Self> {
        self.product(Self::of(V::known(factor)))
    }

    /// The proof of a product, where it fits.
    pub(super) fn product(self, other: Self) -> Option<Self> {
        let ends = [
            self.min.checked_mul(other.min)?,
            self.min.checked_mul(other.max)?,
            self.max.checked_mul(other.min)?,
            self.max.checked_mul(other.max)?,
        ];
        let (min, max) = (ends.into_iter().min()?, ends.into_iter().max()?);
        let fits = !is_open(min) && !is_open(max);
        fits.then_some(Self {
            point: self.point && other.point,
            open: self.open || other.open,
            min,
            max,
        })
    }
}

/// A number for every row of a chunk.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    pub(super) lo: Vec<Block>,
    pub(super) hi: Vec<Block>,
    pub(super) proof: Proof,
    /// Whether some rows are known and nothing at all is known of the others: then the lowest alone are kept, those of unknown rows
    /// hold any number within the proof, and the proof is that of a row that is known.
    pub(super) gaps: bool,
    /// The rows that are known, where there are gaps.
    pub(super) known: Vec<u64>,
}

impl Lanes {
    pub(super) fn new(blocks: usize) -> Self {
        Self {
            lo: vec![[0; WORD]; blocks],
            hi: vec![[0; WORD]; blocks],
            proof: Proof {
                point: true,
                open: false,
                min: 0,
                max: 0,
            },
            gaps: false,
            known: Vec::new(),
        }
    }

    /// Makes room for so many blocks, without gaps.
    pub(super) fn fit(&mut self, blocks: usize) {
        self.lo.resize(blocks, [0; WORD]);
        self.hi.resize(blocks, [0; WORD]);
        self.gaps = false;
    }

    /// Says which rows are known; nothing is known of the others.
    pub(super) fn veil(&mut self, known: impl Iterator<Item = u64>, rows: usize) {
        self.known.clear();
        self.known.extend(known);
        self.veil_others(rows);
    }

    /// Nothing is known of the rows that are not said to be known.
    pub(super) fn veil_others(&mut self, rows: usize) {
        if self.proof.point {
            self.gaps = true;
        } else {
            self.open_others();
            self.measure(rows);
        }
    }

    /// Writes what is not known as a lowest and a highest without bound, for who reads both.
    #[inline(always)]
    pub(super) fn close(&mut self) {
        if self.gaps {
            self.gaps = false;
            self.hi.clone_from(&self.lo);
            self.open_others();
            self.proof.point = false;
            self.proof.open = true;
        }
    }

    #[inline(always)]
    fn open_others(&mut self) {
        let known = core::mem::take(&mut self.known);
        self.put_where_unknown(&known, V::UNKNOWN);
        self.known = known;
    }

    /// Writes what a value that is not known can be.
    #[inline(always)]
    pub(super) fn put_where_unknown(&mut self, known: &[u64], missing: V) {
        for ((lo, hi), known) in self.lo.iter_mut().zip(&mut self.hi).zip(known) {
            for lane in 0..WORD {
                let is = spread(*known, lane);
                lo[lane] = pick(is, lo[lane], missing.lo);
                hi[lane] = pick(is, hi[lane], missing.hi);
            }
        }
    }

    pub(super) fn set(&mut self, row: usize, v: V) {
        let (word, lane) = (row / WORD, row % WORD);
        if let (Some(lo), Some(hi)) = (self.lo.get_mut(word), self.hi.get_mut(word)) {
            lo[lane] = v.lo;
            hi[lane] = v.hi;
        }
    }

    /// Finds what holds for every row, after they were written one by one. It stands apart: many kernels end with it.
    pub(super) fn measure(&mut self, rows: usize) {
        widely(Measure { lanes: self, rows });
    }

    #[inline(always)]
    fn find(&mut self, rows: usize) {
        let same = self
            .lo
            .iter()
            .zip(&self.hi)
            .enumerate()
            .all(|(w, (lo, hi))| {
                let left = rows.saturating_sub(w * WORD).min(WORD);
                differences(lo, hi, left) == 0
            });
        if same {
            return self.measure_known(rows);
        }
        let mut found = Found::new();
        for (w, (lo, hi)) in self.lo.iter().zip(&self.hi).enumerate() {
            let Some(left) = rows.checked_sub(w * WORD).filter(|left| *left > 0) else {
                break;
            };
            if left >= WORD {
                found.block(lo, hi, WORD);
            } else {
                found.block(lo, hi, left);
            }
        }
        self.proof = found.proof();
    }

    /// The same where every row is known, of which the lowest alone is written.
    #[inline(always)]
    pub(super) fn measure_known(&mut self, rows: usize) {
        let values = self.lo.as_flattened();
        let (min, max) = ends(values.get(..rows).unwrap_or(values));
        if is_open(min) || is_open(max) {
            // a number that stands for no bound; or no row at all
            let mut found = Found::new();
            for value in self.lo.as_flattened().iter().take(rows) {
                found.value(*value);
            }
            self.proof = found.proof();
        } else {
            self.proof = Proof {
                point: true,
                open: false,
                min,
                max,
            };
        }
    }
}

/// [`Lanes::measure`], to be done with the widest instructions.
struct Measure<'l> {
    lanes: &'l mut Lanes,
    rows: usize,
}

impl Work for Measure<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        self.lanes.find(self.rows);
    }
}

/// The lowest and the highest of some numbers; the other way round where there are none.
#[inline(always)]
pub(super) fn ends<T: Copy + Ord + Into<i64>>(values: &[T]) -> (i64, i64) {
    let Some(first) = values.first() else {
        return (i64::MAX, i64::MIN);
    };
    let (mut min, mut max) = (*first, *first);
    for value in values {
        min = min.min(*value);
        max = max.max(*value);
    }
    (min.into(), max.into())
}

/// The bits in which any of the first rows of two blocks differ.
#[inline(always)]
fn differences(lo: &Block, hi: &Block, rows: usize) -> i64 {
    let pairs = lo.iter().zip(hi);
    if rows == WORD {
        pairs.fold(0, |all, (lo, hi)| all | lo ^ hi)
    } else {
        pairs.take(rows).fold(0, |all, (lo, hi)| all | lo ^ hi)
    }
}

/// What holds for the rows seen so far.
struct Found {
    min: i64,
    max: i64,
    open: bool,
    span: bool,
}

impl Found {
    const fn new() -> Self {
        Self {
            min: i64::MAX,
            max: i64::MIN,
            open: false,
            span: false,
        }
    }

    #[inline(always)]
    fn block(&mut self, lo: &Block, hi: &Block, rows: usize) {
        // every bound that there is counts for both ends
        let (mut min, mut max, mut open, mut span) = (i64::MAX, i64::MIN, 0, 0);
        for (lo, hi) in lo.iter().zip(hi).take(rows) {
            let (free_lo, free_hi) = (is_open(*lo), is_open(*hi));
            min = min.min(if free_lo { i64::MAX } else { *lo });
            min = min.min(if free_hi { i64::MAX } else { *hi });
            max = max.max(if free_lo { i64::MIN } else { *lo });
            max = max.max(if free_hi { i64::MIN } else { *hi });
            open |= i64::from(free_lo | free_hi);
            span |= lo ^ hi;
        }
        self.min = self.min.min(min);
        self.max = self.max.max(max);
        self.open |= open != 0;
        self.span |= span != 0;
    }

    /// A number that is known.
    fn value(&mut self, value: i64) {
        if is_open(value) {
            self.open = true;
        } else {
            self.min = self.min.min(value);
            self.max = self.max.max(value);
        }
    }

    fn proof(self) -> Proof {
        let (min, max) = if self.min > self.max {
            (0, 0)
        } else {
            (self.min, self.max)
        };
        Proof {
            point: !self.span,
            open: self.open,
            min,
            max,
        }
    }
}

/// Lanes as a kernel reads them: blocks, or one block for all.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    lo: &'a [Block],
    hi: &'a [Block],
    /// 0 where one block stands for all.
    step: usize,
    pub(super) proof: Proof,
    /// Where one value stands for all.
    pub(super) constant: Option<V>,
}

impl<'a> View<'a> {
    #[inline(always)]
    pub(super) fn lanes(lanes: &'a Lanes) -> Self {
        Self::over(lanes, &lanes.lo)
    }

    /// Lanes of which the lowest stand somewhere else.
    #[inline(always)]
    pub(super) fn over(lanes: &'a Lanes, lo: &'a [Block]) -> Self {
        let hi = if lanes.proof.point { lo } else { &lanes.hi };
        Self {
            lo,
            hi,
            step: 1,
            proof: lanes.proof,
            constant: None,
        }
    }

    /// One value for all rows; `scratch` is filled with it.
    #[inline(always)]
    pub(super) fn splat(v: V, scratch: &'a mut Scratch) -> Self {
        let (lo, hi) = scratch.insert([[v.lo; WORD], [v.hi; WORD]]).split_at(1);
        Self {
            lo,
            hi,
            step: 0,
            proof: Proof::of(v),
            constant: Some(v),
        }
    }

    #[inline(always)]
    pub(super) fn lo(&self, word: usize) -> &'a Block {
        &self.lo[word * self.step]
    }

    #[inline(always)]
    pub(super) fn hi(&self, word: usize) -> &'a Block {
        &self.hi[word * self.step]
    }

    /// The rows of a word of which one number is left.
    #[inline(always)]
    pub(super) fn known(&self, word: usize) -> u64 {
        if self.proof.point {
            return u64::MAX;
        }
        let (lo, hi) = (self.lo(word), self.hi(word));
        mask(|lane| lo[lane] == hi[lane])
    }

    /// The rows of a word whose lowest lies between two numbers.
    #[inline(always)]
    pub(super) fn within(&self, word: usize, (min, max): (i64, i64)) -> u64 {
        if !self.proof.open && self.proof.min >= min && self.proof.max <= max {
            return u64::MAX;
        }
        let lo = self.lo(word);
        mask(|lane| lo[lane] >= min && lo[lane] <= max)
    }

    #[inline(always)]
    pub(super) fn get(&self, row: usize) -> V {
        let (word, lane) = (row / WORD, row % WORD);
        V {
            lo: self.lo(word)[lane],
            hi: self.hi(word)[lane],
        }
    }
}

/// The bits of a test over 64 lanes. Bits that are as wide as the numbers they are of are shifted and joined several lanes at
/// once.
#[inline(always)]
pub(super) fn mask(test: impl Fn(usize) -> bool) -> u64 {
    let mut word = 0;
    for lane in 0..WORD {
        word |= u64::from(test(lane)) << lane;
    }
    word
}

/// The same for numbers of 32 bits.
#[inline(always)]
fn mask_of_halves(test: impl Fn(usize) -> bool) -> u64 {
    const HALF: usize = WORD / 2;
    let (mut low, mut high) = (0_u32, 0_u32);
    for lane in 0..HALF {
        low |= u32::from(test(lane)) << lane;
        high |= u32::from(test(HALF + lane)) << lane;
    }
    u64::from(low) | u64::from(high) << HALF
}

/// The same for bytes.
#[inline(always)]
fn mask_of_bytes(test: impl Fn(usize) -> bool) -> u64 {
    let mut bytes = [0_u8; WORD];
    for (lane, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from(test(lane));
    }
    // the bit of lane 8i + k becomes bit i of byte k
    let mut word = 0;
    for (at, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        word |= u64::from_le_bytes(*eight) << at;
    }
    transposed(word)
}

/// Eight bytes as a square of bits, rows and columns changed.
#[inline(always)]
const fn transposed(word: u64) -> u64 {
    const fn swapped(word: u64, by: u32, at: u64) -> u64 {
        let differ = (word ^ word >> by) & at;
        word ^ differ ^ differ << by
    }
    let word = swapped(word, 7, 0x00aa_00aa_00aa_00aa);
    let word = swapped(word, 14, 0x0000_cccc_0000_cccc);
    swapped(word, 28, 0x0000_0000_f0f0_f0f0)
}

/// The same for numbers of a column.
#[inline(always)]
fn mask_of<T>(test: impl Fn(usize) -> bool) -> u64 {
    match size_of::<T>() {
        1 => mask_of_bytes(test),
        4 => mask_of_halves(test),
        _ => mask(test),
    }
}

/// The lanes that are zero.
#[inline(always)]
pub(super) fn zeros(block: &Block) -> u64 {
    mask(|lane| block[lane] == 0)
}

/// All ones where the bit of a lane is set.
#[inline(always)]
pub(super) const fn spread(word: u64, lane: usize) -> i64 {
    0_i64.wrapping_sub((word >> lane & 1) as i64)
}

#[inline(always)]
pub(super) const fn pick(mask: i64, yes: i64, no: i64) -> i64 {
    yes & mask | no & !mask
}

/// Row by row by the scalar definition.
#[inline(always)]
pub(super) fn each(out: &mut Lanes, rows: usize, f: impl Fn(usize) -> V) {
    for (w, (lo, hi)) in out.lo.iter_mut().zip(&mut out.hi).enumerate() {
        let left = rows.saturating_sub(w * WORD).min(WORD);
        for lane in 0..left {
            let v = f(w * WORD + lane);
            lo[lane] = v.lo;
            hi[lane] = v.hi;
        }
    }
    out.measure(rows);
}

#[inline(always)]
pub(super) fn add(out: &mut Lanes, rows: usize, words: usize, a: View<'_>, b: View<'_>) {
    match a.proof.sum(b.proof.min, b.proof.max, b.proof) {
        Some(proof) => {
            out.proof = proof;
            let (open, wide) = (proof.open, !proof.point);
            for w in 0..words {
                sum(
                    &mut out.lo[w],
                    a.lo(w),
                    b.lo(w),
                    open,
                    i64::MIN,
                    i64::wrapping_add,
                );
                if wide {
                    sum(
                        &mut out.hi[w],
                        a.hi(w),
                        b.hi(w),
                        open,
                        i64::MAX,
                        i64::wrapping_add,
                    );
                }
            }
        }
        None => one_by_one(out, rows, (a, b), V::add),
    }
}

#[inline(always)]
pub(super) fn sub(out: &mut Lanes, rows: usize, words: usize, a: View<'_>, b: View<'_>) {
    let turned = b.proof.max.checked_neg().zip(b.proof.min.checked_neg());
    // turned, the number beside "no bound" would read as that
    let turned = turned.filter(|(min, max)| !is_open(*min) && !is_open(*max));
    match turned.and_then(|(min, max)| a.proof.sum(min, max, b.proof)) {
        Some(proof) => {
            out.proof = proof;
            let (open, wide) = (proof.open, !proof.point);
            for w in 0..words {
                sum(
                    &mut out.lo[w],
                    a.lo(w),
                    b.hi(w),
                    open,
                    i64::MIN,
                    i64::wrapping_sub,
                );
                if wide {
                    sum(
                        &mut out.hi[w],
                        a.hi(w),
                        b.lo(w),
                        open,
                        i64::MAX,
                        i64::wrapping_sub,
                    );
                }
            }
        }
        None => one_by_one(out, rows, (a, b), V::sub),
    }
}

/// One bound of a sum: without a bound where either has none.
#[inline(always)]
fn sum(out: &mut Block, a: &Block, b: &Block, open: bool, none: i64, op: impl Fn(i64, i64) -> i64) {
    if open {
        for lane in 0..WORD {
            let (x, y) = (a[lane], b[lane]);
            let free = is_open(x) | is_open(y);
            out[lane] = if free { none } else { op(x, y) };
        }
    } else {
        for lane in 0..WORD {
            out[lane] = op(a[lane], b[lane]);
        }
    }
}

#[inline(always)]
pub(super) fn least(out: &mut Lanes, words: usize, a: View<'_>, b: View<'_>) {
    out.proof = a.proof.hull(b.proof);
    for w in 0..words {
        both(&mut out.lo[w], a.lo(w), b.lo(w), Ord::min);
        if !out.proof.point {
            both(&mut out.hi[w], a.hi(w), b.hi(w), Ord::min);
        }
    }
}

#[inline(always)]
pub(super) fn greatest(out: &mut Lanes, words: usize, a: View<'_>, b: View<'_>) {
    out.proof = a.proof.hull(b.proof);
    for w in 0..words {
        both(&mut out.lo[w], a.lo(w), b.lo(w), Ord::max);
        if !out.proof.point {
            both(&mut out.hi[w], a.hi(w), b.hi(w), Ord::max);
        }
    }
}

#[inline(always)]
fn both(out: &mut Block, a: &Block, b: &Block, op: impl Fn(i64, i64) -> i64) {
    for lane in 0..WORD {
        out[lane] = op(a[lane], b[lane]);
    }
}

#[inline(always)]
pub(super) fn mul(out: &mut Lanes, rows: usize, words: usize, a: View<'_>, b: View<'_>) {
    // one side known everywhere and not negative: lowest by known, highest by known, as the definition has it
    let (x, k) = if b.proof.point && b.proof.min >= 0 {
        (a, b)
    } else {
        (b, a)
    };
    let plain = k.proof.point && !k.proof.open && (k.proof.min >= 0 || x.proof.point);
    match x
        .proof
        .product(k.proof)
        .filter(|_| plain && !(x.proof.open && k.proof.min < 0))
    {
        Some(proof) => {
            out.proof = proof;
            let small = !proof.open && x.proof.is_small() && k.proof.is_small();
            for w in 0..words {
                product(&mut out.lo[w], x.lo(w), k.lo(w), proof.open, small);
                if !proof.point {
                    product(&mut out.hi[w], x.hi(w), k.lo(w), proof.open, small);
                }
            }
            if proof.open {
                // no bound times zero is zero
                out.proof = Proof {
                    min: proof.min.min(0),
                    max: proof.max.max(0),
                    ..proof
                };
            }
        }
        None if a.proof.product(b.proof).is_some() && products(out, words, a, b) => {
            out.measure(rows);
        }
        None => one_by_one(out, rows, (a, b), V::mul),
    }
}

/// Products of which no bound overflows, whatever is known of the two; whether they are those of the definition.
#[inline(always)]
fn products(out: &mut Lanes, words: usize, a: View<'_>, b: View<'_>) -> bool {
    let mut odd = 0;
    for (w, (out_lo, out_hi)) in out.lo.iter_mut().zip(&mut out.hi).take(words).enumerate() {
        let (a_lo, a_hi, b_lo, b_hi) = (a.lo(w), a.hi(w), b.lo(w), b.hi(w));
        for lane in 0..WORD {
            let (known_a, known_b) = (a_lo[lane] == a_hi[lane], b_lo[lane] == b_hi[lane]);
            let by_b = known_b & (known_a | (b_lo[lane] >= 0));
            let some = by_b | known_a & (a_lo[lane] >= 0);
            let k = if by_b { b_lo[lane] } else { a_lo[lane] };
            let lo = if by_b { a_lo[lane] } else { b_lo[lane] };
            let hi = if by_b { a_hi[lane] } else { b_hi[lane] };
            let bound = |bound: i64| {
                let free = is_open(bound) & (k != 0);
                if free { bound } else { bound.wrapping_mul(k) }
            };
            // a number that stands for no bound, and is one
            odd |= i64::from(known_a & is_open(a_lo[lane]) | known_b & is_open(b_lo[lane]));
            out_lo[lane] = if some { bound(lo) } else { i64::MIN };
            out_hi[lane] = if some { bound(hi) } else { i64::MAX };
        }
    }
    odd == 0
}

/// Row by row by the scalar definition: what is rare, and need not be fast.
#[inline(never)]
fn one_by_one(out: &mut Lanes, rows: usize, (a, b): (View<'_>, View<'_>), f: fn(V, V) -> V) {
    each(out, rows, |row| f(a.get(row), b.get(row)));
}

/// 32 bits by 32 bits: one instruction for several lanes.
#[inline(always)]
const fn short(x: i64, k: i64) -> i64 {
    (x as i32 as i64).wrapping_mul(k as i32 as i64)
}

#[inline(always)]
fn product(out: &mut Block, x: &Block, k: &Block, open: bool, small: bool) {
    if small {
        for lane in 0..WORD {
            out[lane] = short(x[lane], k[lane]);
        }
    } else if open {
        for lane in 0..WORD {
            let (x, k) = (x[lane], k[lane]);
            out[lane] = if is_open(x) & (k != 0) {
                x
            } else if k == 0 {
                0
            } else {
                x.wrapping_mul(k)
            };
        }
    } else {
        for lane in 0..WORD {
            out[lane] = x[lane].wrapping_mul(k[lane]);
        }
    }
}

/// How a value stands to a constant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// Below it.
    Below,
    /// At it or below.
    UpTo,
    /// Above it.
    Above,
    /// At it or above.
    From,
    /// The same.
    Same,
}

impl Side {
    /// What it says of a value that may not be known.
    pub(super) fn of(self, value: V, constant: i64) -> V {
        let constant = V::known(constant);
        match self {
            Self::Below => value.lt(constant),
            Self::UpTo => value.le(constant),
            Self::Above => constant.lt(value),
            Self::From => constant.le(value),
            Self::Same => value.eq(constant),
        }
    }
}

/// The rows of a column that stand so to a constant, in the numbers of the column; rows beyond the last may be anything.
///
/// Gives whether it is the others that were written: who reads the bits turns them.
#[inline(always)]
pub(super) fn stand<T: Copy + Ord + Default + TryFrom<i64>>(
    out: &mut [u64],
    values: &[T],
    side: Side,
    constant: i64,
) -> bool {
    // two tests are all there is: the same, and up to; the others are their opposites beside the next number
    let (bound, not) = match side {
        Side::Same | Side::UpTo => (Some(constant), false),
        Side::Below => (constant.checked_sub(1), false),
        Side::Above => (Some(constant), true),
        Side::From => (constant.checked_sub(1), true),
    };
    let same = matches!(side, Side::Same);
    match bound.map(T::try_from) {
        Some(Ok(bound)) if same => bits_of(out, values, |v| v == bound),
        Some(Ok(bound)) => bits_of(out, values, |v| v <= bound),
        // beyond the numbers of the column: the same for all
        Some(Err(_)) => out.fill(u64::from(!same && constant > 0).wrapping_neg()),
        None => out.fill(0),
    }
    not
}

/// The rows of a column that pass a test.
#[inline(always)]
pub(super) fn bits_of<T: Copy + Default>(out: &mut [u64], values: &[T], test: impl Fn(T) -> bool) {
    let (blocks, rest) = values.as_chunks::<WORD>();
    for (word, block) in out.iter_mut().zip(blocks) {
        *word = mask_of::<T>(|lane| test(block[lane]));
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        let mut block = [T::default(); WORD];
        block[..rest.len()].copy_from_slice(rest);
        *word = mask_of::<T>(|lane| test(block[lane]));
    }
}

#[inline(always)]
pub(super) fn less(out: &mut Truths, words: usize, a: View<'_>, b: View<'_>) {
    for w in 0..words {
        let (a_lo, a_hi, b_lo, b_hi) = (a.lo(w), a.hi(w), b.lo(w), b.hi(w));
        out.t[w] = mask(|i| a_hi[i] < b_lo[i]);
        out.f[w] = if a.proof.point && b.proof.point {
            !out.t[w]
        } else {
            mask(|i| a_lo[i] >= b_hi[i])
        };
    }
}

/// Whether numbers times a factor are below others times a factor: all are known, and no product overflows.
#[inline(always)]
pub(super) fn less_scaled(
    out: &mut Truths,
    words: usize,
    (a, by_a): (View<'_>, i64),
    (b, by_b): (View<'_>, i64),
) {
    let small = |view: View<'_>, by: i64| view.proof.is_small() && i32::try_from(by).is_ok();
    let (small_a, small_b) = (small(a, by_a), small(b, by_b));
    for w in 0..words {
        let (a, b) = (a.lo(w), b.lo(w));
        out.t[w] = if by_a == 1 && small_b {
            mask(|i| a[i] < short(b[i], by_b))
        } else if by_b == 1 && small_a {
            mask(|i| short(a[i], by_a) < b[i])
        } else if small_a && small_b {
            mask(|i| short(a[i], by_a) < short(b[i], by_b))
        } else {
            mask(|i| a[i].wrapping_mul(by_a) < b[i].wrapping_mul(by_b))
        };
        out.f[w] = !out.t[w];
    }
}

#[inline(always)]
pub(super) fn less_or_equal(out: &mut Truths, words: usize, a: View<'_>, b: View<'_>) {
    for w in 0..words {
        let (a_lo, a_hi, b_lo, b_hi) = (a.lo(w), a.hi(w), b.lo(w), b.hi(w));
        out.t[w] = mask(|i| a_hi[i] <= b_lo[i]);
        out.f[w] = if a.proof.point && b.proof.point {
            !out.t[w]
        } else {
            mask(|i| a_lo[i] > b_hi[i])
        };
    }
}

#[inline(always)]
pub(super) fn equal(out: &mut Truths, words: usize, a: View<'_>, b: View<'_>) {
    for w in 0..words {
        let (a_lo, a_hi, b_lo, b_hi) = (a.lo(w), a.hi(w), b.lo(w), b.hi(w));
        if a.proof.point && b.proof.point {
            out.t[w] = mask(|i| a_lo[i] == b_lo[i]);
            out.f[w] = !out.t[w];
        } else {
            out.t[w] = mask(|i| (a_lo[i] == a_hi[i]) & (b_lo[i] == b_hi[i]) & (a_lo[i] == b_lo[i]));
            out.f[w] = mask(|i| (a_lo[i] > b_hi[i]) | (b_lo[i] > a_hi[i]));
        }
    }
}

/// How many values are compared one by one.
const FEW: usize = 3;

#[inline(always)]
pub(super) fn is_in(out: &mut Truths, words: usize, a: View<'_>, values: &[i64]) {
    // codes are small: a list of them is a set of bits
    let small = !values.is_empty() && values.iter().all(|v| (0..64).contains(v));
    let set = values
        .iter()
        .filter(|v| (0..64).contains(*v))
        .fold(0_u64, |set, v| set | 1 << v);
    let far = [i64::MIN, i64::MAX];
    let few = a.proof.point && values.len() <= FEW;
    let held = a.proof.min >= 0 && a.proof.max < WORD as i64;
    for w in 0..words {
        let (lo, hi) = (a.lo(w), a.hi(w));
        if few {
            let hit = |hits: u64, v: &i64| hits | mask(|i| lo[i] == *v);
            out.t[w] = values.iter().fold(0, hit);
            out.f[w] = !out.t[w];
            continue;
        }
        if small && a.proof.point && held {
            out.t[w] = mask(|i| set >> (lo[i] & 63) & 1 == 1);
            out.f[w] = !out.t[w];
            continue;
        }
        if small {
            // a value that is known, or nothing is known of
            let known = mask(|i| lo[i] == hi[i]);
            let plain = mask(|i| (lo[i] == far[0]) & (hi[i] == far[1]));
            if known | plain == u64::MAX {
                let hit = mask(|i| ((lo[i] as u64) < 64) & (set >> (lo[i] & 63) & 1 == 1));
                out.t[w] = known & hit;
                out.f[w] = known & !hit;
                continue;
            }
        }
        let (mut same, mut near) = (0, 0);
        for v in values {
            same |= mask(|i| (lo[i] == *v) & (hi[i] == *v));
            near |= mask(|i| (lo[i] <= *v) & (hi[i] >= *v));
        }
        out.t[w] = same;
        out.f[w] = !near;
    }
}

#[inline(always)]
pub(super) fn known(out: &mut [u64], words: usize, a: View<'_>) {
    for (w, slot) in out.iter_mut().enumerate().take(words) {
        let (lo, hi) = (a.lo(w), a.hi(w));
        *slot = mask(|i| lo[i] == hi[i]);
    }
}

/// Truths that were written as numbers.
#[inline(always)]
pub(super) fn truths(out: &mut Truths, words: usize, a: View<'_>) {
    for w in 0..words {
        let (lo, hi) = (a.lo(w), a.hi(w));
        out.t[w] = mask(|i| lo[i] == 1);
        out.f[w] = mask(|i| hi[i] == 0);
    }
}

/// Where `t` one, where `f` the other, else unknown.
#[inline(always)]
pub(super) fn choose(
    out: &mut Lanes,
    words: usize,
    test: (&[u64], &[u64], bool),
    yes: View<'_>,
    no: View<'_>,
) {
    let (t, f, decided) = test;
    out.proof = yes.proof.hull(no.proof);
    if !decided {
        out.proof.open = true;
        out.proof.point = false;
    }
    for w in 0..words {
        let (t, f) = (t[w], f[w]);
        one_of(&mut out.lo[w], t, f, yes.lo(w), no.lo(w), i64::MIN, decided);
        if !out.proof.point {
            one_of(&mut out.hi[w], t, f, yes.hi(w), no.hi(w), i64::MAX, decided);
        }
    }
}

#[inline(always)]
fn one_of(out: &mut Block, t: u64, f: u64, yes: &Block, no: &Block, none: i64, decided: bool) {
    if decided {
        for lane in 0..WORD {
            out[lane] = pick(spread(t, lane), yes[lane], no[lane]);
        }
    } else {
        for lane in 0..WORD {
            let rest = pick(spread(f, lane), no[lane], none);
            out[lane] = pick(spread(t, lane), yes[lane], rest);
        }
    }
}

/// A constant in the rows that are not known.
#[inline(always)]
pub(super) fn fill(out: &mut Lanes, words: usize, known: impl Fn(usize) -> u64, value: i64) {
    for (w, block) in out.lo.iter_mut().enumerate().take(words) {
        let known = known(w);
        for (lane, slot) in block.iter_mut().enumerate() {
            *slot = pick(spread(known, lane), *slot, value);
        }
    }
}

/// What is known, else a constant.
#[inline(always)]
pub(super) fn coalesce(out: &mut Lanes, words: usize, a: View<'_>, value: i64) {
    out.proof = Proof {
        point: true,
        open: false,
        min: a.proof.min.min(value),
        max: a.proof.max.max(value),
    };
    for w in 0..words {
        let (lo, hi) = (a.lo(w), a.hi(w));
        for lane in 0..WORD {
            out.lo[w][lane] = if lo[lane] == hi[lane] {
                lo[lane]
            } else {
                value
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ends that meet every special case: open, zero, negative, near overflow.
    fn end() -> impl Strategy<Value = i64> {
        prop_oneof![
            Just(i64::MIN),
            Just(i64::MAX),
            Just(i64::MAX - 1),
            Just(i64::MIN + 1),
            -3_i64..4,
            -5_000_000_000_i64..5_000_000_000,
        ]
    }

    fn interval() -> impl Strategy<Value = V> {
        prop_oneof![
            3 => (-100_i64..1_000_000).prop_map(V::known),
            1 => (i64::MIN + 1..i64::MAX).prop_map(V::known),
            3 => (end(), end()).prop_filter_map("in order", |(a, b)| {
                let v = V { lo: a.min(b), hi: a.max(b) };
                // an end that stands for no bound stands on its own side
                (v.lo != i64::MAX && v.hi != i64::MIN).then_some(v)
            }),
        ]
    }

    fn lanes(rows: &[V]) -> Lanes {
        let mut out = Lanes::new(rows.len().div_ceil(WORD));
        each(&mut out, rows.len(), |row| rows[row]);
        out
    }

    type Kernel = (
        &'static str,
        fn(&mut Lanes, usize, usize, View<'_>, View<'_>),
        fn(V, V) -> V,
    );

    type Test = (
        &'static str,
        fn(&mut Truths, usize, View<'_>, View<'_>),
        fn(V, V) -> V,
    );

    proptest! {
        #[test]
        fn membership_is_what_the_definition_says(rows in prop::collection::vec(prop_oneof![3 => (-2_i64..70).prop_map(V::known), 1 => Just(V::UNKNOWN), 1 => (0_i64..9, 0_i64..9).prop_map(|(a, b)| V { lo: a.min(b), hi: a.max(b) })], 1..150), values in prop::collection::btree_set(0_i64..66, 0..5)) {
            let values: Vec<i64> = values.into_iter().collect();
            let given = lanes(&rows);
            let words = rows.len().div_ceil(WORD);
            let mut bits = Truths { t: vec![0; words], f: vec![0; words] };
            is_in(&mut bits, words, View::lanes(&given), &values);
            for (row, v) in rows.iter().enumerate() {
                let got = V { lo: (bits.t[row / WORD] >> (row % WORD) & 1) as i64, hi: 1 - (bits.f[row / WORD] >> (row % WORD) & 1) as i64 };
                prop_assert_eq!(got, v.is_in(&values), "{:?} in {:?}", v, &values);
            }
        }

        #[test]
        fn kernels_give_what_the_definition_gives(pairs in prop::collection::vec((interval(), interval()), 1..150), narrow in any::<bool>()) {
            let pairs: Vec<(V, V)> = pairs.into_iter().map(|(a, b)| if narrow && !a.is_known() { (V::known(7), b) } else { (a, b) }).collect();
            let (rows, words) = (pairs.len(), pairs.len().div_ceil(WORD));
            let a: Vec<V> = pairs.iter().map(|p| p.0).collect();
            let b: Vec<V> = pairs.iter().map(|p| p.1).collect();
            let (la, lb) = (lanes(&a), lanes(&b));
            let (va, vb) = (View::lanes(&la), View::lanes(&lb));
            let mut out = Lanes::new(words);
            let kernels: [Kernel; 5] = [
                ("add", add, V::add), ("sub", sub, V::sub), ("mul", mul, V::mul),
                ("min", |o, _, w, x, y| least(o, w, x, y), V::min), ("max", |o, _, w, x, y| greatest(o, w, x, y), V::max),
            ];
            for (name, kernel, definition) in kernels {
                kernel(&mut out, rows, words, va, vb);
                let got = View::lanes(&out);
                let mut measured = lanes(&[V::known(0)]);
                for row in 0..rows {
                    prop_assert_eq!(got.get(row), definition(a[row], b[row]), "{} of {:?} and {:?}", name, a[row], b[row]);
                    measured.set(0, got.get(row));
                    measured.measure(1);
                    let (proof, one) = (got.proof, measured.proof);
                    prop_assert!(one.point || !proof.point);
                    prop_assert!(!one.open || proof.open);
                    prop_assert!((one.min >= proof.min && one.max <= proof.max) || (one.min, one.max) == (0, 0), "{name} {one:?} {proof:?}");
                }
            }
            let mut bits = Truths { t: vec![0; words], f: vec![0; words] };
            let tests: [Test; 3] = [("lt", less, V::lt), ("le", less_or_equal, V::le), ("eq", equal, V::eq)];
            for (name, kernel, definition) in tests {
                kernel(&mut bits, words, va, vb);
                for row in 0..rows {
                    let want = definition(a[row], b[row]);
                    let got = V { lo: (bits.t[row / WORD] >> (row % WORD) & 1) as i64, hi: 1 - (bits.f[row / WORD] >> (row % WORD) & 1) as i64 };
                    prop_assert_eq!(got, want, "{} of {:?} and {:?}", name, a[row], b[row]);
                }
            }
        }
    }
}
