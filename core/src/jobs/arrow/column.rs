//! A column in the making.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, FieldRef};

use super::moment::{day, moment};
use super::{is_listed, type_of};
use crate::json::Reader;
use crate::schema::Ty;

/// The values of a column since the last batch.
pub(super) struct Builder {
    values: Values,
    nulls: NullBufferBuilder,
}

enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(BooleanBufferBuilder),
    /// Days since 1970.
    Date(Vec<i32>),
    /// Microseconds since 1970.
    Moment(Vec<i64>),
    /// Texts, and whether they are JSON.
    Text(Vec<u8>, Vec<i32>, bool),
    List(Box<Builder>, Vec<i32>, FieldRef),
}

impl Builder {
    pub(super) fn new(ty: &Ty) -> Self {
        let values = match ty {
            Ty::Integer => Values::Int(Vec::new()),
            Ty::Number => Values::Float(Vec::new()),
            Ty::Boolean => Values::Bool(BooleanBufferBuilder::new(0)),
            Ty::Date => Values::Date(Vec::new()),
            Ty::DateTime => Values::Moment(Vec::new()),
            Ty::List(item) if is_listed(item) => {
                let field = Arc::new(Field::new_list_field(type_of(item), true));
                Values::List(Box::new(Builder::new(item)), vec![0], field)
            }
            Ty::String | Ty::Enum(_) => Values::Text(Vec::new(), vec![0], false),
            _ => Values::Text(Vec::new(), vec![0], true),
        };
        Builder { values, nulls: NullBufferBuilder::new(0) }
    }

    pub(super) fn len(&self) -> usize {
        self.nulls.len()
    }

    /// The whole number in a row, where it is one.
    pub(super) fn whole_number(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::Int(values) if self.nulls.is_valid(row) => values.get(row).copied(),
            _ => None,
        }
    }

    pub(super) fn null(&mut self) {
        match &mut self.values {
            Values::Int(values) | Values::Moment(values) => values.push(0),
            Values::Float(values) => values.push(0.0),
            Values::Bool(values) => values.append(false),
            Values::Date(values) => values.push(0),
            Values::Text(_, ends, _) | Values::List(_, ends, _) => {
                ends.push(ends.last().copied().unwrap_or_default());
            }
        }
        self.nulls.append_null();
    }

    pub(super) fn truncate(&mut self, len: usize) {
        if self.len() <= len {
            return;
        }
        match &mut self.values {
            Values::Int(values) | Values::Moment(values) => values.truncate(len),
            Values::Float(values) => values.truncate(len),
            Values::Bool(values) => values.truncate(len),
            Values::Date(values) => values.truncate(len),
            Values::Text(text, ends, _) => {
                ends.truncate(len + 1);
                text.truncate(ends.last().copied().unwrap_or_default() as usize);
            }
            Values::List(items, ends, _) => {
                ends.truncate(len + 1);
                items.truncate(ends.last().copied().unwrap_or_default() as usize);
            }
        }
        self.nulls.truncate(len);
    }

    /// Reads a value that stands inside so many objects and lists. One that does not fit becomes null, and
    /// gives false. `None` where it is no JSON.
    pub(super) fn value(&mut self, json: &mut Reader<'_>, outer: usize) -> Option<bool> {
        let first = json.look()?;
        if first == b'n' {
            json.scalar(first)?;
            self.null();
            return Some(true);
        }
        let fits = match &mut self.values {
            Values::Int(values) => whole(json, first, outer)?.map(|number| values.push(number)),
            Values::Float(values) => float(json, first, outer)?.map(|number| values.push(number)),
            Values::Bool(values) => truth(json, first, outer)?.map(|truth| values.append(truth)),
            Values::Date(values) => {
                text(json, first, outer)?.and_then(|text| day(&text)).map(|day| values.push(day))
            }
            Values::Moment(values) => {
                text(json, first, outer)?.and_then(|text| moment(&text)).map(|moment| values.push(moment))
            }
            Values::Text(bytes, ends, is_json) => {
                if first == b'"' && !*is_json {
                    bytes.extend_from_slice(json.text()?.as_bytes());
                } else {
                    let start = json.at;
                    json.value(outer)?;
                    bytes.extend_from_slice(json.since(start).as_bytes());
                }
                i32::try_from(bytes.len()).ok().map(|end| ends.push(end))
            }
            Values::List(items, ends, _) if first == b'[' => {
                let mut fits = true;
                let mut more = json.begins(first)?;
                while more {
                    fits &= items.value(json, outer + 1)?;
                    more = json.goes_on(first)?;
                }
                // A list that lacks an item is another list.
                let end = i32::try_from(items.len()).ok().filter(|_| fits);
                if end.is_none() {
                    items.truncate(ends.last().copied().unwrap_or_default() as usize);
                }
                end.map(|end| ends.push(end))
            }
            Values::List(..) => {
                json.value(outer)?;
                None
            }
        };
        match fits {
            Some(()) => self.nulls.append_non_null(),
            None => self.null(),
        }
        Some(fits.is_some())
    }

    /// Gives what was read, and begins anew.
    pub(super) fn finish(&mut self) -> ArrayRef {
        fn taken<T>(values: &mut Vec<T>) -> Vec<T> {
            let next = Vec::with_capacity(values.len());
            std::mem::replace(values, next)
        }
        fn offsets(ends: &mut Vec<i32>) -> OffsetBuffer<i32> {
            let ends = std::mem::replace(ends, vec![0]);
            OffsetBuffer::new(ScalarBuffer::from(ends))
        }
        let nulls = self.nulls.finish();
        match &mut self.values {
            Values::Int(values) => Arc::new(Int64Array::new(taken(values).into(), nulls)),
            Values::Float(values) => Arc::new(Float64Array::new(taken(values).into(), nulls)),
            Values::Bool(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Date(values) => Arc::new(Date32Array::new(taken(values).into(), nulls)),
            Values::Moment(values) => {
                Arc::new(TimestampMicrosecondArray::new(taken(values).into(), nulls).with_timezone("UTC"))
            }
            Values::Text(text, ends, _) => {
                Arc::new(StringArray::new(offsets(ends), Buffer::from_vec(taken(text)), nulls))
            }
            Values::List(items, ends, field) => {
                Arc::new(ListArray::new(field.clone(), offsets(ends), items.finish(), nulls))
            }
        }
    }
}

