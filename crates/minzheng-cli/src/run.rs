//! The commands about one household.

use std::fmt::Write as _;

use minzheng::eligibility::Change;
use minzheng::report::{escape_html, explained};
use minzheng::{Assessment, Engine, Household, Lang, Missing, Verdict};
use minzheng_rules::facts::Overlay;
use serde_json::{Value, json};

use minzheng_arrow::Contract;

use crate::args::{Args, Case, Command, Form, ParamsCommand, SchemaCommand};
use crate::output::{bold, dim, marks, pick, table, verdict};
use crate::{
    Failure, Outcome, arrears, audit, catalog, compare, gate, input, models, output, pack, params,
    province, quality, schema, synth, verify, warn,
};

/// Does what was asked.
pub(crate) fn run(args: Args) -> Outcome {
    let lang = args.lang();
    match args.command {
        Command::Catalog(command) => catalog::run(command, &args.packs, lang),
        Command::Assess {
            case,
            form,
            all,
            fail_undetermined,
        } => {
            let answer = answer(&case, &args.packs, lang)?;
            let text = assess(&answer, &form, all, lang);
            let open = fail_undetermined
                && answer
                    .programmes()
                    .any(|p| p.verdict() == Verdict::Undetermined);
            if open {
                Err(Failure::Undetermined(text))
            } else {
                Ok(text)
            }
        }
        Command::Explain {
            case,
            programme,
            form,
            markdown,
        } => {
            let answer = answer(&case, &args.packs, lang)?;
            let explanation = match programme {
                None => answer.explanation(),
                Some(id) => {
                    let set = answer.rules().packs();
                    let Some(index) = set.programmes().iter().position(|p| p.id == id) else {
                        let known: Vec<&str> =
                            set.programmes().iter().map(|p| p.id.as_str()).collect();
                        return Err(Failure::Refused(format!(
                            "error[E-PROGRAMME-NAME]: there is no such programme (the programmes are: {})",
                            known.join(", ")
                        )));
                    };
                    answer.explanation_of(&[index])
                }
            };
            Ok(if form.json {
                output::json(&explanation)
            } else if form.html {
                explained(&explanation.render_html(lang), lang)
            } else if markdown {
                explanation.render_markdown(lang)
            } else {
                format!(
                    "{}\n{}",
                    header(&answer, lang),
                    marks(&explanation.render_text(lang))
                )
            })
        }
        Command::Missing {
            case,
            json,
            fail_undetermined,
        } => {
            let missing = answer(&case, &args.packs, lang)?.missing();
            let text = if json {
                output::json(&json!(missing))
            } else {
                questions(&missing, lang)
            };
            if fail_undetermined && !missing.is_empty() {
                Err(Failure::Undetermined(text))
            } else {
                Ok(text)
            }
        }
        Command::Simulate { case, set, json } => simulate(&case, &set, json, &args.packs, lang),
        Command::Arrears(asked) => arrears::run(&asked, &args.packs, lang),
        Command::Verify(command) => verify::run(&command, &args.packs, lang),
        Command::Synth(command) => synth::run(&command, &args.packs, lang),
        Command::Warn(asked) => warn::run(&asked, &args.packs, lang),
        Command::Models(command) => models::run(command, &args.packs, lang),
        Command::Run(asked) => province::run(&asked, &args.packs, lang),
        Command::Compare(asked) => compare::run(&asked, &args.packs, lang),
        Command::Gate(command) => gate::run(&command, &args.packs, lang),
        Command::Audit(command) => audit::run(&command, lang),
        Command::Quality(asked) => quality::run(&asked, &args.packs, lang),
        Command::Pack(command) => pack::run(command, &args.packs, lang),
        Command::Params(ParamsCommand::Show {
            name,
            place,
            on,
            known_on,
        }) => {
            let engine = input::engine(&args.packs)?;
            params::show(engine.packs(), &name, place.as_deref(), on, known_on, lang)
        }
        Command::Params(ParamsCommand::List) => {
            Ok(params::list(input::engine(&args.packs)?.packs(), lang))
        }
        Command::Schema(SchemaCommand::Tables { markdown }) => {
            let engine = input::engine(&args.packs)?;
            let contract = Contract::new(engine.packs());
            Ok(if markdown {
                contract.to_markdown(lang)
            } else {
                output::json(&contract.to_json())
            })
        }
        Command::Schema(SchemaCommand::Household) => Ok(output::json(&schema::household(
            input::engine(&args.packs)?.packs(),
        ))),
        Command::Schema(SchemaCommand::VerificationReport) => {
            Ok(output::json(&minzheng::Report::json_schema()))
        }
        Command::Schema(SchemaCommand::Warnings) => {
            Ok(output::json(&minzheng::warning::Warnings::json_schema()))
        }
        Command::Schema(SchemaCommand::QualityReport) => Ok(output::json(
            &minzheng::catalog::quality::Report::json_schema(),
        )),
    }
}

