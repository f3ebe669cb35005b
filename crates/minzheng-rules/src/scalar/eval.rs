//! One pass over the plan, every node once for every row.

use core::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::date::{Birthday, Day};
use crate::facts::{Input, Overlay};
use crate::ir::{AggK, Node, NodeId, Op, Plan, Starts, ix};
use crate::lang::Type;
use crate::number::{RATIO_ONE, Rounding, div_round};
use crate::pack::PackSet;
use crate::pack::model::{Calendar, Cell, Dated, Status};

use super::V;

/// The figures that hold for a case: every parameter at its places on its day.
#[derive(Debug, Clone)]
pub(crate) struct Params {
    tables: Vec<Table>,
}

/// The cells of one parameter that hold.
#[derive(Debug, Clone)]
struct Table {
    /// Keys, value, index of the row in the parameter.
    cells: Vec<(Vec<i64>, i64, usize)>,
    overlays: Vec<(Vec<Option<i64>>, i64)>,
    /// Which keys are bands.
    bands: Vec<bool>,
    /// How many codes each key's list has; 0 for a band.
    codes: Vec<i64>,
    missing: V,
}

/// Where a figure came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The row of the parameter with this index.
    Row(usize),
    /// A figure for this case alone.
    Overlay,
    /// No figure for these keys.
    Nothing,
    /// A key is unknown.
    UnknownKey,
}

impl Params {
    /// Resolves every parameter. A placed parameter whose place fact is unknown has no figure unless all its rows hold everywhere.
    pub(crate) fn resolve(set: &PackSet, input: &Input) -> Self {
        let on = input.on();
        let known_on = input.known_on();
        let mut chains: Vec<(usize, Option<Vec<i64>>)> = Vec::new();
        let tables = set
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let chain = match parameter.place_fact {
                    None => Some(Vec::new()),
                    Some(fact) => match chains.iter().find(|(f, _)| *f == fact) {
                        Some((_, chain)) => chain.clone(),
                        None => {
                            let chain = input
                                .value(fact, 0)
                                .get()
                                .map(|code| set.places.chain(code));
                            chains.push((fact, chain.clone()));
                            chain
                        }
                    },
                };
                let overlays = input.overlays.iter().filter(|o| o.parameter == index);
                Table {
                    cells: cells(set, index, chain.as_deref(), on, known_on),
                    overlays: overlays
                        .map(|o: &Overlay| (o.keys.clone(), o.value))
                        .collect(),
                    bands: parameter.keys.iter().map(|k| k.ty == Type::Count).collect(),
                    codes: parameter
                        .keys
                        .iter()
                        .map(|k| match k.ty {
                            Type::Code(list) => set
                                .lists
                                .get(list)
                                .map_or(0, |l| i64::try_from(l.codes.len()).unwrap_or(0)),
                            _ => 0,
                        })
                        .collect(),
                    missing: V::missing(parameter.ty, parameter.low, parameter.high),
                }
            })
            .collect();
        Self { tables }
    }

    /// The figure for known or unknown keys: an unknown code key gives the hull of all its codes.
    pub(crate) fn lookup(&self, parameter: usize, keys: &[V]) -> (V, Found) {
        let Some(table) = self.tables.get(parameter) else {
            return (V::UNKNOWN, Found::Nothing);
        };
        table.lookup(keys)
    }

    /// The cells of a parameter that hold, to be written out.
    pub(crate) fn figures(&self, parameter: usize) -> Figures<'_> {
        let table = self.tables.get(parameter);
        Figures {
            cells: table.map_or(&[], |t| t.cells.as_slice()),
            codes: table.map_or(&[], |t| t.codes.as_slice()),
            missing: table.map_or(V::UNKNOWN, |t| t.missing),
        }
    }
}

/// The cells of one parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures<'a> {
    /// Keys, value, index of the row in the parameter.
    pub(crate) cells: &'a [(Vec<i64>, i64, usize)],
    /// How many codes each key's list has; 0 for a band.
    pub(crate) codes: &'a [i64],
    /// What the figure can be where there is none.
    pub(crate) missing: V,
}

