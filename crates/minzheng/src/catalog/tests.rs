//! What is done with a catalogue, on the built-in packs and on small ones.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::NaiveDate;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

use super::*;
use crate::packs::{self, BuiltIn};
use crate::{Engine, Household};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn built_in() -> &'static (PackSet, Catalog) {
    static LOADED: LazyLock<(PackSet, Catalog)> = LazyLock::new(|| {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let catalog = Catalog::load(&packs).unwrap();
        (packs, catalog)
    });
    &LOADED
}

fn impact(packs: &PackSet, catalog: &Catalog, lost: &[&str]) -> Impact {
    let lineage = Lineage::new(packs, catalog, When::day(day("2026-11-28"))).unwrap();
    Impact::of(catalog, &lineage, lost).unwrap()
}

/// Three items and a resource of our own under two facts that people may say and two that nobody says.
const SMALL: &str = r#"
[pack]
id = "small"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[entity]]
id = "household"
[[entity]]
id = "person"
parent = "household"
[[catalog.kind]]
id = "TAX"
title = { zh = "纳税", en = "tax" }
status = "unconfirmed"
[[catalog.department]]
id = "office"
title = { zh = "办公室", en = "office" }
status = "inferred"
[[fact]]
id = "wage"
entity = "person"
type = "money/year"
answered_by = ["item:TAX"]
[[fact]]
id = "rent"
entity = "person"
type = "money/year"
answered_by = ["applicant", "item:TAX"]
[[fact]]
id = "helped"
entity = "person"
type = "bool"
answered_by = ["item:TAX"]
[[formula]]
id = "income"
entity = "person"
type = "money/year"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "wage + rent"
[[formula]]
id = "guess"
entity = "person"
type = "money/year"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "coalesce(wage, yuan(0))"
[[programme]]
id = "help"
entity = "person"
order = 1
from = 2020-01-01
status = "invented"
title = { zh = "帮助", en = "help" }
[[programme.condition]]
id = "poor"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "穷", en = "poor" }
expr = "income < yuan(100)"
[[programme.condition]]
id = "not_yet"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "尚未受助", en = "not helped yet" }
expr = "!helped"
[[formula]]
id = "hidden_rent"
entity = "person"
type = "bool"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "helped && rent > yuan(0)"
[[formula]]
id = "due"
entity = "household"
type = "date"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "on + days(1)"
[[formula]]
id = "quiet"
entity = "household"
type = "days"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "days(1)"
[[warning.group]]
id = "income"
title = { zh = "收入", en = "income" }
[[warning.handling]]
id = "soon"
title = { zh = "尽快", en = "soon" }
due = "due"
quiet = "quiet"
[[warning.model]]
id = "hidden_rent"
title = { zh = "隐瞒租金", en = "hidden rent" }
group = "income"
direction = "overstay"
level = "yellow"
handling = "soon"
evidence = ["rent"]
sentence = { zh = "租金{rent}", en = "rent {rent}" }
meaning = { zh = "租金", en = "rent" }
not_meaning = { zh = "骗保", en = "fraud" }
false_alarms = [{ zh = "已申报", en = "it was declared" }]
status = "inferred"
"#;

fn small() -> String {
    let item = |id: &str, number: u8, fact: &str, precedence: u8| {
        format!(
            r#"
[[catalog.item]]
id = "{id}"
number = {number}
title = {{ zh = "项", en = "item" }}
department = "office"
kinds = ["TAX"]
status = "inferred"
subject = "person"
key = "id_number"
order = "record"
cycle = "monthly"
grace = 2
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  {{ id = "id_number", type = "id_number", title = {{ zh = "号", en = "number" }}, grade = 3, required = true }},
  {{ id = "month", type = "month", title = {{ zh = "月", en = "month" }}, grade = 3, required = true }},
  {{ id = "amount", type = "money", title = {{ zh = "额", en = "sum" }}, grade = 3 }},
]
[[verification.evidence]]
item = "{id}"
fact = "person.{fact}"
how = "sum"
field = "amount"
when = ["month"]
window = "rolling_12_months"
none = "silent"
precedence = {precedence}
status = "operational"
"#
        )
    };
    let own = r#"
