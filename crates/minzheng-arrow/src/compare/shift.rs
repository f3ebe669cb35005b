//! What a comparison comes to: counts and sums, by programme, league and condition.

use std::collections::BTreeMap;

use minzheng_rules::pack::model::Words;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::facts::{LeagueFacts, SideFacts, TableFacts};
use crate::export::Status;
use crate::stream::summary::fen;

/// What a change of a programme is for one row. Every row that changes has exactly one.
///
/// Unknown is not "no": who was undetermined and is now eligible has not gained, the case was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Eligible now, not eligible before, or the programme was not in force.
    Gained,
    /// Eligible before, not eligible now, or the programme is not in force.
    Lost,
    /// Decided before, undetermined now.
    Opened,
    /// Undetermined before, decided now.
    Decided,
    /// Eligible both times, with a higher amount now.
    Up,
    /// Eligible both times, with a lower amount now.
    Down,
    /// Eligible both times, but the amount is known once only, or its period is another.
    Unclear,
}

impl Change {
    /// Those of a status, not of an amount alone.
    pub const OF_STATUS: [Self; 4] = [Self::Gained, Self::Lost, Self::Opened, Self::Decided];

    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Gained,
        Self::Lost,
        Self::Opened,
        Self::Decided,
        Self::Up,
        Self::Down,
        Self::Unclear,
    ];

    /// The word in tables and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Opened => "opened",
            Self::Decided => "decided",
            Self::Up => "up",
            Self::Down => "down",
            Self::Unclear => "unclear",
        }
    }

    /// The words for people: Chinese and English.
    ///
    /// ```
    /// assert_eq!(minzheng_arrow::compare::Change::Opened.words(), ("变为待定", "became open"));
    /// ```
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Gained => ("新增享受", "gained"),
            Self::Lost => ("不再享受", "lost"),
            Self::Opened => ("变为待定", "became open"),
            Self::Decided => ("待定变为已定", "became decided"),
            Self::Up => ("金额提高", "amount up"),
            Self::Down => ("金额降低", "amount down"),
            Self::Unclear => ("金额无法比较", "amount unclear"),
        }
    }

    /// The change from a status to a status, where the statuses alone say it. Between "not eligible" and "not in force" nothing changes
    /// for anybody.
    pub(super) const fn between(before: Status, after: Status) -> Option<Self> {
        use Status::{Eligible, NotEligible, NotInForce, Undetermined};
        match (before, after) {
            (Undetermined, Undetermined) | (Eligible, Eligible) => None,
            (_, Undetermined) => Some(Self::Opened),
            (Undetermined, _) => Some(Self::Decided),
            (NotEligible | NotInForce, Eligible) => Some(Self::Gained),
            (Eligible, NotEligible | NotInForce) => Some(Self::Lost),
            (NotEligible | NotInForce, NotEligible | NotInForce) => None,
        }
    }
}

/// The rows with one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Moved {
    /// How many.
    pub rows: u64,
    /// The sum of their known amounts after, less the sum of their known amounts before, in fen.
    #[serde(with = "fen")]
    pub amount: i128,
}

impl Moved {
    const fn add(&mut self, rows: u64, amount: i128) {
        self.rows = self.rows.saturating_add(rows);
        self.amount = self.amount.saturating_add(amount);
    }
}

/// What one side pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Budget {
    /// The sum of the known amounts of rows that are eligible, in fen.
    #[serde(with = "fen")]
    pub amount: i128,
    /// Rows that are eligible without a known amount, of a programme that has one: they are not in the sum.
    pub unknown: u64,
}

/// What changes for a programme, in a league or in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Rows by status before and status after, see [`Shift::rows`].
    statuses: [[u64; 4]; 4],
    /// Rows that change, in the order of [`Change::ALL`].
    moves: [Moved; 7],
    /// What is paid before.
    pub before: Budget,
    /// What is paid after.
    pub after: Budget,
}

impl Shift {
    /// How many rows have one status before and one after.
    pub fn rows(&self, before: Status, after: Status) -> u64 {
        let row = self.statuses.get(before.index());
        row.and_then(|r| r.get(after.index())).copied().unwrap_or(0)
    }

    /// How many rows have a status before.
    pub fn rows_before(&self, status: Status) -> u64 {
        let all = Status::ALL.iter().map(|after| self.rows(status, *after));
        all.fold(0, u64::saturating_add)
    }

    /// How many rows have a status after.
    pub fn rows_after(&self, status: Status) -> u64 {
        let all = Status::ALL.iter().map(|before| self.rows(*before, status));
        all.fold(0, u64::saturating_add)
    }

