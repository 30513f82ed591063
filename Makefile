# SPDX-License-Identifier: GPL-2.0
# The goals that a person types. Each installs the Debian packages that it lacks.

KERNEL ?= stable
CHAPTER ?= 1
roles := stable lts newest
modules := $(addprefix modules-,$(roles))

# What each goal wants from Debian, asked for at once: see scripts/deps.
needs_demo := fetch build user vm trace
needs_check := fetch build user bpf test metrics vm fs root firmware trace browser video package
needs_check-long := $(needs_check)
needs_check-debug := fetch build user bpf test uml
needs_shell := fetch build user bpf vm
needs_try := $(needs_shell)
needs_bench := $(needs_shell)
needs := $(addprefix needs-,demo check check-long check-debug shell try bench)
groups := $(addprefix groups-,check check-long check-debug)
scripts := scripts

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo check check-long check-debug shell try bench install deb clean user known-kernel $(modules) $(needs) $(groups)

help:
	@sed -n 's/^#: //p' Makefile

#: make demo [CHAPTER=1]        see what Oriel does, on a stock kernel in a VM: 1 a module that
#:                              cannot be traced, 2 what a load does to locks and caches, 3 a video
#:                              and a log that are cut without copying
demo: needs-demo user modules-stable
	@$(scripts)/demo $(CHAPTER)

#: make check [GROUP=NAME]      run the tests, on the stock kernels 6.1, 6.12 and 7.3
check: groups-check needs-check user $(modules)
	@$(scripts)/check $(GROUP)

#: make check-long [XFSTESTS=DIR]
#:                              run the tests that take long; with a built checkout of xfstests, its
#:                              group XFSTESTS_GROUP, or quick, on ext4 and on orielfs over it
check-long: groups-check-long needs-check-long user $(modules)
	@$(scripts)/check --lane check-long $(GROUP)

#: make check-debug             run the tests for a debug kernel, under User Mode Linux
check-debug: groups-check-debug needs-check-debug user
	@$(scripts)/check --lane check-debug $(GROUP)

#: make shell [KERNEL=lts]      a shell in a VM with Oriel loaded; KERNEL is stable, lts, newest,
#:                              a vmlinuz, or a kernel build tree
shell: known-kernel needs-shell user
	@$(scripts)/shell "$(KERNEL)"

#: make try MODULE=DIR|FILE.ko [KERNEL=lts]
#:                              load a module of yours in a VM, explain it, and give a shell
#: make try KSELFTEST=timers [KERNEL=stable]
#:                              run a kernel selftest in a VM
try: known-kernel needs-try user
	@$(scripts)/try --kernel "$(KERNEL)" $(if $(KSELFTEST),--kselftest "$(KSELFTEST)",$(if $(MODULE),"$(MODULE)"))

#: make bench                   measure, in guest instructions
bench: needs-bench user modules-stable
	@selftests/bench/run

#: make install                 build and install Debian packages of Oriel on this machine
install:
	@$(scripts)/install

#: make deb                     build the Debian packages and leave them in build/deb
deb:
	@$(scripts)/deb

#: make clean                   remove what was built; downloads stay in ~/.cache/oriel, which
#:                              goes with: rm -rf ~/.cache/oriel
clean:
	@rm -rf build

$(needs): needs-%:
	@$(scripts)/deps $(needs_$*)

# A group that is not there is refused before anything is built for it.
$(groups): groups-%:
	@$(scripts)/check --lane $* --list $(GROUP) >/dev/null

# And so is a kernel.
known-kernel:
	@$(scripts)/kernel --known "$(KERNEL)"

# Kbuild and CMake know what is stale; without work they say nothing.
user:
	@$(scripts)/build-user

$(modules): modules-%:
	@$(scripts)/deps build
	@$(scripts)/build-modules $*
