//! Social assistance law as data.

pub mod identity;
pub mod packs;

#[cfg(test)]
mod tests {
    #[test]
    fn load_all() {
        let set = crate::packs::load(&crate::packs::BuiltIn::ALL, &[]);
        match set {
            Ok(set) => println!("{} formulas {} params {} programmes", set.formulas().len(), set.parameters().len(), set.programmes().len()),
            Err(e) => panic!("{e}"),
        }
    }
}
#[cfg(test)]
mod pack_tests {
    #[test]
    fn built_in_tests_pass() {
        let set = crate::packs::load(&crate::packs::BuiltIn::ALL, &[]).unwrap();
        let checks = minzheng_rules::scenario::Engine::new(set).run_tests();
        let failed: Vec<_> = checks.iter().filter(|c| !c.passed).map(|c| format!("{} {}: wanted {} found {}", c.test, c.path, c.wanted, c.found)).collect();
        assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), checks.len(), failed.join("\n"));
    }
}
