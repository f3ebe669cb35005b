//! `[[overlay]]`: figures for one case alone.

use super::{Binder, Fields, text};
use serde_json::Value;

use crate::error::{Diagnostic, did_you_mean};
use crate::facts::scalar::{Scalar, read, read_figure};
use crate::lang::Type;
use crate::number::Rounding;
use crate::pack::PackSet;

/// A figure for this case alone; it wins over every pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Index of the parameter.
    pub parameter: usize,
    /// One number per key; `None`: every value of the key.
    pub keys: Vec<Option<i64>>,
    /// The value in the engine's unit.
    pub value: i64,
}

impl Binder<'_> {
    pub(super) fn overlay(&mut self, path: &str, fields: &Fields) {
        let Some(name) = text(fields, "parameter") else {
            self.fail("E-OVERLAY-NAME", path, "`parameter` names the figure", "");
            return;
        };
        let one = |v: &&Value| !v.is_array() && !v.is_object();
        let Some(value) = fields.get("value").filter(one) else {
            self.fail(
                "E-OVERLAY-VALUE",
                path,
                "`value` is missing or not one value",
                "",
            );
            return;
        };
        let mut rounding = None;
        let mut keys: Vec<(&str, Scalar<'_>)> = Vec::new();
        for (key, field) in fields {
            match (key.as_str(), field) {
                ("parameter" | "value", _) => {}
                ("rounding", Value::String(word)) => {
                    rounding = Rounding::ALL.into_iter().find(|r| r.word() == word);
                    if rounding.is_none() {
                        let help = "write half_up, up, down or exact";
                        self.fail("E-OVERLAY-SHAPE", path, "unknown rounding", help);
                    }
                }
                ("key", Value::Object(table)) => {
                    keys.extend(table.iter().map(|(k, v)| (k.as_str(), Scalar::from(v))));
                }
                _ => {
                    self.fail(
                        "E-OVERLAY-SHAPE",
                        format_args!("{path}.{key}"),
                        "unknown part of an overlay",
                        "it has parameter, value, key and rounding",
                    );
                    return;
                }
            }
        }
        match self.set.overlay(name, Scalar::from(value), &keys, rounding) {
            Ok(overlay) => self.input.overlays.push(overlay),
            Err(finding) => self.findings.push(finding.path(path)),
        }
    }
}

impl PackSet {
    /// An overlay from words, as a command line gives them: a parameter id, a value, and keys.
    ///
    /// # Errors
    /// `E-OVERLAY-NAME`, `E-OVERLAY-KEY`, or the `E-VALUE-…` of the value.
    pub fn overlay_from_words(
        &self,
        name: &str,
        value: &str,
        keys: &[(String, String)],
    ) -> Result<Overlay, Diagnostic> {
        let keys = keys.iter().map(|(k, v)| (k.as_str(), Scalar::Text(v)));
        let keys: Vec<_> = keys.collect();
        let is_count = self
            .parameter(name)
            .is_some_and(|p| matches!(p.ty, Type::Count | Type::Days | Type::Months));
        let is_bool = self.parameter(name).is_some_and(|p| p.ty == Type::Bool);
        let scalar = match value.parse::<i64>() {
            Ok(number) if is_count => Scalar::Int(number),
            _ if is_bool && (value == "true" || value == "false") => Scalar::Bool(value == "true"),
            _ => Scalar::Text(value),
        };
        self.overlay(name, scalar, &keys, None)
    }