    /// The rows with a change.
    pub fn moved(&self, change: Change) -> Moved {
        let at = Change::ALL.iter().position(|c| *c == change);
        at.and_then(|at| self.moves.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// How many rows change.
    pub fn movers(&self) -> u64 {
        self.moves
            .iter()
            .map(|m| m.rows)
            .fold(0, u64::saturating_add)
    }

    /// How many rows are eligible before and after, with the same amount or without one.
    pub fn same(&self) -> u64 {
        let moved = [Change::Up, Change::Down, Change::Unclear];
        let moved = moved.map(|c| self.moved(c).rows);
        let both = self.rows(Status::Eligible, Status::Eligible);
        moved.into_iter().fold(both, u64::saturating_sub)
    }

    pub(super) fn count(&mut self, before: Status, after: Status) {
        let row = self.statuses.get_mut(before.index());
        if let Some(slot) = row.and_then(|r| r.get_mut(after.index())) {
            *slot = slot.saturating_add(1);
        }
    }

    pub(super) fn step(&mut self, change: Change, amount: i128) {
        let at = Change::ALL.iter().position(|c| *c == change);
        if let Some(moved) = at.and_then(|at| self.moves.get_mut(at)) {
            moved.add(1, amount);
        }
    }

    pub(super) fn add(&mut self, more: &Self) {
        let own = self.statuses.iter_mut().flatten();
        for (own, more) in own.zip(more.statuses.iter().flatten()) {
            *own = own.saturating_add(*more);
        }
        for (own, more) in self.moves.iter_mut().zip(&more.moves) {
            own.add(more.rows, more.amount);
        }
        for (own, more) in [
            (&mut self.before, &more.before),
            (&mut self.after, &more.after),
        ] {
            own.amount = own.amount.saturating_add(more.amount);
            own.unknown = own.unknown.saturating_add(more.unknown);
        }
    }
}

impl Serialize for Shift {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut statuses: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for before in Status::ALL {
            for after in Status::ALL {
                let many = self.rows(before, after);
                if many > 0 {
                    let row = statuses.entry(before.word()).or_default();
                    row.insert(after.word(), many);
                }
            }
        }
        let changes: BTreeMap<&str, Moved> = Change::ALL
            .iter()
            .map(|c| (c.word(), self.moved(*c)))
            .collect();
        json!({
            "statuses": statuses,
            "changes": changes,
            "same": self.same(),
            "before": self.before,
            "after": self.after,
        })
        .serialize(to)
    }
}

/// For which time an amount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Once.
    Once,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Per {
    /// The word in tables and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The unit of its amounts: Chinese and English.
    pub const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Once => ("元", "yuan"),
            Self::Month => ("元/月", "yuan/month"),
            Self::Year => ("元/年", "yuan/year"),
        }
    }
}

/// Which side has a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Both.
    Both,
    /// Only the side after; before, it counts as not in force.
    Added,
    /// Only the side before; after, it counts as not in force.
    Removed,
}

/// How often something decided a change of status.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Cause {
    /// What it is, in words of the packs.
    pub title: Words,
    /// Rows that gained because it no longer stands against them.
    pub gained: u64,
    /// Rows that lost because it stands against them now.
    pub lost: u64,
    /// Rows that became open because it is unknown now, or no longer decides against them.
    pub opened: u64,
    /// Rows that became decided because it is known now, or decides against them.
    pub decided: u64,
}

impl Cause {
    /// The rows with a change; those whose amount alone changes have no cause.
    pub const fn rows(&self, change: Change) -> u64 {
        match change {
            Change::Gained => self.gained,
            Change::Lost => self.lost,
            Change::Opened => self.opened,
            Change::Decided => self.decided,
            Change::Up | Change::Down | Change::Unclear => 0,
        }
    }

    /// All rows whose status it changed.
    pub const fn total(&self) -> u64 {
        let changed = self.gained.saturating_add(self.lost);
        changed
            .saturating_add(self.opened)
            .saturating_add(self.decided)
    }

    pub(super) const fn step(&mut self, change: Change) {
        let slot = match change {
            Change::Gained => &mut self.gained,
            Change::Lost => &mut self.lost,
            Change::Opened => &mut self.opened,
            Change::Decided => &mut self.decided,
            Change::Up | Change::Down | Change::Unclear => return,
        };
        *slot = slot.saturating_add(1);
    }

    pub(super) const fn add(&mut self, more: &Self) {
        self.gained = self.gained.saturating_add(more.gained);
        self.lost = self.lost.saturating_add(more.lost);
        self.opened = self.opened.saturating_add(more.opened);
        self.decided = self.decided.saturating_add(more.decided);
    }
}

/// What changes for one programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgrammeShift {
    /// Its id.
    pub id: String,
    /// Its title, of the side after where both have it.
    pub title: Words,
    /// The table whose rows it is for: `households`, `people`.
    pub table: String,
    /// Which side has it.
    pub presence: Presence,
    /// For which time its amounts are before; `None`: it has none.
    pub per_before: Option<Per>,
    /// For which time its amounts are after.
    pub per_after: Option<Per>,
    /// Ids of conditions that only the side after has.
    pub conditions_added: Vec<String>,
    /// Ids of conditions that only the side before has.
    pub conditions_removed: Vec<String>,
    /// By the first four digits of the place a household is registered at; empty where it is unknown.
    pub leagues: BTreeMap<String, Shift>,
    /// What decided changes of status: ids of conditions, `OTHER.eligible` and `OTHER.qualifies` of other programmes, [`IN_FORCE`],
    /// [`SET_ASIDE`]. A row counts for everything that decided the lower of its two outcomes (not eligible, undetermined, eligible).
    pub causes: BTreeMap<String, Cause>,
}

