//! The report (核对报告): what was asked, answered and found. It states findings and decides nothing.

mod build;
mod html;
mod recheck;
pub(crate) mod schema;
mod text;

use std::borrow::Cow;

use minzheng_rules::pack::model::{Lang, Words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use recheck::{Changed, Objection, Recheck};

use super::adopt::Adoption;
use super::basis::Basis;
use super::queries::Authorized;
use super::request::{Answer, Request};
use crate::Assessment;
use crate::error::{Error, Finding};

/// The version of the shape of a report.
pub const SCHEMA: &str = "minzheng/verification-report/1";

/// A report, as its JSON has it: schema `docs/reference/verification-report.schema.json`.
///
/// Persons stand by the host's ids, and names where the host gave them; no identity number is in it. Money is whole fen
/// in `number` and words in `shown`. The same file gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of this shape.
    pub schema: String,
    /// SHA-256 of the rest, in hexadecimal: what a re-check names.
    pub id: String,
    /// What was asked.
    pub request: Asked,
    /// About whom.
    pub persons: Vec<PersonLine>,
    /// What each source answered about each person, by number of the item.
    pub sources: Vec<SourceLine>,
    /// The facts, part by part.
    pub ledgers: Vec<LedgerPart>,
    /// Declarations and records that lie further apart than is tolerated.
    pub differences: Vec<DifferenceRef>,
    /// What was not answered, and which facts wait for it.
    pub awaited: Vec<AwaitedLine>,
    /// Last day on which the report may be used; none: the place has not said.
    pub valid_until: Option<String>,
    /// What stands at the end.
    pub notes: Vec<NoteLine>,
    /// The packs it was made with.
    pub packs: Vec<PackLine>,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The host's number of the request.
    pub id: String,
    /// Id of the applicant.
    pub applicant: String,
    /// What for.
    pub purpose: String,
    /// The day of the request.
    pub requested_on: String,
    /// The day of the declaration.
    pub declared_on: String,
    /// The day as of which is asked.
    pub as_of: String,
    /// Id of the report that is checked again; empty for a first one.
    pub recheck_of: String,
    /// Who has checked the authorisations: `checked` here, query by query, or `elsewhere`, by the host.
    pub authorizations: String,
}

/// A person asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLine {
    /// The host's id.
    pub id: String,
    /// The name, where the host gave it.
    pub name: String,
    /// The relation to the applicant in words.
    pub relation: Words,
    /// Whether the records go together with the household's.
    pub member: bool,
}

/// What one source answered about one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLine {
    /// Id of the item.
    pub item: String,
    /// Its number.
    pub number: u16,
    /// Its name.
    pub title: Words,
    /// Whose it is.
    pub department: Words,
    /// Id of the person.
    pub person: String,
    /// `hit`, `none`, `pending`, `refused` or `unavailable`.
    pub status: String,
    /// As of which day it speaks.
    pub as_of: Option<String>,
    /// When it was asked.
    pub asked_on: Option<String>,
    /// When it answered.
    pub answered_on: Option<String>,
    /// How many records it has.
    pub records: usize,
    /// Whether the answer was too old on the day asked.
    pub stale: bool,
    /// Why there is no answer.
    pub reason: String,
    /// Id of the authorisation that covers the query; none where none does, or where they were checked elsewhere.
    pub authorization: Option<String>,
    /// Why no authorisation covers the query, where none does.
    pub uncovered: Option<UncoveredLine>,
}

/// A query that no authorisation covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UncoveredLine {
    /// Why: a word, as `expired`.
    pub refusal: String,
    /// That in words.
    pub words: Words,
    /// Id of the authorisation that came nearest; none where the person has given none.
    pub authorization: Option<String>,
    /// Whether the source has answered: what it said is not used.
    pub came_in: bool,
}

impl UncoveredLine {
    /// Why, in words; else the reason that was given for the lack of an answer.
    fn or<'l>(line: Option<&'l Self>, reason: &'l str, lang: Lang) -> Cow<'l, str> {
        match line {
            None => Cow::Borrowed(reason),
            Some(line) if line.came_in => {
                let came = say(
                    lang,
                    "；已收到的答复未予采用",
                    "; the answer that came in is not used",
                );
                Cow::Owned(format!("{}{came}", line.words.of(lang)))
            }
            Some(line) => Cow::Borrowed(line.words.of(lang)),
        }
    }
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerPart {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: Words,
    /// Its facts.
    pub lines: Vec<FactLine>,
    /// What the law adds up of them: formulas of the packs over the adopted facts.
    pub totals: Vec<TotalLine>,
}

/// A fact with everything that was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactLine {
    /// Id of the fact.
    pub fact: String,
    /// Its words.
    pub title: Words,
    /// Id of the person; none for the household.
    pub person: Option<String>,
    /// Its type in the words of packs.
    #[serde(rename = "type")]
    pub ty: String,
    /// What was declared.
    pub declared: Option<Said>,
    /// What each source says.
    pub evidence: Vec<EvidenceLine>,
    /// What is taken.
    pub adopted: Said,
    /// Why: a code.
    pub reason: String,
    /// Why, in words.
    pub reason_words: Words,
    /// How the records differ from the declaration.
    pub difference: Option<DifferenceLine>,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// As packs write it; `undetermined` where unknown.
    pub value: String,
    /// In words.
    pub shown: Words,
    /// The number in the unit of the fact: fen, things, 1 or 0; none where unknown.
    pub number: Option<i64>,
    /// How it stands.
    pub status: String,
    /// Its source.
    pub source: String,
    /// Its day.
    pub as_of: Option<String>,
}

