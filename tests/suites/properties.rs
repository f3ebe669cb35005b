//! What holds for every household of the demonstration banner, and for every figure on every day.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "small numbers of the tests' own making"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use minzheng::packs::BuiltIn;
use minzheng_rules::date::Day;
use minzheng_rules::facts::Document;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::{PackSource, SourceFile};
use minzheng_rules::scenario::{Assessment, Engine};
use minzheng_rules::truth::Truth;
use minzheng_testkit::households::{Household, household, without};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use toml::{Table, Value};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine(&[]));

fn engine(above: &[PackSource]) -> Engine {
    Engine::new(
        minzheng::packs::load_with_tests(&BuiltIn::ALL, above).unwrap_or_else(|e| panic!("{e}")),
    )
}

fn assess(household: &Household) -> Assessment {
    ENGINE
        .assess(&household.document())
        .unwrap_or_else(|e| panic!("{e}"))
}

/// Every formula, condition and outcome of every row, in words; unknown is `undetermined`.
fn answers(answer: &Assessment, ids: &[String]) -> BTreeMap<String, String> {
    let set = answer.packs();
    let mut out = BTreeMap::new();
    let mut see = |id: &str, entity: usize| {
        let rows: Vec<Option<&str>> = match entity {
            0 => vec![None],
            1 => ids.iter().map(|id| Some(id.as_str())).collect(),
            _ => Vec::new(),
        };
        for row in rows {
            if let Some((value, ty)) = answer.value(id, row) {
                out.insert(
                    format!("{}{id}", row.map_or_else(String::new, |r| format!("{r}."))),
                    set.value_words(value, ty),
                );
            }
        }
    };
    for formula in set.formulas() {
        see(&formula.id, formula.entity);
    }
    for programme in set.programmes() {
        for word in ["qualifies", "eligible", "amount"] {
            see(&format!("{}.{word}", programme.id), programme.entity);
        }
    }
    out
}

/// Whether each programme is due to each row, in the order of tests.
fn eligible(answer: &Assessment) -> Vec<Truth> {
    answer.outcomes().into_iter().map(|o| o.eligible).collect()
}

