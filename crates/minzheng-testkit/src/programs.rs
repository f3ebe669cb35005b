//! Random typed programs of the rule language, and random cases for them: what every evaluator of a plan must agree on.
//!
//! A program is a pack: a fixed vocabulary ([`VOCABULARY`]) of three levels of tables with links, facts of every type,
//! figures with codes, bands and gaps, and a calendar with a gap; above it formulas and conditions made from a tape of
//! numbers. Reading zeros from the tape gives the simplest choice, so a shrinking tape shrinks the program.
//!
//! ```
//! use minzheng_rules::{pack::PackSet, scenario::Engine};
//! use minzheng_testkit::programs::{Case, Program};
//!
//! let program = Program::from_tape(&[7, 3, 11, 2]);
//! let engine = Engine::new(PackSet::load(&[program.source()]).map_err(|e| e.to_string())?);
//! let answer = engine.assess(&Case::from_tape(&[1, 2, 3]).document(&program)).map_err(|e| e.to_string())?;
//! assert!(answer.value(&program.formulas[0].id, None).is_some() || program.formulas[0].entity != "unit");
//! # Ok::<(), String>(())
//! ```

use std::fmt::Write as _;

use minzheng_rules::date::Day;
use minzheng_rules::facts::Document;
use minzheng_rules::pack::{PackSource, SourceFile};
use proptest::prelude::*;
use toml::{Table, Value};

use crate::tape::Tape;

/// The day every case is decided on.
pub const ON: &str = "2026-07-15";

/// The place of every case.
pub const PLACE: &str = "159921";

/// The part of the pack that is the same in every program, without its facts.
pub const VOCABULARY: &str = r#"
[pack]
id = "programs"
title = { zh = "随机程序", en = "random programs" }
publisher = "Minzheng"
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
complete = "parts_complete"
links = { boss = "part" }

[[entity]]
id = "record"
parent = "part"
collection = "records"
complete = "records_complete"
links = { peer = "part" }

[[entity]]
id = "tag"
parent = "unit"
collection = "tags"
links = { near = "part" }

[[codes]]
id = "colour"
title = { zh = "颜色", en = "colour" }
values = [{ id = "red", zh = "红", en = "red" }, { id = "green", zh = "绿", en = "green" }, { id = "blue", zh = "蓝", en = "blue" }]

[[codes]]
id = "shape"
title = { zh = "形状", en = "shape" }
values = [{ id = "round", zh = "圆", en = "round" }, { id = "flat", zh = "平", en = "flat" }]

[[parameter]]
id = "figure.limit"
type = "money"
title = { zh = "限额", en = "limit" }
[[value]]
parameter = "figure.limit"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = "300.50"

[[parameter]]
id = "figure.none"
type = "money/month"
title = { zh = "未定", en = "not set" }
low = 0
high = 5000
place = "home_place"

[[parameter]]
id = "figure.months"
type = "months"
title = { zh = "月数", en = "months" }
[[value]]
parameter = "figure.months"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = 7

[[parameter]]
id = "figure.rate"
type = "ratio"
title = { zh = "比例", en = "rate" }
[[value]]
parameter = "figure.rate"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = "0.3333"

[[parameter]]
id = "figure.rounding"
type = "code:rounding"
title = { zh = "取整", en = "rounding" }
[[value]]
parameter = "figure.rounding"
from = 2020-01-01
published = 2020-01-01
status = "invented"
value = "up"

[[parameter]]
id = "figure.by_colour"
type = "money/month"
title = { zh = "按颜色", en = "by colour" }
keys = ["colour"]
low = 0
high = 9000
[[value]]
parameter = "figure.by_colour"
from = 2020-01-01
published = 2020-01-01
status = "invented"
rows = [{ colour = "red", value = "820" }, { colour = "green", value = "615" }, { colour = "blue", value = "0" }]

[[parameter]]
id = "figure.by_both"
type = "count"
title = { zh = "按颜色和形状", en = "by colour and shape" }
keys = ["colour", "shape"]
[[value]]
parameter = "figure.by_both"
from = 2020-01-01
published = 2020-01-01
status = "invented"
rows = [
  { colour = "red", shape = "round", value = 3 },
  { colour = "red", shape = "flat", value = 5 },
  { colour = "green", shape = "round", value = 0 },
  { colour = "blue", shape = "round", value = 9 },
  { colour = "blue", shape = "flat", value = 2 },
]

[[parameter]]
id = "figure.band"
type = "money"
title = { zh = "分档", en = "bands" }
keys = ["many:count"]
low = 0
high = 700
[[value]]
parameter = "figure.band"
from = 2020-01-01
published = 2020-01-01
status = "invented"
rows = [{ many = 0, value = "10" }, { many = 3, value = "50" }, { many = 60, value = "100" }]

