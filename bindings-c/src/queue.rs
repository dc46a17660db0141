//! Where calls under way are kept, and what came of them until the program takes it: by a callback
//! on our thread, by a callback on a thread of the program's choice, or by asking.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::task::Poll;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use brevo_core::fork::Process;
use brevo_core::jobs::Bar;
use brevo_core::runtime::Sleeper;
use brevo_core::{Kind, jobs, runtime};
use foldhash::fast::FixedState;
use tokio::task::AbortHandle;

use crate::boundary::{Result, c_string, panic_text};
use crate::error::Error;
use crate::reply::Reply;
use crate::rows::Source;

/// Called once for each asynchronous call, when it is over. The callback owns what it is given and
/// frees it (brevo_reply_free, brevo_error_free): a reply where the call succeeded, else an error;
/// neither behind the last page of brevo_pages_next_async. `user_data` is handed over as it is. No
/// exception may leave the callback, nor longjmp.
pub type Done = Option<
    unsafe extern "C" fn(reply: Option<Box<Reply>>, error: Option<Box<Error>>, user_data: *mut c_void),
>;

/// How far a job has come. What is not known is below 0. A later version of this library may add
/// fields at the end, and then gives a larger `size`: it and its text are valid only during the callback.
#[repr(C)]
pub struct Progress {
    /// Bytes of this structure: fields that end behind them are not there.
    pub(crate) size: usize,
    /// What is being done, in one word ("read", "send", "wait", "write"). Never NULL.
    pub(crate) stage: *const c_char,
    /// Units done.
    pub(crate) done: u64,
    /// All units.
    pub(crate) total: i64,
    /// Bytes of the source read.
    pub(crate) bytes: i64,
    /// All bytes of the source.
    pub(crate) total_bytes: i64,
    /// Units done in a second, on average.
    pub(crate) rate: f64,
    /// Seconds that the rest takes at this rate.
    pub(crate) remaining: f64,
}

impl Progress {
    /// Nothing is known yet.
    const UNKNOWN: Progress = Progress {
        size: size_of::<Progress>(),
        stage: c"".as_ptr(),
        done: 0,
        total: -1,
        bytes: -1,
        total_bytes: -1,
        rate: -1.0,
        remaining: -1.0,
    };

    /// The figures; `stage` is the text of theirs.
    fn of(progress: &jobs::Progress, stage: &CStr) -> Self {
        let count = |figure: Option<u64>| figure.and_then(|figure| i64::try_from(figure).ok()).unwrap_or(-1);
        Progress {
            stage: stage.as_ptr(),
            done: progress.done,
            total: count(progress.total),
            bytes: count(progress.bytes),
            total_bytes: count(progress.total_bytes),
            rate: progress.rate.unwrap_or(-1.0),
            remaining: progress.remaining.unwrap_or(-1.0),
            ..Self::UNKNOWN
        }
    }

    /// The figures as the core has them, without the stage.
    fn figures(&self) -> jobs::Progress {
        let count = |figure: i64| u64::try_from(figure).ok();
        let number = |figure: f64| (figure >= 0.0).then_some(figure);
        jobs::Progress {
            stage: "",
            done: self.done,
            total: count(self.total),
            bytes: count(self.bytes),
            total_bytes: count(self.total_bytes),
            rate: number(self.rate),
            remaining: number(self.remaining),
        }
    }
}

/// Called now and then during a job, on the thread that called brevo_job, or for brevo_job_async on
/// the thread of `done` and before it. Give 0 to go on, anything else to stop the job soon, which then
/// fails with BREVO_KIND_CANCELLED. No exception may leave the callback, nor longjmp. During brevo_job
/// it must not call the API.
pub type OnProgress =
    Option<unsafe extern "C" fn(progress: *const Progress, user_data: *mut c_void) -> c_int>;

