//! A typed, exact, three-valued rule engine for dated law.
