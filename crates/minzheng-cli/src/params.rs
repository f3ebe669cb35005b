//! Figures and settings.

use chrono::NaiveDate;
use minzheng::Lang;
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cell, Dated, Parameter};
use minzheng_rules::pack::place::parse_code;
use minzheng_rules::scalar::V;

use crate::output::{bold, table};
use crate::{Failure, Outcome};

/// Every parameter, one a line.
pub(crate) fn list(set: &PackSet, lang: Lang) -> String {
    let rows: Vec<Vec<String>> = set
        .parameters()
        .iter()
        .map(|p| {
            vec![
                p.id.clone(),
                set.type_word(p.ty),
                p.rows.len().to_string(),
                p.title.of(lang).to_owned(),
            ]
        })
        .collect();
    table(&rows)
}

/// The keys of a cell in words.
pub(crate) fn keys(set: &PackSet, parameter: &Parameter, cell: &Cell) -> String {
    let words = parameter
        .keys
        .iter()
        .zip(&cell.keys)
        .map(|(key, value)| match key.ty {
            Type::Code(_) => format!(
                "{} = {}",
                key.name,
                set.value_words(V::known(*value), key.ty)
            ),
            _ => format!("{} ≥ {value}", key.name),
        });
    words.collect::<Vec<_>>().join(", ")
}

/// A value in words, and as published where that differs.
pub(crate) fn value(set: &PackSet, parameter: &Parameter, cell: &Cell, lang: Lang) -> String {
    let shown = set.value_for(V::known(cell.value), parameter.ty, lang);
    match &cell.published_as {
        Some(text) => format!("{shown} ({text})"),
        None => shown,
    }
}

/// The articles of a row.
pub(crate) fn cites<T>(set: &PackSet, row: &Dated<T>) -> String {
    row.cite
        .iter()
        .map(|c| set.cite_words(c))
        .collect::<Vec<_>>()
        .join("; ")
}

/// First and last day in force.
pub(crate) fn span<T>(row: &Dated<T>, lang: Lang) -> String {
    let from = if row.from > Day::MIN {
        row.from.to_string()
    } else {
        String::new()
    };
    match (&row.until, lang) {
        (Some((last, _)), _) => format!("{from} … {last}"),
        (None, _) if from.is_empty() => String::new(),
        (None, Lang::Zh) => format!("{from} 起"),
        (None, Lang::En) => format!("from {from}"),
    }
}

/// One parameter.
pub(crate) fn show(
    set: &PackSet,
    name: &str,
    place: Option<&str>,
    on: Option<NaiveDate>,
    known_on: Option<NaiveDate>,
    lang: Lang,
) -> Outcome {
    let zh = lang == Lang::Zh;
    let Some(parameter) = set.parameter(name) else {
        let near: Vec<&str> = set
            .parameters()
            .iter()
            .map(|p| p.id.as_str())
            .filter(|id| id.contains(name))
            .take(5)
            .collect();
        let help = if near.is_empty() {
            "see minzheng params list".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        return Err(Failure::Refused(format!(
            "error[E-PARAM-NAME]: there is no such figure ({help})"
        )));
    };
    let code = match place {
        None => None,
        Some(text) => Some(set.places().resolve(parse_code(text).ok_or_else(|| {
            Failure::Refused(
                "error[E-VALUE-PLACE]: --place is no place code (write the six digits)".to_owned(),
            )
        })?)),
    };
    let mut out = format!(
        "{}\n",
        bold(&format!("{} ({})", parameter.title.of(lang), parameter.id))
    );
    let mut head = vec![vec![
        if zh { "类型" } else { "type" }.to_owned(),
        set.type_word(parameter.ty),
    ]];
    if !parameter.keys.is_empty() {
        let keys: Vec<String> = parameter
            .keys
            .iter()
            .map(|k| format!("{} ({})", k.name, set.type_word(k.ty)))
            .collect();
        head.push(vec![
            if zh { "键" } else { "keys" }.to_owned(),
            keys.join(", "),
        ]);
    }
    if !parameter.setter.of(lang).is_empty() {
        head.push(vec![
            if zh { "由谁制定" } else { "set by" }.to_owned(),
            parameter.setter.of(lang).to_owned(),
        ]);
    }
    if let Some(number) = parameter.ambiguity {
        head.push(vec![
            if zh { "歧义" } else { "ambiguity" }.to_owned(),
            format!("#{number}"),
        ]);
    }
    if !parameter.note.of(lang).is_empty() {
        head.push(vec![
            if zh { "说明" } else { "note" }.to_owned(),
            parameter.note.of(lang).to_owned(),
        ]);
    }
    out.push_str(&table(&head));
    out.push('\n');
    let day = |d: NaiveDate| Day::from_date(d).unwrap_or(Day::MAX);
    let known = known_on.map_or(Day::MAX, day);
    let rows: Vec<&Dated<Cell>> = match on {
        Some(on) => set.in_force(parameter, code, day(on), known),
        None => parameter
            .rows
            .iter()
            .filter(|r| r.published <= known)
            .filter(|r| code.is_none_or(|c| r.place.is_none_or(|p| set.places().is_within(c, p))))
            .collect(),
    };
    if rows.is_empty() {
        out.push_str(if zh {
            "该地该日没有数值。\n"
        } else {
            "No pack holds a figure for the place and day.\n"
        });
        return Ok(out);
    }
    let table_rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            vec![
                row.place.map_or_else(
                    || if zh { "各地" } else { "everywhere" }.to_owned(),
                    |p| set.places().name(p),
                ),
                keys(set, parameter, &row.value),
                value(set, parameter, &row.value, lang),
                span(row, lang),
                row.status.word().to_owned(),
                cites(set, row),
            ]
        })
        .collect();
    out.push_str(&table(&table_rows));
    Ok(out)
}
