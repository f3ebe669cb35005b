//! Prints the outlines of a built-in pack, a line for each file: `outlines cn`.

use std::error::Error;
use std::io::{Write as _, stdout};

use minzheng::packs::BuiltIn;
use minzheng_rules::pack::Node;

fn main() -> Result<(), Box<dyn Error>> {
    let id = std::env::args().nth(1).unwrap_or_default();
    let pack = BuiltIn::from_id(&id).ok_or_else(|| {
        let known = BuiltIn::ALL.map(BuiltIn::id).join(", ");
        format!("no pack `{id}`: give one of {known}")
    })?;
    for file in pack.source().files() {
        let outline = Node::outline(file.text()).map_err(|e| format!("{}: {e}", file.path))?;
        writeln!(stdout(), "{outline}")?;
    }
    Ok(())
}
