//! External feeds: data that Brevo fetches while it renders a campaign.

use macro_rules_attribute::apply;

use super::shared::{CreatedKey, Sort};
use crate::schema::{Date, DateTime};

resource! {
    "External feeds: data that Brevo fetches while it renders a campaign.",
    GetAllExternalFeeds,
    CreateExternalFeed,
    GetExternalFeedByUuid,
    UpdateExternalFeed,
    DeleteExternalFeed,
}

/// Lists the external feeds of the account, from which emails take dynamic content.
///
/// Replies may contain stored credentials of feeds, so keep them out of logs.
#[apply(operation!)]
#[http(GET "/feeds" -> 200 GetAllExternalFeedsResponse)]
#[errors(400, 404)]
#[page(Offset, "feeds", "count")]
pub struct GetAllExternalFeeds {
    /// Text that the name of listed feeds must contain.
    pub search: Option<String>,
    /// First day of the period, at most 30 days ago; goes together with `end_date`.
    pub start_date: Option<Date>,
    /// Last day of the period, at most one month after `start_date`, which must be given too.
    pub end_date: Option<Date>,
    /// Order by creation time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Kind of authentication that listed feeds must use.
    pub auth_type: Option<FeedAuthType>,
    /// Page size, at most 500; 50 by default.
    #[api(min = 0, max = 500, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
}

/// Creates an external feed, from which emails take dynamic content.
///
/// `auth_type` decides the credentials: `basic` needs `username` and `password`, `token` needs
/// `token`. The address must be reachable for Brevo's servers.
#[apply(operation!)]
#[http(POST "/feeds" -> 201 CreatedKey)]
#[errors(400)]
pub struct CreateExternalFeed {
    /// Name of the feed.
    pub name: String,
    /// Address from which Brevo fetches the feed data.
    #[api(format = "url")]
    pub url: String,
    /// Kind of authentication at the address; `noAuth` by default.
    #[api(default = "noAuth")]
    pub auth_type: Option<FeedAuthType>,
    /// User name for basic authentication; needed when `auth_type` is `basic`.
    pub username: Option<String>,
    /// Password for basic authentication; needed when `auth_type` is `basic`.
    pub password: Option<String>,
    /// Token for token authentication; needed when `auth_type` is `token`.
    pub token: Option<String>,
    /// Number of tries after a failed fetch, 0 to 5; 5 by default.
    #[api(min = 0, max = 5, default = 5)]
    pub max_retries: Option<i64>,
    /// Whether the fetched data is cached; false by default.
    #[api(default = false)]
    pub cache: Option<bool>,
    /// HTTP headers sent along when the feed is fetched.
    pub headers: Option<Vec<FeedHeader>>,
}

/// Returns one external feed.
///
/// The reply may contain stored credentials, so keep it out of logs.
#[apply(operation!)]
#[http(GET "/feeds/{uuid}" -> 200 GetExternalFeedByUuidResponse)]
#[errors(400, 404)]
pub struct GetExternalFeedByUuid {
    /// Identifier of the feed, a UUIDv4.
    #[api(format = "uuidv4")]
    pub uuid: String,
}

/// Changes an external feed.
///
/// Only the given fields change. The empty reply means that the change was saved.
#[apply(operation!)]
#[http(PUT "/feeds/{uuid}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateExternalFeed {
    /// Identifier of the feed, a UUIDv4.
    #[api(format = "uuidv4")]
    pub uuid: String,
    /// Name of the feed.
    pub name: Option<String>,
    /// Address from which Brevo fetches the feed data.
    #[api(format = "url")]
    pub url: Option<String>,
    /// Kind of authentication at the address.
    pub auth_type: Option<FeedAuthType>,
    /// User name for basic authentication; needed when `auth_type` is `basic`.
    pub username: Option<String>,
    /// Password for basic authentication; needed when `auth_type` is `basic`.
    pub password: Option<String>,
    /// Token for token authentication; needed when `auth_type` is `token`.
    pub token: Option<String>,
    /// HTTP headers sent along when the feed is fetched.
    pub headers: Option<Vec<FeedHeader>>,
    /// Number of tries after a failed fetch, 0 to 5.
    #[api(min = 0, max = 5)]
    pub max_retries: Option<i64>,
    /// Whether the fetched data is cached.
    pub cache: Option<bool>,
}

