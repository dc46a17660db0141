//! Asynchronous calls: begun at once, over later.

use std::ffi::{c_char, c_int, c_void};
use std::mem::{MaybeUninit, forget};
use std::sync::Arc;

use brevo_core::jobs::{Input, Job};
use brevo_core::{Kind, jobs};
use serde_json::{Map, Value};

use crate::boundary::{Result, free, guard, need, shield};
use crate::client::{Client, panics, prepared, prepared_job, provoke, read_reply};
use crate::error::Error;
use crate::pages::Pages;
use crate::queue::{Callbacks, Done, OnProgress, Outcome, Place, Rows, moment};
use crate::reply::Reply;
use crate::rows::{RowTexts, Source};

/// An asynchronous call. Owned by the caller, who frees it at any time with brevo_task_free: the call
/// goes on without it. May be used by many threads at once. Belongs to the process that made it: after
/// a fork the child can only free it.
pub struct Task {
    place: Arc<Place>,
    number: u64,
}

/// Where callbacks wait until the program runs them, on a thread of its choice: for event loops
/// (select, poll, libuv, GLib, Qt) and programs of one thread. Owned by the caller, who frees it with
/// brevo_queue_free. May be used by many threads at once; belongs to the process that made it.
///
/// The loop watches brevo_queue_descriptor for reading and then calls brevo_queue_run(queue, 0).
/// Without a loop: `while (brevo_queue_pending(queue)) brevo_queue_run(queue, -1);`
pub struct Queue(Arc<Place>);

impl Queue {
    /// The place of a queue of this process.
    ///
    /// # Safety
    /// `queue` is NULL or a queue that is not freed yet.
    unsafe fn place(queue: *const Queue) -> Option<Arc<Place>> {
        // SAFETY: as promised by the caller. The queue is not borrowed any longer than this, since a
        // callback may free it.
        let place = unsafe { queue.as_ref() }?.0.clone();
        place.is_of_this_process().then_some(place)
    }
}

impl Task {
    /// The place of a call of this process, and its number there.
    ///
    /// # Safety
    /// `task` is NULL or a task that is not freed yet.
    unsafe fn place(task: *const Task) -> Option<(Arc<Place>, u64)> {
        // SAFETY: as promised by the caller; not borrowed any longer, as above.
        let task = unsafe { task.as_ref() }?;
        task.place.is_of_this_process().then(|| (task.place.clone(), task.number))
    }
}

fn io_error(error: std::io::Error) -> Box<Error> {
    let message = format!("the background cannot be started: {error}");
    brevo_core::Error::new(Kind::Io, message).into()
}

/// Where the callback of a new call is to run.
///
/// # Safety
/// `queue` is NULL or a queue that is not freed yet.
unsafe fn place_for(queue: *const Queue, done: Done) -> Result<Arc<Place>> {
    if queue.is_null() {
        return Place::ours().map_err(io_error);
    }
    if done.is_none() {
        return Err(brevo_core::Error::argument("done", "is NULL; a queue is for callbacks").into());
    }
    // SAFETY: as promised by the caller.
    unsafe { Queue::place(queue) }.ok_or_else(|| {
        let message = "the queue belongs to the process that made it, not to its children";
        brevo_core::Error::new(Kind::Configuration, message).into()
    })
}

/// Begins an operation and returns at once; `operation`, `arguments` and `options` (which may be NULL)
/// are those of brevo_call_with. What comes of it is told in one of three ways:
///
/// - `done` and no `queue`: `done` is called on a background thread of this library, which is the same
///   for all such calls, so that they come one after the other. It may come before this function
///   returns. It may call any function of this library, also those that wait.
/// - `done` and a `queue`: `done` is called by brevo_queue_run, brevo_task_wait or brevo_queue_free, on
///   the thread that calls those, and never by this function.
/// - `done` is NULL: brevo_task_result gives it.
///
/// `done` is called exactly once, also when the call is cancelled and when the task, the client or the
/// queue is freed, but never when this function gives NULL. So it is the place to free `user_data`.
/// The client may be freed while the call is under way. The caller owns the task and frees it with
/// brevo_task_free. NULL when it fails: also when the arguments are refused, since nothing is sent then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_call_async(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    options: *const c_char,
    queue: *const Queue,
    done: Done,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Task>> {
    guard(error, || {
        // SAFETY: the header's contract: texts or NULL, and a queue that is not freed.
        unsafe {
            prepared(client, operation, arguments, options, |client, spec, arguments, options| {
                let place = place_for(queue, done)?;
                let panics = panics(&options);
                let call = client.prepare(spec, arguments, options)?;
                let client = client.clone();
                let number = place.begin(Callbacks::new(done, None, user_data), |_| async move {
                    provoke(panics);
                    let reply = client.make(&call).await?;
                    Ok(Some(Box::new(read_reply(spec, reply)?)))
                });
                Ok(Task { place, number })
            })
        }
    })
}