[[catalog.resource]]
id = "list"
title = { zh = "册", en = "list" }
status = "inferred"
subject = "person"
key = "id_number"
order = "key"
cycle = "irregular"
sharing = "unconditional"
grade = 3
personal = "general"
supplies = [{ fact = "person.helped", fields = ["id_number"] }]
field = [{ id = "id_number", type = "id_number", title = { zh = "号", en = "number" }, grade = 3, required = true }]
"#;
    let items = [
        item("tax", 1, "wage", 1),
        item("fund", 2, "wage", 2),
        item("lease", 3, "rent", 1),
    ];
    format!("{SMALL}{}{own}", items.concat())
}

fn load(text: &str) -> (PackSet, Catalog) {
    let source = PackSource::new(vec![SourceFile::new("pack.toml", text)]);
    let packs = PackSet::load(&[source]).map_err(|e| e.to_string()).unwrap();
    let catalog = Catalog::load(&packs).map_err(|e| e.to_string()).unwrap();
    (packs, catalog)
}

/// Kind, id and effect of everything that goes quiet.
fn words(impact: &Impact) -> Vec<String> {
    let word = |q: &Quiet| format!("{} {} {}", q.effect.word(), q.node.kind(), q.node.id());
    impact.quiet.iter().map(word).collect()
}

#[test]
fn removing_an_item_shows_exactly_what_goes_quiet() {
    let (packs, catalog) = load(&small());
    let tax = impact(&packs, &catalog, &["tax"]);
    assert_eq!(tax.facts[0].left, Left::Other(vec!["fund".to_owned()]));
    assert_eq!(words(&tax), [""; 0], "another source of the wage remains");

    let both = impact(&packs, &catalog, &["tax", "fund"]);
    assert_eq!((both.facts.len(), &both.facts[0].left), (1, &Left::Nothing));
    assert_eq!(
        words(&both),
        [
            "undetermined formula income",
            "undetermined condition help/poor",
            "undetermined programme help",
            "undetermined amount help.amount",
            "weakened formula guess",
        ]
    );
    let poor = &both.quiet[1];
    let way: Vec<String> = poor.path.iter().map(Node::id).collect();
    assert_eq!(way, ["fund", "person.wage", "income", "help/poor"]);

    let lease = impact(&packs, &catalog, &["lease"]);
    assert_eq!(
        lease.facts[0].left,
        Left::Declared(vec!["applicant".to_owned()])
    );
    assert_eq!(
        words(&lease),
        [
            "unverified formula hidden_rent",
            "unverified formula income",
            "unverified condition help/poor",
            "unverified programme help",
            "unverified amount help.amount",
            "unverified model hidden_rent",
        ]
    );
    let list = impact(&packs, &catalog, &["list"]);
    assert_eq!(
        words(&list),
        [
            "undetermined formula hidden_rent",
            "undetermined condition help/not_yet",
            "undetermined programme help",
            "undetermined amount help.amount",
            "undetermined model hidden_rent",
        ]
    );
    let lineage = Lineage::new(&packs, &catalog, When::day(day("2026-11-28"))).unwrap();
    let error = Impact::of(&catalog, &lineage, &["taxi"]).unwrap_err();
    assert_eq!(
        (
            error.code(),
            error.help(minzheng_rules::pack::model::Lang::En)
        ),
        ("E-CATALOG-NONE", "did you mean `tax`?")
    );
}

#[test]
fn a_kind_is_supplied_by_items_and_by_what_we_keep_ourselves() {
    let (_, catalog) = built_in();
    for kind in catalog.kinds() {
        let all: Vec<&Resource> = catalog.supplying(&kind.id).collect();
        let is_item = |r: &Resource| matches!(r.origin, Origin::Obtained { .. });
        let first_own = all.iter().position(|r| !is_item(r)).unwrap_or(all.len());
        assert!(
            all.iter().skip(first_own).all(|r| !is_item(r)),
            "{}",
            kind.id
        );
        let holds = |r: &&Resource| r.kinds.contains(&kind.id);
        let many = catalog.resources().iter().filter(holds).count();
        assert_eq!(all.len(), many, "{}", kind.id);
    }
    let aid: BTreeSet<&str> = catalog.supplying("AID").map(|r| r.id.as_str()).collect();
    assert!(
        aid.contains("farm_subsidy") && aid.contains("dibao_person"),
        "{aid:?}"
    );
}

