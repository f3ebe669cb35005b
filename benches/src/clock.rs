//! CPU time of this process, all threads together.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time this process has used so far.
#[must_use]
pub fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
