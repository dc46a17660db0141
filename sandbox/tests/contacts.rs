//! Contacts, attributes, lists, import and export.
#![allow(clippy::unwrap_used)]

mod common;

use common::site;
use serde_json::{Value, json};

#[tokio::test]
async fn a_contact_is_created_found_changed_and_deleted() {
    let site = site().await;
    let made = site
        .post(
            "/contacts",
            json!({
                "email": "Ada@Example.com", "ext_id": "u-1", "listIds": [2],
                "attributes": {"FIRSTNAME": "Ada", "SMS": "+33 6 12 34 56 78", "firstname": "no", "NOPE": "x",
                               "LASTNAME": true},
            }),
        )
        .await;
    assert_eq!(made.status, 201);
    let id = &made.body["id"];
    for path in [
        format!("/contacts/{id}"),
        "/contacts/ada%40example.com".into(),
        "/contacts/33612345678".into(),
        "/contacts/0033612345678?identifierType=phone_id".into(),
        "/contacts/u-1?identifierType=ext_id".into(),
    ] {
        let found = site.get(&path).await;
        assert_eq!((found.status, &found.body["id"]), (200, id), "{path}");
    }
    let contact = site.get(&format!("/contacts/{id}")).await.body;
    assert_eq!(contact["email"], "ada@example.com");
    // Unknown attributes and values of the wrong type are ignored without a word.
    assert_eq!(contact["attributes"], json!({"EXT_ID": "u-1", "SMS": "33612345678", "FIRSTNAME": "Ada"}));
    assert_eq!((&contact["listIds"], &contact["listUnsubscribed"]), (&json!([2]), &Value::Null));

    let change = json!({"attributes": {"EMAIL": "lovelace@example.com", "FIRSTNAME": "", "LASTNAME": "Lovelace"},
                        "unlinkListIds": [2], "listIds": [1]});
    let changed = site.put("/contacts/ada@example.com", change).await;
    assert_eq!((changed.status, changed.body), (204, Value::Null));
    let contact = site.get("/contacts/lovelace@example.com").await.body;
    assert_eq!(contact["attributes"], json!({"EXT_ID": "u-1", "SMS": "33612345678", "LASTNAME": "Lovelace"}));
    assert_eq!(contact["listIds"], json!([1]));
    assert_eq!(site.get("/contacts/ada@example.com").await.refusal(), (404, "document_not_found"));
    assert_eq!(site.put("/contacts/33612345678", json!({})).await.status, 404, "PUT does not guess phones");

    assert_eq!(site.delete(&format!("/contacts/{id}")).await.status, 204);
    assert_eq!(site.delete(&format!("/contacts/{id}")).await.status, 404);
    assert_eq!(site.get("/contacts").await.body, json!({"contacts": [], "count": 0}));
}

