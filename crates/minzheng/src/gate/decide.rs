//! The decision of the gate.

use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::place::parse_code;

use super::{
    AccessRequest, Admitted, Decision, Direction, FieldDecision, Generalisation, MaskKind, Rows,
    Rule, Treatment,
};
use crate::authorization::{Authorization, Query, Refused, covering, unknown};
use crate::catalog::{Catalog, Field, FieldType, IdentityUse, Origin, Purpose, Resource, Sharing};
use crate::error::{Error, Finding};
use crate::records::wrong_key;
use crate::sharing;

/// Decides a request by the packs, the authorisations and the requests for sharing that were agreed to.
///
/// # Errors
/// Everything that is wrong at once: `E-GATE-ID`, `E-GATE-NAME`, `E-GATE-FIELDS`, `E-VALUE-PLACE`, and what
/// [`Authorization::check`] finds. A request that is well formed and not allowed is a decision, not an error.
pub fn decide(
    packs: &PackSet,
    catalog: &Catalog,
    request: &AccessRequest,
    authorizations: &[Authorization],
    agreed: &[sharing::Request],
) -> Result<Decision, Error> {
    let (purpose, resource, fields) = check(packs, catalog, request)?;
    Authorization::check(authorizations, packs, catalog)?;
    let mut decision = Decision {
        request: request.id.clone(),
        consumer: request.consumer.id.clone(),
        direction: match (&resource.origin, &request.consumer.department) {
            (_, Some(_)) => Direction::Outlet,
            (Origin::Obtained { .. }, None) => Direction::Inlet,
            (Origin::Own, None) => Direction::Within,
        },
        purpose: purpose.id.clone(),
        ground: purpose
            .cite
            .iter()
            .map(|c| format!("{}#{}", c.instrument, c.article))
            .collect(),
        resource: resource.id.clone(),
        on: request.on,
        denied: None,
        rows: Rows::Nothing,
        fields: Vec::new(),
        refused: Vec::new(),
        agreement: None,
    };
    let rows = rows(
        packs,
        purpose,
        resource,
        request,
        authorizations,
        &mut decision.refused,
    );
    let given = purpose
        .takes_any(resource)
        .then_some(())
        .ok_or(Rule::NotInPurpose)
        .and_then(|()| condition(purpose, resource, request, agreed))
        .and_then(|agreement| Ok((agreement, rows?)));
    match given {
        Ok((agreement, rows)) => {
            decision.agreement = agreement;
            decision.rows = rows;
        }
        Err(rule) => decision.denied = Some(rule),
    }
    let denied = decision.denied;
    decision.fields = fields
        .into_iter()
        .map(|field| {
            let (treatment, rule) = match denied {
                Some(rule) => (Treatment::Deny, rule),
                None => treatment(catalog, purpose, resource, field),
            };
            FieldDecision {
                field: field.id.clone(),
                column: field.column(),
                treatment,
                rule,
            }
        })
        .collect();
    Ok(decision)
}

