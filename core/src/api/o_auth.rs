//! Access tokens for machines (OAuth 2.0 client credentials).

use macro_rules_attribute::apply;

resource! {
    "Access tokens for machines (OAuth 2.0 client credentials).",
    GetOAuthM2mToken,
}

/// Exchanges the credentials of an application for an access token (client credentials grant).
///
/// The token lives about 3600 seconds and there is no refresh token, so keep it and ask again
/// shortly before it expires. The request goes to the host of the API outside its `/v3` path,
/// form-encoded and without an API key. A scope that the application was not granted is refused
/// with 400 `invalid_scope` (source: OAuth M2M guide).
#[apply(operation!)]
#[http(POST "/realms/partner/oauth/token" -> 200 GetOAuthM2MTokenResponse)]
#[body(Form)]
pub struct GetOAuthM2mToken {
    /// Client identifier of the application.
    #[serde(rename = "client_id")]
    pub client_id: String,
    /// Client secret of the application; keep it out of logs and repositories.
    #[serde(rename = "client_secret")]
    pub client_secret: String,
    /// Scopes to ask for, separated by spaces; all granted ones when not given.
    pub scope: Option<String>,
    /// Kind of grant; only `client_credentials` exists here, and it is sent when absent.
    #[serde(rename = "grant_type")]
    #[api(default = "client_credentials")]
    pub grant_type: Option<String>,
}

/// An access token for calls between servers.
#[apply(model!)]
pub struct GetOAuthM2MTokenResponse {
    /// Token to send as bearer token in the `Authorization` header.
    #[serde(rename = "access_token")]
    pub access_token: Option<String>,
    /// Kind of the token, always `Bearer`.
    #[serde(rename = "token_type")]
    pub token_type: Option<String>,
    /// Lifetime of the token in seconds, about 3600.
    #[serde(rename = "expires_in")]
    pub expires_in: Option<i64>,
}
