//! Types that several resources use.

use macro_rules_attribute::apply;

/// Adjustment of the end of a balance's availability to the start or end of a period.
#[apply(open_enum!)]
pub enum BalanceDefinitionBalanceAvailabilityDurationModifier {
    NoModification = "noModification",
    StartOfPeriod = "startOfPeriod",
    EndOfPeriod = "endOfPeriod",
}

/// Identifier of a contact, given for a newly created contact or another record.
#[apply(model!)]
pub struct CreatedContact {
    /// Identifier of the contact or record.
    pub id: Option<i64>,
}

/// Identifier of an object just created.
#[apply(model!)]
pub struct CreatedId {
    /// Identifier of the new object.
    pub id: Option<i64>,
}

/// Textual identifier of an object just created.
#[apply(model!)]
pub struct CreatedKey {
    /// Identifier of the new object; the definition calls it a UUIDv4, but keep it as sent.
    #[api(format = "uuidv4")]
    pub id: Option<String>,
}

/// Definition of an attribute of companies or deals.
#[apply(model!)]
pub struct CrmAttribute {
    /// Name of the attribute in API calls.
    pub internal_name: Option<String>,
    /// Name of the data type of the attribute.
    pub attribute_type_name: Option<String>,
    /// Name of the attribute as shown in the application.
    pub label: Option<String>,
    /// Options that the attribute can take; each has a key and a value.
    pub attribute_options: Option<Vec<KeyValue>>,
    /// Whether each record must have a value for the attribute.
    pub is_required: Option<bool>,
    /// Whether the value cannot be changed.
    pub is_value_readonly: Option<bool>,
}

/// Kind of record in the CRM.
#[apply(open_enum!)]
pub enum CrmEntity {
    Companies = "companies",
    Deals = "deals",
    Contacts = "contacts",
}

/// Unit of a duration.
#[apply(open_enum!)]
pub enum DurationUnit {
    Day = "day",
    Week = "week",
    Month = "month",
    Year = "year",
}

/// Lists and segments that a campaign goes to or leaves out.
#[apply(model!)]
pub struct GetCampaignRecipients {
    /// Identifiers of the segments whose contacts are left out.
    pub excluded_segments: Option<Vec<i64>>,
    /// Identifiers of the lists whose contacts are left out.
    pub exclusion_lists: Option<Vec<i64>>,
    /// Identifiers of the lists the campaign goes to.
    pub lists: Option<Vec<i64>>,
    /// Identifiers of the segments the campaign goes to.
    pub segments: Option<Vec<i64>>,
}

/// Figures of an e-mail campaign.
#[apply(model!)]
pub struct GetCampaignStats {
    /// Openings made automatically by Apple Mail Privacy Protection.
    pub apple_mpp_opens: Option<i64>,
    /// Total number of clicks.
    pub clickers: Option<i64>,
    /// Number of spam reports.
    pub complaints: Option<i64>,
    /// Number of mails whose delivery was put off.
    pub deferred: Option<i64>,
    /// Number of mails delivered.
    pub delivered: Option<i64>,
    /// Estimate of openings: the rate among trackable recipients applied to all delivered mails.
    pub estimated_views: Option<i64>,
    /// Number of mails refused for good.
    pub hard_bounces: Option<i64>,
    /// Identifier of the list the figures are for; absent in global figures.
    pub list_id: Option<i64>,
    /// Share of recipients who opened the mail, in percent; may include Apple MPP openings.
    pub opens_rate: Option<f64>,
    /// Number of mails of the campaign that were not delivered.
    pub return_bounce: Option<i64>,
    /// Number of mails sent.
    pub sent: Option<i64>,
    /// Number of mails refused for the moment.
    pub soft_bounces: Option<i64>,
    /// Openings by recipients whose mail program does not hide them.
    pub trackable_views: Option<i64>,
    /// Rate of openings by recipients whose mail program does not hide them.
    pub trackable_views_rate: Option<f64>,
    /// Number of recipients who clicked at least once.
    pub unique_clicks: Option<i64>,
    /// Number of recipients who opened the mail at least once.
    pub unique_views: Option<i64>,
    /// Number of unsubscriptions.
    pub unsubscriptions: Option<i64>,
    /// Total number of openings.
    pub viewed: Option<i64>,
}

