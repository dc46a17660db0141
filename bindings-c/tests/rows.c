/* Rows that a callback gives, on this thread and in the background, and progress that is shown. */
#include "check.h"

#include <pthread.h>

struct rows {
    const brevo_client *client;
    int next;
    int count;
    int stop_at;
    int calls_failed;
    int after_the_end;
    int over;
    /* Of a job in the background. */
    pthread_t thread;
    int elsewhere;
    int reports;
    int ended;
    brevo_reply *reply;
    brevo_error *error;
    char text[200];
};

#define ARGUMENTS "{\"list_ids\":[2],\"body_limit\":40000}"
#define ENDLESS 100000000

static int next_row(const char **row, void *user_data) {
    struct rows *rows = user_data;
    brevo_error *error;
    brevo_reply *reply;
    rows->after_the_end += rows->over || rows->ended || *row != NULL;
    rows->elsewhere += !pthread_equal(rows->thread, pthread_self());
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
    rows.thread = pthread_self();
    rows.count = count;
    rows.stop_at = stop_at;
    return rows;
}

static int stop(const brevo_progress *progress, void *user_data) {
    (void)progress, (void)user_data;
    return 1;
}

static int count(const brevo_progress *progress, void *user_data) {
    struct rows *rows = user_data;
    CHECK(progress->size == sizeof *progress);
    rows->reports += !rows->ended;
    return 0;
}

static void over(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct rows *rows = user_data;
    rows->reply = reply;
    rows->error = error;
    rows->ended++;
}

static void run(brevo_queue *queue) {
    while (brevo_queue_pending(queue) > 0)
        brevo_queue_run(queue, -1);
}

static void background(const brevo_client *client) {
    brevo_queue *queue = brevo_queue_new(NULL);
    brevo_error *error;
    brevo_reply *reply;
    brevo_task *task;
    struct rows rows = rows_of(client, 1500, -1);
    struct rows others = rows_of(client, 700, -1);

    /* Two at once by a queue: all callbacks run here. */
    task = brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, count, over, &rows, &error);
    CHECK(task != NULL && error == NULL && rows.next == 0);
    brevo_task_free(task);
    brevo_task_free(brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, NULL, over,
                                         &others, NULL));
    run(queue);
    CHECK(rows.ended == 1 && rows.elsewhere == 0 && rows.after_the_end == 0 && rows.reports > 0);
    CHECK(rows.error == NULL && rows.calls_failed == 0);
    CHECK(brevo_reply_int(rows.reply, "/rows", -1) == 1500);
    CHECK(brevo_reply_int(rows.reply, "/imported", -1) == 1498);
    brevo_reply_free(rows.reply);
    CHECK(others.ended == 1 && brevo_reply_int(others.reply, "/imported", -1) == 698);
    brevo_reply_free(others.reply);

    /* Without a queue they run on a thread of the library; without `done` the outcome is asked for. */
    rows = rows_of(client, 1500, -1);
    task = brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, NULL, NULL, over, &rows, &error);
    CHECK(brevo_task_wait(task, -1) == 1);
    brevo_task_free(task);
    CHECK(rows.ended == 1 && rows.elsewhere == 1501 && brevo_reply_int(rows.reply, "/imported", -1) == 1498);
    brevo_reply_free(rows.reply);
    rows = rows_of(client, 100, -1);
    task = brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, NULL, NULL, NULL, &rows, &error);
    reply = brevo_task_result(task, &error);
    CHECK(reply != NULL && error == NULL && brevo_reply_int(reply, "/imported", -1) == 98);
    brevo_reply_free(reply);
    brevo_task_free(task);

    /* The program gives up on its rows. */
    rows = rows_of(client, 5000, 4500);
    brevo_task_free(brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, NULL, over, &rows, &error));
    run(queue);
    CHECK(rows.ended == 1 && rows.reply == NULL && rows.next == 4500);
    CHECK(brevo_error_kind(rows.error) == BREVO_KIND_CANCELLED);
    TEXT(brevo_error_operation(rows.error), "contacts.import_file");
    HOLDS(brevo_error_text(rows.error), "the row callback stopped the job");
    HOLDS(brevo_error_text(rows.error), "rows had been sent");
    brevo_error_free(rows.error);

    /* Progress that stops it, a task that is cancelled, a queue that goes. */
    rows = rows_of(client, ENDLESS, -1);
    brevo_task_free(brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, stop, over, &rows, &error));
    run(queue);
    CHECK(rows.ended == 1 && brevo_error_kind(rows.error) == BREVO_KIND_CANCELLED);
    HOLDS(brevo_error_text(rows.error), "the progress callback stopped the job");
    brevo_error_free(rows.error);
    rows = rows_of(client, ENDLESS, -1);
    task = brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, NULL, over, &rows, &error);
    CHECK(brevo_queue_run(queue, -1) > 0 && rows.next > 0);
    brevo_task_cancel(task);
    run(queue);
    CHECK(rows.ended == 1 && brevo_error_kind(rows.error) == BREVO_KIND_CANCELLED);
    brevo_error_free(rows.error);
    brevo_task_free(task);
    rows = rows_of(client, ENDLESS, -1);
    brevo_task_free(brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, next_row, queue, NULL, over, &rows, &error));
    CHECK(brevo_queue_run(queue, -1) > 0);
    brevo_queue_free(queue);
    CHECK(rows.ended == 1 && brevo_error_kind(rows.error) == BREVO_KIND_CANCELLED);
    CHECK(rows.after_the_end == 0 && rows.elsewhere == 0);
    brevo_error_free(rows.error);

    /* Mistakes. */
    CHECK(brevo_job_rows_async(client, "contacts.import_file", ARGUMENTS, NULL, NULL, NULL, over, NULL, &error) == NULL);
    TEXT(brevo_error_parameter(error), "rows");
    brevo_error_free(error);
    rows = rows_of(client, 1, -1);
    task = brevo_job_rows_async(client, "process.wait_for_process", "{\"process_id\":7}", next_row, NULL, NULL, NULL, &rows, &error);
    CHECK(brevo_task_result(task, &error) == NULL);
    HOLDS(brevo_error_text(error), "this job reads no rows");
    CHECK(rows.next == 0);
    brevo_error_free(error);
    brevo_task_free(task);
    CHECK(brevo_job_rows_async(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) == NULL);
}

int main(void) {
    brevo_client *client = test_client("");
    const char *arguments = ARGUMENTS;
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

    background(client);
    brevo_client_free(client);
    return summary("rows");
}
