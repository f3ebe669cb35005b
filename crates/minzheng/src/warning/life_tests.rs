//! No sequence of steps, periods and suppressions loses an alert or leaves the path.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{Days, NaiveDate};
use minzheng_rules::pack::model::Calendar;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use proptest::prelude::*;
use serde_json::json;

use super::alert::{Act, Alert, Cause, CloseCode, Identity, State, Step, Trigger, Way};
use super::due::{After, Ladder, Rung, Told, Within};
use super::learn::{Case, Readings, Review, Side};
use super::reconcile::{Answer, Class, Hit, Measured, Reconciled, Said, reconcile};
use super::suppress::Suppression;
use super::task::Tasks;
use super::{Direction, Level};
use crate::packs::{self, BuiltIn};

fn packs() -> &'static PackSet {
    static PACKS: OnceLock<PackSet> = OnceLock::new();
    PACKS.get_or_init(|| packs::load(&[BuiltIn::Nation], &[]).unwrap())
}

fn calendar() -> &'static Calendar {
    packs().calendar()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn identity(at: usize) -> Identity {
    Identity {
        household: format!("h{}", at / 2),
        model: format!("m{}", at % 2),
        subject: format!("p{at}"),
    }
}

fn hit(level: Level, quiet_days: Option<u16>) -> Said {
    Said::Hit(Hit {
        place: "150123".into(),
        direction: Direction::Missed,
        level,
        within: Within::WorkingDays(5),
        quiet_days,
        figure: None,
    })
}

/// A yellow hit with a figure above its line.
fn measured(value: Option<i64>) -> Said {
    let side = Side::Above;
    Said::Hit(Hit {
        place: "150123".into(),
        direction: Direction::Missed,
        level: Level::Yellow,
        within: Within::WorkingDays(5),
        quiet_days: None,
        figure: value.map(|value| Measured { value, side }),
    })
}

fn said(at: usize, said: Said) -> Answer {
    Answer {
        of: identity(at),
        said,
    }
}

fn step(on: NaiveDate, act: Act) -> Step {
    Step {
        on,
        by: "u1".into(),
        act,
    }
}

fn close(code: CloseCode) -> Act {
    Act::Close {
        code,
        reason: "seen".into(),
    }
}

/// One alert after a period in which it alone was answered.
fn after(alert: &Alert, on: NaiveDate, what: Said) -> (Class, Alert) {
    let answer = said(0, what);
    let out = reconcile(on, calendar(), core::slice::from_ref(alert), &[answer], &[]).unwrap();
    assert_eq!(out.alerts.len(), 1);
    (out.alerts[0].class, out.alerts[0].alert.clone())
}

fn issued() -> Alert {
    let out = reconcile(
        day(3, 2),
        calendar(),
        &[],
        &[said(0, hit(Level::Yellow, None))],
        &[],
    );
    out.unwrap().alerts[0].alert.clone()
}

fn closed(code: CloseCode) -> Alert {
    let visit = [
        Act::Dispatch { to: "u2".into() },
        Act::Visit { way: Way::Home },
        close(code),
    ];
    visit.into_iter().fold(issued(), |alert, act| {
        alert.step(step(day(3, 10), act), calendar()).unwrap()
    })
}

#[test]
fn a_silent_source_resolves_nothing() {
    let alert = issued();
    let unknown = |names: &[&str]| Said::Unknown {
        awaited: names.iter().map(|n| (*n).to_owned()).collect(),
    };
    let (class, awaiting) = after(&alert, day(4, 1), unknown(&["b", "a", "b"]));
    assert_eq!(class, Class::Awaiting);
    let Some(Trigger::Unknown { awaited }) = awaiting.trigger() else {
        panic!("{awaiting:?}")
    };
    assert_eq!(awaited, &["a", "b"]);
    // switched off, and not asked at all: the same, and counted
    assert_eq!(after(&alert, day(4, 1), Said::Off {}).0, Class::Awaiting);
    let none = reconcile(day(4, 1), calendar(), &[alert], &[], &[]).unwrap();
    assert_eq!((none.alerts[0].class, none.unasked), (Class::Awaiting, 1));
    // it ceased after all: marked, and still open
    let (class, resolved) = after(&awaiting, day(5, 1), Said::Miss {});
    assert_eq!((class, resolved.state), (Class::Resolved, State::Issued));
    // the mark of an earlier month is kept
    assert_eq!(resolved.marks.len(), 3);
}