/// Decides; what is wrong is told in the language asked for.
fn decide(engine: &Engine, household: &Household, lang: Lang) -> Result<Assessment, Failure> {
    engine
        .assess(household)
        .map_err(|e| Failure::Refused(e.lines(lang)))
}

fn answer(case: &Case, packs: &[std::path::PathBuf], lang: Lang) -> Result<Assessment, Failure> {
    let engine = input::engine(packs)?;
    decide(&engine, &input::household(case, lang)?, lang)
}

const fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    pick((zh, en), lang)
}

/// Place, day and packs.
fn header(answer: &Assessment, lang: Lang) -> String {
    let mut rows = Vec::new();
    let mut places: Vec<(String, String)> = Vec::new();
    for (_, code, name) in answer.explanation_of(&[]).places {
        if !places.iter().any(|(c, _)| *c == code) {
            places.push((code, name));
        }
    }
    let places: Vec<String> = places
        .into_iter()
        .map(|(code, name)| format!("{name} ({code})"))
        .collect();
    let place = if places.is_empty() {
        say(lang, "未填", "not given").to_owned()
    } else {
        places.join(", ")
    };
    rows.push(vec![say(lang, "地区", "place").to_owned(), place]);
    rows.push(vec![
        say(lang, "认定日", "day decided").to_owned(),
        answer.on().to_string(),
    ]);
    if let Some(day) = answer.known_on() {
        rows.push(vec![
            say(lang, "截至公布日", "law as of").to_owned(),
            day.to_string(),
        ]);
    }
    let packs: Vec<String> = answer
        .rules()
        .packs()
        .packs()
        .iter()
        .map(|p| {
            format!(
                "{} {} ({})",
                p.id,
                p.version,
                p.digest.chars().take(12).collect::<String>()
            )
        })
        .collect();
    rows.push(vec![
        say(lang, "规则包", "packs").to_owned(),
        packs.join(", "),
    ]);
    table(&rows)
}

pub(crate) fn assess(answer: &Assessment, form: &Form, all: bool, lang: Lang) -> String {
    let explanation = answer.explanation();
    if form.json {
        let mut out = answer.to_json();
        if let Value::Object(fields) = &mut out {
            fields.insert("explanation".to_owned(), explanation.to_json());
        }
        return output::json(&out);
    }
    if form.html {
        let header = format!("<pre>{}</pre>\n", escape_html(&header(answer, lang)));
        return explained(&format!("{header}{}", explanation.render_html(lang)), lang);
    }
    let mut out = header(answer, lang);
    out.push('\n');
    let mut rows = Vec::new();
    for p in answer.programmes() {
        let amount = p
            .amount_figure()
            .map(|f| f.shown(lang).to_owned())
            .unwrap_or_default();
        let from = p
            .first_month()
            .map(|d| format!("{} {}", say(lang, "自", "from"), d.format("%Y-%m")))
            .unwrap_or_default();
        let row = vec![
            name(p.title().of(lang), p.id()),
            String::new(),
            verdict(p.verdict(), lang),
            amount,
            from,
        ];
        // persons with one outcome share a line
        let known = rows
            .iter()
            .position(|(r, _): &(Vec<String>, Vec<String>)| *r == row);
        let who = p.person().map(str::to_owned);
        match known.and_then(|at| rows.get_mut(at)) {
            Some((_, persons)) => persons.extend(who),
            None => rows.push((row, who.into_iter().collect())),
        }
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(mut row, persons)| {
            if let Some(cell) = row.get_mut(1) {
                *cell = persons.join(", ");
            }
            row
        })
        .collect();
    out.push_str(&table(&rows));
    out.push('\n');
    // a programme for persons that is refused says little about most members: the table has it
    let mut shown = explanation;
    shown.programmes.retain(|p| {
        let word = json!(p.verdict);
        p.in_force && (all || p.row.is_none() || word != "not_eligible")
    });
    out.push_str(&marks(&shown.render_text(lang)));
    let provisional = answer.provisional();
    if !provisional.is_empty() {
        let note = say(
            lang,
            "初步结论：以上结论所依据的部分申报事项尚未核实。",
            "Provisional: these answers rest on declared facts that nobody has verified yet.",
        );
        let _ = writeln!(out, "{} ({})", bold(note), provisional.len());
    }
    let missing = answer.missing();
    if !missing.is_empty() {
        let note = say(
            lang,
            "尚缺事项见 minzheng missing。",
            "What is still to be asked: minzheng missing.",
        );
        let _ = writeln!(out, "{note} ({})", missing.len());
    }
    let receipt = answer.receipt();
    out.push_str(&dim(&format!(
        "{} minzheng {} · {} {} · {} {}\n",
        say(lang, "回执：", "receipt:"),
        receipt.engine,
        say(lang, "输入", "input"),
        receipt.input.chars().take(16).collect::<String>(),
        say(lang, "输出", "output"),
        receipt.output.chars().take(16).collect::<String>(),
    )));
    out
}

