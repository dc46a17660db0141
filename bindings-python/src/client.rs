//! The two clients, their resources, and the methods that the table makes.

use std::sync::{Arc, Mutex, PoisonError};

use brevo_core::api::RESOURCES;
use brevo_core::jobs::{JOBS, Job};
use brevo_core::names::{nearest_in, nearest_resource};
use brevo_core::schema::{Field, Resource as Table, Spec, Ty};
use brevo_core::{Builder, Client, Error, Kind};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::arrow_out;
use crate::call::{Call, Pages, Pending, SOURCE, plan};
use crate::{convert, describe, errors};

/// What both clients hold: the core's client until it is closed.
pub(crate) struct Shared {
    client: Mutex<Option<Client>>,
    description: String,
    pub(crate) asynchronous: bool,
}

impl Shared {
    fn new(
        py: Python<'_>,
        asynchronous: bool,
        api_key: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Arc<Self>> {
        let settings = settings.map_or_else(|| Ok(PyDict::new(py)), |settings| settings.copy())?;
        if let Some(key) = api_key {
            settings.set_item("api_key", key)?;
        }
        let map = convert::settings(py, &settings)?;
        let client = Builder::from_json(&map).and_then(Builder::build);
        let client = client.map_err(|error| errors::raise(py, error))?;
        let prefix = if asynchronous { "Async" } else { "" };
        let description = format!("{prefix}{}", client.describe());
        Ok(Arc::new(Shared { client: Mutex::new(Some(client)), description, asynchronous }))
    }

    pub(crate) fn client(&self, py: Python<'_>) -> PyResult<Client> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
        client.ok_or_else(|| errors::raise(py, Error::new(Kind::Configuration, "the client is closed")))
    }

    fn close(&self) {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(client);
    }
}

macro_rules! client {
    ($(#[$doc:meta])* $name:ident, asynchronous: $asynchronous:literal, { $($rest:tt)* }) => {
        $(#[$doc])*
        #[pyclass(module = "brevo_native", frozen, weakref)]
        pub(crate) struct $name(Arc<Shared>);

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(
                signature = (api_key=None, **settings),
                text_signature = "(api_key=None, *, api_key_file=None, keyring=None, partner_key=None, \
                    client_id=None, client_secret=None, scope=None, base_url=None, timeout=None, \
                    connect_timeout=None, max_retries=None, max_wait=None, pacing=None, proxy=None, ca_file=None, \
                    client_certificate_file=None, user_agent=None)"
            )]
            fn new(
                py: Python<'_>,
                api_key: Option<&Bound<'_, PyAny>>,
                settings: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Self> {
                Shared::new(py, $asynchronous, api_key, settings).map($name)
            }

            /// Lets go of the connections. Calls that are under way still end; new ones are refused.
            fn close(&self) {
                self.0.close();
            }

            fn __repr__(&self) -> String {
                self.0.description.clone()
            }

            fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
                Err(no_attribute(slf, format!("there is no resource `{name}`"), name, nearest_resource(name)))
            }

            $($rest)*
        }
    };
}

client! {
    /// Connection to one Brevo account, for threads. Every call waits for its answer; other
    /// threads run meanwhile. One client serves any number of threads.
    ///
    /// Without an argument the key comes from `BREVO_API_KEY`, `BREVO_API_KEY_FILE` or the
    /// system's keyring.
    Brevo, asynchronous: false, {
        fn __enter__(slf: Py<Self>) -> Py<Self> {
            slf
        }

        fn __exit__(&self, _type: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>, _traceback: &Bound<'_, PyAny>) {
            self.0.close();
        }
    }
}

client! {
    /// Connection to one Brevo account, for asyncio. Every call is awaited; cancelling the task
    /// ends the call. One client serves any number of event loops.
    ///
    /// Without an argument the key comes from `BREVO_API_KEY`, `BREVO_API_KEY_FILE` or the
    /// system's keyring.
    AsyncBrevo, asynchronous: true, {
        /// As `close`, for `async` code.
        fn aclose<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.close();
            calls(py)?.call_method1("ready", (py.None(),))
        }

        fn __aenter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            calls(slf.py())?.call_method1("ready", (slf,))
        }

        fn __aexit__<'py>(
            &self,
            py: Python<'py>,
            _type: &Bound<'_, PyAny>,
            _value: &Bound<'_, PyAny>,
            _traceback: &Bound<'_, PyAny>,
        ) -> PyResult<Bound<'py, PyAny>> {
            self.aclose(py)
        }
    }
}

/// The few lines of Python around calls.
pub(crate) fn calls(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static CALLS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = CALLS.get_or_try_init(py, || py.import("brevo_native._calls").map(Bound::unbind))?;
    Ok(module.bind(py))
}

