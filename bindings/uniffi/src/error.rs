//! Why something was refused.

use minzheng::Error;
use minzheng::error::Finding;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::model::Lang;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Problem {
    /// The stable code, as `E-VALUE-DATE`; the page of error codes says what each means.
    pub code: String,
    /// What is wrong, in Chinese. It holds no personal data.
    pub text_zh: String,
    /// What is wrong, in English. It holds no personal data.
    pub text_en: String,
    /// What to do, in Chinese; empty where nothing can be said.
    pub help_zh: String,
    /// What to do, in English; empty where nothing can be said.
    pub help_en: String,
    /// The place inside the input, as `person[1].wage`; empty where it is about the whole.
    pub path: String,
    /// The file of a pack, where it is about one.
    pub file: String,
    /// The line in that file, from 1; 0 where there is none.
    pub line: u32,
}

impl From<&Finding> for Problem {
    fn from(found: &Finding) -> Self {
        Self {
            code: found.code().to_owned(),
            text_zh: found.message(Lang::Zh).to_owned(),
            text_en: found.message(Lang::En).to_owned(),
            help_zh: found.help(Lang::Zh).to_owned(),
            help_en: found.help(Lang::En).to_owned(),
            path: found.path().to_owned(),
            file: found.file().to_owned(),
            line: found.line(),
        }
    }
}

/// An input that was refused, with everything that is wrong with it. The library can be used further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum MinzhengError {
    /// An argument, a household, a record or a call.
    #[error("{}", line(.code, .path, .text_en, .help_en))]
    Input {
        /// The stable code of the first problem.
        code: String,
        /// What is wrong, in Chinese. It holds no personal data.
        text_zh: String,
        /// What is wrong, in English. It holds no personal data.
        text_en: String,
        /// What to do, in Chinese.
        help_zh: String,
        /// What to do, in English.
        help_en: String,
        /// The place inside the input.
        path: String,
        /// All problems, the first among them.
        all: Vec<Problem>,
    },
    /// A pack: `all` names file and line of each problem.
    #[error("{}", line(.code, .path, .text_en, .help_en))]
    Pack {
        /// The stable code of the first problem.
        code: String,
        /// What is wrong, in Chinese.
        text_zh: String,
        /// What is wrong, in English.
        text_en: String,
        /// What to do, in Chinese.
        help_zh: String,
        /// What to do, in English.
        help_en: String,
        /// File and line, as `pack.toml:7`.
        path: String,
        /// All problems, the first among them.
        all: Vec<Problem>,
    },
    /// A table, or the bytes of one.
    #[error("{}", line(.code, .path, .text_en, .help_en))]
    Table {
        /// The stable code of the first problem.
        code: String,
        /// What is wrong, in Chinese.
        text_zh: String,
        /// What is wrong, in English.
        text_en: String,
        /// What to do, in Chinese.
        help_zh: String,
        /// What to do, in English.
        help_en: String,
        /// Table and column.
        path: String,
        /// All problems, the first among them.
        all: Vec<Problem>,
    },
}

fn line(code: &str, path: &str, text: &str, help: &str) -> String {
    let place = if path.is_empty() { "" } else { ": " };
    let way = if help.is_empty() {
        String::new()
    } else {
        format!(" ({help})")
    };
    format!("{code}: {path}{place}{text}{way}")
}

/// The parts that every kind of error has.
macro_rules! refused {
    ($kind:ident, $error:expr, $path:expr) => {{
        let error: &Error = $error;
        MinzhengError::$kind {
            code: error.code().to_owned(),
            text_zh: error.message(Lang::Zh).to_owned(),
            text_en: error.message(Lang::En).to_owned(),
            help_zh: error.help(Lang::Zh).to_owned(),
            help_en: error.help(Lang::En).to_owned(),
            path: $path,
            all: error.findings().map(Problem::from).collect(),
        }
    }};
}

impl From<Error> for MinzhengError {
    fn from(error: Error) -> Self {
        refused!(Input, &error, error.path().to_owned())
    }
}

impl MinzhengError {
    /// A refused argument.
    pub(crate) fn argument(wrong: Diagnostic) -> Self {
        Error::from(wrong).into()
    }

    /// A refused pack.
    pub(crate) fn pack(error: Error) -> Self {
        let place = match error.findings().next() {
            Some(first) if first.line() > 0 => format!("{}:{}", first.file(), first.line()),
            Some(first) if !first.file().is_empty() => first.file().to_owned(),
            _ => error.path().to_owned(),
        };
        refused!(Pack, &error, place)
    }

    /// A refused table.
    #[cfg(feature = "arrow-ipc")]
    pub(crate) fn table(error: Error) -> Self {
        refused!(Table, &error, error.path().to_owned())
    }

    /// As what is wrong with an argument is handed on: the function's own error is looked for in it.
    pub(crate) fn into_lift(self) -> uniffi::deps::anyhow::Error {
        uniffi::deps::anyhow::Error::new(self)
    }
}
