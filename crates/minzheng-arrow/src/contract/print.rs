//! The contract written down: for programs as JSON, for people as Markdown.

use core::fmt::Write as _;

use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::Money;
use minzheng_rules::pack::model::Words;
use serde_json::{Map, Value, json};

use super::{ColumnContract, Contract, Role};
use minzheng::Lang;

impl Contract<'_> {
    /// The contract as JSON: `{"schema": "minzheng/tables/1", "tables": [{"name", "columns": […]}]}`. Of every column `name`, `is`
    /// (`key`, `household`, `of`, `day`, `identity`, `link`, `fact`, `finding`), `type` (`key`: text or whole numbers), `unit` and `per` of amounts, `low` and
    /// `high` in that unit, `codes` of a list with their words, `required`, `title`, `needed_by`; what does not apply is left out.
    ///
    /// ```
    /// # use minzheng::packs::{self, BuiltIn};
    /// # use minzheng_arrow::Contract;
    /// # let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
    /// let contract = Contract::new(&packs).to_json();
    /// let households = &contract["tables"][0];
    /// assert_eq!(households["columns"][0]["name"], "household_id");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> Value {
        let tables = self.tables.iter().map(|table| {
            let columns: Vec<Value> = table.columns.iter().map(|c| self.column_json(c)).collect();
            json!({ "name": table.name, "columns": columns })
        });
        json!({ "schema": "minzheng/tables/1", "tables": tables.collect::<Vec<_>>() })
    }

    fn column_json(&self, column: &ColumnContract) -> Value {
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        put("name", json!(column.name));
        put("is", json!(role(&column.role)));
        if column.ty.is_none() {
            let is_text = column.role == Role::Identity;
            put("type", json!(if is_text { "text" } else { "key" }));
        }
        if let Some(ty) = column.ty {
            put("type", json!(self.set.type_word(ty)));
            if let Type::Money { period, .. } = ty {
                put("unit", json!("yuan"));
                if let Some(per) = per(period) {
                    put("per", json!(per));
                }
            }
            for (key, bound) in [("low", column.low), ("high", column.high)] {
                if let Some(bound) = bound {
                    put(key, json!(value(bound, ty)));
                }
            }
            let codes = self.codes(ty).map(|(id, words)| both(id, words));
            let codes: Vec<Value> = codes.collect();
            if !codes.is_empty() {
                put("codes", json!(codes));
            }
        }
        put("required", json!(column.required));
        put(
            "title",
            json!({ "zh": column.title.zh, "en": column.title.en }),
        );
        if !column.needed_by.is_empty() {
            put("needed_by", json!(column.needed_by));
        }
        Value::Object(out)
    }

    /// The codes of a type, with their words.
    fn codes(&self, ty: Type) -> impl Iterator<Item = (&str, &Words)> {
        let list = match ty {
            Type::Code(list) => self.set.code_lists().get(list),
            _ => None,
        };
        let codes = list.map(|l| l.codes.as_slice()).unwrap_or_default();
        codes.iter().map(|c| (c.id.as_str(), &c.words))
    }

    /// The contract as Markdown, a table of columns for every table.
    ///
    /// ```
    /// # use minzheng::{Lang, packs::{self, BuiltIn}};
    /// # use minzheng_arrow::Contract;
    /// # let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
    /// let text = Contract::new(&packs).to_markdown(Lang::En);
    /// assert!(text.contains("\n## people\n") && text.contains("| `birth` |"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_markdown(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let mut out = String::from(if zh {
            "# 各表的列\n"
        } else {
            "# The columns of the tables\n"
        });
        for table in &self.tables {
            let head = if zh {
                "| 列 | 类型 | 范围 | 内容 | 用于 |"
            } else {
                "| column | type | bounds | what | needed by |"
            };
            // writing to a string cannot fail
            let _ = write!(
                out,
                "\n## {}\n\n{head}\n|---|---|---|---|---|\n",
                table.name
            );
            for column in &table.columns {
                let need = match (column.required, zh) {
                    (true, true) => "（必填）",
                    (true, false) => " (required)",
                    _ => "",
                };
                let _ = writeln!(
                    out,
                    "| `{}`{need} | {} | {} | {} | {} |",
                    column.name,
                    self.type_words(column, lang),
                    bounds(column),
                    cell(column.title.of(lang)),
                    cell(&column.needed_by.join(", ")),
                );
            }
        }
        out
    }

    fn type_words(&self, column: &ColumnContract, lang: Lang) -> String {
        let Some(ty) = column.ty else {
            let (zh, en) = match column.role {
                Role::Identity => ("文本", "text"),
                _ => ("文本或整数", "text or whole number"),
            };
            return if lang == Lang::Zh { zh } else { en }.to_owned();
        };
        let codes: Vec<String> = self
            .codes(ty)
            .map(|(id, words)| format!("`{id}` {}", words.of(lang)))
            .collect();
        let word = self.set.type_word(ty);
        if codes.is_empty() {
            word
        } else {
            cell(&format!("{word}: {}", codes.join(", ")))
        }
    }
}

fn both(id: &str, words: &Words) -> Value {
    json!({ "id": id, "zh": words.zh, "en": words.en })
}

const fn role(role: &Role) -> &'static str {
    match role {
        Role::Key => "key",
        Role::Household => "household",
        Role::Above => "of",
        Role::Day => "day",
        Role::Identity => "identity",
        Role::Link(_) => "link",
        Role::Fact(_) => "fact",
        Role::Finding(_) => "finding",
    }
}

const fn per(period: Period) -> Option<&'static str> {
    match period {
        Period::Month => Some("month"),
        Period::Year => Some("year"),
        Period::Once | Period::Any => None,
    }
}

/// A bound in the unit of its column.
fn value(bound: i64, ty: Type) -> String {
    match ty {
        Type::Money { .. } => Money::from_fen(bound).to_string(),
        _ => bound.to_string(),
    }
}

fn bounds(column: &ColumnContract) -> String {
    let Some(ty) = column.ty else {
        return String::new();
    };
    let end = |bound: Option<i64>| bound.map_or_else(String::new, |b| value(b, ty));
    match (column.low, column.high) {
        (None, None) => String::new(),
        (low, high) => format!("{}–{}", end(low), end(high)),
    }
}

/// Words that do not break a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
