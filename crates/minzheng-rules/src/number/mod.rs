//! Exact money and ratios: whole fen and whole ten-thousandths in `i64`, rounding only by name.

use core::fmt;
use core::str::FromStr;

use rust_decimal::Decimal;

/// Ten-thousandths in one: a ratio is held as a whole number of them.
pub const RATIO_ONE: i64 = 10_000;

/// An amount of money in whole fen.
///
/// ```
/// use minzheng_rules::number::Money;
/// let amount: Money = "2113.00".parse()?;
/// assert_eq!(amount.fen(), 211_300);
/// assert_eq!(amount.to_string(), "2113.00");
/// assert!("0.001".parse::<Money>().is_err());
/// # Ok::<(), minzheng_rules::number::NumberError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From whole fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// In whole fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// In yuan, as a decimal with two places.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// From yuan; more than two places, or more than `i64` fen, is an error, never rounded.
    pub fn from_decimal(yuan: Decimal) -> Result<Self, NumberError> {
        let plain = yuan.normalize();
        if plain.scale() > 2 {
            return Err(NumberError::TooManyPlaces { places: 2 });
        }
        let fen = plain
            .checked_mul(Decimal::ONE_HUNDRED)
            .ok_or(NumberError::TooLarge)?;
        i64::try_from(fen)
            .map(Self)
            .map_err(|_| NumberError::TooLarge)
    }
}

impl FromStr for Money {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_fixed(text, 2).map(Self)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fixed(f, i128::from(self.0), 2, false)
    }
}

/// What is wrong with a number that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal number.
    #[error("not a decimal number; write digits with at most one point, as `1234.50`")]
    Malformed,
    /// More places than the unit has.
    #[error("more than {places} decimal places; nothing is rounded silently")]
    TooManyPlaces {
        /// Places the unit has.
        places: u32,
    },
    /// Does not fit.
    #[error("the number is too large")]
    TooLarge,
}

/// Reads a decimal number exactly as a whole number of its smallest unit.
///
/// ```
/// use minzheng_rules::number::parse_fixed;
/// assert_eq!(parse_fixed("-12.5", 2), Ok(-1250));
/// ```
pub fn parse_fixed(text: &str, places: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || !plain(whole)
        || !plain(fraction)
        || (digits.contains('.') && fraction.is_empty())
    {
        return Err(NumberError::Malformed);
    }
    let kept = fraction.trim_end_matches('0');
    let width = usize::try_from(places).unwrap_or(0);
    if kept.len() > width {
        return Err(NumberError::TooManyPlaces { places });
    }
    let padding = core::iter::repeat_n(b'0', width.saturating_sub(kept.len()));
    let mut value: i64 = 0;
    for byte in whole.bytes().chain(kept.bytes()).chain(padding) {
        let digit = i64::from(byte.saturating_sub(b'0'));
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit))
            .ok_or(NumberError::TooLarge)?;
    }
    Ok(if negative {
        value.saturating_neg()
    } else {
        value
    })
}

/// Writes a whole number of smallest units as a decimal; `grouped` puts a comma between thousands.
pub(crate) fn write_fixed(
    f: &mut impl fmt::Write,
    units: i128,
    places: u32,
    grouped: bool,
) -> fmt::Result {
    let scale = 10_u128.checked_pow(places).unwrap_or(1);
    let magnitude = units.unsigned_abs();
    let whole = magnitude.checked_div(scale).unwrap_or(0);
    let fraction = magnitude.checked_rem(scale).unwrap_or(0);
    if units < 0 {
        f.write_char('-')?;
    }
    let digits = whole.to_string();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if grouped && index > 0 && left.checked_rem(3) == Some(0) {
            f.write_char(',')?;
        }
        f.write_char(digit)?;
    }
    if places > 0 {
        write!(
            f,
            ".{fraction:0width$}",
            width = usize::try_from(places).unwrap_or(0)
        )?;
    }
    Ok(())
}

