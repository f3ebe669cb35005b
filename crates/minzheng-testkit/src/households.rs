//! Random households in the words of the built-in packs: consistent ones of a few people, and ones that fill every word.

use minzheng_rules::facts::Document;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;
use proptest::prelude::*;
use toml::{Table, Value};

use crate::tape::Tape;

/// The day the households are decided on.
pub const ON: &str = "2026-08-25";

/// The fictional banner they live in.
pub const PLACE: &str = "159921";

/// A household: facts of the root, and of each person by id.
#[derive(Debug, Clone)]
pub struct Household {
    /// The facts of the household.
    pub root: Table,
    /// The people, each with an `id`.
    pub persons: Vec<Table>,
}

impl Household {
    /// The household as a file gives it.
    pub fn table(&self) -> Table {
        let mut table = head();
        table.insert("household".to_owned(), Value::Table(self.root.clone()));
        table.insert(
            "person".to_owned(),
            Value::Array(self.persons.iter().cloned().map(Value::Table).collect()),
        );
        table
    }

    /// The household as a case.
    pub fn document(&self) -> Document<'static> {
        Document::from_table("case", &self.table())
    }
}

fn head() -> Table {
    let mut table = Table::new();
    table.insert("on".to_owned(), Value::String(ON.to_owned()));
    let verified = Value::String("verified".to_owned());
    table.insert("default_status".to_owned(), verified);
    table
}

fn money(top: u32, unit: &'static str) -> impl Strategy<Value = Value> {
    prop_oneof![Just(0), 0..top].prop_map(move |yuan| Value::String(format!("{yuan}{unit}")))
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(|w| Value::String(w.to_owned()))
}

fn yes_no() -> impl Strategy<Value = Value> {
    any::<bool>().prop_map(Value::Boolean)
}

fn number(top: i64) -> impl Strategy<Value = Value> {
    (0..=top).prop_map(Value::Integer)
}

/// Nothing in most households.
fn seldom(top: i64) -> impl Strategy<Value = Value> {
    prop_oneof![7 => Just(0), 1 => 1..=top].prop_map(Value::Integer)
}

