//! Rows of packs to a catalogue.

mod join;
mod raw;

use std::collections::BTreeSet;

use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::pack::model::{self, HostRow, Words};
use minzheng_rules::pack::{Node, PackSet};

use raw::{RawDepartment, RawField, RawKind, RawResource, SharingWord};

use super::{
    Catalog, Department, Field, FieldType, Grade, Kind, List, Origin, Personal, Resource, Sharing,
    Status, Subject,
};
use crate::error::Error;
use crate::packs::rows::{finding, is_word, read, replacements, standing, unknown, unread_law};

/// The code of a row whose keys are wrong.
const SHAPE: &str = "E-CATALOG-SHAPE";
/// The code of a name that nothing has.
const NAME: &str = "E-CATALOG-NAME";
/// The code of a type that is none.
const TYPE: &str = "E-CATALOG-TYPE";

struct Loader<'p> {
    packs: &'p PackSet,
    findings: Diagnostics,
    catalog: Catalog,
}

pub(super) fn load(packs: &PackSet) -> Result<Catalog, Error> {
    let mut loader = Loader {
        packs,
        findings: replacements(packs),
        catalog: Catalog::default(),
    };
    for row in standing(packs, "catalog.department") {
        let read = loader.department(row);
        loader.catalog.departments.extend(read);
    }
    for row in standing(packs, "catalog.keeper") {
        let read = loader.department(row);
        loader.catalog.keepers.extend(read);
    }
    for row in standing(packs, "catalog.line") {
        loader.line(row);
    }
    for row in standing(packs, "catalog.kind") {
        loader.kind(row);
    }
    for (section, is_item) in [("catalog.item", true), ("catalog.resource", false)] {
        for row in standing(packs, section) {
            loader.resource(row, is_item);
        }
    }
    for row in standing(packs, "catalog.element") {
        loader.element(row);
    }
    loader.names();
    loader.answers();
    loader.twice();
    super::purpose::load(packs, &mut loader.catalog, &mut loader.findings);
    loader.end()
}

/// The resources of a list in the place of those of a catalogue.
pub(super) fn of_list(packs: &PackSet, below: &Catalog, list: &List) -> Result<Catalog, Error> {
    let mut catalog = below.clone();
    catalog.resources.retain(|r| list.leaves(r));
    catalog.elements.retain(|e| list.keeps(below, e));
    let mut loader = Loader {
        packs,
        findings: Diagnostics::new(),
        catalog,
    };
    // the reader of lists writes it, so that it is TOML
    let file = Node::parse(&list.toml).ok();
    let rows = file.as_ref().and_then(|file| file.get("catalog"));
    for (section, is_item) in [("item", true), ("resource", false)] {
        let rows = rows.and_then(|r| r.get(section));
        for row in rows.into_iter().flat_map(Node::items) {
            loader.resource(&loader.row(row), is_item);
        }
    }
    loader.names();
    loader.twice();
    loader.end()
}

