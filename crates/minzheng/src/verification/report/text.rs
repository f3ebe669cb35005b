//! A report as plain text.

use core::fmt::Write as _;

use minzheng_rules::pack::model::Lang;

use super::{EvidenceLine, FactLine, Report, UncoveredLine, answer_words, say, status_words};

pub(super) fn text(report: &Report, lang: Lang) -> String {
    let mut out = String::new();
    // writing to a string cannot fail
    let _ = write_all(&mut out, report, lang);
    out
}

fn write_all(out: &mut String, r: &Report, lang: Lang) -> core::fmt::Result {
    let l = |zh, en| say(lang, zh, en);
    writeln!(
        out,
        "{}",
        l(
            "家庭经济状况核对报告",
            "Verification of the household's economy: report"
        )
    )?;
    writeln!(out, "  {} {}", l("报告编号", "report"), r.id)?;
    writeln!(out, "  {} {}", l("委托编号", "request"), r.request.id)?;
    if !r.request.recheck_of.is_empty() {
        writeln!(
            out,
            "  {} {}",
            l("复查的原报告", "checks again"),
            r.request.recheck_of
        )?;
    }
    if !r.request.purpose.is_empty() {
        writeln!(out, "  {} {}", l("用途", "purpose"), r.request.purpose)?;
    }
    writeln!(
        out,
        "  {} {}  {} {}  {} {}",
        l("委托日", "requested on"),
        r.request.requested_on,
        l("申报日", "declared on"),
        r.request.declared_on,
        l("核对截至日", "as of"),
        r.request.as_of
    )?;
    let people: Vec<String> = r
        .persons
        .iter()
        .map(|p| {
            let relation = p.relation.of(lang);
            let who = r.who(Some(&p.id), lang);
            let side = if p.member {
                ""
            } else {
                l("，家庭以外", ", outside the household")
            };
            if relation.is_empty() {
                format!("{who}{side}")
            } else {
                format!("{who} {relation}{side}")
            }
        })
        .collect();
    writeln!(
        out,
        "  {} {}",
        l("核对对象", "persons"),
        people.join(l("；", "; "))
    )?;
    writeln!(
        out,
        "  {} {}",
        l("授权", "authorisations"),
        r.authorized(lang)
    )?;
    writeln!(
        out,
        "  {} {}",
        l("有效期至", "valid until"),
        r.valid_until
            .as_deref()
            .unwrap_or_else(|| l("未设定，由当地规定", "not set: the place sets it"))
    )?;

    writeln!(out, "\n{}", l("来源答复", "what the sources answered"))?;
    for line in r.sources.chunk_by(|a, b| a.item == b.item) {
        let Some(first) = line.first() else { continue };
        let each: Vec<String> = line
            .iter()
            .map(|s| {
                let mut words = format!(
                    "{} {}",
                    s.person,
                    answer_words(&s.status, s.uncovered.as_ref(), lang)
                );
                if let Some(day) = &s.as_of {
                    let _ = write!(words, " {day}");
                }
                if s.stale {
                    words.push_str(l("（已过更新周期）", " (past its cycle)"));
                }
                let why = UncoveredLine::or(s.uncovered.as_ref(), &s.reason, lang);
                if !why.is_empty() {
                    let _ = write!(words, " {why}");
                }
                words
            })
            .collect();
        writeln!(
            out,
            "  {:>2} {} [{}]: {}",
            first.number,
            first.title.of(lang),
            first.department.of(lang),
            each.join(l("；", "; "))
        )?;
    }

    for part in &r.ledgers {
        let lines = Report::grouped(part, |person| r.who(person, lang), lang);
        if lines.is_empty() && part.totals.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", part.title.of(lang))?;
        for (who, line) in lines {
            fact(out, &who, line, lang)?;
        }
        for total in &part.totals {
            writeln!(
                out,
                "  = {} {}: {}",
                r.who(total.person.as_deref(), lang),
                total.title.of(lang),
                total.shown.of(lang)
            )?;
            let parts = total.made_of(lang);
            if !parts.is_empty() {
                writeln!(out, "      {} {parts}", l("由", "of"))?;
            }
        }
    }

    writeln!(
        out,
        "\n{}",
        l("与申报不一致", "differences from the declaration")
    )?;
    if r.differences.is_empty() {
        writeln!(out, "  {}", l("无", "none"))?;
    }
    for found in &r.differences {
        let Some(line) = r.line(&found.fact, found.person.as_deref()) else {
            continue;
        };
        let (Some(declared), Some(difference)) = (&line.declared, &line.difference) else {
            continue;
        };
        writeln!(
            out,
            "  ! {} {}: {} {} ({}), {} {}{}{} [{}]",
            r.who(line.person.as_deref(), lang),
            line.title.of(lang),
            l("申报", "declared"),
            declared.shown.of(lang),
            declared.as_of.as_deref().unwrap_or_default(),
            l("记录", "records"),
            difference.evidence_shown.of(lang),
            l("，差额 ", ", difference "),
            difference.by_shown.of(lang),
            difference.grade_words.of(lang)
        )?;
    }

    writeln!(out, "\n{}", l("尚待答复", "still awaited"))?;
    if r.awaited.is_empty() {
        writeln!(out, "  {}", l("无", "none"))?;
    }
    for line in &r.awaited {
        let facts: Vec<&str> = line.facts.iter().map(|f| f.title.of(lang)).collect();
        let waits = if facts.is_empty() {
            l("没有事实等待该答复", "no fact waits for it").to_owned()
        } else {
            format!("{}{}", l("涉及 ", "for "), facts.join(l("、", ", ")))
        };
        writeln!(
            out,
            "  → {} {}: {} {} — {waits}",
            r.who(Some(&line.person), lang),
            line.title.of(lang),
            answer_words(&line.status, line.uncovered.as_ref(), lang),
            UncoveredLine::or(line.uncovered.as_ref(), &line.reason, lang)
        )?;
    }
    writeln!(out)?;
    for note in &r.notes {
        writeln!(
            out,
            "{}{}",
            note.text.of(lang),
            note.cite.join(l("；", "; "))
        )?;
    }
    Ok(())
}

