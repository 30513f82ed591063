// SPDX-License-Identifier: GPL-2.0
/* fault_probe OBJECT.bpf.o PROGRAM COMMAND...: runs the command beside one program of the object, which counts that process alone. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Variables lie in the read-only section; where, its type says. */
static void set_u32(struct bpf_object *object, const char *name, __u32 value)
{
	const struct btf *types = bpf_object__btf(object);
	const struct btf_type *section = btf__type_by_id(types, btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC));
	char *content = (char *)bpf_map__initial_value(bpf_object__find_map_by_name(object, ".rodata"), &(size_t){0});

	for (int i = 0; i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *at = &btf_var_secinfos(section)[i];

		if (strcmp(name, btf__name_by_offset(types, btf__type_by_id(types, at->type)->name_off)) == 0)
			memcpy(content + at->offset, &value, sizeof(value));
	}
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;
	int go[2], status;
	char byte;
	pid_t child;

	if (argc < 4 || pipe(go) != 0)
		errx(2, "usage: fault_probe OBJECT.bpf.o PROGRAM COMMAND...");
	child = fork();
	if (child == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) == 1)
			execvp(argv[3], argv + 3);
		_exit(127);
	}
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		err(1, "%s", argv[1]);
	set_u32(object, "only_tgid", child);
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, strcmp(bpf_program__name(program), argv[2]) == 0);
	program = bpf_object__find_program_by_name(object, argv[2]);
	if (!program || bpf_object__load(object) != 0 || !bpf_program__attach(program))
		err(1, "%s is refused", argv[2]);
	if (write(go[1], "", 1) != 1 || waitpid(child, &status, 0) != child || status != 0)
		errx(1, "%s failed", argv[3]);
	return 0;
}
