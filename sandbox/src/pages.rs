//! Pages for people.

use std::sync::Arc;

use axum::Router;

use crate::state::Sandbox;

/// Addresses of this module, for this machine only.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
}
