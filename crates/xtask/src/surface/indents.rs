//! Public declarations of Python stubs, which say their nesting by blanks.

/// One public declaration a line, `Class.declaration`, in the order of the source.
pub(super) fn declarations(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut classes: Vec<(usize, String, bool)> = Vec::new();
    let mut lines = text.lines();
    let mut text_open = false;
    while let Some(line) = lines.next() {
        // documentation stands between marks of three quotes
        let marks = line.matches("\"\"\"").count();
        if text_open || marks > 0 {
            text_open = text_open != (marks == 1);
            continue;
        }
        let code = line.trim();
        if code.is_empty() || code.starts_with('#') || code.starts_with('@') {
            continue;
        }
        let indent = line.len().saturating_sub(line.trim_start().len());
        let mut whole = code.to_owned();
        while open_brackets(&whole) {
            let Some(more) = lines.next() else { break };
            whole.push(' ');
            whole.push_str(more.trim());
        }
        classes.retain(|(at, ..)| *at < indent);
        let is_hidden = classes.iter().any(|(.., hidden)| *hidden);
        let plain = whole.strip_prefix("async ").unwrap_or(&whole);
        let (kind, rest) = plain.split_once(' ').unwrap_or((plain, ""));
        let name = match kind {
            "class" | "def" => name_of(rest),
            _ => name_of(plain),
        };
        let is_special = name.starts_with("__") && name.ends_with("__");
        let private = name.starts_with('_') && !is_special;
        let inside_class =
            classes.iter().all(|(at, ..)| *at < indent) && (indent == 0 || !classes.is_empty());
        let declares = match kind {
            "class" | "def" => true,
            _ => {
                let after = plain.get(name.len()..).unwrap_or_default().trim_start();
                !name.is_empty() && (after.starts_with(':') || after.starts_with('='))
            }
        };
        if declares && inside_class && !is_hidden && !private {
            let shown = whole.split_whitespace().collect::<Vec<_>>().join(" ");
            let shown = shown.trim_end_matches(" ...").trim_end_matches(':');
            let shown = (shown.replace("( ", "("))
                .replace(", )", ")")
                .replace(" )", ")");
            let path = classes.iter().map(|(_, name, _)| name.as_str());
            let path = path.chain([shown.as_str()]).collect::<Vec<_>>();
            out.push(path.join("."));
        }
        if kind == "class" || kind == "def" {
            // what a function declares inside itself is its own
            classes.push((indent, name.to_owned(), private || kind == "def"));
        }
    }
    out
}

fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn open_brackets(text: &str) -> bool {
    let count = |marks: [char; 3]| text.matches(marks).count();
    count(['(', '[', '{']) > count([')', ']', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stubs_are_read() {
        let text = r#"
import typing
__all__ = ["Engine"]
class Engine:
    """Says
    nothing: here."""
    def __new__(cls) -> Engine: ...
    @property
    def packs(self) -> list[Pack]: ...
    def assess(
        self,
        household: Household,
    ) -> Assessment: ...
    def _own(self) -> None: ...
    name: str
class _Hidden:
    def seen(self) -> int: ...
def call(request: dict[str, typing.Any]) -> dict[str, typing.Any]: ...
"#;
        let wanted = [
            "__all__ = [\"Engine\"]",
            "class Engine",
            "Engine.def __new__(cls) -> Engine",
            "Engine.def packs(self) -> list[Pack]",
            "Engine.def assess(self, household: Household) -> Assessment",
            "Engine.name: str",
            "def call(request: dict[str, typing.Any]) -> dict[str, typing.Any]",
        ];
        assert_eq!(declarations(text), wanted);
    }
}
