#!/bin/sh
# certs.sh look CERTIFICATE KEY CHAIN PASSWORD NAME…  tell all that is wrong with files, on any machine
# certs.sh judge FOLDER NAME…                         the same for what was put into FOLDER/given, chain included
# certs.sh current FOLDER                             0 when `renew` would have nothing to do
# certs.sh renew FOLDER                               get, judge and take the certificate, and tell who uses it
#
# CERTIFICATE is PEM, DER, PKCS#7 or PFX. KEY, CHAIN and PASSWORD are files that may be missing: a PFX holds its key, and
# the password opens either. FOLDER/settings says where the certificate of this host comes from.
umask 077
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
problems=0

problem() {
	echo "$1" >&2
	problems=1
}

# Windows ends lines with CR LF, and a PFX puts its attributes between.
pem() {
	tr -d '\r' | sed -n '/^-----BEGIN/,/^-----END/p'
}

# Old exports are encrypted with RC2, which OpenSSL 3 opens only when told to.
from_pfx() {
	openssl pkcs12 -in "$1" -passin "$secret" -nodes "$2" 2>/dev/null ||
		openssl pkcs12 -in "$1" -passin "$secret" -nodes "$2" -legacy 2>/dev/null
}

certificates_in() {
	{
		if grep -q -e '-----BEGIN CERTIFICATE-----' "$1"; then
			tr -d '\r' <"$1" | sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p'
		else
			# A PFX first, with its password: OpenSSL 3 knows it in any of these, and would ask the terminal.
			from_pfx "$1" -nokeys ||
				openssl x509 -inform DER -in "$1" -passin pass: 2>/dev/null ||
				openssl pkcs7 -print_certs -in "$1" 2>/dev/null ||
				openssl pkcs7 -inform DER -print_certs -in "$1" 2>/dev/null
		fi
	} | pem
}

key_in() {
	{
		openssl pkey -in "$1" -passin "$secret" 2>/dev/null ||
			openssl pkey -inform DER -in "$1" 2>/dev/null ||
			from_pfx "$1" -nocerts
	} | pem
}

hash_of() {
	openssl x509 -in "$1" -noout "-$2_hash"
}

# The server's own certificate first, then who signed it, and so on: the order that every client takes. The authority
# itself is left out: who trusts it has it.
put_in_order() {
	key=$(openssl pkey -in "$work/key" -pubout)
	last=
	for one in "$work"/*.one; do
		[ "$(openssl x509 -in "$one" -noout -pubkey 2>/dev/null)" = "$key" ] && last=$one && break
	done
	[ -n "$last" ] || return 1
	while [ -n "$last" ]; do
		openssl x509 -in "$last" >>"$work/chain"
		[ -e "$work/leaf" ] || openssl x509 -in "$last" >"$work/leaf"
		issuer=$(hash_of "$last" issuer)
		rm "$last"
		last=
		for one in "$work"/*.one; do
			[ -e "$one" ] || continue
			[ "$(hash_of "$one" subject)" = "$issuer" ] && [ "$(hash_of "$one" issuer)" != "$issuer" ] && last=$one && break
		done
	done
	return 0
}

# Leaves work/chain and work/key when there is nothing wrong.
look() {
	certificate=$1 given_key=$2 given_chain=$3 password=$4
	shift 4
	secret=pass:
	[ -s "$password" ] && secret=file:$password
	rm -f "$work"/*
	for file in "$certificate" ${given_key:+"$given_key"}; do
		[ -s "$file" ] || problem "there is no $file: put it there"
	done
	[ "$problems" = 0 ] || return 1

	certificates_in "$certificate" >"$work/all"
	[ -s "$work/all" ] ||
		problem "$certificate is no certificate (PEM, DER, PKCS#7), and no PFX that certs_password opens: export it again, or correct the password"
	key_in "${given_key:-$certificate}" >"$work/key"
	[ -s "$work/key" ] ||
		problem "${given_key:-$certificate} holds no private key that can be read: give its key in certs_key, and what opens it in certs_password"
	[ "$problems" = 0 ] || return 1

	[ -s "$given_chain" ] && certificates_in "$given_chain" >>"$work/all"
	awk -v folder="$work" '/^-----BEGIN/ { number++ } { print > (folder "/" number ".one") }' "$work/all"
	if ! put_in_order; then
		problem "${given_key:-the key} does not belong to a certificate in $certificate: give the pair that was made together"
		return 1
	fi

	openssl x509 -in "$work/leaf" -noout -checkend 0 >/dev/null ||
		problem "$certificate has ended: $(openssl x509 -in "$work/leaf" -noout -enddate)"
	stands_for "$@"
	[ "$problems" = 0 ]
}

# One star stands for one label (RFC 6125, 6.4.3).
stands_for() {
	names=" $(openssl x509 -in "$work/leaf" -noout -text |
		sed -n '/Subject Alternative Name/{n;p;}' | tr -d ' ' | tr ',' '\n' | sed -n 's/^DNS://p' |
		tr '[:upper:]' '[:lower:]' | tr '\n' ' ')"
	all_names=${names% }
	for name; do
		case $names in
		*" $name "*) ;;
		*" *.${name#*.} "*) ;;
		*) problem "the certificate does not stand for $name, only for:${all_names:- no name}. Ask for one that names it" ;;
		esac
	done
}

lasts() {
	openssl x509 -in "$1" -noout -checkend $((renew_before_days * 86400)) >/dev/null 2>&1
}

acme_file() {
	echo "acme/certificates/$(echo "$certs_names" | awk '{ print $1 }' | sed 's/^\*/_/').$1"
}

