//! What differs between two packs, whatever they hold: the tables of their files, compared as data.
//!
//! Nothing here knows what a fact, a figure or a calendar is. A thing is a table of a file; it is found again in the
//! other pack by what names it, and its other fields are compared one by one.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::load::PackSource;
use crate::error::{Diagnostic, Diagnostics};

/// Fields that alone name a thing where it has one of them.
const NAMES: [&str; 3] = ["id", "code", "year"];

/// Fields that never name a thing: two rows that differ in these are one row that was changed.
const CONTENT: [&str; 14] = [
    "cite",
    "choice",
    "expr",
    "less",
    "note",
    "review_by",
    "rounding",
    "rows",
    "status",
    "title",
    "until",
    "until_published",
    "value",
    "values",
];

/// How deep a pack is looked into; TOML itself is read to a bounded depth.
const MAX_DEPTH: usize = 64;

/// A field of a thing, as `title.zh` or `condition[income].expr`, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Where it stands in the thing.
    pub field: String,
    /// What it was; `None`: it was not there.
    pub before: Option<String>,
    /// What it is; `None`: it is no longer there.
    pub after: Option<String>,
}

/// A thing of a pack that was added, removed or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The array of the format it stands in: `fact`, `value`, `calendar` ….
    pub kind: String,
    /// What names it: its id, or the fields that say which row it is.
    pub name: String,
    /// Whether the old pack has it.
    pub in_old: bool,
    /// Whether the new pack has it.
    pub in_new: bool,
    /// The fields that differ, in order; for a thing that was added or removed, all that do not name it.
    pub fields: Vec<FieldChange>,
}

/// A field that holds one value, or a list of values or of the names of things.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Leaf {
    One(String),
    List(Vec<String>),
}

type Fields = BTreeMap<String, Leaf>;
type Things = BTreeMap<(String, String), Fields>;

impl PackSource {
    /// What differs from this pack to a newer one, by kind and name; comments, the order of rows and the files in
    /// which they stand do not count.
    ///
    /// ```
    /// use minzheng_rules::pack::{PackSource, SourceFile};
    /// let pack = |text: &str| PackSource::new(vec![SourceFile::new("facts.toml", text)]);
    /// let old = pack("[[fact]]\nid = \"weight\"\nlow = 0\n");
    /// let new = pack("# a remark\n[[fact]]\nid = \"weight\"\nlow = 1\n");
    /// let differences = old.differences(&new)?;
    /// assert_eq!(differences.len(), 1);
    /// assert_eq!((differences[0].kind.as_str(), differences[0].name.as_str()), ("fact", "weight"));
    /// assert_eq!(differences[0].fields[0].after.as_deref(), Some("1"));
    /// # Ok::<(), minzheng_rules::error::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// `E-PACK-TOML` for a file that is not TOML.
    pub fn differences(&self, newer: &Self) -> Result<Vec<Difference>, Diagnostics> {
        let (old, new) = (self.things()?, newer.things()?);
        let nothing = Fields::new();
        let keys: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
        let mut out = Vec::new();
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            let fields = changes(before.unwrap_or(&nothing), after.unwrap_or(&nothing));
            if before.is_none() || after.is_none() || !fields.is_empty() {
                out.push(Difference {
                    kind: key.0.clone(),
                    name: key.1.clone(),
                    in_old: before.is_some(),
                    in_new: after.is_some(),
                    fields,
                });
            }
        }
        Ok(out)
    }

    fn things(&self) -> Result<Things, Diagnostics> {
        let mut things = Things::new();
        for file in self.files() {
            let table: Table = toml::from_str(file.text()).map_err(|e| {
                let mut findings = Diagnostics::new();
                findings.push(Diagnostic::error("E-PACK-TOML", e.message()).at(&file.path, 0, 0));
                findings
            })?;
            for (kind, value) in table {
                let list = match value {
                    Value::Array(list) => list,
                    other => vec![other],
                };
                for item in list {
                    let (name, fields) = match &item {
                        Value::Table(table) => {
                            let mut fields = Fields::new();
                            let (name, naming) = name_of(&kind, table);
                            flatten(table, &naming, "", &mut fields, 0);
                            (name, fields)
                        }
                        plain => (String::new(), Fields::from([(String::new(), leaf(plain))])),
                    };
                    // two rows of one name, which only a pack that is refused has, still both count
                    let mut key = (kind.clone(), name);
                    while things.contains_key(&key) {
                        key.1.push_str(" (again)");
                    }
                    things.insert(key, fields);
                }
            }
        }
        Ok(things)
    }
}

