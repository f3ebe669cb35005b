//! What is refused, or looked at: every code of a pack and every lint, each at its place; and households that are refused.
//!
//! `bad_packs/CODE/pack.toml` is `bad_packs/base.toml` with one change. Its second line says what must be found and where:
//! `# expect CODE file:line:column`; 0 is "not known". A second layer is `above.toml`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use minzheng::packs::BuiltIn;
use minzheng_rules::error::{Diagnostic, Diagnostics, Severity};
use minzheng_rules::facts::{Document, MAX_DOCUMENT_BYTES};
use minzheng_rules::pack::{MAX_PACK_BYTES, PackSet, PackSource, SourceFile, lint};
use minzheng_testkit::repo_root;

fn folder() -> PathBuf {
    repo_root().join("tests/bad_packs")
}

fn base() -> String {
    fs::read_to_string(folder().join("base.toml")).unwrap()
}

fn single(text: &str) -> PackSource {
    PackSource::new(vec![SourceFile::new("pack.toml", text)])
}

/// The findings of loading, or of looking over what was loaded.
fn findings(sources: &[PackSource]) -> Diagnostics {
    match PackSet::load(sources) {
        Ok(set) => lint(&set),
        Err(findings) => findings,
    }
}

/// The codes that have a folder.
fn codes() -> BTreeSet<String> {
    fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn the_base_pack_has_no_finding() {
    let found = findings(&[single(&base())]);
    assert!(found.is_empty(), "{found}");
}

#[test]
fn every_bad_pack_is_found_at_its_place() {
    let mut wrong = Vec::new();
    for code in codes() {
        let mut sources = Vec::new();
        let mut expected = None;
        for name in ["pack.toml", "above.toml"] {
            let Ok(text) = fs::read_to_string(folder().join(&code).join(name)) else {
                continue;
            };
            let second = text.lines().nth(1).unwrap_or_default();
            if let Some(words) = second.strip_prefix("# expect ") {
                let (found, place) = words.split_once(' ').unwrap();
                assert_eq!(found, code, "{code}/{name}");
                expected = Some(place.to_owned());
            }
            sources.push(PackSource::new(vec![SourceFile::new(name, text)]));
        }
        let expected = expected.unwrap_or_else(|| panic!("{code} does not say what to expect"));
        let found = findings(&sources);
        let place = |d: &Diagnostic| {
            let file = d
                .file()
                .rsplit('/')
                .next()
                .filter(|f| !f.is_empty())
                .unwrap_or("-");
            format!("{file}:{}:{}", d.line(), d.column())
        };
        let severity = if code.starts_with("L-") {
            Severity::Warning
        } else {
            Severity::Error
        };
        if !found
            .iter()
            .any(|d| d.code() == code && place(d) == expected && d.severity() == severity)
        {
            wrong.push(format!("{code} at {expected}, found:\n{found}"));
        }
        // one change, one kind of finding
        if found.iter().any(|d| d.code() != code) {
            wrong.push(format!("{code} brings others:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Codes of packs, expressions and lints in the sources: each has a bad pack here or a case below.
#[test]
fn every_code_has_a_bad_pack() {
    let inline = ["E-PACK-SIZE", "E-EXPR-LENGTH"];
    let have = codes();
    let lacking: Vec<String> = codes_in_sources()
        .into_iter()
        .filter(|code| {
            let of_packs = ["E-PACK-", "E-EXPR-", "E-VALUE-", "L-"]
                .iter()
                .any(|p| code.starts_with(p))
                || [
                    "E-NAME",
                    "E-TYPE",
                    "E-ROW",
                    "E-CALL",
                    "E-MACRO",
                    "E-PARAM-KEYS",
                    "E-SHOWN",
                ]
                .contains(&code.as_str());
            // the core crate looks at the catalogue, beside its tests of it
            let of_packs = of_packs && !code.starts_with("L-CATALOG-");
            of_packs && !have.contains(code) && !inline.contains(&code.as_str())
        })
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[test]
fn every_code_stands_in_the_reference() {
    let page = fs::read_to_string(repo_root().join("docs/reference/errors.md")).unwrap();
    let written: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|rest| rest.split('`').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(written, codes_in_sources());
}

/// What is wrong with tables, files and runs is not called an error of a pack.
#[test]
fn what_users_give_is_refused_in_chinese_words_of_its_own() {
    let of_packs = minzheng::Error::from(Diagnostic::error("E-TYPE", "x"));
    let areas = [
        "E-FILE-", "E-RUN-", "E-SYNTH-", "E-TABLE-", "E-ROW-", "E-MAP-", "E-DOC-", "E-FACT-",
        "E-VALUE-", "E-ID-",
    ];
    let mut met = 0;
    for code in codes_in_sources() {
        if areas.iter().any(|area| code.starts_with(area)) {
            let leaked: &'static str = Box::leak(code.into_boxed_str());
            let error = minzheng::Error::from(Diagnostic::error(leaked, "x"));
            let words = error.message(minzheng::Lang::Zh);
            assert_ne!(words, of_packs.message(minzheng::Lang::Zh), "{leaked}");
            met += 1;
        }
    }
    assert!(met > 60, "{met}");
}

/// Every quoted `E-…`, `L-…`, `W-…` of the library crates and of the package for Python.
fn codes_in_sources() -> BTreeSet<String> {
    fn walk(folder: PathBuf, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(path, into);
            } else if path
                .extension()
                .is_some_and(|end| end == "rs" || end == "py")
            {
                let text = fs::read_to_string(&path).unwrap();
                // words between quotes that look like a code
                for word in text.split('"') {
                    let shape = word.len() > 3
                        && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
                        && !word.ends_with('-');
                    if shape && ["E-", "L-", "W-"].iter().any(|p| word.starts_with(p)) {
                        into.insert(word.to_owned());
                    }
                }
            }
        }
    }
    let mut codes = BTreeSet::new();
    for folder in [
        "crates/minzheng-rules/src",
        "crates/minzheng/src",
        "crates/minzheng-arrow/src",
        "bindings/python/src",
        "bindings/python/python",
    ] {
        walk(repo_root().join(folder), &mut codes);
    }
    codes
}

fn first_code(text: &str) -> String {
    PackSet::load(&[single(text)])
        .unwrap_err()
        .first()
        .unwrap()
        .code()
        .to_owned()
}

/// The base pack with another rule for its first condition.
fn with_rule(expr: &str) -> String {
    base().replace("income < per_year(limit.income(hukou))", expr)
}

/// A county pack above others that gives a version of a rule from a day on.
fn county_version(below: &str, of: &str, from: &str, expr: &str) -> PackSource {
    single(&format!(
        r#"
[pack]
id = "own"
title = {{ zh = "词", en = "word" }}
publisher = "example"
version = "1"
level = "county"
place = "159922"
extends = ["{below}"]
reviewed_on = 2026-01-01

[[place]]
code = "159922"
name = "另一示范旗"
parent = "{parent}"
level = "county"

[[version]]
of = "{of}"
from = {from}
published = {from}
status = "invented"
expr = "{expr}"
"#,
        parent = if below == "base" { "000000" } else { "150000" },
    ))
}

#[test]
fn who_may_give_a_version_of_a_rule_changes_with_the_days() {
    let dated = "delegated = [{ level = \"county\", from = 2021-01-01, until = 2026-06-30 }]";
    for (line, from, may) in [
        ("", "2026-06-30", false),
        ("delegated = [\"province\"]", "2026-06-30", false),
        ("delegated = [\"province\", \"county\"]", "2026-07-01", true),
        (dated, "2020-12-31", false),
        (dated, "2021-01-01", true),
        (dated, "2026-06-30", true),
        (dated, "2026-07-01", false),
    ] {
        let head = "id = \"adult\"\nentity = \"person\"\n";
        let base = base().replace(head, &format!("{head}{line}\n"));
        let above = county_version("base", "adult", from, "age(birth) >= 16");
        let loaded = PackSet::load(&[single(&base), above]);
        let codes: Vec<String> = loaded
            .err()
            .iter()
            .flat_map(|all| all.iter())
            .map(|d| {
                assert!(d.line() > 0 && d.message().contains(from), "{d}");
                d.code().to_owned()
            })
            .collect();
        let want: &[&str] = if may { &[] } else { &["E-PACK-DELEGATION"] };
        assert_eq!(codes, want, "{line} from {from}");
    }
}

/// From 1 July 2026 the province alone makes the rules on property.
#[test]
fn a_county_gives_no_rule_on_property_from_the_law_of_2026_on() {
    for of in [
        "property_ok_dibao",
        "vehicles_ok_edge",
        "financial_limit_rigid",
        "dibao/property",
    ] {
        for (from, may) in [("2026-06-30", true), ("2026-07-01", false)] {
            let expr = if of == "financial_limit_rigid" {
                "yuan(10000)"
            } else {
                "vehicles == 0"
            };
            let above = county_version("cn-15", of, from, expr);
            let loaded =
                minzheng::packs::load(&[BuiltIn::Nation, BuiltIn::InnerMongolia], &[above]);
            let found = loaded.err().map(|e| e.first().map(|d| d.code().to_owned()));
            let want = (!may).then(|| Some("E-PACK-DELEGATION".to_owned()));
            assert_eq!(found, want, "{of} from {from}");
        }
    }
}

#[test]
fn a_pack_of_ten_megabytes_is_refused() {
    let filler = format!("# {}\n", "x".repeat(98)).repeat(100_000);
    assert!(filler.len() > MAX_PACK_BYTES);
    let large = base() + &filler;
    assert_eq!(first_code(&large), "E-PACK-SIZE");
    // and the layer above is still read
    assert_eq!(
        PackSet::load(&[single(&large), single("[pack")])
            .unwrap_err()
            .iter()
            .count(),
        2
    );
}

#[test]
fn an_expression_ten_thousand_deep_is_refused() {
    for expr in [
        "(".repeat(10_000) + "true" + &")".repeat(10_000),
        "!".repeat(10_000) + "true",
    ] {
        let code = first_code(&with_rule(&expr));
        assert!(code == "E-EXPR-LENGTH" || code == "E-EXPR-DEPTH", "{code}");
    }
    assert_eq!(
        first_code(&with_rule(&(" ".repeat(17_000) + "true"))),
        "E-EXPR-LENGTH"
    );
    assert_eq!(
        first_code(&with_rule(&("!".repeat(10_000) + "true"))),
        "E-EXPR-DEPTH"
    );
}

#[test]
fn deep_toml_is_refused() {
    let text = format!(
        "{}\nx = {}1{}\n",
        base(),
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert_eq!(first_code(&text), "E-PACK-TOML");
}

#[test]
fn cyclic_formulas_are_refused() {
    let add = |id: &str, of: &str| {
        format!(
            "\n[[formula]]\nid = \"{id}\"\nentity = \"household\"\ntype = \"count\"\nfrom = 2020-01-01\nexpr = \"{of} + 1\"\n"
        )
    };
    for ring in [1, 2, 50] {
        let text: String = (0..ring)
            .map(|i| add(&format!("ring{i}"), &format!("ring{}", (i + 1) % ring)))
            .collect();
        assert_eq!(first_code(&(base() + &text)), "E-PACK-CIRCLE", "{ring}");
    }
    assert_eq!(first_code(&with_rule("help.eligible")), "E-PACK-CIRCLE");
}

#[test]
fn overlapping_ranges_are_refused() {
    let row = |from: &str, until: &str, published: &str| {
        format!(
            "\n[[value]]\nparameter = \"limit.age\"\nfrom = {from}\n{until}\npublished = {published}\nstatus = \"invented\"\nvalue = 20\n"
        )
    };
    assert_eq!(
        first_code(&(base() + &row("2019-01-01", "until = 2020-01-01", "2020-01-01"))),
        "E-PACK-OVERLAP"
    );
    // the day before is free, and so is a row published on another day
    assert!(
        PackSet::load(&[single(
            &(base() + &row("2019-01-01", "until = 2019-12-31", "2020-01-01"))
        )])
        .is_ok()
    );
    assert!(PackSet::load(&[single(&(base() + &row("2019-01-01", "", "2020-01-02")))]).is_ok());
}

/// One household that is refused: what is wrong, its file, the code, the path.
type Bad = (&'static str, &'static str, &'static str, &'static str);

const SECRET: &str = "150123198001010033";

/// TOML, after `on = 2026-08-15` and `[household]`.
const BAD_HOUSEHOLDS: &[Bad] = &[
    (
        "a float",
        "deposits = 12.5",
        "E-VALUE-FLOAT",
        "household.deposits",
    ),
    (
        "three decimals",
        "deposits = \"12.505\"",
        "E-VALUE-NUMBER",
        "household.deposits",
    ),
    (
        "not a number",
        "deposits = \"150123198001010033x\"",
        "E-VALUE-NUMBER",
        "household.deposits",
    ),
    (
        "too large",
        "deposits = \"99999999999999999999\"",
        "E-VALUE-NUMBER",
        "household.deposits",
    ),
    (
        "a period where none belongs",
        "deposits = \"100/month\"",
        "E-VALUE-UNIT",
        "household.deposits",
    ),
    (
        "negative money",
        "deposits = \"-5\"",
        "E-FACT-RANGE",
        "household.deposits",
    ),
    (
        "a list",
        "deposits = [\"1\", \"2\"]",
        "E-VALUE-TYPE",
        "household.deposits",
    ),
    (
        "true for money",
        "deposits = true",
        "E-VALUE-TYPE",
        "household.deposits",
    ),
    (
        "a date for a count",
        "houses = 2026-01-01",
        "E-VALUE-TYPE",
        "household.houses",
    ),
    (
        "a word for a count",
        "houses = \"150123198001010033\"",
        "E-VALUE-TYPE",
        "household.houses",
    ),
    (
        "a number for yes/no",
        "members_complete = 1",
        "E-VALUE-TYPE",
        "household.members_complete",
    ),
    (
        "an unknown fact",
        "depositz = \"100\"",
        "E-FACT-NAME",
        "household.depositz",
    ),
    (
        "a computed value",
        "counted_income = \"1/year\"",
        "E-FACT-FORMULA",
        "household.counted_income",
    ),
    (
        "an unknown code",
        "hukou = \"150123198001010033\"",
        "E-VALUE-CODE",
        "household.hukou",
    ),
    (
        "a place as a number",
        "registration_place = 150123",
        "E-VALUE-TYPE",
        "household.registration_place",
    ),
    (
        "a place of five digits",
        "registration_place = \"15012\"",
        "E-VALUE-PLACE",
        "household.registration_place",
    ),
    (
        "an unknown status",
        "deposits = { value = \"1\", status = \"150123198001010033\" }",
        "E-FACT-STATUS",
        "household.deposits",
    ),
    (
        "nothing with a value",
        "deposits = { value = \"1\", status = \"none\" }",
        "E-FACT-STATUS",
        "household.deposits",
    ),
    (
        "pending with a value",
        "deposits = { value = \"1\", status = \"pending\" }",
        "E-FACT-STATUS",
        "household.deposits",
    ),
    (
        "a place that is nothing",
        "registration_place = { status = \"none\" }",
        "E-FACT-STATUS",
        "household.registration_place",
    ),
    (
        "no value",
        "deposits = { source = \"BNK\" }",
        "E-FACT-VALUE",
        "household.deposits",
    ),
    (
        "an unknown part",
        "deposits = { value = \"1\", colour = \"red\" }",
        "E-FACT-SHAPE",
        "household.deposits.colour",
    ),
    (
        "a period for yes/no",
        "members_complete = { value = true, per = \"month\" }",
        "E-VALUE-UNIT",
        "household.members_complete",
    ),
    (
        "an impossible date",
        "[[person]]\nid = \"p1\"\nbirth = \"1980-02-30\"",
        "E-VALUE-DATE",
        "person[0].birth",
    ),
    (
        "a time",
        "[[person]]\nid = \"p1\"\nbirth = 1980-02-03T01:02:03",
        "E-VALUE-DATE",
        "person[0].birth",
    ),
    (
        "a flow without a period",
        "[[person]]\nid = \"p1\"\nwage = \"2600\"",
        "E-VALUE-UNIT",
        "person[0].wage",
    ),
    (
        "an unknown period",
        "[[person]]\nid = \"p1\"\nwage = \"2600/week\"",
        "E-VALUE-UNIT",
        "person[0].wage",
    ),
    (
        "two periods",
        "[[person]]\nid = \"p1\"\nwage = { value = \"2600/month\", per = \"year\" }",
        "E-VALUE-UNIT",
        "person[0].wage",
    ),
    (
        "one id twice",
        "[[person]]\nid = \"p1\"\n[[person]]\nid = \"p1\"",
        "E-ROW-TWICE",
        "person[1]",
    ),
    (
        "an identity number as id",
        "[[person]]\nid = \"150123198001010033\"",
        "E-ROW-ID",
        "person[0]",
    ),
    (
        "an identity number with X as id",
        "[[person]]\nid = \"15012319800101003X\"",
        "E-ROW-ID",
        "person[0]",
    ),
    (
        "a number as id",
        "[[person]]\nid = 1",
        "E-ROW-ID",
        "person[0]",
    ),
    (
        "a record of nobody",
        "[[obligor]]\nid = \"o1\"",
        "E-ROW-OF",
        "obligor[0]",
    ),
    (
        "a record of a stranger",
        "[[obligor]]\nof = \"150123198001010033\"",
        "E-ROW-OF",
        "obligor[0]",
    ),
    (
        "a dangling link",
        "[[person]]\nid = \"p1\"\n[[obligor]]\nof = \"p1\"\nperson = \"150123198001010033\"",
        "E-ROW-LINK",
        "obligor[0]",
    ),
    (
        "an unknown table",
        "[[persn]]\nid = \"p1\"",
        "E-DOC-KEY",
        "persn",
    ),
    (
        "one table where many belong",
        "[person]\nid = \"p1\"",
        "E-DOC-SHAPE",
        "person",
    ),
    (
        "a finding without a name",
        "[[finding]]\nvalue = true",
        "E-FINDING-OF",
        "finding[0]",
    ),
    (
        "a finding of nothing",
        "[[finding]]\nof = \"dibao/incme\"\nvalue = true",
        "E-FINDING-OF",
        "finding[0]",
    ),
    (
        "a finding of a row too many",
        "[[finding]]\nof = \"dibao/property\"\nrow = \"p1\"\nvalue = true",
        "E-FINDING-ROW",
        "finding[0]",
    ),
    (
        "an unknown part of a finding",
        "[[finding]]\nof = \"dibao/property\"\nvalue = true\ncolour = 1",
        "E-FINDING-SHAPE",
        "finding[0].colour",
    ),
    (
        "an overlay of nothing",
        "[[overlay]]\nparameter = \"standard.dibo\"\nvalue = \"1/month\"",
        "E-OVERLAY-NAME",
        "overlay[0]",
    ),
    (
        "an overlay without a value",
        "[[overlay]]\nparameter = \"standard.dibao\"",
        "E-OVERLAY-VALUE",
        "overlay[0]",
    ),
    (
        "an overlay with a wrong key",
        "[[overlay]]\nparameter = \"standard.dibao\"\nvalue = \"1/month\"\nkey = { age = \"1\" }",
        "E-OVERLAY-KEY",
        "overlay[0]",
    ),
    (
        "an unknown part of an overlay",
        "[[overlay]]\nparameter = \"standard.dibao\"\nvalue = \"1/month\"\ncolour = 1",
        "E-OVERLAY-SHAPE",
        "overlay[0].colour",
    ),
];

/// Whole files: TOML or JSON, the code, line and path.
const BAD_FILES: &[(&str, &str, &str, u32, &str)] = &[
    ("toml", "on = 2026-08-15\n[household\n", "E-DOC-TOML", 2, ""),
    (
        "toml",
        "on = 2026-08-15\non = 2026-08-16\n",
        "E-DOC-TOML",
        2,
        "",
    ),
    ("toml", "on = 2026-02-30\n", "E-DOC-TOML", 1, ""),
    ("toml", "on = \"2026-02-30\"\n", "E-VALUE-DATE", 0, "on"),
    (
        "toml",
        "on = 2026-08-15\nknown_on = 5\n",
        "E-VALUE-DATE",
        0,
        "known_on",
    ),
    ("toml", "[household]\n", "E-DOC-DATE", 0, "on"),
    (
        "toml",
        "on = 2026-08-15\ndefault_status = \"none\"\n",
        "E-FACT-STATUS",
        0,
        "default_status",
    ),
    (
        "toml",
        "on = 2026-08-15\nhousehold = 5\n",
        "E-DOC-SHAPE",
        0,
        "household",
    ),
    ("json", "{\"on\": \"2026-08-15\",\n", "E-DOC-JSON", 2, ""),
    (
        "json",
        "{\"on\": \"2026-08-15\",\n \"150123198001010033\"}",
        "E-DOC-JSON",
        2,
        "",
    ),
    ("json", "[1, 2]", "E-DOC-SHAPE", 0, ""),
    (
        "json",
        "{\"on\": \"2026-08-15\", \"household\": {\"deposits\": null}}",
        "E-VALUE-TYPE",
        0,
        "household.deposits",
    ),
    (
        "json",
        "{\"on\": \"2026-08-15\", \"household\": {\"deposits\": 1e3}}",
        "E-VALUE-FLOAT",
        0,
        "household.deposits",
    ),
    (
        "json",
        "{\"on\": \"2026-08-15\", \"person\": [5]}",
        "E-DOC-SHAPE",
        0,
        "person[0]",
    ),
    ("json", "{\"on\": 20260815}", "E-VALUE-DATE", 0, "on"),
];

fn built_in() -> PackSet {
    minzheng::packs::load(&BuiltIn::ALL, &[]).expect("the built-in packs load")
}

fn refused(set: &PackSet, kind: &str, text: &str) -> Diagnostics {
    let document = if kind == "toml" {
        Document::from_toml("case", text)
    } else {
        Document::from_json("case", text)
    };
    match document {
        Err(finding) => finding.into(),
        Ok(document) => set
            .bind(&document)
            .err()
            .unwrap_or_else(|| panic!("accepted: {text}")),
    }
}

#[test]
fn every_bad_household_is_refused_at_its_path_without_its_value() {
    let set = built_in();
    let mut wrong = Vec::new();
    for (what, text, code, path) in BAD_HOUSEHOLDS {
        let found = refused(
            &set,
            "toml",
            &format!("on = 2026-08-15\n[household]\n{text}\n"),
        );
        if !found
            .iter()
            .any(|d| d.code() == *code && d.input_path() == *path)
        {
            wrong.push(format!("{what}: {code} at {path}, found:\n{found}"));
        }
        if [SECRET, "15012319800101003X", "12.505", "-5"]
            .iter()
            .any(|value| found.to_string().contains(value))
        {
            wrong.push(format!("{what}: the value is shown:\n{found}"));
        }
    }
    for (kind, text, code, line, path) in BAD_FILES {
        let found = refused(&set, kind, text);
        if !found
            .iter()
            .any(|d| d.code() == *code && d.line() == *line && d.input_path() == *path)
        {
            wrong.push(format!("{text}: {code} at {line} {path}, found:\n{found}"));
        }
        if found.to_string().contains(SECRET) {
            wrong.push(format!("{text}: the value is shown:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_household_out_of_bounds_is_refused() {
    let set = built_in();
    let code = |text: &str| refused(&set, "toml", text).first().unwrap().code();
    assert_eq!(
        code(&format!(
            "on = 2026-08-15\n# {}\n",
            "x".repeat(MAX_DOCUMENT_BYTES)
        )),
        "E-DOC-SIZE"
    );
    let people = "[[person]]\n".repeat(1_001);
    assert_eq!(code(&format!("on = 2026-08-15\n{people}")), "E-ROW-MANY");
    let deep = format!("{{\"on\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(
        refused(&set, "json", &deep).first().unwrap().code(),
        "E-DOC-JSON"
    );
    let deep = format!("on = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(code(&deep), "E-DOC-TOML");
}

#[test]
fn what_is_beyond_a_lifetime_is_read_as_unknown_and_said() {
    let set = built_in();
    let text = "on = 2026-08-15\n[household]\ndeposits = \"9999999999999\"\n";
    let input = set
        .bind(&Document::from_toml("case", text).unwrap())
        .unwrap();
    let codes: Vec<_> = input.warnings().iter().map(Diagnostic::code).collect();
    assert_eq!(codes, ["W-FACT-RANGE"]);
    assert!(!input.warnings().to_string().contains("9999999999999"));
}