/// Deletes an external feed for good.
///
/// The empty reply means that it is gone; remove references to it from campaigns and templates
/// first.
#[apply(operation!)]
#[http(DELETE "/feeds/{uuid}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteExternalFeed {
    /// Identifier of the feed, a UUIDv4.
    #[api(format = "uuidv4")]
    pub uuid: String,
}

/// Kind of authentication with which a feed is fetched.
#[apply(open_enum!)]
pub enum FeedAuthType {
    Basic = "basic",
    Token = "token",
    NoAuth = "noAuth",
}

/// HTTP header that is sent along when a feed is fetched.
#[apply(model!)]
pub struct FeedHeader {
    /// Name of the HTTP header.
    pub name: String,
    /// Value of the HTTP header.
    pub value: String,
}

/// Page of external feeds with their total number.
#[apply(model!)]
pub struct GetAllExternalFeedsResponse {
    /// Number of feeds that match over all pages.
    pub count: Option<i64>,
    /// Feeds on this page.
    pub feeds: Option<Vec<GetAllExternalFeedsResponseFeedsItem>>,
}

/// External feed in a list.
#[apply(model!)]
pub struct GetAllExternalFeedsResponseFeedsItem {
    /// Identifier of the feed, a UUIDv4.
    #[api(format = "uuidv4")]
    pub id: Option<String>,
    /// Name of the feed.
    pub name: Option<String>,
    /// Address from which Brevo fetches the feed data.
    #[api(format = "url")]
    pub url: Option<String>,
    /// Kind of authentication at the address.
    pub auth_type: Option<FeedAuthType>,
    /// User name for basic authentication; present only with that kind.
    pub username: Option<String>,
    /// Password for basic authentication; present only with that kind.
    pub password: Option<String>,
    /// Token for token authentication; present only with that kind.
    pub token: Option<String>,
    /// Number of tries after a failed fetch, 0 to 5.
    #[api(min = 0, max = 5)]
    pub max_retries: Option<i64>,
    /// Whether the fetched data is cached.
    pub cache: Option<bool>,
    /// HTTP headers sent along when the feed is fetched; may be null.
    pub headers: Option<Vec<GetExternalFeedByUuidResponseHeadersItem>>,
    /// Creation time of the feed.
    pub created_at: Option<DateTime>,
    /// Time of the last change of the feed.
    pub modified_at: Option<DateTime>,
}

/// External feed with its settings and credentials.
#[apply(model!)]
pub struct GetExternalFeedByUuidResponse {
    /// Identifier of the feed, a UUIDv4.
    #[api(format = "uuidv4")]
    pub id: Option<String>,
    /// Name of the feed.
    pub name: Option<String>,
    /// Address from which Brevo fetches the feed data.
    #[api(format = "url")]
    pub url: Option<String>,
    /// Kind of authentication at the address.
    pub auth_type: Option<FeedAuthType>,
    /// User name for basic authentication; null or absent with other kinds.
    pub username: Option<String>,
    /// Password for basic authentication; null or absent with other kinds.
    pub password: Option<String>,
    /// Token for token authentication; null or absent with other kinds.
    pub token: Option<String>,
    /// HTTP headers sent along when the feed is fetched; may be null.
    pub headers: Option<Vec<GetExternalFeedByUuidResponseHeadersItem>>,
    /// Number of tries after a failed fetch, 0 to 5.
    #[api(min = 0, max = 5)]
    pub max_retries: Option<i64>,
    /// Whether the fetched data is cached.
    pub cache: Option<bool>,
    /// Creation time of the feed.
    pub created_at: Option<DateTime>,
    /// Time of the last change of the feed.
    pub modified_at: Option<DateTime>,
}

/// HTTP header stored with a feed.
#[apply(model!)]
pub struct GetExternalFeedByUuidResponseHeadersItem {
    /// Name of the HTTP header.
    pub name: Option<String>,
    /// Value of the HTTP header.
    pub value: Option<String>,
}
