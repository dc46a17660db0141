//! The form of e-mail addresses.

/// Without white space and the invisible characters that come along when addresses are copied.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'))
}

const MALFORMED: Option<&str> = Some("the address is malformed");

/// What is certainly wrong with an address; Brevo knows the rest.
pub(super) fn address_problem(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("the address is missing");
    }
    let Some(at) = memchr::memrchr(b'@', address.as_bytes()) else { return MALFORMED };
    let (local, domain) = (&address[..at], &address[at + 1..]);
    let is_good = local.len() <= 64
        && address.len() <= 254
        && if address.is_ascii() {
            is_local(local.as_bytes()) && is_domain(domain.as_bytes())
        } else {
            is_wide_local(local) && is_wide_domain(domain)
        };
    if is_good { None } else { MALFORMED }
}

/// Where each byte may stand in an address.
const IN_LOCAL: u8 = 1;
const IN_DOMAIN: u8 = 2;
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        let c = byte as u8;
        if !matches!(c, b'(' | b')' | b'<' | b'>' | b',' | b';' | b':' | b'\\' | b'"' | b'[' | b']' | b'@') {
            classes[byte] |= IN_LOCAL;
        }
        if c.is_ascii_alphanumeric() || c == b'-' || c == b'.' {
            classes[byte] |= IN_DOMAIN;
        }
        byte += 1;
    }
    classes
};

/// Whether all bytes are of a class, and all parts between dots are good.
fn are_parts(text: &[u8], class: u8, is_good: impl Fn(&[u8]) -> bool) -> bool {
    let (mut start, mut all) = (0, class);
    for (at, byte) in text.iter().enumerate() {
        all &= CLASSES[usize::from(*byte)];
        if *byte == b'.' {
            if !is_good(&text[start..at]) {
                return false;
            }
            start = at + 1;
        }
    }
    all != 0 && is_good(&text[start..])
}

fn is_local(local: &[u8]) -> bool {
    are_parts(local, IN_LOCAL, |part| !part.is_empty())
}

fn is_domain(domain: &[u8]) -> bool {
    let is_label =
        |label: &[u8]| (1..=63).contains(&label.len()) && !label.starts_with(b"-") && !label.ends_with(b"-");
    let Some(dot) = memchr::memrchr(b'.', domain) else { return false };
    let top = &domain[dot + 1..];
    are_parts(domain, IN_DOMAIN, is_label) && top.len() > 1 && !top.iter().all(u8::is_ascii_digit)
}

fn is_wide_local(local: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "()<>,;:\\\"[]@".contains(c);
    !local.is_empty()
        && !local.contains(is_odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_wide_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let top = domain.rsplit('.').next().unwrap_or("");
    domain.contains('.')
        && domain.split('.').all(is_label)
        && top.chars().count() > 1
        && !top.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_certainly_wrong_are_told() {
        for good in [
            "a@b.co",
            "zoë@exämple.fr",
            "first.last+tag@sub.example.com",
            "o'hara@example.ie",
            "用户@例子.广告",
        ] {
            assert_eq!(address_problem(good), None, "{good}");
        }
        for bad in [
            "plain",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            "a@@b.co",
            "a b@c.de",
            "a@b..de",
            ".a@b.de",
            "a.@b.de",
            "a..b@c.de",
            "a@-b.de",
            "a@b-.de",
            "a@b.de.",
            "a,b@c.de",
            "<a@b.de>",
            "a@b_c.de",
            "a@1.2.3.4",
            "a\0@b.de",
        ] {
            assert_eq!(address_problem(bad), Some("the address is malformed"), "{bad}");
        }
        assert_eq!(address_problem(""), Some("the address is missing"));
        assert!(address_problem(&format!("{}@example.com", "x".repeat(65))).is_some());
        assert!(address_problem(&format!("a@{}.com", "x.".repeat(130))).is_some());
        assert_eq!(trimmed("\u{feff} a@b.co\u{200b}\u{a0}"), "a@b.co");
    }

    #[test]
    fn both_ways_of_looking_at_an_address_agree() {
        let mut random = fastrand::Rng::with_seed(7);
        let letters: Vec<char> = "ab1.-@_ +(<\"\u{7f}".chars().collect();
        let mut good = 0;
        for _ in 0..200_000 {
            let text = |random: &mut fastrand::Rng, most: usize| -> String {
                (0..random.usize(0..most))
                    .map(|_| letters[random.usize(0..letters.len().min(5 + most))])
                    .collect()
            };
            let (local, domain) = (text(&mut random, 6), text(&mut random, 7));
            assert_eq!(is_local(local.as_bytes()), is_wide_local(&local), "{local}");
            assert_eq!(is_domain(domain.as_bytes()), is_wide_domain(&domain), "{domain}");
            good += usize::from(is_local(local.as_bytes()) && is_domain(domain.as_bytes()));
        }
        assert!(good > 10, "{good} good ones");
    }
}
