//! Social assistance law as data.

pub mod identity;
pub mod packs;

#[cfg(test)]
mod tests {
    #[test]
    fn built_in_tests_pass() {
        let set = crate::packs::load(&crate::packs::BuiltIn::ALL, &[]).unwrap();
        let checks = minzheng_rules::scenario::Engine::new(set).run_tests();
        let words = |c: &minzheng_rules::scenario::Check| {
            format!(
                "{} {}: wanted {} found {}",
                c.test, c.path, c.wanted, c.found
            )
        };
        let failed: Vec<_> = checks.iter().filter(|c| !c.passed).map(words).collect();
        assert!(
            failed.is_empty(),
            "{} of {} failed:\n{}",
            failed.len(),
            checks.len(),
            failed.join("\n")
        );
    }
}
