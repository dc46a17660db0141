//! The master account: sub-accounts, groups, users, plans and addresses of an organisation.

use macro_rules_attribute::apply;

use super::shared::{CreatedId, InvitationAction, NamedKey, OptionalKey, ReportLanguage};
use crate::schema::Map;

resource! {
    "The master account: sub-accounts, groups, users, plans and addresses of an organisation.",
    CreateANewGroupOfSubAccounts,
    DeleteSubAccountFromGroup,
    GetAGroupDetails,
    UpdateAGroupOfSubAccounts,
    DeleteAGroup,
    GetSubAccountGroups,
    GetCorporateInvitedUsersList,
    ListOfAllIPs,
    GetTheDetailsOfRequestedMasterAccount,
    GenerateSsoTokenToAccessAdminAccount,
    GetTheListOfAllTheSubAccountsOfTheMasterAccount,
    CreateANewSubAccountUnderAMasterAccount,
    AssociateAnIpToSubAccounts,
    DissociateAnIpToSubAccounts,
    CreateAnApiKeyForASubAccount,
    GenerateSsoTokenToAccessSubAccount,
    GetSubAccountDetails,
    DeleteASubAccount,
    EnableDisableSubAccountApplicationS,
    UpdateSubAccountPlan,
    UpdateSubAccountsPlan,
    InviteAdminUser,
    ResendCancelAdminUserInvitation,
    RevokeAnAdminUser,
    GetCorporateUserPermission,
    ChangeAdminUserPermissions,
}

/// Creates a group of sub-accounts.
#[apply(operation!)]
#[http(POST "/corporate/group" -> 201 OptionalKey)]
#[errors(400)]
pub struct CreateANewGroupOfSubAccounts {
    /// Name of the group.
    pub group_name: String,
    /// Identifiers of the sub-accounts to put into the group.
    pub sub_account_ids: Option<Vec<i64>>,
}

/// Removes sub-accounts from a group.
///
/// The sub-accounts themselves stay. A success has no body.
#[apply(operation!)]
#[http(PUT "/corporate/group/unlink/{groupId}/subAccounts" -> 204 ())]
#[errors(400)]
pub struct DeleteSubAccountFromGroup {
    /// Identifier of the group.
    pub group_id: String,
    /// Identifiers of the sub-accounts to take out of the group.
    pub sub_account_ids: Vec<i64>,
}

/// Returns a group with its sub-accounts and users.
#[apply(operation!)]
#[http(GET "/corporate/group/{id}" -> 200 GetCorporateGroupIdResponse)]
#[errors(400)]
pub struct GetAGroupDetails {
    /// Identifier of the group.
    pub id: String,
}

/// Changes the name or the sub-accounts of a group.
///
/// A success has no body. Whether `sub_account_ids` adds to the members or replaces them is not
/// documented; send the whole wanted list to be safe.
#[apply(operation!)]
#[http(PUT "/corporate/group/{id}" -> 204 ())]
#[errors(400)]
pub struct UpdateAGroupOfSubAccounts {
    /// Identifier of the group.
    pub id: String,
    /// New name of the group.
    pub group_name: Option<String>,
    /// Identifiers of the sub-accounts that are to be in the group.
    pub sub_account_ids: Option<Vec<i64>>,
}

/// Deletes a group of sub-accounts.
///
/// The sub-accounts and users of the group stay, they only leave the group. A success has no body.
#[apply(operation!)]
#[http(DELETE "/corporate/group/{id}" -> 204 ())]
#[errors(400)]
pub struct DeleteAGroup {
    /// Identifier of the group.
    pub id: String,
}

/// Lists all groups of sub-accounts of the master account.
///
/// The whole list comes in one reply, without paging.
#[apply(operation!)]
#[http(GET "/corporate/groups" -> 200 Vec<GetSubAccountGroupsResponseItem>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetSubAccountGroups {}

