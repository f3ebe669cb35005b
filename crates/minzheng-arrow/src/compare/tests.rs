//! Comparisons of a small pack whose outcomes are worked out by hand.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers of a test are small"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use minzheng::Lang;
use minzheng_rules::date::Day;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_rules::scenario::Engine;

use super::*;
use crate::{ExportOptions, RunOptions, Status, Summary, run};

/// Two programmes for households and one for people: `help` pays what is wanting to the line, `edge` is for those below twice the line who
/// have no help, `card` pays people of 60 and more 1,200 a year.
const PACK: &str = r#"
[pack]
id = "small"
title = { zh = "小包", en = "small pack" }
publisher = "example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[place]]
code = "150000"
name = "某区"
level = "province"
[[place]]
code = "150100"
name = "甲<市>"
level = "prefecture"
[[place]]
code = "150200"
name = "乙市"
level = "prefecture"
[[entity]]
id = "household"
[[entity]]
id = "person"
parent = "household"
collection = "members"
[[fact]]
id = "home"
entity = "household"
type = "place"
title = { zh = "户籍地", en = "home" }
[[fact]]
id = "income"
entity = "household"
type = "money/month"
low = 0
high = 100000
title = { zh = "收入", en = "income" }
[[fact]]
id = "house"
entity = "household"
type = "bool"
title = { zh = "有房", en = "house" }
[[fact]]
id = "years"
entity = "person"
type = "count"
low = 0
high = 150
title = { zh = "年龄", en = "age" }
[[parameter]]
id = "sum.line"
type = "money/month"
title = { zh = "标准", en = "line" }
[[value]]
parameter = "sum.line"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = "500"
[[formula]]
id = "gap"
entity = "household"
type = "money/month"
title = { zh = "差额", en = "gap" }
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "max(sum.line - income, yuan(0))"
[[parameter]]
id = "sum.card"
type = "money/year"
title = { zh = "津贴", en = "card" }
[[value]]
parameter = "sum.card"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = "1200/year"
[[formula]]
id = "card_amount"
entity = "person"
type = "money/year"
title = { zh = "津贴", en = "card" }
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "sum.card"
[[programme]]
id = "help"
entity = "household"
order = 1
from = 2020-01-01
published = 2020-01-01
status = "invented"
amount = "gap"
title = { zh = "补助", en = "help" }
[[programme.condition]]
id = "income"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "收入低于标准", en = "income below the line" }
expr = "income < sum.line"
[[programme.condition]]
id = "house"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "没有房 & 地", en = "no house" }
expr = "!house"
[[programme]]
id = "edge"
entity = "household"
order = 2
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "边缘", en = "edge" }
[[programme.condition]]
id = "income"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "收入低于两倍标准", en = "income below twice the line" }
expr = "income < sum.line + sum.line"
[[relation]]
kind = "precedes"
first = "help"
second = "edge"
from = 2020-01-01
published = 2020-01-01
status = "invented"
[[programme]]
id = "card"
entity = "person"
order = 3
from = 2020-01-01
published = 2020-01-01
status = "invented"
amount = "card_amount"
title = { zh = "老年<卡>", en = "old \"age\" card" }
[[programme.condition]]
id = "old"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "年满六十", en = "sixty" }
expr = "years >= 60"
"#;

const HOUSEHOLDS: &str = "household_id,home,income,house
h1,150100,400,false
h2,150100,550,false
h3,150200,550,true
h4,150200,,false
h5,,700,
h6,150200,much,false
";

const PEOPLE: &str = "household_id,person_id,years
h1,a,65
h1,b,20
h3,c,
";

fn engine(text: &str) -> Engine {
    let source = PackSource::new(vec![SourceFile::new("pack.toml", text)]);
    Engine::new(PackSet::load(&[source]).map_err(|e| e.to_string()).unwrap())
}

/// A folder with the tables, of this test alone.
fn folder(name: &str, households: &str, people: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("minzheng-{name}-{}", std::process::id()));
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("households.csv"), households).unwrap();
    fs::write(dir.join("people.csv"), people).unwrap();
    dir
}

fn inputs(dir: &Path) -> RunInputs {
    RunInputs {
        households: dir.join("households.csv"),
        people: dir.join("people.csv"),
        records: None,
    }
}

