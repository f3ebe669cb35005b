//! A run over many batches: what is asked for, the groups of rules, the chunks, the answers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use super::batch::{Batch, Dates};
use super::bits::{Bitmap, WORD, words};
use super::chunk::{Chunk, Law, Rows, cut};
use super::lanes::View;
use super::program::{Program, compile};
use super::run::{Job, Reg, Run, Worker};
use super::wide::widely;
use crate::date::Day;
use crate::error::{Diagnostic, nearest};
use crate::explain::PLAN_FORMAT;
use crate::facts::Overlay;
use crate::ir::{NodeId, Plan};
use crate::lang::{Outcome, Type};
use crate::pack::{PackSet, load_hex};
use crate::scalar::{Apply, V};
use crate::scenario::{Assessment, Engine, Regime};

/// Rows of the largest entity that a chunk of a small batch may have.
const CHUNK: usize = 4_096;

/// The same of a large batch: the longer a column is read on, the nearer that comes to the speed of memory.
const LONG: usize = 4 * CHUNK;

/// Rows of a chunk that are left free where chunks are cut alike, so that whole cases fit without a last chunk of a few.
const SLACK: usize = 32;

/// Cases that lie together are worth a chunk of their own from so many rows on.
const TOGETHER: usize = CHUNK / 8;

/// Rows of the largest entity that one thread takes at a time.
const MORSEL: usize = 65_536;

/// One value asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// As asked: `help.eligible`, `help.amount`, the id of a formula, or of a condition (`help/income`).
    pub name: String,
    /// Index of the entity whose rows have it.
    pub entity: usize,
    /// Its type.
    pub ty: Type,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Formula(usize),
    Programme(usize, Outcome),
}

/// What a run is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Names of outputs; empty: for every programme whether a row is entitled, and the amount.
    pub outputs: Vec<String>,
    /// The law as published by this day; `None`: all that the packs have.
    pub known_on: Option<Day>,
    /// Figures that win over the packs, for a what-if.
    pub overlays: Vec<Overlay>,
    /// Whether numbers come with the highest they can be, beside the lowest.
    pub bounds: bool,
    /// Threads; 0 and 1: the caller's own. More need the feature `parallel`.
    pub threads: usize,
}

impl Request {
    /// SHA-256 of what decides the answer: the version of the engine and the format of its plans, the packs with their
    /// digests, the outputs, the law known, and the figures of a what-if. Two runs with one digest give the same answer to the same
    /// facts; `bounds` and `threads` change no answer and do not count.
    ///
    /// ```
    /// # use minzheng_rules::pack::PackSet;
    /// use minzheng_rules::columnar::Request;
    /// # let set = PackSet::load(&[])?;
    /// let plain = Request::default();
    /// let other = Request { outputs: vec!["help.eligible".into()], ..Request::default() };
    /// assert_eq!(plain.digest(&set), Request { threads: 2, ..Request::default() }.digest(&set));
    /// assert_ne!(plain.digest(&set), other.digest(&set));
    /// # Ok::<(), minzheng_rules::error::Diagnostics>(())
    /// ```
    pub fn digest(&self, set: &PackSet) -> String {
        let mut hash = Sha256::new();
        // every word with its length: no two lists of words read alike
        let mut word = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        word(env!("CARGO_PKG_VERSION"));
        word(&PLAN_FORMAT.to_string());
        word(&set.packs.len().to_string());
        for pack in &set.packs {
            for text in [&pack.id, &pack.version, &pack.digest] {
                word(text);
            }
        }
        word(&self.known_on.unwrap_or(Day::MAX).to_string());
        word(&self.outputs.len().to_string());
        self.outputs.iter().for_each(|name| word(name));
        for overlay in &self.overlays {
            let parameter = set.parameters.get(overlay.parameter);
            word(parameter.map_or("", |p| &p.id));
            word(&format!("{:?}", overlay.keys));
            word(&overlay.value.to_string());
        }
        load_hex(&hash.finalize())
    }
}

