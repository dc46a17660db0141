//! Loyalty programs and the subscriptions to them.

use macro_rules_attribute::apply;

use super::shared::{ProgramSortField, Sort};
use crate::schema::{DateTime, Map};

resource! {
    "Loyalty programs and the subscriptions to them.",
    GetLpList,
    CreateNewLp,
    GetLoyaltyProgramInfo,
    UpdateLoyaltyProgram,
    DeleteLoyaltyProgram,
    PartiallyUpdateLoyaltyProgram,
    GetParameterSubscriptionInfo,
    DeleteContactSubscription,
    PublishLoyaltyProgram,
    SubscribeMemberToASubscription,
    DeleteContactMembers,
    SubscribeToLoyaltyProgram,
}

/// Lists the loyalty programs of the account.
///
/// The reply has no total, so a page shorter than `limit` is the last one. Loyalty calls share 600
/// requests per hour on general plans, more on Advanced and Extended ones (source: API limits
/// page).
#[apply(operation!)]
#[http(GET "/loyalty/config/programs" -> 200 GetLpListResponse)]
#[errors(400, 401, 403, 404, 422, 500)]
#[page(Offset, "items")]
pub struct GetLpList {
    /// Page size; neither a maximum nor a default is documented.
    pub limit: Option<i64>,
    /// Number of programs to skip before the page starts.
    pub offset: Option<i64>,
    /// Field that orders the programs: name, creation time or time of the last change.
    #[serde(rename = "sort_field")]
    pub sort_field: Option<ProgramSortField>,
    /// Direction of the ordering, ascending or descending.
    pub sort: Option<Sort>,
}

/// Creates a loyalty program.
///
/// A new program is not live: configure it, then publish it (source: loyalty overview page). A
/// conflict with an existing program gives status 409.
#[apply(operation!)]
#[http(POST "/loyalty/config/programs" -> 200 LoyaltyProgram)]
#[errors(401, 403, 409, 422, 500)]
pub struct CreateNewLp {
    /// Explanation of the program, at most 256 characters.
    #[api(max_length = 256)]
    pub description: Option<String>,
    /// Identifier of a document of your own that belongs to the program, unique if given.
    pub document_id: Option<String>,
    /// Free key and value pairs kept with the program.
    pub meta: Option<Map>,
    /// Name of the program, at most 128 characters.
    #[api(max_length = 128)]
    pub name: String,
}

/// Retrieves one loyalty program.
#[apply(operation!)]
#[http(GET "/loyalty/config/programs/{pid}" -> 200 LoyaltyProgram)]
#[errors(401, 403, 404, 422, 500)]
pub struct GetLoyaltyProgramInfo {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
}

/// Replaces the name, description and extra data of a loyalty program.
///
/// Use `partially_update_loyalty_program` to change only some of them; whether omitted values are
/// kept here is not documented. A conflict with another program gives status 409.
#[apply(operation!)]
#[http(PUT "/loyalty/config/programs/{pid}" -> 200 LoyaltyProgram)]
#[errors(401, 403, 404, 409, 422, 500)]
pub struct UpdateLoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// New explanation of the program.
    pub description: Option<String>,
    /// New key and value pairs kept with the program.
    pub meta: Option<Map>,
    /// New name of the program.
    pub name: String,
}

/// Deletes a loyalty program.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/loyalty/config/programs/{pid}" -> 204 ())]
#[errors(401, 403, 404, 422, 500)]
pub struct DeleteLoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
}

/// Changes only the given properties of a loyalty program.
///
/// Omitted parameters stay as they are. A conflict with another program gives status 409.
#[apply(operation!)]
#[http(PATCH "/loyalty/config/programs/{pid}" -> 200 LoyaltyProgram)]
#[errors(401, 403, 404, 409, 422, 500)]
pub struct PartiallyUpdateLoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// New explanation of the program, if it is to change.
    pub description: Option<String>,
    /// New key and value pairs kept with the program, if they are to change.
    pub meta: Option<Map>,
    /// New name of the program, if it is to change.
    pub name: Option<String>,
}

