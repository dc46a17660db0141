/* Calls that succeed: what is sent, and every accessor of a reply. */
#include "check.h"

static void sends(const brevo_client *client) {
    brevo_error *error;
    brevo_reply *reply;

    reply = brevo_call(client, "contacts.create_contact",
                       "{\"email\":\"zo\\u00eb@example.com\",\"list_ids\":[2],\"updateEnabled\":true,"
                       "\"attributes\":{\"FIRST_name\":\"\xe5\x8c\x97\"}}",
                       &error);
    CHECK(reply != NULL);
    CHECK(error == NULL);
    CHECK(brevo_reply_status(reply) == 201);
    CHECK(brevo_reply_attempts(reply) == 1);
    TEXT(brevo_reply_string(reply, "/method"), "POST");
    TEXT(brevo_reply_string(reply, "/path"), "contacts");
    TEXT(brevo_reply_string(reply, "/sent/email"), "zo\xc3\xab@example.com");
    CHECK(brevo_reply_int(reply, "/sent/listIds/0", -1) == 2);
    CHECK(brevo_reply_bool(reply, "/sent/updateEnabled", -1) == 1);
    TEXT(brevo_reply_string(reply, "/sent/attributes/FIRST_name"), "\xe5\x8c\x97");
    TEXT(brevo_reply_string(reply, "/headers/api-key"), TEST_KEY);
    brevo_reply_free(reply);

    reply = brevo_call_with(client, "contacts.create_contact", "{\"email\":\"a@example.com\"}",
                            "{\"timeout\":10,\"max_retries\":0,\"headers\":{\"X-Mine\":\"yes\"},"
                            "\"extra\":{\"newField\":[1]}}",
                            &error);
    CHECK(reply != NULL);
    TEXT(brevo_reply_string(reply, "/headers/x-mine"), "yes");
    TEXT(brevo_reply_json(reply, "/sent/newField"), "[1]");
    brevo_reply_free(reply);

    /* By the helper of the operation. */
    reply = brevo_contacts_create_contact(client, "{\"email\":\"b@example.com\"}", &error);
    TEXT(brevo_reply_string(reply, "/sent/email"), "b@example.com");
    brevo_reply_free(reply);

    /* An empty reply. */
    reply = brevo_call(client, "contacts.update_contact",
                       "{\"identifier\":\"a+b@example.com\",\"attributes\":{\"A\":1}}", &error);
    CHECK(reply != NULL);
    CHECK(brevo_reply_status(reply) == 204);
    CHECK(brevo_reply_type(reply, "") == BREVO_TYPE_NULL);
    TEXT(brevo_reply_body(reply, NULL), "");
    brevo_reply_free(reply);

    /* A file in memory, as base64. */
    reply = brevo_call(client, "files.upload_a_file",
                       "{\"file\":{\"name\":\"note.txt\",\"content\":\"aGVsbG8=\"},\"deal_id\":\"d1\"}", &error);
    CHECK(reply != NULL);
    if (!reply) {
        fprintf(stderr, "%s\n", brevo_error_text(error));
        brevo_error_free(error);
    } else {
        HOLDS(brevo_reply_string(reply, "/text"), "hello");
        HOLDS(brevo_reply_string(reply, "/text"), "filename=\"note.txt\"");
    }
    brevo_reply_free(reply);
}

