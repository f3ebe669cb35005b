//! The interpreter: every step of a program over the rows of one chunk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::batch::{Batch, Column, NO_ROW, Values, sensible};
use super::bits::{Truths, WORD, tail, words};
use super::chunk::{Chunk, Law, Part, Rows};
use super::divide::Division;
use super::figures::Figures;
use super::lanes::{self, Block, Lanes, Proof, View, pick, spread};
use super::program::{Arg, Instr, Program, Step};
use super::segments::{self, Test};
use crate::date::{Birthday, Day};
use crate::ir::{AggK, Op, Plan, children, ix};
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{Apply, MAX_KEYS, V, is_open, moved};
use crate::scenario::Regime;

/// The value of a step for the rows of a chunk.
#[derive(Debug, Default)]
pub(super) enum Reg {
    #[default]
    Empty,
    Const(V),
    Bits(Truths),
    Lanes(Lanes),
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

/// Registers and buffers of one thread, used again for every chunk.
#[derive(Debug, Default)]
pub(super) struct Worker {
    pub(super) regs: Vec<Reg>,
    free_bits: Vec<Truths>,
    free_lanes: Vec<Lanes>,
    figures: Tables,
    ages: Vec<Ages>,
}

// A kernel that is handed over as a function is compiled apart, without the wide instructions; so its call is written out.

/// A test of two numbers.
macro_rules! compare {
    ($worker:ident, $a:expr, $b:expr, $size:ident, $kernel:path) => {{
        let mut out = $worker.bits($size);
        let (mut s1, mut s2) = (EMPTY, EMPTY);
        let (a, b) = ($worker.view($a, &mut s1), $worker.view($b, &mut s2));
        $kernel(&mut out, $size.words, a, b);
        Reg::Bits(out)
    }};
}

/// A number from two.
macro_rules! two {
    ($worker:ident, $a:expr, $b:expr, $size:ident, $definition:path, $kernel:path) => {{
        if let (Some(a), Some(b)) = ($worker.constant($a), $worker.constant($b)) {
            return Reg::Const($definition(a, b));
        }
        let mut out = $worker.lanes($size);
        let (mut s1, mut s2) = (EMPTY, EMPTY);
        let (a, b) = ($worker.view($a, &mut s1), $worker.view($b, &mut s2));
        $kernel(&mut out, $size.rows, $size.words, a, b);
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
        let mut so_far: Option<Lanes> = None;
        for part in $parts {
            if $worker.constant(*part).is_some() {
                continue;
            }
            let mut out = $worker.lanes($size);
            let (mut s1, mut s2) = (EMPTY, EMPTY);
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

type Scratch = [Block; 2];

const EMPTY: Scratch = [[0; WORD]; 2];

impl Worker {
    fn bits(&mut self, size: Size) -> Truths {
        let mut bits = self.free_bits.pop().unwrap_or_default();
        bits.t.resize(size.words, 0);
        bits.f.resize(size.words, 0);
        bits
    }

    fn lanes(&mut self, size: Size) -> Lanes {
        let mut lanes = self.free_lanes.pop().unwrap_or_else(|| Lanes::new(0));
        lanes.fit(size.words);
        lanes
    }

    fn release(&mut self, at: usize) {
        match core::mem::take(&mut self.regs[at]) {
            Reg::Bits(bits) => self.free_bits.push(bits),
            Reg::Lanes(lanes) => self.free_lanes.push(lanes),
            Reg::Empty | Reg::Const(_) => {}
        }
    }

    /// Evaluates all steps; the outputs stay in their registers.
    #[inline(always)]
    fn run(&mut self, job: &Job<'_>, chunk: &Chunk) {
        for at in 0..self.regs.len() {
            self.release(at);
        }
        self.regs.resize_with(job.program.steps.len(), Reg::default);
        let mut climbs = Climbs::default();
        for (at, instr) in job.program.steps.iter().enumerate() {
            let rows = chunk.len(instr.entity);
            let size = Size {
                rows,
                words: words(rows),
            };
            let value = self.step(job, chunk, instr, size, &mut climbs);
            self.regs[at] = settle(value, size);
            for dead in &instr.dies {
                self.release(*dead as usize);
            }
        }
    }

    /// The truth words of an argument, its polarity applied; `None` where one value stands for all.
    #[inline(always)]
    fn truth(&self, arg: Arg) -> Test<'_> {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => Test::Const(if arg.not { v.not() } else { *v }),
            Reg::Bits(bits) if arg.not => Test::Bits(&bits.f, &bits.t),
            Reg::Bits(bits) => Test::Bits(&bits.t, &bits.f),
            Reg::Empty | Reg::Lanes(_) => Test::Const(V::MAYBE),
        }
    }

    #[inline(always)]
    fn view<'a>(&'a self, arg: Arg, scratch: &'a mut Scratch) -> View<'a> {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => View::splat(*v, scratch),
            Reg::Lanes(lanes) => View::lanes(lanes),
            Reg::Empty | Reg::Bits(_) => View::splat(V::UNKNOWN, scratch),
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
            Reg::Lanes(_) => false,
            Reg::Const(_) | Reg::Empty => ty == Type::Bool,
        }
    }

    #[inline(always)]
    fn step(
        &mut self,
        job: &Job<'_>,
        chunk: &Chunk,
        instr: &Instr,
        size: Size,
        climbs: &mut Climbs,
    ) -> Reg {
        let Size { rows, words } = size;
        let (mut s1, mut s2) = (EMPTY, EMPTY);
        match &instr.step {
            Step::Const(lo, hi) => Reg::Const(V { lo: *lo, hi: *hi }),
            Step::Law(slot) => self.law(job, chunk, *slot, instr.ty, size),
            Step::Load(fact) => self.load(job, chunk, *fact, instr, size),
            Step::Spread(arg) => self.spread(job, chunk, *arg, instr, size, climbs),
            Step::Finding(fact, inner) => {
                let found = self.load(job, chunk, *fact, instr, size);
                self.finding(found, *inner, instr.ty, size)
            }
            Step::Param(param, keys) => {
                self.figure(job, chunk, (*param, keys), instr, size, climbs)
            }
            Step::And(parts) => {
                let mut out = self.bits(size);
                out.t.fill(u64::MAX);
                out.f.fill(0);
                for part in parts {
                    match self.truth(*part) {
                        Test::Const(V::TRUE) => {}
                        Test::Const(V::FALSE) => {
                            self.free_bits.push(out);
                            return Reg::Const(V::FALSE);
                        }
                        Test::Const(_) => out.t.fill(0),
                        Test::Bits(t, f) => {
                            for w in 0..words {
                                out.t[w] &= t[w];
                                out.f[w] |= f[w];
                            }
                        }
                    }
                }
                Reg::Bits(out)
            }
            Step::Lt(a, b) => compare!(self, *a, *b, size, lanes::less),
            Step::Le(a, b) => compare!(self, *a, *b, size, lanes::less_or_equal),
            Step::Eq(a, b) => {
                let truths = |r: &Reg| matches!(r, Reg::Bits(_));
                if truths(&self.regs[a.at as usize]) || truths(&self.regs[b.at as usize]) {
                    self.same_truth(*a, *b, size)
                } else {
                    compare!(self, *a, *b, size, lanes::equal)
                }
            }
            Step::In(a, values) => {
                if let Some(v) = self.constant(*a) {
                    return Reg::Const(v.is_in(values));
                }
                let mut out = self.bits(size);
                lanes::is_in(&mut out, words, self.view(*a, &mut s1), values);
                Reg::Bits(out)
            }
            Step::Add(a, b) => two!(self, *a, *b, size, V::add, lanes::add),
            Step::Sub(a, b) => two!(self, *a, *b, size, V::sub, lanes::sub),
            Step::Mul(a, b) => two!(self, *a, *b, size, V::mul, lanes::mul),
            Step::Scale(a, k) => {
                if let Some(v) = self.constant(*a) {
                    return Reg::Const(v.scale(*k));
                }
                let mut out = self.lanes(size);
                lanes::mul(
                    &mut out,
                    rows,
                    words,
                    self.view(*a, &mut s1),
                    View::splat(V::known(*k), &mut s2),
                );
                Reg::Lanes(out)
            }
            Step::Min(parts) => fold!(self, parts, size, V::min, lanes::least),
            Step::Max(parts) => fold!(self, parts, size, V::max, lanes::greatest),
            Step::If(test, yes, no) => self.choose(*test, *yes, *no, instr.ty, size),
            Step::Has(a) => {
                if let Some(v) = self.constant(*a) {
                    return Reg::Const(V::bool(v.is_known()));
                }
                let mut out = self.bits(size);
                match self.truth(*a) {
                    Test::Bits(t, f) if matches!(self.regs[a.at as usize], Reg::Bits(_)) => {
                        for w in 0..words {
                            out.t[w] = t[w] | f[w];
                        }
                    }
                    _ => lanes::known(&mut out.t, words, self.view(*a, &mut s1)),
                }
                for w in 0..words {
                    out.f[w] = !out.t[w];
                }
                Reg::Bits(out)
            }
            Step::HasLink(link) => {
                let mut out = self.bits(size);
                let to = job
                    .set
                    .entities
                    .get(instr.entity)
                    .and_then(|e| e.links.get(*link))
                    .map_or(0, |l| l.1);
                out.t.fill(0);
                if let Some(targets) = chunk.targets(job.batch, instr.entity, *link, to) {
                    for (row, target) in targets.iter().enumerate() {
                        out.t[row / WORD] |= u64::from(*target != NO_ROW) << (row % WORD);
                    }
                }
                for w in 0..words {
                    out.f[w] = !out.t[w];
                }
                Reg::Bits(out)
            }
            Step::Coalesce(a, value) => {
                if let Some(v) = self.constant(*a) {
                    return Reg::Const(if v.is_known() { v } else { V::known(*value) });
                }
                if self.is_bits(*a, instr.ty) {
                    let mut out = self.bits(size);
                    if let Test::Bits(t, f) = self.truth(*a) {
                        for w in 0..words {
                            let unknown = !(t[w] | f[w]);
                            out.t[w] = t[w] | if *value == 1 { unknown } else { 0 };
                            out.f[w] = f[w] | if *value == 1 { 0 } else { unknown };
                        }
                    }
                    return Reg::Bits(out);
                }
                let mut out = self.lanes(size);
                lanes::coalesce(&mut out, words, self.view(*a, &mut s1), *value);
                Reg::Lanes(out)
            }
            Step::Age(birth, on) => self.age(*birth, *on, size),
            Step::Each(node, args) => self.each(job, *node, args, size),
            Step::Agg {
                kind,
                child,
                filter,
                value,
                complete,
                bounds,
            } => {
                let part = &chunk.parts[*child];
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
                self.aggregate(&all, part, instr.ty, size)
            }
            Step::Gather { link, to, inner } => {
                self.gather(job, chunk, (*link, *to), *inner, instr, size)
            }
        }
    }

    #[inline(always)]
    fn same_truth(&mut self, a: Arg, b: Arg, size: Size) -> Reg {
        let mut out = self.bits(size);
        let word = |test: &Test<'_>, w: usize| match test {
            Test::Const(v) => (
                if v.lo == 1 { u64::MAX } else { 0 },
                if v.hi == 0 { u64::MAX } else { 0 },
            ),
            Test::Bits(t, f) => (t[w], f[w]),
        };
        let (a, b) = (self.truth(a), self.truth(b));
        for w in 0..size.words {
            let ((at, af), (bt, bf)) = (word(&a, w), word(&b, w));
            out.t[w] = at & bt | af & bf;
            out.f[w] = at & bf | af & bt;
        }
        Reg::Bits(out)
    }

    #[inline(always)]
    fn law(&mut self, job: &Job<'_>, chunk: &Chunk, slot: usize, ty: Type, size: Size) -> Reg {
        let mut tables = core::mem::take(&mut self.figures);
        let values = tables.law(slot, job.regimes, V::plain(ty));
        let value = |regime: usize| values.get(regime).copied().unwrap_or(V::plain(ty));
        let out = match &chunk.law {
            Law::One(regime) => Reg::Const(value(*regime)),
            Law::Each(regimes) => self.write(ty, size, |row| value(regimes[row] as usize)),
        };
        self.figures = tables;
        out
    }

    /// Truths or numbers row by row.
    #[inline(always)]
    fn write(&mut self, ty: Type, size: Size, f: impl Fn(usize) -> V) -> Reg {
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

    #[inline(always)]
    fn load(
        &mut self,
        job: &Job<'_>,
        chunk: &Chunk,
        fact: usize,
        instr: &Instr,
        size: Size,
    ) -> Reg {
        let def = job.set.facts.get(fact);
        let missing = def.map_or(V::UNKNOWN, |f| V::missing(f.ty, f.low, f.high));
        let Some(column) = job.batch.columns.get(fact).and_then(Option::as_ref) else {
            return Reg::Const(missing);
        };
        let bounds = def.map_or(V::UNKNOWN, |f| sensible(job.set, f));
        match &chunk.parts[instr.entity].rows {
            Rows::Range(start, _) => self.load_range(column, *start, (missing, bounds), size),
            Rows::List(list) => self.load_range(&column.pick(list), 0, (missing, bounds), size),
        }
    }

    #[inline(always)]
    fn load_range(
        &mut self,
        column: &Column<'_>,
        start: usize,
        missing: (V, V),
        size: Size,
    ) -> Reg {
        match column.values() {
            Values::Bool(values) => {
                let mut out = self.bits(size);
                values.copy_range(start, size.rows, &mut out.t);
                match column.known() {
                    None => {
                        for w in 0..size.words {
                            out.f[w] = !out.t[w];
                        }
                    }
                    Some(known) => {
                        known.copy_range(start, size.rows, &mut out.f);
                        for w in 0..size.words {
                            let (value, known) = (out.t[w], out.f[w]);
                            out.t[w] = value & known;
                            out.f[w] = !value & known;
                        }
                    }
                }
                Reg::Bits(out)
            }
            Values::Small(v) => self.load_numbers(
                column,
                start,
                missing,
                size,
                &v[start..start + size.rows],
                i64::from,
            ),
            Values::Medium(v) => self.load_numbers(
                column,
                start,
                missing,
                size,
                &v[start..start + size.rows],
                i64::from,
            ),
            Values::Large(v) => self.load_numbers(
                column,
                start,
                missing,
                size,
                &v[start..start + size.rows],
                |v| v,
            ),
        }
    }

    #[inline(always)]
    fn load_numbers<T: Copy>(
        &mut self,
        column: &Column<'_>,
        start: usize,
        (missing, bounds): (V, V),
        size: Size,
        values: &[T],
        wide: impl Fn(T) -> i64,
    ) -> Reg {
        let mut out = self.lanes(size);
        let mut validity = self.bits(size);
        match column.known() {
            Some(known) => known.copy_range(start, size.rows, &mut validity.t),
            None => validity.t.fill(u64::MAX),
        }
        let point = (0..size.words).all(|w| {
            let rows = if w + 1 == size.words {
                tail(size.rows)
            } else {
                u64::MAX
            };
            validity.t[w] & rows == rows
        });
        let strange = column.wild().filter(|w| w.any_in(start, size.rows));
        let (mut min, mut max) = (i64::MAX, i64::MIN);
        let (blocks, rest) = values.as_chunks::<WORD>();
        if point {
            for (lo, values) in out.lo.iter_mut().zip(blocks) {
                for lane in 0..WORD {
                    lo[lane] = wide(values[lane]);
                    min = min.min(lo[lane]);
                    max = max.max(lo[lane]);
                }
            }
            if let Some(lo) = out.lo.get_mut(blocks.len()) {
                for (slot, value) in lo.iter_mut().zip(rest) {
                    *slot = wide(*value);
                    min = min.min(*slot);
                    max = max.max(*slot);
                }
            }
        } else {
            let words = out.lo.iter_mut().zip(&mut out.hi).zip(&validity.t);
            for (((lo, hi), known), values) in words.zip(blocks) {
                for lane in 0..WORD {
                    let (is, value) = (spread(*known, lane), wide(values[lane]));
                    lo[lane] = pick(is, value, missing.lo);
                    hi[lane] = pick(is, value, missing.hi);
                }
            }
            if let (Some(lo), Some(hi), Some(known)) = (
                out.lo.get_mut(blocks.len()),
                out.hi.get_mut(blocks.len()),
                validity.t.get(blocks.len()),
            ) {
                for (lane, value) in rest.iter().enumerate() {
                    let (is, value) = (spread(*known, lane), wide(*value));
                    lo[lane] = pick(is, value, missing.lo);
                    hi[lane] = pick(is, value, missing.hi);
                }
            }
        }
        self.free_bits.push(validity);
        if let Some(wild) = strange {
            if point {
                out.hi.clone_from(&out.lo);
            }
            for row in (0..size.rows).filter(|row| wild.get(start + row)) {
                out.set(row, V::UNKNOWN);
            }
            out.measure(size.rows);
        } else if point {
            if min > max {
                (min, max) = (0, 0);
            }
            out.proof = Proof {
                point,
                open: false,
                min,
                max,
            };
        } else if is_open(bounds.lo) || is_open(bounds.hi) {
            out.measure(size.rows);
        } else {
            let open = is_open(missing.lo) || is_open(missing.hi);
            out.proof = Proof {
                point,
                open,
                min: bounds.lo,
                max: bounds.hi,
            };
        }
        Reg::Lanes(out)
    }

    #[inline(always)]
    fn spread(
        &mut self,
        job: &Job<'_>,
        chunk: &Chunk,
        arg: Arg,
        instr: &Instr,
        size: Size,
        climbs: &mut Climbs,
    ) -> Reg {
        if let Some(v) = self.constant(arg) {
            return Reg::Const(v);
        }
        let from = job.program.steps[arg.at as usize].entity;
        let above = climbs.get(job.set, chunk, instr.entity, from);
        match &self.regs[arg.at as usize] {
            Reg::Bits(_) => {
                let mut out = self.bits(size);
                if let Reg::Bits(bits) = &self.regs[arg.at as usize] {
                    for w in 0..size.words {
                        let ups = &above[w * WORD..size.rows.min(w * WORD + WORD)];
                        let (mut t, mut f) = (0, 0);
                        for (lane, up) in ups.iter().enumerate() {
                            let (word, bit) = (*up as usize / WORD, *up as usize % WORD);
                            t |= (bits.t[word] >> bit & 1) << lane;
                            f |= (bits.f[word] >> bit & 1) << lane;
                        }
                        (out.t[w], out.f[w]) = (t, f);
                    }
                }
                Reg::Bits(out)
            }
            _ => {
                let mut out = self.lanes(size);
                if let Reg::Lanes(lanes) = &self.regs[arg.at as usize] {
                    out.proof = lanes.proof;
                    let (lo, hi) = (lanes.lo.as_flattened(), lanes.hi.as_flattened());
                    for (slot, up) in out.lo.as_flattened_mut().iter_mut().zip(above) {
                        *slot = lo[*up as usize];
                    }
                    if !lanes.proof.point {
                        for (slot, up) in out.hi.as_flattened_mut().iter_mut().zip(above) {
                            *slot = hi[*up as usize];
                        }
                    }
                }
                Reg::Lanes(out)
            }
        }
    }

    /// An official's finding where there is one.
    #[inline(always)]
    fn finding(&mut self, found: Reg, inner: Arg, ty: Type, size: Size) -> Reg {
        let out = match &found {
            Reg::Const(v) if v.is_known() => Reg::Const(*v),
            Reg::Const(_) | Reg::Empty => {
                let inner = self.value(inner, ty);
                self.write(ty, size, |row| inner.get(row))
            }
            Reg::Bits(bits) => {
                let mut out = self.bits(size);
                let inner = self.truth(inner);
                for w in 0..size.words {
                    let (t, f) = match inner {
                        Test::Const(v) => (
                            if v.lo == 1 { u64::MAX } else { 0 },
                            if v.hi == 0 { u64::MAX } else { 0 },
                        ),
                        Test::Bits(t, f) => (t[w], f[w]),
                    };
                    let open = !(bits.t[w] | bits.f[w]);
                    out.t[w] = bits.t[w] | t & open;
                    out.f[w] = bits.f[w] | f & open;
                }
                Reg::Bits(out)
            }
            Reg::Lanes(lanes) => {
                let mut out = self.lanes(size);
                let mut scratch = EMPTY;
                let (found, inner) = (View::lanes(lanes), self.view(inner, &mut scratch));
                lanes::each(&mut out, size.rows, |row| {
                    Some(found.get(row))
                        .filter(|v| v.is_known())
                        .unwrap_or(inner.get(row))
                });
                Reg::Lanes(out)
            }
        };
        match found {
            Reg::Bits(bits) => self.free_bits.push(bits),
            Reg::Lanes(lanes) => self.free_lanes.push(lanes),
            Reg::Empty | Reg::Const(_) => {}
        }
        out
    }

    /// A copy of a register that can be read row by row while others are written.
    fn value(&self, arg: Arg, ty: Type) -> Copied {
        match &self.regs[arg.at as usize] {
            Reg::Const(v) => Copied::Const(if arg.not { v.not() } else { *v }),
            Reg::Bits(bits) if arg.not => Copied::Bits(bits.f.clone(), bits.t.clone()),
            Reg::Bits(bits) => Copied::Bits(bits.t.clone(), bits.f.clone()),
            Reg::Lanes(lanes) => Copied::Lanes(lanes.clone()),
            Reg::Empty => Copied::Const(V::plain(ty)),
        }
    }

    /// A register like another, in buffers that were used before: a copy of its own would stay among them for good.
    fn copy(&mut self, arg: Arg, ty: Type, size: Size) -> Reg {
        if let Some(v) = self.constant(arg) {
            return Reg::Const(v);
        }
        match &self.regs[arg.at as usize] {
            Reg::Empty | Reg::Const(_) => Reg::Const(V::plain(ty)),
            Reg::Bits(_) => {
                let mut out = self.bits(size);
                if let Test::Bits(t, f) = self.truth(arg) {
                    out.t.copy_from_slice(t);
                    out.f.copy_from_slice(f);
                }
                Reg::Bits(out)
            }
            Reg::Lanes(_) => {
                let mut out = self.lanes(size);
                if let Reg::Lanes(lanes) = &self.regs[arg.at as usize] {
                    out.lo.copy_from_slice(&lanes.lo);
                    out.hi.copy_from_slice(&lanes.hi);
                    out.proof = lanes.proof;
                }
                Reg::Lanes(out)
            }
        }
    }

    #[inline(always)]
    fn choose(&mut self, test: Arg, yes: Arg, no: Arg, ty: Type, size: Size) -> Reg {
        if let Some(v) = self.constant(test) {
            let branch = match v.get() {
                Some(1) => yes,
                Some(_) => no,
                None => return Reg::Const(V::plain(ty)),
            };
            return self.copy(branch, ty, size);
        }
        let Size { rows, words } = size;
        if ty == Type::Bool {
            let mut out = self.bits(size);
            let side = |test: &Test<'_>, w: usize| match test {
                Test::Const(v) => (
                    if v.lo == 1 { u64::MAX } else { 0 },
                    if v.hi == 0 { u64::MAX } else { 0 },
                ),
                Test::Bits(t, f) => (t[w], f[w]),
            };
            let (yes, no) = (self.truth(yes), self.truth(no));
            if let Test::Bits(t, f) = self.truth(test) {
                for w in 0..words {
                    let ((yt, yf), (nt, nf)) = (side(&yes, w), side(&no, w));
                    out.t[w] = t[w] & yt | f[w] & nt;
                    out.f[w] = t[w] & yf | f[w] & nf;
                }
            }
            return Reg::Bits(out);
        }
        let mut out = self.lanes(size);
        let (mut s1, mut s2) = (EMPTY, EMPTY);
        if let Test::Bits(t, f) = self.truth(test) {
            let decided = (0..words).all(|w| {
                let whole = if w + 1 == words { tail(rows) } else { u64::MAX };
                (t[w] | f[w]) & whole == whole
            });
            lanes::choose(
                &mut out,
                words,
                (t, f, decided),
                self.view(yes, &mut s1),
                self.view(no, &mut s2),
            );
        }
        Reg::Lanes(out)
    }

    #[inline(always)]
    fn age(&mut self, birth: Arg, on: Arg, size: Size) -> Reg {
        let mut out = self.lanes(size);
        let (mut s1, mut s2) = (EMPTY, EMPTY);
        let mut ages = core::mem::take(&mut self.ages);
        let (birth, on) = (self.view(birth, &mut s1), self.view(on, &mut s2));
        match on.constant.and_then(V::get) {
            Some(day) => {
                let at = ages.iter().position(|a| a.on == day).unwrap_or_else(|| {
                    ages.push(Ages::on(day));
                    ages.len() - 1
                });
                ages[at].run(&mut out, size, birth);
            }
            None => {
                lanes::each(&mut out, size.rows, |row| {
                    full_years(birth.get(row), on.get(row))
                });
            }
        }
        self.ages = ages;
        Reg::Lanes(out)
    }

    #[inline(always)]
    fn each(&mut self, job: &Job<'_>, node: u32, args: &[Arg], size: Size) -> Reg {
        let Some(node) = job.plan.nodes.get(ix(node)) else {
            return Reg::Const(V::UNKNOWN);
        };
        let ids = children(&node.op);
        let applied = job.apply.node(node);
        let constants: Option<Vec<V>> = args.iter().map(|a| self.constant(*a)).collect();
        if let Some(values) = constants {
            let value = |id| {
                ids.iter()
                    .position(|c| *c == id)
                    .and_then(|at| values.get(at))
                    .copied()
                    .unwrap_or(V::UNKNOWN)
            };
            return Reg::Const(applied.value(value));
        }
        let mut out = self.lanes(size);
        let mut scratch = [EMPTY, EMPTY, EMPTY];
        let mut views = Vec::with_capacity(args.len());
        for (arg, scratch) in args.iter().zip(&mut scratch) {
            views.push(self.view(*arg, scratch));
        }
        if let Some(division) = Division::prove(&node.op, &views) {
            division.run(&mut out, size, &views);
            return Reg::Lanes(out);
        }
        if let (Op::AddMonths(..), [day, months, ..]) = (&node.op, views.as_slice()) {
            let add = |day: Day, months| Some(day.add_months(months));
            lanes::each(&mut out, size.rows, |row| {
                moved(day.get(row), months.get(row), add)
            });
            return Reg::Lanes(out);
        }
        lanes::each(&mut out, size.rows, |row| {
            let value = |id| {
                ids.iter()
                    .position(|c| *c == id)
                    .and_then(|at| views.get(at))
                    .map_or(V::UNKNOWN, |v| v.get(row))
            };
            applied.value(value)
        });
        Reg::Lanes(out)
    }

    #[inline(always)]
    fn figure(
        &mut self,
        job: &Job<'_>,
        chunk: &Chunk,
        (param, keys): (usize, &[Arg]),
        instr: &Instr,
        size: Size,
        climbs: &mut Climbs,
    ) -> Reg {
        let look = |regime: usize, keys: &[V]| {
            let params = job.regimes.get(regime).map(|r| &r.params);
            params.map_or(V::UNKNOWN, |p| p.lookup(param, keys).0)
        };
        let constants: Option<Vec<V>> = keys.iter().map(|k| self.constant(*k)).collect();
        if let (Some(keys), Law::One(regime)) = (&constants, &chunk.law) {
            return Reg::Const(look(*regime, keys));
        }
        let climbed = match &chunk.law {
            Law::One(_) => &[],
            Law::Each(_) => climbs.get(job.set, chunk, instr.entity, 0),
        };
        let regime = |row: usize| match &chunk.law {
            Law::One(regime) => *regime,
            Law::Each(regimes) if instr.entity == 0 => regimes.get(row).map_or(0, |r| *r as usize),
            Law::Each(regimes) => climbed
                .get(row)
                .map_or(0, |case| regimes[*case as usize] as usize),
        };
        let mut figures = core::mem::take(&mut self.figures);
        let dense = figures.of(job.set, param, job.regimes.len(), look);
        let mut out = self.lanes(size);
        let mut scratch = [EMPTY; MAX_KEYS];
        let mut views = Vec::with_capacity(keys.len());
        for (key, scratch) in keys.iter().zip(&mut scratch) {
            views.push(self.view(*key, scratch));
        }
        match (dense, &chunk.law) {
            (Some(dense), Law::One(one)) => dense.run(&mut out, size.words, &views, |_| *one),
            (Some(dense), Law::Each(_)) => dense.run(&mut out, size.words, &views, regime),
            (None, _) => lanes::each(&mut out, size.rows, |row| {
                let mut given = [V::UNKNOWN; MAX_KEYS];
                for (slot, view) in given.iter_mut().zip(&views) {
                    *slot = view.get(row);
                }
                look(regime(row), given.get(..views.len()).unwrap_or_default())
            }),
        }
        self.figures = figures;
        if instr.ty != Type::Bool {
            return Reg::Lanes(out);
        }
        let mut bits = self.bits(size);
        lanes::truths(&mut bits, size.words, View::lanes(&out));
        self.free_lanes.push(out);
        Reg::Bits(bits)
    }

    #[inline(always)]
    fn aggregate(&mut self, all: &Aggregate, part: &Part, ty: Type, size: Size) -> Reg {
        let offsets = part.offsets.as_slice();
        let below = part.above.len();
        let child = Size {
            rows: below,
            words: words(below),
        };
        let truth = |worker: &Self, arg: Option<Arg>| match arg {
            None => Copied::Const(V::TRUE),
            Some(arg) => worker.value(arg, Type::Bool),
        };
        let whole = truth(self, all.complete);
        match all.kind {
            AggK::All | AggK::Exists | AggK::Count => {
                // filtered truths of the rows below
                let (keep, value) = (truth(self, all.filter), truth(self, all.value));
                let mut bits = self.bits(child);
                for w in 0..child.words {
                    let ((kt, kf), (vt, vf)) = (keep.word(w), value.word(w));
                    (bits.t[w], bits.f[w]) = match all.kind {
                        AggK::All => (kf | vt, kt & vf),
                        AggK::Exists => (kt & vt, kf | vf),
                        _ => (kt, kf),
                    };
                }
                if let Some(last) = child.words.checked_sub(1) {
                    bits.t[last] &= tail(below);
                    bits.f[last] &= tail(below);
                }
                let out = if all.kind == AggK::Count {
                    let mut out = self.lanes(size);
                    segments::number(&mut out, offsets, (&bits.t, &bits.f), whole.test());
                    Reg::Lanes(out)
                } else {
                    let mut out = self.bits(size);
                    segments::quantify(
                        &mut out,
                        part,
                        all.kind == AggK::All,
                        (&bits.t, &bits.f),
                        whole.test(),
                    );
                    Reg::Bits(out)
                };
                self.free_bits.push(bits);
                out
            }
            AggK::Sum | AggK::Min | AggK::Max => {
                let mut out = self.lanes(size);
                let mut spare = self.lanes(child);
                let mut scratch = EMPTY;
                let keep = all.filter.map_or(Test::Const(V::TRUE), |f| self.truth(f));
                let value = match all.value {
                    Some(value) => self.view(value, &mut scratch),
                    None => View::splat(V::TRUE, &mut scratch),
                };
                if all.kind == AggK::Sum {
                    segments::total(
                        &mut out,
                        offsets,
                        keep,
                        value,
                        whole.test(),
                        all.bounds,
                        &mut spare,
                    );
                } else {
                    segments::tally(
                        &mut out,
                        offsets,
                        all.kind,
                        keep,
                        |row| value.get(row),
                        whole.test(),
                        all.bounds,
                        ty,
                    );
                }
                self.free_lanes.push(spare);
                Reg::Lanes(out)
            }
        }
    }

    #[inline(always)]
    fn gather(
        &mut self,
        job: &Job<'_>,
        chunk: &Chunk,
        (link, to): (usize, usize),
        inner: Arg,
        instr: &Instr,
        size: Size,
    ) -> Reg {
        let plain = V::plain(instr.ty);
        let Some(targets) = chunk.targets(job.batch, instr.entity, link, to) else {
            return Reg::Const(plain);
        };
        if self.is_bits(inner, instr.ty) {
            let mut out = self.bits(size);
            out.t.fill(0);
            out.f.fill(0);
            let inner = self.truth(inner);
            for (row, target) in targets.iter().enumerate() {
                let v = if *target == NO_ROW {
                    plain
                } else {
                    inner.get(*target as usize)
                };
                out.t[row / WORD] |= u64::from(v.lo == 1) << (row % WORD);
                out.f[row / WORD] |= u64::from(v.hi == 0) << (row % WORD);
            }
            return Reg::Bits(out);
        }
        let mut out = self.lanes(size);
        let mut scratch = EMPTY;
        let inner = self.view(inner, &mut scratch);
        lanes::each(&mut out, size.rows, |row| match targets[row] {
            NO_ROW => plain,
            target => inner.get(target as usize),
        });
        Reg::Lanes(out)
    }
}

/// An aggregate with its arguments.
struct Aggregate {
    kind: AggK,
    filter: Option<Arg>,
    value: Option<Arg>,
    complete: Option<Arg>,
    bounds: V,
}

/// A register on its own.
enum Copied {
    Const(V),
    Bits(Vec<u64>, Vec<u64>),
    Lanes(Lanes),
}

impl Copied {
    #[inline(always)]
    fn get(&self, row: usize) -> V {
        match self {
            Self::Const(v) => *v,
            Self::Bits(t, f) => Test::Bits(t, f).get(row),
            Self::Lanes(lanes) => View::lanes(lanes).get(row),
        }
    }

