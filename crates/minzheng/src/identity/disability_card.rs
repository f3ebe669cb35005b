//! The number of a disability card.

use std::{fmt, str::FromStr};

use super::{Document, IdentityError, Normal, ResidentNumber, ascii, digit_byte};

const DOCUMENT: Document = Document::DisabilityCard;
const LENGTHS: &str = "20 characters, or up to 22 with a suffix";

/// The kind of a disability, digit 19 of the card number.
///
/// ```
/// use minzheng::identity::DisabilityKind;
///
/// assert_eq!(DisabilityKind::from_digit(4), Some(DisabilityKind::Physical));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisabilityKind {
    /// 1 视力.
    Visual,
    /// 2 听力.
    Hearing,
    /// 3 言语.
    Speech,
    /// 4 肢体.
    Physical,
    /// 5 智力.
    Intellectual,
    /// 6 精神.
    Mental,
    /// 7 多重: several kinds, which the number does not name; the grade is that of the heaviest.
    Multiple,
}

impl DisabilityKind {
    /// The kind a digit stands for.
    ///
    /// ```
    /// use minzheng::identity::DisabilityKind;
    ///
    /// assert_eq!(DisabilityKind::from_digit(6), Some(DisabilityKind::Mental));
    /// assert_eq!(DisabilityKind::from_digit(8), None);
    /// ```
    pub fn from_digit(digit: u8) -> Option<Self> {
        Some(match digit {
            1 => Self::Visual,
            2 => Self::Hearing,
            3 => Self::Speech,
            4 => Self::Physical,
            5 => Self::Intellectual,
            6 => Self::Mental,
            7 => Self::Multiple,
            _ => return None,
        })
    }

    /// The digit that stands for the kind.
    ///
    /// ```
    /// use minzheng::identity::DisabilityKind;
    ///
    /// assert_eq!(DisabilityKind::Multiple.digit(), 7);
    /// ```
    pub fn digit(self) -> u8 {
        match self {
            Self::Visual => 1,
            Self::Hearing => 2,
            Self::Speech => 3,
            Self::Physical => 4,
            Self::Intellectual => 5,
            Self::Mental => 6,
            Self::Multiple => 7,
        }
    }
}

/// The grade of a disability, digit 20 of the card number. The heaviest comes first in order.
///
/// ```
/// use minzheng::identity::DisabilityGrade;
///
/// assert!(DisabilityGrade::One < DisabilityGrade::Four);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisabilityGrade {
    /// 一级, the heaviest.
    One,
    /// 二级.
    Two,
    /// 三级.
    Three,
    /// 四级, the lightest.
    Four,
}

impl DisabilityGrade {
    /// The grade a digit stands for.
    ///
    /// ```
    /// use minzheng::identity::DisabilityGrade;
    ///
    /// assert_eq!(DisabilityGrade::from_digit(2), Some(DisabilityGrade::Two));
    /// assert_eq!(DisabilityGrade::from_digit(5), None);
    /// ```
    pub fn from_digit(digit: u8) -> Option<Self> {
        Some(match digit {
            1 => Self::One,
            2 => Self::Two,
            3 => Self::Three,
            4 => Self::Four,
            _ => return None,
        })
    }

    /// The digit that stands for the grade.
    ///
    /// ```
    /// use minzheng::identity::DisabilityGrade;
    ///
    /// assert_eq!(DisabilityGrade::Three.digit(), 3);
    /// ```
    pub fn digit(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
        }
    }
}

/// The number of a disability card: a resident number, a kind and a grade, and on a card issued again at times a
/// suffix of one or two letters or digits.
///
/// `Debug` and `Display` mask it as [`ResidentNumber`] does and hide kind and grade as well: they speak of a person's
/// health. [`reveal`](Self::reveal) gives the whole number.
///
/// ```
/// use minzheng::identity::{DisabilityCard, DisabilityGrade, DisabilityKind};
///
/// let card = DisabilityCard::parse("11010519491231002X42B1")?;
/// assert_eq!(card.kind(), DisabilityKind::Physical);
/// assert_eq!(card.grade(), DisabilityGrade::Two);
/// assert_eq!(card.suffix(), "B1");
/// assert_eq!(card.to_string(), "11**************2X**");
/// # Ok::<(), minzheng::identity::IdentityError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisabilityCard {
    resident: ResidentNumber,
    kind: DisabilityKind,
    grade: DisabilityGrade,
    /// Zero bytes at the end fill it up.
    suffix: [u8; 2],
}