#[tokio::test]
async fn duplicates_are_refused_updated_or_merged() {
    let site = site().await;
    let create = |body: Value| site.post("/contacts", body);
    let first =
        create(json!({"email": "a@example.com", "attributes": {"SMS": "33600000001"}})).await.body["id"]
            .clone();
    let twice = create(json!({"email": "a@example.com", "attributes": {"SMS": "33600000001"}})).await;
    assert_eq!(twice.refusal(), (400, "duplicate_parameter"));
    assert_eq!(twice.body["metadata"], json!({"duplicate_identifiers": ["email", "SMS"]}));
    let update =
        create(json!({"email": "a@example.com", "updateEnabled": true, "attributes": {"FIRSTNAME": "A"}}))
            .await;
    assert_eq!((update.status, update.body), (204, Value::Null));

    // Another contact's number makes the whole call fail; nothing is saved.
    let stolen = create(json!({"email": "b@example.com", "attributes": {"SMS": "33600000001"}})).await;
    assert_eq!(stolen.body["metadata"]["duplicate_identifiers"], json!(["SMS"]));
    assert_eq!(site.get("/contacts/b@example.com").await.status, 404);
    let stolen = create(
        json!({"email": "b@example.com", "attributes": {"SMS": "33600000001"}, "updateEnabled": true}),
    )
    .await;
    assert_eq!(stolen.body["metadata"]["duplicate_identifiers"], json!(["SMS"]));
    let second = create(json!({"email": "b@example.com"})).await.body["id"].clone();
    let clash = site.put("/contacts/b@example.com", json!({"attributes": {"SMS": "33600000001"}})).await;
    assert_eq!(
        clash.body["message"],
        "Unable to update contact, SMS is already associated with another Contact"
    );

    site.advance(10.0).await;
    let merge = json!({"email": "b@example.com", "attributes": {"SMS": "33600000001"}, "updateEnabled": true,
                       "forceMerge": true, "getId": true});
    let merged = create(merge).await;
    assert_eq!(merged.status, 201);
    let kept = &merged.body["id"];
    assert!(*kept == first || *kept == second);
    assert_eq!(site.get("/contacts").await.body["count"], 1);
    let contact = site.get(&format!("/contacts/{kept}")).await.body;
    assert_eq!(
        (&contact["email"], &contact["attributes"]["FIRSTNAME"]),
        (&json!("b@example.com"), &json!("A"))
    );

    // Identifiers that look like numbers stay as they are.
    let agent = create(json!({"ext_id": "007"})).await.body["id"].clone();
    assert_eq!(site.get("/contacts/007?identifierType=ext_id").await.body["id"], agent);
    assert_eq!(site.get("/contacts/%2B33600000001").await.body["id"], *kept);

    for bad in [json!({}), json!({"attributes": {"FIRSTNAME": "x"}})] {
        assert_eq!(create(bad).await.refusal(), (400, "missing_parameter"));
    }
    for bad in ["nobody", "a@b", "a b@example.com", "@example.com", "a@-x.com", "a..b@example.com"] {
        assert_eq!(create(json!({"email": bad})).await.refusal(), (400, "invalid_parameter"), "{bad}");
    }
    assert_eq!(create(json!({"email": "c@example.com", "listIds": [99]})).await.status, 400);
}

#[tokio::test]
async fn a_new_address_takes_a_contact_off_the_blocklist() {
    let site = site().await;
    site.post("/contacts", json!({"email": "a@example.com", "emailBlacklisted": true})).await;
    site.put("/contacts/a@example.com", json!({"attributes": {"FIRSTNAME": "A"}})).await;
    assert_eq!(site.get("/contacts/a@example.com").await.body["emailBlacklisted"], true);
    site.put("/contacts/a@example.com", json!({"attributes": {"EMAIL": "b@example.com"}})).await;
    assert_eq!(site.get("/contacts/b@example.com").await.body["emailBlacklisted"], false);
}

