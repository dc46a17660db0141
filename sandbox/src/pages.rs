//! Pages for people: the dashboard, a campaign, the calls, and the keys of the account.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use brevo_core::operation_by_id;
use serde_json::{Map, Value, json};

use crate::handler::{ApiError, Body, Call};
use crate::keys::{self, KeyKind};
use crate::server::blocking;
use crate::state::{ACCOUNT, Db, Sandbox};
use crate::{tick, time};

type App = State<Arc<Sandbox>>;

/// Addresses of this module, for this machine only.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(dashboard))
        .route("/calls", get(calls))
        .route("/campaigns/{id}", get(campaign))
        .route("/campaigns/{id}/content", get(campaign_content))
        .route("/settings/keys", get(|| async { Redirect::to("/settings/keys/api") }))
        .route("/settings/keys/api", get(|state: App| key_page(state, KeyKind::Api)))
        .route("/settings/keys/smtp", get(|state: App| key_page(state, KeyKind::Smtp)))
        .route("/_sandbox/style.css", get(|| async { text("text/css", include_str!("pages/style.css")) }))
        .route("/_sandbox/app.js", get(|| async { text("text/javascript", include_str!("pages/app.js")) }))
}

fn text(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// Text within HTML.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A value as text within HTML.
fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => esc(text),
        other => esc(&other.to_string()),
    }
}

/// A moment for people: `23 Nov 2026, 14:05 UTC`.
fn moment(value: &Value) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some(text) = value.as_str().and_then(time::parse).map(time::rfc3339) else { return show(value) };
    let month = text[5..7].parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let day = text[8..10].trim_start_matches('0');
    format!("{day} {} {}, {} UTC", month.unwrap_or(&"?"), &text[..4], &text[11..16])
}

/// A page with head and menu. The policy lets only this server's own script and style run.
fn page(sandbox: &Sandbox, title: &str, here: &str, body: &str) -> Response {
    let mut menu = String::new();
    for (address, name) in [("/", "Dashboard"), ("/calls", "Calls"), ("/settings/keys/api", "SMTP & API")] {
        let current = if address == here { " aria-current=\"page\"" } else { "" };
        let _ = write!(menu, "<a href=\"{address}\"{current}>{}</a>", esc(name));
    }
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{} - Brevo sandbox</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/_sandbox/style.css\">\
         <script src=\"/_sandbox/app.js\" defer></script></head><body>\
         <a class=\"skip\" href=\"#main\">Skip to the content</a>\
         <header class=\"top\"><a class=\"brand\" href=\"/\">Brevo sandbox</a><nav aria-label=\"Main\">{menu}</nav>\
         <span class=\"now\">{}</span></header><main id=\"main\">{body}</main></body></html>",
        esc(title),
        moment(&time::rfc3339(sandbox.clock.now()).into()),
    );
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                  img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

fn table(caption: &str, head: &[&str], rows: &[Vec<String>], nothing: &str) -> String {
    if rows.is_empty() {
        return format!("<p class=\"empty\">{}</p>", esc(nothing));
    }
    // A column whose name starts with `#` holds numbers.
    let class =
        |i: usize| if head.get(i).is_some_and(|name| name.starts_with('#')) { " class=\"n\"" } else { "" };
    let mut out = format!("<div class=\"scroll\"><table aria-label=\"{}\"><thead><tr>", esc(caption));
    for (i, name) in head.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(i), esc(name.trim_start_matches('#')));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let _ = write!(out, "<td{}>{cell}</td>", class(i));
        }
        out.push_str("</tr>");
    }
    out + "</tbody></table></div>"
}

fn card(title: &str, body: &str) -> String {
    format!("<section class=\"card\"><h2>{}</h2>{body}</section>", esc(title))
}

fn figures(values: &[(&str, &Value)]) -> String {
    let items = values
        .iter()
        .map(|(name, value)| format!("<li><b>{}</b><span>{}</span></li>", show(value), esc(name)));
    format!("<ul class=\"figures\">{}</ul>", items.collect::<String>())
}

