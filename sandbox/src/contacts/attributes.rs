//! Attributes of contacts: their definitions, and values by them.

use std::collections::HashMap;

use rusqlite::{Result, Row, params};
use serde_json::{Map, Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::state::{ACCOUNT, Db};
use crate::time;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_attributes" => get_attributes,
        "create_attribute" => create_attribute,
        "update_attribute" => update_attribute,
        "delete_attribute" => delete_attribute,
        "delete_multi_attribute_options" => delete_option,
        _ => return None,
    })
}

/// Attributes that every account has.
const OWN: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("normal", "LASTNAME", Some("text"), None),
    ("normal", "FIRSTNAME", Some("text"), None),
    ("normal", "SMS", Some("text"), None),
    ("normal", "EXT_ID", Some("text"), None),
    ("normal", "WHATSAPP", Some("text"), None),
    ("normal", "LANDLINE_NUMBER", Some("text"), None),
    ("normal", "CONTACT_TIMEZONE", Some("text"), None),
    ("normal", "JOB_TITLE", Some("text"), None),
    ("normal", "LINKEDIN", Some("text"), None),
    ("category", "DOUBLE_OPT-IN", None, None),
    ("global", "BLACKLIST", None, Some("COUNT[BLACKLISTED,BLACKLISTED,<,NOW()]")),
    ("global", "READERS", None, Some("COUNT[READERS]")),
    ("global", "CLICKERS", None, Some("COUNT[CLICKERS]")),
];

pub(super) fn init(db: &Db) -> Result<()> {
    for (position, (category, name, ty, value)) in OWN.iter().enumerate() {
        let options = json!([{"label": "Yes", "value": 1}, {"label": "No", "value": 2}]).to_string();
        let options = (*category == "category").then_some(options);
        db.execute(
            "INSERT OR IGNORE INTO attributes VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7)",
            params![ACCOUNT, category, name, ty, value, options, position as i64],
        )?;
    }
    Ok(())
}

/// Definition of one attribute.
#[derive(Debug, Clone)]
struct Definition {
    category: String,
    name: String,
    ty: Option<String>,
    value: Option<String>,
    enumeration: Vec<Value>,
    options: Vec<String>,
}

const COLUMNS: &str = "category, name, type, value, enumeration, options";

impl Definition {
    fn read(row: &Row) -> Result<Self> {
        let parsed = |column: usize| -> Result<Value> {
            let text: Option<String> = row.get(column)?;
            Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
        };
        let texts = parsed(5)?;
        let texts = texts.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(Definition {
            category: row.get(0)?,
            name: row.get(1)?,
            ty: row.get(2)?,
            value: row.get(3)?,
            enumeration: parsed(4)?.as_array().cloned().unwrap_or_default(),
            options: texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }

    fn to_json(&self) -> Value {
        let mut out = json!({"name": self.name, "category": self.category});
        if let Some(ty) = &self.ty {
            out["type"] = ty.as_str().into();
        }
        if let Some(value) = &self.value {
            out["calculatedValue"] = value.as_str().into();
        }
        if self.category == "category" {
            let option = |option: &Value| {
                let value = option.get("value").cloned().unwrap_or_default();
                json!({"label": option.get("label"), "value": value, "valueStr": value.to_string()})
            };
            out["enumeration"] = self.enumeration.iter().map(option).collect();
        }
        if self.ty.as_deref() == Some("multiple-choice") {
            out["multiCategoryOptions"] = json!(self.options);
        }
        out
    }

    /// A value as it is stored, or nothing where it does not fit.
    fn accept(&self, value: &Value) -> Option<Value> {
        if self.category == "category" {
            let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
            let fits = |option: &&Value| {
                option.get("value").and_then(Value::as_i64).is_some_and(|known| Some(known) == number)
                    || option.get("label").and_then(Value::as_str) == value.as_str() && value.is_string()
            };
            return self.enumeration.iter().find(fits)?.get("value").cloned();
        }
        match self.ty.as_deref()? {
            "float" => match value {
                Value::Number(_) => Some(value.clone()),
                Value::String(text) => {
                    let number: f64 = text.trim().replace(',', ".").parse().ok()?;
                    number.is_finite().then(|| match number.fract() {
                        0.0 if number.abs() < 9e15 => Value::from(number as i64),
                        _ => Value::from(number),
                    })
                }
                _ => None,
            },
            "id" => value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).map(Value::from),
            "boolean" => match value {
                Value::Bool(_) => Some(value.clone()),
                Value::Number(number) => match number.as_i64()? {
                    0 => Some(false.into()),
                    1 => Some(true.into()),
                    _ => None,
                },
                Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                    "true" | "yes" | "1" => Some(true.into()),
                    "false" | "no" | "0" => Some(false.into()),
                    _ => None,
                },
                _ => None,
            },
            "date" => day(value.as_str()?.trim()).map(Value::from),
            "multiple-choice" => {
                let given: Vec<&str> = match value {
                    Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                    Value::String(text) => text.split(',').map(str::trim).collect(),
                    _ => return None,
                };
                let known: Vec<&str> = given
                    .into_iter()
                    .filter(|text| self.options.iter().any(|option| option == text))
                    .collect();
                (!known.is_empty()).then(|| json!(known))
            }
            _ => match value {
                Value::String(_) => Some(value.clone()),
                Value::Number(number) => Some(number.to_string().into()),
                _ => None,
            },
        }
    }
}