#[tokio::test]
async fn attributes_have_types() {
    let site = site().await;
    let create =
        async |path: &str, body: Value| site.post(&format!("/contacts/attributes/{path}"), body).await.status;
    assert_eq!(create("normal/AGE", json!({"type": "float"})).await, 201);
    assert_eq!(create("normal/born", json!({"type": "date"})).await, 201);
    assert_eq!(create("normal/VIP", json!({"type": "boolean"})).await, 201);
    assert_eq!(
        create("normal/LIKES", json!({"type": "multiple-choice", "multiCategoryOptions": ["tea", "rum"]}))
            .await,
        201
    );
    let levels = json!({"enumeration": [{"label": "Gold", "value": 1}, {"label": "Tin", "value": 2}]});
    assert_eq!(create("category/LEVEL", levels).await, 201);
    assert_eq!(create("normal/AGE", json!({"type": "text"})).await, 400);
    assert_eq!(create("normal/NONE", json!({})).await, 400);
    assert_eq!(create("global/SUM", json!({"value": "SUM[AGE]"})).await, 201);

    let values =
        json!({"AGE": "41,5", "BORN": "1815-12-10", "VIP": "yes", "LIKES": ["rum", "gin"], "LEVEL": "Tin"});
    site.post("/contacts", json!({"email": "a@example.com", "attributes": values})).await;
    let stored = site.get("/contacts/a@example.com").await.body["attributes"].clone();
    assert_eq!(stored, json!({"AGE": 41.5, "BORN": "1815-12-10", "VIP": true, "LIKES": ["rum"], "LEVEL": 2}));
    let wrong = json!({"AGE": "old", "BORN": "soon", "VIP": 7, "LIKES": ["gin"], "LEVEL": 9});
    assert_eq!(site.put("/contacts/a@example.com", json!({"attributes": wrong})).await.status, 204);
    assert_eq!(site.get("/contacts/a@example.com").await.body["attributes"], stored);

    let more = json!({"multiCategoryOptions": ["gin"]});
    assert_eq!(site.put("/contacts/attributes/normal/LIKES", more).await.status, 204);
    assert_eq!(site.delete("/contacts/attributes/multiple-choice/LIKES/tea").await.status, 204);
    let all = site.get("/contacts/attributes").await.body;
    let find = |name: &str| {
        all["attributes"].as_array().unwrap().iter().find(|a| a["name"] == name).cloned().unwrap()
    };
    assert_eq!(find("LIKES")["multiCategoryOptions"], json!(["rum", "gin"]));
    assert_eq!(find("LEVEL")["enumeration"][1], json!({"label": "Tin", "value": 2, "valueStr": "2"}));
    assert_eq!(site.delete("/contacts/attributes/normal/AGE").await.status, 204);
    assert_eq!(site.delete("/contacts/attributes/normal/AGE").await.refusal(), (404, "document_not_found"));
    assert!(site.get("/contacts/a@example.com").await.body["attributes"].get("AGE").is_none());
}

#[tokio::test]
async fn lists_and_folders() {
    let site = site().await;
    let folder = site.post("/contacts/folders", json!({"name": "F"})).await.body["id"].clone();
    let list =
        site.post("/contacts/lists", json!({"name": "L", "folderId": folder})).await.body["id"].clone();
    assert_eq!(site.post("/contacts/lists", json!({"name": "L", "folderId": 99})).await.status, 400);
    for email in ["a@example.com", "b@example.com"] {
        site.post("/contacts", json!({"email": email})).await;
    }
    let add = format!("/contacts/lists/{list}/contacts/add");
    let added =
        site.post(&add, json!({"emails": ["a@example.com", "b@example.com", "no@example.com"]})).await;
    assert_eq!(added.status, 201);
    assert_eq!(
        added.body["contacts"],
        json!({"success": ["a@example.com", "b@example.com"], "failure": ["no@example.com"]})
    );
    assert_eq!(
        site.post(&add, json!({"emails": ["a@example.com"]})).await.refusal(),
        (400, "invalid_parameter")
    );
    assert_eq!(site.post(&add, json!({"emails": ["a@example.com"], "ids": [1]})).await.status, 400);
    assert_eq!(site.post(&add, json!({"ids": []})).await.status, 400);
    assert_eq!(site.post(&add, json!({})).await.refusal(), (400, "missing_parameter"));
    assert_eq!(site.post("/contacts/lists/99/contacts/add", json!({"ids": [1]})).await.status, 404);
    let shown = site.get(&format!("/contacts/lists/{list}")).await.body;
    assert_eq!(
        (&shown["uniqueSubscribers"], &shown["totalSubscribers"], &shown["folderId"]),
        (&json!(2), &json!(0), &folder)
    );
    let members = site.get(&format!("/contacts/lists/{list}/contacts?limit=1&sort=asc")).await.body;
    assert_eq!((&members["count"], &members["contacts"][0]["email"]), (&json!(2), &json!("a@example.com")));
    assert_eq!(
        site.get(&format!("/contacts/lists/{list}/contacts?limit=501")).await.refusal(),
        (400, "out_of_range")
    );
    let remove = format!("/contacts/lists/{list}/contacts/remove");
    assert_eq!(site.post(&remove, json!({"ids": [1]})).await.body["contacts"]["success"], json!([1]));
    assert_eq!(site.post(&remove, json!({"ids": [1]})).await.status, 400);
    let all = site.post(&remove, json!({"all": true})).await;
    assert_eq!((all.status, &all.body["contacts"]["total"]), (201, &json!(1)));
    assert_eq!(site.ended(&all.body["contacts"]["processId"]).await["status"], "completed");
    assert_eq!(site.put(&format!("/contacts/lists/{list}"), json!({"name": "M"})).await.status, 204);
    assert_eq!(site.get(&format!("/contacts/folders/{folder}/lists")).await.body["lists"][0]["name"], "M");
    assert_eq!(site.delete(&format!("/contacts/folders/{folder}")).await.status, 204);
    assert_eq!(site.get(&format!("/contacts/lists/{list}")).await.status, 404);
    assert_eq!(site.get("/contacts/a@example.com").await.status, 200, "contacts outlive their list");
}