# What is offered, by source. Each is judged by `look`, also what we have made ourselves.
offered() {
	authority=given/authority
	case $source in
	local-ca) set -- local-ca/tls.crt local-ca/tls.key '' && authority=local-ca/ca.crt ;;
	acme) set -- "$(acme_file crt)" "$(acme_file key)" '' ;;
	files)
		# A PFX comes alone.
		if [ -e given/key ]; then set -- given/key; else set -- ''; fi
		set -- given/certificate "$1" given/chain
		;;
	esac
	set -f
	# shellcheck disable=SC2086 # names are words, and a star in them is no pattern
	set -- "$@" given/password $certs_names
	set +f
	look "$@" || return 1
	[ -s "$authority" ] && cp "$authority" "$work/authority"
	[ "$source" = files ] && complete
	[ "$problems" = 0 ]
}

complete() {
	if [ -e "$work/authority" ]; then set -- -CAfile "$work/authority"; fi
	said=$(openssl verify -purpose sslserver -untrusted "$work/chain" "$@" "$work/leaf" 2>&1) ||
		problem "the chain does not reach an authority that is trusted here: $(echo "$said" | grep -m 1 -o 'error .*'). The last certificate given was signed by: $(tail_issuer). Give those in between in certs_chain, and an authority of your own in certs_authority"
}

tail_issuer() {
	awk '/^-----BEGIN/ { text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$work/chain" |
		openssl x509 -noout -issuer | sed 's/^issuer= *//'
}

served() {
	cmp -s "$work/chain" tls.crt && cmp -s "$work/key" tls.key &&
		if [ -e "$work/authority" ]; then cmp -s "$work/authority" ca.crt; else [ ! -e ca.crt ]; fi
}

# A run makes the certificate of the local authority; between runs it only gets a new end.
sign_again() {
	openssl x509 -x509toreq -in local-ca/tls.crt -signkey local-ca/tls.key -copy_extensions copyall -out "$work/request" 2>"$work/log" &&
		openssl x509 -req -in "$work/request" -CA local-ca/ca.crt -CAkey local-ca/ca.key -set_serial "0x1$(openssl rand -hex 15)" \
			-days "$days" -sha256 -copy_extensions copyall -out local-ca/tls.crt.new 2>>"$work/log" &&
		chmod 644 local-ca/tls.crt.new && mv local-ca/tls.crt.new local-ca/tls.crt && return
	cat "$work/log" >&2
	return 1
}

