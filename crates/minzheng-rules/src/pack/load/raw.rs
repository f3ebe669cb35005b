//! The files of a pack as TOML gives them: which sections a file has, and which keys a row.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::Error as _;
use toml::Spanned;
use toml::value::Datetime;

use crate::pack::model::{Level, RelationKind, Status, Words};
use crate::pack::node::{Node, NodeError};

/// A row of a section of a file.
pub(super) trait Section: Sized {
    /// The rows of this section in a file.
    fn rows(file: &File) -> &[Spanned<Self>];
}

/// The sections whose rows the engine keeps for its host: `[[catalog.resource]]` and the like.
const HOST: [&str; 3] = ["catalog", "verification", "warning"];

/// The table of sections: the key of each in a file, and its row.
macro_rules! sections {
    ($($key:ident: $row:ty),* $(,)?) => {
        #[derive(Debug, Default)]
        pub(super) struct File {
            pub(super) pack: Option<Spanned<Pack>>,
            $($key: Vec<Spanned<$row>>,)*
            /// By the section's full name, `catalog.resource`.
            pub(super) host: Vec<(String, Vec<Node>)>,
        }

        impl File {
            /// The sections of a file.
            pub(super) fn of(text: Node) -> Result<Self, NodeError> {
                let mut file = Self::default();
                for (key, node) in text.into_table()? {
                    match key.word.as_ref() {
                        "pack" => file.pack = node.read()?,
                        $(stringify!($key) => file.$key = node.read()?,)*
                        section if HOST.contains(&section) => file.keep(section, node)?,
                        _ => {
                            const KNOWN: &[&str] = &["pack", $(stringify!($key),)* HOST[0], HOST[1], HOST[2]];
                            return Err(NodeError::unknown_field(&key.word, KNOWN).or_at(key.at));
                        }
                    }
                }
                Ok(file)
            }
        }

        $(
            impl Section for $row {
                fn rows(file: &File) -> &[Spanned<Self>] {
                    &file.$key
                }
            }
        )*
    };
}

sections! {
    instrument: Instrument,
    place: Place,
    entity: Entity,
    codes: Codes,
    fact: Fact,
    parameter: Parameter,
    value: Value,
    setting: Setting,
    formula: Formula,
    version: Version,
    programme: Programme,
    relation: Relation,
    calendar: Calendar,
    test: toml::Table,
}

impl File {
    /// Keeps the rows of a section of the host.
    fn keep(&mut self, section: &str, kinds: Node) -> Result<(), NodeError> {
        for (kind, rows) in kinds.into_table()? {
            let section = format!("{section}.{}", kind.word);
            self.host.push((section, rows.into_rows()?));
        }
        Ok(())
    }
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

/// A level, for ever or, as [`SetBy`] has it, from and until a day.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a level, or a table of level, from and until")]
pub(super) enum Delegated {
    Level(Level),
    Dated(SetBy),
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

/// A row that holds for a time at a place.
pub(super) trait Grounded {
    fn ground(&self) -> Ground;
}

/// The rows that hold for a time at a place: the keys of their ground, once, then the keys of each.
macro_rules! grounded {
    (@ground { $($(#[$attr:meta])* $key:ident: $ty:ty,)* }) => {
        /// When, where and on what ground a row holds.
        #[derive(Debug)]
        pub(super) struct Ground {
            $(pub(super) $key: $ty,)*
        }
    };
    (
        @row [$($meta:tt)*] $name:ident
        { $($(#[$own_attr:meta])* $own:ident: $own_ty:ty,)* }
        { $($(#[$attr:meta])* $key:ident: $ty:ty,)* }
    ) => {
        $($meta)*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$own_attr])* pub(super) $own: $own_ty,)*
            $($(#[$attr])* pub(super) $key: $ty,)*
        }

        impl Grounded for $name {
            fn ground(&self) -> Ground {
                Ground {
                    $($key: self.$key.clone(),)*
                }
            }
        }
    };
    (ground $ground:tt $($(#[$meta:meta])* $name:ident $own:tt)*) => {
        grounded!(@ground $ground);
        $(grounded!(@row [$(#[$meta])*] $name $own $ground);)*
    };
}

grounded! {
    ground {
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

    #[expect(clippy::struct_field_names, reason = "the keys of the format")]
    Value {
        parameter: Spanned<String>,
        value: Option<Spanned<toml::Value>>,
        #[serde(default)]
        rows: Vec<Spanned<BTreeMap<String, toml::Value>>>,
        rounding: Option<String>,
    }

    Setting {
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

    Version {
        of: Option<Spanned<String>>,
        expr: Spanned<String>,
    }

    Formula {
        id: String,
        entity: String,
        #[serde(rename = "type")]
        ty: Spanned<String>,
        #[serde(default)]
        title: Words,
        #[serde(default)]
        attestable: bool,
        #[serde(default)]
        delegated: Vec<Delegated>,
        #[serde(default)]
        version: Vec<Spanned<Version>>,
        expr: Option<Spanned<String>>,
    }

    Condition {
        id: String,
        #[serde(default)]
        title: Words,
        #[serde(default)]
        delegated: Vec<Delegated>,
        #[serde(default)]
        version: Vec<Spanned<Version>>,
        expr: Option<Spanned<String>>,
    }

    Programme {
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

    Relation {
        kind: RelationKind,
        first: Spanned<String>,
        second: Spanned<String>,
        choice: Option<Spanned<String>>,
        less: Option<Spanned<String>>,
    }

    Calendar {
        year: i32,
        #[serde(default)]
        rest_days: Vec<Datetime>,
        #[serde(default)]
        work_days: Vec<Datetime>,
    }
}
