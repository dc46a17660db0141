//! Records of custom objects and their associations.

use macro_rules_attribute::apply;

use super::shared::{CreatedContact, Sort};
use crate::schema::{DateTime, Map};

resource! {
    "Records of custom objects and their associations.",
    Upsertrecords,
    Getrecords,
    BatchDeleteObjectRecords,
    GetAssociatedRecords,
}

/// Creates or updates up to 1000 records of a custom object type in one call.
///
/// The work is asynchronous: the reply names a process to follow, and a record that is rejected
/// later does not show in it. A record with a new `ext_id` or without identifiers is created; an
/// `id` serves for updates only. Body of at most 1 MB, at most 500 attributes per record. Unknown
/// attribute keys are dropped in silence, the object type must exist, and contacts cannot be
/// written here (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/objects/{object_type}/batch/upsert" -> 202 UpsertrecordsResponse)]
#[errors(400, 403, 404, 500)]
pub struct Upsertrecords {
    /// Key of an existing custom object type: lowercase letters, digits and underscores, at most 32
    /// characters.
    #[serde(rename = "object_type")]
    #[api(max_length = 32)]
    pub object_type: String,
    /// Records to create or update, from 1 to 1000.
    #[api(min_items = 1, max_items = 1000)]
    pub records: Vec<UpsertrecordsRequestRecordsItem>,
}

/// Lists the records of a custom object type, page by page.
///
/// Paging goes by page number, not by an offset. Contacts are not supported as object type. Custom
/// objects are a beta feature of Enterprise plans (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/objects/{object_type}/records" -> 200 GetrecordsResponse)]
#[errors(400, 403, 424, 500)]
#[page(Page, "records", "count")]
pub struct Getrecords {
    /// Key of an existing custom object type; `contact` is not allowed.
    #[serde(rename = "object_type")]
    pub object_type: String,
    /// Page size, from 0 to 1000.
    #[api(min = 0, max = 1000)]
    pub limit: i64,
    /// Number of the page to return, counted from 1.
    #[serde(rename = "page_num")]
    #[api(min = 1)]
    pub page_num: i64,
    /// Order of the records, `asc` or `desc`; default `desc`.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Whether associated records are included, as the text `true` or `false`; `false` when not
    /// given.
    pub association: Option<GetrecordsRequestAssociation>,
}

/// Deletes up to 1000 records of a custom object type in one call.
///
/// The work is asynchronous: the reply names a process to follow. Give either internal or external
/// identifiers, never both. Records of Brevo's standard objects cannot be deleted here (source: SDK
/// 5.1).
#[apply(operation!)]
#[http(POST "/objects/{object_type}/batch/delete" -> 202 BatchDeleteObjectRecordsResponse)]
#[errors(400, 403, 500)]
pub struct BatchDeleteObjectRecords {
    /// Key of the custom object type whose records are deleted.
    #[serde(rename = "object_type")]
    pub object_type: String,
    /// Identifiers of the records to delete, at most 1000, either internal or external ones.
    #[api(max_items = 1000)]
    pub identifiers: Option<BatchDeleteObjectRecordsRequestIdentifiers>,
}

/// Lists the records that are associated with one record or contact.
///
/// Name the source record by exactly one of `id`, `ext_id`, `email` and `sms`, otherwise the reply
/// is 400. `email` and `sms` are for the object type `contact` only. The page size is fixed at 20,
/// the most recent association comes first, and paging ends when `has_more` is false (source: SDK
/// 5.1).
#[apply(operation!)]
#[http(GET "/objects/{object_type}/associated-records" -> 200 GetAssociatedRecordsResponse)]
#[errors(400, 404, 500)]
#[page(Offset, "items")]
pub struct GetAssociatedRecords {
    /// Key of the object type of the source record, a custom one or `contact`.
    #[serde(rename = "object_type")]
    pub object_type: String,
    /// Internal identifier of the source record, a positive number.
    pub id: Option<i64>,
    /// External identifier of the source record.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// E-mail address of the source contact; only with the object type `contact`.
    pub email: Option<String>,
    /// Phone number of the source contact with country code; only with the object type `contact`.
    pub sms: Option<String>,
    /// Object types to which the associated records are restricted, at most 5; all types when not
    /// given.
    #[api(max_items = 5)]
    pub r#type: Option<Vec<String>>,
    /// Number of entries to skip, to be raised by 20 for each page; default 0.
    #[api(default = 0)]
    pub offset: Option<i64>,
}

/// Identifiers of the records to delete, either all internal or all external.
#[apply(union!)]
pub enum BatchDeleteObjectRecordsRequestIdentifiers {
    Ids(BatchDeleteObjectRecordsRequestIdentifiersIds),
    ExtIds(BatchDeleteObjectRecordsRequestIdentifiersExtIds),
}

/// Records to delete, named by external identifiers.
#[apply(model!)]
pub struct BatchDeleteObjectRecordsRequestIdentifiersExtIds {
    /// External identifiers of the records, at most 1000.
    #[serde(rename = "ext_ids")]
    #[api(max_items = 1000)]
    pub ext_ids: Vec<String>,
}

/// Records to delete, named by internal identifiers.
#[apply(model!)]
pub struct BatchDeleteObjectRecordsRequestIdentifiersIds {
    /// Internal identifiers of the records, at most 1000.
    #[api(max_items = 1000)]
    pub ids: Vec<i64>,
}

/// Acknowledgement of an asynchronous deletion of records.
#[apply(model!)]
pub struct BatchDeleteObjectRecordsResponse {
    /// Identifier of the process that carries out the deletion.
    pub process_id: Option<i64>,
    /// Readable confirmation that the request was taken.
    pub message: Option<String>,
}