fn options() -> CompareOptions<'static> {
    let mut options = CompareOptions {
        format: Format::Csv,
        ..CompareOptions::default()
    };
    options.import.on = Day::parse("2026-08-25");
    options
}

/// Compares over the tables of this page.
fn small(name: &str, before: &Side<'_>, after: &Side<'_>) -> Comparison {
    let dir = folder(name, HOUSEHOLDS, PEOPLE);
    let found = compare(before, after, &inputs(&dir), None, &options(), &mut |_| {});
    fs::remove_dir_all(&dir).unwrap();
    found.map_err(|e| e.to_string()).unwrap()
}

fn programme<'c>(comparison: &'c Comparison, id: &str) -> &'c ProgrammeShift {
    comparison.programmes.iter().find(|p| p.id == id).unwrap()
}

/// The changes of a programme that happen: how many rows, and by how many fen.
fn moves(shift: &Shift) -> Vec<(Change, u64, i128)> {
    let all = Change::ALL.map(|c| (c, shift.moved(c).rows, shift.moved(c).amount));
    all.into_iter().filter(|(_, rows, _)| *rows > 0).collect()
}

fn causes(programme: &ProgrammeShift) -> Vec<(&str, Change, u64)> {
    let all = programme.causes.iter().flat_map(|(id, cause)| {
        Change::OF_STATUS.map(|change| (id.as_str(), change, cause.rows(change)))
    });
    all.filter(|(_, _, rows)| *rows > 0).collect()
}

#[test]
fn a_raised_line_moves_households_by_the_condition_on_income() {
    let engine = engine(PACK);
    let raised = Side::new(&engine).figure("sum.line=600/month").unwrap();
    let found = small("raised", &Side::new(&engine), &raised);
    assert!(found.read_once);
    assert_eq!((found.households, found.people), (6, 3));
    assert_eq!((found.before.set_aside, found.after.set_aside), (1, 1));
    assert_eq!(
        found.before.findings.get("E-VALUE-NUMBER").copied(),
        Some(1)
    );

    // h1: 100 becomes 200; h2: 550 is below 600, short of it by 50
    let help = programme(&found, "help");
    let total = help.total();
    assert_eq!(
        moves(&total),
        [(Change::Gained, 1, 5_000), (Change::Up, 1, 10_000)]
    );
    assert_eq!((total.before.amount, total.after.amount), (10_000, 25_000));
    assert_eq!(help.difference(&total), Some(15_000));
    assert_eq!(causes(help), [("help/income", Change::Gained, 1)]);
    assert_eq!(total.rows(Status::Eligible, Status::Eligible), 1);
    assert_eq!(total.rows(Status::NotEligible, Status::Eligible), 1);
    // h3 has a house, h5 earns too much
    assert_eq!(total.rows(Status::NotEligible, Status::NotEligible), 2);
    // h4 says no income, h6 is set aside
    assert_eq!(total.rows(Status::Undetermined, Status::Undetermined), 2);
    assert_eq!(total.same(), 0);

    // all of it in 1501
    let leagues: Vec<(&str, u64)> = help
        .leagues
        .iter()
        .map(|(code, shift)| (code.as_str(), shift.movers()))
        .collect();
    assert_eq!(leagues, [("", 0), ("1501", 2), ("1502", 0)]);
    assert_eq!(help.leagues["1501"].after.amount, 25_000);
    assert_eq!(found.leagues["1501"].name, "甲<市>");
    assert_eq!(found.leagues["1502"].households, 3);

    // who has help is no edge family
    let edge = programme(&found, "edge");
    assert_eq!(moves(&edge.total()), [(Change::Lost, 1, 0)]);
    assert_eq!(causes(edge), [("help.eligible", Change::Lost, 1)]);
    assert_eq!(edge.causes["help.eligible"].title.zh, "是否享受补助");
    assert_eq!((edge.per(), edge.difference(&edge.total())), (None, None));

    // a year is not a month
    let card = programme(&found, "card");
    assert_eq!(card.per(), Some(Per::Year));
    assert_eq!((card.total().movers(), card.total().same()), (0, 1));
    assert_eq!(card.total().after.amount, 120_000);
    assert_eq!(found.movers(), 3);
}

