#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On a kernel started with module.sig_enforce=1 that trusts nobody's key but its builder's.
. /verdict-lib.sh

row 'unsigned, signatures enforced from the start' /ov/ov_plain.ko
row 'signed by an unknown key, signatures enforced from the start' /ov/ov_signed.ko
explain /ov/ov_plain.ko
shows 'without UEFI no key can be added, and that is said' /tmp/text 'not started by UEFI'

oriel module sign /ov/ov_plain.ko >/tmp/text
report $? 'a key is made and the module signed' </tmp/text
shows 'its place is said' /tmp/text '^made a key: /var/lib/oriel/module-signing.key'
shows 'what is still missing is said' /tmp/text '^still missing: '
is 'the private key is for its owner only' "$(stat -c %a /var/lib/oriel/module-signing.key)" 600
cp /var/lib/oriel/module-signing.key /tmp/before
oriel module sign /ov/ov_plain.ko >/tmp/text
cmp -s /tmp/before /var/lib/oriel/module-signing.key
report $? 'signing again uses the same key' </tmp/text
rm /var/lib/oriel/module-signing.der
oriel module sign /ov/ov_plain.ko >/tmp/text 2>&1
is 'a key without its certificate is not overwritten' $? 1
cmp -s /tmp/before /var/lib/oriel/module-signing.key
report $? 'and is still there' </tmp/text
finish
