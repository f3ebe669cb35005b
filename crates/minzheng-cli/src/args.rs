//! What may be typed.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand, ValueEnum};
use minzheng::Lang;

/// An exit code and when it is given.
type Code = (u8, &'static str);

const DONE: Code = (0, "done");
const REFUSED: Code = (
    1,
    "the household or a pack was refused: standard error says where and why",
);
const REFUSED_PACK: Code = (1, "a pack was refused: standard error says where and why");
const USAGE: Code = (2, "wrong usage");
const UNDETERMINED: Code = (
    3,
    "something is undetermined, where --fail-undetermined asks for it",
);

/// The end of a help text: an example that runs from the top of the repository, and the exit codes.
fn teach(example: &str, codes: &[Code]) -> String {
    teach_all(&[example], codes)
}

/// The same with more than one example.
fn teach_all(examples: &[&str], codes: &[Code]) -> String {
    let word = if examples.len() > 1 {
        "Examples"
    } else {
        "Example"
    };
    let mut text = format!("{word}:\n  {}\n\nExit codes:", examples.join("\n  "));
    for (code, when) in codes {
        // writing to a string cannot fail
        let _ = write!(text, "\n  {code}  {when}");
    }
    text
}

/// Works out who is entitled to which social assistance in China: how much, since when, why, and what is still unknown.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = teach(
        "minzheng assess examples/data/low-income-family.toml --lang zh",
        &[DONE, REFUSED, USAGE, UNDETERMINED],
    )
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
        after_help = teach(
        "minzheng assess examples/data/undetermined.toml --lang zh --fail-undetermined",
        &[DONE, REFUSED, USAGE, UNDETERMINED],
    )
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
        after_help = teach(
        "minzheng explain examples/data/low-income-family.toml dibao",
        &[DONE, REFUSED, USAGE],
    )
    )]
    Explain {
        #[command(flatten)]
        case: Case,
        /// A programme, as `dibao`; `minzheng pack show --programmes` has all. Without it, every programme
        programme: Option<String>,
        #[command(flatten)]
        form: Form,
        /// Print Markdown
        #[arg(long, conflicts_with_all = ["json", "html"])]
        markdown: bool,
    },
    /// What is still to be asked, in order of use: what, whom, and which condition needs it
    #[command(
        after_help = teach(
        "minzheng missing examples/data/undetermined.toml --lang zh",
        &[DONE, REFUSED, USAGE, (3, "something is missing, where --fail-undetermined asks for it")],
    )
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
        after_help = teach(
        "minzheng simulate examples/data/low-income-family.toml --set 'standard.dibao[hukou=urban]=900/month'",
        &[DONE, REFUSED, USAGE],
    )
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
    /// What is owed by month when the law is published backwards, for a household or over tables
    #[command(override_usage = "minzheng arrears --from <YYYY-MM> --to <YYYY-MM> --known-before <YYYY-MM-DD> [OPTIONS] <FILE>\n       \
        minzheng arrears --from <YYYY-MM> --to <YYYY-MM> --known-before <YYYY-MM-DD> [OPTIONS] --households <FILE> --people <FILE>",
    after_help = teach_all(
        &[
            "minzheng arrears examples/data/raised-backwards.toml --programme dibao --from 2026-07 --to 2026-08 --known-before 2026-08-15",
            "minzheng arrears examples/data/raised-backwards.toml --from 2026-07 --to 2026-08 --set 'standard.dibao[hukou=urban]=900/month'",
            "minzheng arrears --households examples/data/province/households.csv --people examples/data/province/people.csv --from 2026-07 --to 2026-08 --known-before 2026-08-15",
        ],
        &[
            DONE,
            (1, "the household, a table, a pack or the folder was refused: standard error says where and why"),
            USAGE,
            (3, "a month is undetermined, where --fail-undetermined asks for it"),
            (130, "stopped by Ctrl-C or a signal: begin again"),
        ],
    ))]
    Arrears(Box<Backwards>),
    /// Check what a household declares against what its sources report: the report, without a verdict. With --people, all
    /// households of some tables: adopted tables, differences and findings
    ///
    /// To try the tables: `minzheng synth --people 2000 --out target/province`, then give `--households` and `--people` of that folder, its
    /// `items` and `answers.parquet`, `--as-of 2026-08-25` and `--out target/verified`.
    #[command(
        after_help = teach(
        "minzheng verify examples/data/verification-family.toml --lang zh",
        &[
            DONE,
            (1, "the file, a table or a pack was refused, or words and columns differ: standard error says where and why"),
            USAGE,
            (3, "an answer is awaited, where --fail-awaited asks for it; or the trail was tampered with"),
            (130, "stopped by Ctrl-C or a signal; start it again"),
        ],
    )
    )]
    Verify(Box<Verify>),
    /// Tables of a province that never was: households, people and records that nobody lives in
    #[command(
        after_help = teach(
        "minzheng synth --people 10000 --seed 1 --out target/province",
        &[DONE, (1, "a file could not be written, or a pack was refused"), USAGE],
    )
    )]
    Synth(Synth),
    /// Decide a province: tables in, tables out, in parts that survive a crash
    #[command(after_help = teach(
        "minzheng run --households examples/data/province/households.csv --people examples/data/province/people.csv --on 2026-08-25 --out answer",
        &[
            DONE,
            (1, "a table, a pack or the folder was refused: standard error says where and why"),
            USAGE,
            (3, "rows were found wrong, where --fail-findings asks for it"),
            (130, "stopped by Ctrl-C or a signal: what is written stands, --resume goes on"),
        ],
    ))]
    Run(Box<Province>),
    /// Hold the warning models against tables: who may need help, who may no longer qualify, what looks wrong
    #[command(after_help = teach_all(
        &[
            "minzheng warn --households examples/data/province/households.csv --people examples/data/province/people.csv --on 2026-08-25 --format csv --out alerts",
            "minzheng warn --households examples/data/warnings/households.csv --people examples/data/warnings/people-august.csv --on 2026-08-25 --before examples/data/warnings/hits-july.csv --out august",
            "minzheng warn explain examples/data/warnings.toml --lang zh",
        ],
        &[
            DONE,
            (1, "a table, a pack, a model or the folder was refused: standard error says where and why"),
            USAGE,
            (3, "rows were found wrong, where --fail-findings asks for it"),
            (130, "stopped by Ctrl-C or a signal: what is written stands, --resume goes on"),
        ],
    ))]
    Warn(Box<Warn>),
    /// The warning models: list, show, test
    #[command(
        subcommand,
        after_help = teach("minzheng models list", &[DONE, REFUSED_PACK, USAGE])
    )]
    Models(ModelsCommand),
    /// Compare two pack sets, or a what-if, over the same tables: who changes, by how much, where, by which condition
    #[command(after_help = teach(
        "minzheng compare --households examples/data/province/households.csv --people examples/data/province/people.csv --on 2026-08-25 --set 'standard.dibao[hukou=urban]=900/month' --html target/changes.html",
        &[
            (0, "compared, whether anything changes or not"),
            (1, "a table, a pack, a figure or the folder was refused: standard error says where and why"),
            USAGE,
            (3, "an outcome or amount changes, where --fail-changes asks for it"),
        ],
    ))]
    Compare(Box<Compare>),
    /// Who may see which data, for what: what the gate decides about a request
    #[command(
        subcommand,
        after_help = teach("minzheng gate check examples/data/gate/check.json", &[DONE, REFUSED_REQUEST, USAGE])
    )]
    Gate(GateCommand),
    /// The audit trail: verify it, append to it
    #[command(
        subcommand,
        after_help = teach("minzheng audit verify examples/data/gate/trail.jsonl", &[DONE, REFUSED_TRAIL, USAGE, TAMPERED])
    )]
    Audit(AuditCommand),
    /// Packs of law: check, test, compare, show
    #[command(
        subcommand,
        after_help = teach("minzheng pack show demo", &[DONE, REFUSED_PACK, USAGE])
    )]
    Pack(PackCommand),
    /// Figures and settings of the packs: all by name, or the values of one
    #[command(
        subcommand,
        after_help = teach("minzheng params show standard.dibao", &[DONE, REFUSED_PACK, USAGE])
    )]
    Params(ParamsCommand),
    /// The data catalogue: what there is, what stands on it, what changed, what is late
    #[command(
        subcommand,
        after_help = teach("minzheng catalog search 低保 --lang zh", &[DONE, REFUSED_PACK, USAGE])
    )]
    Catalog(CatalogCommand),
    /// Hold tables against the quality rules of the catalogue: what is missing, wrong, there twice, contradicts another source, or late
    ///
    /// Each table of the folder is named as its resource: `income_tax.csv`. The rules come from the packs: `[[catalog.quality]]`, most of
    /// them for every field by what the catalogue says of it. Rows are named by number and masked key.
    #[command(after_help = teach(
        "minzheng quality --items examples/data/quality --as-of 2026-08-25 --lang zh",
        &[
            (0, "counted, whether rules hold or not"),
            (1, "a table, a list of deliveries or a pack was refused: standard error says where and why"),
            USAGE,
            (3, "a rule of this severity or a graver one does not hold, where --fail-on asks for it"),
            (130, "stopped by Ctrl-C or a signal; start it again"),
        ],
    ))]
    Quality(Box<Quality>),
    /// Schemas of files, for editors and other programs
    #[command(
        subcommand,
        after_help = teach("minzheng schema household", &[DONE, REFUSED_PACK, USAGE])
    )]
    Schema(SchemaCommand),
}

