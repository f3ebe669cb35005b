//! What a household is entitled to.

mod arrears;

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::explain::{Explanation, Missing, ProvisionalFact, Receipt};
use minzheng_rules::lang::Type;
use minzheng_rules::number::Money;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Formula, Lang, Programme, Words};
use minzheng_rules::scalar::V;
use minzheng_rules::scenario;
use minzheng_rules::truth::Truth;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

pub(crate) use arrears::programme_index;
pub use arrears::{
    Arrears, ArrearsQuestion, ArrearsTally, MonthOfArrears, Months, PaidFrom, RowOfArrears,
};
pub use minzheng_rules::explain::Verdict;

/// A value with its type, as the packs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    id: String,
    title: Words,
    word: String,
    shown: Words,
    value: V,
    ty: Type,
}

impl Figure {
    pub(crate) fn new(set: &PackSet, id: &str, title: &Words, value: V, ty: Type) -> Self {
        Self {
            id: id.to_owned(),
            title: title.clone(),
            word: set.value_words(value, ty),
            shown: Words {
                zh: set.value_for(value, ty, Lang::Zh),
                en: set.value_for(value, ty, Lang::En),
            },
            value,
            ty,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its words.
    pub const fn title(&self) -> &Words {
        &self.title
    }

    /// The value as packs write it: `16800.00/year`, `yes`, `undetermined`.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// The value in words for people.
    pub fn shown(&self, lang: Lang) -> &str {
        self.shown.of(lang)
    }

    /// Whether it is known.
    pub const fn is_known(&self) -> bool {
        self.value.is_known()
    }

    /// The number as the engine holds it, where it is known: fen of money, days of dates.
    pub(crate) const fn number(&self) -> Option<i64> {
        self.value.get()
    }

    /// The amount, where it is one in whole fen and known.
    pub const fn money(&self) -> Option<Money> {
        money(self.value.get(), self.ty)
    }

    /// The least that an amount can be by what is known; `None` where nothing bounds it, and of other values.
    pub const fn lowest(&self) -> Option<Money> {
        if is_money(self.ty) && self.value.lo != i64::MIN {
            Some(Money::from_fen(self.value.lo))
        } else {
            None
        }
    }

    /// The most that an amount can be by what is known; `None` where nothing bounds it, and of other values.
    pub const fn highest(&self) -> Option<Money> {
        if is_money(self.ty) && self.value.hi != i64::MAX {
            Some(Money::from_fen(self.value.hi))
        } else {
            None
        }
    }

    /// The day, where it is one and known.
    pub fn date(&self) -> Option<NaiveDate> {
        date(self.value, self.ty)
    }

    /// The count of days, months or things, where it is one and known.
    pub const fn count(&self) -> Option<i64> {
        match self.ty {
            Type::Count | Type::Days | Type::Months => self.value.get(),
            _ => None,
        }
    }

    /// The truth of a yes/no value.
    pub fn truth(&self) -> Option<Truth> {
        (self.ty == Type::Bool).then(|| self.value.truth())
    }
}

const fn is_money(ty: Type) -> bool {
    matches!(ty, Type::Money { scale: 0, .. } | Type::Shown)
}

const fn money(number: Option<i64>, ty: Type) -> Option<Money> {
    match (is_money(ty), number) {
        (true, Some(fen)) => Some(Money::from_fen(fen)),
        _ => None,
    }
}

fn date(value: V, ty: Type) -> Option<NaiveDate> {
    match ty {
        Type::Date => value.get().and_then(Day::from_number).map(Day::to_date),
        _ => None,
    }
}

/// A condition of a programme, as it came out for the household or one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its id: `dibao/income`.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// Whether it holds.
    pub truth: Truth,
}

/// The outcome of one programme for the household or one person.
#[derive(Debug, Clone)]
pub struct ProgrammeOutcome<'a> {
    set: &'a PackSet,
    answer: &'a scenario::Assessment,
    programme: &'a Programme,
    row: Option<&'a str>,
    outcome: scenario::ProgrammeOutcome,
}

