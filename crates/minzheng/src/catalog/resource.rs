//! A table that a department keeps.

use chrono::NaiveDate;
use minzheng_rules::pack::model::{self, Cite, Words};

use super::{Field, Format, Lifecycle, Mode, Openness, ResourceCode, Retention, Supply};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|w| w.word() == word)
            }

            /// The word in packs.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

pub(crate) use words;

words! {
    /// Whether a list or text that was published somewhere names a thing.
    Status {
        /// It does.
        Published = "published",
        /// It names a part; the rest is inferred.
        PartInferred = "part_inferred",
        /// None was seen.
        Inferred = "inferred",
    }
}

words! {
    /// What of a resource was seen nowhere.
    Inferred {
        /// Its code in the catalogue of the government.
        Code = "code",
        /// How often it comes.
        Cycle = "cycle",
        /// Who may use it on which condition.
        Sharing = "sharing",
        /// How far it must be kept.
        Grade = "grade",
        /// Its fields.
        Fields = "fields",
    }
}

words! {
    /// How often a resource is brought up to date (更新周期).
    Cycle {
        /// As it happens.
        Realtime = "realtime",
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
        /// Every quarter.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
        /// On request, or as it comes.
        Irregular = "irregular",
    }
}

words! {
    /// What a record is about.
    Subject {
        /// One person.
        Person = "person",
        /// A household.
        Household = "household",
        /// An organisation.
        Organisation = "organisation",
        /// A facility.
        Facility = "facility",
        /// A place.
        Place = "place",
        /// An event.
        Event = "event",
        /// Sums over many.
        Aggregate = "aggregate",
    }
}

words! {
    /// In which order the source keeps its rows.
    RowOrder {
        /// By key: a register.
        Key = "key",
        /// By the number of the record: as they came.
        Record = "record",
    }
}

words! {
    /// What it holds of persons.
    Personal {
        /// Nothing.
        Not = "none",
        /// Personal information.
        General = "general",
        /// Sensitive personal information.
        Sensitive = "sensitive",
    }
}

/// How far data must be kept, 1 (least) to 4.
///
/// ```
/// use minzheng::catalog::Grade;
/// assert!(Grade::new(4) > Grade::new(3));
/// assert_eq!((Grade::new(0), Grade::new(5)), (None, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

impl Grade {
    /// The least.
    pub const LEAST: Self = Self(1);

    /// A grade from 1 to 4.
    pub const fn new(level: u8) -> Option<Self> {
        match level {
            1..=4 => Some(Self(level)),
            _ => None,
        }
    }

    /// The number.
    pub const fn level(self) -> u8 {
        self.0
    }
}

/// Who may use a resource (共享属性).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sharing {
    /// Everyone who may by his task (无条件共享).
    Unconditional,
    /// On a condition (有条件共享).
    Conditional(Words),
    /// Nobody else (不予共享); the resource cites the ground.
    Withheld,
}

impl Sharing {
    /// The word in packs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unconditional => "unconditional",
            Self::Conditional(_) => "conditional",
            Self::Withheld => "withheld",
        }
    }
}

/// Where a resource comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Civil affairs keeps it.
    Own,
    /// Another department shares it: an item.
    Obtained {
        /// Id of the department.
        department: String,
        /// Its number in the list of items, from 1.
        number: u16,
    },
}

/// A resource of data: `[[catalog.item]]` or `[[catalog.resource]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Stable id; the name of its table.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// What it is, in a sentence; empty where nobody said.
    pub summary: Words,
    /// Its code in the catalogue of the government, where it has one.
    pub code: Option<ResourceCode>,
    /// Whose it is.
    pub origin: Origin,
    /// Id of the body that keeps it: the department of an item, a [`Catalog::keeper`](super::Catalog::keeper) of our own.
    pub provider: Option<String>,
    /// Id of its line of business, where it has one.
    pub line: Option<String>,
    /// The kinds of data it holds.
    pub kinds: Vec<String>,
    /// Whether it was seen named.
    pub status: Status,
    /// Where; empty where it was not.
    pub seen: Words,
    /// What of it was seen nowhere.
    pub inferred: Vec<Inferred>,
    /// The articles that name it; those of its kinds stand with them.
    pub cite: Vec<Cite>,
    /// What a record is about.
    pub subject: Subject,
    /// Id of the field that says about whom.
    pub key: String,
    /// In which order its rows come.
    pub order: RowOrder,
    /// How often it is brought up to date.
    pub cycle: Cycle,
    /// How many working days it may come after its cycle before it is late; none said: none.
    pub grace: Option<u16>,
    /// Who may use it.
    pub sharing: Sharing,
    /// How it is handed on; none where nobody said.
    pub modes: Vec<Mode>,
    /// Whether everybody may have it, where somebody said.
    pub openness: Option<Openness>,
    /// In which form it is kept; none where nobody said.
    pub formats: Vec<Format>,
    /// How long its records are kept, where somebody said.
    pub retention: Option<Retention>,
    /// How far it must be kept; no field more than this.
    pub grade: Grade,
    /// What it holds of persons.
    pub personal: Personal,
    /// Its fields, in the order of its columns.
    pub fields: Vec<Field>,
    /// The facts that its records say, of civil affairs' own; those of items stand in the evidence.
    pub supplies: Vec<Supply>,
    /// Ids of the resources that belong with it.
    pub related: Vec<String>,
    /// The day it was put into the catalogue, where somebody said.
    pub published_on: Option<NaiveDate>,
    /// Whether it is still kept.
    pub lifecycle: Lifecycle,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: model::Origin,
}

impl Resource {
    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }
}