#[test]
fn what_gets_worse_is_due_sooner_and_never_later() {
    let alert = issued();
    let sooner = Said::Hit(Hit {
        place: "150124".into(),
        direction: Direction::Missed,
        level: Level::Red,
        within: Within::Hours(24),
        quiet_days: None,
        figure: None,
    });
    let (class, worse) = after(&alert, day(3, 3), sooner);
    assert_eq!(
        (class, worse.level, worse.due),
        (Class::Worse, Level::Red, day(3, 4))
    );
    assert_eq!(worse.place, "150124");
    let (class, later) = after(&alert, day(3, 6), hit(Level::Orange, None));
    assert_eq!((class, later.due), (Class::Worse, alert.due));
    let (class, milder) = after(&worse, day(4, 1), hit(Level::Blue, None));
    assert_eq!((class, milder.level), (Class::Continuing, Level::Blue));
}

#[test]
fn a_figure_further_beyond_its_line_is_worse_and_one_that_is_not_known_is_not() {
    let answers = [said(0, measured(Some(900)))];
    let first = reconcile(day(3, 2), calendar(), &[], &answers, &[]).unwrap();
    let alert = first.alerts[0].alert.clone();
    assert_eq!(alert.figure(), Some(900));
    let (class, same) = after(&alert, day(4, 1), measured(Some(900)));
    assert_eq!((class, same.marks.len()), (Class::Continuing, 1));
    let (class, less) = after(&alert, day(4, 1), measured(Some(899)));
    assert_eq!((class, less.figure()), (Class::Continuing, Some(899)));
    let (class, more) = after(&less, day(5, 1), measured(Some(900)));
    assert_eq!((class, more.level), (Class::Worse, Level::Yellow));
    assert_eq!(more.due, alert.due, "never later");
    // a period without a figure is none: the last that was known counts
    let (class, dark) = after(&more, day(6, 1), measured(None));
    assert_eq!((class, dark.figure()), (Class::Continuing, Some(900)));
    let (class, _) = after(&dark, day(7, 1), measured(Some(901)));
    assert_eq!(class, Class::Worse);
    // the record says what it said, and is read again
    let again = Alert::from_json("", json!(more)).unwrap();
    assert_eq!(again, more);
    assert_eq!(json!(more)["marks"][2]["figure"], json!(900));
}

#[test]
fn what_was_closed_opens_again_for_a_cause() {
    let alert = closed(CloseCode::NotFit);
    let cause = |alert: &Alert| match alert.history.last().unwrap().act {
        Act::Recur { cause, .. } => Some(cause),
        _ => None,
    };
    // 30 days of quiet end on 9 April
    let (class, quiet) = after(&alert, day(4, 9), hit(Level::Yellow, Some(30)));
    assert_eq!((class, quiet.state), (Class::Quiet, State::Closed));
    let (class, over) = after(&quiet, day(4, 10), hit(Level::Yellow, Some(30)));
    assert_eq!(
        (class, cause(&over), over.state),
        (Class::Reopened, Some(Cause::Quiet), State::Issued)
    );
    assert_eq!(over.due, day(4, 17));
    let (class, worse) = after(&quiet, day(4, 9), hit(Level::Orange, Some(30)));
    assert_eq!(
        (class, cause(&worse)),
        (Class::Reopened, Some(Cause::Worse))
    );
    // it ceased, then nobody could tell, then it is back
    let (class, gone) = after(&quiet, day(4, 9), Said::Outside {});
    assert_eq!(class, Class::Settled);
    let (_, dark) = after(
        &gone,
        day(4, 9),
        Said::Unknown {
            awaited: Vec::new(),
        },
    );
    let (class, again) = after(&dark, day(4, 9), hit(Level::Yellow, Some(30)));
    assert_eq!(
        (class, cause(&again)),
        (Class::Reopened, Some(Cause::Again))
    );
    // an unknown alone is no coming back
    let (_, dark) = after(
        &quiet,
        day(4, 9),
        Said::Unknown {
            awaited: Vec::new(),
        },
    );
    assert_eq!(
        after(&dark, day(4, 9), hit(Level::Yellow, Some(30))).0,
        Class::Quiet
    );
    // no days of quiet: nothing is lost
    assert_eq!(
        after(&alert, day(3, 11), hit(Level::Yellow, None)).0,
        Class::Reopened
    );
}