/// What one source says of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLine {
    /// Id of the item.
    pub item: String,
    /// Its name.
    pub title: Words,
    /// The field that is read; empty where records are only counted.
    pub field: Words,
    /// `value`, `silent`, `unclear`, `awaited` or `not_asked`.
    pub found: String,
    /// That in words: the value, or why there is none.
    pub shown: Words,
    /// The value as packs write it.
    pub value: Option<String>,
    /// The number in the unit of the fact.
    pub number: Option<i64>,
    /// Lower goes first; those of one precedence are added.
    pub precedence: u8,
    /// First day of the window.
    pub from: Option<String>,
    /// Its last day.
    pub to: String,
    /// As of which day the source speaks.
    pub as_of: Option<String>,
    /// Whether that is too old.
    pub stale: bool,
    /// Whether the source speaks as of a day before the last of the window.
    pub short: bool,
    /// The records it comes from.
    pub records: Vec<RecordLine>,
}

/// A record that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordLine {
    /// Its number at the source, with its person: `p1/R7`.
    pub record: String,
    /// What the field that is read says, in the unit of the field; empty where it is no quantity.
    pub shown: Words,
}

impl RecordLine {
    /// Number and amount.
    fn said(&self, lang: Lang) -> String {
        let shown = self.shown.of(lang);
        let gap = if shown.is_empty() { "" } else { " " };
        format!("{}{gap}{shown}", self.record)
    }
}

/// How records differ from a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceLine {
    /// `same`, `within_tolerance`, `minor`, `material` or `existence`.
    pub grade: String,
    /// That in words.
    pub grade_words: Words,
    /// The records less the declaration: fen or things; none where neither is a quantity.
    pub by: Option<i64>,
    /// That in words.
    pub by_shown: Words,
    /// What the records say.
    pub evidence: i64,
    /// That in words.
    pub evidence_shown: Words,
}

/// A fact whose declaration and records lie further apart than is tolerated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceRef {
    /// Id of the fact.
    pub fact: String,
    /// Id of the person; none for the household.
    pub person: Option<String>,
    /// `minor`, `material` or `existence`.
    pub grade: String,
}

/// An answer that is lacking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitedLine {
    /// Id of the item.
    pub item: String,
    /// Its name.
    pub title: Words,
    /// Id of the person.
    pub person: String,
    /// `pending`, `refused` or `unavailable`.
    pub status: String,
    /// Why.
    pub reason: String,
    /// Why no authorisation covers the query, where none does.
    pub uncovered: Option<UncoveredLine>,
    /// The facts that wait for it.
    pub facts: Vec<FactName>,
}

/// A fact by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactName {
    /// Its id.
    pub id: String,
    /// Its words.
    pub title: Words,
}

/// What the law adds up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalLine {
    /// Id of the formula.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// Id of the person; none for the household.
    pub person: Option<String>,
    /// As packs write it; `undetermined` where unknown.
    pub value: String,
    /// In words.
    pub shown: Words,
    /// The number in its unit; none where unknown.
    pub number: Option<i64>,
    /// What it is made of: the facts and formulas that it reads and that are not nothing.
    pub parts: Vec<PartLine>,
}

/// A fact or formula that a total reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartLine {
    /// Its id.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// Its value as packs write it.
    pub value: String,
    /// That in words.
    pub shown: Words,
}

impl TotalLine {
    /// The parts in words; empty where there are none.
    fn made_of(&self, lang: Lang) -> String {
        let one = |p: &PartLine| format!("{} {}", p.title.of(lang), p.shown.of(lang));
        let all: Vec<String> = self.parts.iter().map(one).collect();
        all.join(say(lang, "；", "; "))
    }
}

/// A sentence at the end, with its ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteLine {
    /// The sentence.
    pub text: Words,
    /// The articles it stands on.
    pub cite: Vec<String>,
}

/// A pack the report was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackLine {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
}

impl Report {
    pub(super) fn new(
        basis: &Basis,
        request: &Request,
        answers: &[Answer],
        adoptions: &[Adoption],
        assessment: &Assessment,
    ) -> Self {
        build::report(basis, request, answers, adoptions, assessment)
    }

