//! What the packs hold: figures, the vocabulary, and rules in the words of another engine.

use minzheng::Error;
use minzheng::error;
use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::export::{Dialect, ExportRequest, Form};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cell, Dated, Parameter};
use minzheng_rules::pack::place::parse_code;
use minzheng_rules::scalar::V;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::raise::refused;
use crate::tables::{day, maybe_day};

/// Which parameters, and which of their rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// One by its id; none: all, without rows.
    id: Option<String>,
    place: Option<String>,
    on: Option<String>,
    known_on: Option<String>,
}

impl Asked {
    pub(crate) fn answer(&self, set: &PackSet) -> Result<Value, Error> {
        let Some(id) = &self.id else {
            return Ok(set.parameters().iter().map(|p| head(set, p)).collect());
        };
        let parameter = set.parameter(id).ok_or_else(|| {
            let known = set.parameters().iter().map(|p| p.id.as_str());
            let help = nearest(id, known).map_or_else(
                || "`Engine.parameters` lists them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            refused("E-OVERLAY-NAME", "id", "there is no such figure", &help)
        })?;
        let place = self
            .place
            .as_deref()
            .map(|text| place(set, text))
            .transpose()?;
        let known = maybe_day(self.known_on.as_deref(), "known_on")?.unwrap_or(Day::MAX);
        let rows: Vec<&Dated<Cell>> = match maybe_day(self.on.as_deref(), "on")? {
            Some(on) => set.in_force(parameter, place, on, known),
            None => parameter
                .rows
                .iter()
                .filter(|r| r.published <= known)
                .collect(),
        };
        let mut out = head(set, parameter);
        if let Value::Object(fields) = &mut out {
            let rows = rows.into_iter().map(|r| row(set, parameter, r));
            fields.insert("rows".to_owned(), rows.collect());
        }
        Ok(out)
    }
}

fn place(set: &PackSet, text: &str) -> Result<i64, Error> {
    let code = parse_code(text).ok_or_else(|| {
        let help = "write the six digits, as \"150123\"";
        refused("E-VALUE-PLACE", "place", "not a place code", help)
    })?;
    Ok(set.places().resolve(code))
}

/// What a parameter is.
fn head(set: &PackSet, parameter: &Parameter) -> Value {
    let keys = parameter.keys.iter();
    let keys: Map<String, Value> = keys
        .map(|key| (key.name.clone(), json!(set.type_word(key.ty))))
        .collect();
    json!({
        "id": parameter.id,
        "title": parameter.title,
        "type": set.type_word(parameter.ty),
        "keys": keys,
        "set_by": parameter.setter,
        "status": parameter.status.word(),
        "note": parameter.note,
        "cite": parameter.cite.iter().map(|c| set.cite_words(c)).collect::<Vec<_>>(),
        "many_rows": parameter.rows.len(),
    })
}

/// One figure of a parameter.
fn row(set: &PackSet, parameter: &Parameter, row: &Dated<Cell>) -> Value {
    let keys = parameter.keys.iter().zip(&row.value.keys);
    let keys: Map<String, Value> = keys
        .map(|(key, value)| {
            (
                key.name.clone(),
                json!(set.value_words(V::known(*value), key.ty)),
            )
        })
        .collect();
    let said = |day: Day| (day > Day::MIN && day < Day::MAX).then(|| day.to_string());
    json!({
        "key": keys,
        "value": set.value_words(V::known(row.value.value), parameter.ty),
        "published_as": row.value.published_as,
        "place": row.place.map(|code| format!("{code:06}")),
        "place_name": row.place.map(|code| set.places().name(code)),
        "from": said(row.from),
        "until": row.until.map(|(last, _)| last.to_string()),
        "published": said(row.published),
        "status": row.status.word(),
        "cite": row.cite.iter().map(|c| set.cite_words(c)).collect::<Vec<_>>(),
        "note": row.note,
    })
}

/// What the packs declare.
pub(crate) fn vocabulary(set: &PackSet) -> Value {
    let entity = |index: usize| set.entities().get(index).map_or("", |e| e.id.as_str());
    let facts = set.facts().map(|f| {
        json!({
            "id": f.id,
            "entity": entity(f.entity),
            "type": set.type_word(f.ty),
            "title": f.title,
            "question": f.question,
            "answered_by": f.answered_by,
            "sensitivity": f.sensitivity,
        })
    });
    let programmes = set.programmes().iter().map(|p| {
        let ids = |list: &[usize]| -> Vec<String> {
            let formulas = list.iter().filter_map(|f| set.formulas().get(*f));
            formulas.map(|f| f.id.clone()).collect()
        };
        json!({
            "id": p.id,
            "entity": entity(p.entity),
            "title": p.title,
            "conditions": ids(&p.conditions),
            "figures": ids(&p.figures),
            "pays": p.amount.is_some(),
        })
    });
    let formulas = set.formulas().iter().map(|f| {
        json!({ "id": f.id, "entity": entity(f.entity), "type": set.type_word(f.ty), "title": f.title })
    });
    let lists = set.code_lists().iter().map(|list| {
        let codes = list.codes.iter();
        let codes: Map<String, Value> = codes.map(|c| (c.id.clone(), json!(c.words))).collect();
        (list.id.clone(), Value::Object(codes))
    });
    let instruments = set.instruments().map(|i| {
        json!({ "id": i.id, "title": i.title, "title_en": i.title_en, "number": i.number, "issuer": i.issuer })
    });
    json!({
        "facts": facts.collect::<Vec<_>>(),
        "programmes": programmes.collect::<Vec<_>>(),
        "formulas": formulas.collect::<Vec<_>>(),
        "codes": lists.collect::<Map<_, _>>(),
        "instruments": instruments.collect::<Vec<_>>(),
    })
}

/// Rules of a day and a place for another engine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Export {
    dialect: String,
    on: String,
    known_on: Option<String>,
    place: String,
    outputs: Vec<String>,
    steps: bool,
    nulls: bool,
}

