//! Resources and lineages as JSON.

use minzheng_rules::error::nearest;
use minzheng_rules::pack::PackSet;
use serde_json::{Value, json};

use super::{
    Catalog, FieldType, Lifecycle, Lineage, Node, Openness, Origin, Resource, Retention, Sharing,
    Step,
};
use crate::error::{Error, Finding};

impl Catalog {
    /// A resource with everything that is said of it, the facts it feeds and what stands on those.
    pub fn show(&self, packs: &PackSet, of: &Resource, lineage: &Lineage) -> Value {
        let number = match &of.origin {
            Origin::Obtained { number, .. } => Some(*number),
            Origin::Own => None,
        };
        let provider = self.provider(of);
        let line = of.line.as_deref().and_then(|l| self.line(l));
        let condition = match &of.sharing {
            Sharing::Conditional(words) => Some(words),
            _ => None,
        };
        let open_condition = match &of.openness {
            Some(Openness::Conditional(words)) => Some(words),
            _ => None,
        };
        let retention = match of.retention {
            None => Value::Null,
            Some(Retention::Years(years)) => json!(years),
            Some(Retention::Permanent) => json!("permanent"),
        };
        let withdrawn = match &of.lifecycle {
            Lifecycle::Active => None,
            Lifecycle::Withdrawn {
                on,
                reason,
                successor,
            } => Some(json!({ "on": on.to_string(), "reason": reason, "successor": successor })),
        };
        let fields = of.fields.iter().map(|f| {
            let unit = match &f.ty {
                FieldType::Number { unit, .. } => Some(unit.word()),
                _ => None,
            };
            json!({
                "id": f.id, "title": f.title, "type": f.ty.to_string(), "unit": unit, "required": f.required,
                "sensitive": f.sensitive, "grade": f.grade.level(), "element": f.element,
            })
        });
        let node = Node::Resource(of.id.clone());
        let stands = lineage.downstream(&node);
        let of_kind = |kind: &str| -> Vec<String> {
            let of = stands.iter().filter(|s| s.node.kind() == kind);
            of.map(|s| s.node.id()).collect()
        };
        json!({
            "id": of.id,
            "title": of.title,
            "summary": of.summary,
            "code": of.code.as_ref().map(ToString::to_string),
            "number": number,
            "provider": provider.map(|p| json!({ "id": p.id, "title": p.title })),
            "line": line.map(|l| json!({ "id": l.id, "title": l.title })),
            "kinds": of.kinds,
            "status": of.status.word(),
            "seen": of.seen,
            "inferred": of.inferred.iter().map(|i| i.word()).collect::<Vec<_>>(),
            "ground": of.cite.iter().map(|c| packs.cite_words(c)).collect::<Vec<_>>(),
            "subject": of.subject.word(),
            "key": of.key,
            "cycle": of.cycle.word(),
            "grace": of.grace,
            "sharing": of.sharing.word(),
            "condition": condition,
            "modes": of.modes.iter().map(|m| m.word()).collect::<Vec<_>>(),
            "openness": of.openness.as_ref().map(Openness::word),
            "open_condition": open_condition,
            "formats": of.formats.iter().map(|f| f.word()).collect::<Vec<_>>(),
            "retention": retention,
            "grade": of.grade.level(),
            "personal": of.personal.word(),
            "published_on": of.published_on.map(|d| d.to_string()),
            "withdrawn": withdrawn,
            "related": of.related,
            "note": of.note,
            "fields": fields.collect::<Vec<_>>(),
            "feeds": {
                "facts": of_kind("fact"),
                "conditions": of_kind("condition"),
                "programmes": of_kind("programme"),
                "models": of_kind("model"),
            },
        })
    }
}

impl Lineage {
    /// The things with this id and what comes of each, or what each comes from, as JSON.
    ///
    /// # Errors
    /// `E-CATALOG-NONE`: nothing has this id.
    pub fn to_json(&self, id: &str, is_down: bool) -> Result<Value, Error> {
        let nodes = self.find(id)?;
        let one = |node: &Node| json!({ "kind": node.kind(), "id": node.id() });
        let step = |s: &Step| {
            json!({
                "kind": s.node.kind(), "id": s.node.id(), "title": self.title(&s.node), "via": s.via.word(),
                "path": s.path.iter().map(one).collect::<Vec<_>>(),
            })
        };
        let all = nodes.into_iter().map(|node| {
            let steps = if is_down {
                self.downstream(node)
            } else {
                self.upstream(node)
            };
            let steps: Vec<Value> = steps.iter().map(step).collect();
            json!({ "kind": node.kind(), "id": node.id(), "title": self.title(node), "steps": steps })
        });
        Ok(all.collect())
    }

    /// The things with this id.
    ///
    /// # Errors
    /// `E-CATALOG-NONE`: nothing has it; with the nearest one.
    pub fn find(&self, id: &str) -> Result<Vec<&Node>, Error> {
        let nodes = self.named(id);
        if !nodes.is_empty() {
            return Ok(nodes);
        }
        let known: Vec<String> = self.nodes().map(Node::id).collect();
        let help = nearest(id, known.iter().map(String::as_str)).map_or_else(
            || {
                "write a resource, `item.field`, `entity.fact`, a condition or a programme"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        let shown: String = id.chars().take(60).collect();
        let message = format!("there is no `{shown}` between data and decisions");
        Err(Error::one(Finding::new("E-CATALOG-NONE", message, help)))
    }
}
