// SPDX-License-Identifier: GPL-2.0
/*
 * fs_subvolumes make DIRECTORY: two subvolumes of a btrfs there, and the same files in each and in the directory.
 * fs_subvolumes show DIRECTORY: whether their numbers differ, and whether readdir() tells the same.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 20

static const char *const places[] = {"one", "two", "plain"};

static void make_files(const char *place)
{
	for (int i = 0; i < FILES; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "%s/%d", place, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (fd < 0)
			err(1, "%s", path);
		close(fd);
	}
}

static void make(void)
{
	int fd = open(".", O_RDONLY);

	for (int place = 0; place < 2; place++) {
		struct btrfs_ioctl_vol_args volume = {0};

		strcpy(volume.name, places[place]);
		if (ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &volume) != 0)
			err(1, "%s", places[place]);
		make_files(places[place]);
	}
	if (mkdir("plain", 0755) != 0 || link("one/3", "one/3_too") != 0 || mkdir("one/dir", 0755) != 0)
		err(1, "plain");
	make_files("plain");
	make_files("one/dir");
	close(fd);
}

static int check_entries(const char *place)
{
	DIR *dir = opendir(place);
	struct dirent *entry;
	int others = 0;

	while ((entry = readdir(dir))) {
		struct stat st;

		if (strcmp(entry->d_name, "..") != 0 && fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && st.st_ino != entry->d_ino)
			others++;
	}
	closedir(dir);
	return others;
}

static void show(void)
{
	ino_t numbers[64];
	int count = 0, alike = 0;
	struct stat root, st;

	stat(".", &root);
	for (int place = 0; place < 3; place++)
		for (int i = 0; i < FILES; i++) {
			char path[64];

			snprintf(path, sizeof(path), "%s/%d", places[place], i);
			if (stat(path, &st) != 0)
				err(1, "%s", path);
			for (int other = 0; other < count; other++)
				alike += numbers[other] == st.st_ino;
			numbers[count++] = st.st_ino;
		}
	printf("%s with the number of another file, ", alike ? "some" : "none");
	printf("%s device, ", st.st_dev == root.st_dev && stat("one/3", &st) == 0 && st.st_dev == root.st_dev ? "one" : "more than one");
	printf("%d entries say otherwise, ",
	       check_entries("one") + check_entries("two") + check_entries("plain") + check_entries("one/dir"));
	stat("one/3", &root);
	stat("one/3_too", &st);
	printf("hard links are %s\n", root.st_ino == st.st_ino ? "one" : "two");
}

int main(int argc, char **argv)
{
	if (argc != 3 || chdir(argv[2]) != 0)
		errx(2, "usage: fs_subvolumes make|show DIRECTORY");
	if (strcmp(argv[1], "make") == 0)
		make();
	else
		show();
	return 0;
}
