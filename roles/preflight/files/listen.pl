#!/usr/bin/perl
# listen.pl SECONDS ADDRESS PROTOCOL/PORT[=PROGRAM,...]...: listen where nobody does yet, so that a refusal, which a
# closed port and a firewall give alike, can only come from a firewall. Leaves nothing behind, and ends by itself: with
# the session that started it, and after SECONDS at the latest (a controller that lost its power says no goodbye).
# Where one of the PROGRAMs is installed, the port is its: a service that is just being started must find it free.
# Prints {"pid": …, "open": […]}: the ports on which something listens at that address. Of UDP only its own: nobody
# knows what others answer there.
use strict;
use warnings;
use Errno ();
use POSIX ();
use Socket qw(:DEFAULT :addrinfo IPPROTO_IPV6 IPV6_V6ONLY);

my ($seconds, $address, @wanted) = @ARGV;
my (%sockets, @open);
my @folders = (qw(/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /opt/rke2/bin), glob '/usr/lib/postgresql/*/bin');

# The shell that the connection talks to, as a file: its number may be given to somebody else.
sub session {
	return unless ($ENV{G2PBOOK_SESSION} // '') =~ /^\d+$/;
	open my $stat, '<', "/proc/$ENV{G2PBOOK_SESSION}/stat" or return;
	return $stat;
}

sub is_over {
	my ($stat) = @_;
	sysseek($stat, 0, 0) && sysread($stat, my $line, 512) or return 1;
	return $line =~ /\) [ZX] /;
}

sub bound {
	my ($protocol, $host, $port) = @_;
	my $type = $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
	my ($error, $found) = getaddrinfo($host, $port, { flags => AI_NUMERICHOST | AI_PASSIVE, socktype => $type });
	return if $error;
	socket(my $socket, $found->{family}, $type, 0) or return;
	setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) if $protocol eq 'tcp';
	setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 0) if $host eq '::';
	bind($socket, $found->{addr}) or return;
	$protocol eq 'udp' or listen($socket, 64) or return;
	return $socket;
}

# As the kernel has it, without touching the port.
sub is_served {
	my ($port) = @_;
	my @at = map { join '', map { sprintf '%08X', $_ } unpack 'L*', $_ }
		grep { defined } map { Socket::inet_pton($_, $address) } AF_INET, AF_INET6;
	my $here = join '|', '0+', @at;
	my $end = sprintf '%04X', $port;
	for my $file (qw(/proc/net/tcp /proc/net/tcp6)) {
		open my $table, '<', $file or next;
		return 1 if grep { /^\s*\d+: (?:$here):$end \S+ 0A / } <$table>;
	}
	return 0;
}

sub has_owner {
	my ($programs) = @_;
	return grep { my $program = $_; grep { -x "$_/$program" } @folders } split /,/, $programs // '';
}

my $session = session();
for my $wanted (@wanted) {
	my ($question, $programs) = split /=/, $wanted;
	my ($protocol, $port) = split m{/}, $question;
	if (has_owner($programs)) {
		push @open, $question if $protocol eq 'tcp' && is_served($port);
		next;
	}

	$! = 0;
	my $socket = bound($protocol, $address, $port);
	my $taken = !$socket && $!{EADDRINUSE};
	# The address is a name, or that of a router in front: all addresses then.
	$socket ||= bound($protocol, '::', $port) || bound($protocol, '0.0.0.0', $port) unless $taken;
	$sockets{ fileno $socket } = [$protocol, $socket] if $socket;
	push @open, $question if $socket || ($taken && $protocol eq 'tcp');
}

my $pid = fork // exit 1;
if ($pid) {
	printf qq({"pid": %d, "open": [%s]}\n), $pid, join ', ', map { qq("$_") } @open;
	exit 0;
}

# What keeps the caller waiting is let go.
POSIX::setsid();
$0 = 'g2pbook-look';
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
my $kept = $session ? fileno $session : -1;
POSIX::close($_) for grep { !$sockets{$_} && $_ != $kept } 3 .. 255;
alarm $seconds;
until ($session && is_over($session)) {
	my $ready = '';
	vec($ready, $_, 1) = 1 for keys %sockets;
	next if select($ready, undef, undef, 0.2) < 1;
	for my $number (grep { vec $ready, $_, 1 } keys %sockets) {
		my ($protocol, $socket) = @{ $sockets{$number} };
		if ($protocol eq 'tcp') {
			my $peer;
			accept($peer, $socket);
			next;
		}

		my $from = recv($socket, my $said, 64, 0) // next;
		# Never more than was asked, and only to one who knows the word.
		send($socket, $said, 0, $from) if $said =~ /^g2pbook-preflight /;
	}
}
