#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On a kernel that enforces nothing: each way in which a module can be odd.
. /verdict-lib.sh

row 'unsigned' /ov/ov_plain.ko
shows 'unsigned: the loaded module is matched by its build-id' /tmp/json '"file": "same"'
unload ov_plain
row 'signed by an unknown key' /ov/ov_signed.ko
unload ov_plain
row 'marked as in the tree' /ov/ov_intree.ko
unload ov_intree
row 'staging' /ov/ov_staging.ko
unload ov_staging
row 'a test module' /ov/ov_test.ko
unload ov_test
row 'without trace events' /ov/ov_quiet.ko
unload ov_quiet

row 'built for another release' /ov/ov_release.ko
unload ov_plain
row 'wrong vermagic' /ov/ov_magic.ko
explain /ov/ov_magic.ko
is 'wrong vermagic: the verdict is bad' $status 10
shows 'wrong vermagic: a way to rebuild it is printed' /tmp/text '^  make -C /'
row 'wrong vermagic, by force' /ov/ov_magic.ko force
unload ov_plain
row 'unsigned, once another module tainted the kernel by force' /ov/ov_plain.ko
unload ov_plain

row 'loaded by force without need' /ov/ov_plain.ko force
mended 'loaded by force without need' ov_plain --file /ov/ov_plain.ko
unload ov_plain

row 'marked as a live patch' /ov/ov_livepatch.ko
if [ "$seen_events" = dropped ]; then
	unload ov_livepatch
	mended 'marked as a live patch' /ov/ov_livepatch.ko
	row 'no longer marked as a live patch' /ov/ov_livepatch.ko
fi
unload ov_livepatch

if [ -f /ov/ov_noversions.ko ]; then
	row 'without symbol versions' /ov/ov_noversions.ko
	unload ov_plain
	row 'with a wrong symbol version' /ov/ov_checksum.ko
	row 'with a wrong symbol version, by force' /ov/ov_checksum.ko force
	unload ov_plain
	row 'of another kernel, with an unknown symbol' /ov/ov_other_caller.ko
	row 'of another kernel' /ov/ov_other_plain.ko
	row 'of another kernel, by force' /ov/ov_other_plain.ko force
	unload ov_plain
	symvers=/usr/src/linux-headers-$(uname -r)/Module.symvers
	mv "$symvers" /tmp/
	row 'of another kernel, without the headers' /ov/ov_other_plain.ko
	is 'of another kernel, without the headers: it is sure' "$expected" ENOEXEC
	mv /tmp/Module.symvers "$symvers"
fi
if [ -f /ov/ov_btf.ko ]; then
	row 'with the BTF of another kernel beside what it brings of its own' /ov/ov_btf_own.ko
	row 'with the BTF of another kernel' /ov/ov_btf.ko
	mended 'with the BTF of another kernel' /ov/ov_btf.ko
	row 'without BTF' /ov/ov_btf.ko
	unload ov_plain
fi

row 'with an unknown symbol' /ov/ov_caller.ko
row 'without a GPL-compatible licence' /ov/ov_license.ko
row 'with a struct module of another size' /ov/ov_layout.ko
unload ov_plain
row 'of another architecture' /ov/ov_foreign.ko
row 'with a corrupt signature' /ov/ov_corrupt.ko
mended 'with a corrupt signature' /ov/ov_corrupt.ko

explain /ov/ov_truncated.ko
is 'a truncated file is a failure, not a verdict' $status 1
load /ov/ov_truncated.ko
is 'and the kernel does not take it' "$loaded" ENOEXEC
explain /ov/ov_signed.ko.xz
is 'an xz-compressed module is explained' $status 0
explain /ov/ov_packed.ko.zst
is 'a zstd-compressed module is explained' $status 0
explain nonesuch
is 'an unknown name is a failure' $status 1
explain kernel
is 'what is built in is good' $status 0

cp /ov/ov_plain.ko "$modules/extra/"
insmod /ov/ov_plain.ko
oriel module list >/tmp/text
shows 'the list shows it' /tmp/text '^ov_plain  *OE  *1  *live  *good$'
cp /ov/ov_plain.ko /tmp/other.ko
objcopy --remove-section .note.gnu.build-id /tmp/other.ko
explain ov_plain --file /tmp/other.ko
shows 'a file without build-id is not taken for proved' /tmp/json '"file": "unprovable"'
explain ov_plain --file /ov/ov_quiet.ko
shows 'another file is told apart' /tmp/json '"file": "different"'
setpriv --reuid 65534 --regid 65534 --clear-groups oriel module explain ov_plain --file /ov/ov_plain.ko >/tmp/text
shows 'without root it is said what only root can see' /tmp/text '^unknown: .* cannot be told$'
shows 'and how to see it' /tmp/text '^  sudo oriel module explain ov_plain$'
setpriv --reuid 65534 --regid 65534 --clear-groups oriel module explain --json /ov/ov_signed.ko >/tmp/json
shows 'without root the keys are not known' /tmp/json '"keyrings": null'
shows 'and the trust is not guessed' /tmp/json '"state": "unknown"'
unload ov_plain
finish
