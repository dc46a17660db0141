/* Makes the calls that conformance.py asks for: eight lines each (case, how, operation, arguments, options,
 * settings, most entries, rows between tabs), up to the end of the input. Answers with lines of fields between
 * tabs: the case, what came (reply, page, end or error), and the fields of that; texts that may hold anything as
 * hexadecimal digits. */
#include <brevo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char name[256], how[16], operation[256], arguments[4 << 20], options[1 << 20], settings[1 << 16], most[32];
static char rows[1 << 16], present[sizeof settings];
static brevo_client *client;

static int line(char *into, size_t size) {
    size_t length;
    if (!fgets(into, (int)size, stdin)) {
        return 0;
    }
    length = strlen(into);
    if (length == 0 || into[length - 1] != '\n') {
        fprintf(stderr, "a line is too long\n");
        exit(2);
    }
    into[length - 1] = 0;
    return 1;
}

static void bytes(const char *text, size_t length) {
    size_t i;
    putchar('\t');
    for (i = 0; i < length; ++i) {
        printf("%02x", (unsigned char)text[i]);
    }
}

static void text(const char *value) {
    bytes(value ? value : "", value ? strlen(value) : 0);
}

static void tell_error(const brevo_error *error) {
    size_t i, length;
    const char *body = brevo_error_body(error, &length);
    printf("%s\terror\t%s\t%d\t%u\t%.9g", name, brevo_error_kind_name(error), brevo_error_status(error),
           (unsigned)brevo_error_attempts(error), brevo_error_retry_after(error));
    text(brevo_error_operation(error));
    text(brevo_error_parameter(error));
    text(brevo_error_code(error));
    text(brevo_error_message(error));
    text(brevo_error_advice(error));
    text(brevo_error_text(error));
    bytes(body, length);
    for (i = 0; i < brevo_error_duplicate_identifiers_count(error); ++i) {
        text(brevo_error_duplicate_identifiers_get(error, i));
    }
    putchar('\n');
}

static void tell_reply(const brevo_reply *reply) {
    size_t length;
    const char *body = brevo_reply_body(reply, &length);
    printf("%s\treply\t%d\t%u", name, brevo_reply_status(reply), (unsigned)brevo_reply_attempts(reply));
    bytes(body, length);
    text(brevo_reply_header(reply, "content-type"));
    text(brevo_reply_header(reply, "x-brevo-native-accepted"));
    text(brevo_reply_json(reply, ""));
    putchar('\n');
}

/* All pages, or as many as hold the entries that are wanted. Exports take no options. */
static void list(brevo_error **error) {
    unsigned long wanted = strtoul(most, NULL, 10), seen = 0;
    brevo_pages *pages = strcmp(how, "rows") == 0 ? brevo_iterate(client, operation, arguments, error)
                                                  : brevo_iterate_with(client, operation, arguments, options, error);
    brevo_reply *page;
    if (!pages) {
        return;
    }
    while ((wanted == 0 || seen < wanted) && (page = brevo_pages_next(pages, error)) != NULL) {
        seen += (unsigned long)brevo_reply_count(page, brevo_pages_items(pages));
        printf("%s\tpage", name);
        text(brevo_reply_json(page, brevo_pages_items(pages)));
        putchar('\n');
        brevo_reply_free(page);
    }
    if (!*error) {
        printf("%s\tend\n", name);
    }
    brevo_pages_free(pages);
}

/* The next of the rows; `user_data` points to where it stands. */
static int next_row(const char **row, void *user_data) {
    char **next = user_data, *end;
    if (**next) {
        *row = *next;
        end = *next + strcspn(*next, "\t");
        *next = *end ? end + 1 : end;
        *end = 0;
    }
    return 0;
}

int main(void) {
    while (line(name, sizeof name) && line(how, sizeof how) && line(operation, sizeof operation) &&
           line(arguments, sizeof arguments) && line(options, sizeof options) && line(settings, sizeof settings) &&
           line(most, sizeof most) && line(rows, sizeof rows)) {
        char *next = rows;
        brevo_reply *reply = NULL;
        brevo_error *error = NULL;
        if (!client || strcmp(settings, present) != 0) {
            brevo_client_free(client);
            client = brevo_client_new(settings, &error);
            strcpy(present, settings);
        }
        if (client && strcmp(how, "client") == 0) {
            printf("%s\tend\n", name);
        } else if (client && (strcmp(how, "iter") == 0 || strcmp(how, "rows") == 0)) {
            list(&error);
        } else if (client && strcmp(how, "job") != 0) {
            reply = brevo_call_with(client, operation, arguments, options, &error);
        } else if (client && *rows) {
            reply = brevo_job_rows(client, operation, arguments, next_row, NULL, &next, &error);
        } else if (client) {
            reply = brevo_job(client, operation, arguments, NULL, NULL, &error);
        }
        if (reply) {
            tell_reply(reply);
        }
        brevo_reply_free(reply);
        if (error) {
            tell_error(error);
        }
        brevo_error_free(error);
    }
    brevo_client_free(client);
    return 0;
}
