# SPDX-License-Identifier: GPL-2.0
# fs_cli.sh: sourced by fs.sh behind everything else, with the module not loaded: what the command tells of orielfs.

# exits TEXT STATUS PATTERN COMMAND...: what it says on both outputs
exits() {
	exits_text=$1 exits_status=$2 exits_pattern=$3
	shift 3
	"$@" >/tmp/said 2>&1
	is "$exits_text" $? "$exits_status"
	has "$exits_text: it says so" "$(cat /tmp/said)" "$exits_pattern"
}
# counter NAME FILE: of the mount that the file is on
counter() { oriel --json fs stat "$2" | sed -n "s/^      \"$1\": \([0-9]*\),*$/\1/p"; }

extra=/lib/modules/$(uname -r)/extra
mkdir -p "$extra" /out '/m p'
cp /modules/oriel.ko /modules/oriel_ns.ko /modules/orielfs.ko "$extra/"
depmod
mount -t tmpfs none /lower
mkdir '/lower/a b' /lower/c

# ---- without the module ----
exits 'without the module there is no list' 3 'remedy: oriel load orielfs' oriel fs list
exits 'nor counters' 3 'orielfs.ko is not loaded' oriel fs stat /over
exits 'in JSON neither' 3 '"message": "orielfs.ko is not loaded"' oriel fs list --json
exits 'status knows the module' 0 '^orielfs.ko is not loaded .*mounting loads it' oriel status
exits 'load loads the others' 0 'oriel_ns.ko .* is loaded' oriel load
is 'and not this one' "$(grep -c orielfs /proc/modules)" 0
exits 'a policy is for oriel.ko alone' 2 'policy' oriel load --policy any orielfs
exits 'a module that is none of ours' 2 'ext4' oriel load ext4

# ---- mounted ----
mount -t orielfs '/lower/a b' '/m p'
is 'mounting loads the module' "$? $(grep -c ^orielfs /proc/modules)" '0 1'
exits 'status says what it can do' 0 '^  yes  acl' oriel status
mount -t orielfs -o noatime /lower/c /over
exits 'a list: a mount point with a space' 0 '^/m p +/lower/a b +tmpfs +[0-9]+ +0 rw,relatime$' oriel fs list
has 'and the other, with its options' "$(cat /tmp/said)" '^/over +/lower/c +tmpfs +[0-9]+ +0 rw,noatime$'
is 'and a title' "$(wc -l </tmp/said) $(head -n 1 /tmp/said | xargs)" '3 MOUNTED ON LOWER TYPE INODES CACHED OPTIONS'
dd if=/dev/zero of='/m p/file' bs=4096 count=10 2>/dev/null
cat '/m p/file' >/dev/null
is 'writes are counted' "$(counter writes '/m p') $(counter written_bytes '/m p')" '10 40960'
is 'and reads' "$(counter read_bytes '/m p')" 40960
is 'each mount counts its own' "$(counter writes /over)" 0
exits 'a mount by a file on it' 0 '^/m p over /lower/a b \(tmpfs\)$' oriel fs stat '/m p/file'
is 'and only that one' "$(grep -c ' over ' /tmp/said)" 1
has 'in words' "$(cat /tmp/said)" '^  writes +10   handed to the lower: 40,960 bytes$'
has 'with the depth achieved' "$(cat /tmp/said)" '^  depth +0   direct ones at once'
exits 'several files of one mount are one' 0 '^/m p over' oriel fs stat '/m p' '/m p/file'
is 'once' "$(grep -c ' over ' /tmp/said)" 1
exits 'without a file all are told' 0 '^/over over /lower/c' oriel fs stat
is 'both' "$(grep -c ' over ' /tmp/said)" 2
cp /bin/busybox /over/sleep
/over/sleep 1000 &
sleeper=$!
until [ "$(counter cached_inodes /over)" != 0 ]; do kill -0 $sleeper || break; done
is 'a program that runs is a file in cached mode' "$(counter cached_inodes /over) $(counter entered /over)" '1 1'
has 'which the list tells too' "$(oriel fs list)" '^/over .* 1 rw,noatime$'
kill $sleeper
wait $sleeper 2>/dev/null
is 'and no more when it has ended' "$(counter cached_inodes /over) $(counter entered /over)" '0 1'

