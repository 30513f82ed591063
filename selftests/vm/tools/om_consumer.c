// SPDX-License-Identifier: GPL-2.0
/*
 * om_consumer perf|bpf SYSTEM EVENT OFFSET -- COMMAND: attaches to a trace event by perf or by a BPF program of type tracepoint, runs the
 * command, and prints how many events were seen and the sum of the 32-bit fields at OFFSET bytes in their records.
 *
 * The tools perf and bpftool take seconds to start in an emulated guest; this shows the same by the same system calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CPUS_MAX 64
#define DATA_PAGES 8

static void die(const char *what)
{
	fprintf(stderr, "om_consumer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int event_id(const char *system, const char *event)
{
	char path[256];
	FILE *file;
	int id;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/%s/id", system, event);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%d", &id) != 1)
		die(path);
	fclose(file);
	return id;
}

static int open_event(int id, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_RAW,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);

	if (fd < 0)
		die("perf_event_open");
	return fd;
}

/* Adds up the samples of one ring: header, u32 size, raw record. */
static void read_ring(const struct perf_event_mmap_page *ring, unsigned int offset, uint64_t *count, uint64_t *sum)
{
	const char *data = (const char *)ring + sysconf(_SC_PAGESIZE);
	uint64_t size = DATA_PAGES * sysconf(_SC_PAGESIZE), at;

	for (at = ring->data_tail; at < ring->data_head;) {
		char sample[512] = {};
		struct perf_event_header header;
		uint32_t field;
		uint64_t i;

		for (i = 0; i < sizeof(header); i++)
			((char *)&header)[i] = data[(at + i) % size];
		for (i = 0; i < header.size && i < sizeof(sample); i++)
			sample[i] = data[(at + i) % size];
		if (header.type == PERF_RECORD_SAMPLE) {
			memcpy(&field, sample + sizeof(header) + sizeof(uint32_t) + offset, sizeof(field));
			++*count;
			*sum += field;
		}
		at += header.size;
	}
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* An array of two u64: how many, and their sum. */
static int make_map(void)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 16, .max_entries = 1};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		die("BPF_MAP_CREATE");
	return fd;
}

#define INSN(c, d, s, o, i) \
	{ \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}

static int load_program(int map, unsigned int offset)
{
	const struct bpf_insn program[] = {
		INSN(BPF_LDX | BPF_MEM | BPF_W, 6, 1, offset, 0), /* r6 = field */
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),     /* key 0 */
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 6, 8, BPF_ADD),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static char log[16384];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.insns = (uintptr_t)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (uintptr_t) "GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0) {
		fputs(log, stderr);
		die("BPF_PROG_LOAD");
	}
	return fd;
}

int main(int argc, char **argv)
{
	if (argc < 7 || strcmp(argv[5], "--")) {
		fprintf(stderr, "usage: om_consumer perf|bpf SYSTEM EVENT OFFSET -- COMMAND\n");
		return 2;
	}
	int by_bpf = !strcmp(argv[1], "bpf"), id = event_id(argv[2], argv[3]);
	unsigned int offset = atoi(argv[4]);
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), fds[CPUS_MAX], map = 0, cpu;
	void *rings[CPUS_MAX];
	uint64_t seen[2] = {};

	if (by_bpf)
		map = make_map();
	for (cpu = 0; cpu < cpus && cpu < CPUS_MAX; cpu++) {
		fds[cpu] = open_event(id, cpu);
		if (by_bpf && !cpu && ioctl(fds[cpu], PERF_EVENT_IOC_SET_BPF, load_program(map, offset)))
			die("PERF_EVENT_IOC_SET_BPF");
		rings[cpu] = mmap(NULL, (1 + DATA_PAGES) * sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, fds[cpu], 0);
		if (rings[cpu] == MAP_FAILED)
			die("mmap");
	}
	int status = system(argv[6]);
	if (by_bpf) {
		uint32_t key = 0;
		union bpf_attr attr = {.map_fd = map, .key = (uintptr_t)&key, .value = (uintptr_t)seen};
		if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
			die("BPF_MAP_LOOKUP_ELEM");
	} else {
		for (cpu = 0; cpu < cpus && cpu < CPUS_MAX; cpu++)
			read_ring(rings[cpu], offset, &seen[0], &seen[1]);
	}
	printf("%llu %llu\n", (unsigned long long)seen[0], (unsigned long long)seen[1]);
	return status != 0;
}
