//! People of one place, one a household: the columns that shipped warning models of a person read which are single expressions over
//! nulls.

use arrow_array::ArrayRef;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_schema::ArrowError;

use super::maker::{Maker, ON};
use super::{Population, column};
use crate::columns::table;

/// Where all of them live.
const PLACE: i32 = 150_121;

/// Yes or no: of a hundred so many yes.
const TRUTHS: &[(&str, u32)] = &[
    ("authorisation_valid", 90),
    ("cancelled_as_duplicate", 1),
    ("cancelled_by_death", 2),
    ("care_subsidy_recipient", 3),
    ("care_voucher_recipient", 4),
    ("child_status_changed", 1),
    ("correction_on_record", 1),
    ("death_certified", 2),
    ("declared_dead", 1),
    ("declared_missing", 1),
    ("de_facto_orphan_recipient", 1),
    ("dibao_ended", 3),
    ("dibao_on_register", 62),
    ("dibao_recipient", 62),
    ("disability_card_lapsed", 2),
    ("disability_card_new", 1),
    ("divorce_recorded", 5),
    ("elder_severe", 4),
    ("elder_unable", 6),
    ("enrolled_on_record", 15),
    ("fund_paying", 3),
    ("has_disability_card", 9),
    ("in_elder_home", 3),
    ("left_school_last_month", 1),
    ("lives_alone", 12),
    ("living_subsidy_recipient", 5),
    ("marriage_recorded", 55),
    ("married", 52),
    ("move_last_month", 1),
    ("old_age_recipient", 8),
    ("on_police_register", 99),
    ("orphan_recipient", 1),
    ("pension_last_month", 26),
    ("pension_recent", 27),
    ("released_recent", 1),
    ("severe_illness_new", 1),
    ("tekun_recipient", 3),
    ("unemployment_benefit_now", 1),
    ("unemployment_benefit_recent", 2),
    ("wage_taxed_recent", 8),
    ("watched_return", 5),
    ("work_injury_care", 1),
];

/// Dates: the first day and the last before the day decided, negative after it; of a thousand so many missing.
const DATES: &[(&str, i32, i32, u32)] = &[
    ("birth", 35_000, 0, 1),
    ("dibao_ended_on", 400, 0, 960),
    ("dibao_since", 4_000, 0, 380),
    ("died_on", 700, 0, 980),
    ("disability_card_expires_on", 1_000, -3_000, 900),
    ("divorced_on", 9_000, 0, 940),
    ("married_on", 16_000, 0, 430),
];

/// Counts and codes: which are drawn alike, of a thousand so many missing.
const COUNTS: &[(&str, &[i32], u32)] = &[
    ("accounts_paid", &[0, 1, 1, 1, 1, 1, 1, 1, 1, 2], 20),
    (
        "dibao_cases_paid",
        &[0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
        20,
    ),
    ("disability_grade", &[1, 2, 3, 4], 910),
    (
        "insured_months_recent",
        &[0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 12],
        30,
    ),
    ("shelter_stays", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2], 10),
    ("support_form_registered", &[0, 1], 950),
];

/// Amounts in fen: of a hundred so many above nothing, the highest, of a thousand so many missing. None is missing where the lowest that
/// it could be would decide what null leaves open.
const MONEY: &[(&str, u32, u64, u32)] = &[
    ("chronic_total_three_months", 6, 3_000_000, 50),
    ("inpatient_own_ytd", 10, 2_000_000, 50),
    ("resident_basic_month", 25, 30_000, 0),
    ("resident_pension_month", 25, 60_000, 30),
    ("school_aid_year", 10, 600_000, 0),
    ("school_fee_year", 15, 2_000_000, 40),
    ("staff_pension_month", 5, 600_000, 30),
    ("stay_own_max", 8, 2_000_000, 50),
    ("stay_total_max", 8, 9_000_000, 50),
    ("wage", 45, 6_000_000, 0),
    ("wage_three_months", 40, 1_500_000, 0),
];

/// Of a thousand truths so many are missing.
const MISSING: u32 = 20;

pub(super) fn population(people: u32) -> Result<Population, ArrowError> {
    let maker = Maker {
        under: "shipped",
        rows: people,
    };
    let numbers = |first: i32| column::<Int32Type>(people, move |row| first + row as i32);
    let place = || column::<Int32Type>(people, |_| PLACE);
    let households = table(vec![
        ("household", numbers(0)),
        ("on", column::<Date32Type>(people, |_| ON)),
        ("registration_place", place()),
        ("handling_place", place()),
    ])?;
    let mut columns: Vec<(&str, ArrayRef)> = vec![("household", numbers(0))];
    for (name, percent) in TRUTHS {
        columns.push((name, maker.truths(name, *percent, MISSING)));
    }
    for (name, first, last, missing) in DATES {
        columns.push((name, maker.dates(name, *first, *last, *missing)));
    }
    for (name, counts, missing) in COUNTS {
        columns.push((name, maker.counts(name, counts, *missing)));
    }
    for (name, percent, top, missing) in MONEY {
        columns.push((name, maker.money(name, *percent, *top, *missing)));
    }
    Ok(Population {
        households,
        members: table(columns)?,
        offsets: (0..=people).collect(),
    })
}
