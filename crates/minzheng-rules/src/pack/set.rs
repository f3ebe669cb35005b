//! A set of packs as one vocabulary.

use core::hash::BuildHasherDefault;
use std::collections::BTreeMap;
use std::hash::DefaultHasher;

use super::model::{
    Calendar, Cell, Cite, CodeList, Dated, Entity, Fact, Formula, HostRow, Instrument, Origin,
    PackInfo, PackTest, Parameter, Programme, Relation,
};
use super::place::Places;
use crate::date::Day;
use crate::error::{Diagnostic, nearest};
use crate::facts::scalar::{CodeIndex, Scalar, read_figure};
use crate::lang::{Names, Outcome, Row, Type};
use crate::scalar::V;

/// Packs that were loaded together and checked against each other.
#[derive(Debug, Clone, Default)]
pub struct PackSet {
    pub(crate) packs: Vec<PackInfo>,
    pub(crate) instruments: BTreeMap<String, Instrument>,
    pub(crate) places: Places,
    pub(crate) entities: Vec<Entity>,
    pub(crate) lists: Vec<CodeList>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) formulas: Vec<Formula>,
    pub(crate) programmes: Vec<Programme>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) calendar: Calendar,
    pub(crate) tests: Vec<PackTest>,
    pub(crate) host: BTreeMap<String, Vec<HostRow>>,
    pub(crate) names: Vec<NamesOf>,
    /// Of every fact its entity, and what it can be where nobody gives it: a case is laid out by this, for every household.
    pub(crate) blank: Vec<(usize, V)>,
    pub(crate) params_by_id: BTreeMap<String, usize>,
    pub(crate) formulas_by_id: BTreeMap<String, usize>,
    /// Days on which some row begins or ends to hold.
    pub(crate) breakpoints: Vec<Day>,
    /// Days on which some row became public.
    pub(crate) knowledge: Vec<Day>,
    /// What rows left out, for the lint.
    pub(crate) raw_status: BTreeMap<Origin, RowNotes>,
}

/// What a row left out, for the lint.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowNotes {
    pub(crate) no_published: bool,
    pub(crate) no_status: bool,
    pub(crate) what: String,
}

/// The names of an entity. Every fact of every household is looked up here.
#[expect(
    clippy::disallowed_types,
    reason = "its order is never seen: who lists the names sorts them, and the hash is the same in every run"
)]
pub(crate) type NamesOf =
    std::collections::HashMap<String, NameOf, BuildHasherDefault<DefaultHasher>>;

/// What a name of an entity stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOf {
    Fact(usize),
    Formula(usize),
    Programme(usize),
    Link(usize),
    Rows(usize),
}

impl PackSet {
    /// The packs, lowest layer first.
    pub fn packs(&self) -> &[PackInfo] {
        &self.packs
    }

