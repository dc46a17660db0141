//! Settings of a client: from arguments first, then from the environment.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use macro_rules_attribute::apply;
use reqwest::Url;
use serde_json::{Map, Value};

use crate::arguments::check_object;
use crate::auth::{Identity, Secret};
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::names;
use crate::schema::Ty;

/// Longer times than a year are a year: clocks cannot count further everywhere.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
const BASE_URL: &str = "https://api.brevo.com/v3";

/// Settings of a client. What is left out is taken from the environment by [`Builder::build`].
///
/// The names are the same in every language: keyword arguments in Python, properties in camelCase in
/// Node, keys of a JSON object in C.
#[apply(model!)]
pub struct Builder {
    /// API key, beginning with `xkeysib-`; else `BREVO_API_KEY`.
    #[serde(rename = "api_key")]
    pub api_key: Option<Secret>,
    /// File that holds nothing but the API key and that only its owner may read; else `BREVO_API_KEY_FILE`.
    #[serde(rename = "api_key_file")]
    pub api_key_file: Option<String>,
    /// Whether to look for the key in the system's keyring (service `brevo`, user `api-key`); else `BREVO_KEYRING=1`.
    pub keyring: Option<bool>,
    /// Key of a reseller, sent beside the API key; else `BREVO_PARTNER_KEY`.
    #[serde(rename = "partner_key")]
    pub partner_key: Option<Secret>,
    /// Client id of an OAuth app for machines, instead of an API key; else `BREVO_CLIENT_ID`.
    #[serde(rename = "client_id")]
    pub client_id: Option<String>,
    /// Client secret of that app; else `BREVO_CLIENT_SECRET`.
    #[serde(rename = "client_secret")]
    pub client_secret: Option<Secret>,
    /// Scopes to ask for, separated by spaces; all that the app was granted when left out.
    pub scope: Option<String>,
    /// Address of the API, https, or plain http to this machine only; else `BREVO_API_URL`, else Brevo's own.
    /// Without a path, `/v3` is added.
    #[serde(rename = "base_url")]
    pub base_url: Option<String>,
    /// Seconds for a whole call with its repeats; 60 by default.
    pub timeout: Option<f64>,
    /// Seconds for making a connection; 10 by default.
    #[serde(rename = "connect_timeout")]
    pub connect_timeout: Option<f64>,
    /// Repeats after the first attempt, where a repeat is safe; 3 by default.
    #[serde(rename = "max_retries")]
    #[api(min = 0, max = 100)]
    pub max_retries: Option<i64>,
    /// Seconds that a call may wait for its turn under the rate limits; 60 by default. A longer wait is the error
    /// `rate_limited`, with `retry_after`.
    #[serde(rename = "max_wait")]
    pub max_wait: Option<f64>,
    /// Whether calls are spaced within the rate limits before Brevo refuses them; true by default.
    pub pacing: Option<bool>,
    /// Proxy for all calls, as `http://user:password@host:port`; else `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`.
    /// `NO_PROXY` excepts hosts either way. Calls to this machine never use one.
    pub proxy: Option<Secret>,
    /// PEM file of certificate authorities to trust beside the system's.
    #[serde(rename = "ca_file")]
    pub ca_file: Option<String>,
    /// PEM file with a client certificate and its key.
    #[serde(rename = "client_certificate_file")]
    pub client_certificate_file: Option<String>,
    /// Name and version of the program, put before ours in `User-Agent`.
    #[serde(rename = "user_agent")]
    pub user_agent: Option<String>,
}

/// Settings, checked and complete.
pub(crate) struct Settings {
    pub(crate) base: Url,
    pub(crate) identity: Identity,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_wait: Duration,
    pub(crate) pacing: bool,
    pub(crate) proxy: Option<Secret>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) client_certificate_file: Option<PathBuf>,
    pub(crate) user_agent: String,
}

impl Builder {
    /// From a JSON object whose keys are the fields of this struct, in snake_case or camelCase. An
    /// unknown key is refused by name. No value is ever echoed.
    pub fn from_json(settings: &Map<String, Value>) -> Result<Self> {
        let Ty::Model(model) = <Builder as crate::schema::Typed>::TY else { unreachable!("a model") };
        let known = model().fields;
        let settings: Map<String, Value> = settings
            .iter()
            .map(|(name, value)| {
                let field = known.iter().find(|f| names::camel(f.name()) == *name);
                (field.map_or(name.clone(), |f| f.name().to_owned()), value.clone())
            })
            .collect();
        let settings = check_object(model().fields, &Value::Object(settings).to_string())
            .map_err(|error| error.with_kind(Kind::Configuration))?;
        serde_json::from_str(&settings).map_err(|error| {
            Error::new(Kind::Configuration, "the settings cannot be read").with_source(error)
        })
    }

