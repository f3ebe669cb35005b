//! An explanation as text, Markdown, HTML or JSON.

use core::fmt::Write as _;

use super::missing::{Missing, MissingKind};
use super::tree::{Explanation, ProgrammeExplanation, Step, StepKind, Verdict};
use crate::pack::model::{Lang, Words};
use crate::truth::Truth;

/// How much a rendering shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Markdown,
    Html,
}

impl Explanation {
    /// Plain text, as the command line prints it.
    pub fn render_text(&self, lang: Lang) -> String {
        self.render(lang, Form::Text)
    }

    /// Markdown.
    pub fn render_markdown(&self, lang: Lang) -> String {
        self.render(lang, Form::Markdown)
    }

    /// An HTML fragment; every word of packs and facts is escaped.
    pub fn render_html(&self, lang: Lang) -> String {
        self.render(lang, Form::Html)
    }

    /// JSON of the schema named in `schema`; no clock, no timing, so it can be hashed.
    pub fn to_json(&self) -> serde_json::Value {
        // the tree holds strings and lists only, so this cannot fail
        serde_json::to_value(self).unwrap_or_default()
    }

    fn render(&self, lang: Lang, form: Form) -> String {
        let mut out = Writer {
            text: String::new(),
            lang,
            form,
        };
        for programme in &self.programmes {
            out.programme(programme);
        }
        for warning in &self.warnings {
            out.line(0, "!", warning);
        }
        out.text
    }
}

struct Writer {
    text: String,
    lang: Lang,
    form: Form,
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

impl Writer {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn words<'w>(&self, words: &'w Words, id: &'w str) -> &'w str {
        let text = words.of(self.lang);
        if text.is_empty() { id } else { text }
    }

    /// One line; writing to a string cannot fail.
    fn line(&mut self, depth: usize, mark: &str, text: &str) {
        let pad = "  ".repeat(depth);
        let _ = match self.form {
            Form::Text => writeln!(self.text, "{pad}{mark} {text}"),
            Form::Markdown => writeln!(self.text, "{pad}- {mark} {text}"),
            Form::Html => writeln!(
                self.text,
                "<p class=\"d{depth}\"><span class=\"mark\">{}</span> {}</p>",
                escaped(mark),
                escaped(text)
            ),
        };
    }

    fn heading(&mut self, text: &str) {
        let _ = match self.form {
            Form::Text => writeln!(self.text, "{text}"),
            Form::Markdown => writeln!(self.text, "## {text}\n"),
            Form::Html => writeln!(self.text, "<h2>{}</h2>", escaped(text)),
        };
    }

    fn programme(&mut self, p: &ProgrammeExplanation) {
        let title = self.words(&p.title, &p.id);
        let who = p
            .row
            .as_ref()
            .map(|r| format!(" [{r}]"))
            .unwrap_or_default();
        let mut head = format!("{title}{who}: {}", p.verdict.words(self.lang));
        if !p.amount_shown.zh.is_empty() {
            let _ = write!(head, ", {}", p.amount_shown.of(self.lang));
        }
        if !p.in_force {
            let _ = write!(
                head,
                "{}",
                self.say(
                    "（当日尚无或已无此项制度）",
                    " (not a programme on that day)"
                )
            );
        }
        self.heading(&head);
        for step in p.conditions.iter().chain(&p.relations) {
            self.step(step, 1, 1);
        }
        let because = p.amount_because.iter().flat_map(|s| &s.because);
        let figures: Vec<&Step> = p.dates.iter().chain(&p.figures).chain(because).collect();
        let mut shown: Vec<(&str, Option<&String>)> = Vec::new();
        for step in figures {
            if step.kind == StepKind::Setting
                || shown.contains(&(step.id.as_str(), step.row.as_ref()))
            {
                continue;
            }
            shown.push((step.id.as_str(), step.row.as_ref()));
            self.step(step, 1, 0);
        }
        for choice in &p.grounds.choices {
            let number = choice
                .ambiguity
                .map(|n| format!("#{n} "))
                .unwrap_or_default();
            let text = format!(
                "{}{number}{}: {}",
                self.say("采用的理解 ", "reading used "),
                self.words(&choice.title, &choice.id),
                self.words(&choice.words, &choice.value)
            );
            self.line(1, "§", &text);
        }
        if !p.grounds.unconfirmed.is_empty() && p.verdict != Verdict::Undetermined {
            let text = format!(
                "{}{}",
                self.say(
                    "依据中有尚未确认的条文或数值：",
                    "rests on rules or figures that are not confirmed: "
                ),
                p.grounds.unconfirmed.join(", ")
            );
            self.line(1, "~", &text);
        }
        if !p.grounds.provisional.is_empty() {
            let names: Vec<String> = p
                .grounds
                .provisional
                .iter()
                .map(|f| {
                    let row = f
                        .row
                        .as_ref()
                        .map(|r| format!("[{r}] "))
                        .unwrap_or_default();
                    format!("{row}{}", self.words(&f.title, &f.id))
                })
                .collect();
            let lead = self.say(
                "初步结论，以下申报尚未核实：",
                "provisional, these declarations are not verified: ",
            );
            let text = format!("{lead}{}", names.join(self.say("、", ", ")));
            self.line(1, "~", &text);
        }
        for missing in &p.missing {
            self.missing(missing);
        }
        self.text.push('\n');
    }