/// One page of associated records.
#[apply(model!)]
pub struct GetAssociatedRecordsResponse {
    /// Whether further associated records follow this page.
    #[serde(rename = "has_more")]
    pub has_more: Option<bool>,
    /// Associated records of this page, at most 20.
    #[api(max = 20)]
    pub items: Option<Vec<GetAssociatedRecordsResponseItemsItem>>,
    /// The offset that was asked for.
    pub offset: Option<i64>,
}

/// An associated record with its object type.
#[apply(model!)]
pub struct GetAssociatedRecordsResponseItemsItem {
    /// The associated record itself.
    pub object: Option<GetAssociatedRecordsResponseItemsItemObject>,
    /// Key of the object type of the associated record.
    pub r#type: Option<String>,
}

/// Identifiers, attributes and dates of an associated record; contacts come with fewer fields.
#[apply(model!)]
pub struct GetAssociatedRecordsResponseItemsItemObject {
    /// Attribute values by attribute key, not by label; the keys of contact attributes come in
    /// lowercase.
    pub attributes: Option<Map>,
    /// Moment at which the record was created; absent for contacts.
    #[serde(rename = "created_at")]
    pub created_at: Option<DateTime>,
    /// External identifier of the record; absent for contacts, where it is among the attributes.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Internal identifier of the record.
    pub id: Option<i64>,
    /// Moment of the latest change of the record; absent for contacts.
    #[serde(rename = "updated_at")]
    pub updated_at: Option<DateTime>,
}

/// Whether associated records are included, as a text value.
#[apply(open_enum!)]
pub enum GetrecordsRequestAssociation {
    True = "true",
    False = "false",
}

/// One page of records of an object type.
#[apply(model!)]
pub struct GetrecordsResponse {
    /// Number of records of the object type, over all pages.
    pub count: Option<i64>,
    /// Records of this page.
    pub records: Option<Vec<GetrecordsResponseRecordsItem>>,
}

/// A record of a custom object type.
#[apply(model!)]
pub struct GetrecordsResponseRecordsItem {
    /// Associated records by object type, at most 5 of each; present only when `association` was
    /// `true`.
    pub associations: Option<Vec<GetrecordsResponseRecordsItemAssociationsItemOne>>,
    /// Attribute values by attribute key; category values are option keys, not labels.
    pub attributes: Option<Map>,
    /// Moment at which the record was created.
    pub created_at: Option<DateTime>,
    /// Internal and external identifier of the record.
    pub identifiers: Option<RecordIdentifiers>,
    /// Moment of the latest change of the record.
    pub updated_at: Option<DateTime>,
}

/// Records of one object type with which a record is associated.
#[apply(model!)]
pub struct GetrecordsResponseRecordsItemAssociationsItemOne {
    /// Key of the object type of the associated records.
    #[serde(rename = "object_type")]
    pub object_type: Option<String>,
    /// Associated records of this type, at most 5.
    pub records: Option<Vec<GetrecordsResponseRecordsItemAssociationsItemOneRecordsItemOne>>,
}

/// Reference to one associated record.
#[apply(model!)]
pub struct GetrecordsResponseRecordsItemAssociationsItemOneRecordsItemOne {
    /// Identifiers of the associated record; only the internal one is given.
    pub identifiers: Option<CreatedContact>,
}

/// Internal and external identifier of a record.
#[apply(model!)]
pub struct RecordIdentifiers {
    /// Identifier of the record in an outside system.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Internal identifier that Brevo assigned to the record; in requests it only names existing
    /// records.
    pub id: Option<i64>,
}

/// One record to create or update.
#[apply(model!)]
pub struct UpsertrecordsRequestRecordsItem {
    /// Associations to link or unlink, at most 20 entries, of which 10 links and 10 unlinks
    /// (source: SDK 5.1).
    #[api(max_items = 20)]
    pub associations: Option<Vec<UpsertrecordsRequestRecordsItemAssociationsItem>>,
    /// Attribute values by attribute key, at least 1 and at most 500; unknown keys are dropped in
    /// silence.
    pub attributes: Option<Map>,
    /// Identifier of the record, `id` or `ext_id`; without one a new record is created.
    pub identifiers: Option<RecordIdentifiers>,
}

/// Records of one object type to link to a record, or to unlink from it.
#[apply(model!)]
pub struct UpsertrecordsRequestRecordsItemAssociationsItem {
    /// Key of the object type of the associated records.
    #[serde(rename = "object_type")]
    pub object_type: String,
    /// Whether to link or unlink; `link` when not given. Unlinking what is not linked is no error.
    pub action: Option<UpsertrecordsRequestRecordsItemAssociationsItemAction>,
    /// Records to link or unlink, at most 10; both sides of a link must already exist.
    pub records: Vec<UpsertrecordsRequestRecordsItemAssociationsItemRecordsItem>,
}

/// What is done with an association.
#[apply(open_enum!)]
pub enum UpsertrecordsRequestRecordsItemAssociationsItemAction {
    Link = "link",
    Unlink = "unlink",
}

/// Reference to one record to link or unlink.
#[apply(model!)]
pub struct UpsertrecordsRequestRecordsItemAssociationsItemRecordsItem {
    /// Identifier of the associated record, either `ext_id` or `id`.
    pub identifiers: Option<RecordIdentifiers>,
}

/// Acknowledgement of an asynchronous batch of records.
#[apply(model!)]
pub struct UpsertrecordsResponse {
    /// Readable confirmation that the batch was taken.
    pub message: Option<String>,
    /// Identifier of the process that writes the records.
    pub process_id: Option<i64>,
}