#[test]
fn suppressed_hits_are_listed_and_come_back() {
    let suppression = Suppression {
        id: "s1".into(),
        of: identity(0),
        level: Level::Yellow,
        from: day(3, 1),
        until: day(3, 31),
        reason: "counted already".into(),
        by: "u1".into(),
    };
    let with = |alerts: &[Alert], on, level| {
        let answers = [said(0, hit(level, None))];
        reconcile(
            on,
            calendar(),
            alerts,
            &answers,
            core::slice::from_ref(&suppression),
        )
        .unwrap()
    };
    let held = with(&[], day(3, 31), Level::Yellow);
    assert_eq!((held.alerts.len(), held.suppressed_count), (0, 1));
    assert_eq!(held.suppressed[0].suppression, "s1");
    assert_eq!(with(&[], day(4, 1), Level::Yellow).counts[&Class::New], 1);
    assert_eq!(
        with(&[], day(3, 31), Level::Orange).counts[&Class::New],
        1,
        "graver comes through"
    );
    // an open alert is no secret; a closed one stays closed, and is listed
    let open = with(&[issued()], day(3, 31), Level::Yellow);
    assert_eq!(
        (open.counts[&Class::Continuing], open.suppressed_count),
        (1, 0)
    );
    let shut = with(&[closed(CloseCode::NotFit)], day(3, 31), Level::Yellow);
    assert_eq!((shut.counts[&Class::Quiet], shut.suppressed_count), (1, 1));
    let endless = Suppression {
        until: day(2, 28),
        ..suppression
    };
    assert_eq!(endless.check().unwrap_err().code(), "E-ALERT-DUE");
}

#[test]
fn steps_that_are_not_possible_say_what_is() {
    let alert = issued();
    let refused = |act| alert.step(step(day(3, 3), act), calendar()).unwrap_err();
    let error = refused(close(CloseCode::Enrolled));
    assert_eq!((error.code(), error.path()), ("E-ALERT-STEP", "step.act"));
    assert_eq!(
        error.help(minzheng_rules::pack::model::Lang::En),
        "possible now: dispatch, close: data_error, close: duplicate"
    );
    assert_eq!(
        refused(Act::Recur {
            cause: Cause::Again,
            due: day(4, 1)
        })
        .code(),
        "E-ALERT-STEP"
    );
    assert_eq!(
        refused(Act::Dispatch {
            to: "11010519491231002X".into()
        })
        .code(),
        "E-ALERT-WHO"
    );
    let silent = Act::Close {
        code: CloseCode::Duplicate,
        reason: " ".into(),
    };
    assert_eq!(refused(silent).code(), "E-ALERT-REASON");
    let early = alert.step(
        step(day(3, 1), Act::Dispatch { to: "u2".into() }),
        calendar(),
    );
    assert_eq!(early.unwrap_err().code(), "E-ALERT-ORDER");
    let nobody = Step {
        by: String::new(),
        ..step(day(3, 3), Act::Dispatch { to: "u2".into() })
    };
    assert_eq!(
        alert.step(nobody, calendar()).unwrap_err().code(),
        "E-ALERT-WHO"
    );
    // a record that was changed by hand
    for (key, value) in [
        ("state", json!("closed")),
        ("level", json!("red")),
        ("id", json!("x")),
        ("due", json!("2026-01-01")),
        ("marks", json!([])),
    ] {
        let mut record = json!(alert);
        record[key] = value;
        assert_eq!(
            Alert::from_json("alert", record).unwrap_err().code(),
            "E-ALERT-RECORD",
            "{key}"
        );
    }
}

#[test]
fn what_opens_again_is_due_again() {
    let alert = closed(CloseCode::Unreachable);
    let reopen = |due| {
        step(
            day(4, 1),
            Act::Reopen {
                reason: "back home".into(),
                due,
            },
        )
    };
    assert_eq!(alert.step(reopen(None), calendar()).unwrap().due, day(4, 9));
    assert_eq!(
        alert.step(reopen(Some(day(4, 2))), calendar()).unwrap().due,
        day(4, 2)
    );
    assert_eq!(
        alert
            .step(reopen(Some(day(3, 2))), calendar())
            .unwrap_err()
            .code(),
        "E-ALERT-DUE"
    );
    let of_a_day = Alert {
        within: Within::By(day(3, 9)),
        ..alert
    };
    assert_eq!(
        of_a_day.step(reopen(None), calendar()).unwrap_err().code(),
        "E-ALERT-DUE"
    );
}

