//! Masks: what of a number or a name a person sees who must not see all of it.

use serde::{Deserialize, Serialize};

/// A mask by what it hides. What is not in the shape it expects is hidden whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskKind {
    /// An identity number of 18 or 15 characters: its first two and last two.
    Identity,
    /// A name: its first character.
    Name,
    /// A telephone number: of 11 digits that begin with 1 the first three and last four, of 7 to 12 others the last two.
    Phone,
    /// A number of an account or card of 12 digits or more: its last four.
    Account,
    /// A plate of 7 or 8 characters: its first two and last two.
    Plate,
}

impl MaskKind {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Account => "account",
            Self::Plate => "plate",
        }
    }

    /// The masked text: `*` for each hidden character. White space around it goes, and of numbers also spaces, hyphens and
    /// the point of a plate within it.
    ///
    /// ```
    /// use minzheng::gate::MaskKind;
    ///
    /// assert_eq!(MaskKind::Identity.mask("11010519491231002X"), "11**************2X");
    /// assert_eq!(MaskKind::Name.mask("欧阳明"), "欧**");
    /// assert_eq!(MaskKind::Phone.mask("138 0013 8000"), "138****8000");
    /// assert_eq!(MaskKind::Account.mask("6222020200012345678"), "***************5678");
    /// assert_eq!(MaskKind::Plate.mask("蒙A·12345"), "蒙A***45");
    /// assert_eq!(MaskKind::Phone.mask("see note"), "*******");
    /// ```
    pub fn mask(self, text: &str) -> String {
        let text = text.trim();
        let keep = |c: &char| self == Self::Name || !matches!(c, ' ' | '-' | '·' | '•' | '\t');
        let all: Vec<char> = text.chars().filter(keep).collect();
        let digits = all.iter().all(char::is_ascii_digit);
        let (first, last) = match (self, all.len()) {
            // one character of a name is the whole name
            (Self::Name, 2..) => (1, 0),
            (Self::Identity, 15) if digits => (2, 2),
            (Self::Identity, 18) if all.iter().take(17).all(char::is_ascii_digit) => (2, 2),
            (Self::Phone, 11) if digits && all.first() == Some(&'1') => (3, 4),
            (Self::Phone, 7..=12) if digits => (0, 2),
            (Self::Account, 12..) if digits => (0, 4),
            (Self::Plate, 7 | 8) => (2, 2),
            _ => (0, 0),
        };
        let many = all.len();
        let shown = |at: usize| at < first || at.saturating_add(last) >= many;
        all.iter()
            .enumerate()
            .map(|(at, c)| if shown(at) { *c } else { '*' })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_mask_shows_what_it_says() {
        let cases = [
            (MaskKind::Identity, "110105491231002", "11***********02"),
            (MaskKind::Identity, "1101054912310", "*************"),
            (MaskKind::Identity, "", ""),
            (MaskKind::Name, "张三", "张*"),
            (MaskKind::Name, "张", "*"),
            (MaskKind::Name, "巴图·孟和", "巴****"),
            (MaskKind::Phone, "0471-1234567", "*********67"),
            (MaskKind::Phone, "0471-12345678", "**********78"),
            (MaskKind::Phone, "12345", "*****"),
            (MaskKind::Account, "6222 0202 0001 2345", "************2345"),
            (MaskKind::Account, "2345", "****"),
            (MaskKind::Plate, "蒙AD12345", "蒙A****45"),
            (MaskKind::Plate, "蒙A", "**"),
        ];
        for (kind, text, wanted) in cases {
            assert_eq!(kind.mask(text), wanted, "{}", kind.word());
        }
    }

    proptest! {
        #[test]
        fn no_mask_shows_more_than_seven_characters(text in "\\PC{0,40}") {
            for kind in [MaskKind::Identity, MaskKind::Name, MaskKind::Phone, MaskKind::Account, MaskKind::Plate] {
                let shown = kind.mask(&text).chars().filter(|c| *c != '*').count();
                prop_assert!(shown <= 7);
            }
        }
    }
}