/// The purpose, the resource and the fields that a request names.
fn check<'c>(
    packs: &PackSet,
    catalog: &'c Catalog,
    request: &AccessRequest,
) -> Result<(&'c Purpose, &'c Resource, Vec<&'c Field>), Error> {
    let mut findings = Vec::new();
    let keys = [
        (&request.id, "request.id"),
        (&request.consumer.id, "request.consumer.id"),
    ];
    for (key, path) in keys {
        findings.extend(wrong_key(key, path, "E-GATE-ID"));
    }
    let purposes: Vec<&str> = catalog.purposes().iter().map(|p| p.id.as_str()).collect();
    let resources: Vec<&str> = catalog.resources().iter().map(|r| r.id.as_str()).collect();
    let departments: Vec<&str> = catalog
        .departments()
        .iter()
        .map(|d| d.id.as_str())
        .collect();
    let mut named = |what: &str, word: &str, known: &[&str], path: String| {
        findings.extend(unknown("E-GATE-NAME", what, word, known).map(|f| f.path_is(path)));
    };
    named(
        "purpose",
        &request.purpose,
        &purposes,
        "request.purpose".to_owned(),
    );
    named(
        "resource",
        &request.resource,
        &resources,
        "request.resource".to_owned(),
    );
    if let Some(department) = &request.consumer.department {
        named(
            "department",
            department,
            &departments,
            "request.consumer.department".to_owned(),
        );
    }
    if let Some(programme) = &request.programme {
        let known: Vec<&str> = packs.programmes().iter().map(|p| p.id.as_str()).collect();
        named(
            "programme",
            programme,
            &known,
            "request.programme".to_owned(),
        );
    }
    let resource = catalog.resource(&request.resource);
    let mut fields: Vec<&Field> = Vec::new();
    if let Some(resource) = resource {
        let known: Vec<&str> = resource.fields.iter().map(|f| f.id.as_str()).collect();
        for (at, word) in request.fields.iter().enumerate() {
            named("field", word, &known, format!("request.fields[{at}]"));
            fields.extend(resource.field(word));
        }
    }
    for (at, person) in request.persons.iter().enumerate() {
        let path = format!("request.persons[{at}].party.id");
        findings.extend(wrong_key(&person.party.id, &path, "E-GATE-ID"));
        if let Some(guardian) = &person.party.guardian {
            let path = format!("request.persons[{at}].party.guardian");
            findings.extend(wrong_key(guardian, &path, "E-GATE-ID"));
        }
    }
    let twice = request.fields.iter().enumerate().any(|(at, f)| {
        request
            .fields
            .iter()
            .skip(at.saturating_add(1))
            .any(|g| f == g)
    });
    if request.fields.is_empty() || twice {
        let message = "the fields asked for are none, or one is there twice";
        let found = Finding::new("E-GATE-FIELDS", message, "name each field once");
        findings.push(found.path_is("request.fields"));
    }
    for (at, place) in request.consumer.places.iter().enumerate() {
        if parse_code(place).is_none() {
            let found = Finding::new("E-VALUE-PLACE", "not a place code", "write \"150123\"");
            findings.push(found.path_is(format!("request.consumer.places[{at}]")));
        }
    }
    match (
        Error::all(findings),
        catalog.purpose(&request.purpose),
        resource,
    ) {
        (None, Some(purpose), Some(resource)) => Ok((purpose, resource, fields)),
        (Some(error), ..) => Err(error),
        // a name that nothing has is a finding already
        _ => Err(Error::one(Finding::new(
            "E-GATE-NAME",
            "an unknown name",
            "",
        ))),
    }
}

/// Whether the sharing of a resource lets the consumer have it, and by which agreed request.
fn condition(
    purpose: &Purpose,
    resource: &Resource,
    request: &AccessRequest,
    agreed: &[sharing::Request],
) -> Result<Option<String>, Rule> {
    let keeper = match &resource.origin {
        Origin::Own => None,
        Origin::Obtained { department, .. } => Some(department),
    };
    if keeper == request.consumer.department.as_ref() {
        return Ok(None);
    }
    match &resource.sharing {
        Sharing::Unconditional => Ok(None),
        Sharing::Withheld => Err(Rule::Withheld),
        // the persons' own authorisations meet the condition of what civil affairs obtains
        Sharing::Conditional(_)
            if purpose.needs_authorization && request.consumer.department.is_none() =>
        {
            Ok(None)
        }
        Sharing::Conditional(_) => {
            let is_it = |a: &&sharing::Request| {
                a.is_in_use(request.on)
                    && a.consumer == request.consumer.id
                    && a.resource == resource.id
                    && a.purpose == purpose.id
                    && request.fields.iter().all(|f| a.fields.contains(f))
            };
            let found = agreed.iter().find(is_it);
            found.map(|a| Some(a.id.clone())).ok_or(Rule::NoAgreement)
        }
    }
}

