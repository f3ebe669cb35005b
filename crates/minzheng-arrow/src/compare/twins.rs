//! Programmes of two pack sets, matched by their ids.

use std::collections::BTreeMap;

use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Programme, Words};

use super::reading::SharedTable;
use super::shift::{Comparison, IN_FORCE, Per, Presence, ProgrammeShift, SET_ASIDE};
use super::two::{Two, When};
use super::work::{Own, Twin};
use crate::error::{Error, fault};
use crate::export::{Exporter, wanted};

/// The programmes of each side that were asked for, by index.
///
/// # Errors
/// `E-PROGRAMME-NAME` where neither has one.
pub(super) fn chosen(sets: Two<&PackSet>, ids: &[String]) -> Result<Two<Vec<usize>>, Error> {
    let is_strange = |id: &&String| sets.each().iter().all(|s| s.programme(id).is_none());
    if let Some(id) = ids.iter().find(is_strange) {
        wanted(sets.after, core::slice::from_ref(id))?;
    }
    Ok(Two::from(|when| {
        let all = sets.at(when).programmes().iter().enumerate();
        let all = all.filter(|(_, p)| ids.is_empty() || ids.contains(&p.id));
        all.map(|(index, _)| index).collect()
    }))
}

/// A programme with its number among those of its side.
type Numbered<'p> = (usize, &'p Programme);

/// A programme of either side, and which table's rows it is for.
struct Match<'p> {
    table: usize,
    sides: Two<Option<Numbered<'p>>>,
}

/// Programmes of both sides, those of the same id and table as one, in the order of tests.
pub(super) fn twins(
    sets: Two<&PackSet>,
    chosen: &Two<Vec<usize>>,
    tables: &[SharedTable],
    exporters: Two<&Exporter>,
) -> Result<(Vec<ProgrammeShift>, Vec<Twin>), Error> {
    let mut list: Vec<Match<'_>> = Vec::new();
    for when in [When::After, When::Before] {
        for (number, index) in chosen.at(when).iter().enumerate() {
            let Some(programme) = sets.at(when).programmes().get(*index) else {
                continue;
            };
            let is_own = |t: &SharedTable| t.entity(when) == Some(programme.entity);
            // of a table that was not given there are no rows
            let Some(table) = tables.iter().position(is_own) else {
                continue;
            };
            let is_same = |m: &&mut Match<'_>| {
                let other = m.sides.at(when.other());
                m.table == table && other.is_some_and(|(_, p)| p.id == programme.id)
            };
            let own = Some((number, programme));
            match list.iter_mut().find(is_same) {
                Some(found) => *found.sides.at_mut(when) = own,
                None => {
                    let mut sides = Two::default();
                    *sides.at_mut(when) = own;
                    list.push(Match { table, sides });
                }
            }
        }
    }
    list.sort_by_key(|m| {
        m.sides
            .latest()
            .map(|(_, p)| (p.order, p.id.as_str(), m.table))
    });
    let (mut programmes, mut twins) = (Vec::new(), Vec::new());
    for Match { table, sides } in list {
        let Some((_, named)) = sides.latest() else {
            continue;
        };
        let per = |when: When| sides.at(when).and_then(|(_, p)| per(sets.at(when), p));
        let presence = match (sides.before, sides.after) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Both,
        };
        let only = |when: When| -> Vec<String> {
            if presence != Presence::Both {
                return Vec::new();
            }
            let of = |when: When| conditions(sets.at(when), sides.at(when).map(|(_, p)| p));
            let known = of(when.other());
            let own = of(when).into_iter();
            own.filter(|c| !known.contains(c))
                .map(str::to_owned)
                .collect()
        };
        let shift = ProgrammeShift {
            id: named.id.clone(),
            title: named.title.clone(),
            table: tables.get(table).map_or("", SharedTable::name).to_owned(),
            presence,
            per_before: per(When::Before),
            per_after: per(When::After),
            conditions_added: only(When::After),
            conditions_removed: only(When::Before),
            leagues: BTreeMap::new(),
            causes: BTreeMap::new(),
        };
        let own = |when: When| {
            let own = sides.at(when);
            own.map(|(number, p)| own_columns(exporters.at(when), number, p))
                .transpose()
        };
        twins.push(Twin {
            table,
            sides: Two::try_from(own)?,
            comparable: match (shift.per_before, shift.per_after) {
                (Some(before), Some(after)) => before == after,
                _ => true,
            },
        });
        programmes.push(shift);
    }
    Ok((programmes, twins))
}

/// The ids of the conditions of a programme.
fn conditions<'p>(set: &'p PackSet, programme: Option<&Programme>) -> Vec<&'p str> {
    let list = programme.map(|p| p.conditions.as_slice());
    let formulas = list.unwrap_or_default().iter();
    let formulas = formulas.filter_map(|f| set.formulas().get(*f));
    formulas.map(|f| f.id.as_str()).collect()
}

/// Where the columns of a programme stand in the answer of its side.
fn own_columns(exporter: &Exporter, number: usize, programme: &Programme) -> Result<Own, Error> {
    let tables = exporter.tables();
    let table = tables.iter().position(|t| t.entity == programme.entity);
    let found = table.and_then(|at| {
        let schema = &tables.get(at)?.schema;
        let column = |word: &str| schema.index_of(&format!("{}.{word}", programme.id)).ok();
        Some(Own {
            number,
            table: at,
            status: column("status")?,
            amount: column("amount"),
        })
    });
    found.ok_or_else(|| fault(""))
}

/// For which time the amounts of a programme are.
fn per(set: &PackSet, programme: &Programme) -> Option<Per> {
    let formula = set.formulas().get(programme.amount?)?;
    Some(match formula.ty {
        Type::Money {
            period: Period::Month,
            ..
        } => Per::Month,
        Type::Money {
            period: Period::Year,
            ..
        } => Per::Year,
        _ => Per::Once,
    })
}

/// Gives leagues and causes their names, those of the side after where it has them.
pub(super) fn name(comparison: &mut Comparison, sets: Two<&PackSet>) {
    let sets = [sets.after, sets.before];
    for (code, league) in &mut comparison.leagues {
        let whole = code.parse::<i64>().ok().and_then(|c| c.checked_mul(100));
        let place = |set: &&PackSet| set.places().get(whole?).map(|p| p.name.clone());
        league.name = sets.iter().find_map(place).unwrap_or_default();
    }
    for programme in &mut comparison.programmes {
        for (id, cause) in &mut programme.causes {
            let title = sets.iter().find_map(|set| cause_words(set, id));
            cause.title = title.unwrap_or_default();
        }
    }
}

/// What a cause is called: a condition, another programme, or one of the two words of this library.
fn cause_words(set: &PackSet, id: &str) -> Option<Words> {
    let words = |zh: String, en: String| Some(Words { zh, en });
    match id {
        IN_FORCE => {
            let (zh, en) = ("该项目是否施行", "whether the programme is in force");
            return words(zh.to_owned(), en.to_owned());
        }
        SET_ASIDE => {
            let (zh, en) = ("数据有误，未作认定", "set aside for wrong rows");
            return words(zh.to_owned(), en.to_owned());
        }
        _ => {}
    }
    if let Some(formula) = set.formula(id) {
        return Some(formula.title.clone());
    }
    let (other, word) = id.rsplit_once('.')?;
    let Words { zh, en } = &set.programme(other)?.title;
    if word == "eligible" {
        words(
            format!("是否享受{zh}"),
            format!("whether entitled to: {en}"),
        )
    } else {
        words(
            format!("在{zh}之间的选择"),
            format!("the choice against: {en}"),
        )
    }
}
