//! Operations that list, page by page.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use brevo_core::jobs::Job;
use brevo_core::jobs::stream::{Page, Stream};
use brevo_core::schema::Spec;
use brevo_core::{Arguments, CallOptions, Client as Core, Pages as Ahead};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::boundary::{self, Result, c_string, drive, guard, json_object, need, need_text};
use crate::client::{Client, prepared, prepared_job, read_reply};
use crate::error::Error;
use crate::operations::by_name;
use crate::queue::Outcome;
use crate::reply::Reply;

/// The pages of an operation that lists, or of the rows of an export. Owned by the caller; outlives the client that made it.
/// Threads that share it take turns. While the program works on a page, the next one is fetched in
/// the background.
pub struct Pages {
    listing: Arc<Listing>,
    items: CString,
}

pub(crate) enum Listing {
    Operation(&'static Spec, Mutex<Ahead>),
    Job(Mutex<Stream>),
}

impl Pages {
    fn new(client: &Core, spec: &'static Spec, arguments: Arguments, options: CallOptions) -> Result<Self> {
        let pages = Ahead::new(client, spec, arguments, options)?;
        let key = pages.pager().items_key();
        let items = c_string(&if key.is_empty() { String::new() } else { format!("/{key}") });
        Ok(Pages { listing: Arc::new(Listing::Operation(spec, Mutex::new(pages))), items })
    }

    fn of_job(client: &Core, job: &'static Job, arguments: Map<String, Value>) -> Result<Self> {
        let rows = Stream::of_job(client, job, arguments, None)?;
        Ok(Pages { listing: Arc::new(Listing::Job(Mutex::new(rows))), items: c_string("") })
    }

    pub(crate) fn listing(&self) -> Arc<Listing> {
        self.listing.clone()
    }
}

impl Listing {
    /// The next page, and `None` behind the last.
    pub(crate) async fn next(&self) -> Outcome {
        match self {
            Listing::Operation(spec, pages) => next_page(spec, &mut *pages.lock().await).await,
            Listing::Job(rows) => match rows.lock().await.next().await? {
                Some(Page::Rows(rows)) => {
                    let reply = brevo_core::Reply { body: rows.into(), ..Default::default() };
                    Ok(Some(Box::new(Reply::new(reply))))
                }
                _ => Ok(None),
            },
        }
    }
}

/// After an error the same page is asked for again.
async fn next_page(spec: &'static Spec, pages: &mut Ahead) -> Outcome {
    let Some(page) = pages.fetch() else { return Ok(None) };
    let reply = read_reply(spec, page.await?)?;
    let items = match pages.pager().items_key() {
        "" => Some(reply.json()),
        key => reply.json().get(key),
    };
    let count = items.and_then(Value::as_array).map_or(0, Vec::len);
    let total = pages.pager().total_key().and_then(|key| reply.json().get(key)).and_then(Value::as_u64);
    pages.advance(count, total);
    Ok(Some(Box::new(reply)))
}

/// Prepares to read all pages of an operation that lists, such as "contacts.get_contacts". Sends
/// nothing yet. `arguments` as for brevo_call; a limit among them is the size of a page, an offset
/// the start. Of an export, such as "contacts.export_list", the pages are the rows that it would write,
/// and no file is written. The caller frees the pages with brevo_pages_free. NULL when it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_iterate(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Pages>> {
    // SAFETY: the same contract.
    unsafe { brevo_iterate_with(client, operation, arguments, ptr::null(), error) }
}

/// As brevo_iterate, with options for each call, as for brevo_call_with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_iterate_with(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    options: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Pages>> {
    // SAFETY: the same contract.
    guard(error, || unsafe {
        if let Some(job) = need_text("operation", operation).ok().and_then(by_name) {
            return prepared_job(client, operation, arguments, |client, _, arguments| {
                refuse_options(options)?;
                Pages::of_job(client, job, arguments)
            });
        }
        prepared(client, operation, arguments, options, Pages::new)
    })
}

/// The calls of a job have no options of their own.
///
/// # Safety
/// `options` is a text or NULL.
pub(crate) unsafe fn refuse_options(options: *const c_char) -> Result<()> {
    // SAFETY: as promised by the caller.
    match unsafe { json_object("options", options) }?.keys().next() {
        Some(name) => {
            let message = "there is no such option; a job has none";
            Err(brevo_core::Error::argument(format!("options.{name}"), message).into())
        }
        None => Ok(()),
    }
}

/// Fetches the next page and waits for it. NULL behind the last page, with *error set to NULL, and
/// when it fails; after a failure the next call asks for the same page again, but the rows of an export
/// have ended. The caller owns the
/// reply and frees it with brevo_reply_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_pages_next(
    pages: Option<&Pages>,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    guard(error, || drive(need("pages", pages)?.listing.next())?).and_then(|page| *page)
}

/// JSON pointer to the array of entries in every page: "/contacts"; empty where the page itself is
/// the array, as with the rows of an export. Never NULL; belongs to the pages.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_pages_items(pages: Option<&Pages>) -> *const c_char {
    pages.map_or(c"", |pages| &pages.items).as_ptr()
}

/// Frees pages. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_pages_free(pages: Option<Box<Pages>>) {
    boundary::free(pages);
}
