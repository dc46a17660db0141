//! CRM companies, and their links to contacts and deals.

use macro_rules_attribute::apply;

use super::shared::{CreatedKey, CrmAttribute, OptionalProcessId, Sort};
use crate::schema::{DateTime, File, Map};

resource! {
    "CRM companies, and their links to contacts and deals.",
    GetAllCompanies,
    CreateACompany,
    ImportCompaniesCreationAndUpdation,
    LinkAndUnlinkCompanyWithContactAndDeal,
    GetACompany,
    DeleteACompany,
    UpdateACompany,
    CreateACompanyDealAttribute,
    DeleteAnAttribute,
    UpdateAnAttribute,
    GetCompanyAttributes,
    CompaniesAttributesGet,
}

/// Lists the companies of the account.
///
/// The list is paged by page number instead of offset, and the reply has no total: the last page is
/// the one that comes back short. The old `filters` argument of former SDKs is dropped silently
/// since their 2026 majors and would give an unfiltered list (source: SDK READMEs).
#[apply(operation!)]
#[http(GET "/companies" -> 200 GetCompaniesResponse)]
#[errors(400)]
#[page(Page, "items")]
pub struct GetAllCompanies {
    /// Keeps only the companies with this name; sent as `filters[attributes.name]`.
    #[serde(rename = "filters[attributes.name]")]
    pub filters_attributes_name: Option<String>,
    /// Keeps only the companies linked to this contact identifier.
    pub linked_contacts_ids: Option<i64>,
    /// Keeps only the companies linked to this deal identifier.
    pub linked_deals_ids: Option<String>,
    /// Keeps only the companies changed after this time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub modified_since: Option<DateTime>,
    /// Keeps only the companies created after this time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub created_since: Option<DateTime>,
    /// Number of the page; whether the first is 0 or 1 is not documented.
    pub page: Option<i64>,
    /// Page size; 50 by default, no maximum is documented.
    #[api(default = 50)]
    pub limit: Option<i64>,
    /// Order of the list; newest first (`desc`) when absent.
    pub sort: Option<Sort>,
    /// Name of the attribute to sort by.
    pub sort_by: Option<String>,
}

/// Creates a company.
///
/// Linked contacts and deals are attached in the same call.
#[apply(operation!)]
#[http(POST "/companies" -> 200 CreatedKey)]
#[errors(400)]
pub struct CreateACompany {
    /// Attribute values by internal name; the names come from `get_company_attributes`.
    pub attributes: Option<Map>,
    /// Calling code of the country, needed when `attributes` holds a phone number.
    pub country_code: Option<i64>,
    /// Identifiers of the contacts to link.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// Identifiers of the deals to link.
    pub linked_deals_ids: Option<Vec<String>>,
    /// Name of the company.
    pub name: String,
}

/// Creates and updates companies in bulk from a CSV file.
///
/// The import runs in the background: the reply carries a process identifier to follow through the
/// process operations. The request is sent as a multipart form.
#[apply(operation!)]
#[http(POST "/companies/import" -> 200 OptionalProcessId)]
#[errors(400)]
#[body(Multipart)]
pub struct ImportCompaniesCreationAndUpdation {
    /// Which CSV column feeds which attribute, and options of the import; sent as JSON text.
    pub mapping: Option<Map>,
    /// CSV file with one company on each line.
    pub file: Option<File>,
}

/// Links contacts and deals to a company or unlinks them.
///
/// All four lists may be combined in one call. An empty reply means success.
#[apply(operation!)]
#[http(PATCH "/companies/link-unlink/{id}" -> 204 ())]
#[errors(400)]
pub struct LinkAndUnlinkCompanyWithContactAndDeal {
    /// Identifier of the company.
    pub id: String,
    /// Identifiers of the contacts to link.
    pub link_contact_ids: Option<Vec<i64>>,
    /// Identifiers of the deals to link.
    pub link_deals_ids: Option<Vec<String>>,
    /// Identifiers of the contacts to unlink.
    pub unlink_contact_ids: Option<Vec<i64>>,
    /// Identifiers of the deals to unlink.
    pub unlink_deals_ids: Option<Vec<String>>,
}

/// Fetches one company.
#[apply(operation!)]
#[http(GET "/companies/{id}" -> 200 Company)]
#[errors(400, 404)]
pub struct GetACompany {
    /// Identifier of the company.
    pub id: String,
}