impl ProgrammeOutcome<'_> {
    /// The id of the programme.
    pub fn id(&self) -> &str {
        &self.programme.id
    }

    /// Its index in the order of tests.
    pub const fn index(&self) -> usize {
        self.outcome.programme
    }

    /// Its words.
    pub const fn title(&self) -> &Words {
        &self.programme.title
    }

    /// The id of the person, for a programme of persons.
    pub const fn person(&self) -> Option<&str> {
        self.row
    }

    /// The verdict.
    pub const fn verdict(&self) -> Verdict {
        Verdict::of(self.outcome.eligible)
    }

    /// Whether the conditions hold, whatever other programmes say.
    pub const fn qualifies(&self) -> Truth {
        self.outcome.qualifies
    }

    /// What is paid, where the verdict is eligible, the programme pays and the amount is known.
    pub fn amount(&self) -> Option<Money> {
        let (fen, ty) = self.paid()?;
        money(fen, ty)
    }

    /// The amount with its words, where the verdict is eligible and the programme pays.
    pub fn amount_figure(&self) -> Option<Figure> {
        let (formula, value, ty) = self.amount_value()?;
        Some(Figure::new(
            self.set,
            &formula.id,
            &formula.title,
            value,
            ty,
        ))
    }

    fn amount_value(&self) -> Option<(&Formula, V, Type)> {
        self.paid()?;
        let formula = self.set.formulas().get(self.programme.amount?)?;
        let id = format!("{}.amount", self.programme.id);
        let (value, ty) = self.answer.value(&id, self.row)?;
        Some((formula, value, ty))
    }

    /// The number of the amount with its type, where the verdict is eligible and the programme pays.
    fn paid(&self) -> Option<(Option<i64>, Type)> {
        self.outcome
            .amount
            .filter(|_| self.verdict() == Verdict::Eligible)
    }

    /// The first month that is paid, where the verdict is eligible.
    pub fn first_month(&self) -> Option<NaiveDate> {
        self.day(self.programme.first_month)
    }

    /// The day of the next review, where the verdict is eligible.
    pub fn review_date(&self) -> Option<NaiveDate> {
        self.day(self.programme.review_date)
    }

    /// The last day of validity, where the verdict is eligible.
    pub fn valid_until(&self) -> Option<NaiveDate> {
        self.day(self.programme.valid_until)
    }

    /// The conditions that are asked on the day and at the place, in the order of the packs; their articles stand in
    /// [`Assessment::explanation`].
    ///
    /// ```
    /// # use minzheng::{Engine, Household};
    /// let engine = Engine::built_in()?;
    /// let household = Household::from_toml("on = 2026-08-25\n[household]\nregistration_place = \"159921\"")?;
    /// let answer = engine.assess(&household)?;
    /// let dibao = answer.programme("dibao", None).map(|p| p.conditions()).unwrap_or_default();
    /// assert!(dibao.iter().any(|c| c.id == "dibao/income"));
    /// assert!(dibao.iter().all(|c| c.id != "dibao/urban_only")); // before there was a rural scheme
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn conditions(&self) -> Vec<Condition> {
        let asked = self.answer.conditions(self.index());
        asked
            .map(|formula| Condition {
                id: formula.id.clone(),
                title: formula.title.clone(),
                truth: (self.answer.truth(&formula.id, self.row)).unwrap_or(Truth::Unknown),
            })
            .collect()
    }

    /// The figures shown with the outcome.
    pub fn figures(&self) -> Vec<Figure> {
        self.programme
            .figures
            .iter()
            .filter_map(|f| self.figure(*f))
            .collect()
    }

    /// What is missing to decide it, in order of use.
    pub fn missing(&self) -> Vec<Missing> {
        self.answer
            .missing_for(Some((self.index(), self.outcome.row.row)))
    }

    fn formula(&self, index: usize) -> Option<(&Formula, V, Type)> {
        let formula = self.set.formulas().get(index)?;
        let row = self.row.filter(|_| formula.entity > 0);
        let (value, ty) = self.answer.value(&formula.id, row)?;
        Some((formula, value, ty))
    }

    fn figure(&self, formula: usize) -> Option<Figure> {
        let (formula, value, ty) = self.formula(formula)?;
        Some(Figure::new(
            self.set,
            &formula.id,
            &formula.title,
            value,
            ty,
        ))
    }

    fn day(&self, formula: Option<usize>) -> Option<NaiveDate> {
        if self.verdict() != Verdict::Eligible {
            return None;
        }
        let (_, value, ty) = self.formula(formula?)?;
        date(value, ty)
    }

    /// The outcome as JSON.
    pub fn to_json(&self) -> Value {
        // keys are strings and nothing is a float, so this cannot fail
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// A figure as an outcome is written with it: without the words for people.
#[derive(Serialize)]
struct WrittenFigure<'a> {
    id: &'a str,
    title: &'a Words,
    value: String,
}

