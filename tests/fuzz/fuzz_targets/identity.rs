//! Identity numbers: any text is accepted or refused, and neither the value nor the error shows the number.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minzheng::identity::ResidentNumber;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let shown = match ResidentNumber::parse(text) {
        Ok(number) => format!("{number:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    let like_a_number = text.len() >= 15 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    assert!(
        !(like_a_number && shown.contains(text)),
        "a full number is shown"
    );
});
