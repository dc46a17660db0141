/* Sends an offer to the customers of a fixed-width file, and reports what came of it. C89.
 *
 *     mailing send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
 *     mailing report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
 *
 * The key is taken from BREVO_API_KEY. A record of CUSTOMERS has 128 characters in ISO 8859-1:
 *
 *     1-8 customer number, 9-28 first name, 29-53 last name, 54-93 e-mail, 94-113 city,
 *     114-121 customer since (YYYYMMDD), 122-128 balance in hundredths with its sign behind
 *
 * The account needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).
 */
#include <brevo.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD 128

/* Prints a failed call. */
static void explain(FILE *file, const brevo_error *error)
{
    fprintf(file, "  kind:    %s\n", brevo_error_kind_name(error));
    fprintf(file, "  status:  %d\n", brevo_error_status(error));
    fprintf(file, "  code:    %s\n", brevo_error_code(error));
    fprintf(file, "  message: %s\n", brevo_error_message(error));
    fprintf(file, "  advice:  %s\n", brevo_error_advice(error));
}

/* Ends the program after a failed call. The system takes back what was not freed. */
static void give_up(const brevo_error *error)
{
    fprintf(stderr, "%s failed:\n", brevo_error_operation(error));
    explain(stderr, error);
    exit(EXIT_FAILURE);
}

static void must(int good, const char *what, const char *why)
{
    if (!good) {
        fprintf(stderr, "%s: %s\n", what, why);
        exit(EXIT_FAILURE);
    }
}

/* Calls an operation and frees its arguments. Ends the program when it fails. */
static brevo_reply *call(const brevo_client *client, const char *operation, brevo_args *args)
{
    brevo_error *error;
    brevo_reply *reply = brevo_call(client, operation, brevo_args_text(args), &error);
    brevo_args_free(args);
    if (reply == NULL)
        give_up(error);
    return reply;
}

/* As call, for operations of which only the new identifier matters. C89 has no 64-bit type of its own: a long is enough for
 * the identifiers of Brevo where it has 64 bits; elsewhere keep them as the text that brevo_reply_string gives. */
static long call_for_id(const brevo_client *client, const char *operation, brevo_args *args)
{
    brevo_reply *reply = call(client, operation, args);
    long id = (long)brevo_reply_int(reply, "/id", -1);
    brevo_reply_free(reply);
    return id;
}

/* Sets a field of a record, which is ISO 8859-1 and padded with spaces; one of spaces only is left out. The library takes
 * UTF-8 with a NUL behind: a character from 128 on becomes two bytes. */
static void set_field(brevo_args *args, const char *pointer, const char *field, size_t length)
{
    char text[2 * RECORD + 1];
    char *end = text;
    size_t i;

    while (length > 0 && field[length - 1] == ' ')
        --length;
    for (i = 0; i < length; ++i) {
        unsigned char c = (unsigned char)field[i];
        if (c < 0x80) {
            *end++ = (char)c;
        } else {
            *end++ = (char)(0xC0 | (c >> 6));
            *end++ = (char)(0x80 | (c & 0x3F));
        }
    }
    *end = '\0';
    if (end != text)
        brevo_args_set_string(args, pointer, text);
}

static brevo_args *contact(const char *record, long list)
{
    brevo_args *args = brevo_args_new();
    char date[sizeof "2000-12-31"], hundredths[7];
    double balance;

    set_field(args, "/ext_id", record, 8); /* A text: its leading zeros count. */
    set_field(args, "/attributes/FIRSTNAME", record + 8, 20);
    set_field(args, "/attributes/LASTNAME", record + 28, 25);
    set_field(args, "/email", record + 53, 40);
    set_field(args, "/attributes/CITY", record + 93, 20);
    sprintf(date, "%.4s-%.2s-%.2s", record + 113, record + 117, record + 119);
    brevo_args_set_string(args, "/attributes/CUSTOMER_SINCE", date);
    sprintf(hundredths, "%.6s", record + 121);
    balance = atof(hundredths) / 100.0;
    brevo_args_set_double(args, "/attributes/BALANCE", record[127] == '-' ? -balance : balance);
    brevo_args_set_int(args, "/list_ids/-", list);
    brevo_args_set_bool(args, "/update_enabled", 1); /* So that the run can be repeated. */
    return args;
}

