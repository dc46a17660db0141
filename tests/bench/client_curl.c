/* libcurl with cJSON: client_curl get|send|send_threads URL COUNT. Mails are sent 64 at a time: through one multi
   handle, or by as many threads, each with a handle of its own. */
#include "cost.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

struct text {
    char *bytes;
    size_t length, room;
};

struct request {
    CURL *curl;
    char *body;
    struct text reply;
};

static struct curl_slist *headers;
static atomic_long left;

static size_t keep(char *bytes, size_t size, size_t count, void *to) {
    struct text *text = to;
    size_t more = size * count;
    if (text->length + more + 1 > text->room) {
        text->room = 2 * (text->length + more + 1);
        text->bytes = realloc(text->bytes, text->room);
    }
    memcpy(text->bytes + text->length, bytes, more);
    text->length += more;
    text->bytes[text->length] = 0;
    return more;
}

static CURL *handle(const char *url, struct text *reply) {
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    return curl;
}

/* Checks that the reply is JSON with a text of that name. */
static void check(CURL *curl, const struct text *reply, const char *name) {
    long status = 0;
    cJSON *json = cJSON_ParseWithLength(reply->bytes, reply->length);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300 || !cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name))) {
        fail("unexpected reply");
    }
    cJSON_Delete(json);
}

static void get(CURL *curl, struct text *reply) {
    reply->length = 0;
    if (curl_easy_perform(curl) != CURLE_OK) {
        fail("no reply");
    }
    check(curl, reply, "email");
}

static char *mail(void) {
    cJSON *mail = cJSON_CreateObject(), *to = cJSON_CreateObject(), *sender;
    char *text;
    sender = cJSON_AddObjectToObject(mail, "sender");
    cJSON_AddStringToObject(sender, "email", "shop@example.com");
    cJSON_AddStringToObject(sender, "name", "Shop");
    cJSON_AddStringToObject(to, "email", "ada@example.com");
    cJSON_AddStringToObject(to, "name", "Ada King");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(mail, "to"), to);
    cJSON_AddStringToObject(mail, "subject", "Your order 4711 is on its way");
    cJSON_AddStringToObject(mail, "htmlContent", HTML);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(mail, "tags"), cJSON_CreateString("orders"));
    text = cJSON_PrintUnformatted(mail);
    cJSON_Delete(mail);
    return text;
}

static void lay_out(struct request *request) {
    request->reply.length = 0;
    request->body = mail();
    curl_easy_setopt(request->curl, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(request->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
}

static void begin(CURLM *multi, struct request *request) {
    lay_out(request);
    curl_multi_add_handle(multi, request->curl);
}

static void *work(void *of) {
    struct request *request = of;
    while (atomic_fetch_sub(&left, 1) > 0) {
        lay_out(request);
        if (curl_easy_perform(request->curl) != CURLE_OK) {
            fail("no reply");
        }
        check(request->curl, &request->reply, "messageId");
        free(request->body);
    }
    return NULL;
}

static void send_in_threads(struct request *requests, long count) {
    pthread_t threads[AT_A_TIME];
    int i;
    left = count;
    for (i = 0; i < AT_A_TIME; ++i) {
        pthread_create(&threads[i], NULL, work, &requests[i]);
    }
    for (i = 0; i < AT_A_TIME; ++i) {
        pthread_join(threads[i], NULL);
    }
}

static void send_many(CURLM *multi, struct request *requests, long count) {
    long begun = 0, done = 0;
    for (; begun < AT_A_TIME && begun < count; ++begun) {
        begin(multi, &requests[begun]);
    }
    while (done < count) {
        int running, queued;
        CURLMsg *message;
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
            struct request *request;
            if (message->data.result != CURLE_OK) {
                fail("no reply");
            }
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
            check(request->curl, &request->reply, "messageId");
            curl_multi_remove_handle(multi, request->curl);
            free(request->body);
            ++done;
            if (begun < count) {
                begin(multi, request);
                ++begun;
            }
        }
        if (done < count) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
        }
    }
}

int main(int argc, char **argv) {
    static struct request requests[AT_A_TIME];
    char url[256];
    struct cost start;
    long i, count;
    if (argc < 4) {
        fail("client_curl get|send|send_threads URL COUNT");
    }
    count = atol(argv[3]);
    curl_global_init(CURL_GLOBAL_ALL);
    headers = curl_slist_append(headers, "api-key: " KEY);
    headers = curl_slist_append(headers, "content-type: application/json");
    headers = curl_slist_append(headers, "accept: application/json");
    headers = curl_slist_append(headers, "Expect:");
    if (strcmp(argv[1], "get") == 0) {
        struct text reply = {NULL, 0, 0};
        CURL *curl;
        snprintf(url, sizeof url, "%s/account", argv[2]);
        curl = handle(url, &reply);
        for (i = 0; i < 50; ++i) {
            get(curl, &reply);
        }
        start = cost_now();
        for (i = 0; i < count; ++i) {
            get(curl, &reply);
        }
    } else {
        CURLM *multi = curl_multi_init();
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)AT_A_TIME);
        snprintf(url, sizeof url, "%s/smtp/email", argv[2]);
        for (i = 0; i < AT_A_TIME; ++i) {
            requests[i].curl = handle(url, &requests[i].reply);
            curl_easy_setopt(requests[i].curl, CURLOPT_PRIVATE, &requests[i]);
        }
        if (strcmp(argv[1], "send") == 0) {
            send_many(multi, requests, AT_A_TIME);
            start = cost_now();
            send_many(multi, requests, count);
        } else {
            send_in_threads(requests, AT_A_TIME);
            start = cost_now();
            send_in_threads(requests, count);
        }
    }
    cost_print(start);
    return 0;
}
