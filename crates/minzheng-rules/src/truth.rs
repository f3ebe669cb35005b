//! Three-valued truth: unknown is a value, never "no".

use core::fmt;
use core::ops::Not;

/// The value of a condition: true, false, or not known from the facts given.
///
/// ```
/// use minzheng_rules::truth::Truth;
/// assert_eq!(Truth::False.and(Truth::Unknown), Truth::False);
/// assert_eq!(Truth::True.and(Truth::Unknown), Truth::Unknown);
/// assert_eq!(!Truth::Unknown, Truth::Unknown);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Known to hold.
    True,
    /// Known not to hold.
    False,
    /// Not decided by what is known.
    Unknown,
}

impl Truth {
    /// Kleene conjunction.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::True | Self::Unknown, Self::True | Self::Unknown) => Self::Unknown,
        }
    }

    /// Kleene disjunction.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            (Self::False | Self::Unknown, Self::False | Self::Unknown) => Self::Unknown,
        }
    }

    /// The word used in files and JSON: `yes`, `no` or `undetermined`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::True => "yes",
            Self::False => "no",
            Self::Unknown => "undetermined",
        }
    }

    /// True or false as a `bool`; `None` where unknown.
    pub const fn known(self) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Unknown => None,
        }
    }
}

impl Not for Truth {
    type Output = Self;

    /// Kleene negation.
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
