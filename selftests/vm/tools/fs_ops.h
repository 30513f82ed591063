/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of fs_ops share: see fs_ops.c. */
#ifndef FS_OPS_H
#define FS_OPS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* "WHAT: RESULT ERRNO"; descriptors are told apart from errors only. */
#define TRY(expression, ...) \
	({ \
		errno = 0; \
		long tried_ = (long)(expression); \
		int errno_ = tried_ == -1 ? errno : 0; \
		printf(__VA_ARGS__); \
		printf(": %ld %s\n", tried_, name_of(errno_)); \
		tried_; \
	})

#define TRY_OPEN(expression, ...) \
	({ \
		errno = 0; \
		int opened_ = (expression); \
		int errno_ = opened_ < 0 ? errno : 0; \
		printf(__VA_ARGS__); \
		printf(": %s\n", name_of(errno_)); \
		opened_; \
	})

extern const char *mount_point;

const char *name_of(int number);
/* What a stranger can see of it. */
void show(const char *path);
void make(const char *path, mode_t mode, const char *content);
void show_content(const char *path);
/* In a child process. */
void as_user(unsigned int user, void (*act)(void));

/* Groups of operations, each run in an empty directory of its own. */
void opening(void);
void naming(void);
void renaming(void);
void permissions(void);
void setid(void);
void setid_strangers(void);
void reading_and_writing(void);
void allocating(void);
void extents(void);
void attributes(void);
void times(void);
void accessing(void);
void open_and_gone(void);
void locking(void);
void mapping(void);
void copying(void);
void listing(void);
void whole(void);

#endif
