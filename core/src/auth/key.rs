//! API keys: recognised by their form, so that a key of the wrong kind is refused before the wire.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Secret, is_visible_ascii};
use crate::error::{Error, Kind, Result};

const PREFIX: &str = "xkeysib-";
/// Service and user under which the system's keyring holds the key.
#[cfg(feature = "keyring")]
const KEYRING_ENTRY: (&str, &str) = ("brevo", "api-key");
/// Lengths between which a key is accepted. Today's keys have 89 characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=1024;

const NEW_KEY: &str =
    "Create a v3 key in Brevo under Settings, SMTP & API, API keys; it starts with `xkeysib-`.";
const COPY_KEY: &str = "Copy the whole key again, without quotes or line breaks inside.";
const KEY_FILE: &str =
    "Give the path of a file that holds the key alone, readable by its owner only (chmod 600).";
const CHMOD: &str =
    "Run `chmod 600` on the file (Kubernetes: `defaultMode: 0400`), and think of replacing the key.";
#[cfg(feature = "keyring")]
const KEYRING: &str = "Store the key in the system's keyring under service `brevo`, user `api-key`.";

/// API key of version 3. Wiped from memory when dropped; shown as `xkeysib-...` and its last four
/// characters.
#[derive(Clone)]
pub struct ApiKey(Secret);

/// Key of a Brevo partner, sent beside the API key. Never shown.
#[derive(Clone)]
pub struct PartnerKey(Secret);

/// Where to look for the key. What is named here goes before the environment.
#[derive(Clone, Copy, Default)]
pub struct KeySettings<'a> {
    /// The key itself.
    pub api_key: Option<&'a str>,
    /// A file that holds it.
    pub api_key_file: Option<&'a Path>,
    /// Whether to look in the system's keyring; `None` leaves it to `BREVO_KEYRING`.
    pub keyring: Option<bool>,
}