/// A whole number, also one that is written as a text.
fn whole(json: &mut Reader<'_>, first: u8, outer: usize) -> Option<Option<i64>> {
    let Some(number) = number(json, first)? else {
        return Some(text(json, first, outer)?.and_then(|text| text.parse().ok()));
    };
    if let Ok(number) = number.parse() {
        return Some(Some(number));
    }
    let is_float = number.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    let float = number.parse::<f64>().ok().filter(|_| is_float);
    Some(float.filter(|float| float.fract() == 0.0 && float.abs() < 9e15).map(|float| float as i64))
}

fn float(json: &mut Reader<'_>, first: u8, outer: usize) -> Option<Option<f64>> {
    if let Some(number) = number(json, first)? {
        return Some(number.parse().ok());
    }
    let number = text(json, first, outer)?.and_then(|text| text.parse().ok());
    Some(number.filter(|number: &f64| number.is_finite()))
}

fn truth(json: &mut Reader<'_>, first: u8, outer: usize) -> Option<Option<bool>> {
    if matches!(first, b't' | b'f') {
        json.scalar(first)?;
        return Some(Some(first == b't'));
    }
    Some(text(json, first, outer)?.and_then(|text| text.parse().ok()))
}

/// A number as it is written; anything else is still to come.
fn number<'t>(json: &mut Reader<'t>, first: u8) -> Option<Option<&'t str>> {
    if !matches!(first, b'-' | b'0'..=b'9') {
        return Some(None);
    }
    let start = json.at;
    json.scalar(first)?;
    Some(Some(json.since(start)))
}

/// A text; anything else is passed over.
fn text<'t>(json: &mut Reader<'t>, first: u8, outer: usize) -> Option<Option<Cow<'t, str>>> {
    if first == b'"' {
        return json.text().map(Some);
    }
    json.value(outer)?;
    Some(None)
}
