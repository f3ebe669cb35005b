//! The report in words for people, and for machines that run tests.

use core::fmt::Write as _;

use minzheng_rules::pack::model::{Lang, Words};

use super::report::{Measured, Outcome, Report, Unmeasured, Verdict};
use super::{Check, Severity, Share};
use crate::catalog::Freshness;
use crate::report::{escape_html, grouped, words};

/// What was counted, in words.
pub(super) fn counted(of: &Outcome) -> Words {
    let many = |n: u64| grouped(i128::from(n));
    match &of.measured {
        Measured::Rows {
            evaluated,
            failed,
            causes,
            ..
        } => {
            let ratio = of.ratio().unwrap_or_default();
            let by: Vec<String> = causes
                .iter()
                .map(|(code, n)| format!("{code} {}", many(*n)))
                .collect();
            let by = if by.is_empty() {
                String::new()
            } else {
                format!("; {}", by.join(", "))
            };
            let (failed, evaluated) = (many(*failed), many(*evaluated));
            words(
                format!("{evaluated} 条中 {failed} 条不符（{ratio}）{by}"),
                format!("{failed} of {evaluated} fail ({ratio}){by}"),
            )
        }
        Measured::Distinct {
            evaluated,
            distinct,
        } => words(
            format!("{} 条中有 {} 个不同的值", many(*evaluated), many(*distinct)),
            format!(
                "{} different values in {}",
                many(*distinct),
                many(*evaluated)
            ),
        ),
        Measured::Newest { newest, .. } => {
            let day = newest.map_or_else(String::new, |d| d.to_string());
            let state = of.freshness.map(fresh).unwrap_or_default();
            words(
                format!("最新 {day}{}", aside(&state.zh, '，')),
                format!("newest {day}{}", aside(&state.en, ',')),
            )
        }
        Measured::Board => of.freshness.map(fresh).unwrap_or_default(),
        Measured::Not(why) => unknown(why),
    }
}

fn aside(text: &str, mark: char) -> String {
    match text {
        "" => String::new(),
        text if mark == ',' => format!("{mark} {text}"),
        text => format!("{mark}{text}"),
    }
}

fn fresh(state: Freshness) -> Words {
    match state {
        Freshness::Fresh => words("按期", "in time"),
        Freshness::Due(until) => words(
            format!("到期，宽限至 {until}"),
            format!("due, may come until {until}"),
        ),
        Freshness::Late(days) => words(
            format!("逾期 {days} 个工作日"),
            format!("{days} working days late"),
        ),
        Freshness::Never => words("从未交付", "never delivered"),
    }
}

fn unknown(why: &Unmeasured) -> Words {
    let of = why.what();
    match why {
        Unmeasured::NoTable(_) => words(
            format!("未提供 {of} 的表"),
            format!("the table of {of} was not given"),
        ),
        Unmeasured::NoColumn(_) => words(format!("缺少列 {of}"), format!("no column {of}")),
        Unmeasured::WrongType(_) => words(
            format!("列 {of} 的类型不符"),
            format!("column {of} has a type that cannot hold it"),
        ),
        Unmeasured::NoRows => words("没有可检查的记录", "no row has what is looked at"),
        Unmeasured::NoDeliveries => words("没有交付记录可查", "no deliveries to look at"),
    }
}

/// The limit of a rule, in words.
pub(super) fn limit(of: &Outcome) -> String {
    let bounds = |low: Option<String>, high: Option<String>| {
        let text = |bound: Option<String>| bound.unwrap_or_default();
        format!("{}..{}", text(low), text(high))
    };
    match (&of.rule.check, of.rule.at_most) {
        (Check::Distinct { low, high, .. }, _) => {
            bounds(low.map(|n| n.to_string()), high.map(|n| n.to_string()))
        }
        (_, Some(share)) => share_text(share),
        (_, None) => String::new(),
    }
}

/// A share with four decimal places: `≤ 0.0015`.
fn share_text(share: Share) -> String {
    let parts = u32::from(share.ten_thousandths());
    let (whole, rest) = (
        parts.checked_div(10_000).unwrap_or(0),
        parts.checked_rem(10_000).unwrap_or(0),
    );
    format!("≤ {whole}.{rest:04}")
}

impl Severity {
    const fn mark(self) -> char {
        match self {
            Self::Info => '·',
            Self::Warn => '?',
            Self::Block => '✗',
        }
    }
}

