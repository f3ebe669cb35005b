//! From declaration and evidence to the fact that is taken.
//!
//! Rows of evidence of one fact with one precedence are a group; groups are asked in their order, lower first. The first
//! group that does not keep silent settles what becomes of the fact:
//!
//! | the group | what is taken | why |
//! |---|---|---|
//! | has a value | the value of the records, `verified` | `evidence_…`: alone, agreeing, within the tolerance, or differing |
//! | waits for an answer | the declaration as it stands | `awaited`: pending, refused or unavailable, and by whom |
//! | its value is not clear | the declaration as it stands | `unclear`, and why |
//! | is stale, and the declaration is newer | the declaration as it stands | `stale` |
//! | … and nothing was declared | nothing: the fact is unknown | the same |
//!
//! A group keeps silent where no record counts and its rows say `silent`, and is passed over where an item of it was not
//! asked. Where rows of a group are added, one that keeps silent adds nothing. Where every group keeps silent the
//! declaration stands (`no_record`). What an official has found stands whatever records say (`attested`); the difference is
//! shown. `none` without a source is a declaration of nothing like any other: where it stands, it stands as `declared`, so
//! that an answer resting on it is provisional. An answer is **stale** once the day asked lies after [`Basis::fresh_until`](super::Basis::fresh_until); a stale value gives way to a
//! declaration of a later day than its own and to no other.

mod settle;

use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::model::Words;

pub(super) use settle::Adopter;
pub use settle::{Said, Settled, settle};

use super::collect::Unclear;
use super::request::AnswerStatus;

/// A record by the person it is of, its place in the answer and its number at the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRef {
    /// Id of the person.
    pub person: String,
    /// Its place in the answer, from 0.
    pub index: usize,
    /// Its number at the source.
    pub number: String,
}

/// What a row of evidence found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A value, in the unit of the fact.
    Value(i64),
    /// No record counts, and that says nothing.
    Silent,
    /// The records leave the value open.
    Unclear(Unclear),
    /// Not everybody it needs has been answered about: pending before refused before unavailable.
    Awaited(AnswerStatus),
    /// The item was not asked.
    NotAsked,
}

/// What one row of evidence says of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceValue {
    /// Id of the item.
    pub item: String,
    /// Id of the field that is read; none where records are only counted.
    pub field: Option<String>,
    /// What was found.
    pub found: Found,
    /// The precedence of the row.
    pub precedence: u8,
    /// First day of the window; none: from ever.
    pub from: Option<Day>,
    /// Its last day.
    pub to: Day,
    /// The day as of which the source speaks: the earliest of its answers.
    pub as_of: Option<Day>,
    /// Whether the answer is too old on the day asked.
    pub stale: bool,
    /// Whether the source speaks as of a day before the last of the window.
    pub short: bool,
    /// Which records gave it.
    pub records: Vec<RecordRef>,
    /// Whom the item has not answered about.
    pub awaited: Vec<(String, AnswerStatus)>,
}

/// A declared value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The value in the unit of the fact.
    pub value: i64,
    /// How it stands in the file.
    pub status: FactStatus,
    /// Its source, as the file gives it.
    pub source: String,
    /// Its day: its own, or that of the declaration.
    pub as_of: Day,
}

/// Why a value was taken, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The records say what was declared.
    EvidenceAgrees,
    /// The records differ by no more than is tolerated.
    EvidenceWithin,
    /// The records differ, and go before the declaration.
    EvidenceDiffers,
    /// Nothing was declared.
    EvidenceAlone,
    /// An official has found it.
    Attested,
    /// No record speaks of it.
    NoRecord,
    /// A source that goes first has not answered.
    Awaited,
    /// The records of the source that goes first are not clear.
    Unclear(Unclear),
    /// The answer is too old.
    Stale,
    /// No item that speaks of it was asked.
    NotAsked,
}