#[test]
fn the_ladder_goes_by_days_and_by_direction() {
    use Told::{City, County, Officer, Township};
    let ladder = Ladder::load(packs()).unwrap();
    let alert = Alert {
        due: day(4, 30),
        ..issued()
    };
    let told = |ladder: &Ladder, alert: &Alert, on| {
        let list = ladder.overdue([alert], on, calendar()).unwrap();
        list.first().map(|o| (o.days_late, o.told.clone()))
    };
    assert_eq!(told(&ladder, &alert, day(4, 29)), None);
    assert_eq!(told(&ladder, &alert, day(4, 30)), Some((0, vec![Officer])));
    // 1 to 5 May 2026 are off
    assert_eq!(told(&ladder, &alert, day(5, 5)), Some((5, vec![Officer])));
    assert_eq!(
        told(&ladder, &alert, day(5, 6)),
        Some((6, vec![Officer, Township]))
    );
    let safety = Alert {
        direction: Direction::Safety,
        ..alert.clone()
    };
    assert_eq!(
        told(&ladder, &safety, day(5, 2)),
        Some((2, vec![Officer, Township, County, City]))
    );
    assert_eq!(
        told(
            &ladder,
            &Alert {
                due: day(3, 9),
                ..closed(CloseCode::NotFit)
            },
            day(5, 6)
        ),
        None
    );
    // a place has rungs of its own for itself and those below it; of another direction it goes by those of all
    let own = |told, direction, place| Rung {
        told,
        direction,
        place,
        after: After::Days(0),
        status: minzheng_rules::pack::model::Status::Invented,
    };
    let placed = Ladder::new(vec![
        own(City, None, None),
        own(Township, None, Some(150_100)),
        own(Officer, None, Some(150_123)),
        own(County, Some(Direction::Safety), None),
    ]);
    let at = |place: &str, alert: &Alert| {
        let alert = Alert {
            place: place.to_owned(),
            ..alert.clone()
        };
        told(&placed, &alert, day(5, 6)).map(|(_, told)| told)
    };
    assert_eq!(at("150123", &alert), Some(vec![Officer]));
    assert_eq!(at("150123001", &alert), Some(vec![Officer]));
    assert_eq!(at("150121", &alert), Some(vec![Township]));
    assert_eq!(at("150400", &alert), Some(vec![City]));
    assert_eq!(at("150123", &safety), Some(vec![County]));
    // without a rung what is late is told all the same
    let late = told(&Ladder::default(), &alert, day(5, 6));
    assert_eq!(late, Some((6, Vec::new())));
    let far = Rung {
        told: City,
        direction: None,
        place: None,
        after: After::WorkingDays(300),
        status: minzheng_rules::pack::model::Status::Invented,
    };
    let error = Ladder::new(vec![far])
        .overdue([&alert], day(5, 6), calendar())
        .unwrap_err();
    assert_eq!(error.code(), "E-ALERT-CALENDAR");
}

