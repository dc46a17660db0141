/* Jobs: progress, stopping, and what a callback may not do. */
#include "check.h"

struct seen {
    const brevo_client *client;
    int calls;
    int refusals;
    int stop;
    char last[32];
};

static int watch(const char *stage, uint64_t done, int64_t total, void *user_data) {
    struct seen *seen = user_data;
    brevo_error *error;
    brevo_reply *reply;
    ++seen->calls;
    snprintf(seen->last, sizeof seen->last, "%s", stage);
    CHECK(total < 0 || done <= (uint64_t)total);
    reply = brevo_call(seen->client, "account.get_account", NULL, &error);
    seen->refusals += reply == NULL && brevo_error_kind(error) == BREVO_KIND_CONFIGURATION;
    brevo_reply_free(reply);
    brevo_error_free(error);
    return seen->stop;
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

    brevo_client_free(client);
    return summary("jobs");
}