/// Asks an operation of the API itself, so that pages and API always agree.
fn operate(db: &Db, sandbox: &Sandbox, now: i64, id: &str, args: Value) -> Result<Value, ApiError> {
    let spec = operation_by_id(id).ok_or_else(|| ApiError::not_found(id))?;
    let handler = tick::handler(spec.name).ok_or_else(|| ApiError::not_found(id))?;
    let args: Map<String, Value> = args.as_object().cloned().unwrap_or_default();
    let call = Call { spec, args, db, account: ACCOUNT, now, sandbox };
    match handler(&call)?.body {
        Body::Json(body) => Ok(body),
        _ => Ok(Value::Null),
    }
}

/// Runs the making of a page in a transaction, away from the threads that serve.
async fn made<F>(sandbox: Arc<Sandbox>, title: &str, here: &str, work: F) -> Response
where
    F: FnOnce(&Db, &Sandbox, i64) -> Result<String, ApiError> + Send + 'static,
{
    let working = sandbox.clone();
    let body = blocking(move || {
        let now = working.clock.now();
        working.transaction(|db| work(db, &working, now))
    });
    match body.await.and_then(|body| body) {
        Ok(body) => page(&sandbox, title, here, &body),
        Err(error) => {
            let body = format!("<h1>{}</h1><p class=\"lead\">{}</p>", error.status, esc(&error.message));
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, page(&sandbox, title, here, &body)).into_response()
        }
    }
}

// Dashboard ----------------------------------------------------------------------------------------

async fn dashboard(State(sandbox): App) -> Response {
    made(sandbox, "Dashboard", "/", |db, sandbox, now| {
        let ask = |id: &str, args: Value| operate(db, sandbox, now, id, args);
        let account = ask("account.get_account", json!({}))?;
        let contacts = ask("contacts.get_contacts", json!({"limit": 0}))?;
        let lists = ask("contacts.get_lists", json!({"limit": 50}))?;
        let campaigns =
            ask("email_campaigns.get_email_campaigns", json!({"limit": 25, "statistics": "globalStats"}))?;
        let processes = ask("process.get_processes", json!({"limit": 10}))?;
        let mails: i64 = db.query_row("SELECT COUNT(*) FROM messages", [], |row| row.get(0))?;
        let calls = sandbox.calls();
        let keys = keys::list(db, KeyKind::Api)?.len();
        let mut out = format!(
            "<h1>{}</h1><p class=\"lead\">API at <code>{}/v3</code>. {}</p>",
            show(&account["companyName"]),
            esc(sandbox.base_url()),
            match keys {
                0 => "There is no API key yet: <a href=\"/settings/keys/api\">generate one</a>.".to_owned(),
                1 => "One API key is in use.".to_owned(),
                keys => format!("{keys} API keys are in use."),
            }
        );
        out += &figures(&[
            ("contacts", &contacts["count"]),
            ("lists", &lists["count"]),
            ("e-mail campaigns", &campaigns["count"]),
            ("mails taken", &mails.into()),
            ("last calls", &calls.len().into()),
        ]);
        out += &clock_card(sandbox);
        out += &card("E-mail campaigns", &campaign_table(&campaigns));
        out += &card("Lists", &list_table(&lists));
        out += &card("Mails taken", &mail_table(db)?);
        out += &card("Processes", &process_table(&processes));
        let more = "<p><a href=\"/calls\">All calls that are kept</a></p>";
        out += &card("Last calls", &format!("{}{more}", call_table(&calls, 12)));
        Ok(out)
    })
    .await
}

fn clock_card(sandbox: &Sandbox) -> String {
    let clock = sandbox.clock.describe();
    let frozen = clock["frozen"] == true;
    let mut buttons = String::new();
    for (name, seconds) in
        [("+ 1 minute", 60), ("+ 1 hour", 3_600), ("+ 1 day", 86_400), ("+ 1 week", 604_800)]
    {
        let order = json!({"advance": seconds}).to_string();
        let _ = write!(buttons, "<button type=\"button\" data-clock=\"{}\">{name}</button>", esc(&order));
    }
    let (name, order) =
        if frozen { ("Let it run", json!({"freeze": false})) } else { ("Stop it", json!({"freeze": true})) };
    let _ =
        write!(buttons, "<button type=\"button\" data-clock=\"{}\">{name}</button>", esc(&order.to_string()));
    let state = if frozen { "stands still" } else { "runs" };
    card(
        "Clock",
        &format!(
            "<p>It is <b>{}</b> in the sandbox; the clock {state}. What becomes due on the way is done.</p>\
             <div class=\"row\">{buttons}</div><p class=\"error\" id=\"clock-error\" role=\"alert\"></p>",
            moment(&clock["now"])
        ),
    )
}

