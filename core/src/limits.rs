//! Checks that the types of the table cannot express. Only what is certainly refused, lost or
//! harmful is refused here.

use serde_json::Value;

use crate::arguments::check_file_name;
use crate::error::{Error, Result};
use crate::schema::Spec;

/// Recipients of one call (source: SDK 5.1, batch-sending guide).
pub(crate) const MAX_RECIPIENTS: usize = 2_000;
/// Recipients of one message version (source: SDK 5.1).
pub(crate) const MAX_RECIPIENTS_PER_VERSION: usize = 99;
/// Parameters of one message version, and of all together, in bytes of JSON (source: SDK 5.1).
pub(crate) const MAX_PARAMS: usize = 100_000;
pub(crate) const MAX_PARAMS_TOTAL: usize = 1_000_000;

/// Checks checked arguments, which are given by their wire names.
pub(crate) fn check(spec: &Spec, argument: impl Fn(&str) -> Option<Value>) -> Result<()> {
    if spec.path == "/smtp/email" { email(argument) } else { Ok(()) }
}

fn email(argument: impl Fn(&str) -> Option<Value>) -> Result<()> {
    headers(argument("headers").as_ref(), "headers")?;
    for (i, file) in list(argument("attachment").as_ref()).enumerate() {
        let path = format!("attachment[{i}]");
        let text = |key: &str| file.get(key).and_then(Value::as_str).unwrap_or("");
        if text("url").is_empty() && text("content").is_empty() {
            return Err(Error::argument(
                path,
                "an attachment needs `url`, or `content` in base64 and `name`",
            ));
        }
        if !text("content").is_empty() || file.get("name").is_some() {
            check_file_name(&path, text("name"))?;
            // Brevo guesses the type from the extension and refuses a name without one
            // (source: anymail's tests).
            if !text("name").trim_end_matches('.').trim_start_matches('.').contains('.') {
                return Err(Error::argument(path, "an attachment's name needs an extension"));
            }
        }
    }
    let (mut recipients, mut params) = (0, 0);
    for (i, version) in list(argument("messageVersions").as_ref()).enumerate() {
        let path = format!("message_versions[{i}]");
        headers(version.get("headers"), &format!("{path}.headers"))?;
        let count: usize = ["to", "cc", "bcc"].iter().map(|key| list(version.get(*key)).count()).sum();
        if count > MAX_RECIPIENTS_PER_VERSION {
            let message = format!("{count} recipients given, at most {MAX_RECIPIENTS_PER_VERSION} allowed");
            return Err(Error::argument(path, message));
        }
        let size = version.get("params").map_or(0, |params| params.to_string().len());
        if size > MAX_PARAMS {
            let message = format!("{size} bytes of params given, at most {MAX_PARAMS} allowed");
            return Err(Error::argument(path, message));
        }
        recipients += count;
        params += size;
    }
    if recipients > MAX_RECIPIENTS {
        let message = format!("{recipients} recipients given, at most {MAX_RECIPIENTS} a call allowed");
        return Err(Error::argument("message_versions", message));
    }
    if params > MAX_PARAMS_TOTAL {
        let message = format!("{params} bytes of params given, at most {MAX_PARAMS_TOTAL} a call allowed");
        return Err(Error::argument("message_versions", message));
    }
    Ok(())
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Header names and values that could break out of their line.
fn headers(value: Option<&Value>, path: &str) -> Result<()> {
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        let path = format!("{path}.{name}");
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
            return Err(Error::argument(path, "a header name must be visible ASCII without a colon"));
        }
        let Some(text) = value.as_str() else {
            return Err(Error::argument(path, "a header's value must be text"));
        };
        if text.chars().any(char::is_control) {
            return Err(Error::argument(
                path,
                "a header's value must not hold line breaks or control characters",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Kind;
    use crate::arguments::{Arguments, check as check_arguments};
    use crate::names::operation_by_id;

    fn refused(arguments: Value) -> String {
        let Value::Object(values) = arguments else { panic!("an object is needed") };
        let spec = operation_by_id("transactional_emails.send_transac_email").expect("in the table");
        let error = check_arguments(spec, Arguments::from(values)).expect_err("it must be refused");
        assert_eq!(error.kind(), Kind::InvalidArgument);
        error.parameter().unwrap_or_default().to_owned()
    }

    #[test]
    fn broken_mails_are_refused() {
        assert_eq!(refused(json!({"headers": {"X-A": "b\r\nBcc: c"}})), "headers.X-A");
        assert_eq!(refused(json!({"headers": {"X:A": "b"}})), "headers.X:A");
        assert_eq!(refused(json!({"attachment": [{"content": "YQ==", "name": "report"}]})), "attachment[0]");
        assert_eq!(refused(json!({"attachment": [{"name": "a.pdf"}]})), "attachment[0]");
        let many: Vec<_> = (0..100).map(|i| json!({"email": format!("a{i}@b.c")})).collect();
        assert_eq!(refused(json!({"messageVersions": [{"to": many}]})), "message_versions[0]");
        let full: Vec<_> = (0..99).map(|i| json!({"email": format!("a{i}@b.c")})).collect();
        let versions: Vec<_> = (0..21).map(|_| json!({"to": full})).collect();
        assert_eq!(refused(json!({"messageVersions": versions})), "message_versions");
    }
}
