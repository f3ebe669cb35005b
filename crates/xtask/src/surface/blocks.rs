//! Public declarations of languages with braces: Kotlin, Swift.

/// How a language marks what is public.
pub(super) struct Language {
    /// Words that begin a declaration with a body in which more are declared.
    containers: &'static [&'static str],
    /// Words that begin any other declaration.
    members: &'static [&'static str],
    /// Words that may stand before.
    modifiers: &'static [&'static str],
    /// Of these one must be there; empty: what is not hidden is public.
    shown: &'static [&'static str],
    /// With one of these it is not public.
    hidden: &'static [&'static str],
    /// Whether members of this container need no word of `shown`.
    open: fn(&str) -> bool,
}

pub(super) const KOTLIN: Language = Language {
    containers: &["class", "interface", "object"],
    members: &["fun", "val", "var", "typealias", "constructor"],
    modifiers: &[
        "public",
        "open",
        "abstract",
        "final",
        "data",
        "sealed",
        "enum",
        "companion",
        "inline",
        "operator",
        "infix",
        "const",
        "lateinit",
        "external",
        "suspend",
        "annotation",
        "value",
        "tailrec",
        "override",
    ],
    shown: &[],
    hidden: &["private", "internal", "protected", "override"],
    open: |_| true,
};

pub(super) const SWIFT: Language = Language {
    containers: &["class", "struct", "enum", "protocol", "extension", "actor"],
    members: &[
        "func",
        "var",
        "let",
        "init",
        "typealias",
        "case",
        "subscript",
    ],
    modifiers: &[
        "public",
        "open",
        "final",
        "static",
        "convenience",
        "required",
        "override",
        "mutating",
        "nonisolated",
        "indirect",
        "lazy",
        "weak",
        "unowned",
    ],
    shown: &["public", "open"],
    hidden: &["private", "fileprivate", "internal"],
    // the cases of an enumeration and the requirements of a protocol are as public as it is, what an extension adds is not
    open: |header| {
        let words: Vec<&str> = header.split_whitespace().collect();
        words.contains(&"protocol") || words.contains(&"enum")
    },
};

/// One public declaration a line, `Outer.Inner: declaration`, in the order of the source.
pub(super) fn declarations(text: &str, language: &Language) -> Vec<String> {
    let code = plain(text);
    let mut reader = Reader {
        language,
        code: code.chars().collect(),
        at: 0,
        lines: Vec::new(),
    };
    reader.body(&[], true);
    reader.lines
}

