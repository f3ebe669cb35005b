//! Truths from truths, and choices between two values.

use super::super::lanes::{self, View};
use super::super::program::Arg;
use super::super::segments::Test;
use super::{Reg, Size, Worker};
use crate::lang::Type;
use crate::scalar::V;

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn all(&mut self, parts: &[Arg], size: Size) -> Reg<'b> {
        if parts.iter().any(|p| self.constant(*p) == Some(V::FALSE)) {
            return Reg::Const(V::FALSE);
        }
        let mut out = self.bits(size);
        let mut first = true;
        for part in parts {
            match self.truth(*part) {
                Test::Const(V::TRUE) => {}
                Test::Const(_) => {
                    if first {
                        out.f.fill(0);
                    }
                    out.t.fill(0);
                    first = false;
                }
                Test::Bits(t, f) if first => {
                    out.t.copy_from_slice(t);
                    out.f.copy_from_slice(f);
                    first = false;
                }
                Test::Bits(t, f) => {
                    for ((t, f), (more_t, more_f)) in
                        out.t.iter_mut().zip(&mut out.f).zip(t.iter().zip(f))
                    {
                        *t &= more_t;
                        *f |= more_f;
                    }
                }
            }
        }
        if first {
            self.free_bits.push(out);
            return Reg::Const(V::TRUE);
        }
        Reg::Bits(out)
    }

    #[inline(always)]
    pub(super) fn same_truth(&mut self, a: Arg, b: Arg, size: Size) -> Reg<'b> {
        let mut out = self.bits(size);
        let (a, b) = (self.truth(a), self.truth(b));
        for w in 0..size.words {
            let ((at, af), (bt, bf)) = (a.word(w), b.word(w));
            out.t[w] = at & bt | af & bf;
            out.f[w] = at & bf | af & bt;
        }
        Reg::Bits(out)
    }

    #[inline(always)]
    pub(super) fn has(&mut self, a: Arg, size: Size) -> Reg<'b> {
        if let Some(v) = self.constant(a) {
            return Reg::Const(V::bool(v.is_known()));
        }
        let gaps = self.agree(&[a]);
        let mut out = self.bits(size);
        let mut scratch = None;
        match self.truth(a) {
            Test::Bits(t, f) => {
                for w in 0..size.words {
                    out.t[w] = t[w] | f[w];
                }
            }
            Test::Const(_) if gaps => {
                let known = self.known(core::slice::from_ref(&a));
                for (w, t) in out.t.iter_mut().enumerate() {
                    *t = known(w);
                }
            }
            Test::Const(_) => lanes::known(&mut out.t, size.words, self.view(a, &mut scratch)),
        }
        for w in 0..size.words {
            out.f[w] = !out.t[w];
        }
        Reg::Bits(out)
    }

    #[inline(always)]
    pub(super) fn coalesce(&mut self, a: Arg, value: i64, ty: Type, size: Size) -> Reg<'b> {
        if let Some(v) = self.constant(a) {
            return Reg::Const(if v.is_known() { v } else { V::known(value) });
        }
        if self.is_bits(a, ty) {
            let mut out = self.bits(size);
            if let Test::Bits(t, f) = self.truth(a) {
                for w in 0..size.words {
                    let unknown = !(t[w] | f[w]);
                    out.t[w] = t[w] | if value == 1 { unknown } else { 0 };
                    out.f[w] = f[w] | if value == 1 { 0 } else { unknown };
                }
            }
            return Reg::Bits(out);
        }
        let gaps = self.agree(&[a]);
        let mut out = self.lanes(size);
        let mut scratch = None;
        lanes::coalesce(&mut out, size.words, self.view(a, &mut scratch), value);
        if gaps {
            let known = self.known(core::slice::from_ref(&a));
            lanes::fill(&mut out, size.words, known, value);
        }
        Reg::Lanes(out)
    }

    /// An official's finding where there is one.
    #[inline(always)]
    pub(super) fn finding(&mut self, mut found: Reg<'b>, inner: Arg, size: Size) -> Reg<'b> {
        found.close();
        let out = match &found {
            Reg::Const(v) if v.is_known() => Reg::Const(*v),
            Reg::Const(_) | Reg::Empty | Reg::Column(_) | Reg::Scaled(..) => self.copy(inner, size),
            Reg::Bits(bits) => {
                let mut out = self.bits(size);
                let inner = self.truth(inner);
                for w in 0..size.words {
                    let (t, f) = inner.word(w);
                    let open = !(bits.t[w] | bits.f[w]);
                    out.t[w] = bits.t[w] | t & open;
                    out.f[w] = bits.f[w] | f & open;
                }
                Reg::Bits(out)
            }
            Reg::Lanes(_) | Reg::Lent(..) => {
                let mut out = self.lanes(size);
                let mut scratch = None;
                let inner = self.view(inner, &mut scratch);
                let found = found.numbers().map_or(inner, |(l, lo)| View::over(l, lo));
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
            Reg::Lanes(lanes) | Reg::Lent(lanes, _) => self.free_lanes.push(lanes),
            Reg::Empty | Reg::Const(_) | Reg::Column(_) | Reg::Scaled(..) => {}
        }
        out
    }

    #[inline(always)]
    pub(super) fn choose(&mut self, test: Arg, yes: Arg, no: Arg, ty: Type, size: Size) -> Reg<'b> {
        if let Some(v) = self.constant(test) {
            return match v.get() {
                Some(1) => self.copy(yes, size),
                Some(_) => self.copy(no, size),
                None => Reg::Const(V::plain(ty)),
            };
        }
        if ty == Type::Bool {
            let mut out = self.bits(size);
            let (test, yes, no) = (self.truth(test), self.truth(yes), self.truth(no));
            for w in 0..size.words {
                let ((t, f), (yt, yf), (nt, nf)) = (test.word(w), yes.word(w), no.word(w));
                out.t[w] = t & yt | f & nt;
                out.f[w] = t & yf | f & nf;
            }
            return Reg::Bits(out);
        }
        let mut out = self.lanes(size);
        let (mut s1, mut s2) = (None, None);
        let test = self.truth(test);
        if let Test::Bits(t, f) = test {
            lanes::choose(
                &mut out,
                size.words,
                (t, f, test.decided(size.rows)),
                self.view(yes, &mut s1),
                self.view(no, &mut s2),
            );
        }
        Reg::Lanes(out)
    }

    /// A register again.
    #[inline(always)]
    fn copy(&mut self, arg: Arg, size: Size) -> Reg<'b> {
        if let Some(v) = self.constant(arg) {
            return Reg::Const(v);
        }
        let (mut bits, mut lanes) = (self.bits(size), self.lanes(size));
        let is_bits = match self.truth(arg) {
            Test::Bits(t, f) => {
                bits.t.copy_from_slice(t);
                bits.f.copy_from_slice(f);
                true
            }
            Test::Const(_) => {
                if let Some((from, lo)) = self.regs[arg.at as usize].numbers() {
                    lanes.lo.copy_from_slice(lo);
                    lanes.hi.copy_from_slice(&from.hi);
                    lanes.proof = from.proof;
                }
                false
            }
        };
        if is_bits {
            self.free_lanes.push(lanes);
            Reg::Bits(bits)
        } else {
            self.free_bits.push(bits);
            Reg::Lanes(lanes)
        }
    }
}