    /// The legal texts by id.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.values()
    }

    /// The legal text with this id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.get(id)
    }

    /// The places.
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// The tables; the first is the root.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The code lists.
    pub fn code_lists(&self) -> &[CodeList] {
        &self.lists
    }

    /// The words that are asked for or reported; findings included.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|f| !f.finding)
    }

    /// The figures and settings, in the order of the packs.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter with this id.
    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.params_by_id
            .get(id)
            .and_then(|i| self.parameters.get(*i))
    }

    /// The rows of a parameter that hold on a day, as known by another, at a place: of every combination of keys the one of the nearest
    /// place, there the one published last. Without a place those that hold everywhere.
    pub fn in_force<'p>(
        &self,
        parameter: &'p Parameter,
        place: Option<i64>,
        on: Day,
        known_on: Day,
    ) -> Vec<&'p Dated<Cell>> {
        let chain = place.map_or_else(Vec::new, |code| self.places().chain(code));
        let mut best: Vec<(usize, &Dated<Cell>)> = Vec::new();
        for row in parameter.rows.iter().filter(|r| r.holds(on, known_on)) {
            let far = match row.place {
                None => Some(chain.len()),
                Some(own) => chain.iter().position(|c| *c == own),
            };
            let Some(far) = far else { continue };
            match best
                .iter_mut()
                .find(|(_, other)| other.value.keys == row.value.keys)
            {
                None => best.push((far, row)),
                Some(slot) => {
                    let newer = (row.published, row.from) > (slot.1.published, slot.1.from);
                    if far < slot.0 || (far == slot.0 && newer) {
                        *slot = (far, row);
                    }
                }
            }
        }
        best.into_iter().map(|(_, row)| row).collect()
    }

    /// The formulas; a condition is a formula of type bool whose id holds a slash.
    pub fn formulas(&self) -> &[Formula] {
        &self.formulas
    }

    /// The formula or condition with this id.
    pub fn formula(&self, id: &str) -> Option<&Formula> {
        self.formulas_by_id
            .get(id)
            .and_then(|i| self.formulas.get(*i))
    }

    /// The programmes in the order of tests.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// The programme with this id.
    pub fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.iter().find(|p| p.id == id)
    }

    /// The relations between programmes.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The working-day calendar.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The tests that stand in the packs.
    pub fn tests(&self) -> &[PackTest] {
        &self.tests
    }

    /// The rows of a section that the engine keeps for its host, lowest layer first: `catalog.resource` for
    /// `[[catalog.resource]]`.
    ///
    /// ```
    /// use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
    /// let text = r#"
    /// [pack]
    /// id = "example"
    /// title = { zh = "例", en = "example" }
    /// publisher = "an example"
    /// version = "1"
    /// level = "nation"
    /// place = "000000"
    /// reviewed_on = 2026-01-01
    /// [[entity]]
    /// id = "parcel"
    /// [[catalog.resource]]
    /// id = "R1"
    /// "#;
    /// let set = PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])])?;
    /// assert_eq!(set.host_rows("catalog.resource").len(), 1);
    /// assert!(set.host_rows("catalog.other").is_empty());
    /// # Ok::<(), minzheng_rules::error::Diagnostics>(())
    /// ```
    pub fn host_rows(&self, section: &str) -> &[HostRow] {
        self.host.get(section).map_or(&[], Vec::as_slice)
    }

    /// The type of a parameter, fact or formula in the words of packs.
    pub fn type_word(&self, ty: Type) -> String {
        match ty {
            Type::Code(list) => format!("code:{}", self.list_id(list)),
            other => other.to_string(),
        }
    }

    /// Reads a written value exactly as a type, in the engine's unit; money without a period is of the type's own.
    ///
    /// # Errors
    /// `E-VALUE-…`, without a place; the words never repeat the value.
    ///
    /// ```
    /// use minzheng_rules::lang::{Period, Type};
    /// use minzheng_rules::pack::PackSet;
    ///
    /// let set = PackSet::default();
    /// let monthly = Type::money(Period::Month);
    /// assert_eq!(set.read_value(monthly, &serde_json::json!("2600.50")), Ok(260_050));
    /// let error = set.read_value(Type::Date, &serde_json::json!("2026-02-30")).unwrap_err();
    /// assert_eq!(error.code(), "E-VALUE-DATE");
    /// ```
    pub fn read_value(&self, ty: Type, value: &serde_json::Value) -> Result<i64, Diagnostic> {
        read_figure(self, ty, Scalar::from(value), None)
            .map(|found| found.value)
            .map_err(|bad| Diagnostic::error(bad.code, bad.message).help(bad.help))
    }

    /// Every day on which some rule or figure begins or ends, in order.
    pub fn breakpoints(&self) -> &[Day] {
        &self.breakpoints
    }

    pub(crate) fn entity_index(&self, id: &str) -> Option<usize> {
        self.entities.iter().position(|e| e.id == id)
    }

    pub(crate) fn list_index(&self, id: &str) -> Option<usize> {
        self.lists.iter().position(|l| l.id == id)
    }

    pub(crate) fn list_ids(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(|l| l.id.as_str())
    }

    pub(crate) fn name_of(&self, entity: usize, name: &str) -> Option<NameOf> {
        self.names.get(entity).and_then(|m| m.get(name)).copied()
    }

    /// The row that holds at the first of these places that has one.
    pub(crate) fn resolve<'r, T>(
        rows: &'r [Dated<T>],
        chain: &[i64],
        on: Day,
        known_on: Day,
    ) -> Option<&'r Dated<T>> {
        let best = |place: Option<i64>| {
            rows.iter()
                .filter(|r| r.place == place && r.holds(on, known_on))
                .max_by_key(|r| (r.published, r.from))
        };
        chain
            .iter()
            .find_map(|place| best(Some(*place)))
            .or_else(|| best(None))
    }

    /// Whether facts read for one of two pack sets can be decided by the other as they are: both have the same entities with
    /// their links, the same facts with types and bounds, officials' findings included, lists of codes and codes of places. Rules, figures,
    /// titles and questions may differ.
    ///
    /// ```
    /// # use minzheng_rules::pack::PackSet;
    /// assert!(PackSet::default().reads_like(&PackSet::default()));
    /// ```
    pub fn reads_like(&self, other: &Self) -> bool {
        let entities = |set: &Self| -> Vec<_> {
            let parts = |e: &Entity| (e.id.clone(), e.parent, e.links.clone());
            set.entities.iter().map(parts).collect()
        };
        let facts = |set: &Self| -> Vec<_> {
            let parts = |f: &Fact| (f.id.clone(), f.entity, f.ty, f.low, f.high, f.finding);
            set.facts.iter().map(parts).collect()
        };
        let lists = |a: &CodeList, b: &CodeList| a.id == b.id && a.codes == b.codes;
        let places = |set: &Self| -> Vec<_> {
            let parts = |p: &super::place::Place| (p.code, p.alias_of);
            set.places.iter().map(parts).collect()
        };
        entities(self) == entities(other)
            && facts(self) == facts(other)
            && self.lists.len() == other.lists.len()
            && self
                .lists
                .iter()
                .zip(&other.lists)
                .all(|(a, b)| lists(a, b))
            && places(self) == places(other)
    }

    /// A citation in words: title and article.
    pub fn cite_words(&self, cite: &Cite) -> String {
        let title = self
            .instruments
            .get(&cite.instrument)
            .map_or(cite.instrument.as_str(), |i| i.title.as_str());
        format!("《{title}》{}", cite.article)
    }

    pub(crate) fn pack_of(&self, origin: &Origin) -> Option<&PackInfo> {
        self.packs.get(origin.pack)
    }

    /// `pack/file:line` of an origin.
    pub fn origin_words(&self, origin: &Origin) -> String {
        let pack = self.pack_of(origin).map_or("", |p| p.id.as_str());
        format!("{pack}/{}:{}", origin.file, origin.line)
    }
}