fn facts(list: Vec<(&'static str, BoxedStrategy<Value>)>) -> impl Strategy<Value = Table> {
    let (names, values): (Vec<_>, Vec<_>) = list.into_iter().unzip();
    values.prop_map(move |values| names.iter().map(|n| (*n).to_owned()).zip(values).collect())
}

fn root() -> impl Strategy<Value = Table> {
    let place = || Just(Value::String("159921".to_owned())).boxed();
    facts(vec![
        ("registration_place", place()),
        ("handling_place", place()),
        ("hukou", word(&["urban", "rural"]).boxed()),
        ("members_complete", Just(Value::Boolean(true)).boxed()),
        ("deposits", money(30_000, "").boxed()),
        ("securities", money(2_000, "").boxed()),
        ("insurance_value", money(2_000, "").boxed()),
        ("other_financial", money(2_000, "").boxed()),
        ("vehicles", seldom(1).boxed()),
        ("motorcycles", seldom(1).boxed()),
        ("vehicles_exempt", Just(Value::Integer(0)).boxed()),
        ("houses", number(1).boxed()),
        ("house_area", number(80).boxed()),
        ("non_residential", seldom(1).boxed()),
        ("business_capital", money(30_000, "").boxed()),
        ("rigid_deduction", money(5_000, "/year").boxed()),
    ])
}

/// One person with consistent facts: `no_exclusion` says the same as the grounds it stands for, which rules ask with `has`.
fn person() -> impl Strategy<Value = Table> {
    let born =
        (1930..2026_i32, 1..=12_u32).prop_map(|(y, m)| Value::String(format!("{y}-{m:02}-15")));
    let given = facts(vec![
        ("birth", born.boxed()),
        (
            "relation",
            word(&["spouse", "child", "parent", "sibling", "other"]).boxed(),
        ),
        ("wage", money(40_000, "/year").boxed()),
        ("business_net", money(9_000, "/year").boxed()),
        ("property_net", money(3_000, "/year").boxed()),
        ("pension", money(9_000, "/year").boxed()),
        ("transfer_in", money(3_000, "/year").boxed()),
        ("transfer_out", money(1_000, "/year").boxed()),
        ("support_received", money(3_000, "/year").boxed()),
        ("other_income", money(3_000, "/year").boxed()),
        ("central_basic_pension", money(2_000, "/year").boxed()),
        ("old_age_allowance", money(1_000, "/year").boxed()),
        ("study", word(&["none", "primary", "bachelor"]).boxed()),
        ("full_time_study", yes_no().boxed()),
        ("has_disability_card", yes_no().boxed()),
        (
            "disability_grade",
            (1..=4_i64).prop_map(Value::Integer).boxed(),
        ),
        ("severe_illness", yes_no().boxed()),
        ("single_parent_family", yes_no().boxed()),
        (
            "registered_here",
            prop::bool::weighted(0.85).prop_map(Value::Boolean).boxed(),
        ),
        ("can_live_independently", yes_no().boxed()),
        ("lives_together", yes_no().boxed()),
        ("dibao_recipient", yes_no().boxed()),
    ]);
    (given, any::<bool>(), 0..6_u8).prop_map(|(mut table, state, imprisoned)| {
        let imprisoned = imprisoned == 0;
        table.insert("in_prison".to_owned(), Value::Boolean(imprisoned));
        table.insert("no_exclusion".to_owned(), Value::Boolean(!imprisoned));
        if state {
            table.insert("tekun_recipient".to_owned(), Value::Boolean(false));
            table.insert("declared_missing".to_owned(), Value::Boolean(false));
        }
        table
    })
}

/// A household of one to four people.
pub fn household() -> impl Strategy<Value = Household> {
    (root(), prop::collection::vec(person(), 1..5)).prop_map(|(root, mut persons)| {
        for (index, person) in persons.iter_mut().enumerate() {
            let id = format!("p{}", index.saturating_add(1));
            person.insert("id".to_owned(), Value::String(id));
        }
        if let Some(first) = persons.first_mut() {
            first.insert("relation".to_owned(), Value::String("self".to_owned()));
        }
        Household { root, persons }
    })
}

/// The same household with some facts left out: each bit says whether one goes. Of `no_exclusion` and the single grounds any
/// part may go, since what is left still says one thing.
#[must_use]
pub fn without(full: &Household, gone: &[bool]) -> Household {
    let mut bits = gone.iter().copied().cycle();
    let mut thin = full.clone();
    let mut sift = |table: &mut Table| {
        table.retain(|key, _| key == "id" || !bits.next().unwrap_or(false));
    };
    sift(&mut thin.root);
    thin.persons.iter_mut().for_each(sift);
    thin
}

/// A case that may say anything, see [`any_table`].
pub fn any_case(set: &PackSet, tape: &[u32]) -> Document<'static> {
    Document::from_table("case", &any_table(set, tape))
}

