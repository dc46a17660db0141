//! What is left of the API v2.

use crate::handler::ApiError;

/// Says that v2 has ended, and what replaces the call.
pub fn answer(_method: &str, _path: &str) -> ApiError {
    ApiError::new(410, "failure", "API v2 ended on 25 June 2021; use API v3")
}
