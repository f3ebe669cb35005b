//! The built-in packs: the law as data, compiled into the library.

mod files;
pub(crate) mod rows;

use minzheng_rules::error::Diagnostics;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

/// A pack that comes with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BuiltIn {
    /// National law (`cn`).
    Nation,
    /// Inner Mongolia (`cn-15`).
    InnerMongolia,
    /// A fictional banner with every local figure filled in, for examples (`demo`).
    Demo,
}

impl BuiltIn {
    /// All built-in packs, lowest layer first.
    pub const ALL: [Self; 3] = [Self::Nation, Self::InnerMongolia, Self::Demo];

    /// The id of the pack.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Nation => "cn",
            Self::InnerMongolia => "cn-15",
            Self::Demo => "demo",
        }
    }

    /// The built-in pack with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.id() == id)
    }

    /// Its files, without its tests.
    ///
    /// ```
    /// let files = minzheng::packs::BuiltIn::Demo.source();
    /// assert!(files.files().iter().any(|f| f.path == "pack.toml"));
    /// ```
    pub fn source(self) -> PackSource {
        let (list, outlines) = match self {
            Self::Nation => (files::CN, files::CN_OUTLINES),
            Self::InnerMongolia => (files::CN_15, files::CN_15_OUTLINES),
            Self::Demo => (files::DEMO, files::DEMO_OUTLINES),
        };
        PackSource::new(sources(list, outlines))
    }

    /// Its files with its tests.
    #[cfg(feature = "pack-tests")]
    pub fn source_with_tests(self) -> PackSource {
        let tests = match self {
            Self::Nation => files::CN_TESTS,
            Self::InnerMongolia => files::CN_15_TESTS,
            Self::Demo => files::DEMO_TESTS,
        };
        let mut all = self.source().files().to_vec();
        all.extend(sources(tests, ""));
        PackSource::new(all)
    }
}

/// Loads built-in packs, and more above them.
///
/// # Errors
/// What [`PackSet::load`] finds in the packs above; the built-in ones are checked by the library's own tests.
pub fn load(built_in: &[BuiltIn], above: &[PackSource]) -> Result<PackSet, Diagnostics> {
    let mut sources: Vec<PackSource> = built_in.iter().map(|p| p.source()).collect();
    sources.extend_from_slice(above);
    PackSet::load(&sources)
}

/// Loads built-in packs with their tests, and more above them.
///
/// # Errors
/// As [`load`].
#[cfg(feature = "pack-tests")]
pub fn load_with_tests(built_in: &[BuiltIn], above: &[PackSource]) -> Result<PackSet, Diagnostics> {
    let mut all: Vec<PackSource> = built_in.iter().map(|p| p.source_with_tests()).collect();
    all.extend_from_slice(above);
    PackSet::load(&all)
}

/// The built-in packs with others above them, lowest layer first; one with the id of a built-in pack stands in its place.
///
/// ```
/// use minzheng::packs::{BuiltIn, over};
/// assert_eq!(over(&[], BuiltIn::source).len(), 3);
/// let draft = BuiltIn::Demo.source();
/// assert_eq!(over(&[draft], BuiltIn::source).len(), 3); // in the place of the built-in one
/// ```
pub fn over(more: &[PackSource], built_in: impl Fn(BuiltIn) -> PackSource) -> Vec<PackSource> {
    let mut above = more.to_vec();
    let mut sources = Vec::new();
    for pack in BuiltIn::ALL {
        let own = above
            .iter()
            .position(|s| id(s).as_deref() == Some(pack.id()));
        sources.push(own.map_or_else(|| built_in(pack), |at| above.remove(at)));
    }
    sources.append(&mut above);
    sources
}

/// The id that a pack gives itself, where it can be read.
pub fn id(source: &PackSource) -> Option<String> {
    let head = source.files().iter().find(|f| f.path == "pack.toml")?;
    let line = head
        .text()
        .lines()
        .find_map(|l| l.trim().strip_prefix("id")?.trim_start().strip_prefix('='))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// The files of a list with their outlines, one a line.
fn sources(list: &[(&str, &'static str)], outlines: &'static str) -> Vec<SourceFile> {
    let outlines = outlines.lines().chain(core::iter::repeat(""));
    list.iter()
        .zip(outlines)
        .map(|((path, text), outline)| SourceFile::built_in(path, text, outline))
        .collect()
}
