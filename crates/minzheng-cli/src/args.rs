//! What may be typed.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use minzheng::Lang;

/// Works out who is entitled to which social assistance in China: how much, since when, why, and what is still unknown.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes:\n  0  done\n  1  the input or a pack was refused\n  2  wrong usage\n  3  something is undetermined, where --fail-undetermined asks for it\n\nExample:\n  minzheng assess examples/data/low-income-family.toml --lang zh"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Language of words for people
    #[arg(long, global = true, value_enum, default_value_t = Language::En)]
    lang: Language,
    /// A folder with a pack: it lies above the built-in ones, or stands for the built-in one of the same id
    #[arg(long = "pack", value_name = "DIR", global = true)]
    pub(crate) packs: Vec<PathBuf>,
}

impl Args {
    pub(crate) const fn lang(&self) -> Lang {
        match self.lang {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decide a household: verdict, amount, conditions with figures and articles, what is missing
    #[command(
        after_help = "Example:\n  minzheng assess examples/data/undetermined.toml --lang zh --fail-undetermined"
    )]
    Assess {
        #[command(flatten)]
        case: Case,
        #[command(flatten)]
        form: Form,
        /// Also print the conditions of programmes for persons that are not met
        #[arg(long)]
        all: bool,
        /// End with code 3 if any programme is undetermined
        #[arg(long)]
        fail_undetermined: bool,
    },
    /// Why: the tree of reasons of one programme, or of all
    #[command(
        after_help = "Example:\n  minzheng explain examples/data/low-income-family.toml dibao"
    )]
    Explain {
        #[command(flatten)]
        case: Case,
        /// A programme, as `dibao`
        programme: Option<String>,
        #[command(flatten)]
        form: Form,
        /// Print Markdown
        #[arg(long, conflicts_with_all = ["json", "html"])]
        markdown: bool,
    },
    /// What is still to be asked, in order of use: what, whom, and which condition needs it
    #[command(
        after_help = "Example:\n  minzheng missing examples/data/undetermined.toml --lang zh"
    )]
    Missing {
        #[command(flatten)]
        case: Case,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// End with code 3 if anything is missing
        #[arg(long)]
        fail_undetermined: bool,
    },
    /// What if: every programme before and after a figure or a pack changes
    #[command(
        after_help = "Example:\n  minzheng simulate examples/data/low-income-family.toml --set 'standard.dibao[hukou=urban]=900/month'"
    )]
    Simulate {
        #[command(flatten)]
        case: Case,
        /// A figure: PARAM=VALUE, or PARAM[key=value,…]=VALUE for some keys
        #[arg(long = "set", value_name = "PARAM[key=value,…]=VALUE")]
        set: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Packs of law: check, test, compare, show
    #[command(subcommand)]
    Pack(PackCommand),
    /// Figures and settings
    #[command(subcommand)]
    Params(ParamsCommand),
    /// Schemas of files
    #[command(subcommand)]
    Schema(SchemaCommand),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Case {
    /// The household: a file that ends in .toml or .json
    pub(crate) file: PathBuf,
    /// The day decided, instead of the file's
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<NaiveDate>,
    /// The law as published by this day, instead of the file's
    #[arg(long, value_name = "DATE")]
    pub(crate) known_on: Option<NaiveDate>,
    /// The place of registration and handling as a six-digit code, instead of the file's
    #[arg(long, value_name = "CODE")]
    pub(crate) place: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Form {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print an HTML page
    #[arg(long, conflicts_with = "json")]
    pub(crate) html: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Look for what a person should look at: one line per finding
    #[command(after_help = "Example:\n  minzheng pack lint my-county/")]
    Lint {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
    },
    /// Run the tests that stand in the packs
    #[command(after_help = "Example:\n  minzheng pack test my-county/")]
    Test {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
    },
    /// What differs between two packs: rules, figures, programmes
    #[command(after_help = "Example:\n  minzheng pack diff my-county-2025/ my-county-2026/")]
    Diff {
        /// A folder, or the id of a built-in pack
        old: String,
        /// A folder, or the id of a built-in pack
        new: String,
    },
    /// What packs hold
    #[command(after_help = "Example:\n  minzheng pack show cn-15 --markdown")]
    Show {
        /// The id of a pack; without it, all
        pack: Option<String>,
        /// Print Markdown, with every rule and figure
        #[arg(long)]
        markdown: bool,
        /// Print only the table of programmes
        #[arg(long)]
        programmes: bool,
    },
    /// The rules of a day and a place as SQL or as a Python module, for another engine
    #[command(
        after_help = "Example:\n  minzheng pack export --dialect duckdb --on 2026-08-25 --place 159921 --output dibao.eligible"
    )]
    Export {
        /// The language
        #[arg(long, value_enum)]
        dialect: Dialect,
        /// The day decided
        #[arg(long, value_name = "DATE")]
        on: NaiveDate,
        /// The law as published by this day
        #[arg(long, value_name = "DATE")]
        known_on: Option<NaiveDate>,
        /// The place of registration and handling as a six-digit code
        #[arg(long, value_name = "CODE")]
        place: String,
        /// A formula, `PROGRAMME/CONDITION` or `PROGRAMME.eligible|qualifies|amount`; without it the outcome of every programme
        #[arg(long = "output", value_name = "NAME")]
        outputs: Vec<String>,
        /// Also give every step on the way
        #[arg(long)]
        steps: bool,
    },
    /// Which conditions, branches and figures the tests of the packs reach
    #[command(after_help = "Example:\n  minzheng pack coverage my-county/ --deny-unmet")]
    Coverage {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
        /// End with code 1 if a condition was never met, never refused or never open, or a branch was taken one way only
        #[arg(long)]
        deny_unmet: bool,
    },
}

/// A language of tables.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Dialect {
    /// SQL for `DuckDB`
    Duckdb,
    /// Python with Polars expressions
    Polars,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ParamsCommand {
    /// One figure or setting: every value, or the one that holds for a place and day
    #[command(
        after_help = "Example:\n  minzheng params show standard.dibao --place 159921 --on 2026-07-15 --known-on 2026-08-01"
    )]
    Show {
        /// The id, as `standard.dibao`
        name: String,
        /// The place as a six-digit code
        #[arg(long, value_name = "CODE")]
        place: Option<String>,
        /// The day
        #[arg(long, value_name = "DATE")]
        on: Option<NaiveDate>,
        /// As published by this day
        #[arg(long, value_name = "DATE")]
        known_on: Option<NaiveDate>,
    },
    /// The ids of all figures and settings
    #[command(after_help = "Example:\n  minzheng params list --lang zh")]
    List,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum SchemaCommand {
    /// The JSON Schema of the household file, with every fact of the packs
    #[command(after_help = "Example:\n  minzheng schema household > household.schema.json")]
    Household,
}