/// A day as `YYYY-MM-DD`, from that form, a moment, or `DD-MM-YYYY` and `DD/MM/YYYY`.
fn day(text: &str) -> Option<String> {
    if let Some(moment) = time::parse_day(text).or_else(|| time::parse(text)) {
        return Some(time::day(moment));
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [day, month, year] = parts[..] else { return None };
    time::parse_day(&format!("{year:0>4}-{month:0>2}-{day:0>2}")).map(time::day)
}

/// The definitions of an account whose values belong to contacts.
pub(super) struct Definitions(HashMap<String, Definition>);

impl Definitions {
    pub(super) fn load(db: &Db, account: i64) -> Result<Self> {
        let sql = format!(
            "SELECT {COLUMNS} FROM attributes WHERE account = ?1 AND category IN ('normal', 'category')"
        );
        let rows =
            db.prepare_cached(&sql)?.query_map([account], Definition::read)?.collect::<Result<Vec<_>>>()?;
        Ok(Definitions(rows.into_iter().map(|row| (row.name.clone(), row)).collect()))
    }

    /// Names, in no order.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Sets a value. Unknown attributes and values of the wrong type are ignored, as Brevo does;
    /// null and an empty text take the value away.
    pub(super) fn set(&self, attributes: &mut Map<String, Value>, name: &str, value: &Value) {
        let Some(definition) = self.0.get(name) else { return };
        if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            attributes.shift_remove(name);
        } else if let Some(value) = definition.accept(value) {
            attributes.insert(name.to_owned(), value);
        }
    }
}

fn get_attributes(call: &Call) -> Outcome {
    let attributes = call
        .db
        .prepare(&format!("SELECT {COLUMNS} FROM attributes WHERE account = ?1 ORDER BY position, name"))?
        .query_map([call.account], |row| Ok(Definition::read(row)?.to_json()))?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"attributes": attributes})))
}

fn target<'a>(call: &'a Call) -> (&'a str, String) {
    (
        call.text("attributeCategory").unwrap_or_default(),
        call.text("attributeName").unwrap_or_default().to_uppercase(),
    )
}

fn find(call: &Call, category: &str, name: &str) -> Result<Definition, ApiError> {
    let sql = format!("SELECT {COLUMNS} FROM attributes WHERE account = ?1 AND category = ?2 AND name = ?3");
    let found = call.db.query_row(&sql, params![call.account, category, name], Definition::read);
    match found {
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(ApiError::not_found("Attribute not found")),
        found => Ok(found?),
    }
}

/// Options given as `enumeration` or `multiCategoryOptions`, checked.
fn options(call: &Call) -> Result<(Vec<Value>, Vec<String>), ApiError> {
    let (enumeration, choices) = (call.list("enumeration").to_vec(), call.texts("multiCategoryOptions"));
    let labels = enumeration.iter().filter_map(|option| option.get("label").and_then(Value::as_str));
    if labels.chain(choices.iter().map(String::as_str)).any(|label| label.chars().count() > 200) {
        return Err(ApiError::invalid("An option must have at most 200 characters"));
    }
    Ok((enumeration, choices))
}

