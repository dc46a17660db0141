//! API keys as the service hands them out: shown once, kept as a hash.

use rusqlite::{OptionalExtension, Result, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::handler::ApiError;
use crate::state::{ACCOUNT, Db, random_text};
use crate::time;

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS keys (
    account INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE, shown TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER,
    PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS oauth_apps (
    client_id TEXT PRIMARY KEY, account INTEGER NOT NULL, name TEXT NOT NULL, secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_tokens (
    hash BLOB PRIMARY KEY, account INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS plugins_key (one INTEGER PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key_counter (one INTEGER PRIMARY KEY, value INTEGER NOT NULL);
";

/// Tables that a reset spares unless told otherwise.
pub const TABLES: &[&str] = &["keys", "oauth_apps", "oauth_tokens", "plugins_key", "key_counter"];

/// Address of the client credentials grant.
pub const TOKEN_PATH: &str = "/realms/partner/oauth/token";

/// Life of an OAuth token, in seconds.
const TOKEN_LIFE: i64 = 3600;

/// Kinds of keys of the page "SMTP & API".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// v3 key of the API, `xkeysib-...`.
    Api,
    /// SMTP key, `xsmtpsib-...`.
    Smtp,
}

impl KeyKind {
    fn name(self) -> &'static str {
        match self {
            KeyKind::Api => "api",
            KeyKind::Smtp => "smtp",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            KeyKind::Api => "xkeysib",
            KeyKind::Smtp => "xsmtpsib",
        }
    }
}

/// Milliseconds within which the last use of a key is told.
const USED_WITHIN: i64 = 10_000;

/// SHA-256, which is right for tokens of 256 random bits.
pub(crate) fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// Gives a new account its one Plugins v2 key.
pub fn init(db: &Db, _now: i64) -> Result<()> {
    db.execute("INSERT OR IGNORE INTO plugins_key VALUES (1, ?1)", [random_text(16)]).map(drop)
}

/// The one Plugins v2 key. It opens nothing any more.
pub fn plugins_v2_key(db: &Db) -> Result<String> {
    db.query_row("SELECT value FROM plugins_key", [], |row| row.get(0))
}

/// Makes a key. The answer is the only place where it ever shows.
pub fn create(db: &Db, kind: KeyKind, name: &str, now: i64) -> Result<Value, ApiError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ApiError::missing("name is missing: give the key a name"));
    }
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(ApiError::invalid("name must have at most 100 characters and no control characters"));
    }
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret)
        .map_err(|error| ApiError::new(500, "internal_error", format!("no random bytes: {error}")))?;
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("{}-{hex}-{}", kind.prefix(), random_text(16));
    let id: i64 = db.query_row(
        "INSERT INTO key_counter VALUES (1, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
        [],
        |row| row.get(0),
    )?;
    let shown = format!("********{}", &key[key.len() - 6..]);
    db.execute(
        "INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
        params![ACCOUNT, id, kind.name(), name, hash(&key), shown, now],
    )?;
    Ok(json!({"id": id, "name": name, "key": key, "createdAt": time::rfc3339(now)}))
}

/// The keys of a kind, newest first, without anything secret.
pub fn list(db: &Db, kind: KeyKind) -> Result<Vec<Value>> {
    db.prepare(
        "SELECT id, name, shown, created, used FROM keys WHERE account = ?1 AND kind = ?2 ORDER BY id DESC",
    )?
    .query_map(params![ACCOUNT, kind.name()], |row| {
        Ok(json!({
            "id": row.get::<_, i64>(0)?,
            "name": row.get::<_, String>(1)?,
            "key": row.get::<_, String>(2)?,
            "createdAt": time::rfc3339(row.get(3)?),
            "lastUsedAt": row.get::<_, Option<i64>>(4)?.map(time::rfc3339),
        }))
    })?
    .collect()
}

