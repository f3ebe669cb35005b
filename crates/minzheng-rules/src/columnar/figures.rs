//! Figures by their keys as dense tables: one look instead of a search.

use super::bits::WORD;
use super::lanes::{Lanes, Proof, View};
use super::run::Size;
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{MAX_KEYS, V};

/// Most cells of one regime.
const MOST: usize = 65_536;

/// Most cells for all regimes together.
const MOST_CELLS: usize = 4_194_304;

/// One key: the places its known values take, one below and one above them, and one for unknown.
#[derive(Debug, Clone, Copy)]
struct Axis {
    first: i64,
    last: i64,
    stride: usize,
    /// The keys that have a place of their own: not those of the places below and above.
    own: (i64, i64),
}

impl Axis {
    /// Whether all keys between two have a place of their own.
    fn holds(&self, min: i64, max: i64) -> bool {
        min >= self.own.0 && max <= self.own.1
    }

    /// Place of a value: 0 where it is unknown.
    #[inline(always)]
    fn place(&self, v: V) -> u32 {
        // held between the first and the last, so nothing wraps; a regime has few cells
        let known = v.lo.clamp(self.first, self.last).wrapping_sub(self.first);
        let known = (known as u32)
            .wrapping_add(1)
            .wrapping_mul(self.stride as u32);
        if v.is_known() { known } else { 0 }
    }
}

/// Every figure of one parameter by its keys, for one regime after the other.
#[derive(Debug)]
pub(super) struct Figures {
    axes: Vec<Axis>,
    /// How many cells a regime has.
    size: usize,
    /// How many regimes are filled in.
    regimes: usize,
    lo: Vec<i64>,
    hi: Vec<i64>,
    /// What holds for the cells of keys that are known and have a place of their own.
    inner: Option<Proof>,
}

impl Figures {
    /// The shape of a parameter's keys; `None` where they take too many values. A band holds from its lower bound on, so one
    /// value below the lowest and the highest itself stand for all beyond.
    pub(super) fn new(set: &PackSet, parameter: usize) -> Option<Self> {
        let def = set.parameters.get(parameter)?;
        let mut axes = Vec::with_capacity(def.keys.len());
        let mut size = 1_usize;
        for (at, key) in def.keys.iter().enumerate() {
            let (first, last) = match key.ty {
                Type::Code(list) => (-1, set.lists.get(list)?.codes.len() as i64),
                _ => {
                    let bounds = || def.rows.iter().filter_map(|r| r.value.keys.get(at));
                    (bounds().min()?.checked_sub(1)?, *bounds().max()?)
                }
            };
            // the last band goes on without end; behind the last code there is nothing
            let highest = match key.ty {
                Type::Code(_) => last.checked_sub(1)?,
                _ => i64::MAX,
            };
            axes.push(Axis {
                first,
                last,
                stride: size,
                own: (first.checked_add(1)?, highest),
            });
            let places = usize::try_from(last.checked_sub(first)?)
                .ok()?
                .checked_add(2)?;
            size = size.checked_mul(places).filter(|n| *n <= MOST)?;
        }
        Some(Self {
            axes,
            size,
            regimes: 0,
            lo: Vec::new(),
            hi: Vec::new(),
            inner: None,
        })
    }

    /// Looks up every figure of the regimes that are not there yet; whether all now are.
    pub(super) fn fill(&mut self, regimes: usize, look: impl Fn(usize, &[V]) -> V) -> bool {
        if regimes.saturating_mul(self.size) > MOST_CELLS {
            return false;
        }
        let mut keys = [V::UNKNOWN; MAX_KEYS];
        for regime in self.regimes..regimes {
            for cell in 0..self.size {
                let mut inner = true;
                let nexts = self.axes.iter().skip(1).map(|a| a.stride);
                let axes = self.axes.iter().zip(nexts.chain([self.size]));
                for (slot, (axis, next)) in keys.iter_mut().zip(axes) {
                    *slot = match cell % next / axis.stride {
                        0 => V::UNKNOWN,
                        place => V::known(axis.first + place as i64 - 1),
                    };
                    inner &= slot.get().is_some_and(|key| axis.holds(key, key));
                }
                let value = look(regime, keys.get(..self.axes.len()).unwrap_or_default());
                if inner {
                    let proof = Proof::of(value);
                    self.inner = Some(self.inner.map_or(proof, |all| all.hull(proof)));
                }
                self.lo.push(value.lo);
                self.hi.push(value.hi);
            }
        }
        self.regimes = self.regimes.max(regimes);
        true
    }

    /// The figures of all rows; `regime` gives that of a row. Where all keys are known, what holds for every figure holds for
    /// every row; else the rows are looked at.
    #[inline(always)]
    pub(super) fn run(
        &self,
        out: &mut Lanes,
        size: Size,
        keys: &[View<'_>],
        regime: impl Fn(usize) -> usize,
    ) {
        let held = |(axis, key): (&Axis, &View<'_>)| {
            key.proof.point && !key.proof.open && axis.holds(key.proof.min, key.proof.max)
        };
        let inner = self.inner.filter(|proof| proof.point);
        let inner = inner.filter(|_| self.axes.iter().zip(keys).all(held));
        for w in 0..size.words {
            let mut places = [0_u32; WORD];
            for (axis, key) in self.axes.iter().zip(keys) {
                let (lo, hi) = (key.lo(w), key.hi(w));
                for lane in 0..WORD {
                    let place = axis.place(V {
                        lo: lo[lane],
                        hi: hi[lane],
                    });
                    places[lane] = places[lane].wrapping_add(place);
                }
            }
            let mut at = [0_usize; WORD];
            for (lane, (at, place)) in at.iter_mut().zip(places).enumerate() {
                let first = regime(w * WORD + lane).wrapping_mul(self.size);
                *at = (place as usize).wrapping_add(first);
            }
            // lanes beyond the last row hold anything, and find a cell all the same: places are held inside
            for (lo, at) in out.lo[w].iter_mut().zip(at) {
                *lo = self.lo[at];
            }
            if inner.is_none() {
                for (hi, at) in out.hi[w].iter_mut().zip(at) {
                    *hi = self.hi[at];
                }
            }
        }
        match inner {
            Some(proof) => out.proof = proof,
            None => out.measure(size.rows),
        }
    }
}
