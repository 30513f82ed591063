#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On a kernel that trusts a key by its firmware and is locked down: what is verified gets in, all else is
# kept out, and signing is the remedy. Enforcement comes on top of it at the end: it cannot be taken back.
. /verdict-lib.sh

grep -q '\[integrity\]' /sys/kernel/security/lockdown
report $? 'the kernel is locked down' </sys/kernel/security/lockdown

explain /ov/ov_trusted.ko
is 'without the certificate a name proves nothing' "$(field plain load) $status" 'unknown 0'
explain /ov/ov_trusted.ko --cert /keys/trusted.der
shows 'with it the key is found exactly' /tmp/json '"keyring": ".platform"'
modprobe efivarfs
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
row 'signed by a trusted key, locked down' /ov/ov_trusted.ko
shows 'the certificate is read from the firmware' /tmp/json '"certificate": "/sys/firmware/efi/efivars/db-'
unload ov_plain
row 'unsigned, locked down' /ov/ov_plain.ko
row 'signed by an unknown key, locked down' /ov/ov_signed.ko
row 'trusted but by force, locked down' /ov/ov_trusted.ko force

# The key that the firmware trusts is at the place where Oriel keeps its own.
mkdir -p /var/lib/oriel
cp /keys/trusted.key /var/lib/oriel/module-signing.key
cp /keys/trusted.der /var/lib/oriel/module-signing.der
row 'changed after signing' /ov/ov_tampered.ko
cp /ov/ov_plain.ko /tmp/mine.ko
mended 'unsigned, locked down' /tmp/mine.ko
row 'signed by the printed command, locked down' /tmp/mine.ko
unload ov_plain

echo Y >/sys/module/module/parameters/sig_enforce
row 'unsigned, signatures enforced' /ov/ov_plain.ko
row 'signed by an unknown key, signatures enforced' /ov/ov_signed.ko
row 'signed by a trusted key, signatures enforced' /ov/ov_trusted.ko
unload ov_plain
row 'trusted but by force, signatures enforced' /ov/ov_trusted.ko force
cp /ov/ov_signed.ko /tmp/mine.ko
mended 'signed by an unknown key, signatures enforced' /tmp/mine.ko
row 'signed anew by the printed command' /tmp/mine.ko
unload ov_plain
finish
