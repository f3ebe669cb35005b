//! The programs lie beside this file: `cargo run -p minzheng-examples --example assess`.
#![forbid(unsafe_code)]
