//! Text to tokens.

use super::{LangError, MAX_LENGTH, Span};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    Decimal(String),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 20] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "?", ":", "(", ")", "[", "]",
    ",", ".",
];

/// Signs of other languages, and what to write here.
const FOREIGN: [(&str, &str); 6] = [
    (
        "/",
        "there is no division: compare by cross multiplication, or use div_round(money, count, rule)",
    ),
    ("%", "there is no remainder"),
    ("=", "equality is `==`"),
    ("&", "and is `&&`"),
    ("|", "or is `||`"),
    ("'", "strings stand in double quotes"),
];

pub(super) fn lex(text: &str) -> Result<Vec<(Token, Span)>, LangError> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression is longer than {MAX_LENGTH} bytes");
        let span = Span {
            start: 0,
            end: text.len(),
        };
        return Err(
            LangError::new("E-EXPR-LENGTH", span, message).help("name a part of it as a formula")
        );
    }
    let mut tokens = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_ascii_whitespace() {
            at = at.saturating_add(1);
            continue;
        }
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' {
            word(rest)
        } else if first.is_ascii_digit() {
            number(rest, at)?
        } else if first == '"' {
            string(rest, at)?
        } else {
            sign(rest, at)?
        };
        let end = at.saturating_add(length);
        tokens.push((token, Span { start: at, end }));
        at = end;
    }
    tokens.push((
        Token::End,
        Span {
            start: text.len(),
            end: text.len(),
        },
    ));
    Ok(tokens)
}

fn prefix(text: &str, keep: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !keep(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn word(rest: &str) -> (Token, usize) {
    let name = prefix(rest, |c| c.is_ascii_alphanumeric() || c == '_');
    (Token::Name(name.to_owned()), name.len())
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), LangError> {
    let whole = prefix(rest, |c| c.is_ascii_digit());
    let after = rest.get(whole.len()..).unwrap_or("");
    let fraction = after
        .strip_prefix('.')
        .map(|tail| prefix(tail, |c| c.is_ascii_digit()))
        .filter(|f| !f.is_empty());
    let length = fraction.map_or(whole.len(), |f| {
        whole.len().saturating_add(f.len()).saturating_add(1)
    });
    let span = Span {
        start: at,
        end: at.saturating_add(length),
    };
    if rest
        .get(length..)
        .and_then(|t| t.chars().next())
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
    {
        return Err(
            LangError::new("E-EXPR-NUMBER", span, "a number is followed by a letter")
                .help("write amounts as yuan(12.50), durations as days(7) or months(6)"),
        );
    }
    let literal = rest.get(..length).unwrap_or("").to_owned();
    if fraction.is_some() {
        return Ok((Token::Decimal(literal), length));
    }
    let value = literal.parse().map_err(|_| {
        LangError::new(
            "E-EXPR-NUMBER",
            span,
            format!("the number `{literal}` is too large"),
        )
    })?;
    Ok((Token::Int(value), length))
}

fn string(rest: &str, at: usize) -> Result<(Token, usize), LangError> {
    let body = rest.get(1..).unwrap_or("");
    let inner = prefix(body, |c| c != '"' && c != '\\' && c != '\n');
    let end = inner.len().saturating_add(2);
    if !body
        .get(inner.len()..)
        .is_some_and(|tail| tail.starts_with('"'))
    {
        let span = Span {
            start: at,
            end: at.saturating_add(rest.len()),
        };
        return Err(LangError::new(
            "E-EXPR-STRING",
            span,
            "the string does not end on its line, or holds a backslash",
        ));
    }
    Ok((Token::Text(inner.to_owned()), end))
}

fn sign(rest: &str, at: usize) -> Result<(Token, usize), LangError> {
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    let bad: String = rest.chars().take(1).collect();
    let span = Span {
        start: at,
        end: at.saturating_add(bad.len()),
    };
    let error = LangError::new(
        "E-EXPR-SIGN",
        span,
        format!("`{bad}` is not part of the language"),
    );
    Err(match FOREIGN.into_iter().find(|(sign, _)| *sign == bad) {
        Some((_, help)) => error.help(help),
        None => error,
    })
}
