//! What the numbers of a person's documents say, beside what is written.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::error::Finding;
use crate::identity::{DisabilityCard, DisabilityKind, ResidentNumber};

/// The documents of a person, until their facts are read from them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Documents {
    pub(super) identity: Option<ResidentNumber>,
    pub(super) card: Option<DisabilityCard>,
}

/// A fact that a document tells.
struct Told {
    field: &'static str,
    value: Value,
    /// Whether a written value can be compared; one that cannot is refused with its own code when it is read.
    comparable: fn(&Value) -> bool,
    document: &'static str,
}

impl Documents {
    /// Fills in the facts that the documents tell and nobody wrote. What was written stays, and is a finding where a
    /// document says something else; no finding repeats a value.
    pub(super) fn tell(&self, fields: &mut Map<String, Value>, index: usize) -> Vec<Finding> {
        let mut wrong = Vec::new();
        let path = |field: &str| format!("person[{index}].{field}");
        if let (Some(identity), Some(card)) = (self.identity, self.card)
            && card.resident() != identity
        {
            let message =
                "the disability card number and the identity number are not of one person";
            wrong.push(contradiction(message).path_is(path("disability_card")));
            return wrong;
        }
        for told in self.told() {
            let Some(written) = fields.get(told.field) else {
                fields.insert(told.field.to_owned(), told.value);
                continue;
            };
            let written = match written {
                Value::Object(parts) => parts.get("value"),
                plain => Some(plain),
            };
            if written.is_some_and(|w| (told.comparable)(w) && *w != told.value) {
                let message = format!("`{}` is not what the {} says", told.field, told.document);
                wrong.push(contradiction(message).path_is(path(told.field)));
            }
        }
        wrong
    }

    fn told(&self) -> Vec<Told> {
        let mut told = Vec::new();
        let document = if self.identity.is_some() {
            "identity number"
        } else {
            "disability card number"
        };
        if let Some(number) = self.identity.or(self.card.map(DisabilityCard::resident)) {
            told.push(Told {
                field: "birth",
                value: json!(number.birth_date().to_string()),
                comparable: |v| v.as_str().is_some_and(|t| t.parse::<NaiveDate>().is_ok()),
                document,
            });
        }
        if let Some(card) = self.card {
            told.push(Told {
                field: "disability_kind",
                value: json!(kind_code(card.kind())),
                comparable: |v| {
                    (1..=7)
                        .filter_map(DisabilityKind::from_digit)
                        .any(|kind| v.as_str() == Some(kind_code(kind)))
                },
                document: "disability card number",
            });
            told.push(Told {
                field: "disability_grade",
                value: json!(i64::from(card.grade().digit())),
                comparable: |v| v.as_i64().is_some_and(|n| (1..=4).contains(&n)),
                document: "disability card number",
            });
        }
        told
    }
}

/// The code of the list `disability`.
const fn kind_code(kind: DisabilityKind) -> &'static str {
    match kind {
        DisabilityKind::Visual => "visual",
        DisabilityKind::Hearing => "hearing",
        DisabilityKind::Speech => "speech",
        DisabilityKind::Physical => "limb",
        DisabilityKind::Intellectual => "intellectual",
        DisabilityKind::Mental => "mental",
        DisabilityKind::Multiple => "multiple",
    }
}

fn contradiction(message: impl Into<String>) -> Finding {
    Finding::new(
        "E-ID-CONTRADICTION",
        message,
        "compare both with the document, and correct or leave out one",
    )
}
