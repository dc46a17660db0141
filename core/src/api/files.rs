//! Files of the CRM.

use macro_rules_attribute::apply;

use super::shared::{CrmEntity, Sort};
use crate::schema::{DateTime, File};

resource! {
    "Files of the CRM.",
    GetAllFiles,
    UploadAFile,
    DownloadAFile,
    DeleteAFile,
    GetFileDetails,
}

/// Lists the files of the CRM.
///
/// The reply is a bare array without a total: the last page is the one that comes back short.
/// `entity` and `entity_ids` belong together.
#[apply(operation!)]
#[http(GET "/crm/files" -> 200 Vec<FileData>)]
#[errors(400)]
#[page(Offset, "")]
pub struct GetAllFiles {
    /// Keeps only the files on this kind of object; goes with `entity_ids`.
    pub entity: Option<CrmEntity>,
    /// Identifiers of the objects whose files are wanted, presumably separated by commas (the
    /// format is not documented).
    pub entity_ids: Option<String>,
    /// Start of the period, in milliseconds since the Unix epoch.
    pub date_from: Option<i64>,
    /// End of the period, in milliseconds since the Unix epoch.
    pub date_to: Option<i64>,
    /// Number of entries to skip.
    pub offset: Option<i64>,
    /// Page size; 50 by default, no maximum is documented.
    #[api(default = 50)]
    pub limit: Option<i64>,
    /// Order by creation; newest first (`desc`) when absent.
    pub sort: Option<Sort>,
}

/// Uploads a file to a company, a contact or a deal.
///
/// The request is sent as a multipart form. Files may have up to 10 MB (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/crm/files" -> 201 FileData)]
#[errors(400)]
#[body(Multipart)]
pub struct UploadAFile {
    /// Identifier of the company that the file is attached to.
    pub company_id: Option<String>,
    /// Identifier of the contact that the file is attached to.
    pub contact_id: Option<i64>,
    /// Identifier of the deal that the file is attached to.
    pub deal_id: Option<String>,
    /// The file itself; at most 10 MB.
    pub file: File,
}

/// Returns a link from which a file can be fetched.
///
/// The content itself is not in the reply; the link expires after five minutes (source: API
/// reference).
#[apply(operation!)]
#[http(GET "/crm/files/{id}" -> 200 GetCrmFilesIdResponse)]
#[errors(400, 404)]
pub struct DownloadAFile {
    /// Identifier of the file.
    pub id: String,
}

/// Deletes a file.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/crm/files/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAFile {
    /// Identifier of the file.
    pub id: String,
}

/// Fetches the description of a file without its content.
#[apply(operation!)]
#[http(GET "/crm/files/{id}/data" -> 200 FileData)]
#[errors(400, 404)]
pub struct GetFileDetails {
    /// Identifier of the file.
    pub id: String,
}

/// Description of a file of the CRM.
#[apply(model!)]
pub struct FileData {
    /// Identifier of the file.
    pub id: Option<String>,
    /// Name of the file.
    pub name: Option<String>,
    /// Identifier of the user who uploaded the file.
    pub author_id: Option<String>,
    /// Identifier of the contact that the file is attached to.
    pub contact_id: Option<i64>,
    /// Identifier of the deal that the file is attached to.
    pub deal_id: Option<String>,
    /// Identifier of the company that the file is attached to.
    pub company_id: Option<String>,
    /// Size of the file in bytes.
    pub size: Option<i64>,
    /// Time of the upload.
    pub created_at: Option<DateTime>,
}

/// Where to fetch the content of a file.
#[apply(model!)]
pub struct GetCrmFilesIdResponse {
    /// Temporary address of the content, valid for five minutes.
    pub file_url: Option<String>,
}