/// Lists the admin users of the master account, active ones and invited ones.
///
/// `type` is necessary where `offset` is given. The SDK's text calls `offset` a page number, while
/// we page by entries as elsewhere in the API; the sources leave it open.
#[apply(operation!)]
#[http(GET "/corporate/invited/users" -> 200 GetCorporateInvitedUsersListResponse)]
#[errors(400)]
#[page(Offset, "users")]
pub struct GetCorporateInvitedUsersList {
    /// Kind of users to list, `active` or `pending`; necessary together with `offset`.
    pub r#type: Option<String>,
    /// Number of entries to skip, though the SDK's text calls it a page number; the first page when
    /// not given.
    pub offset: Option<i64>,
    /// Page size, at most 100; default 20.
    #[api(max = 100, default = 20)]
    pub limit: Option<i64>,
}

/// Lists the active dedicated IP addresses of the master account.
///
/// The whole list comes in one reply, without paging.
#[apply(operation!)]
#[http(GET "/corporate/ip" -> 200 Vec<GetCorporateIpResponseItem>)]
#[errors(400)]
#[page(Single, "")]
pub struct ListOfAllIPs {}

/// Returns the master account with its billing data and plan.
#[apply(operation!)]
#[http(GET "/corporate/masterAccount" -> 200 GetCorporateMasterAccountResponse)]
#[errors(400)]
pub struct GetTheDetailsOfRequestedMasterAccount {}

/// Makes a single sign-on token that logs an admin user into the master account.
///
/// Open `https://account-app.brevo.com/account/login/corporate/sso/{token}` with the token put in.
/// The token is valid for 15 days (source: API reference), so treat it like a password. An account
/// that is no admin account gets 403.
#[apply(operation!)]
#[http(POST "/corporate/ssoToken" -> 200 GetSsoToken)]
#[errors(400, 403)]
pub struct GenerateSsoTokenToAccessAdminAccount {
    /// E-mail address of the admin user to log in.
    pub email: String,
}

/// Lists the sub-accounts of the master account, page by page.
///
/// Both paging parameters are required here.
#[apply(operation!)]
#[http(GET "/corporate/subAccount" -> 200 GetCorporateSubAccountResponse)]
#[errors(400)]
#[page(Offset, "subAccounts", "count")]
pub struct GetTheListOfAllTheSubAccountsOfTheMasterAccount {
    /// Number of entries to skip before the page starts.
    pub offset: i64,
    /// Page size; the sources name no maximum.
    pub limit: i64,
}

/// Creates a sub-account under the master account.
#[apply(operation!)]
#[http(POST "/corporate/subAccount" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateANewSubAccountUnderAMasterAccount {
    /// Name of the company of the sub-account.
    pub company_name: String,
    /// E-mail address of the sub-account organization.
    pub email: String,
    /// Identifiers of the groups to which the sub-account is added.
    pub group_ids: Option<Vec<String>>,
    /// Language of the sub-account.
    pub language: Option<ReportLanguage>,
    /// Time zone of the sub-account, such as `Europe/Paris`.
    pub timezone: Option<String>,
}

/// Gives sub-accounts the use of a dedicated IP address.
///
/// The reply is handed over as a raw map, since the sources disagree on its shape.
#[apply(operation!)]
#[http(POST "/corporate/subAccount/ip/associate" -> 201 Map)]
#[errors(400)]
pub struct AssociateAnIpToSubAccounts {
    /// Identifiers of the sub-accounts that get the address.
    pub ids: Vec<i64>,
    /// Dedicated IP address of the master account.
    pub ip: String,
}

/// Takes the use of a dedicated IP address from sub-accounts.
///
/// A success has no body.
#[apply(operation!)]
#[http(PUT "/corporate/subAccount/ip/dissociate" -> 204 ())]
#[errors(400)]
pub struct DissociateAnIpToSubAccounts {
    /// Identifiers of the sub-accounts that lose the address.
    pub ids: Vec<i64>,
    /// Dedicated IP address of the master account.
    pub ip: String,
}

/// Creates an API key of a sub-account.
///
/// Keep the key from the reply in a safe place; no operation of this resource reads it again.
#[apply(operation!)]
#[http(POST "/corporate/subAccount/key" -> 201 PostCorporateSubAccountKeyResponse)]
#[errors(400)]
pub struct CreateAnApiKeyForASubAccount {
    /// Identifier of the sub-account.
    pub id: i64,
    /// Name of the key, to tell it from others.
    pub name: String,
}

