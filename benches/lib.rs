//! Benchmarks stand in `benches/`; this library is empty so that the package can be built.
#![forbid(unsafe_code)]