#[derive(Serialize)]
struct WrittenOutcome<'a> {
    id: &'a str,
    person: Option<&'a str>,
    title: &'a Words,
    verdict: &'static str,
    amount: Option<String>,
    amount_fen: Option<i64>,
    first_month: Option<String>,
    review_date: Option<String>,
    valid_until: Option<String>,
    figures: Vec<WrittenFigure<'a>>,
}

impl Serialize for ProgrammeOutcome<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        let word = |value, ty| self.set.value_words(value, ty);
        let figures = self.programme.figures.iter();
        let figures = figures.filter_map(|figure| {
            let (formula, value, ty) = self.formula(*figure)?;
            Some(WrittenFigure {
                id: &formula.id,
                title: &formula.title,
                value: word(value, ty),
            })
        });
        WrittenOutcome {
            id: self.id(),
            person: self.person(),
            title: self.title(),
            verdict: self.verdict().word(),
            amount: self.amount_value().map(|(_, value, ty)| word(value, ty)),
            amount_fen: self.amount().map(Money::fen),
            first_month: day(self.first_month()),
            review_date: day(self.review_date()),
            valid_until: day(self.valid_until()),
            figures: figures.collect(),
        }
        .serialize(to)
    }
}

/// What was decided for one household, with every value that led to it.
#[derive(Debug, Clone)]
pub struct Assessment {
    answer: scenario::Assessment,
}

impl Assessment {
    pub(crate) const fn new(answer: scenario::Assessment) -> Self {
        Self { answer }
    }

    /// The answer of the engine of rules below.
    pub const fn rules(&self) -> &scenario::Assessment {
        &self.answer
    }

    /// The day decided.
    pub fn on(&self) -> NaiveDate {
        self.answer.input().on().to_date()
    }

    /// The day as of which the law was read; `None`: all that the packs hold.
    pub fn known_on(&self) -> Option<NaiveDate> {
        let day = self.answer.input().known_on();
        (day != Day::MAX).then(|| day.to_date())
    }