impl CodeIndex for PackSet {
    fn code_index(&self, list: usize, id: &str) -> Option<i64> {
        let codes = &self.lists.get(list)?.codes;
        codes
            .iter()
            .position(|c| c.id == id)
            .and_then(|i| i64::try_from(i).ok())
    }

    fn nearest_code(&self, list: usize, id: &str) -> Option<String> {
        let codes = &self.lists.get(list)?.codes;
        nearest(id, codes.iter().map(|c| c.id.as_str())).map(str::to_owned)
    }
}

impl Names for PackSet {
    fn entity(&self, id: &str) -> Option<Row> {
        self.entity_index(id)
    }

    fn entity_id(&self, row: Row) -> &str {
        self.entities.get(row).map_or("", |e| e.id.as_str())
    }

    fn parent(&self, row: Row) -> Option<Row> {
        self.entities.get(row).and_then(|e| e.parent)
    }

    fn lookup(&self, row: Row, name: &str) -> Option<crate::lang::Named> {
        use crate::lang::Named;
        Some(match self.name_of(row, name)? {
            NameOf::Fact(i) => Named::Fact(i, self.facts.get(i)?.ty),
            NameOf::Formula(i) => Named::Formula(i, self.formulas.get(i)?.ty),
            NameOf::Programme(i) => Named::Programme(i),
            NameOf::Link(i) => Named::Link {
                index: i,
                to: self.entities.get(row)?.links.get(i)?.1,
            },
            NameOf::Rows(i) => Named::Rows(i),
        })
    }

    fn amount_type(&self, programme: usize) -> Option<Type> {
        let formula = self.programmes.get(programme)?.amount?;
        self.formulas.get(formula).map(|f| f.ty)
    }

    fn param(&self, id: &str) -> Option<crate::lang::ParamShape> {
        let index = *self.params_by_id.get(id)?;
        let param = self.parameters.get(index)?;
        let keys = param.keys.iter().map(|k| (k.name.clone(), k.ty)).collect();
        Some(crate::lang::ParamShape {
            index,
            ty: param.ty,
            keys,
        })
    }

    fn code(&self, list: usize, id: &str) -> Option<i64> {
        self.code_index(list, id)
    }

    fn list_id(&self, list: usize) -> &str {
        self.lists.get(list).map_or("", |l| l.id.as_str())
    }

    fn rounding_list(&self) -> usize {
        0
    }

    fn words(&self, row: Row) -> Vec<&str> {
        let names = self.names.get(row).into_iter().flat_map(NamesOf::keys);
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn param_words(&self) -> Vec<&str> {
        self.params_by_id.keys().map(String::as_str).collect()
    }

    fn codes(&self, list: usize) -> Vec<&str> {
        self.lists
            .get(list)
            .map(|l| l.codes.iter().map(|c| c.id.as_str()).collect())
            .unwrap_or_default()
    }
}

/// The outcomes of a programme are read by name.
pub(crate) fn outcome_word(word: &str) -> Option<Outcome> {
    Outcome::ALL
        .into_iter()
        .find(|(name, _)| *name == word)
        .map(|(_, o)| o)
}
