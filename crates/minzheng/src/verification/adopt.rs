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
//! that an answer resting on it is provisional. An answer is **stale** once the day asked lies after [`Basis::fresh_until`]; a stale value gives way to a
//! declaration of a later day than its own and to no other.

use minzheng_rules::date::Day;
use minzheng_rules::facts::{FactStatus, Given, Input, RowRef};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Fact, Words};

use super::basis::Basis;
use super::collect::{Unclear, days, gather};
use super::evidence::{Evidence, How, Tolerance, WhenNone};
use super::request::{Answer, AnswerStatus, Request};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A value, in the unit of the fact.
    Value(i64),
    /// No record counts, and that says nothing.
    Silent,
    /// The records leave the value open.
    Unclear(Unclear),
    /// Not everybody it needs has been answered about: the gravest of what is lacking.
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

    /// Why, in words: where nothing was declared, nothing stands.
    pub fn reason_words(&self) -> Words {
        let mut words = self.reason.words();
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

/// What adopting stands on.
pub(crate) struct Adopter<'a> {
    pub(crate) packs: &'a PackSet,
    pub(crate) basis: &'a Basis,
    pub(crate) request: &'a Request,
    pub(crate) answers: &'a [Answer],
    /// The declaration, bound.
    pub(crate) input: &'a Input,
}

