//! Loyalty rewards and vouchers.

use macro_rules_attribute::apply;

use super::shared::{BalanceDefinitionBalanceAvailabilityDurationModifier, Sort, VersionState};
use crate::schema::{DateTime, Map};

resource! {
    "Loyalty rewards and vouchers.",
    GetCodeCount,
    GetRewardPageApi,
    CreateReward,
    CreateVoucher,
    RedeemVoucher,
    CompleteRedeemTransaction,
    RevokeVouchers,
    ValidateReward,
    GetRewardInformation,
    GetVoucherForAContact,
}

/// Counts the codes in a code pool of a loyalty program.
#[apply(operation!)]
#[http(GET "/loyalty/offer/programs/{pid}/code-pools/{cpid}/codes-count" -> 200 GetCodeCountResponse)]
#[errors(400, 401, 403, 422, 500)]
pub struct GetCodeCount {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the code pool.
    #[api(format = "uuid")]
    pub cpid: String,
}

/// Lists the rewards (offers) of a loyalty program.
///
/// By default the draft is read; ask for `active` to see what members currently get. Loyalty calls
/// share 600 requests per hour on general plans, more on Advanced and Extended ones (source: API
/// limits page).
#[apply(operation!)]
#[http(GET "/loyalty/offer/programs/{pid}/offers" -> 200 GetLoyaltyOfferProgramsPidOffersResponse)]
#[errors(401, 403, 404, 422, 424, 500)]
#[page(Offset, "items", "totalCount")]
pub struct GetRewardPageApi {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Page size, from 1 to 100, 25 by default.
    #[api(min = 1, max = 100, default = 25)]
    pub limit: Option<i64>,
    /// Number of rewards to skip before the page starts, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Keeps only rewards in this state, `all` by default; the sources do not list the other
    /// values.
    #[api(default = "all")]
    pub state: Option<String>,
    /// Version of the program to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Creates a reward in a loyalty program.
///
/// Only names, description and image can be given here; limits, value and rules have no parameter
/// in this API.
#[apply(operation!)]
#[http(POST "/loyalty/offer/programs/{pid}/offers" -> 200 CreateRewardResponse)]
#[errors(401, 403, 422, 500)]
pub struct CreateReward {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Internal name of the reward, at most 128 characters.
    #[api(max_length = 128)]
    pub name: String,
    /// Explanation of the reward that members see, at most 128 characters.
    #[api(max_length = 128)]
    pub public_description: Option<String>,
    /// URL of the image of the reward that members see.
    #[api(format = "uri")]
    pub public_image: Option<String>,
    /// Name of the reward that members see, at most 128 characters.
    #[api(max_length = 128)]
    pub public_name: Option<String>,
}

/// Gives a reward to a member by creating a voucher.
///
/// One of `contact_id` and `loyalty_subscription_id` is required (source: official Python SDK).
/// There is no idempotency key here, so repeating a call after a lost reply may book it twice.
#[apply(operation!)]
#[http(POST "/loyalty/offer/programs/{pid}/rewards/attribute" -> 200 CreateVoucherResponse)]
#[errors(400, 401, 403, 404, 422, 500)]
pub struct CreateVoucher {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Code of the voucher, at most 128 characters.
    #[api(max_length = 128)]
    pub code: Option<String>,
    /// Numeric identifier of the contact who gets the voucher, at least 1.
    #[api(min = 1)]
    pub contact_id: Option<i64>,
    /// Time at which the voucher expires, given as text.
    pub expiration_date: Option<String>,
    /// Identifier of the subscription that gets the voucher; needed when `contact_id` is absent.
    pub loyalty_subscription_id: Option<String>,
    /// Free key and value pairs kept with the voucher.
    pub meta: Option<Map>,
    /// Identifier (UUID) of the reward to give.
    #[api(format = "uuid")]
    pub reward_id: String,
    /// Worth of the voucher, in the unit that the reward configuration sets.
    pub value: Option<f64>,
    /// Start of validity in RFC 3339 or as DD/MM/YYYY HH:MM AM/PM, read in the organization's time
    /// zone.
    pub valid_from: Option<String>,
}

/// Starts the redemption of a voucher.
///
/// Unless `auto_complete` is true the redemption stays open until `complete_redeem_transaction` is
/// called or `ttl` runs out. No parameter is marked as required, but the voucher has to be
/// identified somehow; we take that to mean by `attributed_reward_id` or by `code`. There is no
/// idempotency key here, so repeating a call after a lost reply may book it twice.
#[apply(operation!)]
#[http(POST "/loyalty/offer/programs/{pid}/rewards/redeem" -> 200 Redeem)]
#[errors(400, 401, 403, 404, 412, 417, 422, 500)]
pub struct RedeemVoucher {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the voucher, that is of the grant of the reward.
    #[api(format = "uuid")]
    pub attributed_reward_id: Option<String>,
    /// Code of the voucher to redeem.
    pub code: Option<String>,
    /// Numeric identifier of the contact who redeems, at least 1.
    #[api(min = 1)]
    pub contact_id: Option<i64>,
    /// Identifier of the subscription that redeems.
    pub loyalty_subscription_id: Option<String>,
    /// Free key and value pairs kept with the redemption.
    pub meta: Option<Map>,
    /// Order on which the voucher is used.
    pub order: Option<RedeemVoucherRequestOrder>,
    /// Identifier (UUID) of the reward that the voucher belongs to.
    #[api(format = "uuid")]
    pub reward_id: Option<String>,
    /// Lifetime of an open redemption in seconds, at least 0.
    #[api(min = 0)]
    pub ttl: Option<i64>,
    /// Whether the redemption is completed at once instead of staying open.
    pub auto_complete: Option<bool>,
}

/// Completes an open redemption of a voucher.
#[apply(operation!)]
#[http(POST "/loyalty/offer/programs/{pid}/rewards/redeem/{tid}/complete" -> 200 Redeem)]
#[errors(400, 401, 403, 404, 412, 417, 422, 500)]
pub struct CompleteRedeemTransaction {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier of the redemption, as returned by `redeem_voucher`.
    pub tid: String,
}

/// Takes vouchers back from the members who got them.
///
/// An empty reply means success. The parameter is not marked as required, but name the vouchers
/// always: what a call without it does is not documented.
#[apply(operation!)]
#[http(DELETE "/loyalty/offer/programs/{pid}/rewards/revoke" -> 204 ())]
#[errors(404, 500)]
pub struct RevokeVouchers {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifiers of the vouchers to revoke, separated by commas.
    pub attributed_reward_ids: Option<String>,
}

/// Checks whether a reward may be redeemed, without redeeming it.
///
/// No parameter is marked as required, but the voucher has to be identified somehow; we take that
/// to mean by `attributed_reward_id` or by `code`.
#[apply(operation!)]
#[http(POST "/loyalty/offer/programs/{pid}/rewards/validate" -> 200 ValidateRewardResponse)]
#[errors(401, 403, 404, 422, 424, 500)]
pub struct ValidateReward {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the voucher, that is of the grant of the reward.
    #[api(format = "uuid")]
    pub attributed_reward_id: Option<String>,
    /// Code of the voucher to check.
    pub code: Option<String>,
    /// Numeric identifier of the contact who wants to redeem, at least 1.
    #[api(min = 1)]
    pub contact_id: Option<i64>,
    /// Identifier of the subscription that wants to redeem.
    pub loyalty_subscription_id: Option<String>,
    /// Identifier of the point of sale where the voucher is shown.
    pub point_of_sell_id: Option<String>,
    /// Identifier (UUID) of the reward that the voucher belongs to.
    #[api(format = "uuid")]
    pub reward_id: Option<String>,
}

/// Retrieves one reward with its limits, products, rule and code settings.
///
/// By default the draft is read; ask for `active` to see what members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/offer/programs/{pid}/rewards/{rid}" -> 200 GetLoyaltyOfferProgramsPidRewardsRidResponse)]
#[errors(401, 403, 404, 422, 424, 500)]
pub struct GetRewardInformation {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub rid: String,
    /// Version of the program to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Lists the vouchers of one contact in a loyalty program.
///
/// Loyalty calls share 600 requests per hour on general plans, more on Advanced and Extended ones
/// (source: API limits page).
#[apply(operation!)]
#[http(GET "/loyalty/offer/programs/{pid}/vouchers" -> 200 GetLoyaltyOfferProgramsPidVouchersResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Offset, "contactRewards", "count")]
pub struct GetVoucherForAContact {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Page size, from 1 to 100, 25 by default.
    #[api(min = 1, max = 100, default = 25)]
    pub limit: Option<i64>,
    /// Number of vouchers to skip before the page starts, 0 by default.
    #[api(min = 0, default = 0)]
    pub offset: Option<i64>,
    /// Direction of the ordering, `desc` by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Field that orders the vouchers, `updatedAt` by default.
    #[api(default = "updatedAt")]
    pub sort_field: Option<GetLoyaltyOfferProgramsPidVouchersRequestSortField>,
    /// Numeric identifier of the contact whose vouchers are wanted, at least 1.
    #[api(min = 1)]
    pub contact_id: i64,
    /// Keeps only vouchers whose extra data holds this key and value.
    #[serde(rename = "metadata_key_value")]
    pub metadata_key_value: Option<String>,
    /// Keeps only vouchers of the reward with this identifier.
    pub reward_id: Option<String>,
}

/// Reward as recorded after its creation.
#[apply(model!)]
pub struct CreateRewardResponse {
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Internal name of the reward.
    pub name: Option<String>,
    /// Explanation of the reward that members see.
    pub public_description: Option<String>,
    /// URL of the image of the reward that members see.
    pub public_image: Option<String>,
    /// Name of the reward that members see.
    pub public_name: Option<String>,
    /// Time at which the reward was created.
    pub created_at: Option<DateTime>,
    /// Time at which the reward was last changed.
    pub updated_at: Option<DateTime>,
}

/// Voucher as recorded after it was given to a member.
#[apply(model!)]
pub struct CreateVoucherResponse {
    /// Code with which the voucher is redeemed.
    pub code: Option<String>,
    /// Time at which the voucher was used, absent before.
    pub consumed_at: Option<String>,
    /// Numeric identifier of the contact who got the voucher.
    pub contact_id: Option<i64>,
    /// Time at which the voucher was created.
    pub created_at: Option<DateTime>,
    /// Time at which the voucher expires, absent when it does not.
    pub expiration_date: Option<DateTime>,
    /// Identifier (UUID) of the voucher, which we take to be the `attributed_reward_id` elsewhere.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the voucher.
    pub meta: Option<Map>,
    /// Identifier (UUID) of the reward.
    pub reward_id: Option<String>,
    /// Time at which the voucher was last changed.
    pub updated_at: Option<DateTime>,
    /// Worth of the voucher, in the unit of the reward.
    pub value: Option<f64>,
    /// Time from which the voucher can be used.
    pub valid_from: Option<DateTime>,
}

/// Number of codes in a code pool.
#[apply(model!)]
pub struct GetCodeCountResponse {
    /// Number of codes in the pool.
    pub count: Option<i64>,
}

/// Page of the rewards of a program.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidOffersResponse {
    /// Rewards of the page.
    pub items: Option<Vec<GetLoyaltyOfferProgramsPidOffersResponseItemsItem>>,
    /// Number of rewards that the query finds.
    pub total_count: Option<i64>,
}

/// Reward in a list, in short form.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidOffersResponseItemsItem {
    /// Time at which the reward was created.
    pub created_at: Option<DateTime>,
    /// Time at which the validity of the reward ends.
    pub end_date: Option<DateTime>,
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Internal name of the reward.
    pub name: Option<String>,
    /// URL of the image of the reward that members see.
    pub public_image: Option<String>,
    /// Time from which the reward can be given.
    pub start_date: Option<DateTime>,
    /// State of the reward as text.
    pub state: Option<String>,
    /// Time at which the reward was last changed.
    pub updated_at: Option<DateTime>,
}

