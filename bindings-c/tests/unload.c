/* A program that loads the library, calls in the background and unloads it: the library's threads stay, and it is
   told of a fork, so its code must stay too. */
#define _POSIX_C_SOURCE 200809L
#include <brevo.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEY "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef"

static struct {
    brevo_client *(*client_new)(const char *, brevo_error **);
    void (*client_free)(brevo_client *);
    brevo_task *(*call_async)(const brevo_client *, const char *, const char *, const char *, const brevo_queue *,
                              brevo_done, void *, brevo_error **);
    brevo_reply *(*task_result)(const brevo_task *, brevo_error **);
    void (*task_free)(brevo_task *);
    int (*reply_status)(const brevo_reply *);
    void (*reply_free)(brevo_reply *);
} brevo;

/* Sets a pointer to a function, which C has no cast for. */
static void find(void *library, const char *name, void *place) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    memcpy(place, &found, sizeof found);
}

static int call(void) {
    char settings[300];
    brevo_client *client;
    brevo_task *task;
    brevo_reply *reply;
    int status;
    sprintf(settings, "{\"api_key\":\"" KEY "\",\"base_url\":\"%s\"}", getenv("TEST_SERVER"));
    client = brevo.client_new(settings, NULL);
    task = brevo.call_async(client, "contacts.get_contact_info", "{\"identifier\":\"types\"}", NULL, NULL, NULL, NULL,
                            NULL);
    reply = brevo.task_result(task, NULL);
    status = brevo.reply_status(reply);
    brevo.reply_free(reply);
    brevo.task_free(task);
    brevo.client_free(client);
    return status;
}

int main(void) {
    const struct timespec pause = {1, 500000000};
    void *library = dlopen("libbrevo.so.0", RTLD_NOW);
    int status;
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    find(library, "brevo_client_new", &brevo.client_new);
    find(library, "brevo_client_free", &brevo.client_free);
    find(library, "brevo_call_async", &brevo.call_async);
    find(library, "brevo_task_result", &brevo.task_result);
    find(library, "brevo_task_free", &brevo.task_free);
    find(library, "brevo_reply_status", &brevo.reply_status);
    find(library, "brevo_reply_free", &brevo.reply_free);
    status = call();
    dlclose(library);
    /* Long enough for the background to wake. */
    nanosleep(&pause, NULL);
    if (fork() == 0)
        _exit(0);
    wait(NULL);
    printf("unload: %d passed, %d failed\n", status == 200, status != 200);
    return status != 200;
}
