// SPDX-License-Identifier: GPL-2.0
/* fs_differences DIRECTORY LOWER: what is known to differ through orielfs, a line for each row of the list.  The two may be the same. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *above, *below;

static const char *in(const char *directory, const char *name)
{
	static char path[2][256];
	static int next;

	next = !next;
	snprintf(path[next], sizeof(path[next]), "%s/%s", directory, name);
	return path[next];
}

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
}

static int opened(const char *directory, const char *name, int flags)
{
	int fd = open(in(directory, name), flags, 0755);

	if (fd < 0)
		err(1, "%s/%s", directory, name);
	return fd;
}

static void handles(void)
{
	struct {
		struct file_handle handle;
		char bytes[MAX_HANDLE_SZ];
	} of = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount;

	int dir = opened(above, "", O_RDONLY | O_DIRECTORY);

	say("name_to_handle_at", name_to_handle_at(AT_FDCWD, above, &of.handle, &mount, 0));
	of.handle.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, below, &of.handle, &mount, 0) != 0)
		err(1, "name_to_handle_at");
	say("open_by_handle_at of a handle from below", open_by_handle_at(dir, &of.handle, O_RDONLY));
	close(dir);
}

static void swaps(void)
{
	static char page[4096];
	uint32_t info[3] = {1, 15, 0};
	int fd = opened(above, "swap", O_RDWR | O_CREAT);

	for (int i = 0; i < 16; i++) {
		memset(page, 0, sizeof(page));
		if (i == 0) {
			memcpy(page + 1024, info, sizeof(info));
			memcpy(page + sizeof(page) - 10, "SWAPSPACE2", 10);
		}
		if (write(fd, page, sizeof(page)) != sizeof(page))
			err(1, "write");
	}
	fchmod(fd, 0600);
	fsync(fd);
	close(fd);
	say("swapon", swapon(in(above, "swap"), 0));
	swapoff(in(above, "swap"));
	fd = opened(above, "swap", O_RDWR);
	if (mmap(NULL, sizeof(page), PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "mmap");
	say("swapon of what is mapped", swapon(in(above, "swap"), 0));
	swapoff(in(above, "swap"));
	close(fd);
}

static void leases(void)
{
	int other = opened(below, "leased", O_RDONLY | O_CREAT), fd = opened(above, "leased", O_RDWR);

	say("a write lease of what is open below", fcntl(fd, F_SETLEASE, F_WRLCK));
	fcntl(fd, F_SETLEASE, F_UNLCK);
	close(other);
	signal(SIGIO, SIG_IGN);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) != 0)
		err(1, "F_SETLEASE");
	say("opening below what is leased", open(in(below, "leased"), O_WRONLY | O_NONBLOCK));
	say("opening what is leased", open(in(above, "leased"), O_WRONLY | O_NONBLOCK));
	close(fd);
}

/* So mapping a file into memory, which opens the lower again, breaks no lease. */
static void leases_below(void)
{
	int other = opened(below, "leased_below", O_RDONLY | O_CREAT), fd = opened(above, "leased_below", O_RDONLY);

	say("a write lease below of what is open", fcntl(other, F_SETLEASE, F_WRLCK));
	close(fd);
	fd = opened(above, "leased_below", O_RDWR);
	say("a read lease below of what is open for writing", fcntl(other, F_SETLEASE, F_RDLCK));
	close(fd);
	close(other);
}

static void locks(void)
{
	int other = opened(below, "locked", O_RDWR | O_CREAT), fd = opened(above, "locked", O_RDONLY);
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	pid_t child;

	say("a read lease of what is open for writing below", fcntl(fd, F_SETLEASE, F_RDLCK));
	fcntl(fd, F_SETLEASE, F_UNLCK);
	leases();
	leases_below();
	flock(other, LOCK_EX);
	say("flock of what is locked below", flock(fd, LOCK_EX | LOCK_NB));
	fcntl(other, F_SETLK, &whole);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		say("a lock of what is locked below", fcntl(opened(above, "locked", O_RDWR), F_SETLK, &whole));
		_exit(0);
	}
	waitpid(child, NULL, 0);
	close(fd);
	close(other);
}

