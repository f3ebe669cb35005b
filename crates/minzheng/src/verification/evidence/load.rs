//! Rows of packs to evidence.

use std::collections::BTreeMap;

use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::lang::Type;
use minzheng_rules::number::{Rounding, parse_fixed};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Fact, HostRow, Status, Words};
use serde::Deserialize;

use super::check::{Fit, fit, window};
use super::{Evidence, Filter, How, Tolerance, When, WhenNone, Window};
use crate::catalog::{Catalog, FieldType, Resource};
use crate::error::Error;
use crate::packs::rows::{finding, read, standing, unknown};

/// The code of a name that nothing has.
const NAME: &str = "E-EVIDENCE-NAME";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEvidence {
    item: String,
    fact: String,
    how: How,
    field: Option<String>,
    #[serde(default, rename = "where")]
    filters: Vec<RawFilter>,
    #[serde(default)]
    when: Vec<String>,
    window: Window,
    distinct: Option<String>,
    gives: Option<bool>,
    rounding: Option<String>,
    none: WhenNone,
    precedence: u8,
    tolerance: Option<RawTolerance>,
    status: Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(default)]
    note: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFilter {
    field: String,
    is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTolerance {
    absolute: String,
    ratio: String,
}

pub(super) fn load(packs: &PackSet, catalog: &Catalog) -> Result<Vec<Evidence>, Error> {
    let mut findings = Diagnostics::new();
    let mut out = Vec::new();
    for row in standing(packs, "verification.evidence") {
        match one(packs, catalog, row) {
            Ok(evidence) => out.push(evidence),
            Err(found) => findings.push(found),
        }
    }
    precedence(&out, &mut findings);
    if findings.has_errors() {
        findings.sort();
        return Err(findings.into());
    }
    Ok(out)
}

/// One row; the first thing that is wrong with it.
pub(super) fn one(
    packs: &PackSet,
    catalog: &Catalog,
    row: &HostRow,
) -> Result<Evidence, Diagnostic> {
    let raw: RawEvidence = read(row, "E-EVIDENCE-SHAPE")?;
    let at = &row.origin;
    let bad = |code, message: String, help: &str| finding(at, code, message).help(help);
    let resource = catalog.resource(&raw.item).ok_or_else(|| {
        let known = catalog.resources().iter().map(|r| r.id.as_str());
        unknown(at, NAME, "item", &raw.item, known)
    })?;
    let fact = fact(packs, row, &raw.fact)?;
    let field = |id: &str| {
        resource.field(id).ok_or_else(|| {
            let known = resource.fields.iter().map(|f| f.id.as_str());
            unknown(at, NAME, "field", id, known)
        })
    };
    let value = raw.field.as_deref().map(&field).transpose()?;
    let filters = raw
        .filters
        .into_iter()
        .map(|f| filter(packs, row, resource, f))
        .collect::<Result<_, _>>()?;
    for id in raw.when.iter().chain(&raw.distinct) {
        field(id)?;
    }
    let when = match <[String; 2]>::try_from(raw.when) {
        Ok([from, to]) => When::Span(from, to),
        Err(mut one) => match (one.pop(), one.is_empty()) {
            (None, _) => When::Always,
            (Some(on), true) => When::On(on),
            _ => {
                let help = "one field, or from and to";
                return Err(bad(
                    "E-EVIDENCE-WINDOW",
                    "`when` names too many fields".to_owned(),
                    help,
                ));
            }
        },
    };
    window(raw.window, &when, resource).map_err(|help| {
        let message = format!(
            "the window `{}` cannot tell which records it holds",
            raw.window.word()
        );
        bad("E-EVIDENCE-WINDOW", message, help)
    })?;
    let fits = fit(packs, raw.how, raw.window, value.map(|f| &f.ty), fact.ty);
    let Some(fits) = fits else {
        let from = value.map_or_else(|| "no field".to_owned(), |f| format!("`{}`", f.ty));
        let message = format!(
            "`{}` of {from} over `{}` does not give `{}`, a fact of the type `{}`",
            raw.how.word(),
            raw.window.word(),
            raw.fact,
            packs.type_word(fact.ty)
        );
        let help = "any and count take no field; a sum over twelve months is money/year";
        return Err(bad("E-EVIDENCE-TYPE", message, help));
    };
    if raw.gives.is_some() && raw.how != How::Any {
        let help = "`gives` goes with how = \"any\"";
        return Err(bad(
            "E-EVIDENCE-TYPE",
            "`gives` says nothing here".to_owned(),
            help,
        ));
    }
    let rounding = rounding(row, raw.rounding.as_deref(), fits)?;
    let can_be_zero = raw.how == How::Any
        || matches!(fact.ty, Type::Money { .. } | Type::Count) && raw.how != How::Latest;
    if raw.none == WhenNone::Zero && !can_be_zero {
        let message = format!("no record is no value of `{}`", raw.fact);
        return Err(bad("E-EVIDENCE-NONE", message, "write none = \"silent\""));
    }
    let tolerance = raw
        .tolerance
        .map(|tolerance| allowed(row, fact, &tolerance))
        .transpose()?;
    Ok(Evidence {
        item: raw.item,
        entity: packs
            .entities()
            .get(fact.entity)
            .map(|e| e.id.clone())
            .unwrap_or_default(),
        fact: fact.id.clone(),
        how: raw.how,
        field: raw.field,
        filters,
        when,
        window: raw.window,
        distinct: raw.distinct,
        gives: raw.gives.unwrap_or(true),
        rounding,
        none: raw.none,
        precedence: raw.precedence,
        tolerance,
        status: raw.status,
        cite: row.cite.clone(),
        note: raw.note,
        written: row.origin.clone(),
    })
}

/// The fact that `person.wage` names.
fn fact<'p>(packs: &'p PackSet, row: &HostRow, word: &str) -> Result<&'p Fact, Diagnostic> {
    let name = |fact: &Fact| {
        let entity = packs.entities().get(fact.entity);
        format!("{}.{}", entity.map_or("", |e| e.id.as_str()), fact.id)
    };
    packs.facts().find(|f| name(f) == word).ok_or_else(|| {
        let known: Vec<String> = packs.facts().map(name).collect();
        unknown(
            &row.origin,
            NAME,
            "fact",
            word,
            known.iter().map(String::as_str),
        )
    })
}