/// Called by brevo_job_rows for each row that the job reads, on the thread that called it; for
/// brevo_job_rows_async on the thread of `done` and before it. Sets *row, which is NULL before, to the
/// next row: the JSON text of an object. Leaves it NULL behind the last row, and is not called again
/// then. The text stays the program's, and must not change until the callback is called again or the
/// job is over. Give 0 to go on, anything else to stop the job, which then fails with
/// BREVO_KIND_CANCELLED when what was on its way has come to its end. The callback may call any
/// function of this library, but not wait for its own job. No exception may leave it, nor longjmp.
pub type Rows = Option<unsafe extern "C" fn(row: *mut *const c_char, user_data: *mut c_void) -> c_int>;

/// What came of a call; no reply behind the last page.
pub(crate) type Outcome = Result<Option<Box<Reply>>>;

/// Functions of the program, and what it wants to be handed to them.
pub(crate) struct Callbacks {
    pub(crate) done: Done,
    pub(crate) on_progress: OnProgress,
    pub(crate) user_data: *mut c_void,
    stopped: AtomicBool,
    /// Rows that a job reads.
    rows: Option<Arc<Source>>,
    /// Where progress is shown by us.
    bar: Option<Mutex<Bar>>,
}

// SAFETY: the pointer is never followed here; it is the program's to hand over to the thread which
// the header names.
unsafe impl Send for Callbacks {}
// SAFETY: as above.
unsafe impl Sync for Callbacks {}

impl Callbacks {
    pub(crate) fn new(done: Done, on_progress: OnProgress, user_data: *mut c_void) -> Self {
        let ours: unsafe extern "C" fn(*const Progress, *mut c_void) -> c_int = brevo_progress_bar;
        let bar = on_progress.filter(|given| std::ptr::fn_addr_eq(*given, ours));
        let bar = bar.map(|_| Mutex::new(Bar::new(columns())));
        Callbacks { done, on_progress, user_data, stopped: AtomicBool::new(false), rows: None, bar }
    }

    /// Those of a job that reads rows.
    pub(crate) fn with_rows(mut self, rows: Arc<Source>) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Tells the program how far a job is, unless it has stopped it. False: it stops it now.
    pub(crate) fn report(&self, progress: &jobs::Progress) -> bool {
        if let Some(bar) = &self.bar {
            write(bar.lock().unwrap_or_else(PoisonError::into_inner).tell(progress));
            return true;
        }
        let Some(call) = self.on_progress else { return true };
        if self.stopped() {
            return true;
        }
        let stage = c_string(progress.stage);
        let progress = Progress::of(progress, &stage);
        // SAFETY: the program gave a function of this type; the structure and its text live during the call.
        let go_on = unsafe { call(&raw const progress, self.user_data) } == 0;
        self.stopped.store(!go_on, Ordering::Relaxed);
        go_on
    }

    /// There is nothing more to tell before the end.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            write(bar.lock().unwrap_or_else(PoisonError::into_inner).finish());
        }
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The error of a call that was ended.
    fn given_up(&self) -> Box<Error> {
        let why =
            if self.stopped() { "the progress callback stopped the job" } else { "the call was cancelled" };
        brevo_core::Error::new(Kind::Cancelled, why).into()
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.finish();
    }
}

/// To be given as the `on_progress` of a job, with any user_data: shows on the error output how far the job
/// is, with rows, bytes, rate and remaining time. On a terminal it draws a bar for each stage, elsewhere
/// it writes a line now and then. Called by a program itself, it writes a line where `size` is
/// that of the structure, and gives 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_progress_bar(progress: *const Progress, user_data: *mut c_void) -> c_int {
    let _ = user_data;
    crate::boundary::shield(0, || {
        // SAFETY: NULL or a structure that begins with its size, as the header says.
        if unsafe { progress.cast::<usize>().as_ref() }.is_none_or(|size| *size < size_of::<Progress>()) {
            return 0;
        }
        // SAFETY: so many bytes are there.
        let progress = unsafe { &*progress };
        // SAFETY: a text or NULL, as the header says.
        let stage = unsafe { crate::boundary::text("stage", progress.stage) }.ok().flatten();
        let stage = stage.unwrap_or_default();
        let mut bar = Bar::new(None);
        bar.tell(&progress.figures());
        write(bar.finish().map(|line| format!("{stage}{line}")));
        0
    })
}