    /// Sets the API key.
    pub fn api_key(mut self, key: &str) -> Self {
        self.api_key = Some(Secret::new(key));
        self
    }

    /// Sets the address of the API.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the time for a whole call.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time.as_secs_f64());
        self
    }

    /// Sets how often a call may be repeated.
    pub fn max_retries(mut self, count: u32) -> Self {
        self.max_retries = Some(i64::from(count));
        self
    }

    /// Checks the settings and makes the client. Sends nothing.
    pub fn build(self) -> Result<Client> {
        Client::new(self.complete()?)
    }

    fn complete(self) -> Result<Settings> {
        let base = base_url(self.base_url.clone().or_else(|| variable("BREVO_API_URL")))?;
        let identity = Identity::find(&self, &base)?;
        let user_agent = match &self.user_agent {
            Some(program) if program.bytes().all(|b| b.is_ascii_graphic() || b == b' ') => {
                format!("{program} brevo-native/{}", crate::VERSION)
            }
            Some(_) => return Err(setting("user_agent", "must be visible ASCII")),
            None => format!("brevo-native/{}", crate::VERSION),
        };
        Ok(Settings {
            base,
            identity,
            timeout: seconds("timeout", self.timeout, 60.0)?,
            connect_timeout: seconds("connect_timeout", self.connect_timeout, 10.0)?,
            max_retries: self.max_retries.unwrap_or(3).clamp(0, 100) as u32,
            max_wait: seconds("max_wait", self.max_wait, 60.0)?,
            pacing: self.pacing.unwrap_or(true),
            proxy: self.proxy,
            ca_file: self.ca_file.map(PathBuf::from),
            client_certificate_file: self.client_certificate_file.map(PathBuf::from),
            user_agent,
        })
    }
}

/// A variable of the environment; an empty one counts as absent.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The error of a setting that cannot be used.
pub fn setting(name: &str, message: &str) -> Error {
    Error::argument(name, message).with_kind(Kind::Configuration)
}

/// Seconds as a duration; zero and less are refused.
pub(crate) fn seconds(name: &str, value: Option<f64>, default: f64) -> Result<Duration> {
    match Duration::try_from_secs_f64(value.unwrap_or(default)) {
        Ok(time) if !time.is_zero() || name == "max_wait" => Ok(time.min(LONGEST)),
        _ => Err(setting(name, "must be a number of seconds above 0")),
    }
}

fn base_url(text: Option<String>) -> Result<Url> {
    let text = text.unwrap_or_else(|| BASE_URL.to_owned());
    let refuse = |message: &str| Err(setting("base_url", message));
    let Ok(mut url) = Url::parse(text.trim()) else { return refuse("is not a URL") };
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&url) => {}
        "http" => {
            return refuse(
                "plain http would show the key to the network; use https (http is for this machine only)",
            );
        }
        _ => return refuse("must begin with https://"),
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return refuse("must not hold a user name, password, query or fragment");
    }
    let path = match url.path().trim_end_matches('/') {
        "" => "/v3".to_owned(),
        path => path.to_owned(),
    };
    url.set_path(&path);
    Ok(url)
}

/// Whether a URL names this machine by a loopback address or as `localhost`.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_to_https_or_to_this_machine() {
        for good in [
            "https://api.brevo.com/v3",
            "http://localhost:4010",
            "http://127.0.0.1:1/v3/",
            "http://[::1]:80/v3",
        ] {
            let url = base_url(Some(good.into())).expect(good);
            assert_eq!(url.path(), "/v3", "{good}");
        }
        for bad in [
            "http://api.brevo.com/v3",
            "http://10.0.0.1/v3",
            "http://localhost.evil.com",
            "ftp://a",
            "nonsense",
            "https://u:p@host/v3",
            "https://host/v3?x=1",
        ] {
            assert_eq!(base_url(Some(bad.into())).expect_err(bad).kind(), Kind::Configuration, "{bad}");
        }
    }

    #[test]
    fn settings_are_named_in_both_spellings_and_checked() {
        let map = |text: &str| serde_json::from_str::<Map<String, Value>>(text).expect("JSON");
        let builder = Builder::from_json(&map(r#"{"apiKey": "k", "max_retries": 1}"#)).expect("good");
        assert_eq!((builder.api_key, builder.max_retries), (Some("k".into()), Some(1)));
        let error = Builder::from_json(&map(r#"{"api_kye": "secret-value"}"#)).expect_err("misspelt");
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(error.message().contains("did you mean `api_key`?"), "{error}");
        assert!(!error.to_string().contains("secret-value"));
    }
}
