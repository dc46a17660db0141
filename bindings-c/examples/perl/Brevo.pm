package Brevo;

# brevo-native for Perl 5.16 and later, by FFI::Platypus. Arguments and replies are Perl's data; failures are thrown.
#
#     my $brevo = Brevo->new;    # settings of the environment, such as BREVO_API_KEY
#     my $reply = $brevo->call('contacts.create_contact', {email => 'ada@example.com'});
#     $brevo->each('contacts.get_contacts', {}, sub { my ($contact) = @_; ... });
#
# A Perl text is characters; the library takes and gives bytes, UTF-8 with a NUL behind. JSON::PP makes and reads these
# bytes. Platypus passes a "string" as it is, and copies one that comes back, so that its owner may be freed at once.

use v5.16;
use warnings;

use Encode          qw(decode);
use FFI::CheckLib   qw(find_lib_or_die);
use FFI::Platypus 2.00;
use JSON::PP ();

use constant ABI_VERSION => 0;

# How far a job has come.
package Brevo::Progress {
    use FFI::Platypus::Record;
    record_layout_1(
        size_t => 'size',  string => 'stage',       uint64 => 'done', sint64 => 'total',
        sint64 => 'bytes', sint64 => 'total_bytes', double => 'rate', double => 'remaining',
    );
}

my $json = JSON::PP->new->utf8->allow_nonref;

# What is used of <brevo.h>, each by the name of a sub without "brevo". Handles are "opaque": addresses, undef for NULL.
my $ffi = FFI::Platypus->new(api => 2, lib => find_lib_or_die(lib => 'brevo'));
$ffi->mangler(sub { 'brevo' . shift });
$ffi->type('(opaque, opaque)->int' => 'on_progress');
$ffi->type('record(Brevo::Progress)*' => 'progress');
$ffi->attach(_abi_version => []                                              => 'uint32');
$ffi->attach(_client_new  => ['string', 'opaque*']                           => 'opaque');
$ffi->attach(_client_free => ['opaque']                                      => 'void');
$ffi->attach(_call        => ['opaque', 'string', 'string', 'opaque*']       => 'opaque');
$ffi->attach(_job         => ['opaque', 'string', 'string', 'on_progress', 'opaque', 'opaque*'] => 'opaque');
$ffi->attach(_iterate     => ['opaque', 'string', 'string', 'opaque*']       => 'opaque');
$ffi->attach(_pages_next  => ['opaque', 'opaque*']                           => 'opaque');
$ffi->attach(_pages_items => ['opaque']                                      => 'string');
$ffi->attach(_pages_free  => ['opaque']                                      => 'void');
$ffi->attach(_reply_json  => ['opaque', 'string']                            => 'string');
$ffi->attach(_reply_free  => ['opaque']                                      => 'void');
$ffi->attach("_error_$_"  => ['opaque']                                      => 'string')
    for qw(kind_name code message operation advice);
$ffi->attach(_error_status => ['opaque']                                     => 'int');
$ffi->attach(_error_free   => ['opaque']                                     => 'void');

_abi_version() == ABI_VERSION or die "Brevo.pm was written for another libbrevo\n";

# Settings as for brevo_client_new; those left out come from the environment.
sub new {
    my ($class, %settings) = @_;
    my $client = _checked(sub { _client_new($json->encode(\%settings), shift) });
    return bless {client => $client}, $class;
}

sub DESTROY {
    my ($self) = @_;
    _client_free($self->{client});
    return;
}

# Carries out an operation and gives its decoded reply, with the names of Brevo's API.
sub call {
    my ($self, $operation, $arguments) = @_;
    my $text = $json->encode($arguments // {});
    return _taken(_checked(sub { _call($self->{client}, $operation, $text, shift) }), '');
}

# Carries out a job of several calls. $progress, which may be left out, is called with an object that has the
# fields of brevo_progress, for as long as the call takes; what is not known is below 0.
sub job {
    my ($self, $job, $arguments, $progress) = @_;
    my $text = $json->encode($arguments // {});
    # C may call the closure for as long as the variable holds it. Its result tells the job to go on.
    my $closure = $progress && $ffi->closure(sub { $progress->($ffi->cast('opaque', 'progress', shift)); 0 });
    return _taken(_checked(sub { _job($self->{client}, $job, $text, $closure, undef, shift) }), '');
}

# Calls a sub with each entry of each page of an operation that lists.
sub each {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self, $operation, $arguments, $sub) = @_;
    my $text  = $json->encode($arguments // {});
    my $pages = _checked(sub { _iterate($self->{client}, $operation, $text, shift) });
    my $done  = eval {
        my $items = _pages_items($pages);
        # undef without an error stands behind the last page.
        while (defined(my $page = _checked(sub { _pages_next($pages, shift) }))) {
            $sub->($_) for @{_taken($page, $items)};
        }
        1;
    };
    my $error = $@;
    _pages_free($pages);
    die $error if !$done;
    return;
}

# Calls a function, which gets the place for its error, and throws that error.
sub _checked {
    my ($function) = @_;
    my $result = $function->(\my $error);
    die Brevo::Error->_taken($error) if defined $error;
    return $result;
}

# Decodes a part of a reply, and frees the reply.
sub _taken {
    my ($reply, $pointer) = @_;
    my $text = _reply_json($reply, $pointer);
    _reply_free($reply);
    return defined $text ? $json->decode($text) : undef;
}

package Brevo::Error;    # A call that failed.

use overload '""' => sub { $_[0]->operation . ': ' . $_[0]->message . ' ' . $_[0]->advice }, fallback => 1;

# Copies what an error tells, and frees it.
sub _taken {
    my ($class, $error) = @_;
    my %self = (
        kind      => Brevo::_error_kind_name($error),
        status    => Brevo::_error_status($error),
        code      => Brevo::_error_code($error),
        message   => Encode::decode('UTF-8', Brevo::_error_message($error)),
        operation => Brevo::_error_operation($error),
        advice    => Brevo::_error_advice($error),
    );
    Brevo::_error_free($error);
    return bless \%self, $class;
}

sub kind      { return $_[0]{kind} }
sub status    { return $_[0]{status} }
sub code      { return $_[0]{code} }
sub message   { return $_[0]{message} }
sub operation { return $_[0]{operation} }
sub advice    { return $_[0]{advice} }

1;