/// At which severity a command fails.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FailOn {
    Block,
    Warn,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Quality {
    /// A folder with tables in Parquet, Arrow or CSV, each named as its resource; or with a folder of parts for it
    #[arg(long, value_name = "DIR")]
    pub(crate) items: PathBuf,
    /// Only the rules of this resource; may be given again. Other tables of the folder are read where a rule needs them
    #[arg(long = "resource", value_name = "ID")]
    pub(crate) resources: Vec<String>,
    /// The day asked: nothing that has happened may lie behind it, and freshness is seen from it
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: NaiveDate,
    /// What was delivered when: a CSV file with the head `resource,as_of,received`
    #[arg(long, value_name = "FILE")]
    pub(crate) deliveries: Option<PathBuf>,
    /// Print JSON; `minzheng schema quality-report` is its schema
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a page with every rule that does not hold to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write the rules as a suite of tests to this file, in the XML of `JUnit`
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Rows that are named for each rule
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) sample: usize,
    /// Threads; the answer does not depend on them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    pub(crate) threads: usize,
    /// Where keys are sorted that memory has no room for; nobody else can read it, and it is removed. Default: the system's folder for
    /// temporary files
    #[arg(long, value_name = "DIR")]
    pub(crate) work: Option<PathBuf>,
    /// End with code 3 if a rule of this severity or a graver one does not hold
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
}

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
pub(crate) struct Warn {
    #[command(subcommand)]
    pub(crate) command: Option<WarnCommand>,
    // an optional group must not hold another: both are given, or a command
    #[command(flatten)]
    pub(crate) tables: Option<TablesArgs>,
    #[command(flatten)]
    pub(crate) parts: Option<Parts>,
    #[command(flatten)]
    pub(crate) working: Working,
    #[command(flatten)]
    pub(crate) chosen: Chosen,
}

