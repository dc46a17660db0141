//! What became of transactional mail: the log, events and reports.

use rusqlite::{OptionalExtension, Result, params, params_from_iter};
use serde_json::{Map, Value, json};

use super::bracketed;
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::time;

pub(crate) const DAY: i64 = 86_400_000;

/// Code of an operation of this module, by its name.
pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_transac_emails_list" => list,
        "get_transac_email_content" => content,
        "delete_an_smtp_transactional_log" => delete,
        "get_aggregated_smtp_report" => aggregated,
        "get_email_event_report" => events,
        "get_smtp_report" => daily,
        _ => return None,
    })
}

/// `startDate` and `endDate`, which go together, as first and last moment.
pub(super) fn days(call: &Call, most: i64) -> Result<(i64, i64), ApiError> {
    let (Some(start), Some(end)) = (call.text("startDate"), call.text("endDate")) else {
        return Err(ApiError::missing("startDate and endDate should be given together"));
    };
    let day = |text: &str| time::parse_day(text.get(..10).unwrap_or(text));
    let (Some(start), Some(end)) = (day(start), day(end)) else {
        return Err(ApiError::invalid("startDate and endDate should be of the form YYYY-MM-DD"));
    };
    if start > end {
        return Err(ApiError::invalid("startDate should not be after endDate"));
    }
    if start > call.now {
        return Err(ApiError::invalid("startDate should not be in the future"));
    }
    if (end - start) / DAY > most {
        return Err(ApiError::new(
            400,
            "out_of_range",
            format!("The period should be of {most} days at most"),
        ));
    }
    Ok((start, end + DAY - 1))
}

/// The period of a report: the dates, or the last `days`, today included.
pub(crate) fn period(call: &Call, default: i64, most: i64) -> Result<(i64, i64), ApiError> {
    let dates = call.get("startDate").is_some() || call.get("endDate").is_some();
    match (dates, call.int("days")) {
        (true, Some(_)) => Err(ApiError::invalid("Either days, or startDate and endDate can be used")),
        (true, None) => days(call, most),
        (false, asked) => {
            let asked = asked.unwrap_or(default);
            if !(1..=most).contains(&asked) {
                return Err(ApiError::new(400, "out_of_range", format!("days should be from 1 to {most}")));
            }
            let today = call.now.div_euclid(DAY) * DAY;
            Ok((today - (asked - 1) * DAY, today + DAY - 1))
        }
    }
}

fn list(call: &Call) -> Outcome {
    if ["email", "templateId", "messageId"].iter().all(|key| call.get(key).is_none()) {
        return Err(ApiError::missing("At least one of email, templateId and messageId is needed"));
    }
    let (from, to) = period(call, 30, 31)?;
    let (limit, offset) = call.page();
    let filter = "WHERE account = ?1 AND kind = 'transactional' AND hidden = 0 AND sent BETWEEN ?2 AND ?3
        AND (?4 IS NULL OR lower(email) = lower(?4)) AND (?5 IS NULL OR template = ?5)
        AND (?6 IS NULL OR message_id = ?6)";
    let (email, template) = (call.text("email"), call.int("templateId"));
    let message = call.text("messageId").map(bracketed);
    let count: i64 = call.db.query_row(
        &format!("SELECT COUNT(*) FROM messages {filter}"),
        params![call.account, from, to, email, template, message],
        |row| row.get(0),
    )?;
    let mails = call
        .db
        .prepare(&format!(
            "SELECT email, subject, template, message_id, uuid, sent, sender, tags FROM messages {filter}
             ORDER BY sent {0}, id {0} LIMIT ?7 OFFSET ?8",
            call.order()
        ))?
        .query_map(params![call.account, from, to, email, template, message, limit, offset], |row| {
            let tags: String = row.get(7)?;
            let mut out = json!({
                "email": row.get::<_, String>(0)?,
                "subject": row.get::<_, String>(1)?,
                "messageId": row.get::<_, String>(3)?,
                "uuid": row.get::<_, String>(4)?,
                "date": time::rfc3339(row.get(5)?),
                "from": row.get::<_, String>(6)?,
                "tags": serde_json::from_str::<Value>(&tags).unwrap_or_default(),
            });
            if let Some(template) = row.get::<_, Option<i64>>(2)? {
                out["templateId"] = template.into();
            }
            Ok(out)
        })?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "transactionalEmails": mails})))
}