impl Reason {
    /// The word in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EvidenceAgrees => "evidence_agrees",
            Self::EvidenceWithin => "evidence_within_tolerance",
            Self::EvidenceDiffers => "evidence_differs",
            Self::EvidenceAlone => "evidence_alone",
            Self::Attested => "attested",
            Self::NoRecord => "no_record",
            Self::Awaited => "awaited",
            Self::Unclear(_) => "unclear",
            Self::Stale => "stale",
            Self::NotAsked => "not_asked",
        }
    }

    /// Words for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::EvidenceAgrees => ("记录与申报一致", "the records agree with the declaration"),
            Self::EvidenceWithin => (
                "差异在允许范围内，以记录为准",
                "the difference is tolerated; the records are taken",
            ),
            Self::EvidenceDiffers => (
                "记录与申报不一致，以记录为准",
                "the records differ from the declaration and are taken",
            ),
            Self::EvidenceAlone => ("未申报，以记录为准", "not declared; the records are taken"),
            Self::Attested => (
                "经办人已认定，以认定为准",
                "an official has found it; the finding stands",
            ),
            Self::NoRecord => (
                "来源无相关记录，申报暂予保留",
                "no record speaks of it; the declaration stands",
            ),
            Self::Awaited => (
                "来源尚未答复，申报暂予保留",
                "a source has not answered; the declaration stands",
            ),
            Self::Unclear(why) => {
                let words = why.words();
                return Words {
                    zh: format!("{}，申报暂予保留", words.zh),
                    en: format!("{}; the declaration stands", words.en),
                };
            }
            Self::Stale => (
                "记录早于申报且已过更新周期，申报暂予保留",
                "the records are older than the declaration and past their cycle; the declaration stands",
            ),
            Self::NotAsked => ("未向相关来源查询", "no source that speaks of it was asked"),
        };
        Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// Whether the records were taken.
    pub const fn is_evidence(self) -> bool {
        matches!(
            self,
            Self::EvidenceAgrees
                | Self::EvidenceWithin
                | Self::EvidenceDiffers
                | Self::EvidenceAlone
        )
    }
}

/// How far a declaration and the records lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Not at all.
    Same,
    /// No further than the evidence tolerates.
    Within,
    /// Further, and no further than so many times that.
    Minor,
    /// Further than that.
    Material,
    /// One says there is none, the other that there is.
    Existence,
}

impl Grade {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Within => "within_tolerance",
            Self::Minor => "minor",
            Self::Material => "material",
            Self::Existence => "existence",
        }
    }

    /// Words for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Same => ("一致", "the same"),
            Self::Within => ("允许范围内", "within the tolerance"),
            Self::Minor => ("较小差异", "minor"),
            Self::Material => ("重大差异", "material"),
            Self::Existence => ("有无不符", "one says none"),
        };
        Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// How the records differ from the declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// How far.
    pub grade: Grade,
    /// What the records say.
    pub evidence: i64,
    /// That less the declared value, where both are quantities: fen or things.
    pub by: Option<i64>,
}

/// One fact of a person or of the household, with every value that was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// Id of the fact.
    pub fact: String,
    /// Id of the entity: `household` or `person`.
    pub entity: String,
    /// Id of the person; none for a fact of the household.
    pub person: Option<String>,
    /// Words of the fact.
    pub title: Words,
    /// Its type.
    pub ty: Type,
    /// What was declared, where something was.
    pub declared: Option<Declared>,
    /// What each row of evidence says, in the order of precedence.
    pub evidence: Vec<EvidenceValue>,
    /// What is taken; none: the fact is unknown.
    pub value: Option<i64>,
    /// How what is taken stands.
    pub status: FactStatus,
    /// Why.
    pub reason: Reason,
    /// The precedence of the group that settled it, where one did.
    pub settled: Option<u8>,
    /// How the records differ from the declaration, where there are both.
    pub difference: Option<Difference>,
}

impl Adoption {
    /// The rows of the group that settled it.
    pub fn settling(&self) -> impl Iterator<Item = &EvidenceValue> {
        self.evidence
            .iter()
            .filter(|e| Some(e.precedence) == self.settled)
    }

    /// Why, in words: where nothing was declared, nothing stands; what is refused is not still to come.
    pub fn reason_words(&self) -> Words {
        let mut words = self.reason.words();
        let pends = |e: &EvidenceValue| matches!(e.found, Found::Awaited(AnswerStatus::Pending));
        if self.is_awaited() && !self.settling().any(pends) {
            words.zh = words.zh.replace("来源尚未答复", "来源未能答复");
            words.en = words.en.replace("has not answered", "does not answer");
        }
        if self.value.is_none() {
            words.zh = words.zh.replace("申报暂予保留", "事实未知");
            words.en = words
                .en
                .replace("the declaration stands", "the fact is unknown");
        }
        words
    }

    /// Whether a source that goes first has not answered.
    pub fn is_awaited(&self) -> bool {
        self.reason == Reason::Awaited
    }
}