# ---- cut files ----
printf 0123456789 >'/m p/video'
exits 'bytes are cut out' 0 '^$' oriel fs cut --from 2 --to 5 '/m p/video'
exits 'and inserted' 0 '"size": 9,' oriel fs insert --offset 1 --length 2 '/m p/video' --json
is 'as they should be' "$(od -An -tx1 '/m p/video' | xargs)" '30 00 00 31 35 36 37 38 39'
exits 'what reaches the end is refused' 1 'has 9 bytes: .* must end before the end' oriel fs cut --from 5 --to 9 '/m p/video'
exits 'also with a unit' 1 'has 9 bytes' oriel fs cut --length 1KiB '/m p/video'
exits 'of 1000 bytes, too' 0 '"length": 3000000,' oriel --json fs insert --dry-run --offset 1 --length 3MB '/m p/video'
exits 'units are K, M, G and T, with B, iB or nothing' 2 'must be a number of bytes' oriel fs cut --length 10iB '/m p/video'
exits 'and none but these' 2 'must be a number of bytes' oriel fs cut --length 10B '/m p/video'
exits 'a file elsewhere, too' 4 'is not on a file system of orielfs' oriel fs cut --length 1 /bin/busybox
exits 'the map is that of the lower file' 0 '^/m p/video: cut, 9 bytes in 4 extents; lower file' oriel fs map '/m p/video'
has 'with the holes' "$(cat /tmp/said)" '^ +1 +2 hole +-$'
exits 'the file is listed' 0 '^ +9 +[0-9]+ +4 cut +/lower/a b/video$' oriel fs list-cut '/m p'
exits 'also without naming it' 0 '^ +9 +[0-9]+ +4 cut +/lower/a b/video$' oriel fs list-cut
mkdir /lower/d
echo '/lower/d /third orielfs noauto 0 0' >/etc/fstab
cp '/lower/a b/video' /lower/d/
exits 'whoever goes is warned of it' 10 "^  remedy: umount '/m p'; oriel fs flatten -r '/lower/a b'$" oriel fs list-cut --warn
has 'naming a file of each' "$(cat /tmp/said)" '^/lower/a b holds cut files, /lower/a b/video among them, '
has 'also of a directory that fstab names' "$(cat /tmp/said)" '^/lower/d holds cut files, /lower/d/video among them, '
exits 'in JSON, too' 10 '"directory": "/lower/d",' oriel --json fs list-cut --warn
rm -r /etc/fstab /lower/d
exits 'where there is none, it is said that others may be' 0 '^no cut file is known; .*oriel fs flatten -r DIR' oriel fs list-cut --warn /over
exits 'a wrong call of check ends as one of fsck' 16 'has no option --nonesuch' oriel fs check --nonesuch
exits 'and is sound' 0 '^1 cut file, 0 damaged' oriel fs check '/m p'
{ cat '/lower/a b/video'; echo; } >/lower/longer
exits 'one that was made longer below is damaged' 4 '/lower/longer: .*the size of the lower file' oriel fs check /lower/longer
rm /lower/longer
mkdir /lower/self
mount -t orielfs /lower/self /lower/self
echo mine >/lower/self/file
exits 'what lies below itself cannot be checked' 8 'hidden below orielfs' oriel fs check /lower/self
exits 'which JSON tells, too' 8 '"errors": \[$' oriel --json fs check /lower/self
exits 'nor shown' 1 'remedy: umount ./lower/self., then' oriel fs map /lower/self/file
exits 'nor is it said that there is nothing' 10 'hidden below orielfs' oriel fs list-cut --warn
umount /lower/self
rm -r /lower/self
fs_reader '/lower/a b/video' /tmp/video
is 'the reader of the form alone reads the same' "$? $(cmp /tmp/video '/m p/video' 2>&1)" '0 '
exits 'compacted, it has as few extents as it can' 0 '^/m p/video: [1-4] extents?, 4 before$' oriel fs compact '/m p/video'
exits 'a plain file has none' 0 '"extents": 0' oriel --json fs compact '/over/sleep'
mount -o remount,ro none '/m p'
exits 'where nothing may be written, the remedy is said' 1 'Read-only file system$' oriel fs cut --length 1 '/m p/video'
has 'that is a remount' "$(cat /tmp/said)" 'remedy: .*mount -o remount,rw'
mount -o remount,rw none '/m p'
exits 'elsewhere, nothing is compacted' 4 'is not on a file system of orielfs' oriel fs compact /tmp/said
is 'and is the same' "$(cmp /tmp/video '/m p/video' 2>&1)" ''
exits 'it is not flattened under orielfs' 1 'in use: orielfs is mounted over /lower/a b' oriel fs flatten '/lower/a b/video'
exits 'nor through it' 1 'is on orielfs' oriel fs flatten '/m p/video'
cp '/lower/a b/video' /lower/video
exits 'a copy of the lower file is' 0 '^/lower/video: 9 bytes$' oriel fs flatten /lower/video
is 'and then holds what is seen' "$(cmp /lower/video '/m p/video' 2>&1)" ''

