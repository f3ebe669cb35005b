//! Published determinations as cases of the engine: words of a case in, a household and its answers out.
//!
//! A case gives `facts`, `assume`, `overlay`, `on`, `programme` and `expect`; a probe gives `readings` and `settings` beside.
//! Everything here is driven by those words. A word that is not known is refused, never skipped. A question of ours may add
//! `given`, facts in the words of the packs.

use std::fmt;

use minzheng_rules::date::Day;
use minzheng_rules::facts::Document;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::parse_fixed;
use minzheng_rules::pack::model::RelationKind;
use minzheng_rules::scalar::V;
use minzheng_rules::scenario::{Assessment, Engine};
use serde_json::{Map, Value, json};

/// Where the cases are decided: the nation, so that no local row answers in place of the case's own overlay.
const PLACE: &str = "000000";

/// Why a case could not be turned into a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The word is not in the vocabulary.
    UnknownWord(String),
    /// The word is known, what stands there is not of its form.
    Shape(String, &'static str),
    /// The word is known and says something that no rule can hold.
    NotTranslated(String, &'static str),
    /// The engine refused the household.
    Engine(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownWord(at) => write!(f, "unknown word at `{at}`"),
            Self::Shape(at, want) => write!(f, "`{at}`: {want} is wanted"),
            Self::NotTranslated(at, why) => write!(f, "`{at}`: {why}"),
            Self::Engine(what) => write!(f, "the engine refused the household: {what}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// One expectation and what came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The key of `expect`.
    pub key: String,
    /// What was published.
    pub wanted: Value,
    /// What the engine says.
    pub found: Value,
}

impl Answer {
    /// Whether both are the same.
    pub fn agrees(&self) -> bool {
        self.wanted == self.found
    }
}

const WORDS_ONLY: &[&str] = &[
    "text", "note", "role", "basis", "test", "other", "name", "kind",
];

const FACTS: &[&str] = &[
    "household_size",
    "household",
    "hukou",
    "residence",
    "members",
    "household_income",
    "per_capita_income",
    "exclusions",
    "standard",
    "thresholds",
    "property",
    "debts",
    "obligors",
    "overpaid",
    "local_rule",
    "status",
    "candidate",
    "person",
    "obligor",
    "family",
    "income_item",
    "income",
    "before",
    "now",
    "current",
    "application",
    "publicity_from",
    "objection",
    "children",
    "father",
    "mother",
    "carers",
    "persons",
    "rate",
    "rate_per_quarter",
    "months",
    "month",
    "quarter",
    "until",
    "scope",
    "kinds",
    "groups",
    "tiers",
    "towns",
    "by_level",
    "persons_by_level",
    "care_rates_per_month",
    "arrears_person_months",
    "grade",
    "poor",
    "urban",
    "rural",
    "period",
    "per",
];

const OVERLAY: &[&str] = &[
    "dibao_standard",
    "amount_method",
    "tiers",
    "rounding",
    "total_rounded_to_yuan",
    "income_window",
    "excluded_income",
    "rigid_expenditure_deducted",
    "edge_line",
    "category_supplement",
    "deposit_limit",
    "vehicle_rule",
    "motor_vehicle_includes",
    "motor_vehicle_exempt",
    "support_relation_tested_against",
    "single_entry_adult_unemployed_severely_disabled",
    "publicity_days",
    "decision_working_days_after_publicity",
    "paid_from",
    "pay_by_day_of_month",
    "tekun_basic",
    "tekun_care",
    "tekun_care_rates",
    "child_standard",
    "disability_living_rate",
    "disability_living_scope",
    "disability_care_scope",
    "disability_care_rates",
    "care_subsidy_poor_elders",
    "stacking",
    "old_age_rate",
    "old_age_paid_by",
    "old_age_starts",
    "reached_age",
    "reached_age_before",
    "registered_before",
    "otherwise_from_age",
    "arrears",
    "arrears_included",
    "rate",
    "rate_period",
    "rate_per",
];

const ASSUME: &[&str] = &[
    "all_members_counted",
    "counted_members",
    "household_size",
    "household_income",
    "household_income_at_least",
    "own_income",
    "stated_income_is_counted_income",
    "stated_income_includes_reward",
    "stated_income_includes_excluded_kinds",
    "found_income_replaces_declared",
    "property_within_limits",
    "own_property_within_limits",
    "registered_at_the_place",
    "no_exclusive_programme",
    "applicant",
    "adult",
    "qualifying_members",
    "maintenance_received_or_due",
    "item_compensates_a_disability",
    "motor_scooter_class",
    "exclusion_applies",
    "cannot_live_independently",
    "lives_together_long_term",
    "provincial_additions_apply",
    "approved_on_time",
    "has_civil_capacity",
    "declared_missing",
    "in_prison",
    "disabilities",
    "disability_grade",
    "own_income_below_standard",
    "own_income_below_local_disposable_income",
    "property_within_low_income_rule",
    "property_within_tekun_rule",
    "tekun_conditions_hold",
    "care_level",
    "obligors",
    "other_obligors",
    "both_terms_running",
    "mother_term_months_at_least",
    "mother_in_custody",
    "children_below_age",
    "adopted",
    "other_aid_received",
    "every_person_qualifies",
    "full_months",
    "is_tekun",
    "is_dibao",
    "arrears_person_months",
];

const MEMBER: &[&str] = &[
    "ref",
    "age",
    "born",
    "disability",
    "disabilities",
    "illness",
    "paralysed",
    "study",
    "employed",
    "relation_to_applicant",
    "lives_with",
    "lives_alone",
    "lives_together_long_term",
    "spouse",
    "children",
    "is_tekun",
    "is_dibao",
    "retired_with_pension",
    "support",
    "hukou",
    "income",
    "expenses",
    "in_prison",
    "sentenced",
];

/// Refuses a word of a table that is in none of the lists.
fn words(at: &str, table: &Map<String, Value>, lists: &[&[&str]]) -> Result<(), Refusal> {
    for key in table.keys() {
        if !WORDS_ONLY.contains(&key.as_str()) && !lists.iter().any(|l| l.contains(&key.as_str())) {
            return Err(Refusal::UnknownWord(format!("{at}.{key}")));
        }
    }
    Ok(())
}

fn shape<T>(at: &str, want: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Shape(at.to_owned(), want))
}

fn table<'v>(at: &str, value: &'v Value) -> Result<&'v Map<String, Value>, Refusal> {
    value.as_object().map_or_else(|| shape(at, "a table"), Ok)
}

/// The stated value: nothing where it is absent, null or "not stated".
fn stated<'v>(from: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    from.get(key)
        .filter(|v| !v.is_null() && v.as_str() != Some("not stated"))
}

fn truth(from: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match stated(from, key) {
        None => Ok(None),
        Some(Value::Bool(b)) => Ok(Some(*b)),
        Some(Value::String(s)) if s == "none" => Ok(Some(false)),
        Some(_) => shape(key, "true or false"),
    }
}

fn count(from: &Map<String, Value>, key: &str) -> Result<Option<i64>, Refusal> {
    match stated(from, key) {
        None => Ok(None),
        Some(v) => v
            .as_i64()
            .map_or_else(|| shape(key, "a whole number"), |n| Ok(Some(n))),
    }
}

fn text<'v>(from: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    stated(from, key).and_then(Value::as_str)
}

/// Yuan as fen.
fn fen(at: &str, value: &Value) -> Result<i64, Refusal> {
    let written = match value {
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        _ => return shape(at, "an amount in yuan"),
    };
    let written = written.strip_suffix(".0").unwrap_or(&written);
    parse_fixed(written, 2).or_else(|_| shape(at, "an amount in yuan"))
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen.div_euclid(100), fen.rem_euclid(100))
}

/// An amount `{amount, period}` as fen and the months its period has.
fn flow(at: &str, value: &Value) -> Result<(i64, i64), Refusal> {
    let Some(table) = value.as_object() else {
        return Ok((fen(at, value)?, 1));
    };
    words(
        at,
        table,
        &[&[
            "amount", "period", "per", "hukou", "level", "from_age", "groups", "added",
        ]],
    )?;
    let Some(amount) = stated(table, "amount") else {
        return shape(at, "an amount");
    };
    Ok((
        fen(at, amount)?,
        months(at, text(table, "period").unwrap_or("month"))?,
    ))
}

fn months(at: &str, period: &str) -> Result<i64, Refusal> {
    Ok(match period {
        "month" => 1,
        "2 months" => 2,
        "quarter" => 3,
        "half-year" => 6,
        "year" => 12,
        _ => return shape(at, "month, quarter, half-year, year or \"2 months\""),
    })
}

/// An amount as fen per year.
fn yearly(at: &str, value: &Value) -> Result<i64, Refusal> {
    let (amount, span) = flow(at, value)?;
    let times = 12_i64.checked_div(span).unwrap_or(12);
    amount
        .checked_mul(times)
        .map_or_else(|| shape(at, "a smaller amount"), Ok)
}

/// An amount as a figure per month or year, as a file writes it.
fn figure(at: &str, value: &Value) -> Result<String, Refusal> {
    let (amount, span) = flow(at, value)?;
    match span {
        1 => Ok(format!("{}/month", yuan(amount))),
        12 => Ok(format!("{}/year", yuan(amount))),
        _ => match (amount.checked_rem(span), amount.checked_div(span)) {
            (Some(0), Some(month)) => Ok(format!("{}/month", yuan(month))),
            _ => Err(Refusal::NotTranslated(
                at.to_owned(),
                "the amount is not a whole number of fen per month",
            )),
        },
    }
}

fn day(at: &str, value: &Value) -> Result<Day, Refusal> {
    let Some(word) = value.as_str() else {
        return shape(at, "a day");
    };
    let whole = if word.len() == 7 {
        format!("{word}-01")
    } else {
        word.to_owned()
    };
    Day::parse(&whole).map_or_else(|| shape(at, "a day"), Ok)
}

fn relation(at: &str, word: &str) -> Result<&'static str, Refusal> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    Ok(match word.as_str() {
        "self" | "applicant" => "self",
        "spouse" | "wife" | "husband" => "spouse",
        "child" | "son" | "daughter" => "child",
        "parent" | "father" | "mother" => "parent",
        "parent_in_law" | "father_in_law" | "mother_in_law" => "parent_in_law",
        "child_in_law" | "son_in_law" | "daughter_in_law" => "child_in_law",
        "grandparent" | "grandfather" | "grandmother" => "grandparent",
        "grandchild" | "grandson" | "granddaughter" => "grandchild",
        "sibling" | "brother" | "sister" => "sibling",
        "other" | "none" | "friend" | "neighbour" | "uncle" | "aunt" | "nephew" | "niece" => {
            "other"
        }
        _ => return Err(Refusal::UnknownWord(format!("{at}: {word}"))),
    })
}

fn disability(at: &str, word: &str) -> Result<&'static str, Refusal> {
    Ok(match word {
        "视力" | "visual" => "visual",
        "听力" | "hearing" => "hearing",
        "言语" | "speech" => "speech",
        "肢体" | "limb" | "physical" => "limb",
        "智力" | "intellectual" => "intellectual",
        "精神" | "mental" => "mental",
        "多重" | "multiple" => "multiple",
        _ => return Err(Refusal::UnknownWord(format!("{at}: {word}"))),
    })
}

fn hukou(word: &str) -> Option<&'static str> {
    match word {
        "urban" | "城镇" | "城市" | "非农业" => Some("urban"),
        "rural" | "农村" | "农业" => Some("rural"),
        _ => None,
    }
}

