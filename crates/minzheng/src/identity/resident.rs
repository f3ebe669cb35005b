//! The number of an identity card, GB 11643-1999.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

use super::{DivisionCode, Document, IdentityError, Normal, ascii, digit, digit_byte};

const DOCUMENT: Document = Document::ResidentNumber;
const LENGTHS: &str = "18 characters, or the 15 digits of the old form";
/// The lowest value with 18 digits.
const PACKED_END: u64 = 100_000_000_000_000_000;
/// What position 1 to 17 weighs in the check sum.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by remainder.
const CHECKS: [u8; 11] = *b"10X98765432";

/// The sex an identity number states.
///
/// ```
/// use minzheng::identity::{ResidentNumber, Sex};
///
/// assert_eq!(ResidentNumber::parse("11010519491231002X")?.sex(), Sex::Female);
/// # Ok::<(), minzheng::identity::IdentityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// The 17th digit is odd.
    Male,
    /// The 17th digit is even.
    Female,
}

/// A resident number that has passed every check of GB 11643-1999.
///
/// It is stored as one whole number of 17 digits ([`packed`](Self::packed)): the check character follows from them.
/// Values are ordered by it: by area, then by birth date.
///
/// `Debug` and `Display` show the first two and the last two characters (`11**************2X`), that is the province
/// of first registration, the sex and the check character. [`reveal`](Self::reveal) gives the whole number.
///
/// ```
/// use minzheng::identity::ResidentNumber;
///
/// let number = ResidentNumber::parse("440524188001010014")?;
/// assert_eq!(format!("{number:?}"), "ResidentNumber(44**************14)");
/// assert_eq!(number.packed(), 44_052_418_800_101_001);
/// # Ok::<(), minzheng::identity::IdentityError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidentNumber(u64);

impl ResidentNumber {
    /// Reads a number of 18 characters, or of 15 digits as [`from_fifteen`](Self::from_fifteen) does.
    ///
    /// White space around it, full-width characters and a lower-case `x` are accepted. An area code is never refused:
    /// the place may since have been abolished.
    ///
    /// A number that ends in `000` and fails the check is reported as rounded by a spreadsheet. One that ends in
    /// `000` and passes is a lawful number and is accepted; see [`may_be_rounded`](Self::may_be_rounded).
    ///
    /// # Errors
    /// `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-SPREADSHEET`, `E-ID-BIRTH`, `E-ID-CHECK`.
    ///
    /// ```
    /// use minzheng::identity::{IdentityError, ResidentNumber};
    ///
    /// let number = ResidentNumber::parse("１１０１０５１９４９１２３１００２ｘ")?;
    /// assert_eq!(number, ResidentNumber::parse("11010519491231002X")?);
    /// assert_eq!(ResidentNumber::parse("110105194902310021"), Err(IdentityError::BirthDate));
    /// # Ok::<(), IdentityError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        // what already has the one form needs no reading: in a table, nearly every number
        if let [body @ .., b'0'..=b'9' | b'X'] = text.as_bytes()
            && body.len() == 17
            && body.iter().all(u8::is_ascii_digit)
        {
            return Self::from_bytes(text.as_bytes());
        }
        let normal = Normal::read(text, DOCUMENT, LENGTHS)?;
        if normal.is_from_a_float() {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        match normal.bytes().len() {
            15 => Self::from_fifteen_bytes(normal.bytes()),
            _ => Self::from_bytes(normal.bytes()),
        }
    }

    /// Reads the old form of 15 digits, without century and check character; the year of birth is taken as 19xx.
    ///
    /// # Errors
    /// `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-SPREADSHEET`, `E-ID-BIRTH`.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// let number = ResidentNumber::from_fifteen("110105491231002")?;
    /// assert_eq!(number, ResidentNumber::parse("11010519491231002X")?);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn from_fifteen(text: &str) -> Result<Self, IdentityError> {
        let normal = Normal::read(text, DOCUMENT, "15 digits")?;
        if normal.is_from_a_float() {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        match normal.bytes().len() {
            15 => Self::from_fifteen_bytes(normal.bytes()),
            found => Err(IdentityError::Length {
                document: DOCUMENT,
                expected: "15 digits",
                found,
            }),
        }
    }

