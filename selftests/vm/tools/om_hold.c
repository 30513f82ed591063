// SPDX-License-Identifier: GPL-2.0
/*
 * om_hold VERB ...: the ioctls of /dev/oriel by hand, so that the kernel side is tried without the command line tool.  Prints one line.
 *
 *	arm PATTERN FILTER RATE COMMAND	holds the arm while the command runs, and exits with its status
 *	keep PATTERN FILTER RATE
 *	disarm
 *	wake MODULE PATTERN
 *	allow MODULE | revoke MODULE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <linux/oriel.h>

static int device;

static const char *call(unsigned long command, void *argument)
{
	return ioctl(device, command, argument) ? strerrorname_np(errno) : "ok";
}

static int arm(char **argv, int keep)
{
	struct oriel_arm a = {.abi = ORIEL_ABI_VERSION, .flags = keep ? ORIEL_ARM_KEEP : 0, .per_second = atoi(argv[4])};
	const char *status;

	strncpy(a.pattern, argv[2], sizeof(a.pattern) - 1);
	strncpy(a.filter, argv[3], sizeof(a.filter) - 1);
	status = call(ORIEL_IOC_ARM, &a);
	printf("%s %u %s\n", status, a.matched, a.why);
	fflush(stdout);
	return keep ? strcmp(status, "ok") : WEXITSTATUS(system(argv[5]));
}

int main(int argc, char **argv)
{
	struct oriel_disarm disarm = {.abi = ORIEL_ABI_VERSION, .flags = ORIEL_DISARM_KEPT};
	struct oriel_wake wake = {.abi = ORIEL_ABI_VERSION};
	struct oriel_allow allow = {.abi = ORIEL_ABI_VERSION};
	const char *verb = argc > 1 ? argv[1] : "";

	device = open(ORIEL_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		printf("%s\n", strerrorname_np(errno));
		return 1;
	}
	if (!strcmp(verb, "arm") && argc == 6)
		return arm(argv, 0);
	if (!strcmp(verb, "keep") && argc == 5)
		return arm(argv, 1);
	if (!strcmp(verb, "disarm")) {
		const char *status = call(ORIEL_IOC_DISARM, &disarm);

		printf("%s %u\n", status, disarm.dropped);
		return 0;
	}
	if (!strcmp(verb, "wake") && argc == 4) {
		const char *status;

		strncpy(wake.module, argv[2], sizeof(wake.module) - 1);
		strncpy(wake.pattern, argv[3], sizeof(wake.pattern) - 1);
		status = call(ORIEL_IOC_WAKE, &wake);
		printf("%s %u %u %s\n", status, wake.woken, wake.live, wake.why);
		return 0;
	}
	if ((!strcmp(verb, "allow") || !strcmp(verb, "revoke")) && argc == 3) {
		allow.flags = *verb == 'r' ? ORIEL_ALLOW_REVOKE : 0;
		strncpy(allow.module, argv[2], sizeof(allow.module) - 1);
		printf("%s\n", call(ORIEL_IOC_ALLOW, &allow));
		return 0;
	}
	fprintf(stderr, "om_hold: see its source\n");
	return 2;
}
