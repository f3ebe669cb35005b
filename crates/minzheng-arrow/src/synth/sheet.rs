//! Rows of facts, and the columns they become.
#![expect(clippy::struct_field_names, reason = "a field is named as its column")]

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Int32Builder, Int64Builder, StringBuilder,
    StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng_rules::date::Day;

use super::draw::Draw;
use crate::error::{Error, fault};

/// A value of a fact, and the column of such values.
pub(super) trait Cell: Copy {
    type Builder: Default;
    const SUFFIX: &'static str = "";
    fn ty() -> DataType;
    fn put(self, to: &mut Self::Builder);
    fn skip(to: &mut Self::Builder);
    fn finish(of: &mut Self::Builder) -> ArrayRef;
}

/// An amount in whole fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fen(pub(super) i64);

/// A key.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Key(pub(super) i64);

/// A code of a list.
pub(super) type Code = &'static str;

macro_rules! plain_cell {
    ($type:ty, $builder:ty, $ty:expr, $suffix:literal, |$value:ident| $native:expr) => {
        impl Cell for $type {
            type Builder = $builder;
            const SUFFIX: &'static str = $suffix;
            fn ty() -> DataType {
                $ty
            }
            fn put(self, to: &mut Self::Builder) {
                let $value = self;
                to.append_value($native);
            }
            fn skip(to: &mut Self::Builder) {
                to.append_null();
            }
            fn finish(of: &mut Self::Builder) -> ArrayRef {
                Arc::new(of.finish())
            }
        }
    };
}

plain_cell!(bool, BooleanBuilder, DataType::Boolean, "", |value| value);
plain_cell!(Fen, Int64Builder, DataType::Int64, "_fen", |value| value.0);
plain_cell!(Key, Int64Builder, DataType::Int64, "", |value| value.0);
plain_cell!(i64, Int32Builder, DataType::Int32, "", |value| {
    i32::try_from(value).unwrap_or(0)
});
plain_cell!(Day, Date32Builder, DataType::Date32, "", |value| {
    i32::try_from(value.number()).unwrap_or(0)
});

impl Cell for Code {
    type Builder = StringDictionaryBuilder<Int32Type>;
    fn ty() -> DataType {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
    }
    fn put(self, to: &mut Self::Builder) {
        to.append_value(self);
    }
    fn skip(to: &mut Self::Builder) {
        to.append_null();
    }
    fn finish(of: &mut Self::Builder) -> ArrayRef {
        Arc::new(of.finish())
    }
}

/// An identity number, packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity(pub(super) minzheng::identity::ResidentNumber);

plain_cell!(Identity, StringBuilder, DataType::Utf8, "", |value| {
    value.0.reveal()
});

/// A row that may lose facts.
pub(super) trait Forget {
    /// Makes facts unknown, each with a chance of so many per mille.
    fn forget(&mut self, draw: &mut Draw, per_mille: i64);
}

/// The columns of a table while rows are added.
pub(super) trait Columns: Default {
    /// A row.
    type Row;
    /// The name of the table.
    const NAME: &'static str;
    /// The columns.
    fn schema() -> SchemaRef;
    /// Adds a row.
    fn push(&mut self, row: &Self::Row);
    /// The rows added since the last time.
    fn finish(&mut self) -> Result<RecordBatch, Error>;
}

/// Declares a row and the columns it becomes. Keys are always given; each fact may be unknown.
macro_rules! sheet {
    ($row:ident, $columns:ident, $name:literal,
     keys { $($key:ident : $key_ty:ty),* $(,)? }
     facts { $($fact:ident : $fact_ty:ty),* $(,)? }) => {
        #[derive(Debug, Clone, Copy, Default)]
        pub(super) struct $row {
            $(pub(super) $key: Option<$key_ty>,)*
            $(pub(super) $fact: Option<$fact_ty>,)*
        }

        #[derive(Default)]
        pub(super) struct $columns {
            $($key: <$key_ty as Cell>::Builder,)*
            $($fact: <$fact_ty as Cell>::Builder,)*
        }

        impl Forget for $row {
            fn forget(&mut self, draw: &mut Draw, per_mille: i64) {
                $(if draw.happens(per_mille) {
                    self.$fact = None;
                })*
            }
        }

        impl Columns for $columns {
            type Row = $row;
            const NAME: &'static str = $name;

            fn schema() -> SchemaRef {
                Arc::new(Schema::new(vec![
                    $(Field::new(
                        concat_name(stringify!($key), <$key_ty as Cell>::SUFFIX), <$key_ty as Cell>::ty(), true,
                    ),)*
                    $(Field::new(
                        concat_name(stringify!($fact), <$fact_ty as Cell>::SUFFIX), <$fact_ty as Cell>::ty(), true,
                    ),)*
                ]))
            }

            fn push(&mut self, row: &$row) {
                $(match row.$key {
                    Some(value) => value.put(&mut self.$key),
                    None => <$key_ty as Cell>::skip(&mut self.$key),
                })*
                $(match row.$fact {
                    Some(value) => value.put(&mut self.$fact),
                    None => <$fact_ty as Cell>::skip(&mut self.$fact),
                })*
            }

            fn finish(&mut self) -> Result<RecordBatch, Error> {
                let columns: Vec<ArrayRef> = vec![
                    $(<$key_ty as Cell>::finish(&mut self.$key),)*
                    $(<$fact_ty as Cell>::finish(&mut self.$fact),)*
                ];
                RecordBatch::try_new(Self::schema(), columns).map_err(|_| fault(Self::NAME))
            }
        }
    };
}

