use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use minzheng::catalog::quality::{Pattern, Quality, Severity, Share, Verdict};
use minzheng::packs::{self, BuiltIn};
use minzheng_rules::pack::model::{Origin, Status, Words};

use super::*;

const AS_OF: &str = "2026-08-25";

fn built_in() -> (PackSet, Catalog) {
    let set = packs::load(&BuiltIn::ALL, &[]).unwrap();
    let catalog = Catalog::load(&set).unwrap();
    (set, catalog)
}

fn options<'c>() -> QualityOptions<'c> {
    QualityOptions::new(Day::parse(AS_OF).unwrap())
}

fn rule(resource: &str, check: Check) -> Rule {
    Rule {
        id: check.word().to_owned(),
        title: Words::default(),
        dimension: minzheng::catalog::quality::Dimension::Accuracy,
        severity: Severity::Warn,
        status: Status::Operational,
        cite: Vec::new(),
        resource: resource.to_owned(),
        check,
        at_most: Share::parse("0"),
        written: Origin::default(),
    }
}

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let dir =
            std::env::temp_dir().join(format!("minzheng-quality-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn write(&self, resource: &str, text: &str) {
        std::fs::write(self.0.join(format!("{resource}.csv")), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn of(id: &str) -> String {
    id.to_owned()
}

fn counts(measured: &Measured) -> (u64, u64) {
    match measured {
        Measured::Rows {
            evaluated, failed, ..
        } => (*evaluated, *failed),
        other => panic!("{other:?}"),
    }
}

/// Seven records of one table, with what is wrong counted by hand.
const TAX: &str = "\
record_no,id_number,payer,income_kind,month,amount
R1,11010519491231002X,911599010000000105,wages,2026-07-01,100.00
R2,11010519491231002x,,wages,2026-07-01,-0.01
R3,110105194912310021,,wages,2026-09-01,5
R3,1.10105E+17,,salary,2026-06-01,5
R5,,,wages,,5
R6,11010519491231002X,,wages,2026-07-01,7
R7,11010519491231002X,,wages,2026-07-01,7
";

#[test]
fn every_check_counts_as_by_hand() {
    let folder = Folder::new("hand");
    folder.write("income_tax", TAX);
    folder.write(
        "death_register",
        "record_no,id_number,cancelled_on,reason,died_on\nD1,11010519491231002X,2026-08-01,death,2026-08-02\n",
    );
    folder.write(
        "death_certificate",
        "record_no,id_number,died_on\nC1,11010519491231002X,2026-08-03\nC2,440524188001010014,2026-08-01\n",
    );
    let (set, catalog) = built_in();
    let tables = tables(&catalog, &folder.0).unwrap();
    let field = |id: &str| of(id);
    let number = vec![of("id_number")];
    let cases: Vec<(&str, Check, (u64, u64))> = vec![
        (
            "income_tax",
            Check::Given {
                field: field("id_number"),
            },
            (7, 1),
        ),
        (
            "income_tax",
            Check::Given {
                field: field("month"),
            },
            (7, 1),
        ),
        // a column that is not there is missing in every row
        (
            "income_tax",
            Check::Given {
                field: field("tax"),
            },
            (7, 7),
        ),
        (
            "income_tax",
            Check::Valid {
                field: field("id_number"),
            },
            (6, 2),
        ),
        (
            "income_tax",
            Check::Valid {
                field: field("income_kind"),
            },
            (7, 1),
        ),
        (
            "income_tax",
            Check::Plain {
                field: field("id_number"),
            },
            (4, 1),
        ),
        (
            "income_tax",
            Check::Pattern {
                field: field("record_no"),
                pattern: Pattern::parse("R9").unwrap(),
            },
            (7, 0),
        ),
        (
            "income_tax",
            Check::Range {
                field: field("amount"),
                low: Some(0),
                high: Some(700),
            },
            (7, 2),
        ),
        (
            "income_tax",
            Check::Past {
                field: field("month"),
            },
            (6, 1),
        ),
        (
            "death_register",
            Check::Order {
                from: field("died_on"),
                to: field("cancelled_on"),
            },
            (1, 1),
        ),
        (
            "income_tax",
            Check::Unique {
                fields: vec![of("record_no")],
            },
            (7, 1),
        ),
        // rows with a bad or no number are not looked at: four are left, of two months and kinds once each
        (
            "income_tax",
            Check::Unique {
                fields: vec![of("id_number"), of("month")],
            },
            (4, 3),
        ),
        (
            "income_tax",
            Check::Repeated {
                but: vec![of("record_no")],
            },
            (7, 1),
        ),
        (
            "income_tax",
            Check::NotIn {
                fields: number.clone(),
                of: of("death_register"),
                at: number.clone(),
            },
            (4, 4),
        ),
        (
            "death_certificate",
            Check::In {
                fields: number.clone(),
                of: of("income_tax"),
                at: number.clone(),
            },
            (2, 1),
        ),
        // one number stands in both, with two days
        (
            "death_register",
            Check::Same {
                field: of("died_on"),
                by: number.clone(),
                of: of("death_certificate"),
                at: number,
                with: of("died_on"),
            },
            (1, 1),
        ),
    ];
    let rules: Vec<Rule> = cases
        .iter()
        .map(|(id, check, _)| rule(id, check.clone()))
        .collect();
    let (found, lines) = measure(&set, &catalog, &rules, &tables, &options(), &mut |_| {}).unwrap();
    for ((id, check, expected), found) in cases.iter().zip(&found) {
        assert_eq!(counts(found), *expected, "{id} {check:?}");
    }
    let tax = lines.iter().find(|l| l.resource == "income_tax").unwrap();
    assert_eq!(
        (tax.rows, tax.lacking.as_slice()),
        (7, [of("tax")].as_slice())
    );

    let Measured::Rows { causes, sample, .. } = &found[3] else {
        panic!("rows");
    };
    assert_eq!(
        causes,
        &BTreeMap::from([(of("E-ID-CHECK"), 1), (of("E-ID-SPREADSHEET"), 1)])
    );
    // no number stands in the answer as it is
    let keys: Vec<(u64, &str)> = sample.iter().map(|o| (o.row, o.key.as_str())).collect();
    assert_eq!(keys, [(2, "11**************21"), (3, "1.*******17")]);

    let more = [
        rule(
            "income_tax",
            Check::Distinct {
                field: of("month"),
                low: None,
                high: None,
            },
        ),
        rule("income_tax", Check::Newest { field: of("month") }),
        rule("income_tax", Check::Past { field: of("tax") }),
        rule(
            "income_tax",
            Check::In {
                fields: vec![of("payer")],
                of: of("business_registration"),
                at: vec![of("entity")],
            },
        ),
    ];
    let (found, _) = measure(&set, &catalog, &more, &tables, &options(), &mut |_| {}).unwrap();
    let month = |m| Day::from_ymd(2026, m, 1).unwrap().to_date();
    assert_eq!(
        found[0],
        Measured::Distinct {
            evaluated: 6,
            distinct: 3
        }
    );
    // September lies ahead, and does not make the table fresh
    assert_eq!(
        found[1],
        Measured::Newest {
            evaluated: 5,
            newest: Some(month(7))
        }
    );
    assert_eq!(found[2], Measured::Not(Unmeasured::NoColumn(of("tax_fen"))));
    assert_eq!(
        found[3],
        Measured::Not(Unmeasured::NoTable(of("business_registration")))
    );
}

#[test]
fn a_wrong_type_is_bad_in_every_row_and_unknown_to_the_rest() {
    let folder = Folder::new("type");
    let floats: ArrayRef = Arc::new(arrow_array::Float64Array::from(vec![Some(1.0), None]));
    let numbers: ArrayRef = Arc::new(StringArray::from(vec!["11010519491231002X", "x"]));
    let batch = RecordBatch::try_from_iter([("id_number", numbers), ("died_on", floats)]).unwrap();
    let path = folder.0.join("death_certificate.arrow");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let (set, catalog) = built_in();
    let tables = tables(&catalog, &folder.0).unwrap();
    let rules = [
        rule(
            "death_certificate",
            Check::Valid {
                field: of("died_on"),
            },
        ),
        rule(
            "death_certificate",
            Check::Given {
                field: of("died_on"),
            },
        ),
        rule(
            "death_certificate",
            Check::Past {
                field: of("died_on"),
            },
        ),
    ];
    let (found, _) = measure(&set, &catalog, &rules, &tables, &options(), &mut |_| {}).unwrap();
    assert_eq!((counts(&found[0]), counts(&found[1])), ((1, 1), (2, 1)));
    assert_eq!(
        found[2],
        Measured::Not(Unmeasured::WrongType(of("died_on")))
    );
}

#[test]
fn one_resource_with_two_tables_is_refused() {
    let folder = Folder::new("twice");
    folder.write("income_tax", TAX);
    std::fs::create_dir_all(folder.0.join("income_tax")).unwrap();
    std::fs::write(folder.0.join("income_tax/a.csv"), TAX).unwrap();
    std::fs::write(folder.0.join("notes.txt"), "left alone").unwrap();
    let (_, catalog) = built_in();
    let error = tables(&catalog, &folder.0).unwrap_err();
    assert_eq!(error.code(), "E-TABLE-TWICE");
}

/// A row of a made-up table: a number, a day, an amount, each perhaps missing or bad.
type Row = (Option<u8>, Option<i32>, Option<i64>);

struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn row(&mut self) -> Row {
        let mut some = |from: i64, end: u64| {
            let drawn = from + i64::try_from(self.below(end)).unwrap();
            (self.below(10) > 0).then_some(drawn)
        };
        let number = some(0, 12).map(|n| u8::try_from(n).unwrap());
        let day = some(20_600, 120).map(|n| i32::try_from(n).unwrap());
        (number, day, some(-3, 6))
    }
}

fn batch(rows: &[Row]) -> RecordBatch {
    let number = |n: u8| match n {
        0 => of("110105194912310021"),
        1 => of("1.1E+17"),
        2 => of("11010519491231002x"),
        n => {
            let packed = 11_010_519_491_231_000 + u64::from(n);
            minzheng::identity::ResidentNumber::from_packed(packed)
                .unwrap()
                .reveal()
        }
    };
    let numbers: StringArray = rows.iter().map(|r| r.0.map(number)).collect();
    let days: Date32Array = rows.iter().map(|r| r.1).collect();
    let amounts: Int64Array = rows.iter().map(|r| r.2).collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("id_number", Arc::new(numbers)),
        ("month", Arc::new(days)),
        ("amount_fen", Arc::new(amounts)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Everything that a gauge counts, in words.
fn outcome(gauge: Gauge) -> String {
    let sums = gauge.finish().into_iter().map(|(task, state)| {
        let sum = measured(&task.check, state, 3).unwrap();
        format!("{:?} {sum:?}\n", task.check)
    });
    sums.collect()
}

/// However a table is cut, and in whatever order its parts are put together, on disk or not, the counts are the same.
#[test]
fn parts_put_together_in_any_order_are_the_whole() {
    let (set, catalog) = built_in();
    let tax = catalog.resource("income_tax").unwrap();
    let field = || of("id_number");
    let checks = [
        Check::Given { field: field() },
        Check::Valid { field: field() },
        Check::Plain { field: field() },
        Check::Past { field: of("month") },
        Check::Range {
            field: of("amount"),
            low: Some(0),
            high: None,
        },
        Check::Unique {
            fields: vec![field()],
        },
        Check::Repeated { but: vec![] },
        Check::Distinct {
            field: of("month"),
            low: None,
            high: None,
        },
        Check::Newest { field: of("month") },
    ];
    let tasks = checks.map(|check| Task {
        home: of("income_tax"),
        check,
        is_other: false,
    });
    let folder = Folder::new("parts");
    let room = Room::of(&folder.0, 4);
    let day = (Day::parse(AS_OF).unwrap().number(), 3);
    let mut draw = Draw(3);
    for case in 0..150 {
        let many = usize::try_from(draw.below(60)).unwrap();
        let rows: Vec<Row> = (0..many).map(|_| draw.row()).collect();
        let whole = batch(&rows);
        let new = |room| Gauge::new(&set, tax, tasks.to_vec(), &whole.schema(), day, room);
        let mut once = new(None);
        once.update(&whole, 0);
        let (mut parts, mut at) = (Vec::new(), 0);
        while at < many {
            let some = usize::try_from(1 + draw.below(20)).unwrap().min(many - at);
            let mut part = new(Some(Arc::clone(&room)));
            part.update(&whole.slice(at, some), u64::try_from(at).unwrap());
            parts.push(part);
            at += some;
        }
        // two neighbours in a drawn place until one is left: every order, and every way to put brackets
        parts.push(new(Some(Arc::clone(&room))));
        while parts.len() > 1 {
            let from = usize::try_from(draw.below(u64::try_from(parts.len()).unwrap())).unwrap();
            let other = parts.swap_remove(from);
            let to = usize::try_from(draw.below(u64::try_from(parts.len()).unwrap())).unwrap();
            parts[to].merge(other).unwrap();
        }
        let all = parts.pop().unwrap();
        assert_eq!(all.rows, u64::try_from(many).unwrap());
        assert_eq!(outcome(all), outcome(once), "case {case}");
    }
}

/// Of a made-up province: numbers come damaged in 3 of 1,000 rows (4 of 10 with another check character, 1 by a spreadsheet, 2
/// with fifteen digits, 3 untidy), and 2 of 1,000 records come twice.
#[test]
fn the_errors_of_a_made_up_province_are_found_at_their_rates_on_any_number_of_threads() {
    let (set, catalog) = built_in();
    let mut made = crate::synth::SynthOptions::new(&set, 6_000, 7, Day::parse(AS_OF).unwrap());
    made.records = Some(12);
    let part = crate::synth::Province::new(made)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let folder = Folder::new("synth");
    for (item, batch) in catalog.items().zip(&part.items) {
        let path = folder.0.join(format!("{}.arrow", item.id));
        let file = std::fs::File::create(path).unwrap();
        let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &batch.schema()).unwrap();
        for from in (0..batch.num_rows()).step_by(1_000) {
            let some = 1_000.min(batch.num_rows() - from);
            writer.write(&batch.slice(from, some)).unwrap();
        }
        writer.finish().unwrap();
    }
    let all = Quality::load(&set, &catalog).unwrap();
    let tables = tables(&catalog, &folder.0).unwrap();
    assert_eq!(tables.len(), 33);
    let run = |threads, work| {
        let options = QualityOptions {
            threads,
            work,
            ..options()
        };
        quality(
            &set,
            &catalog,
            all.rules(),
            &tables,
            None,
            &options,
            &mut |_| {},
        )
        .unwrap()
    };
    let report = run(1, None);
    let work = folder.0.join("work");
    std::fs::create_dir_all(&work).unwrap();
    assert_eq!(report, run(3, Some(work)));

    let sums = |id: &str, field: &str| {
        // two accounts with one balance at one bank look like one that is told twice
        let is_told =
            |r: &Rule| r.id == id && !(id == "told_once" && r.resource == "bank_deposits");
        let own = report.outcomes.iter().filter(|o| is_told(&o.rule));
        let own = own.filter(|o| field.is_empty() || o.rule.check.fields() == [field]);
        own.fold((0, 0), |sum, o| {
            let (looked, failed) = o.counts().unwrap();
            (sum.0 + looked, sum.1 + failed)
        })
    };
    let per_million = |(of, failed): (u64, u64)| failed * 1_000_000 / of;
    let valid = sums("number_valid", "id_number");
    assert!(valid.0 > 100_000, "{valid:?}");
    // a little more than 5 of 10 of 3,000: who was born after 1998 never had fifteen digits
    assert!((1_350..1_950).contains(&per_million(valid)), "{valid:?}");
    let plain = per_million(sums("number_plain", "id_number"));
    assert!((1_100..1_650).contains(&plain), "{plain}");
    let repeated = per_million(sums("told_once", ""));
    assert!((1_700..2_300).contains(&repeated), "{repeated}");
    // and nothing is found that was not made
    for id in [
        "required_given",
        "type_held",
        "record_once",
        "share_of_one",
        "grade_known",
        "copy_agrees",
    ] {
        assert_eq!(sums(id, "").1, 0, "{id}");
    }
    assert!(report.unanswered().is_empty());
}

#[test]
fn the_built_in_rules_run_over_shipped_tables() {
    let (set, catalog) = built_in();
    let quality_rules = Quality::load(&set, &catalog).unwrap();
    let folder = Folder::new("rules");
    folder.write("income_tax", TAX);
    let tables = tables(&catalog, &folder.0).unwrap();
    let rules = quality_rules.rules();
    let report = quality(
        &set,
        &catalog,
        rules,
        &tables,
        None,
        &options(),
        &mut |_| {},
    )
    .unwrap();
    let verdict = |id: &str| {
        let own = report.outcomes.iter().find(|o| o.rule.id == id);
        own.map(|o| o.verdict)
    };
    assert_eq!(verdict("key_usable"), Some(Verdict::Failed));
    assert_eq!(verdict("share_of_one"), None);
    assert_eq!(verdict("delivered_in_time"), Some(Verdict::Unknown));
    assert_eq!(report.unanswered(), ["income_tax"]);
}