struct Reader<'l> {
    language: &'l Language,
    code: Vec<char>,
    at: usize,
    lines: Vec<String>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.code.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let found = self.peek();
        self.at = self.at.saturating_add(1);
        found
    }

    /// Reads declarations up to the brace that ends the body, or to the end.
    fn body(&mut self, within: &[String], open: bool) {
        while let Some(found) = self.peek() {
            if found == '}' {
                self.at = self.at.saturating_add(1);
                return;
            }
            if found.is_whitespace() || found == ';' {
                self.at = self.at.saturating_add(1);
                continue;
            }
            self.statement(within, open);
        }
    }

    /// Reads one statement: a declaration, or something else that is skipped.
    fn statement(&mut self, within: &[String], open: bool) {
        let begun = self.at;
        let header = self.header();
        let (words, kind, name) = self.parts(&header);
        let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        let is_container = self.language.containers.contains(&kind.as_str());
        let is_member = self.language.members.contains(&kind.as_str());
        let is_entry = kind.is_empty()
            && entry(&header)
            && within.last().is_some_and(|w| w.contains("enum class"));
        let needs = !self.language.shown.is_empty();
        // an extension of Swift says nothing of itself: its members do
        let is_extension = kind == "extension";
        let is_public = (is_container || is_member || is_entry)
            && !has(self.language.hidden)
            && (!needs || (open && !is_container) || is_extension || has(self.language.shown));
        if is_public && !is_extension {
            let own = squeezed(&header);
            let path = within.iter().map(|w| label(w)).chain([own.as_str()]);
            self.lines.push(path.collect::<Vec<_>>().join("."));
        }
        if self.peek() == Some('{') {
            self.at = self.at.saturating_add(1);
            if is_container && is_public {
                let mut deeper = within.to_vec();
                deeper.push(format!("{header} \u{1}{name}"));
                self.body(&deeper, (self.language.open)(&header));
            } else {
                self.skip();
            }
        } else if self.peek() == Some('=') {
            self.value();
        }
        if self.at == begun {
            self.at = self.at.saturating_add(1);
        }
    }

    /// Reads up to a body, a value or the end of the statement.
    fn header(&mut self) -> String {
        let (mut out, mut deep) = (String::new(), 0_i32);
        while let Some(found) = self.peek() {
            match found {
                '(' | '[' => deep = deep.saturating_add(1),
                ')' | ']' => deep = deep.saturating_sub(1),
                '{' | '}' | ';' if deep == 0 => break,
                '=' if deep == 0 && !out.ends_with(['=', '!', '<', '>']) => break,
                '\n' if deep == 0 => {
                    let ahead: String = self
                        .code
                        .iter()
                        .skip(self.at)
                        .copied()
                        .collect::<String>()
                        .chars()
                        .take(400)
                        .collect();
                    let ahead = ahead.trim_start();
                    let goes_on = ahead.starts_with([':', '{', '=', '.', '-'])
                        || ahead.starts_with("where ")
                        || ahead.starts_with("throws")
                        || out.trim_end().ends_with([':', ',', '&'])
                        || only_modifiers(&out, self.language);
                    if !goes_on {
                        break;
                    }
                }
                _ => {}
            }
            out.push(found);
            self.at = self.at.saturating_add(1);
        }
        out
    }

    /// The words before the name, the kind of the declaration and its name.
    fn parts(&self, header: &str) -> (Vec<String>, String, String) {
        let bare = unannotated(header);
        let mut words = Vec::new();
        let mut list = bare
            .split(|c: char| c.is_whitespace() || c == '(')
            .filter(|w| !w.is_empty());
        let language = self.language;
        while let Some(word) = list.next() {
            let plain = word.split(['(', ':', '<', '?']).next().unwrap_or_default();
            if language.containers.contains(&plain) || language.members.contains(&plain) {
                let next = list.next().unwrap_or_default();
                // `enum class`, `companion object`
                if language.containers.contains(&next) {
                    continue;
                }
                let name = next
                    .split(['(', ':', '<', '?', '{'])
                    .next()
                    .unwrap_or_default();
                return (words, plain.to_owned(), name.to_owned());
            }
            words.push(word.to_owned());
            if !language.modifiers.contains(&word) && !language.hidden.contains(&word) {
                break;
            }
        }
        (words, String::new(), String::new())
    }

    /// Skips a value: to the end of its line, over brackets.
    fn value(&mut self) {
        let mut deep = 0_i32;
        let mut last = ' ';
        while let Some(found) = self.peek() {
            match found {
                '(' | '[' | '{' => deep = deep.saturating_add(1),
                '}' if deep == 0 => return,
                ')' | ']' | '}' => deep = deep.saturating_sub(1),
                '\n' if deep == 0 => {
                    let ahead = self.code.iter().skip(self.at).find(|c| !c.is_whitespace());
                    let goes_on = matches!(ahead, Some('.' | '?' | '+' | '&' | '|'))
                        || "=,+-*/&|(?:".contains(last);
                    if !goes_on {
                        return;
                    }
                }
                _ => {}
            }
            if !found.is_whitespace() {
                last = found;
            }
            self.at = self.at.saturating_add(1);
        }
    }

    /// Skips to the brace that closes the body that has begun.
    fn skip(&mut self) {
        let mut deep = 1_i32;
        while deep > 0 {
            match self.next() {
                Some('{') => deep = deep.saturating_add(1),
                Some('}') => deep = deep.saturating_sub(1),
                None => return,
                _ => {}
            }
        }
    }
}

/// The name by which a container stands before its members.
fn label(container: &str) -> &str {
    match container.split_once('\u{1}') {
        Some((_, "")) => "companion",
        Some((_, name)) => name,
        None => container,
    }
}