# Names by DNS-01 (RFC 8555, 8.4): nothing has to be reached from the internet.
order() {
	set -f
	words=
	for name in $certs_names; do words="$words --domains $name"; done
	for resolver in $acme_resolvers; do words="$words --dns.resolvers $resolver"; done
	set -a
	. "$PWD/acme.env"
	set +a
	# shellcheck disable=SC2086 # names and resolvers are words
	lego --path "$PWD/acme" --server "$acme_directory" --email "$acme_email" --accept-tos \
		--key-type "$acme_key_type" --dns "$acme_dns" $words run >"$work/lego" 2>&1 && set +f && return
	tail -n 20 "$work/lego" >&2
	echo "the authority $acme_directory gave no certificate; what was served before goes on being served" >&2
	exit 1
}

take() {
	# The key is never readable for others, the rest is for everybody.
	install -m 600 "$work/key" tls.key.new && install -m 644 "$work/chain" tls.crt.new || exit 1
	mv tls.key.new tls.key && mv tls.crt.new tls.crt
	if [ -e "$work/authority" ]; then install -m 644 "$work/authority" ca.crt.new && mv ca.crt.new ca.crt; else rm -f ca.crt; fi
}

# lego keeps what it got for names of before.
forget_other_names() {
	[ "$source" = acme ] || return 0
	mine=$(acme_file '')
	for file in acme/certificates/*; do
		case ${file#"$mine"} in
		crt | key | issuer.crt | json | pem | pfx) ;;
		*) rm -f "$file" ;;
		esac
	done
}

# For node_exporter's textfile collector, where there is one.
tell_days_left() {
	metrics=/var/lib/prometheus/node-exporter
	[ -d "$metrics" ] || return 0
	end=$(date -d "$(openssl x509 -in tls.crt -noout -enddate | cut -d= -f2)" +%s)
	{
		echo '# HELP g2pbook_certificate_days_left Days until the certificate ends.'
		echo '# TYPE g2pbook_certificate_days_left gauge'
		echo "g2pbook_certificate_days_left{folder=\"$PWD\"} $(((end - $(date +%s)) / 86400))"
	} >"$metrics/g2pbook-certs.prom.new" && chmod 644 "$metrics/g2pbook-certs.prom.new" &&
		mv "$metrics/g2pbook-certs.prom.new" "$metrics/g2pbook-certs.prom"
}

# Whether what is offered has to be made or asked for again, before its end or for another name.
is_due() {
	case $source in
	local-ca) ! lasts local-ca/tls.crt ;;
	acme) ! { (offered) 2>/dev/null && lasts "$(acme_file crt)"; } ;;
	files) return 1 ;;
	esac
}

renew() {
	# The timer's and that of a run, one after the other.
	exec 9<"$PWD" && flock 9
	if is_due; then
		case $source in
		local-ca) sign_again ;;
		acme) order ;;
		esac || exit 1
	fi
	problems=0
	offered || refuse
	served || take
	forget_other_names
	tell_days_left
	lasts tls.crt || logger -p daemon.warning -t g2pbook-certs "the certificate in $PWD ends soon: $(openssl x509 -in tls.crt -noout -enddate). Give a new one and run g2pbook"
	failed=0
	for program in renewed.d/*; do
		[ -x "$program" ] || continue
		"$program" || { echo "$PWD/$program did not take the new certificate" >&2 && failed=1; }
	done
	exit "$failed"
}

refuse() {
	echo 'nothing that is served was changed: correct this and run again' >&2
	exit 1
}

case $1 in
look | judge)
	# A check of a fresh host may come before openssl; the run looks again.
	command -v openssl >/dev/null || exit 0
	word=$1
	shift
	if [ "$word" = look ]; then
		look "$@" || refuse
		exit 0
	fi
	cd "$1" || refuse
	shift
	source=files certs_names=$*
	offered || refuse
	;;
current | renew)
	cd "$2" || exit 1
	. "$PWD/settings"
	if [ "$1" = renew ]; then renew; fi
	! is_due && offered && served
	;;
*)
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
