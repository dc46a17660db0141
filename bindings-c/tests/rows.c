/* Rows that a callback gives, and progress that is shown. */
#include "check.h"

struct rows {
    const brevo_client *client;
    int next;
    int count;
    int stop_at;
    int calls_failed;
    int after_the_end;
    int over;
    char text[200];
};

static int next_row(const char **row, void *user_data) {
    struct rows *rows = user_data;
    brevo_error *error;
    brevo_reply *reply;
    CHECK(*row == NULL);
    rows->after_the_end += rows->over;
    if (rows->next == rows->stop_at)
        return 1;
    if (rows->next == rows->count) {
        rows->over = 1;
        return 0;
    }
    if (rows->next == 0) { /* It may call the API. */
        reply = brevo_call(rows->client, "process.get_process", "{\"process_id\":7}", &error);
        rows->calls_failed += reply == NULL;
        brevo_reply_free(reply);
        brevo_error_free(error);
    }
    switch (rows->next++) {
    case 1:
        *row = "{\n  \"email\": \"zoe@example.com\",\r\n  \"FIRSTNAME\": \"Zo\xc3\xab\\nZ.\"\n}";
        break;
    case 2:
        *row = "{\"email\": broken";
        break;
    case 3:
        *row = "{\"email\": \"half\xff@example.com\"}";
        break;
    default:
        snprintf(rows->text, sizeof rows->text, "{\"email\":\"%d@example.com\",\"FIRSTNAME\":\"%0100d\"}", rows->next, 0);
        *row = rows->text;
    }
    return 0;
}

static struct rows rows_of(const brevo_client *client, int count, int stop_at) {
    struct rows rows;
    memset(&rows, 0, sizeof rows);
    rows.client = client;
    rows.count = count;
    rows.stop_at = stop_at;
    return rows;
}

static int stop(const brevo_progress *progress, void *user_data) {
    (void)progress, (void)user_data;
    return 1;
}

int main(void) {
    brevo_client *client = test_client("");
    const char *arguments = "{\"list_ids\":[2],\"body_limit\":40000}";
    struct rows rows = rows_of(client, 1500, -1);
    brevo_progress mine = {sizeof mine, "mine", 1, 2, 1000000, 2000000, 0.5, 2};
    brevo_error *error;
    brevo_reply *reply;

    reply = brevo_job_rows(client, "contacts.import_file", arguments, next_row, NULL, &rows, &error);
    CHECK(reply != NULL);
    if (!reply)
        fprintf(stderr, "%s\n", brevo_error_text(error));
    brevo_error_free(error);
    CHECK(brevo_reply_int(reply, "/rows", -1) == 1500);
    CHECK(brevo_reply_int(reply, "/imported", -1) == 1498);
    CHECK(brevo_reply_int(reply, "/rejects/0/line", -1) == 3);
    CHECK(brevo_reply_int(reply, "/rejects/1/line", -1) == 4);
    TEXT(brevo_reply_string(reply, "/rejects/0/row/0"), "{\"email\": broken");
    CHECK(brevo_reply_count(reply, "/processIds") > 3);
    CHECK(rows.calls_failed == 0 && rows.after_the_end == 0);
    brevo_reply_free(reply);

    /* The program gives up on its rows: what had been read is sent. */
    rows = rows_of(client, 5000, 4500);
    reply = brevo_job_rows(client, "contacts.import_file", arguments, next_row, NULL, &rows, &error);
    CHECK(reply == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_CANCELLED);
    TEXT(brevo_error_operation(error), "contacts.import_file");
    HOLDS(brevo_error_text(error), "the row callback stopped the job");
    HOLDS(brevo_error_text(error), "rows had been sent");
    brevo_error_free(error);

    /* Progress that stops it. */
    rows = rows_of(client, 1500, -1);
    reply = brevo_job_rows(client, "contacts.import_file", arguments, next_row, stop, &rows, &error);
    CHECK(reply == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_CANCELLED);
    brevo_error_free(error);

    /* Progress that is shown: run.sh looks at it. */
    rows = rows_of(client, 2, -1);
    reply = brevo_job_rows(client, "contacts.import_file", arguments, next_row, brevo_progress_bar, &rows, &error);
    CHECK(reply != NULL);
    brevo_reply_free(reply);
    CHECK(brevo_progress_bar(&mine, NULL) == 0);
    mine.stage = NULL;
    mine.total = mine.bytes = mine.total_bytes = -1;
    mine.rate = mine.remaining = -1;
    CHECK(brevo_progress_bar(&mine, NULL) == 0);
    mine.size = 8; /* One that ends behind its size says nothing. */
    CHECK(brevo_progress_bar(&mine, NULL) == 0);
    CHECK(brevo_progress_bar(NULL, NULL) == 0);

    /* Mistakes. */
    rows = rows_of(client, 0, -1);
    CHECK(brevo_job_rows(client, "contacts.import_file", arguments, next_row, NULL, &rows, &error) == NULL);
    HOLDS(brevo_error_text(error), "there are no rows");
    brevo_error_free(error);
    CHECK(brevo_job_rows(client, "contacts.import_file", arguments, NULL, NULL, NULL, &error) == NULL);
    TEXT(brevo_error_parameter(error), "rows");
    brevo_error_free(error);
    CHECK(brevo_job_rows(client, "process.wait_for_process", "{\"process_id\":7}", next_row, NULL, &rows, &error) == NULL);
    HOLDS(brevo_error_text(error), "this job reads no rows");
    brevo_error_free(error);
    CHECK(brevo_job_rows(client, "contacts.import_file", "{\"list_ids\":[2],\"path\":\"x.csv\"}", next_row, NULL, &rows,
                         &error) == NULL);
    TEXT(brevo_error_parameter(error), "path");
    brevo_error_free(error);
    CHECK(brevo_job_rows(NULL, "contacts.import_file", arguments, next_row, NULL, &rows, &error) == NULL);
    brevo_error_free(error);

    brevo_client_free(client);
    return summary("rows");
}
