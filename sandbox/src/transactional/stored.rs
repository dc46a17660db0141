//! `GET /_sandbox/mails`: every mail that the sandbox took, for tests and for the eye.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value, json};

use crate::state::{ACCOUNT, Db, Sandbox};
use crate::templates::render::{self, Links, render};
use crate::{campaigns, simulate, time};

/// Addresses of this module.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/_sandbox/mails", get(list))
        .route("/_sandbox/mails/{mail}", get(one))
        .route("/_sandbox/mails/{mail}/html", get(html))
        .route("/_sandbox/mails/{mail}/unsubscribe", get(unsubscribe))
}

const COLUMNS: &str =
    "SELECT id, kind, campaign, version, message_id, uuid, email, name, role, sender, sender_name,
    reply_to, subject, html, text, template, tags, headers, attachments, context, sent FROM messages";

/// A mail with its body; that of a campaign is rendered now.
fn read(db: &Db, sandbox: &Sandbox, row: &Row, body: bool) -> Result<Value> {
    let json = |index: usize| -> Result<Value> {
        let text: Option<String> = row.get(index)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    };
    let (id, kind, email): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(6)?);
    let (campaign, uuid): (Option<i64>, String) = (row.get(2)?, row.get(5)?);
    let (mut subject, mut html): (String, Option<String>) = (row.get(12)?, row.get(13)?);
    if let ("campaign", Some(campaign)) = (kind.as_str(), campaign) {
        let (content, params) = campaigns::content(db, ACCOUNT, campaign)?.unwrap_or_default();
        let attributes: Map<String, Value> = json(19)?.as_object().cloned().unwrap_or_default();
        let values = render::values(&params, &email, &attributes, &Links::of(sandbox.base_url(), &uuid));
        subject = render(&subject, &values, false).unwrap_or(subject);
        html = body.then(|| render(&content, &values, true).unwrap_or(content));
    }
    let mut out = json!({
        "kind": kind,
        "messageId": row.get::<_, String>(4)?,
        "uuid": uuid,
        "from": {"email": row.get::<_, String>(9)?, "name": row.get::<_, String>(10)?},
        "to": {"email": email, "name": row.get::<_, Option<String>>(7)?, "role": row.get::<_, String>(8)?},
        "replyTo": row.get::<_, Option<String>>(11)?,
        "subject": subject,
        "date": time::rfc3339(row.get(20)?),
        "campaignId": campaign,
        "version": row.get::<_, Option<String>>(3)?,
        "templateId": row.get::<_, Option<i64>>(15)?,
        "tags": json(16)?,
        "headers": json(17)?,
        "attachments": json(18)?,
    });
    if body {
        out["html"] = html.into();
        out["text"] = row.get::<_, Option<String>>(14)?.into();
    }
    let events = db
        .prepare_cached(
            "SELECT kind, at, link, reason FROM events WHERE message = ?1 AND fired = 1 ORDER BY at, id",
        )?
        .query_map([id], |row| {
            Ok(json!({
                "event": row.get::<_, String>(0)?,
                "date": time::rfc3339(row.get(1)?),
                "link": row.get::<_, Option<String>>(2)?,
                "reason": row.get::<_, Option<String>>(3)?,
            }))
        })?
        .collect::<Result<Vec<_>>>()?;
    out["events"] = events.into();
    Ok(out)
}

/// The newest first; `limit` (100), `offset`, `email`, `kind` and `body=false` choose.
async fn list(State(sandbox): State<Arc<Sandbox>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let number =
        |key: &str, default: i64| query.get(key).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (email, kind) = (query.get("email"), query.get("kind"));
    let body = query.get("body").is_none_or(|body| body != "false");
    let filter =
        "WHERE account = ?1 AND (?2 IS NULL OR lower(email) = lower(?2)) AND (?3 IS NULL OR kind = ?3)";
    let found = sandbox.transaction(|db| -> Result<Value> {
        let count: i64 = db.query_row(
            &format!("SELECT COUNT(*) FROM messages {filter}"),
            params![ACCOUNT, email, kind],
            |row| row.get(0),
        )?;
        let mails = db
            .prepare(&format!("{COLUMNS} {filter} ORDER BY id DESC LIMIT ?4 OFFSET ?5"))?
            .query_map(params![ACCOUNT, email, kind, number("limit", 100), number("offset", 0)], |row| {
                read(db, &sandbox, row, body)
            })?
            .collect::<Result<Vec<_>>>()?;
        Ok(json!({"count": count, "mails": mails}))
    });
    answer(found.map(Some))
}

fn find(sandbox: &Sandbox, mail: &str) -> Result<Option<Value>> {
    sandbox.transaction(|db| {
        db.query_row(
            &format!("{COLUMNS} WHERE account = ?1 AND (uuid = ?2 OR message_id = ?3) ORDER BY id LIMIT 1"),
            params![ACCOUNT, mail, super::bracketed(mail)],
            |row| read(db, sandbox, row, true),
        )
        .optional()
    })
}

/// A mail by its uuid or message identifier.
async fn one(State(sandbox): State<Arc<Sandbox>>, Path(mail): Path<String>) -> Response {
    answer(find(&sandbox, &mail))
}

/// Its HTML, as a browser shows it.
async fn html(State(sandbox): State<Arc<Sandbox>>, Path(mail): Path<String>) -> Response {
    match find(&sandbox, &mail) {
        Ok(Some(mail)) => {
            let text = |key: &str| mail[key].as_str().map(str::to_owned);
            // No script of a mail runs here.
            let policy =
                [("content-security-policy", "default-src 'none'; img-src *; style-src 'unsafe-inline'")];
            (policy, Html(text("html").or_else(|| text("text")).unwrap_or_default())).into_response()
        }
        other => answer(other),
    }
}

/// What the unsubscription link of a mail does.
async fn unsubscribe(State(sandbox): State<Arc<Sandbox>>, Path(mail): Path<String>) -> Response {
    let now = sandbox.clock.now();
    let done = sandbox.transaction(|db| -> Result<Option<Value>> {
        let id: Option<i64> = db
            .query_row(
                "SELECT id FROM messages WHERE account = ?1 AND (uuid = ?2 OR message_id = ?3)
                     AND kind IN ('campaign', 'transactional') ORDER BY id LIMIT 1",
                params![ACCOUNT, mail, super::bracketed(&mail)],
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else { return Ok(None) };
        simulate::add_event(db, id, "unsubscribed", now, None)?;
        simulate::tick(db, now, &sandbox)?;
        Ok(Some(json!({"unsubscribed": true})))
    });
    answer(done)
}

fn answer(found: Result<Option<Value>>) -> Response {
    match found {
        Ok(Some(body)) => axum::Json(body).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, "no such mail").into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