/* Adds one customer; 0 where Brevo refuses this one. Ends the program when the next one would fare no better. */
static int add(const brevo_client *client, const char *record, long number, long list)
{
    brevo_error *error;
    brevo_args *args = contact(record, list);
    brevo_reply *reply = brevo_call(client, "contacts.create_contact", brevo_args_text(args), &error);

    brevo_args_free(args);
    if (reply != NULL) {
        brevo_reply_free(reply);
        return 1;
    }
    switch (brevo_error_kind(error)) {
    case BREVO_KIND_INVALID_ARGUMENT:
    case BREVO_KIND_BAD_REQUEST:
    case BREVO_KIND_DUPLICATE:
        printf("record %ld, customer %.8s, was refused:\n", number, record);
        explain(stdout, error);
        brevo_error_free(error);
        return 0;
    default:
        give_up(error);
        return 0;
    }
}

static void send_offer(const brevo_client *client, const char *path, const char *when)
{
    brevo_args *args;
    brevo_reply *reply;
    long folder, list, campaign, sender, read = 0, accepted = 0;
    char record[RECORD + 1], text[100];
    size_t got;
    FILE *file = fopen(path, "rb");

    must(file != NULL, path, strerror(errno));

    args = brevo_args_new();
    brevo_args_set_string(args, "/name", "Customers");
    folder = call_for_id(client, "contacts.create_folder", args);
    args = brevo_args_new();
    brevo_args_set_string(args, "/name", "Customers");
    brevo_args_set_int(args, "/folder_id", folder);
    list = call_for_id(client, "contacts.create_list", args);
    printf("list: %ld\n", list);

    while ((got = fread(record, 1, RECORD + 1, file)) > 0) {
        must(got == RECORD + 1 && record[RECORD] == '\n', path, "not records of 128 characters");
        ++read;
        accepted += add(client, record, read, list);
    }
    must(!ferror(file), path, strerror(errno));
    fclose(file);
    printf("records: %ld read, %ld accepted, %ld refused\n", read, accepted, read - accepted);

    reply = call(client, "senders.get_senders", NULL); /* No arguments: NULL. */
    sender = (long)brevo_reply_int(reply, "/senders/0/id", -1);
    brevo_reply_free(reply);

    args = brevo_args_new();
    brevo_args_set_string(args, "/name", "Spring offer");
    brevo_args_set_string(args, "/subject", "{{ contact.FIRSTNAME }}, spring is here");
    brevo_args_set_int(args, "/sender/id", sender);
    brevo_args_set_int(args, "/recipients/list_ids/-", list);
    brevo_args_set_string(args, "/html_content",
                          "<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>"
                          "<a href=\"https://example.com/spring\">Our offer</a></body></html>");
    brevo_args_set_string(args, "/scheduled_at", when);
    campaign = call_for_id(client, "email_campaigns.create_email_campaign", args);
    args = brevo_args_new();
    brevo_args_set_int(args, "/campaign_id", campaign);
    reply = call(client, "email_campaigns.get_email_campaign", args);
    printf("campaign: %ld %s\n", campaign, brevo_reply_string(reply, "/status"));
    brevo_reply_free(reply);

    /* The owner of the account hears of it. */
    reply = call(client, "account.get_account", NULL);
    args = brevo_args_new();
    brevo_args_set_int(args, "/sender/id", sender);
    brevo_args_set_string(args, "/to/-/email", brevo_reply_string(reply, "/email"));
    brevo_reply_free(reply); /* The text of the reply was copied; it is gone now. */
    brevo_args_set_string(args, "/subject", "Customers loaded");
    sprintf(text, "<p>%ld of %ld customers are on the list.</p>", accepted, read);
    brevo_args_set_string(args, "/html_content", text);
    reply = call(client, "transactional_emails.send_transac_email", args);
    printf("mail: %s\n", brevo_reply_string(reply, "/messageId"));
    brevo_reply_free(reply);
}

/* Value of a key of an entry of an array, or "-" where it is missing. Belongs to the page. */
static const char *item(const brevo_reply *page, const char *array, size_t index, const char *key)
{
    char pointer[100];
    const char *text;

    sprintf(pointer, "%.40s/%lu%.30s", array, (unsigned long)index, key);
    text = brevo_reply_string(page, pointer);
    return text != NULL ? text : "-";
}

