//! One call on its way: prepared from keywords, waited for on the calling thread or driven in the
//! background for an event loop, and turned into a Python value.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brevo_core::jobs::stream::{self, Stream};
use brevo_core::jobs::{Input, Job};
use brevo_core::schema::{Spec, Ty};
use brevo_core::{Arguments, CallOptions, Client, Error, Kind, Reply, ahead, jobs, runtime};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde_json::{Map, Value};
use tokio::task::JoinHandle;

use crate::aio::{Handle, LoopQueue};
use crate::arrow_out::Plan;
use crate::bar::{Teller, Telling};
use crate::client::{Method, Target};
use crate::feeding::{self, Feeding};
use crate::reply::{RawReply, output};
use crate::source;
use crate::{convert, errors, log};

/// How often a waiting call looks for signals such as Ctrl-C.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// A call ready to be driven.
pub(crate) struct Call {
    work: Work,
    progress: Option<Teller>,
    give: Give,
    /// Rows that the caller's thread gives, and how many there are.
    rows: Option<(source::Rows, Option<u64>)>,
}

/// What has to be done.
enum Work {
    Operation(Client, &'static Spec, Arguments, CallOptions),
    Job(Client, &'static Job, Map<String, Value>, Option<Input>),
    Page(Pin<Box<dyn Future<Output = Outcome> + Send>>),
    Rows(Rows),
}

/// The rows of an export, page by page.
type Rows = Arc<tokio::sync::Mutex<Stream>>;

/// What a call gives in the end.
#[derive(Clone)]
pub(crate) enum Give {
    /// The decoded body.
    Body(Target),
    /// The reply as it came.
    Raw(&'static Spec),
    /// The entries of one page.
    Page(&'static Spec, Arc<Mutex<ahead::Pages>>),
    /// A page of a job's rows; empty behind the last one.
    Rows(&'static Job),
}

/// What came of it.
pub(crate) type Outcome = brevo_core::Result<Reply>;

impl Call {
    /// Checks and converts what the caller passed.
    pub(crate) fn prepare(
        py: Python<'_>,
        method: &Method,
        keywords: Option<&Bound<'_, PyDict>>,
        raw: bool,
    ) -> PyResult<Self> {
        let (arguments, extra) = split(py, method, keywords)?;
        let client = method.client.client(py)?;
        let mut rows = None;
        let (work, progress) = match method.target {
            Target::Operation(spec) => {
                (Work::Operation(client, spec, arguments, options(py, extra.as_ref(), spec)?), None)
            }
            Target::Job(job) => {
                let progress = Teller::of(py, extra)?;
                let (mut values, mut input) = (values(py, arguments, job)?, None);
                match source(py, method, keywords)? {
                    Some(source::Source::Path(path)) => given_once(py, job, &mut values, path)?,
                    Some(source::Source::Input(read)) => input = Some(read),
                    Some(source::Source::Rows(given, count)) => rows = Some((given, count)),
                    None => {}
                }
                (Work::Job(client, job, values, input), progress)
            }
        };
        let give = match method.target {
            Target::Operation(spec) if raw => Give::Raw(spec),
            target => Give::Body(target),
        };
        Ok(Call { work, progress, give, rows })
    }

    /// Drives the call on this thread, without the GIL, until it ends or a signal handler raises.
    pub(crate) fn wait(mut self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        if tokio::runtime::Handle::try_current().is_ok() {
            let why = "a call cannot be made from within the progress callback of another";
            return Err(errors::raise(py, Error::new(Kind::Configuration, why)));
        }
        let give = self.give.clone();
        let teller = self.progress.take();
        let outcome = match self.rows.take() {
            Some((rows, count)) => feeding::wait(py, self, teller.as_ref(), rows, count),
            None => self.drive(py, teller.as_ref()),
        };
        if let Some(teller) = teller {
            teller.finish(py)?;
        }
        give.value(py, outcome?)
    }

    fn drive(self, py: Python<'_>, teller: Option<&Teller>) -> PyResult<Outcome> {
        let telling = Telling::new(teller);
        let report = |progress: &jobs::Progress| telling.report(progress);
        let outcome = py.detach(|| runtime::block_on(self.run(&report), TICK, || telling.tick()))?;
        telling.raised().map_or(Ok(outcome), Err)
    }

    /// Drives the call in the background; `future` gets what comes of it.
    pub(crate) fn spawn(self, queue: &LoopQueue, future: Py<PyAny>) -> Handle {
        Handle::new(self.begin(queue, future))
    }

    /// The same, with the task itself.
    pub(crate) fn begin(mut self, queue: &LoopQueue, future: Py<PyAny>) -> JoinHandle<()> {
        let completion = queue.completion(future, self.progress.take(), self.give.clone());
        runtime::spawn(async move {
            let outcome = self.run(&|progress: &jobs::Progress| completion.progress(progress)).await;
            completion.done(outcome);
        })
    }

    /// The same call, of a job that reads this.
    pub(crate) fn with_input(mut self, read: Input) -> Self {
        if let Work::Job(_, _, _, input) = &mut self.work {
            *input = Some(read);
        }
        self
    }

    pub(crate) fn operation(&self) -> String {
        self.give.operation()
    }

    /// A job's value travels as the body of a reply.
    pub(crate) async fn run(self, report: &(dyn Fn(&jobs::Progress) + Send + Sync)) -> Outcome {
        match self.work {
            Work::Operation(client, spec, arguments, options) => client.call(spec, arguments, options).await,
            Work::Job(client, job, arguments, input) => {
                let value = jobs::run_from(&client, job, arguments, input, report).await?;
                Ok(Reply { status: 200, body: value.to_string().into(), ..Reply::default() })
            }
            Work::Page(fetch) => fetch.await,
            Work::Rows(rows) => {
                let body = match rows.lock().await.next_with(report).await? {
                    Some(stream::Page::Rows(rows)) => rows.into(),
                    _ => Default::default(),
                };
                Ok(Reply { status: 200, body, ..Reply::default() })
            }
        }
    }
}

impl Give {
    fn operation(&self) -> String {
        match self {
            Give::Body(target) => target.id(),
            Give::Raw(spec) | Give::Page(spec, _) => spec.id(),
            Give::Rows(job) => job.id(),
        }
    }

    /// The Python value of an outcome, or the exception.
    pub(crate) fn value<'py>(&self, py: Python<'py>, outcome: Outcome) -> PyResult<Bound<'py, PyAny>> {
        log::ended(py, || self.operation(), &outcome)?;
        let reply = outcome.map_err(|error| errors::raise(py, error))?;
        match self {
            Give::Body(target) => output(py, target.output(), reply, || target.id()),
            Give::Rows(job) => output(py, &Ty::Any, reply, || job.id()),
            Give::Raw(spec) => Ok(Bound::new(py, RawReply { reply, operation: spec.id() })?.into_any()),
            Give::Page(spec, pages) => {
                let body = output(py, &spec.output, reply, || spec.id())?;
                let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                let pager = pages.pager();
                let (items, total) = match body.cast::<PyDict>() {
                    Ok(object) => {
                        let total = pager.total_key().map(|key| object.get_item(key)).transpose()?.flatten();
                        let items = object.get_item(pager.items_key())?;
                        (items.unwrap_or_else(|| py.None().into_bound(py)), total)
                    }
                    Err(_) => (body.clone(), None),
                };
                let items = items.cast_into::<PyList>().unwrap_or_else(|_| PyList::empty(py));
                pages.advance(items.len(), total.and_then(|total| total.extract().ok()));
                Ok(items.into_any())
            }
        }
    }
}

/// The arguments, and apart from them the keyword that is none of Brevo's.
fn split<'py>(
    py: Python<'py>,
    method: &Method,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Arguments, Option<Bound<'py, PyAny>>)> {
    let target = method.target;
    let extra = keywords.map(|k| k.get_item(target.extra_keyword())).transpose()?.flatten();
    let has_source = target.takes_source() && keywords.is_some_and(|k| k.contains(SOURCE).unwrap_or(false));
    let arguments = match keywords {
        Some(keywords) if extra.is_some() || has_source => {
            let rest = keywords.copy()?;
            for (name, is_there) in [(target.extra_keyword(), extra.is_some()), (SOURCE, has_source)] {
                if is_there {
                    rest.del_item(name)?;
                }
            }
            convert::arguments(py, target, Some(&rest))?
        }
        _ => convert::arguments(py, target, keywords)?,
    };
    Ok((arguments, extra.filter(|extra| !extra.is_none())))
}

fn values(py: Python<'_>, arguments: Arguments, job: &'static Job) -> PyResult<Map<String, Value>> {
    arguments.values().map_err(|error| errors::raise_in(py, error, &job.id()))
}

fn options(py: Python<'_>, given: Option<&Bound<'_, PyAny>>, spec: &Spec) -> PyResult<CallOptions> {
    let Some(given) = given else { return Ok(CallOptions::default()) };
    let map = convert::options(py, given, &spec.id())?;
    CallOptions::from_json(&map).map_err(|error| errors::raise_in(py, error, &spec.id()))
}

/// The keyword of what a job reads, where that may be anything but a file.
pub(crate) const SOURCE: &str = "source";

/// What a job is to read.
fn source(
    py: Python<'_>,
    method: &Method,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<source::Source>> {
    let given = keywords.filter(|_| method.target.takes_source()).map(|k| k.get_item(SOURCE)).transpose()?;
    let Some(given) = given.flatten().filter(|given| !given.is_none()) else { return Ok(None) };
    let source = source::Source::of(&given, method.client.asynchronous);
    source.map(Some).map_err(|fail| fail.under(SOURCE).into_py(py, &method.target.id(), "the source"))
}

/// A path that is given as the source is the path.
fn given_once(
    py: Python<'_>,
    job: &'static Job,
    values: &mut Map<String, Value>,
    path: String,
) -> PyResult<()> {
    let name = job.source().unwrap_or(SOURCE);
    match values.insert(name.to_owned(), path.into()) {
        None => Ok(()),
        Some(_) => {
            let error = Error::argument(name, "rows are given already; leave one of both out");
            Err(errors::raise_in(py, error, &Target::Job(job).id()))
        }
    }
}

/// A call that has not begun: what `await` begins.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Pending {
    method: Method,
    keywords: Option<Py<PyDict>>,
    raw: bool,
}

impl Pending {
    pub(crate) fn new(method: Method, keywords: Option<&Bound<'_, PyDict>>, raw: bool) -> Self {
        Pending { method, keywords: keywords.map(|keywords| keywords.clone().unbind()), raw }
    }
}

#[pymethods]
impl Pending {
    /// Begins the call.
    fn start<'py>(
        &self,
        py: Python<'py>,
        queue: &LoopQueue,
        future: Py<PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let keywords = self.keywords.as_ref().map(|keywords| keywords.bind(py));
        let mut call = Call::prepare(py, &self.method, keywords, self.raw)?;
        Ok(match call.rows.take() {
            Some((rows, count)) => {
                Feeding::start(py, call, rows, count, queue, future)?.into_bound(py).into_any()
            }
            None => Bound::new(py, call.spawn(queue, future))?.into_any(),
        })
    }
}

/// The pages of a listing, or of the rows of a job, one after the other, the next one fetched ahead.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Pages {
    method: Method,
    source: Source,
    teller: Option<Arc<Teller>>,
}

