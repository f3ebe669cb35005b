//! The rows of a case: their ids, the rows above them, their links, and room for their facts.

use serde_json::Value;

use super::{Binder, Data, Written, text};

/// Most rows one entity of a case may have.
const MAX_ROWS: usize = 1_000;

impl Binder<'_> {
    /// Gives every row its id.
    pub(super) fn rows(&mut self, written: &[Written<'_>]) {
        for (entity, path, fields) in written {
            let number = self.input.rows.get(*entity).copied().unwrap_or(0);
            if number >= MAX_ROWS {
                self.fail("E-ROW-MANY", path, format!("more than {MAX_ROWS} rows"), "");
                return;
            }
            let id = match fields.get("id") {
                None => format!("{}", number.saturating_add(1)),
                Some(Value::String(id)) if !id.is_empty() && id.len() <= 64 => id.clone(),
                Some(_) => {
                    self.fail(
                        "E-ROW-ID",
                        path,
                        "the id is not a word of at most 64 bytes",
                        "it is your own key, never an identity number",
                    );
                    String::new()
                }
            };
            if id.len() == 18 && id.bytes().take(17).all(|b| b.is_ascii_digit()) {
                self.fail(
                    "E-ROW-ID",
                    path,
                    "the id looks like an identity number",
                    "use a key of your own",
                );
            }
            let ids = self.input.ids.get_mut(*entity);
            let twice = ids.as_ref().is_some_and(|ids| ids.contains(&id));
            if let Some(ids) = ids {
                ids.push(id);
            }
            if twice {
                self.fail("E-ROW-TWICE", path, "two rows have the same id", "");
            }
            if let Some(n) = self.input.rows.get_mut(*entity) {
                *n = n.saturating_add(1);
            }
        }
    }

    /// Makes a column for every fact, filled with what is read where it is not given.
    pub(super) fn layout(&mut self) {
        let Data {
            rows,
            columns,
            values,
            ..
        } = &mut self.input;
        let many = |entity: usize| rows.get(entity).copied().unwrap_or(0);
        let all = self.set.blank.iter().map(|(entity, _)| many(*entity));
        values.reserve(all.fold(0, usize::saturating_add));
        columns.reserve(self.set.blank.len());
        for (entity, missing) in &self.set.blank {
            columns.push(values.len());
            values.extend(core::iter::repeat_n(*missing, many(*entity)));
        }
    }

    pub(super) fn row_named(&self, entity: usize, id: &str) -> Option<usize> {
        self.input.ids.get(entity)?.iter().position(|i| i == id)
    }

    /// Ties every row to the row above it and to those its links name.
    pub(super) fn link(&mut self, written: &[Written<'_>]) {
        let set = self.set;
        for (entity, path, fields) in written {
            let Some(def) = set.entities.get(*entity) else {
                continue;
            };
            let Some(parent) = def.parent else {
                continue;
            };
            let above = if parent == 0 {
                Some(0)
            } else {
                let of = text(fields, "of");
                let found = of.and_then(|id| self.row_named(parent, id));
                if found.is_none() {
                    let what = self.set.entities.get(parent).map_or("", |e| e.id.as_str());
                    self.fail(
                        "E-ROW-OF",
                        path,
                        format!("`of` names no row of `{what}`"),
                        "it is the id of the row above",
                    );
                }
                found
            };
            if let Some(parents) = self.input.parents.get_mut(*entity) {
                parents.push(above.unwrap_or(0));
            }
            for (index, (name, to)) in def.links.iter().enumerate() {
                let given = fields.contains_key(name);
                let target = text(fields, name).and_then(|id| self.row_named(*to, id));
                if given && target.is_none() {
                    let what = self.set.entities.get(*to).map_or("", |e| e.id.as_str());
                    self.fail(
                        "E-ROW-LINK",
                        path,
                        format!("`{name}` names no row of `{what}`"),
                        "",
                    );
                }
                if let Some(column) = self
                    .input
                    .links
                    .get_mut(*entity)
                    .and_then(|l| l.get_mut(index))
                {
                    column.push(target);
                }
            }
        }
    }
}
