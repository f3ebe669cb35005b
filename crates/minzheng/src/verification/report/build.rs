//! A report from what was asked, answered and adopted.

use minzheng_rules::date::Day;
use minzheng_rules::explain::{Explanation, Kind};
use minzheng_rules::facts::RowRef;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Lang, Words};
use minzheng_rules::scalar::V;

use super::{
    Asked, AwaitedLine, DifferenceLine, DifferenceRef, EvidenceLine, FactLine, FactName,
    LedgerPart, NoteLine, PackLine, PartLine, PersonLine, RecordLine, Report, SCHEMA, Said,
    SourceLine, TotalLine, UncoveredLine,
};
use crate::Assessment;
use crate::catalog::{FieldType, Origin};
use crate::verification::adopt::{Adoption, EvidenceValue, Found, Grade, RecordRef};
use crate::verification::basis::Basis;
use crate::verification::request::{Answer, AnswerStatus, Request};

pub(super) fn report(
    basis: &Basis,
    request: &Request,
    answers: &[Answer],
    adoptions: &[Adoption],
    assessment: &Assessment,
) -> Report {
    let builder = Builder {
        packs: assessment.rules().packs(),
        basis,
        request,
        answers,
        adoptions,
        assessment,
        explanation: assessment.explanation(),
    };
    let ledgers = builder.ledgers();
    let differences = ledgers
        .iter()
        .flat_map(|part| &part.lines)
        .filter_map(|line| {
            let grade = line.difference.as_ref()?.grade.as_str();
            let far = [Grade::Minor, Grade::Material, Grade::Existence];
            far.iter()
                .any(|g| g.word() == grade)
                .then(|| DifferenceRef {
                    fact: line.fact.clone(),
                    person: line.person.clone(),
                    grade: grade.to_owned(),
                })
        })
        .collect();
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        id: String::new(),
        request: Asked {
            id: request.id.clone(),
            applicant: request.applicant.clone(),
            purpose: request.purpose.clone(),
            requested_on: request.requested_on.to_string(),
            declared_on: request.declared_on.to_string(),
            as_of: request.as_of.to_string(),
            recheck_of: request.recheck_of.clone(),
            authorizations: request.grounds.authorized.word().to_owned(),
        },
        persons: builder.persons(),
        sources: builder.sources(),
        ledgers,
        differences,
        awaited: builder.awaited(),
        valid_until: text(request.valid_until),
        notes: basis
            .notes
            .iter()
            .map(|(text, cite)| NoteLine {
                text: text.clone(),
                cite: cite.clone(),
            })
            .collect(),
        packs: builder
            .packs
            .packs()
            .iter()
            .map(|p| PackLine {
                id: p.id.clone(),
                version: p.version.clone(),
                digest: p.digest.clone(),
            })
            .collect(),
    };
    report.id = report.digest();
    report
}

fn text(day: Option<Day>) -> Option<String> {
    day.map(|d| d.to_string())
}

fn uncovered(answer: &Answer) -> Option<UncoveredLine> {
    let found = answer.uncovered.as_ref()?;
    Some(UncoveredLine {
        refusal: found.refusal.word().to_owned(),
        words: Words {
            zh: found.refusal.words(Lang::Zh),
            en: found.refusal.words(Lang::En),
        },
        authorization: found.authorization.clone(),
        came_in: found.came_in,
    })
}

struct Builder<'a> {
    packs: &'a PackSet,
    basis: &'a Basis,
    request: &'a Request,
    answers: &'a [Answer],
    adoptions: &'a [Adoption],
    assessment: &'a Assessment,
    explanation: Explanation,
}

