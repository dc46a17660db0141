//! Where the columns of a source go, and what a cell is worth there.

use std::io::Write as _;

use serde_json::Value;

use super::import::ImportFileArguments;
use super::object::Kind as Cell;
use super::rows::Format;
use super::{is_of_contacts, take_list, text_of};
use crate::error::{Error, Result};
use crate::json::write_utf8;
use crate::schema::Map;

/// Identifiers of a contact that need not be attributes of the account.
const IDENTIFIERS: [&str; 4] = ["SMS", "WHATSAPP", "EXT_ID", "LANDLINE_NUMBER"];
/// Those that hold phone numbers.
const PHONES: [&str; 3] = ["SMS", "WHATSAPP", "LANDLINE_NUMBER"];

/// Type of an attribute's values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Text,
    Number,
    Boolean,
    Date,
    Phone,
    /// One of these, by number or by label.
    Category(Vec<String>),
    /// Several of these options.
    Choices(Vec<String>),
}

impl Type {
    /// In words, for reports.
    pub(super) const fn describe(&self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Number => "a number",
            Type::Boolean => "true or false",
            Type::Date => "a date as YYYY-MM-DD or DD-MM-YYYY",
            Type::Phone => "a phone number with its country's code",
            Type::Category(_) => "one of the attribute's values",
            Type::Choices(_) => "some of the attribute's options",
        }
    }

    fn of(attribute: &Value) -> Self {
        let labels = |key: &str, of: fn(&Value) -> Vec<String>| {
            attribute.get(key).and_then(Value::as_array).into_iter().flatten().flat_map(of).collect()
        };
        let texts = |item: &Value| item.as_str().map(str::to_owned).into_iter().collect();
        if text_of(attribute, "category").as_deref() == Some("category") {
            return Type::Category(labels("enumeration", |option| {
                let number = option.get("value").map(Value::to_string);
                let text = text_of(option, "valueStr");
                number.into_iter().chain(text).chain(text_of(option, "label")).collect()
            }));
        }
        match text_of(attribute, "type").as_deref() {
            Some("float") => Type::Number,
            Some("boolean") => Type::Boolean,
            Some("date") => Type::Date,
            Some("multiple-choice") => Type::Choices(labels("multiCategoryOptions", texts)),
            _ if text_of(attribute, "name").is_some_and(|name| PHONES.contains(&name.as_str())) => {
                Type::Phone
            }
            _ => Type::Text,
        }
    }
}

/// The account's attributes that an import can set.
pub(super) fn attributes_of(mut body: Value) -> Vec<(String, Type)> {
    let mut attributes: Vec<_> = take_list(&mut body, "attributes")
        .iter()
        .filter(|item| is_of_contacts(item))
        .filter_map(|item| Some((text_of(item, "name")?, Type::of(item))))
        .collect();
    for name in IDENTIFIERS {
        if !attributes.iter().any(|(known, _)| known == name) {
            let kind = if PHONES.contains(&name) { Type::Phone } else { Type::Text };
            attributes.push((name.to_owned(), kind));
        }
    }
    attributes
}

/// Where a column goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Email,
    Attribute(String, Type),
    Nowhere,
}

impl Target {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Target::Email => Some("EMAIL"),
            Target::Attribute(name, _) => Some(name),
            Target::Nowhere => None,
        }
    }
}

/// Where the columns go.
pub(super) struct Columns {
    pub(super) targets: Vec<Target>,
    /// Columns that no attribute has the name of.
    pub(super) unknown: Vec<String>,
    /// Attributes to create.
    pub(super) created: Vec<String>,
}

