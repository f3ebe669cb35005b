//! Numbers and codes of persons, organisations, places and disability cards.
//!
//! | type | standard |
//! |---|---|
//! | [`ResidentNumber`] | GB 11643-1999, the number of an identity card |
//! | [`UnifiedCreditCode`] | GB 32100-2015, the number of an organisation |
//! | [`DivisionCode`] | GB/T 2260, the code of a place |
//! | [`DisabilityCard`] | resident number, kind and grade of a disability |
//!
//! Numbers of persons never show in full: `Debug`, `Display` and [`IdentityError`] give a masked form or no value at
//! all. Only [`ResidentNumber::reveal`] and [`DisabilityCard::reveal`] give the whole number, for the host alone.
//!
//! Input is forgiving about form (white space around it, full-width characters, lower-case letters) and strict about
//! content.
//!
//! ```
//! use minzheng::identity::ResidentNumber;
//!
//! let number = ResidentNumber::parse(" 11010519491231002x ")?;
//! assert_eq!(number.to_string(), "11**************2X");
//! assert_eq!(number.birth_date().to_string(), "1949-12-31");
//! # Ok::<(), minzheng::identity::IdentityError>(())
//! ```

mod credit_code;
mod disability_card;
mod division;
mod error;
mod resident;

pub use credit_code::UnifiedCreditCode;
pub use disability_card::{DisabilityCard, DisabilityGrade, DisabilityKind};
pub use division::{DivisionCode, DivisionLevel};
pub use error::{Document, IdentityError};
pub use resident::{ResidentNumber, Sex};

/// The longest text any of the parsers reads.
const LONGEST: usize = 22;

/// A text brought to one form: ASCII, upper case, no white space around it.
struct Normal {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Normal {
    /// Brings `text` to one form, or says what stands in the way.
    ///
    /// `lengths` says in words how long the text may be.
    fn read(text: &str, document: Document, lengths: &'static str) -> Result<Self, IdentityError> {
        let text = text.trim();
        let found = text.chars().count();
        if found > LONGEST {
            return Err(IdentityError::Length {
                document,
                expected: lengths,
                found,
            });
        }
        let mut bytes = [0; LONGEST];
        for (position, (slot, character)) in bytes.iter_mut().zip(text.chars()).enumerate() {
            *slot = narrow(character)
                .ok_or(IdentityError::Character {
                    document,
                    position: position.saturating_add(1),
                })?
                .to_ascii_uppercase();
        }
        Ok(Self {
            bytes,
            length: found,
        })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// A number a spreadsheet has written as a floating-point number: `1.5E+17`, `150102…000.0`.
    fn is_from_a_float(&self) -> bool {
        let bytes = self.bytes();
        let exponent = bytes.windows(2).any(|pair| pair == b"E+");
        let point = bytes.contains(&b'.');
        let rest = bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'E' | b'+'));
        (exponent || point) && rest && bytes.iter().any(u8::is_ascii_digit)
    }
}

/// The ASCII character a printable ASCII or full-width character stands for.
fn narrow(character: char) -> Option<u8> {
    let byte = match character {
        '!'..='~' => u32::from(character),
        '！'..='～' => u32::from(character).checked_sub(0xFEE0)?,
        _ => return None,
    };
    u8::try_from(byte).ok()
}

/// The digit an ASCII byte stands for.
fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'))
}

/// The ASCII byte of a digit 0 to 9.
fn digit_byte(digit: u8) -> u8 {
    b'0'.saturating_add(digit)
}

/// The characters of bytes known to be ASCII.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
