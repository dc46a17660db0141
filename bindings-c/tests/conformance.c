/* Makes the calls that standard input lists, a line each: operation, arguments and options, parted
 * by tabs. Prints a line for each: the status and the body as JSON, or "error" and its text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brevo.h"

static void print_bytes(const unsigned char *bytes, size_t length)
{
    size_t i;
    for (i = 0; i < length; i++)
        printf("%02x", bytes[i]);
}

int main(void)
{
    enum { LONGEST = 1 << 20 };
    char *line = malloc(LONGEST);
    brevo_error *error = NULL;
    /* The settings come from the environment, but for the pace. */
    brevo_client *client = brevo_client_new("{\"pacing\": false}", &error);
    if (line == NULL || client == NULL) {
        fprintf(stderr, "%s\n", brevo_error_text(error));
        return 1;
    }
    while (fgets(line, LONGEST, stdin) != NULL) {
        char *operation = strtok(line, "\t");
        char *arguments = strtok(NULL, "\t");
        char *options = strtok(NULL, "\t\n");
        brevo_reply *reply = brevo_call_with(client, operation, arguments, options, &error);
        if (reply == NULL) {
            printf("error\t%s\n", brevo_error_text(error));
            brevo_error_free(error);
            continue;
        }
        size_t length;
        const char *body = brevo_reply_body(reply, &length);
        printf("%d\t", (int)brevo_reply_status(reply));
        print_bytes((const unsigned char *)body, length);
        printf("\t%s\n", brevo_reply_json(reply, "") == NULL ? "" : brevo_reply_json(reply, ""));
        brevo_reply_free(reply);
    }
    brevo_client_free(client);
    free(line);
    return 0;
}