fn create_attribute(call: &Call) -> Outcome {
    let (category, name) = target(call);
    let well_formed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || name.len() > 50 || !name.chars().all(well_formed) {
        return Err(ApiError::invalid("Attribute name should be alphanumeric, with underscores and dashes"));
    }
    let (enumeration, choices) = options(call)?;
    let (ty, value) = (call.text("type"), call.text("value"));
    let allowed: &[&str] = match category {
        "normal" => &["text", "date", "float", "boolean", "multiple-choice", "user"],
        "transactional" => &["id", "text", "date", "float", "boolean"],
        "category" => &["category"],
        "calculated" | "global" => &[],
        _ => return Err(ApiError::invalid("Invalid attribute category")),
    };
    let ty = match (ty, allowed) {
        (Some(_), []) => return Err(ApiError::invalid("type is not allowed for this category")),
        (None, []) => None,
        (None, ["category"]) => Some("category"),
        (None, _) => return Err(ApiError::missing("type is missing")),
        (Some(ty), _) if allowed.contains(&ty) => Some(ty),
        _ => return Err(ApiError::invalid("Invalid attribute type for this category")),
    };
    if allowed.is_empty() && value.is_none() {
        return Err(ApiError::missing("value is missing"));
    }
    if category == "category" && enumeration.is_empty() {
        return Err(ApiError::missing("enumeration is missing"));
    }
    if ty == Some("multiple-choice") && choices.is_empty() {
        return Err(ApiError::missing("multiCategoryOptions is missing"));
    }
    let known: i64 = call.db.query_row(
        "SELECT COUNT(*) FROM attributes WHERE account = ?1 AND name = ?2",
        params![call.account, name],
        |row| row.get(0),
    )?;
    if known > 0 || name == "EMAIL" {
        return Err(ApiError::new(400, "duplicate_parameter", "Attribute name must be unique"));
    }
    let position: i64 = call.db.query_row(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM attributes WHERE account = ?1",
        [call.account],
        |row| row.get(0),
    )?;
    let ty = ty.filter(|ty| *ty != "category");
    call.db.execute(
        "INSERT INTO attributes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            call.account,
            category,
            name,
            ty,
            value,
            json!(enumeration).to_string(),
            json!(choices).to_string(),
            position
        ],
    )?;
    Ok(Answer::empty(201))
}

fn update_attribute(call: &Call) -> Outcome {
    let (category, name) = target(call);
    let mut definition = find(call, category, &name)?;
    let (enumeration, choices) = options(call)?;
    match category {
        "category" if !enumeration.is_empty() => definition.enumeration = enumeration,
        "category" => return Err(ApiError::missing("enumeration is missing")),
        "calculated" | "global" => {
            let value = call.text("value").ok_or_else(|| ApiError::missing("value is missing"))?;
            definition.value = Some(value.to_owned());
        }
        "normal" if definition.ty.as_deref() == Some("multiple-choice") && !choices.is_empty() => {
            for choice in choices {
                if !definition.options.contains(&choice) {
                    definition.options.push(choice);
                }
            }
        }
        _ => return Err(ApiError::invalid("This attribute cannot be updated in this way")),
    }
    store(call, &definition)?;
    Ok(Answer::no_content())
}

fn store(call: &Call, definition: &Definition) -> Result<()> {
    call.db
        .execute(
            "UPDATE attributes SET value = ?4, enumeration = ?5, options = ?6
             WHERE account = ?1 AND category = ?2 AND name = ?3",
            params![
                call.account,
                definition.category,
                definition.name,
                definition.value,
                json!(definition.enumeration).to_string(),
                json!(definition.options).to_string()
            ],
        )
        .map(drop)
}

/// Deletes an attribute, and its values with it.
fn delete_attribute(call: &Call) -> Outcome {
    let (category, name) = target(call);
    find(call, category, &name)?;
    if OWN.iter().any(|(_, own, ..)| *own == name) {
        return Err(ApiError::new(400, "invalid_parameter", "This attribute cannot be deleted"));
    }
    call.db.execute(
        "DELETE FROM attributes WHERE account = ?1 AND category = ?2 AND name = ?3",
        params![call.account, category, name],
    )?;
    call.db.execute(
        "UPDATE contacts SET attributes = json_remove(attributes, '$.\"' || ?2 || '\"') WHERE account = ?1",
        params![call.account, name],
    )?;
    Ok(Answer::no_content())
}

fn delete_option(call: &Call) -> Outcome {
    let name = call.text("multipleChoiceAttribute").unwrap_or_default().to_uppercase();
    let option = call.text("multipleChoiceAttributeOption").unwrap_or_default();
    let mut definition = find(call, "normal", &name)?;
    let at = definition.options.iter().position(|known| known == option);
    let at = at.ok_or_else(|| ApiError::not_found("Attribute option not found"))?;
    definition.options.remove(at);
    store(call, &definition)?;
    Ok(Answer::no_content())
}
