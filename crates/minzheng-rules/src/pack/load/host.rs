//! `[[catalog.…]]`, `[[verification.…]]`, `[[warning.…]]`: rows that the engine keeps for its host.
//!
//! The engine gives them no meaning, but their grounds are grounds: every `cite` in them names an instrument.

use toml::{Spanned, Table, Value};

use super::Loader;
use super::file::PackFile;
use crate::pack::model::HostRow;

/// How deep a row is looked into for its citations; TOML itself is read to a bounded depth.
const MAX_DEPTH: usize = 64;

impl Loader<'_> {
    pub(super) fn host_rows(&mut self, file: &PackFile<'_>) {
        for (section, kind, rows) in file.raw.host_rows() {
            for row in rows {
                let at = file.spot(row.span().start);
                let mut words = Vec::new();
                cites_within(row.get_ref(), 0, &mut words);
                let place = row.span().start..row.span().start;
                let words: Vec<Spanned<String>> = words
                    .into_iter()
                    .map(|word| Spanned::new(place.clone(), word.to_owned()))
                    .collect();
                let row = HostRow {
                    cite: self.cites(at, &words),
                    origin: at.origin(),
                    table: row.get_ref().clone(),
                };
                let section = format!("{section}.{kind}");
                self.set.host.entry(section).or_default().push(row);
            }
        }
    }
}

/// The words of every `cite` in a table and in the tables inside it.
fn cites_within<'v>(table: &'v Table, depth: usize, out: &mut Vec<&'v str>) {
    if depth >= MAX_DEPTH {
        return;
    }
    for (key, value) in table {
        match value {
            Value::Array(words) if key == "cite" => {
                out.extend(words.iter().filter_map(Value::as_str));
            }
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_table)
                .for_each(|inner| cites_within(inner, depth.saturating_add(1), out)),
            Value::Table(inner) => cites_within(inner, depth.saturating_add(1), out),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pack::{PackSet, PackSource, SourceFile, lint};

    fn load(row: &str) -> Result<PackSet, String> {
        let text = format!(
            r#"
[pack]
id = "example"
title = {{ zh = "例", en = "example" }}
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01

[[instrument]]
id = "act"
title = "办法"

[[entity]]
id = "parcel"

{row}
"#
        );
        PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])])
            .map_err(|findings| findings.to_string())
    }

    #[test]
    fn rows_are_kept_with_their_ground() {
        let set = load(
            "[[catalog.resource]]\nid = \"a\"\n[[catalog.resource.field]]\ncite = [\"act#第一条\"]",
        )
        .unwrap();
        let row = &set.host_rows("catalog.resource")[0];
        assert_eq!(
            (row.origin.line, row.cite[0].article.as_str()),
            (18, "第一条")
        );
        assert_eq!(row.table["id"].as_str(), Some("a"));
        assert!(lint(&set).iter().all(|f| f.code() != "L-UNUSED-INSTRUMENT"));
    }

    #[test]
    fn a_list_that_only_a_row_of_the_host_names_is_used() {
        let list =
            "[[codes]]\nid = \"colour\"\nvalues = [{ id = \"red\", zh = \"红\", en = \"red\" }]\n";
        let unused = |text: &str| {
            let set = load(text).unwrap();
            lint(&set).iter().any(|f| f.code() == "L-UNUSED-CODES")
        };
        assert!(unused(list));
        let field = "[[catalog.resource]]\nfield = [{ type = \"code:colour\" }]";
        assert!(!unused(&format!("{list}{field}")));
    }

    #[test]
    fn an_unknown_ground_is_refused_at_any_depth() {
        let row = "[[warning.model]]\nground = { cite = [\"act\", \"acts\"] }";
        let findings = load(row).unwrap_err();
        assert!(
            findings.contains("E-PACK-NAME") && findings.contains("`acts`"),
            "{findings}"
        );
        assert!(load("[[other.model]]").unwrap_err().contains("E-PACK-TOML"));
    }
}
