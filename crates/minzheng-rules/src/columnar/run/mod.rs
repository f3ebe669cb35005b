//! The interpreter: every step of a program over the rows of one chunk. The steps stand beside, by kind.

mod across;
mod aggregate;
mod dates;
mod each;
mod law;
mod load;
mod logic;

use std::sync::Arc;

use super::batch::{Batch, Values};
use super::bits::{Truths, WORD, tail};
use super::chunk::{Chunk, Rows};
use super::lanes::{self, Block, Lanes, Proof, Scratch, Side, View};
use super::program::{Arg, Instr, Program, Step};
use super::segments::Test;
use super::wide::Work;
use crate::ir::Plan;
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{Apply, V};
use crate::scenario::Regime;

use across::Paths;
use aggregate::Aggregate;
use dates::Ages;
pub(super) use dates::OLDEST;
use law::Tables;
use load::Question;

/// The value of a step for the rows of a chunk of a batch.
#[derive(Debug, Default)]
pub(super) enum Reg<'b> {
    #[default]
    Empty,
    Const(V),
    /// A fact that nobody has needed as lanes so far.
    Column(usize),
    /// A number times a factor above zero that nobody has needed as lanes so far.
    Scaled(Arg, i64),
    Bits(Box<Truths>),
    Lanes(Box<Lanes>),
    /// Numbers of which the lowest stay where a column has them: all else of them stands in the lanes.
    Lent(Box<Lanes>, &'b [Block]),
}

impl Reg<'_> {
    /// What is known of numbers, and their lowest.
    pub(super) fn numbers(&self) -> Option<(&Lanes, &[Block])> {
        match self {
            Self::Lanes(lanes) => Some((lanes, &lanes.lo)),
            Self::Lent(lanes, lo) => Some((lanes, lo)),
            Self::Empty | Self::Const(_) | Self::Column(_) | Self::Scaled(..) | Self::Bits(_) => {
                None
            }
        }
    }

    /// Writes gaps out.
    #[inline(always)]
    fn close(&mut self) {
        match core::mem::take(self) {
            Self::Lanes(mut lanes) => {
                lanes.close();
                *self = Self::Lanes(lanes);
            }
            Self::Lent(mut lanes, lo) if lanes.gaps => {
                lanes.lo.copy_from_slice(lo);
                lanes.close();
                *self = Self::Lanes(lanes);
            }
            other => *self = other,
        }
    }
}

/// How many buffers are looked at for one of the right length.
const NEAR: usize = 8;

/// What a number is multiplied by.
#[derive(Debug, Clone, Copy)]
enum Factor {
    Of(Arg),
    Number(i64),
}

/// A test of a column that was not loaded.
#[derive(Debug, Clone, Copy)]
struct Asked<'p> {
    of: Arg,
    question: Question<'p>,
    /// What stands for a value that is not known, where that is not what the fact says.
    missing: Option<V>,
}

/// What a chunk is evaluated with.
pub(super) struct Job<'a> {
    pub(super) set: &'a PackSet,
    pub(super) plan: &'a Plan,
    pub(super) program: &'a Program,
    pub(super) batch: &'a Batch<'a>,
    pub(super) regimes: &'a [Arc<Regime>],
    /// The scalar definitions.
    pub(super) apply: &'a Apply<'a>,
}

/// Registers and buffers of one thread, used again for every chunk. What a register holds is boxed: it moves at every step.
#[derive(Debug, Default)]
#[expect(
    clippy::vec_box,
    reason = "buffers go back to registers as they came from them"
)]
pub(super) struct Worker<'b> {
    pub(super) regs: Vec<Reg<'b>>,
    free_bits: Vec<Box<Truths>>,
    free_lanes: Vec<Box<Lanes>>,
    figures: Tables,
    ages: Vec<Ages>,
}

// A kernel that is handed over as a function is compiled apart, without the wide instructions; so its call is written out.

/// A test of two numbers.
macro_rules! compare {
    ($worker:ident, $a:expr, $b:expr, $size:ident, $kernel:path) => {{
        let gaps = $worker.agree(&[$a, $b]);
        let mut out = $worker.bits($size);
        let (mut s1, mut s2) = (None, None);
        let (a, b) = ($worker.view($a, &mut s1), $worker.view($b, &mut s2));
        $kernel(&mut out, $size.words, a, b);
        if gaps {
            $worker.veil_truths(&mut out, &[$a, $b]);
        }
        Reg::Bits(out)
    }};
}