/// Begins a job and returns at once; as brevo_call_async, with the arguments of brevo_job, but what is
/// wrong with them is told by `done`. `on_progress` (which may be NULL) is called on the same thread
/// as `done`, and before it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_job_async(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    queue: *const Queue,
    on_progress: OnProgress,
    done: Done,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Task>> {
    guard(error, || {
        // SAFETY: the header's contract, as above.
        unsafe {
            prepared_job(client, job, arguments, |client, job, arguments| {
                let place = place_for(queue, done)?;
                let callbacks = Callbacks::new(done, on_progress, user_data);
                Ok(begun(client, job, arguments, place, callbacks, None))
            })
        }
    })
}

/// As brevo_job_async, for a job that reads rows, which `rows` gives in place of a file; see brevo_job_rows.
/// `rows` is called when the job wants some, for as many as make a piece to be sent, but not for much longer than
/// 50 milliseconds at a time; a program that waits for its rows holds up the other callbacks of that thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_job_rows_async(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    rows: Rows,
    queue: *const Queue,
    on_progress: OnProgress,
    done: Done,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Task>> {
    guard(error, || {
        // SAFETY: the header's contract, as above.
        unsafe {
            prepared_job(client, job, arguments, |client, job, arguments| {
                let Some(next_row) = rows else {
                    return Err(brevo_core::Error::argument("rows", "is NULL").into());
                };
                let place = place_for(queue, done)?;
                let source = Arc::new(Source::new(RowTexts::new(next_row, user_data)));
                let callbacks = Callbacks::new(done, on_progress, user_data).with_rows(source.clone());
                Ok(begun(client, job, arguments, place, callbacks, Some(source)))
            })
        }
    })
}

/// Begins a job, which reads the rows of a source where there is one.
fn begun(
    client: &brevo_core::Client,
    job: &'static Job,
    arguments: Map<String, Value>,
    place: Arc<Place>,
    callbacks: Callbacks,
    source: Option<Arc<Source>>,
) -> Task {
    let client = client.clone();
    let number = place.begin(callbacks, |reporter| {
        let reporter = Arc::new(reporter);
        let input = source.as_ref().map(|source| {
            let asker = reporter.clone();
            Input::new(source.begin(move || asker.want()))
        });
        async move {
            let report = |progress: &jobs::Progress| reporter.report(progress);
            let done = jobs::run_from(&client, job, arguments, input, &report).await;
            let done = match source {
                Some(source) => source.outcome(done),
                None => done,
            };
            let done = done.map_err(|error| Box::<Error>::from(error).in_operation(&job.id()))?;
            Ok(Some(Box::new(Reply::from_value(done))))
        }
    });
    Task { place, number }
}

/// Begins to fetch the next page and returns at once; as brevo_call_async and brevo_pages_next. `done`
/// gets neither reply nor error behind the last page. Pages that are asked for at the same time come
/// one after the other. The pages may be freed while one is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_pages_next_async(
    pages: Option<&Pages>,
    queue: *const Queue,
    done: Done,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Task>> {
    guard(error, || {
        let pages = need("pages", pages)?;
        // SAFETY: the header's contract: a queue that is not freed, or NULL.
        let place = unsafe { place_for(queue, done) }?;
        let listing = pages.listing();
        let number =
            place.begin(Callbacks::new(done, None, user_data), |_| async move { listing.next().await });
        Ok(Task { place, number })
    })
}

