//! Every source past the people, on as many threads as were asked for; the answer does not depend on them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};

use super::run::{VerifyOptions, VerifyStep, tell};
use super::source::{Against, Matched, Source, stream};
use crate::error::{Error, fault};

/// Sources that wait, each with its place.
type Queue<'a> = Mutex<std::iter::Enumerate<std::vec::IntoIter<Source<'a>>>>;

/// Matches all of them, in their order.
pub(super) fn all(
    sources: Vec<Source<'_>>,
    against: &Against<'_>,
    options: &VerifyOptions<'_>,
    progress: &mut dyn FnMut(VerifyStep),
) -> Result<Vec<Matched>, Error> {
    let threads = options.threads.min(sources.len());
    if threads < 2 {
        let one = |source| matched(source, against, options, progress);
        return sources.into_iter().map(one).collect();
    }
    let queue: Queue<'_> = Mutex::new(sources.into_iter().enumerate());
    // the first source that failed: what stands behind it need not be done
    let failed = AtomicUsize::new(usize::MAX);
    let (sender, steps) = channel();
    let mut done: Vec<(usize, Result<Matched, Error>)> = std::thread::scope(|scope| {
        let (queue, failed) = (&queue, &failed);
        let started: Vec<_> = (0..threads)
            .map(|_| {
                let sender = sender.clone();
                scope.spawn(move || work(queue, failed, against, options, &sender))
            })
            .collect();
        drop(sender);
        steps.into_iter().for_each(progress);
        let ended = started.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|done| done.map_err(|_| fault("")))
            .collect::<Result<Vec<_>, Error>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, matched)| matched).collect()
}

/// Takes one source after the other.
fn work(
    queue: &Queue<'_>,
    failed: &AtomicUsize,
    against: &Against<'_>,
    options: &VerifyOptions<'_>,
    sender: &Sender<VerifyStep>,
) -> Vec<(usize, Result<Matched, Error>)> {
    let mut out = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((at, source)) = next.filter(|(at, _)| *at < failed.load(Ordering::Relaxed)) else {
            return out;
        };
        // nobody listens once the caller is gone
        let mut step = |step| drop(sender.send(step));
        let done = matched(source, against, options, &mut step);
        if done.is_err() {
            failed.fetch_min(at, Ordering::Relaxed);
        }
        out.push((at, done));
    }
}

/// One source, which says how far it is and stops where it is asked to.
fn matched(
    source: Source<'_>,
    against: &Against<'_>,
    options: &VerifyOptions<'_>,
    step: &mut dyn FnMut(VerifyStep),
) -> Result<Matched, Error> {
    let item = source.resource.id.clone();
    stream(source, against, &mut |rows, more, spent| {
        tell(spent, more, step);
        step(VerifyStep::Matched {
            item: item.clone(),
            rows,
        });
        options.go_on()
    })
}