/// A prepared run: the outputs, and the rules met so far. Shared between threads.
#[derive(Debug)]
pub struct Columns<'e> {
    engine: &'e Engine,
    request: Request,
    known_on: Day,
    outputs: Vec<Output>,
    met: Mutex<Met>,
    /// Threads' registers and tables, for the next batch.
    idle: Mutex<Vec<Worker<'static>>>,
}

/// The regimes met so far, by places and day.
#[derive(Debug, Default)]
struct Met {
    by_key: BTreeMap<(Vec<i64>, i64), usize>,
    /// No two of them have the same figures under the same plan.
    regimes: Vec<Arc<Regime>>,
    /// The plan of every regime, as a number.
    plans: Vec<usize>,
    known: Vec<Arc<Plan>>,
    /// Compiled programs by plan and the columns that were given.
    programs: BTreeMap<ProgramKey, Arc<Program>>,
}

impl Met {
    /// The number of a regime: that of an earlier one with the same figures, if there is one. Places without figures of their
    /// own are one to the rules.
    fn number(&mut self, regime: Arc<Regime>) -> usize {
        let plan = self
            .known
            .iter()
            .position(|p| Arc::ptr_eq(p, &regime.plan))
            .unwrap_or_else(|| {
                self.known.push(Arc::clone(&regime.plan));
                self.known.len() - 1
            });
        let same = |(at, own): (&Arc<Regime>, &usize)| *own == plan && at.has_figures_of(&regime);
        if let Some(found) = self.regimes.iter().zip(&self.plans).position(same) {
            return found;
        }
        self.regimes.push(regime);
        self.plans.push(plan);
        self.regimes.len() - 1
    }
}

type ProgramKey = (usize, Vec<bool>);

/// How many compiled programs are kept.
const PROGRAMS: usize = 16;

/// How many regimes are kept at hand.
const NEAR: usize = 1_024;

/// How many cases have their places read at once.
const BLOCK: usize = 1_024;

/// The regimes met a moment ago, by a mix of places and day.
struct Near {
    /// How many places a case has.
    width: usize,
    /// Day and regime of a slot; none where nothing stands there yet.
    met: Vec<Option<(i64, u32)>>,
    places: Vec<i64>,
}

impl Near {
    fn new(width: usize) -> Self {
        Self {
            width,
            met: vec![None; NEAR],
            places: vec![0; NEAR * width],
        }
    }

    fn slot(&self, places: &[i64], day: i64) -> usize {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let start = (day as u64).wrapping_mul(ODD);
        let mix = |mixed: u64, place: &i64| (mixed ^ *place as u64).wrapping_mul(ODD);
        (places.iter().fold(start, mix) >> 32) as usize % self.met.len()
    }

    fn get(&self, slot: usize, places: &[i64], day: i64) -> Option<u32> {
        let (of, regime) = self.met[slot]?;
        let own = &self.places[slot * self.width..(slot + 1) * self.width];
        // one by one: there are few or none, and a call that compares no memory at all may still touch where it would lie
        let same = own.iter().zip(places).all(|(own, place)| own == place);
        (of == day && same).then_some(regime)
    }

    fn set(&mut self, slot: usize, places: &[i64], day: i64, regime: u32) {
        self.met[slot] = Some((day, regime));
        self.places[slot * self.width..(slot + 1) * self.width].copy_from_slice(places);
    }
}

/// The values of one output for every row of its entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputColumn {
    /// A truth: rows in neither are unknown.
    Truth {
        /// Rows that are known to hold.
        yes: Bitmap,
        /// Rows that are known not to hold.
        no: Bitmap,
    },
    /// A number in the engine's unit.
    Number {
        /// Rows that are known.
        known: Bitmap,
        /// The value; where it is unknown, the lowest it can be.
        values: Vec<i64>,
        /// The highest of every row, where bounds were asked for. `i64::MIN` and `i64::MAX` stand for no bound.
        highest: Option<Vec<i64>>,
    },
}

