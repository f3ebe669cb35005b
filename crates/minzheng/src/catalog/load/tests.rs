use minzheng_rules::pack::{PackSource, SourceFile};

use super::*;
use crate::catalog::{Inferred, Openness, Retention, Unit};
use crate::packs::{self, BuiltIn};

const HEAD: &str = r#"
[pack]
id = "above"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[entity]]
id = "person"
[[codes]]
id = "hukou"
values = [{ id = "urban", zh = "城镇", en = "urban" }]
[[catalog.kind]]
id = "TAX"
title = { zh = "纳税", en = "tax" }
status = "unconfirmed"
[[catalog.department]]
id = "office"
title = { zh = "办公室", en = "office" }
status = "inferred"
"#;

/// The line of [`ITEM`] in its file.
const LINE: u32 = 24;

const ITEM: &str = r#"
[[catalog.item]]
id = "papers"
number = 1
title = { zh = "文书", en = "papers" }
department = "office"
kinds = ["TAX"]
status = "inferred"
subject = "person"
key = "id_number"
order = "key"
cycle = "monthly"
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  { id = "id_number", type = "id_number", title = { zh = "号码", en = "number" }, grade = 3, required = true },
  { id = "area", type = "number:2", unit = "mu", title = { zh = "面积", en = "area" }, grade = 2 },
]
"#;

fn load_text(text: &str) -> Result<Catalog, Error> {
    let source = PackSource::new(vec![SourceFile::new("pack.toml", format!("{HEAD}{text}"))]);
    Catalog::load(&PackSet::load(&[source]).unwrap())
}

#[test]
fn a_good_row_loads() {
    let catalog = load_text(ITEM).unwrap();
    let item = catalog.resource("papers").unwrap();
    let area = item.field("area").map(|f| f.ty.clone());
    let unit = Unit::Mu;
    assert_eq!(area, Some(FieldType::Number { places: 2, unit }));
    assert_eq!(item.written.line, LINE);
}

#[test]
fn a_bad_row_has_its_code_its_line_and_a_way_out() {
    let mends = [
        (
            "cycle = \"monthly\"",
            "cycle = \"monthli\"",
            "E-CATALOG-SHAPE",
            "did you mean `monthly`?",
        ),
        (
            "grade = 3\npersonal",
            "grades = 3\npersonal",
            "E-CATALOG-SHAPE",
            "did you mean `grade`?",
        ),
        (
            "number = 1",
            "",
            "E-CATALOG-SHAPE",
            "`department` and `number`",
        ),
        (
            "id = \"papers\"",
            "id = \"Papers\"",
            "E-CATALOG-ID",
            "small letters",
        ),
        (
            "department = \"office\"",
            "department = \"ofice\"",
            "E-CATALOG-NAME",
            "did you mean `office`?",
        ),
        (
            "kinds = [\"TAX\"]",
            "kinds = [\"TAXI\"]",
            "E-CATALOG-NAME",
            "did you mean `TAX`?",
        ),
        (
            "\"number:2\", unit = \"mu\"",
            "\"code:hukuo\"",
            "E-CATALOG-NAME",
            "did you mean `hukou`?",
        ),
        (
            "\"number:2\", unit = \"mu\"",
            "\"mony\"",
            "E-CATALOG-TYPE",
            "did you mean `money`?",
        ),
        (
            "\"number:2\", unit = \"mu\"",
            "\"number:2\"",
            "E-CATALOG-TYPE",
            "unit = \"mu\"",
        ),
        (
            "\"number:2\"",
            "\"count\"",
            "E-CATALOG-TYPE",
            "a unit goes with a number",
        ),
        (
            "key = \"id_number\"",
            "key = \"area\"",
            "E-CATALOG-KEY",
            "required field",
        ),
        ("grade = 2", "grade = 4", "E-CATALOG-GRADE", "raise `grade`"),
        ("grade = 2", "grade = 5", "E-CATALOG-GRADE", "from 1 to 4"),
        (
            "grade = 2",
            "grade = 2, sensitive = true",
            "E-CATALOG-GRADE",
            "`personal`",
        ),
        (
            "\"unconditional\"",
            "\"conditional\"",
            "E-CATALOG-SHARING",
            "condition = {",
        ),
        (
            "\"unconditional\"",
            "\"withheld\"",
            "E-CATALOG-SHARING",
            "cite the ground",
        ),
        (
            "kinds = [\"TAX\"]\nstatus = \"inferred\"",
            "status = \"published\"",
            "E-CATALOG-STATUS",
            "write seen",
        ),
        (
            "id = \"area\"",
            "id = \"id_number\"",
            "E-CATALOG-TWICE",
            "own id",
        ),
    ];
    for (good, bad, code, help) in mends {
        assert!(ITEM.contains(good), "{good}");
        let error = load_text(&ITEM.replace(good, bad)).unwrap_err();
        let found: Vec<String> = error
            .findings()
            .map(|f| f.line_of(model::Lang::En))
            .collect();
        let has = |f: &&String| {
            f.contains(code) && f.contains(help) && f.starts_with(&format!("pack.toml:{LINE}:"))
        };
        assert!(found.iter().any(|f| has(&f)), "{bad}: {found:?}");
    }
}

