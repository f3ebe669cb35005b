//! The command that holds tables against the quality rules of the catalogue.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng::catalog::quality::{Quality as Rules, Severity};
use minzheng::catalog::{Catalog, Delivery};
use minzheng_arrow::TableFile;
use minzheng_arrow::quality::{QualityOptions, QualityStep, quality, tables};

use crate::args::{FailOn, Quality};
use crate::{Failure, Outcome, input, output};

/// Counts, prints, and fails where that is asked for.
pub(crate) fn run(asked: &Quality, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: minzheng::Error| crate::tables::told(&e, lang);
    let engine = input::engine(packs)?;
    let catalog = engine.catalog().map_err(told)?;
    let rules = Rules::load(engine.packs(), catalog).map_err(told)?;
    let given = tables(catalog, &asked.items).map_err(told)?;
    check(asked, catalog, &given, lang)?;
    let deliveries = match &asked.deliveries {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path)
                .map_err(|e| Failure::Refused(format!("error[E-FILE]: {name}: {e}")))?;
            Some(Delivery::from_csv(&name, &text).map_err(told)?)
        }
    };
    let stop = crate::tables::stop();
    let as_of = crate::tables::day(Some(asked.as_of))?;
    let as_of =
        as_of.ok_or_else(|| Failure::Refused("error[E-DOC-DATE]: give --as-of".to_owned()))?;
    let work = Work::new(asked.work.as_deref())?;
    let mut options = QualityOptions::new(as_of);
    options.threads = asked.threads;
    options.sample = asked.sample;
    options.work = Some(work.0.clone());
    options.cancel = Some(&stop);
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} {elapsed}") {
        bar.set_style(style);
    }
    let mut progress = |step| {
        if let QualityStep::Counted { resource, rows } = step {
            bar.set_message(resource);
            bar.set_position(rows);
        }
    };
    let is_asked = |id: &str| asked.resources.is_empty() || asked.resources.iter().any(|r| r == id);
    let rules = rules.rules().iter().filter(|r| is_asked(&r.resource));
    let rules: Vec<_> = rules.cloned().collect();
    let set = engine.packs();
    let report = quality(
        set,
        catalog,
        &rules,
        &given,
        deliveries.as_deref(),
        &options,
        &mut progress,
    );
    bar.finish_and_clear();
    let report = report.map_err(told)?;
    for (path, text) in [
        (&asked.html, report.to_html(lang)),
        (&asked.junit, report.to_junit(lang)),
    ] {
        if let Some(path) = path {
            fs::write(path, text)
                .map_err(|e| Failure::Refused(format!("error[E-FILE]: {}: {e}", path.display())))?;
        }
    }
    let text = if asked.json {
        output::json(&report.to_json())
    } else {
        report.render_text(lang)
    };
    let least = match asked.fail_on {
        None => return Ok(text),
        Some(FailOn::Warn) => Severity::Warn,
        Some(FailOn::Block) => Severity::Block,
    };
    if report.worst() >= Some(least) {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// Whether there is something to look at: what is asked for, and nothing that nobody knows.
fn check(
    asked: &Quality,
    catalog: &Catalog,
    given: &BTreeMap<String, TableFile>,
    lang: Lang,
) -> Result<(), Failure> {
    for id in &asked.resources {
        if catalog.resource(id).is_none() {
            return Err(crate::tables::told(&catalog.no_resource(id), lang));
        }
        if !given.contains_key(id) && asked.deliveries.is_none() {
            let text = format!(
                "error[E-FILE]: {id}: no table of it is in {}",
                asked.items.display()
            );
            return Err(Failure::Refused(text));
        }
    }
    if given.is_empty() && asked.deliveries.is_none() {
        let text = format!(
            "error[E-FILE]: {}: no file in it is named as a resource (write income_tax.parquet)",
            asked.items.display()
        );
        return Err(Failure::Refused(text));
    }
    Ok(())
}

/// A folder for keys that memory has no room for: nobody else may read it, and it goes away.
struct Work(PathBuf);

impl Work {
    fn new(above: Option<&Path>) -> Result<Self, Failure> {
        let above = above.map_or_else(std::env::temp_dir, Path::to_owned);
        let dir = above.join(format!("minzheng-quality-{}", std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder
            .create(&dir)
            .map_err(|e| Failure::Refused(format!("error[E-FILE]: {}: {e}", dir.display())))?;
        Ok(Self(dir))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // what cannot be taken away is not readable for anybody else
        let _ = fs::remove_dir_all(&self.0);
    }
}
