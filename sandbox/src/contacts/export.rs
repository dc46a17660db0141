//! Export of contacts into a CSV file.

use rusqlite::{Result, params_from_iter};
use serde_json::Value;

use super::{ContactRow, contacts_in_segments, lists};
use crate::handler::{ApiError, Call, Handler, Outcome};
use crate::{processes, simulate, texts, time};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    (operation == "request_contact_export").then_some(request_contact_export)
}

fn request_contact_export(call: &Call) -> Outcome {
    let attributes = call.texts("exportAttributes");
    let mandatory = call.get("exportMandatoryAttributes").and_then(Value::as_bool).unwrap_or(true);
    if !mandatory && attributes.is_empty() {
        return Err(ApiError::missing("exportAttributes is missing"));
    }
    let contacts = chosen(call)?;
    let csv = csv(call, &contacts, mandatory, &attributes)?;
    let file = |id| format!("contacts_export_{id}.csv");
    processes::export(call, "CONTACT_EXPORT", call.text("notifyUrl"), file, &csv)
}

/// The contacts that the filter means, in order of their identifiers.
fn chosen(call: &Call) -> Result<Vec<ContactRow>, ApiError> {
    let filter = call.get("customContactFilter").cloned().unwrap_or_default();
    let text = |key: &str| filter.get(key).and_then(Value::as_str);
    let number = |key: &str| filter.get(key).and_then(Value::as_i64);
    let actions = (text("actionForContacts"), text("actionForEmailCampaigns"), text("actionForSmsCampaigns"));
    match actions {
        (Some(action), None, None) => of_list(call, action, number("listId"), number("segmentId")),
        (None, Some(action), None) => {
            let campaign = number("emailCampaignId");
            if campaign.is_none() && !matches!(action, "hardBounces" | "softBounces") {
                return Err(ApiError::missing("emailCampaignId is missing"));
            }
            let ids = simulate::contacts_by_action(call.db, call.account, campaign, action)?;
            found(call, ids)
        }
        (None, None, Some(action)) => {
            let ids = texts::contacts_by_action(call.db, call.account, number("smsCampaignId"), action)?;
            found(call, ids)
        }
        (None, None, None) => Err(ApiError::missing(
            "customContactFilter needs actionForContacts, actionForEmailCampaigns or actionForSmsCampaigns",
        )),
        _ => Err(ApiError::invalid("Only one action can be passed in customContactFilter")),
    }
}

fn found(call: &Call, ids: Vec<i64>) -> Result<Vec<ContactRow>, ApiError> {
    let found = ids.into_iter().map(|id| super::contact(call.db, call.account, id));
    Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn of_list(
    call: &Call,
    action: &str,
    list: Option<i64>,
    segment: Option<i64>,
) -> Result<Vec<ContactRow>, ApiError> {
    let mut contacts = match (list, segment) {
        (Some(list), None) => {
            lists::must_exist(call.db, call.account, &[list])?;
            let left = if action == "unsubscribedPerList" { "AND unsubscribed = 1" } else { "" };
            let sql = format!(
                "SELECT {} FROM contacts WHERE account = ?1 AND id IN
                 (SELECT contact FROM list_members WHERE account = ?1 AND list = ?2 {left}) ORDER BY id",
                ContactRow::COLUMNS
            );
            let values = params_from_iter([call.account, list]);
            call.db.prepare(&sql)?.query_map(values, ContactRow::read)?.collect::<Result<Vec<_>>>()?
        }
        (None, Some(segment)) => contacts_in_segments(call.db, call.account, &[segment])?,
        _ => return Err(ApiError::missing("Either listId or segmentId is needed in customContactFilter")),
    };
    match action {
        "allContacts" | "unsubscribedPerList" => {}
        "subscribed" => contacts.retain(|contact| !contact.email_blacklisted),
        "unsubscribed" => contacts.retain(|contact| contact.email_blacklisted),
        _ => return Err(ApiError::invalid("Invalid actionForContacts")),
    }
    Ok(contacts)
}

fn csv(
    call: &Call,
    contacts: &[ContactRow],
    mandatory: bool,
    attributes: &[String],
) -> Result<Vec<u8>, ApiError> {
    let mut columns: Vec<String> = vec!["CONTACT ID".into()];
    if mandatory {
        columns.extend(["EMAIL".into(), "ADDED_TIME".into(), "MODIFIED_TIME".into()]);
    }
    let subscription = |name: &String| match name.as_str() {
        "email_marketing" => Some("EMAIL_MARKETING".to_owned()),
        "sms_marketing" => Some("SMS_MARKETING".to_owned()),
        _ => None,
    };
    let statuses = call.texts("exportSubscriptionStatus");
    let wanted = attributes.iter().map(|name| name.to_uppercase()).chain(call.texts("exportMetadata"));
    for name in wanted.chain(statuses.iter().filter_map(subscription)) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let broken = |error: csv::Error| ApiError::new(500, "internal_error", error.to_string());
    writer.write_record(&columns).map_err(broken)?;
    for contact in contacts {
        let cells =
            columns.iter().map(|column| cell(call, contact, column)).collect::<Result<Vec<_>, _>>()?;
        writer.write_record(cells).map_err(broken)?;
    }
    Ok(writer.into_inner().unwrap_or_default())
}

fn cell(call: &Call, contact: &ContactRow, column: &str) -> Result<String, ApiError> {
    let subscribed = |blacklisted: bool| if blacklisted { "Unsubscribed" } else { "Subscribed" }.to_owned();
    Ok(match column {
        "CONTACT ID" => contact.id.to_string(),
        "EMAIL" => contact.email.clone().unwrap_or_default(),
        "ADDED_TIME" => time::rfc3339(contact.created),
        "MODIFIED_TIME" => time::rfc3339(contact.modified),
        "EMAIL_MARKETING" => subscribed(contact.email_blacklisted),
        "SMS_MARKETING" => subscribed(contact.sms_blacklisted),
        "_listIds" => {
            let shown = super::people::to_json(call.db, call.account, contact)?;
            let lists = shown["listIds"].as_array().map(Vec::as_slice).unwrap_or_default();
            lists.iter().map(Value::to_string).collect::<Vec<_>>().join(",")
        }
        name => match contact.attributes.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            Some(other) => other.to_string(),
        },
    })
}
