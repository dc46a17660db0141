//! Contacts with their attributes, lists, folders, segments, import and export.

use macro_rules_attribute::apply;

use super::shared::{CreatedContact, CreatedId, GetCampaignStats, ProcessId, Sort, TextOrInteger};
use crate::schema::{Date, DateTime, Map};

resource! {
    "Contacts with their attributes, lists, folders, segments, import and export.",
    GetContacts,
    CreateContact,
    GetAttributes,
    CreateAttribute,
    UpdateAttribute,
    DeleteAttribute,
    DeleteMultiAttributeOptions,
    UpdateBatchContacts,
    CreateDoiContact,
    RequestContactExport,
    GetFolders,
    CreateFolder,
    GetFolder,
    UpdateFolder,
    DeleteFolder,
    GetFolderLists,
    ImportContacts,
    GetLists,
    CreateList,
    GetList,
    UpdateList,
    DeleteList,
    GetContactsFromList,
    AddContactToList,
    RemoveContactFromList,
    GetSegments,
    GetContactInfo,
    UpdateContact,
    DeleteContact,
    GetContactStats,
}

/// Lists the contacts of the account, page by page.
///
/// Pass either `list_ids` or `segment_id`, never both. A `limit` above the maximum is answered with
/// `out_of_range`. Pages move when contacts are added or removed meanwhile. Contact operations are
/// limited to 10 calls per second and 36 000 per hour on the general tier (source: API limits
/// page).
#[apply(operation!)]
#[http(GET "/contacts" -> 200 ContactsPage)]
#[errors(400, 429)]
#[page(Offset, "contacts", "count")]
pub struct GetContacts {
    /// Page size, at most 1000, 50 by default.
    #[api(min = 0, max = 1000, default = 50)]
    pub limit: Option<i64>,
    /// Number of contacts to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Keeps only contacts modified after this date-time, form `YYYY-MM-DDTHH:mm:ss.SSSZ`,
    /// preferably with a time zone.
    pub modified_since: Option<DateTime>,
    /// Keeps only contacts created after this date-time, form `YYYY-MM-DDTHH:mm:ss.SSSZ`,
    /// preferably with a time zone.
    pub created_since: Option<DateTime>,
    /// Order by creation of the contacts, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Keeps only the contacts with these identifiers, at most 20 of them.
    #[api(max_items = 20)]
    pub ids: Option<Vec<i64>>,
    /// Identifier of the segment whose contacts are wanted; excludes `list_ids`.
    #[api(min = 1)]
    pub segment_id: Option<i64>,
    /// Identifiers of the lists whose contacts are wanted; excludes `segment_id`.
    pub list_ids: Option<Vec<i64>>,
    /// Attribute condition such as `equals(B1,true)`; `equals` is the only operator, and text
    /// values stand in double quotes.
    pub filter: Option<String>,
}

/// Creates a contact, or updates an existing one when `update_enabled` is set.
///
/// One of `email`, `ext_id` or the attribute `SMS` is needed. A new contact is answered with its
/// identifier (201), an update with an empty reply (204), so the result may be absent (source: SDK
/// 5.1). Without `update_enabled` a known contact is refused; look at
/// `metadata.duplicate_identifiers` of the error, because its code has been both
/// `duplicate_parameter` and `invalid_parameter` (source: issue trackers). An `SMS` number that
/// belongs to another contact makes the whole call fail, and nothing is saved; a 425 reply is also
/// documented.
#[apply(operation!)]
#[http(POST "/contacts" -> 201 | 204 Option<CreatedContact>)]
#[errors(400, 425)]
pub struct CreateContact {
    /// Attribute values by upper-case attribute name; unknown attributes and values of the wrong
    /// type are silently ignored.
    pub attributes: Option<Map<AttributeValue>>,
    /// E-mail address of the contact; required when neither `ext_id` nor the attribute `SMS` is
    /// given.
    #[api(format = "email")]
    pub email: Option<String>,
    /// True puts the contact on the blocklist for e-mail.
    pub email_blacklisted: Option<bool>,
    /// Identifier of the contact in your own system.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Identifiers of the lists to add the contact to.
    pub list_ids: Option<Vec<i64>>,
    /// True puts the contact on the blocklist for SMS.
    pub sms_blacklisted: Option<bool>,
    /// Sender addresses whose transactional e-mail the contact must not get; only with
    /// `update_enabled` and e-mail contacts.
    pub smtp_blacklist_sender: Option<Vec<String>>,
    /// True updates the contact when it exists already; by default (false) an existing contact is
    /// an error.
    #[api(default = false)]
    pub update_enabled: Option<bool>,
    /// True merges contacts on an identifier conflict: the most recently modified one stays, the
    /// other is deleted.
    pub force_merge: Option<bool>,
    /// True asks for the identifier of the contact that remains after a merge (since April 2026).
    pub get_id: Option<bool>,
}

/// Lists all contact attributes defined in the account, of every category, in one reply.
///
/// New attribute types have appeared in the past, so treat types and categories as open sets
/// (source: issue tracker of the PHP SDK).
#[apply(operation!)]
#[http(GET "/contacts/attributes" -> 200 GetAttributesResponse)]
#[errors(400)]
#[page(Single, "attributes")]
pub struct GetAttributes {}

