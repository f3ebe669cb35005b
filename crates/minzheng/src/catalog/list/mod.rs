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

    /// The elements of `below` that keep their source when the list stands in the place of its resources, as rows of a pack;
    /// items stay where the list has none. The others have no source any more.
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
