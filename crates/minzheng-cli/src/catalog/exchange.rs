//! The catalogue in the forms of other platforms.

use std::fs;
use std::path::Path;

use minzheng::catalog::{Base, Catalog, Resource};
use minzheng::{Engine, Lang};
use minzheng_rules::error::nearest;

use super::refused;
use crate::args::{CatalogExport, CatalogForm};
use crate::output::pick;
use crate::{Failure, Outcome};

/// Writes the catalogue in a form.
pub(super) fn export(
    engine: &Engine,
    catalog: &Catalog,
    what: &CatalogExport,
    lang: Lang,
) -> Outcome {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let base: Base = match &what.base {
        Some(text) => text.parse().map_err(told)?,
        None => Base::default(),
    };
    match what.format {
        CatalogForm::Dcat => {
            if !what.resources.is_empty() {
                return Err(refused("E-FILE", "--resource goes with --format odcs"));
            }
            let text = catalog.to_dcat(engine.packs(), &base);
            let count = catalog.resources().len();
            match &what.out {
                Some(path) => {
                    write(path, text.as_bytes())?;
                    Ok(written(count, path, lang))
                }
                None => Ok(text),
            }
        }
        CatalogForm::Odcs => {
            let chosen = chosen(catalog, &what.resources)?;
            let contract = |of: &&Resource| catalog.to_contract(engine.packs(), of, &base);
            let Some(folder) = &what.out else {
                let all: Vec<String> = chosen.iter().map(contract).collect();
                return Ok(all.join("---\n"));
            };
            empty(folder)?;
            for of in &chosen {
                let path = folder.join(format!("{}.odcs.yaml", of.id));
                write(&path, contract(of).as_bytes())?;
            }
            Ok(written(chosen.len(), folder, lang))
        }
    }
}

/// The resources with these ids, or all.
fn chosen<'c>(catalog: &'c Catalog, ids: &[String]) -> Result<Vec<&'c Resource>, Failure> {
    if ids.is_empty() {
        return Ok(catalog.resources().iter().collect());
    }
    let one = |id: &String| {
        catalog.resource(id).ok_or_else(|| {
            let known = catalog.resources().iter().map(|r| r.id.as_str());
            let near = nearest(id, known).map(|near| format!("; did you mean `{near}`?"));
            let message = format!("there is no resource `{id}`{}", near.unwrap_or_default());
            refused("E-CATALOG-NONE", &message)
        })
    };
    ids.iter().map(one).collect()
}

fn failed(path: &Path, why: impl core::fmt::Display) -> Failure {
    refused("E-FILE", &format!("{}: {why}", path.display()))
}

/// Writes a file that is not there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path.exists() {
        return Err(failed(path, "it is there already; name a new file"));
    }
    fs::write(path, bytes).map_err(|e| failed(path, e))
}

/// A folder with nothing in it, made where it is not there.
pub(super) fn empty(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let mut entries = fs::read_dir(folder).map_err(|e| failed(folder, e))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(failed(folder, "it is not empty; name a new folder")),
    }
}

fn written(count: usize, path: &Path, lang: Lang) -> String {
    let words = pick(("已写出的资源：", "resources written: "), lang);
    format!("{words}{count} → {}\n", path.display())
}
