//! A faithful local Brevo. Every route of the API is served and its arguments are checked with the
//! table of `brevo-core`; contacts, campaigns, mail, webhooks and API keys have state in SQLite;
//! time is a clock that tests can move.

pub mod account;
pub mod arguments;
pub mod campaigns;
pub mod canned;
pub mod contacts;
pub mod faults;
pub mod handler;
pub mod keys;
pub mod limits;
pub mod pages;
pub mod processes;
pub mod routes;
pub mod senders;
pub mod server;
pub mod simulate;
pub mod sms;
pub mod state;
pub mod templates;
pub mod texts;
pub mod tick;
pub mod time;
pub mod transactional;
pub mod v2;
pub mod webhooks;
pub mod whatsapp;

pub use server::{Running, start};
pub use state::{Options, Sandbox};
