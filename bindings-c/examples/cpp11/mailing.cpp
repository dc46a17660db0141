// Sends an offer to the customers of a CSV file, and reports what came of it. C++11, by brevo.hpp.
//
//     mailing send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
//     mailing report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
//
// The key is taken from BREVO_API_KEY. The file is as an office program saves it: semicolons, ISO 8859-1, dates and
// numbers as one writes them. The account needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).
#include <brevo.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// The library takes UTF-8: a character of ISO 8859-1 from 128 on becomes two bytes.
std::string utf8(const std::string &latin) {
    std::string text;
    for (const char byte : latin) {
        const unsigned char c = static_cast<unsigned char>(byte);
        if (c < 0x80) {
            text += byte;
        } else {
            text += static_cast<char>(0xC0 | (c >> 6));
            text += static_cast<char>(0x80 | (c & 0x3F));
        }
    }
    return text;
}

std::vector<std::string> fields(const std::string &line) {
    std::vector<std::string> found(1);
    for (const char c : line) {
        if (c == ';')
            found.emplace_back();
        else if (c != '\r')
            found.back() += c;
    }
    return found;
}

brevo::Args contact(const std::vector<std::string> &row, std::int64_t list) {
    const std::string &since = row[5]; // DD.MM.YYYY
    std::string balance = row[6];
    std::replace(balance.begin(), balance.end(), ',', '.');

    brevo::Args args;
    args.set("/ext_id", row[0]); // A text: its leading zeros count.
    args.set("/email", utf8(row[3]));
    const std::pair<const char *, std::string> texts[] = {
        {"FIRSTNAME", utf8(row[1])},
        {"LASTNAME", utf8(row[2])},
        {"CITY", utf8(row[4])},
        {"CUSTOMER_SINCE", since.substr(6, 4) + '-' + since.substr(3, 2) + '-' + since.substr(0, 2)},
    };
    for (const auto &text : texts)
        if (!text.second.empty())
            args.set(std::string("/attributes/") + text.first, text.second);
    args.set("/attributes/BALANCE", std::stod(balance));
    args.set("/list_ids/-", list);
    args.set("/update_enabled", true); // So that the run can be repeated.
    return args;
}

void explain(std::ostream &out, const brevo::Error &error) {
    out << "  kind:    " << error.kind_name() << "\n  status:  " << error.status() << "\n  code:    " << error.code()
        << "\n  message: " << error.message() << "\n  advice:  " << error.advice() << '\n';
}

// Whether an error is about this customer; otherwise the next one would fare no better.
bool is_about_the_contact(const brevo::Error &error) {
    switch (error.kind()) {
    case BREVO_KIND_INVALID_ARGUMENT:
    case BREVO_KIND_BAD_REQUEST:
    case BREVO_KIND_DUPLICATE:
        return true;
    default:
        return false;
    }
}