[[parameter]]
id = "figure.mixed"
type = "money/year"
title = { zh = "分档并按颜色", en = "bands by colour" }
keys = ["colour", "many:count"]
[[value]]
parameter = "figure.mixed"
from = 2020-01-01
published = 2020-01-01
status = "invented"
rows = [
  { colour = "red", many = 0, value = "10" },
  { colour = "red", many = 2, value = "20" },
  { colour = "green", many = 1, value = "7" },
  { colour = "blue", many = -5, value = "1" },
]

[[parameter]]
id = "figure.two_bands"
type = "count"
title = { zh = "两档", en = "two bands" }
keys = ["many:count", "much:count"]
[[value]]
parameter = "figure.two_bands"
from = 2020-01-01
published = 2020-01-01
status = "invented"
rows = [
  { many = 0, much = 0, value = 1 },
  { many = 0, much = 5, value = 2 },
  { many = 3, much = 2, value = 3 },
  { many = 3, much = 0, value = 4 },
]

[[calendar]]
year = 2025
rest_days = [2025-10-01, 2025-10-02, 2025-12-31]
work_days = [2025-09-28]
status = "invented"

[[calendar]]
year = 2026
rest_days = [2026-01-01]
work_days = [2026-01-04, 2026-12-26]
status = "invented"

[[calendar]]
year = 2028
rest_days = [2028-01-03]
status = "invented"

[[formula]]
id = "unset"
entity = "part"
type = "count"
attestable = true
from = 2099-01-01
published = 2020-01-01
status = "invented"
expr = "3"

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
"#;

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ty {
    Bool,
    Count,
    Ratio,
    Once,
    Month,
    Year,
    Date,
    Days,
    Months,
    Colour,
    Shape,
    Rounding,
}

const TYPES: [Ty; 12] = [
    Ty::Bool,
    Ty::Count,
    Ty::Once,
    Ty::Month,
    Ty::Date,
    Ty::Year,
    Ty::Days,
    Ty::Months,
    Ty::Ratio,
    Ty::Colour,
    Ty::Shape,
    Ty::Rounding,
];

impl Ty {
    const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Once => "money",
            Self::Month => "money/month",
            Self::Year => "money/year",
            Self::Date => "date",
            Self::Days => "days",
            Self::Months => "months",
            Self::Colour => "code:colour",
            Self::Shape => "code:shape",
            Self::Rounding => "code:rounding",
        }
    }
}

/// A table: its id, the one above, the word for its rows, its links.
type Entity = (
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static [&'static str],
);

/// Every link points to a part.
const ENTITIES: [Entity; 4] = [
    ("unit", None, "", &[]),
    ("part", Some("unit"), "parts", &["boss"]),
    ("record", Some("part"), "records", &["peer"]),
    ("tag", Some("unit"), "tags", &["near"]),
];

/// A fact: entity, id, type, lowest and highest sensible value as a pack writes them.
type Fact = (&'static str, &'static str, Ty, &'static str, &'static str);

const FACTS: &[Fact] = &[
    ("unit", "parts_complete", Ty::Bool, "", ""),
    ("unit", "u_yes", Ty::Bool, "", ""),
    ("unit", "u_no", Ty::Bool, "", ""),
    ("unit", "u_count", Ty::Count, "-5", "9"),
    ("unit", "u_free", Ty::Count, "", ""),
    ("unit", "u_once", Ty::Once, "0", "1000000"),
    ("unit", "u_wild", Ty::Once, "", ""),
    ("unit", "u_month", Ty::Month, "0", ""),
    ("unit", "u_year", Ty::Year, "", "5000"),
    ("unit", "u_day", Ty::Date, "", ""),
    ("unit", "u_days", Ty::Days, "", ""),
    ("unit", "u_months", Ty::Months, "", ""),
    ("unit", "u_ratio", Ty::Ratio, "0", "2"),
    ("unit", "u_colour", Ty::Colour, "", ""),
    ("unit", "u_shape", Ty::Shape, "", ""),
    ("unit", "u_rounding", Ty::Rounding, "", ""),
    ("part", "records_complete", Ty::Bool, "", ""),
    ("part", "p_yes", Ty::Bool, "", ""),
    ("part", "p_no", Ty::Bool, "", ""),
    ("part", "p_count", Ty::Count, "0", "120"),
    ("part", "p_free", Ty::Count, "", ""),
    ("part", "p_once", Ty::Once, "-100", "100"),
    ("part", "p_month", Ty::Month, "0", "90000"),
    ("part", "p_year", Ty::Year, "0", ""),
    ("part", "p_day", Ty::Date, "", ""),
    ("part", "p_days", Ty::Days, "0", "400"),
    ("part", "p_months", Ty::Months, "0", "60"),
    ("part", "p_ratio", Ty::Ratio, "", ""),
    ("part", "p_colour", Ty::Colour, "", ""),
    ("record", "r_yes", Ty::Bool, "", ""),
    ("record", "r_count", Ty::Count, "-3", "3"),
    ("record", "r_once", Ty::Once, "", ""),
    ("record", "r_year", Ty::Year, "0", "100000"),
    ("record", "r_day", Ty::Date, "", ""),
    ("record", "r_shape", Ty::Shape, "", ""),
    ("tag", "t_yes", Ty::Bool, "", ""),
    ("tag", "t_count", Ty::Count, "", ""),
    ("tag", "t_once", Ty::Once, "", "50"),
];

const COLOURS: [&str; 3] = ["red", "green", "blue"];
const SHAPES: [&str; 2] = ["round", "flat"];
const ROUNDINGS: [&str; 4] = ["half_up", "up", "down", "exact"];

/// A rule of a program.
#[derive(Debug, Clone)]
pub struct Formula {
    /// Its id: a formula, or `PROGRAMME/CONDITION`.
    pub id: String,
    /// The id of its entity.
    pub entity: &'static str,
    /// Its expression.
    pub expr: String,
    /// Whether an official's finding may stand for it.
    pub attestable: bool,
    ty: Ty,
}

/// A pack of random rules.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its rules, each reading only those before it.
    pub formulas: Vec<Formula>,
    /// The whole pack as TOML.
    pub pack: String,
}

