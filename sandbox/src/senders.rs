//! Senders: addresses that mail may come from.
//!
//! A new sender gets a code by mail (see the stored mails) and is usable once the code has been
//! given back. Senders of an authenticated domain are usable at once; the domains that are reserved
//! for examples and tests count as authenticated.

use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::simulate::{Dice, Message};
use crate::state::{ACCOUNT, Db, Sandbox, next_id};
use crate::webhooks;

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS senders (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    active INTEGER NOT NULL, otp INTEGER, otp_expires INTEGER, PRIMARY KEY (account, id));
";

/// How long a verification code is good.
const OTP_LIFE: i64 = 24 * 3_600_000;

/// A sender of the account.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Identifier; absent for an address of an authenticated domain that is no sender.
    pub id: Option<i64>,
    /// Name that recipients see.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether mail may come from it.
    pub active: bool,
}

impl Sender {
    fn read(row: &Row) -> Result<Self> {
        Ok(Sender { id: Some(row.get(0)?), name: row.get(1)?, email: row.get(2)?, active: row.get(3)? })
    }

    /// `{"id", "name", "email"}`.
    pub fn to_json(&self) -> Value {
        let mut out = json!({"name": self.name, "email": self.email});
        if let Some(id) = self.id {
            out["id"] = id.into();
        }
        out
    }
}

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_senders" => get_senders,
        "create_sender" => create_sender,
        "update_sender" => update_sender,
        "delete_sender" => delete_sender,
        "validate_sender_by_otp" => validate_sender,
        "get_ips" => |_| Ok(Answer::ok(json!({"ips": []}))),
        "get_ips_from_sender" => |call| find(call).map(|_| Answer::ok(json!({"ips": []}))),
        _ => return None,
    })
}

/// Does what is due.
pub fn tick(_db: &Db, _now: i64, _sandbox: &Sandbox) -> Result<()> {
    Ok(())
}

/// What a new account has: its owner as a verified sender.
pub fn init(db: &Db, now: i64, _sandbox: &Sandbox) -> Result<()> {
    webhooks::recover(db, now)?;
    let any: bool =
        db.query_row("SELECT EXISTS (SELECT 1 FROM senders WHERE account = ?1)", [ACCOUNT], |row| {
            row.get(0)
        })?;
    if any {
        return Ok(());
    }
    insert(db, ACCOUNT, "Sandbox Ltd", "owner@sandbox.example", None).map(drop)
}

/// Whether the SPF and DKIM records of the address's domain are in order.
pub fn is_authenticated(email: &str) -> bool {
    let Some((_, domain)) = email.rsplit_once('@') else { return false };
    let domain = domain.to_ascii_lowercase();
    ["example.com", "example.org", "example.net", "example", "test"]
        .iter()
        .any(|known| domain.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The sender that a request names by `id` or `email`, whether active or not.
pub fn resolve(db: &Db, account: i64, wanted: &Value) -> Result<Sender, ApiError> {
    let (id, email) = (wanted.get("id").and_then(Value::as_i64), wanted.get("email").and_then(Value::as_str));
    if let Some(id) = id {
        return by_id(db, account, id)?.ok_or_else(|| ApiError::invalid("Sender is invalid / inactive"));
    }
    let email = email.map(str::trim).filter(|email| !email.is_empty());
    let email = email.ok_or_else(|| ApiError::missing("valid sender email required"))?;
    if !is_address(email) {
        return Err(ApiError::invalid("valid sender email required"));
    }
    let known = db
        .prepare_cached(
            "SELECT id, name, email, active FROM senders WHERE account = ?1 AND lower(email) = lower(?2)
             ORDER BY active DESC, id LIMIT 1",
        )?
        .query_row(params![account, email], Sender::read)
        .optional()?;
    let name = wanted.get("name").and_then(Value::as_str);
    Ok(match known {
        Some(known) => Sender { name: name.map_or(known.name, str::to_owned), ..known },
        None => Sender {
            id: None,
            name: name.unwrap_or_default().to_owned(),
            email: email.to_owned(),
            active: is_authenticated(email),
        },
    })
}

/// Whether a text has the form of an e-mail address.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    !local.is_empty()
        && !local.chars().any(bad)
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty() && !label.chars().any(bad))
}

fn insert(db: &Db, account: i64, name: &str, email: &str, otp: Option<(i64, i64)>) -> Result<i64> {
    let id = next_id(db, account, "sender")?;
    db.execute(
        "INSERT INTO senders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![account, id, name, email, otp.is_none(), otp.map(|o| o.0), otp.map(|o| o.1)],
    )?;
    Ok(id)
}

fn by_id(db: &Db, account: i64, id: i64) -> Result<Option<Sender>> {
    db.prepare_cached("SELECT id, name, email, active FROM senders WHERE account = ?1 AND id = ?2")?
        .query_row([account, id], Sender::read)
        .optional()
}

fn find(call: &Call) -> Result<Sender, ApiError> {
    let id = call.int("senderId").unwrap_or_default();
    by_id(call.db, call.account, id)?.ok_or_else(|| ApiError::not_found("Sender ID does not exist"))
}

