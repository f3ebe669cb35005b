//! The catalogue in the forms of other platforms.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minzheng::catalog::{Base, Catalog, Edition, Element, List, Resource};
use minzheng::verification::evidence::{Dropped, Evidence, Kept};
use minzheng::{Engine, Lang};
use minzheng_arrow::catalog::{is_workbook, read_list, write_list};
use minzheng_arrow::write_sheet;
use minzheng_rules::error::nearest;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

use super::refused;
use crate::args::{CatalogExport, CatalogForm, CatalogImport};
use crate::output::pick;
use crate::{Failure, Outcome, input, tables};

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
    if !what.resources.is_empty() && what.format != CatalogForm::Odcs {
        return Err(refused("E-FILE", "--resource goes with --format odcs"));
    }
    match what.format {
        CatalogForm::List | CatalogForm::Xlsx => {
            let (name, other) = match what.format {
                CatalogForm::Xlsx => ("list.xlsx", "list"),
                _ => ("list.csv", "xlsx"),
            };
            let Some(path) = &what.out else {
                let message = format!("a list needs a file: --out {name}");
                return Err(refused("E-FILE", &message));
            };
            if is_workbook(path) != (what.format == CatalogForm::Xlsx) {
                let why = format!("name the file as {name}, or write --format {other}");
                return Err(failed(path, why));
            }
            absent(path)?;
            let encoding = tables::encoding(what.encoding);
            write_list(path, &catalog.to_list(), encoding).map_err(|e| tables::told(&e, lang))?;
            Ok(written(catalog.resources().len(), path, lang))
        }
        CatalogForm::Dcat => {
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
        catalog.named(id).ok_or_else(|| {
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
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    absent(path)?;
    fs::write(path, bytes).map_err(|e| failed(path, e))
}

fn absent(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(failed(path, "it is there already; name a new file"));
    }
    Ok(())
}

/// A folder with nothing in it, made where it is not there.
fn empty(folder: &Path) -> Result<(), Failure> {
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

/// Makes a pack of a list, and sees that it loads.
pub(super) fn import(
    engine: &Engine,
    catalog: &Catalog,
    what: &CatalogImport,
    packs: &[PathBuf],
    lang: Lang,
) -> Outcome {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let mut fill = BTreeMap::new();
    for given in &what.fill {
        let Some((head, value)) = given.split_once('=') else {
            return Err(refused("E-LIST-HEAD", "--fill is HEAD=VALUE: 资源分级=3"));
        };
        fill.insert(head.to_owned(), value.to_owned());
    }
    let sheet = read_list(&what.list, what.sheet.as_deref()).map_err(|e| tables::told(&e, lang))?;
    let list = List::read(&sheet.name, &sheet.rows, catalog, &fill).map_err(told)?;
    let loads = |source: &PackSource| -> Result<(PackSet, Catalog), Failure> {
        let mut more: Vec<PackSource> = packs
            .iter()
            .map(|d| input::pack(d))
            .collect::<Result<_, _>>()?;
        more.push(source.clone());
        let set = input::set(&more, false)?;
        let own = Catalog::load(&set).map_err(told)?;
        Evidence::load(&set, &own).map_err(told)?;
        Ok((set, own))
    };
    let items = Some("item").filter(|_| list.items > 0);
    let own = Some("resource").filter(|_| list.items < list.resources);
    let mut sections: Vec<&str> = items.into_iter().chain(own).collect();
    // what points at resources of the list below stands as long as they are there: as little is replaced as can be
    let elements = list.lost_elements(catalog);
    if !elements.is_empty() {
        sections.push("element");
    }
    let mut bare = sections.clone();
    bare.push("evidence");
    let mut pack = source(engine, catalog, what, &list, &bare, "");
    let mut end = loads(&pack);
    let mut lost = Losses {
        elements,
        ..Losses::default()
    };
    if let Ok((set, after)) = &end {
        let before = Edition {
            packs: engine.packs(),
            catalog,
        };
        let after = Edition {
            packs: set,
            catalog: after,
        };
        let kept = Kept::between(before, after).map_err(told)?;
        let evidence = Evidence::load(before.packs, before.catalog).map_err(told)?;
        lost.silent = kept.silent(&evidence);
        lost.kept = kept.count;
        lost.evidence = kept.dropped;
        if !lost.evidence.is_empty() {
            sections.push("evidence");
        }
        pack = source(engine, catalog, what, &list, &sections, &kept.toml);
        end = loads(&pack);
    }
    if what.fail_dropped && !lost.is_empty() {
        let none = pick(("没有写出任何内容。\n", "Nothing was written.\n"), lang);
        return Err(Failure::Undetermined(lost.words(lang) + none));
    }
    empty(&what.out)?;
    for file in pack.files() {
        let path = what.out.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
        }
        write(&path, file.text().as_bytes())?;
    }
    let kept = what.out.join("extensions.csv");
    if !list.extensions.is_empty() {
        let row = |cell: &str, head: &str, text: &str| {
            vec![cell.to_owned(), head.to_owned(), text.to_owned()]
        };
        let mut rows = vec![row("cell", "head", "text")];
        rows.extend(
            list.extensions
                .iter()
                .map(|e| row(&e.cell, &e.head, &e.text)),
        );
        write_sheet(
            &kept,
            &rows,
            tables::encoding(crate::args::Encoding::Utf8Mark),
        )
        .map_err(|e| tables::told(&e, lang))?;
    }
    end?;
    let mut out = written(list.resources, &what.out, lang);
    let remarks = [
        (
            list.filled,
            "按 --fill 填写的空单元格：",
            "blank cells filled by --fill: ",
        ),
        (
            list.made,
            "清单未给出而生成的标识：",
            "ids made, as the list gives none: ",
        ),
        (
            list.extensions.len(),
            "不认识的列的单元格，原样存入 extensions.csv：",
            "cells of columns that nobody knows, kept in extensions.csv: ",
        ),
    ];
    for (count, zh, en) in remarks.into_iter().filter(|r| r.0 > 0) {
        out.extend([pick((zh, en), lang), &count.to_string(), "\n"]);
    }
    out.push_str(&lost.words(lang));
    Ok(out)
}

/// What stood on the list below and does not stand on this one.
#[derive(Default)]
struct Losses<'c> {
    elements: Vec<&'c Element>,
    evidence: Vec<Dropped>,
    /// Rows of evidence that stand.
    kept: usize,
    /// Facts that no row says any more.
    silent: Vec<String>,
}

impl Losses<'_> {
    const fn is_empty(&self) -> bool {
        self.elements.is_empty() && self.evidence.is_empty()
    }

    /// A line for each, as findings are.
    fn words(&self, lang: Lang) -> String {
        let word = pick(("警告", "warning"), lang);
        let element = |of: &&Element| {
            let name = pick((&of.title.zh, &of.title.en), lang);
            let why = pick(("清单没有其数源", "the list lacks its source"), lang);
            let (code, source) = (Element::DROPPED, format!("{}.{}", of.resource, of.field));
            format!("{word}[{code}]: `{}` {name}: {why} `{source}`\n", of.id)
        };
        let evidence = |of: &Dropped| {
            let why = of.why.words();
            let why = pick((&why.zh, &why.en), lang);
            let field = of.field.as_ref().map(|f| format!(".{f}"));
            let from = format!("{}{}", of.item, field.unwrap_or_default());
            let code = Dropped::CODE;
            format!("{word}[{code}]: `{from}` → `{}`: {why}\n", of.fact)
        };
        let mut out: String = self.elements.iter().map(element).collect();
        out.extend(self.evidence.iter().map(evidence));
        if !self.evidence.is_empty() {
            let (kept, gone) = (self.kept.to_string(), self.evidence.len().to_string());
            let words = match lang {
                Lang::Zh => ["核对依据：保留", &kept, "条，去掉", &gone, "条。\n"],
                Lang::En => [
                    "Evidence: ",
                    &kept,
                    " rows stand, ",
                    &gone,
                    " are dropped.\n",
                ],
            };
            out.extend(words);
        }
        if !self.silent.is_empty() {
            let names = self.silent.join(", ");
            let words = pick(
                (
                    "不再有任何记录说明的事实：",
                    "facts that no record says any more: ",
                ),
                lang,
            );
            out.extend([words, &names, "\n"]);
        }
        out
    }
}

