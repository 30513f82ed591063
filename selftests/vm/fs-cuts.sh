# SPDX-License-Identifier: GPL-2.0
# fs-cuts.sh OPERATIONS KIND...: in the guest: files are cut and inserted into, over tmpfs and over file systems of those kinds, a disk each.
. /tap.sh
. /fs-exercise.sh
operations=$1
shift
kinds=$*

insmod /modules/orielfs.ko
mkdir -p /lower /over /other /copy

# fresh: /over again, with nothing kept in memory
fresh() {
	umount /over
	mount -t orielfs /lower /over
}

# read_apart WHAT: each file of /lower is what /over says, for a program that knows the page about the format only, and where it is copied to
read_apart() {
	for file in $(ls /lower); do
		fs_reader /lower/"$file" >/tmp/read 2>/tmp/said
		status=$?
		[ $status != 0 ] || cut_files=$((cut_files + 1))
		is "$1: $file, read by its form alone, is what it was" "$(cmp /tmp/read /over/"$file" 2>&1) $((status % 3)) $(cat /tmp/said)" ' 0 '
	done
	mount -t tmpfs none /other
	cp -r /lower/. /other
	mount -t orielfs /other /copy
	is "$1: copied elsewhere they are the same" "$(for file in $(ls /lower); do cmp /over/"$file" /copy/"$file" 2>&1; done)" ''
	umount /copy
	umount /other
}