impl Warn {
    /// The tables and the folder of the alerts; without them the program ends as for any wrong usage.
    pub(crate) fn over(&self) -> (&TablesArgs, &Parts) {
        match (&self.tables, &self.parts) {
            (Some(tables), Some(parts)) => (tables, parts),
            _ => {
                let words = "give --households, --people and --out, or a command";
                let kind = clap::error::ErrorKind::MissingRequiredArgument;
                Args::command().error(kind, words).exit()
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum WarnCommand {
    /// What the models say of one household: the sentence of every hit, why, and what is missing where nobody can tell
    #[command(after_help = teach(
        "minzheng warn explain examples/data/warnings.toml --person p2 --lang zh",
        &[DONE, REFUSED, USAGE, (3, "a model points at somebody, where --fail-hits asks for it")],
    ))]
    Explain(WarnExplain),
    /// How often each model was right at each place, with intervals, and what that cost; what other thresholds would have done
    ///
    /// The table has the columns `model`, `place`, `code` (a close code, blank while open), and may have `checks` with `home_visits`, and `figure`.
    /// Unreachable and duplicate are not counted either way; which codes confirm and which refute is data of the packs. No model is
    /// switched by itself.
    #[command(after_help = teach_all(
        &[
            "minzheng warn review --alerts examples/data/warnings/closed.csv --lang zh",
            "minzheng warn review --alerts examples/data/warnings/closed.csv --model a01_high_cost_low_income --side above --threshold 1000000 --threshold 1500000",
        ],
        &[DONE, REFUSED_ALERTS, USAGE],
    ))]
    Review(crate::warn_review::ReviewArgs),
    /// What is to be done at each household: its open alerts as one task, the most urgent first
    #[command(after_help = teach(
        "minzheng warn tasks --alerts examples/data/warnings/kept.csv --lang zh",
        &[DONE, REFUSED_ALERTS, USAGE],
    ))]
    Tasks(crate::warn_work::TasksArgs),
    /// What is due or overdue on a day, and who is told of it by the ladder of the place
    #[command(after_help = teach(
        "minzheng warn overdue --alerts examples/data/warnings/kept.csv --on 2026-09-30 --lang zh",
        &[DONE, REFUSED_ALERTS, USAGE],
    ))]
    Overdue(crate::warn_work::OverdueArgs),
    /// The hits of two versions over the same tables side by side, by place: what a new version would change
    #[command(after_help = teach(
        "minzheng warn shadow --old examples/data/warnings/hits-july.csv --new examples/data/warnings/hits-august.csv",
        &[DONE, REFUSED_ALERTS, USAGE],
    ))]
    Shadow(crate::warn_work::ShadowArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct WarnExplain {
    #[command(flatten)]
    pub(crate) case: Case,
    /// Only of this person, and of the household
    #[arg(long, value_name = "ID")]
    pub(crate) person: Option<String>,
    /// Only of this model
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// Also what points at nobody, looks at somebody else, or is switched off
    #[arg(long)]
    pub(crate) all: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// End with code 3 if a model points at somebody
    #[arg(long)]
    pub(crate) fail_hits: bool,
}

/// Which models run over tables, and what is written of a hit.
#[derive(Debug, ClapArgs)]
pub(crate) struct Chosen {
    #[command(flatten)]
    pub(crate) days: Days,
    /// Only these models, by id with commas between; also such as are switched off by default
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Not these models
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Only the models of these groups: `minzheng models list` says which there are
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) group: Vec<String>,
    /// Also write these formulas of every hit, by id
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) figures: Vec<String>,
    /// Write no sentences: quicker, where hits are many
    #[arg(long)]
    pub(crate) no_words: bool,
    /// The facts were adopted from records, as `minzheng verify` writes them: sentences name the items that say them
    #[arg(long)]
    pub(crate) verified: bool,
    /// The day of which the tables speak, for the sentences; without it they say that no day is named
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<NaiveDate>,
    /// The run before: its folder, or the table of its hits. Each hit is then new, continuing or worse, and OUT/ended says what became
    /// of the others
    #[arg(long, value_name = "PATH", help_heading = "The period before")]
    pub(crate) before: Option<PathBuf>,
    /// Keep alerts: those so far, a table with the key of the household and the record as JSON (`alert`), as OUT/kept of the run before;
    /// without a value there are none yet. OUT/kept has all of them after this period
    #[arg(long, value_name = "PATH", num_args = 0..=1, conflicts_with = "before", help_heading = "The period before")]
    #[expect(
        clippy::option_option,
        reason = "the flag may stand alone: there are no alerts yet"
    )]
    pub(crate) alerts: Option<Option<PathBuf>>,
    /// What was found in order and is held back until a day: a table with the key of the household, `subject_id`, `model`, `id`, `level`,
    /// `from`, `until`, `reason`, `by`
    #[arg(
        long,
        value_name = "PATH",
        requires = "alerts",
        help_heading = "The period before"
    )]
    pub(crate) suppressions: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Every model, one a line
    #[command(after_help = teach("minzheng models list --group c_identity --lang zh", &[DONE, REFUSED_PACK, USAGE]))]
    List {
        /// Only this group
        #[arg(long, value_name = "ID")]
        group: Option<String>,
        /// Print JSON: groups, handlings, switches and models
        #[arg(long, conflicts_with = "group")]
        json: bool,
        /// Print Markdown, with everything about every model
        #[arg(long, conflicts_with = "json")]
        markdown: bool,
    },
    /// Everything about one model: rule, thresholds with their grounds, evidence, meaning, false alarms
    #[command(after_help = teach(
        "minzheng models show c01_dead_on_dibao --lang zh",
        &[DONE, (1, "there is no such model, or a pack was refused"), USAGE],
    ))]
    Show {
        /// The id of the model
        model: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the cases that stand in the packs for every model: hit, miss, boundary, unknown
    #[command(after_help = teach(
        "minzheng models test c01_dead_on_dibao",
        &[(0, "every model has its four cases, and they came out"), (1, "a case is lacking or came out otherwise, or a pack was refused"), USAGE],
    ))]
    Test {
        /// Only this model
        model: Option<String>,
    },
}

