//! A resource as a data contract (Open Data Contract Standard 3.1).

use minzheng_rules::lang::Period;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;

use super::yaml::Yaml;
use super::{Base, Named, both, pack_of, years};
use crate::catalog::{
    Catalog, Cycle, Field, FieldType, Lifecycle, Openness, Resource, Retention, Sharing,
};

/// Pairs of a map.
type Pairs = Vec<(&'static str, Yaml)>;

pub(super) fn write(catalog: &Catalog, packs: &PackSet, of: &Resource, base: &Base) -> String {
    let version = pack_of(packs, of).map_or("", |p| p.version.as_str());
    let status = match of.lifecycle {
        Lifecycle::Active => "active",
        Lifecycle::Withdrawn { .. } => "retired",
    };
    let mut out: Pairs = vec![
        ("apiVersion", Yaml::text("v3.1.0")),
        ("kind", Yaml::text("DataContract")),
        ("id", Yaml::text(base.contract(of))),
        ("version", Yaml::text(version)),
        ("status", Yaml::text(status)),
        ("name", Yaml::text(both(&of.title))),
    ];
    if let Some(line) = &of.line {
        out.push(("domain", Yaml::text(line)));
    }
    let mut description: Pairs = Vec::new();
    if !of.summary.zh.is_empty() || !of.summary.en.is_empty() {
        description.push(("purpose", Yaml::text(both(&of.summary))));
    }
    description.push(("limitations", Yaml::text(limits(of))));
    out.push(("description", Yaml::Map(description)));
    if !of.kinds.is_empty() {
        out.push(("tags", of.kinds.iter().map(Yaml::text).collect()));
    }
    if let Some(provider) = catalog.provider(of) {
        let team = vec![
            ("id", Yaml::text(&provider.id)),
            ("name", Yaml::text(both(&provider.title))),
        ];
        out.push(("team", Yaml::Map(team)));
    }
    let (zh, en) = of.subject.words();
    let properties = of
        .fields
        .iter()
        .map(|f| property(catalog, packs, of, f))
        .collect();
    let table: Pairs = vec![
        ("id", Yaml::text(&of.id)),
        ("name", Yaml::text(&of.id)),
        ("logicalType", Yaml::text("object")),
        ("physicalName", Yaml::text(&of.id)),
        ("businessName", Yaml::text(&of.title.zh)),
        ("description", Yaml::text(&of.title.en)),
        (
            "dataGranularityDescription",
            Yaml::text(format!("{zh} / {en}")),
        ),
        ("properties", properties),
    ];
    out.push(("schema", Yaml::List(vec![Yaml::Map(table)])));
    out.push(("slaProperties", levels(of)));
    out.push(("customProperties", own(packs, of, base)));
    Yaml::Map(out).write()
}

impl FromIterator<Self> for Yaml {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}

/// Who may use it, in words.
fn limits(of: &Resource) -> String {
    let (zh, en) = of.sharing.words();
    match &of.sharing {
        Sharing::Conditional(condition) => both(&Words {
            zh: format!("{zh}：{}", condition.zh),
            en: format!("{en}: {}", condition.en),
        }),
        _ => format!("{zh} / {en}"),
    }
}

/// How often it comes, how late it may be, how long it is kept.
fn levels(of: &Resource) -> Yaml {
    let mut out = Vec::new();
    let (zh, en) = of.cycle.words();
    let every = match of.cycle {
        Cycle::Daily => Some((1, "d")),
        Cycle::Weekly => Some((7, "d")),
        Cycle::Monthly => Some((1, "month")),
        Cycle::Quarterly => Some((3, "month")),
        Cycle::Yearly => Some((1, "y")),
        Cycle::Realtime | Cycle::Irregular => None,
    };
    let mut frequency: Pairs = vec![("property", Yaml::text("frequency"))];
    match every {
        Some((count, unit)) => {
            frequency.extend([("value", Yaml::Whole(count)), ("unit", Yaml::text(unit))]);
        }
        None => frequency.push(("value", Yaml::text(of.cycle.word()))),
    }
    frequency.push(("description", Yaml::text(format!("{zh} / {en}"))));
    out.push(Yaml::Map(frequency));
    if let Some(grace) = of.grace {
        out.push(Yaml::Map(vec![
            ("property", Yaml::text("latency")),
            ("value", Yaml::Whole(u64::from(grace))),
            ("unit", Yaml::text("working day")),
        ]));
    }
    if let Some(retention) = of.retention {
        let mut kept: Pairs = vec![("property", Yaml::text("retention"))];
        match retention {
            Retention::Years(count) => kept.extend([
                ("value", Yaml::Whole(u64::from(count))),
                ("unit", Yaml::text("y")),
            ]),
            Retention::Permanent => kept.push(("value", Yaml::text(years(retention)))),
        }
        out.push(Yaml::Map(kept));
    }
    Yaml::List(out)
}

fn custom(name: &'static str, value: Yaml) -> Yaml {
    Yaml::Map(vec![("property", Yaml::text(name)), ("value", value)])
}

/// What the standard has no word for.
fn own(packs: &PackSet, of: &Resource, base: &Base) -> Yaml {
    let mut out = vec![
        custom("minzhengDataset", Yaml::text(base.dataset(of))),
        custom("minzhengGrade", Yaml::Whole(u64::from(of.grade.level()))),
        custom("minzhengPersonal", Yaml::text(of.personal.word())),
        custom("minzhengSubject", Yaml::text(of.subject.word())),
        custom("minzhengSharing", Yaml::text(of.sharing.word())),
        custom("minzhengStatus", Yaml::text(of.status.word())),
        custom("minzhengOrder", Yaml::text(of.order.word())),
    ];
    let mut some = |name, value: Option<String>| {
        out.extend(value.map(|v| custom(name, Yaml::text(v))));
    };
    some("minzhengCode", of.code.as_ref().map(ToString::to_string));
    some(
        "minzhengOpenness",
        of.openness.as_ref().map(|o| o.word().to_owned()),
    );
    if let Some(Openness::Conditional(words)) = &of.openness {
        some("minzhengOpenCondition", Some(both(words)));
    }
    some(
        "minzhengPublishedOn",
        of.published_on.map(|day| day.to_string()),
    );
    let given = |words: &Words| Some(both(words)).filter(|w| !w.is_empty());
    some("minzhengSeen", given(&of.seen));
    some("minzhengNote", given(&of.note));
    if let Lifecycle::Withdrawn {
        on,
        reason,
        successor,
    } = &of.lifecycle
    {
        some("minzhengWithdrawnOn", Some(on.to_string()));
        some("minzhengWithdrawnBecause", given(reason));
        some("minzhengSuccessor", successor.clone());
    }
    let lists = [
        (
            "minzhengInferred",
            of.inferred.iter().map(|i| i.word().to_owned()).collect(),
        ),
        (
            "minzhengModes",
            of.modes.iter().map(|m| m.word().to_owned()).collect(),
        ),
        (
            "minzhengFormats",
            of.formats.iter().map(|f| f.word().to_owned()).collect(),
        ),
        ("minzhengRelated", of.related.clone()),
        (
            "minzhengGround",
            of.cite.iter().map(|c| packs.cite_words(c)).collect(),
        ),
        (
            "minzhengSupplies",
            of.supplies
                .iter()
                .map(|s| format!("{}.{}", s.entity, s.fact))
                .collect::<Vec<String>>(),
        ),
    ];
    for (name, items) in lists {
        if !items.is_empty() {
            out.push(custom(name, items.into_iter().map(Yaml::text).collect()));
        }
    }
    Yaml::List(out)
}

/// The logical type and its options.
fn logical(ty: &FieldType) -> (&'static str, Pairs) {
    let pattern = |most: u64, pattern| {
        vec![
            ("minLength", Yaml::Whole(most)),
            ("maxLength", Yaml::Whole(most)),
            ("pattern", Yaml::text(pattern)),
        ]
    };
    match ty {
        FieldType::Text | FieldType::Code(_) => ("string", Vec::new()),
        FieldType::Date | FieldType::Month => ("date", vec![("format", Yaml::text("yyyy-MM-dd"))]),
        FieldType::Money(_) | FieldType::Count => ("integer", Vec::new()),
        FieldType::Number { .. } | FieldType::Ratio => ("number", Vec::new()),
        FieldType::IdNumber => ("string", pattern(18, "^[0-9]{17}[0-9X]$")),
        FieldType::CreditCode => ("string", pattern(18, "^[0-9A-Z]{18}$")),
        FieldType::Place => ("string", pattern(6, "^[0-9]{6}$")),
        FieldType::Bool => ("boolean", Vec::new()),
    }
}

fn property(catalog: &Catalog, packs: &PackSet, of: &Resource, field: &Field) -> Yaml {
    let (ty, options) = logical(&field.ty);
    let mut out: Pairs = vec![
        ("id", Yaml::text(&field.id)),
        ("name", Yaml::text(&field.id)),
        ("physicalName", Yaml::text(field.column())),
        ("businessName", Yaml::text(&field.title.zh)),
        ("description", Yaml::text(&field.title.en)),
        ("logicalType", Yaml::text(ty)),
    ];
    if !options.is_empty() {
        out.push(("logicalTypeOptions", Yaml::Map(options)));
    }
    out.push(("required", Yaml::Truth(field.required)));
    let grade = field.grade.level().to_string();
    out.push(("classification", Yaml::text(grade)));
    let is_source = field.element.as_deref().is_some_and(|element| {
        let source = catalog.source_of(element);
        source.is_some_and(|(r, f)| r.id == of.id && f.id == field.id)
    });
    out.push(("criticalDataElement", Yaml::Truth(is_source)));
    let mut own = vec![custom("minzhengType", Yaml::text(field.ty.to_string()))];
    match &field.ty {
        FieldType::Code(list) => {
            let codes = packs.code_lists().iter().find(|l| l.id == *list);
            let values: Yaml = codes.map_or_else(
                || Yaml::List(Vec::new()),
                |l| l.codes.iter().map(|c| Yaml::text(&c.id)).collect(),
            );
            let check = vec![
                ("type", Yaml::text("library")),
                ("metric", Yaml::text("invalidValues")),
                ("arguments", Yaml::Map(vec![("validValues", values)])),
                ("mustBe", Yaml::Whole(0)),
                ("dimension", Yaml::text("conformity")),
            ];
            out.push(("quality", Yaml::List(vec![Yaml::Map(check)])));
        }
        FieldType::Number { places, unit } => {
            own.push(custom("minzhengUnit", Yaml::text(unit.word())));
            own.push(custom("minzhengPlaces", Yaml::Whole(u64::from(*places))));
        }
        FieldType::Money(period) => {
            own.push(custom("minzhengUnit", Yaml::text("fen")));
            let per = match period {
                Period::Once | Period::Any => None,
                Period::Month => Some("month"),
                Period::Year => Some("year"),
            };
            own.extend(per.map(|p| custom("minzhengPeriod", Yaml::text(p))));
        }
        _ => {}
    }
    if field.sensitive {
        own.push(custom("minzhengSensitive", Yaml::Truth(true)));
    }
    if field.id == of.key {
        own.push(custom("minzhengKey", Yaml::Truth(true)));
    }
    if let Some(element) = &field.element {
        own.push(custom("minzhengElement", Yaml::text(element)));
    }
    out.push(("customProperties", Yaml::List(own)));
    Yaml::Map(out)
}
