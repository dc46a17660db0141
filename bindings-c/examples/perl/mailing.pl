#!/usr/bin/perl

# Sends an offer to the customers of a fixed-width file, and reports what came of it.
#
#     mailing.pl send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
#     mailing.pl report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
#
# The key is taken from BREVO_API_KEY. A record of CUSTOMERS has 128 characters in ISO 8859-1; see $RECORD. The account
# needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).

use v5.16;
use warnings;
use autodie;

use FindBin;
use lib $FindBin::Bin;
use Brevo;

binmode STDOUT, ':encoding(UTF-8)';
binmode STDERR, ':encoding(UTF-8)';
STDOUT->autoflush;

# Number, first name, last name, e-mail, city, year, month, day of the first order; balance in hundredths, sign behind.
# "A" takes the padding off.
my $RECORD  = 'A8 A20 A25 A40 A20 A4 A2 A2 A6 A1';
my @FIGURES = qw(sent delivered hardBounces uniqueViews uniqueClicks unsubscriptions);

sub contact {
    my ($record) = @_;
    my ($number, $first, $last, $email, $city, $year, $month, $day, $hundredths, $sign) = unpack $RECORD, $record;
    my %attributes = (FIRSTNAME => $first, LASTNAME => $last, CITY => $city, CUSTOMER_SINCE => "$year-$month-$day");
    delete @attributes{grep { $attributes{$_} eq '' } keys %attributes};
    # JSON tells numbers from texts: the number of a customer is a text, whose zeros count, and the balance is a number.
    $attributes{BALANCE} = "$sign$hundredths" / 100;
    return {ext_id => $number, email => $email, attributes => \%attributes};
}

sub explain {
    my ($error) = @_;
    return join '', map { sprintf "  %-8s %s\n", "$_:", $error->$_ } qw(kind status code message advice);
}

sub send_offer {
    my ($brevo, $path, $time) = @_;
    my $folder = $brevo->call('contacts.create_folder', {name => 'Customers'});
    my $list   = $brevo->call('contacts.create_list',   {name => 'Customers', folder_id => $folder->{id}});
    say "list: $list->{id}";

    my ($read, $accepted) = (0, 0);
    open my $file, '<:encoding(ISO-8859-1)', $path;
    while (my $record = <$file>) {
        chomp $record;
        length $record == 128 or die "$path: line $. does not have 128 characters\n";
        $read++;
        my $contact = contact($record);
        # An update of a contact that is known already lets the run be repeated.
        my %more = (list_ids => [$list->{id}], update_enabled => JSON::PP::true);
        if (eval { $brevo->call('contacts.create_contact', {%$contact, %more}); 1 }) {
            $accepted++;
        } else {
            my $error = $@;
            # Is it this customer, or would the next one fare no better?
            die $error if !ref $error || $error->kind !~ /^(invalid_argument|bad_request|duplicate)$/;
            say "record $read, customer $contact->{ext_id}, was refused:";
            print explain($error);
        }
    }
    close $file;
    printf "records: %d read, %d accepted, %d refused\n", $read, $accepted, $read - $accepted;

    my $sender   = {id => $brevo->call('senders.get_senders')->{senders}[0]{id}};
    my $campaign = $brevo->call(
        'email_campaigns.create_email_campaign',
        {
            name         => 'Spring offer',
            subject      => '{{ contact.FIRSTNAME }}, spring is here',
            sender       => $sender,
            recipients   => {list_ids => [$list->{id}]},
            html_content => '<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>'
                . '<a href="https://example.com/spring">Our offer</a></body></html>',
            scheduled_at => $time,
        },
    );
    my $state = $brevo->call('email_campaigns.get_email_campaign', {campaign_id => $campaign->{id}});
    say "campaign: $campaign->{id} $state->{status}";

    # The owner of the account hears of it.
    my $mail = $brevo->call(
        'transactional_emails.send_transac_email',
        {
            sender       => $sender,
            to           => [{email => $brevo->call('account.get_account')->{email}}],
            subject      => 'Customers loaded',
            html_content => "<p>$accepted of $read customers are on the list.</p>",
        },
    );
    say "mail: $mail->{messageId}";
    return;
}

sub report {
    my ($brevo, $list, $campaign, $folder) = @_;
    say "list: $list";
    # A word of the command line is a text until 0 is added: JSON would put quotes around it.
    $brevo->each(
        'contacts.get_contacts_from_list',
        {list_id => $list + 0},
        sub {
            my ($contact) = @_;
            my $names = $contact->{attributes};
            printf "  %d  %s  %s %s\n", $contact->{id}, map { $_ // '-' } $contact->{email}, @{$names}{qw(FIRSTNAME LASTNAME)};
        },
    );

    # Without "statistics" all figures are 0.
    my $state = $brevo->call('email_campaigns.get_email_campaign', {campaign_id => $campaign + 0, statistics => 'globalStats'});
    say "campaign: $campaign $state->{status}";
    say "  $_: $state->{statistics}{globalStats}{$_}" for @FIGURES;

    my $show = sub { my ($progress) = @_; say STDERR $progress->stage, ': ', $progress->done };
    my $done = $brevo->job('contacts.export_list', {list_id => $list + 0, path => "$folder/list.csv"}, $show);
    say "list.csv: $done->{rows} rows";
    $done = $brevo->job(
        'email_campaigns.export_statistics',
        {campaign_ids => [$campaign + 0], path => "$folder/statistics.csv"},
        $show,
    );
    say "statistics.csv: $done->{rows} rows";
    return;
}

my ($command, @words) = @ARGV;
eval {
    if (($command // '') eq 'send' && @words == 2) {
        send_offer(Brevo->new, @words);
    } elsif (($command // '') eq 'report' && @words == 3) {
        report(Brevo->new, @words);
    } else {
        die "usage: mailing.pl send CUSTOMERS TIME\n       mailing.pl report LIST CAMPAIGN FOLDER\n";
    }
    1;
} or do {
    my $error = $@;
    die $error if !ref $error;
    print {*STDERR} $error->operation, " failed:\n", explain($error);
    exit 1;
};