const REFUSED_REQUEST: Code = (
    1,
    "the request or a pack was refused: standard error says where and why",
);
const REFUSED_TRAIL: Code = (
    1,
    "a file could not be read or written, or an event was refused",
);
const TAMPERED: Code = (3, "the trail was tampered with: where and how is printed");

const REFUSED_ALERTS: Code = (
    1,
    "the table or a pack was refused: standard error says where and why",
);

#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Rows and columns that a request is given, masked or denied, each with its rule
    #[command(after_help = teach(
        "minzheng gate check examples/data/gate/check.json --lang zh",
        &[DONE, REFUSED_REQUEST, USAGE, (3, "nothing is given, where --fail-denied asks for it")],
    ))]
    Check {
        /// A JSON file: {"request": …, "authorizations": […], "agreed": […]}
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// End with code 3 if nothing is given
        #[arg(long)]
        fail_denied: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Whether a trail is whole: the first entry that was changed, removed, inserted or moved
    #[command(after_help = teach(
        "minzheng audit verify examples/data/gate/trail.jsonl",
        &[(0, "the trail is intact; its head is printed"), (1, "the file could not be read"), USAGE, TAMPERED],
    ))]
    Verify {
        /// The trail: one entry a line
        file: PathBuf,
        /// A head that was kept elsewhere: it shows a trail that was cut or made anew
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<minzheng::audit::Head>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Append events to a trail, which is verified first, and print its new head
    #[command(after_help = teach(
        "minzheng audit append target/trail.jsonl examples/data/gate/events.jsonl",
        &[DONE, REFUSED_TRAIL, USAGE, TAMPERED],
    ))]
    Append {
        /// The trail; it is made where it is not there
        file: PathBuf,
        /// The events: one a line
        events: PathBuf,
        /// A head that was kept elsewhere
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<minzheng::audit::Head>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Case {
    /// The household: a file that ends in .toml or .json
    pub(crate) file: PathBuf,
    /// The day decided, instead of the file's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on: Option<NaiveDate>,
    /// The law as published by this day, instead of the file's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_on: Option<NaiveDate>,
    /// The place of registration and handling as a six-digit code, instead of the file's
    #[arg(long, value_name = "CODE")]
    pub(crate) place: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Verify {
    /// The verification file: a household file with [request], [[authorization]] and [[answer]] that ends in .toml or .json
    #[arg(required_unless_present = "people")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tables: VerifyTables,
    #[command(flatten)]
    pub(crate) form: Form,
    /// Print the household with the adopted facts as JSON, as `minzheng assess` reads it
    #[arg(long, conflicts_with_all = ["json", "html"])]
    pub(crate) household: bool,
    /// Decide on the adopted facts, as `minzheng assess` does; with --people all households, as `minzheng run` does, into OUT/assessed
    #[arg(long, conflicts_with = "household")]
    pub(crate) assess: bool,
    /// The report of an earlier check, in JSON: also print each fact before and after
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["html", "household", "assess"])]
    pub(crate) earlier: Option<PathBuf>,
    /// An objection to the earlier report, in JSON
    #[arg(long, value_name = "FILE", requires = "earlier")]
    pub(crate) objection: Option<PathBuf>,
    /// End with code 3 if an answer is awaited
    #[arg(long)]
    pub(crate) fail_awaited: bool,
    #[command(flatten)]
    pub(crate) trail: VerifyTrail,
}

/// The audit trail that queries are recorded in.
#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyTrail {
    /// Append each query to this audit trail, refused or allowed, before anything is printed; as `minzheng audit append` does
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["file", "actor", "at", "key"],
        help_heading = "Audit trail"
    )]
    pub(crate) trail: Option<PathBuf>,
    /// Your key of who acts
    #[arg(
        long,
        value_name = "ID",
        requires = "trail",
        help_heading = "Audit trail"
    )]
    pub(crate) actor: Option<String>,
    /// When, with its offset; as `"$(date -Iseconds)"`
    #[arg(
        long,
        value_name = "TIME",
        requires = "trail",
        help_heading = "Audit trail"
    )]
    pub(crate) at: Option<String>,
    /// A file with the secret key under which persons are digested, without spaces and line ends around it: the trail names nobody
    #[arg(
        long,
        value_name = "FILE",
        requires = "trail",
        help_heading = "Audit trail"
    )]
    pub(crate) key: Option<PathBuf>,
    /// A head of the trail that was kept elsewhere
    #[arg(
        long,
        value_name = "SEQ:HASH",
        requires = "trail",
        help_heading = "Audit trail"
    )]
    pub(crate) head: Option<minzheng::audit::Head>,
}