impl Table {
    fn lookup(&self, keys: &[V]) -> (V, Found) {
        if keys.is_empty() {
            if let Some((_, value)) = self.overlays.last() {
                return (V::known(*value), Found::Overlay);
            }
            return self
                .cells
                .first()
                .map_or((self.missing, Found::Nothing), |(_, v, r)| {
                    (V::known(*v), Found::Row(*r))
                });
        }
        let names_no_key = |o: &(Vec<Option<i64>>, i64)| o.0.iter().all(Option::is_none);
        if self.overlays.iter().all(names_no_key)
            && let Some((_, value)) = self.overlays.last()
        {
            return (V::known(*value), Found::Overlay);
        }
        let Some(open) = keys.iter().position(|k| !k.is_known()) else {
            return self.exact(keys);
        };
        let codes = self.codes.get(open).copied().unwrap_or(0);
        if codes == 0 {
            return (self.missing, Found::UnknownKey);
        }
        let mut hull: Option<V> = None;
        let mut known = keys.to_vec();
        for code in 0..codes {
            if let Some(slot) = known.get_mut(open) {
                *slot = V::known(code);
            }
            let (value, found) = self.lookup(&known);
            if found == Found::Nothing {
                return (self.missing, Found::UnknownKey);
            }
            hull = Some(hull.map_or(value, |h| h.hull(value)));
        }
        (hull.unwrap_or(self.missing), Found::UnknownKey)
    }

    fn exact(&self, keys: &[V]) -> (V, Found) {
        let same = |given: &[Option<i64>]| {
            let mut pairs = given.iter().zip(keys).zip(&self.bands);
            pairs.all(|((g, k), band)| g.is_none_or(|g| if *band { g <= k.lo } else { g == k.lo }))
        };
        // the overlay that names the most keys wins, among equals the last
        let given = self.overlays.iter().filter(|(given, _)| same(given));
        if let Some((_, value)) = given.max_by_key(|(given, _)| given.iter().flatten().count()) {
            return (V::known(*value), Found::Overlay);
        }
        let fits = self.cells.iter().filter(|(cell, _, _)| {
            let mut pairs = cell.iter().zip(keys).zip(&self.bands);
            pairs.all(|((c, k), band)| if *band { *c <= k.lo } else { *c == k.lo })
        });
        fits.max_by(|a, b| a.0.cmp(&b.0))
            .map_or((self.missing, Found::Nothing), |(_, v, r)| {
                (V::known(*v), Found::Row(*r))
            })
    }
}

/// How near a row is: distance of its place, newest publication, newest start, its block.
type Rank = (usize, Reverse<Day>, Reverse<Day>, usize);

/// The cells of a parameter that hold: for every set of codes the nearest place, there the newest block.
fn cells(
    set: &PackSet,
    index: usize,
    chain: Option<&[i64]>,
    on: Day,
    known_on: Day,
) -> Vec<(Vec<i64>, i64, usize)> {
    let Some(parameter) = set.parameters.get(index) else {
        return Vec::new();
    };
    let decides = |status: Status| status != Status::Reference;
    let Some(chain) = chain else {
        if parameter
            .rows
            .iter()
            .any(|r| r.place.is_some() && decides(r.status))
        {
            return Vec::new();
        }
        return cells(set, index, Some(&[]), on, known_on);
    };
    // nearest place first, everywhere last; smaller is nearer
    let distance = |place: Option<i64>| match place {
        None => Some(chain.len()),
        Some(code) => chain.iter().position(|c| *c == code),
    };
    let codes_of = |keys: &[i64]| -> Vec<i64> {
        keys.iter()
            .zip(&parameter.keys)
            .filter(|(_, k)| k.ty != Type::Count)
            .map(|(v, _)| *v)
            .collect()
    };
    let mut best: BTreeMap<Vec<i64>, Rank> = BTreeMap::new();
    let live = |r: &Dated<Cell>| decides(r.status) && r.holds(on, known_on);
    for row in parameter.rows.iter().filter(|r| live(r)) {
        let Some(far) = distance(row.place) else {
            continue;
        };
        let rank = (
            far,
            Reverse(row.published),
            Reverse(row.from),
            row.value.block,
        );
        best.entry(codes_of(&row.value.keys))
            .and_modify(|b| *b = (*b).min(rank))
            .or_insert(rank);
    }
    let wins = |row: &Dated<Cell>| {
        let key = codes_of(&row.value.keys);
        best.get(&key)
            .is_some_and(|b| b.3 == row.value.block && distance(row.place) == Some(b.0))
    };
    parameter
        .rows
        .iter()
        .enumerate()
        .filter(|(_, r)| live(r) && wins(r))
        .map(|(i, r)| (r.value.keys.clone(), r.value.value, i))
        .collect()
}

