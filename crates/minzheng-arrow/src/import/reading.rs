//! One part of the tables: rows to their places, columns to facts, and what is wrong with either.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int64Array, UInt32Array, new_empty_array};
use arrow_select::take::take;
use minzheng::identity::ResidentNumber;
use minzheng_rules::columnar::{Batch, BatchError, Dates, NO_ROW, Table, Values};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::model::Fact;

use super::cells::{self, Cells, Want};
use super::keys::{Key, KeyCells};
use super::matched::{Matched, MatchedTable, units, words};
use super::rows::{Households, Placed, find_in, group, ix, settle};
use super::{Imported, Importer, Keys, NO_PLACE, Tables, row32};
use crate::contract::Role;
use crate::error::{Effect, Error, Finding, Findings, at, fault};

/// A day that stands where a household that is set aside has none: 2000-01-01.
const ANY_DAY: i32 = 10_957;

/// What stands where no identity number tells a birth.
const NO_DAY: i32 = i32::MIN;

/// The fact that an identity number tells: it is filled in where it is not given, as for one household.
const BIRTH: &str = "birth";

/// The keys of one table.
#[derive(Debug, Default)]
struct TableKeys<'a> {
    household: Option<KeyCells<'a>>,
    above: Option<KeyCells<'a>>,
    own: Option<KeyCells<'a>>,
}

/// Packed identity numbers, and the births that they tell.
type Identities = (Vec<u64>, Vec<i32>);

/// One call of [`Importer::read`].
#[derive(Debug)]
pub(super) struct Reading<'i, 'p, 'a> {
    importer: &'i Importer<'p>,
    tables: &'a Tables,
    /// By entity.
    keys: Vec<TableKeys<'a>>,
    placed: Vec<Placed>,
    findings: Findings,
    set_aside: Vec<bool>,
    /// By entity the household of each row of its table, once it was asked for.
    cases: Vec<Option<Vec<u32>>>,
}

impl<'i, 'p, 'a> Reading<'i, 'p, 'a> {
    pub(super) fn new(importer: &'i Importer<'p>, tables: &'a Tables) -> Result<Self, Error> {
        let many = importer.set.entities().len();
        let mut out = Self {
            importer,
            tables,
            keys: Vec::new(),
            placed: Vec::new(),
            findings: Findings::new(importer.options.most_findings),
            set_aside: Vec::new(),
            cases: vec![None; many],
        };
        for entity in 0..many {
            let keys = match importer.table(entity) {
                None => TableKeys::default(),
                Some(table) if entity == 0 => TableKeys {
                    household: out.key_cells(table, &Role::Key)?,
                    ..TableKeys::default()
                },
                Some(table) => TableKeys {
                    household: out.key_cells(table, &Role::Household)?,
                    above: out.key_cells(table, &Role::Above)?,
                    own: out.key_cells(table, &Role::Key)?,
                },
            };
            out.keys.push(keys);
        }
        Ok(out)
    }