fn get_senders(call: &Call) -> Outcome {
    let domain = call.text("domain").map(|domain| format!("@{}", domain.to_ascii_lowercase()));
    let senders = call
        .db
        .prepare_cached("SELECT id, name, email, active FROM senders WHERE account = ?1 ORDER BY id")?
        .query_map([call.account], Sender::read)?
        .collect::<Result<Vec<_>>>()?;
    let senders = senders
        .into_iter()
        .filter(|sender| domain.as_ref().is_none_or(|d| sender.email.to_ascii_lowercase().ends_with(d)))
        // No account of the sandbox has dedicated addresses.
        .filter(|_| call.text("ip").is_none())
        .map(|sender| {
            let mut out = sender.to_json();
            out["active"] = sender.active.into();
            out["ips"] = json!([]);
            out
        })
        .collect::<Vec<_>>();
    Ok(Answer::ok(json!({"senders": senders})))
}

fn check(call: &Call, name: &str, email: &str, except: Option<i64>) -> Result<(), ApiError> {
    if name.trim().is_empty() {
        return Err(ApiError::missing("Sender name is missing"));
    }
    if !is_address(email) {
        return Err(ApiError::invalid("Sender email is not valid"));
    }
    if !call.list("ips").is_empty() {
        return Err(ApiError::invalid("The account has no dedicated IP addresses"));
    }
    let twice: bool = call.db.query_row(
        "SELECT EXISTS (SELECT 1 FROM senders WHERE account = ?1 AND lower(email) = lower(?2) AND name = ?3
             AND id IS NOT ?4)",
        params![call.account, email, name, except],
        |row| row.get(0),
    )?;
    if twice {
        return Err(ApiError::new(
            400,
            "duplicate_parameter",
            "Sender already exists with this name and email",
        ));
    }
    Ok(())
}

fn create_sender(call: &Call) -> Outcome {
    let (name, email) = (call.text("name").unwrap_or_default(), call.text("email").unwrap_or_default());
    check(call, name, email, None)?;
    let authenticated = is_authenticated(email);
    let otp = (!authenticated).then(|| {
        (Dice::new(call.sandbox.seed, &["otp", name, email]).between(100_000, 999_999), call.now + OTP_LIFE)
    });
    let id = insert(call.db, call.account, name, email, otp)?;
    if let Some((code, _)) = otp {
        send_code(call, email, code)?;
    }
    Ok(Answer::created(json!({"id": id, "spfError": !authenticated, "dkimError": !authenticated})))
}

fn send_code(call: &Call, email: &str, code: i64) -> Result<()> {
    Message {
        account: call.account,
        kind: "verification",
        email: email.to_owned(),
        sender: "contact@brevo.com".to_owned(),
        sender_name: "Brevo".to_owned(),
        subject: "Verify your sender".to_owned(),
        text: Some(format!("Your verification code is {code}.")),
        sent: call.now,
        ..Message::default()
    }
    .insert(call.db)
    .map(drop)
}

fn update_sender(call: &Call) -> Outcome {
    let old = find(call)?;
    let name = call.text("name").unwrap_or(&old.name);
    let email = call.text("email").unwrap_or(&old.email);
    check(call, name, email, old.id)?;
    let moved = !email.eq_ignore_ascii_case(&old.email) && !is_authenticated(email);
    let code = Dice::new(call.sandbox.seed, &["otp", name, email]).between(100_000, 999_999);
    call.db.execute(
        "UPDATE senders SET name = ?3, email = ?4 WHERE account = ?1 AND id = ?2",
        params![call.account, old.id, name, email],
    )?;
    if moved {
        call.db.execute(
            "UPDATE senders SET active = 0, otp = ?3, otp_expires = ?4 WHERE account = ?1 AND id = ?2",
            params![call.account, old.id, code, call.now + OTP_LIFE],
        )?;
        send_code(call, email, code)?;
    }
    Ok(Answer::no_content())
}

fn delete_sender(call: &Call) -> Outcome {
    let sender = find(call)?;
    call.db
        .execute("DELETE FROM senders WHERE account = ?1 AND id = ?2", params![call.account, sender.id])?;
    Ok(Answer::no_content())
}

fn validate_sender(call: &Call) -> Outcome {
    let sender = find(call)?;
    let (otp, expires): (Option<i64>, Option<i64>) = call.db.query_row(
        "SELECT otp, otp_expires FROM senders WHERE account = ?1 AND id = ?2",
        params![call.account, sender.id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    // Brevo gives the sentence as the code too.
    let refused = |text: &str| Err(ApiError::new(400, text, text));
    if otp.is_none() || otp != call.int("otp") {
        return refused("Invalid OTP code provided");
    }
    if expires.is_none_or(|expires| expires < call.now) {
        return refused("OTP code has expired");
    }
    call.db.execute(
        "UPDATE senders SET active = 1, otp = NULL, otp_expires = NULL WHERE account = ?1 AND id = ?2",
        params![call.account, sender.id],
    )?;
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_for_examples_are_authenticated() {
        for email in ["a@example.com", "a@mail.example.org", "a@shop.test", "a@sandbox.example"] {
            assert!(is_authenticated(email), "{email}");
        }
        for email in ["a@notexample.com", "a@contest", "a@brevo.com", "a"] {
            assert!(!is_authenticated(email), "{email}");
        }
    }

    #[test]
    fn addresses() {
        for good in ["a@b.co", "zoë@exämple.com", "a+b.c@mail.example.com"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "a", "@b.co", "a@", "a@b", "a b@c.de", "a@b..c", "a@b@c.de", "<a@b.co>"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
