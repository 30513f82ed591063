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
matches 'modprobe finds them' "$(modinfo -n oriel oriel_ns orielfs | xargs)" \
	'/updates/dkms/oriel\.ko[^ ]* .*/updates/dkms/oriel_ns\.ko[^ ]* .*/updates/dkms/orielfs\.ko'
is 'nothing is loaded unasked' "$(grep -c ^oriel /proc/modules)" 0
is 'the files are as the packages brought them' "$(dpkg -V oriel oriel-dkms orield 2>&1)" ''
is 'nothing keeps this kernel from loading them' "$(/usr/lib/oriel-dkms/check 2>&1) $?" ' 0'
is 'modprobe loads them' "$(modprobe -a oriel oriel_ns 2>&1) $?" ' 0'
status=$(oriel status 2>&1)
matches 'oriel status sees both' "$? $status" '^0 .*oriel\.ko [^ ]+ is loaded.*oriel_ns\.ko [^ ]+ is loaded'
matches 'the verdict on the loaded module is good' "$(oriel module explain oriel)" '^good'
is 'orielfs is not loaded with them' "$(grep -c ^orielfs /proc/modules)" 0
is 'mounting loads it' "$(mount -t orielfs /etc /mnt 2>&1) $? $(grep -c ^orielfs /proc/modules)" ' 0 1'
is 'and shows the directory' "$(diff /etc/passwd /mnt/passwd 2>&1)$?" 0
matches 'oriel fs list names it' "$(oriel fs list 2>&1)" '/mnt +/etc +'
if grep -q '\[integrity\]' /sys/kernel/security/lockdown; then
	is 'a locked down kernel takes it as signed by a key it trusts' "$(cat /sys/module/oriel/taint)" O
	matches 'which is the key of DKMS, says the verdict on the file' "$(oriel module explain "$(modinfo -n oriel)")" \
		'DKMS module signing key.*which this kernel trusts'
fi

. /selftests/vm/orield.sh "$@"

# A file that is cut, over a directory that is mounted.
mkdir -p /cut/lower /cut/over
mount -t orielfs /cut/lower /cut/over
printf 0123456789 >/cut/over/video
oriel fs cut --from 2 --to 5 /cut/over/video
plain=$(cat /cut/over/video)
exec 7</dev/oriel
removed=$(dpkg --purge oriel-dkms 2>&1)
is 'the modules are removed although two are in use' $? 0
matches 'which is said, with the remedy' "$removed" $'oriel stays loaded.*\n *remedy: .*rmmod oriel'
matches 'of both' "$removed" $'orielfs stays loaded.*\n *remedy: .*a mount.*rmmod orielfs'
exec 7<&-
is 'and the third is unloaded' "$(grep -o '^oriel[^ ]*' /proc/modules | sort | xargs)" 'oriel orielfs'
matches 'cut files are warned of' "$removed" $'/cut/lower holds cut files, /cut/lower/video among them.*\n *remedy: umount \'/cut/over\'; oriel fs flatten -r \'/cut/lower\''
is 'the mount works on' "$(cat /mnt/passwd)" "$(cat /etc/passwd)"
umount /mnt /cut/over
is 'the remedy makes plain files of them' "$(oriel fs flatten -r /cut/lower >/dev/null 2>&1) $? $(cat /cut/lower/video)" " 0 $plain"
rm -r /cut
is 'the remedy unloads them' "$(rmmod oriel 2>&1 && rmmod orielfs 2>&1) $?" ' 0'
removed=$(dpkg --purge oriel 2>&1)
is 'the command is removed' "$? $(ls /usr/bin/oriel 2>/dev/null)" '0 '
matches 'and says that it knows of no more cut files' "$removed" 'no cut file is known; .*oriel fs flatten -r DIR'
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