/// A number from two.
macro_rules! two {
    ($worker:ident, $a:expr, $b:expr, $size:ident, $definition:path, $kernel:path) => {{
        if let (Some(a), Some(b)) = ($worker.constant($a), $worker.constant($b)) {
            return Reg::Const($definition(a, b));
        }
        let gaps = $worker.agree(&[$a, $b]);
        let mut out = $worker.lanes($size);
        let (mut s1, mut s2) = (None, None);
        let (a, b) = ($worker.view($a, &mut s1), $worker.view($b, &mut s2));
        $kernel(&mut out, $size.rows, $size.words, a, b);
        if gaps {
            $worker.veil(&mut out, &[$a, $b], $size);
        }
        Reg::Lanes(out)
    }};
}

/// A number from any many.
macro_rules! fold {
    ($worker:ident, $parts:expr, $size:ident, $definition:path, $kernel:path) => {{
        let fixed = $parts
            .iter()
            .filter_map(|p| $worker.constant(*p))
            .reduce($definition);
        let mut so_far: Option<Box<Lanes>> = None;
        for part in $parts {
            if $worker.constant(*part).is_some() {
                continue;
            }
            let mut out = $worker.lanes($size);
            let (mut s1, mut s2) = (None, None);
            let next = $worker.view(*part, &mut s1);
            let before = match (&so_far, fixed) {
                (Some(before), _) => View::lanes(before),
                (None, Some(v)) => View::splat(v, &mut s2),
                (None, None) => next,
            };
            $kernel(&mut out, $size.words, before, next);
            $worker.free_lanes.extend(so_far.replace(out));
        }
        so_far.map_or(Reg::Const(fixed.unwrap_or(V::UNKNOWN)), Reg::Lanes)
    }};
}

/// The rows of one step's entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) rows: usize,
    pub(super) words: usize,
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "buffers go to registers, which hold boxes"
)]
impl<'b> Worker<'b> {
    fn bits(&mut self, size: Size) -> Box<Truths> {
        let mut bits = self.free_bits.pop().unwrap_or_default();
        bits.t.resize(size.words, 0);
        bits.f.resize(size.words, 0);
        bits
    }

    fn lanes(&mut self, size: Size) -> Box<Lanes> {
        // one of the same length among those given back last: what must grow is filled with zeros first
        let last = self.free_lanes.len().saturating_sub(NEAR);
        let near = self.free_lanes[last..].iter();
        let same = near.rev().position(|lanes| lanes.lo.len() == size.words);
        let found = match same {
            Some(back) => Some(
                self.free_lanes
                    .swap_remove(self.free_lanes.len() - 1 - back),
            ),
            None => self.free_lanes.pop(),
        };
        let mut lanes = found.unwrap_or_else(|| Box::new(Lanes::new(0)));
        lanes.fit(size.words);
        lanes
    }

    fn release(&mut self, at: usize) {
        match core::mem::take(&mut self.regs[at]) {
            Reg::Bits(bits) => self.free_bits.push(bits),
            Reg::Lanes(lanes) | Reg::Lent(lanes, _) => self.free_lanes.push(lanes),
            Reg::Empty | Reg::Const(_) | Reg::Column(_) | Reg::Scaled(..) => {}
        }
    }