#[test]
fn the_other_way_round_everything_is_the_other_way_round() {
    let engine = engine(PACK);
    let raised = Side::new(&engine).figure("sum.line=600/month").unwrap();
    let found = small("lowered", &raised, &Side::new(&engine));
    let help = programme(&found, "help");
    assert_eq!(
        moves(&help.total()),
        [(Change::Lost, 1, -5_000), (Change::Down, 1, -10_000)]
    );
    assert_eq!(help.difference(&help.total()), Some(-15_000));
    assert_eq!(causes(help), [("help/income", Change::Lost, 1)]);
    let edge = programme(&found, "edge");
    assert_eq!(causes(edge), [("help.eligible", Change::Gained, 1)]);
}

#[test]
fn what_becomes_open_or_decided_is_neither_lost_nor_gained() {
    let engine = engine(PACK);
    // h5 earns 700 and does not say whether it has a house
    let raised = Side::new(&engine).figure("sum.line=800/month").unwrap();
    let found = small("open", &Side::new(&engine), &raised);
    let help = programme(&found, "help");
    let unplaced = &help.leagues[""];
    assert_eq!(moves(unplaced), [(Change::Opened, 1, 0)]);
    // before, income alone decided against it
    assert_eq!(
        causes(help),
        [
            ("help/income", Change::Gained, 1),
            ("help/income", Change::Opened, 1)
        ]
    );
    let found = small("decided", &raised, &Side::new(&engine));
    let help = programme(&found, "help");
    assert_eq!(moves(&help.leagues[""]), [(Change::Decided, 1, 0)]);
    assert_eq!(
        causes(help),
        [
            ("help/income", Change::Lost, 1),
            ("help/income", Change::Decided, 1)
        ]
    );
}

/// The pack without the condition on houses.
fn without_house() -> String {
    let (before, rest) = PACK
        .split_once("[[programme.condition]]\nid = \"house\"")
        .unwrap();
    let (_, after) = rest.split_once("[[programme]]").unwrap();
    format!("{before}[[programme]]{after}")
}

#[test]
fn programmes_and_conditions_of_one_side_only_are_named() {
    let text = without_house()
        .replace("id = \"card\"", "id = \"pass\"")
        .replace("sum.line + sum.line", "sum.line");
    let (before, after) = (engine(PACK), engine(&text));
    let raised = |engine| Side::new(engine).figure("sum.line=600/month").unwrap();
    let found = small("added", &raised(&before), &raised(&after));
    // findings are for conditions: those of a condition that is gone are gone
    assert!(!found.read_once);
    // h3 earns 550 and has a house: nobody asks for it any more
    let help = programme(&found, "help");
    assert_eq!(help.conditions_removed, ["help/house"]);
    assert!(help.conditions_added.is_empty());
    assert_eq!(moves(&help.total()), [(Change::Gained, 1, 5_000)]);
    assert_eq!(causes(help), [("help/house", Change::Gained, 1)]);
    assert_eq!(help.causes["help/house"].title.zh, "没有房 & 地");
    // one programme under two ids is two programmes
    let (card, pass) = (programme(&found, "card"), programme(&found, "pass"));
    assert_eq!(
        (card.presence, pass.presence),
        (Presence::Removed, Presence::Added)
    );
    // nobody knows how old c is, and nobody asks any more
    assert_eq!(
        moves(&card.total()),
        [(Change::Lost, 1, -120_000), (Change::Decided, 1, 0)]
    );
    assert_eq!(moves(&pass.total())[0], (Change::Gained, 1, 120_000));
    assert_eq!(causes(card)[0], (IN_FORCE, Change::Lost, 1));
    assert_eq!(
        card.total().rows(Status::NotEligible, Status::NotInForce),
        1
    );
    assert_eq!(
        pass.total().rows(Status::NotInForce, Status::NotEligible),
        1
    );
}

#[test]
fn amounts_of_two_periods_are_not_compared() {
    let text = PACK
        .replace("money/year", "money/month")
        .replace("1200/year", "100/month");
    let (before, after) = (engine(PACK), engine(&text));
    let found = small("periods", &Side::new(&before), &Side::new(&after));
    let card = programme(&found, "card");
    assert_eq!(
        (card.per_before, card.per_after),
        (Some(Per::Year), Some(Per::Month))
    );
    assert_eq!((card.per(), card.difference(&card.total())), (None, None));
    assert_eq!(moves(&card.total()), [(Change::Unclear, 1, 0)]);
    assert!(found.to_html(Lang::Zh).contains("前 元/年，后 元/月"));
}

