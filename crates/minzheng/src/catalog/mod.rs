//! The data catalogue (数据资源目录): which data exist, whose they are, how often they come, who may use them.
//!
//! A [`Resource`] is a table that a department keeps; a civil-affairs department's own, or an **item** (数据项) that
//! another [`Department`] shares. Its [`Field`]s have types and units; its [`Kind`]s are the words by which facts name who
//! can answer (`item:TAX`). All of it is pack data (`[[catalog.…]]`, see `docs/guide/catalog.md`).
//!
//! What is done with it: [`Catalog::search`], [`Catalog::check`], [`Change::between`] two editions, [`Lineage`] from a
//! field to the rules on it and back, [`Impact`] of what does not come any more, the [`Board`] of what is late, and the forms
//! of other platforms: [`Catalog::to_dcat`], [`Catalog::to_contract`].

mod check;
mod code;
mod department;
mod diff;
mod export;
mod field;
mod freshness;
mod impact;
mod lineage;
mod list;
mod load;
mod purpose;
mod resource;
mod search;
mod show;
mod terms;

use std::collections::BTreeMap;

use minzheng_rules::pack::PackSet;

pub use check::{Remark, Weight};
pub use code::{Class, CodeError, ResourceCode};
pub use department::{Department, Kind};
pub use diff::{Breaks, Change, Edition, What};
pub use export::Base;
pub use field::{Field, FieldType, Unit};
pub use freshness::{Board, BoardLine, Delivery, Freshness};
pub use impact::{Effect, FactLost, Impact, Left, Quiet};
pub use lineage::{Lineage, Node, Step, Via, When};
pub use list::{Extension, List};
pub use purpose::{IdentityUse, Purpose};
pub(crate) use resource::words;
pub use resource::{
    Cycle, Grade, Inferred, Origin, Personal, Resource, RowOrder, Sharing, Status, Subject,
};
pub use search::{Hit, Query, fold};
pub use terms::{Element, Format, Lifecycle, Line, Mode, Openness, Retention, Supply};

use crate::error::Error;
use crate::gate::MaskKind;

/// The catalogue of some packs, checked.
///
/// ```
/// use minzheng::catalog::Catalog;
/// use minzheng::packs::{self, BuiltIn};
///
/// let packs = packs::load(&BuiltIn::ALL, &[])?;
/// let catalog = Catalog::load(&packs)?;
/// assert_eq!(catalog.items().count(), 33);
/// assert_eq!(catalog.departments().len(), 20);
/// let tax: Vec<&str> = catalog.supplying("TAX").map(|r| r.id.as_str()).collect();
/// assert_eq!(tax, ["income_tax", "business_tax"]);
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    departments: Vec<Department>,
    keepers: Vec<Department>,
    lines: Vec<Line>,
    kinds: Vec<Kind>,
    resources: Vec<Resource>,
    elements: Vec<Element>,
    purposes: Vec<Purpose>,
    masks: BTreeMap<String, MaskKind>,
}

impl Catalog {
    /// Reads the catalogue that stands in packs; packs without one give an empty catalogue.
    ///
    /// # Errors
    /// Everything that is wrong at once, each with file and line: `E-CATALOG-SHAPE`, `E-CATALOG-ID`, `E-CATALOG-TWICE`,
    /// `E-CATALOG-NAME`, `E-CATALOG-TYPE`, `E-CATALOG-KEY`, `E-CATALOG-GRADE`, `E-CATALOG-SHARING`, `E-CATALOG-STATUS`,
    /// `E-CATALOG-CODE`, `E-CATALOG-TERMS`, `E-CATALOG-ELEMENT`, `E-CATALOG-SUPPLY`.
    pub fn load(packs: &PackSet) -> Result<Self, Error> {
        load::load(packs)
    }

    /// The departments that share data, in the order of the packs.
    pub fn departments(&self) -> &[Department] {
        &self.departments
    }

    /// The department with this id.
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.id == id)
    }

    /// The bodies of civil affairs that keep resources of their own, in the order of the packs.
    pub fn keepers(&self) -> &[Department] {
        &self.keepers
    }

    /// The body of civil affairs with this id.
    pub fn keeper(&self, id: &str) -> Option<&Department> {
        self.keepers.iter().find(|d| d.id == id)
    }

    /// The body that keeps a resource.
    pub fn provider(&self, of: &Resource) -> Option<&Department> {
        let id = of.provider.as_deref()?;
        self.department(id).or_else(|| self.keeper(id))
    }

    /// The lines of business, in the order of the packs.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line of business with this id.
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|l| l.id == id)
    }

    /// The data that several resources hold, each with the one that answers for it, in the order of the packs.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The element with this id.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|e| e.id == id)
    }

    /// The resource and field that answer for an element (一数一源).
    pub fn source_of(&self, element: &str) -> Option<(&Resource, &Field)> {
        let element = self.element(element)?;
        let resource = self.resource(&element.resource)?;
        Some((resource, resource.field(&element.field)?))
    }

    /// The kinds of data, in the order of the packs.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind with this id, as `TAX`.
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|k| k.id == id)
    }

    /// All resources: items by number, then what civil affairs keeps itself in the order of the packs.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resource with this id.
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|r| r.id == id)
    }

    /// The items: what other departments share, by number.
    pub fn items(&self) -> impl Iterator<Item = &Resource> {
        let is_item = |r: &&Resource| matches!(r.origin, Origin::Obtained { .. });
        self.resources.iter().filter(is_item)
    }

    /// The resources that civil affairs keeps itself, in the order of the packs.
    pub fn own(&self) -> impl Iterator<Item = &Resource> {
        let is_own = |r: &&Resource| matches!(r.origin, Origin::Own);
        self.resources.iter().filter(is_own)
    }

    /// The resources that hold data of a kind.
    pub fn supplying(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.resources
            .iter()
            .filter(move |r| r.kinds.iter().any(|k| k == kind))
    }

    /// The purposes for which data are asked, in the order of the packs.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// The purpose with this id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|p| p.id == id)
    }

    /// How a text field of this id is masked, where it can be.
    pub fn mask_of(&self, field: &str) -> Option<MaskKind> {
        self.masks.get(field).copied()
    }
}

#[cfg(test)]
mod tests;