impl DisabilityCard {
    /// Reads a card number of 20 to 22 characters. White space around it, full-width characters and lower-case
    /// letters are accepted.
    ///
    /// # Errors
    /// `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-SPREADSHEET`, `E-ID-BIRTH`, `E-ID-CHECK`, `E-ID-DISABILITY-KIND`,
    /// `E-ID-DISABILITY-GRADE`.
    ///
    /// ```
    /// use minzheng::identity::{DisabilityCard, IdentityError};
    ///
    /// assert!(DisabilityCard::parse("11010519491231002X11").is_ok());
    /// assert_eq!(DisabilityCard::parse("11010519491231002X81"), Err(IdentityError::DisabilityKind));
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let normal = Normal::read(text, DOCUMENT, LENGTHS)?;
        if normal.is_from_a_float()
            || normal.bytes().len() == 20 && normal.bytes().ends_with(b"00000")
        {
            return Err(IdentityError::Spreadsheet { document: DOCUMENT });
        }
        let bytes = normal.bytes();
        let (Some((resident, [kind, grade, suffix @ ..])), 20..=22) =
            (bytes.split_at_checked(18), bytes.len())
        else {
            return Err(IdentityError::Length {
                document: DOCUMENT,
                expected: LENGTHS,
                found: bytes.len(),
            });
        };
        let resident = ResidentNumber::from_bytes(resident)?;
        let kind = super::digit(*kind)
            .and_then(DisabilityKind::from_digit)
            .ok_or(IdentityError::DisabilityKind)?;
        let grade = super::digit(*grade)
            .and_then(DisabilityGrade::from_digit)
            .ok_or(IdentityError::DisabilityGrade)?;
        let mut kept = [0; 2];
        for (position, (slot, byte)) in kept.iter_mut().zip(suffix).enumerate() {
            if !byte.is_ascii_alphanumeric() {
                return Err(IdentityError::Character {
                    document: DOCUMENT,
                    position: position.saturating_add(21),
                });
            }
            *slot = *byte;
        }
        Ok(Self {
            resident,
            kind,
            grade,
            suffix: kept,
        })
    }

    /// The resident number of the holder.
    ///
    /// ```
    /// use minzheng::identity::{DisabilityCard, ResidentNumber};
    ///
    /// let card = DisabilityCard::parse("11010519491231002X11")?;
    /// assert_eq!(card.resident(), ResidentNumber::parse("11010519491231002X")?);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn resident(self) -> ResidentNumber {
        self.resident
    }

    /// The kind of disability.
    ///
    /// ```
    /// use minzheng::identity::{DisabilityCard, DisabilityKind};
    ///
    /// assert_eq!(DisabilityCard::parse("11010519491231002X11")?.kind(), DisabilityKind::Visual);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn kind(self) -> DisabilityKind {
        self.kind
    }

    /// The grade of disability.
    ///
    /// ```
    /// use minzheng::identity::{DisabilityCard, DisabilityGrade};
    ///
    /// assert_eq!(DisabilityCard::parse("11010519491231002X63")?.grade(), DisabilityGrade::Three);
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn grade(self) -> DisabilityGrade {
        self.grade
    }

    /// What follows the 20 characters, in upper case; empty on most cards.
    ///
    /// ```
    /// use minzheng::identity::DisabilityCard;
    ///
    /// assert_eq!(DisabilityCard::parse("11010519491231002X63b1")?.suffix(), "B1");
    /// assert_eq!(DisabilityCard::parse("11010519491231002X63")?.suffix(), "");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn suffix(&self) -> &str {
        ascii(&self.suffix).trim_end_matches('\0')
    }

    /// The whole number. For the host alone: never log it, never put it in a message.
    ///
    /// ```
    /// use minzheng::identity::DisabilityCard;
    ///
    /// assert_eq!(DisabilityCard::parse(" 11010519491231002x63b1")?.reveal(), "11010519491231002X63B1");
    /// # Ok::<(), minzheng::identity::IdentityError>(())
    /// ```
    pub fn reveal(self) -> String {
        let mut text = self.resident.reveal();
        text.push(char::from(digit_byte(self.kind.digit())));
        text.push(char::from(digit_byte(self.grade.digit())));
        text.push_str(self.suffix());
        text
    }
}

impl fmt::Display for DisabilityCard {
    /// The masked form, without suffix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}**", self.resident))
    }
}

impl fmt::Debug for DisabilityCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DisabilityCard({self})")
    }
}

impl FromStr for DisabilityCard {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RESIDENT: &str = "11010519491231002X";

    fn code(text: &str) -> &'static str {
        DisabilityCard::parse(text).unwrap_err().code()
    }

    #[test]
    fn every_kind_and_grade_returns_to_itself() {
        for kind in 1..=7 {
            for grade in 1..=4 {
                let text = format!("{RESIDENT}{kind}{grade}");
                let card = DisabilityCard::parse(&text).unwrap();
                assert_eq!((card.kind().digit(), card.grade().digit()), (kind, grade));
                assert_eq!(card.reveal(), text);
                assert_eq!(format!("{card:?}"), "DisabilityCard(11**************2X**)");
            }
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(code(RESIDENT), "E-ID-LENGTH");
        assert_eq!(code("11010519491231002X"), "E-ID-LENGTH");
        assert_eq!(code("11010519491231002X11B12"), "E-ID-LENGTH");
        assert_eq!(code("11010519491231002X01"), "E-ID-DISABILITY-KIND");
        assert_eq!(code("11010519491231002X15"), "E-ID-DISABILITY-GRADE");
        assert_eq!(code("11010519491231002X11-1"), "E-ID-CHARACTER");
        assert_eq!(code("11010519491231002111"), "E-ID-CHECK");
        assert_eq!(code("1.10105E+19"), "E-ID-SPREADSHEET");
        assert_eq!(code("11010519491231000000"), "E-ID-SPREADSHEET");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = DisabilityCard::parse(&text);
        }

        #[test]
        fn any_ending_is_answered(ending in "[ -~]{1,4}") {
            if let Ok(card) = DisabilityCard::parse(&format!("{RESIDENT}{ending}")) {
                prop_assert_eq!(card.reveal(), format!("{RESIDENT}{}", ending.trim_end().to_ascii_uppercase()));
            }
        }
    }
}