/// Asks a call to end. Its outcome is then BREVO_KIND_CANCELLED, unless it had come before; it is told
/// as always. Whether Brevo has carried out a cancelled call is not known. Does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_task_cancel(task: *const Task) {
    shield((), || {
        // SAFETY: a task or NULL, as the header says.
        if let Some((place, number)) = unsafe { Task::place(task) } {
            place.cancel(number);
        }
    });
}

/// Waits until the call is over and its callback has returned, but at most so many seconds: 0 to only
/// look, below 0 to wait as long as it takes. Gives 1 then, else 0. A call with a queue is not told
/// unless somebody runs the queue; so this function runs its callbacks while it waits. Inside the
/// call's own callback it gives 0 at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_task_wait(task: *const Task, seconds: f64) -> c_int {
    shield(0, || {
        // SAFETY: a task or NULL, as the header says.
        let Some((place, number)) = (unsafe { Task::place(task) }) else { return 0 };
        c_int::from(place.wait_for(number, moment(seconds)))
    })
}

/// Waits for the end of a call without a callback and gives its reply, once. The caller owns the reply
/// and frees it with brevo_reply_free. NULL when the call failed, when it has a callback, and when the
/// reply has been given before; *error says which. NULL without an error behind the last page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_task_result(
    task: *const Task,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    let take = || -> Outcome {
        // SAFETY: a task or NULL, as the header says.
        match unsafe { Task::place(task) } {
            Some((place, number)) => place.take(number),
            None if task.is_null() => Err(brevo_core::Error::argument("task", "is NULL").into()),
            None => {
                let message = "the call belongs to the process that began it, not to its children";
                Err(brevo_core::Error::new(Kind::Configuration, message).into())
            }
        }
    };
    guard(error, take).and_then(|reply| *reply)
}

/// Frees a task; its call goes on, and its callback is called when it is over. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_task_free(task: Option<Box<Task>>) {
    shield((), || match task {
        Some(task) if task.place.is_of_this_process() => task.place.forget(task.number),
        // What the parent's threads had locked stays locked for ever.
        other => forget(other),
    });
}

/// Makes a queue. The caller owns it and frees it with brevo_queue_free. NULL when it fails.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_queue_new(error: Option<&mut MaybeUninit<Option<Box<Error>>>>) -> Option<Box<Queue>> {
    guard(error, || Ok(Queue(Arc::new(Place::of_the_program().map_err(io_error)?))))
}

/// File descriptor that is readable as long as callbacks wait to be run: for select, poll, epoll and
/// the like. Never read it or close it; it lives as long as the queue. -1 where the system has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_queue_descriptor(queue: *const Queue) -> c_int {
    // SAFETY: a queue or NULL, as the header says.
    shield(-1, || unsafe { Queue::place(queue) }.map_or(-1, |place| place.descriptor()))
}

/// Runs the callbacks that wait, on this thread; where none does, waits for one, but at most so many
/// seconds: 0 to not wait, below 0 to wait as long as calls are pending. Gives how many callbacks it
/// ran, those of progress among them. A callback may call any function of this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_queue_run(queue: *const Queue, seconds: f64) -> usize {
    // SAFETY: a queue or NULL, as the header says.
    shield(0, || unsafe { Queue::place(queue) }.map_or(0, |place| place.run(moment(seconds))))
}

/// Number of calls of the queue whose `done` has not returned yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_queue_pending(queue: *const Queue) -> usize {
    // SAFETY: a queue or NULL, as the header says.
    shield(0, || unsafe { Queue::place(queue) }.map_or(0, |place| place.pending()))
}

/// Frees a queue. Calls that are pending are cancelled, and their callbacks run on this thread before
/// it returns. Allowed inside a callback of the queue. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_queue_free(queue: Option<Box<Queue>>) {
    shield((), || match queue {
        Some(queue) if queue.0.is_of_this_process() => {
            let place = queue.0.clone();
            free(Some(queue));
            place.close();
        }
        // What the parent's threads had locked stays locked for ever.
        other => forget(other),
    });
}
