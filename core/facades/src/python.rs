//! Stubs for Python: `types.pyi` and `_brevo_native.pyi`. Indented by two, since blanks are installed too.

use brevo_core::api::RESOURCES;
use brevo_core::names::{is_identifier, is_python_keyword, pascal, python_attribute};
use brevo_core::schema::{Field, Model, Ty};

use crate::MARKER;
use crate::example::{self, Tone, file_path, python_literal};
use crate::table::{Call, Definition, calls, limits, one_line, paragraphs, wrap};
use crate::types::{Types, Way, values};

const WIDTH: usize = 100;
/// Documentation of what a job reads.
const SOURCE: [&str; 3] = [
    "    source: What is read, in place of `path`: a path, an open file, bytes, a table of pandas,",
    "        polars, pyarrow or duckdb (anything with `__arrow_c_stream__`), or an iterable of rows:",
    "        mappings, dataclasses, pydantic models, named tuples.",
];

/// `types.pyi`: what is sent as TypedDicts with wire names, what comes back as classes with
/// attributes.
pub(crate) fn types(types: &Types) -> String {
    let mut out = format!(
        r#"# {MARKER}
"""Types of what is sent and of what comes back.

What is sent is a plain dict, described by a TypedDict with the keys of the API. What comes back is
an `Object`: a dict with the keys of the API whose entries can also be read as attributes in
snake_case. Everything in Brevo's replies may be absent, and then reads as None. Texts with known values
accept any other text too, since Brevo adds values without notice.
"""

from collections.abc import Mapping, Sequence
from datetime import DATES
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from typing_extensions import NotRequired, TypedDict

from .objects import Object, _Content, _Model

def __dir__() -> list[str]: ...
"#
    );
    for (name, named) in &types.0 {
        for way in types.ways(named) {
            let name = types.name(name, way);
            out.push('\n');
            match named.definition {
                Definition::Enum(texts) => {
                    let values = values(texts, '"', ", ");
                    out +=
                        &format!("{name}: TypeAlias = Literal[{values}] | str\n{}", docstring("", texts.doc));
                }
                Definition::Union(union) => {
                    let variants: Vec<_> = union.variants.iter().map(|ty| types.python(ty, way)).collect();
                    out += &format!(
                        "{name}: TypeAlias = {}\n{}",
                        variants.join(" | "),
                        docstring("", union.doc)
                    );
                }
                Definition::Model(model) if way == Way::Received => {
                    out += &reply(&name, model, types, !named.sent)
                }
                Definition::Model(model) => out += &argument(&name, model, types),
            }
        }
    }
    let dates = ["date", "datetime"]
        .into_iter()
        .filter(|name| [" ", "]", "\n"].iter().any(|end| out.contains(&format!("| {name}{end}"))));
    let dates = dates.collect::<Vec<_>>().join(", ");
    out.replacen("DATES", &dates, 1)
}

/// Where `sure`, required fields are always there: in the results of jobs, which are ours.
fn reply(name: &str, model: &Model, types: &Types, sure: bool) -> String {
    let mut out = format!("class {name}(Object):\n{}", docstring("  ", model.doc));
    for field in model.fields {
        let ty = types.python(&field.ty, Way::Received);
        let ty = if sure && field.required { ty } else { optional(ty) };
        out += &format!("  {}: {ty}\n{}", python_attribute(field.name()), docstring("  ", field.doc()));
    }
    out
}

fn argument(name: &str, model: &Model, types: &Types) -> String {
    let entry = |field: &Field| {
        let ty = match field.limits().format {
            Some("byte") => "str | _Content".to_owned(),
            _ => types.python(&field.ty, Way::Sent),
        };
        if field.required { ty } else { format!("NotRequired[{}]", optional(ty)) }
    };
    if model.fields.iter().all(|f| is_identifier(f.wire()) && !is_python_keyword(f.wire())) {
        let mut out = format!("class {name}(TypedDict):\n{}", docstring("  ", model.doc));
        for field in model.fields {
            out += &format!("  {}: {}\n{}", field.wire(), entry(field), docstring("  ", &documented(field)));
        }
        return out;
    }
    // Keys that are no names of Python need the functional form.
    let mut out = format!("{name} = TypedDict(\n  {name:?},\n  {{\n");
    for field in model.fields {
        wrap(&one_line(field.doc()), WIDTH - 10).iter().for_each(|line| out += &format!("    # {line}\n"));
        out += &format!("    {:?}: {},\n", field.wire(), entry(field));
    }
    out + "  },\n)\n" + &docstring("", model.doc)
}

