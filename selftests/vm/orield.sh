# SPDX-License-Identifier: GPL-2.0
# Sourced by install.sh, in a guest that systemd runs: the unit as its package brings it, while oriel.ko is loaded. With the argument "whole"
# all of it, else what depends on the kernel; then the package goes.

# until_it COMMAND...: waits until it succeeds
until_it() {
	local patience=100
	while ! "$@" >/dev/null 2>&1; do
		((--patience)) || return
		sleep 0.3
	done
}
unit() { systemctl show -P "$1" orield; }
# field EXPRESSION: of what orield has answered, in Perl
field() { perl -MJSON::PP -0777 -ne '$d = decode_json($_)->{daemon}; print '"$1" /tmp/status; }
ask() { oriel status --json >/tmp/status; }
# as_whom GROUP COMMAND...: as nobody, who is in this group
as_whom() { setpriv --reuid=nobody --regid=nogroup --groups="$1" -- "${@:2}" 2>&1; }
programs() { bpftool prog show | grep -c ': tracing '; }
attached() { perl -MJSON::PP -0777 -ne "\$d = decode_json(\$_); print map { \"\$_->{name} \$_->{hook}\\n\" } sort { \$a->{name} cmp \$b->{name} } grep { \$_->{attached} } $1"; }
reloaded_with() {
	echo "$1" >/etc/oriel/orield.conf
	systemctl reload orield
}

unit_works() {
	is 'the unit is enabled' "$(systemctl is-enabled orield)" enabled
	is 'the unit starts' "$(systemctl start orield 2>&1) $(systemctl is-active orield)" ' active'
	matches 'systemd knows what it does' "$(unit StatusText)" '^5 of 5 collectors work, '
	ask
	is 'all collectors work' "$(field 'join " ", map { $_->{works} ? $_->{name} : "no $_->{name}: $_->{reason}" } @{$d->{collectors}}')" \
		'vma locks cgroups markers modules'
	is 'it records, and serves metrics' "$(field 'join ",", map { $d->{$_}{reason} } "recording", "exporter"')" ','
	local noun
	for noun in vma locks; do
		is "$noun: its programs are those that run without a unit" \
			"$(attached "map { @{\$_->{programs}} } grep { \$_->{name} eq '$noun' } @{\$d->{daemon}{collectors}}" </tmp/status)" \
			"$(oriel "${noun%s}" record --json -o /tmp/recording -- true 2>/dev/null | attached '@{$d->{programs}}')"
	done
	matches 'its programs are in the kernel' "$(programs)" '^[1-9]'
	is 'and timed' "$(field '$d->{programs_are_timed}')" 1
	matches 'the metrics are there' "$(exec 3<>/dev/tcp/127.0.0.1/19735 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3)" 'oriel_build_info'
}

unit_is_for_the_group() {
	is 'the socket is for root and the group' "$(stat -c '%U:%G %a' /run/oriel/orield.sock)" 'root:oriel 660'
	matches 'who is in the group may ask' "$(as_whom oriel oriel status)" 'orield .* runs as process'
	matches 'who is not may not' "$(as_whom nogroup oriel status)" 'orield runs; you may not speak with it: run as root, or join the group oriel'
	is 'the recording is for the group' "$(stat -c '%U:%G %a' /var/lib/oriel /var/lib/oriel/orield.oriel | xargs)" 'root:oriel 750 root:oriel 640'
	until_it test -s /var/lib/oriel/orield.oriel
	as_whom oriel oriel vma show /var/lib/oriel/orield.oriel >/tmp/said
	matches 'who reads it' "$? $(cat /tmp/said)" '^0 guest, kernel .*: orield'
}

unit_is_told() {
	reloaded_with 'budget_percent = 100'
	ask
	is 'a reload takes new settings' "$(systemctl is-active orield) $(field '$d->{budget_percent}')" 'active 100'
	local before
	before=$(unit WatchdogTimestampMonotonic)
	ask
	is 'the watchdog hears of it' "$(($(unit WatchdogTimestampMonotonic) > before))" 1
	reloaded_with 'budget_percent = none'
	until_it eval 'journalctl -u orield -p err -o cat | grep -q .'
	matches 'the journal has what is wrong, as an error' "$(journalctl -u orield -p err -o cat)" \
		'^the settings stay as they are: /etc/oriel/orield.conf:1:'
	matches 'and what is not' "$(journalctl -u orield -o cat)" 'the settings were read again'
	is 'it goes on' "$(systemctl is-active orield) $(unit NRestarts)" 'active 0'
}

# Stopped for longer than the watchdog's time, here a short one.
unit_is_watched() {
	mkdir -p /run/systemd/system/orield.service.d
	printf '[Service]\nWatchdogSec=10\nRestartSec=0\n' >/run/systemd/system/orield.service.d/short.conf
	: >/etc/oriel/orield.conf
	systemctl daemon-reload
	systemctl restart orield
	kill -STOP "$(unit MainPID)"
	until_it eval '(($(unit NRestarts) > 0)) && systemctl is-active orield'
	is 'one that hangs is started again' "$(unit NRestarts) $(systemctl is-active orield)" '1 active'
	rm -r /run/systemd/system/orield.service.d
	systemctl daemon-reload
	systemctl restart orield
}

unit_works
if [[ ${1:-} == whole ]]; then
	unit_is_for_the_group
	unit_is_told
	unit_is_watched
fi
removed=$(dpkg --purge orield 2>&1)
is 'the package goes while it runs' "$? $(pidof orield) $(systemctl is-active orield)" '0  inactive'
until_it eval '(($(programs) == 0))'
is 'and leaves no program, socket or lock behind' "$(programs) $(ls -d /run/oriel 2>&1)" "0 ls: cannot access '/run/oriel': No such file or directory"
matches 'it ended well' "$(journalctl -u orield -o cat | tail -n 3)" 'Deactivated successfully'
