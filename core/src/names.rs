//! Names in the manner of each language, and the way from a name to its row of the table.

use crate::api::RESOURCES;
use crate::schema::{Resource, Spec};

/// `create_contact` as `createContact`: how Node names resources and operations. A letter after a
/// digit is raised too, as the official SDK does (`for23minutes`, `for23Minutes`).
pub fn camel(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    let mut raise = false;
    for letter in snake.chars() {
        if letter == '_' {
            raise = true;
            continue;
        }
        out.push(if raise { letter.to_ascii_uppercase() } else { letter });
        raise = letter.is_ascii_digit();
    }
    out
}

/// `create_contact` as `CreateContact`: how types are named.
pub fn pascal(snake: &str) -> String {
    let camel = camel(snake);
    let mut letters = camel.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// Resource by its name, in snake_case or camelCase.
pub fn resource(name: &str) -> Option<&'static Resource> {
    RESOURCES.iter().copied().find(|r| r.name == name || camel(r.name) == name)
}

/// Operation by resource and name, in snake_case or camelCase.
pub fn operation(resource_name: &str, name: &str) -> Option<&'static Spec> {
    let operations = resource(resource_name)?.operations;
    operations
        .iter()
        .copied()
        .find(|o| o.name == name)
        .or_else(|| operations.iter().copied().find(|o| camel(o.name) == name))
}

/// Operation by its id, such as `contacts.create_contact`.
pub fn operation_by_id(id: &str) -> Option<&'static Spec> {
    let (resource, name) = id.split_once('.')?;
    operation(resource, name)
}