#[tokio::test]
async fn pages_filters_and_order() {
    let site = site().await;
    site.local("POST", "/_sandbox/clock", json!({"freeze": true, "set": "2026-01-01T00:00:00Z"})).await;
    for i in 0..5 {
        let list = if i % 2 == 0 { json!([2]) } else { json!([1]) };
        let attributes = json!({"FIRSTNAME": if i < 2 { "Ada" } else { "Alan" }});
        site.post(
            "/contacts",
            json!({"email": format!("{i}@example.com"), "listIds": list, "attributes": attributes}),
        )
        .await;
        site.advance(3600.0).await;
    }
    let emails = async |query: &str| {
        let page = site.get(&format!("/contacts?{query}")).await.body;
        let of = |c: &Value| c["email"].as_str().unwrap()[..1].to_owned();
        let found = page["contacts"]
            .as_array()
            .unwrap_or_else(|| panic!("{query}: {page}"))
            .iter()
            .map(of)
            .collect::<String>();
        (found, page["count"].as_i64().unwrap())
    };
    assert_eq!(emails("").await, ("43210".into(), 5));
    assert_eq!(emails("sort=asc&limit=2&offset=1").await, ("12".into(), 5));
    assert_eq!(emails("sort=asc&listIds=2").await, ("024".into(), 3));
    assert_eq!(emails("sort=asc&listIds=1&listIds=2").await, ("01234".into(), 5));
    assert_eq!(emails("createdSince=2026-01-01T02%3A30%3A00%2B00%3A00").await, ("43".into(), 2));
    assert_eq!(emails("filter=equals(FIRSTNAME,%22Ada%22)").await, ("10".into(), 2));
    assert_eq!(emails("ids=1&ids=3&sort=asc").await, ("02".into(), 2));
    let segment = site
        .local("POST", "/_sandbox/segments", json!({"name": "Adas", "filter": "equals(FIRSTNAME,\"Ada\")"}))
        .await;
    assert_eq!(emails(&format!("segmentId={}", segment.body["id"])).await, ("10".into(), 2));
    assert_eq!(site.get("/contacts/segments").await.body["segments"][0]["segmentName"], "Adas");
    assert_eq!(site.get("/contacts?segmentId=1&listIds=2").await.status, 400);
    assert_eq!(site.get("/contacts?filter=drop(x)").await.status, 400);
    assert_eq!(site.get("/contacts?modifiedSince=yesterday").await.status, 400);
}

