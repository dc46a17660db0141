//! Sender domains: creation, DNS records, authentication.

use macro_rules_attribute::apply;

use crate::schema::DateTime;

resource! {
    "Sender domains: creation, DNS records, authentication.",
    GetDomains,
    CreateDomain,
    GetDomainConfiguration,
    DeleteDomain,
    AuthenticateDomain,
}

/// Lists the sending domains of the account with their state.
///
/// The reply has page numbers, but no parameter to choose a page is documented. Counts in the
/// general class of 100 calls per hour (source: API limits page).
#[apply(operation!)]
#[http(GET "/senders/domains" -> 200 GetDomainsResponse)]
#[errors(400)]
pub struct GetDomains {}

/// Adds a sending domain and returns the DNS records to set up.
///
/// Set the records at the DNS provider, then call `authenticate_domain`.
#[apply(operation!)]
#[http(POST "/senders/domains" -> 200 CreateDomainResponse)]
#[errors(400)]
pub struct CreateDomain {
    /// Name of the domain, such as `example.com`.
    pub name: String,
}

/// Returns the state of a sending domain and its DNS records.
#[apply(operation!)]
#[http(GET "/senders/domains/{domainName}" -> 200 GetDomainConfigurationResponse)]
#[errors(400, 404)]
pub struct GetDomainConfiguration {
    /// Name of the domain.
    pub domain_name: String,
}

/// Removes a sending domain.
///
/// The reply is treated as empty although its status is 200.
#[apply(operation!)]
#[http(DELETE "/senders/domains/{domainName}" -> 200 ())]
#[errors(400, 404)]
pub struct DeleteDomain {
    /// Name of the domain to remove.
    pub domain_name: String,
}

/// Asks Brevo to check the DNS records of a domain and authenticate it.
///
/// Set up the records first; errors may carry sentences as code, such as the one for records not
/// properly configured.
#[apply(operation!)]
#[http(PUT "/senders/domains/{domainName}/authenticate" -> 200 AuthenticateDomainResponse)]
#[errors(400, 404)]
pub struct AuthenticateDomain {
    /// Name of the domain to authenticate.
    pub domain_name: String,
}

/// Outcome of authenticating a domain.
#[apply(model!)]
pub struct AuthenticateDomainResponse {
    /// Name of the domain.
    #[serde(rename = "domain_name")]
    pub domain_name: Option<String>,
    /// Outcome in words.
    pub message: Option<String>,
}

/// Added domain with the DNS records to set up.
#[apply(model!)]
pub struct CreateDomainResponse {
    /// Identifier of the domain.
    pub id: Option<i64>,
    /// Name of the domain.
    #[serde(rename = "domain_name")]
    pub domain_name: Option<String>,
    /// DNS provider of the domain, where Brevo recognized it.
    #[serde(rename = "domain_provider")]
    pub domain_provider: Option<String>,
    /// Outcome in words.
    pub message: Option<String>,
    /// DNS records to set up for the domain.
    #[serde(rename = "dns_records")]
    pub dns_records: Option<DnsRecords>,
}

/// DNS record that a domain needs, with its state.
#[apply(model!)]
pub struct DnsRecord {
    /// Host name of the record.
    #[serde(rename = "host_name")]
    pub host_name: Option<String>,
    /// Type of the record, such as `TXT` or `CNAME`.
    pub r#type: Option<String>,
    /// Value that the record must have.
    pub value: Option<String>,
    /// Whether the record is set up properly.
    pub status: Option<bool>,
}

/// DNS records with which a domain is verified and authenticated.
#[apply(model!)]
pub struct DnsRecords {
    /// Record with the Brevo verification code.
    #[serde(rename = "brevo_code")]
    pub brevo_code: Option<DnsRecord>,
    /// Record with the DKIM key for signing emails.
    #[serde(rename = "dkim_record")]
    pub dkim_record: Option<DnsRecord>,
    /// Record with the DMARC policy of the domain.
    #[serde(rename = "dmarc_record")]
    pub dmarc_record: Option<DnsRecord>,
}

/// State of a sending domain with its DNS records.
#[apply(model!)]
pub struct GetDomainConfigurationResponse {
    /// Name of the domain.
    pub domain: Option<String>,
    /// Whether the domain is verified.
    pub verified: Option<bool>,
    /// Whether the domain is authenticated.
    pub authenticated: Option<bool>,
    /// DNS records of the domain with their states.
    #[serde(rename = "dns_records")]
    pub dns_records: Option<DnsRecords>,
}

/// Sending domains of the account with page numbers.
#[apply(model!)]
pub struct GetDomainsResponse {
    /// Domains on this page.
    pub domains: Option<Vec<GetDomainsResponseDomainsItem>>,
    /// Number of domains.
    pub count: Option<i64>,
    /// Number of this page.
    #[serde(rename = "current_page")]
    pub current_page: Option<i64>,
    /// Number of pages.
    #[serde(rename = "total_pages")]
    pub total_pages: Option<i64>,
}

/// Sending domain in a list.
#[apply(model!)]
pub struct GetDomainsResponseDomainsItem {
    /// Identifier of the domain, as text.
    pub id: Option<String>,
    /// Name of the domain.
    #[serde(rename = "domain_name")]
    pub domain_name: Option<String>,
    /// Whether the domain is authenticated.
    pub authenticated: Option<bool>,
    /// Whether the domain is verified.
    pub verified: Option<bool>,
    /// Dedicated IP address tied to the domain; null when there is none.
    pub ip: Option<String>,
    /// DNS provider of the domain, where known.
    pub provider: Option<String>,
    /// User who added the domain.
    pub creator: Option<GetDomainsResponseDomainsItemCreator>,
}

/// User who added a domain.
#[apply(model!)]
pub struct GetDomainsResponseDomainsItemCreator {
    /// Identifier of the user, as text.
    pub id: Option<String>,
    /// Address of the user.
    pub email: Option<String>,
    /// Time at which the domain was added.
    pub creation_date: Option<DateTime>,
}
