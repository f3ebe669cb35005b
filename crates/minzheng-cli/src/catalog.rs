//! The catalogue: what there is, who keeps it, what stands on it, what changed, what is late.

mod exchange;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use minzheng::catalog::{
    Board, Breaks, Catalog, Change, Cycle, Delivery, Edition, Grade, Impact, Query, Remark,
    Subject, Weight, When,
};
use minzheng::{Engine, Lang};
use minzheng_rules::error::nearest;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;
use minzheng_rules::pack::place::parse_code;
use serde_json::{Value, json};

use crate::args::{CatalogCommand, CatalogDay, Facets};
use crate::output::{pick, table};
use crate::{Failure, Outcome, input, output};

use words::{board_words, found, quiet, reference, show, ways};

/// Does what was asked of the catalogue.
pub(crate) fn run(command: CatalogCommand, packs: &[PathBuf], lang: Lang) -> Outcome {
    if let CatalogCommand::Diff {
        old,
        new,
        json,
        fail_breaking,
    } = &command
    {
        return diff(old.as_deref(), new, *json, *fail_breaking, lang);
    }
    let engine = input::engine(packs)?;
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let catalog = engine.catalog().map_err(told)?;
    match command {
        CatalogCommand::List {
            facets,
            json,
            markdown,
        } => {
            let facets = known(catalog, facets)?;
            let query = query("", &facets);
            if markdown {
                return Ok(reference(&engine, catalog, lang));
            }
            Ok(found(catalog, &query, None, json, lang))
        }
        CatalogCommand::Search {
            text,
            facets,
            limit,
            json,
        } => {
            let text = text.join(" ");
            let facets = known(catalog, facets)?;
            let query = query(&text, &facets);
            Ok(found(catalog, &query, Some(limit), json, lang))
        }
        CatalogCommand::Show { id, day, json } => {
            let lineage = engine.lineage(when(&day, &engine)?).map_err(told)?;
            match catalog.named(&id) {
                Some(resource) if json => Ok(output::json(&catalog.show(
                    engine.packs(),
                    resource,
                    &lineage,
                ))),
                Some(resource) => Ok(show(engine.packs(), catalog, resource, &lineage, lang)),
                None if json => {
                    let down = lineage.to_json(&id, true).map_err(told)?;
                    let up = lineage.to_json(&id, false).map_err(told)?;
                    Ok(output::json(&json!({ "downstream": down, "upstream": up })))
                }
                None => ways(&lineage, &id, lang).map_err(told),
            }
        }
        CatalogCommand::Impact {
            lost,
            day,
            steps,
            json,
        } => {
            let lineage = engine.lineage(when(&day, &engine)?).map_err(told)?;
            let named =
                |l: &'_ String| catalog.named(l).map_or_else(|| l.clone(), |r| r.id.clone());
            let lost: Vec<String> = lost.iter().map(named).collect();
            let lost: Vec<&str> = lost.iter().map(String::as_str).collect();
            let impact = Impact::of(catalog, &lineage, &lost).map_err(told)?;
            Ok(if json {
                output::json(&impact.to_json())
            } else {
                quiet(&impact, steps, lang)
            })
        }
        CatalogCommand::Check {
            json,
            fail_warnings,
        } => {
            let remarks = catalog.check(engine.packs()).map_err(told)?;
            let bad = remarks.iter().any(|r| r.weight == Weight::Warning);
            let text = if json {
                let all: Vec<Value> = remarks.iter().map(Remark::to_json).collect();
                output::json(&all)
            } else {
                let rows: Vec<Vec<String>> = remarks
                    .iter()
                    .map(|r| {
                        let words = r.words.of(lang).to_owned();
                        vec![
                            format!("{}[{}]", r.weight.word(), r.code),
                            r.path.clone(),
                            words,
                        ]
                    })
                    .collect();
                let end = pick(
                    (
                        "项需要查看；错误在读取时已经排除。",
                        "to look at; errors would not have loaded.",
                    ),
                    lang,
                );
                format!("{}{} {end}\n", table(&rows), remarks.len())
            };
            if fail_warnings && bad {
                Err(Failure::Undetermined(text))
            } else {
                Ok(text)
            }
        }
        CatalogCommand::Freshness {
            deliveries,
            on,
            json,
            impact,
        } => {
            let deliveries = read(&deliveries, lang)?;
            let board = Board::new(catalog, engine.packs().calendar(), &deliveries, on);
            let board = board.map_err(told)?;
            if json {
                return Ok(output::json(&board.to_json()));
            }
            let mut out = board_words(catalog, &board, lang);
            if impact {
                let lineage = engine.lineage(When::day(on)).map_err(told)?;
                let lost: Vec<&str> = board.quiet().collect();
                let impact = Impact::of(catalog, &lineage, &lost).map_err(told)?;
                out.push('\n');
                out.push_str(&quiet(&impact, false, lang));
            }
            Ok(out)
        }
        CatalogCommand::Export(what) => exchange::export(&engine, catalog, &what, lang),
        CatalogCommand::Import(what) => exchange::import(&engine, catalog, &what, packs, lang),
        CatalogCommand::Diff { .. } => Ok(String::new()),
    }
}

