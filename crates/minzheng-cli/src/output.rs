//! Words out: tables, colours, pages.

use anstyle::{AnsiColor, Style};
use minzheng::Lang;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const OPEN: Style = AnsiColor::Yellow.on_default();

/// Text in a style; the stream drops styles where it is no terminal.
fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A headline.
pub(crate) fn bold(text: &str) -> String {
    styled(BOLD, text)
}

/// A side note.
pub(crate) fn dim(text: &str) -> String {
    styled(DIM, text)
}

/// A word in the colour of a verdict.
pub(crate) fn verdict(verdict: minzheng::Verdict, lang: Lang) -> String {
    let style = match verdict {
        minzheng::Verdict::Eligible => GOOD,
        minzheng::Verdict::NotEligible => BAD,
        minzheng::Verdict::Undetermined => OPEN,
    };
    styled(style, verdict.words(lang))
}

/// An explanation with its marks in colour and its headings bold.
pub(crate) fn marks(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let body = line.trim_start();
        let style = match body.chars().next() {
            Some('✓') => GOOD,
            Some('✗') => BAD,
            Some('?' | '→' | '~') => OPEN,
            Some('·' | '§') => DIM,
            _ if body.len() == line.len() => BOLD,
            _ => Style::new(),
        };
        if style == BOLD {
            out.push_str(&bold(line));
        } else if let Some(mark) = body.chars().next().filter(|_| style != Style::new()) {
            let (pad, rest) = line.split_once(mark).unwrap_or(("", line));
            out.push_str(pad);
            out.push_str(&styled(style, &mark.to_string()));
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Findings for standard error.
pub(crate) fn findings(text: &str) -> String {
    let mark = |line: &str| {
        for word in ["error[", "错误["] {
            if let Some((before, after)) = line.split_once(word) {
                return format!("{before}{}{after}", styled(BAD, word));
            }
        }
        line.to_owned()
    };
    text.lines().map(mark).collect::<Vec<_>>().join("\n")
}

/// Columns, padded to the widest cell; wide characters count twice.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            rows.iter()
                .filter_map(|r| r.get(c))
                .map(|t| width(t))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest.saturating_sub(width(cell)).saturating_add(2)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The Chinese or the English word.
pub(crate) const fn pick<'w>((zh, en): (&'w str, &'w str), lang: Lang) -> &'w str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A Markdown table under Chinese or English heads.
pub(crate) fn markdown_table(
    heads: &[(&str, &str)],
    rows: impl IntoIterator<Item = Vec<String>>,
    lang: Lang,
) -> String {
    let names: Vec<&str> = heads.iter().map(|head| pick(*head, lang)).collect();
    let mut out = format!(
        "| {} |\n|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|text| text.replace('|', "\\|").replace('\n', " "))
            .collect();
        out.push_str("| ");
        out.push_str(&cells.join(" | "));
        out.push_str(" |\n");
    }
    out
}

/// How many columns of a terminal a text takes; styles take none.
fn width(text: &str) -> usize {
    let mut total = 0_usize;
    let mut inside = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ff60}' => {
                total = total.saturating_add(2);
            }
            _ => total = total.saturating_add(1),
        }
    }
    total
}

/// JSON with a line break at its end.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    // what is written holds strings, numbers and lists only, so this cannot fail
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("低保"), 4);
        assert_eq!(width(&bold("ab")), 2);
        assert_eq!(
            table(&[
                vec!["低".into(), "x".into()],
                vec!["abc".into(), "y".into()]
            ]),
            "低   x\nabc  y\n"
        );
    }
}