/// Reward with its limits, products, rule and code settings.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponse {
    /// Highest number of times that one member can get the reward.
    pub attribution_per_consumer: Option<i64>,
    /// Identifier (UUID) of the balance definition tied to the reward.
    #[api(format = "uuid")]
    pub balance_definition_id: Option<String>,
    /// Code of the reward.
    pub code: Option<String>,
    /// Number of codes generated for the reward.
    pub code_count: Option<i64>,
    /// Identifier (UUID) of the generator that makes the codes.
    #[api(format = "uuid")]
    pub code_generator_id: Option<String>,
    /// Identifier (UUID) of the pool from which the codes are taken.
    #[api(format = "uuid")]
    pub code_pool_id: Option<String>,
    /// Configuration of the reward, as text.
    pub config: Option<String>,
    /// Time at which the reward was created.
    pub created_at: Option<DateTime>,
    /// Time at which the reward was disabled, absent otherwise.
    pub disabled_at: Option<DateTime>,
    /// Time at which the validity of the reward ends.
    pub end_date: Option<DateTime>,
    /// Fixed time at which the reward expires.
    pub expiration_date: Option<DateTime>,
    /// Whether the expiry moves to the start or the end of the period, `noModification` by default.
    #[api(default = "noModification")]
    pub expiration_modifier: Option<BalanceDefinitionBalanceAvailabilityDurationModifier>,
    /// Time unit of `expiration_value`: day, week, month or year.
    pub expiration_unit: Option<String>,
    /// Number of time units after which the reward expires.
    pub expiration_value: Option<i64>,
    /// Generator that makes the codes of the reward.
    pub generator: Option<GetLoyaltyOfferProgramsPidRewardsRidResponseGenerator>,
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Limits on giving and redeeming the reward.
    pub limits: Option<Vec<GetLoyaltyOfferProgramsPidRewardsRidResponseLimitsItem>>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the reward.
    pub meta: Option<Map>,
    /// Internal name of the reward.
    pub name: Option<String>,
    /// Products that the reward covers.
    pub products: Option<Vec<GetLoyaltyOfferProgramsPidRewardsRidResponseProductsItem>>,
    /// Explanation of the reward that members see.
    pub public_description: Option<String>,
    /// URL of the image of the reward that members see.
    pub public_image: Option<String>,
    /// Name of the reward that members see.
    pub public_name: Option<String>,
    /// Highest number of times that one member can redeem the reward.
    pub redeem_per_consumer: Option<i64>,
    /// Rules that apply to the redemption, as texts.
    pub redeem_rules: Option<Vec<String>>,
    /// How grant, code and value of the reward are configured.
    pub reward_configs: Option<GetLoyaltyOfferProgramsPidRewardsRidResponseRewardConfigs>,
    /// Rule that governs the reward.
    pub rule: Option<GetLoyaltyOfferProgramsPidRewardsRidResponseRule>,
    /// Time from which the reward can be given.
    pub start_date: Option<DateTime>,
    /// Identifier of the balance definition that pays for the reward.
    pub subtract_balance_definition_id: Option<String>,
    /// When or how the balance pays for the reward, as text.
    pub subtract_balance_strategy: Option<String>,
    /// Amount that the balance pays for the reward, in its unit.
    pub subtract_balance_value: Option<i64>,
    /// Whether the whole balance is taken for the reward.
    pub subtract_total_balance: Option<bool>,
    /// Limit on how often the reward can be given in total.
    pub total_attribution: Option<i64>,
    /// Limit on how often the reward can be redeemed in total.
    pub total_redeem: Option<i64>,
    /// Identifier of the rule that triggers the reward.
    pub trigger_id: Option<String>,
    /// Unit of `value`, as text.
    pub unit: Option<String>,
    /// Time at which the reward was last changed.
    pub updated_at: Option<String>,
    /// Worth of the reward, in `unit`.
    pub value: Option<f64>,
    /// Kind of value that the reward grants, as text.
    pub value_type: Option<String>,
}

