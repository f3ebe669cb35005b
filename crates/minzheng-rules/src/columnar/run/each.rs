//! Operations that have no step of their own: roundings, where they are proved without a search for every row, and what the calendar says.

use super::super::divide::Division;
use super::super::lanes;
use super::super::program::{Arg, Step};
use super::dates::{Way, full_years};
use super::{Job, Reg, Size, Worker};
use crate::date::Day;
use crate::ir::{NodeId, Op, children, ix};
use crate::scalar::V;

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn each(&mut self, job: &Job<'b>, step: &Step, args: &[Arg], size: Size) -> Reg<'b> {
        let constant = |worker: &Self, at: usize| args.get(at).and_then(|a| worker.constant(*a));
        let day = constant(self, 1).and_then(V::get);
        if let Step::Older { birth, years, .. } = step
            && constant(self, 0).is_none()
            && let Some(latest) = day.and_then(|day| self.latest_birth(day, *years))
        {
            return self.born_by(*birth, latest, size);
        }
        let node = match step {
            Step::Each(node, _) => job.plan.nodes.get(ix(*node)),
            _ => None,
        };
        let of_node = node.map(|node| (children(&node.op), job.apply.node(node)));
        // what has no node of its own is an age
        let definition = |values: &[V]| match &of_node {
            Some((ids, applied)) => applied.value(|id| value_of(ids, values, id)),
            None => full_years(values),
        };
        let constants: Option<Vec<V>> = args.iter().map(|a| self.constant(*a)).collect();
        let op = node.map(|node| &node.op);
        let (way, days) = match (op, day.and_then(Day::from_number)) {
            (Some(Op::AddMonths(..)), _) => (Way::MonthsLater, args),
            (Some(Op::FirstOfMonth(_, false)), _) => (Way::FirstOfMonth, args),
            (None, Some(day)) => (Way::AgeOn(day), &args[..1]),
            _ => (Way::Definition(&definition), args),
        };
        let out = match (constants, op) {
            (Some(values), _) => Reg::Const(definition(&values)),
            (None, Some(op @ (Op::MulRound(..) | Op::DivRound(..) | Op::RoundTo(..)))) => {
                self.rounded(op, &definition, args, size)
            }
            (None, _) => self.of_days(way, days, size),
        };
        match step {
            Step::Older { years, .. } => self.at_least(out, *years, size),
            _ => out,
        }
    }

    /// A rounding: where it is proved without a search for every row, else row by row.
    #[inline(always)]
    fn rounded(
        &mut self,
        op: &Op,
        definition: &dyn Fn(&[V]) -> V,
        args: &[Arg],
        size: Size,
    ) -> Reg<'b> {
        let gaps = self.agree(args);
        let mut out = self.lanes(size);
        let mut scratch = [None, None, None];
        let mut views = Vec::with_capacity(args.len());
        for (arg, scratch) in args.iter().zip(&mut scratch) {
            views.push(self.view(*arg, scratch));
        }
        if let Some(division) = Division::prove(op, &views) {
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
