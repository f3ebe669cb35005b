//! The twenty aggregates as a loop over households, by hand.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{
    Array, BooleanArray, Date32Array, Int32Array, Int64Array, PrimitiveArray, RecordBatch,
};
use arrow_schema::ArrowError;

use crate::columns::{numbers, table, truths};
use crate::data::Population;
use crate::engine::Prepared;
use crate::manifest::Bench;

/// 1966-01-01 and 2010-01-01 as days since 1970: whoever is born by then is 60, or 16, on 2026-01-01.
const SIXTY: i32 = -1_461;
const SIXTEEN: i32 = 14_610;

/// The loop over households.
///
/// # Errors
/// A population of another bench.
pub fn by_hand<'a>(_: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
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
    let mut out = Columns::with_room(count);
    for bounds in population.offsets.windows(2) {
        let (mut size, mut disabled_count, mut severe_count, mut student_count) = (0, 0, 0, 0);
        let (mut worker_count, mut elderly_count, mut wage_unknown_count) = (0, 0, 0);
        let (mut wage_sum, mut income_sum, mut elderly_pension_sum) = (0, 0, 0);
        let (mut patient_medical_sum, mut deposit_sum, mut highest_wage) = (0, 0, 0);
        let (mut any_in_prison, mut any_well_paid_official) = (false, false);
        let (mut all_unable, mut all_dependent) = (true, true);
        let (mut youngest_birth, mut longest_stay_disabled) = (None, None);
        let mut lowest_wage_ungraded: Option<i64> = None;
        for m in bounds[0] as usize..bounds[1] as usize {
            let known_wage = at(wage, m);
            let earned = known_wage.unwrap_or(0);
            let severe = matches!(at(grade, m), Some(1 | 2));
            let born = at(birth, m);
            let elderly = born.is_some_and(|day| day <= SIXTY);
            let young = born.is_some_and(|day| day > SIXTEEN);
            size += 1;
            disabled_count += i32::from(is(disabled, m, true));
            severe_count += i32::from(severe);
            student_count += i32::from(is(student, m, true));
            worker_count += i32::from(
                at(labour, m) == Some(0) && is(student, m, false) && is(in_prison, m, false),
            );
            elderly_count += i32::from(elderly);
            wage_unknown_count += i32::from(known_wage.is_none());
            wage_sum += earned;
            income_sum += earned
                + at(pension, m).unwrap_or(0)
                + at(business, m).unwrap_or(0)
                + at(property, m).unwrap_or(0);
            if elderly {
                elderly_pension_sum += at(pension, m).unwrap_or(0);
            }
            if severe || at(disease, m).is_some_and(|disease| disease != 0) {
                patient_medical_sum += at(medical, m).unwrap_or(0);
            }
            deposit_sum += at(deposits, m).unwrap_or(0);
            any_in_prison |= is(in_prison, m, true);
            any_well_paid_official |= is(official, m, true) && earned > 6_000_000;
            all_unable &= at(labour, m) == Some(2);
            all_dependent &= young || elderly || is(disabled, m, true);
            youngest_birth = youngest_birth.max(born);
            highest_wage = earned.max(highest_wage);
            if at(grade, m) == Some(0) {
                lowest_wage_ungraded =
                    Some(lowest_wage_ungraded.map_or(earned, |low| low.min(earned)));
            }
            if is(disabled, m, true) {
                longest_stay_disabled = longest_stay_disabled.max(Some(at(stay, m).unwrap_or(0)));
            }
        }
        out.size.push(size);
        out.disabled_count.push(disabled_count);
        out.severe_count.push(severe_count);
        out.student_count.push(student_count);
        out.worker_count.push(worker_count);
        out.elderly_count.push(elderly_count);
        out.wage_sum.push(wage_sum);
        out.income_sum.push(income_sum);
        out.elderly_pension_sum.push(elderly_pension_sum);
        out.patient_medical_sum.push(patient_medical_sum);
        out.deposit_sum.push(deposit_sum);
        out.any_in_prison.push(any_in_prison);
        out.any_well_paid_official.push(any_well_paid_official);
        out.all_unable.push(all_unable);
        out.all_dependent.push(all_dependent);
        out.youngest_birth.push(youngest_birth);
        out.highest_wage.push(highest_wage);
        out.lowest_wage_ungraded.push(lowest_wage_ungraded);
        out.longest_stay_disabled.push(longest_stay_disabled);
        out.wage_unknown_count.push(wage_unknown_count);
    }
    out.table().map_err(|error| error.to_string())
}

