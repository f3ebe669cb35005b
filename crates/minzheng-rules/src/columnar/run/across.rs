//! From the rows of one entity to those of another: down to the rows below, along a link.

use super::super::batch::NO_ROW;
use super::super::bits::WORD;
use super::super::chunk::Chunk;
use super::super::lanes;
use super::super::program::{Arg, Instr};
use super::{Job, Reg, Size, Worker};
use crate::pack::PackSet;
use crate::scalar::V;

impl<'b> Worker<'b> {
    /// Which rows have a link.
    #[inline(always)]
    pub(super) fn has_link(
        &mut self,
        job: &Job<'b>,
        chunk: &Chunk,
        link: usize,
        entity: usize,
        size: Size,
    ) -> Reg<'b> {
        let mut out = self.bits(size);
        let to = job
            .set
            .entities
            .get(entity)
            .and_then(|e| e.links.get(link))
            .map_or(0, |l| l.1);
        out.t.fill(0);
        if let Some(targets) = chunk.targets(job.batch, entity, link, to) {
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
        chunk: &Chunk,
        arg: Arg,
        instr: &Instr,
        size: Size,
        climbs: &mut Climbs,
    ) -> Reg<'b> {
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
        job: &Job<'b>,
        chunk: &Chunk,
        (link, to): (usize, usize),
        inner: Arg,
        instr: &Instr,
        size: Size,
    ) -> Reg<'b> {
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
        let mut scratch = None;
        let inner = self.view(inner, &mut scratch);
        lanes::each(&mut out, size.rows, |row| match targets[row] {
            NO_ROW => plain,
            target => inner.get(target as usize),
        });
        Reg::Lanes(out)
    }
}

/// For entities below, the row above of every row; found once for a chunk.
#[derive(Default)]
pub(super) struct Climbs {
    found: Vec<((usize, usize), Vec<u32>)>,
}

impl Climbs {
    pub(super) fn get(&mut self, set: &PackSet, chunk: &Chunk, from: usize, to: usize) -> &[u32] {
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