impl ApiKey {
    /// Reads a key, as a user pastes it. Errors never repeat the text.
    pub fn parse(text: &str) -> Result<ApiKey> {
        let text = bare(text);
        let refuse = |message: &str, advice| Err(refused(message).with_advice(advice));
        if text.is_empty() {
            return refuse("the API key is empty", NEW_KEY);
        }
        if !is_visible_ascii(text) {
            return refuse("the API key holds white space, control or non-ASCII characters", COPY_KEY);
        }
        if text.starts_with("xsmtpsib-") {
            return refuse("this is an SMTP key, which the API does not accept", NEW_KEY);
        }
        if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return refuse("this is a v2 key; v2 ended on 25 June 2021", NEW_KEY);
        }
        if is_mcp_token(text) {
            return refuse(
                "this is a token for Brevo's MCP server, which the API does not accept as a key",
                NEW_KEY,
            );
        }
        if is_jwt(text) {
            return refuse(
                "this is an access token, not an API key",
                "Give `client_id` and `client_secret` instead; tokens are then fetched and renewed.",
            );
        }
        if !text.starts_with(PREFIX) {
            return refuse("this is not a Brevo API key: a v3 key starts with `xkeysib-`", NEW_KEY);
        }
        if !LENGTHS.contains(&text.len()) {
            return refuse("the API key is cut short or has something appended", COPY_KEY);
        }
        Ok(ApiKey(Secret::new(text)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}...{}", self.0.tail())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartnerKey {
    /// Reads a partner key. Errors never repeat the text.
    pub fn parse(text: &str) -> Result<PartnerKey> {
        let text = bare(text);
        if text.is_empty() || text.len() > *LENGTHS.end() || !is_visible_ascii(text) {
            let message = "the partner key is empty, or holds white space, control or non-ASCII characters";
            return Err(refused(message).with_advice("Copy the partner key again."));
        }
        Ok(PartnerKey(Secret::new(text)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Looks for the key: settings, `BREVO_API_KEY`, `BREVO_API_KEY_FILE`, and, only when asked
/// (`keyring`, or `BREVO_KEYRING=1`), the system's keyring. `None` where none of them is set. A
/// source that is set but holds no good key is an error, never passed over; an empty environment
/// variable counts as not set.
pub fn find_key(settings: &KeySettings<'_>) -> Result<Option<ApiKey>> {
    find_key_in(settings, &|name| std::env::var_os(name))
}

fn find_key_in(settings: &KeySettings<'_>, env: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<ApiKey>> {
    let env = |name| env(name).filter(|value| !value.to_string_lossy().trim().is_empty());
    if let Some(text) = settings.api_key {
        return ApiKey::parse(text).map(Some);
    }
    if let Some(path) = settings.api_key_file {
        return read_key_file(path).map(Some);
    }
    if settings.keyring == Some(true) {
        return read_keyring().map(Some);
    }
    if let Some(text) = env("BREVO_API_KEY") {
        // What is no UTF-8 becomes U+FFFD, which no key holds.
        let text = Zeroizing::new(text.to_string_lossy().into_owned());
        return ApiKey::parse(&text).map(Some);
    }
    if let Some(path) = env("BREVO_API_KEY_FILE") {
        return read_key_file(Path::new(&path)).map(Some);
    }
    let asked =
        env("BREVO_KEYRING").is_some_and(|value| !matches!(value.to_str(), Some("0" | "false" | "no")));
    if asked && settings.keyring.is_none() {
        return read_keyring().map(Some);
    }
    Ok(None)
}

/// Without what surrounds a key when it is copied: white space, byte order mark, a pair of quotes.
fn bare(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ['"', '\'']
        .iter()
        .find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .map_or(text, str::trim)
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::Configuration, message)
}

/// Tokens of the MCP server are the base64 of a JSON object that holds an API key.
fn is_mcp_token(text: &str) -> bool {
    if text.starts_with('{') {
        return text.contains("api_key");
    }
    let digits = text.trim_end_matches('=');
    let decoded = STANDARD_NO_PAD.decode(digits).or_else(|_| URL_SAFE_NO_PAD.decode(digits));
    decoded.map(Zeroizing::new).is_ok_and(|bytes| {
        bytes.trim_ascii_start().starts_with(b"{") && bytes.windows(7).any(|window| window == b"api_key")
    })
}

fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.bytes().filter(|&byte| byte == b'.').count() == 2
}

/// The key in a file that nobody but its owner can read.
fn read_key_file(path: &Path) -> Result<ApiKey> {
    let shown = path.display();
    let failed = |error: std::io::Error| {
        refused(format!("the key file {shown}: {error}")).with_source(error).with_advice(KEY_FILE)
    };
    // Looked at before it is opened, since opening a pipe waits for its writer.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(refused(format!("the key file {shown} is not a regular file")).with_advice(KEY_FILE));
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            let message = format!("others can read the key file {shown}; run `chmod 600` on it");
            return Err(refused(message).with_advice(CHMOD));
        }
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(4096).read_to_end(&mut bytes).map_err(failed)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| refused(format!("the key file {shown} is not text")).with_advice(KEY_FILE))?;
    ApiKey::parse(text).map_err(|error| {
        refused(format!("the key file {shown}: {}", error.message())).with_advice(error.advice())
    })
}

#[cfg(feature = "keyring")]
fn read_keyring() -> Result<ApiKey> {
    use keyring_core::api::CredentialStoreApi as _;

    #[cfg(target_os = "linux")]
    let store = linux_keyutils_keyring_store::Store::new();
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    let store: keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> =
        Err(keyring_core::Error::NoDefaultStore);

    let (service, user) = KEYRING_ENTRY;
    let found = store.and_then(|store| store.build(service, user, None)?.get_password());
    let text = match found {
        Ok(text) => Zeroizing::new(text),
        // Some of its errors carry what was stored: only their kind is told.
        Err(error) => {
            let message = match error {
                keyring_core::Error::NoEntry => "the system's keyring holds no Brevo key",
                keyring_core::Error::NoStorageAccess(_) => "the system's keyring is locked or not reachable",
                keyring_core::Error::NoDefaultStore => "there is no keyring on this system",
                keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
                    "the entry in the system's keyring is not text"
                }
                keyring_core::Error::Ambiguous(_) => "the system's keyring holds several Brevo keys",
                _ => "the system's keyring failed",
            };
            return Err(refused(message).with_advice(KEYRING));
        }
    };
    ApiKey::parse(&text)
}

