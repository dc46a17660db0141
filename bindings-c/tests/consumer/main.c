#include <brevo.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    brevo_error *error;
    brevo_client *client = brevo_client_new("{\"api_key\":\"x\"}", &error);
    int good = client == NULL && brevo_error_kind(error) == BREVO_KIND_CONFIGURATION &&
               strcmp(brevo_version(), BREVO_VERSION) == 0;
    puts(brevo_error_text(error));
    brevo_error_free(error);
    brevo_client_free(client);
    return good ? 0 : 1;
}