impl OutputColumn {
    fn new(ty: Type, rows: usize, bounds: bool) -> Self {
        if ty == Type::Bool {
            Self::Truth {
                yes: Bitmap::filled(rows, false),
                no: Bitmap::filled(rows, false),
            }
        } else {
            Self::Number {
                known: Bitmap::filled(rows, false),
                values: vec![0; rows],
                highest: bounds.then(|| vec![0; rows]),
            }
        }
    }

    /// The value of a row: known where lowest and highest agree. Without bounds asked for, an unknown number is plain.
    pub fn value(&self, row: usize) -> V {
        match self {
            Self::Truth { yes, no } => V {
                lo: i64::from(yes.get(row)),
                hi: 1 - i64::from(no.get(row)),
            },
            Self::Number {
                known,
                values,
                highest,
            } => match (values.get(row), highest.as_ref().map(|h| h.get(row))) {
                (Some(lo), Some(Some(hi))) => V { lo: *lo, hi: *hi },
                (Some(value), None) if known.get(row) => V::known(*value),
                _ => V::UNKNOWN,
            },
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Truth { yes, .. } => yes.len(),
            Self::Number { values, .. } => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn put(&mut self, row: usize, v: V) {
        match self {
            Self::Truth { yes, no } => {
                if v.lo == 1 {
                    yes.set(row);
                }
                if v.hi == 0 {
                    no.set(row);
                }
            }
            Self::Number {
                known,
                values,
                highest,
            } => {
                if v.is_known() {
                    known.set(row);
                }
                values[row] = v.lo;
                if let Some(highest) = highest {
                    highest[row] = v.hi;
                }
            }
        }
    }

    /// Takes the values of a chunk.
    fn take(&mut self, reg: &Reg<'_>, negated: bool, rows: &Rows, base: usize) {
        match (reg, rows) {
            (Reg::Bits(bits), Rows::Range(start, n)) => {
                if let Self::Truth { yes, no } = self {
                    let (t, f) = if negated {
                        (&bits.f, &bits.t)
                    } else {
                        (&bits.t, &bits.f)
                    };
                    yes.write(start - base, t, *n);
                    no.write(start - base, f, *n);
                }
            }
            (Reg::Bits(bits), Rows::List(list)) => {
                for (at, row) in list.iter().enumerate() {
                    let bit = |words: &[u64]| (words[at / 64] >> (at % 64) & 1) as i64;
                    let v = V {
                        lo: bit(&bits.t),
                        hi: 1 - bit(&bits.f),
                    };
                    self.put(*row as usize - base, if negated { v.not() } else { v });
                }
            }
            (Reg::Lanes(_) | Reg::Lent(..), _) => {
                let Some((lanes, lo)) = reg.numbers() else {
                    return;
                };
                let view = View::over(lanes, lo);
                if let (
                    Self::Number {
                        known,
                        values,
                        highest,
                    },
                    Rows::Range(start, n),
                ) = (&mut *self, rows)
                {
                    let from = start - base;
                    let mut bits = vec![u64::MAX; words(*n)];
                    if !lanes.proof.point {
                        super::lanes::known(&mut bits, words(*n), view);
                    }
                    known.write(from, &bits, *n);
                    let lows = lo.as_flattened();
                    values[from..from + n].copy_from_slice(&lows[..*n]);
                    if let Some(highest) = highest {
                        let highs = if lanes.proof.point {
                            lows
                        } else {
                            lanes.hi.as_flattened()
                        };
                        highest[from..from + n].copy_from_slice(&highs[..*n]);
                    }
                    return;
                }
                for at in 0..rows.len() {
                    self.put(rows.get(at) - base, view.get(at));
                }
            }
            (Reg::Const(v), _) => {
                let v = if negated { v.not() } else { *v };
                match (&mut *self, rows) {
                    // what nothing was written to is unknown
                    (Self::Truth { .. }, _) if v == V::MAYBE => {}
                    (Self::Truth { yes, no }, Rows::Range(start, n)) => {
                        let column = if v == V::TRUE { yes } else { no };
                        column.write(start - base, &vec![u64::MAX; words(*n)], *n);
                    }
                    _ => {
                        for at in 0..rows.len() {
                            self.put(rows.get(at) - base, v);
                        }
                    }
                }
            }
            (Reg::Empty | Reg::Column(_) | Reg::Scaled(..), _) => {}
        }
    }

    fn append(&mut self, more: Self) {
        match (self, more) {
            (
                Self::Truth { yes, no },
                Self::Truth {
                    yes: more_yes,
                    no: more_no,
                },
            ) => {
                yes.extend_words(more_yes.as_words(), more_yes.len());
                no.extend_words(more_no.as_words(), more_no.len());
            }
            (
                Self::Number {
                    known,
                    values,
                    highest,
                },
                Self::Number {
                    known: more_known,
                    values: more,
                    highest: more_highest,
                },
            ) => {
                known.extend_words(more_known.as_words(), more_known.len());
                values.extend(more);
                if let (Some(highest), Some(more)) = (highest, more_highest) {
                    highest.extend(more);
                }
            }
            _ => {}
        }
    }
}

/// What a run gives for one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One column for every output asked for, in that order.
    pub columns: Vec<OutputColumn>,
    /// Groups of cases under different rules in the batch.
    pub groups: usize,
}

impl Engine {
    /// Prepares a run over columns.
    ///
    /// # Errors
    /// `E-OUTPUT-NAME` where the packs have no such output.
    pub fn columns(&self, request: Request) -> Result<Columns<'_>, Diagnostic> {
        let set = self.packs();
        let outputs = if request.outputs.is_empty() {
            every_programme(set)
        } else {
            request
                .outputs
                .iter()
                .map(|name| output(set, name))
                .collect::<Result<_, _>>()?
        };
        let known_on = request.known_on.unwrap_or(Day::MAX);
        Ok(Columns {
            engine: self,
            request,
            known_on,
            outputs,
            met: Mutex::new(Met::default()),
            idle: Mutex::new(Vec::new()),
        })
    }
}

