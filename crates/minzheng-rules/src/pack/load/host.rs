//! `[[catalog.…]]`, `[[verification.…]]`, `[[warning.…]]`: rows that the engine keeps for its host.
//!
//! The engine gives them no meaning, but their grounds are grounds: every `cite` in them names an instrument.

use super::Loader;
use super::file::PackFile;
use crate::pack::model::HostRow;
use crate::pack::node::Node;

impl Loader<'_> {
    pub(super) fn host_rows(&mut self, files: &[PackFile<'_>]) {
        for (file, section, rows) in core::mem::take(&mut self.kept) {
            let Some(file) = files.get(file) else {
                continue;
            };
            let mut kept = Vec::with_capacity(rows.len());
            for row in rows {
                let mut cite = Vec::new();
                cites_within(&row, &mut |word, at| {
                    cite.push(self.cite(file.spot(at), word));
                });
                let origin = file.spot(row.at).origin();
                kept.push(HostRow { row, cite, origin });
            }
            self.set.host.entry(section).or_default().append(&mut kept);
        }
    }
}

/// The words of every `cite` in a table and in the tables inside it, with their places; TOML itself is read to a bounded
/// depth.
fn cites_within<'n>(table: &'n Node, see: &mut impl FnMut(&'n str, usize)) {
    for (key, node) in table.table() {
        if key.word == "cite" {
            let words = node.items().filter_map(|n| Some((n.text()?, n.at)));
            for (word, at) in words {
                see(word, at);
            }
        }
        cites_within(node, see);
        for inner in node.items() {
            cites_within(inner, see);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pack::{Node, PackSet, PackSource, SourceFile, lint};

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
        assert_eq!(row.row.get("id").and_then(Node::text), Some("a"));
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
