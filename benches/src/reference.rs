//! The reference rule as a careful programmer writes it by hand: the yardstick.

use std::sync::Arc;

use arrow_array::types::{Int32Type, Int64Type, UInt8Type};
use arrow_array::{Int64Array, RecordBatch, UInt8Array};

use crate::columns::{numbers, table, truths};
use crate::data::{Figures, Population, figures};
use crate::engine::Prepared;
use crate::manifest::Bench;

/// The integer loop over the columns.
///
/// # Errors
/// A population of another bench.
pub fn by_hand<'a>(_: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
    let figures = figures();
    Ok(Box::new(move || answer(population, &figures)))
}

/// Sums that cannot overflow for amounts of this size wrap, as in a release build without checks: the yardstick is not held back.
fn answer(population: &Population, figures: &Figures) -> Result<RecordBatch, String> {
    let (households, members) = (&population.households, &population.members);
    let area = numbers::<UInt8Type>(households, "area")?.values();
    let registration = numbers::<UInt8Type>(households, "registration")?.values();
    let month = numbers::<UInt8Type>(households, "month")?.values();
    let deposits = numbers::<Int64Type>(households, "deposits")?.values();
    let vehicles = numbers::<Int32Type>(households, "vehicles")?.values();
    let houses = numbers::<Int32Type>(households, "houses")?.values();
    let wage = numbers::<Int64Type>(members, "wage")?.values();
    let business = numbers::<Int64Type>(members, "business")?.values();
    let property = numbers::<Int64Type>(members, "property")?.values();
    let transfer = numbers::<Int64Type>(members, "transfer")?.values();
    let kind = numbers::<UInt8Type>(members, "transfer_kind")?.values();
    let disability = numbers::<UInt8Type>(members, "disability")?.values();
    let ill = truths(members, "ill")?.values();
    let medical = numbers::<Int64Type>(members, "medical")?.values();

    let count = households.num_rows();
    let mut amounts = Vec::with_capacity(count);
    let mut reasons = Vec::with_capacity(count);
    let mut incomes = Vec::with_capacity(count);
    for h in 0..count {
        let period = usize::from(month[h] / 6);
        let standard = figures.standard[usize::from(area[h])][usize::from(registration[h])][period];
        let wage_percent = figures.wage_percent[period];
        let old_age_cap = figures.old_age_cap[period];
        let medical_cap = figures.medical_cap[period];
        let for_disability = standard.wrapping_mul(figures.disability_percent[period]) / 100;
        let (mut income, mut severe_any) = (0_i64, false);
        let rows = population.offsets[h] as usize..population.offsets[h + 1] as usize;
        let size = rows.len() as i64;
        for m in rows {
            let kept = match kind[m] {
                1 => 0,
                2 => transfer[m].wrapping_sub(old_age_cap).max(0),
                _ => transfer[m],
            };
            let severe = matches!(disability[m], 1 | 2);
            let mut deducted = if ill.value(m) {
                medical[m].min(medical_cap)
            } else {
                0
            };
            if severe {
                deducted = deducted.wrapping_add(for_disability);
            }
            severe_any |= severe;
            income = income
                .wrapping_add(wage[m])
                .wrapping_sub(wage[m].wrapping_mul(wage_percent) / 100)
                .wrapping_add(business[m])
                .wrapping_add(property[m])
                .wrapping_add(kept)
                .wrapping_sub(deducted);
        }
        let per_capita = income.max(0) / size;
        let limit = size
            .wrapping_mul(standard)
            .wrapping_mul(figures.deposit_months[period]);
        let reason = u8::from(per_capita >= standard)
            | u8::from(deposits[h] > limit) << 1
            | u8::from(vehicles[h] > i32::from(severe_any)) << 2
            | u8::from(houses[h] > 1) << 3;
        let amount = if reason == 0 {
            let gap = standard.wrapping_sub(per_capita).wrapping_mul(size);
            (gap.wrapping_add(99) / 100).wrapping_mul(100)
        } else {
            0
        };
        amounts.push(amount);
        reasons.push(reason);
        incomes.push(per_capita);
    }
    table(vec![
        ("amount", Arc::new(Int64Array::from(amounts))),
        ("reason", Arc::new(UInt8Array::from(reasons))),
        ("per_capita", Arc::new(Int64Array::from(incomes))),
    ])
    .map_err(|error| error.to_string())
}
