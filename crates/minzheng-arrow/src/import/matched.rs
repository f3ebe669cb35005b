//! The columns of a table matched with the packs, before a row is read.

use std::sync::Arc;

use arrow_schema::{DataType, Field, SchemaRef};
use minzheng_rules::error::{Diagnostic, Diagnostics, nearest};
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;

use super::ImportOptions;
use super::cells::{Change, Codes, Unit, Want};
use super::keys::kind;
use crate::contract::{ColumnContract, Contract, MappedColumn, Role, TableContract};
use crate::error::at;

/// A column that is read.
#[derive(Debug, Clone)]
pub(crate) struct Matched {
    /// Its name in the table.
    pub(crate) name: Arc<str>,
    pub(crate) role: Role,
    pub(crate) ty: DataType,
    /// Unit and period in the metadata of its field.
    pub(crate) meta: [Option<String>; 2],
    pub(crate) want: Want,
    pub(crate) low: Option<i64>,
    pub(crate) high: Option<i64>,
}

/// A table that is read.
#[derive(Debug, Clone)]
pub(crate) struct MatchedTable {
    pub(crate) name: Arc<str>,
    pub(crate) entity: usize,
    /// Its columns in the order of the schema.
    pub(crate) columns: Vec<Matched>,
    /// Their indices in the schema.
    pub(crate) needed: Vec<usize>,
}

impl MatchedTable {
    pub(crate) fn role(&self, role: &Role) -> Option<&Matched> {
        self.columns.iter().find(|c| c.role == *role)
    }
}

/// What is said of the unit of a column, by its name, its metadata or the mapping.
#[derive(Debug, Clone, Copy, Default)]
struct Said<'s> {
    unit: Option<&'s str>,
    per: Option<&'s str>,
}