static volatile sig_atomic_t signalled;

static void count_signal(int unused)
{
	(void)unused;
	signalled++;
}

static void notifications(void)
{
	int watch = inotify_init1(IN_NONBLOCK), dir = opened(above, "", O_RDONLY | O_DIRECTORY);
	struct pollfd ask = {.fd = watch, .events = POLLIN};

	inotify_add_watch(watch, above, IN_CREATE);
	signal(SIGIO, count_signal);
	fcntl(dir, F_NOTIFY, DN_CREATE);
	close(opened(below, "made_below", O_CREAT | O_WRONLY));
	printf("inotify of what is made below: %d\n", poll(&ask, 1, 0));
	printf("F_NOTIFY of what is made below: %d\n", (int)signalled);
	close(opened(above, "made_above", O_CREAT | O_WRONLY));
	printf("inotify of what is made there: %d\n", poll(&ask, 1, 0));
	printf("F_NOTIFY of what is made there: %d\n", (int)signalled);
	close(watch);
	close(dir);
}

static void copy_self(const char *name, mode_t mode)
{
	int self = open("/proc/self/exe", O_RDONLY), copy = opened(above, name, O_CREAT | O_WRONLY);

	while (sendfile(copy, self, NULL, 1 << 20) > 0)
		;
	fchmod(copy, mode);
	close(copy);
	close(self);
}

static void programs(void)
{
	int ends[2];
	char byte;
	pid_t child;

	copy_self("program", 0755);
	if (pipe(ends) != 0)
		err(1, "pipe");
	child = fork();
	if (child == 0) {
		dup2(ends[1], 1);
		execl(in(above, "program"), "program", "wait", NULL);
		_exit(1);
	}
	if (read(ends[0], &byte, 1) != 1)
		errx(1, "the program does not run");
	say("writing to a program that runs", open(in(above, "program"), O_WRONLY));
	say("writing to it below", open(in(below, "program"), O_WRONLY));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void set_user_id(void)
{
	pid_t child;

	copy_self("privileged", 04755);
	child = fork();
	if (child == 0) {
		if (setresuid(1000, 1000, 1000) != 0)
			err(1, "setresuid");
		execl(in(above, "privileged"), "privileged", "who", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

static bool has_free(fsblkcnt_t blocks)
{
	struct statvfs now;

	sync();
	if (statvfs(below, &now) != 0)
		err(1, "statvfs");
	return now.f_bfree >= blocks;
}

static void remove_below(void)
{
	static char bytes[1 << 20];
	struct statvfs before;
	int fd;

	sync();
	if (statvfs(below, &before) != 0)
		err(1, "statvfs");
	fd = opened(above, "removed", O_CREAT | O_WRONLY);
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		err(1, "write");
	close(fd);
	if (has_free(before.f_bfree))
		errx(1, "it takes no room");
	unlink(in(below, "removed"));
	printf("what was removed below takes no room: %d\n", has_free(before.f_bfree));
	access(in(above, "removed"), F_OK);
	printf("nor when its name was looked up: %d\n", has_free(before.f_bfree));
}

int main(int argc, char **argv)
{
	struct stat st, lower;
	int version, fd;

	if (argc == 2 && strcmp(argv[1], "wait") == 0) {
		if (write(1, "x", 1) == 1)
			pause();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "who") == 0) {
		printf("set-user-ID where the mount below is nosuid: %d\n", geteuid() == 0);
		return 0;
	}
	if (argc != 3)
		errx(2, "usage: fs_differences DIRECTORY LOWER");
	above = argv[1];
	below = argv[2];
	fd = opened(above, "", O_RDONLY | O_DIRECTORY);
	say("an ioctl of the file system's own", ioctl(fd, FS_IOC_GETVERSION, &version));
	handles();
	swaps();
	printf("st_dev of the lower: %d\n", stat(above, &st) == 0 && stat(below, &lower) == 0 && st.st_dev == lower.st_dev);
	locks();
	notifications();
	programs();
	set_user_id();
	remove_below();
	return 0;
}
