//! Coupon collections and their coupons.

use macro_rules_attribute::apply;

use super::shared::{CreatedKey, Sort};
use crate::schema::DateTime;

resource! {
    "Coupon collections and their coupons.",
    GetCouponCollections,
    CreateCouponCollection,
    GetCouponCollection,
    UpdateCouponCollection,
    CreateCoupons,
}

/// Lists the coupon collections of the account, page by page.
///
/// The descriptions type the reply as a single collection, while their example holds a list under
/// `collections` (source: SDK 5.1 and its description). We take the example as right for paging.
#[apply(operation!)]
#[http(GET "/couponCollections" -> 200 CouponCollection)]
#[errors(400, 401)]
#[page(Offset, "collections")]
pub struct GetCouponCollections {
    /// Page size, from 0 to 100; default 50.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts; default 0.
    #[api(min = 0, default = 0)]
    pub offset: Option<i64>,
    /// Direction of the order, `asc` or `desc`; default `desc`.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Field by which the collections are ordered; default `createdAt`.
    #[api(default = "createdAt")]
    pub sort_by: Option<GetCouponCollectionsRequestSortBy>,
}

/// Creates a coupon collection.
///
/// The collection starts without coupons; add them with the operation that creates coupons. Alerts
/// go out by e-mail and only for the thresholds that are set.
#[apply(operation!)]
#[http(POST "/couponCollections" -> 201 CreatedKey)]
#[errors(400, 401)]
pub struct CreateCouponCollection {
    /// Coupon code to send when the collection has none left.
    pub default_coupon: String,
    /// Moment at which the collection expires, as an RFC 3339 date-time.
    pub expiration_date: Option<DateTime>,
    /// Name of the collection.
    pub name: String,
    /// Number of remaining coupons at or below which an alert e-mail is sent.
    pub remaining_coupons_alert: Option<i64>,
    /// Number of days before the expiration at which an alert e-mail is sent.
    pub remaining_days_alert: Option<i64>,
}

/// Returns one coupon collection.
///
/// An unknown identifier gives 404. An example in the description shows a list instead of one
/// object; we expect the object.
#[apply(operation!)]
#[http(GET "/couponCollections/{id}" -> 200 CouponCollection)]
#[errors(400, 401, 404)]
pub struct GetCouponCollection {
    /// Identifier of the collection, a UUID of version 4.
    #[api(format = "uuidv4")]
    pub id: String,
}

/// Changes the default coupon, the expiration or the alerts of a coupon collection.
///
/// Fields that are left out keep their value; null removes the expiration or switches an alert off.
/// The name cannot be changed (source: SDK 5.1).
#[apply(operation!)]
#[http(PATCH "/couponCollections/{id}" -> 200 UpdateCouponCollectionResponse)]
#[errors(400, 401)]
pub struct UpdateCouponCollection {
    /// Identifier of the collection, a UUID of version 4.
    #[api(format = "uuidv4")]
    pub id: String,
    /// Coupon code to send when the collection has none left.
    pub default_coupon: Option<String>,
    /// Moment at which the collection expires, as an RFC 3339 date-time; null removes it.
    pub expiration_date: Option<DateTime>,
    /// Number of remaining coupons at or below which an alert e-mail is sent; null disables it.
    pub remaining_coupons_alert: Option<i64>,
    /// Number of days before the expiration at which an alert e-mail is sent; null disables it.
    pub remaining_days_alert: Option<i64>,
}

/// Adds coupon codes to a coupon collection.
///
/// The codes are stored asynchronously after an empty reply (status 204), so they may not be usable
/// at once. The codes of one call must differ from each other. An unknown collection gives 404.
#[apply(operation!)]
#[http(POST "/coupons" -> 204 ())]
#[errors(400, 401, 404)]
pub struct CreateCoupons {
    /// Identifier of the collection, a UUID of version 4.
    #[api(format = "uuidv4")]
    pub collection_id: String,
    /// Coupon codes to add, from 1 to 10000, without duplicates.
    #[api(min_items = 1, max_items = 10000)]
    pub coupons: Vec<String>,
}

/// A collection of coupon codes with its counters and alerts.
#[apply(model!)]
pub struct CouponCollection {
    /// Moment at which the collection was created.
    pub created_at: Option<DateTime>,
    /// Coupon code that is sent when the collection has none left.
    pub default_coupon: Option<String>,
    /// Moment at which the collection expires.
    pub expiration_date: Option<DateTime>,
    /// Identifier of the collection, a UUID of version 4.
    #[api(format = "uuidv4")]
    pub id: Option<String>,
    /// Name of the collection; the description wrongly marks it as a UUID.
    #[api(format = "uuidv4")]
    pub name: Option<String>,
    /// Number of coupons that have not been sent yet.
    pub remaining_coupons: Option<i64>,
    /// Number of remaining coupons at or below which an alert e-mail is sent.
    pub remaining_coupons_alert: Option<i64>,
    /// Number of days before the expiration at which an alert e-mail is sent.
    pub remaining_days_alert: Option<i64>,
    /// Total number of coupons in the collection.
    pub total_coupons: Option<i64>,
}

/// Field by which a list of coupon collections is ordered.
#[apply(open_enum!)]
pub enum GetCouponCollectionsRequestSortBy {
    CreatedAt = "createdAt",
    RemainingCoupons = "remainingCoupons",
    ExpirationDate = "expirationDate",
}

/// A coupon collection after a change, in short form.
#[apply(model!)]
pub struct UpdateCouponCollectionResponse {
    /// Coupon code that is sent when the collection has none left.
    pub default_coupon: Option<String>,
    /// Identifier of the collection, a UUID of version 4.
    #[api(format = "uuidv4")]
    pub id: Option<String>,
    /// Name of the collection; the description wrongly marks it as a UUID.
    #[api(format = "uuidv4")]
    pub name: Option<String>,
}
