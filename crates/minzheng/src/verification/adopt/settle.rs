//! Which value is taken: group by group, in the order of precedence.

use minzheng_rules::date::Day;
use minzheng_rules::facts::{FactStatus, Given, Input, RowRef};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Fact;

use super::{Adoption, Declared, Difference, EvidenceValue, Found, Grade, Reason, RecordRef};
use crate::verification::basis::Basis;
use crate::verification::collect::{Unclear, days, gather};
use crate::verification::evidence::{Evidence, How, Tolerance, WhenNone};
use crate::verification::request::{Answer, Request};

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
        let said: Vec<Said> = evidence.iter().map(Said::of).collect();
        let tolerance = |precedence: u8| {
            let mut group = rows.iter().filter(|r| r.precedence == precedence);
            group.find_map(|r| r.tolerance)
        };
        let word = declared.as_ref().map(|d| (d.value, d.status, d.as_of));
        let settled = settle(fact, &said, word, tolerance, self.basis.material_times());
        Adoption {
            fact: fact.id.clone(),
            entity: entity.to_owned(),
            person: person.map(str::to_owned),
            title: fact.title.clone(),
            ty: fact.ty,
            declared,
            evidence,
            value: settled.value,
            status: settled.status,
            reason: settled.reason,
            settled: settled.settled,
            difference: settled.difference,
        }
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

/// What one row of evidence says, without the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What was found.
    pub found: Found,
    /// The precedence of the row.
    pub precedence: u8,
    /// The day as of which the source speaks: the earliest of its answers.
    pub as_of: Option<Day>,
    /// Whether the answer is too old on the day asked.
    pub stale: bool,
}

impl Said {
    const fn of(value: &EvidenceValue) -> Self {
        Self {
            found: value.found,
            precedence: value.precedence,
            as_of: value.as_of,
            stale: value.stale,
        }
    }
}

/// What becomes of a fact, without the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
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

/// Which value is taken: the definition for one household and for a province.
///
/// `said` stands in the order of precedence; `declared` is the value, its status and its day; `tolerance` is that of a
/// precedence.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng::verification::adopt::{Found, Said, settle};
/// use minzheng_rules::date::Day;
/// use minzheng_rules::facts::FactStatus;
///
/// let packs = packs::load(&BuiltIn::ALL, &[])?;
/// let wage = packs.facts().find(|f| f.id == "wage").ok_or("no such fact")?;
/// let day = Day::parse("2026-07-31").ok_or("no such day")?;
/// let said = Said { found: Found::Value(2_400_000), precedence: 1, as_of: Some(day), stale: false };
/// let settled = settle(wage, &[said], None, |_| None, 3);
/// assert_eq!((settled.value, settled.status), (Some(2_400_000), FactStatus::Verified));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn settle(
    fact: &Fact,
    said: &[Said],
    declared: Option<(i64, FactStatus, Day)>,
    tolerance: impl Fn(u8) -> Option<Tolerance>,
    material_times: i64,
) -> Settled {
    let mut out = Settled {
        value: declared.map(|(value, ..)| value),
        status: declared.map_or(FactStatus::Unavailable, |(_, status, _)| status),
        reason: Reason::NotAsked,
        settled: None,
        difference: None,
    };
    first(fact, said, declared, &mut out);
    if let Some((declared, status, _)) = declared {
        out.difference = differ(fact, said, declared, tolerance, material_times);
        if let (true, Some(difference)) = (out.reason.is_evidence(), out.difference) {
            out.reason = match difference.grade {
                Grade::Same => Reason::EvidenceAgrees,
                Grade::Within => Reason::EvidenceWithin,
                _ => Reason::EvidenceDiffers,
            };
        }
        if status == FactStatus::Attested {
            out.reason = Reason::Attested;
            out.value = Some(declared);
            out.status = FactStatus::Attested;
            out.settled = None;
        }
    }
    out
}

/// The difference between the declaration and the first group of records that has a value, taken or not.
fn differ(
    fact: &Fact,
    said: &[Said],
    declared: i64,
    tolerance: impl Fn(u8) -> Option<Tolerance>,
    material_times: i64,
) -> Option<Difference> {
    let open = |s: &Said| !matches!(s.found, Found::Value(_) | Found::Silent);
    let (precedence, evidence) = groups(said).find_map(|(at, group)| {
        if group.iter().any(open) {
            return None;
        }
        Some((at, added(fact, group).ok()??))
    })?;
    let quantity = matches!(fact.ty, Type::Money { .. } | Type::Count);
    Some(Difference {
        grade: graded(
            fact.ty,
            declared,
            evidence,
            tolerance(precedence),
            material_times,
        ),
        evidence,
        by: quantity.then(|| evidence.checked_sub(declared)).flatten(),
    })
}

/// What the first group that speaks, or should, makes of the fact.
fn first(fact: &Fact, said: &[Said], declared: Option<(i64, FactStatus, Day)>, out: &mut Settled) {
    for (precedence, group) in groups(said) {
        if group.iter().any(|e| e.found == Found::NotAsked) {
            continue;
        }
        let awaited = group.iter().find_map(|e| match e.found {
            Found::Awaited(status) => Some(status),
            _ => None,
        });
        let settled = match (awaited, added(fact, group)) {
            (Some(status), _) => Some((Reason::Awaited, status.waits())),
            (None, Err(why)) => Some((Reason::Unclear(why), None)),
            (None, Ok(None)) => {
                out.reason = Reason::NoRecord;
                None
            }
            (None, Ok(Some(value))) => {
                let stale = group.iter().any(|e| e.stale);
                let oldest = group.iter().filter_map(|e| e.as_of).min();
                let newer = declared.is_none_or(|(_, _, own)| oldest.is_none_or(|day| own > day));
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
            if declared.is_none() {
                out.status = status.unwrap_or(FactStatus::Unavailable);
            }
            return;
        }
    }
}

/// The rows by precedence, lowest first.
fn groups(said: &[Said]) -> impl Iterator<Item = (u8, &[Said])> {
    said.chunk_by(|a, b| a.precedence == b.precedence)
        .filter_map(|group| Some((group.first()?.precedence, group)))
}

/// The rows of a group added; none where all keep silent.
fn added(fact: &Fact, group: &[Said]) -> Result<Option<i64>, Unclear> {
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
