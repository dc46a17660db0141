/* Asynchronous calls: three ways to the outcome, cancelling, and the lives of handles. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TYPES "{\"identifier\":\"types\"}"
#define SLOW "{\"identifier\":\"slow\"}"
#define HANG "{\"identifier\":\"hang\"}"
#define MISSING "{\"identifier\":\"404\"}"

static pthread_t first_thread;

/* What a callback saw. */
struct seen {
    pthread_mutex_t lock;
    int calls;
    int good;
    int kind;
    int status;
    int here;
    pthread_t thread;
    brevo_task *task;
    const brevo_client *client;
    brevo_queue *queue;
    int waited;
};

static void begin(struct seen *seen) {
    memset(seen, 0, sizeof *seen);
    pthread_mutex_init(&seen->lock, NULL);
}

static void look(struct seen *seen, brevo_reply *reply, brevo_error *error) {
    pthread_mutex_lock(&seen->lock);
    seen->calls++;
    seen->good += (reply == NULL) != (error == NULL);
    seen->kind = brevo_error_kind(error);
    seen->status = brevo_reply_status(reply);
    seen->thread = pthread_self();
    seen->here = pthread_equal(seen->thread, first_thread) != 0;
    pthread_mutex_unlock(&seen->lock);
    brevo_reply_free(reply);
    brevo_error_free(error);
}

static void done(brevo_reply *reply, brevo_error *error, void *user_data) {
    look(user_data, reply, error);
}

static brevo_task *get(const brevo_client *client, const char *arguments, brevo_queue *queue, brevo_done callback,
                       void *user_data) {
    brevo_error *error;
    brevo_task *task = brevo_call_async(client, "contacts.get_contact_info", arguments, NULL, queue, callback,
                                        user_data, &error);
    CHECK(task != NULL && error == NULL);
    return task;
}

/* On the background thread, which may wait for another call and free the task of its own. */
static void nested(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct seen *seen = user_data;
    brevo_reply *other = brevo_call(seen->client, "contacts.get_contact_info", TYPES, NULL);
    brevo_task *task = brevo_call_async(seen->client, "contacts.get_contact_info", TYPES, NULL, NULL, NULL, NULL, NULL);
    brevo_reply *third = brevo_task_result(task, NULL);
    pthread_mutex_lock(&seen->lock);
    seen->waited = brevo_reply_status(other) == 200 && brevo_reply_status(third) == 200;
    pthread_mutex_unlock(&seen->lock);
    brevo_task_free(task);
    brevo_reply_free(other);
    brevo_reply_free(third);
    look(seen, reply, error);
}