    /// The first 17 digits as one whole number: the key to join by. It identifies the person as the number itself
    /// does: keep it out of logs.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// let number = ResidentNumber::parse("11010519491231002X")?;
    /// assert_eq!(number.packed(), 11_010_519_491_231_002);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn packed(self) -> u64 {
        self.0
    }

    /// The number behind a [`packed`](Self::packed) value.
    ///
    /// # Errors
    /// `E-ID-PACKED` where the value has more than 17 digits, `E-ID-BIRTH` where it holds no real birth date.
    ///
    /// ```
    /// use minzheng::identity::{IdentityError, ResidentNumber};
    ///
    /// let number = ResidentNumber::parse("11010519491231002X")?;
    /// assert_eq!(ResidentNumber::from_packed(number.packed()), Ok(number));
    /// assert_eq!(ResidentNumber::from_packed(u64::MAX), Err(IdentityError::Packed));
    /// # Ok::<(), IdentityError>(())
    /// ```
    pub fn from_packed(packed: u64) -> Result<Self, IdentityError> {
        if packed >= PACKED_END {
            return Err(IdentityError::Packed);
        }
        match date_of(packed) {
            Some(_) => Ok(Self(packed)),
            None => Err(IdentityError::BirthDate),
        }
    }

    /// The code of the place that gave the number. The place may since have been abolished, and says nothing about
    /// where the person is registered today.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// assert_eq!(ResidentNumber::parse("11010519491231002X")?.area_code().as_str(), "110105");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn area_code(self) -> DivisionCode {
        DivisionCode::from_start(&self.characters())
    }

    /// The birth date.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::identity::ResidentNumber;
    ///
    /// let number = ResidentNumber::parse("440524188001010014")?;
    /// assert_eq!(Some(number.birth_date()), NaiveDate::from_ymd_opt(1880, 1, 1));
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn birth_date(self) -> NaiveDate {
        // every constructor has asked date_of
        date_of(self.0).unwrap_or_default()
    }

    /// The sex: an odd 17th digit is male.
    ///
    /// ```
    /// use minzheng::identity::{ResidentNumber, Sex};
    ///
    /// assert_eq!(ResidentNumber::parse("440524188001010014")?.sex(), Sex::Male);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn sex(self) -> Sex {
        if self.0 % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// Is it the number of a residence permit for people of Hong Kong, Macao or Taiwan (area 810000, 820000, 830000)?
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// assert!(ResidentNumber::parse("810000199408230021")?.is_hmt_residence());
    /// assert!(!ResidentNumber::parse("11010519491231002X")?.is_hmt_residence());
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn is_hmt_residence(self) -> bool {
        matches!(self.area_code().as_str(), "810000" | "820000" | "830000")
    }

    /// Is it the number of a permanent residence card of a foreigner (first digit 9)?
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// assert!(!ResidentNumber::parse("11010519491231002X")?.is_foreign_permanent());
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn is_foreign_permanent(self) -> bool {
        matches!(self.digits(), [9, ..])
    }

    /// Does it end in `000`, as a number does that a spreadsheet has rounded?
    ///
    /// Such a number can be lawful: about one rounded number in eleven passes the check by chance. A reader of tables
    /// should refuse a column in which many numbers answer true.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// assert!(!ResidentNumber::parse("11010519491231002X")?.may_be_rounded());
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn may_be_rounded(self) -> bool {
        self.0.is_multiple_of(100) && check_character(self.digits()) == b'0'
    }

    /// The whole number, 18 characters. For the host alone: never log it, never put it in a message.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// assert_eq!(ResidentNumber::parse("11010519491231002x")?.reveal(), "11010519491231002X");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn reveal(self) -> String {
        ascii(&self.characters()).to_owned()
    }

    pub(super) fn characters(self) -> [u8; 18] {
        let digits = self.digits();
        let mut characters = [check_character(digits); 18];
        for (slot, digit) in characters.iter_mut().zip(digits) {
            *slot = digit_byte(digit);
        }
        characters
    }

    /// Reads 18 characters in one form.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, IdentityError> {
        let length = IdentityError::Length {
            document: DOCUMENT,
            expected: LENGTHS,
            found: bytes.len(),
        };
        let (check, body) = bytes.split_last().ok_or(length)?;
        let digits: [u8; 17] = body.try_into().map_err(|_| length)?;
        let digits = read_digits(digits)?;
        if !check.is_ascii_digit() && *check != b'X' {
            return Err(IdentityError::Character {
                document: DOCUMENT,
                position: 18,
            });
        }
        if check_character(digits) == *check {
            return Self::from_packed(pack(digits));
        }
        if bytes.ends_with(b"000") {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        // a wrong birth date says more than a wrong check character
        Self::from_packed(pack(digits))
            .and(Err(IdentityError::CheckCharacter { document: DOCUMENT }))
    }

    fn from_fifteen_bytes(bytes: &[u8]) -> Result<Self, IdentityError> {
        let mut digits = [b'0'; 17];
        let with_century = bytes
            .iter()
            .take(6)
            .chain(b"19")
            .chain(bytes.iter().skip(6));
        for (slot, byte) in digits.iter_mut().zip(with_century) {
            *slot = *byte;
        }
        // positions of the old form, not of the new one
        if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_digit()) {
            return Err(IdentityError::Character {
                document: DOCUMENT,
                position: at.saturating_add(1),
            });
        }
        Self::from_packed(pack(read_digits(digits)?))
    }

    fn digits(self) -> [u8; 17] {
        let mut digits = [0; 17];
        let mut rest = self.0;
        for slot in digits.iter_mut().rev() {
            *slot = u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        digits
    }
}