/// The acceptance of the catalogue with models on top: of two, the one that reads the register goes quiet.
#[test]
fn without_disability_cards_exactly_the_models_that_read_them_go_quiet() {
    let (packs, catalog) = built_in();
    let mut models = words(&impact(packs, catalog, &["disability_certificate"]));
    models.retain(|w| w.contains(" model "));
    let read_cards = [
        "a18_new_disability",
        "a19_single_entry",
        "a20_disability_no_subsidy",
        "a21_card_expiring",
        "b11_breadwinner_lost",
        "b12_unattended_child",
        "b21_need_after_exit",
        "b22_possible_tekun",
        "c05_dead_with_card",
        "c06_alive_card_lapsed",
        "c07_card_expired",
        "c08_paid_without_card",
        "c22_tekun_minor_18",
        "c23_parent_able_again",
        "g02_card_changed",
        "a17_rigid_spending",
        "d09_income_above_line",
        "d10_income_above_edge",
        "d14_livestock",
        "d15_grassland_award",
        "d17_cost_not_deducted",
        "e08_financial_assets",
        "e09_securities_insurance",
        "e11_investment",
        "f23_review_overdue",
    ];
    // a card may also be declared: what stands on it is no longer verified
    assert_eq!(
        models,
        read_cards.map(|id| format!("unverified model {id}"))
    );
}

#[test]
fn evidence_that_is_added_breaks_as_a_whole() {
    let text = small().replace("precedence = 2", "precedence = 1");
    let (packs, catalog) = load(&text);
    let one = impact(&packs, &catalog, &["tax"]);
    assert_eq!(
        one.facts[0].left,
        Left::Nothing,
        "half of a sum says nothing"
    );
}

#[test]
fn a_model_of_a_rule_that_is_not_there_is_refused() {
    let text = small().replace("evidence = [\"rent\"]", "evidence = [\"rents\"]");
    let (packs, catalog) = load(&text);
    let error = Lineage::new(&packs, &catalog, When::day(day("2026-11-28"))).unwrap_err();
    assert_eq!(error.code(), "E-WARNING-NAME");
}

/// The acceptance of the catalogue on the law itself: what the register of disability cards carries.
#[test]
fn without_disability_cards_exactly_these_rules_lose_their_evidence() {
    let (packs, catalog) = built_in();
    let lost = impact(packs, catalog, &["disability_certificate"]);
    let facts: Vec<String> = lost.facts.iter().map(|f| f.fact.id()).collect();
    let cards = [
        "person.disability_grade",
        "person.disability_kind",
        "person.has_disability_card",
    ];
    // warning models have facts of their own of the same records
    let of_law: Vec<&String> = facts
        .iter()
        .filter(|f| cards.contains(&f.as_str()))
        .collect();
    assert_eq!(of_law, cards);
    let direct = |kind: &str| -> Vec<String> {
        let own = lost.quiet.iter().filter(|q| q.through().is_none());
        own.filter(|q| q.node.kind() == kind)
            .map(|q| q.node.id())
            .collect()
    };
    assert_eq!(
        direct("condition"),
        [
            "de_facto_orphan/parents",
            "dibao_single/ground",
            "disability_care/card",
            "disability_care/scope",
            "disability_living/card",
            "disability_living/scope",
            "tekun/child_choice",
            "tekun/labour",
            "tekun/obligors",
        ]
    );
    let programmes = [
        "de_facto_orphan",
        "dibao_single",
        "disability_care",
        "disability_living",
        "tekun",
    ];
    assert_eq!(direct("programme"), programmes);
    let through: BTreeSet<&str> = lost.quiet.iter().filter_map(Quiet::through).collect();
    assert!(through.contains("tekun"), "{through:?}");
    assert_eq!(lost.elements, ["disability_grade"]);
}

