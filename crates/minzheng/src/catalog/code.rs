//! The code of a resource (信息资源代码).

use core::fmt;

/// The first digit of a code: by what a catalogue is ordered (类).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// 基础信息资源: population, legal persons, space, credit, licences.
    Base,
    /// 主题信息资源: by subject, as social security.
    Theme,
    /// 部门信息资源: by department.
    Department,
}

impl Class {
    /// The digit.
    pub const fn digit(self) -> char {
        match self {
            Self::Base => '1',
            Self::Theme => '2',
            Self::Department => '3',
        }
    }

    const fn of(digit: char) -> Option<Self> {
        match digit {
            '1' => Some(Self::Base),
            '2' => Some(Self::Theme),
            '3' => Some(Self::Department),
            _ => None,
        }
    }
}

/// The code of a resource by the guide of 2017 for catalogues of government data: 类 (one digit), 项 (two), 目 (three),
/// 细目 (any number, also none), then `/` and a sequence number of any length. Everything is kept as written: leading
/// zeros count, and the order is that of the text.
///
/// That the parts have 1, 2, 3 and any number of digits was seen in a copy of the guide; the stroke between the parts and
/// which digit stands for which class are unconfirmed.
///
/// ```
/// use minzheng::catalog::{Class, ResourceCode};
///
/// let code: ResourceCode = "307012/00045".parse()?;
/// assert_eq!((code.class(), code.group(), code.item(), code.detail()), (Class::Department, "07", "012", ""));
/// assert_eq!((code.sequence(), code.to_string().as_str()), ("00045", "307012/00045"));
/// assert!("307012".parse::<ResourceCode>().is_err());
/// # Ok::<(), minzheng::catalog::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceCode {
    class: Class,
    group: String,
    item: String,
    detail: String,
    sequence: String,
}

/// Why a text is no code of a resource: which part, and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeError {
    what: &'static str,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl core::error::Error for CodeError {}

/// Longest code that is read, in characters.
const LONGEST: usize = 64;

impl core::str::FromStr for ResourceCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = |what| Err(CodeError { what });
        if text.len() > LONGEST {
            return wrong("at most 64 characters");
        }
        let Some((class, sequence)) = text.split_once('/') else {
            return wrong("a stroke stands between the class and the sequence number");
        };
        let are_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(class) || !are_digits(sequence) {
            return wrong("digits and one stroke");
        }
        if sequence.is_empty() {
            return wrong("a sequence number stands behind the stroke");
        }
        let Some(kind) = class.chars().next().and_then(Class::of) else {
            return wrong("the first digit is 1 (base), 2 (subject) or 3 (department)");
        };
        match (class.get(1..3), class.get(3..6), class.get(6..)) {
            (Some(group), Some(item), Some(detail)) => Ok(Self {
                class: kind,
                group: group.to_owned(),
                item: item.to_owned(),
                detail: detail.to_owned(),
                sequence: sequence.to_owned(),
            }),
            _ => {
                wrong("one, two and three digits, then any number of them, stand before the stroke")
            }
        }
    }
}

impl ResourceCode {
    /// 类.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// 项, two digits.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// 目, three digits.
    pub fn item(&self) -> &str {
        &self.item
    }

    /// 细目; empty where there is none.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// 顺序码.
    pub fn sequence(&self) -> &str {
        &self.sequence
    }
}

impl fmt::Display for ResourceCode {
    /// As written: `307012/00045`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}{}{}/{}",
            self.class.digit(),
            self.group,
            self.item,
            self.detail,
            self.sequence
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_as_written_and_a_wrong_one_says_which_part() {
        for good in ["100000/1", "3070129/00045", "20701212345/0"] {
            assert_eq!(
                good.parse::<ResourceCode>().map(|c| c.to_string()),
                Ok(good.to_owned())
            );
        }
        let bad = [
            ("307012", "stroke"),
            ("30701/1", "one, two and three"),
            ("/1", "first digit"),
            ("407012/1", "first digit"),
            ("307012/", "sequence"),
            ("307012/1/2", "digits"),
            ("30701a/1", "digits"),
            ("３07012/1", "digits"),
        ];
        for (text, why) in bad {
            let error = text.parse::<ResourceCode>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(
            format!("307012/{}", "1".repeat(64))
                .parse::<ResourceCode>()
                .is_err()
        );
    }
}
