//! How a programme came out for a row.

use minzheng_rules::explain::Verdict;

/// How a programme came out for a row, in the order of the dictionary of statuses.
///
/// ```
/// use minzheng_arrow::Status;
/// assert_eq!(Status::ALL.map(Status::word), ["undetermined", "eligible", "not_eligible", "not_in_force"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Something that matters is unknown.
    Undetermined,
    /// The row is entitled.
    Eligible,
    /// It is not.
    NotEligible,
    /// It was no programme on that day, at that place.
    NotInForce,
}

impl Status {
    /// All, each at the place of its key in the dictionary.
    pub const ALL: [Self; 4] = [
        Self::Undetermined,
        Self::Eligible,
        Self::NotEligible,
        Self::NotInForce,
    ];

    /// The word in columns `PROGRAMME.status`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Undetermined => Verdict::Undetermined.word(),
            Self::Eligible => Verdict::Eligible.word(),
            Self::NotEligible => Verdict::NotEligible.word(),
            Self::NotInForce => "not_in_force",
        }
    }

    /// Its key in the dictionary.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Undetermined => 0,
            Self::Eligible => 1,
            Self::NotEligible => 2,
            Self::NotInForce => 3,
        }
    }

    /// The status with this key.
    pub(crate) fn of_key(key: i8) -> Option<Self> {
        Self::ALL.get(usize::try_from(key).ok()?).copied()
    }
}
