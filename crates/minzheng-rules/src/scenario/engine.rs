//! Packs ready to decide, and what they decide.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::date::Day;
use crate::error::Diagnostics;
use crate::facts::{Document, Input, Overlay, RowRef};
use crate::ir::{NodeId, Plan, ix, link, versions};
use crate::lang::{Outcome, Type};
use crate::pack::PackSet;
use crate::pack::model::{Formula, Programme};
use crate::scalar::{Frame, Params, Part, V, demand, evaluate, fold};
use crate::truth::Truth;

/// How many plans and resolved figures one engine keeps.
const CACHE: usize = 4_096;

/// Packs ready to decide: plans are linked once for every set of rules in force, and shared between threads.
#[derive(Debug)]
pub struct Engine {
    set: Arc<PackSet>,
    /// The facts of the root that are places.
    place_facts: Vec<usize>,
    plans: Mutex<BTreeMap<Vec<u32>, Arc<Plan>>>,
    regimes: Mutex<BTreeMap<RegimeKey, Arc<Regime>>>,
}

/// Highest plan that is evaluated on demand, so that the stack is bounded.
const MAX_HEIGHT: usize = 400;

/// Places, and the spans between two days of change that `on` and `known_on` lie in. `on` itself where a figure reads it.
type RegimeKey = (Vec<i64>, i64, usize);

/// The law for a day and places: a plan and its figures.
#[derive(Debug)]
pub(crate) struct Regime {
    pub(crate) plan: Arc<Plan>,
    pub(crate) params: Params,
    pub(crate) folded: Vec<V>,
}

impl Regime {
    /// The value of a node that depends on the law alone.
    pub(crate) fn constant(&self, id: NodeId) -> V {
        let slot = self.plan.layout.get(ix(id)).map_or(usize::MAX, |l| l.1);
        self.folded.get(slot).copied().unwrap_or(V::UNKNOWN)
    }

    fn evaluate(&self, set: &PackSet, input: &Input, part: Part) -> Frame {
        evaluate(set, &self.plan, &self.params, &self.folded, input, part)
    }

    /// A frame in which values are found when they are asked for; `None` where the plan is too high for that.
    fn blank(&self, input: &Input, part: Part) -> Option<Frame> {
        let is_low = self.plan.height <= MAX_HEIGHT;
        is_low.then(|| Frame::blank(&self.plan, &self.folded, input, part))
    }

    fn demand(&self, set: &PackSet, input: &Input, frame: &mut Frame, at: (NodeId, usize)) -> V {
        demand(set, &self.plan, &self.params, input, frame, at)
    }

    /// Whether a regime under the same plan gives every case the same answers, whatever places and notices its figures come from.
    pub(crate) fn has_figures_of(&self, other: &Self) -> bool {
        self.folded == other.folded && self.params.has_figures_of(&other.params)
    }
}

impl Engine {
    /// An engine over checked packs.
    pub fn new(set: PackSet) -> Self {
        let is_place = |f: &crate::pack::model::Fact| f.entity == 0 && f.ty == Type::Place;
        let place_facts = set
            .facts
            .iter()
            .enumerate()
            .filter(|(_, f)| is_place(f))
            .map(|(i, _)| i)
            .collect();
        Self {
            set: Arc::new(set),
            place_facts,
            plans: Mutex::new(BTreeMap::new()),
            regimes: Mutex::new(BTreeMap::new()),
        }
    }

    /// The packs.
    pub fn packs(&self) -> &PackSet {
        &self.set
    }

    /// Checks a case and decides it.
    ///
    /// # Errors
    /// What [`PackSet::bind`] finds.
    pub fn assess(&self, document: &Document<'_>) -> Result<Assessment, Diagnostics> {
        Ok(self.evaluate(&self.set.bind(document)?))
    }

    /// Decides a checked case and keeps every value for the explanation. A formula that no programme needs is evaluated
    /// when it, or another such formula, is first asked for.
    pub fn evaluate(&self, input: &Input) -> Assessment {
        let regime = self.regime(input);
        let values = Values::found(&self.set, &regime, input);
        Assessment {
            set: Arc::clone(&self.set),
            regime,
            input: input.clone(),
            values,
        }
    }