/// Where pages come from.
enum Source {
    Listing(&'static Spec, Arc<Mutex<ahead::Pages>>),
    Job(&'static Job, Rows),
}

impl Pages {
    pub(crate) fn new(
        py: Python<'_>,
        method: &Method,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (plan, teller) = plan(py, method, keywords)?;
        let client = method.client.client(py)?;
        let source = match plan {
            Plan::Listing(spec, arguments, options) => ahead::Pages::new(&client, spec, arguments, options)
                .map(|pages| Source::Listing(spec, Arc::new(Mutex::new(pages)))),
            Plan::Job(job, arguments) => Stream::of_job(&client, job, arguments, None)
                .map(|rows| Source::Job(job, Arc::new(tokio::sync::Mutex::new(rows)))),
        };
        let source = source.map_err(|error| errors::raise(py, error))?;
        Ok(Pages { method: method.clone(), source, teller })
    }

    /// The call for the next page, where there is one.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Call>> {
        // A client that was closed meanwhile refuses.
        self.method.client.client(py)?;
        let (work, give) = match &self.source {
            Source::Listing(spec, pages) => {
                let Some(fetch) = locked(pages).fetch() else { return Ok(None) };
                (Work::Page(Box::pin(fetch)), Give::Page(spec, pages.clone()))
            }
            Source::Job(job, rows) => (Work::Rows(rows.clone()), Give::Rows(job)),
        };
        let progress = self.teller.clone().map(Teller::Shared);
        Ok(Some(Call { work, progress, give, rows: None }))
    }
}

fn locked(pages: &Mutex<ahead::Pages>) -> MutexGuard<'_, ahead::Pages> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is read page by page, and who is told of its progress.
pub(crate) fn plan(
    py: Python<'_>,
    method: &Method,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<(Plan, Option<Arc<Teller>>)> {
    let (arguments, extra) = split(py, method, keywords)?;
    match method.target {
        Target::Operation(spec) => {
            Ok((Plan::Listing(spec, arguments, options(py, extra.as_ref(), spec)?), None))
        }
        Target::Job(job) => {
            let teller = Teller::of(py, extra)?.map(Arc::new);
            Ok((Plan::Job(job, values(py, arguments, job)?), teller))
        }
    }
}

#[pymethods]
impl Pages {
    /// The entries of the next page; `None` after the last one.
    fn fetch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.next(py)?.map(|call| call.wait(py)).transpose()
    }

    /// Begins to wait for the next page; `None` after the last one.
    fn start(&self, py: Python<'_>, queue: &LoopQueue, future: Py<PyAny>) -> PyResult<Option<Handle>> {
        Ok(self.next(py)?.map(|call| call.spawn(queue, future)))
    }

    /// Ends what is under way ahead.
    fn rest(&self, py: Python<'_>) -> PyResult<()> {
        match &self.source {
            Source::Listing(_, pages) => locked(pages).rest(),
            // Where a page is just being waited for, it ends with that.
            Source::Job(_, rows) => drop(rows.try_lock().map(|mut rows| rows.close())),
        }
        self.teller.as_ref().map_or(Ok(()), |teller| teller.finish(py))
    }
}
