//! Answers read back: values in words.

mod words;
