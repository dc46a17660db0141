/* What the test programs share: checks that count, and the address of the server. */
#ifndef CHECK_H
#define CHECK_H

#include <brevo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed = 0;
static int failed = 0;

static void check(int holds, const char *what, const char *file, int line) {
    if (holds) {
        ++passed;
    } else {
        ++failed;
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    }
}

static void check_text(const char *found, const char *wanted, const char *file, int line) {
    int same = found == wanted || (found && wanted && strcmp(found, wanted) == 0);
    if (same) {
        ++passed;
    } else {
        ++failed;
        fprintf(stderr, "%s:%d: found \"%s\", wanted \"%s\"\n", file, line, found ? found : "(NULL)",
                wanted ? wanted : "(NULL)");
    }
}

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)
#define TEXT(found, wanted) check_text(found, wanted, __FILE__, __LINE__)
#define HOLDS(text, part) check(strstr(text, part) != NULL, #text " holds " #part, __FILE__, __LINE__)

#define TEST_KEY "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef"

/* A client for the server of the tests; `more` are further settings, such as ",\"timeout\":1". */
static brevo_client *test_client(const char *more) {
    char settings[512];
    brevo_error *error;
    brevo_client *client;
    snprintf(settings, sizeof settings, "{\"api_key\":\"%s\",\"base_url\":\"%s\",\"pacing\":false%s}",
             TEST_KEY, getenv("TEST_SERVER"), more);
    client = brevo_client_new(settings, &error);
    if (!client) {
        fprintf(stderr, "no client: %s\n", brevo_error_text(error));
        brevo_error_free(error);
        exit(2);
    }
    return client;
}

static int summary(const char *name) {
    printf("%s: %d passed, %d failed\n", name, passed, failed);
    return failed ? 1 : 0;
}

#endif
