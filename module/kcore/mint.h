/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where context tokens come from.  Only the trampolines (module/<part>/entry.cc, cut_entry.cc) include this header: each is called by a binding whose
 * context is known, and says so once.  selftests/compile-fail and the layering check enforce it.
 */
#pragma once

#include "kcore/context.h"

namespace oriel {

class mint {
public:
	/* The caller was entered from a system call, a work item, a module notifier: it may sleep and holds no file-system lock. */
	static constexpr process_context process() { return process_context{}; }
	/* The same, but a lock may be held that writing back takes; the binding has called memalloc_nofs_save(). */
	static constexpr nofs_context nofs() { return nofs_context{}; }
	/* The caller may have interrupted anything, an NMI handler included. */
	static constexpr nmi_context nmi() { return nmi_context{}; }
};

} // namespace oriel
