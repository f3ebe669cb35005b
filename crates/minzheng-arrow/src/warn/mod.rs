//! Warning models over tables: one pass for all of them, a table of alerts, and how often each model said what.

mod alerts;
mod earlier;
mod hits;
mod kept;
mod now;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minzheng::warning::{Model, Models, Sources};
use minzheng_rules::columnar::Request;
use minzheng_rules::scenario::Engine;

use crate::error::Error;
use crate::files::TableFile;
use crate::import::Importer;
use crate::stream::given::{held, tables};
use crate::stream::{Keep, To, through};
use crate::{Progress, RunInputs, RunOptions, Summary};
pub use alerts::Alerts;

/// What is remembered of the period before. The library keeps nothing: it stands in tables, which are read beside those of the
/// households, in bounded memory; one that is in another order is sorted on disk.
///
/// ```
/// use minzheng_arrow::{Earlier, WarnOptions};
/// let options = WarnOptions { earlier: Earlier::Hits("july".into()), ..WarnOptions::default() };
/// assert_eq!(options.earlier.word(), "hits");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Earlier {
    /// Nothing.
    #[default]
    Nothing,
    /// The hits of the run before: its folder, of which `alerts` and `ended` are read, or one table of hits.
    Hits(PathBuf),
    /// The alerts that the host keeps.
    Alerts {
        /// The table of alerts so far: the key of the household and `alert`, the record as JSON; the folder `kept` of the run before is one.
        /// `None`: there are none yet.
        kept: Option<PathBuf>,
        /// The table of [suppressions](minzheng::warning::suppress::Suppression): the key of the household, `subject_id`, `model`, `id`,
        /// `level`, `from`, `until`, `reason`, `by`.
        suppressions: Option<PathBuf>,
    },
}

impl Earlier {
    /// Its word in the journal of a run.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Hits(_) => "hits",
            Self::Alerts { .. } => "alerts",
        }
    }
}

/// Which models run, and what is written of a hit.
///
/// ```
/// use minzheng_arrow::WarnOptions;
/// let options = WarnOptions { groups: vec!["c_identity".into()], ..WarnOptions::default() };
/// assert!(options.only.is_empty() && !options.words);
/// ```
#[derive(Debug, Clone, Default)]
pub struct WarnOptions {
    /// Models by id; empty: all that are switched on. A model that is named here runs even where its own row has it switched
    /// off; a place that has switched it off is left alone.
    pub only: Vec<String>,
    /// Models by id that do not run.
    pub without: Vec<String>,
    /// Groups by id; empty: all.
    pub groups: Vec<String>,
    /// Formulas by id, each a column of the alerts: of the household, or of the person where the alert is about one.
    pub figures: Vec<String>,
    /// Whether every hit is told in a sentence, in Chinese and in English: its household is evaluated again by the scalar program.
    pub words: bool,
    /// Who says the facts of the tables.
    pub sources: Arc<Sources>,
    /// What the hits are held against.
    pub earlier: Earlier,
}

/// The models that run, in the order of their ids.
pub(crate) fn chosen(models: &Models, options: &WarnOptions) -> Result<Vec<Model>, Error> {
    for id in options.only.iter().chain(&options.without) {
        models.get(id)?;
    }
    for id in &options.groups {
        models.group(id)?;
    }
    let is_wanted = |model: &&Model| {
        let named = options.only.contains(&model.id);
        (options.only.is_empty() || named)
            && !options.without.contains(&model.id)
            && (options.groups.is_empty() || options.groups.contains(&model.group))
            && (named || model.enabled || models.is_switched(model))
    };
    let named = |model: &Model| {
        let mut model = model.clone();
        model.enabled |= options.only.contains(&model.id);
        model
    };
    Ok(models.all().iter().filter(is_wanted).map(named).collect())
}

/// What the columnar program must be asked for some models: their triggers and populations, each once.
///
/// # Errors
/// `E-WARNING-NONE` where the packs have no such model or group.
///
/// ```
/// use minzheng::Engine;
/// use minzheng_arrow::{WarnOptions, warn_request};
///
/// let engine = Engine::built_in()?;
/// let only = WarnOptions { only: vec!["c01_dead_on_dibao".into()], ..WarnOptions::default() };
/// let request = warn_request(engine.models()?, &only)?;
/// assert_eq!(request.outputs, ["on_dibao", "c01_dead_on_dibao"]);
/// # Ok::<(), minzheng::Error>(())
/// ```
pub fn warn_request(models: &Models, options: &WarnOptions) -> Result<Request, Error> {
    let mut outputs: Vec<String> = Vec::new();
    for model in chosen(models, options)? {
        for rule in model.population.iter().chain([&model.trigger]) {
            if !outputs.contains(rule) {
                outputs.push(rule.clone());
            }
        }
    }
    Ok(Request {
        outputs,
        ..Request::default()
    })
}

