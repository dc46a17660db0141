//! JSON as Python values, in one pass, every object as an `Object` of ours.
//!
//! The objects of a list are alike, so what was learned of one serves the next: its keys are compared with
//! the text instead of being looked up, and where all are the same, the new object begins as a copy of the
//! last one. A copy has its size at once; a dict that is filled key by key is built anew as it grows.

use brevo_core::arguments::MAX_DEPTH;
use brevo_core::json::{Reader, unquoted};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};
use pyo3::{PyTypeInfo as _, ffi};

/// Keys that are remembered of the objects in one place. What has more of them is a table, and its keys are
/// its own.
const MOST_KEYS: usize = 128;

/// The value that a text stands for; `None` where it is no JSON.
pub(crate) fn value<'py>(py: Python<'py>, text: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    static OBJECT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let mut builder = Builder {
        json: Reader::new(text),
        object: OBJECT.import(py, "brevo_native.objects", "Object")?,
        nothing: PyTuple::empty(py),
        values: Vec::new(),
        places: Vec::new(),
        raised: None,
    };
    let value = builder.value(None, 0).filter(|_| builder.json.ends());
    builder.raised.map_or(Ok(value), Err)
}

struct Builder<'t, 'py> {
    json: Reader<'t>,
    object: &'t Bound<'py, PyType>,
    nothing: Bound<'py, PyTuple>,
    /// Of the lists and objects that have not come to their end.
    values: Vec<Bound<'py, PyAny>>,
    /// For each value of an object, the place of its key in the form.
    places: Vec<usize>,
    /// What Python raised.
    raised: Option<PyErr>,
}

/// What is known of the objects in one place.
#[derive(Default)]
struct Form<'t, 'py> {
    keys: Vec<Key<'t, 'py>>,
    /// The last object, and the places of its keys in their order.
    last: Option<Bound<'py, PyDict>>,
    places: Vec<usize>,
}

struct Key<'t, 'py> {
    /// All that stands before the value: the key with its quotes, and the colon.
    text: &'t str,
    name: Bound<'py, PyString>,
    /// Of the objects under it.
    below: Form<'t, 'py>,
}

impl<'t, 'py> Builder<'t, 'py> {
    /// Reads a value. `form` is that of the objects in its place; none where no others come there.
    fn value(&mut self, form: Option<&mut Form<'t, 'py>>, depth: usize) -> Option<Bound<'py, PyAny>> {
        let py = self.object.py();
        let (first, start) = (self.json.look()?, self.json.at);
        match first {
            b'"' => return Some(PyString::new(py, &self.json.text()?).into_any()),
            b'{' | b'[' if depth == MAX_DEPTH => return None,
            b'{' => {
                return match form {
                    Some(form) => self.object(form, depth),
                    None => self.single(depth),
                };
            }
            b'[' => return self.list(form.unwrap_or(&mut Form::default()), depth),
            _ => self.json.scalar(first)?,
        }
        match first {
            b'n' => Some(py.None().into_bound(py)),
            b't' | b'f' => Some(PyBool::new(py, first == b't').to_owned().into_any()),
            _ => self.done(number(py, self.json.since(start))),
        }
    }

    fn list(&mut self, form: &mut Form<'t, 'py>, depth: usize) -> Option<Bound<'py, PyAny>> {
        let base = self.values.len();
        let mut more = self.json.begins(b'[')?;
        while more {
            let value = self.value(Some(form), depth + 1)?;
            self.values.push(value);
            more = self.json.goes_on(b'[')?;
        }
        let list = PyList::new(self.object.py(), self.values.drain(base..));
        self.done(list).map(Bound::into_any)
    }

    /// An object that stands in no list.
    fn single(&mut self, depth: usize) -> Option<Bound<'py, PyAny>> {
        let object = self.empty();
        let object = self.done(object)?;
        let mut more = self.json.begins(b'{')?;
        while more {
            let name = jiter::cached_py_string(object.py(), &unquoted(self.json.key()?));
            let value = self.value(None, depth + 1)?;
            let set = object.set_item(name, value);
            self.done(set)?;
            more = self.json.goes_on(b'{')?;
        }
        Some(object.into_any())
    }

    fn object(&mut self, form: &mut Form<'t, 'py>, depth: usize) -> Option<Bound<'py, PyAny>> {
        let (base, base_of_places) = (self.values.len(), self.places.len());
        let mut expected = 0;
        let mut more = self.json.begins(b'{')?;
        while more {
            let place = self.key(form, expected)?;
            let value = self.value(Some(&mut form.keys[place].below), depth + 1)?;
            self.values.push(value);
            self.places.push(place);
            expected = place + 1;
            more = self.json.goes_on(b'{')?;
        }
        let object = self.filled(form, base, base_of_places);
        self.places.truncate(base_of_places);
        self.done(object).map(Bound::into_any)
    }

    /// An object of the values from there on.
    fn filled(
        &mut self,
        form: &mut Form<'t, 'py>,
        base: usize,
        base_of_places: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let object = self.empty()?;
        let places = &self.places[base_of_places..];
        match &form.last {
            Some(last) if form.places == places => object.update(last.as_mapping())?,
            _ => {
                form.places.clear();
                form.places.extend_from_slice(places);
            }
        }
        for (place, value) in places.iter().zip(self.values.drain(base..)) {
            object.set_item(&form.keys[*place].name, value)?;
        }
        match form.keys.len() > MOST_KEYS {
            true => *form = Form::default(),
            false => form.last = Some(object.clone()),
        }
        Ok(object)
    }

    /// An `Object` without keys. Calling the type would do the same, and then look what it is to be filled with.
    fn empty(&self) -> PyResult<Bound<'py, PyDict>> {
        // SAFETY: every type of a dict has this slot; it takes a type that derives from its own, a tuple
        // and maybe keywords, and gives a new reference or null.
        let object = unsafe {
            let slot = ffi::PyType_GetSlot(PyDict::type_object_raw(self.object.py()), ffi::Py_tp_new);
            let new: ffi::newfunc = std::mem::transmute(slot);
            let made = new(self.object.as_type_ptr(), self.nothing.as_ptr(), std::ptr::null_mut());
            Bound::from_owned_ptr_or_err(self.object.py(), made)?
        };
        Ok(object.cast_into()?)
    }

    /// Passes a key, and gives its place in the form.
    fn key(&mut self, form: &mut Form<'t, 'py>, expected: usize) -> Option<usize> {
        if let Some(key) = form.keys.get(expected)
            && self.json.passes(key.text)
        {
            return Some(expected);
        }
        self.json.look()?;
        let start = self.json.at;
        let key = self.json.key()?;
        let text = self.json.since(start);
        let count = form.keys.len();
        let mut others = if count > MOST_KEYS { 0..0 } else { 0..count };
        // Other white space makes another key of it, which does no harm.
        let known = others.find(|place| form.keys[*place].text == text);
        Some(known.unwrap_or_else(|| {
            let name = jiter::cached_py_string(self.object.py(), &unquoted(key));
            form.keys.push(Key { text, name, below: Form::default() });
            count
        }))
    }

    /// What was made; where Python raised instead, that is kept, and the reading ends.
    fn done<T>(&mut self, made: PyResult<T>) -> Option<T> {
        made.map_err(|error| self.raised = Some(error)).ok()
    }
}

fn number<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    if text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return Ok(PyFloat::new(py, text.parse()?).into_any());
    }
    match text.parse::<i64>() {
        Ok(number) => Ok(number.into_pyobject(py)?.into_any()),
        Err(_) => py.get_type::<PyInt>().call1((text,)),
    }
}