/// Whether a statement of an enumeration is one of its entries.
fn entry(header: &str) -> bool {
    let name = header.trim().trim_end_matches(',');
    let mut names = name.split(',').map(str::trim).filter(|n| !n.is_empty());
    !name.is_empty()
        && names.all(|n| {
            n.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
}

fn only_modifiers(text: &str, language: &Language) -> bool {
    let bare = unannotated(text);
    let mut words = bare.split_whitespace();
    words.all(|w| language.modifiers.contains(&w) || language.hidden.contains(&w))
}

/// Without what stands as `@Name` or `@Name(…)`.
fn unannotated(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(found) = chars.next() {
        if found != '@' {
            out.push(found);
            continue;
        }
        while chars
            .peek()
            .is_some_and(|c| c.is_alphanumeric() || "_.:".contains(*c))
        {
            chars.next();
        }
        if chars.peek() == Some(&'(') {
            let mut deep = 0_i32;
            for inner in chars.by_ref() {
                match inner {
                    '(' => deep = deep.saturating_add(1),
                    ')' => deep = deep.saturating_sub(1),
                    _ => {}
                }
                if deep == 0 {
                    break;
                }
            }
        }
        out.push(' ');
    }
    out
}

/// On one line, without annotations.
fn squeezed(header: &str) -> String {
    let line = unannotated(header)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    line.replace("( ", "(")
        .replace(", )", ")")
        .replace(" )", ")")
        .trim_end_matches(',')
        .to_owned()
}

/// Without comments, and with empty text.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let end = rest
                .find("*/")
                .map_or(rest.len(), |at| at.saturating_add(2));
            out.push('\n');
            end
        } else if rest.starts_with("\"\"\"") {
            out.push_str("\"\"");
            quoted(rest, "\"\"\"")
        } else if first == '"' {
            out.push_str("\"\"");
            quoted(rest, "\"")
        } else if let Some(length) = character(rest) {
            out.push_str("''");
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// The length of the text that begins here.
fn quoted(rest: &str, mark: &str) -> usize {
    let mut at = mark.len();
    while let Some(tail) = rest.get(at..).filter(|t| !t.is_empty()) {
        if tail.starts_with(mark) {
            return at.saturating_add(mark.len());
        }
        let step = tail.chars().next().map_or(1, char::len_utf8);
        let escaped = tail.starts_with('\\') && mark.len() == 1;
        let next = tail.chars().nth(1).map_or(0, char::len_utf8);
        at = at
            .saturating_add(step)
            .saturating_add(if escaped { next } else { 0 });
    }
    rest.len()
}

/// The length of a character in quotes, `'{'`.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let (first, tail) = (
        inner.chars().next()?,
        inner.get(inner.chars().next()?.len_utf8()..)?,
    );
    if first == '\\' {
        let end = tail.get(1..)?.find('\'')?;
        return Some(end.saturating_add(4)).filter(|n| *n < 12);
    }
    tail.starts_with('\'')
        .then(|| first.len_utf8().saturating_add(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kotlin_is_read() {
        let text = r#"
package a
/** Says { nothing. */
public data class Money (
    /** fen */
    val `fen`: kotlin.Long
) {
    companion object
    private val hidden = "}"
    fun plus(other: Money): Money { return Money(fen + other.fen) }
}
internal interface Lib { fun no() }
sealed class Verdict {
    object Yes : Verdict()
    data class No(val why: List<String>) : Verdict() { override fun toString() = "no" }
}
enum class Lang {
    ZH,
    EN;
    companion object
}
@Throws(Refused::class) fun `read`(text: String): Money
        = uniffi { it }
val Money.yuan: BigDecimal get() = BigDecimal.valueOf(fen, 2)
"#;
        let wanted = [
            "public data class Money (val `fen`: kotlin.Long)",
            "Money.companion object",
            "Money.fun plus(other: Money): Money",
            "sealed class Verdict",
            "Verdict.object Yes : Verdict()",
            "Verdict.data class No(val why: List<String>) : Verdict()",
            "enum class Lang",
            "Lang.ZH, EN",
            "Lang.companion object",
            "fun `read`(text: String): Money",
            "val Money.yuan: BigDecimal get()",
        ];
        assert_eq!(declarations(text, &KOTLIN), wanted);
    }

    #[test]
    fn swift_is_read() {
        let text = r"
public struct Money: Equatable, Sendable {
    public let fen: Int64
    var own: Int { 1 }
    public init(fen: Int64) { self.fen = fen }
}
public enum Verdict: Sendable {
    case eligible
    case no(why: [String])
}
public protocol EngineProtocol: AnyObject {
    func assess(household: Household) throws -> Assessment
}
fileprivate func helper() {}
public extension Money { func a() {} }
extension Money { public var yuan: Decimal { Decimal(fen) / 100 } }
public func read(text: String)throws  -> Money  {
    return Money(fen: 1)
}
";
        let wanted = [
            "public struct Money: Equatable, Sendable",
            "Money.public let fen: Int64",
            "Money.public init(fen: Int64)",
            "public enum Verdict: Sendable",
            "Verdict.case eligible",
            "Verdict.case no(why: [String])",
            "public protocol EngineProtocol: AnyObject",
            "EngineProtocol.func assess(household: Household) throws -> Assessment",
            "Money.public var yuan: Decimal",
            "public func read(text: String)throws -> Money",
        ];
        assert_eq!(declarations(text, &SWIFT), wanted);
    }
}