/// Puts a property for every resource on both classes.
pub(crate) fn add_resources(py: Python<'_>) -> PyResult<()> {
    for &table in RESOURCES {
        let property = Bound::new(py, Property(table))?;
        py.get_type::<Brevo>().setattr(table.name, &property)?;
        py.get_type::<AsyncBrevo>().setattr(table.name, &property)?;
    }
    Ok(())
}

// Read-only property of a client that gives one of its resources. (No doc comment:
// it would hide the documentation of the single object.)
#[pyclass(module = "brevo_native", frozen)]
struct Property(&'static Table);

#[pymethods]
impl Property {
    #[getter(__doc__)]
    fn doc(&self) -> &'static str {
        self.0.doc
    }

    #[getter(__name__)]
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, PyAny>,
        _owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let client = match (instance.cast::<Brevo>(), instance.cast::<AsyncBrevo>()) {
            (Ok(client), _) => &client.get().0,
            (_, Ok(client)) => &client.get().0,
            _ => return Ok(slf.clone().into_any()),
        };
        let resource = Resource { client: client.clone(), table: slf.get().0 };
        Ok(Bound::new(slf.py(), resource)?.into_any())
    }

    fn __set__(&self, _instance: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!("{} cannot be set", self.0.name)))
    }
}

// Operations and jobs that belong together: `client.contacts`. (No doc comment:
// it would hide the documentation of the single object.)
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Resource {
    client: Arc<Shared>,
    table: &'static Table,
}

impl Resource {
    fn targets(&self) -> impl Iterator<Item = Target> {
        let name = self.table.name;
        let jobs = JOBS.iter().copied().filter(move |job| job.resource == name).map(Target::Job);
        self.table.operations.iter().copied().map(Target::Operation).chain(jobs)
    }
}

#[pymethods]
impl Resource {
    #[getter(__doc__)]
    fn doc(&self) -> &'static str {
        self.table.doc
    }

    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Method> {
        let this = slf.get();
        match this.targets().find(|target| target.name() == name) {
            Some(target) => Ok(Method { client: this.client.clone(), target }),
            None => {
                let words = format!("{}.{name}: there is no such operation", this.table.name);
                Err(no_attribute(slf, words, name, nearest_in(this.table.name, name)))
            }
        }
    }

    fn __dir__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let own = slf.py().get_type::<PyAny>().call_method1("__dir__", (slf,))?.cast_into::<PyList>()?;
        for target in slf.get().targets() {
            own.append(target.name())?;
        }
        Ok(own)
    }

    fn __repr__(&self) -> String {
        format!("<{} of {}>", self.table.name, self.client.description)
    }
}

/// The error of a name that an object does not have, with the one that was probably meant.
fn no_attribute(object: &Bound<'_, PyAny>, words: String, name: &str, nearest: Option<&str>) -> PyErr {
    let made = || {
        let more = PyDict::new(object.py());
        more.set_item("name", name)?;
        let words = match nearest {
            Some(known) => format!("{words}; did you mean `{known}`?"),
            None => {
                // Python may find one, and says so in the traceback.
                more.set_item("obj", object)?;
                words
            }
        };
        object.py().get_type::<PyAttributeError>().call((words,), Some(&more))
    };
    made().map_or_else(|error| error, PyErr::from_value)
}

/// What a method does: one operation, or a job of several.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    Operation(&'static Spec),
    Job(&'static Job),
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Target::Operation(spec) => spec.name,
            Target::Job(job) => job.name,
        }
    }

    pub(crate) fn id(self) -> String {
        match self {
            Target::Operation(spec) => spec.id(),
            Target::Job(job) => format!("{}.{}", job.resource, job.name),
        }
    }

    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Target::Operation(spec) => spec.fields,
            Target::Job(job) => (job.arguments)().fields,
        }
    }

    pub(crate) fn output(self) -> &'static Ty {
        match self {
            Target::Operation(spec) => &spec.output,
            Target::Job(job) => &job.output,
        }
    }

    /// Whether it reads rows, which may be given as `source`.
    pub(crate) fn takes_source(self) -> bool {
        matches!(self, Target::Job(job) if job.source().is_some())
    }

    /// The keyword beside the parameters.
    pub(crate) fn extra_keyword(self) -> &'static str {
        match self {
            Target::Operation(_) => "options",
            Target::Job(_) => "progress",
        }
    }
}

// An operation or job of a client: `client.contacts.create_contact`. (No doc comment:
// it would hide the documentation of the single object.)
#[pyclass(module = "brevo_native", frozen)]
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) client: Arc<Shared>,
    pub(crate) target: Target,
}

