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

    use std::fs;
    use std::path::Path;

    /// The files of a pack below a folder of the repository, by path.
    fn on_disk(folder: &Path, prefix: &str, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = format!("{prefix}{}", name.to_string_lossy());
            if path.is_dir() {
                on_disk(&path, &format!("{name}/"), into);
            } else if path.extension().is_some_and(|end| end == "toml") {
                into.push((name, fs::read_to_string(&path).unwrap_or_default()));
            }
        }
    }

    #[test]
    fn are_those_of_the_repository() {
        for (packed, pack) in [(CN, "cn"), (CN_15, "cn-15"), (DEMO, "demo")] {
            let mut wanted = Vec::new();
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
            on_disk(&folder.join(pack), "", &mut wanted);
            wanted.retain(|(path, _)| !path.starts_with("cases/"));
            wanted.sort();
            let files = unpack(packed).into_iter();
            let found: Vec<_> = files.map(|file| (file.path, file.text)).collect();
            assert_eq!(found, wanted, "{pack}");
            assert!(found.iter().any(|(path, _)| path == "pack.toml"), "{pack}");
        }
    }
}
