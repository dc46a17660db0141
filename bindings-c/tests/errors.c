/* Calls that fail, each in its own way, and every accessor of an error. */
#include "check.h"

#include <time.h>

#define GET "contacts.get_contact_info"

/* Calls, and gives the error that must come. */
static brevo_error *fails(const brevo_client *client, const char *operation, const char *arguments,
                          const char *options) {
    brevo_error *error = NULL;
    brevo_reply *reply = brevo_call_with(client, operation, arguments, options, &error);
    CHECK(reply == NULL);
    CHECK(error != NULL);
    brevo_reply_free(reply);
    return error;
}

/* The kind with which a contact of this name is refused. */
static int kind_of(const brevo_client *client, const char *how) {
    char arguments[100];
    brevo_error *error;
    int kind;
    snprintf(arguments, sizeof arguments, "{\"identifier\":\"%s\"}", how);
    error = fails(client, GET, arguments, NULL);
    kind = brevo_error_kind(error);
    TEXT(brevo_error_operation(error), GET);
    CHECK(strlen(brevo_error_text(error)) > 0);
    CHECK(strlen(brevo_error_advice(error)) > 0);
    CHECK(strstr(brevo_error_text(error), TEST_KEY) == NULL);
    brevo_error_free(error);
    return kind;
}

static void answers(const brevo_client *client) {
    brevo_error *error;
    size_t length = 0;

    CHECK(kind_of(client, "400") == BREVO_KIND_BAD_REQUEST);
    CHECK(kind_of(client, "401") == BREVO_KIND_UNAUTHORIZED);
    CHECK(kind_of(client, "401-ip") == BREVO_KIND_IP_NOT_AUTHORIZED);
    CHECK(kind_of(client, "402") == BREVO_KIND_NO_CREDITS);
    CHECK(kind_of(client, "403") == BREVO_KIND_PERMISSION_DENIED);
    CHECK(kind_of(client, "403-new") == BREVO_KIND_ACCOUNT_NOT_ACTIVATED);
    CHECK(kind_of(client, "404") == BREVO_KIND_NOT_FOUND);
    CHECK(kind_of(client, "409") == BREVO_KIND_CONFLICT);
    CHECK(kind_of(client, "500") == BREVO_KIND_SERVER);
    CHECK(kind_of(client, "html-502") == BREVO_KIND_SERVER);

    error = fails(client, GET, "{\"identifier\":\"404\"}", NULL);
    TEXT(brevo_error_kind_name(error), "not_found");
    CHECK(brevo_error_status(error) == 404);
    TEXT(brevo_error_code(error), "document_not_found");
    TEXT(brevo_error_message(error), "List ID does not exist");
    TEXT(brevo_error_parameter(error), "");
    CHECK(brevo_error_attempts(error) == 1);
    CHECK(brevo_error_retry_after(error) < 0);
    TEXT(brevo_error_header(error, "X-Seen"), "yes");
    TEXT(brevo_error_header(error, "x-none"), NULL);
    HOLDS(brevo_error_body(error, &length), "\"document_not_found\"");
    CHECK(length == strlen(brevo_error_body(error, NULL)));
    CHECK(brevo_error_duplicate_identifiers_count(error) == 0);
    TEXT(brevo_error_duplicate_identifiers_get(error, 0), NULL);
    HOLDS(brevo_error_text(error), "contacts.get_contact_info: List ID does not exist (HTTP 404, document_not_found)");
    brevo_error_free(error);

    error = fails(client, GET, "{\"identifier\":\"duplicate\"}", NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_DUPLICATE);
    CHECK(brevo_error_duplicate_identifiers_count(error) == 2);
    TEXT(brevo_error_duplicate_identifiers_get(error, 0), "SMS");
    TEXT(brevo_error_duplicate_identifiers_get(error, 1), "EXT_ID");
    TEXT(brevo_error_duplicate_identifiers_get(error, 2), NULL);
    brevo_error_free(error);

    error = fails(client, GET, "{\"identifier\":\"429\"}", NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_RATE_LIMITED);
    CHECK(brevo_error_retry_after(error) > 0);
    brevo_error_free(error);
}