/// Matches the tables that were given; everything that is wrong goes into `findings`.
pub(super) fn tables(
    contract: &Contract<'_>,
    schemas: &[(&str, SchemaRef)],
    options: &ImportOptions,
    findings: &mut Diagnostics,
) -> Vec<MatchedTable> {
    let mut out: Vec<MatchedTable> = Vec::new();
    let known = || contract.tables().iter().map(|t| t.name.as_str());
    let near = |name: &str| {
        nearest(name, known()).map_or_else(
            || format!("the tables are {}", known().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        )
    };
    for name in options
        .mapping
        .tables()
        .filter(|name| contract.table(name).is_none())
    {
        findings.push(at(
            "E-MAP-NAME",
            name,
            "",
            "the mapping names a table that the packs have not",
            near(name),
        ));
    }
    for (name, schema) in schemas {
        let Some(table) = contract.table(name) else {
            findings.push(at(
                "E-TABLE-NAME",
                name,
                "",
                "the packs have no such table",
                near(name),
            ));
            continue;
        };
        if out.iter().any(|t| t.entity == table.entity) {
            findings.push(at(
                "E-TABLE-TWICE",
                name,
                "",
                "the table is given twice",
                "join its parts",
            ));
            continue;
        }
        out.push(columns(contract.packs(), table, schema, options, findings));
    }
    out.sort_by_key(|t| t.entity);
    for table in contract.tables().iter().take(2) {
        if !out.iter().any(|t| t.entity == table.entity)
            && !schemas.iter().any(|(name, _)| *name == table.name)
        {
            let message = "the table is missing";
            findings.push(at(
                "E-TABLE-MISSING",
                &table.name,
                "",
                message,
                "give households and people",
            ));
        }
    }
    let day = |t: &MatchedTable| t.role(&Role::Day).is_some();
    if let Some(homes) = out.first().filter(|t| t.entity == 0)
        && options.on.is_none()
        && !day(homes)
    {
        let help = "give one day for all, or a column `on`";
        findings.push(at(
            "E-TABLE-DAY",
            &homes.name,
            "on",
            "the day decided is missing",
            help,
        ));
    }
    key_types(contract.packs(), &out, findings);
    out
}

fn columns(
    set: &PackSet,
    table: &TableContract,
    schema: &SchemaRef,
    options: &ImportOptions,
    findings: &mut Diagnostics,
) -> MatchedTable {
    let mapping = &options.mapping;
    for name in mapping.columns(&table.name) {
        if schema.column_with_name(name).is_none() {
            let near = nearest(name, schema.fields().iter().map(|f| f.name().as_str()))
                .map(|n| format!("did you mean `{n}`?"));
            let message = "the mapping names a column that the table has not";
            findings.push(at(
                "E-MAP-NAME",
                &table.name,
                name,
                message,
                near.unwrap_or_default(),
            ));
        }
    }
    let mut out = MatchedTable {
        name: Arc::from(table.name.as_str()),
        entity: table.entity,
        columns: Vec::new(),
        needed: Vec::new(),
    };
    for (index, field) in schema.fields().iter().enumerate() {
        let mapped = mapping.column(&table.name, field.name());
        if mapped.is_some_and(|m| m.ignore) || (mapped.is_none() && is_index(field.name())) {
            continue;
        }
        match column(set, table, field, mapped) {
            Ok(found) => {
                if out.role(&found.role).is_some() {
                    let message = "two columns hold the same thing";
                    findings.push(at(
                        "E-TABLE-TWICE",
                        &table.name,
                        field.name(),
                        message,
                        "leave one of them out",
                    ));
                }
                out.columns.push(found);
                out.needed.push(index);
            }
            Err(finding) => {
                if finding.code() != "E-TABLE-UNKNOWN" || !options.ignore_unknown {
                    findings.push(finding);
                }
            }
        }
    }
    for wanted in table.columns.iter().filter(|c| c.required) {
        let refused = findings
            .iter()
            .any(|f| f.input_path() == format!("{}.{}", table.name, wanted.name));
        if out.role(&wanted.role).is_none() && !refused {
            let help = "add it, or name it in the mapping";
            findings.push(at(
                "E-TABLE-COLUMN",
                &table.name,
                &wanted.name,
                "the column is missing",
                help,
            ));
        }
    }
    out
}

/// Whether a column is the row numbers or labels that pandas adds to a table of its own accord.
fn is_index(name: &str) -> bool {
    let number = name
        .strip_prefix("__index_level_")
        .and_then(|rest| rest.strip_suffix("__"));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn column(
    set: &PackSet,
    table: &TableContract,
    field: &Field,
    mapped: Option<&MappedColumn>,
) -> Result<Matched, Diagnostic> {
    let name = field.name().as_str();
    let fail =
        |code, message: String, help: String| Err(at(code, &table.name, name, message, help));
    let target = mapped.and_then(|m| m.fact.as_deref().or(m.column.as_deref()));
    let wanted = target.unwrap_or(name);
    let in_fen = || {
        let fact = table.column(wanted.strip_suffix("_fen")?)?;
        matches!(fact.ty, Some(Type::Money { .. })).then_some(fact)
    };
    let (def, fen) = match (table.column(wanted), in_fen()) {
        (Some(def), _) => (def, false),
        (None, Some(def)) => (def, true),
        (None, None) => {
            let known = table.columns.iter().map(|c| c.name.as_str());
            let near = nearest(wanted, known).map_or_else(
                || {
                    "leave it out, name it in the mapping, or say that unknown columns are ignored"
                        .to_owned()
                },
                |near| format!("did you mean `{near}`?"),
            );
            let (code, message) = if target.is_some() {
                (
                    "E-MAP-FACT",
                    format!("the mapping names `{wanted}`, which the packs have not"),
                )
            } else {
                ("E-TABLE-UNKNOWN", "nobody knows this column".to_owned())
            };
            return fail(code, message, near);
        }
    };
    let [unit, per] = units(field);
    let mut said = Said {
        unit: mapped.and_then(|m| m.unit.as_deref()).or(unit.as_deref()),
        per: mapped.and_then(|m| m.per.as_deref()).or(per.as_deref()),
    };
    if fen && *said.unit.get_or_insert("fen") != "fen" {
        let message = "the name says fen and the unit something else".to_owned();
        return fail("E-TABLE-UNIT", message, "say one of them".to_owned());
    }
    let want = match want(set, def, said) {
        Ok(want) => want,
        Err((message, help)) => return fail("E-TABLE-UNIT", message, help),
    };
    match &want {
        Some(want) => fits(field.data_type(), want, said.unit.is_some())
            .map_err(|(code, message, help)| at(code, &table.name, name, message, help))?,
        None if def.role != Role::Identity && kind(field.data_type()).is_none() => {
            let message = format!(
                "a key is text or a whole number, this is {}",
                words(field.data_type())
            );
            return fail("E-TABLE-TYPE", message, "write it as text".to_owned());
        }
        None => {}
    }
    if def.role == Role::Identity && words(field.data_type()) != "text" {
        let message = format!(
            "an identity number is text, this is {}",
            words(field.data_type())
        );
        let help = "export it again as text: a number loses digits and the final X".to_owned();
        return fail("E-TABLE-TYPE", message, help);
    }
    Ok(Matched {
        name: Arc::from(name),
        role: def.role.clone(),
        ty: field.data_type().clone(),
        meta: units(field),
        want: want.unwrap_or(Want::Text),
        low: def.low,
        high: def.high,
    })
}

/// Unit and period in the metadata of a field.
pub(super) fn units(field: &Field) -> [Option<String>; 2] {
    ["unit", "per"].map(|key| field.metadata().get(key).cloned())
}

/// What a column is wanted for; `None` for keys.
fn want(
    set: &PackSet,
    def: &ColumnContract,
    said: Said<'_>,
) -> Result<Option<Want>, (String, String)> {
    let Some(ty) = def.ty else {
        return no_unit(said, "a key").map(|()| None);
    };
    let number = |places| {
        Want::Number(Unit {
            places,
            period: Change::Same,
        })
    };
    if let Type::Money { period, .. } = ty {
        let places = match said.unit {
            None | Some("yuan") => 2,
            Some("fen") => 0,
            Some(_) => {
                return Err((
                    "the unit is not known".to_owned(),
                    "write yuan or fen".to_owned(),
                ));
            }
        };
        let period = match (period, said.per) {
            (_, None)
            | (Period::Month, Some("month"))
            | (Period::Year, Some("year"))
            | (Period::Once | Period::Any, Some("once")) => Change::Same,
            (Period::Year, Some("month")) => Change::MonthToYear,
            (Period::Month, Some("year")) => Change::YearToMonth,
            (Period::Once | Period::Any, Some("month" | "year")) => {
                let message = format!(
                    "`{}` is an amount, not an amount per month or year",
                    def.name
                );
                return Err((message, "leave `per` out".to_owned()));
            }
            _ => {
                return Err((
                    "the period is not known".to_owned(),
                    "write month or year".to_owned(),
                ));
            }
        };
        return Ok(Some(Want::Number(Unit { places, period })));
    }
    no_unit(said, &format!("a {ty}"))?;
    Ok(Some(match ty {
        Type::Bool => Want::Bool,
        Type::Count | Type::Days | Type::Months => number(0),
        Type::Ratio => number(4),
        Type::Date => Want::Date,
        Type::Code(list) => match set.code_lists().get(list) {
            Some(list) => Want::Code(Codes::new(list)),
            None => Want::Text,
        },
        Type::Place => Want::Place,
        // a value for reading only is no fact
        Type::Text | Type::Shown | Type::Money { .. } => Want::Text,
    }))
}

fn no_unit(said: Said<'_>, what: &str) -> Result<(), (String, String)> {
    if said.unit.is_none() && said.per.is_none() {
        return Ok(());
    }
    let message = format!("{what} has no unit and no period");
    Err((message, "leave `unit` and `per` out".to_owned()))
}

/// The kind of a type, in the words of messages.
pub(super) fn words(ty: &DataType) -> &'static str {
    match ty {
        DataType::Dictionary(_, words_of) => words(words_of),
        DataType::Null => "nothing",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Boolean => "yes or no",
        DataType::Date32 | DataType::Date64 => "a date",
        DataType::Timestamp(_, None) => "a time",
        DataType::Timestamp(..) => "a time with a zone",
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "a floating-point number",
        ty if ty.is_integer() => "a whole number",
        ty if ty.is_decimal() => "a decimal",
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "bytes",
        DataType::RunEndEncoded(..) => "run-end encoded",
        ty if ty.is_nested() => "a list or a structure",
        _ => "a time of day or a span of time",
    }
}

/// What is wanted, in the words of messages.
const fn what(want: &Want) -> &'static str {
    match want {
        Want::Number(_) => "a number",
        Want::Bool => "yes or no",
        Want::Date => "a date",
        Want::Place => "a place code",
        Want::Code(_) => "a code",
        Want::Text => "text",
    }
}