/// How many formulas a program has beside the conditions of its programmes.
const FORMULAS: usize = 8;

/// How deep an expression may be.
const DEPTH: usize = 4;

impl Program {
    /// The program of a tape.
    pub fn from_tape(tape: &[u32]) -> Self {
        let mut maker = Maker {
            tape: Tape::new(tape),
            formulas: Vec::new(),
            variables: 0,
        };
        let mut pack = VOCABULARY.to_owned();
        pack.push_str("[[fact]]\nid = \"home_place\"\nentity = \"unit\"\ntype = \"place\"\ntitle = { zh = \"地\", en = \"place\" }\n");
        for (entity, id, ty, low, high) in FACTS {
            let _ = writeln!(
                pack,
                "[[fact]]\nid = \"{id}\"\nentity = \"{entity}\"\ntype = \"{}\"\ntitle = {{ zh = \"{id}\", en = \"{id}\" }}",
                ty.word()
            );
            for (end, value) in [("low", low), ("high", high)] {
                if !value.is_empty() {
                    let _ = writeln!(pack, "{end} = {value}");
                }
            }
        }
        for number in 0..FORMULAS {
            let entity = maker.tape.pick(&ENTITIES).map_or("unit", |e| e.0);
            let ty = maker.tape.pick(&TYPES).copied().unwrap_or(Ty::Bool);
            let attestable = maker.tape.seldom(3);
            let formula = maker.rule(format!("f{number}"), entity, ty, attestable);
            let _ = writeln!(
                pack,
                "[[formula]]\nid = \"{}\"\nentity = \"{entity}\"\ntype = \"{}\"\nattestable = {attestable}\nfrom = 2020-01-01\npublished = 2020-01-01\nstatus = \"invented\"\nexpr = '''{}'''",
                formula.id,
                ty.word(),
                formula.expr
            );
        }
        for (order, (id, entity)) in [("first", "unit"), ("second", "part")]
            .into_iter()
            .enumerate()
        {
            let amount = maker.rule(format!("{id}_amount"), entity, Ty::Month, false);
            let _ = writeln!(
                pack,
                "[[formula]]\nid = \"{}\"\nentity = \"{entity}\"\ntype = \"money/month\"\nfrom = 2020-01-01\npublished = 2020-01-01\nstatus = \"invented\"\nexpr = '''{}'''\n\
                 [[programme]]\nid = \"{id}\"\nentity = \"{entity}\"\norder = {}\ntitle = {{ zh = \"{id}\", en = \"{id}\" }}\nfrom = 2020-01-01\nstatus = \"invented\"\namount = \"{}\"",
                amount.id,
                amount.expr,
                order.saturating_add(2),
                amount.id
            );
            for name in ["a", "b"] {
                let condition = maker.rule(format!("{id}/{name}"), entity, Ty::Bool, true);
                let _ = writeln!(
                    pack,
                    "  [[programme.condition]]\n  id = \"{name}\"\n  title = {{ zh = \"{name}\", en = \"{name}\" }}\n  from = 2020-01-01\n  published = 2020-01-01\n  status = \"invented\"\n  expr = '''{}'''",
                    condition.expr
                );
            }
        }
        pack.push_str("[[relation]]\nkind = \"precedes\"\nfirst = \"first\"\nsecond = \"second\"\nfrom = 2020-01-01\nstatus = \"invented\"\n");
        Self {
            formulas: maker.formulas,
            pack,
        }
    }

    /// The pack.
    pub fn source(&self) -> PackSource {
        PackSource::new(vec![SourceFile::new("pack.toml", self.pack.clone())])
    }

