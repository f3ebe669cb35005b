//! What can be wrong with a number or a code.

use std::fmt;

/// Which number or code an [`IdentityError`] is about.
///
/// ```
/// use minzheng::identity::Document;
///
/// assert_eq!(Document::DisabilityCard.to_string(), "disability card number");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Document {
    /// The number of an identity card (GB 11643-1999).
    ResidentNumber,
    /// The number of an organisation (GB 32100-2015).
    CreditCode,
    /// The code of a place (GB/T 2260).
    DivisionCode,
    /// The number of a disability card.
    DisabilityCard,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResidentNumber => "resident number",
            Self::CreditCode => "unified social credit code",
            Self::DivisionCode => "division code",
            Self::DisabilityCard => "disability card number",
        })
    }
}

/// Why a number or a code was refused.
///
/// No variant holds any part of the value, so an error may be logged.
///
/// ```
/// use minzheng::identity::ResidentNumber;
///
/// let error = ResidentNumber::parse("110105194912310021").unwrap_err();
/// assert_eq!(error.code(), "E-ID-CHECK");
/// assert_eq!(
///     error.to_string(),
///     "resident number has a wrong check character: compare it with the document digit by digit",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The text is too short or too long.
    #[error("{document} has {found} characters: give {expected}")]
    Length {
        /// What was read.
        document: Document,
        /// The lengths accepted, in words.
        expected: &'static str,
        /// The number of characters found, without white space around them.
        found: usize,
    },
    /// A character stands where it may not.
    #[error(
        "{document} has a character out of place at position {position}: correct it from the document"
    )]
    Character {
        /// What was read.
        document: Document,
        /// Position of the character, counted from 1.
        position: usize,
    },
    /// The last character does not follow from those before it.
    #[error("{document} has a wrong check character: compare it with the document digit by digit")]
    CheckCharacter {
        /// What was read.
        document: Document,
    },
    /// The birth date is not a day of the calendar, or outside the years 1800 to 2199.
    #[error(
        "resident number has no real birth date in positions 7 to 14: correct it from the document"
    )]
    BirthDate,
    /// A spreadsheet has turned the text into a rounded number.
    #[error(
        "{document} was rounded by a spreadsheet: read it again from the source, with the column as text"
    )]
    Spreadsheet {
        /// What was read.
        document: Document,
    },
    /// The packed value has more than 17 digits.
    #[error("packed resident number has more than 17 digits: give a value that packed() returned")]
    Packed,
    /// The kind of disability is not 1 to 7.
    #[error("disability card number has no known kind of disability in position 19: give 1 to 7")]
    DisabilityKind,
    /// The grade of disability is not 1 to 4.
    #[error("disability card number has no known grade of disability in position 20: give 1 to 4")]
    DisabilityGrade,
}

impl IdentityError {
    /// The stable code of the error.
    ///
    /// ```
    /// use minzheng::identity::DivisionCode;
    ///
    /// assert_eq!(DivisionCode::parse("15").unwrap_err().code(), "E-ID-LENGTH");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "E-ID-LENGTH",
            Self::Character { .. } => "E-ID-CHARACTER",
            Self::CheckCharacter { .. } => "E-ID-CHECK",
            Self::BirthDate => "E-ID-BIRTH",
            Self::Spreadsheet { .. } => "E-ID-SPREADSHEET",
            Self::Packed => "E-ID-PACKED",
            Self::DisabilityKind => "E-ID-DISABILITY-KIND",
            Self::DisabilityGrade => "E-ID-DISABILITY-GRADE",
        }
    }

    /// What to do about the error, in a sentence or two.
    ///
    /// ```
    /// use minzheng::identity::ResidentNumber;
    ///
    /// let error = ResidentNumber::parse("1.10105E+17").unwrap_err();
    /// assert!(error.help().contains("format the column as text"));
    /// ```
    pub fn help(&self) -> &'static str {
        match self {
            Self::Length { .. } => {
                "A resident number has 18 characters (15 before 2000), a unified social credit code 18, a division \
                 code 6, 9 or 12, a disability card number 20 to 22."
            }
            Self::Character { .. } => {
                "Positions count from 1, without white space at the ends. A resident number holds digits, and X only \
                 at its end; a unified social credit code holds digits and capital letters without I, O, S, V and Z."
            }
            Self::CheckCharacter { .. } => {
                "The last character is computed from the others, so at least one of them is wrong. Read the number \
                 again from the document; do not compute a new last character."
            }
            Self::BirthDate => {
                "Positions 7 to 14 are the birth date as year, month and day. Read the number again from the document."
            }
            Self::Spreadsheet { .. } => {
                "A spreadsheet keeps 15 digits of a number and writes the rest as zeros or as E+17; the last digits \
                 are lost. Export again from the system of record, and format the column as text before the data \
                 enters the spreadsheet."
            }
            Self::Packed => {
                "A packed resident number is the first 17 digits as a whole number. Do not build it by hand: parse \
                 the number and call packed()."
            }
            Self::DisabilityKind => {
                "1 visual, 2 hearing, 3 speech, 4 physical, 5 intellectual, 6 mental, 7 multiple."
            }
            Self::DisabilityGrade => "1 is the heaviest grade, 4 the lightest.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_messages_start_in_lower_case() {
        let document = Document::ResidentNumber;
        let all = [
            IdentityError::Length {
                document,
                expected: "18",
                found: 1,
            },
            IdentityError::Character {
                document,
                position: 1,
            },
            IdentityError::CheckCharacter { document },
            IdentityError::BirthDate,
            IdentityError::Spreadsheet { document },
            IdentityError::Packed,
            IdentityError::DisabilityKind,
            IdentityError::DisabilityGrade,
        ];
        let codes: std::collections::BTreeSet<_> = all.iter().map(IdentityError::code).collect();
        assert_eq!(codes.len(), all.len());
        for error in all {
            assert!(error.code().starts_with("E-ID-"));
            assert!(error.to_string().starts_with(char::is_lowercase));
            assert!(
                error.to_string().contains(": "),
                "a message names the way out"
            );
            assert!(error.help().ends_with('.'));
        }
    }
}
