use minzheng_rules::date::Day;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

use crate::warning::{Models, Named, Target};

const HEAD: &str = r#"[pack]
id = "small"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "county"
place = "150121"
extends = ["words"]
reviewed_on = 2026-01-01
"#;

const WORDS: &str = r#"
[pack]
id = "words"
title = { zh = "词", en = "words" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[place]]
code = "150100"
name = "市"
parent = "000000"
level = "prefecture"
[[place]]
code = "150121"
name = "旗"
parent = "150100"
level = "county"
[[place]]
code = "150122"
name = "县"
parent = "150100"
level = "county"
[[entity]]
id = "household"
[[entity]]
id = "person"
parent = "household"
collection = "members"
[[fact]]
id = "urban"
entity = "household"
type = "bool"
[[fact]]
id = "home"
entity = "household"
type = "place"
[[fact]]
id = "died_on"
entity = "person"
type = "date"
[[fact]]
id = "remark"
entity = "person"
type = "text"
[[fact]]
id = "paid"
entity = "person"
type = "bool"
[[codes]]
id = "kind"
values = [{ id = "one", zh = "一", en = "one" }]
[[parameter]]
id = "warn.grace"
type = "days"
place = "home"
[[parameter]]
id = "warn.other"
type = "days"
[[parameter]]
id = "warn.keyed"
type = "days"
keys = ["kind"]
[[formula]]
id = "due"
entity = "household"
type = "date"
from = 2020-01-01
expr = "on + days(1)"
[[formula]]
id = "quiet"
entity = "household"
type = "days"
from = 2020-01-01
expr = "days(1)"
[[formula]]
id = "years_dead"
entity = "person"
type = "count"
from = 2020-01-01
expr = "age(died_on)"
[[formula]]
id = "on_aid"
entity = "person"
type = "bool"
from = 2020-01-01
expr = "paid"
[[formula]]
id = "aided"
entity = "household"
type = "bool"
from = 2020-01-01
expr = "members.exists(m, m.paid)"
[[formula]]
id = "dead_and_paid"
entity = "person"
type = "bool"
from = 2020-01-01
expr = "on - died_on > warn.grace"
[[warning.group]]
id = "identity"
title = { zh = "身份", en = "identity" }
[[warning.handling]]
id = "soon"
title = { zh = "尽快", en = "soon" }
due = "due"
quiet = "quiet"
"#;

const MODEL: &str = r#"
[[warning.model]]
id = "z01_example"
title = { zh = "例", en = "example" }
group = "identity"
direction = "overstay"
level = "red"
handling = "soon"
population = "on_aid"
trigger = "dead_and_paid"
thresholds = ["warn.grace"]
compares = { figure = "years_dead", side = "above" }
evidence = ["died_on", "household.urban"]
sentence = { zh = "{died_on}去世", en = "died on {died_on}" }
meaning = { zh = "一", en = "one" }
not_meaning = { zh = "二", en = "two" }
false_alarms = [{ zh = "三", en = "three" }]
status = "inferred"
"#;

fn packs(rows: &str) -> PackSet {
    let pack = |text: String| PackSource::new(vec![SourceFile::new("pack.toml", text)]);
    let sources = [pack(WORDS.to_owned()), pack(format!("{HEAD}{rows}"))];
    PackSet::load(&sources).map_err(|e| e.to_string()).unwrap()
}

/// The code and line of every finding.
fn findings(rows: &str) -> Vec<(&'static str, u32)> {
    match Models::load(&packs(rows)) {
        Ok(_) => Vec::new(),
        Err(error) => error.findings().map(|f| (f.code(), f.line())).collect(),
    }
}

#[test]
fn a_row_is_read_as_it_is_written() {
    let models = Models::load(&packs(MODEL)).unwrap();
    let model = models.get("z01_example").unwrap();
    assert_eq!((model.target, model.enabled), (Target::Person, true));
    assert_eq!(model.trigger, "dead_and_paid");
    let compares = model.compares.as_ref().unwrap();
    assert_eq!(compares.figure.id(), "years_dead");
    assert!(compares.side.is_further(2, 1));
    let urban = Named::Fact(Target::Household, "urban".to_owned());
    assert_eq!(model.evidence.last(), Some(&urban));
    assert_eq!(model.written.line, 11);
}

