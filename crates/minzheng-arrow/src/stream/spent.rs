//! What the time of a run goes into, by a clock of the caller's.

use core::fmt;
use std::time::Duration;

use super::Progress;

/// What a run, or a verification of tables, spends its time on.
///
/// ```
/// use minzheng_arrow::Phase;
/// assert_eq!(Phase::ALL.map(Phase::word), ["read", "match", "adopt", "evaluate", "write"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Digests of the tables, and their rows out of the files.
    Read,
    /// The order of keys, rows to their households, columns to facts, and what is wrong with them; a table that is out of order is
    /// sorted here. Of a verification: records to their people, and put together.
    Match,
    /// Of a verification: which value is taken for every fact.
    Adopt,
    /// The columnar program.
    Evaluate,
    /// The tables of the answer, counted, explained where asked, and written.
    Write,
}

impl Phase {
    /// All, in the order of a run.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Match,
        Self::Adopt,
        Self::Evaluate,
        Self::Write,
    ];

    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Match => "match",
            Self::Adopt => "adopt",
            Self::Evaluate => "evaluate",
            Self::Write => "write",
        }
    }
}

/// A clock of the caller's: this library has none. It is asked on every thread, so one that counts the CPU time of the calling
/// thread gives CPU time.
///
/// ```
/// use std::time::{Duration, Instant};
/// use minzheng_arrow::Clock;
/// let start = Instant::now();
/// let elapsed = move || start.elapsed();
/// assert!(Clock::new(&elapsed).now() >= Duration::ZERO);
/// ```
#[derive(Clone, Copy)]
pub struct Clock<'c>(&'c (dyn Fn() -> Duration + Sync));

impl<'c> Clock<'c> {
    /// A clock that says how long it has been going.
    pub const fn new(now: &'c (dyn Fn() -> Duration + Sync)) -> Self {
        Self(now)
    }

    /// What it says.
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Clock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Measures work, where there is a clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch<'c>(Option<Clock<'c>>);

impl<'c> Watch<'c> {
    pub(crate) const fn new(clock: Option<Clock<'c>>) -> Self {
        Self(clock)
    }

    /// Does some work, and says how long it took.
    pub(crate) fn over<T>(self, work: impl FnOnce() -> T) -> (T, Duration) {
        let Some(clock) = self.0 else {
            return (work(), Duration::ZERO);
        };
        let before = clock.now();
        let done = work();
        (done, clock.now().saturating_sub(before))
    }
}

/// Time by phase.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent([Duration; 5]);

impl Spent {
    pub(crate) fn one(phase: Phase, time: Duration) -> Self {
        Self(Phase::ALL.map(|p| if p == phase { time } else { Duration::ZERO }))
    }

    pub(crate) fn add(&mut self, more: &Self) {
        for (own, more) in self.0.iter_mut().zip(more.0) {
            *own = own.saturating_add(more);
        }
    }

    /// What was spent on each phase that was met; nothing where there is no clock.
    pub(crate) fn each(self) -> impl Iterator<Item = (Phase, Duration)> {
        let all = Phase::ALL.into_iter().zip(self.0);
        all.filter(|(_, time)| *time > Duration::ZERO)
    }

    /// Tells what was spent.
    pub(super) fn tell(self, rows: usize, progress: &mut dyn FnMut(Progress)) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        for (phase, time) in self.each() {
            progress(Progress::Spent { phase, time, rows });
        }
    }
}
