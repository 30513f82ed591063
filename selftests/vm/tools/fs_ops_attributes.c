// SPDX-License-Identifier: GPL-2.0
/* Extended attributes, times, and the file system itself. */
#define _GNU_SOURCE
#include <err.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "fs_ops.h"

void attributes(void)
{
	char value[64], big[65536 + 1];
	int fd;

	memset(big, 'v', sizeof(big));
	make("f", 0644, "content");
	TRY(setxattr("f", "user.a", "1", 1, 0), "setxattr");
	TRY(setxattr("f", "user.a", "22", 2, XATTR_CREATE), "setxattr create again");
	TRY(setxattr("f", "user.b", "22", 2, XATTR_REPLACE), "setxattr replace nothing");
	TRY(setxattr("f", "user.a", "22", 2, XATTR_REPLACE), "setxattr replace");
	TRY(setxattr("f", "user.", "1", 1, 0), "setxattr without a name");
	TRY(setxattr("f", "nobody.a", "1", 1, 0), "setxattr of nobody");
	TRY(setxattr("f", "trusted.a", "1", 1, 0), "setxattr trusted");
	TRY(setxattr("f", "security.a", "1", 1, 0), "setxattr security");
	TRY(setxattr("f", "user.big", big, sizeof(big), 0), "setxattr too big");
	TRY(getxattr("f", "user.a", value, sizeof(value)), "getxattr");
	TRY(getxattr("f", "user.a", value, 1), "getxattr with little room");
	TRY(getxattr("f", "user.a", NULL, 0), "getxattr of the size");
	TRY(getxattr("f", "user.none", value, sizeof(value)), "getxattr of none");
	TRY(removexattr("f", "user.none"), "removexattr of none");
	TRY(listxattr("f", NULL, 0) > 0, "listxattr");
	TRY(removexattr("f", "user.a"), "removexattr");
	TRY(getxattr("f", "user.a", value, sizeof(value)), "getxattr of what went");
	if (symlink("f", "l") != 0 || mkdir("d", 0755) != 0)
		warn("symlink, mkdir");
	TRY(lsetxattr("l", "user.a", "1", 1, 0), "setxattr of a symlink");
	TRY(lsetxattr("l", "trusted.a", "1", 1, 0), "setxattr trusted of a symlink");
	TRY(setxattr("d", "user.a", "1", 1, 0), "setxattr of a directory");
	mkfifo("p", 0644);
	TRY(setxattr("p", "user.a", "1", 1, 0), "setxattr of a fifo");
	{
		/* version 2; user rw, user 1000 rwx, group r, mask rwx, other none */
		static const unsigned char acl[] = {2, 0,    0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  7,
						    0, 0xe8, 3,   0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16, 0,
						    7, 0,    255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
		unsigned char found[128];

		TRY(setxattr("f", "system.posix_acl_access", acl, sizeof(acl), 0), "set an ACL");
		show("f");
		TRY(getxattr("f", "system.posix_acl_access", found, sizeof(found)), "get it");
		TRY(setxattr("f", "system.posix_acl_access", "bad", 3, 0), "set a broken ACL");
		TRY(setxattr("f", "system.posix_acl_default", acl, sizeof(acl), 0), "set a default ACL of a file");
		TRY(setxattr("d", "system.posix_acl_default", acl, sizeof(acl), 0), "set a default ACL");
		make("d/inherits", 0666, "");
		show("d/inherits");
		TRY(getxattr("d/inherits", "system.posix_acl_access", found, sizeof(found)), "an inherited ACL");
		TRY(mkdir("d/sub", 0777), "mkdir under a default ACL");
		TRY(getxattr("d/sub", "system.posix_acl_default", found, sizeof(found)), "an inherited default ACL");
		TRY(chmod("f", 0600), "chmod under an ACL");
		TRY(getxattr("f", "system.posix_acl_access", found, sizeof(found)), "the ACL then");
		TRY(removexattr("f", "system.posix_acl_access"), "remove it");
		show("f");
	}
	fd = open("f", O_RDWR);
	for (int flag = 0; flag < 2; flag++) {
		int flags = 0, set = flag ? FS_APPEND_FL : FS_IMMUTABLE_FL, none = 0;

		TRY(ioctl(fd, FS_IOC_GETFLAGS, &flags), "get flags");
		TRY(ioctl(fd, FS_IOC_SETFLAGS, &set), "set flag %d", flag);
		TRY(chmod("f", 0644), "chmod then");
		TRY(unlink("f"), "unlink then");
		TRY(rename("f", "e"), "rename then");
		TRY(link("f", "e"), "link then");
		close(TRY_OPEN(open("f", O_WRONLY), "open for writing then"));
		close(TRY_OPEN(open("f", O_WRONLY | O_APPEND), "open to append then"));
		TRY(truncate("f", 1), "truncate then");
		TRY(ioctl(fd, FS_IOC_SETFLAGS, &none), "clear flags");
		make("f", 0644, "content");
	}
	close(fd);
}

void times(void)
{
	struct timespec set[2] = {{.tv_sec = 1000000, .tv_nsec = 123456789}, {.tv_sec = 2000000, .tv_nsec = 987654321}};
	struct stat before, after;
	int fd;

	make("f", 0644, "content");
	TRY(utimensat(AT_FDCWD, "f", set, 0), "utimensat");
	TRY(stat("f", &after) == 0 && after.st_atim.tv_sec == 1000000 && after.st_mtim.tv_sec == 2000000, "times are those");
	TRY(stat("f", &before), "stat");
	usleep(20000);
	fd = open("f", O_RDWR);
	TRY(write(fd, "x", 1), "write");
	TRY(stat("f", &after) == 0 && after.st_mtim.tv_sec > before.st_mtim.tv_sec, "writing changes mtime");
	TRY(after.st_ctim.tv_sec > before.st_ctim.tv_sec || after.st_ctim.tv_nsec != before.st_ctim.tv_nsec, "and ctime");
	close(fd);
	TRY(utimensat(AT_FDCWD, "f", set, 0), "utimensat");
	TRY(truncate("f", 3), "truncate");
	TRY(stat("f", &after) == 0 && after.st_mtim.tv_sec > 2000000, "truncating changes mtime");
	TRY(utimensat(AT_FDCWD, ".", set, 0), "utimensat of a directory");
	make("g", 0644, "");
	TRY(stat(".", &after) == 0 && after.st_mtim.tv_sec > 2000000, "making a file changes the directory's");
	TRY(utimensat(AT_FDCWD, ".", set, 0), "utimensat of a directory");
	TRY(unlink("g"), "unlink");
	TRY(stat(".", &after) == 0 && after.st_mtim.tv_sec > 2000000, "so does removing it");
	TRY(futimens(-1, set), "futimens of nothing");
}

void whole(void)
{
	struct statvfs st;

	TRY(statvfs(".", &st), "statvfs");
	TRY(st.f_namemax, "names may be so long");
	TRY(st.f_bsize, "a block has");
	TRY(pathconf(".", _PC_NAME_MAX), "pathconf NAME_MAX");
	TRY(pathconf(".", _PC_LINK_MAX), "pathconf LINK_MAX");
	TRY(pathconf(".", _PC_CHOWN_RESTRICTED), "pathconf CHOWN_RESTRICTED");
}
