//! The comparing: all engines must give the same answer; then pairs of them run one after the other, round by round.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use arrow_array::RecordBatch;
use serde::Serialize;

use crate::columns::rows_that_differ;
use crate::data::Population;
use crate::engine::{Engine, is_native, ready};
use crate::manifest::{Bench, Per, Size};
use crate::ours;
use crate::peer::Peers;

/// What came of one bench.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// Id of the bench.
    pub bench: String,
    /// Its words.
    pub title: String,
    /// Rows of households.
    pub households: usize,
    /// Rows of members.
    pub persons: usize,
    /// What a time is divided by.
    pub per: Per,
    /// Rounds that were timed.
    pub rounds: usize,
    /// Every engine.
    pub engines: Vec<Standing>,
    /// Every pair whose engines agree.
    pub pairs: Vec<Ratio>,
}

/// What came of one engine.
#[derive(Debug, Serialize)]
pub struct Standing {
    /// Its name in the manifest.
    pub engine: String,
    /// Its name and version.
    pub version: String,
    /// Households it answers otherwise than the check value wants.
    pub wrong: usize,
    /// Median of its CPU times in nanoseconds; absent where it was not timed.
    pub cpu_ns: Option<f64>,
    /// The same for one household or person.
    pub each_ns: Option<f64>,
}

/// How many times as fast one engine is as another.
#[derive(Debug, Serialize)]
pub struct Ratio {
    /// The one whose speed is told.
    pub engine: String,
    /// The one it is compared with.
    pub against: String,
    /// Median of the rounds.
    pub median: f64,
    /// The lowest round.
    pub lowest: f64,
    /// The highest round.
    pub highest: f64,
    /// The bar.
    pub at_least: Option<f64>,
}

impl Ratio {
    /// Whether the bar is met; `None` without one.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        self.at_least.map(|bar| self.median >= bar)
    }
}

struct Entrant<'a> {
    engine: Box<dyn Engine + 'a>,
    wrong: usize,
    times: Vec<Duration>,
}

/// Compares the engines of a bench. Without `peers`, the engines of this program are checked and nothing is timed.
///
/// # Errors
/// An engine that does not start or stops; an engine of this program with a wrong answer.
pub fn compare(
    bench: &Bench,
    size: &Size,
    peers: Option<&Peers>,
    folder: &Path,
    say: &mut dyn FnMut(&str),
) -> Result<Comparison, String> {
    let wanted = u64::from_str_radix(&size.check, 16)
        .map_err(|error| format!("check value of {}: {error}", bench.id))?;
    say(&format!("{}: {} households", bench.title, size.households));
    let population = Population::of(&bench.id, size.households)?;
    let folder = folder.join(format!("{}-{}", bench.id, size.households));
    if peers.is_some() {
        population.write(&folder)?;
        if bench.emitted {
            ours::emit(bench, &population, &folder)?;
        }
    }

    let mut entrants: BTreeMap<&str, Entrant> = BTreeMap::new();
    let mut right: Option<RecordBatch> = None;
    let names: Vec<&str> = bench
        .engines()
        .into_iter()
        .chain(bench.shown.iter().map(String::as_str))
        .filter(|name| peers.is_some() || is_native(name))
        .collect();
    for name in &names {
        let mut engine = ready(name, bench, &population, peers, &folder)?;
        let first = engine.run()?;
        let agrees = first.check == wanted;
        if !agrees && is_native(name) {
            return Err(format!(
                "`{name}` gives {:016x} for {}, not {wanted:016x}",
                first.check, bench.id
            ));
        }
        let wrong = match &mut right {
            _ if agrees && !is_native(name) => 0,
            None => {
                right = Some(engine.answer()?);
                0
            }
            Some(_) if agrees => 0,
            Some(right) => rows_that_differ(right, &engine.answer()?, bench.answer.keys())?.max(1),
        };
        say(&format!(
            "  {name} ({}): {}",
            engine.version(),
            if wrong == 0 {
                "the same answer".to_owned()
            } else {
                format!("{wrong} households answered otherwise; not timed")
            }
        ));
        let entrant = Entrant {
            engine,
            wrong,
            times: Vec::new(),
        };
        entrants.insert(name, entrant);
    }
    let pairs = match peers {
        Some(_) => rounds(bench, size, wanted, &mut entrants, say)?,
        None => Vec::new(),
    };

    let (households, persons) = (
        population.households.num_rows(),
        population.members.num_rows(),
    );
    let per = match bench.per {
        Per::Household | Per::Alone => households,
        Per::Person | Per::Record => persons,
    } as f64;
    let told = |name: &&str| {
        let entrant = entrants.get(name)?;
        let times = entrant.times.iter().map(|time| time.as_nanos() as f64);
        let cpu_ns = median(times.collect());
        Some(Standing {
            engine: (*name).to_owned(),
            version: entrant.engine.version().to_owned(),
            wrong: entrant.wrong,
            cpu_ns,
            each_ns: cpu_ns.map(|time| time / per),
        })
    };
    Ok(Comparison {
        bench: bench.id.clone(),
        title: bench.title.clone(),
        households,
        persons,
        per: bench.per,
        rounds: if peers.is_some() { size.rounds } else { 0 },
        engines: names.iter().filter_map(told).collect(),
        pairs,
    })
}

/// Every pair in every round; which of the two goes first changes from round to round.
fn rounds(
    bench: &Bench,
    size: &Size,
    wanted: u64,
    entrants: &mut BTreeMap<&str, Entrant>,
    say: &mut dyn FnMut(&str),
) -> Result<Vec<Ratio>, String> {
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); bench.pair.len()];
    for round in 0..size.rounds {
        say(&format!("  round {} of {}", round + 1, size.rounds));
        for (pair, ratios) in bench.pair.iter().zip(&mut ratios) {
            let both = [pair.engine.as_str(), pair.against.as_str()];
            if both
                .iter()
                .any(|name| entrants.get(name).is_none_or(|e| e.wrong > 0))
            {
                continue;
            }
            let mut times = [Duration::ZERO; 2];
            for turn in 0..2 {
                let which = (turn + round) % 2;
                let Some(entrant) = entrants.get_mut(both[which]) else {
                    continue;
                };
                let run = entrant.engine.run()?;
                if run.check != wanted {
                    return Err(format!("`{}` changed its answer", both[which]));
                }
                entrant.times.push(run.cpu);
                times[which] = run.cpu;
            }
            ratios.push(times[1].as_secs_f64() / times[0].as_secs_f64());
        }
    }
    let told = |(pair, ratios): (&crate::manifest::Pair, Vec<f64>)| {
        Some(Ratio {
            engine: pair.engine.clone(),
            against: pair.against.clone(),
            lowest: ratios.iter().copied().reduce(f64::min)?,
            highest: ratios.iter().copied().reduce(f64::max)?,
            median: median(ratios)?,
            at_least: pair.at_least,
        })
    };
    Ok(bench.pair.iter().zip(ratios).filter_map(told).collect())
}

/// The middle value; of an even number the mean of the two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
    }
}