/// Generator that makes the codes of a reward.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseGenerator {
    /// Time at which the generator was created.
    pub created_at: Option<String>,
    /// Explanation of the generator.
    pub description: Option<String>,
    /// Identifier (UUID) of the generator.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Name of the generator.
    pub name: Option<String>,
    /// Pattern after which the codes are made.
    pub pattern: Option<String>,
    /// Time at which the generator was last changed.
    pub updated_at: Option<DateTime>,
}

/// Limit on giving or redeeming a reward within a time span.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseLimitsItem {
    /// Time at which the limit was created.
    pub created_at: Option<DateTime>,
    /// Time unit of `duration_value`, as text.
    pub duration_unit: Option<String>,
    /// Length of the time span over which the limit counts.
    pub duration_value: Option<i64>,
    /// Highest number of grants or redemptions within the time span.
    pub limit_value: Option<i64>,
    /// Identifier of the limit.
    pub reward_limit_id: Option<String>,
    /// Whether the time span rolls along instead of following fixed periods.
    pub sliding_schedule: Option<bool>,
    /// What the limit counts, grants or redemptions, as text.
    pub r#type: Option<String>,
    /// Time at which the limit was last changed.
    pub updated_at: Option<DateTime>,
}

/// Product that a reward covers.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseProductsItem {
    /// Time at which the product was tied to the reward.
    pub created_at: Option<String>,
    /// Reference of the image of the product.
    pub image_ref: Option<String>,
    /// Identifier of the product.
    pub product_id: Option<String>,
    /// Value kept with the product, as text.
    pub value: Option<String>,
}

