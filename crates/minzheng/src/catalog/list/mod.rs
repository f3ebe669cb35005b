//! The list of the ministry (一张清单): a row for each field, the columns of the resource beside it.
//!
//! Rows of text cells, as a CSV file or a sheet holds them: [`Catalog::to_list`] writes them, [`List::read`] makes
//! the rows of a pack of them. What is wrong is named by its cell (`清单!B12`).

mod columns;
mod read;
mod toml;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::pack::PackSet;

use super::{Catalog, Element, Origin, Resource};
use crate::error::Error;
use columns::{COLUMNS, Column, LETTERS, Of, Takes};
pub(crate) use toml::row_as_toml;

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its resources as rows of a pack, `[[catalog.item]]` and `[[catalog.resource]]`, the cell of each in a comment above it.
    pub toml: String,
    /// How many resources it has, items among them.
    pub resources: usize,
    /// How many of them have a number and are items.
    pub items: usize,
    /// How many blank cells were filled as the caller said.
    pub filled: usize,
    /// How many ids of resources and fields the list did not give: made of the code, and of the place in the resource.
    pub made: usize,
    /// The cells of columns that nobody knows, in their order: nothing of a list is lost.
    pub extensions: Vec<Extension>,
    /// Element, resource and field of the fields that name an element.
    elements: BTreeSet<(String, String, String)>,
}

/// What the cells of a column of the list are, for who makes a sheet or reads one in which cells have kinds of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListCells {
    /// Text.
    Text,
    /// One of these words, as the list writes them.
    Words(Vec<&'static str>),
    /// A whole number from 0.
    Whole,
    /// 是 or 否.
    Truth,
    /// A day, `2026-07-01`.
    Day,
}

/// A cell of a column that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its place: `清单!B12`.
    pub cell: String,
    /// The head of its column.
    pub head: String,
    /// What stands in it.
    pub text: String,
}

impl List {
    /// Reads a list; the first row is the head. Columns may stand in any order and have other names that are known; those of a
    /// resource are blank or the same below its first row. Bodies and lines of business are those of `below`.
    ///
    /// Nothing is guessed: what a catalogue needs and the list does not say is an error, unless `fill` gives one value for all
    /// blank cells of a column, by its head. An id that is not given is made of the code (`r307012_00045`), that of a field of its
    /// place (`f3`).
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use minzheng::Engine;
    /// use minzheng::catalog::List;
    ///
    /// let engine = Engine::built_in()?;
    /// let catalog = engine.catalog()?;
    /// let list = List::read("清单", &catalog.to_list(), catalog, &BTreeMap::new())?;
    /// assert_eq!((list.resources, list.items, list.made), (161, 33, 0));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// Everything at once, each with its cell: `E-LIST-HEAD`, `E-LIST-EMPTY`, `E-LIST-CELL`, `E-LIST-DAMAGED`, `E-LIST-NAME`,
    /// `E-LIST-DIFFERS`, `E-LIST-TWICE`. That the rows hold together says [`Catalog::load`] of the pack.
    pub fn read(
        sheet: &str,
        rows: &[Vec<String>],
        below: &Catalog,
        fill: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        read::read(sheet, rows, below, fill)
    }

    /// What the cells of a column are, by its head or another name that is understood; none of a column that nobody knows.
    ///
    /// ```
    /// use minzheng::catalog::{List, ListCells};
    /// assert_eq!(List::cells("共享属性"), List::cells("共享类型"));
    /// assert_eq!(List::cells("资源分级"), Some(ListCells::Whole));
    /// assert_eq!(List::cells("所属系统"), None);
    /// ```
    pub fn cells(head: &str) -> Option<ListCells> {
        let column = COLUMNS.iter().find(|c| c.is_named(head))?;
        Some(match column.takes {
            Takes::Word(words) => ListCells::Words(words.iter().map(|(_, zh)| *zh).collect()),
            Takes::Letter => ListCells::Words(LETTERS.iter().map(|(name, _)| *name).collect()),
            Takes::Whole | Takes::Years => ListCells::Whole,
            Takes::Truth => ListCells::Truth,
            Takes::Day => ListCells::Day,
            _ => ListCells::Text,
        })
    }