    /// The ids of all rules and outcomes: every node of the plan stands below one of them.
    pub fn outputs(&self) -> Vec<String> {
        let formulas = self.formulas.iter().map(|f| f.id.clone());
        let outcomes = ["first", "second"]
            .into_iter()
            .flat_map(|p| ["qualifies", "eligible", "amount"].map(|word| format!("{p}.{word}")));
        let fixed = ["unset", "later.eligible"].map(str::to_owned);
        formulas.chain(outcomes).chain(fixed).collect()
    }
}

/// What an expression may read: words before a name, and the entity of the row they lead to.
#[derive(Clone)]
struct Scope {
    /// The entity of the rule, while its bare names are seen.
    home: Option<&'static str>,
    variables: Vec<(String, &'static str)>,
    inner: &'static str,
}

fn entity(id: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|e| e.0 == id)
}

fn is_above(above: &str, of: &str) -> bool {
    above == of
        || entity(of)
            .and_then(|e| e.1)
            .is_some_and(|parent| is_above(above, parent))
}

impl Scope {
    fn rows(&self) -> Vec<(String, &'static str)> {
        let mut rows: Vec<(String, &'static str)> = Vec::new();
        rows.extend(
            self.variables
                .iter()
                .rev()
                .map(|(v, e)| (format!("{v}."), *e)),
        );
        rows.extend(self.home.map(|home| (String::new(), home)));
        for above in ENTITIES {
            let own =
                self.home == Some(above.0) || self.variables.iter().any(|(_, e)| *e == above.0);
            if is_above(above.0, self.inner) && !own {
                rows.push((format!("{}.", above.0), above.0));
            }
        }
        rows
    }

    /// The rows, and those a link away.
    fn rows_and_links(&self) -> Vec<(String, &'static str)> {
        let mut rows = self.rows();
        for (prefix, of) in rows.clone() {
            for link in entity(of).map_or(&[][..], |e| e.3) {
                rows.push((format!("{prefix}{link}."), "part"));
            }
        }
        rows
    }

    /// Inside a macro over the children of a row.
    fn below(&self, parent: &'static str, child: &'static str, variable: &str) -> Self {
        let mut variables: Vec<_> = self
            .variables
            .iter()
            .filter(|(_, e)| is_above(e, parent))
            .cloned()
            .collect();
        variables.push((variable.to_owned(), child));
        Self {
            home: self.home.filter(|home| is_above(home, parent)),
            variables,
            inner: child,
        }
    }
}

struct Maker<'a> {
    tape: Tape<'a>,
    formulas: Vec<Formula>,
    variables: usize,
}