/// Retrieves balances, tiers, rewards and members of one subscription in a single call.
///
/// Name the subscription by `contact_id` or `loyalty_subscription_id`; neither is marked as
/// required. One call here saves several against the hourly limit of loyalty calls (600 on general
/// plans, source: API limits page).
#[apply(operation!)]
#[http(GET "/loyalty/config/programs/{pid}/account-info" -> 200 GetParameterSubscriptionInfoResponse)]
#[errors(400, 401, 403, 422, 500)]
pub struct GetParameterSubscriptionInfo {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Numeric identifier of the contact who holds the subscription, given as text.
    pub contact_id: Option<String>,
    /// Selection of the subscription data to return; the sources do not list the accepted values.
    pub params: Option<String>,
    /// Identifier of the loyalty subscription, as chosen when the contact was subscribed.
    pub loyalty_subscription_id: Option<String>,
    /// Whether data marked as internal is included too.
    pub include_internal: Option<bool>,
}

/// Removes the subscription of a contact from a loyalty program.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/loyalty/config/programs/{pid}/contact/{cid}" -> 204 ())]
#[errors(400, 401, 403, 404, 422, 500)]
pub struct DeleteContactSubscription {
    /// Identifier (UUID) of the loyalty program.
    pub pid: String,
    /// Numeric identifier of the contact whose subscription is removed.
    pub cid: i64,
}

/// Publishes a loyalty program so that its draft configuration becomes the active one.
///
/// An empty reply means success. Later changes to tiers or balance definitions stay in the draft
/// until the program is published again (source: loyalty overview page).
#[apply(operation!)]
#[http(POST "/loyalty/config/programs/{pid}/publish" -> 200 ())]
#[errors(401, 403, 404, 422, 500)]
pub struct PublishLoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
}

/// Adds contacts as members to the existing subscription of another contact.
///
/// Name the subscription by `contact_id` or `loyalty_subscription_id`; one of them is required
/// (source: official Python SDK).
#[apply(operation!)]
#[http(POST "/loyalty/config/programs/{pid}/subscription-members" -> 200 SubscribeMemberToASubscriptionResponse)]
#[errors(401, 403, 404, 409, 422, 500)]
pub struct SubscribeMemberToASubscription {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Numeric identifier of the contact who owns the subscription; needed when
    /// `loyalty_subscription_id` is absent.
    pub contact_id: Option<i64>,
    /// Identifier of the subscription, at most 64 characters; needed when `contact_id` is absent.
    #[api(max_length = 64)]
    pub loyalty_subscription_id: Option<String>,
    /// Numeric identifiers of the contacts to add, at least one, each 1 or more.
    #[api(min_items = 1)]
    pub member_contact_ids: Vec<i64>,
}

/// Removes member contacts from their subscription in a loyalty program.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/loyalty/config/programs/{pid}/subscription-members" -> 204 ())]
#[errors(400, 401, 403, 404, 422, 500)]
pub struct DeleteContactMembers {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Numeric identifiers of the member contacts to remove, separated by commas.
    pub member_contact_ids: String,
}

/// Subscribes a contact to a loyalty program.
///
/// This comes before any transaction: crediting a contact without a subscription is refused with
/// status 422 (source: loyalty best practices page). Setting `loyalty_subscription_id` to your own
/// customer number spares a mapping table.
#[apply(operation!)]
#[http(POST "/loyalty/config/programs/{pid}/subscriptions" -> 200 SubscribeToLoyaltyProgramResponse)]
#[errors(400, 401, 403, 404, 422, 500)]
pub struct SubscribeToLoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Numeric identifier of the contact to subscribe, above 0.
    pub contact_id: i64,
    /// Identifier that you choose for the subscription, at most 64 characters.
    #[api(max_length = 64)]
    pub loyalty_subscription_id: Option<String>,
    /// Start of the subscription if it differs from now, as a date-time.
    pub creation_date: Option<DateTime>,
    /// Free key and value pairs kept with the subscription.
    pub meta: Option<Map>,
}

