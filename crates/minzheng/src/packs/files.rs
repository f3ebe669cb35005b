//! The files of the built-in packs, as the build script packed them.

use minzheng_rules::pack::SourceFile;

macro_rules! packed {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".packed"))
    };
}

pub(super) const CN: &[u8] = packed!("cn");
pub(super) const CN_15: &[u8] = packed!("cn-15");
pub(super) const DEMO: &[u8] = packed!("demo");

#[cfg(feature = "pack-tests")]
pub(super) const CN_TESTS: &[u8] = packed!("cn-tests");
#[cfg(feature = "pack-tests")]
pub(super) const CN_15_TESTS: &[u8] = packed!("cn-15-tests");
#[cfg(feature = "pack-tests")]
pub(super) const DEMO_TESTS: &[u8] = packed!("demo-tests");

/// Paths and texts in turn, each ended by the one character that TOML cannot hold.
pub(super) fn unpack(packed: &[u8]) -> Vec<SourceFile> {
    // our own bytes are always read: were they not, the pack would have no head, and loading would say so
    let bytes = miniz_oxide::inflate::decompress_to_vec(packed).unwrap_or_default();
    let all = String::from_utf8(bytes).unwrap_or_default();
    let mut parts = all.split_terminator('\0');
    let mut files = Vec::new();
    while let (Some(path), Some(text)) = (parts.next(), parts.next()) {
        files.push(SourceFile::new(path, text));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_those_of_the_repository() {
        for (packed, pack) in [
            (CN, include_str!("../../packs/cn/pack.toml")),
            (CN_15, include_str!("../../packs/cn-15/pack.toml")),
            (DEMO, include_str!("../../packs/demo/pack.toml")),
        ] {
            let files = unpack(packed);
            let head = files.iter().find(|file| file.path == "pack.toml");
            assert_eq!(head.map(|file| file.text.as_str()), Some(pack));
            assert!(files.iter().all(|file| !file.path.starts_with("cases/")));
            assert!(files.is_sorted_by(|a, b| a.path < b.path));
        }
    }
}