fn refused(code: &str, message: &str) -> Failure {
    Failure::Refused(format!("error[{code}]: {message}"))
}

/// The facets with the ids of bodies and lines of business that were given by name; one that nothing has is refused, so that nothing
/// found means that there is nothing.
fn known(catalog: &Catalog, mut facets: Facets) -> Result<Facets, Failure> {
    fn id<'c>(
        what: &str,
        given: &str,
        all: impl Iterator<Item = (&'c str, &'c Words)> + Clone,
    ) -> Result<String, Failure> {
        let is_it =
            |(id, title): &(&str, &Words)| *id == given || title.zh == given || title.en == given;
        if let Some((id, _)) = all.clone().find(is_it) {
            return Ok(id.to_owned());
        }
        let is_ascii = given.is_ascii();
        let names = all.map(|(id, title)| if is_ascii { id } else { title.zh.as_str() });
        let names: Vec<&str> = names.collect();
        let help = nearest(given, names.iter().copied()).map_or_else(
            || format!("; there are {}", names.join(", ")),
            |near| format!("; did you mean `{near}`?"),
        );
        let message = format!("there is no {what} `{given}`{help}");
        Err(refused("E-CATALOG-NONE", &message))
    }
    if let Some(given) = &facets.department {
        let all = catalog.departments().iter().chain(catalog.keepers());
        let all = all.map(|d| (d.id.as_str(), &d.title));
        facets.department = Some(id("department or body", given, all)?);
    }
    if let Some(given) = &facets.line {
        let all = catalog.lines().iter().map(|l| (l.id.as_str(), &l.title));
        facets.line = Some(id("line of business", given, all)?);
    }
    Ok(facets)
}

/// The facets as they were typed.
fn query<'q>(text: &'q str, facets: &'q Facets) -> Query<'q> {
    // the words were checked when they were typed
    Query {
        text,
        department: facets.department.as_deref(),
        line: facets.line.as_deref(),
        sharing: facets.sharing.as_deref(),
        grade: facets.grade.and_then(Grade::new),
        cycle: facets.cycle.as_deref().and_then(Cycle::from_word),
        subject: facets.subject.as_deref().and_then(Subject::from_word),
    }
}

fn when(day: &CatalogDay, engine: &Engine) -> Result<When, Failure> {
    let place = match &day.place {
        None => None,
        Some(text) => {
            let code = parse_code(text).ok_or_else(|| {
                refused(
                    "E-VALUE-PLACE",
                    "--place is no place code (write the six digits)",
                )
            })?;
            Some(engine.packs().places().resolve(code))
        }
    };
    Ok(When {
        on: day.on,
        known_on: day.known_on.unwrap_or(day.on),
        place,
    })
}

/// Deliveries from a CSV file.
fn read(path: &Path, lang: Lang) -> Result<Vec<Delivery>, Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|e| refused("E-FILE", &format!("{name}: {e}")))?;
    Delivery::from_csv(&name, &text).map_err(|e| Failure::Refused(e.lines(lang)))
}

/// What changed between two catalogues: folders of packs, or the built-in one.
fn diff(old: Option<&Path>, new: &Path, json: bool, fail: bool, lang: Lang) -> Outcome {
    let load = |dir: Option<&Path>| -> Result<(PackSet, Catalog), Failure> {
        let more = dir.map(input::pack).transpose()?;
        let set = input::set(more.as_slice(), false)?;
        let catalog = Catalog::load(&set).map_err(|e| Failure::Refused(e.lines(lang)))?;
        Ok((set, catalog))
    };
    let (before, after) = (load(old)?, load(Some(new))?);
    let changes = Change::between(
        Edition {
            packs: &before.0,
            catalog: &before.1,
        },
        Edition {
            packs: &after.0,
            catalog: &after.1,
        },
    );
    let breaks = changes
        .iter()
        .any(|c| c.consumer().max(c.provider()) == Breaks::Error);
    let text = if json {
        let all: Vec<Value> = changes.iter().map(Change::to_json).collect();
        output::json(&all)
    } else if changes.is_empty() {
        pick(
            ("目录没有变化。\n", "Nothing in the catalogue changed.\n"),
            lang,
        )
        .to_owned()
    } else {
        let heads = [
            ("变化", "what"),
            ("资源", "resource"),
            ("信息项", "field"),
            ("之前", "before"),
            ("之后", "after"),
            ("使用方", "consumer"),
            ("提供方", "provider"),
        ];
        let mut rows = vec![
            heads
                .iter()
                .map(|h| pick(*h, lang).to_owned())
                .collect::<Vec<_>>(),
        ];
        rows.extend(changes.iter().map(|c| {
            vec![
                c.what.word().to_owned(),
                c.resource.clone(),
                c.field.clone().unwrap_or_default(),
                c.before.clone(),
                c.after.clone(),
                c.consumer().word().to_owned(),
                c.provider().word().to_owned(),
            ]
        }));
        table(&rows)
    };
    if fail && breaks {
        Err(Failure::Undetermined(text))
    } else {
        Ok(text)
    }
}
