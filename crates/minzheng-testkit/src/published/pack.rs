//! Questions on who may set a figure: the pack that would.

use serde_json::Value;

use super::Refusal;
use super::words::{Table, shape};

/// The place of the pack: a code outside the real ranges, so that no shipped pack knows it.
const PLACE: &str = "159900";

/// The text of a pack in which a place of one level sets one figure from a day.
///
/// `question.pack` holds `level`, `parameter`, `from`, `value`, and `key` where the parameter has keys.
///
/// # Errors
/// [`Refusal`]: a word that is not known, or one that is missing.
pub fn pack_of(question: &Value) -> Result<String, Refusal> {
    let pack = question.get("pack").unwrap_or(&Value::Null);
    let words = &["level", "parameter", "from", "value", "key"];
    let pack = Table::read("pack", pack, &[words])?;
    let word = |key: &str| match pack.text(key)? {
        Some(word) => Ok(word),
        None => shape(&pack.place(key), "a word"),
    };
    let (level, parameter, value) = (word("level")?, word("parameter")?, word("value")?);
    let Some(from) = pack.day("from")? else {
        return shape(&pack.place("from"), "a day");
    };
    let mut row = vec![format!("value = \"{value}\"")];
    if let Some(key) = pack.get("key") {
        let key = Table::open("pack.key", key)?.rows();
        row.extend(key.iter().map(|(name, of)| format!("{name} = {of}")));
    }
    let row = row.join(", ");
    Ok(format!(
        r#"[pack]
id = "place"
title = {{ zh = "某地", en = "a place" }}
publisher = "test"
version = "1"
level = "{level}"
place = "{PLACE}"
extends = ["cn"]
reviewed_on = {from}

[[place]]
code = "{PLACE}"
name = "某地"
parent = "000000"
level = "{level}"

[[value]]
parameter = "{parameter}"
place = "{PLACE}"
from = {from}
published = {from}
rows = [{{ {row} }}]
status = "invented"
"#
    ))
}