/// Whatever is lost: a fact is lost exactly where the catalogue without it has no whole source.
#[test]
fn a_withdrawn_resource_is_an_impact_for_every_resource() {
    let (packs, catalog) = built_in();
    let on = day("2026-11-28");
    let lineage = Lineage::new(packs, catalog, When::day(on)).unwrap();
    let mut touched = 0;
    let feeds = |r: &&Resource| {
        lineage
            .next(&Node::Resource(r.id.clone()))
            .any(|(n, _)| n.kind() == "fact")
    };
    // every third that feeds a fact: whole catalogues are read for each
    for resource in catalog.resources().iter().filter(feeds).step_by(3) {
        let mut without = catalog.clone();
        let reason = minzheng_rules::pack::model::Words::default();
        if let Some(of) = without.resources.iter_mut().find(|r| r.id == resource.id) {
            of.lifecycle = Lifecycle::Withdrawn {
                on,
                reason,
                successor: None,
            };
        }
        let after = Lineage::new(packs, &without, When::day(on)).unwrap();
        let lost = Impact::of(catalog, &lineage, &[&resource.id]).unwrap();
        for fact in &lost.facts {
            touched += 1;
            let sources = after
                .before(&fact.fact)
                .filter(|(n, _)| n.kind() == "resource");
            let remains = sources.count() > 0;
            // evidence of one precedence is a sum: the other half may still be there and says nothing
            let kept = matches!(fact.left, Left::Other(_));
            assert!(!kept || remains, "{} {}", resource.id, fact.fact.id());
        }
        for quiet in lost.quiet.iter().step_by(10) {
            let up = lineage.upstream(&quiet.node);
            assert!(
                up.iter()
                    .any(|s| s.node == Node::Resource(resource.id.clone())),
                "{}",
                resource.id
            );
        }
    }
    assert!(touched > 15, "{touched}");
}

/// For a household that is decided: whatever opens when the facts of a lost item are not known is what the impact names.
#[test]
fn what_opens_for_a_household_is_within_what_the_impact_names() {
    let engine = Engine::built_in().unwrap();
    let catalog = engine.catalog().unwrap();
    let text = include_str!("../../../../examples/data/low-income-family.toml");
    let before = engine.assess(&Household::from_toml(text).unwrap()).unwrap();
    let lineage = engine.lineage(When::day(before.on())).unwrap();
    let mut opened = 0;
    for resource in catalog.resources() {
        let lost = Impact::of(catalog, &lineage, &[&resource.id]).unwrap();
        let gone: BTreeSet<String> = lost
            .facts
            .iter()
            .filter(|f| !matches!(f.left, Left::Other(_)))
            .map(|f| match &f.fact {
                Node::Fact(_, id) => id.clone(),
                other => other.id(),
            })
            .collect();
        if gone.is_empty() {
            continue;
        }
        let keeps = |line: &&str| {
            let name = line.split_once('=').map_or("", |(name, _)| name.trim());
            !gone.contains(name) || line.contains('[')
        };
        let less: Vec<&str> = text.lines().filter(keeps).collect();
        let after = engine
            .assess(&Household::from_toml(&less.join("\n")).unwrap())
            .unwrap();
        for (old, new) in before.programmes().zip(after.programmes()) {
            let is_open = |p: &crate::eligibility::ProgrammeOutcome<'_>| {
                p.verdict() == crate::Verdict::Undetermined
            };
            if !is_open(&old) && is_open(&new) {
                opened += 1;
                let named = Node::Programme(new.id().to_owned());
                let is_named = lost
                    .quiet
                    .iter()
                    .any(|q| q.node == named && q.effect != Effect::Weakened);
                assert!(is_named, "{}: {}", resource.id, new.id());
            }
        }
    }
    assert!(opened > 10, "{opened}");
}