#[cfg(not(feature = "keyring"))]
fn read_keyring() -> Result<ApiKey> {
    Err(refused("this build has no access to the system's keyring")
        .with_advice("Give the key by `BREVO_API_KEY` or `BREVO_API_KEY_FILE`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> String {
        format!("xkeysib-{}-AbCdEfGhIjKl9876", "0123456789abcdef".repeat(4))
    }

    fn refusal(text: &str) -> String {
        let error = ApiKey::parse(text).expect_err("it must be refused");
        assert_eq!(error.kind(), Kind::Configuration);
        let shown = format!("{error} {error:?}");
        assert!(text.trim().is_empty() || !shown.contains(text), "{shown}");
        error.message().to_owned()
    }

    #[test]
    fn a_key_is_taken_as_it_is_pasted_and_shown_by_its_end() {
        let forms = [
            good(),
            format!(" \t{}\r\n", good()),
            format!("\u{feff}{}\n", good()),
            format!("\"{}\"", good()),
        ];
        for text in forms {
            let key = ApiKey::parse(&text).expect("a good key");
            assert_eq!(key.expose(), good());
            assert_eq!(format!("{key} {key:?}"), "xkeysib-...9876 xkeysib-...9876");
        }
    }

    #[test]
    fn other_kinds_are_recognised() {
        assert!(refusal("").contains("empty"));
        assert!(refusal(" \u{feff}\n").contains("empty"));
        assert!(refusal(&good().replace("xkeysib", "xsmtpsib")).contains("SMTP key"));
        assert!(refusal("aBcD1234eFgH5678").contains("v2 ended on 25 June 2021"));
        let json = format!("{{\"api_key\":\"{}\"}}", good());
        assert!(refusal(&STANDARD_NO_PAD.encode(&json)).contains("MCP"));
        assert!(refusal(&base64::engine::general_purpose::STANDARD.encode(&json)).contains("MCP"));
        assert!(refusal(&json).contains("MCP"));
        assert!(refusal("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl").contains("access token"));
        assert!(refusal("something-else-altogether").contains("xkeysib-"));
        assert!(refusal("xkeysib-short").contains("cut short"));
        assert!(refusal(&good().repeat(20)).contains("cut short"));
    }

    #[test]
    fn nothing_that_could_break_a_header_passes() {
        for bad in ['\r', '\n', '\0', ' ', '\t', '\u{7f}', 'é', '\u{200b}'] {
            let mut text = good();
            text.insert(30, bad);
            assert!(refusal(&text).contains("white space"), "{bad:?}");
            text = good();
            text.push(bad);
            text.push_str("X-Other:1");
            assert!(refusal(&text).contains("white space"), "{bad:?}");
        }
    }

    #[test]
    fn a_partner_key_is_never_shown() {
        let key = PartnerKey::parse(" partner-1234567890-abcdefgh\n").unwrap();
        assert_eq!(key.expose(), "partner-1234567890-abcdefgh");
        assert_eq!(format!("{key:?}"), "***");
        for bad in ["", "a b", "a\r\nb"] {
            assert_eq!(PartnerKey::parse(bad).unwrap_err().kind(), Kind::Configuration);
        }
    }

    /// A file of its own below the system's folder for such, removed at the end.
    struct TempFile(std::path::PathBuf);
    impl TempFile {
        fn new(name: &str, content: &[u8]) -> Self {
            let path = std::env::temp_dir().join(format!("brevo-key-{}-{name}", std::process::id()));
            std::fs::write(&path, content).unwrap();
            let file = TempFile(path);
            file.chmod(0o600);
            file
        }
        #[cfg(unix)]
        fn chmod(&self, mode: u32) {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        #[cfg(not(unix))]
        fn chmod(&self, _mode: u32) {}
    }
    impl Drop for TempFile {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn file_refusal(path: &Path) -> Error {
        let settings = KeySettings { api_key_file: Some(path), ..Default::default() };
        let error = find_key_in(&settings, &|_| None).expect_err("it must be refused");
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(!format!("{error} {error:?}").contains("0123456789abcdef"), "{error}");
        error
    }

    #[test]
    fn a_key_file_is_read_unless_others_can_read_it() {
        let file = TempFile::new("good", format!("\u{feff}{}\n", good()).as_bytes());
        let settings = KeySettings { api_key_file: Some(&file.0), ..Default::default() };
        assert_eq!(find_key_in(&settings, &|_| None).unwrap().unwrap().expose(), good());
        #[cfg(unix)]
        for mode in [0o640, 0o604, 0o644, 0o666, 0o610] {
            file.chmod(mode);
            let error = file_refusal(&file.0);
            assert!(error.message().contains("chmod 600") && error.advice().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn files_that_hold_no_key_are_refused() {
        assert!(file_refusal(&std::env::temp_dir()).message().contains("not a regular file"));
        assert!(file_refusal(Path::new("/no/such/key")).message().contains("/no/such/key"));
        assert!(file_refusal(&TempFile::new("empty", b"\n").0).message().contains("empty"));
        assert!(file_refusal(&TempFile::new("binary", &[0xff, 0xfe, 0, 1]).0).message().contains("not text"));
        let two = TempFile::new("two", format!("{}\n{}\n", good(), good()).as_bytes());
        assert!(file_refusal(&two.0).message().contains("white space"));
    }

    #[test]
    fn sources_have_an_order_and_none_is_passed_over() {
        let file = TempFile::new("order", good().replace("9876", "FILE").as_bytes());
        let path = file.0.clone();
        let env = move |name: &str| match name {
            "BREVO_API_KEY" => Some(OsString::from(good().replace("9876", "ENV1"))),
            "BREVO_API_KEY_FILE" => Some(path.clone().into_os_string()),
            _ => None,
        };
        let tail = |settings: &KeySettings<'_>, env: &dyn Fn(&str) -> Option<OsString>| {
            find_key_in(settings, env).map(|key| key.map(|key| key.to_string()))
        };
        let argument = good();
        let by_argument = KeySettings { api_key: Some(&argument), ..Default::default() };
        let nothing = KeySettings::default();
        assert_eq!(tail(&by_argument, &env).unwrap().unwrap(), "xkeysib-...9876");
        assert_eq!(tail(&nothing, &env).unwrap().unwrap(), "xkeysib-...ENV1");
        let empty = |name: &str| if name == "BREVO_API_KEY" { Some("".into()) } else { env(name) };
        assert_eq!(tail(&nothing, &empty).unwrap().unwrap(), "xkeysib-...FILE");
        assert_eq!(tail(&nothing, &|_| None).unwrap(), None);
        let bad =
            |name: &str| if name == "BREVO_API_KEY" { Some("aBcD1234eFgH5678".into()) } else { env(name) };
        assert!(tail(&nothing, &bad).unwrap_err().message().contains("v2"));
        assert!(tail(&KeySettings { api_key: Some(""), ..nothing }, &env).is_err());
    }

    #[test]
    fn the_keyring_is_asked_only_when_told_to() {
        let on = |name: &str| (name == "BREVO_KEYRING").then(|| OsString::from("1"));
        let off = |name: &str| (name == "BREVO_KEYRING").then(|| OsString::from("0"));
        let settings = KeySettings::default();
        assert!(find_key_in(&settings, &off).unwrap().is_none());
        let refused = KeySettings { keyring: Some(false), ..settings };
        assert!(find_key_in(&refused, &on).unwrap().is_none());
        // A machine that runs tests may have a keyring or none; it never comes out as `None`.
        match find_key_in(&settings, &on) {
            Ok(key) => assert!(key.is_some()),
            Err(error) => assert!(error.message().contains("keyring"), "{error}"),
        }
    }
}