/// Whether a type can carry what is wanted, and if not why: code, message, way out.
fn fits(
    ty: &DataType,
    want: &Want,
    unit_said: bool,
) -> Result<(), (&'static str, String, &'static str)> {
    let found = words(ty);
    let money = matches!(want, Want::Number(Unit { places: 2, .. })) || unit_said;
    let (name, help) = match want {
        _ if found == "a floating-point number" => {
            let help = match want {
                Want::Number(_) if money => {
                    "cast it to decimal(18, 2), or to whole fen and name it FACT_fen"
                }
                // a column of whole numbers with gaps becomes one of these in some tools
                _ => "cast it to a whole number that may be null, or write it as text",
            };
            let message =
                "a floating-point number is not exact: nothing here is decided on one".to_owned();
            return Err(("E-TABLE-FLOAT", message, help));
        }
        _ if matches!(found, "nothing" | "text") => return Ok(()),
        Want::Number(_) if found == "a whole number" && money && !unit_said => {
            let message = "a whole number does not say whether it is yuan or fen".to_owned();
            let help = "name it FACT_fen, or say unit = \"fen\" or \"yuan\" in the metadata or the mapping";
            return Err(("E-TABLE-UNIT", message, help));
        }
        Want::Number(_) if matches!(found, "a whole number" | "a decimal") => return Ok(()),
        Want::Bool if matches!(found, "yes or no" | "a whole number") => return Ok(()),
        Want::Date if matches!(found, "a date" | "a time" | "a whole number") => return Ok(()),
        Want::Place if found == "a whole number" => return Ok(()),
        _ if found == "bytes" => (what(want), "write it as text: `string`, not `binary`"),
        _ if found == "run-end encoded" => (what(want), "write it plain, or as a dictionary"),
        Want::Number(_) => (what(want), "give a decimal, a whole number or text"),
        Want::Bool => (what(want), "give a boolean, 0 and 1, or 是 and 否"),
        Want::Date => (what(want), "give a date without a time, or 20260701"),
        Want::Place => (what(want), "give six digits, as text or a whole number"),
        Want::Code(_) => (
            what(want),
            "give the ids of the list, as text or a dictionary of text",
        ),
        Want::Text => (what(want), "give text"),
    };
    Err((
        "E-TABLE-TYPE",
        format!("{name} is wanted, this is {found}"),
        help,
    ))
}

/// Keys that are compared are of one kind.
fn key_types(set: &PackSet, tables: &[MatchedTable], findings: &mut Diagnostics) {
    let own = |entity: usize| {
        let table = tables.iter().find(|t| t.entity == entity)?;
        table.role(&Role::Key)
    };
    for table in tables {
        let Some(entity) = set.entities().get(table.entity) else {
            continue;
        };
        for column in &table.columns {
            let far = match column.role {
                Role::Household => own(0),
                Role::Above => entity.parent.and_then(own),
                Role::Link(link) => entity.links.get(link).and_then(|(_, to)| own(*to)),
                _ => None,
            };
            let (here, there) = (kind(&column.ty), far.and_then(|f| kind(&f.ty)));
            if let (Some(here), Some(there)) = (here, there)
                && here != there
            {
                let message = format!("its keys are {here}, those it points to are {there}");
                findings.push(at(
                    "E-TABLE-KEY",
                    &table.name,
                    &column.name,
                    message,
                    "write both the same way",
                ));
            }
        }
    }
}