static void reads(const brevo_client *client) {
    brevo_error *error;
    size_t length = 0;
    const char *text;
    brevo_reply *reply = brevo_call_with(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}",
                                         "{\"headers\":{\"X-Request\":\"r1\"}}", &error);
    CHECK(reply != NULL);
    CHECK(brevo_reply_status(reply) == 200);

    text = brevo_reply_body(reply, &length);
    CHECK(length == strlen(text));
    CHECK(text[0] == '{' && text[length - 1] == '}');
    TEXT(brevo_reply_header(reply, "X-Test"), "value");
    TEXT(brevo_reply_header(reply, "x-test"), "value");
    TEXT(brevo_reply_header(reply, "x-request"), "r1");
    TEXT(brevo_reply_header(reply, "x-missing"), NULL);

    CHECK(brevo_reply_int(reply, "/id", -1) == 9007199254740993LL);
    CHECK(brevo_reply_int(reply, "/whole", -1) == 3);
    CHECK(brevo_reply_int(reply, "/rate", -1) == -1);
    CHECK(brevo_reply_int(reply, "/huge", -1) == -1);
    CHECK(brevo_reply_int(reply, "/name", -1) == -1);
    CHECK(brevo_reply_int(reply, "/missing", -7) == -7);
    CHECK(brevo_reply_int(reply, "/list/0", -1) == 1);
    CHECK(brevo_reply_int(reply, "/list/2/0", -1) == 3);
    CHECK(brevo_reply_int(reply, "/list/9", -1) == -1);
    CHECK(brevo_reply_int(reply, "/object/a~1b", -1) == 2);
    CHECK(brevo_reply_int(reply, "/object/m~0n", -1) == 3);
    CHECK(brevo_reply_int(reply, "id", -1) == -1);

    CHECK(brevo_reply_double(reply, "/rate", -1) == 0.25);
    CHECK(brevo_reply_double(reply, "/list/0", -1) == 1.0);
    CHECK(brevo_reply_double(reply, "/yes", -1) == -1.0);

    CHECK(brevo_reply_bool(reply, "/yes", -1) == 1);
    CHECK(brevo_reply_bool(reply, "/no", -1) == 0);
    CHECK(brevo_reply_bool(reply, "/id", -1) == -1);

    TEXT(brevo_reply_string(reply, "/name"), "Zo\xc3\xab \xe5\x8c\x97\xe4\xba\xac \xf0\x9f\x99\x82");
    TEXT(brevo_reply_string(reply, "/empty"), "");
    TEXT(brevo_reply_string(reply, "/id"), "9007199254740993");
    TEXT(brevo_reply_string(reply, "/yes"), "true");
    TEXT(brevo_reply_string(reply, "/nul"), "a\xef\xbf\xbd" "b");
    TEXT(brevo_reply_string(reply, "/nothing"), NULL);
    TEXT(brevo_reply_string(reply, "/list"), NULL);
    TEXT(brevo_reply_string(reply, "/missing"), NULL);
    TEXT(brevo_reply_string(reply, "/n\xff"), NULL);
    CHECK(brevo_reply_string(reply, "/name") == brevo_reply_string(reply, "/name"));

    CHECK(brevo_reply_type(reply, "/missing") == BREVO_TYPE_MISSING);
    CHECK(brevo_reply_type(reply, "/nothing") == BREVO_TYPE_NULL);
    CHECK(brevo_reply_type(reply, "/yes") == BREVO_TYPE_BOOLEAN);
    CHECK(brevo_reply_type(reply, "/id") == BREVO_TYPE_INTEGER);
    CHECK(brevo_reply_type(reply, "/rate") == BREVO_TYPE_NUMBER);
    CHECK(brevo_reply_type(reply, "/name") == BREVO_TYPE_STRING);
    CHECK(brevo_reply_type(reply, "/list") == BREVO_TYPE_ARRAY);
    CHECK(brevo_reply_type(reply, "/object") == BREVO_TYPE_OBJECT);
    CHECK(brevo_reply_type(reply, "") == BREVO_TYPE_OBJECT);
    CHECK(brevo_reply_type(reply, NULL) == BREVO_TYPE_OBJECT);

    CHECK(brevo_reply_count(reply, "/list") == 3);
    CHECK(brevo_reply_count(reply, "/object") == 3);
    CHECK(brevo_reply_count(reply, "/name") == 0);
    CHECK(brevo_reply_count(reply, "/missing") == 0);
    TEXT(brevo_reply_key(reply, "/object", 0), "z");
    TEXT(brevo_reply_key(reply, "/object", 1), "a/b");
    TEXT(brevo_reply_key(reply, "/object", 3), NULL);
    TEXT(brevo_reply_key(reply, "/list", 0), NULL);
    TEXT(brevo_reply_key(reply, "", 0), "id");

    TEXT(brevo_reply_json(reply, "/list"), "[1,\"two\",[3]]");
    TEXT(brevo_reply_json(reply, "/object"), "{\"z\":1,\"a/b\":2,\"m~n\":3}");
    TEXT(brevo_reply_json(reply, "/nul"), "\"a\\u0000b\"");
    TEXT(brevo_reply_json(reply, "/missing"), NULL);
    brevo_reply_free(reply);

    /* Bytes, with NULs among them. */
    reply = brevo_call(client, "inbound_parsing.get_inbound_email_attachment", "{\"download_token\":\"t\"}", &error);
    CHECK(reply != NULL);
    text = brevo_reply_body(reply, &length);
    CHECK(length == 10 && memcmp(text, "\0\xff bytes \0", 11) == 0);
    brevo_reply_free(reply);
}

