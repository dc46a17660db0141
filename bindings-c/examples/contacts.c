/* Adds a contact to a list, then prints who is on the list.
 *
 *     cc contacts.c -o contacts $(pkg-config --cflags --libs brevo)
 *     BREVO_API_KEY=... ./contacts ada@example.com 2
 *
 * This shows one way to handle errors: each function gives up at the first one and says so.
 */
#include <brevo.h>

#include <stdio.h>
#include <stdlib.h>

/* Prints an error and frees it; gives the exit status. */
static int give_up(brevo_error *error) {
    fprintf(stderr, "%s\n", brevo_error_text(error));
    brevo_error_free(error);
    return EXIT_FAILURE;
}

static int add(const brevo_client *client, const char *email, long list) {
    brevo_error *error;
    brevo_reply *reply;
    brevo_args *args = brevo_args_new();
    brevo_args_set_string(args, "/email", email);
    brevo_args_set_int(args, "/list_ids/-", list);
    brevo_args_set_bool(args, "/update_enabled", 1);
    reply = brevo_call(client, "contacts.create_contact", brevo_args_text(args), &error);
    brevo_args_free(args);
    if (!reply) {
        return give_up(error);
    }
    brevo_reply_free(reply);
    return EXIT_SUCCESS;
}

static int print(const brevo_client *client, long list) {
    char arguments[64];
    brevo_error *error;
    brevo_pages *pages;
    brevo_reply *page;
    sprintf(arguments, "{\"list_id\":%ld}", list);
    pages = brevo_iterate(client, "contacts.get_contacts_from_list", arguments, &error);
    if (!pages) {
        return give_up(error);
    }
    while ((page = brevo_pages_next(pages, &error)) != NULL) {
        size_t i, count = brevo_reply_count(page, "/contacts");
        for (i = 0; i < count; ++i) {
            char id[64], email[64];
            const char *address;
            sprintf(id, "/contacts/%lu/id", (unsigned long)i);
            sprintf(email, "/contacts/%lu/email", (unsigned long)i);
            address = brevo_reply_string(page, email);
            printf("%ld  %s\n", (long)brevo_reply_int(page, id, -1), address ? address : "(no address)");
        }
        brevo_reply_free(page);
    }
    brevo_pages_free(pages);
    return error ? give_up(error) : EXIT_SUCCESS;
}

int main(int count, char **words) {
    brevo_error *error;
    brevo_client *client;
    int status;
    if (count != 3) {
        fprintf(stderr, "usage: %s ADDRESS LIST\n", words[0]);
        return EXIT_FAILURE;
    }
    client = brevo_client_new(NULL, &error);
    if (!client) {
        return give_up(error);
    }
    status = add(client, words[1], strtol(words[2], NULL, 10));
    if (status == EXIT_SUCCESS) {
        status = print(client, strtol(words[2], NULL, 10));
    }
    brevo_client_free(client);
    return status;
}
