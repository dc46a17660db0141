/* Arguments put together value by value. */
#include "check.h"

#include <math.h>

int main(void) {
    brevo_client *client = test_client("");
    brevo_error *error;
    brevo_reply *reply;
    brevo_args *args = brevo_args_new();

    TEXT(brevo_args_text(args), "{}");
    CHECK(brevo_args_set_string(args, "/email", "a\"b\\\n\xc3\xab@example.com"));
    CHECK(brevo_args_set_string(args, "/attributes/FIRSTNAME", "Zo"));
    CHECK(brevo_args_set_double(args, "/attributes/RATE", 0.5));
    CHECK(brevo_args_set_string(args, "/attributes/A~1B~0", "x"));
    CHECK(brevo_args_set_int(args, "/list_ids/-", 9007199254740993LL));
    CHECK(brevo_args_set_int(args, "/list_ids/-", -1));
    CHECK(brevo_args_set_int(args, "/list_ids/1", 7));
    CHECK(brevo_args_set_bool(args, "/update_enabled", 5));
    TEXT(brevo_args_text(args),
         "{\"email\":\"a\\\"b\\\\\\n\xc3\xab@example.com\",\"attributes\":{\"FIRSTNAME\":\"Zo\",\"RATE\":0.5,"
         "\"A/B~\":\"x\"},\"list_ids\":[9007199254740993,7],\"update_enabled\":true}");
    reply = brevo_call(client, "contacts.create_contact", brevo_args_text(args), &error);
    CHECK(reply != NULL && error == NULL);
    TEXT(brevo_reply_string(reply, "/sent/email"), "a\"b\\\n\xc3\xab@example.com");
    TEXT(brevo_reply_json(reply, "/sent/listIds"), "[9007199254740993,7]");
    brevo_reply_free(reply);

    /* Values can be set anew, also to another type. */
    CHECK(brevo_args_set_json(args, "/attributes", "{\"B\":[null]}"));
    CHECK(brevo_args_set_json(args, "/list_ids", "[1]"));
    CHECK(brevo_args_set_string(args, "/email", "ada@example.com"));
    TEXT(brevo_args_text(args),
         "{\"email\":\"ada@example.com\",\"attributes\":{\"B\":[null]},\"list_ids\":[1],\"update_enabled\":true}");
    brevo_args_free(args);

    /* An array of objects, and bytes. */
    args = brevo_args_new();
    CHECK(brevo_args_set_string(args, "/to/-/email", "ada@example.com"));
    CHECK(brevo_args_set_string(args, "/to/0/name", "Ada"));
    CHECK(brevo_args_set_bytes(args, "/attachment/0/content", (const unsigned char *)"\0\1\xff", 3));
    CHECK(brevo_args_set_string(args, "/attachment/0/name", "a.txt"));
    CHECK(brevo_args_set_bytes(args, "/x", NULL, 0));
    TEXT(brevo_args_text(args), "{\"to\":[{\"email\":\"ada@example.com\",\"name\":\"Ada\"}],"
                                "\"attachment\":[{\"content\":\"AAH/\",\"name\":\"a.txt\"}],\"x\":\"\"}");
    brevo_args_free(args);

    args = brevo_args_new();
    CHECK(brevo_args_set_string(args, "/file/name", "a.bin"));
    CHECK(brevo_args_set_bytes(args, "/file/content", (const unsigned char *)"hello", 5));
    reply = brevo_files_upload_a_file(client, brevo_args_text(args), &error);
    CHECK(reply != NULL);
    HOLDS(brevo_reply_string(reply, "/text"), "hello");
    brevo_reply_free(reply);
    brevo_args_free(args);

    /* Refusals, after each of which the call fails. */
    args = brevo_args_new();
    CHECK(brevo_args_set_string(args, "/email", "ada@example.com"));
    CHECK(!brevo_args_set_string(args, "email", "x"));
    CHECK(!brevo_args_set_string(args, "", "x"));
    CHECK(!brevo_args_set_string(args, NULL, "x"));
    CHECK(!brevo_args_set_string(args, "/email", NULL));
    CHECK(!brevo_args_set_string(args, "/email", "\xff"));
    CHECK(!brevo_args_set_string(args, "/\xff", "x"));
    CHECK(!brevo_args_set_string(args, "/email/name", "x"));
    CHECK(brevo_args_set_int(args, "/list_ids/-", 1));
    CHECK(!brevo_args_set_int(args, "/list_ids/7", 1));
    CHECK(!brevo_args_set_int(args, "/list_ids/x", 1));
    CHECK(!brevo_args_set_double(args, "/n", (double)INFINITY));
    CHECK(!brevo_args_set_json(args, "/n", "{"));
    CHECK(!brevo_args_set_bytes(args, "/n", NULL, 5));
    CHECK(brevo_call(client, "contacts.create_contact", brevo_args_text(args), &error) == NULL);
    CHECK(brevo_error_kind(error) == BREVO_KIND_INVALID_ARGUMENT);
    HOLDS(brevo_error_text(error), "not a JSON object");
    brevo_error_free(error);
    brevo_args_free(args);

    brevo_args_free(NULL);
    TEXT(brevo_args_text(NULL), "");
    CHECK(!brevo_args_set_string(NULL, NULL, NULL));
    CHECK(!brevo_args_set_int(NULL, "/a", 1));
    CHECK(!brevo_args_set_double(NULL, "/a", 1));
    CHECK(!brevo_args_set_bool(NULL, "/a", 1));
    CHECK(!brevo_args_set_json(NULL, "/a", "1"));
    CHECK(!brevo_args_set_bytes(NULL, "/a", NULL, 0));
    brevo_client_free(client);
    return summary("args");
}
