//! CRM deals and pipelines.

use macro_rules_attribute::apply;

use super::shared::{CreatedKey, CrmAttribute, NamedKey, OptionalProcessId, Sort};
use crate::schema::{DateTime, File, Map};

resource! {
    "CRM deals and pipelines.",
    GetDealAttributes,
    GetAllDeals,
    CreateADeal,
    ImportDealsCreationAndUpdation,
    LinkAndUnlinkADealWithContactsAndCompanies,
    GetADeal,
    DeleteADeal,
    UpdateADeal,
    GetPipelineStages,
    GetAllPipelines,
    GetAPipeline,
}

/// Lists the attributes that deals have.
///
/// The reply is a bare array and is not paged.
#[apply(operation!)]
#[http(GET "/crm/attributes/deals" -> 200 Vec<CrmAttribute>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetDealAttributes {}

/// Lists the deals of the account.
///
/// The reply has no total: the last page is the one that comes back short. Filters on attributes
/// are sent in the form `filters[attributes.deal_name]`.
#[apply(operation!)]
#[http(GET "/crm/deals" -> 200 GetCrmDealsResponse)]
#[errors(400)]
#[page(Offset, "items")]
pub struct GetAllDeals {
    /// Keeps only the deals with this name.
    #[serde(rename = "filters[attributes.deal_name]")]
    pub filters_attributes_deal_name: Option<String>,
    /// Keeps only the deals of this owner.
    #[serde(rename = "filters[attributes.deal_owner]")]
    pub filters_attributes_deal_owner: Option<String>,
    /// Keeps only the deals in this stage, by stage identifier.
    #[serde(rename = "filters[attributes.deal_stage]")]
    pub filters_attributes_deal_stage: Option<String>,
    /// Keeps only the deals of this pipeline, by pipeline identifier.
    #[serde(rename = "filters[attributes.pipeline]")]
    pub filters_attributes_pipeline: Option<String>,
    /// Keeps only the deals linked to this company identifier.
    #[serde(rename = "filters[linkedCompaniesIds]")]
    pub filters_linked_companies_ids: Option<String>,
    /// Keeps only the deals linked to this contact identifier.
    #[serde(rename = "filters[linkedContactsIds]")]
    pub filters_linked_contacts_ids: Option<String>,
    /// Keeps only the deals changed after this time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub modified_since: Option<DateTime>,
    /// Keeps only the deals created after this time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`.
    pub created_since: Option<DateTime>,
    /// Number of entries to skip.
    pub offset: Option<i64>,
    /// Page size; 50 by default, no maximum is documented.
    #[api(default = 50)]
    pub limit: Option<i64>,
    /// Order of the list; newest first (`desc`) when absent.
    pub sort: Option<Sort>,
    /// Name of the field to sort by.
    pub sort_by: Option<String>,
}

/// Creates a deal.
///
/// To place it, give the attributes `pipeline` and `deal_stage`; their identifiers come from
/// `get_all_pipelines`.
#[apply(operation!)]
#[http(POST "/crm/deals" -> 201 CreatedKey)]
#[errors(400)]
pub struct CreateADeal {
    /// Attribute values by internal name; the names come from `get_deal_attributes`.
    pub attributes: Option<Map>,
    /// Identifiers of the companies to link.
    pub linked_companies_ids: Option<Vec<String>>,
    /// Identifiers of the contacts to link.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// Name of the deal.
    pub name: String,
}

/// Creates and updates deals in bulk from a CSV file.
///
/// The import runs in the background: the reply carries a process identifier to follow through the
/// process operations. The request is sent as a multipart form.
#[apply(operation!)]
#[http(POST "/crm/deals/import" -> 200 OptionalProcessId)]
#[errors(400)]
#[body(Multipart)]
pub struct ImportDealsCreationAndUpdation {
    /// Which CSV column feeds which attribute, and options of the import; sent as JSON text.
    pub mapping: Option<Map>,
    /// CSV file with one deal on each line.
    pub file: Option<File>,
}

