//! The definition: one file per resource, each operation an ordinary struct. The one source of truth.

pub mod account;
pub mod balance;
pub mod companies;
pub mod consent_groups;
pub mod contacts;
pub mod conversations;
pub mod coupons;
pub mod custom_objects;
pub mod deals;
pub mod domains;
pub mod ecommerce;
pub mod email_campaigns;
pub mod event;
pub mod external_feeds;
pub mod files;
pub mod inbound_parsing;
pub mod master_account;
pub mod notes;
pub mod o_auth;
pub mod payments;
pub mod process;
pub mod program;
pub mod reward;
pub mod senders;
pub mod shared;
pub mod sms_campaigns;
pub mod sms_templates;
pub mod tasks;
pub mod tier;
pub mod transactional_emails;
pub mod transactional_sms;
pub mod transactional_whats_app;
pub mod user;
pub mod wallet;
pub mod webhooks;
pub mod whats_app_campaigns;

use crate::schema::Resource;

/// Every resource, in alphabetical order.
pub static RESOURCES: &[&Resource] = &[
    &account::RESOURCE,
    &balance::RESOURCE,
    &companies::RESOURCE,
    &consent_groups::RESOURCE,
    &contacts::RESOURCE,
    &conversations::RESOURCE,
    &coupons::RESOURCE,
    &custom_objects::RESOURCE,
    &deals::RESOURCE,
    &domains::RESOURCE,
    &ecommerce::RESOURCE,
    &email_campaigns::RESOURCE,
    &event::RESOURCE,
    &external_feeds::RESOURCE,
    &files::RESOURCE,
    &inbound_parsing::RESOURCE,
    &master_account::RESOURCE,
    &notes::RESOURCE,
    &o_auth::RESOURCE,
    &payments::RESOURCE,
    &process::RESOURCE,
    &program::RESOURCE,
    &reward::RESOURCE,
    &senders::RESOURCE,
    &sms_campaigns::RESOURCE,
    &sms_templates::RESOURCE,
    &tasks::RESOURCE,
    &tier::RESOURCE,
    &transactional_emails::RESOURCE,
    &transactional_sms::RESOURCE,
    &transactional_whats_app::RESOURCE,
    &user::RESOURCE,
    &wallet::RESOURCE,
    &webhooks::RESOURCE,
    &whats_app_campaigns::RESOURCE,
];
