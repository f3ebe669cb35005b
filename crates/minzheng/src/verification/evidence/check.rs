//! Whether what a row reads fits the fact it feeds.

use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;

use super::{How, When, Window};
use crate::catalog::{FieldType, Resource};

/// Whether a value becomes the fact as it is or by a rounding; none where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Exact,
    Rounded,
}

/// How a field, put together over a window, fits the type of a fact.
pub(super) fn fit(
    packs: &PackSet,
    how: How,
    window: Window,
    field: Option<&FieldType>,
    fact: Type,
) -> Option<Fit> {
    match (how, field) {
        (How::Any, None) => (fact == Type::Bool).then_some(Fit::Exact),
        (How::Count, None) => (fact == Type::Count).then_some(Fit::Exact),
        (How::Sum, Some(field)) => {
            let period = |per: Period| match (per, window) {
                // what falls into twelve months is a year's, whatever period a single record has
                (Period::Once | Period::Month, w) if w.is_year() => Some(Period::Year),
                (Period::Once | Period::Month, w) if w.is_part_of_year() => Some(Period::Once),
                (Period::Once, Window::LastMonth) => Some(Period::Month),
                (Period::Once, Window::Single | Window::AsOf) => Some(Period::Once),
                (Period::Month, Window::LastMonth | Window::AsOf) => Some(Period::Month),
                (Period::Year, Window::AsOf) => Some(Period::Year),
                _ => None,
            };
            match field {
                FieldType::Money(per) => money(period(*per)?, fact),
                FieldType::Count | FieldType::Number { .. } => whole(field, fact),
                _ => None,
            }
        }
        (How::Latest, Some(field)) => same(packs, field, fact),
        (How::Max, Some(field)) => {
            let has_order = matches!(
                field,
                FieldType::Money(_)
                    | FieldType::Count
                    | FieldType::Number { .. }
                    | FieldType::Ratio
                    | FieldType::Date
            );
            has_order.then(|| same(packs, field, fact)).flatten()
        }
        (How::MeanMonth, Some(FieldType::Money(Period::Once | Period::Month))) => {
            let flows = [Type::money(Period::Month), Type::money(Period::Year)];
            let is_long = window.is_year() || window.is_part_of_year();
            (is_long && flows.contains(&fact)).then_some(Fit::Rounded)
        }
        _ => None,
    }
}

/// Money of a period as a fact: a month is taken twelve times, a year divided by a rounding.
fn money(from: Period, fact: Type) -> Option<Fit> {
    let Type::Money { period, scale: 0 } = fact else {
        return None;
    };
    match (from, period) {
        (Period::Month, Period::Year) => Some(Fit::Exact),
        (Period::Year, Period::Month) => Some(Fit::Rounded),
        (a, b) => (a == b).then_some(Fit::Exact),
    }
}

fn whole(field: &FieldType, fact: Type) -> Option<Fit> {
    let is_whole = !matches!(field, FieldType::Number { places, .. } if *places > 0);
    let fit = if is_whole { Fit::Exact } else { Fit::Rounded };
    (fact == Type::Count).then_some(fit)
}

fn same(packs: &PackSet, field: &FieldType, fact: Type) -> Option<Fit> {
    let is = |ty: Type| (fact == ty).then_some(Fit::Exact);
    match field {
        FieldType::Money(per) => money(*per, fact),
        FieldType::Count | FieldType::Number { .. } => whole(field, fact),
        FieldType::Ratio => is(Type::Ratio),
        FieldType::Date => is(Type::Date),
        FieldType::Place => is(Type::Place),
        FieldType::Bool => is(Type::Bool),
        FieldType::Code(_) => (packs.type_word(fact) == field.to_string()).then_some(Fit::Exact),
        _ => None,
    }
}

/// Why a window cannot tell which records it holds, if it cannot.
pub(super) fn window(window: Window, when: &When, resource: &Resource) -> Result<(), &'static str> {
    let ty = |id: &str| resource.field(id).map(|f| &f.ty);
    match when {
        When::Always if !matches!(window, Window::AsOf) => {
            Err("write when = [\"…\"], a day or month field")
        }
        When::Always => Ok(()),
        When::On(field) => match ty(field) {
            Some(FieldType::Date | FieldType::Month) => Ok(()),
            _ => Err("`when` is a field of the type date or month"),
        },
        When::Span(from, to) => match (ty(from), ty(to)) {
            (Some(FieldType::Date), Some(FieldType::Date)) if window == Window::AsOf => Ok(()),
            (Some(FieldType::Date), Some(FieldType::Date)) => {
                Err("from and to go with window = \"as_of\"")
            }
            _ => Err("`when` is two fields of the type date"),
        },
    }
}
