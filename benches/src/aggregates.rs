//! The twenty aggregates as a loop over households, by hand.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{
    Array, BooleanArray, Date32Array, Int32Array, Int64Array, PrimitiveArray, RecordBatch,
};

use crate::columns::{numbers, table, truths};
use crate::data::Population;
use crate::engine::Prepared;

/// 1966-01-01 and 2010-01-01 as days since 1970: whoever is born by then is 60, or 16, on 2026-01-01.
const SIXTY: i32 = -1_461;
const SIXTEEN: i32 = 14_610;

/// The loop over households.
///
/// # Errors
/// A population of another bench.
pub fn by_hand(population: &Population) -> Result<Prepared<'_>, String> {
    Ok(Box::new(move || answer(population)))
}

fn at<T: ArrowPrimitiveType>(column: &PrimitiveArray<T>, row: usize) -> Option<T::Native> {
    column.is_valid(row).then(|| column.values()[row])
}

fn is(column: &BooleanArray, row: usize, wanted: bool) -> bool {
    column.is_valid(row) && column.value(row) == wanted
}

/// A missing fact counts as nothing in a sum, and as neither yes nor no: what is certain is counted.
fn answer(population: &Population) -> Result<RecordBatch, String> {
    let members = &population.members;
    let disabled = truths(members, "disabled")?;
    let student = truths(members, "student")?;
    let in_prison = truths(members, "in_prison")?;
    let official = truths(members, "public_employee")?;
    let grade = numbers::<UInt8Type>(members, "grade")?;
    let labour = numbers::<UInt8Type>(members, "labour")?;
    let disease = numbers::<UInt8Type>(members, "disease")?;
    let birth = numbers::<Date32Type>(members, "birth")?;
    let stay = numbers::<Int32Type>(members, "hospital_days")?;
    let wage = numbers::<Int64Type>(members, "wage")?;
    let pension = numbers::<Int64Type>(members, "pension")?;
    let business = numbers::<Int64Type>(members, "business")?;
    let property = numbers::<Int64Type>(members, "property")?;
    let medical = numbers::<Int64Type>(members, "medical")?;
    let deposits = numbers::<Int64Type>(members, "deposits")?;

    let count = population.households.num_rows();
    let mut out: Vec<Household> = Vec::with_capacity(count);
    for bounds in population.offsets.windows(2) {
        let mut one = Household {
            all_unable: true,
            all_dependent: true,
            ..Household::default()
        };
        for m in bounds[0] as usize..bounds[1] as usize {
            let known_wage = at(wage, m);
            let earned = known_wage.unwrap_or(0);
            let severe = matches!(at(grade, m), Some(1 | 2));
            let born = at(birth, m);
            let elderly = born.is_some_and(|day| day <= SIXTY);
            let young = born.is_some_and(|day| day > SIXTEEN);
            one.size += 1;
            one.disabled += i32::from(is(disabled, m, true));
            one.severe += i32::from(severe);
            one.students += i32::from(is(student, m, true));
            one.workers += i32::from(
                at(labour, m) == Some(0) && is(student, m, false) && is(in_prison, m, false),
            );
            one.elderly += i32::from(elderly);
            one.wage += earned;
            one.income += earned
                + at(pension, m).unwrap_or(0)
                + at(business, m).unwrap_or(0)
                + at(property, m).unwrap_or(0);
            if elderly {
                one.elderly_pension += at(pension, m).unwrap_or(0);
            }
            if severe || at(disease, m).is_some_and(|disease| disease != 0) {
                one.patient_medical += at(medical, m).unwrap_or(0);
            }
            one.deposits += at(deposits, m).unwrap_or(0);
            one.prison |= is(in_prison, m, true);
            one.well_paid |= is(official, m, true) && earned > 6_000_000;
            one.all_unable &= at(labour, m) == Some(2);
            one.all_dependent &= young || elderly || is(disabled, m, true);
            one.youngest = one.youngest.max(born);
            one.highest_wage = one.highest_wage.max(earned);
            if at(grade, m) == Some(0) {
                one.lowest_wage = Some(one.lowest_wage.map_or(earned, |low| low.min(earned)));
            }
            if is(disabled, m, true) {
                one.longest_stay = one.longest_stay.max(Some(at(stay, m).unwrap_or(0)));
            }
            one.wage_unknown += i32::from(known_wage.is_none());
        }
        out.push(one);
    }
    columns(&out).map_err(|error| error.to_string())
}

#[derive(Default)]
struct Household {
    size: i32,
    disabled: i32,
    severe: i32,
    students: i32,
    workers: i32,
    elderly: i32,
    wage: i64,
    income: i64,
    elderly_pension: i64,
    patient_medical: i64,
    deposits: i64,
    prison: bool,
    well_paid: bool,
    all_unable: bool,
    all_dependent: bool,
    youngest: Option<i32>,
    highest_wage: i64,
    lowest_wage: Option<i64>,
    longest_stay: Option<i32>,
    wage_unknown: i32,
}

fn columns(rows: &[Household]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let count = |of: fn(&Household) -> i32| {
        Arc::new(Int32Array::from_iter_values(rows.iter().map(of))) as Arc<dyn Array>
    };
    let money = |of: fn(&Household) -> i64| {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(of))) as Arc<dyn Array>
    };
    let truth = |of: fn(&Household) -> bool| {
        Arc::new(BooleanArray::from(rows.iter().map(of).collect::<Vec<_>>())) as Arc<dyn Array>
    };
    let youngest: Date32Array = rows.iter().map(|h| h.youngest).collect();
    let lowest: Int64Array = rows.iter().map(|h| h.lowest_wage).collect();
    let longest: Int32Array = rows.iter().map(|h| h.longest_stay).collect();
    table(vec![
        ("size", count(|h| h.size)),
        ("disabled_count", count(|h| h.disabled)),
        ("severe_count", count(|h| h.severe)),
        ("student_count", count(|h| h.students)),
        ("worker_count", count(|h| h.workers)),
        ("elderly_count", count(|h| h.elderly)),
        ("wage_sum", money(|h| h.wage)),
        ("income_sum", money(|h| h.income)),
        ("elderly_pension_sum", money(|h| h.elderly_pension)),
        ("patient_medical_sum", money(|h| h.patient_medical)),
        ("deposit_sum", money(|h| h.deposits)),
        ("any_in_prison", truth(|h| h.prison)),
        ("any_well_paid_official", truth(|h| h.well_paid)),
        ("all_unable", truth(|h| h.all_unable)),
        ("all_dependent", truth(|h| h.all_dependent)),
        ("youngest_birth", Arc::new(youngest)),
        ("highest_wage", money(|h| h.highest_wage)),
        ("lowest_wage_ungraded", Arc::new(lowest)),
        ("longest_stay_disabled", Arc::new(longest)),
        ("wage_unknown_count", count(|h| h.wage_unknown)),
    ])
}