/// Creates a contact attribute of the given category and name.
///
/// What goes along depends on the category: `type` for normal, transactional and category
/// attributes, `value` for calculated and global ones, `enumeration` for category ones,
/// `multi_category_options` for multiple-choice ones. The reply is empty on success (201).
#[apply(operation!)]
#[http(POST "/contacts/attributes/{attributeCategory}/{attributeName}" -> 201 ())]
#[errors(400)]
pub struct CreateAttribute {
    /// Category in which the attribute is created.
    pub attribute_category: AttributeCategory,
    /// Name of the new attribute, conventionally in upper case.
    pub attribute_name: String,
    /// Options of an attribute of category `category`, each label at most 200 characters long.
    pub enumeration: Option<Vec<AttributeOption>>,
    /// Recurrence flag of a calculated or global attribute; not allowed to other categories.
    pub is_recurring: Option<bool>,
    /// Options of a normal attribute of type `multiple-choice`, each at most 200 characters long.
    pub multi_category_options: Option<Vec<String>>,
    /// Data type of the values; only for the categories `normal`, `transactional` and `category`.
    pub r#type: Option<CreateAttributeRequestType>,
    /// Formula of the attribute; only for the categories `calculated` and `global`.
    pub value: Option<String>,
}

/// Changes the options or the formula of an existing contact attribute.
///
/// Pass `enumeration` for category attributes, `value` for calculated and global ones,
/// `multi_category_options` for normal multiple-choice ones. The reply is empty on success. The
/// name and the type cannot be changed.
#[apply(operation!)]
#[http(PUT "/contacts/attributes/{attributeCategory}/{attributeName}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateAttribute {
    /// Category the attribute belongs to.
    pub attribute_category: UpdateAttributeRequestAttributeCategory,
    /// Name of the existing attribute.
    pub attribute_name: String,
    /// Options of an attribute of category `category`, each label at most 200 characters long.
    pub enumeration: Option<Vec<AttributeOption>>,
    /// Options to add to a multiple-choice attribute of category `normal`, each at most 200
    /// characters long.
    pub multi_category_options: Option<Vec<String>>,
    /// New formula; only for the categories `calculated` and `global`.
    pub value: Option<String>,
}

/// Deletes a contact attribute for good.
///
/// The attribute must exist in the category given, else the reply is 404. An empty reply means
/// success.
#[apply(operation!)]
#[http(DELETE "/contacts/attributes/{attributeCategory}/{attributeName}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAttribute {
    /// Category the attribute belongs to.
    pub attribute_category: AttributeCategory,
    /// Name of the existing attribute.
    pub attribute_name: String,
}

/// Deletes one option of a multiple-choice attribute.
///
/// Both the attribute and the option must exist. An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/contacts/attributes/multiple-choice/{multipleChoiceAttribute}/{multipleChoiceAttributeOption}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteMultiAttributeOptions {
    /// Name of the existing multiple-choice attribute.
    pub multiple_choice_attribute: String,
    /// The option to delete, spelled as it is stored.
    pub multiple_choice_attribute_option: String,
}

/// Updates several contacts in one call.
///
/// Brevo has deprecated this operation and it may stop working after 2026-10-30; use
/// `import_contacts` instead (source: changelog of 2026-05-12). Each entry must name its contact by
/// exactly one of `email`, `id` or `sms`. The reply is empty on success.
#[apply(operation!)]
#[http(POST "/contacts/batch" -> 204 ())]
#[errors(400)]
#[deprecated = "use `import_contacts`; Brevo announced that this may stop after 2026-10-30."]
pub struct UpdateBatchContacts {
    /// The contacts to update, one entry per contact, each with its changes.
    pub contacts: Option<Vec<UpdateBatchContactsRequestContactsItem>>,
}

/// Sends a double opt-in confirmation mail, after whose confirmation the contact joins the lists.
///
/// The template must be an active double opt-in template that uses `params.DOIurl`, else the reply
/// is 400. Both success statuses (201 and 204) come with an empty reply (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/contacts/doubleOptinConfirmation" -> 201 | 204 ())]
#[errors(400)]
pub struct CreateDoiContact {
    /// Attribute values by upper-case attribute name; the attributes must exist in the account.
    pub attributes: Option<Map<CreateDoiContactRequestAttributesValue>>,
    /// Whether the recipient agreed to open and click tracking of this mail; ignored unless the
    /// account has that feature.
    pub contact_pixel_tracking_consent: Option<bool>,
    /// Address that gets the confirmation mail and identifies the contact.
    #[api(format = "email")]
    pub email: String,
    /// Identifiers of lists that the contact must not be added to.
    pub exclude_list_ids: Option<Vec<i64>>,
    /// Identifiers of the lists that the contact joins.
    pub include_list_ids: Vec<i64>,
    /// Web page shown to the recipient after following the confirmation link.
    #[api(format = "url")]
    pub redirection_url: String,
    /// Identifier of the active double opt-in template.
    pub template_id: i64,
}

/// Starts an export of contacts into a CSV file.
///
/// The export runs in the background (202): poll the process until it is completed and take the
/// file from its `export_url`, or pass `notify_url`. The form of the call made to `notify_url` is
/// not documented in our sources.
#[apply(operation!)]
#[http(POST "/contacts/export" -> 202 ProcessId)]
#[errors(400, 429)]
pub struct RequestContactExport {
    /// Says which contacts to export; exactly one of its three actions should be set.
    pub custom_contact_filter: RequestContactExportRequestCustomContactFilter,
    /// True suppresses the e-mail notification about the finished export; false by default.
    #[api(default = false)]
    pub disable_notification: Option<bool>,
    /// Names of the attributes to export; required when `export_mandatory_attributes` is false.
    pub export_attributes: Option<Vec<String>>,
    /// Whether `EMAIL`, `ADDED_TIME` and `MODIFIED_TIME` are exported; true by default.
    #[api(default = true)]
    pub export_mandatory_attributes: Option<bool>,
    /// Metadata columns to export, such as `_listIds`, `ADDED_TIME` and `MODIFIED_TIME`.
    pub export_metadata: Option<Vec<String>>,
    /// True writes the creation and modification dates in UTC; false by default.
    #[serde(rename = "exportDateInUTC")]
    #[api(default = false)]
    pub export_date_in_utc: Option<bool>,
    /// Subscription columns to export: `email_marketing`, `sms_marketing` or both.
    pub export_subscription_status: Option<Vec<String>>,
    /// Address called when the export has finished; note the spelling `notifyUrl` on the wire.
    #[api(format = "url")]
    pub notify_url: Option<String>,
}

