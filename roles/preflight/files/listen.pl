#!/usr/bin/perl
# listen.pl SECONDS ADDRESS PROTOCOL/PORT...: listen where nobody does yet, so that a refusal, which a closed port and a
# firewall give alike, can only come from a firewall. Ends by itself after SECONDS, and leaves nothing behind.
# Prints {"pid": …, "open": […]}: the ports on which something listens at that address. Of UDP only its own: nobody
# knows what others answer there.
use strict;
use warnings;
use Errno ();
use POSIX ();
use Socket qw(:DEFAULT :addrinfo IPPROTO_IPV6 IPV6_V6ONLY);

my ($seconds, $address, @wanted) = @ARGV;
my (%sockets, @open);

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

for my $wanted (@wanted) {
	my ($protocol, $port) = split m{/}, $wanted;
	$! = 0;
	my $socket = bound($protocol, $address, $port);
	my $taken = !$socket && $!{EADDRINUSE};
	# The address is a name, or that of a router in front: all addresses then.
	$socket ||= bound($protocol, '::', $port) || bound($protocol, '0.0.0.0', $port) unless $taken;
	$sockets{ fileno $socket } = [$protocol, $socket] if $socket;
	push @open, $wanted if $socket || ($taken && $protocol eq 'tcp');
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
POSIX::close($_) for grep { !$sockets{$_} } 3 .. 255;
alarm $seconds;
while (1) {
	my $ready = '';
	vec($ready, $_, 1) = 1 for keys %sockets;
	next if select($ready, undef, undef, undef) < 1;
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
