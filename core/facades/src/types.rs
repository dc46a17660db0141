//! Types as each language writes them. The only place that knows this.

use std::collections::BTreeMap;

use brevo_core::schema::{Enum, Ty};

use crate::table::{Definition, Named};

/// Which way a value travels.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    Sent,
    Received,
}

/// The named types, to tell those that travel both ways from the others.
pub(crate) struct Types(pub(crate) BTreeMap<&'static str, Named>);

impl Types {
    /// Name of a named type. What travels both ways has two forms, of which the sent one is called
    /// `...Input`; texts with known values need no second form.
    pub(crate) fn name(&self, name: &str, way: Way) -> String {
        let both = self.0.get(name).is_some_and(|named| {
            named.sent && named.received && !matches!(named.definition, Definition::Enum(_))
        });
        if both && way == Way::Sent { format!("{name}Input") } else { name.to_owned() }
    }

    /// The ways in which a named type has to be declared.
    pub(crate) fn ways(&self, named: &Named) -> Vec<Way> {
        match named.definition {
            Definition::Enum(_) => vec![Way::Received],
            _ => [(named.received, Way::Received), (named.sent, Way::Sent)]
                .into_iter()
                .filter_map(|(is, way)| is.then_some(way))
                .collect(),
        }
    }

    pub(crate) fn python(&self, ty: &Ty, way: Way) -> String {
        let sent = way == Way::Sent;
        match ty {
            Ty::Nothing => "None".into(),
            Ty::Any => "Any".into(),
            Ty::String => "str".into(),
            Ty::Integer => "int".into(),
            Ty::Number if sent => "float | Decimal".into(),
            Ty::Number => "float".into(),
            Ty::Boolean => "bool".into(),
            Ty::Date if sent => "str | date".into(),
            Ty::DateTime if sent => "str | datetime".into(),
            Ty::Date | Ty::DateTime => "str".into(),
            Ty::File => "_FileInput".into(),
            Ty::Bytes => "bytes".into(),
            Ty::List(item) if sent => format!("Sequence[{}]", self.python(item, way)),
            Ty::List(item) => format!("list[{}]", self.python(item, way)),
            // A null clears an entry.
            Ty::Map(item) if sent => match self.python(item, way).as_str() {
                "Any" => "Mapping[str, Any]".into(),
                item => format!("Mapping[str, {item} | None]"),
            },
            Ty::Map(item) => format!("dict[str, {}]", self.python(item, way)),
            Ty::Model(model) if sent => {
                let file = if model().is_file() { " | _File" } else { "" };
                format!("{} | _Model{file}", self.name(model().name, way))
            }
            Ty::Model(model) => self.name(model().name, way),
            Ty::Enum(texts) => texts.name.into(),
            Ty::Union(union) => self.name(union().name, way),
        }
    }

    pub(crate) fn typescript(&self, ty: &Ty, way: Way) -> String {
        let sent = way == Way::Sent;
        match ty {
            Ty::Nothing => "undefined".into(),
            Ty::Any => "any".into(),
            Ty::String => "string".into(),
            Ty::Integer if sent => "number | bigint".into(),
            Ty::Integer | Ty::Number => "number".into(),
            Ty::Boolean => "boolean".into(),
            Ty::Date | Ty::DateTime if sent => "string | Date".into(),
            Ty::Date | Ty::DateTime => "string".into(),
            Ty::File => "FileInput".into(),
            Ty::Bytes => "Buffer".into(),
            Ty::List(item) => {
                let readonly = if sent { "readonly " } else { "" };
                match self.typescript(item, way) {
                    item if item.contains(' ') => format!("{readonly}({item})[]"),
                    item => format!("{readonly}{item}[]"),
                }
            }
            Ty::Map(item) if sent => match self.typescript(item, way).as_str() {
                "any" => "Record<string, any>".into(),
                item => format!("Record<string, {item} | null>"),
            },
            Ty::Map(item) => format!("Record<string, {}>", self.typescript(item, way)),
            Ty::Model(model) => self.name(model().name, way),
            Ty::Enum(texts) => texts.name.into(),
            Ty::Union(union) => self.name(union().name, way),
        }
    }
}

/// A type in words, with links to the page of types.
pub(crate) fn words(ty: &Ty) -> String {
    let link = |name: &str| format!("[{name}](types.md#{})", name.to_lowercase());
    match ty {
        Ty::Nothing => "nothing".into(),
        Ty::Any => "any value".into(),
        Ty::String => "text".into(),
        Ty::Integer => "integer".into(),
        Ty::Number => "number".into(),
        Ty::Boolean => "boolean".into(),
        Ty::Date => "date".into(),
        Ty::DateTime => "date and time".into(),
        Ty::File => "file".into(),
        Ty::Bytes => "bytes".into(),
        Ty::List(item) => format!("list of {}", words(item)),
        Ty::Map(item) => format!("object with values: {}", words(item)),
        Ty::Model(model) => link(model().name),
        Ty::Enum(texts) => link(texts.name),
        Ty::Union(union) => link(union().name),
    }
}

/// The known values, quoted and joined.
pub(crate) fn values(texts: &Enum, quote: char, separator: &str) -> String {
    texts.values.iter().map(|value| format!("{quote}{value}{quote}")).collect::<Vec<_>>().join(separator)
}