#[test]
fn a_delivery_is_fresh_due_late_or_never_by_working_days() {
    let (packs, catalog) = load(&small());
    let (calendar, _) = built_in();
    let delivery = |as_of: &str| Delivery {
        resource: "tax".to_owned(),
        as_of: day(as_of),
        received: day(as_of),
    };
    let state = |on: &str| {
        let board = Board::new(
            &catalog,
            calendar.calendar(),
            &[delivery("2026-10-23")],
            day(on),
        )
        .unwrap();
        board.lines[0].state
    };
    // due on Monday the 23rd of November, with two working days of grace
    assert_eq!(state("2026-11-23"), Freshness::Fresh);
    assert_eq!(state("2026-11-24"), Freshness::Due(day("2026-11-25")));
    assert_eq!(state("2026-11-25"), Freshness::Due(day("2026-11-25")));
    assert_eq!(state("2026-11-26"), Freshness::Late(1));
    assert_eq!(
        state("2026-11-30"),
        Freshness::Late(3),
        "a weekend does not count"
    );
    assert_eq!(
        state("2026-10-22"),
        Freshness::Never,
        "it had not come then"
    );
    let board = Board::new(&catalog, calendar.calendar(), &[], day("2026-11-30")).unwrap();
    let quiet: Vec<&str> = board.quiet().collect();
    assert_eq!(quiet, ["tax", "fund", "lease", "list"]);
    let error = Board::new(
        &catalog,
        packs.calendar(),
        &[delivery("2026-10-23")],
        day("2026-11-26"),
    );
    assert_eq!(error.unwrap_err().code(), "E-CATALOG-CALENDAR");
    let other = Delivery {
        resource: "taxes".to_owned(),
        ..delivery("2026-10-23")
    };
    let error = Board::new(&catalog, calendar.calendar(), &[other], day("2026-11-26"));
    assert_eq!(error.unwrap_err().code(), "E-CATALOG-NONE");
}

#[test]
fn every_change_is_found_and_graded_for_both_sides() {
    use Breaks::{Error, No, Review, Warning};
    let codes = r#"
[[codes]]
id = "colour"
title = { zh = "色", en = "colour" }
values = [{ id = "red", zh = "红", en = "red" }, { id = "blue", zh = "蓝", en = "blue" }]
"#;
    let base = |text: String| {
        text.replacen(
            "  { id = \"amount\"",
            "  { id = \"colour\", type = \"code:colour\", title = { zh = \"色\", en = \"colour\" }, grade = 1 },\n  \
             { id = \"area\", type = \"number:2\", unit = \"mu\", title = { zh = \"面积\", en = \"area\" }, grade = 1 },\n  { id = \"amount\"",
            1,
        ) + codes
    };
    let old_text = base(small());
    let old = load(&old_text);
    let changes = [
        (
            "cycle = \"monthly\"",
            "cycle = \"yearly\"",
            What::CycleSlowed,
            Warning,
            No,
        ),
        (
            "cycle = \"monthly\"",
            "cycle = \"daily\"",
            What::CycleQuickened,
            No,
            No,
        ),
        (
            "sharing = \"unconditional\"",
            "sharing = \"conditional\"\ncondition = { zh = \"经授权\", en = \"authorised\" }",
            What::SharingNarrowed,
            Error,
            Warning,
        ),
        (
            "type = \"number:2\"",
            "type = \"number:1\"",
            What::PlacesNarrowed,
            Error,
            Error,
        ),
        (
            "type = \"number:2\"",
            "type = \"number:3\"",
            What::PlacesWidened,
            Warning,
            No,
        ),
        (
            "unit = \"mu\"",
            "unit = \"square_metre\"",
            What::Unit,
            Error,
            Error,
        ),
        ("\"code:colour\"", "\"text\"", What::Type, Error, Error),
        (
            "en = \"colour\" }, grade = 1",
            "en = \"colour\" }, grade = 1, required = true",
            What::RequiredSet,
            No,
            Error,
        ),
        (
            "en = \"colour\" }, grade = 1",
            "en = \"colour\" }, grade = 2",
            What::GradeRaised,
            Warning,
            Error,
        ),
        (
            "id = \"colour\", type",
            "id = \"shade\", type",
            What::FieldRemoved,
            Error,
            Error,
        ),
        (
            "id = \"colour\", type",
            "id = \"shade\", type",
            What::FieldAdded,
            No,
            No,
        ),
        (
            "title = { zh = \"项\"",
            "title = { zh = \"新名\"",
            What::Words,
            No,
            No,
        ),
        (
            "{ id = \"blue\", zh = \"蓝\", en = \"blue\" }",
            "",
            What::CodeRetired,
            Error,
            Warning,
        ),
        (
            "zh = \"蓝\"",
            "zh = \"青\"",
            What::CodeRelabelled,
            Error,
            Warning,
        ),
        (
            "{ id = \"blue\"",
            "{ id = \"grey\", zh = \"灰\", en = \"grey\" }, { id = \"blue\"",
            What::CodeAdded,
            Warning,
            Warning,
        ),
        (
            "id = \"list\"",
            "id = \"lists\"",
            What::ResourceRemoved,
            Error,
            Error,
        ),
        (
            "id = \"list\"",
            "id = \"lists\"",
            What::ResourceAdded,
            No,
            No,
        ),
        (
            "grade = 3\npersonal = \"general\"",
            "openness = \"closed\"\ngrade = 3\npersonal = \"general\"",
            What::Openness,
            Review,
            Review,
        ),
        (
            "sharing = \"unconditional\"",
            "sharing = \"unconditional\"\nretention = 5",
            What::Term,
            No,
            No,
        ),
        (
            "sharing = \"unconditional\"",
            "sharing = \"unconditional\"\nwithdrawn = { on = 2026-01-01, reason = { zh = \"并\", en = \"merged\" } }",
            What::Withdrawn,
            Error,
            Error,
        ),
    ];
    let between = |new: &(PackSet, Catalog)| {
        Change::between(
            Edition {
                packs: &old.0,
                catalog: &old.1,
            },
            Edition {
                packs: &new.0,
                catalog: &new.1,
            },
        )
    };
    assert_eq!(between(&old), []);
    for (from, to, what, consumer, provider) in changes {
        assert!(old_text.contains(from), "{from}");
        let new = load(&old_text.replacen(from, to, 1));
        let found = between(&new);
        let change = found.iter().find(|c| c.what == what);
        let change = change.unwrap_or_else(|| panic!("{to}: {found:?}"));
        assert_eq!(
            (change.consumer(), change.provider()),
            (consumer, provider),
            "{to}"
        );
    }
}

