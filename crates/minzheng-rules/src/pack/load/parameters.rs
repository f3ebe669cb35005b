//! `[[parameter]]` and `[[setting]]`: the figures, their keys and bounds, and who sets them.

use super::Loader;
use super::file::Spot;
use super::raw::{self, Grounded};
use crate::date::Day;
use crate::error::Diagnostic;
use crate::facts::scalar::{Scalar, read};
use crate::lang::Type;
use crate::pack::model::{Cell, Key, Parameter, SetBy, Status};
use crate::scalar::MAX_KEYS;

impl Loader<'_> {
    pub(super) fn parameter(&mut self, at: Spot<'_>, raw: &raw::Parameter) {
        self.dotted_id(at, &raw.id);
        let ty = self.ty(at, &raw.ty);
        let keys: Vec<Key> = raw.keys.iter().filter_map(|k| self.key(at, k)).collect();
        if keys.len() > MAX_KEYS {
            let message = format!("a parameter has at most {MAX_KEYS} keys");
            self.findings.push(at.finding("E-PACK-VALUE", message));
        }
        let parameter = Parameter {
            id: raw.id.clone(),
            ty,
            title: raw.title.clone(),
            keys,
            place_fact: self.place_fact(at, raw.place.as_ref()),
            set_by: self.set_by(at, &raw.set_by),
            setter: raw.setter.clone(),
            low: self.bound(at, ty, raw.low.as_ref()),
            high: self.bound(at, ty, raw.high.as_ref()),
            ambiguity: None,
            is_setting: false,
            note: raw.note.clone(),
            cite: self.cites(at, &raw.cite),
            status: raw.status.unwrap_or(Status::Unconfirmed),
            rows: Vec::new(),
            origin: at.origin(),
        };
        self.add_parameter(at, parameter);
    }

    /// A named reading of the law: a parameter of its own code list, with a row that holds from the beginning.
    pub(super) fn setting(&mut self, at: Spot<'_>, raw: &raw::Setting) {
        self.dotted_id(at, &raw.id);
        let list = self.add_list(at, &raw.id, &raw.title, &raw.values);
        let mut parameter = Parameter {
            id: raw.id.clone(),
            ty: Type::Code(list),
            title: raw.title.clone(),
            keys: Vec::new(),
            // `place` of a setting names the place fact it reads, as a parameter's does
            place_fact: self.place_fact(at, raw.place.as_ref()),
            set_by: self.set_by(at, &raw.set_by),
            setter: raw.setter.clone(),
            low: None,
            high: None,
            ambiguity: raw.ambiguity,
            is_setting: true,
            note: raw.note.clone(),
            cite: Vec::new(),
            status: Status::Operational,
            rows: Vec::new(),
            origin: at.origin(),
        };
        let default = Scalar::Text(raw.default.get_ref());
        match read(&self.set, parameter.ty, default, None, None) {
            Ok(value) => {
                let mut ground = raw.ground();
                ground.place = None;
                let mut dated = self.ground(at, &ground, "setting");
                dated.from = Day::MIN;
                dated.published = Day::MIN;
                let cell = Cell {
                    keys: Vec::new(),
                    value: value.value,
                    published_as: None,
                    block: 0,
                };
                parameter.cite.clone_from(&dated.cite);
                parameter.status = dated.status;
                parameter.rows.push(dated.map(cell));
            }
            Err(bad) => {
                let message = "the default is not one of the values";
                let finding = at.of(&raw.default).finding("E-PACK-VALUE", message);
                self.findings.push(finding.help(bad.help));
            }
        }
        self.add_parameter(at, parameter);
    }

    /// A key: a code list by its id, or a band of counts, as `size:count`.
    fn key(&mut self, at: Spot<'_>, key: &str) -> Option<Key> {
        let (name, ty) = match key.split_once(':') {
            Some((name, "count")) => (name, Some(Type::Count)),
            Some(_) => (key, None),
            None => (key, self.set.list_index(key).map(Type::Code)),
        };
        if ty.is_none() {
            let finding = at.unknown("code list for a key", key, self.set.list_ids());
            self.findings.push(finding);
        }
        ty.map(|ty| Key {
            name: name.to_owned(),
            ty,
        })
    }

    fn place_fact(&mut self, at: Spot<'_>, name: Option<&String>) -> Option<usize> {
        let name = name?;
        let found = self
            .set
            .facts
            .iter()
            .position(|f| f.id == *name && f.entity == 0 && f.ty == Type::Place);
        if found.is_none() {
            let message = format!("`{name}` is no fact of type place of the root entity");
            self.findings.push(at.finding("E-PACK-NAME", message));
        }
        found
    }

    fn set_by(&mut self, at: Spot<'_>, rows: &[raw::SetBy]) -> Vec<SetBy> {
        rows.iter().map(|row| self.setter(at, row)).collect()
    }

    fn setter(&mut self, at: Spot<'_>, row: &raw::SetBy) -> SetBy {
        SetBy {
            level: row.level,
            from: self.date(at, "from", row.from),
            until: self.date(at, "until", row.until),
        }
    }

    /// Who may give versions of a formula or condition.
    pub(super) fn delegated(&mut self, at: Spot<'_>, rows: &[raw::Delegated]) -> Vec<SetBy> {
        let read = |row: &raw::Delegated| match row {
            raw::Delegated::Dated(row) => self.setter(at, row),
            raw::Delegated::Level(level) => SetBy {
                level: *level,
                from: None,
                until: None,
            },
        };
        rows.iter().map(read).collect()
    }

    /// The finding that a row of this pack stands for something whose pack lets no such layer set it from that day.
    pub(super) fn not_delegated(
        &self,
        at: Spot<'_>,
        id: &str,
        owner: usize,
        set_by: &[SetBy],
        from: Day,
    ) -> Option<Diagnostic> {
        let (level, _) = self.home(at);
        if owner == at.pack() || set_by.iter().any(|s| s.allows(level, from)) {
            return None;
        }
        let who: Vec<&str> = set_by.iter().map(|s| s.level.word()).collect();
        let help = if who.is_empty() {
            "no layer may".to_owned()
        } else {
            format!("it is set by: {}", who.join(", "))
        };
        let message = format!(
            "a pack of level {} may not set `{id}` from {from}",
            level.word()
        );
        Some(at.finding("E-PACK-DELEGATION", message).help(help))
    }

    fn add_parameter(&mut self, at: Spot<'_>, parameter: Parameter) {
        let (id, index) = (parameter.id.clone(), self.set.parameters.len());
        if self.set.params_by_id.insert(id, index).is_some() {
            self.findings.push(at.twice("parameter", &parameter.id));
        }
        self.set.parameters.push(parameter);
    }
}