/// Page of the loyalty programs of the account.
#[apply(model!)]
pub struct GetLpListResponse {
    /// Loyalty programs of the page.
    pub items: Option<Vec<LoyaltyProgram>>,
}

/// Overview of one subscription: balances, tiers, rewards and members.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponse {
    /// Balances of the subscription.
    pub balance: Option<GetParameterSubscriptionInfoResponseBalance>,
    /// Name of the loyalty program.
    pub loyalty_program_name: Option<String>,
    /// Contacts who are members of the subscription.
    pub members: Option<Vec<GetParameterSubscriptionInfoResponseMembersItem>>,
    /// Subscription itself, with its identifier and times.
    pub membership: Option<GetParameterSubscriptionInfoResponseMembership>,
    /// Rewards that were given to the subscription.
    pub reward: Option<Vec<GetParameterSubscriptionInfoResponseRewardItem>>,
    /// Tiers that the subscription has reached, by tier group.
    pub tier: Option<Vec<GetParameterSubscriptionInfoResponseTierItem>>,
}

/// Balances in the overview of a subscription.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseBalance {
    /// Amounts, one per balance definition.
    pub balances: Option<Vec<GetParameterSubscriptionInfoResponseBalanceBalancesItem>>,
    /// Numeric identifier of the contact who holds the subscription.
    pub contact_id: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
}

/// Amount under one balance definition in the overview of a subscription.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseBalanceBalancesItem {
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Name of the balance definition.
    pub balance_definition_name: Option<String>,
    /// Amount on the balance, in the unit of its definition.
    pub value: Option<f64>,
}

/// Member in the overview of a subscription.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseMembersItem {
    /// Time at which the member was added.
    pub created_at: Option<String>,
    /// Numeric identifier of the member contact.
    pub member_contact_id: Option<i64>,
    /// Time at which the membership was last changed.
    pub updated_at: Option<String>,
}

/// Subscription in its overview, with its identifier and times.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseMembership {
    /// Time at which the subscription was created.
    pub created_at: Option<DateTime>,
    /// Identifier of the loyalty subscription.
    pub loyalty_subscription_id: Option<String>,
    /// Time at which the subscription was last changed.
    pub updated_at: Option<DateTime>,
}

/// Reward in the overview of a subscription.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseRewardItem {
    /// Code with which the reward is redeemed.
    pub code: Option<String>,
    /// Numeric identifier of the contact who got the reward.
    pub contact_id: Option<i64>,
    /// Time at which the reward was given.
    pub created_at: Option<String>,
    /// Time at which the reward expires, absent when it does not.
    pub expiration_date: Option<String>,
    /// Identifier of this grant of the reward.
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the reward.
    pub meta: Option<Map>,
    /// Explanation of the reward that members see.
    pub public_description: Option<String>,
    /// Identifier (UUID) of the reward itself.
    pub reward_id: Option<String>,
    /// Name of the reward.
    pub reward_name: Option<String>,
    /// Unit of `value`: percent or a currency.
    pub unit: Option<GetParameterSubscriptionInfoResponseRewardItemUnit>,
    /// Time at which the grant was last changed.
    pub updated_at: Option<DateTime>,
    /// Time from which the reward can be used.
    pub valid_from: Option<DateTime>,
    /// Worth of the reward, in `unit`.
    pub value: Option<f64>,
}

