// SPDX-License-Identifier: GPL-2.0
/* Who may do what, and what setuid and setgid become. */
#define _GNU_SOURCE
#include <err.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "fs_ops.h"

static void touch_all(void)
{
	static const char *const files[] = {"p000", "p400", "p200", "p600", "p644", "p666", "p755",
					    "d000", "d500", "d700", "d755", "d777", "d1777"};
	struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}}, then[2] = {{.tv_sec = 5}, {.tv_sec = 6}};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char inside[32];

		snprintf(inside, sizeof(inside), "%s/inside", files[i]);
		for (int mode = 0; mode < 8; mode++)
			TRY(access(files[i], mode), "access %s %d", files[i], mode);
		close(TRY_OPEN(open(files[i], O_RDONLY), "open %s", files[i]));
		close(TRY_OPEN(open(files[i], O_WRONLY), "open for writing %s", files[i]));
		TRY(truncate(files[i], 3), "truncate %s", files[i]);
		TRY(chmod(files[i], 0640), "chmod %s", files[i]);
		TRY(chown(files[i], 1, -1), "chown %s", files[i]);
		TRY(chown(files[i], -1, 2), "chgrp %s", files[i]);
		TRY(utimensat(AT_FDCWD, files[i], now, 0), "touch %s", files[i]);
		TRY(utimensat(AT_FDCWD, files[i], then, 0), "set times of %s", files[i]);
		TRY(setxattr(files[i], "user.x", "1", 1, 0), "setxattr %s", files[i]);
		TRY(setxattr(files[i], "trusted.x", "1", 1, 0), "setxattr trusted %s", files[i]);
		close(TRY_OPEN(open(inside, O_RDWR | O_CREAT, 0666), "create in %s", files[i]));
		TRY(unlink(inside), "unlink in %s", files[i]);
		TRY(mkdir(inside, 02777), "mkdir in %s", files[i]);
		TRY(rmdir(inside), "rmdir in %s", files[i]);
		show(files[i]);
	}
	TRY(rename("d1777/theirs", "d1777/moved"), "rename of another's file under sticky");
	TRY(unlink("d1777/theirs"), "unlink of another's file under sticky");
	TRY(link("p600", "d777/link"), "link of another's file");
	TRY(mknod("d777/null", S_IFCHR | 0666, makedev(1, 3)), "mknod");
}

void permissions(void)
{
	static const mode_t files[] = {0, 0400, 0200, 0600, 0644, 0666, 0755}, dirs[] = {0, 0500, 0700, 0755, 0777, 01777};

	umask(0);
	for (int user = 0; user < 3; user++) { /* root, the owner, a stranger */
		char path[32];

		snprintf(path, sizeof(path), "user%d", user);
		mkdir(path, 0777);
		if (chmod(path, 0777) != 0 || chdir(path) != 0)
			err(1, "%s", path);
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
			snprintf(path, sizeof(path), "p%03o", files[i]);
			make(path, files[i], "12345");
			if (chown(path, 1000, 1000) != 0)
				printf("  %s cannot be given away: %s\n", path, name_of(errno));
		}
		for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
			snprintf(path, sizeof(path), "d%03o", dirs[i]);
			mkdir(path, dirs[i]);
			if (chmod(path, dirs[i]) != 0 || chown(path, 1000, 1000) != 0)
				printf("  %s cannot be given away: %s\n", path, name_of(errno));
		}
		make("d1777/theirs", 0666, "");
		as_user(user == 0 ? 0 : 999 + user, touch_all);
		if (chdir("..") != 0)
			err(1, "..");
	}
	umask(022);
}

void setid(void)
{
	int fd;

	make("f", 0777, "content");
	TRY(chmod("f", 06777), "chmod 6777");
	show("f");
	fd = open("f", O_WRONLY);
	TRY(write(fd, "x", 1), "write by root");
	close(fd);
	show("f");
	TRY(chown("f", 7, 8), "chown");
	show("f");
	TRY(chmod("f", 06777), "chmod 6777");
	TRY(truncate("f", 1), "truncate");
	show("f");
	TRY(mkdir("d", 0777), "mkdir d");
	TRY(chown("d", 5, 6), "chown d");
	TRY(chmod("d", 02777), "chmod 2777");
	make("d/f", 02755, "");
	TRY(mkdir("d/e", 0755), "mkdir in it");
	show("d/f");
	show("d/e");
}

static void write_as_stranger(void)
{
	int fd = open("s", O_WRONLY);

	TRY(write(fd, "x", 1), "write by a stranger");
	close(fd);
	TRY(truncate("t", 2), "truncate by a stranger");
}

void setid_strangers(void)
{
	make("s", 06777, "content");
	make("t", 06777, "content");
	chmod("s", 06777);
	chmod("t", 06777);
	as_user(1000, write_as_stranger);
	show("s");
	show("t");
}
