//! Which tables and columns the packs ask for.

mod mapping;

pub use mapping::Mapping;

use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;

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

/// The tables and columns of some packs, one table for every entity.
#[derive(Debug, Clone)]
pub struct Contract<'p> {
    set: &'p PackSet,
    tables: Vec<TableContract>,
}

impl<'p> Contract<'p> {
    /// The contract of some packs.
    pub fn new(set: &'p PackSet) -> Self {
        let _ = set;
        unimplemented!()
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