/// Lists the folders of contact lists, page by page.
///
/// The fields `total_subscribers` and `total_blacklisted` are frozen at 0 (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/contacts/folders" -> 200 GetFoldersResponse)]
#[errors(400)]
#[page(Offset, "folders", "count")]
pub struct GetFolders {
    /// Page size, at most 50, 10 by default.
    #[api(min = 0, max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of folders to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the folders, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Creates a folder for contact lists.
///
/// The definition marks `name` as optional, but a folder needs one; always pass it.
#[apply(operation!)]
#[http(POST "/contacts/folders" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateFolder {
    /// Name of the folder.
    pub name: Option<String>,
}

/// Gets one folder of contact lists.
///
/// The fields `total_subscribers` and `total_blacklisted` are frozen at 0 (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/contacts/folders/{folderId}" -> 200 Folder)]
#[errors(400, 404)]
pub struct GetFolder {
    /// Identifier of the folder.
    pub folder_id: i64,
}

/// Renames a folder of contact lists.
///
/// The reply is empty on success; the definition marks `name` as optional, but it is the only thing
/// to change.
#[apply(operation!)]
#[http(PUT "/contacts/folders/{folderId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateFolder {
    /// Identifier of the folder.
    pub folder_id: i64,
    /// New name of the folder.
    pub name: Option<String>,
}

/// Deletes a folder together with all the lists in it.
///
/// This cannot be undone. An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/contacts/folders/{folderId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteFolder {
    /// Identifier of the folder.
    pub folder_id: i64,
}

/// Lists the contact lists of one folder, page by page.
///
/// The fields `total_subscribers` and `total_blacklisted` are frozen at 0 (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/contacts/folders/{folderId}/lists" -> 200 GetFolderListsResponse)]
#[errors(400, 404)]
#[page(Offset, "lists", "count")]
pub struct GetFolderLists {
    /// Identifier of the folder.
    pub folder_id: i64,
    /// Page size, at most 50, 10 by default.
    #[api(min = 0, max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of lists to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the lists, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Starts an import of contacts from a file, a CSV text or JSON entries.
///
/// Give exactly one of `file_body`, `file_url` and `json_body`, and either `list_ids` or
/// `new_list`. The import runs in the background (202): poll the process, whose `info` then holds
/// addresses of CSV reports on refused rows. Attributes unknown to the account are ignored. Gateway
/// timeouts (524) without a JSON body have been seen here (source: issue tracker of the PHP SDK).
#[apply(operation!)]
#[http(POST "/contacts/import" -> 202 ProcessId)]
#[errors(400)]
pub struct ImportContacts {
    /// True suppresses the e-mail notification about the import; false by default.
    #[api(default = false)]
    pub disable_notification: Option<bool>,
    /// True puts all imported contacts on the blocklist for e-mail; false by default.
    #[api(default = false)]
    pub email_blacklist: Option<bool>,
    /// True lets empty cells erase stored values; false by default, works only with
    /// `update_existing_contacts`.
    #[api(default = false)]
    pub empty_contacts_attributes: Option<bool>,
    /// Text of a CSV file with semicolons between columns, at most 10 MB, better below 8 MB.
    pub file_body: Option<String>,
    /// Address of a `.txt`, `.csv` or `.json` file to import; meant for big files.
    #[api(format = "url")]
    pub file_url: Option<String>,
    /// Contacts to import as JSON entries, at most 10 MB, better below 8 MB.
    pub json_body: Option<Vec<ImportContactsRequestJsonBodyItem>>,
    /// Identifiers of the lists to import into; required unless `new_list` is given.
    pub list_ids: Option<Vec<i64>>,
    /// Identifiers of the consent groups that all imported contacts join; needs the consent groups
    /// feature.
    pub consent_group_ids: Option<Vec<i64>>,
    /// A list to create and import into; required unless `list_ids` is given.
    pub new_list: Option<ImportContactsRequestNewList>,
    /// Address called when the import has finished; the form of that call is not documented in our
    /// sources.
    #[api(format = "url")]
    pub notify_url: Option<String>,
    /// True puts all imported contacts on the blocklist for SMS; false by default.
    #[api(default = false)]
    pub sms_blacklist: Option<bool>,
    /// Whether contacts that exist already are updated; true by default.
    #[api(default = true)]
    pub update_existing_contacts: Option<bool>,
}

/// Lists the contact lists of the account, page by page.
///
/// At most 50 lists come per page. The fields `total_subscribers` and `total_blacklisted` are
/// frozen at 0 (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/contacts/lists" -> 200 GetListsResponse)]
#[errors(400)]
#[page(Offset, "lists", "count")]
pub struct GetLists {
    /// Page size, at most 50, 10 by default.
    #[api(min = 0, max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of lists to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the lists, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Creates an empty contact list in a folder.
#[apply(operation!)]
#[http(POST "/contacts/lists" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateList {
    /// Identifier of the folder that will hold the list.
    pub folder_id: i64,
    /// Name of the list.
    pub name: String,
}

/// Gets one contact list, with figures of the campaigns sent to it.
///
/// Pass `start_date` and `end_date` together or not at all. Sources disagree on their form (date or
/// date-time); we pass the text on unchanged.
#[apply(operation!)]
#[http(GET "/contacts/lists/{listId}" -> 200 GetListResponse)]
#[errors(400, 404)]
pub struct GetList {
    /// Identifier of the list.
    pub list_id: i64,
    /// Start of the span of the campaign figures, a date-time with time zone; required with
    /// `end_date`.
    pub start_date: Option<DateTime>,
    /// End of the span of the campaign figures, a date-time with time zone; required with
    /// `start_date`.
    pub end_date: Option<DateTime>,
}

/// Renames a contact list or moves it to another folder.
///
/// Pass one of `name` and `folder_id`: sources disagree on whether both can change in one call
/// (source: SDK 5.1). The reply is empty on success.
#[apply(operation!)]
#[http(PUT "/contacts/lists/{listId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateList {
    /// Identifier of the list.
    pub list_id: i64,
    /// Identifier of the folder to move the list to.
    pub folder_id: Option<i64>,
    /// New name of the list.
    pub name: Option<String>,
}

