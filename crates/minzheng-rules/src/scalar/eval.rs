//! One pass over the plan, every node once for every row.

use core::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::date::{Birthday, Day};
use crate::facts::{Data, Input, Overlay};
use crate::ir::{AggK, Node, NodeId, Plan, ix};
use crate::lang::Type;
use crate::number::{RATIO_ONE, Rounding, div_round};
use crate::pack::PackSet;
use crate::pack::model::{Calendar, Cell, Dated, Status};

use super::V;
use super::interval::is_open;
use super::program::{Code, Operand, Program, Step, Stretch};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// Whether every look gives the same figure, though perhaps from another row.
    pub(crate) fn has_figures_of(&self, other: &Self) -> bool {
        let cell =
            |a: &(Vec<i64>, i64, usize), b: &(Vec<i64>, i64, usize)| a.0 == b.0 && a.1 == b.1;
        let same = |a: &Table, b: &Table| {
            let cells = a.cells.iter().zip(&b.cells);
            a.cells.len() == b.cells.len()
                && cells.into_iter().all(|(a, b)| cell(a, b))
                && a.overlays == b.overlays
        };
        self.tables.len() == other.tables.len()
            && self
                .tables
                .iter()
                .zip(&other.tables)
                .all(|(a, b)| same(a, b))
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

/// The values of every node for every row of one case: row after row, each as [`Program`] lays it out.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    values: Vec<V>,
    /// For every entity what leads from a place to its value in the first row, and from row to row.
    areas: Vec<(usize, usize)>,
    program: Arc<Program>,
}

/// A row of an entity: its number, and what leads from a place to its value in that row.
#[derive(Debug, Clone, Copy)]
struct Row {
    number: usize,
    shift: usize,
}

impl Row {
    /// The only row of the root.
    const ROOT: Self = Self {
        number: 0,
        shift: 0,
    };
}

impl Frame {
    /// Every row as `template`, which holds one row of every entity: all of it, or the part that programmes need.
    fn new(program: &Arc<Program>, rows: &[usize], template: &[V], part: Part) -> Self {
        let spans = || {
            let core = program.core.iter();
            let whole = program.areas.iter().zip(core).zip(rows);
            whole.map(move |(((first, width), core), rows)| match part {
                Part::Core => (*first, *core, *rows),
                Part::Whole => (*first, *width, *rows),
            })
        };
        let mut areas = Vec::with_capacity(rows.len());
        let mut length = 0_usize;
        for (first, width, rows) in spans() {
            areas.push((length.wrapping_sub(first), width));
            length = length.saturating_add(width.saturating_mul(rows));
        }
        let mut values = Vec::with_capacity(length);
        for (first, width, rows) in spans() {
            let row = template.get(first..first.saturating_add(width));
            for _ in 0..rows {
                values.extend_from_slice(row.unwrap_or_default());
            }
        }
        Self {
            values,
            areas,
            program: Arc::clone(program),
        }
    }

    /// A frame of a case in which nobody has asked for anything; `folded` are the values of the nodes that depend on the law alone.
    pub(crate) fn blank(plan: &Plan, folded: &[V], input: &Input, part: Part) -> Self {
        Self::new(&plan.program, &input.rows, folded, part)
    }

    #[inline]
    fn row(&self, entity: usize, number: usize) -> Row {
        let nowhere = (usize::MAX >> 1, 0);
        let (start, width) = self.areas.get(entity).copied().unwrap_or(nowhere);
        let shift = start.wrapping_add(number.wrapping_mul(width));
        Row { number, shift }
    }

    #[inline]
    fn read(&self, place: usize, row: Row) -> Option<V> {
        self.values.get(row.shift.wrapping_add(place)).copied()
    }

    #[inline]
    fn write(&mut self, place: usize, row: Row, value: V) {
        if let Some(slot) = self.values.get_mut(row.shift.wrapping_add(place)) {
            *slot = value;
        }
    }

    /// The value of a node in a row of its own entity.
    pub(crate) fn get(&self, id: NodeId, row: usize) -> V {
        let (place, entity) = self.program.place(id);
        let found = self.read(place, self.row(entity, row));
        found.unwrap_or(V::UNKNOWN)
    }
}

/// One row of every entity, in which the nodes that depend on the law alone are known.
pub(crate) fn fold(set: &PackSet, plan: &Plan, params: &Params, input: &Input) -> Vec<V> {
    let program = &plan.program;
    let rows = vec![1; program.areas.len()];
    let template = vec![UNSEEN; plan.nodes.len()];
    let frame = Frame::new(program, &rows, &template, Part::Whole);
    let run = Run::new(set, plan, params, input);
    run.all(&program.constant, &rows, frame).values
}