fn content(call: &Call) -> Outcome {
    let found = call
        .db
        .query_row(
            "SELECT id, email, subject, template, sent, COALESCE(html, text, ''), attachments FROM messages
             WHERE account = ?1 AND uuid = ?2 AND kind = 'transactional' AND hidden = 0",
            params![call.account, call.text("uuid")],
            |row| {
                let files: String = row.get(6)?;
                let files: Value = serde_json::from_str(&files).unwrap_or_default();
                let mut out = json!({
                    "email": row.get::<_, String>(1)?,
                    "subject": row.get::<_, String>(2)?,
                    "date": time::rfc3339(row.get(4)?),
                    "body": row.get::<_, String>(5)?,
                    "attachmentCount": files.as_array().map_or(0, Vec::len),
                });
                if let Some(template) = row.get::<_, Option<i64>>(3)? {
                    out["templateId"] = template.into();
                }
                Ok((row.get::<_, i64>(0)?, out))
            },
        )
        .optional()?;
    let Some((id, mut out)) = found else {
        return Err(ApiError::not_found("No email with this uuid"));
    };
    let events = call
        .db
        .prepare_cached("SELECT kind, at FROM events WHERE message = ?1 AND fired = 1 ORDER BY at, id")?
        .query_map([id], |row| {
            Ok(json!({"name": row.get::<_, String>(0)?, "time": time::rfc3339(row.get(1)?)}))
        })?
        .collect::<Result<Vec<_>>>()?;
    out["events"] = events.into();
    Ok(Answer::ok(out))
}

fn delete(call: &Call) -> Outcome {
    let identifier = call.text("identifier").unwrap_or_default();
    let day = |key: &str| match call.text(key) {
        None => Ok(None),
        Some(text) => {
            time::parse_day(text).map(Some).ok_or_else(|| ApiError::invalid(format!("{key} is not a day")))
        }
    };
    let (from, to) = (day("from_date")?.unwrap_or(0), day("to_date")?.map_or(i64::MAX, |to| to + DAY - 1));
    let hidden = call.db.execute(
        "UPDATE messages SET hidden = 1
         WHERE account = ?1 AND kind = 'transactional' AND hidden = 0 AND sent BETWEEN ?2 AND ?3
             AND (message_id = ?4 OR lower(email) = lower(?5))",
        params![call.account, from, to, bracketed(identifier), identifier],
    )?;
    if hidden == 0 {
        return Err(ApiError::not_found("No log with this identifier"));
    }
    Ok(Answer::no_content())
}

/// Counts of a report, from rows of kind, all events, mails with such an event.
fn report(rows: &[(String, i64, i64)]) -> Value {
    let of = |kind: &str| rows.iter().find(|row| row.0 == kind).map_or((0, 0), |row| (row.1, row.2));
    json!({
        "requests": of("requests").0,
        "delivered": of("delivered").0,
        "hardBounces": of("hardBounces").0,
        "softBounces": of("softBounces").0,
        "clicks": of("clicks").0,
        "uniqueClicks": of("clicks").1,
        "opens": of("opened").0,
        "uniqueOpens": of("opened").1,
        "spamReports": of("spam").0,
        "blocked": of("blocked").0,
        "invalid": of("invalid").0,
        "unsubscribed": of("unsubscribed").0,
    })
}

const COUNTED: &str = "FROM messages m JOIN events e ON e.message = m.id
    WHERE m.account = ?1 AND m.kind = 'transactional' AND e.fired = 1 AND e.at BETWEEN ?2 AND ?3
        AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(m.tags) t WHERE t.value = ?4))";

