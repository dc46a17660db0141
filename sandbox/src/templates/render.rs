//! Brevo's template language, which is that of Django, by way of minijinja: what differs in the
//! notation is rewritten first.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Map, Value};

/// Renders a text with values. HTML escapes what it prints; an unknown name prints nothing.
///
/// The error says what is wrong with the text.
pub fn render(text: &str, values: &Value, html: bool) -> Result<String, String> {
    if !text.contains("{{") && !text.contains("{%") {
        return Ok(text.to_owned());
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(move |_| if html { AutoEscape::Html } else { AutoEscape::None });
    environment.render_str(&notation(text), values).map_err(|error| error.to_string())
}

/// What a text can print: `params`, `contact` with its attributes, and the service's own links.
pub fn values(params: &Value, email: &str, attributes: &Map<String, Value>, links: &Links) -> Value {
    let mut contact = attributes.clone();
    contact.insert("EMAIL".to_owned(), email.into());
    let mut out = Map::new();
    out.insert("params".to_owned(), params.clone());
    out.insert("contact".to_owned(), contact.into());
    for (name, link) in [
        ("mirror", &links.mirror),
        ("unsubscribe", &links.unsubscribe),
        ("update_profile", &links.update_profile),
    ] {
        out.insert(name.to_owned(), link.as_str().into());
    }
    out.into()
}

/// The service's own links in a mail.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Browser version.
    pub mirror: String,
    /// Unsubscription.
    pub unsubscribe: String,
    /// Form for the contact's own data.
    pub update_profile: String,
}

impl Links {
    /// Links of a mail, under the address of the sandbox.
    pub fn of(base_url: &str, mail: &str) -> Self {
        let link = |what: &str| format!("{base_url}/_sandbox/mails/{mail}/{what}");
        Links { mirror: link("html"), unsubscribe: link("unsubscribe"), update_profile: link("html") }
    }
}

/// Rewrites the tags of a text: `x|default:"y"` becomes `x|default("y")`, and `forloop` becomes `loop`.
fn notation(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let close = if rest[at..].starts_with("{{") { "}}" } else { "%}" };
        let Some(end) = rest[at..].find(close).map(|end| at + end + 2) else { break };
        out.push_str(&rest[..at]);
        out.push_str(&tag(&rest[at..end]));
        rest = &rest[end..];
    }
    out + rest
}

fn tag(text: &str) -> String {
    let text = text
        .replace("forloop.counter0", "loop.index0")
        .replace("forloop.counter", "loop.index")
        .replace("forloop.", "loop.")
        .replace("{% empty ", "{% else ");
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.char_indices().peekable();
    let (mut quote, mut filter, mut open) = (None, false, false);
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(mark), _) if letter == mark => quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '|') => filter = true,
            (None, ':') if filter => {
                out.push('(');
                (filter, open) = (false, true);
                continue;
            }
            (None, letter) if filter && !(letter.is_alphanumeric() || letter == '_' || letter == ' ') => {
                filter = false;
            }
            _ => (),
        }
        out.push(letter);
        // The argument ends with its quote, or before a space, a bar or the end of the tag.
        let next = letters.peek().map(|(_, next)| *next);
        let ends = quote.is_none()
            && match next {
                None => true,
                Some(next) => next.is_whitespace() || matches!(next, '|' | '}' | '%'),
            };
        if open && ends && at > 0 {
            out.push(')');
            open = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(text: &str) -> String {
        let values = json!({
            "params": {"name": "Ada", "items": [{"n": "a", "p": 1}, {"n": "b", "p": 2}], "html": "<b>"},
            "contact": {"FIRSTNAME": "Zoë", "VIP": true},
        });
        render(text, &values, true).unwrap()
    }

    #[test]
    fn values_conditions_loops_and_filters() {
        assert_eq!(rendered("Hi {{ params.name }}, {{contact.FIRSTNAME|upper}}!"), "Hi Ada, ZOË!");
        assert_eq!(rendered("{{ params.nobody.at.all }}."), ".");
        assert_eq!(rendered("{{ params.nobody|default:\"dear | reader\" }}!"), "dear | reader!");
        assert_eq!(rendered("{{ params.nobody|default:params.name|upper }}"), "ADA");
        assert_eq!(rendered("{% if contact.VIP %}yes{% else %}no{% endif %}"), "yes");
        let looped = "{% for i in params.items %}{{ forloop.counter }}{{ i.n }}={{ i.p }};{% endfor %}";
        assert_eq!(rendered(looped), "1a=1;2b=2;");
        assert_eq!(rendered("{{ params.html }} {{ params.html|safe }}"), "&lt;b&gt; <b>");
        assert_eq!(rendered("100 % {sure} {"), "100 % {sure} {");
    }

    #[test]
    fn a_broken_text_says_so() {
        assert!(render("{% if x %}", &json!({}), true).is_err());
        assert!(render("{{ x|nosuchfilter }}", &json!({}), true).is_err());
    }
}