/// The values of every node for every row of one case.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) values: Vec<V>,
    starts: Arc<Starts>,
    rows: Vec<usize>,
}

impl Frame {
    fn filled(plan: &Plan, rows: &[usize], with: V) -> Self {
        let starts = plan.starts(rows);
        Self {
            values: vec![with; starts.length],
            starts,
            rows: rows.to_vec(),
        }
    }

    /// The entity of a node, and where its values begin.
    #[inline]
    fn begin(&self, id: NodeId) -> (usize, usize) {
        self.starts
            .nodes
            .get(ix(id))
            .copied()
            .unwrap_or((0, usize::MAX))
    }

    #[inline]
    fn set(&mut self, at: usize, value: V) {
        if let Some(slot) = self.values.get_mut(at) {
            *slot = value;
        }
    }

    /// The value of a node in a row of its own entity.
    pub(crate) fn get(&self, id: NodeId, row: usize) -> V {
        let at = self.begin(id).1.wrapping_add(row);
        self.values.get(at).copied().unwrap_or(V::UNKNOWN)
    }
}

/// The nodes that depend on the law alone, for a fresh frame of one root row.
pub(crate) fn fold(set: &PackSet, plan: &Plan, params: &Params, input: &Input) -> Vec<V> {
    let rows: Vec<usize> = input
        .rows
        .iter()
        .enumerate()
        .map(|(e, _)| usize::from(e == 0))
        .collect();
    let mut frame = Frame::filled(plan, &rows, UNSEEN);
    let run = Run {
        set,
        plan,
        params,
        input,
    };
    for id in &plan.constant {
        run.node(*id, &mut frame);
    }
    frame.values
}

/// Evaluates a plan over a case; `folded` are the values of the nodes that depend on the law alone.
pub(crate) fn evaluate(
    set: &PackSet,
    plan: &Plan,
    params: &Params,
    folded: &[V],
    input: &Input,
) -> Frame {
    let mut frame = Frame::filled(plan, &input.rows, V::UNKNOWN);
    if let Some(root) = frame.values.get_mut(..folded.len()) {
        root.copy_from_slice(folded);
    }
    let run = Run {
        set,
        plan,
        params,
        input,
    };
    for id in &plan.live {
        run.node(*id, &mut frame);
    }
    frame
}

/// Most keys of a parameter.
pub(crate) const MAX_KEYS: usize = 6;

/// Evaluates no more of a plan than the wanted nodes need: the same values, computed on demand.
pub(crate) fn demand(
    set: &PackSet,
    plan: &Plan,
    params: &Params,
    folded: &[V],
    input: &Input,
    wanted: &[(NodeId, usize)],
) -> Vec<V> {
    let mut frame = Frame::filled(plan, &input.rows, UNSEEN);
    if let Some(root) = frame.values.get_mut(..folded.len()) {
        root.copy_from_slice(folded);
    }
    let run = Run {
        set,
        plan,
        params,
        input,
    };
    let mut lazy = Lazy { run: &run, frame };
    wanted.iter().map(|(id, row)| lazy.at(*id, *row)).collect()
}

struct Run<'a> {
    set: &'a PackSet,
    plan: &'a Plan,
    params: &'a Params,
    input: &'a Input,
}