fn entries<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn campaign_table(campaigns: &Value) -> String {
    let rows: Vec<Vec<String>> = entries(campaigns, "campaigns")
        .iter()
        .map(|campaign| {
            let stats = &campaign["statistics"]["globalStats"];
            vec![
                format!("<a href=\"/campaigns/{}\">{}</a>", show(&campaign["id"]), show(&campaign["name"])),
                status_tag(&campaign["status"]),
                moment(
                    campaign.get("sentDate").filter(|at| !at.is_null()).unwrap_or(&campaign["scheduledAt"]),
                ),
                show(&stats["sent"]),
                show(&stats["delivered"]),
                show(&stats["uniqueViews"]),
                show(&stats["uniqueClicks"]),
                show(&stats["unsubscriptions"]),
            ]
        })
        .collect();
    let head = [
        "Name",
        "Status",
        "Sent or scheduled",
        "#Sent",
        "#Delivered",
        "#Openers",
        "#Clickers",
        "#Unsubscribed",
    ];
    table("E-mail campaigns", &head, &rows, "No campaign yet.")
}

fn status_tag(status: &Value) -> String {
    let class = match status.as_str().unwrap_or_default() {
        "sent" | "completed" | "delivered" => " good",
        "suspended" | "cancelled" | "failed" => " bad",
        _ => "",
    };
    format!("<span class=\"tag{class}\">{}</span>", show(status))
}

fn list_table(lists: &Value) -> String {
    let row = |list: &Value| {
        vec![
            show(&list["id"]),
            show(&list["name"]),
            show(&list["folderId"]),
            show(&list["uniqueSubscribers"]),
        ]
    };
    let rows: Vec<Vec<String>> = entries(lists, "lists").iter().map(row).collect();
    table("Lists", &["ID", "Name", "Folder", "#Contacts"], &rows, "No list yet.")
}

fn mail_table(db: &Db) -> Result<String, ApiError> {
    let rows = db
        .prepare("SELECT uuid, kind, email, sender, subject, sent FROM messages ORDER BY id DESC LIMIT 12")?
        .query_map([], |row| {
            let text = |index: usize| row.get::<_, String>(index).map(|text| esc(&text));
            Ok(vec![
                moment(&time::rfc3339(row.get(5)?).into()),
                text(1)?,
                text(2)?,
                text(3)?,
                format!("<a href=\"/_sandbox/mails/{}/html\">{}</a>", text(0)?, text(4)?),
            ])
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let shown = table("Mails taken", &["Date", "Kind", "To", "From", "Subject"], &rows, "No mail yet.");
    Ok(format!("{shown}<p>As JSON: <a href=\"/_sandbox/mails\"><code>/_sandbox/mails</code></a></p>"))
}

fn process_table(processes: &Value) -> String {
    let row = |process: &Value| {
        let mut files: Vec<(String, &Value)> = vec![("export".into(), &process["export_url"])];
        files
            .extend(process["info"]["import"].as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v)));
        let links = files.iter().filter(|(_, url)| url.is_string());
        let links: Vec<String> =
            links.map(|(name, url)| format!("<a href=\"{}\">{}</a>", show(url), esc(name))).collect();
        vec![show(&process["id"]), show(&process["name"]), status_tag(&process["status"]), links.join(", ")]
    };
    let rows: Vec<Vec<String>> = entries(processes, "processes").iter().map(row).collect();
    table("Processes", &["ID", "Name", "Status", "Files"], &rows, "No import or export yet.")
}

