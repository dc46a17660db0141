//! Where calls run, for bindings that have no tokio of their own. Safe after a fork: threads do not
//! survive it, so the child builds its own runtimes and leaves its parent's alone.

use std::cell::RefCell;
use std::future::Future;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use crate::fork::Process;

/// Something that belongs to one process.
struct Owned<T> {
    process: Process,
    value: T,
}

static CALLING: ArcSwapOption<Owned<Callers>> = ArcSwapOption::const_empty();
static BACKGROUND: ArcSwapOption<Owned<Background>> = ArcSwapOption::const_empty();
static ON_THREAD_START: OnceLock<fn()> = OnceLock::new();

/// Runtimes at once for threads that wait for their calls; further threads share them.
const MOST_RUNTIMES: usize = 64;

/// Runtimes for threads that wait for their calls. Each drives the runtime that it takes, with the
/// connections on it, so that no thread waits for another; the one that was given back last is taken
/// first, since its connections are the freshest.
#[derive(Default)]
struct Callers {
    free: Mutex<Vec<Arc<Runtime>>>,
    all: Mutex<Vec<Arc<Runtime>>>,
}

/// The runtime of what nobody waits for, and its pulse.
struct Background {
    runtime: Runtime,
    pulse: Arc<Pulse>,
}

/// A timer that is due before those of calls. tokio wakes a runtime for each timer that is due before all
/// others, also where it is awake: without this one, that is a call of the system for every second call.
/// It rests where there are no calls.
#[derive(Default)]
struct Pulse {
    beats: AtomicBool,
    /// There were calls since the last beat.
    is_wanted: AtomicBool,
}

impl Background {
    const BEAT: Duration = Duration::from_secs(1);

    fn start() -> Self {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("brevo-native").on_thread_start(thread_starts);
        builder.on_thread_park(wake_sleepers);
        Background { runtime: started(&mut builder), pulse: Arc::default() }
    }

    fn keep_pulse(&self) {
        self.pulse.is_wanted.store(true, Ordering::Relaxed);
        if !self.pulse.beats.swap(true, Ordering::Relaxed) {
            let pulse = self.pulse.clone();
            self.runtime.spawn(async move {
                while pulse.is_wanted.swap(false, Ordering::Relaxed) {
                    sleep(Self::BEAT).await;
                }
                pulse.beats.store(false, Ordering::Relaxed);
            });
        }
    }
}

/// A runtime for the time of a call.
struct Taken<'a> {
    callers: &'a Callers,
    runtime: Option<Arc<Runtime>>,
}

impl Callers {
    fn take(&self) -> Taken<'_> {
        let free = lock(&self.free).pop();
        Taken { callers: self, runtime: Some(free.unwrap_or_else(|| self.another())) }
    }

    fn another(&self) -> Arc<Runtime> {
        let mut all = lock(&self.all);
        if all.len() == MOST_RUNTIMES {
            // Where several threads are on one runtime, one of them drives it for all.
            return all[fastrand::usize(..MOST_RUNTIMES)].clone();
        }
        let mut builder = Builder::new_current_thread();
        let runtime = Arc::new(started(builder.on_thread_start(thread_starts)));
        all.push(runtime.clone());
        runtime
    }
}

