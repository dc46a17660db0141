/* The main job in C: contacts in, a campaign out, the list and the figures as CSV. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brevo.h"

static char text[16384];
static brevo_client *client;

/* Frees the reply before it, so that each reply lives until the next call. */
static brevo_reply *reply;

static void fail(brevo_error *error)
{
    fprintf(stderr, "%s: %s\n", brevo_error_kind_name(error), brevo_error_text(error));
    exit(1);
}

/* Calls an operation with the arguments that stand in `text`. */
static void call(const char *operation)
{
    brevo_error *error = NULL;
    brevo_reply_free(reply);
    reply = brevo_call(client, operation, text, &error);
    if (error != NULL)
        fail(error);
}

static int show(const brevo_progress *progress, void *data)
{
    (void)data;
    fprintf(stderr, "\r  %s: %llu", progress->stage, (unsigned long long)progress->done);
    if (progress->total >= 0)
        fprintf(stderr, " of %lld", (long long)progress->total);
    fputs("   ", stderr);
    return 0; /* Go on. */
}

static void job(const char *name)
{
    brevo_error *error = NULL;
    brevo_reply_free(reply);
    reply = brevo_job(client, name, text, show, NULL, &error);
    if (error != NULL)
        fail(error);
}

/* Deletes the people of the demo (all at example domains) from the account: first all pages are read, then they are deleted,
 * since pages move while people go. */
static void delete_people(long long list)
{
    static long long made[4096];
    size_t count = 0, i;
    brevo_error *error = NULL;
    brevo_pages *pages;
    brevo_reply *page;

    sprintf(text, "{\"listId\": %lld}", list);
    pages = brevo_iterate(client, "contacts.get_contacts_from_list", text, &error);
    while ((page = brevo_pages_next(pages, &error)) != NULL) {
        for (i = 0; i < brevo_reply_count(page, "/contacts") && count < 4096; i++) {
            char email[64], id[64];
            const char *address;
            sprintf(email, "/contacts/%lu/email", (unsigned long)i);
            sprintf(id, "/contacts/%lu/id", (unsigned long)i);
            address = brevo_reply_string(page, email);
            if (address != NULL && strstr(address, "@example.") != NULL)
                made[count++] = (long long)brevo_reply_int(page, id, 0);
        }
        brevo_reply_free(page);
    }
    brevo_pages_free(pages);
    if (error != NULL)
        fail(error);
    for (i = 0; i < count; i++) {
        sprintf(text, "{\"identifier\": %lld, \"identifierType\": \"contact_id\"}", made[i]);
        call("contacts.delete_contact");
    }
}

static long long number(const char *pointer)
{
    return (long long)brevo_reply_int(reply, pointer, -1);
}

int main(int argc, char **argv)
{
    const char *later = getenv("BREVO_DEMO_LATER"); /* Set by the sandbox demo: lets time pass. */
    const char *at = getenv("BREVO_DEMO_AT");
    int live = later == NULL;
    long long home, list, sender, campaign, i;
    brevo_error *error = NULL;
    char schedule[128] = "";

    if (argc != 3) {
        fprintf(stderr, "usage: %s FOLDER PEOPLE.CSV\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    client = brevo_client_new(NULL, &error); /* NULL: the settings come from the environment. */
    if (client == NULL)
        fail(error);
    sprintf(text, "{}");
    call("account.get_account");
    printf("connected as %s\n", brevo_reply_string(reply, "/email"));

    sprintf(text, "{\"name\": \"brevo-native demo (C)\"}");
    call("contacts.create_folder");
    home = number("/id");
    sprintf(text, "{\"name\": \"Newsletter\", \"folderId\": %lld}", home);
    call("contacts.create_list");
    list = number("/id");
    sprintf(text,
            "{\"email\": \"dennis.ritchie@example.com\", \"listIds\": [%lld], \"updateEnabled\": true,"
            " \"attributes\": {\"FIRSTNAME\": \"Dennis\", \"LASTNAME\": \"Ritchie\"}}",
            list);
    call("contacts.create_contact");

    snprintf(text, sizeof text,
             "{\"path\": \"%s\", \"list_ids\": [%lld], \"columns\": {\"Signed up\": \"SIGNED_UP\"},"
             " \"create_attributes\": %s, \"update_existing_contacts\": true, \"rejects_path\": \"%s/rejects.csv\"}",
             argv[2], list, live ? "false" : "true", argv[1]);
    job("contacts.import_file");
    printf("\nimported %lld of %lld rows; %lld rejected, first of them:\n", number("/imported"), number("/rows"),
           number("/rejected"));
    for (i = 0; i < 3 && i < number("/rejected"); i++) {
        char line[64], reason[64];
        sprintf(line, "/rejects/%lld/line", i);
        sprintf(reason, "/rejects/%lld/reason", i);
        printf("  line %lld: %s\n", number(line), brevo_reply_string(reply, reason));
    }

    sprintf(text, "{}");
    call("senders.get_senders");
    sender = number("/senders/0/id");
    if (!live)
        snprintf(schedule, sizeof schedule, ", \"scheduledAt\": \"%s\"", at);
    snprintf(text, sizeof text,
             "{\"name\": \"Spring (C)\", \"subject\": \"Spring is here, {{ contact.FIRSTNAME }}\","
             " \"sender\": {\"id\": %lld}, \"recipients\": {\"listIds\": [%lld]},"
             " \"htmlContent\": \"<html><body><h1>Hello {{ contact.FIRSTNAME }}</h1>"
             "<a href='https://example.com/'>Read on</a></body></html>\"%s}",
             sender, list, schedule);
    call("email_campaigns.create_email_campaign");
    campaign = number("/id");
    sprintf(text, "{\"campaignId\": %lld}", campaign);
    call("email_campaigns.get_email_campaign");
    printf("campaign %lld is %s\n", campaign, brevo_reply_string(reply, "/status"));
    if (!live) {
        if (system(later) != 0)
            return 1;
        call("email_campaigns.get_email_campaign");
        printf("two days later it is %s\n", brevo_reply_string(reply, "/status"));
    }

    snprintf(text, sizeof text, "{\"list_id\": %lld, \"path\": \"%s/list.csv\"}", list, argv[1]);
    job("contacts.export_list");
    printf("\nexported %lld people", number("/rows"));
    snprintf(text, sizeof text, "{\"campaign_ids\": [%lld], \"path\": \"%s/statistics.csv\"}", campaign, argv[1]);
    job("email_campaigns.export_statistics");
    printf(" and the figures of %lld campaign\n", number("/rows"));

    if (live) { /* What the demo made goes: the campaign, its people, the list and the folder. */
        delete_people(list);
        sprintf(text, "{\"campaignId\": %lld}", campaign);
        call("email_campaigns.delete_email_campaign");
        sprintf(text, "{\"listId\": %lld}", list);
        call("contacts.delete_list");
        sprintf(text, "{\"folderId\": %lld}", home);
        call("contacts.delete_folder");
    }
    brevo_reply_free(reply);
    brevo_client_free(client);
    return 0;
}