/// Makes a single sign-on token that logs a user into a sub-account.
///
/// Open `https://account-app.brevo.com/account/login/sub-account/sso/{token}` with the token put
/// in. The token is valid for 15 days (source: API reference), so treat it like a password. Choose
/// the landing page with `target` or `url`.
#[apply(operation!)]
#[http(POST "/corporate/subAccount/ssoToken" -> 200 GetSsoToken)]
#[errors(400, 403)]
pub struct GenerateSsoTokenToAccessSubAccount {
    /// E-mail address of the user of the sub-account to log in.
    pub email: Option<String>,
    /// Identifier of the sub-account.
    pub id: i64,
    /// Section of the application in which the user lands after the login.
    pub target: Option<PostCorporateSubAccountSsoTokenRequestTarget>,
    /// Full address to which the user is led after the login.
    pub url: Option<String>,
}

/// Returns a sub-account with its groups and plan.
#[apply(operation!)]
#[http(GET "/corporate/subAccount/{id}" -> 200 GetCorporateSubAccountIdResponse)]
#[errors(400)]
pub struct GetSubAccountDetails {
    /// Identifier of the sub-account.
    pub id: i64,
}

/// Deletes a sub-account for good.
///
/// All data of the sub-account are lost and cannot be restored. A success has no body.
#[apply(operation!)]
#[http(DELETE "/corporate/subAccount/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteASubAccount {
    /// Identifier of the sub-account.
    pub id: i64,
}

/// Switches applications of a sub-account on or off.
///
/// True switches on, false switches off; only the applications to change need to be named. A
/// success has no body. Inbox does not exist on the newer Enterprise version (ENTv2) (source: SDK
/// 5.1).
#[apply(operation!)]
#[http(PUT "/corporate/subAccount/{id}/applications/toggle" -> 204 ())]
#[errors(400, 403)]
pub struct EnableDisableSubAccountApplicationS {
    /// Identifier of the sub-account.
    pub id: i64,
    /// Whether Analytics is on; refused with 400 when the plan of the master account lacks it.
    pub analytics: Option<bool>,
    /// Whether Automation is on.
    pub automation: Option<bool>,
    /// Whether Conversations is on.
    pub conversations: Option<bool>,
    /// Whether the sales CRM is on.
    pub crm: Option<bool>,
    /// Whether e-mail campaigns are on.
    #[serde(rename = "email-campaigns")]
    pub email_campaigns: Option<bool>,
    /// Whether Facebook Ads is on.
    #[serde(rename = "facebook-ads")]
    pub facebook_ads: Option<bool>,
    /// Whether Inbox is on; not applicable on the newer Enterprise version (ENTv2).
    pub inbox: Option<bool>,
    /// Whether landing pages are on.
    #[serde(rename = "landing-pages")]
    pub landing_pages: Option<bool>,
    /// Whether Meetings is on.
    pub meetings: Option<bool>,
    /// Whether SMS campaigns are on.
    #[serde(rename = "sms-campaigns")]
    pub sms_campaigns: Option<bool>,
    /// Whether transactional e-mail is on.
    #[serde(rename = "transactional-emails")]
    pub transactional_emails: Option<bool>,
    /// Whether transactional SMS is on.
    #[serde(rename = "transactional-sms")]
    pub transactional_sms: Option<bool>,
    /// Whether web push is on.
    #[serde(rename = "web-push")]
    pub web_push: Option<bool>,
    /// Whether WhatsApp campaigns are on.
    pub whatsapp: Option<bool>,
}

/// Changes the credits and features of one sub-account.
///
/// A success has no body. On the newer Enterprise version (ENTv2) the value -1 stands for unlimited
/// credits (source: SDK 5.1).
#[apply(operation!)]
#[http(PUT "/corporate/subAccount/{id}/plan" -> 204 ())]
#[errors(400, 403)]
#[repeat(Unprocessed)]
pub struct UpdateSubAccountPlan {
    /// Identifier of the sub-account.
    pub id: i64,
    /// Credits to give to the sub-account.
    pub credits: Option<PlanCredits>,
    /// Feature quotas to give to the sub-account.
    pub features: Option<PutCorporateSubAccountIdPlanRequestFeatures>,
}

