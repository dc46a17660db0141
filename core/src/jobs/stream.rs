//! The rows of an export, or of a listing, given to the program page by page instead of to a file.

use std::any::Any;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

use super::target::{Output, Target};
use super::{Job, Progress, Report, carry_out};
use crate::arguments::{Arguments, check_parameters};
use crate::client::{CallOptions, Client};
use crate::error::{Error, Kind, Result};
use crate::fork::Process;
use crate::pages::Pager;
use crate::reply::Reply;
use crate::runtime;
use crate::schema::{Spec, Ty, find_field};

/// Parameters of exports that speak of their file.
pub const OF_FILES: [&str; 3] = ["path", "format", "checkpoint_path"];

/// A column of rows.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Where a row holds its value.
    pub at: At,
    /// Type.
    pub ty: Ty,
}

/// Where a row holds the value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Under the column's name.
    Key,
    /// Under the column's name, within the object under this key.
    Within(&'static str),
    /// The row is the value.
    Row,
}

impl Column {
    /// A column by its name and type.
    pub fn new(name: impl Into<String>, ty: Ty) -> Self {
        Column { name: name.into(), at: At::Key, ty }
    }

    /// A column of the values of one key of the row.
    pub fn within(key: &'static str, name: impl Into<String>, ty: Ty) -> Self {
        Column { name: name.into(), at: At::Within(key), ty }
    }

    /// The columns of rows of a type: the keys of a model, by their names on the wire, and else one.
    pub fn of(row: &Ty) -> Vec<Self> {
        match row {
            Ty::Model(model) => {
                model().fields.iter().map(|field| Column::new(field.wire(), field.ty)).collect()
            }
            other => vec![Column { name: "value".to_owned(), at: At::Row, ty: *other }],
        }
    }
}

/// Where rows are put that are wanted in another form than JSON.
pub trait Sheet: Send {
    /// Begins with these columns; rows that were there are let go.
    fn begin(&mut self, columns: &[Column]);

    /// Reads the entries of a page that came as JSON. `keep` is told the `id` of each and says whether it
    /// becomes a row. An error is why the text is no JSON.
    fn read(&mut self, place: &Place<'_>, keep: Keep<'_>) -> Result<Taken, String>;

    /// Gives the rows since the last time, where there are any.
    fn page(&mut self) -> Option<Box<dyn Any + Send>>;
}

/// Told of an entry by its identifier, says whether it counts.
pub type Keep<'a> = &'a mut dyn FnMut(Option<i64>) -> bool;

/// A page as JSON, and where its entries are.
pub struct Place<'a> {
    /// The page.
    pub text: &'a str,
    /// Key that holds the entries; empty where the page itself is the array.
    pub items: &'a str,
    /// Key that holds the number of all entries, where there is one.
    pub total: Option<&'a str>,
}

/// What a page held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Entries.
    pub items: usize,
    /// Number of all entries, where the page tells it.
    pub total: Option<u64>,
}

/// A page of rows.
pub enum Page {
    /// An array of objects, as JSON.
    Rows(String),
    /// What the [`Sheet`] gave.
    Sheet(Box<dyn Any + Send>),
}

/// Rows, page by page. Work begins when the first page (or the columns) is asked for, on the
/// background runtime, and is never more than a page ahead. Dropping the stream ends it.
pub struct Stream {
    plan: Option<Plan>,
    running: Option<Running>,
    columns: Option<Vec<Column>>,
    /// Whether a page was asked for and has not come.
    is_asked: bool,
}

/// What is to be done.
struct Plan {
    client: Client,
    work: Work,
    sheet: Option<Box<dyn Sheet>>,
}