impl Columns {
    pub(super) fn new(
        header: &[String],
        attributes: &[(String, Type)],
        format: Format,
        arguments: &ImportFileArguments,
    ) -> Result<Self> {
        let renamed = arguments.columns.clone().unwrap_or_default();
        if let Some(stray) = renamed.keys().find(|name| !header.contains(name)) {
            let message = format!("the file has no such column; it has {}", header.join(", "));
            return Err(Error::argument(format!("columns.{stray}"), message));
        }
        let mut columns = Columns { targets: Vec::new(), unknown: Vec::new(), created: Vec::new() };
        for (at, name) in header.iter().enumerate() {
            let wanted = attribute_name(renamed.get(name).unwrap_or(name));
            let bare = squeezed(&wanted);
            let known = attributes.iter().find(|(known, _)| squeezed(&attribute_name(known)) == bare);
            let target = match (bare.as_str(), known) {
                ("", _) if renamed.contains_key(name) => Target::Nowhere,
                ("EMAIL" | "EMAILADDRESS" | "MAIL", _) => Target::Email,
                (_, Some((known, kind))) => Target::Attribute(known.clone(), kind.clone()),
                _ if arguments.create_attributes == Some(true) && may_be_created(&wanted) => {
                    if !columns.created.contains(&wanted) {
                        columns.created.push(wanted.clone());
                    }
                    Target::Attribute(wanted, Type::Text)
                }
                _ => {
                    let shown = if name.is_empty() { format!("column {}", at + 1) } else { name.clone() };
                    columns.unknown.push(shown);
                    Target::Nowhere
                }
            };
            // Objects may differ in how they spell a name.
            if format == Format::Csv
                && let Some(earlier) =
                    columns.targets.iter().position(|t| target.name().is_some() && t.name() == target.name())
            {
                let message = format!(
                    "the columns `{}` and `{name}` both stand for {}; leave one out by `columns`",
                    header[earlier],
                    target.name().unwrap_or_default()
                );
                return Err(Error::argument("path", message));
            }
            columns.targets.push(target);
        }
        if !columns.targets.contains(&Target::Email) {
            let message = format!(
                "no column holds the address; the file has {}; name it, as in {{\"Courriel\": \"EMAIL\"}}",
                header.join(", ")
            );
            return Err(Error::argument("columns", message));
        }
        Ok(columns)
    }

    pub(super) fn by_name(&self, header: &[String]) -> Map<String> {
        let named = header.iter().zip(&self.targets);
        named.filter_map(|(name, target)| Some((name.clone(), target.name()?.to_owned()))).collect()
    }
}

/// A column's name in the manner of attributes: `First name` as `FIRST_NAME`.
pub(super) fn attribute_name(name: &str) -> String {
    name.trim().to_uppercase().replace(|c: char| c.is_whitespace() || matches!(c, '-' | '.'), "_")
}

pub(super) fn squeezed(name: &str) -> String {
    name.replace('_', "")
}

fn may_be_created(name: &str) -> bool {
    !name.is_empty() && name.len() <= 50 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Writes a cell, which is UTF-8, as JSON: as a value of its attribute's type where it is one and as text
/// otherwise. Gives whether it is one. What is plain needs no escapes.
pub(super) fn write_cell(out: &mut Vec<u8>, text: &[u8], is_plain: bool, kind: &Type) -> bool {
    let write = |out: &mut Vec<u8>| match is_plain {
        true => write_plain(out, text),
        false => write_utf8(out, text),
    };
    let bare = match kind {
        Type::Text => {
            write(out);
            return true;
        }
        Type::Number if is_json_number(text) => {
            out.extend_from_slice(text);
            return true;
        }
        _ => std::str::from_utf8(text).unwrap_or_default().trim(),
    };
    match kind {
        Type::Number => {
            if let Some(number) = number(bare) {
                write_value(out, &number);
                return true;
            }
        }
        Type::Boolean => {
            let truth = match bare {
                "1" => Some(true),
                "0" => Some(false),
                _ if ["true", "yes"].iter().any(|word| word.eq_ignore_ascii_case(bare)) => Some(true),
                _ if ["false", "no"].iter().any(|word| word.eq_ignore_ascii_case(bare)) => Some(false),
                _ => None,
            };
            if let Some(truth) = truth {
                out.extend_from_slice(if truth { b"true" } else { b"false" });
                return true;
            }
        }
        Type::Choices(options) => return write_choices(out, text, bare, options),
        Type::Text | Type::Date | Type::Phone | Type::Category(_) => {
            write(out);
            return fits(bare, kind);
        }
    }
    write(out);
    false
}

/// A number that is written in JSON as it stands, with no more digits than a number keeps.
fn is_json_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let mut has_point = false;
    let is_digit_or_point = |(at, byte): (usize, &u8)| {
        byte.is_ascii_digit() || (*byte == b'.' && at > 0 && !std::mem::replace(&mut has_point, true))
    };
    digits.len() <= 15
        && digits.last().is_some_and(u8::is_ascii_digit)
        && (digits[0] != b'0' || (text.len() == 1) || digits.get(1) == Some(&b'.'))
        && digits.iter().enumerate().all(is_digit_or_point)
}

