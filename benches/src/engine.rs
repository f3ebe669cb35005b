//! What answers for all households at once: a function of this program, or a peer in a process of its own.

use std::path::Path;
use std::time::Duration;

use arrow_array::RecordBatch;

use crate::clock;
use crate::columns::check_value;
use crate::data::Population;
use crate::manifest::Bench;
use crate::peer::{Peer, Peers};
use crate::{aggregates, matching, ours, reference};

/// A run that can be repeated: everything that is done once for a plan and its data is already done. It gives a row a
/// household, in their order, with the columns that the manifest names under `answer`.
pub type Prepared<'a> = Box<dyn FnMut() -> Result<RecordBatch, String> + 'a>;

/// Does what is done once.
pub type Prepare = for<'a> fn(&'a Bench, &'a Population) -> Result<Prepared<'a>, String>;

/// An engine of this program, for one bench.
struct Native {
    engine: &'static str,
    bench: &'static str,
    prepare: Prepare,
}

/// A new engine is a row here and a pair in the manifest.
const NATIVE: &[Native] = &[
    Native {
        engine: "minzheng",
        bench: "reference",
        prepare: ours::columnar,
    },
    Native {
        engine: "minzheng",
        bench: "aggregates",
        prepare: ours::columnar,
    },
    Native {
        engine: "minzheng",
        bench: "models",
        prepare: ours::columnar,
    },
    Native {
        engine: "minzheng",
        bench: "shipped",
        prepare: ours::columnar,
    },
    Native {
        engine: "sum",
        bench: "models",
        prepare: ours::sum,
    },
    Native {
        engine: "minzheng",
        bench: "matching",
        prepare: matching::ours,
    },
    Native {
        engine: "loop",
        bench: "matching",
        prepare: matching::by_hand,
    },
    Native {
        engine: "loop",
        bench: "reference",
        prepare: reference::by_hand,
    },
    Native {
        engine: "loop",
        bench: "aggregates",
        prepare: aggregates::by_hand,
    },
];

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// CPU time of all threads of its process.
    pub cpu: Duration,
    /// The check value of its answer.
    pub check: u64,
}

/// An engine with its data at hand.
pub trait Engine {
    /// Name and version, for the report.
    fn version(&self) -> &str;

    /// Answers once, timed; the check value is worked out after the clock has stopped.
    ///
    /// # Errors
    /// What stopped it.
    fn run(&mut self) -> Result<Run, String>;

    /// Answers once, for the answer.
    ///
    /// # Errors
    /// What stopped it.
    fn answer(&mut self) -> Result<RecordBatch, String>;
}

struct InProcess<'a> {
    prepared: Prepared<'a>,
    bench: &'a Bench,
}

impl Engine for InProcess<'_> {
    fn version(&self) -> &'static str {
        concat!("minzheng ", env!("CARGO_PKG_VERSION"))
    }

    fn run(&mut self) -> Result<Run, String> {
        let before = clock::cpu();
        let answer = (self.prepared)()?;
        let cpu = clock::cpu().saturating_sub(before);
        let check = check_value(&answer, &self.bench.answer)?;
        Ok(Run { cpu, check })
    }

    fn answer(&mut self) -> Result<RecordBatch, String> {
        (self.prepared)()
    }
}

/// Whether an engine is a function of this program.
#[must_use]
pub fn is_native(name: &str) -> bool {
    NATIVE.iter().any(|native| native.engine == name)
}

/// Readies an engine for a bench. `folder` holds the data as files.
///
/// # Errors
/// No engine of that name for the bench, or one that does not start.
pub fn ready<'a>(
    name: &str,
    bench: &'a Bench,
    population: &'a Population,
    peers: Option<&Peers>,
    folder: &Path,
) -> Result<Box<dyn Engine + 'a>, String> {
    if let Some(native) = NATIVE
        .iter()
        .find(|native| native.engine == name && native.bench == bench.id)
    {
        let prepared = (native.prepare)(bench, population)?;
        return Ok(Box::new(InProcess { prepared, bench }));
    }
    let peers = peers.ok_or_else(|| format!("no engine `{name}` for the bench `{}`", bench.id))?;
    Ok(Box::new(Peer::start(peers, name, &bench.id, folder)?))
}