fn ids(household: &Household) -> Vec<String> {
    household
        .persons
        .iter()
        .map(|p| p["id"].as_str().unwrap().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// More counted income never turns "not met" into "met", on each income test.
    #[test]
    fn more_income_never_helps(full in household(), gone in prop::collection::vec(prop::bool::weighted(0.1), 97), more in 1..60_000_u32, who in 0..4_usize, kind in 0..3_usize) {
        let mut poor = without(&full, &gone);
        let who = who % poor.persons.len();
        let kind = ["wage", "pension", "other_income"][kind];
        let yuan = |v: &Value| v.as_str().and_then(|t| t.split('/').next()).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
        let has = full.persons[who].get(kind).map_or(0, yuan);
        poor.persons[who].insert(kind.to_owned(), Value::String(format!("{has}/year")));
        let mut rich = poor.clone();
        rich.persons[who].insert(kind.to_owned(), Value::String(format!("{}/year", has + more)));
        let (poor, rich) = (assess(&poor), assess(&rich));
        let tests: Vec<&str> = poor.packs().formulas().iter().filter(|f| f.entity == 0 && f.id.ends_with("/income")).map(|f| f.id.as_str()).collect();
        prop_assert!(tests.len() >= 3, "{tests:?}");
        for id in tests {
            let (before, after) = (poor.truth(id, None), rich.truth(id, None));
            prop_assert!(!(before == Some(Truth::False) && after == Some(Truth::True)), "{id}");
            prop_assert!(!(before == Some(Truth::False) && after != Some(Truth::False)), "{id} was decided");
        }
    }

    /// The order in which people are listed is irrelevant.
    #[test]
    fn the_order_of_people_is_irrelevant(full in household(), gone in prop::collection::vec(prop::bool::weighted(0.15), 97), turn in 1..4_usize) {
        let one = without(&full, &gone);
        let mut other = one.clone();
        other.persons.reverse();
        let n = other.persons.len();
        other.persons.rotate_left(turn % n);
        let ids = ids(&one);
        prop_assert_eq!(answers(&assess(&one), &ids), answers(&assess(&other), &ids));
    }

    /// Filling an unknown never changes what was decided: no truth, no figure.
    #[test]
    fn more_facts_never_change_a_decided_answer(full in household(), gone in prop::collection::vec(prop::bool::weighted(0.2), 97), half in prop::collection::vec(any::<bool>(), 89)) {
        let ids = ids(&full);
        let thin = without(&full, &gone);
        // a household between the two: of what is missing, about half comes in
        let mut middle = thin.clone();
        let mut bits = half.iter().copied().cycle();
        for (table, all) in middle.persons.iter_mut().zip(&full.persons).chain([(&mut middle.root, &full.root)]) {
            for (key, value) in all {
                if !table.contains_key(key) && bits.next().unwrap_or(false) {
                    table.insert(key.clone(), value.clone());
                }
            }
        }
        let full_answers = answers(&assess(&full), &ids);
        let middle_answers = answers(&assess(&middle), &ids);
        for (id, word) in answers(&assess(&thin), &ids) {
            if word != "undetermined" {
                prop_assert_eq!(&middle_answers[&id], &word, "{}", id);
                prop_assert_eq!(&full_answers[&id], &word, "{}", id);
            }
        }
        for (id, word) in middle_answers {
            if word != "undetermined" {
                prop_assert_eq!(&full_answers[&id], &word, "{}", id);
            }
        }
    }

    /// An official's finding that says what the rules give anyway changes no answer.
    #[test]
    fn a_finding_that_agrees_changes_nothing(full in household(), gone in prop::collection::vec(prop::bool::weighted(0.15), 97), pick in any::<prop::sample::Index>()) {
        let (thin, ids) = (without(&full, &gone), ids(&full));
        let alone = assess(&thin);
        let decided: Vec<(&str, Option<&str>, bool)> = alone
            .packs()
            .formulas()
            .iter()
            .filter(|f| f.entity <= 1 && f.finding.is_some())
            .map(|f| (f.id.as_str(), (f.entity == 1).then(|| ids[pick.index(ids.len())].as_str())))
            .filter_map(|(id, row)| match alone.truth(id, row)? {
                Truth::True => Some((id, row, true)),
                Truth::False => Some((id, row, false)),
                Truth::Unknown => None,
            })
            .collect();
        let (id, row, value) = decided[pick.index(decided.len())];
        let mut finding = Table::from_iter([
            ("of".to_owned(), Value::String(id.to_owned())),
            ("value".to_owned(), Value::Boolean(value)),
            ("by".to_owned(), Value::String("office".to_owned())),
            ("on".to_owned(), Value::String("2026-08-20".to_owned())),
            ("ground".to_owned(), Value::String("visit".to_owned())),
        ]);
        finding.extend(row.map(|r| ("row".to_owned(), Value::String(r.to_owned()))));
        let mut table = thin.table();
        table.insert("finding".to_owned(), Value::Array(vec![Value::Table(finding)]));
        let found = ENGINE.assess(&Document::from_table("case", &table)).unwrap_or_else(|e| panic!("{e}"));
        prop_assert_eq!(answers(&alone, &ids), answers(&found, &ids), "{}", id);
        prop_assert_eq!(eligible(&alone), ENGINE.decide(alone.input()));
        prop_assert_eq!(eligible(&found), ENGINE.decide(found.input()));
        for whole in [&alone, &found] {
            let asked = ENGINE.prepare(whole.input().clone());
            prop_assert_eq!(answers(whole, &ids), answers(&asked, &ids), "asked one by one");
        }
    }
}

proptest! {
    // each case loads the packs again
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is published later is invisible to an earlier `known_on`, whatever it says.
    #[test]
    fn a_later_notice_is_invisible(full in household(), published in 0..400_i64, earlier in 1..300_i64, figure in 1..9_000_u32, on in 0..500_i64) {
        let start = Day::from_ymd(2026, 1, 1).unwrap();
        // two rows published on one day are an error
        prop_assume!(start.add_days(published) != Day::from_ymd(2026, 8, 20).unwrap());
        let (published, on) = (start.add_days(published), Day::from_ymd(2025, 9, 1).unwrap().add_days(on));
        let pack = format!(
            "[pack]\nid = \"notice\"\ntitle = {{ zh = \"通知\", en = \"notice\" }}\npublisher = \"test\"\nversion = \"1\"\nlevel = \"province\"\n\
             place = \"159921\"\nextends = [\"cn\"]\nreviewed_on = 2026-01-01\n\
             [[value]]\nparameter = \"standard.dibao\"\nplace = \"159921\"\nfrom = 2025-06-01\npublished = {published}\nstatus = \"invented\"\n\
             rows = [{{ hukou = \"urban\", value = \"{figure}\" }}, {{ hukou = \"rural\", value = \"{figure}\" }}]\n"
        );
        let later = engine(&[PackSource::new(vec![SourceFile::new("pack.toml", pack)])]);
        let ids = ids(&full);
        let document = Document::from_table("case", &full.table());
        let known = published.add_days(-earlier);
        let at = |engine: &Engine, known: Day| {
            let input = engine.packs().bind(&document).unwrap().with_dates(on, known);
            answers(&engine.evaluate(&input), &ids)
        };
        prop_assert_eq!(at(&ENGINE, known), at(&later, known));
        // and once it is published it is the newest
        if published > Day::from_ymd(2026, 8, 20).unwrap() {
            prop_assert_eq!(at(&later, published)["standard_month"].clone(), format!("{figure}.00/month"));
        }
    }
}

/// The outcomes alone are those of the whole evaluation, for every household of the packs' own tests.
#[test]
fn what_is_decided_is_what_is_explained() {
    let (mut cases, mut with_findings) = (0, 0);
    for test in ENGINE.packs().tests() {
        let document = Document::from_table(&test.id, &test.document);
        let Ok(input) = ENGINE.packs().bind(&document) else {
            continue;
        };
        cases += 1;
        with_findings += usize::from(test.document.contains_key("finding"));
        let whole = ENGINE.evaluate(&input);
        assert_eq!(ENGINE.decide(&input), eligible(&whole), "{}", test.id);
    }
    assert!(cases > 100 && with_findings > 10, "{cases} {with_findings}");
}

/// The properties are not empty: the income tests come out every way, and a household with gaps still has decided answers.
#[test]
fn the_households_are_of_every_kind() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (
        household(),
        prop::collection::vec(prop::bool::weighted(0.1), 97),
    );
    let mut seen: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let (mut open, mut decided) = (0, 0);
    for _ in 0..150 {
        let (full, gone) = strategy.new_tree(&mut runner).unwrap().current();
        let thin = without(&full, &gone);
        for answer in [assess(&full), assess(&thin)] {
            for id in [
                "dibao/income",
                "edge/income",
                "rigid/income",
                "dibao.eligible",
            ] {
                let at = match answer.truth(id, None).unwrap() {
                    Truth::True => 0,
                    Truth::False => 1,
                    Truth::Unknown => 2,
                };
                seen.entry(id).or_default()[at] += 1;
            }
        }
        for word in answers(&assess(&thin), &ids(&thin)).values() {
            if word == "undetermined" {
                open += 1;
            } else {
                decided += 1;
            }
        }
    }
    assert!(
        seen.values().all(|counts| counts.iter().all(|n| *n >= 5)),
        "{seen:?}"
    );
    assert!(
        open > 1_000 && decided > 1_000,
        "{open} open, {decided} decided"
    );
}