/// What names a table in its list, and the fields that do: its id, or every plain field that is no content.
fn name_of<'t>(list: &str, table: &'t Table) -> (String, Vec<&'t str>) {
    // the rows of a figure have keys of the pack's own choice, and one value
    if list != "rows"
        && let Some((key, name)) = NAMES.iter().find_map(|n| table.get_key_value(*n))
    {
        return (plain(name), vec![key]);
    }
    let mut name = Vec::new();
    let mut naming = Vec::new();
    for (key, value) in table {
        let whole = matches!(value, Value::Table(_) | Value::Array(_));
        if !whole && !CONTENT.contains(&key.as_str()) {
            name.push(format!("{key} = {}", plain(value)));
            naming.push(key.as_str());
        }
    }
    (name.join(", "), naming)
}

/// A value in one line.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(day) => day.to_string(),
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(plain).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Table(table) => {
            let parts = table.iter().map(|(key, v)| format!("{key} = {}", plain(v)));
            format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

fn leaf(value: &Value) -> Leaf {
    match value {
        Value::Array(list) => Leaf::List(list.iter().map(plain).collect()),
        other => Leaf::One(plain(other)),
    }
}

/// The fields of a table below a path, but for those that name it.
fn flatten(table: &Table, naming: &[&str], above: &str, out: &mut Fields, depth: usize) {
    let next = depth.saturating_add(1);
    for (key, value) in table.iter().filter(|(k, _)| !naming.contains(&k.as_str())) {
        let path = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        match value {
            Value::Table(inner) if depth < MAX_DEPTH => flatten(inner, &[], &path, out, next),
            Value::Array(list)
                if depth < MAX_DEPTH && list.iter().all(|v| matches!(v, Value::Table(_))) =>
            {
                let mut names: Vec<String> = Vec::new();
                for inner in list.iter().filter_map(Value::as_table) {
                    let (mut name, naming) = name_of(key, inner);
                    while names.contains(&name) {
                        name.push_str(" (again)");
                    }
                    flatten(inner, &naming, &format!("{path}[{name}]"), out, next);
                    names.push(name);
                }
                out.insert(path, Leaf::List(names));
            }
            other => {
                out.insert(path, leaf(other));
            }
        }
    }
}

fn changes(old: &Fields, new: &Fields) -> Vec<FieldChange> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut out = Vec::new();
    for path in paths {
        let (before, after) = match (old.get(path), new.get(path)) {
            (before, after) if before == after => continue,
            // of a long list, only what came and what went
            (Some(Leaf::List(a)), Some(Leaf::List(b))) if !same_members(a, b) => {
                let only = |of: &[String], other: &[String]| {
                    let own = of.iter().filter(|v| !other.contains(v));
                    let own: Vec<&str> = own.map(String::as_str).collect();
                    (!own.is_empty()).then(|| own.join(", "))
                };
                match (only(a, b), only(b, a)) {
                    // the same values, one of them more often
                    (None, None) => (Some(a.join(", ")), Some(b.join(", "))),
                    both => both,
                }
            }
            (before, after) => (before.map(words), after.map(words)),
        };
        out.push(FieldChange {
            field: path.clone(),
            before,
            after,
        });
    }
    out
}

fn same_members(a: &[String], b: &[String]) -> bool {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    sorted(a) == sorted(b)
}

