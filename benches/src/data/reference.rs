//! The population of the reference rule, and its figures.

use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, BooleanArray, Int32Array};
use arrow_schema::ArrowError;
use chrono::NaiveDate;
use serde::Serialize;

use super::{Amounts, Population, Stream, column, members_of, truths};
use crate::columns::table;

/// How many areas have figures of their own.
pub const AREAS: u32 = 12;
/// The code of the first area.
pub const PLACE: i32 = 990_101;
const MONTHS: u32 = 24;

/// The figures of the rule, by half-year from 2025-01. The reference pack holds the same.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Standard in fen a month: by area, rural or urban, half-year.
    pub standard: Vec<[[i64; 4]; 2]>,
    /// Percent of wages left out.
    pub wage_percent: [i64; 4],
    /// Old-age allowance left out up to this.
    pub old_age_cap: [i64; 4],
    /// Medical costs deducted up to this.
    pub medical_cap: [i64; 4],
    /// Deduction for severe disability, percent of the standard.
    pub disability_percent: [i64; 4],
    /// Deposits allowed, in months of the standard.
    pub deposit_months: [i64; 4],
}

/// The figures.
#[must_use]
pub fn figures() -> Figures {
    let (base, step) = (Stream::new("std"), Stream::new("stdinc"));
    let standard = |area: u32, urban: u32| {
        let row = area * 2 + urban;
        let first = i64::from(45_000 + 20_000 * urban + 250 * base.below(row, 100));
        let rise = i64::from(1_250 + 50 * step.below(row, 20));
        [0, 1, 2, 3].map(|period| first + period * rise)
    };
    Figures {
        standard: (0..AREAS)
            .map(|area| [standard(area, 0), standard(area, 1)])
            .collect(),
        wage_percent: [15, 15, 20, 20],
        old_age_cap: [10_000, 10_000, 12_000, 12_000],
        medical_cap: [150_000, 150_000, 180_000, 180_000],
        disability_percent: [30, 30, 35, 35],
        deposit_months: [24, 24, 24, 36],
    }
}

/// `month` counts from 2025-01 and `area` from zero, for peers that look figures up by number; `on` and `place` say the same.
pub(super) fn population(rows: u32) -> Result<Population, ArrowError> {
    let [size, area, urban, month, vehicles, houses] =
        ["size", "area", "urban", "month", "veh", "houses"].map(Stream::new);
    let sizes = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6];
    let (offsets, household) = members_of((0..rows).map(|row| size.one_of(row, &sizes)));
    let deposits = Amounts::new("deposits", 70, 9_000_000);
    let firsts: Vec<i32> = (0..MONTHS).map(first_day).collect();
    let households = table(vec![
        ("household", column::<Int32Type>(rows, |row| row as i32)),
        (
            "on",
            column::<Date32Type>(rows, |row| firsts[month.below(row, MONTHS) as usize]),
        ),
        (
            "month",
            column::<UInt8Type>(rows, |row| month.below(row, MONTHS) as u8),
        ),
        (
            "place",
            column::<Int32Type>(rows, |row| PLACE + area.below(row, AREAS) as i32),
        ),
        (
            "area",
            column::<UInt8Type>(rows, |row| area.below(row, AREAS) as u8),
        ),
        (
            "registration",
            column::<UInt8Type>(rows, |row| urban.below(row, 2) as u8),
        ),
        (
            "deposits",
            column::<Int64Type>(rows, |row| deposits.at(row)),
        ),
        (
            "vehicles",
            column::<Int32Type>(rows, |row| i32::from(vehicles.below(row, 100) < 9)),
        ),
        (
            "houses",
            column::<Int32Type>(rows, |row| {
                houses.one_of(row, &[0, 1, 1, 1, 1, 1, 1, 1, 1, 2])
            }),
        ),
    ])?;

    let rows = household.len() as u32;
    let [kind, disability, ill] = ["kind", "dis", "ill"].map(Stream::new);
    let mut grades = [0_u8; 40];
    grades[..4].copy_from_slice(&[1, 2, 3, 4]);
    let ill: Arc<BooleanArray> = truths(rows, |row| ill.below(row, 100) < 8);
    let medical = Amounts::new("medical", 90, 300_000);
    let money = |name, percent, top| {
        let amounts = Amounts::new(name, percent, top);
        column::<Int64Type>(rows, |row| amounts.at(row)) as Arc<dyn Array>
    };
    let members = table(vec![
        ("household", Arc::new(Int32Array::from(household))),
        ("wage", money("wage", 50, 420_000)),
        ("business", money("business", 12, 150_000)),
        ("property", money("property", 10, 50_000)),
        ("transfer", money("transfer", 40, 120_000)),
        (
            "transfer_kind",
            column::<UInt8Type>(rows, |row| {
                kind.one_of(row, &[0, 0, 0, 0, 0, 0, 1, 2, 2, 2])
            }),
        ),
        (
            "disability",
            column::<UInt8Type>(rows, |row| disability.one_of(row, &grades)),
        ),
        ("ill", Arc::clone(&ill) as Arc<dyn Array>),
        (
            "medical",
            column::<Int64Type>(rows, |row| {
                if ill.value(row as usize) {
                    medical.at(row)
                } else {
                    0
                }
            }),
        ),
    ])?;
    Ok(Population {
        households,
        members,
        offsets,
    })
}

/// The first day of a month, counted from 2025-01, as a day since 1970.
fn first_day(month: u32) -> i32 {
    let epoch = NaiveDate::default();
    let year = 2025 + (month / 12) as i32;
    NaiveDate::from_ymd_opt(year, month % 12 + 1, 1)
        .map_or(0, |day| day.signed_duration_since(epoch).num_days() as i32)
}
