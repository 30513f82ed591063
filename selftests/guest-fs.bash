# SPDX-License-Identifier: GPL-2.0
# Sourced by the groups that try orielfs in guests, behind guest-kernel.bash: the tools, and disks for it to lie over.

# build_fs_tools DIR: all, of which three have parts in files of their own
build_fs_tools() {
	local source tool
	mkdir -p "$1"
	for source in selftests/vm/tools/fs_*.c; do
		[[ $source != */fs_exercise_* && $source != */fs_reader_* && $source != */fs_ops_* ]] || continue
		tool=$(basename "$source" .c)
		gcc-12 -O2 -Wall -Wextra -Werror -static -pthread "selftests/vm/tools/$tool"*.c -o "$1/$tool" || return
	done
}

# fs_tools DIR: the options of scripts/vm for the programs of this machine that selftests/vm/fs-*.sh take, into `options`; links in DIR
fs_tools() {
	local tool
	for tool in dmsetup mkfs.ext4 tar rsync git sqlite3 setfattr getfattr setfacl getfacl stat; do
		options+=(--tool "$(PATH=$PATH:/usr/sbin:/sbin command -v "$tool")")
	done
	ln -sf git "$1/git-upload-pack"
}

# make_lower KIND FILE...: empty file systems of that kind
make_lower() {
	local kind=$1 disk said
	shift
	for disk; do
		rm -f "$disk"
		truncate -s 320M "$disk"
		said=$("mkfs.$kind" $([[ $kind == vfat ]] || echo -q) "$disk" 2>&1) || { echo "$said" >&2; return 1; }
	done
}

# power_options KIND...: what fs-power.sh wants of scripts/vm, into `options`; the disks are made in $work
power_options() {
	local kind
	options=(--memory 1024 --module dm-log-writes --module dm-snapshot --tool "$(command -v fallocate)"
		--tool "$(PATH=$PATH:/usr/sbin:/sbin command -v dmsetup)")
	for kind; do
		make_lower "$kind" "$work/$kind" || return
		cp --sparse=always "$work/$kind" "$work/$kind-copy"
		truncate -s 400M "$work/$kind-log"
		options+=(--module "$kind" --disk "$work/$kind" --disk "$work/$kind-copy" --disk "$work/$kind-log")
	done
}
