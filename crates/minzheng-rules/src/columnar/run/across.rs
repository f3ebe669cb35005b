//! From the rows of one entity to those of another: down to the rows below, along a link.

use super::super::batch::NO_ROW;
use super::super::bits::WORD;
use super::super::chunk::{Chunk, Climb};
use super::super::lanes;
use super::super::program::{Arg, Instr};
use super::super::segments::cover;
use super::{Job, Reg, Size, Worker};
use crate::scalar::V;

impl<'b> Worker<'b> {
    /// Which rows have a link.
    #[inline(always)]
    pub(super) fn has_link(
        &mut self,
        job: &Job<'b>,
        link: usize,
        entity: usize,
        size: Size,
        paths: &mut Paths<'_, 'b>,
    ) -> Reg<'b> {
        let mut out = self.bits(size);
        let to = job
            .set
            .entities
            .get(entity)
            .and_then(|e| e.links.get(link))
            .map_or(0, |l| l.1);
        out.t.fill(0);
        if let Some(targets) = paths.along(entity, link, to) {
            for (row, target) in targets.iter().enumerate() {
                out.t[row / WORD] |= u64::from(*target != NO_ROW) << (row % WORD);
            }
        }
        for w in 0..size.words {
            out.f[w] = !out.t[w];
        }
        Reg::Bits(out)
    }

    /// The values of the rows above, for the rows below.
    #[inline(always)]
    pub(super) fn spread(
        &mut self,
        job: &Job<'b>,
        arg: Arg,
        instr: &Instr,
        size: Size,
        paths: &mut Paths<'_, 'b>,
    ) -> Reg<'b> {
        if let Some(v) = self.constant(arg) {
            return Reg::Const(v);
        }
        let from = job.program.steps[arg.at as usize].entity;
        let Climb { above, starts } = paths.up(instr.entity, from);
        match &self.regs[arg.at as usize] {
            Reg::Bits(_) => {
                let mut out = self.bits(size);
                if let Reg::Bits(bits) = &self.regs[arg.at as usize] {
                    let rows = starts.len().saturating_sub(1);
                    spread_bits(&mut out.t, &bits.t, starts);
                    if cover(rows, |w| bits.t[w] | bits.f[w]) {
                        for (f, t) in out.f.iter_mut().zip(&out.t) {
                            *f = !t;
                        }
                    } else {
                        spread_bits(&mut out.f, &bits.f, starts);
                    }
                }
                Reg::Bits(out)
            }
            _ => {
                let mut out = self.lanes(size);
                if let Some((lanes, lo)) = self.regs[arg.at as usize].numbers() {
                    out.proof = lanes.proof;
                    let (lo, hi) = (lo.as_flattened(), lanes.hi.as_flattened());
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

    #[inline(always)]
    pub(super) fn gather(
        &mut self,
        (link, to): (usize, usize),
        inner: Arg,
        instr: &Instr,
        size: Size,
        paths: &mut Paths<'_, 'b>,
    ) -> Reg<'b> {
        let plain = V::plain(instr.ty);
        let Some(targets) = paths.along(instr.entity, link, to) else {
            return Reg::Const(plain);
        };
        if self.is_bits(inner, instr.ty) {
            let mut out = self.bits(size);
            let inner = self.truth(inner);
            for (w, targets) in targets.chunks(WORD).enumerate() {
                let (mut t, mut f) = (0, 0);
                for (lane, target) in targets.iter().enumerate() {
                    // of a row that is not there nothing is known
                    let is_there = u64::from(*target != NO_ROW);
                    let at = if is_there == 1 { *target as usize } else { 0 };
                    let (yes, no) = inner.word(at / WORD);
                    t |= (yes >> (at % WORD) & is_there) << lane;
                    f |= (no >> (at % WORD) & is_there) << lane;
                }
                (out.t[w], out.f[w]) = (t, f);
            }
            return Reg::Bits(out);
        }
        let mut out = self.lanes(size);
        let mut scratch = None;
        let inner = self.view(inner, &mut scratch);
        lanes::each(&mut out, size.rows, |row| match targets[row] {
            NO_ROW => plain,
            target => inner.get(target as usize),
        });
        Reg::Lanes(out)
    }
}

/// Writes the truth of every row above for its rows, which begin at `starts`: a bit where another truth begins, and between two of
/// them the same.
fn spread_bits(out: &mut [u64], bits: &[u64], starts: &[u32]) {
    out.fill(0);
    let mut before = 0;
    for (w, word) in bits.iter().enumerate() {
        let mut turns = word ^ (word << 1 | before);
        before = word >> (WORD - 1);
        while turns != 0 {
            let start = starts[w * WORD + turns.trailing_zeros() as usize] as usize;
            // rows above without rows begin where the next begins, and behind the last row there is none
            if let Some(slot) = out.get_mut(start / WORD) {
                *slot ^= 1 << (start % WORD);
            }
            turns &= turns - 1;
        }
    }
    let mut before = 0;
    for slot in out {
        let mut word = *slot;
        for by in [1, 2, 4, 8, 16, 32] {
            word ^= word << by;
        }
        *slot = word ^ before;
        before = (*slot >> (WORD - 1)).wrapping_neg();
    }
}

/// From the rows of one entity of a chunk to those of another; each way is found once.
pub(super) struct Paths<'j, 'b> {
    job: &'j Job<'b>,
    chunk: &'j Chunk,
    up: Vec<Found<Climb>>,
    along: Vec<Found<Option<Vec<u32>>>>,
}

/// What was found, by the entity and where it goes.
struct Found<T> {
    of: (usize, usize),
    way: T,
}

impl<'j, 'b> Paths<'j, 'b> {
    pub(super) const fn new(job: &'j Job<'b>, chunk: &'j Chunk) -> Self {
        Self {
            job,
            chunk,
            up: Vec::new(),
            along: Vec::new(),
        }
    }

    /// To an entity above.
    pub(super) fn up(&mut self, from: usize, to: usize) -> &Climb {
        let of = (from, to);
        let at = self.up.iter().position(|found| found.of == of);
        let at = at.unwrap_or_else(|| {
            let way = self.chunk.climb(self.job.batch, from, to);
            self.up.push(Found { of, way });
            self.up.len() - 1
        });
        &self.up[at].way
    }

    /// Along a link of an entity to the rows of another; `None`: nobody gave it.
    fn along(&mut self, entity: usize, link: usize, to: usize) -> Option<&[u32]> {
        let of = (entity, link);
        let at = self.along.iter().position(|found| found.of == of);
        let at = at.unwrap_or_else(|| {
            let way = self.chunk.targets(self.job.batch, entity, link, to);
            self.along.push(Found { of, way });
            self.along.len() - 1
        });
        self.along[at].way.as_deref()
    }
}