/// The fact that holds a kind of income, and the kind of income it is.
fn income_fact(at: &str, word: &str) -> Result<(&'static str, &'static str), Refusal> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    Ok(match word.as_str() {
        "wage"
        | "wages"
        | "salary"
        | "labour"
        | "casual_work"
        | "public_welfare_post_wage"
        | "工资性收入" => ("wage", "wage"),
        "business" | "farming" | "sale" | "production" | "经营净收入" => {
            ("business_net", "business")
        }
        "property" | "rent" | "land_transfer" | "interest" | "dividend" | "财产净收入" => {
            ("property_net", "property")
        }
        "pension" | "enterprise_pension" | "retirement_pension" | "养老金" | "离退休金" => {
            ("pension", "transfer")
        }
        "transfer"
        | "village_allowance"
        | "government_grain_subsidy"
        | "government_subsidy"
        | "grain_subsidy"
        | "unemployment_insurance"
        | "compensation"
        | "转移净收入" => ("transfer_in", "transfer"),
        "support" | "maintenance" | "alimony" | "赡养费" | "抚养费" | "扶养费" => {
            ("support_received", "transfer")
        }
        "gift" | "other" | "lottery" => ("other_income", "other"),
        "central_basic_pension" | "基础养老金" => ("central_basic_pension", "transfer"),
        "old_age_allowance" | "高龄津贴" => ("old_age_allowance", "transfer"),
        "preferential_pension" | "抚恤金" | "优待抚恤金" => {
            ("preferential_pension", "transfer")
        }
        "family_planning_reward" | "计划生育奖励与扶助金" => {
            ("family_planning_reward", "transfer")
        }
        "scholarship" | "奖学金" => ("scholarship", "transfer"),
        "bravery_award" | "award" | "奖励金" => ("bravery_award", "transfer"),
        "social_assistance" | "temporary_relief" | "dibao" | "社会救助款物" => {
            ("social_assistance_received", "transfer")
        }
        "disability_subsidies" | "disability_subsidy" | "two_subsidies" | "残疾人两项补贴" => {
            ("disability_subsidies", "transfer")
        }
        "child_subsidy" | "orphan_subsidy" => ("child_subsidy", "transfer"),
        _ => return Err(Refusal::UnknownWord(format!("{at}: {word}"))),
    })
}

/// The condition that fails where a programme is known not to be had.
fn denied(programme: &str) -> Option<&'static str> {
    Some(match programme {
        "tekun" => "tekun/obligors",
        "orphan" => "orphan/parents",
        "de_facto_orphan" => "de_facto_orphan/parents",
        "dibao" => "dibao/income",
        "dibao_single" => "dibao_single/ground",
        "edge" => "edge/income",
        "rigid" => "rigid/income",
        _ => return None,
    })
}

/// One line of a payroll: who, how many, fen per person, whether the rate is one for care, months of its own.
struct Line {
    label: String,
    persons: i64,
    rate: i64,
    care: bool,
    months: Option<i64>,
}

struct Build<'e> {
    engine: &'e Engine,
    on: Day,
    programme: String,
    facts: Map<String, Value>,
    overlay: Map<String, Value>,
    assume: Map<String, Value>,
    expect: Map<String, Value>,
    given: Map<String, Value>,
    household: Map<String, Value>,
    persons: Vec<Map<String, Value>>,
    obligors: Vec<Value>,
    parents: Vec<Value>,
    findings: Vec<Value>,
    overlays: Vec<Value>,
    /// Rows the answer is about.
    subjects: Vec<String>,
    size: Option<i64>,
    income_item: Option<(&'static str, &'static str)>,
    property_kind: Option<&'static str>,
    /// The income is a lower bound, or a count is: what fails at it fails above it, and nothing else may be read from it.
    lower_bound: bool,
    /// How many times as large the engine sees the case's money: twelve, where a standard per year has no whole fen per month.
    scale: i64,
}

/// The household of a case in one reading, as a household file gives it, without its payroll.
///
/// # Errors
/// [`Refusal`]: a word that is not known, or says what no rule can hold.
pub fn household(engine: &Engine, case: &Value, reading: Option<&str>) -> Result<Value, Refusal> {
    let mut build = Build::new(engine, case, reading)?;
    build.translate()?;
    Ok(build.document())
}

/// Runs a case in one reading: one answer per key of what is expected.
///
/// # Errors
/// As [`household`], and what the engine refuses.
pub fn answers(
    engine: &Engine,
    case: &Value,
    reading: Option<&str>,
) -> Result<Vec<Answer>, Refusal> {
    let mut build = Build::new(engine, case, reading)?;
    build.translate()?;
    let found = if build.expect.get("per").and_then(Value::as_str) == Some("payroll") {
        build.payroll()?
    } else {
        build.decide()?
    };
    Ok(build
        .expect
        .iter()
        .map(|(key, wanted)| Answer {
            key: key.clone(),
            wanted: wanted.clone(),
            found: found.get(key).cloned().unwrap_or_else(|| json!("nothing")),
        })
        .collect())
}

/// The names of the readings of a probe; one `None` for a case that has one answer.
pub fn readings(case: &Value) -> Vec<Option<String>> {
    match case.get("readings").and_then(Value::as_object) {
        Some(readings) if !readings.is_empty() => {
            readings.keys().map(|k| Some(k.clone())).collect()
        }
        _ => vec![None],
    }
}

