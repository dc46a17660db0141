//! Where calls run, for bindings that have no tokio of their own. Safe after a fork: threads do not
//! survive it, so the child builds its own runtimes and leaves its parent's alone.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::runtime::{Builder, Runtime};

struct Owned {
    process: u32,
    runtime: Runtime,
}

static CALLING: ArcSwapOption<Owned> = ArcSwapOption::const_empty();
static BACKGROUND: ArcSwapOption<Owned> = ArcSwapOption::const_empty();
static ON_THREAD_START: OnceLock<fn()> = OnceLock::new();

/// What each thread of the runtimes does first, such as keeping the program's signals away from it.
/// The first function stays; give it before the first call.
pub fn on_thread_start(function: fn()) {
    let _ = ON_THREAD_START.set(function);
}

fn thread_starts() {
    if let Some(function) = ON_THREAD_START.get() {
        function();
    }
}

fn runtime(slot: &ArcSwapOption<Owned>, build: impl Fn() -> Builder) -> Arc<Owned> {
    let process = std::process::id();
    loop {
        let found = slot.load_full();
        match &found {
            Some(owned) if owned.process == process => return owned.clone(),
            _ => {
                let runtime = match build().build() {
                    Ok(runtime) => runtime,
                    // No thread or file descriptor is left: there is nothing to run on.
                    Err(error) => panic!("no runtime can be started: {error}"),
                };
                let fresh = Arc::new(Owned { process, runtime });
                let before = slot.compare_and_swap(&found, Some(fresh));
                if let Some(stale) = (*before).clone().filter(|owned| owned.process != process) {
                    // Its threads live in the parent only; joining them would never end.
                    std::mem::forget(stale);
                }
            }
        }
    }
}

/// Drives a future on the calling thread. `tick` is called about every `every`; where it gives
/// `Some`, the future is dropped and that value is the error.
///
/// All threads share one single-threaded runtime: whoever waits drives the connections for all.
pub fn block_on<F: Future, E>(
    future: F,
    every: Duration,
    mut tick: impl FnMut() -> Option<E>,
) -> Result<F::Output, E> {
    let owned = runtime(&CALLING, || {
        let mut builder = Builder::new_current_thread();
        builder.on_thread_start(thread_starts).enable_all();
        builder
    });
    owned.runtime.block_on(async {
        let mut future = std::pin::pin!(future);
        loop {
            match tokio::time::timeout(every, &mut future).await {
                Ok(output) => return Ok(output),
                Err(_) => {
                    if let Some(stop) = tick() {
                        return Err(stop);
                    }
                }
            }
        }
    })
}

/// Starts a future on the background runtime (one thread).
pub fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let owned = runtime(&BACKGROUND, || {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("brevo-native");
        builder.on_thread_start(thread_starts).enable_all();
        builder
    });
    owned.runtime.spawn(future)
}