impl Loader<'_> {
    /// The catalogue, where nothing was found wrong.
    fn end(mut self) -> Result<Catalog, Error> {
        if self.findings.has_errors() {
            self.findings.sort();
            return Err(self.findings.into());
        }
        self.catalog.resources.sort_by_key(|r| match r.origin {
            Origin::Obtained { number, .. } => number,
            Origin::Own => u16::MAX,
        });
        Ok(self.catalog)
    }

    /// A row that no pack has written.
    fn row(&self, row: &Node) -> HostRow {
        let cite = row.get("cite");
        let words = cite
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::text);
        let cite = words.map(|word| {
            let (instrument, article) = word.split_once('#').unwrap_or((word, ""));
            model::Cite {
                instrument: instrument.to_owned(),
                article: article.to_owned(),
            }
        });
        HostRow {
            cite: cite.collect(),
            row: row.clone(),
            origin: model::Origin {
                pack: self.packs.packs().len(),
                file: "list".into(),
                line: 0,
            },
        }
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, row: &HostRow) -> Option<T> {
        match read(row, SHAPE) {
            Ok(raw) => Some(raw),
            Err(found) => {
                self.findings.push(found);
                None
            }
        }
    }

    fn id(&mut self, row: &HostRow, id: &str, is_kind: bool) {
        let is_good = if is_kind {
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
        } else {
            is_word(id)
        };
        if !is_good {
            let help = if is_kind {
                "capital letters and hyphens"
            } else {
                "small letters, digits and underscores, beginning with a letter"
            };
            let message = format!("`{id}` is not an id");
            self.findings
                .push(finding(&row.origin, "E-CATALOG-ID", message).help(help));
        }
    }

    /// What was seen published says where; what was not, does not.
    fn status(&mut self, row: &HostRow, id: &str, status: Status, seen: &Words) {
        let says = !seen.zh.is_empty() && !seen.en.is_empty();
        let silent = seen.zh.is_empty() && seen.en.is_empty();
        let (is_good, help) = match status {
            Status::Inferred => (silent, "leave `seen` out, or write another status"),
            _ => (says, "write seen = { zh = \"…\", en = \"…\" }"),
        };
        if !is_good {
            let message = format!(
                "`{id}` is `{}`, and `seen` does not go with it",
                status.word()
            );
            self.findings
                .push(finding(&row.origin, "E-CATALOG-STATUS", message).help(help));
        }
    }

    fn department(&mut self, row: &HostRow) -> Option<Department> {
        let raw = self.read::<RawDepartment>(row)?;
        self.id(row, &raw.id, false);
        self.status(row, &raw.id, raw.status, &raw.seen);
        Some(Department {
            id: raw.id,
            title: raw.title,
            status: raw.status,
            seen: raw.seen,
            cite: row.cite.clone(),
            note: raw.note,
            written: row.origin.clone(),
        })
    }

    fn kind(&mut self, row: &HostRow) {
        let Some(raw) = self.read::<RawKind>(row) else {
            return;
        };
        self.id(row, &raw.id, true);
        let unread = unread_law(self.packs, row, raw.status, &raw.id);
        if let Some(found) = unread {
            self.findings.push(found);
        }
        self.catalog.kinds.push(Kind {
            id: raw.id,
            title: raw.title,
            cite: row.cite.clone(),
            status: raw.status,
            note: raw.note,
            written: row.origin.clone(),
        });
    }

    fn grade(&mut self, row: &HostRow, what: &str, level: u8) -> Grade {
        Grade::new(level).unwrap_or_else(|| {
            let message = format!("the grade of `{what}` is none");
            self.findings.push(
                finding(&row.origin, "E-CATALOG-GRADE", message).help("grades go from 1 to 4"),
            );
            Grade::LEAST
        })
    }

    fn resource(&mut self, row: &HostRow, is_item: bool) {
        let Some(raw) = self.read::<RawResource>(row) else {
            return;
        };
        self.id(row, &raw.id, false);
        self.status(row, &raw.id, raw.status, &raw.seen);
        let origin = match (is_item, raw.department.clone(), raw.number) {
            (true, Some(department), Some(number)) if raw.keeper.is_none() => {
                if self.catalog.department(&department).is_none() {
                    let known = self.catalog.departments.iter().map(|d| d.id.as_str());
                    let found = unknown(&row.origin, NAME, "department", &department, known);
                    self.findings.push(found);
                }
                Origin::Obtained { department, number }
            }
            (false, None, None) => Origin::Own,
            _ => {
                let message = format!("`{}` is not whole", raw.id);
                let help =
                    "an item has `department` and `number`, a resource of our own `keeper` at most";
                self.findings
                    .push(finding(&row.origin, SHAPE, message).help(help));
                return;
            }
        };
        for kind in &raw.kinds {
            if self.catalog.kind(kind).is_none() {
                let known = self.catalog.kinds.iter().map(|k| k.id.as_str());
                let found = unknown(&row.origin, NAME, "kind of data", kind, known);
                self.findings.push(found);
            }
        }
        let has_condition = !raw.condition.zh.is_empty() && !raw.condition.en.is_empty();
        let (sharing, is_good, help) = match raw.sharing {
            SharingWord::Unconditional => (
                Sharing::Unconditional,
                !has_condition,
                "leave `condition` out",
            ),
            SharingWord::Conditional => (
                Sharing::Conditional(raw.condition.clone()),
                has_condition,
                "write condition = { zh = \"…\", en = \"…\" }",
            ),
            SharingWord::Withheld => (
                Sharing::Withheld,
                !has_condition && !row.cite.is_empty(),
                "cite the ground, and leave `condition` out",
            ),
        };
        if !is_good {
            let message = format!("the sharing of `{}` lacks its condition or ground", raw.id);
            self.findings
                .push(finding(&row.origin, "E-CATALOG-SHARING", message).help(help));
        }
        let grade = self.grade(row, &raw.id, raw.grade);
        let terms = self.terms(row, &raw);
        let fields: Vec<Field> = raw
            .field
            .into_iter()
            .filter_map(|field| self.field(row, grade, raw.personal, field))
            .collect();
        let resource = Resource {
            id: raw.id,
            title: raw.title,
            summary: raw.summary,
            code: terms.code,
            origin,
            provider: raw.department.or(raw.keeper),
            line: raw.line,
            kinds: raw.kinds,
            status: raw.status,
            seen: raw.seen,
            inferred: raw.inferred,
            cite: row.cite.clone(),
            subject: raw.subject,
            key: raw.key,
            order: raw.order,
            cycle: raw.cycle,
            grace: raw.grace,
            sharing,
            modes: raw.modes,
            openness: terms.openness,
            formats: raw.formats,
            retention: terms.retention,
            grade,
            personal: raw.personal,
            fields,
            supplies: terms.supplies,
            related: raw.related,
            published_on: terms.published_on,
            lifecycle: terms.lifecycle,
            note: raw.note,
            written: row.origin.clone(),
        };
        let key = resource.field(&resource.key);
        let about_one = matches!(resource.subject, Subject::Person | Subject::Household);
        let is_key = |f: &Field| {
            let names_one = matches!(f.ty, FieldType::IdNumber | FieldType::CreditCode);
            let numbers = matches!(f.ty, FieldType::Text | FieldType::Place | FieldType::Month);
            f.required && (names_one || (!is_item && !about_one && numbers))
        };
        if !key.is_some_and(is_key) {
            let message = format!("`{}` is no key of `{}`", resource.key, resource.id);
            let help = if is_item || about_one {
                "a key is a required field of the type id_number or credit_code"
            } else {
                "a key is a required field of the type id_number, credit_code, text, place or month"
            };
            self.findings
                .push(finding(&row.origin, "E-CATALOG-KEY", message).help(help));
        }
        self.catalog.resources.push(resource);
    }

    fn field(
        &mut self,
        row: &HostRow,
        most: Grade,
        personal: Personal,
        raw: RawField,
    ) -> Option<Field> {
        self.id(row, &raw.id, false);
        let grade = self.grade(row, &raw.id, raw.grade);
        if grade > most || (raw.sensitive && personal != Personal::Sensitive) {
            let message = format!("the field `{}` is kept further than its resource", raw.id);
            let help = "raise `grade` or `personal` of the resource";
            self.findings
                .push(finding(&row.origin, "E-CATALOG-GRADE", message).help(help));
        }
        let ty = match self.ty(row, &raw) {
            Ok(ty) => ty,
            Err(found) => {
                self.findings.push(found);
                return None;
            }
        };
        Some(Field {
            id: raw.id,
            title: raw.title,
            ty,
            required: raw.required,
            sensitive: raw.sensitive,
            grade,
            element: raw.element,
        })
    }

    fn ty(&self, row: &HostRow, raw: &RawField) -> Result<FieldType, Diagnostic> {
        let word = raw.ty.as_str();
        if let Some(list) = word.strip_prefix("code:") {
            let lists = || self.packs.code_lists().iter().map(|l| l.id.as_str());
            return if lists().any(|id| id == list) {
                Ok(FieldType::Code(list.to_owned()))
            } else {
                Err(unknown(&row.origin, NAME, "code list", list, lists()))
            };
        }
        if let Some(places) = word.strip_prefix("number:") {
            let places = places.parse().ok().filter(|p| *p <= 4_u8);
            return match (places, raw.unit) {
                (Some(places), Some(unit)) => Ok(FieldType::Number { places, unit }),
                _ => {
                    let message = format!("the field `{}` is no number with a unit", raw.id);
                    let help = "write type = \"number:2\" and unit = \"mu\"; at most four places";
                    Err(finding(&row.origin, TYPE, message).help(help))
                }
            };
        }
        if raw.unit.is_some() {
            let message = format!("the field `{}` takes no unit", raw.id);
            let help = "a unit goes with a number";
            return Err(finding(&row.origin, TYPE, message).help(help));
        }
        let plain = FieldType::PLAIN
            .into_iter()
            .find(|(known, _)| *known == word);
        plain.map(|(_, ty)| ty).ok_or_else(|| {
            let known = FieldType::PLAIN.iter().map(|(known, _)| *known);
            unknown(&row.origin, TYPE, "type", word, known)
        })
    }

    /// Facts name kinds that are there, where there are kinds at all.
    fn answers(&mut self) {
        if self.catalog.kinds.is_empty() {
            return;
        }
        for fact in self.packs.facts() {
            let named = fact
                .answered_by
                .iter()
                .filter_map(|a| a.strip_prefix("item:"));
            for kind in named {
                if self.catalog.kind(kind).is_none() {
                    let known = self.catalog.kinds.iter().map(|k| k.id.as_str());
                    let found = unknown(&fact.origin, NAME, "kind of data", kind, known);
                    self.findings.push(found);
                }
            }
        }
    }

    fn twice(&mut self) {
        let catalog = &self.catalog;
        let mut met = BTreeSet::new();
        let departments = catalog
            .departments
            .iter()
            .chain(&catalog.keepers)
            .map(|d| ("department", d.id.clone(), &d.written));
        let lines = catalog.lines.iter();
        let lines = lines.map(|l| ("line of business", l.id.clone(), &l.written));
        let elements = catalog.elements.iter();
        let elements = elements.map(|e| ("element", e.id.clone(), &e.written));
        let kinds = catalog
            .kinds
            .iter()
            .map(|k| ("kind", k.id.clone(), &k.written));
        let mut all: Vec<_> = departments
            .chain(kinds)
            .chain(lines)
            .chain(elements)
            .collect();
        for resource in &catalog.resources {
            all.push(("resource", resource.id.clone(), &resource.written));
            if let Some(code) = &resource.code {
                all.push(("code", code.to_string(), &resource.written));
            }
            if let Origin::Obtained { number, .. } = resource.origin {
                all.push(("number of an item", number.to_string(), &resource.written));
            }
            let mut fields = BTreeSet::new();
            for field in &resource.fields {
                if !fields.insert(&field.id) {
                    let message = format!("the field `{}` is there twice", field.id);
                    let found = finding(&resource.written, "E-CATALOG-TWICE", message);
                    self.findings.push(found.help("give each field its own id"));
                }
            }
        }
        for (what, id, origin) in all {
            if !met.insert((what, id.clone())) {
                let message = format!("the {what} `{id}` is there twice");
                let found = finding(origin, "E-CATALOG-TWICE", message);
                self.findings.push(found.help("give each its own"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
