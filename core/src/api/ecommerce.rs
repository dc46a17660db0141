//! The shop: products, categories, orders, attribution and alerts.

use macro_rules_attribute::apply;
use serde_json::Value;

use super::shared::{OptionalKey, Scalar, Sort, TextOrInteger};
use crate::schema::{DateTime, Map};

resource! {
    "The shop: products, categories, orders, attribution and alerts.",
    GetCategories,
    CreateUpdateCategory,
    CreateUpdateBatchCategory,
    GetCategoryInfo,
    ActivateTheECommerceApp,
    GetAttributionMetricsForOneOrMoreBrevoCampaignsOrWorkflows,
    GetDetailedAttributionMetricsForASingleBrevoCampaignOrWorkflow,
    GetAttributedProductSalesForASingleBrevoCampaignOrWorkflow,
    GetTheIso4217compliantDisplayCurrencyCodeForYourBrevoAccount,
    SetConfigDisplayCurrency,
    GetOrders,
    CreateOrder,
    CreateBatchOrder,
    GetProducts,
    CreateUpdateProduct,
    CreateUpdateBatchProducts,
    GetProductInfo,
    CreateProductAlert,
}

/// Lists the product categories of the e-commerce catalogue, with filters and paging.
///
/// Results come newest first unless `sort` says otherwise. Deleted categories are part of the list
/// unless `is_deleted` is `false`.
#[apply(operation!)]
#[http(GET "/categories" -> 200 GetCategoriesResponse)]
#[errors(400)]
#[page(Offset, "categories", "count")]
pub struct GetCategories {
    /// Page size, at most 100; default 50.
    #[api(max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts; default 0.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation time, `asc` or `desc`; default `desc`.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Keeps only the categories with these shop identifiers.
    pub ids: Option<Vec<String>>,
    /// Keeps only the categories with this name.
    pub name: Option<String>,
    /// Keeps categories modified after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably
    /// with a time zone.
    pub modified_since: Option<DateTime>,
    /// Keeps categories created after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably
    /// with a time zone.
    pub created_since: Option<DateTime>,
    /// Filter on the deletion flag, passed as text; `false` leaves deleted categories out.
    pub is_deleted: Option<String>,
}

/// Creates a product category, or updates an existing one.
///
/// With `update_enabled` unset or false, an identifier that already exists is refused with 400.
/// With it set, an unknown identifier creates the category and a known one is updated. The reply is
/// empty after an update (status 204). `name` is necessary for a creation only (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/categories" -> 201 | 204 Option<OptionalKey>)]
#[errors(400)]
pub struct CreateUpdateCategory {
    /// Date-time of the deletion in the shop, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub deleted_at: Option<DateTime>,
    /// Identifier of the category in the shop; the description wrongly marks it as an e-mail
    /// address.
    #[api(format = "email")]
    pub id: String,
    /// Whether the category has been deleted from the shop.
    pub is_deleted: Option<bool>,
    /// Display name of the category; necessary when the category is created.
    pub name: Option<String>,
    /// Whether an existing category may be updated; default false.
    #[api(default = false)]
    pub update_enabled: Option<bool>,
    /// Address of the page of the category in the shop.
    pub url: Option<String>,
}

/// Creates or updates up to 100 product categories in one call.
///
/// The same identifier must not appear twice in one call. Without `update_enabled`, one identifier
/// that already exists makes the call fail with 400 (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/categories/batch" -> 201 BatchCounts)]
#[errors(400)]
pub struct CreateUpdateBatchCategory {
    /// Categories to write, at most 100, each with its own identifier.
    #[api(max_items = 100)]
    pub categories: Vec<CreateUpdateBatchCategoryRequestCategoriesItem>,
    /// Whether existing categories may be updated; unset means that they may not.
    pub update_enabled: Option<bool>,
}

