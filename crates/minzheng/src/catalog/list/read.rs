//! The rows of the list to rows of a pack.

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, Diagnostics, nearest};
use serde_json::{Map, Value, json};

use super::columns::{COLUMNS, Column, LETTERS, NEEDED, Of, Takes};
use super::{Extension, List, address, toml};
use crate::catalog::{Catalog, ResourceCode};
use crate::error::Error;

/// A code of a cell that is not what its column takes.
const CELL: &str = "E-LIST-CELL";
/// A code of a name that nothing has.
const NAME: &str = "E-LIST-NAME";

type Row = Map<String, Value>;

/// A resource that is being read.
struct Reading {
    /// The sheet's row that it begins in, from 0.
    at: usize,
    row: Row,
    fields: Vec<Row>,
}

struct Reader<'r> {
    sheet: &'r str,
    rows: &'r [Vec<String>],
    below: &'r Catalog,
    fill: &'r BTreeMap<String, String>,
    /// Where each column of ours stands in the sheet.
    places: Vec<(&'static Column, Option<usize>)>,
    findings: Diagnostics,
    filled: usize,
    made: usize,
}

pub(super) fn read(
    sheet: &str,
    rows: &[Vec<String>],
    below: &Catalog,
    fill: &BTreeMap<String, String>,
) -> Result<List, Error> {
    let mut reader = Reader {
        sheet,
        rows,
        below,
        fill,
        places: Vec::new(),
        findings: Diagnostics::new(),
        filled: 0,
        made: 0,
    };
    let unknown = reader.heads();
    if reader.findings.has_errors() {
        return Err(reader.findings.into());
    }
    let mut all = Vec::new();
    let mut extensions = Vec::new();
    for (at, cells) in rows.iter().enumerate().skip(1) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        for column in &unknown {
            let text = cells.get(*column).map_or("", |c| c.trim());
            if !text.is_empty() {
                let head = rows.first().and_then(|h| h.get(*column));
                extensions.push(Extension {
                    cell: address(sheet, at, *column),
                    head: head.cloned().unwrap_or_default(),
                    text: text.to_owned(),
                });
            }
        }
        if reader.begins(at, all.last()) {
            let row = reader.part(at, Of::Resource);
            all.push(Reading {
                at,
                row,
                fields: Vec::new(),
            });
        }
        let field = reader.part(at, Of::Field);
        if let Some(last) = all.last_mut() {
            last.fields.push(field);
        }
    }
    reader.whole(&mut all);
    let mut findings = reader.findings;
    if findings.has_errors() {
        findings.sort();
        return Err(findings.into());
    }
    let text = all
        .iter()
        .map(|r| toml::row(&address(sheet, r.at, 0), &r.row, &r.fields));
    let toml = text.collect();
    let mut elements = BTreeSet::new();
    for reading in &all {
        let id = text_of(&reading.row, "id").unwrap_or_default();
        for field in &reading.fields {
            let own = text_of(field, "id").unwrap_or_default();
            elements.extend(text_of(field, "element").map(|e| (e, id.clone(), own)));
        }
    }
    Ok(List {
        toml,
        elements,
        resources: all.len(),
        items: all.iter().filter(|r| r.row.contains_key("number")).count(),
        filled: reader.filled,
        made: reader.made,
        extensions,
    })
}

/// A number that a spreadsheet took for one and wrote in its own way, or a cell that it could not show.
fn is_damaged(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let power = text.split_once(['E', 'e']).is_some_and(|(number, power)| {
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        digits(whole) && digits(part) && power.strip_prefix('+').is_some_and(digits)
    });
    let shown = [
        "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "###",
    ];
    power || shown.iter().any(|s| text.starts_with(s))
}

/// The beginning of a cell, for a message; nothing of a long number, which may be a person's.
fn shown(text: &str) -> String {
    const LONG: usize = 12;
    if text.chars().filter(char::is_ascii_digit).count() > LONG {
        return "…".to_owned();
    }
    text.chars().take(40).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['、', ';', '；', ',', '，']);
    parts.map(str::trim).filter(|part| !part.is_empty())
}

