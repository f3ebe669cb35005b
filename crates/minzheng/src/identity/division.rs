//! The code of a place, GB/T 2260.

use std::{fmt, str::FromStr};

use super::{Document, IdentityError, Normal, ascii};

const DOCUMENT: Document = Document::DivisionCode;
const LENGTHS: &str = "6, 9 or 12 digits";

/// The level of a place.
///
/// ```
/// use minzheng::identity::DivisionLevel;
///
/// assert!(DivisionLevel::Province < DivisionLevel::County);
/// assert_eq!(DivisionLevel::County.as_str(), "county");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// The whole country, `000000`.
    Nation,
    /// Province, autonomous region, municipality (省、自治区、直辖市).
    Province,
    /// City with districts, league, prefecture (设区的市、盟、州).
    Prefecture,
    /// County, banner, county-level city, district (县、旗、县级市、区).
    County,
    /// Township, sumu, town, subdistrict (乡、苏木、镇、街道): a code of 9 digits or more.
    Township,
    /// Village, gacha, community (村、嘎查、社区): a code of 12 digits.
    Village,
}

impl DivisionLevel {
    /// The word a pack uses.
    ///
    /// ```
    /// use minzheng::identity::DivisionLevel;
    ///
    /// assert_eq!(DivisionLevel::Nation.as_str(), "nation");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nation => "nation",
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

/// The six digits of a place, and the level the code was given at.
///
/// The type knows the form of a code, not the list of places: that list changes every year and is data of the packs,
/// where a place also names its parent. What is told here by prefix is only the default.
///
/// ```
/// use minzheng::identity::{DivisionCode, DivisionLevel};
///
/// let banner = DivisionCode::parse("150721")?;
/// assert_eq!(banner.level(), DivisionLevel::County);
/// assert_eq!(banner.to_string(), "150721");
/// # Ok::<(), minzheng::identity::IdentityError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode {
    digits: [u8; 6],
    level: DivisionLevel,
}

