//! Which tables and columns the packs ask for.

mod mapping;
mod print;

pub use mapping::{MappedColumn, Mapping};

use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;

/// Index of the entity whose rows are people.
const PEOPLE: usize = 1;

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The key of the row: `household_id` in the table of households, `person_id` in that of people.
    Key,
    /// In a table below: the key of the household, `household_id`.
    Household,
    /// In a table two or more levels below: the key of the row above, `of`.
    Above,
    /// In the table of households: the day decided, `on`.
    Day,
    /// In the table of people: the identity number, `id_number`.
    Identity,
    /// The key of another row of the household: index of the link in its entity.
    Link(usize),
    /// A fact, by its id.
    Fact(String),
    /// An official's finding, by the id of its formula or condition: `finding:FORMULA`.
    Finding(String),
}

/// One column that a table may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnContract {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// The type of its values in the words of packs; `None` for keys and links.
    pub ty: Option<Type>,
    /// Whether the table cannot do without it.
    pub required: bool,
    /// Lowest sensible value, in the engine's unit.
    pub low: Option<i64>,
    /// Highest sensible value.
    pub high: Option<i64>,
    /// Words.
    pub title: Words,
    /// The conditions and amounts that read it, under any version of the rules: `dibao/income`, `dibao.amount`.
    pub needed_by: Vec<String>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableContract {
    /// Its name: `households`, `people`, `obligors`.
    pub name: String,
    /// Index of the entity whose rows it holds.
    pub entity: usize,
    /// The columns it may have.
    pub columns: Vec<ColumnContract>,
}

impl TableContract {
    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&ColumnContract> {
        self.columns.iter().find(|c| c.name == name)
    }
}

fn plain(name: &str, role: Role, required: bool, (zh, en): (&str, &str)) -> ColumnContract {
    ColumnContract {
        name: name.to_owned(),
        role,
        ty: None,
        required,
        low: None,
        high: None,
        title: Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        },
        needed_by: Vec::new(),
    }
}

const fn key_role(entity: usize) -> Role {
    if entity == 0 {
        Role::Key
    } else {
        Role::Household
    }
}

/// The name of the table of an entity.
pub(crate) fn table_name(entity: &str) -> String {
    if entity == "person" {
        "people".to_owned()
    } else {
        format!("{entity}s")
    }
}

/// The tables and columns of some packs, one table for every entity.
///
/// - Keys and links are text or whole numbers, the same in all tables. A null key is a finding.
/// - `bool`: `Boolean`, whole numbers 0 and 1, or text 是, 否, true, false, 1, 0.
/// - `money`: decimals in yuan of any width, with at most two places; whole numbers where the unit is said: by the
///   name `FACT_fen`, or `unit` = `fen` or `yuan` in the metadata of the field or in a [`Mapping`]; text in yuan. The period is the
///   fact's own, or `per` = `month` or `year` there: a year is twelve months, and what does not divide by twelve is a finding.
/// - `date`: `Date32`, `Date64`, `Timestamp` without a time zone that is midnight, whole numbers or text as 20260701, text as
///   2026-07-01.
/// - `code`: text, also in a dictionary: ids of the list or its Chinese words.
/// - `place`: six digits as text or whole number.
/// - `count`, `days`, `months`: whole numbers of any width, decimals without places, text.
/// - `ratio`: decimals or text with at most four places, whole numbers.
/// - `id_number`: text; checked. It tells `birth` where that is not given; one that says otherwise is a finding.
/// - Null and empty text are unknown: never zero, never "no". Floating-point columns are refused.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::Contract;
/// use minzheng_rules::lang::Type;
///
/// let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
/// let contract = Contract::new(&packs);
/// let names: Vec<&str> = contract.tables().iter().map(|t| t.name.as_str()).collect();
/// assert_eq!(names, ["households", "people", "obligors", "parents"]);
/// let birth = contract.table("people").and_then(|t| t.column("birth"));
/// assert_eq!(birth.and_then(|c| c.ty), Some(Type::Date));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Contract<'p> {
    set: &'p PackSet,
    tables: Vec<TableContract>,
}

impl<'p> Contract<'p> {
    /// The contract of some packs.
    pub fn new(set: &'p PackSet) -> Self {
        let entities = set.entities();
        let root = entities.first().map_or("", |e| e.id.as_str());
        let needed_by = set.needed_by();
        let tables = entities.iter().enumerate().map(|(index, entity)| {
            let words = ("户的编号", "the key of the household");
            let mut columns = vec![plain(&format!("{root}_id"), key_role(index), true, words)];
            if index > 0 {
                let words = ("本行在户内的编号", "the key of the row in its household");
                let name = format!("{}_id", entity.id);
                columns.push(plain(&name, Role::Key, false, words));
            } else {
                columns.push(ColumnContract {
                    ty: Some(Type::Date),
                    ..plain("on", Role::Day, false, ("认定日", "the day decided"))
                });
            }
            if index == PEOPLE {
                let words = ("公民身份号码", "the identity number");
                columns.push(plain("id_number", Role::Identity, false, words));
            }
            if entity.parent.is_some_and(|above| above > 0) {
                let words = ("所属人员的编号", "the key of the row above");
                columns.push(plain("of", Role::Above, true, words));
            }
            let links = entity.links.iter().enumerate();
            let words = ("所指记录的编号", "the key of the row it points to");
            columns.extend(links.map(|(at, (name, _))| plain(name, Role::Link(at), false, words)));
            let facts = set.facts().filter(|f| f.entity == index);
            columns.extend(facts.map(|fact| {
                ColumnContract {
                    name: fact.id.clone(),
                    role: Role::Fact(fact.id.clone()),
                    ty: Some(fact.ty),
                    required: false,
                    low: fact.low,
                    high: fact.high,
                    title: fact.title.clone(),
                    needed_by: needed_by
                        .get(&(index, fact.id.clone()))
                        .cloned()
                        .unwrap_or_default(),
                }
            }));
            let found = set
                .formulas()
                .iter()
                .filter(|f| f.finding.is_some() && f.entity == index);
            columns.extend(found.map(|formula| ColumnContract {
                name: format!("finding:{}", formula.id),
                role: Role::Finding(formula.id.clone()),
                ty: Some(formula.ty),
                required: false,
                low: None,
                high: None,
                title: formula.title.clone(),
                needed_by: Vec::new(),
            }));
            TableContract {
                name: table_name(&entity.id),
                entity: index,
                columns,
            }
        });
        Self {
            set,
            tables: tables.collect(),
        }
    }

    /// The packs.
    pub const fn packs(&self) -> &'p PackSet {
        self.set
    }

    /// The tables, in the order of the entities: households, people, records.
    pub fn tables(&self) -> &[TableContract] {
        &self.tables
    }

    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&TableContract> {
        self.tables.iter().find(|t| t.name == name)
    }
}
