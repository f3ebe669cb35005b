//! The files of a pack as TOML gives them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::model::{Level, RelationKind, Status, Words};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) pack: Option<Spanned<Pack>>,
    #[serde(default)]
    pub(super) instrument: Vec<Spanned<Instrument>>,
    #[serde(default)]
    pub(super) place: Vec<Spanned<Place>>,
    #[serde(default)]
    pub(super) entity: Vec<Spanned<Entity>>,
    #[serde(default)]
    pub(super) codes: Vec<Spanned<Codes>>,
    #[serde(default)]
    pub(super) fact: Vec<Spanned<Fact>>,
    #[serde(default)]
    pub(super) parameter: Vec<Spanned<Parameter>>,
    #[serde(default)]
    pub(super) value: Vec<Spanned<Value>>,
    #[serde(default)]
    pub(super) setting: Vec<Spanned<Setting>>,
    #[serde(default)]
    pub(super) formula: Vec<Spanned<Formula>>,
    #[serde(default)]
    pub(super) version: Vec<Spanned<Version>>,
    #[serde(default)]
    pub(super) programme: Vec<Spanned<Programme>>,
    #[serde(default)]
    pub(super) relation: Vec<Spanned<Relation>>,
    #[serde(default)]
    pub(super) calendar: Vec<Spanned<Calendar>>,
    #[serde(default)]
    pub(super) test: Vec<Spanned<toml::Table>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    pub(super) id: String,
    pub(super) title: Words,
    pub(super) publisher: String,
    pub(super) version: String,
    pub(super) level: Level,
    pub(super) place: String,
    #[serde(default)]
    pub(super) extends: Vec<String>,
    pub(super) reviewed_on: Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instrument {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) title_en: String,
    #[serde(default)]
    pub(super) number: String,
    #[serde(default)]
    pub(super) issuer: String,
    pub(super) published: Option<Datetime>,
    pub(super) in_force: Option<Datetime>,
    pub(super) until: Option<Datetime>,
    #[serde(default)]
    pub(super) replaces: Vec<String>,
    pub(super) copy: Option<String>,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) parent: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) alias_of: Option<String>,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) collection: Option<String>,
    pub(super) complete: Option<String>,
    #[serde(default)]
    pub(super) links: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) title: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: Words,
    pub(super) values: Vec<CodeRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeRow {
    pub(super) id: String,
    #[serde(default)]
    pub(super) zh: String,
    #[serde(default)]
    pub(super) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    pub(super) id: String,
    pub(super) entity: String,
    #[serde(rename = "type")]
    pub(super) ty: Spanned<String>,
    pub(super) low: Option<toml::Value>,
    pub(super) high: Option<toml::Value>,
    #[serde(default)]
    pub(super) title: Words,
    #[serde(default)]
    pub(super) question: Words,
    #[serde(default)]
    pub(super) answered_by: Vec<String>,
    #[serde(default)]
    pub(super) sensitivity: String,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetBy {
    pub(super) level: Level,
    pub(super) from: Option<Datetime>,
    pub(super) until: Option<Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) ty: Spanned<String>,
    #[serde(default)]
    pub(super) title: Words,
    #[serde(default)]
    pub(super) keys: Vec<String>,
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) set_by: Vec<SetBy>,
    #[serde(default)]
    pub(super) setter: Words,
    pub(super) low: Option<toml::Value>,
    pub(super) high: Option<toml::Value>,
    #[serde(default)]
    pub(super) note: Words,
    #[serde(default)]
    pub(super) cite: Vec<Spanned<String>>,
    pub(super) status: Option<Status>,
}

/// When, where and on what ground a row holds.
#[derive(Debug, Default, Deserialize, Clone)]
pub(super) struct Ground {
    pub(super) place: Option<String>,
    pub(super) from: Option<Datetime>,
    pub(super) until: Option<Datetime>,
    pub(super) until_published: Option<Datetime>,
    pub(super) published: Option<Datetime>,
    pub(super) review_by: Option<Datetime>,
    #[serde(default)]
    pub(super) cite: Vec<Spanned<String>>,
    pub(super) status: Option<Status>,
    #[serde(default)]
    pub(super) note: Words,
}

macro_rules! with_ground {
    ($(#[$meta:meta])* struct $name:ident { $($(#[$field_meta:meta])* $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$field_meta])* pub(super) $field: $ty,)*
            place: Option<String>,
            from: Option<Datetime>,
            until: Option<Datetime>,
            until_published: Option<Datetime>,
            published: Option<Datetime>,
            review_by: Option<Datetime>,
            #[serde(default)]
            cite: Vec<Spanned<String>>,
            status: Option<Status>,
            #[serde(default)]
            note: Words,
        }

        impl $name {
            pub(super) fn ground(&self) -> Ground {
                Ground {
                    place: self.place.clone(),
                    from: self.from,
                    until: self.until,
                    until_published: self.until_published,
                    published: self.published,
                    review_by: self.review_by,
                    cite: self.cite.clone(),
                    status: self.status,
                    note: self.note.clone(),
                }
            }
        }
    };
}

with_ground!(
    #[expect(clippy::struct_field_names, reason = "the keys of the format")]
    struct Value {
        parameter: Spanned<String>,
        value: Option<Spanned<toml::Value>>,
        #[serde(default)]
        rows: Vec<Spanned<BTreeMap<String, toml::Value>>>,
        rounding: Option<String>,
    }
);

with_ground!(
    struct Setting {
        id: String,
        ambiguity: Option<u32>,
        #[serde(default)]
        title: Words,
        values: Vec<CodeRow>,
        default: Spanned<String>,
        #[serde(default)]
        set_by: Vec<SetBy>,
        #[serde(default)]
        setter: Words,
    }
);

with_ground!(
    struct Version {
        of: Option<Spanned<String>>,
        expr: Spanned<String>,
    }
);

with_ground!(
    struct Formula {
        id: String,
        entity: String,
        #[serde(rename = "type")]
        ty: Spanned<String>,
        #[serde(default)]
        title: Words,
        #[serde(default)]
        attestable: bool,
        #[serde(default)]
        delegated: Vec<Level>,
        #[serde(default)]
        version: Vec<Spanned<Version>>,
        expr: Option<Spanned<String>>,
    }
);

with_ground!(
    struct Condition {
        id: String,
        #[serde(default)]
        title: Words,
        #[serde(default)]
        delegated: Vec<Level>,
        #[serde(default)]
        version: Vec<Spanned<Version>>,
        expr: Option<Spanned<String>>,
    }
);

with_ground!(
    struct Programme {
        id: String,
        entity: String,
        order: i64,
        #[serde(default)]
        title: Words,
        amount: Option<String>,
        first_month: Option<String>,
        review_date: Option<String>,
        valid_until: Option<String>,
        #[serde(default)]
        figures: Vec<Spanned<String>>,
        #[serde(default)]
        condition: Vec<Spanned<Condition>>,
    }
);

with_ground!(
    struct Relation {
        kind: RelationKind,
        first: Spanned<String>,
        second: Spanned<String>,
        choice: Option<Spanned<String>>,
        less: Option<Spanned<String>>,
    }
);

with_ground!(
    struct Calendar {
        year: i32,
        #[serde(default)]
        rest_days: Vec<Datetime>,
        #[serde(default)]
        work_days: Vec<Datetime>,
    }
);

impl Setting {
    /// A setting's `place` names the place fact it reads, as a parameter's does.
    pub(super) fn place_fact(&self) -> Option<&String> {
        self.place.as_ref()
    }

    pub(super) fn note_words(&self) -> &Words {
        &self.note
    }
}