/// Changes the credits and features of several sub-accounts at once.
///
/// The change is accepted for processing (status 202) without a body, so it may show later. On the
/// newer Enterprise version (ENTv2) the value -1 stands for unlimited credits (source: SDK 5.1).
#[apply(operation!)]
#[http(PUT "/corporate/subAccounts/plan" -> 202 ())]
#[errors(400, 403)]
#[repeat(Unprocessed)]
pub struct UpdateSubAccountsPlan {
    /// Credits to give to each sub-account.
    pub credits: Option<PlanCredits>,
    /// Feature quotas to give to each sub-account.
    pub features: Option<PutCorporateSubAccountsPlanRequestFeatures>,
    /// Identifiers of the sub-accounts to change.
    pub sub_account_ids: Option<Vec<i64>>,
}

/// Invites a person as admin user of the master account.
///
/// With `all_features_access` set, the list of privileges has no effect but must be sent.
/// Permissions by feature: `all` for most, `none` for `api`, `create` and `edit_delete` for groups,
/// `download_data` and `create_alerts` for `analytics`. `app_management` does not exist on the
/// newer Enterprise version (ENTv2) (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/corporate/user/invitation/send" -> 201 OptionalKey)]
#[errors(400)]
pub struct InviteAdminUser {
    /// Whether the user gets all features; false makes `privileges` decide.
    #[serde(rename = "all_features_access")]
    pub all_features_access: bool,
    /// E-mail address of the person to invite.
    #[api(format = "email")]
    pub email: String,
    /// Identifiers of the groups of sub-accounts that the user may manage.
    pub group_ids: Option<Vec<String>>,
    /// Features and permissions of the user; they count only without `all_features_access`.
    pub privileges: Vec<InviteAdminUserRequestPrivilegesItem>,
}

/// Sends the invitation of an admin user again, or cancels it.
#[apply(operation!)]
#[http(PUT "/corporate/user/invitation/{action}/{email}" -> 200 PutCorporateUserInvitationActionEmailResponse)]
#[errors(400)]
#[repeat(Unprocessed)]
pub struct ResendCancelAdminUserInvitation {
    /// What to do with the invitation, `resend` or `cancel`.
    pub action: InvitationAction,
    /// E-mail address of the invited person.
    pub email: String,
}

/// Removes an admin user from the master account.
///
/// A success has no body.
#[apply(operation!)]
#[http(DELETE "/corporate/user/revoke/{email}" -> 204 ())]
#[errors(400)]
pub struct RevokeAnAdminUser {
    /// E-mail address of the admin user.
    pub email: String,
}

/// Returns the permissions of an admin user.
#[apply(operation!)]
#[http(GET "/corporate/user/{email}/permissions" -> 200 GetCorporateUserPermissionResponse)]
#[errors(400)]
pub struct GetCorporateUserPermission {
    /// E-mail address of the admin user.
    pub email: String,
}

/// Changes the permissions of an admin user.
///
/// With `all_features_access` set, the list of privileges has no effect but must be sent. A success
/// has no body. Some feature names differ from those of the invitation, such as `apps_management`
/// instead of `app_management`.
#[apply(operation!)]
#[http(PUT "/corporate/user/{email}/permissions" -> 204 ())]
#[errors(400)]
pub struct ChangeAdminUserPermissions {
    /// E-mail address of the admin user.
    pub email: String,
    /// Whether the user gets all features; false makes `privileges` decide.
    #[serde(rename = "all_features_access")]
    pub all_features_access: bool,
    /// Features and permissions of the user; they count only without `all_features_access`.
    pub privileges: Vec<PutCorporateUserEmailPermissionsRequestPrivilegesItem>,
}

