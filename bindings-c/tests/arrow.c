/* Rows as columns, read by the structures of the Arrow C data and stream interfaces. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

static const struct ArrowSchema *field(const struct ArrowSchema *schema, const char *name) {
    int64_t i;
    for (i = 0; i < schema->n_children; ++i)
        if (strcmp(schema->children[i]->name, name) == 0)
            return schema->children[i];
    CHECK(!"the column is there");
    return NULL;
}

static const struct ArrowArray *column(const struct ArrowSchema *schema, const struct ArrowArray *array, const char *name) {
    int64_t i;
    for (i = 0; i < schema->n_children; ++i)
        if (strcmp(schema->children[i]->name, name) == 0)
            return array->children[i];
    return NULL;
}

static int is_null(const struct ArrowArray *column, int64_t row) {
    const uint8_t *bits = column->buffers[0];
    row += column->offset;
    return bits && !(bits[row / 8] >> row % 8 & 1);
}

static int64_t number(const struct ArrowArray *column, int64_t row) {
    return ((const int64_t *)column->buffers[1])[column->offset + row];
}

/* A value of a column of texts, until the next one. */
static const char *text(const struct ArrowArray *column, int64_t row) {
    static char found[200];
    const int32_t *ends = (const int32_t *)column->buffers[1] + column->offset + row;
    if (is_null(column, row))
        return NULL;
    snprintf(found, sizeof found, "%.*s", (int)(ends[1] - ends[0]), (const char *)column->buffers[2] + ends[0]);
    return found;
}

/* Types and values of an export; the rows outlive the stream, and the stream the client and the table. */
static void values(void) {
    brevo_client *client = test_client("");
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array, end;
    const struct ArrowArray *ids;
    const struct ArrowArray *moments;
    brevo_error *error;
    brevo_table *table = brevo_arrow(client, "contacts.export_list", "{\"list_id\":3}", NULL, &stream, &error);

    CHECK(table != NULL && error == NULL);
    brevo_client_free(client);
    CHECK(brevo_table_unfit(table, NULL) == 0);
    CHECK(stream.get_schema(&stream, &schema) == 0);
    TEXT(schema.format, "+s");
    TEXT(field(&schema, "id")->format, "l");
    TEXT(field(&schema, "email")->format, "u");
    TEXT(field(&schema, "createdAt")->format, "tsu:UTC");
    TEXT(field(&schema, "FIRSTNAME")->format, "u");
    CHECK(stream.get_next(&stream, &array) == 0 && array.release != NULL);
    CHECK(stream.get_next(&stream, &end) == 0 && end.release == NULL);
    CHECK(stream.get_next(&stream, &end) == 0 && end.release == NULL);
    CHECK(stream.get_last_error(&stream) == NULL);
    CHECK(brevo_table_unfit(table, NULL) == 2);
    CHECK(brevo_table_unfit(table, "id") == 1 && brevo_table_unfit(table, "createdAt") == 1);
    CHECK(brevo_table_unfit(table, "email") == 0 && brevo_table_unfit(table, "none") == 0);
    CHECK(brevo_table_unfit(table, "\xff") == 0);
    CHECK(brevo_table_error(table) == NULL);
    brevo_table_free(table);
    stream.release(&stream);
    CHECK(stream.release == NULL);

    CHECK(array.length == 3 && array.n_children == schema.n_children);
    ids = column(&schema, &array, "id");
    CHECK(number(ids, 0) == 1 && is_null(ids, 1) && number(ids, 2) == 3);
    TEXT(text(column(&schema, &array, "email"), 0), "zo\xc3\xab@example.com");
    TEXT(text(column(&schema, &array, "email"), 1), NULL);
    TEXT(text(column(&schema, &array, "FIRSTNAME"), 0), "Zo\xc3\xab \"Z\"");
    TEXT(text(column(&schema, &array, "FIRSTNAME"), 2), "[1, 2]");
    moments = column(&schema, &array, "createdAt");
    CHECK(number(moments, 0) == 1500000 && is_null(moments, 1));
    array.release(&array);
    schema.release(&schema);
}

/* Batches of a listing, and its options. */
static void listings(const brevo_client *client) {
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    brevo_error *error;
    int64_t rows = 0, pages = 0;
    brevo_table *table = brevo_arrow(client, "contacts.get_contacts", "{\"limit\":400}", "{\"timeout\":20}", &stream, &error);

    CHECK(table != NULL && error == NULL);
    CHECK(stream.get_schema(&stream, &schema) == 0);
    while (stream.get_next(&stream, &array) == 0 && array.release) {
        CHECK(number(column(&schema, &array, "id"), 0) == rows);
        rows += array.length;
        ++pages;
        array.release(&array);
    }
    CHECK(rows == 2500 && pages == 7);
    schema.release(&schema);
    stream.release(&stream);
    brevo_table_free(table);

    /* Left before a page was asked for, and behind the first. */
    table = brevo_arrow(client, "contacts.get_contacts", NULL, NULL, &stream, &error);
    stream.release(&stream);
    brevo_table_free(table);
    table = brevo_arrow(client, "contacts.get_contacts", NULL, NULL, &stream, NULL);
    brevo_table_free(table);
    CHECK(stream.get_next(&stream, &array) == 0);
    stream.release(&stream);
    CHECK(array.length > 0);
    array.release(&array);
}

