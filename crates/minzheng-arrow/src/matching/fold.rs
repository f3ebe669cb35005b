//! Records put together while they are matched: one row of evidence, every person or household at once.
//!
//! What [`gather`](minzheng::verification::collect::gather) says of the records of one person is the definition; this keeps for
//! each of them only what is needed to say the same. What is rare (a record that is open, a sum beyond 64 bits) stands beside,
//! by person.

use std::collections::BTreeMap;

use minzheng::catalog::FieldType;
use minzheng::verification::collect::{Unclear, total};
use minzheng::verification::evidence::{Evidence, How, When, Window};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;

/// A record that may be the same thing as another.
#[derive(Debug, Clone)]
struct Kept {
    slot: u32,
    thing: Option<Box<str>>,
    value: Option<i64>,
    day: i32,
}

/// The records of one row of evidence by slot: the row of a person, or of a household.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng::verification::Basis;
/// use minzheng_arrow::matching::Fold;
/// use minzheng_rules::lang::{Period, Type};
///
/// let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
/// let basis = Basis::load(&packs).map_err(|e| e.to_string())?;
/// let wage = basis.evidence.iter().find(|e| e.fact == "wage").ok_or("no such row")?;
/// let mut fold = Fold::new(wage, 3);
/// fold.add(1, Some(200_000), 0);
/// fold.add(1, Some(150_000), 31);
/// assert_eq!(fold.finish(wage, None, Type::money(Period::Year)), [(1, Ok(350_000))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fold {
    how: How,
    alone: bool,
    /// Sum, greatest or newest value.
    values: Vec<i64>,
    /// How many records count; of all but `count` no more than two are told apart.
    counts: Counts,
    /// Day of the newest.
    days: Vec<i32>,
    /// Sums that left 64 bits: what is to be added to `values`.
    wide: BTreeMap<u32, i128>,
    /// Months that have a record.
    months: Vec<(u32, i32)>,
    /// Records of which it is open whether they count.
    open: BTreeMap<u32, Unclear>,
    /// Records that count and say nothing clear.
    spoilt: BTreeMap<u32, Unclear>,
    kept: Vec<Kept>,
    /// Slots whose records contradict each other or their answer, whatever they say.
    contradicted: BTreeMap<u32, Unclear>,
}

#[derive(Debug, Clone)]
enum Counts {
    Few(Vec<u8>),
    Many(Vec<u32>),
}

fn ix(slot: u32) -> usize {
    usize::try_from(slot).unwrap_or(usize::MAX)
}

impl Fold {
    /// No records yet, of so many people or households.
    pub fn new(evidence: &Evidence, slots: usize) -> Self {
        let how = evidence.how;
        let room = |wanted: bool| if wanted { slots } else { 0 };
        Self {
            how,
            alone: evidence.window == Window::Single,
            values: vec![0; room(!matches!(how, How::Any | How::Count))],
            counts: match how {
                How::Count => Counts::Many(vec![0; slots]),
                _ => Counts::Few(vec![0; slots]),
            },
            days: vec![0; room(how == How::Latest)],
            wide: BTreeMap::new(),
            months: Vec::new(),
            open: BTreeMap::new(),
            spoilt: BTreeMap::new(),
            kept: Vec::new(),
            contradicted: BTreeMap::new(),
        }
    }

    /// A record that counts: the field that is read, where it is there, and its day.
    #[inline]
    pub fn add(&mut self, slot: u32, value: Option<i64>, day: i32) {
        let at = ix(slot);
        let before = match &mut self.counts {
            Counts::Few(counts) => counts.get_mut(at).map(|c| {
                let before = *c;
                *c = before.saturating_add(1).min(2);
                u32::from(before)
            }),
            Counts::Many(counts) => counts.get_mut(at).map(|c| {
                let before = *c;
                *c = before.saturating_add(1);
                before
            }),
        };
        let Some(before) = before else { return };
        if matches!(self.how, How::Any | How::Count) {
            return;
        }
        let Some(held) = self.values.get_mut(at) else {
            return;
        };
        if self.how == How::Latest {
            let Some(newest) = self.days.get_mut(at) else {
                return;
            };
            if before == 0 || day > *newest {
                *newest = day;
                self.spoilt.remove(&slot);
                *held = value.unwrap_or(0);
                if value.is_none() {
                    self.spoilt.insert(slot, Unclear::FieldMissing);
                }
            } else if day == *newest {
                match value {
                    None => drop(self.spoilt.entry(slot).or_insert(Unclear::FieldMissing)),
                    Some(value) if value != *held => {
                        self.spoilt.entry(slot).or_insert(Unclear::Disagree);
                    }
                    Some(_) => {}
                }
            }
            return;
        }
        let Some(value) = value else {
            self.spoilt.insert(slot, Unclear::FieldMissing);
            return;
        };
        if self.how == How::Max {
            *held = if before == 0 { value } else { value.max(*held) };
            return;
        }
        match held.checked_add(value) {
            Some(sum) => *held = sum,
            None => {
                let wide = self.wide.entry(slot).or_default();
                // fewer than 2³² values of 64 bits do not leave 128
                *wide = wide.saturating_add(i128::from(*held));
                *held = value;
            }
        }
        if self.how == How::MeanMonth {
            self.months.push((slot, day));
        }
    }