impl Adopter<'_> {
    /// Every fact that evidence speaks of, in the order of the packs: of the household, then of each person.
    pub(crate) fn adoptions(&self) -> Vec<Adoption> {
        let mut out = Vec::new();
        for fact in self.packs.facts() {
            let entity = self.packs.entities().get(fact.entity);
            let entity = entity.map_or("", |e| e.id.as_str());
            let mut rows: Vec<&Evidence> = self
                .basis
                .evidence
                .iter()
                .filter(|e| e.fact == fact.id && e.entity == entity)
                .collect();
            if rows.is_empty() {
                continue;
            }
            // stable: rows of one precedence stay in the order of the packs
            rows.sort_by_key(|row| row.precedence);
            if fact.entity == 0 {
                let people: Vec<&str> = self.request.persons.iter().map(String::as_str).collect();
                out.push(self.adopt(fact, entity, None, &rows, &people));
            } else {
                for person in self.request.people() {
                    out.push(self.adopt(fact, entity, Some(person), &rows, &[person]));
                }
            }
        }
        let place = |a: &Adoption| {
            let person = a.person.as_deref();
            person.and_then(|p| self.request.people().position(|q| q == p))
        };
        out.sort_by_key(place);
        out
    }

    fn adopt(
        &self,
        fact: &Fact,
        entity: &str,
        person: Option<&str>,
        rows: &[&Evidence],
        people: &[&str],
    ) -> Adoption {
        let evidence: Vec<EvidenceValue> = rows
            .iter()
            .map(|row| self.found(fact, row, people))
            .collect();
        let given = self.given(fact, person);
        let declared = given.as_ref().and_then(|g| self.declared(g));
        let mut out = Adoption {
            fact: fact.id.clone(),
            entity: entity.to_owned(),
            person: person.map(str::to_owned),
            title: fact.title.clone(),
            ty: fact.ty,
            value: declared.as_ref().map(|d| d.value),
            status: declared
                .as_ref()
                .map_or(FactStatus::Unavailable, |d| d.status),
            declared,
            evidence,
            reason: Reason::NotAsked,
            settled: None,
            difference: None,
        };
        let tolerance = |precedence: u8| {
            let group = rows.iter().filter(move |r| r.precedence == precedence);
            group.filter_map(|r| r.tolerance).next()
        };
        self.settle(fact, &mut out);
        self.differ(fact, &mut out, tolerance);
        if let (true, Some(difference)) = (out.reason.is_evidence(), out.difference) {
            out.reason = match difference.grade {
                Grade::Same => Reason::EvidenceAgrees,
                Grade::Within => Reason::EvidenceWithin,
                _ => Reason::EvidenceDiffers,
            };
        }
        if out
            .declared
            .as_ref()
            .is_some_and(|d| d.status == FactStatus::Attested)
        {
            out.reason = Reason::Attested;
            out.value = out.declared.as_ref().map(|d| d.value);
            out.status = FactStatus::Attested;
            out.settled = None;
        }
        out
    }

    /// What the first group that speaks, or should, makes of the fact.
    fn settle(&self, fact: &Fact, out: &mut Adoption) {
        for (precedence, group) in groups(&out.evidence) {
            if group.iter().any(|e| e.found == Found::NotAsked) {
                continue;
            }
            let awaited = group.iter().find_map(|e| match e.found {
                Found::Awaited(status) => Some(status),
                _ => None,
            });
            let settled = match (awaited, added(fact, &group)) {
                (Some(status), _) => Some((Reason::Awaited, status.waits())),
                (None, Err(why)) => Some((Reason::Unclear(why), None)),
                (None, Ok(None)) => {
                    out.reason = Reason::NoRecord;
                    None
                }
                (None, Ok(Some(value))) => {
                    let stale = group.iter().any(|e| e.stale);
                    let oldest = group.iter().filter_map(|e| e.as_of).min();
                    let newer = out
                        .declared
                        .as_ref()
                        .is_none_or(|d| oldest.is_none_or(|day| d.as_of > day));
                    if stale && newer {
                        Some((Reason::Stale, None))
                    } else {
                        out.value = Some(value);
                        out.status = FactStatus::Verified;
                        out.reason = Reason::EvidenceAlone;
                        out.settled = Some(precedence);
                        return;
                    }
                }
            };
            if let Some((reason, status)) = settled {
                out.reason = reason;
                out.settled = Some(precedence);
                if out.declared.is_none() {
                    out.status = status.unwrap_or(FactStatus::Unavailable);
                }
                return;
            }
        }
    }

    /// The difference between the declaration and the first group of records that has a value, taken or not.
    fn differ(&self, fact: &Fact, out: &mut Adoption, tolerance: impl Fn(u8) -> Option<Tolerance>) {
        let Some(declared) = &out.declared else {
            return;
        };
        let with_value = groups(&out.evidence).into_iter().find_map(|(at, group)| {
            let open = |e: &&EvidenceValue| !matches!(e.found, Found::Value(_) | Found::Silent);
            if group.iter().any(open) {
                return None;
            }
            Some((at, added(fact, &group).ok()??))
        });
        let Some((precedence, evidence)) = with_value else {
            return;
        };
        let quantity = matches!(fact.ty, Type::Money { .. } | Type::Count);
        let by = quantity
            .then(|| evidence.checked_sub(declared.value))
            .flatten();
        let grade = graded(
            fact.ty,
            declared.value,
            evidence,
            tolerance(precedence),
            self.basis.material_times(),
        );
        out.difference = Some(Difference {
            grade,
            evidence,
            by,
        });
    }

    fn given(&self, fact: &Fact, person: Option<&str>) -> Option<Given> {
        let row = match person {
            None => 0,
            Some(person) => (0..self.input.row_count(fact.entity)).find(|row| {
                let at = RowRef {
                    entity: fact.entity,
                    row: *row,
                };
                self.input.row_id(at) == person
            })?,
        };
        let at = RowRef {
            entity: fact.entity,
            row,
        };
        self.input.given(self.packs, &fact.id, at)
    }

    fn declared(&self, given: &Given) -> Option<Declared> {
        let provenance = given.provenance.as_ref()?;
        // "none" without a source is the applicant's word, and no more than that until a source has said so
        let own_word = provenance.status == FactStatus::Nothing && provenance.source.is_empty();
        Some(Declared {
            value: given.value.get()?,
            status: if own_word {
                FactStatus::Declared
            } else {
                provenance.status
            },
            source: provenance.source.clone(),
            as_of: provenance.as_of.unwrap_or(self.request.declared_on),
        })
    }

    /// What one row of evidence says.
    fn found(&self, fact: &Fact, row: &Evidence, people: &[&str]) -> EvidenceValue {
        let day = self.request.as_of;
        let (from, to) = days(row.window, day);
        let mut out = EvidenceValue {
            item: row.item.clone(),
            field: row.field.clone(),
            found: Found::NotAsked,
            precedence: row.precedence,
            from,
            to,
            as_of: None,
            stale: false,
            short: false,
            records: Vec::new(),
            awaited: Vec::new(),
        };
        if !self.request.items.contains(&row.item) {
            return out;
        }
        let answers: Vec<&Answer> = self
            .answers
            .iter()
            .filter(|a| a.item == row.item && people.contains(&a.person.as_str()))
            .collect();
        out.awaited = answers
            .iter()
            .filter(|a| a.status.waits().is_some())
            .map(|a| (a.person.clone(), a.status))
            .collect();
        out.as_of = answers.iter().filter_map(|a| a.as_of).min();
        let resource = self.basis.item(&row.item);
        let cycle = resource.map(|r| r.cycle);
        let fresh = out
            .as_of
            .zip(cycle)
            .and_then(|(as_of, cycle)| self.basis.fresh_until(cycle, as_of));
        out.stale = fresh.is_some_and(|last| last < day);
        out.short = out.from.is_some() && out.as_of.is_some_and(|as_of| as_of < to);
        if let Some(worst) = out.awaited.iter().map(|(_, s)| *s).min() {
            out.found = Found::Awaited(worst);
            return out;
        }
        let field = row
            .field
            .as_deref()
            .and_then(|id| resource?.field(id))
            .map(|f| &f.ty);
        let records = answers.iter().flat_map(|a| &a.records);
        let gathered = gather(row, field, fact.ty, records, day);
        out.records = gathered
            .records
            .iter()
            .map(|r| RecordRef {
                person: r.person.clone(),
                index: r.index,
                number: r.number.clone(),
            })
            .collect();
        out.found = match (gathered.value, row.none) {
            (Err(why), _) => Found::Unclear(why),
            (Ok(Some(value)), _) => Found::Value(value),
            (Ok(None), WhenNone::Silent) => Found::Silent,
            (Ok(None), WhenNone::Zero) if row.how == How::Any => {
                Found::Value(i64::from(!row.gives))
            }
            (Ok(None), WhenNone::Zero) => Found::Value(0),
        };
        out
    }
}

