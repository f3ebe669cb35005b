//! Random columns for any packs: every fact of every row, unknown, ordinary, on an edge or beyond its bounds.

use std::borrow::Cow;

use minzheng_rules::columnar::{Batch, BatchError, Bitmap, Column, Dates, NO_ROW, Table, Values};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;

/// A stream of numbers that a seed fixes (splitmix64).
#[derive(Debug, Clone)]
pub struct Stream(u64);

impl Stream {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number().checked_rem(end).unwrap_or(0)
    }

    /// Whether a thing of so many per cent happens.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the values; the default where there are none.
    pub fn one<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let at = self.below(u64::try_from(of.len()).unwrap_or(0));
        usize::try_from(at)
            .ok()
            .and_then(|at| of.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// A number between two, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.below(span))
    }
}

/// How random columns are made.
#[derive(Debug, Clone)]
pub struct Mix {
    /// Cases.
    pub cases: usize,
    /// Seed.
    pub seed: u64,
    /// Days decided, one of which each case has.
    pub days: Vec<Day>,
    /// Places, one of which each place fact has.
    pub places: Vec<i64>,
    /// How many of a hundred values are unknown.
    pub unknown: u64,
    /// How many of a hundred facts are given at all.
    pub given: u64,
    /// How many of a hundred formulas have a column of findings.
    pub findings: u64,
}

/// Makes random columns: rows below in ones to sixes, links within the case, findings now and then.
///
/// # Errors
/// None but a fault of this function.
pub fn random(set: &PackSet, mix: &Mix) -> Result<Batch<'static>, BatchError> {
    let mut stream = Stream::new(mix.seed);
    let mut tables: Vec<Table<'static>> = Vec::new();
    let mut cases_of: Vec<Vec<usize>> = Vec::new();
    for (index, entity) in set.entities().iter().enumerate() {
        let Some(parent) = entity.parent else {
            tables.push(Table {
                rows: mix.cases,
                ..Table::default()
            });
            cases_of.push((0..mix.cases).collect());
            continue;
        };
        let above = tables.get(parent).map_or(0, |t| t.rows);
        let mut offsets = vec![0_u32];
        let mut cases = Vec::new();
        for row in 0..above {
            let many = if index == 1 {
                stream.below(6).saturating_add(u64::from(stream.chance(98)))
            } else {
                stream.below(20).saturating_sub(17)
            };
            let case = cases_of
                .get(parent)
                .and_then(|c| c.get(row))
                .copied()
                .unwrap_or(0);
            cases.extend(core::iter::repeat_n(
                case,
                usize::try_from(many).unwrap_or(0),
            ));
            offsets.push(u32::try_from(cases.len()).unwrap_or(u32::MAX));
        }
        tables.push(Table {
            rows: cases.len(),
            offsets: Cow::Owned(offsets),
            links: Vec::new(),
        });
        cases_of.push(cases);
    }
    for (index, entity) in set.entities().iter().enumerate() {
        let mut links = Vec::new();
        for (_, to) in &entity.links {
            let own = cases_of.get(index).map(Vec::as_slice).unwrap_or_default();
            let far = cases_of.get(*to).map(Vec::as_slice).unwrap_or_default();
            let target = |case: &usize| {
                let (from, until) = (
                    far.partition_point(|c| c < case),
                    far.partition_point(|c| c <= case),
                );
                let many = u64::try_from(until.saturating_sub(from)).unwrap_or(0);
                if many == 0 || stream.chance(15) {
                    return NO_ROW;
                }
                let at = usize::try_from(stream.below(many)).unwrap_or(0);
                u32::try_from(from.saturating_add(at)).unwrap_or(NO_ROW)
            };
            links.push(Some(Cow::Owned(
                own.iter().map(target).collect::<Vec<u32>>(),
            )));
        }
        if let Some(table) = tables.get_mut(index) {
            table.links = links;
        }
    }
    let rows: Vec<usize> = tables.iter().map(|t| t.rows).collect();
    let days: Vec<i32> = (0..mix.cases)
        .map(|_| {
            let at = usize::try_from(stream.below(u64::try_from(mix.days.len()).unwrap_or(0)))
                .unwrap_or(0);
            mix.days
                .get(at)
                .and_then(|d| i32::try_from(d.number()).ok())
                .unwrap_or(20_000)
        })
        .collect();
    let mut batch = Batch::new(set, tables, Dates::Each(Cow::Owned(days)))?;
    for fact in set.facts() {
        if fact.ty == Type::Text || (fact.ty != Type::Place && !stream.chance(mix.given)) {
            continue;
        }
        let n = rows.get(fact.entity).copied().unwrap_or(0);
        let entity = set
            .entities()
            .get(fact.entity)
            .map_or("", |e| e.id.as_str());
        batch.set(
            set,
            entity,
            &fact.id,
            column(set, mix, &mut stream, fact.ty, (fact.low, fact.high), n),
        )?;
    }
    for formula in set.formulas().iter().filter(|f| f.finding.is_some()) {
        if stream.chance(mix.findings) {
            let n = rows.get(formula.entity).copied().unwrap_or(0);
            let rare = Mix {
                unknown: 90,
                ..mix.clone()
            };
            let found = column(set, &rare, &mut stream, formula.ty, (None, None), n);
            batch.set_finding(set, &formula.id, found)?;
        }
    }
    Ok(batch)
}