fn call_table(calls: &[Value], most: usize) -> String {
    let row = |call: &Value| {
        let status = call["status"].as_i64().unwrap_or_default();
        let class = if status < 300 { " good" } else { " bad" };
        let query = match call["query"].as_str() {
            Some("") | None => String::new(),
            Some(query) => format!("?{}", esc(query)),
        };
        let mut notes = String::new();
        if call["canned"] == true {
            notes.push_str(" <span class=\"tag\">canned</span>");
        }
        if call["fault"].is_string() {
            let _ = write!(notes, " <span class=\"tag bad\">fault {}</span>", show(&call["fault"]));
        }
        let part = |name: &str, value: &Value| match value {
            Value::Null => String::new(),
            value => format!("{name}<pre>{}</pre>", show(value)),
        };
        let bodies = part("Request", &call["body"]) + &part("Answer", &call["answer"]);
        let line = format!("<code>{} {}{query}</code>{notes}", show(&call["method"]), show(&call["path"]));
        let line = match bodies.as_str() {
            "" => line,
            bodies => format!("<details><summary>{line}</summary>{bodies}</details>"),
        };
        let clock = call["time"].as_str().and_then(|time| time.get(11..19)).unwrap_or_default();
        vec![
            esc(clock),
            format!("<span class=\"tag{class}\">{status}</span>"),
            line,
            show(&call["operation"]),
            format!("{:.1}", call["milliseconds"].as_f64().unwrap_or_default()),
        ]
    };
    let rows: Vec<Vec<String>> = calls.iter().take(most).map(row).collect();
    table("Calls", &["Time", "Status", "Call", "Operation", "#ms"], &rows, "No call yet.")
}

async fn calls(State(sandbox): App) -> Response {
    made(sandbox, "Calls", "/calls", |_, sandbox, _| {
        let lead = "<h1>Calls</h1><p class=\"lead\">The last 500 calls of the API, newest first, without keys. As \
                    JSON: <a href=\"/_sandbox/requests\"><code>/_sandbox/requests</code></a></p>";
        Ok(format!("{lead}<section class=\"card\">{}</section>", call_table(&sandbox.calls(), usize::MAX)))
    })
    .await
}

// A campaign ---------------------------------------------------------------------------------------