/// Permissions of an admin user, by feature.
#[apply(model!)]
pub struct FeatureAccess {
    /// Permissions on the analytics dashboards.
    pub analytics: Option<Vec<String>>,
    /// Permissions on API keys.
    #[serde(rename = "api_keys")]
    pub api_keys: Option<Vec<String>>,
    /// Permissions on the applications of sub-accounts; not applicable on the newer Enterprise
    /// version (ENTv2).
    #[serde(rename = "apps_management")]
    pub apps_management: Option<Vec<String>>,
    /// Permissions to create sub-accounts.
    #[serde(rename = "create_sub_organizations")]
    pub create_sub_organizations: Option<Vec<String>>,
    /// Permissions to manage and enter sub-accounts.
    #[serde(rename = "manage_sub_organizations")]
    pub manage_sub_organizations: Option<Vec<String>>,
    /// Permissions on the plan of the master account.
    #[serde(rename = "my_plan")]
    pub my_plan: Option<Vec<String>>,
    /// Permissions to create, change and delete groups of sub-accounts.
    #[serde(rename = "sub_organization_groups")]
    pub sub_organization_groups: Option<Vec<String>>,
    /// Permissions on the admin users.
    #[serde(rename = "user_management")]
    pub user_management: Option<Vec<String>>,
}

/// A group of sub-accounts with its members and users.
#[apply(model!)]
pub struct GetCorporateGroupIdResponse {
    /// The group itself.
    pub group: Option<GetCorporateGroupIdResponseGroup>,
    /// Sub-accounts in the group.
    #[serde(rename = "sub-accounts")]
    pub sub_accounts: Option<Vec<GetCorporateGroupIdResponseSubAccountsItem>>,
    /// Admin users tied to the group.
    pub users: Option<Vec<GetCorporateGroupIdResponseUsersItem>>,
}

/// Name and identifier of a group of sub-accounts.
#[apply(model!)]
pub struct GetCorporateGroupIdResponseGroup {
    /// Date on which the group was created.
    pub created_at: Option<String>,
    /// Name of the group.
    pub group_name: Option<String>,
    /// Identifier of the group.
    pub id: Option<String>,
}

/// A sub-account in a group.
#[apply(model!)]
pub struct GetCorporateGroupIdResponseSubAccountsItem {
    /// Name of the company of the sub-account.
    pub company_name: Option<String>,
    /// Date on which the sub-account was created.
    pub created_at: Option<String>,
    /// Identifier of the sub-account.
    pub id: Option<i64>,
}

/// An admin user tied to a group.
#[apply(model!)]
pub struct GetCorporateGroupIdResponseUsersItem {
    /// E-mail address of the user.
    pub email: Option<String>,
    /// First name of the user.
    pub first_name: Option<String>,
    /// Last name of the user.
    pub last_name: Option<String>,
}

/// One page of admin users.
#[apply(model!)]
pub struct GetCorporateInvitedUsersListResponse {
    /// Admin users of this page.
    pub users: Option<Vec<GetCorporateInvitedUsersListResponseUsersItem>>,
}

/// An admin user of the master account, active or invited.
#[apply(model!)]
pub struct GetCorporateInvitedUsersListResponseUsersItem {
    /// E-mail address of the user.
    pub email: Option<String>,
    /// Permissions of the user by feature; expected for active users only.
    #[serde(rename = "feature_access")]
    pub feature_access: Option<FeatureAccess>,
    /// Group of sub-accounts of the user, a single object according to the sources.
    pub groups: Option<NamedKey>,
    /// Whether the user owns the organization, as text.
    #[serde(rename = "is_owner")]
    pub is_owner: Option<String>,
    /// State of the user, such as `active` or `pending`.
    pub status: Option<String>,
}

/// A dedicated IP address of the master account.
#[apply(model!)]
pub struct GetCorporateIpResponseItem {
    /// Domain tied to the address.
    pub domain: Option<String>,
    /// The IP address.
    pub ip: Option<String>,
    /// Whether the address serves transactional e-mail.
    pub transactional: Option<bool>,
}

/// The master account with its billing data and plan.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponse {
    /// Billing data of the master account.
    pub billing_info: Option<GetCorporateMasterAccountResponseBillingInfo>,
    /// Name of the company of the master account.
    pub company_name: Option<String>,
    /// Code of the currency of the master account.
    pub currency_code: Option<String>,
    /// E-mail address of the master account.
    pub email: Option<String>,
    /// Identifier of the master account organization.
    pub id: Option<i64>,
    /// Plan of the master account.
    pub plan_info: Option<GetCorporateMasterAccountResponsePlanInfo>,
    /// Time zone of the master account.
    pub timezone: Option<String>,
}