static void by_callback(const brevo_client *client) {
    enum { CALLS = 12 };
    struct seen seen[CALLS];
    brevo_task *tasks[CALLS];
    struct seen one;
    brevo_error *error;
    int i;
    for (i = 0; i < CALLS; ++i) {
        begin(&seen[i]);
        seen[i].client = client;
        tasks[i] = get(client, i % 3 ? TYPES : MISSING, NULL, i == 5 ? nested : done, &seen[i]);
    }
    for (i = 0; i < CALLS; ++i) {
        CHECK(brevo_task_wait(tasks[i], -1) == 1);
        brevo_task_cancel(tasks[i]);
        brevo_task_free(tasks[i]);
        CHECK(seen[i].calls == 1 && seen[i].good == 1 && !seen[i].here);
        CHECK(pthread_equal(seen[i].thread, seen[0].thread));
        CHECK(i % 3 ? seen[i].status == 200 : seen[i].kind == BREVO_KIND_NOT_FOUND);
    }
    CHECK(seen[5].waited);

    /* What is wrong is said at once, and no callback comes. */
    begin(&one);
    CHECK(brevo_call_async(client, "contacts.no_such", NULL, NULL, NULL, done, &one, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    brevo_error_free(error);
    CHECK(brevo_call_async(client, "contacts.get_contacts", "[1]", NULL, NULL, done, &one, NULL) == NULL);
    CHECK(brevo_call_async(client, "contacts.get_contacts", NULL, "{\"timeout\":-1}", NULL, done, &one, NULL) == NULL);
    CHECK(brevo_call_async(NULL, "contacts.get_contacts", NULL, NULL, NULL, done, &one, &error) == NULL);
    HOLDS(brevo_error_text(error), "client");
    brevo_error_free(error);
    CHECK(brevo_call_async(client, "contacts.get_contact_info", "{\"identifer\":1}", NULL, NULL, done, &one,
                           &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    TEXT(brevo_error_parameter(error), "identifer");
    TEXT(brevo_error_operation(error), "contacts.get_contact_info");
    brevo_error_free(error);
    CHECK(one.calls == 0);
}

static void by_asking(const brevo_client *client) {
    brevo_error *error;
    brevo_reply *reply;
    brevo_task *slow = get(client, SLOW, NULL, NULL, NULL);
    brevo_task *types = get(client, TYPES, NULL, NULL, NULL);
    brevo_task *missing = get(client, MISSING, NULL, NULL, NULL);
    struct seen seen;
    reply = brevo_task_result(types, &error);
    CHECK(reply != NULL && error == NULL && brevo_reply_int(reply, "/id", 0) == 9007199254740993LL);
    brevo_reply_free(reply);
    CHECK(brevo_task_result(types, &error) == NULL);
    HOLDS(brevo_error_message(error), "already");
    brevo_error_free(error);
    CHECK(brevo_task_result(missing, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_NOT_FOUND);
    TEXT(brevo_error_operation(error), "contacts.get_contact_info");
    brevo_error_free(error);
    CHECK(brevo_task_wait(slow, -1) == 1);
    CHECK(brevo_task_wait(slow, 0) == 1);
    brevo_task_free(slow);
    brevo_task_free(types);
    brevo_task_free(missing);
    /* Freed while it is under way, and freed when nobody has asked. */
    brevo_task_free(get(client, SLOW, NULL, NULL, NULL));
    types = get(client, TYPES, NULL, NULL, NULL);
    CHECK(brevo_task_wait(types, -1) == 1);
    brevo_task_free(types);

    begin(&seen);
    types = get(client, TYPES, NULL, done, &seen);
    CHECK(brevo_task_result(types, &error) == NULL);
    HOLDS(brevo_error_message(error), "callback");
    brevo_error_free(error);
    CHECK(brevo_task_wait(types, -1) == 1);
    brevo_task_free(types);
    CHECK(seen.calls == 1);
}

static void cancelled(const brevo_client *client) {
    struct seen seen;
    brevo_error *error;
    brevo_task *task = get(client, HANG, NULL, NULL, NULL);
    CHECK(brevo_task_wait(task, 0) == 0);
    CHECK(brevo_task_wait(task, 0.05) == 0);
    brevo_task_cancel(task);
    brevo_task_cancel(task);
    CHECK(brevo_task_result(task, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_CANCELLED);
    HOLDS(brevo_error_text(error), "cancelled");
    brevo_error_free(error);
    brevo_task_free(task);

    begin(&seen);
    task = get(client, HANG, NULL, done, &seen);
    brevo_task_cancel(task);
    CHECK(brevo_task_wait(task, -1) == 1);
    CHECK(seen.calls == 1 && seen.kind == BREVO_KIND_CANCELLED);
    brevo_task_free(task);
}

/* Cancelled at every moment of a call, each call tells its end once. */
static void cancelled_at_any_time(const brevo_client *client) {
    enum { CALLS = 60 };
    struct seen seen[CALLS];
    brevo_task *tasks[CALLS];
    int i;
    for (i = 0; i < CALLS; ++i) {
        struct timespec pause = {0, 0};
        begin(&seen[i]);
        tasks[i] = get(client, TYPES, NULL, done, &seen[i]);
        pause.tv_nsec = 100000 * (i % 20);
        nanosleep(&pause, NULL);
        brevo_task_cancel(tasks[i]);
    }
    for (i = 0; i < CALLS; ++i) {
        CHECK(brevo_task_wait(tasks[i], -1) == 1);
        CHECK(seen[i].calls == 1 && seen[i].good == 1);
        CHECK(seen[i].status == 200 || seen[i].kind == BREVO_KIND_CANCELLED);
        brevo_task_free(tasks[i]);
    }
}

static void asks_itself(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct seen *seen = user_data;
    seen->waited = brevo_task_wait(seen->task, -1) == 0;
    brevo_task_free(seen->task);
    look(seen, reply, error);
}

static void in_a_loop(const brevo_client *client) {
    brevo_queue *queue = brevo_queue_new(NULL);
    struct pollfd descriptor;
    struct seen seen[4];
    brevo_task *tasks[4];
    brevo_error *error;
    size_t run = 0;
    int i;
    CHECK(queue != NULL && brevo_queue_pending(queue) == 0);
    CHECK(brevo_queue_run(queue, -1) == 0); /* nothing is pending: it does not wait */
    descriptor.fd = brevo_queue_descriptor(queue);
    descriptor.events = POLLIN;
    CHECK(descriptor.fd >= 0 && poll(&descriptor, 1, 0) == 0);
    for (i = 0; i < 4; ++i) {
        begin(&seen[i]);
        tasks[i] = get(client, i % 2 ? TYPES : MISSING, queue, done, &seen[i]);
    }
    CHECK(brevo_queue_pending(queue) == 4);
    while (brevo_queue_pending(queue) > 0) {
        CHECK(poll(&descriptor, 1, 10000) == 1);
        run += brevo_queue_run(queue, 0);
    }
    CHECK(run == 4 && poll(&descriptor, 1, 0) == 0);
    for (i = 0; i < 4; ++i) {
        CHECK(seen[i].calls == 1 && seen[i].here);
        brevo_task_free(tasks[i]);
    }

    /* Without a loop; and to wait for one call is to run the queue. */
    for (i = 0; i < 4; ++i) {
        begin(&seen[i]);
        tasks[i] = get(client, i < 3 ? TYPES : SLOW, queue, i == 1 ? asks_itself : done, &seen[i]);
        seen[i].task = tasks[i];
    }
    CHECK(brevo_task_wait(tasks[3], -1) == 1);
    for (i = 0; i < 4; ++i) {
        CHECK(seen[i].calls == 1 && seen[i].here);
        if (i != 1) {
            brevo_task_free(tasks[i]);
        }
    }
    CHECK(seen[1].waited);
    brevo_task_free(get(client, SLOW, queue, done, &seen[0]));
    while (brevo_queue_pending(queue) > 0) {
        CHECK(brevo_queue_run(queue, -1) == 1);
    }
    CHECK(seen[0].calls == 2 && seen[0].here);

    CHECK(brevo_call_async(client, "contacts.get_contacts", NULL, NULL, queue, NULL, NULL, &error) == NULL);
    TEXT(brevo_error_parameter(error), "done");
    brevo_error_free(error);

    /* A queue that goes cancels what it has. */
    for (i = 0; i < 4; ++i) {
        begin(&seen[i]);
        tasks[i] = get(client, HANG, queue, done, &seen[i]);
    }
    brevo_task_free(tasks[0]);
    brevo_queue_free(queue);
    for (i = 0; i < 4; ++i) {
        CHECK(seen[i].calls == 1 && seen[i].here && seen[i].kind == BREVO_KIND_CANCELLED);
    }
    for (i = 1; i < 4; ++i) {
        CHECK(brevo_task_wait(tasks[i], 0) == 1);
        brevo_task_cancel(tasks[i]);
        brevo_task_free(tasks[i]);
    }
}

static void frees_its_queue(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct seen *seen = user_data;
    brevo_queue_free(seen->queue);
    look(seen, reply, error);
}

static void freed_inside(const brevo_client *client) {
    struct seen first, second;
    brevo_queue *queue = brevo_queue_new(NULL);
    begin(&first);
    begin(&second);
    first.queue = queue;
    brevo_task_free(get(client, TYPES, queue, frees_its_queue, &first));
    brevo_task_free(get(client, HANG, queue, done, &second));
    CHECK(brevo_queue_run(queue, -1) == 1);
    CHECK(first.calls == 1 && first.status == 200);
    CHECK(second.calls == 1 && second.kind == BREVO_KIND_CANCELLED);
}

static void client_goes_first(void) {
    struct seen seen;
    brevo_client *client = test_client("");
    brevo_task *task, *listing;
    brevo_pages *pages = brevo_iterate(client, "contacts.get_contacts", NULL, NULL);
    brevo_reply *reply;
    begin(&seen);
    task = get(client, SLOW, NULL, done, &seen);
    listing = brevo_pages_next_async(pages, NULL, NULL, NULL, NULL);
    brevo_pages_free(pages);
    brevo_client_free(client);
    CHECK(brevo_task_wait(task, -1) == 1);
    CHECK(seen.calls == 1 && seen.status == 200);
    brevo_task_free(task);
    reply = brevo_task_result(listing, NULL);
    CHECK(brevo_reply_count(reply, "/contacts") == 1000);
    brevo_reply_free(reply);
    brevo_task_free(listing);
}

/* A listing read by callbacks, each of which asks for the next page. */
struct reading {
    brevo_pages *pages;
    brevo_queue *queue;
    size_t entries;
    int ended;
    int cancelled;
};

static void page(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct reading *reading = user_data;
    if (reply) {
        reading->entries += brevo_reply_count(reply, brevo_pages_items(reading->pages));
    } else if (brevo_error_kind(error) == BREVO_KIND_CANCELLED) {
        reading->cancelled++;
    } else {
        CHECK(error == NULL);
        reading->ended = 1;
    }
    if (!reading->ended) {
        brevo_task_free(brevo_pages_next_async(reading->pages, reading->queue, page, reading, NULL));
    }
    brevo_reply_free(reply);
    brevo_error_free(error);
}

static void listing(const brevo_client *client) {
    struct reading reading = {NULL, NULL, 0, 0, 0};
    brevo_error *error;
    brevo_task *task;
    reading.pages = brevo_iterate(client, "contacts.get_contacts", "{\"limit\":100}", NULL);
    reading.queue = brevo_queue_new(NULL);
    task = brevo_pages_next_async(reading.pages, reading.queue, page, &reading, &error);
    CHECK(task != NULL && error == NULL);
    brevo_task_cancel(task); /* perhaps in time: then that page is asked for again */
    brevo_task_free(task);
    while (brevo_queue_pending(reading.queue) > 0) {
        brevo_queue_run(reading.queue, -1);
    }
    CHECK(reading.entries == 2500 && reading.ended && reading.cancelled <= 1);
    CHECK(brevo_pages_next(reading.pages, &error) == NULL && error == NULL);
    task = brevo_pages_next_async(reading.pages, NULL, NULL, NULL, NULL);
    CHECK(brevo_task_result(task, &error) == NULL && error == NULL);
    brevo_task_free(task);
    brevo_pages_free(reading.pages);
    brevo_queue_free(reading.queue);
    CHECK(brevo_pages_next_async(NULL, NULL, done, NULL, &error) == NULL);
    HOLDS(brevo_error_text(error), "pages");
    brevo_error_free(error);
}

struct work {
    struct seen seen;
    int reports;
    int before;
    int stop;
};

static int report(const brevo_progress *progress, void *user_data) {
    struct work *work = user_data;
    TEXT(progress->stage, "wait");
    CHECK(progress->total < 0 || progress->done <= (uint64_t)progress->total);
    work->before += work->seen.calls == 0 && pthread_equal(pthread_self(), first_thread);
    return ++work->reports == work->stop;
}

static void job_done(brevo_reply *reply, brevo_error *error, void *user_data) {
    struct work *work = user_data;
    if (error && work->stop) {
        HOLDS(brevo_error_text(error), "stopped");
    }
    look(&work->seen, reply, error);
}

static void jobs(const brevo_client *client) {
    brevo_queue *queue = brevo_queue_new(NULL);
    brevo_error *error;
    struct work works[2];
    int i;
    for (i = 0; i < 2; ++i) {
        brevo_task *task;
        memset(&works[i], 0, sizeof works[i]);
        begin(&works[i].seen);
        works[i].stop = i;
        task = brevo_job_async(client, "process.wait_for_process",
                               i ? "{\"process_id\":8}" : "{\"process_id\":7}", queue, report,
                               job_done, &works[i], &error);
        CHECK(task != NULL && error == NULL);
        brevo_task_free(task);
    }
    while (brevo_queue_pending(queue) > 0) {
        brevo_queue_run(queue, -1);
    }
    for (i = 0; i < 2; ++i) {
        CHECK(works[i].reports > 0 && works[i].before == works[i].reports);
        CHECK(works[i].seen.calls == 1 && works[i].seen.here);
        CHECK(works[i].seen.kind == (i ? BREVO_KIND_CANCELLED : BREVO_KIND_NONE));
    }
    CHECK(works[1].reports == 1);
    CHECK(brevo_job_async(client, "process.no_such", NULL, queue, NULL, done, NULL, &error) == NULL);
    brevo_error_free(error);
    brevo_queue_free(queue);
}

/* A child leaves what its parent has begun alone, and begins anew. */
static void forked(const brevo_client *client) {
    struct seen seen;
    int ends[2];
    char answer = 'n';
    brevo_queue *queue = brevo_queue_new(NULL);
    brevo_task *task = get(client, SLOW, NULL, NULL, NULL);
    brevo_reply *reply;
    pid_t child;
    begin(&seen);
    brevo_task_free(get(client, SLOW, queue, done, &seen));
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        int good = brevo_task_wait(task, -1) == 0 && brevo_task_result(task, NULL) == NULL &&
                   brevo_queue_run(queue, -1) == 0 && brevo_queue_descriptor(queue) == -1 &&
                   brevo_call_async(client, "contacts.get_contacts", NULL, NULL, queue, done, &seen, NULL) == NULL;
        brevo_task *fresh;
        brevo_task_cancel(task);
        brevo_task_free(task);
        brevo_queue_free(queue);
        fresh = brevo_call_async(client, "contacts.get_contact_info", TYPES, NULL, NULL, done, &seen, NULL);
        good = good && brevo_task_wait(fresh, -1) == 1 && seen.calls == 1 && seen.status == 200;
        answer = good ? 'y' : 'n';
        _exit(write(ends[1], &answer, 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    CHECK(read(ends[0], &answer, 1) == 1 && answer == 'y');
    CHECK(waitpid(child, NULL, 0) == child);
    close(ends[0]);
    reply = brevo_task_result(task, NULL);
    CHECK(brevo_reply_status(reply) == 200);
    brevo_reply_free(reply);
    brevo_task_free(task);
    while (brevo_queue_pending(queue) > 0) {
        brevo_queue_run(queue, -1);
    }
    CHECK(seen.calls == 1 && seen.status == 200);
    brevo_queue_free(queue);
}

static volatile sig_atomic_t signals = 0;

static void on_signal(int number) {
    (void)number;
    signals += pthread_equal(pthread_self(), first_thread) ? 1 : 1000;
}

/* Signals of the program never run on threads of the library. */
static void signals_stay_out(const brevo_client *client) {
    struct seen seen;
    brevo_task *task;
    sigset_t set;
    begin(&seen);
    signal(SIGUSR1, on_signal);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    task = get(client, SLOW, NULL, done, &seen);
    CHECK(brevo_task_wait(task, -1) == 1);
    brevo_task_free(task);
    CHECK(signals == 0);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    CHECK(signals == 1);
}

/* A defect of the library, which its debug builds have on demand, is an error in every way to the outcome. */
static void panics(const brevo_client *client) {
    const char *how = "{\"headers\":{\"x-test-panic\":\"1\"}}";
    brevo_queue *queue = brevo_queue_new(NULL);
    struct seen seen;
    brevo_error *error;
    brevo_task *task;
    int i;
    CHECK(brevo_call_with(client, "contacts.get_contacts", NULL, how, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INTERNAL);
    HOLDS(brevo_error_text(error), "on purpose");
    TEXT(brevo_error_kind_name(error), "internal");
    brevo_error_free(error);
    task = brevo_call_async(client, "contacts.get_contacts", NULL, how, NULL, NULL, NULL, &error);
    CHECK(task != NULL && brevo_task_result(task, &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INTERNAL);
    HOLDS(brevo_error_text(error), "on purpose");
    brevo_error_free(error);
    brevo_task_free(task);
    for (i = 0; i < 2; ++i) {
        begin(&seen);
        task = brevo_call_async(client, "contacts.get_contacts", NULL, how, i ? queue : NULL, done, &seen, NULL);
        CHECK(brevo_task_wait(task, -1) == 1);
        CHECK(seen.calls == 1 && seen.kind == BREVO_KIND_INTERNAL);
        brevo_task_free(task);
    }
    brevo_queue_free(queue);
    /* And it goes on. */
    task = get(client, TYPES, NULL, NULL, NULL);
    brevo_reply_free(brevo_task_result(task, &error));
    CHECK(error == NULL);
    brevo_task_free(task);
    brevo_reply_free(brevo_call(client, "contacts.get_contacts", NULL, &error));
    CHECK(error == NULL);
}

static void nothing(void) {
    brevo_error *error;
    brevo_task_cancel(NULL);
    CHECK(brevo_task_wait(NULL, -1) == 0);
    CHECK(brevo_task_result(NULL, &error) == NULL);
    HOLDS(brevo_error_text(error), "task");
    brevo_error_free(error);
    brevo_task_free(NULL);
    CHECK(brevo_queue_descriptor(NULL) == -1);
    CHECK(brevo_queue_run(NULL, -1) == 0);
    CHECK(brevo_queue_pending(NULL) == 0);
    brevo_queue_free(NULL);
}

int main(void) {
    brevo_client *client = test_client("");
    first_thread = pthread_self();
    nothing();
    panics(client);
    by_asking(client);
    by_callback(client);
    cancelled(client);
    cancelled_at_any_time(client);
    in_a_loop(client);
    freed_inside(client);
    client_goes_first();
    listing(client);
    jobs(client);
    signals_stay_out(client);
    forked(client);
    brevo_client_free(client);
    return summary("tasks");
}