/// One change at a time: each is found, with its code, at the line of the row.
#[test]
fn what_is_wrong_is_found_at_its_line() {
    let cases = [
        ("level = \"red\"", "level = \"rot\"", "E-WARNING-SHAPE"),
        (
            "status = \"inferred\"",
            "state = \"inferred\"",
            "E-WARNING-SHAPE",
        ),
        ("id = \"z01_example\"", "id = \"Z01\"", "E-WARNING-ID"),
        ("id = \"z01_example\"", "id = \"z 01\"", "E-WARNING-ID"),
        (
            "group = \"identity\"",
            "group = \"identiti\"",
            "E-WARNING-NAME",
        ),
        (
            "handling = \"soon\"",
            "handling = \"now\"",
            "E-WARNING-NAME",
        ),
        (
            "population = \"on_aid\"",
            "population = \"on_aide\"",
            "E-WARNING-NAME",
        ),
        (
            "trigger = \"dead_and_paid\"",
            "trigger = \"c01\"",
            "E-WARNING-NAME",
        ),
        ("\"died_on\", ", "\"dyed_on\", ", "E-WARNING-NAME"),
        ("\"died_on\", \"household.urban\"", "", "E-WARNING-NAME"),
        (
            "\"warn.grace\"",
            "\"warn.grace\", \"warn.grac\"",
            "E-WARNING-NAME",
        ),
        (
            "population = \"on_aid\"",
            "population = \"aided\"",
            "E-WARNING-TYPE",
        ),
        (
            "population = \"on_aid\"",
            "population = \"years_dead\"",
            "E-WARNING-TYPE",
        ),
        ("\"died_on\", ", "\"warn.grace\", ", "E-WARNING-TYPE"),
        (
            "title = { zh = \"例\", ",
            "title = { zh = \"\", ",
            "E-WARNING-WORDS",
        ),
        ("[{ zh = \"三\", en = \"three\" }]", "[]", "E-WARNING-WORDS"),
        (
            "en = \"died on {died_on}\"",
            "en = \"died on {died_on\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"died on {dyed_on}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"died on {died_on:when}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"{years_dead:source}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "{died_on}去世\", en = \"died on {died_on}\"",
            "去世\", en = \"died\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"[died on {died_on}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"died] on {died_on}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"{warn.keyed}\"",
            "E-WARNING-SENTENCE",
        ),
        (
            "en = \"died on {died_on}\"",
            "en = \"{remark}\"",
            "E-WARNING-SENTENCE",
        ),
        ("[\"warn.grace\"]", "[]", "E-WARNING-THRESHOLD"),
        (
            "[\"warn.grace\"]",
            "[\"warn.grace\", \"warn.other\"]",
            "E-WARNING-THRESHOLD",
        ),
        (
            "\"years_dead\", side",
            "\"years_ded\", side",
            "E-WARNING-NAME",
        ),
        (
            "\"years_dead\", side",
            "\"died_on\", side",
            "E-WARNING-TYPE",
        ),
        (
            "\"years_dead\", side",
            "\"warn.grace\", side",
            "E-WARNING-TYPE",
        ),
        ("\"above\"", "\"over\"", "E-WARNING-SHAPE"),
        (
            "status = \"inferred\"",
            "status = \"published\"",
            "E-WARNING-STATUS",
        ),
        (
            "status = \"inferred\"",
            "status = \"inferred\"\nprior = { suspected = 3, confirmed = 4, seen = { zh = \"一\", en = \"one\" } }",
            "E-WARNING-PRIOR",
        ),
    ];
    for (from, to, code) in cases {
        let row = MODEL.replacen(from, to, 1);
        assert_ne!(row, MODEL, "{from}");
        assert_eq!(findings(&row), [(code, 11)], "{from} -> {to}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let rows = format!(
        "{}{}",
        MODEL.replace("red", "rot"),
        MODEL.replace("\"identity\"", "\"c\"")
    );
    assert_eq!(
        findings(&rows),
        [("E-WARNING-SHAPE", 11), ("E-WARNING-NAME", 29)]
    );
}

#[test]
fn a_place_switches_models_for_itself_and_those_below() {
    const SWITCH: &str = r#"
[[warning.switch]]
groups = ["identity"]
on = false
place = "150121"
from = 2026-03-01
until = 2026-09-30
reason = { zh = "数据未接入", en = "the data do not come" }
"#;
    let packs = packs(&format!("{MODEL}{SWITCH}"));
    let models = Models::load(&packs).unwrap();
    let model = models.get("z01_example").unwrap();
    let is_on = |place, day| {
        let day = Day::parse(day).unwrap();
        models.is_on(packs.places(), model, place, day)
    };
    assert!(!is_on(Some(150_121), "2026-03-01"));
    assert!(!is_on(Some(150_121), "2026-09-30"));
    assert!(is_on(Some(150_121), "2026-10-01"));
    assert!(is_on(Some(150_121), "2026-02-28"));
    assert!(is_on(Some(150_100), "2026-03-01"), "not the place above");
    assert!(is_on(None, "2026-03-01"));
    let line = u32::try_from(format!("{HEAD}{MODEL}").lines().count()).unwrap() + 2;
    let wrong = [
        ("\"150121\"", "\"150122\""),
        ("\"150121\"", "\"here\""),
        ("[\"identity\"]", "[]"),
        ("until = 2026-09-30", "until = 2026-02-01"),
    ];
    for (from, to) in wrong {
        let row = format!("{MODEL}{}", SWITCH.replace(from, to));
        assert_eq!(findings(&row), [("E-WARNING-SWITCH", line)], "{to}");
    }
    let row = format!("{MODEL}{}", SWITCH.replace("identity", "identiti"));
    assert!(findings(&row).contains(&("E-WARNING-NAME", line)));
}
