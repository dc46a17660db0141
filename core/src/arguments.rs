//! From arguments to a checked request: what is certainly wrong is refused here, by name, and the
//! rest is laid out as path, query and body.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::schema::Spec;

/// What a caller gives to an operation. Keys are names or wire names, on every level.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// Values, as JSON.
    pub values: Map<String, Value>,
    /// Content of file parameters, by parameter name.
    pub files: BTreeMap<String, FilePart>,
}

/// A file to send.
#[derive(Debug, Clone, Default)]
pub struct FilePart {
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl Arguments {
    /// From the text of a JSON object; an empty text counts as an empty object.
    pub fn from_json(text: &str) -> Result<Self> {
        let text = if text.trim().is_empty() { "{}" } else { text };
        match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Ok(values.into()),
            Ok(_) => Err(Error::new(Kind::InvalidArgument, "the arguments are not a JSON object")),
            Err(error) => {
                Err(Error::new(Kind::InvalidArgument, format!("the arguments are not valid JSON: {error}")))
            }
        }
    }
}

impl From<Map<String, Value>> for Arguments {
    fn from(values: Map<String, Value>) -> Self {
        Arguments { values, files: BTreeMap::new() }
    }
}

/// Checks arguments against the table without sending anything.
pub fn check(_spec: &Spec, _arguments: &Arguments) -> Result<()> {
    unimplemented!("being written")
}
