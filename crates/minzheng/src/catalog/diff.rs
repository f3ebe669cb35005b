//! What changed between two editions of a catalogue, and whom it breaks.

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::pack::PackSet;
use serde_json::{Value, json};

use super::{Catalog, Cycle, Field, FieldType, Lifecycle, Resource, Sharing};

/// A catalogue with the packs that hold its lists of codes.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'e> {
    /// The packs.
    pub packs: &'e PackSet,
    /// Their catalogue.
    pub catalog: &'e Catalog,
}

/// How hard a change hits one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breaks {
    /// Not at all.
    No,
    /// Somebody should look at it.
    Review,
    /// It may surprise.
    Warning,
    /// It breaks what is there.
    Error,
}

impl Breaks {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "none",
            Self::Review => "review",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum What {
    /// A resource is new.
    ResourceAdded,
    /// A resource is gone.
    ResourceRemoved,
    /// A resource was withdrawn.
    Withdrawn,
    /// A resource that was withdrawn is back.
    Restored,
    /// A field that may be empty is new.
    FieldAdded,
    /// A field that every record has is new.
    RequiredFieldAdded,
    /// A field is gone.
    FieldRemoved,
    /// Another type.
    Type,
    /// Another period of money, or another unit.
    Unit,
    /// Fewer decimal places.
    PlacesNarrowed,
    /// More decimal places.
    PlacesWidened,
    /// Every record had it, and need not any more.
    RequiredDropped,
    /// Every record has it now.
    RequiredSet,
    /// A code is gone from a list.
    CodeRetired,
    /// A code has another name.
    CodeRelabelled,
    /// A code is new.
    CodeAdded,
    /// Another field says about whom a record is.
    Key,
    /// A record is about something else.
    Subject,
    /// Fewer may use it, or on a condition.
    SharingNarrowed,
    /// More may use it.
    SharingWidened,
    /// The condition reads otherwise.
    Condition,
    /// Open to fewer or to more.
    Openness,
    /// To be kept further.
    GradeRaised,
    /// Not to be kept as far.
    GradeLowered,
    /// It holds other information on persons.
    Personal,
    /// It comes less often.
    CycleSlowed,
    /// It comes more often.
    CycleQuickened,
    /// Another body keeps it.
    Provider,
    /// Another field answers for an element.
    Authority,
    /// A name, a summary or a note.
    Words,
    /// How long, in which form, by which way: a term that breaks nobody.
    Term,
}

impl What {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ResourceAdded => "resource_added",
            Self::ResourceRemoved => "resource_removed",
            Self::Withdrawn => "withdrawn",
            Self::Restored => "restored",
            Self::FieldAdded => "field_added",
            Self::RequiredFieldAdded => "required_field_added",
            Self::FieldRemoved => "field_removed",
            Self::Type => "type",
            Self::Unit => "unit",
            Self::PlacesNarrowed => "places_narrowed",
            Self::PlacesWidened => "places_widened",
            Self::RequiredDropped => "required_dropped",
            Self::RequiredSet => "required_set",
            Self::CodeRetired => "code_retired",
            Self::CodeRelabelled => "code_relabelled",
            Self::CodeAdded => "code_added",
            Self::Key => "key",
            Self::Subject => "subject",
            Self::SharingNarrowed => "sharing_narrowed",
            Self::SharingWidened => "sharing_widened",
            Self::Condition => "condition",
            Self::Openness => "openness",
            Self::GradeRaised => "grade_raised",
            Self::GradeLowered => "grade_lowered",
            Self::Personal => "personal",
            Self::CycleSlowed => "cycle_slowed",
            Self::CycleQuickened => "cycle_quickened",
            Self::Provider => "provider",
            Self::Authority => "authority",
            Self::Words => "words",
            Self::Term => "term",
        }
    }

    /// How hard it hits who uses the data, and who provides them.
    pub const fn breaks(self) -> (Breaks, Breaks) {
        use Breaks::{Error, No, Review, Warning};
        match self {
            Self::ResourceRemoved
            | Self::Withdrawn
            | Self::FieldRemoved
            | Self::Type
            | Self::Unit
            | Self::PlacesNarrowed
            | Self::Key
            | Self::Subject => (Error, Error),
            Self::RequiredFieldAdded => (Warning, Error),
            Self::PlacesWidened | Self::CycleSlowed => (Warning, No),
            Self::RequiredDropped => (Error, No),
            Self::RequiredSet => (No, Error),
            Self::CodeRetired | Self::CodeRelabelled | Self::SharingNarrowed => (Error, Warning),
            Self::CodeAdded => (Warning, Warning),
            Self::GradeRaised => (Warning, Error),
            Self::SharingWidened => (No, Review),
            Self::GradeLowered => (Review, Error),
            Self::Condition
            | Self::Openness
            | Self::Personal
            | Self::Provider
            | Self::Authority => (Review, Review),
            Self::ResourceAdded
            | Self::Restored
            | Self::FieldAdded
            | Self::CycleQuickened
            | Self::Words
            | Self::Term => (No, No),
        }
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub what: What,
    /// Id of the resource; of the element, where an authority moved.
    pub resource: String,
    /// Id of the field, where it is one's.
    pub field: Option<String>,
    /// Before, in the words of packs.
    pub before: String,
    /// After.
    pub after: String,
}