static void errors(const brevo_client *client) {
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    brevo_error *error;
    brevo_table *table = brevo_arrow(client, "contacts.export_list", "{\"list_id\":4}", NULL, &stream, &error);

    CHECK(stream.get_next(&stream, &array) == 0);
    array.release(&array);
    CHECK(brevo_table_error(table) == NULL);
    CHECK(stream.get_next(&stream, &array) == EIO);
    HOLDS(stream.get_last_error(&stream), "List ID does not exist");
    CHECK(brevo_error_kind(brevo_table_error(table)) == BREVO_KIND_NOT_FOUND);
    CHECK(brevo_error_status(brevo_table_error(table)) == 404);
    CHECK(stream.get_next(&stream, &array) == EIO);
    stream.release(&stream);
    TEXT(brevo_error_code(brevo_table_error(table)), "document_not_found");
    brevo_table_free(table);

    /* A page that is no JSON. */
    table = brevo_arrow(client, "contacts.export_list", "{\"list_id\":5}", NULL, &stream, &error);
    CHECK(stream.get_next(&stream, &array) == EIO);
    CHECK(brevo_error_kind(brevo_table_error(table)) == BREVO_KIND_DECODE);
    stream.release(&stream);
    brevo_table_free(table);

    /* What panics; builds for release know no such header. */
    table = brevo_arrow(client, "contacts.get_contacts", NULL, "{\"headers\":{\"x-test-panic\":\"1\"}}", &stream, &error);
    if (stream.get_next(&stream, &array) == EIO) {
        CHECK(brevo_error_kind(brevo_table_error(table)) == BREVO_KIND_INTERNAL);
        HOLDS(stream.get_last_error(&stream), "on purpose");
    } else {
        array.release(&array);
    }
    stream.release(&stream);
    brevo_table_free(table);

    /* Mistakes. */
    CHECK(brevo_arrow(client, "contacts.export_list", "{\"list_id\":404}", NULL, NULL, &error) == NULL);
    TEXT(brevo_error_parameter(error), "stream");
    brevo_error_free(error);
    CHECK(brevo_arrow(client, "contacts.export_list", "{\"list_id\":2,\"path\":\"x\"}", NULL, &stream, &error) == NULL);
    TEXT(brevo_error_parameter(error), "path");
    TEXT(brevo_error_operation(error), "contacts.export_list");
    CHECK(stream.release == NULL);
    brevo_error_free(error);
    CHECK(brevo_arrow(client, "contacts.export_contacts", NULL, "{\"timeout\":1}", &stream, &error) == NULL);
    TEXT(brevo_error_parameter(error), "options.timeout");
    brevo_error_free(error);
    CHECK(brevo_arrow(client, "contacts.create_contact", NULL, NULL, &stream, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    brevo_error_free(error);
    CHECK(brevo_arrow(client, "contacts.import_file", NULL, NULL, &stream, &error) == NULL);
    HOLDS(brevo_error_text(error), "gives no rows");
    brevo_error_free(error);
    CHECK(brevo_arrow(client, "contacts.get_contacts", "{\"limit\":\"x\"}", NULL, &stream, &error) == NULL);
    TEXT(brevo_error_parameter(error), "limit");
    brevo_error_free(error);
    CHECK(brevo_arrow(NULL, NULL, NULL, NULL, NULL, NULL) == NULL);
    CHECK(brevo_table_unfit(NULL, NULL) == 0 && brevo_table_error(NULL) == NULL);
    brevo_table_free(NULL);
}

/* The child of a fork cannot go on reading; the parent can. The child tells by a pipe what it saw. */
static void forked(const brevo_client *client) {
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    brevo_table *table = brevo_arrow(client, "contacts.get_contacts", "{\"limit\":1000}", NULL, &stream, NULL);
    int ends[2];
    char answer = 'n';
    pid_t child;

    CHECK(stream.get_next(&stream, &array) == 0);
    array.release(&array);
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        if (stream.get_next(&stream, &array) == EIO && strstr(stream.get_last_error(&stream), "forked"))
            answer = 'y';
        stream.release(&stream);
        brevo_table_free(table);
        _exit(write(ends[1], &answer, 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    CHECK(read(ends[0], &answer, 1) == 1 && answer == 'y');
    CHECK(waitpid(child, NULL, 0) == child);
    close(ends[0]);
    CHECK(stream.get_next(&stream, &array) == 0 && array.length == 1000);
    array.release(&array);
    stream.release(&stream);
    brevo_table_free(table);
}

static void *drain(void *given) {
    struct ArrowArrayStream *stream = given;
    struct ArrowArray array;
    int64_t rows = 0;
    while (stream->get_next(stream, &array) == 0 && array.release) {
        rows += array.length;
        array.release(&array);
    }
    stream->release(stream);
    return rows == 2500 ? given : NULL;
}

/* Streams go to other threads. */
static void threads(const brevo_client *client) {
    struct ArrowArrayStream streams[4];
    pthread_t readers[4];
    void *good;
    int i;
    for (i = 0; i < 4; ++i) {
        brevo_table_free(brevo_arrow(client, "contacts.export_list", "{\"list_id\":2}", NULL, &streams[i], NULL));
        CHECK(pthread_create(&readers[i], NULL, drain, &streams[i]) == 0);
    }
    for (i = 0; i < 4; ++i) {
        CHECK(pthread_join(readers[i], &good) == 0 && good != NULL);
    }
}

int main(void) {
    brevo_client *client = test_client("");
    values();
    listings(client);
    errors(client);
    forked(client);
    threads(client);
    brevo_client_free(client);
    return summary("arrow");
}
