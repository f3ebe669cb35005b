//! Named roundings over lanes, in 64 bits where that is proved.

use super::bits::WORD;
use super::lanes::{Lanes, Proof, View, each, is_open};
use super::run::Size;
use crate::ir::Op;
use crate::number::{RATIO_ONE, Rounding};
use crate::scalar::V;

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

/// A rounding that was proved to need no more than 64 bits: nothing negative, a divisor above zero, one rule for all rows.
#[derive(Debug)]
pub(super) struct Division {
    kind: Kind,
    rule: Rounding,
    proof: Proof,
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
        if rule == Rounding::Exact || a.proof.min < 0 || b.proof.min < 0 {
            return None;
        }
        let (numerator, divisor, most) = match kind {
            Kind::Share => (a.proof.max.checked_mul(b.proof.max)?, RATIO_ONE, RATIO_ONE),
            Kind::Quotient | Kind::Units => (a.proof.max, b.proof.min, b.proof.max),
        };
        if divisor < 1 {
            return None;
        }
        // the largest number on the way: twice the numerator and twice the divisor
        numerator.checked_add(most)?.checked_mul(2)?;
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
            min: 0,
            max: highest,
        };
        (!is_open(highest)).then_some(Self { kind, rule, proof })
    }

    #[inline(always)]
    pub(super) fn run(&self, out: &mut Lanes, size: Size, views: &[View<'_>]) {
        let [a, b, _] = views else { return };
        let divisor = match self.kind {
            Kind::Share => Some(RATIO_ONE as u64),
            Kind::Quotient | Kind::Units => b.constant.map(|v| v.lo as u64),
        };
        let by = |n: u64, d: u64| n.checked_div(d).unwrap_or(0);
        match (self.rule, divisor) {
            // a divisor that the compiler knows costs a multiplication
            (Rounding::HalfUp, _) if self.kind == Kind::Share => {
                self.lanes(out, size, a, b, |n, _| (2 * n + 10_000) / 20_000);
            }
            (Rounding::Up, _) if self.kind == Kind::Share => {
                self.lanes(out, size, a, b, |n, _| n.div_ceil(10_000));
            }
            (_, _) if self.kind == Kind::Share => self.lanes(out, size, a, b, |n, _| n / 10_000),
            (Rounding::HalfUp, Some(100)) => {
                self.lanes(out, size, a, b, |n, _| (2 * n + 100) / 200);
            }
            (Rounding::Up, Some(100)) => self.lanes(out, size, a, b, |n, _| n.div_ceil(100)),
            (Rounding::HalfUp, _) => self.lanes(out, size, a, b, |n, d| by(2 * n + d, 2 * d)),
            (Rounding::Up, _) => self.lanes(out, size, a, b, |n, d| by(n + d.saturating_sub(1), d)),
            (_, _) => self.lanes(out, size, a, b, by),
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
        let row = |row: usize| {
            let (x, y) = (a.get(row), b.get(row));
            if !x.is_known() || !y.is_known() {
                return V::UNKNOWN;
            }
            let (x, y) = (x.lo as u64, y.lo as u64);
            let quotient = match self.kind {
                Kind::Share => divide(x * y, 0),
                Kind::Quotient => divide(x, y),
                Kind::Units => divide(x, y) * y,
            };
            V::known(quotient as i64)
        };
        if self.proof.point {
            for w in 0..size.words {
                let rows = WORD.min(size.rows - w * WORD);
                for lane in 0..rows {
                    out.lo[w][lane] = row(w * WORD + lane).lo;
                }
            }
            out.proof = self.proof;
        } else {
            each(out, size.rows, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::div_round;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_proved_division_gives_what_the_definition_gives(
            rows in prop::collection::vec((prop::option::of(0_i64..3_000_000_000_000), prop::option::of(1_i64..20_000)), 1..130),
            rule in 0_i64..3, hundred in any::<bool>(), known in any::<bool>(),
        ) {
            // a divisor is known somewhere, else there is nothing to prove
            let mut rows = rows;
            rows.push((Some(1), Some(1)));
            let known = |v: Option<i64>| match v { Some(v) => V::known(v), None if known => V::known(3), None => V::UNKNOWN };
            let size = Size { rows: rows.len(), words: rows.len().div_ceil(WORD) };
            let lanes = |f: &dyn Fn(usize) -> V| { let mut out = Lanes::new(size.words); each(&mut out, size.rows, f); out };
            let (a, b) = (lanes(&|i| known(rows[i].0)), lanes(&|i| known(rows[i].1)));
            let (mut s1, mut s2) = ([[0; WORD]; 2], [[0; WORD]; 2]);
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
