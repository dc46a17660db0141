//! Consent groups: the topics to which contacts agree.

use macro_rules_attribute::apply;

use crate::schema::DateTime;

resource! {
    "Consent groups: the topics to which contacts agree.",
    GetConsentGroups,
    CreateConsentGroup,
    GetConsentGroup,
    UpdateConsentGroup,
    DeleteConsentGroup,
}

/// Lists the consent groups of the account, page by page.
///
/// The consent groups feature must be enabled for the account, else the reply is 403 with the code
/// `CONSENT_GROUP_NOT_ENABLED` (source: changelog of 2026-06-30).
#[apply(operation!)]
#[http(GET "/contacts/consent-groups" -> 200 ConsentGroupsListResponse)]
#[errors(400, 403, 429)]
#[page(Offset, "consentGroups", "total")]
pub struct GetConsentGroups {
    /// Page size, at most 50, 10 by default.
    #[api(max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of groups to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Keeps only the group with this identifier.
    pub id: Option<i64>,
    /// Keeps only groups whose name contains this text, in upper or lower case.
    pub name: Option<String>,
    /// Keeps only groups with this way of joining.
    pub signup_mode: Option<SignupMode>,
}

/// Creates a consent group, if wanted with the contacts of some lists.
///
/// The contacts of `list_ids` are copied once, at creation; later changes of the lists have no
/// effect. Names are unique, so expect 409 for a name in use. Needs the consent groups feature,
/// else 403.
#[apply(operation!)]
#[http(POST "/contacts/consent-groups" -> 201 ConsentGroup)]
#[errors(400, 403, 409)]
pub struct CreateConsentGroup {
    /// Unique name of the group, at most 255 characters.
    #[api(max_length = 255)]
    pub name: String,
    /// Description of the group, at most 500 characters.
    #[api(max_length = 500)]
    pub description: Option<String>,
    /// How contacts join the group.
    pub signup_mode: SignupMode,
    /// Identifiers of the lists whose contacts are copied into the new group.
    pub list_ids: Option<Vec<i64>>,
}

/// Gets one consent group.
///
/// Needs the consent groups feature, else the reply is 403.
#[apply(operation!)]
#[http(GET "/contacts/consent-groups/{id}" -> 200 ConsentGroup)]
#[errors(400, 403, 404)]
pub struct GetConsentGroup {
    /// Identifier of the consent group.
    pub id: i64,
}

/// Changes the name, the description or the signup mode of a consent group.
///
/// At least one of the three must be passed. The changed group is returned. Needs the consent
/// groups feature, else the reply is 403.
#[apply(operation!)]
#[http(PUT "/contacts/consent-groups/{id}" -> 200 ConsentGroup)]
#[errors(400, 403, 404, 409)]
pub struct UpdateConsentGroup {
    /// Identifier of the consent group.
    pub id: i64,
    /// New unique name of the group, at most 255 characters.
    #[api(max_length = 255)]
    pub name: Option<String>,
    /// New description of the group, at most 500 characters.
    #[api(max_length = 500)]
    pub description: Option<String>,
    /// New way in which contacts join the group.
    pub signup_mode: Option<SignupMode>,
}

/// Deletes a consent group and takes all contacts out of it.
///
/// The contacts themselves stay. Needs the consent groups feature, else the reply is 403.
#[apply(operation!)]
#[http(DELETE "/contacts/consent-groups/{id}" -> 204 ())]
#[errors(400, 403, 404)]
pub struct DeleteConsentGroup {
    /// Identifier of the consent group.
    pub id: i64,
}

/// A topic to which contacts give or refuse their consent.
#[apply(model!)]
pub struct ConsentGroup {
    /// Identifier of the consent group.
    pub id: Option<i64>,
    /// Name of the group.
    pub name: Option<String>,
    /// Description of the group; may be absent.
    pub description: Option<String>,
    /// How contacts join the group.
    pub signup_mode: Option<SignupMode>,
    /// Number of contacts in the group at present.
    pub contacts_count: Option<i64>,
    /// Whether the group is one that Brevo created by itself.
    pub is_default: Option<bool>,
    /// Time at which the group was created, in UTC.
    pub created_at: Option<DateTime>,
    /// Time of the last change of the group, in UTC.
    pub updated_at: Option<DateTime>,
}

/// One page of consent groups.
#[apply(model!)]
pub struct ConsentGroupsListResponse {
    /// The groups of this page.
    pub consent_groups: Option<Vec<ConsentGroup>>,
    /// Total number of matching groups.
    pub total: Option<i64>,
    /// Page size that was applied.
    pub limit: Option<i64>,
    /// Number of groups that were skipped.
    pub offset: Option<i64>,
}

/// How contacts join a consent group: added explicitly (`manual`) or at signup (`automatic`).
#[apply(open_enum!)]
pub enum SignupMode {
    Manual = "manual",
    Automatic = "automatic",
}