/// How grant, code and value of a reward are configured.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseRewardConfigs {
    /// Configuration of how the reward is given.
    pub attribution: Option<String>,
    /// Configuration of where the code comes from.
    pub code: Option<String>,
    /// Configuration of the value of the reward.
    pub value: Option<String>,
}

/// Rule that governs a reward: an event, a condition and results.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseRule {
    /// Condition under which the rule applies.
    pub condition: Option<RuleConditionResponse>,
    /// Time at which the rule was created.
    pub created_at: Option<String>,
    /// Explanation of the rule.
    pub description: Option<String>,
    /// Event that sets the rule off.
    pub event: Option<GetLoyaltyOfferProgramsPidRewardsRidResponseRuleEvent>,
    /// Whether the rule is marked as internal.
    pub is_internal: Option<bool>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Number of the program version that the rule belongs to.
    pub loyalty_version_id: Option<i64>,
    /// Free key and value pairs kept with the rule.
    pub meta: Option<Map>,
    /// Name of the rule.
    pub name: Option<String>,
    /// What happens when the rule applies.
    pub results: Option<Vec<GetLoyaltyOfferProgramsPidRewardsRidResponseRuleResultsItem>>,
    /// Identifier of the rule.
    pub rule_id: Option<String>,
    /// Kind of the rule, as text.
    pub rule_type: Option<String>,
    /// Time at which the rule was last changed.
    pub updated_at: Option<String>,
}