    /// What is kept for the next batch.
    pub(super) fn rest(mut self) -> Worker<'static> {
        for at in 0..self.regs.len() {
            self.release(at);
        }
        Worker {
            regs: Vec::new(),
            free_bits: self.free_bits,
            free_lanes: self.free_lanes,
            figures: self.figures,
            ages: self.ages,
        }
    }

    /// Evaluates all steps; the outputs stay in their registers.
    #[inline(always)]
    fn run(&mut self, job: &Job<'b>, chunk: &Chunk) {
        for at in 0..self.regs.len() {
            self.release(at);
        }
        self.regs.clear();
        let mut paths = Paths::new(job, chunk);
        let (steps, outputs) = (&job.program.steps, &job.program.outputs);
        for at in 0..=steps.len() {
            let instr = steps.get(at);
            let asked = instr.and_then(|instr| self.asked(job, chunk, &instr.step));
            let value = match (asked, instr) {
                (Some(asked), _) => self.question(job, chunk, asked),
                (None, instr) => {
                    // after the last step the outputs are read
                    let reads = instr.map_or(outputs.as_slice(), |_| job.program.reads(at));
                    self.ready(job, chunk, instr, reads);
                    let Some(instr) = instr else { return };
                    self.step(job, chunk, (instr, reads), &mut paths)
                }
            };
            let Some(instr) = instr else { return };
            self.regs.push(settle(value, chunk.size(instr.entity)));
            for dead in job.program.dies(at) {
                self.release(*dead as usize);
            }
        }
    }

    /// Lays out what a step reads, as it reads it: columns are loaded; some operations know of gaps, all others read lowest and
    /// highest.
    #[inline(always)]
    fn ready(&mut self, job: &Job<'b>, chunk: &Chunk, instr: Option<&Instr>, reads: &[Arg]) {
        let step = instr.map(|instr| &instr.step);
        let knows_gaps = matches!(
            step,
            Some(
                Step::Lt(..)
                    | Step::Le(..)
                    | Step::Eq(..)
                    | Step::In(..)
                    | Step::Has(_)
                    | Step::Older { .. }
                    | Step::Add(..)
                    | Step::Sub(..)
                    | Step::Mul(..)
                    | Step::Scale(..)
                    | Step::Times { .. }
                    | Step::Coalesce(..)
                    | Step::Age(..)
                    | Step::Each(..)
            )
        );
        for arg in reads {
            self.force_column(job, chunk, *arg);
        }
        let scales = match step {
            Some(Step::Lt(a, b) | Step::Le(a, b)) => {
                self.factor(*a).is_some() && self.factor(*b).is_some()
            }
            Some(Step::Times { .. }) => instr.is_some_and(|instr| self.stays_scaled(instr)),
            _ => false,
        };
        for arg in reads {
            if !scales {
                self.force_scaled(job, chunk, *arg);
            }
            if !knows_gaps {
                self.close(*arg);
            }
        }
    }

    /// What a step asks of a column that was not loaded: where the other side of its test is the same for all rows.
    fn asked<'p>(&mut self, job: &Job<'b>, chunk: &Chunk, step: &'p Step) -> Option<Asked<'p>> {
        let asked = |of: Arg, question| Asked {
            of,
            question,
            missing: None,
        };
        let stands = |worker: &Self, a: Arg, b: Arg, sides: (Side, Side)| {
            let may = |arg| worker.may_be_asked(job, chunk, arg);
            let (of, other, side) = match (may(a), may(b)) {
                (true, false) => (a, b, sides.0),
                (false, true) => (b, a, sides.1),
                _ => return None,
            };
            let constant = worker.constant(other)?.get()?;
            Some(asked(of, Question::Stands(side, constant)))
        };
        match step {
            Step::Lt(a, b) => stands(self, *a, *b, (Side::Below, Side::Above)),
            Step::Le(a, b) => stands(self, *a, *b, (Side::UpTo, Side::From)),
            Step::Eq(a, b) => stands(self, *a, *b, (Side::Same, Side::Same)),
            Step::In(a, values) if self.may_be_asked(job, chunk, *a) => {
                Some(asked(*a, Question::IsIn(values)))
            }
            Step::Has(a) if self.may_be_asked(job, chunk, *a) => Some(asked(*a, Question::IsKnown)),
            Step::Older { birth, on, years } if self.may_be_asked(job, chunk, *birth) => {
                let day = self.latest_birth(self.constant(*on)?.get()?, *years)?;
                Some(Asked {
                    // an age is known or not: bounds of the birth say nothing of it
                    missing: Some(V::UNKNOWN),
                    ..asked(*birth, Question::Stands(Side::UpTo, day))
                })
            }
            _ => None,
        }
    }

    /// Loads a column that is needed as lanes.
    #[inline(always)]
    fn force_column(&mut self, job: &Job<'b>, chunk: &Chunk, arg: Arg) {
        let at = arg.at as usize;
        if let Reg::Column(fact) = self.regs[at] {
            let instr = &job.program.steps[at];
            let size = chunk.size(instr.entity);
            self.regs[at] = settle(self.load(job, chunk, fact, instr, size), size);
        }
    }

    /// Multiplies what is needed as lanes.
    #[inline(always)]
    fn force_scaled(&mut self, job: &Job<'b>, chunk: &Chunk, arg: Arg) {
        let at = arg.at as usize;
        if let Reg::Scaled(of, factor) = self.regs[at] {
            let size = chunk.size(job.program.steps[at].entity);
            self.regs[at] = self.product(of, Factor::Number(factor), size);
        }
    }

    /// Where the lanes of a number stand that may be scaled.
    fn base(&self, arg: Arg) -> Arg {
        match self.regs[arg.at as usize] {
            Reg::Scaled(of, _) => of,
            _ => arg,
        }
    }

    /// By what a number is scaled, where every row is known or nothing is known of it, and no row overflows.
    fn factor(&self, arg: Arg) -> Option<i64> {
        let (of, factor) = match self.regs[arg.at as usize] {
            Reg::Scaled(of, factor) => (of, factor),
            _ => (arg, 1),
        };
        let reg = &self.regs[of.at as usize];
        if let Reg::Const(v) = reg {
            return v.is_known().then_some(factor);
        }
        let proof = reg.numbers()?.0.proof;
        let known = proof.point && !proof.open;
        (known && proof.times(factor).is_some()).then_some(factor)
    }

    /// Writes the gaps of a register out.
    #[inline(always)]
    fn close(&mut self, arg: Arg) {
        self.regs[arg.at as usize].close();
    }

    /// Whether some of these numbers have gaps, and all the others are known: then an operation reads every row as known, and what
    /// is not known is said afterwards. Where one has lowest and highest of its own, the gaps of the others are written out.
    #[inline(always)]
    fn agree(&mut self, args: &[Arg]) -> bool {
        let (mut gaps, mut known) = (false, true);
        for arg in args {
            let reg = &self.regs[arg.at as usize];
            match (reg, reg.numbers()) {
                (_, Some((lanes, _))) => {
                    gaps |= lanes.gaps;
                    known &= lanes.proof.point;
                }
                (Reg::Const(v), None) => known &= v.is_known(),
                _ => known = false,
            }
        }
        if gaps && !known {
            for arg in args {
                self.close(*arg);
            }
        }
        gaps && known
    }

    /// The rows in which all of these numbers are known, word by word.
    fn known<'a>(&'a self, args: &'a [Arg]) -> impl Fn(usize) -> u64 + 'a {
        move |w| {
            let word = |arg: &Arg| match self.regs[arg.at as usize].numbers() {
                Some((lanes, _)) if lanes.gaps => lanes.known[w],
                _ => u64::MAX,
            };
            args.iter().fold(u64::MAX, |all, arg| all & word(arg))
        }
    }

    /// The rows in which each of these numbers that has gaps is known.
    fn gaps<'a>(&'a self, args: &'a [Arg]) -> impl Iterator<Item = &'a [u64]> + 'a {
        args.iter()
            .filter_map(|arg| match self.regs[arg.at as usize].numbers() {
                Some((lanes, _)) if lanes.gaps => Some(lanes.known.as_slice()),
                _ => None,
            })
    }

    #[inline(always)]
    fn veil(&self, out: &mut Lanes, args: &[Arg], size: Size) {
        out.known.clear();
        out.known.resize(size.words, u64::MAX);
        for known in self.gaps(args) {
            for (all, known) in out.known.iter_mut().zip(known) {
                *all &= known;
            }
        }
        out.veil_others(size.rows);
    }

    #[inline(always)]
    fn veil_truths(&self, out: &mut Truths, args: &[Arg]) {
        for known in self.gaps(args) {
            for ((t, f), known) in out.t.iter_mut().zip(&mut out.f).zip(known) {
                *t &= known;
                *f &= known;
            }
        }
    }

    /// Answers what a step asks of a column that was not loaded.
    #[inline(always)]
    fn question(&mut self, job: &Job<'b>, chunk: &Chunk, asked: Asked<'_>) -> Reg<'b> {
        let entity = job.program.steps[asked.of.at as usize].entity;
        let Reg::Column(fact) = self.regs[asked.of.at as usize] else {
            return Reg::Empty;
        };
        let column = job.batch.columns.get(fact).and_then(Option::as_ref);
        let (Some(column), Some(def), Rows::Range(start, _)) =
            (column, job.set.facts.get(fact), &chunk.parts[entity].rows)
        else {
            return Reg::Empty;
        };
        let missing = V::missing(def.ty, def.low, def.high);
        let missing = asked.missing.unwrap_or(missing);
        self.ask(column, *start, chunk.size(entity), missing, asked.question)
    }

    /// Whether a register is a column that can be asked: of rows that stand together, all of them as they should be.
    fn may_be_asked(&self, job: &Job<'b>, chunk: &Chunk, arg: Arg) -> bool {
        let Reg::Column(fact) = self.regs[arg.at as usize] else {
            return false;
        };
        let entity = job.program.steps[arg.at as usize].entity;
        let column = job.batch.columns.get(fact).and_then(Option::as_ref);
        matches!(chunk.parts[entity].rows, Rows::Range(..))
            && column.is_some_and(|c| c.wild().is_none() && !matches!(c.values(), Values::Bool(_)))
    }

    /// The truth words of an argument, its polarity applied; `None` where one value stands for all.
    #[inline(always)]
    fn truth(&self, arg: Arg) -> Test<'_> {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => Test::Const(if arg.not { v.not() } else { *v }),
            Reg::Bits(bits) if arg.not => Test::Bits(&bits.f, &bits.t),
            Reg::Bits(bits) => Test::Bits(&bits.t, &bits.f),
            Reg::Empty | Reg::Column(_) | Reg::Scaled(..) | Reg::Lanes(_) | Reg::Lent(..) => {
                Test::Const(V::MAYBE)
            }
        }
    }

    #[inline(always)]
    fn view<'a>(&'a self, arg: Arg, scratch: &'a mut Scratch) -> View<'a> {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => View::splat(*v, scratch),
            Reg::Lanes(lanes) => View::lanes(lanes),
            Reg::Lent(lanes, lo) => View::over(lanes, lo),
            Reg::Empty | Reg::Column(_) | Reg::Scaled(..) | Reg::Bits(_) => {
                View::splat(V::UNKNOWN, scratch)
            }
        }
    }

    fn constant(&self, arg: Arg) -> Option<V> {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => Some(if arg.not { v.not() } else { *v }),
            _ => None,
        }
    }

    fn is_bits(&self, arg: Arg, ty: Type) -> bool {
        match &self.regs[arg.at as usize] {
            Reg::Bits(_) => true,
            Reg::Column(_) | Reg::Scaled(..) | Reg::Lanes(_) | Reg::Lent(..) => false,
            Reg::Const(_) | Reg::Empty => ty == Type::Bool,
        }
    }

    #[inline(always)]
    fn step(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        (instr, reads): (&Instr, &[Arg]),
        paths: &mut Paths<'_, 'b>,
    ) -> Reg<'b> {
        let size = chunk.size(instr.entity);
        match &instr.step {
            Step::Const(lo, hi) => Reg::Const(V { lo: *lo, hi: *hi }),
            Step::Law(slot) => self.law(job, chunk, *slot, instr.ty, size),
            Step::Load(fact) => Reg::Column(*fact),
            Step::Spread(arg) => self.spread(job, *arg, instr, size, paths),
            Step::Finding(found, inner) => self.finding(*found, *inner, size),
            Step::Param(param, keys) => self.figure(job, chunk, (*param, keys), instr, size, paths),
            Step::And(_) => self.all(reads, size),
            Step::Lt(a, b) | Step::Le(a, b) if self.is_scaled(*a) || self.is_scaled(*b) => {
                if matches!(instr.step, Step::Lt(..)) {
                    return Reg::Bits(self.less_scaled(*a, *b, size));
                }
                // not below the other way round
                let mut out = self.less_scaled(*b, *a, size);
                let Truths { t, f } = &mut *out;
                core::mem::swap(t, f);
                Reg::Bits(out)
            }
            Step::Lt(a, b) => compare!(self, *a, *b, size, lanes::less),
            Step::Le(a, b) => compare!(self, *a, *b, size, lanes::less_or_equal),
            Step::Eq(a, b) => {
                let truths = |r: &Reg| matches!(r, Reg::Bits(_));
                if truths(&self.regs[a.at as usize]) || truths(&self.regs[b.at as usize]) {
                    return self.same_truth(*a, *b, size);
                }
                compare!(self, *a, *b, size, lanes::equal)
            }
            Step::In(a, values) => {
                if let Some(v) = self.constant(*a) {
                    return Reg::Const(v.is_in(values));
                }
                let gaps = self.agree(&[*a]);
                let mut out = self.bits(size);
                let mut scratch = None;
                lanes::is_in(&mut out, size.words, self.view(*a, &mut scratch), values);
                if gaps {
                    self.veil_truths(&mut out, &[*a]);
                }
                Reg::Bits(out)
            }
            Step::Add(a, b) => two!(self, *a, *b, size, V::add, lanes::add),
            Step::Sub(a, b) => two!(self, *a, *b, size, V::sub, lanes::sub),
            Step::Scale(of, factor) if self.may_be_scaled_late(*of, *factor, instr.kept) => {
                Reg::Scaled(*of, *factor)
            }
            Step::Times {
                product, factor, ..
            } if self.stays_scaled(instr) => Reg::Scaled(*product, *factor),
            Step::Mul(a, _) | Step::Scale(a, _) | Step::Times { scaled: a, .. } => {
                let by = match &instr.step {
                    Step::Scale(_, factor) => Factor::Number(*factor),
                    Step::Times { other, .. } => Factor::Of(*other),
                    Step::Mul(_, b) => Factor::Of(*b),
                    _ => return Reg::Empty,
                };
                self.product(*a, by, size)
            }
            Step::Min(parts) => fold!(self, parts, size, V::min, lanes::least),
            Step::Max(parts) => fold!(self, parts, size, V::max, lanes::greatest),
            Step::If(test, yes, no) => self.choose(*test, *yes, *no, instr.ty, size),
            Step::Has(a) => self.has(*a, size),
            Step::HasLink(link) => self.has_link(job, *link, instr.entity, size, paths),
            Step::Coalesce(a, value) => self.coalesce(*a, *value, instr.ty, size),
            Step::Age(..) | Step::Older { .. } | Step::Each(..) => {
                self.each(job, &instr.step, reads, size)
            }
            Step::Agg {
                kind,
                child,
                filter,
                value,
                complete,
                bounds,
            } => {
                let all = Aggregate {
                    kind: *kind,
                    filter: *filter,
                    value: *value,
                    complete: *complete,
                    bounds: V {
                        lo: bounds.0,
                        hi: bounds.1,
                    },
                };
                self.aggregate(&all, chunk.below(job.batch, *child), instr.ty, size)
            }
            Step::Gather { link, to, inner } => {
                self.gather((*link, *to), *inner, instr, size, paths)
            }
        }
    }

    fn is_scaled(&self, arg: Arg) -> bool {
        matches!(self.regs[arg.at as usize], Reg::Scaled(..))
    }

    /// Whether one scaled number is below another; of both it was found that they fit.
    #[inline(always)]
    fn less_scaled(&mut self, a: Arg, b: Arg, size: Size) -> Box<Truths> {
        let mut out = self.bits(size);
        let factors = (self.factor(a).unwrap_or(1), self.factor(b).unwrap_or(1));
        let args = [self.base(a), self.base(b)];
        let (mut s1, mut s2) = (None, None);
        let (a, b) = (self.view(args[0], &mut s1), self.view(args[1], &mut s2));
        lanes::less_scaled(&mut out, size.words, (a, factors.0), (b, factors.1));
        self.veil_truths(&mut out, &args);
        out
    }

    /// Whether a number that is scaled is scaled when it is read: numbers are, those that are the same for all rows are not.
    fn may_be_scaled_late(&self, of: Arg, factor: i64, kept: bool) -> bool {
        factor > 0 && !kept && self.regs[of.at as usize].numbers().is_some()
    }

    /// Whether a x factor x b is the product of a and b, scaled, in every row: no row overflows on the one way or the other.
    fn stays_scaled(&self, instr: &Instr) -> bool {
        let Step::Times {
            scaled,
            other,
            product,
            factor,
        } = instr.step
        else {
            return false;
        };
        let (Reg::Scaled(of, by), false) = (&self.regs[scaled.at as usize], instr.kept) else {
            return false;
        };
        let lanes = |arg: Arg| self.regs[arg.at as usize].numbers().map(|(l, _)| l.proof);
        let proof = |arg: Arg| match &self.regs[arg.at as usize] {
            Reg::Const(v) => Some(Proof::of(*v)),
            _ => lanes(arg),
        };
        let (Some(of), Some(other), Some(product)) = (proof(*of), proof(other), lanes(product))
        else {
            return false;
        };
        let straight = of.times(*by).and_then(|scaled| scaled.product(other));
        straight.is_some() && product.times(factor).is_some()
    }

    /// A product. Nothing times zero is zero: it is known where the other number is not.
    #[inline(always)]
    fn product(&mut self, a: Arg, by: Factor, size: Size) -> Reg<'b> {
        let fixed = match by {
            Factor::Of(b) => self.constant(b),
            Factor::Number(factor) => Some(V::known(factor)),
        };
        if let (Some(a), Some(b)) = (self.constant(a), fixed) {
            return Reg::Const(a.mul(b));
        }
        let both = match by {
            Factor::Of(b) => [a, b],
            Factor::Number(_) => [a, a],
        };
        let gaps = self.agree(&both);
        let (mut out, mut sure) = (self.lanes(size), self.bits(size));
        let (mut s1, mut s2) = (None, None);
        let one = self.view(a, &mut s1);
        let two = match by {
            Factor::Of(b) => self.view(b, &mut s2),
            Factor::Number(factor) => View::splat(V::known(factor), &mut s2),
        };
        lanes::mul(&mut out, size.rows, size.words, one, two);
        if gaps {
            let other = if fixed.is_none() { &both[1..] } else { &[] };
            let (known_a, known_b) = (self.known(&both[..1]), self.known(other));
            // beside a constant every zero is known already
            let zero_a = fixed.is_none() && one.proof.may_be_zero();
            let zero_b = two.proof.may_be_zero();
            for (w, sure) in sure.t.iter_mut().enumerate() {
                let (a, b) = (known_a(w), known_b(w));
                *sure = a & b;
                if zero_a {
                    *sure |= a & lanes::zeros(one.lo(w));
                }
                if zero_b {
                    *sure |= b & lanes::zeros(two.lo(w));
                }
            }
            out.veil(sure.t.iter().copied(), size.rows);
        }
        self.free_bits.push(sure);
        Reg::Lanes(out)
    }

    /// Truths or numbers row by row.
    #[inline(always)]
    fn write(&mut self, ty: Type, size: Size, f: impl Fn(usize) -> V) -> Reg<'b> {
        if ty == Type::Bool {
            let mut out = self.bits(size);
            out.t.fill(0);
            out.f.fill(0);
            for row in 0..size.rows {
                let v = f(row);
                out.t[row / WORD] |= u64::from(v.lo == 1) << (row % WORD);
                out.f[row / WORD] |= u64::from(v.hi == 0) << (row % WORD);
            }
            Reg::Bits(out)
        } else {
            let mut out = self.lanes(size);
            lanes::each(&mut out, size.rows, f);
            Reg::Lanes(out)
        }
    }
}

