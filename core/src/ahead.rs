//! Pages fetched ahead: while a caller works on one page of a listing, the next one is on its way.
//! For bindings that have no event loop of their own to do this (Python, C).

use std::future::Future;

use tokio::task::JoinHandle;

use crate::arguments::Arguments;
use crate::client::{CallOptions, Client};
use crate::error::{Error, Kind, Result};
use crate::fork::Process;
use crate::pages::Pager;
use crate::reply::Reply;
use crate::runtime;
use crate::schema::Spec;

/// The pages of one listing, one after the other.
///
/// The first page is fetched when it is asked for, by whoever waits for it. When a caller has told
/// how many entries a page held, the next one begins on the background runtime, and it is there, or
/// on its way, when it is asked for. Never more than one page is ahead. Dropping the pages ends what
/// is under way; what failed ahead is told when that page is asked for, and asking again fetches it
/// again. A forked child leaves its parent's page alone and fetches its own.
pub struct Pages {
    client: Client,
    spec: &'static Spec,
    options: CallOptions,
    pager: Pager,
    ahead: Option<Ahead>,
}

/// A page under way in the background.
struct Ahead {
    process: Process,
    /// None once it is given up or has been left to the parent.
    task: Option<JoinHandle<Result<Reply>>>,
}

impl Pages {
    /// Prepares to read all pages of an operation that lists; sends nothing yet. See [`Pager::new`].
    pub fn new(
        client: &Client,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
    ) -> Result<Self> {
        let pager = Pager::new(spec, arguments)?;
        Ok(Pages { client: client.clone(), spec, options, pager, ahead: None })
    }

    /// What is known about the pages: where their entries are, and the total.
    pub fn pager(&self) -> &Pager {
        &self.pager
    }

    /// The call for the next page, or what is left of it; `None` behind the last page. Dropping it
    /// ends the call. The page counts as read when [`Pages::advance`] is told of it.
    pub fn fetch(&mut self) -> Option<impl Future<Output = Result<Reply>> + Send + use<>> {
        let arguments = self.pager.next_arguments()?;
        let ahead = self.ahead.take().filter(Ahead::is_ours);
        let (client, spec, options) = (self.client.clone(), self.spec, self.options.clone());
        Some(async move {
            match ahead {
                Some(ahead) => ahead.arrived().await,
                None => client.call(spec, arguments, options).await,
            }
        })
    }

    /// Goes on after a page as [`Pager::advance`] does, and begins to fetch the next one.
    pub fn advance(&mut self, items: usize, total: Option<u64>) {
        self.pager.advance(items, total);
        self.ahead = self.pager.next_arguments().map(|arguments| {
            let (client, spec, options) = (self.client.clone(), self.spec, self.options.clone());
            let call = async move { client.call(spec, arguments, options).await };
            Ahead { process: Process::this(), task: Some(runtime::spawn(call)) }
        });
    }

    /// Ends what is under way. Reading can go on nevertheless: that page is fetched again.
    pub fn rest(&mut self) {
        self.ahead = None;
    }
}

impl Ahead {
    fn is_ours(&self) -> bool {
        self.process.is_this()
    }

    async fn arrived(mut self) -> Result<Reply> {
        // Stays in its place while it is waited for, so that giving up the wait ends the call.
        let Some(task) = &mut self.task else { return Err(given_up()) };
        task.await.unwrap_or_else(|_| Err(given_up()))
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        let Some(task) = self.task.take() else { return };
        if self.is_ours() {
            task.abort();
        } else {
            // The parent's runtime may hold locks that nobody opens in this process.
            std::mem::forget(task);
        }
    }
}

fn given_up() -> Error {
    Error::new(Kind::Cancelled, "the page was given up")
}