/// The answer, column by column.
struct Columns {
    size: Vec<i32>,
    disabled_count: Vec<i32>,
    severe_count: Vec<i32>,
    student_count: Vec<i32>,
    worker_count: Vec<i32>,
    elderly_count: Vec<i32>,
    wage_sum: Vec<i64>,
    income_sum: Vec<i64>,
    elderly_pension_sum: Vec<i64>,
    patient_medical_sum: Vec<i64>,
    deposit_sum: Vec<i64>,
    any_in_prison: Vec<bool>,
    any_well_paid_official: Vec<bool>,
    all_unable: Vec<bool>,
    all_dependent: Vec<bool>,
    youngest_birth: Vec<Option<i32>>,
    highest_wage: Vec<i64>,
    lowest_wage_ungraded: Vec<Option<i64>>,
    longest_stay_disabled: Vec<Option<i32>>,
    wage_unknown_count: Vec<i32>,
}

impl Columns {
    fn with_room(rows: usize) -> Self {
        Self {
            size: Vec::with_capacity(rows),
            disabled_count: Vec::with_capacity(rows),
            severe_count: Vec::with_capacity(rows),
            student_count: Vec::with_capacity(rows),
            worker_count: Vec::with_capacity(rows),
            elderly_count: Vec::with_capacity(rows),
            wage_sum: Vec::with_capacity(rows),
            income_sum: Vec::with_capacity(rows),
            elderly_pension_sum: Vec::with_capacity(rows),
            patient_medical_sum: Vec::with_capacity(rows),
            deposit_sum: Vec::with_capacity(rows),
            any_in_prison: Vec::with_capacity(rows),
            any_well_paid_official: Vec::with_capacity(rows),
            all_unable: Vec::with_capacity(rows),
            all_dependent: Vec::with_capacity(rows),
            youngest_birth: Vec::with_capacity(rows),
            highest_wage: Vec::with_capacity(rows),
            lowest_wage_ungraded: Vec::with_capacity(rows),
            longest_stay_disabled: Vec::with_capacity(rows),
            wage_unknown_count: Vec::with_capacity(rows),
        }
    }

    fn table(self) -> Result<RecordBatch, ArrowError> {
        table(vec![
            ("size", Arc::new(Int32Array::from(self.size))),
            (
                "disabled_count",
                Arc::new(Int32Array::from(self.disabled_count)),
            ),
            (
                "severe_count",
                Arc::new(Int32Array::from(self.severe_count)),
            ),
            (
                "student_count",
                Arc::new(Int32Array::from(self.student_count)),
            ),
            (
                "worker_count",
                Arc::new(Int32Array::from(self.worker_count)),
            ),
            (
                "elderly_count",
                Arc::new(Int32Array::from(self.elderly_count)),
            ),
            ("wage_sum", Arc::new(Int64Array::from(self.wage_sum))),
            ("income_sum", Arc::new(Int64Array::from(self.income_sum))),
            (
                "elderly_pension_sum",
                Arc::new(Int64Array::from(self.elderly_pension_sum)),
            ),
            (
                "patient_medical_sum",
                Arc::new(Int64Array::from(self.patient_medical_sum)),
            ),
            ("deposit_sum", Arc::new(Int64Array::from(self.deposit_sum))),
            (
                "any_in_prison",
                Arc::new(BooleanArray::from(self.any_in_prison)),
            ),
            (
                "any_well_paid_official",
                Arc::new(BooleanArray::from(self.any_well_paid_official)),
            ),
            ("all_unable", Arc::new(BooleanArray::from(self.all_unable))),
            (
                "all_dependent",
                Arc::new(BooleanArray::from(self.all_dependent)),
            ),
            (
                "youngest_birth",
                Arc::new(Date32Array::from(self.youngest_birth)),
            ),
            (
                "highest_wage",
                Arc::new(Int64Array::from(self.highest_wage)),
            ),
            (
                "lowest_wage_ungraded",
                Arc::new(Int64Array::from(self.lowest_wage_ungraded)),
            ),
            (
                "longest_stay_disabled",
                Arc::new(Int32Array::from(self.longest_stay_disabled)),
            ),
            (
                "wage_unknown_count",
                Arc::new(Int32Array::from(self.wage_unknown_count)),
            ),
        ])
    }
}