/// Clears what stands beyond the last row, and finds truths that are the same for all.
#[inline(always)]
fn settle(value: Reg<'_>, size: Size) -> Reg<'_> {
    let Reg::Bits(mut bits) = value else {
        return value;
    };
    let Some(last) = size.words.checked_sub(1) else {
        return Reg::Bits(bits);
    };
    bits.t[last] &= tail(size.rows);
    bits.f[last] &= tail(size.rows);
    Reg::Bits(bits)
}

/// A chunk to be run; the outputs stay in the registers of the worker.
pub(super) struct Run<'r, 'b> {
    pub(super) worker: &'r mut Worker<'b>,
    pub(super) job: &'r Job<'b>,
    pub(super) chunk: &'r Chunk,
}

impl Work for Run<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        self.worker.run(self.job, self.chunk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::borrow::Cow;

    use proptest::prelude::*;

    use crate::columnar::{
        Bitmap, Column, Dates, Request, Table, Values, bits::words, lanes::mask,
    };
    use crate::date::Day;
    use crate::pack::{PackSource, SourceFile};
    use crate::scenario::Engine;

    /// Numbers that are scaled and multiplied in more than one order.
    const PACK: &str = r#"
        [pack]
        id = "scaled"
        title = { zh = "倍数", en = "scaled" }
        publisher = "test"
        version = "1"
        level = "nation"
        place = "000000"
        reviewed_on = 2026-01-01
        [[entity]]
        id = "unit"
        [[fact]]
        id = "a"
        entity = "unit"
        type = "money"
        title = { zh = "甲", en = "a" }
        [[fact]]
        id = "b"
        entity = "unit"
        type = "money"
        title = { zh = "乙", en = "b" }
        [[fact]]
        id = "size"
        entity = "unit"
        type = "count"
        title = { zh = "人数", en = "size" }
        [[fact]]
        id = "few"
        entity = "unit"
        type = "count"
        low = 0
        high = 9
        title = { zh = "少数", en = "few" }
    "#;

    const FORMULAS: &[(&str, &str)] = &[
        ("bool", "a > b * 24 * size"),
        ("bool", "a <= 24 * size * b"),
        ("bool", "a * 100 <= b * 40"),
        ("bool", "b * 24 * size < b * 2 * size"),
        ("bool", "a < b * 12 * few"),
        ("bool", "b * few >= a * 3"),
        ("bool", "b * 3 * size == a * 3"),
        ("bool", "b * size * 3 > yuan(7)"),
        ("money", "b * 12 * size - a * 5"),
        ("money", "b * 12 * size * few"),
    ];

    type Row = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let maybe = |value: BoxedStrategy<i64>| prop::option::weighted(0.9, value);
        let row = |amount: BoxedStrategy<i64>, size: BoxedStrategy<i64>| {
            let few = maybe((0_i64..10).boxed());
            (maybe(amount.clone()), maybe(amount), maybe(size), few)
        };
        let small = row((-9_i64..3_000).boxed(), (0_i64..7).boxed());
        let large = row((-9_i64..9_000_000_000).boxed(), (-2_i64..70_000).boxed());
        let ends = prop_oneof![
            Just(0),
            Just(i64::MAX / 24),
            Just(i64::MIN / 48),
            any::<i64>()
        ];
        let wild = row(ends.clone().boxed(), ends.boxed());
        let many = |row| prop::collection::vec(row, 1..140);
        prop_oneof![many(small.boxed()), many(large.boxed()), many(wild.boxed())]
    }

    fn column(values: impl Iterator<Item = Option<i64>>) -> Column<'static> {
        let values: Vec<Option<i64>> = values.collect();
        let known: Bitmap = values.iter().map(Option::is_some).collect();
        let values = values.into_iter().map(Option::unwrap_or_default);
        let known = (known.count() < known.len()).then_some(known);
        Column::new(Values::Large(Cow::Owned(values.collect())), known)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn what_is_scaled_late_is_what_the_definition_says(rows in rows()) {
            let formula = |(at, (ty, expr)): (usize, &(&str, &str))| format!(
                "[[formula]]\nid = \"f{at}\"\nentity = \"unit\"\ntype = \"{ty}\"\nfrom = 2020-01-01\nstatus = \"invented\"\nexpr = \"{expr}\"\n"
            );
            let formulas: String = FORMULAS.iter().enumerate().map(formula).collect();
            let source = PackSource::new(vec![SourceFile::new("pack.toml", format!("{PACK}\n{formulas}"))]);
            let engine = Engine::new(PackSet::load(&[source]).map_err(|e| TestCaseError::fail(e.to_string()))?);
            let set = engine.packs();
            let table = Table { rows: rows.len(), ..Table::default() };
            let on = Day::parse("2026-01-01").ok_or_else(|| TestCaseError::fail("no day"))?;
            let told = |e: crate::columnar::BatchError| TestCaseError::fail(e.to_string());
            let mut batch = Batch::new(set, vec![table], Dates::One(on)).map_err(told)?;
            let columns = [
                ("a", column(rows.iter().map(|r| r.0))),
                ("b", column(rows.iter().map(|r| r.1))),
                ("size", column(rows.iter().map(|r| r.2))),
                ("few", column(rows.iter().map(|r| r.3))),
            ];
            for (id, column) in columns {
                batch.set(set, "unit", id, column).map_err(told)?;
            }
            let outputs: Vec<String> = (0..FORMULAS.len()).map(|at| format!("f{at}")).collect();
            let request = Request { outputs: outputs.clone(), bounds: true, ..Request::default() };
            let answer = engine.columns(request).map_err(|e| TestCaseError::fail(e.to_string()))?.run(&batch);
            for (case, row) in rows.iter().enumerate() {
                let one = engine.evaluate(&batch.case(set, case, Day::MAX, |_, row| row.to_string()));
                for ((id, found), (_, expr)) in outputs.iter().zip(&answer.columns).zip(FORMULAS) {
                    let want = one.value(id, None).map(|(v, _)| v);
                    prop_assert_eq!(Some(found.value(case)), want, "{} of {:?}", expr, row);
                }
            }
        }
    }

    #[test]
    fn a_mask_has_a_bit_for_every_lane() {
        let lanes: Vec<usize> = (0..WORD).filter(|i| mask(|j| j == *i) == 1 << i).collect();
        assert_eq!(lanes.len(), WORD);
        // and of a column a bit for every row, however wide its numbers are
        for rows in [1, WORD, 70] {
            for row in 0..rows {
                let want: Bitmap = (0..rows).map(|at| at == row).collect();
                let bytes: Vec<u8> = (0..rows).map(|at| u8::from(at == row)).collect();
                let halves: Vec<i32> = bytes.iter().map(|v| i32::from(*v)).collect();
                let whole: Vec<i64> = bytes.iter().map(|v| i64::from(*v)).collect();
                let mut found = [(); 3].map(|()| vec![0; words(rows)]);
                lanes::bits_of(&mut found[0], &bytes, |v| v == 1);
                lanes::bits_of(&mut found[1], &halves, |v| v == 1);
                lanes::bits_of(&mut found[2], &whole, |v| v == 1);
                for found in found {
                    assert_eq!(found, want.as_words(), "{row} of {rows}");
                }
            }
        }
    }

    #[test]
    fn nothing_beyond_the_last_row_is_true_or_false() {
        let bits = Box::new(Truths {
            t: vec![u64::MAX],
            f: vec![u64::MAX],
        });
        let Reg::Bits(bits) = settle(Reg::Bits(bits), Size { rows: 3, words: 1 }) else {
            return assert_eq!("bits", "lost");
        };
        assert_eq!((&bits.t, &bits.f), (&vec![0b111], &vec![0b111]));
        assert_eq!(Bitmap::filled(3, true).as_words(), [0b111]);
    }
}
