//! The commands about the gate.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use minzheng::catalog::Catalog;
use minzheng::gate::{Case, Decision, Rows};
use minzheng::{Error, Lang};

use crate::args::GateCommand;
use crate::output::{bold, dim, pick, table};
use crate::{Failure, Outcome, input, output};

/// Does what was asked.
pub(crate) fn run(command: &GateCommand, packs: &[PathBuf], lang: Lang) -> Outcome {
    let GateCommand::Check {
        file,
        json,
        fail_denied,
    } = command;
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let engine = input::engine(packs)?;
    let catalog = engine.catalog().map_err(told)?;
    let case = Case::from_json(read(file)?).map_err(told)?;
    let decision = case.decide(engine.packs(), catalog).map_err(told)?;
    let text = if *json {
        output::json(&decision)
    } else {
        words(&decision, catalog, lang)
    };
    if *fail_denied && decision.denied.is_some() {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

fn read(file: &Path) -> Result<serde_json::Value, Failure> {
    let text = fs::read_to_string(file).map_err(|e| input::refused(file, e))?;
    serde_json::from_str(&text).map_err(|e| {
        let why = format!("line {}: the file is not well-formed JSON", e.line());
        input::refused(file, why)
    })
}

fn words(decision: &Decision, catalog: &Catalog, lang: Lang) -> String {
    let resource = catalog.resource(&decision.resource);
    let purpose = catalog.purpose(&decision.purpose);
    let mut out = format!(
        "{} · {} · {}\n",
        bold(resource.map_or(&decision.resource, |r| r.title.of(lang))),
        purpose.map_or(decision.purpose.as_str(), |p| p.title.of(lang)),
        decision.on
    );
    let _ = writeln!(out, "{}", dim(&decision.ground.join(" ")));
    if let Some(rule) = decision.denied {
        let no = pick(("不予提供", "nothing is given"), lang);
        let _ = writeln!(out, "{}: {}", bold(no), rule.words(lang));
    }
    let rows = match &decision.rows {
        Rows::Nothing => pick(("无", "none"), lang).to_owned(),
        Rows::All => pick(("全部", "all"), lang).to_owned(),
        Rows::Subjects { subjects, .. } => subjects
            .iter()
            .map(|s| format!("{} ({})", s.person, s.authorization))
            .collect::<Vec<_>>()
            .join(", "),
        Rows::Places { column, places } => match lang {
            Lang::Zh => format!("{column} 属于 {} 个地区", places.len()),
            Lang::En => format!("{column} in one of {} places", places.len()),
        },
    };
    let _ = writeln!(out, "{}: {rows}", pick(("行", "rows"), lang));
    for refused in &decision.refused {
        let why = refused.refusal.words(lang);
        let _ = writeln!(out, "  ✗ {}: {why}", refused.person);
    }
    let lines: Vec<Vec<String>> = decision
        .fields
        .iter()
        .map(|f| {
            let title = resource.and_then(|r| r.field(&f.field));
            vec![
                f.field.clone(),
                title.map_or_else(String::new, |t| t.title.of(lang).to_owned()),
                f.treatment.word(),
                f.rule.words(lang).to_owned(),
            ]
        })
        .collect();
    out.push_str(&table(&lines));
    out
}
