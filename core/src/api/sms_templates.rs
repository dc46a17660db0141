//! SMS templates.

use macro_rules_attribute::apply;

use super::shared::Sort;

resource! {
    "SMS templates.",
    GetSmsTemplates,
}

/// Lists the SMS templates of the account.
///
/// Counts in the general class of 100 calls per hour (source: API limits page).
#[apply(operation!)]
#[http(GET "/transactionalSMS/templates" -> 200 GetSmsTemplatesResponse)]
#[errors(400)]
#[page(Offset, "templates", "count")]
pub struct GetSmsTemplates {
    /// Page size, at most 100; 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Page of SMS templates with their total number.
#[apply(model!)]
pub struct GetSmsTemplatesResponse {
    /// Number of templates over all pages.
    pub count: Option<i64>,
    /// Templates on this page; may be absent when there are none.
    pub templates: Option<Vec<GetSmsTemplatesResponseTemplatesItem>>,
}

/// SMS template with its text and settings.
#[apply(model!)]
pub struct GetSmsTemplatesResponseTemplatesItem {
    /// Identifier of the template.
    pub id: Option<i64>,
    /// Name of the template.
    pub name: Option<String>,
    /// Whether links in the text are shortened.
    #[serde(rename = "short_url_enabled")]
    pub short_url_enabled: Option<bool>,
    /// Text of the template.
    pub message: Option<String>,
    /// Additions to the text that rules in the United States ask for.
    pub compliance: Option<GetSmsTemplatesResponseTemplatesItemCompliance>,
    /// Switch described as Unicode encryption; its exact effect is not documented.
    pub encryption: Option<bool>,
    /// Whether the text may hold Unicode characters.
    #[serde(rename = "unicode_sms")]
    pub unicode_sms: Option<bool>,
    /// Name of the media file of the template, where there is one.
    #[serde(rename = "media_file")]
    pub media_file: Option<String>,
    /// Size of the media file in bytes, as text.
    #[serde(rename = "media_file_size")]
    pub media_file_size: Option<String>,
    /// Address of the image of the template, where there is one.
    #[serde(rename = "media_url")]
    pub media_url: Option<String>,
    /// Creation time of the template as a UTC date-time.
    pub created_at: Option<String>,
    /// Time of the last change, as a UTC date-time; the sources call it a creation time, presumably
    /// by mistake.
    pub updated_at: Option<String>,
}

/// Additions to the text of an SMS template that rules in the United States ask for.
#[apply(model!)]
pub struct GetSmsTemplatesResponseTemplatesItemCompliance {
    /// Whether the additions are switched on.
    #[serde(rename = "compliance_toggle")]
    pub compliance_toggle: Option<bool>,
    /// Prefix by which recipients recognize the organisation.
    #[serde(rename = "organisation_prefix")]
    pub organisation_prefix: Option<String>,
    /// Instruction for unsubscribing; must hold the keyword STOP.
    #[serde(rename = "stop_keyword")]
    pub stop_keyword: Option<String>,
}