/// The tables that are verified together.
#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyTables {
    /// The table of people, with `id_number`: a file that ends in .parquet, .arrow or .csv, or a folder with its parts
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["file", "html", "household", "earlier"],
        requires_all = ["households", "items", "as_of", "out"],
        help_heading = "Tables"
    )]
    pub(crate) people: Option<PathBuf>,
    /// The table of households
    #[arg(
        long,
        value_name = "FILE",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) households: Option<PathBuf>,
    /// A folder with the records of the items, each named as its item: `income_tax.parquet`. An item without a table was not asked
    #[arg(long, value_name = "DIR", requires = "people", help_heading = "Tables")]
    pub(crate) items: Option<PathBuf>,
    /// The table of answers: `household_id`, `person_id`, `item`, `status`, `as_of`. Whoever it does not name has not been answered about
    #[arg(
        long,
        value_name = "FILE",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) answers: Option<PathBuf>,
    /// The day windows are seen from
    #[arg(
        long,
        value_name = "YYYY-MM-DD",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) as_of: Option<NaiveDate>,
    /// The day of the declarations; without it the day of --as-of
    #[arg(
        long,
        value_name = "YYYY-MM-DD",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) declared_on: Option<NaiveDate>,
    /// A folder for the adopted tables, how each fact stands (status), differences and findings
    #[arg(long, value_name = "DIR", requires = "people", help_heading = "Tables")]
    pub(crate) out: Option<PathBuf>,
    /// A file with other names and units of columns
    #[arg(
        long,
        value_name = "FILE",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) mapping: Option<PathBuf>,
    /// Columns that nobody knows pass through
    #[arg(long, requires = "people", help_heading = "Tables")]
    pub(crate) ignore_unknown: bool,
    #[command(flatten, next_help_heading = "Tables")]
    pub(crate) working: Working,
    /// Put the household of a person into words, with its own records read again: by the keys of household and person, as `h1/p1`
    #[arg(
        long,
        value_name = "HOUSEHOLD/PERSON",
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) explain: Vec<String>,
    /// Put the first households of every reason and grade of difference into words, so many of each
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        requires = "people",
        help_heading = "Tables"
    )]
    pub(crate) explain_sample: usize,
    /// With --assess: a folder with tables of records, each named as its table: obligors.parquet, parents.csv
    #[arg(
        long,
        value_name = "DIR",
        requires_all = ["people", "assess"],
        help_heading = "Tables"
    )]
    pub(crate) records: Option<PathBuf>,
    /// Say on standard error how much CPU time went into reading, matching, adopting and writing
    #[arg(long, requires = "people", help_heading = "Tables")]
    pub(crate) timings: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Synth {
    /// Rows of people
    #[arg(long, default_value_t = 10_000)]
    pub(crate) people: u64,
    /// The seed: the same seed gives the same files
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The folder written to: households.parquet, people.parquet, obligors.parquet, parents.parquet; the records of the 33 items
    /// as items/NAME.parquet; and answers.parquet
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The day decided; without it 2026-08-25
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on: Option<NaiveDate>,
    /// Where households live, with weights; without it four fifths in the demonstration banner
    #[arg(long, value_name = "CODE=WEIGHT,…")]
    pub(crate) places: Option<String>,
    /// Leave the items and the answers out
    #[arg(long)]
    pub(crate) no_items: bool,
    /// Rows about people outside the province in the items, for every person within
    #[arg(
        long,
        value_name = "ROWS",
        default_value_t = 12,
        conflicts_with = "no_items"
    )]
    pub(crate) others: u32,
}

/// The tables of a province, and how they are read: the same for every command over them.
#[derive(Debug, ClapArgs)]
pub(crate) struct TablesArgs {
    /// The table of households: a file that ends in .parquet, .arrow or .csv, or a folder with its parts
    #[arg(long, value_name = "FILE")]
    pub(crate) households: PathBuf,
    /// The table of people
    #[arg(long, value_name = "FILE")]
    pub(crate) people: PathBuf,
    /// A folder with tables of records, each named as its table: obligors.parquet, parents.csv
    #[arg(long, value_name = "DIR")]
    pub(crate) records: Option<PathBuf>,
    /// A file with other names and units of columns
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Leave out columns that nobody knows
    #[arg(long)]
    pub(crate) ignore_unknown: bool,
}

/// The two dates of everything that is asked over tables.
#[derive(Debug, ClapArgs)]
pub(crate) struct Days {
    /// The day of households that have no column `on`
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on: Option<NaiveDate>,
    /// The law as published by this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_on: Option<NaiveDate>,
}

/// What is decided over tables.
#[derive(Debug, ClapArgs)]
pub(crate) struct Deciding {
    #[command(flatten)]
    pub(crate) days: Days,
    /// Programmes by id, with commas between; without it, all
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) programmes: Vec<String>,
}