#[test]
fn what_is_there_twice_is_refused() {
    let twice = format!("{ITEM}{ITEM}");
    let error = load_text(&twice).unwrap_err();
    let codes: Vec<&str> = error.findings().map(crate::error::Finding::code).collect();
    assert_eq!(codes, ["E-CATALOG-TWICE", "E-CATALOG-TWICE"]);
}

#[test]
fn a_kind_is_law_only_by_a_text_that_was_read_and_facts_name_kinds() {
    let kind =
        "[[catalog.kind]]\nid = \"NEW\"\ntitle = { zh = \"新\", en = \"new\" }\nstatus = \"law\"";
    assert_eq!(load_text(kind).unwrap_err().code(), "E-CATALOG-STATUS");
    let fact = "[[fact]]\nid = \"pebbles\"\nentity = \"person\"\ntype = \"count\"\nanswered_by = [\"item:TAXX\"]";
    let error = load_text(fact).unwrap_err();
    assert_eq!(
        (error.code(), error.help(model::Lang::En)),
        ("E-CATALOG-NAME", "did you mean `TAX`?")
    );
}

#[test]
fn the_built_in_items_are_those_that_are_known() {
    let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
    let numbers: Vec<u16> = catalog
        .items()
        .filter_map(|r| match r.origin {
            Origin::Obtained { number, .. } => Some(number),
            Origin::Own => None,
        })
        .collect();
    assert_eq!(numbers, (1..=33).collect::<Vec<u16>>());
    for department in catalog.departments() {
        let is_its = |r: &Resource| matches!(&r.origin, Origin::Obtained { department: d, .. } if *d == department.id);
        assert!(catalog.items().any(is_its), "{}", department.id);
    }
    let inferred = catalog.items().filter(|r| r.status == Status::PartInferred);
    assert_eq!(inferred.count(), 5);
    assert!(
        catalog
            .items()
            .all(|r| r.inferred.contains(&Inferred::Fields))
    );
}

/// A resource of our own under the item, with every term.
const OWN: &str = r#"
[[catalog.keeper]]
id = "relief_office"
title = { zh = "救助处", en = "relief office" }
status = "inferred"

[[catalog.line]]
id = "assistance"
title = { zh = "社会救助", en = "social assistance" }
status = "inferred"

[[fact]]
id = "dibao"
entity = "person"
type = "bool"

[[catalog.element]]
id = "number"
title = { zh = "公民身份号码", en = "identity number" }
authority = "papers.id_number"
status = "inferred"

[[catalog.resource]]
id = "cases"
title = { zh = "台账", en = "cases" }
summary = { zh = "在册对象", en = "those on the list" }
code = "307012/00045"
keeper = "relief_office"
line = "assistance"
status = "inferred"
subject = "person"
key = "id_number"
order = "key"
cycle = "daily"
grace = 2
sharing = "unconditional"
modes = ["interface", "file"]
openness = "conditional"
open_condition = { zh = "按旗县汇总后", en = "as sums by county" }
formats = ["database"]
retention = 10
grade = 3
personal = "general"
supplies = [{ fact = "person.dibao", fields = ["since"] }]
related = ["papers"]
published_on = 2026-01-31
withdrawn = { on = 2026-07-01, reason = { zh = "并入", en = "merged" }, successor = "papers" }
field = [
  { id = "id_number", type = "id_number", title = { zh = "号", en = "number" }, grade = 3, required = true, element = "number" },
  { id = "since", type = "date", title = { zh = "起", en = "since" }, grade = 2 },
]
"#;