    /// An overlay as it is typed: `PARAMETER=VALUE`, or `PARAMETER[key=value,…]=VALUE` for some of its keys.
    ///
    /// # Errors
    /// `E-SET` where the text is not of this form, and what [`PackSet::overlay_from_words`] refuses.
    ///
    /// ```
    /// # use minzheng_rules::pack::PackSet;
    /// let packs = PackSet::default();
    /// assert_eq!(packs.overlay_from_text("a.b").unwrap_err().code(), "E-SET");
    /// assert_eq!(packs.overlay_from_text("a.b[k=urban]=900/month").unwrap_err().code(), "E-OVERLAY-NAME");
    /// ```
    pub fn overlay_from_text(&self, text: &str) -> Result<Overlay, Diagnostic> {
        let (name, keys, value) = parts(text).ok_or_else(|| {
            Diagnostic::error("E-SET", format!("`{text}` does not set a figure"))
                .help("write PARAMETER=VALUE or PARAMETER[key=value,…]=VALUE")
        })?;
        self.overlay_from_words(name, value, &keys)
    }

    pub(crate) fn overlay(
        &self,
        name: &str,
        value: Scalar<'_>,
        keys: &[(&str, Scalar<'_>)],
        rounding: Option<Rounding>,
    ) -> Result<Overlay, Diagnostic> {
        let found = self
            .params_by_id
            .get(name)
            .and_then(|i| self.parameters.get(*i).map(|p| (*i, p)));
        let Some((index, parameter)) = found else {
            let near = did_you_mean(name, self.params_by_id.keys().map(String::as_str));
            return Err(
                Diagnostic::error("E-OVERLAY-NAME", format!("unknown parameter `{name}`"))
                    .help(near.unwrap_or_default()),
            );
        };
        let value = read_figure(self, parameter.ty, value, rounding).map_err(|bad| {
            Diagnostic::error(bad.code, format!("`{name}`: {}", bad.message)).help(bad.help)
        })?;
        let mut given = vec![None; parameter.keys.len()];
        for (key, scalar) in keys {
            let at = parameter.keys.iter().position(|k| k.name == **key);
            let known = at.and_then(|at| parameter.keys.get(at).map(|k| (at, k)));
            let Some((at, def)) = known else {
                return Err(Diagnostic::error(
                    "E-OVERLAY-KEY",
                    format!("`{name}` has no key `{key}`"),
                ));
            };
            let written = match *scalar {
                Scalar::Text(t) if def.ty == Type::Count => t.parse().map_or(*scalar, Scalar::Int),
                other => other,
            };
            let code = read(self, def.ty, written, None, None).map_err(|bad| {
                Diagnostic::error(
                    bad.code,
                    format!("key `{key}` of `{name}`: {}", bad.message),
                )
                .help(bad.help)
            })?;
            if let Some(slot) = given.get_mut(at) {
                *slot = Some(code.value);
            }
        }
        Ok(Overlay {
            parameter: index,
            keys: given,
            value: value.value,
        })
    }
}

/// A parameter, its keys and its value, as typed.
type Parts<'t> = (&'t str, Vec<(String, String)>, &'t str);

/// `PARAMETER[key=value,…]=VALUE` in its parts.
fn parts(text: &str) -> Option<Parts<'_>> {
    let (name, keys, value) = match text.split_once('[') {
        Some((name, rest)) if !name.contains('=') => {
            let (keys, value) = rest.split_once(']')?;
            (name, keys, value.trim_start().strip_prefix('=')?)
        }
        _ => {
            let (name, value) = text.split_once('=')?;
            (name, "", value)
        }
    };
    let mut pairs = Vec::new();
    for pair in keys.split(',').filter(|p| !p.trim().is_empty()) {
        let (key, value) = pair.split_once('=')?;
        pairs.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    let (name, value) = (name.trim(), value.trim());
    (!name.is_empty() && !value.is_empty()).then_some((name, pairs, value))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_figure_is_read_with_and_without_keys() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
            list.iter().map(own).collect()
        };
        assert_eq!(parts("a.b=900/month"), Some(("a.b", vec![], "900/month")));
        assert_eq!(
            parts("a.b[hukou=urban, size=2] = 1"),
            Some(("a.b", pairs(&[("hukou", "urban"), ("size", "2")]), "1"))
        );
        for bad in ["", "a", "=1", "a=", "a[b]=1", "a[b=1", "a[b=1]1"] {
            assert!(parts(bad).is_none(), "{bad}");
        }
    }
}