fn write_choices(out: &mut Vec<u8>, text: &[u8], bare: &str, options: &[String]) -> bool {
    let is_known = |choice: &str| options.is_empty() || options.iter().any(|option| option == choice);
    if !options.is_empty() && is_known(bare) {
        write_value(out, &Value::from(vec![bare]));
        return true;
    }
    if bare.starts_with('[') {
        let Ok(Value::Array(list)) = serde_json::from_str(bare) else {
            write_utf8(out, text);
            return false;
        };
        let all = list.iter().all(|item| item.as_str().is_some_and(is_known));
        write_value(out, &Value::Array(list));
        return all;
    }
    let choices: Vec<&str> = bare.split(',').map(str::trim).collect();
    let all = choices.iter().all(|choice| is_known(choice));
    write_value(out, &Value::from(choices));
    all
}

/// Writes a value that has a type already, such as those of JSON Lines: numbers as they are written there.
pub(super) fn write_typed(out: &mut Vec<u8>, text: &[u8], cell: Cell, kind: &Type) -> bool {
    match (cell, kind) {
        (Cell::Plain | Cell::Text, _) => return write_cell(out, text, cell == Cell::Plain, kind),
        // Numbers stand for texts, phone numbers, categories and truth as they do in a file of CSV.
        (Cell::Number, Type::Text | Type::Phone | Type::Boolean | Type::Date) => {
            return write_cell(out, text, true, kind);
        }
        (Cell::Nested, _) => {
            let value = serde_json::from_slice(text).unwrap_or(Value::Null);
            write_value(out, &value);
            return match (value, kind) {
                (Value::Array(list), Type::Choices(options)) => list.iter().all(|item| {
                    let known =
                        |text: &str| options.is_empty() || options.iter().any(|option| option == text);
                    item.as_str().is_some_and(known)
                }),
                _ => false,
            };
        }
        _ => out.extend_from_slice(text),
    }
    match (cell, kind) {
        (Cell::Number, Type::Number) | (Cell::Truth, Type::Boolean) => true,
        (Cell::Number, Type::Category(_)) => fits(std::str::from_utf8(text).unwrap_or_default(), kind),
        _ => false,
    }
}

/// Whether a text that is sent as such fits the type.
fn fits(bare: &str, kind: &Type) -> bool {
    match kind {
        Type::Date => is_date(bare),
        Type::Phone => is_phone(bare),
        Type::Category(values) => values.is_empty() || values.iter().any(|value| value == bare),
        _ => true,
    }
}

/// `YYYY-MM-DD`, alone or before a time, or `DD-MM-YYYY`, or `MM-DD-YYYY` as some accounts have it; also
/// with slashes or dots.
fn is_date(text: &str) -> bool {
    let day = text.get(..10).filter(|_| text.len() == 10 || text[10..].starts_with(['T', 't', ' ']));
    let Some(day) = day else { return false };
    let mut numbers = [0; 3];
    let mut parts = day.split(['-', '/', '.']);
    for number in &mut numbers {
        let part = parts.next().unwrap_or_default();
        match part.parse() {
            Ok(parsed) if part.bytes().all(|byte| byte.is_ascii_digit()) => *number = parsed,
            _ => return false,
        }
    }
    if parts.next().is_some() {
        return false;
    }
    let is_day = |year: u32, month: u32, day: u32| {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u32::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=last).contains(&day)
    };
    let [a, b, c] = numbers;
    let begins_with_year = day.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if begins_with_year { is_day(a, b, c) } else { text.len() == 10 && (is_day(c, b, a) || is_day(c, a, b)) }
}

