//! Runs every program of `examples/rust`: an example that does not run is no example.

use crate::{Outcome, shell};

/// Each `examples/rust/NAME.rs` is the example NAME of the package `minzheng-examples`.
pub(crate) fn run() -> Outcome {
    let names = shell::stems("examples/rust", "rs")?;
    if names.is_empty() {
        return Err("examples/rust has no program".to_owned());
    }
    for name in names {
        println!("-- {name}");
        let line = format!("cargo run --quiet --package minzheng-examples --example {name}");
        shell::call(&line).map_err(|problem| format!("example {name}: {problem}"))?;
    }
    Ok(())
}
