//! Households: any text, as TOML and as JSON, is decided or refused with a code.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use minzheng::packs::BuiltIn;
use minzheng_rules::facts::Document;
use minzheng_rules::scenario::Engine;

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| match minzheng::packs::load(&BuiltIn::ALL, &[]) {
        Ok(set) => Engine::new(set),
        Err(findings) => panic!("{findings}"),
    });

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let read = [
        Document::from_toml("case", text),
        Document::from_json("case", text),
    ];
    for document in read.into_iter().flatten() {
        match ENGINE.assess(&document) {
            Ok(answer) => drop(answer.outcomes()),
            Err(findings) => assert!(findings.has_errors(), "refused without an error"),
        }
    }
});