/// How much of a plan is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What programmes and what is shown with them need.
    Core,
    /// Every formula.
    Whole,
}

/// Evaluates a plan over a case; `folded` are the values of the nodes that depend on the law alone.
pub(crate) fn evaluate(
    set: &PackSet,
    plan: &Plan,
    params: &Params,
    folded: &[V],
    input: &Input,
    part: Part,
) -> Frame {
    let frame = Frame::blank(plan, folded, input, part);
    let run = Run::new(set, plan, params, input);
    let frame = run.all(&plan.program.live, &input.rows, frame);
    match part {
        Part::Core => frame,
        Part::Whole => run.all(&plan.program.aside, &input.rows, frame),
    }
}

/// Most keys of a parameter.
pub(crate) const MAX_KEYS: usize = 6;

/// A value that is evaluated when it is first asked for, with no more of the plan than it needs: the same as in a frame that is evaluated
/// whole. `frame` is a [`Frame::blank`] of the same plan and case, which keeps what was found.
pub(crate) fn demand(
    set: &PackSet,
    plan: &Plan,
    params: &Params,
    input: &Input,
    frame: &mut Frame,
    (id, row): (NodeId, usize),
) -> V {
    let run = Run::new(set, plan, params, input);
    let (place, entity) = plan.program.place(id);
    let row = frame.row(entity, row);
    Lazy { run: &run, frame }.value(place, row)
}

struct Run<'a> {
    set: &'a PackSet,
    program: &'a Program,
    code: &'a Code,
    params: &'a Params,
    input: &'a Data,
}

/// Where the operations take the values they need: from a frame that is filled in order, or on demand.
trait Source {
    /// The value at a place in a row of its own entity.
    fn value(&mut self, place: usize, row: Row) -> V;
    /// The same where a fact stands at the place.
    fn fact(&mut self, place: usize, row: Row) -> V;
    /// A row of an entity.
    fn row(&self, entity: usize, number: usize) -> Row;
}

/// Every place in the order of the plan: what stands before has been computed.
struct Eager<'a>(&'a Frame);

impl Source for Eager<'_> {
    #[inline]
    fn value(&mut self, place: usize, row: Row) -> V {
        self.0.read(place, row).unwrap_or(V::UNKNOWN)
    }

    #[inline]
    fn fact(&mut self, place: usize, row: Row) -> V {
        self.value(place, row)
    }

    #[inline]
    fn row(&self, entity: usize, number: usize) -> Row {
        self.0.row(entity, number)
    }
}

/// Only what is asked for, and no part that can no longer decide. Kleene logic makes the order unobservable.
struct Lazy<'a> {
    run: &'a Run<'a>,
    frame: &'a mut Frame,
}

/// Marks a value that nobody has asked for yet: no interval is empty.
const UNSEEN: V = V {
    lo: i64::MAX,
    hi: i64::MIN,
};

impl Source for Lazy<'_> {
    #[inline]
    fn value(&mut self, place: usize, row: Row) -> V {
        match self.frame.read(place, row) {
            Some(seen) if seen.lo <= seen.hi => seen,
            _ => self.ask(place, row),
        }
    }

    #[inline]
    fn fact(&mut self, place: usize, row: Row) -> V {
        match self.run.code.steps.get(place) {
            Some(Step::Fact(fact)) => self.run.input.value(ix(*fact), row.number),
            _ => V::UNKNOWN,
        }
    }

    #[inline]
    fn row(&self, entity: usize, number: usize) -> Row {
        self.frame.row(entity, number)
    }
}

impl Lazy<'_> {
    #[inline(never)]
    fn ask(&mut self, place: usize, row: Row) -> V {
        let run = self.run;
        let Some(step) = run.code.steps.get(place) else {
            return V::UNKNOWN;
        };
        let value = run.compute(self, place, step, row);
        self.frame.write(place, row, value);
        value
    }
}

impl<'a> Run<'a> {
    fn new(set: &'a PackSet, plan: &'a Plan, params: &'a Params, input: &'a Data) -> Self {
        let program = &plan.program;
        Self {
            set,
            program,
            code: if input.has_findings {
                &program.found
            } else {
                &program.plain
            },
            params,
            input,
        }
    }