/// A household file that may say anything: every fact of the packs, records and links between rows, findings, and gaps.
pub fn any_table(set: &PackSet, tape: &[u32]) -> Table {
    let mut tape = Tape::new(tape);
    let mut table = head();
    let silent = tape.pick(&[2, 4, 12]).copied().unwrap_or(4);
    let mut rows: Vec<(usize, String, Option<String>)> = vec![(0, String::new(), None)];
    for (index, entity) in set.entities().iter().enumerate() {
        let Some(parent) = entity.parent else {
            continue;
        };
        let above: Vec<String> = rows
            .iter()
            .filter(|r| r.0 == parent)
            .map(|r| r.1.clone())
            .collect();
        for of in above {
            let many = if parent == 0 {
                tape.below(4).saturating_add(1)
            } else {
                tape.below(3)
            };
            for number in 0..many {
                let of = (parent != 0).then(|| of.clone());
                let id = format!("{}{}{number}", entity.id, of.clone().unwrap_or_default());
                rows.push((index, id, of));
            }
        }
    }
    for (index, id, of) in &rows {
        let mut row = Table::new();
        let Some(entity) = set.entities().get(*index) else {
            continue;
        };
        if !id.is_empty() {
            row.insert("id".to_owned(), Value::String(id.clone()));
        }
        if let Some(of) = of {
            row.insert("of".to_owned(), Value::String(of.clone()));
        }
        for (link, to) in &entity.links {
            let targets: Vec<&String> = rows.iter().filter(|r| r.0 == *to).map(|r| &r.1).collect();
            if !tape.seldom(4)
                && let Some(target) = tape.pick(&targets)
            {
                row.insert(link.clone(), Value::String((*target).clone()));
            }
        }
        for fact in set.facts().filter(|f| f.entity == *index) {
            let place = fact.ty == Type::Place;
            if (place || !tape.seldom(silent))
                && let Some(value) = value(set, &mut tape, fact.ty, fact.low, fact.high)
            {
                row.insert(fact.id.clone(), value);
            }
        }
        if *index == 0 {
            table.insert(entity.id.clone(), Value::Table(row));
        } else if let Value::Array(list) = table
            .entry(entity.id.clone())
            .or_insert_with(|| Value::Array(Vec::new()))
        {
            list.push(Value::Table(row));
        }
    }
    let mut findings = Vec::new();
    for formula in set.formulas().iter().filter(|f| f.finding.is_some()) {
        for (_, id, _) in rows.iter().filter(|r| r.0 == formula.entity) {
            if tape.seldom(40)
                && let Some(value) = value(set, &mut tape, formula.ty, Some(0), None)
            {
                let mut finding = Table::new();
                finding.insert("of".to_owned(), Value::String(formula.id.clone()));
                if !id.is_empty() {
                    finding.insert("row".to_owned(), Value::String(id.clone()));
                }
                finding.insert("value".to_owned(), value);
                findings.push(Value::Table(finding));
            }
        }
    }
    table.insert("finding".to_owned(), Value::Array(findings));
    table
}

/// A value of a type, mostly inside its bounds; none for text.
fn value(
    set: &PackSet,
    tape: &mut Tape<'_>,
    ty: Type,
    low: Option<i64>,
    high: Option<i64>,
) -> Option<Value> {
    let number = |tape: &mut Tape<'_>, list: &[i64]| {
        let found = tape.pick(list).copied().unwrap_or(0);
        let inside = found.clamp(low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
        // a value above its bounds is read as unknown
        match high.and_then(|h| h.checked_add(1)) {
            Some(above) if tape.seldom(60) => above,
            _ => inside,
        }
    };
    Some(match ty {
        Type::Bool => Value::Boolean(tape.seldom(2)),
        Type::Count | Type::Days | Type::Months => {
            let list = [0, 1, 2, 3, 4, 5, 6, 12, 16, 18, 40, 60, 80, 100];
            Value::Integer(number(tape, &list))
        }
        Type::Money { period, .. } => {
            let list = [
                0, 0, 1, 100, 61_500, 82_000, 87_000, 500_000, 1_250_000, 3_999_999, 30_000_000,
            ];
            let fen = number(tape, &list);
            let (yuan, rest) = (fen.checked_div(100)?, fen.checked_rem(100)?.checked_abs()?);
            let unit = match period {
                Period::Month => "/month",
                Period::Year => "/year",
                Period::Once | Period::Any => "",
            };
            Value::String(format!("{yuan}.{rest:02}{unit}"))
        }
        Type::Ratio => Value::String(tape.word(&["0", "0.5", "1", "0.3333"])),
        Type::Date => {
            let year = 1925_usize.saturating_add(tape.below(102));
            let (month, day) = (
                tape.below(12).saturating_add(1),
                tape.below(28).saturating_add(1),
            );
            Value::String(format!("{year}-{month:02}-{day:02}"))
        }
        Type::Code(list) => {
            let codes = &set.code_lists().get(list)?.codes;
            Value::String(tape.pick(codes)?.id.clone())
        }
        Type::Place => Value::String(PLACE.to_owned()),
        Type::Text | Type::Shown => return None,
    })
}