/// Event that sets off the rule of a reward.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseRuleEvent {
    /// Name of the event.
    pub name: Option<String>,
    /// Origin of the event.
    pub source: Option<String>,
}

/// Action that follows when the rule of a reward applies.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseRuleResultsItem {
    /// Name of the action.
    pub action: Option<String>,
    /// Parameters of the action.
    pub parameters: Option<Vec<GetLoyaltyOfferProgramsPidRewardsRidResponseRuleResultsItemParametersItem>>,
    /// Service that carries out the action.
    pub service: Option<String>,
}

/// Named parameter of an action of a rule.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidRewardsRidResponseRuleResultsItemParametersItem {
    /// Name of the parameter.
    pub name: Option<String>,
    /// Value of the parameter.
    pub value: Option<ValueResponse>,
}

/// Field by which the vouchers of a contact can be ordered.
#[apply(open_enum!)]
pub enum GetLoyaltyOfferProgramsPidVouchersRequestSortField {
    UpdatedAt = "updatedAt",
    CreatedAt = "createdAt",
}

/// Page of the vouchers of one contact.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidVouchersResponse {
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Vouchers of the page.
    pub contact_rewards: Option<Vec<GetLoyaltyOfferProgramsPidVouchersResponseContactRewardsItem>>,
    /// Number of vouchers that the query finds.
    pub count: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Identifier of the contact's loyalty subscription.
    pub loyalty_subscription_id: Option<String>,
}

