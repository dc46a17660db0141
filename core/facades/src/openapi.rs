//! `docs/openapi.json`: the table as an OpenAPI 3.1 document.

use brevo_core::api::RESOURCES;
use brevo_core::pace::class_of;
use brevo_core::schema::{BodyKind, Field, PageStyle, Place, Repeat, Spec, Ty};
use serde_json::{Map, Value, json};

use crate::MARKER;
use crate::table::{Definition, one_line, paragraphs, types};

pub(crate) fn print() -> String {
    let operations = || RESOURCES.iter().flat_map(|resource| resource.operations).copied();
    let mut paths: Map<String, Value> = Map::new();
    for spec in operations() {
        let path = paths.entry(spec.path).or_insert_with(|| json!({}));
        path[spec.method.as_str().to_lowercase()] = operation(spec);
    }
    let mut schemas: Map<String, Value> =
        types().iter().map(|(name, named)| ((*name).to_owned(), definition(named.definition))).collect();
    schemas.insert("ErrorBody".to_owned(), error_body());
    let tags = RESOURCES.iter().map(|r| json!({"name": r.name, "description": r.doc}));
    let document = json!({
        "x-generated": MARKER,
        "openapi": "3.1.0",
        "info": {
            "title": "Brevo API",
            "summary": "The HTTP API of Brevo, as brevo-native knows it.",
            "version": brevo_core::VERSION,
        },
        "servers": [{"url": "https://api.brevo.com/v3"}],
        "security": [
            {"api-key": []},
            {"api-key": [], "partner-key": []},
            {"bearer": []},
        ],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Error": {
                "description": "Brevo refused, or failed.",
                "content": {"application/json": {"schema": reference("ErrorBody")}},
            }},
            "securitySchemes": {
                "api-key": {"type": "apiKey", "in": "header", "name": "api-key", "description": "API key, `xkeysib-...`."},
                "partner-key": {"type": "apiKey", "in": "header", "name": "partner-key", "description": "Key of a partner, beside the API key."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "Access token of an application (OAuth 2.0 client credentials)."},
            },
        },
    });
    // The marker stands in the first line.
    let text = format!("{document:#}\n");
    text.replacen("{\n  ", "{", 1)
}

fn operation(spec: &Spec) -> Value {
    let doc = paragraphs(spec.doc);
    let (summary, rest) = doc.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let class = class_of(spec);
    let (calls, seconds) = class.limit();
    let mut out = json!({
        "operationId": spec.id(),
        "tags": [spec.resource],
        "summary": summary,
        "description": rest.join("\n\n"),
        "parameters": spec.fields.iter().filter(|f| f.place != Place::Body).map(parameter).collect::<Vec<_>>(),
        "responses": responses(spec),
        "x-rate-limit": {"class": class.as_str(), "calls": calls, "seconds": seconds},
        "x-repeat": match spec.repeat {
            Repeat::Safe => "safe",
            Repeat::Keyed => "keyed",
            Repeat::Unprocessed => "unprocessed",
        },
    });
    if let Some(body) = body(spec) {
        out["requestBody"] = body;
    }
    if let Some(page) = spec.page {
        let style = match page.style {
            PageStyle::Offset => "offset",
            PageStyle::Page => "page",
            PageStyle::Single => "single",
        };
        out["x-page"] = json!({"style": style, "items": page.items, "total": page.total});
    }
    if let Some(why) = spec.deprecated {
        out["deprecated"] = true.into();
        out["x-deprecated"] = why.into();
    }
    // Tokens are had without a key, outside of `/v3`.
    if spec.path.starts_with("/realms/") {
        out["security"] = json!([{}]);
        out["servers"] = json!([{"url": "https://api.brevo.com"}]);
    }
    out
}

fn parameter(field: &Field) -> Value {
    let place = if field.place == Place::Path { "path" } else { "query" };
    let mut out = json!({
        "name": field.wire(),
        "in": place,
        "required": field.required,
        "description": one_line(field.doc()),
        "schema": limited(field),
    });
    match field.ty {
        Ty::List(_) if place == "query" => {
            out["style"] = "form".into();
            out["explode"] = (!field.limits().comma).into();
        }
        Ty::Map(_) | Ty::Model(_) if place == "query" => {
            out["style"] = "deepObject".into();
            out["explode"] = true.into();
        }
        _ => {}
    }
    out
}

