//! Packs: the law as data, from the host.

use minzheng::api::text_of;
use minzheng::packs::{self, BuiltIn};
use minzheng_rules::error::Severity as DiagnosticSeverity;
use minzheng_rules::pack::model;
use minzheng_rules::pack::{PackSource, SourceFile};

use crate::error::{MinzhengError, Problem};
use crate::values::{CalendarDate, Words};

/// A pack that comes with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum BuiltInPack {
    /// National law (`cn`).
    Nation,
    /// Inner Mongolia (`cn-15`).
    InnerMongolia,
    /// A fictional banner with every local figure filled in, for examples (`demo`).
    Demo,
}

impl BuiltInPack {
    pub(crate) fn all() -> Vec<Self> {
        vec![Self::Nation, Self::InnerMongolia, Self::Demo]
    }
}

impl From<BuiltInPack> for BuiltIn {
    fn from(pack: BuiltInPack) -> Self {
        match pack {
            BuiltInPack::Nation => Self::Nation,
            BuiltInPack::InnerMongolia => Self::InnerMongolia,
            BuiltInPack::Demo => Self::Demo,
        }
    }
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct PackFile {
    /// Its path inside the pack, with forward slashes: `parameters/dibao.toml`.
    pub path: String,
    /// Its bytes: TOML in UTF-8.
    pub bytes: Vec<u8>,
}

pub(crate) fn source_of(files: &[PackFile]) -> Result<PackSource, MinzhengError> {
    let read = files.iter().map(|file| {
        let text = text_of(&file.path, &file.bytes).map_err(MinzhengError::pack)?;
        Ok(SourceFile::new(file.path.clone(), text))
    });
    Ok(PackSource::new(read.collect::<Result<_, MinzhengError>>()?))
}

/// A pack that an engine decides by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct PackInfo {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Who publishes it.
    pub publisher: String,
    /// The version of its rules.
    pub version: String,
    /// SHA-256 of its files: an application can pin it.
    pub digest: String,
    /// The day a person last read the whole.
    pub reviewed_on: CalendarDate,
}

impl From<&model::PackInfo> for PackInfo {
    fn from(pack: &model::PackInfo) -> Self {
        Self {
            id: pack.id.clone(),
            title: (&pack.title).into(),
            publisher: pack.publisher.clone(),
            version: pack.version.clone(),
            digest: pack.digest.clone(),
            reviewed_on: pack.reviewed_on.to_date(),
        }
    }
}

/// How grave a remark on a pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Severity {
    /// The pack is refused.
    Error,
    /// It works, and should be looked at.
    Warning,
}

/// A remark on a pack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Remark {
    /// How grave it is.
    pub severity: Severity,
    /// What it is.
    pub problem: Problem,
}

/// Looks a pack over that stands above the built-in ones: what is wrong with it, else what should be looked at, each with file
/// and line.
///
/// Errors: `E-API-TEXT` where a file is not UTF-8.
#[uniffi::export]
pub fn lint_pack(files: Vec<PackFile>) -> Result<Vec<Remark>, MinzhengError> {
    let source = source_of(&files)?;
    let (found, own) = match packs::load(&BuiltIn::ALL, &[source]) {
        Err(found) => (found, String::new()),
        Ok(set) => {
            let id = set.packs().last().map_or("", |pack| pack.id.as_str());
            (set.lint(), format!("{id}/"))
        }
    };
    let of_pack = found.iter().filter(|d| d.file().starts_with(&own));
    Ok(of_pack
        .map(|d| Remark {
            severity: match d.severity() {
                DiagnosticSeverity::Error => Severity::Error,
                DiagnosticSeverity::Warning => Severity::Warning,
            },
            problem: Problem::from(&minzheng::error::Finding::from(d)),
        })
        .collect())
}