/// The rows by precedence, lowest first.
fn groups(evidence: &[EvidenceValue]) -> Vec<(u8, Vec<&EvidenceValue>)> {
    let mut out: Vec<(u8, Vec<&EvidenceValue>)> = Vec::new();
    for row in evidence {
        match out.last_mut() {
            Some((precedence, group)) if *precedence == row.precedence => group.push(row),
            _ => out.push((row.precedence, vec![row])),
        }
    }
    out
}

/// The rows of a group added; none where all keep silent.
fn added(fact: &Fact, group: &[&EvidenceValue]) -> Result<Option<i64>, Unclear> {
    let mut sum: Option<i64> = None;
    for row in group {
        match row.found {
            Found::Value(value) => {
                sum = Some(match sum {
                    None => value,
                    Some(sum) => sum.checked_add(value).ok_or(Unclear::Overflow)?,
                });
            }
            Found::Unclear(why) => return Err(why),
            Found::Silent | Found::Awaited(_) | Found::NotAsked => {}
        }
    }
    let outside = |value: i64| {
        fact.low.is_some_and(|low| value < low) || fact.high.is_some_and(|high| value > high)
    };
    match sum {
        Some(value) if outside(value) => Err(Unclear::OutOfRange),
        other => Ok(other),
    }
}

/// How far two values lie apart.
fn graded(
    ty: Type,
    declared: i64,
    evidence: i64,
    tolerance: Option<Tolerance>,
    material_times: i64,
) -> Grade {
    if declared == evidence {
        return Grade::Same;
    }
    if !matches!(ty, Type::Money { .. } | Type::Count) {
        return if ty == Type::Bool {
            Grade::Existence
        } else {
            Grade::Material
        };
    }
    let apart = i128::from(evidence)
        .saturating_sub(i128::from(declared))
        .unsigned_abs();
    let allowed = tolerance.map_or(0, |t| {
        let share = u128::from(declared.unsigned_abs())
            .saturating_mul(u128::from(t.ratio.unsigned_abs()))
            .checked_div(10_000)
            .unwrap_or(0);
        share.max(u128::from(t.absolute.unsigned_abs()))
    });
    let material = allowed.saturating_mul(u128::from(material_times.unsigned_abs()));
    match () {
        () if apart <= allowed => Grade::Within,
        () if (declared == 0) != (evidence == 0) => Grade::Existence,
        () if apart <= material => Grade::Minor,
        () => Grade::Material,
    }
}