    fn step(&mut self, step: &Step, depth: usize, below: usize) {
        let mark = match (step.kind, step.truth) {
            (StepKind::Condition | StepKind::Relation, Some(Truth::True)) => "✓",
            (StepKind::Condition | StepKind::Relation, Some(Truth::False)) => "✗",
            (StepKind::Condition | StepKind::Relation, _) => "?",
            _ => "·",
        };
        let row = step
            .row
            .as_ref()
            .map(|r| format!("[{r}] "))
            .unwrap_or_default();
        let mut text = format!("{row}{}", self.words(&step.title, &step.id));
        let said = step.said.of(self.lang);
        if matches!(step.kind, StepKind::Condition | StepKind::Relation) {
            if !said.is_empty() {
                let _ = write!(text, ": {said}");
            }
        } else {
            let _ = write!(text, ": {}", step.shown.of(self.lang));
            if step.kind == StepKind::Parameter && !said.is_empty() {
                let _ = write!(text, " ({said})");
            }
        }
        if let Some(place) = &step.place {
            let _ = write!(text, ", {place}");
        }
        if let (Some(from), StepKind::Parameter) = (&step.from, step.kind) {
            let _ = write!(
                text,
                "{}{from}{}",
                self.say("，自", ", from "),
                self.say("起", "")
            );
        }
        if !step.cite.is_empty() {
            let _ = write!(text, " {}", step.cite.join(self.say("；", "; ")));
        }
        if !step.status.is_empty() && step.status != "law" && step.status != "local" {
            let _ = write!(text, " [{}]", step.status);
        }
        if let Some(source) = &step.source {
            let parts = [&source.status, &source.source, &source.by, &source.reason];
            let mut parts: Vec<&str> = parts
                .into_iter()
                .map(String::as_str)
                .filter(|p| !p.is_empty())
                .collect();
            parts.extend(source.as_of.as_deref());
            let _ = write!(text, " <{}>", parts.join(", "));
        }
        self.line(depth, mark, &text);
        if below > 0 {
            for inner in step.because.iter().filter(|s| s.kind != StepKind::Setting) {
                self.step(inner, depth.saturating_add(1), below.saturating_sub(1));
            }
        }
    }

    fn missing(&mut self, m: &Missing) {
        let row = m
            .row
            .as_ref()
            .map(|r| format!("[{r}] "))
            .unwrap_or_default();
        let question = self
            .words(&m.question, self.words(&m.title, &m.id))
            .to_owned();
        let label = match m.kind {
            MissingKind::Fact | MissingKind::Link => self.say("尚缺事实", "missing fact"),
            MissingKind::Parameter => self.say("尚缺标准", "missing figure"),
            MissingKind::Rule => self.say("当日无规定", "no rule on the day"),
            MissingKind::Finding => self.say("须认定", "to be found on"),
        };
        let who = m.answered_by.join(self.say("、", ", "));
        let text = format!(
            "{label} {row}{} — {question} ({}: {who})",
            m.id,
            m.reason.of(self.lang)
        );
        self.line(1, "→", &text);
    }
}

impl ProgrammeExplanation {
    /// One line: the programme, its verdict and its amount.
    pub fn summary(&self, lang: Lang) -> String {
        let words = self.title.of(lang);
        let title = if words.is_empty() {
            self.id.as_str()
        } else {
            words
        };
        let row = self
            .row
            .as_ref()
            .map(|r| format!(" [{r}]"))
            .unwrap_or_default();
        let amount = self.amount_shown.of(lang);
        let amount = if amount.is_empty() {
            String::new()
        } else {
            format!("  {amount}")
        };
        format!("{title}{row}: {}{amount}", self.verdict.words(lang))
    }
}
