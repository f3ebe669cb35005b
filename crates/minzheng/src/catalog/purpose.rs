//! What data are asked for, and how much of them that takes: `[[catalog.purpose]]` and `[[catalog.mask]]`.

use std::collections::BTreeMap;

use minzheng_rules::error::Diagnostics;
use minzheng_rules::pack::model::{self, Cite, HostRow, Words};
use minzheng_rules::pack::{Node, PackSet};
use serde::Deserialize;

use super::{Catalog, Grade, Resource};
use crate::gate::MaskKind;
use crate::packs::rows::{finding, is_word, read, unknown, unread_law};

/// How a purpose needs to know of whom a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityUse {
    /// By the number itself.
    Plain,
    /// Enough of it for a person who knows it anyway.
    Mask,
    /// Only that two records are of one person.
    Digest,
    /// Not at all.
    Deny,
}

impl IdentityUse {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Mask => "mask",
            Self::Digest => "digest",
            Self::Deny => "deny",
        }
    }
}

/// A purpose (用途) with the least data that it takes (最小必要).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// The standing of that ground; which data it takes is ours in any case.
    pub status: model::Status,
    /// Kinds of data it takes: of every resource that holds them, all fields.
    pub kinds: Vec<String>,
    /// Resources it takes, each with its fields; one that a layer above has replaced may be gone.
    pub resources: BTreeMap<String, Vec<String>>,
    /// Whether the person must have authorised it.
    pub needs_authorization: bool,
    /// The highest grade that it sees as it is.
    pub plain_up_to: Grade,
    /// Whether it may see sensitive personal information.
    pub sees_sensitive: bool,
    /// How it needs to know of whom a record is.
    pub identity: IdentityUse,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: model::Origin,
}

impl Purpose {
    /// Whether the least set holds a field. A resource that is named gives the fields that are named, also where its kind is
    /// named too.
    pub fn takes(&self, resource: &Resource, field: &str) -> bool {
        match self.resources.get(&resource.id) {
            Some(fields) => fields.iter().any(|f| f == field),
            None => resource.kinds.iter().any(|k| self.kinds.contains(k)),
        }
    }

