//! Social assistance law as data.