void send_offer(const brevo::Client &client, const std::string &path, const std::string &when) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!std::getline(file, line)) // The names of the columns.
        throw std::runtime_error(path + " cannot be read");

    const std::int64_t folder =
        client.call("contacts.create_folder", brevo::Args().set("/name", "Customers"))["id"].integer();
    const std::int64_t list =
        client.call("contacts.create_list", brevo::Args().set("/name", "Customers").set("/folder_id", folder))["id"]
            .integer();
    std::cout << "list: " << list << '\n';

    long read = 0, accepted = 0;
    while (std::getline(file, line)) {
        const std::vector<std::string> row = fields(line);
        if (row.size() != 7)
            throw std::runtime_error(path + ": a line does not have 7 fields");
        ++read;
        try {
            client.call("contacts.create_contact", contact(row, list));
            ++accepted;
        } catch (const brevo::Error &error) {
            if (!is_about_the_contact(error))
                throw;
            std::cout << "record " << read << ", customer " << row[0] << ", was refused:\n";
            explain(std::cout, error);
        }
    }
    std::cout << "records: " << read << " read, " << accepted << " accepted, " << read - accepted << " refused\n";

    // Two things to ask, at the same time.
    std::future<brevo::Reply> senders = client.future("senders.get_senders");
    std::future<brevo::Reply> account = client.future("account.get_account");
    const std::int64_t sender = senders.get().at("/senders/0/id").integer();

    const std::int64_t campaign =
        client
            .call("email_campaigns.create_email_campaign",
                  brevo::Args()
                      .set("/name", "Spring offer")
                      .set("/subject", "{{ contact.FIRSTNAME }}, spring is here")
                      .set("/sender/id", sender)
                      .set("/recipients/list_ids/-", list)
                      .set("/html_content", "<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>"
                                            "<a href=\"https://example.com/spring\">Our offer</a></body></html>")
                      .set("/scheduled_at", when))["id"]
            .integer();
    const brevo::Reply state =
        client.call("email_campaigns.get_email_campaign", brevo::Args().set("/campaign_id", campaign));
    std::cout << "campaign: " << campaign << ' ' << state["status"].string() << '\n';

    // The owner of the account hears of it.
    const std::string text = std::to_string(accepted) + " of " + std::to_string(read);
    const brevo::Reply mail =
        client.call("transactional_emails.send_transac_email",
                    brevo::Args()
                        .set("/sender/id", sender)
                        .set("/to/-/email", account.get()["email"].string())
                        .set("/subject", "Customers loaded")
                        .set("/html_content", "<p>" + text + " customers are on the list.</p>"));
    std::cout << "mail: " << mail["messageId"].string() << '\n';
}

void report(const brevo::Client &client, std::int64_t list, std::int64_t campaign, const std::string &folder) {
    std::cout << "list: " << list << '\n';
    for (const brevo::Value &contact :
         client.iterate("contacts.get_contacts_from_list", brevo::Args().set("/list_id", list))) {
        const brevo::Value attributes = contact["attributes"];
        std::cout << "  " << contact["id"].integer() << "  " << contact["email"].string("-") << "  "
                  << attributes["FIRSTNAME"].string("-") << ' ' << attributes["LASTNAME"].string("-") << '\n';
    }

    const brevo::Reply state = client.call(
        "email_campaigns.get_email_campaign",
        brevo::Args().set("/campaign_id", campaign).set("/statistics", "globalStats")); // Without it all are 0.
    std::cout << "campaign: " << campaign << ' ' << state["status"].string() << '\n';
    for (const char *figure : {"sent", "delivered", "hardBounces", "uniqueViews", "uniqueClicks", "unsubscriptions"})
        std::cout << "  " << figure << ": " << state["statistics"]["globalStats"][figure].integer(-1) << '\n';

    const auto show = [](const brevo::Progress &progress) {
        std::cerr << progress.stage << ": " << progress.done << '\n';
        return true; // Go on.
    };
    brevo::Reply done = client.job("contacts.export_list",
                                   brevo::Args().set("/list_id", list).set("/path", folder + "/list.csv"), show);
    std::cout << "list.csv: " << done["rows"].integer() << " rows\n";
    done = client.job(
        "email_campaigns.export_statistics",
        brevo::Args().set("/campaign_ids/-", campaign).set("/path", folder + "/statistics.csv"), show);
    std::cout << "statistics.csv: " << done["rows"].integer() << " rows\n";
}

} // namespace

int main(int count, char **words) {
    const std::vector<std::string> given(words + 1, words + count);
    try {
        if (given.size() == 3 && given[0] == "send") {
            send_offer(brevo::Client(), given[1], given[2]);
        } else if (given.size() == 4 && given[0] == "report") {
            report(brevo::Client(), std::stoll(given[1]), std::stoll(given[2]), given[3]);
        } else {
            std::cerr << "usage: mailing send CUSTOMERS TIME\n       mailing report LIST CAMPAIGN FOLDER\n";
            return EXIT_FAILURE;
        }
    } catch (const brevo::Error &error) {
        std::cerr << error.operation() << " failed:\n";
        explain(std::cerr, error);
        return EXIT_FAILURE;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