    /// Whether the least set holds anything of a resource.
    pub fn takes_any(&self, resource: &Resource) -> bool {
        self.resources.contains_key(&resource.id)
            || resource.kinds.iter().any(|k| self.kinds.contains(k))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    id: String,
    title: Words,
    status: model::Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    resources: Vec<RawMinimal>,
    authorization: bool,
    plain_up_to: u8,
    sensitive: bool,
    identity: IdentityUse,
    #[serde(default)]
    note: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMinimal {
    id: String,
    fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMask {
    kind: MaskKind,
    fields: Vec<String>,
}

/// Reads purposes and masks into a catalogue that has its kinds and resources.
pub(super) fn load(packs: &PackSet, catalog: &mut Catalog, findings: &mut Diagnostics) {
    for row in packs.host_rows("catalog.purpose") {
        match read::<RawPurpose>(row, "E-CATALOG-SHAPE") {
            Ok(raw) => {
                let purpose = purpose(packs, catalog, row, raw, findings);
                catalog.purposes.push(purpose);
            }
            Err(found) => findings.push(found),
        }
    }
    for row in packs.host_rows("catalog.mask") {
        match read::<RawMask>(row, "E-CATALOG-SHAPE") {
            Ok(raw) => {
                for field in raw.fields {
                    if catalog.masks.insert(field.clone(), raw.kind).is_some() {
                        let message = format!("the field `{field}` has two masks");
                        let found = finding(&row.origin, "E-CATALOG-TWICE", message);
                        findings.push(found.help("name it once"));
                    }
                }
            }
            Err(found) => findings.push(found),
        }
    }
}

fn purpose(
    packs: &PackSet,
    catalog: &Catalog,
    row: &HostRow,
    raw: RawPurpose,
    findings: &mut Diagnostics,
) -> Purpose {
    let origin = &row.origin;
    if !is_word(&raw.id) {
        let message = format!("`{}` is not an id", raw.id);
        let help = "small letters, digits and underscores, beginning with a letter";
        findings.push(finding(origin, "E-CATALOG-ID", message).help(help));
    }
    if catalog.purposes.iter().any(|p| p.id == raw.id) {
        let message = format!("the purpose `{}` is there twice", raw.id);
        findings.push(finding(origin, "E-CATALOG-TWICE", message).help("give each its own"));
    }
    if let Some(found) = unread_law(packs, row, raw.status, &raw.id) {
        findings.push(found);
    }
    for kind in &raw.kinds {
        if catalog.kind(kind).is_none() {
            let known = catalog.kinds.iter().map(|k| k.id.as_str());
            findings.push(unknown(
                origin,
                "E-CATALOG-NAME",
                "kind of data",
                kind,
                known,
            ));
        }
    }
    // what a layer above has replaced is taken no more; a name that no layer has is wrong
    let was_there = |id: &str| {
        let sections = ["catalog.item", "catalog.resource"];
        let mut rows = sections.iter().flat_map(|s| packs.host_rows(s));
        rows.any(|row| row.row.get("id").and_then(Node::text) == Some(id))
    };
    for minimal in &raw.resources {
        let Some(resource) = catalog.resource(&minimal.id) else {
            if was_there(&minimal.id) {
                continue;
            }
            let known = catalog.resources.iter().map(|r| r.id.as_str());
            findings.push(unknown(
                origin,
                "E-CATALOG-NAME",
                "resource",
                &minimal.id,
                known,
            ));
            continue;
        };
        for field in &minimal.fields {
            if resource.field(field).is_none() && resource.written.pack <= origin.pack {
                let known = resource.fields.iter().map(|f| f.id.as_str());
                findings.push(unknown(origin, "E-CATALOG-NAME", "field", field, known));
            }
        }
    }
    let plain_up_to = Grade::new(raw.plain_up_to).unwrap_or_else(|| {
        let message = format!("the grade of `{}` is none", raw.id);
        findings.push(finding(origin, "E-CATALOG-GRADE", message).help("grades go from 1 to 4"));
        Grade::LEAST
    });
    Purpose {
        id: raw.id,
        title: raw.title,
        cite: row.cite.clone(),
        status: raw.status,
        kinds: raw.kinds,
        resources: raw
            .resources
            .into_iter()
            .map(|m| (m.id, m.fields))
            .collect(),
        needs_authorization: raw.authorization,
        plain_up_to,
        sees_sensitive: raw.sensitive,
        identity: raw.identity,
        note: raw.note,
        written: origin.clone(),
    }
}

#[cfg(test)]
mod tests {
    use minzheng_rules::pack::{PackSource, SourceFile};

    use super::*;
    use crate::error::Error;
    use crate::packs::{self, BuiltIn};

    const PURPOSE: &str = r#"
[[catalog.purpose]]
id = "watch"
title = { zh = "例", en = "example" }
status = "operational"
kinds = ["EDU"]
resources = [{ id = "enrolment", fields = ["stage"] }]
authorization = false
plain_up_to = 2
sensitive = false
identity = "deny"
"#;

    fn load_text(text: &str) -> Result<Catalog, Error> {
        let head = "[pack]\nid = \"above\"\ntitle = { zh = \"例\", en = \"example\" }\npublisher = \"an example\"\n\
                    version = \"1\"\nlevel = \"county\"\nplace = \"150102\"\nextends = [\"cn-15\"]\nreviewed_on = 2026-01-01\n";
        let above = PackSource::new(vec![SourceFile::new("pack.toml", format!("{head}{text}"))]);
        let built_in = [BuiltIn::Nation, BuiltIn::InnerMongolia];
        Catalog::load(&packs::load(&built_in, &[above])?)
    }

    #[test]
    fn a_resource_that_is_named_gives_the_named_fields_only() {
        let catalog = load_text(PURPOSE).unwrap();
        let purpose = catalog.purpose("watch").unwrap();
        let takes =
            |resource: &str, field: &str| purpose.takes(catalog.resource(resource).unwrap(), field);
        assert!(takes("enrolment", "stage") && !takes("enrolment", "school"));
        assert!(takes("student_aid", "record_no"), "by its kind");
        assert!(!purpose.takes_any(catalog.resource("bank_deposits").unwrap()));
    }

    /// A province's own list in the place of the built-in one: what it lacks is taken no more, and nothing else is.
    #[test]
    fn a_purpose_takes_less_where_a_layer_above_has_other_resources() {
        let own = |id: &str, field: &str| {
            format!(
                r#"
[[catalog.replaces]]
sections = ["item", "resource", "element"]
[[catalog.resource]]
id = "{id}"
title = {{ zh = "册", en = "list" }}
status = "inferred"
subject = "household"
key = "id_number"
order = "record"
cycle = "daily"
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  {{ id = "id_number", type = "id_number", title = {{ zh = "号", en = "number" }}, grade = 3, required = true }},
  {{ id = "{field}", type = "text", title = {{ zh = "名", en = "name" }}, grade = 3 }},
]
"#
            )
        };
        let named = |id: &str, field: &str| {
            load_text(&own(id, field)).map(|catalog| {
                let purpose = catalog.purpose("publicity").unwrap();
                let of = catalog.resource(id).unwrap();
                (purpose.takes_any(of), purpose.takes(of, field))
            })
        };
        assert_eq!(named("other", "applicant_name"), Ok((false, false)));
        assert_eq!(
            named("assistance_publicity", "applicant_name"),
            Ok((true, true))
        );
        assert_eq!(
            named("assistance_publicity", "family_name"),
            Ok((true, false))
        );
    }

    #[test]
    fn a_bad_row_has_its_code() {
        for (good, bad, code) in [
            ("\"watch\"", "\"Watch\"", "E-CATALOG-ID"),
            ("\"watch\"", "\"statistics\"", "E-CATALOG-TWICE"),
            ("\"EDU\"", "\"EDUX\"", "E-CATALOG-NAME"),
            ("\"enrolment\"", "\"enrolments\"", "E-CATALOG-NAME"),
            ("\"stage\"", "\"stages\"", "E-CATALOG-NAME"),
            ("plain_up_to = 2", "plain_up_to = 5", "E-CATALOG-GRADE"),
            ("\"operational\"", "\"law\"", "E-CATALOG-STATUS"),
            ("\"deny\"", "\"hide\"", "E-CATALOG-SHAPE"),
        ] {
            let error = load_text(&PURPOSE.replace(good, bad)).unwrap_err();
            assert_eq!(error.code(), code, "{bad}");
        }
        let twice = "[[catalog.mask]]\nkind = \"name\"\nfields = [\"plate\"]";
        assert_eq!(load_text(twice).unwrap_err().code(), "E-CATALOG-TWICE");
    }
}
