//! Rows of packs to a catalogue.

use std::collections::BTreeSet;

use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{self, HostRow, Words};
use serde::Deserialize;

use super::{
    Catalog, Cycle, Department, Field, FieldType, Grade, Inferred, Kind, Origin, Personal,
    Resource, RowOrder, Sharing, Status, Subject, Unit,
};
use crate::error::Error;
use crate::packs::rows::{finding, is_word, read, unknown};

/// The code of a row whose keys are wrong.
const SHAPE: &str = "E-CATALOG-SHAPE";
/// The code of a name that nothing has.
const NAME: &str = "E-CATALOG-NAME";
/// The code of a type that is none.
const TYPE: &str = "E-CATALOG-TYPE";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDepartment {
    id: String,
    title: Words,
    status: Status,
    #[serde(default)]
    seen: Words,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(default)]
    note: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    id: String,
    title: Words,
    status: model::Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(default)]
    note: Words,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SharingWord {
    Unconditional,
    Conditional,
    Withheld,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResource {
    id: String,
    number: Option<u16>,
    title: Words,
    department: Option<String>,
    #[serde(default)]
    kinds: Vec<String>,
    status: Status,
    #[serde(default)]
    seen: Words,
    #[serde(default)]
    inferred: Vec<Inferred>,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    subject: Subject,
    key: String,
    order: RowOrder,
    cycle: Cycle,
    sharing: SharingWord,
    #[serde(default)]
    condition: Words,
    grade: u8,
    personal: Personal,
    #[serde(default)]
    note: Words,
    field: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    id: String,
    #[serde(rename = "type")]
    ty: String,
    unit: Option<Unit>,
    title: Words,
    grade: u8,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    sensitive: bool,
}

struct Loader<'p> {
    packs: &'p PackSet,
    findings: Diagnostics,
    catalog: Catalog,
}

pub(super) fn load(packs: &PackSet) -> Result<Catalog, Error> {
    let mut loader = Loader {
        packs,
        findings: Diagnostics::new(),
        catalog: Catalog::default(),
    };
    for row in packs.host_rows("catalog.department") {
        loader.department(row);
    }
    for row in packs.host_rows("catalog.kind") {
        loader.kind(row);
    }
    for (section, is_item) in [("catalog.item", true), ("catalog.resource", false)] {
        for row in packs.host_rows(section) {
            loader.resource(row, is_item);
        }
    }
    loader.answers();
    loader.twice();
    super::purpose::load(packs, &mut loader.catalog, &mut loader.findings);
    let Loader {
        mut findings,
        mut catalog,
        ..
    } = loader;
    if findings.has_errors() {
        findings.sort();
        return Err(findings.into());
    }
    catalog.resources.sort_by_key(|r| match r.origin {
        Origin::Obtained { number, .. } => number,
        Origin::Own => u16::MAX,
    });
    Ok(catalog)
}