/// Where the operations take the values they need: from a frame that is filled in order, or on demand.
trait Source {
    /// The value of a node as a row of an entity at or below the node's own sees it.
    fn get(&mut self, id: NodeId, entity: usize, row: usize) -> V;
    /// The value of a node in a row of its own entity.
    fn at(&mut self, id: NodeId, row: usize) -> V;
}

/// Every node in the order of the plan: what stands before has been computed.
struct Eager<'a> {
    run: &'a Run<'a>,
    frame: &'a Frame,
}

impl Source for Eager<'_> {
    #[inline]
    fn get(&mut self, id: NodeId, entity: usize, row: usize) -> V {
        let (own, start) = self.frame.begin(id);
        let at = start.wrapping_add(self.run.climb(own, entity, row));
        self.frame.values.get(at).copied().unwrap_or(V::UNKNOWN)
    }

    #[inline]
    fn at(&mut self, id: NodeId, row: usize) -> V {
        self.frame.get(id, row)
    }
}

/// Only what is asked for, and no part that can no longer decide. Kleene logic makes the order unobservable.
struct Lazy<'a> {
    run: &'a Run<'a>,
    frame: Frame,
}

/// Marks a value that nobody has asked for yet: no interval is empty.
const UNSEEN: V = V {
    lo: i64::MAX,
    hi: i64::MIN,
};

impl Source for Lazy<'_> {
    #[inline]
    fn get(&mut self, id: NodeId, entity: usize, row: usize) -> V {
        let own = self.frame.begin(id).0;
        let row = self.run.climb(own, entity, row);
        self.at(id, row)
    }

    fn at(&mut self, id: NodeId, row: usize) -> V {
        let run = self.run;
        let at = self.frame.begin(id).1.wrapping_add(row);
        let seen = self.frame.values.get(at).copied().unwrap_or(V::UNKNOWN);
        if seen != UNSEEN {
            return seen;
        }
        let Some(node) = run.plan.nodes.get(ix(id)) else {
            return V::UNKNOWN;
        };
        let value = run.compute(self, node, row);
        self.frame.set(at, value);
        value
    }
}