static void bad_servers(const brevo_client *client) {
    brevo_error *error;
    brevo_reply *reply;
    time_t start = time(NULL);

    CHECK(kind_of(client, "reset") == BREVO_KIND_CONNECTION);
    CHECK(kind_of(client, "rubbish") == BREVO_KIND_CONNECTION);
    CHECK(kind_of(client, "truncated") == BREVO_KIND_CONNECTION);
    CHECK(kind_of(client, "half") == BREVO_KIND_DECODE);
    CHECK(kind_of(client, "deep") == BREVO_KIND_DECODE);

    error = fails(client, GET, "{\"identifier\":\"html\"}", NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_DECODE);
    CHECK(brevo_error_status(error) == 200);
    TEXT(brevo_error_body(error, NULL), "<html><body>Maintenance</body></html>");
    brevo_error_free(error);

    error = fails(client, GET, "{\"identifier\":\"hang\"}", "{\"timeout\":0.3,\"max_retries\":0}");
    CHECK(brevo_error_kind(error) == BREVO_KIND_TIMEOUT);
    CHECK(brevo_error_status(error) == 0);
    TEXT(brevo_error_code(error), "");
    TEXT(brevo_error_body(error, NULL), "");
    CHECK(time(NULL) - start < 15);
    brevo_error_free(error);

    /* An empty body and null are no failures of the connection: there is simply nothing in them. */
    reply = brevo_call(client, GET, "{\"identifier\":\"null\"}", &error);
    CHECK(reply != NULL && brevo_reply_type(reply, "") == BREVO_TYPE_NULL);
    brevo_reply_free(reply);
    reply = brevo_call(client, GET, "{\"identifier\":\"empty\"}", &error);
    CHECK(reply ? brevo_reply_type(reply, "") == BREVO_TYPE_NULL : brevo_error_kind(error) == BREVO_KIND_DECODE);
    brevo_reply_free(reply);
    brevo_error_free(error);
}

/* The kind and the parameter with which arguments are refused before anything is sent. */
static void refused(const brevo_client *client, const char *operation, const char *arguments, const char *options,
                    const char *parameter, const char *message) {
    brevo_error *error = fails(client, operation, arguments, options);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    CHECK(brevo_error_status(error) == 0);
    TEXT(brevo_error_parameter(error), parameter);
    HOLDS(brevo_error_text(error), message);
    brevo_error_free(error);
}

static void bad_input(const brevo_client *client) {
    char *deep;
    const char *create = "contacts.create_contact";
    refused(client, create, "{\"email\":5}", NULL, "email", "");
    refused(client, create, "{\"emial\":\"a@b.c\"}", NULL, "emial", "email");
    refused(client, create, "{\"list_ids\":[1,\"x\"]}", NULL, "list_ids[1]", "");
    refused(client, "transactional_emails.send_transac_email", "{\"to\":[{\"emial\":\"a@b.c\"}]}", NULL, "to[0].emial",
            "email");
    refused(client, "contacts.get_contact_info", "{}", NULL, "identifier", "");
    refused(client, "contacts.get_contacts", "{\"limit\":5000}", NULL, "limit", "1000");
    refused(client, create, "{\"email\":", NULL, "arguments", "not valid JSON");
    refused(client, create, "[1]", NULL, "arguments", "not a JSON object");
    refused(client, create, "{\"email\":\"\xff\"}", NULL, "arguments", "not valid UTF-8");
    refused(client, create, NULL, "[]", "options", "not a JSON object");
    refused(client, create, NULL, "{\"tiemout\":1}", "options.tiemout", "timeout");
    refused(client, create, "{\"email\":\"a@b.c\"}", "{\"headers\":{\"X\":\"a\\r\\nb\"}}", "options.headers.X", "");
    refused(client, "contacts.crate_contact", "{}", NULL, "operation", "no such operation");
    refused(client, "contacts", "{}", NULL, "operation", "no such operation");
    refused(client, "", "{}", NULL, "operation", "no such operation");
    refused(client, "contacts.\xff", "{}", NULL, "operation", "not valid UTF-8");
    refused(client, "contacts.import_file", "{}", NULL, "operation", "brevo_job");
    refused(client, NULL, "{}", NULL, "operation", "NULL");
    refused(NULL, create, "{}", NULL, "client", "NULL");

    /* Nesting that would exhaust the stack is refused, not followed. */
    deep = malloc(200100);
    strcpy(deep, "{\"attributes\":");
    memset(deep + 14, '[', 100000);
    memset(deep + 100014, ']', 100000);
    strcpy(deep + 200014, "}");
    refused(client, create, deep, NULL, "", "nested more than 127 levels deep");
    free(deep);
}

/* Settings that must be refused. */
static void unsettled(const char *settings, int kind, const char *message) {
    brevo_error *error = NULL;
    brevo_client *client = brevo_client_new(settings, &error);
    CHECK(client == NULL);
    CHECK(brevo_error_kind(error) == kind);
    HOLDS(brevo_error_text(error), message);
    if (brevo_error_kind(error) != kind) {
        fprintf(stderr, "%s gave %s\n", settings, brevo_error_text(error));
    }
    brevo_client_free(client);
    brevo_error_free(error);
}

