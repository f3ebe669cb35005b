//! Rows of packs to rules: one for each resource and field that a row selects.

use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{self, HostRow, Words};
use serde::Deserialize;

use super::check::{TYPE_WORDS, bound, is_day, is_ranged, type_word};
use super::{Check, Dimension, Pattern, Rule, Severity, Share};
use crate::catalog::{Catalog, Field, FieldType, Resource};
use crate::error::Error;
use crate::packs::rows::{finding, is_word, read, replacements, standing, unknown, unread_law};

/// The code of a row whose keys, limits or types do not go together.
const QUALITY: &str = "E-CATALOG-QUALITY";
/// The code of a name that nothing has.
const NAME: &str = "E-CATALOG-NAME";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuality {
    id: String,
    title: Words,
    dimension: Dimension,
    check: Word,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    over: Vec<String>,
    #[serde(default)]
    but: Vec<String>,
    #[serde(default)]
    by: Vec<String>,
    of: Option<String>,
    #[serde(default)]
    at: Vec<String>,
    with: Option<String>,
    pattern: Option<String>,
    low: Option<String>,
    high: Option<String>,
    at_most: Option<String>,
    severity: Severity,
    status: model::Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(default, rename = "note")]
    _note: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Given,
    Valid,
    Plain,
    Pattern,
    Range,
    Past,
    Order,
    Unique,
    Repeated,
    Distinct,
    In,
    NotIn,
    Same,
    Newest,
    Delivered,
}

impl Word {
    /// The keys that it takes beside those of every row; `?` before one that may be left out.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Given | Self::Valid | Self::Plain | Self::Past => &["fields", "at_most"],
            Self::Pattern => &["fields", "pattern", "at_most"],
            Self::Range => &["fields", "?low", "?high", "at_most"],
            Self::Order | Self::Unique => &["fields", "at_most"],
            Self::Repeated => &["but", "at_most"],
            Self::Distinct => &["fields", "?low", "?high"],
            Self::In | Self::NotIn => &["fields", "of", "at", "at_most"],
            Self::Same => &["fields", "by", "of", "at", "with", "at_most"],
            Self::Newest => &["fields"],
            Self::Delivered => &[],
        }
    }

    /// Whether every field that is selected has a rule of its own.
    const fn is_single(self) -> bool {
        matches!(
            self,
            Self::Given
                | Self::Valid
                | Self::Plain
                | Self::Pattern
                | Self::Range
                | Self::Past
                | Self::Distinct
                | Self::Newest
        )
    }

    /// Which types it can be about, and how they are called.
    fn takes(self, ty: &FieldType) -> Result<(), &'static str> {
        let (is_good, help) = match self {
            Self::Plain => (
                matches!(ty, FieldType::IdNumber | FieldType::CreditCode),
                "it is about identity numbers and credit codes",
            ),
            Self::Pattern => (*ty == FieldType::Text, "it is about text"),
            Self::Range => (is_ranged(ty), "it is about amounts, numbers and days"),
            Self::Past | Self::Order | Self::Newest => (is_day(ty), "it is about days and months"),
            Self::Same => (
                !matches!(
                    ty,
                    FieldType::Text | FieldType::IdNumber | FieldType::CreditCode
                ),
                "it is about what is no text",
            ),
            _ => (true, ""),
        };
        if is_good { Ok(()) } else { Err(help) }
    }
}

impl RawQuality {
    /// Whether it holds every copy of an element against the one source of it.
    fn is_of_elements(&self) -> bool {
        self.check == Word::Same && self.over == ["element"]
    }
}

/// Something is wrong with a row, and was said.
struct Said;

struct Loader<'p> {
    packs: &'p PackSet,
    catalog: &'p Catalog,
    findings: Diagnostics,
    rules: Vec<Rule>,
}

pub(super) fn load(packs: &PackSet, catalog: &Catalog) -> Result<Vec<Rule>, Error> {
    let mut loader = Loader {
        packs,
        catalog,
        findings: replacements(packs),
        rules: Vec::new(),
    };
    let mut ids = std::collections::BTreeSet::new();
    for row in standing(packs, "catalog.quality") {
        match read::<RawQuality>(row, "E-CATALOG-SHAPE") {
            Err(found) => loader.findings.push(found),
            Ok(raw) => {
                if !ids.insert(raw.id.clone()) {
                    let message = format!("the quality rule `{}` is there twice", raw.id);
                    loader.say(row, "E-CATALOG-TWICE", message, "give each its own");
                }
                loader.row(row, &raw);
            }
        }
    }
    let Loader {
        mut findings,
        mut rules,
        ..
    } = loader;
    if findings.has_errors() {
        findings.sort();
        return Err(findings.into());
    }
    // the order of the packs is kept within a resource
    let place = |id: &str| catalog.resources().iter().position(|r| r.id == id);
    rules.sort_by_key(|r| place(&r.resource));
    Ok(rules)
}