impl Change {
    /// Whom it breaks: who uses the data.
    pub const fn consumer(&self) -> Breaks {
        self.what.breaks().0
    }

    /// Whom it breaks: who provides them.
    pub const fn provider(&self) -> Breaks {
        self.what.breaks().1
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "what": self.what.word(),
            "resource": self.resource,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "consumer": self.consumer().word(),
            "provider": self.provider().word(),
        })
    }

    /// What changed from one edition to the next: by resource, the fields of each in their order. Things are compared by
    /// id, so that another name is no other thing.
    pub fn between(before: Edition<'_>, after: Edition<'_>) -> Vec<Self> {
        let mut out = Vec::new();
        for old in before.catalog.resources() {
            match after.catalog.resource(&old.id) {
                None => out.push(change(What::ResourceRemoved, old, None, &old.title.zh, "")),
                Some(new) => resource(old, new, &mut out),
            }
        }
        for new in after.catalog.resources() {
            if before.catalog.resource(&new.id).is_none() {
                out.push(change(What::ResourceAdded, new, None, "", &new.title.zh));
            }
        }
        codes(before, after, &mut out);
        for old in before.catalog.elements() {
            let is_moved =
                |new: &&super::Element| (&new.resource, &new.field) != (&old.resource, &old.field);
            if let Some(new) = after.catalog.element(&old.id).filter(is_moved) {
                out.push(Self {
                    what: What::Authority,
                    resource: old.id.clone(),
                    field: None,
                    before: format!("{}.{}", old.resource, old.field),
                    after: format!("{}.{}", new.resource, new.field),
                });
            }
        }
        out
    }
}