impl Loader<'_> {
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

    fn department(&mut self, row: &HostRow) {
        let Some(raw) = self.read::<RawDepartment>(row) else {
            return;
        };
        self.id(row, &raw.id, false);
        self.status(row, &raw.id, raw.status, &raw.seen);
        self.catalog.departments.push(Department {
            id: raw.id,
            title: raw.title,
            status: raw.status,
            seen: raw.seen,
            cite: row.cite.clone(),
            note: raw.note,
            written: row.origin.clone(),
        });
    }

    fn kind(&mut self, row: &HostRow) {
        let Some(raw) = self.read::<RawKind>(row) else {
            return;
        };
        self.id(row, &raw.id, true);
        let was_read = |cite: &model::Cite| {
            let text = self.packs.instrument(&cite.instrument);
            text.is_some_and(|i| i.copy.is_some())
        };
        if raw.status == model::Status::Law && !row.cite.iter().any(was_read) {
            let message = format!("`{}` is `law` and cites no text that was read", raw.id);
            let help = "cite one, or write status = \"unconfirmed\"";
            self.findings
                .push(finding(&row.origin, "E-CATALOG-STATUS", message).help(help));
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
        let origin = match (is_item, raw.department, raw.number) {
            (true, Some(department), Some(number)) => {
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
                    "an item has `department` and `number`, a resource of our own has neither";
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
                Sharing::Conditional(raw.condition),
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
        let fields: Vec<Field> = raw
            .field
            .into_iter()
            .filter_map(|field| self.field(row, grade, raw.personal, field))
            .collect();
        let resource = Resource {
            id: raw.id,
            title: raw.title,
            origin,
            kinds: raw.kinds,
            status: raw.status,
            seen: raw.seen,
            inferred: raw.inferred,
            cite: row.cite.clone(),
            subject: raw.subject,
            key: raw.key,
            order: raw.order,
            cycle: raw.cycle,
            sharing,
            grade,
            personal: raw.personal,
            fields,
            note: raw.note,
            written: row.origin.clone(),
        };
        let key = resource.field(&resource.key);
        let is_key =
            |f: &Field| f.required && matches!(f.ty, FieldType::IdNumber | FieldType::CreditCode);
        if !key.is_some_and(is_key) {
            let message = format!("`{}` is no key of `{}`", resource.key, resource.id);
            let help = "a key is a required field of the type id_number or credit_code";
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
            .map(|d| ("department", d.id.clone(), &d.written));
        let kinds = catalog
            .kinds
            .iter()
            .map(|k| ("kind", k.id.clone(), &k.written));
        let mut all: Vec<_> = departments.chain(kinds).collect();
        for resource in &catalog.resources {
            all.push(("resource", resource.id.clone(), &resource.written));
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
mod tests {
    use minzheng_rules::pack::{PackSource, SourceFile};

    use super::*;
    use crate::packs::{self, BuiltIn};

    const HEAD: &str = r#"
[pack]
id = "above"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[entity]]
id = "person"
[[codes]]
id = "hukou"
values = [{ id = "urban", zh = "城镇", en = "urban" }]
[[catalog.kind]]
id = "TAX"
title = { zh = "纳税", en = "tax" }
status = "unconfirmed"
[[catalog.department]]
id = "office"
title = { zh = "办公室", en = "office" }
status = "inferred"
"#;

    /// The line of [`ITEM`] in its file.
    const LINE: u32 = 24;

    const ITEM: &str = r#"
[[catalog.item]]
id = "papers"
number = 1
title = { zh = "文书", en = "papers" }
department = "office"
kinds = ["TAX"]
status = "inferred"
subject = "person"
key = "id_number"
order = "key"
cycle = "monthly"
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  { id = "id_number", type = "id_number", title = { zh = "号码", en = "number" }, grade = 3, required = true },
  { id = "area", type = "number:2", unit = "mu", title = { zh = "面积", en = "area" }, grade = 2 },
]
"#;

    fn load_text(text: &str) -> Result<Catalog, Error> {
        let source = PackSource::new(vec![SourceFile::new("pack.toml", format!("{HEAD}{text}"))]);
        Catalog::load(&PackSet::load(&[source]).unwrap())
    }

    #[test]
    fn a_good_row_loads() {
        let catalog = load_text(ITEM).unwrap();
        let item = catalog.resource("papers").unwrap();
        let area = item.field("area").map(|f| f.ty.clone());
        let unit = Unit::Mu;
        assert_eq!(area, Some(FieldType::Number { places: 2, unit }));
        assert_eq!(item.written.line, LINE);
    }

    #[test]
    fn a_bad_row_has_its_code_its_line_and_a_way_out() {
        let mends = [
            (
                "cycle = \"monthly\"",
                "cycle = \"monthli\"",
                "E-CATALOG-SHAPE",
                "did you mean `monthly`?",
            ),
            (
                "grade = 3\npersonal",
                "grades = 3\npersonal",
                "E-CATALOG-SHAPE",
                "did you mean `grade`?",
            ),
            (
                "number = 1",
                "",
                "E-CATALOG-SHAPE",
                "`department` and `number`",
            ),
            (
                "id = \"papers\"",
                "id = \"Papers\"",
                "E-CATALOG-ID",
                "small letters",
            ),
            (
                "department = \"office\"",
                "department = \"ofice\"",
                "E-CATALOG-NAME",
                "did you mean `office`?",
            ),
            (
                "kinds = [\"TAX\"]",
                "kinds = [\"TAXI\"]",
                "E-CATALOG-NAME",
                "did you mean `TAX`?",
            ),
            (
                "\"number:2\", unit = \"mu\"",
                "\"code:hukuo\"",
                "E-CATALOG-NAME",
                "did you mean `hukou`?",
            ),
            (
                "\"number:2\", unit = \"mu\"",
                "\"mony\"",
                "E-CATALOG-TYPE",
                "did you mean `money`?",
            ),
            (
                "\"number:2\", unit = \"mu\"",
                "\"number:2\"",
                "E-CATALOG-TYPE",
                "unit = \"mu\"",
            ),
            (
                "\"number:2\"",
                "\"count\"",
                "E-CATALOG-TYPE",
                "a unit goes with a number",
            ),
            (
                "key = \"id_number\"",
                "key = \"area\"",
                "E-CATALOG-KEY",
                "required field",
            ),
            ("grade = 2", "grade = 4", "E-CATALOG-GRADE", "raise `grade`"),
            ("grade = 2", "grade = 5", "E-CATALOG-GRADE", "from 1 to 4"),
            (
                "grade = 2",
                "grade = 2, sensitive = true",
                "E-CATALOG-GRADE",
                "`personal`",
            ),
            (
                "\"unconditional\"",
                "\"conditional\"",
                "E-CATALOG-SHARING",
                "condition = {",
            ),
            (
                "\"unconditional\"",
                "\"withheld\"",
                "E-CATALOG-SHARING",
                "cite the ground",
            ),
            (
                "kinds = [\"TAX\"]\nstatus = \"inferred\"",
                "status = \"published\"",
                "E-CATALOG-STATUS",
                "write seen",
            ),
            (
                "id = \"area\"",
                "id = \"id_number\"",
                "E-CATALOG-TWICE",
                "own id",
            ),
        ];
        for (good, bad, code, help) in mends {
            assert!(ITEM.contains(good), "{good}");
            let error = load_text(&ITEM.replace(good, bad)).unwrap_err();
            let found: Vec<String> = error
                .findings()
                .map(|f| f.line_of(model::Lang::En))
                .collect();
            let has = |f: &&String| {
                f.contains(code) && f.contains(help) && f.starts_with(&format!("pack.toml:{LINE}:"))
            };
            assert!(found.iter().any(|f| has(&f)), "{bad}: {found:?}");
        }
    }

    #[test]
    fn what_is_there_twice_is_refused() {
        let twice = format!("{ITEM}{ITEM}");
        let error = load_text(&twice).unwrap_err();
        let codes: Vec<&str> = error.findings().map(crate::error::Finding::code).collect();
        assert_eq!(codes, ["E-CATALOG-TWICE", "E-CATALOG-TWICE"]);
    }

    #[test]
    fn a_kind_is_law_only_by_a_text_that_was_read_and_facts_name_kinds() {
        let kind = "[[catalog.kind]]\nid = \"NEW\"\ntitle = { zh = \"新\", en = \"new\" }\nstatus = \"law\"";
        assert_eq!(load_text(kind).unwrap_err().code(), "E-CATALOG-STATUS");
        let fact = "[[fact]]\nid = \"pebbles\"\nentity = \"person\"\ntype = \"count\"\nanswered_by = [\"item:TAXX\"]";
        let error = load_text(fact).unwrap_err();
        assert_eq!(
            (error.code(), error.help(model::Lang::En)),
            ("E-CATALOG-NAME", "did you mean `TAX`?")
        );
    }

    #[test]
    fn the_built_in_items_are_those_that_are_known() {
        let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
        let numbers: Vec<u16> = catalog
            .items()
            .filter_map(|r| match r.origin {
                Origin::Obtained { number, .. } => Some(number),
                Origin::Own => None,
            })
            .collect();
        assert_eq!(numbers, (1..=33).collect::<Vec<u16>>());
        for department in catalog.departments() {
            let is_its = |r: &Resource| matches!(&r.origin, Origin::Obtained { department: d, .. } if *d == department.id);
            assert!(catalog.items().any(is_its), "{}", department.id);
        }
        let inferred = catalog.items().filter(|r| r.status == Status::PartInferred);
        assert_eq!(inferred.count(), 5);
        assert!(
            catalog
                .items()
                .all(|r| r.inferred.contains(&Inferred::Fields))
        );
    }
}
