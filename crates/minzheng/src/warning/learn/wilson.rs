//! Wilson's score interval for a share, in whole numbers.

use serde::Serialize;

/// Most cases that an interval is worked out for: beyond it the squares would leave 128 bits.
pub const LARGEST: u64 = 100_000_000;

/// The bound of the standard normal distribution for 95 %, 1.96, as a fraction in lowest terms.
const Z: (u128, u128) = (49, 25);

/// Ten-thousandths in one.
const SCALE: u128 = 10_000;

/// The bounds of a share, in ten-thousandths: the lower is rounded down, the upper up, so that nothing inside is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Interval {
    /// The lower bound.
    pub low: u16,
    /// The upper bound.
    pub high: u16,
}

/// The 95 % score interval of Wilson for `right` of `all` cases; `None`, unknown, where there is no case, there are more right than all,
/// or more than [`LARGEST`].
///
/// With `z = 49/25` the bounds are `(2·right + z² ∓ z·√(z² + 4·right·wrong/all)) / (2·(all + z²))`. Everything is brought over one
/// denominator and the root is taken of a whole number, so the bounds are exact before they are rounded, once, outward.
///
/// ```
/// use minzheng::warning::learn::{Interval, wilson};
/// // 81 of 263: 0.2553 to 0.3662 (Newcombe, Statistics in Medicine 17, 1998)
/// assert_eq!(wilson(81, 263), Some(Interval { low: 2_552, high: 3_663 }));
/// assert_eq!(wilson(0, 0), None);
/// ```
pub fn wilson(right: u64, all: u64) -> Option<Interval> {
    if all == 0 || all > LARGEST || right > all {
        return None;
    }
    let (k, n) = (u128::from(right), u128::from(all));
    let (zz, bb) = (Z.0.checked_mul(Z.0)?, Z.1.checked_mul(Z.1)?);
    // over the denominator 2n(n·b² + z²): the middle, and the square of what goes to both sides
    let below = n
        .checked_mul(bb)?
        .checked_add(zz)?
        .checked_mul(n)?
        .checked_mul(2)?;
    let middle = k
        .checked_mul(2)?
        .checked_mul(bb)?
        .checked_add(zz)?
        .checked_mul(n)?;
    let spread = k
        .checked_mul(n.checked_sub(k)?)?
        .checked_mul(4)?
        .checked_mul(bb)?;
    let inner = zz.checked_mul(n)?.checked_add(spread)?;
    let square = inner.checked_mul(zz)?.checked_mul(n)?;
    let root = root_up(square.checked_mul(SCALE.checked_mul(SCALE)?)?)?;
    let middle = middle.checked_mul(SCALE)?;
    // a whole number is below `middle - √s` exactly where it is below `middle - ⌈√s⌉`, and so above
    let low = middle.saturating_sub(root).checked_div(below)?;
    let high = middle.checked_add(root)?.div_ceil(below).min(SCALE);
    Some(Interval {
        low: u16::try_from(low).ok()?,
        high: u16::try_from(high).ok()?,
    })
}

/// The smallest whole number whose square is not less.
const fn root_up(square: u128) -> Option<u128> {
    let root = square.isqrt();
    match root.checked_mul(root) {
        Some(exact) if exact == square => Some(root),
        _ => root.checked_add(1),
    }
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition: a share `q` lies in the interval where `(right/all - q)² ≤ z²·q·(1 - q)/all`. All times `all²·10⁸·b²`.
    fn lies_in(q: u128, right: u64, all: u64) -> bool {
        let (k, n) = (u128::from(right), u128::from(all));
        let away = (k * SCALE).abs_diff(q * n);
        // the squares of the largest cases stay below 10^38
        away * away * (Z.1 * Z.1) <= Z.0 * Z.0 * q * (SCALE - q) * n
    }

    #[test]
    fn published_examples_come_out() {
        // Newcombe 1998, table I, method 3, to four digits with z = 1.959964: ours is rounded outward and may be one more
        let published = [
            ((81, 263), (2_553, 3_662)),
            ((15, 148), (624, 1_605)),
            ((0, 20), (0, 1_611)),
            ((1, 29), (61, 1_718)),
        ];
        for ((right, all), (low, high)) in published {
            let ours = wilson(right, all).unwrap();
            assert!(
                low - 1 <= i32::from(ours.low) && i32::from(ours.low) <= low,
                "{right}/{all} {ours:?}"
            );
            assert!(
                high <= i32::from(ours.high) && i32::from(ours.high) <= high + 1,
                "{right}/{all} {ours:?}"
            );
        }
        for unknown in [(0, 0), (2, 1), (0, LARGEST + 1)] {
            assert_eq!(wilson(unknown.0, unknown.1), None);
        }
        assert!(wilson(LARGEST / 2, LARGEST).is_some());
    }

    proptest! {
        /// The bounds lie outside or on the edge by the definition, the next ones inward lie inside.
        #[test]
        fn bounds_are_the_definition_rounded_outward(all in prop_oneof![1..200_u64, 1..=1_000_000_000_u64.min(LARGEST)], part in 0..=10_000_u64) {
            let right = all * part / 10_000;
            let Interval { low, high } = wilson(right, all).unwrap();
            let (low, high) = (u128::from(low), u128::from(high));
            let edge = |q: u128| q == 0 || q == SCALE || !lies_in(q, right, all);
            // on the edge itself the definition holds with equality: then the bound is exact
            let exact = |q: u128| {
                let (k, n) = (u128::from(right), u128::from(all));
                let away = (k * SCALE).abs_diff(q * n);
                away * away * (Z.1 * Z.1) == Z.0 * Z.0 * q * (SCALE - q) * n
            };
            prop_assert!(edge(low) || exact(low), "{low}");
            prop_assert!(edge(high) || exact(high), "{high}");
            // one step inward is inside, or already beyond the point estimate
            let point = u128::from(right) * SCALE;
            let n = u128::from(all);
            prop_assert!((low + 1) * n > point || lies_in(low + 1, right, all));
            prop_assert!(high == 0 || (high - 1) * n < point || lies_in(high - 1, right, all));
            prop_assert!(low * n <= point && point <= high * n, "the point estimate is outside");
        }

        /// One more right answer never lowers a bound.
        #[test]
        fn bounds_rise_with_what_was_right(all in 1..5_000_u64, part in 0..5_000_u64) {
            let right = part.min(all - 1);
            let (a, b) = (wilson(right, all).unwrap(), wilson(right + 1, all).unwrap());
            prop_assert!(a.low <= b.low && a.high <= b.high);
        }

        /// The same share of ten times as many cases is known better.
        #[test]
        fn more_cases_make_it_narrower(all in 1..5_000_u64, part in 0..5_000_u64) {
            let right = part.min(all);
            let (few, many) = (wilson(right, all).unwrap(), wilson(right * 10, all * 10).unwrap());
            prop_assert!(few.low <= many.low && many.high <= few.high);
        }
    }
}