fn column(
    set: &PackSet,
    mix: &Mix,
    stream: &mut Stream,
    ty: Type,
    ends: (Option<i64>, Option<i64>),
    rows: usize,
) -> Column<'static> {
    // some columns are known throughout, some hardly at all
    let unknown = match stream.below(4) {
        0 => 0,
        1 => mix.unknown.saturating_mul(3).min(95),
        _ => mix.unknown,
    };
    let known: Bitmap = (0..rows).map(|_| !stream.chance(unknown)).collect();
    let known = Some(known).filter(|k| k.count() < rows);
    let values = match ty {
        Type::Bool => {
            let often = stream.one(&[3, 30, 70, 97]);
            Values::Bool((0..rows).map(|_| stream.chance(often)).collect())
        }
        Type::Code(list) => {
            let codes = set.code_lists().get(list).map_or(1, |l| l.codes.len());
            let codes = u64::try_from(codes).unwrap_or(1);
            Values::Small(Cow::Owned(
                (0..rows)
                    .map(|_| u8::try_from(stream.below(codes)).unwrap_or(0))
                    .collect(),
            ))
        }
        Type::Date => {
            let day = |stream: &mut Stream| {
                let near = stream.one(&mix.days.iter().map(|d| d.number()).collect::<Vec<_>>());
                let back = match stream.below(4) {
                    0 => stream.between(-800, 800),
                    1 => stream.one(&[0, 365, 366, 6_574, 6_575, 21_914, 21_915, 23_741, 29_219]),
                    _ => stream.between(0, 36_000),
                };
                i32::try_from(near.saturating_sub(back)).unwrap_or(0)
            };
            Values::Medium(Cow::Owned((0..rows).map(|_| day(stream)).collect()))
        }
        Type::Place => Values::Large(Cow::Owned(
            (0..rows).map(|_| stream.one(&mix.places)).collect(),
        )),
        Type::Money { .. }
        | Type::Count
        | Type::Ratio
        | Type::Days
        | Type::Months
        | Type::Shown
        | Type::Text => {
            let is_known = |row: usize| known.as_ref().is_none_or(|k| k.get(row));
            // what stands where a value is null is anything at all
            let any = [i64::MIN, -1, i64::MAX];
            let number = |row: usize| {
                if is_known(row) || stream.chance(60) {
                    number(stream, ty, ends)
                } else {
                    stream.one(&any)
                }
            };
            Values::Large(Cow::Owned((0..rows).map(number).collect()))
        }
    };
    Column::new(values, known)
}

fn number(stream: &mut Stream, ty: Type, ends: (Option<i64>, Option<i64>)) -> i64 {
    let (low, high) = (ends.0.unwrap_or(0), ends.1.unwrap_or(1_000_000_000_000));
    let value = match stream.below(40) {
        0 => low,
        1 => high,
        2 if stream.chance(10) => high.saturating_add(1),
        3..=9 => 0,
        _ => {
            let most = match ty {
                Type::Money { .. } => stream.one(&[50_000, 500_000, 3_000_000, 30_000_000]),
                Type::Ratio => 10_000,
                _ => 20,
            };
            stream.between(0, most)
        }
    };
    if stream.chance(99) {
        value.clamp(low, high)
    } else {
        value
    }
}
