# SPDX-License-Identifier: GPL-2.0
# C++ in Kbuild.  Included by Kbuild; every object whose source is a .cc is made by the rule below, with the kernel's own flags and helpers,
# so that code model, thunks, CET, ftrace entry and objtool are those of the kernel it is built for.

# The C++ compiler that matches the kernel's C compiler: gcc-12 -> g++-12.
CXX := $(patsubst %gcc,%g++,$(subst gcc-,g++-,$(lastword $(CC))))

# The kernel builds with -nostdinc: the compiler is asked where its own headers are, libc's excluded.
cxx-sysinc := $(shell echo | $(CXX) -x c++ -E -v - 2>&1 | \
	sed -n '/^\#include </,/^End/{/c++\|lib\/gcc/s/^ /-isystem /p}')

# Of the kernel's flags: not the C dialect, not the C warnings; but what goes to the assembler and the preprocessor.
cxx-drop := -std=% -W% -fstrict-flex-arrays% -fms-extensions -fplugin%
cxx-keep := -Wa,% -Wp,%

# -g0: pahole 1.24 stumbles over C++ DWARF, and the module's BTF describes its C objects.
cxx_flags = -Wp,-MMD,$(depfile) -nostdinc -isystem $(oriel-src)/module/freestanding $(cxx-sysinc) \
	$(filter $(cxx-keep),$(KBUILD_CPPFLAGS) $(KBUILD_CFLAGS)) \
	$(filter-out $(cxx-drop),$(_c_flags) $(modkern_cflags)) \
	-std=gnu++20 -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics \
	-fno-use-cxa-atexit -fno-sized-deallocation -g0 -fno-builtin-memcmp \
	-Wall -Wextra -Werror -Wframe-larger-than=1024 $(if $(CONFIG_KASAN),--param=asan-globals=0) \
	$(cxxflags-y)

quiet_cmd_cxx_o_cc = CXX $(quiet_modtag) $@
      cmd_cxx_o_cc = $(CXX) $(cxx_flags) -c -o $@ $< $(if $(cxx-objtool-inline),$(cmd_objtool))

# Since 5.16 cmd_objtool is the tail of the compile command, "; objtool ...".
cxx-objtool-inline = $(filter ;,$(firstword $(cmd_objtool)))

# Nothing in a stock kernel runs a module's constructors or unwinds through it, and it has no thread-local data.
quiet_cmd_cxx_check =
      cmd_cxx_check = if $(READELF) -SW $@ | grep -E '\.(init|fini)_array|\.[cd]tors|\.tbss|\.tdata|gcc_except_table'; then \
	echo "$@: global constructors, thread-local data and exception tables cannot work in a module" >&2; \
	rm -f $@; false; fi

define rule_cxx_o_cc
	$(call cmd_and_fixdep,cxx_o_cc)
	$(if $(cxx-objtool-inline),,$(call cmd,objtool))
	$(call cmd,gen_objtooldep)
	$(call cmd,record_mcount)
	$(call cmd,cxx_check)
endef

$(obj)/%.o: $(src)/%.cc FORCE
	$(call if_changed_rule,cxx_o_cc)
