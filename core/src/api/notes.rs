//! Notes of the CRM.

use macro_rules_attribute::apply;

use super::shared::{CrmEntity, OptionalKey, Sort};
use crate::schema::{DateTime, Map};

resource! {
    "Notes of the CRM.",
    GetAllNotes,
    CreateANote,
    GetANote,
    DeleteANote,
    UpdateANote,
}

/// Lists the notes of the CRM.
///
/// The reply is a bare array without a total: the last page is the one that comes back short.
/// `entity` and `entity_ids` belong together.
#[apply(operation!)]
#[http(GET "/crm/notes" -> 200 Vec<Note>)]
#[errors(400)]
#[page(Offset, "")]
pub struct GetAllNotes {
    /// Keeps only the notes on this kind of object; goes with `entity_ids`.
    pub entity: Option<CrmEntity>,
    /// Identifiers of the objects whose notes are wanted, presumably separated by commas (the
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

/// Creates a note on companies, contacts or deals.
///
/// The definition marks the identifier in the reply as optional. Error 415 is declared for an
/// unsupported format of the body.
#[apply(operation!)]
#[http(POST "/crm/notes" -> 200 OptionalKey)]
#[errors(400, 415)]
pub struct CreateANote {
    /// Identifiers of the companies that the note is attached to.
    pub company_ids: Option<Vec<String>>,
    /// Identifiers of the contacts that the note is attached to.
    pub contact_ids: Option<Vec<i64>>,
    /// Identifiers of the deals that the note is attached to.
    pub deal_ids: Option<Vec<String>>,
    /// Text of the note; 1 to 3000 characters.
    #[api(min_length = 1, max_length = 3000)]
    pub text: String,
}

/// Fetches one note.
#[apply(operation!)]
#[http(GET "/crm/notes/{id}" -> 200 Note)]
#[errors(400, 404)]
pub struct GetANote {
    /// Identifier of the note.
    pub id: String,
}

/// Deletes a note.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/crm/notes/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteANote {
    /// Identifier of the note.
    pub id: String,
}

/// Changes a note.
///
/// `text` is required even if only the links change. An empty reply means success.
#[apply(operation!)]
#[http(PATCH "/crm/notes/{id}" -> 204 ())]
#[errors(400, 404, 415)]
pub struct UpdateANote {
    /// Identifier of the note.
    pub id: String,
    /// Identifiers of the companies that the note is attached to.
    pub company_ids: Option<Vec<String>>,
    /// Identifiers of the contacts that the note is attached to.
    pub contact_ids: Option<Vec<i64>>,
    /// Identifiers of the deals that the note is attached to.
    pub deal_ids: Option<Vec<String>>,
    /// Text of the note; 1 to 3000 characters.
    #[api(min_length = 1, max_length = 3000)]
    pub text: String,
}

/// A note of the CRM.
#[apply(model!)]
pub struct Note {
    /// Identifier of the note.
    pub id: Option<String>,
    /// Text of the note; 1 to 3000 characters.
    #[api(min_length = 1, max_length = 3000)]
    pub text: Option<String>,
    /// Identifiers of the contacts that the note is attached to.
    pub contact_ids: Option<Vec<i64>>,
    /// Identifiers of the companies that the note is attached to.
    pub company_ids: Option<Vec<String>>,
    /// Identifiers of the deals that the note is attached to.
    pub deal_ids: Option<Vec<String>>,
    /// Author of the note, an object in free form despite its name.
    pub author_id: Option<Map>,
    /// Creation time.
    pub created_at: Option<DateTime>,
    /// Time of the last change.
    pub updated_at: Option<DateTime>,
}
