//! Files in.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use minzheng::packs::id;
use minzheng::packs::{BuiltIn, over};
use minzheng::{Engine, Household, Lang, VerificationRequest};
use minzheng_rules::pack::{MAX_PACK_BYTES, PackSet, PackSource, SourceFile};

use crate::Failure;
use crate::args::Case;

/// Why a file is not read or written.
pub(crate) fn refused(path: &Path, why: impl core::fmt::Display) -> Failure {
    Failure::Refused(format!("error[E-FILE]: {}: {why}", path.display()))
}

/// Reads a household file, with what the command line changes.
pub(crate) fn household(case: &Case, lang: Lang) -> Result<Household, Failure> {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let text = fs::read_to_string(&case.file).map_err(|e| refused(&case.file, e))?;
    let name = case.file.display().to_string();
    let mut household = match case.file.extension().and_then(|e| e.to_str()) {
        Some("json") => Household::named_json(&name, &text).map_err(told)?,
        Some("toml") => Household::named_toml(&name, &text).map_err(told)?,
        _ => {
            return Err(refused(
                &case.file,
                "a household file ends in .toml or .json",
            ));
        }
    };
    if let Some(day) = case.on {
        household = household.on(day);
    }
    if let Some(day) = case.known_on {
        household = household.known_on(day);
    }
    if let Some(place) = &case.place {
        household = household.place(place);
    }
    Ok(household)
}

/// Reads a verification file.
pub(crate) fn verification(file: &Path, lang: Lang) -> Result<VerificationRequest, Failure> {
    let text = fs::read_to_string(file).map_err(|e| refused(file, e))?;
    let name = file.display().to_string();
    let read = match file.extension().and_then(|e| e.to_str()) {
        Some("json") => VerificationRequest::named_json(&name, &text),
        Some("toml") => VerificationRequest::named_toml(&name, &text),
        _ => return Err(refused(file, "a verification file ends in .toml or .json")),
    };
    read.map_err(|e| Failure::Refused(e.lines(lang)))
}

/// Reads a file of JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(file).map_err(|e| refused(file, e))?;
    let place = |e: serde_json::Error| format!("the JSON is not of its form, line {}", e.line());
    serde_json::from_str(&text).map_err(|e| refused(file, place(e)))
}

/// The TOML files of a folder and those below it.
pub(crate) fn pack(dir: &Path) -> Result<PackSource, Failure> {
    fn walk(
        top: &Path,
        dir: &Path,
        depth: usize,
        size: &mut u64,
        out: &mut Vec<SourceFile>,
    ) -> Result<(), Failure> {
        let mut entries: Vec<PathBuf> = fs::read_dir(dir)
            .and_then(|all| all.map(|e| e.map(|e| e.path())).collect())
            .map_err(|e| refused(dir, e))?;
        entries.sort();
        for path in entries {
            if path.is_dir() && depth < 8 {
                walk(top, &path, depth.saturating_add(1), size, out)?;
            } else if path.extension().is_some_and(|e| e == "toml") {
                *size =
                    size.saturating_add(fs::metadata(&path).map_err(|e| refused(&path, e))?.len());
                if usize::try_from(*size).map_or(true, |s| s > MAX_PACK_BYTES) {
                    return Err(refused(
                        top,
                        format!("the pack holds more than {MAX_PACK_BYTES} bytes"),
                    ));
                }
                let text = fs::read_to_string(&path).map_err(|e| refused(&path, e))?;
                let name = path.strip_prefix(top).unwrap_or(&path);
                let words: Vec<_> = name
                    .components()
                    .map(|c| c.as_os_str().to_string_lossy())
                    .collect();
                out.push(SourceFile::new(words.join("/"), text));
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(dir, dir, 0, &mut 0, &mut files)?;
    if files.iter().all(|f| f.path != "pack.toml") {
        return Err(refused(dir, "there is no pack.toml"));
    }
    Ok(PackSource::new(files))
}

/// The built-in packs with these above them; one with the id of a built-in pack stands in its place.
pub(crate) fn set(more: &[PackSource], tests: bool) -> Result<PackSet, Failure> {
    let from = |p: BuiltIn| {
        if tests {
            p.source_with_tests()
        } else {
            p.source()
        }
    };
    PackSet::load(&over(more, from)).map_err(|e| Failure::from(minzheng::Error::from(e)))
}

/// An engine with the packs of these folders.
pub(crate) fn engine(dirs: &[PathBuf]) -> Result<Engine, Failure> {
    Ok(Engine::new(set(&packs(dirs)?, false)?))
}

/// An engine with packs of its own above common ones; an own pack stands in the place of a common one of its id.
pub(crate) fn engine_over(common: &[PathBuf], own: &[PathBuf]) -> Result<Engine, Failure> {
    let own = packs(own)?;
    let mut all = packs(common)?;
    all.retain(|common| id(common).is_none() || own.iter().all(|own| id(own) != id(common)));
    all.extend(own);
    Ok(Engine::new(set(&all, false)?))
}

/// An engine with the packs of these folders and their tests.
pub(crate) fn engine_with_tests(dirs: &[PathBuf]) -> Result<Engine, Failure> {
    Ok(Engine::new(set(&packs(dirs)?, true)?))
}

fn packs(dirs: &[PathBuf]) -> Result<Vec<PackSource>, Failure> {
    dirs.iter().map(|d| pack(d)).collect()
}