pub(crate) fn name(words: &str, id: &str) -> String {
    if words.is_empty() {
        id.to_owned()
    } else {
        words.to_owned()
    }
}

/// The questions, numbered in order of use.
fn questions(missing: &[Missing], lang: Lang) -> String {
    if missing.is_empty() {
        return say(lang, "没有尚缺的事项。\n", "Nothing is missing.\n").to_owned();
    }
    let mut out = String::new();
    for (index, m) in missing.iter().enumerate() {
        let row = m
            .row
            .as_ref()
            .map(|r| format!("[{r}] "))
            .unwrap_or_default();
        let title = name(m.title.of(lang), &m.id);
        let _ = writeln!(
            out,
            "{:>3}. {row}{} ({})",
            index.saturating_add(1),
            bold(&title),
            m.id
        );
        let mut line = |label: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(out, "     {label}: {text}");
            }
        };
        line(say(lang, "问题", "question"), m.question.of(lang));
        line(
            say(lang, "由谁答复", "who can answer"),
            &m.answered_by.join(", "),
        );
        line(say(lang, "用于", "needed by"), &m.needed_by.join(", "));
        line(
            say(lang, "依据", "article"),
            &m.cite.join(say(lang, "；", "; ")),
        );
        line(say(lang, "原因", "why open"), m.reason.of(lang));
    }
    out
}

fn simulate(
    case: &Case,
    figures: &[String],
    as_json: bool,
    packs: &[std::path::PathBuf],
    lang: Lang,
) -> Outcome {
    let household = input::household(case, lang)?;
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let before = decide(&input::engine(&[])?, &household, lang)?;
    let engine = input::engine(packs)?;
    let overlays = overlays(&engine, figures, lang)?;
    let after = engine.assess_with(&household, overlays).map_err(told)?;
    let changes = Change::between(&before, &after);
    if as_json {
        return Ok(output::json(&Value::Array(
            changes.iter().map(Change::to_json).collect(),
        )));
    }
    let heads = [
        ("项目", "programme"),
        ("人员", "person"),
        ("之前", "before"),
        ("", ""),
        ("之后", "after"),
        ("", ""),
    ];
    let mut rows: Vec<Vec<String>> =
        vec![heads.map(|(zh, en)| say(lang, zh, en).to_owned()).to_vec()];
    for change in &changes {
        let mut row = vec![
            name(change.title.of(lang), &change.id),
            change.person.clone().unwrap_or_default(),
        ];
        for side in [&change.before, &change.after] {
            row.push(side.0.map_or_else(
                || say(lang, "无此项目", "no programme").to_owned(),
                |v| verdict(v, lang),
            ));
            row.push(
                side.1
                    .as_ref()
                    .map(|f| f.shown(lang).to_owned())
                    .unwrap_or_default(),
            );
        }
        row.push(if change.is_change() {
            bold(say(lang, "← 有变化", "← changed"))
        } else {
            String::new()
        });
        rows.push(row);
    }
    Ok(table(&rows))
}

/// Figures as typed, that win over the packs.
pub(crate) fn overlays(
    engine: &Engine,
    figures: &[String],
    lang: Lang,
) -> Result<Vec<Overlay>, Failure> {
    let read = |text: &String| {
        let overlay = engine.packs().overlay_from_text(text);
        overlay.map_err(|e| Failure::Refused(minzheng::Error::from(e).lines(lang)))
    };
    figures.iter().map(read).collect()
}
