//! What stands between C and Rust: panics stop here, texts are checked, futures are driven.

use std::any::Any;
use std::cell::Cell;
use std::ffi::{CStr, CString, c_char};
use std::future::Future;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use brevo_core::{Kind, runtime};
use serde_json::{Map, Value};

use crate::error::Error;

/// Errors are made once and handed out, so they travel boxed.
pub(crate) type Result<T, E = Box<Error>> = std::result::Result<T, E>;

/// Where the caller wants the error: `brevo_error **`, which may be NULL and may point at a
/// variable that was never set.
pub(crate) type Out<'a> = Option<&'a mut MaybeUninit<Option<Box<Error>>>>;

/// Runs the body of a function that can fail. Its error, or its panic, goes out through `out`.
pub(crate) fn guard<T>(out: Out<'_>, body: impl FnOnce() -> Result<T>) -> Option<Box<T>> {
    let outcome = catch_unwind(AssertUnwindSafe(|| body().map(Box::new)))
        .unwrap_or_else(|panic| Err(Box::new(Error::internal(panic_text(&*panic)))));
    let (value, error) = match outcome {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(error)),
    };
    if let Some(out) = out {
        out.write(error);
    }
    value
}

/// Runs the body of a function that cannot fail; a panic gives `otherwise`.
pub(crate) fn shield<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

/// Gives back what the caller owned.
pub(crate) fn free<T>(handle: Option<Box<T>>) {
    shield((), || drop(handle));
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "no message",
    }
}

/// A handle that must be there.
pub(crate) fn need<'a, T>(name: &str, handle: Option<&'a T>) -> Result<&'a T> {
    handle.ok_or_else(|| brevo_core::Error::argument(name, "is NULL").into())
}

/// A text that may be NULL.
///
/// # Safety
/// `text` is NULL or points at bytes that end with a NUL and stay unchanged during the call.
pub(crate) unsafe fn text<'a>(name: &str, text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and the caller promises the rest.
    let bytes = unsafe { CStr::from_ptr(text) };
    if bytes.to_bytes().is_ascii() {
        // SAFETY: ASCII is UTF-8. Most texts are, and that is seen faster.
        return Ok(Some(unsafe { str::from_utf8_unchecked(bytes.to_bytes()) }));
    }
    match bytes.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(brevo_core::Error::argument(name, "is not valid UTF-8").into()),
    }
}

/// A text that must be there.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn need_text<'a>(name: &str, pointer: *const c_char) -> Result<&'a str> {
    // SAFETY: as promised by the caller.
    let text = unsafe { text(name, pointer) }?;
    text.ok_or_else(|| brevo_core::Error::argument(name, "is NULL").into())
}

/// A text that holds a JSON object; NULL and the empty text count as `{}`.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn json_object(name: &str, pointer: *const c_char) -> Result<Map<String, Value>> {
    // SAFETY: as promised by the caller.
    match unsafe { text(name, pointer) }? {
        Some(text) => Ok(brevo_core::arguments::json_object(name, text)?),
        None => Ok(Map::new()),
    }
}

/// A Rust text for C. A NUL inside, where C would see the end, becomes U+FFFD.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default())
}

thread_local! {
    static DRIVING: Cell<bool> = const { Cell::new(false) };
}

/// That this thread drives a future: it cannot drive another at the same time.
struct Driving;

impl Driving {
    fn begin() -> Result<Self> {
        if DRIVING.replace(true) {
            let message =
                "a progress callback must not call the API; the job that called it is still running";
            return Err(brevo_core::Error::new(Kind::Configuration, message).into());
        }
        Ok(Driving)
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        DRIVING.set(false);
    }
}

/// Drives a future to its end on this thread.
pub(crate) fn drive<F: Future>(future: F) -> Result<F::Output> {
    let _driving = Driving::begin()?;
    Ok(runtime::wait(future))
}

/// Drives a future on this thread until `stop`, which is asked every so often, says to drop it.
pub(crate) fn drive_until<F: Future>(
    future: F,
    every: Duration,
    mut stop: impl FnMut() -> bool,
) -> Result<F::Output> {
    let _driving = Driving::begin()?;
    runtime::block_on(future, every, || {
        stop()
            .then(|| brevo_core::Error::new(Kind::Cancelled, "the progress callback stopped the job").into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let mut error = MaybeUninit::uninit();
        let value: Option<Box<()>> = guard(Some(&mut error), || panic!("on {}", "purpose"));
        assert!(value.is_none());
        // SAFETY: `guard` has written it.
        let error = unsafe { error.assume_init() }.expect("an error");
        assert_eq!(error.kind, crate::error::Kind::Internal as i32);
        assert!(error.text.to_str().expect("UTF-8").contains("on purpose"));
        assert_eq!(shield(7, || panic!("again")), 7);
    }
}