/// The standard of 2026-07-01 became public on 2026-08-20.
#[test]
fn the_raised_standard_is_known_from_its_publication() {
    let text = "on = 2026-07-15\n[household]\nregistration_place = \"159921\"\nhukou = \"urban\"\n";
    let document = Document::from_toml("case", text).unwrap();
    let standard = |on: &str, known: &str| {
        let input = ENGINE
            .packs()
            .bind(&document)
            .unwrap()
            .with_dates(Day::parse(on).unwrap(), Day::parse(known).unwrap());
        let answer = ENGINE.evaluate(&input);
        let (value, ty) = answer.value("standard_month", None).unwrap();
        answer.packs().value_words(value, ty)
    };
    assert_eq!(standard("2026-07-15", "2026-07-15"), "820.00/month");
    assert_eq!(standard("2026-07-15", "2026-08-19"), "820.00/month");
    assert_eq!(standard("2026-07-15", "2026-08-20"), "870.00/month");
    assert_eq!(standard("2026-06-30", "2026-08-20"), "820.00/month");
}

/// Every figure and setting, read by a rule of its own, is the same on the first, second and last day between two days of change.
#[test]
fn a_figure_is_constant_inside_its_range() {
    let mut pack = String::from(
        "[pack]\nid = \"probe\"\ntitle = { zh = \"探针\", en = \"probe\" }\npublisher = \"test\"\nversion = \"1\"\nlevel = \"nation\"\n\
         place = \"000000\"\nextends = [\"cn\"]\nreviewed_on = 2026-01-01\n",
    );
    let set = ENGINE.packs();
    let mut probes = 0;
    for parameter in set.parameters() {
        // every code of the first key, the first of the others; a band at a count of 70
        let first = parameter
            .keys
            .first()
            .map_or_else(|| vec![String::new()], |k| key_words(k.ty));
        for word in first {
            let mut args: Vec<String> = if word.is_empty() {
                Vec::new()
            } else {
                vec![word]
            };
            args.extend(
                parameter
                    .keys
                    .iter()
                    .skip(1)
                    .map(|k| key_words(k.ty).swap_remove(0)),
            );
            let call = if args.is_empty() {
                parameter.id.clone()
            } else {
                format!("{}({})", parameter.id, args.join(", "))
            };
            let ty = set.type_word(parameter.ty);
            write!(
                pack,
                "[[formula]]\nid = \"probe_{probes}\"\nentity = \"household\"\ntype = \"{ty}\"\nfrom = 0001-01-01\nstatus = \"invented\"\nexpr = \"{call}\"\n"
            )
            .unwrap();
            probes += 1;
        }
    }
    assert!(probes > 100, "{probes}");
    let engine = engine(&[PackSource::new(vec![SourceFile::new("pack.toml", pack)])]);
    let text = "on = 2026-07-15\n[household]\nregistration_place = \"159921\"\nhandling_place = \"159921\"\n";
    let input = engine
        .packs()
        .bind(&Document::from_toml("case", text).unwrap())
        .unwrap();
    let read = |on: Day| -> Vec<Option<i64>> {
        let answer = engine.evaluate(&input.clone().with_dates(on, Day::MAX));
        (0..probes)
            .map(|i| answer.value(&format!("probe_{i}"), None).unwrap().0.get())
            .collect()
    };
    let (mut changes, mut known) = (0, 0);
    let mut before: Vec<Option<i64>> = Vec::new();
    let mut days: Vec<Day> = set.breakpoints().to_vec();
    days.push(days.last().unwrap().add_days(400));
    for pair in days.windows(2) {
        let first = read(pair[0]);
        for day in [pair[0].next(), pair[1].add_days(-1)] {
            if day < pair[1] {
                assert_eq!(first, read(day), "between {} and {}", pair[0], pair[1]);
            }
        }
        changes += usize::from(first != before);
        known = known.max(first.iter().flatten().count());
        before = first;
    }
    assert!(
        changes > 5 && known > 50,
        "{changes} changes, {known} figures known at once"
    );
}

fn key_words(ty: Type) -> Vec<String> {
    match ty {
        Type::Code(list) => ENGINE.packs().code_lists()[list]
            .codes
            .iter()
            .map(|c| c.id.clone())
            .collect(),
        _ => vec!["70".to_owned()],
    }
}