/// Returns one product category.
///
/// An unknown identifier gives 404.
#[apply(operation!)]
#[http(GET "/categories/{id}" -> 200 GetCategoryDetails)]
#[errors(400, 404)]
pub struct GetCategoryInfo {
    /// Identifier of the category in the shop.
    pub id: String,
}

/// Turns on the e-commerce application of the account.
///
/// It is the precondition of the other calls on orders, products and attribution. The reply has no
/// body.
#[apply(operation!)]
#[http(POST "/ecommerce/activate" -> 200 ())]
#[errors(401, 404)]
pub struct ActivateTheECommerceApp {}

/// Reports the orders and revenue attributed to a choice of campaigns and automation workflows.
///
/// The reply has one entry for each source asked for, and totals over all of them. Name the sources
/// through the four identifier lists.
#[apply(operation!)]
#[http(GET "/ecommerce/attribution/metrics" -> 200 GetEcommerceAttributionMetricsResponse)]
#[errors(400)]
pub struct GetAttributionMetricsForOneOrMoreBrevoCampaignsOrWorkflows {
    /// Start of the period, as an RFC 3339 date-time.
    pub period_from: Option<DateTime>,
    /// End of the period, as an RFC 3339 date-time.
    pub period_to: Option<DateTime>,
    /// Identifiers of the e-mail campaigns to report on.
    #[serde(rename = "emailCampaignId[]")]
    pub email_campaign_id_array: Option<Vec<String>>,
    /// Identifiers of the SMS campaigns to report on.
    #[serde(rename = "smsCampaignId[]")]
    pub sms_campaign_id_array: Option<Vec<String>>,
    /// Identifiers of the automation workflows whose e-mails are to be reported on.
    #[serde(rename = "automationWorkflowEmailId[]")]
    pub automation_workflow_email_id_array: Option<Vec<String>>,
    /// Identifiers of the automation workflows whose SMS messages are to be reported on.
    #[serde(rename = "automationWorkflowSmsId[]")]
    pub automation_workflow_sms_id_array: Option<Vec<String>>,
}

/// Reports the orders, revenue and new customers attributed to one campaign or automation workflow.
///
/// No period can be chosen here; the call over several sources takes one.
#[apply(operation!)]
#[http(GET "/ecommerce/attribution/metrics/{conversionSource}/{conversionSourceId}" -> 200 GetEcommerceAttributionMetricsConversionSourceConversionSourceIdResponse)]
#[errors(400)]
pub struct GetDetailedAttributionMetricsForASingleBrevoCampaignOrWorkflow {
    /// Kind of the campaign or workflow.
    pub conversion_source: ConversionSource,
    /// Identifier of the campaign or automation workflow.
    pub conversion_source_id: String,
}

/// Lists the products whose sales are attributed to one campaign or automation workflow.
///
/// The whole list comes in one reply, without paging.
#[apply(operation!)]
#[http(GET "/ecommerce/attribution/products/{conversionSource}/{conversionSourceId}" -> 200 GetEcommerceAttributionProductsConversionSourceConversionSourceIdResponse)]
#[errors(400)]
#[page(Single, "products")]
pub struct GetAttributedProductSalesForASingleBrevoCampaignOrWorkflow {
    /// Kind of the campaign or workflow.
    pub conversion_source: ConversionSource,
    /// Identifier of the campaign or automation workflow.
    pub conversion_source_id: String,
}

/// Returns the currency in which the account shows e-commerce amounts.
///
/// Where the e-commerce application is not active, the call is refused with 403.
#[apply(operation!)]
#[http(GET "/ecommerce/config/displayCurrency" -> 200 DisplayCurrency)]
#[errors(400, 401, 403)]
pub struct GetTheIso4217compliantDisplayCurrencyCodeForYourBrevoAccount {}

/// Sets the currency in which the account shows e-commerce amounts.
///
/// A code that is not in ISO 4217 is refused with 422, and an account without the e-commerce
/// application with 403 (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/ecommerce/config/displayCurrency" -> 200 DisplayCurrency)]
#[errors(400, 401, 403, 422)]
pub struct SetConfigDisplayCurrency {
    /// Currency code of three letters after ISO 4217, such as `EUR`.
    pub code: String,
}

