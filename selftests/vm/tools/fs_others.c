// SPDX-License-Identifier: GPL-2.0
/*
 * fs_others OVER LOWER: what an ordinary user may do to files, also to those that were given away, renamed or made set-user-ID in LOWER
 * while he had them; one line for each try.  Both may be the same directory.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define USER 1000
#define FOREIGN_GROUP 5000
#define PAGE 4096

static const char *over, *lower;

static const char *at(const char *where, const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", where, name);
	return path;
}

static void said(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
}

static unsigned int mode_of(const char *name)
{
	struct stat st;

	return stat(at(over, name), &st) == 0 ? st.st_mode & 07777 : 0;
}

static void make(const char *name, unsigned int user, unsigned int group, unsigned int mode)
{
	int fd = open(at(lower, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || fchown(fd, user, group) != 0 || fchmod(fd, mode) != 0 || write(fd, "x", 1) != 1)
		err(1, "%s", name);
	close(fd);
}

/* An ACL as setfacl(1) makes it: u::rw-, u:USER:rw-, g::rw-, m::rw-, o::---. */
static int set_acl(const char *name)
{
	struct {
		uint32_t version;
		struct {
			uint16_t tag, permissions;
			uint32_t id;
		} entries[5];
	} acl = {2, {{1, 6, -1}, {2, 6, USER}, {4, 6, -1}, {16, 6, -1}, {32, 0, -1}}};

	return setxattr(at(over, name), "system.posix_acl_access", &acl, sizeof(acl), 0);
}

static void as_user(void (*act)(int fd), int fd)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(USER, USER, USER) != 0 || setresuid(USER, USER, USER) != 0)
			err(1, "setresuid");
		act(fd);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void try_acls(int fd)
{
	char names[256];
	ssize_t length = flistxattr(fd, names, sizeof(names)), asked = flistxattr(fd, NULL, 0);

	printf("the length of all names: %s\n", asked == length ? "the same" : "another");
	said("an ACL for a file of root's", set_acl("roots"));
	said("no ACL for a file of root's", removexattr(at(over, "roots"), "system.posix_acl_access"));
	said("an ACL for one's own file", set_acl("own"));
	printf("trusted names: %s\n", length > 0 && memmem(names, length, "trusted.", 8) ? "told" : "not told");
}

static void try_set_group(int fd)
{
	(void)fd;
	said("set-group-ID of a foreign group", chmod(at(over, "grouped"), 02755));
	printf("  mode %04o\n", mode_of("grouped"));
	said("an ACL for a file that is set-group-ID", set_acl("shared"));
	printf("  mode %04o\n", mode_of("shared"));
}

static void try_given_away(int fd)
{
	said("chmod of what was given away", fchmod(fd, 04755));
	said("chmod of what was given away, by name", chmod(at(over, "given"), 04755));
	said("an ACL of what was given away", set_acl("given"));
	printf("  mode %04o\n", mode_of("given"));
}

static void try_write(int fd)
{
	said("write", pwrite(fd, "y", 1, 0));
	printf("  mode %04o\n", mode_of("written"));
}

static void try_fallocate(int fd)
{
	said("fallocate", fallocate(fd, 0, 0, PAGE));
	printf("  mode %04o\n", mode_of("written"));
}

static void change_below(void)
{
	int fd;

	make("given", USER, USER, 0644);
	fd = open(at(over, "given"), O_RDWR);
	if (chown(at(lower, "given"), 0, 0) != 0)
		err(1, "chown");
	as_user(try_given_away, fd);
	close(fd);
	make("written", 0, 0, 0666);
	fd = open(at(over, "written"), O_RDWR);
	as_user(try_write, fd);
	if (chmod(at(lower, "written"), 04777) != 0)
		err(1, "chmod");
	as_user(try_write, fd);
	if (chmod(at(lower, "written"), 04777) != 0)
		err(1, "chmod");
	as_user(try_fallocate, fd);
	close(fd);
}

static void rename_below(void)
{
	make("before", 0, 0, 0644);
	said("stat", access(at(over, "before"), F_OK));
	if (rename(at(lower, "before"), at(lower, "after")) != 0)
		err(1, "rename");
	said("unlink of a name that was renamed", unlink(at(over, "before")));
	said("the new name", access(at(over, "after"), F_OK));
	said("rename of a name that was renamed", rename(at(over, "before"), at(over, "third")));
	said("the new name", access(at(lower, "after"), F_OK));
}

/* Both change the file, whether it is mapped or not. */
static void time_of_change(void)
{
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	struct stat st;
	int fd, from;

	make("mapped", 0, 0, 0644);
	make("from", 0, 0, 0644);
	fd = open(at(over, "mapped"), O_RDWR);
	from = open(at(over, "from"), O_RDONLY);
	if (mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "mmap");
	futimens(fd, old);
	said("copy_file_range", copy_file_range(from, NULL, fd, NULL, 1, 0));
	printf("  changed: %d\n", fstat(fd, &st) == 0 && st.st_mtime != 1000);
	futimens(fd, old);
	said("fallocate", fallocate(fd, 0, 0, 2 * PAGE));
	printf("  changed: %d\n", fstat(fd, &st) == 0 && st.st_mtime != 1000);
	futimens(fd, old);
	said("ftruncate", ftruncate(fd, PAGE));
	printf("  changed: %d\n", fstat(fd, &st) == 0 && st.st_mtime != 1000);
	close(fd);
	close(from);
}

/* Memory that is not there, and memory that is only aligned as a disk wants it. */
static void read_directly(void)
{
	char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd;

	make("direct", 0, 0, 0644);
	if (truncate(at(over, "direct"), 2 * PAGE) != 0)
		err(1, "truncate");
	fd = open(at(over, "direct"), O_RDWR | O_DIRECT);
	said("open", fd);
	if (fd < 0)
		return;
	munmap(pages + 2 * PAGE, PAGE);
	printf("into memory that is not there: %zd", pread(fd, pages + 2 * PAGE, PAGE, 0));
	printf(" %s\n", strerrorname_np(errno));
	for (int shift = 1; shift <= 512; shift *= 2) {
		ssize_t done = pread(fd, pages + shift, PAGE, 0);

		printf("into memory at %d: %zd %s\n", shift, done, done < 0 ? strerrorname_np(errno) : "ok");
		done = pwrite(fd, pages + shift, PAGE, PAGE);
		printf("from memory at %d: %zd %s\n", shift, done, done < 0 ? strerrorname_np(errno) : "ok");
	}
	close(fd);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	over = argv[1];
	lower = argv[2];
	umask(0);
	make("roots", 0, 0, 0644);
	make("own", USER, USER, 0644);
	make("grouped", USER, FOREIGN_GROUP, 0755);
	make("shared", USER, FOREIGN_GROUP, 02755);
	setxattr(at(lower, "own"), "trusted.secret", "x", 1, 0);
	fd = open(at(over, "own"), O_RDONLY);
	as_user(try_acls, fd);
	close(fd);
	as_user(try_set_group, -1);
	change_below();
	rename_below();
	time_of_change();
	read_directly();
	return 0;
}
