//! Users of the account: invitations and permissions.

use macro_rules_attribute::apply;

use super::shared::InvitationAction;

resource! {
    "Users of the account: invitations and permissions.",
    GetInvitedUsersList,
    PutRevokeUserPermission,
    Inviteuser,
    Putresendcancelinvitation,
    EditUserPermission,
    GetUserPermission,
}

/// Lists the users of the account, invited ones included.
///
/// The reply is not paged.
#[apply(operation!)]
#[http(GET "/organization/invited/users" -> 200 GetInvitedUsersListResponse)]
#[errors(400)]
#[page(Single, "users")]
pub struct GetInvitedUsersList {}

/// Takes all access to the account away from a user.
///
/// The reply may name credit notes. Error 403 is the only one declared.
#[apply(operation!)]
#[http(PUT "/organization/user/invitation/revoke/{email}" -> 200 CreditNotes)]
#[errors(403)]
pub struct PutRevokeUserPermission {
    /// E-mail address of the user.
    pub email: String,
}

/// Invites a user to the account by e-mail.
///
/// With `all_features_access` true, `privileges` do not count; with false they decide. Which
/// features and permissions exist depends on the plan. The reply may name an invoice.
#[apply(operation!)]
#[http(POST "/organization/user/invitation/send" -> 200 InviteuserResponse)]
#[errors(400)]
pub struct Inviteuser {
    /// Whether the user gets access to everything.
    #[serde(rename = "all_features_access")]
    pub all_features_access: bool,
    /// E-mail address to invite.
    #[api(format = "email")]
    pub email: String,
    /// Features and permissions of the user; used when `all_features_access` is false.
    pub privileges: Vec<InviteuserPrivilegesItem>,
}

/// Sends an open invitation again or cancels it.
///
/// The reply may name credit notes. Error 403 is the only one declared.
#[apply(operation!)]
#[http(PUT "/organization/user/invitation/{action}/{email}" -> 200 CreditNotes)]
#[errors(403)]
#[repeat(Unprocessed)]
pub struct Putresendcancelinvitation {
    /// Whether to send again or to cancel.
    pub action: InvitationAction,
    /// E-mail address of the invited user.
    pub email: String,
}

/// Changes what a user may do in the account.
///
/// With `all_features_access` true, `privileges` do not count; with false they decide. Which
/// features and permissions exist depends on the plan.
#[apply(operation!)]
#[http(POST "/organization/user/update/permissions" -> 200 EditUserPermissionResponse)]
#[errors(400)]
pub struct EditUserPermission {
    /// Whether the user gets access to everything.
    #[serde(rename = "all_features_access")]
    pub all_features_access: bool,
    /// E-mail address of the user.
    #[api(format = "email")]
    pub email: String,
    /// Features and permissions of the user; used when `all_features_access` is false.
    pub privileges: Vec<InviteuserPrivilegesItem>,
}

/// Shows what a user may do in the account.
#[apply(operation!)]
#[http(GET "/organization/user/{email}/permissions" -> 200 GetUserPermissionResponse)]
#[errors(400)]
pub struct GetUserPermission {
    /// E-mail address of the user.
    pub email: String,
}

/// Outcome of a revocation, or of sending again or cancelling an invitation.
#[apply(model!)]
pub struct CreditNotes {
    /// Identifiers of the credit notes issued, if any.
    #[serde(rename = "credit_notes")]
    pub credit_notes: Option<Vec<String>>,
    /// Outcome of the call, as text.
    pub status: Option<String>,
}

/// Outcome of a change of permissions.
#[apply(model!)]
pub struct EditUserPermissionResponse {
    /// Identifiers of the credit notes issued, if any.
    #[serde(rename = "credit_notes")]
    pub credit_notes: Option<Vec<String>>,
    /// Identifier of the invoice issued, if any.
    #[serde(rename = "invoice_id")]
    pub invoice_id: Option<String>,
    /// Outcome of the call, as text.
    pub status: Option<String>,
}

/// The users of the account.
#[apply(model!)]
pub struct GetInvitedUsersListResponse {
    /// Users, both active and invited.
    pub users: Option<Vec<GetInvitedUsersListResponseUsersItem>>,
}

