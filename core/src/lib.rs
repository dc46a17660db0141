//! Every operation of the Brevo API, once: arguments are checked against a table, laid out, paced,
//! sent, repeated where that is safe, and answered with status, headers and body.
//!
//! The table is made from the structs in [`api`]. Rust programs use them directly
//! (`client.send(GetContact { .. })`); the bindings look operations up by name and pass JSON.

#[macro_use]
pub mod schema;

pub mod ahead;
pub mod api;
pub mod arguments;
pub mod auth;
mod bodies;
pub mod client;
mod connection;
pub mod error;
pub mod fork;
mod gate;
pub mod jobs;
pub mod json;
mod limits;
#[cfg(test)]
mod mutated;
pub mod names;
pub mod pace;
pub mod pages;
pub mod reply;
mod retry;
pub mod runtime;
pub mod settings;
mod tls;
mod transport;
mod unique;

pub use ahead::Pages;
pub use arguments::{Arguments, FilePart};
pub use client::{ACCEPTED_HEADER, Builder, CallOptions, Client};
pub use error::{Error, Kind, Result};
pub use names::{operation, operation_by_id};
pub use pages::Pager;
pub use reply::{RateLimit, Reply};

/// Version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
