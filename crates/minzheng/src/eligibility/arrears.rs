//! What is owed for past months when the law is published backwards.

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::facts::Overlay;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::Money;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;
use minzheng_rules::scenario;
use minzheng_rules::truth::Truth;
use serde_json::{Number, Value, json};

use crate::error::{Error, Finding};

/// Most months one question may span.
const MAX_MONTHS: usize = 600;

/// Months in a row, at most 600.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::eligibility::Months;
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap_or_default();
/// let months = Months::between(day(7, 15), day(8, 1))?; // the day in the month does not matter
/// let words: Vec<String> = months.days().iter().map(|day| day.to_string()).collect();
/// assert_eq!(words, ["2026-07-01", "2026-08-01"]);
/// assert!(Months::between(day(8, 1), day(7, 1)).is_err());
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Months {
    days: Vec<Day>,
}

impl Months {
    /// The months from that of one day to that of another, both included.
    ///
    /// # Errors
    /// `E-ARREARS-MONTHS` where the last lies before the first, more than 600 lie between, or a day lies outside the years 1 to
    /// 9999.
    pub fn between(first: NaiveDate, last: NaiveDate) -> Result<Self, Error> {
        let refused = |message: &str, help: &str| {
            Err(Error::one(Finding::new("E-ARREARS-MONTHS", message, help)))
        };
        let (Some(first), Some(last)) = (Day::from_date(first), Day::from_date(last)) else {
            return refused("a month lies outside the years 1 to 9999", "");
        };
        let (mut month, last) = (first.first_of_month(), last.first_of_month());
        let mut days = Vec::new();
        while month <= last {
            if days.len() >= MAX_MONTHS {
                return refused("more than 600 months", "ask for fewer");
            }
            days.push(month);
            month = month.add_months(1);
        }
        if days.is_empty() {
            let help = "the last month comes after the first";
            return refused("no month lies between the two", help);
        }
        Ok(Self { days })
    }

    /// The first day of every month, in order: the day on which a month is decided.
    pub fn days(&self) -> &[Day] {
        &self.days
    }
}

/// Since when a row is in payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidFrom {
    /// It is not asked, or the programme has no first month: every month is paid.
    Always,
    /// Nobody knows.
    Unknown,
    /// From this day, as a number of days since 1970-01-01.
    Day(i64),
}

impl PaidFrom {
    /// What a first month of payment says that may be unknown.
    pub fn of(first_month: Option<i64>) -> Self {
        first_month.map_or(Self::Unknown, Self::Day)
    }

    /// What is paid in a month, in fen: nothing to who is not entitled or not yet in payment; `None`: undetermined.
    ///
    /// ```
    /// use minzheng::eligibility::PaidFrom;
    /// use minzheng_rules::{date::Day, truth::Truth};
    /// let july = Day::parse("2026-07-01").ok_or("no day")?;
    /// let september = PaidFrom::of(Day::parse("2026-09-01").map(Day::number));
    /// assert_eq!(september.paid(july, Truth::True, Some(500)), Some(0));
    /// assert_eq!(PaidFrom::Always.paid(july, Truth::True, Some(500)), Some(500));
    /// assert_eq!(PaidFrom::Unknown.paid(july, Truth::True, Some(500)), None);
    /// assert_eq!(PaidFrom::Unknown.paid(july, Truth::False, None), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn paid(self, month: Day, eligible: Truth, amount: Option<i64>) -> Option<i64> {
        let begun = match self {
            Self::Always => Truth::True,
            Self::Unknown => Truth::Unknown,
            Self::Day(first) => Truth::from(first <= month.number()),
        };
        match begun.and(eligible) {
            Truth::False => Some(0),
            Truth::True => amount,
            Truth::Unknown => None,
        }
    }
}

