//! Where calls run, for bindings that have no tokio of their own. Safe after a fork: the child
//! builds its own runtimes.

use std::future::Future;
use std::time::Duration;

/// Drives a future on the calling thread. `tick` is called about every `every`; where it gives
/// `Some`, the future is dropped and that value returned as the error.
pub fn block_on<F: Future, E>(
    _future: F,
    _every: Duration,
    _tick: impl FnMut() -> Option<E>,
) -> Result<F::Output, E> {
    unimplemented!("being written")
}

/// Starts a future on the background runtime (one thread).
pub fn spawn<F>(_future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    unimplemented!("being written")
}