    pub(super) fn run(mut self) -> Result<Imported<'a>, Error> {
        let set = self.importer.set;
        self.place_rows();
        let mut tables = Vec::new();
        for (entity, def) in set.entities().iter().enumerate() {
            self.unique(entity);
            let links = (0..def.links.len()).map(|link| self.link(entity, link));
            let links = links.collect::<Result<Vec<_>, _>>()?;
            let placed = self.placed(entity);
            let offsets = match def.parent {
                None => Vec::new(),
                Some(0) => placed.starts.clone(),
                Some(_) => placed.below.clone(),
            };
            tables.push(Table {
                rows: placed.rows,
                offsets: Cow::Owned(offsets),
                links,
            });
        }
        let dates = self.dates()?;
        let mut batch = Batch::new(set, tables, dates).map_err(|e| misfit(&e))?;
        let (identity, births) = self.identity()?.unzip();
        let importer = self.importer;
        let mut places = None;
        for table in &importer.tables {
            let is_person = table.role(&Role::Identity).is_some();
            let has_birth =
                |f: &Fact| f.entity == table.entity && f.id == BIRTH && f.ty == Type::Date;
            let born = births
                .as_ref()
                .filter(|_| is_person && set.facts().any(has_birth));
            for column in &table.columns {
                let (Role::Fact(id) | Role::Finding(id)) = &column.role else {
                    continue;
                };
                let Some(cells) = self.cells(table, column)? else {
                    continue;
                };
                let placed = self.placed(table.entity);
                let mut cells = cells.ordered(placed.order.as_deref());
                let is_fact = matches!(column.role, Role::Fact(_));
                if is_fact && table.entity == 0 && importer.place.as_ref() == Some(id) {
                    // households of one place mostly stand together
                    let mut last = (None, NO_PLACE);
                    let place = |row: usize| {
                        let code = cells.number(row);
                        if last.0 != code {
                            let found = code.map(|code| set.places().resolve(code));
                            last = (code, found.unwrap_or(NO_PLACE));
                        }
                        last.1
                    };
                    places = Some((0..placed.rows).map(place).collect());
                }
                let mut contradicted = Vec::new();
                if let Some(born) = born.filter(|_| is_fact && id == BIRTH) {
                    let told = |row: usize| born.get(row).copied().filter(|b| *b != NO_DAY);
                    let other = |row: usize| {
                        let written = cells.number(row);
                        let told = told(row).map(i64::from);
                        written.is_some() && told.is_some() && written != told
                    };
                    let rows = (0..placed.rows).filter(|row| other(*row));
                    contradicted.extend(rows.map(|row| row32(placed.source(row))));
                    cells = cells.or(placed.rows, told);
                }
                for row in contradicted {
                    let (code, message) = (
                        "E-ID-CONTRADICTION",
                        "`birth` is not what the identity number says",
                    );
                    self.spoil(table.entity, row, &column.name, code, message);
                }
                let Some(found) = cells.into_column() else {
                    continue;
                };
                let entity = set.entities().get(table.entity).map_or("", |e| &e.id);
                if is_fact {
                    batch.set(set, entity, id, found)
                } else {
                    batch.set_finding(set, id, found)
                }
                .map_err(|e| misfit(&e))?;
            }
            if let Some(born) = born.filter(|_| table.role(&Role::Fact(BIRTH.to_owned())).is_none())
            {
                let told = |row: usize| born.get(row).copied().filter(|b| *b != NO_DAY);
                let entity = set.entities().get(table.entity).map_or("", |e| &e.id);
                if let Some(found) = Cells::nothing().or(born.len(), told).into_column() {
                    batch
                        .set(set, entity, BIRTH, found)
                        .map_err(|e| misfit(&e))?;
                }
            }
        }
        let keys = self.out_keys(identity)?;
        Ok(Imported {
            batch,
            keys,
            findings: self.findings,
            set_aside: self.set_aside,
            starts: self.placed.into_iter().map(|p| p.starts).collect(),
            places,
        })
    }

    fn placed(&self, entity: usize) -> &Placed {
        const NONE: &Placed = &Placed {
            order: None,
            rows: 0,
            starts: Vec::new(),
            below: Vec::new(),
        };
        self.placed.get(entity).unwrap_or(NONE)
    }

    fn own_keys(&self, entity: usize) -> Option<&KeyCells<'a>> {
        self.keys.get(entity)?.own.as_ref()
    }

    /// A column of this part; `None` where the part has no such table.
    fn array(&self, table: &MatchedTable, column: &Matched) -> Result<Option<&'a ArrayRef>, Error> {
        let Some((batch, _)) = self.tables.get(table.entity) else {
            return Ok(None);
        };
        let help = "write all parts with one schema";
        let fail = |code, message| Error::from(at(code, &table.name, &column.name, message, help));
        let Some((index, field)) = batch.schema_ref().column_with_name(&column.name) else {
            return Err(fail("E-TABLE-TYPE", "the column is missing in this part"));
        };
        // a part may have lost its metadata, but it may not say otherwise
        let differs =
            |(part, whole): (&Option<String>, &Option<String>)| part.is_some() && part != whole;
        if units(field).iter().zip(&column.meta).any(differs) {
            let message = "this part of the column has another unit or period";
            return Err(fail("E-TABLE-UNIT", message));
        }
        Ok(batch.columns().get(index))
    }

    fn key_array(&self, table: &MatchedTable, role: &Role) -> Result<Option<&'a ArrayRef>, Error> {
        let Some(column) = table.role(role) else {
            return Ok(None);
        };
        let array = self.array(table, column)?;
        match array.filter(|a| *a.data_type() != column.ty) {
            Some(array) => Err(other_type(table, column, array)),
            None => Ok(array),
        }
    }

    fn key_cells(&self, table: &MatchedTable, role: &Role) -> Result<Option<KeyCells<'a>>, Error> {
        let array = self.key_array(table, role)?;
        Ok(array.and_then(|array| KeyCells::of(array.as_ref())))
    }

    fn aside(&mut self, case: usize) {
        if let Some(slot) = self.set_aside.get_mut(case) {
            *slot = true;
        }
    }

    fn report(
        &mut self,
        entity: usize,
        row: u32,
        column: &Arc<str>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        effect: Effect,
    ) {
        if !self.findings.has_room() {
            self.findings.count_one();
            return;
        }
        let words = |cells: Option<&KeyCells<'_>>| Some(cells?.get(ix(row))?.words());
        let keys = self.keys.get(entity);
        let household = words(keys.and_then(|k| k.household.as_ref()));
        let own = words(keys.and_then(|k| k.own.as_ref()));
        let key: Vec<String> = household.into_iter().chain(own).collect();
        let first = self.tables.get(entity).map_or(0, |(_, first)| *first);
        let table = self.importer.table(entity);
        self.findings.push(Finding {
            code,
            table: table.map_or_else(|| Arc::from(""), |t| Arc::clone(&t.name)),
            row: first.saturating_add(u64::from(row)),
            column: Arc::clone(column),
            message: message.into(),
            effect,
            key: key.join("/"),
        });
    }

    /// Reports a row because of which its household is set aside, if it has one.
    fn spoil(
        &mut self,
        entity: usize,
        row: u32,
        column: &Arc<str>,
        code: &'static str,
        message: &'static str,
    ) {
        let effect = match self.case_of(entity, row) {
            Some(case) => {
                self.aside(case);
                Effect::SetAside
            }
            None => Effect::Refused,
        };
        self.report(entity, row, column, code, message, effect);
    }

    /// The household of a row of a table.
    fn case_of(&mut self, entity: usize, row: u32) -> Option<usize> {
        let rows = self.tables.get(entity).map_or(0, |(b, _)| b.num_rows());
        let placed = self.placed.get(entity)?;
        let cases = self.cases.get_mut(entity)?;
        let cases = cases.get_or_insert_with(|| placed.cases(rows));
        cases.get(ix(row)).filter(|c| **c != NO_ROW).map(|c| ix(*c))
    }

    /// Puts the rows of all tables into their places.
    fn place_rows(&mut self) {
        let none = KeyCells::none();
        let whole: Arc<str> = Arc::from("");
        let home_keys = self.keys.first_mut().and_then(|k| k.household.take());
        let home_keys = home_keys.unwrap_or(none);
        let mut homes = Households::new(&home_keys);
        self.set_aside = vec![false; homes.placed.rows];
        // the places of the root stand first, and are used below only through `homes`
        self.placed.push(Placed::default());
        for entity in 1..self.importer.set.entities().len() {
            self.place(&homes, &home_keys, entity, &whole);
        }
        if let Some(keys) = self.keys.first_mut() {
            keys.household = Some(home_keys);
        }
        for (row, case) in core::mem::take(&mut homes.twice) {
            self.aside(ix(case));
            self.report(
                0,
                row,
                &whole,
                "E-ROW-TWICE",
                "another row has the same key",
                Effect::Refused,
            );
        }
        for row in core::mem::take(&mut homes.nameless) {
            self.report(
                0,
                row,
                &whole,
                "E-ROW-KEY",
                "the row has no key",
                Effect::Refused,
            );
        }
        if let Some(slot) = self.placed.first_mut() {
            *slot = homes.placed;
        }
        for entity in 0..self.keys.len() {
            self.damaged_keys(entity);
        }
    }

    /// Finds rows whose key of the household was damaged by a spreadsheet: who stands behind it, nobody can tell.
    fn damaged_keys(&mut self, entity: usize) {
        let cells = self.keys.get(entity).and_then(|k| k.household.as_ref());
        let damaged = cells.map(KeyCells::damaged).unwrap_or_default();
        if damaged.is_empty() {
            return;
        }
        let role = if entity == 0 {
            Role::Key
        } else {
            Role::Household
        };
        let column = self.column_name(entity, &role);
        let message = "a spreadsheet made the key an approximate number";
        for row in damaged {
            self.spoil(entity, row32(row), &column, "E-ROW-KEY", message);
        }
    }

    fn place(
        &mut self,
        homes: &Households,
        home_keys: &KeyCells<'a>,
        entity: usize,
        whole: &Arc<str>,
    ) {
        let parent = self
            .importer
            .set
            .entities()
            .get(entity)
            .and_then(|e| e.parent);
        let most = self.importer.options.most_rows;
        let none = KeyCells::none();
        let keys = self.keys.get_mut(entity).and_then(|k| k.household.take());
        let keys = keys.unwrap_or(none);
        let grouped = group(homes, home_keys, &keys);
        if let Some(slot) = self.keys.get_mut(entity) {
            slot.household = Some(keys);
        }
        for row in grouped.nameless {
            let message = "the row has no key of a household";
            self.report(entity, row, whole, "E-ROW-KEY", message, Effect::Refused);
        }
        for row in grouped.orphans {
            let message = "no household has this key";
            self.report(
                entity,
                row,
                whole,
                "E-ROW-HOUSEHOLD",
                message,
                Effect::Refused,
            );
        }
        let mut placed = grouped.placed;
        for case in 0..homes.placed.rows {
            let span = placed.of_case(case);
            if span.len() > most {
                self.aside(case);
                let row = row32(placed.source(span.start));
                let message = "the household has more rows than one may have";
                self.report(entity, row, whole, "E-ROW-MANY", message, Effect::SetAside);
            }
        }
        if let Some(parent) = parent.filter(|p| *p > 0) {
            let (above_of, lost) = self.above(entity, parent, &placed, homes.placed.rows);
            for (case, row) in lost {
                self.aside(case);
                let column = self.column_name(entity, &Role::Above);
                let message = "`of` names no row of the household";
                self.report(entity, row, &column, "E-ROW-OF", message, Effect::SetAside);
            }
            placed = settle(placed, self.placed(parent), &above_of);
        }
        self.placed.push(placed);
    }

    fn column_name(&self, entity: usize, role: &Role) -> Arc<str> {
        let column = self.importer.table(entity).and_then(|t| t.role(role));
        column.map_or_else(|| Arc::from(""), |c| Arc::clone(&c.name))
    }

    /// For every place of the batch the place of the row above, and the rows that have none: household and row.
    fn above(
        &self,
        entity: usize,
        parent: usize,
        placed: &Placed,
        cases: usize,
    ) -> (Vec<u32>, Vec<(usize, u32)>) {
        let most = self.importer.options.most_rows;
        let (far, far_keys) = (self.placed(parent), self.own_keys(parent));
        let of = self.keys.get(entity).and_then(|k| k.above.as_ref());
        let mut above_of = vec![NO_ROW; placed.rows];
        let mut lost = Vec::new();
        for case in 0..cases {
            let (span, rows) = (far.of_case(case), placed.of_case(case));
            // a household with too many rows is set aside already
            if span.len() > most || rows.len() > most {
                continue;
            }
            let mut from = span.start;
            for at in rows {
                let row = placed.source(at);
                let found = of
                    .and_then(|of| of.get(row))
                    .and_then(|key| find_in(span.clone(), from, far_keys, far, key));
                match (found, above_of.get_mut(at)) {
                    (Some(found), Some(slot)) => {
                        from = found;
                        *slot = row32(found);
                    }
                    _ => lost.push((case, row32(row))),
                }
            }
        }
        (above_of, lost)
    }

    /// Finds rows of a household that have no key of their own, or one that another row has.
    fn unique(&mut self, entity: usize) {
        let most = self.importer.options.most_rows;
        let Some(keys) = self.own_keys(entity) else {
            return;
        };
        let placed = self.placed(entity);
        let mut wrong = Vec::new();
        for case in 0..self.set_aside.len() {
            let span = placed.of_case(case);
            if span.len() > most {
                continue;
            }
            for at in span.clone() {
                let key = keys.get(placed.source(at));
                let before = || (span.start..at).any(|b| keys.get(placed.source(b)) == key);
                if key.is_none() {
                    wrong.push((case, placed.source(at), "E-ROW-KEY", "the row has no key"));
                } else if before() {
                    let message = "another row of the household has the same key";
                    wrong.push((case, placed.source(at), "E-ROW-TWICE", message));
                }
            }
        }
        let column = self.column_name(entity, &Role::Key);
        for (case, row, code, message) in wrong {
            self.aside(case);
            self.report(entity, row32(row), &column, code, message, Effect::SetAside);
        }
    }

    /// Where a link of every row points.
    fn link(&mut self, entity: usize, link: usize) -> Result<Option<Cow<'a, [u32]>>, Error> {
        let role = Role::Link(link);
        let importer = self.importer;
        let def = importer.set.entities().get(entity);
        let to = def.and_then(|e| e.links.get(link)).map(|(_, to)| *to);
        let (Some(table), Some(to)) = (importer.table(entity), to) else {
            return Ok(None);
        };
        let Some(keys) = self.key_cells(table, &role)? else {
            return Ok(None);
        };
        let most = importer.options.most_rows;
        let (placed, far, far_keys) = (self.placed(entity), self.placed(to), self.own_keys(to));
        let mut targets = vec![NO_ROW; placed.rows];
        let mut lost = Vec::new();
        for case in 0..self.set_aside.len() {
            let (span, rows) = (far.of_case(case), placed.of_case(case));
            if span.len() > most || rows.len() > most {
                continue;
            }
            for at in rows {
                let row = placed.source(at);
                let Some(key) = keys.get(row) else { continue };
                match (
                    find_in(span.clone(), span.start, far_keys, far, key),
                    targets.get_mut(at),
                ) {
                    (Some(found), Some(slot)) => *slot = row32(found),
                    _ => lost.push((case, row32(row))),
                }
            }
        }
        let column = self.column_name(entity, &role);
        for (case, row) in lost {
            self.aside(case);
            let message = "the link names no row of the household";
            self.report(
                entity,
                row,
                &column,
                "E-ROW-LINK",
                message,
                Effect::SetAside,
            );
        }
        Ok(Some(Cow::Owned(targets)))
    }

    /// The values of a column, after everything that is wrong with them was reported; `None` where nothing is known.
    fn cells(
        &mut self,
        table: &MatchedTable,
        column: &Matched,
    ) -> Result<Option<Cells<'a>>, Error> {
        let Some(array) = self.array(table, column)? else {
            return Ok(None);
        };
        let same = [words(&column.ty), "nothing"].contains(&words(array.data_type()));
        let Some(cells) = cells::read(array.as_ref(), &column.want).filter(|_| same) else {
            return Err(other_type(table, column, array));
        };
        for (row, bad) in &cells.bad {
            self.spoil(table.entity, *row, &column.name, bad.code, bad.message);
        }
        if matches!(column.want, Want::Number(_) | Want::Date) {
            for (row, value) in cells.outside(column.low, column.high) {
                if column.low == Some(0) && value < 0 {
                    let message = "the value is negative";
                    self.spoil(table.entity, row, &column.name, "E-FACT-RANGE", message);
                } else {
                    let message = "the value is outside its sensible bounds and is read as unknown";
                    let (code, effect) = ("W-FACT-RANGE", Effect::Unknown);
                    self.report(table.entity, row, &column.name, code, message, effect);
                }
            }
        }
        Ok(Some(cells))
    }

    /// The day decided of every household.
    fn dates(&mut self) -> Result<Dates<'a>, Error> {
        let importer = self.importer;
        let default = importer.options.on;
        let table = importer.table(0);
        let column = table.and_then(|t| t.role(&Role::Day).map(|c| (t, c)));
        let one = || Ok(Dates::One(default.unwrap_or(Day::MIN)));
        let Some((table, column)) = column else {
            return one();
        };
        let Some(cells) = self.cells(table, column)? else {
            return one();
        };
        let placed = self.placed(0);
        if let (Some(Values::Medium(days)), None, None) =
            (&cells.values, &cells.known, &placed.order)
        {
            return Ok(Dates::Each(days.clone()));
        }
        let given = |at: usize| i32::try_from(cells.number(placed.source(at))?).ok();
        let rows = 0..placed.rows;
        let number = default.and_then(|d| i32::try_from(d.number()).ok());
        let filler = number
            .or_else(|| rows.clone().find_map(given))
            .unwrap_or(ANY_DAY);
        let days = rows.clone().map(|at| given(at).unwrap_or(filler)).collect();
        if default.is_none() {
            let bad = |row: u32| cells.bad.binary_search_by_key(&row, |b| b.0).is_ok();
            let open = rows.filter(|at| given(*at).is_none());
            let open: Vec<u32> = open
                .map(|at| row32(placed.source(at)))
                .filter(|row| !bad(*row))
                .collect();
            for row in open {
                self.spoil(
                    0,
                    row,
                    &column.name,
                    "E-ROW-DAY",
                    "the household has no day decided",
                );
            }
        }
        Ok(Dates::Each(days))
    }

    /// The packed identity numbers of people and the births they tell, in the order of the batch.
    fn identity(&mut self) -> Result<Option<Identities>, Error> {
        let importer = self.importer;
        let found = importer
            .tables
            .iter()
            .find_map(|t| t.role(&Role::Identity).map(|c| (t, c)));
        let Some((table, column)) = found else {
            return Ok(None);
        };
        let Some(cells) = self.key_cells(table, &Role::Identity)? else {
            return Ok(None);
        };
        let placed = self.placed(table.entity);
        let mut wrong = Vec::new();
        let read = |at: usize| {
            let row = placed.source(at);
            let Some(Key::Text(text)) = cells.get(row) else {
                return (0, NO_DAY);
            };
            match ResidentNumber::parse(text) {
                Ok(number) => (number.packed(), birth(number).unwrap_or(NO_DAY)),
                Err(error) => {
                    wrong.push((row32(row), error));
                    (0, NO_DAY)
                }
            }
        };
        let found = (0..placed.rows).map(read).unzip();
        for (row, error) in wrong {
            let message = error.to_string();
            self.report(
                table.entity,
                row,
                &column.name,
                error.code(),
                message,
                Effect::Unknown,
            );
        }
        Ok(Some(found))
    }

    /// The keys of all rows, in the order of the batch.
    fn out_keys(&self, identity: Option<Vec<u64>>) -> Result<Keys, Error> {
        let importer = self.importer;
        let mut tables = Vec::new();
        for entity in 0..importer.set.entities().len() {
            let mut out: Vec<(String, ArrayRef)> = Vec::new();
            for (name, role, ty) in importer.key_columns(entity) {
                let table = importer.table(entity);
                let array = table
                    .map(|t| self.key_array(t, &role))
                    .transpose()?
                    .flatten();
                let placed = self.placed(entity);
                let array: ArrayRef = match (array, &placed.order) {
                    // a part without this table
                    (None, _) if placed.rows == 0 => new_empty_array(&ty),
                    (None, _) => Arc::new(numbers(placed)),
                    (Some(array), None) => Arc::clone(array),
                    (Some(array), Some(order)) => {
                        let rows = UInt32Array::from(order.clone());
                        take(array.as_ref(), &rows, None)
                            .map_err(|_| fault(importer.table_name(entity)))?
                    }
                };
                out.push((name, array));
            }
            tables.push(out);
        }
        Ok(Keys { tables, identity })
    }
}

/// The birth that an identity number tells.
fn birth(number: ResidentNumber) -> Option<i32> {
    i32::try_from(Day::from_date(number.birth_date())?.number()).ok()
}

/// Rows numbered from 1 in their household.
fn numbers(placed: &Placed) -> Int64Array {
    let cases = 0..placed.starts.len().saturating_sub(1);
    cases
        .flat_map(|case| (1_i64..).zip(placed.of_case(case)))
        .map(|(number, _)| number)
        .collect()
}

fn other_type(table: &MatchedTable, column: &Matched, array: &ArrayRef) -> Error {
    let message = format!(
        "this part of the column is {}, its schema says {}",
        array.data_type(),
        column.ty
    );
    at(
        "E-TABLE-TYPE",
        &table.name,
        &column.name,
        message,
        "write all parts with one schema",
    )
    .into()
}

/// Places, offsets and columns are of this module's making and fit.
fn misfit(error: &BatchError) -> Error {
    let place = match error {
        BatchError::Column { fact, .. } => fact.as_str(),
        BatchError::Offsets { entity } | BatchError::Link { entity, .. } => entity.as_str(),
        _ => "",
    };
    fault(place)
}
