//! An explanation as text, Markdown, HTML or JSON.

use core::fmt::Write as _;

use super::missing::{Missing, MissingKind};
use super::tree::{Explanation, Kind, ProgrammeExplanation, Verdict};
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
        // it holds strings and lists only, so this cannot fail
        serde_json::to_value(self).unwrap_or_default()
    }

    fn render(&self, lang: Lang, form: Form) -> String {
        let mut out = Writer {
            all: self,
            text: String::new(),
            lang,
            form,
        };
        for programme in &self.programmes {
            out.programme(programme);
        }
        for step in &self.formulas {
            out.step(*step, 0, 1);
        }
        out.facts();
        for warning in &self.warnings {
            out.line(0, "!", warning);
        }
        out.text
    }
}

struct Writer<'e> {
    all: &'e Explanation,
    text: String,
    lang: Lang,
    form: Form,
}

/// Text for HTML and SVG, between tags and in attributes with double quotes.
///
/// ```
/// use minzheng_rules::explain::escape_html;
/// assert_eq!(escape_html("a < \"b\" & c"), "a &lt; &quot;b&quot; &amp; c");
/// ```
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

impl Writer<'_> {
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
                escape_html(mark),
                escape_html(text)
            ),
        };
    }

    fn heading(&mut self, text: &str) {
        let _ = match self.form {
            Form::Text => writeln!(self.text, "{text}"),
            Form::Markdown => writeln!(self.text, "## {text}\n"),
            Form::Html => writeln!(self.text, "<h2>{}</h2>", escape_html(text)),
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
            self.step(*step, 1, 1);
        }
        let amount = p.amount_step.and_then(|at| self.all.steps.get(at));
        let because = amount.map_or(&[][..], |step| &step.because);
        let mut shown: Vec<usize> = Vec::new();
        for at in p.dates.iter().chain(&p.figures).chain(because) {
            if !self.is_setting(*at) && !shown.contains(at) {
                shown.push(*at);
                self.step(*at, 1, 0);
            }
        }
        let choices = p.grounds.choices.iter();
        for (choice, setting) in choices.filter_map(|at| self.all.step(*at)) {
            let number = setting
                .ambiguity
                .map(|n| format!("#{n} "))
                .unwrap_or_default();
            let text = format!(
                "{}{number}{}: {}",
                self.say("采用的理解 ", "reading used "),
                self.words(&setting.title, &setting.id),
                self.words(&choice.shown, &choice.value)
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
                .filter_map(|at| self.all.step(*at))
                .map(|(step, fact)| {
                    let row = step
                        .row
                        .as_ref()
                        .map(|r| format!("[{r}] "))
                        .unwrap_or_default();
                    format!("{row}{}", self.words(&fact.title, &fact.id))
                })
                .collect();
            let lead = self.say(
                "初步结论，以下申报尚未核实：",
                "provisional, these declarations are not verified: ",
            );
            let text = format!("{lead}{}", names.join(self.say("、", ", ")));
            self.line(1, "~", &text);
        }
        for missing in p.missing.iter().filter_map(|at| self.all.missing.get(*at)) {
            self.missing(missing);
        }
        self.text.push('\n');
    }

    /// The facts that the case knows other values of, or says why they stand as they do.
    fn facts(&mut self) {
        let all = self.all;
        let told = all.steps.iter().enumerate().filter(|(_, step)| {
            let source = step.source.as_ref();
            source.is_some_and(|s| !s.also.is_empty() || (!s.reason.is_empty() && s.by.is_empty()))
        });
        let told: Vec<usize> = told.map(|(at, _)| at).collect();
        if told.is_empty() {
            return;
        }
        let head = self.say(
            "事实的来源，及未采用的取值",
            "where facts come from, and values that were not taken",
        );
        self.heading(head);
        for at in told {
            self.step(at, 1, 0);
        }
        self.text.push('\n');
    }

    fn is_setting(&self, at: usize) -> bool {
        self.all
            .step(at)
            .is_some_and(|(_, of)| of.kind == Kind::Setting)
    }

    fn step(&mut self, at: usize, depth: usize, below: usize) {
        let Some((step, of)) = self.all.step(at) else {
            return;
        };
        let mark = match (of.kind, step.truth) {
            (Kind::Condition | Kind::Relation, Some(Truth::True)) => "✓",
            (Kind::Condition | Kind::Relation, Some(Truth::False)) => "✗",
            (Kind::Condition | Kind::Relation, _) => "?",
            _ => "·",
        };
        let row = step
            .row
            .as_ref()
            .map(|r| format!("[{r}] "))
            .unwrap_or_default();
        let mut text = format!("{row}{}", self.words(&of.title, &of.id));
        let said = self.all.said(step, self.lang);
        if matches!(of.kind, Kind::Condition | Kind::Relation) {
            if !said.is_empty() {
                let _ = write!(text, ": {said}");
            }
        } else {
            let _ = write!(text, ": {}", step.shown.of(self.lang));
            if !of.published_as.is_empty() {
                let words = self.say("公布值 ", "published as ");
                let _ = write!(text, " ({words}{})", of.published_as);
            }
        }
        if let Some(place) = &of.place {
            let _ = write!(text, ", {place}");
        }
        if let (Some(from), Kind::Parameter) = (&of.from, of.kind) {
            let _ = write!(
                text,
                "{}{from}{}",
                self.say("，自", ", from "),
                self.say("起", "")
            );
        }
        if !of.cite.is_empty() {
            let articles = of.cite.iter().filter_map(|at| self.all.articles.get(*at));
            let articles: Vec<&str> = articles.map(String::as_str).collect();
            let _ = write!(text, " {}", articles.join(self.say("；", "; ")));
        }
        if !of.status.is_empty() && of.status != "law" && of.status != "local" {
            let _ = write!(text, " [{}]", of.status);
        }
        if let Some(source) = &step.source {
            let parts = [&source.status, &source.source, &source.by, &source.reason];
            let mut parts: Vec<&str> = parts
                .into_iter()
                .map(String::as_str)
                .filter(|p| !p.is_empty())
                .collect();
            parts.extend(source.as_of.as_deref());
            if !source.window.is_empty() {
                parts.push(&source.window);
            }
            let _ = write!(text, " <{}>", parts.join(", "));
            for other in &source.also {
                let parts = [&other.status, &other.source, &other.reason];
                let mut parts: Vec<&str> = parts
                    .into_iter()
                    .map(String::as_str)
                    .filter(|p| !p.is_empty())
                    .collect();
                parts.extend(other.as_of.as_deref());
                let lead = self.say("；未采用：", "; not taken: ");
                let shown = other.shown.of(self.lang);
                let _ = write!(text, "{lead}{shown} <{}>", parts.join(", "));
            }
        }
        self.line(depth, mark, &text);
        if below > 0 {
            for inner in &step.because {
                if !self.is_setting(*inner) {
                    self.step(*inner, depth.saturating_add(1), below.saturating_sub(1));
                }
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