fn words(leaf: &Leaf) -> String {
    match leaf {
        Leaf::One(text) => text.clone(),
        Leaf::List(list) => list.join(", "),
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::pack::SourceFile;

    const PACK: &str = r#"
[pack]
id = "county"
title = { zh = "县", en = "county" }
publisher = "the bureau"
[[instrument]]
id = "notice"
title = "通知"
[[place]]
code = "159921"
name = "示范旗"
[[entity]]
id = "person"
complete = "rows_complete"
[[codes]]
id = "zone"
values = [{ id = "urban", zh = "甲" }, { id = "rural" }]
[[fact]]
id = "weight"
answered_by = ["applicant"]
[[parameter]]
id = "standard.grant"
keys = ["zone"]
[[value]]
parameter = "standard.grant"
place = "159921"
from = 2026-07-01
rows = [{ zone = "urban", value = "870" }, { zone = "rural", value = "660" }]
[[setting]]
id = "setting.rounding"
default = "half_up"
[[formula]]
id = "size"
[[formula.version]]
from = 2021-07-01
expr = "1 +  2"
[[version]]
of = "size"
from = 2026-07-01
expr = "3"
[[programme]]
id = "grant"
[[programme.condition]]
id = "income"
expr = "true"
[[relation]]
kind = "excludes"
first = "grant"
second = "loan"
note = { en = "one of them" }
[[calendar]]
year = 2026
rest_days = [2026-01-01, 2026-02-17]
[[test]]
id = "gap"
[test.expect]
"grant.amount" = "800/month"
"#;

    fn pack(text: &str) -> PackSource {
        PackSource::new(vec![SourceFile::new("pack.toml", text)])
    }

    /// One line for each field that differs.
    fn told(old: &str, new: &str) -> Vec<String> {
        let words = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".to_owned());
        let differences = pack(old).differences(&pack(new)).unwrap();
        let lines = differences.iter().flat_map(|d| {
            d.fields.iter().map(move |f| {
                let change = format!("{} > {}", words(&f.before), words(&f.after));
                format!("{} {}: {} {change}", d.kind, d.name, f.field)
            })
        });
        lines.collect()
    }

    #[test]
    fn whatever_a_pack_holds_is_compared() {
        let row = "from = 2026-07-01, parameter = standard.grant, place = 159921";
        for (before, after, line) in [
            ("the bureau", "us", "pack county: publisher the bureau > us".to_owned()),
            ("en = \"county\"", "en = \"c\"", "pack county: title.en county > c".to_owned()),
            ("通知", "公告", "instrument notice: title 通知 > 公告".to_owned()),
            ("示范旗", "旗", "place 159921: name 示范旗 > 旗".to_owned()),
            ("rows_complete", "all", "entity person: complete rows_complete > all".to_owned()),
            ("甲", "乙", "codes zone: values[urban].zh 甲 > 乙".to_owned()),
            (", { id = \"rural\" }", "", "codes zone: values rural > -".to_owned()),
            ("[\"applicant\"]", "[\"applicant\", \"official\"]", "fact weight: answered_by - > official".to_owned()),
            ("keys = [\"zone\"]", "keys = []", "parameter standard.grant: keys zone > -".to_owned()),
            ("\"870\"", "\"900\"", format!("value {row}: rows[zone = urban].value 870 > 900")),
            ("half_up", "up", "setting setting.rounding: default half_up > up".to_owned()),
            ("1 +  2", "1 + 3", "formula size: version[from = 2021-07-01].expr 1 + 2 > 1 + 3".to_owned()),
            ("expr = \"3\"", "expr = \"4\"", "version from = 2026-07-01, of = size: expr 3 > 4".to_owned()),
            ("expr = \"true\"", "expr = \"false\"", "programme grant: condition[income].expr true > false".to_owned()),
            ("one of", "either of", "relation first = grant, kind = excludes, second = loan: note.en one of them > either of them".to_owned()),
            ("2026-02-17", "2026-02-18", "calendar 2026: rest_days 2026-02-17 > 2026-02-18".to_owned()),
            ("800/month", "900/month", "test gap: expect.grant.amount 800/month > 900/month".to_owned()),
        ] {
            assert_eq!(PACK.matches(before).count(), 1, "{before}");
            assert_eq!(told(PACK, &PACK.replace(before, after)), [line]);
        }
    }

    #[test]
    fn files_comments_and_the_order_of_rows_do_not_count() {
        let (head, rest) = PACK.split_once("[[instrument]]").unwrap();
        let moved = PackSource::new(vec![
            SourceFile::new("z.toml", format!("# a remark\n{head}")),
            SourceFile::new("a.toml", format!("[[instrument]]{rest}")),
        ]);
        assert!(pack(PACK).differences(&moved).unwrap().is_empty());
        assert_eq!(told(PACK, &PACK.replace("1 +  2", "1 + 2")), [""; 0]);
    }

    #[test]
    fn what_comes_and_goes_is_told_with_its_fields() {
        let more = format!("{PACK}\n[[fact]]\nid = \"height\"\nlow = 0\n");
        let (old, new) = (pack(PACK), pack(&more));
        let added = old.differences(&new).unwrap();
        assert_eq!(added.len(), 1);
        let first = added.first().unwrap();
        assert!(!first.in_old && first.in_new);
        assert_eq!(told(PACK, &more), ["fact height: low - > 0"]);
        assert_eq!(told(&more, PACK), ["fact height: low 0 > -"]);
        let order = PACK.replace("2026-01-01, 2026-02-17", "2026-02-17, 2026-01-01");
        assert_eq!(
            told(PACK, &order),
            ["calendar 2026: rest_days 2026-01-01, 2026-02-17 > 2026-02-17, 2026-01-01"]
        );
        assert_eq!(
            pack("[[")
                .differences(&new)
                .unwrap_err()
                .iter()
                .next()
                .unwrap()
                .code(),
            "E-PACK-TOML"
        );
    }
}