impl Method {
    fn start<'py>(
        &self,
        py: Python<'py>,
        positional: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let with_source = self.with_source(py, positional, keywords)?;
        let keywords = with_source.as_ref().or(keywords);
        self.warn(py)?;
        if self.client.asynchronous {
            let pending = Pending::new(self.clone(), keywords, raw);
            return calls(py)?.call_method1(intern!(py, "call"), (pending,));
        }
        Call::prepare(py, self, keywords, raw)?.wait(py)
    }

    /// The keywords with `source`, which alone may stand without its name.
    fn with_source<'py>(
        &self,
        py: Python<'py>,
        positional: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        if !self.target.takes_source() || positional.len() != 1 {
            return self.refuse_positional(positional).map(|()| None);
        }
        let all = keywords.map_or_else(|| Ok(PyDict::new(py)), |keywords| keywords.copy())?;
        if all.contains(SOURCE)? {
            let id = self.target.id();
            return Err(PyTypeError::new_err(format!("{id}() got multiple values for argument '{SOURCE}'")));
        }
        all.set_item(SOURCE, positional.get_item(0)?)?;
        Ok(Some(all))
    }

    /// A deprecated operation says so where it is called.
    fn warn(&self, py: Python<'_>) -> PyResult<()> {
        let Target::Operation(Spec { deprecated: Some(why), .. }) = self.target else { return Ok(()) };
        let category = py.get_type::<pyo3::exceptions::PyDeprecationWarning>();
        let words = std::ffi::CString::new(format!("{}: {why}", self.target.id()))?;
        PyErr::warn(py, &category, &words, 1)
    }

    fn refuse_positional(&self, positional: &Bound<'_, PyTuple>) -> PyResult<()> {
        if positional.is_empty() {
            return Ok(());
        }
        let id = self.target.id();
        let fields = self.target.fields();
        let first = fields.iter().find(|field| field.required).or(fields.first());
        let first = first.map_or(self.target.extra_keyword(), |field| field.name());
        Err(PyTypeError::new_err(format!(
            "{id}() takes keyword arguments only; write {id}({first}=...), the others likewise"
        )))
    }

    fn operation(&self, py: Python<'_>, what: &str) -> PyResult<&'static Spec> {
        match self.target {
            Target::Operation(spec) => Ok(spec),
            Target::Job(_) => {
                let why = format!("{} is a job of several calls and has no {what}", self.target.id());
                Err(errors::raise(py, Error::new(Kind::InvalidArgument, why)))
            }
        }
    }
}

#[pymethods]
impl Method {
    /// Carries out the call and gives the decoded body of the reply.
    #[pyo3(signature = (*positional, **keywords))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        positional: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.start(py, positional, keywords, false)
    }

    /// Carries out the call and gives the reply with status, headers and raw body.
    #[pyo3(signature = (*positional, **keywords))]
    fn raw<'py>(
        &self,
        py: Python<'py>,
        positional: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.operation(py, "raw reply")?;
        self.start(py, positional, keywords, true)
    }

    /// Gives every entry of a listing, or every row of an export, page after page. The next page is
    /// fetched while this one is read.
    #[pyo3(signature = (*positional, **keywords))]
    fn iter<'py>(
        &self,
        py: Python<'py>,
        positional: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.refuse_positional(positional)?;
        self.warn(py)?;
        let pages = Pages::new(py, self, keywords)?;
        let function = if self.client.asynchronous { "async_pages" } else { "pages" };
        calls(py)?.call_method1(function, (pages,))
    }

    /// Gives every entry of a listing, or every row of an export, as columns of Arrow: for pandas,
    /// polars, pyarrow, duckdb.
    #[pyo3(signature = (*positional, **keywords))]
    fn arrow(
        &self,
        py: Python<'_>,
        positional: &Bound<'_, PyTuple>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<arrow_out::Table> {
        self.refuse_positional(positional)?;
        self.warn(py)?;
        let (plan, teller) = plan(py, self, keywords)?;
        arrow_out::Table::new(py, self.clone(), plan, teller)
    }

    #[getter(__name__)]
    fn name(&self) -> &'static str {
        self.target.name()
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> String {
        self.target.id()
    }

    #[getter(__doc__)]
    fn doc(&self) -> String {
        describe::doc(self.target)
    }

    #[getter(__signature__)]
    fn signature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        calls(py)?.call_method1("signature", describe::signature(self.target))
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> String {
        describe::text_signature(self.target)
    }

    fn __repr__(&self) -> String {
        format!("<{} of {}>", self.target.id(), self.client.description)
    }
}