/// ASCII digits to digits.
fn read_digits(bytes: [u8; 17]) -> Result<[u8; 17], IdentityError> {
    let mut digits = [0; 17];
    for (position, (slot, byte)) in digits.iter_mut().zip(bytes).enumerate() {
        *slot = digit(byte).ok_or(IdentityError::Character {
            document: DOCUMENT,
            position: position.saturating_add(1),
        })?;
    }
    Ok(digits)
}

/// 17 digits as one number; it has at most 17 digits, so nothing saturates.
fn pack(digits: [u8; 17]) -> u64 {
    digits.iter().fold(0, |packed: u64, digit| {
        packed.saturating_mul(10).saturating_add(u64::from(*digit))
    })
}

/// ISO 7064 MOD 11-2 over 17 digits.
fn check_character(digits: [u8; 17]) -> u8 {
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| weight.saturating_mul(u32::from(*digit)))
        .sum();
    usize::try_from(sum % 11)
        .ok()
        .and_then(|remainder| CHECKS.get(remainder))
        .copied()
        .unwrap_or_default()
}

/// The birth date in a packed number, where it is a day of the years 1800 to 2199.
fn date_of(packed: u64) -> Option<NaiveDate> {
    let date = u32::try_from(packed / 1_000 % 100_000_000).ok()?;
    let year = i32::try_from(date / 10_000).ok()?;
    NaiveDate::from_ymd_opt(year, date / 100 % 100, date % 100)
        .filter(|day| (1800..=2199).contains(&day.year()))
}

impl fmt::Display for ResidentNumber {
    /// The masked form, as long as the number itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut masked = self.characters();
        if let Some(middle) = masked.get_mut(2..16) {
            middle.fill(b'*');
        }
        f.pad(ascii(&masked))
    }
}

impl fmt::Debug for ResidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentNumber({self})")
    }
}

impl FromStr for ResidentNumber {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> ResidentNumber {
        ResidentNumber::parse(text).unwrap()
    }