/// Deletes a company.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/companies/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteACompany {
    /// Identifier of the company.
    pub id: String,
}

/// Changes a company and returns it.
///
/// The linked identifiers replace the present links: contacts or deals left out of a given list are
/// unlinked. Use `link_and_unlink_company_with_contact_and_deal` to add or remove single links.
#[apply(operation!)]
#[http(PATCH "/companies/{id}" -> 200 Company)]
#[errors(400, 404)]
pub struct UpdateACompany {
    /// Identifier of the company.
    pub id: String,
    /// New attribute values by internal name; the names come from `get_company_attributes`.
    pub attributes: Option<Map>,
    /// Calling code of the country, needed when `attributes` holds a phone number.
    pub country_code: Option<i64>,
    /// Full new list of linked contact identifiers; replaces the present one.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// Full new list of linked deal identifiers; replaces the present one.
    pub linked_deals_ids: Option<Vec<String>>,
    /// New name of the company.
    pub name: Option<String>,
}

/// Creates an attribute for companies or for deals.
///
/// Attributes of a choice type need `options_labels`.
#[apply(operation!)]
#[http(POST "/crm/attributes" -> 200 CreatedKey)]
#[errors(400)]
pub struct CreateACompanyDealAttribute {
    /// Data type of the attribute.
    pub attribute_type: PostCrmAttributesRequestAttributeType,
    /// Description of the attribute.
    pub description: Option<String>,
    /// Label of the attribute; at most 50 characters.
    #[api(max_length = 50)]
    pub label: String,
    /// Whether the attribute belongs to companies or to deals.
    pub object_type: CrmObjectType,
    /// Labels of the choices; for `single-select` and `multi-choice` only.
    pub options_labels: Option<Vec<String>>,
}

/// Deletes an attribute of companies or deals.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/crm/attributes/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAnAttribute {
    /// Identifier of the attribute.
    pub id: String,
}

/// Changes the label or the choices of a company or deal attribute.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(PATCH "/crm/attributes/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateAnAttribute {
    /// Identifier of the attribute.
    pub id: String,
    /// New label of the attribute.
    pub label: Option<String>,
    /// Choices of the attribute, each with its key and its label.
    pub options_labels: Option<Vec<PatchCrmAttributesIdRequestOptionsLabelsItem>>,
    /// Whether the attribute belongs to companies or to deals.
    pub object_type: Option<CrmObjectType>,
}

/// Lists the attributes that companies have.
///
/// The reply is a bare array and is not paged.
#[apply(operation!)]
#[http(GET "/crm/attributes/companies" -> 200 Vec<CrmAttribute>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetCompanyAttributes {}

/// Lists the attributes of companies, by the path of the older API.
///
/// The path is absent from the current reference and kept by Brevo for old integrations
/// (source: SDK 1).
#[apply(operation!)]
#[http(GET "/companies/attributes" -> 200 Vec<CrmAttribute>)]
#[page(Single, "")]
#[deprecated = "use `get_company_attributes`."]
pub struct CompaniesAttributesGet {}

/// A company of the CRM.
#[apply(model!)]
pub struct Company {
    /// Attribute values by internal name, in free form.
    pub attributes: Option<Map>,
    /// Identifier of the company.
    pub id: Option<String>,
    /// Identifiers of the linked contacts.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// Identifiers of the linked deals.
    pub linked_deals_ids: Option<Vec<String>>,
}

/// Kind of CRM object that an attribute belongs to.
#[apply(open_enum!)]
pub enum CrmObjectType {
    Companies = "companies",
    Deals = "deals",
}

/// One page of companies.
#[apply(model!)]
pub struct GetCompaniesResponse {
    /// The companies of this page.
    pub items: Option<Vec<Company>>,
}

/// One choice of an attribute with its key.
#[apply(model!)]
pub struct PatchCrmAttributesIdRequestOptionsLabelsItem {
    /// Key of the choice.
    pub key: String,
    /// Label of the choice.
    pub value: String,
}

/// Data type of a new company or deal attribute.
#[apply(open_enum!)]
pub enum PostCrmAttributesRequestAttributeType {
    Text = "text",
    User = "user",
    Number = "number",
    SingleSelect = "single-select",
    Date = "date",
    Boolean = "boolean",
    MultiChoice = "multi-choice",
}