#[test]
fn packs_with_other_facts_read_the_tables_each_for_itself() {
    let fact = "[[fact]]\nid = \"pets\"\nentity = \"household\"\ntype = \"bool\"\ntitle = { zh = \"宠物\", en = \"pets\" }\n[[fact]]\nid = \"years\"";
    let text = PACK
        .replacen("[[fact]]\nid = \"years\"", fact, 1)
        .replace("\"!house\"", "\"!house && !pets\"");
    let (before, after) = (engine(PACK), engine(&text));
    let households = "household_id,home,income,house,pets\nh1,150100,400,false,true\nh2,150100,400,false,perhaps\nh3,150100,400,false,\n";
    let dir = folder("facts", households, "household_id\nh1\n");
    let (was, is) = (Side::new(&before), Side::new(&after));
    let found = compare(&was, &is, &inputs(&dir), None, &options(), &mut |_| {}).unwrap();
    assert!(!found.read_once);
    let help = programme(&found, "help");
    assert_eq!(
        moves(&help.total()),
        [(Change::Lost, 1, -10_000), (Change::Opened, 2, -20_000)]
    );
    // of h2 the side before never looks at what is wrong with it
    assert_eq!((found.before.set_aside, found.after.set_aside), (0, 1));
    assert_eq!(
        causes(help),
        [
            ("help/house", Change::Lost, 1),
            ("help/house", Change::Opened, 1),
            (SET_ASIDE, Change::Opened, 1)
        ]
    );
    // a column that neither knows is unknown
    fs::write(
        dir.join("households.csv"),
        households.replace("pets", "pests"),
    )
    .unwrap();
    let error = compare(&was, &is, &inputs(&dir), None, &options(), &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), "E-TABLE-UNKNOWN");
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn the_days_of_the_sides_may_differ() {
    let later = "[[value]]\nparameter = \"sum.line\"\nfrom = 2026-08-01\npublished = 2026-08-20\nstatus = \"invented\"\nvalue = \"600\"\n[[formula]]\nid = \"gap\"";
    let engine = engine(&PACK.replacen("[[formula]]\nid = \"gap\"", later, 1));
    let day = |text: &str| Day::parse(text);
    let known = |text: &str| Side::new(&engine).known_on(day(text));
    // a notice of the 20th is seen on the 21st
    let found = small("known", &known("2026-08-19"), &known("2026-08-21"));
    assert!(found.read_once);
    let help = programme(&found, "help");
    assert_eq!(help.difference(&help.total()), Some(15_000));
    // and holds from the 1st on
    let on = |text: &str| Side::new(&engine).on(day(text));
    let found = small("days", &on("2026-07-31"), &on("2026-08-01"));
    assert!(!found.read_once);
    let help = programme(&found, "help");
    assert_eq!(help.difference(&help.total()), Some(15_000));
    let found = small("force", &on("2019-12-31"), &on("2020-01-01"));
    let help = programme(&found, "help");
    assert_eq!(causes(help)[0], (IN_FORCE, Change::Gained, 1));
    assert_eq!(
        help.total().rows(Status::NotInForce, Status::NotEligible),
        3
    );

    let dir = folder("own-days", "household_id,on\nh1,2026-08-25\n", PEOPLE);
    let (was, is) = (on("2026-07-31"), on("2026-08-01"));
    let error = compare(&was, &is, &inputs(&dir), None, &options(), &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), "E-COMPARE-ON");
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn movers_are_written_with_keys_statuses_amounts_and_conditions() {
    let engine = engine(PACK);
    let raised = Side::new(&engine).figure("sum.line=600/month").unwrap();
    let dir = folder("movers", HOUSEHOLDS, PEOPLE);
    let out = dir.join("out");
    let before = Side::new(&engine);
    let found = compare(
        &before,
        &raised,
        &inputs(&dir),
        Some(&out),
        &options(),
        &mut |_| {},
    );
    let found = found.unwrap();
    let head = "place,programme,change,status_before,status_after,amount_before,amount_after,difference,per_before,per_after,conditions";
    let text = fs::read_to_string(out.join("households/part-00000.csv")).unwrap();
    assert_eq!(
        text,
        format!(
            "household_id,{head}\n\
             h1,150100,help,up,eligible,eligible,100.00,200.00,100.00,month,month,\n\
             h2,150100,help,gained,not_eligible,eligible,,50.00,50.00,month,month,help/income\n\
             h2,150100,edge,lost,eligible,not_eligible,,,,,,help.eligible\n"
        )
    );
    let text = fs::read_to_string(out.join("people/part-00000.csv")).unwrap();
    assert_eq!(text, format!("household_id,person_id,{head}\n"));
    let json = fs::read_to_string(out.join("comparison.json")).unwrap();
    assert_eq!(json, format!("{}\n", found.to_json()));
    assert!(json.contains("\"difference\":\"15000\""), "{json}");
    // the folder holds something now
    let again = compare(
        &before,
        &raised,
        &inputs(&dir),
        Some(&out),
        &options(),
        &mut |_| {},
    );
    assert_eq!(again.unwrap_err().code(), "E-RUN-EXISTS");
    fs::remove_dir_all(&dir).unwrap();
}