    /// A record that counts once with all of the same thing.
    pub fn keep(&mut self, slot: u32, thing: Option<&str>, value: Option<i64>, day: i32) {
        self.kept.push(Kept {
            slot,
            thing: thing.map(Box::from),
            value,
            day,
        });
    }

    /// A record of which it is open whether it counts.
    pub fn leave_open(&mut self, slot: u32, why: Unclear) {
        self.open.entry(slot).or_insert(why);
    }

    /// The records contradict each other or their answer: none of them decides, not even where one would.
    pub fn contradict(&mut self, slot: u32, why: Unclear) {
        self.contradicted.entry(slot).or_insert(why);
    }

    /// Things that came more than once are added once.
    fn tell_apart(&mut self) {
        let mut kept = core::mem::take(&mut self.kept);
        kept.sort_by_key(|k| k.slot);
        let reads = !matches!(self.how, How::Any | How::Count);
        for same in kept.chunk_by(|a, b| a.slot == b.slot) {
            let mut things: BTreeMap<&str, Option<i64>> = BTreeMap::new();
            for record in same {
                let Some(thing) = record.thing.as_deref() else {
                    self.leave_open(record.slot, Unclear::FieldMissing);
                    break;
                };
                match things.get(thing) {
                    None => {
                        things.insert(thing, record.value);
                        self.add(record.slot, record.value, record.day);
                    }
                    Some(_) if !reads => {}
                    Some(first) => {
                        let why = match (first, record.value) {
                            (Some(first), Some(value)) if *first == value => continue,
                            (Some(_), Some(_)) => Unclear::Disagree,
                            _ => Unclear::FieldMissing,
                        };
                        self.leave_open(record.slot, why);
                        break;
                    }
                }
            }
        }
    }

    /// What the records of each slot come to, for the slots that have records; rising.
    pub fn finish(
        mut self,
        evidence: &Evidence,
        field: Option<&FieldType>,
        fact: Type,
    ) -> Vec<(u32, Result<i64, Unclear>)> {
        self.tell_apart();
        for (_, day) in &mut self.months {
            let month = Day::from_number(i64::from(*day)).map(|d| d.first_of_month().number());
            *day = month.and_then(|m| i32::try_from(m).ok()).unwrap_or(*day);
        }
        self.months.sort_unstable();
        self.months.dedup();
        let many = match &self.counts {
            Counts::Few(counts) => counts.len(),
            Counts::Many(counts) => counts.len(),
        };
        let mut out = Vec::new();
        for slot in 0..u32::try_from(many).unwrap_or(u32::MAX) {
            let count = self.count(slot);
            let open = self.open.get(&slot).copied();
            if let Some(why) = self.contradicted.get(&slot) {
                out.push((slot, Err(*why)));
                continue;
            }
            let value = match (count, open) {
                (0, None) => continue,
                (1.., _) if self.how == How::Any => Ok(i64::from(evidence.gives)),
                (_, Some(why)) => Err(why),
                (_, None) => self.value(slot, count, (evidence, field, fact)),
            };
            out.push((slot, value));
        }
        out
    }

    fn count(&self, slot: u32) -> u32 {
        match &self.counts {
            Counts::Few(counts) => counts.get(ix(slot)).copied().map_or(0, u32::from),
            Counts::Many(counts) => counts.get(ix(slot)).copied().unwrap_or(0),
        }
    }

    fn value(
        &self,
        slot: u32,
        count: u32,
        (evidence, field, fact): (&Evidence, Option<&FieldType>, Type),
    ) -> Result<i64, Unclear> {
        if self.how == How::Count {
            return Ok(i64::from(count));
        }
        if self.alone && count > 1 && matches!(self.how, How::Sum | How::MeanMonth) {
            return Err(Unclear::Several);
        }
        if self.how == How::MeanMonth && !matches!(evidence.when, When::On(_)) {
            return Err(Unclear::Undated);
        }
        if let Some(why) = self.spoilt.get(&slot) {
            return Err(*why);
        }
        let held = self.values.get(ix(slot)).copied().unwrap_or(0);
        let wide = self.wide.get(&slot).copied().unwrap_or(0);
        let sum = wide.saturating_add(i128::from(held));
        let months = if self.how == How::MeanMonth {
            let from = self.months.partition_point(|(s, _)| *s < slot);
            let to = self.months.partition_point(|(s, _)| *s <= slot);
            i128::try_from(to.saturating_sub(from)).unwrap_or(i128::MAX)
        } else {
            1
        };
        total(evidence, field, fact, sum, months)
    }

    /// Bytes that it takes for its slots.
    pub fn bytes(&self) -> usize {
        let counts = match &self.counts {
            Counts::Few(counts) => counts.len(),
            Counts::Many(counts) => counts.len().saturating_mul(4),
        };
        let values = self.values.len().saturating_mul(8);
        let days = self.days.len().saturating_mul(4);
        counts.saturating_add(values).saturating_add(days)
    }
}
