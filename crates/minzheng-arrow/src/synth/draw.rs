//! Numbers that a seed fixes.

/// A stream of numbers (splitmix64): the same seed gives the same numbers on every machine.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        let step = self.number().checked_rem(span).unwrap_or(0);
        low.saturating_add_unsigned(step)
    }

    /// Whether a thing of so many per mille happens.
    pub(super) fn happens(&mut self, per_mille: i64) -> bool {
        self.between(0, 999) < per_mille
    }

    /// One of some values by weight; the last where the weights add up to nothing.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(T, i64)], otherwise: T) -> T {
        let sum = of
            .iter()
            .fold(0_i64, |sum, (_, weight)| sum.saturating_add(*weight));
        let mut at = self.between(0, sum.saturating_sub(1).max(0));
        for (value, weight) in of {
            if at < *weight {
                return *value;
            }
            at = at.saturating_sub(*weight);
        }
        otherwise
    }
}