/// Lists the orders of the account, page by page.
///
/// The descriptions leave the reply untyped, so it is handed over as raw JSON. Going by their
/// example it holds `count` and `orders`, and the body can be absent.
#[apply(operation!)]
#[http(GET "/orders" -> 200 Option<Value>)]
#[errors(400)]
#[page(Offset, "orders", "count")]
pub struct GetOrders {
    /// Page size, at most 100; default 50.
    #[api(max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts; default 0.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation time, `asc` or `desc`; default `desc`.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Keeps orders modified after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with a
    /// time zone.
    pub modified_since: Option<DateTime>,
    /// Keeps orders created after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with a
    /// time zone.
    pub created_since: Option<DateTime>,
}

/// Records an order of the shop, or a new status of a known order.
///
/// Send the same `id` again with another `status` and `updated_at` to move an order on. A success
/// has no body. The limit is 5 calls per second on the general plans, 10 on advanced ones (source:
/// API limits page); use the batch call for volumes.
#[apply(operation!)]
#[http(POST "/orders/status" -> 204 ())]
#[errors(400)]
pub struct CreateOrder {
    /// Total of the order with goods, shipping and taxes, in major currency units.
    pub amount: f64,
    /// Billing address and payment details of the order.
    pub billing: Option<OrderBilling>,
    /// Coupon codes applied to the order, kept without regard to case.
    pub coupons: Option<Vec<String>>,
    /// Moment at which the order was placed, in UTC as `YYYY-MM-DDTHH:mm:ssZ`.
    pub created_at: DateTime,
    /// Identifier of the order in the shop; it must be unique.
    pub id: String,
    /// Identifiers of the contact who placed the order.
    pub identifiers: Option<OrderIdentifiers>,
    /// Free additional data of the order, such as its source or the kind of customer.
    pub meta_info: Option<Map<Scalar>>,
    /// Product lines of the order.
    pub products: Vec<OrderProductsItem>,
    /// State of the order, as free text such as `completed`.
    pub status: String,
    /// Identifier of the store in which the order was placed.
    pub store_id: Option<String>,
    /// Moment of the latest change of the status, in UTC as `YYYY-MM-DDTHH:mm:ssZ`.
    pub updated_at: DateTime,
}

/// Submits many orders in one call.
///
/// The batch is processed asynchronously; the reply only tells that it was taken, and `notify_url`
/// receives the outcome. By default orders count as `historical` and start no automation. The
/// import guide of the vendor states at most 1000 orders per call.
#[apply(operation!)]
#[http(POST "/orders/status/batch" -> 202 CreateBatchOrderResponse)]
#[errors(400)]
pub struct CreateBatchOrder {
    /// Whether the orders are past data; true, the default, starts no automation, false treats them
    /// as live.
    #[api(default = true)]
    pub historical: Option<bool>,
    /// Address to which the API posts the outcome of the batch.
    pub notify_url: Option<String>,
    /// Orders to record; the vendor's import guide allows up to 1000.
    pub orders: Vec<Order>,
}

