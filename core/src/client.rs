//! The client: settings, and the one call through which everything goes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::error::Result;
use crate::reply::Reply;
use crate::schema::{Operation, Spec};

/// Connection to one account. Cheap to clone; clones share connections, pace and tokens.
#[derive(Clone)]
pub struct Client(#[allow(dead_code)] Arc<()>);

/// Options of one call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Time for the whole call with its repeats.
    pub timeout: Option<Duration>,
    /// Repeats allowed after the first attempt.
    pub max_retries: Option<u32>,
    /// Idempotency key of a transactional e-mail; made automatically where absent.
    pub idempotency_key: Option<String>,
    /// Headers added to the request.
    pub headers: Vec<(String, String)>,
    /// Fields added to the body, or to the query where there is no body, unchecked.
    pub extra: Map<String, Value>,
}

impl CallOptions {
    /// From a JSON object with the keys `timeout` (seconds), `max_retries`, `idempotency_key`,
    /// `headers` and `extra`.
    pub fn from_json(_options: &Map<String, Value>) -> Result<Self> {
        unimplemented!("being written")
    }
}

/// Settings of a client.
#[derive(Default)]
pub struct Builder {}

impl Client {
    /// Settings, to be completed from the environment by `build`.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Carries out an operation of the table.
    pub async fn call(
        &self,
        _spec: &'static Spec,
        _arguments: Arguments,
        _options: CallOptions,
    ) -> Result<Reply> {
        unimplemented!("being written")
    }

    /// Carries out an operation given as a Rust type.
    pub async fn send<O: Operation>(&self, _operation: O) -> Result<O::Output> {
        unimplemented!("being written")
    }

    /// One line about the client, without secrets, for `repr` and logs.
    pub fn describe(&self) -> String {
        unimplemented!("being written")
    }
}

impl Builder {
    /// From a JSON object: the settings as every binding takes them. Keys (all optional): `api_key`,
    /// `api_key_file`, `keyring` (bool), `partner_key`, `client_id`, `client_secret`, `scope`,
    /// `base_url`, `timeout`, `connect_timeout`, `max_retries`, `max_wait` (seconds), `proxy`,
    /// `ca_file`, `client_certificate_file`, `user_agent`. An unknown key is refused by name.
    pub fn from_json(_settings: &Map<String, Value>) -> Result<Self> {
        unimplemented!("being written")
    }

    /// Checks the settings and makes the client. Sends nothing.
    pub fn build(self) -> Result<Client> {
        unimplemented!("being written")
    }
}