impl Deref for Taken<'_> {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        self.runtime.as_ref().expect("there until it is dropped")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut free = lock(&self.callers.free);
        // One that is shared comes back once.
        if let Some(runtime) = self.runtime.take()
            && !free.iter().any(|other| Arc::ptr_eq(other, &runtime))
        {
            free.push(runtime);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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

fn started(builder: &mut Builder) -> Runtime {
    match builder.enable_all().build() {
        Ok(runtime) => runtime,
        // No thread or file descriptor is left: there is nothing to run on.
        Err(error) => panic!("no runtime can be started: {error}"),
    }
}

/// What is in the slot, made anew in a forked child. Where two threads make it at once, one of both is
/// not wanted.
fn ours<T>(slot: &ArcSwapOption<Owned<T>>, make: impl Fn() -> T, unwanted: impl Fn(T)) -> Arc<Owned<T>> {
    loop {
        let found = slot.load_full();
        match &found {
            Some(owned) if owned.process.is_this() => return owned.clone(),
            _ => {
                let fresh = Arc::new(Owned { process: Process::this(), value: make() });
                let before = slot.compare_and_swap(&found, Some(fresh.clone()));
                if let Some(stale) = (*before).clone().filter(|owned| !owned.process.is_this()) {
                    // Its threads live in the parent only; joining them would never end.
                    std::mem::forget(stale);
                }
                if let Some(owned) = Arc::into_inner(fresh) {
                    unwanted(owned.value);
                }
            }
        }
    }
}

/// Drives a future on the calling thread.
pub fn wait<F: Future>(future: F) -> F::Output {
    let callers = ours(&CALLING, Callers::default, drop);
    callers.value.take().block_on(future)
}

/// Drives a future on the calling thread. `tick` is called about every `every`; where it gives
/// `Some`, the future is dropped and that value is the error.
pub fn block_on<F: Future, E>(
    future: F,
    every: Duration,
    mut tick: impl FnMut() -> Option<E>,
) -> Result<F::Output, E> {
    wait(async {
        let mut future = std::pin::pin!(future);
        let mut pause = std::pin::pin!(sleep(every));
        loop {
            tokio::select! {
                biased;
                output = &mut future => return Ok(output),
                () = &mut pause => {
                    if let Some(stop) = tick() {
                        return Err(stop);
                    }
                    pause.as_mut().reset(Instant::now() + every);
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
    // To be waited for, as dropping it would, is not possible within another runtime.
    let unwanted = |background: Background| background.runtime.shutdown_background();
    let background = ours(&BACKGROUND, Background::start, unwanted);
    background.value.keep_pulse();
    background.value.runtime.spawn(future)
}

/// A thread of the program, or its event loop, that takes what calls in the background give.
pub trait Sleeper: Send + Sync {
    /// Wakes it, where there is still something to take.
    fn wake(&self);
}

/// What calls in the background leave for an event loop, which takes all of it at once.
pub struct Mailbox<T, B> {
    inside: Mutex<Mail<T>>,
    bell: B,
}

struct Mail<T> {
    items: Vec<T>,
    /// The loop was woken, and has not come yet.
    is_rung: bool,
}

/// How an event loop is woken, on any thread.
pub trait Bell: Send + Sync {
    /// Wakes it.
    fn ring(&self);
}

impl<T: Send + 'static, B: Bell + 'static> Mailbox<T, B> {
    /// An empty one.
    pub fn new(bell: B) -> Arc<Self> {
        Arc::new(Mailbox { inside: Mutex::new(Mail { items: Vec::new(), is_rung: false }), bell })
    }

    /// By what its loop is woken.
    pub fn bell(&self) -> &B {
        &self.bell
    }

    /// Leaves something, and wakes the loop as [`wake`] does.
    pub fn push(self: &Arc<Self>, item: T) {
        lock(&self.inside).items.push(item);
        wake(self);
    }

    /// All that is there, in the order in which it came.
    pub fn take(&self) -> Vec<T> {
        let mut inside = lock(&self.inside);
        inside.is_rung = false;
        std::mem::take(&mut inside.items)
    }
}

impl<T: Send, B: Bell> Sleeper for Mailbox<T, B> {
    fn wake(&self) {
        let mut inside = lock(&self.inside);
        if inside.items.is_empty() || std::mem::replace(&mut inside.is_rung, true) {
            return;
        }
        drop(inside);
        self.bell.ring();
    }
}

/// Calls whose end may wait for those behind it.
const MOST_WAITING: u32 = 64;

/// Who is to be woken, and for how many reasons.
type Sleepers = Vec<(Arc<dyn Sleeper>, u32)>;

thread_local! {
    /// On a thread of the background runtime: who is to be woken before it rests.
    static SLEEPERS: RefCell<Option<Sleepers>> = const { RefCell::new(None) };
}

/// Wakes a sleeper. Where a thread of the background runtime asks for it, that waits until it has dealt with
/// everything else that has come, though not with more than a few calls: the sleeper then takes all of it at once.
/// Woken for each of them, it would often push this thread off its processor, only to be put to sleep again.
pub fn wake<S: Sleeper + 'static>(sleeper: &Arc<S>) {
    let later = SLEEPERS.try_with(|sleepers| {
        let mut sleepers = sleepers.borrow_mut();
        let Some(sleepers) = sleepers.as_mut() else { return false };
        let is_it = |(other, _): &(Arc<dyn Sleeper>, u32)| {
            std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(sleeper))
        };
        let Some(at) = sleepers.iter().position(is_it) else {
            sleepers.push((sleeper.clone(), 1));
            return true;
        };
        sleepers[at].1 += 1;
        let waits = sleepers[at].1 < MOST_WAITING;
        if !waits {
            sleepers.swap_remove(at);
        }
        waits
    });
    if !later.unwrap_or(false) {
        sleeper.wake();
    }
}

fn wake_sleepers() {
    let next = || SLEEPERS.with_borrow_mut(|sleepers| sleepers.get_or_insert_default().pop());
    while let Some((sleeper, _)) = next() {
        sleeper.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Sleeper for Count {
        fn wake(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often a task of the background wakes somebody who is woken so many times in one turn.
    fn woken(times: u32) -> (u32, u32) {
        let sleeper = Arc::new(Count::default());
        let count = |sleeper: &Count| sleeper.0.load(Ordering::SeqCst);
        let meanwhile = wait(async {
            // Once it has rested, it is known to be of the background.
            spawn(sleep(Duration::from_millis(1))).await.expect("it sleeps");
            let sleeper = sleeper.clone();
            let task = spawn(async move {
                (0..times).for_each(|_| wake(&sleeper));
                count(&sleeper)
            });
            task.await.expect("it wakes")
        });
        let start = Instant::now();
        while count(&sleeper) == meanwhile && start.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(Duration::from_millis(1));
        }
        (meanwhile, count(&sleeper))
    }

    #[test]
    fn sleepers_are_woken_once_for_all_that_comes_in_a_turn() {
        let sleeper = Arc::new(Count::default());
        wake(&sleeper);
        assert_eq!(sleeper.0.load(Ordering::SeqCst), 1, "other threads wake at once");
        assert_eq!(woken(1), (0, 1));
        assert_eq!(woken(3), (0, 1));
        assert_eq!(woken(MOST_WAITING + 3), (1, 2));
    }
}