    /// The same for who asks for a few values only: each is found when it is asked for, with no more of the plan than it needs.
    ///
    /// ```
    /// # use minzheng_rules::{facts::Document, pack::{PackSet, PackSource, SourceFile}, scenario::Engine};
    /// # let source = SourceFile::new("pack.toml", r#"
    /// #     [pack]
    /// #     id = "small"
    /// #     title = { zh = "小包", en = "small pack" }
    /// #     publisher = "example"
    /// #     version = "1"
    /// #     level = "nation"
    /// #     place = "000000"
    /// #     reviewed_on = 2026-01-01
    /// #     [[entity]]
    /// #     id = "case"
    /// #     [[fact]]
    /// #     id = "income"
    /// #     entity = "case"
    /// #     type = "money/month"
    /// #     title = { zh = "收入", en = "income" }
    /// #     [[formula]]
    /// #     id = "low"
    /// #     entity = "case"
    /// #     type = "bool"
    /// #     from = 2020-01-01
    /// #     status = "invented"
    /// #     expr = "income < yuan(100)"
    /// # "#);
    /// # let engine = Engine::new(PackSet::load(&[PackSource::new(vec![source])]).map_err(|e| e.to_string())?);
    /// # let case = Document::from_toml("case.toml", "on = 2026-01-01\n[case]\nincome = \"99.99/month\"")?;
    /// // a pack with the formula `low = income < yuan(100)`, a case with 99.99 yuan a month
    /// let answer = engine.prepare(engine.packs().bind(&case)?);
    /// let (low, _) = answer.value("low", None).ok_or("no formula `low`")?;
    /// assert_eq!(low.get(), Some(1));
    /// // and what it rests on
    /// let facts: Vec<&str> = answer.facts_of(&["low"], 0).into_iter().map(|(id, _)| id).collect();
    /// assert_eq!(facts, ["income"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prepare(&self, input: Input) -> Assessment {
        let regime = self.regime(&input);
        let values = match regime.blank(&input, Part::Whole) {
            Some(frame) => Values::Asked(Arc::new(Mutex::new(frame))),
            None => Values::found(&self.set, &regime, &input),
        };
        Assessment {
            set: Arc::clone(&self.set),
            regime,
            input,
            values,
        }
    }

    /// Decides a checked case for its outcomes alone: the truth of every programme for every row, in the order of tests.
    pub fn decide(&self, input: &Input) -> Vec<Truth> {
        let regime = self.regime(input);
        let mut wanted = Vec::new();
        for (plan, programme) in regime.plan.programmes.iter().zip(&self.set.programmes) {
            let own = regime.plan.layout.get(ix(plan.eligible)).map_or(0, |l| l.0);
            for row in 0..input.row_count(programme.entity) {
                wanted.push((plan.eligible, if own == 0 { 0 } else { row }));
            }
        }
        let values: Vec<V> = match regime.blank(input, Part::Core) {
            Some(mut frame) => {
                let value = |at: &(NodeId, usize)| regime.demand(&self.set, input, &mut frame, *at);
                wanted.iter().map(value).collect()
            }
            None => {
                let frame = regime.evaluate(&self.set, input, Part::Core);
                let value = |(id, row): &(NodeId, usize)| frame.get(*id, *row);
                wanted.iter().map(value).collect()
            }
        };
        values.into_iter().map(V::truth).collect()
    }

    /// The law as it stands for a case.
    pub(crate) fn regime(&self, input: &Input) -> Arc<Regime> {
        let place = |f: &usize| input.value(*f, 0).get().unwrap_or(i64::MIN);
        let places: Vec<i64> = self.place_facts.iter().map(place).collect();
        let key = (
            places,
            input.on.number(),
            self.set.knowledge.partition_point(|d| *d <= input.known_on),
        );
        if input.overlays.is_empty() {
            let cache = self.regimes.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = cache.get(&key) {
                return Arc::clone(found);
            }
        }
        let regime = Arc::new(self.build(input));
        if input.overlays.is_empty() {
            let mut cache = self.regimes.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= CACHE {
                cache.clear();
            }
            cache.insert(key, Arc::clone(&regime));
        }
        regime
    }

    /// The facts of the root that are places.
    pub(crate) fn place_facts(&self) -> &[usize] {
        &self.place_facts
    }

    /// The law for cases whose places have these values, in the order of [`Engine::place_facts`].
    pub(crate) fn regime_at(
        &self,
        places: &[V],
        on: Day,
        known_on: Day,
        overlays: &[Overlay],
    ) -> Arc<Regime> {
        let given = self.place_facts.iter().copied().zip(places.iter().copied());
        let mut input = Input::of_one_row(&self.set, on, known_on, given);
        input.add_overlays(overlays.iter().cloned());
        // who asks keeps what it needs: the figures of a hundred places are mostly the same
        Arc::new(self.build(&input))
    }

    fn build(&self, input: &Input) -> Regime {
        // rules are read at the first place fact: the place of registration
        let place = self
            .place_facts
            .first()
            .and_then(|f| input.value(*f, 0).get());
        let chain = place.map_or_else(Vec::new, |code| self.set.places.chain(code));
        let plan = self.plan(&chain, input.on, input.known_on);
        let params = Params::resolve(&self.set, input);
        let folded = fold(&self.set, &plan, &params, input);
        Regime {
            plan,
            params,
            folded,
        }
    }

    fn plan(&self, chain: &[i64], on: Day, known_on: Day) -> Arc<Plan> {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut key: Vec<u32> = versions(&self.set, chain, on, known_on)
            .into_iter()
            .map(|v| v.map_or(u32::MAX, small))
            .collect();
        let spans = self
            .set
            .programmes
            .iter()
            .map(|p| &p.span)
            .chain(self.set.relations.iter().map(|r| &r.span));
        key.extend(spans.map(|s| {
            u32::from(s.holds(on, known_on) && s.place.is_none_or(|p| chain.contains(&p)))
        }));
        let found = self
            .plans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .map(Arc::clone);
        found.unwrap_or_else(|| {
            let plan = Arc::new(link(&self.set, chain, on, known_on));
            let mut cache = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= CACHE {
                cache.clear();
            }
            cache.insert(key, Arc::clone(&plan));
            plan
        })
    }
}