/// What is asked about arrears: each month is decided twice, by the law as known before and as known after.
///
/// The facts stand as they are given for every month; the day they were given for is replaced by the first of the month.
#[derive(Debug, Clone)]
pub struct ArrearsQuestion {
    /// The programmes by id, in this order; empty: all that pay by the month, in the order of tests.
    pub programmes: Vec<String>,
    /// The months.
    pub months: Months,
    /// Before: the law as published by this day; `None`: all that the packs hold.
    pub known_before: Option<NaiveDate>,
    /// After: the law as published by this day; `None`: all that the packs hold.
    pub known_after: Option<NaiveDate>,
    /// Figures that win over the packs on the side after, to price a standard that is not published yet.
    pub figures: Vec<Overlay>,
    /// Whether all who are entitled were in payment in every month. Else a month before the first month of payment is paid
    /// nothing, and one is undetermined whose programme has a first month of payment that is unknown.
    pub paid_throughout: bool,
}

impl ArrearsQuestion {
    /// A question about all programmes that pay by the month, with the same law before and after.
    pub const fn new(months: Months) -> Self {
        Self {
            programmes: Vec::new(),
            months,
            known_before: None,
            known_after: None,
            figures: Vec::new(),
            paid_throughout: false,
        }
    }

    /// The days up to which the law was published, before and after.
    ///
    /// # Errors
    /// `E-VALUE-DATE` where one lies outside the years 1 to 9999.
    pub fn known(&self) -> Result<(Day, Day), Error> {
        let read = |day: Option<NaiveDate>| match day {
            None => Ok(Day::MAX),
            Some(day) => Day::from_date(day).ok_or_else(|| {
                let message = "the day lies outside the years 1 to 9999";
                Error::one(Finding::new("E-VALUE-DATE", message, ""))
            }),
        };
        Ok((read(self.known_before)?, read(self.known_after)?))
    }

    /// The programmes asked about, by index.
    ///
    /// # Errors
    /// `E-PROGRAMME-NAME` where there is none of an id, `E-ARREARS-PROGRAMME` where one does not pay by the month.
    pub fn programmes(&self, set: &PackSet) -> Result<Vec<usize>, Error> {
        let monthly = |index: usize| {
            let amount = set.programmes().get(index).and_then(|p| p.amount);
            let ty = amount.and_then(|f| set.formulas().get(f)).map(|f| f.ty);
            matches!(
                ty,
                Some(Type::Money {
                    period: Period::Month,
                    scale: 0
                })
            )
        };
        let all = 0..set.programmes().len();
        if self.programmes.is_empty() {
            return Ok(all.filter(|index| monthly(*index)).collect());
        }
        let find = |id: &String| {
            let index = programme_index(set, id)?;
            if monthly(index) {
                return Ok(index);
            }
            let ids = set.programmes().iter().enumerate();
            let ids: Vec<&str> = ids
                .filter(|(index, _)| monthly(*index))
                .map(|(_, p)| p.id.as_str())
                .collect();
            let help = format!("these pay by the month: {}", ids.join(", "));
            Err(Error::one(Finding::new(
                "E-ARREARS-PROGRAMME",
                format!("`{id}` does not pay by the month"),
                help,
            )))
        };
        self.programmes.iter().map(find).collect()
    }

    /// The answer for one household.
    pub(crate) fn answer(
        &self,
        rules: &scenario::Engine,
        input: &minzheng_rules::facts::Input,
    ) -> Result<Arrears, Error> {
        let set = rules.packs();
        let (known_before, known_after) = self.known()?;
        let mut after = input.clone();
        after.add_overlays(self.figures.iter().cloned());
        let sides = [(input, known_before), (&after, known_after)];
        let mut rows: Vec<RowOfArrears> = Vec::new();
        for index in self.programmes(set)? {
            let Some(programme) = set.programmes().get(index) else {
                continue;
            };
            for row in 0..input.row_count(programme.entity) {
                let at = minzheng_rules::facts::RowRef {
                    entity: programme.entity,
                    row,
                };
                rows.push(RowOfArrears {
                    index,
                    row,
                    programme: programme.id.clone(),
                    title: programme.title.clone(),
                    person: (programme.entity > 0).then(|| input.row_id(at).to_owned()),
                    months: Vec::new(),
                });
            }
        }
        for month in self.months.days() {
            let [before, after] = sides
                .map(|(input, known)| rules.evaluate(&input.clone().with_dates(*month, known)));
            let outcomes = (before.outcomes(), after.outcomes());
            for row in &mut rows {
                let side = |answer: &scenario::Assessment, all: &[scenario::ProgrammeOutcome]| {
                    let one = all
                        .iter()
                        .find(|o| o.programme == row.index && o.row.row == row.row)?;
                    let from = self.paid_from(set, answer, row);
                    from.paid(*month, one.eligible, one.amount?.0)
                };
                let (before, after) = (side(&before, &outcomes.0), side(&after, &outcomes.1));
                row.months.push(MonthOfArrears {
                    month: *month,
                    before: before.map(Money::from_fen),
                    after: after.map(Money::from_fen),
                });
            }
        }
        Ok(Arrears {
            known_before: self.known_before,
            known_after: self.known_after,
            rows,
        })
    }