/// Voucher that a contact got.
#[apply(model!)]
pub struct GetLoyaltyOfferProgramsPidVouchersResponseContactRewardsItem {
    /// Code with which the voucher is redeemed.
    pub code: Option<String>,
    /// Time at which the voucher was used, absent before.
    pub consumed_at: Option<String>,
    /// Time at which the voucher was created.
    pub created_at: Option<String>,
    /// Time at which the voucher expires, absent when it does not.
    pub expiration_date: Option<String>,
    /// Identifier of the voucher, which we take to be the `attributed_reward_id` elsewhere.
    pub id: Option<String>,
    /// Free key and value pairs kept with the voucher.
    pub meta: Option<Map>,
    /// Identifier (UUID) of the reward.
    pub reward_id: Option<String>,
    /// Unit of `value`, as text.
    pub unit: Option<String>,
    /// Time at which the voucher was last changed.
    pub updated_at: Option<String>,
    /// Worth of the voucher, in `unit`.
    pub value: Option<f64>,
    /// Time from which the voucher can be used.
    pub valid_from: Option<DateTime>,
}

/// Node of an expression tree in a rule: an operator with arguments, or a constant.
#[apply(model!)]
pub struct NodeResponse {
    /// Arguments of the operator, each again a node.
    pub args: Option<Vec<NodeResponse>>,
    /// List of nodes, when the node is a list.
    pub array: Option<Vec<NodeResponse>>,
    /// Constant truth value, when the node is one.
    pub boolean: Option<bool>,
    /// Explanation of the node.
    pub description: Option<String>,
    /// Constant decimal number, when the node is one.
    pub float: Option<f64>,
    /// Constant whole number, when the node is one.
    pub int: Option<i64>,
    /// Operator of the node, when it has arguments.
    pub op: Option<String>,
    /// Constant text, when the node is one.
    pub string: Option<String>,
}

/// Redemption of a voucher, with its state.
#[apply(model!)]
pub struct Redeem {
    /// Time at which the redemption was cancelled, absent otherwise.
    pub cancelled_at: Option<DateTime>,
    /// Time at which the redemption was completed, absent otherwise.
    pub completed_at: Option<DateTime>,
    /// Numeric identifier of the contact who redeems.
    pub contact_id: Option<i64>,
    /// Time at which the redemption was started.
    pub created_at: Option<DateTime>,
    /// Identifier (UUID) of the transaction that debits the balance, where the reward costs one.
    #[api(format = "uuid")]
    pub debit_transaction_id: Option<String>,
    /// Time at which an open redemption lapses.
    pub expires_at: Option<DateTime>,
    /// Identifier (UUID) of the redemption, needed to complete it.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the redemption.
    pub meta: Option<Map>,
    /// Reason for the rejection, absent otherwise.
    pub reject_reason: Option<String>,
    /// Time at which the redemption was rejected, absent otherwise.
    pub rejected_at: Option<DateTime>,
    /// Identifier (UUID) of the voucher that is redeemed.
    #[api(format = "uuid")]
    pub reward_attribution_id: Option<String>,
    /// State of the redemption, as text.
    pub status: Option<String>,
    /// Time at which the redemption was last changed.
    pub updated_at: Option<DateTime>,
}