impl Maker<'_> {
    fn rule(&mut self, id: String, entity: &'static str, ty: Ty, attestable: bool) -> Formula {
        let scope = Scope {
            home: Some(entity),
            variables: Vec::new(),
            inner: entity,
        };
        let expr = self.expr(ty, &scope, DEPTH);
        let formula = Formula {
            id,
            entity,
            expr,
            attestable,
            ty,
        };
        self.formulas.push(formula.clone());
        formula
    }

    /// A fact or rule of a type, if the rows in sight have one.
    fn name(&mut self, ty: Ty, scope: &Scope) -> Option<String> {
        let mut names = Vec::new();
        for (prefix, of) in scope.rows_and_links() {
            let facts = FACTS.iter().filter(|f| f.0 == of && f.2 == ty);
            names.extend(facts.map(|f| format!("{prefix}{}", f.1)));
            let rules = self
                .formulas
                .iter()
                .filter(|f| f.entity == of && f.ty == ty);
            let rules = rules.filter(|f| !f.id.contains('/'));
            names.extend(rules.map(|f| format!("{prefix}{}", f.id)));
            if ty == Ty::Bool && of == "part" {
                names.push(format!("{prefix}later.eligible"));
            }
            if ty == Ty::Count && of == "part" {
                names.push(format!("{prefix}unset"));
            }
            let first = self.formulas.iter().any(|f| f.id == "first/b");
            if first && of == "unit" {
                match ty {
                    Ty::Bool => names.push(format!("{prefix}first.eligible")),
                    Ty::Month => names.push(format!("{prefix}first.amount")),
                    _ => {}
                }
            }
        }
        self.tape.pick(&names).cloned()
    }

    fn literal(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Bool => self.tape.word(&["true", "false"]),
            Ty::Count => self.tape.word(&[
                "0",
                "1",
                "2",
                "3",
                "-1",
                "60",
                "1000000",
                "4611686018427387904",
                "-4611686018427387904",
            ]),
            Ty::Ratio => self.tape.word(&["1.5", "0.0", "0.3333", "1.0", "-0.5"]),
            Ty::Once => "figure.limit".to_owned(),
            Ty::Month => "figure.none".to_owned(),
            Ty::Year => "per_year(figure.by_colour(red))".to_owned(),
            Ty::Date => self.tape.word(&[
                "on",
                "date(\"2026-01-31\")",
                "date(\"2024-02-29\")",
                "date(\"2025-12-30\")",
                "date(\"0001-01-01\")",
                "date(\"9999-12-31\")",
            ]),
            Ty::Days => self
                .tape
                .word(&["days(7)", "days(0)", "days(4000000)", "days(366)"]),
            Ty::Months => {
                self.tape
                    .word(&["months(6)", "figure.months", "months(1)", "months(200000)"])
            }
            // codes are written bare, where the other side has their list
            Ty::Colour => "(true ? u_colour : u_colour)".to_owned(),
            Ty::Shape => "(true ? u_shape : u_shape)".to_owned(),
            Ty::Rounding => "figure.rounding".to_owned(),
        }
    }

    fn leaf(&mut self, ty: Ty, scope: &Scope) -> String {
        if !self.tape.seldom(4)
            && let Some(name) = self.name(ty, scope)
        {
            return name;
        }
        match ty {
            Ty::Colour | Ty::Shape => {
                // every row sees the unit, whose facts have every type
                self.name(ty, scope).unwrap_or_default()
            }
            _ => self.literal(ty),
        }
    }

    fn rounding(&mut self, scope: &Scope) -> String {
        match self.tape.below(6) {
            at @ 0..=3 => ROUNDINGS
                .get(at)
                .map_or_else(String::new, |r| (*r).to_owned()),
            4 => "figure.rounding".to_owned(),
            _ => self.leaf(Ty::Rounding, scope),
        }
    }

    /// `members.filter(x, …).sum(x, …)` and the like, over rows below a row in sight.
    fn aggregate(&mut self, ty: Ty, scope: &Scope, depth: usize) -> Option<String> {
        let mut rows = Vec::new();
        for (prefix, of) in scope.rows() {
            for (child, parent, collection, _) in ENTITIES {
                if parent == Some(of) {
                    rows.push((format!("{prefix}{collection}"), of, child));
                }
            }
        }
        let (collection, parent, child) = self.tape.pick(&rows)?.clone();
        self.variables = self.variables.saturating_add(1);
        let variable = format!("x{}", self.variables);
        let inner = scope.below(parent, child, &variable);
        let filter = if self.tape.seldom(2) {
            format!(
                ".filter({variable}, {})",
                self.expr(Ty::Bool, &inner, depth)
            )
        } else {
            String::new()
        };
        let macros: &[&str] = match ty {
            Ty::Bool => &["exists", "all"],
            Ty::Date => &["min", "max"],
            Ty::Count => &["count", "sum", "min", "max"],
            _ => &["sum", "min", "max"],
        };
        let name = self.tape.word(macros);
        let of = if name == "count" { Ty::Bool } else { ty };
        let body = self.expr(of, &inner, depth);
        Some(format!("{collection}{filter}.{name}({variable}, {body})"))
    }

    fn comparison(&mut self, scope: &Scope, depth: usize) -> String {
        let ordered = [
            Ty::Count,
            Ty::Once,
            Ty::Month,
            Ty::Year,
            Ty::Date,
            Ty::Days,
            Ty::Months,
            Ty::Ratio,
        ];
        let ty = self.tape.pick(&ordered).copied().unwrap_or(Ty::Count);
        let sign = self.tape.word(&["<", "<=", ">", ">=", "==", "!="]);
        let left = self.expr(ty, scope, depth);
        let right = self.expr(ty, scope, depth);
        match (ty, self.tape.below(4)) {
            // scaled money lives only inside a comparison
            (Ty::Once | Ty::Month | Ty::Year, 3) => {
                let ratio = self.expr(Ty::Ratio, scope, depth);
                format!("({left}) * ({ratio}) {sign} ({right})")
            }
            (Ty::Once | Ty::Month | Ty::Year, 2) => {
                let amount = self.tape.word(&["0", "12.50", "300", "90000000000000000"]);
                format!("({left}) {sign} yuan({amount})")
            }
            _ => format!("({left}) {sign} ({right})"),
        }
    }

    fn expr(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        let Some(next) = depth.checked_sub(1) else {
            return self.leaf(ty, scope);
        };
        // what every type has
        match self.tape.below(12) {
            0 | 1 => return self.leaf(ty, scope),
            2 => {
                let test = self.expr(Ty::Bool, scope, next);
                let (yes, no) = (self.expr(ty, scope, next), self.expr(ty, scope, next));
                return format!("(({test}) ? ({yes}) : ({no}))");
            }
            3 if !matches!(ty, Ty::Colour | Ty::Shape | Ty::Rounding) => {
                let value = match ty {
                    Ty::Once | Ty::Month | Ty::Year => "yuan(5)".to_owned(),
                    Ty::Months => "months(2)".to_owned(),
                    other => self.literal(other),
                };
                // not a constant, or not for coalesce
                if value != "on" {
                    let inner = self.expr(ty, scope, next);
                    return format!("coalesce({inner}, {value})");
                }
            }
            4 | 5 if !matches!(ty, Ty::Colour | Ty::Shape | Ty::Rounding) => {
                if let Some(text) = self.aggregate(ty, scope, next) {
                    return text;
                }
            }
            _ => {}
        }
        match ty {
            Ty::Bool => self.truth(scope, next),
            Ty::Count => self.count(scope, next),
            Ty::Once | Ty::Month | Ty::Year => self.money(ty, scope, next),
            Ty::Date => self.date(scope, next),
            Ty::Ratio | Ty::Days | Ty::Months => match (self.tape.below(4), ty) {
                (0, Ty::Days) => {
                    let (a, b) = (
                        self.expr(Ty::Date, scope, next),
                        self.expr(Ty::Date, scope, next),
                    );
                    format!("(({a}) - ({b}))")
                }
                (1, _) => {
                    let (a, k) = (
                        self.expr(ty, scope, next),
                        self.expr(Ty::Count, scope, next),
                    );
                    format!("(({a}) * ({k}))")
                }
                _ => self.two(ty, scope, next),
            },
            Ty::Colour | Ty::Shape | Ty::Rounding => self.leaf(ty, scope),
        }
    }

    /// Sum, difference, least or greatest.
    fn two(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        let (a, b) = (self.expr(ty, scope, depth), self.expr(ty, scope, depth));
        match self.tape.below(4) {
            0 => format!("(({a}) + ({b}))"),
            1 => format!("(({a}) - ({b}))"),
            2 => format!("min({a}, {b})"),
            _ => format!("max({a}, {b}, {a})"),
        }
    }

    fn truth(&mut self, scope: &Scope, depth: usize) -> String {
        match self.tape.below(10) {
            0..=2 => self.comparison(scope, depth),
            at @ (3 | 4) => {
                let sign = if at == 3 { "&&" } else { "||" };
                let parts = [(); 2].map(|()| self.expr(Ty::Bool, scope, depth));
                format!("(({}) {sign} ({}))", parts[0], parts[1])
            }
            5 => format!("!({})", self.expr(Ty::Bool, scope, depth)),
            6 => {
                let (ty, codes) = if self.tape.seldom(2) {
                    (Ty::Shape, &SHAPES[..])
                } else {
                    (Ty::Colour, &COLOURS[..])
                };
                let side = self.leaf(ty, scope);
                let (one, other) = (self.tape.word(codes), self.tape.word(codes));
                match self.tape.below(3) {
                    0 => format!("{side} == {one}"),
                    1 => format!("{side} in [{one}, {other}]"),
                    _ => format!("{side} != {}", self.leaf(ty, scope)),
                }
            }
            7 => format!("({}) in [0, 2, 3, 60]", self.expr(Ty::Count, scope, depth)),
            8 => {
                let ty = self.tape.pick(&TYPES).copied().unwrap_or(Ty::Bool);
                match self
                    .name(ty, scope)
                    .filter(|name| !name.contains("eligible") && !name.contains(".amount"))
                {
                    Some(name) => format!("has({name})"),
                    None => "true".to_owned(),
                }
            }
            _ => {
                let links: Vec<String> = scope
                    .rows()
                    .into_iter()
                    .flat_map(|(prefix, of)| {
                        let links = entity(of).map_or(&[][..], |e| e.3);
                        links.iter().map(move |link| format!("has({prefix}{link})"))
                    })
                    .collect();
                match self.tape.pick(&links) {
                    Some(has) => has.clone(),
                    None => self.comparison(scope, depth),
                }
            }
        }
    }

    fn count(&mut self, scope: &Scope, depth: usize) -> String {
        match self.tape.below(9) {
            0 => {
                let (a, b) = (
                    self.expr(Ty::Count, scope, depth),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("(({a}) * ({b}))")
            }
            1 => format!("age({})", self.expr(Ty::Date, scope, depth)),
            2 => {
                let (a, b) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Date, scope, depth),
                );
                format!("age({a}, {b})")
            }
            3 => {
                let (a, b) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Date, scope, depth),
                );
                format!("months_between({a}, {b})")
            }
            4 => {
                let name = self.tape.word(&["year", "month"]);
                format!("{name}({})", self.expr(Ty::Date, scope, depth))
            }
            5 => {
                let (a, b) = (self.leaf(Ty::Colour, scope), self.leaf(Ty::Shape, scope));
                format!("figure.by_both({a}, {b})")
            }
            6 => {
                let (a, b) = (
                    self.expr(Ty::Count, scope, depth),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("figure.two_bands({a}, {b})")
            }
            _ => self.two(Ty::Count, scope, depth),
        }
    }

    fn money(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        match (self.tape.below(9), ty) {
            (0, _) => {
                let (a, k) = (
                    self.expr(ty, scope, depth),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("(({a}) * ({k}))")
            }
            (1, _) => {
                let (a, k) = (
                    self.expr(ty, scope, depth),
                    self.expr(Ty::Ratio, scope, depth),
                );
                format!("mul_round({a}, {k}, {})", self.rounding(scope))
            }
            (2, _) => {
                let (a, k) = (
                    self.expr(ty, scope, depth),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("div_round({a}, {k}, {})", self.rounding(scope))
            }
            (3, _) => {
                let a = self.expr(ty, scope, depth);
                let unit = match self.tape.below(3) {
                    0 => "yuan(1)".to_owned(),
                    1 => "yuan(0.30)".to_owned(),
                    _ => self.expr(ty, scope, depth),
                };
                format!("round_to({a}, {unit}, {})", self.rounding(scope))
            }
            (4, Ty::Year) => format!("per_year({})", self.expr(Ty::Month, scope, depth)),
            (4, Ty::Month) => {
                let a = self.expr(Ty::Year, scope, depth);
                format!("per_month({a}, {})", self.rounding(scope))
            }
            (4, _) => {
                let (a, k) = (
                    self.expr(Ty::Month, scope, depth),
                    self.expr(Ty::Months, scope, depth),
                );
                format!("(({a}) * ({k}))")
            }
            (5, Ty::Month) => format!("figure.by_colour({})", self.leaf(Ty::Colour, scope)),
            (5, Ty::Year) => {
                let (a, k) = (
                    self.leaf(Ty::Colour, scope),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("figure.mixed({a}, {k})")
            }
            (5, _) => format!("figure.band({})", self.expr(Ty::Count, scope, depth)),
            (6, _) => {
                let a = self.expr(ty, scope, depth);
                let amount = self.tape.word(&["0", "12.50", "300", "90000000000000000"]);
                let sign = self.tape.word(&["+", "-"]);
                format!("(({a}) {sign} yuan({amount}))")
            }
            _ => self.two(ty, scope, depth),
        }
    }

    fn date(&mut self, scope: &Scope, depth: usize) -> String {
        match self.tape.below(6) {
            at @ (0 | 1) => {
                let (a, k) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Days, scope, depth),
                );
                format!("(({a}) {} ({k}))", if at == 0 { "+" } else { "-" })
            }
            2 => {
                let (a, k) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Months, scope, depth),
                );
                format!("add_months({a}, {k})")
            }
            3 => {
                let (a, k) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Count, scope, depth),
                );
                format!("add_working_days({a}, {k})")
            }
            4 => {
                let name = self.tape.word(&["first_of_month", "first_of_next_month"]);
                format!("{name}({})", self.expr(Ty::Date, scope, depth))
            }
            _ => {
                let (a, b) = (
                    self.expr(Ty::Date, scope, depth),
                    self.expr(Ty::Date, scope, depth),
                );
                format!("{}({a}, {b})", self.tape.word(&["min", "max"]))
            }
        }
    }
}