/// Lists the products of the e-commerce catalogue, with filters and paging.
///
/// Results come newest first unless `sort` or `sort_by_field` says otherwise. Several price filters
/// can be given to form a range. Deleted products are part of the list unless `is_deleted` is
/// `false`.
#[apply(operation!)]
#[http(GET "/products" -> 200 GetProductsResponse)]
#[errors(400)]
#[page(Offset, "products", "count")]
pub struct GetProducts {
    /// Page size, at most 1000; default 50.
    #[api(max = 1000, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts; default 0.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Direction of the order, `asc` or `desc`; default `desc`.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Keeps only the products with these shop identifiers.
    pub ids: Option<Vec<String>>,
    /// Text sought in SKU, name and identifier together; exact SKU matches rank first, identifier
    /// matches last.
    pub search: Option<String>,
    /// Keeps products whose name matches this text of at least 3 characters.
    #[api(min_length = 3)]
    pub name: Option<String>,
    /// Keeps products whose price is at most this amount.
    #[serde(rename = "price[lte]")]
    pub price_lte: Option<f64>,
    /// Keeps products whose price is at least this amount.
    #[serde(rename = "price[gte]")]
    pub price_gte: Option<f64>,
    /// Keeps products whose price is below this amount.
    #[serde(rename = "price[lt]")]
    pub price_lt: Option<f64>,
    /// Keeps products whose price is above this amount.
    #[serde(rename = "price[gt]")]
    pub price_gt: Option<f64>,
    /// Keeps products whose price is exactly this amount.
    #[serde(rename = "price[eq]")]
    pub price_eq: Option<f64>,
    /// Keeps products whose price differs from this amount.
    #[serde(rename = "price[ne]")]
    pub price_ne: Option<f64>,
    /// Keeps products whose alternative price is at most this amount.
    #[serde(rename = "alternativePrice[lte]")]
    pub alternative_price_lte: Option<f64>,
    /// Keeps products whose alternative price is at least this amount.
    #[serde(rename = "alternativePrice[gte]")]
    pub alternative_price_gte: Option<f64>,
    /// Keeps products whose alternative price is below this amount.
    #[serde(rename = "alternativePrice[lt]")]
    pub alternative_price_lt: Option<f64>,
    /// Keeps products whose alternative price is above this amount.
    #[serde(rename = "alternativePrice[gt]")]
    pub alternative_price_gt: Option<f64>,
    /// Keeps products whose alternative price is exactly this amount.
    #[serde(rename = "alternativePrice[eq]")]
    pub alternative_price_eq: Option<f64>,
    /// Keeps products whose alternative price differs from this amount.
    #[serde(rename = "alternativePrice[ne]")]
    pub alternative_price_ne: Option<f64>,
    /// Keeps only products in the categories with these identifiers.
    pub categories: Option<Vec<String>>,
    /// Keeps products modified after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with
    /// a time zone.
    pub modified_since: Option<DateTime>,
    /// Keeps products created after this date-time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with
    /// a time zone.
    pub created_since: Option<DateTime>,
    /// Field by which the results are ordered; `created_at` when not given.
    pub sort_by_field: Option<GetProductsRequestSortByField>,
    /// Filter on the deletion flag, passed as text; `false` leaves deleted products out.
    pub is_deleted: Option<String>,
}

/// Creates a product, or updates an existing one.
///
/// With `update_enabled` unset or false, an identifier that already exists is refused with 400. The
/// reply is empty after an update (status 204). Brevo downloads the image and serves its own copy
/// of it: at most 5 MB, as jpeg, jpg, png, bmp, gif or webp (source: SDK 5.1). The limit is 2 calls
/// per second on the general plans, 4 on advanced ones (source: API limits page).
#[apply(operation!)]
#[http(POST "/products" -> 201 | 204 Option<OptionalKey>)]
#[errors(400)]
pub struct CreateUpdateProduct {
    /// Brand of the product.
    pub brand: Option<String>,
    /// Identifiers of the categories to which the product belongs.
    pub categories: Option<Vec<String>>,
    /// Date-time of the deletion in the shop, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub deleted_at: Option<DateTime>,
    /// Description of the product.
    pub description: Option<String>,
    /// Identifier of the product in the shop.
    #[api(format = "string")]
    pub id: String,
    /// Absolute address of the cover image; the image may have at most 5 MB.
    #[api(format = "string")]
    pub image_url: Option<String>,
    /// Whether the product has been deleted from the shop.
    pub is_deleted: Option<bool>,
    /// Additional data of the product, at most 20000 characters in total; the SDK's texts also
    /// mention 20 keys.
    pub meta_info: Option<Map<TextOrInteger>>,
    /// Display name of the product; the API needs it for a creation, the SDK 5.1 requires it
    /// always.
    #[api(format = "string")]
    pub name: String,
    /// Identifier of the parent product, for a variant.
    #[api(format = "string")]
    pub parent_id: Option<String>,
    /// Price of the product, in major currency units.
    pub price: Option<f64>,
    /// Second price of the product, in major currency units.
    pub alternative_price: Option<f64>,
    /// Stock keeping unit of the product in the shop.
    #[api(format = "string")]
    pub sku: Option<String>,
    /// Number of units in stock, as the shop knows it.
    pub stock: Option<f64>,
    /// Whether an existing product may be updated; default false.
    #[api(default = false)]
    pub update_enabled: Option<bool>,
    /// Address of the page of the product in the shop.
    #[api(format = "string")]
    pub url: Option<String>,
}