#[tokio::test]
async fn an_import_runs_in_the_background_and_reports_its_rejects() {
    let site = site().await;
    site.post(
        "/contacts",
        json!({"email": "known@example.com", "attributes": {"FIRSTNAME": "Old", "LASTNAME": "Kept"}}),
    )
    .await;
    site.post("/contacts", json!({"email": "phone@example.com", "attributes": {"SMS": "33600000009"}})).await;
    let rows = "EMAIL;FIRSTNAME;LASTNAME;SMS;NOPE\n\
                known@example.com;New;;;x\n\
                zoë@exämple.com;\"Zoë; \"\"the\n second\"\"\";Ünal;;\n\
                not-an-address;Bad;;;\n\
                ZOË@exämple.com;Twice;;;\n\
                other@example.com;Other;;+33 6 00 00 00 09;\n\
                太郎@example.jp;太郎;山田;;\n";
    let started = site
        .post("/contacts/import", json!({"fileBody": rows, "newList": {"listName": "In", "folderId": 1}}))
        .await;
    assert_eq!(started.status, 202);
    let first = site.get(&format!("/processes/{}", started.body["processId"])).await.body;
    assert_ne!(first["status"], "completed", "an import takes its time");
    let ended = site.ended(&started.body["processId"]).await;
    assert_eq!((&ended["status"], &ended["name"]), (&json!("completed"), &json!("IMPORTUSER")));
    let reports = &ended["info"]["import"];
    assert_eq!(site.text(&reports["invalid_emails"]).await.lines().nth(1), Some("not-an-address;Bad;;;"));
    assert!(site.text(&reports["duplicate_email_id"]).await.contains("Twice"));
    assert!(site.text(&reports["duplicate_phone_id"]).await.contains("other@example.com"));
    assert!(reports.get("duplicate_ext_id").is_none());

    let list = site.get("/contacts/lists?limit=1").await.body["lists"][0].clone();
    assert_eq!((&list["name"], &list["uniqueSubscribers"]), (&json!("In"), &json!(3)));
    let known = site.get("/contacts/known@example.com").await.body;
    assert_eq!(known["attributes"], json!({"FIRSTNAME": "New", "LASTNAME": "Kept"}));
    let zoe = site.get("/contacts/zo%C3%AB@ex%C3%A4mple.com").await.body;
    assert_eq!(zoe["attributes"]["FIRSTNAME"], "Zoë; \"the\n second\"");

    let json_rows = json!([{"email": "known@example.com", "attributes": {"LASTNAME": ""}}]);
    let again = json!({"jsonBody": json_rows, "listIds": [2], "emptyContactsAttributes": true, "emailBlacklist": true});
    let again = site.post("/contacts/import", again).await;
    site.ended(&again.body["processId"]).await;
    let known = site.get("/contacts/known@example.com").await.body;
    assert_eq!(
        (&known["attributes"], &known["emailBlacklisted"]),
        (&json!({"FIRSTNAME": "New"}), &json!(true))
    );

    for bad in [
        json!({"listIds": [2]}),
        json!({"fileBody": "EMAIL\na@example.com"}),
        json!({"fileBody": "EMAIL\na@example.com", "newList": {"listName": "x", "folderId": 99}}),
        json!({"fileBody": "EMAIL\na@example.com", "jsonBody": [], "listIds": [2]}),
        json!({"fileBody": "", "listIds": [2]}),
        json!({"fileBody": "EMAIL\na@example.com", "listIds": [99]}),
    ] {
        assert_eq!(site.post("/contacts/import", bad.clone()).await.status, 400, "{bad}");
    }
    let processes = site.get("/processes?limit=1").await.body;
    assert_eq!((&processes["count"], processes["processes"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(site.get("/processes/99").await.status, 404);
}

#[tokio::test]
async fn an_export_writes_a_file_that_an_import_by_url_reads_and_tells_who_asked() {
    let site = site().await;
    for (email, name) in [("a@example.com", "Ada; \"A\""), ("b@example.com", "Ben")] {
        site.post("/contacts", json!({"email": email, "listIds": [2], "attributes": {"FIRSTNAME": name}}))
            .await;
    }
    site.put("/contacts/b@example.com", json!({"emailBlacklisted": true})).await;
    // The sandbox notifies itself: its own record shows the call.
    let notify = format!("{}/v3/notified", site.running.url());
    let wanted = json!({"customContactFilter": {"actionForContacts": "allContacts", "listId": 2},
                        "exportAttributes": ["FIRSTNAME"], "exportSubscriptionStatus": ["email_marketing"],
                        "notifyUrl": notify});
    let started = site.post("/contacts/export", wanted).await;
    assert_eq!(started.status, 202);
    let ended = site.ended(&started.body["processId"]).await;
    let csv = site.text(&ended["export_url"]).await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "CONTACT ID;EMAIL;ADDED_TIME;MODIFIED_TIME;FIRSTNAME;EMAIL_MARKETING");
    assert!(
        lines[1].contains("\"Ada; \"\"A\"\"\";Subscribed") && lines[2].ends_with("Ben;Unsubscribed"),
        "{csv}"
    );
    assert_eq!(lines.len(), 3);

    let import = json!({"fileUrl": ended["export_url"], "newList": {"listName": "Copy"}});
    let import = site.post("/contacts/import", import).await;
    assert_eq!(site.ended(&import.body["processId"]).await["status"], "completed");
    assert_eq!(site.get("/contacts/lists?limit=1").await.body["lists"][0]["uniqueSubscribers"], 2);
    let broken = json!({"fileUrl": format!("{}/nothing.csv", site.running.url()), "listIds": [2]});
    let broken = site.post("/contacts/import", broken).await;
    assert_eq!(site.ended(&broken.body["processId"]).await["status"], "failed");

    let log = site.local("GET", "/_sandbox/requests", Value::Null).await.body;
    let told = log["requests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["path"] == "/v3/notified")
        .unwrap()
        .clone();
    assert!(told["body"].as_str().unwrap().contains("\"status\":\"completed\""));

    let only = json!({"customContactFilter": {"actionForContacts": "unsubscribed", "listId": 2}});
    let only = site.post("/contacts/export", only).await;
    let csv = site.text(&site.ended(&only.body["processId"]).await["export_url"]).await;
    assert_eq!(csv.lines().count(), 2);
    for bad in [
        json!({}),
        json!({"actionForContacts": "allContacts"}),
        json!({"actionForContacts": "some", "listId": 2}),
    ] {
        assert_eq!(site.post("/contacts/export", json!({"customContactFilter": bad})).await.status, 400);
    }
}

#[tokio::test]
async fn a_batch_changes_several_contacts() {
    let site = site().await;
    for email in ["a@example.com", "b@example.com"] {
        site.post("/contacts", json!({"email": email})).await;
    }
    let batch = json!({"contacts": [
        {"email": "a@example.com", "attributes": {"FIRSTNAME": "A"}, "listIds": [2]},
        {"id": 2, "ext_id": "two"},
    ]});
    assert_eq!(site.post("/contacts/batch", batch).await.status, 204);
    assert_eq!(site.get("/contacts/a@example.com").await.body["listIds"], json!([2]));
    assert_eq!(site.get("/contacts/two?identifierType=ext_id").await.body["id"], 2);
    let both = json!({"contacts": [{"email": "a@example.com", "id": 1}]});
    assert_eq!(site.post("/contacts/batch", both).await.refusal(), (400, "invalid_parameter"));
}

#[tokio::test]
async fn confirmation_needs_its_template() {
    let site = site().await;
    let wanted = json!({"email": "d@example.com", "includeListIds": [2], "templateId": 99,
                        "redirectionUrl": "https://example.com/thanks"});
    let reply = site.post("/contacts/doubleOptinConfirmation", wanted).await;
    assert_eq!(
        (reply.status, &reply.body["message"]),
        (400, &json!("An active DOI template does not exist"))
    );
}