/// How a number that does not come out whole is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rounding {
    /// To the nearest, a half away from zero (四舍五入).
    HalfUp,
    /// Away from zero.
    Up,
    /// Toward zero.
    Down,
    /// Not at all: a number that is not whole is unknown.
    Exact,
}

impl Rounding {
    /// The rules in the order of the built-in code list `rounding`.
    pub const ALL: [Self; 4] = [Self::HalfUp, Self::Up, Self::Down, Self::Exact];

    /// The word of the code list.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::Up => "up",
            Self::Down => "down",
            Self::Exact => "exact",
        }
    }

    /// The rule with this place in [`Rounding::ALL`].
    pub fn from_index(index: i64) -> Option<Self> {
        usize::try_from(index)
            .ok()
            .and_then(|i| Self::ALL.get(i))
            .copied()
    }
}

/// `a / b` by a named rule: the reference definition, in 128 bits. `None`: zero divisor, too large, or not exact.
///
/// ```
/// use minzheng_rules::number::{div_round, Rounding};
/// assert_eq!(div_round(-5, 2, Rounding::HalfUp), Some(-3));
/// assert_eq!(div_round(5, 2, Rounding::Exact), None);
/// ```
pub fn div_round(a: i128, b: i128, rule: Rounding) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    let rest = a.checked_rem(b)?;
    let away = if (a < 0) == (b < 0) { 1 } else { -1 };
    let step = match rule {
        _ if rest == 0 => 0,
        Rounding::Exact => return None,
        Rounding::Down => 0,
        Rounding::Up => away,
        Rounding::HalfUp => {
            if rest.unsigned_abs().checked_mul(2)? >= b.unsigned_abs() {
                away
            } else {
                0
            }
        }
    };
    i64::try_from(quotient.checked_add(step)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_rules_at_the_half_and_on_both_sides_of_zero() {
        for (a, half_up, up, down) in [
            (5, 3, 3, 2),
            (4, 2, 2, 2),
            (-5, -3, -3, -2),
            (1, 1, 1, 0),
            (-1, -1, -1, 0),
        ] {
            assert_eq!(div_round(a, 2, Rounding::HalfUp), Some(half_up), "{a}");
            assert_eq!(div_round(a, 2, Rounding::Up), Some(up), "{a}");
            assert_eq!(div_round(a, 2, Rounding::Down), Some(down), "{a}");
        }
        assert_eq!(div_round(1, 0, Rounding::Down), None);
        assert_eq!(
            div_round(i128::from(i64::MAX).saturating_add(1), 1, Rounding::Down),
            None
        );
    }

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        assert_eq!(parse_fixed("790", 2), Ok(79_000));
        assert_eq!(parse_fixed("0.10", 2), Ok(10));
        assert_eq!(parse_fixed("1.50000", 4), Ok(15_000));
        for bad in ["", "-", ".5", "5.", "1e3", "1,000", "--1", "+1", " 1", "１"] {
            assert_eq!(parse_fixed(bad, 2), Err(NumberError::Malformed), "{bad}");
        }
        assert_eq!(
            parse_fixed("0.005", 2),
            Err(NumberError::TooManyPlaces { places: 2 })
        );
        assert_eq!(
            parse_fixed("99999999999999999999", 2),
            Err(NumberError::TooLarge)
        );
    }

    #[test]
    fn decimals_cross_the_edge_exactly() {
        let third = Decimal::new(1, 3);
        assert_eq!(
            Money::from_decimal(third),
            Err(NumberError::TooManyPlaces { places: 2 })
        );
        assert_eq!(
            Money::from_decimal(Decimal::new(5000, 3)),
            Ok(Money::from_fen(500))
        );
        assert_eq!(Money::from_fen(-5).to_string(), "-0.05");
        assert_eq!(Money::from_fen(1).to_decimal().to_string(), "0.01");
    }
}