fn filter(
    packs: &PackSet,
    row: &HostRow,
    resource: &Resource,
    raw: RawFilter,
) -> Result<Filter, Diagnostic> {
    let Some(field) = resource.field(&raw.field) else {
        let known = resource.fields.iter().map(|f| f.id.as_str());
        return Err(unknown(&row.origin, NAME, "field", &raw.field, known));
    };
    let known: Vec<&str> = match &field.ty {
        FieldType::Bool => vec!["true", "false"],
        FieldType::Code(list) => {
            let list = packs.code_lists().iter().find(|l| l.id == *list);
            list.map_or_else(Vec::new, |l| {
                l.codes.iter().map(|c| c.id.as_str()).collect()
            })
        }
        _ => {
            let message = format!("`{}` is no code and no yes/no field", raw.field);
            let help = "only codes and yes/no choose records";
            return Err(finding(&row.origin, "E-EVIDENCE-FILTER", message).help(help));
        }
    };
    if let Some(word) = raw.is.iter().find(|word| !known.contains(&word.as_str())) {
        let found = unknown(&row.origin, "E-EVIDENCE-FILTER", "code", word, known);
        return Err(found);
    }
    if raw.is.is_empty() {
        let message = format!("no record meets the filter on `{}`", raw.field);
        return Err(finding(&row.origin, "E-EVIDENCE-FILTER", message).help("name a code"));
    }
    Ok(Filter {
        field: raw.field,
        is: raw.is,
    })
}

/// The rounding, named where it is needed and only there.
fn rounding(row: &HostRow, word: Option<&str>, fits: Fit) -> Result<Option<Rounding>, Diagnostic> {
    let bad = |message: &str, help: &str| {
        Err(finding(&row.origin, "E-EVIDENCE-ROUNDING", message).help(help))
    };
    let known = word.map(|word| Rounding::ALL.into_iter().find(|r| r.word() == word));
    match (fits, known) {
        (Fit::Exact, None) => Ok(None),
        (Fit::Exact, Some(_)) => bad("nothing is rounded here", "leave `rounding` out"),
        (Fit::Rounded, None | Some(None)) => bad(
            "the value does not go into the fact without a rounding",
            "write rounding = \"half_up\", \"up\", \"down\" or \"exact\"",
        ),
        (Fit::Rounded, Some(Some(rule))) => Ok(Some(rule)),
    }
}