impl Run<'_> {
    /// The row of `above` that a row of `entity` belongs to.
    #[inline]
    fn climb(&self, above: usize, entity: usize, row: usize) -> usize {
        if above == entity {
            row
        } else if above == 0 {
            0
        } else {
            self.climb_far(above, entity, row)
        }
    }

    #[cold]
    fn climb_far(&self, above: usize, mut entity: usize, mut row: usize) -> usize {
        while entity != above {
            let Some(parent) = self.set.entities.get(entity).and_then(|e| e.parent) else {
                return usize::MAX;
            };
            row = self
                .input
                .parents
                .get(entity)
                .and_then(|p| p.get(row))
                .copied()
                .unwrap_or(usize::MAX);
            entity = parent;
        }
        row
    }

    /// The definition of every operation.
    fn compute<S: Source>(&self, source: &mut S, node: &Node, row: usize) -> V {
        let (e, ty) = (node.row, node.ty);
        let mut get = |id: &NodeId| source.get(*id, e, row);
        match &node.op {
            Op::Const(value) => V::known(*value),
            Op::Today => V::known(self.input.on.number()),
            Op::Fact(fact) => self.input.value(*fact, row),
            Op::Param(param, keys) => {
                let mut known = [V::UNKNOWN; MAX_KEYS];
                for (slot, key) in known.iter_mut().zip(keys) {
                    *slot = get(key);
                }
                self.params
                    .lookup(*param, known.get(..keys.len()).unwrap_or_default())
                    .0
            }
            Op::Formula(formula, inner) => {
                let finding = self.plan.findings.get(*formula).copied().flatten();
                let found = finding.map_or(V::UNKNOWN, |f| self.input.value(f, row));
                match inner {
                    _ if found.is_known() => found,
                    Some(inner) => get(inner),
                    None => V::plain(ty),
                }
            }
            Op::Not(a) => get(a).not(),
            Op::And(list) => {
                let mut all = V::TRUE;
                for part in list {
                    all = all.min(get(part));
                    if all == V::FALSE {
                        break;
                    }
                }
                all
            }
            Op::Or(list) => {
                let mut any = V::FALSE;
                for part in list {
                    any = any.max(get(part));
                    if any == V::TRUE {
                        break;
                    }
                }
                any
            }
            Op::Min(list) => list.iter().map(get).reduce(V::min).unwrap_or(V::UNKNOWN),
            Op::Max(list) => list.iter().map(get).reduce(V::max).unwrap_or(V::UNKNOWN),
            Op::Lt(a, b) => get(a).lt(get(b)),
            Op::Le(a, b) => get(a).le(get(b)),
            Op::Eq(a, b) => get(a).eq(get(b)),
            Op::In(a, values) => get(a).is_in(values),
            Op::Add(a, b) => get(a).add(get(b)),
            Op::Sub(a, b) => get(a).sub(get(b)),
            Op::Mul(a, b) => get(a).mul(get(b)),
            Op::Scale(a, k) => get(a).scale(*k),
            Op::MulRound(a, b, rule) => {
                let product = get(a).get().zip(get(b).get());
                let product = product.and_then(|(x, y)| i128::from(x).checked_mul(i128::from(y)));
                round(product, Some(i128::from(RATIO_ONE)), get(rule))
            }
            Op::DivRound(a, b, rule) => round(
                get(a).get().map(i128::from),
                get(b).get().map(i128::from),
                get(rule),
            ),
            Op::RoundTo(a, b, rule) => {
                let unit = get(b);
                let units = round(
                    get(a).get().map(i128::from),
                    unit.get().map(i128::from),
                    get(rule),
                );
                if units.is_known() {
                    units.mul(unit)
                } else {
                    V::UNKNOWN
                }
            }
            Op::If(test, yes, no) => match get(test).get() {
                Some(1) => get(yes),
                Some(_) => get(no),
                None => V::plain(ty),
            },
            Op::Has(a) => V::bool(get(a).is_known()),
            Op::HasLink(link) => V::bool(self.input.target(e, *link, row).is_some()),
            Op::Coalesce(a, value) => {
                let found = get(a);
                if found.is_known() {
                    found
                } else {
                    V::known(*value)
                }
            }
            Op::Age(a, b) => days(get(a), get(b), |x, y| x.age_on(y, Birthday::LastOfFebruary)),
            Op::MonthsBetween(a, b) => days(get(a), get(b), Day::months_until),
            Op::AddMonths(a, b) => moved(get(a), get(b), |x, n| Some(x.add_months(n))),
            Op::AddDays(a, b, minus) => moved(get(a), get(b), |x, n| {
                let n = if *minus { n.checked_neg()? } else { n };
                Day::from_number(x.number().checked_add(n)?)
            }),
            Op::AddWorkingDays(a, b) => {
                let calendar: &Calendar = &self.set.calendar;
                moved(get(a), get(b), |x, n| calendar.add_working_days(x, n))
            }
            Op::FirstOfMonth(a, next) => moved(get(a), V::known(0), |x, _| {
                let first = x.first_of_month();
                Some(if *next { first.add_months(1) } else { first })
            }),
            Op::Year(a) => days(get(a), V::known(0), |x, _| i64::from(x.year())),
            Op::Month(a) => days(get(a), V::known(0), |x, _| i64::from(x.month())),
            Op::Gather(link, inner) => match self.input.target(e, *link, row) {
                // what is read there may stand above the row: a programme not in force is a constant of the root
                Some(target) => {
                    let links = self.set.entities.get(e).map(|e| e.links.as_slice());
                    let to = links.and_then(|l| l.get(*link)).map_or(e, |(_, to)| *to);
                    source.get(*inner, to, target)
                }
                None => V::plain(ty),
            },
            Op::Agg {
                kind,
                child,
                filter,
                value,
            } => {
                let mut all = Tally::new(*kind);
                let parents = self
                    .input
                    .parents
                    .get(*child)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                for (at, parent) in parents.iter().enumerate() {
                    if *parent != row {
                        continue;
                    }
                    let keep = filter.map_or(V::TRUE, |f| source.get(f, *child, at));
                    if keep != V::FALSE {
                        all.take(keep, value.map_or(V::TRUE, |v| source.get(v, *child, at)));
                    }
                }
                let complete = self.set.entities.get(*child).and_then(|e| e.complete);
                let whole = complete.is_none_or(|fact| self.input.value(fact, row) == V::TRUE);
                let bounds = value
                    .and_then(|v| self.plan.nodes.get(ix(v)))
                    .map_or(V::UNKNOWN, |n| n.bounds);
                all.close(whole, bounds, ty)
            }
        }
    }

    /// One node for every row of its entity.
    fn node(&self, id: NodeId, frame: &mut Frame) {
        let Some(node) = self.plan.nodes.get(ix(id)) else {
            return;
        };
        let rows = frame.rows.get(node.row).copied().unwrap_or(0);
        let start = frame.begin(id).1;
        for row in 0..rows {
            let value = self.compute(&mut Eager { run: self, frame }, node, row);
            frame.set(start.wrapping_add(row), value);
        }
    }
}