/// `_brevo_native.pyi`: the clients, with a class for each resource.
pub(crate) fn native(types: &Types) -> String {
    let mut out = format!("# {MARKER}\n{}", include_str!("native.pyi"));
    for resource in RESOURCES {
        calls(resource).iter().filter_map(|call| rows(call, types)).for_each(|rows| out += &rows);
        out += &format!("\nclass _{}(_Resource[_S]):\n", pascal(resource.name));
        out += &docstring("  ", resource.doc);
        calls(resource).iter().for_each(|call| out += &method(call, types));
    }
    for (class, kind) in [("_SyncResources", "_Source"), ("_AsyncResources", "_AsyncSource")] {
        out += &format!("\nclass {class}:\n");
        for resource in RESOURCES {
            out += "  @property\n";
            out += &format!("  def {}(self) -> _{}[{kind}]:\n", resource.name, pascal(resource.name));
            out += &docstring("    ", resource.doc);
        }
    }
    out
}

/// What `iter` and `arrow` of an export take, and a row.
fn rows(call: &Call, types: &Types) -> Option<String> {
    let row = python(types, &call.rows?, Way::Received);
    let mut out = format!("\ndef {}(\n  self: Any,\n", rows_name(call));
    out += "  *,\n";
    for field in call.row_fields() {
        let ty = python(types, &field.ty, Way::Sent);
        let ty = if field.required { ty } else { format!("{} = None", optional(ty)) };
        out += &format!("  {}: {ty},\n", field.name());
    }
    Some(out + &format!("  progress: _Progress | None = None,\n) -> {row}: ...\n"))
}

fn rows_name(call: &Call) -> String {
    format!("_rows_of_{}_{}", call.resource, call.name)
}

fn method(call: &Call, types: &Types) -> String {
    let mut gives = reply_type(call, types);
    let decorator = match (call.spec, call.item()) {
        (None, _) if call.rows.is_some() => format!("export({})", rows_name(call)),
        (None, _) => "job".to_owned(),
        (Some(_), None) => "operation".to_owned(),
        (Some(_), Some(item)) => {
            gives = format!("_Lists[{gives}, {}]", python(types, &item, Way::Received));
            "listing".to_owned()
        }
    };
    let mut out = format!("  @_{decorator}\n  def {}(\n    self,\n", call.name);
    if call.takes_source {
        out += "    source: _S | None = None,\n";
    }
    out += "    *,\n";
    for field in call.required_first() {
        let ty = match call.spec {
            None if field.name().ends_with("path") => "str | PathLike[str]".to_owned(),
            _ => python(types, &field.ty, Way::Sent),
        };
        let ty = if field.required { ty } else { format!("{} = None", optional(ty)) };
        out += &format!("    {}: {ty},\n", field.name());
    }
    out += match call.spec {
        Some(_) => "    options: CallOptions | None = None,\n",
        None => "    progress: _Progress | None = None,\n",
    };
    out + &format!("  ) -> {gives}:\n") + &method_doc(call)
}

/// Type of the decoded body.
fn reply_type(call: &Call, types: &Types) -> String {
    let ty = python(types, &call.output, Way::Received);
    if call.may_be_empty { optional(ty) } else { ty }
}

fn method_doc(call: &Call) -> String {
    let mut text = paragraphs(call.doc);
    text.extend(call.paging().map(str::to_owned));
    if let Some(why) = call.spec.and_then(|spec| spec.deprecated) {
        text.push(format!("Deprecated: {why}"));
    }
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(&paragraph, WIDTH - 8));
    }
    if !call.fields.is_empty() {
        lines.extend([String::new(), "Args:".to_owned()]);
    }
    if call.takes_source {
        lines.extend(SOURCE.iter().map(|line| (*line).to_owned()));
    }
    for field in call.required_first() {
        let text = format!("{}: {}", field.name(), documented(field));
        for (i, line) in wrap(&text, WIDTH - 16).into_iter().enumerate() {
            lines.push(format!("{}{line}", if i == 0 { "    " } else { "        " }));
        }
    }
    quoted("    ", &lines)
}

