//! The account itself: its plan, and what was done in it.

use crate::schema::Date;
use macro_rules_attribute::apply;

resource! {
    "The account itself: its plan, and what was done in it.",
    GetAccount,
    GetAccountActivity,
}

/// Gets the account behind the API key: owner, plans, credits and relay settings.
///
/// On the free plan the credits are what is left for today, of 300 per day (observed by third
/// parties). Handy as a check of the key, but in the class of 100 calls per hour on the general
/// tier (source: API limits page). The official example also shows an untyped `dateTimePreferences`
/// object.
#[apply(operation!)]
#[http(GET "/account" -> 200 GetAccountResponse)]
#[errors(400)]
pub struct GetAccount {}

/// Lists what the users of the account did, for audits, page by page.
///
/// Needs the Enterprise plan. Pass `start_date` and `end_date` together; they may span at most one
/// month within the last 12 months (source: SDK 5.1). The reply holds no total count, so read pages
/// until one is short.
#[apply(operation!)]
#[http(GET "/organization/activities" -> 200 GetAccountActivityResponse)]
#[errors(400)]
#[page(Offset, "logs")]
pub struct GetAccountActivity {
    /// First day in UTC, form `YYYY-MM-DD`, within the last 12 months; required with `end_date`.
    pub start_date: Option<Date>,
    /// Last day in UTC, form `YYYY-MM-DD`, at most one month after `start_date`; required with it.
    pub end_date: Option<Date>,
    /// Keeps only the activities of the user with this e-mail address.
    pub email: Option<String>,
    /// Page size, 1 to 100, 10 by default.
    #[api(min = 1, max = 100, default = 10)]
    pub limit: Option<i64>,
    /// Number of entries to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
}

/// One page of the activity log.
#[apply(model!)]
pub struct GetAccountActivityResponse {
    /// The log entries of this page; the field may be absent.
    pub logs: Option<Vec<GetAccountActivityResponseLogsItem>>,
}

/// One entry of the activity log.
#[apply(model!)]
pub struct GetAccountActivityResponseLogsItem {
    /// What the user did.
    pub action: Option<String>,
    /// Time of the activity, in the form the API sends.
    pub date: Option<String>,
    /// Browser or program the user worked with.
    #[serde(rename = "user_agent")]
    pub user_agent: Option<String>,
    /// E-mail address of the user.
    #[serde(rename = "user_email")]
    pub user_email: Option<String>,
    /// IP address the user worked from.
    #[serde(rename = "user_ip")]
    pub user_ip: Option<String>,
}

/// The account and its plans.
#[apply(model!)]
pub struct GetAccountResponse {
    /// Identifier of the organisation.
    #[serde(rename = "organization_id")]
    pub organization_id: Option<String>,
    /// Identifier of the user the API key belongs to.
    #[serde(rename = "user_id")]
    pub user_id: Option<i64>,
    /// Whether the account has the Enterprise features.
    pub enterprise: Option<bool>,
    /// Name of the company.
    pub company_name: Option<String>,
    /// Login e-mail address of the account.
    #[api(format = "email")]
    pub email: Option<String>,
    /// First name of the user.
    pub first_name: Option<String>,
    /// Last name of the user.
    pub last_name: Option<String>,
    /// Postal address of the account.
    pub address: Option<GetAccountResponseAddress>,
    /// State of the marketing automation.
    pub marketing_automation: Option<GetAccountResponseMarketingAutomation>,
    /// The plans of the account with their credits.
    pub plan: Option<Vec<GetAccountResponsePlanItem>>,
    /// The plans by category; may be absent.
    pub plan_verticals: Option<Vec<GetAccountResponsePlanVerticalsItem>>,
    /// The SMTP relay of the account.
    pub relay: Option<GetAccountResponseRelay>,
}

/// Postal address of the account.
#[apply(model!)]
pub struct GetAccountResponseAddress {
    /// Name of the city.
    pub city: Option<String>,
    /// Name of the country.
    pub country: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// Postal code.
    pub zip_code: Option<String>,
}

/// State of the marketing automation of the account.
#[apply(model!)]
pub struct GetAccountResponseMarketingAutomation {
    /// Whether marketing automation is switched on.
    pub enabled: Option<bool>,
    /// Key of the web tracker; present only when marketing automation is switched on.
    pub key: Option<String>,
}

/// One plan of the account.
#[apply(model!)]
pub struct GetAccountResponsePlanItem {
    /// Remaining credits; on the free plan those left today (observed by third parties).
    pub credits: Option<f64>,
    /// Kind of the credits; always `sendLimit`, the number of messages that may be sent.
    #[api(default = "sendLimit")]
    pub credits_type: Option<String>,
    /// End of the plan period, in the form the API sends.
    pub end_date: Option<String>,
    /// Start of the plan period, in the form the API sends.
    pub start_date: Option<String>,
    /// Kind of the plan.
    pub r#type: Option<GetAccountResponsePlanItemType>,
}

/// Kind of a plan, by its way of payment or by SMS.
#[apply(open_enum!)]
pub enum GetAccountResponsePlanItemType {
    PayAsYouGo = "payAsYouGo",
    Free = "free",
    Subscription = "subscription",
    Sms = "sms",
}

/// A plan of one product category.
#[apply(model!)]
pub struct GetAccountResponsePlanVerticalsItem {
    /// Product category that the plan covers.
    pub plan_category: Option<GetAccountResponsePlanVerticalsItemPlanCategory>,
    /// Kind of plan within the category.
    pub plan_type: Option<String>,
    /// Name of the plan.
    pub name: Option<String>,
    /// Whether the plan is active.
    pub status: Option<GetAccountResponsePlanVerticalsItemStatus>,
    /// Start of the plan as a Unix time stamp in text form.
    pub start_date: Option<String>,
    /// End of the plan as a Unix time stamp in text form.
    pub end_date: Option<String>,
    /// User seats of the plan; may be null.
    pub users: Option<GetAccountResponsePlanVerticalsItemUsers>,
    /// Credits of the category as text; absent for some categories.
    pub credits: Option<String>,
}

/// Product category of a plan.
#[apply(open_enum!)]
pub enum GetAccountResponsePlanVerticalsItemPlanCategory {
    Marketing = "Marketing",
    Chat = "Chat",
    Crm = "CRM",
}

/// State of a plan.
#[apply(open_enum!)]
pub enum GetAccountResponsePlanVerticalsItemStatus {
    Active = "active",
    Inactive = "inactive",
}

/// User seats of a plan.
#[apply(model!)]
pub struct GetAccountResponsePlanVerticalsItemUsers {
    /// Number of seats bought, as text.
    pub purchased_seats: Option<String>,
    /// Number of seats in use, as text.
    pub used_seats: Option<String>,
}

/// The SMTP relay of the account.
#[apply(model!)]
pub struct GetAccountResponseRelay {
    /// Connection settings of the relay.
    pub data: Option<GetAccountResponseRelayData>,
    /// Whether the account may send transactional e-mail.
    pub enabled: Option<bool>,
}

/// Connection settings of the SMTP relay.
#[apply(model!)]
pub struct GetAccountResponseRelayData {
    /// Port number of the SMTP server.
    pub port: Option<i64>,
    /// Host name of the SMTP server.
    pub relay: Option<String>,
    /// User name of the SMTP login, an e-mail address.
    #[api(format = "email")]
    pub user_name: Option<String>,
}
