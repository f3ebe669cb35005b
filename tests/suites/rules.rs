//! The suites about rules and packs, linked once: each is a module, `cargo test -p minzheng-tests --test rules vectors`.

mod alerts;
mod bad_packs;
mod columns;
mod explanations;
mod gate;
mod language;
mod properties;
mod published;
mod vectors;
mod verification;
mod warnings;
