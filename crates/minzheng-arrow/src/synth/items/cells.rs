//! Values that only the records of departments have, and the columns of such values.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_schema::DataType;
use minzheng::identity::ResidentNumber;
use minzheng_rules::date::Day;

use super::super::draw::Draw;
use super::super::sheet::Cell;

/// A number of a record, of a house or of a plate.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Serial {
    pub(super) letter: char,
    pub(super) number: u64,
}

/// The number by which a source keeps a person, as the source writes it.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Written {
    pub(super) number: ResidentNumber,
    pub(super) damage: Damage,
}

/// What became of a number on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::synth) enum Damage {
    Whole,
    /// Another check character.
    Check,
    /// A spreadsheet made a rounded number of it.
    Spreadsheet,
    /// As it was before 1999, without the century and the check character: still the same person.
    Fifteen,
    /// In small letters, with a space behind: still the same person.
    Untidy,
}

impl Written {
    /// The number as whole, or damaged in three of a thousand rows.
    pub(super) fn draw(draw: &mut Draw, number: ResidentNumber) -> Self {
        let damage = if draw.happens(3) {
            let drawn = draw.weighted(
                &[
                    (Damage::Check, 4),
                    (Damage::Spreadsheet, 1),
                    (Damage::Fifteen, 2),
                    (Damage::Untidy, 3),
                ],
                Damage::Check,
            );
            // who was born later never had fifteen digits
            if drawn == Damage::Fifteen && is_too_young(number) {
                Damage::Check
            } else {
                drawn
            }
        } else {
            Damage::Whole
        };
        Self { number, damage }
    }

    fn text(self) -> String {
        let mut text = self.number.reveal();
        match self.damage {
            Damage::Whole => {}
            Damage::Check => {
                let last = text.pop();
                text.push(if last == Some('0') { '1' } else { '0' });
            }
            Damage::Spreadsheet => {
                text.truncate(6);
                text.insert(1, '.');
                text.push_str("E+17");
            }
            Damage::Fifteen => {
                text.pop();
                text.replace_range(6..8, "");
            }
            Damage::Untidy => {
                text.make_ascii_lowercase();
                text.push(' ');
            }
        }
        text
    }
}

/// Whether somebody was born when numbers had eighteen characters already.
fn is_too_young(number: ResidentNumber) -> bool {
    Day::from_date(number.birth_date()).is_none_or(|birth| birth.year() >= 1999)
}

/// A number with two decimal places.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Hundredths(pub(super) i64);

/// A ratio in ten-thousandths.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Ratio(pub(super) i64);

/// An organisation that is not: its unified social credit code lies in the divisions that no place has.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Organisation {
    /// The department that registered it and its category.
    pub(super) kind: &'static str,
    pub(super) number: u32,
}

/// What the characters of a credit code stand for.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl Organisation {
    fn text(self) -> String {
        let division = 159_901_u32.saturating_add(self.number % 99);
        let mut text = format!("{}{division}{:08}0", self.kind, self.number);
        let mut weight = 1_usize;
        let mut sum = 0_usize;
        for byte in text.bytes() {
            let value = ALPHABET.iter().position(|b| *b == byte).unwrap_or(0);
            sum = sum.saturating_add(value.saturating_mul(weight));
            weight = weight.saturating_mul(3) % 31;
        }
        let check = 31_usize.saturating_sub(sum % 31) % 31;
        text.push(char::from(*ALPHABET.get(check).unwrap_or(&b'0')));
        text
    }
}

macro_rules! text_cell {
    ($type:ty, |$value:ident| $text:expr) => {
        impl Cell for $type {
            type Builder = StringBuilder;
            fn ty() -> DataType {
                DataType::Utf8
            }
            fn put(self, to: &mut Self::Builder) {
                let $value = self;
                to.append_value($text);
            }
            fn skip(to: &mut Self::Builder) {
                to.append_null();
            }
            fn finish(of: &mut Self::Builder) -> ArrayRef {
                Arc::new(of.finish())
            }
        }
    };
}

text_cell!(Written, |value| value.text());
text_cell!(Organisation, |value| value.text());
text_cell!(Serial, |value| format!(
    "{}{:010}",
    value.letter, value.number
));

macro_rules! decimal_cell {
    ($type:ty, $precision:literal, $scale:literal, $builder:ident) => {
        /// A builder that knows how many decimal places it has.
        #[derive(Debug)]
        pub(in crate::synth) struct $builder(Decimal128Builder);

        impl Default for $builder {
            fn default() -> Self {
                let ty = DataType::Decimal128($precision, $scale);
                Self(Decimal128Builder::new().with_data_type(ty))
            }
        }

        impl Cell for $type {
            type Builder = $builder;
            fn ty() -> DataType {
                DataType::Decimal128($precision, $scale)
            }
            fn put(self, to: &mut Self::Builder) {
                to.0.append_value(i128::from(self.0));
            }
            fn skip(to: &mut Self::Builder) {
                to.0.append_null();
            }
            fn finish(of: &mut Self::Builder) -> ArrayRef {
                Arc::new(of.0.finish())
            }
        }
    };
}

decimal_cell!(Hundredths, 12, 2, HundredthsBuilder);
decimal_cell!(Ratio, 9, 4, RatioBuilder);

#[cfg(test)]
mod tests {
    use minzheng::identity::UnifiedCreditCode;

    use super::*;

    #[test]
    fn organisations_have_codes_in_form_in_no_real_division() {
        for number in (0..3_000).chain([99_999_999]) {
            let kind = if number % 2 == 0 { "91" } else { "92" };
            let text = Organisation { kind, number }.text();
            let code = UnifiedCreditCode::parse(&text).unwrap();
            let division: u32 = code.division().as_str().parse().unwrap();
            assert!((159_901..=159_999).contains(&division), "{text}");
        }
    }

    #[test]
    fn a_damaged_number_is_another_and_an_untidy_one_is_the_same() {
        let number = ResidentNumber::from_packed(15_990_119_800_305_001).unwrap();
        let read = |damage| ResidentNumber::parse(&Written { number, damage }.text());
        assert_eq!(read(Damage::Whole), Ok(number));
        assert_eq!(read(Damage::Untidy), Ok(number));
        assert_eq!(read(Damage::Fifteen), Ok(number));
        let code = |damage| read(damage).unwrap_err().code();
        assert_eq!(code(Damage::Check), "E-ID-CHECK");
        assert_eq!(code(Damage::Spreadsheet), "E-ID-SPREADSHEET");
    }
}
