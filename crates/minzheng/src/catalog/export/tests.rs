//! The exports of the built-in catalogue, read back as documents.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::Engine;

fn graph(text: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(text).unwrap();
    document["@graph"].as_array().unwrap().clone()
}

#[test]
fn a_base_is_an_address_with_an_open_end() {
    for good in [
        "urn:example:",
        "https://data.example.org/catalog/",
        "http://a.b/c#",
    ] {
        assert!(good.parse::<Base>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "urn:",
        "https://",
        "https:///",
        "https://a.b/c",
        "ftp://a.b/",
        "https://a b/",
        "https://a\"b/",
    ] {
        assert!(bad.parse::<Base>().is_err(), "{bad}");
    }
    let base = Base::default();
    assert_eq!(
        base.of("law", "a-1#第 <四>条"),
        "urn:minzheng:law/a-1%23第%20%3C四%3E条"
    );
}

#[test]
fn every_resource_is_a_dataset_and_every_address_leads_somewhere() {
    let engine = Engine::built_in().unwrap();
    let catalog = engine.catalog().unwrap();
    let text = catalog.to_dcat(engine.packs(), &Base::default());
    assert_eq!(text, catalog.to_dcat(engine.packs(), &Base::default()));
    let graph = graph(&text);
    let mut ids = BTreeSet::new();
    for node in &graph {
        assert!(ids.insert(node["@id"].as_str().unwrap()), "{node}");
    }
    let sets = graph.iter().filter(|n| n["@type"] == "dcat:Dataset");
    assert_eq!(sets.count(), catalog.resources().len());
    assert!(
        graph
            .iter()
            .all(|n| n["@type"] != "dcat:Distribution" && n["@type"] != "dcat:DataService"),
        "no way of handing on is said of the built-in resources"
    );
    let mut links = 0;
    for node in &graph {
        for (key, value) in node.as_object().unwrap() {
            let all = value
                .as_array()
                .map_or_else(|| vec![value], |l| l.iter().collect());
            for one in all {
                let Some(id) = one["@id"].as_str().filter(|id| id.starts_with("urn:")) else {
                    continue;
                };
                let is_here = one.as_object().unwrap().len() > 1;
                assert!(is_here || ids.contains(id), "{key}: {id}");
                links += 1;
            }
        }
    }
    assert!(links > 1_000, "{links}");
}

#[test]
fn a_way_is_a_distribution_and_an_interface_a_service() {
    let engine = Engine::built_in().unwrap();
    let mut catalog = engine.catalog().unwrap().clone();
    let on = Words {
        zh: "仅汇总".to_owned(),
        en: "sums only".to_owned(),
    };
    let first = catalog.resources.first_mut().unwrap();
    first.modes = vec![Mode::Interface, Mode::File];
    first.openness = Some(Openness::Conditional(on));
    first.formats = vec![Format::Sheet];
    let graph = graph(&catalog.to_dcat(engine.packs(), &Base::default()));
    let find = |id: &str| graph.iter().find(|n| n["@id"] == id).unwrap();
    let set = find("urn:minzheng:dataset/household_register");
    assert_eq!(set["dcat:distribution"].as_array().unwrap().len(), 2);
    assert_eq!(
        set["dct:rights"]["@id"],
        "urn:minzheng:openness/household_register"
    );
    assert_eq!(set["dct:format"][0]["@id"], "urn:minzheng:format/sheet");
    let rights = find("urn:minzheng:openness/household_register");
    assert_eq!(
        rights["rdfs:label"][1]["@value"],
        "open to the public on a condition: sums only"
    );
    let way = find("urn:minzheng:distribution/household_register.interface");
    let service = way["dcat:accessService"]["@id"].as_str().unwrap();
    assert_eq!(find(service)["dcat:servesDataset"]["@id"], set["@id"]);
}

#[test]
fn a_contract_names_its_dataset_and_says_of_every_field_what_it_is() {
    let engine = Engine::built_in().unwrap();
    let catalog = engine.catalog().unwrap();
    for of in catalog.resources() {
        let text = catalog.to_contract(engine.packs(), of, &Base::default());
        let fields = text.matches("        physicalName: ").count();
        assert_eq!(fields, of.fields.len(), "{}: {text}", of.id);
        let names = format!("\"urn:minzheng:dataset/{}\"", of.id);
        assert!(text.contains(&names), "{}", of.id);
        assert_eq!(text.matches("minzhengKey").count(), 1, "{}", of.id);
    }
    let codes = catalog.resource("death_register").unwrap();
    let text = catalog.to_contract(engine.packs(), codes, &Base::default());
    assert!(text.contains("- \"duplicate\"\n"), "{text}");
}