enum Work {
    Job(&'static Job, Map<String, Value>),
    Listing(&'static Spec, Box<Pager>, CallOptions),
}

struct Running {
    process: Process,
    /// None only while it is dropped.
    link: Option<Link>,
}

/// The way to a job that runs.
struct Link {
    news: mpsc::Receiver<News>,
    demand: Arc<Semaphore>,
    progress: watch::Receiver<Progress>,
    task: JoinHandle<Result<()>>,
}

enum News {
    Columns(Vec<Column>),
    Page(Page),
}

impl Stream {
    /// The rows of an export: what it would write to a file. Sends nothing yet. Without a sheet, pages
    /// are JSON.
    pub fn of_job(
        client: &Client,
        job: &'static Job,
        arguments: Map<String, Value>,
        sheet: Option<Box<dyn Sheet>>,
    ) -> Result<Self> {
        let arguments = without_file(job, arguments).map_err(|error| error.in_operation(job.id()))?;
        Ok(Stream::new(Plan { client: client.clone(), work: Work::Job(job, arguments), sheet }))
    }

    /// The entries of all pages of an operation that lists. Sends nothing yet.
    pub fn of_listing(
        client: &Client,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
        sheet: Box<dyn Sheet>,
    ) -> Result<Self> {
        let pager = Box::new(Pager::new(spec, arguments)?);
        let work = Work::Listing(spec, pager, options);
        Ok(Stream::new(Plan { client: client.clone(), work, sheet: Some(sheet) }))
    }

    fn new(plan: Plan) -> Self {
        Stream { plan: Some(plan), running: None, columns: None, is_asked: false }
    }

    /// The columns; waits until they are known. Empty after the end.
    pub async fn columns(&mut self) -> Result<&[Column]> {
        self.columns_with(&|_| {}).await
    }

    /// The same. Meanwhile `report` is told how far the job has come.
    pub async fn columns_with(&mut self, report: &(dyn Fn(&Progress) + Send + Sync)) -> Result<&[Column]> {
        if self.columns.is_none() {
            match self.news(report).await? {
                Some(News::Columns(columns)) => self.columns = Some(columns),
                _ => self.columns = Some(Vec::new()),
            }
        }
        Ok(self.columns.as_deref().unwrap_or_default())
    }

    /// The next page, and `None` behind the last. An error ends the rows. Where waiting is given up, the
    /// page is there for the next one who asks.
    pub async fn next(&mut self) -> Result<Option<Page>> {
        self.next_with(&|_| {}).await
    }

    /// The same. Meanwhile `report` is told how far the job has come.
    pub async fn next_with(&mut self, report: &(dyn Fn(&Progress) + Send + Sync)) -> Result<Option<Page>> {
        self.columns_with(report).await?;
        let link = self.running.as_ref().and_then(|running| running.link.as_ref());
        if let Some(link) = link.filter(|_| !self.is_asked) {
            link.demand.add_permits(1);
            self.is_asked = true;
        }
        match self.news(report).await? {
            Some(News::Page(page)) => {
                self.is_asked = false;
                Ok(Some(page))
            }
            _ => Ok(None),
        }
    }

    /// Ends what is under way. There are no further rows.
    pub fn close(&mut self) {
        self.plan = None;
        self.running = None;
    }

    async fn news(&mut self, report: Report<'_>) -> Result<Option<News>> {
        if let Some(plan) = self.plan.take() {
            self.running = Some(plan.begin());
        }
        let Some(running) = &mut self.running else { return Ok(None) };
        if !running.process.is_this() {
            self.running = None;
            let why = "these rows are read by another process, from which this one was forked";
            return Err(Error::new(Kind::Cancelled, why).with_advice("Begin anew in this process."));
        }
        let Some(link) = &mut running.link else { return Ok(None) };
        loop {
            tokio::select! {
                biased;
                Ok(()) = link.progress.changed() => report(&link.progress.borrow_and_update().clone()),
                news = link.news.recv() => match news {
                    Some(news) => return Ok(Some(news)),
                    None => break,
                },
            }
        }
        let ended = (&mut link.task).await;
        self.running = None;
        match ended {
            Ok(result) => result.map(|()| None),
            Err(error) => {
                Err(Error::new(Kind::Cancelled, "reading the rows was broken off").with_source(error))
            }
        }
    }
}

impl Plan {
    fn begin(self) -> Running {
        let (sender, news) = mpsc::channel(1);
        let (told, progress) = watch::channel(Progress::default());
        let demand = Arc::new(Semaphore::new(0));
        let feed = Feed { news: sender, demand: demand.clone(), is_granted: false, sheet: self.sheet };
        let (client, work) = (self.client, self.work);
        let task = runtime::spawn(async move {
            match work {
                Work::Job(job, arguments) => {
                    let report = move |progress: &Progress| {
                        told.send_replace(progress.clone());
                    };
                    carry_out(&client, job, arguments, None, Output::Feed(feed), &report).await.map(drop)
                }
                Work::Listing(spec, pager, options) => {
                    list(&client, spec, *pager, options, feed).await.map_err(|e| e.in_operation(spec.id()))
                }
            }
        });
        Running { process: Process::this(), link: Some(Link { news, demand, progress, task }) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        if self.process.is_this() {
            link.task.abort();
        } else {
            // The parent's runtime may hold locks that nobody opens in this process.
            std::mem::forget(link);
        }
    }
}

/// The arguments of an export that writes no file.
fn without_file(job: &Job, mut arguments: Map<String, Value>) -> Result<Map<String, Value>> {
    if job.rows.is_none() {
        return Err(Error::new(Kind::InvalidArgument, "this job gives no rows; call it instead"));
    }
    let fields = (job.arguments)().fields;
    for name in OF_FILES {
        let Some(field) = find_field(fields, name) else { continue };
        let given = [field.name(), field.wire()].map(|name| arguments.remove(name));
        if given.into_iter().flatten().any(|value| !value.is_null()) {
            let message = "no file is written where rows are read one by one; leave it out";
            return Err(Error::argument(field.name(), message));
        }
        if field.required {
            arguments.insert(field.wire().to_owned(), "".into());
        }
    }
    check_parameters(fields, arguments.clone())?;
    Ok(arguments)
}

/// Reads all pages of a listing.
async fn list(
    client: &Client,
    spec: &'static Spec,
    mut pager: Pager,
    options: CallOptions,
    feed: Feed,
) -> Result<()> {
    let columns = spec.item().as_ref().map_or_else(Vec::new, Column::of);
    let mut target = Target::feed(feed, columns).await?;
    while let Some(arguments) = pager.next_arguments() {
        let reply = client.call(spec, arguments, options.clone()).await?;
        let taken = target.read(&reply, pager.items_key(), pager.total_key(), &mut |_| true)?;
        pager.advance(taken.items, taken.total);
        target.page().await?;
    }
    target.finish().await
}

/// The way from a job to the one who reads its rows.
pub(super) struct Feed {
    news: mpsc::Sender<News>,
    demand: Arc<Semaphore>,
    /// Whether a page was asked for that was not given yet.
    is_granted: bool,
    pub(super) sheet: Option<Box<dyn Sheet>>,
}

impl Feed {
    /// Tells the columns, and waits until a page is wanted.
    pub(super) async fn begin(&mut self, columns: &[Column]) -> Result<()> {
        if let Some(sheet) = &mut self.sheet {
            sheet.begin(columns);
        }
        self.tell(News::Columns(columns.to_vec())).await?;
        self.wanted().await
    }

    /// Gives a page to the one who wants it.
    pub(super) async fn give(&mut self, page: Page) -> Result<()> {
        self.wanted().await?;
        self.is_granted = false;
        self.tell(News::Page(page)).await
    }

    async fn wanted(&mut self) -> Result<()> {
        if !self.is_granted {
            self.demand.acquire().await.map_err(|_| unheard())?.forget();
            self.is_granted = true;
        }
        Ok(())
    }

    async fn tell(&mut self, news: News) -> Result<()> {
        self.news.send(news).await.map_err(|_| unheard())
    }
}

fn unheard() -> Error {
    Error::new(Kind::Cancelled, "nobody reads these rows any more")
}

/// The error of a page that cannot be read.
pub(super) fn unreadable(reply: &Reply, why: String) -> Error {
    // In the words of every other reply that is no JSON.
    reply.check_json().err().unwrap_or_else(|| Error::decode(reply.clone(), why))
}