    /// Whether a column speaks of the resource, so that it is blank or the same below the first row of each.
    ///
    /// ```
    /// use minzheng::catalog::List;
    /// assert!(List::is_of_resource("共享类型") && !List::is_of_resource("信息项名称"));
    /// ```
    pub fn is_of_resource(head: &str) -> bool {
        let column = COLUMNS.iter().find(|c| c.is_named(head));
        column.is_some_and(|c: &Column| c.of == Of::Resource)
    }

    /// Whether the catalogue needs the column: a cell of it is blank only where one value is said for all.
    ///
    /// ```
    /// use minzheng::catalog::List;
    /// assert!(List::is_needed("资源分级") && !List::is_needed("备注"));
    /// ```
    pub fn is_needed(head: &str) -> bool {
        let column = COLUMNS.iter().find(|c| c.is_named(head));
        column.is_some_and(|c| columns::NEEDED.contains(&c.head))
    }

    /// A cell as spreadsheets name it; row and column are counted from 0.
    ///
    /// ```
    /// use minzheng::catalog::List;
    /// assert_eq!(List::address("清单", 6, 2), "清单!C7");
    /// ```
    pub fn address(sheet: &str, row: usize, column: usize) -> String {
        address(sheet, row, column)
    }

    /// The elements of `below` that keep their source when the list stands in the place of its resources, as rows of a pack; items stay
    /// where the list has none, resources of our own where it has none of them. The others have no source any more.
    pub fn elements(&self, below: &Catalog) -> String {
        let kept = below.elements().iter().filter(|e| self.keeps(below, e));
        kept.map(toml::element).collect()
    }

    /// Whether an element of `below` keeps its source.
    pub(super) fn keeps(&self, below: &Catalog, of: &Element) -> bool {
        let named = (of.id.clone(), of.resource.clone(), of.field.clone());
        let stays = below.resource(&of.resource).is_some_and(|r| self.leaves(r));
        stays || self.elements.contains(&named)
    }

    /// Whether a resource stays beside the list: items where it has none, our own where it has nothing else.
    pub(super) fn leaves(&self, of: &Resource) -> bool {
        match of.origin {
            Origin::Obtained { .. } => self.items == 0,
            Origin::Own => self.items == self.resources,
        }
    }

    /// The list as a catalogue, in the place of the resources of `below`: for a look at what it changes, without a pack.
    ///
    /// Departments, lines of business, kinds and purposes are those of `below`; an element without its source is left out.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use minzheng::Engine;
    /// use minzheng::catalog::{Change, Edition, List};
    ///
    /// let engine = Engine::built_in()?;
    /// let (packs, catalog) = (engine.packs(), engine.catalog()?);
    /// let list = List::read("清单", &catalog.to_list(), catalog, &BTreeMap::new())?;
    /// let other = list.catalog(packs, catalog)?;
    /// let (before, after) = (Edition { packs, catalog }, Edition { packs, catalog: &other });
    /// assert_eq!(Change::between(before, after), []);
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// What [`Catalog::load`] finds in the rows of the list.
    pub fn catalog(&self, packs: &PackSet, below: &Catalog) -> Result<Catalog, Error> {
        super::load::of_list(packs, below, self)
    }

    /// The elements of `below` that [`elements`](Self::elements) leaves out.
    pub fn lost_elements<'c>(&self, below: &'c Catalog) -> Vec<&'c Element> {
        let all = below.elements().iter();
        all.filter(|e| !self.keeps(below, e)).collect()
    }
}

/// A cell as spreadsheets name it: `清单!B12`.
fn address(sheet: &str, row: usize, column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        let digit = u8::try_from(rest.checked_rem(26).unwrap_or(0)).unwrap_or(0);
        letters.push(char::from(b'A'.saturating_add(digit)));
        match rest.checked_div(26) {
            Some(0) | None => break,
            Some(more) => rest = more.saturating_sub(1),
        }
    }
    let name: String = letters.into_iter().rev().collect();
    format!("{sheet}!{name}{}", row.saturating_add(1))
}

#[cfg(test)]
mod tests;