/// Unit of the worth of a reward: percent or an ISO 4217 currency code.
#[apply(open_enum!)]
pub enum GetParameterSubscriptionInfoResponseRewardItemUnit {
    Percent = "PERCENT",
    Eur = "EUR",
    Usd = "USD",
    Mxn = "MXN",
    Gbp = "GBP",
    Inr = "INR",
    Cad = "CAD",
    Sgd = "SGD",
    Ron = "RON",
    Jpy = "JPY",
    Myr = "MYR",
    Clp = "CLP",
    Pen = "PEN",
    Mad = "MAD",
    Aud = "AUD",
    Chf = "CHF",
    Brl = "BRL",
}

/// Tier in the overview of a subscription.
#[apply(model!)]
pub struct GetParameterSubscriptionInfoResponseTierItem {
    /// Numeric identifier of the contact who reached the tier.
    pub contact_id: Option<i64>,
    /// Time at which the tier was reached or assigned.
    pub created_at: Option<String>,
    /// Identifier (UUID) of the tier group.
    pub group_id: Option<String>,
    /// Name of the tier group.
    pub group_name: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the assignment.
    pub meta: Option<Map>,
    /// Identifier (UUID) of the tier.
    pub tier_id: Option<String>,
    /// Name of the tier.
    pub tier_name: Option<String>,
    /// Time at which the assignment was last changed.
    pub updated_at: Option<String>,
}

/// Loyalty program, the container of balances, tiers and rewards.
#[apply(model!)]
pub struct LoyaltyProgram {
    /// Identifier (UUID) of the loyalty program.
    pub id: Option<String>,
    /// Name of the program.
    pub name: Option<String>,
    /// Explanation of the program.
    pub description: Option<String>,
    /// Free key and value pairs kept with the program.
    pub meta: Option<Map>,
    /// Whether the program is inactive, active or a draft.
    pub state: Option<LoyaltyProgramState>,
    /// Identifier of the pool from which subscription identifiers are taken.
    pub subscription_pool_id: Option<String>,
    /// Identifier of the generator that makes subscription identifiers.
    pub subscription_generator_id: Option<String>,
    /// Pattern after which subscription identifiers are generated.
    pub pattern: Option<String>,
    /// Number of codes in the pool of subscription identifiers.
    pub code_count: Option<i64>,
    /// Identifier of a document of your own that belongs to the program.
    pub document_id: Option<String>,
    /// Name of the contact attribute that holds the birthday.
    pub birthday_attribute: Option<String>,
    /// Time at which the program was created.
    pub created_at: Option<DateTime>,
    /// Time at which the program was last changed.
    pub updated_at: Option<DateTime>,
}

/// State of a loyalty program.
#[apply(open_enum!)]
pub enum LoyaltyProgramState {
    Inactive = "inactive",
    Active = "active",
    Draft = "draft",
}

/// Outcome of adding members to a subscription.
#[apply(model!)]
pub struct SubscribeMemberToASubscriptionResponse {
    /// Numeric identifier of the Brevo organization that owns the program.
    pub organization_id: Option<i64>,
    /// Numeric identifier of the contact who owns the subscription.
    pub owner_contact_id: Option<i64>,
    /// Numeric identifiers of the member contacts.
    pub member_contact_ids: Option<Vec<i64>>,
    /// Time at which the members were added.
    pub created_at: Option<DateTime>,
    /// Time at which the memberships were last changed.
    pub updated_at: Option<DateTime>,
}

/// Subscription as recorded after its creation.
#[apply(model!)]
pub struct SubscribeToLoyaltyProgramResponse {
    /// Numeric identifier of the Brevo organization that owns the program.
    pub organization_id: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Number of the program version that the subscription belongs to.
    pub version_id: Option<i64>,
    /// Numeric identifier of the subscribed contact.
    pub contact_id: Option<i64>,
    /// Identifier of the subscription, yours or a generated one.
    pub loyalty_subscription_id: Option<String>,
    /// Free key and value pairs kept with the subscription.
    pub meta: Option<Map>,
    /// Time at which the subscription was created.
    pub created_at: Option<DateTime>,
    /// Time at which the subscription was last changed.
    pub updated_at: Option<DateTime>,
}