/// Creates or updates up to 100 products in one call.
///
/// The same identifier must not appear twice in one call. Without `update_enabled`, one identifier
/// that already exists makes the call fail with 400. Accounts with a raised limit may update up to
/// 1000 products with `update_enabled` (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/products/batch" -> 201 BatchCounts)]
#[errors(400)]
pub struct CreateUpdateBatchProducts {
    /// Products to write, at most 100 unless the account has a raised limit, each with its own
    /// identifier.
    #[api(max_items = 100)]
    pub products: Vec<CreateUpdateBatchProductsRequestProductsItem>,
    /// Whether existing products may be updated; unset means that they may not.
    pub update_enabled: Option<bool>,
}

/// Returns one product.
///
/// An unknown identifier gives 404.
#[apply(operation!)]
#[http(GET "/products/{id}" -> 200 GetProductDetails)]
#[errors(400, 404)]
pub struct GetProductInfo {
    /// Identifier of the product in the shop.
    pub id: String,
}

/// Registers a contact for an alert when a product is back in stock.
///
/// At least one identifier of the contact is necessary; of several, `ext_id` wins over `email`, and
/// `email` over `sms`. A success has no body. An unknown product gives 404, an account without
/// product alerts 403 (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/products/{id}/alerts/back_in_stock" -> 204 ())]
#[errors(400, 401, 403, 404)]
pub struct CreateProductAlert {
    /// Identifier of the product in the shop.
    pub id: String,
    /// Identifiers of the contact to alert; at least one has to be set.
    pub contact_identifiers: Option<CreateProductAlertRequestContactIdentifiers>,
}

/// Counts of the entries that a batch call created and updated.
#[apply(model!)]
pub struct BatchCounts {
    /// Number of entries created.
    pub created_count: Option<i64>,
    /// Number of entries updated.
    pub updated_count: Option<i64>,
}

/// Kind of the source to which orders are attributed.
#[apply(open_enum!)]
pub enum ConversionSource {
    EmailCampaign = "email_campaign",
    SmsCampaign = "sms_campaign",
    AutomationWorkflowEmail = "automation_workflow_email",
    AutomationWorkflowSms = "automation_workflow_sms",
}

/// Orders and revenue attributed to one campaign or automation workflow.
#[apply(model!)]
pub struct ConversionSourceMetrics {
    /// Average amount of an attributed order, in major currency units.
    pub average_basket: Option<f64>,
    /// Kind of the campaign or workflow.
    pub conversion_source: Option<ConversionSource>,
    /// Identifier of the campaign or automation workflow.
    pub id: Option<f64>,
    /// Number of orders attributed to the source.
    pub orders_count: Option<f64>,
    /// Sum of the attributed orders, in major currency units.
    pub revenue: Option<f64>,
}

/// Acknowledgement of a batch of orders.
#[apply(model!)]
pub struct CreateBatchOrderResponse {
    /// Number of orders in the batch.
    pub count: Option<i64>,
    /// Identifier of the batch.
    #[serde(rename = "batch_id")]
    pub batch_id: Option<f64>,
}