fn change(what: What, of: &Resource, field: Option<&Field>, before: &str, after: &str) -> Change {
    Change {
        what,
        resource: of.id.clone(),
        field: field.map(|f| f.id.clone()),
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

fn resource(old: &Resource, new: &Resource, out: &mut Vec<Change>) {
    let mut see = |what, before: &str, after: &str| {
        if before != after {
            out.push(change(what, new, None, before, after));
        }
    };
    let gone = |of: &Resource| match &of.lifecycle {
        Lifecycle::Active => String::new(),
        Lifecycle::Withdrawn { on, .. } => on.to_string(),
    };
    let life = if gone(new).is_empty() {
        What::Restored
    } else {
        What::Withdrawn
    };
    see(life, &gone(old), &gone(new));
    see(What::Key, &old.key, &new.key);
    see(What::Subject, old.subject.word(), new.subject.word());
    let narrowness = |s: &Sharing| match s {
        Sharing::Unconditional => 0_u8,
        Sharing::Conditional(_) => 1,
        Sharing::Withheld => 2,
    };
    let sharing = if narrowness(&new.sharing) > narrowness(&old.sharing) {
        What::SharingNarrowed
    } else {
        What::SharingWidened
    };
    see(sharing, old.sharing.word(), new.sharing.word());
    if let (Sharing::Conditional(a), Sharing::Conditional(b)) = (&old.sharing, &new.sharing) {
        see(What::Condition, &a.zh, &b.zh);
    }
    let open = |of: &Resource| of.openness.as_ref().map_or("", |o| o.word()).to_owned();
    see(What::Openness, &open(old), &open(new));
    let grade = if new.grade > old.grade {
        What::GradeRaised
    } else {
        What::GradeLowered
    };
    see(
        grade,
        &old.grade.level().to_string(),
        &new.grade.level().to_string(),
    );
    see(What::Personal, old.personal.word(), new.personal.word());
    let cycle = if slowness(new.cycle) > slowness(old.cycle) {
        What::CycleSlowed
    } else {
        What::CycleQuickened
    };
    see(cycle, old.cycle.word(), new.cycle.word());
    let body = |of: &Resource| of.provider.clone().unwrap_or_default();
    see(What::Provider, &body(old), &body(new));
    see(What::Words, &old.title.zh, &new.title.zh);
    see(What::Words, &old.summary.zh, &new.summary.zh);
    let code = |of: &Resource| {
        of.code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    see(What::Term, &code(old), &code(new));
    let terms = |of: &Resource| format!("{:?} {:?} {:?}", of.modes, of.formats, of.retention);
    see(What::Term, &terms(old), &terms(new));
    for before in &old.fields {
        match new.field(&before.id) {
            None => out.push(change(
                What::FieldRemoved,
                new,
                Some(before),
                &before.ty.to_string(),
                "",
            )),
            Some(after) => field(new, before, after, out),
        }
    }
    for after in new.fields.iter().filter(|f| old.field(&f.id).is_none()) {
        let what = if after.required {
            What::RequiredFieldAdded
        } else {
            What::FieldAdded
        };
        out.push(change(what, new, Some(after), "", &after.ty.to_string()));
    }
}

const fn slowness(cycle: Cycle) -> u8 {
    match cycle {
        Cycle::Realtime => 0,
        Cycle::Daily => 1,
        Cycle::Weekly => 2,
        Cycle::Monthly => 3,
        Cycle::Quarterly => 4,
        Cycle::Yearly => 5,
        Cycle::Irregular => 6,
    }
}

fn field(of: &Resource, old: &Field, new: &Field, out: &mut Vec<Change>) {
    let mut see = |what, before: &str, after: &str| {
        if before != after {
            out.push(change(what, of, Some(new), before, after));
        }
    };
    let (before, after) = (old.ty.to_string(), new.ty.to_string());
    match (&old.ty, &new.ty) {
        (FieldType::Money(a), FieldType::Money(b)) if a != b => see(What::Unit, &before, &after),
        (FieldType::Number { places: a, unit: x }, FieldType::Number { places: b, unit: y }) => {
            see(What::Unit, x.word(), y.word());
            let what = if b < a {
                What::PlacesNarrowed
            } else {
                What::PlacesWidened
            };
            see(what, &before, &after);
        }
        (FieldType::Date, FieldType::Month) | (FieldType::Month, FieldType::Date) => {
            see(What::Unit, &before, &after);
        }
        _ => see(What::Type, &before, &after),
    }
    let required = if new.required {
        What::RequiredSet
    } else {
        What::RequiredDropped
    };
    see(
        required,
        &old.required.to_string(),
        &new.required.to_string(),
    );
    let grade = if new.grade > old.grade {
        What::GradeRaised
    } else {
        What::GradeLowered
    };
    see(
        grade,
        &old.grade.level().to_string(),
        &new.grade.level().to_string(),
    );
    see(
        What::Personal,
        &old.sensitive.to_string(),
        &new.sensitive.to_string(),
    );
    see(What::Words, &old.title.zh, &new.title.zh);
}

/// Codes of the lists that fields of both editions use, at each field that uses them.
fn codes(before: Edition<'_>, after: Edition<'_>, out: &mut Vec<Change>) {
    let list = |of: Edition<'_>, id: &str| -> BTreeMap<String, String> {
        let lists = of.packs.code_lists().iter();
        let codes = lists.filter(|l| l.id == id).flat_map(|l| &l.codes);
        codes.map(|c| (c.id.clone(), c.words.zh.clone())).collect()
    };
    for new in after.catalog.resources() {
        let Some(old) = before.catalog.resource(&new.id) else {
            continue;
        };
        for field in &new.fields {
            let FieldType::Code(id) = &field.ty else {
                continue;
            };
            if old.field(&field.id).map(|f| &f.ty) != Some(&field.ty) {
                continue;
            }
            let (was, is) = (list(before, id), list(after, id));
            let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
            for code in ids {
                let what = match (was.get(code), is.get(code)) {
                    (Some(_), None) => What::CodeRetired,
                    (None, Some(_)) => What::CodeAdded,
                    (Some(a), Some(b)) if a != b => What::CodeRelabelled,
                    _ => continue,
                };
                let word = |of: &BTreeMap<String, String>| {
                    let title = of.get(code);
                    title.map_or_else(String::new, |t| format!("{code} {t}"))
                };
                out.push(change(what, new, Some(field), &word(&was), &word(&is)));
            }
        }
    }
}
