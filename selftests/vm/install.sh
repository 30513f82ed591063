#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# install.sh [whole]: in a guest whose root has the packages installed: the modules load and work, so does the daemon, and purging leaves nothing.
# The root and the kernel as they were before are on /dev/vda and /dev/vdb.
set -u
. /selftests/tap.bash
. /selftests/vm/install-files.bash
release=$(uname -r)
export DEBIAN_FRONTEND=noninteractive

is 'DKMS has installed the modules for the running kernel' "$(dkms status -k "$release" 2>/dev/null)" "oriel/$(cat /selftests/VERSION), $release, x86_64: installed"
matches 'modprobe finds them' "$(modinfo -n oriel oriel_ns | xargs)" '/updates/dkms/oriel\.ko[^ ]* .*/updates/dkms/oriel_ns\.ko'
is 'nothing is loaded unasked' "$(grep -c ^oriel /proc/modules)" 0
is 'the files are as the packages brought them' "$(dpkg -V oriel oriel-dkms orield 2>&1)" ''
is 'nothing keeps this kernel from loading them' "$(/usr/lib/oriel-dkms/check 2>&1) $?" ' 0'
is 'modprobe loads them' "$(modprobe -a oriel oriel_ns 2>&1) $?" ' 0'
status=$(oriel status 2>&1)
matches 'oriel status sees both' "$? $status" '^0 .*oriel\.ko [^ ]+ is loaded.*oriel_ns\.ko [^ ]+ is loaded'
matches 'the verdict on the loaded module is good' "$(oriel module explain oriel)" '^good'
if grep -q '\[integrity\]' /sys/kernel/security/lockdown; then
	is 'a locked down kernel takes it as signed by a key it trusts' "$(cat /sys/module/oriel/taint)" O
	matches 'which is the key of DKMS, says the verdict on the file' "$(oriel module explain "$(modinfo -n oriel)")" \
		'DKMS module signing key.*which this kernel trusts'
fi

. /selftests/vm/orield.sh "$@"

exec 7</dev/oriel
removed=$(dpkg --purge oriel-dkms 2>&1)
is 'the modules are removed although one is in use' $? 0
matches 'which is said, with the remedy' "$removed" $'oriel stays loaded.*\n *remedy: .*rmmod oriel'
exec 7<&-
is 'and the other is unloaded' "$(grep -o '^oriel[^ ]*' /proc/modules)" oriel
is 'the remedy unloads it' "$(rmmod oriel 2>&1) $?" ' 0'
removed=$(dpkg --purge oriel 2>&1)
is 'the command is removed' "$? $(ls /usr/bin/oriel 2>/dev/null)" '0 '
is 'DKMS knows nothing of it' "$(dkms status)" ''

mkdir -p /mnt/root /mnt/kernel
mount -t erofs -o ro /dev/vda /mnt/root
mount -t erofs -o ro /dev/vdb /mnt/kernel
before=$(mktemp) after=$(mktemp)
files_of /mnt/root "/mnt/kernel/lib/modules/$release" >"$before"
files_of / "/lib/modules/$release" >"$after"
matches 'what was there before is known' "$(wc -l <"$before")" '^[0-9]{5}'
is 'purging leaves nothing, and takes nothing along' "$(diff "$before" "$after" | grep '^[<>]')" ''
finish