fn aggregated(call: &Call) -> Outcome {
    let (from, to) = period(call, 90, 90)?;
    let rows = call
        .db
        .prepare_cached(&format!("SELECT e.kind, COUNT(*), COUNT(DISTINCT m.id) {COUNTED} GROUP BY e.kind"))?
        .query_map(params![call.account, from, to, call.text("tag")], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<Vec<_>>>()?;
    let mut out = report(&rows);
    out["range"] = format!("{}|{}", time::day(from), time::day(to)).into();
    Ok(Answer::ok(out))
}

fn daily(call: &Call) -> Outcome {
    let (from, to) = period(call, 10, 30)?;
    let counts = call
        .db
        .prepare_cached(&format!(
            "SELECT e.at / {DAY} AS day, e.kind, COUNT(*), COUNT(DISTINCT m.id) {COUNTED} GROUP BY day, e.kind"
        ))?
        .query_map(params![call.account, from, to, call.text("tag")], |row| {
            Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)))
        })?
        .collect::<Result<Vec<_>>>()?;
    let mut days = (from.div_euclid(DAY)..=to.min(call.now).div_euclid(DAY)).collect::<Vec<_>>();
    if call.order() == "DESC" {
        days.reverse();
    }
    let (limit, offset) = call.page();
    let reports = days.into_iter().skip(offset as usize).take(limit as usize).map(|day| {
        let rows = counts.iter().filter(|(of, _)| *of == day).map(|(_, row)| row.clone()).collect::<Vec<_>>();
        let mut out = report(&rows);
        out["date"] = time::day(day * DAY).into();
        out
    });
    Ok(Answer::ok(json!({"reports": reports.collect::<Vec<_>>()})))
}

fn events(call: &Call) -> Outcome {
    let (from, to) = period(call, 30, 90)?;
    let (limit, offset) = call.page();
    let mut sql = "SELECT e.id, e.kind, e.at, e.link, e.reason, m.email, m.message_id, m.subject, m.tags, m.template,
            m.sender, m.ip
        FROM events e JOIN messages m ON m.id = e.message
        WHERE m.account = ? AND m.kind = 'transactional' AND m.hidden = 0 AND e.fired = 1 AND e.at BETWEEN ? AND ?"
        .to_owned();
    let mut values = vec![Value::from(call.account), from.into(), to.into()];
    let mut filter = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    };
    filter("lower(m.email) = lower(?)", call.get("email").cloned());
    filter("m.message_id = ?", call.text("messageId").map(|id| bracketed(id).into()));
    filter("m.template = ?", call.get("templateId").cloned());
    for tag in tags(call.text("tags").unwrap_or_default()) {
        filter("EXISTS (SELECT 1 FROM json_each(m.tags) t WHERE t.value = ?)", Some(tag.into()));
    }
    match call.text("event") {
        Some("bounces") => sql.push_str(" AND e.kind IN ('hardBounces', 'softBounces')"),
        event => filter("e.kind = ?", event.map(Value::from)),
    }
    sql.push_str(&format!(" ORDER BY e.at {0}, e.id {0} LIMIT {limit} OFFSET {offset}", call.order()));
    let mut statement = call.db.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values.iter().map(sql_value)))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(1)?;
        let text = |index: usize| row.get::<_, Option<String>>(index);
        let mut out = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.insert(key.to_owned(), value);
            }
        };
        let reader = matches!(kind.as_str(), "opened" | "clicks" | "loadedByProxy");
        put("email", text(5)?.map(Value::from));
        put("date", Some(time::rfc3339(row.get(2)?).into()));
        put("subject", text(7)?.map(Value::from));
        put("messageId", text(6)?.map(Value::from));
        put("event", Some(kind.into()));
        put("reason", text(4)?.map(Value::from));
        let tags =
            text(8)?.and_then(|tags| serde_json::from_str::<Vec<String>>(&tags).ok()).unwrap_or_default();
        put("tag", (!tags.is_empty()).then(|| tags.join(",").into()));
        put("ip", text(11)?.filter(|_| reader).map(Value::from));
        put("link", text(3)?.map(Value::from));
        put("from", text(10)?.map(Value::from));
        put("templateId", row.get::<_, Option<i64>>(9)?.map(Value::from));
        events.push(Value::from(out));
    }
    Ok(Answer::ok(json!({"events": events})))
}

/// `tags` is text that holds an array; commas serve too.
pub(crate) fn tags(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| {
        text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    })
}

fn sql_value(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or_default().into(),
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    }
}