impl Reader<'_> {
    fn say(&mut self, code: &'static str, at: usize, column: usize, message: String, help: &str) {
        let place = address(self.sheet, at, column);
        self.findings
            .push(Diagnostic::error(code, message).path(place).help(help));
    }

    /// Finds the columns; the places of those that nobody knows.
    fn heads(&mut self) -> Vec<usize> {
        let heads: Vec<String> = self.rows.first().map_or_else(Vec::new, |head| {
            let name = |h: &String| h.trim_start_matches('\u{feff}').trim().to_owned();
            head.iter().map(name).collect()
        });
        let mut unknown: BTreeSet<usize> = (0..heads.len()).collect();
        for column in COLUMNS {
            let is_it = |h: &&String| column.is_named(h);
            let mut found = heads.iter().enumerate().filter(|(_, h)| is_it(h));
            let place = found.next().map(|(at, _)| at);
            if let Some((twice, _)) = found.next() {
                let message = format!("the column `{}` is there twice", column.head);
                self.say("E-LIST-HEAD", 0, twice, message, "keep one of them");
            }
            unknown.retain(|at| !heads.get(*at).is_some_and(|h| is_it(&h)));
            if place.is_none()
                && NEEDED.contains(&column.head)
                && !self.fill.contains_key(column.head)
            {
                let message = format!("the column `{}` is missing", column.head);
                let help = "add it, or say one value for all of its blank cells: --fill HEAD=VALUE";
                self.say("E-LIST-HEAD", 0, 0, message, help);
            }
            self.places.push((column, place));
        }
        for head in self.fill.keys() {
            if COLUMNS.iter().all(|c| c.head != head) {
                let near = nearest(head, COLUMNS.iter().map(|c| c.head));
                let help = near.map(|n| format!("did you mean `{n}`?"));
                let message = format!("no column `{head}` can be filled");
                self.say("E-LIST-HEAD", 0, 0, message, &help.unwrap_or_default());
            }
        }
        unknown.into_iter().collect()
    }

    fn text(&self, at: usize, place: Option<usize>) -> &str {
        let row = self.rows.get(at);
        let cell = place.and_then(|p| row.and_then(|r| r.get(p)));
        cell.map_or("", |c| c.trim())
    }

    /// Whether a row begins another resource: its id, code or name is there and another one.
    fn begins(&mut self, at: usize, last: Option<&Reading>) -> bool {
        let Some(last) = last.map(|l| l.at) else {
            return true;
        };
        let of_resource = |(c, _): &&(&Column, _)| c.of == Of::Resource;
        let differs = |place: Option<usize>| {
            let text = self.text(at, place);
            !text.is_empty() && text != self.text(last, place)
        };
        let names = ["id", "code", "title.zh"];
        let is_new = self
            .places
            .iter()
            .filter(of_resource)
            .any(|(c, place)| names.contains(&c.key) && differs(*place));
        if is_new {
            return true;
        }
        let wrong: Vec<(&str, usize)> = self
            .places
            .iter()
            .filter(of_resource)
            .filter(|(_, place)| differs(*place))
            .filter_map(|(c, place)| Some((c.head, (*place)?)))
            .collect();
        for (head, place) in wrong {
            let message = format!("`{head}` is another one than in the first row of the resource");
            let help = "leave it blank below the first row, or write the same";
            self.say("E-LIST-DIFFERS", at, place, message, help);
        }
        false
    }

    /// The cells of a row that speak of the resource, or of the field.
    fn part(&mut self, at: usize, of: Of) -> Row {
        let mut row = Row::new();
        let columns: Vec<_> = self
            .places
            .iter()
            .filter(|(c, _)| c.of == of)
            .copied()
            .collect();
        for (column, place) in columns {
            let mut text = self.text(at, place).to_owned();
            if text.is_empty()
                && let Some(given) = self.fill.get(column.head)
            {
                text.clone_from(given);
                self.filled = self.filled.saturating_add(1);
            }
            let place = place.unwrap_or(0);
            if text.is_empty() {
                if NEEDED.contains(&column.head) {
                    let message = format!("`{}` is blank", column.head);
                    let help = "write it, or say one value for all blank cells: --fill HEAD=VALUE";
                    self.say("E-LIST-EMPTY", at, place, message, help);
                }
                continue;
            }
            if is_damaged(&text) {
                let message = format!("a spreadsheet changed `{}`", column.head);
                let help = "make the column text and write the digits anew";
                self.say("E-LIST-DAMAGED", at, place, message, help);
                continue;
            }
            if text
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\t')
            {
                let message = format!("`{}` holds a character that nobody sees", column.head);
                self.say(CELL, at, place, message, "write the cell anew");
                continue;
            }
            match self.value(column, &text) {
                Ok(value) => set(&mut row, column.key, value),
                Err((code, help)) => {
                    let message = format!("`{}` is no `{}`", shown(&text), column.head);
                    self.say(code, at, place, message, &help);
                }
            }
        }
        row
    }

    fn value(&self, column: &Column, text: &str) -> Result<Value, (&'static str, String)> {
        let word = |words: &[(&str, &str)], text: &str| {
            let found = words.iter().find(|(own, zh)| *own == text || *zh == text);
            found.map(|(own, _)| json!(own)).ok_or_else(|| {
                let known: Vec<&str> = words.iter().map(|(_, zh)| *zh).collect();
                (CELL, format!("one of {}", known.join("、")))
            })
        };
        let whole = || text.parse::<u16>().ok().map(|n| json!(n));
        let wrong = |help: &str| (CELL, help.to_owned());
        match column.takes {
            // names of resources and fields are looked up when all are read
            Takes::Text | Takes::Key => Ok(json!(text)),
            Takes::Texts | Takes::Resources => Ok(split(text).collect::<Vec<_>>().into()),
            Takes::Word(words) => word(words, text),
            Takes::Several(words) => split(text).map(|t| word(words, t)).collect(),
            Takes::Whole => whole().ok_or_else(|| wrong("a whole number")),
            Takes::Years if text == "永久" || text == "permanent" => Ok(json!("permanent")),
            Takes::Years => whole().ok_or_else(|| wrong("a number of years, or 永久")),
            Takes::Truth => match text {
                "是" | "true" | "1" => Ok(json!(true)),
                "否" | "false" | "0" => Ok(json!(false)),
                _ => Err(wrong("是 or 否")),
            },
            Takes::Day => match Day::parse(text) {
                Some(day) => Ok(json!(day.to_date().to_string())),
                None => Err(wrong("a day: 2026-07-01")),
            },
            Takes::Body => {
                let bodies = || self.below.departments().iter().chain(self.below.keepers());
                let found = bodies().find(|b| b.id == text || b.title.zh == text);
                found.map(|b| json!(b.id)).ok_or_else(|| {
                    let near = nearest(text, bodies().map(|b| b.title.zh.as_str()));
                    let help = near.map(|n| format!("did you mean `{n}`?"));
                    (
                        NAME,
                        help.unwrap_or_else(|| "add the body to a pack".to_owned()),
                    )
                })
            }
            Takes::Line => {
                let lines = self.below.lines();
                let found = lines.iter().find(|l| l.id == text || l.title.zh == text);
                found.map(|l| json!(l.id)).ok_or_else(|| {
                    let near = nearest(text, lines.iter().map(|l| l.title.zh.as_str()));
                    let help = near.map(|n| format!("did you mean `{n}`?"));
                    (
                        NAME,
                        help.unwrap_or_else(|| "add the line to a pack".to_owned()),
                    )
                })
            }
            Takes::Supplies => {
                let one = |supply: &str| {
                    let (fact, fields) = supply.split_once(['：', ':']).unwrap_or((supply, ""));
                    json!({ "fact": fact.trim(), "fields": split(fields).collect::<Vec<_>>() })
                };
                let all = text.split(['；', ';']).map(str::trim);
                Ok(all.filter(|s| !s.is_empty()).map(one).collect())
            }
            Takes::Letter => {
                let bare = |t: &str| {
                    t.trim_end_matches(|c: char| c.is_ascii_uppercase())
                        .to_owned()
                };
                let known = |(name, _): &&(&str, _)| *name == text || bare(name) == bare(text);
                let found = LETTERS.iter().find(known);
                found.map(|(name, _)| json!(name)).ok_or_else(|| {
                    let names: Vec<&str> = LETTERS.iter().map(|(name, _)| *name).collect();
                    (CELL, format!("one of {}", names.join("、")))
                })
            }
        }
    }

    /// What only the whole list says: ids that were not given, types, keys, other resources.
    fn whole(&mut self, all: &mut [Reading]) {
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        let mut met = BTreeSet::new();
        for reading in all.iter_mut() {
            let code = text_of(&reading.row, "code");
            if !reading.row.contains_key("id") {
                let digits: Option<ResourceCode> = code.as_deref().and_then(|c| c.parse().ok());
                match digits {
                    Some(digits) => {
                        let id = format!("r{}", digits.to_string().replace('/', "_"));
                        reading.row.insert("id".to_owned(), json!(id));
                        self.made = self.made.saturating_add(1);
                    }
                    None => {
                        let message = "the resource has neither an id nor a code".to_owned();
                        let help = "write `资源标识`: small letters, digits and underscores";
                        self.say("E-LIST-EMPTY", reading.at, 0, message, help);
                    }
                }
            }
            let id = text_of(&reading.row, "id").unwrap_or_default();
            if !met.insert(id.clone()) {
                let message = format!("the resource `{id}` is there twice");
                let help = "its rows stand together, and each resource has its own id";
                self.say("E-LIST-TWICE", reading.at, 0, message, help);
            }
            ids.extend(code.map(|code| (code, id.clone())));
            ids.insert(id.clone(), id);
        }
        for reading in all.iter_mut() {
            self.fields(reading);
            self.names(reading, &ids);
        }
    }

    fn fields(&mut self, reading: &mut Reading) {
        let mut names: Vec<(String, String)> = Vec::new();
        for (field, number) in reading.fields.iter_mut().zip(1_usize..) {
            let letter = field.shift_remove("letter");
            if !field.contains_key("id") {
                field.insert("id".to_owned(), json!(format!("f{number}")));
                self.made = self.made.saturating_add(1);
            }
            if !field.contains_key("type") {
                let known = LETTERS
                    .iter()
                    .find(|(name, _)| letter.as_ref() == Some(&json!(name)));
                match known.and_then(|(_, ty)| *ty) {
                    Some(ty) => {
                        field.insert("type".to_owned(), json!(ty));
                    }
                    None => {
                        let message = format!("the type of field {number} is not said");
                        let help =
                            "write `信息项类型`: money/month, number:2 with a unit, code:LIST …";
                        self.say("E-LIST-EMPTY", reading.at, 0, message, help);
                    }
                }
            }
            let id = text_of(field, "id").unwrap_or_default();
            let title = field.get("title").and_then(|t| t.get("zh"));
            let title = title.and_then(Value::as_str).unwrap_or_default();
            names.push((id, title.to_owned()));
        }
        if let Some(key) = text_of(&reading.row, "key") {
            let found = names.iter().find(|(id, title)| *id == key || *title == key);
            match found {
                Some((id, _)) => {
                    reading.row.insert("key".to_owned(), json!(id));
                }
                None => {
                    let near = nearest(&key, names.iter().map(|(_, title)| title.as_str()));
                    let help = near
                        .map(|n| format!("did you mean `{n}`?"))
                        .unwrap_or_default();
                    let message = format!("`{}` is no field of the resource", shown(&key));
                    self.say(NAME, reading.at, 0, message, &help);
                }
            }
        }
    }

    /// Other resources and the body: by the keys of packs.
    fn names(&mut self, reading: &mut Reading, ids: &BTreeMap<String, String>) {
        if let Some(Value::Array(related)) = reading.row.get_mut("related") {
            let mut wrong = Vec::new();
            for other in related.iter_mut() {
                let name = other.as_str().unwrap_or_default().to_owned();
                match ids.get(&name) {
                    Some(id) => *other = json!(id),
                    None => wrong.push(name),
                }
            }
            for name in wrong {
                let message = format!("`{}` is no resource of the list", shown(&name));
                let help = "write its code or id, or add it";
                self.say(NAME, reading.at, 0, message, help);
            }
        }
        if let Some(body) = reading.row.shift_remove("body") {
            let is_item = reading.row.contains_key("number");
            let key = if is_item { "department" } else { "keeper" };
            reading.row.insert(key.to_owned(), body);
        }
    }
}

fn text_of(row: &Row, key: &str) -> Option<String> {
    row.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Sets a value, inside others where the key has dots.
fn set(row: &mut Row, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            row.insert(key.to_owned(), value);
        }
        Some((outer, inner)) => {
            let entry = row.entry(outer).or_insert_with(|| json!({}));
            if let Value::Object(map) = entry {
                set(map, inner, value);
            }
        }
    }
}