/// One user of the account.
#[apply(model!)]
pub struct GetInvitedUsersListResponseUsersItem {
    /// E-mail address of the user.
    pub email: Option<String>,
    /// Extent of access, by product.
    #[serde(rename = "feature_access")]
    pub feature_access: Option<GetInvitedUsersListResponseUsersItemFeatureAccess>,
    /// Whether the user owns the account, as text and not as a boolean.
    #[serde(rename = "is_owner")]
    pub is_owner: Option<String>,
    /// State of the user, such as active or pending.
    pub status: Option<String>,
}

/// Extent of access of a user, by product.
#[apply(model!)]
pub struct GetInvitedUsersListResponseUsersItemFeatureAccess {
    /// Extent of access to Conversations, as text.
    pub conversations: Option<String>,
    /// Extent of access to the CRM, as text.
    pub crm: Option<String>,
    /// Extent of access to marketing, as text.
    pub marketing: Option<String>,
}

/// What one user may do.
#[apply(model!)]
pub struct GetUserPermissionResponse {
    /// E-mail address of the user.
    pub email: Option<String>,
    /// Features that the user may use, with the permissions on each.
    pub privileges: Option<Vec<GetUserPermissionResponsePrivilegesItem>>,
    /// State of the user, such as active or pending.
    pub status: Option<String>,
}

/// Permissions of a user on one feature.
#[apply(model!)]
pub struct GetUserPermissionResponsePrivilegesItem {
    /// Name of the feature.
    pub feature: Option<String>,
    /// Names of the permissions that the user has on it.
    pub permissions: Option<Vec<String>>,
}

/// Permissions to grant on one feature.
#[apply(model!)]
pub struct InviteuserPrivilegesItem {
    /// Feature that the permissions apply to.
    pub feature: Option<InviteuserPrivilegesItemFeature>,
    /// Permissions to grant; not every permission exists for every feature.
    pub permissions: Option<Vec<InviteuserPrivilegesItemPermissionsItem>>,
}

/// Feature of Brevo on which permissions are granted.
#[apply(open_enum!)]
pub enum InviteuserPrivilegesItemFeature {
    EmailCampaigns = "email_campaigns",
    SmsCampaigns = "sms_campaigns",
    Contacts = "contacts",
    Templates = "templates",
    Workflows = "workflows",
    LandingPages = "landing_pages",
    TransactionalEmails = "transactional_emails",
    SmtpApi = "smtp_api",
    UserManagement = "user_management",
    SalesPlatform = "sales_platform",
    Phone = "phone",
    Conversations = "conversations",
    SendersDomainsDedicatedIps = "senders_domains_dedicated_ips",
    PushNotifications = "push_notifications",
    Companies = "companies",
}

/// Permission on a feature; each feature knows only some of them.
#[apply(open_enum!)]
pub enum InviteuserPrivilegesItemPermissionsItem {
    CreateEditDelete = "create_edit_delete",
    SendScheduleSuspend = "send_schedule_suspend",
    View = "view",
    Import = "import",
    Export = "export",
    ListAndAttributes = "list_and_attributes",
    Forms = "forms",
    ActivateDeactivate = "activate_deactivate",
    ActivateDeactivatePause = "activate_deactivate_pause",
    Settings = "settings",
    SchedulePause = "schedule_pause",
    All = "all",
    Logs = "logs",
    Access = "access",
    Assign = "assign",
    Configure = "configure",
    CreateEditDeals = "create_edit_deals",
    DeleteDeals = "delete_deals",
    ManageOthersDealsTasks = "manage_others_deals_tasks",
    ManageOwnedCompanies = "manage_owned_companies",
    ManageOthersCompanies = "manage_others_companies",
    Reports = "reports",
    SendersManagement = "senders_management",
    DomainsManagement = "domains_management",
    DedicatedIpsManagement = "dedicated_ips_management",
    Send = "send",
    Smtp = "smtp",
    ApiKeys = "api_keys",
    AuthorizedIps = "authorized_ips",
    None = "none",
}

/// Outcome of an invitation.
#[apply(model!)]
pub struct InviteuserResponse {
    /// Identifier of the invoice issued, if any.
    #[serde(rename = "invoice_id")]
    pub invoice_id: Option<String>,
    /// Outcome of the call, as text.
    pub status: Option<String>,
}