/// Order on which a voucher is used.
#[apply(model!)]
pub struct RedeemVoucherRequestOrder {
    /// Total of the order; the currency is not part of the request.
    pub amount: Option<f64>,
    /// Billing details of the order.
    pub billing: Option<RedeemVoucherRequestOrderBilling>,
    /// Numeric identifier of the contact who ordered.
    #[serde(rename = "contact_id")]
    pub contact_id: Option<i64>,
    /// Coupon codes used on the order.
    pub coupons: Option<Vec<String>>,
    /// Time at which the order was placed.
    pub created_at: Option<DateTime>,
    /// Email address of the contact who ordered.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Identifier of the order in your shop.
    pub id: Option<String>,
    /// Other identifiers of the contact who ordered.
    pub identifiers: Option<RedeemVoucherRequestOrderIdentifiers>,
    /// Products of the order.
    pub products: Option<Vec<RedeemVoucherRequestOrderProductsItem>>,
    /// State of the order in your shop.
    pub status: Option<String>,
    /// Identifier of the shop or store.
    pub store_id: Option<String>,
    /// Time at which the order was last changed.
    pub updated_at: Option<DateTime>,
}

/// Billing details of an order on which a voucher is used.
#[apply(model!)]
pub struct RedeemVoucherRequestOrderBilling {
    /// Street address for the bill.
    pub address: Option<String>,
    /// Town of the billing address.
    pub city: Option<String>,
    /// Country code of the billing address.
    pub country_code: Option<String>,
    /// Means of payment of the order.
    pub payment_method: Option<String>,
    /// Phone number for the bill, as a number.
    pub phone: Option<i64>,
    /// Postal code as a number, so leading zeros are lost.
    pub post_code: Option<i64>,
    /// Region or state of the billing address.
    pub region: Option<String>,
}

/// Other identifiers of the contact who placed an order.
#[apply(model!)]
pub struct RedeemVoucherRequestOrderIdentifiers {
    /// External identifier of the contact, as set by you.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Identifier of the contact's loyalty subscription.
    #[serde(rename = "loyalty_subscription_id")]
    pub loyalty_subscription_id: Option<String>,
}

/// Product of an order on which a voucher is used.
#[apply(model!)]
pub struct RedeemVoucherRequestOrderProductsItem {
    /// Categories of the product.
    pub category: Option<Vec<String>>,
    /// Price of one unit of the product.
    pub price: Option<f64>,
    /// Identifier of the product in your shop.
    pub product_id: Option<String>,
    /// Number of units ordered, which may be fractional.
    pub quantity: Option<f64>,
    /// Identifier of the variant of the product.
    pub variant_id: Option<String>,
}

/// Condition of a rule: a comparison, or several conditions joined by and or or.
#[apply(model!)]
pub struct RuleConditionResponse {
    /// Conditions of which all must hold.
    pub and: Option<Vec<RuleConditionResponse>>,
    /// Left side of the comparison.
    pub lhs: Option<ValueResponse>,
    /// Operator of the comparison.
    pub op: Option<String>,
    /// Conditions of which at least one must hold.
    pub or: Option<Vec<RuleConditionResponse>>,
    /// Right side of the comparison.
    pub rhs: Option<ValueResponse>,
}

/// Outcome of the check of a reward.
#[apply(model!)]
pub struct ValidateRewardResponse {
    /// Whether the reward may be redeemed.
    pub authorize: Option<bool>,
}

/// Value in a rule: a constant, a property or an expression, one field being set.
#[apply(model!)]
pub struct ValueResponse {
    /// List of values, when the value is a list.
    pub array: Option<Vec<ValueResponse>>,
    /// Constant truth value, when the value is one.
    pub boolean: Option<bool>,
    /// Name of the contact property that supplies the value.
    pub contact_property: Option<String>,
    /// Constant date, as text, when the value is one.
    pub date: Option<String>,
    /// Name of the event property that supplies the value.
    pub event_property: Option<String>,
    /// Expression that computes the value.
    pub expression: Option<NodeResponse>,
    /// Constant number, when the value is one.
    pub number: Option<f64>,
    /// Constant text, when the value is one.
    pub string: Option<String>,
}