# ---- trace events ----
tracing=/sys/kernel/tracing
is 'its trace events are there' "$(ls -d $tracing/events/oriel/fs_* | sed 's/.*fs_//' | xargs)" 'bounce commit compact cut done mode request stale writeback'
is 'and the kernel kept them, says the verdict' "$(oriel module explain orielfs | cut -d: -f1 | head -n 1)" good
dev=$(awk '$5 == "/over" { print $3 }' /proc/self/mountinfo)
for event in request done mode; do echo 1 >$tracing/events/oriel/fs_$event/enable; done
echo >$tracing/trace
printf 12345678 >/over/traced
/over/sleep 0
for event in request done mode; do echo 0 >$tracing/events/oriel/fs_$event/enable; done
cp $tracing/trace /tmp/said
has 'a write is handed down' "$(grep fs_request: /tmp/said)" "dev=$dev ino=$(stat -c %i /over/traced) write pos=0 length=8"
has 'and answered' "$(grep fs_done: /tmp/said)" "dev=$dev ino=$(stat -c %i /over/traced) write end=8 result=8"
is 'a program that runs: its file is mapped, and no more' \
	"$(sed -n "s/.*fs_mode: dev=$dev ino=$(stat -c %i /over/sleep) \([a-z]*\) size=$(stat -c %s /over/sleep)$/\1/p" /tmp/said | xargs)" 'cached identity'
mkdir /over/sub
mount --bind /over/sub /third
exits 'another mount of a part of it' 0 '^/over, /third over /lower/c' oriel fs stat /third
oriel --json fs stat >/out/fs_stat.json
has 'JSON has them all' "$(cat /out/fs_stat.json)" '"path": "/third"'
has 'with what is mounted there' "$(cat /out/fs_stat.json)" '"root": "/sub"'
umount /third
oriel --json fs list >/out/fs_list.json