/// Holds the models against whole tables, from files to files: `OUT/alerts/part-00000.parquet`, `OUT/findings/…` where rows are wrong,
/// `OUT/explained/….jsonl` on request, and `OUT/journal.jsonl`.
///
/// One row of `alerts` is one hit: `model`, `direction`, `level`, `subject` (`person` or `household`), the keys of the household and of
/// the person (null for a household), `place` (the place of registration, null where it is not known), `on` and `due` (`Date32`; `due`
/// null where a figure or a calendar is missing), `figure` (`Int64`: what the model holds against its line, fen for money; null where it
/// compares none, and without words where nothing asks for it), the figures asked for (null where the alert's subject has none), and with `words`
/// `sentence_zh` and `sentence_en`. Rows come in the order of households, of one household by model and person. The summary counts hits,
/// misses and what cannot be told by league and model.
///
/// With [`Earlier::Hits`] `alerts` also has `class` (`new`, `continuing`, `worse`: graver, or the figure further out) and `since`, the first
/// day of the runs in a row that hit; and `OUT/ended/…` has what was a hit and is none: the keys, the words of the model, `place`, `on`,
/// `class` (`resolved`, or `awaiting` where nobody can tell), `outcome` (`miss`, `outside`, `unknown`, `off`, `not_asked`, `absent`), `since`,
/// `last_on` and the last `figure`. What is awaited is carried on to the run after.
///
/// With [`Earlier::Alerts`] `OUT/kept/…` has every alert after this period, as [`reconcile`](minzheng::warning::reconcile()) gives it for the
/// household alone: the key of the household, `subject_id`, `model`, `class`, `state`, `direction`, `level`, `place`, `issued_on`, `due`, and
/// the record itself as JSON (`alert`); and `OUT/suppressed/…` what was held back. A hit without a place or a last day becomes no alert:
/// it is counted under `left_out`, and stands in `alerts`.
///
/// Files, parts, threads and resuming are those of [`run`](crate::run); of [`RunOptions::export`] the law known and the figures of a
/// what-if count.
///
/// # Errors
/// Those of [`run`](crate::run) and [`warn_request`]; `E-OUTPUT-NAME` where the packs have no such formula; `E-TABLE-COLUMN`, `E-TABLE-KEY` and
/// `E-ALERT-…` where a table of what is remembered does not fit or a record in it is wrong, `E-RUN-OPEN` where its run is not done.
///
/// ```
/// use minzheng::Engine;
/// use minzheng_arrow::{RunInputs, RunOptions, WarnOptions, warn};
/// use minzheng_rules::date::Day;
///
/// let engine = Engine::built_in()?;
/// let dir = std::env::temp_dir().join(format!("minzheng-warn-{}", std::process::id()));
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("households.csv"), "household_id,registration_place\nh1,159921\n")?;
/// std::fs::write(dir.join("people.csv"), "household_id,death_certified,cancelled_by_death,died_on,dibao_recipient\n\
///     h1,true,,2026-05-03,true\nh1,false,false,,true\nh1,,,,true\n")?;
/// let inputs = RunInputs { households: dir.join("households.csv"), people: dir.join("people.csv"), records: None };
/// let mut options = RunOptions::default();
/// options.import.on = Day::parse("2026-08-25");
/// let only = WarnOptions { only: vec!["c01_dead_on_dibao".into()], ..WarnOptions::default() };
/// let summary = warn(engine.rules(), engine.models()?, &inputs, &dir.join("out"), &options, &only, &mut |_| {})?;
/// let tally = summary.models()["c01_dead_on_dibao"];
/// assert_eq!((tally.hit, tally.miss, tally.unknown), (1, 1, 1)); // of whom no source of deaths has spoken is no miss
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn warn(
    engine: &Engine,
    models: &Arc<Models>,
    inputs: &RunInputs,
    out: &Path,
    options: &RunOptions<'_>,
    asked: &WarnOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, Error> {
    let teller = |importer: &Importer<'_>| Alerts::new(models, importer, &options.export, asked);
    let given = tables(engine, inputs)?;
    through(engine, given, To::Folder(out), options, teller, progress)
}

/// As [`warn`](crate::warn()), over tables that are in memory, by their names ([`TableFile::held`]). `alerts`, and `findings` where rows are wrong, go to `keep`
/// batch by batch, as those of [`run_held`](crate::run_held) do.
///
/// # Errors
/// Those of [`run_held`](crate::run_held) and [`warn_request`]; `E-OUTPUT-NAME` where the packs have no such formula.
pub fn warn_held(
    engine: &Engine,
    models: &Arc<Models>,
    tables: &BTreeMap<String, TableFile>,
    keep: &mut Keep<'_>,
    options: &RunOptions<'_>,
    asked: &WarnOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, Error> {
    let teller = |importer: &Importer<'_>| Alerts::new(models, importer, &options.export, asked);
    let mut hand = |name: &str, batch| keep(name, batch);
    let to = To::Caller(&mut hand);
    through(engine, held(engine, tables), to, options, teller, progress)
}