/// Six to fifteen digits, the country's code first; what people put between them does not count.
fn is_phone(text: &str) -> bool {
    let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(text);
    let mut digits = rest.bytes().filter(|byte| !b" -./()".contains(byte)).peekable();
    let first = digits.peek().copied();
    let (mut count, mut all) = (0, true);
    for byte in digits {
        all &= byte.is_ascii_digit();
        count += 1;
    }
    all && (6..=15).contains(&count) && first != Some(b'0')
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    // A lone comma is the decimal sign of half the world.
    let with_point;
    let text = if text.contains('.') || !text.contains(',') {
        text
    } else {
        with_point = text.replacen(',', ".", 1);
        &with_point
    };
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|n| is_plain && n.is_finite()).map(Value::from)
}

/// Writes a text, which is UTF-8 and needs no escapes, as JSON.
pub(super) fn write_plain(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    let _ = write!(out, "{value}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn cells_take_the_type_of_their_attribute() {
        let choices = Type::Choices(vec!["red".into(), "green, dark".into()]);
        let grades = Type::Category(vec!["1".into(), "Gold".into()]);
        for (text, kind, expected, fits) in [
            ("007", &Type::Text, json!("007"), true),
            ("say \"hi\"\n\u{1}\\", &Type::Text, json!("say \"hi\"\n\u{1}\\"), true),
            (" 42 ", &Type::Number, json!(42), true),
            ("1,5", &Type::Number, json!(1.5), true),
            ("-0.25", &Type::Number, json!(-0.25), true),
            ("-0", &Type::Number, json!(0), true),
            ("0.50", &Type::Number, json!(0.5), true),
            ("007", &Type::Number, json!(7), true),
            ("00.5", &Type::Number, json!(0.5), true),
            ("123456789012345678", &Type::Number, json!(123_456_789_012_345_678_i64), true),
            (".5", &Type::Number, json!(0.5), true),
            ("5.", &Type::Number, json!(5.0), true),
            ("1.2.3", &Type::Number, json!("1.2.3"), false),
            ("-", &Type::Number, json!("-"), false),
            ("", &Type::Number, json!(""), false),
            ("1,234.5", &Type::Number, json!("1,234.5"), false),
            ("NaN", &Type::Number, json!("NaN"), false),
            ("Yes", &Type::Boolean, json!(true), true),
            ("0", &Type::Boolean, json!(false), true),
            ("maybe", &Type::Boolean, json!("maybe"), false),
            ("green, dark", &choices, json!(["green, dark"]), true),
            ("red, blue", &choices, json!(["red", "blue"]), false),
            ("red, green, dark", &Type::Choices(Vec::new()), json!(["red", "green", "dark"]), true),
            ("[\"red\"]", &choices, json!(["red"]), true),
            ("[red", &choices, json!("[red"), false),
            ("Gold", &grades, json!("Gold"), true),
            ("1", &grades, json!("1"), true),
            ("Tin", &grades, json!("Tin"), false),
            ("2024-02-29", &Type::Date, json!("2024-02-29"), true),
            ("29-02-2024", &Type::Date, json!("29-02-2024"), true),
            ("2023-02-29", &Type::Date, json!("2023-02-29"), false),
            ("2024-05-01T10:00:00Z", &Type::Date, json!("2024-05-01T10:00:00Z"), true),
            ("12/31/1999", &Type::Date, json!("12/31/1999"), true),
            ("31.12.99", &Type::Date, json!("31.12.99"), false),
            ("é2024-01-0", &Type::Date, json!("é2024-01-0"), false),
            ("+33 6 12-34 56 78", &Type::Phone, json!("+33 6 12-34 56 78"), true),
            ("0033612345678", &Type::Phone, json!("0033612345678"), true),
            ("0612345678", &Type::Phone, json!("0612345678"), false),
            ("call me", &Type::Phone, json!("call me"), false),
        ] {
            let mut out = Vec::new();
            assert_eq!(write_cell(&mut out, text.as_bytes(), false, kind), fits, "{text}");
            assert_eq!(serde_json::from_slice::<Value>(&out).expect("JSON"), expected, "{text}");
        }
        for (text, cell, kind, expected, fits) in [
            ("7", Cell::Number, &Type::Number, "7", true),
            ("7", Cell::Plain, &Type::Number, "7", true),
            ("7", Cell::Number, &Type::Text, "\"7\"", true),
            ("1", Cell::Number, &Type::Boolean, "true", true),
            ("true", Cell::Truth, &Type::Boolean, "true", true),
            ("true", Cell::Truth, &Type::Number, "true", false),
            ("33612345678", Cell::Number, &Type::Phone, "\"33612345678\"", true),
            ("1", Cell::Number, &grades, "1", true),
            ("1.50", Cell::Number, &Type::Number, "1.50", true),
            (
                "123456789012345678901234567890",
                Cell::Number,
                &Type::Text,
                "\"123456789012345678901234567890\"",
                true,
            ),
            ("say \"hi\"", Cell::Text, &Type::Text, "\"say \\\"hi\\\"\"", true),
            ("[\"red\"]", Cell::Nested, &choices, "[\"red\"]", true),
            ("[ \"blue\" ]", Cell::Nested, &choices, "[\"blue\"]", false),
            ("{\"a\": 1}", Cell::Nested, &Type::Text, "{\"a\":1}", false),
        ] {
            let mut out = Vec::new();
            assert_eq!(write_typed(&mut out, text.as_bytes(), cell, kind), fits, "{text}");
            assert_eq!(String::from_utf8(out).expect("text"), expected, "{text}");
        }
    }

    fn columns(header: &[&str], arguments: Value) -> Result<Columns> {
        let attributes = attributes_of(json!({"attributes": [
            {"name": "FIRSTNAME", "category": "normal", "type": "text"},
            {"name": "AGE", "category": "normal", "type": "float"},
            {"name": "ORDER_ID", "category": "transactional", "type": "id"},
        ]}));
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        Columns::new(&header, &attributes, Format::Csv, &serde_json::from_value(arguments).unwrap())
    }

    #[test]
    fn columns_find_their_attributes() {
        let text = |name: &str| Target::Attribute(name.into(), Type::Text);
        let found = columns(&["First name", "E-Mail", "age", "ext id", "Town", ""], json!({})).unwrap();
        let age = Target::Attribute("AGE".into(), Type::Number);
        let expected =
            [text("FIRSTNAME"), Target::Email, age, text("EXT_ID"), Target::Nowhere, Target::Nowhere];
        assert_eq!(found.targets, expected);
        assert_eq!(found.unknown, ["Town", "column 6"]);

        let found = columns(&["email", "Home town", "Größe"], json!({"createAttributes": true})).unwrap();
        assert_eq!(found.targets, [Target::Email, text("HOME_TOWN"), Target::Nowhere]);
        assert_eq!((found.created, found.unknown), (vec!["HOME_TOWN".to_owned()], vec!["Größe".to_owned()]));

        let renames = json!({"columns": {"Courriel": "email", "Nom": "firstname", "age": ""}});
        let found = columns(&["Courriel", "Nom", "age"], renames).unwrap();
        assert_eq!(found.targets, [Target::Email, text("FIRSTNAME"), Target::Nowhere]);
        assert!(found.unknown.is_empty(), "what is left out on purpose is not unknown");
    }

    #[test]
    fn columns_that_cannot_be_are_refused() {
        let refusal = |header: &[&str], arguments| {
            let error = columns(header, arguments).err().expect("it must be refused");
            assert_eq!(error.kind(), Kind::InvalidArgument);
            format!("{}: {}", error.parameter().unwrap_or_default(), error.message())
        };
        assert!(refusal(&["Name", "Town"], json!({})).starts_with("columns: no column holds the address"));
        assert!(
            refusal(&["email", "e-mail"], json!({})).contains("`email` and `e-mail` both stand for EMAIL")
        );
        assert!(refusal(&["email"], json!({"columns": {"Nam": "X"}})).starts_with("columns.Nam: "));
    }
}
