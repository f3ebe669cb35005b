//! A province in household order, with facts that are missing here and there.

use std::sync::Arc;

use arrow_array::Int32Array;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_schema::ArrowError;

use super::maker::{Maker, ON};
use super::{Population, Stream, column, members_of};
use crate::columns::table;

/// 1930-01-01, the first day of birth.
const FIRST_BIRTH: i32 = -14_610;

pub(super) fn population(rows: u32) -> Result<Population, ArrowError> {
    // of a hundred households: 46 of one, 32 of two, 12 of three, 6 of four, 3 of five, 1 of six; 1.91 on average
    let shares = [(46, 1), (32, 2), (12, 3), (6, 4), (3, 5), (1, 6)];
    let sizes: Vec<u32> = shares
        .into_iter()
        .flat_map(|(share, size)| (0..share).map(move |_| size))
        .collect();
    let size = Stream::new("province.size");
    let (offsets, household) = members_of((0..rows).map(|row| size.one_of(row, &sizes)));
    let households = table(vec![
        ("household", column::<Int32Type>(rows, |row| row as i32)),
        ("on", column::<Date32Type>(rows, |_| ON)),
    ])?;

    let maker = Maker {
        under: "province",
        rows: household.len() as u32,
    };
    let members = table(vec![
        ("household", Arc::new(Int32Array::from(household))),
        ("disabled", maker.truths("disabled", 9, 0)),
        ("student", maker.truths("student", 15, 10)),
        ("in_prison", maker.truths("in_prison", 1, 10)),
        ("public_employee", maker.truths("public_employee", 5, 10)),
        (
            "grade",
            maker.codes("grade", &[0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 0),
        ),
        ("labour", maker.codes("labour", &[0, 0, 0, 1, 2, 2], 10)),
        (
            "disease",
            maker.codes("disease", &[0, 0, 0, 0, 0, 0, 0, 1, 2, 3], 40),
        ),
        (
            "birth",
            maker.numbers::<Date32Type>("birth", 1, |stream, row| {
                FIRST_BIRTH + stream.below(row, (ON - FIRST_BIRTH) as u32) as i32
            }),
        ),
        (
            "hospital_days",
            maker.numbers::<Int32Type>("hospital_days", 50, |stream, row| {
                (stream.below(row, 400) as i32 - 300).max(0)
            }),
        ),
        ("wage", maker.money("wage", 45, 30_000_000, 50)),
        ("pension", maker.money("pension", 25, 12_000_000, 50)),
        ("business", maker.money("business", 10, 20_000_000, 80)),
        ("property", maker.money("property", 12, 5_000_000, 90)),
        ("medical", maker.money("medical", 40, 10_000_000, 40)),
        ("deposits", maker.money("deposits", 70, 100_000_000, 100)),
    ])?;
    Ok(Population {
        households,
        members,
        offsets,
    })
}
