//! Campaigns by WhatsApp. Templates are not kept: any number stands for an approved one.

use rusqlite::Result;
use serde_json::{Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::simulate::percent;
use crate::texts::{self, Campaign, Channel};
use crate::{campaigns, time};

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_whats_app_campaigns" => get_campaigns,
        "get_whats_app_campaign" => get_campaign,
        "create_whats_app_campaign" => create_campaign,
        "update_whats_app_campaign" => update_campaign,
        "delete_whats_app_campaign" => delete_campaign,
        _ => return None,
    })
}

fn statistics(call: &Call, campaign: &Campaign) -> Result<Value> {
    let tally = campaign.tally(call.db)?;
    let of = |kind: &str| tally.get(kind).copied().unwrap_or(0);
    Ok(json!({
        "sent": of("sent"),
        "delivered": of("delivered"),
        "read": of("read"),
        "unsubscribe": of("unsubscribe"),
        "notSent": of("notSent"),
    }))
}

fn shared(call: &Call, campaign: &Campaign) -> Result<Value> {
    Ok(json!({
        "id": campaign.id,
        "campaignName": campaign.text("name"),
        "campaignStatus": campaign.status,
        "scheduledAt": campaign.scheduled_at.map(time::rfc3339).unwrap_or_default(),
        "createdAt": time::rfc3339(campaign.created),
        "modifiedAt": time::rfc3339(campaign.modified),
        "stats": statistics(call, campaign)?,
    }))
}

fn get_campaigns(call: &Call) -> Outcome {
    let (from, to) = call.period()?.unzip();
    let condition = "?3 IS NULL AND (?4 IS NULL OR created BETWEEN ?4 AND ?5)";
    let (count, page) = texts::campaigns(call, Channel::Whatsapp, condition, (None, from, to), "modified")?;
    let campaigns = page
        .iter()
        .map(|campaign| {
            let mut out = shared(call, campaign)?;
            out["templateId"] =
                campaign.data.get("templateId").map(Value::to_string).unwrap_or_default().into();
            let of = |key: &str| out["stats"][key].as_i64().unwrap_or(0);
            let (read, lost) = (percent(of("read"), of("delivered")), of("notSent"));
            out["readPercentage"] = read.into();
            out["invalidatedContacts"] = lost.into();
            Ok(out)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "campaigns": campaigns})))
}

fn get_campaign(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Whatsapp)?;
    let mut out = shared(call, &campaign)?;
    let segments = campaign.recipients("segments");
    out["recipients"] = json!({
        "type": if segments.is_empty() { "list" } else { "segment" },
        "includedLists": campaign.recipients("listIds"),
        "excludedLists": campaign.recipients("excludedListIds"),
        "segments": segments,
    });
    out["senderNumber"] = "33612345678".into();
    out["template"] = json!({
        "name": format!("template_{}", campaign.data.get("templateId").map(Value::to_string).unwrap_or_default()),
        "category": "MARKETING",
        "language": "en",
        "contains_button": false,
        "display_header": false,
        "header_type": "text",
        "components": [{"type": "BODY", "text": "Hello from the sandbox"}],
        "header_variables": [],
        "body_variables": [],
        "button_type": "",
        "hide_footer": true,
    });
    Ok(Answer::ok(out))
}

/// Takes over recipients and time.
fn take(call: &Call, campaign: &mut Campaign, moment: &str) -> Result<(), ApiError> {
    if let Some(recipients) = call.get("recipients") {
        campaign.data.insert("recipients".to_owned(), recipients.clone());
    }
    if campaign.recipients("listIds").is_empty() && campaign.recipients("segments").is_empty() {
        return Err(ApiError::missing("recipients needs listIds or segments"));
    }
    let lists = [("listIds", "lists"), ("excludedListIds", "lists")];
    campaigns::check_recipients(call, &campaign.data, &lists)?;
    if let Some(at) = call.later(moment)? {
        campaign.scheduled_at = Some(at);
    }
    Ok(())
}

fn create_campaign(call: &Call) -> Outcome {
    let mut campaign = Campaign::new(call, Channel::Whatsapp, "scheduled");
    for key in ["name", "templateId"] {
        if let Some(value) = call.get(key) {
            campaign.data.insert(key.to_owned(), value.clone());
        }
    }
    take(call, &mut campaign, "scheduledAt")?;
    campaign.insert(call.db)?;
    Ok(Answer::created(json!({"id": campaign.id})))
}

fn update_campaign(call: &Call) -> Outcome {
    let mut campaign = texts::find(call, Channel::Whatsapp)?;
    if !matches!(campaign.status.as_str(), "scheduled" | "suspended" | "draft") {
        return Err(ApiError::new(400, "campaign_sent", "Campaign is being sent or was sent"));
    }
    if let Some(name) = call.text("campaignName") {
        campaign.data.insert("name".to_owned(), name.into());
    }
    take(call, &mut campaign, "rescheduleFor")?;
    campaign.status = call.text("campaignStatus").unwrap_or("scheduled").to_owned();
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn delete_campaign(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Whatsapp)?;
    if campaign.status == "running" {
        return Err(ApiError::new(400, "campaign_processing", "Campaign is being processed"));
    }
    campaign.delete(call.db)?;
    Ok(Answer::no_content())
}