    fn code(text: &str) -> &'static str {
        ResidentNumber::parse(text).unwrap_err().code()
    }

    #[test]
    fn the_two_published_examples_pass() {
        let woman = parse("11010519491231002X");
        assert_eq!(woman.area_code().as_str(), "110105");
        assert_eq!(
            woman.birth_date(),
            NaiveDate::from_ymd_opt(1949, 12, 31).unwrap()
        );
        assert_eq!(woman.sex(), Sex::Female);
        let man = parse("440524188001010014");
        assert_eq!(
            man.birth_date(),
            NaiveDate::from_ymd_opt(1880, 1, 1).unwrap()
        );
        assert_eq!(man.sex(), Sex::Male);
        assert!(woman < man);
    }

    #[test]
    fn form_is_forgiven() {
        for text in [
            "11010519491231002x",
            "\u{3000}11010519491231002X\t",
            "１１０１０５１９４９１２３１００２Ｘ",
        ] {
            assert_eq!(parse(text).reveal(), "11010519491231002X");
        }
    }

    #[test]
    fn fifteen_digits_become_eighteen() {
        assert_eq!(parse("110105491231002").reveal(), "11010519491231002X");
        assert_eq!(
            ResidentNumber::from_fifteen("11010519491231002X")
                .unwrap_err()
                .code(),
            "E-ID-LENGTH"
        );
        assert_eq!(code("11010549023100X"), "E-ID-CHARACTER");
        assert_eq!(code("110105490231002"), "E-ID-BIRTH");
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(code(""), "E-ID-LENGTH");
        assert_eq!(code("1101051949123100"), "E-ID-LENGTH");
        assert_eq!(code("11010519491231002XX"), "E-ID-LENGTH");
        assert_eq!(code(&"1".repeat(4_000)), "E-ID-LENGTH");
        assert_eq!(code("1101051949123100二X"), "E-ID-CHARACTER");
        assert_eq!(code("1X010519491231002X"), "E-ID-CHARACTER");
        assert_eq!(code("11010519491231002A"), "E-ID-CHARACTER");
        assert_eq!(code("110105194912310021"), "E-ID-CHECK");
        assert_eq!(code("110105194913310021"), "E-ID-BIRTH");
        assert_eq!(code("110105179912310021"), "E-ID-BIRTH");
    }

    #[test]
    fn numbers_from_a_spreadsheet_are_told_apart() {
        assert_eq!(code("1.10105E+17"), "E-ID-SPREADSHEET");
        assert_eq!(code("1.10105194912310E+17"), "E-ID-SPREADSHEET");
        assert_eq!(code("1.1e+17"), "E-ID-SPREADSHEET");
        assert_eq!(code("110105194912310000"), "E-ID-SPREADSHEET");
        assert_eq!(code("110105194912310000.0"), "E-ID-SPREADSHEET");
    }

    #[test]
    fn a_lawful_number_that_ends_in_zeros_is_accepted_and_marked() {
        let lawful: Vec<_> = (10..30)
            .map(|day| format!("110105194912{day}0000"))
            .filter_map(|text| ResidentNumber::parse(&text).ok())
            .collect();
        assert!(!lawful.is_empty());
        assert!(lawful.iter().all(|number| number.may_be_rounded()));
    }

    #[test]
    fn nothing_but_reveal_shows_the_number() {
        let number = parse("11010519491231002X");
        assert_eq!(number.to_string(), "11**************2X");
        assert_eq!(format!("{number:?}"), "ResidentNumber(11**************2X)");
        assert_eq!(format!("{number:>20}"), "  11**************2X");
        let error = ResidentNumber::parse("110105194912310021").unwrap_err();
        for shown in [
            error.to_string(),
            format!("{error:?}"),
            error.help().to_owned(),
        ] {
            assert!(!shown.contains("110105") && !shown.contains("1949"));
        }
    }

    #[test]
    fn permits_are_told_by_their_first_digits() {
        for area in ["810000", "820000", "830000"] {
            let number =
                ResidentNumber::from_packed(pack_text(&format!("{area}19900101001"))).unwrap();
            assert!(number.is_hmt_residence() && !number.is_foreign_permanent());
        }
        let number = ResidentNumber::from_packed(pack_text("91115619900101001")).unwrap();
        assert!(number.is_foreign_permanent() && !number.is_hmt_residence());
    }

    fn pack_text(text: &str) -> u64 {
        text.parse().unwrap()
    }

    /// A birth date that exists, in any area, with any sequence.
    fn packed() -> impl Strategy<Value = u64> {
        (0_u64..1_000_000, 0_u64..146_097, 0_u64..1_000).prop_map(|(area, day, sequence)| {
            let first = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap();
            let date = first.checked_add_days(chrono::Days::new(day)).unwrap();
            pack_text(&format!("{area:06}{}{sequence:03}", date.format("%Y%m%d")))
        })
    }

    proptest! {
        #[test]
        fn packed_and_text_return_to_themselves(packed in packed()) {
            let number = ResidentNumber::from_packed(packed).unwrap();
            prop_assert_eq!(number.packed(), packed);
            prop_assert_eq!(ResidentNumber::parse(&number.reveal()), Ok(number));
            prop_assert_eq!(number.reveal().len(), 18);
        }

        #[test]
        fn one_wrong_character_is_always_found(packed in packed(), position in 0_usize..18, wrong in 0_usize..11) {
            let text = ResidentNumber::from_packed(packed).unwrap().reveal();
            let mut bytes = text.clone().into_bytes();
            bytes[position] = b"0123456789X"[wrong];
            let changed = String::from_utf8(bytes).unwrap();
            prop_assume!(changed != text);
            prop_assert!(ResidentNumber::parse(&changed).is_err());
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = ResidentNumber::parse(&text);
            let _ = ResidentNumber::from_fifteen(&text);
        }

        #[test]
        fn near_misses_are_answered(text in "[0-9X.E+]{14,19}") {
            let _ = ResidentNumber::parse(&text);
        }

        #[test]
        fn any_packed_value_is_answered(packed: u64) {
            let _ = ResidentNumber::from_packed(packed);
        }
    }
}