    fn paid_from(
        &self,
        set: &PackSet,
        answer: &scenario::Assessment,
        row: &RowOfArrears,
    ) -> PaidFrom {
        let id = self.first_month(set, row.index);
        let Some(formula) = id.and_then(|id| set.formula(id)) else {
            return PaidFrom::Always;
        };
        let person = row.person.as_deref().filter(|_| formula.entity > 0);
        let value = answer.value(&formula.id, person);
        PaidFrom::of(value.and_then(|(value, _)| value.get()))
    }

    /// The formula of the first month of payment of a programme, where it is asked.
    pub fn first_month<'s>(&self, set: &'s PackSet, programme: usize) -> Option<&'s str> {
        if self.paid_throughout {
            return None;
        }
        let formula = set.programmes().get(programme)?.first_month?;
        set.formulas().get(formula).map(|f| f.id.as_str())
    }
}

/// The index of a programme by its id.
pub(crate) fn programme_index(set: &PackSet, id: &str) -> Result<usize, Error> {
    let mut all = set.programmes().iter();
    all.position(|p| p.id == id).ok_or_else(|| {
        let known: Vec<&str> = set.programmes().iter().map(|p| p.id.as_str()).collect();
        let help = format!("the programmes are: {}", known.join(", "));
        Error::one(Finding::new(
            "E-PROGRAMME-NAME",
            "there is no such programme",
            help,
        ))
    })
}

/// What one month should have been paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfArrears {
    month: Day,
    before: Option<Money>,
    after: Option<Money>,
}

impl MonthOfArrears {
    /// The first day of the month.
    pub fn month(&self) -> NaiveDate {
        self.month.to_date()
    }

    /// The amount as it was known before; `None`: undetermined.
    pub const fn before(&self) -> Option<Money> {
        self.before
    }

    /// The amount as it is known after; `None`: undetermined.
    pub const fn after(&self) -> Option<Money> {
        self.after
    }

    /// The second less the first: what is owed, or, below zero, what was overpaid; `None`: undetermined.
    pub fn difference(&self) -> Option<Money> {
        difference(self.before?.fen(), self.after?.fen()).map(Money::from_fen)
    }
}

/// What is owed in fen, or, below zero, was overpaid.
const fn difference(before: i64, after: i64) -> Option<i64> {
    after.checked_sub(before)
}

/// One programme for the household or one person, month by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOfArrears {
    index: usize,
    row: usize,
    programme: String,
    title: Words,
    person: Option<String>,
    months: Vec<MonthOfArrears>,
}

impl RowOfArrears {
    /// The id of the programme.
    pub fn programme(&self) -> &str {
        &self.programme
    }

    /// Its words.
    pub const fn title(&self) -> &Words {
        &self.title
    }

    /// The id of the person, for a programme of persons.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    /// The months in order.
    pub fn months(&self) -> &[MonthOfArrears] {
        &self.months
    }
}

