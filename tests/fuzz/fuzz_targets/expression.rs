//! Expressions: any text is parsed and checked, or refused at a place inside it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use minzheng_rules::lang;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

/// The words an expression may use.
const VOCABULARY: &str = include_str!("../../packs/test/pack.toml");

static SOURCE: LazyLock<SourceFile> = LazyLock::new(|| SourceFile::new("pack.toml", VOCABULARY));

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Err(error) = lang::parse(text) {
        assert!(error.span.start <= error.span.end && error.span.end <= text.len());
        assert!(text.is_char_boundary(error.span.start));
        return;
    }
    // a literal string holds anything but its own quotes and control characters
    if text.contains("'''") {
        return;
    }
    for (entity, ty) in [
        ("household", "bool"),
        ("person", "money/year"),
        ("obligor", "date"),
    ] {
        let rule = format!(
            "[[formula]]\nid = \"fuzzed\"\nentity = \"{entity}\"\ntype = \"{ty}\"\nfrom = 2020-01-01\nexpr = '''\n{text}'''\n"
        );
        let files = vec![SOURCE.clone(), SourceFile::new("rule.toml", rule)];
        if let Err(findings) = PackSet::load(&[PackSource::new(files)]) {
            assert!(findings.has_errors(), "refused without an error");
        }
    }
});