/// Billing data of the master account.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponseBillingInfo {
    /// Billing address.
    pub address: Option<GetCorporateMasterAccountResponseBillingInfoAddress>,
    /// Name of the company that is billed.
    pub company_name: Option<String>,
    /// E-mail address for bills.
    pub email: Option<String>,
    /// Name of the person that is billed.
    pub name: Option<GetCorporateMasterAccountResponseBillingInfoName>,
}

/// Billing address of the master account.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponseBillingInfoAddress {
    /// Code of the country.
    pub country_code: Option<String>,
    /// Town or city.
    pub locality: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Code of the state or region.
    pub state_code: Option<String>,
    /// Street and number.
    pub street_address: Option<String>,
}

/// Name of the person to whom the master account is billed.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponseBillingInfoName {
    /// Last name of the person.
    pub family_name: Option<String>,
    /// First name of the person.
    pub given_name: Option<String>,
}

/// Plan of the master account.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponsePlanInfo {
    /// Code of the currency of the plan.
    pub currency_code: Option<String>,
    /// Features of the plan with their quotas.
    pub features: Option<Vec<GetCorporateMasterAccountResponsePlanInfoFeaturesItem>>,
    /// Moment of the next bill, as a numeric timestamp (taken to be Unix time).
    pub next_billing_at: Option<i64>,
    /// Billing period of the plan.
    pub plan_period: Option<GetCorporateMasterAccountResponsePlanInfoPlanPeriod>,
    /// Price of the plan for one period, in the currency of the plan.
    pub price: Option<f64>,
    /// Number of sub-accounts in the plan.
    pub sub_accounts: Option<i64>,
}

/// A feature of the plan with its quota and use.
#[apply(model!)]
pub struct GetCorporateMasterAccountResponsePlanInfoFeaturesItem {
    /// Name of the feature.
    pub name: Option<String>,
    /// Quantity that the plan includes.
    pub quantity: Option<i64>,
    /// Quantity including overages; only on the newer Enterprise version (ENTv2).
    pub quantity_with_overages: Option<i64>,
    /// Quantity that is left.
    pub remaining: Option<i64>,
    /// Unit in which the feature is counted, as text.
    pub unit_value: Option<String>,
    /// Quantity used by the master account.
    pub used: Option<i64>,
    /// Quantity that sub-accounts used beyond the plan; only on the newer Enterprise version
    /// (ENTv2).
    pub used_overages: Option<i64>,
}

/// Billing period of the plan of a master account.
#[apply(open_enum!)]
pub enum GetCorporateMasterAccountResponsePlanInfoPlanPeriod {
    Month = "month",
    Year = "year",
}

/// A sub-account with its groups and plan.
#[apply(model!)]
pub struct GetCorporateSubAccountIdResponse {
    /// Name of the company of the sub-account.
    pub company_name: Option<String>,
    /// E-mail address of the sub-account.
    pub email: Option<String>,
    /// Groups to which the sub-account belongs.
    pub groups: Option<Vec<NamedKey>>,
    /// Name of the user of the sub-account.
    pub name: Option<String>,
    /// Plan of the sub-account.
    pub plan_info: Option<GetCorporateSubAccountIdResponsePlanInfo>,
}

/// Plan of a sub-account.
#[apply(model!)]
pub struct GetCorporateSubAccountIdResponsePlanInfo {
    /// Credits of the sub-account by channel.
    pub credits: Option<GetCorporateSubAccountIdResponsePlanInfoCredits>,
    /// Feature quotas of the sub-account.
    pub features: Option<GetCorporateSubAccountIdResponsePlanInfoFeatures>,
    /// Kind of the plan.
    pub plan_type: Option<String>,
}

/// Credits of a sub-account by channel.
#[apply(model!)]
pub struct GetCorporateSubAccountIdResponsePlanInfoCredits {
    /// E-mail credits.
    pub emails: Option<PlanQuota>,
    /// Credits for external feeds.
    pub external_feeds: Option<PlanQuota>,
    /// SMS credits.
    pub sms: Option<PlanQuota>,
    /// WhatsApp credits.
    pub whatsapp: Option<PlanQuota>,
    /// Web push credits.
    pub wp_subscribers: Option<PlanQuota>,
}