/// Every copy of an element in a resource against the one field that answers for it, where both tables have keys of one type
/// and the element is not the key itself.
fn copies(resource: &Resource, catalog: &Catalog) -> Vec<Check> {
    let key = resource.field(&resource.key);
    let copy = |field: &Field| {
        let (source, told) = catalog.source_of(field.element.as_deref()?)?;
        let their_key = source.field(&source.key)?;
        let is_copy = source.id != resource.id
            && field.id != resource.key
            && told.id != source.key
            && told.ty == field.ty
            && key?.ty == their_key.ty
            && Word::Same.takes(&field.ty).is_ok();
        is_copy.then(|| Check::Same {
            field: field.id.clone(),
            by: vec![resource.key.clone()],
            of: source.id.clone(),
            at: vec![source.key.clone()],
            with: told.id.clone(),
        })
    };
    resource.fields.iter().filter_map(copy).collect()
}

impl<'p> Loader<'p> {
    fn say(&mut self, row: &HostRow, code: &'static str, message: String, help: &str) {
        self.push(finding(&row.origin, code, message).help(help));
    }

    fn push(&mut self, found: Diagnostic) {
        self.findings.push(found);
    }

    fn row(&mut self, row: &HostRow, raw: &RawQuality) {
        if !is_word(&raw.id) {
            let message = format!("`{}` is not an id", raw.id);
            let help = "small letters, digits and underscores, beginning with a letter";
            self.say(row, "E-CATALOG-ID", message, help);
        }
        if let Some(found) = unread_law(self.packs, row, raw.status, &raw.id) {
            self.push(found);
        }
        if !self.keys(row, raw) {
            return;
        }
        let Ok(at_most) = self.share(row, raw) else {
            return;
        };
        let before = self.rules.len();
        let catalog = self.catalog;
        for resource in self.resources(row, raw) {
            for check in self.checks(row, raw, resource, catalog) {
                self.rules.push(Rule {
                    id: raw.id.clone(),
                    title: raw.title.clone(),
                    dimension: raw.dimension,
                    severity: raw.severity,
                    status: raw.status,
                    cite: row.cite.clone(),
                    resource: resource.id.clone(),
                    check,
                    at_most,
                    written: row.origin.clone(),
                });
            }
        }
        // by type or by what the catalogue says there may be none; by name there is a slip
        let is_named = !raw.fields.is_empty() || !raw.but.is_empty();
        if is_named && self.rules.len() == before && !self.findings.has_errors() {
            let known = catalog.resources().iter().flat_map(|r| &r.fields);
            let known = known.map(|f| f.id.as_str());
            let names = raw.fields.iter().chain(&raw.but);
            let all: Vec<&str> = known.collect();
            let lacks = names.clone().find(|n| !all.contains(&n.as_str()));
            let found = match lacks {
                Some(name) => unknown(&row.origin, NAME, "field", name, all),
                None => {
                    let message = format!("no resource has the fields of `{}`", raw.id);
                    finding(&row.origin, NAME, message).help("name fields of one resource")
                }
            };
            self.push(found);
        }
    }

