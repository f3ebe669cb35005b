//! Tokens to a tree: precedence climbing over the CEL subset.

use super::ast::{BinaryOp, Expr, ExprKind};
use super::lexer::{Token, lex};
use super::{LangError, MAX_DEPTH, Span};

/// Reads an expression.
///
/// # Errors
/// A [`LangError`] with a code `E-EXPR-…`: a sign that is not of the language, a missing part, more than
/// [`super::MAX_LENGTH`] bytes or [`MAX_DEPTH`] nested operations.
///
/// ```
/// let tree = minzheng_rules::lang::parse("a + 1 < b").unwrap();
/// assert_eq!(tree.depth, 3);
/// assert!(minzheng_rules::lang::parse("a / b").unwrap_err().to_string().contains("div_round"));
/// ```
pub fn parse(text: &str) -> Result<Expr, LangError> {
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        open: 0,
    };
    let tree = parser.ternary()?;
    match parser.peek() {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected("an operator or the end of the expression")),
    }
}

/// Words that CEL keeps for itself; a name may not be one of them.
pub(super) const RESERVED: [&str; 18] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "void",
    "while",
];

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    open: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .or_else(|| self.tokens.last())
            .map(|(_, span)| *span)
            .unwrap_or_default()
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        if found {
            self.advance();
        }
        found
    }

    fn unexpected(&self, wanted: &str) -> LangError {
        let found = match self.peek() {
            Token::End => "the expression ends".to_owned(),
            Token::Name(name) => format!("found `{name}`"),
            Token::Int(value) => format!("found `{value}`"),
            Token::Decimal(text) => format!("found `{text}`"),
            Token::Text(text) => format!("found \"{text}\""),
            Token::Sign(sign) => format!("found `{sign}`"),
        };
        LangError::new(
            "E-EXPR-SYNTAX",
            self.span(),
            format!("expected {wanted}, but {found}"),
        )
    }

    fn expect(&mut self, sign: &str) -> Result<(), LangError> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{sign}`")))
        }
    }

    /// Counts a nested bracket, operand or branch, so that the parser's own stack is bounded.
    fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, LangError>,
    ) -> Result<T, LangError> {
        if self.open >= MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        self.open = self.open.saturating_add(1);
        let result = inner(self);
        self.open = self.open.saturating_sub(1);
        result
    }

    fn ternary(&mut self) -> Result<Expr, LangError> {
        self.nested(|p| {
            let test = p.binary(0)?;
            if !p.take("?") {
                return Ok(test);
            }
            let yes = p.ternary()?;
            p.expect(":")?;
            let no = p.ternary()?;
            let span = test.span.to(no.span);
            let depth = test.depth.max(yes.depth).max(no.depth);
            node(
                ExprKind::If(Box::new(test), Box::new(yes), Box::new(no)),
                span,
                depth,
            )
        })
    }

    fn operator(&self) -> Option<(BinaryOp, u8)> {
        Some(match self.peek() {
            Token::Name(name) if name == "in" => (BinaryOp::In, 3),
            Token::Sign(sign) => match *sign {
                "||" => (BinaryOp::Or, 1),
                "&&" => (BinaryOp::And, 2),
                "==" => (BinaryOp::Eq, 3),
                "!=" => (BinaryOp::Ne, 3),
                "<" => (BinaryOp::Lt, 3),
                "<=" => (BinaryOp::Le, 3),
                ">" => (BinaryOp::Gt, 3),
                ">=" => (BinaryOp::Ge, 3),
                "+" => (BinaryOp::Add, 4),
                "-" => (BinaryOp::Sub, 4),
                "*" => (BinaryOp::Mul, 5),
                _ => return None,
            },
            Token::Name(_) | Token::Int(_) | Token::Decimal(_) | Token::Text(_) | Token::End => {
                return None;
            }
        })
    }

    fn binary(&mut self, least: u8) -> Result<Expr, LangError> {
        let mut left = self.unary()?;
        while let Some((op, strength)) = self.operator().filter(|(_, strength)| *strength > least) {
            let sign = self.span();
            self.advance();
            let right = self.nested(|p| p.binary(strength))?;
            if strength == 3 && self.operator().is_some_and(|(_, next)| next == 3) {
                return Err(LangError::new(
                    "E-EXPR-CHAIN",
                    sign.to(self.span()),
                    "comparisons do not chain",
                )
                .help("write `a < b && b < c`"));
            }
            let (span, depth) = (left.span.to(right.span), left.depth.max(right.depth));
            left = node(
                ExprKind::Binary(op, Box::new(left), Box::new(right)),
                span,
                depth,
            )?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, LangError> {
        let start = self.span();
        if self.take("!") {
            let inner = self.nested(Self::unary)?;
            let (span, depth) = (start.to(inner.span), inner.depth);
            return node(ExprKind::Not(Box::new(inner)), span, depth);
        }
        if self.take("-") {
            let inner = self.nested(Self::unary)?;
            let (span, depth) = (start.to(inner.span), inner.depth);
            return node(ExprKind::Neg(Box::new(inner)), span, depth);
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Expr, LangError> {
        let mut left = self.primary()?;
        while self.take(".") {
            let name_span = self.span();
            let Token::Name(name) = self.peek().clone() else {
                return Err(self.unexpected("a name after the dot"));
            };
            self.advance();
            let depth = left.depth;
            left = if self.take("(") {
                let args = self.arguments(")")?;
                let span = left.span.to(self.previous());
                let depth = args.iter().map(|a| a.depth).fold(depth, usize::max);
                node(
                    ExprKind::Call {
                        target: Some(Box::new(left)),
                        name,
                        name_span,
                        args,
                    },
                    span,
                    depth,
                )?
            } else {
                let span = left.span.to(name_span);
                node(ExprKind::Select(Box::new(left), name), span, depth)?
            };
        }
        Ok(left)
    }

    fn previous(&self) -> Span {
        self.tokens
            .get(self.at.saturating_sub(1))
            .map(|(_, span)| *span)
            .unwrap_or_default()
    }

    fn arguments(&mut self, close: &str) -> Result<Vec<Expr>, LangError> {
        let mut args = Vec::new();
        if self.take(close) {
            return Ok(args);
        }
        loop {
            args.push(self.ternary()?);
            if self.take(close) {
                return Ok(args);
            }
            self.expect(",")?;
        }
    }

    fn primary(&mut self) -> Result<Expr, LangError> {
        let span = self.span();
        let token = self.peek().clone();
        let kind = match token {
            Token::Int(value) => ExprKind::Int(value),
            Token::Decimal(text) => ExprKind::Decimal(text),
            Token::Text(text) => ExprKind::Text(text),
            Token::Name(name) if name == "true" || name == "false" => {
                ExprKind::Bool(name == "true")
            }
            Token::Name(name) if RESERVED.contains(&name.as_str()) => {
                return Err(LangError::new(
                    "E-EXPR-RESERVED",
                    span,
                    format!("`{name}` is a reserved word"),
                ));
            }
            Token::Name(name) => {
                self.advance();
                if !self.take("(") {
                    return node(ExprKind::Name(name), span, 0);
                }
                let args = self.arguments(")")?;
                let depth = args.iter().map(|a| a.depth).fold(0, usize::max);
                let whole = span.to(self.previous());
                return node(
                    ExprKind::Call {
                        target: None,
                        name,
                        name_span: span,
                        args,
                    },
                    whole,
                    depth,
                );
            }
            Token::Sign("(") => {
                self.advance();
                let mut inner = self.ternary()?;
                self.expect(")")?;
                inner.span = span.to(self.previous());
                return Ok(inner);
            }
            Token::Sign("[") => {
                self.advance();
                let items = self.arguments("]")?;
                let depth = items.iter().map(|a| a.depth).fold(0, usize::max);
                return node(ExprKind::List(items), span.to(self.previous()), depth);
            }
            Token::Sign(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.advance();
        node(kind, span, 0)
    }
}

fn node(kind: ExprKind, span: Span, below: usize) -> Result<Expr, LangError> {
    let depth = below.saturating_add(1);
    if depth > MAX_DEPTH {
        Err(too_deep(span))
    } else {
        Ok(Expr { kind, span, depth })
    }
}

fn too_deep(span: Span) -> LangError {
    LangError::new(
        "E-EXPR-DEPTH",
        span,
        format!("the expression nests more than {MAX_DEPTH} operations"),
    )
    .help("name a part of it as a formula")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        fn show(e: &Expr) -> String {
            match &e.kind {
                ExprKind::Bool(b) => b.to_string(),
                ExprKind::Int(i) => i.to_string(),
                ExprKind::Decimal(t) | ExprKind::Name(t) => t.clone(),
                ExprKind::Text(t) => format!("{t:?}"),
                ExprKind::Select(t, n) => format!("{}.{n}", show(t)),
                ExprKind::Call {
                    target, name, args, ..
                } => {
                    let args: Vec<_> = args.iter().map(show).collect();
                    let head = target
                        .as_ref()
                        .map(|t| format!("{}.", show(t)))
                        .unwrap_or_default();
                    format!("{head}{name}({})", args.join(" "))
                }
                ExprKind::List(items) => {
                    format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" "))
                }
                ExprKind::Not(a) => format!("(! {})", show(a)),
                ExprKind::Neg(a) => format!("(- {})", show(a)),
                ExprKind::Binary(op, a, b) => format!("({} {} {})", op.symbol(), show(a), show(b)),
                ExprKind::If(c, a, b) => format!("(? {} {} {})", show(c), show(a), show(b)),
            }
        }
        parse(text).map_or_else(|e| e.finding.code().to_owned(), |e| show(&e))
    }

    #[test]
    fn precedence_is_that_of_cel() {
        assert_eq!(shape("a || b && !c == d"), "(|| a (&& b (== (! c) d)))");
        assert_eq!(shape("a - b - c * 2 < d"), "(< (- (- a b) (* c 2)) d)");
        assert_eq!(shape("a ? b : c ? d : e"), "(? a b (? c d e))");
        assert_eq!(
            shape("m.filter(x, x.y).sum(x, x.z)"),
            "m.filter(x x.y).sum(x x.z)"
        );
        assert_eq!(shape("-(1 + 2) in [a, 1.50]"), "(in (- (+ 1 2)) [a 1.50])");
    }

    #[test]
    fn faults_have_their_codes() {
        for (text, code) in [
            ("a < b < c", "E-EXPR-CHAIN"),
            ("a / b", "E-EXPR-SIGN"),
            ("a = b", "E-EXPR-SIGN"),
            ("a +", "E-EXPR-SYNTAX"),
            ("f(a,", "E-EXPR-SYNTAX"),
            ("a b", "E-EXPR-SYNTAX"),
            ("", "E-EXPR-SYNTAX"),
            ("1yuan", "E-EXPR-NUMBER"),
            ("99999999999999999999", "E-EXPR-NUMBER"),
            ("\"open", "E-EXPR-STRING"),
            ("null == a", "E-EXPR-RESERVED"),
            ("钱 < 1", "E-EXPR-SIGN"),
        ] {
            assert_eq!(shape(text), code, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_however_it_is_reached() {
        for text in [
            "(".repeat(10_000),
            "!".repeat(10_000),
            "a+".repeat(5_000) + "a",
            "f(".repeat(5_000),
            "a?b:".repeat(4_000),
        ] {
            let code = shape(&text);
            assert!(code == "E-EXPR-DEPTH" || code == "E-EXPR-LENGTH", "{code}");
        }
    }
}