/// Rows of packs that say nothing that can be read are refused at their line.
#[test]
fn rows_of_packs_are_read_strictly() {
    const HEAD: &str = "[pack]\nid = \"example\"\ntitle = { zh = \"例\", en = \"example\" }\npublisher = \"an example\"\n\
        version = \"1\"\nlevel = \"nation\"\nplace = \"000000\"\nreviewed_on = 2026-01-01\n[[entity]]\nid = \"household\"\n";
    let load = |rows: &str| {
        let file = SourceFile::new("pack.toml", format!("{HEAD}{rows}"));
        PackSet::load(&[PackSource::new(vec![file])]).unwrap()
    };
    let rung = |rest: &str| {
        format!("[[warning.rung]]\ntold = \"officer\"\nstatus = \"operational\"\n{rest}\n")
    };
    assert!(Ladder::load(&load(&rung("days = 1"))).is_ok());
    let wrong = [
        "days = 1\nworking_days = 1",
        "",
        "hours = 1",
        "days = 1\nplace = \"150123\"",
        "days = 1\n[[warning.rung]]\ntold = \"officer\"\nstatus = \"operational\"\ndays = 2",
    ];
    for rest in wrong {
        let error = Ladder::load(&load(&rung(rest))).unwrap_err();
        assert_eq!(error.code(), "E-ALERT-ROW", "{rest}");
    }
    let law = rung("days = 1").replace("operational", "law");
    assert_eq!(Ladder::load(&load(&law)).unwrap_err().code(), "E-ALERT-ROW");
    let code = |code: &str| {
        format!(
            "[[warning.close_code]]\ncode = \"{code}\"\nsays = \"silent\"\nstatus = \"operational\"\n"
        )
    };
    let all: String = CloseCode::ALL.iter().map(|c| code(c.word())).collect();
    assert!(Readings::load(&load(&all)).is_ok());
    for rows in [
        String::new(),
        code("enrolled"),
        code("gone"),
        format!("{all}{}", code("enrolled")),
    ] {
        assert_eq!(
            Readings::load(&load(&rows)).unwrap_err().code(),
            "E-ALERT-ROW",
            "{rows}"
        );
    }
}

/// One thing that a host does.
#[derive(Debug, Clone)]
enum Deed {
    Step(usize, Act),
    Period(Vec<Option<Said>>),
    Suppress(usize, Level, u64),
}

const MANY: usize = 6;

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL)
}

fn deed() -> impl Strategy<Value = Deed> {
    let code = prop::sample::select(CloseCode::ALL);
    let reopen = |due: Option<u64>| Act::Reopen {
        reason: "again".into(),
        due: due.map(|d| day(2, 1) + Days::new(d)),
    };
    let act = prop_oneof![
        Just(Act::Dispatch { to: "u2".into() }),
        prop::sample::select(Way::ALL).prop_map(|way| Act::Visit { way }),
        code.prop_map(close),
        prop::option::of(0..200_u64).prop_map(reopen),
        Just(Act::Recur {
            cause: Cause::Again,
            due: day(6, 1)
        }),
    ];
    let answer = prop_oneof![
        3 => (level(), prop::option::of(0..60_u16)).prop_map(|(level, quiet)| hit(level, quiet)),
        2 => Just(Said::Miss {}),
        1 => Just(Said::Outside {}),
        1 => Just(Said::Unknown { awaited: vec!["enrolment".into()] }),
        1 => Just(Said::Off {}),
    ];
    prop_oneof![
        6 => (0..MANY, act).prop_map(|(at, act)| Deed::Step(at, act)),
        3 => prop::collection::vec(prop::option::of(answer), MANY).prop_map(Deed::Period),
        1 => (0..MANY, level(), 0..40_u64).prop_map(|(at, level, long)| Deed::Suppress(at, level, long)),
    ]
}

fn period(
    on: NaiveDate,
    alerts: &BTreeMap<Identity, Alert>,
    answers: &[Answer],
    held: &[Suppression],
) -> Reconciled {
    let list: Vec<Alert> = alerts.values().cloned().collect();
    let whole = reconcile(on, calendar(), &list, answers, held).unwrap();
    // the parts of two tables that keep households whole give the same
    let part = |wanted: bool| {
        let is = |of: &Identity| (of.household == "h0") == wanted;
        let alerts: Vec<Alert> = list.iter().filter(|a| is(&a.of)).cloned().collect();
        let answers: Vec<Answer> = answers.iter().filter(|a| is(&a.of)).cloned().collect();
        reconcile(on, calendar(), &alerts, &answers, held).unwrap()
    };
    assert_eq!(part(true).merge(part(false)), whole);
    assert_eq!(part(false).merge(part(true)), whole);
    whole
}