    /// Some places, in order, for every row of their entity.
    fn all(&self, places: &[usize], rows: &[usize], mut frame: Frame) -> Frame {
        for place in places {
            let Some(step) = self.code.steps.get(*place) else {
                continue;
            };
            let entity = self.entity(*place);
            for number in 0..rows.get(entity).copied().unwrap_or(0) {
                let row = frame.row(entity, number);
                let value = self.compute(&mut Eager(&frame), *place, step, row);
                frame.write(*place, row, value);
            }
        }
        frame
    }

    fn entity(&self, place: usize) -> usize {
        self.program.entities.get(place).copied().unwrap_or(0)
    }

    /// The row that a link of a row points to.
    fn target(&self, place: usize, link: u32, row: Row) -> Option<usize> {
        self.input.target(self.entity(place), ix(link), row.number)
    }

    /// What a row reads; its entity matters only where that lies neither in the row nor in the root.
    #[inline]
    fn read<S: Source>(
        &self,
        source: &mut S,
        operand: Operand,
        row: Row,
        entity: impl FnOnce() -> usize,
    ) -> V {
        if operand.is_above() {
            return self.above(source, operand.place(), entity(), row);
        }
        let row = if operand.is_root() { Row::ROOT } else { row };
        if operand.is_fact() {
            source.fact(operand.place(), row)
        } else {
            source.value(operand.place(), row)
        }
    }

    /// A value of the row above that a row of an entity belongs to.
    #[cold]
    #[inline(never)]
    fn above<S: Source>(&self, source: &mut S, place: usize, mut entity: usize, row: Row) -> V {
        let (own, mut number) = (self.entity(place), row.number);
        while entity != own {
            let parent = self.set.entities.get(entity).and_then(|e| e.parent);
            let parents = self.input.parents.get(entity);
            let above = parents.and_then(|p| p.get(number));
            let (Some(parent), Some(above)) = (parent, above) else {
                return V::UNKNOWN;
            };
            (entity, number) = (parent, *above);
        }
        let row = source.row(own, number);
        source.value(place, row)
    }

    fn list(&self, stretch: Stretch) -> &[Operand] {
        stretch.of(&self.code.lists)
    }