/// Identifiers of a contact to alert, by falling priority `ext_id`, `email`, `sms`.
#[apply(model!)]
pub struct CreateProductAlertRequestContactIdentifiers {
    /// E-mail address of the contact; used when `ext_id` is absent.
    #[api(format = "email")]
    pub email: Option<String>,
    /// External identifier of the contact; it takes precedence over the others.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Phone number of the contact; used when the other two are absent.
    pub sms: Option<String>,
}

/// One category in a batch to create or update.
#[apply(model!)]
pub struct CreateUpdateBatchCategoryRequestCategoriesItem {
    /// Date-time of the deletion in the shop, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub deleted_at: Option<DateTime>,
    /// Identifier of the category in the shop; the description wrongly marks it as an e-mail
    /// address.
    #[api(format = "email")]
    pub id: String,
    /// Whether the category has been deleted from the shop.
    pub is_deleted: Option<bool>,
    /// Display name of the category; necessary when the category is created.
    pub name: Option<String>,
    /// Address of the page of the category in the shop.
    pub url: Option<String>,
}

/// One product in a batch to create or update.
#[apply(model!)]
pub struct CreateUpdateBatchProductsRequestProductsItem {
    /// Brand of the product.
    pub brand: Option<String>,
    /// Identifiers of the categories to which the product belongs.
    pub categories: Option<Vec<String>>,
    /// Date-time of the deletion in the shop, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub deleted_at: Option<DateTime>,
    /// Description of the product.
    pub description: Option<String>,
    /// Identifier of the product in the shop.
    #[api(format = "string")]
    pub id: String,
    /// Absolute address of the cover image of the product.
    #[api(format = "string")]
    pub image_url: Option<String>,
    /// Whether the product has been deleted from the shop.
    pub is_deleted: Option<bool>,
    /// Additional data of the product, at most 20000 characters in total.
    pub meta_info: Option<Map<TextOrInteger>>,
    /// Display name of the product; necessary when the product is created.
    #[api(format = "string")]
    pub name: String,
    /// Identifier of the parent product, for a variant.
    #[api(format = "string")]
    pub parent_id: Option<String>,
    /// Price of the product, in major currency units.
    pub price: Option<f64>,
    /// Second price of the product, in major currency units.
    pub alternative_price: Option<f64>,
    /// Stock keeping unit of the product in the shop.
    #[api(format = "string")]
    pub sku: Option<String>,
    /// Number of units in stock, as the shop knows it.
    pub stock: Option<f64>,
    /// Address of the page of the product in the shop.
    #[api(format = "string")]
    pub url: Option<String>,
}

/// Currency in which the account shows e-commerce amounts.
#[apply(model!)]
pub struct DisplayCurrency {
    /// Currency code of three letters after ISO 4217.
    pub code: Option<String>,
}

/// One page of product categories.
#[apply(model!)]
pub struct GetCategoriesResponse {
    /// Categories of this page.
    pub categories: Option<Vec<GetCategoryDetails>>,
    /// Number of categories that match the filters, over all pages.
    pub count: Option<i64>,
}

/// A product category.
#[apply(model!)]
pub struct GetCategoryDetails {
    /// Date-time of the creation, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub created_at: Option<DateTime>,
    /// Identifier of the category in the shop.
    #[api(format = "string")]
    pub id: Option<String>,
    /// Whether the category has been deleted from the shop, though Brevo still keeps it.
    pub is_deleted: Option<bool>,
    /// Date-time of the latest change, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub modified_at: Option<DateTime>,
    /// Display name of the category.
    #[api(format = "string")]
    pub name: Option<String>,
    /// Address of the page of the category in the shop.
    #[api(format = "string")]
    pub url: Option<String>,
}

/// Detailed attribution figures of one campaign or automation workflow.
#[apply(model!)]
pub struct GetEcommerceAttributionMetricsConversionSourceConversionSourceIdResponse {
    /// Average amount of an attributed order, in major currency units.
    pub average_basket: Option<f64>,
    /// Kind of the campaign or workflow.
    pub conversion_source: Option<ConversionSource>,
    /// Identifier of the campaign or automation workflow.
    pub id: Option<f64>,
    /// Number of orders attributed to the source.
    pub orders_count: Option<f64>,
    /// Sum of the attributed orders, in major currency units.
    pub revenue: Option<f64>,
    /// Number of new customers attributed to the source.
    pub new_customers_count: Option<f64>,
}