/// Feature quotas of a sub-account.
#[apply(model!)]
pub struct GetCorporateSubAccountIdResponsePlanInfoFeatures {
    /// Inboxes; not applicable on the newer Enterprise version (ENTv2).
    pub inbox: Option<PlanQuota>,
    /// Landing pages; not applicable on the newer Enterprise version (ENTv2).
    pub landing_page: Option<PlanQuota>,
    /// Users for sales and service work, such as phone and conversations.
    pub sales_users: Option<PlanQuota>,
    /// Users for the marketing channels.
    pub users: Option<PlanQuota>,
}

/// One page of sub-accounts.
#[apply(model!)]
pub struct GetCorporateSubAccountResponse {
    /// Number of sub-accounts, over all pages.
    pub count: Option<i64>,
    /// Sub-accounts of this page.
    pub sub_accounts: Option<Vec<GetCorporateSubAccountResponseSubAccountsItem>>,
}

/// A sub-account in a list.
#[apply(model!)]
pub struct GetCorporateSubAccountResponseSubAccountsItem {
    /// Whether the sub-account is active.
    pub active: Option<bool>,
    /// Name of the company of the sub-account.
    pub company_name: Option<String>,
    /// Moment of the creation, as a numeric timestamp (taken to be Unix time).
    pub created_at: Option<i64>,
    /// Groups to which the sub-account belongs.
    pub groups: Option<Vec<NamedKey>>,
    /// Identifier of the sub-account.
    pub id: Option<i64>,
}

/// An admin user with permissions and groups.
#[apply(model!)]
pub struct GetCorporateUserPermissionResponse {
    /// E-mail address of the user.
    pub email: Option<String>,
    /// Permissions of the user by feature.
    #[serde(rename = "feature_access")]
    pub feature_access: Option<FeatureAccess>,
    /// Groups of sub-accounts tied to the user.
    pub groups: Option<Vec<NamedKey>>,
    /// State of the user, such as `active` or `pending`.
    pub status: Option<String>,
}

/// A token for single sign-on.
#[apply(model!)]
pub struct GetSsoToken {
    /// The token, valid for 15 days according to the API reference.
    pub token: Option<String>,
}

/// A group of sub-accounts in a list.
#[apply(model!)]
pub struct GetSubAccountGroupsResponseItem {
    /// Name of the group.
    pub group_name: Option<String>,
    /// Identifier of the group.
    pub id: Option<String>,
}

/// Permissions on one feature for an invited admin user.
#[apply(model!)]
pub struct InviteAdminUserRequestPrivilegesItem {
    /// Feature on which the permissions are given.
    pub feature: Option<InviteAdminUserRequestPrivilegesItemFeature>,
    /// Permissions on the feature; which ones apply depends on the feature.
    pub permissions: Option<Vec<InviteAdminUserRequestPrivilegesItemPermissionsItem>>,
}

/// Feature of the master account on which an invited user gets permissions.
#[apply(open_enum!)]
pub enum InviteAdminUserRequestPrivilegesItemFeature {
    MyPlan = "my_plan",
    Api = "api",
    UserManagement = "user_management",
    AppManagement = "app_management",
    SubOrganizationGroups = "sub_organization_groups",
    CreateSubOrganizations = "create_sub_organizations",
    ManageSubOrganizations = "manage_sub_organizations",
    Analytics = "analytics",
    Security = "security",
}

/// Permission of an invited user on one feature.
#[apply(open_enum!)]
pub enum InviteAdminUserRequestPrivilegesItemPermissionsItem {
    All = "all",
    None = "none",
    Create = "create",
    EditDelete = "edit_delete",
    DownloadData = "download_data",
    CreateAlerts = "create_alerts",
}