fn programme_output(
    set: &PackSet,
    programme: usize,
    which: Outcome,
    name: String,
) -> Option<Output> {
    let def = set.programmes.get(programme)?;
    let ty = match which {
        Outcome::Amount => set.formulas.get(def.amount?)?.ty,
        Outcome::Qualifies | Outcome::Eligible => Type::Bool,
    };
    Some(Output {
        name,
        entity: def.entity,
        ty,
        what: What::Programme(programme, which),
    })
}

fn every_programme(set: &PackSet) -> Vec<Output> {
    let mut out = Vec::new();
    for (index, programme) in set.programmes.iter().enumerate() {
        let named = |word: &str| format!("{}.{word}", programme.id);
        out.extend(programme_output(
            set,
            index,
            Outcome::Eligible,
            named("eligible"),
        ));
        out.extend(programme_output(
            set,
            index,
            Outcome::Amount,
            named("amount"),
        ));
    }
    out
}

fn output(set: &PackSet, name: &str) -> Result<Output, Diagnostic> {
    if let Some(index) = set.formulas_by_id.get(name)
        && let Some(formula) = set.formulas.get(*index)
    {
        return Ok(Output {
            name: name.to_owned(),
            entity: formula.entity,
            ty: formula.ty,
            what: What::Formula(*index),
        });
    }
    let programme = name.split_once('.').and_then(|(programme, word)| {
        let index = set.programmes.iter().position(|p| p.id == programme)?;
        let (_, which) = Outcome::ALL.into_iter().find(|(w, _)| *w == word)?;
        programme_output(set, index, which, name.to_owned())
    });
    programme.ok_or_else(|| {
        let outcomes: Vec<String> = every_programme(set).into_iter().map(|o| o.name).collect();
        let known = set.formulas_by_id.keys().map(String::as_str).chain(outcomes.iter().map(String::as_str));
        let near = nearest(name, known).map_or_else(
            || "an output is `programme.eligible`, `.qualifies` or `.amount`, a formula, or a condition".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::error("E-OUTPUT-NAME", format!("there is no output `{name}`")).help(near)
    })
}

impl Output {
    /// The node of the output in a plan.
    fn node(&self, plan: &Plan) -> NodeId {
        match self.what {
            What::Formula(index) => plan.formulas.get(index).copied().flatten().unwrap_or(0),
            What::Programme(index, which) => {
                plan.programmes.get(index).map_or(0, |p| match which {
                    Outcome::Qualifies => p.qualifies,
                    Outcome::Eligible => p.eligible,
                    Outcome::Amount => p.amount.unwrap_or(p.eligible),
                })
            }
        }
    }
}

/// Cases of a batch under the same rules.
struct Group {
    program: Arc<Program>,
    plan: Arc<Plan>,
    cases: Cases,
}

enum Cases {
    /// All of the batch, under one regime.
    All(usize),
    /// Case and regime.
    Some(Vec<(u32, u32)>),
}

impl Columns<'_> {
    fn met(&self) -> MutexGuard<'_, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker<'static>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is answered, in order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// One case of a batch again, by the scalar program under the same law and figures, with every value for its explanation, found when
    /// it is asked for; `ids` names its rows, by entity and row in the batch.
    pub fn assess(
        &self,
        batch: &Batch<'_>,
        case: usize,
        ids: impl Fn(usize, usize) -> String,
    ) -> Assessment {
        let mut input = batch.case(self.engine.packs(), case, self.known_on, ids);
        input.add_overlays(self.request.overlays.iter().cloned());
        self.engine.prepare(input)
    }

    /// Evaluates a batch. The answer does not depend on the number of threads.
    pub fn run(&self, batch: &Batch<'_>) -> Answer {
        let set = self.engine.packs();
        let law = self.laws(batch);
        let regimes = self
            .met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .regimes
            .clone();
        let groups = self.groups(batch, law, &regimes);
        // one thread writes the whole answer where it stands
        let morsels = if self.request.threads > 1 {
            cut(set, batch, 0..batch.cases(), MORSEL)
        } else {
            core::iter::once(0..batch.cases()).collect()
        };
        let piece =
            |cases: &core::ops::Range<usize>| self.morsel(batch, &groups, &regimes, cases.clone());
        let pieces = self.pieces(&morsels, piece);
        let mut columns: Option<Vec<OutputColumn>> = None;
        for piece in pieces {
            match &mut columns {
                None => columns = Some(piece),
                Some(columns) => columns
                    .iter_mut()
                    .zip(piece)
                    .for_each(|(column, more)| column.append(more)),
            }
        }
        let none = || {
            self.outputs
                .iter()
                .map(|o| OutputColumn::new(o.ty, 0, self.request.bounds))
                .collect()
        };
        Answer {
            columns: columns.unwrap_or_else(none),
            groups: groups.len(),
        }
    }

    #[cfg(feature = "parallel")]
    fn pieces<T: Send>(
        &self,
        morsels: &[core::ops::Range<usize>],
        piece: impl Fn(&core::ops::Range<usize>) -> T + Sync,
    ) -> Vec<T> {
        use rayon::prelude::*;
        if self.request.threads > 1
            && let Ok(pool) = rayon::ThreadPoolBuilder::new()
                .num_threads(self.request.threads)
                .build()
        {
            return pool.install(|| morsels.par_iter().map(&piece).collect());
        }
        morsels.iter().map(piece).collect()
    }

    #[cfg(not(feature = "parallel"))]
    #[expect(
        clippy::unused_self,
        reason = "the threads asked for matter with the feature `parallel`"
    )]
    fn pieces<T>(
        &self,
        morsels: &[core::ops::Range<usize>],
        piece: impl Fn(&core::ops::Range<usize>) -> T,
    ) -> Vec<T> {
        morsels.iter().map(piece).collect()
    }

    /// The regime of every case.
    fn laws(&self, batch: &Batch<'_>) -> Law {
        let facts = self.engine.place_facts();
        let mut met = self.met();
        let given = |fact: &usize| matches!(batch.columns.get(*fact), Some(Some(_)));
        let alike = matches!(batch.dates, Dates::One(_)) && !facts.iter().any(given);
        if alike && batch.cases() > 0 {
            let places = vec![i64::MIN; facts.len()];
            return Law::One(self.regime_of(batch, 0, &places, &mut met) as usize);
        }
        let mut out = Vec::with_capacity(batch.cases());
        let mut near = Near::new(facts.len());
        let mut places = vec![i64::MIN; facts.len() * BLOCK];
        for start in (0..batch.cases()).step_by(BLOCK) {
            let cases = start..batch.cases().min(start + BLOCK);
            // households of a place often lie together
            let only = |fact: &usize| match batch.columns.get(*fact) {
                Some(Some(column)) => column.only(cases.clone()),
                _ => Some(i64::MIN),
            };
            if matches!(batch.dates, Dates::One(_))
                && let Some(places) = facts.iter().map(only).collect::<Option<Vec<i64>>>()
            {
                let regime = self.regime_of(batch, start, &places, &mut met);
                out.resize(cases.end, regime);
                continue;
            }
            for (at, fact) in facts.iter().enumerate() {
                if let Some(Some(column)) = batch.columns.get(*fact) {
                    let own = places.iter_mut().skip(at).step_by(facts.len());
                    column.copy_known(cases.clone(), i64::MIN, own);
                }
            }
            let mut rest = places.as_slice();
            for case in cases {
                let (own, more) = rest.split_at(facts.len());
                rest = more;
                let day = batch.day_number(case);
                let slot = near.slot(own, day);
                let regime = near.get(slot, own, day).unwrap_or_else(|| {
                    let regime = self.regime_of(batch, case, own, &mut met);
                    near.set(slot, own, day, regime);
                    regime
                });
                out.push(regime);
            }
        }
        match out.first() {
            Some(first) if out.iter().all(|regime| regime == first) => Law::One(*first as usize),
            _ => Law::Each(out),
        }
    }

    /// The regime of a case whose places are these.
    fn regime_of(&self, batch: &Batch<'_>, case: usize, places: &[i64], met: &mut Met) -> u32 {
        let on = batch.on(case);
        let key = (places.to_vec(), on.number());
        if let Some(at) = met.by_key.get(&key) {
            return *at as u32;
        }
        let facts = self.engine.place_facts().iter();
        let known: Vec<V> = facts
            .map(|fact| batch.value(self.engine.packs(), *fact, case))
            .collect();
        let overlays = &self.request.overlays;
        let regime = self.engine.regime_at(&known, on, self.known_on, overlays);
        let at = met.number(regime);
        met.by_key.insert(key, at);
        at as u32
    }

    /// Cases by the rules that hold for them, and their programs.
    fn groups(&self, batch: &Batch<'_>, law: Law, regimes: &[Arc<Regime>]) -> Vec<Group> {
        let set = self.engine.packs();
        let (plans, known) = {
            let met = self.met();
            (met.plans.clone(), met.known.clone())
        };
        let plan_of = |regime: usize| plans.get(regime).copied().unwrap_or(0);
        let cases: Vec<(usize, Cases)> = match law {
            Law::One(regime) => vec![(plan_of(regime), Cases::All(regime))],
            Law::Each(law) => {
                let mut cases: Vec<Vec<(u32, u32)>> = vec![Vec::new(); known.len()];
                for (case, regime) in (0_u32..).zip(law) {
                    cases[plan_of(regime as usize)].push((case, regime));
                }
                let met = cases.into_iter().enumerate();
                met.filter(|(_, cases)| !cases.is_empty())
                    .map(|(plan, cases)| (plan, Cases::Some(cases)))
                    .collect()
            }
        };
        let given: Vec<bool> = batch.columns.iter().map(Option::is_some).collect();
        let group = |(number, cases): (usize, Cases)| {
            let plan = Arc::clone(known.get(number)?);
            let mut met = vec![false; regimes.len()];
            match &cases {
                Cases::All(regime) => met[*regime] = true,
                Cases::Some(cases) => {
                    for (_, regime) in cases {
                        met[*regime as usize] = true;
                    }
                }
            }
            let mut used = regimes.iter().zip(met).filter(|(_, met)| *met);
            let key = (number, given.clone());
            let found = self.met().programs.get(&key).map(Arc::clone);
            let found = found.filter(|p| used.all(|(r, _)| p.holds(r)));
            let program = found.unwrap_or_else(|| {
                // folded for all regimes met so far, it holds for the next batches too
                let own = regimes.iter().zip(&plans).filter(|(_, p)| **p == number);
                let own: Vec<&Regime> = own.map(|(r, _)| r.as_ref()).collect();
                let outputs = self.outputs.iter().map(|o| (o.node(&plan), o.entity));
                let outputs: Vec<(NodeId, usize)> = outputs.collect();
                let program = Arc::new(compile(set, &plan, &own, batch, &outputs));
                let mut met = self.met();
                if met.programs.len() >= PROGRAMS {
                    met.programs.clear();
                }
                met.programs.insert(key, Arc::clone(&program));
                program
            });
            Some(Group {
                program,
                plan,
                cases,
            })
        };
        cases.into_iter().filter_map(group).collect()
    }

    fn morsel(
        &self,
        batch: &Batch<'_>,
        groups: &[Group],
        regimes: &[Arc<Regime>],
        cases: core::ops::Range<usize>,
    ) -> Vec<OutputColumn> {
        let set = self.engine.packs();
        let spans: Vec<_> = (0..batch.tables.len())
            .map(|e| batch.rows_of(set, e, cases.clone()))
            .collect();
        let span = |entity: usize| spans.get(entity).cloned().unwrap_or(0..0);
        let mut columns: Vec<OutputColumn> = self
            .outputs
            .iter()
            .map(|o| OutputColumn::new(o.ty, span(o.entity).len(), self.request.bounds))
            .collect();
        let apply = Apply::new(set);
        let mut worker: Worker<'_> = self.idle().pop().unwrap_or_default();
        for group in groups {
            let job = Job {
                apply: &apply,
                set,
                plan: &group.plan,
                program: &group.program,
                batch,
                regimes,
            };
            let mut answer = |rows: &Rows, law: Law| {
                let chunk = Chunk::new(set, batch, rows, law);
                widely(Run {
                    worker: &mut worker,
                    job: &job,
                    chunk: &chunk,
                });
                for ((column, output), arg) in columns
                    .iter_mut()
                    .zip(&self.outputs)
                    .zip(&group.program.outputs)
                {
                    if let (Some(reg), Some(part)) = (
                        worker.regs.get(arg.at as usize),
                        chunk.parts.get(output.entity),
                    ) {
                        column.take(reg, arg.not, &part.rows, span(output.entity).start);
                    }
                }
            };
            let own = match &group.cases {
                Cases::All(regime) => {
                    for range in even_parts(set, batch, cases.clone()) {
                        answer(&Rows::Range(range.start, range.len()), Law::One(*regime));
                    }
                    continue;
                }
                Cases::Some(own) => own,
            };
            let first = own.partition_point(|c| (c.0 as usize) < cases.start);
            let last = own.partition_point(|c| (c.0 as usize) < cases.end);
            let (own, lengths) = parts(set, batch, own.get(first..last).unwrap_or_default());
            let mut rest = own.as_ref();
            for length in lengths {
                let (part, more) = rest.split_at(length);
                rest = more;
                let one = part.first().filter(|f| part.iter().all(|c| c.1 == f.1));
                let law = one.map_or_else(
                    || Law::Each(part.iter().map(|c| c.1).collect()),
                    |c| Law::One(c.1 as usize),
                );
                let rows = match part.first() {
                    Some(from) if is_whole(part) => Rows::Range(from.0 as usize, part.len()),
                    _ => Rows::List(part.iter().map(|c| c.0).collect()),
                };
                answer(&rows, law);
            }
        }
        self.idle().push(worker.rest());
        columns
    }
}