static void bad_settings(void) {
    brevo_client *client;
    unsettled("{\"api_key\":\"0123456789ABCDEF\"}", BREVO_KIND_CONFIGURATION, "v2");
    unsettled("{\"api_key\":\"xsmtpsib-0123456789abcdef-0123\"}", BREVO_KIND_CONFIGURATION, "SMTP");
    /* {"api_key":"xkeysib-0123456789abcdef"} in base64: a token for Brevo's MCP server. */
    unsettled("{\"api_key\":\"eyJhcGlfa2V5IjoieGtleXNpYi0wMTIzNDU2Nzg5YWJjZGVmIn0=\"}", BREVO_KIND_CONFIGURATION, "MCP");
    unsettled("{\"api_key\":\"\"}", BREVO_KIND_CONFIGURATION, "");
    unsettled("{}", BREVO_KIND_CONFIGURATION, "");
    unsettled("{\"api_key\":\"" TEST_KEY "\",\"base_url\":\"http://example.com/v3\"}", BREVO_KIND_CONFIGURATION, "https");
    unsettled("{\"api_key\":\"" TEST_KEY "\",\"base_url\":\"ftp://example.com\"}", BREVO_KIND_CONFIGURATION, "");
    unsettled("{\"api_kee\":\"x\"}", BREVO_KIND_CONFIGURATION, "api_key");
    unsettled("{\"api_key\":7}", BREVO_KIND_CONFIGURATION, "");
    unsettled("{\"api_key_file\":\"/nonexistent/key\"}", BREVO_KIND_CONFIGURATION, "/nonexistent/key");
    unsettled("not json", BREVO_KIND_CONFIGURATION, "settings");
    unsettled("7", BREVO_KIND_CONFIGURATION, "settings");
    unsettled("{\"user_agent\":\"\xc3\"}", BREVO_KIND_INVALID_ARGUMENT, "UTF-8");

    /* White space around a key is trimmed. */
    client = brevo_client_new("{\"api_key\":\"  " TEST_KEY "\\n\"}", NULL);
    CHECK(client != NULL);
    brevo_client_free(client);
}

static void bad_pages(const brevo_client *client) {
    brevo_error *error;
    CHECK(brevo_iterate(client, "contacts.create_contact", NULL, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    brevo_error_free(error);
    CHECK(brevo_iterate(client, "contacts.get_contacts", "{\"limit\":\"x\"}", &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    TEXT(brevo_error_operation(error), "contacts.get_contacts");
    TEXT(brevo_error_parameter(error), "limit");
    brevo_error_free(error);
}

/* NULL everywhere: nothing crashes, and what can be NULL by the header is. */
static void nulls(const brevo_client *client) {
    size_t length = 7;
    brevo_error *error;

    brevo_client_free(NULL);
    brevo_reply_free(NULL);
    brevo_error_free(NULL);
    brevo_pages_free(NULL);
    CHECK(brevo_call(NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_call(client, "contacts.none", NULL, NULL) == NULL);
    CHECK(brevo_call_with(NULL, NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_job(NULL, NULL, NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_iterate(NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_iterate_with(NULL, NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_operation_describe(NULL, NULL) == NULL);
    CHECK(brevo_pages_next(NULL, NULL) == NULL);
    CHECK(brevo_pages_next(NULL, &error) == NULL);
    TEXT(brevo_error_parameter(error), "pages");
    brevo_error_free(error);
    TEXT(brevo_pages_items(NULL), "");
    TEXT(brevo_client_describe(NULL), "no client");

    CHECK(brevo_reply_status(NULL) == 0);
    CHECK(brevo_reply_attempts(NULL) == 0);
    TEXT(brevo_reply_body(NULL, NULL), "");
    TEXT(brevo_reply_body(NULL, &length), "");
    CHECK(length == 0);
    TEXT(brevo_reply_header(NULL, NULL), NULL);
    TEXT(brevo_reply_header(NULL, "x"), NULL);
    CHECK(brevo_reply_type(NULL, NULL) == BREVO_TYPE_MISSING);
    TEXT(brevo_reply_string(NULL, NULL), NULL);
    CHECK(brevo_reply_int(NULL, "/a", 5) == 5);
    CHECK(brevo_reply_double(NULL, "/a", 5) == 5.0);
    CHECK(brevo_reply_bool(NULL, "/a", 5) == 5);
    CHECK(brevo_reply_count(NULL, NULL) == 0);
    TEXT(brevo_reply_key(NULL, NULL, 0), NULL);
    TEXT(brevo_reply_json(NULL, NULL), NULL);

    CHECK(brevo_error_kind(NULL) == BREVO_KIND_NONE);
    TEXT(brevo_error_kind_name(NULL), "");
    CHECK(brevo_error_status(NULL) == 0);
    TEXT(brevo_error_code(NULL), "");
    TEXT(brevo_error_message(NULL), "");
    TEXT(brevo_error_parameter(NULL), "");
    TEXT(brevo_error_operation(NULL), "");
    TEXT(brevo_error_advice(NULL), "");
    TEXT(brevo_error_text(NULL), "");
    length = 7;
    TEXT(brevo_error_body(NULL, &length), "");
    CHECK(length == 0);
    TEXT(brevo_error_header(NULL, NULL), NULL);
    CHECK(brevo_error_retry_after(NULL) < 0);
    CHECK(brevo_error_attempts(NULL) == 0);
    CHECK(brevo_error_duplicate_identifiers_count(NULL) == 0);
    TEXT(brevo_error_duplicate_identifiers_get(NULL, 0), NULL);
}

int main(void) {
    brevo_client *client = test_client(",\"max_retries\":0");
    answers(client);
    bad_servers(client);
    bad_input(client);
    bad_settings();
    bad_pages(client);
    nulls(client);
    brevo_client_free(client);
    return summary("errors");
}