/// Attribution figures of several campaigns and workflows, with totals.
#[apply(model!)]
pub struct GetEcommerceAttributionMetricsResponse {
    /// Figures of each campaign or workflow asked for.
    pub results: Option<Vec<ConversionSourceMetrics>>,
    /// Figures over all sources asked for.
    pub totals: Option<GetEcommerceAttributionMetricsResponseTotals>,
}

/// Attribution figures summed over several sources.
#[apply(model!)]
pub struct GetEcommerceAttributionMetricsResponseTotals {
    /// Average amount of an attributed order over all sources, in major currency units.
    pub average_basket: Option<f64>,
    /// Number of attributed orders over all sources.
    pub orders_count: Option<f64>,
    /// Sum of the attributed orders over all sources, in major currency units.
    pub revenue: Option<f64>,
}

/// Products whose sales are attributed to one campaign or workflow.
#[apply(model!)]
pub struct GetEcommerceAttributionProductsConversionSourceConversionSourceIdResponse {
    /// Products with attributed sales.
    pub products:
        Option<Vec<GetEcommerceAttributionProductsConversionSourceConversionSourceIdResponseProductsItem>>,
}

/// A product with the sales attributed to a campaign or workflow.
#[apply(model!)]
pub struct GetEcommerceAttributionProductsConversionSourceConversionSourceIdResponseProductsItem {
    /// Identifier of the product in the shop.
    pub id: Option<String>,
    /// Address of the image of the product.
    pub image_url: Option<String>,
    /// Display name of the product.
    pub name: Option<String>,
    /// Number of attributed orders that contain the product.
    pub orders_count: Option<i64>,
    /// Price of the product, in major currency units.
    pub price: Option<f64>,
    /// Attributed revenue of the product, in major currency units.
    pub revenue: Option<f64>,
    /// Stock keeping unit of the product in the shop.
    pub sku: Option<String>,
    /// Address of the page of the product in the shop.
    pub url: Option<String>,
}

/// A product of the e-commerce catalogue.
#[apply(model!)]
pub struct GetProductDetails {
    /// Brand of the product.
    pub brand: Option<String>,
    /// Identifiers of the categories to which the product belongs.
    pub categories: Option<Vec<String>>,
    /// Date-time of the creation, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub created_at: Option<DateTime>,
    /// Description of the product.
    pub description: Option<String>,
    /// Identifier of the product in the shop.
    #[api(format = "string")]
    pub id: Option<String>,
    /// Absolute address of the cover image of the product.
    #[api(format = "string")]
    pub image_url: Option<String>,
    /// Whether the product has been deleted from the shop, though Brevo still keeps it.
    pub is_deleted: Option<bool>,
    /// Additional data of the product.
    pub meta_info: Option<Map>,
    /// Date-time of the latest change, in UTC as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub modified_at: Option<DateTime>,
    /// Display name of the product.
    #[api(format = "string")]
    pub name: Option<String>,
    /// Identifier of the parent product, for a variant.
    #[api(format = "string")]
    pub parent_id: Option<String>,
    /// Price of the product, in major currency units.
    pub price: Option<f64>,
    /// Second price of the product, in major currency units.
    pub alternative_price: Option<f64>,
    /// Address of Brevo's own copy of the original image.
    #[serde(rename = "s3Original")]
    #[api(format = "string")]
    pub s3original: Option<String>,
    /// Address of a thumbnail of 120 by 120 pixels, made for the statistics pages.
    #[serde(rename = "s3ThumbAnalytics")]
    #[api(format = "string")]
    pub s3thumb_analytics: Option<String>,
    /// Address of a thumbnail of 600 by 400 pixels, made for the editor.
    #[serde(rename = "s3ThumbEditor")]
    #[api(format = "string")]
    pub s3thumb_editor: Option<String>,
    /// Stock keeping unit of the product in the shop.
    #[api(format = "string")]
    pub sku: Option<String>,
    /// Number of units in stock, as the shop last told it.
    pub stock: Option<f64>,
    /// Address of the page of the product in the shop.
    #[api(format = "string")]
    pub url: Option<String>,
}