fn with_own(own: &str) -> Result<Catalog, Error> {
    let item = ITEM.replacen(
        "required = true }",
        "required = true, element = \"number\" }",
        1,
    );
    assert!(item.contains("element"), "{item}");
    load_text(&format!("{item}{own}"))
}

#[test]
fn the_terms_of_a_resource_are_read() {
    let catalog = with_own(OWN).unwrap();
    let own = catalog.own().next().unwrap();
    assert_eq!(
        own.code.as_ref().map(ToString::to_string).as_deref(),
        Some("307012/00045")
    );
    assert_eq!(
        catalog.provider(own).map(|p| p.title.en.as_str()),
        Some("relief office")
    );
    let item = catalog.resource("papers").unwrap();
    assert_eq!(
        catalog.provider(item).map(|p| p.id.as_str()),
        Some("office")
    );
    assert_eq!(own.retention, Some(Retention::Years(10)));
    assert_eq!(
        own.openness.as_ref().map(Openness::word),
        Some("conditional")
    );
    assert_eq!(
        own.published_on,
        chrono::NaiveDate::from_ymd_opt(2026, 1, 31)
    );
    let last = chrono::NaiveDate::from_ymd_opt(2026, 6, 30).unwrap();
    assert!(own.lifecycle.is_active(last) && !own.lifecycle.is_active(last.succ_opt().unwrap()));
    assert_eq!(own.supplies[0].fact, "dibao");
    let source = catalog
        .source_of("number")
        .map(|(r, f)| (r.id.as_str(), f.id.as_str()));
    assert_eq!(source, Some(("papers", "id_number")));
}

#[test]
fn a_bad_term_has_its_code_and_a_way_out() {
    let mends = [
        (
            "\"307012/00045\"",
            "\"30712/45\"",
            "E-CATALOG-CODE",
            "307012/00045",
        ),
        (
            "retention = 10",
            "retention = 0",
            "E-CATALOG-TERMS",
            "permanent",
        ),
        (
            "retention = 10",
            "retention = \"long\"",
            "E-CATALOG-TERMS",
            "permanent",
        ),
        (
            "\"conditional\"\n",
            "\"open\"\n",
            "E-CATALOG-TERMS",
            "open_condition",
        ),
        (
            "on = 2026-07-01",
            "on = 2026-07-01T00:00:00",
            "E-CATALOG-TERMS",
            "2026-07-01",
        ),
        (
            "successor = \"papers\"",
            "successor = \"paper\"",
            "E-CATALOG-NAME",
            "`papers`",
        ),
        (
            "related = [\"papers\"]",
            "related = [\"paper\"]",
            "E-CATALOG-NAME",
            "`papers`",
        ),
        (
            "line = \"assistance\"",
            "line = \"assistanc\"",
            "E-CATALOG-NAME",
            "`assistance`",
        ),
        (
            "keeper = \"relief_office\"",
            "keeper = \"office\"",
            "E-CATALOG-NAME",
            "",
        ),
        (
            "person.dibao",
            "person.dibaos",
            "E-CATALOG-SUPPLY",
            "`person.dibao`",
        ),
        (
            "fields = [\"since\"]",
            "fields = [\"sinc\"]",
            "E-CATALOG-SUPPLY",
            "`since`",
        ),
        (
            "papers.id_number",
            "papers.area",
            "E-CATALOG-ELEMENT",
            "element =",
        ),
        (
            "papers.id_number",
            "cases.id_number",
            "E-CATALOG-ELEMENT",
            "successor",
        ),
        (
            "papers.id_number",
            "papers",
            "E-CATALOG-ELEMENT",
            "RESOURCE.FIELD",
        ),
        (
            "element = \"number\"",
            "element = \"numbers\"",
            "E-CATALOG-ELEMENT",
            "`number`",
        ),
        (
            "\"interface\"",
            "\"interfaces\"",
            "E-CATALOG-SHAPE",
            "`interface`",
        ),
    ];
    for (good, bad, code, help) in mends {
        assert!(OWN.contains(good), "{good}");
        let error = with_own(&OWN.replace(good, bad)).unwrap_err();
        let found: Vec<String> = error
            .findings()
            .map(|f| f.line_of(model::Lang::En))
            .collect();
        assert!(
            found.iter().any(|f| f.contains(code) && f.contains(help)),
            "{bad}: {found:?}"
        );
    }
}

