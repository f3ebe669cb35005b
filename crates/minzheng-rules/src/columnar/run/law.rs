//! What depends on the law: values folded for every regime, and figures looked up by their keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::chunk::{Chunk, Law};
use super::super::figures::Figures;
use super::super::lanes::{self, Lanes, Proof, View};
use super::super::program::{Arg, Instr};
use super::{Job, Paths, Reg, Size, Worker};
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{MAX_KEYS, V};
use crate::scenario::Regime;

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn law(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        slot: usize,
        ty: Type,
        size: Size,
    ) -> Reg<'b> {
        let mut tables = core::mem::take(&mut self.figures);
        let values = tables.law(slot, job.regimes, V::plain(ty));
        let out = match &chunk.law {
            Law::One(regime) => Reg::Const(values.get(*regime)),
            Law::Each(_) if !values.differ => Reg::Const(values.get(0)),
            Law::Each(regimes) if ty == Type::Bool => {
                self.write(ty, size, |row| values.get(regimes[row] as usize))
            }
            Law::Each(regimes) => {
                let mut out = self.lanes(size);
                values.run(&mut out, regimes);
                Reg::Lanes(out)
            }
        };
        self.figures = tables;
        out
    }

    #[inline(always)]
    pub(super) fn figure(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        (param, keys): (usize, &[Arg]),
        instr: &Instr,
        size: Size,
        paths: &mut Paths<'_, 'b>,
    ) -> Reg<'b> {
        let look = |regime: usize, keys: &[V]| {
            let params = job.regimes.get(regime).map(|r| &r.params);
            params.map_or(V::UNKNOWN, |p| p.lookup(param, keys).0)
        };
        let constants: Option<Vec<V>> = keys.iter().map(|k| self.constant(*k)).collect();
        if let (Some(keys), Law::One(regime)) = (&constants, &chunk.law) {
            return Reg::Const(look(*regime, keys));
        }
        let climbed = match &chunk.law {
            Law::One(_) => &[][..],
            Law::Each(_) => paths.up(instr.entity, 0).above.as_slice(),
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
        let mut scratch = [None; MAX_KEYS];
        let mut views = Vec::with_capacity(keys.len());
        for (key, scratch) in keys.iter().zip(&mut scratch) {
            views.push(self.view(*key, scratch));
        }
        match (dense, &chunk.law) {
            (Some(dense), Law::One(one)) => dense.run(&mut out, size, &views, |_| *one),
            (Some(dense), Law::Each(regimes)) if instr.entity == 0 => {
                dense.run(&mut out, size, &views, |row| {
                    regimes.get(row).map_or(0, |r| *r as usize)
                });
            }
            (Some(dense), Law::Each(_)) => dense.run(&mut out, size, &views, regime),
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
}

/// What depends on the law alone, as tables: figures by parameter, folded values by slot.
#[derive(Debug, Default)]
pub(super) struct Tables {
    figures: Vec<Table>,
    laws: BTreeMap<usize, Folded>,
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
    fn law(&mut self, slot: usize, regimes: &[Arc<Regime>], plain: V) -> &Folded {
        let values = self.laws.entry(slot).or_default();
        for regime in regimes.iter().skip(values.lo.len()) {
            values.push(regime.folded.get(slot).copied().unwrap_or(plain));
        }
        values
    }
}

/// One value of every regime.
#[derive(Debug, Default)]
struct Folded {
    lo: Vec<i64>,
    hi: Vec<i64>,
    /// What holds for all of them; `None`: there is none yet.
    proof: Option<Proof>,
    /// Whether some of them have another value than the first.
    differ: bool,
}

impl Folded {
    fn push(&mut self, value: V) {
        self.differ |= !self.lo.is_empty() && self.get(0) != value;
        let proof = Proof::of(value);
        self.proof = Some(self.proof.map_or(proof, |all| all.hull(proof)));
        self.lo.push(value.lo);
        self.hi.push(value.hi);
    }

    fn get(&self, regime: usize) -> V {
        let ends = self.lo.get(regime).zip(self.hi.get(regime));
        ends.map_or(V::UNKNOWN, |(lo, hi)| V { lo: *lo, hi: *hi })
    }

    #[inline(always)]
    fn run(&self, out: &mut Lanes, regimes: &[u32]) {
        let side = |out: &mut [i64], values: &[i64]| {
            for (slot, regime) in out.iter_mut().zip(regimes) {
                *slot = values[*regime as usize];
            }
        };
        side(out.lo.as_flattened_mut(), &self.lo);
        out.proof = self.proof.unwrap_or(Proof::of(V::UNKNOWN));
        if !out.proof.point {
            side(out.hi.as_flattened_mut(), &self.hi);
        }
    }
}
