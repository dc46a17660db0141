//! Background processes: imports, exports and other long jobs.

use macro_rules_attribute::apply;

use super::shared::Sort;

resource! {
    "Background processes: imports, exports and other long jobs.",
    GetProcesses,
    GetProcess,
}

/// Lists the background processes of the account, page by page.
///
/// Imports, exports and bulk removals show up here. The operation is in the class of 100 calls per
/// hour on the general tier, so poll with care (source: API limits page).
#[apply(operation!)]
#[http(GET "/processes" -> 200 GetProcessesResponse)]
#[errors(400)]
#[page(Offset, "processes", "count")]
pub struct GetProcesses {
    /// Page size, at most 50, 10 by default.
    #[api(min = 0, max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of processes to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the processes, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Gets the state and the results of one background process.
///
/// The process has ended when the status is completed, failed or cancelled. The operation is in the
/// class of 100 calls per hour on the general tier, so poll slowly or use the notify address of the
/// starting operation (source: API limits page). Official examples of failed processes carry an
/// untyped `error` field.
#[apply(operation!)]
#[http(GET "/processes/{processId}" -> 200 Process)]
#[errors(400, 404)]
pub struct GetProcess {
    /// Identifier of the process, as returned by the operation that started it.
    pub process_id: i64,
}

/// One page of background processes.
#[apply(model!)]
pub struct GetProcessesResponse {
    /// Total number of processes in the account.
    pub count: Option<i64>,
    /// The processes of this page.
    pub processes: Option<Vec<Process>>,
}

/// A background process such as an import or an export.
#[apply(model!)]
pub struct Process {
    /// Identifier of the process.
    pub id: Option<i64>,
    /// Kind of work the process does.
    pub name: Option<ProcessName>,
    /// How far the process has come.
    pub status: Option<ProcessStatus>,
    /// Reports of a finished import; null or absent otherwise.
    pub info: Option<ProcessInfo>,
    /// Address of the finished CSV export; null or absent for other processes and until it is
    /// ready.
    #[serde(rename = "export_url")]
    #[api(format = "url")]
    pub export_url: Option<String>,
}

/// Addresses of the CSV reports about rows that an import refused.
#[apply(model!)]
pub struct ProcessImportInfo {
    /// Address of the report on rows with invalid e-mail addresses.
    #[serde(rename = "invalid_emails")]
    pub invalid_emails: Option<String>,
    /// Address of the report on rows with a duplicate contact identifier.
    #[serde(rename = "duplicate_contact_id")]
    pub duplicate_contact_id: Option<String>,
    /// Address of the report on rows with a duplicate external identifier.
    #[serde(rename = "duplicate_ext_id")]
    pub duplicate_ext_id: Option<String>,
    /// Address of the report on rows with a duplicate e-mail address.
    #[serde(rename = "duplicate_email_id")]
    pub duplicate_email_id: Option<String>,
    /// Address of the report on rows with a duplicate phone (SMS) number.
    #[serde(rename = "duplicate_phone_id")]
    pub duplicate_phone_id: Option<String>,
    /// Address of the report on rows with a duplicate WhatsApp number.
    #[serde(rename = "duplicate_whatsapp_id")]
    pub duplicate_whatsapp_id: Option<String>,
    /// Address of the report on rows with a duplicate landline number.
    #[serde(rename = "duplicate_landline_number_id")]
    pub duplicate_landline_number_id: Option<String>,
}

/// Details of a finished process.
#[apply(model!)]
pub struct ProcessInfo {
    /// Reports of an import; the field is called `import` on the wire.
    pub import: Option<ProcessImportInfo>,
}

/// Kind of work a background process does; new kinds may appear.
#[apply(open_enum!)]
pub enum ProcessName {
    Importuser = "IMPORTUSER",
    SearchExportUsers = "SEARCH_EXPORT_USERS",
    TransCalc = "TRANS-CALC",
    TransGlobalCalc = "TRANS-GLOBAL-CALC",
    CampaignProcessing = "CAMPAIGN_PROCESSING",
    ListExport = "LIST_EXPORT",
    ContactExport = "CONTACT_EXPORT",
}

/// State of a background process; `completed`, `failed` and `cancelled` are final.
#[apply(open_enum!)]
pub enum ProcessStatus {
    Queued = "queued",
    InProcess = "in_process",
    Processing = "processing",
    Completed = "completed",
    Failed = "failed",
    Cancelled = "cancelled",
}