/// What was decided for one case, with every value that led to it.
#[derive(Debug, Clone)]
pub struct Assessment {
    pub(crate) set: Arc<PackSet>,
    pub(crate) regime: Arc<Regime>,
    pub(crate) input: Input,
    values: Values,
}

/// The values of a case.
#[derive(Debug, Clone)]
enum Values {
    /// All of them are found together.
    Found {
        /// What programmes need.
        core: Frame,
        /// Every formula, once one was asked for that no programme needs.
        whole: OnceLock<Frame>,
    },
    /// Each is found when it is asked for; a copy shares what was found.
    Asked(Arc<Mutex<Frame>>),
}

impl Values {
    fn found(set: &PackSet, regime: &Regime, input: &Input) -> Self {
        Self::Found {
            core: regime.evaluate(set, input, Part::Core),
            whole: OnceLock::new(),
        }
    }
}

/// The outcome of one programme for one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeOutcome {
    /// Index of the programme in the order of tests.
    pub programme: usize,
    /// The row.
    pub row: RowRef,
    /// Whether it was a programme on that day.
    pub in_force: bool,
    /// Whether all its conditions hold.
    pub qualifies: Truth,
    /// Whether the row is entitled.
    pub eligible: Truth,
    /// The amount in fen and its type, where the programme has one: what is paid if entitled. `None` in it: unknown.
    pub amount: Option<(Option<i64>, Type)>,
}

impl Assessment {
    /// The packs it was decided with.
    pub fn packs(&self) -> &PackSet {
        &self.set
    }

    /// The facts it was decided on.
    pub const fn input(&self) -> &Input {
        &self.input
    }

    /// The value of a node in a row of an entity at or below the node's own.
    pub(crate) fn node_value(&self, id: NodeId, entity: usize, row: usize) -> V {
        let Some(node) = self.regime.plan.nodes.get(ix(id)) else {
            return V::UNKNOWN;
        };
        let row = self.row_for(node.row, entity, row);
        self.at(id, row)
    }

    /// The value of a node in a row of its own entity.
    pub(crate) fn at(&self, id: NodeId, row: usize) -> V {
        match &self.values {
            Values::Found { whole, .. } if self.regime.plan.is_aside(id) => {
                let all = || self.regime.evaluate(&self.set, &self.input, Part::Whole);
                whole.get_or_init(all).get(id, row)
            }
            Values::Found { core, .. } => core.get(id, row),
            Values::Asked(frame) => {
                let mut frame = frame.lock().unwrap_or_else(PoisonError::into_inner);
                self.regime
                    .demand(&self.set, &self.input, &mut frame, (id, row))
            }
        }
    }

    pub(crate) fn row_for(&self, above: usize, mut entity: usize, mut row: usize) -> usize {
        if above == 0 {
            return 0;
        }
        while entity != above {
            let Some(parent) = self.set.entities.get(entity).and_then(|e| e.parent) else {
                return row;
            };
            row = self
                .input
                .parents
                .get(entity)
                .and_then(|p| p.get(row))
                .copied()
                .unwrap_or(0);
            entity = parent;
        }
        row
    }

