/* brevo-native for C: client_brevo get|send URL COUNT */
#include "cost.h"

#include <brevo.h>
#include <pthread.h>
#include <stdatomic.h>

static brevo_client *client;
static atomic_long left;

static void get(void) {
    brevo_error *error;
    brevo_reply *reply = brevo_call(client, "account.get_account", NULL, &error);
    const char *email = reply ? brevo_reply_string(reply, "/email") : NULL;
    if (!email || strcmp(email, "owner@example.com") != 0) {
        fail(error ? brevo_error_text(error) : "no address");
    }
    brevo_reply_free(reply);
}

static void send_mail(void) {
    brevo_error *error;
    brevo_reply *reply;
    brevo_args *args = brevo_args_new();
    brevo_args_set_string(args, "/sender/email", "shop@example.com");
    brevo_args_set_string(args, "/sender/name", "Shop");
    brevo_args_set_string(args, "/to/-/email", "ada@example.com");
    brevo_args_set_string(args, "/to/0/name", "Ada King");
    brevo_args_set_string(args, "/subject", "Your order 4711 is on its way");
    brevo_args_set_string(args, "/htmlContent", HTML);
    brevo_args_set_string(args, "/tags/-", "orders");
    reply = brevo_call(client, "transactional_emails.send_transac_email", brevo_args_text(args), &error);
    brevo_args_free(args);
    if (!reply || !brevo_reply_string(reply, "/messageId")) {
        fail(error ? brevo_error_text(error) : "no identifier");
    }
    brevo_reply_free(reply);
}

static void *work(void *unused) {
    while (atomic_fetch_sub(&left, 1) > 0) {
        send_mail();
    }
    return unused;
}

static void send_many(long count) {
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
    if (argc < 4) {
        fail("client_brevo get|send URL COUNT");
    }
    count = atol(argv[3]);
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
    } else {
        send_many(AT_A_TIME);
        start = cost_now();
        send_many(count);
    }
    cost_print(start);
    brevo_client_free(client);
    return 0;
}
