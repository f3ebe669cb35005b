//! Packs: any text is loaded or refused with a code; what is loaded is looked over, and its tests run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile, lint};
use minzheng_rules::scenario::Engine;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])]) {
        Ok(set) => {
            assert!(!lint(&set).has_errors(), "a lint is a warning");
            let engine = Engine::new(set);
            engine.run_tests();
            engine.coverage().to_text();
        }
        Err(findings) => {
            assert!(findings.has_errors(), "refused without an error");
            assert!(findings.iter().all(|f| !f.code().is_empty()));
        }
    }
});