/// Deletes a contact list for good.
///
/// The contacts of the list are kept and only leave the list. An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/contacts/lists/{listId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteList {
    /// Identifier of the list.
    pub list_id: i64,
}

/// Lists the contacts of one list, page by page.
///
/// The maximum page size is 500 here, half of that of `get_contacts`.
#[apply(operation!)]
#[http(GET "/contacts/lists/{listId}/contacts" -> 200 ContactsPage)]
#[errors(400, 404, 429)]
#[page(Offset, "contacts", "count")]
pub struct GetContactsFromList {
    /// Identifier of the list.
    pub list_id: i64,
    /// Keeps only contacts modified after this date-time, form `YYYY-MM-DDTHH:mm:ss.SSSZ`,
    /// preferably with a time zone.
    pub modified_since: Option<DateTime>,
    /// Page size, at most 500, 50 by default.
    #[api(min = 0, max = 500, default = 50)]
    pub limit: Option<i64>,
    /// Number of contacts to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the contacts, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Adds existing contacts to a list.
///
/// Pass exactly one of `emails`, `ids` and `ext_ids`, with at most 150 entries. The reply tells
/// which entries succeeded and which failed. When no entry could be added, the reply is an error
/// 400 saying that contacts are in the list already or do not exist (observed by third parties).
#[apply(operation!)]
#[http(POST "/contacts/lists/{listId}/contacts/add" -> 201 PostContactInfo)]
#[errors(400, 404)]
pub struct AddContactToList {
    /// Identifier of the list.
    pub list_id: i64,
    /// E-mail addresses of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub emails: Option<Vec<String>>,
    /// Identifiers of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub ids: Option<Vec<i64>>,
    /// Your own identifiers of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub ext_ids: Option<Vec<String>>,
}

/// Removes contacts from a list without deleting them.
///
/// Pass exactly one of `emails`, `ids`, `ext_ids` (at most 150 entries) and `all`. With `all` the
/// removal runs in the background, and the reply holds `process_id` and `total` in place of the
/// successes and failures.
#[apply(operation!)]
#[http(POST "/contacts/lists/{listId}/contacts/remove" -> 201 PostContactInfo)]
#[errors(400, 404)]
pub struct RemoveContactFromList {
    /// Identifier of the list.
    pub list_id: i64,
    /// E-mail addresses of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub emails: Option<Vec<String>>,
    /// Identifiers of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub ids: Option<Vec<i64>>,
    /// True removes every contact from the list, as a background process.
    pub all: Option<bool>,
    /// Your own identifiers of the contacts, 1 to 150.
    #[api(min_items = 1, max_items = 150)]
    pub ext_ids: Option<Vec<String>>,
}

/// Lists the contact segments of the account, page by page.
#[apply(operation!)]
#[http(GET "/contacts/segments" -> 200 GetSegmentsResponse)]
#[errors(400)]
#[page(Offset, "segments", "count")]
pub struct GetSegments {
    /// Page size, at most 50, 10 by default.
    #[api(min = 0, max = 50, default = 10)]
    pub limit: Option<i64>,
    /// Number of segments to skip, 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation of the segments, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Gets one contact with its attributes, lists and campaign statistics.
///
/// Without `identifier_type` the API guesses between e-mail address, phone number and contact
/// identifier; all other kinds need it. The statistics cover the last 90 days unless dates are
/// given; for earlier events use `get_contact_stats`. The identifier must reach the API URL-encoded
/// exactly once.
#[apply(operation!)]
#[http(GET "/contacts/{identifier}" -> 200 ContactInfo)]
#[errors(400, 404)]
pub struct GetContactInfo {
    /// Value that identifies the contact, of the kind named by `identifier_type`.
    pub identifier: TextOrInteger,
    /// Kind of the identifier; required for `ext_id`, `whatsapp_id` and `landline_number_id`.
    pub identifier_type: Option<IdentifierType>,
    /// First day of the statistics, form `YYYY-MM-DD`, not in the future; required with `end_date`.
    pub start_date: Option<Date>,
    /// Last day of the statistics, form `YYYY-MM-DD`, not in the future; required with
    /// `start_date`.
    pub end_date: Option<Date>,
}

/// Updates one contact.
///
/// Without `identifier_type` the API guesses between e-mail address and contact identifier only, so
/// pass it for phone numbers and other kinds. A new e-mail address goes into the attribute `EMAIL`;
/// changing the address of a blocklisted contact removes it from the blocklist (source: SDK 5.1).
/// The reply is empty on success; a 425 reply is also documented.
#[apply(operation!)]
#[http(PUT "/contacts/{identifier}" -> 204 ())]
#[errors(400, 404, 425)]
pub struct UpdateContact {
    /// Value that identifies the contact, of the kind named by `identifier_type`.
    pub identifier: TextOrInteger,
    /// Kind of the identifier; required for all but e-mail address and contact identifier.
    #[api(query)]
    pub identifier_type: Option<IdentifierType>,
    /// New values by upper-case attribute name; unknown attributes and values of the wrong type are
    /// silently ignored.
    pub attributes: Option<Map<AttributeValue>>,
    /// True puts the contact on the blocklist for e-mail, false takes it off.
    pub email_blacklisted: Option<bool>,
    /// New identifier of the contact in your own system.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Identifiers of the lists to add the contact to.
    pub list_ids: Option<Vec<i64>>,
    /// True puts the contact on the blocklist for SMS, false takes it off.
    pub sms_blacklisted: Option<bool>,
    /// Sender addresses whose transactional e-mail the contact must not get; only for e-mail
    /// contacts.
    pub smtp_blacklist_sender: Option<Vec<String>>,
    /// Identifiers of the lists to remove the contact from.
    pub unlink_list_ids: Option<Vec<i64>>,
    /// True merges contacts on an identifier conflict: the most recently modified one stays, the
    /// other is deleted.
    pub force_merge: Option<bool>,
}

/// Deletes one contact for good.
///
/// Without `identifier_type` the API guesses between e-mail address and contact identifier only. An
/// empty reply means success; a 405 reply is also documented.
#[apply(operation!)]
#[http(DELETE "/contacts/{identifier}" -> 204 ())]
#[errors(400, 404, 405)]
pub struct DeleteContact {
    /// Value that identifies the contact, of the kind named by `identifier_type`.
    pub identifier: TextOrInteger,
    /// Kind of the identifier; required for all but e-mail address and contact identifier.
    pub identifier_type: Option<IdentifierType>,
}

/// Gets the e-mail campaign statistics of one contact.
///
/// Covers the last 90 days by default. Pass `start_date` and `end_date` together; they may span at
/// most 90 days.
#[apply(operation!)]
#[http(GET "/contacts/{identifier}/campaignStats" -> 200 GetContactStatsResponse)]
#[errors(400, 404)]
pub struct GetContactStats {
    /// E-mail address or numeric identifier of the contact.
    pub identifier: TextOrInteger,
    /// First day, form `YYYY-MM-DD`, not in the future; required with `end_date`.
    pub start_date: Option<Date>,
    /// Last day, form `YYYY-MM-DD`, at most 90 days after `start_date`; required with it.
    pub end_date: Option<Date>,
}

/// An unsubscription of a contact made by an administrator of the account.
#[apply(model!)]
pub struct AdminUnsubscription {
    /// Time of the unsubscription, in the form the API sends.
    pub event_time: Option<String>,
    /// IP address from which the unsubscription was made.
    pub ip: Option<String>,
}

/// Category of a contact attribute, which decides what the attribute may hold.
#[apply(open_enum!)]
pub enum AttributeCategory {
    Normal = "normal",
    Transactional = "transactional",
    Category = "category",
    Calculated = "calculated",
    Global = "global",
}

/// One option of an attribute of category `category`.
#[apply(model!)]
pub struct AttributeOption {
    /// Text of the option, at most 200 characters long.
    pub label: String,
    /// Number that stands for the option.
    pub value: i64,
}

/// Value of a contact attribute; a list of texts serves multiple-choice attributes.
#[apply(union!)]
pub enum AttributeValue {
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(String),
    Texts(Vec<String>),
}

/// A campaign and the time at which something happened to the contact in it.
#[apply(model!)]
pub struct CampaignMoment {
    /// Identifier of the e-mail campaign.
    pub campaign_id: Option<i64>,
    /// Time of the event, in the form the API sends.
    pub event_time: Option<String>,
}

/// Membership of a contact in one consent group.
#[apply(model!)]
pub struct ConsentGroupItem {
    /// Identifier of the consent group.
    pub id: Option<i64>,
    /// Whether the contact is subscribed to the group.
    pub status: Option<ConsentGroupItemStatus>,
}

/// Subscription of a contact within a consent group.
#[apply(open_enum!)]
pub enum ConsentGroupItemStatus {
    Subscribed = "subscribed",
    Unsubscribed = "unsubscribed",
}

/// A contact as it appears in pages of contacts.
#[apply(model!)]
pub struct Contact {
    /// Attribute values of the contact by attribute name.
    pub attributes: Option<Map>,
    /// Time at which the contact was created, UTC or with an offset.
    pub created_at: Option<DateTime>,
    /// E-mail address; absent for contacts known by another identifier only.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Whether the contact is on the blocklist for e-mail campaigns.
    pub email_blacklisted: Option<bool>,
    /// Identifier of the contact.
    pub id: Option<i64>,
    /// Identifiers of the lists the contact belongs to.
    pub list_ids: Option<Vec<i64>>,
    /// Identifiers of the lists from which the contact has unsubscribed.
    pub list_unsubscribed: Option<Vec<i64>>,
    /// Time of the last change of the contact, UTC or with an offset.
    pub modified_at: Option<DateTime>,
    /// Whether the contact is on the blocklist for SMS campaigns.
    pub sms_blacklisted: Option<bool>,
    /// Whether the contact is on the blocklist for WhatsApp campaigns.
    pub whatsapp_blacklisted: Option<bool>,
    /// Consent groups of the contact with its status; present only when that feature is enabled.
    pub consent_groups: Option<Vec<ConsentGroupItem>>,
}

/// Clicks of a contact in one campaign.
#[apply(model!)]
pub struct ContactClicked {
    /// Identifier of the e-mail campaign.
    pub campaign_id: Option<i64>,
    /// The links that the contact clicked.
    pub links: Option<Vec<ContactClickedLink>>,
}

/// A link clicked by a contact.
#[apply(model!)]
pub struct ContactClickedLink {
    /// Number of clicks on the link.
    pub count: Option<i64>,
    /// Time of the click, in the form the API sends.
    pub event_time: Option<String>,
    /// IP address from which the link was clicked.
    pub ip: Option<String>,
    /// Address the link leads to.
    pub url: Option<String>,
}

/// A contact with all details and campaign statistics.
#[apply(model!)]
pub struct ContactInfo {
    /// Attribute values of the contact by attribute name.
    pub attributes: Option<Map>,
    /// Time at which the contact was created, UTC or with an offset.
    pub created_at: Option<DateTime>,
    /// E-mail address; absent for contacts known by another identifier only.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Whether the contact is on the blocklist for e-mail campaigns.
    pub email_blacklisted: Option<bool>,
    /// Identifier of the contact.
    pub id: Option<i64>,
    /// Identifiers of the lists the contact belongs to.
    pub list_ids: Option<Vec<i64>>,
    /// Identifiers of the lists from which the contact has unsubscribed.
    pub list_unsubscribed: Option<Vec<i64>>,
    /// Time of the last change of the contact, UTC or with an offset.
    pub modified_at: Option<DateTime>,
    /// Whether the contact is on the blocklist for SMS campaigns.
    pub sms_blacklisted: Option<bool>,
    /// Whether the contact is on the blocklist for WhatsApp campaigns.
    pub whatsapp_blacklisted: Option<bool>,
    /// Consent groups of the contact with its status; present only when that feature is enabled.
    pub consent_groups: Option<Vec<ConsentGroupItem>>,
    /// Campaign events of the contact, over the last 90 days by default.
    pub statistics: Option<GetContactInfoResponseStatistics>,
}

/// Keys of contacts, as texts (e-mail addresses, own identifiers) or as numeric identifiers.
#[apply(union!)]
pub enum ContactKeys {
    Texts(Vec<String>),
    Integers(Vec<i64>),
}

/// Openings of one campaign by a contact.
#[apply(model!)]
pub struct ContactOpened {
    /// Identifier of the e-mail campaign.
    pub campaign_id: Option<i64>,
    /// Number of openings.
    pub count: Option<i64>,
    /// Time of the opening, in the form the API sends.
    pub event_time: Option<String>,
    /// IP address from which the mail was opened.
    pub ip: Option<String>,
}

/// Unsubscriptions of a contact, sorted by who made them.
#[apply(model!)]
pub struct ContactUnsubscriptions {
    /// Unsubscriptions made by an administrator of the account.
    pub admin_unsubscription: Option<Vec<AdminUnsubscription>>,
    /// Unsubscriptions made by the contact.
    pub user_unsubscription: Option<Vec<UserUnsubscription>>,
}

/// One page of contacts.
#[apply(model!)]
pub struct ContactsPage {
    /// The contacts of this page.
    pub contacts: Option<Vec<Contact>>,
    /// Total number of matching contacts over all pages.
    pub count: Option<i64>,
}

/// Data type of a new attribute: `user` and `multiple-choice` for normal, `id` for transactional,
/// `category` for category attributes only.
#[apply(open_enum!)]
pub enum CreateAttributeRequestType {
    Text = "text",
    Date = "date",
    Float = "float",
    Boolean = "boolean",
    Id = "id",
    Category = "category",
    MultipleChoice = "multiple-choice",
    User = "user",
}

/// Value of a contact attribute in a double opt-in request; a list holds texts only.
#[apply(union!)]
pub enum CreateDoiContactRequestAttributesValue {
    Number(f64),
    Boolean(bool),
    Text(String),
    Texts(Vec<String>),
}

/// A folder, or a list inside one, with its subscriber figures.
#[apply(model!)]
pub struct Folder {
    /// Identifier of the folder or list.
    pub id: Option<i64>,
    /// Name of the folder or list.
    pub name: Option<String>,
    /// Formerly the number of blocklisted contacts; always 0 now.
    pub total_blacklisted: Option<i64>,
    /// Formerly the number of subscribed contacts; always 0 now.
    pub total_subscribers: Option<i64>,
    /// Number of distinct contacts; deprecated for folders.
    pub unique_subscribers: Option<i64>,
}

/// All contact attributes of the account.
#[apply(model!)]
pub struct GetAttributesResponse {
    /// The attributes, of all categories.
    pub attributes: Option<Vec<GetAttributesResponseAttributesItem>>,
}

/// Definition of one contact attribute.
#[apply(model!)]
pub struct GetAttributesResponseAttributesItem {
    /// Formula of a calculated or global attribute.
    pub calculated_value: Option<String>,
    /// Category the attribute belongs to.
    pub category: Option<AttributeCategory>,
    /// Options of an attribute of category `category`.
    pub enumeration: Option<Vec<GetAttributesResponseAttributesItemEnumerationItem>>,
    /// Options of an attribute of type `multiple-choice`.
    pub multi_category_options: Option<Vec<String>>,
    /// Name of the attribute.
    pub name: Option<String>,
    /// Data type of the values; absent for some categories.
    pub r#type: Option<GetAttributesResponseAttributesItemType>,
}

/// One option of an attribute of category `category`.
#[apply(model!)]
pub struct GetAttributesResponseAttributesItemEnumerationItem {
    /// Text of the option.
    pub label: Option<String>,
    /// Number of the option; 0 when the stored value is not numeric, so prefer `value_str`.
    pub value: Option<i64>,
    /// Stored value of the option as text (since May 2026).
    pub value_str: Option<String>,
}

/// Data type of a contact attribute.
#[apply(open_enum!)]
pub enum GetAttributesResponseAttributesItemType {
    Text = "text",
    Date = "date",
    Float = "float",
    Id = "id",
    Boolean = "boolean",
    MultipleChoice = "multiple-choice",
    User = "user",
}

/// Campaign events of a contact within the span asked for.
#[apply(model!)]
pub struct GetContactInfoResponseStatistics {
    /// Campaigns in which the contact clicked links.
    pub clicked: Option<Vec<ContactClicked>>,
    /// Campaigns that the contact reported as spam.
    pub complaints: Option<Vec<CampaignMoment>>,
    /// Campaigns delivered to the contact.
    pub delivered: Option<Vec<CampaignMoment>>,
    /// Campaigns refused for good by the contact's mail server.
    pub hard_bounces: Option<Vec<CampaignMoment>>,
    /// Campaigns sent to the contact.
    pub messages_sent: Option<Vec<CampaignMoment>>,
    /// Campaigns that the contact opened.
    pub opened: Option<Vec<ContactOpened>>,
    /// Campaigns refused for the moment by the contact's mail server.
    pub soft_bounces: Option<Vec<CampaignMoment>>,
    /// Values of the transactional attributes of the contact, one entry per transaction.
    pub transac_attributes: Option<Vec<Map>>,
    /// Unsubscriptions of the contact.
    pub unsubscriptions: Option<ContactUnsubscriptions>,
}

/// Campaign events of a contact within the span asked for.
#[apply(model!)]
pub struct GetContactStatsResponse {
    /// Campaigns in which the contact clicked links.
    pub clicked: Option<Vec<ContactClicked>>,
    /// Campaigns that the contact reported as spam.
    pub complaints: Option<Vec<CampaignMoment>>,
    /// Campaigns delivered to the contact.
    pub delivered: Option<Vec<CampaignMoment>>,
    /// Campaigns refused for good by the contact's mail server.
    pub hard_bounces: Option<Vec<CampaignMoment>>,
    /// Campaigns sent to the contact.
    pub messages_sent: Option<Vec<CampaignMoment>>,
    /// Campaigns that the contact opened.
    pub opened: Option<Vec<ContactOpened>>,
    /// Campaigns refused for the moment by the contact's mail server.
    pub soft_bounces: Option<Vec<CampaignMoment>>,
    /// Values of the transactional attributes of the contact, one entry per transaction.
    pub transac_attributes: Option<Vec<GetContactStatsResponseTransacAttributesItem>>,
    /// Unsubscriptions of the contact.
    pub unsubscriptions: Option<ContactUnsubscriptions>,
}

/// A transaction recorded in the transactional attributes of a contact.
#[apply(model!)]
pub struct GetContactStatsResponseTransacAttributesItem {
    /// Date of the order.
    pub order_date: Option<Date>,
    /// Identifier of the order.
    pub order_id: Option<i64>,
    /// Price of the order, in an unstated currency.
    pub order_price: Option<f64>,
}

/// One page of the lists of a folder.
#[apply(model!)]
pub struct GetFolderListsResponse {
    /// Total number of lists in the folder.
    pub count: Option<i64>,
    /// The lists of this page.
    pub lists: Option<Vec<Folder>>,
}

/// One page of folders.
#[apply(model!)]
pub struct GetFoldersResponse {
    /// Total number of folders in the account.
    pub count: Option<i64>,
    /// The folders of this page; the field may be absent.
    pub folders: Option<Vec<Folder>>,
}

/// A contact list with all details.
#[apply(model!)]
pub struct GetListResponse {
    /// Identifier of the list.
    pub id: Option<i64>,
    /// Name of the list.
    pub name: Option<String>,
    /// Formerly the number of blocklisted contacts; always 0 now.
    pub total_blacklisted: Option<i64>,
    /// Formerly the number of subscribed contacts; always 0 now.
    pub total_subscribers: Option<i64>,
    /// Number of distinct contacts in the list.
    pub unique_subscribers: Option<i64>,
    /// Figures of the campaigns sent to the list.
    pub campaign_stats: Option<Vec<GetListResponseCampaignStatsItem>>,
    /// Time at which the list was created, UTC or with an offset.
    pub created_at: Option<DateTime>,
    /// Whether the list is dynamic.
    pub dynamic_list: Option<bool>,
    /// Identifier of the folder that holds the list.
    pub folder_id: Option<i64>,
}

/// Figures of one campaign for the list.
#[apply(model!)]
pub struct GetListResponseCampaignStatsItem {
    /// Identifier of the e-mail campaign.
    pub campaign_id: Option<i64>,
    /// Figures of the campaign for this list.
    pub stats: Option<GetCampaignStats>,
}

/// One page of contact lists.
#[apply(model!)]
pub struct GetListsResponse {
    /// Total number of lists in the account.
    pub count: Option<i64>,
    /// The lists of this page; the field may be absent.
    pub lists: Option<Vec<GetListsResponseListsItem>>,
}

/// A contact list as it appears in pages of lists.
#[apply(model!)]
pub struct GetListsResponseListsItem {
    /// Identifier of the list.
    pub id: Option<i64>,
    /// Name of the list.
    pub name: Option<String>,
    /// Formerly the number of blocklisted contacts; always 0 now.
    pub total_blacklisted: Option<i64>,
    /// Formerly the number of subscribed contacts; always 0 now.
    pub total_subscribers: Option<i64>,
    /// Number of distinct contacts in the list.
    pub unique_subscribers: Option<i64>,
    /// Identifier of the folder that holds the list.
    pub folder_id: Option<i64>,
}

/// One page of segments.
#[apply(model!)]
pub struct GetSegmentsResponse {
    /// Total number of segments in the account.
    pub count: Option<i64>,
    /// The segments of this page; the field may be absent.
    pub segments: Option<Vec<GetSegmentsResponseSegmentsItem>>,
}

/// A segment of contacts.
#[apply(model!)]
pub struct GetSegmentsResponseSegmentsItem {
    /// Name of the category the segment belongs to.
    #[api(format = "string")]
    pub category_name: Option<String>,
    /// Identifier of the segment.
    pub id: Option<i64>,
    /// Name of the segment.
    pub segment_name: Option<String>,
    /// Time of the last change of the segment, UTC or with an offset.
    pub updated_at: Option<DateTime>,
}

/// Kind of value that identifies a contact.
#[apply(open_enum!)]
pub enum IdentifierType {
    EmailId = "email_id",
    ContactId = "contact_id",
    ExtId = "ext_id",
    PhoneId = "phone_id",
    WhatsappId = "whatsapp_id",
    LandlineNumberId = "landline_number_id",
}

/// One contact to import.
#[apply(model!)]
pub struct ImportContactsRequestJsonBodyItem {
    /// Attribute values by attribute name; attributes unknown to the account are ignored.
    pub attributes: Option<Map>,
    /// E-mail address of the contact.
    pub email: Option<String>,
}

/// A list to create for an import.
#[apply(model!)]
pub struct ImportContactsRequestNewList {
    /// Identifier of the folder that will hold the list; optional.
    pub folder_id: Option<i64>,
    /// Name of the new list.
    pub list_name: Option<String>,
}

/// Outcome of adding contacts to a list or removing them from it.
#[apply(model!)]
pub struct PostContactInfo {
    /// What happened to the contacts.
    pub contacts: Option<PostContactInfoContacts>,
}

/// Contacts that were moved and those that were not, or the background process that does it.
#[apply(model!)]
pub struct PostContactInfoContacts {
    /// Keys of the contacts that could not be added or removed.
    pub failure: Option<ContactKeys>,
    /// Identifier of the background process; only when all contacts are removed.
    pub process_id: Option<i64>,
    /// Keys of the contacts that were added or removed.
    pub success: Option<ContactKeys>,
    /// Number of contacts being removed; only when all contacts are removed.
    pub total: Option<i64>,
}

/// Choice of the contacts to export: one action and the object it applies to.
#[apply(model!)]
pub struct RequestContactExportRequestCustomContactFilter {
    /// Picks contacts of a list or segment; required unless one of the other actions is set.
    pub action_for_contacts: Option<RequestContactExportRequestCustomContactFilterActionForContacts>,
    /// Picks contacts by what they did with e-mail campaigns; required unless another action is
    /// set.
    pub action_for_email_campaigns:
        Option<RequestContactExportRequestCustomContactFilterActionForEmailCampaigns>,
    /// Picks contacts by what happened with SMS campaigns; required unless another action is set.
    pub action_for_sms_campaigns: Option<RequestContactExportRequestCustomContactFilterActionForSmsCampaigns>,
    /// Identifier of the e-mail campaign; optional for bounces only, ignored without
    /// `action_for_email_campaigns`.
    pub email_campaign_id: Option<i64>,
    /// Identifier of the list; with `action_for_contacts` either this or `segment_id` is required.
    pub list_id: Option<i64>,
    /// Identifier of the segment; with `action_for_contacts` either this or `list_id` is required.
    pub segment_id: Option<i64>,
    /// Identifier of the SMS campaign, all of them if absent; ignored without
    /// `action_for_sms_campaigns`.
    pub sms_campaign_id: Option<i64>,
}

/// Which contacts of a list or segment are exported.
#[apply(open_enum!)]
pub enum RequestContactExportRequestCustomContactFilterActionForContacts {
    AllContacts = "allContacts",
    Subscribed = "subscribed",
    Unsubscribed = "unsubscribed",
    UnsubscribedPerList = "unsubscribedPerList",
}

/// Behaviour towards e-mail campaigns by which contacts are exported.
#[apply(open_enum!)]
pub enum RequestContactExportRequestCustomContactFilterActionForEmailCampaigns {
    Openers = "openers",
    NonOpeners = "nonOpeners",
    Clickers = "clickers",
    NonClickers = "nonClickers",
    Unsubscribed = "unsubscribed",
    HardBounces = "hardBounces",
    SoftBounces = "softBounces",
}

/// Result of SMS campaigns by which contacts are exported.
#[apply(open_enum!)]
pub enum RequestContactExportRequestCustomContactFilterActionForSmsCampaigns {
    HardBounces = "hardBounces",
    SoftBounces = "softBounces",
    Unsubscribed = "unsubscribed",
}

/// Category of an attribute that can be updated; transactional attributes cannot.
#[apply(open_enum!)]
pub enum UpdateAttributeRequestAttributeCategory {
    Category = "category",
    Calculated = "calculated",
    Global = "global",
    Normal = "normal",
}

/// Changes to one contact, named by exactly one of `email`, `id` and `sms`.
#[apply(model!)]
pub struct UpdateBatchContactsRequestContactsItem {
    /// New values by upper-case attribute name; a new address goes into `EMAIL`.
    pub attributes: Option<Map>,
    /// E-mail address that identifies the contact; excludes `id` and `sms`.
    #[api(format = "email")]
    pub email: Option<String>,
    /// True puts the contact on the blocklist for e-mail, false takes it off.
    pub email_blacklisted: Option<bool>,
    /// New identifier of the contact in your own system.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Identifier of the contact; excludes `email` and `sms`.
    pub id: Option<i64>,
    /// Identifiers of the lists to add the contact to.
    pub list_ids: Option<Vec<i64>>,
    /// Phone number with country code that identifies the contact; excludes `email` and `id`.
    pub sms: Option<String>,
    /// True puts the contact on the blocklist for SMS, false takes it off.
    pub sms_blacklisted: Option<bool>,
    /// Sender addresses whose transactional e-mail the contact must not get; only for e-mail
    /// contacts.
    pub smtp_blacklist_sender: Option<Vec<String>>,
    /// Identifiers of the lists to remove the contact from.
    pub unlink_list_ids: Option<Vec<i64>>,
}

/// An unsubscription made by the contact.
#[apply(model!)]
pub struct UserUnsubscription {
    /// Identifier of the campaign the contact unsubscribed from; may be null.
    pub campaign_id: Option<i64>,
    /// Time of the unsubscription, in the form the API sends.
    pub event_time: Option<String>,
    /// IP address from which the unsubscription was made.
    pub ip: Option<String>,
}
