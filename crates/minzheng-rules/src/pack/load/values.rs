//! `[[value]]`: the dated rows of parameters, and whether their pack may set them.

use std::collections::BTreeMap;

use super::Loader;
use super::file::Spot;
use super::ground::overlap;
use super::raw::{self, Grounded};
use crate::error::Diagnostics;
use crate::facts::scalar::{BadValue, Scalar, read, read_figure};
use crate::number::Rounding;
use crate::pack::model::{Cell, Dated, Parameter, Status};
use crate::pack::set::PackSet;

impl Loader<'_> {
    pub(super) fn value(&mut self, at: Spot<'_>, raw: &raw::Value) {
        let name = raw.parameter.get_ref();
        let Some(index) = self.set.params_by_id.get(name).copied() else {
            let known = self.set.params_by_id.keys().map(String::as_str);
            let finding = at.of(&raw.parameter).unknown("parameter", name, known);
            self.findings.push(finding);
            return;
        };
        let dated = self.ground(at, &raw.ground(), "value");
        let rounding = self.rounding(at, raw.rounding.as_deref());
        self.blocks = self.blocks.saturating_add(1);
        let Some(parameter) = self.set.parameters.get(index) else {
            return;
        };
        if dated.status != Status::Reference {
            let (id, owner) = (&parameter.id, parameter.origin.pack);
            let found = self.not_delegated(at, id, owner, &parameter.set_by, dated.from);
            self.findings.extend(found);
        }
        let single = raw
            .value
            .iter()
            .map(|v| (at.of(v), BTreeMap::from([("value", v.get_ref())])));
        let many = raw.rows.iter().map(|r| {
            let cell = r.get_ref().iter().map(|(key, v)| (key.as_str(), v));
            (at.of(r), cell.collect())
        });
        let written: Vec<(Spot<'_>, Written<'_>)> = single.chain(many).collect();
        if written.is_empty() {
            self.findings.push(
                at.finding("E-PACK-VALUE", "the row has no value")
                    .help("write value = … or rows = […]"),
            );
        }
        let reader = CellReader {
            set: &self.set,
            parameter,
            rounding,
            block: self.blocks,
        };
        let cells: Vec<(Spot<'_>, Cell)> = written
            .into_iter()
            .filter_map(|(at, cell)| {
                let cell = reader.read(at, cell, &mut self.findings)?;
                Some((at, cell))
            })
            .collect();
        for (at, cell) in cells {
            self.add_cell(at, index, dated.clone().map(cell));
        }
    }

    fn rounding(&mut self, at: Spot<'_>, word: Option<&str>) -> Option<Rounding> {
        let word = word?;
        let rule = Rounding::ALL.into_iter().find(|r| r.word() == word);
        if rule.is_none() {
            let finding = at.unknown("rounding", word, Rounding::ALL.map(Rounding::word));
            self.findings.push(finding);
        }
        rule
    }

    fn add_cell(&mut self, at: Spot<'_>, index: usize, row: Dated<Cell>) {
        let Some(parameter) = self.set.parameters.get_mut(index) else {
            return;
        };
        let rival = parameter
            .rows
            .iter()
            .find(|r| r.rivals(&row) && r.value.keys == row.value.keys);
        if let Some(rival) = rival {
            self.findings
                .push(overlap(at, "rows", &parameter.id, rival));
        }
        parameter.rows.push(row);
    }
}

/// A cell as written: its value and its keys.
type Written<'a> = BTreeMap<&'a str, &'a toml::Value>;

/// Reads the cells of one `[[value]]` table.
struct CellReader<'a> {
    set: &'a PackSet,
    parameter: &'a Parameter,
    rounding: Option<Rounding>,
    block: usize,
}

impl CellReader<'_> {
    fn read(
        &self,
        at: Spot<'_>,
        mut written: Written<'_>,
        findings: &mut Diagnostics,
    ) -> Option<Cell> {
        let Self { set, parameter, .. } = *self;
        let bad_value = |what: &str, bad: BadValue| {
            let message = format!("{what} of `{}`: {}", parameter.id, bad.message);
            at.finding(bad.code, message).help(bad.help)
        };
        let Some(value) = written.remove("value") else {
            findings.push(at.finding("E-PACK-VALUE", "the row has no `value`"));
            return None;
        };
        let value = read_figure(set, parameter.ty, Scalar::from(value), self.rounding)
            .map_err(|bad| findings.push(bad_value("value", bad)))
            .ok()?;
        if parameter.low.is_some_and(|low| value.value < low)
            || parameter.high.is_some_and(|high| value.value > high)
        {
            let message = format!(
                "the value of `{}` is outside its declared bounds",
                parameter.id
            );
            findings.push(at.finding("E-PACK-RANGE", message));
        }
        let mut keys = Vec::new();
        for key in &parameter.keys {
            let Some(raw) = written.remove(key.name.as_str()) else {
                let message = format!("the key `{}` is missing", key.name);
                findings.push(at.finding("E-PACK-VALUE", message));
                return None;
            };
            let read = read(set, key.ty, Scalar::from(raw), None, None)
                .map_err(|bad| findings.push(bad_value(&format!("key `{}`", key.name), bad)))
                .ok()?;
            keys.push(read.value);
        }
        if let Some(extra) = written.keys().next() {
            let known = parameter.keys.iter().map(|k| k.name.as_str());
            findings.push(at.unknown("key", extra, known));
        }
        Some(Cell {
            keys,
            value: value.value,
            published_as: value.published_as,
            block: self.block,
        })
    }
}
