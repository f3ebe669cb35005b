//! The calls about the catalogue.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{day, text, wrong};
use crate::Engine;
use crate::catalog::quality::{Check, Measured, Quality, Report, Rule};
use crate::catalog::{
    Board, Catalog, Change, Cycle, Delivery, Edition, Grade, Impact, List, Query, Subject, When,
};
use crate::error::Error;

/// The fields of a call; none: it is no call about the catalogue.
pub(super) fn keys(call: &str) -> Option<&'static [&'static str]> {
    Some(match call {
        "catalog_search" => &[
            "call",
            "lang",
            "text",
            "department",
            "line",
            "sharing",
            "grade",
            "cycle",
            "subject",
            "limit",
        ],
        "catalog_show" => &["call", "lang", "id", "on"],
        "catalog_check" => &["call", "lang"],
        "catalog_diff" => &["call", "lang", "before", "after", "fill"],
        "lineage" => &["call", "lang", "id", "on", "direction"],
        "impact" => &["call", "lang", "lost", "on"],
        "freshness" => &["call", "lang", "on", "deliveries"],
        "quality_rules" => &["call", "lang", "resource"],
        "quality" => &["call", "lang", "on", "counts", "deliveries"],
        _ => return None,
    })
}

fn shape(path: &str, message: &str, help: &str) -> Error {
    wrong("E-API-SHAPE", path, message, help)
}

pub(super) fn answer(
    engine: &Engine,
    call: &str,
    fields: &Map<String, Value>,
) -> Result<Value, Error> {
    let catalog = engine.catalog()?;
    Ok(match call {
        "catalog_search" => search(engine, fields)?,
        "catalog_check" => {
            let remarks = catalog.check(engine.packs())?;
            remarks
                .iter()
                .map(crate::catalog::Remark::to_json)
                .collect()
        }
        "catalog_diff" => diff(engine, fields)?,
        "catalog_show" => {
            let id = text(fields, "id")?.unwrap_or_default();
            let resource = catalog
                .resource(id)
                .ok_or_else(|| catalog.no_resource(id))?;
            let lineage = engine.lineage(When::day(day(fields, "on")?))?;
            catalog.show(engine.packs(), resource, &lineage)
        }
        "lineage" => {
            let lineage = engine.lineage(When::day(day(fields, "on")?))?;
            let id = text(fields, "id")?.unwrap_or_default();
            let is_down = match text(fields, "direction")? {
                Some("down") => true,
                Some("up") => false,
                _ => return Err(shape("direction", "not a direction", "write down or up")),
            };
            lineage.to_json(id, is_down)?
        }
        "impact" => {
            let Some(Value::Array(lost)) = fields.get("lost") else {
                let help = "send [\"income_tax\"]";
                return Err(shape("lost", "a list of resources is wanted", help));
            };
            let lost: Option<Vec<&str>> = lost.iter().map(Value::as_str).collect();
            let lost = lost.ok_or_else(|| shape("lost", "ids are strings", ""))?;
            let lineage = engine.lineage(When::day(day(fields, "on")?))?;
            Impact::of(catalog, &lineage, &lost)?.to_json()
        }
        "quality_rules" => {
            let id = text(fields, "resource")?.unwrap_or_default();
            let resource = catalog
                .resource(id)
                .ok_or_else(|| catalog.no_resource(id))?;
            let rules = Quality::load(engine.packs(), catalog)?;
            rules.of(&resource.id).map(Rule::to_json).collect()
        }
        "quality" => quality(engine, fields)?,
        _ => {
            let deliveries = deliveries(fields)?;
            let on = day(fields, "on")?;
            Board::new(catalog, engine.packs().calendar(), &deliveries, on)?.to_json()
        }
    })
}

/// Two lists of the ministry's form, rows of cells; without the first, the catalogue of the packs.
fn diff(engine: &Engine, fields: &Map<String, Value>) -> Result<Value, Error> {
    let (packs, own) = (engine.packs(), engine.catalog()?);
    let fill = match fields.get("fill") {
        None | Some(Value::Null) => Some(BTreeMap::new()),
        Some(Value::Object(given)) => given
            .iter()
            .map(|(head, value)| Some((head.clone(), value.as_str()?.to_owned())))
            .collect(),
        Some(_) => None,
    };
    let help = "send {\"资源分级\": \"3\"}";
    let fill = fill.ok_or_else(|| shape("fill", "a text for each head is wanted", help))?;
    let edition = |key: &str| -> Result<Option<Catalog>, Error> {
        let rows = match fields.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(rows)) => rows.iter().map(cells).collect::<Option<Vec<_>>>(),
            Some(_) => None,
        };
        let help = "send [[\"信息资源名称\", …], […]]: the head first, each cell a text";
        let rows = rows.ok_or_else(|| shape(key, "a list of rows of texts is wanted", help))?;
        let list = List::read(key, &rows, own, &fill)?;
        let catalog = list.catalog(packs, own).map_err(|e| e.below(key))?;
        Ok(Some(catalog))
    };
    let before = edition("before")?;
    let help = "send the rows of the list";
    let after = edition("after")?.ok_or_else(|| shape("after", "there is no list", help))?;
    let of = |catalog| Edition { packs, catalog };
    let changes = Change::between(of(before.as_ref().unwrap_or(own)), of(&after));
    Ok(changes.iter().map(Change::to_json).collect())
}

