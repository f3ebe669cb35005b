//! Named roundings over lanes, in 64 bits where that is proved.

use super::bits::WORD;
use super::lanes::{self, Lanes, Proof, View};
use super::run::Size;
use crate::ir::Op;
use crate::number::{RATIO_ONE, Rounding};
use crate::scalar::{V, is_open};

/// What is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An amount × a ratio.
    Share,
    /// An amount by a count.
    Quotient,
    /// An amount to whole units.
    Units,
}

/// How many divisors are kept as reciprocals.
const FEW: usize = 128;

/// A rounding that was proved to need no more than 64 bits: a divisor that is not negative, one rule for all rows.
#[derive(Debug)]
pub(super) struct Division {
    kind: Kind,
    rule: Rounding,
    proof: Proof,
    /// The largest number that is divided.
    largest: u64,
    /// Some row may be divided by zero: of numbers that are known everywhere it is told by [`Division::defined`].
    pub(super) may_fail: bool,
}

impl Division {
    /// The division of a node with these arguments, where it is proved.
    pub(super) fn prove(op: &Op, views: &[View<'_>]) -> Option<Self> {
        let [a, b, rule] = views else { return None };
        let kind = match op {
            Op::MulRound(..) => Kind::Share,
            Op::DivRound(..) => Kind::Quotient,
            Op::RoundTo(..) => Kind::Units,
            _ => return None,
        };
        let rule = rule
            .constant
            .and_then(V::get)
            .and_then(Rounding::from_index)?;
        if rule == Rounding::Exact || b.proof.min < 0 {
            return None;
        }
        // every rule treats a negative amount as its opposite
        let far = a.proof.max.checked_abs()?.max(a.proof.min.checked_abs()?);
        let (numerator, divisor, most) = match kind {
            Kind::Share => (far.checked_mul(b.proof.max)?, RATIO_ONE, RATIO_ONE),
            Kind::Quotient | Kind::Units => (far, b.proof.min, b.proof.max),
        };
        // a divisor of zero makes its row unknown
        let divisor = divisor.max(1);
        // the largest number on the way: twice the numerator and twice the divisor
        let largest = numerator.checked_add(most)?.checked_mul(2)?;
        let highest = (numerator / divisor).checked_add(1)?;
        let highest = if kind == Kind::Units {
            highest.checked_mul(most)?
        } else {
            highest
        };
        let point = a.proof.point && b.proof.point;
        let proof = Proof {
            point,
            open: !point,
            min: if a.proof.min < 0 { -highest } else { 0 },
            max: highest,
        };
        (!is_open(highest)).then_some(Self {
            kind,
            rule,
            proof,
            largest: largest as u64,
            may_fail: point && kind != Kind::Share && b.proof.may_be_zero(),
        })
    }

    /// The rows of a word that are not divided by zero.
    #[inline(always)]
    pub(super) fn defined(&self, views: &[View<'_>], word: usize) -> u64 {
        match views {
            [_, divisor, _] if self.may_fail => !lanes::zeros(divisor.lo(word)),
            _ => u64::MAX,
        }
    }

    #[inline(always)]
    pub(super) fn run(&self, out: &mut Lanes, size: Size, views: &[View<'_>]) {
        let [a, b, _] = views else { return };
        // over 2d in every case, so that no divisor is one. Half up: 2n + d; up: 2n + 2d - 2; down: 2n. It is one formula, so that
        // the loop over rows has no branch
        let (times, less) = match self.rule {
            Rounding::HalfUp => (1, 0),
            Rounding::Up => (2, 2),
            Rounding::Down | Rounding::Exact => (0, 0),
        };
        let numerator = |n: u64, d: u64| {
            let extra = d.wrapping_mul(times).wrapping_sub(less);
            n.wrapping_mul(2).wrapping_add(extra)
        };
        let fixed = match self.kind {
            Kind::Share => Some(RATIO_ONE as u64),
            Kind::Quotient | Kind::Units => b.constant.map(|d| d.lo as u64),
        };
        let share = self.kind == Kind::Share;
        match fixed.map(|d| {
            (
                d,
                Short::new(d.wrapping_mul(2)),
                Constant::new(d.wrapping_mul(2)),
            )
        }) {
            // a divisor that is the same for all rows is a multiplication: of 32 bits for several lanes at once, where that is proved
            Some((d, Some(short), _)) if self.largest < Short::LARGEST && share => {
                self.lanes(out, size, a, b, |x, y| {
                    short.divide(numerator(narrow(x, y), d))
                });
            }
            Some((d, Some(short), _)) if self.largest < Short::LARGEST => {
                let unit = self.unit(d);
                self.lanes(out, size, a, b, |x, _| {
                    narrow(short.divide(numerator(x, d)), unit)
                });
            }
            Some((d, _, constant)) if constant.fits(self.largest) => {
                let unit = self.unit(d);
                self.lanes(out, size, a, b, |x, y| {
                    let n = if share { x.wrapping_mul(y) } else { x };
                    constant.divide(numerator(n, d)).wrapping_mul(unit)
                });
            }
            _ => self.any(out, size, a, b, numerator),
        }
    }

    /// What a quotient stands for.
    #[inline(always)]
    const fn unit(&self, divisor: u64) -> u64 {
        match self.kind {
            Kind::Units => divisor,
            Kind::Share | Kind::Quotient => 1,
        }
    }

    /// A divisor of every row's own.
    #[inline(always)]
    fn any(
        &self,
        out: &mut Lanes,
        size: Size,
        a: &View<'_>,
        b: &View<'_>,
        numerator: impl Fn(u64, u64) -> u64,
    ) {
        // few different divisors, as the heads of a family: each by its reciprocal, and all numbers on the way below 2^32
        let few = self.kind != Kind::Share && b.proof.max < FEW as i64;
        if few && self.largest < Short::LARGEST {
            self.lanes(out, size, a, b, |x, d| {
                let d = d % FEW as u64;
                let short = &HALVES[d as usize];
                narrow(short.divide(numerator(x, d)), self.unit(d))
            });
        } else {
            self.lanes(out, size, a, b, |x, y| {
                let (n, d) = match self.kind {
                    Kind::Share => (x.wrapping_mul(y), RATIO_ONE as u64),
                    Kind::Quotient | Kind::Units => (x, y),
                };
                let quotient = numerator(n, d).checked_div(d.wrapping_mul(2));
                quotient.unwrap_or(0).wrapping_mul(self.unit(d))
            });
        }
    }

    #[inline(always)]
    fn lanes(
        &self,
        out: &mut Lanes,
        size: Size,
        a: &View<'_>,
        b: &View<'_>,
        divide: impl Fn(u64, u64) -> u64,
    ) {
        out.proof = self.proof;
        for w in 0..size.words {
            let (a_lo, a_hi, b_lo, b_hi) = (a.lo(w), a.hi(w), b.lo(w), b.hi(w));
            if a.proof.min >= 0 {
                for lane in 0..WORD {
                    out.lo[w][lane] = divide(a_lo[lane] as u64, b_lo[lane] as u64) as i64;
                }
            } else {
                for lane in 0..WORD {
                    let size = divide(a_lo[lane].unsigned_abs(), b_lo[lane] as u64) as i64;
                    let sign = a_lo[lane] >> 63;
                    out.lo[w][lane] = (size ^ sign).wrapping_sub(sign);
                }
            }
            if !self.proof.point {
                for lane in 0..WORD {
                    let known = (a_lo[lane] == a_hi[lane])
                        & (b_lo[lane] == b_hi[lane])
                        & ((self.kind == Kind::Share) | (b_lo[lane] != 0));
                    let value = out.lo[w][lane];
                    out.lo[w][lane] = if known { value } else { i64::MIN };
                    out.hi[w][lane] = if known { value } else { i64::MAX };
                }
            }
        }
    }
}

/// The product of two numbers of 32 bits.
#[inline(always)]
const fn narrow(a: u64, b: u64) -> u64 {
    (a as u32 as u64).wrapping_mul(b as u32 as u64)
}

/// A divisor as a reciprocal of 32 bits, for numbers below 2^31.
///
/// The reciprocal is 2^shift / divisor rounded up, and between 2^31 and 2^32. Times n it is too large by less than n x divisor
/// parts in 2^shift x divisor: below one part of the divisor, as n < 2^31 and 2^shift > 2^31 x (divisor - 1).
#[derive(Debug, Clone, Copy)]
struct Short {
    reciprocal: u32,
    shift: u32,
}

/// The reciprocals of 2d for every small d; for zero, of which nobody reads the quotient, that of two.
const HALVES: [Short; FEW] = {
    let mut out = [Short {
        reciprocal: 1 << 31,
        shift: 32,
    }; FEW];
    let mut d = 1;
    while d < FEW {
        if let Some(short) = Short::new(d as u64 * 2) {
            out[d] = short;
        }
        d += 1;
    }
    out
};

impl Short {
    /// Numbers up to here are divided.
    const LARGEST: u64 = 1 << 31;

    const fn new(divisor: u64) -> Option<Self> {
        if divisor < 2 || divisor >= Self::LARGEST {
            return None;
        }
        // the bits of divisor - 1: 2^(bits - 1) < divisor <= 2^bits
        let bits = u64::BITS - (divisor - 1).leading_zeros();
        let shift = 31 + bits;
        let reciprocal = (1_u64 << shift).div_ceil(divisor);
        if reciprocal > u32::MAX as u64 {
            return None;
        }
        Some(Self {
            reciprocal: reciprocal as u32,
            shift,
        })
    }

    #[inline(always)]
    const fn divide(self, n: u64) -> u64 {
        narrow(n, self.reciprocal as u64) >> self.shift
    }
}

/// A divisor met many times: a multiplication by its reciprocal, rounded up, and the upper half of the product.
#[derive(Debug, Clone, Copy)]
struct Constant {
    divisor: u64,
    reciprocal: u64,
}

impl Constant {
    const fn new(divisor: u64) -> Self {
        let reciprocal = match u64::MAX.checked_div(divisor) {
            Some(whole) => whole.wrapping_add(1),
            None => 0,
        };
        Self {
            divisor,
            reciprocal,
        }
    }

    /// Whether the reciprocal is exact for every number up to this: the error of the product stays below one part of the
    /// divisor.
    fn fits(self, largest: u64) -> bool {
        self.divisor > 1 && u128::from(largest) * u128::from(self.divisor) < 1 << 64
    }

    #[inline(always)]
    const fn divide(self, n: u64) -> u64 {
        ((n as u128 * self.reciprocal as u128) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_reciprocal_divides_every_number_below_its_limit() {
        let most = Short::LARGEST - 1;
        for divisor in (2..3_000).chain([9_999, 20_000, 65_536, 65_537, 1 << 30, most]) {
            let Some(short) = Short::new(divisor) else {
                return assert_eq!(divisor, 0, "has no reciprocal");
            };
            // quotients change at multiples of the divisor
            let near = |n: u64| [n.saturating_sub(1), n, n + 1];
            let multiples = [1, 2, 3, 1_000, most / divisor / 2, most / divisor];
            let numbers = multiples.into_iter().flat_map(|m| near(m * divisor));
            for n in numbers.chain([0, 1, most - 1, most]).filter(|n| *n <= most) {
                assert_eq!(short.divide(n), n / divisor, "{n} by {divisor}");
            }
        }
        assert!(Short::new(0).is_none() && Short::new(1).is_none());
    }
    use crate::columnar::lanes::each;
    use crate::number::div_round;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_proved_division_gives_what_the_definition_gives(
            rows in prop::collection::vec((prop::option::of(-2_000_000_000_i64..3_000_000_000_000), prop::option::of(prop_oneof![0_i64..12, 0_i64..20_000])), 1..130),
            rule in 0_i64..3, hundred in any::<bool>(), known in any::<bool>(), few in any::<bool>(),
        ) {
            // a divisor is known somewhere, else there is nothing to prove
            let mut rows = rows;
            if few {
                for row in &mut rows {
                    row.1 = row.1.map(|d| d % 12);
                }
            }
            rows.push((Some(1), Some(1)));
            let known = |v: Option<i64>| match v { Some(v) => V::known(v), None if known => V::known(3), None => V::UNKNOWN };
            let size = Size { rows: rows.len(), words: rows.len().div_ceil(WORD) };
            let lanes = |f: &dyn Fn(usize) -> V| { let mut out = Lanes::new(size.words); each(&mut out, size.rows, f); out };
            let (a, b) = (lanes(&|i| known(rows[i].0)), lanes(&|i| known(rows[i].1)));
            let (mut s1, mut s2) = (None, None);
            let fixed = hundred.then_some(V::known(100));
            let b_view = match fixed { Some(v) => View::splat(v, &mut s1), None => View::lanes(&b) };
            let views = [View::lanes(&a), b_view, View::splat(V::known(rule), &mut s2)];
            let named = Rounding::from_index(rule).unwrap_or(Rounding::Exact);
            for op in [Op::MulRound(0, 1, 2), Op::DivRound(0, 1, 2), Op::RoundTo(0, 1, 2)] {
                let division = Division::prove(&op, &views);
                prop_assert!(division.is_some());
                let Some(division) = division else { continue };
                let mut out = Lanes::new(size.words);
                division.run(&mut out, size, &views);
                if division.may_fail {
                    out.veil((0..size.words).map(|w| division.defined(&views, w)), size.rows);
                    out.close();
                }
                for i in 0..size.rows {
                    let (x, y) = (views[0].get(i), views[1].get(i));
                    let want = x.get().zip(y.get()).and_then(|(x, y)| match op {
                        Op::MulRound(..) => div_round(i128::from(x) * i128::from(y), i128::from(RATIO_ONE), named),
                        Op::DivRound(..) => div_round(i128::from(x), i128::from(y), named),
                        _ => div_round(i128::from(x), i128::from(y), named).map(|q| q * y),
                    });
                    prop_assert_eq!(View::lanes(&out).get(i), want.map_or(V::UNKNOWN, V::known), "{:?} {:?} {:?} {:?}", op, x, y, named);
                }
            }
        }
    }
}
