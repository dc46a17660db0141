//! Who calls: API keys, partner keys and OAuth tokens. None of them is ever printed whole.

pub mod key;
pub mod oauth;

use std::fmt;
use std::path::Path;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};
use crate::schema::{Ty, Typed};
use crate::settings::{Builder, setting, variable};

pub use key::{ApiKey, KeySettings, PartnerKey, find_key};
pub use oauth::TokenSource;

/// Who the client is.
pub(crate) enum Auth {
    /// An API key.
    Key(ApiKey),
    /// An OAuth app for machines, with the client secret and what else makes its tokens.
    App {
        /// Client id.
        id: String,
        /// Client secret.
        secret: Secret,
        /// Scopes to ask for.
        scope: Option<String>,
        /// Token endpoint.
        url: String,
    },
}

/// Who the client is, and on whose behalf.
pub(crate) struct Identity {
    pub(crate) auth: Auth,
    pub(crate) partner: Option<PartnerKey>,
}

impl Identity {
    /// From the settings first, then from the environment. A key goes before an app in each.
    pub(crate) fn find(settings: &Builder, base: &Url) -> Result<Self> {
        let partner = settings
            .partner_key
            .clone()
            .or_else(|| variable("BREVO_PARTNER_KEY").map(|key| Secret::new(&key)));
        let partner = partner.map(|key| PartnerKey::parse(key.expose())).transpose()?;
        let app = |id: Option<String>, secret: Option<Secret>| match (id, secret) {
            (Some(id), Some(secret)) => Ok(Some(Auth::App {
                id,
                secret,
                scope: settings.scope.clone(),
                url: base.join("/realms/partner/oauth/token").map(String::from).unwrap_or_default(),
            })),
            (None, None) => Ok(None),
            (id, _) => {
                let missing = if id.is_some() { "client_secret" } else { "client_id" };
                Err(setting(missing, "missing beside its other half"))
            }
        };
        let named = settings.api_key.is_some() || settings.api_key_file.is_some();
        if !named && let Some(auth) = app(settings.client_id.clone(), settings.client_secret.clone())? {
            return Ok(Identity { auth, partner });
        }
        let key = find_key(&KeySettings {
            api_key: settings.api_key.as_ref().map(Secret::expose),
            api_key_file: settings.api_key_file.as_deref().map(Path::new),
            keyring: settings.keyring,
        })?;
        if let Some(key) = key {
            return Ok(Identity { auth: Auth::Key(key), partner });
        }
        let secret = variable("BREVO_CLIENT_SECRET").map(|secret| Secret::new(&secret));
        match app(variable("BREVO_CLIENT_ID"), secret)? {
            Some(auth) => Ok(Identity { auth, partner }),
            None => Err(Error::new(Kind::Configuration, "no API key")
                .with_advice("Give `api_key`, or set BREVO_API_KEY or BREVO_API_KEY_FILE; keys are made under Settings, SMTP & API, API keys.")),
        }
    }

    /// The headers that are the same on every call.
    pub(crate) fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if let Auth::Key(key) = &self.auth {
            headers.insert("api-key", header(key.expose())?);
        }
        if let Some(key) = &self.partner {
            headers.insert("partner-key", header(key.expose())?);
        }
        Ok(headers)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.auth {
            Auth::Key(key) => write!(f, "key {key}"),
            Auth::App { id, .. } => write!(f, "app {id}"),
        }
    }
}

/// Puts a token into the headers of a call.
pub(crate) fn add_token(headers: &mut HeaderMap, token: &Secret) -> Result<()> {
    headers.insert(AUTHORIZATION, header(&Zeroizing::new(format!("Bearer {}", token.expose())))?);
    Ok(())
}

fn header(secret: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(secret)
        .map_err(|_| Error::new(Kind::Configuration, "a key holds characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Text that is wiped from memory when dropped and never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps a copy of the text.
    pub fn new(text: &str) -> Self {
        Secret(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, where that leaves most of it hidden.
    fn tail(&self) -> &str {
        let text = self.expose();
        match text.len() {
            20.. => text.get(text.len() - 4..).unwrap_or(""),
            _ => "",
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: AsRef<str>> From<T> for Secret {
    fn from(text: T) -> Self {
        Secret::new(text.as_ref())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Secret(Zeroizing::new(text)))
    }
}

impl Typed for Secret {
    const TY: Ty = Ty::String;
}

/// Whether the text can stand in a header: ASCII that is seen, and no white space.
fn is_visible_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
