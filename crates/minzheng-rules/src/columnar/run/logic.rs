//! Truths from truths, and choices between two values.

use super::super::lanes;
use super::super::program::Arg;
use super::super::segments::Test;
use super::{Reg, Size, Worker};
use crate::lang::Type;
use crate::scalar::V;

/// Writes what stands in two rows of words, word by word.
#[inline(always)]
fn join(out: &mut [u64], a: &[u64], b: &[u64], op: impl Fn(u64, u64) -> u64) {
    for (word, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        *word = op(*a, *b);
    }
}

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn all(&mut self, parts: &[Arg], size: Size) -> Reg<'b> {
        if parts.iter().any(|p| self.constant(*p) == Some(V::FALSE)) {
            return Reg::Const(V::FALSE);
        }
        let mut out = self.bits(size);
        let (mut first, mut written, mut open) = (None, false, false);
        for part in parts {
            match self.truth(*part) {
                Test::Const(V::TRUE) => {}
                Test::Const(_) => open = true,
                Test::Bits(t, f) => match first.take() {
                    None if !written => first = Some((t, f)),
                    // the first is not copied, but read beside the second
                    Some((first_t, first_f)) => {
                        join(&mut out.t, first_t, t, |a, b| a & b);
                        join(&mut out.f, first_f, f, |a, b| a | b);
                        written = true;
                    }
                    None => {
                        for ((t, f), (more_t, more_f)) in
                            out.t.iter_mut().zip(&mut out.f).zip(t.iter().zip(f))
                        {
                            *t &= more_t;
                            *f |= more_f;
                        }
                    }
                },
            }
        }
        match first {
            Some((t, f)) => {
                out.t.copy_from_slice(t);
                out.f.copy_from_slice(f);
            }
            None if written => {}
            None => {
                self.free_bits.push(out);
                return Reg::Const(if open { V::MAYBE } else { V::TRUE });
            }
        }
        if open {
            out.t.fill(0);
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
    pub(super) fn finding(&mut self, found: Arg, inner: Arg, size: Size) -> Reg<'b> {
        match self.regs[found.at as usize] {
            Reg::Const(v) if v.is_known() => Reg::Const(v),
            Reg::Empty | Reg::Const(_) | Reg::Column(_) | Reg::Scaled(..) => self.copy(inner, size),
            Reg::Bits(_) => {
                let mut out = self.bits(size);
                let (found, inner) = (self.truth(found), self.truth(inner));
                for w in 0..size.words {
                    let ((found_t, found_f), (t, f)) = (found.word(w), inner.word(w));
                    let open = !(found_t | found_f);
                    out.t[w] = found_t | t & open;
                    out.f[w] = found_f | f & open;
                }
                Reg::Bits(out)
            }
            Reg::Lanes(_) | Reg::Lent(..) => {
                let mut out = self.lanes(size);
                let (mut s1, mut s2) = (None, None);
                let (found, inner) = (self.view(found, &mut s1), self.view(inner, &mut s2));
                lanes::each(&mut out, size.rows, |row| {
                    Some(found.get(row))
                        .filter(|v| v.is_known())
                        .unwrap_or(inner.get(row))
                });
                Reg::Lanes(out)
            }
        }
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