impl Builder<'_> {
    fn both(&self, value: V, ty: Type) -> Words {
        Words {
            zh: self.packs.value_for(value, ty, Lang::Zh),
            en: self.packs.value_for(value, ty, Lang::En),
        }
    }

    fn title(&self, item: &str) -> Words {
        self.basis
            .item(item)
            .map(|r| r.title.clone())
            .unwrap_or_default()
    }

    fn persons(&self) -> Vec<PersonLine> {
        let input = self.assessment.rules().input();
        let entities = self.packs.entities();
        let entity = entities.iter().position(|e| e.id == "person").unwrap_or(0);
        let relation = |person: &str| {
            let mut rows = (0..input.row_count(entity)).map(|row| RowRef { entity, row });
            let at = rows.find(|at| input.row_id(*at) == person)?;
            let given = input.given(self.packs, "relation", at)?;
            given
                .value
                .is_known()
                .then(|| self.both(given.value, given.ty))
        };
        self.request
            .people()
            .map(|id| PersonLine {
                id: id.to_owned(),
                name: self.request.names.get(id).cloned().unwrap_or_default(),
                relation: relation(id).unwrap_or_default(),
                member: self.request.persons.iter().any(|p| p == id),
            })
            .collect()
    }

    fn sources(&self) -> Vec<SourceLine> {
        self.answers
            .iter()
            .filter_map(|answer| {
                let item = self.basis.item(&answer.item)?;
                let Origin::Obtained { department, number } = &item.origin else {
                    return None;
                };
                let department = self.basis.catalog.department(department);
                let last = answer
                    .as_of
                    .and_then(|as_of| self.basis.fresh_until(item.cycle, as_of));
                Some(SourceLine {
                    item: item.id.clone(),
                    number: *number,
                    title: item.title.clone(),
                    department: department.map(|d| d.title.clone()).unwrap_or_default(),
                    person: answer.person.clone(),
                    status: answer.status.word().to_owned(),
                    as_of: text(answer.as_of),
                    asked_on: text(answer.asked_on),
                    answered_on: text(answer.answered_on),
                    records: answer.records.len(),
                    stale: last.is_some_and(|last| last < self.request.as_of),
                    reason: answer.reason.clone(),
                    authorization: answer.authorization.clone(),
                    uncovered: uncovered(answer),
                })
            })
            .collect()
    }

    fn ledgers(&self) -> Vec<LedgerPart> {
        let name = |a: &Adoption| format!("{}.{}", a.entity, a.fact);
        let mut out: Vec<LedgerPart> = Vec::new();
        for ledger in &self.basis.ledgers {
            let mut lines = Vec::new();
            for fact in &ledger.facts {
                let own = self.adoptions.iter().filter(|a| name(a) == *fact);
                lines.extend(own.map(|a| self.line(a)));
            }
            out.push(LedgerPart {
                id: ledger.id.clone(),
                title: ledger.title.clone(),
                lines,
                totals: ledger
                    .totals
                    .iter()
                    .flat_map(|id| self.totals(id))
                    .collect(),
            });
        }
        let stands = |a: &Adoption| {
            let name = name(a);
            self.basis.ledgers.iter().any(|l| l.facts.contains(&name))
        };
        // fact by fact, as in the other parts
        let mut rest: Vec<&Adoption> = self.adoptions.iter().filter(|a| !stands(a)).collect();
        let names: Vec<String> = rest.iter().map(|a| name(a)).collect();
        rest.sort_by_key(|a| names.iter().position(|n| *n == name(a)));
        let rest = rest.into_iter().map(|a| self.line(a)).collect();
        out.push(LedgerPart {
            id: "other".to_owned(),
            title: Words {
                zh: "其他情况".to_owned(),
                en: "other facts".to_owned(),
            },
            lines: rest,
            totals: Vec::new(),
        });
        out
    }

    fn line(&self, a: &Adoption) -> FactLine {
        let value = |number: Option<i64>| number.map_or(V::UNKNOWN, V::known);
        let adopted = value(a.value);
        let mut items: Vec<String> = Vec::new();
        for row in a.settling().filter(|r| !matches!(r.found, Found::Silent)) {
            if !items.contains(&row.item) {
                items.push(row.item.clone());
            }
        }
        let taken = a.reason.is_evidence();
        let (source, as_of) = if taken {
            (
                items.join(" + "),
                a.settling().filter_map(|r| r.as_of).min(),
            )
        } else {
            let declared = a.declared.as_ref();
            (
                declared.map(|d| d.source.clone()).unwrap_or_default(),
                declared.map(|d| d.as_of),
            )
        };
        FactLine {
            fact: a.fact.clone(),
            title: a.title.clone(),
            person: a.person.clone(),
            ty: self.packs.type_word(a.ty),
            declared: a.declared.as_ref().map(|d| Said {
                value: self.packs.value_words(V::known(d.value), a.ty),
                shown: self.both(V::known(d.value), a.ty),
                number: Some(d.value),
                status: d.status.word().to_owned(),
                source: d.source.clone(),
                as_of: text(Some(d.as_of)),
            }),
            evidence: a
                .evidence
                .iter()
                .map(|row| self.evidence(row, a.ty))
                .collect(),
            adopted: Said {
                value: self.packs.value_words(adopted, a.ty),
                shown: if a.value.is_some() {
                    self.both(adopted, a.ty)
                } else {
                    Words {
                        zh: "未知".to_owned(),
                        en: "unknown".to_owned(),
                    }
                },
                number: a.value,
                status: a.status.word().to_owned(),
                source,
                as_of: text(as_of),
            },
            reason: a.reason.code().to_owned(),
            reason_words: a.reason_words(),
            difference: a.difference.map(|d| DifferenceLine {
                grade: d.grade.word().to_owned(),
                grade_words: d.grade.words(),
                by: d.by,
                by_shown: d
                    .by
                    .map(|by| self.both(V::known(by), a.ty))
                    .unwrap_or_default(),
                evidence: d.evidence,
                evidence_shown: self.both(V::known(d.evidence), a.ty),
            }),
        }
    }

    fn evidence(&self, row: &EvidenceValue, ty: Type) -> EvidenceLine {
        let words = |zh: &str, en: &str| Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let (found, shown) = match &row.found {
            Found::Value(value) => ("value", self.both(V::known(*value), ty)),
            Found::Silent => ("silent", words("无相关记录", "no record speaks of it")),
            Found::Unclear(why) => ("unclear", why.words()),
            Found::Awaited(AnswerStatus::Refused) if self.lacks_authority(row) => {
                ("awaited", words("未获授权", "not authorised"))
            }
            Found::Awaited(status) => ("awaited", status.words()),
            Found::NotAsked => ("not_asked", words("未查询", "not asked")),
        };
        let number = match row.found {
            Found::Value(value) => Some(value),
            _ => None,
        };
        EvidenceLine {
            item: row.item.clone(),
            title: self.title(&row.item),
            field: row
                .field
                .as_deref()
                .and_then(|id| self.basis.item(&row.item)?.field(id))
                .map(|f| f.title.clone())
                .unwrap_or_default(),
            found: found.to_owned(),
            shown,
            value: number.map(|n| self.packs.value_words(V::known(n), ty)),
            number,
            precedence: row.precedence,
            from: text(row.from),
            to: row.to.to_string(),
            as_of: text(row.as_of),
            stale: row.stale,
            short: row.short,
            records: row.records.iter().map(|r| self.record(row, r)).collect(),
        }
    }

    fn answer(&self, item: &str, person: &str) -> Option<&Answer> {
        let is_it = |a: &&Answer| a.item == item && a.person == person;
        self.answers.iter().find(is_it)
    }

    /// Whether all that a row waits for are queries that no authorisation covers.
    fn lacks_authority(&self, row: &EvidenceValue) -> bool {
        row.awaited.iter().all(|(person, _)| {
            let answer = self.answer(&row.item, person);
            answer.is_some_and(|a| a.uncovered.is_some())
        })
    }

    /// A record with what its field says.
    fn record(&self, row: &EvidenceValue, of: &RecordRef) -> RecordLine {
        let read = || {
            let id = row.field.as_deref()?;
            let answer = self.answer(&row.item, &of.person)?;
            let record = answer.records.iter().find(|r| r.index == of.index)?;
            let ty = match self.basis.item(&row.item)?.field(id)?.ty {
                FieldType::Money(period) => Type::money(period),
                FieldType::Count => Type::Count,
                _ => return None,
            };
            Some(self.both(V::known(record.cells.get(id)?.number()?), ty))
        };
        RecordLine {
            record: format!("{}/{}", of.person, of.number),
            shown: read().unwrap_or_default(),
        }
    }

    fn totals(&self, id: &str) -> Vec<TotalLine> {
        let Some(formula) = self.packs.formula(id) else {
            return Vec::new();
        };
        let people: Vec<Option<&str>> = if formula.entity == 0 {
            vec![None]
        } else {
            self.request
                .persons
                .iter()
                .map(|p| Some(p.as_str()))
                .collect()
        };
        people
            .into_iter()
            .filter_map(|person| {
                let (value, ty) = self.assessment.rules().value(id, person)?;
                Some(TotalLine {
                    id: id.to_owned(),
                    title: formula.title.clone(),
                    person: person.map(str::to_owned),
                    value: self.packs.value_words(value, ty),
                    shown: self.both(value, ty),
                    number: value.get(),
                    parts: self.parts(id, person),
                })
            })
            .collect()
    }

    /// What a total is made of, as the explanation has it.
    fn parts(&self, id: &str, person: Option<&str>) -> Vec<PartLine> {
        let why = &self.explanation;
        let total = (0..why.steps.len())
            .filter_map(|at| why.step(at))
            .find(|(step, of)| {
                of.kind == Kind::Formula && of.id == id && step.row.as_deref() == person
            });
        let because = total.into_iter().flat_map(|(step, _)| &step.because);
        because
            .filter_map(|at| why.step(*at))
            .filter(|(_, of)| matches!(of.kind, Kind::Fact | Kind::Formula))
            .filter(|(step, _)| {
                // a sum of nothing and a number is that number
                let number = step.value.split('/').next().unwrap_or_default();
                number.bytes().any(|b| !matches!(b, b'0' | b'.'))
            })
            .map(|(step, of)| PartLine {
                id: of.id.clone(),
                title: of.title.clone(),
                value: step.value.clone(),
                shown: step.shown.clone(),
            })
            .collect()
    }

    fn awaited(&self) -> Vec<AwaitedLine> {
        let lacking = self.answers.iter().filter(|a| a.status.waits().is_some());
        lacking
            .map(|answer| {
                let mut facts: Vec<FactName> = Vec::new();
                for adoption in self.adoptions.iter().filter(|a| a.is_awaited()) {
                    let waits = adoption.settling().any(|row| {
                        row.item == answer.item
                            && row.awaited.iter().any(|(p, _)| *p == answer.person)
                    });
                    if waits {
                        facts.push(FactName {
                            id: adoption.fact.clone(),
                            title: adoption.title.clone(),
                        });
                    }
                }
                AwaitedLine {
                    item: answer.item.clone(),
                    title: self.title(&answer.item),
                    person: answer.person.clone(),
                    status: answer.status.word().to_owned(),
                    reason: answer.reason.clone(),
                    uncovered: uncovered(answer),
                    facts,
                }
            })
            .collect()
    }
}
