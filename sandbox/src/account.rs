//! The account itself.

use serde_json::json;

use crate::handler::{Answer, Call, Handler, Outcome};

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "get_account" => Some(get_account),
        "get_account_activity" => Some(|_| Ok(Answer::ok(json!({"logs": []})))),
        _ => None,
    }
}

fn get_account(_call: &Call) -> Outcome {
    Ok(Answer::ok(json!({
        "organization_id": "65a0c0de5a9db0c0ffee0001",
        "user_id": 1,
        "enterprise": false,
        "companyName": "Sandbox Ltd",
        "email": "owner@sandbox.example",
        "firstName": "Sandy",
        "lastName": "Box",
        "address": {"street": "1 Test Street", "city": "Paris", "zipCode": "75001", "country": "France"},
        "dateTimePreferences": {"timezone": "Europe/Paris", "timeFormat": "24h", "dateFormat": "dd-mm-yyyy"},
        "plan": [
            {"type": "payAsYouGo", "creditsType": "sendLimit", "credits": 1_000_000.0},
            {"type": "sms", "creditsType": "sendLimit", "credits": 1_000.0},
        ],
        "planVerticals": [
            {"name": "Marketing platform", "planCategory": "Marketing", "planType": "payAsYouGo",
             "status": "active", "users": {"purchasedSeats": "1", "usedSeats": "1"}},
        ],
        "relay": {"enabled": true,
                  "data": {"userName": "owner@sandbox.example", "relay": "smtp-relay.brevo.com", "port": 587}},
        "marketingAutomation": {"enabled": true, "key": "sandboxtracker"},
    })))
}
