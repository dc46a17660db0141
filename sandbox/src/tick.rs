//! What happens by itself as time goes by, and the modules that take part.

use rusqlite::Result;

use crate::handler::Handler;
use crate::state::{Db, Sandbox};
use crate::{
    account, campaigns, contacts, keys, processes, senders, simulate, sms, templates, texts, transactional,
    webhooks, whatsapp,
};

/// Makes the tables of every module.
pub fn create_tables(db: &Db) -> Result<()> {
    for schema in [
        keys::SCHEMA,
        processes::SCHEMA,
        contacts::SCHEMA,
        senders::SCHEMA,
        templates::SCHEMA,
        campaigns::SCHEMA,
        transactional::SCHEMA,
        simulate::SCHEMA,
        texts::SCHEMA,
        webhooks::SCHEMA,
    ] {
        db.execute_batch(schema)?;
    }
    Ok(())
}

/// Gives a new account what Brevo gives to one. Does nothing where it has been done.
pub fn init(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    keys::init(db, now)?;
    contacts::init(db, now)?;
    senders::init(db, now, sandbox)
}

/// Code of an operation, where it is more than canned.
pub fn handler(operation: &str) -> Option<Handler> {
    account::handler(operation)
        .or_else(|| processes::handler(operation))
        .or_else(|| contacts::handler(operation))
        .or_else(|| senders::handler(operation))
        .or_else(|| templates::handler(operation))
        .or_else(|| campaigns::handler(operation))
        .or_else(|| transactional::handler(operation))
        .or_else(|| simulate::handler(operation))
        .or_else(|| sms::handler(operation))
        .or_else(|| whatsapp::handler(operation))
        .or_else(|| webhooks::handler(operation))
}

/// Does what is due. Called five times a second and after every move of the clock.
pub fn run(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    processes::tick(db, now, sandbox)?;
    senders::tick(db, now, sandbox)?;
    templates::tick(db, now, sandbox)?;
    campaigns::tick(db, now, sandbox)?;
    transactional::tick(db, now, sandbox)?;
    simulate::tick(db, now, sandbox)?;
    texts::tick(db, now, sandbox)?;
    webhooks::tick(db, now, sandbox)
}
