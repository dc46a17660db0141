import brevo.Brevo;
import brevo.Brevo.Arguments;
import brevo.Brevo.BrevoException;
import brevo.Brevo.Reply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * Sends an offer to the customers of a CSV file, and reports what came of it.
 *
 * <pre>
 * Mailing send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
 * Mailing report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
 * </pre>
 *
 * <p>The key is taken from BREVO_API_KEY. The file is as an office program saves it: semicolons, ISO 8859-1, dates and
 * numbers as one writes them. The account needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).
 */
public final class Mailing {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd.MM.yyyy");
    private static final String[] FIGURES = {
        "sent", "delivered", "hardBounces", "uniqueViews", "uniqueClicks", "unsubscriptions"
    };

    private final Brevo brevo;
    private final PrintStream out;

    private Mailing(Brevo brevo, PrintStream out) {
        this.brevo = brevo;
        this.out = out;
    }

    public static void main(String[] words) throws IOException {
        // Before Java 18 System.out has the encoding of the system, which need not be able to show all names.
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        try (Brevo brevo = new Brevo()) {
            Mailing mailing = new Mailing(brevo, out);
            if (words.length == 3 && words[0].equals("send")) {
                mailing.send(words[1], words[2]);
            } else if (words.length == 4 && words[0].equals("report")) {
                mailing.report(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]);
            } else {
                System.err.println("usage: Mailing send CUSTOMERS TIME\n       Mailing report LIST CAMPAIGN FOLDER");
                System.exit(1);
            }
        } catch (BrevoException error) {
            System.err.println(error.operation + " failed:");
            explain(System.err, error);
            System.exit(1);
        }
    }

    private void send(String path, String time) throws IOException {
        long folder = callForId("contacts.create_folder", new Arguments().set("/name", "Customers"));
        long list = callForId(
                "contacts.create_list", new Arguments().set("/name", "Customers").set("/folder_id", folder));
        out.println("list: " + list);

        int read = 0;
        int accepted = 0;
        try (BufferedReader file = Files.newBufferedReader(Paths.get(path), StandardCharsets.ISO_8859_1)) {
            file.readLine(); // The names of the columns.
            for (String line = file.readLine(); line != null; line = file.readLine()) {
                read++;
                String[] row = line.split(";", -1);
                try {
                    brevo.call("contacts.create_contact", contact(row, list)).close();
                    accepted++;
                } catch (BrevoException error) {
                    switch (error.kind) {
                        case "invalid_argument":
                        case "bad_request":
                        case "duplicate":
                            out.println("record " + read + ", customer " + row[0] + ", was refused:");
                            explain(out, error);
                            break;
                        default:
                            throw error; // The next customer would fare no better.
                    }
                }
            }
        }
        out.println("records: " + read + " read, " + accepted + " accepted, " + (read - accepted) + " refused");

        long sender;
        try (Reply senders = brevo.call("senders.get_senders")) {
            sender = senders.number("/senders/0/id");
        }
        long campaign = callForId(
                "email_campaigns.create_email_campaign",
                new Arguments()
                        .set("/name", "Spring offer")
                        .set("/subject", "{{ contact.FIRSTNAME }}, spring is here")
                        .set("/sender/id", sender)
                        .set("/recipients/list_ids/-", list)
                        .set(
                                "/html_content",
                                "<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>"
                                        + "<a href=\"https://example.com/spring\">Our offer</a></body></html>")
                        .set("/scheduled_at", time));
        try (Reply state = brevo.call(
                "email_campaigns.get_email_campaign", new Arguments().set("/campaign_id", campaign))) {
            out.println("campaign: " + campaign + " " + state.text("/status", "?"));
        }

        // The owner of the account hears of it.
        try (Reply account = brevo.call("account.get_account");
                Reply mail = brevo.call(
                        "transactional_emails.send_transac_email",
                        new Arguments()
                                .set("/sender/id", sender)
                                .set("/to/-/email", account.text("/email", null))
                                .set("/subject", "Customers loaded")
                                .set(
                                        "/html_content",
                                        "<p>" + accepted + " of " + read + " customers are on the list.</p>"))) {
            out.println("mail: " + mail.text("/messageId", "?"));
        }
    }

    private static Arguments contact(String[] row, long list) {
        return new Arguments()
                .set("/ext_id", row[0]) // A text: its leading zeros count.
                .set("/attributes/FIRSTNAME", filled(row[1]))
                .set("/attributes/LASTNAME", filled(row[2]))
                .set("/email", filled(row[3]))
                .set("/attributes/CITY", filled(row[4]))
                .set("/attributes/CUSTOMER_SINCE", LocalDate.parse(row[5], DAY).toString())
                .set("/attributes/BALANCE", new BigDecimal(row[6].replace(',', '.')))
                .set("/list_ids/-", list)
                .set("/update_enabled", true); // So that the run can be repeated.
    }

    private static String filled(String text) {
        return text.isEmpty() ? null : text;
    }

    private void report(long list, long campaign, String folder) {
        out.println("list: " + list);
        brevo.forEach("contacts.get_contacts_from_list", new Arguments().set("/list_id", list), contact -> out.println("  "
                + contact.number("/id")
                + "  "
                + contact.text("/email", "-")
                + "  "
                + contact.text("/attributes/FIRSTNAME", "-")
                + " "
                + contact.text("/attributes/LASTNAME", "-")));

        Arguments which = new Arguments()
                .set("/campaign_id", campaign)
                .set("/statistics", "globalStats"); // Without it all figures are 0.
        try (Reply state = brevo.call("email_campaigns.get_email_campaign", which)) {
            out.println("campaign: " + campaign + " " + state.text("/status", "?"));
            for (String figure : FIGURES) {
                out.println("  " + figure + ": " + state.number("/statistics/globalStats/" + figure));
            }
        }

        export("contacts.export_list", new Arguments().set("/list_id", list), folder, "list.csv");
        export(
                "email_campaigns.export_statistics",
                new Arguments().set("/campaign_ids/-", campaign),
                folder,
                "statistics.csv");
    }

    private void export(String job, Arguments arguments, String folder, String name) {
        arguments.set("/path", Paths.get(folder, name).toString());
        try (Reply done = brevo.job(job, arguments, System.err::println)) {
            out.println(name + ": " + done.number("/rows") + " rows");
        }
    }

    private long callForId(String operation, Arguments arguments) {
        try (Reply reply = brevo.call(operation, arguments)) {
            return reply.number("/id");
        }
    }

    private static void explain(PrintStream out, BrevoException error) {
        out.println("  kind:    " + error.kind);
        out.println("  status:  " + error.status);
        out.println("  code:    " + error.code);
        out.println("  message: " + error.getMessage());
        out.println("  advice:  " + error.advice);
    }
}