#[test]
fn the_built_in_catalogue_has_nothing_but_things_unsaid() {
    let (packs, catalog) = built_in();
    let remarks = catalog.check(packs).unwrap();
    let warnings: Vec<&Remark> = remarks
        .iter()
        .filter(|r| r.weight == Weight::Warning)
        .collect();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(remarks.iter().any(|r| r.code == "L-CATALOG-UNSAID"));
}

#[test]
fn remarks_name_what_should_be_looked_at() {
    let cases = [
        (
            "en = \"number\" }, grade = 3, required",
            "en = \"number\" }, grade = 2, required",
            "L-CATALOG-GRADE",
            "tax.id_number",
        ),
        (
            "sharing = \"unconditional\"",
            "sharing = \"unconditional\"\nopenness = \"open\"",
            "L-CATALOG-OPEN",
            "tax",
        ),
        (
            "item = \"fund\"\n",
            "item = \"tax\"\n",
            "L-CATALOG-UNUSED",
            "fund",
        ),
        (
            "sharing = \"unconditional\"",
            "sharing = \"unconditional\"\nwithdrawn = { on = 2026-01-01, reason = { zh = \"并\", en = \"merged\" } }",
            "L-CATALOG-SUCCESSOR",
            "tax",
        ),
        ("", "", "L-CATALOG-ELEMENT", "tax.id_number"),
        ("", "", "L-CATALOG-UNSAID", "list"),
    ];
    for (from, to, code, path) in cases {
        let text = small();
        assert!(text.contains(from), "{from}");
        let text = if from.is_empty() {
            text
        } else {
            text.replacen(from, to, 1)
        };
        let (packs, catalog) = load(&text);
        let remarks = catalog.check(&packs).unwrap();
        let is_it = |r: &&Remark| r.code == code && r.path == path && !r.words.zh.is_empty();
        assert!(remarks.iter().any(|r| is_it(&r)), "{code}: {remarks:?}");
    }
}