    /// The definition of every operation. What is rare and large stands apart, so that the rest stays quick.
    #[inline]
    fn compute<S: Source>(&self, source: &mut S, place: usize, step: &Step, row: Row) -> V {
        let mut get = |o: &Operand| self.read(source, *o, row, || self.entity(place));
        match step {
            Step::Const(value) => V::known(*value),
            Step::Today => V::known(self.input.on.number()),
            Step::Fact(fact) => self.input.value(ix(*fact), row.number),
            Step::Param(param, keys) => self.figure(source, *param, *keys, place, row),
            Step::Formula(finding, rule) => {
                let found = self.input.value(ix(*finding), row.number);
                if found.is_known() { found } else { get(rule) }
            }
            Step::Finding(finding, truth) => {
                let found = self.input.value(ix(*finding), row.number);
                if found.is_known() {
                    found
                } else {
                    open(*truth)
                }
            }
            Step::Rule(rule) => get(rule),
            Step::NoRule(truth) => open(*truth),
            Step::Not(a) => get(a).not(),
            Step::And(list) => {
                let mut all = V::TRUE;
                for part in self.list(*list) {
                    all = all.min(get(part));
                    if all == V::FALSE {
                        break;
                    }
                }
                all
            }
            Step::Or(list) => {
                let mut any = V::FALSE;
                for part in self.list(*list) {
                    any = any.max(get(part));
                    if any == V::TRUE {
                        break;
                    }
                }
                any
            }
            Step::Min(list) => self
                .list(*list)
                .iter()
                .map(get)
                .reduce(V::min)
                .unwrap_or(V::UNKNOWN),
            Step::Max(list) => self
                .list(*list)
                .iter()
                .map(get)
                .reduce(V::max)
                .unwrap_or(V::UNKNOWN),
            Step::Lt(a, b) => get(a).lt(get(b)),
            Step::Le(a, b) => get(a).le(get(b)),
            Step::Eq(a, b) => get(a).eq(get(b)),
            Step::In(a, values) => get(a).is_in(values.of(&self.code.numbers)),
            Step::Add(a, b) => get(a).add(get(b)),
            Step::Sub(a, b) => get(a).sub(get(b)),
            Step::Mul(a, b) => get(a).mul(get(b)),
            Step::Scale(a, k) => get(a).scale(*k),
            Step::MulRound(a, b, rule) => {
                let product = get(a).get().zip(get(b).get());
                let product = product.and_then(|(x, y)| i128::from(x).checked_mul(i128::from(y)));
                round(product, Some(i128::from(RATIO_ONE)), get(rule))
            }
            Step::DivRound(a, b, rule) => round(
                get(a).get().map(i128::from),
                get(b).get().map(i128::from),
                get(rule),
            ),
            Step::RoundTo(a, b, rule) => {
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
            Step::If(test, yes, no, truth) => match get(test).get() {
                Some(1) => get(yes),
                Some(_) => get(no),
                None => open(*truth),
            },
            Step::Has(a) => V::bool(get(a).is_known()),
            Step::HasLink(link) => V::bool(self.target(place, *link, row).is_some()),
            Step::Coalesce(a, value) => {
                let found = get(a);
                if found.is_known() {
                    found
                } else {
                    V::known(*value)
                }
            }
            Step::Age(a, b) => days(get(a), get(b), |x, y| x.age_on(y, Birthday::LastOfFebruary)),
            Step::MonthsBetween(a, b) => days(get(a), get(b), Day::months_until),
            Step::AddMonths(a, b) => moved(get(a), get(b), |x, n| Some(x.add_months(n))),
            Step::AddDays(a, b, minus) => moved(get(a), get(b), |x, n| {
                let n = if *minus { n.checked_neg()? } else { n };
                Day::from_number(x.number().checked_add(n)?)
            }),
            Step::AddWorkingDays(a, b) => {
                let calendar: &Calendar = &self.set.calendar;
                moved(get(a), get(b), |x, n| calendar.add_working_days(x, n))
            }
            Step::FirstOfMonth(a, next) => moved(get(a), V::known(0), |x, _| {
                let first = x.first_of_month();
                Some(if *next { first.add_months(1) } else { first })
            }),
            Step::Year(a) => days(get(a), V::known(0), |x, _| i64::from(x.year())),
            Step::Month(a) => days(get(a), V::known(0), |x, _| i64::from(x.month())),
            Step::Gather(link, inner, truth) => match self.target(place, *link, row) {
                // what is read there may stand above the row: a programme not in force is a constant of the root
                Some(number) => {
                    let links = self.set.entities.get(self.entity(place));
                    let link = links.and_then(|e| e.links.get(ix(*link)));
                    let to = link.map_or(0, |(_, to)| *to);
                    self.above(source, ix(*inner), to, source.row(to, number))
                }
                None => open(*truth),
            },
            Step::Agg(which) => self.aggregate(source, *which, row),
        }
    }

    /// The figure of a parameter for the keys a row has.
    #[inline(never)]
    fn figure<S: Source>(
        &self,
        source: &mut S,
        param: u32,
        keys: Stretch,
        place: usize,
        row: Row,
    ) -> V {
        let keys = self.list(keys);
        let mut known = [V::UNKNOWN; MAX_KEYS];
        for (slot, key) in known.iter_mut().zip(keys) {
            *slot = self.read(source, *key, row, || self.entity(place));
        }
        let known = known.get(..keys.len()).unwrap_or_default();
        self.params.lookup(ix(param), known).0
    }

    /// What the rows below a row come to.
    #[inline(never)]
    fn aggregate<S: Source>(&self, source: &mut S, which: u32, row: Row) -> V {
        let Some(aggregate) = self.code.aggregates.get(ix(which)) else {
            return V::UNKNOWN;
        };
        let child = aggregate.child;
        let mut all = Tally::new(aggregate.kind);
        let parents = self.input.parents.get(child);
        let parents = parents.map(Vec::as_slice).unwrap_or_default();
        for (number, parent) in parents.iter().enumerate() {
            if *parent != row.number {
                continue;
            }
            let below = source.row(child, number);
            let mut get = |o: Operand| self.read(source, o, below, || child);
            let keep = aggregate.filter.map_or(V::TRUE, &mut get);
            if keep != V::FALSE {
                all.take(keep, aggregate.value.map_or(V::TRUE, &mut get));
            }
        }
        let complete = self.set.entities.get(child).and_then(|e| e.complete);
        let known_whole = |fact| self.input.value(fact, row.number) == V::TRUE;
        let whole = complete.is_none_or(known_whole);
        all.close(whole, aggregate.bounds, aggregate.ty)
    }
}

/// The definition of the operations that read nothing but other nodes, for values that stand elsewhere.
pub(crate) struct Apply<'a> {
    set: &'a PackSet,
    program: Program,
    params: Params,
    input: Input,
}