    /// Every programme for every row of its entity, in the order of tests.
    pub fn outcomes(&self) -> Vec<ProgrammeOutcome> {
        let mut out = Vec::new();
        for plan in &self.regime.plan.programmes {
            let Some(programme) = self.set.programmes.get(plan.programme) else {
                continue;
            };
            for row in 0..self.input.row_count(programme.entity) {
                let at = |id| self.node_value(id, programme.entity, row);
                let ty = programme
                    .amount
                    .and_then(|f| self.set.formulas.get(f))
                    .map(|f| f.ty);
                out.push(ProgrammeOutcome {
                    programme: plan.programme,
                    row: RowRef {
                        entity: programme.entity,
                        row,
                    },
                    in_force: plan.in_force,
                    qualifies: at(plan.qualifies).truth(),
                    eligible: at(plan.eligible).truth(),
                    amount: plan.amount.zip(ty).map(|(id, ty)| (at(id).get(), ty)),
                });
            }
        }
        out
    }

    /// The conditions of a programme, by its index, that are asked on the day and at the place of the case.
    pub fn conditions(&self, programme: usize) -> impl Iterator<Item = &Formula> {
        let mut plans = self.regime.plan.programmes.iter();
        let plan = plans.find(|plan| plan.programme == programme);
        let asked = plan.into_iter().flat_map(|plan| &plan.conditions);
        asked.filter_map(|(formula, _)| self.set.formulas.get(*formula))
    }

    /// A value by the words of packs: `id` of a formula, `PROGRAMME/CONDITION`, or `PROGRAMME.eligible|qualifies|amount`; `row` is the
    /// id of a row for things of an entity below the root.
    pub fn value(&self, id: &str, row: Option<&str>) -> Option<(V, Type)> {
        let (node, entity, ty) = named_node(&self.set, &self.regime.plan, id)?;
        let row = match (entity, row) {
            (0, None) => 0,
            (0, Some(_)) | (_, None) => return None,
            (_, Some(id)) => self.input.ids.get(entity)?.iter().position(|i| i == id)?,
        };
        Some((self.node_value(node, entity, row), ty))
    }

    /// The figure of a parameter without keys, for the place and day of the case, with its type.
    pub fn parameter(&self, id: &str) -> Option<(V, Type)> {
        let index = *self.set.params_by_id.get(id)?;
        let parameter = self.set.parameters.get(index)?;
        let value = self.regime.params.lookup(index, &[]).0;
        parameter.keys.is_empty().then_some((value, parameter.ty))
    }

    /// The value of a node by its number in [`crate::export::Exported::nodes`] of the same day and place, in a row of its entity.
    pub fn node(&self, number: u32, row: usize) -> Option<V> {
        let node = self.regime.plan.nodes.get(ix(number))?;
        (row < self.input.row_count(node.row)).then(|| self.at(number, row))
    }

    /// The truth of a condition, a yes/no formula or an outcome; see [`Assessment::value`].
    pub fn truth(&self, id: &str, row: Option<&str>) -> Option<Truth> {
        match self.value(id, row)? {
            (v, Type::Bool) => Some(v.truth()),
            _ => None,
        }
    }

    /// The programme with this index.
    pub fn programme(&self, index: usize) -> Option<&Programme> {
        self.set.programmes.get(index)
    }
}

/// The node, entity and type of a formula, condition or outcome by the words of packs; see [`Assessment::value`].
pub(crate) fn named_node(set: &PackSet, plan: &Plan, id: &str) -> Option<(NodeId, usize, Type)> {
    if let Some(index) = set.formulas_by_id.get(id) {
        let formula = set.formulas.get(*index)?;
        let node = plan.formulas.get(*index).copied().flatten()?;
        return Some((node, formula.entity, formula.ty));
    }
    let (programme, word) = id.rsplit_once('.')?;
    let index = set.programmes.iter().position(|p| p.id == programme)?;
    let (plan, programme) = (plan.programmes.get(index)?, set.programmes.get(index)?);
    let (node, ty) = match crate::pack::outcome_word(word)? {
        Outcome::Qualifies => (plan.qualifies, Type::Bool),
        Outcome::Eligible => (plan.eligible, Type::Bool),
        Outcome::Amount => (plan.amount?, set.formulas.get(programme.amount?)?.ty),
    };
    Some((node, programme.entity, ty))
}
