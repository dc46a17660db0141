//! Export of the contacts of a list.

use std::collections::HashSet;

use macro_rules_attribute::apply;
use serde_json::Value;

use super::csv::Writer;
use super::{Job, Progress, Report, call, cell, deadline, is_of_contacts, model_of, take_list, text_of};
use crate::api::contacts::{GetAttributes, GetContactsFromList};
use crate::api::shared::Sort;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::schema::Typed;

/// Page size: the maximum of the endpoint.
const PAGE: i64 = 500;
/// Contacts that a page has in common with the one before: where the first of them is not known,
/// others have left the list meanwhile, and some were passed over.
const OVERLAP: i64 = 20;
/// How often reading goes back a page, at most.
const MOST_RETURNS: u32 = 1_000;
/// Columns before the attributes, by their names on the wire.
const COLUMNS: [&str; 7] =
    ["id", "email", "emailBlacklisted", "smsBlacklisted", "whatsappBlacklisted", "createdAt", "modifiedAt"];

/// Row of the table.
pub static JOB: Job = Job {
    resource: "contacts",
    name: "export_list",
    arguments: model_of::<ExportListArguments>(),
    output: ExportListResult::TY,
    doc: &[
        " Writes all contacts of a list to a CSV file.",
        "",
        " Columns: `id`, `email`, `emailBlacklisted`, `smsBlacklisted`, `whatsappBlacklisted`, `createdAt`,",
        " `modifiedAt`, then the attributes. The file is UTF-8 by RFC 4180 and takes its place under its name",
        " only when it is whole. Cells are written as they are, also those that begin with `=`, `+`, `-` or",
        " `@`: a spreadsheet program may take them for formulas, so open the file as text there. Values with",
        " several choices are JSON lists.",
        " Contacts are read by pages of 500, oldest first. Pages overlap, so that none is missed where others leave",
        " the list meanwhile; a contact that comes twice is written once.",
    ],
};

/// Arguments of `contacts.export_list`.
#[apply(model!)]
pub struct ExportListArguments {
    /// Identifier of the list.
    pub list_id: i64,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Attributes to write, in this order; by default all that the account has.
    pub attributes: Option<Vec<String>>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export has done.
#[apply(model!)]
pub struct ExportListResult {
    /// Contacts written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Attributes that contacts had but the account did not define when the export began; not written.
    pub left_out: Vec<String>,
}

/// Exports a list. Progress counts contacts.
pub async fn export_list(
    client: &Client,
    arguments: ExportListArguments,
    progress: Report<'_>,
) -> Result<ExportListResult> {
    let ExportListArguments { list_id, path, attributes, timeout } = arguments;
    let deadline = deadline(timeout);
    let (mut file, mut rows) = (Writer::create(&path)?, 0);
    let defined = attribute_names(call(client, GetAttributes {}, deadline).await?);
    let attributes = match attributes {
        Some(wanted) => chosen(&wanted, &defined)?,
        None => defined
            .iter()
            .filter(|(_, is_of_contacts)| *is_of_contacts)
            .map(|(name, _)| name.clone())
            .collect(),
    };
    let columns: Vec<String> =
        COLUMNS.iter().map(|name| (*name).to_owned()).chain(attributes.clone()).collect();
    file.row(&columns)?;
    let (mut seen, mut left_out, mut offset, mut returns) = (HashSet::new(), Vec::new(), 0, 0);
    loop {
        let page = GetContactsFromList {
            list_id,
            limit: Some(PAGE),
            offset: Some(offset),
            sort: Some(Sort::from("asc")),
            ..Default::default()
        };
        let mut body = call(client, page, deadline).await?;
        let contacts = take_list(&mut body, "contacts");
        let id = |contact: &Value| contact.get("id").and_then(Value::as_i64);
        let first_is_known = match contacts.first() {
            Some(first) => id(first).is_none_or(|id| seen.contains(&id)),
            None => seen.is_empty(),
        };
        if offset > 0 && !first_is_known && returns < MOST_RETURNS {
            returns += 1;
            offset = (offset - PAGE / 2).max(0);
            continue;
        }
        for contact in &contacts {
            if !id(contact).is_none_or(|id| seen.insert(id)) {
                continue;
            }
            let values = contact.get("attributes");
            let own = COLUMNS.iter().map(|name| cell(contact.get(name)));
            file.row(own.chain(attributes.iter().map(|name| cell(values.and_then(|v| v.get(name))))))?;
            rows += 1;
            for name in values.and_then(Value::as_object).into_iter().flat_map(|values| values.keys()) {
                if !defined.iter().any(|(known, _)| known == name) && !left_out.contains(name) {
                    left_out.push(name.clone());
                }
            }
        }
        let total = body.get("count").and_then(Value::as_u64);
        progress(&Progress { stage: "read", done: rows as u64, total });
        let count = contacts.len() as i64;
        if count < PAGE {
            break;
        }
        offset += if contacts.iter().all(|contact| id(contact).is_some()) { count - OVERLAP } else { count };
    }
    file.finish()?;
    Ok(ExportListResult { rows, path, columns, left_out })
}

/// Names of the account's attributes, and whether contacts carry a value of their own.
fn attribute_names(mut body: Value) -> Vec<(String, bool)> {
    take_list(&mut body, "attributes")
        .iter()
        .filter_map(|item| Some((text_of(item, "name")?, is_of_contacts(item))))
        .collect()
}

fn chosen(wanted: &[String], defined: &[(String, bool)]) -> Result<Vec<String>> {
    wanted
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let found = defined.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(known, _)| known.clone()).ok_or_else(|| {
                let known = defined.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                let message = format!("the account has no attribute `{name}`; it has {known}");
                Error::argument(format!("attributes[{at}]"), message)
            })
        })
        .collect()
}
