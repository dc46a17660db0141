//! The form of e-mail addresses.

/// Without white space and the invisible characters that come along when addresses are copied.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'))
}

/// What is certainly wrong with an address; Brevo knows the rest.
pub(super) fn address_problem(address: &str) -> Option<&'static str> {
    const MALFORMED: Option<&str> = Some("the address is malformed");
    if address.is_empty() {
        return Some("the address is missing");
    }
    let Some((local, domain)) = address.rsplit_once('@') else { return MALFORMED };
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "()<>,;:\\\"[]@".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let has_good_local = !local.is_empty()
        && local.len() <= 64
        && !local.contains(is_odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let top = domain.rsplit('.').next().unwrap_or("");
    let has_good_domain = domain.contains('.')
        && domain.split('.').all(is_label)
        && top.chars().count() > 1
        && !top.bytes().all(|byte| byte.is_ascii_digit());
    if address.len() <= 254 && has_good_local && has_good_domain { None } else { MALFORMED }
}