/// One of these operations.
pub(crate) struct Applied<'a> {
    apply: &'a Apply<'a>,
    code: Code,
}

impl<'a> Apply<'a> {
    pub(crate) fn new(set: &'a PackSet) -> Self {
        Self {
            set,
            program: Program::default(),
            params: Params { tables: Vec::new() },
            input: Input::empty(set),
        }
    }

    /// The operation of a node.
    pub(crate) fn node(&self, node: &Node) -> Applied<'_> {
        Applied {
            apply: self,
            code: Code::of_one(node),
        }
    }
}

impl Applied<'_> {
    /// The value of the node, where `value` gives those of the nodes it reads.
    pub(crate) fn value(&self, value: impl Fn(NodeId) -> V) -> V {
        let run = Run {
            set: self.apply.set,
            program: &self.apply.program,
            code: &self.code,
            params: &self.apply.params,
            input: &self.apply.input,
        };
        let step = self.code.steps.first();
        step.map_or(V::UNKNOWN, |step| {
            run.compute(&mut Given(value), 0, step, Row::ROOT)
        })
    }
}

/// Values by the number of the node.
struct Given<F>(F);

impl<F: Fn(NodeId) -> V> Source for Given<F> {
    fn value(&mut self, place: usize, _row: Row) -> V {
        NodeId::try_from(place).map_or(V::UNKNOWN, &self.0)
    }

    fn fact(&mut self, place: usize, row: Row) -> V {
        self.value(place, row)
    }

    fn row(&self, _entity: usize, _number: usize) -> Row {
        Row::ROOT
    }
}

/// An aggregate on its way.
pub(crate) struct Tally {
    kind: AggK,
    v: V,
    /// For a sum: the bounds so far; `None`: there is none.
    sum: (Option<i128>, Option<i128>),
    certain: bool,
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
            sum: (Some(0), Some(0)),
            certain: false,
        }
    }

    pub(crate) fn take(&mut self, keep: V, value: V) {
        let sure = keep == V::TRUE;
        match self.kind {
            AggK::All => self.v = self.v.min(keep.not().max(value)),
            AggK::Exists => self.v = self.v.max(keep.min(value)),
            AggK::Count => self.v = self.v.add(keep),
            AggK::Sum => {
                let v = if sure { value } else { value.hull(V::known(0)) };
                let add = |so_far: Option<i128>, bound: i64| {
                    let bound = (!is_open(bound)).then_some(i128::from(bound));
                    so_far.zip(bound).and_then(|(x, y)| x.checked_add(y))
                };
                self.sum = (add(self.sum.0, v.lo), add(self.sum.1, v.hi));
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

    /// The sum, once all rows are in, so that their order does not matter: too large is unknown.
    fn total(&self) -> V {
        if self.kind != AggK::Sum {
            return self.v;
        }
        let end = |sum: Option<i128>, open: i64| match sum {
            None => Some(open),
            Some(sum) => i64::try_from(sum).ok().filter(|n| !is_open(*n)),
        };
        match (end(self.sum.0, i64::MIN), end(self.sum.1, i64::MAX)) {
            (Some(lo), Some(hi)) => V { lo, hi },
            _ => V::UNKNOWN,
        }
    }

    /// `whole`: no row is missing; `bounds`: what a missing row's value could be.
    pub(crate) fn close(self, whole: bool, bounds: V, ty: Type) -> V {
        let v = self.total();
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

/// Any value, or any truth.
fn open(truth: bool) -> V {
    if truth { V::MAYBE } else { V::UNKNOWN }
}

#[inline(never)]
fn round(a: Option<i128>, b: Option<i128>, rule: V) -> V {
    let rule = rule.get().and_then(Rounding::from_index);
    match (a, b, rule) {
        (Some(a), Some(b), Some(rule)) => div_round(a, b, rule).map_or(V::UNKNOWN, V::known),
        _ => V::UNKNOWN,
    }
}

#[inline(never)]
fn days(x: V, y: V, f: impl Fn(Day, Day) -> i64) -> V {
    match (
        x.get().and_then(Day::from_number),
        y.get().and_then(Day::from_number),
    ) {
        (Some(x), Some(y)) => V::known(f(x, y)),
        _ => V::UNKNOWN,
    }
}

fn moved(x: V, n: V, f: impl Fn(Day, i64) -> Option<Day>) -> V {
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