static void print_list(const brevo_client *client, long list)
{
    brevo_args *args = brevo_args_new();
    brevo_error *error;
    brevo_pages *pages;
    brevo_reply *page;

    brevo_args_set_int(args, "/list_id", list);
    pages = brevo_iterate(client, "contacts.get_contacts_from_list", brevo_args_text(args), &error);
    brevo_args_free(args);
    if (pages == NULL)
        give_up(error);
    while ((page = brevo_pages_next(pages, &error)) != NULL) {
        const char *items = brevo_pages_items(pages);
        size_t i, count = brevo_reply_count(page, items);
        for (i = 0; i < count; ++i)
            printf("  %s  %s  %s %s\n", item(page, items, i, "/id"), item(page, items, i, "/email"),
                   item(page, items, i, "/attributes/FIRSTNAME"), item(page, items, i, "/attributes/LASTNAME"));
        brevo_reply_free(page);
    }
    brevo_pages_free(pages);
    if (error != NULL) /* NULL behind the last page, and when it fails: the error tells which. */
        give_up(error);
}

/* Called during a job, on this thread. */
static int show(const brevo_progress *progress, void *user_data)
{
    (void)user_data;
    fprintf(stderr, "%s: %lu", progress->stage, (unsigned long)progress->done);
    if (progress->remaining >= 0) /* Below 0 where it is not known. */
        fprintf(stderr, ", %.0f s left", progress->remaining);
    fputc('\n', stderr);
    return 0; /* Go on. */
}

/* Carries out a job that writes FOLDER/NAME; gives the number of rows. */
static long export_file(const brevo_client *client, const char *job, brevo_args *args, const char *folder, const char *name)
{
    brevo_error *error;
    brevo_reply *reply;
    long rows;
    char *path = malloc(strlen(folder) + strlen(name) + 2);

    must(path != NULL, name, "no memory");
    sprintf(path, "%s/%s", folder, name);
    brevo_args_set_string(args, "/path", path);
    reply = brevo_job(client, job, brevo_args_text(args), show, NULL, &error);
    free(path);
    brevo_args_free(args);
    if (reply == NULL)
        give_up(error);
    rows = (long)brevo_reply_int(reply, "/rows", -1);
    brevo_reply_free(reply);
    return rows;
}

static void report(const brevo_client *client, long list, long campaign, const char *folder)
{
    static const char *const figures[] = {"sent", "delivered", "hardBounces", "uniqueViews", "uniqueClicks", "unsubscriptions"};
    brevo_args *args;
    brevo_reply *reply;
    char pointer[64];
    size_t i;

    printf("list: %ld\n", list);
    print_list(client, list);

    args = brevo_args_new();
    brevo_args_set_int(args, "/campaign_id", campaign);
    brevo_args_set_string(args, "/statistics", "globalStats"); /* Without it all figures are 0. */
    reply = call(client, "email_campaigns.get_email_campaign", args);
    printf("campaign: %ld %s\n", campaign, brevo_reply_string(reply, "/status"));
    for (i = 0; i < sizeof figures / sizeof *figures; ++i) {
        sprintf(pointer, "/statistics/globalStats/%s", figures[i]);
        printf("  %s: %ld\n", figures[i], (long)brevo_reply_int(reply, pointer, -1));
    }
    brevo_reply_free(reply);

    args = brevo_args_new();
    brevo_args_set_int(args, "/list_id", list);
    printf("list.csv: %ld rows\n", export_file(client, "contacts.export_list", args, folder, "list.csv"));
    args = brevo_args_new();
    brevo_args_set_int(args, "/campaign_ids/-", campaign);
    printf("statistics.csv: %ld rows\n",
           export_file(client, "email_campaigns.export_statistics", args, folder, "statistics.csv"));
}

int main(int count, char **words)
{
    brevo_error *error;
    brevo_client *client;
    int sends = count == 4 && strcmp(words[1], "send") == 0;

    if (!sends && !(count == 5 && strcmp(words[1], "report") == 0)) {
        fprintf(stderr, "usage: mailing send CUSTOMERS TIME\n       mailing report LIST CAMPAIGN FOLDER\n");
        return EXIT_FAILURE;
    }
    if (brevo_abi_version() != BREVO_ABI_VERSION) {
        fprintf(stderr, "built for another libbrevo than version %s\n", brevo_version());
        return EXIT_FAILURE;
    }
    client = brevo_client_new(NULL, &error); /* NULL: settings from the environment. */
    if (client == NULL)
        give_up(error);
    if (sends)
        send_offer(client, words[2], words[3]);
    else
        report(client, atol(words[2]), atol(words[3]), words[4]);
    brevo_client_free(client);
    return EXIT_SUCCESS;
}