fn fact(out: &mut String, who: &str, line: &FactLine, lang: Lang) -> core::fmt::Result {
    let l = |zh, en| say(lang, zh, en);
    writeln!(
        out,
        "  {} {}: {} <{}> {}",
        who,
        line.title.of(lang),
        line.adopted.shown.of(lang),
        status_words(&line.adopted.status, lang),
        line.reason_words.of(lang)
    )?;
    if let Some(declared) = &line.declared {
        writeln!(
            out,
            "      {} {} <{}, {}>",
            l("申报", "declared"),
            declared.shown.of(lang),
            status_words(&declared.status, lang),
            declared.as_of.as_deref().unwrap_or_default()
        )?;
    }
    for e in line.evidence.iter().filter(|e| e.found != "not_asked") {
        let mut words = e.said(lang);
        if e.found == "value" {
            let from = e.from.as_deref().unwrap_or_default();
            let span = if from.is_empty() {
                format!("≤ {}", e.to)
            } else {
                format!("{from}..{}", e.to)
            };
            let _ = write!(words, " <{span}");
            if let Some(day) = &e.as_of {
                let _ = write!(words, ", {} {day}", l("截至", "as of"));
            }
            if !e.records.is_empty() {
                let all: Vec<String> = e.records.iter().map(|r| r.said(lang)).collect();
                let _ = write!(words, ", {}", all.join(l("、", ", ")));
            }
            words.push('>');
        }
        if e.stale {
            words.push_str(l("（已过更新周期）", " (past its cycle)"));
        }
        if e.short {
            words.push_str(l(
                "（来源截至日早于期末）",
                " (the source ends before the window)",
            ));
        }
        writeln!(out, "      {}. {words}", e.precedence)?;
    }
    Ok(())
}

impl EvidenceLine {
    /// The source, the field that is read, and what is said.
    pub(super) fn said(&self, lang: Lang) -> String {
        let field = self.field.of(lang);
        let gap = if field.is_empty() {
            ""
        } else {
            say(lang, "·", ", ")
        };
        format!(
            "{}{gap}{field} {}",
            self.title.of(lang),
            self.shown.of(lang)
        )
    }
}

impl FactLine {
    /// Whether a reader learns something: something was declared, found or is awaited.
    pub(super) fn says_something(&self) -> bool {
        self.declared.is_some()
            || self
                .evidence
                .iter()
                .any(|e| matches!(e.found.as_str(), "value" | "unclear" | "awaited"))
    }
}
