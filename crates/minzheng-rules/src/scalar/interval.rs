//! Values as intervals: a point is known, anything wider is unknown.

use crate::lang::Type;
use crate::truth::Truth;

/// A value: all numbers from `lo` to `hi` are possible. `i64::MIN` and `i64::MAX` stand for no bound.
///
/// Truth is 0 to 1: false, true, or both possible, so that Kleene logic is interval arithmetic.
///
/// ```
/// use minzheng_rules::scalar::V;
/// assert!(V::known(3).is_known());
/// assert!(!V::UNKNOWN.is_known());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct V {
    /// Lowest possible value.
    pub lo: i64,
    /// Highest possible value.
    pub hi: i64,
}

impl V {
    /// Any number.
    pub const UNKNOWN: Self = Self {
        lo: i64::MIN,
        hi: i64::MAX,
    };
    /// True or false.
    pub const MAYBE: Self = Self { lo: 0, hi: 1 };
    /// True.
    pub const TRUE: Self = Self { lo: 1, hi: 1 };
    /// False.
    pub const FALSE: Self = Self { lo: 0, hi: 0 };

    /// One value.
    pub const fn known(value: i64) -> Self {
        Self {
            lo: value,
            hi: value,
        }
    }

    /// Whether one value is left.
    pub const fn is_known(self) -> bool {
        self.lo == self.hi
    }

    /// The value, where one is left.
    pub const fn get(self) -> Option<i64> {
        if self.lo == self.hi {
            Some(self.lo)
        } else {
            None
        }
    }

    /// The truth of a yes/no value.
    pub const fn truth(self) -> Truth {
        match (self.lo, self.hi) {
            (1, _) => Truth::True,
            (_, 0) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What a missing fact of a type can be.
    pub(crate) fn missing(ty: Type, low: Option<i64>, high: Option<i64>) -> Self {
        if ty == Type::Bool {
            Self::MAYBE
        } else {
            Self {
                lo: low.unwrap_or(i64::MIN),
                hi: high.unwrap_or(i64::MAX),
            }
        }
    }

    /// Plain unknown of a type.
    pub(crate) const fn plain(ty: Type) -> Self {
        match ty {
            Type::Bool => Self::MAYBE,
            _ => Self::UNKNOWN,
        }
    }

    pub(crate) fn bool(value: bool) -> Self {
        Self::known(i64::from(value))
    }

    pub(crate) const fn not(self) -> Self {
        // truth values are 0 or 1, so this cannot wrap
        Self {
            lo: 1_i64.wrapping_sub(self.hi),
            hi: 1_i64.wrapping_sub(self.lo),
        }
    }

    pub(crate) fn min(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.min(other.hi),
        }
    }

    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            lo: self.lo.max(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    pub(crate) fn hull(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    pub(crate) fn add(self, other: Self) -> Self {
        match (
            bound_add(self.lo, other.lo, i64::MIN),
            bound_add(self.hi, other.hi, i64::MAX),
        ) {
            (Some(lo), Some(hi)) => Self { lo, hi },
            _ => Self::UNKNOWN,
        }
    }

    pub(crate) fn sub(self, other: Self) -> Self {
        let negative = Self {
            lo: bound_neg(other.hi),
            hi: bound_neg(other.lo),
        };
        self.add(negative)
    }

    /// × a known number that is not negative; both known: exact; otherwise plain unknown.
    pub(crate) fn mul(self, other: Self) -> Self {
        match (self.get(), other.get()) {
            (Some(a), Some(b)) => a.checked_mul(b).map_or(Self::UNKNOWN, Self::known),
            (None, Some(k)) if k >= 0 => self.scale(k),
            (Some(k), None) if k >= 0 => other.scale(k),
            _ => Self::UNKNOWN,
        }
    }

    /// × a known number that is not negative.
    pub(crate) fn scale(self, k: i64) -> Self {
        match (bound_mul(self.lo, k), bound_mul(self.hi, k)) {
            (Some(lo), Some(hi)) => Self { lo, hi },
            _ => Self::UNKNOWN,
        }
    }

    pub(crate) fn lt(self, other: Self) -> Self {
        Self {
            lo: i64::from(self.hi < other.lo),
            hi: i64::from(self.lo < other.hi),
        }
    }

    pub(crate) fn le(self, other: Self) -> Self {
        Self {
            lo: i64::from(self.hi <= other.lo),
            hi: i64::from(self.lo <= other.hi),
        }
    }

    pub(crate) fn eq(self, other: Self) -> Self {
        let same = self.lo == self.hi && self == other;
        Self {
            lo: i64::from(same),
            hi: i64::from(self.lo <= other.hi && other.lo <= self.hi),
        }
    }

    pub(crate) fn is_in(self, values: &[i64]) -> Self {
        match self.get() {
            Some(v) => Self::bool(values.binary_search(&v).is_ok()),
            None => Self {
                lo: 0,
                hi: i64::from(values.iter().any(|v| *v >= self.lo && *v <= self.hi)),
            },
        }
    }
}

#[inline]
pub(crate) const fn is_open(bound: i64) -> bool {
    bound == i64::MIN || bound == i64::MAX
}

/// `None`: too large for a bound that is known.
fn bound_add(a: i64, b: i64, open: i64) -> Option<i64> {
    if is_open(a) || is_open(b) {
        Some(open)
    } else {
        a.checked_add(b)
    }
}

const fn bound_neg(a: i64) -> i64 {
    match a {
        i64::MIN => i64::MAX,
        i64::MAX => i64::MIN,
        // neither end is left, so this cannot wrap
        other => other.wrapping_neg(),
    }
}

fn bound_mul(a: i64, k: i64) -> Option<i64> {
    if k == 0 {
        Some(0)
    } else if is_open(a) {
        Some(a)
    } else {
        a.checked_mul(k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(lo: i64, hi: i64) -> V {
        V { lo, hi }
    }

    #[test]
    fn comparisons_decide_as_soon_as_they_must() {
        assert_eq!(v(0, 5).lt(v(6, 9)), V::TRUE);
        assert_eq!(v(0, 6).lt(v(6, 9)), V::MAYBE);
        assert_eq!(v(9, 12).lt(v(6, 9)), V::FALSE);
        assert_eq!(v(0, i64::MAX).lt(v(5, 5)), V::MAYBE);
        assert_eq!(v(5, i64::MAX).lt(v(5, 5)), V::FALSE);
        assert_eq!(v(1, 2).eq(v(3, 4)), V::FALSE);
        assert_eq!(V::UNKNOWN.eq(V::UNKNOWN), V::MAYBE);
    }

    #[test]
    fn unknown_times_zero_is_zero_and_overflow_is_unknown() {
        assert_eq!(V::UNKNOWN.mul(V::known(0)), V::known(0));
        assert_eq!(V::known(i64::MAX - 1).add(V::known(5)), V::UNKNOWN);
        assert_eq!(v(1, 2).mul(v(3, 4)), V::UNKNOWN);
        assert_eq!(v(1, 2).mul(V::known(-1)), V::UNKNOWN);
    }
}
