//! What stands between rows: terms of a resource, elements and their authorities, names of other resources and facts.

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::pack::model::{HostRow, Origin};

use super::super::{Element, Lifecycle, Line, Openness, ResourceCode, Retention, Supply};
use super::raw::{OpennessWord, RawElement, RawLine, RawResource, RawRetention, RawSupply};
use super::{Loader, NAME};
use crate::packs::rows::{finding, unknown};

/// The code of a term that does not hold together.
const TERMS: &str = "E-CATALOG-TERMS";
/// The code of an element without its one authority.
const ELEMENT: &str = "E-CATALOG-ELEMENT";

/// The part of a resource that is checked here.
pub(super) struct Terms {
    pub(super) code: Option<ResourceCode>,
    pub(super) openness: Option<Openness>,
    pub(super) retention: Option<Retention>,
    pub(super) supplies: Vec<Supply>,
    pub(super) published_on: Option<NaiveDate>,
    pub(super) lifecycle: Lifecycle,
}

impl Loader<'_> {
    fn found(&mut self, at: &Origin, code: &'static str, message: String, help: &str) {
        self.findings.push(finding(at, code, message).help(help));
    }

    fn date(&mut self, at: &Origin, given: toml::value::Datetime) -> Option<NaiveDate> {
        let day = Day::parse(&given.to_string()).map(Day::to_date);
        if day.is_none() {
            let message = format!("`{given}` is no day");
            self.found(at, TERMS, message, "write 2026-07-01");
        }
        day
    }

    pub(super) fn terms(&mut self, row: &HostRow, raw: &RawResource) -> Terms {
        let at = &row.origin;
        let code = raw.code.as_deref().and_then(|text| {
            let read = text.parse::<ResourceCode>();
            if let Err(error) = &read {
                let message = format!("`{text}` is no code of a resource");
                self.found(
                    at,
                    "E-CATALOG-CODE",
                    message,
                    &format!("{error}: `307012/00045`"),
                );
            }
            read.ok()
        });
        let condition = &raw.open_condition;
        let has_condition = !condition.zh.is_empty() && !condition.en.is_empty();
        let wants_one = matches!(raw.openness, Some(OpennessWord::Conditional));
        if has_condition != wants_one {
            let message = format!(
                "the openness of `{}` and its condition do not agree",
                raw.id
            );
            let help = "`open_condition` goes with openness = \"conditional\", and only with it";
            self.found(at, TERMS, message, help);
        }
        let openness = raw.openness.map(|word| match word {
            OpennessWord::Closed => Openness::Closed,
            OpennessWord::Conditional => Openness::Conditional(condition.clone()),
            OpennessWord::Open => Openness::Open,
        });
        let retention = match &raw.retention {
            None => None,
            Some(RawRetention::Years(years)) if *years > 0 => Some(Retention::Years(*years)),
            Some(RawRetention::Word(word)) if word == "permanent" => Some(Retention::Permanent),
            Some(_) => {
                let message = format!("the retention of `{}` is none", raw.id);
                self.found(
                    at,
                    TERMS,
                    message,
                    "a number of years from 1, or \"permanent\"",
                );
                None
            }
        };
        let published_on = raw.published_on.and_then(|given| self.date(at, given));
        let lifecycle = match &raw.withdrawn {
            None => Lifecycle::Active,
            Some(given) => match self.date(at, given.on) {
                Some(on) => Lifecycle::Withdrawn {
                    on,
                    reason: given.reason.clone(),
                    successor: given.successor.clone(),
                },
                None => Lifecycle::Active,
            },
        };
        let supplies = raw
            .supplies
            .iter()
            .filter_map(|supply| self.supply(row, raw, supply))
            .collect();
        Terms {
            code,
            openness,
            retention,
            supplies,
            published_on,
            lifecycle,
        }
    }

    /// A fact that the resource says: it is there, the fields are there, and it is our own.
    fn supply(&mut self, row: &HostRow, of: &RawResource, raw: &RawSupply) -> Option<Supply> {
        let at = &row.origin;
        let code = "E-CATALOG-SUPPLY";
        if of.department.is_some() {
            let message = format!(
                "`{}` is an item, and what it says stands in the evidence",
                of.id
            );
            self.found(at, code, message, "write a row [[verification.evidence]]");
            return None;
        }
        let entities = self.packs.entities();
        let full = |entity: usize, id: &str| {
            let entity = entities.get(entity).map_or("", |e| e.id.as_str());
            format!("{entity}.{id}")
        };
        let known: Vec<String> = self.packs.facts().map(|f| full(f.entity, &f.id)).collect();
        if !known.contains(&raw.fact) {
            let found = unknown(
                at,
                code,
                "fact",
                &raw.fact,
                known.iter().map(String::as_str),
            );
            self.findings.push(found);
            return None;
        }
        for field in &raw.fields {
            if !of.field.iter().any(|f| f.id == *field) {
                let known = of.field.iter().map(|f| f.id.as_str());
                let found = unknown(at, code, "field", field, known);
                self.findings.push(found);
            }
        }
        let (entity, fact) = raw.fact.split_once('.')?;
        Some(Supply {
            entity: entity.to_owned(),
            fact: fact.to_owned(),
            fields: raw.fields.clone(),
        })
    }

    pub(super) fn line(&mut self, row: &HostRow) {
        let Some(raw) = self.read::<RawLine>(row) else {
            return;
        };
        self.id(row, &raw.id, false);
        self.status(row, &raw.id, raw.status, &raw.seen);
        self.catalog.lines.push(Line {
            id: raw.id,
            title: raw.title,
            status: raw.status,
            seen: raw.seen,
            written: row.origin.clone(),
        });
    }

    pub(super) fn element(&mut self, row: &HostRow) {
        let Some(raw) = self.read::<RawElement>(row) else {
            return;
        };
        self.id(row, &raw.id, false);
        self.status(row, &raw.id, raw.status, &raw.seen);
        let source = raw.authority.split_once('.');
        let held = source.and_then(|(resource, field)| {
            let of = self.catalog.resource(resource)?;
            let field = of.field(field)?;
            Some((
                field.element.as_deref() == Some(raw.id.as_str()),
                &of.lifecycle,
            ))
        });
        let wrong = match held {
            None => Some("write authority = \"RESOURCE.FIELD\", both of this catalogue"),
            Some((false, _)) => Some("name the element at the field too: element = \"…\""),
            Some((_, Lifecycle::Withdrawn { .. })) => Some("it is withdrawn: name its successor"),
            Some((true, Lifecycle::Active)) => None,
        };
        if let Some(help) = wrong {
            let message = format!("`{}` does not answer for `{}`", raw.authority, raw.id);
            self.found(&row.origin, ELEMENT, message, help);
        }
        let (resource, field) = source.unwrap_or_default();
        self.catalog.elements.push(Element {
            resource: resource.to_owned(),
            field: field.to_owned(),
            id: raw.id,
            title: raw.title,
            status: raw.status,
            seen: raw.seen,
            cite: row.cite.clone(),
            note: raw.note,
            written: row.origin.clone(),
        });
    }

    /// Names of resources, of bodies, of lines and of elements lead somewhere.
    pub(super) fn names(&mut self) {
        let catalog = &self.catalog;
        let mut all = Vec::new();
        let ids = |of: &mut dyn Iterator<Item = &str>| of.map(str::to_owned).collect::<Vec<_>>();
        let resources = ids(&mut catalog.resources.iter().map(|r| r.id.as_str()));
        let lines = ids(&mut catalog.lines.iter().map(|l| l.id.as_str()));
        let keepers = ids(&mut catalog.keepers.iter().map(|k| k.id.as_str()));
        let elements = ids(&mut catalog.elements.iter().map(|e| e.id.as_str()));
        let mut check = |at: &Origin, code, what, name: &str, known: &[String]| {
            if !known.iter().any(|id| id == name) {
                all.push(unknown(
                    at,
                    code,
                    what,
                    name,
                    known.iter().map(String::as_str),
                ));
            }
        };
        for resource in &catalog.resources {
            let at = &resource.written;
            for other in &resource.related {
                check(at, NAME, "resource", other, &resources);
            }
            if let Lifecycle::Withdrawn {
                successor: Some(next),
                ..
            } = &resource.lifecycle
            {
                check(at, NAME, "resource", next, &resources);
            }
            if let Some(line) = &resource.line {
                check(at, NAME, "line of business", line, &lines);
            }
            if let (super::Origin::Own, Some(keeper)) = (&resource.origin, &resource.provider) {
                check(at, NAME, "body of civil affairs", keeper, &keepers);
            }
            for element in resource.fields.iter().filter_map(|f| f.element.as_ref()) {
                check(at, ELEMENT, "element", element, &elements);
            }
        }
        self.findings.extend(all);
    }
}