/// Deletes a key of either kind.
pub fn delete(db: &Db, id: i64) -> Result<(), ApiError> {
    match db.execute("DELETE FROM keys WHERE account = ?1 AND id = ?2", [ACCOUNT, id])? {
        0 => Err(ApiError::not_found("Key not found")),
        _ => Ok(()),
    }
}

/// The account behind a request's headers.
pub fn authenticate(
    db: &Db,
    api_key: Option<&str>,
    authorization: Option<&str>,
    now: i64,
) -> Result<i64, ApiError> {
    let refusal = |message: &str| ApiError::new(401, "unauthorized", message);
    if let Some(key) = api_key.map(str::trim).filter(|key| !key.is_empty()) {
        let found: Option<(i64, i64)> = db
            .prepare_cached("SELECT account, id FROM keys WHERE hash = ?1 AND kind = 'api'")?
            .query_row([hash(key)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (account, id) = found.ok_or_else(|| refusal("Key not found"))?;
        // Not with every call: reading stays reading.
        db.prepare_cached(
            "UPDATE keys SET used = ?3 WHERE account = ?1 AND id = ?2 AND (used IS NULL OR ABS(used - ?3) >= ?4)",
        )?
        .execute([account, id, now, USED_WITHIN])?;
        return Ok(account);
    }
    let Some(token) = authorization.and_then(|value| value.trim().strip_prefix("Bearer ")) else {
        return Err(refusal("authentication not found in headers"));
    };
    db.query_row(
        "SELECT account FROM oauth_tokens WHERE hash = ?1 AND expires > ?2",
        params![hash(token.trim()), now],
        |row| row.get(0),
    )
    .optional()?
    .ok_or_else(|| refusal("Key not found"))
}

/// Makes an application for the client credentials grant. The secret shows here only.
pub fn create_app(db: &Db, name: &str, scopes: &[String], now: i64) -> Result<Value> {
    let (client_id, secret) = (random_text(24), random_text(48));
    db.execute(
        "INSERT INTO oauth_apps VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![client_id, ACCOUNT, name, hash(&secret), scopes.join(" "), now],
    )?;
    Ok(json!({"name": name, "client_id": client_id, "client_secret": secret, "scopes": scopes}))
}

/// Issues a token: the client credentials grant of OAuth.
pub fn issue_token(db: &Db, form: &serde_json::Map<String, Value>, now: i64) -> Result<Value, ApiError> {
    let text = |key: &str| form.get(key).and_then(Value::as_str).unwrap_or_default();
    let refusal = |status: u16, error: &str, description: &str| {
        ApiError::new(status, error, description)
            .with("error", error.into())
            .with("error_description", description.into())
    };
    if !matches!(text("grant_type"), "client_credentials") {
        return Err(refusal(400, "unsupported_grant_type", "grant_type must be client_credentials"));
    }
    let app: Option<(i64, String)> = db
        .query_row(
            "SELECT account, scopes FROM oauth_apps WHERE client_id = ?1 AND secret_hash = ?2",
            params![text("client_id"), hash(text("client_secret"))],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((account, granted)) = app else {
        return Err(refusal(401, "invalid_client", "unknown client, or wrong secret"));
    };
    let granted: Vec<&str> = granted.split_whitespace().collect();
    if let Some(scope) =
        text("scope").split_whitespace().find(|s| !granted.is_empty() && !granted.contains(s))
    {
        return Err(refusal(
            400,
            "invalid_scope",
            &format!("the scope {scope} is not granted to this application"),
        ));
    }
    let token = random_text(64);
    db.execute("DELETE FROM oauth_tokens WHERE expires <= ?1", [now])?;
    db.execute(
        "INSERT INTO oauth_tokens VALUES (?1, ?2, ?3)",
        params![hash(&token), account, now + TOKEN_LIFE * 1000],
    )?;
    Ok(json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE}))
}

/// Forgets all OAuth tokens, as if they had been revoked.
pub fn revoke_tokens(db: &Db) -> Result<usize> {
    db.execute("DELETE FROM oauth_tokens", [])
}