fn body(spec: &Spec) -> Option<Value> {
    let fields: Vec<&Field> = spec.fields.iter().filter(|f| f.place == Place::Body).collect();
    if fields.is_empty() {
        return None;
    }
    let kind = match spec.body {
        BodyKind::Json => "application/json",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Form => "application/x-www-form-urlencoded",
    };
    let required = fields.iter().any(|f| f.required);
    Some(json!({"required": required, "content": {kind: {"schema": object(&fields)}}}))
}

fn responses(spec: &Spec) -> Value {
    let mut out = Map::new();
    let bodiless = |status: u16| status == 204 || matches!(spec.output, Ty::Nothing);
    for status in spec.success {
        let mut response = json!({"description": if bodiless(*status) { "Done." } else { "The result." }});
        if !bodiless(*status) {
            let kind = if matches!(spec.output, Ty::Bytes) {
                "application/octet-stream"
            } else {
                "application/json"
            };
            response["content"] = json!({kind: {"schema": schema(&spec.output)}});
        }
        out.insert(status.to_string(), response);
    }
    for status in spec.errors {
        out.insert(status.to_string(), json!({"$ref": "#/components/responses/Error"}));
    }
    out.insert("default".to_owned(), json!({"$ref": "#/components/responses/Error"}));
    out.into()
}

fn definition(definition: Definition) -> Value {
    let (mut out, doc) = match definition {
        Definition::Model(model) => (object(&model.fields.iter().collect::<Vec<_>>()), model.doc),
        // The list is open: Brevo adds values without notice.
        Definition::Enum(texts) => {
            (json!({"anyOf": [{"enum": texts.values}, {"type": "string"}]}), texts.doc)
        }
        Definition::Union(union) => {
            (json!({"anyOf": union.variants.iter().map(schema).collect::<Vec<_>>()}), union.doc)
        }
    };
    out["description"] = paragraphs(doc).join("\n\n").into();
    out
}

fn object(fields: &[&Field]) -> Value {
    let property = |f: &&Field| {
        let mut schema = limited(f);
        schema["description"] = one_line(f.doc()).into();
        (f.wire().to_owned(), schema)
    };
    let mut out = json!({"type": "object", "properties": fields.iter().map(property).collect::<Map<_, _>>()});
    let required: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.wire()).collect();
    if !required.is_empty() {
        out["required"] = required.into();
    }
    out
}

/// The schema of a field, with its bounds.
fn limited(field: &Field) -> Value {
    let mut out = schema(&field.ty);
    let limits = field.limits();
    for (key, bound) in [
        ("minimum", limits.min),
        ("maximum", limits.max),
        ("minLength", limits.min_length),
        ("maxLength", limits.max_length),
        ("minItems", limits.min_items),
        ("maxItems", limits.max_items),
    ] {
        if let Some(bound) = bound {
            out[key] = bound.into();
        }
    }
    if let Some(default) = limits.default {
        out["default"] = serde_json::from_str(default).unwrap_or_else(|_| default.into());
    }
    if let (Ty::String, Some(format)) = (field.ty, limits.format.and_then(format)) {
        out["format"] = format.into();
    }
    out
}

/// A format of the table in the words of JSON Schema, where they have one.
fn format(format: &str) -> Option<&str> {
    match format {
        "email" | "uri" | "uuid" | "byte" => Some(format),
        "url" => Some("uri"),
        "uuidv4" => Some("uuid"),
        "datetime" => Some("date-time"),
        _ => None,
    }
}

fn schema(ty: &Ty) -> Value {
    match ty {
        Ty::Nothing => json!({"type": "null"}),
        Ty::Any => json!({}),
        Ty::String => json!({"type": "string"}),
        Ty::Integer => json!({"type": "integer", "format": "int64"}),
        Ty::Number => json!({"type": "number"}),
        Ty::Boolean => json!({"type": "boolean"}),
        Ty::Date => json!({"type": "string", "format": "date"}),
        Ty::DateTime => json!({"type": "string", "format": "date-time"}),
        Ty::File | Ty::Bytes => json!({"type": "string", "contentMediaType": "application/octet-stream"}),
        Ty::List(item) => json!({"type": "array", "items": schema(item)}),
        Ty::Map(item) => json!({"type": "object", "additionalProperties": schema(item)}),
        Ty::Model(model) => reference(model().name),
        Ty::Enum(texts) => reference(texts.name),
        Ty::Union(union) => reference(union().name),
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn error_body() -> Value {
    json!({
        "type": "object",
        "description": "What Brevo says when it refuses.",
        "properties": {
            "code": {"type": "string", "description": "A word of a list, or prose."},
            "message": {"type": "string"},
            "metadata": {
                "type": "object",
                "properties": {"duplicate_identifiers": {"type": "array", "items": {"type": "string"}}},
            },
        },
    })
}