#[test]
fn an_element_has_exactly_one_authority() {
    let (before, rest) = OWN.split_once("[[catalog.element]]").unwrap();
    let (element, after) = rest.split_once("[[catalog.resource]]").unwrap();
    let twice = format!("{OWN}[[catalog.element]]{element}");
    assert_eq!(with_own(&twice).unwrap_err().code(), "E-CATALOG-TWICE");
    let without = format!("{before}[[catalog.resource]]{after}");
    assert_eq!(with_own(&without).unwrap_err().code(), "E-CATALOG-ELEMENT");
}

#[test]
fn a_layer_above_writes_a_section_anew() {
    let below = SourceFile::new("pack.toml", format!("{HEAD}{ITEM}{OWN}").replace(", element = \"number\"", "").replace("[[catalog.element]]\nid = \"number\"\ntitle = { zh = \"公民身份号码\", en = \"identity number\" }\nauthority = \"papers.id_number\"\nstatus = \"inferred\"\n", ""));
    let above = |more: &str| {
        let head = "[pack]\nid = \"upper\"\ntitle = { zh = \"例\", en = \"example\" }\npublisher = \"an example\"\nversion = \"1\"\nlevel = \"province\"\nplace = \"150000\"\nextends = [\"above\"]\nreviewed_on = 2026-01-01\n";
        let own = r#"
[[catalog.resource]]
id = "list"
title = { zh = "本省清单", en = "the province's own" }
status = "inferred"
subject = "event"
key = "no"
order = "record"
cycle = "yearly"
sharing = "unconditional"
grade = 1
personal = "none"
field = [{ id = "no", type = "text", title = { zh = "号", en = "number" }, grade = 1, required = true }]
"#;
        let upper = SourceFile::new("pack.toml", format!("{head}{more}{own}"));
        let packs = PackSet::load(&[
            PackSource::new(vec![below.clone()]),
            PackSource::new(vec![upper]),
        ]);
        Catalog::load(&packs.unwrap()).map(|c| c.own().map(|r| r.id.clone()).collect::<Vec<_>>())
    };
    assert_eq!(above("").unwrap(), ["cases", "list"]);
    let replaces = "[[catalog.replaces]]\nsections = [\"resource\"]\n";
    assert_eq!(above(replaces).unwrap(), ["list"]);
    let unknown = "[[catalog.replaces]]\nsections = [\"resources\"]\n";
    assert_eq!(above(unknown).unwrap_err().code(), "E-CATALOG-SHAPE");
}

#[test]
fn civil_affairs_own_resources_are_128_and_claim_no_list() {
    let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
    assert_eq!(catalog.own().count(), 128);
    assert_eq!(catalog.lines().len(), 15);
    for resource in catalog.own() {
        let id = &resource.id;
        let line = catalog.line(resource.line.as_deref().unwrap()).unwrap();
        let expected = match line.status {
            Status::Published => Status::PartInferred,
            _ => Status::Inferred,
        };
        assert_eq!(resource.status, expected, "{id}");
        assert!((5..=12).contains(&resource.fields.len()), "{id}");
        assert!(
            !resource.summary.zh.is_empty() && !resource.summary.en.is_empty(),
            "{id}"
        );
        assert!(
            resource.code.as_ref().is_some_and(|c| c.group() == "00"),
            "{id}"
        );
        assert!(resource.inferred.contains(&Inferred::Code), "{id}");
        assert_eq!(
            catalog.provider(resource).map(|p| p.id.as_str()),
            Some("civil_affairs")
        );
        let is_open = resource.openness == Some(Openness::Open);
        assert!(!is_open || resource.personal == Personal::Not, "{id}");
    }
    for line in catalog.lines() {
        let has = |r: &Resource| r.line.as_deref() == Some(line.id.as_str());
        assert!(catalog.own().any(has), "{}", line.id);
    }
}