pub(super) use sheet;

/// The name of a column.
pub(super) fn concat_name(fact: &str, suffix: &str) -> String {
    // a column may have the name of a word of Rust
    format!("{}{suffix}", fact.trim_start_matches("r#"))
}

sheet! {
    Household, Households, "households",
    keys { household_id: Key, on: Day }
    facts {
        registration_place: i64, handling_place: i64, hukou: Code, members_complete: bool,
        accepted_on: Day, publicity_from: Day, decided_on: Day, last_review_on: Day,
        hard_case: bool, township_decides: bool, income_steady: bool, residence_permit_here: bool,
        rigid_deduction: Fen, dibao_before: bool, exit_by_employment: bool, exit_from: Day, previous_amount: Fen,
        deposits: Fen, securities: Fen, insurance_value: Fen, other_financial: Fen,
        vehicles: i64, motorcycles: i64, vehicles_exempt: i64, vehicle_value: Fen,
        houses: i64, house_area: i64, non_residential: i64, business_capital: Fen,
        medical_own: Fen, education_own: Fen, rehabilitation_own: Fen, accident_own: Fen, living_spending: Fen,
        other_rigid: Fen,
        temp_kind: Code, temp_cause: Code, basic_living_hard: bool, spending_beyond_means: bool,
        handled_small_fast: bool, temp_grade: i64, helped_persons: i64, decided_by_meeting: bool, temp_sum_found: Fen,
    }
}

sheet! {
    Person, People, "people",
    keys { household_id: Key, person_id: Key, id_number: Identity }
    facts {
        relation: Code, birth: Day, alive: bool, died_on: Day, no_exclusion: bool, registered_here: bool,
        registered_since: Day, lives_together: bool, support_duty_applicant: bool, support_duty_member: bool,
        counted_by_authority: bool, out_of_contact: bool, study: Code, full_time_study: bool,
        can_live_independently: bool, married: bool, employed: bool, able_to_work: bool, civil_capacity: bool,
        in_prison: bool, sentenced: bool, compulsory_rehab: bool, declared_missing: bool, declared_dead: bool,
        clergy_apart_three_years: bool, clergy_in_religious_place: bool, provincial_exclusion: bool,
        has_disability_card: bool, disability_kind: Code, disability_grade: i64, severe_illness: bool,
        own_household: bool, family_in_hardship: bool, local_special_hardship: bool, single_parent_family: bool,
        own_property_within_limits: bool, own_financial_assets: Fen, obligors_complete: bool, parents_complete: bool,
        wage: Fen, employment_cost: Fen, business_net: Fen, property_net: Fen, pension: Fen, transfer_in: Fen,
        transfer_out: Fen, support_received: Fen, support_due: Fen, other_income: Fen, central_basic_pension: Fen,
        old_age_allowance: Fen, preferential_pension: Fen, family_planning_reward: Fen, scholarship: Fen,
        bravery_award: Fen, social_assistance_received: Fen, disability_subsidies: Fen, child_subsidy: Fen,
        local_excluded_income: Fen,
        tekun_recipient: bool, tekun_since: Day, dibao_recipient: bool, labour_regained: bool, support_form: Code,
        eats: bool, dresses: bool, gets_up: bool, toilets: bool, walks: bool, washes: bool,
        work_injury_care: bool, needs_long_term_care: bool, living_subsidy_recipient: bool,
        other_living_allowance: Fen, other_care_allowance: Fen,
        parents_not_found: bool, both_missing_found_orphan: bool, adopted: bool, child_choice: Code,
        child_care_form: Code, orphan_sum_found: Fen,
    }
}

sheet! {
    Obligor, Obligors, "obligors",
    keys { household_id: Key, of: Key, person: Key }
    facts { kind: Code }
}

sheet! {
    Parent, Parents, "parents",
    keys { household_id: Key, of: Key, person: Key }
    facts { kind: Code, contact_lost_months: i64, restrained: bool, custody_months: i64, unable_until: Day }
}
