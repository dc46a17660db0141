/* One client in many threads, and in a process forked after the client was used. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, CALLS = 10 };

struct work {
    const brevo_client *client;
    const brevo_reply *shared;
    int good;
};

static void *work(void *argument) {
    struct work *work = argument;
    int i;
    for (i = 0; i < CALLS; ++i) {
        brevo_error *error;
        brevo_reply *reply;
        const char *name;
        if (i % 2) {
            reply = brevo_call(work->client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", &error);
            work->good += brevo_reply_int(reply, "/id", -1) == 9007199254740993LL;
        } else {
            reply = brevo_call(work->client, "contacts.get_contact_info", "{\"identifier\":\"404\"}", &error);
            work->good += reply == NULL && brevo_error_kind(error) == BREVO_KIND_NOT_FOUND;
        }
        name = brevo_reply_string(work->shared, "/name");
        work->good += name != NULL && strncmp(name, "Zo", 2) == 0;
        brevo_reply_free(reply);
        brevo_error_free(error);
    }
    return NULL;
}

static void *slow(void *argument) {
    const brevo_client *client = argument;
    brevo_reply_free(brevo_call(client, "contacts.get_contact_info", "{\"identifier\":\"slow\"}", NULL));
    return NULL;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void many_threads(const brevo_client *client) {
    pthread_t threads[THREADS];
    struct work works[THREADS];
    double start;
    int i;
    brevo_reply *shared =
        brevo_call(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", NULL);
    CHECK(shared != NULL);
    for (i = 0; i < THREADS; ++i) {
        works[i].client = client;
        works[i].shared = shared;
        works[i].good = 0;
        CHECK(pthread_create(&threads[i], NULL, work, &works[i]) == 0);
    }
    for (i = 0; i < THREADS; ++i) {
        pthread_join(threads[i], NULL);
        CHECK(works[i].good == 2 * CALLS);
    }
    brevo_reply_free(shared);

    /* They wait side by side, not one after the other. */
    start = now();
    for (i = 0; i < THREADS; ++i) {
        CHECK(pthread_create(&threads[i], NULL, slow, (void *)client) == 0);
    }
    for (i = 0; i < THREADS; ++i) {
        pthread_join(threads[i], NULL);
    }
    CHECK(now() - start < 0.3 * THREADS * 0.75);
}

/* A child made by fork uses the client of its parent, and so does the parent afterwards. The child
 * answers through a pipe: what it leaves behind of its parent's connections is a leak to valgrind. */
static void forked(const brevo_client *client) {
    int ends[2];
    char answer = 0;
    brevo_reply *reply;
    pid_t child;
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        reply = brevo_call(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", NULL);
        answer = brevo_reply_status(reply) == 200 ? 'y' : 'n';
        _exit(write(ends[1], &answer, 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    CHECK(child > 0);
    CHECK(read(ends[0], &answer, 1) == 1 && answer == 'y');
    CHECK(waitpid(child, NULL, 0) == child);
    close(ends[0]);
    reply = brevo_call(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", NULL);
    CHECK(brevo_reply_status(reply) == 200);
    brevo_reply_free(reply);
}

int main(void) {
    brevo_client *client = test_client("");
    brevo_pages *pages;
    brevo_reply *reply;
    HOLDS(brevo_client_describe(client), "127.0.0.1");
    many_threads(client);
    forked(client);

    /* Pages and replies outlive the client. */
    pages = brevo_iterate(client, "contacts.get_contacts", NULL, NULL);
    reply = brevo_call(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", NULL);
    brevo_client_free(client);
    TEXT(brevo_reply_string(reply, "/yes"), "true");
    brevo_reply_free(reply);
    reply = brevo_pages_next(pages, NULL);
    CHECK(brevo_reply_count(reply, "/contacts") == 1000);
    brevo_reply_free(reply);
    brevo_pages_free(pages);
    return summary("threads");
}
