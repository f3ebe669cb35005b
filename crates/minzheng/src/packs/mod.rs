//! The built-in packs: the law as data, compiled into the library.

mod files;

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

    /// Its files.
    ///
    /// ```
    /// let files = minzheng::packs::BuiltIn::Demo.source();
    /// assert!(files.files().iter().any(|f| f.path == "pack.toml"));
    /// ```
    pub fn source(self) -> PackSource {
        let list = match self {
            Self::Nation => files::CN,
            Self::InnerMongolia => files::CN_15,
            Self::Demo => files::DEMO,
        };
        PackSource::new(
            list.iter()
                .map(|(path, text)| SourceFile::new(*path, *text))
                .collect(),
        )
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
