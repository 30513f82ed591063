/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Execution context, told and never asked.
 *
 * The kernel cannot be asked whether sleeping is allowed (in_atomic() does not know), so nobody asks: the trampoline that enters the core
 * knows how it was called and mints the token; whatever sleeps, allocates or waits takes the token that allows it.  Tokens have no state,
 * cannot be copied or made elsewhere, and are passed by reference.
 *
 *   process_context   may sleep, GFP_KERNEL
 *   nofs_context      may sleep, must not re-enter a file system
 *   atomic_context    must not sleep; may take spinlocks
 *   nmi_context       no allocation, no lock, no sleep
 *
 * What may run in a stricter context may run in a laxer one: process_context and nofs_context convert to sleeping_context, every token
 * converts to nmi_context.  Never the other way round.
 */
#pragma once

namespace oriel {

class mint; /* kcore/mint.h: included by entry.cc files only */

class nmi_context {
public:
	nmi_context(const nmi_context &) = delete;
	nmi_context &operator=(const nmi_context &) = delete;

protected:
	constexpr nmi_context() = default;
	friend class mint;
};

class atomic_context : public nmi_context {
protected:
	constexpr atomic_context() = default;
	friend class mint;
};

/* The common part of the tokens that allow sleeping. */
class sleeping_context : public nmi_context {
protected:
	constexpr sleeping_context() = default;
};

class nofs_context : public sleeping_context {
protected:
	constexpr nofs_context() = default;
	friend class mint;
};

class process_context : public sleeping_context {
protected:
	constexpr process_context() = default;
	friend class mint;
};

} // namespace oriel