/// The facts of a case for any program.
#[derive(Debug, Clone)]
pub struct Case {
    tape: Vec<u32>,
}

impl Case {
    /// The case of a tape.
    pub fn from_tape(tape: &[u32]) -> Self {
        Self {
            tape: tape.to_vec(),
        }
    }

    /// The case as a file would give it, with findings for the attestable rules of a program.
    pub fn document(&self, program: &Program) -> Document<'static> {
        let mut tape = Tape::new(&self.tape);
        let mut table = Table::new();
        table.insert("on".to_owned(), Value::String(ON.to_owned()));
        // how many facts are given: all, most, few
        let given = tape.below(3);
        let parts = tape.below(5);
        let mut rows: Vec<(&str, String, Table)> = Vec::new();
        let mut unit = Table::new();
        unit.insert("home_place".to_owned(), Value::String(PLACE.to_owned()));
        rows.push(("unit", String::new(), unit));
        for number in 0..parts {
            rows.push(("part", format!("p{number}"), Table::new()));
        }
        for (entity, most) in [("record", 3), ("tag", 4)] {
            let owners = if entity == "record" { parts } else { 1 };
            for owner in 0..owners {
                for number in 0..tape.below(most) {
                    let mut row = Table::new();
                    if entity == "record" {
                        row.insert("of".to_owned(), Value::String(format!("p{owner}")));
                    }
                    rows.push((entity, format!("{entity}{owner}_{number}"), row));
                }
            }
        }
        for (of, id, row) in &mut rows {
            if !id.is_empty() {
                row.insert("id".to_owned(), Value::String(id.clone()));
            }
            for link in entity(of).map_or(&[][..], |e| e.3) {
                if parts > 0 && !tape.seldom(3) {
                    let to = tape.below(parts);
                    row.insert((*link).to_owned(), Value::String(format!("p{to}")));
                }
            }
            for (_, fact, ty, low, high) in FACTS.iter().filter(|f| f.0 == *of) {
                let silent = match given {
                    0 => false,
                    1 => tape.seldom(5),
                    _ => !tape.seldom(3),
                };
                if !silent {
                    row.insert((*fact).to_owned(), value(&mut tape, *ty, low, high));
                }
            }
        }
        let mut findings = Vec::new();
        for formula in program.formulas.iter().filter(|f| f.attestable) {
            for (_, id, _) in rows.iter().filter(|r| r.0 == formula.entity) {
                if tape.seldom(4) {
                    let mut finding = Table::new();
                    finding.insert("of".to_owned(), Value::String(formula.id.clone()));
                    if !id.is_empty() {
                        finding.insert("row".to_owned(), Value::String(id.clone()));
                    }
                    finding.insert("value".to_owned(), value(&mut tape, formula.ty, "", ""));
                    findings.push(Value::Table(finding));
                }
            }
        }
        for (entity, _, row) in rows {
            if entity == "unit" {
                table.insert(entity.to_owned(), Value::Table(row));
            } else {
                let list = table
                    .entry(entity)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::Table(row));
                }
            }
        }
        table.insert("finding".to_owned(), Value::Array(findings));
        Document::from_table("case", &table)
    }
}

