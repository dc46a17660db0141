//! The client and the call.

use std::ffi::{CString, c_char, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use brevo_core::jobs::{self, Job, Running, Said};
use brevo_core::schema::{Spec, Ty};
use brevo_core::{Arguments, CallOptions, Kind, runtime};
use serde_json::{Map, Value};

use crate::boundary::{self, Result, c_string, drive, drive_until, guard, json_object, need, need_text};
use crate::error::Error;
use crate::operations::{find_job, find_operation};
use crate::queue::{Callbacks, OnProgress, Rows, keep_signals_away};
use crate::reply::Reply;
use crate::rows::{self, RowTexts};

/// Connection to one account. May be used by many threads at once. Free it only when no other
/// thread uses it; replies, errors and pages made with it stay valid.
pub struct Client {
    pub(crate) core: brevo_core::Client,
    description: CString,
}

/// Makes a client. `settings` is a JSON object, or NULL to take everything from the environment
/// (BREVO_API_KEY, BREVO_API_KEY_FILE, BREVO_API_URL, ...). Keys: api_key, api_key_file, keyring,
/// partner_key, client_id, client_secret, scope, base_url, timeout, connect_timeout, max_retries,
/// max_wait (seconds), pacing, proxy, ca_file, client_certificate_file, user_agent. Sends nothing.
/// The caller owns the client and frees it with brevo_client_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_client_new(
    settings: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Client>> {
    guard(error, || {
        // SAFETY: `settings` is a text or NULL, as the header says.
        let settings = unsafe { json_object("settings", settings) }?;
        runtime::on_thread_start(keep_signals_away);
        let core = brevo_core::Builder::from_json(&settings)?.build()?;
        let description = c_string(&core.describe());
        Ok(Client { core, description })
    })
}

/// Frees a client. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_client_free(client: Option<Box<Client>>) {
    boundary::free(client);
}

/// One line about the client, without secrets, for a log. Never NULL; belongs to the client.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_client_describe(client: Option<&Client>) -> *const c_char {
    client.map_or(c"no client", |client| &client.description).as_ptr()
}

/// Carries out an operation, such as "contacts.create_contact", and waits for the reply.
/// `arguments` is a JSON object with the names of the reference or of the API; NULL where there are
/// none. The caller owns the reply and frees it with brevo_reply_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_call(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    // SAFETY: the same contract.
    unsafe { brevo_call_with(client, operation, arguments, ptr::null(), error) }
}

/// As brevo_call, with options for this call: a JSON object with the keys timeout (seconds),
/// max_retries, idempotency_key, headers (object), extra (object: fields sent unchecked).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_call_with(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    options: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    // SAFETY: the same contract.
    guard(error, || unsafe { prepared(client, operation, arguments, options, send) })
}

/// Reads what a call is made of and acts on it. Errors name the operation.
///
/// # Safety
/// `operation`, `arguments` and `options` are texts or NULL.
pub(crate) unsafe fn prepared<T>(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    options: *const c_char,
    act: impl FnOnce(&brevo_core::Client, &'static Spec, Arguments, CallOptions) -> Result<T>,
) -> Result<T> {
    // SAFETY: as promised by the caller.
    let operation = unsafe { need_text("operation", operation) }?;
    let outcome = || {
        let client = need("client", client)?;
        let spec = find_operation(operation)?;
        // SAFETY: as promised by the caller.
        let (arguments, options) =
            unsafe { (boundary::text("arguments", arguments)?, json_object("options", options)?) };
        let arguments = Arguments::from_json(arguments.unwrap_or_default());
        act(&client.core, spec, arguments, CallOptions::from_json(&options)?)
    };
    outcome().map_err(|error: Box<Error>| error.in_operation(operation))
}

/// Carries out a job of several calls, such as "contacts.import_file", and waits for its end.
/// `on_progress` may be NULL; `user_data` is handed to it as it is. The result is read like a reply,
/// with the status 0; the caller owns it and frees it with brevo_reply_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_job(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    on_progress: OnProgress,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    // SAFETY: the same contract.
    guard(error, || unsafe {
        prepared_job(client, job, arguments, |client, job, arguments| {
            // Called on this thread only, which drives the job.
            let callbacks = Callbacks::new(None, on_progress, user_data);
            let report = |progress: &jobs::Progress| {
                callbacks.report(progress);
            };
            let every = Duration::from_millis(50);
            let work = jobs::run(client, job, arguments, &report);
            Ok(Reply::from_value(drive_until(work, every, || callbacks.stopped())??))
        })
    })
}

