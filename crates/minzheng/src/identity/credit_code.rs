//! The number of an organisation, GB 32100-2015.

use std::{fmt, str::FromStr};

use super::{DivisionCode, Document, IdentityError, Normal, ascii};

const DOCUMENT: Document = Document::CreditCode;
const LENGTHS: &str = "18 characters";
/// The characters by value: digits and capital letters without I, O, S, V, Z.
const ALPHABET: [u8; 31] = *b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// What position 1 to 17 weighs in the check sum: 3 to the power of the position before it, modulo 31.
const WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

/// A unified social credit code that has passed every check of GB 32100-2015.
///
/// It stands for an organisation, so it shows in full.
///
/// ```
/// use minzheng::identity::UnifiedCreditCode;
///
/// let code = UnifiedCreditCode::parse("91350100m000100y43")?;
/// assert_eq!(code.to_string(), "91350100M000100Y43");
/// # Ok::<(), minzheng::identity::IdentityError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnifiedCreditCode([u8; 18]);

impl UnifiedCreditCode {
    /// Reads a code of 18 characters. White space around it, full-width characters and lower-case letters are
    /// accepted.
    ///
    /// # Errors
    /// `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-SPREADSHEET`, `E-ID-CHECK`.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// let error = UnifiedCreditCode::parse("91350100M000100Y44").unwrap_err();
    /// assert_eq!(error.code(), "E-ID-CHECK");
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let normal = Normal::read(text, DOCUMENT, LENGTHS)?;
        if normal.is_from_a_float() {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        let bytes = normal.bytes();
        let characters: [u8; 18] = bytes.try_into().map_err(|_| IdentityError::Length {
            document: DOCUMENT,
            expected: LENGTHS,
            found: bytes.len(),
        })?;
        let mut sum: usize = 0;
        for (position, byte) in characters.into_iter().enumerate() {
            let value = ALPHABET.iter().position(|known| *known == byte);
            // positions 3 to 8 are the division, six digits
            let in_place = !(2..8).contains(&position) || byte.is_ascii_digit();
            let (Some(value), true) = (value, in_place) else {
                return Err(IdentityError::Character {
                    document: DOCUMENT,
                    position: position.saturating_add(1),
                });
            };
            // the check character weighs one: with it the sum is a multiple of 31
            let weight = WEIGHTS.get(position).copied().unwrap_or(1);
            sum = sum.saturating_add(weight.saturating_mul(value));
        }
        if sum.is_multiple_of(31) {
            Ok(Self(characters))
        } else if characters.ends_with(b"000") && characters.iter().all(u8::is_ascii_digit) {
            Err(IdentityError::Spreadsheet { document: DOCUMENT })
        } else {
            Err(IdentityError::CheckCharacter { document: DOCUMENT })
        }
    }

    /// The whole code.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// assert_eq!(UnifiedCreditCode::parse("91350100M000100Y43")?.as_str(), "91350100M000100Y43");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The department that registered the organisation, position 1: `1` establishment (机构编制), `5` civil affairs
    /// (民政), `9` market regulation (市场监管), `Y` others, and more.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// assert_eq!(UnifiedCreditCode::parse("91350100M000100Y43")?.registration_department(), '9');
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn registration_department(self) -> char {
        let [department, ..] = self.0;
        char::from(department)
    }

    /// The category of organisation within that department, position 2.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// assert_eq!(UnifiedCreditCode::parse("91350100M000100Y43")?.category(), '1');
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn category(self) -> char {
        let [_, category, ..] = self.0;
        char::from(category)
    }

    /// The place of the registering office, positions 3 to 8.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// assert_eq!(UnifiedCreditCode::parse("91350100M000100Y43")?.division().as_str(), "350100");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn division(self) -> DivisionCode {
        let [_, _, rest @ ..] = &self.0;
        DivisionCode::from_start(rest)
    }

    /// The organisation code (GB 11714), positions 9 to 17, its own check character last and not checked again.
    ///
    /// ```
    /// use minzheng::identity::UnifiedCreditCode;
    ///
    /// assert_eq!(UnifiedCreditCode::parse("91350100M000100Y43")?.organisation_code(), "M000100Y4");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn organisation_code(&self) -> &str {
        ascii(self.0.get(8..17).unwrap_or_default())
    }
}

impl fmt::Display for UnifiedCreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for UnifiedCreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnifiedCreditCode({self})")
    }
}

impl FromStr for UnifiedCreditCode {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "91350100M000100Y43";

    fn code(text: &str) -> &'static str {
        UnifiedCreditCode::parse(text).unwrap_err().code()
    }

    #[test]
    fn weights_are_powers_of_three() {
        let mut power = 1;
        for weight in WEIGHTS {
            assert_eq!(weight, power);
            power = power * 3 % 31;
        }
    }

    #[test]
    fn form_is_forgiven_and_content_is_not() {
        let code_of = |text| UnifiedCreditCode::parse(text).unwrap();
        assert_eq!(
            code_of("　９１３５０１００ｍ０００１００ｙ４３ "),
            code_of(EXAMPLE)
        );
        assert_eq!(code("91350100M000100Y4"), "E-ID-LENGTH");
        assert_eq!(code("91350100M000100O43"), "E-ID-CHARACTER");
        assert_eq!(code("9135A100M000100Y43"), "E-ID-CHARACTER");
        assert_eq!(code("91350100M000100Y40"), "E-ID-CHECK");
        assert_eq!(code("9.1350100E+17"), "E-ID-SPREADSHEET");
    }

    #[test]
    fn errors_hold_no_value() {
        let error = UnifiedCreditCode::parse("91350100M000100Y40").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("350100"));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(position in 0_usize..18, wrong in 0_usize..31) {
            let mut bytes = EXAMPLE.as_bytes().to_vec();
            bytes[position] = ALPHABET[wrong];
            let changed = String::from_utf8(bytes).unwrap();
            prop_assume!(changed != EXAMPLE);
            prop_assert!(UnifiedCreditCode::parse(&changed).is_err());
        }

        #[test]
        fn one_check_character_fits(body in "[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{9}") {
            let fits: Vec<_> = ALPHABET
                .iter()
                .filter_map(|check| UnifiedCreditCode::parse(&format!("{body}{}", char::from(*check))).ok())
                .collect();
            prop_assert_eq!(fits.len(), 1);
            prop_assert!(fits[0].as_str().starts_with(&body));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = UnifiedCreditCode::parse(&text);
        }
    }
}