    /// Whether the keys go with the check.
    fn keys(&mut self, row: &HostRow, raw: &RawQuality) -> bool {
        let wants = if raw.is_of_elements() {
            &["at_most"]
        } else {
            raw.check.keys()
        };
        let given = [
            ("but", !raw.but.is_empty()),
            ("by", !raw.by.is_empty()),
            ("of", raw.of.is_some()),
            ("at", !raw.at.is_empty()),
            ("with", raw.with.is_some()),
            ("pattern", raw.pattern.is_some()),
            ("low", raw.low.is_some()),
            ("high", raw.high.is_some()),
            ("at_most", raw.at_most.is_some()),
        ];
        let before = self.findings.iter().count();
        for (key, is_given) in given {
            let is_wanted = wants.contains(&key);
            let is_optional = wants.iter().any(|w| w.strip_prefix('?') == Some(key));
            if is_given && !is_wanted && !is_optional {
                let message = format!("`{key}` does not go with this check");
                self.say(row, QUALITY, message, "leave it out");
            }
            if !is_given && is_wanted {
                let message = format!("`{key}` is missing for this check");
                self.say(
                    row,
                    QUALITY,
                    message,
                    "the guide on quality says what each takes",
                );
            }
        }
        let selects = [!raw.fields.is_empty(), !raw.over.is_empty()];
        let selects = selects.into_iter().filter(|is| *is).count();
        let wants_fields = wants.contains(&"fields");
        let is_good = match (wants_fields, raw.check.is_single()) {
            (false, _) => selects == 0 || raw.is_of_elements() && raw.fields.is_empty(),
            (true, true) => selects == 1,
            (true, false) => !raw.fields.is_empty() && raw.over.is_empty(),
        };
        if !is_good {
            let help = match (wants_fields, raw.check.is_single()) {
                (false, _) => "leave `fields` and `over` out",
                (true, true) => "write `fields` or `over`, one of them",
                (true, false) => "write `fields`",
            };
            self.say(
                row,
                QUALITY,
                format!("`{}` selects no fields, or in two ways", raw.id),
                help,
            );
        }
        let many = raw.fields.len();
        let counted = match raw.check {
            Word::Order => many == 2,
            Word::Same if !raw.is_of_elements() => many == 1 && raw.by.len() == raw.at.len(),
            Word::In | Word::NotIn => many == raw.at.len(),
            Word::Range | Word::Distinct => raw.low.is_some() || raw.high.is_some(),
            _ => true,
        };
        if is_good && !counted {
            let help = match raw.check {
                Word::Order => "two fields: the earlier day, the later day",
                Word::Same => "one field; `by` and `at` name as many each",
                Word::In | Word::NotIn => "`fields` and `at` name as many each",
                _ => "write `low`, `high` or both",
            };
            self.say(row, QUALITY, format!("`{}` is not whole", raw.id), help);
        }
        for word in raw.over.iter().filter(|_| !raw.is_of_elements()) {
            let known = ["any", "required", "key"].into_iter().chain(TYPE_WORDS);
            if !known.clone().any(|k| k == word) {
                self.push(unknown(&row.origin, NAME, "selection", word, known));
            }
        }
        self.findings.iter().count() == before
    }

    /// The limit; none where the check has none.
    fn share(&mut self, row: &HostRow, raw: &RawQuality) -> Result<Option<Share>, Said> {
        let Some(text) = &raw.at_most else {
            return Ok(None);
        };
        let share = Share::parse(text);
        if share.is_none() {
            let message = format!("`{text}` is no share");
            let help = "from \"0\" to \"1\", at most four decimal places";
            self.say(row, QUALITY, message, help);
        }
        share.map(Some).ok_or(Said)
    }

