/* Jobs: progress, stopping, and what a callback may not do. */
#include "check.h"

struct seen {
    const brevo_client *client;
    int calls;
    int refusals;
    int stop;
    /* Of the file, and whether all of it was seen to be read. */
    long bytes;
    int whole;
    char last[32];
};

static int watch(const brevo_progress *progress, void *user_data) {
    struct seen *seen = user_data;
    brevo_error *error;
    brevo_reply *reply;
    ++seen->calls;
    snprintf(seen->last, sizeof seen->last, "%s", progress->stage);
    CHECK(progress->size == sizeof *progress);
    CHECK(progress->total < 0 || progress->done <= (uint64_t)progress->total);
    if (strcmp(progress->stage, "read") == 0) {
        CHECK(progress->total_bytes == seen->bytes);
        CHECK(progress->bytes >= 0 && progress->bytes <= progress->total_bytes);
        CHECK(progress->rate > 0 || progress->done == 0);
        seen->whole |= progress->bytes == progress->total_bytes && progress->remaining >= 0;
    } else {
        CHECK(progress->bytes == -1 && progress->total_bytes == -1);
    }
    reply = brevo_call(seen->client, "account.get_account", NULL, &error);
    seen->refusals += reply == NULL && brevo_error_kind(error) == BREVO_KIND_CONFIGURATION;
    brevo_reply_free(reply);
    brevo_error_free(error);
    return seen->stop;
}

/* Rows of an export, page by page. */
static void rows(const brevo_client *client) {
    brevo_error *error;
    brevo_reply *page;
    size_t count = 0;
    int64_t last = -1;
    brevo_pages *pages = brevo_iterate(client, "contacts.export_list", "{\"list_id\":2}", &error);

    CHECK(pages != NULL);
    TEXT(brevo_pages_items(pages), "");
    while ((page = brevo_pages_next(pages, &error)) != NULL) {
        count += brevo_reply_count(page, "");
        CHECK(brevo_reply_int(page, "/0/id", -1) > last);
        last = brevo_reply_int(page, "/0/id", -1);
        CHECK(brevo_reply_count(page, "/0/attributes") == 0);
        CHECK(strlen(brevo_reply_body(page, NULL)) > 0);
        brevo_reply_free(page);
    }
    CHECK(error == NULL);
    CHECK(count == 2500);
    CHECK(brevo_pages_next(pages, &error) == NULL && error == NULL);
    brevo_pages_free(pages);

    /* Left early. */
    pages = brevo_iterate_with(client, "contacts.export_contacts", NULL, "{}", &error);
    page = brevo_pages_next(pages, &error);
    CHECK(brevo_reply_count(page, "") == 1000);
    brevo_pages_free(pages);
    CHECK(brevo_reply_int(page, "/999/id", -1) == 999);
    brevo_reply_free(page);

    /* Mistakes. */
    CHECK(brevo_iterate(client, "contacts.export_list", "{\"list_id\":2,\"path\":\"x\"}", &error) == NULL);
    TEXT(brevo_error_parameter(error), "path");
    TEXT(brevo_error_operation(error), "contacts.export_list");
    brevo_error_free(error);
    CHECK(brevo_iterate(client, "contacts.import_file", "{\"path\":\"x\"}", &error) == NULL);
    HOLDS(brevo_error_text(error), "gives no rows");
    brevo_error_free(error);
    CHECK(brevo_iterate_with(client, "contacts.export_contacts", NULL, "{\"timeout\":1}", &error) == NULL);
    TEXT(brevo_error_parameter(error), "options.timeout");
    brevo_error_free(error);
}

int main(void) {
    brevo_client *client = test_client("");
    struct seen seen = {0};
    brevo_error *error;
    brevo_reply *reply;
    char arguments[300];
    const char *folder = getenv("TEST_FOLDER");
    char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/people.csv", folder);
    file = fopen(path, "w");
    CHECK(file != NULL);
    fputs("EMAIL,FIRSTNAME\nzoe@example.com,\"Zo\xc3\xab, Z.\"\nnot an address,X\nbob@example.com,\"Bob\nada@example.com,Ada\n", file);
    seen.bytes = ftell(file);
    fclose(file);

    seen.client = client;
    snprintf(arguments, sizeof arguments, "{\"path\":\"%s\",\"list_ids\":[2]}", path);
    reply = brevo_job(client, "contacts.import_file", arguments, watch, &seen, &error);
    CHECK(reply != NULL);
    if (!reply) {
        fprintf(stderr, "%s\n", brevo_error_text(error));
    }
    brevo_error_free(error);
    CHECK(brevo_reply_status(reply) == 0);
    CHECK(brevo_reply_int(reply, "/rows", -1) == 4);
    CHECK(brevo_reply_int(reply, "/imported", -1) == 2);
    CHECK(brevo_reply_int(reply, "/rejected", -1) == 2);
    CHECK(brevo_reply_int(reply, "/rejects/1/line", -1) == 4);
    TEXT(brevo_reply_string(reply, "/rejects/1/reason"), "a quote is opened and never closed");
    TEXT(brevo_reply_string(reply, "/rejects/1/row/0"), "bob@example.com,\"Bob");
    CHECK(brevo_reply_int(reply, "/processIds/0", -1) == 7);
    CHECK(strlen(brevo_reply_body(reply, NULL)) > 0);
    CHECK(seen.calls > 0 && seen.refusals == seen.calls);
    CHECK(seen.whole);
    brevo_reply_free(reply);

    /* Without a callback. */
    reply = brevo_job(client, "process.wait_for_process", "{\"process_id\":7}", NULL, NULL, &error);
    CHECK(reply != NULL);
    TEXT(brevo_reply_string(reply, "/status"), "completed");
    brevo_reply_free(reply);

    /* A process that never ends, until the callback has enough. */
    memset(&seen, 0, sizeof seen);
    seen.client = client;
    seen.stop = 1;
    reply = brevo_job(client, "process.wait_for_process", "{\"process_id\":8}", watch, &seen, &error);
    CHECK(reply == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_CANCELLED);
    TEXT(brevo_error_operation(error), "process.wait_for_process");
    CHECK(seen.calls == 1);
    TEXT(seen.last, "wait");
    brevo_error_free(error);

    /* Mistakes. */
    CHECK(brevo_job(client, "contacts.none", NULL, NULL, NULL, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    brevo_error_free(error);
    CHECK(brevo_job(client, "contacts.get_contacts", NULL, NULL, NULL, &error) == NULL);
    HOLDS(brevo_error_text(error), "brevo_call");
    brevo_error_free(error);
    CHECK(brevo_job(client, "contacts.import_file", "{\"path\":\"/nonexistent.csv\",\"list_ids\":[2]}", NULL, NULL,
                    &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_IO);
    brevo_error_free(error);
    CHECK(brevo_job(client, "contacts.import_file", "{\"pahts\":1}", NULL, NULL, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    TEXT(brevo_error_parameter(error), "pahts");
    brevo_error_free(error);

    rows(client);

    brevo_client_free(client);
    return summary("jobs");
}