/// Whether cases in their order lie one after the other.
fn is_whole(cases: &[(u32, u32)]) -> bool {
    match (cases.first(), cases.last()) {
        (Some(first), Some(last)) => (last.0 - first.0) as usize + 1 == cases.len(),
        _ => false,
    }
}

/// Cuts the cases of a group into chunks, about alike: how many each has. Cases that lie together stay so and are not copied; the
/// others come by their regime, so that most chunks have one. The cases of a chunk stay in their order.
fn parts<'c>(
    set: &PackSet,
    batch: &Batch<'_>,
    cases: &'c [(u32, u32)],
) -> (Cow<'c, [(u32, u32)]>, Vec<usize>) {
    let range = |run: &[(u32, u32)]| match (run.first(), run.last()) {
        (Some(from), Some(to)) => from.0 as usize..to.0 as usize + 1,
        _ => 0..0,
    };
    let rows = |entity: usize, run: &[(u32, u32)]| batch.rows_of(set, entity, range(run)).len();
    let even_parts = |run: &[(u32, u32)]| {
        let ranges = even_parts(set, batch, range(run));
        ranges.into_iter().map(|range| range.len())
    };
    if is_whole(cases) {
        return (Cow::Borrowed(cases), even_parts(cases).collect());
    }
    let (mut ordered, mut strewn) = (Vec::with_capacity(cases.len()), Vec::new());
    let mut out = Vec::new();
    for run in cases.chunk_by(|a, b| a.0 + 1 == b.0) {
        if widest(set, batch, range(run)) < TOGETHER {
            strewn.extend_from_slice(run);
        } else {
            out.extend(even_parts(run));
            ordered.extend_from_slice(run);
        }
    }
    strewn.sort_by_key(|c| c.1);
    let mut sums = vec![0_usize; batch.tables.len()];
    for case in strewn.chunks(1) {
        for (entity, sum) in sums.iter_mut().enumerate() {
            *sum += rows(entity, case);
        }
    }
    let most = even(sums.iter().copied().max().unwrap_or(0));
    let mut rest = strewn.as_mut_slice();
    while !rest.is_empty() {
        let mut sums = vec![0_usize; batch.tables.len()];
        let mut n = 0;
        for case in rest.chunks(1) {
            let mut widest = 0;
            for (entity, sum) in sums.iter_mut().enumerate() {
                *sum += rows(entity, case);
                widest = widest.max(*sum);
            }
            if n > 0 && widest > most {
                break;
            }
            n += 1;
        }
        let (part, more) = rest.split_at_mut(n);
        part.sort_unstable();
        out.push(n);
        rest = more;
    }
    ordered.append(&mut strewn);
    (Cow::Owned(ordered), out)
}

/// How many rows the largest entity has below some cases.
fn widest(set: &PackSet, batch: &Batch<'_>, cases: core::ops::Range<usize>) -> usize {
    let rows = |entity| batch.rows_of(set, entity, cases.clone()).len();
    (0..batch.tables.len()).map(rows).max().unwrap_or(0)
}

/// Cuts cases that lie together into chunks, about alike.
fn even_parts(
    set: &PackSet,
    batch: &Batch<'_>,
    cases: core::ops::Range<usize>,
) -> Vec<core::ops::Range<usize>> {
    let rows = even(widest(set, batch, cases.clone()));
    cut(set, batch, cases, rows)
}

/// How many rows a chunk may have, where so many are cut alike: whole words, so that chunks of cases without rows below begin where
/// words begin. What a chunk is evaluated in stays small beside a small batch.
fn even(rows: usize) -> usize {
    let most = (rows / 4).clamp(CHUNK, LONG);
    let chunks = rows.div_ceil(most - SLACK).max(1);
    (rows.div_ceil(chunks) + SLACK).next_multiple_of(WORD)
}
