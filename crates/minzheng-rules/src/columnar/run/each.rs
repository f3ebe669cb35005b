//! Operations that have no step of their own: roundings, where they are proved without a search for every row, and what the calendar says.

use super::super::divide::Division;
use super::super::lanes;
use super::super::program::Arg;
use super::dates::Way;
use super::{Job, Reg, Size, Worker};
use crate::ir::{NodeId, Op, children, ix};
use crate::scalar::V;

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn each(&mut self, job: &Job<'b>, node: u32, args: &[Arg], size: Size) -> Reg<'b> {
        let Some(node) = job.plan.nodes.get(ix(node)) else {
            return Reg::Const(V::UNKNOWN);
        };
        let ids = children(&node.op);
        let applied = job.apply.node(node);
        let definition = |values: &[V]| applied.value(|id| value_of(&ids, values, id));
        let constants: Option<Vec<V>> = args.iter().map(|a| self.constant(*a)).collect();
        if let Some(values) = constants {
            return Reg::Const(definition(&values));
        }
        let way = match &node.op {
            Op::MulRound(..) | Op::DivRound(..) | Op::RoundTo(..) => None,
            Op::AddMonths(..) => Some(Way::MonthsLater),
            Op::FirstOfMonth(_, false) => Some(Way::FirstOfMonth),
            _ => Some(Way::Definition(&definition)),
        };
        if let Some(way) = way {
            return self.of_days(way, args, size);
        }
        let gaps = self.agree(args);
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
        lanes::each(&mut out, size.rows, |row| {
            let mut values = [V::UNKNOWN; 3];
            for (value, view) in values.iter_mut().zip(&views) {
                *value = view.get(row);
            }
            definition(&values)
        });
        Reg::Lanes(out)
    }
}

/// The value of an argument.
fn value_of(ids: &[NodeId], values: &[V], id: NodeId) -> V {
    let at = ids.iter().position(|own| *own == id);
    at.and_then(|at| values.get(at))
        .copied()
        .unwrap_or(V::UNKNOWN)
}
