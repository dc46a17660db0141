//! Loyalty balances: definitions, limits, transactions and subscriptions.

use macro_rules_attribute::apply;

use super::shared::{
    BalanceDefinitionBalanceAvailabilityDurationModifier, DurationUnit, InternalMeta, ProgramSortField, Sort,
    VersionState,
};
use crate::schema::{Date, DateTime, Map};

resource! {
    "Loyalty balances: definitions, limits, transactions and subscriptions.",
    GetActiveBalancesApi,
    GetBalanceDefinitionList,
    CreateBalanceDefinition,
    GetBalanceDefinition,
    UpdateBalanceDefinition,
    DeleteBalanceDefinition,
    CreateBalanceLimit,
    GetBalanceLimit,
    UpdateBalanceLimit,
    DeleteBalanceLimit,
    GetContactBalances,
    CreateBalanceOrder,
    GetSubscriptionBalances,
    CreateSubscriptionBalances,
    GetTransactionHistoryApi,
    BeginTransaction,
    CancelTransaction,
    CompleteTransaction,
}

/// Lists the balance entries of one contact that are still usable under one balance definition.
///
/// Loyalty calls share 600 requests per hour on general plans, more on Advanced and Extended ones
/// (source: API limits page).
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/active-balance" -> 200 GetLoyaltyBalanceProgramsPidActiveBalanceResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Offset, "activeBalances", "count")]
pub struct GetActiveBalancesApi {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Page size, from 1 to 500; no default is documented.
    #[api(min = 1, max = 500)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts, at least 0.
    #[api(min = 0)]
    pub offset: Option<i64>,
    /// Field that orders the entries; creation time is the only choice.
    pub sort_field: Option<String>,
    /// Direction of the ordering, ascending or descending.
    pub sort: Option<Sort>,
    /// Numeric identifier of the contact whose active balances are wanted.
    pub contact_id: i64,
    /// Identifier (UUID) of the balance definition that the entries belong to.
    pub balance_definition_id: String,
    /// Whether balances of definitions marked as internal are included too.
    pub include_internal: Option<bool>,
}

