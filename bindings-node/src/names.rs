//! Errors in the names of Node: the core writes parameters, settings and operations in snake_case.

use brevo_core::names::{camel, in_node_names, is_identifier, respell_quoted};
use brevo_core::schema::{Field, Spec, Ty, Typed};
use brevo_core::{Builder, Error};

/// Whose names an error speaks of.
#[derive(Clone, Copy)]
pub(crate) enum Scope {
    /// Parameters of a call.
    Call(&'static [Field]),
    /// The client's settings.
    Settings,
}

impl Scope {
    /// Of an operation.
    pub(crate) fn of(spec: &Spec) -> Self {
        Scope::Call(spec.fields)
    }

    /// A path such as `list_ids[0]`. Only its first name is the core's; the others are as the caller wrote them.
    pub(crate) fn parameter(self, path: &str) -> String {
        if path == "options.idempotency_key" {
            return camel(path);
        }
        let (first, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        format!("{}{rest}", self.spelling(self.fields(), first).unwrap_or_else(|| first.to_owned()))
    }

    /// What an error says. Only sentences in which the core lists names that it knows are touched: all
    /// others may hold texts of Brevo and of users.
    pub(crate) fn message(self, error: &Error) -> String {
        let text = error.message();
        let path = error.parameter().unwrap_or_default();
        if error.reply().is_some() || !text.starts_with("there is no such ") {
            return text.to_owned();
        }
        let options = text.starts_with("there is no such option");
        let fields = around(self.fields(), path);
        let respell = |word: &str| {
            let name = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let other = if options { Some(camel(name)) } else { self.spelling_in(&fields, name) };
            other.map_or_else(|| word.to_owned(), |other| word.replacen(name, &other, 1))
        };
        text.split(' ').map(respell).collect::<Vec<_>>().join(" ")
    }

    /// Advice. It never speaks of names on the wire, so that what is no parameter, operation or job is
    /// a setting or an option.
    pub(crate) fn advice(self, text: &str) -> String {
        respell_quoted(&in_node_names(text, self.fields()), |name| is_snake(name).then(|| camel(name)))
    }

    fn fields(self) -> &'static [Field] {
        match (self, Builder::TY) {
            (Scope::Call(fields), _) => fields,
            (Scope::Settings, Ty::Model(model)) => model().fields,
            (Scope::Settings, _) => &[],
        }
    }

    fn spelling(self, fields: &'static [Field], name: &str) -> Option<String> {
        self.spelling_in(&fields.iter().collect::<Vec<_>>(), name)
    }

    fn spelling_in(self, fields: &[&Field], name: &str) -> Option<String> {
        let field = fields.iter().find(|field| field.name() == name)?;
        Some(match self {
            Scope::Call(_) => field.wire().to_owned(),
            Scope::Settings => camel(name),
        })
    }
}

/// The fields among which the last name of a path was looked for.
fn around(fields: &'static [Field], path: &str) -> Vec<&'static Field> {
    let mut fields: Vec<_> = fields.iter().collect();
    let mut names: Vec<_> = path.split('.').map(|name| name.split('[').next().unwrap_or(name)).collect();
    names.pop();
    for name in names {
        let inner = fields.iter().filter(|field| field.name() == name || field.wire() == name);
        fields = inner.flat_map(|field| members(&field.ty)).collect();
    }
    fields
}

fn members(ty: &Ty) -> Vec<&'static Field> {
    match ty {
        Ty::List(item) | Ty::Map(item) => members(item),
        Ty::Model(model) => model().fields.iter().collect(),
        Ty::Union(union) => union().variants.iter().flat_map(members).collect(),
        _ => Vec::new(),
    }
}

/// Words in lower case joined by underscores.
fn is_snake(name: &str) -> bool {
    name.contains('_') && is_identifier(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use brevo_core::Kind;
    use brevo_core::names::operation_by_id;

    use super::*;

    fn scope(id: &str) -> Scope {
        Scope::of(operation_by_id(id).expect(id))
    }

    #[test]
    fn parameters() {
        let contact = scope("contacts.create_contact");
        assert_eq!(contact.parameter("list_ids[0]"), "listIds[0]");
        assert_eq!(contact.parameter("attributes.list_ids"), "attributes.list_ids");
        assert_eq!(contact.parameter("lists_ids"), "lists_ids");
        assert_eq!(contact.parameter("options.idempotency_key"), "options.idempotencyKey");
        assert_eq!(contact.parameter("options.max_retry"), "options.max_retry");
        assert_eq!(Scope::Settings.parameter("base_url"), "baseUrl");
        assert_eq!(Scope::Settings.parameter("base_uri"), "base_uri");
        assert_eq!(scope("event.create_event").parameter("event_name"), "event_name");
    }

    #[test]
    fn sentences_that_list_names() {
        let said = |scope: Scope, path: &str, text: &str| scope.message(&Error::argument(path, text));
        let contact = scope("contacts.create_contact");
        let known = "there is no such parameter; known are email, list_ids, update_enabled";
        assert_eq!(
            said(contact, "x", known),
            "there is no such parameter; known are email, listIds, updateEnabled"
        );
        let near = "there is no such parameter; did you mean `list_ids`?";
        assert_eq!(said(contact, "listId", near), "there is no such parameter; did you mean `listIds`?");
        let key = "there is no such key; did you mean `list_ids`?";
        let campaign = scope("email_campaigns.create_email_campaign");
        assert_eq!(
            said(campaign, "recipients.listsIds", key),
            "there is no such key; did you mean `listIds`?"
        );
        let option = "there is no such option; known are timeout, max_retries";
        assert_eq!(
            said(contact, "options.x", option),
            "there is no such option; known are timeout, maxRetries"
        );
        let setting = "there is no such parameter; did you mean `api_key`?";
        assert_eq!(
            said(Scope::Settings, "apikey", setting),
            "there is no such parameter; did you mean `apiKey`?"
        );
    }

    #[test]
    fn texts_of_others_stay_as_they_are() {
        let text = "the key file /run/secrets/api_key: list_ids `list_ids`";
        let error = Error::new(Kind::Configuration, text);
        assert_eq!(Scope::Settings.message(&error), text);
        assert_eq!(scope("contacts.create_contact").message(&error), text);
    }

    #[test]
    fn advice_names_settings_and_parameters() {
        let text = "Give `api_key`, see `get_lists`, set BREVO_API_KEY; contacts: `update_enabled`; `brevo app secret`.";
        let node = "Give `apiKey`, see `getLists`, set BREVO_API_KEY; contacts: `updateEnabled`; `brevo app secret`.";
        assert_eq!(scope("contacts.create_contact").advice(text), node);
        assert_eq!(Scope::Settings.advice(text), node);
    }
}