    /// The resources that a row is about: those it names, or all.
    fn resources(&mut self, row: &HostRow, raw: &RawQuality) -> Vec<&'p Resource> {
        let catalog = self.catalog;
        if raw.resources.is_empty() {
            return catalog.resources().iter().collect();
        }
        let mut out = Vec::new();
        for id in &raw.resources {
            match catalog.resource(id) {
                Some(resource) => out.push(resource),
                None => {
                    let known = catalog.resources().iter().map(|r| r.id.as_str());
                    self.push(unknown(&row.origin, NAME, "resource", id, known));
                }
            }
        }
        out
    }

    /// The field of a resource. Where the row names its resources it must be there.
    fn field<'r>(
        &mut self,
        row: &HostRow,
        resource: &'r Resource,
        id: &str,
        must: bool,
    ) -> Option<&'r Field> {
        let found = resource.field(id);
        if found.is_none() && must {
            let known = resource.fields.iter().map(|f| f.id.as_str());
            self.push(unknown(&row.origin, NAME, "field", id, known));
        }
        found
    }

    /// Whether a check can be about a field.
    fn fits(&mut self, row: &HostRow, raw: &RawQuality, resource: &Resource, of: &Field) -> bool {
        let Err(help) = raw.check.takes(&of.ty) else {
            return true;
        };
        let message = format!(
            "`{}` cannot be about `{}.{}`, which is `{}`",
            raw.id, resource.id, of.id, of.ty
        );
        self.say(row, QUALITY, message, help);
        false
    }

    fn checks(
        &mut self,
        row: &HostRow,
        raw: &RawQuality,
        resource: &Resource,
        catalog: &Catalog,
    ) -> Vec<Check> {
        let must = !raw.resources.is_empty();
        if raw.check.is_single() {
            let mut chosen = Vec::new();
            for id in &raw.fields {
                chosen.extend(self.field(row, resource, id, must));
            }
            chosen.extend(resource.fields.iter().filter(|f| {
                raw.over.iter().any(|word| match word.as_str() {
                    "any" => true,
                    "required" => f.required,
                    "key" => f.id == resource.key,
                    word => type_word(&f.ty) == word,
                })
            }));
            let mut out = Vec::new();
            for field in chosen {
                if self.fits(row, raw, resource, field) {
                    out.extend(self.single(row, raw, field));
                }
            }
            return out;
        }
        match raw.check {
            Word::Delivered => vec![Check::Delivered],
            Word::Same if raw.is_of_elements() => copies(resource, catalog),
            Word::Repeated => {
                let mut has_all = true;
                for id in &raw.but {
                    has_all &= self.field(row, resource, id, must).is_some();
                }
                let but = raw.but.clone();
                let one = has_all.then_some(Check::Repeated { but });
                one.into_iter().collect()
            }
            _ => self
                .together(row, raw, resource, catalog, must)
                .into_iter()
                .collect(),
        }
    }

    /// A check about one field.
    fn single(&mut self, row: &HostRow, raw: &RawQuality, of: &Field) -> Option<Check> {
        let field = of.id.clone();
        Some(match raw.check {
            Word::Given => Check::Given { field },
            Word::Valid => Check::Valid { field },
            Word::Plain => Check::Plain { field },
            Word::Past => Check::Past { field },
            Word::Newest => Check::Newest { field },
            Word::Pattern => {
                let text = raw.pattern.as_deref().unwrap_or_default();
                let Some(pattern) = Pattern::parse(text) else {
                    let message = format!("`{text}` is no pattern");
                    let help = "9 a digit, A a capital, a a small letter, . anything, * at the end";
                    self.say(row, QUALITY, message, help);
                    return None;
                };
                Check::Pattern { field, pattern }
            }
            Word::Distinct => {
                let low = self.bound(row, raw.low.as_deref(), |text| text.parse::<u64>().ok());
                let high = self.bound(row, raw.high.as_deref(), |text| text.parse::<u64>().ok());
                let (low, high) = (low.ok()?, high.ok()?);
                Check::Distinct { field, low, high }
            }
            _ => {
                let low = self.bound(row, raw.low.as_deref(), |text| bound(&of.ty, text));
                let high = self.bound(row, raw.high.as_deref(), |text| bound(&of.ty, text));
                let (low, high) = (low.ok()?, high.ok()?);
                if low.zip(high).is_some_and(|(low, high)| low > high) {
                    let message = format!("`low` of `{}` is above `high`", raw.id);
                    self.say(row, QUALITY, message, "change them");
                    return None;
                }
                Check::Range { field, low, high }
            }
        })
    }

    fn bound<T>(
        &mut self,
        row: &HostRow,
        text: Option<&str>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Said> {
        let Some(text) = text else {
            return Ok(None);
        };
        let read = parse(text);
        if read.is_none() {
            let message = format!("`{text}` is no value of the field");
            let help = "write it in the unit of the field: \"0\", \"12.50\" yuan, \"1949-10-01\"";
            self.say(row, QUALITY, message, help);
        }
        read.map(Some).ok_or(Said)
    }

    /// A check about fields together, and perhaps of another resource.
    fn together(
        &mut self,
        row: &HostRow,
        raw: &RawQuality,
        resource: &Resource,
        catalog: &Catalog,
        must: bool,
    ) -> Option<Check> {
        let mut own = Vec::new();
        for id in raw.fields.iter().chain(&raw.by) {
            own.extend(self.field(row, resource, id, must));
        }
        if own.len() != raw.fields.len().saturating_add(raw.by.len()) {
            return None;
        }
        for field in own.iter().take(raw.fields.len()) {
            if !self.fits(row, raw, resource, field) {
                return None;
            }
        }
        let fields = raw.fields.clone();
        let (Word::In | Word::NotIn | Word::Same) = raw.check else {
            return match (raw.check, fields.as_slice()) {
                (Word::Order, [from, to]) => Some(Check::Order {
                    from: from.clone(),
                    to: to.clone(),
                }),
                _ => Some(Check::Unique { fields }),
            };
        };
        let of = raw.of.clone().unwrap_or_default();
        let Some(other) = catalog.resource(&of) else {
            let known = catalog.resources().iter().map(|r| r.id.as_str());
            self.push(unknown(&row.origin, NAME, "resource", &of, known));
            return None;
        };
        let mut theirs = Vec::new();
        for id in raw.with.iter().chain(&raw.at) {
            theirs.extend(self.field(row, other, id, true));
        }
        if theirs.len() != own.len() {
            return None;
        }
        if let Some((mine, other)) = own.iter().zip(&theirs).find(|(a, b)| a.ty != b.ty) {
            let message = format!(
                "`{}` is `{}` and `{}` is `{}`",
                mine.id, mine.ty, other.id, other.ty
            );
            self.say(row, QUALITY, message, "compare fields of one type");
            return None;
        }
        let (by, at) = (raw.by.clone(), raw.at.clone());
        Some(match (raw.check, fields.into_iter().next()) {
            (Word::Same, Some(field)) => Check::Same {
                field,
                by,
                of,
                at,
                with: raw.with.clone().unwrap_or_default(),
            },
            (Word::NotIn, _) => Check::NotIn {
                fields: raw.fields.clone(),
                of,
                at,
            },
            _ => Check::In {
                fields: raw.fields.clone(),
                of,
                at,
            },
        })
    }
}