fn rows(
    packs: &PackSet,
    purpose: &Purpose,
    resource: &Resource,
    request: &AccessRequest,
    authorizations: &[Authorization],
    refused: &mut Vec<Refused>,
) -> Result<Rows, Rule> {
    if purpose.needs_authorization {
        let mut subjects = Vec::new();
        for asked in &request.persons {
            let query = Query {
                party: &asked.party,
                item: resource,
                purpose: &purpose.id,
                programme: request.programme.as_deref(),
                on: request.on,
            };
            match covering(&query, authorizations) {
                Ok(coverage) => subjects.push(Admitted {
                    person: asked.party.id.clone(),
                    subject: asked.subject,
                    authorization: coverage.authorization,
                }),
                Err((refusal, authorization)) => refused.push(Refused {
                    person: asked.party.id.clone(),
                    item: resource.id.clone(),
                    asked_on: None,
                    refusal,
                    authorization,
                }),
            }
        }
        return if subjects.is_empty() {
            Err(Rule::NoAuthorization)
        } else {
            let column = resource.key.clone();
            Ok(Rows::Subjects { column, subjects })
        };
    }
    let places = packs.places();
    let mine: Vec<i64> = request
        .consumer
        .places
        .iter()
        .filter_map(|p| parse_code(p))
        .collect();
    let is_mine = |code: i64| mine.iter().any(|above| places.is_within(code, *above));
    let whole = packs
        .packs()
        .get(resource.written.pack)
        .is_some_and(|pack| is_mine(pack.place));
    if whole {
        return Ok(Rows::All);
    }
    let of_place: Vec<&Field> = resource
        .fields
        .iter()
        .filter(|f| f.ty == FieldType::Place)
        .collect();
    match of_place.as_slice() {
        [field] if !mine.is_empty() => Ok(Rows::Places {
            column: field.column(),
            places: places
                .iter()
                .filter(|p| is_mine(p.code))
                .map(|p| format!("{:06}", p.code))
                .collect(),
        }),
        _ => Err(Rule::NoPlace),
    }
}