/// The cells of a row.
fn cells(row: &Value) -> Option<Vec<String>> {
    let cells = row.as_array()?.iter();
    cells.map(|cell| cell.as_str().map(str::to_owned)).collect()
}

fn deliveries(fields: &Map<String, Value>) -> Result<Vec<Delivery>, Error> {
    let Some(Value::Array(rows)) = fields.get("deliveries") else {
        let help = "send [{\"resource\", \"as_of\", \"received\"}]";
        return Err(shape("deliveries", "a list of deliveries is wanted", help));
    };
    let one = |row: &Value| {
        let Value::Object(row) = row else {
            return Err(shape("deliveries", "a delivery is an object", ""));
        };
        Ok(Delivery {
            resource: text(row, "resource")?.unwrap_or_default().to_owned(),
            as_of: day(row, "as_of")?,
            received: day(row, "received")?,
        })
    };
    rows.iter().map(one).collect()
}

/// Holds rows that were counted elsewhere, and deliveries, to the limits of the rules.
fn quality(engine: &Engine, fields: &Map<String, Value>) -> Result<Value, Error> {
    let catalog = engine.catalog()?;
    let rules = Quality::load(engine.packs(), catalog)?;
    let Some(Value::Array(counts)) = fields.get("counts") else {
        let help = "send [{\"resource\", \"rule\", \"fields\", \"evaluated\", \"failed\"}]";
        return Err(shape("counts", "a list of counts is wanted", help));
    };
    let mut measured = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        let path = format!("counts[{at}]");
        let Value::Object(count) = count else {
            return Err(shape(&path, "a count is an object", ""));
        };
        let (id, resource) = (text(count, "rule")?, text(count, "resource")?);
        let names = count.get("fields").and_then(Value::as_array);
        let names: Vec<&str> = names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut own = resource.into_iter().flat_map(|r| rules.of(r));
        let rule = own.find(|r| Some(r.id.as_str()) == id && r.check.fields() == names);
        let rule = rule.filter(|r| r.at_most.is_some()).ok_or_else(|| {
            let help = "`quality_rules` lists the rules of a resource; those with `at_most_of_10000` count rows";
            shape(&path, "no rule of this resource counts rows of these fields", help)
        })?;
        let many = |key: &str| count.get(key).and_then(Value::as_u64);
        let counted = many("evaluated")
            .zip(many("failed"))
            .filter(|(of, failed)| failed <= of);
        let (evaluated, failed) = counted.ok_or_else(|| {
            let help = "whole numbers, no more failed than evaluated";
            shape(&path, "`evaluated` and `failed` are no counts", help)
        })?;
        let rows = Measured::Rows {
            evaluated,
            failed,
            causes: BTreeMap::new(),
            sample: Vec::new(),
        };
        measured.push((rule.clone(), rows));
    }
    let given = match fields.get("deliveries") {
        None | Some(Value::Null) => None,
        Some(_) => Some(deliveries(fields)?),
    };
    if given.is_some() {
        let board = rules.rules().iter().filter(|r| r.check == Check::Delivered);
        measured.extend(board.map(|r| (r.clone(), Measured::Board)));
    }
    let on = day(fields, "on")?;
    let calendar = engine.packs().calendar();
    let report = Report::new(
        catalog,
        calendar,
        on,
        Vec::new(),
        measured,
        given.as_deref(),
    )?;
    Ok(report.to_json())
}

fn search(engine: &Engine, fields: &Map<String, Value>) -> Result<Value, Error> {
    let catalog = engine.catalog()?;
    let number = |key: &str| match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| shape(key, "a whole number is wanted", "")),
    };
    let grade = match number("grade")? {
        None => None,
        Some(level) => {
            let grade = u8::try_from(level).ok().and_then(Grade::new);
            Some(grade.ok_or_else(|| shape("grade", "grades go from 1 to 4", ""))?)
        }
    };
    let cycle = match text(fields, "cycle")? {
        None => None,
        Some(word) => Some(
            Cycle::from_word(word).ok_or_else(|| shape("cycle", "not a cycle", "write monthly"))?,
        ),
    };
    let subject = match text(fields, "subject")? {
        None => None,
        Some(word) => Some(
            Subject::from_word(word)
                .ok_or_else(|| shape("subject", "not a subject", "write person"))?,
        ),
    };
    let query = Query {
        text: text(fields, "text")?.unwrap_or_default(),
        department: text(fields, "department")?,
        line: text(fields, "line")?,
        sharing: text(fields, "sharing")?,
        grade,
        cycle,
        subject,
    };
    let hits = catalog.search(&query);
    let limit = number("limit")?.and_then(|n| usize::try_from(n).ok());
    let facets = catalog.facets(hits.iter().map(|h| h.resource.as_str()));
    let total = hits.len();
    let shown = hits.iter().take(limit.unwrap_or(usize::MAX)).map(|hit| {
        let title = catalog.resource(&hit.resource).map(|r| &r.title);
        json!({ "id": hit.resource, "title": title, "score": hit.score, "fields": hit.fields })
    });
    Ok(json!({ "total": total, "hits": shown.collect::<Vec<_>>(), "facets": facets }))
}