/// Lists the balance definitions of a loyalty program.
///
/// By default the draft is read; ask for `active` to see what members currently get. A reply
/// without a body (status 204) stands for a program without definitions. The reply has no total, so
/// a page shorter than `limit` is the last one.
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/balance-definitions" -> 200 | 204 Option<GetBalanceDefinitionListResponse>)]
#[errors(401, 403, 422, 500)]
#[page(Offset, "items")]
pub struct GetBalanceDefinitionList {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Page size, from 1 to 500, 200 by default.
    #[api(min = 1, max = 500, default = 200)]
    pub limit: Option<i64>,
    /// Number of definitions to skip before the page starts, 0 by default.
    #[api(min = 0, default = 0)]
    pub offset: Option<i64>,
    /// Field that orders the definitions, `updated_at` by default.
    #[api(default = "updated_at")]
    pub sort_field: Option<ProgramSortField>,
    /// Direction of the ordering, `desc` by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Version of the program to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Creates a balance definition, such as points or a currency amount, in a loyalty program.
///
/// Expiry is given either by `balance_expiration_date` or by the three availability duration
/// parameters, not by both (source: older SDKs). A published program has to be published again
/// before the new definition counts (source: loyalty overview page).
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/balance-definitions" -> 200 BalanceDefinition)]
#[errors(401, 403, 404, 422, 500)]
pub struct CreateBalanceDefinition {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Moves the expiry to the start or the end of the period, or leaves it unchanged.
    pub balance_availability_duration_modifier: Option<BalanceDefinitionBalanceAvailabilityDurationModifier>,
    /// Time unit of `balance_availability_duration_value`.
    pub balance_availability_duration_unit: Option<DurationUnit>,
    /// Number of time units after which a credited amount expires.
    pub balance_availability_duration_value: Option<i64>,
    /// Yearly expiry date used instead of a duration; the official SDK describes the form as dd/mm
    /// although the type is a date.
    pub balance_expiration_date: Option<Date>,
    /// Whether a credit beyond the maximum balance is refused (`strict`) or booked in part
    /// (`partial`).
    pub balance_option_amount_overtaking_strategy:
        Option<BalanceDefinitionBalanceOptionAmountOvertakingStrategy>,
    /// How fractional amounts are rounded when the balance is credited.
    pub balance_option_credit_rounding: Option<Rounding>,
    /// How fractional amounts are rounded when the balance is debited.
    pub balance_option_debit_rounding: Option<Rounding>,
    /// Short explanation of the balance, at most 256 characters.
    #[api(max_length = 256)]
    pub description: Option<String>,
    /// URL of an image that illustrates the balance.
    pub image_ref: Option<String>,
    /// Highest amount that a balance of this definition may reach, in `unit`.
    pub max_amount: Option<f64>,
    /// Highest amount that one credit may add, in `unit`.
    pub max_credit_amount_limit: Option<f64>,
    /// Highest amount that one debit may take away, in `unit`.
    pub max_debit_amount_limit: Option<f64>,
    /// Extra data of the definition, for instance whether it is internal.
    pub meta: Option<InternalMeta>,
    /// Lowest amount that a balance of this definition may reach, in `unit`.
    pub min_amount: Option<f64>,
    /// Name of the balance definition, at most 128 characters.
    #[api(max_length = 128)]
    pub name: String,
    /// What the balance counts: points or one of the supported currencies.
    pub unit: BalanceUnit,
}

/// Retrieves one balance definition of a loyalty program.
///
/// By default the draft is read; ask for `active` to see what members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}" -> 200 BalanceDefinition)]
#[errors(401, 403, 404, 422, 500)]
pub struct GetBalanceDefinition {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Version of the program to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Replaces the settings of a balance definition.
///
/// `name` and `unit` have to be sent each time; send the other settings as well, since it is not
/// documented whether omitted ones are kept. A published program has to be published again before
/// the change counts (source: loyalty overview page).
#[apply(operation!)]
#[http(PUT "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}" -> 200 BalanceDefinition)]
#[errors(401, 403, 404, 422, 424, 500)]
pub struct UpdateBalanceDefinition {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition to change.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Moves the expiry to the start or the end of the period, or leaves it unchanged.
    pub balance_availability_duration_modifier: Option<BalanceDefinitionBalanceAvailabilityDurationModifier>,
    /// Time unit of `balance_availability_duration_value`.
    pub balance_availability_duration_unit: Option<DurationUnit>,
    /// Number of time units after which a credited amount expires.
    pub balance_availability_duration_value: Option<i64>,
    /// Yearly expiry date in the form dd/mm, or an empty text for none.
    pub balance_expiration_date: Option<String>,
    /// Whether a credit beyond the maximum balance is refused (`strict`) or booked in part
    /// (`partial`).
    pub balance_option_amount_overtaking_strategy:
        Option<BalanceDefinitionBalanceOptionAmountOvertakingStrategy>,
    /// How fractional amounts are rounded when the balance is credited.
    pub balance_option_credit_rounding: Option<Rounding>,
    /// How fractional amounts are rounded when the balance is debited.
    pub balance_option_debit_rounding: Option<Rounding>,
    /// Short explanation of the balance, at most 256 characters.
    #[api(max_length = 256)]
    pub description: Option<String>,
    /// URL of an image that illustrates the balance.
    pub image_ref: Option<String>,
    /// Highest amount that a balance of this definition may reach, in `unit`.
    pub max_amount: Option<f64>,
    /// Highest amount that one credit may add, in `unit`.
    pub max_credit_amount_limit: Option<f64>,
    /// Highest amount that one debit may take away, in `unit`.
    pub max_debit_amount_limit: Option<f64>,
    /// Extra data of the definition, for instance whether it is internal.
    pub meta: Option<InternalMeta>,
    /// Lowest amount that a balance of this definition may reach, in `unit`.
    pub min_amount: Option<f64>,
    /// Name of the balance definition, at most 128 characters.
    #[api(max_length = 128)]
    pub name: String,
    /// What the balance counts: points or one of the supported currencies.
    pub unit: BalanceUnit,
}

/// Deletes a balance definition from a loyalty program.
///
/// An empty reply means success. A published program has to be published again before the change
/// counts (source: loyalty overview page).
#[apply(operation!)]
#[http(DELETE "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}" -> 204 ())]
#[errors(401, 403, 404, 422, 500)]
pub struct DeleteBalanceDefinition {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition to delete.
    #[api(format = "uuid")]
    pub bdid: String,
}

/// Adds a limit on the credits or debits of a balance within a time span.
///
/// The limit counts either transactions or their amounts, as `constraint_type` says.
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}/limits" -> 200 BalanceLimit)]
#[errors(401, 403, 422, 424, 500)]
pub struct CreateBalanceLimit {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition that gets the limit.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Whether `value` caps the number of transactions or their summed amount.
    pub constraint_type: ConstraintType,
    /// Time unit of `duration_value`.
    pub duration_unit: DurationUnit,
    /// Length of the time span over which the limit counts, in `duration_unit`.
    pub duration_value: i64,
    /// Whether the time span rolls along with each moment instead of following fixed periods.
    pub sliding_schedule: Option<bool>,
    /// Whether the limit is for credits or for debits.
    pub transaction_type: TransactionType,
    /// Highest number of transactions or highest amount allowed within the time span.
    pub value: i64,
}

/// Retrieves one limit of a balance definition.
///
/// By default the draft is read; ask for `active` to see what members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}/limits/{blid}" -> 200 BalanceLimit)]
#[errors(401, 403, 404, 422, 500)]
pub struct GetBalanceLimit {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition that the limit belongs to.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Identifier (UUID) of the balance limit.
    #[api(format = "uuid")]
    pub blid: String,
    /// Version of the program to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Replaces the settings of a limit of a balance definition.
///
/// All settings except `sliding_schedule` have to be sent each time.
#[apply(operation!)]
#[http(PUT "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}/limits/{blid}" -> 200 BalanceLimit)]
#[errors(401, 403, 404, 422, 500)]
pub struct UpdateBalanceLimit {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition that the limit belongs to.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Identifier (UUID) of the balance limit to change.
    #[api(format = "uuid")]
    pub blid: String,
    /// Whether `value` caps the number of transactions or their summed amount.
    pub constraint_type: ConstraintType,
    /// Time unit of `duration_value`.
    pub duration_unit: DurationUnit,
    /// Length of the time span over which the limit counts, in `duration_unit`.
    pub duration_value: i64,
    /// Whether the time span rolls along with each moment instead of following fixed periods.
    pub sliding_schedule: Option<bool>,
    /// Whether the limit is for credits or for debits.
    pub transaction_type: TransactionType,
    /// Highest number of transactions or highest amount allowed within the time span.
    pub value: i64,
}

/// Deletes a limit from a balance definition.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/loyalty/balance/programs/{pid}/balance-definitions/{bdid}/limits/{blid}" -> 204 ())]
#[errors(401, 403, 404, 422, 500)]
pub struct DeleteBalanceLimit {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the balance definition that the limit belongs to.
    #[api(format = "uuid")]
    pub bdid: String,
    /// Identifier (UUID) of the balance limit to delete.
    #[api(format = "uuid")]
    pub blid: String,
}

/// Lists the balances of all members of a program under one balance definition.
///
/// Loyalty calls share 600 requests per hour on general plans, more on Advanced and Extended ones
/// (source: API limits page).
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/contact-balances" -> 200 GetContactBalancesResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Offset, "balances", "count")]
pub struct GetContactBalances {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Whether balances of definitions marked as internal are included too.
    pub include_internal: Option<bool>,
    /// Page size; neither a maximum nor a default is documented.
    pub limit: Option<i64>,
    /// Number of balances to skip before the page starts.
    pub offset: Option<i64>,
    /// Direction of the ordering, ascending or descending.
    pub sort: Option<Sort>,
    /// Field that orders the balances: time of the last change or value.
    pub sort_field: Option<GetContactBalancesRequestSortField>,
    /// Identifier (UUID) of the balance definition whose balances are listed.
    pub balance_definition_id: String,
}

/// Schedules a change of a contact's balance for a given time.
///
/// The booking happens at `due_at`; the reply describes the order. There is no idempotency key
/// here, so repeating a call after a lost reply may book it twice. Keep the returned identifiers,
/// as completing or cancelling needs the transaction.
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/create-order" -> 200 CreateBalanceOrderResponse)]
#[errors(401, 403, 422, 500)]
pub struct CreateBalanceOrder {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Amount to book on the balance, in the unit of its definition.
    pub amount: f64,
    /// Identifier (UUID) of the balance definition to book on.
    pub balance_definition_id: String,
    /// Numeric identifier of the contact whose balance changes, at least 1.
    #[api(min = 1)]
    pub contact_id: i64,
    /// Time at which the order is to be carried out, as an RFC 3339 date-time.
    pub due_at: DateTime,
    /// Time at which the booked amount expires, as an RFC 3339 date-time.
    pub expires_at: Option<DateTime>,
    /// Free key and value pairs kept with the order.
    pub meta: Option<Map>,
    /// Origin of the order: the loyalty engine or a user.
    pub source: CreateBalanceOrderRequestSource,
}

/// Retrieves all balances of one contact in a loyalty program.
///
/// The two operations on this resource declare `cid` in different forms (integer here, UUID when
/// creating); it is passed on unchanged, and the numeric contact identifier is the likely reading.
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/subscriptions/{cid}/balances" -> 200 GetSubscriptionBalancesResponse)]
#[errors(401, 403, 404, 422, 500)]
pub struct GetSubscriptionBalances {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Numeric identifier of the contact, given as text.
    #[api(format = "int")]
    pub cid: String,
    /// Whether balances of definitions marked as internal are included too.
    pub include_internal: Option<bool>,
}

/// Opens a balance for one contact of a loyalty program.
///
/// The vendor's definition declares `cid` as a UUID but describes it as the contact identifier; it
/// is passed on unchanged.
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/subscriptions/{cid}/balances" -> 200 PostLoyaltyBalanceProgramsPidSubscriptionsCidBalancesResponse)]
#[errors(401, 403, 404, 422, 500)]
pub struct CreateSubscriptionBalances {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier of the contact, given as text and sent unchanged.
    #[api(format = "uuid")]
    pub cid: String,
    /// Identifier (UUID) of the balance definition that the new balance follows.
    pub balance_definition_id: String,
}

/// Lists the transactions of one contact under one balance definition.
///
/// Use it to find a transaction whose identifier was lost. Loyalty calls share 600 requests per
/// hour on general plans, more on Advanced and Extended ones (source: API limits page).
#[apply(operation!)]
#[http(GET "/loyalty/balance/programs/{pid}/transaction-history" -> 200 GetLoyaltyBalanceProgramsPidTransactionHistoryResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Offset, "transactionHistory", "count")]
pub struct GetTransactionHistoryApi {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Page size, 20 by default; no maximum is documented.
    #[api(default = 20)]
    pub limit: Option<i64>,
    /// Number of transactions to skip before the page starts, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Field that orders the transactions; creation time is the only choice.
    pub sort_field: Option<String>,
    /// Direction of the ordering, `desc` by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Numeric identifier of the contact whose transactions are wanted.
    pub contact_id: i64,
    /// Identifier (UUID) of the balance definition that the transactions belong to.
    pub balance_definition_id: String,
    /// Keeps only transactions in this state.
    pub status: Option<TransactionStatus>,
    /// Keeps only credits or only debits.
    pub transaction_type: Option<TransactionType>,
    /// Keeps only transactions of this loyalty subscription.
    pub loyalty_subscription_id: Option<String>,
}

/// Starts a credit or debit on the balance of a member.
///
/// Give `contact_id` or `loyalty_subscription_id`. Unless `auto_complete` is true the transaction
/// stays open until it is completed or cancelled. A contact who is not subscribed to the program is
/// refused with status 422 (source: loyalty best practices page). There is no idempotency key here,
/// so repeating a call after a lost reply may book it twice.
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/transactions" -> 200 Transaction)]
#[errors(401, 403, 404, 422, 500)]
pub struct BeginTransaction {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Amount to book; without `transaction_type` a positive value credits and a negative one
    /// debits.
    pub amount: f64,
    /// Credit or debit; when absent the sign of `amount` decides.
    pub transaction_type: Option<TransactionType>,
    /// Identifier (UUID) of the balance definition to book on.
    pub balance_definition_id: String,
    /// Numeric identifier of the member, at least 1; needed when `loyalty_subscription_id` is
    /// absent.
    #[api(min = 1)]
    pub contact_id: Option<i64>,
    /// Identifier of the member's subscription; needed when `contact_id` is absent.
    #[serde(rename = "LoyaltySubscriptionId")]
    pub loyalty_subscription_id: Option<String>,
    /// Free key and value pairs kept with the transaction, for example an order number.
    pub meta: Option<Map>,
    /// Lifetime of an open transaction in seconds, at least 10 (source: PHP SDK).
    pub ttl: Option<i64>,
    /// Time at which the underlying event took place, as an RFC 3339 date-time.
    pub event_time: Option<DateTime>,
    /// Whether the transaction is completed at once instead of staying open.
    pub auto_complete: Option<bool>,
    /// Minutes until the amount expires, above 0; counts only when `auto_complete` is true.
    pub balance_expiry_in_minutes: Option<i64>,
}

/// Cancels an open transaction so that its amount is not booked.
///
/// Meant for transactions that are still open; what happens to a completed one is not documented.
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/transactions/{tid}/cancel" -> 200 Transaction)]
#[errors(401, 403, 404, 422, 500)]
pub struct CancelTransaction {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the transaction to cancel.
    #[api(format = "uuid")]
    pub tid: String,
}

/// Completes an open transaction and books its amount.
///
/// A transaction that is already completed is refused with status 422, so look at its status before
/// calling again (source: loyalty best practices page).
#[apply(operation!)]
#[http(POST "/loyalty/balance/programs/{pid}/transactions/{tid}/complete" -> 200 Transaction)]
#[errors(401, 403, 404, 422, 500)]
pub struct CompleteTransaction {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the transaction to complete.
    #[api(format = "uuid")]
    pub tid: String,
}

/// Definition of a kind of balance in a loyalty program, with its unit, bounds and expiry.
#[apply(model!)]
pub struct BalanceDefinition {
    /// Identifier (UUID) of the balance definition.
    pub id: Option<String>,
    /// Name of the balance definition.
    pub name: Option<String>,
    /// Short explanation of the balance.
    pub description: Option<String>,
    /// URL of an image that illustrates the balance.
    pub image_ref: Option<String>,
    /// Extra key and value pairs kept with the definition.
    pub meta: Option<Map>,
    /// What the balance counts: points or a currency.
    pub unit: Option<BalanceUnit>,
    /// Lowest amount that a balance may reach, in `unit`.
    pub min_amount: Option<f64>,
    /// Highest amount that a balance may reach, in `unit`.
    pub max_amount: Option<f64>,
    /// Highest amount that one credit may add, in `unit`.
    pub max_credit_amount_limit: Option<f64>,
    /// Highest amount that one debit may take away, in `unit`.
    pub max_debit_amount_limit: Option<f64>,
    /// Whether a credit beyond the maximum balance is refused or booked in part.
    pub balance_option_amount_overtaking_strategy:
        Option<BalanceDefinitionBalanceOptionAmountOvertakingStrategy>,
    /// How fractional amounts are rounded on credits.
    pub balance_option_credit_rounding: Option<Rounding>,
    /// How fractional amounts are rounded on debits.
    pub balance_option_debit_rounding: Option<Rounding>,
    /// Number of time units after which a credited amount expires.
    pub balance_availability_duration_value: Option<i64>,
    /// Time unit of `balance_availability_duration_value`.
    pub balance_availability_duration_unit: Option<DurationUnit>,
    /// Whether the expiry moves to the start or the end of the period.
    pub balance_availability_duration_modifier: Option<BalanceDefinitionBalanceAvailabilityDurationModifier>,
    /// Fixed expiry date; declared as a date-time but described as dd/mm, hence kept as text.
    pub balance_expiration_date: Option<String>,
    /// Time at which the definition was created.
    pub created_at: Option<DateTime>,
    /// Time at which the definition was last changed.
    pub updated_at: Option<DateTime>,
    /// Time at which the definition was deleted, absent otherwise.
    pub deleted_at: Option<DateTime>,
}

/// What happens when a credit would exceed the maximum balance: refusal or partial booking.
#[apply(open_enum!)]
pub enum BalanceDefinitionBalanceOptionAmountOvertakingStrategy {
    Strict = "strict",
    Partial = "partial",
}

/// Limit on the credits or debits of a balance within a time span.
#[apply(model!)]
pub struct BalanceLimit {
    /// Identifier (UUID) of the balance limit.
    pub id: Option<String>,
    /// Identifier (UUID) of the balance definition that the limit belongs to.
    pub balance_definition_id: Option<String>,
    /// Whether the limit is for credits or for debits.
    pub transaction_type: Option<TransactionType>,
    /// Whether `value` caps the number of transactions or their summed amount.
    pub constraint_type: Option<ConstraintType>,
    /// Length of the time span over which the limit counts, in `duration_unit`.
    pub duration_value: Option<i64>,
    /// Time unit of `duration_value`.
    pub duration_unit: Option<BalanceLimitDurationUnit>,
    /// Highest number of transactions or highest amount within the time span.
    pub value: Option<f64>,
    /// Whether the time span rolls along instead of following fixed periods.
    pub sliding_schedule: Option<bool>,
    /// Time at which the limit was created.
    pub created_at: Option<DateTime>,
    /// Time at which the limit was last changed.
    pub updated_at: Option<DateTime>,
}

/// Time unit of a balance limit in replies, which also knows hours.
#[apply(open_enum!)]
pub enum BalanceLimitDurationUnit {
    Hour = "hour",
    Day = "day",
    Week = "week",
    Month = "month",
    Year = "year",
}

/// Unit of a balance: points or an ISO 4217 currency code.
#[apply(open_enum!)]
pub enum BalanceUnit {
    Points = "POINTS",
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

/// What a balance limit counts: transactions or amounts.
#[apply(open_enum!)]
pub enum ConstraintType {
    Transaction = "transaction",
    Amount = "amount",
}

/// Origin of a balance order: the loyalty engine or a user.
#[apply(open_enum!)]
pub enum CreateBalanceOrderRequestSource {
    Engine = "engine",
    User = "user",
}

/// Balance order as recorded after its creation.
#[apply(model!)]
pub struct CreateBalanceOrderResponse {
    /// Amount to book, in the unit of the balance definition.
    pub amount: Option<f64>,
    /// Identifier (UUID) of the balance definition to book on.
    pub balance_definition_id: Option<String>,
    /// Numeric identifier of the contact whose balance changes.
    #[api(min = 1)]
    pub contact_id: Option<i64>,
    /// Time at which the order was created.
    pub created_at: Option<String>,
    /// Time at which the order is to be carried out.
    pub due_at: Option<String>,
    /// Time at which the booked amount expires.
    pub expires_at: Option<String>,
    /// Identifier of the balance order.
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the order.
    pub meta: Option<Map>,
    /// Time at which the order was carried out, absent before.
    pub processed_at: Option<String>,
    /// Identifier of the transaction that carries out the order.
    pub transactionid: Option<String>,
    /// Time at which the order was last changed.
    pub updated_at: Option<String>,
}

/// Page of the balance definitions of a program.
#[apply(model!)]
pub struct GetBalanceDefinitionListResponse {
    /// Balance definitions of the page.
    pub items: Option<Vec<BalanceDefinition>>,
}

/// Field by which the balances of members can be ordered.
#[apply(open_enum!)]
pub enum GetContactBalancesRequestSortField {
    UpdatedAt = "updatedAt",
    Value = "value",
}

/// Page of the balances of members under one balance definition.
#[apply(model!)]
pub struct GetContactBalancesResponse {
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Balances of the page, one per member.
    pub balances: Option<Vec<GetContactBalancesResponseBalancesItem>>,
    /// Number of balances that the query finds.
    pub count: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
}

/// Balance of one member.
#[apply(model!)]
pub struct GetContactBalancesResponseBalancesItem {
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Identifier of the member's loyalty subscription.
    pub loyalty_subscription_id: Option<String>,
    /// Time at which the balance last changed.
    pub updated_at: Option<String>,
    /// Amount on the balance, in the unit of its definition.
    pub value: Option<f64>,
}

/// Page of the usable balance entries of one contact.
#[apply(model!)]
pub struct GetLoyaltyBalanceProgramsPidActiveBalanceResponse {
    /// Number of active entries that the query finds.
    pub count: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Active balance entries of the page.
    pub active_balances: Option<Vec<GetLoyaltyBalanceProgramsPidActiveBalanceResponseActiveBalancesItem>>,
}

/// Balance entry that is still usable.
#[apply(model!)]
pub struct GetLoyaltyBalanceProgramsPidActiveBalanceResponseActiveBalancesItem {
    /// Identifier of the balance entry.
    pub id: Option<String>,
    /// Amount of the entry, in the unit of the balance definition.
    pub amount: Option<f64>,
    /// Time at which the entry was created.
    pub created_at: Option<DateTime>,
    /// Time at which the entry expires, absent when it does not.
    pub expires_at: Option<DateTime>,
}

/// Page of the transactions of one contact under one balance definition.
#[apply(model!)]
pub struct GetLoyaltyBalanceProgramsPidTransactionHistoryResponse {
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Number of transactions that the query finds.
    pub count: Option<i64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Transactions of the page.
    pub transaction_history:
        Option<Vec<GetLoyaltyBalanceProgramsPidTransactionHistoryResponseTransactionHistoryItem>>,
}

/// Transaction in the history of a contact.
#[apply(model!)]
pub struct GetLoyaltyBalanceProgramsPidTransactionHistoryResponseTransactionHistoryItem {
    /// Amount of the transaction, in the unit of the balance definition.
    pub amount: Option<f64>,
    /// Whether the transaction is a credit or a debit.
    pub transaction_type: Option<TransactionType>,
    /// Date at which the booked amount expires.
    pub balance_expiration_date: Option<String>,
    /// Time at which the transaction was cancelled, absent otherwise.
    pub cancelled_at: Option<String>,
    /// Time at which the transaction was completed, absent otherwise.
    pub completed_at: Option<String>,
    /// Time at which the transaction was created.
    pub created_at: Option<String>,
    /// Identifier of the transaction.
    pub id: Option<String>,
    /// Free key and value pairs kept with the transaction.
    pub meta: Option<Map>,
    /// Reason for the rejection, absent otherwise.
    pub reject_reason: Option<String>,
    /// Time at which the transaction was rejected, absent otherwise.
    pub rejected_at: Option<String>,
    /// State of the transaction as text, such as those of `TransactionStatus`.
    pub status: Option<String>,
}

/// Balances of one contact in a program.
#[apply(model!)]
pub struct GetSubscriptionBalancesResponse {
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Balances of the contact, one per balance definition.
    pub balance: Option<Vec<GetSubscriptionBalancesResponseBalanceItem>>,
}

/// Balance of a contact under one balance definition.
#[apply(model!)]
pub struct GetSubscriptionBalancesResponseBalanceItem {
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Amount on the balance, in the unit of its definition.
    pub value: Option<f64>,
}

/// Balance as recorded after it was opened for a contact.
#[apply(model!)]
pub struct PostLoyaltyBalanceProgramsPidSubscriptionsCidBalancesResponse {
    /// Identifier (UUID) of the balance.
    pub id: Option<String>,
    /// Amount that is available on the balance.
    pub amount: Option<f64>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Numeric identifier of the Brevo organization that owns the program.
    pub organization_id: Option<i64>,
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Time at which the balance was created.
    pub created_at: Option<DateTime>,
    /// Time at which the balance expires, absent when it does not.
    pub expires_at: Option<DateTime>,
    /// Time at which the balance was last used, absent before.
    pub consumed_at: Option<DateTime>,
}

/// Rounding of fractional amounts: down, up or to the nearest.
#[apply(open_enum!)]
pub enum Rounding {
    Lower = "lower",
    Upper = "upper",
    Natural = "natural",
}

/// Credit or debit on the balance of a member, with its state.
#[apply(model!)]
pub struct Transaction {
    /// Identifier (UUID) of the transaction, needed to complete or cancel it.
    pub id: Option<String>,
    /// Amount of the transaction, in the unit of the balance definition.
    pub amount: Option<f64>,
    /// Amount on the balance that the transaction concerns.
    pub balance: Option<f64>,
    /// Whether the transaction is a credit or a debit.
    pub transaction_type: Option<TransactionType>,
    /// Free key and value pairs kept with the transaction.
    pub meta: Option<Map>,
    /// State of the transaction.
    pub status: Option<TransactionStatus>,
    /// Identifier (UUID) of the loyalty program.
    pub loyalty_program_id: Option<String>,
    /// Identifier (UUID) of the balance definition.
    pub balance_definition_id: Option<String>,
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Time at which the underlying event took place.
    pub event_time: Option<DateTime>,
    /// Reason for the rejection, absent otherwise.
    pub reject_reason: Option<String>,
    /// Time at which the transaction was rejected, absent otherwise.
    pub rejected_at: Option<DateTime>,
    /// Time at which the transaction or its amount expires.
    pub expiration_date: Option<DateTime>,
    /// Time at which the transaction was completed, absent otherwise.
    pub completed_at: Option<DateTime>,
    /// Time at which the transaction was cancelled, absent otherwise.
    pub cancelled_at: Option<DateTime>,
    /// Time at which the transaction was created.
    pub created_at: Option<DateTime>,
    /// Time at which the transaction was last changed.
    pub updated_at: Option<DateTime>,
}

/// State of a transaction; `draft` is taken to mean open, the others to be final.
#[apply(open_enum!)]
pub enum TransactionStatus {
    Draft = "draft",
    Completed = "completed",
    Rejected = "rejected",
    Cancelled = "cancelled",
    Expired = "expired",
}

/// Direction of a transaction: credit adds to the balance, debit takes from it.
#[apply(open_enum!)]
pub enum TransactionType {
    Credit = "credit",
    Debit = "debit",
}