    #[inline(always)]
    fn word(&self, w: usize) -> (u64, u64) {
        match self {
            Self::Const(v) => (
                if v.lo == 1 { u64::MAX } else { 0 },
                if v.hi == 0 { u64::MAX } else { 0 },
            ),
            Self::Bits(t, f) => (t[w], f[w]),
            Self::Lanes(_) => (0, 0),
        }
    }

    fn test(&self) -> Test<'_> {
        match self {
            Self::Const(v) => Test::Const(*v),
            Self::Bits(t, f) => Test::Bits(t, f),
            Self::Lanes(_) => Test::Const(V::MAYBE),
        }
    }
}

/// Clears what stands beyond the last row, and finds truths that are the same for all.
#[inline(always)]
fn settle(value: Reg, size: Size) -> Reg {
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

/// For entities below, the row above of every row; found once for a chunk.
#[derive(Default)]
struct Climbs {
    found: Vec<((usize, usize), Vec<u32>)>,
}

impl Climbs {
    fn get(&mut self, set: &PackSet, chunk: &Chunk, from: usize, to: usize) -> &[u32] {
        let at = match self.found.iter().position(|(key, _)| *key == (from, to)) {
            Some(at) => at,
            None => {
                self.found.push(((from, to), chunk.climb(set, from, to)));
                self.found.len() - 1
            }
        };
        self.found
            .get(at)
            .map(|(_, rows)| rows.as_slice())
            .unwrap_or_default()
    }
}

/// What depends on the law alone, as tables: figures by parameter, folded values by slot.
#[derive(Debug, Default)]
struct Tables {
    figures: Vec<Table>,
    laws: BTreeMap<usize, Vec<V>>,
}

#[derive(Debug, Default)]
enum Table {
    #[default]
    NotAsked,
    Dense(Figures),
    /// Too many keys: every row is looked up.
    Sparse,
}

impl Tables {
    /// The dense figures of a parameter for so many regimes.
    fn of(
        &mut self,
        set: &PackSet,
        param: usize,
        regimes: usize,
        look: impl Fn(usize, &[V]) -> V,
    ) -> Option<&Figures> {
        if self.figures.len() <= param {
            self.figures.resize_with(param + 1, Table::default);
        }
        let table = &mut self.figures[param];
        if matches!(table, Table::NotAsked) {
            *table = Figures::new(set, param).map_or(Table::Sparse, Table::Dense);
        }
        if let Table::Dense(figures) = table
            && !figures.fill(regimes, look)
        {
            *table = Table::Sparse;
        }
        match table {
            Table::Dense(figures) => Some(figures),
            Table::NotAsked | Table::Sparse => None,
        }
    }

    /// The folded value of every regime.
    fn law(&mut self, slot: usize, regimes: &[Arc<Regime>], plain: V) -> &[V] {
        let values = self.laws.entry(slot).or_default();
        for regime in regimes.iter().skip(values.len()) {
            values.push(regime.folded.get(slot).copied().unwrap_or(plain));
        }
        values
    }
}

/// Full years on one day by the latest birth of every age, so that no row needs a calendar.
#[derive(Debug)]
struct Ages {
    on: i64,
    /// The latest day of birth of somebody of at least so many years.
    births: Vec<i64>,
}

/// Oldest age that is looked up.
const OLDEST: i64 = 130;

impl Ages {
    fn on(day: i64) -> Self {
        let age = |birth: i64| full_years(V::known(birth), V::known(day)).get();
        let latest = |years: i64| {
            let mut birth = day - years * 365 - years / 4 + 2;
            while birth > Day::MIN.number() && age(birth).is_some_and(|a| a < years) {
                birth -= 1;
            }
            birth
        };
        let births = if Day::from_number(day).is_some() {
            (0..=OLDEST + 1).map(latest).collect()
        } else {
            Vec::new()
        };
        Self { on: day, births }
    }

    #[inline(always)]
    fn of(&self, birth: i64) -> V {
        // days / 365.25, at most one year off
        let years = (self.on.wrapping_sub(birth) as u64).wrapping_mul(91_867) >> 25;
        let years = years as usize;
        match (
            self.births.get(years),
            self.births.get(years.wrapping_add(1)),
        ) {
            (Some(this), Some(next)) if birth <= self.on => {
                let more = i64::from(birth <= *next);
                let less = i64::from(birth > *this);
                V::known((years as i64).wrapping_add(more).wrapping_sub(less))
            }
            _ => full_years(V::known(birth), V::known(self.on)),
        }
    }

    #[inline(always)]
    fn run(&self, out: &mut Lanes, size: Size, birth: View<'_>) {
        for w in 0..size.words {
            let (from, until) = (birth.lo(w), birth.hi(w));
            let rows = WORD.min(size.rows - w * WORD);
            for lane in 0..rows {
                let v = if from[lane] == until[lane] {
                    self.of(from[lane])
                } else {
                    V::UNKNOWN
                };
                out.lo[w][lane] = v.lo;
                out.hi[w][lane] = v.hi;
            }
        }
        out.measure(size.rows);
    }
}

fn full_years(birth: V, on: V) -> V {
    let day = |v: V| v.get().and_then(Day::from_number);
    day(birth).zip(day(on)).map_or(V::UNKNOWN, |(b, o)| {
        V::known(b.age_on(o, Birthday::LastOfFebruary))
    })
}

/// Runs a chunk with the widest instructions that this machine has.
pub(super) fn run(worker: &mut Worker, job: &Job<'_>, chunk: &Chunk) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("popcnt")
        && std::arch::is_x86_feature_detected!("lzcnt")
    {
        #[expect(
            unsafe_code,
            reason = "the one call that design section 4.3 allows: the instructions were found on the line above"
        )]
        // SAFETY: every feature that `run_wide` is compiled with was detected just now
        unsafe {
            run_wide(worker, job, chunk);
        }
        return;
    }
    worker.run(job, chunk);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn run_wide(worker: &mut Worker, job: &Job<'_>, chunk: &Chunk) {
    worker.run(job, chunk);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_by_table_are_the_calendar_s() {
        for day in [
            "2026-02-28",
            "2024-02-29",
            "2026-11-24",
            "2025-03-01",
            "2000-01-01",
        ] {
            let day = Day::parse(day).map_or(0, Day::number);
            let ages = Ages::on(day);
            for birth in day - 50_000..day + 800 {
                assert_eq!(
                    ages.of(birth),
                    full_years(V::known(birth), V::known(day)),
                    "{birth} {day}"
                );
            }
        }
    }

    use crate::columnar::{Bitmap, lanes::mask};

    #[test]
    fn a_mask_has_a_bit_for_every_lane() {
        let lanes: Vec<usize> = (0..WORD).filter(|i| mask(|j| j == *i) == 1 << i).collect();
        assert_eq!(lanes.len(), WORD);
    }

    #[test]
    fn nothing_beyond_the_last_row_is_true_or_false() {
        let bits = Truths {
            t: vec![u64::MAX],
            f: vec![u64::MAX],
        };
        let Reg::Bits(bits) = settle(Reg::Bits(bits), Size { rows: 3, words: 1 }) else {
            return assert_eq!("bits", "lost");
        };
        assert_eq!((bits.t, bits.f), (vec![0b111], vec![0b111]));
        assert_eq!(Bitmap::filled(3, true).as_words(), [0b111]);
    }
}
