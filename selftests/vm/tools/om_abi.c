// SPDX-License-Identifier: GPL-2.0
/*
 * om_abi: what /dev/oriel and the netlink family refuse, tried by raw system calls, as TAP.  om_abi unprivileged: the same as nobody.
 * om_abi fs [unprivileged]: the family of orielfs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/oriel.h>
#include <linux/oriel_netlink.h>

static int count;

static void test(const char *what, int got, int expected)
{
	printf("%sok %d - %s\n", got == expected ? "" : "not ", ++count, what);
	if (got != expected)
		printf("# got: %s (%d), expected: %s (%d)\n", strerror(got), got, strerror(expected), expected);
}

/* ---- ioctls ---- */

static int device;

/* errno, 0 for success */
static int call(unsigned long command, void *argument)
{
	return ioctl(device, command, argument) ? errno : 0;
}

static void test_header(const char *name, unsigned long command, unsigned int *header)
{
	char text[128];

	header[0] = ORIEL_ABI_VERSION + 1;
	snprintf(text, sizeof(text), "%s: another version is refused", name);
	test(text, call(command, header), EPROTO);
	snprintf(text, sizeof(text), "%s: and told ours", name);
	test(text, header[0] == ORIEL_ABI_VERSION, true);
	header[0] = ORIEL_ABI_VERSION;
	header[1] = 0x80000000;
	snprintf(text, sizeof(text), "%s: an unknown flag", name);
	test(text, call(command, header), EINVAL);
	header[1] = 0;
	snprintf(text, sizeof(text), "%s: an argument that cannot be read", name);
	test(text, call(command, (void *)8), EFAULT);
}

static void test_ioctls(void)
{
	static struct oriel_arm arm;
	static struct oriel_disarm disarm;
	static struct oriel_wake wake;
	static struct oriel_allow allow;

	device = open(ORIEL_DEVICE, O_RDWR);
	test("the device opens", device < 0, 0);
	test_header("arm", ORIEL_IOC_ARM, (unsigned int *)&arm);
	test_header("disarm", ORIEL_IOC_DISARM, (unsigned int *)&disarm);
	test_header("wake", ORIEL_IOC_WAKE, (unsigned int *)&wake);
	test_header("allow", ORIEL_IOC_ALLOW, (unsigned int *)&allow);
	test("an unknown command", call(_IO(ORIEL_IOC_TYPE, 99), NULL), ENOTTY);
	arm.abi = 1;
	test("a known command of another size is one of another version", call(_IOWR(ORIEL_IOC_TYPE, 1, char[528]), &arm), EPROTO);
	test("and is told ours", arm.abi == ORIEL_ABI_VERSION, true);
	test("too small for a version", call(_IOWR(ORIEL_IOC_TYPE, 1, char[2]), &arm), ENOTTY);
	test("arm: an empty pattern", call(ORIEL_IOC_ARM, &arm), EINVAL);
	memset(arm.pattern, 'x', sizeof(arm.pattern));
	test("arm: a pattern without end", call(ORIEL_IOC_ARM, &arm), EINVAL);
	strcpy(arm.pattern, "om:tick");
	strcpy(arm.filter, "no_such_key == 1");
	test("arm: a filter over a key that is not there", call(ORIEL_IOC_ARM, &arm), EINVAL);
	test("arm: and says so", strstr(arm.why, "key") != NULL, true);
	memset(arm.filter, '(', sizeof(arm.filter) - 1);
	test("arm: a filter of parentheses", call(ORIEL_IOC_ARM, &arm), EINVAL);
	disarm.pad = 1;
	test("disarm: padding that is not zero", call(ORIEL_IOC_DISARM, &disarm), EINVAL);
	strcpy(wake.module, "no_such_module");
	test("wake: a module that is not there", call(ORIEL_IOC_WAKE, &wake), ENOENT);
	memset(wake.module, 'x', sizeof(wake.module));
	test("wake: a name without end", call(ORIEL_IOC_WAKE, &wake), EINVAL);
	test("allow: an empty name", call(ORIEL_IOC_ALLOW, &allow), EINVAL);
	strcpy(allow.module, "never_allowed");
	allow.flags = ORIEL_ALLOW_REVOKE;
	test("allow: taking back what was not given", call(ORIEL_IOC_ALLOW, &allow), ENOENT);
	close(device);
}

