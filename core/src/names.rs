//! Names in the manner of each language, and the way from a name to its row of the table.

use crate::api::RESOURCES;
use crate::jobs::JOBS;
use crate::schema::{Field, Resource, Spec};

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
    named(RESOURCES, name, |resource| resource.name)
}

/// Operation by resource and name, in snake_case or camelCase.
pub fn operation(resource_name: &str, name: &str) -> Option<&'static Spec> {
    named(resource(resource_name)?.operations, name, |operation| operation.name)
}

/// The entry of that name. The name as it stands is looked for first: it is the usual case, and costs
/// no text to be made.
fn named<T>(entries: &[&'static T], name: &str, name_of: impl Fn(&T) -> &'static str) -> Option<&'static T> {
    let find = |fits: &dyn Fn(&T) -> bool| entries.iter().copied().find(|entry| fits(entry));
    find(&|entry| name_of(entry) == name).or_else(|| find(&|entry| camel(name_of(entry)) == name))
}

/// Operation by its id, such as `contacts.create_contact`.
pub fn operation_by_id(id: &str) -> Option<&'static Spec> {
    let (resource, name) = id.split_once('.')?;
    operation(resource, name)
}

/// The id of the operation that a misspelt id was probably meant to be.
pub fn nearest_operation(id: &str) -> Option<String> {
    nearest(RESOURCES.iter().flat_map(|resource| resource.operations).map(|spec| spec.id()), id)
}

/// The resource that a misspelt name was probably meant to be.
pub fn nearest_resource(name: &str) -> Option<&'static str> {
    nearest(RESOURCES.iter().map(|resource| resource.name), name)
}

/// The operation or job of a resource that a misspelt name was probably meant to be.
pub fn nearest_in(resource_name: &str, name: &str) -> Option<&'static str> {
    let operations = resource(resource_name)?.operations.iter().map(|spec| spec.name);
    let jobs = JOBS.iter().filter(|job| job.resource == resource_name).map(|job| job.name);
    nearest(operations.chain(jobs), name)
}

/// The name that is the nearest, where it is near.
fn nearest<T: AsRef<str> + Ord>(names: impl Iterator<Item = T>, name: &str) -> Option<T> {
    let distances = names.map(|known| (strsim::damerau_levenshtein(known.as_ref(), name), known));
    let (distance, nearest) = distances.min()?;
    (distance <= 1 + name.len() / 5).then_some(nearest)
}

/// Documentation in the names of Node: what stands in backquotes and is one of these parameters, an
/// operation or a job is spelled as Node spells it.
pub fn in_node_names(text: &str, fields: &[Field]) -> String {
    respell_quoted(text, |name| {
        let field = fields.iter().find(|field| field.name() == name).map(|field| field.wire().to_owned());
        let mut operations = RESOURCES.iter().flat_map(|resource| resource.operations);
        field.or_else(|| {
            let is_call = operations.any(|row| row.name == name) || JOBS.iter().any(|job| job.name == name);
            is_call.then(|| camel(name))
        })
    })
}

/// Spells what stands in backquotes anew, where there is another spelling.
pub fn respell_quoted(text: &str, spelling: impl Fn(&str) -> Option<String>) -> String {
    let pieces = text.split('`').enumerate().map(|(i, piece)| {
        let other = if i % 2 == 1 { spelling(piece) } else { None };
        other.unwrap_or_else(|| piece.to_owned())
    });
    pieces.collect::<Vec<_>>().join("`")
}

/// Python's keywords that are legal names elsewhere.
const PYTHON_KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Methods of Python's dict, which an entry of a reply must not hide.
const DICT_METHODS: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];

/// Whether a name is a keyword of Python.
pub fn is_python_keyword(name: &str) -> bool {
    PYTHON_KEYWORDS.contains(&name)
}

/// Name of a reply's entry as a Python attribute: a keyword or a method of dict gets an underscore
/// behind it (`from_`, `items_`).
pub fn python_attribute(name: &str) -> String {
    let taken = is_python_keyword(name) || DICT_METHODS.contains(&name);
    if taken { format!("{name}_") } else { name.to_owned() }
}

/// Whether a key can stand without quotes in Python, JavaScript and TypeScript (keywords aside).
pub fn is_identifier(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A key of an object in TypeScript, quoted where it must be.
pub fn typescript_key(key: &str) -> String {
    if is_identifier(key) { key.to_owned() } else { format!("{key:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_raises_after_underscores_and_digits() {
        assert_eq!(camel("create_contact"), "createContact");
        assert_eq!(camel("get_o_auth_m2m_token"), "getOAuthM2MToken");
        assert_eq!(pascal("whats_app_campaigns"), "WhatsAppCampaigns");
    }

    #[test]
    fn both_spellings_find_the_same_row() {
        let row = operation("email_campaigns", "create_email_campaign").unwrap();
        assert!(std::ptr::eq(row, operation("emailCampaigns", "createEmailCampaign").unwrap()));
        assert!(std::ptr::eq(row, operation_by_id("email_campaigns.create_email_campaign").unwrap()));
        assert!(operation("email_campaigns", "create").is_none());
    }

    #[test]
    fn misspelt_names_have_a_nearest_one() {
        assert_eq!(nearest_resource("contact"), Some("contacts"));
        assert_eq!(nearest_resource("transactionnal_emails"), Some("transactional_emails"));
        assert_eq!(nearest_resource("shape"), None);
        assert_eq!(nearest_in("contacts", "create_contct"), Some("create_contact"));
        assert_eq!(nearest_operation("contact.create_contact").as_deref(), Some("contacts.create_contact"));
        assert_eq!(nearest_operation("nothing_like_it"), None);
    }

    #[test]
    fn documentation_in_the_names_of_node() {
        let fields = operation("contacts", "create_contact").unwrap().fields;
        let text = "Give `list_ids` (not list_ids), see `get_lists`, `import_file` and `some_key`; `";
        let node = "Give `listIds` (not list_ids), see `getLists`, `importFile` and `some_key`; `";
        assert_eq!(in_node_names(text, fields), node);
    }

    #[test]
    fn taken_names_get_an_underscore() {
        assert_eq!(python_attribute("from"), "from_");
        assert_eq!(python_attribute("items"), "items_");
        assert_eq!(python_attribute("type"), "type");
    }

    #[test]
    fn odd_keys_are_quoted() {
        assert_eq!(typescript_key("listIds"), "listIds");
        assert_eq!(typescript_key("Version A"), "\"Version A\"");
        assert_eq!(typescript_key("filter[date]"), "\"filter[date]\"");
        assert!(!is_identifier("1st"));
        assert!(!is_identifier(""));
    }

    /// No keyword is a parameter, so Python callers need no other spelling there.
    #[test]
    fn parameters_are_no_python_keywords() {
        let fields = RESOURCES.iter().flat_map(|r| r.operations).flat_map(|o| o.fields);
        for field in fields {
            assert!(is_identifier(field.name()) && !is_python_keyword(field.name()), "{}", field.name());
            assert!(!matches!(field.name(), "options" | "progress" | "self"), "{}", field.name());
        }
    }
}