/// As brevo_job, for a job that reads rows (contacts.import_file and its like), which `rows` gives one by
/// one in place of a file: `{"email": "ada@example.com", "FIRSTNAME": "Ada"}`. `arguments` then names no
/// path. Sending goes on while the callback makes the next rows. `user_data` is handed to both
/// callbacks as it is. The caller owns the result and frees it with brevo_reply_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_job_rows(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    rows: Rows,
    on_progress: OnProgress,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    // SAFETY: the same contract.
    guard(error, || unsafe {
        prepared_job(client, job, arguments, |client, job, arguments| {
            let Some(next_row) = rows else {
                return Err(brevo_core::Error::argument("rows", "is NULL").into());
            };
            // Called on this thread only.
            let callbacks = Callbacks::new(None, on_progress, user_data);
            let client = client.clone();
            let mut running = Running::begin(None, move |input, report| async move {
                jobs::run_from(&client, job, arguments, Some(input), &*report).await
            });
            let mut rows = RowTexts::new(next_row, user_data);
            let mut stopped = false;
            loop {
                match running.listen(Duration::from_secs(3600)) {
                    // The contract of `rows` holds as long as this function runs.
                    Said::Wanted => match rows.piece() {
                        Some(piece) => running.give(piece),
                        None => {
                            stopped = true;
                            running.break_off();
                        }
                    },
                    Said::Progress(progress) => {
                        if !callbacks.report(&progress) {
                            return Err(cancelled("the progress callback stopped the job"));
                        }
                    }
                    Said::Done(Err(outcome)) if stopped => {
                        return Err(rows::stopped(&outcome).into());
                    }
                    Said::Done(outcome) => return Ok(Reply::from_value(outcome?)),
                    Said::Nothing => {}
                    Said::Gone => return Err(cancelled("the job broke down")),
                }
            }
        })
    })
}

fn cancelled(why: &str) -> Box<Error> {
    brevo_core::Error::new(Kind::Cancelled, why).into()
}

/// Reads what a job is made of and acts on it. Errors name the job.
///
/// # Safety
/// `job` and `arguments` are texts or NULL.
pub(crate) unsafe fn prepared_job<T>(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    act: impl FnOnce(&brevo_core::Client, &'static Job, Map<String, Value>) -> Result<T>,
) -> Result<T> {
    // SAFETY: as promised by the caller.
    let name = unsafe { need_text("job", job) }?;
    let outcome = || {
        let client = need("client", client)?;
        let job = find_job(name)?;
        // SAFETY: as promised by the caller.
        let arguments = unsafe { json_object("arguments", arguments) }?;
        act(&client.core, job, arguments)
    };
    outcome().map_err(|error: Box<Error>| error.in_operation(name))
}

/// Sends a checked call and waits for its reply.
pub(crate) fn send(
    client: &brevo_core::Client,
    spec: &'static Spec,
    arguments: Arguments,
    options: CallOptions,
) -> Result<Reply> {
    let call = async {
        provoke(panics(&options));
        client.call(spec, arguments, options).await
    };
    read_reply(spec, drive(call)??)
}

/// In debug builds, a header that makes the call panic where it is driven: so that the tests can prove
/// that no panic crosses into C.
pub(crate) fn panics(options: &CallOptions) -> bool {
    cfg!(debug_assertions) && options.headers.iter().any(|(name, _)| name == "x-test-panic")
}

/// Panics where that is wanted.
pub(crate) fn provoke(panics: bool) {
    if panics {
        panic!("on purpose");
    }
}

/// Reads the body of a reply: JSON unless the operation gives bytes or nothing.
pub(crate) fn read_reply(spec: &'static Spec, reply: brevo_core::Reply) -> Result<Reply> {
    if !matches!(spec.output, Ty::Bytes | Ty::Nothing) {
        reply.check_json().map_err(|error| Box::<Error>::from(error).in_operation(&spec.id()))?;
    }
    Ok(Reply::new(reply))
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Client>();
    shared::<Reply>();
    shared::<Error>();
    shared::<crate::pages::Pages>();
    shared::<crate::tasks::Task>();
    shared::<crate::tasks::Queue>();
};