# ---- depth ----
# The disk holds back what it is asked for until all have asked, so that their number is known.
if [ -b /dev/vda ]; then
	modprobe dm-mod
	dmsetup create --noudevsync held --table "0 $(blockdev --getsz /dev/vda) linear /dev/vda 0" && dmsetup mknodes
	mkdir /disk
	mount -t ext4 /dev/mapper/held /disk
	mkdir -p /disk/depth
	mount -t orielfs /disk/depth /third
	dd if=/dev/zero of=/third/file bs=64k count=1 conv=fsync 2>/dev/null
	dmsetup suspend --noudevsync --nolockfs --noflush held
	fs_depth /third/file 16 >/tmp/depth 2>&1 &
	reader=$!
	patience=100
	while [ $((patience -= 1)) -gt 0 ] && [ "$(counter in_flight /third)" != 16 ]; do usleep 50000; done
	has 'the depth that a caller of io_submit() has now' "$(oriel fs stat /third)" '^  depth +16   direct ones at once in the lower, at most; 16 now$'
	dmsetup resume --noudevsync held
	wait $reader
	is 'all of them finish' "$(cat /tmp/depth)" 16
	is 'they were direct, and queued, and none is left' \
		"$(counter direct /third) $(counter queued /third) $(counter deepest /third) $(counter in_flight /third)" '16 16 16 0'
	dd if=/dev/zero of=/third/long bs=64k count=48 2>/dev/null
	oriel fs cut --length 1 /third/long
	umount /third
	echo 3 >/proc/sys/vm/drop_caches
	before=$(md5sum </disk/depth/long)
	echo 3 >/proc/sys/vm/drop_caches
	# What comes before the bytes is in memory, so that it is they that are waited for.
	: >/disk/depth/new
	rm /disk/depth/new
	oriel fs map /disk/depth/long >/dev/null
	dmsetup suspend --noudevsync --nolockfs --noflush held
	oriel fs flatten /disk/depth/long >/tmp/said 2>&1 &
	flattener=$!
	patience=600
	while [ $((patience -= 1)) -gt 0 ] && [ "$(sed 's/.*) //; s/ .*//' /proc/$flattener/stat)" != D ]; do usleep 50000; done
	kill -TERM $flattener
	dmsetup resume --noudevsync held
	wait $flattener
	is 'flattening that waits for the disk is interrupted' "$? $(grep -c 'interrupted: what is not listed is as it was' /tmp/said)" '1 1'
	is 'and is as it was' "$(md5sum </disk/depth/long)" "$before"
	is 'with nothing beside it' "$(ls -A /disk/depth | xargs)" 'file long'
	exits 'once more, it is flattened' 0 'long: 3,145,727 bytes$' oriel fs flatten /disk/depth/long
	umount /disk
	dmsetup remove --noudevsync held
fi

# ---- what is refused ----
exits 'a file elsewhere' 1 '^oriel: /lower is not on a file system of orielfs$' oriel fs stat /lower
has 'with a remedy' "$(cat /tmp/said)" 'remedy: .*oriel fs list'
exits 'one that is not there' 1 '^oriel: /nowhere: No such file or directory$' oriel fs stat /nowhere
exits 'no verb' 2 'oriel fs needs a command' oriel fs
exits 'a word too many' 2 'does not expect' oriel fs list /over
exits 'somebody who is not root' 5 'remedy: run as root' setpriv --reuid 65534 --clear-groups oriel fs list
om_abi fs >/tmp/abi
om_abi fs unprivileged >>/tmp/abi
is 'netlink refuses what it should' "$(grep -c '^ok' /tmp/abi)$(grep -v '^ok\|^1\.\.' /tmp/abi)" 18

# ---- unloading ----
exits 'while it is mounted, nothing is unloaded' 1 'cannot be unloaded: it is mounted on /m p, on /over$' oriel unload
has 'and what helps is said' "$(cat /tmp/said)" "remedy: umount '/over'; umount '/m p'; .*fuser -vm"
is 'not the others either' "$(grep -cE '^oriel(_ns|fs)? ' /proc/modules)" 3
exits 'but those alone' 0 '^oriel.ko is unloaded' oriel unload oriel oriel_ns
umount '/m p'
exec 7</over/sleep
umount -l /over
exits 'what is unmounted and in use is still there' 0 '^\(not mounted .*/lower/c' oriel fs list
exits 'and keeps the module' 1 'over /lower/c where this process does not see it' oriel unload
has 'and says where to look' "$(cat /tmp/said)" 'remedy: .*lsns -t mnt'
exec 7<&-
patience=100
while [ $((patience -= 1)) -gt 0 ] && [ "$(oriel fs list)" != 'no file system of orielfs is mounted' ]; do usleep 50000; done
exits 'then nothing is' 0 '^no file system of orielfs is mounted$' oriel fs list
exits 'and it goes' 0 '^orielfs.ko is unloaded$' oriel unload
exits 'to be loaded by name' 0 '^orielfs.ko .* is loaded$' oriel load orielfs
exits 'and unloaded by name' 0 '^orielfs.ko is unloaded$' oriel unload orielfs
mv "$extra/orielfs.ko" /tmp
exits 'one that is not there cannot be loaded' 1 'remedy: .*dmesg.*depmod.*reinstall oriel-dkms' oriel load orielfs
exits 'nor explained' 1 'remedy: .*depmod.*reinstall oriel-dkms' oriel module explain orielfs
mv /tmp/orielfs.ko "$extra/"
umount /lower
