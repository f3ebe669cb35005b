//! People with the facts of their household attached: the 60 columns that the 45 models are about.

use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, Int32Array};
use arrow_schema::ArrowError;

use super::maker::{Maker, ON};
use super::{Population, column};
use crate::columns::table;

/// Yes or no: of a hundred so many yes, of a thousand so many missing.
const TRUTHS: &[(&str, u32, u32)] = &[
    ("death_registered", 2, 0),
    ("cremated", 2, 5),
    ("dibao_active", 65, 0),
    ("tekun_active", 4, 0),
    ("in_prison", 1, 10),
    ("public_employee", 5, 10),
    ("owns_business", 8, 20),
    ("student", 15, 10),
    ("disabled", 7, 0),
    ("hukou_cancelled", 2, 5),
    ("abroad", 2, 30),
    ("unemployed_registered", 12, 20),
    ("monitor_relapse", 5, 0),
    ("luxury_vehicle", 4, 60),
    ("hardship_marginal", 8, 0),
    ("temp_aid_active", 5, 0),
];

/// Codes: which are drawn alike, of a thousand so many missing.
const CODES: &[(&str, &[u8], u32)] = &[
    ("region", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0),
    ("disability_grade", &[0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 0),
    (
        "disability_kind",
        &[0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6],
        0,
    ),
    ("self_care", &[0, 0, 0, 0, 0, 0, 1, 2], 20),
    ("labour", &[0, 1, 2, 2, 2, 2], 10),
    ("marital", &[0, 1, 1, 1, 1, 1, 1, 2, 2, 3], 10),
    ("education", &[0, 1, 1, 2, 2, 2, 3, 4], 30),
    ("relation", &[0, 0, 1, 2, 2, 3, 4], 0),
    ("hukou", &[0, 0, 0, 1], 0),
    (
        "disease",
        &[
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6,
        ],
        40,
    ),
];

/// Dates: the first day and the last before the day decided, negative after it; of a thousand so many missing.
const DATES: &[(&str, i32, i32, u32)] = &[
    ("birth_date", 35_000, 0, 1),
    ("death_date", 700, 0, 985),
    ("cremation_date", 700, 0, 988),
    ("dibao_start", 4_000, 0, 380),
    ("last_review", 500, 0, 350),
    ("prison_start", 3_000, -30, 996),
    ("prison_release", 700, -1_500, 995),
    ("marriage_date", 16_000, -30, 480),
    ("disability_expiry", 1_000, -3_000, 850),
    ("business_reg", 5_000, 0, 970),
];

/// Counts: which are drawn alike, of a thousand so many missing.
const COUNTS: &[(&str, &[i32], u32)] = &[
    (
        "hh_size",
        &[1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6],
        0,
    ),
    ("hh_vehicles", &[0, 0, 0, 0, 0, 0, 0, 1, 1, 2], 60),
    ("hh_houses", &[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], 80),
    ("hh_working", &[0, 0, 0, 1, 1, 1, 2, 2, 3], 20),
    ("hh_disabled", &[0, 0, 0, 0, 0, 0, 0, 1, 1, 2], 0),
];

/// Amounts in fen: of a hundred so many above nothing, the highest, of a thousand so many missing.
const MONEY: &[(&str, u32, u64, u32)] = &[
    ("income_year", 95, 2_000_000, 30),
    ("wage_year", 60, 3_000_000, 50),
    ("pension_month", 25, 300_000, 50),
    ("business_income", 12, 3_000_000, 80),
    ("transfer_income", 30, 1_000_000, 60),
    ("property_income", 12, 1_000_000, 90),
    ("deposits", 50, 5_000_000, 100),
    ("securities", 6, 8_000_000, 120),
    ("dibao_month", 96, 500_000, 0),
    ("tekun_month", 6, 150_000, 0),
    ("temp_aid_year", 5, 1_500_000, 0),
    ("medical_self", 8, 3_000_000, 40),
    ("medical_aid", 90, 2_000_000, 60),
    ("provident_balance", 10, 6_000_000, 80),
    ("reg_capital", 60, 30_000_000, 90),
    ("insurance_premium", 10, 1_000_000, 150),
    ("tax_year", 12, 1_000_000, 70),
];

/// The people are the households of this population; it has no members.
pub(super) fn population(people: u32) -> Result<Population, ArrowError> {
    let maker = Maker {
        under: "models",
        rows: people,
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("household", column::<Int32Type>(people, |row| row as i32)),
        ("on", column::<Date32Type>(people, |_| ON)),
    ];
    for (name, percent, missing) in TRUTHS {
        columns.push((name, maker.truths(name, *percent, *missing)));
    }
    for (name, codes, missing) in CODES {
        columns.push((name, maker.codes(name, codes, *missing)));
    }
    for (name, first, last, missing) in DATES {
        columns.push((name, maker.dates(name, *first, *last, *missing)));
    }
    for (name, counts, missing) in COUNTS {
        columns.push((name, maker.counts(name, counts, *missing)));
    }
    let stays = maker.numbers::<Int32Type>("hospital_days", 50, |stream, row| {
        (stream.below(row, 1_000) as i32 - 900).max(0)
    });
    columns.push(("hospital_days", stays));
    for (name, percent, top, missing) in MONEY {
        columns.push((name, maker.money(name, *percent, *top, *missing)));
    }
    let standards = maker.numbers::<Int64Type>("standard_monthly", 0, |stream, row| {
        45_000 + 250 * i64::from(stream.below(row, 200))
    });
    columns.push(("standard_monthly", standards));
    Ok(Population {
        households: table(columns)?,
        members: table(vec![(
            "household",
            Arc::new(Int32Array::from(Vec::<i32>::new())),
        )])?,
        offsets: vec![0],
    })
}
