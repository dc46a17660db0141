/* Makes the calls that conformance.py asks for: three lines each (case, operation, arguments), up to
 * the end of the input. Answers with lines: the case, the status, the body as hexadecimal digits, and
 * its JSON; or the case, 0 and what went wrong. */
#include <brevo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char name[256], operation[256], arguments[1 << 20], options[512];

static int line(char *into, size_t size) {
    if (!fgets(into, (int)size, stdin)) {
        return 0;
    }
    into[strcspn(into, "\n")] = 0;
    return 1;
}

int main(void) {
    brevo_error *error;
    brevo_client *client = brevo_client_new("{\"pacing\":false}", &error);
    if (!client) {
        fprintf(stderr, "%s\n", brevo_error_text(error));
        brevo_error_free(error);
        return 2;
    }
    while (line(name, sizeof name) && line(operation, sizeof operation) && line(arguments, sizeof arguments)) {
        brevo_reply *reply;
        snprintf(options, sizeof options, "{\"headers\":{\"x-case\":\"%s\"}}", name);
        reply = brevo_call_with(client, operation, arguments, options, &error);
        if (reply) {
            size_t length, i;
            const unsigned char *body = (const unsigned char *)brevo_reply_body(reply, &length);
            printf("%s\t%d\t", name, brevo_reply_status(reply));
            for (i = 0; i < length; ++i) {
                printf("%02x", body[i]);
            }
            printf("\t%s\n", brevo_reply_json(reply, ""));
        } else {
            printf("%s\t0\t%s\n", name, brevo_error_text(error));
        }
        brevo_reply_free(reply);
        brevo_error_free(error);
    }
    brevo_client_free(client);
    return 0;
}