/// Credits to give to a sub-account, by channel.
#[apply(model!)]
pub struct PlanCredits {
    /// Number of e-mail credits; -1 for unlimited, on the newer Enterprise version (ENTv2) only.
    pub email: Option<i64>,
    /// Number of external feed credits, 0 or 1; on the newer Enterprise version (ENTv2) only.
    pub external_feeds: Option<i64>,
    /// Number of SMS credits; -1 for unlimited, on the newer Enterprise version (ENTv2) only.
    pub sms: Option<f64>,
    /// Number of WhatsApp credits; -1 for unlimited, on the newer Enterprise version (ENTv2) only.
    pub whatsapp: Option<f64>,
    /// Web push credits, 0 for none or -1 for unlimited; on the newer Enterprise version (ENTv2)
    /// only.
    pub wp_subscribers: Option<i64>,
}

/// Granted and remaining quantity of a credit or feature.
#[apply(model!)]
pub struct PlanQuota {
    /// Quantity granted.
    pub quantity: Option<i64>,
    /// Quantity still available.
    pub remaining: Option<i64>,
}

/// A newly created API key of a sub-account.
#[apply(model!)]
pub struct PostCorporateSubAccountKeyResponse {
    /// The API key; it is a secret.
    pub key: Option<String>,
    /// Outcome of the creation, as text.
    pub status: Option<String>,
}

/// Section of the application in which a user lands after single sign-on.
#[apply(open_enum!)]
pub enum PostCorporateSubAccountSsoTokenRequestTarget {
    Automation = "automation",
    EmailCampaign = "email_campaign",
    Contacts = "contacts",
    LandingPages = "landing_pages",
    EmailTransactional = "email_transactional",
    Senders = "senders",
    SmsCampaign = "sms_campaign",
    SmsTransactional = "sms_transactional",
}

/// Feature quotas to give to one sub-account.
#[apply(model!)]
pub struct PutCorporateSubAccountIdPlanRequestFeatures {
    /// Number of inboxes; not needed on the newer Enterprise version (ENTv2).
    pub inbox: Option<i64>,
    /// Number of landing pages.
    pub landing_page: Option<i64>,
    /// Number of sales and service users; on the newer Enterprise version (ENTv2) only.
    pub sales_users: Option<i64>,
    /// Number of users of the sub-account.
    pub users: Option<i64>,
}

/// Feature quotas to give to several sub-accounts.
#[apply(model!)]
pub struct PutCorporateSubAccountsPlanRequestFeatures {
    /// Number of landing pages.
    pub landing_page: Option<i64>,
    /// Number of sales and service users; on the newer Enterprise version (ENTv2) only.
    pub sales_users: Option<i64>,
    /// Number of users of each sub-account.
    pub users: Option<i64>,
}

/// Permissions on one feature for an existing admin user.
#[apply(model!)]
pub struct PutCorporateUserEmailPermissionsRequestPrivilegesItem {
    /// Feature on which the permissions are given.
    pub feature: Option<PutCorporateUserEmailPermissionsRequestPrivilegesItemFeature>,
    /// Permissions on the feature; which ones apply depends on the feature.
    pub permissions: Option<Vec<PutCorporateUserEmailPermissionsRequestPrivilegesItemPermissionsItem>>,
}

/// Feature of the master account on which an admin user has permissions.
#[apply(open_enum!)]
pub enum PutCorporateUserEmailPermissionsRequestPrivilegesItemFeature {
    UserManagement = "user_management",
    Api = "api",
    MyPlan = "my_plan",
    AppsManagement = "apps_management",
    Analytics = "analytics",
    SubOrganizationGroups = "sub_organization_groups",
    CreateSubOrganizations = "create_sub_organizations",
    ManageSubOrganizations = "manage_sub_organizations",
    Security = "security",
}

/// Permission of an admin user on one feature.
#[apply(open_enum!)]
pub enum PutCorporateUserEmailPermissionsRequestPrivilegesItemPermissionsItem {
    All = "all",
    None = "none",
    Create = "create",
    EditDelete = "edit_delete",
    CreateAlerts = "create_alerts",
    DownloadData = "download_data",
    MyLooks = "my_looks",
    ExploreCreate = "explore_create",
}

/// Outcome of sending an invitation again or cancelling it.
#[apply(model!)]
pub struct PutCorporateUserInvitationActionEmailResponse {
    /// Readable confirmation of the action.
    pub message: Option<String>,
}