/// A field's documentation, with its bounds.
fn documented(field: &Field) -> String {
    match limits(field) {
        bounds if bounds.is_empty() => one_line(field.doc()),
        bounds => format!("{} ({bounds})", one_line(field.doc())),
    }
}

/// A type in `_brevo_native.pyi`, where named types stand in a module of their own.
fn python(types: &Types, ty: &Ty, way: Way) -> String {
    let text = types.python(ty, way);
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let prefixed = words.map(|word| {
        let name = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let base = name.strip_suffix("Input").unwrap_or(name);
        let is_named = types.0.contains_key(name) || types.0.contains_key(base);
        if is_named { format!("_t.{word}") } else { word.to_owned() }
    });
    prefixed.collect()
}

fn optional(ty: String) -> String {
    if matches!(ty.as_str(), "Any" | "None") { ty } else { format!("{ty} | None") }
}

fn docstring(indent: &str, doc: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs(doc) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(&paragraph, WIDTH - indent.len()));
    }
    quoted(indent, &lines)
}

fn quoted(indent: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return if indent.is_empty() { String::new() } else { format!("{indent}...\n") };
    }
    let raw = if lines.iter().any(|line| line.contains('\\')) { "r" } else { "" };
    let mut out = format!("{indent}{raw}\"\"\"{}", lines[0]);
    for line in &lines[1..] {
        out += &format!("\n{}", format!("{indent}{line}").trim_end());
    }
    if lines.len() > 1 {
        out += &format!("\n{indent}");
    } else if out.ends_with('"') {
        out.push(' ');
    }
    out + "\"\"\"\n"
}

/// `tests/types/every_operation.py`: uses every call, to be checked and not run.
pub(crate) fn check(types: &Types) -> String {
    let mut out = format!(
        "# {MARKER}\n# ruff: noqa\nfrom typing import Any\n\n\
         from typing_extensions import assert_type\n\n\
         from brevo_native import AsyncBrevo, Brevo, Reply, Table\nfrom brevo_native import types as _t\n\n\n\
         async def every(brevo: Brevo, twin: AsyncBrevo) -> None:\n"
    );
    for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
        let id = call.id();
        let given = |tone: Tone| {
            let values = example::arguments(&call, tone);
            let value = |f: &Field| Some(python_literal(file_path(&f.ty, values.get(f.wire())?)));
            let given = |fields: &[&Field]| {
                let given = fields.iter().filter_map(|f| Some(format!("{}={}", f.name(), value(f)?)));
                given.collect::<Vec<_>>().join(", ")
            };
            (given(&call.fields.iter().collect::<Vec<_>>()), given(&call.row_fields()))
        };
        let ((all, _), (given, row_given)) = (given(Tone::Full), given(Tone::Plain));
        let gives = reply_type(&call, types);
        out += &format!("    assert_type(brevo.{id}({all}), {gives})\n");
        out += &format!("    assert_type(await twin.{id}({given}), {gives})\n");
        if let (Ty::Model(model), false) = (&call.output, call.may_be_empty)
            && let Some(field) = model().fields.first()
        {
            let (attribute, wire) = (python_attribute(field.name()), field.wire());
            let sure = field.required && call.spec.is_none();
            let ty = python(types, &field.ty, Way::Received);
            let ty = if sure { ty } else { optional(ty) };
            out += &format!("    assert_type(brevo.{id}({given}).{attribute}, {ty})\n");
            out += &format!("    assert_type((await twin.{id}({given}))[{wire:?}], Any)\n");
        }
        if call.spec.is_some() {
            out += &format!("    assert_type(brevo.{id}.raw({given}), Reply)\n");
            out += &format!("    assert_type(await twin.{id}.raw({given}), Reply)\n");
        }
        if let Some(item) = call.item() {
            let item = python(types, &item, Way::Received);
            out += &format!("    assert_type(next(brevo.{id}.iter({given})), {item})\n");
            out += &format!("    assert_type(await anext(twin.{id}.iter({given})), {item})\n");
            out += &format!("    assert_type(brevo.{id}.arrow({given}), Table)\n");
        }
        if let Some(row) = call.rows {
            let row = python(types, &row, Way::Received);
            out += &format!("    assert_type(next(brevo.{id}.iter({row_given})), {row})\n");
            out += &format!("    assert_type(await anext(twin.{id}.iter({row_given})), {row})\n");
            out += &format!("    assert_type(brevo.{id}.arrow({row_given}), Table)\n");
        }
    }
    out
}