/// How work over tables is done, and its tables are written.
#[derive(Debug, ClapArgs)]
pub(crate) struct Working {
    /// How tables are written
    #[arg(long, value_enum, default_value_t = TableFormat::Parquet)]
    pub(crate) format: TableFormat,
    /// How the text of CSV is written: `utf-8-bom` and `gb18030` open well in spreadsheets
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    pub(crate) encoding: Encoding,
    /// Threads that work; what is written does not depend on them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    pub(crate) threads: usize,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Backwards {
    /// The household: a file that ends in .toml or .json; or else --households and --people
    #[arg(required_unless_present = "households", conflicts_with_all = ["households", "people", "records", "mapping", "ignore_unknown"])]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tables: Option<TablesArgs>,
    /// The first month. Facts stand as they are given for every month; the day they were given for, `on`, is replaced by the
    /// first of the month
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) from: NaiveDate,
    /// The last month
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) to: NaiveDate,
    /// Before: the law as published by this day, what payment went by. Only with --set it may be left out: all that the packs hold
    #[arg(long, value_name = "YYYY-MM-DD", required_unless_present = "set")]
    pub(crate) known_before: Option<NaiveDate>,
    /// After: the law as published by this day; without it, all that the packs hold
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_after: Option<NaiveDate>,
    /// What if: a figure on the side after, as if it had been published; PARAM=VALUE, or PARAM[key=value,…]=VALUE
    #[arg(long = "set", value_name = "PARAM[key=value,…]=VALUE")]
    pub(crate) set: Vec<String>,
    /// Programmes by id, with commas between; without it, all that pay by the month
    #[arg(
        long = "programme",
        alias = "programmes",
        value_name = "ID,…",
        value_delimiter = ','
    )]
    pub(crate) programmes: Vec<String>,
    /// All who are entitled were in payment in every month. Without it, nothing is owed for a month before the first month of
    /// payment, and a month is undetermined where that is unknown
    #[arg(long)]
    pub(crate) paid_throughout: bool,
    /// A folder for the rows with something owed, overpaid or unknown; it must be empty or not there
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) working: Working,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// End with code 3 if a month is undetermined
    #[arg(long)]
    pub(crate) fail_undetermined: bool,
}

/// The first day of a month.
fn month(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
    day.map_err(|_| "a month is wanted, as 2026-07".to_owned())
}

/// A run from files to files, part by part.
#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Parts {
    /// A folder for the answer; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Households of a part, about
    #[arg(long, value_name = "N", default_value_t = 16_384, value_parser = at_least_one)]
    pub(crate) part_households: usize,
    /// Explain so many rows of every programme or model and outcome, as JSON lines in OUT/explained
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) explain_sample: usize,
    /// Go on with a run that was interrupted; the answer is that of an unbroken run
    #[arg(long)]
    pub(crate) resume: bool,
    /// Read, decide and count, but write no answer; --out is used only to sort tables that are out of order
    #[arg(long, conflicts_with_all = ["resume", "explain_sample"])]
    pub(crate) dry_run: bool,
    /// Say on standard error how much CPU time went into reading, matching, evaluating and writing
    #[arg(long)]
    pub(crate) timings: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// End with code 3 if rows were found wrong
    #[arg(long)]
    pub(crate) fail_findings: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Province {
    #[command(flatten)]
    pub(crate) tables: TablesArgs,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) working: Working,
    #[command(flatten)]
    pub(crate) parts: Parts,
    /// Also write what decides against a programme, or leaves it open
    #[arg(long)]
    pub(crate) reasons: bool,
    /// Also write the truth of every condition
    #[arg(long)]
    pub(crate) conditions: bool,
    /// Also write what is still to be asked for a programme that is open: at most so many columns or figures, the most needed first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) missing: usize,
    /// Also write these formulas, by id; `all`: every step on the way
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) formulas: Vec<String>,
    /// Die without a word once this part is durable
    #[arg(long, value_name = "N", hide = true)]
    pub(crate) stop_after_part: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) tables: TablesArgs,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) working: Working,
    #[command(flatten)]
    pub(crate) sides: Sides,
    /// A folder for the rows that change; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write a page with charts and every figure to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// End with code 3 if any outcome or amount changes
    #[arg(long)]
    pub(crate) fail_changes: bool,
}

/// What differs between the two sides; something must.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = true)]
pub(crate) struct Sides {
    /// A folder with a pack of the side before only; --pack gives one to both, and one here of the same id wins
    #[arg(long, value_name = "DIR")]
    pub(crate) before: Vec<PathBuf>,
    /// A folder with a pack of the side after only
    #[arg(long, value_name = "DIR")]
    pub(crate) after: Vec<PathBuf>,
    /// A figure of the side after: PARAM=VALUE, or PARAM[key=value,…]=VALUE for some keys
    #[arg(long = "set", value_name = "PARAM[key=value,…]=VALUE")]
    pub(crate) set: Vec<String>,
    /// A figure of the side before
    #[arg(long, value_name = "PARAM[key=value,…]=VALUE")]
    pub(crate) set_before: Vec<String>,
    /// The day decided, of the side before, instead of --on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on_before: Option<NaiveDate>,
    /// The day decided, of the side after, instead of --on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on_after: Option<NaiveDate>,
    /// The law as published by this day, of the side before, instead of --known-on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_before: Option<NaiveDate>,
    /// The law as published by this day, of the side after, instead of --known-on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_after: Option<NaiveDate>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(|| "a whole number from 1 on is wanted".to_owned())
}

/// How text is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-8-bom")]
    Utf8Mark,
    Gb18030,
}

