//! Loyalty tiers and tier groups.

use macro_rules_attribute::apply;

use super::shared::{DurationUnit, InternalMeta, VersionState};
use crate::schema::{DateTime, Map};

resource! {
    "Loyalty tiers and tier groups.",
    AddSubscriptionToTier,
    GetListOfTierGroups,
    CreateTierGroup,
    GetTierGroup,
    UpdateTierGroup,
    DeleteTierGroup,
    CreateTierForTierGroup,
    GetLoyaltyProgramTier,
    UpdateTier,
    DeleteTier,
}

/// Assigns a tier to a member by hand.
///
/// The vendor's definition declares `cid` as a UUID but describes it as the contact identifier,
/// which is a number in the reply; it is passed on unchanged.
#[apply(operation!)]
#[http(POST "/loyalty/tier/programs/{pid}/contacts/{cid}/tiers/{tid}" -> 200 AddSubscriptionToTierResponse)]
#[errors(401, 403, 404, 409, 422, 424, 500)]
pub struct AddSubscriptionToTier {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier of the contact, given as text and sent unchanged.
    #[api(format = "uuid")]
    pub cid: String,
    /// Identifier (UUID) of the tier to assign.
    #[api(format = "uuid")]
    pub tid: String,
}

/// Lists all tier groups of a loyalty program.
///
/// The list comes whole, without pages. By default the draft is read; ask for `active` to see what
/// members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/tier/programs/{pid}/tier-groups" -> 200 GetListOfTierGroupsResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Single, "items")]
pub struct GetListOfTierGroups {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Version of the program to read, `draft` (not deleted) by default or `active` for the
    /// published groups.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Creates a tier group in a loyalty program.
///
/// The change becomes effective with the next publication of the program (source: official Python
/// SDK). A strategy that follows a schedule needs the matching `upgrade_schedule` or
/// `downgrade_schedule` (source: official Python SDK).
#[apply(operation!)]
#[http(POST "/loyalty/tier/programs/{pid}/tier-groups" -> 200 TierGroup)]
#[errors(400, 401, 403, 404, 409, 422)]
pub struct CreateTierGroup {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// When members move down: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub downgrade_strategy: Option<TierStrategy>,
    /// Name of the tier group.
    pub name: String,
    /// Extra data of the group, for instance whether it is internal.
    pub meta: Option<InternalMeta>,
    /// Identifiers (UUID) of the tiers of the group, lowest first.
    pub tier_order: Option<Vec<String>>,
    /// When members move up: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub upgrade_strategy: Option<TierStrategy>,
    /// Schedule of the upgrades, needed with an upgrade strategy that follows one.
    pub upgrade_schedule: Option<TierScheduleRequest>,
    /// Schedule of the downgrades, needed with a downgrade strategy that follows one.
    pub downgrade_schedule: Option<TierScheduleRequest>,
}

/// Retrieves one tier group of a loyalty program.
///
/// By default the draft is read; ask for `active` to see what members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/tier/programs/{pid}/tier-groups/{gid}" -> 200 TierGroup)]
#[errors(401, 403, 404, 422, 500)]
pub struct GetTierGroup {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier group.
    #[api(format = "uuid")]
    pub gid: String,
    /// Version of the group to read, `draft` by default or `active` for the published one.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Replaces the settings of a tier group.
///
/// The change becomes effective with the next publication of the program (source: official Python
/// SDK). Schedules cannot be set here; they are only known when a group is created.
#[apply(operation!)]
#[http(PUT "/loyalty/tier/programs/{pid}/tier-groups/{gid}" -> 200 TierGroup)]
#[errors(401, 403, 404, 422, 500)]
pub struct UpdateTierGroup {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier group to change.
    #[api(format = "uuid")]
    pub gid: String,
    /// When members move down: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub downgrade_strategy: TierStrategy,
    /// Name of the tier group.
    pub name: String,
    /// Extra data of the group, for instance whether it is internal.
    pub meta: Option<InternalMeta>,
    /// Identifiers (UUID) of all tiers of the group, lowest first.
    pub tier_order: Vec<String>,
    /// When members move up: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub upgrade_strategy: TierStrategy,
}

/// Deletes a tier group from a loyalty program.
///
/// An empty reply means success. The change becomes effective with the next publication of the
/// program (source: official Python SDK).
#[apply(operation!)]
#[http(DELETE "/loyalty/tier/programs/{pid}/tier-groups/{gid}" -> 204 ())]
#[errors(401, 403, 404, 409, 422, 500)]
pub struct DeleteTierGroup {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier group to delete.
    #[api(format = "uuid")]
    pub gid: String,
}

/// Creates a tier in a tier group.
///
/// The change becomes effective with the next publication of the program (source: official Python
/// SDK).
#[apply(operation!)]
#[http(POST "/loyalty/tier/programs/{pid}/tier-groups/{gid}/tiers" -> 200 Tier)]
#[errors(401, 403, 404, 422, 500)]
pub struct CreateTierForTierGroup {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier group that gets the tier.
    #[api(format = "uuid")]
    pub gid: String,
    /// Balances that a member needs to reach the tier.
    pub access_conditions: Vec<TierAccessCondition>,
    /// Reference of an image that illustrates the tier.
    pub image_ref: Option<String>,
    /// Name of the tier.
    pub name: String,
    /// Rewards that go with the tier.
    pub tier_rewards: Option<Vec<TierReward>>,
}

/// Lists all tiers of a loyalty program, over all tier groups.
///
/// The list comes whole, without pages. By default the draft is read; ask for `active` to see what
/// members currently get.
#[apply(operation!)]
#[http(GET "/loyalty/tier/programs/{pid}/tiers" -> 200 GetLoyaltyProgramTierResponse)]
#[errors(401, 403, 404, 422, 500)]
#[page(Single, "items")]
pub struct GetLoyaltyProgramTier {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Version of the program to read, `draft` (not deleted) by default or `active` for the
    /// published tiers.
    #[api(default = "draft")]
    pub version: Option<VersionState>,
}

/// Replaces the settings of a tier.
///
/// Conditions and rewards are sent in full each time. We assume that, as with tier groups, the
/// change becomes effective with the next publication of the program.
#[apply(operation!)]
#[http(PUT "/loyalty/tier/programs/{pid}/tiers/{tid}" -> 200 Tier)]
#[errors(401, 403, 404, 422, 500)]
pub struct UpdateTier {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier to change.
    #[api(format = "uuid")]
    pub tid: String,
    /// Balances that a member needs to reach the tier, in full.
    pub access_conditions: Vec<TierAccessCondition>,
    /// Reference of an image that illustrates the tier.
    pub image_ref: Option<String>,
    /// Name of the tier.
    pub name: String,
    /// Rewards that go with the tier, in full.
    pub tier_rewards: Vec<TierReward>,
}

/// Deletes a tier from a loyalty program.
///
/// An empty reply means success. We assume that, as with tier groups, the change becomes effective
/// with the next publication of the program.
#[apply(operation!)]
#[http(DELETE "/loyalty/tier/programs/{pid}/tiers/{tid}" -> 204 ())]
#[errors(401, 403, 404, 422, 500)]
pub struct DeleteTier {
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub pid: String,
    /// Identifier (UUID) of the tier to delete.
    #[api(format = "uuid")]
    pub tid: String,
}

/// Assignment of a tier to a member.
#[apply(model!)]
pub struct AddSubscriptionToTierResponse {
    /// Numeric identifier of the contact.
    pub contact_id: Option<i64>,
    /// Time at which the tier was assigned.
    pub created_at: Option<DateTime>,
    /// Identifier (UUID) of the tier group.
    #[api(format = "uuid")]
    pub group_id: Option<String>,
    /// Identifier (UUID) returned for the assignment.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Free key and value pairs kept with the assignment.
    pub meta: Option<Map>,
    /// Time at which the assignment was last changed.
    pub updated_at: Option<DateTime>,
}

/// List of the tier groups of a program.
#[apply(model!)]
pub struct GetListOfTierGroupsResponse {
    /// Tier groups of the program.
    pub items: Option<Vec<TierGroup>>,
}

/// List of the tiers of a program.
#[apply(model!)]
pub struct GetLoyaltyProgramTierResponse {
    /// Tiers of the program.
    pub items: Option<Vec<Tier>>,
}

/// Which end of the period a schedule of tier changes refers to.
#[apply(open_enum!)]
pub enum ScheduleModifier {
    StartOfPeriod = "start_of_period",
    EndOfPeriod = "end_of_period",
}

/// Tier of a loyalty program, with its access conditions and rewards.
#[apply(model!)]
pub struct Tier {
    /// Balances that a member needs to reach the tier.
    pub access_conditions: Option<Vec<TierAccessConditionsItem>>,
    /// Time at which the tier was created.
    pub created_at: Option<DateTime>,
    /// Identifier (UUID) of the tier group.
    #[api(format = "uuid")]
    pub group_id: Option<String>,
    /// Reference of an image that illustrates the tier.
    pub image_ref: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Name of the tier.
    pub name: Option<String>,
    /// Identifier (UUID) of the tier.
    #[api(format = "uuid")]
    pub tier_id: Option<String>,
    /// Rewards that go with the tier.
    pub tier_rewards: Option<Vec<TierTierRewardsItem>>,
    /// Time at which the tier was last changed.
    pub updated_at: Option<DateTime>,
}

/// Balance that a member needs to reach a tier, as sent.
#[apply(model!)]
pub struct TierAccessCondition {
    /// Identifier (UUID) of the balance definition that is looked at.
    #[api(format = "uuid")]
    pub balance_definition_id: Option<String>,
    /// Lowest amount on the balance that opens the tier.
    pub minimum_value: Option<i64>,
}

/// Balance that a member needs to reach a tier, as returned.
#[apply(model!)]
pub struct TierAccessConditionsItem {
    /// Identifier (UUID) of the balance definition that is looked at.
    #[api(format = "uuid")]
    pub balance_definition_id: Option<String>,
    /// Time at which the condition was created.
    pub created_at: Option<DateTime>,
    /// Lowest amount on the balance that opens the tier.
    pub minimum_value: Option<i64>,
    /// Time at which the condition was last changed.
    pub updated_at: Option<DateTime>,
}

/// Group of ordered tiers with common rules for moving up and down.
#[apply(model!)]
pub struct TierGroup {
    /// Time at which the tier group was created.
    pub created_at: Option<DateTime>,
    /// When members move down: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub downgrade_strategy: Option<TierStrategy>,
    /// Identifier (UUID) of the tier group.
    #[api(format = "uuid")]
    pub id: Option<String>,
    /// Identifier (UUID) of the loyalty program.
    #[api(format = "uuid")]
    pub loyalty_program_id: Option<String>,
    /// Name of the tier group.
    pub name: Option<String>,
    /// Identifiers (UUID) of the tiers of the group, lowest first.
    pub tier_order: Option<Vec<String>>,
    /// Time at which the tier group was last changed.
    pub updated_at: Option<DateTime>,
    /// When members move up: at once or at an anniversary, `real_time` by default.
    #[api(default = "real_time")]
    pub upgrade_strategy: Option<TierStrategy>,
    /// Schedule of the upgrades, where the strategy follows one.
    pub upgrade_schedule: Option<TierSchedule>,
    /// Schedule of the downgrades, where the strategy follows one.
    pub downgrade_schedule: Option<TierSchedule>,
}

/// Reward that goes with a tier, as sent.
#[apply(model!)]
pub struct TierReward {
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub reward_id: Option<String>,
}

/// Schedule of the upgrades or downgrades of a tier group, as returned.
#[apply(model!)]
pub struct TierSchedule {
    /// Name of the strategy that the schedule belongs to.
    pub strategy: Option<String>,
    /// Length of the period between changes, in `duration_unit`.
    pub duration_value: Option<i64>,
    /// Time unit of `duration_value`.
    pub duration_unit: Option<DurationUnit>,
    /// Whether the change comes at the start or the end of the period.
    pub duration_modifier: Option<ScheduleModifier>,
    /// Yearly date of the change in the form DD/MM.
    pub scheduled_date: Option<String>,
}

/// Schedule of the upgrades or downgrades of a tier group, as sent.
#[apply(model!)]
pub struct TierScheduleRequest {
    /// Length of the period between changes, in `duration_unit`.
    pub duration_value: Option<i64>,
    /// Time unit of `duration_value`.
    pub duration_unit: Option<DurationUnit>,
    /// Whether the change comes at the start or the end of the period.
    pub duration_modifier: Option<ScheduleModifier>,
    /// Yearly date of the change in the form DD/MM.
    pub scheduled_date: Option<String>,
}

/// When tiers change: at each balance update, or at the anniversary of the membership or of the
/// tier.
#[apply(open_enum!)]
pub enum TierStrategy {
    RealTime = "real_time",
    MembershipAnniversary = "membership_anniversary",
    TierAnniversary = "tier_anniversary",
}

/// Reward that goes with a tier, as returned.
#[apply(model!)]
pub struct TierTierRewardsItem {
    /// Time at which the reward was tied to the tier.
    pub created_at: Option<DateTime>,
    /// Identifier (UUID) of the reward.
    #[api(format = "uuid")]
    pub reward_id: Option<String>,
    /// Time at which the tie was last changed.
    pub updated_at: Option<DateTime>,
}