static void pages(const brevo_client *client) {
    brevo_error *error;
    brevo_reply *page;
    int count = 0;
    long long sum = 0;
    brevo_pages *pages = brevo_iterate(client, "contacts.get_contacts", NULL, &error);
    CHECK(pages != NULL && error == NULL);
    TEXT(brevo_pages_items(pages), "/contacts");
    while ((page = brevo_pages_next(pages, &error)) != NULL) {
        size_t i;
        ++count;
        for (i = 0; i < brevo_reply_count(page, brevo_pages_items(pages)); ++i) {
            char pointer[64];
            snprintf(pointer, sizeof pointer, "/contacts/%u/attributes/N", (unsigned)i);
            sum += brevo_reply_int(page, pointer, -1000000);
        }
        brevo_reply_free(page);
    }
    CHECK(error == NULL);
    CHECK(count == 3);
    CHECK(sum == 2499LL * 2500 / 2);
    CHECK(brevo_pages_next(pages, &error) == NULL && error == NULL);
    brevo_pages_free(pages);

    pages = brevo_iterate_with(client, "contacts.get_contacts", "{\"limit\":100,\"offset\":2350}",
                               "{\"max_retries\":0}", &error);
    CHECK(pages != NULL);
    for (count = 0; (page = brevo_pages_next(pages, NULL)) != NULL; ++count) {
        CHECK(brevo_reply_count(page, "/contacts") == (count == 0 ? 100 : 50));
        brevo_reply_free(page);
    }
    CHECK(count == 2);
    brevo_pages_free(pages);
}

static void introspection(void) {
    brevo_error *error;
    brevo_reply *about;
    size_t i, found = 0, jobs = 0;
    CHECK(brevo_operation_count() >= 292);
    for (i = 0; i < brevo_operation_count(); ++i) {
        about = brevo_operation_describe(brevo_operation_at(i), &error);
        CHECK(about != NULL && strlen(brevo_reply_string(about, "/summary")) > 0);
        TEXT(brevo_reply_string(about, "/name"), brevo_operation_at(i));
        found += strcmp(brevo_operation_at(i), "contacts.create_contact") == 0;
        brevo_reply_free(about);
    }
    CHECK(found == 1);
    TEXT(brevo_operation_at(i), NULL);

    about = brevo_operation_describe("contacts.get_contacts", &error);
    TEXT(brevo_reply_string(about, "/method"), "GET");
    TEXT(brevo_reply_string(about, "/path"), "/contacts");
    CHECK(brevo_reply_bool(about, "/pages", -1) == 1);
    TEXT(brevo_reply_string(about, "/parameters/0/name"), "limit");
    TEXT(brevo_reply_string(about, "/parameters/0/type"), "integer");
    TEXT(brevo_reply_string(about, "/parameters/0/place"), "query");
    CHECK(brevo_reply_int(about, "/parameters/0/maximum", -1) == 1000);
    CHECK(brevo_reply_int(about, "/parameters/0/default", -1) == 50);
    CHECK(brevo_reply_bool(about, "/parameters/0/required", -1) == 0);
    TEXT(brevo_reply_string(about, "/output/model"), "ContactsPage");
    brevo_reply_free(about);

    for (i = 0; i < brevo_job_count(); ++i) {
        about = brevo_operation_describe(brevo_job_at(i), &error);
        CHECK(about != NULL && brevo_reply_bool(about, "/job", 0) == 1);
        brevo_reply_free(about);
        jobs += strcmp(brevo_job_at(i), "contacts.import_file") == 0;
    }
    CHECK(jobs == 1);
    TEXT(brevo_job_at(i), NULL);

    CHECK(brevo_operation_describe("contacts.none", &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    brevo_error_free(error);
}

int main(void) {
    brevo_client *client = test_client("");
    char version[32];
    HOLDS(brevo_client_describe(client), "xkeysib-...");
    CHECK(strstr(brevo_client_describe(client), TEST_KEY) == NULL);
    snprintf(version, sizeof version, "%d.%d.%d", BREVO_VERSION_MAJOR, BREVO_VERSION_MINOR, BREVO_VERSION_PATCH);
    TEXT(version, BREVO_VERSION);
    TEXT(brevo_version(), BREVO_VERSION);
    CHECK(brevo_abi_version() == BREVO_ABI_VERSION);
    sends(client);
    reads(client);
    pages(client);
    introspection();
    brevo_client_free(client);
    return summary("replies");
}
