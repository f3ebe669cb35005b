//! What the rows below come to.

use super::super::bits::{tail, words};
use super::super::chunk::Below;
use super::super::lanes::View;
use super::super::program::Arg;
use super::super::segments::{self, Test};
use super::{Reg, Size, Worker};
use crate::ir::AggK;
use crate::lang::Type;
use crate::scalar::V;

/// An aggregate with its arguments.
pub(super) struct Aggregate {
    pub(super) kind: AggK,
    pub(super) filter: Option<Arg>,
    pub(super) value: Option<Arg>,
    pub(super) complete: Option<Arg>,
    pub(super) bounds: V,
}

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn aggregate(
        &mut self,
        all: &Aggregate,
        part: &Below,
        ty: Type,
        size: Size,
    ) -> Reg<'b> {
        match all.kind {
            AggK::Count => self.number(all, part, size),
            AggK::All | AggK::Exists => self.quantify(all, part, size),
            AggK::Sum | AggK::Min | AggK::Max => self.amount(all, part, ty, size),
        }
    }

    #[inline(always)]
    fn number(&mut self, all: &Aggregate, part: &Below, size: Size) -> Reg<'b> {
        let below = rows_below(part);
        let mut out = self.lanes(size);
        // a word more, so that the place after the last row has one
        let room = Size {
            words: below.words + 1,
            ..below
        };
        let (mut bits, mut spare) = (self.bits(room), self.lanes(room));
        let (keep, whole) = (self.test(all.filter), self.test(all.complete));
        if matches!(keep, Test::Const(V::TRUE)) {
            segments::size(&mut out, &part.offsets, whole);
        } else {
            for w in 0..below.words {
                (bits.t[w], bits.f[w]) = keep.word(w);
            }
            (bits.t[below.words], bits.f[below.words]) = (0, 0);
            segments::number(&mut out, &part.offsets, &bits, whole, &mut spare);
        }
        self.free_bits.push(bits);
        self.free_lanes.push(spare);
        Reg::Lanes(out)
    }

    #[inline(always)]
    fn quantify(&mut self, all: &Aggregate, part: &Below, size: Size) -> Reg<'b> {
        let below = rows_below(part);
        let (mut out, mut bits) = (self.bits(size), self.bits(below));
        let (keep, value) = (self.test(all.filter), self.test(all.value));
        let every = all.kind == AggK::All;
        for w in 0..below.words {
            let ((kt, kf), (vt, vf)) = (keep.word(w), value.word(w));
            (bits.t[w], bits.f[w]) = if every {
                (kf | vt, kt & vf)
            } else {
                (kt & vt, kf | vf)
            };
        }
        if let Some(last) = below.words.checked_sub(1) {
            bits.t[last] &= tail(below.rows);
            bits.f[last] &= tail(below.rows);
        }
        segments::quantify(&mut out, part, every, &bits, self.test(all.complete));
        self.free_bits.push(bits);
        Reg::Bits(out)
    }

    #[inline(always)]
    fn amount(&mut self, all: &Aggregate, part: &Below, ty: Type, size: Size) -> Reg<'b> {
        let below = rows_below(part);
        let mut out = self.lanes(size);
        // room for the sum before the first row
        let room = Size {
            words: words(below.rows + 1),
            ..below
        };
        let mut spare = self.lanes(room);
        let (mut certain, mut free) = (self.bits(size), self.bits(below));
        let mut scratch = None;
        let (keep, whole) = (self.test(all.filter), self.test(all.complete));
        let value = match all.value {
            Some(value) => self.view(value, &mut scratch),
            None => View::splat(V::TRUE, &mut scratch),
        };
        let given = segments::Given {
            part,
            keep,
            value,
            whole,
            bounds: all.bounds,
            ty,
        };
        match all.kind {
            AggK::Min => {
                segments::extreme::<true>(&mut out, &given, &mut spare, &mut certain.t);
            }
            AggK::Max => {
                segments::extreme::<false>(&mut out, &given, &mut spare, &mut certain.t);
            }
            _ => segments::total(&mut out, &given, &mut spare, &mut free, &mut certain),
        }
        self.free_bits.extend([certain, free]);
        self.free_lanes.push(spare);
        Reg::Lanes(out)
    }

    /// A truth that may be left out: it holds.
    #[inline(always)]
    fn test(&self, arg: Option<Arg>) -> Test<'_> {
        arg.map_or(Test::Const(V::TRUE), |arg| self.truth(arg))
    }
}

/// The rows below that a part holds.
fn rows_below(part: &Below) -> Size {
    Size {
        rows: part.above.len(),
        words: words(part.above.len()),
    }
}
