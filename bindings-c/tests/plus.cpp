// The header from C++: handles in smart pointers.
#include <brevo.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

struct Free {
    void operator()(brevo_client *client) const { brevo_client_free(client); }
    void operator()(brevo_reply *reply) const { brevo_reply_free(reply); }
    void operator()(brevo_error *error) const { brevo_error_free(error); }
};

int main() {
    const std::string settings = std::string("{\"api_key\":\"xkeysib-0123456789abcdef0123456789abcdef"
                                             "0123456789abcdef0123456789abcdef-0123456789abcdef\",\"base_url\":\"") +
                                 std::getenv("TEST_SERVER") + "\"}";
    brevo_error *raw = nullptr;
    const std::unique_ptr<brevo_client, Free> client(brevo_client_new(settings.c_str(), &raw));
    const std::unique_ptr<brevo_error, Free> error(raw);
    const std::unique_ptr<brevo_reply, Free> reply(
        brevo_call(client.get(), "contacts.get_contact_info", "{\"identifier\":\"types\"}", nullptr));
    const bool good = client && !error && brevo_reply_int(reply.get(), "/id", -1) == 9007199254740993;
    std::printf("plus: %d passed, %d failed\n", good ? 1 : 0, good ? 0 : 1);
    return good ? 0 : 1;
}