impl DivisionCode {
    /// Reads a code of 6 digits, or of 9 (with the township) or 12 (with the village).
    ///
    /// The longer forms keep their first six digits and their level; zeros at the end of them only fill up. White
    /// space around the code and full-width digits are accepted.
    ///
    /// # Errors
    /// `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-SPREADSHEET`.
    ///
    /// ```
    /// use minzheng::identity::{DivisionCode, DivisionLevel};
    ///
    /// let village = DivisionCode::parse("321283001215")?;
    /// assert_eq!((village.as_str(), village.level()), ("321283", DivisionLevel::Village));
    /// let filled_up = DivisionCode::parse("321283000000")?;
    /// assert_eq!(filled_up, DivisionCode::parse("321283")?);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let normal = Normal::read(text, DOCUMENT, LENGTHS)?;
        if normal.is_from_a_float() {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        let bytes = normal.bytes();
        if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_digit()) {
            return Err(IdentityError::Character {
                document: DOCUMENT,
                position: at.saturating_add(1),
            });
        }
        let (Some(digits), 6 | 9 | 12) = (bytes.first_chunk::<6>(), bytes.len()) else {
            return Err(IdentityError::Length {
                document: DOCUMENT,
                expected: LENGTHS,
                found: bytes.len(),
            });
        };
        let given = |part: std::ops::Range<usize>| {
            bytes
                .get(part)
                .is_some_and(|part| part.iter().any(|byte| *byte != b'0'))
        };
        let code = Self::from_digits(*digits);
        let level = if given(9..12) {
            DivisionLevel::Village
        } else if given(6..9) {
            DivisionLevel::Township
        } else {
            code.level
        };
        Ok(Self { level, ..code })
    }

    /// Takes the first six of at least six ASCII digits.
    pub(super) fn from_start(bytes: &[u8]) -> Self {
        Self::from_digits(bytes.first_chunk().copied().unwrap_or(*b"000000"))
    }

    /// Takes six ASCII digits.
    fn from_digits(digits: [u8; 6]) -> Self {
        let level = match &digits {
            b"000000" => DivisionLevel::Nation,
            [_, _, b'0', b'0', b'0', b'0'] => DivisionLevel::Province,
            [_, _, _, _, b'0', b'0'] => DivisionLevel::Prefecture,
            _ => DivisionLevel::County,
        };
        Self { digits, level }
    }

    /// The six digits. A township or a village gives those of its county.
    ///
    /// ```
    /// use minzheng::identity::DivisionCode;
    ///
    /// assert_eq!(DivisionCode::parse("150721100")?.as_str(), "150721");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn as_str(&self) -> &str {
        ascii(&self.digits)
    }

    /// The level the code was given at.
    ///
    /// ```
    /// use minzheng::identity::{DivisionCode, DivisionLevel};
    ///
    /// assert_eq!(DivisionCode::parse("150000")?.level(), DivisionLevel::Province);
    /// assert_eq!(DivisionCode::parse("150700")?.level(), DivisionLevel::Prefecture);
    /// assert_eq!(DivisionCode::parse("150721100")?.level(), DivisionLevel::Township);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn level(self) -> DivisionLevel {
        self.level
    }

    /// The province it lies in; none for the nation.
    ///
    /// ```
    /// use minzheng::identity::DivisionCode;
    ///
    /// let banner = DivisionCode::parse("150721")?;
    /// assert_eq!(banner.province(), Some(DivisionCode::parse("150000")?));
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn province(self) -> Option<Self> {
        let [a, b, ..] = self.digits;
        (self.level >= DivisionLevel::Province)
            .then(|| Self::from_digits([a, b, b'0', b'0', b'0', b'0']))
    }

    /// The prefecture it lies in by its prefix; none for a province and the nation.
    ///
    /// ```
    /// use minzheng::identity::DivisionCode;
    ///
    /// let banner = DivisionCode::parse("150721")?;
    /// assert_eq!(banner.prefecture(), Some(DivisionCode::parse("150700")?));
    /// assert_eq!(DivisionCode::parse("150000")?.prefecture(), None);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn prefecture(self) -> Option<Self> {
        let [a, b, c, d, ..] = self.digits;
        (self.level >= DivisionLevel::Prefecture)
            .then(|| Self::from_digits([a, b, c, d, b'0', b'0']))
    }

    /// The place above by the prefix of the code: only the default, a place of a pack names its parent itself.
    /// A township or a village gives its county; the nation has no parent.
    ///
    /// ```
    /// use minzheng::identity::DivisionCode;
    ///
    /// let mut codes = Vec::new();
    /// let mut place = Some(DivisionCode::parse("150721100")?);
    /// while let Some(code) = place {
    ///     codes.push(code.to_string());
    ///     place = code.parent();
    /// }
    /// assert_eq!(codes, ["150721", "150721", "150700", "150000", "000000"]);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn parent(self) -> Option<Self> {
        match self.level {
            DivisionLevel::Nation => None,
            DivisionLevel::Province => Some(Self::from_digits(*b"000000")),
            DivisionLevel::Prefecture => self.province(),
            DivisionLevel::County => self.prefecture(),
            DivisionLevel::Township | DivisionLevel::Village => {
                Some(Self::from_digits(self.digits))
            }
        }
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DivisionCode({self}, {})", self.level.as_str())
    }
}

impl FromStr for DivisionCode {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level(text: &str) -> DivisionLevel {
        DivisionCode::parse(text).unwrap().level()
    }

    #[test]
    fn the_level_follows_from_the_digits() {
        assert_eq!(level("000000"), DivisionLevel::Nation);
        assert_eq!(level("150000000000"), DivisionLevel::Province);
        assert_eq!(level("１５２２００"), DivisionLevel::Prefecture);
        assert_eq!(level(" 152201 "), DivisionLevel::County);
        assert_eq!(level("152201001000"), DivisionLevel::Township);
        assert_eq!(level("152201001200"), DivisionLevel::Village);
    }

    #[test]
    fn other_forms_are_refused() {
        for (text, code) in [
            ("", "E-ID-LENGTH"),
            ("15", "E-ID-LENGTH"),
            ("1507810", "E-ID-LENGTH"),
            ("15078A", "E-ID-CHARACTER"),
            ("150781.0", "E-ID-SPREADSHEET"),
            ("1.50781E+11", "E-ID-SPREADSHEET"),
        ] {
            assert_eq!(
                DivisionCode::parse(text).unwrap_err().code(),
                code,
                "{text}"
            );
        }
    }

    #[test]
    fn debug_tells_the_level() {
        let code = DivisionCode::parse("150781").unwrap();
        assert_eq!(format!("{code:?}"), "DivisionCode(150781, county)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = DivisionCode::parse(&text);
        }

        #[test]
        fn every_place_ends_at_the_nation(text in "[0-9]{6}([0-9]{3}){0,2}") {
            let code = DivisionCode::parse(&text).unwrap();
            prop_assert!(text.starts_with(code.as_str()));
            let last = std::iter::successors(Some(code), |code| code.parent()).last().unwrap();
            prop_assert_eq!(last.level(), DivisionLevel::Nation);
        }
    }
}