/// Metadata that marks a loyalty object as internal.
#[apply(model!)]
pub struct InternalMeta {
    /// Whether the object is for internal use.
    pub is_internal: Option<bool>,
}

/// What to do with a pending invitation of a user.
#[apply(open_enum!)]
pub enum InvitationAction {
    Resend = "resend",
    Cancel = "cancel",
}

/// A pair of key and value.
#[apply(model!)]
pub struct KeyValue {
    /// Key of the pair; the name of the header for webhook headers.
    pub key: Option<String>,
    /// Value of the pair.
    pub value: Option<String>,
}

/// Whether messages are transactional or marketing.
#[apply(open_enum!)]
pub enum MessageKind {
    Transactional = "transactional",
    Marketing = "marketing",
}

/// Identifier and name of an object such as a group or a pipeline stage.
#[apply(model!)]
pub struct NamedKey {
    /// Identifier of the object.
    pub id: Option<String>,
    /// Name of the object.
    pub name: Option<String>,
}

/// Identifier of an object just created or updated; may be absent.
#[apply(model!)]
pub struct OptionalKey {
    /// Identifier as text; absent when the reply names none.
    pub id: Option<String>,
}

/// Identifier of a background process; may be absent.
#[apply(model!)]
pub struct OptionalProcessId {
    /// Identifier of the background process of a CRM import.
    pub process_id: Option<i64>,
}

/// Identifier of the background process that was started.
#[apply(model!)]
pub struct ProcessId {
    /// Identifier to look up the state and the results of the process.
    pub process_id: Option<i64>,
}

/// Field by which loyalty programs and related objects are sorted.
#[apply(open_enum!)]
pub enum ProgramSortField {
    Name = "name",
    CreatedAt = "created_at",
    UpdatedAt = "updated_at",
}

/// Language of a report sent by e-mail.
#[apply(open_enum!)]
pub enum ReportLanguage {
    En = "en",
    Fr = "fr",
    It = "it",
    Es = "es",
    Pt = "pt",
    De = "de",
}

/// A single text, integer or truth value.
#[apply(union!)]
pub enum Scalar {
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(String),
}

/// The mail that carries a campaign report.
#[apply(model!)]
pub struct SendReportEmail {
    /// Text of the mail.
    pub body: String,
    /// E-mail addresses that receive the report.
    pub to: Vec<String>,
}

/// Sender of an e-mail.
#[apply(model!)]
pub struct Sender {
    /// Sender address; in campaign requests given in place of `id`, not with it.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Identifier of a sender of the account; excludes `email` in campaign requests.
    pub id: Option<i64>,
    /// Sender name that recipients see; ignored when the sender is chosen by `id`.
    pub name: Option<String>,
}

/// Sorting order, ascending or descending.
#[apply(open_enum!)]
pub enum Sort {
    Asc = "asc",
    Desc = "desc",
}

/// A value given as text or as integer, such as an identifier.
#[apply(union!)]
pub enum TextOrInteger {
    Integer(i64),
    Number(f64),
    Text(String),
}

/// Status to set on a campaign; `darchive` undoes `archive`, and `replicateTemplate` is for
/// templates only.
#[apply(open_enum!)]
pub enum UpdateCampaignStatusStatus {
    Suspended = "suspended",
    Archive = "archive",
    Darchive = "darchive",
    Sent = "sent",
    Queued = "queued",
    Replicate = "replicate",
    ReplicateTemplate = "replicateTemplate",
    Cancel = "cancel",
    Draft = "draft",
}

/// Version of a loyalty definition: the one in force or the draft.
#[apply(open_enum!)]
pub enum VersionState {
    Active = "active",
    Draft = "draft",
}