/// The definition of the operations that read nothing but other nodes, for values that stand elsewhere.
pub(crate) struct Apply<'a> {
    set: &'a PackSet,
    plan: &'a Plan,
    params: Params,
    input: Input,
}

impl<'a> Apply<'a> {
    pub(crate) fn new(set: &'a PackSet, plan: &'a Plan) -> Self {
        Self {
            set,
            plan,
            params: Params { tables: Vec::new() },
            input: Input::empty(set),
        }
    }

    /// The value of a node, where `value` gives those of the nodes it reads.
    pub(crate) fn node(&self, node: &Node, value: impl Fn(NodeId) -> V) -> V {
        let run = Run {
            set: self.set,
            plan: self.plan,
            params: &self.params,
            input: &self.input,
        };
        run.compute(&mut Given(value), node, 0)
    }
}

/// Values by node.
struct Given<F>(F);

impl<F: Fn(NodeId) -> V> Source for Given<F> {
    fn get(&mut self, id: NodeId, _entity: usize, _row: usize) -> V {
        (self.0)(id)
    }

    fn at(&mut self, id: NodeId, _row: usize) -> V {
        (self.0)(id)
    }
}

/// An aggregate on its way.
pub(crate) struct Tally {
    kind: AggK,
    v: V,
    certain: bool,
    seen: bool,
}

impl Tally {
    pub(crate) fn new(kind: AggK) -> Self {
        let v = match kind {
            AggK::All => V::TRUE,
            AggK::Exists | AggK::Count | AggK::Sum => V::FALSE,
            AggK::Min => V {
                lo: i64::MAX,
                hi: i64::MAX,
            },
            AggK::Max => V {
                lo: i64::MIN,
                hi: i64::MIN,
            },
        };
        Self {
            kind,
            v,
            certain: false,
            seen: false,
        }
    }

    pub(crate) fn take(&mut self, keep: V, value: V) {
        let sure = keep == V::TRUE;
        self.seen = true;
        match self.kind {
            AggK::All => self.v = self.v.min(keep.not().max(value)),
            AggK::Exists => self.v = self.v.max(keep.min(value)),
            AggK::Count => self.v = self.v.add(keep),
            AggK::Sum => {
                self.v = self
                    .v
                    .add(if sure { value } else { value.hull(V::known(0)) });
            }
            AggK::Min => {
                self.v = V {
                    lo: self.v.lo.min(value.lo),
                    hi: if sure {
                        self.v.hi.min(value.hi)
                    } else {
                        self.v.hi
                    },
                };
            }
            AggK::Max => {
                self.v = V {
                    lo: if sure {
                        self.v.lo.max(value.lo)
                    } else {
                        self.v.lo
                    },
                    hi: self.v.hi.max(value.hi),
                };
            }
        }
        self.certain |= sure;
    }

