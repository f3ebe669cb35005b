//! Figures by their keys as dense tables: one look instead of a search.

use super::bits::WORD;
use super::lanes::{Lanes, Proof, View};
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{MAX_KEYS, V};

/// Most cells of a dense table.
const MOST: usize = 65_536;

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
    fn place(&self, v: V) -> usize {
        // held between the first and the last, so nothing wraps
        let known = v.lo.clamp(self.first, self.last).wrapping_sub(self.first);
        let known = (known as usize).wrapping_add(1).wrapping_mul(self.stride);
        if v.is_known() { known } else { 0 }
    }
}

/// Every figure of one parameter under one regime, by its keys.
#[derive(Debug)]
pub(super) struct Figures {
    axes: Vec<Axis>,
    cells: Vec<V>,
    proof: Proof,
}

impl Figures {
    /// Looks every figure up once; `None` where the keys take too many values. A band holds from its lower bound on, so one
    /// value below the lowest and the highest itself stand for all beyond.
    pub(super) fn new(set: &PackSet, parameter: usize, look: impl Fn(&[V]) -> V) -> Option<Self> {
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
        let mut cells = Vec::with_capacity(size);
        let mut keys = [V::UNKNOWN; MAX_KEYS];
        for cell in 0..size {
            for (slot, (axis, next)) in keys.iter_mut().zip(
                axes.iter()
                    .zip(axes.iter().skip(1).map(|a| a.stride).chain([size])),
            ) {
                let place = cell % next / axis.stride;
                *slot = match place {
                    0 => V::UNKNOWN,
                    place => V::known(axis.first + place as i64 - 1),
                };
            }
            cells.push(look(keys.get(..axes.len()).unwrap_or_default()));
        }
        let hull = cells.iter().map(|v| Proof::of(*v)).reduce(Proof::hull)?;
        Some(Self {
            axes,
            cells,
            proof: hull,
        })
    }

    /// The figure for some keys.
    #[inline(always)]
    pub(super) fn get(&self, keys: impl Iterator<Item = V>) -> V {
        let axes = self.axes.iter().zip(keys);
        self.cells[axes.map(|(axis, key)| axis.place(key)).sum::<usize>()]
    }

    /// The figures of all rows; what holds for every cell holds for every row.
    #[inline(always)]
    pub(super) fn run(&self, out: &mut Lanes, words: usize, keys: &[View<'_>]) {
        out.proof = self.proof;
        for w in 0..words {
            let mut at = [0_usize; WORD];
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
            for lane in 0..WORD {
                // lanes beyond the last row hold anything, and find a cell all the same: places are held inside
                let cell = self.cells[at[lane]];
                out.lo[w][lane] = cell.lo;
                out.hi[w][lane] = cell.hi;
            }
        }
    }
}