async fn campaign(State(sandbox): App, Path(id): Path<i64>) -> Response {
    made(sandbox, "Campaign", "", move |db, sandbox, now| {
        let ask = |statistics: &str| {
            let args = json!({"campaignId": id, "statistics": statistics});
            operate(db, sandbox, now, "email_campaigns.get_email_campaign", args)
        };
        let campaign = ask("globalStats")?;
        let stats = &campaign["statistics"]["globalStats"];
        let sender =
            format!("{} <{}>", plain(&campaign["sender"]["name"]), plain(&campaign["sender"]["email"]));
        let mut out = format!(
            "<div class=\"row\"><h1>{}</h1>{}</div><p class=\"lead\">{}</p>",
            show(&campaign["name"]),
            status_tag(&campaign["status"]),
            show(&campaign["subject"])
        );
        out += &figures(&[
            ("sent", &stats["sent"]),
            ("delivered", &stats["delivered"]),
            ("soft bounces", &stats["softBounces"]),
            ("hard bounces", &stats["hardBounces"]),
            ("openers", &stats["uniqueViews"]),
            ("clickers", &stats["uniqueClicks"]),
            ("complaints", &stats["complaints"]),
            ("unsubscribed", &stats["unsubscriptions"]),
        ]);
        out += &card("Rates", &rates(stats));
        let mut facts = String::from("<dl>");
        for (name, value) in [
            ("Sender", esc(&sender)),
            ("Lists", show(&campaign["recipients"]["lists"])),
            ("Created", moment(&campaign["createdAt"])),
            ("Scheduled", moment(&campaign["scheduledAt"])),
            ("Sent", moment(&campaign["sentDate"])),
        ] {
            if !value.is_empty() {
                let _ = write!(facts, "<dt>{name}</dt><dd>{value}</dd>");
            }
        }
        out += &card("About", &(facts + "</dl>"));
        let links = ask("linksStats")?;
        out += &card("Links", &pairs("Links", &links["statistics"]["linksStats"], "Link", "#Clicks"));
        let domains = ask("statsByDomain")?;
        out += &card("Domains of the recipients", &domain_table(&domains["statistics"]["statsByDomain"]));
        let _ = write!(
            out,
            "<section class=\"card\"><h2>Content</h2><iframe title=\"Content of the campaign\" sandbox \
             src=\"/campaigns/{id}/content\"></iframe></section>"
        );
        Ok(out)
    })
    .await
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn rates(stats: &Value) -> String {
    let number = |key: &str| stats[key].as_f64().unwrap_or_default();
    let mut rows = Vec::new();
    for (name, part, whole) in [
        ("Delivered", "delivered", "sent"),
        ("Opened", "uniqueViews", "delivered"),
        ("Clicked", "uniqueClicks", "delivered"),
        ("Unsubscribed", "unsubscriptions", "delivered"),
    ] {
        let share = if number(whole) > 0.0 { 100.0 * number(part) / number(whole) } else { 0.0 };
        // A progress bar without inline style, which the policy forbids.
        let bar = format!("<progress max=\"100\" value=\"{share:.1}\" aria-label=\"{name}\"></progress>");
        rows.push(vec![name.to_owned(), bar, format!("{share:.1} %")]);
    }
    table("Rates", &["Of all", "", "#Share"], &rows, "")
}

fn pairs(caption: &str, values: &Value, name: &str, number: &str) -> String {
    let values = values.as_object().into_iter().flatten();
    let rows: Vec<Vec<String>> = values.map(|(key, value)| vec![esc(key), show(value)]).collect();
    table(caption, &[name, number], &rows, "Nothing yet.")
}

fn domain_table(values: &Value) -> String {
    let values = values.as_object().into_iter().flatten();
    let mut rows: Vec<(i64, Vec<String>)> = values
        .map(|(domain, stats)| {
            let cells = ["sent", "delivered", "uniqueViews", "uniqueClicks"].map(|key| show(&stats[key]));
            (stats["sent"].as_i64().unwrap_or_default(), [vec![esc(domain)], cells.to_vec()].concat())
        })
        .collect();
    rows.sort_by_key(|(sent, _)| -sent);
    let rows: Vec<Vec<String>> = rows.into_iter().take(20).map(|(_, row)| row).collect();
    table("Domains", &["Domain", "#Sent", "#Delivered", "#Openers", "#Clickers"], &rows, "Nothing sent yet.")
}

/// The HTML of a campaign. None of its scripts run.
async fn campaign_content(State(sandbox): App, Path(id): Path<i64>) -> Response {
    let content = blocking(move || {
        let now = sandbox.clock.now();
        sandbox.transaction(|db| {
            operate(db, &sandbox, now, "email_campaigns.get_email_campaign", json!({"campaignId": id}))
        })
    });
    match content.await.and_then(|content| content) {
        Ok(campaign) => {
            let policy =
                "default-src 'none'; img-src *; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";
            let html = plain(&campaign["htmlContent"]).to_owned();
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
        }
        Err(error) => (StatusCode::NOT_FOUND, error.message).into_response(),
    }
}

// Keys ---------------------------------------------------------------------------------------------

async fn key_page(State(sandbox): App, kind: KeyKind) -> Response {
    made(sandbox, "SMTP & API", "/settings/keys/api", move |db, _, _| {
        let listed = keys::list(db, kind)?;
        let tab = |address: &str, name: &str, own: KeyKind| {
            let current = if own == kind { " aria-current=\"page\"" } else { "" };
            format!("<a href=\"{address}\"{current}>{name}</a>")
        };
        let mut out = format!(
            "<h1>SMTP &amp; API</h1><nav class=\"tabs\" aria-label=\"SMTP and API\">{}{}</nav>",
            tab("/settings/keys/smtp", "SMTP", KeyKind::Smtp),
            tab("/settings/keys/api", "API keys", KeyKind::Api)
        );
        let name = if kind == KeyKind::Api { "API key" } else { "SMTP key" };
        if kind == KeyKind::Smtp {
            out += &card("Your SMTP settings", SMTP_SETTINGS);
        }
        let _ = write!(
            out,
            "<section class=\"card\"><div class=\"row apart\"><h2>Your {name}s</h2>\
             <button type=\"button\" class=\"main\" id=\"make-open\">Generate a new {name}</button></div>\
             <p class=\"lead\">{}</p>{}</section>",
            if kind == KeyKind::Api { API_LEAD } else { "An SMTP key is the password of the SMTP login." },
            key_table(name, &listed)
        );
        if kind == KeyKind::Api {
            out += &plugins_card(&keys::plugins_v2_key(db)?);
        }
        out += &make_dialog(name, kind);
        out += &kill_dialog(name);
        Ok(out)
    })
    .await
}

const API_LEAD: &str = "A v3 key opens the whole account through the API: give each program a key of its own, keep \
                        it secret, and delete it when it is no longer used. A key shows once, when it is made; a \
                        lost key can only be replaced by a new one.";

const SMTP_SETTINGS: &str = "<dl><dt>SMTP server</dt><dd><code>smtp-relay.brevo.com</code></dd><dt>Port</dt>\
                             <dd><code>587</code></dd><dt>Login</dt><dd><code>owner@sandbox.example</code></dd></dl>\
                             <p class=\"note\">This sandbox takes mail through the API only; nothing listens for SMTP. \
                             An SMTP key is refused as an API key, as at Brevo.</p>";

fn key_table(name: &str, listed: &[Value]) -> String {
    let row = |key: &Value| {
        let used = match &key["lastUsedAt"] {
            Value::Null => "never".to_owned(),
            used => moment(used),
        };
        let delete = format!(
            "<button type=\"button\" class=\"danger\" data-delete=\"{}\" data-name=\"{}\" aria-label=\"Delete {}\">\
             Delete</button>",
            show(&key["id"]),
            show(&key["name"]),
            show(&key["name"])
        );
        let shown = format!("<code>{}</code>", show(&key["key"]));
        vec![show(&key["name"]), shown, moment(&key["createdAt"]), used, delete]
    };
    let rows: Vec<Vec<String>> = listed.iter().map(row).collect();
    let nothing = format!("There is no {name} yet.");
    table(&format!("Your {name}s"), &["Name", name, "Created on", "Last used", "Actions"], &rows, &nothing)
}

fn plugins_card(key: &str) -> String {
    card(
        "Plugins v2 key",
        &format!(
            "<p class=\"lead\">Old plugins ask for this key. No further v2 key can be created.</p>\
             <label for=\"plugins\">v2.0 key</label><div class=\"copy\">\
             <input type=\"text\" class=\"mono\" id=\"plugins\" readonly value=\"{}\">\
             <button type=\"button\" data-copy=\"plugins\" data-status=\"plugins-copied\">Copy</button></div>\
             <p role=\"status\" id=\"plugins-copied\"></p>\
             <p class=\"note\">API v2 ended on 25 June 2021: this key opens nothing any more, and API v3 refuses it. \
             Generate a v3 key instead.</p>",
            esc(key)
        ),
    )
}

fn make_dialog(name: &str, kind: KeyKind) -> String {
    let kind = if kind == KeyKind::Api { "api" } else { "smtp" };
    format!(
        "<dialog id=\"make\" data-kind=\"{kind}\" aria-labelledby=\"make-title\">\
         <form id=\"make-ask\"><h2 id=\"make-title\">Generate a new {name}</h2>\
         <label for=\"make-name\">Name your {name}</label>\
         <input type=\"text\" id=\"make-name\" required maxlength=\"100\" autocomplete=\"off\" \
         placeholder=\"For example: shop in production\">\
         <p class=\"error\" id=\"make-error\" role=\"alert\"></p>\
         <div class=\"actions\"><button type=\"button\" id=\"make-cancel\">Cancel</button>\
         <button type=\"submit\" class=\"main\" id=\"make-submit\">Generate</button></div></form>\
         <div id=\"make-show\" hidden><h2>Your new {name}</h2>\
         <p class=\"note\">Copy this key and keep it in a safe place. For security it is shown only once: when this \
         window is closed, it cannot be seen again.</p>\
         <label for=\"make-key\">{name}</label><div class=\"copy\">\
         <input type=\"text\" class=\"mono\" id=\"make-key\" readonly autocomplete=\"off\" spellcheck=\"false\">\
         <button type=\"button\" id=\"make-copy\">Copy</button></div>\
         <p role=\"status\" id=\"make-copied\"></p>\
         <div class=\"actions\"><button type=\"button\" class=\"main\" id=\"make-ok\">OK</button></div></div></dialog>"
    )
}

fn kill_dialog(name: &str) -> String {
    format!(
        "<dialog id=\"kill\" aria-labelledby=\"kill-title\"><h2 id=\"kill-title\">Delete this {name}?</h2>\
         <p>Programs that use <b id=\"kill-name\"></b> will be refused at once. This cannot be undone.</p>\
         <p class=\"error\" id=\"kill-error\" role=\"alert\"></p>\
         <div class=\"actions\"><button type=\"button\" id=\"kill-cancel\">Cancel</button>\
         <button type=\"button\" class=\"danger main\" id=\"kill-submit\">Delete</button></div></dialog>"
    )
}