/// Many households whose incomes lie about the line, in an order of their own.
fn many(step: usize) -> (String, String) {
    let mut households = String::from("household_id,home,income,house\n");
    let mut people = String::from("household_id,person_id,years\n");
    for at in 0..1_000 {
        let at = 1_000 + at * step % 1_000;
        let home = ["150100", "150200", ""][at % 3];
        let income = if at.is_multiple_of(7) {
            String::new()
        } else {
            (at * 37 % 900).to_string()
        };
        let house = ["true", "false", "false", ""][at % 4];
        writeln!(households, "h{at},{home},{income},{house}").unwrap();
        for person in 0..at % 3 {
            writeln!(people, "h{at},p{person},{}", at * 13 % 90 + person).unwrap();
        }
    }
    (households, people)
}

/// The files below a folder, in order.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out = Vec::new();
    for table in ["households", "people"] {
        for entry in fs::read_dir(dir.join(table)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().to_owned();
            out.push((name, fs::read(&path).unwrap()));
        }
    }
    out.sort();
    out
}

#[test]
fn threads_and_the_order_of_rows_change_nothing() {
    let engine = engine(PACK);
    let before = Side::new(&engine);
    let raised = Side::new(&engine).figure("sum.line=600/month").unwrap();
    let mut all = Vec::new();
    for (name, step, threads) in [("one", 1, 1), ("two", 1, 2), ("mixed", 37, 2)] {
        let (households, people) = many(step);
        let dir = folder(&format!("threads-{name}"), &households, &people);
        let (options, out) = (
            CompareOptions {
                threads,
                ..options()
            },
            dir.join("out"),
        );
        let found = compare(
            &before,
            &raised,
            &inputs(&dir),
            Some(&out),
            &options,
            &mut |_| {},
        );
        let mut found = found.unwrap();
        assert!(!out.join("sorting").exists());
        found.tables.clear();
        all.push((found, files(&out)));
        if name == "mixed" {
            // without a folder there is nowhere to sort
            let found = compare(&before, &raised, &inputs(&dir), None, &options, &mut |_| {});
            assert_eq!(found.unwrap_err().code(), "E-COMPARE-SORT");
        }
        fs::remove_dir_all(&dir).unwrap();
    }
    assert!(all[0].0.movers() > 100, "{}", all[0].0.movers());
    assert!(all[0] == all[1] && all[0] == all[2]);
}

#[test]
fn a_pack_set_compared_with_itself_moves_nobody() {
    let (one, same) = (engine(PACK), engine(PACK));
    let (households, people) = many(1);
    let dir = folder("itself", &households, &people);
    let (was, is) = (Side::new(&one), Side::new(&same));
    let found = compare(&was, &is, &inputs(&dir), None, &options(), &mut |_| {}).unwrap();
    fs::remove_dir_all(&dir).unwrap();
    assert_eq!(found.movers(), 0);
    for programme in &found.programmes {
        assert!(programme.causes.is_empty());
        let total = programme.total();
        assert_eq!(total.before, total.after);
        assert_eq!(total.same(), total.rows_before(Status::Eligible));
        assert!(total.same() > 0);
    }
}

