#!/usr/bin/env php
<?php

/**
 * Sends an offer to the customers of a CSV file, and reports what came of it.
 *
 *     mailing.php send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
 *     mailing.php report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
 *
 * The key is taken from BREVO_API_KEY. The file is as an office program saves it: semicolons, ISO 8859-1, dates and
 * numbers as one writes them. The account needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).
 */

declare(strict_types=1);

require __DIR__ . '/Brevo.php';

/** @return Generator<int, array<string, mixed>> the contacts of the file */
function customers(string $path): Generator
{
    $file = new SplFileObject($path); // Throws where it cannot be opened.
    $file->setFlags(SplFileObject::READ_CSV | SplFileObject::SKIP_EMPTY | SplFileObject::READ_AHEAD);
    $file->setCsvControl(';', '"', ''); // No escape character: a backslash is a backslash.
    foreach (new LimitIterator($file, 1) as $row) { // Behind the names of the columns.
        // The library takes UTF-8 only.
        [$number, $first, $last, $email, $city, $since, $balance] = array_map(
            fn (string $text) => iconv('ISO-8859-1', 'UTF-8', $text),
            $row,
        );
        $attributes = [
            'FIRSTNAME' => $first,
            'LASTNAME' => $last,
            'CITY' => $city,
            'CUSTOMER_SINCE' => DateTimeImmutable::createFromFormat('d.m.Y', $since)->format('Y-m-d'),
            'BALANCE' => (float) strtr($balance, ',', '.'),
        ];
        yield [
            'ext_id' => $number, // A text: its leading zeros count.
            'email' => $email,
            'attributes' => array_filter($attributes, fn ($value) => $value !== ''),
        ];
    }
}

function explain(BrevoException $error): string
{
    return "  kind:    $error->kind\n"
        . "  status:  $error->status\n"
        . "  code:    $error->brevoCode\n"
        . "  message: {$error->getMessage()}\n"
        . "  advice:  $error->advice\n";
}

function send(Brevo $brevo, string $path, string $time): void
{
    $folder = $brevo->call('contacts.create_folder', ['name' => 'Customers']);
    $list = $brevo->call('contacts.create_list', ['name' => 'Customers', 'folder_id' => $folder['id']]);
    echo "list: {$list['id']}\n";

    $read = $accepted = 0;
    foreach (customers($path) as $customer) {
        ++$read;
        try {
            // An update of a contact that is known already lets the run be repeated.
            $brevo->call('contacts.create_contact', $customer + ['list_ids' => [$list['id']], 'update_enabled' => true]);
            ++$accepted;
        } catch (BrevoException $error) {
            if (!in_array($error->kind, ['invalid_argument', 'bad_request', 'duplicate'], true)) {
                throw $error; // The next customer would fare no better.
            }
            echo "record $read, customer {$customer['ext_id']}, was refused:\n", explain($error);
        }
    }
    printf("records: %d read, %d accepted, %d refused\n", $read, $accepted, $read - $accepted);

    $sender = ['id' => $brevo->call('senders.get_senders')['senders'][0]['id']];
    $campaign = $brevo->call('email_campaigns.create_email_campaign', [
        'name' => 'Spring offer',
        'subject' => '{{ contact.FIRSTNAME }}, spring is here',
        'sender' => $sender,
        'recipients' => ['list_ids' => [$list['id']]],
        'html_content' => '<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>'
            . '<a href="https://example.com/spring">Our offer</a></body></html>',
        'scheduled_at' => $time,
    ]);
    $state = $brevo->call('email_campaigns.get_email_campaign', ['campaign_id' => $campaign['id']]);
    echo "campaign: {$campaign['id']} {$state['status']}\n";

    // The owner of the account hears of it.
    $mail = $brevo->call('transactional_emails.send_transac_email', [
        'sender' => $sender,
        'to' => [['email' => $brevo->call('account.get_account')['email']]],
        'subject' => 'Customers loaded',
        'html_content' => "<p>$accepted of $read customers are on the list.</p>",
    ]);
    echo "mail: {$mail['messageId']}\n";
}

function report(Brevo $brevo, int $list, int $campaign, string $folder): void
{
    echo "list: $list\n";
    foreach ($brevo->iterate('contacts.get_contacts_from_list', ['list_id' => $list]) as $contact) {
        $names = $contact['attributes'];
        printf("  %d  %s  %s %s\n", $contact['id'], $contact['email'] ?? '-', $names['FIRSTNAME'] ?? '-', $names['LASTNAME'] ?? '-');
    }

    $state = $brevo->call('email_campaigns.get_email_campaign', [
        'campaign_id' => $campaign,
        'statistics' => 'globalStats', // Without it all figures are 0.
    ]);
    echo "campaign: $campaign {$state['status']}\n";
    foreach (['sent', 'delivered', 'hardBounces', 'uniqueViews', 'uniqueClicks', 'unsubscriptions'] as $figure) {
        echo "  $figure: {$state['statistics']['globalStats'][$figure]}\n";
    }

    $done = $brevo->job('contacts.export_list', ['list_id' => $list, 'path' => "$folder/list.csv"]);
    echo "list.csv: {$done['rows']} rows\n";
    $done = $brevo->job('email_campaigns.export_statistics', [
        'campaign_ids' => [$campaign],
        'path' => "$folder/statistics.csv",
    ]);
    echo "statistics.csv: {$done['rows']} rows\n";
}

$words = array_slice($argv, 1);
try {
    if (count($words) === 3 && $words[0] === 'send') {
        send(new Brevo(), $words[1], $words[2]);
    } elseif (count($words) === 4 && $words[0] === 'report') {
        report(new Brevo(), (int) $words[1], (int) $words[2], $words[3]);
    } else {
        fwrite(STDERR, "usage: mailing.php send CUSTOMERS TIME\n       mailing.php report LIST CAMPAIGN FOLDER\n");
        exit(1);
    }
} catch (BrevoException $error) {
    fwrite(STDERR, "$error->operation failed:\n" . explain($error));
    exit(1);
}