impl<'e> Build<'e> {
    fn new(engine: &'e Engine, case: &Value, reading: Option<&str>) -> Result<Self, Refusal> {
        let part = |from: &Value, key: &str| match from.get(key) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(value) => table(key, value).cloned(),
        };
        let (facts, mut overlay, mut assume, mut expect) = (
            part(case, "facts")?,
            part(case, "overlay")?,
            part(case, "assume")?,
            part(case, "expect")?,
        );
        if let Some(name) = reading {
            let find = |group: &str| case.get(group).and_then(|g| g.get(name));
            let (Some(setting), Some(answer)) = (find("settings"), find("readings")) else {
                return Err(Refusal::UnknownWord(format!("readings.{name}")));
            };
            words(
                "settings",
                table("settings", setting)?,
                &[&["overlay", "assume"]],
            )?;
            overlay.extend(part(setting, "overlay")?);
            assume.extend(part(setting, "assume")?);
            expect.extend(table("readings", answer)?.clone());
        }
        words("facts", &facts, &[FACTS])?;
        words("overlay", &overlay, &[OVERLAY])?;
        words("assume", &assume, &[ASSUME])?;
        let programme = case
            .get("programme")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if engine.packs().programme(&programme).is_none() {
            return Err(Refusal::UnknownWord(format!("programme: {programme}")));
        }
        Ok(Self {
            engine,
            on: day("on", case.get("on").unwrap_or(&Value::Null))?,
            programme,
            facts,
            overlay,
            assume,
            expect,
            given: part(case, "given")?,
            household: Map::new(),
            persons: Vec::new(),
            obligors: Vec::new(),
            parents: Vec::new(),
            findings: Vec::new(),
            overlays: Vec::new(),
            subjects: Vec::new(),
            size: None,
            income_item: None,
            property_kind: None,
            lower_bound: false,
            scale: 1,
        })
    }

    fn person(&mut self, id: &str) -> &mut Map<String, Value> {
        let at = self
            .persons
            .iter()
            .position(|p| p.get("id").and_then(Value::as_str) == Some(id));
        let at = at.unwrap_or_else(|| {
            let mut row = Map::new();
            row.insert("id".to_owned(), json!(id));
            self.persons.push(row);
            self.persons.len().saturating_sub(1)
        });
        #[expect(clippy::indexing_slicing, reason = "the row was found or pushed above")]
        &mut self.persons[at]
    }

    fn say(&mut self, id: &str, fact: &str, value: impl Into<Value>) {
        self.person(id).insert(fact.to_owned(), value.into());
    }

    fn find(&mut self, of: &str, row: Option<&str>, value: impl Into<Value>) {
        let mut finding = Map::new();
        finding.insert("of".to_owned(), json!(of));
        if let Some(row) = row {
            finding.insert("row".to_owned(), json!(row));
        }
        self.findings
            .retain(|f| f.get("of") != finding.get("of") || f.get("row") != finding.get("row"));
        finding.insert("value".to_owned(), value.into());
        self.findings.push(Value::Object(finding));
    }

    /// A finding on a condition or formula of whatever entity it belongs to: every subject, or the household.
    fn find_all(&mut self, of: &str, value: &Value) {
        let entity = self.engine.packs().formula(of).map(|f| f.entity);
        match entity {
            Some(0) => self.find(of, None, value.clone()),
            Some(_) => {
                for row in self.subjects.clone() {
                    self.find(of, Some(&row), value.clone());
                }
            }
            None => {}
        }
    }

    fn figure(&mut self, parameter: &str, value: impl Into<Value>) {
        self.overlays
            .push(json!({ "parameter": parameter, "value": value.into() }));
    }

    fn figure_at(
        &mut self,
        parameter: &str,
        key: &str,
        of: impl Into<Value>,
        value: impl Into<Value>,
    ) {
        self.overlays.push(
            json!({ "parameter": parameter, "value": value.into(), "key": { key: of.into() } }),
        );
    }

    /// Another programme that would stand against this one is known not to be had.
    fn no_rival(&mut self) {
        let packs = self.engine.packs();
        let id = |i: usize| packs.programmes().get(i).map_or("", |p| p.id.as_str());
        let income_known = ["household_income", "per_capita_income"]
            .iter()
            .any(|k| stated(&self.facts, k).is_some());
        let mut rivals: Vec<&'static str> = Vec::new();
        for relation in packs.relations() {
            let (first, second) = (id(relation.first), id(relation.second));
            let rival = match relation.kind {
                RelationKind::Precedes | RelationKind::Excludes if second == self.programme => {
                    first
                }
                RelationKind::Choose if second == self.programme => first,
                RelationKind::Choose if first == self.programme => second,
                _ => continue,
            };
            // what the stated income decides is left to the rules
            if !(income_known && matches!(rival, "dibao" | "edge")) {
                rivals.extend(denied(rival));
            }
        }
        for rival in rivals {
            self.find_all(rival, &json!(false));
        }
    }

    fn document(&self) -> Value {
        let mut household = self.household.clone();
        for key in ["registration_place", "handling_place"] {
            household.insert(key.to_owned(), json!(PLACE));
        }
        let persons: Vec<Value> = self.persons.iter().cloned().map(Value::Object).collect();
        json!({
            "on": self.on.to_string(),
            "default_status": "verified",
            "household": household,
            "person": persons,
            "obligor": self.obligors,
            "parent": self.parents,
            "finding": self.findings,
            "overlay": self.overlays,
        })
    }

    fn translate(&mut self) -> Result<(), Refusal> {
        self.find_scale()?;
        self.family()?;
        self.single_persons()?;
        self.children()?;
        self.money()?;
        self.property()?;
        self.procedure()?;
        self.overlays_of_dibao()?;
        self.overlays_of_others()?;
        self.assumptions()?;
        self.given()
    }

    /// Facts and findings in the words of the packs, which a question adds where the vocabulary of cases has no word.
    fn given(&mut self) -> Result<(), Refusal> {
        let given = self.given.clone();
        words(
            "given",
            &given,
            &[&["household", "person", "obligor", "finding"]],
        )?;
        if let Some(household) = given.get("household") {
            self.household
                .extend(table("given.household", household)?.clone());
        }
        for person in given
            .get("person")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let row = table("given.person", person)?.clone();
            let id = text(&row, "id").unwrap_or("person").to_owned();
            self.person(&id).extend(row);
        }
        self.obligors.extend(
            given
                .get("obligor")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .cloned(),
        );
        self.findings.extend(
            given
                .get("finding")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .cloned(),
        );
        Ok(())
    }

    fn find_scale(&mut self) -> Result<(), Refusal> {
        let Some(standard) = stated(&self.overlay, "dibao_standard").filter(|s| s.is_object())
        else {
            return Ok(());
        };
        if self.is_payroll() || yearly("dibao_standard", standard)?.checked_rem(12) == Some(0) {
            return Ok(());
        }
        let other_money = [
            "category_supplement",
            "tiers",
            "rigid_expenditure_deducted",
            "deposit_limit",
            "rounding",
            "edge_line",
        ];
        if let Some(word) = other_money
            .iter()
            .find(|w| stated(&self.overlay, w).is_some())
        {
            return Err(Refusal::NotTranslated(
                (*word).to_owned(),
                "beside a standard per year that is no whole number of fen per month",
            ));
        }
        self.scale = 12;
        Ok(())
    }

    fn family(&mut self) -> Result<(), Refusal> {
        let facts = self.facts.clone();
        if let Some(word) = text(&facts, "hukou").and_then(hukou) {
            self.household.insert("hukou".to_owned(), json!(word));
        }
        let applicant = text(&self.assume, "applicant").map(str::to_owned);
        let mut listed = 0_i64;
        for group in ["members", "household"] {
            let Some(Value::Array(rows)) = stated(&facts, group) else {
                continue;
            };
            for (index, row) in rows.iter().enumerate() {
                listed = listed.saturating_add(1);
                if let Some(label) = row.as_str() {
                    let first = label.split([' ', ',']).next().unwrap_or_default();
                    let kind = relation(group, first)?;
                    self.say(&format!("{kind}{index}"), "relation", kind);
                    continue;
                }
                let row = table(group, row)?;
                words(group, row, &[MEMBER])?;
                let id = text(row, "ref").map_or_else(|| format!("m{index}"), str::to_owned);
                self.person(&id);
                self.facts_of_person(&id, row)?;
                let role = text(row, "role").unwrap_or_default();
                let first = role.split([' ', ',']).next().unwrap_or_default();
                if applicant.as_deref() == Some(id.as_str())
                    || (applicant.is_none() && first == "applicant")
                {
                    self.say(&id, "relation", "self");
                } else if applicant.is_none()
                    && (rows.iter().any(|r| {
                        r.get("role")
                            .and_then(Value::as_str)
                            .is_some_and(|w| w.starts_with("applicant"))
                    }))
                    && let Ok(kind) = relation(group, first)
                {
                    self.say(&id, "relation", kind);
                }
            }
        }
        if let Some(id) = &applicant {
            self.say(id, "relation", "self");
            self.subjects = vec![id.clone()];
        } else if !self.persons.is_empty() && self.is_of_persons() {
            self.subjects = self
                .persons
                .iter()
                .filter_map(|p| p.get("id").and_then(Value::as_str))
                .map(str::to_owned)
                .collect();
        }
        self.size = count(&facts, "household_size")?.or(count(&self.assume, "household_size")?);
        let all = truth(&self.assume, "all_members_counted")? == Some(true);
        if self.size.is_none() && all && listed > 0 {
            self.size = Some(listed);
        }
        let chosen: Option<Vec<String>> = match stated(&self.assume, "counted_members") {
            Some(Value::Array(ids)) => Some(
                ids.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            ),
            Some(_) => return shape("counted_members", "a list of members"),
            None => None,
        };
        if let Some(chosen) = &chosen {
            self.size = i64::try_from(chosen.len()).ok();
        }
        if let Some(size) = self.size {
            self.find("household_size", None, size);
        }
        if listed > 0 && (all || chosen.is_some() || self.size == Some(listed)) {
            self.household
                .insert("members_complete".to_owned(), json!(true));
            let ids: Vec<String> = self
                .persons
                .iter()
                .filter_map(|p| p.get("id")?.as_str().map(str::to_owned))
                .collect();
            if !self.is_of_persons() {
                for id in ids {
                    let counted = chosen.as_ref().is_none_or(|c| c.contains(&id));
                    self.find("counted", Some(&id), counted);
                }
            }
        }
        Ok(())
    }

    fn is_of_persons(&self) -> bool {
        self.engine
            .packs()
            .programme(&self.programme)
            .is_some_and(|p| p.entity != 0)
    }

    fn facts_of_person(&mut self, id: &str, row: &Map<String, Value>) -> Result<(), Refusal> {
        if let Some(age) = count(row, "age")? {
            // an age is a year of possible days: the middle one stands for it
            let back = age.saturating_mul(12).saturating_add(6).saturating_neg();
            self.say(id, "birth", self.on.add_months(back).to_string());
        }
        if let Some(born) = stated(row, "born") {
            self.say(id, "birth", day("born", born)?.to_string());
        }
        if let Some(word) = text(row, "relation_to_applicant") {
            self.say(id, "relation", relation("relation_to_applicant", word)?);
        }
        for (word, fact) in [
            ("employed", "employed"),
            ("lives_together_long_term", "lives_together"),
            ("is_tekun", "tekun_recipient"),
            ("is_dibao", "dibao_recipient"),
            ("in_prison", "in_prison"),
            ("sentenced", "sentenced"),
        ] {
            if let Some(value) = truth(row, word)? {
                self.say(id, fact, value);
            }
        }
        if truth(row, "lives_alone")? == Some(true) {
            self.say(id, "relation", "self");
        }
        if truth(row, "in_prison")? == Some(true) {
            self.say(id, "no_exclusion", false);
        }
        if let Some(word) = text(row, "hukou").and_then(hukou) {
            self.household.insert("hukou".to_owned(), json!(word));
        }
        if let Some(word) = text(row, "support") {
            let form = match word {
                "dispersed" | "分散" | "home" => "dispersed",
                "concentrated" | "集中" | "institution" => "concentrated",
                _ => return Err(Refusal::UnknownWord(format!("support: {word}"))),
            };
            self.say(id, "support_form", form);
        }
        if let Some(word) = text(row, "study") {
            self.study(id, word)?;
        }
        match (stated(row, "disabilities"), stated(row, "disability")) {
            (Some(value), _) => self.disabilities(id, value)?,
            (None, Some(one)) => self.disabilities(id, &json!([one]))?,
            (None, None) => {}
        }
        Ok(())
    }

    fn study(&mut self, id: &str, word: &str) -> Result<(), Refusal> {
        let lower = word.to_lowercase();
        let stages = [
            ("postgraduate", "postgraduate"),
            ("master", "postgraduate"),
            ("doctor", "postgraduate"),
            ("undergraduate", "bachelor"),
            ("bachelor", "bachelor"),
            ("university", "bachelor"),
            ("junior college", "junior_college"),
            ("higher vocational", "junior_college"),
            ("vocational", "vocational_secondary"),
            ("senior", "senior_high"),
            ("junior", "junior_high"),
            ("secondary", "senior_high"),
            ("primary", "primary"),
            ("kindergarten", "kindergarten"),
            ("none", "none"),
        ];
        let Some((_, code)) = stages.iter().find(|(w, _)| lower.contains(w)) else {
            return Err(Refusal::UnknownWord(format!("study: {word}")));
        };
        self.say(id, "study", *code);
        if lower.contains("full-time") {
            self.say(id, "full_time_study", true);
        } else if lower.contains("part-time") {
            self.say(id, "full_time_study", false);
        }
        Ok(())
    }

    fn disabilities(&mut self, id: &str, value: &Value) -> Result<(), Refusal> {
        let list = match value {
            Value::String(word) if word == "none" => &Vec::new(),
            Value::Array(list) => list,
            _ => return shape("disabilities", "a list, or none"),
        };
        self.say(id, "has_disability_card", !list.is_empty());
        let mut grade: Option<i64> = None;
        for one in list {
            let one = table("disabilities", one)?;
            words("disabilities", one, &[&["type", "grade", "severe"]])?;
            if let Some(g) = count(one, "grade")? {
                grade = Some(grade.map_or(g, |least| least.min(g)));
            }
            if let Some(kind) = text(one, "type") {
                let kind = if list.len() > 1 {
                    "multiple"
                } else {
                    disability("disabilities", kind)?
                };
                self.say(id, "disability_kind", kind);
            }
            if let Some(severe) = truth(one, "severe")? {
                self.find("severe_disability", Some(id), severe);
            }
        }
        if let Some(grade) = grade {
            self.say(id, "disability_grade", grade);
        }
        Ok(())
    }

    fn single_persons(&mut self) -> Result<(), Refusal> {
        let facts = self.facts.clone();
        for (word, id) in [
            ("candidate", "candidate"),
            ("person", "person"),
            ("obligor", "obligor"),
        ] {
            let Some(value) = stated(&facts, word) else {
                continue;
            };
            let row = table(word, value)?;
            words(word, row, &[MEMBER])?;
            self.person(id);
            self.facts_of_person(id, row)?;
            self.subjects = vec![id.to_owned()];
            if word == "person" && self.programme == "tekun" && self.expect.contains_key("eligible")
            {
                // who applies, or is supported, is alive and there; what the case says of it comes after
                let defaults = [
                    ("alive", true),
                    ("declared_dead", false),
                    ("declared_missing", false),
                    ("labour_regained", false),
                ];
                for (fact, value) in defaults {
                    self.say(id, fact, value);
                }
                if !self.person(id).contains_key("in_prison") {
                    self.say(id, "in_prison", false);
                }
                if !self.person(id).contains_key("relation") {
                    self.say(id, "relation", "self");
                }
            }
            if self.expect.contains_key("relative_is_obligor") {
                self.figure("setting.support_tested_against", "applicant");
                // a relative of none of the kinds of the code owes no support
                if self.person(id).get("relation") == Some(&json!("other")) {
                    self.say(id, "support_duty_applicant", false);
                }
            }
            if truth(row, "lives_alone")? == Some(true) {
                self.household
                    .insert("members_complete".to_owned(), json!(true));
            }
        }
        if self.subjects.is_empty() && stated(&facts, "family").is_some() {
            self.person("person");
            self.subjects = vec!["person".to_owned()];
        }
        if let Some(family) = stated(&facts, "family") {
            let family = table("family", family)?;
            words("family", family, &[&["status"]])?;
            let standing = match text(family, "status") {
                None => None,
                Some("dibao") => Some((true, false)),
                Some("low_income" | "edge") => Some((false, true)),
                Some("none" | "neither") => Some((false, false)),
                Some(other) => return Err(Refusal::UnknownWord(format!("family.status: {other}"))),
            };
            if let Some((dibao, low)) = standing {
                for id in self.subjects.clone() {
                    self.find("counts_as_dibao", Some(&id), dibao);
                    self.find("in_low_income_family", Some(&id), low);
                }
            }
        }
        if let Some(Value::Object(place)) = stated(&facts, "hukou") {
            words(
                "hukou",
                place,
                &[&["place", "registered_before", "registered_after"]],
            )?;
            // one day off the bound stands for "before" and "after"
            for (word, step) in [("registered_before", -1), ("registered_after", 1)] {
                if let Some(value) = stated(place, word) {
                    let since = day(word, value)?.add_days(step).to_string();
                    for id in self.subjects.clone() {
                        self.say(&id, "registered_since", since.clone());
                    }
                }
            }
        }
        if let Some(item) = stated(&facts, "income_item") {
            let item = table("income_item", item)?;
            words("income_item", item, &[&["amount", "period"]])?;
            let kind = income_fact("income_item.kind", text(item, "kind").unwrap_or_default())?;
            self.income_item = Some(kind);
            let Some(id) = self.subjects.first().cloned() else {
                return shape("income_item", "a person beside");
            };
            let money: Vec<String> = self
                .engine
                .packs()
                .facts()
                .filter(|f| f.entity == 1 && f.ty == Type::money(Period::Year))
                .map(|f| f.id.clone())
                .collect();
            for fact in money {
                self.say(
                    &id,
                    &fact,
                    if fact == kind.0 {
                        json!("1000/year")
                    } else {
                        json!({ "status": "none" })
                    },
                );
            }
        }
        Ok(())
    }

    fn children(&mut self) -> Result<(), Refusal> {
        let facts = self.facts.clone();
        let Some(Value::Array(children)) = stated(&facts, "children") else {
            return Ok(());
        };
        let bound = count(&self.assume, "children_below_age")?;
        for (index, child) in children.iter().enumerate() {
            let child = table("children", child)?;
            words("children", child, &[MEMBER, &["age_below"]])?;
            let id = format!("child{index}");
            self.person(&id);
            self.facts_of_person(&id, child)?;
            if count(child, "age_below")?
                .or(bound)
                .is_some_and(|age| age <= 18)
            {
                self.find(&format!("{}/minor", self.programme), Some(&id), true);
            }
            // to apply for a benefit is to choose it
            if matches!(
                self.programme.as_str(),
                "orphan" | "de_facto_orphan" | "tekun"
            ) {
                self.say(&id, "child_choice", self.programme.clone());
            }
            self.subjects.push(id);
        }
        let mut told = 0_u8;
        for kind in ["father", "mother"] {
            let Some(parent) = stated(&facts, kind) else {
                continue;
            };
            let parent = table(kind, parent)?;
            words(
                kind,
                parent,
                &[&["state", "term_months", "court_declaration"], MEMBER],
            )?;
            told = told.saturating_add(1);
            self.person(kind);
            self.facts_of_person(kind, parent)?;
            let mut term = count(parent, "term_months")?;
            if kind == "mother" && term.is_none() {
                term = count(&self.assume, "mother_term_months_at_least")?;
            }
            let declared = truth(parent, "court_declaration")?;
            let mut record = json!({ "id": kind, "of": "", "person": kind, "kind": kind });
            let mut state = |key: &str, value: Value| {
                record
                    .as_object_mut()
                    .map(|r| r.insert(key.to_owned(), value))
            };
            match text(parent, "state") {
                Some("dead") => self.say(kind, "alive", false),
                Some("in_prison") => {
                    for (fact, value) in [
                        ("alive", true),
                        ("declared_dead", false),
                        ("declared_missing", false),
                        ("in_prison", true),
                    ] {
                        self.say(kind, fact, value);
                    }
                    if let Some(term) = term {
                        state("custody_months", json!(term));
                    }
                }
                Some("no_contact") => {
                    if let Some(declared) = declared {
                        self.say(kind, "declared_missing", declared);
                    }
                    if let Some(term) = term {
                        state("contact_lost_months", json!(term));
                    }
                }
                Some(other) => return Err(Refusal::UnknownWord(format!("{kind}.state: {other}"))),
                None => {}
            }
            for child in self.subjects.clone() {
                let mut record = record.clone();
                if let Some(r) = record.as_object_mut() {
                    r.insert("id".to_owned(), json!(format!("{child}-{kind}")));
                    r.insert("of".to_owned(), json!(child));
                }
                self.parents.push(record);
            }
        }
        if told == 2 {
            for child in self.subjects.clone() {
                self.say(&child, "parents_complete", true);
                self.say(&child, "parents_not_found", false);
            }
        }
        Ok(())
    }

    /// Income of the household as the case states it, less what the rules leave out and the case says is in it.
    fn money(&mut self) -> Result<(), Refusal> {
        let size = self.size;
        let at_least = stated(&self.assume, "household_income_at_least").cloned();
        let total = match (
            stated(&self.facts, "household_income"),
            stated(&self.facts, "per_capita_income"),
        ) {
            (Some(all), _) => Some(yearly("household_income", all)?),
            (None, Some(each)) => {
                let each = yearly("per_capita_income", each)?;
                size.and_then(|n| each.checked_mul(n))
            }
            (None, None) => match (stated(&self.assume, "household_income"), &at_least) {
                (Some(all), _) => Some(yearly("household_income", all)?),
                (None, Some(least)) => {
                    self.lower_bound = true;
                    Some(yearly("household_income_at_least", least)?)
                }
                (None, None) => self.sum_of_members()?,
            },
        };
        let inside = truth(&self.assume, "stated_income_includes_reward")? == Some(true)
            || truth(&self.assume, "stated_income_includes_excluded_kinds")? == Some(true);
        let mut out = 0_i64;
        if let (true, Some(Value::Array(exclusions))) = (inside, stated(&self.facts, "exclusions"))
        {
            for one in exclusions {
                let one = table("exclusions", one)?;
                words(
                    "exclusions",
                    one,
                    &[&["amount", "period", "per", "excluded_by_rule"]],
                )?;
                if truth(one, "excluded_by_rule")? == Some(false) {
                    continue;
                }
                let Some(amount) = stated(one, "amount") else {
                    return shape("exclusions.amount", "an amount, as the income includes it");
                };
                let period = text(one, "period").unwrap_or("month");
                let each = yearly("exclusions", &json!({ "amount": amount, "period": period }))?;
                let times = if text(one, "per") == Some("person") {
                    size.unwrap_or(1)
                } else {
                    1
                };
                out = out.saturating_add(each.saturating_mul(times));
            }
        }
        if let Some(total) = total {
            self.find(
                "counted_income",
                None,
                format!(
                    "{}/year",
                    yuan(total.saturating_sub(out).max(0).saturating_mul(self.scale))
                ),
            );
        }
        if let (Some(income), Some(id)) = (
            stated(&self.facts, "income").cloned(),
            self.subjects.first().cloned(),
        ) {
            self.find("own_income", Some(&id), figure("income", &income)?);
        }
        Ok(())
    }

    /// The income that is stated of members; a lower bound where one of them says nothing of it.
    fn sum_of_members(&mut self) -> Result<Option<i64>, Refusal> {
        let facts = self.facts.clone();
        let Some(Value::Array(members)) = stated(&facts, "members") else {
            return Ok(None);
        };
        let all = truth(&self.assume, "all_members_counted")? == Some(true);
        if (!all && self.size != i64::try_from(members.len()).ok())
            || !members.iter().any(|m| m.get("income").is_some())
        {
            return Ok(None);
        }
        let left_out: Vec<&Value> = stated(&self.overlay, "excluded_income")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .collect();
        let mut open = false;
        let replaces = truth(&self.assume, "found_income_replaces_declared")? == Some(true);
        let mut total = 0_i64;
        for member in members {
            let Some(income) = member.get("income").filter(|v| !v.is_null()) else {
                open = true;
                continue;
            };
            let items = match income {
                Value::Array(items) => items.clone(),
                one => vec![one.clone()],
            };
            for item in items {
                let item = table("income", &item)?.clone();
                words(
                    "income",
                    &item,
                    &[&["amount", "declared", "found", "period"]],
                )?;
                if item.get("kind").is_some_and(|k| left_out.contains(&k)) {
                    continue;
                }
                let amount = if replaces {
                    stated(&item, "found")
                } else {
                    None
                }
                .or_else(|| stated(&item, "amount"))
                .or_else(|| stated(&item, "declared"));
                let Some(amount) = amount else {
                    open = true;
                    continue;
                };
                let period = text(&item, "period").unwrap_or("month");
                total = total.saturating_add(yearly(
                    "income",
                    &json!({ "amount": amount, "period": period }),
                )?);
            }
        }
        self.lower_bound |= open;
        Ok(Some(total))
    }

    fn property(&mut self) -> Result<(), Refusal> {
        let facts = self.facts.clone();
        let items = match stated(&facts, "property") {
            Some(Value::Array(items)) => items.clone(),
            Some(Value::String(word)) => {
                if word.starts_with("within limits") {
                    self.within_limits(true);
                }
                return Ok(());
            }
            Some(_) => return shape("property", "a list, or words"),
            None => return Ok(()),
        };
        for item in &items {
            let item = table("property", item)?;
            words("property", item, &[&["amount", "count_at_least"]])?;
            let kind = text(item, "kind").unwrap_or_default().to_lowercase();
            let has = |list: &[&str]| list.iter().any(|w| kind.contains(w));
            let number = count(item, "count_at_least")?;
            self.lower_bound |= number.is_some();
            let amount = stated(item, "amount")
                .map(|a| fen("property.amount", a))
                .transpose()?
                .map(yuan);
            let number = number.unwrap_or(1);
            if has(&["scooter", "motorcycle", "moped", "摩托"]) {
                // which class it is, is assumed by the case
                self.household.insert("vehicles".to_owned(), json!(0));
                if text(&self.assume, "motor_scooter_class")
                    .is_some_and(|c| c.contains("motorcycle"))
                    || !kind.contains("scooter")
                {
                    self.household
                        .insert("motorcycles".to_owned(), json!(number));
                }
                self.property_kind = Some("motor_vehicle");
            } else if has(&["deposit", "cash", "savings", "存款"]) {
                self.household.insert("deposits".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["securit", "fund", "stock", "share"]) {
                self.household
                    .insert("securities".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["insurance"]) {
                self.household
                    .insert("insurance_value".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["non-residential", "shop", "office"]) {
                self.household
                    .insert("non_residential".to_owned(), json!(number));
                self.property_kind = Some("real_estate");
            } else if has(&["house", "dwelling", "flat", "apartment", "home", "房"]) {
                self.household.insert("houses".to_owned(), json!(number));
                self.property_kind = Some("real_estate");
            } else if has(&[
                "car", "vehicle", "truck", "van", "tractor", "ship", "boat", "车",
            ]) {
                self.household.insert("vehicles".to_owned(), json!(number));
                if let Some(amount) = amount {
                    self.household
                        .insert("vehicle_value".to_owned(), json!(amount));
                }
                self.property_kind = Some("motor_vehicle");
            } else if has(&["business", "company", "capital", "enterprise"]) {
                self.household
                    .insert("business_capital".to_owned(), json!(amount));
                self.property_kind = Some("business");
            } else {
                return Err(Refusal::UnknownWord(format!("property.kind: {kind}")));
            }
        }
        self.household.retain(|_, v| !v.is_null());
        Ok(())
    }

    /// The means test of the case: its own, or that of dibao.
    fn programme_test(&self) -> &'static str {
        match self.programme.as_str() {
            "edge" => "edge",
            "rigid" => "rigid",
            _ => "dibao",
        }
    }

    fn within_limits(&mut self, value: bool) {
        // property within the limits of dibao is within the wider ones; property over one limit says nothing of another
        let tests: &[&str] = if value {
            &["dibao", "edge", "rigid"]
        } else {
            &[self.programme_test()]
        };
        for test in tests {
            let condition = format!("{test}/property");
            if self
                .engine
                .packs()
                .formula(&condition)
                .is_some_and(|f| f.entity == 0)
            {
                self.find(&condition, None, value);
            }
        }
    }

    fn procedure(&mut self) -> Result<(), Refusal> {
        if let Some(value) = stated(&self.facts, "publicity_from") {
            let from = day("publicity_from", value)?.to_string();
            self.household
                .insert("publicity_from".to_owned(), json!(from));
        }
        if let Some(value) = stated(&self.facts, "application") {
            let accepted = day("application", value)?.to_string();
            self.household
                .insert("accepted_on".to_owned(), json!(accepted));
        }
        let dated = ["first_month", "paid_by"]
            .iter()
            .any(|w| self.expect.contains_key(*w));
        if dated || truth(&self.assume, "approved_on_time")? == Some(true) {
            self.household
                .insert("decided_on".to_owned(), json!(self.on.to_string()));
        }
        Ok(())
    }

    fn overlays_of_dibao(&mut self) -> Result<(), Refusal> {
        let overlay = self.overlay.clone();
        let mut standards: Vec<Value> = Vec::new();
        match stated(&overlay, "dibao_standard") {
            Some(Value::Array(list)) => standards.clone_from(list),
            Some(one) => standards.push(one.clone()),
            None => {}
        }
        let several = standards.len() > 1;
        let mut monthly = None;
        for standard in &standards {
            let value = if self.scale == 12 {
                format!("{}/month", yuan(yearly("dibao_standard", standard)?))
            } else {
                figure("dibao_standard", standard)?
            };
            monthly = Some(yearly("dibao_standard", standard)?);
            let area = standard.get("hukou").and_then(Value::as_str);
            match area
                .map(|w| {
                    hukou(w)
                        .ok_or_else(|| Refusal::UnknownWord(format!("dibao_standard.hukou: {w}")))
                })
                .transpose()?
            {
                Some(area) if several || self.household.contains_key("hukou") => {
                    self.figure_at("standard.dibao", "hukou", area, value);
                }
                area => {
                    if let Some(area) = area {
                        self.household.insert("hukou".to_owned(), json!(area));
                    }
                    self.figure("standard.dibao", value);
                }
            }
        }
        if let Some(word) = text(&overlay, "amount_method") {
            self.figure("setting.amount_method", word);
        }
        if let (Some(Value::Object(tiers)), false) = (stated(&overlay, "tiers"), self.is_payroll())
        {
            for ((_, value), code) in tiers.iter().zip(["tier_a", "tier_b", "tier_c"]) {
                let rate = figure("tiers", value)?;
                self.figure_at("tier.amount", "tier", code, rate);
            }
        }
        if let Some(word) = text(&overlay, "rounding") {
            self.figure("setting.gap_rounding", word);
        }
        match stated(&overlay, "income_window") {
            None => {}
            Some(v) => {
                let word = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
                let window = if word.starts_with("12") || word.starts_with("twelve") {
                    "twelve_months"
                } else if word.starts_with('6') || word.starts_with("six") {
                    "six_months"
                } else {
                    return Err(Refusal::UnknownWord(format!("income_window: {word}")));
                };
                self.figure("setting.income_window", window);
            }
        }
        match stated(&overlay, "rigid_expenditure_deducted") {
            None => {}
            Some(Value::Bool(true)) => self.figure("setting.rigid_deduction", "assessed"),
            Some(Value::Bool(false)) => self.figure("setting.rigid_deduction", "none"),
            Some(value) => {
                let value = figure("rigid_expenditure_deducted", value)?;
                self.household
                    .insert("rigid_deduction".to_owned(), json!(value));
            }
        }
        if let Some(line) = stated(&overlay, "edge_line") {
            let line = table("edge_line", line)?;
            words(
                "edge_line",
                line,
                &[&["amount", "multiple", "qualifies_when", "period", "per"]],
            )?;
            match (stated(line, "multiple"), stated(line, "amount")) {
                (Some(multiple), _) => {
                    self.figure("multiple.edge", multiple.to_string().replace('"', ""));
                }
                (None, Some(amount)) => {
                    let amount = yearly(
                        "edge_line",
                        &json!({ "amount": amount, "period": text(line, "period").unwrap_or("month") }),
                    )?;
                    let scaled = monthly.and_then(|m| {
                        let up = amount.checked_mul(10_000)?;
                        (up.checked_rem(m)? == 0)
                            .then(|| up.checked_div(m))
                            .flatten()
                    });
                    let Some(scaled) = scaled else {
                        return Err(Refusal::NotTranslated(
                            "edge_line.amount".to_owned(),
                            "it is no multiple of the standard with four decimals",
                        ));
                    };
                    self.figure(
                        "multiple.edge",
                        format!(
                            "{}.{:04}",
                            scaled.div_euclid(10_000),
                            scaled.rem_euclid(10_000)
                        ),
                    );
                }
                (None, None) => return shape("edge_line", "a multiple or an amount"),
            }
            match text(line, "qualifies_when") {
                None => {}
                Some(word)
                    if [
                        "<=",
                        "at_or_below",
                        "at or below",
                        "not above",
                        "at most",
                        "不超过",
                        "不高于",
                    ]
                    .iter()
                    .any(|w| word.contains(w)) =>
                {
                    self.figure("setting.edge_operator", "at_or_below");
                }
                Some(word)
                    if ["<", "below", "under", "低于"]
                        .iter()
                        .any(|w| word.contains(w)) =>
                {
                    self.figure("setting.edge_operator", "below");
                }
                Some(other) => {
                    return Err(Refusal::UnknownWord(format!(
                        "edge_line.qualifies_when: {other}"
                    )));
                }
            }
        }
        if let Some(supplement) = stated(&overlay, "category_supplement") {
            let each = figure("category_supplement", supplement)?;
            let Some(Value::Array(members)) = stated(&self.assume, "qualifying_members") else {
                return shape("qualifying_members", "a list of members");
            };
            let members: Vec<String> = members
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            self.figure("setting.addon_shape", "fixed");
            let ids: Vec<String> = self
                .persons
                .iter()
                .filter_map(|p| p.get("id")?.as_str().map(str::to_owned))
                .collect();
            for id in ids {
                let value = if members.contains(&id) {
                    each.clone()
                } else {
                    "0/month".to_owned()
                };
                self.find("add_on", Some(&id), value);
            }
        }
        if let Some(limit) = stated(&overlay, "deposit_limit") {
            let limit = table("deposit_limit", limit)?;
            words(
                "deposit_limit",
                limit,
                &[&["amount", "per", "fails_when", "age_uplift", "period"]],
            )?;
            let Some(amount) = stated(limit, "amount") else {
                return shape("deposit_limit", "an amount");
            };
            let mut amount = fen("deposit_limit.amount", amount)?;
            if text(limit, "per") == Some("household") {
                let size = self.size.unwrap_or(0);
                match (amount.checked_rem(size), amount.checked_div(size)) {
                    (Some(0), Some(each)) => amount = each,
                    _ => {
                        return Err(Refusal::NotTranslated(
                            "deposit_limit".to_owned(),
                            "the limit of the household is not whole per person",
                        ));
                    }
                }
            }
            let test = self.programme_test();
            self.figure(&format!("setting.financial_limit_{test}"), "fixed");
            self.figure("limit.financial_fixed", yuan(amount));
            match text(limit, "fails_when") {
                Some(">=" | "at or above" | "reached") => {
                    self.figure("setting.financial_limit_operator", "below");
                }
                None | Some(">" | "above" | "exceeded") => {
                    self.figure("setting.financial_limit_operator", "at_or_below");
                }
                Some(other) => {
                    return Err(Refusal::UnknownWord(format!(
                        "deposit_limit.fails_when: {other}"
                    )));
                }
            }
            if let Some(uplift) = stated(limit, "age_uplift") {
                let uplift = table("age_uplift", uplift)?;
                words("age_uplift", uplift, &[&["from_age", "factor"]])?;
                let (Some(from), Some(factor)) =
                    (count(uplift, "from_age")?, stated(uplift, "factor"))
                else {
                    return shape("age_uplift", "from_age and factor");
                };
                self.figure_at(
                    "limit.financial_age_factor",
                    "age",
                    from,
                    factor.to_string().replace('"', ""),
                );
            }
        }
        if let Some(rule) = stated(&overlay, "vehicle_rule") {
            let rule = table("vehicle_rule", rule)?;
            words(
                "vehicle_rule",
                rule,
                &[&[
                    "owned_car_excludes",
                    "independent_of_income",
                    "debts_netted",
                ]],
            )?;
            if truth(rule, "owned_car_excludes")? == Some(true) {
                self.figure("limit.vehicles", 0);
                // the rule knows no exempt vehicle unless the case says so
                if stated(&overlay, "motor_vehicle_exempt").is_none()
                    && stated(&self.assume, "item_compensates_a_disability").is_none()
                {
                    self.household
                        .insert("vehicles_exempt".to_owned(), json!(0));
                }
            }
            if truth(rule, "debts_netted")? == Some(true) {
                return Err(Refusal::NotTranslated(
                    "debts_netted".to_owned(),
                    "no rule sets debts against property",
                ));
            }
        }
        if let Some(Value::Array(list)) = stated(&overlay, "motor_vehicle_includes") {
            let motorcycle = list
                .iter()
                .any(|w| w.as_str().is_some_and(|w| w.contains("motorcycle")));
            self.figure(
                "setting.motorcycles",
                if motorcycle {
                    "included"
                } else {
                    "not_included"
                },
            );
        }
        if let Some(word) = text(&overlay, "support_relation_tested_against") {
            self.figure("setting.support_tested_against", word);
        }
        if let Some(rule) = stated(&overlay, "single_entry_adult_unemployed_severely_disabled") {
            let rule = table("single_entry", rule)?;
            words(
                "single_entry",
                rule,
                &[&[
                    "from",
                    "income_of_cohabitants_counted",
                    "property_of_cohabitants_counted",
                    "maintenance_received_or_due_counted",
                    "married_person_admitted",
                ]],
            )?;
            let open = match stated(rule, "from") {
                Some(from) => day("from", from)? <= self.on,
                None => true,
            };
            self.figure(
                "setting.unemployed_disabled",
                if open { "admitted" } else { "not_admitted" },
            );
            for word in [
                "income_of_cohabitants_counted",
                "property_of_cohabitants_counted",
            ] {
                if truth(rule, word)? == Some(true) {
                    return Err(Refusal::NotTranslated(
                        word.to_owned(),
                        "no rule counts it for a person alone",
                    ));
                }
            }
            if let Some(counted) = truth(rule, "maintenance_received_or_due_counted")? {
                self.figure(
                    "setting.unemployed_disabled_income",
                    if counted {
                        "own_and_support"
                    } else {
                        "own_alone"
                    },
                );
            }
            if let Some(married) = truth(rule, "married_person_admitted")? {
                self.figure(
                    "setting.unemployed_disabled_married",
                    if married { "admitted" } else { "not_admitted" },
                );
            }
        }
        if let Some(days) = count(&overlay, "publicity_days")? {
            self.figure("procedure.publicity", days);
        }
        if let Some(days) = count(&overlay, "decision_working_days_after_publicity")? {
            self.figure("procedure.decide_after_publicity", days);
        }
        match text(&overlay, "paid_from") {
            None | Some("month after approval") => {}
            Some("month after application") => {
                self.figure("setting.old_age_first_month", "month_after");
            }
            Some("month of application") => {
                self.figure("setting.old_age_first_month", "application_month");
            }
            Some("month of reaching the age") => {
                self.figure("setting.old_age_first_month", "age_month");
            }
            Some(other) => return Err(Refusal::UnknownWord(format!("paid_from: {other}"))),
        }
        match count(&overlay, "pay_by_day_of_month")? {
            None | Some(10) => Ok(()),
            Some(_) => Err(Refusal::NotTranslated(
                "pay_by_day_of_month".to_owned(),
                "the rule pays by the tenth",
            )),
        }
    }

    fn overlays_of_others(&mut self) -> Result<(), Refusal> {
        let overlay = self.overlay.clone();
        for (word, parameter) in [
            ("tekun_basic", "standard.tekun_basic"),
            ("tekun_care", "standard.tekun_care"),
            ("child_standard", "standard.child"),
            ("old_age_rate", "standard.old_age"),
        ] {
            if let Some(value) = stated(&overlay, word) {
                let rate = figure(word, value)?;
                self.figure(parameter, rate);
                if let Some(from) = value.get("from_age") {
                    self.figure("limit.old_age_from", from.clone());
                }
            }
        }
        if let Some(rates) = stated(&overlay, "disability_living_rate") {
            let rates = table("disability_living_rate", rates)?;
            words(
                "disability_living_rate",
                rates,
                &[&[
                    "amount",
                    "period",
                    "per",
                    "dibao",
                    "low_income",
                    "severe_without_work",
                ]],
            )?;
            let period = text(rates, "period").unwrap_or("month");
            for (word, value) in rates {
                let rate = || {
                    figure(
                        "disability_living_rate",
                        &json!({ "amount": value, "period": period }),
                    )
                };
                match word.as_str() {
                    "amount" => self.figure("standard.disability_living", rate()?),
                    "dibao" | "low_income" | "severe_without_work" => {
                        self.figure_at(
                            "standard.disability_living",
                            "living_group",
                            word.as_str(),
                            rate()?,
                        );
                        if let "low_income" | "severe_without_work" = word.as_str() {
                            self.figure(&format!("scope.living_{word}"), true);
                        }
                    }
                    _ => {}
                }
            }
        }
        if let Some(Value::Array(scope)) = stated(&overlay, "disability_living_scope") {
            for one in scope {
                match one.as_str() {
                    Some("dibao") => {}
                    Some(word @ ("low_income" | "severe_without_work")) => {
                        self.figure(&format!("scope.living_{word}"), true);
                    }
                    _ => {
                        return Err(Refusal::UnknownWord(format!(
                            "disability_living_scope: {one}"
                        )));
                    }
                }
            }
        }
        if let Some(Value::Array(scope)) = stated(&overlay, "disability_care_scope") {
            let kinds = [
                "visual",
                "hearing",
                "speech",
                "limb",
                "intellectual",
                "mental",
                "multiple",
            ];
            let mut reach = [0_i64; 7];
            for one in scope {
                let one = table("disability_care_scope", one)?;
                words("disability_care_scope", one, &[&["type", "grades"]])?;
                let grades = one.get("grades").and_then(Value::as_array);
                let highest = grades.and_then(|g| g.iter().filter_map(Value::as_i64).max());
                let Some(highest) = highest else {
                    return shape("disability_care_scope.grades", "a list of grades");
                };
                let only = text(one, "type")
                    .map(|k| disability("disability_care_scope", k))
                    .transpose()?;
                for (kind, grade) in kinds.iter().zip(reach.iter_mut()) {
                    if only.is_none_or(|o| o == *kind) {
                        *grade = highest.max(*grade);
                    }
                }
            }
            for (kind, grade) in kinds.iter().zip(reach) {
                self.figure_at("scope.care_grade", "disability", *kind, grade);
            }
        }
        if let (Some(rates), false) = (stated(&overlay, "disability_care_rates"), self.is_payroll())
        {
            let Value::Array(rates) = rates else {
                return shape("disability_care_rates", "a list by grade");
            };
            for rate in rates {
                let rate = table("disability_care_rates", rate)?;
                words(
                    "disability_care_rates",
                    rate,
                    &[&["grade", "poor", "amount", "rate", "period", "per"]],
                )?;
                let Some(amount) = stated(rate, "amount").or_else(|| stated(rate, "rate")) else {
                    return shape("disability_care_rates", "an amount");
                };
                let value = figure(
                    "disability_care_rates",
                    &json!({ "amount": amount, "period": text(rate, "period").unwrap_or("month") }),
                )?;
                let mut key = Map::new();
                if let Some(grade) = count(rate, "grade")? {
                    key.insert("disability_grade".to_owned(), json!(grade));
                }
                if let Some(poor) = truth(rate, "poor")? {
                    self.figure("setting.disability_care_by_status", "by_status");
                    key.insert(
                        "aid_status".to_owned(),
                        json!(if poor { "dibao" } else { "neither" }),
                    );
                }
                self.overlays.push(
                    json!({ "parameter": "standard.disability_care", "value": value, "key": key }),
                );
            }
        }
        if stated(&overlay, "care_subsidy_poor_elders").is_some() && !self.is_payroll() {
            return Err(Refusal::NotTranslated(
                "care_subsidy_poor_elders".to_owned(),
                "no national rule holds such a subsidy",
            ));
        }
        match text(&overlay, "stacking") {
            None | Some("none" | "higher_of") => {}
            Some(other) => return Err(Refusal::UnknownWord(format!("stacking: {other}"))),
        }
        if let Some(starts) = stated(&overlay, "old_age_starts") {
            let starts = table("old_age_starts", starts)?;
            let by = text(&overlay, "old_age_paid_by").unwrap_or("place of registration");
            let fact = match by {
                "place of registration" => "hukou",
                "place of residence" => "residence",
                _ => return Err(Refusal::UnknownWord(format!("old_age_paid_by: {by}"))),
            };
            self.figure("setting.old_age_start", "from_day");
            if let Some(start) = text(&self.facts, fact).and_then(|label| starts.get(label)) {
                let start = day("old_age_starts", start)?.to_string();
                self.figure("start.old_age", start);
            }
        }
        let reached = count(&overlay, "reached_age")?;
        let dated = ["reached_age_before", "registered_before"]
            .iter()
            .any(|w| stated(&overlay, w).is_some());
        if let Some(age) = reached {
            if dated {
                self.figure("setting.old_age_kept", "reached_and_registered");
                self.figure("limit.old_age_kept_age", age);
            } else {
                self.figure("limit.old_age_from", age);
            }
        }
        for (word, parameter) in [
            ("reached_age_before", "limit.old_age_kept_before"),
            ("registered_before", "limit.old_age_registered_before"),
        ] {
            if let Some(value) = stated(&overlay, word) {
                let before = day(word, value)?.to_string();
                self.figure(parameter, before);
            }
        }
        if let Some(age) = count(&overlay, "otherwise_from_age")? {
            self.figure("limit.old_age_from", age);
        }
        Ok(())
    }

    fn is_payroll(&self) -> bool {
        text(&self.expect, "per") == Some("payroll")
    }

    fn assumptions(&mut self) -> Result<(), Refusal> {
        let assume = self.assume.clone();
        let subjects = self.subjects.clone();
        let programme = self.programme.clone();
        if let Some(value) = truth(&assume, "property_within_limits")? {
            self.within_limits(value);
        }
        if let Some(value) = truth(&assume, "registered_at_the_place")? {
            for test in [programme.as_str(), "dibao", "edge", "rigid"] {
                self.find_all(&format!("{test}/registration"), &json!(value));
            }
        }
        if truth(&assume, "no_exclusive_programme")? == Some(true) {
            self.no_rival();
            for id in &subjects {
                for fact in ["other_living_allowance", "other_care_allowance"] {
                    self.say(id, fact, json!({ "status": "none" }));
                }
            }
            for condition in ["no_work_injury_care", "no_full_child_subsidy"] {
                self.find_all(&format!("{programme}/{condition}"), &json!(true));
            }
            if programme == "dibao_single" {
                for id in &subjects {
                    self.say(id, "no_exclusion", true);
                }
            }
        }
        // no word of a case says it: whoever is assessed is alive
        for id in &subjects {
            if !self.person(id).contains_key("alive") {
                self.say(id, "alive", true);
                self.say(id, "declared_dead", false);
            }
        }
        // no word of a case says it: whoever publishes a case on the care subsidy takes the need of care for granted
        if programme == "disability_care" {
            self.find_all("disability_care/long_term", &json!(true));
        }
        if truth(&assume, "tekun_conditions_hold")? == Some(true) {
            self.all_conditions("tekun");
            if programme == "tekun" {
                self.no_rival();
            } else {
                self.find_all("orphan/parents", &json!(false));
            }
        }
        if truth(&assume, "every_person_qualifies")? == Some(true) {
            self.all_conditions(&programme);
        }
        for (word, fact) in [
            ("own_property_within_limits", "own_property_within_limits"),
            ("has_civil_capacity", "civil_capacity"),
            ("declared_missing", "declared_missing"),
            ("in_prison", "in_prison"),
            ("is_tekun", "tekun_recipient"),
            ("is_dibao", "dibao_recipient"),
            ("adopted", "adopted"),
            ("lives_together_long_term", "lives_together"),
        ] {
            if let Some(value) = truth(&assume, word)? {
                for id in &subjects {
                    self.say(id, fact, value);
                }
            }
        }
        for (word, of) in [
            (
                "own_income_below_local_disposable_income",
                "obligor_income_low",
            ),
            ("property_within_low_income_rule", "obligor_property_low"),
            ("own_income_below_standard", "tekun/income"),
            ("property_within_tekun_rule", "tekun/property"),
        ] {
            if let Some(value) = truth(&assume, word)? {
                self.find_all(of, &json!(value));
            }
        }
        for id in &subjects {
            if truth(&assume, "adult")? == Some(true) && !self.person(id).contains_key("birth") {
                // thirty stands for every age of full age
                let birth = self.on.add_months(-366).to_string();
                self.say(id, "birth", birth);
            }
            if let Some(value) = truth(&assume, "cannot_live_independently")? {
                self.say(id, "can_live_independently", !value);
            }
            match truth(&assume, "exclusion_applies")? {
                Some(false) => self.say(id, "no_exclusion", true),
                Some(true) => self.find("excluded", Some(id), true),
                None => {}
            }
            match truth(&assume, "provincial_additions_apply")? {
                Some(true) => {
                    self.figure("setting.provincial_additions", "asked");
                    self.say(id, "provincial_inclusion", true);
                }
                Some(false) => self.figure("setting.provincial_additions", "none"),
                None => {}
            }
            if let Some(value) = stated(&assume, "disabilities") {
                self.disabilities(id, value)?;
            }
            if let Some(grade) = count(&assume, "disability_grade")? {
                self.say(id, "disability_grade", grade);
            }
            if let Some(value) = stated(&assume, "own_income") {
                self.find("own_income", Some(id), figure("own_income", value)?);
            }
            if let Some(value) = stated(&assume, "maintenance_received_or_due") {
                let value = figure("maintenance_received_or_due", value)?;
                self.say(id, "support_received", value.clone());
                self.say(id, "support_due", value);
            }
            if let Some("none") =
                text(&assume, "obligors").or_else(|| text(&assume, "other_obligors"))
            {
                self.say(id, "obligors_complete", true);
            }
            match stated(&assume, "other_aid_received") {
                None => {}
                Some(Value::String(word)) if word == "none" => {
                    self.find("child_aid", Some(id), "0/month");
                    self.find("counts_as_dibao", Some(id), false);
                }
                Some(value) => {
                    self.find("child_aid", Some(id), figure("other_aid_received", value)?);
                }
            }
            if let Some(word) = text(&assume, "care_level") {
                let level = match word {
                    "full" | "none" | "half" => word,
                    "severe" => "full",
                    "mid" => "half",
                    // a label of a place that joins two levels: its rate stands in the overlay for both
                    "mid or severe" => "half",
                    _ => return Err(Refusal::UnknownWord(format!("care_level: {word}"))),
                };
                self.find("care_level", Some(id), level);
            }
        }
        match truth(&assume, "item_compensates_a_disability")? {
            None => {}
            Some(yes) => {
                self.household
                    .insert("vehicles_exempt".to_owned(), json!(i64::from(yes)));
            }
        }
        for (word, who) in [
            ("both_terms_running", vec!["father", "mother"]),
            ("mother_in_custody", vec!["mother"]),
        ] {
            if let Some(value) = truth(&assume, word)? {
                for id in who {
                    self.say(id, "in_prison", value);
                }
            }
        }
        Ok(())
    }

    fn all_conditions(&mut self, programme: &str) {
        let packs = self.engine.packs();
        let conditions: Vec<String> = packs
            .programme(programme)
            .map(|p| {
                p.conditions
                    .iter()
                    .filter_map(|c| packs.formulas().get(*c))
                    .map(|f| f.id.clone())
                    .collect()
            })
            .unwrap_or_default();
        for condition in conditions {
            self.find_all(&condition, &json!(true));
        }
    }

    fn assess(&self, document: &Value) -> Result<Assessment, Refusal> {
        let document = Document::from_value("case", document);
        self.engine
            .assess(&document)
            .map_err(|e| Refusal::Engine(e.to_string()))
    }

    fn decide(&self) -> Result<Map<String, Value>, Refusal> {
        let document = self.document();
        let answer = self.assess(&document)?;
        let mut found = Map::new();
        for (key, wanted) in &self.expect {
            let value = self.one(&answer, key, wanted)?;
            found.insert(key.clone(), value);
        }
        Ok(found)
    }

    fn say_truth(v: V) -> Value {
        v.truth()
            .known()
            .map_or_else(|| json!("undetermined"), Value::Bool)
    }

    /// A yes/no value of the household, or of every subject: yes where all say yes, no where one says no.
    fn yes_no(&self, answer: &Assessment, id: &str) -> Result<Value, Refusal> {
        if let Some((v, _)) = answer.value(id, None) {
            return Ok(Self::say_truth(v));
        }
        let mut all = json!(true);
        let mut any = false;
        for row in &self.subjects {
            let Some((v, _)) = answer.value(id, Some(row)) else {
                continue;
            };
            any = true;
            match Self::say_truth(v) {
                Value::Bool(false) => return Ok(json!(false)),
                Value::Bool(true) => {}
                unknown => all = unknown,
            }
        }
        if any {
            Ok(all)
        } else {
            Err(Refusal::NotTranslated(
                id.to_owned(),
                "the case names nobody it is asked of, or no rule holds it that day",
            ))
        }
    }

    /// What still holds where the income or a count is only a lower bound: a refusal.
    fn above(&self, found: Value) -> Value {
        if self.lower_bound && found == json!(true) {
            json!("undetermined")
        } else {
            found
        }
    }

    fn amount(&self, answer: &Assessment, id: &str) -> Result<Value, Refusal> {
        let span = text(&self.expect, "period").unwrap_or("month");
        let per = text(&self.expect, "per").unwrap_or("household");
        let figures: Vec<(V, Type)> = match answer.value(id, None) {
            Some(one) => vec![one],
            None => self
                .subjects
                .iter()
                .filter_map(|row| answer.value(id, Some(row)))
                .collect(),
        };
        let of_household = answer.value(id, None).is_some();
        let mut total: Option<i64> = None;
        for (v, ty) in &figures {
            let Some(fen) = v.get() else {
                return Ok(json!("undetermined"));
            };
            let times = match (ty, span) {
                (
                    Type::Money {
                        period: Period::Month,
                        ..
                    },
                    span,
                ) => months("period", span)?,
                (_, "once") => 1,
                _ => {
                    return Err(Refusal::NotTranslated(
                        id.to_owned(),
                        "the period does not fit the amount",
                    ));
                }
            };
            let fen = fen.saturating_mul(times);
            // back to the case's own money, rounded once, half up
            let half = self.scale.checked_div(2).unwrap_or(0);
            let fen = fen
                .saturating_add(half)
                .checked_div(self.scale)
                .unwrap_or(0);
            total = match total {
                None => Some(fen),
                Some(_) if per == "person" && !of_household => {
                    if total != Some(fen) {
                        return Err(Refusal::NotTranslated(
                            id.to_owned(),
                            "the persons have different amounts",
                        ));
                    }
                    total
                }
                Some(sum) => Some(sum.saturating_add(fen)),
            };
        }
        let Some(mut total) = total else {
            return Err(Refusal::NotTranslated(
                id.to_owned(),
                "there is no such amount",
            ));
        };
        if of_household && per == "person" {
            let size = self.size.unwrap_or(0);
            match (total.checked_rem(size), total.checked_div(size)) {
                (Some(0), Some(each)) => total = each,
                _ => {
                    return Err(Refusal::NotTranslated(
                        id.to_owned(),
                        "the amount is not whole per person",
                    ));
                }
            }
        }
        Ok(json!(total))
    }

    fn one(&self, answer: &Assessment, key: &str, wanted: &Value) -> Result<Value, Refusal> {
        let programme = &self.programme;
        let row = self.subjects.first().map(String::as_str);
        Ok(match key {
            "programme" => json!(programme),
            // how the amount is told, not an answer of its own
            "period" | "per" => wanted.clone(),
            "eligible" => {
                let found = self.yes_no(answer, &format!("{programme}.eligible"))?;
                self.above(found)
            }
            "amount_fen" if self.lower_bound => json!("undetermined"),
            "amount_fen" => self.amount(answer, &format!("{programme}.amount"))?,
            "base_fen" => self.amount(answer, "dibao_base")?,
            "supplement_fen" => self.amount(answer, "add_ons")?,
            "per_capita_income_fen_at_least" => {
                let income = answer
                    .value("counted_income", None)
                    .and_then(|(v, _)| v.get());
                let (Some(income), Some(size), Some(line)) = (income, self.size, wanted.as_i64())
                else {
                    return Ok(json!("undetermined"));
                };
                let span = stated(&self.facts, "household_income")
                    .or_else(|| stated(&self.assume, "household_income_at_least"));
                let yearly_figure =
                    span.and_then(|s| s.get("period")).and_then(Value::as_str) == Some("year");
                let parts = size
                    .saturating_mul(if yearly_figure { 1 } else { 12 })
                    .saturating_mul(self.scale);
                let each = income.checked_div(parts).unwrap_or(0);
                if each >= line {
                    json!(line)
                } else {
                    json!(each)
                }
            }
            "beneficiaries" => {
                let ids = self.persons.iter().filter_map(|p| p.get("id")?.as_str());
                let eligible = format!("{programme}.eligible");
                let have = ids.filter(|id| {
                    answer
                        .truth(&eligible, Some(id))
                        .and_then(minzheng_rules::truth::Truth::known)
                        == Some(true)
                });
                json!(have.collect::<Vec<_>>())
            }
            "persons" => json!(self.subjects.len()),
            "member_counted" => self.yes_no(answer, "counted")?,
            "no_labour_ability" => self.yes_no(answer, "no_labour_ability")?,
            "obligor_unable" => self.yes_no(answer, "obligor_unable")?,
            "relative_is_obligor" => self.yes_no(answer, "duty_of_support")?,
            "counted_as_income" => {
                let id = if programme == "tekun" {
                    "tekun_income"
                } else {
                    "counted_income_of_person"
                };
                match answer.value(id, row).and_then(|(v, _)| v.get()) {
                    Some(0) => json!(false),
                    Some(_) => json!(true),
                    None => json!("undetermined"),
                }
            }
            "income_kind" => json!(self.income_item.map_or("nothing", |(_, kind)| kind)),
            "counted_as_property" => {
                let of = match self.property_kind {
                    Some("motor_vehicle") => "vehicles_counted",
                    Some("financial") => "financial_assets",
                    _ => {
                        return Err(Refusal::NotTranslated(
                            key.to_owned(),
                            "no rule says it of this kind",
                        ));
                    }
                };
                match answer.value(of, None).map(|(v, _)| v) {
                    Some(v) if v.lo > 0 => json!(true),
                    Some(v) if v.hi == 0 => json!(false),
                    _ => json!("undetermined"),
                }
            }
            "property_kind" => json!(self.property_kind),
            "property_within_limits" => {
                self.yes_no(answer, &format!("{}/property", self.programme_test()))?
            }
            "is_dibao" | "dibao_continues" => self.above(self.yes_no(answer, "dibao.eligible")?),
            "is_edge" => self.above(self.yes_no(answer, "edge.eligible")?),
            "disability_living_eligible" => self.yes_no(answer, "disability_living.eligible")?,
            "first_month" => {
                let packs = self.engine.packs();
                let formula = packs
                    .programme(programme)
                    .and_then(|p| p.first_month)
                    .and_then(|f| packs.formulas().get(f));
                let Some(formula) = formula else {
                    return Err(Refusal::NotTranslated(
                        key.to_owned(),
                        "the programme has no first month",
                    ));
                };
                let found = Self::date(
                    answer,
                    &formula.id,
                    if formula.entity == 0 { None } else { row },
                );
                found.map_or_else(
                    || json!("undetermined"),
                    |d| json!(format!("{:04}-{:02}", d.year(), d.month())),
                )
            }
            "paid_by" => Self::date(answer, "dibao_paid_by", None)
                .map_or_else(|| json!("undetermined"), |d| json!(d.to_string())),
            "ends_when" => self.ends_when()?,
            other => {
                // `value:ID` asks for a figure of the packs by its id
                let Some(id) = other.strip_prefix("value:") else {
                    return Err(Refusal::UnknownWord(format!("expect.{key}")));
                };
                let found = answer.value(id, None).or_else(|| answer.value(id, row));
                found.map_or(Value::Null, |(v, ty)| {
                    json!(self.engine.packs().value_words(v, ty))
                })
            }
        })
    }

    fn date(answer: &Assessment, id: &str, row: Option<&str>) -> Option<Day> {
        answer
            .value(id, row)
            .and_then(|(v, _)| v.get())
            .and_then(Day::from_number)
    }

    /// Which event ends the entitlement: tried with a release of either parent on its own day.
    fn ends_when(&self) -> Result<Value, Refusal> {
        let (first, last) = (self.on.add_months(1), self.on.add_months(2));
        let mut ends = Vec::new();
        for (father, mother) in [(first, last), (last, first)] {
            let mut document = self.document();
            if let Some(parents) = document.get_mut("parent").and_then(Value::as_array_mut) {
                for parent in parents {
                    let until = if parent.get("kind") == Some(&json!("father")) {
                        father
                    } else {
                        mother
                    };
                    if let Some(parent) = parent.as_object_mut() {
                        parent.insert("unable_until".to_owned(), json!(until.to_string()));
                    }
                }
            }
            let answer = self.assess(&document)?;
            let packs = self.engine.packs();
            let formula = packs
                .programme(&self.programme)
                .and_then(|p| p.valid_until)
                .and_then(|f| packs.formulas().get(f));
            ends.push(formula.and_then(|f| {
                Self::date(&answer, &f.id, self.subjects.first().map(String::as_str))
            }));
        }
        Ok(if ends.iter().all(|e| *e == Some(first)) {
            json!("first parent released")
        } else if ends.iter().all(|e| *e == Some(last)) {
            json!("last parent released")
        } else {
            json!("undetermined")
        })
    }

    /// The lines of a payroll.
    fn lines(&self) -> Result<Vec<Line>, Refusal> {
        let facts = &self.facts;
        let care = ["tekun_care_rates", "disability_care_rates"]
            .iter()
            .find_map(|w| stated(&self.overlay, w));
        let care = care.or_else(|| stated(facts, "care_rates_per_month"));
        let common = match (
            stated(&self.overlay, "rate"),
            stated(facts, "rate"),
            stated(facts, "rate_per_quarter"),
        ) {
            (Some(Value::Object(v)), _, _) if !v.contains_key("amount") => None,
            (Some(v), _, _) => Some(flow("rate", v)?.0),
            (None, Some(v), _) | (None, None, Some(v)) => Some(fen("rate", v)?),
            _ => None,
        };
        let mut out = Vec::new();
        let tiers = stated(&self.overlay, "tiers");
        let of_label = |label: &str| -> Result<Option<(i64, bool)>, Refusal> {
            if let Some(v) = care.and_then(|c| c.get(label)) {
                return Ok(Some((flow("care rate", v)?.0, true)));
            }
            if let Some(v) = tiers.and_then(|t| t.get(label)) {
                return Ok(Some((flow("tiers", v)?.0, false)));
            }
            if let Some(v) = stated(&self.overlay, "rate")
                .and_then(|r| r.get(label))
                .filter(|v| v.is_number())
            {
                return Ok(Some((fen("rate", v)?, false)));
            }
            Ok(common.map(|c| (c, false)))
        };
        for (word, label) in [
            ("groups", "kind"),
            ("tiers", "tier"),
            ("towns", "name"),
            ("by_level", "level"),
        ] {
            let rows: Vec<Value> = match stated(facts, word) {
                Some(Value::Array(rows)) => rows.clone(),
                Some(Value::Object(rows)) => rows
                    .iter()
                    .map(|(k, v)| match v {
                        Value::Object(row) => {
                            let mut row = row.clone();
                            row.insert(label.to_owned(), json!(k));
                            Value::Object(row)
                        }
                        n => json!({ label: k, "persons": n }),
                    })
                    .collect(),
                Some(_) => return shape(word, "a list"),
                None => continue,
            };
            for (index, row) in rows.iter().enumerate() {
                let row = table(word, row)?;
                words(
                    word,
                    row,
                    &[&[
                        "tier",
                        "level",
                        "persons",
                        "rate",
                        "grade",
                        "poor",
                        "urban",
                        "rural",
                        "period",
                        "months",
                        "rate_per_quarter",
                    ]],
                )?;
                let name = [label, "kind", "name", "level", "tier", "grade"]
                    .iter()
                    .find_map(|l| row.get(*l))
                    .map_or_else(
                        || index.to_string(),
                        |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned),
                    );
                let (urban, rural) = (
                    stated(row, "urban").and_then(Value::as_i64),
                    stated(row, "rural").and_then(Value::as_i64),
                );
                let areas = urban
                    .map(|u| u.saturating_add(rural.unwrap_or(0)))
                    .or(rural);
                let Some(persons) = count(row, "persons")?.or(areas) else {
                    return shape(word, "persons");
                };
                let (rate, is_care) = match (stated(row, "rate"), Self::by_grade(care, row)?) {
                    (Some(rate), _) => (fen("rate", rate)?, false),
                    (None, Some(rate)) => (rate, true),
                    (None, None) => of_label(&name)?.map_or_else(|| shape(word, "a rate"), Ok)?,
                };
                let months = count(row, "months")?;
                out.push(Line {
                    label: name,
                    persons,
                    rate,
                    care: is_care,
                    months,
                });
            }
        }
        if let Some(Value::Object(levels)) = stated(facts, "persons_by_level") {
            for (level, persons) in levels {
                let (rate, is_care) =
                    of_label(level)?.map_or_else(|| shape("persons_by_level", "a rate"), Ok)?;
                let Some(persons) = persons.as_i64() else {
                    return shape("persons_by_level", "whole numbers");
                };
                out.push(Line {
                    label: level.clone(),
                    persons,
                    rate,
                    care: is_care,
                    months: None,
                });
            }
        }
        for area in ["urban", "rural"] {
            let (persons, own) = match stated(facts, area) {
                Some(Value::Object(row)) => {
                    words(area, row, &[&["persons", "rate", "months", "period"]])?;
                    (
                        count(row, "persons")?,
                        stated(row, "rate").map(|r| fen("rate", r)).transpose()?,
                    )
                }
                Some(value) => (value.as_i64(), None),
                None => continue,
            };
            let Some(persons) = persons else {
                return shape(area, "persons");
            };
            let (rate, is_care) = own
                .map(|r| (r, false))
                .or(of_label(area)?)
                .map_or_else(|| shape(area, "a rate"), Ok)?;
            out.push(Line {
                label: area.to_owned(),
                persons,
                rate,
                care: is_care,
                months: None,
            });
        }
        if out.is_empty() {
            let (Some(persons), Some(rate)) = (count(facts, "persons")?, common) else {
                return shape("persons", "persons and a rate");
            };
            out.push(Line {
                label: "all".to_owned(),
                persons,
                rate,
                care: false,
                months: None,
            });
        }
        Ok(out)
    }

    /// The rate of a list by grade and standing that fits a line.
    fn by_grade(rates: Option<&Value>, row: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
        for rate in rates.and_then(Value::as_array).into_iter().flatten() {
            let rate = table("disability_care_rates", rate)?;
            let fits = ["grade", "poor", "level"]
                .iter()
                .all(|w| rate.get(*w).is_none() || rate.get(*w) == row.get(*w));
            if let (true, Some(amount)) = (
                fits,
                stated(rate, "amount").or_else(|| stated(rate, "rate")),
            ) {
                return Ok(Some(fen("disability_care_rates", amount)?));
            }
        }
        Ok(None)
    }

    fn payroll(&self) -> Result<Map<String, Value>, Refusal> {
        if truth(&self.assume, "every_person_qualifies")? != Some(true) {
            return Err(Refusal::NotTranslated(
                "payroll".to_owned(),
                "it is not said that every person qualifies",
            ));
        }
        let span = text(&self.expect, "period").unwrap_or("month");
        let by_quarter = text(&self.overlay, "rate_period") == Some("quarter")
            || stated(&self.facts, "rate_per_quarter").is_some();
        let units = if let Some(n) = count(&self.facts, "months")? {
            n
        } else {
            months("period", span)?
        };
        let arrears = if truth(&self.overlay, "arrears_included")? == Some(false)
            || truth(&self.overlay, "arrears")? == Some(false)
        {
            0
        } else {
            count(&self.assume, "arrears_person_months")?
                .or(count(&self.facts, "arrears_person_months")?)
                .unwrap_or(0)
        };
        let (mut total, mut persons, mut parts) = (0_i64, 0_i64, Map::new());
        let lines = self.lines()?;
        let single = lines.len() == 1;
        for Line {
            label,
            persons: number,
            rate,
            care,
            months: own,
        } in lines
        {
            let rate = if by_quarter {
                match (rate.checked_rem(3), rate.checked_div(3)) {
                    (Some(0), Some(month)) => month,
                    _ => {
                        return Err(Refusal::NotTranslated(
                            "rate".to_owned(),
                            "the rate of a quarter is not whole per month",
                        ));
                    }
                }
            } else {
                rate
            };
            let unit = self.of_one(rate, care)?;
            let person_months = number
                .saturating_mul(own.unwrap_or(units))
                .saturating_add(if single { arrears } else { 0 });
            let part = unit.saturating_mul(person_months);
            total = total.saturating_add(part);
            persons = persons.saturating_add(number);
            parts.insert(label, json!(part));
        }
        if !single && arrears != 0 {
            return Err(Refusal::NotTranslated(
                "arrears_person_months".to_owned(),
                "it is not said at which rate",
            ));
        }
        if let Some(unit) = count(&self.overlay, "total_rounded_to_yuan")? {
            let unit = unit.saturating_mul(100);
            let half = unit.checked_div(2).unwrap_or(0);
            total = total
                .saturating_add(half)
                .checked_div(unit)
                .unwrap_or(0)
                .saturating_mul(unit);
        }
        let mut found = Map::new();
        for (key, wanted) in &self.expect {
            let value = match key.as_str() {
                "programme" => json!(self.programme),
                "period" | "per" => wanted.clone(),
                "amount_fen" => json!(total),
                "persons" => json!(persons),
                "parts_fen" => Value::Object(parts.clone()),
                "eligible" => json!(true),
                _ => return Err(Refusal::UnknownWord(format!("expect.{key}"))),
            };
            found.insert(key.clone(), value);
        }
        Ok(found)
    }

    /// What the rules of the programme pay one person a month at a rate.
    fn of_one(&self, rate: i64, care: bool) -> Result<i64, Refusal> {
        let (value, none) = (format!("{}/month", yuan(rate)), "0/month");
        let mut one = Build {
            facts: Map::new(),
            overlay: Map::new(),
            assume: Map::new(),
            expect: Map::new(),
            given: Map::new(),
            household: Map::new(),
            persons: Vec::new(),
            obligors: Vec::new(),
            parents: Vec::new(),
            findings: Vec::new(),
            overlays: Vec::new(),
            subjects: vec!["one".to_owned()],
            programme: self.programme.clone(),
            size: Some(1),
            ..*self
        };
        one.person("one");
        one.find("household_size", None, 1);
        one.all_conditions(&self.programme);
        match self.programme.as_str() {
            "dibao" => {
                one.find("counted_income", None, "0/year");
                if text(&self.overlay, "amount_method") == Some("tiers") {
                    one.figure("setting.amount_method", "tiers");
                    one.find("dibao_tier", None, "tier_a");
                    one.figure_at("tier.amount", "tier", "tier_a", value);
                } else {
                    one.figure("standard.dibao", value);
                }
            }
            "dibao_single" => {
                one.no_rival();
                one.figure("setting.single_amount", "place_figure");
                one.figure("standard.dibao_single", value);
            }
            "tekun" => {
                one.no_rival();
                one.find("care_level", Some("one"), "half");
                one.figure(
                    "standard.tekun_basic",
                    if care { none } else { value.as_str() },
                );
                one.figure(
                    "standard.tekun_care",
                    if care { value.as_str() } else { none },
                );
            }
            "disability_living" | "disability_care" => {
                one.no_rival();
                one.find("counts_as_dibao", Some("one"), true);
                // the rate is the same for every group: the plainest person stands for all
                one.find("severe_disability", Some("one"), false);
                one.say("one", "other_living_allowance", json!({ "status": "none" }));
                one.say("one", "other_care_allowance", json!({ "status": "none" }));
                one.figure(&format!("standard.{}", self.programme), value);
            }
            "old_age" => one.figure("standard.old_age", value),
            "orphan" | "de_facto_orphan" => {
                one.no_rival();
                one.find("counts_as_dibao", Some("one"), false);
                one.find("child_aid", Some("one"), none);
                one.figure("standard.child", value);
            }
            _ => {
                return Err(Refusal::NotTranslated(
                    "payroll".to_owned(),
                    "the programme pays no rate a month",
                ));
            }
        }
        let answer = one.assess(&one.document())?;
        let id = format!("{}.amount", self.programme);
        let found = answer
            .value(&id, None)
            .or_else(|| answer.value(&id, Some("one")));
        found
            .and_then(|(v, _)| v.get())
            .ok_or(Refusal::NotTranslated(
                id,
                "the rules leave the amount of one person open",
            ))
    }
}