/// A program without an error output has none.
fn write(text: Option<String>) {
    use std::io::Write;
    if let Some(text) = text {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// Columns of the terminal that the error output is; `None` where it is none.
#[cfg(unix)]
fn columns() -> Option<usize> {
    use std::io::IsTerminal;
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let mut size = std::mem::MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: `ioctl` writes the structure that this request is made for, and zeros are one.
    let columns = unsafe {
        libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, size.as_mut_ptr());
        size.assume_init().ws_col
    };
    Some(if columns == 0 { 80 } else { columns.into() })
}

/// Columns of the terminal that the error output is; `None` where it is none.
#[cfg(not(unix))]
fn columns() -> Option<usize> {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal().then_some(80)
}

/// Calls under way, and those that ended and are not yet told.
pub(crate) struct Place {
    process: Process,
    /// The thread that runs the callbacks, where it is ours.
    thread: OnceLock<ThreadId>,
    /// Socket to read from and to write to: readable while callbacks wait to be run.
    #[cfg(unix)]
    signal: Option<(std::os::unix::net::UnixStream, std::os::unix::net::UnixStream)>,
    inside: Mutex<Inside>,
    /// Told of everything that changes inside, where somebody waits for it.
    changed: Condvar,
}

#[derive(Default)]
struct Inside {
    next: u64,
    /// Somebody waits for a change, and was not woken yet.
    is_awaited: bool,
    /// The program has asked for the descriptor.
    is_watched: bool,
    /// The descriptor is readable.
    #[cfg(unix)]
    is_raised: bool,
    calls: HashMap<u64, Call, FixedState>,
    events: VecDeque<Event>,
}

struct Call {
    callbacks: Arc<Callbacks>,
    /// Ends the work; none for the moment in which it begins.
    work: Option<AbortHandle>,
    stage: Stage,
    /// Nobody will ask for the outcome.
    forgotten: bool,
}

enum Stage {
    UnderWay,
    Ended(Outcome),
    Telling(ThreadId),
}

enum Event {
    Progress(u64, jobs::Progress),
    /// A job wants rows.
    Wanted(u64),
    Done(u64),
}

/// Our own place, made when it is needed.
static OURS: ArcSwapOption<Place> = ArcSwapOption::const_empty();

impl Place {
    fn new() -> Self {
        Place {
            process: Process::this(),
            thread: OnceLock::new(),
            #[cfg(unix)]
            signal: None,
            inside: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// A place whose callbacks the program runs, with something to wait for in its event loop.
    pub(crate) fn of_the_program() -> std::io::Result<Self> {
        #[allow(unused_mut)]
        let mut place = Place::new();
        #[cfg(unix)]
        {
            let (read, write) = std::os::unix::net::UnixStream::pair()?;
            read.set_nonblocking(true)?;
            write.set_nonblocking(true)?;
            place.signal = Some((read, write));
        }
        Ok(place)
    }

    /// The place whose callbacks our thread runs.
    pub(crate) fn ours() -> std::io::Result<Arc<Self>> {
        loop {
            let found = OURS.load_full();
            match &found {
                Some(place) if place.is_of_this_process() => return Ok(place.clone()),
                _ => {
                    // The thread is there before anybody can see the place: it may not start.
                    let (give, wait) = mpsc::channel::<Arc<Place>>();
                    thread::Builder::new().name("brevo-callbacks".into()).spawn(move || {
                        if let Ok(place) = wait.recv() {
                            keep_signals_away();
                            let _ = place.thread.set(thread::current().id());
                            loop {
                                place.tell(place.wait_for_event());
                            }
                        }
                    })?;
                    let fresh = Arc::new(Place::new());
                    let before = OURS.compare_and_swap(&found, Some(fresh.clone()));
                    if before.as_ref().map(Arc::as_ptr) == found.as_ref().map(Arc::as_ptr) {
                        // What a fork left behind is the parent's; its locks must not be touched.
                        std::mem::forget(found);
                        let _ = give.send(fresh);
                    }
                }
            }
        }
    }

    pub(crate) fn is_of_this_process(&self) -> bool {
        self.process.is_this()
    }

    #[cfg(unix)]
    pub(crate) fn descriptor(&self) -> c_int {
        use std::os::fd::AsRawFd;
        let Some((read, _)) = &self.signal else { return -1 };
        let mut inside = self.inside();
        inside.is_watched = true;
        self.raise(&mut inside);
        read.as_raw_fd()
    }

    /// Makes the descriptor readable where callbacks wait. At most one byte is on its way.
    #[cfg(unix)]
    fn raise(&self, inside: &mut Inside) {
        use std::io::Write;
        if let Some((_, write)) = &self.signal
            && inside.is_watched
            && !inside.events.is_empty()
            && !std::mem::replace(&mut inside.is_raised, true)
        {
            let _ = { write }.write(&[1]);
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn descriptor(&self) -> c_int {
        -1
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, mut inside: MutexGuard<'a, Inside>, until: Option<Instant>) -> MutexGuard<'a, Inside> {
        inside.is_awaited = true;
        match until {
            None => self.changed.wait(inside).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                self.changed.wait_timeout(inside, left).unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    /// Lets go of what is inside and wakes those who wait; in this order, since they would only wait again,
    /// for the lock. Waking is a call of the system, so it is left out where nobody waits.
    fn tell_of_change(&self, mut inside: MutexGuard<'_, Inside>) {
        #[cfg(unix)]
        self.raise(&mut inside);
        let is_awaited = std::mem::take(&mut inside.is_awaited);
        drop(inside);
        if is_awaited {
            self.changed.notify_all();
        }
    }

    /// Begins work in the background and gives its number. What it reports reaches the program in order,
    /// before the end does.
    pub(crate) fn begin<F>(self: &Arc<Self>, callbacks: Callbacks, work: impl FnOnce(Reporter) -> F) -> u64
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let number = {
            let mut inside = self.inside();
            inside.next += 1;
            let number = inside.next;
            let callbacks = Arc::new(callbacks);
            inside
                .calls
                .insert(number, Call { callbacks, work: None, stage: Stage::UnderWay, forgotten: false });
            number
        };
        let work = work(Reporter { place: self.clone(), number });
        let duty = Duty { place: self.clone(), number, outcome: None };
        // Not under the lock: the background may begin with it at once.
        let task = runtime::spawn(duty.fulfil(work));
        let mut inside = self.inside();
        if let Some(call) = inside.calls.get_mut(&number) {
            call.work = Some(task.abort_handle());
            self.tell_of_change(inside);
        }
        number
    }

    /// A call is over; without an outcome it was given up.
    fn end(self: &Arc<Self>, number: u64, outcome: Option<Outcome>) {
        let mut inside = self.inside();
        let Some(call) = inside.calls.get_mut(&number) else { return };
        call.stage = Stage::Ended(outcome.unwrap_or_else(|| Err(call.callbacks.given_up())));
        if call.callbacks.done.is_some() {
            inside.events.push_back(Event::Done(number));
        } else if call.forgotten {
            inside.calls.remove(&number);
        }
        self.tell_in_turn(inside);
    }

    /// Lets go of what is inside, and wakes those who wait when the background has dealt with what else has come.
    fn tell_in_turn(self: &Arc<Self>, inside: MutexGuard<'_, Inside>) {
        let is_heard = inside.is_awaited || inside.is_watched;
        drop(inside);
        if is_heard {
            runtime::wake(self);
        }
    }

    fn pop(&self, inside: &mut Inside) -> Option<Event> {
        let event = inside.events.pop_front();
        #[cfg(unix)]
        if let (true, true, Some((read, _))) = (inside.is_raised, inside.events.is_empty(), &self.signal) {
            use std::io::Read;
            let _ = { read }.read(&mut [0; 8]);
            inside.is_raised = false;
        }
        event
    }

    fn wait_for_event(&self) -> Event {
        let mut inside = self.inside();
        loop {
            match self.pop(&mut inside) {
                Some(event) => return event,
                None => inside = self.wait(inside, None),
            }
        }
    }

    /// Runs the callback of an event on this thread.
    fn tell(&self, event: Event) {
        match event {
            Event::Progress(number, progress) => {
                let call =
                    self.inside().calls.get(&number).map(|call| (call.callbacks.clone(), call.work.clone()));
                if let Some((callbacks, work)) = call
                    && !callbacks.report(&progress)
                    && let Some(work) = work
                {
                    work.abort();
                }
            }
            Event::Wanted(number) => {
                let call =
                    self.inside().calls.get(&number).and_then(|call| {
                        matches!(call.stage, Stage::UnderWay).then(|| call.callbacks.clone())
                    });
                if let Some(rows) = call.as_ref().and_then(|callbacks| callbacks.rows.as_ref()) {
                    rows.give();
                }
            }
            Event::Done(number) => {
                let mut inside = self.inside();
                let Some(call) = inside.calls.get_mut(&number) else { return };
                let callbacks = call.callbacks.clone();
                let stage = std::mem::replace(&mut call.stage, Stage::Telling(thread::current().id()));
                drop(inside);
                if let (Stage::Ended(outcome), Some(done)) = (stage, callbacks.done) {
                    callbacks.finish();
                    let (reply, error) = match outcome {
                        Ok(reply) => (reply, None),
                        Err(error) => (None, Some(error)),
                    };
                    // SAFETY: the program gave a function of this type, which owns what it gets.
                    unsafe { done(reply, error, callbacks.user_data) };
                }
                let mut inside = self.inside();
                let call = inside.calls.remove(&number);
                self.tell_of_change(inside);
                drop(call);
            }
        }
    }

    /// Runs the callbacks that wait; where none does, waits for the first. Gives their number.
    pub(crate) fn run(&self, until: Option<Instant>) -> usize {
        let mut count = 0;
        let mut inside = self.inside();
        while inside.events.is_empty()
            && !inside.calls.is_empty()
            && until.is_none_or(|until| Instant::now() < until)
        {
            inside = self.wait(inside, until);
        }
        // Callbacks may begin calls whose end comes at once; those are for the next time.
        for _ in 0..inside.events.len() {
            let Some(event) = self.pop(&mut inside) else { break };
            drop(inside);
            self.tell(event);
            count += 1;
            inside = self.inside();
        }
        count
    }

    /// Waits until a call is over and its callback has returned; runs callbacks meanwhile where that
    /// is this thread's part. False where the time is over, or the callback itself asks.
    pub(crate) fn wait_for(&self, number: u64, until: Option<Instant>) -> bool {
        let here = thread::current().id();
        let ours = self.thread.get();
        let runs = match self.is_ours() {
            true => ours == Some(&here),
            false => true,
        };
        let mut inside = self.inside();
        loop {
            match inside.calls.get(&number) {
                None => return true,
                Some(Call { stage: Stage::Ended(_), callbacks, .. }) if callbacks.done.is_none() => {
                    return true;
                }
                Some(Call { stage: Stage::Telling(thread), .. }) if *thread == here => return false,
                Some(_) => {}
            }
            if runs && let Some(event) = self.pop(&mut inside) {
                drop(inside);
                self.tell(event);
                inside = self.inside();
            } else if until.is_some_and(|until| until <= Instant::now()) {
                return false;
            } else {
                inside = self.wait(inside, until);
            }
        }
    }

    fn is_ours(&self) -> bool {
        OURS.load().as_ref().is_some_and(|ours| std::ptr::eq(&**ours, self))
    }

    /// Waits for the outcome of a call without a callback, and gives it to the first who asks.
    pub(crate) fn take(&self, number: u64) -> Outcome {
        let refused = |why: &str| Err(brevo_core::Error::new(Kind::Configuration, why).into());
        let mut inside = self.inside();
        loop {
            match inside.calls.get(&number) {
                Some(call) if call.callbacks.done.is_some() => {
                    return refused("the outcome of this call goes to its callback");
                }
                Some(Call { stage: Stage::UnderWay, .. }) => inside = self.wait(inside, None),
                _ => break,
            }
        }
        match inside.calls.remove(&number).map(|call| call.stage) {
            Some(Stage::Ended(outcome)) => outcome,
            _ => refused("the outcome of this call has been taken already"),
        }
    }

    /// Ends a call soon, if it is still under way.
    pub(crate) fn cancel(&self, number: u64) {
        let work = self.inside().calls.get(&number).and_then(|call| call.work.clone());
        if let Some(work) = work {
            work.abort();
        }
    }

    /// Nobody will ask for this call any more.
    pub(crate) fn forget(&self, number: u64) {
        let mut inside = self.inside();
        let Some(call) = inside.calls.get_mut(&number) else { return };
        call.forgotten = true;
        if matches!(call.stage, Stage::Ended(_)) && call.callbacks.done.is_none() {
            let call = inside.calls.remove(&number);
            drop(inside);
            drop(call);
        }
    }

    /// Calls whose callback has not returned yet.
    pub(crate) fn pending(&self) -> usize {
        self.inside().calls.len()
    }

    /// Ends every call, and runs its callback on this thread. Callbacks that are running, on this
    /// thread or another, are not waited for.
    pub(crate) fn close(&self) {
        loop {
            let mut inside = self.inside();
            for work in inside.calls.values().filter_map(|call| call.work.as_ref()) {
                work.abort();
            }
            if let Some(event) = self.pop(&mut inside) {
                drop(inside);
                self.tell(event);
            } else if inside.calls.values().all(|call| matches!(call.stage, Stage::Telling(_))) {
                return;
            } else {
                drop(self.wait(inside, None));
            }
        }
    }
}

/// By which a job tells how far it is.
pub(crate) struct Reporter {
    place: Arc<Place>,
    number: u64,
}

impl Reporter {
    pub(crate) fn report(&self, progress: &jobs::Progress) {
        let mut inside = self.place.inside();
        inside.events.push_back(Event::Progress(self.number, progress.clone()));
        self.place.tell_in_turn(inside);
    }

    /// A job wants rows.
    pub(crate) fn want(&self) {
        let mut inside = self.place.inside();
        inside.events.push_back(Event::Wanted(self.number));
        self.place.tell_in_turn(inside);
    }
}

impl Sleeper for Place {
    fn wake(&self) {
        self.tell_of_change(self.inside());
    }
}

/// What the place must be told of a call, however it ends: also where the call is aborted, which drops
/// this.
struct Duty {
    place: Arc<Place>,
    number: u64,
    outcome: Option<Outcome>,
}

impl Duty {
    async fn fulfil(mut self, work: impl Future<Output = Outcome>) {
        let mut work = pin!(work);
        let ended = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        });
        let panicked = |panic: Box<dyn Any + Send>| Err(Box::new(Error::internal(panic_text(&*panic))));
        self.outcome = Some(ended.await.unwrap_or_else(panicked));
    }
}

impl Drop for Duty {
    fn drop(&mut self) {
        self.place.end(self.number, self.outcome.take());
    }
}

/// The moment so many seconds ahead; none where they are below 0 or beyond reckoning.
pub(crate) fn moment(seconds: f64) -> Option<Instant> {
    Duration::try_from_secs_f64(seconds).ok().and_then(|wait| Instant::now().checked_add(wait))
}

/// Signals are for the threads of the program.
#[cfg(unix)]
pub(crate) fn keep_signals_away() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: `sigfillset` writes the set that `pthread_sigmask` reads.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut());
    }
}

/// Signals are for the threads of the program.
#[cfg(not(unix))]
pub(crate) fn keep_signals_away() {}