/// What months come to. What is owed and what was overpaid stand apart and are never set off against each other; what is
/// undetermined is counted and is in neither.
///
/// ```
/// use minzheng::eligibility::ArrearsTally;
/// let mut tally = ArrearsTally::default();
/// for (before, after) in [(Some(100), Some(150)), (Some(100), Some(70)), (None, Some(150)), (Some(0), Some(0))] {
///     tally.add_month(before, after);
/// }
/// assert_eq!((tally.owed, tally.overpaid), (50, 30));
/// assert_eq!((tally.months_owed, tally.months_overpaid, tally.months_unknown, tally.months_unchanged), (1, 1, 1, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArrearsTally {
    /// Months of rows for which something is owed.
    pub months_owed: u64,
    /// What is owed for them, in fen.
    pub owed: i128,
    /// Months of rows for which too much was paid.
    pub months_overpaid: u64,
    /// What was overpaid in them, in fen.
    pub overpaid: i128,
    /// Months of rows for which it is not known what is paid before, or after.
    pub months_unknown: u64,
    /// Months of rows for which the same is paid before and after, or nothing.
    pub months_unchanged: u64,
}

impl ArrearsTally {
    /// Counts a month of a row: what is paid before and after in fen, `None` where it is undetermined. Gives the difference.
    pub fn add_month(&mut self, before: Option<i64>, after: Option<i64>) -> Option<i64> {
        let both = before.zip(after);
        let found = both.and_then(|(before, after)| difference(before, after));
        let count = match found {
            None => &mut self.months_unknown,
            Some(0) => &mut self.months_unchanged,
            Some(fen) if fen > 0 => {
                self.owed = self.owed.saturating_add(i128::from(fen));
                &mut self.months_owed
            }
            Some(fen) => {
                self.overpaid = self.overpaid.saturating_sub(i128::from(fen));
                &mut self.months_overpaid
            }
        };
        *count = count.saturating_add(1);
        found
    }

    /// Adds what others come to.
    pub fn add(&mut self, more: &Self) {
        self.months_owed = self.months_owed.saturating_add(more.months_owed);
        self.owed = self.owed.saturating_add(more.owed);
        self.months_overpaid = self.months_overpaid.saturating_add(more.months_overpaid);
        self.overpaid = self.overpaid.saturating_add(more.overpaid);
        self.months_unknown = self.months_unknown.saturating_add(more.months_unknown);
        self.months_unchanged = self.months_unchanged.saturating_add(more.months_unchanged);
    }

    /// As JSON; a sum beyond 64 bits is null.
    pub fn to_json(&self) -> Value {
        let fen = |sum: i128| Number::from_i128(sum).map_or(Value::Null, Value::Number);
        json!({
            "months_owed": self.months_owed,
            "owed_fen": fen(self.owed),
            "months_overpaid": self.months_overpaid,
            "overpaid_fen": fen(self.overpaid),
            "months_unknown": self.months_unknown,
            "months_unchanged": self.months_unchanged,
        })
    }
}

/// What is owed to a household for past months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrears {
    known_before: Option<NaiveDate>,
    known_after: Option<NaiveDate>,
    rows: Vec<RowOfArrears>,
}

impl Arrears {
    /// Programme by programme in the order asked, the household or each person.
    pub fn rows(&self) -> &[RowOfArrears] {
        &self.rows
    }

    /// What all months of all rows come to.
    pub fn tally(&self) -> ArrearsTally {
        let mut tally = ArrearsTally::default();
        for month in self.rows.iter().flat_map(RowOfArrears::months) {
            let fen = |side: Option<Money>| side.map(Money::fen);
            tally.add_month(fen(month.before), fen(month.after));
        }
        tally
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let fen = |m: Option<Money>| m.map(Money::fen);
        let month = |m: &MonthOfArrears| {
            json!({
                "month": m.month.to_string(),
                "before_fen": fen(m.before()),
                "after_fen": fen(m.after()),
                "difference_fen": fen(m.difference()),
            })
        };
        let row = |row: &RowOfArrears| {
            json!({
                "programme": row.programme,
                "person": row.person,
                "months": row.months.iter().map(month).collect::<Vec<_>>(),
            })
        };
        let day = |day: Option<NaiveDate>| day.map(|d| d.to_string());
        json!({
            "schema": "minzheng/arrears/1",
            "known_before": day(self.known_before),
            "known_after": day(self.known_after),
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "total": self.tally().to_json(),
        })
    }
}