/// The cause of a change where the programme was not in force, or is not.
pub const IN_FORCE: &str = "in_force";

/// The cause of a change where the household was set aside on one side: something is wrong with its rows for the facts of those packs.
pub const SET_ASIDE: &str = "set_aside";

impl ProgrammeShift {
    /// All leagues together.
    pub fn total(&self) -> Shift {
        let mut out = Shift::default();
        self.leagues.values().for_each(|s| out.add(s));
        out
    }

    /// For which time its amounts are; `None` where it has none, or where the two sides say different times.
    pub fn per(&self) -> Option<Per> {
        match (self.per_before, self.per_after) {
            (Some(before), Some(after)) => (before == after).then_some(before),
            (one, None) | (None, one) => one,
        }
    }

    /// What a shift of it costs: the amount after less that before, in fen; `None` where it has no amount, or the periods differ.
    pub fn difference(&self, shift: &Shift) -> Option<i128> {
        self.per()?;
        Some(shift.after.amount.saturating_sub(shift.before.amount))
    }
}

/// What a comparison comes to. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The side before.
    pub before: SideFacts,
    /// The side after.
    pub after: SideFacts,
    /// Whether the tables were read once for both sides; else the packs have different facts or attestable conditions, or the days differ,
    /// and each side read them by its own.
    pub read_once: bool,
    /// What was read.
    pub tables: Vec<TableFacts>,
    /// Households.
    pub households: u64,
    /// People in them.
    pub people: u64,
    /// By the first four digits of the place a household is registered at; empty where it is unknown.
    pub leagues: BTreeMap<String, LeagueFacts>,
    /// By programme, in the order of tests.
    pub programmes: Vec<ProgrammeShift>,
}

impl Comparison {
    /// How many outcomes change: programmes × rows.
    pub fn movers(&self) -> u64 {
        let all = self.programmes.iter().flat_map(|p| p.leagues.values());
        all.map(Shift::movers).fold(0, u64::saturating_add)
    }

    /// JSON of the schema `minzheng/comparison/1`, with totals and differences; sums are text, in fen.
    pub fn to_json(&self) -> Value {
        // it holds strings, numbers and lists only, so this cannot fail
        let mut out =
            json!({"schema": "minzheng/comparison/1", "engine": env!("CARGO_PKG_VERSION")});
        if let (Value::Object(out), Ok(Value::Object(own))) = (&mut out, serde_json::to_value(self))
        {
            out.extend(own);
        }
        let list = out.get_mut("programmes").and_then(Value::as_array_mut);
        for (value, programme) in list.into_iter().flatten().zip(&self.programmes) {
            let total = programme.total();
            if let Value::Object(fields) = value {
                let difference = programme.difference(&total).map(|d| d.to_string());
                fields.insert("total".to_owned(), json!(total));
                fields.insert("difference".to_owned(), json!(difference));
            }
        }
        out
    }

    pub(super) fn add(&mut self, more: &Part) {
        self.households = self.households.saturating_add(more.households);
        self.people = self.people.saturating_add(more.people);
        for (side, own) in [&mut self.before, &mut self.after]
            .into_iter()
            .zip(&more.sides)
        {
            side.set_aside = side.set_aside.saturating_add(own.set_aside);
            for (code, many) in &own.findings {
                let sum = side.findings.entry(code.clone()).or_default();
                *sum = sum.saturating_add(*many);
            }
        }
        for (name, (households, people)) in &more.leagues {
            let own = self.leagues.entry(name.clone()).or_default();
            own.households = own.households.saturating_add(*households);
            own.people = own.people.saturating_add(*people);
        }
        for (own, more) in self.programmes.iter_mut().zip(&more.programmes) {
            for (league, shift) in &more.leagues {
                own.leagues.entry(league.clone()).or_default().add(shift);
            }
            for (id, cause) in &more.causes {
                own.causes.entry(id.clone()).or_default().add(cause);
            }
        }
    }
}

/// What a batch comes to.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) households: u64,
    pub(super) people: u64,
    /// Before and after.
    pub(super) sides: [PartSide; 2],
    /// Households and people.
    pub(super) leagues: BTreeMap<String, (u64, u64)>,
    pub(super) programmes: Vec<PartProgramme>,
}

/// What a batch comes to on one side.
#[derive(Debug, Default)]
pub(super) struct PartSide {
    pub(super) set_aside: u64,
    pub(super) findings: BTreeMap<String, u64>,
}

/// What a batch comes to for one programme.
#[derive(Debug, Default)]
pub(super) struct PartProgramme {
    pub(super) leagues: BTreeMap<String, Shift>,
    pub(super) causes: BTreeMap<String, Cause>,
}