/// What a comparison says of either side is what a run of that side says, and its changes add up to the difference.
#[test]
fn a_comparison_adds_up_to_two_runs() {
    let (before, after) = (
        engine(PACK),
        engine(&without_house().replace("value = \"500\"", "value = \"620\"")),
    );
    let (households, people) = many(1);
    let dir = folder("runs", &households, &people);
    let found = compare(
        &Side::new(&before),
        &Side::new(&after),
        &inputs(&dir),
        None,
        &options(),
        &mut |_| {},
    )
    .unwrap();
    let summary = |engine: &Engine, name: &str| -> Summary {
        let run_options = RunOptions {
            import: options().import,
            export: ExportOptions::default(),
            ..RunOptions::default()
        };
        run(
            engine,
            &inputs(&dir),
            &dir.join(name),
            &run_options,
            &mut |_| {},
        )
        .unwrap()
    };
    let (was, is) = (summary(&before, "before"), summary(&after, "after"));
    fs::remove_dir_all(&dir).unwrap();
    assert_eq!(
        (found.households, found.people),
        (was.households, was.people)
    );
    let mut met = 0;
    for programme in &found.programmes {
        for (league, shift) in &programme.leagues {
            let (was, is) = (
                was.leagues[league].programmes[&programme.id],
                is.leagues[league].programmes[&programme.id],
            );
            for (status, before, after) in [
                (Status::Eligible, was.eligible, is.eligible),
                (Status::NotEligible, was.not_eligible, is.not_eligible),
                (Status::Undetermined, was.undetermined, is.undetermined),
                (Status::NotInForce, was.not_in_force, is.not_in_force),
            ] {
                assert_eq!(
                    shift.rows_before(status),
                    before,
                    "{league} {}",
                    programme.id
                );
                assert_eq!(shift.rows_after(status), after, "{league} {}", programme.id);
            }
            assert_eq!(
                (shift.before.amount, shift.after.amount),
                (was.amount, is.amount)
            );
            let sum: i128 = Change::ALL.iter().map(|c| shift.moved(*c).amount).sum();
            assert_eq!(sum, is.amount - was.amount);
            met += shift.movers();
        }
    }
    assert!(met > 100, "{met} movers");
}

/// Whether tags close in order, and nothing stands open at the end.
fn is_well_formed(html: &str) -> bool {
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else {
            return false;
        };
        if text.contains('>') {
            return false;
        }
        let name = tag.split([' ', '/']).find(|n| !n.is_empty()).unwrap_or("");
        if tag.starts_with('/') {
            if open.pop().as_deref() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') && !["!doctype", "meta", "br"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    open.is_empty()
}

#[test]
fn the_page_has_every_figure_and_nothing_unescaped() {
    let engine = engine(PACK);
    let raised = Side::new(&engine).figure("sum.line=600/month").unwrap();
    let page = small("page", &Side::new(&engine), &raised).to_html(Lang::Zh);
    assert!(is_well_formed(&page), "{page}");
    for part in [
        "<td class=\"n\">100.00</td>",
        "<td class=\"n\">250.00</td>",
        "<td class=\"n\">+150.00</td>",
        "3 项结果发生变化",
        "补助 (help): 变化前 100.00, 变化后 250.00",
        "甲&lt;市&gt; 1501: 新增享受 1, 金额提高 1, 不再享受 1",
        "老年&lt;卡&gt;",
        "old &quot;age&quot; card",
        "help/income",
        "<code>sum.line=600/month</code>",
        "E-VALUE-NUMBER 1",
        "共 6 户 3 人",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for part in ["<script", "http", "甲<市>", "h1,", ">h2<", "@import"] {
        assert!(!page.contains(part), "{part} in {page}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("<desc").count());
    assert!(page.contains(&engine.packs().packs()[0].digest));
}

#[test]
fn a_programme_that_neither_has_is_refused_and_one_that_one_has_is_not() {
    let (before, after) = (
        engine(PACK),
        engine(&PACK.replace("id = \"card\"", "id = \"pass\"")),
    );
    let dir = folder("chosen", HOUSEHOLDS, PEOPLE);
    let ask = |ids: &[&str]| {
        let options = CompareOptions {
            programmes: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..options()
        };
        let (was, is) = (Side::new(&before), Side::new(&after));
        compare(&was, &is, &inputs(&dir), None, &options, &mut |_| {})
    };
    assert_eq!(ask(&["halp"]).unwrap_err().code(), "E-PROGRAMME-NAME");
    let found = ask(&["pass"]).unwrap();
    assert_eq!(found.programmes.len(), 1);
    assert_eq!(found.programmes[0].presence, Presence::Added);
    fs::remove_dir_all(&dir).unwrap();
}