/// A value of a type: small ones mostly, and those at the ends.
fn value(tape: &mut Tape<'_>, ty: Ty, low: &str, high: &str) -> Value {
    let text = |words: String| Value::String(words);
    // a negative value is refused where the least is zero; others outside the bounds are read as unknown
    let bounded = !low.is_empty() || !high.is_empty();
    let wild = !bounded && tape.seldom(4);
    let positive = low == "0";
    match ty {
        Ty::Bool => Value::Boolean(tape.seldom(2)),
        Ty::Count | Ty::Days | Ty::Months => {
            let small = [0, 1, 2, 3, 5, 9, 12, 60, 61, 119, 121, 366];
            let negative = [-1, -3, -5, -6, -40];
            let far = [
                i64::MAX,
                i64::MIN,
                i64::MAX.saturating_sub(1),
                4_611_686_018_427_387_904,
                3_000_000,
                -3_000_000,
                10_001,
                1_000_000,
            ];
            let list: &[i64] = if wild {
                &far
            } else if !positive && tape.seldom(4) {
                &negative
            } else {
                &small
            };
            Value::Integer(tape.pick(list).copied().unwrap_or(0))
        }
        Ty::Ratio => text(tape.word(if wild {
            &["922337203685477.5807", "-922337203685477.5807", "-1.5"]
        } else {
            &["0", "1", "0.5", "0.3333", "1.9999", "2", "3"]
        })),
        Ty::Once | Ty::Month | Ty::Year => {
            let amount = if wild {
                tape.word(&[
                    "92233720368547758.07",
                    "-92233720368547758.07",
                    "46116860184273879.04",
                    "-0.01",
                    "90000000000000000",
                ])
            } else if !positive && tape.seldom(4) {
                tape.word(&["-0.01", "-12.50", "-100", "-101"])
            } else {
                tape.word(&[
                    "0",
                    "0.01",
                    "0.15",
                    "12.50",
                    "99.99",
                    "100",
                    "300.50",
                    "820",
                    "5000.01",
                    "1000000",
                    "1000000.01",
                    "7",
                ])
            };
            text(match ty {
                Ty::Month => format!("{amount}/month"),
                Ty::Year => format!("{amount}/year"),
                _ => amount,
            })
        }
        Ty::Date => {
            if tape.seldom(4) {
                let odd = [
                    "2024-02-29",
                    "2000-02-29",
                    "2025-12-31",
                    "2026-12-31",
                    "2028-12-30",
                    "0001-01-01",
                    "9999-12-31",
                    "2027-12-31",
                    "1900-03-01",
                ];
                text(tape.word(&odd))
            } else {
                let days = i64::try_from(tape.below(40_000))
                    .unwrap_or(0)
                    .saturating_sub(18_000);
                text(Day::from_number(days).map_or_else(String::new, |d| d.to_string()))
            }
        }
        Ty::Colour => text(tape.word(&COLOURS)),
        Ty::Shape => text(tape.word(&SHAPES)),
        Ty::Rounding => text(tape.word(&ROUNDINGS)),
    }
}

/// Any program.
pub fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(any::<u32>(), 600).prop_map(|tape| Program::from_tape(&tape))
}

/// Any case.
pub fn case() -> impl Strategy<Value = Case> {
    prop::collection::vec(any::<u32>(), 600).prop_map(|tape| Case::from_tape(&tape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minzheng_rules::pack::PackSet;
    use minzheng_rules::scenario::Engine;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        /// Every program loads, every case is decided.
        #[test]
        fn programs_are_well_typed(program in program(), case in case()) {
            let set = PackSet::load(&[program.source()]);
            prop_assert!(set.is_ok(), "{}\n{:#?}", set.unwrap_err(), program.formulas);
            let answer = Engine::new(set.unwrap()).assess(&case.document(&program));
            prop_assert!(answer.is_ok(), "{}", answer.unwrap_err());
        }
    }
}