/// The files of the pack.
fn source(
    engine: &Engine,
    catalog: &Catalog,
    what: &CatalogImport,
    list: &List,
    sections: &[&str],
    evidence: &str,
) -> PackSource {
    let level = match what.place.as_str() {
        place if place.ends_with("0000") => "province",
        place if place.ends_with("00") => "prefecture",
        _ => "county",
    };
    let packs = engine.packs().packs();
    let below = catalog.resources().iter().map(|r| r.written.pack).max();
    let below = below.and_then(|at| packs.get(at)).map(|p| p.id.as_str());
    let mut rows = list.toml.clone();
    if sections.contains(&"element") {
        rows.push_str(&list.elements(catalog));
    }
    let has_evidence = sections.contains(&"evidence") && !evidence.is_empty();
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let sections: Vec<String> = sections.iter().map(|s| quoted(s)).collect();
    let head = format!(
        "[pack]\nid = {}\ntitle = {{ zh = \"数据资源目录\", en = \"data catalogue\" }}\npublisher = {}\nversion = {}\n\
         level = \"{level}\"\nplace = {}\nextends = [{}]\nreviewed_on = {}\n\n\
         # the list stands in the place of these rows of the packs below\n[[catalog.replaces]]\nsections = [{}]\n",
        quoted(&what.id),
        quoted(&what.publisher),
        quoted(&what.reviewed_on.to_string()),
        quoted(&what.place),
        below.map(quoted).unwrap_or_default(),
        what.reviewed_on,
        sections.join(", "),
    );
    let mut files = vec![
        SourceFile::new("pack.toml", head),
        SourceFile::new("catalog/list.toml", rows),
    ];
    if has_evidence {
        let said = "# rows of the packs below whose item and fields the list has\n\n";
        let rows = format!("{said}{evidence}");
        files.push(SourceFile::new("verification/evidence.toml", rows));
    }
    PackSource::new(files)
}
