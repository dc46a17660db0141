// brevo.hpp, as a program of C++ uses it. Compiled in each standard from C++11 on, with several compilers.
#include <brevo.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

struct ArrowArrayStream {
    int (*get_schema)(ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(ArrowArrayStream *);
    void (*release)(ArrowArrayStream *);
    void *private_data;
};

namespace {

int passed = 0;
int failed = 0;

void check(bool holds, const char *what, int line) {
    if (holds) {
        ++passed;
    } else {
        ++failed;
        std::cerr << "plus.cpp:" << line << ": not so: " << what << '\n';
    }
}

#define CHECK(condition) check(static_cast<bool>(condition), #condition, __LINE__)

const char *const KEY = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef";

brevo::Args settings() {
    const char *server = std::getenv("TEST_SERVER");
    brevo::Args args;
    args.set("/api_key", KEY).set("/base_url", server ? server : "").set("/pacing", false);
    return args;
}

template <class Thrown, class Act>
bool throws(Act act) {
    try {
        act();
    } catch (const Thrown &) {
        return true;
    }
    return false;
}

brevo::Json contact(const char *how) { return brevo::Args().set("/identifier", how); }

static_assert(std::is_nothrow_move_constructible<brevo::Client>::value, "clients move");
static_assert(std::is_nothrow_move_assignable<brevo::Reply>::value, "replies move");
static_assert(!std::is_copy_constructible<brevo::Client>::value, "clients are not copied");
static_assert(!std::is_copy_constructible<brevo::Reply>::value, "replies are not copied");
static_assert(!std::is_copy_constructible<brevo::Task>::value, "tasks are not copied");
static_assert(std::is_nothrow_copy_constructible<brevo::Error>::value, "errors are copied when they are thrown");

void values(const brevo::Client &client) {
    const brevo::Reply reply = client.call("contacts.get_contact_info", contact("types"));
    CHECK(reply.status() == 200 && reply.attempts() == 1 && reply.header("X-TEST") == "value");
    CHECK(reply["id"].integer() == 9007199254740993 && reply["id"].string() == "9007199254740993");
    CHECK(reply["name"].string() == "Zo\xc3\xab \xe5\x8c\x97\xe4\xba\xac \xf0\x9f\x99\x82");
    CHECK(reply["rate"].number() > 0.24 && reply["rate"].number() < 0.26);
    CHECK(reply["yes"].boolean() && !reply["no"].boolean(true));
    CHECK(reply["nothing"].is_null() && reply["nothing"]);
    CHECK(!reply["none"] && !reply["none"]["at"][7] && reply["none"].string("fallback") == "fallback");
    CHECK(reply["none"].integer(-1) == -1 && reply["none"].size() == 0 && reply["none"].json().empty());
    CHECK(reply["list"].size() == 3 && reply["list"][1].string() == "two" && reply["list"][2][0].integer() == 3);
    CHECK(reply.at("/list/1").string() == "two");
    CHECK(reply["object"]["a/b"].integer() == 2 && reply["object"]["m~n"].integer() == 3);
    std::string seen;
    for (const brevo::Value &entry : reply["list"])
        seen += entry.json() + ";";
    CHECK(seen == "1;\"two\";[3];");
    seen.clear();
    for (auto entry = reply["object"].begin(); entry != reply["object"].end(); ++entry)
        seen += entry.key() + "=" + entry->string() + ";";
    CHECK(seen == "z=1;a/b=2;m~n=3;");
    for (const brevo::Value &entry : reply["none"])
        CHECK(!entry);
    CHECK(reply.body().find("\"rate\"") != std::string::npos);

    brevo::Args args;
    args.set("/message_id", "a").set("/message_id", "b");
    const brevo::Reply bytes = client.call("inbound_parsing.get_inbound_email_attachment", "{\"download_token\":\"x\"}");
    CHECK(bytes.body() == std::string("\0\xff bytes \0", 10));
}

void arguments(const brevo::Client &client) {
    brevo::Args args;
    const std::uint64_t large = 18446744073709551615ULL;
    args.set("/email", std::string("ada@example.com"))
        .set("/attributes/AGE", 36)
        .set("/attributes/LARGE", large)
        .set("/attributes/RATE", 0.5)
        .set("/attributes/GONE", nullptr)
        .set("/attributes/TAGS", std::vector<std::string>{"a", "b"})
        .set("/list_ids", std::vector<int>{2, 3})
        .set("/list_ids/-", 4L)
        .set("/update_enabled", true);
    const brevo::Reply reply = client.call("contacts.create_contact", args);
    CHECK(reply["sent"]["attributes"].json() ==
          "{\"AGE\":36,\"LARGE\":18446744073709551615,\"RATE\":0.5,\"GONE\":null,\"TAGS\":[\"a\",\"b\"]}");
    CHECK(reply["sent"]["listIds"].json() == "[2,3,4]" && reply["sent"]["updateEnabled"].boolean());
    CHECK(brevo::Args().set_bytes("/file/content", "a\0b", 3).text() == "{\"file\":{\"content\":\"YQBi\"}}");
    CHECK(throws<std::invalid_argument>([&] { args.set("email", "x"); }));
    CHECK(throws<brevo::Error>([&] { client.call("contacts.create_contact", args); }));
    CHECK(throws<std::invalid_argument>([] { brevo::Args().set("/a", std::string("x\0y", 3)); }));
    CHECK(throws<std::invalid_argument>([] { brevo::Args().set("/a", std::numeric_limits<double>::infinity()); }));
    CHECK(client.call("contacts.get_contact_info", contact("types"), "{\"headers\":{\"X-Request\":\"7\"}}")
              .header("x-request") == "7");
}

void errors(const brevo::Client &client) {
    try {
        client.call("contacts.get_contact_info", contact("duplicate"));
        CHECK(false);
    } catch (const brevo::Error &error) {
        const brevo::Error copy = error;
        CHECK(copy.kind() == BREVO_KIND_DUPLICATE && copy.kind_name() == "duplicate" && copy.status() == 400);
        CHECK(copy.code() == "duplicate_parameter" && copy.message().find("SMS") != std::string::npos);
        CHECK(copy.operation() == "contacts.get_contact_info" && copy.parameter().empty() && !copy.advice().empty());
        CHECK(copy.duplicate_identifiers() == (std::vector<std::string>{"SMS", "EXT_ID"}));
        CHECK(copy.header("X-Seen") == "yes" && copy.header("none").empty() && copy.attempts() == 1);
        CHECK(copy.body().find("metadata") != std::string::npos && copy.retry_after() < 0);
        CHECK(std::string(error.what()).find(copy.message()) != std::string::npos);
    }
    try {
        brevo::Client unusable("{\"api_key\":\"x\"}");
        CHECK(false);
    } catch (const std::exception &error) {
        CHECK(std::string(error.what()).find("[configuration]") != std::string::npos);
    }
    CHECK(throws<brevo::Error>([&] { client.iterate("contacts.create_contact"); }));
    CHECK(throws<brevo::Error>([&] { client.begin("contacts.none"); }));
    CHECK(throws<brevo::Error>([&] { client.future("contacts.none"); }));
    CHECK(throws<brevo::Error>([&] { client.call_async("contacts.none", "", [](brevo::Result) {}); }));
}

void listings(const brevo::Client &client) {
    std::int64_t count = 0, sum = 0;
    for (const brevo::Value &entry : client.iterate("contacts.get_contacts", "{\"limit\":400}")) {
        ++count;
        sum += entry["id"].integer();
    }
    CHECK(count == 2500 && sum == 2499 * 2500 / 2);

    brevo::Pages pages = client.iterate("contacts.get_contacts");
    CHECK(pages.items() == "/contacts");
    std::size_t read = 0;
    while (const brevo::Reply page = pages.next())
        read += page.at(pages.items()).size();
    CHECK(read == 2500 && !pages.next());

    brevo::Queue queue;
    brevo::Pages moved = client.iterate("contacts.get_contacts");
    brevo::Pages rest = std::move(moved);
    std::size_t entries = 0;
    std::function<void(brevo::Result)> take = [&](brevo::Result result) {
        if (const brevo::Reply page = result.take()) {
            entries += page["contacts"].size();
            rest.next_async(take, &queue);
        }
    };
    rest.next_async(take, &queue);
    while (queue.pending())
        queue.run(-1);
    CHECK(entries == 2500);
}

void columns(const brevo::Client &client) {
    ArrowArrayStream stream;
    {
        const brevo::Table table = client.arrow("contacts.export_list", &stream, "{\"list_id\":3}");
        CHECK(table.unfit() == 0 && table.unfit("id") == 0 && !table.error());
    }
    stream.release(&stream);
    CHECK(throws<brevo::Error>([&] { client.arrow("contacts.create_contact", &stream); }) && !stream.release);
}

void background(const brevo::Client &client) {
    std::future<brevo::Reply> good = client.future("contacts.get_contact_info", contact("types"));
    std::future<brevo::Reply> bad = client.future("contacts.get_contact_info", contact("404"));
    CHECK(good.get()["id"].integer() == 9007199254740993);
    try {
        bad.get();
        CHECK(false);
    } catch (const brevo::Error &error) {
        CHECK(error.kind() == BREVO_KIND_NOT_FOUND);
    }

    brevo::Task one = client.begin("contacts.get_contact_info", contact("slow"));
    brevo::Task two = client.begin("contacts.get_contact_info", contact("types"));
    CHECK(two.result()["yes"].boolean() && one.result()["id"].integer() == 1);
    CHECK(throws<brevo::Error>([&] { two.result(); }));
    brevo::Task hanging = client.begin("contacts.get_contact_info", contact("hang"));
    CHECK(!hanging.wait(0));
    hanging.cancel();
    CHECK(hanging.wait());
    CHECK(throws<brevo::Error>([&] { hanging.result(); }));

    const std::thread::id here = std::this_thread::get_id();
    std::promise<std::thread::id> there;
    client.call_async("contacts.get_contact_info", contact("types"), [&](brevo::Result result) {
        CHECK(result && !result.error() && result.reply()["yes"].boolean());
        there.set_value(std::this_thread::get_id());
    });
    CHECK(there.get_future().get() != here);

    int calls = 0;
    {
        brevo::Queue queue;
        const auto count = [&](brevo::Result result) {
            calls += std::this_thread::get_id() == here ? 1 : 100;
            if (calls == 3)
                CHECK(result.error() && result.error()->kind() == BREVO_KIND_CANCELLED);
        };
        CHECK(queue.descriptor() >= 0);
        brevo::Task task = client.call_async("contacts.get_contact_info", contact("404"), count, &queue);
        CHECK(task.wait() && calls == 1);
        client.call_async("contacts.get_contact_info", contact("types"), count, &queue);
        CHECK(queue.run(-1) == 1 && calls == 2 && queue.pending() == 0);
        client.call_async("contacts.get_contact_info", contact("hang"), count, &queue);
    }
    CHECK(calls == 3);
}

void jobs(const brevo::Client &client) {
    const brevo::Reply result = client.job("process.wait_for_process", "{\"process_id\":7}");
    CHECK(result["status"].string() == "completed" && result.status() == 0);
    CHECK(throws<std::logic_error>([&] {
        client.job("process.wait_for_process", "{\"process_id\":8}", [](const brevo::Progress &progress) -> bool {
            CHECK(progress.stage == "wait" && progress.done >= 1 && progress.total == -1);
            CHECK(progress.bytes == -1 && progress.total_bytes == -1);
            throw std::logic_error("enough");
        });
    }));
    CHECK(throws<brevo::Error>([&] {
        client.job("process.wait_for_process", "{\"process_id\":8}", [](const brevo::Progress &) { return false; });
    }));
    int left = 3;
    const brevo::Reply imported = client.job_rows("contacts.import_file", "{\"list_ids\":[2]}", [&](std::string &row) {
        row = "{\"email\":\"" + std::to_string(left) + "@example.com\"}";
        return left-- > 0;
    });
    CHECK(imported["imported"].integer() == 3);
    const std::vector<std::string> rows = {"{\"email\":\"a@example.com\"}", "{\"email\":\"b@example.com\"}"};
    CHECK(client.job_rows("contacts.import_file", "{\"list_ids\":[2]}", rows.begin(), rows.end())["imported"].integer() == 2);
    CHECK(throws<std::logic_error>([&] {
        client.job_rows("contacts.import_file", "{\"list_ids\":[2]}",
                        [](std::string &) -> bool { throw std::logic_error("no rows"); });
    }));
    brevo::Queue queue;
    left = 3;
    std::int64_t count = 0;
    client.job_rows_async(
        "contacts.import_file", "{\"list_ids\":[2]}",
        [&](std::string &row) {
            row = "{\"email\":\"" + std::to_string(left) + "@example.com\"}";
            return left-- > 0;
        },
        [&](brevo::Result done) { count = done.take()["imported"].integer(); }, nullptr, &queue);
    while (queue.pending())
        queue.run(-1);
    CHECK(count == 3);
    brevo_kind kind = BREVO_KIND_NONE;
    client.job_async(
        "process.wait_for_process", "{\"process_id\":8}",
        [&](brevo::Result done) { kind = done.error() ? done.error()->kind() : BREVO_KIND_INTERNAL; },
        [](const brevo::Progress &) { return false; }, &queue);
    while (queue.pending())
        queue.run(-1);
    CHECK(kind == BREVO_KIND_CANCELLED);
}

} // namespace

int main() {
    CHECK(brevo::version() == BREVO_VERSION && brevo::operations().size() == brevo_operation_count());
    brevo::Client made{brevo::Json(settings())};
    const brevo::Client client = std::move(made);
    CHECK(client.describe().find("127.0.0.1") != std::string::npos && client.describe().find(KEY) == std::string::npos);
    // The helpers of C, on the handles of C++.
    brevo::Reply reply(brevo_contacts_get_contact_info(client.get(), "{\"identifier\":\"types\"}", nullptr));
    CHECK(reply && reply["yes"].boolean());
    values(client);
    arguments(client);
    errors(client);
    listings(client);
    columns(client);
    background(client);
    jobs(client);
    std::printf("plus: %d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
