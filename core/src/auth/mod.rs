//! Who calls: API keys, partner keys and OAuth tokens. None of them is ever printed whole.

pub mod key;
pub mod oauth;

use std::fmt;

use zeroize::Zeroizing;

pub use key::{ApiKey, KeySettings, PartnerKey, find_key};
pub use oauth::TokenSource;

/// Text that is wiped from memory when dropped and never printed.
#[derive(Clone)]
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

/// Whether the text can stand in a header: ASCII that is seen, and no white space.
fn is_visible_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