    /// `whole`: no row is missing; `bounds`: what a missing row's value could be.
    pub(crate) fn close(self, whole: bool, bounds: V, ty: Type) -> V {
        let v = self.v;
        match self.kind {
            AggK::Min | AggK::Max if !self.certain => V::plain(ty),
            _ if whole => v,
            AggK::All => V { lo: 0, hi: v.hi },
            AggK::Exists => V { lo: v.lo, hi: 1 },
            AggK::Count => V {
                lo: v.lo,
                hi: i64::MAX,
            },
            AggK::Sum => V {
                lo: if bounds.lo >= 0 { v.lo } else { i64::MIN },
                hi: if bounds.hi <= 0 { v.hi } else { i64::MAX },
            },
            AggK::Min => V {
                lo: bounds.lo.min(v.lo),
                hi: v.hi,
            },
            AggK::Max => V {
                lo: v.lo,
                hi: bounds.hi.max(v.hi),
            },
        }
    }
}

fn round(a: Option<i128>, b: Option<i128>, rule: V) -> V {
    let rule = rule.get().and_then(Rounding::from_index);
    match (a, b, rule) {
        (Some(a), Some(b), Some(rule)) => div_round(a, b, rule).map_or(V::UNKNOWN, V::known),
        _ => V::UNKNOWN,
    }
}

fn days(x: V, y: V, f: impl Fn(Day, Day) -> i64) -> V {
    match (
        x.get().and_then(Day::from_number),
        y.get().and_then(Day::from_number),
    ) {
        (Some(x), Some(y)) => V::known(f(x, y)),
        _ => V::UNKNOWN,
    }
}

pub(crate) fn moved(x: V, n: V, f: impl Fn(Day, i64) -> Option<Day>) -> V {
    let day = x
        .get()
        .and_then(Day::from_number)
        .zip(n.get())
        .and_then(|(x, n)| f(x, n));
    day.map_or(V::UNKNOWN, |d| V::known(d.number()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Document;
    use crate::pack::{PackSource, SourceFile};
    use crate::scenario::Engine;

    const PACK: &str = r#"
        [pack]
        id = "links"
        title = { zh = "链接", en = "links" }
        publisher = "test"
        version = "1"
        level = "nation"
        place = "000000"
        reviewed_on = 2026-01-01
        [[entity]]
        id = "unit"
        [[entity]]
        id = "part"
        parent = "unit"
        collection = "parts"
        links = { boss = "part" }
        [[fact]]
        id = "weight"
        entity = "unit"
        type = "count"
        title = { zh = "重", en = "weight" }
        [[programme]]
        id = "later"
        entity = "part"
        order = 1
        title = { zh = "后来", en = "later" }
        from = 2099-01-01
        status = "invented"
          [[programme.condition]]
          id = "yes"
          title = { zh = "是", en = "yes" }
          from = 2099-01-01
          published = 2020-01-01
          status = "invented"
          expr = "true"
        [[formula]]
        id = "heavy"
        entity = "unit"
        type = "count"
        from = 2020-01-01
        status = "invented"
        expr = "weight + 700"
        [[formula]]
        id = "boss_has_it"
        entity = "part"
        type = "bool"
        from = 2020-01-01
        status = "invented"
        expr = "boss.later.eligible"
    "#;

    /// A programme not in force is nobody's, whichever row a link leads to.
    #[test]
    fn a_link_reads_a_programme_not_in_force() {
        let source = PackSource::new(vec![SourceFile::new("pack.toml", PACK)]);
        let engine = Engine::new(PackSet::load(&[source]).unwrap());
        let case = "on = 2026-01-01\n[unit]\nweight = 5\n[[part]]\nid = \"a\"\n[[part]]\nid = \"b\"\nboss = \"a\"\n\
                    [[part]]\nid = \"c\"\nboss = \"b\"\n[[part]]\nid = \"d\"\nboss = \"d\"\n";
        let answer = engine
            .assess(&Document::from_toml("case", case).unwrap())
            .unwrap();
        let value = |row: &str| answer.value("boss_has_it", Some(row)).unwrap().0;
        assert_eq!(value("a"), V::MAYBE, "no boss is known");
        for row in ["b", "c", "d"] {
            assert_eq!(value(row), V::FALSE, "{row}");
        }
    }
}
