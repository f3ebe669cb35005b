//! Prints the outlines of a built-in pack, a line for each file: `outlines cn`.

use std::process::ExitCode;

use minzheng::packs::BuiltIn;
use minzheng_rules::pack::Node;

fn main() -> ExitCode {
    let Some(pack) = std::env::args().nth(1).and_then(|id| BuiltIn::from_id(&id)) else {
        let known = BuiltIn::ALL.map(BuiltIn::id).join(", ");
        eprintln!("which pack? one of {known}");
        return ExitCode::FAILURE;
    };
    for file in pack.source().files() {
        match Node::outline(file.text()) {
            Ok(outline) => println!("{outline}"),
            Err(error) => {
                eprintln!("{}: {error}", file.path);
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
