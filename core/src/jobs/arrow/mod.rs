//! Rows in Arrow's form: for pandas, polars, pyarrow, duckdb, apache-arrow and whatever else reads it. Pages of
//! JSON are read straight into columns in the background. A binding hands the batches on in the manner of its
//! language.

mod column;
mod moment;
mod sheet;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde_json::{Map, Value};

use self::sheet::Columns;
use super::stream::{Column, Page, Stream};
use super::{Job, Progress};
use crate::arguments::Arguments;
use crate::client::{CallOptions, Client};
use crate::error::{Error, Kind, Result};
use crate::schema::{Spec, Ty};

/// The rows of an export, or of a listing, a batch for each page. As with a [`Stream`], work begins when the
/// first batch (or the schema) is asked for; dropping it ends the work.
pub struct Batches {
    stream: Stream,
    schema: Option<SchemaRef>,
    unfit: Unfit,
}

impl Batches {
    /// The rows of an export: what it would write to a file. Sends nothing yet.
    pub fn of_job(client: &Client, job: &'static Job, arguments: Map<String, Value>) -> Result<Self> {
        let unfit = Unfit::default();
        let sheet = Box::new(Columns::new(unfit.clone()));
        Ok(Batches { stream: Stream::of_job(client, job, arguments, Some(sheet))?, schema: None, unfit })
    }

    /// The entries of all pages of an operation that lists. Sends nothing yet.
    pub fn of_listing(
        client: &Client,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
    ) -> Result<Self> {
        let unfit = Unfit::default();
        let sheet = Box::new(Columns::new(unfit.clone()));
        Ok(Batches {
            stream: Stream::of_listing(client, spec, arguments, options, sheet)?,
            schema: None,
            unfit,
        })
    }

    /// The columns; waits until they are known.
    pub async fn schema(&mut self) -> Result<SchemaRef> {
        self.schema_with(&|_| {}).await
    }

    /// The same. Meanwhile `report` is told how far an export has come.
    pub async fn schema_with(&mut self, report: &(dyn Fn(&Progress) + Send + Sync)) -> Result<SchemaRef> {
        if let Some(schema) = &self.schema {
            return Ok(schema.clone());
        }
        let schema = schema_of(self.stream.columns_with(report).await?);
        self.schema = Some(schema.clone());
        Ok(schema)
    }

    /// The next batch, and `None` behind the last. An error ends the rows. Where waiting is given up, the batch
    /// is there for the next one who asks.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        self.next_with(&|_| {}).await
    }

    /// The same. Meanwhile `report` is told how far an export has come.
    pub async fn next_with(
        &mut self,
        report: &(dyn Fn(&Progress) + Send + Sync),
    ) -> Result<Option<RecordBatch>> {
        let Some(page) = self.stream.next_with(report).await? else { return Ok(None) };
        if let Page::Sheet(page) = page
            && let Ok(batch) = page.downcast()
        {
            return Ok(Some(*batch));
        }
        Err(Error::new(Kind::Decode, "these rows are no columns"))
    }

    /// Counts what does not fit.
    pub fn unfit(&self) -> &Unfit {
        &self.unfit
    }

    /// Ends what is under way. There are no further rows.
    pub fn close(&mut self) {
        self.stream.close();
    }
}

/// How many values of each column did not fit its type. They are null in the batches.
#[derive(Debug, Clone, Default)]
pub struct Unfit(Arc<OnceLock<Vec<(String, AtomicU64)>>>);

impl Unfit {
    /// The columns that have such values, and how many so far.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        let all = self.0.get().into_iter().flatten();
        all.map(|(name, count)| (name.as_str(), count.load(Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
    }

    fn begin(&self, columns: &[Column]) {
        let counts = columns.iter().map(|column| (column.name.clone(), AtomicU64::new(0)));
        let _ = self.0.set(counts.collect());
    }

    fn add(&self, column: usize) {
        if let Some((_, count)) = self.0.get().and_then(|counts| counts.get(column)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn schema_of(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| Field::new(&column.name, type_of(&column.ty), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn type_of(ty: &Ty) -> DataType {
    match ty {
        Ty::Integer => DataType::Int64,
        Ty::Number => DataType::Float64,
        Ty::Boolean => DataType::Boolean,
        Ty::Date => DataType::Date32,
        Ty::DateTime => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Ty::List(item) if is_listed(item) => {
            DataType::List(Arc::new(Field::new_list_field(type_of(item), true)))
        }
        _ => DataType::Utf8,
    }
}

/// Whether a list of these is a list of Arrow; others are JSON.
fn is_listed(item: &Ty) -> bool {
    matches!(item, Ty::Integer | Ty::Number | Ty::Boolean | Ty::String | Ty::Enum(_))
}
