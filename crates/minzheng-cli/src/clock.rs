//! What a run spends its time on.

use std::collections::BTreeMap;
use std::time::Duration;

use minzheng::Lang;
use minzheng_arrow::Phase;

use crate::output::{pick, table};

/// CPU time of the calling thread.
#[cfg(unix)]
pub(crate) fn of_thread() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let nanos = u32::try_from(now.tv_nsec).unwrap_or(0);
    Duration::new(now.tv_sec.unsigned_abs(), nanos)
}

/// Time on the wall: here no thread says what it used.
#[cfg(not(unix))]
pub(crate) fn of_thread() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// Time and rows by phase.
#[derive(Debug, Default)]
pub(crate) struct Timings(BTreeMap<Phase, (Duration, u64)>);

impl Timings {
    pub(crate) fn add(&mut self, phase: Phase, time: Duration, rows: u64) {
        let own = self.0.entry(phase).or_default();
        own.0 = own.0.saturating_add(time);
        own.1 = own.1.saturating_add(rows);
    }

    /// A line for every phase: seconds, rows, rows a second.
    pub(crate) fn words(&self, lang: Lang) -> String {
        let heads = [
            ("阶段", "phase"),
            ("CPU 秒", "CPU seconds"),
            ("行", "rows"),
            ("行/秒", "rows a second"),
        ];
        let mut lines = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
        for (phase, (time, rows)) in &self.0 {
            let name = match phase {
                Phase::Read => ("读取", "read"),
                Phase::Match => ("匹配", "match"),
                Phase::Adopt => ("采信", "adopt"),
                Phase::Evaluate => ("认定", "evaluate"),
                Phase::Write => ("写出", "write"),
            };
            let per_second = u128::from(*rows)
                .saturating_mul(1_000_000)
                .checked_div(time.as_micros());
            lines.push(vec![
                pick(name, lang).to_owned(),
                format!("{}.{:03}", time.as_secs(), time.subsec_millis()),
                rows.to_string(),
                per_second.map_or_else(|| "–".to_owned(), |n| n.to_string()),
            ]);
        }
        table(&lines)
    }
}