/// What may follow what, written a second time as a table.
fn on_path(from: State, to: State, act: &Act) -> bool {
    use State::{Closed, Dispatched, Issued, Visited};
    match act {
        Act::Dispatch { .. } => from != Closed && to == Dispatched,
        Act::Visit { .. } => matches!(from, Dispatched | Visited) && to == Visited,
        Act::Close { code, .. } => {
            let early = matches!(code, CloseCode::Duplicate | CloseCode::DataError);
            let tried = early || *code == CloseCode::Unreachable;
            let may = from == Visited || (from == Dispatched && tried) || (from == Issued && early);
            may && to == Closed
        }
        Act::Reopen { .. } | Act::Recur { .. } => from == Closed && to == Issued,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_sequence_loses_an_alert_or_leaves_the_path(deeds in prop::collection::vec((deed(), 0..9_u64), 0..24)) {
        let readings = Readings::load(packs()).unwrap();
        let mut kept: BTreeMap<Identity, Alert> = BTreeMap::new();
        let mut held: Vec<Suppression> = Vec::new();
        let mut on = day(2, 1);
        for (deed, later) in deeds {
            on = on + Days::new(later);
            let before = kept.clone();
            match deed {
                Deed::Step(at, act) => {
                    let Some(alert) = kept.get(&identity(at)) else { continue };
                    let is_machine = matches!(act, Act::Recur { .. });
                    let Ok(next) = alert.step(step(on, act.clone()), calendar()) else { continue };
                    prop_assert!(!is_machine, "a person took a step of the machine");
                    prop_assert!(on_path(alert.state, next.state, &act));
                    kept.insert(identity(at), next);
                }
                Deed::Suppress(at, level, long) => {
                    let id = format!("s{}", held.len());
                    held.push(Suppression { id, of: identity(at), level, from: on, until: on + Days::new(long), reason: "known".into(), by: "u1".into() });
                }
                Deed::Period(answers) => {
                    let answers: Vec<Answer> = answers.into_iter().enumerate().filter_map(|(at, what)| Some(said(at, what?))).collect();
                    let out = period(on, &kept, &answers, &held);
                    let by_class: u64 = out.counts.values().sum();
                    prop_assert_eq!(by_class, u64::try_from(out.alerts.len()).unwrap());
                    for done in &out.alerts {
                        let (was, is) = (before.get(&done.alert.of), &done.alert);
                        match was {
                            None => prop_assert_eq!((done.class, is.state), (Class::New, State::Issued)),
                            Some(was) if done.class == Class::Reopened => {
                                prop_assert!(was.state == State::Closed && is.state == State::Issued);
                            }
                            Some(was) => prop_assert_eq!(was.state, is.state, "a machine moved it"),
                        }
                        let answer = answers.iter().find(|a| a.of == is.of).map(|a| &a.said);
                        let ceased = matches!(answer, Some(Said::Miss {} | Said::Outside {}));
                        prop_assert_eq!(matches!(is.trigger(), Some(Trigger::Resolved)), ceased);
                        kept.insert(is.of.clone(), is.clone());
                    }
                    // every hit is an alert that somebody sees, is quiet after a person closed it, or stands in the list
                    let listed: BTreeSet<&Identity> = out.suppressed.iter().map(|s| &s.of).collect();
                    for answer in answers.iter().filter(|a| matches!(a.said, Said::Hit(_))) {
                        prop_assert!(listed.contains(&answer.of) || kept.contains_key(&answer.of));
                    }
                    // the same period once more changes nothing
                    let again = period(on, &kept, &answers, &held);
                    for done in &again.alerts {
                        prop_assert_eq!(&kept[&done.alert.of], &done.alert, "{:?}", done.class);
                    }
                }
            }
            for (of, was) in &before {
                let is = &kept[of];
                prop_assert!(is.history.starts_with(&was.history), "a step was lost");
                prop_assert!(is.marks.starts_with(&was.marks), "a mark was lost");
                prop_assert!(was.is_open() || is.is_open() || is.history.len() == was.history.len());
            }
            let (mut tasks, mut review) = (Tasks::default(), Review::default());
            for alert in kept.values() {
                prop_assert_eq!(&Alert::from_json("", json!(alert)).unwrap(), alert);
                tasks.add(alert);
                review.add(&Case::of(alert));
            }
            let open: BTreeSet<&String> = kept.values().filter(|a| a.is_open()).map(|a| &a.id).collect();
            let tasks = tasks.finish();
            let in_tasks: Vec<&String> = tasks.iter().flat_map(|t| &t.alerts).collect();
            prop_assert_eq!(in_tasks.len(), open.len());
            prop_assert_eq!(in_tasks.into_iter().collect::<BTreeSet<_>>(), open);
            let (confirmed, counted) = review.total().precision(&readings);
            prop_assert!(confirmed <= counted && counted <= review.total().cases());
            prop_assert_eq!(usize::try_from(review.total().cases()).unwrap(), kept.len());
        }
    }
}