impl Report {
    /// The report as text: what does not hold and what is not known, then the counts. Rows are named by number and masked key.
    pub fn render_text(&self, lang: Lang) -> String {
        let l = |zh: &'static str, en: &'static str| match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        let mut out = String::new();
        // writing to a string cannot fail
        let _ = writeln!(
            out,
            "{} {}",
            l("数据质量报告，截至", "quality of data as of"),
            self.as_of
        );
        let mut resource = "";
        for outcome in self.failing() {
            if resource != outcome.rule.resource {
                resource = &outcome.rule.resource;
                let _ = writeln!(out, "\n{} ({resource})", self.title(resource).of(lang));
            }
            let rule = &outcome.rule;
            let fields = match rule.check.fields().join(", ") {
                fields if fields.is_empty() => fields,
                fields => format!(" {fields}"),
            };
            let limit = match limit(outcome) {
                limit if limit.is_empty() => limit,
                limit => format!("{} {limit}", l("，限值", ", limit")),
            };
            let _ = writeln!(
                out,
                "  {} [{}]{fields} {}: {}{limit}",
                rule.severity.mark(),
                rule.dimension.title().of(lang),
                rule.title.of(lang),
                counted(outcome).of(lang),
            );
            if let Measured::Rows { sample, .. } = &outcome.measured {
                for one in sample.iter().take(3) {
                    let row = one.row.saturating_add(1);
                    let line = format!("      {} {row}  {}  {}", l("行", "row"), one.key, one.why);
                    let _ = writeln!(out, "{}", line.trim_end());
                }
            }
        }
        let tally = |verdict: Verdict| {
            let all = self.outcomes.iter().filter(|o| o.verdict == verdict);
            all.count()
        };
        let _ = match lang {
            Lang::Zh => writeln!(
                out,
                "\n{} 张表，{} 条规则：符合 {}，不符合 {}，无法判断 {}",
                self.tables.len(),
                self.outcomes.len(),
                tally(Verdict::Met),
                tally(Verdict::Failed),
                tally(Verdict::Unknown)
            ),
            Lang::En => writeln!(
                out,
                "\n{} tables, {} rules: {} hold, {} do not, {} cannot be told",
                self.tables.len(),
                self.outcomes.len(),
                tally(Verdict::Met),
                tally(Verdict::Failed),
                tally(Verdict::Unknown)
            ),
        };
        let quiet = self.unanswered();
        if !quiet.is_empty() {
            let _ = writeln!(
                out,
                "{}{}",
                l("视为未答复：", "to be treated as not answered: "),
                quiet.join(", ")
            );
        }
        out
    }

    /// The report as `JUnit` XML: a suite for each resource, a case for each rule. A rule of severity `info` that does not hold, and
    /// one of which nothing is known, is skipped with its reason.
    pub fn to_junit(&self, lang: Lang) -> String {
        let mut suites: Vec<(&str, Vec<&Outcome>)> = Vec::new();
        for outcome in &self.outcomes {
            match suites.last_mut() {
                Some((id, list)) if *id == outcome.rule.resource => list.push(outcome),
                _ => suites.push((&outcome.rule.resource, vec![outcome])),
            }
        }
        let is_failure =
            |o: &Outcome| o.verdict == Verdict::Failed && o.rule.severity > Severity::Info;
        let is_skipped = |o: &Outcome| o.verdict != Verdict::Met && !is_failure(o);
        let count = |list: &[&Outcome], of: &dyn Fn(&Outcome) -> bool| {
            list.iter().filter(|o| of(o)).count()
        };
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for (id, list) in &suites {
            // writing to a string cannot fail
            let _ = writeln!(
                out,
                "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">",
                escape_html(id),
                list.len(),
                count(list, &is_failure),
                count(list, &is_skipped)
            );
            for outcome in list {
                let rule = &outcome.rule;
                let (class, name) = (
                    format!("{}.{}", rule.resource, rule.dimension.word()),
                    rule.path(),
                );
                let _ = write!(
                    out,
                    "<testcase classname=\"{}\" name=\"{}\"",
                    escape_html(&class),
                    escape_html(&name)
                );
                let said = format!(
                    "{}: {} {}",
                    rule.title.of(lang),
                    counted(outcome).of(lang),
                    limit(outcome)
                );
                let said = escape_html(said.trim());
                let _ = if is_failure(outcome) {
                    let kind = rule.severity.word();
                    writeln!(
                        out,
                        "><failure type=\"{kind}\" message=\"{said}\"/></testcase>"
                    )
                } else if is_skipped(outcome) {
                    writeln!(out, "><skipped message=\"{said}\"/></testcase>")
                } else {
                    writeln!(out, "/>")
                };
            }
            out.push_str("</testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }
}