/// How tables are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TableFormat {
    Parquet,
    Ipc,
    Csv,
    /// An object a line, for other programs; no command reads it again
    Jsonl,
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
    /// Look over packs for what a person should look at: one line per finding
    #[command(after_help = teach(
        "minzheng pack lint crates/minzheng/packs/demo",
        &[(0, "no errors; warnings may be"), (1, "an error was found, or a pack was refused"), USAGE],
    ))]
    Lint {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
    },
    /// Run the tests that stand in the packs
    #[command(after_help = teach(
        "minzheng pack test crates/minzheng/packs/demo",
        &[(0, "every check passed"), (1, "a check failed, or a pack was refused"), USAGE],
    ))]
    Test {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
    },
    /// What differs between two packs, whatever they hold
    #[command(after_help = teach(
        "minzheng pack diff cn-15 crates/minzheng/packs/demo",
        &[(0, "compared, whether they differ or not"), (1, "a pack was refused"), USAGE],
    ))]
    Diff {
        /// A folder, or the id of a built-in pack
        old: String,
        /// A folder, or the id of a built-in pack
        new: String,
    },
    /// What packs hold: programmes, and with --markdown every rule, figure, fact and instrument
    #[command(after_help = teach(
        "minzheng pack show cn-15 --markdown",
        &[DONE, (1, "there is no such pack, or a pack was refused"), USAGE],
    ))]
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
        after_help = teach(
            "minzheng pack export --dialect duckdb --on 2026-08-25 --place 159921 --output dibao.eligible",
            &[DONE, (1, "a pack, a place or an output was refused"), USAGE],
        )
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
        /// One expression an output, null where it is unknown, without intervals
        #[arg(long, conflicts_with = "steps")]
        nulls: bool,
        /// The lowest value that a column holds, as `wage=0` (money in fen): divisions are written for no less
        #[arg(long = "low", value_name = "FACT=NUMBER", requires = "nulls", value_parser = low)]
        lows: Vec<(String, i64)>,
    },
    /// Which conditions, branches and figures the tests of the packs reach
    #[command(after_help = teach(
        "minzheng pack coverage crates/minzheng/packs/demo",
        &[DONE, (1, "a pack was refused, or --deny-unmet found a gap"), USAGE],
    ))]
    Coverage {
        /// Folders with packs above the built-in ones
        dirs: Vec<PathBuf>,
        /// End with code 1 if a condition was never met, never refused or never open, or a branch was taken one way only
        #[arg(long)]
        deny_unmet: bool,
    },
}

/// A fact and a number.
fn low(text: &str) -> Result<(String, i64), String> {
    let (fact, number) = text.split_once('=').ok_or("FACT=NUMBER")?;
    let number = number.parse().map_err(|_| "a whole number")?;
    Ok((fact.to_owned(), number))
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
        after_help = teach(
        "minzheng params show standard.dibao --place 159921 --on 2026-07-15 --known-on 2026-08-01",
        &[DONE, (1, "there is no such figure, or a pack was refused"), USAGE],
    )
    )]
    Show {
        /// The id, as `standard.dibao`; `minzheng params list` has all
        name: String,
        /// Only what holds at this place, a six-digit code
        #[arg(long, value_name = "CODE")]
        place: Option<String>,
        /// Only the value that holds on this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<NaiveDate>,
        /// Only what was published by this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        known_on: Option<NaiveDate>,
    },
    /// The ids of all figures and settings
    #[command(after_help = teach(
        "minzheng params list --lang zh",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    List,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum SchemaCommand {
    /// The JSON Schema of the household file, with every fact of the packs
    #[command(after_help = teach(
        "minzheng schema household",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    Household,
    /// The JSON Schema of the report that `minzheng verify --json` prints
    #[command(after_help = teach(
        "minzheng schema verification-report",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    VerificationReport,
    /// The JSON Schema of the report that `minzheng quality --json` prints
    #[command(after_help = teach(
        "minzheng schema quality-report",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    QualityReport,
    /// The JSON Schema of what the call `warn` answers
    #[command(after_help = teach(
        "minzheng schema warnings",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    Warnings,
    /// The tables that `run` and `warn` read: every column with its type, unit, bounds, words and the conditions that need it
    #[command(after_help = teach(
        "minzheng schema tables --markdown",
        &[DONE, REFUSED_PACK, USAGE],
    ))]
    Tables {
        /// Print Markdown, for people; without it JSON
        #[arg(long)]
        markdown: bool,
    },
}

/// What must hold of a resource that is listed.
#[derive(Debug, ClapArgs)]
pub(crate) struct Facets {
    /// Only what this department or body keeps, by id or name: `taxation`, 税务局
    #[arg(long, value_name = "NAME")]
    pub(crate) department: Option<String>,
    /// Only this line of business, by id or name: `elder_care`, 养老服务
    #[arg(long, value_name = "NAME")]
    pub(crate) line: Option<String>,
    /// Only what is shared so
    #[arg(long, value_parser = ["unconditional", "conditional", "withheld"])]
    pub(crate) sharing: Option<String>,
    /// Only this grade
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=4), value_name = "1…4")]
    pub(crate) grade: Option<u8>,
    /// Only what comes so often
    #[arg(long, value_parser = ["realtime", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"])]
    pub(crate) cycle: Option<String>,
    /// Only records about this
    #[arg(long, value_parser = ["person", "household", "organisation", "facility", "place", "event", "aggregate"])]
    pub(crate) subject: Option<String>,
}