/// Links contacts and companies to a deal or unlinks them.
///
/// All four lists may be combined in one call. An empty reply means success.
#[apply(operation!)]
#[http(PATCH "/crm/deals/link-unlink/{id}" -> 204 ())]
#[errors(400)]
pub struct LinkAndUnlinkADealWithContactsAndCompanies {
    /// Identifier of the deal.
    pub id: String,
    /// Identifiers of the companies to link.
    pub link_company_ids: Option<Vec<String>>,
    /// Identifiers of the contacts to link.
    pub link_contact_ids: Option<Vec<i64>>,
    /// Identifiers of the companies to unlink.
    pub unlink_company_ids: Option<Vec<String>>,
    /// Identifiers of the contacts to unlink.
    pub unlink_contact_ids: Option<Vec<i64>>,
}

/// Fetches one deal.
#[apply(operation!)]
#[http(GET "/crm/deals/{id}" -> 200 Deal)]
#[errors(400, 404)]
pub struct GetADeal {
    /// Identifier of the deal.
    pub id: String,
}

/// Deletes a deal.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/crm/deals/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteADeal {
    /// Identifier of the deal.
    pub id: String,
}

/// Changes a deal.
///
/// The linked identifiers replace the present links: entries left out of a given list are unlinked.
/// An empty reply means success, unlike for companies, where the changed object comes back.
#[apply(operation!)]
#[http(PATCH "/crm/deals/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateADeal {
    /// Identifier of the deal.
    pub id: String,
    /// New attribute values by internal name; `pipeline` and `deal_stage` move the deal.
    pub attributes: Option<Map>,
    /// Full new list of linked company identifiers; replaces the present one.
    pub linked_companies_ids: Option<Vec<String>>,
    /// Full new list of linked contact identifiers; replaces the present one.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// New name of the deal.
    pub name: Option<String>,
}

/// Fetches the default pipeline with its stages.
///
/// Deprecated by Brevo: use `get_a_pipeline` or `get_all_pipelines` instead.
#[apply(operation!)]
#[http(GET "/crm/pipeline/details" -> 200 Pipeline)]
#[errors(400)]
#[deprecated = "use `get_a_pipeline` with the pipeline's identifier, or `get_all_pipelines`."]
pub struct GetPipelineStages {}

/// Lists all pipelines with their stages.
///
/// The reply is a bare array and is not paged.
#[apply(operation!)]
#[http(GET "/crm/pipeline/details/all" -> 200 Vec<Pipeline>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetAllPipelines {}

/// Fetches one pipeline with its stages.
///
/// The reply is an array, although one pipeline is asked for.
#[apply(operation!)]
#[http(GET "/crm/pipeline/details/{pipelineID}" -> 200 Vec<Pipeline>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetAPipeline {
    /// Identifier of the pipeline.
    #[serde(rename = "pipelineID")]
    pub pipeline_id: String,
}

/// A deal of the CRM.
#[apply(model!)]
pub struct Deal {
    /// Identifier of the deal.
    pub id: Option<String>,
    /// Attribute values by internal name, in free form.
    pub attributes: Option<Map>,
    /// Identifiers of the linked contacts.
    pub linked_contacts_ids: Option<Vec<i64>>,
    /// Identifiers of the linked companies.
    pub linked_companies_ids: Option<Vec<String>>,
}

/// One page of deals.
#[apply(model!)]
pub struct GetCrmDealsResponse {
    /// The deals of this page.
    pub items: Option<Vec<Deal>>,
}

/// A sales pipeline with its stages.
#[apply(model!)]
pub struct Pipeline {
    /// Identifier of the pipeline.
    pub pipeline: Option<String>,
    /// Name of the pipeline.
    #[serde(rename = "pipeline_name")]
    pub pipeline_name: Option<String>,
    /// Stages of the pipeline, each with identifier and name.
    pub stages: Option<Vec<NamedKey>>,
}