fn allowed(row: &HostRow, fact: &Fact, raw: &RawTolerance) -> Result<Tolerance, Diagnostic> {
    let places = match fact.ty {
        Type::Money { .. } => Some(2),
        Type::Count => Some(0),
        _ => None,
    };
    let absolute = places.and_then(|places| parse_fixed(&raw.absolute, places).ok());
    let ratio = parse_fixed(&raw.ratio, 4).ok();
    match (absolute, ratio) {
        (Some(absolute), Some(ratio)) if absolute >= 0 && ratio >= 0 => {
            Ok(Tolerance { absolute, ratio })
        }
        _ => {
            let message = format!("`{}` has no such tolerance", fact.id);
            let help = "an amount or a count takes { absolute = \"1200\", ratio = \"0.1\" }, none below zero";
            Err(finding(&row.origin, "E-EVIDENCE-TOLERANCE", message).help(help))
        }
    }
}

/// Rows of one fact and one precedence are added: all of them must be sums or counts, say the same of no record, and no
/// record may be in two of them.
fn precedence(rows: &[Evidence], findings: &mut Diagnostics) {
    let mut groups: BTreeMap<(&str, &str, u8), Vec<&Evidence>> = BTreeMap::new();
    for row in rows {
        let group = (row.entity.as_str(), row.fact.as_str(), row.precedence);
        let others = groups.entry(group).or_default();
        for other in others.iter() {
            if !row.how.adds() || !other.how.adds() || row.none != other.none {
                let message = format!(
                    "two rows for `{}` have one precedence and cannot be added",
                    row.fact
                );
                let help =
                    "give each its own precedence; only sums and counts with one `none` are added";
                findings.push(finding(&row.written, "E-EVIDENCE-PRECEDENCE", message).help(help));
            } else if row.item == other.item && row.field == other.field && overlap(row, other) {
                let message = format!(
                    "a record of `{}` would count twice for `{}`",
                    row.item, row.fact
                );
                let help = "filter both rows on one field, with other codes";
                findings.push(finding(&row.written, "E-EVIDENCE-TWICE", message).help(help));
            }
        }
        others.push(row);
    }
}