/// Field by which a list of products is ordered.
#[apply(open_enum!)]
pub enum GetProductsRequestSortByField {
    CreatedAt = "created_at",
    Name = "name",
    Price = "price",
    Id = "id",
}

/// One page of products.
#[apply(model!)]
pub struct GetProductsResponse {
    /// Number of products that match the filters, over all pages.
    pub count: Option<i64>,
    /// Products of this page.
    pub products: Option<Vec<GetProductDetails>>,
}

/// An order of the shop, as sent in a batch.
#[apply(model!)]
pub struct Order {
    /// Total of the order with goods, shipping and taxes, in major currency units.
    pub amount: f64,
    /// Billing address and payment details of the order.
    pub billing: Option<OrderBilling>,
    /// Coupon codes applied to the order, kept without regard to case.
    pub coupons: Option<Vec<String>>,
    /// Moment at which the order was placed, in UTC as `YYYY-MM-DDTHH:mm:ssZ`.
    pub created_at: DateTime,
    /// Identifier of the order in the shop; it must be unique.
    pub id: String,
    /// Identifiers of the contact who placed the order.
    pub identifiers: Option<OrderIdentifiers>,
    /// Free additional data of the order, such as its source or the kind of customer.
    pub meta_info: Option<Map<Scalar>>,
    /// Product lines of the order.
    pub products: Vec<OrderProductsItem>,
    /// State of the order, as free text such as `completed`.
    pub status: String,
    /// Identifier of the store in which the order was placed.
    pub store_id: Option<String>,
    /// Moment of the latest change of the status, in UTC as `YYYY-MM-DDTHH:mm:ssZ`.
    pub updated_at: DateTime,
}

/// Billing address and payment details of an order.
#[apply(model!)]
pub struct OrderBilling {
    /// Full billing address, with street and number.
    pub address: Option<String>,
    /// City of the address.
    pub city: Option<String>,
    /// Name of the country of the address.
    pub country: Option<String>,
    /// Country code of two letters after ISO 3166-1.
    pub country_code: Option<String>,
    /// Means of payment, as free text such as `paypal`.
    pub payment_method: Option<String>,
    /// Phone number of the billing contact.
    pub phone: Option<String>,
    /// Postal code of the address.
    pub post_code: Option<String>,
    /// Region, state or province of the address.
    pub region: Option<String>,
}

/// Identifiers that tie an order to a contact.
#[apply(model!)]
pub struct OrderIdentifiers {
    /// E-mail address of the contact.
    #[serde(rename = "email_id")]
    pub email_id: Option<String>,
    /// External identifier of the contact.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Identifier of the loyalty subscription of the contact.
    #[serde(rename = "loyalty_subscription_id")]
    pub loyalty_subscription_id: Option<String>,
    /// Phone number of the contact.
    #[serde(rename = "phone_id")]
    pub phone_id: Option<String>,
}

/// One product line of an order; the quantity goes into either `quantity` or `quantity_float`.
#[apply(model!)]
pub struct OrderProductsItem {
    /// Price of one unit, in major currency units.
    pub price: f64,
    /// Identifier of the product in the shop.
    pub product_id: String,
    /// Identifier of the variant of the product, such as one size or colour.
    pub variant_id: Option<String>,
    /// Number of units as a whole number; necessary when `quantity_float` is absent.
    pub quantity: Option<i64>,
    /// Number of units with decimals; necessary when `quantity` is absent.
    pub quantity_float: Option<f64>,
}