impl Export {
    pub(crate) fn answer(&self, engine: &minzheng::Engine) -> Result<String, Error> {
        let dialect = match self.dialect.as_str() {
            "duckdb" => Dialect::DuckDb,
            "polars" => Dialect::Polars,
            _ => {
                let help = "write duckdb or polars";
                return Err(refused("E-API-SHAPE", "dialect", "not a dialect", help));
            }
        };
        let form = match (self.steps, self.nulls) {
            (false, false) => Form::Intervals,
            (true, false) => Form::Steps,
            (false, true) => Form::Nulls,
            (true, true) => {
                let help = "an export over nulls has no steps: leave one out";
                return Err(refused("E-API-SHAPE", "nulls", "given with `steps`", help));
            }
        };
        let request = ExportRequest {
            dialect,
            on: day(&self.on, "on")?,
            known_on: maybe_day(self.known_on.as_deref(), "known_on")?.unwrap_or(Day::MAX),
            place: &self.place,
            outputs: &self.outputs,
            form,
            lows: &[],
        };
        Ok(engine.rules().export(&request)?.text)
    }
}

/// What is wrong with packs, or should be looked at: by severity, as records.
pub(crate) fn remarks<'d>(found: impl Iterator<Item = &'d Diagnostic>) -> Value {
    let one = |d: &Diagnostic| {
        let finding = error::Finding::from(d);
        json!({
            "severity": format!("{:?}", d.severity()).to_lowercase(),
            "code": finding.code(),
            "message": { "zh": finding.message(minzheng::Lang::Zh), "en": finding.message(minzheng::Lang::En) },
            "help": { "zh": finding.help(minzheng::Lang::Zh), "en": finding.help(minzheng::Lang::En) },
            "file": finding.file(),
            "line": finding.line(),
        })
    };
    found.map(one).collect()
}
