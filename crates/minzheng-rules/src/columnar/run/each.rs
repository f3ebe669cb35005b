//! Operations that have no kernel of their own: roundings where they are proved, the rest by its scalar definition.

use super::super::divide::Division;
use super::super::lanes;
use super::super::program::Arg;
use super::{Job, Reg, Size, Worker};
use crate::date::Day;
use crate::ir::{Op, children, ix};
use crate::scalar::{V, moved};

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn each(&mut self, job: &Job<'b>, node: u32, args: &[Arg], size: Size) -> Reg<'b> {
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
        let divides = matches!(
            node.op,
            Op::MulRound(..) | Op::DivRound(..) | Op::RoundTo(..)
        );
        let gaps = divides && self.agree(args);
        let mut out = self.lanes(size);
        let mut scratch = [None, None, None];
        let mut views = Vec::with_capacity(args.len());
        for (arg, scratch) in args.iter().zip(&mut scratch) {
            views.push(self.view(*arg, scratch));
        }
        if let Some(division) = Division::prove(&node.op, &views) {
            division.run(&mut out, size, &views);
            if gaps || division.may_fail {
                let known = self.known(args);
                let sure = (0..size.words).map(|w| known(w) & division.defined(&views, w));
                out.veil(sure, size.rows);
            }
            return Reg::Lanes(out);
        }
        drop(views);
        for arg in args {
            self.close(*arg);
        }
        let mut scratch = [None, None, None];
        let mut views = Vec::with_capacity(args.len());
        for (arg, scratch) in args.iter().zip(&mut scratch) {
            views.push(self.view(*arg, scratch));
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
}