    /// The outcomes of the programmes that were in force, in the order of tests, for the household or each person.
    pub fn programmes(&self) -> impl Iterator<Item = ProgrammeOutcome<'_>> {
        let outcomes = self.answer.outcomes().into_iter();
        outcomes.filter_map(|outcome| self.outcome(outcome))
    }

    /// What the engine of rules below says of a programme and row, told as one of [`Assessment::programmes`]; `None` where the
    /// programme was not in force.
    pub fn outcome(&self, outcome: scenario::ProgrammeOutcome) -> Option<ProgrammeOutcome<'_>> {
        let set = self.answer.packs();
        let programme = set.programmes().get(outcome.programme)?;
        let row = (outcome.row.entity > 0).then(|| self.answer.input().row_id(outcome.row));
        outcome.in_force.then_some(ProgrammeOutcome {
            set,
            answer: &self.answer,
            programme,
            row,
            outcome,
        })
    }

    /// The outcome of one programme, for the household or a person.
    pub fn programme(&self, id: &str, person: Option<&str>) -> Option<ProgrammeOutcome<'_>> {
        self.programmes()
            .find(|p| p.id() == id && p.person() == person)
    }

    /// Why: every programme with its conditions, figures and articles.
    pub fn explanation(&self) -> Explanation {
        self.answer.explain()
    }

    /// Why, for some programmes by index.
    pub fn explanation_of(&self, programmes: &[usize]) -> Explanation {
        self.answer.explain_programmes(programmes)
    }

    /// What is missing, in order of use: what to ask, whom, and which condition needs it.
    pub fn missing(&self) -> Vec<Missing> {
        self.answer.missing()
    }

    /// The declared facts, not verified yet, that the answer rests on.
    pub fn provisional(&self) -> Vec<ProvisionalFact> {
        self.answer.provisional()
    }

    /// The unconfirmed rules and figures that the answer rests on.
    pub fn unconfirmed(&self) -> Vec<String> {
        self.answer.unconfirmed()
    }

    /// Enough to run the decision again.
    pub fn receipt(&self) -> Receipt {
        self.answer.receipt()
    }

    /// Any value by its id in the packs: a formula, `PROGRAMME/CONDITION`, `PROGRAMME.eligible`; `person` for things of
    /// persons.
    pub fn value(&self, id: &str, person: Option<&str>) -> Option<Figure> {
        let set = self.answer.packs();
        let (value, ty) = self.answer.value(id, person)?;
        let title = set.formula(id).map(|f| f.title.clone()).unwrap_or_default();
        Some(Figure::new(set, id, &title, value, ty))
    }

    /// The whole answer as JSON, schema `minzheng/assessment/1`. To write it as text, serialize the answer itself: it needs no
    /// tree of values.
    pub fn to_json(&self) -> Value {
        // keys are strings and nothing is a float, so this cannot fail
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct WrittenAssessment<'a> {
    schema: &'static str,
    on: String,
    known_on: Option<String>,
    programmes: Vec<ProgrammeOutcome<'a>>,
    missing: Vec<Missing>,
    provisional: Vec<ProvisionalFact>,
    unconfirmed: Vec<String>,
    receipt: Receipt,
}

impl Serialize for Assessment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        WrittenAssessment {
            schema: "minzheng/assessment/1",
            on: self.on().to_string(),
            known_on: self.known_on().map(|day| day.to_string()),
            programmes: self.programmes().collect(),
            missing: self.missing(),
            provisional: self.provisional(),
            unconfirmed: self.unconfirmed(),
            receipt: self.receipt(),
        }
        .serialize(to)
    }
}

/// One programme before and after a change, for the household or one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the programme.
    pub id: String,
    /// The person, for a programme of persons.
    pub person: Option<String>,
    /// Its words.
    pub title: Words,
    /// Before: the verdict and the amount.
    pub before: (Option<Verdict>, Option<Figure>),
    /// After: the verdict and the amount.
    pub after: (Option<Verdict>, Option<Figure>),
}

impl Change {
    /// Compares two answers on the same household, programme by programme.
    pub fn between(before: &Assessment, after: &Assessment) -> Vec<Self> {
        let mut out: Vec<Self> = before
            .programmes()
            .map(|p| {
                let other = after.programme(p.id(), p.person());
                Self {
                    id: p.id().to_owned(),
                    person: p.person().map(str::to_owned),
                    title: p.title().clone(),
                    before: (Some(p.verdict()), p.amount_figure()),
                    after: (
                        other.as_ref().map(ProgrammeOutcome::verdict),
                        other.and_then(|o| o.amount_figure()),
                    ),
                }
            })
            .collect();
        for p in after
            .programmes()
            .filter(|p| before.programme(p.id(), p.person()).is_none())
        {
            out.push(Self {
                id: p.id().to_owned(),
                person: p.person().map(str::to_owned),
                title: p.title().clone(),
                before: (None, None),
                after: (Some(p.verdict()), p.amount_figure()),
            });
        }
        out
    }

    /// Whether verdict or amount differ.
    pub fn is_change(&self) -> bool {
        let word = |side: &(Option<Verdict>, Option<Figure>)| {
            (side.0, side.1.as_ref().map(|f| f.word().to_owned()))
        };
        word(&self.before) != word(&self.after)
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let side = |s: &(Option<Verdict>, Option<Figure>)| json!({ "verdict": s.0.map(Verdict::word), "amount": s.1.as_ref().map(Figure::word) });
        json!({
            "id": self.id,
            "person": self.person,
            "title": self.title,
            "before": side(&self.before),
            "after": side(&self.after),
            "changed": self.is_change(),
        })
    }
}