/* ---- netlink ---- */

struct request {
	struct nlmsghdr header;
	struct genlmsghdr generic;
	char attributes[512];
};

static int netlink;

static void add(struct request *r, int type, const void *value, unsigned int size)
{
	struct nlattr *a = (struct nlattr *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + size;
	memcpy((char *)a + NLA_HDRLEN, value, size);
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

static struct request begin(int family, int command, int flags)
{
	return (struct request){
		.header = {.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
			   .nlmsg_type = family,
			   .nlmsg_flags = NLM_F_REQUEST | flags,
			   .nlmsg_seq = 1},
		.generic = {.cmd = command, .version = ORIEL_NETLINK_VERSION},
	};
}

/* Sends, and returns the errno of the answer: 0 for an acknowledgement or the end of a dump. */
static int ask(struct request *r, char *answer, unsigned int size)
{
	if (send(netlink, r, r->header.nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		int length = recv(netlink, answer, size, 0);
		struct nlmsghdr *h = (struct nlmsghdr *)answer;

		if (length < 0)
			return errno;
		for (; NLMSG_OK(h, (unsigned int)length); h = NLMSG_NEXT(h, length)) {
			if (h->nlmsg_type == NLMSG_ERROR)
				return -((struct nlmsgerr *)NLMSG_DATA(h))->error;
			if (h->nlmsg_type == NLMSG_DONE)
				return -*(int *)NLMSG_DATA(h);
			if (!(h->nlmsg_flags & NLM_F_MULTI))
				return 0;
		}
	}
}

static char answer[65536];

/* The value of the first attribute of that type in the last answer, or NULL. */
static void *find(int type)
{
	struct nlmsghdr *h = (struct nlmsghdr *)answer;
	char *at = (char *)NLMSG_DATA(h) + GENL_HDRLEN, *end = answer + h->nlmsg_len;

	while (at + NLA_HDRLEN <= end) {
		struct nlattr *a = (struct nlattr *)at;

		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return at + NLA_HDRLEN;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

/* The number of a family of ours, and in *group that of its first multicast group. */
static int family_id(const char *name, int *group)
{
	struct request r = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	char *groups;

	add(&r, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	if (ask(&r, answer, sizeof(answer)))
		return -1;
	groups = find(CTRL_ATTR_MCAST_GROUPS);
	/* nest of nests: the id follows the name in the first. */
	for (char *at = groups + NLA_HDRLEN; groups && at < groups + 64;) {
		struct nlattr *a = (struct nlattr *)at;

		if (a->nla_type == CTRL_ATTR_MCAST_GRP_ID)
			*group = *(int *)(at + NLA_HDRLEN);
		if (!a->nla_len)
			break;
		at += NLA_ALIGN(a->nla_len);
	}
	return *(unsigned short *)find(CTRL_ATTR_FAMILY_ID);
}

static int join(int group)
{
	return setsockopt(netlink, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ? errno : 0;
}

static void open_netlink(void)
{
	struct timeval patience = {.tv_sec = 20};
	int strict = 1;

	netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(netlink, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
}

static void test_netlink(bool privileged)
{
	int group = 0, id;
	struct request r;
	char long_name[200];

	open_netlink();
	id = family_id(ORIEL_FAMILY_ORIEL, &group);
	test("the family is there", id > 0, true);
	r = begin(id, ORIEL_CMD_STATUS, 0);
	test("status is answered", ask(&r, answer, sizeof(answer)), 0);
	test("with our version", *(unsigned int *)find(ORIEL_A_STATUS_ABI) == ORIEL_ABI_VERSION, true);
	r = begin(id, 99, 0);
	test("an unknown command", ask(&r, answer, sizeof(answer)), EOPNOTSUPP);
	r = begin(id, ORIEL_CMD_MODULE, 0);
	test("a dump that is not asked for as one", ask(&r, answer, sizeof(answer)), EOPNOTSUPP);
	r = begin(id, ORIEL_CMD_MARKER, NLM_F_DUMP);
	test(privileged ? "the markers are dumped" : "the markers are nobody else's", ask(&r, answer, sizeof(answer)),
	     privileged ? 0 : EPERM);
	r = begin(id, ORIEL_CMD_REFUSAL, NLM_F_DUMP);
	test(privileged ? "and the refusals" : "nor are the refusals", ask(&r, answer, sizeof(answer)), privileged ? 0 : EPERM);
	r = begin(id, ORIEL_CMD_ARM, NLM_F_DUMP);
	test(privileged ? "and the arms" : "nor the arms", ask(&r, answer, sizeof(answer)), privileged ? 0 : EPERM);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	test("the modules are dumped", ask(&r, answer, sizeof(answer)), 0);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	add(&r, ORIEL_A_MODULE_TAINTS, &id, 4);
	test("an attribute that a request may not carry", ask(&r, answer, sizeof(answer)), EINVAL);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	add(&r, 77, &id, 4);
	test("an unknown attribute", ask(&r, answer, sizeof(answer)), EINVAL);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	memset(long_name, 'x', sizeof(long_name));
	add(&r, ORIEL_A_MODULE_NAME, long_name, sizeof(long_name));
	test("an oversized string", ask(&r, answer, sizeof(answer)), EINVAL);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	add(&r, ORIEL_A_MODULE_NAME, "no end", 6);
	test("a string without end", ask(&r, answer, sizeof(answer)), EINVAL);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	add(&r, ORIEL_A_MODULE_NAME, "no_such_module", 15);
	test("a module that is not there", ask(&r, answer, sizeof(answer)), ENOENT);
	r = begin(id, ORIEL_CMD_MODULE, NLM_F_DUMP);
	r.header.nlmsg_len = NLMSG_LENGTH(0);
	test("a message without its generic header", ask(&r, answer, sizeof(answer)) != 0, true);
	test(privileged ? "root may join the group" : "nobody else may join the group", join(group), privileged ? 0 : EPERM);
	close(netlink);
}

static void test_fs(bool privileged)
{
	int group = 0, id;
	struct request r;

	open_netlink();
	id = family_id(ORIEL_FAMILY_ORIEL_FS, &group);
	test("the family of orielfs is there", id > 0, true);
	test("and has no group", group, 0);
	r = begin(id, ORIEL_CMD_STATUS, 0);
	test("its status is answered", ask(&r, answer, sizeof(answer)), 0);
	test("with our version", *(unsigned int *)find(ORIEL_A_STATUS_ABI) == ORIEL_ABI_VERSION, true);
	r = begin(id, ORIEL_CMD_CAPABILITY, NLM_F_DUMP);
	test("its capabilities are dumped", ask(&r, answer, sizeof(answer)), 0);
	r = begin(id, ORIEL_CMD_MOUNT, NLM_F_DUMP);
	test(privileged ? "the mounts are dumped" : "the mounts are nobody else's", ask(&r, answer, sizeof(answer)),
	     privileged ? 0 : EPERM);
	/* What is looked at first, the privilege or the flag, depends on the kernel. */
	r = begin(id, privileged ? ORIEL_CMD_MOUNT : ORIEL_CMD_CAPABILITY, 0);
	test("a dump that is not asked for as one", ask(&r, answer, sizeof(answer)), EOPNOTSUPP);
	r = begin(id, ORIEL_CMD_MOUNT, NLM_F_DUMP);
	add(&r, ORIEL_A_MOUNT_ID, &id, 4);
	test("an attribute that a request may not carry", ask(&r, answer, sizeof(answer)), privileged ? EINVAL : EPERM);
	r = begin(id, ORIEL_CMD_MARKER, NLM_F_DUMP);
	test("a command of another family", ask(&r, answer, sizeof(answer)), EOPNOTSUPP);
	close(netlink);
}

int main(int argc, char **argv)
{
	bool fs = argc > 1 && !strcmp(argv[1], "fs");
	bool privileged = strcmp(argv[argc - 1], "unprivileged") != 0;

	if (!privileged && (setgid(65534) || setuid(65534))) {
		perror("om_abi: setuid");
		return 1;
	}
	if (fs) {
		test_fs(privileged);
	} else {
		if (privileged)
			test_ioctls();
		else
			test("the device does not open", open(ORIEL_DEVICE, O_RDWR) < 0 ? errno : 0, EACCES);
		test_netlink(privileged);
	}
	printf("1..%d\n", count);
	return 0;
}
