//! YAML that no reader can take for something else: block lists and maps, every text in double quotes.

use core::fmt::Write as _;

/// A document.
pub(super) enum Yaml {
    Text(String),
    Whole(u64),
    Truth(bool),
    List(Vec<Self>),
    Map(Vec<(&'static str, Self)>),
}

impl Yaml {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The document, with a line break at its end.
    pub(super) fn write(&self) -> String {
        let mut out = String::new();
        self.block(0, &mut out);
        out
    }

    /// Lines at an indentation; the first one is indented by who calls.
    fn block(&self, depth: usize, out: &mut String) {
        let pad = |out: &mut String| (0..depth).for_each(|_| out.push_str("  "));
        match self {
            Self::Map(pairs) if !pairs.is_empty() => {
                for (at, (key, value)) in pairs.iter().enumerate() {
                    if at > 0 {
                        pad(out);
                    }
                    out.push_str(key);
                    out.push(':');
                    if value.is_block() {
                        out.push('\n');
                        (0..=depth).for_each(|_| out.push_str("  "));
                    } else {
                        out.push(' ');
                    }
                    value.block(depth.saturating_add(1), out);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        pad(out);
                    }
                    out.push_str("- ");
                    item.block(depth.saturating_add(1), out);
                }
            }
            Self::Map(_) => out.push_str("{}\n"),
            Self::List(_) => out.push_str("[]\n"),
            Self::Whole(number) => {
                let _ = writeln!(out, "{number}");
            }
            Self::Truth(truth) => {
                let _ = writeln!(out, "{truth}");
            }
            Self::Text(text) => {
                quote(text, out);
                out.push('\n');
            }
        }
    }

    fn is_block(&self) -> bool {
        match self {
            Self::Map(pairs) => !pairs.is_empty(),
            Self::List(items) => !items.is_empty(),
            _ => false,
        }
    }
}

/// A text in double quotes: what YAML does not print, and what older readers take for the end of a line, is escaped.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_blocks_indented() {
        let document = Yaml::Map(vec![
            ("code", Yaml::text("0123")),
            ("no", Yaml::text("no: \"x\" \\ # y\n\u{85}\u{2028}")),
            ("empty", Yaml::List(Vec::new())),
            (
                "list",
                Yaml::List(vec![
                    Yaml::Map(vec![
                        ("a", Yaml::Whole(1)),
                        ("b", Yaml::List(vec![Yaml::Truth(true)])),
                    ]),
                    Yaml::List(vec![Yaml::text("x"), Yaml::Map(Vec::new())]),
                ]),
            ),
        ]);
        let expected = "code: \"0123\"\nno: \"no: \\\"x\\\" \\\\ # y\\n\\u0085\\u2028\"\nempty: []\nlist:\n  - a: 1\n    b:\n      - true\n  - - \"x\"\n    - {}\n";
        assert_eq!(document.write(), expected);
    }
}