    /// Reads a report in JSON, as [`Report::to_json`] wrote it.
    ///
    /// # Errors
    /// `E-REPORT-SHAPE` where it is none of this shape, `E-REPORT-ID` where its content is not what its id says.
    pub fn from_json(value: Value) -> Result<Self, Error> {
        let wrong = |code, message, help: &str| Error::one(Finding::new(code, message, help));
        let help = format!("a report has \"schema\": \"{SCHEMA}\"");
        let report: Self = serde_json::from_value(value)
            .map_err(|_| wrong("E-REPORT-SHAPE", "this is no verification report", &help))?;
        if report.schema != SCHEMA {
            return Err(wrong(
                "E-REPORT-SHAPE",
                "this is no verification report",
                &help,
            ));
        }
        if report.digest() != report.id {
            let help = "take the report as it was issued";
            return Err(wrong(
                "E-REPORT-ID",
                "the report was changed after it was made",
                help,
            ));
        }
        Ok(report)
    }

    /// The report in JSON.
    pub fn to_json(&self) -> Value {
        // it holds strings, numbers and lists only, so this cannot fail
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The JSON Schema of a report.
    pub fn json_schema() -> Value {
        schema::schema()
    }

    /// The report as plain text.
    pub fn render_text(&self, lang: Lang) -> String {
        text::text(self, lang)
    }

    /// The report as a page to print on A4 and to file: complete, with its style; every word is escaped.
    pub fn render_html(&self, lang: Lang) -> String {
        html::page(self, lang)
    }

    /// A fact of the household or of a person.
    pub fn line(&self, fact: &str, person: Option<&str>) -> Option<&FactLine> {
        self.ledgers
            .iter()
            .flat_map(|part| &part.lines)
            .find(|line| line.fact == fact && line.person.as_deref() == person)
    }

    /// SHA-256 of everything but the id, in hexadecimal.
    fn digest(&self) -> String {
        let mut value = self.to_json();
        if let Value::Object(fields) = &mut value {
            fields.shift_remove("id");
        }
        minzheng_rules::pack::digest(value.to_string().as_bytes())
    }

    /// The lines of a part that say something; persons of whom the same is said of the same fact share one.
    fn grouped(
        part: &LedgerPart,
        name: impl Fn(Option<&str>) -> String,
        lang: Lang,
    ) -> Vec<(String, &FactLine)> {
        let same = |a: &FactLine, b: &FactLine| {
            let plain = |line: &FactLine| FactLine {
                person: None,
                ..line.clone()
            };
            a.person.is_some() && b.person.is_some() && plain(a) == plain(b)
        };
        let mut out: Vec<(String, &FactLine)> = Vec::new();
        for line in part.lines.iter().filter(|line| line.says_something()) {
            let who = name(line.person.as_deref());
            match out.iter_mut().find(|(_, first)| same(first, line)) {
                Some((all, _)) => {
                    all.push_str(say(lang, "、", ", "));
                    all.push_str(&who);
                }
                None => out.push((who, line)),
            }
        }
        out
    }

    /// How the queries stand to the authorisations, in words.
    fn authorized(&self, lang: Lang) -> String {
        if self.request.authorizations == Authorized::Elsewhere.word() {
            let words = "由委托方核验，本报告未予核验";
            return say(lang, words, "checked by who requested, not by this report").to_owned();
        }
        let refused = self
            .sources
            .iter()
            .filter(|s| s.uncovered.is_some())
            .count();
        let covered = self.sources.len().saturating_sub(refused);
        match lang {
            Lang::Zh => {
                format!("逐项核验：{covered} 项查询已获授权，{refused} 项未获授权、不予查询")
            }
            Lang::En => format!("checked query by query: {covered} covered, {refused} refused"),
        }
    }

    /// What the report calls a person: the name, the id where none was given; the household where there is none.
    fn name(&self, person: Option<&str>, lang: Lang) -> String {
        let Some(id) = person else {
            return say(lang, "家庭", "household").to_owned();
        };
        let found = self.persons.iter().find(|p| p.id == id);
        let name = found.map(|p| p.name.as_str()).filter(|n| !n.is_empty());
        name.unwrap_or(id).to_owned()
    }

    /// The name with the id.
    fn who(&self, person: Option<&str>, lang: Lang) -> String {
        let name = self.name(person, lang);
        match (person, lang) {
            (Some(id), Lang::Zh) if id != name => format!("{name}（{id}）"),
            (Some(id), Lang::En) if id != name => format!("{name} ({id})"),
            _ => name,
        }
    }
}

/// The Chinese or the English word.
const fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// How a fact stands, in words; the word itself where it is none of the fact's.
fn status_words(word: &str, lang: Lang) -> String {
    let status = minzheng_rules::facts::FactStatus::ALL
        .into_iter()
        .find(|(w, _)| *w == word);
    status.map_or_else(|| word.to_owned(), |(_, s)| s.words().of(lang).to_owned())
}

/// What a source said, in words; of a query that is not covered, that it is not.
fn answer_words(word: &str, uncovered: Option<&UncoveredLine>, lang: Lang) -> String {
    if uncovered.is_some() {
        return say(lang, "未获授权", "not authorised").to_owned();
    }
    let status = super::AnswerStatus::ALL
        .into_iter()
        .find(|(w, _)| *w == word);
    status.map_or_else(|| word.to_owned(), |(_, s)| s.words().of(lang).to_owned())
}