/// The day of whose rules is spoken.
#[derive(Debug, ClapArgs)]
pub(crate) struct CatalogDay {
    /// The rules in force on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on: NaiveDate,
    /// The law as published by this day; without it, by the same day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) known_on: Option<NaiveDate>,
    /// Also the rules of this place and those above it, a six-digit code
    #[arg(long, value_name = "CODE")]
    pub(crate) place: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// All resources, or those of a department, a line of business, a grade …
    #[command(after_help = teach(
        "minzheng catalog list --line elder_care --lang zh",
        &[DONE, (1, "a facet or a pack was refused"), USAGE],
    ))]
    List {
        #[command(flatten)]
        facets: Facets,
        /// Print JSON
        #[arg(long, conflicts_with = "markdown")]
        json: bool,
        /// Print the reference page
        #[arg(long)]
        markdown: bool,
    },
    /// Resources by Chinese or English words, an id or a code, best first
    #[command(after_help = teach(
        "minzheng catalog search 补贴 发放 --grade 4 --lang zh",
        &[DONE, (1, "a facet or a pack was refused"), USAGE],
    ))]
    Search {
        /// Words; all of them must be there
        #[arg(required = true)]
        text: Vec<String>,
        #[command(flatten)]
        facets: Facets,
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// A resource with its fields and what stands on it; or the lineage of a field, a fact or a rule, both ways
    #[command(after_help = teach(
        "minzheng catalog show person.wage --on 2026-11-28",
        &[DONE, (1, "nothing has this id, or a pack was refused"), USAGE],
    ))]
    Show {
        /// A resource (`income_tax`, its code or whole name), field (`income_tax.amount`), fact (`person.wage`), condition or programme (`dibao`)
        id: String,
        #[command(flatten)]
        day: CatalogDay,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What goes quiet without some resources: facts, conditions, programmes and models, each with the way why
    #[command(after_help = teach(
        "minzheng catalog impact disability_certificate --on 2026-11-28 --lang zh",
        &[DONE, (1, "there is no such resource, or a pack was refused"), USAGE],
    ))]
    Impact {
        /// Resources that are withdrawn or late, by id, code or whole name
        #[arg(required = true)]
        lost: Vec<String>,
        #[command(flatten)]
        day: CatalogDay,
        /// Also the formulas on the way
        #[arg(long)]
        steps: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What changed between two catalogues, and whom it breaks: who uses the data, or who provides them
    #[command(after_help = teach(
        "minzheng catalog diff crates/minzheng/packs/cn-15",
        &[(0, "compared, whether they differ or not"), (1, "a pack was refused"), USAGE, (3, "a change breaks somebody, where --fail-breaking asks for it")],
    ))]
    Diff {
        /// A folder with the new pack: above the built-in ones, or instead of the one with its id
        new: PathBuf,
        /// A folder with the old pack; without it the built-in packs alone
        #[arg(long, value_name = "DIR")]
        old: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// End with code 3 if a change breaks a consumer or a provider
        #[arg(long)]
        fail_breaking: bool,
    },
    /// What a person should look at in the catalogue
    #[command(after_help = teach(
        "minzheng catalog check --fail-warnings",
        &[DONE, REFUSED_PACK, USAGE, (3, "there is a warning, where --fail-warnings asks for it")],
    ))]
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// End with code 3 if there is a warning
        #[arg(long)]
        fail_warnings: bool,
    },
    /// Which deliveries are fresh, due, late or never came, in working days
    #[command(after_help = teach(
        "minzheng catalog freshness examples/data/deliveries.csv --on 2026-11-27 --impact",
        &[DONE, (1, "the file or a pack was refused"), USAGE],
    ))]
    Freshness {
        /// A CSV file with the head `resource,as_of,received`
        deliveries: PathBuf,
        /// The day
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: NaiveDate,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Also what goes quiet by what is late or never came
        #[arg(long, conflicts_with = "json")]
        impact: bool,
    },
    /// The catalogue for other platforms: DCAT 3 as JSON-LD, an ODCS data contract for each resource, or the ministry's list
    #[command(after_help = teach(
        "minzheng catalog export --format xlsx --out target/list.xlsx",
        &[DONE, (1, "a resource, the base, a pack or the place to write was refused"), USAGE],
    ))]
    Export(CatalogExport),
    /// The ministry's list (一张清单) as a pack that stands in the place of the built-in list
    #[command(after_help = teach(
        "minzheng catalog import examples/data/catalog-list.csv --out target/list-pack --id list-15 --place 150000 --publisher 民政厅 --reviewed-on 2026-11-28",
        &[DONE, (1, "the list was refused, or the pack does not load"), USAGE, (3, "evidence or an element does not stand, where --fail-dropped asks for it")],
    ))]
    Import(CatalogImport),
}

/// A form of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogForm {
    /// DCAT 3 as JSON-LD, one document
    Dcat,
    /// Open Data Contract Standard 3.1, one YAML document for each resource
    Odcs,
    /// The ministry's list (一张清单) as CSV, a row for each field
    #[value(alias = "csv")]
    List,
    /// The same list as an Excel workbook that can be filled in: drop-downs for coded columns, the needed heads in another colour
    Xlsx,
}

/// What is exported, and where to.
#[derive(Debug, ClapArgs)]
pub(crate) struct CatalogExport {
    /// The form
    #[arg(long, value_enum)]
    pub(crate) format: CatalogForm,
    /// A new file; for `odcs` a new or empty folder. Without it, standard output
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// Only these resources, for `odcs`
    #[arg(long = "resource", value_name = "ID")]
    pub(crate) resources: Vec<String>,
    /// The address under which everything is named; without it `urn:minzheng:`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) base: Option<String>,
    /// How the text of a list is written
    #[arg(long, value_enum, default_value = "utf-8-bom")]
    pub(crate) encoding: Encoding,
}

/// A list, and the pack that is made of it.
#[derive(Debug, ClapArgs)]
pub(crate) struct CatalogImport {
    /// A CSV file in UTF-8 or GB18030, or an Excel workbook (.xlsx); a row for each field
    pub(crate) list: PathBuf,
    /// The sheet of a workbook that holds the list; needed where several are not hidden
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// A new or empty folder for the pack
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The id of the pack
    #[arg(long)]
    pub(crate) id: String,
    /// The place it speaks for, a six-digit code
    #[arg(long, value_name = "CODE")]
    pub(crate) place: String,
    /// Who publishes it
    #[arg(long)]
    pub(crate) publisher: String,
    /// The day a person last read the list as a whole
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) reviewed_on: NaiveDate,
    /// One value for all blank cells of a column: 资源分级=3
    #[arg(long, value_name = "HEAD=VALUE")]
    pub(crate) fill: Vec<String>,
    /// Write nothing and end with code 3 if evidence or an element does not stand on the list
    #[arg(long)]
    pub(crate) fail_dropped: bool,
}
