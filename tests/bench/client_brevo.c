/* brevo-native for C: client_brevo get|send|send_callbacks|send_queue URL COUNT

   Mails are sent 64 at a time: by as many threads, each of which waits for its own; or by one thread, where
   the end of each begins the next, told by a callback on the library's thread or through a queue on this one. */
#include "cost.h"

#include <brevo.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#define SEND "transactional_emails.send_transac_email"

static brevo_client *client;
static atomic_long left, running;
static sem_t all_ended;

static void get(void) {
    brevo_error *error;
    brevo_reply *reply = brevo_call(client, "account.get_account", NULL, &error);
    const char *email = reply ? brevo_reply_string(reply, "/email") : NULL;
    if (!email || strcmp(email, "owner@example.com") != 0) {
        fail(error ? brevo_error_text(error) : "no address");
    }
    brevo_reply_free(reply);
}

static brevo_args *mail(void) {
    brevo_args *args = brevo_args_new();
    brevo_args_set_string(args, "/sender/email", "shop@example.com");
    brevo_args_set_string(args, "/sender/name", "Shop");
    brevo_args_set_string(args, "/to/-/email", "ada@example.com");
    brevo_args_set_string(args, "/to/0/name", "Ada King");
    brevo_args_set_string(args, "/subject", "Your order 4711 is on its way");
    brevo_args_set_string(args, "/htmlContent", HTML);
    brevo_args_set_string(args, "/tags/-", "orders");
    return args;
}

static void check(brevo_reply *reply, brevo_error *error) {
    if (!reply || !brevo_reply_string(reply, "/messageId")) {
        fail(error ? brevo_error_text(error) : "no identifier");
    }
    brevo_reply_free(reply);
}

static void send_mail(void) {
    brevo_error *error;
    brevo_args *args = mail();
    brevo_reply *reply = brevo_call(client, SEND, brevo_args_text(args), &error);
    brevo_args_free(args);
    check(reply, error);
}

static void begin(brevo_queue *queue);

static void ended(brevo_reply *reply, brevo_error *error, void *queue) {
    check(reply, error);
    if (atomic_fetch_sub(&left, 1) > 0) {
        begin(queue);
    } else if (atomic_fetch_sub(&running, 1) == 1) {
        sem_post(&all_ended);
    }
}

static void begin(brevo_queue *queue) {
    brevo_error *error;
    brevo_args *args = mail();
    brevo_task *task = brevo_call_async(client, SEND, brevo_args_text(args), NULL, queue, ended, queue, &error);
    brevo_args_free(args);
    if (!task) {
        fail(brevo_error_text(error));
    }
    brevo_task_free(task);
}

static void send_in_background(brevo_queue *queue, long count) {
    int i;
    left = count - AT_A_TIME;
    running = AT_A_TIME;
    for (i = 0; i < AT_A_TIME; ++i) {
        begin(queue);
    }
    while (queue && brevo_queue_pending(queue)) {
        brevo_queue_run(queue, -1);
    }
    sem_wait(&all_ended);
}

static void *work(void *unused) {
    while (atomic_fetch_sub(&left, 1) > 0) {
        send_mail();
    }
    return unused;
}

static void send_in_threads(long count) {
    pthread_t threads[AT_A_TIME];
    int i;
    left = count;
    for (i = 0; i < AT_A_TIME; ++i) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (i = 0; i < AT_A_TIME; ++i) {
        pthread_join(threads[i], NULL);
    }
}

int main(int argc, char **argv) {
    char settings[512];
    brevo_error *error;
    struct cost start;
    long i, count;
    brevo_queue *queue = NULL;
    if (argc < 4) {
        fail("client_brevo get|send|send_callbacks|send_queue URL COUNT");
    }
    count = atol(argv[3]);
    sem_init(&all_ended, 0, 0);
    snprintf(settings, sizeof settings, "{\"api_key\":\"" KEY "\",\"base_url\":\"%s\",\"pacing\":false}", argv[2]);
    client = brevo_client_new(settings, &error);
    if (!client) {
        fail(brevo_error_text(error));
    }
    for (i = 0; i < 50; ++i) {
        get();
    }
    if (strcmp(argv[1], "get") == 0) {
        start = cost_now();
        for (i = 0; i < count; ++i) {
            get();
        }
    } else if (strcmp(argv[1], "send") == 0) {
        send_in_threads(AT_A_TIME);
        start = cost_now();
        send_in_threads(count);
    } else {
        if (strcmp(argv[1], "send_queue") == 0) {
            queue = brevo_queue_new(&error);
        }
        send_in_background(queue, AT_A_TIME);
        start = cost_now();
        send_in_background(queue, count);
    }
    cost_print(start);
    brevo_queue_free(queue);
    brevo_client_free(client);
    return 0;
}