# by_random KIND: random operations, also of a worker that cuts behind others
by_random() {
	cut_files=0
	while read -r divisor variant; do
		exercised "$1" $((operations / divisor)) "$variant" --cuts
		rm -rf /tmp/was
		cp -r /over /tmp/was
		fresh
		is "$1: and are what they were when it is mounted again${variant:+, $variant}" "$(for file in $(ls /lower); do cmp /tmp/was/"$file" /over/"$file" 2>&1; done)" ''
		read_apart "$1${variant:+, $variant}"
		rm -f /over/*
	done <<-variants
		1
		1 --mmap
		2 --own-buffers --mmap --uring
		4 --threads 3 --mmap --aio
	variants
	is "$1: files were cut" "$((cut_files > 2))" 1
}

# by_others KIND: readers, and a writer through a mapping, beside one who cuts
by_others() {
	for mapped in '' mapped; do
		said=$(timeout -k 5 300 fs_cutter /over/log 100 $mapped 2>&1)
		is "$1: who reads beside a cutter finds what is there${mapped:+, also in a mapping that is written to}" \
			"$? $(echo "$said" | sed 's/^[1-9][0-9]* bytes were looked at/all right/')" '0 all right'
	done
	rm /over/log
}

# by_hand KIND: what can be said byte by byte
by_hand() {
	printf 'The quick brown fox jumps over the lazy dog' >/over/text
	fallocate -c -o 4 -l 6 /over/text
	is "$1: fallocate -c takes bytes out" "$? $(cat /over/text)" '0 The brown fox jumps over the lazy dog'
	fallocate -i -o 4 -l 3 /over/text
	is "$1: fallocate -i puts some in" "$? $(tr '\0' - </over/text)" '0 The ---brown fox jumps over the lazy dog'
	printf old | dd of=/over/text bs=1 seek=4 conv=notrunc status=none
	printf ' and on' >>/over/text
	is "$1: which can be written to" "$(cat /over/text)" 'The oldbrown fox jumps over the lazy dog and on'
	fallocate -c -o 40 -l 100 /over/text 2>/tmp/said
	is "$1: up to the end, nothing is taken out" "$? $(grep -o 'Invalid argument' /tmp/said) $(stat -c %s /over/text)" '1 Invalid argument 47'
	fresh
	is "$1: mounted again, it is the same" "$(stat -c %s /over/text) $(cat /over/text)" '47 The oldbrown fox jumps over the lazy dog and on'
	printf short >/over/text
	is "$1: it can be written anew" "$(cat /over/text)" short
	rm /over/text
}

# by_tools: what the ioctls say and do, and limits of the caller's
by_tools() {
	head -c 300000 /dev/urandom >/over/many
	is 'a plain file is a plain file' "$(fs_look look /over/many) $(fs_look compact /over/many)" 'identity 0 0'
	fs_look cuts /over/many 700
	is 'a cut one is cut' "$(fs_look look /over/many)" 'piecewise, cut'
	cp /over/many /tmp/many
	before=$(fs_look extents /over/many)
	is 'and has an extent for each cut' "$([ "$before" -ge 100 ] || echo "$before")" ''
	is 'compacted, it has few' "$(fs_look compact /over/many)" "$before 2"
	is 'and is the same' "$(cmp /over/many /tmp/many 2>&1)" ''
	is 'its blocks are those of its bytes' "$(stat -c %b /over/many)" $((($(stat -c %s /over/many) + 511) / 512))
	fallocate -p -o 1000 -l 100000 /over/many
	is 'and fewer with a hole' "$(stat -c %b /over/many)" $((($(stat -c %s /over/many) - 100000 + 511) / 512))
	touch -d @1000 /over/many
	fallocate -c -o 1 -l 1 /over/many
	is 'a cut is a modification, now' "$(($(date +%s) - $(stat -c %Y /over/many) < 60))" 1
	dd if=/dev/null of=/over/many bs=1 count=0 conv=notrunc,fsync status=none
	is 'and of the lower file, when it is durable' "$(stat -c %y /lower/many)" "$(stat -c %y /over/many)"
	is 'what cannot be asked for is refused' "$(fs_look wrong /over/many)" "$(cat <<-refused
		look of another version: EPROTO
		told version 1
		compact of another version: EPROTO
		told version 1
		look into nowhere: EFAULT
		compact from nowhere: EFAULT
		compact of a reader: EBADF
		nobody's: ENOTTY
		compact behind everything: ok
	refused
	)"
	# Where bytes lie below is nothing that a limit is for.
	fallocate -i -o 1 -l 2000000 /over/many
	fallocate -c -o 1 -l 1990000 /over/many
	is 'the limit of file sizes is for the file' "$(sh -c 'ulimit -f 700; dd if=/dev/zero of=/over/many bs=1000 seek=200 count=100 conv=notrunc,fsync status=none; echo $?' 2>&1)" 0
	is 'also when bytes are set aside' "$(sh -c 'ulimit -f 700; fallocate -i -o 1 -l 200000 /over/many && fallocate -o 1 -l 200000 /over/many; echo $?' 2>&1)" 0
	fallocate -c -o 1 -l 200000 /over/many
	is 'and stops what goes beyond it' "$(sh -c 'trap "" XFSZ; ulimit -f 700; dd if=/dev/zero of=/over/many bs=1000 seek=800 count=1 conv=notrunc status=none' 2>&1 | grep -o 'File too large')" 'File too large'
	ln /over/many /over/link
	fresh
	is 'a hard link is the same file' "$(stat -c %s /over/link) $(cmp /over/many /over/link 2>&1)" "$(stat -c %s /over/many) "
	is 'what is known to differ differs' "$(fs_look differs /over/many)" "$(cat <<-known
		a direct read that is not aligned: ok
		a read that may not wait: EAGAIN
		a reflink of it: EOPNOTSUPP
		a copy of it: ok
		its extents: ok
		setting the note of a first cut: EPERM
		reading it: ENODATA
		the first: at 0, physical 0, flags 0x102
	known
	)"
	cp /lower/many /over/raw
	is 'a lower file that is copied into the mount is a plain file' "$(cmp /over/raw /lower/many 2>&1)" ''
	fresh
	is 'and a cut one when it is looked up anew' "$(cmp /over/raw /over/many 2>&1)" ''
	rm /over/link /over/many /over/raw
}

# counted NAME...: these numbers of `oriel fs stat`
counted() {
	oriel --json fs stat /over >/tmp/counted
	for name; do sed -n "s/^      \"$name\": \([0-9]*\),*$/\1/p" /tmp/counted; done | xargs
}

# by_numbers: what is counted and traced of a known sequence, over a lower that gives back holes
by_numbers() {
	changes='cuts inserts punches piecewise_changes cached_changes first_cuts'
	extents='cut_inodes cut_extents'
	tracing=/sys/kernel/tracing
	flusher=$(cat /proc/sys/vm/dirty_writeback_centisecs)
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs # nothing is made durable unasked
	fresh
	head -c 262144 /dev/urandom >/over/counted
	is 'of a plain file nothing is counted' "$(counted $changes $extents commits)" '0 0 0 0 0 0 0 0 0'
	has 'which is in identity mode' "$(oriel fs stat /over/counted)" '^/over/counted: identity mode$'
	echo >$tracing/trace
	for event in cut commit compact mode; do echo 1 >$tracing/events/oriel/fs_$event/enable; done
	# The front, 12288 bytes, moves behind the rest: 2 extents.  Each of these makes two more.
	fallocate -c -o 100 -l 50 /over/counted
	is 'a first cut' "$(counted $changes $extents)" '1 0 0 1 0 1 1 3'
	fallocate -i -o 200000 -l 1000 /over/counted
	fallocate -p -o 1000 -l 10 /over/counted
	fallocate -z -o 5000 -l 20 /over/counted
	is 'an insert, a punch and a zeroing' "$(counted $changes $extents)" '1 1 2 4 0 1 1 9'
	fallocate -c -o 200000 -l 1000000 /over/counted 2>/dev/null
	is 'what is refused is not counted' "$(counted $changes $extents)" '1 1 2 4 0 1 1 9'
	is 'fallocate(1) makes durable: by a checkpoint, then by the log' "$(counted commits checkpoints freed_bytes)" '4 1 0'
	oriel fs cut --offset 10 --length 1 /over/counted
	has 'the file is in piecewise mode' "$(oriel fs stat /over/counted)" \
		'^/over/counted: piecewise mode, cut: 10 extents in [0-9,]+ bytes of memory, 1 change not durable$'
	has 'in JSON, too' "$(oriel --json fs stat /over/counted | xargs)" 'file: /over/counted, mode: piecewise, cut: true, extents: 10,'
	is 'what is not durable is no commit' "$(counted commits checkpoints freed_bytes)" '4 1 0'
	sync /over/counted
	is 'before it is' "$(counted commits checkpoints freed_bytes)" '5 1 0'
	sync /over/counted
	is 'without changes, nothing is done' "$(counted commits checkpoints freed_bytes)" '5 1 0'
	fallocate -c -o 20000 -l 20000 /over/counted # 20051 to 40051 in the lower: 4 whole blocks
	is 'what is free is given back' "$(counted commits checkpoints freed_bytes)" '6 1 16384'
	# The front fits to where that was, and goes on in what lies behind.
	is 'compacted, the front is one extent' "$(fs_look compact /over/counted)" '11 3'
	is 'once' "$(counted compactions compacted_bytes)" '1 20000'
	for event in cut commit compact mode; do echo 0 >$tracing/events/oriel/fs_$event/enable; done
	file="dev=$(awk '$5 == "/over" { print $3 }' /proc/self/mountinfo) ino=$(stat -c %i /over/counted)"
	is 'each is traced' "$(sed -n "s/.* fs_\(.*\): $file /\1 /p" $tracing/trace)" "$(cat <<-traced
		mode piecewise size=262144
		cut cut pos=100 length=50 result=0 first
		commit checkpoint written=3 changes=1 result=0
		cut insert pos=200000 length=1000 result=0
		commit log written=1 changes=1 result=0
		cut punch pos=1000 length=10 result=0
		commit log written=1 changes=1 result=0
		cut zero pos=5000 length=20 result=0
		commit log written=1 changes=1 result=0
		cut cut pos=200000 length=1000000 result=-22
		cut cut pos=10 length=1 result=0
		commit log written=1 changes=1 result=0
		cut cut pos=20000 length=20000 result=0
		commit log written=1 changes=1 result=0
		compact pos=0 length=20000 extents=8
	traced
	)"

	# 64 pages of ours: a cut at the 25th drops what is from there on, a zeroing only its own.
	head -c 262144 /dev/urandom >/over/mapped
	fs_look mapped /over/mapped 'fallocate -c -o 100000 -l 10 /over/mapped'
	is 'a cut in cached mode drops the pages behind it' "$(counted $changes dropped_pages)" '4 1 2 6 1 2 40'
	fs_look mapped /over/mapped 'fallocate -z -o 100000 -l 10 /over/mapped; oriel fs stat /over/mapped >/tmp/said'
	is 'a zeroing that of its bytes' "$(counted $changes dropped_pages)" '4 1 3 6 2 2 41'
	has 'the mode is told' "$(cat /tmp/said)" '^/over/mapped: cached mode, cut: '
	has 'and what it costs' "$(cat /tmp/said)" '^  cached changes +2   of these in cached mode: .*; 41 dropped$'
	is 'two files are cut' "$(counted cut_inodes)" 2
	rm /over/counted /over/mapped
	is 'and none when they are gone' "$(counted $extents)" '0 0'
	echo "$flusher" >/proc/sys/vm/dirty_writeback_centisecs
}

# by_damage: lower files that are not whole
by_damage() {
	head -c 100000 /dev/urandom >/over/whole
	fallocate -c -o 5 -l 5 /over/whole
	umount /over
	for at in 8 20 4095; do
		cp /lower/whole /lower/damaged
		printf 'X' | dd of=/lower/damaged bs=1 seek="$at" conv=notrunc status=none
		dd if=/dev/zero of=/lower/damaged bs=4096 seek=1 count=2 conv=notrunc status=none
		mount -t orielfs /lower /over
		is "damaged at $at, it is not opened" "$(cat /over/damaged 2>&1 | grep -o 'Structure needs cleaning')" 'Structure needs cleaning'
		is 'nor cut to a length' "$(truncate -s 5 /over/damaged 2>&1 | grep -o 'Structure needs cleaning')" 'Structure needs cleaning'
		rm /over/damaged
		is 'but it can be removed' $? 0
		umount /over
	done
	mount -t orielfs /lower /over
	rm /over/whole
	# Somebody else writes to the lower file.
	echo something >/over/behind
	fallocate -c -o 2 -l 2 /over/behind
	sync
	exec 3</over/behind
	head -c 20 /dev/zero >>/lower/behind
	is 'changed behind our back, it is stale' "$(cat <&3 2>&1 | grep -o 'Stale file handle')" 'Stale file handle'
	exec 3<&-
	rm -f /over/behind /lower/behind
}

# by_full: the lower, of 320 MB or less, has no room any more
by_full() {
	head -c 3000000 /dev/urandom >/over/full
	fallocate -c -o 1 -l 1 /over/full
	before=$(df -k /lower | awk 'END { print $3 }')
	is "$1: more than there is cannot be set aside" "$(fallocate -o 4000000 -l 1G /over/full 2>&1 | grep -o 'No space left')" 'No space left'
	sync /over/full
	after=$(df -k /lower | awk 'END { print $3 }')
	is "$1: and what there is stays free" "$((after - before < 4000 ? 0 : after - before))" 0
	fallocate -l "$(df -k /lower | awk 'END { print $4 - 4000 }')k" /lower/filler
	for block in 64k 4k 512; do dd if=/dev/zero of=/lower/filler bs=$block conv=notrunc oflag=append 2>/dev/null; done
	sync /over/full
	for round in 1 2 3; do
		fs_look cut /over/full 1000000
		cp /over/full /tmp/full
		is "$1: on a full disk it can be cut, and what was freed be written, $round" "$(head -c 900000 /dev/urandom | tee -a /tmp/full | dd of=/over/full bs=900000 iflag=fullblock conv=notrunc,fsync oflag=append 2>&1 | grep -v records)" \
			"$(: no complaint)"
		is "$1: and is right, $round" "$(cmp /over/full /tmp/full 2>&1)" ''
	done
	rm /lower/filler
	fresh
	is "$1: also when it is read anew" "$(cmp /over/full /tmp/full 2>&1)" ''
	rm /over/full /tmp/full
}

# by_freezing KIND: somebody stops all who write to the lower, between any two pieces of a write, too
by_freezing() {
	head -c 300000 /dev/urandom >/over/many
	fs_look cuts /over/many 2900
	is "$1: a file is cut into many pieces" $? 0
	while_frozen /lower sh -c 'for round in $(seq 8); do head -c 299000 /dev/urandom | tee /tmp/many | dd of=/over/many bs=299000 iflag=fullblock conv=notrunc,fsync status=none; done'
	is "$1: while the lower is frozen and thawed, a file of many pieces is written" "$? $(cmp /over/many /tmp/many 2>&1 | grep -v EOF)" '0 '
	has "$1: which it was" "$(cat /tmp/frozen)" '^[1-9]'
	rm /over/many /tmp/many
}

# by_crowd: a file has as many extents as it may have
by_crowd() {
	said=$(timeout -k 5 300 fs_crowded /over/crowded 2>&1)
	is 'where there are too many extents, they are made fewer beneath readers and writers' "$? $said" '0 1 1 1'
	cp /over/crowded /tmp/crowded
	fresh
	is 'and the file is what it was' "$(cmp /tmp/crowded /over/crowded 2>&1)" ''
	rm /over/crowded /tmp/crowded
}

# by_loss: the lower, a tmpfs, takes nothing any more. By its directory alone, busybox would take orielfs to be meant.
by_loss() {
	echo something >/over/late
	fallocate -c -o 2 -l 2 /over/late
	fresh
	fs_look cut /over/late
	mount -o remount,ro none /lower
	umount /over
	is 'changes that the lower does not take are lost, and the log says so' "$? $(dmesg | grep -c 'orielfs: the last changes of a file are lost.* on tmpfs')" '0 1'
	mount -o remount,rw none /lower
	mount -t orielfs /lower /over
	is 'those before them are not' "$(cat /over/late)" sothing
	rm /over/late
}

# over KIND
over() {
	rm -rf /lower/lost+found
	mount -t orielfs /lower /over
	by_hand "$1"
	case $1 in ext4 | xfs) by_full "$1" ;; esac
	[ "$1" != ext4 ] || by_tools
	[ "$1" != ext4 ] || by_damage
	[ "$1" != tmpfs ] || by_loss
	by_others "$1"
	[ "$1" != ext4 ] || by_freezing "$1"
	[ "$1" != ext4 ] || [ ! -x /bin/oriel ] || by_crowd
	[ "$1" != ext4 ] || [ ! -x /bin/oriel ] || by_numbers
	by_random "$1"
	umount /over
	is "$1: nothing is left" "$(find /lower -type f)" ''
	umount /lower
	is "$1: nor is anything held" $? 0
}

mount -t tmpfs none /lower
over tmpfs
for kind in $kinds; do
	modprobe "$kind" 2>/dev/null
	mount -t "$kind" "/dev/vd$(echo abcdef | cut -c "$(echo "$kinds" | tr ' ' '\n' | grep -n "^$kind$" | cut -d: -f1)")" /lower || is "$kind is there" 1 0
	over "$kind"
done
rmmod orielfs
is 'the module goes' $? 0
finish
