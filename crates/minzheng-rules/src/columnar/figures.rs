//! Figures by their keys as dense tables: one look instead of a search.

use super::bits::WORD;
use super::lanes::{Lanes, Proof, View};
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
}

impl Axis {
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
    cells: Vec<V>,
    proof: Option<Proof>,
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
            axes.push(Axis {
                first,
                last,
                stride: size,
            });
            let places = usize::try_from(last.checked_sub(first)?)
                .ok()?
                .checked_add(2)?;
            size = size.checked_mul(places).filter(|n| *n <= MOST)?;
        }
        Some(Self {
            axes,
            size,
            cells: Vec::new(),
            proof: None,
        })
    }

    /// Looks up every figure of the regimes that are not there yet; whether all now are.
    pub(super) fn fill(&mut self, regimes: usize, look: impl Fn(usize, &[V]) -> V) -> bool {
        if regimes.saturating_mul(self.size) > MOST_CELLS {
            return false;
        }
        let mut keys = [V::UNKNOWN; MAX_KEYS];
        for regime in self.cells.len() / self.size..regimes {
            for cell in 0..self.size {
                let nexts = self.axes.iter().skip(1).map(|a| a.stride);
                let axes = self.axes.iter().zip(nexts.chain([self.size]));
                for (slot, (axis, next)) in keys.iter_mut().zip(axes) {
                    *slot = match cell % next / axis.stride {
                        0 => V::UNKNOWN,
                        place => V::known(axis.first + place as i64 - 1),
                    };
                }
                let value = look(regime, keys.get(..self.axes.len()).unwrap_or_default());
                let proof = Proof::of(value);
                self.proof = Some(self.proof.map_or(proof, |all| all.hull(proof)));
                self.cells.push(value);
            }
        }
        true
    }

    /// The figures of all rows; `regime` gives that of a row. What holds for every cell holds for every row.
    #[inline(always)]
    pub(super) fn run(
        &self,
        out: &mut Lanes,
        words: usize,
        keys: &[View<'_>],
        regime: impl Fn(usize) -> usize,
    ) {
        out.proof = self.proof.unwrap_or(Proof::of(V::UNKNOWN));
        for w in 0..words {
            let mut at = [0_u32; WORD];
            for (axis, key) in self.axes.iter().zip(keys) {
                let (lo, hi) = (key.lo(w), key.hi(w));
                for lane in 0..WORD {
                    let place = axis.place(V {
                        lo: lo[lane],
                        hi: hi[lane],
                    });
                    at[lane] = at[lane].wrapping_add(place);
                }
            }
            // lanes beyond the last row hold anything, and find a cell all the same: places are held inside
            let lanes = out.lo[w].iter_mut().zip(&mut out.hi[w]);
            for (lane, ((lo, hi), at)) in lanes.zip(at).enumerate() {
                let cell =
                    self.cells[(at as usize).wrapping_add(regime(w * WORD + lane) * self.size)];
                (*lo, *hi) = (cell.lo, cell.hi);
            }
        }
    }
}
