//! What is left of the API v2: every call is told that it ended, and what replaces it.

use crate::handler::ApiError;

/// Paths of v2 and what replaces them; a `*` stands for one segment.
const MAP: &[(&str, &str, &str)] = &[
    ("*", "account", "GET /v3/account"),
    ("*", "account/generateapiv3key", "the page Settings, SMTP & API, API keys"),
    ("*", "account/getchildv2", "GET /v3/corporate/subAccount"),
    ("*", "account/addrmvcredit", "PUT /v3/corporate/subAccount/{id}/plan"),
    ("*", "account/*", "GET /v3/corporate/subAccount"),
    ("*", "email", "POST /v3/smtp/email"),
    ("GET", "template", "GET /v3/smtp/templates"),
    ("POST", "template", "POST /v3/smtp/templates"),
    ("PUT", "template/*", "POST /v3/smtp/email with templateId"),
    ("*", "campaign/detailsv2", "GET /v3/emailCampaigns"),
    ("*", "campaign/sharelinkv2", "GET /v3/emailCampaigns/{campaignId}/sharedUrl"),
    ("*", "campaign/*/detailsv2", "GET /v3/emailCampaigns/{campaignId}"),
    ("*", "campaign/*/report", "POST /v3/emailCampaigns/{campaignId}/sendReport"),
    ("*", "campaign/*/recipients", "POST /v3/emailCampaigns/{campaignId}/exportRecipients"),
    ("*", "campaign/*/test", "POST /v3/emailCampaigns/{campaignId}/sendTest"),
    ("*", "campaign/*/updatecampstatus", "PUT /v3/emailCampaigns/{campaignId}/status"),
    ("GET", "campaign", "GET /v3/emailCampaigns"),
    ("POST", "campaign", "POST /v3/emailCampaigns"),
    ("PUT", "campaign/*", "PUT /v3/emailCampaigns/{campaignId}"),
    ("DELETE", "campaign/*", "DELETE /v3/emailCampaigns/{campaignId}"),
    ("*", "campaign/*", "GET /v3/emailCampaigns/{campaignId}"),
    ("*", "user/createdituser", "POST /v3/contacts with updateEnabled"),
    ("*", "user/import", "POST /v3/contacts/import"),
    ("*", "user/export", "POST /v3/contacts/export"),
    ("DELETE", "user/*", "DELETE /v3/contacts/{identifier}"),
    ("PUT", "user/*", "PUT /v3/contacts/{identifier}"),
    ("*", "user/*", "GET /v3/contacts/{identifier}"),
    ("*", "user", "POST /v3/contacts"),
    ("*", "list/*/users", "POST /v3/contacts/lists/{listId}/contacts/add"),
    ("*", "list/*/delusers", "POST /v3/contacts/lists/{listId}/contacts/remove"),
    ("*", "list/display", "GET /v3/contacts/lists/{listId}/contacts"),
    ("POST", "list", "POST /v3/contacts/lists"),
    ("PUT", "list/*", "PUT /v3/contacts/lists/{listId}"),
    ("DELETE", "list/*", "DELETE /v3/contacts/lists/{listId}"),
    ("*", "list/*", "GET /v3/contacts/lists/{listId}"),
    ("*", "list", "GET /v3/contacts/lists"),
    ("POST", "folder", "POST /v3/contacts/folders"),
    ("PUT", "folder/*", "PUT /v3/contacts/folders/{folderId}"),
    ("DELETE", "folder/*", "DELETE /v3/contacts/folders/{folderId}"),
    ("*", "folder/*", "GET /v3/contacts/folders/{folderId}"),
    ("*", "folder", "GET /v3/contacts/folders"),
    ("POST", "attribute", "POST /v3/contacts/attributes/{attributeCategory}/{attributeName}"),
    ("*", "attribute/*", "GET /v3/contacts/attributes"),
    ("*", "attribute", "GET /v3/contacts/attributes"),
    ("*", "process/*", "GET /v3/processes/{processId}"),
    ("*", "process", "GET /v3/processes"),
    ("POST", "webhook", "POST /v3/webhooks"),
    ("*", "webhook/*", "GET, PUT or DELETE /v3/webhooks/{webhookId}"),
    ("*", "webhook", "GET /v3/webhooks"),
    ("*", "report", "GET /v3/smtp/statistics/events"),
    ("*", "statistics", "GET /v3/smtp/statistics/aggregatedReport or /v3/smtp/statistics/reports"),
    ("*", "bounces", "POST /v3/smtp/deleteHardbounces"),
    ("*", "sms", "POST /v3/transactionalSMS/sms, for campaigns POST /v3/smsCampaigns"),
    ("*", "sms/*", "GET or PUT /v3/smsCampaigns/{campaignId}"),
    ("GET", "advanced", "GET /v3/senders"),
    ("POST", "advanced", "POST /v3/senders"),
    ("*", "advanced/*", "PUT or DELETE /v3/senders/{senderId}"),
    ("*", "advanced", "GET /v3/senders"),
];

/// Says that v2 (and v1 before it) has ended, and what replaces the call.
pub fn answer(method: &str, path: &str) -> ApiError {
    let below: Vec<&str> = path.split('/').skip(2).filter(|segment| !segment.is_empty()).collect();
    let successor = MAP
        .iter()
        .find(|(known, template, _)| (*known == "*" || *known == method) && fits(template, &below))
        .map(|(_, _, successor)| *successor);
    let instead = match successor {
        Some(successor) => format!("Use {successor} instead"),
        None => "See https://developers.brevo.com for what replaces it".to_owned(),
    };
    ApiError::new(
        410,
        "failure",
        format!("API v2 ended on 25 June 2021. {instead}, with a v3 API key in the header api-key."),
    )
}

fn fits(template: &str, segments: &[&str]) -> bool {
    let parts: Vec<&str> = template.split('/').collect();
    parts.len() == segments.len()
        && parts
            .iter()
            .zip(segments)
            .all(|(part, segment)| *part == "*" || part.eq_ignore_ascii_case(segment))
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn each_call_is_told_its_successor() {
        let message = |method: &str, path: &str| answer(method, path).message;
        assert!(message("POST", "/v2.0/email").contains("POST /v3/smtp/email instead"));
        assert!(message("PUT", "/v2.0/template/7").contains("with templateId"));
        assert!(message("GET", "/v2.0/campaign/12/report").contains("sendReport"));
        assert!(message("DELETE", "/v2.0/list/3/delusers").contains("contacts/remove"));
        assert!(message("GET", "/v2.0/user/ada@example.com").contains("GET /v3/contacts/{identifier}"));
        assert!(message("GET", "/v2.0/nothing/like/it").contains("developers.brevo.com"));
        assert!(message("GET", "/v2.0/account").contains("25 June 2021"));
    }
}
