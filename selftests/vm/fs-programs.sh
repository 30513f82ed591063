# SPDX-License-Identifier: GPL-2.0
# Sourced in the guest, after tap.sh: real programs on /bare and on /over, which is orielfs over /lower, all of them able to hold anything.

# work_database FILE COUNT: COUNT transactions, each of which takes from one account what it gives to another
work_database() {
	awk -v count="$2" 'BEGIN {
		print "PRAGMA busy_timeout = 60000; PRAGMA mmap_size = 16777216; PRAGMA synchronous = NORMAL;"
		for (i = 0; i < count; i++) {
			amount = i % 97
			print "BEGIN IMMEDIATE; UPDATE account SET sum = sum - " amount " WHERE id = " i % 50 ";"
			print "UPDATE account SET sum = sum + " amount " WHERE id = " (i * 7 + 1) % 50 ";"
			print "INSERT INTO log(amount, filling) VALUES (" amount ", randomblob(" 100 + i % 4000 "));"
			print "DELETE FROM log WHERE id % 3 = 0 AND id < (SELECT max(id) FROM log) - 100; COMMIT;"
		}
	}' | sqlite3 "$1" >/dev/null 2>>/tmp/database_errors
}

# database COUNT: several processes, of which one after the other is killed
database() {
	file=/over/database
	: >/tmp/database_errors
	sqlite3 $file "PRAGMA journal_mode = WAL; CREATE TABLE account(id INTEGER PRIMARY KEY, sum INTEGER);
		CREATE TABLE log(id INTEGER PRIMARY KEY, amount INTEGER, filling BLOB); CREATE INDEX by_amount ON log(amount);
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49) INSERT INTO account SELECT i, 1000 FROM n;" >/dev/null
	for round in 1 2 3; do
		work_database $file "$1" &
		steady=$!
		work_database $file 1000000 &
		sleep 1
		killall -9 sqlite3
		wait
		work_database $file "$1" &
		steady=$!
		wait $steady
	done
	is "SQLite's integrity check, after writers that were killed" "$(sqlite3 $file 'PRAGMA mmap_size = 16777216; PRAGMA integrity_check;' | tail -n 1)" ok
	is 'no transaction was done by half' "$(sqlite3 $file 'SELECT sum(sum), count(*) > 0 FROM account;')" '50000|1'
	is 'and no writer saw an error' "$(cat /tmp/database_errors)" ''
}

# repository COMMITS: made, cloned, packed and checked by git
repository() {
	mkdir -p /tmp/templates
	export HOME=/tmp GIT_TEMPLATE_DIR=/tmp/templates GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
	git config --global init.defaultBranch main
	git config --global core.fsync all
	git init -q /over/repository && cd /over/repository || return
	for commit in $(seq "$1"); do
		mkdir -p "dir$((commit % 5))"
		for file in 1 2 3 4 5 6 7 8; do
			seq "$commit" $((commit * file + 200)) >"dir$((commit % 5))/file$((commit * file % 40))"
		done
		git add -A && git commit -qm "$commit"
	done >/tmp/git 2>&1
	git clone -q /over/repository /over/clone >>/tmp/git 2>&1
	git -C /over/clone gc -q --aggressive --prune=now >>/tmp/git 2>&1
	git gc -q >>/tmp/git 2>&1
	is 'git makes, clones and packs a repository' "$? $(cat /tmp/git)" '0 '
	cd /
	for which in repository clone; do
		is "git fsck of the $which" "$(git -C /over/$which fsck --strict --full 2>&1) $(git -C /over/$which status --short)" ' '
	done
	is 'both are the same' "$(git -C /over/clone rev-parse HEAD)" "$(git -C /over/repository rev-parse HEAD)"
	is 'and so they are below' "$(diff -r /over/clone /lower/clone; git -C /lower/clone fsck --strict 2>&1)" ''
}

# make_tree DIRECTORY: of all that a directory may hold
make_tree() {
	mkdir "$1" && cd "$1" || return
	mkdir -p a/b/c empty
	long=$(printf '%0255d' 7)
	seq 5000 >a/file
	ln a/file a/b/link
	ln a/b/link "$long"
	ln -s ../a/file a/symbolic
	ln -s "$long$long" a/dangling
	dd if=/dev/urandom of=sparse bs=1000 count=3 seek=5000 2>/dev/null
	truncate -s 20M sparse
	mknod a/null c 1 3
	mknod a/block b 7 200
	mkfifo a/fifo
	printf 'x' >"$(printf 'a\nline, a "quote" and \303\274')"
	cp a/file setuid && chown 12:34 setuid && chmod 6751 setuid
	chmod 1777 empty
	setfattr -n user.name -v value a/file
	setfattr -n user.large -v "$(head -c 500 /dev/zero | tr '\0' v)" a
	setfattr -n trusted.name -v 0x000102ff a/symbolic -h
	setcap=0x0100000200040000000000000000000000000000
	setfattr -n security.capability -v $setcap setuid
	setfacl -m u:77:rwx,g:88:r,m:rx a/file
	setfacl -d -m u:77:rw a/b
	touch -h -d '2001-02-03 04:05:06' a/symbolic
	touch -d '1990-01-01 00:00:00' a/b/c empty
	cd /
}

# describe DIRECTORY: everything in it, without what differs from disk to disk
describe() {
	(
		cd "$1" || exit
		find . -print0 | sort -z | xargs -0 stat -c '%n %f %h %u %g %t:%T %Y %N'
		find . -type f -print0 | sort -z | xargs -0 md5sum
		find . ! -type l -print0 | sort -z | xargs -0 getfacl -n
		find . -print0 | sort -z | xargs -0 getfattr -h -d -m '.*' -e hex
	) 2>&1
}

# copies: of a tree, from and to /bare and /over, by rsync and by tar
copies() {
	make_tree /bare/tree
	describe /bare/tree >/tmp/tree
	has 'the tree has what it should' "$(cat /tmp/tree)" 'security.capability'
	rsync -aHAX --sparse /bare/tree/ /over/by_rsync/ && rsync -aHAX --sparse /over/by_rsync/ /bare/back_by_rsync/
	mkdir /over/by_tar /bare/back_by_tar
	tar="tar --acls --xattrs --xattrs-include=* --selinux --sparse"
	$tar -C /bare/tree -cf /over/tree.tar . && $tar -C /over/by_tar -xpf /over/tree.tar &&
		$tar -C /over/by_tar -cf /bare/tree.tar . && $tar -C /bare/back_by_tar -xpf /bare/tree.tar
	for copy in over/by_rsync bare/back_by_rsync lower/by_rsync over/by_tar bare/back_by_tar lower/by_tar; do
		describe /$copy >/tmp/copy
		is "a tree is the same in $copy" "$(diff /tmp/tree /tmp/copy | head -n 20)" ''
	done
	is 'and so it is to rsync' "$(rsync -aHAXnic --delete /bare/tree/ /over/by_rsync/; rsync -aHAXnic --delete /over/by_tar/ /bare/tree/)" ''
	is 'holes stay holes' "$(($(du -k /over/by_rsync/sparse | cut -f 1) < 1000)) $(($(du -k /bare/back_by_tar/sparse | cut -f 1) < 1000))" '1 1'
}

# with_programs COMMITS TRANSACTIONS DISK DISK: all of them, on ext4
with_programs() {
	mkfs.ext4 -q -F "$3" && mount -t ext4 "$3" /bare && mkfs.ext4 -q -F "$4" && mount -t ext4 "$4" /lower && mount -t orielfs /lower /over
	copies
	repository "$1"
	database "$2"
	umount /over
	umount /bare
	umount /lower
}
