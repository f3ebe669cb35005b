//! The catalogue as DCAT 3 in JSON-LD.

use std::collections::BTreeMap;

use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cite, Words};
use serde_json::{Map, Value, json};

use super::{Base, Named, pack_of, years};
use crate::catalog::{Catalog, Cycle, Lifecycle, Mode, Openness, Resource, Sharing};

/// Prefixes of the vocabularies.
const CONTEXT: [(&str, &str); 9] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("freq", "http://purl.org/cld/freq/"),
    ("mz", "urn:minzheng:vocabulary:"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

pub(super) fn write(catalog: &Catalog, packs: &PackSet, base: &Base) -> String {
    let graph = Graph {
        catalog,
        packs,
        base,
        more: BTreeMap::new(),
    };
    let context: Map<String, Value> = CONTEXT
        .iter()
        .map(|(prefix, of)| ((*prefix).to_owned(), json!(of)))
        .collect();
    let document = json!({ "@context": context, "@graph": graph.nodes() });
    // strings, lists and maps only: this cannot fail
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// A node that is being written.
struct Node(Map<String, Value>);

impl Node {
    fn new(id: &str, ty: &str) -> Self {
        let mut map = Map::new();
        map.insert("@id".to_owned(), json!(id));
        map.insert("@type".to_owned(), json!(ty));
        Self(map)
    }

    fn set(&mut self, key: &str, value: Value) {
        let is_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !is_nothing {
            self.0.insert(key.to_owned(), value);
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// Words with their language; none where there are none.
fn spoken(words: &Words) -> Value {
    let one = |text: &str, lang: &str| json!({ "@value": text, "@language": lang });
    let all = [(&words.zh, "zh"), (&words.en, "en")];
    let said = all.into_iter().filter(|(text, _)| !text.is_empty());
    said.map(|(text, lang)| one(text, lang)).collect()
}

fn pair((zh, en): (&str, &str)) -> Value {
    spoken(&Words {
        zh: zh.to_owned(),
        en: en.to_owned(),
    })
}

fn link(id: impl AsRef<str>) -> Value {
    json!({ "@id": id.as_ref() })
}

fn date(day: chrono::NaiveDate) -> Value {
    json!({ "@value": day.to_string(), "@type": "xsd:date" })
}

struct Graph<'c> {
    catalog: &'c Catalog,
    packs: &'c PackSet,
    base: &'c Base,
    /// Nodes that several datasets name, by address.
    more: BTreeMap<String, Value>,
}

impl Graph<'_> {
    fn nodes(mut self) -> Vec<Value> {
        let mut out = vec![self.head()];
        out.extend(self.themes());
        let bodies = self.catalog.departments().iter();
        for body in bodies.chain(self.catalog.keepers()) {
            let mut node = Node::new(&self.base.of("body", &body.id), "foaf:Agent");
            node.set("dct:identifier", json!(body.id));
            node.set("foaf:name", spoken(&body.title));
            node.set("mz:status", json!(body.status.word()));
            out.push(node.done());
        }
        for resource in self.catalog.resources() {
            self.dataset(resource, &mut out);
        }
        out.extend(core::mem::take(&mut self.more).into_values());
        out
    }

    fn head(&self) -> Value {
        let resources = self.catalog.resources();
        let pack = resources
            .iter()
            .max_by_key(|r| r.written.pack)
            .and_then(|r| pack_of(self.packs, r));
        let mut node = Node::new(&self.base.of("catalog", "all"), "dcat:Catalog");
        let place = pack.map(|p| p.title.clone()).unwrap_or_default();
        let title = Words {
            zh: format!("数据资源目录（{}）", place.zh),
            en: format!("Data catalogue ({})", place.en),
        };
        node.set("dct:title", spoken(&title));
        if let Some(pack) = pack {
            let publisher = self.base.of("publisher", &pack.publisher);
            node.set(
                "dct:publisher",
                json!({ "@id": publisher, "@type": "foaf:Agent", "foaf:name": pack.publisher }),
            );
            node.set("dcat:version", json!(pack.version));
        }
        node.set("dct:language", json!(["zh", "en"]));
        node.set(
            "dcat:themeTaxonomy",
            json!([link(self.scheme("line")), link(self.scheme("kind"))]),
        );
        let sets = resources.iter().map(|r| link(self.base.dataset(r)));
        node.set("dcat:dataset", sets.collect());
        let services = resources
            .iter()
            .filter(|r| r.modes.contains(&Mode::Interface));
        let services = services.map(|r| link(self.base.of("service", &r.id)));
        node.set("dcat:service", services.collect());
        node.done()
    }

    fn scheme(&self, of: &str) -> String {
        self.base.of("scheme", of)
    }

    /// Lines of business and kinds of data.
    fn themes(&mut self) -> Vec<Value> {
        let mut out = Vec::new();
        let schemes = [
            ("line", ("业务领域", "lines of business")),
            ("kind", ("数据种类", "kinds of data")),
        ];
        for (id, words) in schemes {
            let mut node = Node::new(&self.scheme(id), "skos:ConceptScheme");
            node.set("dct:title", pair(words));
            out.push(node.done());
        }
        let catalog = self.catalog;
        for line in catalog.lines() {
            let mut node = Node::new(&self.base.of("line", &line.id), "skos:Concept");
            node.set("skos:inScheme", link(self.scheme("line")));
            node.set("skos:notation", json!(line.id));
            node.set("skos:prefLabel", spoken(&line.title));
            out.push(node.done());
        }
        for kind in catalog.kinds() {
            let mut node = Node::new(&self.base.of("kind", &kind.id), "skos:Concept");
            node.set("skos:inScheme", link(self.scheme("kind")));
            node.set("skos:notation", json!(kind.id));
            node.set("skos:prefLabel", spoken(&kind.title));
            node.set("dct:references", self.grounds(&kind.cite));
            out.push(node.done());
        }
        out
    }

    /// Articles, each a part of its text.
    fn grounds(&mut self, cites: &[Cite]) -> Value {
        let mut out = Vec::new();
        for cite in cites {
            let whole = self.base.of("law", &cite.instrument);
            if let Some(text) = self.packs.instrument(&cite.instrument) {
                let mut node = Node::new(&whole, "dct:BibliographicResource");
                let title = Words {
                    zh: text.title.clone(),
                    en: text.title_en.clone(),
                };
                node.set("dct:title", spoken(&title));
                let number = Some(&text.number).filter(|n| !n.is_empty());
                node.set("dct:identifier", json!(number));
                self.more.insert(whole.clone(), node.done());
            }
            if cite.article.is_empty() {
                out.push(link(whole));
                continue;
            }
            let named = format!("{}#{}", cite.instrument, cite.article);
            let id = self.base.of("law", &named);
            let mut node = Node::new(&id, "dct:BibliographicResource");
            let title = Words {
                zh: self.packs.cite_words(cite),
                en: String::new(),
            };
            node.set("dct:title", spoken(&title));
            node.set("dct:isPartOf", link(whole));
            self.more.insert(id.clone(), node.done());
            out.push(link(id));
        }
        Value::Array(out)
    }

    /// A term of ours that is named by an address: a rights statement or a form.
    fn term(&mut self, kind: &str, id: &str, ty: &str, words: (&str, &str), of: &Words) -> Value {
        let address = self.base.of(kind, id);
        let with = |head: &str, tail: &str, mark: &str| {
            if tail.is_empty() {
                head.to_owned()
            } else {
                format!("{head}{mark}{tail}")
            }
        };
        let label = Words {
            zh: with(words.0, &of.zh, "："),
            en: with(words.1, &of.en, ": "),
        };
        let mut node = Node::new(&address, ty);
        node.set("rdfs:label", spoken(&label));
        self.more.insert(address.clone(), node.done());
        link(address)
    }

    fn dataset(&mut self, of: &Resource, out: &mut Vec<Value>) {
        let none = Words::default();
        let id = self.base.dataset(of);
        let mut node = Node::new(&id, "dcat:Dataset");
        node.set("dct:identifier", json!(of.id));
        if let Some(code) = &of.code {
            let named = self.base.of("code", &code.to_string());
            node.set(
                "adms:identifier",
                json!({ "@id": named, "@type": "adms:Identifier", "skos:notation": code.to_string() }),
            );
        }
        node.set("dct:title", spoken(&of.title));
        node.set("dct:description", spoken(&of.summary));
        let provider = self.catalog.provider(of).map(|p| &p.id);
        node.set(
            "dct:publisher",
            json!(provider.map(|id| link(self.base.of("body", id)))),
        );
        let line = of.line.as_deref().and_then(|l| self.catalog.line(l));
        let kinds = || of.kinds.iter().filter_map(|k| self.catalog.kind(k));
        let lines = line.map(|l| link(self.base.of("line", &l.id)));
        let themes = kinds().map(|k| link(self.base.of("kind", &k.id)));
        node.set("dcat:theme", lines.into_iter().chain(themes).collect());
        let words = line
            .map(|l| &l.title)
            .into_iter()
            .chain(kinds().map(|k| &k.title));
        let keywords: Vec<Value> = words
            .filter_map(|w| spoken(w).as_array().cloned())
            .flatten()
            .collect();
        node.set("dcat:keyword", Value::Array(keywords));
        node.set(
            "dct:accrualPeriodicity",
            json!({ "@id": frequency(of.cycle) }),
        );
        let statement = "dct:RightsStatement";
        let word = of.sharing.word();
        let rights = match &of.sharing {
            Sharing::Conditional(on) => {
                self.term("sharing", &of.id, statement, of.sharing.words(), on)
            }
            _ => self.term("sharing", word, statement, of.sharing.words(), &none),
        };
        node.set("dct:accessRights", rights);
        node.set("mz:sharing", json!(word));
        if let Some(openness) = &of.openness {
            let rights = match openness {
                Openness::Conditional(on) => {
                    self.term("openness", &of.id, statement, openness.words(), on)
                }
                _ => self.term(
                    "openness",
                    openness.word(),
                    statement,
                    openness.words(),
                    &none,
                ),
            };
            node.set("dct:rights", rights);
        }
        let mut contract = Node::new(&self.base.contract(of), "dct:Standard");
        contract.set("dct:identifier", json!(format!("{}.odcs.yaml", of.id)));
        let title = Words {
            zh: format!("{}数据契约", of.title.zh),
            en: format!("data contract of {}", of.title.en),
        };
        contract.set("dct:title", spoken(&title));
        node.set("dct:conformsTo", link(self.base.contract(of)));
        let forms: Vec<Value> = of
            .formats
            .iter()
            .map(|f| {
                self.term(
                    "format",
                    f.word(),
                    "dct:MediaTypeOrExtent",
                    f.words(),
                    &none,
                )
            })
            .collect();
        node.set("dct:format", Value::Array(forms));
        node.set("dct:references", self.grounds(&of.cite));
        node.set("dct:provenance", self.provenance(of));
        node.set("dct:issued", json!(of.published_on.map(date)));
        let version = pack_of(self.packs, of).map(|p| p.version.as_str());
        node.set("dcat:version", json!(version));
        let related = of.related.iter().filter_map(|r| self.catalog.resource(r));
        let related = related.map(|r| link(self.base.dataset(r)));
        node.set("dct:relation", related.collect());
        if let Lifecycle::Withdrawn {
            on,
            reason,
            successor,
        } = &of.lifecycle
        {
            node.set("adms:status", link("http://purl.org/adms/status/Withdrawn"));
            node.set("mz:withdrawnOn", date(*on));
            node.set("skos:changeNote", spoken(reason));
            let next = successor.as_deref().and_then(|s| self.catalog.resource(s));
            node.set(
                "dct:isReplacedBy",
                json!(next.map(|r| link(self.base.dataset(r)))),
            );
        }
        let ours = [
            ("mz:grade", json!(of.grade.level())),
            ("mz:personal", json!(of.personal.word())),
            ("mz:subject", json!(of.subject.word())),
            ("mz:status", json!(of.status.word())),
            (
                "mz:inferred",
                of.inferred.iter().map(|i| json!(i.word())).collect(),
            ),
            ("mz:graceWorkingDays", json!(of.grace)),
            ("mz:retention", json!(of.retention.map(years))),
            ("skos:editorialNote", spoken(&of.note)),
        ];
        for (key, value) in ours {
            node.set(key, value);
        }
        self.ways(of, &mut node, out);
        out.push(node.done());
        out.push(contract.done());
    }

    /// Where a thing was seen, in the words of the catalogue.
    fn provenance(&mut self, of: &Resource) -> Value {
        if of.seen == Words::default() {
            return Value::Null;
        }
        let seen = ("依据", "seen");
        self.term(
            "provenance",
            &of.id,
            "dct:ProvenanceStatement",
            seen,
            &of.seen,
        )
    }

    /// A distribution for each way of handing on, and a service where a call answers.
    fn ways(&mut self, of: &Resource, node: &mut Node, out: &mut Vec<Value>) {
        let mut all = Vec::new();
        for mode in &of.modes {
            let id = self
                .base
                .of("distribution", &format!("{}.{}", of.id, mode.word()));
            let mut way = Node::new(&id, "dcat:Distribution");
            way.set("dct:title", pair(mode.words()));
            if *mode == Mode::Interface {
                let service = self.base.of("service", &of.id);
                let mut answers = Node::new(&service, "dcat:DataService");
                answers.set("dct:title", spoken(&of.title));
                answers.set("dcat:servesDataset", link(self.base.dataset(of)));
                out.push(answers.done());
                way.set("dcat:accessService", link(service));
            }
            out.push(way.done());
            all.push(link(id));
        }
        node.set("dcat:distribution", Value::Array(all));
    }
}

/// The word of the Dublin Core collection vocabulary.
const fn frequency(of: Cycle) -> &'static str {
    match of {
        Cycle::Realtime => "freq:continuous",
        Cycle::Daily => "freq:daily",
        Cycle::Weekly => "freq:weekly",
        Cycle::Monthly => "freq:monthly",
        Cycle::Quarterly => "freq:quarterly",
        Cycle::Yearly => "freq:annual",
        Cycle::Irregular => "freq:irregular",
    }
}
