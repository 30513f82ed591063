# SPDX-License-Identifier: GPL-2.0
# xfstests.sh GROUP FSTYP: in a guest with a Debian root, by bash: the checkout of xfstests on /dev/vda runs that group on /dev/vdb and
# /dev/vdc as they are, then with orielfs over what is mounted of them.
. /tap.sh
export FSTYP=$2 TEST_DEV=/dev/vdb TEST_DIR=/test SCRATCH_DEV=/dev/vdc SCRATCH_MNT=/scratch
mkdir -p /xfstests $TEST_DIR $SCRATCH_MNT
modprobe "$FSTYP" 2>/dev/null
insmod /modules/orielfs.ko
mount /dev/vda /xfstests
cd /xfstests || exit
for user in fsgqa fsgqa2 123456-fsgqa; do useradd --badname -m $user; done 2>/dev/null

# run WHERE PATH: leaves what failed in /tmp/WHERE.failed, and what ran in /tmp/WHERE.ran
run() {
	yes | "mkfs.$FSTYP" -q $TEST_DEV >/dev/null 2>&1
	yes | "mkfs.$FSTYP" -q $SCRATCH_DEV >/dev/null 2>&1
	PATH=$2 RESULT_BASE=/tmp/results-$1 ./check -g "$group" >/tmp/$1 2>&1
	sed 's/^/# /' /tmp/$1
	for what in Ran Failures 'Not run'; do
		sed -n "s/^$what: //p" /tmp/$1 | tr ' ' '\n' | grep . | sort -u >"/tmp/$1.$what"
	done
	PATH=$2 umount $SCRATCH_MNT 2>/dev/null
	PATH=$2 umount $TEST_DIR 2>/dev/null
}
group=$1
run below "$PATH"
run above "/xfstests-wrappers:$PATH"
is 'xfstests ran below' "$(grep -c . /tmp/below.Ran | sed 's/^[1-9].*/some/')" some
is 'the same tests were tried above' "$(diff /tmp/below.Ran /tmp/above.Ran)" ''
is 'none fails above that passes below' "$(comm -13 /tmp/below.Failures /tmp/above.Failures)" ''
is 'none is left out above that runs below' "$(comm -13 '/tmp/below.Not run' '/tmp/above.Not run')" ''
finish
