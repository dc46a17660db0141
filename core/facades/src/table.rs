//! The table as the printers see it: calls (operations and jobs alike), the named types that they
//! use, and documentation as text.

use std::collections::BTreeMap;

use brevo_core::api::RESOURCES;
use brevo_core::jobs::JOBS;
use brevo_core::jobs::stream::OF_FILES;
use brevo_core::names::camel;
use brevo_core::schema::{Enum, Field, Model, PageStyle, Resource, Spec, Ty, Union, lines};

/// An operation or a job.
pub(crate) struct Call {
    pub(crate) resource: &'static str,
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) output: Ty,
    /// Whether a success may come without a body.
    pub(crate) may_be_empty: bool,
    pub(crate) doc: &'static str,
    /// Absent for jobs.
    pub(crate) spec: Option<&'static Spec>,
    /// Type of a row, of jobs that give rows.
    pub(crate) rows: Option<Ty>,
    /// Whether it is a job that reads rows.
    pub(crate) takes_source: bool,
}

/// Operations of a resource, then its jobs.
pub(crate) fn calls(resource: &Resource) -> Vec<Call> {
    let operations = resource.operations.iter().map(|spec| Call {
        resource: spec.resource,
        name: spec.name,
        fields: spec.fields,
        output: spec.output,
        may_be_empty: spec.may_be_empty,
        doc: spec.doc,
        spec: Some(spec),
        rows: None,
        takes_source: false,
    });
    let jobs = JOBS.iter().filter(|job| job.resource == resource.name).map(|job| Call {
        resource: job.resource,
        name: job.name,
        fields: (job.arguments)().fields,
        output: job.output,
        may_be_empty: false,
        doc: job.doc,
        spec: None,
        rows: job.rows,
        takes_source: job.source().is_some(),
    });
    operations.chain(jobs).collect()
}

impl Call {
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.resource, self.name)
    }

    /// Name in Node.
    pub(crate) fn camel(&self) -> String {
        format!("{}.{}", camel(self.resource), camel(self.name))
    }

    /// Type of one entry, where the call lists.
    pub(crate) fn item(&self) -> Option<Ty> {
        self.spec?.item()
    }

    /// Parameters of `iter`, of a job that gives rows: all but those of its file.
    pub(crate) fn row_fields(&self) -> Vec<&'static Field> {
        let mut fields = self.required_first();
        fields.retain(|field| !OF_FILES.contains(&field.name()));
        fields
    }

    /// Required parameters first, in the order of the table otherwise.
    pub(crate) fn required_first(&self) -> Vec<&'static Field> {
        let (required, optional): (Vec<_>, Vec<_>) = self.fields.iter().partition(|f| f.required);
        required.into_iter().chain(optional).collect()
    }

    /// Paging, or where else rows can go, in a sentence.
    pub(crate) fn paging(&self) -> Option<&'static str> {
        if self.rows.is_some() {
            return Some("`iter` gives the rows to the program instead of to a file.");
        }
        Some(match self.spec?.page?.style {
            PageStyle::Offset => "Lists in pages by `limit` and `offset`; `iter` gives every entry.",
            PageStyle::Page => "Lists in numbered pages; `iter` gives every entry.",
            PageStyle::Single => "Lists everything in one reply; `iter` gives every entry.",
        })
    }
}

/// A type that has a name.
#[derive(Clone, Copy)]
pub(crate) enum Definition {
    Model(&'static Model),
    Enum(&'static Enum),
    Union(&'static Union),
}

/// A type that has a name, and which way it travels.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) definition: Definition,
    pub(crate) sent: bool,
    pub(crate) received: bool,
}

impl Named {
    pub(crate) fn doc(&self) -> &'static str {
        match self.definition {
            Definition::Model(model) => model.doc,
            Definition::Enum(texts) => texts.doc,
            Definition::Union(union) => union.doc,
        }
    }
}

/// Every named type that a call uses, by name.
pub(crate) fn types() -> BTreeMap<&'static str, Named> {
    let mut types = BTreeMap::new();
    for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
        call.fields.iter().for_each(|field| visit(&field.ty, true, &mut types));
        visit(&call.output, false, &mut types);
        call.rows.iter().for_each(|row| visit(row, false, &mut types));
    }
    types
}

fn visit(ty: &Ty, sent: bool, types: &mut BTreeMap<&'static str, Named>) {
    let (name, definition) = match ty {
        Ty::List(item) | Ty::Map(item) => return visit(item, sent, types),
        Ty::Model(model) => (model().name, Definition::Model(model())),
        Ty::Enum(texts) => (texts.name, Definition::Enum(texts)),
        Ty::Union(union) => (union().name, Definition::Union(union())),
        _ => return,
    };
    let named = types.entry(name).or_insert(Named { definition, sent: false, received: false });
    let seen = if sent { &mut named.sent } else { &mut named.received };
    if std::mem::replace(seen, true) {
        return;
    }
    match definition {
        Definition::Model(model) => model.fields.iter().for_each(|field| visit(&field.ty, sent, types)),
        Definition::Union(union) => union.variants.iter().for_each(|ty| visit(ty, sent, types)),
        Definition::Enum(_) => {}
    }
}

/// Documentation as paragraphs, each on one line.
pub(crate) fn paragraphs(doc: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines(doc) {
        match out.last_mut() {
            _ if line.is_empty() => open = false,
            Some(last) if open => {
                last.push(' ');
                last.push_str(line);
            }
            _ => {
                out.push(line.to_owned());
                open = true;
            }
        }
    }
    out
}

/// Documentation on one line.
pub(crate) fn one_line(doc: &str) -> String {
    paragraphs(doc).join(" ")
}

/// A parameter's bounds, in words.
pub(crate) fn limits(field: &Field) -> String {
    let limits = field.limits();
    let range = |min: Option<i64>, max: Option<i64>, unit: &str| match (min, max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (None, None) => None,
    };
    [
        range(limits.min, limits.max, ""),
        range(limits.min_length, limits.max_length, " characters"),
        range(limits.min_items, limits.max_items, " entries"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// Text in lines of at most `width` characters, broken at spaces.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            *last = word.to_owned();
        } else if last.chars().count() + 1 + word.chars().count() <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
