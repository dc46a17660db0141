//! The client and the call.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brevo_core::schema::{Spec, Ty};
use brevo_core::{Arguments, CallOptions, jobs};
use serde_json::Value;

use crate::boundary::{self, Result, c_string, drive, drive_until, guard, json_object, need, need_text};
use crate::error::Error;
use crate::operations::{find_job, find_operation};
use crate::reply::Reply;

/// Connection to one account. May be used by many threads at once. Free it only when no other
/// thread uses it; replies, errors and pages made with it stay valid.
pub struct Client {
    pub(crate) core: brevo_core::Client,
    description: CString,
}

/// Called now and then during a job, on the thread that called brevo_job. `stage` says in one word
/// what is being done and is valid only during the callback; `total` is below 0 where it is not
/// known. Give 0 to go on, anything else to stop the job soon, which then fails with
/// BREVO_KIND_CANCELLED. The callback must not call the API, and no exception may leave it.
pub type Progress = Option<
    unsafe extern "C" fn(stage: *const c_char, done: u64, total: i64, user_data: *mut c_void) -> c_int,
>;

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
            unsafe { (json_object("arguments", arguments)?, json_object("options", options)?) };
        act(&client.core, spec, arguments.into(), CallOptions::from_json(&options)?)
    };
    outcome().map_err(|error: Box<Error>| error.in_operation(operation))
}

/// Carries out a job of several calls, such as "contacts.import_file", and waits for its end.
/// `progress` may be NULL; `user_data` is handed to it as it is. The result is read like a reply,
/// with the status 0; the caller owns it and frees it with brevo_reply_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_job(
    client: Option<&Client>,
    job: *const c_char,
    arguments: *const c_char,
    progress: Progress,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    guard(error, || {
        // SAFETY: `job` is a text or NULL, as the header says.
        let name = unsafe { need_text("job", job) }?;
        let outcome = || {
            let client = need("client", client)?;
            let job = find_job(name)?;
            // SAFETY: `arguments` is a text or NULL, as the header says.
            let arguments = unsafe { json_object("arguments", arguments) }?;
            let callback = Callback { progress, user_data, stop: AtomicBool::new(false) };
            let report = |progress: &jobs::Progress| callback.report(progress);
            let done = drive_until(
                jobs::run(&client.core, job, arguments, &report),
                Duration::from_millis(50),
                || callback.stop.load(Ordering::Relaxed),
            )??;
            Ok(Reply::from_value(done))
        };
        outcome().map_err(|error: Box<Error>| error.in_operation(name))
    })
}

/// Sends a checked call and reads its body: JSON unless the operation gives bytes or nothing.
pub(crate) fn send(
    client: &brevo_core::Client,
    spec: &'static Spec,
    arguments: Arguments,
    options: CallOptions,
) -> Result<Reply> {
    let reply = drive(client.call(spec, arguments, options))??;
    let json = match spec.output {
        Ty::Bytes | Ty::Nothing => reply.json().unwrap_or(Value::Null),
        _ => reply.json()?,
    };
    Ok(Reply::new(reply, json))
}

/// The caller's callback, called only on the thread that drives the job: the caller's own.
struct Callback {
    progress: Progress,
    user_data: *mut c_void,
    stop: AtomicBool,
}

// SAFETY: the core asks for Send and Sync in general, but calls back on the driving thread only.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

impl Callback {
    fn report(&self, progress: &jobs::Progress) {
        let Some(call) = self.progress else { return };
        if self.stop.load(Ordering::Relaxed) {
            return;
        }
        let stage: CString = c_string(progress.stage);
        let stage: &CStr = &stage;
        let total = progress.total.and_then(|total| i64::try_from(total).ok()).unwrap_or(-1);
        // SAFETY: the caller gave a function of this type; `stage` lives during the call.
        if unsafe { call(stage.as_ptr(), progress.done, total, self.user_data) } != 0 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Client>();
    shared::<Reply>();
    shared::<Error>();
};
