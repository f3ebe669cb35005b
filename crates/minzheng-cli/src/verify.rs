//! Checking one household against what its sources report.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use minzheng::digest::Sm3;
use minzheng::verification::report::Recheck;
use minzheng::{Lang, Report, Verification};
use serde_json::json;

use crate::args::{Verify, VerifyTrail};
use crate::output::{self, pick};
use crate::{Failure, Outcome, audit, input, run, tables, verify_tables};

/// Checks, and prints what was asked for.
pub(crate) fn run(command: &Verify, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let engine = input::engine(packs)?;
    let Some(file) = &command.file else {
        return verify_tables::run(command, &engine, lang);
    };
    let request = input::verification(file, lang)?;
    let verification = engine.verify(&request).map_err(told)?;
    record(&command.trail, &verification, lang)?;
    let report = verification.report();
    let recheck = match &command.earlier {
        None => None,
        Some(file) => {
            let earlier = Report::from_json(input::json(file)?).map_err(told)?;
            let objection = command.objection.as_deref().map(input::json).transpose()?;
            Some(report.recheck(&earlier, objection).map_err(told)?)
        }
    };
    let form = &command.form;
    let text = if command.household {
        output::json(&verification.household().to_json())
    } else if command.assess {
        let answer = engine.assess(verification.household()).map_err(told)?;
        run::assess(&answer, form, false, lang)
    } else if form.json {
        let mut out = report.to_json();
        if let Some(recheck) = &recheck {
            out = json!({ "report": out, "recheck": recheck });
        }
        output::json(&out)
    } else if form.html {
        report.render_html(lang)
    } else {
        let mut text = report.render_text(lang);
        if let Some(recheck) = &recheck {
            text.push_str(&before_and_after(recheck, lang));
        }
        text
    };
    if command.fail_awaited && !report.awaited.is_empty() {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// Appends the queries to the trail, and says its new head on standard error.
fn record(asked: &VerifyTrail, verification: &Verification, lang: Lang) -> Result<(), Failure> {
    let (Some(trail), Some(actor), Some(at), Some(key)) =
        (&asked.trail, &asked.actor, &asked.at, &asked.key)
    else {
        return Ok(());
    };
    if verification.plan().is_none() {
        let why = pick(
            (
                "授权在别处核验，这里没有可以记录的决定；请去掉 --trail",
                "authorisations were checked elsewhere, so that nothing was decided here to be recorded; leave --trail out",
            ),
            lang,
        );
        let word = pick(("错误", "error"), lang);
        let text = format!("{word}[E-REQUEST-AUTHORIZATION]: {why}");
        return Err(Failure::Refused(text));
    }
    let secret = fs::read(key).map_err(|e| input::refused(key, e))?;
    // an editor ends the file with a line feed
    let secret = secret.trim_ascii();
    if secret.is_empty() {
        return Err(input::refused(key, "the key is empty"));
    }
    let events = verification.events(at, actor, |person| Sm3::keyed(secret, person.as_bytes()));
    for event in &events {
        event.check().map_err(|e| Failure::Refused(e.lines(lang)))?;
    }
    let head = audit::append(trail, events, asked.head, lang)?;
    let words = pick(("审计链尾", "head of the trail"), lang);
    tables::say(&format!("{words}: {head}"));
    Ok(())
}

/// The facts that a re-check changed, or that somebody objected to.
fn before_and_after(recheck: &Recheck, lang: Lang) -> String {
    let l = |zh, en| pick((zh, en), lang);
    let mut out = format!(
        "\n{} {}\n",
        l("复查前后，原报告", "before and after, report"),
        recheck.report
    );
    for fact in recheck.facts.iter().filter(|f| f.changed || f.objected) {
        let word = |said: &Option<minzheng::verification::report::Said>| {
            said.as_ref().map_or_else(
                || l("无", "none").to_owned(),
                |s| s.shown.of(lang).to_owned(),
            )
        };
        let person = fact
            .person
            .as_deref()
            .unwrap_or_else(|| l("家庭", "household"));
        let mark = if fact.objected {
            l("（有异议）", " (objected to)")
        } else {
            ""
        };
        // writing to a string cannot fail
        let _ = writeln!(
            out,
            "  {person} {}: {} → {}{mark}",
            fact.title.of(lang),
            word(&fact.before),
            word(&fact.after)
        );
    }
    out
}
