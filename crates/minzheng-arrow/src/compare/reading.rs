//! The tables of a comparison: what each side reads of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_schema::{Field, SchemaRef};
use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::PackSet;

use super::two::{Two, When};
use crate::contract::{Contract, TableContract};
use crate::error::{Error, fault};
use crate::files::{Pick, TableFile};
use crate::import::{ImportOptions, Importer};
use crate::stream::RunInputs;
use crate::stream::given::{Picked, record_file};

/// One table, for one side or for both.
#[derive(Debug)]
pub(super) struct SharedTable {
    pub(super) file: TableFile,
    /// For each side its name and the index of its entity; `None` where the packs of the side have no such table.
    pub(super) sides: Two<Option<(String, usize)>>,
}

impl SharedTable {
    /// Its name, that of the side after where both have one.
    pub(super) fn name(&self) -> &str {
        let [before, after] = self.sides.each();
        let name = after.as_ref().or(before.as_ref());
        name.map_or("", |(name, _)| name)
    }

    pub(super) fn entity(&self, when: When) -> Option<usize> {
        self.sides.at(when).as_ref().map(|(_, entity)| *entity)
    }

    /// Index of the entity on the side after, or where it has none, before.
    pub(super) fn latest_entity(&self) -> usize {
        let both = Two::from(|when| self.entity(when));
        both.latest().unwrap_or(0)
    }
}

/// The tables that are there: households, people, and the records that either side knows.
pub(super) fn tables(sets: Two<&PackSet>, inputs: &RunInputs) -> Result<Vec<SharedTable>, Error> {
    let contracts = Two::from(|when| Contract::new(sets.at(when)));
    let own = |t: &TableContract| (t.name.clone(), t.entity);
    let mut out = Vec::new();
    for (at, path) in [&inputs.households, &inputs.people].into_iter().enumerate() {
        out.push(SharedTable {
            file: TableFile::open(path)?,
            sides: Two::from(|when| contracts.at(when).tables().get(at).map(own)),
        });
    }
    let Some(dir) = &inputs.records else {
        return Ok(out);
    };
    let mut names: Vec<&str> = Vec::new();
    let all = contracts.each().into_iter();
    for table in all.flat_map(|c| c.tables().iter().skip(2)) {
        if !names.contains(&table.name.as_str()) {
            names.push(&table.name);
        }
    }
    for name in names {
        if let Some(path) = record_file(dir, name)? {
            let table = |when| contracts.at(when).table(name).filter(|t| t.entity > 1);
            out.push(SharedTable {
                file: TableFile::open(&path)?,
                sides: Two::from(|when| table(when).map(own)),
            });
        }
    }
    Ok(out)
}

/// The tables that are in memory, households and people first; one that neither side has is refused when it is matched.
pub(super) fn held(sets: Two<&PackSet>, tables: &BTreeMap<String, TableFile>) -> Vec<SharedTable> {
    let contracts = Two::from(|when| Contract::new(sets.at(when)));
    let shared = |(name, file): (&String, &TableFile)| {
        let own = |when| {
            let table = contracts.at(when).table(name);
            table.map(|t| (t.name.clone(), t.entity))
        };
        let sides = Two::from(own);
        let is_known = sides.each().iter().any(|side| side.is_some());
        SharedTable {
            file: file.clone(),
            sides: if is_known {
                sides
            } else {
                Two::from(|_| Some((name.clone(), usize::MAX)))
            },
        }
    };
    let mut out: Vec<SharedTable> = tables.iter().map(shared).collect();
    out.sort_by_key(SharedTable::latest_entity);
    out
}

/// What one side reads.
#[derive(Debug)]
pub(super) struct Reader<'p> {
    pub(super) importer: Importer<'p>,
    /// By table, the indices in its schema of the columns that the side looks at.
    kept: Vec<Vec<usize>>,
}

impl<'p> Reader<'p> {
    /// Matches the tables with the packs of a side. A column that only the packs of the other side know is no unknown column.
    pub(super) fn new(
        when: When,
        sets: Two<&'p PackSet>,
        tables: &[SharedTable],
        mut options: ImportOptions,
    ) -> Result<Self, Error> {
        let own_contract = Contract::new(sets.at(when));
        let other_contract = Contract::new(sets.at(when.other()));
        let mapping = options.mapping.clone();
        let knows = |contract: &Contract<'_>, table: &str, field: &Field| {
            let mapped = mapping.column(table, field.name());
            let wanted = mapped.and_then(|m| m.fact.as_deref().or(m.column.as_deref()));
            let wanted = wanted.unwrap_or(field.name());
            let has = |name: &str| {
                contract
                    .table(table)
                    .is_some_and(|t| t.column(name).is_some())
            };
            has(wanted) || wanted.strip_suffix("_fen").is_some_and(has)
        };
        for name in mapping.tables() {
            if own_contract.table(name).is_none() && other_contract.table(name).is_some() {
                options.mapping.leave_out_table(name);
            }
        }
        let mut schemas: Vec<(&str, SchemaRef)> = Vec::new();
        let mut kept = Vec::new();
        for table in tables {
            let schema = table.file.schema();
            let Some((name, _)) = table.sides.at(when) else {
                kept.push(Vec::new());
                continue;
            };
            let other_name = table.sides.at(when.other()).as_ref();
            let is_other = |field: &Field| {
                !knows(&own_contract, name, field)
                    && other_name.is_some_and(|(name, _)| knows(&other_contract, name, field))
            };
            let mut columns = Vec::new();
            for (index, field) in schema.fields().iter().enumerate() {
                if is_other(field) {
                    options.mapping.leave_out(name, field.name());
                } else {
                    columns.push(index);
                }
            }
            let schema = schema.project(&columns).map_err(|_| fault(name))?;
            schemas.push((name.as_str(), Arc::new(schema)));
            kept.push(columns);
        }
        Ok(Self {
            importer: Importer::new(sets.at(when), &schemas, options)?,
            kept,
        })
    }

    /// The columns of a table that the side reads, in the schema of the file.
    fn picks(&self, at: usize, entity: usize) -> impl Iterator<Item = Pick> {
        let kept = self.kept.get(at).map(Vec::as_slice).unwrap_or_default();
        let picks = self.importer.picks(entity).into_iter();
        picks.filter_map(|pick| {
            let index = kept.get(pick.index).copied()?;
            Some(Pick { index, ..pick })
        })
    }
}

/// The columns of a table that either side reads.
pub(super) fn columns(
    at: usize,
    table: &SharedTable,
    readers: &Two<Reader<'_>>,
) -> Result<Picked, Error> {
    let mut all: BTreeMap<usize, bool> = BTreeMap::new();
    let mut keys: Vec<&str> = Vec::new();
    for when in [When::Before, When::After] {
        let reader = readers.at(when);
        let Some(entity) = table.entity(when) else {
            continue;
        };
        for pick in reader.picks(at, entity) {
            *all.entry(pick.index).or_default() |= pick.exact;
        }
        if let Some((key, _)) = reader.importer.household_key(entity)
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }
    let [key] = keys.as_slice() else {
        let message = "the two sides read different columns as the key of the household";
        return Err(Diagnostic::error("E-COMPARE-TABLES", message)
            .path(table.name().to_owned())
            .help("compare packs whose tables have the same keys")
            .into());
    };
    Ok(Picked {
        picks: all
            .into_iter()
            .map(|(index, exact)| Pick { index, exact })
            .collect(),
        key: table.file.schema().index_of(key).unwrap_or(usize::MAX),
    })
}