/// Whether a record may meet the filters of both: no field keeps them apart.
fn overlap(a: &Evidence, b: &Evidence) -> bool {
    !a.filters.iter().any(|one| {
        let same = b.filters.iter().filter(|other| other.field == one.field);
        let mut apart = same.map(|other| !one.is.iter().any(|code| other.is.contains(code)));
        apart.any(|apart| apart)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use minzheng_rules::pack::model::Lang;
    use minzheng_rules::pack::{PackSource, SourceFile};

    use super::*;
    use crate::packs::{self, BuiltIn};

    const HEAD: &str = r#"
[pack]
id = "above"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[entity]]
id = "household"
[[entity]]
id = "person"
parent = "household"
collection = "members"
[[fact]]
id = "wage"
entity = "person"
type = "money/year"
[[fact]]
id = "other_income"
entity = "person"
type = "money/year"
[[fact]]
id = "paid_last"
entity = "person"
type = "date"
[[codes]]
id = "income_kind"
values = [{ id = "wages", zh = "工资", en = "wages" }, { id = "chance", zh = "偶然", en = "chance" }]
[[catalog.department]]
id = "office"
title = { zh = "办公室", en = "office" }
status = "inferred"
[[catalog.item]]
id = "income_tax"
number = 1
title = { zh = "个税", en = "income tax" }
department = "office"
status = "inferred"
subject = "person"
key = "id_number"
order = "record"
cycle = "monthly"
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  { id = "id_number", type = "id_number", title = { zh = "号码", en = "number" }, grade = 3, required = true },
  { id = "payer", type = "credit_code", title = { zh = "单位", en = "payer" }, grade = 3 },
  { id = "income_kind", type = "code:income_kind", title = { zh = "项目", en = "kind" }, grade = 3 },
  { id = "month", type = "month", title = { zh = "月份", en = "month" }, grade = 3 },
  { id = "paid_on", type = "date", title = { zh = "日期", en = "paid on" }, grade = 3 },
  { id = "amount", type = "money", title = { zh = "金额", en = "amount" }, grade = 3 },
  { id = "tax", type = "money", title = { zh = "税额", en = "tax" }, grade = 3 },
]
[[verification.evidence]]
item = "income_tax"
fact = "person.wage"
how = "sum"
field = "amount"
where = [{ field = "income_kind", is = ["wages"] }]
when = ["month"]
window = "rolling_12_months"
none = "silent"
precedence = 1
status = "operational"
"#;

    /// The line of [`ROW`] in its file.
    const LINE: usize = 69;

    const ROW: &str = r#"
[[verification.evidence]]
item = "income_tax"
fact = "person.other_income"
how = "sum"
field = "amount"
where = [{ field = "income_kind", is = ["chance"] }]
when = ["month"]
window = "rolling_12_months"
none = "silent"
precedence = 1
tolerance = { absolute = "1200", ratio = "0.1" }
status = "operational"
"#;

    fn built_in() -> (PackSet, Catalog) {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let catalog = Catalog::load(&packs).unwrap();
        (packs, catalog)
    }

    fn load_text(text: &str) -> Result<Vec<Evidence>, Error> {
        let source = PackSource::new(vec![SourceFile::new("pack.toml", format!("{HEAD}{text}"))]);
        let packs = PackSet::load(&[source]).unwrap();
        Evidence::load(&packs, &Catalog::load(&packs)?)
    }

    #[test]
    fn a_good_row_loads() {
        let rows = load_text(ROW).unwrap();
        let row = rows.last().unwrap();
        assert_eq!(
            (row.entity.as_str(), row.fact.as_str()),
            ("person", "other_income")
        );
        assert_eq!(row.when, When::On("month".to_owned()));
        let tolerance = Tolerance {
            absolute: 120_000,
            ratio: 1_000,
        };
        assert_eq!(row.tolerance, Some(tolerance));
    }

    #[test]
    fn a_bad_row_has_its_code_its_line_and_a_way_out() {
        let window = "window = \"rolling_12_months\"";
        let sum = "how = \"sum\"\nfield = \"amount\"";
        let mends: &[(&str, &str, &str, &str)] = &[
            (
                "how = \"sum\"",
                "how = \"sume\"",
                "E-EVIDENCE-SHAPE",
                "did you mean `sum`?",
            ),
            (
                "none = \"silent\"",
                "non = \"silent\"",
                "E-EVIDENCE-SHAPE",
                "did you mean `none`?",
            ),
            (
                "none = \"silent\"",
                "",
                "E-EVIDENCE-SHAPE",
                "missing field `none`",
            ),
            (
                "item = \"income_tax\"",
                "item = \"incom_tax\"",
                "E-EVIDENCE-NAME",
                "did you mean `income_tax`?",
            ),
            (
                "person.other_income",
                "person.other_incom",
                "E-EVIDENCE-NAME",
                "did you mean `person.other_income`?",
            ),
            (
                "field = \"amount\"",
                "field = \"amont\"",
                "E-EVIDENCE-NAME",
                "did you mean `amount`?",
            ),
            (
                "\"income_kind\"",
                "\"income_kin\"",
                "E-EVIDENCE-NAME",
                "did you mean `income_kind`?",
            ),
            (
                "\"income_kind\"",
                "\"tax\"",
                "E-EVIDENCE-FILTER",
                "only codes",
            ),
            (
                "[\"chance\"]",
                "[\"chanse\"]",
                "E-EVIDENCE-FILTER",
                "did you mean `chance`?",
            ),
            ("[\"chance\"]", "[]", "E-EVIDENCE-FILTER", "name a code"),
            ("when = [\"month\"]", "", "E-EVIDENCE-WINDOW", "write when"),
            (
                "when = [\"month\"]",
                "when = [\"payer\"]",
                "E-EVIDENCE-WINDOW",
                "date or month",
            ),
            (
                "when = [\"month\"]",
                "when = [\"month\", \"month\", \"month\"]",
                "E-EVIDENCE-WINDOW",
                "from and to",
            ),
            (
                window,
                "window = \"as_of\"",
                "E-EVIDENCE-TYPE",
                "money/year",
            ),
            (sum, "how = \"any\"", "E-EVIDENCE-TYPE", "no field"),
            (
                "none = \"silent\"",
                "none = \"silent\"\ngives = false",
                "E-EVIDENCE-TYPE",
                "how = \"any\"",
            ),
            (
                "how = \"sum\"",
                "how = \"mean_month\"",
                "E-EVIDENCE-ROUNDING",
                "half_up",
            ),
            (
                "none = \"silent\"",
                "none = \"silent\"\nrounding = \"up\"",
                "E-EVIDENCE-ROUNDING",
                "leave `rounding` out",
            ),
            (
                "\"1200\"",
                "\"-1\"",
                "E-EVIDENCE-TOLERANCE",
                "none below zero",
            ),
        ];
        for (good, bad, code, help) in mends {
            assert!(ROW.contains(good), "{good}");
            let text = ROW.replace(good, bad);
            let error = load_text(&text).unwrap_err();
            let found = error.lines(Lang::En);
            let at = found.starts_with(&format!("pack.toml:{LINE}:"));
            assert!(
                at && found.contains(code) && found.contains(help),
                "{bad}: {found}"
            );
        }
        let wage = ROW.replace("other_income", "wage");
        assert_eq!(
            load_text(&wage).unwrap().len(),
            2,
            "sums of one precedence are added"
        );
        let other = wage.replace("none = \"silent\"", "none = \"zero\"");
        assert_eq!(
            load_text(&other).unwrap_err().code(),
            "E-EVIDENCE-PRECEDENCE"
        );
        let latest = ROW
            .replace("how = \"sum\"", "how = \"latest\"")
            .replace("none = \"silent\"", "none = \"zero\"")
            .replace("other_income", "paid_last")
            .replace("\"amount\"", "\"paid_on\"")
            .replace("tolerance = { absolute = \"1200\", ratio = \"0.1\" }", "");
        assert_eq!(load_text(&latest).unwrap_err().code(), "E-EVIDENCE-NONE");
    }

    #[test]
    fn every_item_feeds_a_fact_or_says_why_not() {
        let (packs, catalog) = built_in();
        let rows = Evidence::load(&packs, &catalog).unwrap();
        let feeding: BTreeSet<&str> = rows.iter().map(|r| r.item.as_str()).collect();
        for item in catalog.items() {
            let says = !item.note.zh.is_empty() && !item.note.en.is_empty();
            assert!(feeding.contains(item.id.as_str()) || says, "{}", item.id);
        }
    }

    /// The kinds of data a fact names are those the law of checking knows; these are none of them, and say
    /// more than an applicant.
    #[test]
    fn a_fact_rests_on_a_kind_it_names() {
        let (packs, catalog) = built_in();
        let mut other = Vec::new();
        for row in Evidence::load(&packs, &catalog).unwrap() {
            let fact = packs.facts().find(|f| f.id == row.fact).unwrap();
            let item = catalog.resource(&row.item).unwrap();
            let named = |kind: &String| fact.answered_by.contains(&format!("item:{kind}"));
            if !item.kinds.iter().any(named) {
                other.push(format!("{}:{}", row.item, row.fact));
            }
        }
        assert_eq!(
            other,
            [
                "public_payroll:employed",
                "income_tax:property_net",
                "custody:in_prison",
                "custody:compulsory_rehab",
                "elder_ability:elder_unable",
                "elder_ability:elder_severe",
                "elder_person:lives_alone",
                "elder_facility_resident:in_elder_home",
                "vagrant_help:shelter_stays",
                "dibao_exit:exit_from",
                "grassroots_member:village_officer",
                "orphan:child_status_changed",
                "de_facto_orphan:child_status_changed",
                "tekun_person:care_level_registered",
                "tekun_person:support_form_registered",
                "elder_ability:ability_assessed_on",
            ]
        );
    }
}