fn treatment(
    catalog: &Catalog,
    purpose: &Purpose,
    resource: &Resource,
    field: &Field,
) -> (Treatment, Rule) {
    if !purpose.takes(resource, &field.id) {
        return (Treatment::Deny, Rule::NotInPurpose);
    }
    if field.ty == FieldType::IdNumber {
        let treatment = match purpose.identity {
            IdentityUse::Plain => Treatment::Plain,
            IdentityUse::Mask => Treatment::Mask {
                mask: MaskKind::Identity,
            },
            IdentityUse::Digest => Treatment::Digest,
            IdentityUse::Deny => Treatment::Deny,
        };
        return (treatment, Rule::Identity);
    }
    if field.sensitive && !purpose.sees_sensitive {
        return (Treatment::Deny, Rule::Sensitive);
    }
    if field.grade <= purpose.plain_up_to {
        return (Treatment::Plain, Rule::LeastSet);
    }
    let less = match (&field.ty, catalog.mask_of(&field.id)) {
        (FieldType::Text, Some(mask)) => Treatment::Mask { mask },
        (FieldType::Date | FieldType::Month, _) => Treatment::Generalise {
            to: Generalisation::Year,
        },
        (FieldType::Place, _) => Treatment::Generalise {
            to: Generalisation::Prefecture,
        },
        _ => Treatment::Deny,
    };
    (less, Rule::Grade)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use minzheng_rules::pack::{PackSource, SourceFile};

    use super::*;
    use crate::gate::Consumer;
    use crate::packs::{self, BuiltIn};

    /// Resources of a county, with purposes of its own.
    const PACK: &str = r#"
[pack]
id = "above"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "county"
place = "150102"
extends = ["cn-15"]
reviewed_on = 2026-01-01

[[catalog.resource]]
id = "homes"
title = { zh = "机构", en = "homes" }
status = "inferred"
kinds = ["CTY"]
subject = "facility"
key = "code"
order = "key"
cycle = "yearly"
sharing = "unconditional"
grade = 3
personal = "general"
field = [
  { id = "code", type = "credit_code", title = { zh = "代码", en = "code" }, grade = 1, required = true },
  { id = "phone", type = "text", title = { zh = "电话", en = "phone" }, grade = 3 },
  { id = "place", type = "place", title = { zh = "地区", en = "place" }, grade = 1 },
]

[[catalog.purpose]]
id = "show"
title = { zh = "展示", en = "show" }
status = "operational"
resources = [{ id = "homes", fields = ["code", "phone"] }]
authorization = false
plain_up_to = 2
sensitive = false
identity = "deny"
"#;

    fn decided(pack: &str, department: Option<&str>, place: &str, fields: &[&str]) -> Decision {
        let above = PackSource::new(vec![SourceFile::new("pack.toml", pack)]);
        let built_in = [BuiltIn::Nation, BuiltIn::InnerMongolia];
        let packs = packs::load(&built_in, &[above]).unwrap();
        let catalog = Catalog::load(&packs).unwrap();
        let request = AccessRequest {
            id: "r1".to_owned(),
            consumer: Consumer {
                id: "c1".to_owned(),
                department: department.map(str::to_owned),
                places: vec![place.to_owned()],
            },
            purpose: "show".to_owned(),
            programme: None,
            resource: "homes".to_owned(),
            fields: fields.iter().map(|f| (*f).to_owned()).collect(),
            persons: Vec::new(),
            on: NaiveDate::from_ymd_opt(2026, 8, 25).unwrap(),
        };
        decide(&packs, &catalog, &request, &[], &[]).unwrap()
    }

    #[test]
    fn what_is_shared_without_condition_goes_out_within_its_least_set() {
        let decision = decided(
            PACK,
            Some("education"),
            "150102",
            &["code", "phone", "place"],
        );
        let words: Vec<String> = decision.fields.iter().map(|f| f.treatment.word()).collect();
        assert_eq!(words, ["plain", "mask:phone", "deny"]);
        assert_eq!(
            (decision.direction, decision.rows),
            (Direction::Outlet, Rows::All)
        );
        assert_eq!(
            decision.fields.last().map(|f| f.rule),
            Some(Rule::NotInPurpose)
        );
    }

    #[test]
    fn what_is_kept_back_goes_to_nobody_but_its_keeper() {
        let kept = PACK.replace(
            "sharing = \"unconditional\"",
            "sharing = \"withheld\"\ncite = [\"sal-2026#第十一条\"]",
        );
        let decision = decided(&kept, Some("education"), "150102", &["code"]);
        assert_eq!(decision.denied, Some(Rule::Withheld));
        assert_eq!(decision.rows, Rows::Nothing);
        let own = decided(&kept, None, "150102", &["code"]);
        assert_eq!((own.denied, own.direction), (None, Direction::Within));
    }

    #[test]
    fn rows_are_held_to_the_places_of_the_consumer() {
        let other = decided(PACK, None, "150103", &["code"]);
        let within = Rows::Places {
            column: "place".to_owned(),
            places: vec!["150103".to_owned()],
        };
        assert_eq!(other.rows, within);
        let whole = decided(PACK, None, "150100", &["code"]);
        assert_eq!(
            whole.rows,
            Rows::All,
            "the prefecture lies above the county"
        );
        // two places: which one says from where a row is, is not guessed
        let twice = PACK.replace(
            "  { id = \"place\"",
            "  { id = \"seat\", type = \"place\", title = { zh = \"驻地\", en = \"seat\" }, grade = 1 },\n  { id = \"place\"",
        );
        assert_eq!(
            decided(&twice, None, "150103", &["code"]).denied,
            Some(Rule::NoPlace)
        );
    }
}
