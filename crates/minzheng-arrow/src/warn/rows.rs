//! What a model says of every row, 64 rows a word.

use core::ops::Range;

use minzheng::warning::Outcome;
use minzheng_rules::columnar::{Bitmap, OutputColumn};

use crate::stream::summary::ModelTally;

/// The truths of one model over the rows of its entity.
pub(super) struct Said<'a> {
    /// Who is looked at; `None`: everybody.
    population: Option<(&'a Bitmap, &'a Bitmap)>,
    trigger: (&'a Bitmap, &'a Bitmap),
    /// Rows of places that have not switched it off; `None`: all.
    live: Option<Bitmap>,
}

impl<'a> Said<'a> {
    /// Of the answers to its population and trigger; `None` where these are no truths.
    pub(super) fn new(
        population: Option<&'a OutputColumn>,
        trigger: &'a OutputColumn,
        live: Option<Bitmap>,
    ) -> Option<Self> {
        let truth = |column: &'a OutputColumn| match column {
            OutputColumn::Truth { yes, no } => Some((yes, no)),
            OutputColumn::Number { .. } => None,
        };
        let population = match population {
            None => None,
            Some(column) => Some(truth(column)?),
        };
        Some(Self {
            population,
            trigger: truth(trigger)?,
            live,
        })
    }

    /// How many words of rows there are.
    fn words(&self) -> usize {
        self.trigger.0.as_words().len()
    }

    /// Of 64 rows: those that are hit, those that are not, those that are not looked at, those that are switched on.
    fn word(&self, at: usize) -> [u64; 4] {
        let get = |bits: &Bitmap| bits.as_words().get(at).copied().unwrap_or(0);
        let (inside, outside) = match self.population {
            None => (u64::MAX, 0),
            Some((yes, no)) => (get(yes), get(no)),
        };
        let live = self.live.as_ref().map_or(u64::MAX, get);
        let (yes, no) = (get(self.trigger.0), get(self.trigger.1));
        [
            inside & yes & live,
            no & !outside & live,
            outside & live,
            live,
        ]
    }

    /// How often it said what of some rows.
    pub(super) fn count(&self, rows: &Range<usize>) -> ModelTally {
        let mut out = ModelTally::default();
        let first = rows.start.div_euclid(64);
        for at in first..rows.end.div_ceil(64).min(self.words()) {
            let base = at.saturating_mul(64);
            let from = rows.start.saturating_sub(base).min(63);
            let until = rows.end.saturating_sub(base);
            let low = u64::MAX.wrapping_shl(u32::try_from(from).unwrap_or(0));
            let high = match u32::try_from(until) {
                Ok(until) if until < 64 => !u64::MAX.wrapping_shl(until),
                _ => u64::MAX,
            };
            let mask = low & high;
            let [hit, miss, outside, live] = self.word(at);
            let many = |bits: u64| u64::from((bits & mask).count_ones());
            let known = many(hit)
                .saturating_add(many(miss))
                .saturating_add(many(outside));
            out.add(&ModelTally {
                hit: many(hit),
                miss: many(miss),
                outside: many(outside),
                unknown: many(live).saturating_sub(known),
                off: many(!live),
            });
        }
        out
    }

    /// What it says of one row.
    pub(super) fn outcome(&self, row: usize) -> Outcome {
        let bit = u32::try_from(row.rem_euclid(64)).unwrap_or(0);
        let [hit, miss, outside, live] = self
            .word(row.div_euclid(64))
            .map(|bits| bits.wrapping_shr(bit) & 1 == 1);
        match (live, outside, miss, hit) {
            (false, ..) => Outcome::Off,
            (_, true, ..) => Outcome::Outside,
            (_, _, true, _) => Outcome::Miss,
            (.., true) => Outcome::Hit,
            _ => Outcome::Unknown,
        }
    }

    /// The rows that are hit, in order.
    pub(super) fn hits(&self) -> impl Iterator<Item = usize> + '_ {
        let rows = self.trigger.0.len();
        self.bits(|[hit, ..]| hit)
            .take_while(move |row| *row < rows)
    }

    /// The rows of which it cannot tell, in order.
    pub(super) fn unknown(&self) -> impl Iterator<Item = usize> + '_ {
        let rows = self.trigger.0.len();
        let open = |[hit, miss, outside, live]: [u64; 4]| live & !hit & !miss & !outside;
        self.bits(open).take_while(move |row| *row < rows)
    }

    fn bits<'s>(&'s self, of: impl Fn([u64; 4]) -> u64 + 's) -> impl Iterator<Item = usize> + 's {
        (0..self.words()).flat_map(move |at| {
            let mut left = of(self.word(at));
            core::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                let bit = usize::try_from(bit).unwrap_or(0);
                Some(at.saturating_mul(64).saturating_add(bit))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minzheng_rules::truth::Truth;

    /// Every pair of truths, on and off, at every place of a word: counted as the definition says.
    #[test]
    fn words_of_rows_say_what_single_rows_do() {
        let truths = [Truth::True, Truth::False, Truth::Unknown];
        let at = |row: usize, by: usize| truths[(row / by) % 3];
        let rows = 3 * 3 * 2 * 17;
        let column = |by: usize| {
            let is = |truth| (0..rows).map(move |row| at(row, by) == truth).collect();
            OutputColumn::Truth {
                yes: is(Truth::True),
                no: is(Truth::False),
            }
        };
        let (population, trigger) = (column(1), column(3));
        let live: Bitmap = (0..rows).map(|row| (row / 9) % 2 == 0).collect();
        let said = Said::new(Some(&population), &trigger, Some(live)).unwrap();
        for (from, to) in [
            (0, rows),
            (0, 0),
            (5, 64),
            (63, 65),
            (64, 128),
            (1, rows - 1),
            (300, 301),
        ] {
            let mut wanted = ModelTally::default();
            for row in from..to {
                let outcome = if (row / 9) % 2 == 0 {
                    Outcome::of(at(row, 1), at(row, 3))
                } else {
                    Outcome::Off
                };
                let slot = match outcome {
                    Outcome::Hit => &mut wanted.hit,
                    Outcome::Unknown => &mut wanted.unknown,
                    Outcome::Miss => &mut wanted.miss,
                    Outcome::Outside => &mut wanted.outside,
                    Outcome::Off => &mut wanted.off,
                };
                *slot += 1;
                assert_eq!(said.outcome(row), outcome, "{row}");
            }
            assert_eq!(said.count(&(from..to)), wanted, "{from}..{to}");
        }
        let hits: Vec<usize> = said.hits().collect();
        let wanted = |outcome| -> Vec<usize> {
            let is = |row: &usize| {
                (*row / 9).is_multiple_of(2) && Outcome::of(at(*row, 1), at(*row, 3)) == outcome
            };
            (0..rows).filter(is).collect()
        };
        assert_eq!(hits, wanted(Outcome::Hit));
        assert_eq!(said.unknown().collect::<Vec<_>>(), wanted(Outcome::Unknown));
    }
}
