//! A catalogue to the rows of the list.

use minzheng_rules::pack::model::Cite;
use serde_json::{Value, json};

use super::columns::{COLUMNS, Column, Of, Takes};
use crate::catalog::{
    Catalog, Field, FieldType, Lifecycle, Openness, Origin, Resource, Retention, Sharing,
};

impl Catalog {
    /// The catalogue as the list of the ministry (一张清单): a head, then a row for each field, with the columns of the
    /// resource in its first row and blank below. [`List::read`](super::List::read) gives the same resources back.
    ///
    /// The columns of the guide of 2017 are followed by those of ours, without which a list says less than a catalogue.
    /// Cells are text; those of words are Chinese.
    pub fn to_list(&self) -> Vec<Vec<String>> {
        let mut rows = vec![COLUMNS.iter().map(|c| c.head.to_owned()).collect()];
        for resource in self.resources() {
            let whole = row(resource);
            for (at, field) in resource.fields.iter().enumerate() {
                let part = field_row(field);
                let cell = |column: &Column| match column.of {
                    Of::Resource if at > 0 => String::new(),
                    Of::Resource => self.cell(column, &whole),
                    Of::Field => self.cell(column, &part),
                };
                rows.push(COLUMNS.iter().map(cell).collect());
            }
        }
        rows
    }

    fn cell(&self, column: &Column, row: &Value) -> String {
        let mut value = row;
        for key in column.key.split('.') {
            match value.get(key) {
                Some(inner) => value = inner,
                None => return String::new(),
            }
        }
        let texts = || -> Vec<&str> {
            let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
            all.iter().filter_map(Value::as_str).collect()
        };
        let said = |words: &[(&str, &str)], word: &str| {
            let found = words.iter().find(|(own, _)| *own == word);
            found.map_or(word, |(_, zh)| zh).to_owned()
        };
        let text = value.as_str().unwrap_or_default();
        match column.takes {
            Takes::Text | Takes::Day | Takes::Key | Takes::Letter => text.to_owned(),
            Takes::Texts => texts().join("、"),
            Takes::Word(words) => said(words, text),
            Takes::Several(words) => {
                let all: Vec<String> = texts().iter().map(|word| said(words, word)).collect();
                all.join("、")
            }
            Takes::Whole => value.as_u64().map(|n| n.to_string()).unwrap_or_default(),
            Takes::Years => value
                .as_u64()
                .map_or_else(|| said(&[("permanent", "永久")], text), |n| n.to_string()),
            Takes::Truth => match value.as_bool() {
                Some(true) => "是".to_owned(),
                Some(false) => "否".to_owned(),
                None => String::new(),
            },
            Takes::Body => {
                let body = self.department(text).or_else(|| self.keeper(text));
                body.map_or(text, |b| &b.title.zh).to_owned()
            }
            Takes::Line => self.line(text).map_or(text, |l| &l.title.zh).to_owned(),
            Takes::Resources => {
                let name = |id: &&str| {
                    let code = self.resource(id).and_then(|r| r.code.as_ref());
                    code.map_or_else(|| (*id).to_owned(), ToString::to_string)
                };
                texts().iter().map(name).collect::<Vec<_>>().join("、")
            }
            Takes::Supplies => {
                let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let one = |supply: &Value| {
                    let fact = supply.get("fact").and_then(Value::as_str);
                    let fields = supply.get("fields").and_then(Value::as_array);
                    let fields = fields.map(Vec::as_slice).unwrap_or_default();
                    let fields: Vec<&str> = fields.iter().filter_map(Value::as_str).collect();
                    let mark = if fields.is_empty() { "" } else { "：" };
                    format!("{}{mark}{}", fact.unwrap_or_default(), fields.join("，"))
                };
                all.iter().map(one).collect::<Vec<_>>().join("；")
            }
        }
    }
}

/// A resource under the keys of a pack; `body` is whoever keeps it.
fn row(of: &Resource) -> Value {
    let number = match &of.origin {
        Origin::Obtained { number, .. } => Some(*number),
        Origin::Own => None,
    };
    let condition = match &of.sharing {
        Sharing::Conditional(words) => Some(words),
        _ => None,
    };
    let open_condition = match &of.openness {
        Some(Openness::Conditional(words)) => Some(words),
        _ => None,
    };
    let retention = of.retention.map(|r| match r {
        Retention::Years(years) => json!(years),
        Retention::Permanent => json!("permanent"),
    });
    let withdrawn = match &of.lifecycle {
        Lifecycle::Active => None,
        Lifecycle::Withdrawn {
            on,
            reason,
            successor,
        } => Some(json!({ "on": on.to_string(), "reason": reason, "successor": successor })),
    };
    let supplies = of
        .supplies
        .iter()
        .map(|s| json!({ "fact": format!("{}.{}", s.entity, s.fact), "fields": s.fields }));
    json!({
        "code": of.code.as_ref().map(ToString::to_string),
        "title": of.title, "line": of.line, "body": of.provider, "summary": of.summary,
        "formats": of.formats.iter().map(|f| f.word()).collect::<Vec<_>>(),
        "sharing": of.sharing.word(), "condition": condition,
        "modes": of.modes.iter().map(|m| m.word()).collect::<Vec<_>>(),
        "openness": of.openness.as_ref().map(Openness::word), "open_condition": open_condition,
        "cycle": of.cycle.word(), "published_on": of.published_on.map(|d| d.to_string()),
        "related": of.related, "id": of.id, "number": number, "kinds": of.kinds,
        "status": of.status.word(), "seen": of.seen,
        "inferred": of.inferred.iter().map(|i| i.word()).collect::<Vec<_>>(),
        "cite": cites(&of.cite), "subject": of.subject.word(), "key": of.key,
        "order": of.order.word(), "grace": of.grace, "retention": retention,
        "grade": of.grade.level(), "personal": of.personal.word(),
        "supplies": supplies.collect::<Vec<_>>(), "withdrawn": withdrawn, "note": of.note,
    })
}

/// Articles as packs write them: `sal-2026#第四十一条`.
pub(super) fn cites(all: &[Cite]) -> Vec<String> {
    let one = |c: &Cite| match c.article.as_str() {
        "" => c.instrument.clone(),
        article => format!("{}#{article}", c.instrument),
    };
    all.iter().map(one).collect()
}

fn field_row(of: &Field) -> Value {
    let letter = match &of.ty {
        FieldType::Date | FieldType::Month => "日期型D",
        FieldType::Money(_) => "货币型Y",
        FieldType::Count => "整型I",
        FieldType::Number { .. } | FieldType::Ratio => "数值型N",
        FieldType::Bool => "逻辑型L",
        _ => "字符型C",
    };
    let unit = match &of.ty {
        FieldType::Number { unit, .. } => Some(unit.word()),
        _ => None,
    };
    json!({
        "title": of.title, "letter": letter, "id": of.id, "type": of.ty.to_string(), "unit": unit,
        "required": of.required, "sensitive": of.sensitive, "grade": of.grade.level(), "element": of.element,
    })
}
